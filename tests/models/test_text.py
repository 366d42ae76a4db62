"""GAN-INT-CLS: captions that are read aloud, three terms by hand, and one train step of each."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from data.make.shipping import save_generator
from dogan_lib import checkpoints, losses
from dogan_lib.classroom import text_encoder
from dogan_lib.classroom.obedience import figure, obedience
from dogan_lib.dogs import load_dogs
from dogan_lib.doodles import captions, readers
from dogan_lib.doodles import painter as doodle
from dogan_lib.doodles.painter import ATTRIBUTES
from dogan_lib.gan import GAN
from dogan_lib.models import text
from dogan_lib.models.text import TextGAN

DIM = 16
FULL = dict(
    size="small", colour="white", pattern="patches", marking="black", hair="short",
    ears="floppy", pose="sitting", background="snow",
)  # fmt: skip


# Captions ------------------------------------------------------------------------------------


def test_every_caption_of_a_doodle_is_understood_completely():
    for index in range(200):
        attributes = doodle.traits(index, seed=5)[1]
        for variant in (index % 12, (index + 5) % 12):
            reading = captions.read(doodle.caption_of(attributes, variant))
            assert not reading.complaints(), str(reading)
            asked = {name: values[0] for name, values in reading.said.items()}
            solid = {"pattern": "solid", "marking": "none"} if "pattern" not in asked else {}
            assert {**asked, **solid} == attributes


def test_a_caption_says_what_is_given_and_no_more():
    whole = "a short-haired small white dog with floppy ears and black patches sitting in the snow"
    assert captions.describe(FULL, 3) == whole
    assert captions.describe({}) == "a dog"
    assert captions.describe({"pose": "portrait"}) == "a close-up of a dog"
    some = {"colour": "red", "ears": "long", "pattern": "saddle", "marking": "black"}
    for variant in range(12):
        said = captions.read(captions.describe(some, variant)).said
        assert {name: values[0] for name, values in said.items()} == some


def test_a_near_miss_has_one_lie():
    random = np.random.default_rng(0)
    for _ in range(100):
        said = captions.read(captions.near_miss(FULL, random)).said
        lies = {name for name, (value,) in said.items() if FULL[name] != value}
        assert len(lies - {"pattern", "marking"}) == 1


@pytest.mark.parametrize(
    "caption, word",
    [
        ("a purple dog", "purple"),
        ("a gray dog", "did you mean 'grey'"),
        ("a black white dog", "colour cannot be black and white"),
        ("a black dog sitting and standing", "pose cannot be sitting and standing"),
        ("a dog with floppy pricked ears", "ears cannot be floppy and pricked"),
        ("a long dog", "asks for nothing where it stands: long"),
        ("a blue dog", "asks for nothing where it stands: blue"),
        ("a tan dog", "asks for nothing where it stands: tan"),
        ("a dog with ears", "asks for nothing where it stands: ears"),
        ("a dog " * 40, "only the first 32 words"),
    ],
)
def test_what_is_odd_is_named(caption, word):
    assert word in str(captions.read(caption))


def test_colours_of_the_coat_and_of_its_pattern_are_told_apart():
    reading = captions.read("a white dog with black and brown patches")
    assert reading.said["colour"] == ("white",)
    assert reading.contradictions == {"marking": ("black", "brown")}


@pytest.mark.parametrize("nothing", ["", "  ", "?!", "개", "xyzzy 42"])
def test_a_caption_without_a_known_word_is_an_error(nothing):
    with pytest.raises(ValueError, match="asks for nothing"):
        captions.read(nothing)
    with pytest.raises(TypeError, match="NoneType"):
        captions.read(None)


def test_what_is_kept_back_is_a_sixth_and_every_value_is_still_seen():
    dogs = [doodle.traits(index)[1] for index in range(3000)]
    seen = [dog for dog in dogs if not captions.held_out(dog)]
    assert 0.1 < 1 - len(seen) / len(dogs) < 0.23
    for name in ("colour", "pose", "background"):
        assert {dog[name] for dog in seen} == set(doodle.ATTRIBUTES[name])
    asked = captions.questions(20)
    assert all(captions.held_out(question.attributes) for question in asked)
    drawing = doodle.draw(asked[0].index, 64, asked[0].seed)
    assert drawing.attributes == asked[0].attributes
    np.testing.assert_array_equal(asked[0].answer(), drawing.image)


# The encoder ---------------------------------------------------------------------------------


@pytest.fixture
def encoder(tmp_path, monkeypatch):
    """A small untrained one, in the place of the shipped."""
    monkeypatch.setenv("DOGAN_DATA", str(tmp_path))
    card = {"kind": "text encoder", "words": list(captions.VOCABULARY)}
    save_generator(text_encoder.encoder(DIM, width=8), "text_encoder", card)
    return text_encoder.load_encoder()


def test_the_encoder_reads_words_in_their_order(encoder):
    same = encoder(["a black dog", "a  Black dog!", "a black dog"])
    assert same.shape == (3, DIM) and np.ptp(same, axis=0).max() == 0
    np.testing.assert_allclose(same.std(axis=1), 1, atol=0.05)
    swapped = ["a white dog with black spots", "a black dog with white spots"]
    one, other = encoder(swapped, warn=False)
    assert np.abs(one - other).max() > 1e-3
    with pytest.warns(UserWarning, match="purple"):
        encoder("a purple dog")


def test_another_vocabulary_is_refused(encoder, tmp_path):
    card = {"kind": "text encoder", "words": ["cat"]}
    save_generator(encoder.model, "other", card)
    with pytest.raises(ValueError, match="other words"):
        text_encoder.load_encoder("other")
    with pytest.raises(FileNotFoundError, match="readers encoder"):
        text_encoder.load_encoder("none")


def test_matching_loss_by_hand():
    scores = tf.constant([[1.0, 0.0], [3.0, 2.0]])

    def entropy(own, other):
        return np.log(1 + np.exp(other - own))

    first = (entropy(1, 0) + entropy(1, 3)) / 2
    second = (entropy(2, 3) + entropy(2, 0)) / 2
    np.testing.assert_allclose(readers.matching_loss(None, scores), [first, second], rtol=1e-5)
    np.testing.assert_array_equal(readers.matched(None, scores), [1, 0])


def test_the_classifier_refuses_sizes_that_it_cannot_enlarge():
    for side in (48, 128):
        with pytest.raises(ValueError, match="16, 32 or 64 pixels a side, not"):
            readers.Attributes(None).read(np.zeros((1, side, side, 3), "uint8"))


# The networks --------------------------------------------------------------------------------


@pytest.mark.parametrize("upsample", [False, True])
def test_shapes(upsample):
    g = text.generator(DIM, 8, projected=4, width=2, upsample=upsample)
    assert [tensor.name for tensor in g.inputs] == ["latents", "captions"]
    assert g([tf.zeros((3, 8)), tf.zeros((3, DIM))]).shape == (3, 64, 64, 3)
    d = text.discriminator(DIM, projected=4, width=2)
    assert d([tf.zeros((3, 64, 64, 3)), tf.zeros((3, DIM))]).shape == (3, 1)


def test_reeds_sizes():
    """1024 numbers of text cut to 128 beside 100 of z; 4x4 kernels; channels of the paper."""
    g = text.generator(1024, width=128)
    projection, dense = (layer for layer in g.layers if isinstance(layer, keras.layers.Dense))
    assert projection.kernel.shape == (1024, 128) and dense.kernel.shape == (228, 4 * 4 * 1024)
    ups = [layer for layer in g.layers if isinstance(layer, keras.layers.Conv2DTranspose)]
    assert [layer.kernel.shape[:3] for layer in ups] == [(4, 4, n) for n in (512, 256, 128, 3)]


def test_the_style_encoder_gives_a_latent():
    style = text_encoder.style_encoder(latent_dim=7, width=2)
    assert style(tf.zeros((3, 64, 64, 3))).shape == (3, 7)


def test_g_draws_every_caption_and_midpoints():
    t = tf.constant([[0.0, 2.0], [4.0, 0.0], [2.0, 2.0], [0.0, 4.0]])
    asked = text.asked_of_g(t)
    np.testing.assert_array_equal(asked[:4], t)
    np.testing.assert_array_equal(asked[4:], [[1, 2], [2, 2]])
    with pytest.raises(ValueError, match="even size"):
        text.asked_of_g(t[:3])


# The game ------------------------------------------------------------------------------------


def tiny(loss=None, seeking=0.0, reader=None, midpoints=False, **options):
    gan = TextGAN(
        text.generator(DIM, 8, projected=4, width=2, upsample=True),
        text.discriminator(DIM, projected=4, width=2),
        latent_dim=8,
        seeking=seeking,
        reader=reader,
        midpoints=midpoints,
    )
    gan.compile(loss=loss, **options)
    return gan


def batch(n=4, wrong=False):
    random = np.random.default_rng(0)
    images = random.uniform(-1, 1, (n, 64, 64, 3)).astype("float32")
    embedded = random.normal(size=(1 + wrong, n, DIM)).astype("float32")
    return (images, *embedded)


class Table(GAN):
    """Looks a logit up: 10 x (the picture's number) + (the caption's number)."""

    def _judge(self, images, conditions):
        nothing = 0 * tf.add_n(map(tf.reduce_sum, self.discriminator.trainable_variables))
        return 10 * images[:, 0, 0, :1] + conditions[0][:, :1] + nothing


class TableTextGAN(TextGAN, Table):
    pass


@pytest.mark.parametrize("given", [False, True])
def test_the_three_terms_by_hand(given):
    gan = tiny()
    gan.__class__ = TableTextGAN
    real = tf.reshape([0.1, 0.2], (2, 1, 1, 1))
    fake = tf.reshape([-0.1, -0.3, 0.5], (3, 1, 1, 1))
    t, wrong = tf.constant([[1.0], [-1.0]]), tf.constant([[0.5], [0.7]])
    loss, right, drawn = gan._update_discriminator(real, fake, (t, wrong) if given else (t,))
    np.testing.assert_allclose(right, [[2.0], [1.0]], rtol=1e-5)
    # D sees what was drawn for the two captions, each with its own, and no midpoint's picture.
    np.testing.assert_allclose(drawn, [[0.0], [-4.0]], atol=1e-5)
    mismatched = [1.5, 2.7] if given else [0.0, 3.0]
    bce1, bce0 = (lambda x: np.log1p(np.exp(-x))), (lambda x: np.log1p(np.exp(x)))
    want = bce1(np.array([2.0, 1.0])).mean() + bce0(np.array(mismatched)).mean() / 2
    want += bce0(np.array([0.0, -4.0])).mean() / 2
    np.testing.assert_allclose(loss, want, rtol=1e-5)
    # G: all should look right, also under the caption half way.
    g_loss = gan._generator_loss(real, fake, (t, wrong))
    np.testing.assert_allclose(g_loss, bce1(np.array([0.0, -4.0, 5.0])).mean(), rtol=1e-5)


def test_what_is_not_reeds_by_hand():
    gan = tiny(seeking=0.5, midpoints=True)
    gan.__class__ = TableTextGAN
    real, t = tf.reshape([0.1, 0.2], (2, 1, 1, 1)), tf.constant([[1.0], [-1.0]])
    fake = tf.reshape([-0.1, -0.3, 0.5, 0.1], (4, 1, 1, 1))
    assert gan._asked(t)[:, 0].numpy().tolist() == [1, -1, 0, 1]
    _, _, drawn = gan._update_discriminator(real, fake, (t,))
    # The picture of the first caption, and the midpoint's with that caption.
    np.testing.assert_allclose(drawn, [[0.0], [6.0]], atol=1e-5)
    # The two of the first caption, 0.2 apart, should differ more.
    g_loss = gan._generator_loss(real, fake, (t,))
    want = np.log1p(np.exp(-np.array([0.0, -4.0, 5.0, 2.0]))).mean() + 0.5 / 0.201
    np.testing.assert_allclose(g_loss, want, rtol=1e-5)


@pytest.mark.parametrize("wrong", [False, True])
@pytest.mark.parametrize("jit", [False, True])
def test_one_train_step(jit, wrong):
    gan = tiny(jit_compile=jit, d_steps=1 + wrong)
    before = [np.copy(net.trainable_weights[0]) for net in (gan.generator, gan.discriminator)]
    logs = gan.train_on_batch(*batch(8, wrong), return_dict=True)
    assert np.isfinite(list(logs.values())).all()
    after = [net.trainable_weights[0] for net in (gan.generator, gan.discriminator)]
    assert all(np.abs(a - b).max() > 0 for a, b in zip(after, before, strict=True))


def test_batches_of_unknown_size_are_refused():
    data = tf.data.Dataset.from_tensor_slices(batch(8)).batch(4)
    with pytest.raises(ValueError, match="drop_remainder=True"):
        tiny().fit(data, verbose=0)


def small_reader():
    """Mean colours of the four quarters -> logits of every attribute."""
    images = keras.Input((64, 64, 3))
    quarters = keras.layers.Flatten()(keras.layers.AveragePooling2D(32)(images))
    heads = {name: keras.layers.Dense(len(v))(quarters) for name, v in ATTRIBUTES.items()}
    return keras.Model(images, heads)


def test_what_a_reader_does_not_see_by_hand():
    seen = {name: tf.zeros((2, len(values))) for name, values in ATTRIBUTES.items()}
    sizes = np.array([len(values) for values in ATTRIBUTES.values()])
    said = np.stack([np.zeros_like(sizes), sizes]).astype("int32")  # all; nothing
    np.testing.assert_allclose(text.misread(seen, said), np.log(sizes).sum() / 2, rtol=1e-6)
    first = next(iter(ATTRIBUTES))
    seen[first] = tf.one_hot([0, 0], len(ATTRIBUTES[first]), on_value=50.0)  # sure of it
    np.testing.assert_allclose(text.misread(seen, said), np.log(sizes[1:]).sum() / 2, rtol=1e-6)


def test_a_reader_teaches_g_and_stays_as_it_is(tmp_path):
    sizes = [len(values) for values in ATTRIBUTES.values()]
    said = np.random.default_rng(1).integers(0, sizes, (8, len(sizes))).astype("int32")
    gan = tiny(reader=small_reader())
    reader = [np.copy(w) for w in gan.reader.get_weights()]
    data = (*batch(8, wrong=True), said)
    # Held against the same fakes without one: what is misread comes on top.
    fake = gan._generate(data[0], data[1:])
    seen = gan.reader(fake[:8])
    with_reader = gan._generator_loss(data[0], fake, data[1:])
    gan.reading = 0.0
    without = gan._generator_loss(data[0], fake, data[1:])
    np.testing.assert_allclose(with_reader - without, text.misread(seen, said), rtol=1e-4)
    gan.reading = 1.0
    gan.fit(tf.data.Dataset.from_tensors(data), verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(reader, gan.reader.get_weights(), strict=True))
    gan.save(tmp_path / "gan.keras")
    twin = keras.models.load_model(tmp_path / "gan.keras")
    for a, b in zip(reader, twin.reader.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(ValueError, match="said=True"):
        gan._generator_loss(data[0], fake, data[1:3])


@pytest.mark.parametrize("loss", [losses.LeastSquares(), losses.Hinge()])
def test_other_losses_do_too(loss):
    assert np.isfinite(tiny(loss).train_on_batch(*batch(), return_dict=True)["d_loss"])


def test_a_loss_that_pairs_is_refused():
    with pytest.raises(ValueError, match="pairs"):
        tiny(losses.Relativistic())


def test_saved_and_resumed_it_is_the_same_game(tmp_path):
    gan = tiny(seeking=0.1, midpoints=True)
    gan.train_on_batch(*batch())
    gan.save(tmp_path / "gan.keras")
    twin = keras.models.load_model(tmp_path / "gan.keras")
    assert isinstance(twin, TextGAN) and twin.seeking == 0.1 and twin.midpoints
    for game in (gan, twin):
        game.train_on_batch(*batch())
    for one, other in zip(gan.weights, twin.weights, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


# Data, and drawing ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dogs():
    return load_dogs(size=64, source="doodle", limit=96, seed=3)


def test_batches_are_worded_anew_and_can_be_had_again(encoder, dogs):
    data = text_encoder.batches(dogs, encoder, 32, seed=1)
    assert len(data) == 3
    first, second = (list(data.as_numpy_iterator()) for _ in range(2))
    again = next(text_encoder.batches(dogs, encoder, 32, seed=1, start_epoch=1).as_numpy_iterator())
    for one, other in zip(second[0], again, strict=True):
        np.testing.assert_array_equal(one, other)
    assert [part.shape for part in again] == [(32, 64, 64, 3), (32, DIM), (32, DIM)]
    assert not np.array_equal(first[0][1], second[0][1])
    near = next(
        text_encoder.batches(dogs, encoder, 32, seed=1, near_misses=True).as_numpy_iterator()
    )
    assert not np.array_equal(near[2], first[0][2])
    data = text_encoder.batches(dogs, encoder, 32, seed=1, start_epoch=1, said=True)
    told = next(data.as_numpy_iterator())
    assert len(told) == 4 and told[3].shape == (32, len(ATTRIBUTES))
    np.testing.assert_array_equal(told[1], again[1])
    # The fixture's few untrained filters may miss the one word that is a lie.
    assert (np.abs(again[1] - again[2]).max(axis=1) > 0).mean() > 0.9


def test_trained_on_leaves_the_combinations_out(dogs):
    chosen = text_encoder.trained_on(dogs)
    assert 0 < len(chosen) < len(dogs)
    assert not any(map(captions.held_out, captions.rows(chosen)))


def test_a_generator_draws_sentences_and_embeddings(encoder):
    g = checkpoints.Generator(text.generator(DIM, 8, projected=4, width=2))
    two = g.sample(2, seed=1, captions=["a red dog", "a black dog on grass"])
    assert two.shape == (2, 64, 64, 3)
    embedded = encoder(["a red dog", "a black dog on grass"])
    np.testing.assert_allclose(g.sample(2, seed=1, captions=embedded), two, atol=1e-6)
    assert g.sample(3, captions="a red dog").shape == (3, 64, 64, 3)
    np.testing.assert_array_equal(g.sample(2, seed=4), g.sample(2, seed=4))
    z = np.zeros((2, 8))
    np.testing.assert_allclose(g.decode(z, captions=embedded)[0], g.decode(z[:1], embedded[:1])[0])
    with pytest.raises(ValueError, match="2 captions for 3"):
        g.sample(3, captions=["a red dog", "a black dog"])
    with pytest.raises(ValueError, match="takes no labels"):
        g.sample(3, labels=1)


# Obedience -----------------------------------------------------------------------------------


class Perfect:
    """Takes the captions and gives pictures that `Eyes` knows by their size."""

    def __init__(self, asked):
        self.asked = asked

    def sample(self, n, captions):
        assert captions == [question.caption for question in self.asked]
        return np.array([[[[i]]] for i in range(n)])


class Eyes:
    """Reads the attributes that a question had; of doodles, and of the first half of the rest."""

    def __init__(self, asked):
        self.asked = asked

    def read(self, images):
        rows = [question.attributes for question in self.asked]
        if images.ndim == 4 and images.shape[1] == 1:
            half = len(rows) // 2
            rows = rows[:half] + [{**row, "pose": "nowhere"} for row in rows[half:]]
        return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def test_obedience_by_hand():
    asked = captions.questions(10)
    result = obedience(Perfect(asked), Eyes(asked), asked)
    assert result.obeyed["colour"] == 1 and result.obeyed["pose"] == 0.5
    assert set(result.ceiling.values()) == {1.0}
    colours = [question.attributes["colour"] for question in asked]
    by_chance = np.mean([a == b for a in colours for b in colours])
    np.testing.assert_allclose(result.chance["colour"], by_chance)
    assert "50.0%" in str(result) and "pose" in str(result)
    (ax,) = figure({"once": result, "again": result}).axes
    bars = [bar.get_height() for bar in ax.patches]
    assert sorted(bars)[:2] == [0.5, 0.5] and len(bars) == 2 * len(FULL)
