"""One's own picture in the hand: a photograph to cut a dog out of, a painting for a SinGAN.

Only what ipywidgets 7.7 (Colab) and 8 share is used.
"""

import io
import itertools
from pathlib import Path

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_hex
from PIL import Image, ImageColor, ImageOps

from dogan_lib import plots, runtime
from dogan_lib.classroom.looking import frame
from dogan_lib.classroom.singan_uses import paint_to_image
from dogan_lib.classroom.stills import Controlled, button_grid, seed_box
from dogan_lib.dogs import cropping
from dogan_lib.models.singan import as_picture


class _Upload(Controlled):
    """Takes pictures from a file: `_take` keeps one, before it is drawn."""

    def _make_upload(self):
        self.upload = ipywidgets.FileUpload(accept="image/*", multiple=False)
        self.upload.observe(self._on_upload, "value")
        self.said = ipywidgets.Label()

    def _on_upload(self, change):
        # ipywidgets 7 has {name: file}, ipywidgets 8 (file, ...).
        files = change["new"].values() if isinstance(change["new"], dict) else change["new"]
        for file in files:
            try:
                self._take(ImageOps.exif_transpose(Image.open(io.BytesIO(file["content"]))))
                self.said.value = ""
            except Exception:  # Pillow's decoders raise nearly anything on what is no picture
                self.said.value = "That file is not a picture that can be read."


