"""Penalties on D's gradient: they bound how sharply a critic may separate real from fake.

A penalty is called in D's step with a function that maps pictures to logits, and returns a scalar
that is added to D's loss. D must not use batch normalisation: its output for one picture would
depend on the others, and so would the gradient that is being penalised.
"""

import keras
import tensorflow as tf

from dogan_lib.saving import Configurable


def _steepness(critic, images):
    """||grad D||^2 at each picture, float32 (n,)."""
    with tf.GradientTape() as tape:
        tape.watch(images)
        logits = critic(images)
    gradient = tf.cast(tape.gradient(logits, images), "float32")
    return tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3))


class GradientPenalty(Configurable):
    """WGAN-GP: weight x E[(||grad D(x_hat)|| - 1)^2], x_hat = real + alpha (fake - real).

    Args:
        weight: 10 in the papers of WGAN-GP and PGGAN.
        seed: of alpha ~ U[0, 1], one a sample; another one than the latents'.

    Reference: Gulrajani et al. 2017, https://arxiv.org/abs/1704.00028
    """

    def __init__(self, weight: float = 10.0, seed: int = 1_000_003):
        self.weight, self.seed = weight, seed
        self.random = keras.random.SeedGenerator(seed)

    def __call__(self, critic, real, fake):
        shape = (tf.shape(real)[0], 1, 1, 1)
        alpha = tf.cast(keras.random.uniform(shape, seed=self.random), real.dtype)
        between = real + alpha * (tf.cast(fake, real.dtype) - real)
        # The square root has no derivative at 0, where a fresh critic may well be.
        norm = tf.sqrt(_steepness(critic, between) + 1e-12)
        return self.weight * tf.reduce_mean(tf.square(norm - 1))


class R1(Configurable):
    """gamma / 2 x E[||grad D(x)||^2] on real pictures.

    Args:
        gamma: the weight; 0.1 suits 32x32.
        fraction: the share of the batch to look at. The mean over a quarter of the batch is as
            right on average as over all of it, and the second derivative costs a quarter.

    Reference: Mescheder et al. 2018, https://arxiv.org/abs/1801.04406
    """

    def __init__(self, gamma: float = 0.1, fraction: float = 1.0):
        if not 0 < fraction <= 1:
            raise ValueError(f"fraction is a share of the batch in (0, 1], not {fraction}")
        self.gamma, self.fraction = gamma, fraction

    def __call__(self, critic, real, fake):
        size = tf.cast(tf.shape(real)[0], "float32")
        share = tf.cast(tf.math.ceil(self.fraction * size), "int32")
        return self.gamma / 2 * tf.reduce_mean(_steepness(critic, real[:share]))
