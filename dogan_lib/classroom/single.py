"""How good are the pictures of a model of one picture? SIFID, how much they differ, and how far
one is from the picture that it should be."""

import functools
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from dogan_lib.cards import card
from dogan_lib.metrics.distances import frechet_distance, gaussian
from dogan_lib.metrics.features import classifier
from dogan_lib.metrics.scores import Score
from dogan_lib.plots import to_uint8

GREY = np.array([0.299, 0.587, 0.114])


def sifid(real, fakes) -> Score:
    """Fréchet distance of DogNet's features of one real picture and each fake one, averaged.

    As FID, but the features of a layer are not averaged over the picture: each position is one
    vector. The layer is the last at half the resolution: 32 features, each of 11x11 pixels. A
    small value says that both pictures are made of the same patches. Compare it only between
    pictures of one size, and not with published values, which are Inception's.

    Args:
        real: (H, W, 3), uint8 or float in [-1, 1].
        fakes: (n, h, w, 3), likewise; of any size.

    Returns:
        The mean over the fakes with its standard error; `features` names the layer.

    Reference: Shaham et al. 2019, https://arxiv.org/abs/1905.01164
    """
    target = _gaussian(np.asarray(real)[None])
    values = [frechet_distance(*target, *_gaussian(fake[None])) for fake in np.asarray(fakes)]
    error = np.std(values, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else None
    layer = f"{card('dognet').get('version', 'dognet')}, 32 features at 1/2"
    return Score("SIFID", float(np.mean(values)), layer, n=len(values), n_real=1, error=error)


def _gaussian(picture):
    """Mean and covariance over the positions of a picture (1, H, W, 3)."""
    maps = dognet_maps(1)(_floats(picture))[0]
    return gaussian(np.reshape(maps, (-1, maps.shape[-1])))


def _floats(pictures):
    return to_uint8(pictures).astype("float32") / 127.5 - 1


def diversity(real, fakes) -> float:
    """How much the samples differ: the deviation of each pixel's grey value over the samples,
    averaged over the pixels, relative to the deviation of the grey values in the real picture.

    0 where all samples are the same; the paper's generators reach .5 from the coarsest scale and
    .35 from the next.

    Args:
        real: (H, W, 3), uint8 or float in [-1, 1].
        fakes: (n, h, w, 3), likewise, n of at least 2.
    """
    if len(fakes) < 2:
        raise ValueError(f"diversity needs at least 2 samples, not {len(fakes)}")
    return float((to_uint8(fakes) @ GREY).std(axis=0).mean() / (to_uint8(real) @ GREY).std())


def perceptual(real, fake) -> float:
    """How different two pictures of one size look to DogNet: 0 where they are the same.

    As LPIPS: at each position of four layers the features become a vector of length 1, and the
    squared distances between the two pictures' vectors are averaged over positions, then layers.
    LPIPS has weights, learnt from people's judgements; here all channels count the same.

    Args:
        real, fake: (H, W, 3), uint8 or float in [-1, 1].

    Raises:
        ValueError: their sizes differ.

    Reference: Zhang et al. 2018, https://arxiv.org/abs/1801.03924
    """
    if np.shape(real) != np.shape(fake):
        raise ValueError(f"sizes differ: {np.shape(real)} and {np.shape(fake)}")
    maps = dognet_maps()(np.stack([_floats(real), _floats(fake)]))
    lengths = [np.linalg.norm(each, axis=-1, keepdims=True) for each in maps]
    pairs = [each / (length + 1e-8) for each, length in zip(maps, lengths, strict=True)]
    return float(np.mean([np.mean(np.sum((a - b) ** 2, axis=-1)) for a, b in pairs]))


@functools.cache
def dognet_maps(stages: int = 4) -> Callable:
    """DogNet's features before they are averaged, to look at pictures, or to change them by.

    Args:
        stages: only the first ones, to save time.

    Returns:
        A function of float pictures (n, H, W, 3) in [-1, 1], of any size, with gradients: a list
        of what leaves each stage, (n, H/2, W/2, 32), (n, H/4, W/4, 64), ... Where a side cannot be
        halved so often it is continued by its mirror image, below and to the right.
    """
    model = classifier("dognet")
    ends = {x.shape[1]: x for x in (layer.output for layer in model.layers) if len(x.shape) == 4}
    ends.pop(model.input_shape[1])  # the picture itself
    part = keras.Model(model.input, list(ends.values())[:stages])
    # The same layers behind an input without a size.
    images = keras.Input((None, None, 3))
    whole = keras.models.clone_model(part, images, clone_function=lambda layer: layer)

    def maps(pictures):
        more = [(0, -side % 2**stages) for side in pictures.shape[1:3]]
        mirrored = tf.pad(pictures, [(0, 0), *more, (0, 0)], "SYMMETRIC")
        return keras.tree.flatten(whole(mirrored, training=False))

    return maps
