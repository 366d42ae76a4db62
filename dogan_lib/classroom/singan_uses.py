"""What one SinGAN can do to its picture: five uses, each a few lines around `SinGAN.sample`.

All return float32 pictures in [-1, 1]. A start scale of 1 changes much, the last one almost
nothing: try all of them, since the best depends on the picture.

Reference: Shaham et al. 2019, https://arxiv.org/abs/1905.01164, section 4
"""

import math

import numpy as np
import tensorflow as tf
from PIL import Image
from scipy import ndimage

from dogan_lib.models.singan import SinGAN, as_picture, climb, draw_noise, resize

SIDE = 250  # the long side that the paper's radii are meant for
BLUR = 5.0  # deviation of a soft mask's edge at that side


def paint_to_image(gan: SinGAN, painting, start_scale: int = 1, n: int = 1, seed: int = 0):
    """A photograph of what the painting shows, (n, H, W, 3), made of the training picture.

    The painting enters so small that only its layout is left; what the scales above add, they
    have learnt from the photograph.

    Args:
        painting: see `models.singan.as_picture`; of any size.
        start_scale: from 1 (the paper's choice is 1 to 3) to the last one.
    """
    return gan.sample(n, start_scale=start_scale, seed=seed, image=painting)


def edit(gan: SinGAN, edited, mask, start_scale: int, radius: float = 20.0) -> np.ndarray:
    """Make a crude edit of the training picture seamless, (H, W, 3).

    Args:
        edited: the training picture after copying, moving or painting over regions; any size.
        mask: bright where something was changed; any size. See `soft_mask`.
        start_scale: from 1 (much is invented) to the last one (hardly anything changes).
        radius: of the mask's dilation, for pictures of 250 pixels.

    Returns:
        (1 - m) · training picture + m · generated: where the soft mask m is 0, exactly the
        training picture.
    """
    generated = gan.sample(start_scale=start_scale, image=edited)[0]
    m = soft_mask(mask, generated.shape[:2], radius)[..., None]
    return (1 - m) * gan.real() + m * generated


def harmonize(gan: SinGAN, pasted, mask, start_scale: int) -> np.ndarray:
    """Give an object that was pasted onto the training picture its texture, (H, W, 3).

    As `edit`, with a narrower mask: from scale 1 the object dissolves, from the last it stays.
    """
    return edit(gan, pasted, mask, start_scale, radius=7.0)


def soft_mask(mask, shape: tuple[int, int], radius: float) -> np.ndarray:
    """Dilate a mask by a disk, then blur it: float32 (H, W) in [0, 1].

    Args:
        mask: boolean (h, w), or a picture whose bright half is meant.
        shape: (H, W) of the result.
        radius: of the disk. It and `BLUR` are meant for a long side of 250 pixels, and scaled to
            this one. Beyond 4 deviations of the blur the mask is exactly 0.
    """
    scale = max(shape) / SIDE
    if isinstance(mask, np.ndarray) and mask.dtype.kind == "b":
        mask = 255 * mask.astype("uint8")
    grey = Image.fromarray(as_picture(mask)).convert("L")
    mask = np.asarray(grey.resize(shape[::-1], Image.Resampling.BILINEAR)) > 127
    if not mask.any():
        return mask.astype("float32")
    wide = ndimage.distance_transform_edt(~mask) <= radius * scale
    options = dict(radius=math.ceil(4 * BLUR * scale), mode="nearest")
    soft = ndimage.gaussian_filter(wide.astype("float32"), BLUR * scale, **options)
    return soft / soft.max()


def super_resolution_gan(seed: int = 0, **settings) -> SinGAN:
    """A SinGAN with the paper's settings for super-resolution, to be trained on a small picture.

    The scales lie closer, a factor of 2^(1/3), and the reconstruction weighs ten times as much.
    """
    paper = dict(min_size=18, ratio=2 ** (-1 / 3), reconstruction=100.0)
    return SinGAN(**{**paper, "seed": seed, **settings})


