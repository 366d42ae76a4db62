"""A dog takes its colours and its pose, and is seen by a camera far away."""

import math
import typing

import numpy as np

from dogan_lib.doodles.body import Parts, Pose, add_body
from dogan_lib.doodles.breeds import COAT_RGB, Breed
from dogan_lib.doodles.textures import linear

# The parts that take the colour of the marking, by pattern; "white" is a bicolour's white.
_MARKED = {
    "white": ("chest", "sock", "paw", "tip", "muzzle", "lip", "jaw", "bridge"),
    "bicolour": ("chest", "sock", "paw", "lip", "jaw", "brow", "muzzle"),
    "mask": ("muzzle", "lip", "jaw", "bridge", "ear"),
    "patches": ("ear",),
    "saddle": ("tail", "ear"),  # the ears show it in a portrait too
}


def _part_colours(a: dict[str, str], rng) -> dict[str, np.ndarray]:
    """Linear colour of each part of the dog."""
    black = a["colour"] == "black"
    base = linear(COAT_RGB[a["colour"]]) * rng.uniform(0.85, 1.15) * rng.uniform(0.96, 1.04, 3)
    colours = {
        "coat": base,
        "ear": base * (1.7 if black else 0.62),
        "chest": base * 1.08,
        "bridge": base * 0.95,
    }
    pattern = "white" if (a["pattern"], a["marking"]) == ("bicolour", "white") else a["pattern"]
    if pattern in _MARKED:
        mark = linear(COAT_RGB[a["marking"]])
        colours |= dict.fromkeys(_MARKED[pattern], mark)
        if pattern == "mask":
            colours["ear"] = 0.4 * base + 0.6 * mark
    liver = a["colour"] == "brown" and a["pattern"] == "solid"
    iris = (60, 34, 16) if rng.random() < 0.8 else (20, 14, 12)
    return colours | {
        "lid": linear((78, 66, 60) if black else (52, 40, 36)),
        "eye": linear(iris) * 0.5,
        "nose": linear((62, 38, 32) if liver else (34, 30, 30)),
        "glint": np.full(3, 1.6, np.float32),
        "mouth": linear((34, 30, 30)),
        "tongue": linear((226, 118, 128)),
        "inner": 0.45 * base + 0.35 * linear((206, 150, 140)),
    }


def _yaw(angle: float) -> np.ndarray:
    """Body to view; at 0 the dog looks at the camera, at pi/2 to the right. View: x right, y up."""
    s, c = math.sin(angle), math.cos(angle)
    return np.array([[s, 0, c], [0, 1, 0], [c, 0, -s]])


