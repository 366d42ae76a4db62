"""Real dogs as DogNet sees them: numbers, in place of pictures that may not be handed on.

    fid(real_dogs(), generator, n=1000)

Made by: python -m dogan_lib.metrics.reference stanford_dogs_64_train.tar
"""

import sys
from pathlib import Path

import numpy as np

from dogan_lib.checkpoints import data_dir
from dogan_lib.metrics.features import Features, dognet, extract
from dogan_lib.runtime import write_atomically

FILE = "real_dogs.npz"


def real_dogs() -> Features:
    """DogNet's vectors of 1,200 real dogs, ten of each breed, that it was not trained on.

    Every measure takes them in place of pictures. A generator of the course may have seen these
    dogs; DogNet has not, so they lie in its eyes where any new dog would.

    Raises:
        FileNotFoundError: the course's data folder is not there.
    """
    path = data_dir() / FILE
    if not path.exists():
        raise FileNotFoundError(f"no {path}: set DOGAN_DATA to the course's data folder")
    with np.load(path) as kept:
        vectors, labels = kept["vectors"].astype("float32"), kept["labels"].astype("int32")
    return Features(vectors, dognet(), labels, text=f"{len(vectors):,} real dogs")


def write(archive: str | Path, path: str | Path) -> Path:
    """Keep the vectors of an archive's held-out dogs, float16 (n, 256), and their breeds."""
    from dogan_lib.models.dognet import read_breeds

    dogs = read_breeds(archive)
    held = dogs.held_out
    vectors = extract(dogs.images[held]).vectors.astype("float16")
    with write_atomically(path) as temporary:
        np.savez_compressed(temporary, vectors=vectors, labels=dogs.labels[held].astype("uint8"))
    return Path(path)


if __name__ == "__main__":
    print(write(sys.argv[1], data_dir() / FILE))
