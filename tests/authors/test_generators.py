"""`dogan train`: a tiny recipe on doodles, run, stopped, resumed and shipped."""

import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from data.make import efficientnet, generators, leaderboard, recipes
from data.make.shipping import save_generator
from dogan_lib import checkpoints
from dogan_lib.dogs import load_dogs
from dogan_lib.gan import GAN
from dogan_lib.layers import ConditionalBatchNormalization
from dogan_lib.models import conditional, dcgan, pggan, projected


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


ASKED = "tiny --data doodle --limit 24 --out {out}"


def train(out, epochs, **options):
    return generators.train("tiny", "doodle", epochs=epochs, out=out, limit=24, **options)


def test_a_run_can_be_looked_at_resumed_and_shipped(tiny, capsys):
    train(tiny, 2)
    names = {"gan.keras", "history.csv", "samples.png", "film.png", "recipe"}
    assert {path.name for path in tiny.iterdir()} == names
    train(tiny, 3, ship=True)
    film = Image.open(tiny / "film.png")
    assert film.height % 3 == 0 and film.height // 3 >= 32 and film.width >= 8 * 32
    assert "resuming" in capsys.readouterr().out
    rows = generators.read_history(tiny / "history.csv")
    assert [(row["epoch"], row["step"]) for row in rows] == [("1", "3"), ("2", "6"), ("3", "9")]
    assert checkpoints.available() == ["tiny"]
    card = checkpoints.load_generator("tiny").card
    assert (
        card["steps"] == 9 and card["pictures_seen"] == 72 and card["data"].startswith("doodle: 24")
    )
    assert card["command"].startswith("dogan train tiny --data doodle --limit 24 --epochs 3")
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


def test_a_shipped_generator_trained_further_counts_its_pictures_once(tiny, monkeypatch):
    train(tiny, 2, ship=True)
    before = checkpoints.load_generator("tiny").card
    monkeypatch.setattr(
        recipes, "further", lambda name, classes: recipes.RECIPES[name].built_for(None)
    )
    for _ in range(2):  # shipping again changes nothing
        train(tiny.with_name("further"), 1, further=True, ship=True)
        card = checkpoints.load_generator("tiny").card
        assert card["pictures_seen"] == before["pictures_seen"] + 24
        assert card["pictures_seen_itself"] == card["pictures_seen"]
        assert card["recipe"][:-1] == before["recipe"] and "24 pictures more" in card["recipe"][-1]
        assert card["command"].endswith("--further --ship")


def test_only_borrowed_eyes_go_further():
    with pytest.raises(ValueError, match="dcgan64: only generators with borrowed eyes"):
        recipes.further("dcgan64", 120)


def test_a_finished_run_is_left_alone(tiny):
    train(tiny, 1)
    before = (tiny / "gan.keras").read_bytes()
    train(tiny, 1)
    assert (tiny / "gan.keras").read_bytes() == before


def test_facts_may_be_added_to_a_card(tiny):
    model = dcgan.generator_32(16, width=16)
    save_generator(model, "own", {"steps": 3, "seed": 1})
    leaderboard.annotate("own", seed=2, scores={"n": [1.2]})
    assert checkpoints.card("own") == {"name": "own", "steps": 3, "seed": 2, "scores": {"n": [1.2]}}
    with pytest.raises(FileNotFoundError, match="no card"):
        leaderboard.annotate("nobody", seed=2)


def test_an_unknown_recipe_names_the_others():
    with pytest.raises(ValueError, match="dcgan32"):
        generators.train("dcgan128")


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_each_recipe_builds_and_ships_small(name, monkeypatch):
    monkeypatch.setattr(recipes, "finished", lambda name: recipes.RECIPES[name].build(120))
    lite0 = lambda size: efficientnet.lite0(size, weights=None)  # noqa: E731
    monkeypatch.setitem(projected.FEATURES, "lite0", lite0)
    if name == "projected128":  # starts from one that may not be shipped yet
        load = checkpoints.load_generator
        monkeypatch.setattr(checkpoints, "load_generator", lambda name: load("biggan64"))
    recipe = recipes.RECIPES[name]
    if recipe.growth:
        gan = recipe.build(None, recipe.size)
    else:
        gan = recipe.build(120) if recipe.condition == "labels" else recipe.build()
    assert gan.generator.output_shape[1:] == (recipe.size, recipe.size, 3)
    # float16, and 8 MB at most.
    assert 2 * gan.generator.count_params() < 8e6
    assert all(w.trainable for w in gan.generator.trainable_variables)
    assert len(gan.generator.trainable_variables) > 10


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
        generators.train("by breed", "doodle", epochs=1, limit=24)


