"""Pictures of chapter 05: runs that differ in one thing, beside each other."""

import dataclasses
import json
from collections.abc import Collection, Mapping
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from dogan_lib import metrics, plots
from dogan_lib.classroom.diagnosis import Diagnosis, believed, diagnose, guessing_loss
from dogan_lib.classroom.studies import folder
from dogan_lib.gan import GAN
from dogan_lib.plots import PALETTE


@dataclasses.dataclass
class Run:
    """A GAN after its training, and every step's signals."""

    gan: GAN
    history: Mapping[str, list[float]]

    @property
    def diagnosis(self) -> Diagnosis:
        return diagnose(self.history, self.gan.adversarial_loss)

    def kid(self, real, ema: bool = False) -> float:
        """KID[dognet-1] of as many samples as there are real pictures; `ema`: of G's average."""
        pictures = plots.to_uint8(self.gan.sample(len(real), seed=2, ema=ema))
        return float(metrics.kid(real, pictures, "dognet"))

    def note(self, real) -> "Note":
        """The last step's score, and what the curves say."""
        return Note(self.kid(real), self.diagnosis.name)


class Note(NamedTuple):
    """A run's KID, and the name that `diagnose` gives it."""

    kid: float
    reading: str

    def __str__(self):
        return f"KID {self.kid:.2f} · {self.reading}"


def recorded() -> tuple[dict[str, Note], np.ndarray]:
    """The changes that chapter 05 does not repeat live: `data/make/cures.py` ran its `train`.

    Returns:
        A note a change, and uint8 pictures (change, n, H, W, 3), the first n of each run's last
        step.
    """
    facts = json.loads((folder() / "cures.json").read_text())
    strip = np.asarray(Image.open(folder() / "cures.png"))
    side = len(strip) // len(facts)
    pictures = strip.reshape(len(facts), side, -1, side, 3)
    return {name: Note(**note) for name, note in facts.items()}, pictures.swapaxes(1, 2)


def smooth(curve, parts: int = 100) -> np.ndarray:
    """The means of so many equal parts of a curve: a step's noise away, a run's course kept."""
    pieces = np.array_split(np.asarray(curve, "float64"), min(parts, len(curve)))
    return np.array([piece.mean() for piece in pieces])


