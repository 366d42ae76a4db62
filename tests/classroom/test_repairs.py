"""The broken loops of chapters 02, 04 and 06: as they stand there, and as a student mends them."""

import pytest
import tensorflow as tf

from dogan_lib import losses
from dogan_lib.classroom import exercises

LOSS = losses.NonSaturating()


def rounds(mended, d_first=False):
    """Chapter 02's round; mended, with both gradients of one moment or with G's after D's step."""

    def play(D, G, d_optimizer, g_optimizer, x, z):
        with tf.GradientTape(persistent=True) as tape:
            fake = D(G(z))
            d, g = LOSS.discriminator(D(x), fake), LOSS.generator(fake)
            both = d + g
        d, g = (d, g) if mended else (both, both)
        d_optimizer.apply(tape.gradient(d, D.trainable_variables), D.trainable_variables)
        if d_first:
            with tf.GradientTape(persistent=True) as tape:
                g = LOSS.generator(D(G(z)))
        g_optimizer.apply(tape.gradient(g, G.trainable_variables), G.trainable_variables)

    return play


def updates(mended, way=1):
    """Chapter 04's step of D; the wrong way with -1."""

    def update(D, G, optimizer, real, z):
        with tf.GradientTape() as tape:
            loss = way * LOSS.discriminator(D(real), D(G(z)))
        moved = D.trainable_variables + ([] if mended else G.trainable_variables)
        optimizer.apply_gradients(zip(tape.gradient(loss, moved), moved, strict=True))

    return update


def rolls(mended):
    """Chapter 06's fakes that roll to where D is 1."""

    def roll(w, b, points, steps=200, rate=0.1):
        points = tf.Variable(points, dtype="float32")
        for _ in range(steps):
            with tf.GradientTape() as tape:
                d = tf.linalg.matvec(points, w) + b
                d = d if mended else tf.sigmoid(d)
                loss = tf.reduce_sum((d - 1) ** 2) / 2
            points.assign_sub(rate * tape.gradient(loss, points))
        return points.numpy()

    return roll


@pytest.mark.parametrize(
    "name, answer",
    [
        ("02-repair", rounds(mended=True)),
        ("02-repair", rounds(mended=True, d_first=True)),
        ("04-repair", updates(mended=True)),
        ("06-repair", rolls(mended=True)),
    ],
)
def test_mended_loops_are_right(name, answer):
    assert exercises.verdict(name, answer)[0] == "right!"


@pytest.mark.parametrize(
    "name, answer, hint",
    [
        ("02-repair", rounds(mended=False), "D did not follow"),
        ("04-repair", updates(mended=False), "G has moved too"),
        ("04-repair", updates(mended=True, way=-1), "D has learnt the wrong way"),
        ("06-repair", rolls(mended=False), "0 of 4 points arrive"),
    ],
)
def test_broken_loops_get_a_hint(name, answer, hint):
    state, said = exercises.verdict(name, answer)
    assert state == "not yet." and said.startswith(hint)
