"""What counts in a picture, glowing over it; and a dog to click on, to see where it looks."""

import ipywidgets
import keras
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from dogan_lib import plots
from dogan_lib.classroom.stills import WithStill
from dogan_lib.dogs.dataset import plain
from dogan_lib.generator import latents
from dogan_lib.layers import SelfAttention

BRIGHTEST = 4  # in maps to be compared: times what an even map has everywhere
POINTS = {"centre": (0.5, 0.5), "above": (0.3, 0.5), "below": (0.8, 0.5), "corner": (0.1, 0.1)}


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
    canvas = np.kron(plots.to_uint8(image), np.ones((zoom, zoom, 1), "uint8"))
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


def attention_maps(generator: keras.Model, latents, labels=None) -> np.ndarray:
    """Where each place of a generator's features looks: float32 (batch, h, w, h/2, w/2).

    `maps[i, row, column]` belongs to one place of picture i and sums to 1 over the h/2 x w/2
    places that it looks at. Batch statistics are those of inference.

    Args:
        generator: any functional network with a `SelfAttention` layer; of several the first.
        latents: (batch, latent_dim).
        labels: breeds (batch,), for a generator that takes them.

    Raises:
        ValueError: the generator has no such layer.
    """
    found = [layer for layer in generator.layers if isinstance(layer, SelfAttention)]
    if not found:
        raise ValueError(f"{generator.name} has no SelfAttention layer to take maps from")
    before = keras.Model(generator.inputs, found[0].input)
    x = before([latents] if labels is None else [latents, labels], training=False)
    height, width = x.shape[1:3]
    maps = np.asarray(found[0].attention(x), "float32")
    return maps.reshape(-1, height, width, height // 2, width // 2)


def looked(model, z, labels=None, zoom: int = 4) -> tuple[list[np.ndarray], list[str]]:
    """Each dog and its maps for four places, on one scale; titles say how spread out they are."""
    pictures = model(z if labels is None else [z, labels], training=False)
    drawn, titles = [], []
    for picture, maps in zip(pictures, attention_maps(model, z, labels), strict=True):
        drawn.append(heat_over(picture, zoom=zoom))
        titles.append("the dog")
        scale, size = len(picture) // len(maps), maps[0, 0].size
        for name, at in POINTS.items():
            row, column = (int(x * len(maps)) for x in at)
            own, pixel = maps[row, column], (row * scale, column * scale)
            drawn.append(heat_over(picture, own, pixel, zoom, top=BRIGHTEST / size))
            titles.append(f"{name}: {places(own):.0f}/{size}")
    return drawn, titles


def _crossed(canvas, y, x, arm):
    """A cross, white on black to be seen on everything, with arms so many pixels long."""
    canvas = canvas.copy()
    for thick, colour in ((2, 0), (1, 255)):
        reach = arm + thick
        for dy, dx in ((reach, thick), (thick, reach)):
            canvas[max(y - dy, 0) : y + dy, max(x - dx, 0) : x + dx] = colour
    return canvas


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
        self.maps = attention_maps(self.generator.model, z, labels)[0]
        if change is not None:
            self._draw()

    def _draw(self, change=None):
        place = np.array([self.row.value, self.column.value])
        at = (place + 0.5) * self.image.shape[:2] / self.maps.shape[:2] - 0.5
        heat = self.heat()
        self.dog.value = plots.png(heat_over(self.image, at=at, zoom=self.zoom))
        top = BRIGHTEST / heat.size
        self.map.value = plots.png(heat_over(self.image, heat, at, self.zoom, top))
        spread = f"{places(heat):.1f} of {heat.size} places"
        brightest = f"brightest is {BRIGHTEST} times even"
        self.said.value = f"spread over {spread} (exp of its entropy); {brightest}"


def _on_top(side: int, cells: str | None = None):
    """A square of so many screen pixels in the first cell of a grid, itself a grid of `cells`."""
    grid = dict(grid_template_columns=cells, grid_template_rows=cells, grid_gap="0")
    size = dict(width=f"{side}px", height=f"{side}px", margin="0")
    return ipywidgets.Layout(grid_area="1 / 1 / 2 / 2", **size, **(grid if cells else {}))
