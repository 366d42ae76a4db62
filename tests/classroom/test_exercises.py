"""Right answers, wrong answers and nonsense: the exercises never raise."""

import re
from pathlib import Path

import numpy as np
import pytest

from dogan_lib.classroom import exercises
from dogan_lib.models.biggan import carried

CHAPTERS = sorted(
    (Path(__file__).resolve().parent.parent.parent / "notebooks").glob("[0-9][0-9]_*.py")
)

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
    "02-slide": "A, C, D, F, G",
    "02-equilibrium": (1.386, 0.693),
    "02-collapsed-v": -0.392,
    "02-covered": lambda fake, centres, radius: (
        (np.linalg.norm(fake[:, None] - centres, axis=-1) <= radius).any(axis=0).sum()
    ),
    "03-square": (10, 30, 50, 70),
    "03-edge": (101, 20, 200, 119),
    "03-scale": lambda pixels: pixels / 127.5 - 1,
    "03-nyquist": 16,
    "04-parameters": 819_456,
    "04-receptive-field": "61",
    "04-even-prints": lambda kernel, stride: kernel % stride == 0,
    "04-not-trainable": "the moving means and variances",
    "05-deck-breaks": "2, 4",
    "05-rescue": 22026.5,
    "05-ema": lambda old, new, decay: decay * old + (1 - decay) * new,
    "05-better": "no",
    "06-pull": 9,
    "06-best-discriminator": lambda p, q, a, b: (b * p + a * q) / (p + q),
    "06-covered": (-1, 1, 0),
    "07-one-hot": "30,720",
    "07-project": lambda h, w, table, label: h @ (w + table[label]),
    "07-chance": "0.83 %",
    "07-cut": "B",
    "08-undecided": 1.386,
    "08-matching": lambda right, wrong, fake: (
        np.logaddexp(0, -right).mean()
        + np.logaddexp(0, wrong).mean() / 2
        + np.logaddexp(0, fake).mean() / 2
    ),
    "08-order": "B",
    "08-best-discriminator": lambda right, wrong, fake: right / (right + wrong / 2 + fake / 2),
    "09-corner": "31",
    "09-attend": lambda queries, keys, values: (
        np.exp(queries @ keys.T) / np.exp(queries @ keys.T).sum(axis=1, keepdims=True) @ values
    ),
    "09-sigma": (1, 0.5, 0.25),
    "09-hinge": 0.85,
    "10-scale": "0.0208",
    "10-alpha": lambda images, start, fading: min(max((images - start) / fading, 0), 1),
    "10-pictures": "12,800,000",
    "10-jump": 5.625,
    "11-pieces": 20,
    "11-quantiles": lambda shape, threshold, seed: carried(
        np.random.default_rng(seed).normal(size=shape), threshold
    ),
    "11-draws": "2.61",
    "11-statistics": "A, C",
    "12-scales": 10,
    "12-field": 15,
    "12-start": "raise it",
    "13-blend": lambda real, generated, mask: real + mask[..., None] * (generated - real),
    "13-start": "7",
    "13-walk": 10,
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
    "02-slide": "ACDFGH",
    "02-equilibrium": (-1.386, 0.693),
    "02-collapsed-v": -1.386,
    "02-covered": lambda fake, centres, radius: len(fake),
    "03-square": (10, 40, 50, 60),
    "03-edge": (125, 20, 224, 119),
    "03-scale": lambda pixels: pixels / 255,
    "03-nyquist": 8,
    "04-parameters": 819_200,
    "04-receptive-field": 29,
    "04-even-prints": lambda kernel, stride: kernel % 2 == 0,
    "04-not-trainable": "batch normalisation",
    "05-deck-breaks": "1, 4",
    "05-rescue": 10,
    "05-ema": lambda old, new, decay: (1 - decay) * old + decay * new,
    "05-better": "yes",
    "06-pull": 10,
    "06-best-discriminator": lambda p, q, a, b: (a * p + b * q) / (p + q),
    "06-covered": (0, 1, 1),
    "07-one-hot": 30_976,
    "07-project": lambda h, w, table, label: h @ table[label],
    "07-chance": 0.5,
    "07-cut": "A",
    "08-undecided": 2.079,
    "08-matching": lambda right, wrong, fake: (
        np.logaddexp(0, -right).mean() + np.logaddexp(0, wrong).mean()
    ),
    "08-order": "A and B",
    "08-best-discriminator": lambda right, wrong, fake: right / (right + wrong + fake),
    "09-corner": 16,
    "09-attend": lambda queries, keys, values: (
        np.exp(queries @ keys.T / 2) / np.exp(queries @ keys.T / 2).sum(1, keepdims=True) @ values
    ),
    "09-sigma": (1, 1, 1),
    "09-hinge": 1.7,
    "10-scale": 0.0625,
    "10-alpha": lambda images, start, fading: (images - start) / fading,
    "10-pictures": 13_600_000,
    "10-jump": 2.5,
    "11-pieces": 22.86,
    "11-quantiles": lambda shape, threshold, seed: (
        np.random.default_rng(seed).normal(size=shape).clip(-threshold, threshold)
    ),
    "11-draws": 1.61,
    "11-statistics": "A, B",
    "12-scales": 9,
    "12-field": 21,
    "12-start": "lower",
    "13-blend": lambda real, generated, mask: real + mask * (generated - real),
    "13-start": "4, 7",
    "13-walk": 100,
}


def said(capsys, name, answer):
    exercises.check(name, answer)
    return capsys.readouterr().out


@pytest.mark.parametrize("name", RIGHT)
def test_right_and_wrong_answers_are_told_apart(capsys, name):
    assert "right!" in said(capsys, name, RIGHT[name])
    assert "not yet" in said(capsys, name, WRONG[name])


@pytest.mark.parametrize(
    "name, answer",
    [
        ("00-only-the-density", "B and C"),
        ("00-only-the-density", ["b", "c"]),
        ("00-judge", "3/4"),
        ("01-slip-discriminator", "D( G(z) ) is 0.0"),
        ("01-slip-discriminator", "D(G(z)) = zero."),
        ("01-slip-generator", ("the generator", "lowest")),
        ("01-slip-generator", ("생성자", "최소")),
    ],
)
def test_a_right_answer_may_be_said_in_other_words(capsys, name, answer):
    assert "right!" in said(capsys, name, answer)


@pytest.mark.parametrize(
    "name, answer",
    [
        ("00-only-the-density", "A and B"),
        ("01-slip-discriminator", "D(G(z)) = 10"),
        ("01-slip-discriminator", "D(G(z)) = 1.0"),
        ("01-far-apart", (float("nan"), float("nan"))),
        ("01-saturation", float("nan")),
        ("03-scale", lambda pixels: pixels * 2 / 255 - 1),
        ("03-edge", (125, 20, 200, 119)),
    ],
)
def test_almost_right_is_not_right(capsys, name, answer):
    assert "not yet" in said(capsys, name, answer)


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
    assert "no exercise []" in said(capsys, [], 1)


@pytest.mark.parametrize("source", CHAPTERS, ids=lambda path: path.stem)
def test_every_exercise_of_a_chapter_is_there(source):
    asked = re.findall(r'exercises\.(?:check|solution)\("([^"]+)"', source.read_text("utf-8"))
    assert set(asked) <= set(exercises.EXERCISES)
    assert len(set(asked)) >= 3
