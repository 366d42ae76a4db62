"""Stanford Dogs: 20,580 pictures of 120 breeds with a box around each dog.

Khosla, Jayadevaprakash, Yao, Fei-Fei, "Novel dataset for fine-grained image categorization"
(FGVC 2011). The pictures come from ImageNet and are for non-commercial research. The course never
ships them: the two archives come from Stanford's server, or from a folder of yours.
"""

import collections
import dataclasses
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from dogan_lib.dogs import archives, download
from dogan_lib.dogs.archives import ArchiveError
from dogan_lib.dogs.cropping import OTHER_FILE, Box
from dogan_lib.dogs.prepared import Index, Picture
from dogan_lib.runtime import cache_dir

MIRROR = "http://vision.stanford.edu/aditya86/ImageNetDogs/"
# name: (bytes, SHA-256), as in the checksum list of TensorFlow Datasets
FILES = {
    "annotation.tar": (
        21_852_160,
        "662ed36f707be6b195c2fda392d8e153e83af28cedc8e2134a649f198def30fd",
    ),
    "images.tar": (793_579_520, "a443fc2f9a851aa1a7b8e4fa4af94b8459fce2c9f5a2f4dd4669cf9673a4ec58"),
}

SEVERAL = "with several dogs"
NO_ANNOTATION = "without annotation (whole picture used)"
BAD_ANNOTATION = "with an unreadable annotation (whole picture used)"
NO_BOX = "with an annotation without a box (whole picture used)"
NO_PICTURE = "annotations without a picture (skipped)"
NAMELESS = 'annotated with the name "%s" (went by the path)'

_LARGEST_XML = 1 << 20


@dataclasses.dataclass(frozen=True)
class Annotation:
    """What one annotation file says."""

    boxes: tuple[Box, ...]
    nameless: bool = False  # its name fields hold the literal text "%s"


@dataclasses.dataclass(frozen=True)
class Stanford:
    """Archives in the layout of Stanford Dogs."""

    images: Path
    annotation: Path
    kind = "stanford"
    upright = False  # the boxes were drawn on the pixels as they are stored
    annotated = True

    def __str__(self):
        return f"stanford:{self.images.parent}"

    def identity(self) -> str:
        return archives.identity(self.images, self.annotation)

    def open(self) -> archives.Archive:
        return archives.open_archive(self.images)

    def index(self) -> Index:
        """Every picture with its boxes; what does not fit together is in `problems`."""
        found = self.annotations()
        with self.open() as archive:
            names = archive.names
        problems = collections.defaultdict(list)
        problems[OTHER_FILE] = [n for n in names if not archives.is_picture(n)]
        names = [n for n in names if archives.is_picture(n)]
        folders = sorted({PurePosixPath(n).parent.name for n in names})
        breed = {folder: i for i, folder in enumerate(folders)}
        pictures = [
            Picture(n, breed[PurePosixPath(n).parent.name], _boxes(n, found, problems))
            for n in names
        ]
        problems[NO_PICTURE] = sorted(found.keys() - {_key(n) for n in names})
        return Index(
            pictures, [breed_name(f) for f in folders], {k: v for k, v in problems.items() if v}
        )

    def annotations(self, keys: set[str] | None = None) -> dict[str, Annotation | None]:
        """ "folder/name" -> Annotation, or None where it cannot be read; of `keys`, or of all."""
        with archives.open_archive(self.annotation) as archive:
            return {
                _key(name): _read(archive, name)
                for name in archive.names
                if not PurePosixPath(name).name.startswith(".")
                and (keys is None or _key(name) in keys)
            }

    def boxes_of(self, names: Sequence[str]) -> dict[str, tuple[Box, ...]]:
        found = self.annotations({_key(n) for n in names})
        return {n: _boxes(n, found, collections.defaultdict(list)) for n in names}


def find(folder: str | Path | None = None) -> Stanford | None:
    """The archives in `folder`, `$DOGAN_STANFORD_DIR` or the cache; None if not there yet.

    Local archives are taken as they are: only what was downloaded is checked by its hash.
    Unpacked folders `Images` and `Annotation` are as good.

    Raises:
        ArchiveError: a folder was named, and an archive is missing from it.
    """
    named = folder or os.environ.get("DOGAN_STANFORD_DIR")
    place = Path(named).expanduser() if named else _downloads()
    images = _first(place, "images.tar", "Images", "images")
    annotation = _first(place, "annotation.tar", "Annotation", "annotation")
    if images and annotation:
        return Stanford(images, annotation)
    if not named:
        return None
    missing = " and ".join(
        n for n, p in (("images.tar", images), ("annotation.tar", annotation)) if not p
    )
    raise ArchiveError(
        f"There is no {missing} in {place}. Put both archives of Stanford Dogs there (from "
        f"{MIRROR}), or leave the folder out (unset DOGAN_STANFORD_DIR) to have them downloaded."
    )


