"""MiFID: FID that punishes memorising, as on Kaggle's "Generative Dog Images" (2019)."""

import numpy as np

from dogan_lib.metrics.distances import (
    check_enough,
    cosine_distances,
    floor_of,
    gaussian_distance,
    minimum,
    score_of,
)
from dogan_lib.metrics.features import DEFAULT, extract_both
from dogan_lib.metrics.scores import Score

EPSILON = 1e-14  # Kaggle's code writes 10e-15


def mifid(
    real, fake, features=DEFAULT, n: int | None = None, threshold: float | None = None, **options
) -> Score:
    """FID / (d_thr + 1e-14), where d_thr = d if d < threshold and else 1.

    d is the mean over the generated pictures of the distance 1 - |cos| to the nearest real one.
    Who copies the training set has a small d and pays for it. Kaggle's threshold of 0.1 belongs
    to Inception; those of the course's networks were calibrated on dogs they had not learnt from
    against altered copies, and stand on their cards. d grows as the real side shrinks.

    Args:
        real, fake, features, n, options: as for `fid`; `real` is what the generator learnt from.
        threshold: instead of the network's own; needed where it has none.

    Returns:
        A score whose `details` are fid, d, d_thr, epsilon and threshold.
    """
    real, fake = extract_both(real, fake, features, n, **options)
    check_enough(real, fake)
    limit = real.network.threshold if threshold is None else threshold
    origin = f"of {real.network.name}" if threshold is None else "given"
    if limit is None:
        raise ValueError(
            f"nobody has calibrated MiFID's threshold for {real.network.name}: give threshold="
        )
    facts = _facts(real.vectors, fake.vectors, limit)
    least = minimum(real.vectors.shape[1])
    floor = floor_of(lambda x, y: _value(_facts(x, y, limit)), real, fake, least)
    copied = facts["d"] < limit
    note = (
        f"FID {facts['fid']:.4g} / (d_thr {facts['d_thr']:.3g} + {EPSILON:g}); d {facts['d']:.3g} "
        f"{'<' if copied else '>='} threshold {limit:.3g} {origin}: "
        f"{'memorised' if copied else 'not memorised'}"
    )
    return score_of("MiFID", _value(facts), real, fake, floor=floor, details=facts, note=note)


def _facts(real: np.ndarray, fake: np.ndarray, threshold: float) -> dict:
    d = memorisation_distance(real, fake)
    return {
        "fid": gaussian_distance(real, fake),
        "d": d,
        "d_thr": d if d < threshold else 1.0,
        "epsilon": EPSILON,
        "threshold": threshold,
    }


def _value(facts: dict) -> float:
    return facts["fid"] / (facts["d_thr"] + facts["epsilon"])


def memorisation_distance(real: np.ndarray, fake: np.ndarray) -> float:
    """mean_i min_j (1 - |cos(fake_i, real_j)|), in [0, 1]."""
    return float(cosine_distances(fake, real).min(axis=1).mean())
