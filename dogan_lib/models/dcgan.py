"""DCGAN: the deck's 32x32 networks, row by row, and Radford's at 64x64.

Reference: Radford et al. 2015, https://arxiv.org/abs/1511.06434
"""

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


def generator_64(latent_dim: int = 100, width: int = 64, momentum: float = 0.9) -> keras.Model:
    """Radford's generator: z -> 4x4x(8 width) -> ... -> (batch, 64, 64, 3) in [-1, 1].

    Args:
        latent_dim: numbers in one z.
        width: channels at 32x32; 128 in the paper's code, 64 in most others.
        momentum: of the batch normalisations' moving averages.
    """

    def normalised(x):
        x = layers.BatchNormalization(momentum=momentum, gamma_initializer=_gain())(x)
        return layers.ReLU()(x)

    z = keras.Input((latent_dim,), name="latents")
    x = layers.Dense(4 * 4 * 8 * width, use_bias=False, kernel_initializer=_conv_init())(z)
    x = normalised(layers.Reshape((4, 4, 8 * width))(x))
    for filters in (4 * width, 2 * width, width):
        x = normalised(_up(x, filters, use_bias=False))
    x = layers.Activation("tanh", dtype="float32")(_up(x, 3, use_bias=True))
    return keras.Model(z, x, name="dcgan_generator_64")


def discriminator_64(width: int = 64, momentum: float = 0.9) -> keras.Model:
    """Radford's discriminator: (batch, 64, 64, 3) -> logits (batch, 1).

    Args:
        width: channels after the first convolution.
        momentum: of the batch normalisations' moving averages.
    """
    images = keras.Input((64, 64, 3), name="images")
    x = layers.LeakyReLU(negative_slope=0.2)(_down(images, width, use_bias=True))
    for filters in (2 * width, 4 * width, 8 * width):
        x = _down(x, filters, use_bias=False)
        x = layers.BatchNormalization(momentum=momentum, gamma_initializer=_gain())(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Dense(1, kernel_initializer=_conv_init(), dtype="float32")(layers.Flatten()(x))
    return keras.Model(images, x, name="dcgan_discriminator_64")


def _gain():
    return keras.initializers.RandomNormal(1.0, 0.02)


def _up(x, filters, use_bias):
    return layers.Conv2DTranspose(
        filters, 5, 2, padding="same", use_bias=use_bias, kernel_initializer=_conv_init()
    )(x)


def _down(x, filters, use_bias):
    return layers.Conv2D(
        filters, 5, 2, padding="same", use_bias=use_bias, kernel_initializer=_conv_init()
    )(x)
