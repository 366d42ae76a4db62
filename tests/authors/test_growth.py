"""A 64x64 generator grown to 128x128: at first it draws the old pictures, enlarged."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from data.make import growth
from dogan_lib.models import conditional, dcgan

Z = np.random.default_rng(0).normal(size=(2, 8)).astype("float32")
LABELS = np.array([0, 2], "int32")


@pytest.mark.parametrize("by_breed", [True, False])
def test_at_first_it_draws_the_old_pictures_enlarged(by_breed, tmp_path):
    if by_breed:
        old, inputs = conditional.generator(3, 8, width=4, upsample=True), [Z, LABELS]
    else:
        old, inputs = dcgan.generator_64(8, width=4, upsample=True), Z
    new = growth.grown_to_128(old, at_64=(6,), at_128=(4,))
    pictures = np.asarray(new(inputs))
    small = np.arctanh(np.clip(np.asarray(old(inputs), "float64"), -1 + 1e-9, 1 - 1e-9))
    expected = np.tanh(tf.image.resize(small, (128, 128), "bilinear"))
    np.testing.assert_allclose(pictures, expected, atol=1e-4)
    assert {w.shape[-1] for w in new.get_layer("to_rgb_128").weights} == {3}
    # Everything is trained: the old layers, and the new ones once "to RGB" has left zero.
    new.get_layer("to_rgb_128").kernel.assign_add(np.full((3, 3, 4, 3), 0.01, "float32"))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(new(inputs, training=True) ** 2)
    gradients = tape.gradient(loss, new.trainable_variables)
    assert all(g is not None for g in gradients)
    new.save(tmp_path / "new.keras")
    again = keras.models.load_model(tmp_path / "new.keras")
    np.testing.assert_allclose(again(inputs), new(inputs), atol=1e-5)


def test_other_sizes_and_linear_pictures_are_refused():
    with pytest.raises(ValueError, match="not 64x64"):
        growth.grown_to_128(dcgan.generator_32(8, width=16))
    z = keras.Input((4,))
    x = keras.layers.Reshape((64, 64, 3))(keras.layers.Dense(64 * 64 * 3)(z))
    with pytest.raises(ValueError, match="tanh"):
        growth.grown_to_128(keras.Model(z, x))
