"""PGGAN: both networks grow from 4x4 pixels to the full picture while they train.

gan = pggan.ProgressiveGAN(pggan.generator(64), pggan.discriminator(64))
gan.compile()
gan.fit(dogs.batches(16), epochs=100)

The networks are built at their full size. A `Fade` layer at each resolution mixes the new layers
with the enlarged picture of the layers below; how far the mixing has come is one number, `level`:
2 draws 4x4 pictures (2^2), 2.5 is halfway from 4x4 to 8x8, 6 draws 64x64.

Reference: Karras et al. 2017, https://arxiv.org/abs/1710.10196, and the authors' code.
"""

import dataclasses

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from dogan_lib.distribution import number, replicas
from dogan_lib.gan import GAN
from dogan_lib.generator import latents
from dogan_lib.layers import (
    EqualizedConv2D,
    EqualizedDense,
    MinibatchStddev,
    PixelNormalization,
)
from dogan_lib.losses import Wasserstein
from dogan_lib.penalties import GradientPenalty
from dogan_lib.saving import Configurable

FIRST = 4  # pixels a side at the start
SLOPE = 0.2  # of the LeakyReLU
FITTED_ON = 256  # latents, for a new "to RGB"


@keras.saving.register_keras_serializable("dogan")
class Fade(layers.Layer):
    """(1 - alpha) old + alpha new, where alpha is a state of the layer that `set_level` sets.

    Args:
        resolution: the side of the pictures that the new layers are there for.

    Call arguments:
        inputs: [old, new], two tensors of the same shape.
    """

    def __init__(self, resolution: int, **kwargs):
        super().__init__(**kwargs)
        self.resolution = resolution

    def build(self, input_shapes):
        self.alpha = self.add_weight(
            shape=(),
            initializer="ones",
            trainable=False,
            autocast=False,
            aggregation="only_first_replica",
            name="alpha",
        )

    def call(self, inputs):
        old, new = inputs
        alpha = ops.cast(self.alpha, old.dtype)
        return (1 - alpha) * old + alpha * new

    def compute_output_shape(self, input_shapes):
        return input_shapes[0]

    def get_config(self):
        return {**super().get_config(), "resolution": self.resolution}


def set_level(network: keras.Model, level) -> None:
    """Let a network work at this level: log2 of the side, with the fraction as alpha.

    Layers above the level have no say: the generator still draws pictures of its full size, but
    they are enlarged small ones, and the discriminator looks at its pictures made smaller.
    """
    for layer in network.layers:
        if isinstance(layer, Fade):
            layer.alpha.assign(alpha(level, layer.resolution))


def alpha(level, side: int):
    """How far this side is faded in at a level: a float32 scalar, 0 below and 1 above."""
    return tf.clip_by_value(tf.cast(level, "float32") - _log2(side) + 1, 0.0, 1.0)


def _log2(side: int) -> int:
    return side.bit_length() - 1


def _sides(resolution: int) -> list[int]:
    """[4, 8, ... resolution]"""
    if resolution not in (4, 8, 16, 32, 64, 128, 256, 512, 1024):
        raise ValueError(f"resolution is a power of two from 4 to 1024, not {resolution}")
    return [2**k for k in range(2, _log2(resolution) + 1)]


def channels(side: int, width: float = 1.0, cap: int = 512) -> int:
    """Channels at this side: width x 16384 / side, and no more than `cap`.

    The paper's are 512 up to 32x32 and half as many at each doubling. A smaller width thins the
    large, expensive sides first; for a factor on all of them change both.
    """
    return max(1, min(int(width * 16384 / side), cap))


def generator(
    resolution: int = 64,
    latent_dim: int = 512,
    width: float = 1.0,
    cap: int = 512,
    blocks: str = "karras",
) -> keras.Model:
    """Latents (batch, latent_dim) -> pictures (batch, resolution, resolution, 3) around [-1, 1].

    Args:
        resolution: 4, 8, ... 1024.
        latent_dim: numbers in one z ~ N(0, I).
        width, cap: see `channels`; the paper's where not given, 23,079,115 parameters at 1024.
        blocks: "karras", two 3x3 convolutions with equalized learning rate and pixel norm, and a
            linear "to RGB" (nothing but D keeps the pixels in the range); or "radford", one 3x3
            convolution with batch normalisation and a tanh, as in chapter 05. A small budget
            learns far more from each picture with the latter.
    """
    _check_blocks(blocks)
    z = keras.Input((latent_dim,), name="latents")
    x = _first_features(z, channels(FIRST, width, cap), blocks)
    picture = _to_rgb(x, FIRST, blocks)
    for side in _sides(resolution)[1:]:
        x = _up_block(x, side, channels(side, width, cap), blocks)
        old = layers.UpSampling2D(dtype="float32")(picture)
        fade = Fade(side, dtype="float32", name=f"fade_{side}")
        picture = fade([old, _to_rgb(x, side, blocks)])
    return keras.Model(z, picture, name=f"pggan_generator_{resolution}")


