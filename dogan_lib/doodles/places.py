"""Backgrounds and their light, painted for a horizon and a camera that is out of focus.

A picture is (3, H, W), linear light.
"""

import math
import typing
from collections.abc import Callable

import numpy as np
from PIL import Image

from dogan_lib.doodles.posing import Placed
from dogan_lib.doodles.textures import (
    ANGLES,
    TEXELS,
    band,
    fractal,
    linear,
    sheet,
    smoothstep,
    strands,
)


class Light(typing.NamedTuple):
    """One sun or lamp, and the soft light of sky and ground. Colours are linear."""

    direction: np.ndarray  # unit, view coordinates: x right, y up, z to the camera
    key: np.ndarray
    sky: np.ndarray
    ground: np.ndarray


class Place(typing.NamedTuple):
    """The empty picture, where its floor begins, and what light there is."""

    canvas: np.ndarray
    sky: tuple[float, float, float]  # colours of the soft light, relative
    ground: tuple[float, float, float]
    key: tuple[float, float, float]
    shadow: float  # how dark a dog's shadow is


def mix(a, b, amount: np.ndarray) -> np.ndarray:
    """From colour a to colour b, (3, H, W)."""
    a, b = linear(a)[:, None, None], linear(b)[:, None, None]
    return a + (b - a) * amount


def _rough(
    noise: np.ndarray, height: int, width: int, texels: float, rng, stretch=1.0
) -> np.ndarray:
    """A patch of noise, `texels` wide across the smaller side, with a random origin."""
    t = texels / min(height, width)
    rows = np.arange(height) * (t * stretch) + rng.uniform(0, TEXELS)
    return sheet(noise, rows, np.arange(width) * t + rng.uniform(0, TEXELS))


