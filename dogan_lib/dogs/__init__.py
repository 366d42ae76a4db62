"""The dogs of the course: Stanford Dogs, your own pictures, or doodles drawn by a program.

    dogs = load_dogs(size=32, limit=2_000)
    dogs.images, dogs.labels, dogs.breeds
    gan.fit(dogs.batches(64), epochs=5)

All three come as one `Dogs` object, so a chapter does not know which it trains on.
"""

import functools
import os
import re
import time
from collections.abc import Sequence

import numpy as np

from dogan_lib.dogs import cropping, prepared, stanford
from dogan_lib.dogs.archives import ArchiveError, existing
from dogan_lib.dogs.collection import Collection, positions
from dogan_lib.dogs.dataset import Dogs, Original, count
from dogan_lib.dogs.download import DownloadError
from dogan_lib.presets import active

__all__ = ["ArchiveError", "Dogs", "DownloadError", "Original", "load_dogs"]

# How many are drawn where no limit says it: ten to twenty seconds' work on two cores.
DRAWN = {"doodle": 4_000, "portraits": 6_000}


def load_dogs(
    size: int = 64,
    source: str | os.PathLike = "auto",
    breeds: str | Sequence[str] | None = None,
    limit: int | None = None,
    crop: str = "square",
    seed: int = 0,
    *,
    workers: int | None = None,
    progress: bool = True,
) -> Dogs:
    """Load dogs, cut to `size` x `size` pixels, and say in one line what was found.

    The crops of an archive are made once for each (size, crop) and kept in the cache
    (`$DOGAN_CACHE`, default `~/.cache/dogan`).

    Args:
        size: pixels a side.
        source: `"stanford"` (downloads 815 MB the first time, unless `$DOGAN_STANFORD_DIR` or
            `"stanford:FOLDER"` names a folder with `images.tar` and `annotation.tar`),
            `"doodle"`, `"portraits"` (doodles' heads before sky and snow, which a small network
            learns in two minutes), `"folder:PATH"` or just the path of a directory, tar or zip of
            pictures, with sub-folders as classes. `"auto"` is `$DOGAN_SOURCE` if set; else Stanford
            Dogs if they are on disk, or can be fetched and the preset is `gpu`; else doodles.
        breeds: only these, labelled in this order; with or without the `n02085620-` before them.
        limit: at most so many dogs, the same number of each breed as far as they go. The first
            dogs of a larger limit are those of a smaller one. Doodles: draw so many
            (default 4,000; portraits 6,000), of breeds drawn at random.
        crop: `"square"` grows each dog's box to a square inside the picture, `"box"` stretches
            the box, `"none"` stretches the whole picture. Pictures without a box are one box, so
            `"square"` takes their middle. Doodles fill their picture and are not cropped.
        seed: of the selection and its order; for doodles, of the dogs.
        workers: threads (doodles: processes); default all cores.
        progress: show a bar while pictures are cut or drawn.

    Raises:
        ValueError: for an argument that makes no sense, with what would.
        ArchiveError, DownloadError: the pictures cannot be had, and what to do.
    """
    _check(size, limit, crop)
    source = _choose(os.fspath(source))
    if source in DRAWN:
        return _doodles(source, size, breeds, limit or DRAWN[source], seed, workers, progress)
    start = time.monotonic()
    collection = _collection(source, progress)
    found, cached = prepared.prepare(collection, size, crop, workers, progress)
    dogs = _select(collection, found, breeds, limit, seed)
    spent = "from the cache" if cached else f"in {time.monotonic() - start:.0f} s"
    print(_summary(dogs, found, crop, spent))
    return dogs


def _check(size, limit, crop):
    if not 1 <= size <= 2048:
        raise ValueError(f"size={size}: pictures are 1 to 2048 pixels wide")
    if limit is not None and limit < 1:
        raise ValueError(f"limit={limit}: ask for one dog or more, or for None (all)")
    if crop not in cropping.MODES:
        raise ValueError(f"crop={crop!r}: choose one of {', '.join(cropping.MODES)}")


def _choose(source: str) -> str:
    """Resolve "auto", and say which and why."""
    if source != "auto":
        return source
    named = os.environ.get("DOGAN_SOURCE")
    source, why = (named, "as DOGAN_SOURCE says") if named and named != "auto" else _automatic()
    print(f"dogs: {source}, {why}")
    return source


def _automatic() -> tuple[str, str]:
    found = stanford.find()
    if found:
        return "stanford", f"found in {found.images.parent}"
    preset = active()
    if preset != "gpu":
        return "doodle", f"since Stanford Dogs are not on disk and preset {preset} fetches nothing"
    if not stanford.can_fetch():
        return "doodle", "since Stanford Dogs are not on disk and their server does not answer"
    try:
        stanford.fetch()
    except DownloadError as error:
        return "doodle", f"since Stanford Dogs could not be fetched: {' '.join(str(error).split())}"
    return "stanford", "fetched for preset gpu"


