"""Chapter 01: its identities to 1e-6, the library's losses against V, and the slider."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from dogan_lib import losses
from dogan_lib.classroom import exercises, objective
from dogan_lib.classroom.sliders import LossGraphs, ObjectiveOnALine
from dogan_lib.classroom.stills import WIDGET_VIEW

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
    figure = widget.figure()
    lines = figure.axes[0].lines
    best = next(line for line in lines if line.get_label().startswith("D*"))
    np.testing.assert_array_equal(best.get_ydata(), 0.5)
    plt.close(figure)


@pytest.mark.parametrize("logit", [-5.0, 0.0, 5.0])
def test_slopes_of_both_losses_of_the_generator(logit):
    """-D and -(1 - D), as drawn: where the first is flat, the second pushes with all its force."""
    d = 1 / (1 + np.exp(-logit))
    for loss, slope in ((losses.Minimax(), -d), (losses.NonSaturating(), d - 1)):
        above, below = (float(loss.generator(np.array([[logit + h]]))) for h in (0.01, -0.01))
        assert (above - below) / 0.02 == pytest.approx(slope, abs=1e-4)


@pytest.mark.parametrize("player", ["D", "G"])
def test_the_slider_on_the_logit_moves_the_losses_and_their_slopes(player):
    graphs = LossGraphs(player, logit=-4.0)
    before, alt = picture(graphs), graphs.alt()
    for at in (-4.0, 0.0, 3.0):
        graphs.logit.value = at + 0.1
        above = graphs.numbers()
        graphs.logit.value = at - 0.1
        below = graphs.numbers()
        graphs.logit.value = at
        for (high, _), (low, _), (_, slope) in zip(above, below, graphs.numbers(), strict=True):
            assert (high - low) / 0.2 == pytest.approx(slope, abs=1e-3)
    assert not np.array_equal(before, picture(graphs)) and graphs.alt() != alt


def test_curves_of_the_sliders_are_the_losses_of_the_library():
    fake = np.array([[-2.0]])
    (minimax, _), (non_saturating, _) = LossGraphs("G", logit=-2.0).numbers()
    assert minimax == pytest.approx(float(losses.Minimax().generator(fake)), abs=1e-6)
    assert non_saturating == pytest.approx(float(losses.NonSaturating().generator(fake)), abs=1e-6)


@pytest.mark.parametrize("make", [ObjectiveOnALine, lambda: LossGraphs("D")])
def test_sliders_leave_a_still_picture_in_the_saved_notebook(make, monkeypatch):
    shown, widget = {}, make()
    monkeypatch.setattr(
        "IPython.display.display", lambda data, **more: shown.update(data=data, **more)
    )
    widget._ipython_display_()
    data = shown["data"]
    assert data[WIDGET_VIEW]["model_id"] == widget.model_id
    assert data["image/png"] == widget.picture.value and len(data["image/png"]) < 120_000
    assert shown["metadata"]["image/png"]["alt"] == data["text/plain"] == widget.alt()


def play(real, z, downhill=True, sees_width=False):
    """The exercises' game, solved in two steps."""

    def sigmoid(x):
        return 1 / (1 + np.exp(-np.clip(x, -50, 50)))

    mean, width, u, w, b = 4.0, 2.0, 0.0, 0.0, 0.0
    for _ in range(2000):
        fake = mean + width * z
        at_real, at_fake = (sigmoid(u * x**2 + w * x + b) for x in (real, fake))
        if sees_width:
            u += 0.1 * (np.mean((1 - at_real) * real**2) - np.mean(at_fake * fake**2))
        w += 0.1 * (np.mean((1 - at_real) * real) - np.mean(at_fake * fake))
        b += 0.1 * (np.mean(1 - at_real) - np.mean(at_fake))
        slope = -(1 - sigmoid(u * fake**2 + w * fake + b)) * (w + 2 * u * fake)
        step = -0.1 if downhill else 0.1
        mean, width = mean + step * np.mean(slope), width + step * np.mean(slope * z)
    return mean + width * z


def test_the_game_on_samples_is_repaired_and_then_made_to_see_the_width():
    def said(name, **how):
        return exercises.verdict(name, lambda real, z: play(real, z, **how))[0]

    assert said("01-repair", downhill=False) == "not yet."
    assert said("01-repair") == "right!" and said("01-width") == "not yet."
    assert said("01-width", sees_width=True) == "right!"
