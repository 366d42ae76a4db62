"""What is wrong with a data set: `dogan data --verify`."""

import hashlib
from collections.abc import Iterator

from dogan_lib.dogs import stanford
from dogan_lib.dogs.dataset import Dogs


def origins() -> Iterator[str]:
    """Whether the archives of Stanford Dogs on disk are the ones that Stanford published."""
    found = stanford.find()
    for path in (found.images, found.annotation) if found else ():
        if path.name not in stanford.FILES:
            yield f"{path}: unpacked, nothing to compare with"
            continue
        with open(path, "rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == stanford.FILES[path.name][1]
        yield f"{path}: {'as published' if same else 'not the published archive'}"


def problems(dogs: Dogs, size: int) -> Iterator[str]:
    """What would spoil a training: in words, one line each."""
    if dogs.images.dtype != "uint8" or dogs.images.shape[1:] != (size, size, 3):
        yield f"pictures are {dogs.images.dtype} {dogs.images.shape[1:]}"
    if len(dogs.labels) != len(dogs) or not len(dogs):
        yield f"{len(dogs)} pictures, {len(dogs.labels)} labels"
    elif dogs.labels.min() < 0 or dogs.labels.max() >= len(dogs.breeds):
        yield f"labels from {dogs.labels.min()} to {dogs.labels.max()}, {len(dogs.breeds)} breeds"
    flat = [i for i, image in enumerate(dogs.images) if image.min() == image.max()]
    if flat:
        yield f"{len(flat)} pictures of one colour, the first is number {flat[0]}"
