"""Things with sliders. Each returns an ipywidgets box that also works by setting `.value`.

Only what ipywidgets 7.7 (Colab) and 8 share is used.
"""

import functools
import html
import io
import warnings
from pathlib import Path

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image, ImageColor, ImageOps

from dogan_lib import plots
from dogan_lib.classroom.heat import heat_over, places
from dogan_lib.classroom.singan_uses import paint_to_image
from dogan_lib.classroom.stills import WithStill
from dogan_lib.dogs import cropping
from dogan_lib.dogs.dataset import plain
from dogan_lib.doodles import captions
from dogan_lib.generator import latents
from dogan_lib.models import biggan, sagan
from dogan_lib.models.singan import as_picture


class LatentWalk(WithStill):
    """Two seeds and a slider: the pictures on the way from one latent to the other.

    Args:
        generator: a `checkpoints.Generator`.
        seeds: where to start.
        zoom: screen pixels for one pixel of the picture.
    """

    def __init__(self, generator, seeds: tuple[int, int] = (1, 2), zoom: int = 5):
        self.generator, self.zoom = generator, zoom
        self.start = ipywidgets.BoundedIntText(seeds[0], 0, 9999, description="from seed")
        self.end = ipywidgets.BoundedIntText(seeds[1], 0, 9999, description="to seed")
        self.way = ipywidgets.FloatSlider(0.5, min=0, max=1, step=0.02, description="on the way")
        self.picture = ipywidgets.Image(format="png")
        for control in (self.start, self.end, self.way):
            control.observe(self._draw, "value")
        self._draw()
        super().__init__([ipywidgets.HBox([self.start, self.end]), self.way, self.picture])

    def latent(self) -> np.ndarray:
        """The z under the slider, (1, latent_dim), as long as Gaussian latents are."""
        ends = [self._end(control.value) for control in (self.start, self.end)]
        t = self.way.value
        z = (1 - t) * ends[0] + t * ends[1]
        length = (1 - t) * np.linalg.norm(ends[0]) + t * np.linalg.norm(ends[1])
        return (z * length / np.linalg.norm(z))[None]

    def _end(self, seed):
        return np.random.default_rng(seed).normal(size=self.generator.latent_dim)

    def _draw(self, change=None):
        first, last = (self._end(control.value) for control in (self.start, self.end))
        z = np.concatenate([[first], self.latent(), [last]])
        shown = plots.tile(self.generator.decode(z), columns=3)
        self.picture.value = plots.png(np.kron(shown, np.ones((self.zoom, self.zoom, 1), "uint8")))


class Cropper(WithStill):
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
        self.upload = ipywidgets.FileUpload(accept="image/*", multiple=False)
        wide = ipywidgets.Layout(width="420px")
        self.across = ipywidgets.IntRangeSlider(description="x1, x3", layout=wide)
        self.down = ipywidgets.IntRangeSlider(description="x2, x4", layout=wide)
        self.keep = ipywidgets.Button(description="keep")
        self.said = ipywidgets.Label()
        self.picture = ipywidgets.Image(format="png")
        self._take(image, box)
        self.upload.observe(self._on_upload, "value")
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

    def _on_upload(self, change):
        for content in _contents(change["new"]):
            try:
                self._take(cropping.read_rgb(content, upright=True))
                self.said.value = ""
            except Exception:  # Pillow's decoders raise nearly anything on what is no picture
                self.said.value = "That file is not a picture that can be read."

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
        _frame(axes[0], cropping.square(self.box, width, height), "real", "--")
        _frame(axes[0], self.box, "accent", "-")
        axes[0].set_title("box {}, {}, {}, {}".format(*self.box), fontsize=9)
        for ax, mode in zip(axes[1:], cropping.MODES, strict=True):
            ax.imshow(self.crop(mode), interpolation="nearest")
            ax.set_title(f"{mode}, {self.size} x {self.size}", fontsize=9)
        for ax in axes:
            ax.axis("off")
        figure.tight_layout()
        self.picture.value = plots.to_png(figure, dpi=70)


