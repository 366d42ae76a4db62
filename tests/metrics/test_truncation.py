"""The curve of truncation, on a generator of two breeds that draws flat colours."""

import keras
import numpy as np
import pytest

from dogan_lib import checkpoints
from dogan_lib.metrics.features import Features, network
from dogan_lib.metrics.truncation import spread, truncation_curve
from dogan_lib.models import biggan

BREEDS = ["n02085620-Chihuahua", "n02106662-German_shepherd"]


def colours(images):
    """Three features: a picture's mean colour."""
    return images.mean(axis=(1, 2))


def corners(images):
    """192 features: the pixels of a corner."""
    return images[:, :8, :8].reshape(len(images), -1)


@pytest.fixture
def stands():
    """Each z is three grey values around those of the breed: the truncated have less variety."""
    z, label = keras.Input((3,), name="latents"), keras.Input((), dtype="int32", name="labels")
    own = keras.layers.Embedding(2, 3, keras.initializers.Constant(0.1))(label)
    colour = keras.layers.Reshape((1, 1, 3))(0.2 * z + own)
    model = keras.Model([z, label], keras.layers.UpSampling2D(16)(colour))
    generator = checkpoints.Generator(model, {"breeds": BREEDS})
    return biggan.stands(generator, (2.0, 0.2), passes=1, batch_size=4)


def test_variety_and_recall_grow_with_the_threshold(stands):
    pixels = np.random.default_rng(0).normal(0.1, 0.2, (300, 1, 1, 3)).clip(-1, 1)
    curve = truncation_curve(stands, pixels.repeat(16, 1).repeat(16, 2), 60, features=colours)
    assert curve["thresholds"] == [0.2, 2.0] and curve["n"] == 60
    assert curve["network"] == "colours" and curve["n_real"] == 300
    assert curve["variety"][0] < 0.3 * curve["variety"][1]
    assert curve["recall"][0] < 0.5 * curve["recall"][1]
    assert curve["precision"][0] >= curve["precision"][1] > 0.5
    assert curve["fid"][0] > curve["fid"][1]
    assert all(1 <= value <= 2 for value in curve["is"])


def test_without_dogs_only_what_needs_none(stands):
    curve = truncation_curve(stands, n=8, features=colours)
    lists = {name for name, values in curve.items() if isinstance(values, list)}
    assert lists == {"thresholds", "is", "recognised", "variety"} and "reference" not in curve


def test_too_few_pictures_for_fid_are_enough_for_the_others(stands):
    dogs = Features(np.random.default_rng(0).normal(size=(40, 3)), network(colours), text="grey")
    curve = truncation_curve(stands, dogs, n=24, features=colours)
    assert "fid" in curve and curve["reference"] == "grey"
    many = Features(np.random.default_rng(0).normal(size=(40, 192)), network(corners), text="grey")
    curve = truncation_curve(stands, many, n=24, features=corners)
    assert "fid" not in curve and len(curve["kid"]) == 2


def test_spread_is_the_mean_distance_of_two():
    assert spread(np.array([[0.0, 0.0], [3.0, 4.0]])) == pytest.approx(5)
    assert spread(np.ones((4, 2))) == pytest.approx(0)
    vectors = np.array([[0.0], [1.0], [3.0]])
    assert spread(vectors) == pytest.approx((1 + 3 + 2) / 3)