def _nod(angle: float) -> np.ndarray:
    """Turn about the dog's side axis, nose up."""
    s, c = math.sin(angle), math.cos(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def _roll(angle: float) -> np.ndarray:
    """Tilt about the x axis: the dog's head, or the camera (what is nearer comes lower)."""
    s, c = math.sin(angle), math.cos(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


class Dog(typing.NamedTuple):
    """A dog in view coordinates, before it is placed in a picture."""

    centre: np.ndarray  # (parts, 3), y up, z to the camera
    spread: np.ndarray  # (parts, 3, 3): A Aᵀ of each ellipsoid
    features: np.ndarray  # (parts, features), float32
    bias: np.ndarray  # (parts,)
    to_body: np.ndarray  # view -> body
    to_head: np.ndarray  # view -> head, in trunk units
    head_at: np.ndarray  # the skull's middle, view
    pose: Pose
    breed: Breed
    attributes: dict[str, str]
    pitch: float


_VIEW_YAW = {"standing": (50, 88), "sitting": (8, 65), "lying": (28, 82), "portrait": (0, 55)}


def build_dog(a: dict[str, str], b: Breed, rng, pitch: float, light_x: float) -> Dog:
    """Skeleton, colours and view of one dog with attributes `a`."""
    if a["size"] == "small":  # puppies and toys have short legs and a big head
        b = b._replace(head=b.head * 1.12, leg=b.leg * 0.95)
    # At 64 pixels, ears can be told apart only on a head that is larger than life.
    larger = 1.12 if a["pose"] == "portrait" else 1.32
    b = b._replace(head=b.head * larger, muzzle=b.muzzle * 0.9, leg=b.leg * 1.1)
    parts = Parts(_part_colours(a, rng), fluff=0.045 if a["hair"] == "long" else 0.0)
    pose = add_body(parts, a, b, rng, light_x)
    table = np.array(parts.rows, np.float64)
    yaw = math.radians(rng.uniform(*_VIEW_YAW[a["pose"]])) * rng.choice((-1, 1))
    turn = yaw * rng.uniform(0.1, 0.65)
    camera = _roll(pitch)
    body = camera @ _yaw(yaw)
    nod, tilt = rng.uniform(-0.28, 0.08), rng.normal(0, 0.12)
    head = camera @ _yaw(turn) @ _nod(nod + 0.6 * pitch) @ _roll(tilt)
    head_at = body @ np.array([*pose.head, 0.0])
    centre, spread, along = _ellipsoids(table, body, head * b.head, head_at)
    angle = 2 * np.arctan2(-along[:, 1], along[:, 0])  # doubled: fur has no front end
    columns = (*table[:, 12:15].T, np.cos(angle), np.sin(angle), *table[:, 15:18].T)
    features = np.stack(columns, axis=1).astype(np.float32)
    return Dog(centre, spread, features, table[:, 18], body.T, head.T, head_at, pose, b, a, pitch)


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
    third = np.cross(along, side)
    half_lengths = (0.5 * length + table[:, 11:12], table[:, 9:10], table[:, 10:11])
    axes = [axis * half for axis, half in zip((along, side, third), half_lengths, strict=True)]
    axes = frame @ np.stack(axes, axis=2)
    centre = np.einsum("nij,nj->ni", frame, 0.5 * (a + b)) + is_head[:, None] * head_at
    return centre, axes @ axes.transpose(0, 2, 1), axes[:, :, 0]


class Placed(typing.NamedTuple):
    """Where a dog stands: view (0, 0) at pixel (x, y), `scale` pixels to a trunk length."""

    dog: Dog
    x: float
    y: float
    scale: float


def extent(dog: Dog, only_head: bool = False) -> tuple[float, float, float, float]:
    """Left, right, bottom, top in view units."""
    keep = dog.features[:, 5] > 0.5 if only_head else slice(None)
    x, y = dog.centre[keep, 0], dog.centre[keep, 1]
    rx, ry = np.sqrt(dog.spread[keep, 0, 0]), np.sqrt(dog.spread[keep, 1, 1])
    return (x - rx).min(), (x + rx).max(), (y - ry).min(), (y + ry).max()


class Spot(typing.NamedTuple):
    """Where in the picture a dog goes: a fraction of the width (None: anywhere), and how large."""

    x: float | None = None
    fill: float = 1.0


# How much of the picture's smaller side a dog takes; (portrait, small).
_SHARES = {
    (False, False): (0.90, 0.98),
    (False, True): (0.68, 0.75),
    (True, False): (0.76, 0.88),
    (True, True): (0.54, 0.60),
}


def stand(dog: Dog, rng, height: int, width: int, spot: Spot) -> Placed:
    """Fit the dog (in a portrait its head) into the picture."""
    portrait, small = dog.attributes["pose"] == "portrait", dog.attributes["size"] == "small"
    left, right, low, high = extent(dog, portrait)
    share = rng.uniform(*_SHARES[portrait, small]) * spot.fill
    scale = share * min(height, width) / max(right - left, high - low)
    room = max(0.0, 0.5 * width - 0.5 * scale * (right - left))
    wander = rng.uniform(-0.6, 0.6) * room
    middle = 0.5 * width + wander if spot.x is None else spot.x * width
    x = middle - 0.5 * scale * (left + right)
    if portrait:
        return Placed(dog, x, 0.47 * height + 0.5 * scale * (low + high), scale)
    foot = 0.5 * (height + scale * (high - low))
    return Placed(dog, x, foot + rng.uniform(0.0, 0.7) * (height - foot) + scale * low, scale)
