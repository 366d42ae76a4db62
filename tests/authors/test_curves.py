"""Curves over pictures seen: points are measured once, and drawn by size."""

import json

import numpy as np
import pytest

from data.make import curves
from dogan_lib.metrics import FeatureNetwork, Features

EYES = FeatureNetwork("corners", lambda x: x[:, :2, :2].reshape(len(x), -1), threshold=0.1)


class Made:
    """A generator without a network, better from file to file."""

    classes, card = 4, {}

    def __init__(self, source):
        self.noise = float(source)

    def sample(self, n, seed=0, labels=None):
        return np.random.default_rng(seed).normal(0, 0.2 + self.noise, (n, 64, 64, 3)).clip(-1, 1)


@pytest.fixture
def bench(tmp_path, monkeypatch):
    monkeypatch.setenv("DOGAN_DATA", str(tmp_path))
    real = Made(0).sample(120)
    asked = []

    def load(source):
        asked.append(source)
        return Made(source)

    class Dogs:
        images = (real * 127.5 + 127.5).round().astype("uint8")
        breeds = ("a", "b", "c", "d")

        def __len__(self):
            return 120

    class Right:
        def accuracy(self):
            return 0.5

    eyes = FeatureNetwork("corners", EYES.run, None, 0.1, {"held_out_top1": 0.6})
    reference = Features(eyes(Dogs.images), eyes, text="60 dogs")
    monkeypatch.setattr(curves.checkpoints, "load_generator", load)
    monkeypatch.setattr(curves, "load_dogs", lambda **options: Dogs())
    monkeypatch.setattr(curves, "network", lambda name: eyes)
    monkeypatch.setattr(curves, "reference_of", lambda *arguments: reference)
    monkeypatch.setattr(curves, "recognise", lambda *arguments: Right())
    return tmp_path, asked


def test_points_are_measured_once_and_in_order(bench):
    folder, asked = bench
    found = curves.measure("tiny", "", [(200, "0.1"), (100, "0.4")], n=60)
    assert asked == ["0.4", "0.1"] and [p["pictures"] for p in found["points"]] == [100, 200]
    first, second = found["points"]
    assert first["FID"] > second["FID"] > 0 and first["top1"] == 0.5
    again = curves.measure("tiny", "", [(200, "0.1"), (100, "0.4"), (300, "0")], n=60)
    assert asked == ["0.4", "0.1", "0"] and again["points"][:2] == found["points"]
    assert json.loads((folder / "curves" / "tiny.json").read_text()) == again
    curves.measure("tiny", "", [(100, "0.4")], n=50)
    assert len(asked) == 4, "another n is another curve"


def test_the_picture(bench):
    figure = curves.figure(curves.measure("tiny", "", [(100, "0.4"), (200, "0")], n=60))
    assert [len(ax.get_title()) > 3 for ax in figure.axes] == [True] * 6
