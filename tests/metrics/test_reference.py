"""The vectors of real dogs that stand in for pictures."""

import numpy as np
import pytest

from data.make.real_dogs import write
from dogan_lib.metrics import fid
from dogan_lib.metrics.features import real_dogs


@pytest.mark.parametrize("features", ["lite1", "dognet"])
def test_real_dogs_are_ten_of_each_breed(features):
    dogs = real_dogs(features)
    assert dogs.vectors.shape == (1200, 256) and np.isfinite(dogs.vectors).all()
    assert (np.bincount(dogs.labels) == [10] * 120).all()


def test_they_take_the_place_of_pictures():
    dogs = real_dogs()
    odd, even = dogs.subset(slice(0, None, 2)), dogs.subset(slice(1, None, 2))
    assert fid(odd, even).value < 30 < fid(dogs, np.zeros((600, 64, 64, 3), "uint8")).value


def test_no_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DOGAN_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="DOGAN_DATA"):
        real_dogs()


def test_written_from_an_archive(shared_data, tmp_path, monkeypatch):
    """The shipped file is what the command makes."""
    archive = shared_data / "stanford_dogs_64_train.tar"
    with np.load(write(archive, tmp_path / "dogs.npz")) as made:
        np.testing.assert_allclose(made["lite1"], real_dogs().vectors, atol=0.02)
