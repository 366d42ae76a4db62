"""The networks of the recorded studies: a small DCGAN 64 with one thing exchanged in each."""

import dataclasses
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from dogan_lib import losses
from dogan_lib.classroom import radford
from dogan_lib.gan import GAN, default_optimizer
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


def sgd(rate: float) -> Callable[[], keras.optimizers.Optimizer]:
    return lambda: keras.optimizers.SGD(rate, momentum=0.5)


@dataclasses.dataclass(frozen=True)
class Variant:
    """One network of a study: what stands in for what, and how to build and train it."""

    instead: str
    g: dict = dataclasses.field(default_factory=dict)  # options of `radford.generator`
    d: dict = dataclasses.field(default_factory=dict)  # and of `radford.discriminator`
    kind: type[GAN] = GAN
    optimizer: Callable[[], keras.optimizers.Optimizer] = default_optimizer
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
