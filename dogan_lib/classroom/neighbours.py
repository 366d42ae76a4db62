"""The real pictures nearest to generated ones, for chapter 14: the picture that shows memorising.

nearest(dogs, gan, n=8).figure()
"""

import dataclasses

import numpy as np

from dogan_lib.metrics.distances import cosine_distances
from dogan_lib.metrics.features import DEFAULT, Features, extract_both
from dogan_lib.metrics.sources import pictures
from dogan_lib.plots import labelled_rows


@dataclasses.dataclass(frozen=True)
class Neighbours:
    """The real pictures nearest to each fake one, nearest first.

    Attributes:
        indices: int (m, k), positions among the real ones.
        distances: float (m, k), 1 - |cos| of the features, as MiFID takes it; 0 is a copy.
        fake: uint8 (m, H, W, 3), or None where only features were given.
        real: uint8 (m, k, H, W, 3), or None.
        features: name of the network.
    """

    indices: np.ndarray
    distances: np.ndarray
    fake: np.ndarray | None
    real: np.ndarray | None
    features: str

    def figure(self, rows: int = 8):
        """Each row: a generated dog, then its neighbours; the numbers are the distances."""
        if self.fake is None or self.real is None:
            raise ValueError("nothing to draw: only features were given, not pictures")
        shown = np.concatenate([self.fake[:rows, None], self.real[:rows]], axis=1)
        labels = ["  ".join(f"{d:.2f}" for d in line) for line in self.distances[:rows]]
        return labelled_rows(shown, labels, title=f"nearest by 1 - |cos| of {self.features}")


def nearest(
    real, fake, features=DEFAULT, n: int | None = None, k: int = 3, **options
) -> Neighbours:
    """The k nearest real pictures of each fake one.

    Args:
        real: the training set, all of which is searched.
        fake: what was generated.
        n: at most so many fakes; a generator needs it.
        k: neighbours of each.
        features, options: as for `fid`.
    """
    given = [
        side if isinstance(side, Features) else pictures(side, many, options.get("seed", 0)).images
        for side, many in ((real, None), (fake, n))
    ]
    seen, fakes = extract_both(*given, features, **options)
    distances = cosine_distances(fakes.vectors, seen.vectors)
    indices = np.argsort(distances, axis=1, kind="stable")[:, :k]
    return Neighbours(
        indices,
        np.take_along_axis(distances, indices, axis=1),
        None if isinstance(fake, Features) else given[1],
        None if isinstance(real, Features) else given[0][indices],
        seen.network.name,
    )
