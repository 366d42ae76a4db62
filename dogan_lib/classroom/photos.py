"""One's own picture in the hand: a photograph to cut a dog out of, a painting for a SinGAN.

Only what ipywidgets 7.7 (Colab) and 8 share is used.
"""

import functools
import io
from pathlib import Path

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image, ImageColor, ImageOps

from dogan_lib import plots
from dogan_lib.classroom.looking import frame
from dogan_lib.classroom.originals import read_rgb
from dogan_lib.classroom.singan_uses import paint_to_image
from dogan_lib.classroom.stills import WithStill
from dogan_lib.dogs import cropping
from dogan_lib.models.singan import as_picture


class _Upload(WithStill):
    """Something that takes pictures from a file: `_read` opens one and `_take` shows it."""

    def _make_upload(self):
        self.upload = ipywidgets.FileUpload(accept="image/*", multiple=False)
        self.upload.observe(self._on_upload, "value")
        self.said = ipywidgets.Label()

    def _on_upload(self, change):
        # ipywidgets 7 has {name: file}, ipywidgets 8 (file, ...).
        files = change["new"].values() if isinstance(change["new"], dict) else change["new"]
        for file in files:
            try:
                self._take(self._read(bytes(file["content"])))
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
        size: pixels a side of the crops that are shown.
    """

    def __init__(self, image, box=None, folder: str | Path = "my_dogs", size: int = 64):
        self.folder, self.size = Path(folder), size
        self._make_upload()
        wide = ipywidgets.Layout(width="420px")
        self.across = ipywidgets.IntRangeSlider(description="x1, x3", layout=wide)
        self.down = ipywidgets.IntRangeSlider(description="x2, x4", layout=wide)
        self.keep = ipywidgets.Button(description="keep")
        self.picture = ipywidgets.Image(format="png")
        self._take(image, box)
        self.keep.on_click(self._on_keep)
        for slider in (self.across, self.down):
            slider.observe(self._draw, "value")
        sliders = ipywidgets.HBox([self.across, self.down])
        buttons = ipywidgets.HBox([self.upload, self.keep, self.said])
        super().__init__([sliders, buttons, self.picture])

    @property
    def box(self) -> cropping.Box:
        """The box under the sliders, at least one pixel wide and high, inside the picture."""
        height, width = self.image.shape[:2]
        (xmin, xmax), (ymin, ymax) = self.across.value, self.down.value
        xmin, ymin = min(xmin, width - 1), min(ymin, height - 1)
        return xmin, ymin, min(max(xmax, xmin + 1), width), min(max(ymax, ymin + 1), height)

    def crop(self, mode: str = "square") -> np.ndarray:
        """What is shown for a mode of `cropping.MODES`: uint8 (size, size, 3)."""
        height, width = self.image.shape[:2]
        region = cropping.region(self.box, width, height, mode)
        picture = Image.fromarray(self.image)
        size = (self.size, self.size)
        return np.asarray(picture.resize(size, Image.Resampling.LANCZOS, box=region))

    def _take(self, image, box=None):
        self.image = np.asarray(image)
        height, width = self.image.shape[:2]
        if box is None:
            box = (width // 4, height // 4, 3 * width // 4, 3 * height // 4)
        xmin, ymin, xmax, ymax = (int(side) for side in box)
        for slider, largest, ends in (
            (self.across, width, (xmin, xmax)),
            (self.down, height, (ymin, ymax)),
        ):
            slider.max, slider.value = largest, ends
        self._draw()

    def _read(self, content):
        return read_rgb(content, upright=True)

    def _on_keep(self, button=None):
        self.folder.mkdir(parents=True, exist_ok=True)
        height, width = self.image.shape[:2]
        left, top, right, bottom = cropping.square(self.box, width, height)
        path = self.folder / f"dog_{len(list(self.folder.glob('dog_*.png'))):03d}.png"
        Image.fromarray(self.image[top:bottom, left:right]).save(path)
        self.said.value = f"{path}, {right - left}x{bottom - top}"

    def _draw(self, change=None):
        figure, axes = plt.subplots(1, 4, figsize=(10, 3), width_ratios=(1.8, 1, 1, 1))
        axes[0].imshow(self.image)
        height, width = self.image.shape[:2]
        frame(axes[0], cropping.square(self.box, width, height), "real", lw=2, ls="--")
        frame(axes[0], self.box, lw=2)
        axes[0].set_title("box {}, {}, {}, {}".format(*self.box), fontsize=9)
        for ax, mode in zip(axes[1:], cropping.MODES, strict=True):
            ax.imshow(self.crop(mode), interpolation="nearest")
            ax.set_title(f"{mode}, {self.size} x {self.size}", fontsize=9)
        for ax in axes:
            ax.axis("off")
        figure.tight_layout()
        self.picture.value = plots.to_png(figure, dpi=70)


class PaintToPhoto(_Upload):
    """Paint in coloured cells, choose a start scale: a SinGAN makes a photograph of it.

    A click on a cell paints a square of `brush` cells; the colours of the row above it are the
    photograph's own. A picture that is uploaded takes the painting's place, and can be painted on.

    Args:
        gan: a trained `SinGAN`.
        painting: any picture to start with; where not given, the photograph in a few colours.
        start_scale: to start with.
        columns: cells in a row; rows follow the picture's shape.
        zoom: screen pixels for one pixel of a picture.
    """

    def __init__(self, gan, painting=None, start_scale: int = 1, columns: int = 12, zoom: int = 3):
        self.gan = gan
        few = Image.fromarray(gan.image).quantize(8)
        self.begin = self._fitted(few if painting is None else painting)
        self.painting = self.begin.copy()
        self.colours = np.asarray(few.getpalette()[: 3 * 8], "uint8").reshape(-1, 3)
        height, width = gan.image.shape[:2]
        self._edges = [
            np.linspace(0, side, n + 1).round().astype(int)
            for side, n in ((height, max(2, round(columns * height / width))), (width, columns))
        ]
        self._make_controls(start_scale)
        wide = ipywidgets.Layout(width=f"{zoom * (2 * width + 2)}px")
        self.picture = ipywidgets.Image(format="png", layout=wide)
        self._draw()
        tools = ipywidgets.HBox([*self.swatches, self.colour, self.brush])
        rest = ipywidgets.HBox([self.scale, self.seed, self.again, self.upload])
        super().__init__([tools, self._canvas(), rest, self.said, self.picture])

    def photo(self) -> np.ndarray:
        """What the SinGAN makes of the painting, float32 (H, W, 3) in [-1, 1]."""
        return paint_to_image(self.gan, self.painting, self.scale.value, seed=self.seed.value)[0]

    def _make_controls(self, start_scale):
        swatch = ipywidgets.Layout(width="30px")
        self.swatches = [ipywidgets.Button(layout=swatch) for _ in self.colours]
        self.colour = ipywidgets.ColorPicker(value=_hex(self.colours[0]), concise=True)
        for button, colour in zip(self.swatches, self.colours, strict=True):
            button.style.button_color = _hex(colour)
            button.on_click(lambda button: setattr(self.colour, "value", button.style.button_color))
        options = [("small", 1), ("middle", 2), ("large", 4)]
        self.brush = ipywidgets.Dropdown(options=options, value=2, description="brush")
        last = len(self.gan.scales) - 1
        self.scale = ipywidgets.IntSlider(start_scale, min=1, max=last, description="start scale")
        self.seed = ipywidgets.BoundedIntText(0, 0, 9999, description="seed")
        self.again = ipywidgets.Button(description="start again")
        self._make_upload()
        for control in (self.scale, self.seed):
            control.observe(self._draw, "value")
        self.again.on_click(lambda button: self._take(self.begin))

    def _canvas(self):
        """The cells, as one grid; they share a layout."""
        rows, columns = (len(edges) - 1 for edges in self._edges)
        layout = ipywidgets.Layout(width="32px", height="32px", margin="0px")
        button = functools.partial(ipywidgets.Button, layout=layout)
        self.cells = [[button() for _ in range(columns)] for _ in range(rows)]
        for y, row in enumerate(self.cells):
            for x, cell in enumerate(row):
                cell.on_click(functools.partial(self._on_cell, y, x))
        self._colour_cells()
        across = ipywidgets.Layout(grid_template_columns=f"repeat({columns}, 32px)", grid_gap="0px")
        return ipywidgets.GridBox([cell for row in self.cells for cell in row], layout=across)

    def _on_cell(self, y, x, button=None):
        down, across = self._edges
        size = self.brush.value
        bottom, right = down[min(y + size, len(down) - 1)], across[min(x + size, len(across) - 1)]
        self.painting[down[y] : bottom, across[x] : right] = ImageColor.getrgb(self.colour.value)
        self._changed()

    def _read(self, content):
        return self._fitted(ImageOps.exif_transpose(Image.open(io.BytesIO(content))))

    def _fitted(self, picture):
        """Any picture at the size of the photograph, uint8."""
        size = self.gan.image.shape[1::-1]
        return np.array(Image.fromarray(as_picture(picture)).resize(size, Image.Resampling.LANCZOS))

    def _take(self, painting):
        self.painting = painting.copy()
        self._changed()

    def _changed(self):
        self._colour_cells()
        self._draw()

    def _colour_cells(self):
        """Each has the mean colour of what it covers."""
        down, across = self._edges
        for y, row in enumerate(self.cells):
            for x, cell in enumerate(row):
                under = self.painting[down[y] : down[y + 1], across[x] : across[x + 1]]
                cell.style.button_color = _hex(under.mean(axis=(0, 1)))

    def _draw(self, change=None):
        both = np.stack([self.painting, plots.to_uint8(self.photo())])
        self.picture.value = plots.png(plots.tile(both, columns=2))


def _hex(colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*(round(float(value)) for value in colour))
