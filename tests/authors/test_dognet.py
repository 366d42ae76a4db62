"""DogNet and its training, at tiny width on made-up breeds."""

import io
import json
import tarfile

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from data.make import dognet as module
from data.make.dognet import Recipe, Trainer, dognet
from dogan_lib import checkpoints

TINY = {"widths": (8, 8), "blocks": (1, 1)}
QUICK = Recipe(epochs=2, batch_size=8, warmup=1, small=16, small_until=0.5)


@pytest.fixture
def examples(tmp_path):
    """Three breeds of 12 pictures, each of its own colour; 10 of each would leave too few."""
    path = tmp_path / "dogs.tar"
    random = np.random.default_rng(0)
    with tarfile.open(path, "w") as archive:
        for i in range(36):
            image = random.integers(0, 80, (64, 64, 3), dtype="uint8")
            image[..., i % 3] += 150
            buffer = io.BytesIO()
            Image.fromarray(image).save(buffer, "PNG")
            entry = tarfile.TarInfo(f"breed{i % 3}/dog_{i:02d}.png")
            entry.size = buffer.tell()
            archive.addfile(entry, io.BytesIO(buffer.getvalue()))
    return module.read_breeds(path, held_out=2)


def test_shapes_and_size():
    model = dognet(136)
    assert model.output_shape == (None, 136) and model.input_shape == (None, 64, 64, 3)
    assert model.get_layer("features").output.shape == (None, 256)
    assert model.count_params() * 2 < 8e6


def test_features_are_not_negative():
    model = dognet(3, **TINY)
    features = keras.Model(model.input, model.get_layer("features").output)
    assert np.min(features(np.random.default_rng(0).normal(size=(4, 64, 64, 3)))) >= 0


def test_the_last_ones_by_name_are_held_out(examples):
    names = np.array(examples.files)[examples.held_out]
    assert sorted(names) == [f"dog_{i}.png" for i in range(30, 36)]
    assert examples.names == ["breed0", "breed1", "breed2"]


def test_augmentation_keeps_range_and_sums(examples):
    images, targets = module.augmented(
        examples.images[:8], examples.labels[:8], 3, 48, Recipe(cutmix=1.0)
    )
    assert images.shape == (8, 48, 48, 3) and np.abs(images).max() < 3
    np.testing.assert_allclose(np.sum(targets, axis=1), 1, atol=1e-5)
    assert np.min(targets) > 0


def test_learning_rate_warms_up_and_ends_at_0():
    recipe = Recipe(epochs=10, warmup=2)
    rates = [recipe.rate(step, 5) for step in range(50)]
    assert np.argmax(rates) in (9, 10) and rates[0] < rates[5] and rates[-1] < 0.01 * max(rates)


def test_training_learns_and_resumes(examples, tmp_path, capsys):
    recipe = Recipe(epochs=2, batch_size=8, warmup=1, small=16, small_until=0.5)
    _, facts = module.train(examples, tmp_path / "run", recipe, **TINY)
    assert facts["epoch"] == 2 and "epoch 2/2 at 64 px" in capsys.readouterr().out
    more = Recipe(epochs=3, batch_size=8, warmup=1, small=16, small_until=0.5)
    trainer, facts = module.train(examples, tmp_path / "run", more, **TINY)
    text = capsys.readouterr().out
    assert "resuming after epoch 2" in text and "epoch 3/3" in text and "epoch 1/" not in text
    assert int(trainer.optimizer.iterations) == 3 * (30 // 8)


def test_state_holds_everything(examples, tmp_path):
    trainer = Trainer(3, QUICK, **TINY)
    trainer.epoch(0, examples)
    trainer.save(tmp_path / "state.npz", epoch=1)
    again = Trainer(3, QUICK, **TINY)
    assert again.load(tmp_path / "state.npz") == {"epoch": 1}
    for group in ("model", "average", "optimizer"):
        pairs = zip(getattr(trainer, group).variables, getattr(again, group).variables, strict=True)
        assert all(np.array_equal(a, b) for a, b in pairs)


def test_the_average_follows_all_weights(examples):
    trainer = Trainer(3, QUICK, **TINY)
    before = [w.copy() for w in trainer.average.get_weights()]
    trainer.epoch(0, examples)
    pairs = zip(before, trainer.average.get_weights(), strict=True)
    moved = [not np.array_equal(old, new) for old, new in pairs if old.dtype == "float32"]
    assert all(moved)


def test_accuracy_by_hand():
    scores = tf.constant([[3.0, 2, 1, 0, -1, -2], [0.0, 1, 2, 3, 4, 5]])
    labels = np.array([0, 0])
    assert module.accuracy(lambda x: scores, np.zeros((2, 4, 4, 3), "uint8"), labels) == (0.5, 0.5)


def test_finishing_writes_the_network_and_its_card(examples, tmp_path, monkeypatch):
    monkeypatch.setenv("DOGAN_DATA", str(tmp_path))
    trainer = Trainer(3, QUICK, **TINY)
    path = module.finish(trainer, examples, {"epoch": 1, "seconds": 2.0})
    card = json.loads((tmp_path / "checkpoints" / "dognet.json").read_text())
    model = keras.models.load_model(path)
    assert model.dtype_policy.name == "float32" and model.input_shape[1:] == (64, 64, 3)
    assert card["kind"] == "features" and card["version"] == module.VERSION
    assert 0 < card["mifid_threshold"] and len(card["held_out"]) == 6
    assert checkpoints.available() == [], "it is no generator"


def test_the_shipped_dognet():
    """Small, honest about its accuracy, and calibrated."""
    path = checkpoints.data_dir() / "checkpoints" / "dognet.keras"
    if not path.exists():
        pytest.skip("no data/checkpoints/dognet.keras here")
    card = checkpoints.card("dognet")
    assert path.stat().st_size < 8e6 and card["features"] <= 256
    assert card["held_out_top1"] >= 0.2 and len(card["held_out"]) == 1200
    copied = max(card["mifid_distances_copied"].values())
    assert copied < card["mifid_threshold"] < card["mifid_distance_fresh"]


@pytest.mark.slow
def test_the_shipped_dognet_names_the_held_out_dogs(shared_data):
    path = checkpoints.data_dir() / "checkpoints" / "dognet.keras"
    if not path.exists():
        pytest.skip("no data/checkpoints/dognet.keras here")
    examples = module.read_breeds(shared_data / "stanford_dogs_64_train.tar")
    held, model = examples.held_out, keras.models.load_model(path)
    top1, _ = module.accuracy(model, examples.images[held], examples.labels[held])
    assert top1 == pytest.approx(checkpoints.card("dognet")["held_out_top1"], abs=0.005)
