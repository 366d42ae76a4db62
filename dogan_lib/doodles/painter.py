"""Doodles: dogs drawn by a program, so that the course runs without any download.

A dog is about forty ellipsoids: bones of a small skeleton in one of four poses, a head that turns
on its own, ears, a tail. Seen from a camera far away, an ellipsoid with the axes in the columns of
A is a Gaussian with covariance A Aᵀ cut at one standard deviation, so its outline and its depth at
each pixel are the two lines of algebra that condition a Gaussian (`_paint_parts`). A soft maximum
of the depths melts the parts into one body; its slopes are the normals that the light falls on.
Coat patterns are functions of the position on the dog, in its own coordinates, so a saddle stays
on the back however the dog sits.

    drawing = draw(7, size=128)                       # one dog
    dogs = make(20_000, size=64)                      # many, on all cores
    write_archive("doodles", n=200)                   # files in the layout of Stanford Dogs

Dog `index` of `seed` is always the same dog, however many are drawn, and by how many processes.
"""

import contextlib
import functools
import io
import itertools
import math
import multiprocessing
import os
import sys
import tarfile
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image

from dogan_lib.dogs.progress import Progress
from dogan_lib.runtime import write_atomically

# ---------------------------------------------------------------------------------------------
# What a dog can be
# ---------------------------------------------------------------------------------------------

# The words of the captions: attribute -> value -> how a caption says it.
KEYWORDS: dict[str, dict[str, str]] = {
    "size": {"small": "small", "big": "big"},
    "colour": {c: c for c in ("black", "white", "grey", "brown", "golden", "red")},
    "pattern": {
        "solid": "",
        "bicolour": "with {marking} markings",
        "saddle": "with a {marking} saddle",
        "patches": "with {marking} patches",
        "spots": "with {marking} spots",
        "merle": "with {marking} merle marbling",
        "brindle": "with {marking} brindle stripes",
        "mask": "with a {marking} mask",
    },
    "marking": {m: m for m in ("none", "black", "white", "brown", "tan", "red", "grey")},
    "hair": {"short": "short-haired", "long": "long-haired"},
    "ears": {
        "floppy": "floppy ears",
        "pricked": "pricked ears",
        "folded": "folded ears",
        "long": "long ears",
    },
    "pose": {
        "standing": "standing",
        "sitting": "sitting",
        "lying": "lying",
        "portrait": "close-up",
    },
    "background": {
        "grass": "on grass",
        "sand": "on sand",
        "snow": "in the snow",
        "indoors": "indoors",
        "sky": "under a blue sky",
        "lights": "in front of blurred lights",
    },
}
ATTRIBUTES: dict[str, tuple[str, ...]] = {name: tuple(words) for name, words in KEYWORDS.items()}

# Mean sRGB colours of coats, as photographs show them (a black dog is not 0, a white one not 255).
COAT_RGB = {
    "black": (44, 41, 42),
    "white": (236, 231, 222),
    "grey": (134, 138, 146),
    "brown": (84, 60, 47),
    "golden": (202, 170, 122),
    "red": (172, 96, 54),
    "tan": (162, 114, 74),
}


class Coat(typing.NamedTuple):
    """A main colour, a pattern on it, and the colour of the pattern (`"none"` if solid)."""

    colour: str
    pattern: str
    marking: str


def _coats(text: str) -> tuple[Coat, ...]:
    """`"black/bicolour/tan golden"` -> coats; a colour alone is solid."""
    parts = (word.split("/") for word in text.split())
    return tuple(Coat(*p) if len(p) == 3 else Coat(p[0], "solid", "none") for p in parts)


# Every coat that exists: what `draw(colour=..., pattern=...)` may ask for.
COATS = _coats(
    "black white grey brown golden red "
    "black/bicolour/white black/bicolour/tan brown/bicolour/white brown/bicolour/tan "
    "golden/bicolour/white red/bicolour/white grey/bicolour/white "
    "golden/saddle/black red/saddle/black grey/saddle/black golden/saddle/brown "
    "white/patches/black white/patches/brown white/patches/red white/patches/grey "
    "white/spots/black white/spots/brown grey/merle/black "
    "golden/brindle/black brown/brindle/black grey/brindle/black red/brindle/black "
    "golden/mask/black red/mask/black grey/mask/black golden/mask/brown white/mask/black"
)


class Breed(typing.NamedTuple):
    """Proportions, in units of a typical trunk length, and what is usual for the breed."""

    leg: float  # ground to elbow
    trunk: float  # length
    depth: float  # of the chest, top to bottom
    width: float  # of the chest
    neck: float
    head: float  # radius of the skull
    muzzle: float  # length, in skull radii
    snout: float  # thickness of the muzzle, in skull radii
    tail: str  # curl | plume | sabre | low | stump
    ears: tuple[str, ...]  # the usual ones first
    hair: tuple[str, ...]
    sizes: tuple[str, ...]
    coats: tuple[Coat, ...]
    curly: bool = False


def _breed(numbers: str, tail: str, ears: str, hair: str, sizes: str, coats: str, curly=False):
    split = (ears.split(), hair.split(), sizes.split())
    return Breed(*map(float, numbers.split()), tail, *map(tuple, split), _coats(coats), curly)


# numbers: leg trunk depth width neck head muzzle snout
_BREEDS: dict[str, Breed] = {
    "doodle-shiba": _breed(
        ".44 .88 .44 .38 .22 .235 .62 .42", "curl", "pricked folded", "short long", "small big",
        "red/bicolour/white golden/bicolour/white black/bicolour/tan white red",
    ),
    "doodle-labrador": _breed(
        ".45 1.0 .48 .42 .24 .235 .85 .50", "sabre", "floppy folded", "short", "big small",
        "golden black brown red golden/bicolour/white",
    ),
    "doodle-dachshund": _breed(
        ".25 1.20 .38 .34 .24 .205 1.10 .38", "low", "long floppy", "short long", "small",
        "red black/bicolour/tan brown/brindle/black golden/mask/black brown",
    ),
    "doodle-corgi": _breed(
        ".27 1.08 .42 .40 .24 .235 .72 .42", "stump", "pricked folded", "long short", "small",
        "red/bicolour/white golden/bicolour/white golden/saddle/black red/saddle/black",
    ),
    "doodle-husky": _breed(
        ".50 .98 .46 .40 .24 .23 .80 .44", "curl", "pricked", "long short", "big",
        "grey/bicolour/white black/bicolour/white red/bicolour/white white grey",
    ),
    "doodle-shepherd": _breed(
        ".50 1.05 .47 .40 .27 .22 1.05 .43", "low", "pricked folded", "short long", "big",
        "golden/saddle/black red/saddle/black black grey/mask/black golden/saddle/brown",
    ),
    "doodle-dalmatian": _breed(
        ".53 .98 .44 .37 .28 .215 .92 .45", "sabre", "floppy long", "short", "big small",
        "white/spots/black white/spots/brown white/patches/black white/spots/black",
    ),
    "doodle-poodle": _breed(
        ".52 .82 .40 .38 .30 .225 .95 .36", "plume", "long floppy", "long", "small big",
        "white black grey brown red", curly=True,
    ),
    "doodle-beagle": _breed(
        ".38 .95 .45 .40 .22 .225 .80 .48", "sabre", "long floppy", "short", "small",
        "golden/saddle/black white/patches/brown red/bicolour/white white/patches/red",
    ),
    "doodle-greyhound": _breed(
        ".66 1.08 .44 .30 .36 .185 1.20 .36", "low", "folded floppy", "short", "big",
        "grey brown/brindle/black golden black/bicolour/white grey/brindle/black",
    ),
    "doodle-bulldog": _breed(
        ".28 .86 .50 .54 .15 .27 .34 .66", "stump", "folded pricked", "short", "small big",
        "golden/brindle/black white/patches/brown golden/mask/black grey white/mask/black",
    ),
    "doodle-spitz": _breed(
        ".32 .76 .48 .48 .18 .25 .52 .36", "plume", "pricked", "long", "small",
        "golden red white black grey/mask/black",
    ),
    "doodle-basset": _breed(
        ".25 1.12 .46 .44 .22 .24 .98 .52", "sabre", "long", "short", "small big",
        "white/patches/red brown/bicolour/white red/bicolour/white white/patches/brown",
    ),
    "doodle-collie": _breed(
        ".48 1.02 .46 .42 .28 .215 1.10 .38", "plume", "folded floppy", "long", "big",
        "grey/merle/black black/bicolour/white golden/bicolour/white brown/bicolour/white",
    ),
    "doodle-rottweiler": _breed(
        ".42 1.0 .54 .50 .22 .25 .66 .56", "stump", "floppy folded", "short", "big",
        "black/bicolour/tan brown/bicolour/tan black red/mask/black",
    ),
    "doodle-terrier": _breed(
        ".36 .84 .42 .38 .24 .235 .78 .52", "sabre", "folded pricked floppy", "long short", "small",
        "grey golden white/patches/black brown grey/saddle/black",
    ),
}  # fmt: skip
BREEDS: tuple[str, ...] = tuple(_BREEDS)


# For some attributes, the values that a dog may have.
Choices = Mapping[str, Sequence[str]]

# Dogs that a small network learns in two minutes: large heads, plain coats, calm backgrounds.
PORTRAITS: Choices = {
    "size": ("big",),
    "pattern": ("solid", "bicolour", "saddle", "mask"),
    "pose": ("portrait",),
    "background": ("snow", "sky"),
}


