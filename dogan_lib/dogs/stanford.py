"""Stanford Dogs: 20,580 pictures of 120 breeds with a box around each dog.

Khosla, Jayadevaprakash, Yao, Fei-Fei, "Novel dataset for fine-grained image categorization"
(FGVC 2011). The pictures come from ImageNet and are for non-commercial research. The course never
ships them: the two archives come from Stanford's server, or from a folder of yours.
"""

import contextlib
import errno
import hashlib
import http.client
import os
import time
import urllib.request
from pathlib import Path

from dogan_lib.dogs import prepared
from dogan_lib.dogs.archives import ArchiveError, existing
from dogan_lib.dogs.collection import Collection
from dogan_lib.runtime import progress

MIRROR = "http://vision.stanford.edu/aditya86/ImageNetDogs/"
# name: (bytes, SHA-256), as in the checksum list of TensorFlow Datasets
FILES = {
    "annotation.tar": (
        21_852_160,
        "662ed36f707be6b195c2fda392d8e153e83af28cedc8e2134a649f198def30fd",
    ),
    "images.tar": (793_579_520, "a443fc2f9a851aa1a7b8e4fa4af94b8459fce2c9f5a2f4dd4669cf9673a4ec58"),
}
TIMEOUT = 30  # seconds without a byte until a connection counts as broken
ATTEMPTS = 5  # in a row without a byte of progress


class DownloadError(RuntimeError):
    """A file could not be fetched whole; the message says what to do."""


def find(folder: str | Path | None = None) -> Collection | None:
    """The archives in `folder`, `$DOGAN_STANFORD_DIR` or the cache; None if not there yet.

    Local archives are taken as they are: only what was downloaded is checked by its hash.
    Unpacked folders `Images` and `Annotation` are as good.

    Raises:
        ArchiveError: a folder was named, and an archive is missing from it.
    """
    named = folder or os.environ.get("DOGAN_STANFORD_DIR")
    place = existing(named) if named else prepared.place("stanford")
    found = {}
    for name, unpacked in (("images.tar", "Images"), ("annotation.tar", "Annotation")):
        paths = (place / name, place / unpacked, place / unpacked.lower())
        found[name] = next((path for path in paths if path.exists()), None)
    if all(found.values()):
        return Collection(*found.values())
    if not named:
        return None
    raise ArchiveError(
        f"There is no {' and '.join(name for name, path in found.items() if not path)} in {place}. "
        f"Put both archives of Stanford Dogs there (from {MIRROR}), or leave the folder out (unset "
        "DOGAN_STANFORD_DIR) to have them downloaded."
    )


def mirror(name: str) -> str:
    """The address of an archive: at Stanford, or in the folder `$DOGAN_STANFORD_MIRROR`."""
    return (os.environ.get("DOGAN_STANFORD_MIRROR") or MIRROR).rstrip("/") + "/" + name


def can_fetch() -> bool:
    """Whether the server answers within three seconds."""
    request = urllib.request.Request(mirror("images.tar"), method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=3):
            return True
    except (OSError, ValueError):
        return False


def fetch(show: bool = True) -> Collection:
    """The archives in the cache, downloaded if need be; a DownloadError says what to do."""
    place = prepared.place("stanford")
    for name, (size, sha256) in FILES.items():
        if not (place / name).exists():
            print(f"fetching {name}, {size / 1e6:,.0f} MB, for non-commercial research only")
            try:
                download(mirror(name), place / name, size, sha256, show)
            except DownloadError as error:
                raise DownloadError(
                    f"{error}\nTry again later (it goes on where it stopped), name another folder "
                    "of the web in DOGAN_STANFORD_MIRROR, or put images.tar and annotation.tar "
                    "into a folder of yours and set DOGAN_STANFORD_DIR to it. Meanwhile, "
                    "source='doodle' needs no network."
                ) from error
    return Collection(place / "images.tar", place / "annotation.tar")


def download(
    url: str, path: Path, size: int, sha256: str, show: bool = True, pause: float = 1.0
) -> Path:
    """Fetch a file of known size (bytes) and hash; a DownloadError says why that cannot be done.

    What arrives is kept in `path` + ".part" until it is whole and its hash is right; a later call
    goes on from there. `path` itself appears complete or not at all. `pause` (seconds) comes
    before the first new attempt after a break, and doubles each time that nothing came.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with _alone(path.parent), progress(size, f"downloading {path.name}", "B", show) as bar:
        failed, doubtful = 0, part.exists()  # what an earlier call left may be another file's
        while not path.exists():
            before = _have(part)
            try:
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
                    problem = f"{path.name} could not be downloaded from {url}: {error}"
                    raise DownloadError(problem) from error
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
    have = _have(part)
    if have == size:
        return
    headers = {"User-Agent": "dogan"} | ({"Range": f"bytes={have}-"} if 0 < have < size else {})
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=TIMEOUT) as r:
        if not (r.headers.get("Content-Range") or "").startswith(f"bytes {have}-"):
            have = 0  # the server sends everything
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
