"""No test here waits for a trained network, but those that ask for `shipped_lite1`."""

import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from dogan_lib import checkpoints
from dogan_lib.metrics import features

# Pytest's importlib mode leaves the path alone; the tests here share `small_pictures`.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def tiny():
    """A feature network of random convolutions: 8 features of 16 x 16 pixels, with a threshold."""
    keras.utils.set_random_seed(0)
    images = keras.Input((16, 16, 3))
    x = keras.layers.Conv2D(8, 3, 2, activation="relu", dtype="float32")(images)
    model = keras.Model(images, keras.layers.GlobalAveragePooling2D(dtype="float32")(x))

    def run(batch):
        return np.asarray(model(batch, training=False))

    return features.FeatureNetwork("tiny", run, 16, threshold=0.01)


@pytest.fixture(scope="session")
def shipped_lite1():
    if not (checkpoints.data_dir() / "checkpoints" / "lite1.keras").exists():
        pytest.skip("no data/checkpoints/lite1.keras here")
    return features.shipped("lite1")
