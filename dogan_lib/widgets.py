"""Things with sliders. Each returns an ipywidgets box that also works by setting `.value`.

Only what ipywidgets 7.7 (Colab) and 8 share is used.
"""

import ipywidgets
import numpy as np

from dogan_lib import plots


class LatentWalk(ipywidgets.VBox):
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
