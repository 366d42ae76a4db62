"""PGGAN to the number, growth without a jump, and a run that goes on in the middle of a fade."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from data.make.shipping import save_generator
from dogan_lib import checkpoints, losses, penalties
from dogan_lib.classroom import progressive
from dogan_lib.classroom.progressive import set_level
from dogan_lib.models import pggan

IMAGES = np.random.default_rng(0).uniform(-1, 1, (40, 16, 16, 3)).astype("float32")
Z = np.random.default_rng(1).normal(size=(4, 8)).astype("float32")


def batches(n=10, size=4):
    return tf.data.Dataset.from_tensor_slices((IMAGES[: n * size],)).batch(size)


def networks(resolution=16):
    return pggan.generator(resolution, 8, cap=10), pggan.discriminator(resolution, cap=10)


def tiny(resolution=16, fading=8, **options):
    keras.utils.set_random_seed(0)
    gan = pggan.ProgressiveGAN(*networks(resolution), latent_dim=8, fading=fading)
    gan.compile(**options)
    return gan


def values(things):
    return [np.asarray(v).copy() for v in things]


def doubled(x):
    return np.repeat(np.repeat(x, 2, axis=1), 2, axis=2)


def halved(x):
    return x.reshape(len(x), x.shape[1] // 2, 2, -1, 2, 3).mean((2, 4))


# The networks -------------------------------------------------------------------------------------


def test_parameters_of_the_published_networks():
    """As the authors' code prints them; both are 23.1 million."""
    for network, expected in (
        (pggan.generator(1024), 23_079_115),
        (pggan.discriminator(1024), 23_087_249),
    ):
        assert sum(int(np.prod(w.shape)) for w in network.trainable_weights) == expected


def test_channels_of_the_paper():
    sides = [4, 8, 16, 32, 64, 128, 256, 512, 1024]
    assert [pggan.channels(s) for s in sides] == [512, 512, 512, 512, 256, 128, 64, 32, 16]
    assert [pggan.channels(s, 1 / 8, cap=256) for s in sides[:5]] == [256, 256, 128, 64, 32]
    assert pggan.channels(1024, 0.01) == 1


def test_resolutions_that_are_not_are_refused():
    for resolution in (2, 48, 2048):
        with pytest.raises(ValueError, match="power of two"):
            pggan.generator(resolution)


def test_pictures_that_cannot_be_made_that_small_are_refused():
    for side in (4, 12):
        with pytest.raises(ValueError, match=f"load dogs of 8 pixels or a multiple, not {side}"):
            pggan.shrink(tf.zeros((1, side, side, 3)), 8)


def test_a_generator_starts_with_unit_variance_at_every_layer():
    """What N(0, 1) weights and the run-time scale are for: nothing explodes, nothing vanishes."""
    generator = pggan.generator(32, 64, cap=50)
    z = np.random.default_rng(0).normal(size=(32, 64)).astype("float32")
    convs = [x for x in generator.layers if "conv" in x.name]
    outputs = keras.Model(generator.input, [x.output for x in convs])(z)
    assert all(1 < np.var(y) < 3 for y in outputs)  # gain sqrt(2) on pixels of power 1


def test_the_last_layer_is_linear_and_float32():
    keras.config.set_dtype_policy("mixed_bfloat16")
    generator, discriminator = networks(8)
    assert generator.output.dtype == discriminator.output.dtype == "float32"
    generator.get_layer("to_rgb_8").bias.assign([5.0] * 3)
    assert np.asarray(generator(Z)).max() > 2


# Fading -------------------------------------------------------------------------------------------


def generator_at(network: keras.Model, resolution: int) -> keras.Model:
    """The part of a generator that draws smaller pictures: the same layers, on the same weights."""
    there = {layer.name: layer for layer in network.layers}
    names = (f"{kind}_{resolution}" for kind in ("fade", "tanh", "to_rgb"))
    last = next(there[name] for name in names if name in there)
    return keras.Model(network.input, last.output, name=f"at_{resolution}")


