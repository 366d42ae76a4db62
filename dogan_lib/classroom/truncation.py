"""Chapter 11's pictures and measurements: BigGAN's blocks, and what truncation buys and costs.

rows = blocks(generator)                       # the table of a built BigGAN
measured = curve(stands, real_dogs())          # threshold -> `Measured`, draws and all
print(verdict(measured))                       # read off the numbers, with their errors
"""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import keras
import matplotlib.pyplot as plt
import numpy as np
from scipy import stats

from dogan_lib import plots
from dogan_lib.classroom import truncated
from dogan_lib.generator import Generator
from dogan_lib.metrics.breeds import recognise
from dogan_lib.metrics.distances import inside
from dogan_lib.metrics.features import Features, extract
from dogan_lib.models import biggan
from dogan_lib.plots import PALETTE, to_uint8


class Block(NamedTuple):
    """A row of BigGAN's table."""

    name: str
    side: int
    channels: int
    parameters: int


def without_numbers(make: Callable[[], keras.Model]) -> keras.Model:
    """The network that `make()` builds, its weights shapes without numbers: to count, not to run.

    Keras draws numbers that were left out as soon as the same thread builds another layer, for
    this network a minute of orthogonal matrices. So a thread of its own builds it, and ends.
    """

    def build():
        with keras.StatelessScope(initialize_variables=False):
            return make()

    with ThreadPoolExecutor(1) as alone:
        return alone.submit(build).result()


def blocks(generator: keras.Model) -> list[Block]:
    """The rows of a `models.biggan.generator`, counted in the network that was built."""
    rows, weights, first = [], 0, True
    for part in generator.operations:
        x, kind = part.output, type(part).__name__
        alone = {"Embedding": "shared embedding", "SelfAttention": "self-attention"}.get(kind)
        weights += _trainable(part)
        if alone:
            side = x.shape[1] if len(x.shape) == 4 else 1
            rows.append(Block(alone, side, x.shape[-1], _trainable(part)))
            weights -= rows[-1].parameters
        elif kind == "Add" or (kind == "Reshape" and first):
            name = "4x4 features" if first else f"block to {x.shape[1]}"
            rows.append(Block(name, x.shape[1], x.shape[-1], weights))
            weights, first = 0, False
    x = generator.output
    return [*rows, Block("to pixels", x.shape[1], x.shape[-1], weights)]


def _trainable(part) -> int:
    return sum(math.prod(w.shape) for w in getattr(part, "trainable_weights", ()))


def pieces(generator: keras.Model) -> plots.Picture:
    """z in pieces, a block each, and under each block its channels and its parameters."""
    rows = blocks(generator)
    readers = [row for row in rows if row.name.startswith(("4x4", "block"))]
    piece = generator.inputs[0].shape[-1] // len(readers)
    figure, (ax, bars) = plt.subplots(2, 1, figsize=(13, 4.9), height_ratios=(1.5, 1))
    tones = plt.get_cmap("viridis")(np.linspace(0.25, 0.95, len(readers)))

    def box(x, y, wide, colour, text, size=13):
        ax.add_patch(plt.Rectangle((x, y), wide, 0.8, fc=colour, ec="black", alpha=0.75))
        ax.text(x + wide / 2, y + 0.4, text, ha="center", va="center", fontsize=size)

    width = next(row.channels for row in rows if row.name == "shared embedding")
    shared = f"the breed's embedding, {width} numbers: every block reads it"
    box(1, 1.5, len(readers) - 1.1, PALETTE["accent"], shared)
    for k, (row, tone) in enumerate(zip(readers, tones, strict=True)):
        box(k, 3, 0.9, tone, f"z: {piece}")
        box(k, 0, 0.9, tone, f"{row.side}×{row.side}\n{row.channels:,} ch")
        arrow = dict(arrowstyle="-|>", lw=2, color=tone)
        ax.annotate("", (k + 0.2, 0.8), (k + 0.2, 3), arrowprops=arrow)
        if k:
            ax.annotate("", (k + 0.65, 0.8), (k + 0.65, 1.5), arrowprops=dict(arrowstyle="-|>"))
            ax.annotate("", (k, 0.4), (k - 0.1, 0.4), arrowprops=dict(arrowstyle="-|>"))
    ax.set(xlim=(-0.1, len(readers)), ylim=(-0.1, 3.9))
    ax.axis("off")
    millions = [row.parameters / 1e6 for row in readers]
    bars.bar(np.arange(len(readers)) + 0.45, millions, 0.9, color=tones, alpha=0.75)
    for k, value in enumerate(millions):
        bars.text(k + 0.45, value, f"{value:.1f} M", ha="center", va="bottom", fontsize=13)
    bars.set(xlim=(-0.1, len(readers)), ylim=(0, 1.25 * max(millions)), xticks=[], yticks=[])
    bars.set_title("parameters of each block", fontsize=13, loc="left")
    bars.spines[["top", "right", "left"]].set_visible(False)
    figure.tight_layout()
    alt = (
        f"BigGAN at {rows[-1].side} px: {len(readers)} pieces of z, one for the 4x4 features, one "
        "for each block, and the parameters of each."
    )
    return plots.Picture(plots.to_png(figure, dpi=80), alt)


