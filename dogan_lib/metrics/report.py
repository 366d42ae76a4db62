"""One table for one generator, and the zip that Kaggle wanted."""

import contextlib
import dataclasses
import io
import zipfile
from pathlib import Path

import numpy as np

from dogan_lib.dogs import Dogs
from dogan_lib.metrics import sources
from dogan_lib.metrics.distances import fid, kid, minimum, precision_recall
from dogan_lib.metrics.features import FeatureNetwork, Features, extract, network, resize
from dogan_lib.metrics.mifid import mifid
from dogan_lib.metrics.scores import Score
from dogan_lib.runtime import write_atomically

BLUR = 1.5  # pixels out of 64
MOST = 2000  # pictures that are measured where neither the user nor the source says how many
KAGGLE_PICTURES, KAGGLE_SIZE = 10_000, 64


# ---------------------------------------------------------------------------- dogan score


@dataclasses.dataclass(frozen=True)
class Row:
    """Some pictures and all their scores; a measure that n does not allow is missing."""

    pictures: str
    n: int
    scores: dict[str, Score]

    def cells(self) -> list[str]:
        precision, recall = self.scores["precision"], self.scores["recall"]
        return [
            self.pictures,
            str(self.n),
            self._number("FID"),
            self.scores["KID"].number,
            self._number("MiFID"),
            f"{self.scores['MiFID'].details['d']:.3f}" if "MiFID" in self.scores else "–",
            f"{float(precision):.3f}",
            f"{float(recall):.3f}",
        ]

    def _number(self, name):
        return self.scores[name].number if name in self.scores else "–"


