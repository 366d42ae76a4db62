"""Real dogs as the feature networks see them: numbers, in place of pictures that may not be
handed on.

    fid(real_dogs(), generator, n=1000)

`data/make/real_dogs.py` makes them.
"""

import numpy as np

from dogan_lib.checkpoints import data_dir
from dogan_lib.metrics.features import DEFAULT, Features, network

FILE = "real_dogs.npz"


def real_dogs(features: str = DEFAULT) -> Features:
    """The vectors of 1,200 real dogs, ten of each breed, that no feature network was fitted to.

    Every measure takes them in place of pictures. A generator of the course may have seen these
    dogs; the network has not, so they lie in its eyes where any new dog would.

    Args:
        features: "lite1" or "dognet".

    Raises:
        FileNotFoundError: the course's data folder is not there.
    """
    path = data_dir() / FILE
    if not path.exists():
        raise FileNotFoundError(f"no {path}: set DOGAN_DATA to the course's data folder")
    with np.load(path) as kept:
        vectors, labels = kept[features].astype("float32"), kept["labels"].astype("int32")
    return Features(vectors, network(features), labels, text=f"{len(vectors):,} real dogs")
