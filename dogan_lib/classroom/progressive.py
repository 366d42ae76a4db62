"""PGGAN taken apart for chapter 10: any size of a grown network, when it grows, and a soft start.

A network of the full size can draw its smaller pictures. How far it has come is one number, its
level: 2 for 4x4 (2^2), 2.5 for halfway from 4x4 to 8x8, 6 for 64x64.
"""

import dataclasses

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from dogan_lib.models import pggan


def set_level(network: keras.Model, level) -> None:
    """Let a network work at this level: log2 of the side, with the fraction as alpha.

    Layers above the level have no say: the generator still draws pictures of its full size, but
    they are enlarged small ones, and the discriminator looks at its pictures made smaller.
    """
    for layer in network.layers:
        if isinstance(layer, pggan.Fade):
            layer.alpha.assign(alpha(level, layer.resolution))


def alpha(level, side: int):
    """How far this side is faded in at a level: a float32 scalar, 0 below and 1 above."""
    return tf.clip_by_value(tf.cast(level, "float32") - pggan.log2(side) + 1, 0.0, 1.0)


def generator_at(network: keras.Model, resolution: int) -> keras.Model:
    """The part of a generator that draws smaller pictures: the same layers, on the same weights."""
    there = {layer.name: layer for layer in network.layers}
    names = (f"{kind}_{resolution}" for kind in ("fade", "tanh", "to_rgb"))
    last = next(there[name] for name in names if name in there)
    return keras.Model(network.input, last.output, name=f"at_{resolution}")


def discriminator_at(network: keras.Model, resolution: int) -> keras.Model:
    """The part of a discriminator that looks at smaller pictures, on the same weights."""
    parts = {layer.name: layer for layer in network.layers}
    return pggan.wired(parts, resolution, f"at_{resolution}")


def start_like_below(network: keras.Model, resolution: int, z) -> None:
    """Let the new layers of a generator begin with the pictures of the old ones.

    Layers that start at random pull every picture towards random colours as they fade in, and a
    short fade leaves no time to unlearn that. Here six channels of the new convolutions carry the
    old colours and their negatives, which survive a LeakyReLU together; a new "to RGB" reads them
    off by least squares. All other channels stay random. Not in the paper, whose fades last
    800,000 pictures.

    Args:
        network: its layers below are trained; the new ones have at least six channels.
        resolution: the new size, more than 4.
        z: latents (n, latent_dim), a few hundred, to fit to.
    """
    below = network.get_layer(f"to_rgb_{resolution // 2}")
    _carry(network.get_layer(f"conv0_{resolution}"), np.asarray(below.kernel)[0, 0], below.bias)
    both = np.concatenate([np.eye(3), -np.eye(3)]) / (1 + pggan.SLOPE)
    _carry(network.get_layer(f"conv1_{resolution}"), both, np.zeros(3))
    old, _ = network.get_layer(f"fade_{resolution}").input
    fit_to_rgb(network, resolution, z, keras.Model(network.input, old)(z, training=False))


def _carry(convolution, colours, bias):
    """Channels 0 to 5 become x @ colours + bias and its negative; `colours` has shape (c, 3)."""
    kernel = np.array(convolution.kernel)
    if kernel.shape[-1] < 6:
        raise ValueError(f"{convolution.name} has {kernel.shape[-1]} channels; carrying takes six")
    kernel[..., :6] = 0
    middle = kernel[kernel.shape[0] // 2, kernel.shape[1] // 2]
    middle[: len(colours), :6] = np.concatenate([colours, -colours], axis=1)
    offset = np.array(convolution.bias)
    offset[:6] = np.concatenate([bias, -np.asarray(bias)])
    convolution.weight.assign(kernel / convolution.scale)
    convolution.bias.assign(offset)


def fit_to_rgb(network: keras.Model, resolution: int, z, wanted) -> None:
    """Let a generator's "to RGB" draw these pictures from its features, by least squares.

    Args:
        resolution: which "to RGB", equalized or a plain convolution; a tanh may follow it.
        z: latents (n, latent_dim), a few hundred.
        wanted: what each should give, (n, resolution, resolution, 3).
    """
    to_rgb = network.get_layer(f"to_rgb_{resolution}")
    features = keras.Model(network.input, to_rgb.input)(z, training=False)
    x = np.asarray(ops.cast(features, "float32"), "float64").reshape(-1, features.shape[-1])
    x = np.column_stack([x, np.ones(len(x))])
    y = np.asarray(wanted, "float64").reshape(-1, 3)
    if f"tanh_{resolution}" in [layer.name for layer in network.layers]:
        y = np.arctanh(np.clip(y, -0.98, 0.98))
    # A little ridge, since features that nearly agree would get large weights of opposite signs.
    square = x.T @ x / len(x) + 1e-4 * np.eye(x.shape[1])
    solved = np.linalg.solve(square, x.T @ y / len(x))
    variable = to_rgb.weight if hasattr(to_rgb, "weight") else to_rgb.kernel
    variable.assign(solved[None, None, :-1] / getattr(to_rgb, "scale", 1.0))
    to_rgb.bias.assign(solved[-1])


@dataclasses.dataclass(frozen=True)
class Schedule:
    """When the networks grow, in real pictures seen.

    The first size, 4x4, is trained for `stable` pictures. Each larger one is first faded in over
    `fading` pictures and then trained for `stable` more; the last one for as long as the training
    goes on. Each of these is a phase: 0 is 4x4, 1 fades 8x8 in, 2 is 8x8, 3 fades 16x16 in ...

    Args:
        resolution: of the last phases.
        fading, stable: pictures a phase; 800,000 each in the paper.
        first: the side of phase 0. More than 4 where the layers below come from another network.
    """

    resolution: int = 64
    fading: int = 800_000
    stable: int = 800_000
    first: int = pggan.FIRST

    def __post_init__(self):
        if self.first not in pggan.sides(self.resolution):
            raise ValueError(f"first is one of {pggan.sides(self.resolution)}, not {self.first}")
        if self.fading < 1 or self.stable < 1:
            raise ValueError("each phase lasts at least one picture")

    @property
    def phases(self) -> int:
        """How many there are."""
        return 2 * (pggan.log2(self.resolution) - pggan.log2(self.first)) + 1

    def start(self, phase: int) -> int:
        """Pictures seen before this phase."""
        return (phase + 1) // 2 * self.stable + phase // 2 * self.fading

    def phase(self, images: int) -> int:
        """The phase after so many pictures."""
        return max(p for p in range(self.phases) if self.start(p) <= images)

    def side(self, phase: int) -> int:
        """Pixels a side in this phase."""
        return self.first * 2 ** ((phase + 1) // 2)

    def level(self, images):
        """log2 of the side, rising evenly through the fades: a float32 scalar."""
        images = tf.cast(images, "float32")
        starts = (self.start(phase) for phase in range(1, self.phases, 2))
        faded = (tf.clip_by_value((images - start) / self.fading, 0.0, 1.0) for start in starts)
        return tf.add_n([tf.constant(float(pggan.log2(self.first))), *faded])
