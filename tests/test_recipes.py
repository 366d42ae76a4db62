"""`dogan train`: a tiny recipe on doodles, run, stopped, resumed and shipped."""

import json

import numpy as np
import pytest

from dogan_lib import checkpoints, recipes
from dogan_lib.dogs import load_dogs
from dogan_lib.gan import GAN
from dogan_lib.models import conditional, dcgan


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
        gan = recipe.build(120) if recipe.condition == "labels" else recipe.build()
        assert gan.generator.output_shape[1:] == (recipe.size, recipe.size, 3)
        # float16, and 8 MB at most.
        assert 2 * gan.generator.count_params() < 8e6


@pytest.fixture
def by_breed(monkeypatch, tmp_path):
    """A recipe that starts from the run "plain" in this folder."""

    def build(classes):
        networks = (
            conditional.generator(classes, 8, width=4),
            conditional.discriminator(classes, width=4),
        )
        gan = GAN(*networks, latent_dim=8)
        gan.compile()
        return gan

    more = dict(batch_size=8, condition="labels", start="plain")
    recipe = recipes.Recipe(build, size=64, tricks=("tiny",), **more)
    monkeypatch.setitem(recipes.RECIPES, "by breed", recipe)
    monkeypatch.setenv("DOGAN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DOGAN_PRECISION", "float32")
    monkeypatch.chdir(tmp_path)
    return recipe


def trained_plain(folder):
    gan = GAN(dcgan.generator_64(8, width=4), dcgan.discriminator_64(width=4), latent_dim=8)
    gan.compile()
    images = np.random.default_rng(0).uniform(-1, 1, (8, 64, 64, 3)).astype("float32")
    gan.train_on_batch(images)
    folder.mkdir(parents=True)
    gan.save(folder / "gan.keras")
    return gan


def test_a_recipe_may_start_from_another_ones_weights(by_breed, tmp_path):
    plain = trained_plain(tmp_path / "runs" / "plain")
    heir = by_breed.built_for(load_dogs(size=64, source="doodle", limit=24))
    z = np.random.default_rng(1).normal(size=(2, 8)).astype("float32")
    for own, source in (
        (heir.generator, plain.generator),
        (heir.ema_generator, plain.ema_generator),
    ):
        np.testing.assert_allclose(own([z, np.array([0, 3])]), source(z), atol=1e-5)
    kernels = [gan.discriminator.trainable_variables[0] for gan in (heir, plain)]
    np.testing.assert_array_equal(*kernels)


def test_what_a_recipe_starts_from_must_be_there(by_breed):
    with pytest.raises(FileNotFoundError, match="train plain first"):
        recipes.train("by breed", "doodle", epochs=1, limit=24)


def test_a_generator_by_breed_is_shipped_with_its_breeds(by_breed, tmp_path):
    trained_plain(tmp_path / "runs" / "plain")
    recipes.train("by breed", "doodle", epochs=1, limit=24, ship=True)
    generator = checkpoints.load_generator("by breed")
    assert generator.card["classes"] == generator.classes == len(generator.card["breeds"])
    assert generator.sample(3).shape == (3, 64, 64, 3)


def test_scores_stand_on_the_card(tiny, monkeypatch):
    monkeypatch.setattr(recipes, "MEASURED", 260)
    recipes.train("tiny", "doodle", epochs=1, out=tiny, limit=520, ship=True)
    scores = checkpoints.load_generator("tiny").card["scores"]
    assert scores["n"] == 260
    assert scores["generated"]["KID"] > 10 * abs(scores["real"]["KID"])