def late(curve) -> float:
    """The median of the last third, as `diagnose` looks at it."""
    return float(np.median(curve[-(len(curve) // 3) :]))


def _steps(curve, parts: int = 100) -> np.ndarray:
    return smooth(np.arange(1, len(curve) + 1), parts)


def rows(runs: Mapping[str, Run], notes: Mapping[str, Note], n: int = 10):
    """A row a run: its name and note, n samples (none picked), and D's opinion of both kinds."""
    size = (12, 1.15 * len(runs) + 0.3)
    ratios = dict(width_ratios=(2.6, 7.4, 2.3), squeeze=False)
    figure, axes = plt.subplots(len(runs), 3, figsize=size, **ratios)
    for (said, drawn, curve), (name, run) in zip(axes, runs.items(), strict=True):
        said.text(1, 0.66, name, ha="right", va="center", fontsize=15, weight="bold")
        said.text(1, 0.28, str(notes[name]), ha="right", va="center", fontsize=13)
        drawn.imshow(plots.tile(run.gan.sample(n, seed=1, ema=False), n), interpolation="nearest")
        said.axis("off")
        drawn.axis("off")
        opinions(curve, run)
        curve.set_yticks([0, 0.5, 1], ["0", "½", "1"], fontsize=11)
        curve.set_xticks([])
    axes[0, 2].set_title("D's opinion (1: real)", fontsize=13)
    axes[0, 2].legend(frameon=False, fontsize=11, loc="center right")
    figure.tight_layout(h_pad=0.3)
    return figure


def strips(notes: Mapping[str, Note], pictures: np.ndarray):
    """A row a recorded run: its name and note, and its pictures, uint8 (run, n, H, W, 3)."""
    size = (12, 1.02 * len(notes) + 0.1)
    figure, axes = plt.subplots(len(notes), 2, figsize=size, width_ratios=(2.6, 9.7), squeeze=False)
    for (said, drawn), (name, note), row in zip(axes, notes.items(), pictures, strict=True):
        said.text(1, 0.66, name, ha="right", va="center", fontsize=15, weight="bold")
        said.text(1, 0.28, str(note), ha="right", va="center", fontsize=13)
        drawn.imshow(plots.tile(row, len(row)), interpolation="nearest")
        said.axis("off")
        drawn.axis("off")
    figure.tight_layout(h_pad=0.2)
    return figure


def opinions(ax, run: Run) -> None:
    """D's opinion of real and of fake over the steps; 0.5 is a guess."""
    ax.axhline(0.5, color=PALETTE["neutral"], lw=1, ls=":")
    for kind, style in (("real", "-"), ("fake", "--")):
        scores = np.asarray(run.history[f"{kind}_score"])
        curve = smooth(believed(run.gan.adversarial_loss, scores))
        ax.plot(_steps(scores), curve, style, color=PALETTE[kind], lw=2, label=kind)
    ax.set_ylim(-0.05, 1.05)


def side_by_side(runs: Mapping[str, Run], notes: Mapping[str, Note], columns: int = 10):
    """Two runs: three rows of samples of each above, D's loss and D's opinion below."""
    figure = plt.figure(figsize=(12.6, 5))
    above, below = figure.subfigures(2, 1, height_ratios=(1.15, 1))
    below.subplots_adjust(bottom=0.12, top=0.86, left=0.05, right=0.99, wspace=0.28)
    above.subplots_adjust(bottom=0, top=0.86, left=0.05, right=0.99, wspace=0.06)
    panels = below.subplots(1, 4).reshape(2, 2)
    drawn = above.subplots(1, 2)
    for ax, (loss, opinion), (name, run) in zip(drawn, panels, runs.items(), strict=True):
        pictures = run.gan.sample(3 * columns, seed=1, ema=False)
        ax.imshow(plots.tile(pictures, columns), interpolation="nearest")
        ax.set_title(f"{name}: {notes[name]}", fontsize=15)
        ax.axis("off")
        d_loss(loss, run)
        opinions(opinion, run)
        opinion.legend(frameon=False, fontsize=11)
        opinion.set_title("D's opinion (1: real)", fontsize=13)
    return figure


def d_loss(ax, run: Run) -> None:
    """D's loss over the steps, and what it would be if D could only guess."""
    curve, guess = run.history["d_loss"], guessing_loss(run.gan.adversarial_loss)
    ax.axhline(guess, color=PALETTE["neutral"], lw=1, ls=":")
    ax.text(len(curve), guess, "guessing", va="bottom", ha="right", fontsize=12)
    ax.plot(_steps(curve), smooth(curve), color=PALETTE["d"], lw=2)
    ax.set_title("D's loss", fontsize=13)
    ax.set_ylim(0, 1.3 * guess)


def curves(run: Run):
    """D's loss, D's opinion, the norm of G's gradient and the samples' variety, over the steps."""
    figure, (loss, opinion, gradient, variety) = plt.subplots(1, 4, figsize=(12.6, 3.6))
    d_loss(loss, run)
    opinions(opinion, run)
    opinion.legend(frameon=False, fontsize=12, loc="center right")
    opinion.set_title("D's opinion (1: real)", fontsize=13)
    norm = run.history["g_gradient"]
    gradient.plot(_steps(norm), smooth(norm), color=PALETTE["g"], lw=2)
    gradient.set_title("norm of G's gradient", fontsize=13)
    gradient.set_ylim(bottom=0)
    variety.axhline(1, color=PALETTE["neutral"], lw=1, ls=":")
    variety.plot(_steps(norm), smooth(run.history["variety"]), color=PALETTE["g"], lw=2)
    variety.set_title("variety (1: as real)", fontsize=13)
    variety.set_ylim(0, 1.3)
    for ax in figure.axes:
        ax.set_xlabel("step", fontsize=12)
    figure.tight_layout()
    return figure


def agreement(notes: Mapping[str, Note], recorded: Collection[str] = ()):
    """Each run's KID as a bar, from the best to the worst, coloured by its reading.

    Args:
        recorded: names of bars that are hatched: runs that were made earlier.
    """
    ordered = sorted(notes.items(), key=lambda item: item[1].kid)
    colours = {"healthy": PALETTE["d"], "D wins": PALETTE["fake"]}
    figure, ax = plt.subplots(figsize=(12, 4.4))
    for row, (name, note) in enumerate(ordered):
        colour = colours.get(note.reading, PALETTE["accent"])
        hatch = "//" if name in recorded else ""
        ax.barh(row, note.kid, color=colour, height=0.7, hatch=hatch, edgecolor="white", lw=0)
        ax.text(note.kid, row, f"  {note.kid:.2f} · {note.reading}", va="center", fontsize=13)
    ax.set_yticks(range(len(ordered)), [name for name, _ in ordered], fontsize=13)
    ax.set_xlim(0, 1.25 * ordered[-1][1].kid)
    ax.invert_yaxis()
    ax.set_xlabel("KID[dognet-1] of G's last step (shorter is better)", fontsize=13)
    figure.tight_layout()
    return figure


def bars(scores: Mapping[str, float], label: str = "FID[dognet-1]"):
    """Named numbers as bars, in the order given."""
    figure, ax = plt.subplots(figsize=(12, 0.55 * len(scores) + 0.7))
    ax.barh(range(len(scores)), scores.values(), color=PALETTE["g"], height=0.7)
    for row, value in enumerate(scores.values()):
        ax.text(value, row, f" {value:.1f}", va="center", fontsize=13)
    ax.set_yticks(range(len(scores)), list(scores), fontsize=13)
    ax.invert_yaxis()
    ax.set_xlim(0, 1.1 * max(scores.values()))
    ax.set_xlabel(f"{label} (shorter is better)", fontsize=13)
    figure.tight_layout()
    return figure


def gradients(runs: Mapping[str, Run], shown: int = 12):
    """The norm of G's gradient in several runs on one axis, and what each G draws in the end."""
    figure, (curve, *drawn) = plt.subplots(
        1, 1 + len(runs), figsize=(12.4, 4.2), width_ratios=(2.2, *len(runs) * (1.2,))
    )
    styles = zip(runs.items(), ("g", "accent", "d"), ("-", "--", ":"), drawn, strict=False)
    for (name, run), colour, style, ax in styles:
        norm = np.maximum(run.history["g_gradient"], 1e-12)
        middle = np.exp(smooth(np.log(norm)))
        curve.plot(_steps(norm), middle, style, color=PALETTE[colour], lw=3, label=name)
        ax.imshow(plots.tile(run.gan.sample(shown, seed=1, ema=False), 3), interpolation="nearest")
        ax.set_title(name, fontsize=14, color=PALETTE[colour])
        ax.axis("off")
    curve.set(yscale="log", xlabel="step")
    curve.set_title("norm of G's gradient", fontsize=14)
    curve.legend(frameon=False, fontsize=13)
    figure.tight_layout()
    return figure


def slopes(run: Run, n: int = 256):
    """How strongly G's two losses react to a logit, over the logits that D gives G's fakes."""
    fakes = run.gan.sample(n, seed=1, ema=False)
    logits = np.asarray(run.gan.discriminator(fakes, training=False), "float32").ravel()
    edge = max(8.0, float(np.abs(logits).max()))
    score = np.linspace(-edge, edge, 400)
    believed = 1 / (1 + np.exp(-score))
    figure, ax = plt.subplots(figsize=(12, 4.2))
    heights, edges = np.histogram(logits, bins=60, range=(-edge, edge))
    style = dict(width=np.diff(edges), align="edge", color=PALETTE["fake"], alpha=0.4)
    ax.bar(edges[:-1], heights / heights.max(), label="D's logits for G's fakes", **style)
    ax.plot(score, believed, color=PALETTE["accent"], lw=3, ls="--", label="slope of log(1 − D)")
    ax.plot(score, 1 - believed, color=PALETTE["g"], lw=3, label="slope of −log D")
    ax.set_ylim(0, 1.08)
    ax.set_xlabel("D's logit for a fake  (left: surely fake)", fontsize=13)
    ax.legend(frameon=False, fontsize=13, loc="center right")
    figure.tight_layout()
    return figure


def ways(runs: Mapping[str, Run], dogs: np.ndarray, n: int = 12):
    """D's logit on straight ways from real dogs, uint8 (n, H, W, 3), to each run's fakes.

    The titles say by how much it falls, on average over the ways.
    """
    share = np.linspace(0, 1, 33, dtype="float32")
    figure, axes = plt.subplots(1, len(runs), figsize=(12, 3.3), sharey=True, squeeze=False)
    for ax, (name, run) in zip(axes[0], runs.items(), strict=True):
        real = dogs[:n].astype("float32") / 127.5 - 1
        fake, falls = np.asarray(run.gan.sample(n, seed=1, ema=False)), []
        for a, b in zip(real, fake, strict=True):
            along = a + share[:, None, None, None] * (b - a)
            logits = np.asarray(run.gan.discriminator(along, training=False), "float32")
            ax.plot(share, logits.ravel(), color=PALETTE["d"], lw=1.5, alpha=0.7)
            falls.append(float(logits[0, 0] - logits[-1, 0]))
        ax.set_title(f"{name}: falls by {np.mean(falls):.1f}", fontsize=15)
        ax.set_xticks([0, 0.5, 1], ["a real dog", "half and half", "a fake"], fontsize=13)
    axes[0, 0].set_ylabel("D's logit", fontsize=13)
    figure.tight_layout()
    return figure
