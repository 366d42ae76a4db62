"""Exercises of chapter 10."""

from dogan_lib.classroom.kinds import function, number

number(
    "10-scale",
    (2 / 4608) ** 0.5,
    "sqrt(2) / sqrt(3 x 3 x 512) = 1.414 / 67.9 = 0.0208: a unit reads 4608 numbers.",
    hints={
        (2 / 512) ** 0.5: "A 3x3 kernel reads 512 channels at nine places.",
        1 / 4608**0.5: "The gain is sqrt(2), not 1.",
    },
    otherwise="gain / sqrt(fan_in), where fan_in counts every number that one unit reads.",
    tolerance=1e-2,
)


@function(
    "10-alpha",
    *((seen, 1000, 400) for seen in (1100, 900, 1000, 1400, 5000)),
    wrong=[
        (
            lambda images, start, fading: (images - start) / fading,
            "It leaves [0, 1]: what is alpha before the phase, and ever after?",
        )
    ],
    hints={
        0: "After a quarter of the phase's pictures, alpha is 1/4.",
        1: "Before the phase alpha is 0.",
        2: "At its first picture alpha is 0.",
    },
    otherwise="At the end of the phase, and ever after, alpha is 1.",
)
def alpha(images, start, fading):
    """It rises evenly by the pictures that the phase has seen, and stays at both ends."""
    return min(max((images - start) / fading, 0), 1)


number(
    "10-pictures",
    12_800_000,
    """
    12,800,000. There are nine sizes, 4 to 1024. Eight of them were stable for 800,000 pictures, and
    eight were faded in over 800,000.
    """,
    hints={
        13_600_000: "1024x1024 has only just become stable: do not count that phase.",
        6_400_000: "Each size above 4x4 has a fading phase and a stable one.",
    },
    otherwise="Count the phases before it, of 800,000 pictures each.",
)
number(
    "10-jump",
    5.625,
    """
    10 (1/4 - 1)^2 = 5.625. From 8x8 to 32x32 one pixel becomes 16, each with 1/16 of the influence:
    the gradient's length is sqrt(16 x (1/16)^2) = 1/4.
    """,
    hints={
        2.5: "That is one doubling. Here the side grows by four.",
        10
        * (1 / 16 - 1) ** 2: "1/16 is one pixel's influence. Sum the squares of sixteen of them.",
    },
    otherwise="The slope is 1 / (how many times the side grows). Put it into 10 (slope - 1)^2.",
)
