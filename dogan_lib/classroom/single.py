"""How good are the pictures of a model of one picture? SIFID, how much they differ, and how far
one is from the picture that it should be.

from dogan_lib.classroom.single import diversity, perceptual, sifid
print(sifid(gan.image, gan.sample(50)))
"""

import functools
from collections.abc import Callable

import numpy as np

from dogan_lib.metrics.distances import frechet_distance, gaussian
from dogan_lib.metrics.features import classifier
from dogan_lib.metrics.scores import Score
from dogan_lib.plots import to_uint8

GREY = np.array([0.299, 0.587, 0.114])


def sifid(real, fakes, features: str = "dognet") -> Score:
    """Fréchet distance of the features of one real picture and each fake one, averaged.

    As FID, but the features of a layer are not averaged over the picture: each position is one
    vector. A small value says that both pictures are made of the same patches. Compare it only
    within one layer and pictures of one size; published values are Inception's.

    Args:
        real: (H, W, 3), uint8 or float in [-1, 1].
        fakes: (n, h, w, 3), likewise; of any size.
        features: "dognet" (the last layer at half the resolution: 32 features, each of 11x11
            pixels) or "inception" (the 192 features before the second pooling, as in the paper;
            Keras' weights, which have to be downloaded once).

    Returns:
        The mean over the fakes with its standard error; `features` names the layer.

    Reference: Shaham et al. 2019, https://arxiv.org/abs/1905.01164
    """
    layers = {"dognet": _dognet, "inception": _inception}
    if features not in layers:
        raise ValueError(f"features={features!r}: choose {', '.join(layers)}")
    name, run = layers[features]()
    target = _gaussian(run, np.asarray(real)[None])
    values = [frechet_distance(*target, *_gaussian(run, fake[None])) for fake in np.asarray(fakes)]
    error = np.std(values, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else None
    return Score("SIFID", float(np.mean(values)), name, n=len(values), n_real=1, error=error)


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


def _gaussian(run, picture):
    """Mean and covariance over the positions of a picture (1, H, W, 3)."""
    maps = np.asarray(run(to_uint8(picture).astype("float32") / 127.5 - 1))
    vectors = maps.reshape(-1, maps.shape[-1])
    if len(vectors) < 2:
        raise ValueError(f"a picture of {picture.shape[1:3]} is too small for this layer")
    return gaussian(vectors)


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
    pictures = [to_uint8(picture) for picture in (real, fake)]
    if pictures[0].shape != pictures[1].shape:
        raise ValueError(f"sizes differ: {pictures[0].shape} and {pictures[1].shape}")
    maps = dognet_maps()(np.stack(pictures).astype("float32") / 127.5 - 1)
    directions = [np.asarray(each) for each in maps]
    directions = [
        each / (np.linalg.norm(each, axis=-1, keepdims=True) + 1e-8) for each in directions
    ]
    return float(np.mean([np.mean(np.sum((a - b) ** 2, axis=-1)) for a, b in directions]))


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
    import keras

    model = classifier("dognet")
    ends = {layer.output.shape[1]: layer for layer in model.layers if len(layer.output.shape) == 4}
    ends.pop(model.input_shape[1])  # the picture itself
    run = _any_size(keras.Model(model.input, [layer.output for layer in ends.values()][:stages]))
    return lambda pictures: keras.tree.flatten(run(_mirrored(pictures, 2**stages)))


def _mirrored(pictures, step):
    """Pictures whose sides are multiples of `step`."""
    import tensorflow as tf

    more = [-side % step for side in pictures.shape[1:3]]
    return tf.pad(pictures, [[0, 0], *([0, n] for n in more), [0, 0]], "SYMMETRIC")


@functools.cache
def _dognet():
    """The first stage of DogNet, for pictures of any size."""
    from dogan_lib.checkpoints import card

    name = f"{card('dognet').get('version', 'dognet')}, 32 features at 1/2"
    return name, lambda pictures: dognet_maps(1)(pictures)[0]


@functools.cache
def _inception():
    """InceptionV3 up to the second pooling, where the paper measures."""
    import keras

    try:
        model = keras.applications.InceptionV3(include_top=False, weights="imagenet")
    except Exception as error:  # Keras lets any kind through
        raise RuntimeError(
            f"InceptionV3's weights could not be fetched: {error}. Go online and try again, or use "
            'features="dognet", which needs no download.'
        ) from error
    pools = [layer for layer in model.layers if isinstance(layer, keras.layers.MaxPooling2D)]
    return "inception-v3, 192 features", _any_size(keras.Model(model.input, pools[1].input))


def _any_size(model):
    """The same layers behind an input without a size."""
    import keras

    images = keras.Input((None, None, 3))
    whole = keras.models.clone_model(model, images, clone_function=lambda layer: layer)
    return lambda pictures: whole(pictures, training=False)
