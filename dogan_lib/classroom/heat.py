"""What counts in a picture, glowing over it."""

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from dogan_lib.plots import to_uint8


def heat_over(image, heat=None, at=None, zoom: int = 4, top: float | None = None) -> np.ndarray:
    """A picture, enlarged; with `heat` dark and grey, and the map of what counts glowing over it.

    Args:
        image: (H, W, 3), uint8 or float in [-1, 1].
        heat: (h, w), not negative, smoothly enlarged.
        at: (row, column) of a pixel of the picture, marked by a cross.
        zoom: pixels of the result for one of the picture.
        top: what is brightest, the same in maps to be compared; else the map's largest value.

    Returns:
        uint8 (zoom H, zoom W, 3).
    """
    canvas = np.kron(to_uint8(image), np.ones((zoom, zoom, 1), "uint8"))
    if heat is not None:
        heat = Image.fromarray(np.asarray(heat / (top or np.max(heat)), "float32"))
        size = canvas.shape[1::-1]
        heat = np.asarray(heat.resize(size, Image.Resampling.BILINEAR)).clip(0, 1)
        grey = np.repeat(canvas.mean(axis=-1, keepdims=True) * 0.5, 3, axis=-1)
        glow = plt.get_cmap("inferno")(heat)[..., :3] * 255
        canvas = (grey + heat[..., None] * (glow - grey)).astype("uint8")
    return canvas if at is None else _crossed(canvas, *(int((x + 0.5) * zoom) for x in at), zoom)


def places(maps) -> np.ndarray:
    """How many places maps (..., h, w) of sum 1 are spread over: exp(entropy), h x w if even."""
    maps = np.asarray(maps, "float64")
    return np.exp(-(maps * np.log(maps + 1e-30)).sum(axis=(-2, -1)))


def _crossed(canvas, y, x, arm):
    """A cross, white on black to be seen on everything, with arms so many pixels long."""
    canvas = canvas.copy()
    for thick, colour in ((2, 0), (1, 255)):
        reach = arm + thick
        for dy, dx in ((reach, thick), (thick, reach)):
            canvas[max(y - dy, 0) : y + dy, max(x - dx, 0) : x + dx] = colour
    return canvas
