"""Distances between two sets of pictures: FID, KID, precision and recall, MiFID."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import scipy.linalg
from sklearn.metrics import pairwise_distances_chunked
from sklearn.metrics.pairwise import polynomial_kernel
from sklearn.neighbors import NearestNeighbors

from dogan_lib.metrics.features import DEFAULT, Features, extract_both
from dogan_lib.metrics.scores import Floor, Score

EPSILON = 1e-14  # of MiFID; Kaggle's code writes 10e-15
SUBSETS = 10  # of KID's error
K = 3  # neighbours in precision and recall, as in the paper


def fid(real, fake, features=DEFAULT, n: int | None = None, **options) -> Score:
    """Fréchet distance of two Gaussians fitted to the features; lower is better.

    ||m1 - m2||² + Tr(C1 + C2 - 2 (C1 C2)^½). It is biased: the fewer pictures, the larger. So
    compare only at the same n, which the result states, and with the same network.

    Args:
        real, fake: any source of pictures (`dogan_lib.metrics.sources.pictures`), or `Features`.
        features: "lite1", "dognet", "inception" or a function.
        n: at most so many of each side; a generator needs it.
        options: `seed`, `progress`, as for `extract`.

    Raises:
        ValueError: too few pictures for a covariance; the message says how many it takes.

    Reference: Heusel et al. 2017, https://arxiv.org/abs/1706.08500
    """
    real, fake = extract_both(real, fake, features, n, **options)
    check_enough(real, fake)
    value = gaussian_distance(real.vectors, fake.vectors)
    floor = floor_of(gaussian_distance, real, fake, minimum(real.vectors.shape[1]))
    return score_of("FID", value, real, fake, floor=floor)


def minimum(dimensions: int) -> int:
    """Pictures that a covariance of so many features needs: two for each."""
    return 2 * dimensions


def check_enough(*sides: Features):
    """Raise ValueError where a side is too small for a stable covariance."""
    for side in sides:
        n, d = side.vectors.shape
        if n < minimum(d):
            raise ValueError(
                f"FID with the {d} features of {side.network.name} needs at least {minimum(d)} "
                f"pictures a side for a stable covariance; {side.text} has {n}. Take more, or use "
                "KID, which is unbiased and content with a few hundred."
            )


def gaussian_distance(x: np.ndarray, y: np.ndarray) -> float:
    """The Fréchet distance of the Gaussians fitted to x (n, d) and y (m, d)."""
    return frechet_distance(*gaussian(x), *gaussian(y))


def gaussian(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (d,) and covariance (d, d), in float64."""
    vectors = vectors.astype("float64")
    return vectors.mean(axis=0), np.cov(vectors, rowvar=False)


def frechet_distance(mean1, covariance1, mean2, covariance2) -> float:
    """Between two Gaussians: means (d,), covariances (d, d).

    C1 C2 is not symmetric, and its square root by a general algorithm picks up a complex residue.
    A C2 A with A = C1^½ has the same eigenvalues, is symmetric, and so stays real.
    """
    mean1, covariance1 = np.atleast_1d(mean1), np.atleast_2d(covariance1)
    mean2, covariance2 = np.atleast_1d(mean2), np.atleast_2d(covariance2)
    values, axes = scipy.linalg.eigh(covariance1)
    root = (axes * np.sqrt(np.maximum(values, 0))) @ axes.T
    product = scipy.linalg.eigvalsh(root @ covariance2 @ root)
    overlap = np.sqrt(np.maximum(product, 0)).sum()
    distance = ((mean1 - mean2) ** 2).sum()
    distance += np.trace(covariance1) + np.trace(covariance2) - 2 * overlap
    return float(max(distance, 0.0))


