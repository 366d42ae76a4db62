"""Where the pictures to be measured come from: arrays, folders, zips, datasets, generators.

Every source becomes batches of uint8 pictures. Rounding to 8 bits comes first, so a generator and
the zip of its own PNGs get the same score; and a batch is all that is held in memory.
"""

import dataclasses
import io
import os
import warnings
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np

from dogan_lib.dogs import archives
from dogan_lib.plots import to_uint8

BATCH = 100
Batch = tuple[np.ndarray, np.ndarray | None]


@dataclasses.dataclass
class Stream:
    """Batches `(images uint8 (b, H, W, 3), labels (b,) or None)`, and how many pictures in all.

    `total` is None where only the end will tell.
    """

    batches: Iterator[Batch]
    total: int | None
    text: str
    classes: list[str] | None = None


def stream(source, n: int | None = None, batch_size: int = BATCH, seed: int = 0) -> Stream:
    """The pictures of a source, at most `n` of them, the same ones for the same seed.

    Args:
        source: (N, H, W, 3) uint8 or float in [-1, 1]; a pair (such an array, labels); `Dogs`; a
            directory, zip or tar of pictures (sub-folders are classes) or a generator's `.keras`,
            by path; a `tf.data.Dataset` of pictures or of tuples that begin with pictures; or an
            object with `.sample(n, seed=...)`, for which `n` must be given.
        n: where the source holds more, a random selection, in order; of a dataset the first n.

    Raises:
        ValueError: this is no source, or its pictures are not RGB pictures of one size.
    """
    if n is not None and n < 1:
        raise ValueError(f"n={n}: ask for one picture or more")
    if isinstance(source, str | os.PathLike):
        return _of_path(Path(source).expanduser(), n, batch_size, seed)
    if hasattr(source, "images") and hasattr(source, "labels"):
        text = str(getattr(source, "source", "pictures"))
        return _of_arrays(source.images, source.labels, n, batch_size, seed, text, source.breeds)
    if isinstance(source, tuple) and len(source) == 2:
        return _of_arrays(*source, n, batch_size, seed, "array")
    if hasattr(source, "sample"):
        return _of_generator(source, n, batch_size, seed)
    if hasattr(source, "element_spec") or isinstance(source, Iterator):
        return Stream(_checked(_of_dataset(source, n)), n, "dataset")
    return _of_arrays(source, None, n, batch_size, seed, "array")


def gather(source, wanted: np.ndarray, **options) -> np.ndarray:
    """The pictures at these places of `stream(source, **options)`, uint8 (len(wanted), H, W, 3)."""
    found, place = {}, 0
    needed = set(np.unique(wanted).tolist())
    for images, _ in stream(source, **options).batches:
        inside = needed.intersection(range(place, place + len(images)))
        found |= {i: images[i - place] for i in inside}
        place += len(images)
        if len(found) == len(needed):
            break
    return np.stack([found[i] for i in np.asarray(wanted).tolist()])


def choose(total: int, n: int | None, seed: int) -> np.ndarray:
    """Which of `total` pictures: all, or `n` drawn at random, in their own order."""
    if n is None or n >= total:
        return np.arange(total)
    return np.sort(np.random.default_rng(seed).choice(total, n, replace=False))


def _of_arrays(images, labels, n, batch_size, seed, text, classes=None) -> Stream:
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[-1] != 3 or not len(images):
        raise ValueError(f"pictures are an array (N, H, W, 3) with N > 0, not {images.shape}")
    if labels is not None and len(labels) != len(images):
        raise ValueError(f"{len(labels)} labels for {len(images)} pictures")
    labels = None if labels is None else np.asarray(labels)
    rows = choose(len(images), n, seed)

    def draw():
        for start in range(0, len(rows), batch_size):
            part = rows[start : start + batch_size]
            yield images[part], None if labels is None else labels[part]

    return Stream(_checked(draw()), len(rows), text, classes)