def _contents(uploaded) -> list[bytes]:
    """The files of a `FileUpload`: ipywidgets 7 has {name: file}, ipywidgets 8 (file, ...)."""
    files = uploaded.values() if isinstance(uploaded, dict) else uploaded
    return [bytes(file["content"]) for file in files]


def _frame(ax, box, colour: str, line: str):
    (xmin, ymin), sides = box[:2], (box[2] - box[0], box[3] - box[1])
    style = dict(fill=False, ec=plots.PALETTE[colour], ls=line, lw=2)
    ax.add_patch(plt.Rectangle((xmin, ymin), *sides, **style))


class AskForDogs(WithStill):
    """A caption to type, and the dogs that a generator draws for it.

    What is odd about the caption is named above the dogs: unknown words, contradictions, words
    that are too many. For a caption that asks for nothing there are no dogs.

    Args:
        generator: a `checkpoints.Generator` that takes captions.
        caption: to start with.
        dogs: how many.
        zoom: screen pixels for one pixel of a picture.
    """

    def __init__(self, generator, caption: str, dogs: int = 8, zoom: int = 2):
        self.generator, self.dogs = generator, dogs
        wide = ipywidgets.Layout(width="620px")
        self.caption = ipywidgets.Text(
            caption, description="caption", continuous_update=False, layout=wide
        )
        self.seed = ipywidgets.BoundedIntText(0, 0, 9999, description="seed")
        self.said = ipywidgets.HTML()
        # Enlarged by the browser: a picture with each pixel four times would swell a saved page.
        wide = ipywidgets.Layout(width=f"{zoom * dogs * (generator.model.output_shape[2] + 2)}px")
        self.picture = ipywidgets.Image(format="png", layout=wide)
        for control in (self.caption, self.seed):
            control.observe(self._draw, "value")
        self._draw()
        super().__init__([self.caption, self.seed, self.said, self.picture])

    @property
    def answer(self) -> str:
        """What was understood, or why nothing was."""
        try:
            return str(captions.read(self.caption.value))
        except ValueError as error:
            return str(error)

    def sample(self) -> np.ndarray:
        """The dogs for the caption, float32 (dogs, H, W, 3); none where it asks for nothing."""
        size = self.generator.model.output_shape[1:]
        try:
            captions.read(self.caption.value)
        except ValueError:
            return np.ones((0, *size), "float32")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # `answer` says the same
            return self.generator.sample(
                self.dogs, seed=self.seed.value, captions=self.caption.value
            )

    def _draw(self, change=None):
        lines = html.escape(self.answer).splitlines()
        self.said.value = "<br>".join(lines)
        images = self.sample()
        nothing = np.full((1, 1, 3), 255, "uint8")
        self.picture.value = plots.png(plots.tile(images, self.dogs) if len(images) else nothing)


class ChooseABreed(WithStill):
    """A menu of breeds, a seed and a truncation: the dogs that a conditional generator draws.

    Args:
        generator: a `checkpoints.Generator` that takes labels.
        breed: to start with; the first where not given.
        dogs: how many.
        zoom: screen pixels for one pixel of a picture.
    """

    def __init__(self, generator, breed: str | None = None, dogs: int = 8, zoom: int = 2):
        self.generator, self.dogs = generator, dogs
        names = [(plain(name), name) for name in generator.breeds]
        first = breed or names[0][1]
        self.breed = ipywidgets.Dropdown(options=names, value=first, description="breed")
        self.seed = ipywidgets.BoundedIntText(0, 0, 9999, description="seed")
        self.truncation = ipywidgets.FloatSlider(
            2.0, min=0.2, max=3.0, step=0.1, description="truncation"
        )
        wide = ipywidgets.Layout(width=f"{zoom * dogs * (generator.model.output_shape[2] + 2)}px")
        self.picture = ipywidgets.Image(format="png", layout=wide)
        controls = [self.breed, self.seed, self.truncation]
        for control in controls:
            control.observe(self._draw, "value")
        self._draw()
        super().__init__([ipywidgets.HBox(controls), self.picture])

    def sample(self) -> np.ndarray:
        """The dogs under the controls, float32 (dogs, H, W, 3)."""
        return self.generator.sample(
            self.dogs, self.seed.value, self.truncation.value, labels=self.breed.value
        )

    def _draw(self, change=None):
        self.picture.value = plots.png(plots.tile(self.sample(), self.dogs))