def _check_blocks(blocks):
    if blocks not in ("karras", "radford"):
        raise ValueError(f'blocks is "karras" or "radford", not {blocks!r}')


def _first_features(z, filters, blocks):
    """(batch, latent_dim) -> (batch, 4, 4, filters)"""
    if blocks == "radford":
        x = layers.Dense(FIRST * FIRST * filters, name="dense_4", **_radford())(z)
        return _rectified(layers.Reshape((FIRST, FIRST, filters))(x), FIRST)
    # The gain of the authors' code, sqrt(2) / 4.
    dense = EqualizedDense((FIRST, FIRST, filters), gain=2**0.5 / 4, name="dense_4")
    x = _normalised(dense(PixelNormalization()(z)))
    return _normalised(EqualizedConv2D(filters, name="conv_4")(x))


def _up_block(x, side, filters, blocks):
    """(batch, side/2, side/2, c) -> (batch, side, side, filters)"""
    x = layers.UpSampling2D()(x)
    if blocks == "radford":
        conv = layers.Conv2D(filters, 3, padding="same", name=f"conv_{side}", **_radford())
        return _rectified(conv(x), side)
    for k in range(2):
        x = _normalised(EqualizedConv2D(filters, name=f"conv{k}_{side}")(x))
    return x


def _radford():
    """No bias, since a batch normalisation follows."""
    return dict(use_bias=False, kernel_initializer=keras.initializers.RandomNormal(stddev=0.02))


def _rectified(x, side):
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9, name=f"norm_{side}")(x))


def _normalised(x):
    return PixelNormalization()(_activated(x))


def _activated(x):
    return layers.LeakyReLU(negative_slope=SLOPE)(x)


def _to_rgb(x, side, blocks):
    name = f"to_rgb_{side}"
    if blocks == "karras":
        return EqualizedConv2D(3, 1, gain=1.0, dtype="float32", name=name)(x)
    x = layers.Conv2D(3, 1, dtype="float32", name=name)(x)
    return layers.Activation("tanh", dtype="float32", name=f"tanh_{side}")(x)


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
    there = {layer.name: layer for layer in network.layers}
    below = there[f"to_rgb_{resolution // 2}"]
    colours, bias = np.asarray(below.kernel)[0, 0], np.asarray(below.bias)
    if f"conv_{resolution}" in there:  # a batch normalisation takes any offset away
        _carry(there[f"conv_{resolution}"], colours, bias)
        _settle(network, there[f"norm_{resolution}"], z)
    else:
        _carry(there[f"conv0_{resolution}"], colours, bias)
        both = np.concatenate([np.eye(3), -np.eye(3)]) / (1 + SLOPE)
        _carry(there[f"conv1_{resolution}"], both, np.zeros(3))
    old, _ = there[f"fade_{resolution}"].input
    fit_to_rgb(network, resolution, z, keras.Model(network.input, old)(z, training=False))


def _settle(network, norm, z):
    """Give a new batch normalisation the averages that it would come to."""
    x = keras.Model(network.input, norm.input)(z, training=False)
    mean, variance = ops.moments(ops.cast(x, "float32"), (0, 1, 2))
    norm.moving_mean.assign(mean)
    norm.moving_variance.assign(variance)


