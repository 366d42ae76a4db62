"""Exercises of chapter 05."""

import numpy as np

from dogan_lib.classroom.exercises import Unreadable
from dogan_lib.classroom.kinds import KID, choices, function, kid_on_portraits, numbers, target

choices(
    "05-first-cure",
    "B",
    """B. With beta_1 0.9 each player goes on in the direction of about its last ten gradients, and
    by then the other has moved; with 0.5 it is about the last two. With the lower rates KID rises,
    and labels of 0.9 change how sure D may be, not who wins.
    """,
    A='Find its bar under "Every change, read and scored", and that of the first run.',
    C='Find its bar under "Every change, read and scored": who wins there?',
)
numbers(
    "05-price",
    0.45,
    "The gradient is w for every picture: 0.1 / 2 * 3^2 = 0.45. Only a flatter D pays less.",
    (0.9, "R1 takes half of gamma."),
    (0.15, "The norm of the gradient is squared."),
    otherwise="Which gradient has w·x + b at a picture x, and how long is it?",
)
numbers(
    "05-chance",
    0.8,
    """Six runs in any order: 6! / (3! 3!) = 20 ways to say which three are A's. In two of them A's
    are the three best or the three worst: 1 in 10. Eight comparisons: 0.8 on average, although
    nothing differs. That is why the intervals of the figure are wider than for one comparison.
    """,
    (0.1, "That is one comparison. There are eight."),
    (0.4, "Three below three, or three above three: both count."),
    (0.05, "Three below three, or three above three: both count. And there are eight."),
    otherwise="In how many of the 20 orders do A's three runs all lie on one side of B's?",
)


@function(
    "05-ema",
    [(1.0, 3.0, 0.9)],
    (
        lambda old, new, decay: (1 - decay) * old + decay * new,
        "Decay is the weight of the *old* value: at 0.999 the average hardly moves.",
    ),
    otherwise="decay of the old value, and what is left of 1 of the new one.",
)
def ema(old, new, decay):
    """With decay 0.999 a step counts 1/1000: the average remembers about the last 1000 steps."""
    return decay * old + (1 - decay) * new


def _softplus(x):
    return np.mean(np.logaddexp(0, x))


def _only_real(T, D, real, fake):
    return _softplus(-D(T(real))) + _softplus(D(fake)), _softplus(-D(fake))


def _not_for_g(T, D, real, fake):
    return _softplus(-D(T(real))) + _softplus(D(T(fake))), _softplus(-D(fake))


@function(
    "05-repair",
    [
        (lambda x: x - 1.0, lambda x: 2 * x, np.array([0.5, 2.0]), np.array([-1.0, 0.25])),
        (lambda x: 0.3 * x, lambda x: x + 1, np.array([1.0, 3.0]), np.array([-2.0, 0.5])),
    ],
    (_only_real, "D still sees the fakes as they are: it can tell them by what T leaves."),
    (_not_for_g, "D's loss is right. What does D look at in *G's* step?"),
    otherwise="Both kinds of pictures pass through T before D sees them, in both losses.",
)
def losses_through(T, D, real, fake):
    """If only real pictures pass through T, D learns that shaken is real, and G learns to shake.
    If G's step leaves T out, D is asked about pictures of a kind that it has never seen.
    """
    seen, shown = D(T(real)), D(T(fake))
    d_loss = np.mean(np.logaddexp(0, -seen)) + np.mean(np.logaddexp(0, shown))
    g_loss = np.mean(np.logaddexp(0, -shown))
    return d_loss, g_loss


@target("05-without-norm", at_most=0.15, unit=f"{KID}, no batch normalisation in D")
def kid_without_norm(gan):
    """R1 in place of batch normalisation, and what else cured the run:

    build(rates=(1e-3, 4e-4), beta_1=0.5, upsample=True,
          penalties=[penalties.R1(0.1, fraction=0.25)])

    ends at 0.12 after 16 epochs at width 16 (one seed).
    """
    if any("Normalization" in type(layer).__name__ for layer in gan.discriminator.layers):
        raise Unreadable("This D has batch normalisation: find a cure without it.")
    return kid_on_portraits(gan)