def kid(real, fake, features=DEFAULT, n: int | None = None, **options) -> Score:
    """Squared maximum mean discrepancy with the kernel (x·y/d + 1)³; lower is better.

    Unbiased for every n, so that real against real is 0 within its error (and may be negative):
    the measure for a few hundred pictures.

    Args:
        real, fake, features, n, options: as for `fid`.

    The value uses all pairs. Its standard error is that of the jackknife: both sides are cut into
    ten random subsets, and each is left out once.

    Reference: Bińkowski et al. 2018, https://arxiv.org/abs/1801.01401
    """
    real, fake = extract_both(real, fake, features, n, **options)
    smallest, least = min(len(real), len(fake)), 2 * SUBSETS
    if smallest < least:
        raise ValueError(f"KID needs at least {least} pictures a side, not {smallest}")
    value, error = polynomial_mmd(real.vectors, fake.vectors)
    # It has no bias, so no more pictures are needed than on the other side.
    floor = floor_of(lambda x, y: polynomial_mmd(x[: len(y)], y)[0], real, fake, least)
    return score_of("KID", value, real, fake, error, floor=floor)


def polynomial_mmd(x: np.ndarray, y: np.ndarray, subsets: int = SUBSETS) -> tuple[float, float]:
    """The U-statistic of KID for x (n, d) and y (m, d), and its jackknife standard error."""
    # Sources are often sorted by breed; the subsets must not be.
    order = [np.random.default_rng(seed).permutation(len(z)) for seed, z in enumerate((x, y))]
    xs, ys = np.array_split(x[order[0]], subsets), np.array_split(y[order[1]], subsets)
    sums = [_kernel_sums(*parts) for parts in ((xs, xs), (ys, ys), (xs, ys))]
    sizes = np.array([[len(part) for part in parts] for parts in (xs, ys)], "float64")

    def statistic(kept):
        n, m = sizes[:, kept].sum(axis=1)
        xx, yy, xy = (table[np.ix_(kept, kept)].sum() for table in sums)
        return xx / (n * (n - 1)) + yy / (m * (m - 1)) - 2 * xy / (n * m)

    everything = np.arange(subsets)
    without = np.array([statistic(np.delete(everything, g)) for g in everything])
    error = np.sqrt((subsets - 1) * without.var())
    return float(statistic(everything)), float(error)


def _kernel_sums(xs: list[np.ndarray], ys: list[np.ndarray]) -> np.ndarray:
    """Sums of the kernel over the pairs of each two parts; of a picture and itself left out."""
    y, starts = np.concatenate(ys), np.cumsum([0, *map(len, ys[:-1])])
    kernels = (polynomial_kernel(x, y, degree=3, coef0=1) for x in xs)
    sums = np.stack([np.add.reduceat(k.sum(0, dtype="float64"), starts) for k in kernels])
    if xs is ys:
        own = [((np.square(x, dtype="float64").mean(1) + 1) ** 3).sum() for x in xs]
        sums -= np.diag(own)
    return sums


class PrecisionRecall(NamedTuple):
    """Two scores: `precision, recall = precision_recall(real, fake)`."""

    precision: Score
    recall: Score


def precision_recall(
    real, fake, features=DEFAULT, n: int | None = None, **options
) -> PrecisionRecall:
    """How many fakes look real, and how much of the real variety the fakes cover; both in [0, 1].

    A set's manifold is the union of balls around its pictures, each as large as the distance to
    its third neighbour in the set. Precision: fakes inside the real manifold; recall: real ones
    inside the fake manifold. Both depend on n, so the larger side is cut down to the smaller one.

    Args:
        real, fake, features, n, options: as for `fid`.

    Reference: Kynkäänniemi et al. 2019, https://arxiv.org/abs/1904.06991
    """
    real, fake = extract_both(real, fake, features, n, **options)
    smallest = min(len(real), len(fake))
    if smallest <= K:
        raise ValueError(f"{K} neighbours need more than {K} pictures a side, not {smallest}")
    everything = real
    real, fake = (
        side.subset(np.random.default_rng(0).permutation(len(side))[:smallest])
        for side in (real, fake)
    )
    values = inside(real.vectors, fake.vectors), inside(fake.vectors, real.vectors)
    # Between two halves of one set, precision and recall are the same but for chance.
    floor = floor_of(lambda x, y: inside(x[: len(y)], y), everything, fake, K + 1)
    scores = (
        score_of(name, value, real, fake, details={"k": K}, floor=floor)
        for name, value in zip(("precision", "recall"), values, strict=True)
    )
    return PrecisionRecall(*scores)


