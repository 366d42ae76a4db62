"""Download one large file: resumed where it broke, and checked by its hash."""

import contextlib
import errno
import hashlib
import http.client
import os
import time
import urllib.request
from pathlib import Path

from dogan_lib.runtime import progress

TIMEOUT = 30  # seconds without a byte until a connection counts as broken
ATTEMPTS = 5  # in a row without a byte of progress
_FAILURES = (OSError, http.client.HTTPException)


class DownloadError(RuntimeError):
    """A file could not be fetched whole; the message says what to do."""


def fetch(
    url: str, path: Path, size: int, sha256: str, show: bool = True, pause: float = 1.0
) -> Path:
    """Fetch a file of known size (bytes) and hash.

    What arrives is kept in `path` + ".part" until it is whole and its hash is right; a later call
    goes on from there. `path` itself appears complete or not at all. `pause` (seconds) comes
    before the first new attempt after a break, and doubles each time.

    Raises:
        DownloadError: the file cannot be had, its hash is wrong, or the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part, failure = path.with_name(path.name + ".part"), ""
    with _alone(path.parent), progress(size, f"downloading {path.name}", "B", show) as bar:
        if path.exists():
            return path
        # What is left of an earlier call may be wrong: then it gets a second turn.
        for _ in range(1 + part.exists()):
            try:
                _complete(url, part, size, pause, bar)
                with open(part, "rb") as file:
                    found = hashlib.file_digest(file, "sha256").hexdigest()
                if found == sha256:
                    return part.replace(path)
                part.unlink()  # resuming a wrong file can only give a wrong file
                failure = f"its SHA-256 is {found}, not {sha256}"
            except (*_FAILURES, ValueError) as error:
                if _full(error):
                    raise DownloadError(
                        f"The disk is full: {part} ({error}). Free some space, or set DOGAN_CACHE "
                        "to a larger disk, and start again: it goes on where it stopped."
                    ) from error
                failure = error
    raise DownloadError(f"{path.name} could not be downloaded from {url}: {failure}")


@contextlib.contextmanager
def _alone(folder: Path):
    """One process at a time downloads into a folder; others wait. Windows has no such lock."""
    if os.name == "nt":
        yield
        return
    import fcntl

    place = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(place, fcntl.LOCK_EX)
        yield
    finally:
        os.close(place)


def _complete(url: str, part: Path, size: int, pause: float, bar) -> None:
    """Fill `part`; a break is followed by a new attempt from the same byte."""
    failed = 0
    while (before := _have(part)) != size:
        try:
            _append(url, part, size, bar)
        except _FAILURES as error:
            status = getattr(error, "code", 500)  # what the server answered, if it did
            failed = 0 if _have(part) > before else failed + 1
            final = status < 500 and status not in (408, 429)
            if final or failed >= ATTEMPTS or _full(error):
                raise
            time.sleep(pause * 2**failed)


def _append(url: str, part: Path, size: int, bar) -> None:
    """One connection: ask for what is missing and append it."""
    have = _have(part) if _have(part) < size else 0  # longer: not the file that we know
    headers = {"User-Agent": "dogan"} | ({"Range": f"bytes={have}-"} if have else {})
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=TIMEOUT) as r:
        if not (r.headers.get("Content-Range") or "").startswith(f"bytes {have}-"):
            have = 0  # the server sends everything, whatever was asked
        with open(part, "ab" if have else "wb") as file:
            while have <= size and (chunk := r.read(1 << 20)):
                have += len(chunk)
                file.write(chunk)
                bar.update(have - bar.n)
    if have > size:
        part.unlink()
        raise ValueError(f"it sends more than the expected {size:,} bytes")
    if have < size:
        raise http.client.HTTPException(f"broke off after {have:,} of {size:,} bytes")


def _have(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _full(error: Exception) -> bool:
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
