"""A pile of pictures before they are opened: their names, breeds and boxes, and what is odd."""

import collections
import dataclasses
import difflib
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from dogan_lib.dogs import archives
from dogan_lib.dogs.cropping import Box

OTHER_FILE = "not pictures by their names (ignored)"
SEVERAL = "with several dogs"
NO_ANNOTATION = "without annotation (whole picture used)"
BAD_ANNOTATION = "with an unreadable annotation (whole picture used)"
NO_BOX = "with an annotation without a box (whole picture used)"
NO_PICTURE = "annotations without a picture (skipped)"
NAMELESS = "annotated with the literal name %s (went by the path)"

MAX_BOXES = 100  # of one picture; more are a mistake, or mean harm
_LARGEST_XML = 1 << 20
BAD = (ValueError, ET.ParseError, ArithmeticError, TypeError, AttributeError)


@dataclasses.dataclass(frozen=True)
class Collection:
    """Pictures in a directory, tar or zip; the folder that each one lies in is its class.

    Attributes:
        images: the directory or archive.
        annotation: a second one with a box around each dog, in the layout of Stanford Dogs.
    """

    images: Path
    annotation: Path | None = None

    def __str__(self):
        return f"stanford:{self.images.parent}" if self.annotation else f"folder:{self.images}"

    def index(self) -> tuple[list[tuple], list[str], dict[str, list[str]]]:
        """Pictures as (name, number of the breed, boxes), breeds, and what does not fit."""
        with archives.open_archive(self.images) as archive:
            names = [name for name in archive.names if archives.is_picture(name)]
            others = [name for name in archive.names if not archives.is_picture(name)]
        classes = {name: self._class(name) for name in names}
        breeds = sorted(set(classes.values()))
        number = {breed: i for i, breed in enumerate(breeds)}
        boxes, problems = self.boxes_of(names)
        pictures = [(name, number[classes[name]], boxes[name]) for name in names]
        problems = {OTHER_FILE: others, **problems} if others else problems
        return pictures, [plain(breed) for breed in breeds], problems

    def _class(self, name: str) -> str:
        """The folder that holds the picture; at the top, what the archive itself is called."""
        return PurePosixPath(name).parent.name or self.images.name.split(".")[0] or "dogs"

    def boxes_of(self, names: Iterable[str]) -> tuple[dict, dict[str, list[str]]]:
        """The boxes of these pictures; and what is odd, about which of them or of the boxes."""
        boxes, problems = dict.fromkeys(names, ()), collections.defaultdict(list)
        if self.annotation is None:
            return boxes, problems
        missing = {_key(name): name for name in boxes}
        with archives.open_archive(self.annotation) as archive:
            for name in archive.names:
                if (picture := missing.pop(_key(name), None)) is not None:
                    boxes[picture], odd = _annotated(archive, name)
                    for what in odd:
                        problems[what].append(picture)
                elif not PurePosixPath(name).name.startswith("."):
                    problems[NO_PICTURE].append(_key(name))
        if missing:
            problems[NO_ANNOTATION] = list(missing.values())
        return boxes, problems


def plain(breed: str) -> str:
    """A breed's name as people say it: "n02099601-golden_retriever" is a golden retriever."""
    return re.sub(r"^n\d+-", "", breed).replace("_", " ")


def positions(names: Sequence[str], breeds: Sequence[str]) -> list[int]:
    """Where breeds stand in a list of them, by any spelling.

    Raises:
        ValueError: there is no such breed; the message says which are near.
    """

    def key(name):
        return re.sub(r"[\s-]+", " ", plain(name.strip())).lower()

    places = {key(breed): i for i, breed in enumerate(breeds)}
    for name in names:
        if key(name) not in places:
            near = difflib.get_close_matches(key(name), places, 3, 0.5) or [*places][:8]
            near = [plain(breeds[places[breed]]) for breed in near]
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            raise ValueError(f"no breed {name!r} here{hint}")
    return [places[key(name)] for name in names]


def _key(name: str) -> str:
    """What a picture and its annotation have in common: "n02085620-Chihuahua/n02085620_10074"."""
    path = PurePosixPath(name)
    stem = path.stem if archives.is_picture(name) or path.suffix == ".xml" else path.name
    return f"{path.parent.name}/{stem}"


def _annotated(archive: archives.Archive, name: str) -> tuple[tuple[Box, ...], list[str]]:
    """The boxes that one annotation file holds, and what is odd about it."""
    try:
        boxes, names = parse(archive.read(name))
    except (*archives.UNREADABLE, *BAD):
        return (), [BAD_ANNOTATION]
    odd = [SEVERAL if boxes else NO_BOX] if len(boxes) != 1 else []
    return boxes, odd + [NAMELESS] * ("%s" in names)


def parse(xml: bytes) -> tuple[tuple[Box, ...], set[str | None]]:
    """Boxes and names in one annotation file (Pascal VOC's format); raises `BAD` for any other."""
    # Entities are how a few bytes of XML grow to gigabytes; no annotation declares any.
    if len(xml) > _LARGEST_XML or b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise ValueError("not an annotation")
    root = ET.fromstring(xml)
    boxes = tuple(
        tuple(int(float(b.findtext(side))) for side in ("xmin", "ymin", "xmax", "ymax"))
        for b in root.iterfind("object/bndbox")
    )
    if len(boxes) > MAX_BOXES:
        raise ValueError(f"{len(boxes):,} boxes, more than {MAX_BOXES}")
    return boxes, {root.findtext("folder"), root.findtext("filename")}
