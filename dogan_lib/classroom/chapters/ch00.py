"""Exercises of chapter 00."""

import numpy as np

from dogan_lib.classroom.exercises import Unreadable, exercise
from dogan_lib.classroom.kinds import choices, number

number(
    "00-bayes",
    1 / 2,
    """
    Weigh each density with its prior: 3/4 * 0.02 = 0.015 for terriers, 1/4 * 0.06 = 0.015 for
    hounds. The hounds' share is 0.015 / (0.015 + 0.015) = 1/2: they are three times as dense here,
    and three times as rare.
    """,
    hints={
        0.75: "That would be so if both kinds were equally frequent. Use the prior.",
        0.015: "That is p(hound) p(x | hound). Divide by the sum over both kinds.",
    },
    otherwise="p(hound) p(x | hound), divided by the same for both kinds together.",
)
choices(
    "00-only-the-density",
    "BC",
    "ABCD",
    """
    B and C. To draw, and to call something unusual, you must know where dogs are. Both models
    answer A and D: the density through Bayes' rule, with a line where both are equally likely.
    """,
    hints=dict.fromkeys("AD", "A and D are what a boundary is for."),
    otherwise="Which ones need to know where dogs are, and how many?",
)
number(
    "00-judge",
    3 / 4,
    """
    Of the 40 points there, 30 are real: D = 30 / (30 + 10) = 3/4. This is Bayes' rule with equal
    priors, and in chapter 01 it becomes D*(x) = p(x) / (p(x) + q(x)).
    """,
    hints={0.25: "That is the share of the fakes."},
    otherwise="D is the probability that a point from this patch is real.",
)


@exercise(
    "00-draw",
    """
    def draw_one_kind(mean, std, n):
        return np.array(mean) + np.array(std) * np.random.default_rng().normal(size=(n, 2))

    Every Gaussian is a standard one, stretched by its standard deviation and moved to its mean.
    """,
)
def draws(answer):
    """Means and spreads of 4,000 drawn points, within five standard errors."""
    if not callable(answer):
        raise Unreadable("Give the function itself: exercises.check('00-draw', draw_one_kind).")
    drawn = answer(np.array([9.0, 7.0]), np.array([2.0, 0.5]), 4000)
    if drawn is None:
        return "It still returns None. Start from standard normal numbers, (n, 2)."
    drawn = np.asarray(drawn, "float64")
    if drawn.shape != (4000, 2):
        return f"n = 4000 should give the shape (4000, 2), not {drawn.shape}."
    if (np.abs(drawn.mean(axis=0) - [9, 7]) > 5 * np.array([2, 0.5]) / 4000**0.5).any():
        return f"The means should be about 9 and 7, not {drawn.mean(axis=0).round(2).tolist()}."
    if not np.allclose(drawn.std(axis=0) / [2, 0.5], 1, atol=0.06):
        spread = drawn.std(axis=0).round(2).tolist()
        return f"The standard deviations should be about 2 and 0.5, not {spread}."
