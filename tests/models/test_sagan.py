"""SAGAN's networks: shapes, sizes, one step, and attention that starts as nothing."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from data.make import growth
from dogan_lib import losses
from dogan_lib.classroom.heat import attention_maps
from dogan_lib.gan import GAN
from dogan_lib.layers import SelfAttention
from dogan_lib.models import sagan


def tiny(resolution=16, classes=3, attention=8):
    return (
        sagan.generator(resolution, 8, classes, 6, attention),
        sagan.discriminator(resolution, 8, classes, attention),
    )


@pytest.mark.parametrize(
    ("resolution", "classes", "attention"), [(16, 3, 8), (16, None, None), (32, None, 16)]
)
def test_shapes(resolution, classes, attention):
    generator, discriminator = tiny(resolution, classes, attention)
    labels = [np.array([0, 2])] if classes else []
    z = np.ones((2, 6), "float32")
    pictures = generator([z, *labels] if classes else z)
    assert pictures.shape == (2, resolution, resolution, 3)
    pictures = np.asarray(pictures)
    logits = discriminator([pictures, *labels] if classes else pictures)
    assert logits.shape == (2, 1)
    layers = [layer for layer in generator.layers if isinstance(layer, SelfAttention)]
    assert len(layers) == (attention is not None)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_step_with_hinge_loss(jit_compile):
    gan = GAN(*tiny(), latent_dim=6)
    gan.compile(loss=losses.Hinge(), jit_compile=jit_compile)
    images = tf.random.stateless_uniform((4, 16, 16, 3), (1, 2), -1, 1)
    before = [np.copy(w) for w in gan.discriminator.trainable_variables]
    history = gan.fit(tf.data.Dataset.from_tensors((images, [0, 1, 2, 0])), verbose=0).history
    assert np.isfinite(history["d_loss"][0]) and np.isfinite(history["g_loss"][0])
    moved = [
        not np.array_equal(old, new)
        for old, new in zip(before, gan.discriminator.trainable_variables, strict=True)
    ]
    # While gamma is 0 no gradient reaches the four kernels of the attention behind it.
    assert sum(moved) == len(moved) - 4


def test_saved_and_loaded_it_draws_the_same(tmp_path):
    generator, _ = tiny()
    generator.save(tmp_path / "g.keras")
    inputs = [np.ones((2, 6), "float32"), np.array([1, 2])]
    twin = keras.models.load_model(tmp_path / "g.keras")
    np.testing.assert_array_equal(generator(inputs), twin(inputs))


@pytest.mark.parametrize("classes", [3, None])
def test_maps_of_a_generator(classes):
    generator, _ = tiny(classes=classes)
    z = np.random.default_rng(0).normal(size=(2, 6)).astype("float32")
    labels = np.array([2, 0]) if classes else None
    maps = attention_maps(generator, z, labels)
    assert maps.shape == (2, 8, 8, 4, 4) and maps.dtype == np.float32
    np.testing.assert_allclose(maps.sum(axis=(3, 4)), 1, atol=1e-5)
    layer = next(layer for layer in generator.layers if isinstance(layer, SelfAttention))
    probe = keras.Model(generator.inputs, [layer.input, layer.output])
    x, y = probe([z] if labels is None else [z, labels])
    layer.gamma.assign(1.0)  # what is added to x is the mean of g under these maps
    values = np.asarray(layer.g(x)).reshape(2, 4, 2, 4, 2, -1).max(axis=(2, 4))
    seen = np.einsum("nhwij,nijc->nhwc", maps, values)
    np.testing.assert_array_equal(x, y)
    np.testing.assert_allclose(layer(x), x + layer.o(seen), atol=1e-5)


def test_no_maps_without_attention():
    generator, _ = tiny(attention=None)
    with pytest.raises(ValueError, match="no SelfAttention layer"):
        attention_maps(generator, np.ones((1, 6)), np.array([0]))


def test_the_papers_size():
    generator = sagan.generator(128, 64, 1000)
    first = 128 * 4 * 4 * 1024 + 4 * 4 * 1024
    blocks = 0
    for wide, narrow in ((1024, 1024), (1024, 512), (512, 256), (256, 128), (128, 64)):
        convolutions = 9 * wide * narrow + 9 * narrow**2 + wide * narrow + 3 * narrow
        tables = 2 * 1000 * (wide + narrow)
        averages = 2 * (wide + narrow)
        vectors = 3 * narrow  # the u of three spectral normalisations
        blocks += convolutions + tables + averages + vectors
    c = 256  # channels at 32x32
    attention = c * c // 8 * 2 + c * c // 2 * 2 + 1 + (2 * c // 8 + c // 2 + c)
    last = 4 * 64 + 9 * 64 * 3 + 3 + 3
    assert generator.count_params() == first + 4 * 4 * 1024 + blocks + attention + last


@pytest.mark.parametrize("options", [dict(resolution=48), dict(resolution=16, attention=32)])
def test_sizes_that_do_not_fit_are_named(options):
    with pytest.raises(ValueError, match="resolution"):
        sagan.generator(**options)


def test_attention_is_added_with_nothing_lost(tmp_path):
    plain = sagan.generator(16, 8, 3, 6, attention=None)
    copy = growth.with_attention(plain, 8)
    found = [layer for layer in copy.layers if isinstance(layer, SelfAttention)]
    assert [layer.output.shape[1:3] for layer in found] == [(8, 8)]
    z, labels = np.random.default_rng(0).normal(size=(2, 6)).astype("float32"), np.array([0, 2])
    before = plain([z, labels])
    np.testing.assert_allclose(copy([z, labels]), before, atol=1e-6)
    found[0].gamma.assign(1.0)  # from now on it counts, in the copy alone
    assert np.abs(copy([z, labels]) - before).max() > 1e-4
    np.testing.assert_array_equal(plain([z, labels]), before)
    copy.save(tmp_path / "copy.keras")
    again = keras.models.load_model(tmp_path / "copy.keras")
    np.testing.assert_allclose(again([z, labels]), copy([z, labels]), atol=1e-6)
    with pytest.raises(ValueError, match="no features of 5x5"):
        growth.with_attention(plain, 5)
