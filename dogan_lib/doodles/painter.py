"""Doodles: dogs drawn by a program, so that the course runs without any download.

A dog is about forty ellipsoids: bones of a small skeleton in one of four poses, a head that turns
on its own, ears, a tail. Seen from a camera far away, an ellipsoid with the axes in the columns of
A is a Gaussian with covariance A Aᵀ cut at one standard deviation, so its outline and its depth at
each pixel are the two lines of algebra that condition a Gaussian (`fur.paint_parts`). A soft
maximum of the depths melts the parts into one body; its slopes are the normals that the light
falls on. Coat patterns are functions of the position on the dog, in its own coordinates, so a
saddle stays on the back however the dog sits.

    drawing = draw(7, size=128)                       # one dog
    dogs = make(20_000, size=64)                      # many, on all cores
    heads = make(6_000, size=32, only=PORTRAITS)      # those that have some attributes

Dog `index` of `seed` is always the same dog, however many are drawn, and by how many processes.

The modules, in the order of the work: `breeds` (what a dog can be), `body` and `posing` (its parts
in space), `places` (background and light), `fur` (its picture), and this one (the scene).
"""

import contextlib
import hashlib
import math
import multiprocessing
import os
import sys
import typing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from dogan_lib.doodles.breeds import (
    ATTRIBUTES,
    BREEDS,
    COATS,
    KEYWORDS,
    PORTRAITS,
    PROPORTIONS,
    Breed,
    Choices,
    caption_of,
    choose_attributes,
)
from dogan_lib.doodles.fur import paint_dog
from dogan_lib.doodles.places import PLACES, cast_shadows, make_light
from dogan_lib.doodles.posing import Spot, build_dog, stand
from dogan_lib.runtime import progress as bar_of

__all__ = ["ATTRIBUTES", "BREEDS", "COATS", "KEYWORDS", "PORTRAITS", "Choices", "Drawing"]
__all__ += ["caption_of", "cut_out", "draw", "make", "traits"]


class Drawing(typing.NamedTuple):
    """One doodle: image uint8 (size, size, 3), breed number, box in pixels, attributes, caption."""

    image: np.ndarray
    label: int
    box: tuple[int, int, int, int]
    attributes: dict[str, str]
    caption: str


def _develop(canvas: np.ndarray, size: tuple[int, int], rng) -> np.ndarray:
    """Linear (3, H, W) -> uint8 (height, width, 3): vignette, exposure, resize, sensor noise."""
    _, h, w = canvas.shape
    y, x = np.linspace(-1, 1, h)[:, None], np.linspace(-1, 1, w)[None, :]
    falloff = 1 - rng.uniform(0.0, 0.28) * (x * x + y * y) / 2
    exposure = rng.uniform(0.75, 1.12)
    light = np.maximum(canvas, 0) * (exposure * falloff).astype(np.float32)
    light = light / (1 + 0.22 * light) * 1.18  # film: highlights roll off
    grey = light.mean(0)
    light = grey + rng.uniform(0.65, 1.0) * (light - grey)
    picture = np.sqrt(np.clip(light, 0, 1))
    middle, contrast = 0.6 * picture.mean() + 0.2, rng.uniform(1.05, 1.35)
    picture = np.clip(middle + contrast * (picture - middle), 0, 1) * 255
    image = Image.fromarray(picture.transpose(1, 2, 0).astype(np.uint8))
    pixels = np.asarray(image.resize((size[1], size[0]), Image.Resampling.LANCZOS), np.float32)
    noise = rng.standard_normal(pixels.shape, np.float32) * rng.uniform(1.0, 3.5)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def scene(dogs: list[tuple[dict, Breed]], height: int, width: int, rng, spots: Sequence[Spot]):
    """Paint dogs, the farthest first. Returns the picture and each dog's cover, on a finer grid."""
    detail = max(64, min(400, round(1.4 * min(height, width)))) / min(height, width)
    h, w = round(height * detail), round(width * detail)
    attributes = dogs[0][0]
    pitch = math.radians(rng.uniform(4, 20))
    place = PLACES[attributes["background"]](h, w, horizon_of(attributes, pitch, rng), rng)
    light, canvas = make_light(place, rng), place.canvas.astype(np.float32)
    covers = []
    for (a, breed), spot in zip(dogs, spots, strict=True):
        dog = build_dog(a, breed, rng, pitch, float(light.direction[0]))
        at = stand(dog, rng, h, w, spot)
        cast_shadows(canvas, at, light, place.shadow)
        covers.append(paint_dog(canvas, at, light, rng))
    return _develop(canvas, (height, width), rng), covers