def super_resolution(
    gan: SinGAN, factor: float = 4.0, seed: int = 0, consistent: bool = False
) -> np.ndarray:
    """The training picture `factor` times as large, (H, W, 3), with details to match.

    The finest G has learnt how details look that the picture one step smaller lacks. That looks
    the same at all sizes, so it is applied again and again, each time by about the factor between
    two scales: six times for a factor of 4.

    Args:
        gan: from `super_resolution_gan`, trained.
        factor: above 1.
        consistent: after each pass add what the result, shrunk, lacks of the training picture
            (back-projection; Irani and Peleg 1991). The paper does not: there nothing keeps small
            errors of brightness and contrast from growing with each pass.
    """
    if factor <= 1:
        raise ValueError(f"factor is above 1, not {factor}")
    passes = max(1, round(math.log(factor) / -math.log(gan.settings["ratio"])))
    low = gan.real(len(gan.scales) - 1)[None]
    random, picture = np.random.default_rng(seed), low
    for i in range(passes):
        step = factor ** ((i + 1) / passes)
        shape = round(low.shape[1] * step), round(low.shape[2] * step)
        picture = gan.scales[-1](resize(picture, shape), draw_noise(1, 1, shape, random))
        if consistent:
            picture += resize(low - resize(picture, low.shape[1:3]), shape)
    return tf.clip_by_value(picture, -1, 1).numpy()[0]


def animate(
    gan: SinGAN,
    frames: int = 60,
    start_scale: int = 2,
    alpha: float = 0.1,
    beta: float = 0.9,
    seed: int = 0,
) -> np.ndarray:
    """Move through the noise near z*: the training picture in motion, (frames, H, W, 3).

    At each scale z walks at random, z_{t+1} = α z* + (1 - α)(z_t + β (z_t - z_{t-1}) + (1 - β) u).
    Its way off z* is shorter than a random z (`walk_spread`), so the frames differ less than the
    samples of the same start scale do.

    Args:
        start_scale: scales below stay still; 0 moves everything. The authors try 0, 1 and 2.
        alpha: how strongly z is drawn back to z*, that is to the training picture.
        beta: how smoothly it moves; .8 to .95.
    """
    if not 0 <= start_scale < len(gan.scales):
        raise ValueError(f"start_scale is 0 to {len(gan.scales) - 1}, not {start_scale}")
    random = np.random.default_rng(seed)

    def noise(k, shape):
        still = gan.rec_noise(k)
        if k < start_scale:
            return np.repeat(still, frames, axis=0)
        return walk(still[0], draw_noise(frames + 1, k, shape, random), alpha, beta)

    *_, last = climb(gan.scales, gan.shapes, tf.zeros((frames, *gan.shapes[0], 3)), noise)
    return last.numpy()


def walk(z_star: np.ndarray, u: np.ndarray, alpha: float, beta: float) -> np.ndarray:
    """The walk of `animate`; unit noise u (frames + 1, ...) -> z of each frame (frames, ...)."""
    before, now = z_star, 0.95 * z_star + 0.05 * u[0]
    path = []
    for draw in u[1:]:
        moved = now + beta * (now - before) + (1 - beta) * draw
        before, now = now, alpha * z_star + (1 - alpha) * moved
        path.append(now)
    return np.stack(path)


def walk_spread(alpha: float, beta: float) -> float:
    """How far from z* a long `walk` goes: the standard deviation; 1 is that of a random z.

    The way off z* is an autoregression with a = (1 - α)(1 + β) of the last step, -b = -(1 - α) β of
    the one before, and noise of deviation s = (1 - α)(1 - β). Its variance, by the equations of
    Yule and Walker, is s² (1 + b) / ((1 - b)((1 + b)² - a²)).
    """
    a, b, s = (1 - alpha) * (1 + beta), (1 - alpha) * beta, (1 - alpha) * (1 - beta)
    return math.sqrt(s**2 * (1 + b) / ((1 - b) * ((1 + b) ** 2 - a**2)))
