"""Where the pictures to be measured come from: arrays, folders, archives, generators.

Rounding to 8 bits comes first, so a generator and the zip of its own PNGs get the same score.
"""

import io
import os
import warnings
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from dogan_lib.dogs import archives
from dogan_lib.generator import Generator
from dogan_lib.plots import to_uint8

BATCH = 100  # pictures that a generator draws at a time
LARGEST = 2048  # pixels a side, as for `load_dogs`


class Pictures(NamedTuple):
    """uint8 (n, H, W, 3), labels (n,) or None, and where they came from in words."""

    images: np.ndarray
    labels: np.ndarray | None
    text: str


def pictures(source, n: int | None = None, seed: int = 0) -> Pictures:
    """The pictures of a source, at most `n` of them, the same ones for the same seed.

    Args:
        source: (N, H, W, 3) uint8 or float in [-1, 1]; a pair (such an array, labels); `Dogs`; a
            directory, zip or tar of pictures or a generator's `.keras`, by path; or an object
            with `.sample(n, seed=...)`, for which `n` must be given.
        n: where the source holds more, a random selection, in order.

    Raises:
        ValueError: this is no source, or its pictures are not RGB pictures of one size.
    """
    if n is not None and n < 1:
        raise ValueError(f"n={n}: ask for one picture or more")
    if isinstance(source, str | os.PathLike):
        return _of_path(Path(source).expanduser(), n, seed)
    if hasattr(source, "sample"):
        return _of_generator(source, n, seed)
    text = str(getattr(source, "source", "array"))
    if hasattr(source, "images") and hasattr(source, "labels"):
        source = (source.images, source.labels)
    images, labels = source if isinstance(source, tuple) else (source, None)
    images = checked(np.asarray(images))
    if labels is not None and len(labels) != len(images):
        raise ValueError(f"{len(labels)} labels for {len(images)} pictures")
    rows = choose(len(images), n, seed)
    return Pictures(images[rows], None if labels is None else np.array(labels)[rows], text)


def choose(total: int, n: int | None, seed: int) -> np.ndarray | slice:
    """Which of `total` pictures: all, or `n` drawn at random, in their own order."""
    if n is None or n >= total:
        return slice(None)
    return np.sort(np.random.default_rng(seed).choice(total, n, replace=False))


def checked(images: np.ndarray) -> np.ndarray:
    """The pictures as uint8, or ValueError that says what is wrong with them."""
    if images.ndim != 4 or images.shape[-1] != 3 or not len(images):
        raise ValueError(
            f"pictures are an array (N, H, W, 3) with N > 0, not {images.shape or images}; `Dogs`, "
            "a path or a generator will do too, a dataset of batches will not"
        )
    if images.dtype == np.uint8:
        return images
    if not np.issubdtype(images.dtype, np.floating):
        raise ValueError(f"pictures are uint8, or float in [-1, 1]; not {images.dtype}")
    low, high = float(images.min()), float(images.max())
    if not np.isfinite(low + high):
        raise ValueError("pictures hold NaN or infinity: the generator has diverged")
    if low < -1.01 or high > 1.01:
        raise ValueError(f"float pictures are in [-1, 1]; these reach from {low:.3g} to {high:.3g}")
    if low >= 0:
        warnings.warn(
            "no pixel is below 0: are these pictures in [0, 1]? Floats are taken as [-1, 1]",
            stacklevel=3,
        )
    return to_uint8(images)


def _of_path(path, n, seed) -> Pictures:
    if path.suffix == ".keras":
        from dogan_lib.checkpoints import load_generator

        return _of_generator(load_generator(path), n, seed)._replace(text=path.stem)
    with archives.open_archive(path) as archive:
        names = np.array(sorted(name for name in archive.names if archives.is_picture(name)))
        if not len(names):
            raise ValueError(f"{path} holds no pictures")
        names = names[choose(len(names), n, seed)].tolist()
        images = [_decoded(archive, name) for name in names]
    for name, image in zip(names, images, strict=True):
        if image.shape != images[0].shape:
            sizes = [f"{i.shape[1]}x{i.shape[0]}" for i in (images[0], image)]
            raise ValueError(
                f"pictures of different sizes: {names[0]} is {sizes[0]}, {name} is {sizes[1]}. How "
                "they are made equal changes every score, so do it first, as "
                "dogan_lib.dogs.load_dogs(size=64, source=...) does."
            )
    _, labels = np.unique([PurePosixPath(name).parent.name for name in names], return_inverse=True)
    return Pictures(np.stack(images), labels, str(path))


def _decoded(archive, name: str) -> np.ndarray:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(archive.read(name))) as image:
            if max(image.size) > LARGEST:  # before it is decoded
                raise ValueError(f"{image.width}x{image.height}, more than {LARGEST} a side")
            return np.asarray(image.convert("RGB"))
    except Exception as error:  # Pillow's decoders raise nearly anything on broken bytes
        raise ValueError(f"{name} is no picture that can be read ({error})") from error


def _of_generator(generator, n, seed) -> Pictures:
    """All breeds as often, a batch at a time."""
    if n is None:
        raise ValueError("a generator never ends: say how many pictures, such as n=5000")
    own = getattr(generator, "ema_generator", None)  # a GAN's, which knows how many breeds
    own = Generator(own, latent_dim=generator.latent_dim) if own else generator
    classes = getattr(own, "classes", None)
    labels = np.arange(n) % classes if classes else None
    parts = []
    for start in range(0, n, BATCH):
        own = slice(start, min(start + BATCH, n))
        more = {} if labels is None else {"labels": labels[own]}
        # Seeds far apart: the next ones draw the labels or belong to the user.
        drawn = generator.sample(own.stop - start, seed=seed * 100_003 + start, **more)
        parts.append(checked(np.asarray(drawn)))
    text = getattr(generator, "card", {}).get("name") or type(generator).__name__
    return Pictures(np.concatenate(parts), labels, text)
