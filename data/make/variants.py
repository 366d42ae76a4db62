"""The networks of the recorded studies: a small DCGAN 64 with one thing exchanged in each.

`data/make/ablations.py` records whole studies; `train_and_score` is one run of one network.
"""

import dataclasses
import time
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from data.make import radford
from dogan_lib import checkpoints, losses, metrics, plots, runtime
from dogan_lib.classroom.diagnosis import MINIMUM, Recorder, diagnose
from dogan_lib.dogs import load_dogs
from dogan_lib.gan import GAN
from dogan_lib.generator import latents


class UniformLatents(GAN):
    """z ~ U[-1, 1], as in the code of the DCGAN paper, in place of N(0, I)."""

    def _draw(self, n):
        return keras.random.uniform((n, self.latent_dim), -1, 1, seed=self.random)


def uniform(n: int, dim: int, seed: int) -> np.ndarray:
    """n latents for a G that was trained with `UniformLatents`, float32 (n, dim)."""
    return np.random.default_rng(seed).uniform(-1, 1, (n, dim)).astype("float32")


class MixedBatches(GAN):
    """D learns from real and fake in one batch, with common batch statistics.

    In G's step it judges the fakes alone, as in the common code that mixes.
    """

    def _judge_both(self, real, fake, conditions):
        both = tf.concat([real, tf.cast(fake, real.dtype)], axis=0)
        return tf.split(self._judge(both, [tf.tile(c, (2,)) for c in conditions]), 2)


def adam() -> keras.optimizers.Optimizer:
    """As in DCGAN."""
    return keras.optimizers.Adam(2e-4, beta_1=0.5)


def sgd(rate: float) -> Callable[[], keras.optimizers.Optimizer]:
    return lambda: keras.optimizers.SGD(rate, momentum=0.5)


@dataclasses.dataclass(frozen=True)
class Variant:
    """One network of a study: what stands in for what, and how to build and train it."""

    instead: str
    g: dict = dataclasses.field(default_factory=dict)  # options of `radford.generator`
    d: dict = dataclasses.field(default_factory=dict)  # and of `radford.discriminator`
    kind: type[GAN] = GAN
    optimizer: Callable[[], keras.optimizers.Optimizer] = adam
    loss: Callable[[], losses.AdversarialLoss] = losses.NonSaturating
    latents: Callable[[int, int, int], np.ndarray] = latents

    def build(self, width: int, seed: int) -> GAN:
        gan = self.kind(
            radford.generator(width, **self.g),
            radford.discriminator(width, **self.d),
            seed=seed,
        )
        gan.compile(self.loss(), self.optimizer(), self.optimizer(), ema=0)
        return gan


BASE = "all eight"
RATE = 0.01  # of SGD: the best KID of the study "sgd" at 400 steps, one seed

STUDIES = {
    "heuristics": {
        BASE: Variant("Radford's network"),
        "strided conv down": Variant("max pooling", d={"down": "max"}),
        "strided conv up": Variant("nearest upsampling + convolution", g={"up": "nearest"}),
        "LeakyReLU": Variant("ReLU", d={"slope": 0.0}),
        "batch norm": Variant("no normalisation", g={"norm": False}, d={"norm": False}),
        "Gaussian init": Variant("Glorot uniform", g={"init": "glorot"}, d={"init": "glorot"}),
        "Adam": Variant(f"SGD, rate {RATE}", optimizer=sgd(RATE)),
        "Gaussian latent": Variant("uniform latent", kind=UniformLatents, latents=uniform),
        "separate batches": Variant("real and fake mixed", kind=MixedBatches),
    },
    "sgd": {
        f"SGD {rate}": Variant(f"rate {rate}", optimizer=sgd(rate))
        for rate in (0.003, 0.01, 0.03, 0.1)
    },
    "losses": {
        "log loss": Variant("non-saturating"),
        "LSGAN (0, 1, 1)": Variant("the official code's targets", loss=losses.LeastSquares),
        "LSGAN (-1, 1, 0)": Variant(
            "the theorem's targets", loss=lambda: losses.LeastSquares(-1.0, 1.0, 0.0)
        ),
    },
}


@dataclasses.dataclass(frozen=True)
class Budget:
    """What every network of a study gets alike.

    Args:
        steps: of 64 real and 64 generated pictures.
        width: of both networks.
        data: source of `load_dogs`.
        limit: train on so many dogs; all where not given.
        samples: pictures that are scored, against as many real ones; FID needs 512.
        batch_size: real pictures a step.
    """

    steps: int = 1500
    width: int = 16
    data: str = "auto"
    limit: int | None = None
    samples: int = 1000
    batch_size: int = 64

    def __post_init__(self):
        if self.steps < MINIMUM:
            raise ValueError(f"{self.steps} steps show nothing: give at least {MINIMUM}")


def train_and_score(name: str, variant: str, seed: int, budget: Budget) -> tuple[dict, np.ndarray]:
    """One run: its row of the results, and eight pictures uint8 (8, 64, 64, 3)."""
    runtime.setup(seed)
    dogs = load_dogs(size=64, source=budget.data, limit=budget.limit)
    if len(dogs) < budget.batch_size:
        raise ValueError(f"{len(dogs)} dogs do not fill a batch of {budget.batch_size}")
    network = STUDIES[name][variant]
    gan, recorder = network.build(budget.width, seed), Recorder()
    start = time.perf_counter()
    batches = dogs.batches(budget.batch_size, seed=seed).repeat().take(budget.steps)
    try:
        gan.fit(batches, epochs=1, verbose=0, callbacks=[recorder])
    except FloatingPointError:
        pass  # a network that ends in NaN is a result too
    seconds = time.perf_counter() - start
    z = network.latents(budget.samples, gan.latent_dim, 1000 + seed)
    # G as it is now: a NaN becomes black, and is scored as what it is.
    images = plots.to_uint8(np.nan_to_num(checkpoints.Generator(gan.generator).decode(z)))
    row = {"variant": variant, "seed": seed, **_scores(dogs, images, budget.samples)}
    row |= {"diagnosis": diagnose(recorder.history, gan.adversarial_loss).name}
    return row | {"seconds": round(seconds)}, images[:8]


def _scores(dogs, images, n) -> dict[str, float]:
    real = metrics.extract(dogs, "dognet", min(n, len(dogs)), progress=False)
    fake = metrics.extract(images, "dognet", progress=False)
    scores = {"KID": round(float(metrics.kid(real, fake)), 5)}
    if min(len(real), len(fake)) >= metrics.distances.minimum(real.vectors.shape[1]):
        scores["FID"] = round(float(metrics.fid(real, fake)), 3)
    return scores


def describe(run: dict) -> str:
    """One line about one run."""
    scores = ", ".join(f"{name} {run[name]:.4g}" for name in ("KID", "FID") if name in run)
    name = f"{run['variant']}, seed {run['seed']}"
    return f"{name}: {scores}, {run['diagnosis']}, {run['seconds']} s"
