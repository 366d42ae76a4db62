"""Fakes on hills: every second step a picture, and the balls move."""

import numpy as np

from dogan_lib.classroom import hills


def test_balls_roll_from_picture_to_picture():
    paths = np.linspace((4.5, 0.0), (1.0, 0.0), 5)[:, None, :]
    hill = (lambda logit: (logit - 1) ** 2 / 2, (np.array([1.0, 0.0]), 0.0), paths)
    drawn = hills.frames({"valley": hill, "again": hill}, width=330)
    assert drawn.shape == (3 + 4, 132, 330, 3) and drawn.dtype == np.uint8
    assert (drawn[0] != drawn[1]).any() and (drawn[-1] == drawn[-2]).all(), "the last one stays"
