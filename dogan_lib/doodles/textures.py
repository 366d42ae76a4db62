"""Periodic 512x512 textures, made once in each process, with mean 0 and deviation 1."""

import functools
import math
from collections.abc import Callable

import numpy as np

SIDE = 512  # texels
ANGLES = 8


def _shaped_noise(spectrum: Callable, seed: int) -> np.ndarray:
    """White noise whose amplitudes are `spectrum(fx, fy)`, in cycles a texture."""
    f = np.fft.fftfreq(SIDE, 1 / SIDE).astype(np.float32)
    white = np.fft.fft2(np.random.default_rng(seed).standard_normal((SIDE, SIDE)))
    noise = np.fft.ifft2(white * spectrum(f[None, :], f[:, None])).real.astype(np.float32)
    return (noise - noise.mean()) / noise.std()


@functools.cache
def fractal() -> np.ndarray:
    """1/f noise: clouds, lawns, walls."""
    return _shaped_noise(lambda x, y: 1 / np.maximum(np.hypot(x, y), 2.0) ** 1.3, 1)


@functools.cache
def band(cycles: float) -> np.ndarray:
    """Blobs of one size: `cycles` of them across the texture."""
    return _shaped_noise(
        lambda x, y: np.exp(-(((np.hypot(x, y) - cycles) / (0.3 * cycles)) ** 2)), 2
    )


@functools.cache
def strands() -> np.ndarray:
    """Fur that lies along each of `ANGLES` directions in [0, pi), (ANGLES, SIDE, SIDE)."""
    return np.stack([_streaks(k) for k in range(ANGLES)])


def _streaks(direction: int) -> np.ndarray:
    """Hairs along one direction: the spectrum is short along them and wide across."""
    angle = math.pi * direction / ANGLES
    c, s = math.cos(angle), math.sin(angle)
    return _shaped_noise(
        lambda x, y: np.exp(-(((x * c + y * s) / 26.0) ** 2) - ((y * c - x * s) / 130.0) ** 2),
        10 + direction,
    )


def sheet(noise: np.ndarray, rows: np.ndarray, columns: np.ndarray, layer=None) -> np.ndarray:
    """The noise at rows and columns, in texels, which are broadcast; of a stack, at `layer`."""
    at = (rows.astype(np.int32) & (SIDE - 1), columns.astype(np.int32) & (SIDE - 1))
    return noise[at] if layer is None else noise[layer, *at]


def smoothstep(x: np.ndarray, low: float, high: float) -> np.ndarray:
    """0 below `low`, 1 above `high`, and smooth between them."""
    t = np.clip((x - low) * (1 / (high - low)), 0, 1)
    return t * t * (3 - 2 * t)


def linear(rgb) -> np.ndarray:
    """sRGB 0-255 -> light intensity 0-1 (gamma 2 is near enough, and its inverse is a sqrt)."""
    return np.square(np.asarray(rgb, np.float32) / 255)


def flat(rgb) -> np.ndarray:
    """The light of one colour, to be spread over a picture (3, H, W)."""
    return linear(rgb)[:, None, None]
