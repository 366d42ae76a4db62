"""Projected GAN: a discriminator that looks through the frozen features of another network.

gan = GAN(generator, projected.discriminator(64, "dognet", num_classes=120), latent_dim=100)
gan.compile(augment=DiffAugment("translation"))

Any generator of the course, any loss: only D is another one. A picture goes through a network that
knows how things look, its features at four scales are mixed by random convolutions that nobody
trains, and a small head a scale judges what comes out. Only the heads learn.

Reference: Sauer et al. 2021, https://arxiv.org/abs/2111.01007, and the authors' code.
"""

from collections.abc import Callable

import keras
import numpy as np
from keras import layers, ops

from dogan_lib.layers import SpectralNormalization
from dogan_lib.runtime import data_dir
from dogan_lib.saving import read_network

CHANNELS = (32, 64, 128, 256)  # after mixing, at strides 4, 8, 16, 32
OWN = ("features", "size", "channels", "seed")  # what a saved `Eyes` is made of again
SIZE = 96  # pixels a side at least, for networks that were trained on large pictures

# Feature networks ---------------------------------------------------------------------------------


def dognet(size: int = 64) -> keras.Model:
    """The course's own network of 64x64 dogs: features at strides 2, 4, 8 and 16."""
    if size != 64:
        raise ValueError(f"DogNet looks at 64x64 pictures, not at {size}x{size}")
    path = data_dir() / "checkpoints" / "dognet.keras"
    return scales(read_network(path))


def scales(network: keras.Model) -> keras.Model:
    """A functional network up to the last features of each of its four smallest sides."""
    last = {}
    for layer in network.layers:
        shape = getattr(layer.output, "shape", ())
        if len(shape) == 4 and shape[1] == shape[2] and shape[1] > 1:
            last[shape[1]] = layer.output
    sides = sorted(last, reverse=True)[-4:]
    return keras.Model(network.inputs, [last[side] for side in sides], name=network.name)


# Name -> function from a size to a network. Add your own: a saved GAN finds it again by its name.
FEATURES: dict[str, Callable[[int], keras.Model]] = {"dognet": dognet}

# The discriminator --------------------------------------------------------------------------------


def mixing(shapes, channels=CHANNELS, seed: int = 1) -> keras.Model:
    """Features at four scales -> the same sides, mixed by convolutions that stay as they are drawn.

    Across channels by a 1x1 convolution a scale; across scales from the smallest to the largest: a
    3x3 convolution, bilinear upsampling, and the sum with the next scale. Without it D would look
    at the few features that it likes best; mixed, it has to deal with all of them.

    Args:
        shapes: (side, side, channels) of each scale, sides halving.
        channels: of the results, at each scale.
        seed: of the random kernels, which are those of a seed and never saved.
    """
    random = np.random.default_rng(seed)

    def convolved(x, filters, kernel_size):
        fan_in = kernel_size**2 * x.shape[-1]
        kernel = random.normal(0, fan_in**-0.5, (kernel_size, kernel_size, x.shape[-1], filters))
        start = keras.initializers.Constant(kernel)
        options = dict(padding="same", use_bias=False, kernel_initializer=start)
        return layers.Conv2D(filters, kernel_size, **options)(x)

    inputs = [keras.Input(shape) for shape in shapes]
    mixed = [convolved(x, c, 1) for x, c in zip(inputs, channels, strict=True)]
    outputs = mixed[-1:]
    for x in reversed(mixed[:-1]):
        below = convolved(outputs[0], x.shape[-1], 3)
        outputs.insert(0, layers.Add()([x, layers.UpSampling2D(interpolation="bilinear")(below)]))
    return keras.Model(inputs, outputs, name="mixing")


