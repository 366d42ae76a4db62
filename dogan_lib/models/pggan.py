"""PGGAN: both networks grow from 4x4 pixels to the full picture while they train.

gan = None
for side in (4, 8, 16, 32):
    networks = pggan.generator(side), pggan.discriminator(side)
    gan = pggan.grown(gan, *networks, fading=8_000)  # takes the smaller ones' layers over, by name
    gan.compile()  # Adam begins anew at each size
    gan.fit(dogs.batches(16), epochs=20)

A `Fade` layer at each size mixes the new layers with the enlarged picture of those below, by alpha,
which rises from 0 to 1 over the first `fading` real pictures.

Reference: Karras et al. 2017, https://arxiv.org/abs/1710.10196, and the authors' code.
"""

import keras
import tensorflow as tf
from keras import layers, ops

from dogan_lib.distribution import number, replicas
from dogan_lib.gan import GAN
from dogan_lib.losses import Wasserstein
from dogan_lib.models.pggan_layers import (
    EqualizedConv2D,
    EqualizedDense,
    MinibatchStddev,
    PixelNormalization,
)
from dogan_lib.penalties import GradientPenalty
from dogan_lib.refusals import check_pictures

SIDES = (4, 8, 16, 32, 64, 128, 256, 512, 1024)  # pixels a side, from the start to the end
FIRST = SIDES[0]
SLOPE = 0.2  # of the LeakyReLU


