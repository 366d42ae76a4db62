"""Fair comparisons: what each network exchanges, the clock, and what is printed of the results."""

import numpy as np
import pytest

from data.make import comparisons
from dogan_lib.classroom import studies
from dogan_lib.dogs import load_dogs


def facts(first, second):
    rows = [("a", first), ("b", second)]
    runs = [
        {"variant": variant, "seed": seed, "KID": kid / 1000, "pictures": 640}
        for variant, kids in rows
        for seed, kid in enumerate(kids)
    ]
    return {"network": "dognet-1", "budget": {"samples": 500, "seconds": 60}, "runs": runs}


def test_the_difference_has_students_interval():
    said = studies.comparison(facts([100, 110, 120], [90, 95, 100]))
    # Differences -10, -15, -20: mean -15, standard deviation 5, t(0.975, 2) = 4.303.
    assert f"difference -15 ± {4.303 * 5 / 3**0.5:.0f}" in said
    assert "[100 110 120]" in said and "3 seeds" in said and "KID[dognet-1]" in said


@pytest.mark.parametrize("name", comparisons.COMPARISONS)
def test_every_network_takes_a_step(name):
    dogs = load_dogs(32, "portraits", limit=32, progress=False)
    for make in comparisons.COMPARISONS[name].values():
        for gan, share, options in make(0, dogs):
            clock = comparisons.Clock()
            clock.batch_size, clock.until = options["batch_size"], 1e9
            gan.fit(comparisons.batches(dogs, 0, **options), verbose=0, callbacks=[clock])
            assert 0 < share <= 1 and clock.pictures == 32
            pictures = comparisons.drawn(gan, dogs, 0, options.get("condition"))
            assert pictures.dtype == np.uint8 and pictures.shape[::3] == (32, 3)


def test_pieces_of_z_that_are_zeros_say_nothing():
    from dogan_lib.models import biggan

    generator = comparisons._at_the_start(biggan.generator(32, 4, 2, 16, attention=None), 4)
    assert generator.input_shape[0] == (None, 4)
    first = generator.layers[-1]
    z = np.random.default_rng(0).normal(size=(2, 4)).astype("float32")
    padded = np.concatenate([z, np.zeros((2, 12), "float32")], axis=1)
    labels = np.array([0, 1], "int32")
    np.testing.assert_array_equal(generator([z, labels]), first([padded, labels]))
