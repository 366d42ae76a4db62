"""BigGAN: residual networks by class, with a z for each block, and the truncation trick.

gan = biggan.BigGAN(biggan.generator(64), biggan.discriminator(64))
gan.compile(loss=losses.Hinge(), d_steps=2)
gan.fit(dogs.batches(128, condition="labels"), epochs=100)
z = biggan.truncated_normal((16, 100), threshold=0.5)

Reference: Brock et al. 2018, https://arxiv.org/abs/1809.11096, and the first author's code.
"""

import math
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from dogan_lib.gan import GAN
from dogan_lib.generator import latents
from dogan_lib.layers import ConditionalBatchNormalization
from dogan_lib.models.conditional import project
from dogan_lib.models.sagan import Blocks

# Channels between G's blocks and after each of D's, as multiples of `ch`.
G_WIDTHS = {
    32: (4, 4, 4, 4),
    64: (16, 16, 8, 4, 2),
    128: (16, 16, 8, 4, 2, 1),
    256: (16, 16, 8, 8, 4, 2, 1),
    512: (16, 16, 8, 8, 4, 2, 1, 1),
}
D_WIDTHS = {
    32: (4, 4, 4, 4),
    64: (1, 2, 4, 8, 16),
    128: (1, 2, 4, 8, 16, 16),
    256: (1, 2, 4, 8, 8, 16, 16),
    512: (1, 1, 2, 4, 8, 8, 16, 16),
}
SHARED = 128  # numbers in the embedding of a class
CHUNK = 20  # numbers of z for each block, where latent_dim is not given
BLOCKS = Blocks("orthogonal", eps=1e-6)


def generator(
    resolution: int = 64,
    ch: int | Sequence[int] = 64,
    num_classes: int = 120,
    latent_dim: int | None = None,
    attention: int | None = 64,
) -> keras.Model:
    """[latents (batch, latent_dim), labels (batch,)] -> pictures (batch, resolution, .., 3).

    z is cut into equal pieces: the first makes the 4x4 features, the others, each beside the
    embedding of the class that all blocks share, set gain and offset of a block's batch
    normalisations.

    Args:
        resolution: 32, 64, 128, 256 or 512.
        ch: unit of the channels; 96 in the paper, with 70,433,988 parameters at 128. Or all of
            them: one number for each piece of z.
        num_classes: labels are 0 ... num_classes - 1.
        latent_dim: numbers in one z; 20 a piece where not given, which is 100 at 64.
        attention: features of this side are looked at by self-attention, after the block that
            makes them; None leaves it out. At 64 the default 64 is the last block, as in the code.
    """
    widths = _widths(G_WIDTHS, resolution, ch)
    latent_dim = latent_dim or CHUNK * len(widths)
    if latent_dim % len(widths):
        raise ValueError(f"z is cut into {len(widths)} equal pieces: {latent_dim} numbers are not")
    z = keras.Input((latent_dim,), name="latents")
    labels = keras.Input((), dtype="int32", name="labels")
    pieces = ops.split(z, len(widths), axis=1)
    shared = layers.Embedding(num_classes, SHARED, "orthogonal", name="shared")(labels)
    x = BLOCKS.spectral(layers.Dense, 4 * 4 * widths[0])(pieces[0])
    x = layers.Reshape((4, 4, widths[0]))(x)
    for width, piece in zip(widths[1:], pieces[1:], strict=True):
        condition = layers.Concatenate()([shared, piece])

        def normalised(y, c=condition):
            norm = ConditionalBatchNormalization(spectral=True, initializer=BLOCKS.initializer)
            return norm([y, c])

        x = BLOCKS.up(x, width, normalised)
        x = BLOCKS.attend(x, attention)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x))
    x = layers.Activation("tanh", dtype="float32")(BLOCKS.convolution(x, 3))
    return keras.Model([z, labels], x, name=f"biggan_generator_{resolution}")


