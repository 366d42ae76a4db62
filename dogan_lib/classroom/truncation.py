"""Chapter 11: BigGAN's blocks, a generator under truncation, and what that buys and costs.

chosen = stands(load_generator("biggan64"), (0.5, 1.0, 2.0))   # threshold -> Generator
chosen[0.5].decode(carried(z, 0.5), labels)
measured = curve(chosen, real_dogs(), 120)                     # threshold -> `Measured`

Reference: Brock et al. 2018, https://arxiv.org/abs/1809.11096
"""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from scipy import stats

from dogan_lib import plots
from dogan_lib.generator import Generator, latents
from dogan_lib.metrics.breeds import recognise
from dogan_lib.metrics.distances import inside
from dogan_lib.metrics.features import Features, extract
from dogan_lib.plots import PALETTE, to_uint8
from dogan_lib.saving import copied


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
    rows, waiting = [], 0  # parameters of the block that is not complete yet
    alone = {"Embedding": "shared embedding", "SelfAttention": "self-attention"}
    for part in generator.operations:
        x, kind = part.output, type(part).__name__
        count = sum(math.prod(w.shape) for w in getattr(part, "trainable_weights", ()))
        if kind in alone:
            side = x.shape[1] if len(x.shape) == 4 else 1
            rows.append(Block(alone[kind], side, x.shape[-1], count))
        elif kind in ("Reshape", "Add"):
            name = "4x4 features" if kind == "Reshape" else f"block to {x.shape[1]}"
            rows.append(Block(name, x.shape[1], x.shape[-1], waiting))
            waiting = 0
        else:
            waiting += count
    return [*rows, Block("to pixels", *generator.output.shape[2:], waiting)]


def pieces(generator: keras.Model) -> plots.Picture:
    """z in pieces, a block each, and under each block its channels and its parameters."""
    rows = blocks(generator)
    readers = [row for row in rows if row.name.startswith(("4x4", "block"))]
    piece = generator.inputs[0].shape[-1] // len(readers)
    figure, (ax, bars) = plt.subplots(2, 1, figsize=(13, 4.9), height_ratios=(1.5, 1))
    tones = plt.get_cmap("viridis")(np.linspace(0.25, 0.95, len(readers)))

    def box(x, y, wide, colour, text, size=13):
        ax.add_patch(plt.Rectangle((x, y), wide, 0.8, fc=colour, ec="black", alpha=0.75))
        at = dict(ha="center", va="center", fontsize=size, zorder=5)  # above the arrows
        behind = dict(fc="white", ec="none", alpha=0.9, pad=2) if wide > 1 else None
        ax.text(x + wide / 2, y + 0.4, text, **at, bbox=behind)

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
    drawn = bars.bar(np.arange(len(readers)) + 0.45, millions, 0.9, color=tones, alpha=0.75)
    bars.bar_label(drawn, fmt="{:.1f} M", fontsize=13)
    bars.set(xlim=(-0.1, len(readers)), ylim=(0, 1.25 * max(millions)), xticks=[], yticks=[])
    bars.set_title("parameters of each block", fontsize=13, loc="left")
    bars.spines[["top", "right", "left"]].set_visible(False)
    figure.tight_layout()
    alt = (
        f"BigGAN at {rows[-1].side} px: {len(readers)} pieces of z, one for the 4x4 features, one "
        "for each block, and the parameters of each."
    )
    return plots.Picture(plots.to_png(figure, dpi=80), alt)


# Three ways to keep z small, and statistics that fit ----------------------------------------------


WAYS = {  # name -> (n, dim, seed, threshold) -> draws; only the first is truncation
    "drawn again": latents,
    "clipped": lambda n, dim, seed, threshold: latents(n, dim, seed).clip(-threshold, threshold),
    "scaled": lambda n, dim, seed, threshold: threshold * latents(n, dim, seed),
}


def ways(threshold: float = 1.0):
    """A histogram of each way, with the density of N(0, 1) given |z| <= threshold."""
    law = stats.truncnorm(-threshold, threshold)
    grid = np.linspace(-threshold, threshold, 201)
    figure, axes = plt.subplots(1, 3, figsize=(13, 4.2), sharey=True)
    for ax, (name, way) in zip(axes, WAYS.items(), strict=True):
        z = way(100_000, 1, 0, threshold).ravel()
        gap, edge = stats.kstest(z, law.cdf).statistic, np.isclose(np.abs(z), threshold).mean()
        ax.hist(z, bins=np.linspace(-2.5, 2.5, 101), density=True, color=PALETTE["fake"], alpha=0.6)
        ax.plot(grid, law.pdf(grid), color="black", lw=2)
        ax.set(xlim=(-2.5, 2.5), ylim=(0, 1.2))
        ax.set_title(f"{name}\ngap {gap:.3f}, at the edge {edge:.0%}", fontsize=14)
        ax.set_xlabel("z", fontsize=13)
    figure.tight_layout()
    return figure


