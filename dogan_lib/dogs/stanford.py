"""Stanford Dogs: 20,580 pictures of 120 breeds with a box around each dog.

Khosla, Jayadevaprakash, Yao, Fei-Fei, "Novel dataset for fine-grained image categorization"
(FGVC 2011). The pictures come from ImageNet and are for non-commercial research. The course never
ships them: the two archives come from Stanford's server, or from a folder of yours.
"""

import os
import urllib.request
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


def mirror(name: str) -> str:
    """The address of an archive: at Stanford, or in the folder `$DOGAN_STANFORD_MIRROR`."""
    return (os.environ.get("DOGAN_STANFORD_MIRROR") or MIRROR).rstrip("/") + "/" + name


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


def fetch(show: bool = True) -> Collection:
    """The archives in the cache, downloaded if they are not there: 815 MB, hash-checked.

    Raises:
        DownloadError: says what to do.
    """
    place = prepared.place("stanford")
    for name, (size, sha256) in FILES.items():
        if not (place / name).exists():
            print(f"fetching {name}, {size / 1e6:,.0f} MB, for non-commercial research only")
            try:
                download.fetch(mirror(name), place / name, size, sha256, show)
            except download.DownloadError as error:
                raise download.DownloadError(
                    f"{error}\nTry again later (it goes on where it stopped), name another folder "
                    "of the web in DOGAN_STANFORD_MIRROR, or put images.tar and annotation.tar "
                    "into a folder of yours and set DOGAN_STANFORD_DIR to it. Meanwhile, "
                    "source='doodle' needs no network."
                ) from error
    return Collection(place / "images.tar", place / "annotation.tar")


def can_fetch() -> bool:
    """Whether the server answers within three seconds."""
    request = urllib.request.Request(mirror("images.tar"), method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=3):
            return True
    except (OSError, ValueError):
        return False
