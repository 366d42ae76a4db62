"""The nearest real pictures: found, measured, drawn."""

import numpy as np
import pytest
from small_pictures import Sampler, pictures

from dogan_lib.classroom.neighbours import nearest
from dogan_lib.metrics import extract


def test_nearest_finds_the_copies_and_draws_them(tiny):
    real = pictures(50)
    found = nearest(real, real[[7, 3, 41]], tiny, k=2)
    assert found.indices[:, 0].tolist() == [7, 3, 41]
    np.testing.assert_allclose(found.distances[:, 0], 0, atol=1e-6)
    assert (found.real[0, 0] == real[7]).all() and found.real.shape == (3, 2, 16, 16, 3)
    assert len(found.figure().axes) == 6
    with pytest.raises(ValueError, match="only features"):
        nearest(extract(real, tiny), extract(real[:3], tiny)).figure()


def test_nearest_draws_generated_pictures(tiny):
    sampler = Sampler()
    found = nearest(pictures(50), sampler, tiny, n=5, k=1)
    assert found.fake.shape == (5, 16, 16, 3) and found.indices.shape == (5, 1)
