"""The pictures that dogs were cut from, for chapter 03 to look at."""

import io
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

from dogan_lib.dogs import Dogs, cropping
from dogan_lib.dogs.archives import open_archive
from dogan_lib.doodles import painter


class Original(NamedTuple):
    """A picture before cropping: image uint8 (H, W, 3), boxes int32 (k, 4) of all its dogs."""

    image: np.ndarray
    boxes: np.ndarray
    breed: str
    name: str


def originals(dogs: Dogs, n: int = 8) -> list[Original]:
    """The uncropped pictures behind the first `n` dogs, in their order.

    `originals(dogs, n)[i].boxes` holds the boxes of all dogs in the picture that `dogs.images[i]`
    comes from; `dogs.boxes[i]` is its own. A doodle's original is the same doodle at 256 pixels.

    Raises:
        ValueError: the dogs were made from arrays.
    """
    if dogs.origin is None:
        raise ValueError("these dogs were made from arrays and have no originals")
    dogs = dogs.subset(slice(n))
    pictures = _drawn(dogs) if isinstance(dogs.origin, int) else _photos(dogs)
    return [
        Original(image, np.array(boxes, np.int32).reshape(-1, 4), dogs.breeds[label], name)
        for (image, boxes), label, name in zip(pictures, dogs.labels, dogs.names, strict=True)
    ]


def read_rgb(data: bytes, upright: bool = False) -> np.ndarray:
    """The whole picture, uint8 (H, W, 3). Raises what Pillow raises on a bad one."""
    picture = Image.open(io.BytesIO(data))
    return np.asarray(cropping.to_rgb(ImageOps.exif_transpose(picture) if upright else picture))


def _photos(dogs: Dogs):
    """(image, boxes) of each dog; a picture is read once, in stored order."""
    boxes, _ = dogs.origin.boxes_of(dogs.names)
    with open_archive(dogs.origin.images) as archive:
        stored = [name for name in archive.names if name in boxes]
        images = {name: read_rgb(archive.read(name), not boxes[name]) for name in stored}
    for name in dogs.names:
        height, width = images[name].shape[:2]
        yield images[name], boxes[name] and cropping.usable_boxes(boxes[name], width, height)[0]


def _drawn(dogs: Dogs):
    """The same of doodles: each can be drawn at any size."""
    only = painter.PORTRAITS if dogs.source == "portraits" else None
    for name, label in zip(dogs.names, dogs.labels, strict=True):
        large = painter.draw(int(name.split()[-1]), 256, dogs.origin, dogs.breeds[label], only)
        yield large.image, large.box
