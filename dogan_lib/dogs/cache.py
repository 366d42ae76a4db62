"""Pictures that are made once: kept in a folder of the cache, and read back with a check."""

import contextlib
import errno
import json
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from dogan_lib.dogs.archives import ArchiveError
from dogan_lib.runtime import cache_dir


def place(name: str) -> Path:
    """Where something of this name is kept. Raises ArchiveError if the cache is unusable."""
    with _explained():
        return cache_dir() / name


def load(folder: Path) -> dict | None:
    """What `save` kept, the images still on disk; None if there is nothing, or it is damaged."""
    try:
        checksum, _, text = (folder / "facts.json").read_bytes().partition(b"\n")
        if int(checksum) != zlib.crc32(text):
            return None
        facts = json.loads(text)
        images = np.memmap(folder / "images", np.uint8, "r", shape=tuple(facts.pop("shape")))
        return {**facts, "images": images} if zlib.crc32(images) == facts.pop("crc") else None
    except (OSError, ValueError):
        return None


def save(folder: Path, images: Iterable[np.ndarray], facts: Callable[[], dict]) -> dict:
    """Keep pictures of one shape as they come, then the facts about them, whole or not at all.

    Args:
        facts: called when all pictures have come; what JSON can hold, and arrays.

    Raises:
        ArchiveError: they cannot be written. The cache is as it was before.
    """
    with _explained():
        _sweep(folder)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            count = crc = 0
            with open(temporary / "images", "wb") as file:
                for image in images:
                    file.write(image.tobytes())
                    count, crc, shape = count + 1, zlib.crc32(image.tobytes(), crc), image.shape
                _flush(file)
            known = facts() | {"shape": (count, *shape), "crc": crc}
            text = json.dumps(known, default=np.ndarray.tolist).encode()
            with open(temporary / "facts.json", "wb") as file:
                file.write(b"%d\n" % zlib.crc32(text) + text)
                _flush(file)
            if load(folder) is None:  # another process may have been quicker
                shutil.rmtree(folder, ignore_errors=True)
                temporary.rename(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return load(folder)


def _flush(file):
    file.flush()
    os.fsync(file.fileno())


def _sweep(folder: Path):
    """Remove what a killed process left behind half-written; an hour old, it is nobody's."""
    for left in folder.parent.glob(f".{folder.name}.*"):
        if time.time() - left.stat().st_mtime > 3600:
            shutil.rmtree(left, ignore_errors=True)


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = os.environ.get("DOGAN_CACHE") or "~/.cache/dogan"
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        what = "its disk is full" if full else "it cannot be written to"
        raise ArchiveError(
            f"The cache, {where}, is as it was: {what} ({error}). Free some space, or set the "
            "environment variable DOGAN_CACHE to a folder on a disk with room."
        ) from error
