"""Pictures cut once, in parallel, and kept in one file: the second `load_dogs` takes a moment."""

import collections
import contextlib
import dataclasses
import errno
import os
import shutil
import time
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

import numpy as np

from dogan_lib.dogs import cropping
from dogan_lib.dogs.archives import SUFFIXES, UNREADABLE, Archive, ArchiveError
from dogan_lib.dogs.progress import Progress
from dogan_lib.runtime import cache_dir, write_atomically

# Part of the files' names: raise it when the same archive would now be cut otherwise.
FORMAT = 1

Problems = dict[str, list[str]]  # what happened -> to which pictures


@dataclasses.dataclass(frozen=True)
class Picture:
    """One picture of an archive before it is opened."""

    name: str
    breed: int
    boxes: tuple[cropping.Box, ...] = ()


@dataclasses.dataclass
class Index:
    """What an archive holds, and what was wrong with that."""

    pictures: list[Picture]
    breeds: list[str]
    problems: Problems


class Collection(Protocol):
    """Where pictures come from: `stanford.Stanford` and `folder.Folder`."""

    kind: str
    upright: bool  # turn pictures as their EXIF says
    annotated: bool  # whether there are boxes

    def identity(self) -> str: ...
    def index(self) -> Index: ...
    def open(self) -> Archive: ...


@dataclasses.dataclass
class Prepared:
    """The N crops of a collection. `images` may lie on disk until it is indexed."""

    images: np.ndarray  # uint8 (N, S, S, 3)
    labels: np.ndarray  # int32 (N,)
    boxes: np.ndarray  # int32 (N, 4)
    names: np.ndarray  # str (N,), the picture that each crop was cut from
    breeds: list[str]
    problems: Problems
    pictures: int


def prepare(
    collection: Collection, size: int, crop: str, workers: int | None = None, show: bool = True
) -> tuple[Prepared, bool]:
    """The crops of a collection, and whether they came from the cache.

    Raises:
        ArchiveError: the archive is unusable, holds no readable picture, or the disk is full. The
            cache is as it was before.
    """
    path = cache_dir() / f"{collection.kind}-{size}-{crop}-{collection.identity()}-{FORMAT}.npz"
    if path.exists():
        with contextlib.suppress(OSError, ValueError, KeyError, zipfile.BadZipFile):
            return load(path), True
        # A damaged file: made anew below.
    _sweep(path)
    index = collection.index()
    if not index.pictures:
        raise ArchiveError(
            f"No picture in {collection}: files that end in {' '.join(sorted(SUFFIXES))} count."
        )
    with full_disk_explained(path):
        rows = sum(_crops(p, crop) for p in index.pictures)
        _check_space(path, rows * size * size * 3)
        with write_atomically(path) as temporary:
            _write(temporary, collection, index, rows, size, crop, workers, show)
    return load(path), False


def _sweep(path: Path):
    """Remove what a killed process left behind half-written; an hour old, it is nobody's."""
    for left in path.parent.glob(f".{path.stem}.*.tmp.npz"):
        if time.time() - left.stat().st_mtime > 3600:
            left.unlink(missing_ok=True)


def _crops(picture: Picture, crop: str) -> int:
    """How many crops a picture gives at most."""
    return 1 if crop == "none" else max(1, len(picture.boxes))


def _write(path, collection, index, rows, size, crop, workers, show):
    """Cut all pictures into one .npz; the crops go to the file as they come, not through memory."""
    labels, boxes, names = [], [], []
    problems = collections.defaultdict(list, {k: list(v) for k, v in index.problems.items()})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        with file.open("images.npy", "w", force_zip64=True) as stream:
            header = {"descr": "|u1", "fortran_order": False, "shape": (rows, size, size, 3)}
            np.lib.format.write_array_header_2_0(stream, header)
            for picture, result in _cut_all(collection, index, size, crop, workers, show):
                for image in result.images:
                    stream.write(image.tobytes())
                labels += [picture.breed] * len(result.images)
                boxes += result.boxes[: len(result.images)]
                names += [picture.name] * len(result.images)
                for problem in result.problems:
                    problems[problem].append(picture.name)
            # The header had to say how many before the bad ones were known.
            for _ in range(rows - len(labels)):
                stream.write(bytes(size * size * 3))
        if not labels:
            raise ArchiveError(
                f"None of the {len(index.pictures):,} pictures in {collection} can "
                "be read. Look at one of them in a viewer."
            )
        pairs = [(problem, name) for problem, found in problems.items() for name in found]
        _add(file, "labels", np.array(labels, np.int32))
        _add(file, "boxes", np.array(boxes, np.int32).reshape(-1, 4))
        _add(file, "names", np.array(names))
        _add(file, "breeds", np.array(index.breeds))
        _add(file, "problems", np.array(pairs, dtype=str).reshape(-1, 2))
        _add(file, "pictures", np.array(len(index.pictures)))


