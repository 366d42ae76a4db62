"""Exercises of chapter 06."""

import numpy as np

from dogan_lib.classroom.kinds import function, number, numbers

number(
    "06-pull",
    9,
    """
    Under least squares with target c = 1 the gradient is (logit - 1) = 9; under the log loss it is
    sigmoid(10) - 1 = -0.000045. The fake is on D's "real" side, but far from the boundary: least
    squares pulls it back with 9, the log loss has let go of it.
    """,
    hints={
        10: "The distance to the target, not to 0.",
        81: "That is the loss. Take its derivative by the logit.",
        40.5: "That is the loss. Take its derivative by the logit.",
    },
    otherwise="d/dx of (x - 1)^2 / 2, at x = 10.",
    also=(-9,),
)
DENSITIES = np.array([1.0, 2.0, 0.5]), np.array([1.0, 0.5, 2.0])


@function(
    "06-best-discriminator",
    (*DENSITIES, -1.0, 1.0),
    (*DENSITIES, 0.0, 1.0),
    wrong=[
        (
            lambda p, q, a, b: (a * p + b * q) / (p + q),
            "a is the target of the fakes (density q), b that of the real ones (density p).",
        )
    ],
    otherwise="Set the derivative of p (D - b)^2 / 2 + q (D - a)^2 / 2 by D to zero.",
)
def best(p, q, a, b):
    """The integrand p (D - b)^2 / 2 + q (D - a)^2 / 2 has the derivative p (D - b) + q (D - a):
    zero at the mean of the two targets, weighted by the densities.
    """
    return (b * p + a * q) / (p + q)


numbers(
    "06-covered",
    (-1, 1, 0),
    """
    (-1, 1, 0): b - c = 1 and b - a = 2. For (0, 1, 1) b - c = 0: the official code's targets are
    not covered by the theorem.
    """,
    hints={(0, 1, 1): "Check b - c = 1 and b - a = 2 for it."},
    otherwise="Give a, b, c such as '(0, 1, 1)'.",
)