def test_the_generator_fades_between_sizes_without_a_jump():
    generator, _ = networks()
    small = np.asarray(generator_at(generator, 8)(Z))
    set_level(generator, 3.0)  # alpha of 16x16 is 0
    np.testing.assert_array_equal(generator(Z), doubled(small))
    set_level(generator, 4.0)  # 1
    features = generator.get_layer("to_rgb_16").output
    stable = np.asarray(keras.Model(generator.input, features)(Z))
    np.testing.assert_array_equal(generator(Z), stable)
    set_level(generator, 3.25)
    expected = 0.75 * doubled(small) + 0.25 * stable
    np.testing.assert_allclose(generator(Z), expected, atol=1e-6)


def test_the_discriminator_fades_between_sizes_without_a_jump():
    _, discriminator = networks()
    images = IMAGES[:4]
    set_level(discriminator, 3.0)
    small = progressive.discriminator_at(discriminator, 8)
    np.testing.assert_allclose(discriminator(images), small(halved(images)), atol=1e-5)
    set_level(discriminator, 4.0)
    before = np.asarray(discriminator(images))
    discriminator.get_layer("from_rgb_8").weight.assign_add(np.ones((1, 1, 3, 10), "float32"))
    np.testing.assert_array_equal(discriminator(images), before)  # the old way has no say


@pytest.mark.parametrize("side", [4, 8, 16])
def test_the_part_that_trains_is_the_whole_at_that_level(side):
    generator, discriminator = networks()
    level = np.log2(side) - 0.5 * (side > 4)
    for network in (generator, discriminator):
        set_level(network, level)
    times = 16 // side
    pictures = np.asarray(generator_at(generator, side)(Z))
    enlarged = pictures.repeat(times, 1).repeat(times, 2)
    np.testing.assert_allclose(generator(Z), enlarged, atol=1e-6)
    reals = pggan.shrink(tf.constant(IMAGES[:4]), side)
    part = progressive.discriminator_at(discriminator, side)
    np.testing.assert_allclose(discriminator(IMAGES[:4]), part(reals), atol=1e-5)


def test_real_pictures_fade_too():
    images = IMAGES[:2]
    blurred = doubled(halved(images))
    np.testing.assert_allclose(pggan.fade_reals(images, 0.0), blurred, atol=1e-6)
    np.testing.assert_allclose(pggan.fade_reals(images, 1.0), images, atol=1e-6)
    mixed = pggan.fade_reals(images, 0.25)
    np.testing.assert_allclose(mixed, 0.75 * blurred + 0.25 * images, atol=1e-6)
    np.testing.assert_allclose(pggan.shrink(images, 8), halved(images), atol=1e-6)


def test_networks_of_two_sizes_are_refused():
    with pytest.raises(ValueError, match="different resolutions"):
        pggan.ProgressiveGAN(networks(8)[0], networks(16)[1])


# Growing ------------------------------------------------------------------------------------------


