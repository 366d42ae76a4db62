"""DiffAugment: the same random changes for real and fake, differentiable, seen by D alone.

A D that sees 12,000 dogs a hundred times learns them by heart. Augmenting only the real ones would
teach G to draw augmented dogs; augmenting both in front of D, in D's step and in G's, does not.
"""

import keras
import tensorflow as tf

from dogan_lib.saving import Configurable

POLICIES = ("color", "translation", "cutout")


class DiffAugment(Configurable):
    """Random brightness, saturation, contrast, translation and cutout of float images in [-1, 1].

    Args:
        policy: what to apply, comma separated, out of `color`, `translation`, `cutout`.
        seed: of the random numbers; another one than the latents'.

    Reference: Zhao et al. 2020, https://arxiv.org/abs/2006.10738
    """

    def __init__(self, policy: str = "color,translation,cutout", seed: int = 2_000_003):
        names = [name.strip() for name in policy.split(",") if name.strip()]
        unknown = [name for name in names if name not in POLICIES]
        if unknown:
            raise ValueError(f"no augmentation {unknown}; choose from {', '.join(POLICIES)}")
        self.policy = ",".join(names)
        self.seed = seed
        self.random = keras.random.SeedGenerator(seed)
        self._steps = [getattr(self, name) for name in names]

    def __call__(self, images):
        for step in self._steps:
            images = step(images)
        return images

    def _uniform(self, images, low, high):
        """One number a picture, ready to broadcast."""
        shape = (tf.shape(images)[0], 1, 1, 1)
        return tf.cast(keras.random.uniform(shape, low, high, seed=self.random), images.dtype)

    def color(self, images):
        images += self._uniform(images, -0.5, 0.5)
        grey = tf.reduce_mean(images, axis=3, keepdims=True)
        images = grey + (images - grey) * self._uniform(images, 0.0, 2.0)
        level = tf.reduce_mean(images, axis=(1, 2, 3), keepdims=True)
        return level + (images - level) * self._uniform(images, 0.5, 1.5)

    def _integers(self, images, low, high):
        """One integer in [low, high) a picture, shape (batch, 1)."""
        shape = (tf.shape(images)[0], 1)
        return keras.random.randint(shape, low, high, seed=self.random)

    def translation(self, images):
        """Move by up to an eighth of the side; zeros, grey, come in."""
        for axis in (1, 2):
            size = images.shape[axis]
            reach = round(size / 8)
            source = tf.range(size)[None] + self._integers(images, -reach, reach + 1)
            pads = [[0, 0], [0, 0], [0, 0], [0, 0]]
            pads[axis] = [1, 1]
            source = tf.clip_by_value(source + 1, 0, size + 1)  # both ends point into the padding
            images = tf.gather(tf.pad(images, pads), source, axis=axis, batch_dims=1)
        return images

    def cutout(self, images):
        """Blank one square of half the side, its centre anywhere."""

        def inside(axis):
            size = images.shape[axis]
            side = round(size / 2)
            start = self._integers(images, 0, size + 1 - side % 2) - side // 2
            position = tf.range(size)[None]
            return (position >= start) & (position < start + side)

        hole = inside(1)[:, :, None, None] & inside(2)[:, None, :, None]
        return images * tf.cast(~hole, images.dtype)
