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

import hashlib
import math
import typing
from collections.abc import Sequence

import joblib
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
)  # fmt: skip
from dogan_lib.doodles.fur import paint_dog
from dogan_lib.doodles.places import PLACES, Backdrop, cast_shadows, make_light
from dogan_lib.doodles.posing import Spot, build_dog, stand
from dogan_lib.runtime import progress as bar_of

__all__ = ["ATTRIBUTES", "BREEDS", "COATS", "KEYWORDS", "PORTRAITS", "Choices", "Drawing"]
__all__ += ["caption_of", "cut_out", "draw", "make", "traits"]

# Part of the names in the cache: raise it when the same dog is now drawn or described otherwise.
FORMAT = 1


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
    place = PLACES[attributes["background"]]
    backdrop = Backdrop(h, w, horizon_of(attributes, pitch, rng), rng)
    canvas, light = place.paint(backdrop).astype(np.float32), make_light(place, rng)
    covers = []
    for (a, breed), spot in zip(dogs, spots, strict=True):
        dog = build_dog(a, breed, rng, pitch, float(light.direction[0]))
        at = stand(dog, rng, h, w, spot)
        cast_shadows(canvas, at, light, place.shadow)
        covers.append(paint_dog(canvas, at, light, rng))
    return _develop(canvas, (height, width), rng), covers


def horizon_of(attributes: dict, pitch: float, rng) -> float:
    """Where the ground ends, as a fraction of the height."""
    background = attributes["background"]
    if attributes["pose"] == "portrait":
        low = {"grass": rng.choice((-1.0, 0.25)), "indoors": 1.2, "sky": 1.2}
        return low.get(background, rng.uniform(0.3, 0.6))
    if background == "sky":
        return rng.uniform(0.70, 0.80)
    return 0.52 - 1.1 * pitch + rng.uniform(-0.05, 0.05)


def box_of(cover: np.ndarray, height: int, width: int) -> tuple[int, int, int, int]:
    """xmin, ymin, xmax, ymax of what is covered, in pixels of a height x width picture."""
    covered = Image.fromarray(cover > 0.5).getbbox()
    if covered is None:
        return 0, 0, width, height
    x0, y0, x1, y1 = covered
    sy, sx = height / cover.shape[0], width / cover.shape[1]
    far = min(math.ceil(x1 * sx), width), min(math.ceil(y1 * sy), height)
    return math.floor(x0 * sx), math.floor(y0 * sy), *far


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
    return _drawn(index, size, seed, breed, only, **attributes)[0]


def cut_out(index: int, size: int = 64, seed: int = 0, **attributes: str) -> np.ndarray:
    """The dog of `draw` without its surroundings, to be pasted onto another picture.

    `attributes` may hold a breed too; errors are those of `draw`.

    Returns:
        uint8 (size, size, 4); the fourth channel is 255 where the dog is, and 0 around it.
    """
    drawing, cover = _drawn(index, size, seed, **attributes)
    alpha = np.asarray(Image.fromarray(cover).resize((size, size), Image.Resampling.BOX))
    return np.dstack([drawing.image, np.rint(255 * np.clip(alpha, 0, 1)).astype("uint8")])


def _drawn(index, size, seed, breed=None, only=None, **attributes) -> tuple[Drawing, np.ndarray]:
    """A dog, and its cover on the finer grid of `scene`."""
    _check(index, size, seed)
    breed, values = traits(index, seed, breed, only, **attributes)
    rng = np.random.default_rng([seed, index, 1])
    image, (cover,) = scene([(values, PROPORTIONS[breed])], size, size, rng, [Spot()])
    caption = caption_of(values, int(rng.integers(12)))
    box = box_of(cover, size, size)
    return Drawing(image, BREEDS.index(breed), box, values, caption), cover


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
    _check(index, 64, seed, () if breed is None else [breed])
    only = {**(only or {}), **{name: (value,) for name, value in attributes.items()}}
    for name, values in only.items():
        if name not in ATTRIBUTES:
            raise ValueError(f"no attribute {name!r}; there are {', '.join(ATTRIBUTES)}")
        for value in values or ("nothing",):
            if value not in ATTRIBUTES[name]:
                raise ValueError(f"{name} is one of {', '.join(ATTRIBUTES[name])}; not {value!r}")
    rng = np.random.default_rng([seed, index, 0])
    chosen = _breed_of(rng, BREEDS)
    breed = chosen if breed is None else breed
    return breed, choose_attributes(rng, PROPORTIONS[breed], only)


def _breed_of(traits: np.random.Generator, breeds: Sequence[str]) -> str:
    """The first draw of a dog's traits is its breed."""
    return breeds[int(traits.random() * len(breeds))]


def _check(index: int, size: int, seed: int, breeds: Sequence[str] = ()) -> None:
    if not 16 <= size <= 256:
        raise ValueError(f"a doodle is 16 to 256 pixels wide, not {size}")
    if index < 0 or seed < 0:
        raise ValueError(f"index and seed count from 0; got index {index}, seed {seed}")
    unknown = sorted(set(breeds) - set(BREEDS))
    if unknown:
        raise ValueError(f"no breed {', '.join(unknown)}; there are {', '.join(BREEDS)}")


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
    _check(0, size, seed, names)
    if n < 1 or not names:
        raise ValueError(f"ask for one dog or more, of one breed or more; got n={n}, {names}")
    if workers is None:
        workers = 1 if n * max(size, 64) ** 2 < 500 * 64**2 else -1
    chosen = [_breed_of(np.random.default_rng([seed, i, 0]), names) for i in range(n)]
    jobs = (joblib.delayed(draw)(i, size, seed, breed, only) for i, breed in enumerate(chosen))
    drawings = []
    # New processes, not forks: a fork of one that runs TensorFlow may hang.
    with bar_of(n, "drawing", "doodles", bool(progress)) as bar:
        for drawing in joblib.Parallel(workers, return_as="generator")(jobs):
            drawings.append(drawing)
            bar.update()
    images, _, boxes, attributes, captions = zip(*drawings, strict=True)
    return {
        "images": np.stack(images),
        "labels": np.array([names.index(breed) for breed in chosen], np.int32),
        "boxes": np.array(boxes, np.int32),
        "attributes": {name: np.array([a[name] for a in attributes]) for name in ATTRIBUTES},
        "captions": list(captions),
    }


def digest(*facts) -> str:
    """Names what drawn dogs depend on: `FORMAT`, and what was asked for."""
    return hashlib.sha256(repr((FORMAT, *facts)).encode()).hexdigest()[:16]
