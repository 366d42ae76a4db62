"""Exercises of chapter 01."""

import re

import numpy as np

from dogan_lib.classroom.exercises import exercise
from dogan_lib.classroom.kinds import function, number, numbers


def squeezed(answer) -> str:
    """The words of an answer without spaces and in small letters: 'D( G(z) )' -> 'd(g(z))'."""
    return "".join(str(answer).lower().split())


@exercise(
    "01-slip-discriminator",
    """
    D(G(z)) = 0. The slide writes D(x) = 0, with x from the data; but the second term holds
    D(G(z)), and log(1 - D(G(z))) is largest, 0, where D calls every fake a fake.
    D(x) = 0 for real x would send the first term to minus infinity.
    """,
)
def slip_of_d(answer):
    """D's argument in the second term, and its value there."""
    said = squeezed(answer)
    if "d(g(z))" not in said:
        return "D's argument in the second term is not a real x. Which term is largest then?"
    if not re.search(r"d\(g\(z\)\)(=|==|is|는|가)(0|zero|0\.0*)\.?$", said):
        return "Right argument. Which value of it makes log(1 - value) largest?"


@exercise(
    "01-slip-generator",
    """
    ("G", "minimum"): G should minimise V, and log(1 - D(G(z))) falls to its minimum (minus
    infinity) as D(G(z)) goes to 1. D's slide and G's slide share a formula, and the copy stayed.
    """,
)
def slip_of_g(answer):
    """Who, and which extreme."""
    who, extreme = (squeezed(part) for part in answer)
    if who.removeprefix("the") not in ("g", "generator", "생성자"):
        return "Whose slide is it? Only one of the two players minimises V."
    if extreme not in ("minimum", "min", "minimal", "lowest", "smallest", "low", "최소", "최솟값"):
        return "Where does log(1 - v) go as v goes to 1: up or down?"


@function(
    "01-best-discriminator",
    (0.3, 0.3),
    (0.1, 0.4),
    (0.5, 0.2),
    wrong=[
        (lambda p, q: p / (p + q), "That is the best D for equally many of both."),
        (lambda p, q: 2 * p / (2 * p + q), "It is the fakes that are twice as many."),
    ],
    otherwise="Set the derivative of p log D + 2 q log(1 - D) to zero, and solve for D.",
)
def best(p, q):
    """At each x, D maximises p log D + 2 q log(1 - D). The derivative p / D - 2 q / (1 - D) is zero
    at D = p / (p + 2 q): D is a careful statistician that counts how many fakes it is shown.
    """
    return p / (p + 2 * q)


numbers(
    "01-far-apart",
    (0, np.log(2)),
    """
    (0, log 2): D* is 1 on all real x and 0 on all fake ones, both terms are log 1 = 0, so
    V = 0 and JSD = (V + log 4) / 2 = log 2 = 0.693. It stays there however far apart they are.
    """,
    hints={
        (0, None): "V is right. Solve V = 2 JSD - log 4 for the JSD.",
        (None, np.log(2)): "The JSD is right. Put it into V = 2 JSD - log 4.",
    },
    otherwise="D makes no mistake: what are log D(x) and log(1 - D(G(z))) then?",
    tolerance=1e-2,
)
number(
    "01-saturation",
    np.exp(5),
    """
    The slopes in the logit are -sigmoid(l) and -(1 - sigmoid(l)); their ratio is
    (1 - sigmoid(l)) / sigmoid(l) = exp(-l), at l = -5: exp(5) = 148.4.
    """,
    hints={np.exp(-5): "Upside down: how many times larger is the *non-saturating* slope?"},
    otherwise="Divide 1 - sigmoid(-5) by sigmoid(-5).",
    tolerance=1e-2,
)