def carried(z, threshold: float) -> np.ndarray:
    """Draws z of N(0, 1) moved to where N(0, 1) given |z| <= threshold has the same quantile.

    The same density as `biggan.truncated_normal`, but nothing is drawn anew: every number moves
    smoothly and in order with the threshold, so that a seed remains the same dog under a slider.

    Args:
        z: any shape.
        threshold: positive.
    """
    quantiles = stats.norm.cdf(np.asarray(z, "float64"))
    moved = stats.truncnorm.ppf(quantiles, -threshold, threshold)
    return moved.astype("float32").clip(-threshold, threshold)


def settled(generator: Generator, draw: Callable[[int], object], passes: int = 16) -> Generator:
    """A copy of a generator whose batch normalisations remember these draws: standing statistics.

    Those that training leaves behind belong to z ~ N(0, I) and to weights of the past. Take new
    ones for every threshold, with batches as large as it was trained with, or larger.

    Args:
        generator: with batch normalisation, conditional or not; it stays as it is.
        draw: the generator's inputs for pass k = 0, 1, ...: `[latents, labels]`.
        passes: how many; 16 in the paper.
    """
    model = copied(generator.model)
    # A conditional normalisation holds a plain one.
    norms = [getattr(layer, "norm", layer) for layer in model.layers]
    norms = [norm for norm in norms if isinstance(norm, layers.BatchNormalization)]
    momenta = [norm.momentum for norm in norms]
    for k in range(passes):
        for norm in norms:
            norm.momentum = k / (k + 1)  # mean of k + 1 = (k / (k + 1)) mean of k + last / (k + 1)
        model(draw(k), training=True)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    return Generator(model, generator.card)


def standing(generator: Generator, threshold: float | None, passes=16, batch_size=64) -> Generator:
    """A copy of a generator with the standing statistics of one threshold, see `settled`.

    Args:
        threshold: of the latents; with None the generator itself comes back.
        passes, batch_size: how many draws, and how large.
    """
    random = np.random.default_rng(0)

    def draw(k):
        z = latents(batch_size, generator.latent_dim, int(random.integers(2**32)), threshold)
        given = generator.conditions(batch_size, seed=k)
        return z if given is None else [z, given]

    return generator if threshold is None else settled(generator, draw, passes)


def stands(generator: Generator, thresholds, **options) -> dict[float, Generator]:
    """threshold -> `standing(generator, threshold, **options)`, to choose among at no cost."""
    return {threshold: standing(generator, threshold, **options) for threshold in thresholds}


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

    def measured(tau, stand):
        draw = lambda n, seed: latents(n, stand.latent_dim, seed, tau)  # noqa: E731
        return measure(stand, draw, real, n, draws)

    return {tau: measured(tau, stand) for tau, stand in sorted(stands.items())}


def changes(before: Measured, after: Measured) -> str:
    """Each measure before and after, and whether Welch's 95% interval of the change contains 0."""
    said = []
    for name, a, b in zip(Measured._fields, before, after, strict=True):
        change, welch = b.mean() - a.mean(), stats.ttest_ind(b, a, equal_var=False)
        error = float(np.diff(welch.confidence_interval(0.95))[0]) / 2
        word = ("rises" if change > 0 else "falls") if abs(change) > error else "no change shown"
        said.append(f"{name} {a.mean():.3f} → {b.mean():.3f} (±{error:.3f}: {word})")
    return "; ".join(said)


# Heaps of latents ---------------------------------------------------------------------------------


def by_length(dim: int, longest: bool):
    """(n, seed) -> the n longest, or shortest, of 8 n draws of N(0, I)."""

    def draw(n, seed):
        z = latents(8 * n, dim, seed)
        z = z[np.argsort(np.linalg.norm(z, axis=1))]
        return z[-n:] if longest else z[:n]

    return draw


def tails(dim: int):
    """(n, seed) -> latents whose every |z_i| is above 1: where N(0, I) hardly ever is."""

    def draw(n, seed):
        random = np.random.default_rng(seed)
        z = random.standard_normal((n, dim), dtype="float32")
        while (inside := np.abs(z) < 1).any():
            z[inside] = random.standard_normal(inside.sum(), dtype="float32")
        return z

    return draw
