"""Things with sliders. Each returns an ipywidgets box that also works by setting `.value`.

Only what ipywidgets 7.7 (Colab) and 8 share is used.
"""

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from dogan_lib import objective, plots


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


class ObjectiveOnALine(ipywidgets.VBox):
    """Two sliders move G's density q; the best D, V(D*, G) and the JSD follow.

    Args:
        real: mean and width of the data's Gaussian p.
        fake: mean and width of q to start from.
    """

    def __init__(self, real: tuple[float, float] = (-1, 1), fake: tuple[float, float] = (2, 1.5)):
        self.real = real
        self.mean = ipywidgets.FloatSlider(fake[0], min=-5, max=5, step=0.1, description="mean")
        self.width = ipywidgets.FloatSlider(fake[1], min=0.3, max=3, step=0.1, description="width")
        self.picture = ipywidgets.Image(format="png")
        for control in (self.mean, self.width):
            control.observe(self._draw, "value")
        self._draw()
        super().__init__([ipywidgets.HBox([self.mean, self.width]), self.picture])

    def numbers(self, mean: float | None = None) -> tuple[float, float]:
        """V(D*, G) and the JSD where the sliders stand, or at another mean."""
        p = objective.normal(*self.real)
        q = objective.normal(self.mean.value if mean is None else mean, self.width.value)
        best = objective.best_discriminator(p, q)
        return objective.value(p, q, best), objective.jensen_shannon(p, q)

    def _draw(self, change=None):
        figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.4), width_ratios=(1.4, 1))
        self.draw_densities(left)
        self._draw_value(right)
        figure.tight_layout()
        self.picture.value = plots.to_png(figure)

    def draw_densities(self, ax):
        """p, q and D* where the sliders stand, for a page that stands still."""
        x = objective.LINE
        p, q = objective.normal(*self.real), objective.normal(self.mean.value, self.width.value)
        ax.fill_between(x, p, color=plots.PALETTE["real"], alpha=0.45, label="p, the data")
        ax.fill_between(x, q, color=plots.PALETTE["fake"], alpha=0.45, label="q, the generator")
        best = objective.best_discriminator(p, q)
        ax.plot(x, best, color=plots.PALETTE["d"], lw=2.5, label="D* = p / (p + q)")
        ax.axhline(0.5, color=plots.PALETTE["neutral"], lw=1, ls=":")
        ax.set(xlim=(-8, 8), ylim=(0, 1.4), xlabel="x", ylabel="density, and D*")
        ax.set_title("the best answer to this generator")
        ax.legend(frameon=False, fontsize=8, ncols=3, loc="upper center")

    def _draw_value(self, ax):
        means = np.linspace(-5, 5, 41)
        ax.plot(means, [self.numbers(m)[0] for m in means], color=plots.PALETTE["accent"])
        v, jsd = self.numbers()
        ax.plot(self.mean.value, v, "o", color=plots.PALETTE["fake"], ms=9)
        ax.axhline(-np.log(4), color=plots.PALETTE["neutral"], ls="--", label="-log 4")
        ax.set(xlabel="mean of q", ylabel="V(D*, G)", ylim=(-1.5, 0.1))
        ax.set_title(f"V = {v:.3f} = 2 · {jsd:.3f} - log 4")
        ax.legend(frameon=False)
