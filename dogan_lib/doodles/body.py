"""The body: ellipsoids in the dog's own coordinates, x forward, y up, z to its side."""

import itertools
import math
import typing

import numpy as np

from dogan_lib.doodles.breeds import Breed

# What a part adds to a pixel besides its colour: head or body, how furry, how shiny.
FEATURES = ("r", "g", "b", "cos", "sin", "head", "fur", "gloss")


class Parts:
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


def _add_trunk(parts: Parts, b: Breed, pose: Pose, fluff: float) -> None:
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


def _add_tail(parts: Parts, b: Breed, pose: Pose, posture: str, rng, fluff: float) -> None:
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


def _add_head(parts: Parts, b: Breed, hair: str, open_mouth: bool, eye: float, light) -> None:
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


def _add_ears(parts: Parts, ears: str, hair: str) -> None:
    line, widths = _EARS[ears]
    wide = 1.18 if hair == "long" else 1.0
    side = (0.35, 0, 0.9) if ears in ("pricked", "folded") else (0.8, 0, 0.6)
    for a, c, w in zip(line[:-1], line[1:], widths, strict=True):
        more = {"side": side, "head": 1.0, "cap": 0.10, "bias": 1.2}
        parts.bone(a, c, w * wide, 0.13, "ear", **more, both=True)
    if ears == "pricked":
        inner = ((0.10, 0.62, 0.52), (0.10, 1.30, 0.68))
        parts.bone(*inner, 0.20, 0.06, "inner", side=side, head=1.0, fur=0.6, bias=1.6, both=True)


def add_body(parts: Parts, a: dict[str, str], b: Breed, rng, fluff: float, light_x: float) -> Pose:
    """All parts of a dog with attributes `a`; `light_x` says from which side its eyes shine."""
    pose = _pose(a["pose"], b, rng)
    _add_trunk(parts, b, pose, fluff)
    _LEGS[a["pose"]](parts, b, pose, rng, fluff)
    _add_tail(parts, b, pose, a["pose"], rng, fluff)
    _add_head(parts, b, a["hair"], rng.random() < 0.45, rng.uniform(0.125, 0.155), light_x)
    _add_ears(parts, a["ears"], a["hair"])
    return pose
