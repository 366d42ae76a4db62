"""SAGAN: residual networks, spectral normalisation in both, and one layer of self-attention.

Both take labels beside latents or pictures; `classes=None` builds them without.

Reference: Zhang et al. 2018, https://arxiv.org/abs/1805.08318, and the authors' code.
"""

import dataclasses
from collections.abc import Callable

import keras
from keras import layers, ops

from dogan_lib.layers import (
    ConditionalBatchNormalization,
    PooledConv2D,
    SelfAttention,
    SpectralNormalization,
    UpsampledConv2D,
)
from dogan_lib.models import dcgan
from dogan_lib.models.conditional import project


@dataclasses.dataclass(frozen=True)
class Blocks:
    """The layers and residual blocks of a network, spectrally normalised; BigGAN has the same.

    Args:
        initializer: of every kernel, by name.
        eps: of the spectral normalisation.
    """

    initializer: str = "glorot_uniform"
    eps: float = 1e-12

    def spectral(self, kind: type, *arguments, **options) -> layers.Layer:
        """A layer of this kind whose kernel is divided by its largest singular value."""
        layer = kind(*arguments, kernel_initializer=self.initializer, **options)
        return SpectralNormalization(layer, eps=self.eps)

    def convolution(self, x, filters: int, kernel_size: int = 3, kind: type = layers.Conv2D):
        """(batch, n, n, c) -> (batch, n, n, filters), or another size with another `kind`."""
        return self.spectral(kind, filters, kernel_size, padding="same")(x)

    def up(self, x, filters: int, normalise: Callable):
        """(batch, n, n, c) -> (batch, 2n, 2n, filters).

        Args:
            normalise: x -> x, in front of each of the two ReLUs.
        """
        y = layers.ReLU()(normalise(x))
        y = self.convolution(y, filters, kind=UpsampledConv2D)
        y = layers.ReLU()(normalise(y))
        y = self.convolution(y, filters)
        # A 1x1 convolution and nearest upsampling commute: first the cheap order.
        return y + layers.UpSampling2D()(self.convolution(x, filters, 1))

    def down(self, x, filters: int, first: bool = False, halve: bool = True):
        """(batch, n, n, c) -> (batch, n/2, n/2, filters).

        Args:
            first: x are pixels, which are not activated.
            halve: or not, for features that are small enough.
        """
        y = x if first else layers.ReLU()(x)
        y = layers.ReLU()(self.convolution(y, filters))
        y = self.convolution(y, filters, kind=PooledConv2D if halve else layers.Conv2D)
        if halve:
            # The mean over 2x2 pixels and a 1x1 convolution commute as well.
            return y + self.convolution(layers.AveragePooling2D(2)(x), filters, 1)
        return y + (x if x.shape[-1] == filters else self.convolution(x, filters, 1))

    def attend(self, x, side: int | None):
        """Self-attention, where the features are of this side; x as it is elsewhere."""
        if x.shape[1] != side:
            return x
        return SelfAttention(eps=self.eps, initializer=self.initializer)(x)


BLOCKS = Blocks()


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
    x = BLOCKS.spectral(layers.Dense, 4 * 4 * widths[0])(inputs[0])
    x = layers.Reshape((4, 4, widths[0]))(x)
    for width in widths:
        x = BLOCKS.up(x, width, lambda y: _normalise(y, condition))
        x = BLOCKS.attend(x, attention)
    x = layers.ReLU()(_normalise(x, None))
    x = layers.Activation("tanh", dtype="float32")(BLOCKS.convolution(x, 3))
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
        x = BLOCKS.attend(BLOCKS.down(x, ch * 2**k, first=k == 0), attention)
    x = layers.ReLU()(BLOCKS.down(x, x.shape[-1], halve=False))
    logits = project(x, condition, spectral=True)
    return keras.Model(
        inputs if classes else images, logits, name=f"sagan_discriminator_{resolution}"
    )


def _doublings(resolution, attention):
    doublings = dcgan.doublings(resolution)
    sides = [4 * 2**k for k in range(1, doublings + 1)]
    if attention is not None and attention not in sides:
        raise ValueError(f"at resolution {resolution} attention is None or one of {sides}")
    return doublings


def _inputs(first, classes):
    """The inputs, and the one-hot condition that the label becomes."""
    if classes is None:
        return [first], None
    labels = keras.Input((), dtype="int32", name="labels")
    return [first, labels], ops.one_hot(labels, classes)


def _normalise(x, condition):
    if condition is None:
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    return ConditionalBatchNormalization()([x, condition])
