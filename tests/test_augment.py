"""DiffAugment: bounds, shapes, differentiability, and that each picture gets its own change."""

import numpy as np
import pytest
import tensorflow as tf

from dogan_lib.augment import DiffAugment

IMAGES = tf.random.stateless_uniform((64, 16, 16, 3), (1, 2), -1, 1)


@pytest.mark.parametrize("policy", ["color", "translation", "cutout", "color,translation,cutout"])
def test_keeps_shape_and_lets_gradients_through(policy):
    augment = DiffAugment(policy)
    with tf.GradientTape() as tape:
        tape.watch(IMAGES)
        out = augment(IMAGES)
        loss = tf.reduce_sum(out)
    assert out.shape == IMAGES.shape
    assert float(tf.reduce_max(tf.abs(tape.gradient(loss, IMAGES)))) > 0


def test_translation_moves_by_at_most_an_eighth_and_fills_with_black():
    ramp = tf.tile(tf.reshape(tf.range(1.0, 17.0), (1, 1, 16, 1)), (200, 16, 1, 3))
    out = DiffAugment("translation")(ramp).numpy()
    column = out[:, 8, :, 0]  # row 8 is never translated away
    shifts = set()
    for row in column:
        inside = np.flatnonzero(row)
        shifts.add(int(inside[0] - (row[inside[0]] - 1)))
        assert (np.diff(row[inside]) == 1).all()
    assert shifts == {-2, -1, 0, 1, 2}


def test_cutout_blanks_at_most_a_quarter_and_somewhere_else_each_time():
    out = DiffAugment("cutout")(tf.ones((200, 16, 16, 3))).numpy()
    holes = (out == 0).all(axis=3)
    sizes = holes.sum(axis=(1, 2))
    assert sizes.max() == 64 and sizes.min() >= 16
    assert len({hole.tobytes() for hole in holes}) > 50


def test_color_keeps_edges_where_they_are():
    out = DiffAugment("color")(IMAGES).numpy()
    corner = np.corrcoef(out[0].mean(2).ravel(), IMAGES[0].numpy().mean(2).ravel())[0, 1]
    assert corner == pytest.approx(1, abs=1e-3)


def test_an_unknown_policy_is_named():
    with pytest.raises(ValueError, match="colour"):
        DiffAugment("colour")
