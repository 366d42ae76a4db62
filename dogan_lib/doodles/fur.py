"""A dog is painted: which part a pixel sees, its coat and pattern, and the light on it."""

import math
import typing
from collections.abc import Iterator

import numpy as np
from PIL import Image

from dogan_lib.doodles.body import FEATURES
from dogan_lib.doodles.breeds import COAT_RGB
from dogan_lib.doodles.places import Light
from dogan_lib.doodles.posing import Dog, Placed, extent
from dogan_lib.doodles.textures import ANGLES, SIDE, band, flat, fractal, sheet, smoothstep, strands

_HARDNESS = 42.0  # of the soft maximum of depths, in 1 / trunk lengths


class _Surface(typing.NamedTuple):
    """What the camera sees of a dog, in a window of the picture."""

    rows: slice
    columns: slice
    features: np.ndarray  # (features, h, w), averaged over the parts seen at a pixel
    depth: np.ndarray  # (h, w) towards the camera, trunk lengths
    cover: np.ndarray  # (h, w) 0-1


def paint_parts(at: Placed, ragged: np.ndarray) -> _Surface | None:
    """Outline, depth and soft blend of all ellipsoids; `ragged` (H, W) frays the outlines.

    With A Aᵀ = [[S, c], [cᵀ, v]] (S for the screen, v for depth) and d the pixel's distance from
    the centre, q = dᵀ S⁻¹ d < 1 is the outline, and the surface lies at cᵀ S⁻¹ d +
    sqrt((v - cᵀ S⁻¹ c)(1 - q)): mean and deviation of a Gaussian's depth, given d.
    """
    left, right, low, high = extent(at.dog)
    rows = _span(at.y - at.scale * high, at.y - at.scale * low, ragged.shape[0])
    columns = _span(at.x + at.scale * left, at.x + at.scale * right, ragged.shape[1])
    h, w = rows.stop - rows.start, columns.stop - columns.start
    if h <= 3 or w <= 3:
        return None
    sums = np.zeros((len(FEATURES), h, w), np.float32)
    weight, cover = np.full((h, w), 1e-30, np.float32), np.zeros((h, w), np.float32)
    fray, inverse = ragged[rows, columns], 1 / at.scale
    for numbers, features in zip(_quadrics(at, rows, columns), at.dog.features, strict=True):
        x0, x1, y0, y1, cx, cy, a, b, c, gx, gy, deep, z, hair, edge, bias = numbers
        if x1 <= x0 or y1 <= y0:
            continue
        dx = (np.arange(x0, x1, dtype=np.float32) + (0.5 - cx)) * inverse
        dy = ((np.arange(y0, y1, dtype=np.float32) + (0.5 - cy)) * -inverse)[:, None]
        inside = (1 - a * dx * dx) - dy * (2 * b * dx + c * dy)
        patch = np.s_[..., y0:y1, x0:x1]
        seen = np.clip(0.5 + edge * (inside + hair * fray[patch]), 0, 1)
        depth = (z + gx * dx) + gy * dy + deep * np.sqrt(np.maximum(inside, 0))
        seen_first = seen * np.exp(_HARDNESS * depth + bias)
        weight[patch] += seen_first
        sums[patch] += features[:, None, None] * seen_first
        np.maximum(cover[patch], seen, out=cover[patch])
    return _Surface(rows, columns, sums / weight, np.log(weight) / _HARDNESS, cover)


def _span(low: float, high: float, length: int) -> slice:
    """The pixels from low to high, and three more on each side if the picture has them."""
    return slice(max(int(low) - 3, 0), min(int(high) + 4, length))


def _quadrics(at: Placed, rows: slice, columns: slice) -> Iterator[tuple]:
    """For each part: its patch, centre, S⁻¹, slopes, depth and softness, as plain numbers."""
    dog, s = at.dog, at.dog.spread
    det = s[:, 0, 0] * s[:, 1, 1] - s[:, 0, 1] ** 2
    a, b, c = s[:, 1, 1] / det, -s[:, 0, 1] / det, s[:, 0, 0] / det
    gx, gy = s[:, 2, 0] * a + s[:, 2, 1] * b, s[:, 2, 0] * b + s[:, 2, 1] * c
    deep = np.sqrt(np.maximum(s[:, 2, 2] - s[:, 2, 0] * gx - s[:, 2, 1] * gy, 1e-6))
    thin = np.sqrt(det / np.maximum(s[:, 0, 0], s[:, 1, 1]))  # about the smaller half width
    long_hair, furry = dog.attributes["hair"] == "long", dog.features[:, 6]
    hair = (0.017 if long_hair else 0.006) * furry / thin
    soft = 1 / max(1.0, 0.010 * at.scale)  # a fringe of hair lets the background through
    edge = (0.5 * thin * at.scale) * np.where(long_hair * furry > 0.5, soft, 1.0)
    patch, centre = [], []
    for axis, (middle, span) in enumerate(
        [(at.x + at.scale * dog.centre[:, 0], columns), (at.y - at.scale * dog.centre[:, 1], rows)]
    ):
        r = at.scale * np.sqrt(s[:, axis, axis]) * (1 + hair)
        for end in (middle - r - 1, middle + r + 2):
            patch.append(np.clip(end, span.start, span.stop).astype(int) - span.start)
        centre.append(middle - span.start)
    facts = (*patch, *centre, a, b, c, gx, gy, deep, dog.centre[:, 2], hair, edge, dog.bias)
    return zip(*(fact.tolist() for fact in facts), strict=True)


