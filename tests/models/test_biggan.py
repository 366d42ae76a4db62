"""BigGAN to the number, truncation that keeps the bell's shape, statistics that stand."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from data.make import growth
from data.make.shipping import save_generator
from dogan_lib import checkpoints, losses
from dogan_lib.classroom import truncation
from dogan_lib.generator import latents
from dogan_lib.layers import ConditionalBatchNormalization, SelfAttention, SpectralNormalization
from dogan_lib.models import biggan, conditional

RANDOM = np.random.default_rng(0)
IMAGES = tf.random.stateless_uniform((4, 32, 32, 3), (1, 2), -1, 1)
LABELS = tf.constant([0, 1, 2, 1])


def count(model):
    return sum(int(np.prod(w.shape)) for w in model.trainable_weights)


def spectral_layers(model):
    return [x for x in model._flatten_layers() if isinstance(x, SpectralNormalization)]


# The networks -------------------------------------------------------------------------------------

# Counted by google/compare_gan, "resnet_biggan"; its D leaves out the 1x1 shortcut of a block that
# halves the picture and keeps the channels, which the first author's code has: 96 -> 96 at 512 and
# 768 -> 768 at 256 and 512.
SHORTCUTS = {128: (), 256: (768,), 512: (96, 768)}
PUBLISHED = {
    128: (64, 70_433_988, 87_982_370),
    256: (128, 82_097_604, 98_635_298),
    512: (64, 82_468_068, 98_801_378),
}


@pytest.mark.parametrize("resolution", PUBLISHED)
def test_parameters_of_the_published_networks(resolution):
    attention, generator, discriminator = PUBLISHED[resolution]
    discriminator += sum(c * c + c for c in SHORTCUTS[resolution])
    g = truncation.without_numbers(
        lambda: biggan.generator(resolution, 96, 1000, attention=attention)
    )
    d = truncation.without_numbers(lambda: biggan.discriminator(resolution, 96, 1000))
    assert (count(g), count(d)) == (generator, discriminator)
    rows = truncation.blocks(g)
    assert sum(row.parameters for row in rows) == generator
    assert rows[-2].side == rows[-1].side == resolution


@pytest.mark.parametrize("resolution", [32, 64, 128])
def test_shapes_and_names(resolution):
    pieces = {32: 4, 64: 5, 128: 6}[resolution]
    generator = biggan.generator(resolution, 4, 3)
    discriminator = biggan.discriminator(resolution, 8, 3)
    assert [x.name for x in generator.inputs] == ["latents", "labels"]
    assert generator.inputs[0].shape == (None, 20 * pieces)
    pictures = generator([tf.zeros((4, 20 * pieces)), LABELS])
    assert pictures.shape == (4, resolution, resolution, 3) and pictures.dtype == "float32"
    assert discriminator([pictures, LABELS]).shape == (4, 1)


def sides_of(model, kind):
    return [x.output.shape[1] for x in model.layers if isinstance(x, kind)]


def test_attention_is_where_the_code_has_it():
    for resolution, in_d in ((32, []), (64, []), (128, [64])):
        in_g = [64] if resolution > 32 else []
        assert sides_of(biggan.generator(resolution, 4, 3), SelfAttention) == in_g
        assert sides_of(biggan.discriminator(resolution, 8, 3), SelfAttention) == in_d
    assert sides_of(biggan.discriminator(64, 8, 3, attention=32), SelfAttention) == [32]
    assert sides_of(biggan.generator(64, 4, 3, attention=None), SelfAttention) == []


def test_the_last_blocks_of_d_do_not_halve():
    for resolution, side in ((32, 8), (64, 4), (128, 4)):
        relu = sides_of(biggan.discriminator(resolution, 8, 3), keras.layers.ReLU)
        assert relu[-2:] == [side, side]


def test_all_kernels_are_spectrally_normalised_but_the_shared_embedding():
    generator, discriminator = biggan.generator(32, 4, 3), biggan.discriminator(32, 4, 3)
    for model, free in ((generator, ["shared"]), (discriminator, [])):
        wrapped = {id(x.layer) for x in spectral_layers(model)}
        kinds = keras.layers.Conv2D, keras.layers.Dense, keras.layers.Embedding
        bare = [x for x in model._flatten_layers() if isinstance(x, kinds)]
        assert [x.name for x in bare if id(x) not in wrapped] == free
        assert all(x.eps == 1e-6 for x in spectral_layers(model))
    assert generator.get_layer("shared").embeddings.shape == (3, 128)


def test_kernels_start_orthogonal():
    generator = biggan.generator(32, 8, 3, attention=16)
    for layer in spectral_layers(generator):
        kernel = np.asarray(layer.layer.kernel)
        matrix = kernel.reshape(-1, kernel.shape[-1])
        matrix = matrix if len(matrix) >= matrix.shape[1] else matrix.T
        np.testing.assert_allclose(matrix.T @ matrix, np.eye(matrix.shape[1]), atol=1e-5)


def test_each_block_reads_the_class_and_its_own_piece_of_z():
    generator = biggan.generator(64, 4, 3, attention=None)
    norms = [x for x in generator.layers if isinstance(x, ConditionalBatchNormalization)]
    assert all(x.gain.layer.kernel.shape[0] == 128 + 20 for x in norms)
    parts = keras.Model(generator.inputs, [x.output for x in norms])
    z = tf.random.stateless_normal((4, 100), (1, 2))
    other = z + tf.one_hot(65, 100)  # the third of four blocks reads 60 to 79: norms 4 and 5
    same = [np.array_equal(a, b) for a, b in zip(parts([z, LABELS]), parts([other, LABELS]))]  # noqa: B905
    assert same == [True] * 4 + [False] * 4


def test_projection_reads_the_class_linearly():
    """D(x, y) - D(x, y') = <v_y - v_y', h(x)>, where h sums the features over the picture."""
    discriminator = biggan.discriminator(32, 4, 3)
    relu = [x for x in discriminator.layers if isinstance(x, keras.layers.ReLU)][-1]
    h = np.asarray(keras.Model(discriminator.inputs, relu.output)([IMAGES, LABELS])).sum((1, 2))
    table = next(x for x in spectral_layers(discriminator) if x.layer.kernel.shape == (3, 16))
    vectors = np.asarray(table.normalized_kernel())
    scores = [np.asarray(discriminator([IMAGES, tf.fill([4], y)])) for y in (0, 1)]
    expected = h @ (vectors[0] - vectors[1])
    np.testing.assert_allclose((scores[0] - scores[1])[:, 0], expected, rtol=1e-3, atol=1e-4)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="resolution is one of"):
        biggan.generator(48)
    with pytest.raises(ValueError, match="5 equal pieces"):
        biggan.generator(64, 4, 3, latent_dim=128)


def test_a_grown_generator_draws_the_same_and_then_listens_to_z(tmp_path):
    """Also one that comes from a file, with the names that Keras gave its layers there."""
    keras.utils.clear_session()
    path = save_generator(conditional.generator(3, width=2), "small", {}, tmp_path)
    keras.utils.clear_session()
    small = checkpoints.load_generator(path)
    grown = checkpoints.Generator(growth.with_latents(small.model))
    assert grown.classes == 3 and grown.model.count_params() > small.model.count_params()
    np.testing.assert_allclose(grown.sample(3, labels=1), small.sample(3, labels=1), atol=1e-6)
    norms = [x for x in grown.model.layers if isinstance(x, ConditionalBatchNormalization)]
    assert all(x.gain.kernel.shape[0] == 3 + 100 for x in norms)
    shipped = save_generator(grown.model, "grown", {}, tmp_path)
    again = checkpoints.load_generator(shipped).sample(3, labels=1)
    np.testing.assert_allclose(again, grown.sample(3, labels=1), atol=0.02)


# Truncation ---------------------------------------------------------------------------------------


def truncated_cdf(threshold):
    inside = 2 * stats.norm.cdf(threshold) - 1
    return lambda z: (stats.norm.cdf(z) - stats.norm.cdf(-threshold)) / inside


@pytest.mark.parametrize("threshold", [0.04, 0.5, 1.0, 2.0])
def test_truncation_has_the_exact_density(threshold):
    """Kolmogorov-Smirnov against (Phi(z) - Phi(-t)) / (2 Phi(t) - 1), and its variance."""
    z = biggan.truncated_normal((200, 100), threshold, seed=3)
    assert z.dtype == "float32" and np.abs(z).max() <= threshold
    assert stats.kstest(z.ravel(), truncated_cdf(threshold)).pvalue > 0.01
    inside = 2 * stats.norm.cdf(threshold) - 1
    variance = 1 - 2 * threshold * stats.norm.pdf(threshold) / inside
    assert z.var() == pytest.approx(variance, rel=0.03)


@pytest.mark.parametrize("wrong", ["clipped", "scaled", "narrow"])
def test_what_truncation_is_not(wrong):
    """The same test tells the usual mistakes apart: at threshold 1 they have another density."""
    z = RANDOM.standard_normal(20_000)
    narrow = z * np.sqrt(0.2911)  # the truncated density's own variance
    z = {"clipped": z.clip(-1, 1), "scaled": z / np.abs(z).max(), "narrow": narrow}[wrong]
    assert stats.kstest(z, truncated_cdf(1.0)).pvalue < 1e-6


def test_truncated_draws_repeat_and_are_those_that_checkpoints_use():
    z = biggan.truncated_normal((3, 4, 5), 0.7, seed=1)
    assert z.shape == (3, 4, 5)
    np.testing.assert_array_equal(z, biggan.truncated_normal((3, 4, 5), 0.7, seed=1))
    assert not np.array_equal(z, biggan.truncated_normal((3, 4, 5), 0.7, seed=2))
    np.testing.assert_array_equal(biggan.truncated_normal((6, 5), 0.7), latents(6, 5, 0, 0.7))
    with pytest.raises(ValueError, match="positive"):
        biggan.truncated_normal((1, 1), 0)


@pytest.mark.parametrize("threshold", [0.1, 1.0, 3.0])
def test_carried_latents_have_the_same_density_and_keep_their_order(threshold):
    z = latents(100, 100, seed=5)
    moved = truncation.carried(z, threshold)
    assert moved.shape == z.shape and moved.dtype == "float32" and np.abs(moved).max() <= threshold
    assert stats.kstest(moved.ravel(), truncated_cdf(threshold)).pvalue > 0.01
    order = np.argsort(z.ravel())
    assert (np.diff(moved.ravel()[order]) >= 0).all()
    np.testing.assert_allclose(truncation.carried(z, 8.0), z, atol=1e-5)


# Orthogonal regularisation ------------------------------------------------------------------------


def with_kernels(*shapes):
    """A stand-in for a generator: kernels of these shapes, and a shared embedding."""
    label = keras.Input((), dtype="int32")
    x = keras.layers.Embedding(3, 6, name="shared")(label)
    for units in shapes:
        x = keras.layers.Dense(units, kernel_initializer="glorot_normal")(x)
    return keras.Model(label, x)


def test_orthogonal_gradient_is_that_of_the_authors_code():
    """strength x 2 ((W W^T with its diagonal set to 0) W), W an output's weights a row."""
    model = with_kernels(9, 4)  # a wide kernel and a tall one
    with tf.GradientTape() as tape:
        penalty = biggan.orthogonal_penalty(model, 1e-4)
    gradients = tape.gradient(penalty, model.trainable_variables)
    for variable, gradient in zip(model.trainable_variables, gradients, strict=True):
        if "shared" in variable.path or len(variable.shape) < 2:
            assert gradient is None
            continue
        w = np.asarray(variable).T
        overlap = w @ w.T * (1 - np.eye(len(w)))
        np.testing.assert_allclose(np.asarray(gradient).T, 2e-4 * overlap @ w, rtol=1e-3, atol=1e-8)


def test_orthogonal_rows_cost_nothing_whatever_their_length():
    model = with_kernels(6)
    model.layers[-1].kernel.assign(3 * np.eye(6)[::-1])
    assert float(biggan.orthogonal_penalty(model)) == pytest.approx(0, abs=1e-8)
    model.layers[-1].kernel.assign(np.ones((6, 6)))
    # 30 products of 6 off the diagonal.
    assert float(biggan.orthogonal_penalty(model, 1e-4)) == pytest.approx(0.5e-4 * 30 * 36)


# Standing statistics ------------------------------------------------------------------------------


def test_standing_statistics_are_the_plain_mean_over_passes():
    x = keras.Input((4, 4, 2))
    condition = keras.Input((3,))
    first = keras.layers.BatchNormalization(center=False, scale=False)
    second = ConditionalBatchNormalization(momentum=0.8)
    model = keras.Model([x, condition], second([first(x), condition]))
    for norm in (first, second.norm):
        norm.moving_mean.assign([70.0, -3.0])  # forgotten
    data = RANDOM.normal(2, 3, (5, 6, 4, 4, 2)).astype("float32")
    generator = checkpoints.Generator(model)
    stood = truncation.settled(
        generator, lambda k: [data[k], np.zeros((6, 3), "float32")], passes=5
    )
    first, second = stood.model.layers[1], stood.model.layers[3]
    np.testing.assert_allclose(first.moving_mean, data.mean((0, 1, 2, 3)), rtol=1e-4)
    variance = data.var((1, 2, 3)).mean(0)
    np.testing.assert_allclose(first.moving_variance, variance, rtol=1e-4)
    np.testing.assert_allclose(second.norm.moving_mean, [0, 0], atol=1e-5)
    np.testing.assert_allclose(second.norm.moving_variance, [1, 1], rtol=0.02)
    assert (first.momentum, second.norm.momentum) == (0.99, 0.8)


def test_standing_statistics_belong_to_their_threshold():
    generator = checkpoints.Generator(biggan.generator(32, 4, 3))

    def stand(threshold):
        def draw(k):
            return [biggan.truncated_normal((8, 80), threshold, seed=k), np.arange(8) % 3]

        layers = truncation.settled(generator, draw, passes=4).model.layers
        norms = [x.norm for x in layers if isinstance(x, ConditionalBatchNormalization)]
        return float(np.mean(norms[0].moving_variance))

    wide, narrow, again = stand(2.0), stand(0.5), stand(2.0)
    assert narrow < 0.3 * wide
    assert again == pytest.approx(wide, rel=1e-3)


def test_a_generator_stands_in_a_copy():
    generator = checkpoints.Generator(biggan.generator(32, 4, 3), {"breeds": ["a", "b", "c"]})
    before = [w.copy() for w in generator.model.get_weights()]
    made = truncation.stands(generator, (0.3, 2.0), passes=2, batch_size=8)
    for old, new in zip(before, generator.model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert list(made) == [0.3, 2.0] and made[0.3].breeds == ["a", "b", "c"]
    first, second = (made[t].sample(2, labels=1) for t in (0.3, 2.0))
    assert not np.allclose(first, second, atol=1e-3)
    again = truncation.standing(generator, 0.3, passes=2, batch_size=8)
    np.testing.assert_array_equal(again.sample(2, labels=1), first)


def test_a_generator_without_labels_stands_too():
    model = keras.Sequential(
        [
            keras.Input((6,), name="latents"),
            keras.layers.BatchNormalization(),
            keras.layers.Reshape((1, 2, 3)),
        ]
    )
    model = keras.Model(model.inputs, model.outputs)
    stood = truncation.standing(checkpoints.Generator(model), 0.5, passes=4, batch_size=64)
    variance = np.mean(stood.model.layers[1].moving_variance)
    assert variance == pytest.approx(0.0801, rel=0.2)  # of the normal density within +-0.5


# Training -----------------------------------------------------------------------------------------


SMALL = IMAGES[:, :8, :8]


@pytest.fixture
def pixels_8(monkeypatch):
    """One block that doubles, one that halves and one that does not: every kind of layer."""
    monkeypatch.setitem(biggan.G_WIDTHS, 8, (4, 4))
    monkeypatch.setitem(biggan.D_WIDTHS, 8, (4, 4))


def tiny(**options):
    keras.utils.set_random_seed(0)
    generator = biggan.generator(8, 2, 3, latent_dim=8, attention=8)
    gan = biggan.BigGAN(generator, biggan.discriminator(8, 2, 3), latent_dim=8, orthogonal=1e-3)
    gan.compile(loss=losses.Hinge(), **options)
    return gan


@pytest.mark.usefixtures("pixels_8")
def test_one_compiled_step():
    """What a GPU runs: XLA."""
    gan = tiny(jit_compile=True)
    logs = gan.train_on_batch(SMALL, LABELS, return_dict=True)
    assert np.isfinite(list(logs.values())).all() and int(gan.step) == 1


@pytest.mark.usefixtures("pixels_8")
def test_the_generators_loss_holds_the_penalty():
    gan = tiny()
    with_penalty = gan._generator_loss(SMALL, SMALL, [LABELS])
    gan.orthogonal = 0.0
    difference = float(with_penalty - gan._generator_loss(SMALL, SMALL, [LABELS]))
    assert difference == pytest.approx(
        float(biggan.orthogonal_penalty(gan.generator, 1e-3)), abs=1e-4
    )


@pytest.mark.usefixtures("pixels_8")
def test_a_trained_gan_and_its_generator_come_back(tmp_path):
    gan = tiny()
    logs = gan.train_on_batch(SMALL, LABELS, return_dict=True)
    assert np.isfinite(list(logs.values())).all()
    gan.save(tmp_path / "gan.keras")
    revived = keras.models.load_model(tmp_path / "gan.keras")
    assert revived.orthogonal == 1e-3 and int(revived.step) == 1
    np.testing.assert_array_equal(revived.sample(2, labels=1), gan.sample(2, labels=1))
    path = save_generator(gan.generator, "biggan8", {}, tmp_path)
    generator = checkpoints.load_generator(path)
    pictures = generator.sample(4, truncation=0.5, labels=np.asarray(LABELS))
    z = tf.constant(biggan.truncated_normal((4, 8), 0.5))
    np.testing.assert_allclose(pictures, gan.generator([z, LABELS]), atol=0.02)