class Drawing(typing.NamedTuple):
    """One doodle: image uint8 (size, size, 3), breed number, box in pixels, attributes, caption."""

    image: np.ndarray
    label: int
    box: tuple[int, int, int, int]
    attributes: dict[str, str]
    caption: str


def _likely(rng: np.random.Generator, values: Sequence, favour: float = 0.65):
    """The first value with probability `favour`, else any of the others."""
    if len(values) == 1 or rng.random() < favour:
        return values[0]
    return values[1 + int(rng.integers(len(values) - 1))]


def _choose_attributes(rng: np.random.Generator, breed: Breed, only: Choices) -> dict[str, str]:
    """Attributes of one dog. All are drawn even if fixed, so fixing one leaves the others."""
    coat = _choose_coat(rng, breed, only)
    free = {
        "size": _likely(rng, breed.sizes),
        "hair": _likely(rng, breed.hair),
        # A quarter of the dogs have another breed's ears: breed and ears must not be one thing.
        "ears": _likely(rng, (*breed.ears, *ATTRIBUTES["ears"]), 0.5),
        "pose": str(rng.choice(ATTRIBUTES["pose"])),
        "background": str(rng.choice(ATTRIBUTES["background"])),
    }
    values = {**coat._asdict(), **free}
    for name, allowed in only.items():
        if values[name] not in allowed:
            values[name] = allowed[int(rng.random() * len(allowed))]
    return {name: values[name] for name in ATTRIBUTES}


def _choose_coat(rng: np.random.Generator, breed: Breed, only: Choices) -> Coat:
    wanted = {k: v for k, v in only.items() if k in Coat._fields}
    pick, stray = rng.random(), rng.random()
    pools = (COATS, breed.coats) if stray < 0.2 else (breed.coats, COATS)
    for pool in pools:
        fits = [c for c in pool if all(getattr(c, k) in v for k, v in wanted.items())]
        if fits:
            return fits[int(pick * len(fits))]
    raise ValueError(f"no coat has {wanted}; doodle.COATS lists the coats that exist")


def caption_of(attributes: dict[str, str], variant: int = 0) -> str:
    """A truthful sentence; `variant` (any int >= 0) changes its order, not what it says."""
    say = {name: KEYWORDS[name][value] for name, value in attributes.items()}
    pattern = say["pattern"].format(marking=attributes["marking"])
    ears, place = say["ears"], say["background"]
    head = f"{say['size']} {say['hair']} {say['colour']} dog"
    if variant % 2:
        head = f"{say['hair']} {say['size']} {say['colour']} dog"
    traits = f"with {ears}"
    if pattern:
        traits = f"{pattern} and {ears}" if variant % 4 < 2 else f"with {ears} and {pattern[5:]}"
    if attributes["pose"] == "portrait":
        opening = "a close-up of a" if variant % 3 else "close-up portrait of a"
        return f"{opening} {head} {traits} {place}"
    if variant % 3 == 2:
        return f"a {head} {say['pose']} {place}, {traits}"
    return f"a {head} {traits} {say['pose']} {place}"


# ---------------------------------------------------------------------------------------------
# The body: ellipsoids in the dog's own coordinates, x forward, y up, z to its side
# ---------------------------------------------------------------------------------------------

# What a part adds to a pixel besides its colour: head or body, how furry, how shiny.
_FEATURES = ("r", "g", "b", "cos", "sin", "head", "fur", "gloss")


class _Parts:
    """A growing list of ellipsoids, each given by a bone a-b and its half width and thickness."""

    def __init__(self, colours: dict[str, tuple]):
        self.colours = colours
        self.rows: list[tuple] = []

    def bone(self, a, b, width, thick=None, role="coat", *, both=False, side=(0, 0, 1), **more):
        """An ellipsoid along a-b; `both` adds its mirror image on the other side of the dog.

        more: cap (half length beyond the ends), head (1: in the head's frame), fur, gloss, bias
        (how much sooner it is seen than what lies at the same depth).
        """
        thick = width if thick is None else thick
        colour = self.colours.get(role, self.colours["coat"])
        shape = (width, thick, more.get("cap", 0.5 * thick))
        rest = (more.get("head", 0.0), more.get("fur", 1.0), more.get("gloss", 0.0))
        for s in (-1, 1) if both else (1,):
            ends = (a[0], a[1], s * a[2], b[0], b[1], s * b[2], side[0], side[1], s * side[2])
            self.rows.append((*ends, *shape, *colour, *rest, more.get("bias", 0.0)))

    def ball(self, centre, radii, role="coat", **more):
        """An ellipsoid with its axes along x, y, z."""
        (x, y, z), (rx, ry, rz) = centre, radii
        self.bone((x - rx, y, z), (x + rx, y, z), rz, ry, role, cap=0.0, **more)

    def table(self) -> np.ndarray:
        return np.array(self.rows, np.float64)


class Pose(typing.NamedTuple):
    """Where the trunk lies and where the head sits on it."""

    tilt: float  # of the trunk, radians, nose up
    centre: tuple[float, float]  # x, y of the trunk's middle
    head: tuple[float, float]  # x, y of the skull's middle
    chest: tuple[float, float]  # x, y where the neck leaves the trunk


def _trunk_point(pose_tilt, centre, along, up):
    c, s = math.cos(pose_tilt), math.sin(pose_tilt)
    return centre[0] + c * along - s * up, centre[1] + s * along + c * up


def _pose(name: str, b: Breed, rng) -> Pose:
    if name == "standing":
        tilt, centre = rng.uniform(0, 0.06), (0.0, b.leg + 0.40 * b.depth)
    elif name == "lying":
        tilt, centre = rng.uniform(0.10, 0.2), (0.0, 0.47 * b.depth)
    else:
        tilt = rng.uniform(0.85, 1.05)
        centre = (0.02, 0.16 * b.depth + 0.5 * b.trunk * math.sin(tilt) * 0.92)
    chest = _trunk_point(tilt, centre, 0.40 * b.trunk, 0.16 * b.depth)
    lean = rng.uniform(0.45, 0.9) if name == "standing" else rng.uniform(0.1, 0.45)
    if name == "lying":
        lean = rng.uniform(0.3, 0.7)
    reach = (0.55 if name == "portrait" else 0.8) * b.neck + 0.75 * b.head
    head = (chest[0] + reach * math.sin(lean) + 0.25 * b.head, chest[1] + reach * math.cos(lean))
    return Pose(tilt, centre, head, chest)


def _add_trunk(parts: _Parts, b: Breed, pose: Pose, fluff: float) -> None:
    def at(along, up):
        return (*_trunk_point(pose.tilt, pose.centre, along * b.trunk, up * b.depth), 0.0)

    half, wide = 0.5 * b.depth + fluff, 0.5 * b.width + fluff
    tuck = 0.86 if b.leg > 0.6 else 0.93
    parts.bone(at(0.10, -0.02), at(0.40, 0.0), wide, half, "torso", cap=0.14)
    parts.bone(at(-0.38, 0.10), at(0.25, 0.08), wide * 0.9, half * 0.80 * tuck, "torso", cap=0.1)
    parts.bone(at(-0.42, 0.04), at(-0.22, 0.06), wide * 0.92, half * 0.86, "torso", cap=0.08)
    x, y = pose.head
    nape = (x - 0.25 * b.head, y - 0.1 * b.head, 0.0)
    throat = (*pose.chest, 0.0)
    parts.bone(at(0.40, -0.34), at(0.50, 0.16), wide * 0.66, half * 0.42, "chest", cap=0.06)
    parts.bone(throat, nape, 0.60 * b.head + fluff, 0.64 * b.head + fluff, "neck", cap=0.12)
    parts.bone(at(0.36, 0.05), nape, 0.52 * b.head + fluff, 0.62 * b.head + fluff, "neck", cap=0.02)
    if fluff > 0.02:
        front = (0.5 * (throat[0] + x) + 0.08, 0.5 * (throat[1] + y) - 0.12, 0.0)
        parts.ball(front, (0.17, 0.25, 0.75 * wide), "chest")


def _add_leg(parts, points, radii, fluff, **more):
    """Bones through `points`, the first as a haunch, and a paw at the end. Both are (x, y, z)."""
    for k, (a, c) in enumerate(itertools.pairwise(points)):
        role = "leg" if k == 0 else "sock"
        r = radii[k] + fluff * (0.7 if k == 0 else 0.45)
        parts.bone(a, c, r * 0.8, r, role, **more)
    x, y, z = points[-1]
    parts.ball((x + 0.035, max(y, 0.045), z), (0.092, 0.052, 0.068), "paw", **more)


def _standing_legs(parts, b: Breed, pose: Pose, rng, fluff) -> None:
    z = 0.5 * b.width * 0.62
    y, thick = pose.centre[1], 0.055 + 0.035 * b.width
    for s in (-1, 1):
        step = rng.uniform(-0.12, 0.12, 2) * min(1.0, 2 * b.leg)
        fx, hx = 0.34 * b.trunk, -0.40 * b.trunk
        front = [
            (fx + 0.02, y, s * z),
            (fx - 0.03, b.leg * 0.85, s * z),
            (fx + step[0], 0.03, s * z),
        ]
        _add_leg(parts, front, (0.15, thick), fluff)
        hock = (hx - 0.10 + step[1], 0.36 * b.leg, s * z)
        knee = (hx + 0.06 + 0.4 * step[1], 0.82 * b.leg, s * z)
        foot = (hx - 0.05 + step[1], 0.03, s * z)
        _add_leg(
            parts,
            [(hx + 0.02, y + 0.03, s * z), knee, hock, foot],
            (0.17, thick * 1.25, thick),
            fluff,
        )


