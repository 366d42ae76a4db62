"""Moving pictures: many frames as one GIF, and a GIF in a notebook."""

import base64
import html
import io

import numpy as np
from PIL import Image

from dogan_lib.plots import to_uint8


def gif(frames, fps: float = 10.0, colours: int = 256) -> bytes:
    """Frames (n, H, W, 3), uint8 or float in [-1, 1], as a GIF that repeats for ever.

    A GIF has at most 256 colours; fewer make it smaller. All frames share one palette and none is
    dithered: otherwise what stands still would flicker.
    """
    frames, buffer = to_uint8(frames), io.BytesIO()
    every = Image.fromarray(np.concatenate(frames)).quantize(colours, Image.Quantize.MEDIANCUT)
    palette = dict(palette=every, dither=Image.Dither.NONE)
    first, *rest = (Image.fromarray(frame).quantize(**palette) for frame in frames)
    duration = round(1000 / fps)
    first.save(buffer, "GIF", save_all=True, append_images=rest, duration=duration, loop=0)
    return buffer.getvalue()


def play(frames, alt: str, fps: float = 10.0, zoom: float = 2.0, colours: int = 256) -> None:
    """Display frames (n, H, W, 3) as a `gif`, with `zoom` screen pixels for each of theirs.

    As HTML: a notebook's other outputs have no GIF that every viewer shows.
    """
    from IPython.display import HTML, display

    data = base64.b64encode(gif(frames, fps, colours)).decode()
    width = round(zoom * frames[0].shape[1])
    image = f'<img src="data:image/gif;base64,{data}" alt="{html.escape(alt)}" width="{width}">'
    display(HTML(image))
