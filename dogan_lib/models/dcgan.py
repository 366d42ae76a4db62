"""DCGAN: the deck's 32x32 networks, row by row, Radford's, and narrow ones for portraits.

Reference: Radford et al. 2015, https://arxiv.org/abs/1511.06434
"""

import keras
from keras import layers

from dogan_lib.layers import (
    FusedBatchNormalization,
    UpsampledConv2D,
    UpsampledConv2DTranspose,
)


def _conv_init():
    return keras.initializers.RandomNormal(stddev=0.02)


def generator_32(
    latent_dim: int = 100,
    width: int = 256,
    dropout: float = 0.25,
    fast: bool = False,
) -> keras.Model:
    """The deck's generator: latents (batch, latent_dim) -> pictures (batch, 32, 32, 3) in [-1, 1].

    Args:
        latent_dim: numbers in one z ~ N(0, I).
        width: channels at 8x8; they halve at each convolution. The deck's 256 gives 2,799,043
            parameters, 33,216 of them not trainable.
        dropout: after the reshape; the slide shows the row, not the rate.
        fast: the same weights in the layers of `layers.fast`, upsampling and convolution in one:
            train with it. Without it the rows are the slide's.
    """
    norm = FusedBatchNormalization if fast else layers.BatchNormalization

    def normalised(x):
        return layers.Activation("relu")(norm(momentum=0.9)(x))

    def transposed(x, filters, layer=layers.Conv2DTranspose):
        return layer(filters, 5, padding="same", kernel_initializer=_conv_init())(x)

    def doubled(x, filters):
        if fast:
            return transposed(x, filters, UpsampledConv2DTranspose)
        return transposed(layers.UpSampling2D()(x), filters)

    z = keras.Input((latent_dim,), name="latents")
    x = normalised(layers.Dense(8 * 8 * width)(z))
    x = layers.Reshape((8, 8, width))(x)
    x = layers.Dropout(dropout)(x)
    x = normalised(doubled(x, width // 2))
    x = normalised(doubled(x, width // 4))
    x = normalised(transposed(x, width // 8))
    x = layers.Activation("tanh", dtype="float32")(transposed(x, 3))
    return keras.Model(z, x, name="dcgan_generator_32")


def discriminator_32(
    width: int = 64, dropout: float = 0.25, activation: str = "linear"
) -> keras.Model:
    """The deck's discriminator: pictures (batch, 32, 32, 3) -> one number each, (batch, 1).

    Args:
        width: channels after the first convolution; the deck's 64 gives 4,314,753 parameters.
        dropout: after every convolution; the slide shows the rows, not the rate.
        activation: `"linear"` returns logits, which the losses take; `"sigmoid"` is the slide's
            last row.
    """
    images = keras.Input((32, 32, 3), name="images")
    x = images
    for filters, strides in ((width, 2), (2 * width, 2), (4 * width, 2), (8 * width, 1)):
        x = layers.Conv2D(filters, 5, strides, padding="same", kernel_initializer=_conv_init())(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
        x = layers.Dropout(dropout)(x)
    x = layers.Dense(1)(layers.Flatten()(x))
    x = layers.Activation(activation, dtype="float32")(x)
    return keras.Model(images, x, name="dcgan_discriminator_32")


def generator_64(latent_dim: int = 100, width: int = 64, upsample: bool = False) -> keras.Model:
    """Radford's generator: z -> 4x4x(8 width) -> ... -> (batch, 64, 64, 3) in [-1, 1].

    Args:
        latent_dim: numbers in one z.
        width: channels at 32x32; 128 in the paper's code, 64 in most others.
        upsample: grow by nearest upsampling and 3x3 convolutions in place of 5x5 transposed
            convolutions of stride 2; the shipped `dcgan64` does.
    """
    z = keras.Input((latent_dim,), name="latents")
    return keras.Model(z, grow(z, width, 64, upsample), name="dcgan_generator_64")


def discriminator_64(width: int = 64, kernel_size: int = 5) -> keras.Model:
    """Radford's discriminator: (batch, 64, 64, 3) -> logits (batch, 1).

    Args:
        width: channels after the first convolution.
        kernel_size: 5 in the paper's code; 4, a multiple of the stride, in the shipped `dcgan64`.
    """
    images = keras.Input((64, 64, 3), name="images")
    logits = judge(shrink(images, width, kernel_size))
    return keras.Model(images, logits, name="dcgan_discriminator_64")


def portrait_generator(latent_dim: int = 100, width: int = 32) -> keras.Model:
    """A narrow DCGAN for 32x32, 4x4x(4 width) at first: learns portraits in two minutes.

    Args:
        latent_dim: numbers in one z.
        width: channels at 16x16; 32 gives 298,723 parameters.
    """
    z = keras.Input((latent_dim,), name="latents")
    return keras.Model(z, grow(z, width, 32, upsample=True), name="portrait_generator")


def portrait_discriminator(width: int = 32) -> keras.Model:
    """Its opponent: three 4x4 convolutions of stride 2, (batch, 32, 32, 3) -> logits (batch, 1)."""
    images = keras.Input((32, 32, 3), name="images")
    logits = judge(shrink(images, width, kernel_size=4))
    return keras.Model(images, logits, name="portrait_discriminator")


def grow(z, width: int, resolution: int = 64, upsample: bool = False, normalise=None):
    """Vectors (batch, d) -> 4x4 features -> pictures (batch, resolution, resolution, 3) in [-1, 1].

    Args:
        width: channels before the last doubling; twice as many at each size below it.
        resolution: a power of 2, at least 8.
        upsample: as in `generator_64`.
        normalise: x -> x, after every layer but the last; batch normalisation where not given.
    """
    normalise = normalise or batch_norm
    widths = [width * 2**k for k in reversed(range(doublings(resolution)))]
    x = layers.Dense(4 * 4 * widths[0], use_bias=False, kernel_initializer=_conv_init())(z)
    x = layers.ReLU()(normalise(layers.Reshape((4, 4, widths[0]))(x)))
    for filters in widths[1:]:
        x = layers.ReLU()(normalise(double(x, filters, upsample, use_bias=False)))
    x = double(x, 3, upsample, use_bias=True)
    return layers.Activation("tanh", dtype="float32")(x)


def doublings(resolution: int) -> int:
    """How often 4x4 pixels double to become so many a side."""
    if resolution < 8 or resolution & (resolution - 1):
        raise ValueError(f"resolution is a power of two, 8 at least, not {resolution}")
    return resolution.bit_length() - 3


def double(x, filters: int, upsample: bool, use_bias: bool, kernel_size: int = 5):
    """(batch, n, n, channels) -> (batch, 2n, 2n, filters)"""
    options = dict(use_bias=use_bias, kernel_initializer=_conv_init())
    if upsample:
        return UpsampledConv2D(filters, 3, **options)(x)
    return layers.Conv2DTranspose(filters, kernel_size, 2, padding="same", **options)(x)


def shrink(images, width: int, kernel_size: int = 5, norm: bool = True):
    """Pictures (batch, n, n, 3) -> what D sees in them, (batch, 4, 4, width * n / 8)."""
    x = images
    for k in range(doublings(images.shape[1])):
        options = dict(use_bias=not (norm and k), kernel_initializer=_conv_init())
        x = layers.Conv2D(width * 2**k, kernel_size, 2, padding="same", **options)(x)
        x = batch_norm(x) if norm and k else x
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    return x


def judge(features):
    """Features (batch, h, w, c) -> logits (batch, 1)."""
    dense = layers.Dense(1, kernel_initializer=_conv_init(), dtype="float32")
    return dense(layers.Flatten()(features))


def batch_norm(x):
    """Batch normalisation with a gain from N(1, 0.02), as Radford's."""
    gain = keras.initializers.RandomNormal(1.0, 0.02)
    return FusedBatchNormalization(momentum=0.9, gamma_initializer=gain)(x)
