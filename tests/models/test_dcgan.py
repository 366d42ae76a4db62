"""The deck's tables, to the letter, and one train step of each network."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dogan_lib.gan import GAN
from dogan_lib.models import dcgan

DISCRIMINATOR = [
    ("Conv2D", (16, 16, 64), 4864),
    ("LeakyReLU", (16, 16, 64), 0),
    ("Dropout", (16, 16, 64), 0),
    ("Conv2D", (8, 8, 128), 204928),
    ("LeakyReLU", (8, 8, 128), 0),
    ("Dropout", (8, 8, 128), 0),
    ("Conv2D", (4, 4, 256), 819456),
    ("LeakyReLU", (4, 4, 256), 0),
    ("Dropout", (4, 4, 256), 0),
    ("Conv2D", (4, 4, 512), 3277312),
    ("LeakyReLU", (4, 4, 512), 0),
    ("Dropout", (4, 4, 512), 0),
    ("Flatten", (8192,), 0),
    ("Dense", (1,), 8193),
    ("Activation", (1,), 0),
]
GENERATOR = [
    ("Dense", (16384,), 1654784),
    ("BatchNormalization", (16384,), 65536),
    ("Activation", (16384,), 0),
    ("Reshape", (8, 8, 256), 0),
    ("Dropout", (8, 8, 256), 0),
    ("UpSampling2D", (16, 16, 256), 0),
    ("Conv2DTranspose", (16, 16, 128), 819328),
    ("BatchNormalization", (16, 16, 128), 512),
    ("Activation", (16, 16, 128), 0),
    ("UpSampling2D", (32, 32, 128), 0),
    ("Conv2DTranspose", (32, 32, 64), 204864),
    ("BatchNormalization", (32, 32, 64), 256),
    ("Activation", (32, 32, 64), 0),
    ("Conv2DTranspose", (32, 32, 32), 51232),
    ("BatchNormalization", (32, 32, 32), 128),
    ("Activation", (32, 32, 32), 0),
    ("Conv2DTranspose", (32, 32, 3), 2403),
    ("Activation", (32, 32, 3), 0),
]


def rows(model):
    return [
        (type(layer).__name__, tuple(layer.output.shape[1:]), layer.count_params())
        for layer in model.layers[1:]
    ]


def frozen(model):
    return sum(int(np.prod(w.shape)) for w in model.non_trainable_weights)


def test_discriminator_is_the_slides_table():
    model = dcgan.discriminator_32(activation="sigmoid")
    assert rows(model) == DISCRIMINATOR
    assert model.count_params() == 4_314_753 and frozen(model) == 0
    assert model.layers[-1].activation is keras.activations.sigmoid


def test_generator_is_the_slides_table():
    model = dcgan.generator_32()
    assert rows(model) == GENERATOR
    assert model.count_params() == 2_799_043 and frozen(model) == 33_216
    assert all(
        layer.kernel_size == (5, 5)
        for layer in model.layers
        if isinstance(layer, keras.layers.Conv2DTranspose)
    )


def test_the_activation_of_d_changes_no_parameter():
    assert dcgan.discriminator_32().count_params() == 4_314_753


def test_generator_64_at_radfords_width():
    model = dcgan.generator_64(width=128)
    shapes = [layer.output.shape[1:] for layer in model.layers if "transpose" in layer.name]
    assert [tuple(s) for s in shapes] == [(8, 8, 512), (16, 16, 256), (32, 32, 128), (64, 64, 3)]


def test_radfords_networks_have_the_parameters_of_his_code():
    """Weights of 5x5 kernels, gains and offsets (moving statistics apart), counted by hand."""
    widths = (1024, 512, 256, 128)
    convs = sum(25 * a * b for a, b in zip(widths, (*widths[1:], 3), strict=True))
    generator = 100 * 16 * 1024 + convs + 3 + 2 * sum(widths)
    discriminator = convs + 128 + 2 * sum(widths[:3]) + 16 * 1024 + 1
    for model, expected in (
        (dcgan.generator_64(width=128), generator),
        (dcgan.discriminator_64(width=128), discriminator),
    ):
        assert sum(int(np.prod(w.shape)) for w in model.trainable_weights) == expected


def test_d_may_do_without_normalisation():
    images = keras.Input((64, 64, 3))
    plain = keras.Model(images, dcgan.shrink(images, 2, norm=False))
    kinds = [type(layer).__name__ for layer in plain.layers]
    assert "FusedBatchNormalization" not in kinds
    biases = [x.use_bias for x in dcgan.discriminator_64(width=2).layers if hasattr(x, "use_bias")]
    assert biases == [True, False, False, False, True]  # an offset follows, or none does


def test_sides_that_do_not_double_are_refused():
    for side in (4, 48):
        with pytest.raises(ValueError, match=f"power of two, 8 at least, not {side}"):
            dcgan.grow(keras.Input((8,)), 4, side)
        with pytest.raises(ValueError, match="power of two"):
            dcgan.shrink(keras.Input((side, side, 3)), 4)


def test_portrait_networks_are_narrow():
    assert dcgan.portrait_generator().count_params() == 298_723
    assert dcgan.portrait_generator()(tf.zeros((2, 100))).shape == (2, 32, 32, 3)


PAIRS = {
    32: lambda: (dcgan.generator_32(16, width=16), dcgan.discriminator_32(width=4)),
    "32 fast": lambda: (dcgan.generator_32(16, 16, fast=True), dcgan.discriminator_32(width=4)),
    64: lambda: (dcgan.generator_64(16, width=4), dcgan.discriminator_64(width=4)),
    "64 nearest": lambda: (
        dcgan.generator_64(16, width=4, upsample=True),
        dcgan.discriminator_64(width=4, kernel_size=4),
    ),
}


# XLA is what a GPU's user runs; it takes half a minute to compile here, for each pair.
STEPS = [*((size, False) for size in PAIRS), ("32 fast", True), (64, True)]


@pytest.mark.parametrize(("size", "jit"), STEPS)
def test_shapes_and_one_step(size, jit):
    generator, discriminator = PAIRS[size]()
    side = discriminator.input.shape[1]
    images = tf.random.stateless_uniform((4, side, side, 3), (1, 2), -1, 1)
    assert generator(tf.zeros((4, 16))).shape == images.shape
    assert discriminator(images).shape == (4, 1)
    gan = GAN(generator, discriminator, latent_dim=16)
    gan.compile(jit_compile=jit)
    logs = gan.train_on_batch(images, return_dict=True)
    assert np.isfinite(list(logs.values())).all() and int(gan.step) == 1
