"""Chapter 01's things with sliders: V on a line, and the losses of both players.

Each leaves a still picture beside its widgets, for pages that cannot run them.
"""

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

from dogan_lib.classroom import objective
from dogan_lib.classroom.stills import Controlled
from dogan_lib.plots import PALETTE


def _slider(value, least, most, name):
    layout = ipywidgets.Layout(width="440px")
    return ipywidgets.FloatSlider(
        value, min=least, max=most, step=0.1, description=name, layout=layout
    )


class ObjectiveOnALine(Controlled):
    """Two sliders move G's density q; the best D, V(D*, G) and the JSD follow.

    Args:
        real: mean and width of the data's Gaussian p.
        fake: mean and width of q to start from.
    """

    def __init__(self, real: tuple[float, float] = (-1, 1), fake: tuple[float, float] = (2, 1.5)):
        self.real = real
        self.mean = _slider(fake[0], -5, 5, "mean")
        self.width = _slider(fake[1], 0.3, 3, "width")
        super().__init__([self.mean, self.width])

    def numbers(self, mean: float | None = None) -> tuple[float, float]:
        """V(D*, G) and the JSD where the sliders stand, or at another mean."""
        p = objective.normal(*self.real)
        q = objective.normal(self.mean.value if mean is None else mean, self.width.value)
        best = objective.best_discriminator(p, q)
        return objective.value(p, q, best), objective.jensen_shannon(p, q)

    def alt(self) -> str:
        """What there is to see, in a sentence."""
        where = f"mean {self.mean.value:.1f} and width {self.width.value:.1f}"
        v, jsd = self.numbers()
        return f"p, q at {where}, and the best D between them; V = {v:.3f}, JSD = {jsd:.3f}."

    def figure(self):
        """What the sliders show, for a page that stands still."""
        figure, (left, right) = plt.subplots(1, 2, figsize=(12.5, 5), width_ratios=(1.4, 1))
        self.draw_densities(left)
        self._draw_value(right)
        figure.tight_layout()
        return figure

    def draw_densities(self, ax):
        """p, q and D* where the sliders stand."""
        x = objective.LINE
        p, q = objective.normal(*self.real), objective.normal(self.mean.value, self.width.value)
        ax.fill_between(x, p, color=PALETTE["real"], alpha=0.45, label="p, data")
        ax.fill_between(x, q, color=PALETTE["fake"], alpha=0.45, label="q, generator")
        best = objective.best_discriminator(p, q)
        ax.plot(x, best, color=PALETTE["d"], lw=3, label="D* = p / (p + q)")
        ax.axhline(0.5, color=PALETTE["neutral"], lw=1, ls=":")
        ax.set(xlim=(-8, 8), ylim=(0, 1.45), xlabel="x", ylabel="density, and D*")
        ax.legend(frameon=False, ncols=3, loc="upper center", columnspacing=1, handlelength=1.2)

    def _draw_value(self, ax):
        means = np.linspace(-5, 5, 41)
        ax.plot(means, [self.numbers(m)[0] for m in means], color=PALETTE["accent"], lw=2.5)
        v, jsd = self.numbers()
        ax.plot(self.mean.value, v, "o", color=PALETTE["fake"], ms=11)
        ax.axhline(-np.log(4), color=PALETTE["neutral"], ls="--", label="-log 4")
        ax.set(xlabel="mean of q", ylabel="V(D*, G)", ylim=(-1.5, 0.1))
        ax.set_title(f"V = {v:.3f} = 2 · {jsd:.3f} - log 4")
        ax.legend(frameon=False)


def sigmoid(logit):
    """D's answer, a probability, for its logit."""
    return 1 / (1 + np.exp(-logit))


def softplus(logit):
    """-log(1 - sigmoid(logit)), without overflow."""
    return np.logaddexp(0, logit)


#: Of each player: name, loss and slope as functions of D's logit, colour, line.
CURVES = {
    "D": (
        ("real, v = 1: -log D(x)", lambda t: softplus(-t), lambda t: sigmoid(t) - 1, "real", "-"),
        ("fake, v = 0: -log(1 - D(G(z)))", softplus, sigmoid, "fake", "--"),
    ),
    "G": (
        ("log(1 - D(G(z)))", lambda t: -softplus(t), lambda t: -sigmoid(t), "fake", "-"),
        ("-log D(G(z))", lambda t: softplus(-t), lambda t: sigmoid(t) - 1, "d", "--"),
    ),
}


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
        at = self.logit.value
        return [(float(loss(at)), float(slope(at))) for _, loss, slope, *_ in self.curves]

    def alt(self) -> str:
        """What there is to see, in a sentence."""
        said = [
            f"{name} is {loss:.2f}, its slope {slope:+.2f}"
            for (name, *_), (loss, slope) in zip(self.curves, self.numbers(), strict=True)
        ]
        return f"{self.player}'s losses where D says {sigmoid(self.logit.value):.2f}: " + (
            "; ".join(said) + "."
        )

    def figure(self):
        """What the slider shows, for a page that stands still."""
        figure, (left, right) = plt.subplots(1, 2, figsize=(12.5, 4.9))
        at, logits = self.logit.value, np.linspace(-6, 6, 241)
        for i, (name, loss, slope, colour, line) in enumerate(self.curves):
            style = dict(color=PALETTE[colour], lw=3, ls=line)
            answers = np.linspace(0.001, 0.999, 999)
            left.plot(answers, loss(np.log(answers / (1 - answers))), label=name, **style)
            left.plot(sigmoid(at), loss(at), "o", color=PALETTE[colour], ms=12)
            right.plot(logits, slope(logits), label=f"{slope(at):+.3f}", **style)
            right.plot(at, slope(at), "o", color=PALETTE[colour], ms=12)
            self._push(right, at, slope(at), 1.25 + 0.2 * i, PALETTE[colour])
        left.set(
            xlabel="D's answer", ylabel="loss", ylim=(-6.5, 6.5) if self.player == "G" else None
        )
        left.set_title(f"D says {sigmoid(at):.3f}")
        right.set(xlabel="D's logit", ylabel="d loss / d logit", xlim=(-7, 7), ylim=(-1.15, 1.75))
        right.set_title("slopes; arrows: the push on the logit")
        for ax in (left, right):
            ax.axhline(0, color=PALETTE["neutral"], lw=1, ls=":")
            ax.legend(frameon=False)
        right.legend(frameon=False, loc="lower left" if self.player == "D" else "center left")
        figure.tight_layout()
        return figure

    @staticmethod
    def _push(ax, at, slope, height, colour):
        """Downhill, as long as the slope is steep; a mere tick where there is no slope."""
        arrow = dict(arrowstyle="-|>", color=colour, lw=3, mutation_scale=22, shrinkA=0, shrinkB=0)
        ax.plot(at, height, "|", color=colour, ms=14, mew=3)
        if abs(slope) > 0.05:
            ax.annotate("", (at - 4 * slope, height), (at, height), arrowprops=arrow)
