"""Exercises of chapter 12."""

import numpy as np

from dogan_lib.classroom.kinds import function, numbers, target, words
from dogan_lib.classroom.single import diversity, sifid

RANDOM = np.random.default_rng(0)

numbers(
    "12-scales",
    7,
    """7: shrunk it is 250 x 83, and log(25 / 83) / log(0.75) = 4.17, rounded up 5. Plus 1 is
    N = 6, the last index; with index 0 that makes 7 networks.
    """,
    (6, "N is the last index. The first one is 0."),
    (10, "That is a short side of 200. Shrink first: the long side becomes 250."),
    (11, "That is a short side of 250. It is the long side that becomes 250."),
    otherwise="N = ceil(log(25 / short side) / log(0.75)) + 1, and there are N + 1 networks.",
)
words(
    "12-start",
    ("raise", "raised", "raising", "higher", "up"),
    """Raise it. Scales below the start show the photograph itself, so layout stays; only what is
    finer than the start scale is drawn anew.""",
    **dict.fromkeys(
        ("lower", "low", "down"), "The low scales decide on the layout. Do you want them to draw?"
    ),
)


@function(
    "12-penalty",
    [(RANDOM.normal(0, 1, (1, 4, 5, 3)),), (RANDOM.normal(0, 0.2, (1, 3, 3, 3)),)],
    (
        lambda gradient: (np.sqrt(np.sum(gradient**2)) - 1) ** 2,
        "One norm for the whole picture.",
    ),
    (
        lambda gradient: (np.mean(np.sqrt(np.sum(gradient**2, axis=-1))) - 1) ** 2,
        "Take the mean last: a steep pixel must not make up for a flat one.",
    ),
    (lambda g: np.mean((np.abs(g) - 1) ** 2), "The norm is over the last axis, the colours."),
    otherwise="mean over the pixels of (norm over the colours - 1)².",
)
def penalty(gradient):
    """Each pixel has a norm of its own, over its colours; the mean comes last."""
    return np.mean((np.sqrt(np.sum(gradient**2, axis=-1)) - 1) ** 2)


@target("12-variety", at_least=0.5, unit="of the diversity from scale 0, at a SIFID under 0.25")
def variety(gan):
    """SinGAN(max_size=36, width=16, noise=2.0).fit(photo, plan): with 700 iterations a scale it
    reached 0.56 at a SIFID of 0.16. Noise that is weak beside the missing detail is passed by.
    """
    first, second = (gan.sample(16, start_scale=k, seed=1) for k in (0, 1))
    if (patches := float(sifid(gan.image, second))) >= 0.25:
        return f"SIFID from scale 1 is {patches:.2f}: other patches than the picture's."
    return diversity(gan.image, second) / diversity(gan.image, first)