def inside(manifold: np.ndarray, queries: np.ndarray, k: int = K) -> float:
    """The share of queries (m, d) in the union of k-th-neighbour balls of a set (n, d)."""
    found = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(manifold).kneighbors()
    radii = found[0][:, -1] * (1 + 1e-6)
    hits = pairwise_distances_chunked(
        queries, manifold, reduce_func=lambda part, _: (part <= radii).any(axis=1)
    )
    return float(np.concatenate(list(hits)).mean())


def mifid(real, fake, features=DEFAULT, n: int | None = None, **options) -> Score:
    """FID / (d_thr + 1e-14), where d_thr = d if d < threshold and else 1.

    d is the mean over the generated pictures of the distance 1 - |cos| to the nearest real one.
    Who copies the training set has a small d and pays for it. Kaggle's threshold of 0.1 belongs
    to Inception; those of the course's networks were calibrated on dogs they had not learnt from
    against altered copies, and stand on their cards. d grows as the real side shrinks.

    Args:
        real, fake, features, n, options: as for `fid`; `real` is what the generator learnt from.

    Returns:
        A score whose `details` are fid, d, d_thr, epsilon and threshold.
    """
    real, fake = extract_both(real, fake, features, n, **options)
    check_enough(real, fake)
    name, limit = real.network.name, real.network.threshold
    if limit is None:
        raise ValueError(f"nobody has calibrated MiFID's threshold for {name}: FeatureNetwork(...)")
    value, facts = _mifid(real.vectors, fake.vectors, limit)
    least = minimum(real.vectors.shape[1])
    floor = floor_of(lambda x, y: _mifid(x, y, limit)[0], real, fake, least)
    copied = facts["d"] < limit
    note = (
        f"FID {facts['fid']:.4g} / (d_thr {facts['d_thr']:.3g} + {EPSILON:g}); d {facts['d']:.3g} "
        f"{'<' if copied else '>='} threshold {limit:.3g} of {name}: "
        f"{'memorised' if copied else 'not memorised'}"
    )
    return score_of("MiFID", value, real, fake, floor=floor, details=facts, note=note)


def _mifid(real: np.ndarray, fake: np.ndarray, threshold: float) -> tuple[float, dict]:
    """The value, and the numbers that it is made of."""
    distance, d = gaussian_distance(real, fake), memorisation_distance(real, fake)
    d_thr = d if d < threshold else 1.0
    facts = dict(fid=distance, d=d, d_thr=d_thr, epsilon=EPSILON, threshold=threshold)
    return distance / (d_thr + EPSILON), facts


def memorisation_distance(real: np.ndarray, fake: np.ndarray) -> float:
    """mean_i min_j (1 - |cos(fake_i, real_j)|), in [0, 1]."""
    return float(cosine_distances(fake, real).min(axis=1).mean())


def cosine_distances(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """1 - |cos(x_i, y_j)|, float32 (n, m)."""
    x, y = (z / np.maximum(np.linalg.norm(z, axis=1, keepdims=True), 1e-12) for z in (x, y))
    return np.maximum(1 - np.abs(x @ y.T), 0)


def floor_of(measure: Callable, real: Features, fake: Features, least: int) -> Floor | None:
    """The measure between real and real: n of them, or half if there are fewer, and the others.

    None where the halves hold fewer than `least` pictures.
    """
    n = min(len(fake), len(real) // 2)
    if n < least:
        return None
    order = np.random.default_rng(0).permutation(len(real))
    return Floor(float(measure(real.vectors[order[n:]], real.vectors[order[:n]])), n)


def score_of(name, value, real: Features, fake: Features, error=None, **more) -> Score:
    """A score with the names and numbers of its two sides."""
    return Score(name, float(value), real.network.name, len(fake), len(real), error, **more)
