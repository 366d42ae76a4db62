"""Pictures cut once, in parallel, and cached: the second `load_dogs` takes a moment."""

import collections
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath

import numpy as np

from dogan_lib.dogs import cache, cropping
from dogan_lib.dogs.archives import SUFFIXES, UNREADABLE, Archive, ArchiveError
from dogan_lib.dogs.collection import Collection, Picture
from dogan_lib.runtime import progress

# Part of the names in the cache: raise it when the same archive would now be cut otherwise.
FORMAT = 2


def prepare(
    collection: Collection, size: int, crop: str, workers: int | None = None, show: bool = True
) -> tuple[dict, bool]:
    """The N crops of a collection, and whether they came from the cache.

    Returns:
        A dict of images uint8 (N, size, size, 3) on disk, labels (N,), boxes (N, 4), names (N,):
        the picture that each was cut from, breeds, problems, and pictures: how many there are.

    Raises:
        ArchiveError: the archive is unusable, holds no readable picture, or the cache is unusable.
    """
    kind = str(collection).partition(":")[0]
    folder = cache.place(f"{kind}-{size}-{crop}-{collection.identity()}-{FORMAT}")
    if found := cache.load(folder):
        return found, True
    return _prepare(folder, collection, size, crop, workers, show), False


def _prepare(folder, collection, size, crop, workers, show) -> dict:
    pictures, breeds, problems = collection.index()
    if not pictures:
        raise ArchiveError(
            f"No picture in {collection}: files that end in {' '.join(sorted(SUFFIXES))} count."
        )
    rows = []  # of each crop: label, box, name
    problems = collections.defaultdict(list, problems)

    def images():
        for picture, result in _cut_all(collection, pictures, size, crop, workers, show):
            rows.extend((picture.breed, box, picture.name) for box in result.boxes)
            for problem in result.problems:
                problems[problem].append(picture.name)
            yield from result.images
        if not rows:
            raise ArchiveError(
                f"None of the {len(pictures):,} pictures in {collection} can be read. Look at one "
                "of them in a viewer."
            )

    def facts():
        labels, boxes, names = zip(*rows, strict=True)
        columns = {"labels": labels, "boxes": boxes, "names": names, "breeds": breeds}
        return {**columns, "problems": problems, "pictures": len(pictures)}

    return cache.save(folder, images(), facts)


def _cut_all(
    collection, pictures, size, crop, workers, show
) -> Iterator[tuple[Picture, cropping.Cut]]:
    """(picture, Cut) of every picture, in order, cut on all cores.

    Threads, not processes: Pillow gives up the GIL while it decodes and resizes (two threads take
    half the time of one, as two processes do), and TensorFlow in the parent makes forks unsafe.
    """

    def work(task):
        picture, data = task
        if data is None:
            return picture, cropping.Cut([], [], [cropping.UNREADABLE])
        suffix = PurePosixPath(picture.name).suffix
        return picture, cropping.cut(data, picture.boxes, size, crop, collection.upright, suffix)

    with collection.open() as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, about odd pictures: the summary counts them
        tasks = ((picture, _read(archive, picture.name)) for picture in pictures)
        with progress(len(pictures), "cropping", "pictures", show) as bar:
            for result in map_in_order(work, tasks, workers or cores()):
                bar.update()
                yield result


def cores() -> int:
    """The cores that this process may use; in a container fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _read(archive: Archive, name: str) -> bytes | None:
    try:
        return archive.read(name)
    except UNREADABLE:
        return None


def map_in_order(function: Callable, items: Iterable, workers: int) -> Iterator:
    """`map` over threads that holds only a few items at a time, however many there are."""
    with ThreadPoolExecutor(workers) as pool:
        pending = collections.deque()
        for item in items:
            pending.append(pool.submit(function, item))
            if len(pending) > 8 * workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


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
