"""One table for one generator: `dogan score`."""

import dataclasses
from pathlib import Path

import numpy as np

from dogan_lib.dogs import Dogs
from dogan_lib.metrics.distances import fid, kid, mifid, minimum, precision_recall
from dogan_lib.metrics.features import DEFAULT, FeatureNetwork, Features, extract, network
from dogan_lib.metrics.scores import Score
from dogan_lib.metrics.sources import pictures

BLUR = 1.5  # pixels out of 64
MOST = 2000  # pictures that are measured where neither the user nor the source says how many


@dataclasses.dataclass(frozen=True)
class Row:
    """Some pictures and all their scores; a measure that n does not allow is missing."""

    pictures: str
    n: int
    scores: dict[str, Score]

    def cells(self) -> list[str]:
        """As text, in the order of `Report.HEADS`."""
        number = {name: score.number for name, score in self.scores.items()}
        if "MiFID" in self.scores:
            number["d"] = f"{self.scores['MiFID'].details['d']:.3f}"
        return [self.pictures, str(self.n), *(number.get(head, "–") for head in Report.HEADS[2:])]


@dataclasses.dataclass(frozen=True)
class Report:
    """The first row is what was asked about; the others say what its numbers mean.

    Every row is compared with the same reference, by the same network, and has the same n.
    """

    network: FeatureNetwork
    reference: str
    rows: list[Row]

    HEADS = ("pictures", "n", "FID", "KID", "MiFID", "d", "precision", "recall")

    def __str__(self):
        table = np.array([self.HEADS, *(row.cells() for row in self.rows)], object)
        for column in range(len(self.HEADS)):
            width = max(map(len, table[:, column]))
            pad = str.rjust if column else str.ljust
            table[:, column] = [pad(cell, width) for cell in table[:, column]]
        lines = ["  ".join(line) for line in table]
        lines.insert(1, "-" * len(lines[0]))
        mifid_of = self.rows[0].scores.get("MiFID")
        few = "FID and MiFID need more pictures, MiFID a threshold of the network too"
        note = f"MiFID = FID / d_thr: {mifid_of.note}" if mifid_of else few
        return "\n".join(
            [
                f"{self.network.name} against {self.reference}",
                *lines,
                note,
                "FID, KID, MiFID: less is better; precision, recall: more. FID depends on n.",
            ]
        )

    def as_dict(self) -> dict:
        """For JSON."""
        rows = [
            vars(row) | {"scores": {name: score.as_dict() for name, score in row.scores.items()}}
            for row in self.rows
        ]
        facts = {"network": self.network.name, "mifid_threshold": self.network.threshold}
        return {**facts, "reference": self.reference, "rows": rows}


def score(
    fake, real: Dogs, features=DEFAULT, n: int | None = None, seed: int = 0, progress: bool = True
) -> Report:
    """Measure pictures against dogs, and beside them real dogs, blurred dogs, and noise.

    Args:
        fake: any source (`dogan_lib.metrics.sources.pictures`).
        real: dogs of the same size. Those that the network was not fitted to are the floor if there
            are n of them, else a random choice; the others are the reference.
        features: "lite1", "dognet", "inception" or a function.
        n: pictures of each row; where not given, as many as the source has, the unseen dogs
            allow, or 2,000.
    """
    eyes = network(features)
    endless = hasattr(fake, "sample") or str(fake).endswith(".keras")
    given = None if endless else pictures(fake)
    held_out = set(eyes.card.get("held_out", ()))
    unseen = np.array([Path(name).stem in held_out for name in real.names], bool)
    limits = [n, len(given.images) if given else None, len(real) // 2]
    if n is None:
        limits += [MOST, int(unseen.sum()) if unseen.sum() >= 100 else None]
    n = min(limit for limit in limits if limit is not None)
    known = unseen.sum() >= n
    pool = np.flatnonzero(unseen) if known else np.arange(len(real))
    floor = np.random.default_rng(seed).permutation(pool)[:n]
    reference = extract(
        real.subset(np.setdiff1d(np.arange(len(real)), floor)), eyes, progress=progress
    )
    fakes = extract(given.images if given else fake, eyes, n, seed=seed, progress=progress)
    others = real.images[np.sort(floor)]
    noise = np.random.default_rng(seed).integers(0, 256, others.shape, dtype="uint8")
    sides = [
        (Path((given or fakes).text).stem, fakes),
        (f"real dogs, {'never seen' if known else 'other ones'}", extract(others, eyes)),
        ("the same, blurred", extract(blurred(others, BLUR * others.shape[1] / 64), eyes)),
        ("noise", extract(noise, eyes)),
    ]
    size = "x".join(map(str, real.images.shape[1:3]))
    return Report(
        eyes,
        f"{len(reference):,} real dogs ({real.source}, {size})",
        [Row(name, len(side), measured(reference, side)) for name, side in sides],
    )


def measured(reference: Features, side: Features) -> dict[str, Score]:
    """All measures that the number of pictures allows, by name."""
    precision, recall = precision_recall(reference, side)
    scores = {"KID": kid(reference, side), "precision": precision, "recall": recall}
    if min(len(side), len(reference)) >= minimum(side.vectors.shape[1]):
        scores["FID"] = fid(reference, side)
        if side.network.threshold is not None:
            scores["MiFID"] = mifid(reference, side)
    return scores


def blurred(images: np.ndarray, sigma: float) -> np.ndarray:
    """uint8 (n, H, W, 3) through a Gaussian of `sigma` pixels."""
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(images, (0, sigma, sigma, 0), output="float32").round().astype("uint8")
