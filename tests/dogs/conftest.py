"""Small archives in the layout of Stanford Dogs, and an environment that knows of none."""

import io
import tarfile
import types
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    """A cache of its own for each test, and no dogs from outside."""
    for name in ("DOGAN_STANFORD_DIR", "DOGAN_STANFORD_MIRROR", "DOGAN_SOURCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOGAN_PRESET", "cpu")
    monkeypatch.setenv("DOGAN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def encode(image, format="JPEG", **options) -> bytes:
    """An image (array or Pillow's) as the bytes of a file."""
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def picture(width=60, height=40, seed=0, **options) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    return encode(pixels, **options)


def annotation(*boxes, name="%s") -> bytes:
    objects = "".join(
        "<object><name>dog</name><bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax>"
        "<ymax>{}</ymax></bndbox></object>".format(*box)
        for box in boxes
    )
    return f"<annotation><filename>{name}</filename>{objects}</annotation>".encode()


def write_tar(path: Path, files: dict[str, bytes], mode="w") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, mode) as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return path


def write_stanford(folder: Path, dogs: dict[str, tuple[bytes | None, bytes | None]]) -> Path:
    """Both archives; `dogs` gives "n00000000-Breed/name" -> (picture or None, XML or None)."""
    write_tar(
        folder / "images.tar", {f"Images/{k}.jpg": p for k, (p, _) in dogs.items() if p is not None}
    )
    write_tar(folder / "annotation.tar", {f"Annotation/{k}": x for k, (_, x) in dogs.items() if x})
    return folder


@pytest.fixture
def stanford_folder(tmp_path):
    """Two breeds, five pictures of 60x40, six dogs."""
    dogs = {
        f"n00000001-Toy_terrier/n1_{i}": (picture(seed=i), annotation((5, 5, 30, 30), name="n1"))
        for i in range(3)
    }
    dogs["n00000002-Pug/n2_0"] = (picture(seed=8), annotation((0, 0, 20, 40), (30, 10, 60, 30)))
    dogs["n00000002-Pug/n2_1"] = (picture(seed=9), annotation((10, 0, 50, 40)))
    return write_stanford(tmp_path / "stanford", dogs)


@pytest.fixture(scope="session")
def build():
    """The functions above: test files cannot import each other here."""
    functions = encode, picture, annotation, write_tar, write_stanford
    return types.SimpleNamespace(**{f.__name__: f for f in functions})
