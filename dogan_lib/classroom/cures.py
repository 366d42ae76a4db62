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

# "healthy" is grey: the curves show no sign, and that is no praise of the pictures.
COLOURS = {"healthy": PALETTE["neutral"], "D wins": PALETTE["fake"]}


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
        said = "no sign found" if self.reading == "healthy" else self.reading
        return f"KID {self.kid:.2f} · {said}"


def recorded() -> tuple[dict[str, Note], np.ndarray]:
    """The changes that `data/make/cures.py` ran by chapter 05's `train`: a note each, and pictures
    of the last step, uint8 (change, n, H, W, 3)."""
    facts = json.loads((folder() / "cures.json").read_text())
    strip = np.asarray(Image.open(folder() / "cures.png"))
    side = len(strip) // len(facts)
    pictures = strip.reshape(len(facts), side, -1, side, 3)
    return {name: Note(**note) for name, note in facts.items()}, pictures.swapaxes(1, 2)


def smooth(curve) -> np.ndarray:
    """The means of 100 equal parts of a curve: a step's noise away, a run's course kept."""
    pieces = np.array_split(np.asarray(curve, "float64"), min(100, len(curve)))
    return np.array([piece.mean() for piece in pieces])


def _plot(ax, curve, style: str = "-", **look) -> None:
    """A curve of every step's values, smoothed, over the steps."""
    ax.plot(smooth(np.arange(1, len(curve) + 1)), smooth(curve), style, **look)


def rows(runs: Mapping[str, Run], notes: Mapping[str, Note], columns: int = 6):
    """Of each run its name and note, two rows of samples (none picked), and D's opinions."""
    size = (12, 1.85 * len(runs) + 0.3)
    ratios = dict(width_ratios=(2.6, 5.6, 3.6), squeeze=False)
    figure, axes = plt.subplots(len(runs), 3, figsize=size, **ratios)
    for (*panels, curve), (name, run) in zip(axes, runs.items(), strict=True):
        _row(panels, name, notes[name], run.gan.sample(2 * columns, seed=1, ema=False), columns)
        opinions(curve, run)
        curve.set_xticks([])
    axes[0, 2].set_title("D's opinion (1: real)", fontsize=13)
    axes[0, 2].legend(frameon=False, fontsize=11, loc="center right")
    figure.tight_layout(h_pad=0.3)
    return figure


def strips(notes: Mapping[str, Note], pictures: np.ndarray):
    """A row a recorded run: its name and note, and its pictures, uint8 (run, n, H, W, 3)."""
    size = (12, 1.02 * len(notes) + 0.1)
    figure, axes = plt.subplots(len(notes), 2, figsize=size, width_ratios=(2.6, 9.7), squeeze=False)
    for panels, (name, note), row in zip(axes, notes.items(), pictures, strict=True):
        _row(panels, name, note, row, len(row))
    figure.tight_layout(h_pad=0.2)
    return figure


def _row(panels, name: str, note: Note, pictures, columns: int) -> None:
    """A name and its note in the first panel, the pictures in the second."""
    said, drawn = panels
    said.text(1, 0.66, name, ha="right", va="center", fontsize=15, weight="bold")
    look = dict(color=COLOURS.get(note.reading, "black"), fontsize=13)
    said.text(1, 0.28, str(note), ha="right", va="center", **look)
    said.axis("off")
    _put(drawn, pictures, columns)


def _put(ax, pictures, columns: int) -> None:
    ax.imshow(plots.tile(pictures, columns), interpolation="nearest")
    ax.axis("off")


def opinions(ax, run: Run) -> None:
    """D's opinion of real and of fake over the steps; 0.5 is a guess."""
    ax.axhline(0.5, color=PALETTE["neutral"], lw=1, ls=":")
    for kind, style in (("real", "-"), ("fake", "--")):
        curve = believed(run.gan.adversarial_loss, np.asarray(run.history[f"{kind}_score"]))
        _plot(ax, curve, style, color=PALETTE[kind], lw=2, label=kind)
    ax.set_ylim(-0.05, 1.05)
    ax.set_yticks([0, 0.5, 1], ["0", "½", "1"], fontsize=11)


def side_by_side(runs: Mapping[str, Run], notes: Mapping[str, Note], columns: int = 8):
    """Two runs: three rows of samples of each above, D's loss and D's opinion below."""
    figure, axes = plt.subplot_mosaic("aabb;cdef", figsize=(12.6, 5))
    for (drawn, *pair), (name, run) in zip(("acd", "bef"), runs.items(), strict=True):
        _put(axes[drawn], run.gan.sample(3 * columns, seed=1, ema=False), columns)
        axes[drawn].set_title(f"{name}: {notes[name]}", fontsize=15)
        _players(*(axes[each] for each in pair), run, fontsize=11)
    figure.tight_layout()
    return figure


