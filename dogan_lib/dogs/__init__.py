"""The dogs of the course: Stanford Dogs, your own pictures, or doodles drawn by a program.

    dogs = load_dogs(size=32, limit=2_000)
    dogs.images, dogs.labels, dogs.breeds
    gan.fit(dogs.batches(64), epochs=5)

All three come as one `Dogs` object, so a chapter does not know which it trains on.
"""

import os
import re
import time
from collections.abc import Sequence

import numpy as np

from dogan_lib.dogs import cropping, prepared, stanford
from dogan_lib.dogs.archives import ArchiveError, existing
from dogan_lib.dogs.collection import Collection, positions
from dogan_lib.dogs.dataset import Dogs, count
from dogan_lib.dogs.stanford import DownloadError
from dogan_lib.presets import active

__all__ = ["ArchiveError", "Dogs", "DownloadError", "load_dogs"]

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
    progress: bool = True,
) -> Dogs:
    """Load dogs, cut to `size` x `size` pixels, and say in one line what was found.

    The crops of an archive are made once for each (size, crop) and kept in the cache
    (`$DOGAN_CACHE`, default `~/.cache/dogan`).

    Args:
        size: pixels a side.
        source: `"stanford"` (downloads 815 MB the first time, unless `$DOGAN_STANFORD_DIR` or
            `"stanford:FOLDER"` names a folder with `images.tar` and `annotation.tar`),
            `"doodle"`, `"portraits"` (doodles' heads before sky and snow), or the path of a
            directory, tar or zip of pictures, with sub-folders as classes. `"auto"` is
            `$DOGAN_SOURCE` if set; else Stanford Dogs if they are on disk, or can be fetched and
            the preset is `gpu`; else doodles.
        breeds: only these, labelled in this order; with or without the `n02085620-` before them.
        limit: at most so many dogs, the same number of each breed as far as they go. The first
            dogs of a larger limit are those of a smaller one. Doodles: draw so many
            (default 4,000; portraits 6,000), of breeds drawn at random.
        crop: `"square"` grows each dog's box to a square inside the picture, `"box"` stretches
            the box, `"none"` stretches the whole picture. Pictures without a box are one box, so
            `"square"` takes their middle. Doodles fill their picture and are not cropped.
        seed: of the selection and its order; for doodles, of the dogs.
        progress: show a bar while pictures are cut or drawn.

    Raises:
        ValueError: for an argument that makes no sense, with what would.
        ArchiveError, DownloadError: the pictures cannot be had, and what to do.
    """
    if not 1 <= size <= 2048:
        raise ValueError(f"size={size}: pictures are 1 to 2048 pixels wide")
    if limit is not None and limit < 1:
        raise ValueError(f"limit={limit}: ask for one dog or more, or for None (all)")
    if crop not in cropping.MODES:
        raise ValueError(f"crop={crop!r}: choose one of {', '.join(cropping.MODES)}")
    source = os.fspath(source)
    if source == "auto":
        source, why = _automatic(progress)
        print(f"dogs: {source}, {why}")
    if source in DRAWN:
        return _doodles(source, size, breeds, limit or DRAWN[source], seed, progress)
    return _cropped(_collection(source, progress), size, breeds, limit, crop, seed, progress)


def _automatic(show: bool) -> tuple[str, str]:
    """Which source "auto" is, and why."""
    named = os.environ.get("DOGAN_SOURCE")
    if named and named != "auto":
        return named, "as DOGAN_SOURCE says"
    if found := stanford.find():
        return "stanford", f"found in {found.images.parent}"
    missing = "since Stanford Dogs are not on disk and"
    if active() != "gpu":
        return "doodle", f"{missing} preset {active()} fetches nothing"
    if not stanford.can_fetch():
        return "doodle", f"{missing} their server does not answer"
    try:
        stanford.fetch(show)
    except DownloadError as error:
        return "doodle", f"since Stanford Dogs could not be fetched: {' '.join(str(error).split())}"
    return "stanford", "fetched for preset gpu"


def _collection(source: str, show: bool) -> Collection:
    if source == "stanford":
        return stanford.find() or stanford.fetch(show)
    kind, _, path = source.partition(":")
    path = path if kind in ("stanford", "folder") else source
    if not path or (re.fullmatch(r"[\w-]+", source) and not os.path.exists(path)):
        raise ValueError(
            f"source={source!r}: choose auto, stanford, doodle, portraits, or the path of a "
            "directory, tar or zip of pictures"
        )
    found = existing(path)
    if kind == "stanford" or (kind != "folder" and (found / "images.tar").exists()):
        return stanford.find(found)
    return Collection(found)


def _cropped(collection, size, breeds, limit, crop, seed, progress) -> Dogs:
    start = time.monotonic()
    found, cached = prepared.prepare(collection, size, crop, progress)
    wanted = _match(breeds, found["breeds"])
    labels = np.array(found["labels"], np.int32)
    rows = prepared.balanced_order(labels, wanted, seed)[:limit]
    number = {breed: i for i, breed in enumerate(wanted)}
    dogs = Dogs(
        images=found["images"][rows],
        labels=np.array([number[breed] for breed in labels[rows]], np.int32),
        breeds=[found["breeds"][i] for i in wanted],
        source="stanford" if collection.annotation else str(collection),
        names=[found["names"][i] for i in rows],
        boxes=np.array(found["boxes"], np.int32)[rows] if collection.annotation else None,
        problems=found["problems"],
        origin=collection,
    )
    of = "" if len(dogs) == len(labels) else f" of {len(labels):,}"
    spent = "from the cache" if cached else f"in {time.monotonic() - start:.0f} s"
    told = f"{dogs.source}: {len(dogs):,}{of} dogs of {count(len(wanted), 'breed')} from "
    told += f"{count(found['pictures'], 'picture')}, {size}x{size}, crop {crop}, {spent}"
    for what, names in dogs.problems.items():
        example = names[0].rsplit("/", 1)[-1] + (", ..." if len(names) > 1 else "")
        told += f"; {len(names):,} {what}: {example}"
    # A file's name may hold bytes that are no text; printing it must not fail.
    print(told.encode("utf-8", "replace").decode())
    return dogs


def _match(wanted: str | Sequence[str] | None, known: Sequence[str]) -> list[int]:
    """Positions of the wanted breeds, in the order asked for."""
    if wanted is None:
        return list(range(len(known)))
    if not len(wanted):
        raise ValueError("breeds=[]: name one or more, or None for all")
    return list(dict.fromkeys(positions([wanted] if isinstance(wanted, str) else wanted, known)))


def _doodles(source, size, breeds, n, seed, progress) -> Dogs:
    from dogan_lib.doodles import painter as doodle

    start = time.monotonic()
    names = [doodle.BREEDS[i] for i in _match(breeds, doodle.BREEDS)]
    only = doodle.PORTRAITS if source == "portraits" else None
    drawn, cached = prepared.cached(
        f"{source}-{size}-{n}-{doodle.digest(seed, names)}",
        lambda: doodle.make(n, size, seed, names, progress=progress, only=only),
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
        origin=seed,
    )
