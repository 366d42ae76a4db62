"""Drawn dogs as an archive in the layout of Stanford Dogs: for trying how a loader reads it."""

import contextlib
import io
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image

from dogan_lib.doodles.breeds import ATTRIBUTES, BREEDS, PROPORTIONS, Breed, choose_attributes
from dogan_lib.doodles.painter import box_of, check, scene
from dogan_lib.doodles.posing import Spot
from dogan_lib.runtime import write_atomically

_ASPECTS = (4 / 3, 4 / 3, 4 / 3, 3 / 2, 1.0, 3 / 4)  # width to height, as cameras give them


def folder_name(breed: str) -> str:
    """`"n99000003-doodle-corgi"`: a number as in the real archive, where n9... is never used."""
    return f"n{99000000 + BREEDS.index(breed)}-{breed}"


def write_archive(folder: str | Path, n: int = 160, size: int = 160, seed: int = 0) -> Path:
    """Write `images.tar` and `annotation.tar` in the layout of Stanford Dogs.

    Pictures are not square, dogs stand off centre, and about every fifth picture holds two.

    Args:
        folder: where the two files go; it is made if need be.
        n: pictures, of all breeds in turn.
        size: the longer side of each picture, 32 to 256 pixels.
        seed: another seed, other pictures.

    Returns:
        The folder.
    """
    if n < 1 or not 32 <= size <= 256:
        raise ValueError(f"an archive has n >= 1 pictures of size 32 to 256; got {n} and {size}")
    check(0, size, seed, None)
    folder = Path(folder)
    with contextlib.ExitStack() as stack:
        images, notes = (
            stack.enter_context(_new_tar(folder / name))
            for name in ("images.tar", "annotation.tar")
        )
        for index in range(n):
            name, jpeg, note = _photo(index, size, seed)
            _add_file(images, f"Images/{name}.jpg", jpeg)
            _add_file(notes, f"Annotation/{name}", note.encode())
    return folder


@contextlib.contextmanager
def _new_tar(path: Path) -> Iterator[tarfile.TarFile]:
    with write_atomically(path) as temporary, tarfile.open(temporary, "w") as tar:
        yield tar


def _add_file(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def _photo(index: int, size: int, seed: int) -> tuple[str, bytes, str]:
    """Picture `index`: its name in the archive, the JPEG file and the annotation."""
    breed = BREEDS[index % len(BREEDS)]
    rng = np.random.default_rng([seed, index, 3])
    aspect = float(rng.choice(_ASPECTS))
    width, height = (size, round(size / aspect)) if aspect >= 1 else (round(size * aspect), size)
    dogs, spots = _cast(PROPORTIONS[breed], rng)
    image, covers = scene(dogs, height, width, rng, spots)
    boxes = [box_of(cover, height, width) for cover in covers]
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "JPEG", quality=92)
    folder = folder_name(breed)
    name = f"{folder.split('-')[0]}_{index + 1}"
    return f"{folder}/{name}", stream.getvalue(), _annotation(name, breed, image.shape, boxes)


def _cast(breed: Breed, rng) -> tuple[list, list[Spot]]:
    """Who is in a picture, and where."""
    first = choose_attributes(rng, breed, {})
    if rng.random() < 0.8:
        return [(first, breed)], [Spot(rng.uniform(0.36, 0.64), 0.85)]
    poses = [p for p in ATTRIBUTES["pose"] if p != "portrait"]
    same = {"background": (first["background"],)}
    pair = [choose_attributes(rng, breed, same | {"pose": (str(rng.choice(poses)),)}) for _ in "ab"]
    return [(a, breed) for a in pair], [Spot(0.28, 0.7), Spot(0.72, 0.75)]


def _annotation(name: str, breed: str, shape: tuple, boxes: Sequence) -> str:
    """The XML of one picture, with the real files' fields."""
    height, width, depth = shape
    objects = "".join(_object(breed, box) for box in boxes)
    return (
        f"<annotation>\n\t<folder>{name[1:9]}</folder>\n\t<filename>{name}</filename>\n"
        "\t<source>\n\t\t<database>dogan doodles</database>\n\t</source>\n"
        f"\t<size>\n\t\t<width>{width}</width>\n\t\t<height>{height}</height>\n"
        f"\t\t<depth>{depth}</depth>\n\t</size>\n\t<segment>0</segment>\n"
        f"{objects}</annotation>\n"
    )


def _object(breed: str, box: Sequence[int]) -> str:
    sides = zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True)
    corners = "".join(f"\t\t\t<{side}>{value}</{side}>\n" for side, value in sides)
    return (
        f"\t<object>\n\t\t<name>{escape(breed)}</name>\n\t\t<pose>Unspecified</pose>\n"
        "\t\t<truncated>0</truncated>\n\t\t<difficult>0</difficult>\n"
        f"\t\t<bndbox>\n{corners}\t\t</bndbox>\n\t</object>\n"
    )
