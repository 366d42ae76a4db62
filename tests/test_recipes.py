"""`dogan train`: a tiny recipe on doodles, run, stopped, resumed and shipped."""

import json

import numpy as np
import pytest

from dogan_lib import checkpoints, recipes
from dogan_lib.gan import GAN
from dogan_lib.models import dcgan


@pytest.fixture
def tiny(monkeypatch, tmp_path):
    def build():
        gan = GAN(dcgan.generator_32(8, width=16), dcgan.discriminator_32(width=4), latent_dim=8)
        gan.compile()
        return gan

    recipe = recipes.Recipe(build, size=32, tricks=("tiny",), batch_size=8)
    monkeypatch.setitem(recipes.RECIPES, "tiny", recipe)
    monkeypatch.setenv("DOGAN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DOGAN_PRECISION", "float32")
    return tmp_path / "run"


def train(out, epochs, **options):
    return recipes.train("tiny", "doodle", epochs=epochs, out=out, limit=24, **options)


def test_a_run_can_be_looked_at_resumed_and_shipped(tiny, capsys):
    train(tiny, 2)
    assert {path.name for path in tiny.iterdir()} == {"gan.keras", "history.csv", "samples.png"}
    train(tiny, 3, ship=True)
    assert "resuming" in capsys.readouterr().out
    rows = recipes.read_history(tiny / "history.csv")
    assert [(row["epoch"], row["step"]) for row in rows] == [("1", "3"), ("2", "6"), ("3", "9")]
    assert checkpoints.available() == ["tiny"]
    card = checkpoints.load_generator("tiny").card
    assert (
        card["steps"] == 9 and card["pictures_seen"] == 72 and card["data"].startswith("doodle: 24")
    )
    json.dumps(card)


def test_resumed_and_uninterrupted_runs_agree(tiny):
    train(tiny / "straight", 3)
    train(tiny / "resumed", 1)
    train(tiny / "resumed", 3)
    straight, resumed = (
        checkpoints.load_generator(tiny / name / "gan.keras").sample(4)
        for name in ("straight", "resumed")
    )
    np.testing.assert_allclose(straight, resumed, atol=1e-4)


def test_a_finished_run_is_left_alone(tiny):
    train(tiny, 1)
    before = (tiny / "gan.keras").read_bytes()
    train(tiny, 1)
    assert (tiny / "gan.keras").read_bytes() == before


def test_an_unknown_recipe_names_the_others():
    with pytest.raises(ValueError, match="dcgan32"):
        recipes.train("dcgan128")


def test_each_recipe_builds_and_ships_small():
    for recipe in recipes.RECIPES.values():
        gan = recipe.build()
        assert gan.generator.output_shape[1:] == (recipe.size, recipe.size, 3)
        # float16, and 8 MB at most.
        assert 2 * gan.generator.count_params() < 8e6


def test_scores_stand_on_the_card(tiny, monkeypatch):
    monkeypatch.setattr(recipes, "MEASURED", 260)
    recipes.train("tiny", "doodle", epochs=1, out=tiny, limit=520, ship=True)
    scores = checkpoints.load_generator("tiny").card["scores"]
    assert scores["n"] == 260
    assert scores["generated"]["KID"] > 10 * abs(scores["real"]["KID"])
