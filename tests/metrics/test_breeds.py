"""A feature network as a judge of labels: names, ranks, chance."""

import numpy as np
import pytest

from dogan_lib.dogs import load_dogs
from dogan_lib.metrics.breeds import Recognised, probabilities, recognise
from dogan_lib.metrics.features import real_dogs


def test_accuracy_of_given_ranks():
    result = Recognised(["a", "b", "c"], np.array([0, 0, 1, 2]), np.array([0, 1, 0, 2]), "judge")
    assert result.accuracy() == 0.5 and result.accuracy(2) == 0.75
    assert result.chance == pytest.approx(1 / 3)
    assert "50.0%" in str(result) and "33.3%" in str(result)


def test_doodles_are_known_by_name_and_wrong_labels_from_right_ones():
    dogs = load_dogs(size=64, source="doodle", limit=160)
    right = recognise(dogs.images, dogs.labels, dogs.breeds)
    wrong = recognise(dogs.images, (dogs.labels + 1) % len(dogs.breeds), dogs.breeds)
    assert right.accuracy() > 4 * right.chance > wrong.accuracy()


def test_names_not_columns_decide():
    dogs = load_dogs(size=64, source="doodle", limit=80)
    turned = list(reversed(dogs.breeds))
    labels = len(turned) - 1 - dogs.labels
    first = recognise(dogs.images, dogs.labels, dogs.breeds)
    np.testing.assert_array_equal(first.ranks, recognise(dogs.images, labels, turned).ranks)


def test_what_the_judge_does_not_know_is_named():
    with pytest.raises(ValueError, match="wolpertinger"):
        recognise(np.zeros((1, 64, 64, 3), "uint8"), [0], ["wolpertinger"])
    with pytest.raises(ValueError, match="these are lite1-dogs's features"):
        recognise(real_dogs("lite1"), np.zeros(1200, int), ["n02085620-Chihuahua"], "dognet")
    with pytest.raises(ValueError, match="2 labels for 1"):
        recognise(np.zeros((1, 64, 64, 3), "uint8"), [0, 1], ["n02085620-Chihuahua"])


def test_beliefs_sum_to_1_and_agree_with_the_ranks():
    dogs = load_dogs(size=64, source="doodle", limit=40)
    beliefs = probabilities(dogs.images, dogs.breeds)
    assert beliefs.shape == (40, len(dogs.breeds))
    np.testing.assert_allclose(beliefs.sum(axis=1), 1)
    first = recognise(dogs.images, dogs.labels, dogs.breeds).ranks == 0
    np.testing.assert_array_equal(beliefs.argmax(axis=1) == dogs.labels, first)