def horizon_of(attributes: dict, pitch: float, rng) -> float:
    """Where the ground ends, as a fraction of the height."""
    if attributes["pose"] == "portrait":
        return {"grass": rng.choice((-1.0, 0.25)), "indoors": 1.2, "sky": 1.2}.get(
            attributes["background"], rng.uniform(0.3, 0.6)
        )
    if attributes["background"] == "sky":
        return rng.uniform(0.70, 0.80)
    return 0.52 - 1.1 * pitch + rng.uniform(-0.05, 0.05)


def box_of(cover: np.ndarray, height: int, width: int) -> tuple[int, int, int, int]:
    """xmin, ymin, xmax, ymax of what is covered, in pixels of a height x width picture."""
    rows, columns = np.flatnonzero((cover > 0.5).any(1)), np.flatnonzero((cover > 0.5).any(0))
    sy, sx = height / cover.shape[0], width / cover.shape[1]
    if not len(rows):
        return 0, 0, width, height
    x0, x1 = math.floor(columns[0] * sx), math.ceil((columns[-1] + 1) * sx)
    y0, y1 = math.floor(rows[0] * sy), math.ceil((rows[-1] + 1) * sy)
    return x0, y0, min(x1, width), min(y1, height)


def draw(
    index: int,
    size: int = 64,
    seed: int = 0,
    breed: str | None = None,
    only: Choices | None = None,
    **attributes: str,
) -> Drawing:
    """Draw dog number `index` of the endless series `seed`.

    Args:
        index: 0, 1, 2 ...
        size: pixels a side, 16 to 256. The same dog at another size is the same picture.
        seed: another seed, other dogs.
        breed: one of `BREEDS`; by default drawn at random.
        only: for some attributes, the values that the dog may have; such as `PORTRAITS`.
        attributes: values to fix, for example `colour="black", pose="sitting"`; see `ATTRIBUTES`.

    Raises:
        ValueError: for a size, breed, attribute or value that does not exist, and for a coat that
            no dog has (`colour="black", pattern="spots"`).
    """
    check(index, size, seed, None)
    breed, values = traits(index, seed, breed, only, **attributes)
    rng = np.random.default_rng([seed, index, 1])
    image, (cover,) = scene([(values, PROPORTIONS[breed])], size, size, rng, [Spot()])
    caption = caption_of(values, int(rng.integers(12)))
    box = box_of(cover, size, size)
    return Drawing(image, BREEDS.index(breed), box, values, caption)


def cut_out(
    index: int, size: int = 64, seed: int = 0, breed: str | None = None, **attributes
) -> np.ndarray:
    """The dog of `draw` without its surroundings, to be pasted onto another picture.

    Returns:
        uint8 (size, size, 4); the fourth channel is 255 where the dog is, and 0 around it.
    """
    check(index, size, seed, None)
    breed, values = traits(index, seed, breed, **attributes)
    rng = np.random.default_rng([seed, index, 1])
    image, (cover,) = scene([(values, PROPORTIONS[breed])], size, size, rng, [Spot()])
    alpha = Image.fromarray(cover).resize((size, size), Image.Resampling.BOX)
    alpha = np.rint(255 * np.clip(np.asarray(alpha), 0, 1)).astype("uint8")
    return np.dstack([image, alpha])


def traits(
    index: int,
    seed: int = 0,
    breed: str | None = None,
    only: Choices | None = None,
    **attributes: str,
) -> tuple[str, dict[str, str]]:
    """The breed and the attributes of dog `index` of the series `seed`, without drawing it.

    Arguments and errors are those of `draw`.
    """
    check(index, 64, seed, None if breed is None else [breed])
    only = {**(only or {}), **{name: (value,) for name, value in attributes.items()}}
    _check_attributes(only)
    rng = np.random.default_rng([seed, index, 0])
    chosen = _breed_of(rng, BREEDS)
    breed = chosen if breed is None else breed
    return breed, choose_attributes(rng, PROPORTIONS[breed], only)


def _breed_of(traits: np.random.Generator, breeds: Sequence[str]) -> str:
    """The first draw of a dog's traits is its breed."""
    return breeds[int(traits.random() * len(breeds))]


def check(index: int, size: int, seed: int, breeds: Sequence[str] | None) -> None:
    if not 16 <= size <= 256:
        raise ValueError(f"a doodle is 16 to 256 pixels wide, not {size}")
    if index < 0 or seed < 0:
        raise ValueError(f"index and seed count from 0; got index {index}, seed {seed}")
    unknown = sorted(set(breeds or ()) - set(BREEDS))
    if unknown:
        raise ValueError(f"no breed {', '.join(unknown)}; there are {', '.join(BREEDS)}")