def _fur(surface: _Surface, at: Placed, shape, offset) -> np.ndarray:
    """Texture along the parts' fur directions, about N(0, 1)."""
    h, w = surface.depth.shape
    texel = 420 / min(shape)
    rows = ((np.arange(h) + surface.rows.start) * texel + offset[0])[:, None]
    columns = (np.arange(w) + surface.columns.start) * texel + offset[1]
    if at.dog.breed.curly:
        return sheet(band(48.0), rows, columns)
    angle = np.arctan2(surface.features[4], surface.features[3]) * (ANGLES / (2 * math.pi))
    return sheet(strands(), rows, columns, np.rint(angle).astype(np.int32) % ANGLES)


def _skin_points(surface: _Surface, at: Placed) -> tuple[np.ndarray, np.ndarray]:
    """Each pixel's place on the body and on the head, (3, h, w), in trunk lengths."""
    h, w = surface.depth.shape
    x = (np.arange(w, dtype=np.float32) + (surface.columns.start + 0.5 - at.x)) / at.scale
    y = (np.arange(h, dtype=np.float32) + (surface.rows.start + 0.5 - at.y)) / -at.scale
    depth = np.maximum(surface.depth, -2)
    spots = np.stack(np.broadcast_arrays(x[None, :], y[:, None], depth)).reshape(3, -1)
    body = at.dog.to_body.astype(np.float32) @ spots
    head = at.dog.to_head.astype(np.float32) @ (spots - at.dog.head_at[:, None].astype(np.float32))
    return body.reshape(3, h, w), head.reshape(3, h, w)


# Blobs: how many across the texture, and between which heights they take the marking's colour.
_BLOBS = {"patches": (5.0, 0.45, 0.60), "spots": (17.0, 0.95, 1.15), "merle": (11.0, 0.35, 0.65)}


def _pattern_amount(surface: _Surface, at: Placed, offset) -> np.ndarray | None:
    """How much of the marking colour shows at each pixel (h, w), or None for a plain coat."""
    pattern = at.dog.attributes["pattern"]
    if pattern not in (*_BLOBS, "saddle", "brindle"):
        return None
    body, head = _skin_points(surface, at)
    if pattern == "saddle":
        return _saddle(at.dog, body, surface.features[5], offset)
    x, y, z = np.where(surface.features[5] > 0.5, head * 1.25 + 0.7, body)
    rows, columns = (y + 0.8 * z) * 256 + offset[0], (x - 0.6 * z) * 256 + offset[1]
    if pattern == "brindle":
        wave = sheet(band(9.0), rows, columns)
        return 0.65 * smoothstep(np.sin(60 * x + 12 * y + 1.6 * wave), 0.0, 0.8)
    cycles, low, high = _BLOBS[pattern]
    return smoothstep(sheet(band(cycles), rows, columns), low, high)


def _saddle(dog: Dog, body: np.ndarray, head: np.ndarray, offset) -> np.ndarray:
    """The upper half of the trunk and the back of the neck."""
    c, s = math.cos(dog.pose.tilt), math.sin(dog.pose.tilt)
    x, y = body[0] - dog.pose.centre[0], body[1] - dog.pose.centre[1]
    up, along = c * y - s * x, c * x + s * y
    wave, deep, trunk = 0.04 * np.sin(13 * along + offset[0]), dog.breed.depth, dog.breed.trunk
    amount = smoothstep(up + wave, -0.02 * deep, 0.16 * deep)
    return amount * smoothstep(-along, -0.62 * trunk, -0.45 * trunk) * (1 - head)


