"""Fair comparisons: what each network exchanges, the clock, and what is printed of the results."""

import numpy as np
import pytest

from data.make import comparisons
from dogan_lib.classroom import obedience, studies
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
    dogs = load_dogs(32, "portraits", limit=64, progress=False)  # some are kept for examinations
    for make in comparisons.COMPARISONS[name].values():
        for gan, share, options in make(0, dogs):
            clock = comparisons.Clock()
            clock.batch_size, clock.until = options["batch_size"], 1e9
            some = comparisons.batches(dogs, 0, **options).take(32 // clock.batch_size)
            gan.fit(some, verbose=0, callbacks=[clock])
            assert 0 < share <= 1 and clock.pictures == 32
            pictures = comparisons.drawn(gan, dogs, 0, options.get("condition"))
            assert pictures.dtype == np.uint8
            assert pictures.shape == (64, *gan.generator.output_shape[1:])  # smaller while it grows


def test_pieces_of_z_that_are_zeros_say_nothing():
    from dogan_lib.models import biggan

    generator = comparisons._at_the_start(biggan.generator(32, 4, 2, 16, attention=None), 4)
    assert generator.input_shape[0] == (None, 4)
    first = generator.layers[-1]
    z = np.random.default_rng(0).normal(size=(2, 4)).astype("float32")
    padded = np.concatenate([z, np.zeros((2, 12), "float32")], axis=1)
    labels = np.array([0, 1], "int32")
    np.testing.assert_array_equal(generator([z, labels]), first([padded, labels]))


def test_every_extra_is_alone_and_examined_on_what_was_kept_back():
    dogs = load_dogs(32, "portraits", limit=64, progress=False)
    alone, *others = (make(0, dogs) for make in comparisons.COMPARISONS["extras"].values())

    def switches(stages):
        ((gan, _, options),) = stages
        has = dict(seeking=gan.seeking, midpoints=gan.midpoints, reader=gan.reader is not None)
        assert options["examined"]
        return {**has, "near": options.get("near_misses", False)}

    assert not any(switches(alone).values())
    assert [sum(map(bool, switches(stages).values())) for stages in others] == [1, 1, 1, 1]


def test_an_examination_is_a_row():
    class Grey:
        def sample(self, n, seed=0, captions=None):
            return np.zeros((n, 32, 32, 3), "float32")

    found = comparisons.examination(Grey(), n=8)
    assert found["spread"] == 0 and len(found["obeyed"]) == 6
    assert 0 <= found["obedience"] <= 1 and found["chance"] <= found["ceiling"] <= 1


def test_the_extras_are_told_apart_from_their_control_or_not():
    rows = {"Reed's game alone": (50, 52, 51), "+ one": (50, 52, 52), "+ two": (70, 71, 72)}
    runs = [
        {"variant": variant, "seed": seed, "pictures": 640, "KID": 0.1 + share / 1e4,
         "obedience": share / 100, "spread": 0.02 + seed / 100, "chance": 0.4, "ceiling": 0.9}
        for variant, shares in rows.items()
        for seed, share in enumerate(shares)
    ]  # fmt: skip
    budget = {"samples": 500, "seconds": 60}
    said = obedience.extras({"network": "dognet-1", "budget": budget, "runs": runs})
    assert "chance 40 %, ceiling 90 %" in said and "3 seeds" in said
    assert said.endswith("told apart: + two in obedience, + two in KID")
    one, two = (line for line in said.splitlines() if line.startswith("+ "))
    assert "*" not in one and two.count("*") == 2 and "+20.0 ± " in two
