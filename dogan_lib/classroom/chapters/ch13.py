"""Exercises of chapter 13."""

import numpy as np

from dogan_lib.classroom.exercises import Right, exercise
from dogan_lib.classroom.kinds import function, numbers
from dogan_lib.classroom.singan_uses import walk

RANDOM = np.random.default_rng(0)


@function(
    "13-blend",
    [(RANDOM.random((3, 3, 3)), RANDOM.random((3, 3, 3)), RANDOM.random((3, 3)))],
    (
        lambda real, generated, mask: real + mask * (generated - real),
        "The mask goes along the columns and the colours: it needs a last axis of 1.",
    ),
    (
        lambda real, generated, mask: generated + mask[..., None] * (real - generated),
        "The other way round: where the mask is 1 the generated picture is seen.",
    ),
    otherwise="(1 - m) times the real one plus m times the generated one, (H, W, 3).",
)
def blend(real, generated, mask):
    """The new last axis makes one value of the mask stand for all three colours."""
    m = mask[..., None]
    return (1 - m) * real + m * generated


numbers(
    "13-start",
    (7,),
    """7: below it lies scale 6 with 100 pixels, where the tower is 3 * 100 / 250 = 1.2 pixels wide.
    Below 4 lies scale 3 with 50 pixels: 0.6 of a pixel, mixed with the sky around it.
    """,
    ((4, 7), "The picture is shrunk to the scale *below* the start scale."),
    otherwise="3 pixels of 250 are how many where the short side has 31, 40, 50 ... pixels?",
    ordered=False,
)
numbers(
    "13-walk",
    10,
    """
    10: the variances of independent steps add up, so after t frames it is sqrt(t). The film would
    leave what G knows; the pull to z* is what keeps it near the photograph.
    """,
    (100, "That is the variance, or 100 steps in one direction; these go to and fro."),
    otherwise="The variances of independent steps add up.",
    tolerance=0.02,
)


USUAL = ((0.1, 0.9), "z strays 0.47 from z*, a step is 0.156.")


@exercise("13-film", right=(0.02, 0.95), wrong=[USUAL])
def film(answer):
    """
    alpha=0.02, beta=0.95: a weaker pull lets z go farther, and more memory makes each step smaller.
    With beta alone one of the two gets worse. Beyond a deviation of 1 G never saw such noise.
    """
    u = np.random.default_rng(1).standard_normal((600, 400))
    path = walk(np.zeros(400), u, *answer)[200:]
    far, step = path.std(), np.sqrt(np.mean(np.diff(path, axis=0) ** 2))
    said = f"z strays {far:.2f} from z*, a step is {step:.3f}."
    return Right(said) if 0.8 <= far <= 1.1 and step <= 0.15 else said