def _sitting_legs(parts, b: Breed, pose: Pose, rng, fluff) -> None:
    z, thick = 0.5 * b.width * 0.6, 0.06 + 0.04 * b.width
    sx, sy = _trunk_point(pose.tilt, pose.centre, 0.26 * b.trunk, -0.10 * b.depth)
    hx, _ = _trunk_point(pose.tilt, pose.centre, -0.42 * b.trunk, 0.0)
    for s in (-1, 1):
        foot = (sx + rng.uniform(0.04, 0.12), 0.03, s * z * 0.85)
        _add_leg(parts, [(sx, sy, s * z), (sx, 0.55 * sy, s * z), foot], (0.13, thick), fluff)
        flank, knee = (hx - 0.02, 0.17, s * z * 1.35), (hx + 0.26, 0.22, s * z * 1.6)
        parts.bone(flank, knee, 0.12 + fluff * 0.5, 0.16 + fluff * 0.5, "leg")
        _add_leg(
            parts, [(hx + 0.20, 0.12, s * z * 1.6), (hx + 0.34, 0.04, s * z * 1.7)], (0.075,), fluff
        )


def _lying_legs(parts, b: Breed, pose: Pose, rng, fluff) -> None:
    z, thick = 0.5 * b.width * 0.66, 0.06 + 0.03 * b.width
    fx, hx, y = 0.36 * b.trunk, -0.40 * b.trunk, pose.centre[1]
    reach = 0.30 + 0.35 * b.leg
    for s in (-1, 1):
        elbow = (fx - 0.04, 0.07, s * z * 1.05)
        paw = (fx + reach + rng.uniform(-0.05, 0.05), 0.045, s * z * rng.uniform(0.7, 1.1))
        _add_leg(parts, [(fx, y, s * z), elbow, paw], (0.13, thick), fluff)
        parts.bone(
            (hx, 0.15, s * z * 1.2),
            (hx + 0.22, 0.17, s * z * 1.35),
            0.12,
            0.17 + fluff * 0.5,
            "leg",
        )
        foot = (hx + 0.30 + 0.2 * b.leg, 0.04, s * z * 1.5)
        _add_leg(parts, [(hx + 0.10, 0.07, s * z * 1.45), foot], (0.07,), fluff)


_LEGS = {
    "standing": _standing_legs,
    "sitting": _sitting_legs,
    "portrait": _sitting_legs,
    "lying": _lying_legs,
}

# Tails as polylines from the rump, in (back, up); a dog that sits or lies lets it down.
_TAILS = {
    "curl": ((0.10, 0.16), (0.10, 0.36), (-0.10, 0.40), (-0.16, 0.26)),
    "plume": ((0.12, 0.16), (0.16, 0.38), (0.02, 0.50)),
    "sabre": ((0.20, 0.10), (0.36, 0.26), (0.42, 0.44)),
    "low": ((0.14, -0.10), (0.20, -0.32), (0.30, -0.46)),
    "stump": ((0.08, 0.06),),
}


def _add_tail(parts: _Parts, b: Breed, pose: Pose, posture: str, rng, fluff: float) -> None:
    root = _trunk_point(pose.tilt, pose.centre, -0.50 * b.trunk, 0.22 * b.depth)
    line, swing = _TAILS[b.tail], rng.uniform(-0.12, 0.12)
    if posture != "standing" and b.tail != "stump":
        line = ((0.10, 0.0), (0.24, 0.02), (0.40, 0.05))
        root = (root[0], max(0.10, min(root[1], 0.16)))
    last, radius = (*root, 0.0), 0.055 + 0.9 * fluff
    for k, (back, up) in enumerate(line):
        point = (root[0] - back, max(0.05, root[1] + up), swing * (k + 1) / len(line))
        end = k == len(line) - 1 and k > 0
        r = (0.045 if end else radius) + (0.5 * fluff if end else 0.0)
        parts.bone(last, point, r, r, "tip" if end else "tail", cap=0.4 * r)
        last = point


def _add_head(parts: _Parts, b: Breed, hair: str, open_mouth: bool, eye: float, light) -> None:
    """The head in its own frame, in skull radii, looking along x."""
    m, t, h = b.muzzle, b.snout, {"head": 1.0}
    puff = 0.10 if hair == "long" else 0.0
    parts.ball((-0.02, 0.06, 0), (0.92 + puff, 0.84 + puff, 0.80 + puff), "skull", **h)
    parts.ball((0.22, -0.30, 0.36), (0.50, 0.46 + puff, 0.44 + puff), "cheek", **h, both=True)
    parts.bone((0.55, -0.20, 0), (0.78 + m, -0.26, 0), t * 0.92, t * 0.74, "muzzle", cap=0.05, **h)
    parts.bone((0.45, 0.12, 0), (0.62 + 0.8 * m, -0.10, 0), t * 0.5, t * 0.42, "bridge", **h)
    parts.ball(
        (0.58 + 0.72 * m, -0.36, t * 0.36), (0.34, t * 0.56, t * 0.58), "lip", **h, both=True
    )
    drop = 0.24 if open_mouth else 0.04
    jaw = ((0.45, -0.50, 0), (0.52 + 0.80 * m, -0.56 - drop, 0))
    parts.bone(*jaw, t * 0.62, t * 0.36, "jaw", **h)
    line = ((0.62, -0.44 - 0.5 * drop, 0), (0.70 + 0.86 * m, -0.43 - 0.5 * drop, 0))
    parts.bone(*line, t * 0.68, 0.03 + 0.4 * drop, "mouth", fur=0.2, bias=0.5, **h)
    if open_mouth:
        lolling = ((0.56 + 0.6 * m, -0.54, 0), (0.72 + 0.88 * m, -0.72 - 0.55 * t, 0))
        parts.bone(*lolling, t * 0.36, t * 0.15, "tongue", fur=0.1, gloss=0.25, bias=2.0, **h)
    tip = 0.74 + m + 0.05
    wet = {"fur": 0.0, "gloss": 1.0, **h}
    parts.ball((tip, -0.08, 0), (0.15, 0.16, 0.23), "nose", bias=2.5, **wet)
    if "brow" in parts.colours:  # the tan spots of a rottweiler
        parts.ball((0.61, 0.45, 0.30), (0.19, 0.13, 0.18), "brow", **h, both=True)
    where = (0.74, 0.17, 0.40)
    parts.ball(where, (eye * 1.15, eye * 1.1, eye * 1.25), "lid", bias=1.0, fur=0.2, **h, both=True)
    parts.ball((0.79, 0.17, 0.42), (eye, eye, eye), "eye", bias=3.0, **wet, both=True)
    glint = (0.79 + 0.8 * eye, 0.17 + 0.5 * eye, 0.42)
    for s in (-1, 1):
        spot = (glint[0], glint[1], s * glint[2] + 0.3 * eye * light)
        parts.ball(spot, (eye * 0.34,) * 3, "glint", bias=6.0, **wet)


# Ears as leaves through points (x, y, z) in skull radii, with the half width at each joint.
_EARS = {
    "pricked": (((-0.12, 0.45, 0.46), (-0.06, 1.05, 0.62), (-0.02, 1.36, 0.72), (0.0, 1.74, 0.77)),
                (0.44, 0.28, 0.14)),
    "folded": (((-0.10, 0.50, 0.52), (-0.02, 1.00, 0.84), (0.24, 1.02, 1.20), (0.42, 0.66, 1.40)),
               (0.32, 0.27, 0.20)),
    "floppy": (((-0.10, 0.62, 0.56), (-0.02, 0.46, 0.96), (0.06, -0.28, 1.10)),
               (0.26, 0.40)),
    "long": (((-0.16, 0.40, 0.60), (-0.04, 0.0, 0.96), (0.06, -0.80, 1.10), (0.14, -1.70, 1.08)),
             (0.26, 0.38, 0.46)),
}  # fmt: skip


def _add_ears(parts: _Parts, ears: str, hair: str) -> None:
    line, widths = _EARS[ears]
    wide = 1.18 if hair == "long" else 1.0
    side = (0.35, 0, 0.9) if ears in ("pricked", "folded") else (0.8, 0, 0.6)
    for a, c, w in zip(line[:-1], line[1:], widths, strict=True):
        more = {"side": side, "head": 1.0, "cap": 0.10, "bias": 1.2}
        parts.bone(a, c, w * wide, 0.13, "ear", **more, both=True)
    if ears == "pricked":
        inner = ((0.10, 0.62, 0.52), (0.10, 1.30, 0.68))
        parts.bone(*inner, 0.20, 0.06, "inner", side=side, head=1.0, fur=0.6, bias=1.6, both=True)


# ---------------------------------------------------------------------------------------------
# Colours of the parts
# ---------------------------------------------------------------------------------------------

_WHITE_PARTS = ("chest", "sock", "paw", "tip", "muzzle", "lip", "jaw", "bridge")
_TAN_PARTS = ("chest", "sock", "paw", "lip", "jaw", "brow", "muzzle")
_MASK_PARTS = ("muzzle", "lip", "jaw", "bridge", "lid", "inner")


def _linear(rgb) -> np.ndarray:
    """sRGB 0-255 -> light intensity 0-1 (gamma 2 is near enough, and its inverse is a sqrt)."""
    return np.square(np.asarray(rgb, np.float32) / 255)


