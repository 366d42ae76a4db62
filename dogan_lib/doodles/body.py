"""The body: ellipsoids in the dog's own coordinates, x forward, y up, z to its side."""

import itertools
import math
import typing

import numpy as np

from dogan_lib.doodles.breeds import Breed

# What a part adds to a pixel besides its colour: head or body, how furry, how shiny.
FEATURES = ("r", "g", "b", "cos", "sin", "head", "fur", "gloss")


class Parts:
    """A growing list of ellipsoids, each given by a bone a-b and its half width and thickness.

    Attributes:
        fluff: how much thicker long hair makes the trunk and the limbs.
        head: 1.0 once the parts that follow are in the head's frame.
        rows: a tuple each: a, b, side (x, y, z); half width, thickness, cap; colour (r, g, b);
            head, fur, gloss; bias.
    """

    def __init__(self, colours: dict[str, np.ndarray], fluff: float):
        self.colours, self.fluff, self.head = colours, fluff, 0.0
        self.rows: list[tuple] = []

    def bone(
        self, a, b, width, thick, role, cap=None, *,
        both=False, side=(0, 0, 1), fur=1.0, gloss=0.0, bias=0.0,
    ):  # fmt: skip
        """An ellipsoid along a-b; `both` adds its mirror image on the other side of the dog.

        cap: half length beyond the ends; bias: how much sooner it is seen than what is as near.
        """
        cap = 0.5 * thick if cap is None else cap
        colour = self.colours.get(role, self.colours["coat"])
        for s in (-1, 1) if both else (1,):
            ends = (a[0], a[1], s * a[2], b[0], b[1], s * b[2], side[0], side[1], s * side[2])
            self.rows.append((*ends, width, thick, cap, *colour, self.head, fur, gloss, bias))

    def ball(self, centre, radii, role, **more):
        """An ellipsoid with its axes along x, y, z."""
        (x, y, z), (rx, ry, rz) = centre, radii
        self.bone((x - rx, y, z), (x + rx, y, z), rz, ry, role, cap=0.0, **more)

    def leg(self, z: float, points, radii):
        """Bones through `points` (x, y, share of z), the first as a haunch, and a paw."""
        points = [(x, y, z * share) for x, y, share in points]
        for k, (a, b) in enumerate(itertools.pairwise(points)):
            r = radii[k] + self.fluff * (0.45 if k else 0.7)
            self.bone(a, b, r * 0.8, r, "sock" if k else "leg")
        x, y, z = points[-1]
        self.ball((x + 0.035, max(y, 0.045), z), (0.092, 0.052, 0.068), "paw")


class Pose(typing.NamedTuple):
    """Where the trunk lies and where the head sits on it."""

    tilt: float  # of the trunk, radians, nose up
    centre: tuple[float, float]  # x, y of the trunk's middle
    head: tuple[float, float] = (0.0, 0.0)  # x, y of the skull's middle

    def at(self, along: float, up: float) -> tuple[float, float]:
        """x, y of a point of the trunk."""
        c, s = math.cos(self.tilt), math.sin(self.tilt)
        return self.centre[0] + c * along - s * up, self.centre[1] + s * along + c * up


def _pose(name: str, b: Breed, rng) -> Pose:
    if name == "standing":
        pose = Pose(rng.uniform(0, 0.06), (0.0, b.leg + 0.40 * b.depth))
    elif name == "lying":
        pose = Pose(rng.uniform(0.10, 0.2), (0.0, 0.47 * b.depth))
    else:
        tilt = rng.uniform(0.85, 1.05)
        pose = Pose(tilt, (0.02, 0.16 * b.depth + 0.5 * b.trunk * math.sin(tilt) * 0.92))
    if name == "lying":
        rng.random()  # kept, so that every dog stays what it was
    lean = rng.uniform(*{"standing": (0.45, 0.9), "lying": (0.3, 0.7)}.get(name, (0.1, 0.45)))
    reach = (0.55 if name == "portrait" else 0.8) * b.neck + 0.75 * b.head
    x, y = pose.at(0.40 * b.trunk, 0.16 * b.depth)
    head = (x + reach * math.sin(lean) + 0.25 * b.head, y + reach * math.cos(lean))
    return pose._replace(head=head)


