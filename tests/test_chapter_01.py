"""Chapter 01: its identities to 1e-6, the library's losses against V, and the slider."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from dogan_lib import losses, objective
from dogan_lib.classroom.widgets import ObjectiveOnALine

P = objective.normal(-1, 1)
GENERATORS = [(2, 1.5), (4, 1), (0, 0.3), (-5, 2), (-1, 3), (5, 0.3), (-1, 1)]


@pytest.mark.parametrize("mean, width", GENERATORS)
def test_value_of_the_best_discriminator_is_the_jsd(mean, width):
    q = objective.normal(mean, width)
    v = objective.value(P, q, objective.best_discriminator(P, q))
    assert v == pytest.approx(2 * objective.jensen_shannon(P, q) - np.log(4), abs=1e-6)
    assert -np.log(4) - 1e-6 <= v <= 1e-6


def test_the_minimum_is_reached_at_the_data_and_only_there():
    assert objective.jensen_shannon(P, P) == pytest.approx(0, abs=1e-12)
    best = objective.best_discriminator(P, P)
    np.testing.assert_array_equal(best, 0.5)
    assert objective.value(P, P, best) == pytest.approx(-np.log(4), abs=1e-6)
    assert objective.jensen_shannon(P, objective.normal(-0.9, 1)) > 1e-4


@pytest.mark.parametrize("sign", [-1, 1])
def test_no_other_discriminator_is_better(sign):
    q = objective.normal(2, 1.5)
    best = objective.best_discriminator(P, q)
    other = best + sign * 0.01 * np.sin(objective.LINE) * best * (1 - best)
    assert objective.value(P, q, other) < objective.value(P, q, best)


def test_jsd_is_symmetric_and_log_2_far_apart():
    left, right = objective.normal(-6, 0.3), objective.normal(6, 0.3)
    assert objective.jensen_shannon(left, right) == pytest.approx(np.log(2), abs=1e-6)
    q = objective.normal(1, 2)
    forth, back = objective.jensen_shannon(P, q), objective.jensen_shannon(q, P)
    assert forth == pytest.approx(back, abs=1e-12)


def test_divergence_of_gaussians_is_the_textbook_one():
    found = objective.divergence(P, objective.normal(0.5, 2))
    assert found == pytest.approx(np.log(2) + (1 + 1.5**2) / 8 - 0.5, abs=1e-6)


def test_losses_are_the_value_with_samples_for_the_averages():
    rng = np.random.default_rng(0)
    real, fake = rng.normal(1, 2, (2, 64, 1))
    d_real, d_fake = (1 / (1 + np.exp(-logits)) for logits in (real, fake))
    v = np.mean(np.log(d_real)) + np.mean(np.log(1 - d_fake))
    for loss in (losses.Minimax(), losses.NonSaturating()):
        assert float(loss.discriminator(real, fake)) == pytest.approx(-v, abs=1e-6)
    minimax = float(losses.Minimax().generator(fake))
    assert minimax == pytest.approx(np.mean(np.log(1 - d_fake)), abs=1e-6)
    non_saturating = float(losses.NonSaturating().generator(fake))
    assert non_saturating == pytest.approx(-np.mean(np.log(d_fake)), abs=1e-6)


def picture(widget):
    return np.asarray(Image.open(io.BytesIO(widget.picture.value)).convert("RGB"))


@pytest.mark.parametrize("slider, to", [("mean", -3.0), ("width", 0.5)])
def test_a_slider_moves_the_picture_and_the_numbers(slider, to):
    widget = ObjectiveOnALine()
    before, numbers = picture(widget), widget.numbers()
    getattr(widget, slider).value = to
    assert not np.array_equal(before, picture(widget))
    assert widget.numbers() != numbers


def test_the_slider_reaches_the_end_of_the_game():
    widget = ObjectiveOnALine(real=(-1, 1))
    widget.mean.value, widget.width.value = -1.0, 1.0
    v, jsd = widget.numbers()
    assert v == pytest.approx(-np.log(4), abs=1e-6) and jsd == pytest.approx(0, abs=1e-6)


def test_the_page_that_stands_still_shows_where_the_sliders_are():
    widget = ObjectiveOnALine(real=(-1, 1))
    widget.mean.value, widget.width.value = -1.0, 1.0
    figure, ax = plt.subplots()
    widget.draw_densities(ax)
    best = next(line for line in ax.lines if line.get_label().startswith("D*"))
    np.testing.assert_array_equal(best.get_ydata(), 0.5)
    plt.close(figure)


@pytest.mark.parametrize("logit", [-5.0, 0.0, 5.0])
def test_slopes_of_both_losses_of_the_generator(logit):
    """-D and -(1 - D), as drawn: where the first is flat, the second pushes with all its force."""
    d = 1 / (1 + np.exp(-logit))
    for loss, slope in ((losses.Minimax(), -d), (losses.NonSaturating(), d - 1)):
        above, below = (float(loss.generator(np.array([[logit + h]]))) for h in (0.01, -0.01))
        assert (above - below) / 0.02 == pytest.approx(slope, abs=1e-4)