def _check_attributes(only: Choices) -> None:
    for name, values in only.items():
        if name not in ATTRIBUTES:
            raise ValueError(f"no attribute {name!r}; there are {', '.join(ATTRIBUTES)}")
        for value in values or ("nothing",):
            if value not in ATTRIBUTES[name]:
                raise ValueError(f"{name} is one of {', '.join(ATTRIBUTES[name])}; not {value!r}")


def make(
    n: int,
    size: int = 64,
    seed: int = 0,
    breeds: Sequence[str] | None = None,
    workers: int | None = None,
    progress: bool | None = None,
    only: Choices | None = None,
) -> dict:
    """Draw dogs 0 ... n-1 of the series `seed`.

    Args:
        n: how many; the first of a larger set are those of a smaller one.
        size: pixels a side, 16 to 256.
        seed: another seed, other dogs.
        breeds: only these (default all), each equally likely.
        workers: processes; by default one a core, and none if the work takes a few seconds only.
            The pictures do not depend on it.
        progress: show a bar.
        only: as in `draw`.

    Returns:
        A dict of images uint8 (n, size, size, 3), labels int32 (n,) that count in `breeds`, boxes
        int32 (n, 4) in pixels (xmin, ymin, xmax, ymax), attributes {name: str array (n,)}, and
        captions, a list of n strings.
    """
    names = BREEDS if breeds is None else tuple(breeds)
    check(0, size, seed, names)
    if n < 1 or not names:
        raise ValueError(f"ask for one dog or more, of one breed or more; got n={n}, {names}")
    if workers is not None and workers < 1:
        raise ValueError(f"workers={workers}: at least one process draws")
    jobs = [(range(i, min(i + 64, n)), size, seed, names, only) for i in range(0, n, 64)]
    short = n * max(size, 64) ** 2 < 500 * 64**2
    workers = (1 if short else os.cpu_count() or 1) if workers is None else workers
    with bar_of(n, "drawing", "doodles", bool(progress)) as bar:
        chunks = []
        for chunk in _in_processes(_draw_many, jobs, min(workers, len(jobs))):
            chunks.append(chunk)
            bar.update(len(chunk[-1]))
    return _gather(chunks)


def digest(*facts) -> str:
    """Names what drawn dogs depend on: the program that draws, and what it was asked for."""
    found = hashlib.sha256(repr(facts).encode())
    for module in ("breeds", "body", "posing", "textures", "places", "fur", "painter"):
        found.update(Path(__file__).with_name(f"{module}.py").read_bytes())
    return found.hexdigest()[:16]


def _draw_many(job: tuple) -> tuple:
    """What `draw` gives for some indices, as arrays that are quick to send between processes."""
    indices, size, seed, names, only = job
    breeds = [_breed_of(np.random.default_rng([seed, i, 0]), names) for i in indices]
    drawings = [draw(i, size, seed, b, only) for i, b in zip(indices, breeds, strict=True)]
    return (
        np.stack([d.image for d in drawings]),
        np.array([names.index(breed) for breed in breeds], np.int32),
        np.array([d.box for d in drawings], np.int32),
        [d.attributes for d in drawings],
        [d.caption for d in drawings],
    )


def _gather(chunks: list[tuple]) -> dict:
    images, labels, boxes, attributes, captions = zip(*chunks, strict=True)
    every = [a for chunk in attributes for a in chunk]
    return {
        "images": np.concatenate(images),
        "labels": np.concatenate(labels),
        "boxes": np.concatenate(boxes),
        "attributes": {name: np.array([a[name] for a in every]) for name in ATTRIBUTES},
        "captions": [c for chunk in captions for c in chunk],
    }


def _in_processes(function: Callable, jobs: Sequence, workers: int) -> Iterator:
    """`map` in order, over fresh processes: a fork of one that runs TensorFlow may hang."""
    if workers == 1:
        yield from map(function, jobs)
        return
    context = multiprocessing.get_context("spawn")
    with _main_left_alone(), ProcessPoolExecutor(workers, mp_context=context) as pool:
        yield from pool.map(function, jobs)


@contextlib.contextmanager
def _main_left_alone() -> Iterator[None]:
    """Keep new processes from importing the caller's script.

    They need this module only; without this, a student's script that has no
    `if __name__ == "__main__":` would start again in each of them.
    """
    main = sys.modules["__main__"].__dict__
    hidden = {name: main[name] for name in ("__file__", "__spec__") if name in main}
    main.pop("__file__", None)
    main["__spec__"] = None
    try:
        yield
    finally:
        main.update(hidden)
