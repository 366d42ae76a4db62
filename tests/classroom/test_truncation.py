"""Chapter 11's measurements: heaps of latents, statistics of their own, and honest verdicts."""

import keras
import numpy as np
import pytest

from dogan_lib import checkpoints
from dogan_lib.classroom import studies, truncation
from dogan_lib.classroom.truncation import Measured
from dogan_lib.models import biggan


def measured(precision, recall, recognised=(0.5, 0.5, 0.5)):
    return Measured(*(np.array(values) for values in (precision, recall, recognised)))


def test_a_change_within_its_error_is_no_change():
    before = measured((0.70, 0.72, 0.74), (0.40, 0.42, 0.41))
    after = measured((0.71, 0.73, 0.75), (0.20, 0.21, 0.19))
    precision, recall, recognised = truncation.changes(before, after).split("; ")
    assert "no change shown" in precision and "no change shown" in recognised
    assert "falls" in recall and "0.410 → 0.200" in recall
    assert precision.startswith("precision 0.720 → ")


def test_an_interval_is_students_with_three_degrees_of_freedom():
    values = np.array([1.0, 2.0, 3.0, 6.0])
    assert studies.interval(values) == pytest.approx(3.182 * values.std(ddof=1) / 2, rel=1e-3)


def test_heaps_of_latents_are_what_they_say():
    short, long = (
        truncation.by_length(100, longest=False)(50, 0),
        truncation.by_length(100, longest=True)(50, 0),
    )
    assert short.shape == long.shape == (50, 100)
    assert np.linalg.norm(short, axis=1).max() < 10 < np.linalg.norm(long, axis=1).min()
    assert np.abs(truncation.tails(100)(20, 0)).min() >= 1
    for name, way in truncation.WAYS.items():
        inside = np.abs(way(100, 20, 1, 0.5)).max() <= 0.5
        assert inside == (name != "scaled")


def test_statistics_settle_on_the_latents_that_are_given():
    z, labels = keras.Input((8,), name="latents"), keras.Input((), dtype="int32", name="labels")
    norm = keras.layers.BatchNormalization(center=False, scale=False)
    breed = keras.layers.Embedding(4, 8, "zeros")(labels)
    generator = checkpoints.Generator(keras.Model([z, labels], norm(z + breed)), {})

    def draw(k):
        return [biggan.truncated_normal((400, 8), 0.5, k), np.arange(400) % 4]

    settled = truncation.settled(generator, draw, passes=4)
    np.testing.assert_allclose(np.std(settled.model(draw(9)), axis=0), 1, atol=0.15)
    assert np.std(generator.model(draw(9))) < 0.4