def _part_colours(a: dict[str, str], rng) -> dict[str, np.ndarray]:
    """Linear colour of each part of the dog."""
    base = _linear(COAT_RGB[a["colour"]]) * rng.uniform(0.85, 1.15) * rng.uniform(0.96, 1.04, 3)
    colours = {
        "coat": base,
        "ear": base * (1.7 if a["colour"] == "black" else 0.62),
        "chest": base * 1.08,
        "bridge": base * 0.95,
    }
    if a["marking"] != "none":
        colours |= _marked_parts(a["pattern"], base, _linear(COAT_RGB[a["marking"]]), a["marking"])
    dark = _linear((34, 30, 30))
    iris = _linear((60, 34, 16)) if rng.random() < 0.8 else _linear((20, 14, 12))
    liver = a["colour"] == "brown" and a["marking"] == "none"
    colours |= {
        "lid": _linear((52, 40, 36)) if a["colour"] != "black" else _linear((78, 66, 60)),
        "eye": iris * 0.5,
        "nose": _linear((62, 38, 32)) if liver else dark,
        "glint": np.full(3, 1.6, np.float32),
        "mouth": dark,
        "tongue": _linear((226, 118, 128)),
        "inner": 0.45 * base + 0.35 * _linear((206, 150, 140)),
    }
    return colours


def _marked_parts(pattern: str, base, mark, name: str) -> dict[str, np.ndarray]:
    if pattern == "bicolour":
        return dict.fromkeys(_WHITE_PARTS if name == "white" else _TAN_PARTS, mark)
    if pattern == "mask":
        return dict.fromkeys(_MASK_PARTS, mark) | {"ear": 0.4 * base + 0.6 * mark}
    if pattern in ("patches", "spots"):
        return {"ear": mark if pattern == "patches" else base * 0.62}
    if pattern == "saddle":
        return {"tail": mark, "ear": mark}  # the ears show it in a portrait too
    return {}


# ---------------------------------------------------------------------------------------------
# Noise: periodic 512x512 textures, made once in each process, mean 0 and deviation 1
# ---------------------------------------------------------------------------------------------

_TEXELS = 512
_ANGLES = 8


def _shaped_noise(spectrum: Callable, seed: int) -> np.ndarray:
    """White noise whose amplitudes are `spectrum(fx, fy)`, in cycles a texture."""
    f = np.fft.fftfreq(_TEXELS, 1 / _TEXELS).astype(np.float32)
    white = np.fft.fft2(np.random.default_rng(seed).standard_normal((_TEXELS, _TEXELS)))
    noise = np.fft.ifft2(white * spectrum(f[None, :], f[:, None])).real.astype(np.float32)
    return (noise - noise.mean()) / noise.std()


@functools.cache
def _fractal() -> np.ndarray:
    """1/f noise: clouds, lawns, walls."""
    return _shaped_noise(lambda x, y: 1 / np.maximum(np.hypot(x, y), 2.0) ** 1.3, 1)


@functools.cache
def _band(cycles: float) -> np.ndarray:
    """Blobs of one size: `cycles` of them across the texture."""
    return _shaped_noise(
        lambda x, y: np.exp(-(((np.hypot(x, y) - cycles) / (0.3 * cycles)) ** 2)), 2
    )


def _strand_spectrum(angle: float, length: float = 130.0, width: float = 26.0) -> Callable:
    """Streaks along `angle`: a spectrum short along the streak and wide across it."""

    def spectrum(x, y):
        along = x * math.cos(angle) + y * math.sin(angle)
        across = y * math.cos(angle) - x * math.sin(angle)
        return np.exp(-((along / width) ** 2) - (across / length) ** 2)

    return spectrum


@functools.cache
def _strands() -> np.ndarray:
    """Fur that lies along each of `_ANGLES` directions in [0, pi)."""
    angles = [math.pi * k / _ANGLES for k in range(_ANGLES)]
    return np.stack([_shaped_noise(_strand_spectrum(a), 10 + k) for k, a in enumerate(angles)])