@dataclasses.dataclass(frozen=True)
class Report:
    """The first row is what was asked about; the others say what its numbers mean.

    Every row is compared with the same reference, by the same network, and has the same n.
    """

    network: FeatureNetwork
    reference: str
    rows: list[Row]

    HEADS = ("pictures", "n", "FID", "KID", "MiFID", "d", "precision", "recall")

    def __str__(self):
        table = [list(self.HEADS), *(row.cells() for row in self.rows)]
        widths = [max(len(line[i]) for line in table) for i in range(len(self.HEADS))]
        lines = [
            "  ".join(
                cell.ljust(width) if i == 0 else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in table
        ]
        lines.insert(1, "-" * max(map(len, lines)))
        return "\n".join([f"{self.network.name} against {self.reference}", *lines, *self._notes()])

    def _notes(self):
        scores = self.rows[0].scores
        if "MiFID" in scores:
            yield f"MiFID = FID / d_thr: {scores['MiFID'].note}"
        else:
            yield f"FID and MiFID need {_least(self.network)} pictures and a calibrated threshold"
        yield "FID, KID, MiFID: less is better; precision, recall: more. FID depends on n."

    def as_dict(self) -> dict:
        """For JSON."""
        rows = [
            {
                "pictures": row.pictures,
                "n": row.n,
                "scores": {name: score.as_dict() for name, score in row.scores.items()},
            }
            for row in self.rows
        ]
        facts = {"network": self.network.name, "mifid_threshold": self.network.threshold}
        return {**facts, "reference": self.reference, "rows": rows}


def score(
    fake, real: Dogs, features="dognet", n: int | None = None, seed: int = 0, progress: bool = True
) -> Report:
    """Measure pictures against dogs, and beside them real dogs, blurred dogs, and noise.

    Args:
        fake: any source (`dogan_lib.metrics.sources.stream`).
        real: dogs of the same size. Those that DogNet has never seen are the floor if there are
            n of them, else a random choice; the others are the reference.
        features: "dognet", "inception" or a function.
        n: pictures of each row; where not given, as many as the source has, the unseen dogs
            allow, or 2,000.
    """
    eyes = network(features)
    floor, n, text = _split(real, eyes, _available(fake, n, len(real)), n is not None, seed)
    reference = extract(real.subset(~floor), eyes, progress=progress)
    others = real.images[floor]
    soft = blurred(others, BLUR * others.shape[1] / 64)
    noise = np.random.default_rng(seed).integers(0, 256, others.shape, dtype="uint8")
    kinds = {
        _name(fake): lambda: extract(fake, eyes, n, seed=seed, progress=progress),
        text: lambda: extract(others, eyes, progress=progress),
        "the same, blurred": lambda: extract(soft, eyes, progress=progress),
        "noise": lambda: extract(noise, eyes, progress=progress),
    }
    rows = [_row(name, reference, side()) for name, side in kinds.items()]
    size = "x".join(map(str, real.images.shape[1:3]))
    return Report(eyes, f"{len(reference):,} real dogs ({real.source}, {size})", rows)


def _available(fake, n, dogs: int) -> int:
    """As many as may be asked for: of the source, and so that both halves of the dogs do."""
    total = None
    if not hasattr(fake, "sample") and not str(fake).endswith(".keras"):
        total = sources.stream(fake).total
    return min(x for x in (n, total, dogs // 2, MOST if n is None else None) if x is not None)


def blurred(images: np.ndarray, sigma: float) -> np.ndarray:
    """uint8 (n, H, W, 3) through a Gaussian of `sigma` pixels."""
    from scipy.ndimage import gaussian_filter

    if sigma == 0:
        return images
    return gaussian_filter(images, (0, sigma, sigma, 0), output="float32").round().astype("uint8")


def _split(real: Dogs, eyes, n: int, fixed: bool, seed) -> tuple[np.ndarray, int, str]:
    """Which dogs are the floor, how many pictures a row has, and what to call the floor."""
    unseen = _unseen(real, eyes)
    if not fixed and unseen.sum() >= 100:
        n = min(n, int(unseen.sum()))
    known = unseen.sum() >= n
    pool = np.flatnonzero(unseen) if known else np.arange(len(real))
    floor = np.zeros(len(real), bool)
    floor[np.random.default_rng(seed).permutation(pool)[:n]] = True
    return floor, n, "real dogs, never seen" if known else "real dogs, other ones"


def _unseen(real: Dogs, eyes: FeatureNetwork) -> np.ndarray:
    """Mask of the dogs that the network was not trained on, by their file names."""
    names = set(eyes.card.get("held_out", ()))
    return np.array([Path(name).stem in names for name in real.names], bool)


def _name(fake) -> str:
    if isinstance(fake, str | Path):
        return Path(fake).stem
    card = getattr(fake, "card", None) or {}
    return card.get("name") or getattr(fake, "source", None) or "generated"


def _row(name: str, reference: Features, side: Features) -> Row:
    precision, recall = precision_recall(reference, side)
    scores = {"KID": kid(reference, side), "precision": precision, "recall": recall}
    if min(len(side), len(reference)) >= _least(side.network, side.vectors.shape[1]):
        scores["FID"] = fid(reference, side)
        if side.network.threshold is not None:
            scores["MiFID"] = mifid(reference, side)
    return Row(name, len(side), scores)


def _least(eyes: FeatureNetwork, dimensions: int | None = None) -> int:
    if dimensions is None:
        dimensions = eyes(np.zeros((1, 64, 64, 3), "uint8")).shape[1]
    return minimum(dimensions)


def size_of(fake) -> int:
    """The side of a source's pictures, found by looking at the first."""
    images, _ = next(iter(sources.stream(fake, n=1).batches))
    return images.shape[1]


# ---------------------------------------------------------------------------- dogan submit


def submit(
    generator,
    path: str | Path,
    n: int = KAGGLE_PICTURES,
    size: int = KAGGLE_SIZE,
    seed: int = 0,
    enlarge: bool = False,
) -> Path:
    """Write n PNGs of size x size in one zip, as Kaggle wanted; a faulty zip never appears.

    Args:
        generator: any source (`dogan_lib.metrics.sources.stream`) of at least n pictures.
        path: of the zip.
        enlarge: resize pictures of another size (antialiased bicubic) instead of refusing them.

    Raises:
        ValueError: too few pictures, of the wrong size, not finite, or all the same.
    """
    path = Path(path)
    if path.suffix != ".zip":
        raise ValueError(f"a submission is a .zip, not {path.name}")
    pictures = sources.stream(generator, n, seed=seed)
    with write_atomically(path) as temporary:
        # PNG is compressed already.
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
            count = 0
            for images, _ in pictures.batches:
                for image in _fitted(images, size, enlarge):
                    archive.writestr(f"dog_{count:05d}.png", _png(image))
                    count += 1
        check_submission(temporary, n, size)
    return path


def _fitted(images, size, enlarge):
    if images.shape[1:3] == (size, size):
        return images
    if not enlarge:
        raise ValueError(
            f"the pictures are {images.shape[2]}x{images.shape[1]}, Kaggle wanted {size}x{size}: "
            "take a generator of that size, or resize with --enlarge (enlarge=True)"
        )
    return np.clip(resize(images.astype("float32"), size) + 0.5, 0, 255).astype("uint8")


def _png(image: np.ndarray) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG", compress_level=4)
    return buffer.getvalue()


def check_submission(path: str | Path, n: int = KAGGLE_PICTURES, size: int = KAGGLE_SIZE) -> None:
    """Raise ValueError, with the first fault found, unless the zip is what Kaggle wanted."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if len(names) != n:
            raise ValueError(f"the zip holds {len(names)} pictures, not {n}")
        different = {_checked_png(archive, name, size) for name in names}
    if n > 1 and len(different) == 1:
        raise ValueError("all pictures are the same: the generator has collapsed")


def _checked_png(archive, name: str, size: int) -> int:
    """A number for the picture's pixels."""
    from PIL import Image, UnidentifiedImageError

    try:
        with contextlib.closing(Image.open(io.BytesIO(archive.read(name)))) as image:
            found = (image.format, image.mode, image.size)
            pixels = image.tobytes()
    except (UnidentifiedImageError, OSError) as error:
        raise ValueError(f"{name} is no picture ({error})") from error
    if found != ("PNG", "RGB", (size, size)):
        raise ValueError(f"{name} is {found}, not a PNG in RGB of {size}x{size}")
    return hash(pixels)