# Three ways to keep z small -----------------------------------------------------------------------


def clipped(shape, threshold: float, seed: int = 0) -> np.ndarray:
    """N(0, 1) with what is outside the threshold moved onto it: *not* truncation."""
    return np.random.default_rng(seed).standard_normal(shape, "float32").clip(-threshold, threshold)


def scaled(shape, threshold: float, seed: int = 0) -> np.ndarray:
    """N(0, 1) times the threshold: *not* truncation either."""
    return threshold * np.random.default_rng(seed).standard_normal(shape, "float32")


WAYS = {"drawn again": biggan.truncated_normal, "clipped": clipped, "scaled": scaled}


def ways(threshold: float = 1.0, n: int = 100_000):
    """A histogram of each way, with the density of N(0, 1) given |z| <= threshold."""
    cdf = np.vectorize(lambda x: (1 + math.erf(x / math.sqrt(2))) / 2)
    low, inside = cdf(-threshold), 2 * cdf(threshold) - 1
    grid = np.linspace(-threshold, threshold, 201)
    density = np.exp(-(grid**2) / 2) / math.sqrt(2 * math.pi) / inside
    figure, axes = plt.subplots(1, 3, figsize=(13, 4.2), sharey=True)
    for ax, (name, way) in zip(axes, WAYS.items(), strict=True):
        z = np.sort(way((n,), threshold, seed=0))
        exact = (cdf(z.clip(-threshold, threshold)) - low) / inside
        gap = np.abs(np.arange(n) / n - exact).max()
        edge = np.isclose(np.abs(z), threshold).mean()
        ax.hist(z, bins=np.linspace(-2.5, 2.5, 101), density=True, color=PALETTE["fake"], alpha=0.6)
        ax.plot(grid, density, color="black", lw=2)
        ax.set(xlim=(-2.5, 2.5), ylim=(0, 1.2))
        ax.set_title(f"{name}\ngap {gap:.3f}, at the edge {edge:.0%}", fontsize=14)
        ax.set_xlabel("z", fontsize=13)
    figure.tight_layout()
    return figure


# Measured -----------------------------------------------------------------------------------------


class Measured(NamedTuple):
    """Of one heap of pictures, drawn several times: an array (draws,) each."""

    precision: np.ndarray
    recall: np.ndarray
    recognised: np.ndarray  # the breed asked for is among the first five


def measure(generator: Generator, draw, real: Features, n: int, draws: int = 3) -> Measured:
    """Precision, recall, and breeds recognised, of n pictures in the eyes of `real`.

    The real manifold is that of all real dogs, so that precision does not depend on n; recall
    does, and may be compared at one n only.

    Args:
        draw: (n, seed) -> latents (n, d); the breeds take turns.
        draws: how often, each with latents of its own.
    """
    labels = np.arange(n, dtype="int32") % generator.classes
    rows = []
    for seed in range(draws):
        images = to_uint8(generator.decode(draw(n, 1000 + seed), labels))
        seen = extract(images, real.network, progress=False)
        precision = inside(real.vectors, seen.vectors)
        recall = inside(seen.vectors, real.vectors)
        found = recognise(seen, labels, generator.breeds).accuracy(5)
        rows.append((precision, recall, found))
    return Measured(*np.array(rows).T)


