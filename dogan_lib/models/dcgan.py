"""DCGAN: the deck's 32x32 networks, row by row, and Radford's at 64x64.

Reference: Radford et al. 2015, https://arxiv.org/abs/1511.06434
"""

import dataclasses
import typing
from typing import Literal

import keras
from keras import layers


def _conv_init():
    return keras.initializers.RandomNormal(stddev=0.02)


def generator_32(
    latent_dim: int = 100, width: int = 256, dropout: float = 0.25, momentum: float = 0.9
) -> keras.Model:
    """The deck's generator: latents (batch, latent_dim) -> pictures (batch, 32, 32, 3) in [-1, 1].

    Args:
        latent_dim: numbers in one z ~ N(0, I).
        width: channels at 8x8; they halve at each convolution. The deck's 256 gives 2,799,043
            parameters, 33,216 of them not trainable.
        dropout: after the reshape; the slide shows the row, not the rate.
        momentum: of the batch normalisations' moving averages.
    """

    def normalised(x):
        return layers.Activation("relu")(layers.BatchNormalization(momentum=momentum)(x))

    def transposed(x, filters):
        return layers.Conv2DTranspose(filters, 5, padding="same", kernel_initializer=_conv_init())(
            x
        )

    z = keras.Input((latent_dim,), name="latents")
    x = normalised(layers.Dense(8 * 8 * width)(z))
    x = layers.Reshape((8, 8, width))(x)
    x = layers.Dropout(dropout)(x)
    x = normalised(transposed(layers.UpSampling2D()(x), width // 2))
    x = normalised(transposed(layers.UpSampling2D()(x), width // 4))
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


@dataclasses.dataclass(frozen=True)
class Parts:
    """What Radford's guidelines fix in both networks, each as a part that can be exchanged.

    Args:
        up: "transposed" (strided transposed convolutions) or "nearest" (upsampling, then a
            stride-1 convolution).
        down: "strided" convolutions or "max" (stride-1 convolutions, then max pooling).
        norm: "batch" or "none", in G and in D.
        d_norm: the same for D alone; as `norm` where not given.
        d_activation: "leaky_relu" of slope 0.2, or "relu".
        init: "gaussian", N(0, 0.02), or "glorot" uniform.
        kernel_size: 5 in the paper's code. 4, a multiple of the stride, prints evenly.
        momentum: of the batch normalisations' moving averages.
    """

    up: Literal["transposed", "nearest"] = "transposed"
    down: Literal["strided", "max"] = "strided"
    norm: Literal["batch", "none"] = "batch"
    d_norm: Literal["batch", "none"] | None = None
    d_activation: Literal["leaky_relu", "relu"] = "leaky_relu"
    init: Literal["gaussian", "glorot"] = "gaussian"
    kernel_size: int = 5
    momentum: float = 0.9

    def __post_init__(self):
        for field, kind in typing.get_type_hints(type(self)).items():
            choices = _choices(kind)
            if choices and getattr(self, field) not in choices:
                raise ValueError(f"{field} is one of {choices}, not {getattr(self, field)!r}")

    def weights(self):
        return _conv_init() if self.init == "gaussian" else keras.initializers.GlorotUniform()

    def normalise(self, x, kind):
        if kind == "none":
            return x
        gain = keras.initializers.RandomNormal(1.0, 0.02)
        return layers.BatchNormalization(momentum=self.momentum, gamma_initializer=gain)(x)

    def double(self, x, filters, use_bias):
        """(batch, n, n, channels) -> (batch, 2n, 2n, filters)"""
        options = dict(padding="same", use_bias=use_bias, kernel_initializer=self.weights())
        if self.up == "transposed":
            return layers.Conv2DTranspose(filters, self.kernel_size, 2, **options)(x)
        return layers.Conv2D(filters, self.kernel_size, **options)(layers.UpSampling2D()(x))

    def halve(self, x, filters, use_bias):
        """(batch, 2n, 2n, channels) -> (batch, n, n, filters)"""
        options = dict(padding="same", use_bias=use_bias, kernel_initializer=self.weights())
        if self.down == "strided":
            return layers.Conv2D(filters, self.kernel_size, 2, **options)(x)
        return layers.MaxPooling2D()(layers.Conv2D(filters, self.kernel_size, **options)(x))

    def activate(self, x):
        slope = 0.2 if self.d_activation == "leaky_relu" else 0.0
        return layers.LeakyReLU(negative_slope=slope)(x)


def _choices(kind):
    """The strings (and None) that a `Literal` field may hold; empty for the other fields."""
    choices = []
    for part in typing.get_args(kind):
        choices += typing.get_args(part) or ([part] if isinstance(part, str) else [None])
    return choices


RADFORD = Parts()


def generator_64(latent_dim: int = 100, width: int = 64, parts: Parts = RADFORD) -> keras.Model:
    """Radford's generator: z -> 4x4x(8 width) -> ... -> (batch, 64, 64, 3) in [-1, 1].

    Args:
        latent_dim: numbers in one z.
        width: channels at 32x32; 128 in the paper's code, 64 in most others.
        parts: what the layers are made of; the paper's where not given.
    """
    z = keras.Input((latent_dim,), name="latents")
    return keras.Model(z, grow(z, width, parts), name="dcgan_generator_64")


def grow(z, width: int, parts: Parts = RADFORD, normalise=None):
    """Vectors (batch, d) -> 4x4x(8 width) -> pictures (batch, 64, 64, 3) in [-1, 1].

    Args:
        normalise: x -> x, after every layer but the last; as `parts` says where not given.
    """
    normalise = normalise or (lambda x: parts.normalise(x, parts.norm))
    bias = parts.norm == "none"  # batch normalisation brings an offset of its own
    x = layers.Dense(4 * 4 * 8 * width, use_bias=bias, kernel_initializer=parts.weights())(z)
    x = layers.ReLU()(normalise(layers.Reshape((4, 4, 8 * width))(x)))
    for filters in (4 * width, 2 * width, width):
        x = layers.ReLU()(normalise(parts.double(x, filters, use_bias=bias)))
    return layers.Activation("tanh", dtype="float32")(parts.double(x, 3, use_bias=True))


def discriminator_64(width: int = 64, dropout: float = 0.0, parts: Parts = RADFORD) -> keras.Model:
    """Radford's discriminator: (batch, 64, 64, 3) -> logits (batch, 1).

    Args:
        width: channels after the first convolution.
        dropout: after every convolution but the first; none in the paper.
        parts: what the layers are made of; the paper's where not given.
    """
    images = keras.Input((64, 64, 3), name="images")
    x = layers.Flatten()(shrink(images, width, dropout, parts))
    x = layers.Dense(1, kernel_initializer=parts.weights(), dtype="float32")(x)
    return keras.Model(images, x, name="dcgan_discriminator_64")


def shrink(images, width: int, dropout: float = 0.0, parts: Parts = RADFORD):
    """Pictures (batch, 64, 64, 3) -> what D sees in them, (batch, 4, 4, 8 width)."""
    norm = parts.d_norm or parts.norm
    x = parts.activate(parts.halve(images, width, use_bias=True))
    for filters in (2 * width, 4 * width, 8 * width):
        x = parts.halve(x, filters, use_bias=norm == "none")
        x = parts.activate(parts.normalise(x, norm))
        x = layers.Dropout(dropout)(x) if dropout else x
    return x