def _sheet(noise: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The noise at every pair of a row and a column coordinate, in texels."""
    r = rows.astype(np.int32) & (_TEXELS - 1)
    c = columns.astype(np.int32) & (_TEXELS - 1)
    return noise[r[:, None], c[None, :]]


def _scatter(noise: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The noise at each point; `rows` and `columns` (texels) have the same shape."""
    flat = (rows.astype(np.int32) & (_TEXELS - 1)) * _TEXELS + (
        columns.astype(np.int32) & (_TEXELS - 1)
    )
    return noise.ravel()[flat]


def _smoothstep(x: np.ndarray, low: float, high: float) -> np.ndarray:
    t = np.clip((x - low) * (1 / (high - low)), 0, 1)
    return t * t * (3 - 2 * t)


# ---------------------------------------------------------------------------------------------
# The camera
# ---------------------------------------------------------------------------------------------


def _yaw(angle: float) -> np.ndarray:
    """Body to view; at 0 the dog looks at the camera, at pi/2 to the right. View: x right, y up."""
    s, c = math.sin(angle), math.cos(angle)
    return np.array([[s, 0, c], [0, 1, 0], [c, 0, -s]])


def _nod(angle: float) -> np.ndarray:
    """Turn about the dog's side axis, nose up."""
    s, c = math.sin(angle), math.cos(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def _roll(angle: float) -> np.ndarray:
    """Tilt about the dog's forward axis."""
    s, c = math.sin(angle), math.cos(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def _look_down(angle: float) -> np.ndarray:
    """The camera's own tilt: what is nearer comes lower."""
    s, c = math.sin(angle), math.cos(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


class _Dog(typing.NamedTuple):
    """A dog in view coordinates, before it is placed in a picture."""

    centre: np.ndarray  # (parts, 3), y up, z to the camera
    spread: np.ndarray  # (parts, 3, 3): A Aᵀ of each ellipsoid
    features: np.ndarray  # (parts, features), float32
    bias: np.ndarray  # (parts,)
    to_body: np.ndarray  # view -> body
    to_head: np.ndarray  # view -> head, in trunk units
    head_at: np.ndarray  # the skull's middle, view
    head_size: float
    pose: Pose
    breed: Breed
    attributes: dict[str, str]
    pitch: float


_VIEW_YAW = {"standing": (50, 88), "sitting": (8, 65), "lying": (28, 82), "portrait": (0, 55)}


def _build_dog(a: dict[str, str], b: Breed, rng, pitch: float, light_x: float) -> _Dog:
    """Skeleton, colours and view of one dog with attributes `a`."""
    fluff = 0.045 if a["hair"] == "long" else 0.0
    if a["size"] == "small":  # puppies and toys have short legs and a big head
        b = b._replace(head=b.head * 1.12, leg=b.leg * 0.95)
    # At 64 pixels, ears can be told apart only on a head that is larger than life.
    larger = 1.12 if a["pose"] == "portrait" else 1.32
    b = b._replace(head=b.head * larger, muzzle=b.muzzle * 0.9, leg=b.leg * 1.1)
    body = _Parts(_part_colours(a, rng))
    pose = _pose(a["pose"], b, rng)
    _add_trunk(body, b, pose, fluff)
    _LEGS[a["pose"]](body, b, pose, rng, fluff)
    _add_tail(body, b, pose, a["pose"], rng, fluff)
    _add_head(body, b, a["hair"], rng.random() < 0.45, rng.uniform(0.125, 0.155), light_x)
    _add_ears(body, a["ears"], a["hair"])
    return _view(body.table(), a, b, pose, rng, pitch)


def _view(table: np.ndarray, a: dict, b: Breed, pose: Pose, rng, pitch: float) -> _Dog:
    low, high = _VIEW_YAW[a["pose"]]
    yaw = math.radians(rng.uniform(low, high)) * rng.choice((-1, 1))
    turn = yaw * rng.uniform(0.1, 0.65)
    camera = _look_down(pitch)
    body = camera @ _yaw(yaw)
    nod, tilt = rng.uniform(-0.28, 0.08), rng.normal(0, 0.12)
    head = camera @ _yaw(turn) @ _nod(nod + 0.6 * pitch) @ _roll(tilt)
    head_at = body @ np.array([*pose.head, 0.0])
    centre, spread, along = _ellipsoids(table, body, head * b.head, head_at)
    features = np.zeros((len(table), len(_FEATURES)), np.float32)
    features[:, :3] = table[:, 12:15]
    angle = 2 * np.arctan2(-along[:, 1], along[:, 0])  # doubled: fur has no front end
    features[:, 3], features[:, 4] = np.cos(angle), np.sin(angle)
    features[:, 5:] = table[:, 15:18]
    to = (body.T, head.T, head_at, b.head, pose, b, a, pitch)
    return _Dog(centre, spread, features, table[:, 18], *to)


def _ellipsoids(table, body, head, head_at):
    """Centres, A Aᵀ and long axes of all parts, in view coordinates."""
    is_head = table[:, 15] > 0.5
    frame = np.where(is_head[:, None, None], head, body)
    a, b, side = table[:, 0:3], table[:, 3:6], table[:, 6:9]
    along = b - a
    length = np.linalg.norm(along, axis=1, keepdims=True)
    along /= length
    side = side - (side * along).sum(1, keepdims=True) * along
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    axes = np.stack(
        [
            along * (0.5 * length + table[:, 11:12]),
            side * table[:, 9:10],
            np.cross(along, side) * table[:, 10:11],
        ],
        axis=2,
    )
    axes = frame @ axes
    centre = np.einsum("nij,nj->ni", frame, 0.5 * (a + b)) + is_head[:, None] * head_at
    return centre, axes @ axes.transpose(0, 2, 1), axes[:, :, 0]


class _Placed(typing.NamedTuple):
    """Where a dog stands: view (0, 0) at pixel (x, y), `scale` pixels to a trunk length."""

    dog: _Dog
    x: float
    y: float
    scale: float


def _extent(dog: _Dog, only_head: bool = False) -> tuple[float, float, float, float]:
    """Left, right, bottom, top in view units."""
    keep = dog.features[:, 5] > 0.5 if only_head else slice(None)
    x, y = dog.centre[keep, 0], dog.centre[keep, 1]
    rx, ry = np.sqrt(dog.spread[keep, 0, 0]), np.sqrt(dog.spread[keep, 1, 1])
    return (x - rx).min(), (x + rx).max(), (y - ry).min(), (y + ry).max()


class _Spot(typing.NamedTuple):
    """Where in the picture a dog goes: a fraction of the width (None: anywhere), and how large."""

    x: float | None = None
    fill: float = 1.0


def _place(dog: _Dog, rng, height: int, width: int, spot: _Spot) -> _Placed:
    """Fit the dog (in a portrait its head) into the picture."""
    portrait, small = dog.attributes["pose"] == "portrait", dog.attributes["size"] == "small"
    left, right, low, high = _extent(dog, portrait)
    ranges = _SHARES[portrait, small]
    scale = rng.uniform(*ranges) * spot.fill * min(height, width) / max(right - left, high - low)
    room = max(0.0, 0.5 * width - 0.5 * scale * (right - left))
    wander = rng.uniform(-0.6, 0.6) * room
    middle = 0.5 * width + wander if spot.x is None else spot.x * width
    x = middle - 0.5 * scale * (left + right)
    if portrait:
        return _Placed(dog, x, 0.47 * height + 0.5 * scale * (low + high), scale)
    foot = 0.5 * (height + scale * (high - low))
    return _Placed(dog, x, foot + rng.uniform(0.0, 0.7) * (height - foot) + scale * low, scale)


# How much of the picture's smaller side a dog takes; (portrait, small).
_SHARES = {
    (False, False): (0.90, 0.98),
    (False, True): (0.68, 0.75),
    (True, False): (0.76, 0.88),
    (True, True): (0.54, 0.60),
}


# ---------------------------------------------------------------------------------------------
# Painting the dog
# ---------------------------------------------------------------------------------------------

_HARDNESS = 42.0  # of the soft maximum of depths, in 1 / trunk lengths


class _Surface(typing.NamedTuple):
    """What the camera sees of a dog, in a window of the picture."""

    rows: slice
    columns: slice
    features: np.ndarray  # (features, h, w), averaged over the parts seen at a pixel
    depth: np.ndarray  # (h, w) towards the camera, trunk lengths
    cover: np.ndarray  # (h, w) 0-1


def _paint_parts(at: _Placed, ragged: np.ndarray) -> _Surface | None:
    """Outline, depth and soft blend of all ellipsoids; `ragged` (H, W) frays the outlines.

    With A Aᵀ = [[S, c], [cᵀ, v]] (S for the screen, v for depth) and d the pixel's distance from
    the centre, q = dᵀ S⁻¹ d < 1 is the outline, and the surface lies at cᵀ S⁻¹ d +
    sqrt((v - cᵀ S⁻¹ c)(1 - q)): mean and deviation of a Gaussian's depth, given d.
    """
    window = _window(at, *ragged.shape)
    if window is None:
        return None
    rows, columns = window
    sums = np.zeros(
        (len(_FEATURES), rows.stop - rows.start, columns.stop - columns.start), np.float32
    )
    weight = np.full(sums.shape[1:], 1e-30, np.float32)
    cover = np.zeros(sums.shape[1:], np.float32)
    fray = ragged[rows, columns]
    for part in _quadrics(at, rows, columns):
        _add_part(part, fray, sums, weight, cover)
    return _Surface(rows, columns, sums / weight, np.log(weight) / _HARDNESS, cover)


def _window(at: _Placed, height: int, width: int) -> tuple[slice, slice] | None:
    left, right, low, high = _extent(at.dog)
    x0, x1 = int(at.x + at.scale * left) - 3, int(at.x + at.scale * right) + 4
    y0, y1 = int(at.y - at.scale * high) - 3, int(at.y - at.scale * low) + 4
    x0, x1, y0, y1 = max(x0, 0), min(x1, width), max(y0, 0), min(y1, height)
    return (slice(y0, y1), slice(x0, x1)) if x1 - x0 > 3 and y1 - y0 > 3 else None


def _quadrics(at: _Placed, rows: slice, columns: slice) -> Iterator[tuple]:
    """For each part: its patch of the window, S⁻¹, depth and slope, softness; plain floats."""
    dog, s = at.dog, at.dog.spread
    det = s[:, 0, 0] * s[:, 1, 1] - s[:, 0, 1] ** 2
    a, b, c = s[:, 1, 1] / det, -s[:, 0, 1] / det, s[:, 0, 0] / det
    gx, gy = s[:, 2, 0] * a + s[:, 2, 1] * b, s[:, 2, 0] * b + s[:, 2, 1] * c
    deep = np.sqrt(np.maximum(s[:, 2, 2] - s[:, 2, 0] * gx - s[:, 2, 1] * gy, 1e-6))
    thin = np.sqrt(det / np.maximum(s[:, 0, 0], s[:, 1, 1]))  # about the smaller half width
    long_hair = dog.attributes["hair"] == "long"
    hair = (0.017 if long_hair else 0.006) * dog.features[:, 6] / thin
    cx, cy = at.x + at.scale * dog.centre[:, 0], at.y - at.scale * dog.centre[:, 1]
    rx, ry = (
        at.scale * np.sqrt(s[:, 0, 0]) * (1 + hair),
        at.scale * np.sqrt(s[:, 1, 1]) * (1 + hair),
    )
    x0 = np.clip(cx - rx - 1, columns.start, columns.stop).astype(int) - columns.start
    x1 = np.clip(cx + rx + 2, columns.start, columns.stop).astype(int) - columns.start
    y0 = np.clip(cy - ry - 1, rows.start, rows.stop).astype(int) - rows.start
    y1 = np.clip(cy + ry + 2, rows.start, rows.stop).astype(int) - rows.start
    numbers = (x0, x1, y0, y1, (cx - columns.start), (cy - rows.start), a, b, c, gx, gy, deep)
    soft = 1 / max(1.0, 0.010 * at.scale)  # a fringe of hair lets the background through
    edge = (0.5 * thin * at.scale) * np.where(long_hair * dog.features[:, 6] > 0.5, soft, 1.0)
    more = (dog.centre[:, 2], hair, edge, dog.bias)
    table = zip(*(n.tolist() for n in (*numbers, *more)), dog.features, strict=True)
    inverse = 1 / at.scale
    return ((inverse, *row) for row in table if row[1] > row[0] and row[3] > row[2])


def _add_part(part: tuple, fray, sums, weight, cover) -> None:
    inverse, x0, x1, y0, y1, cx, cy, a, b, c, gx, gy, deep, z, hair, edge, bias, features = part
    dx = ((np.arange(x0, x1, dtype=np.float32) + (0.5 - cx)) * inverse)[None, :]
    dy = ((np.arange(y0, y1, dtype=np.float32) + (0.5 - cy)) * -inverse)[:, None]
    inside = (1 - a * dx * dx) - dy * (2 * b * dx + c * dy)
    seen = np.clip(0.5 + edge * (inside + hair * fray[y0:y1, x0:x1]), 0, 1)
    depth = (z + gx * dx) + gy * dy
    depth += deep * np.sqrt(np.maximum(inside, 0))
    seen_first = seen * np.exp(_HARDNESS * depth + bias)
    weight[y0:y1, x0:x1] += seen_first
    sums[:, y0:y1, x0:x1] += features[:, None, None] * seen_first
    np.maximum(cover[y0:y1, x0:x1], seen, out=cover[y0:y1, x0:x1])


def _fur(surface: _Surface, at: _Placed, shape, offset, curly: bool) -> np.ndarray:
    """Texture along the parts' fur directions, about N(0, 1)."""
    h, w = surface.depth.shape
    texel = 420 / min(shape)
    rows = (np.arange(h) + surface.rows.start) * texel + offset[0]
    columns = (np.arange(w) + surface.columns.start) * texel + offset[1]
    if curly:
        return _sheet(_band(48.0), rows, columns)
    angle = np.arctan2(surface.features[4], surface.features[3]) * (_ANGLES / (2 * math.pi))
    which = np.rint(angle).astype(np.int32) % _ANGLES
    r = rows.astype(np.int32)[:, None] & (_TEXELS - 1)
    c = columns.astype(np.int32)[None, :] & (_TEXELS - 1)
    return _strands()[which, r, c]


def _skin_points(surface: _Surface, at: _Placed) -> tuple[np.ndarray, np.ndarray]:
    """Each pixel's place on the body and on the head, (3, h, w), in trunk lengths."""
    h, w = surface.depth.shape
    x = (np.arange(w, dtype=np.float32) + (surface.columns.start + 0.5 - at.x)) / at.scale
    y = (np.arange(h, dtype=np.float32) + (surface.rows.start + 0.5 - at.y)) / -at.scale
    depth = np.maximum(surface.depth, -2)
    spots = np.stack(np.broadcast_arrays(x[None, :], y[:, None], depth)).reshape(3, -1)
    body = at.dog.to_body.astype(np.float32) @ spots
    head = at.dog.to_head.astype(np.float32) @ (spots - at.dog.head_at[:, None].astype(np.float32))
    return body.reshape(3, h, w), head.reshape(3, h, w)


def _pattern_amount(surface: _Surface, at: _Placed, offset) -> np.ndarray | None:
    """How much of the marking colour shows at each pixel (h, w), or None for a plain coat."""
    pattern = at.dog.attributes["pattern"]
    if pattern in ("solid", "bicolour", "mask"):
        return None
    body, head = _skin_points(surface, at)
    if pattern == "saddle":
        return _saddle(at.dog, body, surface.features[5], offset)
    on_head = surface.features[5] > 0.5
    x, y, z = np.where(on_head, head * 1.25 + 0.7, body)
    rows, columns = (y + 0.8 * z) * 256 + offset[0], (x - 0.6 * z) * 256 + offset[1]
    if pattern == "brindle":
        wave = _scatter(_band(9.0), rows, columns)
        return 0.65 * _smoothstep(np.sin(60 * x + 12 * y + 1.6 * wave), 0.0, 0.8)
    cycles, low, high = {
        "patches": (5.0, 0.45, 0.60),
        "spots": (17.0, 0.95, 1.15),
        "merle": (11.0, 0.35, 0.65),
    }[pattern]
    return _smoothstep(_scatter(_band(cycles), rows, columns), low, high)


def _saddle(dog: _Dog, body: np.ndarray, head: np.ndarray, offset) -> np.ndarray:
    """The upper half of the trunk and the back of the neck."""
    c, s = math.cos(dog.pose.tilt), math.sin(dog.pose.tilt)
    x, y = body[0] - dog.pose.centre[0], body[1] - dog.pose.centre[1]
    up, along = c * y - s * x, c * x + s * y
    wave = 0.04 * np.sin(13 * along + offset[0])
    half = dog.breed.depth
    amount = _smoothstep(up + wave, -0.02 * half, 0.16 * half)
    return (
        amount * _smoothstep(-along, -0.62 * dog.breed.trunk, -0.45 * dog.breed.trunk) * (1 - head)
    )


# ---------------------------------------------------------------------------------------------
# Light
# ---------------------------------------------------------------------------------------------


class _Light(typing.NamedTuple):
    """One sun or lamp, and the soft light of sky and ground. Colours are linear."""

    direction: np.ndarray  # unit, view coordinates: x right, y up, z to the camera
    key: np.ndarray
    sky: np.ndarray
    ground: np.ndarray


def _blurred(image: np.ndarray, cells: int) -> np.ndarray:
    """A smooth version: averaged to about `cells` across, and enlarged again."""
    h, w = image.shape
    small = (max(2, cells * w // max(h, w)), max(2, cells * h // max(h, w)))
    picture = Image.fromarray(image).resize(small, Image.Resampling.BOX)
    return np.asarray(picture.resize((w, h), Image.Resampling.BICUBIC))


def _shade(surface: _Surface, at: _Placed, fur: np.ndarray, light: _Light) -> np.ndarray:
    """Brightness and colour of the light at each pixel, (3, h, w)."""
    furry, gloss = surface.features[6], surface.features[7]
    long_hair = at.dog.attributes["hair"] == "long"
    solid = np.minimum(surface.cover * 1.2, 1)
    depth = np.maximum(surface.depth, -1.5)
    smooth = _blurred(depth * solid, 18) / np.maximum(_blurred(solid, 18), 0.05)
    hollow = np.clip((smooth - depth) * 3.2, -0.15, 0.6)
    depth = depth + (0.0028 if long_hair else 0.0007) * fur * furry
    nx, ny, nz = _normals(depth, at.scale)
    x, y, z = light.direction
    facing = nx * x + ny * y + nz * z
    lit = np.maximum((facing + 0.25) * 0.8, 0)  # fur scatters: light reaches round the edge
    upward = 0.5 + 0.5 * ny
    shine = gloss * np.maximum(nx * x * 0.6 + ny * 0.6 * y + nz * (0.5 + 0.5 * z), 0) ** 24
    ambient = (1 - hollow) * (0.55 + 0.45 * nz)
    colour = light.key[:, None, None] * (lit * (1 - 0.8 * np.maximum(hollow, 0)))
    colour += ambient * (
        light.sky[:, None, None] * upward + light.ground[:, None, None] * (1 - upward)
    )
    return colour + 6.0 * shine


def _normals(depth: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unit normals from the slopes of the depth (y up)."""
    sx, sy = np.zeros_like(depth), np.zeros_like(depth)
    sx[:, 1:-1] = depth[:, :-2] - depth[:, 2:]
    sy[1:-1] = depth[2:] - depth[:-2]
    sx, sy = np.clip(sx * (0.5 * scale), -2.2, 2.2), np.clip(sy * (0.5 * scale), -2.2, 2.2)
    nz = 1 / np.sqrt(1 + sx * sx + sy * sy)
    return sx * nz, sy * nz, nz


def _paint_dog(canvas: np.ndarray, at: _Placed, light: _Light, rng) -> np.ndarray:
    """Paint a dog over `canvas` (3, H, W), in place; returns its cover (H, W)."""
    shape, offset = canvas.shape[1:], rng.uniform(0, _TEXELS, 4)
    texel = 512 / min(shape)
    rows, columns = np.arange(shape[0]) * texel + offset[2], np.arange(shape[1]) * texel + offset[3]
    ragged = 0.7 * _sheet(_band(56.0), rows, columns)
    ragged += 0.5 * _sheet(_strands()[_ANGLES // 2], rows, columns)
    surface = _paint_parts(at, ragged)
    whole = np.zeros(shape, np.float32)
    if surface is None:
        return whole
    fur = _fur(surface, at, shape, offset, at.dog.breed.curly)
    albedo = _albedo(surface, at, fur, offset)
    colour = albedo * _shade(surface, at, fur, light)
    cover = surface.cover * _feet_in_ground(surface, at, rng)
    patch = canvas[:, surface.rows, surface.columns]
    patch += cover * (colour - patch)
    whole[surface.rows, surface.columns] = cover
    return whole


def _albedo(surface: _Surface, at: _Placed, fur: np.ndarray, offset) -> np.ndarray:
    """Colour of the coat with its pattern and strands, (3, h, w)."""
    a, furry = at.dog.attributes, surface.features[6]
    albedo = surface.features[:3]
    amount = _pattern_amount(surface, at, offset)
    if amount is not None:
        mark = _linear(COAT_RGB[a["marking"]])[:, None, None]
        albedo = albedo + (amount * np.clip(furry * 2 - 1, 0, 1)) * (mark - albedo)
    h, w = fur.shape
    clumps = _sheet(
        _fractal(), np.arange(h) * (300 / h) + offset[1], np.arange(w) * (300 / w) + offset[0]
    )
    strength = 0.13 if a["hair"] == "long" else 0.055
    return albedo * np.maximum(1 + furry * (strength * fur + 0.09 * clumps), 0.15)


def _feet_in_ground(surface: _Surface, at: _Placed, rng) -> np.ndarray | float:
    """Grass, snow and sand hide the soles."""
    deep = {"grass": 0.05, "snow": 0.05, "sand": 0.02}.get(at.dog.attributes["background"])
    if deep is None or at.dog.attributes["pose"] == "portrait":
        return 1.0
    h, w = surface.depth.shape
    columns = np.arange(w) * (900 / w) + rng.uniform(0, _TEXELS)
    blades = _sheet(_strands()[_ANGLES // 2], np.zeros(h) + np.arange(h) * (200 / h), columns)
    bottom = h - 3 - np.arange(h, dtype=np.float32)[:, None]
    return _smoothstep(bottom - deep * at.scale * (0.6 + 0.5 * blades), -1.5, 1.5)


# ---------------------------------------------------------------------------------------------
# Backgrounds: (3, H, W) linear, painted for a horizon (rows) and a camera that is out of focus
# ---------------------------------------------------------------------------------------------


class _Place(typing.NamedTuple):
    """The empty picture, where its floor begins, and what light there is."""

    canvas: np.ndarray
    sky: tuple[float, float, float]  # colours of the soft light, relative
    ground: tuple[float, float, float]
    key: tuple[float, float, float]
    shadow: float  # how dark a dog's shadow is


def _mix(a, b, amount: np.ndarray) -> np.ndarray:
    """From colour a to colour b, (3, H, W)."""
    a, b = _linear(a)[:, None, None], _linear(b)[:, None, None]
    return a + (b - a) * amount


def _rough(
    noise: np.ndarray, height: int, width: int, texels: float, rng, stretch=1.0
) -> np.ndarray:
    """A patch of noise, `texels` wide across the smaller side, with a random origin."""
    t = texels / min(height, width)
    rows = np.arange(height) * (t * stretch) + rng.uniform(0, _TEXELS)
    return _sheet(noise, rows, np.arange(width) * t + rng.uniform(0, _TEXELS))


def _foliage(height: int, width: int, rng, dark, bright) -> np.ndarray:
    """Trees far behind, out of focus."""
    h, w = max(2, height // 6), max(2, width // 6)
    leaves = 0.42 + 0.26 * _rough(_fractal(), h, w, 260, rng)
    blurred = Image.fromarray(leaves).resize((width, height), Image.Resampling.BICUBIC)
    return _mix(dark, bright, np.clip(np.asarray(blurred), 0, 1.2))


def _join(above: np.ndarray, below: np.ndarray, horizon: float, softness: float) -> np.ndarray:
    """Ground below the horizon (a fraction of the height), background above it."""
    height = above.shape[1]
    y = (np.arange(height, dtype=np.float32) + 0.5) / height
    return above + _smoothstep(y, horizon - softness, horizon + softness)[:, None] * (below - above)


def _nearness(height: int, horizon: float) -> np.ndarray:
    """0 at the horizon and above, 1 at the lower edge, (H, 1)."""
    y = (np.arange(height, dtype=np.float32) + 0.5) / height
    return np.clip((y - horizon) / (1 - horizon), 0, 1)[:, None]


def _grass(height, width, horizon, rng) -> _Place:
    hue = rng.uniform(-14, 14)
    blades = _rough(_strands()[_ANGLES // 2], height, width, 420, rng)
    blades = blades + 0.7 * _rough(_strands()[int(rng.integers(3, 6))], height, width, 260, rng)
    lawn = 0.5 + 0.28 * _rough(_fractal(), height, width, 220, rng, 2.0)
    near = _nearness(height, horizon)
    amount = lawn + (0.06 + 0.22 * near) * blades
    ground = _mix((48 + hue, 66, 32), (142 + hue, 164, 88), np.clip(amount, 0, 1.3))
    ground *= rng.uniform(0.8, 1.15)
    far = _foliage(height, width, rng, (34, 46, 28), (122 + 2 * hue, 144, 96))
    if horizon <= 0:
        far = ground
    return _Place(
        _join(far, ground, horizon, 0.05),
        (0.9, 1.0, 1.0),
        (0.55, 0.64, 0.4),
        (1.0, 0.95, 0.82),
        0.75,
    )


def _sand(height, width, horizon, rng) -> _Place:
    warm = rng.uniform(-10, 10)
    ripples = _rough(_strands()[0], height, width, 150, rng, 1.6)
    dunes = _rough(_fractal(), height, width, 160, rng, 2.0)
    grains = _rough(_band(120.0), height, width, 480, rng)
    near = _nearness(height, horizon)
    amount = 0.62 + 0.14 * dunes + near * (0.12 * ripples + 0.07 * grains)
    ground = _mix((150 + warm, 116, 74), (238 + warm, 214, 168), np.clip(amount, 0, 1.2))
    haze = _mix(
        (228, 214, 190), (196, 206, 208), _nearness(height, -0.2)[::-1] * np.ones((1, width))
    )
    sea = _mix((96, 136, 146), (168, 192, 190), np.clip(0.5 + 0.25 * ripples, 0, 1))
    far = _join(haze, sea, horizon - 0.09, 0.012)
    return _Place(
        _join(far, ground, horizon, 0.02),
        (0.95, 0.98, 1.0),
        (0.9, 0.78, 0.55),
        (1.0, 0.92, 0.75),
        0.6,
    )


def _snow(height, width, horizon, rng) -> _Place:
    drifts = _rough(_fractal(), height, width, 130, rng, 1.6)
    sparkle = _rough(_band(120.0), height, width, 480, rng)
    amount = 0.72 + 0.16 * drifts + 0.05 * _nearness(height, horizon) * sparkle
    ground = _mix((172, 188, 214), (246, 248, 252), np.clip(amount, 0, 1.1))
    far = _foliage(height, width, rng, (84, 98, 110), (214, 222, 230))
    canvas = _join(far, ground, horizon, 0.05)
    flakes = _rough(_band(40.0), height, width, 300, rng) if rng.random() < 0.4 else None
    if flakes is not None:
        canvas += 0.6 * _smoothstep(flakes, 2.0, 2.6) * (1 - canvas)
    return _Place(canvas, (0.92, 0.98, 1.1), (0.95, 1.0, 1.1), (0.9, 0.88, 0.85), 0.45)


_WALLS = ((196, 176, 150), (176, 186, 170), (204, 190, 176), (150, 130, 120), (186, 160, 140))


def _indoors(height, width, horizon, rng) -> _Place:
    u = min(height, width)
    x, y = np.arange(width) / u, np.arange(height) / u
    near = _nearness(height, horizon)
    across = (x[None, :] - 0.5 * width / u) / (0.35 + near) * 6 + rng.uniform(0, 9)
    board = np.floor(across)
    grain = _rough(_strands()[_ANGLES // 2], height, width, 200, rng, 0.3)
    gap = _smoothstep(np.abs(across - board - 0.5), 0.44, 0.5)
    amount = (
        0.5 + 0.2 * np.sin(board * 12.9898 + 2) + 0.09 * grain - 0.45 * gap * (0.3 + 0.7 * near)
    )
    ground = _mix((70, 38, 20), (184, 122, 74), np.clip(amount + 0.15 * near, 0, 1.2))
    wall = _wall(x, y, horizon * height / u, rng)
    canvas = _join(wall, ground, horizon, 0.008)
    lamp = np.exp(
        -(((x[None, :] - rng.uniform(0, width / u)) / 0.6) ** 2 + ((y[:, None] - 0.3) / 0.7) ** 2)
    )
    canvas *= (0.62 + 0.5 * lamp).astype(np.float32)
    return _Place(canvas, (1.0, 0.9, 0.76), (0.7, 0.5, 0.34), (1.0, 0.86, 0.66), 0.7)


def _wall(x: np.ndarray, y: np.ndarray, floor: float, rng) -> np.ndarray:
    """A plain wall with a skirting board, and a picture or a curtain on it."""
    colour = np.asarray(_WALLS[int(rng.integers(len(_WALLS)))], np.float32) + rng.uniform(
        -12, 12, 3
    )
    wall = _mix(colour * 0.82, colour, np.broadcast_to(np.linspace(0, 1, len(x)), (len(y), len(x))))
    board = ((y > floor - 0.06) & (y <= floor))[:, None]
    wall = np.where(board, _linear(colour * 1.14)[:, None, None], wall)
    left, size = rng.uniform(-0.1, 0.8), rng.uniform(0.2, 0.45)
    top = rng.uniform(-0.2, 0.15)
    inside = _bump(x, left, left + size)[None, :] * _bump(y, top, top + 0.9 * size)[:, None]
    thing = _linear(rng.uniform(50, 130) + rng.uniform(-32, 32, 3))[:, None, None]
    wall = wall + inside * (thing - wall)
    if rng.random() < 0.5:  # a curtain
        edge = _bump(x, 0.72, 1.8) if rng.random() < 0.5 else _bump(x, -1, 0.28)
        folds = 0.75 + 0.25 * np.sin(x * 55)
        cloth = _linear(rng.uniform(80, 190) + rng.uniform(-28, 28, 3))[:, None, None] * folds
        wall = wall + edge[None, :] * (cloth - wall)
    return wall.astype(np.float32)


def _bump(t: np.ndarray, low: float, high: float) -> np.ndarray:
    """1 between low and high, with soft edges (out of focus)."""
    return _smoothstep(t, low - 0.02, low + 0.02) * (1 - _smoothstep(t, high - 0.02, high + 0.02))


def _blue_sky(height, width, horizon, rng) -> _Place:
    fall = _nearness(height, -0.05)
    deep = np.array((48, 112, 196)) + rng.uniform(-12, 12, 3)
    sky = _mix(deep, (150, 192, 232), np.broadcast_to(fall, (height, width)))
    clouds = _rough(_fractal(), height, width, 190, rng, 1.7) + rng.uniform(-0.9, 0.4)
    veil = _smoothstep(clouds, 0.3, 1.7) * 0.85
    sky = sky + veil * (_linear((244, 246, 250))[:, None, None] - sky)
    stone = (
        0.5
        + 0.2 * _rough(_fractal(), height, width, 200, rng, 2)
        + 0.08 * _rough(_band(60.0), height, width, 400, rng)
    )
    ground = _mix((104, 102, 98), (192, 186, 176), np.clip(stone, 0, 1.1))
    return _Place(
        _join(sky, ground, horizon, 0.012),
        (0.8, 0.95, 1.2),
        (0.72, 0.7, 0.66),
        (1.05, 0.97, 0.85),
        0.7,
    )


def _lights(height, width, horizon, rng) -> _Place:
    """Evening: discs of light out of focus over a dark street."""
    u = min(height, width)
    x, y = (
        np.arange(width, dtype=np.float32)[None, :] / u,
        np.arange(height, dtype=np.float32)[:, None] / u,
    )
    night = rng.uniform((18, 16, 26), (46, 36, 60))
    canvas = _mix(night, night * 1.5, np.broadcast_to(y, (height, width))).astype(np.float32)
    palette = (
        (255, 176, 74),
        (255, 120, 60),
        (250, 214, 140),
        (214, 70, 90),
        (110, 140, 240),
        (190, 110, 220),
    )
    for _ in range(int(rng.integers(11, 18))):
        cx, cy, r = rng.uniform(0, width / u), rng.uniform(-0.05, 0.72), rng.uniform(0.04, 0.11)
        disc = np.sqrt((x - cx) ** 2 + (y - cy) ** 2) * (1 / r)
        glow = (
            rng.uniform(0.35, 0.9)
            * np.clip((1 - disc) * (r * u * 0.5) + 0.5, 0, 1)
            * (0.7 + 0.3 * disc)
        )
        canvas += glow * _linear(palette[int(rng.integers(len(palette)))])[:, None, None]
    wet = canvas[:, ::-1] * 0.35 + _mix(
        (36, 32, 38), (84, 76, 80), 0.5 + 0.25 * _rough(_fractal(), height, width, 200, rng, 3)
    )
    return _Place(
        _join(canvas, wet, horizon, 0.04),
        (0.62, 0.58, 0.72),
        (0.5, 0.42, 0.42),
        (1.05, 0.86, 0.62),
        0.7,
    )


_PLACES: dict[str, Callable] = {
    "grass": _grass,
    "sand": _sand,
    "snow": _snow,
    "indoors": _indoors,
    "sky": _blue_sky,
    "lights": _lights,
}


def _cast_shadows(canvas: np.ndarray, at: _Placed, light: _Light, strength: float) -> None:
    """Darken the ground under a dog and on the side away from the light, in place."""
    if at.dog.attributes["pose"] == "portrait":
        return
    height, width = canvas.shape[1:]
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    low = at.dog.features[:, 5] < 0.5
    ground = at.dog.to_body.T[:, 1]  # the body's up, in the view
    rise = at.dog.centre @ ground
    low &= rise < 0.14
    flat = at.dog.centre - rise[:, None] * ground
    sin = max(0.3, math.sin(at.dog.pitch) + 0.15)
    density = np.zeros((height, width))
    for (cx, cy, _), s in zip(flat[low], at.dog.spread[low], strict=True):
        density += (
            _spot(x, y, at, cx, cy, 1.3 * math.sqrt(s[0, 0]), 0.10 + 0.4 * sin * math.sqrt(s[2, 2]))
            * 0.55
        )
    (cx, cy), half = flat.mean(0)[:2], 0.9 * flat[:, 0].std() + 0.18
    shift = -0.45 * light.direction[0]
    density += 1.1 * _spot(x, y, at, cx + shift, cy, 1.5 * half, 0.28 * sin + 0.08)
    canvas *= (1 - strength * (1 - np.exp(-density))).astype(np.float32)


def _spot(x, y, at: _Placed, cx, cy, rx, ry) -> np.ndarray:
    """A soft ellipse around (cx, cy), with radii in view units, (H, W)."""
    across = np.exp(-(((x - at.x - at.scale * cx) / (at.scale * rx)) ** 2))
    down = np.exp(-(((y - at.y + at.scale * cy) / (at.scale * ry)) ** 2))
    return down[:, None] * across[None, :]


# ---------------------------------------------------------------------------------------------
# One picture
# ---------------------------------------------------------------------------------------------


def _make_light(place: _Place, rng) -> _Light:
    side, up = rng.uniform(-0.9, 0.9), rng.uniform(0.45, 1.1)
    direction = np.array([side, up, rng.uniform(0.35, 0.9)])
    contrast = rng.uniform(0.55, 1.0)
    tint = np.array((1 + rng.uniform(-0.05, 0.08), 1.0, 1 - rng.uniform(-0.05, 0.08)))
    key = 1.25 * contrast * tint * place.key
    soft = 0.88 - 0.46 * contrast
    parts = (key, soft * np.asarray(place.sky) * 1.15, soft * np.asarray(place.ground) * 0.8)
    return _Light(direction / np.linalg.norm(direction), *(p.astype(np.float32) for p in parts))


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


def _scene(dogs: list[tuple[dict, Breed]], height: int, width: int, rng, spots: Sequence[_Spot]):
    """Paint dogs, the farthest first. Returns the picture and each dog's cover, on a finer grid."""
    detail = max(64, min(400, round(1.4 * min(height, width)))) / min(height, width)
    h, w = round(height * detail), round(width * detail)
    attributes = dogs[0][0]
    pitch = math.radians(rng.uniform(4, 20))
    place = _PLACES[attributes["background"]](h, w, _horizon(attributes, pitch, rng), rng)
    light, canvas = _make_light(place, rng), place.canvas.astype(np.float32)
    covers = []
    for (a, breed), spot in zip(dogs, spots, strict=True):
        dog = _build_dog(a, breed, rng, pitch, float(light.direction[0]))
        at = _place(dog, rng, h, w, spot)
        _cast_shadows(canvas, at, light, place.shadow)
        covers.append(_paint_dog(canvas, at, light, rng))
    return _develop(canvas, (height, width), rng), covers


def _horizon(attributes: dict, pitch: float, rng) -> float:
    """Where the ground ends, as a fraction of the height."""
    if attributes["pose"] == "portrait":
        return {"grass": rng.choice((-1.0, 0.25)), "indoors": 1.2, "sky": 1.2}.get(
            attributes["background"], rng.uniform(0.3, 0.6)
        )
    if attributes["background"] == "sky":
        return rng.uniform(0.70, 0.80)
    return 0.52 - 1.1 * pitch + rng.uniform(-0.05, 0.05)


def _box(cover: np.ndarray, height: int, width: int) -> tuple[int, int, int, int]:
    """xmin, ymin, xmax, ymax of what is covered, in pixels of a height x width picture."""
    rows, columns = np.flatnonzero((cover > 0.5).any(1)), np.flatnonzero((cover > 0.5).any(0))
    sy, sx = height / cover.shape[0], width / cover.shape[1]
    if not len(rows):
        return 0, 0, width, height
    x0, x1 = math.floor(columns[0] * sx), math.ceil((columns[-1] + 1) * sx)
    y0, y1 = math.floor(rows[0] * sy), math.ceil((rows[-1] + 1) * sy)
    return x0, y0, min(x1, width), min(y1, height)


# ---------------------------------------------------------------------------------------------
# What the course calls
# ---------------------------------------------------------------------------------------------


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
    _check(index, size, seed, None)
    breed, values = traits(index, seed, breed, only, **attributes)
    rng = np.random.default_rng([seed, index, 1])
    image, (cover,) = _scene([(values, _BREEDS[breed])], size, size, rng, [_Spot()])
    caption = caption_of(values, int(rng.integers(12)))
    box = _box(cover, size, size)
    return Drawing(image, BREEDS.index(breed), box, values, caption)


def cut_out(
    index: int, size: int = 64, seed: int = 0, breed: str | None = None, **attributes
) -> np.ndarray:
    """The dog of `draw` without its surroundings, to be pasted onto another picture.

    Returns:
        uint8 (size, size, 4); the fourth channel is 255 where the dog is, and 0 around it.
    """
    _check(index, size, seed, None)
    breed, values = traits(index, seed, breed, **attributes)
    rng = np.random.default_rng([seed, index, 1])
    image, (cover,) = _scene([(values, _BREEDS[breed])], size, size, rng, [_Spot()])
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
    _check(index, 64, seed, None if breed is None else [breed])
    only = {**(only or {}), **{name: (value,) for name, value in attributes.items()}}
    _check_attributes(only)
    rng = np.random.default_rng([seed, index, 0])
    chosen = _breed_of(rng, BREEDS)
    breed = chosen if breed is None else breed
    return breed, _choose_attributes(rng, _BREEDS[breed], only)


def _breed_of(traits: np.random.Generator, breeds: Sequence[str]) -> str:
    """The first draw of a dog's traits is its breed."""
    return breeds[int(traits.random() * len(breeds))]


def _check(index: int, size: int, seed: int, breeds: Sequence[str] | None) -> None:
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
    _check(0, size, seed, names)
    if n < 1 or not names:
        raise ValueError(f"ask for one dog or more, of one breed or more; got n={n}, {names}")
    if workers is not None and workers < 1:
        raise ValueError(f"workers={workers}: at least one process draws")
    jobs = [(range(i, min(i + 64, n)), size, seed, names, only) for i in range(0, n, 64)]
    short = n * max(size, 64) ** 2 < 500 * 64**2
    workers = (1 if short else os.cpu_count() or 1) if workers is None else workers
    with Progress(n, "drawing", "doodles", bool(progress)) as bar:
        chunks = []
        for chunk in _in_processes(_draw_many, jobs, min(workers, len(jobs))):
            chunks.append(chunk)
            bar.advance(len(chunk[-1]))
    return _gather(chunks)


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


# ---------------------------------------------------------------------------------------------
# An archive in the layout of Stanford Dogs
# ---------------------------------------------------------------------------------------------

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
    _check(0, size, seed, None)
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
    dogs, spots = _cast(_BREEDS[breed], rng)
    image, covers = _scene(dogs, height, width, rng, spots)
    boxes = [_box(cover, height, width) for cover in covers]
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "JPEG", quality=92)
    folder = folder_name(breed)
    name = f"{folder.split('-')[0]}_{index + 1}"
    return f"{folder}/{name}", stream.getvalue(), _annotation(name, breed, image.shape, boxes)


def _cast(breed: Breed, rng) -> tuple[list, list[_Spot]]:
    """Who is in a picture, and where."""
    first = _choose_attributes(rng, breed, {})
    if rng.random() < 0.8:
        return [(first, breed)], [_Spot(rng.uniform(0.36, 0.64), 0.85)]
    poses = [p for p in ATTRIBUTES["pose"] if p != "portrait"]
    same = {"background": (first["background"],)}
    pair = [
        _choose_attributes(rng, breed, same | {"pose": (str(rng.choice(poses)),)}) for _ in "ab"
    ]
    return [(a, breed) for a in pair], [_Spot(0.28, 0.7), _Spot(0.72, 0.75)]


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
