"""Exercises of chapter 08."""

import numpy as np

from dogan_lib.classroom.kinds import choices, function, number

number(
    "08-undecided",
    np.log(4),
    """
    BCE(0, 1) + 1/2 BCE(0, 0) + 1/2 BCE(0, 0) = log 2 + log 2 = log 4 = 1.386: the half weights
    make it the same number as for a plain GAN.
    """,
    hints={
        3 * np.log(2): "Two of the three terms have the weight 1/2.",
        np.log(2): "That is the first term alone: log 2.",
    },
    otherwise="A logit of 0 is a probability of 1/2, and each BCE is then log 2.",
    tolerance=1e-2,
)


def softplus(x):
    """log(1 + e^x): BCE(logit, 1) is softplus(-logit), BCE(logit, 0) is softplus(logit)."""
    return np.logaddexp(0, x)


@function(
    "08-matching",
    (np.array([2.0, 0.5]), np.array([1.0, -0.5]), np.array([-3.0, 0.0])),
    wrong=[
        (
            lambda right, wrong, fake: (
                softplus(-right).mean() + softplus(wrong).mean() + softplus(fake).mean()
            ),
            "The two terms against count one half each.",
        ),
        (
            lambda right, wrong, fake: (
                softplus(-right).mean() + (softplus(-wrong).mean() + softplus(fake).mean()) / 2
            ),
            "A real picture with a wrong caption is to be refused: its target is 0.",
        ),
    ],
    otherwise="BCE(right, 1) + BCE(wrong, 0) / 2 + BCE(fake, 0) / 2, each a mean of softplus.",
)
def matching(right, wrong, fake):
    """BCE(logit, 1) is softplus(-logit), BCE(logit, 0) is softplus(logit)."""

    def softplus(x):
        return np.log1p(np.exp(x))

    against = softplus(wrong).mean() + softplus(fake).mean()
    return softplus(-right).mean() + against / 2


choices(
    "08-order",
    "B",
    "ABC",
    """
    B. Both captions of B hold the same words, so the mean of their vectors is the same: a mean
    cannot tell whether the dog or its patches are white. The captions of A differ in a word, and so
    do those of C.
    """,
    hints=dict.fromkeys(
        "AC", "Count the words of each caption: in which pair are the counts the same?"
    ),
)


@function(
    "08-best-discriminator",
    (np.array([0.2, 1.0]), np.array([0.4, 0.0]), np.array([0.6, 1.0])),
    wrong=[
        (
            lambda right, wrong, fake: right / (right + wrong + fake),
            "The two densities against count one half each.",
        ),
        (
            lambda right, wrong, fake: right / (right + fake),
            "Pictures with a wrong caption are refused too.",
        ),
    ],
    otherwise="In D* = p / (p + q), what is the q that D refuses?",
)
def best(right, wrong, fake):
    """Under one caption the integrand of D's loss is -right log D - (wrong + fake)/2 log(1 - D):
    the plain GAN's with (wrong + fake)/2 in the place of the fake density.
    """
    return right / (right + wrong / 2 + fake / 2)
