"""Penalties on critics whose gradient is known by hand."""

import numpy as np
import pytest
import tensorflow as tf

from dogan_lib.augment import DiffAugment
from dogan_lib.gan import GAN
from dogan_lib.models import dcgan
from dogan_lib.penalties import R1, GradientPenalty

SHAPE = (3, 2, 2, 3)
REAL, FAKE = tf.zeros(SHAPE), tf.ones(SHAPE)


def linear_critic(slope):
    """D(x) = slope * sum(x): the gradient is `slope` everywhere, its norm slope * sqrt(12)."""
    return lambda x: slope * tf.reduce_sum(x, axis=(1, 2, 3))[:, None]


def test_gradient_penalty_on_a_linear_critic():
    expected = 10 * (0.5 * np.sqrt(12) - 1) ** 2
    assert float(GradientPenalty(10)(linear_critic(0.5), REAL, FAKE)) == pytest.approx(
        expected, rel=1e-5
    )


def test_gradient_penalty_of_a_flat_critic_has_a_finite_gradient():
    slope = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        penalty = GradientPenalty(10)(linear_critic(slope), REAL, FAKE)
    assert float(penalty) == pytest.approx(10, rel=1e-4)
    assert np.isfinite(tape.gradient(penalty, slope))


def test_interpolation_is_uniform_and_one_number_a_sample():
    """D(x) = |x|^2 / 2 has gradient x, which here is alpha in every entry."""
    seen = []

    def critic(x):
        seen.append(x)
        return tf.reduce_sum(x**2, axis=(1, 2, 3))[:, None] / 2

    shape = (4000, 2, 2, 3)
    GradientPenalty()(critic, tf.zeros(shape), tf.ones(shape))
    alpha = seen[0].numpy()
    assert (alpha == alpha[:, :1, :1, :1]).all()
    alpha = alpha[:, 0, 0, 0]
    assert alpha.min() >= 0 and alpha.max() <= 1
    assert np.histogram(alpha, 10, (0, 1))[0] == pytest.approx(400, rel=0.2)


@pytest.mark.parametrize("pictures, value", [(REAL, 0.0), (FAKE, 12.0)])
def test_r1_looks_at_the_real_ones(pictures, value):
    def critic(x):
        return tf.reduce_sum(x**2, axis=(1, 2, 3))[:, None] / 2

    assert float(R1(gamma=2.0)(critic, pictures, 1 - pictures)) == pytest.approx(value)


def test_nobody_draws_with_the_seed_of_the_latents():
    """The same seed would give alpha, the augmentation and z the same random bits."""
    g, d = dcgan.generator_32(4, width=8), dcgan.discriminator_32(width=1)
    assert len({GAN(g, d).seed, GradientPenalty().seed, DiffAugment().seed}) == 3


def test_r1_on_a_fraction_reads_that_many_and_no_more():
    seen = []

    def critic(x):
        seen.append(len(x))
        return tf.reduce_sum(x, axis=(1, 2, 3))[:, None]

    R1(fraction=0.25)(critic, tf.zeros((8, 2, 2, 3)), None)
    assert seen == [2]
    with pytest.raises(ValueError, match="share"):
        R1(fraction=0.0)
