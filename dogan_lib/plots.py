"""Pictures of the course: one palette, and alt text on every figure."""

import io
import textwrap

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

# Okabe and Ito's colours: told apart by the colour-blind, and in grey.
PALETTE = {
    "real": "#0072B2",
    "fake": "#D55E00",
    "d": "#009E73",
    "g": "#CC79A7",
    "accent": "#E69F00",
    "neutral": "#666666",
}


def to_uint8(images) -> np.ndarray:
    """Float pictures in [-1, 1], or integers in [0, 255] (uint8 unchanged), as uint8."""
    images = np.asarray(images)
    if images.dtype.kind in "iu":
        return images if images.dtype == np.uint8 else images.clip(0, 255).astype("uint8")
    return np.clip((images.astype("float32") + 1) * 127.5 + 0.5, 0, 255).astype("uint8")


def tile(images, columns: int = 8, gap: int = 2) -> np.ndarray:
    """One picture out of many: (N, H, W, 3) -> uint8 (rows H + gaps, columns W + gaps, 3)."""
    images = to_uint8(images)
    n, height, width, channels = images.shape
    if not n:
        raise ValueError("there are no pictures to show")
    columns = min(columns, n)
    rows = -(-n // columns)
    spare = ((0, rows * columns - n), (0, gap), (0, gap), (0, 0))
    cells = np.pad(images, spare, constant_values=255)
    cells = cells.reshape(rows, columns, height + gap, width + gap, channels).swapaxes(1, 2)
    whole = cells.reshape(rows * (height + gap), columns * (width + gap), channels)
    return whole[: len(whole) - gap, : whole.shape[1] - gap]


def _put(ax, picture, title: str = "", **style):
    """A picture without axes."""
    ax.imshow(picture, interpolation="nearest")
    ax.set_title(title, **style)
    ax.axis("off")


def grid(images, columns: int = 8, title: str | None = None, titles=None, scale: float = 1.0):
    """A figure with the pictures in rows of `columns`; `titles` puts a line above each one.

    Args:
        images: (N, H, W, 3), uint8 or float in [-1, 1].
        scale: inches for each picture, times one: its width.
    """
    images = to_uint8(images)
    columns = max(1, min(columns, len(images)))
    rows = -(-len(images) // columns)
    tall = scale * images.shape[1] / images.shape[2] + (0.25 if titles is not None else 0)
    size = (columns * scale, rows * tall + 0.3 * bool(title))
    if titles is None:
        figure, ax = plt.subplots(figsize=size)
        _put(ax, tile(images, columns))
    else:
        figure, axes = plt.subplots(rows, columns, figsize=size, squeeze=False)
        for ax in axes.flat[len(images) :]:
            ax.axis("off")
        for ax, image, text in zip(axes.flat, images, titles, strict=False):
            _put(ax, image, str(text), fontsize=max(8, 4 * scale))
    if title:
        figure.suptitle(title, fontsize=11)
    figure.tight_layout()
    return figure


def beside(left, right, columns: int = 8, titles=("real", "generated"), scale: float = 0.55):
    """Two blocks of pictures in one figure, such as real dogs beside generated ones."""
    rows = -(-max(len(left), len(right)) // columns)
    figure, axes = plt.subplots(1, 2, figsize=(2 * columns * scale + 0.3, rows * scale + 0.4))
    for ax, images, text, who in zip(axes, (left, right), titles, ("real", "fake"), strict=True):
        _put(ax, tile(images, columns), text, color=PALETTE[who], fontsize=11)
    figure.tight_layout()
    return figure


def labelled_rows(rows, labels, title: str | None = None, fontsize: int = 11):
    """Rows of pictures, each with a text to its left, such as the caption they were drawn for.

    Args:
        rows: one (n, H, W, 3) a row, uint8 or float in [-1, 1].
        labels: one text a row; broken into lines where it is long.
        fontsize: of the labels, points.
    """
    texts = ["\n".join(textwrap.fill(line, 30) for line in label.splitlines()) for label in labels]
    longest = max(len(line) for text in texts for line in text.splitlines() or [""])
    wide, narrow = 0.95 * len(rows[0]), 0.2 + 0.0082 * fontsize * longest
    size = (narrow + wide, 0.98 * len(rows) + 0.3 * bool(title))
    columns = dict(width_ratios=(narrow, wide), squeeze=False)
    figure, axes = plt.subplots(len(rows), 2, figsize=size, **columns)
    for (left, right), row, text in zip(axes, rows, texts, strict=True):
        left.text(1, 0.5, text, ha="right", va="center", fontsize=fontsize)
        left.axis("off")
        _put(right, tile(row, len(row)))
    if title:
        figure.suptitle(title, fontsize=11)
    figure.tight_layout()
    return figure


def png(image: np.ndarray) -> bytes:
    """A uint8 picture (H, W, 3) as PNG bytes."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, format="PNG")
    return buffer.getvalue()


def to_png(figure: Figure, dpi: int = 90) -> bytes:
    """The figure as PNG bytes on white, which reads on dark themes too; closes it."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, facecolor="white", bbox_inches="tight")
    plt.close(figure)
    return buffer.getvalue()


def show(figure: Figure, alt: str, dpi: int = 90) -> None:
    """Display the figure once, with alt text for those who do not see it."""
    from IPython.display import display

    display(Picture(to_png(figure, dpi), alt))


class Picture:
    """A picture, PNG bytes, with alt text, in the form that notebooks keep in their metadata.

    Photographs, which make large PNGs, become JPEG: a notebook full of dogs has to stay small.
    """

    LARGE = 60_000  # bytes

    def __init__(self, png: bytes, alt: str):
        self.png, self.alt = png, alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        kind, content = "image/png", self.png
        if len(content) > self.LARGE:
            buffer, picture = io.BytesIO(), Image.open(io.BytesIO(content)).convert("RGB")
            picture.save(buffer, "JPEG", quality=70, subsampling=0)
            kind, content = "image/jpeg", buffer.getvalue()
        return {kind: content, "text/plain": self.alt}, {kind: {"alt": self.alt}}