def _of_path(path, n, batch_size, seed) -> Stream:
    if path.suffix == ".keras":
        from dogan_lib.checkpoints import load_generator

        return _of_generator(load_generator(path), n, batch_size, seed, path.stem)
    with archives.open_archive(path) as archive:
        names = sorted(name for name in archive.names if archives.is_picture(name))
    if not names:
        raise ValueError(f"{path} holds no pictures")
    folders = [PurePosixPath(name).parent.name for name in names]
    classes = sorted(set(folders)) if len(set(folders)) > 1 else None
    rows = choose(len(names), n, seed)

    def draw():
        with archives.open_archive(path) as archive:
            for start in range(0, len(rows), batch_size):
                part = rows[start : start + batch_size]
                images = _stacked([(names[i], _decoded(archive, names[i])) for i in part])
                labels = classes and np.array([classes.index(folders[i]) for i in part])
                yield images, labels

    return Stream(_checked(draw()), len(rows), str(path), classes)


def _decoded(archive, name: str) -> np.ndarray:
    from PIL import Image, UnidentifiedImageError

    try:
        return np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("RGB"))
    except (*archives.UNREADABLE, UnidentifiedImageError) as error:
        raise ValueError(f"{name} is no picture that can be read ({error})") from error


def _stacked(named: list[tuple[str, np.ndarray]]) -> np.ndarray:
    first, like = named[0]
    for name, image in named:
        if image.shape != like.shape:
            sizes = [f"{i.shape[1]}x{i.shape[0]}" for i in (like, image)]
            raise ValueError(
                f"pictures of different sizes: {first} is {sizes[0]}, {name} is {sizes[1]}. How "
                "they are made equal changes every score, so do it first, as "
                "dogan_lib.dogs.load_dogs(size=64, source=...) does."
            )
    return np.stack([image for _, image in named])


def _of_dataset(dataset, n) -> Iterator[Batch]:
    left = n
    for element in dataset:
        images, labels = _parted(element)
        if left is not None:
            images, labels = images[:left], None if labels is None else labels[:left]
            left -= len(images)
        yield images, labels
        if left == 0:
            return


def _parted(element) -> Batch:
    """Pictures and labels (where the second entry is integers) of one element, batched or not."""
    parts = [np.asarray(part) for part in (element if isinstance(element, tuple) else (element,))]
    if parts[0].ndim == 3:
        parts = [part[None] for part in parts]
    whole = len(parts) > 1 and np.issubdtype(parts[1].dtype, np.integer)
    return parts[0], parts[1] if whole and parts[1].ndim == 1 else None


def _of_generator(generator, n, batch_size, seed, text=None) -> Stream:
    if n is None:
        raise ValueError("a generator never ends: say how many pictures, such as n=5000")
    card = getattr(generator, "card", {})
    conditional = "labels" in getattr(generator, "inputs", {})
    classes = card.get("classes") or getattr(generator, "classes", None)
    labels = np.arange(n) % classes if conditional else None

    def draw():
        for start in range(0, n, batch_size):
            count = min(batch_size, n - start)
            own = None if labels is None else labels[start : start + count]
            more = {} if labels is None else {"labels": own}
            # Seeds far apart: the next ones draw the labels or belong to the user.
            yield np.asarray(generator.sample(count, seed=seed * 100_003 + start, **more)), own

    text = text or card.get("name") or type(generator).__name__
    return Stream(_checked(draw()), n, text, card.get("breeds"))


def _checked(batches: Iterator[Batch]) -> Iterator[Batch]:
    """As uint8, or an error that says what is wrong with the range."""
    looked = False
    for images, labels in batches:
        if images.ndim != 4 or images.shape[-1] != 3:
            raise ValueError(f"a batch of pictures is (n, H, W, 3), not {images.shape}")
        if images.dtype != np.uint8:
            _check_range(images, quiet=looked)
            looked = True
        yield to_uint8(images), labels


def _check_range(images: np.ndarray, quiet: bool):
    if not np.issubdtype(images.dtype, np.floating):
        raise ValueError(f"pictures are uint8, or float in [-1, 1]; not {images.dtype}")
    low, high = float(images.min()), float(images.max())
    if not np.isfinite(low + high):
        raise ValueError("pictures hold NaN or infinity: the generator has diverged")
    if low < -1.01 or high > 1.01:
        raise ValueError(f"float pictures are in [-1, 1]; these reach from {low:.3g} to {high:.3g}")
    if low >= 0 and not quiet:
        warnings.warn(
            "no pixel is below 0: are these pictures in [0, 1]? Floats are taken as [-1, 1]",
            stacklevel=2,
        )
