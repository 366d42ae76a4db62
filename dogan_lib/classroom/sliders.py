"""Chapter 01's things with sliders: V on a line, and the losses of both players.

Each leaves a still picture beside its widgets, for pages that cannot run them.
"""

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit as sigmoid
from scipy.special import logit as logit_of

from dogan_lib.classroom import objective
from dogan_lib.classroom.stills import Controlled
from dogan_lib.plots import PALETTE


def _slider(value, least, most, name):
    layout = ipywidgets.Layout(width="440px")
    bounds = dict(min=least, max=most, step=0.1)
    return ipywidgets.FloatSlider(value, **bounds, description=name, layout=layout)


class ObjectiveOnALine(Controlled):
    """Two sliders move G's density q; the best D, V(D*, G) and the JSD follow.

    Args:
        real: mean and width of the data's Gaussian p.
        fake: mean and width of q to start from.
    """

    def __init__(self, real: tuple[float, float] = (-1, 1), fake: tuple[float, float] = (2, 1.5)):
        self.p = objective.normal(*real)
        self.mean = _slider(fake[0], -5, 5, "mean")
        self.width = _slider(fake[1], 0.3, 3, "width")
        super().__init__([self.mean, self.width])

    def _densities(self, mean=None):
        """p, q and D*."""
        q = objective.normal(self.mean.value if mean is None else mean, self.width.value)
        return self.p, q, objective.best_discriminator(self.p, q)

    def numbers(self, mean: float | None = None) -> tuple[float, float]:
        """V(D*, G) and the JSD where the sliders stand, or at another mean."""
        p, q, best = self._densities(mean)
        return objective.value(p, q, best), objective.jensen_shannon(p, q)

    def alt(self) -> str:
        """What there is to see, in a sentence."""
        where = f"mean {self.mean.value:.1f} and width {self.width.value:.1f}"
        v, jsd = self.numbers()
        return f"p, q at {where}, and the best D between them; V = {v:.3f}, JSD = {jsd:.3f}."

    def figure(self):
        """p, q and D* where the sliders stand; beside them V over the means that q may have."""
        figure, (left, right) = plt.subplots(1, 2, figsize=(12.5, 5), width_ratios=(1.4, 1))
        (p, q, best), x = self._densities(), objective.LINE
        left.fill_between(x, p, color=PALETTE["real"], alpha=0.45, label="p, data")
        left.fill_between(x, q, color=PALETTE["fake"], alpha=0.45, label="q, generator")
        left.plot(x, best, color=PALETTE["d"], lw=3, label="D* = p / (p + q)")
        left.axhline(0.5, color=PALETTE["neutral"], lw=1, ls=":")
        left.set(xlim=(-8, 8), ylim=(0, 1.45), xlabel="x", ylabel="density, and D*")
        left.legend(frameon=False, ncols=3, loc="upper center", columnspacing=1, handlelength=1.2)
        means, (v, jsd) = np.linspace(-5, 5, 41), self.numbers()
        right.plot(means, [self.numbers(m)[0] for m in means], color=PALETTE["accent"], lw=2.5)
        right.plot(self.mean.value, v, "o", color=PALETTE["fake"], ms=11)
        right.axhline(-np.log(4), color=PALETTE["neutral"], ls="--", label="-log 4")
        right.set(xlabel="mean of q", ylabel="V(D*, G)", ylim=(-1.5, 0.1))
        right.set_title(f"V = {v:.3f} = 2 · {jsd:.3f} - log 4")
        right.legend(frameon=False)
        figure.tight_layout()
        return figure


#: Of each player: the loss's name, the signs a and b of `loss_and_slope`, colour, line.
CURVES = {
    "D": (
        ("real, v = 1: -log D(x)", 1, -1, "real", "-"),
        ("fake, v = 0: -log(1 - D(G(z)))", 1, 1, "fake", "--"),
    ),
    "G": (
        ("log(1 - D(G(z)))", -1, 1, "fake", "-"),
        ("-log D(G(z))", 1, -1, "g", "--"),
    ),
}


def loss_and_slope(a: int, b: int, logit):
    """a softplus(b logit), and its slope; -log D is softplus(-l), and -log(1 - D) softplus(l)."""
    return a * np.logaddexp(0, b * logit), a * b * sigmoid(b * logit)


class LossGraphs(Controlled):
    """A slider on D's logit: a player's losses there, and their gradients as arrows.

    Args:
        player: `"D"`, for a real and for a fake sample; or `"G"`, for the loss of the formula and
            the non-saturating one.
        logit: to start with.
    """

    def __init__(self, player: str, logit: float = -4.0):
        self.curves, self.player = CURVES[player], player
        self.logit = _slider(logit, -6, 6, "logit")
        super().__init__(self.logit)

    def numbers(self) -> list[tuple[float, float]]:
        """Loss and slope of each curve under the slider."""
        return [loss_and_slope(a, b, self.logit.value) for _, a, b, *_ in self.curves]

    def alt(self) -> str:
        """What there is to see, in a sentence."""
        said = "; ".join(
            f"{name} is {loss:.2f}, its slope {slope:+.2f}"
            for (name, *_), (loss, slope) in zip(self.curves, self.numbers(), strict=True)
        )
        return f"{self.player}'s losses where D says {sigmoid(self.logit.value):.2f}: {said}."

    def figure(self):
        """Losses over D's answers and slopes over its logits, with what the slider shows."""
        figure, (left, right) = plt.subplots(1, 2, figsize=(12.5, 4.9))
        answers, logits = np.linspace(0.001, 0.999, 999), np.linspace(-6, 6, 241)
        at = self.logit.value
        for i, (name, a, b, colour, line) in enumerate(self.curves):
            colour, height, (loss, slope) = PALETTE[colour], 1.25 + 0.2 * i, self.numbers()[i]
            style, dot = dict(color=colour, lw=3, ls=line), dict(color=colour, ms=12)
            left.plot(answers, loss_and_slope(a, b, logit_of(answers))[0], label=name, **style)
            left.plot(sigmoid(at), loss, "o", **dot)
            right.plot(logits, loss_and_slope(a, b, logits)[1], label=f"{slope:+.3f}", **style)
            right.plot(at, slope, "o", **dot)
            # Downhill, as long as the slope is steep; a mere tick where there is no slope.
            right.plot(at, height, "|", color=colour, ms=14, mew=3)
            if abs(slope) > 0.05:
                arrow = dict(arrowstyle="-|>", mutation_scale=22, shrinkA=0, shrinkB=0)
                ends = (at - 4 * slope, height), (at, height)
                right.annotate("", *ends, arrowprops=dict(color=colour, lw=3, **arrow))
        left.set(xlabel="D's answer", ylabel="loss", title=f"D says {sigmoid(at):.3f}")
        right.set(xlabel="D's logit", ylabel="d loss / d logit", xlim=(-7, 7), ylim=(-1.15, 1.75))
        right.set_title("slopes; arrows: the push on the logit")
        for ax in (left, right):
            ax.axhline(0, color=PALETTE["neutral"], lw=1, ls=":")
            ax.legend(frameon=False)
        if self.player == "G":
            left.set_ylim(-6.5, 6.5)
        right.legend(frameon=False, loc="upper left" if self.player == "D" else "center left")
        figure.tight_layout()
        return figure