class Truncate(WithStill):
    """A slider that truncates the same latents while one looks; their breed and their seed.

    Args:
        stands: threshold -> a `checkpoints.Generator` with the standing statistics that belong to
            it (`biggan.stands`); the slider stops at these thresholds.
        breed: to start with; the first where not given.
        dogs: how many.
        zoom: screen pixels for one pixel of a picture.
    """

    def __init__(self, stands: dict, breed: str | None = None, dogs: int = 8, zoom: int = 2):
        self.stands, self.dogs = stands, dogs
        generator = next(iter(stands.values()))
        names = [(plain(name), name) for name in generator.breeds]
        self.breed = ipywidgets.Dropdown(
            options=names, value=breed or names[0][1], description="breed"
        )
        self.seed = ipywidgets.BoundedIntText(0, 0, 9999, description="seed")
        self.threshold = ipywidgets.SelectionSlider(
            options=sorted(stands), value=max(stands), description="threshold"
        )
        wide = ipywidgets.Layout(width=f"{zoom * dogs * (generator.model.output_shape[2] + 2)}px")
        self.picture = ipywidgets.Image(format="png", layout=wide)
        controls = [self.breed, self.seed, self.threshold]
        for control in controls:
            control.observe(self._draw, "value")
        self._draw()
        super().__init__([ipywidgets.HBox(controls), self.picture])

    def sample(self) -> np.ndarray:
        """The dogs under the controls, float32 (dogs, H, W, 3)."""
        generator = self.stands[self.threshold.value]
        z = latents(self.dogs, generator.latent_dim, self.seed.value)
        label = generator.breeds.index(self.breed.value)
        labels = np.full(self.dogs, label, "int32")
        return generator.decode(biggan.carried(z, self.threshold.value), labels)

    def _draw(self, change=None):
        self.picture.value = plots.png(plots.tile(self.sample(), self.dogs))


class PaintToPhoto(WithStill):
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
        self.upload = ipywidgets.FileUpload(accept="image/*", multiple=False)
        self.said = ipywidgets.Label()
        for control in (self.scale, self.seed):
            control.observe(self._draw, "value")
        self.again.on_click(lambda button: self._take(self.begin))
        self.upload.observe(self._on_upload, "value")

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

    def _on_upload(self, change):
        for content in _contents(change["new"]):
            try:
                picture = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
                self._take(self._fitted(picture))
                self.said.value = ""
            except Exception:  # Pillow's decoders raise nearly anything on what is no picture
                self.said.value = "That file is not a picture that can be read."

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


