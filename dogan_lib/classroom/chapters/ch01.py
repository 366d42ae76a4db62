"""Exercises of chapter 01."""

import re

import numpy as np

from dogan_lib.classroom.exercises import Unreadable, exercise
from dogan_lib.classroom.kinds import choices, function, numbers, target

choices(
    "01-last",
    "C",
    """
    C. The slope p (1 - D) - q D is small wherever both densities are: D* is defined at the rim, and
    nobody ever asks D there. A real D answers there whatever its network happens to say.
    """,
    A="There D* = 1/2, where D started.",
    B="Look at the curve after 10 steps: is it far from the formula there?",
)


def squeezed(answer) -> str:
    """The words of an answer without spaces and in small letters: 'D( G(z) )' -> 'd(g(z))'."""
    return "".join(str(answer).lower().split())


@exercise("01-slip-discriminator")
def slip_of_d(answer):
    """D(G(z)) = 0. The slide writes D(x) = 0, with x from the data; but the second term holds
    D(G(z)), and log(1 - D(G(z))) is largest, 0, where D calls every fake a fake.
    D(x) = 0 for real x would send the first term to minus infinity.
    """
    said = squeezed(answer)
    if "d(g(z))" not in said:
        return "D's argument in the second term is not a real x. Which term is largest then?"
    if not re.search(r"d\(g\(z\)\)(=|==|is|는|가)(0|zero|0\.0*)\.?$", said):
        return "Right argument. Which value of it makes log(1 - value) largest?"


@exercise("01-slip-generator")
def slip_of_g(answer):
    """("G", "minimum"): G should minimise V, and log(1 - D(G(z))) falls to its minimum (minus
    infinity) as D(G(z)) goes to 1. D's slide and G's slide share a formula, and the copy stayed.
    """
    who, extreme = (squeezed(part) for part in answer)
    if not re.fullmatch(r"(the)?(g|generator|생성자[는가]?)(shouldminimi[sz]ev(\(d,g\))?)?", who):
        return "Whose slide is it? Only one of the two players minimises V."
    least = "minimum|minimal|min|lowest|low|smallest|최소|최솟값"
    if not re.fullmatch(rf"({least})(whend\(g\(z\)\)=1)?", extreme):
        return "Where does log(1 - v) go as v goes to 1: up or down?"


@function(
    "01-best-discriminator",
    [(0.3, 0.3), (0.1, 0.4), (0.5, 0.2)],
    (lambda p, q: p / (p + q), "That is the best D for equally many of both."),
    (lambda p, q: 2 * p / (2 * p + q), "It is the fakes that are twice as many."),
    otherwise="Set the derivative of p log D + 2 q log(1 - D) to zero, and solve for D.",
)
def best(p, q):
    """At each x, D maximises p log D + 2 q log(1 - D). The derivative p / D - 2 q / (1 - D) is zero
    at D = p / (p + 2 q): D is a careful statistician that counts how many fakes it is shown.
    """
    return p / (p + 2 * q)


numbers(
    "01-half-overlap",
    (-np.log(2), np.log(2) / 2),
    """
    (-log 2, log 2 / 2) = (-0.693, 0.347). On [0, 1/2] D* is 1 and on [1, 3/2] it is 0: log 1 = 0.
    On [1/2, 1], half of the real and half of the fake samples, D* is 1/2:
    V = 1/2 log 1/2 + 1/2 log 1/2 = -log 2, and JSD = (V + log 4) / 2 = log 2 / 2.
    """,
    ((-np.log(2), None), "V is right. Solve V = 2 JSD - log 4 for the JSD."),
    ((None, np.log(2) / 2), "The JSD is right. Put it into V = 2 JSD - log 4."),
    ((0, None), "That would be so without any overlap."),
    ((-np.log(4), None), "That would be so with p = q."),
    otherwise="What is D* on [0, 1/2], on [1/2, 1], on [1, 3/2]? How much of p lies in each?",
    tolerance=1e-2,
)
numbers(
    "01-saturation",
    np.exp(5),
    """The slopes in the logit are -sigmoid(l) and -(1 - sigmoid(l)); their ratio is
    (1 - sigmoid(l)) / sigmoid(l) = exp(-l), at l = -5: exp(5) = 148.4.
    """,
    (np.exp(-5), "Upside down: how many times larger is the *non-saturating* slope?"),
    otherwise="Divide 1 - sigmoid(-5) by sigmoid(-5).",
    tolerance=1e-2,
)


def game(answer) -> tuple[float, float]:
    """How far G's samples end from the data, in mean and in standard deviation."""
    if not callable(answer):
        raise Unreadable("Give the function itself, with the arguments of `play`.")
    random = np.random.default_rng(0)
    real, z = random.normal(-1, 0.7, 256), random.normal(size=256)
    made = answer(real, z)
    if made is None:
        raise Unreadable("It returns None; return G's samples.")
    made = np.asarray(made, "float64")
    if made.shape != z.shape:
        raise Unreadable(f"G's samples should have the shape of z, {z.shape}, not {made.shape}.")
    return float(abs(made.mean() - real.mean())), float(abs(made.std() - real.std()))


@exercise("01-repair")
def repair(answer):
    """mean, width = mean - rate * np.mean(slope), width - rate * np.mean(slope * z)

    -log D(G(z)) is a loss, and G goes downhill; D's two lines climb V, so they add. With the other
    sign G moves to where D is surest of a fake, and the slope there only grows.
    """
    mean, _ = game(answer)
    if not mean < 0.1:
        return f"G's mean ends {mean:.3g} from the data's. Does G go downhill in its own loss?"


@target("01-width", at_most=0.05, unit="from the data's mean or standard deviation, the larger one")
def farthest(answer):
    """D(x) = sigmoid(u x^2 + w x + b), with one more line, u += rate * (np.mean((1 - at_real) *
    real**2) - np.mean(at_fake * fake**2)), and the slope -(1 - D) * (w + 2 u x): then 0.001 after
    2,000 steps. A straight line can only compare means, and when they agree D stops pushing. What D
    cannot see, G does not learn.
    """
    return max(game(answer))