def heads(shapes, num_classes: int | None = None, widest: int = 256) -> keras.Model:
    """Mixed features, and labels (batch,) where there are classes -> logits (batch, scales).

    Each scale is judged by itself: 4x4 convolutions of stride 2 down to 4x4 at most (one 3x3 where
    it is that small already), spectrally normalised, with batch normalisation; the mean over all
    positions; a linear logit, and for classes a projection. A loss takes the mean over all.
    """
    inputs = [keras.Input(shape) for shape in shapes]
    labels = [] if num_classes is None else [keras.Input((), dtype="int32", name="labels")]

    def block(x, filters, kernel_size, strides):
        options = dict(padding="same", use_bias=False)
        x = SpectralNormalization(layers.Conv2D(filters, kernel_size, strides, **options))(x)
        return layers.LeakyReLU(negative_slope=0.2)(layers.BatchNormalization(momentum=0.9)(x))

    def linear(units, **options):
        start = keras.initializers.RandomNormal(stddev=0.02)
        layer = layers.Dense(units, kernel_initializer=start, dtype="float32", **options)
        return SpectralNormalization(layer, dtype="float32")

    logits = []
    for x in inputs:
        if x.shape[1] <= 4:
            x = block(x, widest, 3, 1)
        while x.shape[1] > 4:
            x = block(x, min(2 * x.shape[-1], widest), 4, 2)
        h = ops.mean(ops.cast(x, "float32"), axis=(1, 2))
        logit = linear(1)(h)
        for label in labels:
            by_class = linear(h.shape[-1], use_bias=False)(ops.one_hot(label, num_classes))
            logit += ops.sum(by_class * h, axis=-1, keepdims=True)
        logits.append(logit)
    return keras.Model([*inputs, *labels], ops.concatenate(logits, -1), name="heads")


@keras.saving.register_keras_serializable("dogan")
class Eyes(layers.Layer):
    """Pictures (batch, H, W, 3) in [-1, 1] -> mixed features at four scales, always the same.

    It has no weights as Keras counts them: nothing of it is trained or saved, and a saved layer
    builds its network again by name.

    Args:
        features: a name in `FEATURES`.
        size: pictures are resized to this side, bilinearly.
        channels, seed: of the mixing.
    """

    def __init__(self, features="dognet", size=64, channels=CHANNELS, seed=1, **kwargs):
        super().__init__(**{"dtype": "float32", **kwargs})
        self.features, self.size, self.channels, self.seed = features, size, channels, seed
        if features not in FEATURES:
            raise ValueError(
                f"no features {features!r}: choose {', '.join(FEATURES)}, or put a function from a "
                "size to a network into projected.FEATURES"
            )
        network = FEATURES[features](size)
        mix = mixing([x.shape[1:] for x in network.outputs], channels, seed)
        network.trainable = mix.trainable = False
        self.shapes = [tuple(x.shape[1:]) for x in mix.outputs]

        def see(images):
            if images.shape[1:3] != (size, size):
                images = ops.image.resize(images, (size, size), data_format="channels_last")
            return mix(network(images, training=False), training=False)

        self.see = see  # a function: Keras looks for weights in layers and in containers of them

    def call(self, images):
        return self.see(images)

    def get_config(self):
        return {**super().get_config(), **{name: getattr(self, name) for name in OWN}}


@keras.saving.register_keras_serializable("dogan")
class Discriminator(keras.Model):
    """Pictures (batch, resolution, resolution, 3), and labels -> logits (batch, 4), one a scale.

    Args:
        resolution: side of the pictures.
        features: "dognet", or the name of what you put into `FEATURES`.
        num_classes: for [pictures, labels], labels 0 ... num_classes - 1; None for pictures alone.
        size: side at which the features look; 64 for "dognet", else `resolution` and at least 96.
        channels, seed: of the mixing; the heads are at most as wide as its last.

    Attributes:
        features: frozen; `GAN` asks them once a step for each picture, for both players.
        heads: what is trained, and saved: `heads([*features(images), *labels])` are the logits.
    """

    def __init__(
        self,
        resolution: int = 64,
        features: str = "dognet",
        num_classes: int | None = None,
        size: int | None = None,
        channels: tuple[int, ...] = CHANNELS,
        seed: int = 1,
        **kwargs,
    ):
        if size is None:
            size = 64 if features == "dognet" else max(SIZE, resolution)
        images = keras.Input((resolution, resolution, 3), name="images")
        eyes = Eyes(features, size, channels, seed, name="features")
        judges = heads(eyes.shapes, num_classes, widest=channels[-1])
        labels = [] if num_classes is None else [keras.Input((), dtype="int32", name="labels")]
        logits = judges([*eyes(images), *labels])
        kwargs = {"name": f"projected_discriminator_{resolution}", **kwargs}
        super().__init__([images, *labels] if labels else images, logits, **kwargs)
        self._others = dict(resolution=resolution, num_classes=num_classes)

    @property
    def features(self):
        return self.get_layer("features")

    @property
    def heads(self):
        return self.get_layer("heads")

    def get_config(self):
        # Of the eyes only what this constructor takes.
        eyes = {name: self.features.get_config()[name] for name in OWN}
        return {"name": self.name, **self._others, **eyes}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(**config)


discriminator = Discriminator  # as other papers' modules name theirs
