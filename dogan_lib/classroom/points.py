"""Data in the plane, where a whole distribution fits in one picture.

Every set lies in about [-2, 2] x [-2, 2]. Two of them, `ring` and `grid`, are mixtures of small
Gaussians: there a lost mode can be counted.
"""

import functools

import numpy as np
from PIL import Image, ImageDraw

SPREAD = 0.08  # deviation of each Gaussian of `ring` and `grid`, and of the noise elsewhere

# A dog from the side, on a canvas of 100 x 100, y down: nose, ear, neck, back, tail, legs, chest.
DOG = """7,32 13,25 20,22 24,11 29,13 31,24 38,33 50,37 70,37 78,35 84,24 92,12 97,14 92,27 85,42
84,54 88,66 86,90 77,90 78,71 72,60 56,59 43,61 43,90 34,90 34,64 29,53 26,42 15,42 7,38"""

_ANGLES, _TICKS = np.arange(8) * np.pi / 4, np.linspace(-2, 2, 5)
#: Where the modes lie, float32 (modes, 2).
CENTRES = {
    "ring": np.float32(2 * np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)),
    "grid": np.float32(np.stack(np.meshgrid(_TICKS, _TICKS), axis=-1).reshape(-1, 2)),
}


def _gaussians(where, n, random):
    return where[random.integers(len(where), size=n)]


def _spiral(n, random):
    # The square root spreads the points evenly along the arm.
    turn = 3.5 * np.pi * np.sqrt(random.uniform(0.02, 1, n))
    return (turn / (1.75 * np.pi))[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)


def _moons(n, random):
    angle = random.uniform(0, np.pi, n)
    upper = random.integers(2, size=n)
    x = np.where(upper, np.cos(angle) - 0.5, 0.5 - np.cos(angle))
    y = np.where(upper, np.sin(angle) - 0.25, 0.25 - np.sin(angle))
    return 1.3 * np.stack([x, y], axis=1)


def silhouette() -> np.ndarray:
    """The drawn dog, bool (200, 200), True inside; row 0 is the top."""
    canvas = Image.new("1", (200, 200))
    corners = 2 * np.array(DOG.replace(",", " ").split(), float)
    ImageDraw.Draw(canvas).polygon(corners.tolist(), fill=1)
    return np.asarray(canvas)


def _dog(n, random):
    inside = np.argwhere(silhouette())
    row, column = inside[random.integers(len(inside), size=n)].T + random.uniform(0, 1, (2, n))
    return np.stack([column / 45 - 2.3, 2.3 - row / 45], axis=1)


SHAPES = {
    "ring": functools.partial(_gaussians, CENTRES["ring"]),
    "grid": functools.partial(_gaussians, CENTRES["grid"]),
    "spiral": _spiral,
    "two moons": _moons,
    "dog": _dog,
}


def sample(name: str, n: int, seed: int = 0) -> np.ndarray:
    """Draw n points of a set, float32 (n, 2).

    Args:
        name: one of `SHAPES`: ring, grid, spiral, two moons, dog.

    Raises:
        ValueError: there is no such set.
    """
    if name not in SHAPES:
        raise ValueError(f"no data {name!r}; choose from {', '.join(SHAPES)}")
    random = np.random.default_rng(seed)
    points = SHAPES[name](n, random)
    noise = 0.02 if name == "dog" else SPREAD
    return (points + noise * random.standard_normal((n, 2))).astype("float32")


def modes_covered(points, centres) -> np.ndarray:
    """How many points lie near each mode, integers (modes,).

    A point counts for its nearest centre if it is no farther than 4 `SPREAD`; points between the
    modes count for none.
    """
    distance = np.linalg.norm(np.asarray(points)[:, None] - np.asarray(centres)[None], axis=-1)
    nearest, near = distance.argmin(axis=1), distance.min(axis=1) <= 4 * SPREAD
    return np.bincount(nearest[near], minlength=len(centres))


def modes_found(points, centres) -> int:
    """How many modes have at least a quarter of their share of the points."""
    return int((modes_covered(points, centres) >= len(points) / len(centres) / 4).sum())


def measured_dogs(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Weight (kg) and ear length (cm) of n invented dogs, (n, 2), and their kind, (n,).

    Kind 0 is a terrier, kind 1 a heavier hound with longer ears; within a kind, the heavier dogs
    have the longer ears.
    """
    random = np.random.default_rng(seed)
    kind = random.integers(2, size=n)
    usual = np.array([13, 19])[kind]
    weight = usual + np.array([3.0, 3.5])[kind] * random.normal(size=n)
    ear = np.array([5, 12])[kind] + 0.5 * (weight - usual) + 0.9 * random.normal(size=n)
    return np.stack([weight, ear], axis=1), kind


def show_kinds(ax, points, kind, title: str) -> None:
    """The first 400 of `measured_dogs`, in colours that stand for no player, and two markers."""
    looks = ("terrier", "#56B4E9", "o"), ("hound", "black", "^")
    for k, (name, colour, marker) in enumerate(looks):
        x, y = points[:400][kind[:400] == k].T
        ax.scatter(x, y, s=24, c=colour, marker=marker, alpha=0.7, lw=0, label=name)
    ax.set(xlim=(0, 34), ylim=(0, 22), xlabel="weight (kg)", ylabel="ear length (cm)", title=title)
    ax.legend(loc="upper left", framealpha=0.9)


def nested(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """n points of two kinds, (n, 2) and (n,): kind 0 in the middle, kind 1 all around it."""
    random = np.random.default_rng(seed)
    kind = random.integers(2, size=n)
    radius = np.where(kind, 2 + 0.3 * random.normal(size=n), 0.5 * random.normal(size=n))
    angle = random.uniform(0, 2 * np.pi, n)
    return radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), kind