def test_a_generator_by_breed_is_shipped_with_its_breeds(by_breed, tmp_path):
    trained_plain(tmp_path / "runs" / "plain")
    generators.train("by breed", "doodle", epochs=1, limit=24, ship=True)
    generator = checkpoints.load_generator("by breed")
    assert generator.card["classes"] == generator.classes == len(generator.card["breeds"])
    assert generator.sample(3).shape == (3, 64, 64, 3)


def test_scores_stand_on_the_card(tiny, monkeypatch):
    monkeypatch.setattr(generators, "MEASURED", 260)
    shipped = Path(generators.__file__).parent.parent / "checkpoints"
    (checkpoints.data_dir() / "checkpoints").mkdir(parents=True)
    for name in ("lite1.keras", "lite1.json"):  # what the scores are measured with
        shutil.copy(shipped / name, checkpoints.data_dir() / "checkpoints")
    generators.train("tiny", "doodle", epochs=1, out=tiny, limit=520, ship=True)
    scores = checkpoints.load_generator("tiny").card["scores"]
    assert scores["n"] == 260
    assert scores["generated"]["KID"] > 10 * abs(scores["real"]["KID"])


@pytest.mark.parametrize("name", ["sagan64", "biggan64"])
def test_what_is_added_to_a_finished_gan_changes_nothing_at_first(name, monkeypatch):
    finished = recipes.RECIPES["cgan64"].build(4)
    monkeypatch.setattr(recipes, "finished", lambda name: finished)
    gan = recipes.RECIPES[name].build(4)
    z, labels = np.random.default_rng(0).normal(size=(2, 100)).astype("float32"), np.array([0, 3])
    pictures = np.asarray(finished.generator([z, labels]))
    np.testing.assert_allclose(gan.generator([z, labels]), pictures, atol=1e-5)
    logits = [net([pictures, labels]) for net in (gan.discriminator, finished.discriminator)]
    np.testing.assert_allclose(*logits, atol=1e-4)
    assert gan.generator.count_params() > finished.generator.count_params()


def test_a_recipe_that_starts_from_another_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match="train cgan64 first"):
        recipes.RECIPES["sagan64"].build(4)


def test_a_run_belongs_to_its_recipe(tiny, monkeypatch):
    train(tiny, 1)
    monkeypatch.setitem(recipes.RECIPES, "other", recipes.RECIPES["tiny"])
    with pytest.raises(ValueError, match="holds a run of 'tiny'"):
        generators.train("other", "doodle", epochs=2, out=tiny, limit=24)


def test_a_run_whose_mark_is_empty_goes_on(tiny):
    """As a kill between opening the mark and writing it once left it."""
    train(tiny, 1)
    (tiny / "recipe").write_text("")
    train(tiny, 2)
    assert (tiny / "recipe").read_text() == "tiny"


def test_a_singan_leaves_another_run_alone(tiny, capsys):
    train(tiny, 1)
    assert generators.main(["singan_wood", "--out", str(tiny)]) == 1
    assert "holds a run of 'tiny'" in capsys.readouterr().err


def test_a_damaged_checkpoint_is_one_line(tiny, capsys):
    train(tiny, 1)
    whole = (tiny / "gan.keras").read_bytes()
    for content in (whole[: len(whole) // 2], b"", whole[:500] + bytes(3000) + whole[3500:]):
        (tiny / "gan.keras").write_bytes(content)
        assert generators.main(ASKED.format(out=tiny).split()) == 1
        said = capsys.readouterr().err
        assert said.startswith(f"dogan: {tiny / 'gan.keras'} is no") and said.count("\n") == 1


def test_a_history_that_cannot_be_read_begins_anew(tiny):
    train(tiny, 1)
    for content in (b"epoch,step\nx,1\n", b"\xff\x00\x01", b"epoch\n\n1,2,3\n"):
        (tiny / "history.csv").write_bytes(content)
        assert generators.read_history(tiny / "history.csv") == []
    train(tiny, 2)
    assert [row["epoch"] for row in generators.read_history(tiny / "history.csv")] == ["2"]


def test_what_a_killed_run_left_is_swept(tiny):
    tiny.mkdir()
    for name in (".gan.x.tmp.keras", ".film.x.tmp.png", ".samples.x.tmp.png", ".history.x.tmp.csv"):
        (tiny / name).touch()
    train(tiny, 1)
    assert not list(tiny.glob(".*"))


@pytest.mark.parametrize("option", ["--epochs 0", "--epochs -1", "--limit 0"])
def test_numbers_that_make_no_sense_are_refused(tiny, option):
    with pytest.raises(SystemExit):
        generators.main([*ASKED.format(out=tiny).split(), *option.split()])


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "\ndogan: stopped; the same command goes on"),
        (tf.errors.ResourceExhaustedError(None, None, "OOM\nmany\nlines"), 1, "dogan: OOM\n"),
    ],
)
def test_what_ends_a_run_is_one_line(tiny, error, code, said, monkeypatch, capsys):
    def fail(*arguments, **options):
        raise error

    monkeypatch.setattr(GAN, "fit", fail)
    assert generators.main(ASKED.format(out=tiny).split()) == code
    assert capsys.readouterr().err.startswith(said)


