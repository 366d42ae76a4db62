"""Drawn dogs as an archive in the layout of Stanford Dogs: for trying how a loader reads it."""

import io
import tarfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from dogan_lib.doodles.breeds import ATTRIBUTES, BREEDS, PROPORTIONS, Breed, choose_attributes
from dogan_lib.doodles.painter import box_of, scene
from dogan_lib.doodles.posing import Spot
from dogan_lib.runtime import write_atomically

_ASPECTS = (4 / 3, 4 / 3, 4 / 3, 3 / 2, 1.0, 3 / 4)  # width to height, as cameras give them


def folder_name(breed: str) -> str:
    """`"n99000003-doodle-corgi"`: a number as in the real archive, where n9... is never used."""
    return f"n{99000000 + BREEDS.index(breed)}-{breed}"


def write_archive(folder: str | Path, n: int = 160, size: int = 160) -> Path:
    """Write `images.tar` and `annotation.tar` in the layout of Stanford Dogs.

    Pictures are not square, dogs stand off centre, and about every fifth picture holds two.

    Args:
        folder: where the two files go; it is made if need be.
        n: pictures, of all breeds in turn.
        size: the longer side of each picture, 32 to 256 pixels.

    Returns:
        The folder.
    """
    if n < 1 or not 32 <= size <= 256:
        raise ValueError(f"an archive has n >= 1 pictures of size 32 to 256; got {n} and {size}")
    folder = Path(folder)
    with (
        write_atomically(folder / "images.tar") as images_path,
        write_atomically(folder / "annotation.tar") as notes_path,
        tarfile.open(images_path, "w") as images,
        tarfile.open(notes_path, "w") as notes,
    ):
        for index in range(n):
            name, jpeg, note = _photo(index, size)
            _add_file(images, f"Images/{name}.jpg", jpeg)
            _add_file(notes, f"Annotation/{name}", note.encode())
    return folder


def _add_file(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def _photo(index: int, size: int) -> tuple[str, bytes, str]:
    """Picture `index`: its name in the archive, the JPEG file and the annotation."""
    breed = BREEDS[index % len(BREEDS)]
    rng = np.random.default_rng([0, index, 3])
    aspect = float(rng.choice(_ASPECTS))
    width, height = (size, round(size / aspect)) if aspect >= 1 else (round(size * aspect), size)
    dogs, spots = _cast(PROPORTIONS[breed], rng)
    image, covers = scene(dogs, height, width, rng, spots)
    boxes = [box_of(cover, height, width) for cover in covers]
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "JPEG", quality=92)
    folder = folder_name(breed)
    name = f"{folder.split('-')[0]}_{index + 1}"
    note = _annotation(name, breed, (width, height, 3), boxes)
    return f"{folder}/{name}", stream.getvalue(), note


def _annotation(name: str, breed: str, sides: tuple, boxes: list) -> str:
    """The XML of one picture, with the real files' fields."""
    facts = [("name", breed), ("pose", "Unspecified"), ("truncated", 0), ("difficult", 0)]
    corners = [list(zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True)) for box in boxes]
    note = _element(
        "annotation",
        [
            ("folder", name[1:9]),
            ("filename", name),
            ("source", [("database", "dogan doodles")]),
            ("size", list(zip(("width", "height", "depth"), sides, strict=True))),
            ("segment", 0),
            *(("object", [*facts, ("bndbox", box)]) for box in corners),
        ],
    )
    ElementTree.indent(note, "\t")
    return ElementTree.tostring(note, "unicode") + "\n"


def _element(tag: str, content) -> ElementTree.Element:
    """`content` is a value, or a list of (tag, content)."""
    element = ElementTree.Element(tag)
    if isinstance(content, list):
        element.extend(_element(*part) for part in content)
    else:
        element.text = str(content)
    return element


def _cast(breed: Breed, rng) -> tuple[list, list[Spot]]:
    """Who is in a picture, and where."""
    first = choose_attributes(rng, breed, {})
    if rng.random() < 0.8:
        return [(first, breed)], [Spot(rng.uniform(0.36, 0.64), 0.85)]
    poses = [p for p in ATTRIBUTES["pose"] if p != "portrait"]
    same = {"background": (first["background"],)}
    pair = [choose_attributes(rng, breed, same | {"pose": (str(rng.choice(poses)),)}) for _ in "ab"]
    return [(a, breed) for a in pair], [Spot(0.28, 0.7), Spot(0.72, 0.75)]
