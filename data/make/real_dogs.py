"""1,200 real dogs as the shipped feature networks see them: `data/real_dogs.npz`.

python -m data.make.real_dogs stanford_dogs_64_train.tar
"""

import sys
from pathlib import Path

import numpy as np

from data.make.dognet import read_breeds
from dogan_lib.checkpoints import data_dir
from dogan_lib.metrics.features import REAL_DOGS, SHIPPED, extract
from dogan_lib.runtime import write_atomically


def write(archive: str | Path, path: str | Path) -> Path:
    """Keep the vectors of the held-out dogs, float16 (n, 256) a network, and their breeds."""
    dogs = read_breeds(archive)
    held = dogs.held_out
    vectors = {name: extract(dogs.images[held], name).vectors.astype("float16") for name in SHIPPED}
    with write_atomically(path) as temporary:
        np.savez_compressed(temporary, **vectors, labels=dogs.labels[held].astype("uint8"))
    return Path(path)


if __name__ == "__main__":
    print(write(sys.argv[1], data_dir() / REAL_DOGS))
