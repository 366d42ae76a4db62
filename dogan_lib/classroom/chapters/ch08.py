"""Exercises of chapter 08."""

import numpy as np

from dogan_lib.classroom.kinds import choices, function, numbers, target
from dogan_lib.classroom.obedience import IN_PORTRAITS, obedience

choices(
    "08-least-obeyed",
    "C",
    """The hair: at 32 pixels long and short differ in a few pixels of outline and in texture, and D
    gives G one number for everything at once. Background and ears are outlines and large areas.
    """,
    **dict.fromkeys("AB", "Which of the three differs in the fewest pixels?"),
)
numbers(
    "08-count",
    (512 + 128) * 512 + 512,
    """Each of the 512 outputs reads 512 + 128 numbers of its own place, and has a bias:
    640 x 512 + 512 = 328,192. The caption is repeated 16 times, the weights are not.
    """,
    (640 * 512, "Each output has a bias too."),
    (16 * (640 * 512 + 512), "A convolution has the same weights at all 16 places."),
    (512 * 512 + 512, "The caption's numbers are inputs as well."),
    otherwise="How many numbers does one output read at its place?",
    tolerance=1e-6,
)


@function(
    "08-best-discriminator",
    [(np.array([0.2, 1.0]), np.array([0.4, 0.0]), np.array([0.6, 1.0]))],
    (
        lambda right, wrong, fake: right / (right + wrong + fake),
        "The two densities against count one half each.",
    ),
    (
        lambda right, wrong, fake: right / (right + fake),
        "Pictures with a wrong caption are refused too.",
    ),
    otherwise="In D* = p / (p + q), what is the q that D refuses?",
)
def best(right, wrong, fake):
    """Under one caption the integrand of D's loss is -right log D - (wrong + fake)/2 log(1 - D):
    the plain GAN's with (wrong + fake)/2 in the place of the fake density.
    """
    return right / (right + wrong / 2 + fake / 2)


def bce(logits, target):
    return np.logaddexp(0, -logits if target else logits).mean()


def told(pictures, captions):
    """A D that knows both: high where the picture is real and the caption its own."""
    return 3 * pictures - 2 * np.abs(pictures - captions)


@function(
    "08-repair",
    [
        (told, np.array([1.0, 2.0, 3.0]), np.array([-1.0, 0.5, 0.0]), np.array([1.0, 2.0, 3.0])),
        (told, np.array([0.5, 0.1]), np.array([0.3, 0.2]), np.array([0.4, 0.0])),
    ],
    (
        lambda D, real, fake, t: (
            bce(D(real, t), 1)
            + bce(D(real, np.roll(t, 1, axis=0)), 0) / 2
            + bce(D(fake, np.roll(t, 1, axis=0)), 0) / 2
        ),
        "One of the three terms is not Reed's.",
    ),
    (
        lambda D, real, fake, t: bce(D(real, t), 1) + bce(D(fake, t), 0),
        "Now real dogs with wrong captions are missing: nothing makes D read.",
    ),
    otherwise="Go through the three terms: picture, caption, target, weight.",
)
def repaired(D, real, fake, t):
    """A fake under a wrong caption can be refused for the caption: D need not look whether it is a
    fake, and the fake under its own caption, which is what G will be judged by, D has never seen.
    """

    def bce(logits, target):
        return np.logaddexp(0, -logits if target else logits).mean()

    wrong = np.roll(t, 1, axis=0)
    return bce(D(real, t), 1) + bce(D(real, wrong), 0) / 2 + bce(D(fake, t), 0) / 2


@target("08-obeys", at_least=0.75, unit="of six attributes as asked for, in captions never shown")
def obeyed(gan):
    """
    A guide: `TextGAN(..., reader=guide)`, on batches with `said=True`. It reads 64x64 pictures, so
    `small = keras.Input((32, 32, 3))`, `layers.UpSampling2D()(small)` and then
    `readers.load_attributes("guide").model`. Six epochs of that came to 0.79, the ten above to
    0.72. The ruler that measures here is another network, which G has never met.
    """
    from dogan_lib.doodles import captions, readers
    from dogan_lib.doodles.painter import PORTRAITS

    asked = captions.questions(300, only=PORTRAITS)
    found = obedience(gan, readers.load_attributes(), asked, IN_PORTRAITS)
    return float(np.mean([*found.obeyed.values()]))
