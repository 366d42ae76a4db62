"""Dogs on demand: a trained generator under sliders, menus and words.

Each is an ipywidgets box that also works by setting `.value`. Only what ipywidgets 7.7 (Colab) and
8 share is used. Of each: `dogs` is how many, `zoom` screen pixels for one pixel of a picture.
"""

import html
import warnings

import ipywidgets
import numpy as np

from dogan_lib import plots
from dogan_lib.classroom import truncation
from dogan_lib.classroom.photos import Cropper as Cropper
from dogan_lib.classroom.stills import Controlled, seed_box
from dogan_lib.dogs.collection import plain
from dogan_lib.doodles import captions
from dogan_lib.generator import latents


class _Dogs(Controlled):
    """Controls above a row of dogs; a subclass draws them in `sample()`."""

    def __init__(self, generator, dogs: int, zoom: int, *rows):
        self.generator, self.dogs, self.zoom = generator, dogs, zoom
        super().__init__(*rows)

    def png(self) -> bytes:
        enlarged = self.sample().repeat(self.zoom, axis=1).repeat(self.zoom, axis=2)
        return plots.png(plots.tile(enlarged, self.dogs))


class LatentWalk(_Dogs):
    """Two seeds and a slider: the pictures on the way from one latent to the other.

    Args:
        generator: a `checkpoints.Generator`.
    """

    def __init__(self, generator, zoom: int = 5):
        self.start, self.end = seed_box(1, "from seed"), seed_box(2, "to seed")
        self.way = ipywidgets.FloatSlider(0.5, min=0, max=1, step=0.02, description="on the way")
        super().__init__(generator, 3, zoom, [self.start, self.end], self.way)

    def _ends(self):
        seeds, size = (self.start.value, self.end.value), self.generator.latent_dim
        return [np.random.default_rng(seed).normal(size=size) for seed in seeds]

    def latent(self) -> np.ndarray:
        """The z under the slider, (1, latent_dim), as long as Gaussian latents are."""
        (first, last), t = self._ends(), self.way.value
        z = (1 - t) * first + t * last
        length = (1 - t) * np.linalg.norm(first) + t * np.linalg.norm(last)
        return (z * length / np.linalg.norm(z))[None]

    def sample(self) -> np.ndarray:
        """The dogs at both ends, and between them the one under the slider."""
        first, last = self._ends()
        return self.generator.decode(np.concatenate([[first], self.latent(), [last]]))


class AskForDogs(_Dogs):
    """A caption to type, and the dogs that a generator draws for it.

    What is odd about the caption is named above the dogs: unknown words, contradictions, words
    that are too many. For a caption that asks for nothing there are no dogs.

    Args:
        generator: a `checkpoints.Generator` that takes captions.
        caption: to start with.
    """

    def __init__(self, generator, caption: str, dogs: int = 8, zoom: int = 2):
        style = dict(continuous_update=False, layout=ipywidgets.Layout(width="620px"))
        self.caption = ipywidgets.Text(caption, description="caption", **style)
        self.seed, self.said = seed_box(), ipywidgets.HTML()
        super().__init__(generator, dogs, zoom, self.caption, self.seed, self.said)

    def sample(self) -> np.ndarray:
        """The dogs, float32 (dogs, H, W, 3); a ValueError where the caption asks for nothing."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is said above the dogs says the same
            asked = dict(seed=self.seed.value, captions=self.caption.value)
            return self.generator.sample(self.dogs, **asked)

    def png(self) -> bytes:
        """The dogs, or a white pixel; what was understood, or why nothing was, is said above."""
        try:
            said = str(captions.read(self.caption.value))
        except ValueError as nothing:
            said, png = str(nothing), plots.png(np.full((1, 1, 3), 255, "uint8"))
        else:
            png = super().png()
        self.said.value = "<br>".join(html.escape(said).splitlines())
        return png


def _breeds(generator, breed):
    names = [(plain(name), name) for name in generator.breeds]
    return ipywidgets.Dropdown(options=names, value=breed or names[0][1], description="breed")


class ChooseABreed(_Dogs):
    """A menu of breeds, a seed and a truncation: the dogs that a conditional generator draws.

    Args:
        generator: a `checkpoints.Generator` that takes labels.
        breed: to start with; the first where not given.
    """

    def __init__(self, generator, breed: str | None = None, dogs: int = 8, zoom: int = 2):
        self.breed, self.seed = _breeds(generator, breed), seed_box()
        self.truncation = ipywidgets.FloatSlider(2.0, min=0.2, max=3.0, description="truncation")
        super().__init__(generator, dogs, zoom, [self.breed, self.seed, self.truncation])

    def sample(self) -> np.ndarray:
        """The dogs under the controls, float32 (dogs, H, W, 3)."""
        drawn = self.dogs, self.seed.value, self.truncation.value
        return self.generator.sample(*drawn, labels=self.breed.value)


class Truncate(_Dogs):
    """A slider that truncates the same latents while one looks; their breed and their seed.

    Args:
        stands: threshold -> a `checkpoints.Generator` with the standing statistics that belong to
            it (`truncation.stands`); the slider stops at these thresholds.
        breed: to start with; the first where not given.
    """

    def __init__(self, stands: dict, breed: str | None = None, dogs: int = 8, zoom: int = 2):
        self.stands, generator = stands, next(iter(stands.values()))
        self.breed, self.seed = _breeds(generator, breed), seed_box()
        stops = dict(options=sorted(stands), value=max(stands))
        self.threshold = ipywidgets.SelectionSlider(description="threshold", **stops)
        super().__init__(generator, dogs, zoom, [self.breed, self.seed, self.threshold])

    def sample(self) -> np.ndarray:
        """The dogs under the controls, float32 (dogs, H, W, 3)."""
        generator = self.stands[self.threshold.value]
        z = latents(self.dogs, generator.latent_dim, self.seed.value)
        labels = np.full(self.dogs, generator.breeds.index(self.breed.value), "int32")
        return generator.decode(truncation.carried(z, self.threshold.value), labels)
