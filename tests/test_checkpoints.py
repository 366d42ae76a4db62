"""Shipped generators: half the size, the same pictures, and errors that say what to do."""

import json
import zipfile

import keras
import numpy as np
import pytest

from data.make import shipping
from data.make.shipping import save_generator
from dogan_lib import checkpoints
from dogan_lib.classroom.card import described
from dogan_lib.gan import GAN
from dogan_lib.models import conditional as conditional_networks
from dogan_lib.models import dcgan, pggan


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("DOGAN_DATA", str(tmp_path))
    return tmp_path


def test_float16_file_is_smaller_and_draws_the_same(data):
    model = dcgan.generator_32(16, width=32)
    model.save(data / "full.keras")
    path = save_generator(model, "tiny", {"steps": 3})
    assert path == data / "checkpoints" / "tiny.keras"
    assert path.stat().st_size < 0.6 * (data / "full.keras").stat().st_size
    loaded = checkpoints.load_generator("tiny")
    assert loaded.card == {"name": "tiny", "steps": 3}
    assert all(w.dtype == "float32" for w in loaded.model.weights)
    same = checkpoints.Generator(model).sample(4, seed=1)
    np.testing.assert_allclose(loaded.sample(4, seed=1), same, atol=2e-3)


def test_a_generator_trained_in_mixed_precision_ships_in_float32(data):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = dcgan.generator_32(16, width=16)
    finally:
        keras.config.set_dtype_policy("float32")
    loaded = checkpoints.load_generator(save_generator(model, "mixed", {}))
    assert {layer.compute_dtype for layer in loaded.model.layers} == {"float32"}
    z = np.random.default_rng(0).normal(size=(4, 16)).astype("float32")
    np.testing.assert_allclose(loaded.decode(z), model(z), atol=0.03)


def test_available_lists_generators_and_only_those(data):
    model = dcgan.generator_32(16, width=16)
    save_generator(model, "a-dog", {})
    save_generator(model, "a-ruler", {"kind": "classifier"})
    assert checkpoints.available() == ["a-dog"]


def test_a_saved_gan_is_a_generator_too(data):
    gan = GAN(dcgan.generator_32(16, width=16), dcgan.discriminator_32(width=4), 16)
    gan.compile()
    gan.save(data / "gan.keras")
    drawn = checkpoints.load_generator(data / "gan.keras").sample(2, seed=5)
    np.testing.assert_allclose(drawn, gan.sample(2, seed=5), atol=1e-6)


def test_samples_are_as_promised(data):
    generator = checkpoints.Generator(dcgan.generator_32(16, width=16))
    pictures = generator.sample(70, seed=2)
    assert pictures.shape == (70, 32, 32, 3) and pictures.dtype == np.float32
    assert np.abs(pictures).max() <= 1
    np.testing.assert_array_equal(pictures, generator.sample(70, seed=2))
    assert not np.array_equal(pictures, generator.sample(70, seed=3))
    assert generator.sample(2, truncation=0.3).shape == (2, 32, 32, 3)


def conditional():
    z, labels = keras.Input((4,), name="latents"), keras.Input((), dtype="int32", name="labels")
    x = keras.layers.Concatenate()([z, keras.layers.Embedding(3, 4)(labels)])
    x = keras.layers.Reshape((8, 8, 3))(keras.layers.Dense(192, activation="tanh")(x))
    return checkpoints.Generator(keras.Model([z, labels], x), {"classes": 3})


def test_the_number_of_breeds_is_read_off_the_network():
    for way in ("concatenate", "normalise"):
        network = conditional_networks.generator(7, latent_dim=4, width=4, way=way)
        generator = checkpoints.Generator(network)
        assert generator.classes == 7
        assert generator.sample(9).shape == (9, 64, 64, 3)
    assert checkpoints.Generator(dcgan.generator_32(4, width=16)).classes is None


def nested(reader, labels):
    """A network that keeps in another one what reads its labels."""
    z = keras.Input((192,), name="latents")
    x = keras.layers.Reshape((8, 8, 3))(keras.layers.Concatenate()([z, reader(labels)])[:, :192])
    return keras.Model([z, labels], x)


def test_the_number_of_breeds_is_found_in_nested_networks_or_on_the_card():
    labels = keras.Input((), dtype="int32", name="labels")
    inner = keras.Model(labels, keras.layers.Embedding(5, 4)(labels))
    assert checkpoints.Generator(nested(inner, labels)).sample(3).shape == (3, 8, 8, 3)
    assert checkpoints.Generator(nested(inner, labels)).classes == 5
    blind = nested(lambda x: keras.ops.cast(x, "float32")[:, None], labels)
    assert checkpoints.Generator(blind, {"breeds": ["pug", "beagle"]}).classes == 2
    with pytest.raises(ValueError, match="how many breeds"):
        checkpoints.Generator(blind).sample(2)


