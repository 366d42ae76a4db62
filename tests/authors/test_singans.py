"""The program that makes the course's SinGANs: trained in steps, gone on with, shipped."""

import dataclasses

import numpy as np
import pytest

from data.make import singans
from dogan_lib.classroom import pyramids
from dogan_lib.models.singan import Schedule, SinGAN

SCENES = (singans.wood, singans.hubble)


@pytest.mark.parametrize("scene", SCENES)
def test_scenes_are_always_the_same_picture(scene):
    pytest.importorskip("skimage")
    first = np.asarray(scene())
    assert first.shape == (480, 640, 3) and first.std() > 20
    np.testing.assert_array_equal(first, np.asarray(scene()))


def test_trained_shipped_and_gone_on_with(monkeypatch, tmp_path):
    monkeypatch.setenv("DOGAN_DATA", str(tmp_path / "data"))
    quick = Schedule(iterations=2, block=2)
    tiny = dataclasses.replace(
        singans.PROGRAMS["singan_wood"],
        make=lambda seed: SinGAN(max_size=40, seed=seed, width=4),
        schedules=(quick, quick),
    )
    monkeypatch.setitem(singans.PROGRAMS, "singan_tiny", tiny)
    with pytest.raises(FileNotFoundError, match="there is none"):
        pyramids.load("singan_tiny")
    out = singans.train("singan_tiny", tmp_path / "run", ship=True)
    assert (out / "samples.png").stat().st_size > 1000
    gan = pyramids.load("singan_tiny")
    assert len(gan.scales) == len(gan.shapes) > 1
    before = gan.sample(2, seed=1)
    singans.train("singan_tiny", tmp_path / "run", ship=True)  # finished: nothing to do
    np.testing.assert_array_equal(pyramids.load("singan_tiny").sample(2, seed=1), before)
