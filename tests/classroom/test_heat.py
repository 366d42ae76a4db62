"""The map of what counts, over a picture."""

import numpy as np

from dogan_lib.classroom.heat import heat_over


def test_heat_glows_where_it_counts_and_the_cross_is_where_it_was_put():
    image = np.full((8, 8, 3), 100, "uint8")
    heat = np.zeros((4, 4))
    heat[0, 3] = 2.0
    drawn = heat_over(image, heat, zoom=4)
    assert drawn.shape == (32, 32, 3) and drawn.dtype == np.uint8
    assert drawn[0, -1].sum() > 600 and (drawn[-1, 0] == 50).all()
    crossed = heat_over(image, at=(6, 1), zoom=4)
    assert (crossed[26, 6] == 255).all() and (crossed[:16] == 100).all()
