"""Penalties on D's gradient: they bound how sharply a critic may separate real from fake.

A penalty is called in D's step with a function that maps pictures to logits, and returns a scalar
that is added to D's loss. D must not use batch normalisation: its output for one picture would
depend on the others, and so would the gradient that is being penalised.
"""

import keras
import tensorflow as tf

from dogan_lib.saving import Configurable


def _gradient(critic, images):
    with tf.GradientTape() as tape:
        tape.watch(images)
        logits = critic(images)
    return tf.cast(tape.gradient(logits, images), "float32")


def _squared_norm(gradient):
    return tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3))


class GradientPenalty(Configurable):
    """WGAN-GP: weight x E[(||grad D(x_hat)|| - 1)^2], x_hat = real + alpha (fake - real).

    Args:
        weight: 10 in the papers of WGAN-GP and PGGAN.
        seed: of alpha ~ U[0, 1], one a sample.

    Reference: Gulrajani et al. 2017, https://arxiv.org/abs/1704.00028
    """

    def __init__(self, weight: float = 10.0, seed: int = 0):
        self.weight, self.seed = weight, seed
        self.random = keras.random.SeedGenerator(seed)

    def __call__(self, critic, real, fake):
        shape = (tf.shape(real)[0], 1, 1, 1)
        alpha = tf.cast(keras.random.uniform(shape, seed=self.random), real.dtype)
        gradient = _gradient(critic, real + alpha * (tf.cast(fake, real.dtype) - real))
        # The square root has no derivative at 0, where a fresh critic may well be.
        norm = tf.sqrt(_squared_norm(gradient) + 1e-12)
        return self.weight * tf.reduce_mean(tf.square(norm - 1))


class R1(Configurable):
    """gamma / 2 x E[||grad D(x)||^2] on real pictures (`on="real"`), or on fakes: R2.

    Args:
        gamma: the weight; 0.1 suits 32x32.
        on: "real" or "fake".
        fraction: the share of the batch to look at. The mean over a quarter of the batch is as
            right on average as over all of it, and the second derivative costs a quarter.

    Reference: Mescheder et al. 2018, https://arxiv.org/abs/1801.04406
    """

    def __init__(self, gamma: float = 0.1, on: str = "real", fraction: float = 1.0):
        if on not in ("real", "fake"):
            raise ValueError(f'on is "real" (R1) or "fake" (R2), not {on!r}')
        if not 0 < fraction <= 1:
            raise ValueError(f"fraction is a share of the batch in (0, 1], not {fraction}")
        self.gamma, self.on, self.fraction = gamma, on, fraction

    def __call__(self, critic, real, fake):
        images = real if self.on == "real" else tf.cast(fake, real.dtype)
        size = tf.cast(tf.shape(images)[0], "float32")
        share = tf.cast(tf.math.ceil(self.fraction * size), "int32")
        return self.gamma / 2 * tf.reduce_mean(_squared_norm(_gradient(critic, images[:share])))