def fit_to_rgb(network: keras.Model, resolution: int, z, wanted) -> None:
    """Let a generator's "to RGB" draw these pictures from its features, by least squares.

    Args:
        resolution: which "to RGB".
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
    _assign_kernel(to_rgb, solved[None, None, :-1])
    to_rgb.bias.assign(solved[-1])


def _assign_kernel(layer, kernel):
    if hasattr(layer, "scale"):  # an equalized layer keeps it divided
        layer.weight.assign(kernel / layer.scale)
    else:
        layer.kernel.assign(kernel)


def _carry(convolution, colours, bias):
    """Channels 0 to 5 become x @ colours + bias and its negative; `colours` has shape (c, 3)."""
    kernel = ops.convert_to_numpy(convolution.kernel).copy()
    if kernel.shape[-1] < 6:
        raise ValueError(f"{convolution.name} has {kernel.shape[-1]} channels; carrying takes six")
    kernel[..., :6] = 0
    middle = kernel[kernel.shape[0] // 2, kernel.shape[1] // 2]
    middle[: len(colours), :6] = np.concatenate([colours, -colours], axis=1)
    _assign_kernel(convolution, kernel)
    if convolution.use_bias:
        offset = ops.convert_to_numpy(convolution.bias).copy()
        offset[:6] = np.concatenate([bias, -bias])
        convolution.bias.assign(offset)


def take_trunk(network: keras.Model, finished: keras.Model) -> None:
    """Give a generator the layers of a finished `dcgan.generator_64`, up to 32x32.

    What is left of the DCGAN's pictures then is fitted to each "to RGB", so the generator draws
    them at 4x4 to 32x32, and can be grown from there.

    Args:
        network: a `generator` of "radford" blocks, with the channels of the DCGAN.
        finished: with nearest upsampling and 3x3 convolutions.
    """
    sides = (4, 8, 16, 32)
    names = [name for s in sides for name in (f"conv_{s}" if s > FIRST else "dense_4", f"norm_{s}")]
    _take(network, names, _weighted(finished)[: len(names)])
    z = latents(FITTED_ON, finished.input.shape[-1], seed=0)
    pictures = finished(z, training=False)
    for side in sides:
        fit_to_rgb(network, side, z, shrink(pictures, side))


def take_head(network: keras.Model, finished: keras.Model) -> None:
    """Give a discriminator of "radford" blocks those of a `dcgan.discriminator_64`, from 32x32 on.

    The new feature of the group's deviation has no say at first.
    """
    first, *blocks, last = _weighted(finished)
    _take(network, [f"{k}_{s}" for s in (32, 16, 8) for k in ("conv", "norm")], blocks)
    # Of each 4x4 kernel on pixels, its answer to an even colour.
    kernel, bias = first.get_weights()
    network.get_layer("from_rgb_32").set_weights([kernel.sum((0, 1), keepdims=True), bias])
    kernel, bias = last.get_weights()
    kernel = np.pad(kernel.reshape(FIRST, FIRST, -1), [(0, 0), (0, 0), (0, 1)])
    network.get_layer("logit").set_weights([kernel.reshape(-1, 1), bias])


def _weighted(network):
    return [layer for layer in network.layers if layer.weights]


def _take(network, names, sources):
    for name, source in zip(names, sources, strict=True):
        network.get_layer(name).set_weights(source.get_weights())


def generator_at(network: keras.Model, resolution: int) -> keras.Model:
    """The part of a generator that draws smaller pictures: the same layers, on the same weights."""
    there = {layer.name: layer for layer in network.layers}
    names = (f"{kind}_{resolution}" for kind in ("fade", "tanh", "to_rgb"))
    last = next(there[name] for name in names if name in there)
    return keras.Model(network.input, last.output, name=f"at_{resolution}")


def discriminator(
    resolution: int = 64, width: float = 1.0, cap: int = 512, blocks: str = "karras"
) -> keras.Model:
    """Pictures (batch, resolution, resolution, 3) -> logits (batch, 1).

    Args:
        resolution: 4, 8, ... 1024.
        width, cap: see `channels`; the paper's where not given, 23,087,249 parameters at 1024.
        blocks: "karras", two 3x3 convolutions and a mean over 2x2 pixels; or "radford", one 4x4
            convolution of stride 2 with batch normalisation, a quarter of the work; no gradient
            penalty then (see `penalties`).
    """
    _check_blocks(blocks)
    filters = {side: channels(side, width, cap) for side in _sides(resolution)}
    parts = {layer.name: layer for layer in _discriminator_layers(filters, blocks)}
    return _wired(parts, resolution, f"pggan_discriminator_{resolution}")


def _discriminator_layers(filters, blocks):
    """All layers with weights, by their names; `filters` are the channels at each side."""
    karras = blocks == "karras"
    for side, count in filters.items():
        name = f"from_rgb_{side}"
        yield EqualizedConv2D(count, 1, name=name) if karras else layers.Conv2D(count, 1, name=name)
        if side > FIRST:
            block = _karras_block if karras else _radford_block
            yield from block(side, count, filters[side // 2])
            yield Fade(side, name=f"fade_{side}")
    if karras:
        yield EqualizedConv2D(filters[FIRST], name="conv_4")
        yield EqualizedDense(filters[FIRST], name="dense_4")
        yield EqualizedDense(1, gain=1.0, dtype="float32", name="logit")
    else:
        yield layers.Dense(1, dtype="float32", name="logit")


def _karras_block(side, here, below):
    yield EqualizedConv2D(here, name=f"conv0_{side}")
    yield EqualizedConv2D(below, name=f"conv1_{side}")


def _radford_block(side, here, below):
    yield layers.Conv2D(below, 4, 2, padding="same", name=f"conv_{side}", **_radford())
    yield layers.BatchNormalization(momentum=0.9, name=f"norm_{side}")


def _wired(parts, resolution, name):
    """The discriminator that these layers, given by name, make at a resolution."""

    def halved(x, side):
        if f"conv_{side}" in parts:
            return _activated(parts[f"norm_{side}"](parts[f"conv_{side}"](x)))
        x = _activated(parts[f"conv0_{side}"](x))
        # As in the authors' code the mean over 2x2 pixels comes before the activation.
        return _activated(layers.AveragePooling2D(2)(parts[f"conv1_{side}"](x)))

    images = keras.Input((resolution, resolution, 3), name="images")
    x, picture = _activated(parts[f"from_rgb_{resolution}"](images)), images
    for side in reversed(_sides(resolution)[1:]):
        x = halved(x, side)
        picture = layers.AveragePooling2D(2)(picture)
        old = _activated(parts[f"from_rgb_{side // 2}"](picture))
        x = parts[f"fade_{side}"]([old, x])
    x = MinibatchStddev()(x)
    if "conv_4" in parts:
        x = _activated(parts["conv_4"](x))
    x = layers.Flatten()(x)
    if "dense_4" in parts:
        x = _activated(parts["dense_4"](x))
    return keras.Model(images, parts["logit"](x), name=name)


def discriminator_at(network: keras.Model, resolution: int) -> keras.Model:
    """The part of a discriminator that looks at smaller pictures, on the same weights."""
    parts = {layer.name: layer for layer in network.layers}
    return _wired(parts, resolution, f"at_{resolution}")


def shrink(images, resolution: int):
    """Pictures (batch, S, S, 3) -> (batch, resolution, resolution, 3), by means of squares."""
    return ops.average_pool(images, images.shape[1] // resolution)


def fade_reals(images, alpha):
    """Real pictures as sharp as the fakes: (1 - alpha) blurred + alpha images.

    The blurred ones are made half as large and enlarged again, as the fakes are at alpha = 0.
    """
    small = ops.average_pool(images, 2)
    blurred = ops.repeat(ops.repeat(small, 2, axis=1), 2, axis=2)
    return (1 - alpha) * blurred + alpha * images


@dataclasses.dataclass(frozen=True)
class Schedule(Configurable):
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
    first: int = FIRST

    def __post_init__(self):
        if self.first not in _sides(self.resolution):
            raise ValueError(f"first is one of {_sides(self.resolution)}, not {self.first}")
        if self.fading < 1 or self.stable < 1:
            raise ValueError("each phase lasts at least one picture")

    @property
    def phases(self) -> int:
        """How many there are."""
        return 2 * (_log2(self.resolution) - _log2(self.first)) + 1

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
        return tf.add_n([tf.constant(float(_log2(self.first))), *faded])


def adam(rate: float = 1e-3) -> keras.optimizers.Optimizer:
    """Adam as in the paper: rate 1e-3, no momentum, beta_2 0.99."""
    return keras.optimizers.Adam(rate, beta_1=0.0, beta_2=0.99, epsilon=1e-8)


@keras.saving.register_keras_serializable("dogan")
class ProgressiveGAN(GAN):
    """A GAN whose networks grow as `schedule` says, through `fit` alone.

    `fit` takes pictures of the full size and makes them as small as the phase needs. A step runs
    the needed part of both networks; at the start of a phase the optimizers forget their state.
    `sample` and a saved file have the full size at any time, and training goes on from the file in
    the middle of any phase.

    Args:
        generator, discriminator: from this module, of the same resolution.
        schedule: the paper's where not given.
        fitted: new layers of G begin with the pictures of the old ones, see `start_like_below`;
            at random as in the paper where not.
        latent_dim, seed: as in `GAN`.
    """

    def __init__(
        self,
        generator,
        discriminator,
        schedule=None,
        latent_dim: int = 512,
        seed: int = 0,
        fitted: bool = False,
        **kwargs,
    ):
        super().__init__(generator, discriminator, latent_dim, seed, **kwargs)
        self.fitted = fitted
        resolution = generator.output.shape[1]
        self.schedule = schedule or Schedule(resolution)
        if not resolution == self.schedule.resolution == discriminator.input.shape[1]:
            raise ValueError("generator, discriminator and schedule end at different resolutions")

    def _make_counters(self):
        super()._make_counters()
        options = dict(shape=(), dtype="int64", initializer="zeros", trainable=False)
        options["aggregation"] = "only_first_replica"
        self.images = self.add_weight(name="images", **options)
        self.phase = self.add_weight(name="phase", **options)

    def compile(
        self, loss=None, g_optimizer=None, d_optimizer=None, augment=None, penalties=None, **kwargs
    ):
        """As `GAN.compile`; what is not given is the paper's: WGAN-GP with drift, and `adam()`."""
        loss = loss or Wasserstein(drift=0.001)
        penalties = [GradientPenalty(10.0)] if penalties is None else penalties
        optimizers = g_optimizer or adam(), d_optimizer or adam()
        super().compile(loss, *optimizers, augment, penalties, **kwargs)
        self._use(self.schedule.side(self._phase_now()))
        self._set_level()

    def _phase_now(self):
        return self.schedule.phase(number(self.images))

    def _use(self, side):
        """Train the parts of the networks that work at this side."""
        self.side = side
        networks = generator_at(self.generator, side), discriminator_at(self.discriminator, side)
        # Hidden from Keras, as in `GAN.compile`.
        self._now = networks
        self.train_function = None

    def grow(self):
        """Enter the phase that the pictures seen so far have reached; `fit` asks at every step."""
        phase = self._phase_now()
        if phase != number(self.phase):
            for optimizer in (self.g_optimizer, self.d_optimizer):
                _forget(optimizer)
            self.phase.assign(phase)
            if self.fitted and phase % 2:
                self._set_level()
                z = latents(FITTED_ON, self.latent_dim, seed=phase)
                for network in (self.generator, self.ema_generator):
                    start_like_below(network, self.schedule.side(phase), z)
        if self.schedule.side(phase) != self.side:
            self._use(self.schedule.side(phase))
            self.make_train_function()

    def _set_level(self):
        """The level after the pictures seen so far, in all networks, the average too."""
        level = self.schedule.level(self.images)
        for network in (self.generator, self.discriminator, self.ema_generator):
            set_level(network, level)
        return level

    def train_step(self, data):
        """A step of `GAN` at the present size, on pictures as sharp as the present alpha."""
        images, *conditions = data if isinstance(data, tuple) else (data,)
        level = self._set_level()
        real = shrink(images, self.side)
        if self.side > self.schedule.first:
            real = fade_reals(real, alpha(level, self.side))
        logs = super().train_step((real, *conditions))
        self.images.assign_add(tf.cast(replicas() * tf.shape(images)[0], "int64"))
        return logs

    def fit(self, x=None, callbacks=None, **kwargs):
        return super().fit(x, callbacks=[Growth(), *(callbacks or [])], **kwargs)

    def load_own_variables(self, store):
        super().load_own_variables(store)
        if self.compiled:
            self._use(self.schedule.side(self._phase_now()))

    def get_config(self):
        schedule = keras.saving.serialize_keras_object(self.schedule)
        return {**super().get_config(), "schedule": schedule, "fitted": self.fitted}

    @classmethod
    def from_config(cls, config):
        schedule = keras.saving.deserialize_keras_object(config["schedule"])
        return super().from_config({**config, "schedule": schedule})


def _forget(optimizer):
    """Back to an optimizer's first step, at the present rate."""
    for variable in getattr(optimizer, "inner_optimizer", optimizer).variables:
        if variable.name != "learning_rate":
            variable.assign(ops.zeros_like(variable))


class Growth(keras.callbacks.Callback):
    """Let a `ProgressiveGAN` grow when it is time."""

    def on_train_batch_begin(self, batch, logs=None):
        self.model.grow()