def _players(loss, opinion, run: Run, **legend) -> None:
    """D's loss, with what it would be if D could only guess, and D's opinion, over the steps."""
    curve, guess = run.history["d_loss"], guessing_loss(run.gan.adversarial_loss)
    loss.axhline(guess, color=PALETTE["neutral"], lw=1, ls=":")
    loss.text(len(curve), guess, "guessing ", va="bottom", ha="right", fontsize=12)
    _plot(loss, curve, color=PALETTE["d"], lw=2)
    loss.set_title("D's loss", fontsize=13)
    loss.set_ylim(0, 1.3 * guess)
    opinions(opinion, run)
    opinion.legend(frameon=False, **legend)
    opinion.set_title("D's opinion (1: real)", fontsize=13)


def curves(run: Run):
    """D's loss, D's opinion, the norm of G's gradient and the samples' variety, over the steps."""
    figure, axes = plt.subplots(2, 2, figsize=(12.4, 4.9), sharex=True)
    (loss, opinion), (gradient, variety) = axes
    _players(loss, opinion, run, fontsize=12, loc="center right")
    _plot(gradient, run.history["g_gradient"], color=PALETTE["g"], lw=2)
    gradient.set_title("norm of G's gradient", fontsize=13)
    gradient.set_ylim(bottom=0)
    variety.axhline(1, color=PALETTE["neutral"], lw=1, ls=":")
    _plot(variety, run.history["variety"], color=PALETTE["g"], lw=2)
    variety.set_title("variety (1: as real)", fontsize=13)
    variety.set_ylim(0, 1.3)
    for ax in axes[1]:
        ax.set_xlabel("step", fontsize=12)
    figure.tight_layout()
    return figure


def agreement(notes: Mapping[str, Note], recorded: Collection[str] = ()):
    """Each run's KID as a bar, from the best to the worst, coloured by its reading; those that were
    `recorded` earlier are hatched."""
    notes = dict(sorted(notes.items(), key=lambda item: item[1].kid))
    look = {
        "color": [COLOURS.get(note.reading, PALETTE["accent"]) for note in notes.values()],
        "hatch": ["//" if name in recorded else "" for name in notes],
    }
    kids = {name: note.kid for name, note in notes.items()}
    return bars(kids, "KID[dognet-1] of G's last step", list(map(str, notes.values())), **look)


def bars(scores: Mapping[str, float], score="FID[dognet-1]", said=None, color=PALETTE["g"], **look):
    """Scores by name as bars, in the order given, each with its number or with what is `said`."""
    figure, ax = plt.subplots(figsize=(12, 0.45 * len(scores) + 0.8))
    drawn = ax.barh(list(scores), scores.values(), 0.7, color=color, ec="white", lw=0, **look)
    ax.bar_label(drawn, said, fmt="{:.1f}", padding=6, fontsize=13)
    ax.set_xlim(0, (1.3 if said else 1.1) * max(scores.values()))
    ax.tick_params("y", labelsize=13)
    ax.invert_yaxis()
    ax.set_xlabel(f"{score} (shorter is better)", fontsize=13)
    figure.tight_layout()
    return figure


def gradients(runs: Mapping[str, Run]):
    """The norm of G's gradient in several runs on one axis, and what each G draws in the end."""
    figure, (curve, *drawn) = plt.subplots(
        1, 1 + len(runs), figsize=(12.4, 4.6), width_ratios=(1.5, *len(runs) * (1.2,))
    )
    styles = zip(runs.items(), ("g", "accent", "d"), ("-", "--", ":"), drawn, strict=False)
    for (name, run), colour, style, ax in styles:
        norm = np.maximum(run.history["g_gradient"], 1e-12)
        steps, middle = smooth(np.arange(1, len(norm) + 1)), np.exp(smooth(np.log(norm)))
        curve.plot(steps, middle, style, color=PALETTE[colour], lw=3, label=name)
        _put(ax, run.gan.sample(9, seed=1, ema=False), 3)
        ax.set_title(name, fontsize=14, color=PALETTE[colour])
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
    figure, ax = plt.subplots(figsize=(12, 4.2))
    look = dict(weights=np.full(n, 1 / n), color=PALETTE["fake"], alpha=0.4)
    ax.hist(logits, 30, label="D's logits for G's fakes, shares", **look)
    for sign, name, style in ((1, "log(1 − D)", "--"), (-1, "−log D", "-")):
        slope, colour = 1 / (1 + np.exp(-sign * score)), PALETTE["accent" if sign > 0 else "g"]
        ax.plot(score, slope, style, color=colour, lw=3, label=f"slope of {name}")
    ax.set_xlabel("D's logit for a fake  (left: surely fake)", fontsize=13)
    ax.legend(frameon=False, fontsize=13, loc="center right")
    figure.tight_layout()
    return figure


def ways(runs: Mapping[str, Run], dogs: np.ndarray, n: int = 12):
    """D's logit on straight ways from real dogs, uint8 (n, H, W, 3), to each run's fakes.

    The titles say by how much it falls, on average over the ways.
    """
    share = np.linspace(0, 1, 33, dtype="float32")
    figure, axes = plt.subplots(1, len(runs), figsize=(12, 4.7), sharey=True, squeeze=False)
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
