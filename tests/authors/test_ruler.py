"""The ruler is straight: every harm costs more the greater it is, and it sees shape.

With the shipped lite1, on real dogs where there are some and on doodles everywhere.
"""

import itertools
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "metrics"))
from small_pictures import pictures

from data.make import ruler
from dogan_lib.dogs import load_dogs
from dogan_lib.metrics import extract, features, fid, kid, mifid, precision_recall

EVERY_DAMAGE = (*ruler.DAMAGES, *ruler.SHAPE_DAMAGES)
HALF = 520  # pictures on each side: FID needs 512
HARMED = 256  # pictures at each level of a damage


@pytest.fixture(scope="module")
def lite1():
    return features.shipped("lite1")


@pytest.fixture(scope="module")
def doodles():
    return load_dogs(size=64, source="doodle", limit=2 * HALF, progress=False)


@pytest.fixture(scope="module")
def real_dogs(shared_data):
    return load_dogs(size=64, source=shared_data / "stanford_dogs_64_train.tar", progress=False)


def halves(dogs, eyes):
    """Features of one half, and the pictures and features of the other."""
    order = np.random.default_rng(0).permutation(len(dogs))
    mine, other = (dogs.subset(np.sort(part)) for part in np.array_split(order, 2))
    return extract(mine, eyes), other.images, extract(other, eyes)


@pytest.fixture(scope="module")
def doodle_halves(doodles, lite1):
    return halves(doodles, lite1)


@pytest.fixture(scope="module")
def dog_halves(real_dogs, lite1):
    return halves(real_dogs, lite1)


def rises(values):
    return all(a < b for a, b in itertools.pairwise(values))


@pytest.mark.parametrize("damage", EVERY_DAMAGE, ids=lambda damage: damage.name)
def test_doodles_that_are_harmed_more_are_farther(doodle_halves, damage):
    reference, images, _ = doodle_halves
    (curve,) = ruler.damage_curves(reference, images[:HARMED], [damage])
    assert rises(curve.fid) and rises(curve.kid), curve


@pytest.mark.slow
@pytest.mark.parametrize("damage", EVERY_DAMAGE, ids=lambda damage: damage.name)
def test_dogs_that_are_harmed_more_are_farther(dog_halves, damage):
    reference, images, _ = dog_halves
    chosen = images[np.random.default_rng(0).permutation(len(images))[:HARMED]]
    (curve,) = ruler.damage_curves(reference, chosen, [damage])
    assert rises(curve.fid) and rises(curve.kid), curve


@pytest.mark.slow
def test_fewer_breeds_are_farther(dog_halves):
    reference, _, other = dog_halves
    curve = ruler.breed_curve(reference, other)
    assert curve.levels == (0, 10, 30, 60, 90)
    assert rises(curve.fid) and rises(curve.kid), curve


def test_real_against_real_is_the_floor(doodle_halves):
    reference, images, other = doodle_halves
    floor = fid(reference, other)
    assert floor < fid(reference, extract(ruler.blurred(images, 0.5), reference.network))
    zero = kid(reference, other)
    assert abs(zero.value) < 4 * zero.error


def test_memorised_doodles_raise_mifid(doodle_halves):
    reference, images, other = doodle_halves
    copies = extract(ruler.noised(images, 4), reference.network)
    honest, caught = mifid(reference, other), mifid(other, copies)
    assert caught.details["d"] < caught.details["threshold"] and "memorised" in str(caught)
    assert caught.details["d"] < 0.5 * honest.details["d"]
    assert caught.value > 10 * caught.details["fid"]


@pytest.mark.slow
def test_memorised_dogs_raise_mifid(dog_halves, lite1):
    """With the calibrated threshold: the other half of the dogs is honest, copies are not."""
    reference, images, other = dog_halves
    honest = mifid(reference, other, n=1200)
    copies = extract(ruler.compressed(images[:1200], 25), lite1)
    caught = mifid(other, copies)
    assert honest.details["d_thr"] == 1.0 and f"of {lite1.name}" in str(honest)
    assert caught.details["d_thr"] < lite1.threshold
    assert caught.value > 5 * caught.details["fid"]


def test_precision_and_recall_move_the_right_way(doodle_halves):
    reference, images, other = doodle_halves
    fair = precision_recall(reference, other)
    few = extract(np.repeat(images[:6], 100, axis=0), reference.network)
    blurred = extract(ruler.blurred(images, 3), reference.network)
    copies, soft = precision_recall(reference, few), precision_recall(reference, blurred)
    assert copies.recall.value < 0.3 * fair.recall.value, "few perfect copies cover little"
    assert copies.precision.value > 0.5
    assert soft.precision.value < 0.5 * fair.precision.value, "blurred pictures are not real"


def test_no_damage_changes_nothing():
    images = pictures(5, size=32)
    for damage in EVERY_DAMAGE:
        np.testing.assert_array_equal(damage.apply(images, damage.levels[0]), images)
        harmed = damage.apply(images, damage.levels[-1])
        assert harmed.dtype == "uint8" and harmed.shape == images.shape


def test_shuffled_patches_are_the_same_pixels():
    images = pictures(3, size=32)
    mixed_up = ruler.shuffled(images, 4)
    assert (mixed_up != images).any()
    for before, after in zip(images, mixed_up, strict=True):
        np.testing.assert_array_equal(np.sort(before, axis=None), np.sort(after, axis=None))
    corner = mixed_up[0, :8, :8]
    patches = images[0].reshape(4, 8, 4, 8, 3).swapaxes(1, 2).reshape(16, 8, 8, 3)
    assert (patches == corner).all(axis=(1, 2, 3)).sum() == 1, "a patch is whole"


def test_only_the_upper_middle_is_exchanged():
    images = pictures(6, size=32)
    changed = (ruler.exchanged(images, 100) != images).any(axis=(0, 3))
    assert changed[4:20, 8:24].all() and changed.sum() == 16 * 16


@pytest.mark.slow
def test_lite1_sees_shape_better_than_dognet(real_dogs):
    """Shuffled patches and other dogs' heads, against a loss of detail that everybody sees."""
    found = {}
    for name in features.SHIPPED:
        reference, images, _ = halves(real_dogs, features.shipped(name))
        unit = ruler.unit(reference, images[:HARMED])
        curves = ruler.damage_curves(reference, images[:HARMED], ruler.SHAPE_DAMAGES)
        found[name] = [(curve.fid[-1] - curve.fid[0]) / unit for curve in curves]
    assert all(a > b for a, b in zip(found["lite1"], found["dognet"], strict=True)), found


def test_the_picture():
    images = pictures(40, size=32)
    means = features.network(lambda pixels: pixels.mean(axis=(1, 2)))
    curves = ruler.damage_curves(extract(pictures(40, 32, seed=1), means), images, EVERY_DAMAGE)
    labelled = extract((images, np.arange(40) % 10), means)
    curves.append(ruler.breed_curve(extract(pictures(40, 32, seed=1), means), labelled))
    assert curves[-1].n == 4 and len(curves[0].fid) == 5
    figure = ruler.figure({"means": curves}, {"means": 1.0}, images)
    assert len([ax for ax in figure.axes if ax.get_title()]) == 11
