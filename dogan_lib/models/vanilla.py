"""Goodfellow's first GAN: both players are multilayer perceptrons, nothing knows what a pixel is.

The paper's sizes (G 1200-1200 with ReLU, D two maxout layers of 240, SGD) are replaced by smaller
ones that Adam trains in minutes. Only Dense layers, in float32: the same networks run on every
backend of Keras with the same numbers, and are too small to gain from anything else.

Reference: Goodfellow et al. 2014, https://arxiv.org/abs/1406.2661
"""

import itertools
from collections.abc import Sequence

import keras
from keras import layers


def _dense(units: int, seed: int | None, scale: float = 1.0) -> layers.Dense:
    """He's normal weights, times `scale`."""
    start = keras.initializers.VarianceScaling(2 * scale**2, "fan_in", seed=seed)
    return layers.Dense(units, kernel_initializer=start, dtype="float32")


def generator(
    latent_dim: int = 100,
    outputs: int = 784,
    widths: Sequence[int] = (128, 256),
    activation: str = "tanh",
    last_scale: float = 0.2,
    seed: int | None = None,
) -> keras.Model:
    """Latents (batch, latent_dim) -> samples (batch, outputs), in [-1, 1] with tanh.

    Args:
        widths: of the hidden ReLU layers.
        activation: of the last layer; `"linear"` for points in the plane.
        last_scale: makes the last layer's first weights smaller, so that the first pictures are
            grey and not noise.
        seed: of the first weights; `keras.utils.set_random_seed` decides where none is given.
    """
    seeds = _seeds(seed)
    z = keras.Input((latent_dim,), name="latents")
    x = z
    for width in widths:
        x = layers.ReLU(dtype="float32")(_dense(width, next(seeds))(x))
    x = layers.Activation(activation, dtype="float32")(_dense(outputs, next(seeds), last_scale)(x))
    return keras.Model(z, x, name="vanilla_generator")


def discriminator(
    inputs: int = 784,
    widths: Sequence[int] = (256, 128),
    first_scale: float = 0.05,
    seed: int | None = None,
) -> keras.Model:
    """Samples (batch, inputs) -> logits (batch, 1); D(x) of a formula is their sigmoid.

    Args:
        widths: of the hidden LeakyReLU layers.
        first_scale: makes the first layer's first weights smaller. Through them D tells G how to
            change each pixel: where they are noise it asks for noise, and never quite stops. (The
            paper's D starts ten times smaller than its G.)
        seed: as for the generator.
    """
    seeds = _seeds(seed)
    samples = keras.Input((inputs,), name="samples")
    x = samples
    scale = first_scale
    for width in widths:
        x = _dense(width, next(seeds), scale)(x)
        x = layers.LeakyReLU(negative_slope=0.2, dtype="float32")(x)
        scale = 1.0
    return keras.Model(samples, _dense(1, next(seeds))(x), name="vanilla_discriminator")


def _seeds(seed: int | None):
    """One for each layer: two layers with the same seed would start alike."""
    return itertools.repeat(None) if seed is None else itertools.count(seed)
