"""Backgrounds and their light, painted for a horizon and a camera that is out of focus.

A picture is (3, H, W), linear light.
"""

import math
import typing
from collections.abc import Callable

import numpy as np
from PIL import Image

from dogan_lib.doodles.posing import Placed
from dogan_lib.doodles.textures import ANGLES, SIDE, band, flat, fractal, sheet, smoothstep, strands


def mix(a, b, amount: np.ndarray) -> np.ndarray:
    """From colour a to colour b, (3, H, W)."""
    return flat(a) + (flat(b) - flat(a)) * amount


class Backdrop:
    """The size of a picture, its horizon (a fraction of the height), and tools to paint it."""

    def __init__(self, height: int, width: int, horizon: float, rng):
        self.height, self.width, self.horizon, self.rng = height, width, horizon, rng
        self.short = min(height, width)
        self.y = (np.arange(height, dtype=np.float32) + 0.5) / height
        self.near = self.nearness(horizon)

    def nearness(self, horizon: float) -> np.ndarray:
        """0 at the horizon and above, 1 at the lower edge, (H, 1)."""
        return np.clip((self.y - horizon) / (1 - horizon), 0, 1)[:, None]

    def rough(self, noise: np.ndarray, texels: float, stretch: float = 1.0) -> np.ndarray:
        """A patch of noise, `texels` wide across the smaller side, with a random origin."""
        t = texels / self.short
        rows = np.arange(self.height) * (t * stretch) + self.rng.uniform(0, SIDE)
        columns = np.arange(self.width) * t + self.rng.uniform(0, SIDE)
        return sheet(noise, rows[:, None], columns)

    def foliage(self, dark, bright) -> np.ndarray:
        """Trees far behind, out of focus."""
        far = Backdrop(max(2, self.height // 6), max(2, self.width // 6), 0.0, self.rng)
        leaves = Image.fromarray(0.42 + 0.26 * far.rough(fractal(), 260))
        blurred = leaves.resize((self.width, self.height), Image.Resampling.BICUBIC)
        return mix(dark, bright, np.clip(np.asarray(blurred), 0, 1.2))

    def join(self, above: np.ndarray, below: np.ndarray, softness: float, higher: float = 0.0):
        """`below` under the horizon, or under what is `higher` by so much; `above` over it."""
        edge = self.horizon - higher
        amount = smoothstep(self.y, edge - softness, edge + softness)[:, None]
        return above + amount * (below - above)


def _grass(p: Backdrop) -> np.ndarray:
    hue = p.rng.uniform(-14, 14)
    blades = p.rough(strands()[ANGLES // 2], 420)
    blades = blades + 0.7 * p.rough(strands()[int(p.rng.integers(3, 6))], 260)
    amount = 0.5 + 0.28 * p.rough(fractal(), 220, 2.0) + (0.06 + 0.22 * p.near) * blades
    ground = mix((48 + hue, 66, 32), (142 + hue, 164, 88), np.clip(amount, 0, 1.3))
    ground *= p.rng.uniform(0.8, 1.15)
    far = p.foliage((34, 46, 28), (122 + 2 * hue, 144, 96))
    return p.join(far, ground, 0.05) if p.horizon > 0 else ground


def _sand(p: Backdrop) -> np.ndarray:
    warm = p.rng.uniform(-10, 10)
    ripples = p.rough(strands()[0], 150, 1.6)
    dunes = p.rough(fractal(), 160, 2.0)
    grains = p.rough(band(120.0), 480)
    amount = 0.62 + 0.14 * dunes + p.near * (0.12 * ripples + 0.07 * grains)
    ground = mix((150 + warm, 116, 74), (238 + warm, 214, 168), np.clip(amount, 0, 1.2))
    haze = mix((228, 214, 190), (196, 206, 208), p.nearness(-0.2)[::-1] * np.ones((1, p.width)))
    sea = mix((96, 136, 146), (168, 192, 190), np.clip(0.5 + 0.25 * ripples, 0, 1))
    return p.join(p.join(haze, sea, 0.012, higher=0.09), ground, 0.02)


def _snow(p: Backdrop) -> np.ndarray:
    drifts, sparkle = p.rough(fractal(), 130, 1.6), p.rough(band(120.0), 480)
    amount = 0.72 + 0.16 * drifts + 0.05 * p.near * sparkle
    ground = mix((172, 188, 214), (246, 248, 252), np.clip(amount, 0, 1.1))
    canvas = p.join(p.foliage((84, 98, 110), (214, 222, 230)), ground, 0.05)
    if p.rng.random() < 0.4:
        flakes = p.rough(band(40.0), 300)
        canvas += 0.6 * smoothstep(flakes, 2.0, 2.6) * (1 - canvas)
    return canvas


_WALLS = ((196, 176, 150), (176, 186, 170), (204, 190, 176), (150, 130, 120), (186, 160, 140))


def _indoors(p: Backdrop) -> np.ndarray:
    x, y = np.arange(p.width) / p.short, np.arange(p.height) / p.short
    across = (x - 0.5 * p.width / p.short) / (0.35 + p.near) * 6 + p.rng.uniform(0, 9)
    board = np.floor(across)
    grain = p.rough(strands()[ANGLES // 2], 200, 0.3)
    gap = 0.45 * smoothstep(np.abs(across - board - 0.5), 0.44, 0.5) * (0.3 + 0.7 * p.near)
    amount = 0.5 + 0.2 * np.sin(board * 12.9898 + 2) + 0.09 * grain - gap
    ground = mix((70, 38, 20), (184, 122, 74), np.clip(amount + 0.15 * p.near, 0, 1.2))
    wall = _wall(x, y, p.horizon * p.height / p.short, p.rng)
    canvas = p.join(wall, ground, 0.008)
    lamp = ((x - p.rng.uniform(0, p.width / p.short)) / 0.6) ** 2 + ((y[:, None] - 0.3) / 0.7) ** 2
    canvas *= (0.62 + 0.5 * np.exp(-lamp)).astype(np.float32)
    return canvas


def _wall(x: np.ndarray, y: np.ndarray, floor: float, rng) -> np.ndarray:
    """A plain wall with a skirting board, and a picture or a curtain on it."""
    colour = np.asarray(_WALLS[int(rng.integers(len(_WALLS)))], np.float32)
    colour = colour + rng.uniform(-12, 12, 3)
    wall = mix(colour * 0.82, colour, np.broadcast_to(np.linspace(0, 1, len(x)), (len(y), len(x))))
    board = ((y > floor - 0.06) & (y <= floor))[:, None]
    wall = np.where(board, flat(colour * 1.14), wall)
    left, size = rng.uniform(-0.1, 0.8), rng.uniform(0.2, 0.45)
    top = rng.uniform(-0.2, 0.15)
    inside = _bump(x, left, left + size) * _bump(y, top, top + 0.9 * size)[:, None]
    wall = wall + inside * (flat(rng.uniform(50, 130) + rng.uniform(-32, 32, 3)) - wall)
    if rng.random() < 0.5:  # a curtain
        edge = _bump(x, 0.72, 1.8) if rng.random() < 0.5 else _bump(x, -1, 0.28)
        folds = 0.75 + 0.25 * np.sin(x * 55)
        cloth = flat(rng.uniform(80, 190) + rng.uniform(-28, 28, 3)) * folds
        wall = wall + edge * (cloth - wall)
    return wall.astype(np.float32)


def _bump(t: np.ndarray, low: float, high: float) -> np.ndarray:
    """1 between low and high, with soft edges (out of focus)."""
    return smoothstep(t, low - 0.02, low + 0.02) * (1 - smoothstep(t, high - 0.02, high + 0.02))


def _blue_sky(p: Backdrop) -> np.ndarray:
    fall = np.broadcast_to(p.nearness(-0.05), (p.height, p.width))
    sky = mix(np.array((48, 112, 196)) + p.rng.uniform(-12, 12, 3), (150, 192, 232), fall)
    clouds = p.rough(fractal(), 190, 1.7) + p.rng.uniform(-0.9, 0.4)
    sky = sky + smoothstep(clouds, 0.3, 1.7) * 0.85 * (flat((244, 246, 250)) - sky)
    stone = 0.5 + 0.2 * p.rough(fractal(), 200, 2) + 0.08 * p.rough(band(60.0), 400)
    return p.join(sky, mix((104, 102, 98), (192, 186, 176), np.clip(stone, 0, 1.1)), 0.012)


_LAMPS = ((255, 176, 74), (255, 120, 60), (250, 214, 140), (214, 70, 90), (110, 140, 240),
          (190, 110, 220))  # fmt: skip


def _lights(p: Backdrop) -> np.ndarray:
    """Evening: discs of light out of focus over a dark street."""
    x, y = (np.arange(n, dtype=np.float32) / p.short for n in (p.width, p.height))
    y = y[:, None]
    uniform = p.rng.uniform
    night = uniform((18, 16, 26), (46, 36, 60))
    canvas = mix(night, night * 1.5, np.broadcast_to(y, (p.height, p.width))).astype(np.float32)
    for _ in range(int(p.rng.integers(11, 18))):
        cx, cy, r = uniform(0, p.width / p.short), uniform(-0.05, 0.72), uniform(0.04, 0.11)
        disc = np.sqrt((x - cx) ** 2 + (y - cy) ** 2) * (1 / r)
        inside = np.clip((1 - disc) * (r * p.short * 0.5) + 0.5, 0, 1)
        glow = uniform(0.35, 0.9) * inside * (0.7 + 0.3 * disc)
        canvas += glow * flat(_LAMPS[int(p.rng.integers(len(_LAMPS)))])
    street = mix((36, 32, 38), (84, 76, 80), 0.5 + 0.25 * p.rough(fractal(), 200, 3))
    return p.join(canvas, canvas[:, ::-1] * 0.35 + street, 0.04)


class Place(typing.NamedTuple):
    """How the empty picture is painted, and what light there is: relative colours."""

    paint: Callable[[Backdrop], np.ndarray]
    sky: tuple[float, float, float]  # the soft light from above
    ground: tuple[float, float, float]  # and from below
    key: tuple[float, float, float]  # of sun or lamp
    shadow: float  # how dark a dog's shadow is


PLACES: dict[str, Place] = {
    "grass": Place(_grass, (0.9, 1.0, 1.0), (0.55, 0.64, 0.4), (1.0, 0.95, 0.82), 0.75),
    "sand": Place(_sand, (0.95, 0.98, 1.0), (0.9, 0.78, 0.55), (1.0, 0.92, 0.75), 0.6),
    "snow": Place(_snow, (0.92, 0.98, 1.1), (0.95, 1.0, 1.1), (0.9, 0.88, 0.85), 0.45),
    "indoors": Place(_indoors, (1.0, 0.9, 0.76), (0.7, 0.5, 0.34), (1.0, 0.86, 0.66), 0.7),
    "sky": Place(_blue_sky, (0.8, 0.95, 1.2), (0.72, 0.7, 0.66), (1.05, 0.97, 0.85), 0.7),
    "lights": Place(_lights, (0.62, 0.58, 0.72), (0.5, 0.42, 0.42), (1.05, 0.86, 0.62), 0.7),
}


class Light(typing.NamedTuple):
    """One sun or lamp, and the soft light of sky and ground. Colours are linear."""

    direction: np.ndarray  # unit, view coordinates: x right, y up, z to the camera
    key: np.ndarray
    sky: np.ndarray
    ground: np.ndarray


def make_light(place: Place, rng) -> Light:
    side, up = rng.uniform(-0.9, 0.9), rng.uniform(0.45, 1.1)
    direction = np.array([side, up, rng.uniform(0.35, 0.9)])
    contrast = rng.uniform(0.55, 1.0)
    tint = np.array((1 + rng.uniform(-0.05, 0.08), 1.0, 1 - rng.uniform(-0.05, 0.08)))
    soft = 0.88 - 0.46 * contrast
    key = 1.25 * contrast * tint * place.key
    sky, ground = soft * np.asarray(place.sky) * 1.15, soft * np.asarray(place.ground) * 0.8
    colours = (colour.astype(np.float32) for colour in (key, sky, ground))
    return Light(direction / np.linalg.norm(direction), *colours)


def cast_shadows(canvas: np.ndarray, at: Placed, light: Light, strength: float) -> None:
    """Darken the ground under a dog and on the side away from the light, in place."""
    if at.dog.attributes["pose"] == "portrait":
        return
    height, width = canvas.shape[1:]
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    up = at.dog.to_body.T[:, 1]  # the body's up, in the view
    rise = at.dog.centre @ up
    low = (at.dog.features[:, 5] < 0.5) & (rise < 0.14)
    feet = at.dog.centre - rise[:, None] * up  # each part's place on the ground
    sin = max(0.3, math.sin(at.dog.pitch) + 0.15)
    # Soft ellipses in view units: centre, radii, darkness; one for each low part, one for the dog.
    spots = [
        (cx, cy, 1.3 * math.sqrt(s[0, 0]), 0.10 + 0.4 * sin * math.sqrt(s[2, 2]), 0.55)
        for (cx, cy, _), s in zip(feet[low], at.dog.spread[low], strict=True)
    ]
    (cx, cy, _), half = feet.mean(0), 0.9 * feet[:, 0].std() + 0.18
    spots.append((cx - 0.45 * light.direction[0], cy, 1.5 * half, 0.28 * sin + 0.08, 1.1))
    density = np.zeros((height, width))
    for cx, cy, rx, ry, dark in spots:
        across = np.exp(-(((x - at.x - at.scale * cx) / (at.scale * rx)) ** 2))
        down = np.exp(-(((y - at.y + at.scale * cy) / (at.scale * ry)) ** 2))
        density += dark * (down[:, None] * across)
    canvas *= (1 - strength * (1 - np.exp(-density))).astype(np.float32)
