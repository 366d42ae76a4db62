"""The playground's picture, drawn in a few milliseconds.

A matplotlib figure of this takes 100 ms and more. This one has a fixed layout and a handful of
shapes, so Pillow draws it at twice its size and halves it, which also smooths the edges.
"""

import dataclasses
import io
import math

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont

from dogan_lib.plots import PALETTE

EDGE = 3.0  # the plane is shown from -EDGE to EDGE
PANEL = 420  # pixels a side of the plane
GAP, HEAD, FOOT = 62, 28, 28
WIDTH, HEIGHT = 2 * PANEL + GAP + 10, HEAD + PANEL + FOOT
TWICE = 2  # drawn so much larger
LONGEST_ARROW = 0.7
INK = "#222222"
LABEL = 56  # pixels right of the curve, where the dashed line has its name
FONT = ImageFont.load_default(14)


@dataclasses.dataclass
class Scene:
    """What one picture shows.

    Attributes:
        real, fake: points, float (n, 2).
        pull: for each fake point the direction in which G's loss falls, (n, 2).
        field: D(x) on a square mesh of the plane, (m, m) in [0, 1]; row 0 is the lowest.
        steps, values: V(D, G) over time.
        note: for the line above the curve.
        guess, guess_name: V where D can only guess, and its name: the dashed line.
    """

    real: np.ndarray
    fake: np.ndarray
    pull: np.ndarray
    field: np.ndarray
    steps: list[int]
    values: list[float]
    note: str = ""
    guess: float = -math.log(4)
    guess_name: str = "-log 4"

    def alt(self) -> str:
        """What there is to see, in one sentence."""
        step, value = (self.steps[-1], self.values[-1]) if self.steps else (0, math.nan)
        return (
            f"After {step} updates: {len(self.real)} real and {len(self.fake)} fake points on D's "
            f"field with a gradient arrow on each fake one; V is {value:.2f}, "
            f"{self.guess_name} is {self.guess:.2f}. {self.note}"
        ).strip()


def mesh(cells: int = 40) -> np.ndarray:
    """Where `field` is evaluated: the centres of cells x cells squares, float32 (cells^2, 2)."""
    ticks = (np.arange(cells) + 0.5) * (2 * EDGE / cells) - EDGE
    return np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2).astype("float32")


def render(scene: Scene) -> Image.Image:
    """The scene as an RGB picture of WIDTH x HEIGHT."""
    canvas = Image.new("RGB", (WIDTH * TWICE, HEIGHT * TWICE), "white")
    canvas.paste(_field(scene.field), (0, HEAD * TWICE))
    pen = ImageDraw.Draw(canvas)
    _points(pen, scene)
    _curve(pen, scene)
    small = canvas.reduce(TWICE)
    _words(ImageDraw.Draw(small), scene)
    return small


def encoded(image: Image.Image, kind: str = "jpeg") -> bytes:
    """The picture as bytes: JPEG travels to the browser many times a second, PNG stays."""
    buffer = io.BytesIO()
    image.save(buffer, kind, quality=80, subsampling=0, optimize=kind == "png")
    return buffer.getvalue()


def _field(field: np.ndarray) -> Image.Image:
    """White where D is undecided; tinted as real or as fake where it is sure."""
    sure = np.clip(2 * np.asarray(field, "float32") - 1, -1, 1)[::-1, :, None] * 0.5
    real, fake = (np.float32(ImageColor.getrgb(PALETTE[kind])) for kind in ("real", "fake"))
    tint = 255 + np.abs(sure) * (np.where(sure > 0, real, fake) - 255)
    side = PANEL * TWICE
    return Image.fromarray(tint.astype("uint8")).resize((side, side), Image.Resampling.BILINEAR)


def _place(points) -> np.ndarray:
    """Points of the plane as pixels of the large canvas, kept inside the panel."""
    flat = np.clip(np.asarray(points, "float64"), -EDGE, EDGE) * (1, -1) + EDGE
    return flat * PANEL * TWICE / (2 * EDGE) + (0, HEAD * TWICE)


def _points(pen: ImageDraw.ImageDraw, scene: Scene) -> None:
    """Circles are real, diamonds are fake: told apart without colour."""
    for at in _place(scene.real):
        pen.circle(at, 5, fill=PALETTE["real"])
    for corners in _arrows(scene.fake, scene.pull):
        pen.polygon(corners.ravel().tolist(), fill=PALETTE["g"])
    for at in _place(scene.fake):
        _diamond(pen, *at, 7, outline="white")