def discriminator(
    resolution: int = 64, ch: int = 64, num_classes: int = 120, attention: int | None = 64
) -> keras.Model:
    """[pictures (batch, resolution, resolution, 3), labels (batch,)] -> logits (batch, 1).

    Residual blocks, the last without downsampling (at 32 the last two); ReLU, the sum over all
    positions, and projection.

    Args:
        ch: 96 in the paper, with 87,982,370 parameters at 128 with 1000 classes.
        attention: as in `generator`; the first features of D are half as large as the picture, so
            64 means none at 64.

    The others are as in `generator`.
    """
    images = keras.Input((resolution, resolution, 3), name="images")
    labels = keras.Input((), dtype="int32", name="labels")
    widths = _widths(D_WIDTHS, resolution, ch)
    halvings = 2 if resolution == 32 else len(widths) - 1
    x = images
    for k, width in enumerate(widths):
        x = BLOCKS.down(x, width, first=k == 0, halve=k < halvings)
        x = BLOCKS.attend(x, attention) if k < halvings else x
    breed = ops.one_hot(labels, num_classes)
    options = dict(spectral=True, initializer=BLOCKS.initializer, eps=BLOCKS.eps)
    logits = project(layers.ReLU()(x), breed, **options)
    return keras.Model([images, labels], logits, name=f"biggan_discriminator_{resolution}")


def _widths(table, resolution, ch):
    if resolution not in table:
        raise ValueError(f"resolution is one of {list(table)}, not {resolution}")
    return [ch * m for m in table[resolution]] if isinstance(ch, int) else [*ch]


def truncated_normal(shape: tuple[int, ...], threshold: float, seed: int = 0) -> np.ndarray:
    """Draws of N(0, 1) given |z| <= threshold, float32: each number outside is drawn again.

    The density inside keeps the bell's shape. Clipping would heap the outside up at +-threshold.

    Raises:
        ValueError: the threshold is not positive.
    """
    *rows, columns = shape
    return latents(math.prod(rows), columns, seed, threshold).reshape(shape)


def orthogonal_penalty(generator: keras.Model, strength: float = 1e-4):
    """strength / 2 x the sum over G's kernels of ||W W^T with its diagonal set to 0||^2, a scalar.

    The rows of W are an output's weights: they shall be orthogonal, of whatever length. It is half
    the paper's penalty, since its gradient, 2 strength ((W W^T - diagonal) W), is the one that the
    authors' code adds; the gradient of the paper's formula has a 4. The shared embedding is left
    out.
    """
    shared = {id(weight) for weight in generator.get_layer("shared").weights}
    kernels = [w for w in generator.trainable_variables if len(w.shape) > 1 and id(w) not in shared]
    return strength / 2 * sum(_overlap(tf.convert_to_tensor(kernel)) for kernel in kernels)


def _overlap(kernel):
    """||W W^T - diagonal||^2 for W = kernel (..., out) as a matrix of `out` rows."""
    columns = tf.reshape(kernel, (-1, kernel.shape[-1]))
    # ||W W^T|| = ||W^T W||: take the smaller of the two products.
    narrow = columns.shape[0] >= columns.shape[1]
    products = tf.matmul(columns, columns, transpose_a=narrow, transpose_b=not narrow)
    diagonal = tf.reduce_sum(columns**2, axis=0)
    return tf.reduce_sum(products**2) - tf.reduce_sum(diagonal**2)


@keras.saving.register_keras_serializable("dogan")
class BigGAN(GAN):
    """A GAN whose generator's weights are kept orthogonal.

    Args:
        generator: from this module.
        orthogonal: strength of `orthogonal_penalty`, which is added to G's loss.

    The others are as in `GAN`.
    """

    def __init__(self, generator, discriminator, *, orthogonal: float = 1e-4, **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        self.orthogonal = orthogonal

    def _generator_loss(self, real, fake, conditions):
        loss = super()._generator_loss(real, fake, conditions)
        return loss + orthogonal_penalty(self.generator, self.orthogonal)

    def get_config(self):
        return {**super().get_config(), "orthogonal": self.orthogonal}