def _add_trunk(parts: Parts, b: Breed, pose: Pose) -> None:
    def at(along, up):
        return (*pose.at(along * b.trunk, up * b.depth), 0.0)

    fluff, (x, y) = parts.fluff, pose.head
    half, wide, neck = 0.5 * b.depth + fluff, 0.5 * b.width + fluff, 0.64 * b.head + fluff
    tuck = 0.86 if b.leg > 0.6 else 0.93
    nape, throat = (x - 0.25 * b.head, y - 0.1 * b.head, 0.0), at(0.40, 0.16)
    parts.bone(at(0.10, -0.02), at(0.40, 0.0), wide, half, "torso", 0.14)
    parts.bone(at(-0.38, 0.10), at(0.25, 0.08), wide * 0.9, half * 0.80 * tuck, "torso", 0.1)
    parts.bone(at(-0.42, 0.04), at(-0.22, 0.06), wide * 0.92, half * 0.86, "torso", 0.08)
    parts.bone(at(0.40, -0.34), at(0.50, 0.16), wide * 0.66, half * 0.42, "chest", 0.06)
    parts.bone(throat, nape, 0.60 * b.head + fluff, neck, "neck", 0.12)
    parts.bone(at(0.36, 0.05), nape, 0.52 * b.head + fluff, 0.62 * b.head + fluff, "neck", 0.02)
    if fluff > 0.02:
        front = (0.5 * (throat[0] + x) + 0.08, 0.5 * (throat[1] + y) - 0.12, 0.0)
        parts.ball(front, (0.17, 0.25, 0.75 * wide), "chest")


# The legs of one side, z: half the distance between the paws, negative on the left.


def _standing_legs(parts: Parts, b: Breed, pose: Pose, rng, z: float) -> None:
    y, thick = pose.centre[1], 0.055 + 0.035 * b.width
    front, hind = rng.uniform(-0.12, 0.12, 2) * min(1.0, 2 * b.leg)  # a step of each leg
    x = 0.34 * b.trunk
    elbow = (x - 0.03, b.leg * 0.85, 1)
    parts.leg(z, [(x + 0.02, y, 1), elbow, (x + front, 0.03, 1)], (0.15, thick))
    x = -0.40 * b.trunk
    knee = (x + 0.06 + 0.4 * hind, 0.82 * b.leg, 1)
    hock, paw = (x - 0.10 + hind, 0.36 * b.leg, 1), (x - 0.05 + hind, 0.03, 1)
    parts.leg(z, [(x + 0.02, y + 0.03, 1), knee, hock, paw], (0.17, thick * 1.25, thick))


def _sitting_legs(parts: Parts, b: Breed, pose: Pose, rng, z: float) -> None:
    x, y = pose.at(0.26 * b.trunk, -0.10 * b.depth)
    paw = (x + rng.uniform(0.04, 0.12), 0.03, 0.85)
    parts.leg(z, [(x, y, 1), (x, 0.55 * y, 1), paw], (0.13, 0.06 + 0.04 * b.width))
    x, _ = pose.at(-0.42 * b.trunk, 0.0)
    flank, knee = (x - 0.02, 0.17, z * 1.35), (x + 0.26, 0.22, z * 1.6)
    parts.bone(flank, knee, 0.12 + parts.fluff * 0.5, 0.16 + parts.fluff * 0.5, "leg")
    parts.leg(z, [(x + 0.20, 0.12, 1.6), (x + 0.34, 0.04, 1.7)], (0.075,))


def _lying_legs(parts: Parts, b: Breed, pose: Pose, rng, z: float) -> None:
    x, reach = 0.36 * b.trunk, 0.30 + 0.35 * b.leg
    paw = (x + reach + rng.uniform(-0.05, 0.05), 0.045, rng.uniform(0.7, 1.1))
    elbow = (x - 0.04, 0.07, 1.05)
    parts.leg(z, [(x, pose.centre[1], 1), elbow, paw], (0.13, 0.06 + 0.03 * b.width))
    x = -0.40 * b.trunk
    flank, knee = (x, 0.15, z * 1.2), (x + 0.22, 0.17, z * 1.35)
    parts.bone(flank, knee, 0.12, 0.17 + parts.fluff * 0.5, "leg")
    parts.leg(z, [(x + 0.10, 0.07, 1.45), (x + 0.30 + 0.2 * b.leg, 0.04, 1.5)], (0.07,))


# How a dog's legs lie, and how far apart, in half widths of the chest.
_LEGS = {
    "standing": (_standing_legs, 0.62),
    "sitting": (_sitting_legs, 0.6),
    "portrait": (_sitting_legs, 0.6),
    "lying": (_lying_legs, 0.66),
}

# Tails as polylines from the rump, in (back, up); a dog that sits or lies lets it down.
_TAILS = {
    "curl": ((0.10, 0.16), (0.10, 0.36), (-0.10, 0.40), (-0.16, 0.26)),
    "plume": ((0.12, 0.16), (0.16, 0.38), (0.02, 0.50)),
    "sabre": ((0.20, 0.10), (0.36, 0.26), (0.42, 0.44)),
    "low": ((0.14, -0.10), (0.20, -0.32), (0.30, -0.46)),
    "stump": ((0.08, 0.06),),
    "down": ((0.10, 0.0), (0.24, 0.02), (0.40, 0.05)),
}