def _collection(source: str, show: bool) -> Collection:
    if source == "stanford":
        return stanford.find() or stanford.fetch(show=show)
    kind, _, path = source.partition(":")
    path = path if kind in ("stanford", "folder") else source
    try:
        found = existing(path) if path else None
    except ArchiveError:
        if path != source or not re.fullmatch(r"[\w-]+", source):
            raise
        found = None
    if found is None:
        raise ValueError(
            f"source={source!r}: choose auto, stanford, doodle, portraits, or the path of a "
            "directory, tar or zip of pictures"
        )
    if kind == "stanford" or (kind != "folder" and (found / "images.tar").exists()):
        return stanford.find(found)
    return Collection(found)


def _select(collection: Collection, found: dict, breeds, limit, seed) -> Dogs:
    wanted = _match(breeds, found["breeds"])
    labels = np.array(found["labels"], np.int32)
    rows = prepared.balanced_order(labels, wanted, seed)[:limit]
    renumber = np.full(len(found["breeds"]), -1, np.int32)
    renumber[wanted] = np.arange(len(wanted))
    return Dogs(
        images=found["images"][rows],
        labels=renumber[labels[rows]],
        breeds=[found["breeds"][i] for i in wanted],
        source="stanford" if collection.annotation else str(collection),
        names=[found["names"][i] for i in rows],
        boxes=np.array(found["boxes"], np.int32)[rows] if collection.annotation else None,
        problems=found["problems"],
        find_originals=functools.partial(_photos, collection),
    )


def _match(wanted: str | Sequence[str] | None, known: Sequence[str]) -> list[int]:
    """Positions of the wanted breeds, in the order asked for."""
    if wanted is None:
        return list(range(len(known)))
    names = [wanted] if isinstance(wanted, str) else wanted
    return list(dict.fromkeys(positions(names, known)))


def _photos(collection: Collection, dogs: Dogs) -> list[Original]:
    """The pictures behind these dogs, each read once and in stored order."""
    boxes, _ = collection.boxes_of(dogs.names)
    with collection.open() as archive:
        data = {name: archive.read(name) for name in archive.names if name in boxes}
    images = {name: cropping.read_rgb(d, collection.upright) for name, d in data.items()}
    return [
        Original(images[name], _inside(boxes[name], images[name]), dogs.breeds[label], name)
        for name, label in zip(dogs.names, dogs.labels, strict=True)
    ]


def _inside(boxes: Sequence[cropping.Box], image: np.ndarray) -> np.ndarray:
    """The usable boxes as an array; none for a picture that has no annotation."""
    kept = cropping.usable_boxes(boxes, image.shape[1], image.shape[0])[0] if boxes else []
    return np.array(kept, np.int32).reshape(-1, 4)


def _doodles(source, size, breeds, n, seed, workers, progress) -> Dogs:
    from dogan_lib.doodles import painter as doodle

    start = time.monotonic()
    wanted = _match(breeds, doodle.BREEDS)
    names = [doodle.BREEDS[i] for i in wanted]
    only = doodle.PORTRAITS if source == "portraits" else None
    drawn, cached = prepared.cached(
        f"{source}-{size}-{n}-{doodle.digest(seed, names)}",
        lambda: doodle.make(n, size, seed, names, workers, progress, only),
    )
    spent = "from the cache" if cached else f"drawn in {time.monotonic() - start:.0f} s"
    print(f"{source}: {n:,} dogs of {count(len(names), 'breed')}, {size}x{size}, {spent}")
    return Dogs(
        images=drawn["images"],
        labels=np.array(drawn["labels"], np.int32),
        boxes=np.array(drawn["boxes"], np.int32),
        captions=drawn["captions"],
        attributes={name: np.array(v) for name, v in drawn["attributes"].items()},
        breeds=names,
        source=source,
        names=[f"doodle {i}" for i in range(n)],
        find_originals=functools.partial(_redrawn, seed, only),
    )


def _redrawn(seed: int, only: dict | None, dogs: Dogs) -> list[Original]:
    """The same doodles, large: a doodle is a picture of any size."""
    from dogan_lib.doodles import painter as doodle

    found = []
    for name, label in zip(dogs.names, dogs.labels, strict=True):
        large = doodle.draw(int(name.split()[-1]), 256, seed, dogs.breeds[label], only)
        box = np.array([large.box], np.int32)
        found.append(Original(large.image, box, dogs.breeds[label], name))
    return found


def _summary(dogs: Dogs, found: dict, crop: str, spent: str) -> str:
    """What was loaded and what was odd about it, in one line."""
    size = dogs.images.shape[1]
    of = "" if len(dogs) == len(found["labels"]) else f" of {len(found['labels']):,}"
    line = (
        f"{dogs.source}: {len(dogs):,}{of} dogs of {count(len(dogs.breeds), 'breed')} from "
        f"{count(found['pictures'], 'picture')}, {size}x{size}, crop {crop}, {spent}"
    )
    odd = [f"{len(names):,} {what}: {_example(names)}" for what, names in found["problems"].items()]
    # A file's name may hold bytes that are no text; printing it must not fail.
    return "; ".join([line, *odd]).encode("utf-8", "replace").decode()


def _example(names: Sequence[str]) -> str:
    return names[0].rsplit("/", 1)[-1] + (", ..." if len(names) > 1 else "")
