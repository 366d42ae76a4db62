"""Right answers, wrong answers and nonsense: the exercises never raise."""

import numpy as np
import pytest

from dogan_lib import exercises

RIGHT = {
    "01-slip-discriminator": "D(G(z)) = 0",
    "01-slip-generator": ("G", "minimum"),
    "01-best-discriminator": lambda p, q: p / (p + 2 * q),
    "01-far-apart": (0, 0.693),
    "01-saturation": 148.4,
    "00-bayes": 0.5,
    "00-draw": lambda mean, std, n: mean + std * np.random.default_rng(0).normal(size=(n, 2)),
    "00-only-the-density": "B, C",
    "00-judge": "0.75",
    "03-square": (10, 30, 50, 70),
    "03-scale": lambda pixels: pixels / 127.5 - 1,
    "03-nyquist": 16,
    "04-parameters": 819_456,
    "04-receptive-field": "61",
    "04-even-prints": lambda kernel, stride: kernel % stride == 0,
    "04-not-trainable": "the moving means and variances",
}
WRONG = {
    "01-slip-discriminator": "D(x) = 0",
    "01-slip-generator": ("G", "maximum"),
    "01-best-discriminator": lambda p, q: p / (p + q),
    "01-far-apart": (0, 0),
    "01-saturation": 0.0067,
    "00-bayes": 0.75,
    "00-draw": lambda mean, std, n: mean + np.random.default_rng(0).normal(size=(n, 2)),
    "00-only-the-density": "ABC",
    "00-judge": 0.25,
    "03-square": (10, 40, 50, 60),
    "03-scale": lambda pixels: pixels / 255,
    "03-nyquist": 8,
    "04-parameters": 819_200,
    "04-receptive-field": 29,
    "04-even-prints": lambda kernel, stride: kernel % 2 == 0,
    "04-not-trainable": "batch normalisation",
}


def said(capsys, name, answer):
    exercises.check(name, answer)
    return capsys.readouterr().out


@pytest.mark.parametrize("name", RIGHT)
def test_right_and_wrong_answers_are_told_apart(capsys, name):
    assert "right!" in said(capsys, name, RIGHT[name])
    assert "not yet" in said(capsys, name, WRONG[name])


@pytest.mark.parametrize("name", exercises.EXERCISES)
@pytest.mark.parametrize("answer", [None, "?", [], {}, 10**400, lambda: 1 / 0, object()])
def test_nothing_that_a_student_types_raises(capsys, name, answer):
    assert name in said(capsys, name, answer)


@pytest.mark.parametrize("name", exercises.EXERCISES)
def test_every_exercise_has_a_solution(capsys, name):
    exercises.solution(name)
    assert len(capsys.readouterr().out) > 40


def test_an_unknown_exercise_is_named(capsys):
    assert "no exercise 'x'" in said(capsys, "x", 1)
    exercises.solution("x")
    assert "no exercise 'x'" in capsys.readouterr().out
