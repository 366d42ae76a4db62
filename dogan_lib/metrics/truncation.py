"""What truncation buys and what it costs, threshold by threshold.

stands = biggan.stands(load_generator("biggan64"))
curve = truncation_curve(stands, load_dogs(size=64), n=2000)
"""

import numpy as np
from sklearn.metrics import pairwise_distances_chunked

from dogan_lib.checkpoints import Generator
from dogan_lib.dogs import Dogs
from dogan_lib.metrics.breeds import breed_score, probabilities, recognise
from dogan_lib.metrics.distances import fid, kid, minimum, precision_recall
from dogan_lib.metrics.features import DEFAULT, Features, extract, network
from dogan_lib.plots import to_uint8


def truncation_curve(
    stands: dict[float, Generator],
    dogs: Dogs | Features | None = None,
    n: int = 2000,
    seed: int = 0,
    features=DEFAULT,
) -> dict:
    """Measure a conditional generator under each threshold.

    Args:
        stands: threshold -> the generator with the statistics that belong to it, `biggan.stands`;
            the generator's card names the breeds.
        dogs: real ones, for precision, recall, KID and FID; without them these are left out.
        n: pictures a threshold, all breeds as often. With too few for a covariance there is no FID.
        seed: of the latents.
        features: whose distances, and breeds where it names them, else lite1's.

    Returns:
        For a card: n, network, thresholds, and a list of numbers, one for each threshold, under
        "is" (`breed_score`), "recognised" (the asked breed is among the first five), "variety"
        (`spread`); with dogs also reference, n_real, "precision", "recall", "kid" and "fid".
    """
    eyes = network(features)
    real = None if dogs is None else extract(dogs, eyes)
    curve = {"n": n, "network": eyes.name, "thresholds": sorted(stands)}
    if real is not None:
        curve |= {"reference": real.text, "n_real": len(real)}
    for threshold in curve["thresholds"]:
        row = _row(stands[threshold], threshold, real, eyes, n, seed)
        for name, value in row.items():
            curve.setdefault(name, []).append(round(value, 5))
    return curve


def _row(generator, threshold, real, eyes, n, seed):
    labels = np.arange(n) % generator.classes
    pictures = to_uint8(generator.sample(n, seed, threshold, labels=labels))
    fake = extract(pictures, eyes, progress=False)
    judge = eyes.card.get("name", DEFAULT)
    row = {
        "is": breed_score(probabilities(pictures, generator.breeds, judge)),
        "recognised": recognise(pictures, labels, generator.breeds, judge).accuracy(5),
        "variety": spread(fake.vectors),
    }
    if real is not None:
        precision, recall = precision_recall(real, fake)
        row |= {"precision": float(precision), "recall": float(recall)}
        row["kid"] = float(kid(real, fake))
        if min(len(real), n) >= minimum(fake.vectors.shape[1]):
            row["fid"] = float(fid(real, fake))
    return row


def spread(vectors: np.ndarray) -> float:
    """The mean distance of two different ones of the vectors (n, d): 0 where all are the same."""
    total = sum(part.sum(dtype="float64") for part in pairwise_distances_chunked(vectors))
    return float(total / (len(vectors) * (len(vectors) - 1)))
