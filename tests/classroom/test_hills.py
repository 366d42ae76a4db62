"""Fakes on hills: every second step a picture, and the balls move."""

import matplotlib.pyplot as plt
import numpy as np

from dogan_lib.classroom import hills


def test_balls_roll_from_picture_to_picture():
    paths = np.linspace((4.5, 0.0), (1.0, 0.0), 5)[:, None, :]
    hill = (lambda logit: (logit - 1) ** 2 / 2, (np.array([1.0, 0.0]), 0.0), paths)
    drawn = hills.frames({"valley": hill, "again": hill}, np.zeros((3, 2)), width=330)
    assert drawn.shape == (3 + 4, 132, 330, 3) and drawn.dtype == np.uint8
    assert (drawn[0] != drawn[1]).any() and (drawn[-1] == drawn[-2]).all(), "the last one stays"


def test_from_above_each_line_is_where_its_d_can_only_guess():
    judges = {"log loss": (np.array([1.0, 0.0]), -0.6), "least squares": (np.array([0.8, 0.6]), 0)}
    heaps = {name: np.zeros((3, 2)) for name in ("real", "near_fakes", "far_fakes")}
    figure = hills.above(judges, {"log loss": 0.0, "least squares": 0.5}, **heaps)
    for line, ((w, b), guess) in zip(
        figure.axes[0].lines[3:], zip(judges.values(), (0, 0.5), strict=True), strict=True
    ):
        np.testing.assert_allclose(line.get_xydata() @ w + b, guess, atol=1e-6)
    plt.close(figure)
