"""Periodic 512x512 textures, made once in each process, with mean 0 and deviation 1."""

import functools
import math
from collections.abc import Callable

import numpy as np

TEXELS = 512
ANGLES = 8


def _shaped_noise(spectrum: Callable, seed: int) -> np.ndarray:
    """White noise whose amplitudes are `spectrum(fx, fy)`, in cycles a texture."""
    f = np.fft.fftfreq(TEXELS, 1 / TEXELS).astype(np.float32)
    white = np.fft.fft2(np.random.default_rng(seed).standard_normal((TEXELS, TEXELS)))
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


def _strand_spectrum(angle: float, length: float = 130.0, width: float = 26.0) -> Callable:
    """Streaks along `angle`: a spectrum short along the streak and wide across it."""

    def spectrum(x, y):
        along = x * math.cos(angle) + y * math.sin(angle)
        across = y * math.cos(angle) - x * math.sin(angle)
        return np.exp(-((along / width) ** 2) - (across / length) ** 2)

    return spectrum


@functools.cache
def strands() -> np.ndarray:
    """Fur that lies along each of `ANGLES` directions in [0, pi)."""
    angles = [math.pi * k / ANGLES for k in range(ANGLES)]
    return np.stack([_shaped_noise(_strand_spectrum(a), 10 + k) for k, a in enumerate(angles)])


def sheet(noise: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The noise at every pair of a row and a column coordinate, in texels."""
    r = rows.astype(np.int32) & (TEXELS - 1)
    c = columns.astype(np.int32) & (TEXELS - 1)
    return noise[r[:, None], c[None, :]]


def scatter(noise: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The noise at each point; `rows` and `columns` (texels) have the same shape."""
    flat = (rows.astype(np.int32) & (TEXELS - 1)) * TEXELS + (
        columns.astype(np.int32) & (TEXELS - 1)
    )
    return noise.ravel()[flat]


def smoothstep(x: np.ndarray, low: float, high: float) -> np.ndarray:
    t = np.clip((x - low) * (1 / (high - low)), 0, 1)
    return t * t * (3 - 2 * t)


def linear(rgb) -> np.ndarray:
    """sRGB 0-255 -> light intensity 0-1 (gamma 2 is near enough, and its inverse is a sqrt)."""
    return np.square(np.asarray(rgb, np.float32) / 255)
