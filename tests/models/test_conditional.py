"""Labels in both networks, in both ways."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from dogan_lib.gan import GAN
from dogan_lib.models import conditional

WAYS = [("concatenate", "concatenate"), ("normalise", "project")]


def tiny(g_way, d_way, **options):
    gan = GAN(
        conditional.generator(5, 8, width=4, way=g_way),
        conditional.discriminator(5, width=4, way=d_way),
        latent_dim=8,
    )
    gan.compile(**options)
    return gan


def batch():
    images = tf.random.stateless_uniform((4, 64, 64, 3), (1, 2), -1, 1)
    return images, tf.constant([0, 1, 2, 4])


@pytest.mark.parametrize(("ways", "jit_compile"), [*((w, False) for w in WAYS), (WAYS[1], True)])
def test_a_step_trains_and_the_label_matters(ways, jit_compile):
    gan = tiny(*ways, jit_compile=jit_compile)
    before = [np.copy(w) for w in gan.generator.trainable_variables]
    gan.fit(tf.data.Dataset.from_tensors(batch()).repeat(2), verbose=0)
    assert all(
        not np.array_equal(old, new)
        for old, new in zip(before, gan.generator.trainable_variables, strict=True)
    )
    z = np.ones((2, 8), "float32")
    pictures = gan.generator([z, np.array([0, 4])], training=False)
    assert pictures.shape == (2, 64, 64, 3)
    assert not np.array_equal(pictures[0], pictures[1])


@pytest.mark.parametrize("ways", WAYS)
def test_ds_step_moves_d_alone(ways):
    gan = tiny(*ways)
    images, labels = batch()
    g, d = ([np.copy(w) for w in net.weights] for net in (gan.generator, gan.discriminator))
    gan._update_discriminator(images, images[::-1], [labels])
    for old, new in zip(g, gan.generator.weights, strict=True):
        np.testing.assert_array_equal(old, new)
    assert any(
        not np.array_equal(old, new) for old, new in zip(d, gan.discriminator.weights, strict=True)
    )


@pytest.mark.parametrize("ways", WAYS)
def test_saved_and_loaded_it_draws_the_same(ways, tmp_path):
    gan = tiny(*ways)
    gan.train_on_batch(*batch())
    gan.save(tmp_path / "gan.keras")
    twin = keras.models.load_model(tmp_path / "gan.keras")
    inputs = [np.ones((2, 8), "float32"), np.array([1, 3])]
    np.testing.assert_array_equal(gan.generator(inputs), twin.generator(inputs))


def test_the_projection_by_hand():
    features, label = keras.Input((2, 2, 3)), keras.Input((), dtype="int32")
    model = keras.Model([features, label], conditional.project(features, ops.one_hot(label, 2)))
    table, w = np.array([[1.0, 0, 0], [0, 2, 0]]), np.array([[0.5], [0.5], [1]])
    model.set_weights([table, w, np.array([0.25])])
    x = np.arange(12, dtype="float32").reshape(1, 2, 2, 3)
    h = np.array([18, 22, 26])  # the sums over the four positions
    for y in (0, 1):
        want = h @ w[:, 0] + 0.25 + table[y] @ h
        np.testing.assert_allclose(model([x, np.array([y])]), [[want]], rtol=1e-6)


def test_the_concatenated_label_is_seen_at_every_place():
    features, condition = keras.Input((4, 4, 3)), keras.Input((2,))
    model = keras.Model([features, condition], conditional.judge_together(features, condition))
    one_by_one = next(w for w in model.weights if w.shape[:2] == (1, 1))
    assert one_by_one.shape == (1, 1, 5, 3)


@pytest.mark.parametrize("network", [conditional.generator, conditional.discriminator])
def test_other_ways_are_refused(network):
    with pytest.raises(ValueError, match="way is one of"):
        network(5, way="hope")
