"""Kaggle's definition, to the number."""

import dataclasses

import numpy as np
import pytest
from small_pictures import means, pictures

from dogan_lib.metrics import FeatureNetwork, fid, mifid
from dogan_lib.metrics.distances import memorisation_distance


def test_distance_by_its_definition():
    """mean_i min_j 1 - |cos|, i generated, j real: opposite directions count as the same."""
    real = np.array([[1.0, 0], [0, 1]])
    fake = np.array([[-2.0, 0], [1, 1]])
    assert memorisation_distance(real, fake) == pytest.approx((0 + 1 - np.sqrt(0.5)) / 2)


def test_far_pictures_pay_nothing(tiny):
    strict = dataclasses.replace(tiny, threshold=1e-9)
    score = mifid(pictures(60), pictures(60, seed=1), strict)
    assert score.details["d_thr"] == 1.0
    assert float(score) == pytest.approx(float(fid(pictures(60), pictures(60, seed=1), tiny)))
    assert "threshold 1e-09 of tiny: not memorised" in str(score)


def test_memorised_pictures_raise_it(tiny):
    """The same FID, divided by a small distance."""
    real = pictures(100)
    copies = np.clip(real[:50].astype(int) + 2, 0, 255).astype("uint8")
    score = mifid(real, copies, tiny)
    facts = score.details
    assert facts["d"] < facts["threshold"] == tiny.threshold and facts["d_thr"] == facts["d"]
    assert float(score) == pytest.approx(facts["fid"] / (facts["d"] + 1e-14))
    assert float(score) > 50 * facts["fid"]
    assert "threshold 0.01 of tiny: memorised" in str(score)
    assert {"fid", "d", "d_thr", "epsilon", "threshold"} == set(facts)


def test_exact_copies_cost_nearly_everything(tiny):
    """d = 0 leaves FID / 1e-14."""
    real = pictures(100)
    assert float(mifid(real, real[:50], tiny)) > 1e4 * float(fid(real, real[:50], tiny))


def test_a_network_without_a_threshold_needs_one():
    with pytest.raises(ValueError, match=r"nobody has calibrated .* for means: FeatureNetwork"):
        mifid(pictures(60), pictures(60, seed=1), means)


def test_black_pictures_do_not_divide_by_0():
    eyes = FeatureNetwork("above 0", lambda x: means(x) + 1, threshold=0.1)
    assert np.isfinite(float(mifid(pictures(60), np.zeros((60, 16, 16, 3), "uint8"), eyes)))
