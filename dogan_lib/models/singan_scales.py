"""SinGAN when it draws: pictures in, one trained scale, and the climb from scale to scale."""

import dataclasses
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image, ImageOps

from dogan_lib.dogs.cropping import to_rgb
from dogan_lib.plots import to_uint8

BORDER = 5  # five valid 3x3 convolutions take so many pixels away at each side
SLOPE, EPSILON = 0.2, 1e-5  # of LeakyReLU and batch normalisation
LARGEST = 10_000  # pixels a side of what is read; phones take half of that
WHOLE = 2**18  # pixels that go through a scale at once


# ---------------------------------------------------------------------------- pictures


def as_picture(image) -> np.ndarray:
    """Any picture as uint8 (H, W, 3).

    Args:
        image: a path, a `PIL.Image` of any mode (transparency becomes white), or an array
            (H, W), (H, W, 1), (H, W, 3) or (H, W, 4): uint8, or float in [-1, 1].

    Raises:
        ValueError: an array of another shape.
    """
    if isinstance(image, str | Path):
        with Image.open(image) as opened:
            return as_picture(ImageOps.exif_transpose(opened))
    if not isinstance(image, Image.Image):
        array = np.asarray(image)
        if array.ndim == 3 and array.shape[-1] == 1:
            array = array[..., 0]
        if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[-1] not in (3, 4)):
            raise ValueError(f"a picture is (H, W), (H, W, 3) or (H, W, 4), not {array.shape}")
        image = Image.fromarray(to_uint8(array))
    return np.asarray(to_rgb(image))


def as_float(picture: np.ndarray) -> np.ndarray:
    """uint8 [0, 255] -> float32 [-1, 1]."""
    return picture.astype("float32") / 127.5 - 1


def resize(pictures, shape: tuple[int, int]) -> tf.Tensor:
    """Float pictures (n, H, W, 3) as (n, *shape, 3), clipped to [-1, 1]; antialiased bicubic."""
    pictures = tf.clip_by_value(tf.convert_to_tensor(pictures), -1, 1)
    if tuple(pictures.shape[1:3]) != tuple(shape):
        pictures = tf.image.resize(pictures, shape, "bicubic", antialias=True)
    return tf.clip_by_value(pictures, -1, 1)  # a cubic overshoots at edges


def shrunk(picture: np.ndarray, max_size: int) -> np.ndarray:
    """The long side at most `max_size`, rounded to 8 bits, so that a PNG holds it.

    Raises:
        ValueError: a picture of more than `LARGEST` pixels a side.
    """
    height, width = picture.shape[:2]
    if max(height, width) > LARGEST:
        raise ValueError(
            f"a picture of {width}x{height} pixels is too large to be read here: at most "
            f"{LARGEST} a side. Shrink it first, for example with "
            f"PIL.Image.open(path).thumbnail(({max_size}, {max_size})); SinGAN learns at most "
            f"max_size={max_size} pixels a side anyway."
        )
    scale = max_size / max(height, width)
    if scale >= 1:
        return picture
    shape = max(1, round(height * scale)), max(1, round(width * scale))
    return to_uint8(resize(as_float(picture)[None], shape).numpy()[0])


def padded(pictures) -> tf.Tensor:
    """(n, H, W, 3) with a border of zeros, as the valid convolutions need it."""
    return tf.pad(pictures, [[0, 0], [BORDER] * 2, [BORDER] * 2, [0, 0]])


# ---------------------------------------------------------------------------- scales


def pyramid(
    shape: tuple[int, int], min_size: int = 25, ratio: float = 0.75
) -> tuple[list[tuple[int, int]], float]:
    """The shapes of all scales, coarsest first, and the exact ratio of two neighbours.

    The last index is N = ceil(log_ratio(min_size / short side)) + 1, and the exact ratio
    (min_size / short side)^(1/N) makes the coarsest short side `min_size`: 250x250 has 11 scales,
    128x128 eight, 64x64 six.

    Raises:
        ValueError: the short side is not longer than `min_size`.
    """
    short = min(shape)
    if short <= min_size:
        raise ValueError(
            f"a picture of {shape[1]}x{shape[0]} pixels is too small: its short side must be "
            f"longer than the coarsest scale's {min_size}. Take a larger picture, crop a long one "
            f"to a squarer shape, or lower min_size to, for example, {max(2 * short // 3, 1)}."
        )
    last = math.ceil(round(math.log(min_size / short, ratio), 6)) + 1
    exact = (min_size / short) ** (1 / last)
    sides = [[math.ceil(round(s * exact ** (last - k), 6)) for s in shape] for k in range(last + 1)]
    return [tuple(pair) for pair in sides], exact


@dataclasses.dataclass(frozen=True, eq=False)
class Scale:
    """A trained scale.

    Attributes:
        weights: those of `singan_networks.generator(width)`, rounded to float16: what a file holds
            is exactly what the scales above were trained on.
        sigma: how strong its noise is.
        facts: iterations, seconds, the reconstruction's error ...
    """

    weights: list[np.ndarray]
    sigma: float
    facts: dict = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        # At inference a batch normalisation is a gain and an offset: part of the convolution.
        object.__setattr__(self, "_folded", list(_fold(self.weights)))

    @property
    def width(self) -> int:
        """Channels of each block."""
        return self.weights[0].shape[-1]

    def __call__(self, up, z) -> tf.Tensor:
        """G: the picture from below, enlarged, and unit noise, both (n, H, W, 3) -> the same."""
        up = tf.convert_to_tensor(up)
        noisy = padded(self.sigma * z + up)
        at_once = max(1, WHOLE // (up.shape[1] * up.shape[2]))
        parts = [self._detail(noisy[i : i + at_once]) for i in range(0, len(noisy), at_once)]
        return tf.concat(parts, 0) + up

    def _detail(self, x):
        for kernel, bias in self._folded[:-1]:
            x = tf.nn.leaky_relu(tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "VALID"), bias), SLOPE)
        kernel, bias = self._folded[-1]
        return tf.tanh(tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "VALID"), bias))


def _fold(weights):
    """(kernel, bias) of five convolutions that do what G does with its moving averages."""
    *blocks, kernel, bias = weights
    for i in range(0, len(blocks), 6):
        block_kernel, block_bias, gain, offset, mean, variance = blocks[i : i + 6]
        gain = gain / np.sqrt(variance + EPSILON)
        yield tf.constant(block_kernel * gain), tf.constant((block_bias - mean) * gain + offset)
    yield tf.constant(kernel), tf.constant(bias)


def climb(scales, shapes, up, noise, start: int = 0) -> Iterator[tf.Tensor]:
    """The heart of it: from scale to scale, each picture enlarged and given new detail.

    Args:
        scales: a `Scale` each.
        shapes: (h, w) of the pictures at each scale.
        up: what enters scale `start`, (n, h, w, 3).
        noise: (scale, shape) -> unit noise (n, h, w, 3).

    Yields:
        The picture that leaves each scale, (n, h, w, 3) in [-1, 1].
    """
    for k in range(start, len(scales)):
        picture = tf.clip_by_value(scales[k](up, noise(k, shapes[k])), -1, 1)
        yield picture
        if k + 1 < len(scales):
            up = resize(picture, shapes[k + 1])


def draw_noise(n: int, scale: int, shape: tuple[int, int], random) -> np.ndarray:
    """Unit noise (n, h, w, 3); at the coarsest scale one channel stands in all three."""
    z = random.standard_normal((n, *shape, 3 if scale else 1), dtype="float32")
    return z if scale else np.repeat(z, 3, axis=-1)
