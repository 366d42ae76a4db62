"""Stanford Dogs: 20,580 pictures of 120 breeds with a box around each dog.

Khosla, Jayadevaprakash, Yao, Fei-Fei, "Novel dataset for fine-grained image categorization"
(FGVC 2011). The pictures come from ImageNet and are for non-commercial research. The course never
ships them: the two archives come from Stanford's server, or from a folder of yours.
"""

import hashlib
import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from dogan_lib.dogs import download, prepared
from dogan_lib.dogs.archives import ArchiveError, existing
from dogan_lib.dogs.collection import Collection

MIRROR = "http://vision.stanford.edu/aditya86/ImageNetDogs/"
# name: (bytes, SHA-256), as in the checksum list of TensorFlow Datasets
FILES = {
    "annotation.tar": (
        21_852_160,
        "662ed36f707be6b195c2fda392d8e153e83af28cedc8e2134a649f198def30fd",
    ),
    "images.tar": (793_579_520, "a443fc2f9a851aa1a7b8e4fa4af94b8459fce2c9f5a2f4dd4669cf9673a4ec58"),
}

_ADVICE = (
    "Try again later (it goes on where it stopped), name another mirror in "
    "DOGAN_STANFORD_MIRRORS, or put images.tar and annotation.tar into a folder of yours and set "
    "DOGAN_STANFORD_DIR to it. Meanwhile, source='doodle' needs no network."
)


def find(folder: str | Path | None = None) -> Collection | None:
    """The archives in `folder`, `$DOGAN_STANFORD_DIR` or the cache; None if not there yet.

    Local archives are taken as they are: only what was downloaded is checked by its hash.
    Unpacked folders `Images` and `Annotation` are as good.

    Raises:
        ArchiveError: a folder was named, and an archive is missing from it.
    """
    named = folder or os.environ.get("DOGAN_STANFORD_DIR")
    place = existing(named) if named else prepared.place("stanford")
    images = _first(place, "images.tar", "Images", "images")
    annotation = _first(place, "annotation.tar", "Annotation", "annotation")
    if images and annotation:
        return Collection(images, annotation)
    if not named:
        return None
    wanted = {"images.tar": images, "annotation.tar": annotation}
    missing = " and ".join(name for name, path in wanted.items() if not path)
    raise ArchiveError(
        f"There is no {missing} in {place}. Put both archives of Stanford Dogs there (from "
        f"{MIRROR}), or leave the folder out (unset DOGAN_STANFORD_DIR) to have them downloaded."
    )


def _first(place: Path, *names: str) -> Path | None:
    return next((place / name for name in names if (place / name).exists()), None)


def fetch(show: bool = True) -> Collection:
    """The archives in the cache, downloaded if they are not there: 815 MB, hash-checked.

    They come from Stanford's server, or from `$DOGAN_STANFORD_MIRRORS`: addresses of folders that
    hold them, separated by spaces.

    Raises:
        DownloadError: says what to do.
    """
    place = prepared.place("stanford")
    for name, (size, sha256) in FILES.items():
        if not (place / name).exists():
            urls = [mirror.rstrip("/") + "/" + name for mirror in mirrors()]
            print(f"fetching {name}, {size / 1e6:,.0f} MB, for non-commercial research only")
            try:
                download.fetch(urls, place / name, size, sha256, show)
            except download.DownloadError as error:
                raise download.DownloadError(f"{error}\n{_ADVICE}") from error
    return Collection(place / "images.tar", place / "annotation.tar")


def origins() -> Iterator[str]:
    """Whether the archives of Stanford Dogs on disk are the ones that Stanford published."""
    found = find()
    for path in (found.images, found.annotation) if found else ():
        if path.name not in FILES:
            yield f"{path}: unpacked, nothing to compare with"
            continue
        with open(path, "rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == FILES[path.name][1]
        yield f"{path}: {'as published' if same else 'not the published archive'}"


def mirrors() -> list[str]:
    return os.environ.get("DOGAN_STANFORD_MIRRORS", "").replace(",", " ").split() or [MIRROR]


def can_fetch() -> bool:
    """Whether a mirror answers within three seconds."""
    for mirror in mirrors():
        try:
            url = mirror.rstrip("/") + "/images.tar"
            with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=3):
                return True
        except (OSError, ValueError):
            pass
    return False