@keras.saving.register_keras_serializable("dogan")
class Fade(layers.Layer):
    """(1 - alpha) old + alpha new, where alpha is a state of the layer.

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


def sides(resolution: int) -> tuple[int, ...]:
    """4, 8, ... resolution; a ValueError for what is no power of two from 4 to 1024."""
    if resolution not in SIDES:
        raise ValueError(f"resolution is a power of two from 4 to 1024, not {resolution}")
    return SIDES[: SIDES.index(resolution) + 1]


def channels(side: int, width: float = 1.0, cap: int = 512) -> int:
    """Channels at this side: width x 16384 / side, and no more than `cap`.

    The paper's are 512 up to 32x32 and half as many at each doubling. A smaller width thins the
    large, expensive sides first; for a factor on all of them change both.
    """
    return max(1, min(int(width * 16384 / side), cap))


def generator(
    resolution: int = 64, latent_dim: int = 512, width: float = 1.0, cap: int = 512
) -> keras.Model:
    """Latents (batch, latent_dim) -> pictures (batch, resolution, resolution, 3) around [-1, 1].

    Two 3x3 convolutions a size, with equalized learning rate and pixel norm, and a linear "to RGB":
    nothing but D keeps the pixels in the range.

    Args:
        resolution: 4, 8, ... 1024.
        latent_dim: numbers in one z ~ N(0, I).
        width, cap: see `channels`; the paper's where not given, 23,079,115 parameters at 1024.
    """
    z = keras.Input((latent_dim,), name="latents")
    filters = channels(FIRST, width, cap)
    # The gain of the authors' code, sqrt(2) / 4.
    dense = EqualizedDense((FIRST, FIRST, filters), gain=2**0.5 / 4, name="dense_4")
    x = _normalised(dense(PixelNormalization()(z)))
    x = _normalised(EqualizedConv2D(filters, name="conv_4")(x))
    picture = _to_rgb(x, FIRST)
    for side in sides(resolution)[1:]:
        # Upsampling is part of the convolution, and in D the mean: the same numbers, sooner.
        for k, resample in enumerate(("up", None)):
            options = dict(resample=resample, name=f"conv{k}_{side}")
            x = _normalised(EqualizedConv2D(channels(side, width, cap), **options)(x))
        old = layers.UpSampling2D(dtype="float32")(picture)
        picture = Fade(side, dtype="float32", name=f"fade_{side}")([old, _to_rgb(x, side)])
    return keras.Model(z, picture, name=f"pggan_generator_{resolution}")


def _normalised(x):
    return PixelNormalization()(_activated(x))


def _activated(x):
    return layers.LeakyReLU(negative_slope=SLOPE)(x)


def _to_rgb(x, side):
    return EqualizedConv2D(3, 1, gain=1.0, dtype="float32", name=f"to_rgb_{side}")(x)


def discriminator(resolution: int = 64, width: float = 1.0, cap: int = 512) -> keras.Model:
    """Pictures (batch, resolution, resolution, 3) -> logits (batch, 1).

    Two 3x3 convolutions a size and a mean over 2x2 pixels, no normalisation.

    Args:
        resolution: 4, 8, ... 1024.
        width, cap: see `channels`; the paper's where not given, 23,087,249 parameters at 1024.
    """
    filters = {side: channels(side, width, cap) for side in sides(resolution)}
    parts = {}
    for side, count in filters.items():
        parts[f"from_rgb_{side}"] = EqualizedConv2D(count, 1, name=f"from_rgb_{side}")
        if side > FIRST:
            parts[f"conv0_{side}"] = EqualizedConv2D(count, name=f"conv0_{side}")
            options = dict(resample="down", name=f"conv1_{side}")
            parts[f"conv1_{side}"] = EqualizedConv2D(filters[side // 2], **options)
            parts[f"fade_{side}"] = Fade(side, name=f"fade_{side}")
    parts["conv_4"] = EqualizedConv2D(filters[FIRST], name="conv_4")
    parts["dense_4"] = EqualizedDense(filters[FIRST], name="dense_4")
    parts["logit"] = EqualizedDense(1, gain=1.0, dtype="float32", name="logit")
    return wired(parts, resolution, f"pggan_discriminator_{resolution}")


def wired(parts: dict, resolution: int, name: str) -> keras.Model:
    """The discriminator that these layers, a dict by name, make at a resolution."""
    images = keras.Input((resolution, resolution, 3), name="images")
    x, picture = _activated(parts[f"from_rgb_{resolution}"](images)), images
    for side in reversed(sides(resolution)[1:]):
        x = _activated(parts[f"conv0_{side}"](x))
        # As in the authors' code the mean over 2x2 pixels comes before the activation.
        x = _activated(parts[f"conv1_{side}"](x))
        picture = layers.AveragePooling2D(2)(picture)
        old = _activated(parts[f"from_rgb_{side // 2}"](picture))
        x = parts[f"fade_{side}"]([old, x])
    x = _activated(parts["conv_4"](MinibatchStddev()(x)))
    x = _activated(parts["dense_4"](layers.Flatten()(x)))
    return keras.Model(images, parts["logit"](x), name=name)


def shrink(images, resolution: int):
    """Pictures (batch, S, S, 3) -> (batch, resolution, resolution, 3), by means of squares."""
    if images.shape[1] % resolution:
        raise ValueError(f"load dogs of {resolution} pixels or a multiple, not {images.shape[1]}")
    return ops.average_pool(images, images.shape[1] // resolution)


def fade_reals(images, alpha):
    """Real pictures as sharp as the fakes: (1 - alpha) blurred + alpha images.

    The blurred ones are made half as large and enlarged again, as the fakes are at alpha = 0.
    """
    small = ops.average_pool(images, 2)
    blurred = ops.repeat(ops.repeat(small, 2, axis=1), 2, axis=2)
    return (1 - alpha) * blurred + alpha * images


def adam(rate: float = 1e-3) -> keras.optimizers.Optimizer:
    """Adam as in the paper: rate 1e-3, no momentum, beta_2 0.99."""
    return keras.optimizers.Adam(rate, beta_1=0.0, beta_2=0.99, epsilon=1e-8)


@keras.saving.register_keras_serializable("dogan")
class ProgressiveGAN(GAN):
    """A GAN of one size, whose newest layers fade in while it trains; `grown` makes the next size.

    `fit` takes pictures of its size or larger, and makes them small, and as sharp as alpha says. A
    saved file goes on in the middle of a fade.

    Args:
        generator, discriminator: from this module, of the same resolution.
        fading: real pictures over which alpha rises from 0 to 1; 0 for layers that are there.
        begun: real pictures that smaller sizes have seen.
        born: steps that smaller sizes have taken: the average warms up anew, so that the random
            start of new layers is soon forgotten.
        **kwargs: `seed`, as in `GAN`.

    Attributes:
        images: real pictures seen, at all sizes.
        side: pixels a side.
    """

    def __init__(self, generator, discriminator, *, fading=0, begun=0, born=0, **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        self.fading, self.begun, self.born = fading, begun, born
        self.side = generator.output.shape[1]
        if self.side != discriminator.input.shape[1]:
            raise ValueError("generator and discriminator are of different resolutions")
        self.images = self._counter("images", begun)
        self._fade_in()

    def compile(
        self, loss=None, g_optimizer=None, d_optimizer=None, augment=None, penalties=None, **kwargs
    ):
        """As `GAN.compile`; what is not given is the paper's: WGAN-GP with drift, and `adam()`."""
        loss = loss or Wasserstein(drift=0.001)
        penalties = [GradientPenalty(10.0)] if penalties is None else penalties
        optimizers = g_optimizer or adam(), d_optimizer or adam()
        super().compile(loss, *optimizers, augment, penalties, **kwargs)

    def alpha(self):
        """How far the newest layers have come: a float32 scalar from 0 to 1."""
        seen = tf.cast(tf.convert_to_tensor(self.images) - self.begun, "float32")
        return tf.clip_by_value(seen / self.fading, 0.0, 1.0) if self.fading else tf.ones(())

    def _fade_in(self):
        """Set alpha in all networks, the average too."""
        now = self.alpha()
        for network in (self.generator, self.discriminator, self.ema_generator):
            for layer in network.layers:
                if isinstance(layer, Fade) and layer.resolution == self.side:
                    layer.alpha.assign(now)
        return now

    def train_step(self, data):
        """A step of `GAN`, on pictures as small as the networks and as sharp as alpha."""
        images, *conditions = data if isinstance(data, tuple) else (data,)
        check_pictures(images)
        now, real = self._fade_in(), shrink(images, self.side)
        if self.side > FIRST and self.fading:
            real = fade_reals(real, now)
        logs = super().train_step((real, *conditions))
        self.images.assign_add(tf.cast(replicas() * tf.shape(images)[0], "int64"))
        return logs

    def get_config(self):
        ours = {"fading": self.fading, "begun": self.begun, "born": self.born}
        return {**super().get_config(), **ours}


