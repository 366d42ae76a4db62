"""Exercises of chapter 05."""

import math

from dogan_lib.classroom.kinds import function, number, numbers, words

numbers(
    "05-deck-breaks",
    (2, 4),
    """
    2 and 4. Its generator grows by UpSampling2D and stride-1 convolutions instead of strided
    transposed ones, and its discriminator has no batch normalisation (it has dropout instead).
    """,
    hints={(1, 4): "1 it keeps: its discriminator has strided convolutions."},
    otherwise="There are two. How does its generator grow, and what is missing in its D?",
    ordered=False,
)
number(
    "05-rescue",
    math.exp(10),
    "(1 - sigmoid(-10)) / sigmoid(-10) = exp(10) = 22,026: the odds that the picture is fake.",
    hints={math.exp(-10): "Upside down."},
    otherwise="The ratio is (1 - s) / s with s = sigmoid(-10). It simplifies.",
    tolerance=1e-2,
)


@function(
    "05-ema",
    (1.0, 3.0, 0.9),
    wrong=[
        (
            lambda old, new, decay: (1 - decay) * old + decay * new,
            "Decay is the weight of the *old* value: at 0.999 the average hardly moves.",
        )
    ],
    otherwise="decay of the old value, and what is left of 1 of the new one.",
)
def ema(old, new, decay):
    """With decay 0.999 a step counts 1/1000: the average remembers about the last 1000 steps."""
    return decay * old + (1 - decay) * new


words(
    "05-better",
    ("no", "아니", "아니요", "아니오"),
    """
    No. B's runs lie inside A's spread: 110 to 125 against 100 to 160. The means, 130 and 118,
    differ by less than A's seeds do. What three seeds may hint at is that B varies less.
    """,
    wrong=dict.fromkeys(
        ("yes", "네", "예"),
        "A's best run is better than B's best. How far do A's own seeds lie apart?",
    ),
)
