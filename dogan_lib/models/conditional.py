"""Dogs by breed: the label in both networks, in Mirza's way and in Miyato's.

Both ways put the label into Radford's 64x64 networks, and the data's tuple `(images, labels)` makes
`GAN` pass it on:

    generator(120, way="concatenate"),  discriminator(120, way="concatenate")   Mirza 2014
    generator(120, way="normalise"),    discriminator(120, way="project")       Miyato 2018

References: Mirza & Osindero 2014, https://arxiv.org/abs/1411.1784; Miyato & Koyama 2018,
https://arxiv.org/abs/1802.05637
"""

from typing import Literal

import keras
from keras import layers, ops

from dogan_lib.layers import ConditionalBatchNormalization, SpectralNormalization
from dogan_lib.models import dcgan

EMBEDDING = 50  # numbers in the vector of a breed that is concatenated


def generator(
    classes: int,
    latent_dim: int = 100,
    width: int = 64,
    way: Literal["concatenate", "normalise"] = "normalise",
    resolution: int = 64,
    upsample: bool = False,
) -> keras.Model:
    """[latents (batch, latent_dim), labels (batch,) integers] -> pictures (batch, S, S, 3).

    Args:
        classes: number of breeds; labels are 0 ... classes - 1.
        latent_dim: numbers in one z.
        width: channels at 32x32, as in `dcgan.generator_64`.
        way: "concatenate" learns a vector for each breed and appends it to z; "normalise" gives
            every batch normalisation a gain and an offset for each breed.
        resolution: S, 64, or 32 for portraits.
        upsample: as in `dcgan.generator_64`.
    """
    _check(way, ("concatenate", "normalise"))
    z = keras.Input((latent_dim,), name="latents")
    labels = keras.Input((), dtype="int32", name="labels")
    if way == "concatenate":
        breed = layers.Embedding(classes, EMBEDDING)(labels)
        x = layers.Concatenate()([z, breed])
        pictures = dcgan.grow(x, width, resolution, upsample)
    else:
        breed = ops.one_hot(labels, classes)

        def normalise(x):
            # The momentum and epsilon of the plain normalisation whose place it takes.
            norm = ConditionalBatchNormalization(momentum=0.9, epsilon=1e-3)
            return norm([x, breed])

        pictures = dcgan.grow(z, width, resolution, upsample, normalise)
    return keras.Model([z, labels], pictures, name=f"conditional_generator_{way}")


def discriminator(
    classes: int,
    width: int = 64,
    way: Literal["concatenate", "project"] = "project",
    resolution: int = 64,
    kernel_size: int = 5,
) -> keras.Model:
    """[pictures (batch, S, S, 3), labels (batch,)] -> logits (batch, 1): real *and* its breed?

    Args:
        way: "concatenate" appends the breed's learned vector to the features at every one of the
            4x4 positions; "project" adds the inner product of the features, summed over the
            picture, with a learned vector of the breed.
        kernel_size: of the convolutions.

    The others are as in `generator`.
    """
    _check(way, ("concatenate", "project"))
    images = keras.Input((resolution, resolution, 3), name="images")
    labels = keras.Input((), dtype="int32", name="labels")
    features = dcgan.shrink(images, width, kernel_size)
    if way == "concatenate":
        breed = layers.Embedding(classes, EMBEDDING)(labels)
        logits = judge_together(features, breed)
    else:
        logits = project(features, ops.one_hot(labels, classes))
    return keras.Model([images, labels], logits, name=f"conditional_discriminator_{way}")


def judge_together(features, condition, norm: bool = False):
    """Features (batch, h, w, c) and a vector (batch, d) -> logits (batch, 1), by concatenation.

    The vector is repeated at each position; a 1x1 convolution then compares the two, and a last
    layer adds up what it found where.

    Args:
        norm: batch normalisation after the 1x1 convolution.
    """
    height, width, channels = features.shape[1:]
    everywhere = layers.Reshape((height, width, -1))(layers.RepeatVector(height * width)(condition))
    x = layers.Concatenate()([features, everywhere])
    small = keras.initializers.RandomNormal(stddev=0.02)
    x = layers.Conv2D(channels, 1, kernel_initializer=small)(x)
    x = dcgan.batch_norm(x) if norm else x
    return dcgan.judge(layers.LeakyReLU(negative_slope=0.2)(x))


def project(
    features,
    condition=None,
    spectral: bool = False,
    initializer: str | None = None,
    eps: float = 1e-12,
):
    """Features (batch, h, w, c) and a condition (batch, d) -> logits (batch, 1), by projection.

    w . h + <V c, h> with h the features summed over the picture: how real it looks at all, plus
    how much it looks like *this* c. For one-hot c the rows of V are the classes' vectors.

    Args:
        condition: None leaves the second term out.
        spectral: normalise both maps spectrally, with this `eps`.
        initializer: of both maps; N(0, 0.02) where not given, since h is a sum, and large.
    """

    def linear(units, **options):
        start = initializer or keras.initializers.RandomNormal(stddev=0.02)
        layer = layers.Dense(units, kernel_initializer=start, dtype="float32", **options)
        return SpectralNormalization(layer, eps=eps, dtype="float32") if spectral else layer

    h = ops.sum(ops.cast(features, "float32"), axis=(1, 2))
    if condition is None:
        return linear(1)(h)
    match = ops.sum(linear(h.shape[-1], use_bias=False)(condition) * h, axis=-1, keepdims=True)
    return linear(1)(h) + match


def _check(way, ways):
    if way not in ways:
        raise ValueError(f"way is one of {ways}, not {way!r}")