def grown(
    smaller: ProgressiveGAN | None,
    generator: keras.Model,
    discriminator: keras.Model,
    fading: int = 800_000,
    seed: int = 0,
) -> ProgressiveGAN:
    """The next size: larger networks that begin with the layers of a smaller GAN's, by name.

    Args:
        smaller: trained at a smaller size, and left as it is; None for the first size, whose
            layers do not fade in.
        generator, discriminator: new ones of the next size.
        fading, seed: as in `ProgressiveGAN`; each size draws with a seed of its own.
    """
    if smaller is None:
        return ProgressiveGAN(generator, discriminator, seed=seed)
    options = dict(begun=number(smaller.images), born=number(smaller.step))
    options |= dict(fading=fading, seed=seed + generator.output.shape[1])
    gan = ProgressiveGAN(generator, discriminator, **options)
    for name in ("generator", "discriminator", "ema_generator"):
        take_over(getattr(gan, name), getattr(smaller, name))
    gan.step.assign(gan.born)
    return gan


def take_over(model: keras.Model, source: keras.Model) -> int:
    """Give a network the weights of another one's layers where name and shapes agree; how many.

    Raises:
        ValueError: none do, so that nothing would have been learnt from `source`.
    """
    there = {layer.name: layer for layer in source.layers if layer.weights}
    taken = 0
    for layer in model.layers:
        twin = there.get(layer.name)
        if twin is not None and [w.shape for w in twin.weights] == [w.shape for w in layer.weights]:
            layer.set_weights(twin.get_weights())
            taken += any(len(w.shape) for w in layer.weights)  # a lone scalar fits everywhere
    if not taken:
        raise ValueError(f"no layer of {source.name} fits one of {model.name} by name and shape")
    return taken
