"""A SinGAN that trains in a moment, for the tests of the model and of its uses."""

import numpy as np
from PIL import Image

from dogan_lib.models.singan import SinGAN
from dogan_lib.models.singan_training import Schedule

QUICK = Schedule(iterations=2, block=1, d_steps=2, g_steps=2)
TINY = dict(width=4, precision="float32")


def picture(height=32, width=40, seed=0):
    """Soft colours, uint8 (height, width, 3)."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype="uint8")
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))


def trained() -> SinGAN:
    """Three scales."""
    return SinGAN(**TINY).fit(picture(), QUICK, verbose=False)