def test_a_shipped_generator_describes_itself():
    text = described(checkpoints.load_generator("dcgan32"))
    for part in ("2,799,043", "718,080", "R1 penalty", "FID", "floor"):
        assert part in text


def test_a_generator_without_a_card_says_so_and_a_damaged_card_is_named(data):
    path = data / "own.keras"
    dcgan.generator_32(16, width=16).save(path)
    assert "no card says how it was trained" in described(checkpoints.load_generator(path))
    for text in ("{", "[1]", '"x"'):
        path.with_suffix(".json").write_text(text)
        with pytest.raises(ValueError, match=r"own\.json is no card that can be read"):
            checkpoints.load_generator(path)


def test_a_folder_is_no_generator(data):
    (data / "folder.keras").mkdir()
    with pytest.raises(FileNotFoundError, match=r"no generator .*folder"):
        checkpoints.load_generator(data / "folder.keras")


def test_labels_are_obeyed_checked_and_drawn_at_random():
    generator = conditional()
    assert generator.sample(5, seed=1, labels=2).shape == (5, 8, 8, 3)
    np.testing.assert_array_equal(
        generator.sample(3, labels=[1, 1, 1]), generator.sample(3, labels=1)
    )
    assert not np.array_equal(generator.sample(3, labels=0), generator.sample(3, labels=1))
    np.testing.assert_array_equal(generator.sample(9), generator.sample(9))
    assert generator.sample(0).shape == (0, 8, 8, 3)
    for n, options, sentence in (
        (1, dict(labels=3), "0 to 2"),
        (1, dict(labels=1.7), "whole numbers or names"),
        (1, dict(labels=True), "whole numbers or names"),
        (3, dict(labels=[0, 1]), "2 labels for 3 pictures"),
        (1, dict(truncation=float("nan")), "positive threshold"),
        (-1, {}, "negative"),
    ):
        with pytest.raises(ValueError, match=sentence):
            generator.sample(n, **options)


def test_captions_are_counted_before_they_are_read():
    z, captions = keras.Input((4,), name="latents"), keras.Input((6,), name="captions")
    x = keras.layers.Dense(192)(keras.layers.Concatenate()([z, captions]))
    generator = checkpoints.Generator(
        keras.Model([z, captions], keras.layers.Reshape((8, 8, 3))(x))
    )
    assert generator.sample(0).shape == (0, 8, 8, 3)
    for given in ([], ["a dog", "a cat"], np.zeros((2, 6), "float32")):
        with pytest.raises(ValueError, match=f"{len(given)} captions for 3 pictures"):
            generator.sample(3, captions=given)
    np.testing.assert_array_equal(
        generator.sample(3, captions=np.ones((1, 6), "float32")),
        generator.sample(3, captions=np.ones((3, 6), "float32")),
    )


def test_labels_may_be_names():
    generator = conditional()
    generator.card["breeds"] = ["n02085620-Chihuahua", "n02110958-pug", "n02111889-Samoyed"]
    by_number = generator.sample(2, labels=[1, 2])
    np.testing.assert_array_equal(generator.sample(2, labels=["pug", "samoyed"]), by_number)
    np.testing.assert_array_equal(
        generator.sample(2, labels="n02110958-pug"), generator.sample(2, labels=1)
    )
    with pytest.raises(ValueError, match="no breed 'Samoyd' here; did you mean Samoyed"):
        generator.sample(1, labels="Samoyd")


def test_conditions_that_a_generator_does_not_take_are_refused():
    generator = checkpoints.Generator(dcgan.generator_32(16, width=16))
    with pytest.raises(ValueError, match="no labels"):
        generator.sample(1, labels=0)
    with pytest.raises(ValueError, match="no captions"):
        generator.sample(1, captions="a small brown dog")


def test_a_missing_generator_names_those_there_are(data):
    save_generator(dcgan.generator_32(16, width=16), "here", {})
    with pytest.raises(FileNotFoundError, match="here"):
        checkpoints.load_generator("elsewhere")