def _foliage(height: int, width: int, rng, dark, bright) -> np.ndarray:
    """Trees far behind, out of focus."""
    h, w = max(2, height // 6), max(2, width // 6)
    leaves = 0.42 + 0.26 * _rough(fractal(), h, w, 260, rng)
    blurred = Image.fromarray(leaves).resize((width, height), Image.Resampling.BICUBIC)
    return mix(dark, bright, np.clip(np.asarray(blurred), 0, 1.2))


def _join(above: np.ndarray, below: np.ndarray, horizon: float, softness: float) -> np.ndarray:
    """Ground below the horizon (a fraction of the height), background above it."""
    height = above.shape[1]
    y = (np.arange(height, dtype=np.float32) + 0.5) / height
    return above + smoothstep(y, horizon - softness, horizon + softness)[:, None] * (below - above)


def nearness(height: int, horizon: float) -> np.ndarray:
    """0 at the horizon and above, 1 at the lower edge, (H, 1)."""
    y = (np.arange(height, dtype=np.float32) + 0.5) / height
    return np.clip((y - horizon) / (1 - horizon), 0, 1)[:, None]


def _grass(height, width, horizon, rng) -> Place:
    hue = rng.uniform(-14, 14)
    blades = _rough(strands()[ANGLES // 2], height, width, 420, rng)
    blades = blades + 0.7 * _rough(strands()[int(rng.integers(3, 6))], height, width, 260, rng)
    lawn = 0.5 + 0.28 * _rough(fractal(), height, width, 220, rng, 2.0)
    near = nearness(height, horizon)
    amount = lawn + (0.06 + 0.22 * near) * blades
    ground = mix((48 + hue, 66, 32), (142 + hue, 164, 88), np.clip(amount, 0, 1.3))
    ground *= rng.uniform(0.8, 1.15)
    far = _foliage(height, width, rng, (34, 46, 28), (122 + 2 * hue, 144, 96))
    if horizon <= 0:
        far = ground
    return Place(
        _join(far, ground, horizon, 0.05),
        (0.9, 1.0, 1.0),
        (0.55, 0.64, 0.4),
        (1.0, 0.95, 0.82),
        0.75,
    )


def _sand(height, width, horizon, rng) -> Place:
    warm = rng.uniform(-10, 10)
    ripples = _rough(strands()[0], height, width, 150, rng, 1.6)
    dunes = _rough(fractal(), height, width, 160, rng, 2.0)
    grains = _rough(band(120.0), height, width, 480, rng)
    near = nearness(height, horizon)
    amount = 0.62 + 0.14 * dunes + near * (0.12 * ripples + 0.07 * grains)
    ground = mix((150 + warm, 116, 74), (238 + warm, 214, 168), np.clip(amount, 0, 1.2))
    haze = mix((228, 214, 190), (196, 206, 208), nearness(height, -0.2)[::-1] * np.ones((1, width)))
    sea = mix((96, 136, 146), (168, 192, 190), np.clip(0.5 + 0.25 * ripples, 0, 1))
    far = _join(haze, sea, horizon - 0.09, 0.012)
    return Place(
        _join(far, ground, horizon, 0.02),
        (0.95, 0.98, 1.0),
        (0.9, 0.78, 0.55),
        (1.0, 0.92, 0.75),
        0.6,
    )


def _snow(height, width, horizon, rng) -> Place:
    drifts = _rough(fractal(), height, width, 130, rng, 1.6)
    sparkle = _rough(band(120.0), height, width, 480, rng)
    amount = 0.72 + 0.16 * drifts + 0.05 * nearness(height, horizon) * sparkle
    ground = mix((172, 188, 214), (246, 248, 252), np.clip(amount, 0, 1.1))
    far = _foliage(height, width, rng, (84, 98, 110), (214, 222, 230))
    canvas = _join(far, ground, horizon, 0.05)
    flakes = _rough(band(40.0), height, width, 300, rng) if rng.random() < 0.4 else None
    if flakes is not None:
        canvas += 0.6 * smoothstep(flakes, 2.0, 2.6) * (1 - canvas)
    return Place(canvas, (0.92, 0.98, 1.1), (0.95, 1.0, 1.1), (0.9, 0.88, 0.85), 0.45)


_WALLS = ((196, 176, 150), (176, 186, 170), (204, 190, 176), (150, 130, 120), (186, 160, 140))


def _indoors(height, width, horizon, rng) -> Place:
    u = min(height, width)
    x, y = np.arange(width) / u, np.arange(height) / u
    near = nearness(height, horizon)
    across = (x[None, :] - 0.5 * width / u) / (0.35 + near) * 6 + rng.uniform(0, 9)
    board = np.floor(across)
    grain = _rough(strands()[ANGLES // 2], height, width, 200, rng, 0.3)
    gap = smoothstep(np.abs(across - board - 0.5), 0.44, 0.5)
    amount = (
        0.5 + 0.2 * np.sin(board * 12.9898 + 2) + 0.09 * grain - 0.45 * gap * (0.3 + 0.7 * near)
    )
    ground = mix((70, 38, 20), (184, 122, 74), np.clip(amount + 0.15 * near, 0, 1.2))
    wall = _wall(x, y, horizon * height / u, rng)
    canvas = _join(wall, ground, horizon, 0.008)
    lamp = np.exp(
        -(((x[None, :] - rng.uniform(0, width / u)) / 0.6) ** 2 + ((y[:, None] - 0.3) / 0.7) ** 2)
    )
    canvas *= (0.62 + 0.5 * lamp).astype(np.float32)
    return Place(canvas, (1.0, 0.9, 0.76), (0.7, 0.5, 0.34), (1.0, 0.86, 0.66), 0.7)


def _wall(x: np.ndarray, y: np.ndarray, floor: float, rng) -> np.ndarray:
    """A plain wall with a skirting board, and a picture or a curtain on it."""
    colour = np.asarray(_WALLS[int(rng.integers(len(_WALLS)))], np.float32) + rng.uniform(
        -12, 12, 3
    )
    wall = mix(colour * 0.82, colour, np.broadcast_to(np.linspace(0, 1, len(x)), (len(y), len(x))))
    board = ((y > floor - 0.06) & (y <= floor))[:, None]
    wall = np.where(board, linear(colour * 1.14)[:, None, None], wall)
    left, size = rng.uniform(-0.1, 0.8), rng.uniform(0.2, 0.45)
    top = rng.uniform(-0.2, 0.15)
    inside = _bump(x, left, left + size)[None, :] * _bump(y, top, top + 0.9 * size)[:, None]
    thing = linear(rng.uniform(50, 130) + rng.uniform(-32, 32, 3))[:, None, None]
    wall = wall + inside * (thing - wall)
    if rng.random() < 0.5:  # a curtain
        edge = _bump(x, 0.72, 1.8) if rng.random() < 0.5 else _bump(x, -1, 0.28)
        folds = 0.75 + 0.25 * np.sin(x * 55)
        cloth = linear(rng.uniform(80, 190) + rng.uniform(-28, 28, 3))[:, None, None] * folds
        wall = wall + edge[None, :] * (cloth - wall)
    return wall.astype(np.float32)


def _bump(t: np.ndarray, low: float, high: float) -> np.ndarray:
    """1 between low and high, with soft edges (out of focus)."""
    return smoothstep(t, low - 0.02, low + 0.02) * (1 - smoothstep(t, high - 0.02, high + 0.02))


def _blue_sky(height, width, horizon, rng) -> Place:
    fall = nearness(height, -0.05)
    deep = np.array((48, 112, 196)) + rng.uniform(-12, 12, 3)
    sky = mix(deep, (150, 192, 232), np.broadcast_to(fall, (height, width)))
    clouds = _rough(fractal(), height, width, 190, rng, 1.7) + rng.uniform(-0.9, 0.4)
    veil = smoothstep(clouds, 0.3, 1.7) * 0.85
    sky = sky + veil * (linear((244, 246, 250))[:, None, None] - sky)
    stone = (
        0.5
        + 0.2 * _rough(fractal(), height, width, 200, rng, 2)
        + 0.08 * _rough(band(60.0), height, width, 400, rng)
    )
    ground = mix((104, 102, 98), (192, 186, 176), np.clip(stone, 0, 1.1))
    return Place(
        _join(sky, ground, horizon, 0.012),
        (0.8, 0.95, 1.2),
        (0.72, 0.7, 0.66),
        (1.05, 0.97, 0.85),
        0.7,
    )


def _lights(height, width, horizon, rng) -> Place:
    """Evening: discs of light out of focus over a dark street."""
    u = min(height, width)
    x, y = (
        np.arange(width, dtype=np.float32)[None, :] / u,
        np.arange(height, dtype=np.float32)[:, None] / u,
    )
    night = rng.uniform((18, 16, 26), (46, 36, 60))
    canvas = mix(night, night * 1.5, np.broadcast_to(y, (height, width))).astype(np.float32)
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
        canvas += glow * linear(palette[int(rng.integers(len(palette)))])[:, None, None]
    wet = canvas[:, ::-1] * 0.35 + mix(
        (36, 32, 38), (84, 76, 80), 0.5 + 0.25 * _rough(fractal(), height, width, 200, rng, 3)
    )
    return Place(
        _join(canvas, wet, horizon, 0.04),
        (0.62, 0.58, 0.72),
        (0.5, 0.42, 0.42),
        (1.05, 0.86, 0.62),
        0.7,
    )


PLACES: dict[str, Callable] = {
    "grass": _grass,
    "sand": _sand,
    "snow": _snow,
    "indoors": _indoors,
    "sky": _blue_sky,
    "lights": _lights,
}


def cast_shadows(canvas: np.ndarray, at: Placed, light: Light, strength: float) -> None:
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


def _spot(x, y, at: Placed, cx, cy, rx, ry) -> np.ndarray:
    """A soft ellipse around (cx, cy), with radii in view units, (H, W)."""
    across = np.exp(-(((x - at.x - at.scale * cx) / (at.scale * rx)) ** 2))
    down = np.exp(-(((y - at.y + at.scale * cy) / (at.scale * ry)) ** 2))
    return down[:, None] * across[None, :]


def make_light(place: Place, rng) -> Light:
    side, up = rng.uniform(-0.9, 0.9), rng.uniform(0.45, 1.1)
    direction = np.array([side, up, rng.uniform(0.35, 0.9)])
    contrast = rng.uniform(0.55, 1.0)
    tint = np.array((1 + rng.uniform(-0.05, 0.08), 1.0, 1 - rng.uniform(-0.05, 0.08)))
    key = 1.25 * contrast * tint * place.key
    soft = 0.88 - 0.46 * contrast
    parts = (key, soft * np.asarray(place.sky) * 1.15, soft * np.asarray(place.ground) * 0.8)
    return Light(direction / np.linalg.norm(direction), *(p.astype(np.float32) for p in parts))