def grow(smaller, resolution, fading=8, steps=4):
    """The next size, and what each of its steps left behind."""
    gan = pggan.grown(smaller, *networks(resolution), fading=fading)
    gan.compile()
    rows = []

    class Diary(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            fades = [x for x in gan.ema_generator.layers if isinstance(x, pggan.Fade)]
            rows.append(([float(x.alpha) for x in fades], int(gan.images)))

    gan.fit(batches(steps), verbose=0, callbacks=[Diary()])
    return gan, rows


@pytest.fixture(scope="module")
def run():
    """4x4 to 8x8 to 16x16: a size after the other, four steps of four pictures each."""
    keras.utils.set_random_seed(0)
    first, early = grow(None, 4)
    second, middle = grow(first, 8)
    third, late = grow(second, 16)
    return (first, second, third), (early, middle, late)


def test_a_run_is_a_loop_over_sizes(run):
    sizes, (early, middle, late) = run
    assert [gan.side for gan in sizes] == [4, 8, 16]
    assert early == [([], images) for images in (4, 8, 12, 16)]
    assert middle == [([a], n) for a, n in ((0, 20), (0.5, 24), (1, 28), (1, 32))]
    assert late == [([1, a], n) for a, n in ((0, 36), (0.5, 40), (1, 44), (1, 48))]
    assert [int(gan.step) for gan in sizes] == [4, 8, 12]
    assert [int(gan.g_optimizer.iterations) for gan in sizes] == [4] * 3  # Adam begins anew


def test_a_grown_gan_draws_and_judges_as_the_smaller_one(run):
    smaller = run[0][1]
    larger = pggan.grown(smaller, *networks(16), fading=100)
    for name in ("generator", "ema_generator"):
        old, new = getattr(smaller, name)(Z), getattr(larger, name)(Z)
        np.testing.assert_allclose(new, doubled(np.asarray(old)), atol=1e-6)
    images = IMAGES[:4]
    expected = smaller.discriminator(halved(images))
    np.testing.assert_allclose(larger.discriminator(images), expected, atol=1e-5)
    assert int(larger.images) == int(smaller.images) == 32 and larger.latent_dim == 8
    with pytest.raises(ValueError, match="no layer"):
        pggan.grown(smaller, pggan.generator(16, 9, cap=7), pggan.discriminator(16, cap=7))


def everything(gan):
    optimizers = [*gan.g_optimizer.variables, *gan.d_optimizer.variables]
    return values([*gan.weights, *optimizers, *gan._random_states()])


def test_resumed_in_a_fade_equals_uninterrupted(tmp_path):
    """Saved at 16 pictures, where 8x8 is half faded in."""

    class Save(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                self.model.save(tmp_path / "gan.keras")

    straight = tiny(8, fading=32)
    straight.fit(batches(2), epochs=4, verbose=0, callbacks=[Save()])
    resumed = keras.models.load_model(tmp_path / "gan.keras")
    assert int(resumed.images) == 16 and resumed.side == 8 and float(resumed.alpha()) == 0.5
    alpha = float(resumed.ema_generator.get_layer("fade_8").alpha)
    assert alpha == 0.375  # of the last step, which began at 12 pictures
    resumed.fit(batches(2), initial_epoch=2, epochs=4, verbose=0)
    for a, b in zip(everything(straight), everything(resumed), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_the_papers_training_is_the_default():
    gan = tiny()
    assert gan.adversarial_loss.get_config() == losses.Wasserstein(0.001).get_config()
    assert [p.get_config() for p in gan.penalties] == [penalties.GradientPenalty(10).get_config()]
    for optimizer in (gan.g_optimizer, gan.d_optimizer):
        config = optimizer.get_config()
        assert config["learning_rate"] == pytest.approx(1e-3)
        assert (config["beta_1"], config["beta_2"], config["epsilon"]) == (0.0, 0.99, 1e-8)
    assert gan.ema == 0.999 and gan.d_steps == 1
    assert tiny(penalties=[]).penalties == ()


def test_one_compiled_step_in_a_fade():
    """What a GPU runs: XLA, with the second derivative of the penalty."""
    gan = tiny(8, fading=8, jit_compile=True)
    gan.images.assign(4)
    logs = gan.train_on_batch(IMAGES[:4], return_dict=True)
    assert np.isfinite(list(logs.values())).all()
    assert float(gan.generator.get_layer("fade_8").alpha) == 0.5


def test_a_grown_generator_ships_as_any_other(tmp_path):
    generator, _ = networks(8)
    path = save_generator(generator, "pggan8", {}, tmp_path)
    pictures = checkpoints.load_generator(path).sample(2)
    assert pictures.shape == (2, 8, 8, 3) and np.isfinite(pictures).all()


def test_the_average_of_a_grown_gan_warms_up_anew(run):
    smaller = run[0][1]
    gan = pggan.grown(smaller, *networks(16), fading=100)
    start = gan.ema_generator.get_layer("to_rgb_16").get_weights()[0]
    gan.compile(pggan.Wasserstein(), ema=0.999)
    gan.fit(IMAGES[:8], batch_size=4, verbose=0)  # in the first step the new layers count nothing
    now, mean = (
        net.get_layer("to_rgb_16").get_weights()[0] for net in (gan.generator, gan.ema_generator)
    )
    assert gan.born == 8 and int(gan.step) == 10 and not np.allclose(now, start)
    np.testing.assert_allclose(mean, start + (1 - 3 / 12) * (now - start), atol=1e-6)
