"""The course's SinGANs: their pictures, training in steps, and what is shipped."""

import numpy as np
import pytest

from dogan_lib import checkpoints
from dogan_lib.classroom import pyramids
from dogan_lib.models.singan import SinGAN
from dogan_lib.models.singan_training import SCHEDULES, Schedule


@pytest.mark.parametrize("name", pyramids.PICTURES)
def test_the_pictures_are_there(name):
    picture = pyramids.example(name)
    assert picture.mode == "RGB" and min(picture.size) >= 128


def test_an_unknown_picture_names_the_others():
    with pytest.raises(ValueError, match="china, flower, doodle"):
        pyramids.example("mona lisa")


def test_trained_shipped_and_gone_on_with(monkeypatch, tmp_path):
    monkeypatch.setenv("DOGAN_DATA", str(tmp_path / "data"))
    monkeypatch.setitem(SCHEDULES, "fast", Schedule(iterations=2, block=2))
    make = lambda seed: SinGAN(max_size=32, seed=seed)  # noqa: E731
    monkeypatch.setitem(pyramids.PYRAMIDS, "singan_tiny", ("doodle", make))
    with pytest.raises(FileNotFoundError, match="there is none"):
        pyramids.load("singan_tiny")
    out = pyramids.train("singan_tiny", tmp_path / "run", ship=True)
    assert (out / "samples.png").stat().st_size > 1000
    gan = pyramids.load("singan_tiny")
    assert len(gan.scales) == len(gan.shapes) > 1
    before = gan.sample(2, seed=1)
    pyramids.train("singan_tiny", tmp_path / "run", ship=True)  # finished: nothing to do
    np.testing.assert_array_equal(pyramids.load("singan_tiny").sample(2, seed=1), before)


@pytest.mark.parametrize("name", pyramids.PYRAMIDS)
def test_the_shipped_ones_draw(name):
    path = checkpoints.data_dir() / "checkpoints" / f"{name}.npz"
    assert path.stat().st_size < 2e6
    gan = pyramids.load(name)
    assert len(gan.scales) == len(gan.shapes)
    pictures = gan.sample(2)
    assert pictures.shape == (2, *gan.image.shape) and np.isfinite(pictures).all()
    error = np.abs(gan.reconstruct()[0] - gan.real()).mean()
    contrast = np.abs(gan.real() - gan.real().mean()).mean()
    assert error < contrast / 2