def _diamond(pen, x, y, radius, outline=None) -> None:
    corners = [(x - radius, y), (x, y - radius), (x + radius, y), (x, y + radius)]
    pen.polygon(corners, fill=PALETTE["fake"], outline=outline)


def _arrows(fake, pull) -> np.ndarray:
    """A slim triangle for each fake point, its tip where the gradient leads, (n, 3, 2)."""
    fake, pull = np.asarray(fake, "float64"), np.asarray(pull, "float64")
    length = np.linalg.norm(pull, axis=1, keepdims=True) + 1e-12
    tip = fake + pull * np.minimum(1, LONGEST_ARROW / length)
    side = pull[:, ::-1] * (-1, 1) / length * 0.045
    return _place(np.stack([fake + side, fake - side, tip], axis=1))


def _level(value):
    """The height of a V on the large canvas."""
    share = (np.clip(value, -2.5, 0) + 2.5) / 2.5
    return TWICE * (HEAD + PANEL * (1 - share))


def _curve(pen: ImageDraw.ImageDraw, scene: Scene) -> None:
    left, edge = TWICE * (PANEL + GAP), TWICE * (2 * PANEL + GAP)
    right = edge - TWICE * LABEL
    for value in (-2.0, -1.5, -1.0, -0.5):
        pen.line((left, _level(value), edge, _level(value)), fill="#DDDDDD", width=2)
    for x in range(left, right, 28):  # dashes
        pen.line((x, _level(scene.guess), x + 16, _level(scene.guess)), fill=INK, width=3)
    if scene.steps:
        picked = np.unique(np.linspace(0, len(scene.steps) - 1, 400).astype(int))
        steps, values = np.asarray(scene.steps)[picked], np.asarray(scene.values)[picked]
        x = left + (right - left) * steps / max(steps[-1], 1)
        line = np.stack([x, _level(values)], axis=1)
        pen.line(line.ravel().tolist(), fill=PALETTE["d"], width=4, joint="curve")
        pen.circle(line[-1], 7, fill=PALETTE["d"])
    for a, b in ((0, TWICE * PANEL - 1), (left, edge)):
        pen.rectangle((a, TWICE * HEAD, b, TWICE * (HEAD + PANEL)), outline="#999999", width=2)


def _words(pen: ImageDraw.ImageDraw, scene: Scene) -> None:
    left, foot = PANEL + GAP, HEAD + PANEL + 6
    step = scene.steps[-1] if scene.steps else 0
    value = f"V(D, G) = {scene.values[-1]:.3f}" if scene.values else "V(D, G)"
    _write(pen, 0, 6, f"update {step:,}")
    x = _write(pen, left, 6, value, PALETTE["d"])
    _write(pen, x + 18, 6, scene.note)
    _write(pen, left, foot, "0")
    _write(pen, left + PANEL - LABEL, foot, f"{step:,} updates", anchor="ra")
    for value in (0.0, -0.5, -1.0, -1.5, -2.0, -2.5):
        _write(pen, left - 6, _level(value) / TWICE, f"{value:.1f}", anchor="rm")
    height = _level(scene.guess) / TWICE - 3
    _write(pen, left + PANEL - 6, height, scene.guess_name, anchor="rs")
    # The legend, under the plane.
    middle = foot + 8
    pen.circle((5, middle), 3, fill=PALETTE["real"])
    x = _write(pen, 14, foot, "real x", PALETTE["real"]) + 22
    _diamond(pen, x, middle, 5)
    x = _write(pen, x + 10, foot, "fake G(z)", PALETTE["fake"]) + 16
    pen.polygon([(x, middle - 4), (x, middle + 4), (x + 22, middle)], fill=PALETTE["g"])
    _write(pen, x + 28, foot, "where its gradient pulls it", PALETTE["g"])


def _write(pen, x, y, text: str, colour: str = INK, anchor: str = "la") -> float:
    """Write one line; returns where it ends."""
    pen.text((x, y), text, fill=colour, font=FONT, anchor=anchor)
    return x + pen.textlength(text, font=FONT)
