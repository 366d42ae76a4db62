"""The map of what counts, over a picture."""

import numpy as np
import pytest

from dogan_lib.classroom.heat import heat_over, looked, places
from dogan_lib.generator import latents
from dogan_lib.models import sagan


def test_heat_glows_where_it_counts_and_the_cross_is_where_it_was_put():
    image = np.full((8, 8, 3), 100, "uint8")
    heat = np.zeros((4, 4))
    heat[0, 3] = 2.0
    drawn = heat_over(image, heat, zoom=4)
    assert drawn.shape == (32, 32, 3) and drawn.dtype == np.uint8
    assert drawn[0, -1].sum() > 600 and (drawn[-1, 0] == 50).all()
    crossed = heat_over(image, at=(6, 1), zoom=4)
    assert (crossed[26, 6] == 255).all() and (crossed[:16] == 100).all()


def test_maps_are_compared_on_one_scale_and_say_over_how_many_places_they_are_spread():
    image, even = np.full((8, 8, 3), 100, "uint8"), np.full((4, 4), 1 / 16)
    dim, bright = heat_over(image, even, top=10 / 16), heat_over(image, even)
    assert dim.mean() < bright.mean()
    one = np.zeros((4, 4))
    one[1, 2] = 1
    assert places([even, one]) == pytest.approx([16, 1])


def test_each_dog_stands_before_its_four_maps():
    network = sagan.generator(16, 8, None, latent_dim=4, attention=8)
    drawn, titles = looked(network, latents(2, 4, 0), zoom=2)
    assert [title.split("\n")[0] for title in titles[:5]] == [
        "the dog", "centre", "above", "below", "corner",
    ]  # fmt: skip
    assert len(drawn) == len(titles) == 10 and drawn[1].shape == (32, 32, 3)
    assert titles[1].endswith("/16")