def rewritten(path, change):
    """The file with its members changed: `change` gets a dict of bytes."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    change(members)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def configured(change):
    """The file with another `config.json`."""

    def edit(path):
        def change_config(members):
            config = json.loads(members["config.json"])
            members["config.json"] = json.dumps(change(config)).encode()

        rewritten(path, change_config)

    return edit


def dense_of(units):
    def change(config):
        dense = next(x for x in config["config"]["layers"] if x["class_name"] == "Dense")
        dense["config"]["units"] = units
        return config

    return configured(change)


def cut(path):
    path.write_bytes(path.read_bytes()[:-2000])


def scratched(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 3 :: 997] = bytes(len(content[len(content) // 3 :: 997]))
    path.write_bytes(content)


CONFIG = "config.json"
BROKEN = {
    "empty": (lambda path: path.write_bytes(b""), "no .keras file"),
    "a picture": (lambda path: path.write_bytes(b"\x89PNG" * 500), "no .keras file"),
    "cut short": (cut, "no .keras file"),
    "scratched": (scratched, "no network that can be read|no .keras file"),
    "nothing inside": (lambda path: rewritten(path, dict.clear), "lacks config.json"),
    "no JSON": (
        lambda path: rewritten(path, lambda m: m.update({"config.json": b"{"})),
        "not JSON",
    ),
    "a list": (configured(lambda config: [1]), "names no class"),
    "unknown class": (configured(lambda c: c | {"class_name": "X", "module": "os"}), "can be read"),
    "other weights": (
        lambda path: rewritten(path, lambda m: m.update({"model.weights.h5": b"x" * 9999})),
        "can be read",
    ),
    "padded": (
        lambda path: rewritten(
            path, lambda m: m.update({"model.weights.h5": m["model.weights.h5"] + bytes(2**26)})
        ),
        "unpacks into 67,",
    ),
    "other shapes": (dense_of(7), "can be read"),
    "huge": (dense_of(10**11), "can be read"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_damaged_or_hostile_file_is_refused_in_a_line(data, how):
    damage, sentence = BROKEN[how]
    path = save_generator(dcgan.generator_32(16, width=16), "tiny", {})
    damage(path)
    with pytest.raises(ValueError, match=sentence) as caught:
        checkpoints.load_generator("tiny")
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_a_network_that_is_no_generator_is_refused(data):
    dcgan.discriminator_32(4).save(data / "d.keras")
    with pytest.raises(ValueError, match="does not draw pictures from latents"):
        checkpoints.load_generator(data / "d.keras")


def test_weights_are_taken_over_by_name_and_counted():
    def network(head):
        z = keras.Input((3,))
        x = keras.layers.Dense(4, name="body")(z)
        return keras.Model(z, keras.layers.Dense(head, name="head")(x))

    old, new = network(2), network(5)
    head = new.get_layer("head").get_weights()
    assert pggan.take_over(new, old) == 1
    for ours, theirs in zip(new.layers[1].weights, old.layers[1].weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(new.get_layer("head").kernel, head[0])
    with pytest.raises(ValueError, match=r"no layer of .* fits"):
        pggan.take_over(dcgan.discriminator_32(4), old)


def test_a_failed_write_leaves_the_old_file(data, monkeypatch):
    model = dcgan.generator_32(16, width=16)
    path = save_generator(model, "tiny", {})
    before = path.read_bytes()
    monkeypatch.setattr(shipping, "_halved", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save_generator(model, "tiny", {})
    assert path.read_bytes() == before
    assert sorted(p.name for p in path.parent.iterdir()) == ["tiny.json", "tiny.keras"]


def shipped():
    return sorted((checkpoints.data_dir() / "checkpoints").glob("*.keras"))


@pytest.mark.parametrize("path", shipped(), ids=lambda p: p.stem)
def test_every_shipped_file_is_small_has_a_card_and_is_half_precision(path):
    assert path.stat().st_size <= 8e6
    card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    needed = {"data", "steps", "seed", "seconds", "machine", "versions"}
    if card.get("weights"):  # trained by others: where they are from, and what was added here
        needed = {"weights", "data", "command"}
    assert needed <= set(card), f"the card lacks {needed - set(card)}"
    assert shipping.WEIGHTS in zipfile.ZipFile(path).namelist()


def test_all_checkpoints_together_stay_small():
    assert sum(path.stat().st_size for path in shipped()) <= 80e6


@pytest.mark.parametrize("name", checkpoints.available())
def test_every_shipped_generator_draws(name):
    generator = checkpoints.load_generator(name)
    pictures = generator.sample(8, seed=0)
    assert pictures.shape[1] == generator.card["resolution"]
    assert pictures.std(axis=0).mean() > 0.1, "all samples look alike"