class Cropper(_Upload):
    """A photograph, a box that two sliders move, and what the three ways of cropping make of it.

    "keep" writes the square around the box to a folder, for `load_dogs(source=folder)`.

    Args:
        image: uint8 (H, W, 3), to start with; another one can be uploaded.
        box: (xmin, ymin, xmax, ymax) to start with; default the middle of the picture.
        folder: where kept squares go; it is made if need be.
    """

    SIZE = 64  # pixels a side of the crops that are shown

    def __init__(self, image, box=None, folder: str | Path = "my_dogs"):
        self.folder = Path(folder)
        self._make_upload()
        wide = ipywidgets.Layout(width="420px")
        self.across = ipywidgets.IntRangeSlider(description="x1, x3", layout=wide)
        self.down = ipywidgets.IntRangeSlider(description="x2, x4", layout=wide)
        self.keep = ipywidgets.Button(description="keep")
        self.keep.on_click(self._on_keep)
        self._take(image, box)
        super().__init__([self.across, self.down], [self.upload, self.keep, self.said])

    def _take(self, picture, box=None):
        self.image = as_picture(picture)
        height, width = self.image.shape[:2]
        if box is None:
            box = (width // 4, height // 4, 3 * width // 4, 3 * height // 4)
        self.across.max, self.across.value = width, tuple(box[::2])
        self.down.max, self.down.value = height, tuple(box[1::2])

    @property
    def box(self) -> cropping.Box:
        """The box under the sliders, at least one pixel wide and high, inside the picture."""
        height, width = self.image.shape[:2]
        (xmin, xmax), (ymin, ymax) = self.across.value, self.down.value
        xmin, ymin = min(xmin, width - 1), min(ymin, height - 1)
        return xmin, ymin, min(max(xmax, xmin + 1), width), min(max(ymax, ymin + 1), height)

    def crop(self, mode: str = "square") -> np.ndarray:
        """What is shown for a mode of `cropping.MODES`: uint8 (64, 64, 3)."""
        picture = Image.fromarray(self.image)
        region = cropping.region(self.box, *picture.size, mode)
        return np.asarray(picture.resize((self.SIZE,) * 2, Image.Resampling.LANCZOS, box=region))

    def _on_keep(self, button):
        paths = (self.folder / f"dog_{n:03d}.png" for n in itertools.count())
        path = next(each for each in paths if not each.exists())
        picture = Image.fromarray(self.image)
        square = picture.crop(cropping.square(self.box, *picture.size))
        with runtime.write_atomically(path) as temporary:
            square.save(temporary)
        self.said.value = f"{path}, {square.width}x{square.height}"

    def png(self) -> bytes:
        """The picture with the box and its square, and the three crops."""
        figure, axes = plt.subplots(1, 4, figsize=(10, 3), width_ratios=(1.8, 1, 1, 1))
        axes[0].imshow(self.image)
        height, width = self.image.shape[:2]
        frame(axes[0], cropping.square(self.box, width, height), "real", lw=2, ls="--")
        frame(axes[0], self.box, lw=2)
        axes[0].set_title("box {}, {}, {}, {}".format(*self.box), fontsize=9)
        for ax, mode in zip(axes[1:], cropping.MODES, strict=True):
            ax.imshow(self.crop(mode), interpolation="nearest")
            ax.set_title(f"{mode}, {self.SIZE} x {self.SIZE}", fontsize=9)
        for ax in axes:
            ax.axis("off")
        figure.tight_layout()
        return plots.to_png(figure, dpi=70)


class PaintToPhoto(_Upload):
    """Paint in coloured cells, choose a start scale: a SinGAN makes a photograph of it.

    A click on a cell paints a square of `brush` cells; the colours of the row above it are the
    photograph's own. A picture that is uploaded takes the painting's place, and can be painted on.

    Args:
        gan: a trained `SinGAN`.
        painting: any picture to start with; where not given, the photograph in a few colours.
        start_scale: to start with.
        columns: cells in a row; rows follow the picture's shape.
    """

    ZOOM = 3  # screen pixels for one pixel of a picture

    def __init__(self, gan, painting=None, start_scale: int = 1, columns: int = 12):
        self.gan = gan
        few = Image.fromarray(gan.image).quantize(8)
        self.colours = np.asarray(few.getpalette()[: 3 * 8], "uint8").reshape(-1, 3)
        self._take(few if painting is None else painting)
        self.begin = self.painting.copy()
        height, width = gan.image.shape[:2]
        rows = max(2, round(columns * height / width))
        self._down, self._across = (
            np.linspace(0, side, n + 1).round().astype(int)
            for side, n in ((height, rows), (width, columns))
        )
        grid = button_grid(rows, columns, 32, self._on_cell)
        self.cells = np.reshape(grid.children, (rows, columns))
        last = len(gan.scales) - 1
        self.scale = ipywidgets.IntSlider(start_scale, min=1, max=last, description="start scale")
        self.seed = seed_box()
        self.again = ipywidgets.Button(description="start again")
        self.again.on_click(self._on_again)
        self._make_upload()
        rest, zoomed = [self.scale, self.seed, self.again, self.upload], self.ZOOM * (2 * width + 2)
        super().__init__(self._tools(), grid, rest, self.said, width=zoomed)

    def photo(self) -> np.ndarray:
        """What the SinGAN makes of the painting, float32 (H, W, 3) in [-1, 1]."""
        return paint_to_image(self.gan, self.painting, self.scale.value, seed=self.seed.value)[0]

    def _tools(self):
        swatch = ipywidgets.Layout(width="30px")
        self.swatches = [ipywidgets.Button(layout=swatch) for _ in self.colours]
        for button, colour in zip(self.swatches, self.colours, strict=True):
            button.style.button_color = to_hex(colour / 255)
            button.on_click(lambda button: setattr(self.colour, "value", button.style.button_color))
        first = self.swatches[0].style.button_color
        self.colour = ipywidgets.ColorPicker(value=first, concise=True)
        options = [("small", 1), ("middle", 2), ("large", 4)]
        self.brush = ipywidgets.Dropdown(options=options, value=2, description="brush")
        return ipywidgets.HBox([*self.swatches, self.colour, self.brush])

    def _on_cell(self, y, x):
        top, *_, bottom = self._down[y : y + self.brush.value + 1]
        left, *_, right = self._across[x : x + self.brush.value + 1]
        self.painting[top:bottom, left:right] = ImageColor.getrgb(self.colour.value)
        self._draw()

    def _on_again(self, button):
        self._take(self.begin)
        self._draw()

    def _take(self, picture):
        """Any picture, at the size of the photograph."""
        size = self.gan.image.shape[1::-1]
        picture = Image.fromarray(as_picture(picture))
        self.painting = np.array(picture.resize(size, Image.Resampling.LANCZOS))

    def png(self) -> bytes:
        """Painting and photo; each cell takes the mean colour of what it covers."""
        for (y, x), cell in np.ndenumerate(self.cells):
            rows, columns = slice(*self._down[y : y + 2]), slice(*self._across[x : x + 2])
            mean = self.painting[rows, columns].mean(axis=(0, 1))
            cell.style.button_color = to_hex(mean.round() / 255)
        both = np.stack([self.painting, plots.to_uint8(self.photo())])
        few = Image.fromarray(plots.tile(both, columns=2)).quantize(256)
        few.save(buffer := io.BytesIO(), "PNG")  # a palette: a notebook keeps the picture twice
        return buffer.getvalue()