def curve(stands: dict[float, Generator], real: Features, n: int, draws: int = 3) -> dict:
    """threshold -> `Measured`, each generator with the statistics that belong to its threshold."""
    return {
        tau: measure(stand, _truncated(stand.latent_dim, tau), real, n, draws)
        for tau, stand in sorted(stands.items())
    }


def _truncated(dim, tau):
    return lambda n, seed: biggan.truncated_normal((n, dim), tau, seed)


def interval(values: np.ndarray) -> float:
    """Half of the 95% interval of the mean over the draws: Student's t, for they are few."""
    return float(stats.t.ppf(0.975, len(values) - 1) * stats.sem(values))


def curves(named: dict[str, dict], of: str):
    """Precision and recall over the threshold, a line a generator, with 95% intervals."""
    figure, axes = plt.subplots(1, 2, figsize=(13, 4.6))
    colours = [PALETTE["fake"], PALETTE["real"], PALETTE["accent"]]
    names = {"precision": "precision: fidelity", "recall": "recall: variety"}
    for (name, measured), colour in zip(named.items(), colours, strict=False):
        for ax, key in zip(axes, names, strict=True):
            values = [getattr(row, key) for row in measured.values()]
            bars = [interval(value) for value in values]
            means = [value.mean() for value in values]
            ax.errorbar(list(measured), means, bars, fmt="o-", capsize=4, color=colour, label=name)
    for ax, title in zip(axes, names.values(), strict=True):
        taus = sorted({tau for measured in named.values() for tau in measured})
        ax.set(xscale="log", xticks=taus, ylim=(0, None))
        ax.set_xticks(taus, [str(tau) for tau in taus], fontsize=13)
        ax.minorticks_off()
        ax.set_title(title, fontsize=15)
        ax.set_xlabel(f"threshold τ   {of}", fontsize=13)
        ax.legend(frameon=False, fontsize=13)
    figure.tight_layout()
    return figure


def verdict(measured: dict[float, Measured]) -> str:
    """What the lowest threshold changes against the highest, each with its error."""
    low, high = min(measured), max(measured)
    return f"τ {high} → {low}: " + changes(measured[high], measured[low])


def changes(before: Measured, after: Measured) -> str:
    """Each measure before and after, and whether the 95% interval of the change leaves out 0.

    The interval is Welch's: the variances of the two may differ.
    """
    said = []
    for name, a, b in zip(Measured._fields, before, after, strict=True):
        change, welch = b.mean() - a.mean(), stats.ttest_ind(b, a, equal_var=False)
        error = float(np.diff(welch.confidence_interval(0.95))[0]) / 2
        word = ("rises" if change > 0 else "falls") if abs(change) > error else "no change shown"
        said.append(f"{name} {a.mean():.3f} → {b.mean():.3f} (±{error:.3f}: {word})")
    return "; ".join(said)


# Statistics of one's own --------------------------------------------------------------------------


def settled(generator: Generator, draw, batch: int = 120, passes: int = 4) -> Generator:
    """A copy whose batch statistics are those of these latents, whatever they are.

    Args:
        draw: (n, seed) -> latents (n, d), of the kind that will be decoded.
        batch, passes: as many latents a pass, the breeds in turn, and the mean over the passes.
    """
    labels = np.arange(batch, dtype="int32") % generator.classes
    return truncated.settled(generator, lambda k: [draw(batch, k), labels], passes)


def shortest(dim: int, of: int = 8):
    """(n, seed) -> the n shortest of `of` times as many draws of N(0, I)."""
    return lambda n, seed: _by_length(n, dim, seed, of)[:n]


def longest(dim: int, of: int = 8):
    """(n, seed) -> the n longest of `of` times as many draws of N(0, I)."""
    return lambda n, seed: _by_length(n, dim, seed, of)[-n:]


def _by_length(n, dim, seed, of):
    z = np.random.default_rng(seed).standard_normal((of * n, dim), dtype="float32")
    return z[np.argsort(np.linalg.norm(z, axis=1))]


def tails(dim: int, above: float = 1.0):
    """(n, seed) -> latents whose every |z_i| is above a bound: where N(0, I) hardly ever is."""

    def draw(n, seed):
        random = np.random.default_rng(seed)
        z = random.standard_normal((n, dim), dtype="float32")
        while (inside := np.abs(z) < above).any():
            z[inside] = random.standard_normal(inside.sum(), dtype="float32")
        return z

    return draw