def test_fewer_dogs_than_a_batch_are_refused(tiny):
    with pytest.raises(ValueError, match="less than one batch of 8"):
        generators.train("tiny", "doodle", epochs=1, out=tiny, limit=5)


def test_a_film_that_cannot_be_read_begins_anew(tiny):
    train(tiny, 1)
    whole, height = (tiny / "film.png").read_bytes(), Image.open(tiny / "film.png").height
    (tiny / "film.png").write_bytes(whole[: len(whole) // 2])
    train(tiny, 2)
    assert Image.open(tiny / "film.png").height == height  # one row, the second epoch's


def test_a_loss_that_is_not_finite_is_one_line(tiny, monkeypatch, capsys):
    def fail(*arguments, **options):
        raise FloatingPointError("training stopped: d_loss = nan at step 3.")

    monkeypatch.setattr(GAN, "fit", fail)
    given = ["tiny", "--data", "doodle", "--limit", "24", "--out", str(tiny)]
    assert generators.main(given) == 1
    assert capsys.readouterr().err == "dogan: training stopped: d_loss = nan at step 3.\n"


@pytest.fixture
def growing(tiny, monkeypatch):
    """4x4 for an epoch, then 8x8."""

    def build(smaller, side):
        gan = pggan.grown(
            smaller, pggan.generator(side, 8, cap=8), pggan.discriminator(side, cap=8), 24
        )
        gan.compile()
        return gan

    recipe = recipes.Recipe(build, size=8, tricks=("tiny",), batch_size=8, growth=((4, 1), (8, 3)))
    monkeypatch.setitem(recipes.RECIPES, "tiny", recipe)
    monkeypatch.setattr(generators, "load_dogs", lambda size, **o: load_dogs(size=32, **o))
    return tiny


def test_a_recipe_that_grows_goes_on_at_its_size(growing):
    for epochs, side, fade in ((1, 4, 1.0), (2, 8, 1.0), (3, 8, 1.0)):
        train(growing, epochs)
        gan = keras.models.load_model(growing / "gan.keras")
        assert gan.side == side and int(gan.step) == 3 * epochs and int(gan.images) == 24 * epochs
        assert float(gan.alpha()) == fade


def test_all_devices_of_a_machine_with_one_play_the_same_game(tiny, capsys):
    train(tiny / "plain", 2)
    train(tiny / "mirrored", 1, strategy="mirrored")
    train(tiny / "mirrored", 2, strategy="mirrored")
    assert "mirrored: 1 replicas" in capsys.readouterr().out
    plain, mirrored = (
        checkpoints.load_generator(tiny / name / "gan.keras").sample(4)
        for name in ("plain", "mirrored")
    )
    np.testing.assert_allclose(plain, mirrored, atol=1e-4)


def test_only_the_first_worker_writes(tiny, monkeypatch):
    alone = generators.strategies.strategy()
    monkeypatch.setattr(generators.strategies, "strategy", lambda name: alone)
    monkeypatch.setattr(generators.strategies, "is_chief", lambda: False)
    train(tiny, 1, strategy="multiworker", ship=True)
    assert [path.name for path in tiny.iterdir()] == ["recipe"] and not checkpoints.available()


def test_the_program_passes_on_what_was_asked(monkeypatch, tmp_path, capsys):
    asked = {}
    monkeypatch.setattr(generators, "train", lambda **options: asked.update(options))
    line = f"dcgan32 --data doodle --epochs 2 --limit 64 --out {tmp_path} --strategy mirrored"
    assert generators.main(line.split()) == 0
    assert asked == {
        "name": "dcgan32",
        "data": "doodle",
        "epochs": 2,
        "out": tmp_path,
        "limit": 64,
        "seed": 0,
        "ship": False,
        "strategy": "mirrored",
    }
    assert generators.main([]) == 0
    assert {"dcgan32", "singan_wood"} <= set(capsys.readouterr().out.split())


def test_a_conditional_normalisation_starts_as_a_plain_one():
    plain = keras.layers.BatchNormalization(epsilon=1e-5)
    plain.build((None, 3, 3, 2))
    plain.set_weights(np.array([[2.0, 0.5], [1.0, -1.0], [0.3, 0.1], [4.0, 9.0]]))
    norm = ConditionalBatchNormalization(epsilon=1e-5)
    norm.build([(None, 3, 3, 2), (None, 2)])
    recipes._start_as(norm, plain)
    x = np.random.default_rng(0).normal(size=(2, 3, 3, 2)).astype("float32")
    np.testing.assert_allclose(norm([x, np.eye(2, dtype="float32")]), plain(x), atol=1e-6)
