"""The networks behind one interface, and the one resize that all of them share."""

import numpy as np
import pytest
from PIL import Image
from small_pictures import means, pictures

from dogan_lib.metrics import extract, features


@pytest.mark.parametrize("size", [8, 24, 37, 64])
def test_resize_is_pillows_bicubic(size):
    image = np.random.default_rng(0).uniform(-1, 1, (1, 32, 24, 3)).astype("float32")
    channels = [
        Image.fromarray(image[0, ..., c]).resize((size, size), Image.Resampling.BICUBIC)
        for c in range(3)
    ]
    np.testing.assert_allclose(
        features.resize(image, size)[0], np.stack(channels, axis=-1), atol=1e-5
    )


def test_resize_leaves_the_right_size_alone():
    images = pictures(2).astype("float32")
    assert features.resize(images, 16) is images


def test_resize_averages_instead_of_skipping():
    """A checkerboard of single pixels becomes grey; one that skips keeps black or white."""
    board = np.indices((64, 64)).sum(axis=0) % 2 * 2.0 - 1
    small = features.resize(np.repeat(board[None, ..., None], 3, axis=-1), 8)
    assert np.abs(small).max() < 0.1


def test_a_function_sees_pictures_between_minus_1_and_1():
    seen = extract(np.full((3, 8, 8, 3), 255, "uint8"), means)
    np.testing.assert_allclose(seen.vectors, 1.0)
    assert seen.network.name == "means" and seen.vectors.dtype == "float32"


def test_a_function_that_gives_no_vectors():
    with pytest.raises(ValueError, match=r"gave \(3, 8, 8, 3\) for 3 pictures"):
        extract(np.zeros((3, 8, 8, 3), "uint8"), lambda images: images)


def test_an_unknown_network():
    with pytest.raises(ValueError, match="'vgg': choose lite1, dognet; measures take inception"):
        extract(pictures(3), "vgg")
    with pytest.raises(ValueError, match="'inception': choose lite1, dognet;"):
        features.real_dogs("inception")


def test_extract_does_not_depend_on_the_batch(tiny):
    images = pictures(features.BATCH + 7)
    np.testing.assert_allclose(extract(images, tiny).vectors, tiny(images), atol=1e-6)


def test_features_repr_and_subset(tiny):
    seen = extract((pictures(10), np.arange(10) % 2), tiny)
    assert repr(seen) == "Features(10 x 8, tiny, array)"
    assert len(seen.subset(seen.labels == 1)) == 5 and len(extract(seen, n=4)) == 4


@pytest.mark.slow
def test_inception_with_random_weights(monkeypatch):
    import keras

    whole = keras.applications.InceptionV3
    monkeypatch.setattr(
        keras.applications, "InceptionV3", lambda **options: whole(**options | {"weights": None})
    )
    features.inception.cache_clear()
    network = features.network("inception")
    features.inception.cache_clear()
    assert extract(pictures(3, size=64), network).vectors.shape == (3, 2048)
    assert network.name == "inception-v3" and network.threshold == 0.1


def test_inception_that_cannot_be_fetched(monkeypatch):
    import keras

    def offline(**options):
        raise Exception("URL fetch failure: no route to host")

    monkeypatch.setattr(keras.applications, "InceptionV3", offline)
    features.inception.cache_clear()
    with pytest.raises(RuntimeError, match=r"88 MB.*no route to host.*another network"):
        features.network("inception")


def test_no_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("DOGAN_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="set DOGAN_DATA"):
        features.classifier.__wrapped__("lite1")


def test_what_ships_has_256_features_and_a_name_of_its_own(shipped_lite1):
    seen = extract(pictures(2, size=64), shipped_lite1)
    assert seen.vectors.shape == (2, 256) and seen.network.name == "lite1-dogs"
    assert seen.network.size == 128, "what is smaller is enlarged"
