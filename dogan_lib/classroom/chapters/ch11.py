"""Exercises of chapter 11."""

import numpy as np

from dogan_lib.classroom.exercises import Unreadable, exercise
from dogan_lib.classroom.kinds import choices, number

number(
    "11-pieces",
    20,
    """
    20: one piece for the dense layer and one for each of the seven blocks make eight, and
    160 / 8 = 20.
    """,
    hints={160 / 7: "The dense layer that makes the 4x4 features has a piece too."},
    otherwise="Count those who read z, then divide.",
)


@exercise(
    "11-quantiles",
    """
    def truncated(shape, threshold, seed):
        bell = statistics.NormalDist()
        u = np.random.default_rng(seed).uniform(size=shape)
        low = bell.cdf(-threshold)
        return np.vectorize(bell.inv_cdf)(low + u * (1 - 2 * low))

    u runs over the part of the distribution function that lies inside the threshold.
    """,
)
def quantiles(answer):
    """4,000 numbers at threshold 1: inside it, not heaped up, with the right variance."""
    if not callable(answer):
        raise Unreadable("Give the function itself: exercises.check('11-quantiles', truncated).")
    z = answer((40, 100), 1.0, 3)
    if z is None:
        return "It still returns None. Start with uniform numbers of that shape."
    z = np.asarray(z, "float64")
    if z.shape != (40, 100):
        return f"The result should have the shape (40, 100), not {z.shape}."
    if np.abs(z).max() > 1 + 1e-6:
        return "Some numbers lie beyond the threshold."
    if np.isclose(np.abs(z), 1).mean() > 0.01:
        return "They heap up at the threshold: that is clipping."
    # The truncated bell's variance at 1 is 0.2911; a flat one would have 1/3.
    if not abs(z.var() - 0.2911) < 0.015:
        return f"The variance is {z.var():.3f} instead of 0.291: this is another density."
    if np.array_equal(z, np.asarray(answer((40, 100), 1.0, 4))):
        return "Another seed should give other numbers."


number(
    "11-draws",
    1 / 0.383,
    "1 / 0.383 = 2.61: trials that succeed with probability p take 1/p on average.",
    hints={1.61: "Count the first draw as well."},
    otherwise="How often is a coin thrown that falls on heads with probability p?",
    tolerance=0.02,
)
choices(
    "11-statistics",
    "AC",
    "ABC",
    """
    A and C. The statistics are means over all latents of a threshold, for given weights: another
    threshold or other weights need new ones. A seed picks from the same latents.
    """,
    hints={"B": "A seed picks single latents; the statistics are means over all of them."},
    otherwise="They depend on which latents are drawn, and on who turns them into features.",
)
