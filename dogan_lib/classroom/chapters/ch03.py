"""Exercises of chapter 03."""

import numpy as np

from dogan_lib.classroom.exercises import Unreadable, close, exercise
from dogan_lib.classroom.kinds import choices, numbers, target

choices(
    "03-farther",
    "A",
    """The blur, by a factor of two to three. It takes the edges of ears, eyes and snouts away, and
    those are what DogNet tells breeds by; noise of 16 grey levels leaves them where they are.
    """,
    B="Noise looks worse to us. What does a network that names breeds look at?",
)
numbers(
    "03-frechet",
    10,
    """
    The means are 3 apart, squared 9. The rest is 1 + 4 - 2 * sqrt(1 * 4) = 1. Together 10, and in
    one dimension always (m1 - m2)² + (s1 - s2)².
    """,
    (4, "The means count squared: 3² = 9."),
    (9, "That is the means alone. The deviations differ too."),
    (14, "The last term goes off: - 2 * sqrt(1 * 4)."),
    (12, "The formula has variances: 1² and 2², under the root as well."),
    otherwise="Two terms: the squared distance of the means, and what the deviations add.",
)
numbers(
    "03-nyquist",
    16,
    """
    One new pixel covers 256 / 32 = 8 old ones, and a stripe needs two new pixels, one light and one
    dark: 16 pixels of the original. Stripes of period 10 must become grey.
    """,
    (8, "That is one new pixel. A period needs a light and a dark one."),
    otherwise="How many old pixels does a new one cover, and how many new ones has a period?",
)


@exercise(
    "03-prepare", function="Give the function itself: exercises.check('03-prepare', prepare)."
)
def prepare(answer):
    """def prepare(images, flips):
        images = images.copy()
        images[flips] = images[flips, :, ::-1]
        return images.astype("float32") / 127.5 - 1

    Three faults: it wrote into the data set itself, so every epoch mirrored the mirrored ones
    again; [:, ::-1] turns rows, and the dogs hung from the ceiling; uint8 minus 1 wraps around.
    """
    images = np.random.default_rng(0).integers(0, 256, (4, 3, 5, 3)).astype("uint8")
    flips, before = np.array([True, False, True, False]), images.copy()
    given = answer(images, flips)
    if given is None:
        return "It returns None."
    if not np.array_equal(images, before):
        return "The pictures of the data set are changed: the next epoch gets them mirrored."
    if np.shape(given) != images.shape or not close(given[1::2], before[1::2] / 127.5 - 1):
        return "Even those that are not mirrored are not x / 127.5 - 1. Mind uint8: it wraps."
    if not close(given[::2], before[::2, :, ::-1] / 127.5 - 1):
        return "The mirrored ones are not right: left and right is the third axis."


@target("03-like-portraits", at_most=0.03, unit="KID[dognet]")
def like_portraits(dogs):
    """Portraits are doodles of one kind: pose "portrait", background sky or snow, size "big". About
    one doodle in 24 is, so 4,000 give some 150, and their KID is .01 to .02: what is left are the
    coats with spots, patches and stripes. Every condition alone leaves it many times larger.
    """
    from dogan_lib.dogs import load_dogs
    from dogan_lib.metrics import kid

    if len(dogs) < 100 or dogs.images.shape[1] != 32:
        raise Unreadable(f"100 dogs or more at 32 pixels, please; these are {dogs!r}.")
    fresh = load_dogs(32, "portraits", limit=1000, seed=1, progress=False)
    return kid(fresh, dogs, "dognet", n=len(dogs)).value
