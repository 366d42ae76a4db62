"""Widgets by setting `.value`, as a hand on the slider would."""

import io

import numpy as np
from PIL import Image

from dogan_lib.checkpoints import Generator
from dogan_lib.models import dcgan
from dogan_lib.widgets import LatentWalk


def picture(walk):
    return np.asarray(Image.open(io.BytesIO(walk.picture.value)))


def test_the_slider_moves_the_middle_dog_and_the_seeds_the_outer_ones():
    walk = LatentWalk(Generator(dcgan.generator_32(16, width=16)), zoom=1)
    first = picture(walk)
    assert first.shape == (32, 3 * 32 + 2 * 2, 3)
    walk.way.value = 1.0
    second = picture(walk)
    np.testing.assert_array_equal(first[:, :32], second[:, :32])
    assert not np.array_equal(first[:, 34:66], second[:, 34:66])
    np.testing.assert_array_equal(second[:, 34:66], second[:, 68:])
    walk.start.value = 7
    assert not np.array_equal(second[:, :32], picture(walk)[:, :32])


def test_latents_on_the_way_are_as_long_as_at_the_ends():
    walk = LatentWalk(Generator(dcgan.generator_32(100, width=16)))
    lengths = []
    for walk.way.value in (0.0, 0.5, 1.0):
        lengths.append(np.linalg.norm(walk.latent()))
    assert min(lengths[0], lengths[2]) * 0.999 <= lengths[1] <= max(lengths[0], lengths[2]) * 1.001
