"""Radford's networks at 64x64 with one guideline broken at a time, for the eight heuristics."""

import keras
from keras import layers


def generator(
    width: int = 16, up: str = "transposed", norm: bool = True, init: str = "gaussian"
) -> keras.Model:
    """z (batch, 100) -> (batch, 64, 64, 3) in [-1, 1].

    Args:
        width: channels at 32x32.
        up: "transposed" (strided transposed convolutions) or "nearest" (upsampling, then a
            stride-1 convolution).
        norm: batch normalisation after every layer but the last.
        init: "gaussian", N(0, 0.02), or "glorot" uniform.
    """

    def doubled(x, filters, use_bias):
        options = dict(padding="same", use_bias=use_bias, kernel_initializer=_weights(init))
        if up == "nearest":
            return layers.Conv2D(filters, 5, **options)(layers.UpSampling2D()(x))
        return layers.Conv2DTranspose(filters, 5, 2, **options)(x)

    z = keras.Input((100,), name="latents")
    x = layers.Dense(4 * 4 * 8 * width, use_bias=not norm, kernel_initializer=_weights(init))(z)
    x = layers.ReLU()(_normalised(layers.Reshape((4, 4, 8 * width))(x), norm))
    for filters in (4 * width, 2 * width, width):
        x = layers.ReLU()(_normalised(doubled(x, filters, use_bias=not norm), norm))
    x = doubled(x, 3, use_bias=True)
    return keras.Model(z, layers.Activation("tanh", dtype="float32")(x), name="radford_generator")


def discriminator(
    width: int = 16,
    down: str = "strided",
    norm: bool = True,
    init: str = "gaussian",
    slope: float = 0.2,
) -> keras.Model:
    """(batch, 64, 64, 3) -> logits (batch, 1).

    Args:
        width: channels after the first convolution.
        down: "strided" convolutions or "max" (stride-1 convolutions, then max pooling).
        norm: batch normalisation after every convolution but the first.
        init: as in `generator`.
        slope: of the LeakyReLU; 0 makes it a ReLU.
    """
    images = keras.Input((64, 64, 3), name="images")
    x = images
    for k in range(4):
        options = dict(padding="same", use_bias=not (norm and k), kernel_initializer=_weights(init))
        x = layers.Conv2D(width * 2**k, 5, 1 if down == "max" else 2, **options)(x)
        x = layers.MaxPooling2D()(x) if down == "max" else x
        x = layers.LeakyReLU(negative_slope=slope)(_normalised(x, norm and k))
    dense = layers.Dense(1, kernel_initializer=_weights(init), dtype="float32")
    return keras.Model(images, dense(layers.Flatten()(x)), name="radford_discriminator")


def _weights(init):
    if init == "glorot":
        return keras.initializers.GlorotUniform()
    return keras.initializers.RandomNormal(stddev=0.02)


def _normalised(x, norm):
    if not norm:
        return x
    gain = keras.initializers.RandomNormal(1.0, 0.02)
    return layers.BatchNormalization(momentum=0.9, gamma_initializer=gain)(x)