class AttentionMap(WithStill):
    """A generated dog to click on: where does self-attention look from there?

    The dog lies under a grid of invisible buttons. A click moves the sliders to that place; they
    reach every place of the features, also without a mouse.

    Args:
        generator: a `checkpoints.Generator` with a `SelfAttention` layer, with or without labels.
        breed: number of the breed to start with.
        seed: of the dog to start with.
        zoom: screen pixels for one pixel of the picture.
        points: buttons a side.
    """

    def __init__(self, generator, breed: int = 0, seed: int = 0, zoom: int = 5, points: int = 16):
        self.generator, self.zoom = generator, zoom
        names = [(plain(name), i) for i, name in enumerate(generator.breeds)]
        self.breed = ipywidgets.Dropdown(
            options=names or [("any", 0)], value=breed, description="breed", disabled=not names
        )
        self.seed = ipywidgets.BoundedIntText(seed, 0, 9999, description="seed")
        self._generate()
        rows, columns = self.maps.shape[:2]
        self.row = ipywidgets.IntSlider(rows // 2, 0, rows - 1, description="row")
        self.column = ipywidgets.IntSlider(columns // 2, 0, columns - 1, description="column")
        self.said = ipywidgets.HTML()
        pictures = self._pictures(zoom * len(self.image), points)
        self._draw()
        which, where = [self.breed, self.seed], [self.row, self.column]
        for control in which:
            control.observe(self._generate, "value")
        for control in where:
            control.observe(self._draw, "value")
        super().__init__([ipywidgets.HBox(which), ipywidgets.HBox(where), pictures, self.said])

    def heat(self) -> np.ndarray:
        """The map of the place under the sliders, (h/2, w/2), sum 1."""
        return self.maps[self.row.value, self.column.value]

    def _pictures(self, side, points):
        """The dog under its buttons, and the map beside it."""
        self.dog, self.map = (
            ipywidgets.Image(format="png", width=side, height=side, layout=_on_top(side))
            for _ in range(2)
        )
        self.picture = self.map
        self.buttons = self._buttons(points, side // points)
        cells = f"repeat({points}, {side // points}px)"
        over = ipywidgets.GridBox(self.buttons, layout=_on_top(side, cells))
        clickable = ipywidgets.GridBox([self.dog, over], layout=_on_top(side, f"{side}px"))
        return ipywidgets.HBox([clickable, self.map])

    def _buttons(self, points, side):
        """Row by row; they share what they look like, which keeps a saved notebook small."""
        layout = ipywidgets.Layout(
            width=f"{side}px", height=f"{side}px", min_width="0", margin="0", padding="0"
        )
        style = ipywidgets.ButtonStyle(button_color="transparent")
        buttons = [ipywidgets.Button(layout=layout, style=style) for _ in range(points**2)]
        for i, button in enumerate(buttons):
            middle = ((np.array(divmod(i, points)) + 0.5) / points).tolist()
            button.on_click(lambda _, middle=middle: self._go(*middle))
        return buttons

    def _go(self, down: float, right: float):
        """To the place that far down and right, as shares of the picture."""
        rows, columns = self.maps.shape[:2]
        self.row.value, self.column.value = int(down * rows), int(right * columns)

    def _generate(self, change=None):
        labels = None if self.generator.classes is None else self.breed.value
        self.image = self.generator.sample(1, self.seed.value, labels=labels)[0]
        z = latents(1, self.generator.latent_dim, self.seed.value)
        labels = None if labels is None else np.array([labels])
        self.maps = sagan.attention_maps(self.generator.model, z, labels)[0]
        if change is not None:
            self._draw()

    def _draw(self, change=None):
        place = np.array([self.row.value, self.column.value])
        at = (place + 0.5) * self.image.shape[:2] / self.maps.shape[:2] - 0.5
        heat = self.heat()
        self.dog.value = plots.png(heat_over(self.image, at=at, zoom=self.zoom))
        self.map.value = plots.png(heat_over(self.image, heat, at, self.zoom, 10 / heat.size))
        spread = f"{places(heat):.1f} of {heat.size} places"
        self.said.value = f"spread over {spread} (exp of its entropy); brightest is ten times even"


def _on_top(side: int, cells: str | None = None):
    """A square of so many screen pixels in the first cell of a grid, itself a grid of `cells`."""
    grid = dict(grid_template_columns=cells, grid_template_rows=cells, grid_gap="0")
    size = dict(width=f"{side}px", height=f"{side}px", margin="0")
    return ipywidgets.Layout(grid_area="1 / 1 / 2 / 2", **size, **(grid if cells else {}))
