"""Studies of many small networks: what is exchanged, resuming, and the committed results."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from data.make import ablations, variants
from dogan_lib.classroom import studies
from dogan_lib.gan import GAN
from dogan_lib.models import dcgan

IMAGES = np.random.default_rng(0).uniform(-1, 1, (8, 64, 64, 3)).astype("float32")
BUDGET = variants.Budget(steps=12, width=2, data="doodle", limit=300, samples=260, batch_size=4)


def kinds(model):
    return [type(layer).__name__ for layer in model.layers]


@pytest.mark.parametrize(
    ("name", "jit"),
    [(name, False) for name in variants.STUDIES["heuristics"]]
    + [(name, True) for name in ("strided conv down", "separate batches")],
)
def test_every_variant_takes_a_step(name, jit):
    gan = variants.STUDIES["heuristics"][name].build(width=2, seed=0)
    gan.jit_compile = jit
    before = [w.numpy().copy() for w in gan.generator.trainable_weights]
    logs = gan.train_on_batch(IMAGES, return_dict=True)
    assert all(np.isfinite(value) for value in logs.values())
    moved = [
        not np.array_equal(a, b)
        for a, b in zip(before, gan.generator.trainable_weights, strict=True)
    ]
    assert np.mean(moved) > 0.8


def test_each_variant_exchanges_what_it_says():
    built = {n: v.build(2, 0) for n, v in variants.STUDIES["heuristics"].items()}
    base = built[variants.BASE]
    assert "MaxPooling2D" in kinds(built["strided conv down"].discriminator)
    assert "MaxPooling2D" not in kinds(base.discriminator)
    assert "UpSampling2D" in kinds(built["strided conv up"].generator)
    assert "Conv2DTranspose" not in kinds(built["strided conv up"].generator)
    for net in (built["batch norm"].generator, built["batch norm"].discriminator):
        assert "BatchNormalization" not in kinds(net)
    slopes = {
        n: [x.negative_slope for x in built[n].discriminator.layers if hasattr(x, "negative_slope")]
        for n in ("LeakyReLU", variants.BASE)
    }
    assert set(slopes["LeakyReLU"]) == {0.0} and np.allclose(slopes[variants.BASE], 0.2)
    assert isinstance(built["Adam"].g_optimizer, keras.optimizers.SGD)
    kernel = [w for w in built["Gaussian init"].discriminator.weights if w.name == "kernel"][1]
    limit = np.sqrt(6 / (25 * (2 + 4)))
    assert 0.9 * limit < np.abs(kernel).max() <= limit


def test_uniform_latents_are_uniform():
    gan = variants.STUDIES["heuristics"]["Gaussian latent"].build(2, 0)
    z = np.asarray(gan._draw(1000))
    assert -1 <= z.min() < -0.99 and 0.99 < z.max() <= 1 and abs(z.std() - 3**-0.5) < 0.01


def test_mixed_batches_share_statistics():
    """With common statistics D's view of the real ones depends on the fakes; apart it does not."""

    def real_logits(kind, fake):
        keras.utils.set_random_seed(0)
        gan = kind(dcgan.generator_64(8, 2), dcgan.discriminator_64(2), latent_dim=8)
        gan.compile()
        return np.asarray(gan._judge_both(IMAGES, fake, [])[0])

    fakes = tf.zeros_like(IMAGES), tf.ones_like(IMAGES)
    apart, mixed = (
        [real_logits(kind, fake) for fake in fakes] for kind in (GAN, variants.MixedBatches)
    )
    np.testing.assert_allclose(*apart, atol=1e-6)
    assert np.abs(mixed[0] - mixed[1]).max() > 1e-4


def test_a_study_resumes_and_guards_its_budget(tmp_path, monkeypatch, capsys):
    pair = {name: variants.STUDIES["heuristics"][name] for name in (variants.BASE, "Adam")}
    monkeypatch.setitem(variants.STUDIES, "pair", pair)
    first = ablations.study("pair", BUDGET, seeds=1, out=tmp_path, workers=1)
    assert [run["variant"] for run in first["runs"]] == list(pair)
    capsys.readouterr()
    again = ablations.study("pair", BUDGET, seeds=1, out=tmp_path, workers=1)
    assert again == first and capsys.readouterr().out == "", "nothing is trained twice"
    with pytest.raises(ValueError, match="another budget"):
        ablations.study("pair", dataclasses.replace(BUDGET, steps=13), out=tmp_path, workers=1)
    monkeypatch.setenv("DOGAN_DATA", str(tmp_path / "data"))
    ablations.ship(first, tmp_path)
    assert studies.load("pair") == first
    text = studies.table(first)
    assert "SGD" in text and f"{1000 * first['runs'][0]['KID']:.1f}" in text
    labels = [t.get_text() for t in studies.figure(first).axes[0].get_yticklabels()]
    assert labels[1].startswith("Adam")


def test_workers_give_the_same_scores(tmp_path, monkeypatch):
    monkeypatch.setenv("DOGAN_PRECISION", "float32")
    one = variants.train_and_score("heuristics", variants.BASE, 0, BUDGET)[0]
    jobs = [(variants.BASE, 0)]
    ((other, pictures),) = ablations._scored("heuristics", BUDGET, jobs, workers=2, threads=1)
    assert pictures.shape == (8, 64, 64, 3)
    assert other["KID"] == pytest.approx(one["KID"], rel=0.02)


def test_too_few_steps_are_refused_before_any_training():
    with pytest.raises(ValueError, match="at least 12"):
        variants.Budget(steps=3)


def test_unknown_studies_name_the_others(tmp_path):
    with pytest.raises(ValueError, match="heuristics"):
        ablations.study("everything", BUDGET, out=tmp_path)
    with pytest.raises(FileNotFoundError, match="heuristics"):
        studies.load("everything")


@pytest.mark.parametrize("name", ["heuristics", "losses"])
def test_committed_studies_are_whole(name):
    facts = studies.load(name)
    assert facts["budget"]["data"].startswith("stanford")
    for variant, values in studies.by_variant(facts).items():
        assert len(values) >= 3, f"{variant}: three seeds at least"
    networks = variants.STUDIES[name].items()
    assert facts["instead"] == {variant: network.instead for variant, network in networks}
    assert list(studies.by_variant(facts)) == list(facts["instead"])


def test_eight_comparisons_are_counted_as_eight():
    """The intervals hold together: wider than one alone, and each holds its own ratio."""
    facts = studies.load("heuristics")
    found = studies.ratios(facts)
    assert list(found) == list(variants.STUDIES["heuristics"])[1:]
    assert all(low < middle < high for middle, low, high in found.values())
    one = facts | {"runs": [r for r in facts["runs"] if r["variant"] in (variants.BASE, "Adam")]}
    clear = [name for name, (_, low, high) in found.items() if low > 1 or high < 1]
    said = studies.claims(facts)
    assert {name for name in found if name in said} == set(clear)
    assert said.endswith(f"no claim: {8 - len(clear)} of 8")
    assert "batch norm" in clear and "separate batches" in clear
    assert studies.size(facts).startswith(f"{len(facts['runs'])} trainings: 9 networks")
    assert len(studies.ratios(one)) == 1
    studies.forest(facts)
