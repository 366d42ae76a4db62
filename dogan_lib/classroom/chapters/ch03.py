"""Exercises of chapter 03."""

import numpy as np

from dogan_lib.classroom.exercises import Unreadable, close, exercise
from dogan_lib.classroom.kinds import number, numbers

numbers(
    "03-square",
    (10, 30, 50, 70),
    "The longer side is 40, so the square is 40 x 40 around the centre (30, 50): (10, 30, 50, 70).",
    hints={(10, 40, 50, 60): "That is the box itself. The side of the square is its longer one."},
    otherwise="The side is the longer one of the box; the centre stays where it is.",
)
numbers(
    "03-edge",
    (101, 20, 200, 119),
    """
    The longer side is 99. Around the box's centre the square would reach from column 125 to 224,
    but the picture ends at 200: moved left by 24 it is (101, 20, 200, 119). Moving keeps the dog's
    shape and all of the dog; filling the rest with black would teach G black rims.
    """,
    hints={
        (125, 20, 224, 119): "Columns 200 to 223 are not there. Move the square, do not cut it.",
        (125, 20, 200, 119): "75 wide and 99 high is no square. Move it instead of cutting it.",
    },
    otherwise="First the square around the centre, as if there were no edge; then move it inside.",
)


@exercise(
    "03-scale",
    """
    def scale(pixels):
        return pixels.astype("float32") / 127.5 - 1

    Half of 255 is 127.5: dividing by 128 would leave white a little grey.
    """,
)
def scales(answer):
    """Pixels to [-1, 1], as uint8 too."""
    if not callable(answer):
        raise Unreadable("Give the function itself: exercises.check('03-scale', scale).")
    pixels = np.array([0, 51, 255], "uint8")
    given = answer(pixels)
    if given is None:
        return "It still returns None. What do you divide by, to get from 0...255 to 0...2?"
    if not close(given, answer(pixels.astype("float32"))):
        return "uint8 answers otherwise than float32: it starts again at 0 after 255."
    if not close(given, [-1, -0.6, 1]):
        return f"0, 51 and 255 should become -1, -0.6 and 1, not {np.round(given, 3).tolist()}."


number(
    "03-nyquist",
    16,
    """
    One new pixel covers 256 / 32 = 8 old ones, and a stripe needs two new pixels, one light and one
    dark: 16 pixels of the original. Stripes of period 10 must become grey.
    """,
    hints={8: "That is one new pixel. A period needs a light and a dark one."},
    otherwise="How many old pixels does a new one cover, and how many new ones has a period?",
)
