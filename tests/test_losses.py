"""Every loss against its formula by hand, and the facts that chapters 01 and 06 state."""

import keras
import numpy as np
import pytest

from dogan_lib import losses

REAL = np.array([[2.0], [-1.0], [0.5]], "float32")
FAKE = np.array([[-3.0], [0.0], [1.5]], "float32")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def both(loss, real=REAL, fake=FAKE):
    return float(loss.discriminator(real, fake)), float(loss.generator(fake, real))


def test_minimax_is_minus_v_and_its_second_term():
    d, g = both(losses.Minimax())
    v = np.mean(np.log(sigmoid(REAL))) + np.mean(np.log(1 - sigmoid(FAKE)))
    assert d == pytest.approx(-v, rel=1e-5)
    assert g == pytest.approx(np.mean(np.log(1 - sigmoid(FAKE))), rel=1e-5)


def test_nonsaturating_generator_maximises_log_d():
    d, g = both(losses.NonSaturating())
    assert d == pytest.approx(both(losses.Minimax())[0])
    assert g == pytest.approx(-np.mean(np.log(sigmoid(FAKE))), rel=1e-5)


def test_smoothing_is_cross_entropy_against_the_softer_target():
    d, _ = both(losses.NonSaturating(smoothing=0.1))
    p = sigmoid(REAL)
    real = -np.mean(0.9 * np.log(p) + 0.1 * np.log(1 - p))
    assert d == pytest.approx(real - np.mean(np.log(1 - sigmoid(FAKE))), rel=1e-5)


@pytest.mark.parametrize("a, b, c", [(0, 1, 1), (-1, 1, 0)])
def test_least_squares(a, b, c):
    d, g = both(losses.LeastSquares(a, b, c))
    expected = 0.5 * np.mean((REAL - b) ** 2) + 0.5 * np.mean((FAKE - a) ** 2)
    assert d == pytest.approx(expected, rel=1e-5)
    assert g == pytest.approx(0.5 * np.mean((FAKE - c) ** 2), rel=1e-5)


def test_hinge_stops_at_the_margin():
    d, g = both(losses.Hinge())
    assert d == pytest.approx(np.mean([0, 2, 0.5]) + np.mean([0, 1, 2.5]), rel=1e-5)
    assert g == pytest.approx(-FAKE.mean(), rel=1e-5)


def test_wasserstein_with_drift():
    d, g = both(losses.Wasserstein(drift=0.001))
    expected = FAKE.mean() - REAL.mean() + 0.001 * np.mean(REAL**2)
    assert d == pytest.approx(expected, rel=1e-5)
    assert g == pytest.approx(-FAKE.mean(), rel=1e-5)


def test_relativistic_compares_pairs_one_to_one():
    d, g = both(losses.Relativistic())
    assert d == pytest.approx(np.mean(np.log1p(np.exp(FAKE - REAL))), rel=1e-5)
    assert g == pytest.approx(np.mean(np.log1p(np.exp(REAL - FAKE))), rel=1e-5)
    with pytest.raises(ValueError, match="real"):
        losses.Relativistic().generator(FAKE)


@pytest.mark.parametrize("name", losses.__all__)
def test_extreme_logits_stay_finite(name):
    real, fake = np.full((2, 1), -1e4, "float32"), np.full((2, 1), 1e4, "float32")
    assert np.isfinite(both(getattr(losses, name)(), real, fake)).all()


@pytest.mark.parametrize("name", losses.__all__)
def test_losses_survive_saving(name):
    loss = getattr(losses, name)()
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert type(copy) is type(loss) and copy.get_config() == loss.get_config()


def test_smoothing_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="smoothing"):
        losses.NonSaturating(smoothing=1.0)


def test_a_students_class_does_not_hide_the_librarys():
    """Two of one name, as in a notebook that writes the loss out: each is read as what it is."""

    class Hinge(losses.AdversarialLoss):
        pass

    for loss in (losses.Hinge(), Hinge()):
        again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
        assert type(again) is type(loss)
    assert keras.saving.get_registered_name(losses.Hinge) == "dogan>Hinge"
