"""The three networks that read are trained, resumed and shipped: tiny ones, on few doodles."""

import numpy as np

from data.make import readers
from dogan_lib import checkpoints
from dogan_lib.classroom import text_encoder
from dogan_lib.doodles.painter import ATTRIBUTES
from dogan_lib.doodles.readers import load_attributes

DIM = 16


def args(tmp_path, **more):
    from argparse import Namespace

    return Namespace(out=tmp_path / "out", doodles=80, epochs=1, seed=3, ship=True, **more)


def test_the_guide_is_trained_and_shipped_beside_the_ruler(tmp_path, monkeypatch):
    monkeypatch.setenv("DOGAN_DATA", str(tmp_path))
    monkeypatch.setattr(readers, "BATCH", 8)
    readers.train_guide(args(tmp_path))
    card = checkpoints.card("guide")
    assert card["kind"] == "attributes" and card["pictures"] < 80
    guide, ruler = load_attributes("guide").model, readers.classifier()
    assert guide.count_params() < ruler.count_params()
    assert guide.output_names == ruler.output_names


def test_the_encoder_is_trained_resumed_and_shipped(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DOGAN_DATA", str(tmp_path))
    monkeypatch.setattr(readers, "BATCH", 8)
    monkeypatch.setattr(text_encoder, "encoder", lambda: readers_encoder())
    settings = args(tmp_path)
    readers.train_encoder(settings)
    settings.epochs = 2
    spent = checkpoints.card("text_encoder")["seconds"]
    readers.train_encoder(settings)
    assert checkpoints.card("text_encoder")["seconds"] >= spent
    assert "resuming at epoch 1 of 2" in capsys.readouterr().out
    card = checkpoints.card("text_encoder")
    assert card["kind"] == "text encoder" and set(card["held_out_attributes"]) == set(ATTRIBUTES)
    assert text_encoder.load_encoder()("a black dog").shape == (1, DIM)


def readers_encoder(build=text_encoder.encoder):
    return build(DIM, width=8)


def test_the_classifier_is_trained_and_shipped(tmp_path, monkeypatch):
    monkeypatch.setenv("DOGAN_DATA", str(tmp_path))
    monkeypatch.setattr(readers, "BATCH", 8)
    monkeypatch.setattr(readers, "EXAMINED", 16)
    build = readers.classifier
    monkeypatch.setattr(readers, "classifier", lambda: build((4, 8), (1, 1)))
    readers.train_classifier(args(tmp_path))
    assert set(checkpoints.card("attributes")["held_out_accuracy"]) == set(ATTRIBUTES)
    read = load_attributes().read(np.zeros((3, 64, 64, 3), "uint8"))
    assert all(len(values) == 3 and values[0] in ATTRIBUTES[name] for name, values in read.items())
    assert checkpoints.available() == []


def test_the_shipped_classifier_is_small():
    assert 2 * readers.classifier().count_params() < 2e6
