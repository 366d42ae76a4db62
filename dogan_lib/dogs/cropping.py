"""From the bytes of one picture and its boxes to small square pictures.

A box is `(xmin, ymin, xmax, ymax)` in pixels of the original picture, the last column and row not
included: the slide's x_1 ... x_4.
"""

import io
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

MODES = ("square", "box", "none")

# A picture with more pixels is skipped: a small file can claim as many as it likes. A JPEG, which
# is decoded smaller, may have twice as many: still below Pillow's own warning at 89 million.
MAX_PIXELS = 40_000_000

# A JPEG can be decoded at 1/2, 1/4 or 1/8 of its size, in half the time: where each side keeps so
# many pixels for one of the result (1.2 grey levels of 255 away from what the full picture gives).
PIXELS_TO_SPARE = 1.75

Box = tuple[int, int, int, int]

# What happened to a picture, and what was done about it; the summary line counts these.
UNREADABLE = "unreadable (skipped)"
TOO_LARGE = f"over {MAX_PIXELS // 10**6} megapixels, JPEG twice that (skipped)"
NOT_RGB = "not RGB (converted)"
BOX_OUTSIDE = "with a box leaving the picture (cut at its edge)"
BOX_EMPTY = "with an empty box (skipped)"
NO_USABLE_BOX = "without a usable box (whole picture used)"


class Cut(NamedTuple):
    """What became of one picture: k crops, their boxes, and the problems met."""

    images: list[np.ndarray]
    boxes: list[Box]
    problems: list[str]


def cut(data: bytes, boxes: Sequence[Box], size: int, mode: str = "square") -> Cut:
    """Cut each box out of a picture and resize it to `size` x `size` pixels.

    Never raises for a bad picture: the `Cut` has no images then.

    Args:
        data: the file, in any format that Pillow reads.
        boxes: may leave the picture or be empty; with none usable, the whole picture is one box.
            With none at all it is also turned as its EXIF says (photos from phones).
        mode: `"square"` grows the box to a square inside the picture, `"box"` stretches the box,
            `"none"` stretches the whole picture (one crop, however many boxes).
    """
    try:
        picture = Image.open(io.BytesIO(data))
        if picture.width * picture.height > MAX_PIXELS * (1 + (picture.format == "JPEG")):
            return Cut([], [], [TOO_LARGE])
        problems = [] if picture.mode == "RGB" else [NOT_RGB]
        if not boxes:
            ImageOps.exif_transpose(picture, in_place=True)
        boxes, box_problems = usable_boxes(boxes, *picture.size)
        boxes = boxes[:1] if mode == "none" else boxes
        regions = [region(box, *picture.size, mode) for box in boxes]
        shrunk = _decode_smaller(picture, regions, size)
        picture = to_rgb(picture)
        images = [_resize(picture, r, shrunk, size) for r in regions]
    except Image.DecompressionBombError:
        return Cut([], [], [TOO_LARGE])
    except Exception:
        # Pillow's decoders raise nearly anything on broken bytes, and no file may end the run.
        return Cut([], [], [UNREADABLE])
    return Cut(images, boxes, problems + box_problems)


def usable_boxes(boxes: Sequence[Box], width: int, height: int) -> tuple[list[Box], list[str]]:
    """The boxes cut at the picture's edges, else the whole picture; and the problems met."""
    kept, problems = [], []
    for box in boxes:
        inside = (max(box[0], 0), max(box[1], 0), min(box[2], width), min(box[3], height))
        if inside[0] >= inside[2] or inside[1] >= inside[3]:
            problems.append(BOX_EMPTY)
            continue
        kept.append(inside)
        if inside != tuple(box):
            problems.append(BOX_OUTSIDE)
    if boxes and not kept:
        problems.append(NO_USABLE_BOX)
    return kept or [(0, 0, width, height)], problems


def region(box: Box, width: int, height: int, mode: str) -> Box:
    """The rectangle of the picture that `mode` cuts for a box inside it."""
    if mode == "none":
        return (0, 0, width, height)
    return square(box, width, height) if mode == "square" else box


def square(box: Box, width: int, height: int) -> Box:
    """The box grown to a square around its centre, moved where it would leave the picture.

    In a picture that is too small in one direction, the largest square that fits.

    Example:
        >>> square((10, 40, 50, 60), 100, 80)
        (10, 30, 50, 70)
    """
    xmin, ymin, xmax, ymax = box
    side = min(max(xmax - xmin, ymax - ymin), width, height)
    left = min(max((xmin + xmax - side) // 2, 0), width - side)
    top = min(max((ymin + ymax - side) // 2, 0), height - side)
    return (left, top, left + side, top + side)


def _decode_smaller(picture: Image.Image, regions: Sequence[Box], size: int) -> float:
    """Set a JPEG to be decoded at 1/2, 1/4 or 1/8; by how much it will be, 1 if not at all."""
    if picture.format != "JPEG" or picture.mode != "RGB":
        return 1.0
    width, height = picture.size
    shortest = min(min(x1 - x0, y1 - y0) for x0, y0, x1, y1 in regions)
    share = min(1.0, size * PIXELS_TO_SPARE / shortest)
    smaller = picture.draft("RGB", (math.ceil(share * width), math.ceil(share * height)))
    return width / smaller[1][2] if smaller else 1.0


def _resize(picture: Image.Image, box: Box, shrunk: float, size: int) -> np.ndarray:
    # Not the ratio of the widths: half of 375 rows is 188, the last one being half empty.
    box = tuple(side / shrunk for side in box)
    small = picture.resize((size, size), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
    return np.asarray(small)


def to_rgb(picture: Image.Image) -> Image.Image:
    """RGB from whatever came: transparency on white, 16 bits to 8, CMYK, palettes, grey."""
    if picture.mode.startswith("I") or picture.mode == "F":
        # Pillow's own conversion would cut everything above 255 off.
        values = np.asarray(picture if picture.mode == "I;16" else picture.convert("I"))
        values = np.clip(values >> 8 if values.max() > 255 else values, 0, 255)
        return Image.fromarray(values.astype("uint8")).convert("RGB")
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return picture.convert("RGB")
