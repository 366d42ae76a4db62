"""Download one large file: with progress, resuming where it broke, and checked by its hash."""

import errno
import hashlib
import http.client
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from dogan_lib.dogs.progress import Progress

TIMEOUT = 30  # seconds without a byte until a connection counts as broken
ATTEMPTS = 5  # in a row without a byte of progress, on one mirror
CHUNK = 1 << 20


class DownloadError(RuntimeError):
    """A file could not be fetched whole; the message says what to do."""


class _WrongHash(Exception):
    pass


def fetch(
    urls: Sequence[str], path: Path, size: int, sha256: str, show: bool = True, pause: float = 1.0
) -> Path:
    """Fetch a file whose size and hash are known, from the first mirror that gives it.

    What arrives is kept in `path` + ".part" until it is whole and its hash is right; a later call
    goes on from there. `path` itself appears complete or not at all.

    Args:
        urls: the same file on several mirrors, tried in this order.
        size: in bytes.
        sha256: hexadecimal.
        pause: seconds before the first new attempt after a break; doubles each time.

    Raises:
        DownloadError: no mirror gave the file, its hash is wrong everywhere, or the disk is full.
    """
    part = path.with_name(path.name + ".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    failures = []
    # A part left over from earlier may be what is wrong: then the first mirror gets a second turn.
    resumed = part.exists()
    for url in [*urls, *urls[:1]] if resumed else urls:
        try:
            _check_space(part, size)
            _fetch_from(url, part, size, show, pause)
            _check_hash(part, sha256)
            part.replace(path)
            return path
        except _WrongHash as error:
            part.unlink()  # resuming a wrong file can only give a wrong file
            failures.append(f"{url}: {error}")
        except (OSError, http.client.HTTPException, ValueError) as error:
            _explain_full_disk(error, part)
            failures.append(f"{url}: {error}")
    raise DownloadError(f"{path.name} could not be downloaded:\n  " + "\n  ".join(failures))


def reachable(url: str, timeout: float = 3.0) -> bool:
    """Whether the server answers for this file within `timeout` seconds."""
    try:
        request = urllib.request.Request(url, method="HEAD", headers=_HEADERS)
        with urllib.request.urlopen(request, timeout=timeout):
            return True
    except (OSError, http.client.HTTPException, ValueError):
        return False


_HEADERS = {"User-Agent": "dogan"}


def _fetch_from(url: str, part: Path, size: int, show: bool, pause: float):
    """Fill `part` from one mirror; a break is followed by a new attempt from the same byte."""
    with Progress(size, f"downloading {part.stem}", "bytes", show, _size(part)) as bar:
        failed = 0
        while _size(part) != size:
            before = _size(part)
            try:
                _append(url, part, size, bar)
            except (OSError, http.client.HTTPException) as error:
                if not _may_pass(error):
                    raise
                failed = 0 if _size(part) > before else failed + 1
                if failed >= ATTEMPTS:
                    raise
                time.sleep(pause * 2**failed)


def _append(url: str, part: Path, size: int, bar: Progress):
    """One connection: ask for what is missing and append it."""
    have = _size(part)
    if have > size:  # not the file that we know
        part.unlink()
        have = 0
    headers = _HEADERS | ({"Range": f"bytes={have}-"} if have else {})
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=TIMEOUT) as r:
        resumes = r.status == 206 and _starts_at(r, have)
        if not resumes:  # the server sends everything, whatever was asked
            have = 0
        with open(part, "ab" if resumes else "wb") as file:
            bar.done = have
            while chunk := r.read(CHUNK):
                if have + len(chunk) > size:
                    raise _WrongHash(f"it sends more than the expected {size:,} bytes")
                file.write(chunk)
                have += len(chunk)
                bar.advance(len(chunk))
    if have < size:
        raise http.client.HTTPException(f"broke off after {have:,} of {size:,} bytes")


def _starts_at(response, offset: int) -> bool:
    return response.headers.get("Content-Range", "").startswith(f"bytes {offset}-")


def _may_pass(error: Exception) -> bool:
    """Whether trying again can help: not after "not found", and not on a full disk."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code >= 500 or error.code in (408, 429)
    return not _is_full_disk(error)


def _check_hash(part: Path, sha256: str):
    with open(part, "rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise _WrongHash(f"its SHA-256 is {found}, not {sha256}")


def _check_space(part: Path, size: int):
    free, missing = shutil.disk_usage(part.parent).free, size - _size(part)
    if free < missing:
        raise DownloadError(
            f"{part.parent} has {free / 1e6:,.0f} MB free and the download still needs "
            f"{missing / 1e6:,.0f} MB. Free some space, or set DOGAN_CACHE to a larger disk."
        )


def _explain_full_disk(error: Exception, part: Path):
    if _is_full_disk(error):
        raise DownloadError(
            f"The disk is full: {part} ({error}). Free some space, or set DOGAN_CACHE to a larger "
            "disk, and start again: the download goes on where it stopped."
        ) from error


def _is_full_disk(error: Exception) -> bool:
    return getattr(error, "errno", None) in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
