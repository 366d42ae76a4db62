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
    part = path.with_name(path.name + ".part")
    with _alone(path.parent), progress(size, f"downloading {path.name}", "B", show) as bar:
        failed, doubtful = 0, part.exists()  # what an earlier call left may be another file's
        while not path.exists():
            before = _have(part)
            try:
                if before != size:
                    _append(url, part, size, bar)
                _check(part, sha256)
                part.replace(path)
            except (OSError, http.client.HTTPException, ValueError) as error:
                if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
                    raise DownloadError(
                        f"The disk is full: {part} ({error}). Free some space, or set DOGAN_CACHE "
                        "to a larger disk, and start again: it goes on where it stopped."
                    ) from error
                failed = 0 if _have(part) > before else failed + 1
                status = getattr(error, "code", 500)  # what the server answered, if it did
                refused = status < 500 and status not in (408, 429)
                wrong = isinstance(error, ValueError)
                if refused or failed >= ATTEMPTS or (wrong and not doubtful):
                    raise DownloadError(
                        f"{path.name} could not be downloaded from {url}: {error}"
                    ) from error
                doubtful = doubtful and not wrong
                time.sleep(pause * 2**failed)
    return path


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


def _check(part: Path, sha256: str) -> None:
    with open(part, "rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        part.unlink()  # resuming a wrong file can only give a wrong file
        raise ValueError(f"its SHA-256 is {found}, not {sha256}")


def _have(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0
