"""Closed forms, and what each measure says about copies, blur and noise."""

import numpy as np
import pytest
import scipy.linalg
from small_pictures import means, pictures

from dogan_lib.metrics import Score, extract, fid, kid, precision_recall
from dogan_lib.metrics.distances import frechet_distance, gaussian, inside, polynomial_mmd


def covariance(d, seed):
    a = np.random.default_rng(seed).normal(size=(d, d))
    return a @ a.T / d


def test_frechet_of_equal_gaussians_is_0():
    c = covariance(20, 0)
    assert frechet_distance(np.ones(20), c, np.ones(20), c) == pytest.approx(0, abs=1e-8)


def test_frechet_in_one_dimension():
    """(m1 - m2)² + (s1 - s2)²."""
    assert frechet_distance(1.0, 4.0, 4.0, 25.0) == pytest.approx(3**2 + (2 - 5) ** 2)


def test_frechet_of_diagonal_covariances():
    """They commute, so each axis is a problem of its own."""
    s1, s2 = np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 0.5])
    expected = 0.25 * 3 + ((s1 - s2) ** 2).sum()
    found = frechet_distance(np.zeros(3), np.diag(s1**2), np.full(3, 0.5), np.diag(s2**2))
    assert found == pytest.approx(expected)


def test_frechet_agrees_with_the_general_matrix_root():
    c1, c2 = covariance(15, 1), covariance(15, 2)
    root = scipy.linalg.sqrtm(c1 @ c2)
    expected = np.trace(c1 + c2 - 2 * np.real(root))
    assert frechet_distance(np.zeros(15), c1, np.zeros(15), c2) == pytest.approx(expected)


def test_frechet_of_singular_covariances_is_real():
    """Fewer samples than features: sqrtm turns complex here."""
    x, y = np.random.default_rng(0).normal(size=(2, 10, 40))
    found = frechet_distance(*gaussian(x), *gaussian(y))
    assert isinstance(found, float) and np.isfinite(found) and found > 0


def test_fid_of_gaussian_samples_comes_near_the_closed_form():
    random = np.random.default_rng(0)
    x, y = random.normal(0, 1, (20_000, 3)), random.normal(1, 2, (20_000, 3))
    assert frechet_distance(*gaussian(x), *gaussian(y)) == pytest.approx(3 * (1 + 1), rel=0.05)


def test_kid_by_its_definition():
    """The U-statistic, written as the double sum of the paper."""
    random = np.random.default_rng(0)
    x, y = random.normal(size=(25, 4)), random.normal(0.5, 1, size=(31, 4))

    def k(a, b):
        return (a @ b / 4 + 1) ** 3

    def pairs(z):
        return np.mean([k(a, b) for i, a in enumerate(z) for j, b in enumerate(z) if i != j])

    expected = pairs(x) + pairs(y) - 2 * np.mean([[k(a, b) for b in y] for a in x])
    assert polynomial_mmd(x, y, subsets=5)[0] == pytest.approx(expected)


def test_kid_of_equal_distributions_is_0_within_its_error():
    random = np.random.default_rng(0)
    found = [polynomial_mmd(*random.normal(size=(2, 200, 8))) for _ in range(60)]
    values, errors = np.array(found).T
    assert abs(values.mean()) < 3 * values.std() / np.sqrt(len(values)), "biased"
    assert (np.abs(values) < 3 * errors).mean() > 0.95
    assert 0.7 < errors.mean() / values.std() < 2, "the standard error is one"


def test_kid_error_where_the_sets_differ():
    random = np.random.default_rng(0)
    found = [
        polynomial_mmd(random.normal(size=(200, 8)), random.normal(0.5, 1, (200, 8)))
        for _ in range(60)
    ]
    values, errors = np.array(found).T
    assert 0.7 < errors.mean() / values.std() < 1.4


def test_a_result_says_how_it_was_measured(tiny):
    score = fid(pictures(60), pictures(60, seed=1), tiny)
    assert str(score).startswith("FID[tiny, n=60] = ") and "real against real at n=30" in str(score)
    assert float(score) == score.value >= 0
    assert fid(pictures(90), pictures(60, seed=1), tiny).label == "FID[tiny, n=60, real n=90]"
    error = kid(pictures(60), pictures(60, seed=1), tiny)
    assert "±" in str(error) and error.error > 0


def test_scores_that_cannot_be_compared_refuse(tiny):
    few, many = (fid(pictures(n), pictures(n, seed=1), tiny) for n in (40, 80))
    with pytest.raises(ValueError, match=r"n=40.*n=80.*cannot be compared"):
        assert few < many
    same = fid(pictures(40), pictures(40, seed=2), tiny)
    assert (few < same) != (few > same) and few < 1e9 and few != same


def test_score_as_json(tiny):
    facts = kid(pictures(60), pictures(60, seed=1), tiny).as_dict()
    assert facts["features"] == "tiny" and facts["n"] == 60 and facts["floor"]["n"] == 30
    assert "details" not in facts
    assert isinstance(Score("x", 1.0, "f", 2, 2).as_dict()["value"], float)


def test_fid_refuses_too_few_pictures(tiny):
    with pytest.raises(ValueError, match=r"8 features of tiny needs at least 16.*has 15"):
        fid(pictures(30), pictures(15), tiny)


def test_kid_refuses_too_few_pictures(tiny):
    with pytest.raises(ValueError, match="at least 20 pictures a side, not 19"):
        kid(pictures(30), pictures(19), tiny)


def test_features_are_measured_once_and_used_often(tiny):
    real, fake = extract(pictures(60), tiny), extract(pictures(60, seed=1), tiny)
    assert float(fid(real, fake)) == float(fid(pictures(60), pictures(60, seed=1), tiny))
    assert kid(real, pictures(60, seed=1)).features == "tiny", "the other side follows"
    with pytest.raises(ValueError, match="tiny, fake by means"):
        fid(real, extract(pictures(60), means))


def test_few_perfect_copies_are_precise_and_cover_little(tiny):
    real = pictures(200)
    copies = np.repeat(real[:4], 50, axis=0)
    precision, recall = precision_recall(real, copies, tiny)
    assert float(precision) == 1.0 and float(recall) < 0.1


def test_pictures_from_elsewhere_are_not_precise(tiny):
    real = pictures(200)
    grey = (
        np.full((200, 16, 16, 3), 250, "uint8")
        - np.arange(200, dtype="uint8")[:, None, None, None] % 5
    )
    precision, recall = precision_recall(real, grey, tiny)
    assert float(precision) < 0.1 and float(recall) < 0.1


def test_fresh_pictures_are_precise_and_cover(tiny):
    precision, recall = precision_recall(pictures(200), pictures(200, seed=1), tiny)
    assert min(float(precision), float(recall)) > 0.6
    assert precision.floor is not None


def test_inside_by_hand():
    """Balls of radius 1 around 0, 1, 2 (k = 1), and of radius 8 around 10."""
    line = np.array([[0.0], [1], [2], [10]])
    assert inside(line, np.array([[-0.9], [2.9], [17.9]]), k=1) == 1
    assert inside(line, np.array([[-1.5], [18.1]]), k=1) == 0
