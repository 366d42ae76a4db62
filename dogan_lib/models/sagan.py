"""SAGAN: residual networks, spectral normalisation in both, and one layer of self-attention.

Both take labels beside latents or pictures; `classes=None` builds them without.

Reference: Zhang et al. 2018, https://arxiv.org/abs/1805.08318, and the authors' code.
"""

import keras
import numpy as np
from keras import layers, ops

from dogan_lib.layers import (
    ConditionalBatchNormalization,
    PooledConv2D,
    SelfAttention,
    SpectralNormalization,
    UpsampledConv2D,
)
from dogan_lib.models.conditional import project


def generator(
    resolution: int = 64,
    ch: int = 64,
    classes: int | None = 120,
    latent_dim: int = 128,
    attention: int | None = 32,
) -> keras.Model:
    """[latents (batch, latent_dim), labels (batch,)] -> pictures (batch, resolution, .., 3).

    Residual blocks double a 4x4 picture until it is large enough, with class-conditional batch
    normalisation; channels halve from block to block, down to `ch`.

    Args:
        resolution: 16, 32, 64, 128, ... The paper's is 128.
        ch: channels of the last block; 64 in the paper.
        classes: number of breeds, or None for a network without labels.
        latent_dim: numbers in one z.
        attention: side of the picture that self-attention looks at; None leaves the layer out.
    """
    doublings = _doublings(resolution, attention)
    inputs, condition = _inputs(keras.Input((latent_dim,), name="latents"), classes)
    widths = [ch * 2**k for k in reversed(range(doublings))]
    x = _spectral(layers.Dense(4 * 4 * widths[0]))(inputs[0])
    x = layers.Reshape((4, 4, widths[0]))(x)
    for width in widths:
        x = _up_block(x, width, condition)
        x = SelfAttention()(x) if x.shape[1] == attention else x
    x = layers.ReLU()(_normalise(x, None))
    x = _spectral(layers.Conv2D(3, 3, padding="same"))(x)
    x = layers.Activation("tanh", dtype="float32")(x)
    return keras.Model(inputs if classes else inputs[0], x, name=f"sagan_generator_{resolution}")


def discriminator(
    resolution: int = 64, ch: int = 64, classes: int | None = 120, attention: int | None = 32
) -> keras.Model:
    """[pictures (batch, resolution, resolution, 3), labels (batch,)] -> logits (batch, 1).

    Residual blocks halve the picture down to 4x4 while channels double from `ch`; then one more
    block, ReLU, the sum over all positions, and projection. No batch normalisation.

    Args:
        attention: the features of this side are looked at by self-attention.

    The others are as in `generator`.
    """
    halvings = _doublings(resolution, attention)
    images = keras.Input((resolution, resolution, 3), name="images")
    inputs, condition = _inputs(images, classes)
    x = images
    for k in range(halvings):
        x = _down_block(x, ch * 2**k, first=k == 0)
        x = SelfAttention()(x) if x.shape[1] == attention else x
    x = layers.ReLU()(_down_block(x, x.shape[-1], halve=False))
    if condition is None:
        h = ops.sum(ops.cast(x, "float32"), axis=(1, 2))
        logits = _spectral(layers.Dense(1, dtype="float32"), dtype="float32")(h)
    else:
        logits = project(x, condition, spectral=True)
    inputs = inputs if classes else images
    return keras.Model(inputs, logits, name=f"sagan_discriminator_{resolution}")


def attention_maps(generator: keras.Model, latents, labels=None) -> np.ndarray:
    """Where each place of a generator's features looks: float32 (batch, h, w, h/2, w/2).

    `maps[i, row, column]` belongs to one place of picture i and sums to 1 over the h/2 x w/2
    places that it looks at. Batch statistics are those of inference.

    Args:
        generator: any functional network with a `SelfAttention` layer; of several the first.
        latents: (batch, latent_dim).
        labels: breeds (batch,), for a generator that takes them.

    Raises:
        ValueError: the generator has no such layer.
    """
    found = [layer for layer in generator.layers if isinstance(layer, SelfAttention)]
    if not found:
        raise ValueError(f"{generator.name} has no SelfAttention layer to take maps from")
    before = keras.Model(generator.inputs, found[0].input)
    x = before([latents] if labels is None else [latents, labels], training=False)
    height, width = x.shape[1:3]
    maps = np.asarray(found[0].attention(x), "float32")
    return maps.reshape(-1, height, width, height // 2, width // 2)


def _doublings(resolution, attention):
    if resolution < 8 or resolution & (resolution - 1):
        raise ValueError(f"resolution is a power of two, 8 at least, not {resolution}")
    sides = [2**k for k in range(3, resolution.bit_length() - 1)]
    if attention is not None and attention not in sides:
        raise ValueError(f"at resolution {resolution} attention is None or one of {sides}")
    return resolution.bit_length() - 3


def _inputs(first, classes):
    """The inputs, and the one-hot condition that the label becomes."""
    if classes is None:
        return [first], None
    labels = keras.Input((), dtype="int32", name="labels")
    return [first, labels], ops.one_hot(labels, classes)


def _spectral(layer, **options):
    return SpectralNormalization(layer, **options)


def _convolution(x, filters, kernel_size=3, kind=layers.Conv2D):
    return _spectral(kind(filters, kernel_size, padding="same"))(x)


def _normalise(x, condition):
    if condition is None:
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    return ConditionalBatchNormalization()([x, condition])


def _up_block(x, filters, condition):
    """(batch, n, n, c) -> (batch, 2n, 2n, filters)"""
    y = layers.ReLU()(_normalise(x, condition))
    y = _convolution(y, filters, kind=UpsampledConv2D)
    y = layers.ReLU()(_normalise(y, condition))
    y = _convolution(y, filters)
    # A 1x1 convolution and nearest upsampling commute: first the cheap order.
    return y + layers.UpSampling2D()(_convolution(x, filters, 1))


def _down_block(x, filters, first=False, halve=True):
    """(batch, n, n, c) -> (batch, n/2, n/2, filters); the first block reads pixels, unactivated."""
    y = x if first else layers.ReLU()(x)
    y = layers.ReLU()(_convolution(y, filters))
    y = _convolution(y, filters, kind=PooledConv2D if halve else layers.Conv2D)
    if not halve:
        return x + y if x.shape[-1] == filters else y + _convolution(x, filters, 1)
    shortcut = _convolution(layers.AveragePooling2D(2)(x), filters, 1)
    return y + shortcut
