"""`diagnose`: five ways to fail, each recorded from a real run, and the signals behind them."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from data.make import failures
from dogan_lib import losses
from dogan_lib.classroom.diagnosis import (
    MINIMUM,
    Recorder,
    diagnose,
    guessing_loss,
    least_loss,
    swings,
    winning_loss,
)
from dogan_lib.gan import GAN
from dogan_lib.models import dcgan
from dogan_lib.signals import SIGNALS, variety

RECORDED = failures.recorded()
NOISE = np.random.default_rng(0).uniform(-1, 1, (32, 64, 64, 3)).astype("float32")


@pytest.mark.parametrize("name", failures.FAILURES)
def test_names_each_recorded_failure(name):
    runs = RECORDED[name]
    assert len(runs) >= 2, "one seed shows little"
    for history in runs:
        assert diagnose(history, failures.FAILURES[name].loss()).name == name


def test_a_failure_is_still_a_failure_today():
    """Not only in the records: NaN comes within a dozen steps."""
    keras.utils.set_random_seed(0)
    gan, recorder = failures.FAILURES["NaN"].build(), Recorder()
    batches = tf.data.Dataset.from_tensor_slices((NOISE,)).batch(16).repeat(30)
    with pytest.raises(FloatingPointError):
        gan.fit(batches, verbose=0, callbacks=[recorder])
    assert diagnose(recorder.history).name == "NaN"


def test_recorder_keeps_each_step_and_agrees_with_the_epochs_mean():
    keras.utils.set_random_seed(0)
    gan = GAN(dcgan.generator_64(8, 2), dcgan.discriminator_64(2), latent_dim=8)
    gan.compile()
    recorder = Recorder()
    batches = tf.data.Dataset.from_tensor_slices((NOISE,)).batch(8)
    fit = gan.fit(batches, epochs=2, verbose=0, callbacks=[recorder])
    assert set(recorder.history) == set(SIGNALS)
    for name, values in recorder.history.items():
        assert len(values) == 8
        means = np.reshape(values, (2, 4)).mean(axis=1)
        np.testing.assert_allclose(means, fit.history[name], rtol=1e-4, atol=1e-5)


def test_gradient_is_that_of_the_unscaled_loss():
    """A LossScaleOptimizer multiplies the gradients; what is reported must not change."""

    def first_norm(optimizer):
        keras.utils.set_random_seed(0)
        gan = GAN(dcgan.generator_64(8, 2), dcgan.discriminator_64(2), latent_dim=8)
        gan.compile(g_optimizer=optimizer)
        return gan.train_on_batch(NOISE[:8], return_dict=True)["g_gradient"]

    plain = first_norm(keras.optimizers.SGD(0.0))
    scaled = first_norm(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.0)))
    assert plain > 0
    np.testing.assert_allclose(plain, scaled, rtol=1e-4)


def test_variety_by_hand():
    real = np.array([[0.0], [3.0], [4.0]], "float32")  # nearest: 3, 1, 1
    fake = np.array([[0.0], [1.0], [2.0]], "float32")  # nearest: 1, 1, 1
    np.testing.assert_allclose(variety(real, fake), 3 / 5, rtol=1e-3)
    np.testing.assert_allclose(variety(NOISE, NOISE[::-1]), 1, rtol=1e-3)
    assert variety(NOISE, np.repeat(NOISE[:1], 32, axis=0)) < 0.02


@pytest.mark.parametrize(
    ("loss", "expected"),
    [(losses.NonSaturating(), 2 * np.log(2)), (losses.LeastSquares(), 0.25), (losses.Hinge(), 2.0)],
)
def test_guessing_loss_is_the_known_one(loss, expected):
    np.testing.assert_allclose(guessing_loss(loss), expected, atol=1e-3)


def test_the_least_loss_is_that_of_a_discriminator_that_is_never_wrong():
    for loss in (losses.NonSaturating(), losses.LeastSquares(), losses.Hinge()):
        np.testing.assert_allclose(least_loss(loss), 0, atol=1e-3)
    entropy = -(0.9 * np.log(0.9) + 0.1 * np.log(0.1))
    np.testing.assert_allclose(least_loss(losses.NonSaturating(0.1)), entropy, atol=1e-3)


def test_a_win_is_seen_behind_smoothed_labels():
    """With them D's loss ends at 0.325 and not at 0, where D is never wrong."""
    history = {name: [1.0] * MINIMUM for name in SIGNALS} | {"d_loss": [0.39] * MINIMUM}
    assert diagnose(history, losses.NonSaturating(0.1)).name == "D wins"
    assert diagnose(history).name == "healthy"


def test_one_nan_hides_no_vanished_gradient():
    gone = [1.0] * MINIMUM + [1e-6] * (2 * MINIMUM)
    history = {name: [1.0] * len(gone) for name in SIGNALS}
    for spoilt in (0, len(gone) - 1):
        curve = [*gone]
        curve[spoilt] = np.nan
        assert diagnose(history | {"g_gradient": curve}).name == "vanishing gradient"
    assert diagnose(history).name == "healthy"


def test_a_healthy_run_says_below_what_loss_d_would_win():
    bound = winning_loss(losses.NonSaturating())
    np.testing.assert_allclose(bound, 0.15 * 2 * np.log(2), atol=1e-3)
    assert f"D wins below {bound:.2f}" in str(diagnose({name: [1.0] * MINIMUM for name in SIGNALS}))
    assert winning_loss(losses.Wasserstein()) == -np.inf, "its loss has no end"


def test_swings_counts_and_measures():
    time = np.linspace(0, 1, 400)
    size, number = swings(0.5 + 0.4 * np.sin(2 * np.pi * 8 * time))
    assert 0.2 < size < 0.3 and number in (11, 12), "two in each of six periods"
    assert swings(1 + time)[0] < 1e-6, "a trend is not an oscillation"


def test_bad_histories_are_named():
    with pytest.raises(ValueError, match="real_score"):
        diagnose({"d_loss": [1.0], "g_loss": [1.0]})
    with pytest.raises(ValueError, match="at least"):
        diagnose({name: [1.0] * (MINIMUM - 1) for name in SIGNALS})


def test_the_records_are_small_and_say_where_they_come_from():
    path = Path(failures.path())
    facts = json.loads(path.read_text())
    assert path.stat().st_size < 400_000 and "dogs" in facts["data"]
