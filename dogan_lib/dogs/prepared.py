"""Pictures cut once, in parallel, and cached: the second `load_dogs` takes a moment."""

import collections
import contextlib
import errno
import json
import os
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from dogan_lib.dogs import archives, cropping
from dogan_lib.dogs.collection import Collection
from dogan_lib.runtime import cache_dir, progress, sweep, write_atomically

# Part of the names in the cache: raise it when the same archive would now be cut otherwise.
FORMAT = 3


def prepare(collection: Collection, size: int, crop: str, show: bool = True) -> tuple[dict, bool]:
    """The N crops of a collection, and whether they came from the cache; or an ArchiveError.

    A dict of images uint8 (N, size, size, 3), labels (N,), boxes (N, 4), names (N,) of the pictures
    that they were cut from, breeds, problems, and pictures: how many there are.
    """
    kind = str(collection).partition(":")[0]
    paths = filter(None, (collection.images, collection.annotation))
    name = f"{kind}-{size}-{crop}-{archives.identity(*paths)}-{FORMAT}"
    return cached(name, lambda: _cut(collection, size, crop, show))


def _cut(collection, size, crop, show) -> dict:
    """The crops, made on all cores. Threads do: Pillow gives up the GIL while it decodes."""
    pictures, breeds, problems = collection.index()
    one_at_a_time = threading.Lock()

    def work(picture):
        name, _, boxes = picture
        try:
            with one_at_a_time:
                data = archive.read(name)
        except archives.UNREADABLE:
            return cropping.Cut([], [], [cropping.UNREADABLE])
        return cropping.cut(data, boxes, size, crop)

    # At most so many; what is not written to takes no memory.
    images = np.empty((sum(max(1, len(boxes)) for *_, boxes in pictures), size, size, 3), "uint8")
    problems, rows = collections.defaultdict(list, problems), []
    with (
        archives.open_archive(collection.images) as archive,
        warnings.catch_warnings(),
        ThreadPoolExecutor(os.cpu_count()) as pool,
        progress(len(pictures), "cropping", "pictures", show) as bar,
    ):
        warnings.simplefilter("ignore")  # Pillow's, about odd pictures: the summary counts them
        for (name, breed, _), cut in zip(pictures, pool.map(work, pictures), strict=True):
            for problem in cut.problems:
                problems[problem].append(name)
            for image, box in zip(cut.images, cut.boxes, strict=True):
                images[len(rows)] = image
                rows.append((breed, box, name))
            bar.update()
    if not rows:
        raise archives.ArchiveError(
            f"No picture in {collection} can be read. {len(pictures):,} of its files end in "
            f"{' '.join(sorted(archives.SUFFIXES))}; look at one of them in a viewer."
        )
    labels, boxes, names = zip(*rows, strict=True)
    found = {"images": images[: len(rows)], "labels": labels, "boxes": boxes, "names": names}
    return found | {"breeds": breeds, "problems": problems, "pictures": len(pictures)}


def place(name: str) -> Path:
    """Where something of this name is kept. Raises ArchiveError if the cache is unusable."""
    with _explained():
        return cache_dir() / name


def cached(name: str, make: Callable[[], dict]) -> tuple[dict, bool]:
    """What `make()` gives, and whether it was there: made once, and kept in one file of the cache.

    It gives a dict of `images`, an array, and of whatever JSON can hold, or arrays. If it cannot be
    kept, an ArchiveError says so, and the cache is as it was before.
    """
    path = place(f"{name}.npz")
    try:  # a zip has a checksum for all that it holds
        with np.load(path) as kept:
            return {**json.loads(kept["facts"].tobytes()), "images": kept["images"]}, True
    except Exception:  # of the file system, the zip, zlib, NumPy or JSON: none there, or damaged
        pass
    made = make()
    images, facts = made.pop("images"), json.dumps(made, default=np.ndarray.tolist)
    with _explained():
        sweep(path, older=3600)  # another process may be writing just now
        with write_atomically(path) as temporary:
            np.savez(temporary, images=images, facts=np.frombuffer(facts.encode(), "uint8"))
    return {**json.loads(facts), "images": images}, False


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = os.environ.get("DOGAN_CACHE") or "~/.cache/dogan"
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        what = "its disk is full" if full else "it cannot be written to"
        raise archives.ArchiveError(
            f"The cache, {where}, is as it was: {what} ({error}). Free some space, or set the "
            "environment variable DOGAN_CACHE to a folder on a disk with room."
        ) from error


def balanced_order(labels: np.ndarray, breeds: Iterable[int], seed: int) -> np.ndarray:
    """Rows of the wanted breeds, shuffled so that every start of the list is breed-balanced.

    One dog of each breed, then a second of each, and so on: the first 100 of a thousand are the
    same dogs as the first 100 of ten thousand.
    """
    shuffled = np.random.default_rng(seed).permutation(len(labels))
    shuffled = shuffled[np.isin(labels[shuffled], breeds)]
    turn = np.empty(len(shuffled), np.int64)  # the how-many-eth dog of its breed
    for breed in breeds:
        mine = np.flatnonzero(labels[shuffled] == breed)
        turn[mine] = np.arange(len(mine))
    return shuffled[np.argsort(turn, kind="stable")]
