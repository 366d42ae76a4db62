"""The course's SinGANs: what is shipped, and the photographs."""

import numpy as np
import pytest

from dogan_lib import checkpoints
from dogan_lib.classroom import pyramids

SHIPPED = sorted(path.stem for path in (checkpoints.data_dir() / "checkpoints").glob("singan_*"))


@pytest.mark.parametrize("name", ["china", "flower"])
def test_the_photographs_are_there(name):
    picture = pyramids.photograph(name)
    assert picture.mode == "RGB" and picture.size == (640, 427)


def test_an_unknown_picture_names_the_others():
    with pytest.raises(ValueError, match="china"):
        pyramids.photograph("mona lisa")


def test_an_unknown_pyramid_names_the_others():
    with pytest.raises(FileNotFoundError, match="singan_wood"):
        pyramids.load("singan_tiny")


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_ones_draw(name):
    path = checkpoints.data_dir() / "checkpoints" / f"{name}.npz"
    assert path.stat().st_size < 2e6
    gan = pyramids.load(name)
    assert len(gan.scales) == len(gan.shapes) and gan.critic is None
    pictures = gan.sample(2)
    assert pictures.shape == (2, *gan.image.shape) and np.isfinite(pictures).all()
    error = np.abs(gan.reconstruct()[0] - gan.real()).mean()
    contrast = np.abs(gan.real() - gan.real().mean()).mean()
    # At 250 pixels the sky invents faint stars where no noise comes in; its bright ones are right.
    assert error < contrast * (0.75 if name == "singan_hubble" else 0.5)
