"""Exercises of chapter 10."""

import numpy as np

from dogan_lib.classroom.kinds import KID, choices, function, kid_on_portraits, numbers, target

choices(
    "10-penalty",
    "A",
    """
    It jumps. D looks at the larger picture through means of 2x2 pixels, so that its slope is half
    of what it was: a D of slope 1 pays 10 (1/2 - 1)^2 = 2.5 at once, though nothing got worse.
    """,
    B="Is D as steep as before, if four pixels share what one pixel did?",
    C="D's slope falls. The penalty asks for slope 1, not for a small one.",
)
numbers(
    "10-pictures",
    12_800_000,
    """
    12,800,000. There are nine sizes, 4 to 1024. Eight of them were stable for 800,000 pictures, and
    eight were faded in over 800,000.
    """,
    (13_600_000, "1024x1024 has only just become stable: do not count that phase."),
    (6_400_000, "Each size above 4x4 has a fading phase and a stable one."),
    otherwise="Count the phases before it, of 800,000 pictures each.",
)
numbers(
    "10-jump",
    5.625,
    """
    10 (1/4 - 1)^2 = 5.625. From 8x8 to 32x32 one pixel becomes 16, each with 1/16 of the influence:
    the gradient's length is sqrt(16 x (1/16)^2) = 1/4.
    """,
    (2.5, "That is one doubling. Here the side grows by four."),
    (10 * (1 / 16 - 1) ** 2, "1/16 is one pixel's influence. Sum the squares of sixteen of them."),
    otherwise="The slope is 1 / (how many times the side grows). Put it into 10 (slope - 1)^2.",
)
RANDOM = np.random.default_rng(0)
PICTURES = [RANDOM.normal(size=(2, side, side, 3)) for side in (4, 2, 4)]


@function(
    "10-fade",
    [(*PICTURES, alpha) for alpha in (0.0, 0.3, 1.0)],
    (
        lambda real, old, new, alpha: np.stack(
            [real, (1 - alpha) * old.repeat(2, axis=1).repeat(2, axis=2) + alpha * new]
        ),
        "D can win without looking at the dog.",
    ),
    hints={2: "At alpha 1 both are as they are."},
    otherwise="The blurred real picture: means of 2x2 pixels, each repeated.",
)
def fade(real, old, new, alpha):
    """Real pictures must be as sharp as the fakes, no more: D would tell them apart by that."""
    n, side, _, colours = real.shape
    small = real.reshape(n, side // 2, 2, side // 2, 2, colours).mean(axis=(2, 4))
    pairs = ((small, real), (old, new))

    def doubled(images):
        return np.repeat(np.repeat(images, 2, axis=1), 2, axis=2)

    return np.stack([(1 - alpha) * doubled(before) + alpha * after for before, after in pairs])


@target("10-better", at_most=0.25, unit=KID)
def better(gan):
    """
    Cut all sizes: {4: 2000, 8: 4000, 16: 10_000, 32: 12_000}, with fades of 2,000, gave 0.21.
    Pictures are not what counts, updates are: batches of 32 gave 0.21 after 45,000 pictures at
    32x32, three times the seconds. A log loss with R1 was worse (0.27).
    """
    return kid_on_portraits(gan)