def _add(file: zipfile.ZipFile, name: str, array: np.ndarray):
    with file.open(f"{name}.npy", "w", force_zip64=True) as stream:
        np.lib.format.write_array(stream, array, allow_pickle=False)


def _cut_all(collection, index, size, crop, workers, show) -> Iterator[tuple[Picture, Any]]:
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
        tasks = ((picture, _read(archive, picture.name)) for picture in index.pictures)
        with Progress(len(index.pictures), "cropping", "pictures", show) as bar:
            for result in map_in_order(work, tasks, workers or cores()):
                bar.advance()
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


def load(path: Path) -> Prepared:
    """Read a prepared file; the crops stay on disk until they are indexed."""
    with np.load(path, allow_pickle=False) as file:
        labels, pairs = file["labels"], file["problems"]
        problems = collections.defaultdict(list)
        for problem, name in pairs.tolist():
            problems[problem].append(name)
        images = map_array(path, "images")[: len(labels)]
        return Prepared(
            images,
            labels,
            file["boxes"],
            file["names"],
            file["breeds"].tolist(),
            dict(problems),
            int(file["pictures"]),
        )


def save_arrays(path: Path, arrays: dict):
    """Keep what `doodle.make` drew."""
    flat = {k: v for k, v in arrays.items() if v is not None and k != "attributes"}
    flat |= {f"attribute {k}": v for k, v in (arrays.get("attributes") or {}).items()}
    with full_disk_explained(path), write_atomically(path) as temporary:
        np.savez(temporary, **flat)


def load_arrays(path: Path) -> dict | None:
    """What `save_arrays` kept; None if there is none, or it is damaged."""
    with contextlib.suppress(OSError, ValueError, KeyError, zipfile.BadZipFile):
        with np.load(path, allow_pickle=False) as file:
            arrays = {k: file[k] for k in file.files if not k.startswith("attribute ")}
            arrays["attributes"] = {
                k.removeprefix("attribute "): file[k] for k in file.files if k not in arrays
            }
            return arrays | {"captions": arrays["captions"].tolist()}
    return None


def map_array(path: Path, name: str) -> np.memmap:
    """One array of an uncompressed .npz, left on disk (`np.load` can do that for .npy only)."""
    with zipfile.ZipFile(path) as file, open(path, "rb") as raw:
        raw.seek(file.getinfo(f"{name}.npy").header_offset + 26)
        lengths = np.frombuffer(raw.read(4), "<u2")  # of the name and the extra field after it
        raw.seek(int(lengths.sum()), os.SEEK_CUR)
        np.lib.format.read_magic(raw)
        shape, _, dtype = np.lib.format.read_array_header_2_0(raw)
        return np.memmap(path, dtype, "r", raw.tell(), shape)


def balanced_order(labels: np.ndarray, breeds: Sequence[int], seed: int) -> np.ndarray:
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


def _check_space(path: Path, needed: int):
    free = shutil.disk_usage(path.parent).free
    if free < needed * 1.02 + 2**20:
        raise OSError(errno.ENOSPC, f"{needed / 1e6:,.0f} MB needed, {free / 1e6:,.0f} MB free")


@contextlib.contextmanager
def full_disk_explained(path: Path):
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise ArchiveError(
            f"The disk of the cache, {path.parent}, is full ({error.strerror}). Free some space, "
            "set DOGAN_CACHE to a larger disk, or ask for a smaller size. The cache is as it was."
        ) from error
