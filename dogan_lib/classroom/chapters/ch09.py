"""Exercises of chapter 09."""

import numpy as np
from scipy.special import softmax

from dogan_lib.classroom.kinds import KID, choices, function, kid_on_portraits, numbers, target

choices(
    "09-first-step",
    "B",
    """
    B. The output is x + gamma * o(...): whatever the four kernels do is multiplied by 0, and so is
    their gradient. Gamma's own is the sum of o(...) times what comes back, and that is not 0. After
    one step gamma has left 0, and all of them learn.
    """,
    A="What is the derivative of gamma * f(W) by W where gamma is 0?",
    C="What is the derivative of gamma * f(W) by gamma?",
)
TOO_FEW = "That is about what the middle needs to see every place. The corners lie farther apart."
numbers(
    "09-corner",
    31,
    """
    31: each 3x3 convolution sees one place further in every direction, and the corners lie 31 rows
    (and 31 columns) apart. One attention layer does it in one step.
    """,
    (16, TOO_FEW),
    (15, TOO_FEW),
    (32, "Count the steps between the rows 0 and 31, not the rows."),
    otherwise="Each layer sees one place further in every direction. How many steps is it?",
)
RANDOM = np.random.default_rng(0)


@function(
    "09-attend",
    [tuple(RANDOM.normal(size=shape) for shape in ((3, 4), (5, 4), (5, 2)))],
    (
        lambda queries, keys, values: softmax(queries @ keys.T / 2, axis=1) @ values,
        "This block does not divide by the root of d.",
    ),
    (
        lambda queries, keys, values: softmax(queries @ keys.T, axis=0) @ values,
        "The weights of a query do not sum to 1.",
    ),
    otherwise="softmax(queries @ keys.T) over the keys, times values: 3 queries give (3, 2).",
)
def attend(queries, keys, values):
    """Each row of weights belongs to one query and sums to 1 over the keys."""
    powers = np.exp(queries @ keys.T)
    return powers / powers.sum(axis=1, keepdims=True) @ values


numbers(
    "09-sigma",
    (1, 0.5, 0.25),
    """
    (1, 0.5, 0.25): all are divided by the largest. What the kernel prefers stays as it is; only its
    strength is taken away.
    """,
    ((1, 1, 1), "Dividing by one number cannot make them all equal."),
    otherwise="The whole kernel is divided by its largest singular value: give three numbers.",
    ordered=False,
)


@target("09-better", at_most=0.12, unit=KID)
def better(gan):
    """
    Attention at 8x8 costs a sixteenth of that at 16x16 and looks as far, so that more pictures are
    seen in the same time: eight channels and rates of 1e-3 and 2e-3 came to 0.109. At gamma = 1
    the first steps are stirred by random attention: compare the first epoch of both.
    """
    return kid_on_portraits(gan)
