"""Projected GAN: features that stay frozen and unsaved, and heads that learn through them."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from dogan_lib import losses
from dogan_lib.gan import GAN
from dogan_lib.models import projected

SIDE, CLASSES, CHANNELS = 32, 3, (4, 6, 8, 8)
IMAGES = np.random.default_rng(0).uniform(-1, 1, (8, SIDE, SIDE, 3)).astype("float32")
LABELS = (np.arange(8) % CLASSES).astype("int32")


def tiny(size=SIDE):
    """A feature network of four scales, the same one every time."""
    x = images = keras.Input((size, size, 3))
    for k in range(4):
        start = keras.initializers.HeNormal(seed=k)
        options = dict(padding="same", activation="relu", kernel_initializer=start)
        x = layers.Conv2D(4 + k, 3, 2, **options)(x)
    return projected.scales(keras.Model(images, x))


@pytest.fixture(autouse=True)
def by_name(monkeypatch):
    monkeypatch.setitem(projected.FEATURES, "tiny", tiny)


def generator(classes=None):
    z = keras.Input((4,), name="latents")
    labels = keras.Input((), dtype="int32", name="labels")
    x = z if classes is None else layers.Concatenate()([z, layers.Embedding(classes, 2)(labels)])
    x = layers.Reshape((SIDE, SIDE, 3))(layers.Dense(SIDE * SIDE * 3, activation="tanh")(x))
    return keras.Model(z if classes is None else [z, labels], x)


def made(classes=None, **options):
    d = projected.discriminator(SIDE, "tiny", classes, SIDE, CHANNELS)
    gan = GAN(generator(classes), d, latent_dim=4)
    gan.compile(loss=losses.NonSaturating(), **options)
    return gan


def values(things):
    return [np.asarray(x).copy() for x in things]


@pytest.mark.parametrize(("classes", "jit"), [(None, False), (CLASSES, False), (CLASSES, True)])
def test_one_argument_makes_a_projected_gan(classes, jit):
    gan = made(classes, jit_compile=jit)
    d, data = gan.discriminator, (IMAGES,) if classes is None else (IMAGES, LABELS)
    judged = data[0] if classes is None else list(data)
    assert d(judged).shape == (8, 4)
    seen, heads = values(d.features(IMAGES)), values(d.trainable_variables)
    pictures = values(gan.generator.trainable_variables)
    gan.fit(tf.data.Dataset.from_tensors(data), verbose=0)
    for before, after in zip(seen, values(d.features(IMAGES)), strict=True):
        np.testing.assert_array_equal(before, after)
    for network, old in ((d, heads), (gan.generator, pictures)):
        moved = zip(old, values(network.trainable_variables), strict=True)
        assert all(np.abs(a - b).max() > 0 for a, b in moved)


def test_only_the_heads_have_weights_and_they_give_the_logits():
    d = projected.discriminator(SIDE, "tiny", CLASSES, SIDE, CHANNELS)
    assert d.features.weights == [] and d.count_params() == d.heads.count_params()
    maps = d.features(IMAGES)
    assert [x.shape[1] for x in maps] == [16, 8, 4, 2]
    assert tuple(x.shape[-1] for x in maps) == CHANNELS
    np.testing.assert_allclose(
        d([IMAGES, LABELS]), d.heads([*maps, tf.constant(LABELS)]), atol=1e-6
    )
    other = (LABELS + 1) % CLASSES
    assert np.abs(d([IMAGES, LABELS]) - d([IMAGES, other])).max() > 0


def test_the_gradient_reaches_the_picture_through_every_scale():
    d = projected.discriminator(SIDE, "tiny", None, SIDE, CHANNELS)
    images = tf.constant(IMAGES)
    for scale in range(4):
        with tf.GradientTape() as tape:
            tape.watch(images)
            logit = d(images)[:, scale]
        assert float(tf.norm(tape.gradient(logit, images))) > 0


def test_features_are_not_saved_and_found_again_by_name(tmp_path):
    gan = made(CLASSES)
    gan.fit(tf.data.Dataset.from_tensors((IMAGES, LABELS)), verbose=0)
    gan.save(tmp_path / "gan.keras")
    again = keras.models.load_model(tmp_path / "gan.keras")
    judged = [IMAGES, LABELS]
    np.testing.assert_array_equal(again.discriminator(judged), gan.discriminator(judged))
    assert isinstance(again.discriminator, projected.Discriminator)
    again.fit(tf.data.Dataset.from_tensors((IMAGES, LABELS)), verbose=0)


def test_features_are_chosen_by_name():
    with pytest.raises(ValueError, match=r"'vgg': choose dognet, tiny, or .*projected\.FEATURES"):
        projected.discriminator(SIDE, "vgg")


def test_mixing_is_random_fixed_and_across_scales():
    shapes = [(16, 16, 3), (8, 8, 4), (4, 4, 5), (2, 2, 6)]
    random = np.random.default_rng(0)
    maps = [random.normal(size=(1, *shape)).astype("float32") for shape in shapes]
    one, same, other = (projected.mixing(shapes, CHANNELS, seed=seed) for seed in (1, 1, 2))

    def apart(a, b):
        return [np.abs(np.asarray(x) - np.asarray(y)).max() for x, y in zip(a, b, strict=True)]

    assert apart(one(maps), same(maps)) == [0] * 4
    assert min(apart(one(maps), other(maps))) > 0.1
    # The smallest scale is heard in all, the largest only in its own.
    assert min(apart(one(maps), one([*maps[:3], maps[3] + 1]))) > 0
    assert [x > 0 for x in apart(one(maps), one([maps[0] + 1, *maps[1:]]))] == [True] + [False] * 3


def test_dognet_looks_at_64_pixels_at_four_scales():
    d = projected.discriminator(SIDE, "dognet", channels=CHANNELS)
    sides = [x.shape[1] for x in d.features(IMAGES[:1])]
    assert len(sides) == 4 and sides == [sides[0] >> k for k in range(4)]
    assert d.features.size == 64
    with pytest.raises(ValueError, match="64x64"):
        projected.dognet(96)


def test_a_saved_gan_is_a_generator_in_a_fresh_process(tmp_path):
    gan = GAN(generator(), projected.discriminator(SIDE, channels=(2, 2, 2, 2)))
    gan.compile()
    gan.save(tmp_path / "gan.keras")
    code = "import sys; from dogan_lib import checkpoints; checkpoints.load_generator(sys.argv[1])"
    command = [sys.executable, "-c", code, str(tmp_path / "gan.keras")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr[-1000:]