def fetch(mirrors: Sequence[str] | None = None, show: bool = True) -> Stanford:
    """The archives in the cache, downloaded if they are not there: 815 MB, hash-checked.

    Args:
        mirrors: addresses of folders that hold the archives; default `$DOGAN_STANFORD_MIRRORS`
            (separated by spaces), then Stanford's own server.

    Raises:
        DownloadError: says what to do.
    """
    for name, (size, sha256) in FILES.items():
        path = _downloads() / name
        if not path.exists():
            urls = [mirror.rstrip("/") + "/" + name for mirror in mirrors or default_mirrors()]
            print(f"fetching {name}, {size / 1e6:,.0f} MB, for non-commercial research only")
            try:
                download.fetch(urls, path, size, sha256, show)
            except download.DownloadError as error:
                raise download.DownloadError(f"{error}\n{_ADVICE}") from error
    return Stanford(_downloads() / "images.tar", _downloads() / "annotation.tar")


def default_mirrors() -> list[str]:
    return os.environ.get("DOGAN_STANFORD_MIRRORS", "").replace(",", " ").split() or [MIRROR]


def can_fetch() -> bool:
    """Whether a mirror answers within a few seconds."""
    return any(download.reachable(m.rstrip("/") + "/images.tar") for m in default_mirrors())


def breed_name(folder: str) -> str:
    """`"n02113978-Mexican_hairless"` -> `"Mexican hairless"`; other names stay as they are."""
    match = re.fullmatch(r"n\d{8}-(.+)", folder)
    return match[1].replace("_", " ") if match else folder


_ADVICE = (
    "Try again later (it goes on where it stopped), name another mirror in "
    "DOGAN_STANFORD_MIRRORS, or put images.tar and annotation.tar into a folder of yours and set "
    "DOGAN_STANFORD_DIR to it. Meanwhile, source='doodle' needs no network."
)


def _downloads() -> Path:
    return cache_dir() / "stanford"


def _first(place: Path, *names: str) -> Path | None:
    return next((place / n for n in names if (place / n).exists()), None)


def _key(name: str) -> str:
    """What a picture and its annotation have in common: "n02085620-Chihuahua/n02085620_10074"."""
    path = PurePosixPath(name)
    stem = path.stem if archives.is_picture(name) or path.suffix == ".xml" else path.name
    return f"{path.parent.name}/{stem}"


def _boxes(name: str, found: dict[str, Annotation | None], problems: dict) -> tuple[Box, ...]:
    """The boxes of a picture, with a note of what is odd about them."""
    if _key(name) not in found:
        problems[NO_ANNOTATION].append(name)
        return ()
    annotation = found[_key(name)]
    if annotation is None:
        problems[BAD_ANNOTATION].append(name)
        return ()
    if not annotation.boxes:
        problems[NO_BOX].append(name)
    if annotation.nameless:
        problems[NAMELESS].append(name)
    if len(annotation.boxes) > 1:
        problems[SEVERAL].append(name)
    return annotation.boxes


def _read(archive: archives.Archive, name: str) -> Annotation | None:
    try:
        return parse(archive.read(name))
    except (*archives.UNREADABLE, ET.ParseError, ArithmeticError, TypeError, AttributeError):
        return None


def parse(xml: bytes) -> Annotation:
    """The boxes in one annotation file (Pascal VOC's format).

    Raises:
        ValueError, xml.etree.ElementTree.ParseError, TypeError, AttributeError: it is no such file.
    """
    # Entities are how a few bytes of XML grow to gigabytes; no annotation declares any.
    if len(xml) > _LARGEST_XML or b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise ValueError("not an annotation")
    root = ET.fromstring(xml)
    boxes = tuple(
        tuple(int(float(b.findtext(side))) for side in ("xmin", "ymin", "xmax", "ymax"))
        for b in root.iterfind("object/bndbox")
    )
    names = {root.findtext("folder"), root.findtext("filename")}
    return Annotation(boxes, nameless="%s" in names)