def _blurred(image: np.ndarray, cells: int) -> np.ndarray:
    """A smooth version: averaged to about `cells` across, and enlarged again."""
    h, w = image.shape
    small = (max(2, cells * w // max(h, w)), max(2, cells * h // max(h, w)))
    picture = Image.fromarray(image).resize(small, Image.Resampling.BOX)
    return np.asarray(picture.resize((w, h), Image.Resampling.BICUBIC))


def _shade(surface: _Surface, at: Placed, fur: np.ndarray, light: Light) -> np.ndarray:
    """Brightness and colour of the light at each pixel, (3, h, w)."""
    furry, gloss = surface.features[6], surface.features[7]
    rough = 0.0028 if at.dog.attributes["hair"] == "long" else 0.0007
    solid = np.minimum(surface.cover * 1.2, 1)
    depth = np.maximum(surface.depth, -1.5)
    smooth = _blurred(depth * solid, 18) / np.maximum(_blurred(solid, 18), 0.05)
    hollow = np.clip((smooth - depth) * 3.2, -0.15, 0.6)
    nx, ny, nz = _normals(depth + rough * fur * furry, at.scale)
    x, y, z = light.direction
    facing = nx * x + ny * y + nz * z
    lit = np.maximum((facing + 0.25) * 0.8, 0)  # fur scatters: light reaches round the edge
    upward = 0.5 + 0.5 * ny
    shine = gloss * np.maximum(nx * x * 0.6 + ny * 0.6 * y + nz * (0.5 + 0.5 * z), 0) ** 24
    ambient = (1 - hollow) * (0.55 + 0.45 * nz)
    key, sky, ground = (colour[:, None, None] for colour in (light.key, light.sky, light.ground))
    colour = key * (lit * (1 - 0.8 * np.maximum(hollow, 0)))
    return colour + ambient * (sky * upward + ground * (1 - upward)) + 6.0 * shine


def _normals(depth: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unit normals from the slopes of the depth (y up)."""
    sx, sy = np.zeros_like(depth), np.zeros_like(depth)
    sx[:, 1:-1] = depth[:, :-2] - depth[:, 2:]
    sy[1:-1] = depth[2:] - depth[:-2]
    sx, sy = np.clip(sx * (0.5 * scale), -2.2, 2.2), np.clip(sy * (0.5 * scale), -2.2, 2.2)
    nz = 1 / np.sqrt(1 + sx * sx + sy * sy)
    return sx * nz, sy * nz, nz


def paint_dog(canvas: np.ndarray, at: Placed, light: Light, rng) -> np.ndarray:
    """Paint a dog over `canvas` (3, H, W), in place; returns its cover (H, W)."""
    shape, offset = canvas.shape[1:], rng.uniform(0, SIDE, 4)
    rows, columns = (np.arange(n) * (512 / min(shape)) for n in shape)
    places = (rows + offset[2])[:, None], columns + offset[3]
    ragged = 0.7 * sheet(band(56.0), *places) + 0.5 * sheet(strands()[ANGLES // 2], *places)
    surface = paint_parts(at, ragged)
    whole = np.zeros(shape, np.float32)
    if surface is None:
        return whole
    fur = _fur(surface, at, shape, offset)
    colour = _albedo(surface, at, fur, offset) * _shade(surface, at, fur, light)
    cover = surface.cover * _feet_in_ground(surface, at, rng)
    patch = canvas[:, surface.rows, surface.columns]
    patch += cover * (colour - patch)
    whole[surface.rows, surface.columns] = cover
    return whole


def _albedo(surface: _Surface, at: Placed, fur: np.ndarray, offset) -> np.ndarray:
    """Colour of the coat with its pattern and strands, (3, h, w)."""
    a, furry = at.dog.attributes, surface.features[6]
    albedo, amount = surface.features[:3], _pattern_amount(surface, at, offset)
    if amount is not None:
        mark = flat(COAT_RGB[a["marking"]])
        albedo = albedo + (amount * np.clip(furry * 2 - 1, 0, 1)) * (mark - albedo)
    h, w = fur.shape
    rows, columns = np.arange(h) * (300 / h) + offset[1], np.arange(w) * (300 / w) + offset[0]
    clumps = sheet(fractal(), rows[:, None], columns)
    strength = 0.13 if a["hair"] == "long" else 0.055
    return albedo * np.maximum(1 + furry * (strength * fur + 0.09 * clumps), 0.15)


def _feet_in_ground(surface: _Surface, at: Placed, rng) -> np.ndarray | float:
    """Grass, snow and sand hide the soles."""
    deep = {"grass": 0.05, "snow": 0.05, "sand": 0.02}.get(at.dog.attributes["background"])
    if deep is None or at.dog.attributes["pose"] == "portrait":
        return 1.0
    h, w = surface.depth.shape
    rows, columns = np.arange(h) * (200 / h), np.arange(w) * (900 / w) + rng.uniform(0, SIDE)
    blades = sheet(strands()[ANGLES // 2], rows[:, None], columns)
    bottom = h - 3 - np.arange(h, dtype=np.float32)[:, None]
    return smoothstep(bottom - deep * at.scale * (0.6 + 0.5 * blades), -1.5, 1.5)