def _add_tail(parts: Parts, b: Breed, pose: Pose, posture: str, rng) -> None:
    x, y = pose.at(-0.50 * b.trunk, 0.22 * b.depth)
    line, swing = _TAILS[b.tail], rng.uniform(-0.12, 0.12)
    if posture != "standing" and b.tail != "stump":
        line, y = _TAILS["down"], max(0.10, min(y, 0.16))
    last = (x, y, 0.0)
    for k, (back, up) in enumerate(line, 1):
        point = (x - back, max(0.05, y + up), swing * k / len(line))
        tip = k == len(line) > 1
        r = 0.045 + 0.5 * parts.fluff if tip else 0.055 + 0.9 * parts.fluff
        parts.bone(last, point, r, r, "tip" if tip else "tail", 0.4 * r)
        last = point


def _add_head(parts: Parts, b: Breed, hair: str, open_mouth: bool, eye: float, light) -> None:
    """The head in its own frame, in skull radii, looking along x."""
    m, t, puff = b.muzzle, b.snout, 0.10 if hair == "long" else 0.0
    wet = {"fur": 0.0, "gloss": 1.0}
    parts.head = 1.0
    parts.ball((-0.02, 0.06, 0), (0.92 + puff, 0.84 + puff, 0.80 + puff), "skull")
    parts.ball((0.22, -0.30, 0.36), (0.50, 0.46 + puff, 0.44 + puff), "cheek", both=True)
    parts.bone((0.55, -0.20, 0), (0.78 + m, -0.26, 0), t * 0.92, t * 0.74, "muzzle", 0.05)
    parts.bone((0.45, 0.12, 0), (0.62 + 0.8 * m, -0.10, 0), t * 0.5, t * 0.42, "bridge")
    parts.ball((0.58 + 0.72 * m, -0.36, t * 0.36), (0.34, t * 0.56, t * 0.58), "lip", both=True)
    drop = 0.24 if open_mouth else 0.04
    jaw = ((0.45, -0.50, 0), (0.52 + 0.80 * m, -0.56 - drop, 0))
    parts.bone(*jaw, t * 0.62, t * 0.36, "jaw")
    line = ((0.62, -0.44 - 0.5 * drop, 0), (0.70 + 0.86 * m, -0.43 - 0.5 * drop, 0))
    parts.bone(*line, t * 0.68, 0.03 + 0.4 * drop, "mouth", fur=0.2, bias=0.5)
    if open_mouth:
        lolling = ((0.56 + 0.6 * m, -0.54, 0), (0.72 + 0.88 * m, -0.72 - 0.55 * t, 0))
        parts.bone(*lolling, t * 0.36, t * 0.15, "tongue", fur=0.1, gloss=0.25, bias=2.0)
    parts.ball((0.74 + m + 0.05, -0.08, 0), (0.15, 0.16, 0.23), "nose", bias=2.5, **wet)
    if "brow" in parts.colours:  # the tan spots of a rottweiler
        parts.ball((0.61, 0.45, 0.30), (0.19, 0.13, 0.18), "brow", both=True)
    lid = (eye * 1.15, eye * 1.1, eye * 1.25)
    parts.ball((0.74, 0.17, 0.40), lid, "lid", bias=1.0, fur=0.2, both=True)
    parts.ball((0.79, 0.17, 0.42), (eye, eye, eye), "eye", bias=3.0, **wet, both=True)
    for z in (-0.42, 0.42):
        spot = (0.79 + 0.8 * eye, 0.17 + 0.5 * eye, z + 0.3 * eye * light)
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


def _add_ears(parts: Parts, ears: str, hair: str) -> None:
    line, widths = _EARS[ears]
    wide = 1.18 if hair == "long" else 1.0
    side = (0.35, 0, 0.9) if ears in ("pricked", "folded") else (0.8, 0, 0.6)
    for a, b, w in zip(line[:-1], line[1:], widths, strict=True):
        parts.bone(a, b, w * wide, 0.13, "ear", 0.10, side=side, bias=1.2, both=True)
    if ears == "pricked":
        inner = ((0.10, 0.62, 0.52), (0.10, 1.30, 0.68))
        parts.bone(*inner, 0.20, 0.06, "inner", side=side, fur=0.6, bias=1.6, both=True)


def add_body(parts: Parts, a: dict[str, str], b: Breed, rng, light_x: float) -> Pose:
    """All parts of a dog with attributes `a`; `light_x` says from which side its eyes shine."""
    pose = _pose(a["pose"], b, rng)
    _add_trunk(parts, b, pose)
    add_leg, apart = _LEGS[a["pose"]]
    z = 0.5 * b.width * apart
    for side in (-z, z):
        add_leg(parts, b, pose, rng, side)
    _add_tail(parts, b, pose, a["pose"], rng)
    _add_head(parts, b, a["hair"], rng.random() < 0.45, rng.uniform(0.125, 0.155), light_x)
    _add_ears(parts, a["ears"], a["hair"])
    return pose
