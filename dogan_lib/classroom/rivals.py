"""Classic methods beside which chapter 13 puts SinGAN: colours moved, and style moved.

Pictures are uint8 (H, W, 3).
"""

import keras
import numpy as np
import tensorflow as tf

from dogan_lib.classroom.single import dognet_maps
from dogan_lib.models.singan import as_float

LMS = np.array([[0.3811, 0.5783, 0.0402], [0.1967, 0.7244, 0.0782], [0.0241, 0.1288, 0.8444]])
LAB = np.diag([3**-0.5, 6**-0.5, 2**-0.5]) @ [[1, 1, 1], [1, 1, -2], [1, -1, 0]]


def colour_transfer(picture, like):
    """Mean and deviation of each channel of lαβ become those of `like`; Reinhard et al. 2001."""
    x, y = (np.log10((each + 1.0) / 256 @ LMS.T) @ LAB.T for each in (picture, like))
    x = (x - x.mean((0, 1))) / x.std((0, 1)) * y.std((0, 1)) + y.mean((0, 1))
    rgb = 10 ** (x @ np.linalg.inv(LAB).T) @ np.linalg.inv(LMS).T
    return (256 * rgb - 1).round().clip(0, 255).astype("uint8")


def style_transfer(picture, like, steps: int, content: float = 0.3, rate: float = 0.02):
    """Change a picture's pixels until DogNet sees the style of `like` in it; Gatys et al. 2015.

    Style: which features occur together anywhere, at four scales (`gram`). Content: the features
    of the third scale where they are.

    Returns:
        float32 (H, W, 3) in [-1, 1], and the loss of each step.
    """
    maps, adam = dognet_maps(), keras.optimizers.Adam(rate)
    pixels = keras.Variable(as_float(picture)[None])
    style = [gram(each) for each in maps(as_float(like)[None])]
    kept = maps(as_float(picture)[None])[2]

    @tf.function
    def improve():
        with tf.GradientTape() as tape:
            now = maps(pixels.value)
            styles = [relative(gram(each), wanted) for each, wanted in zip(now, style, strict=True)]
            loss = tf.add_n(styles) + content * relative(now[2], kept)
        adam.apply([tape.gradient(loss, pixels.value)], [pixels])
        pixels.assign(tf.clip_by_value(pixels, -1, 1))
        return loss

    losses = [float(improve()) for _ in range(steps)]
    return np.asarray(pixels)[0], losses


def gram(features):
    """(1, h, w, c) -> (c, c): how strongly two features occur together, anywhere."""
    vectors = tf.reshape(features, (-1, features.shape[-1]))
    return tf.matmul(vectors, vectors, transpose_a=True) / len(vectors)


def relative(x, y):
    """Mean squared difference, in units of the mean square of y."""
    return tf.reduce_mean((x - y) ** 2) / tf.reduce_mean(y**2)
