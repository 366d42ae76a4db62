"""The zip that Kaggle's "Generative Dog Images" wanted: 10,000 dogs of 64x64, and its examiner."""

import dataclasses
import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from dogan_lib.classroom.truncation import standing
from dogan_lib.metrics.features import at_size
from dogan_lib.metrics.sources import pictures
from dogan_lib.plots import png
from dogan_lib.runtime import data_dir, write_atomically
from dogan_lib.saving import read_network

PICTURES, SIZE = 10_000, 64


@dataclasses.dataclass
class Chosen:
    """A generator as it is submitted: truncated, or of several pictures only a judge's favourite.

    Attributes:
        generator: a `checkpoints.Generator`.
        truncation: redraw each number of z whose magnitude is above it.
        judge: a discriminator, pictures (n, H, W, 3) in [-1, 1] -> logits (n, 1).
        best_of: pictures that are drawn for each that is kept.
    """

    generator: object
    truncation: float | None = None
    judge: object = None
    best_of: int = 1

    @property
    def card(self) -> dict:
        return self.generator.card

    @property
    def classes(self) -> int | None:
        return self.generator.classes

    def sample(self, n: int, seed: int = 0, labels=None) -> np.ndarray:
        """n pictures, float32 (n, H, W, 3) in [-1, 1]; rivals have the same label."""
        more = None if labels is None else np.repeat(labels, self.best_of)
        images = self.generator.sample(n * self.best_of, seed, self.truncation, labels=more)
        if self.best_of == 1:
            return images
        scores = self.judge.predict(images, batch_size=64, verbose=0)
        favourites = scores.reshape(n, self.best_of).argmax(axis=1)
        return images[np.arange(n) * self.best_of + favourites]


def chosen(generator, truncation: float | None, judge: str, best_of: int = 1) -> Chosen:
    """`Chosen`, with the judge read from its file where there is something to judge.

    A truncated generator gets the batch statistics of its own latents (`standing`); with
    those of training it draws other dogs than it could.

    Args:
        judge: the path of a `.keras`, or the name of a shipped one, such as "pggan64_judge".

    Raises:
        FileNotFoundError: there is no such discriminator.
    """
    generator = standing(generator, truncation)
    if best_of == 1:
        return Chosen(generator, truncation)
    named = data_dir() / "checkpoints" / f"{judge}.keras"
    path = Path(judge) if judge.endswith(".keras") else named
    if not path.exists():
        raise FileNotFoundError(f"no discriminator {path}: name one by --judge")
    return Chosen(generator, truncation, read_network(path), best_of)


def submit(
    generator, path: str | Path, n: int = PICTURES, size: int = SIZE, seed: int = 0, enlarge=False
) -> Path:
    """Write n PNGs of size x size in one zip, as Kaggle wanted; a faulty zip never appears.

    Args:
        generator: any source (`dogan_lib.metrics.sources.pictures`) of at least n pictures.
        path: of the zip.
        enlarge: resize pictures of another size (antialiased bicubic) instead of refusing them.

    Raises:
        ValueError: `check_submission` finds a fault, or the pictures are not finite.
    """
    path = Path(path)
    if path.suffix != ".zip":
        raise ValueError(f"a submission is a .zip, not {path.name}")
    images = pictures(generator, n, seed).images
    if images.shape[1:3] != (size, size) and not enlarge:
        raise ValueError(
            f"the pictures are {images.shape[2]}x{images.shape[1]}, Kaggle wanted {size}x{size}: "
            "take a generator of that size, or resize with --enlarge (enlarge=True)"
        )
    with write_atomically(path) as temporary:
        # PNG is compressed already.
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
            for i, image in enumerate(at_size(images, size)):
                archive.writestr(f"dog_{i:05d}.png", png(image))
        check_submission(temporary, n, size)
    return path


def check_submission(path: str | Path, n: int = PICTURES, size: int = SIZE) -> None:
    """Raise ValueError, with the first fault found, unless the zip is what Kaggle wanted.

    n pictures, nothing else and in no folder, each name once; each a PNG in RGB of size x size that
    can be decoded to the last pixel; no two the same.
    """
    seen: dict[bytes, str] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if len(names) != n:
                raise ValueError(f"the zip holds {len(names)} pictures, not {n}")
            if len(set(names)) < n:
                raise ValueError("a name occurs twice")
            for name in names:
                if "/" in name or not name.endswith(".png"):
                    raise ValueError(f"{name}: pictures are NAME.png, in no folder")
                first = seen.setdefault(_digest(archive.read(name), name, size), name)
                if first != name:
                    raise ValueError(
                        f"{name} and {first} are the same picture: has the generator "
                        "collapsed, or were latents used twice?"
                    )
    except zipfile.BadZipFile as error:
        raise ValueError(f"{Path(path).name} is no zip that can be read ({error})") from error


def _digest(packed: bytes, name: str, size: int) -> bytes:
    """Of the picture's pixels."""
    try:
        with Image.open(io.BytesIO(packed)) as image:
            found, pixels = (image.format, image.mode, image.size), image.tobytes()
    except (OSError, SyntaxError) as error:
        raise ValueError(f"{name} is no picture ({error})") from error
    if found != ("PNG", "RGB", (size, size)):
        raise ValueError(f"{name} is {found}, not a PNG in RGB of {size}x{size}")
    return hashlib.sha256(pixels).digest()
