"""What counts in a picture, glowing over it; and a dog to click on, to see where it looks."""

import ipywidgets
import keras
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from dogan_lib import plots
from dogan_lib.classroom.stills import Controlled, button_grid, seed_box
from dogan_lib.dogs.collection import plain
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
        heat = np.asarray(heat.resize(canvas.shape[1::-1], Image.Resampling.BILINEAR)).clip(0, 1)
        grey = canvas.mean(axis=-1, keepdims=True) / 2
        glow = plt.get_cmap("inferno")(heat)[..., :3] * 255
        canvas = (grey + heat[..., None] * (glow - grey)).astype("uint8")
    if at is not None:
        y, x = (int((place + 0.5) * zoom) for place in at)
        for thick, colour in ((2, 0), (1, 255)):  # white on black, to be seen on everything
            for dy, dx in ((zoom + thick, thick), (thick, zoom + thick)):
                canvas[max(y - dy, 0) : y + dy, max(x - dx, 0) : x + dx] = colour
    return canvas


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
            titles.append(f"{name}\n{places(own):.0f}/{size}")
    return drawn, titles


class AttentionMap(Controlled):
    """A generated dog to click on: where does self-attention look from there?

    The dog lies under a grid of invisible buttons. A click moves the sliders to that place; they
    reach every place of the features, also without a mouse.

    Args:
        generator: a `checkpoints.Generator` with a `SelfAttention` layer, with or without labels.
        seed: of the dog to start with.
        zoom: screen pixels for one pixel of the picture.
        points: buttons a side.
    """

    def __init__(self, generator, seed: int = 0, zoom: int = 5, points: int = 16):
        self.generator, self.zoom, self.points = generator, zoom, points
        names = [(plain(name), i) for i, name in enumerate(generator.breeds)] or [("any", 0)]
        unlabelled = not generator.breeds
        self.breed = ipywidgets.Dropdown(options=names, description="breed", disabled=unlabelled)
        self.seed = seed_box(seed)
        self._generate()
        for control in (self.breed, self.seed):
            control.observe(self._generate, "value")  # before the picture follows
        rows, columns = self.maps.shape[:2]
        self.row = ipywidgets.IntSlider(rows // 2, 0, rows - 1, description="row")
        self.column = ipywidgets.IntSlider(columns // 2, 0, columns - 1, description="column")
        self.said = ipywidgets.HTML()
        side = zoom * len(self.image)
        square = dict(width=f"{side}px", height=f"{side}px", margin="0")
        on_top = dict(grid_area="1 / 1 / 2 / 2", **square)
        self.dog = ipywidgets.Image(format="png", layout=on_top)
        clear = ipywidgets.ButtonStyle(button_color="transparent")
        over = button_grid(points, points, side // points, self._go, clear, **on_top)
        self.buttons = over.children
        super().__init__([self.breed, self.seed], [self.row, self.column])
        self.picture.layout = square
        clickable = ipywidgets.GridBox([self.dog, over], layout=square)
        pictures = ipywidgets.HBox([clickable, self.picture])
        self.children = [*self.children[:-1], pictures, self.said]

    def heat(self) -> np.ndarray:
        """The map of the place under the sliders, (h/2, w/2), sum 1."""
        return self.maps[self.row.value, self.column.value]

    def _go(self, row, column):
        """To the place under a button."""
        rows, columns = self.maps.shape[:2]
        self.row.value = int((row + 0.5) / self.points * rows)
        self.column.value = int((column + 0.5) / self.points * columns)

    def _generate(self, change=None):
        labels = None if self.generator.classes is None else np.array([self.breed.value])
        z = latents(1, self.generator.latent_dim, self.seed.value)
        self.image = self.generator.decode(z, labels)[0]
        self.maps = attention_maps(self.generator.model, z, labels)[0]

    def png(self) -> bytes:
        """The map; the dog and what is said of the map follow."""
        place, heat = np.array([self.row.value, self.column.value]), self.heat()
        at = (place + 0.5) * self.image.shape[:2] / self.maps.shape[:2] - 0.5
        self.dog.value = plots.png(heat_over(self.image, at=at, zoom=self.zoom))
        self.said.value = (
            f"spread over {places(heat):.1f} of {heat.size} places (exp of its entropy); "
            f"brightest is {BRIGHTEST} times even"
        )
        return plots.png(heat_over(self.image, heat, at, self.zoom, BRIGHTEST / heat.size))
