"""A generator under truncation, for chapter 11: latents that move, and statistics that fit them.

chosen = stands(load_generator("biggan64"), (0.5, 1.0, 2.0))   # threshold -> Generator
chosen[0.5].decode(carried(z, 0.5), labels)

Reference: Brock et al. 2018, https://arxiv.org/abs/1809.11096
"""

from collections.abc import Callable

import numpy as np
from keras import layers
from scipy import stats

from dogan_lib.generator import Generator, latents
from dogan_lib.saving import copied


def carried(z, threshold: float) -> np.ndarray:
    """Draws z of N(0, 1) moved to where N(0, 1) given |z| <= threshold has the same quantile.

    The same density as `biggan.truncated_normal`, but nothing is drawn anew: every number moves
    smoothly and in order with the threshold, so that a seed remains the same dog under a slider.

    Args:
        z: any shape.
        threshold: positive.
    """
    quantiles = stats.norm.cdf(np.asarray(z, "float64"))
    moved = stats.truncnorm.ppf(quantiles, -threshold, threshold)
    return moved.astype("float32").clip(-threshold, threshold)


def settled(generator: Generator, draw: Callable[[int], object], passes: int = 16) -> Generator:
    """A copy of a generator whose batch normalisations remember these draws: standing statistics.

    Those that training leaves behind belong to z ~ N(0, I) and to weights of the past. Take new
    ones for every threshold, with batches as large as it was trained with, or larger.

    Args:
        generator: with batch normalisation, conditional or not; it stays as it is.
        draw: the generator's inputs for pass k = 0, 1, ...: `[latents, labels]`.
        passes: how many; 16 in the paper.
    """
    model = copied(generator.model)
    # A conditional normalisation holds a plain one.
    norms = [getattr(layer, "norm", layer) for layer in model.layers]
    norms = [norm for norm in norms if isinstance(norm, layers.BatchNormalization)]
    momenta = [norm.momentum for norm in norms]
    for k in range(passes):
        for norm in norms:
            norm.momentum = k / (k + 1)  # mean of k + 1 = (k / (k + 1)) mean of k + last / (k + 1)
        model(draw(k), training=True)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    return Generator(model, generator.card)


def standing(generator: Generator, threshold: float | None, passes=16, batch_size=64) -> Generator:
    """A copy of a generator with the standing statistics of one threshold, see `settled`.

    Args:
        threshold: of the latents; with None the generator itself comes back.
        passes, batch_size: how many draws, and how large.
    """
    random = np.random.default_rng(0)

    def draw(k):
        z = latents(batch_size, generator.latent_dim, int(random.integers(2**32)), threshold)
        given = generator.conditions(batch_size, seed=k)
        return z if given is None else [z, given]

    return generator if threshold is None else settled(generator, draw, passes)


def stands(generator: Generator, thresholds, **options) -> dict[float, Generator]:
    """threshold -> `standing(generator, threshold, **options)`, to choose among at no cost."""
    return {threshold: standing(generator, threshold, **options) for threshold in thresholds}
