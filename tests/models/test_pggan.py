"""PGGAN to the number, growth without a jump, and a run that goes on in the middle of a fade."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dogan_lib import checkpoints, losses, penalties
from dogan_lib.models import dcgan, pggan
from dogan_lib.models.pggan import Schedule, set_level

IMAGES = np.random.default_rng(0).uniform(-1, 1, (40, 16, 16, 3)).astype("float32")
Z = np.random.default_rng(1).normal(size=(4, 8)).astype("float32")


def batches(n=10, size=4):
    return tf.data.Dataset.from_tensor_slices((IMAGES[: n * size],)).batch(size)


def networks(resolution=16):
    return pggan.generator(resolution, 8, cap=10), pggan.discriminator(resolution, cap=10)


def tiny(schedule=None, fitted=False, **options):
    keras.utils.set_random_seed(0)
    schedule = schedule or Schedule(16, fading=8, stable=8)
    gan = pggan.ProgressiveGAN(
        *networks(schedule.resolution), schedule, latent_dim=8, fitted=fitted
    )
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


def test_the_generator_fades_between_sizes_without_a_jump():
    generator, _ = networks()
    small = np.asarray(pggan.generator_at(generator, 8)(Z))
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
    small = pggan.discriminator_at(discriminator, 8)
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
    pictures = np.asarray(pggan.generator_at(generator, side)(Z))
    enlarged = pictures.repeat(times, 1).repeat(times, 2)
    np.testing.assert_allclose(generator(Z), enlarged, atol=1e-6)
    reals = pggan.shrink(tf.constant(IMAGES[:4]), side)
    part = pggan.discriminator_at(discriminator, side)
    np.testing.assert_allclose(discriminator(IMAGES[:4]), part(reals), atol=1e-5)


def test_real_pictures_fade_too():
    images = IMAGES[:2]
    blurred = doubled(halved(images))
    np.testing.assert_allclose(pggan.fade_reals(images, 0.0), blurred, atol=1e-6)
    np.testing.assert_allclose(pggan.fade_reals(images, 1.0), images, atol=1e-6)
    mixed = pggan.fade_reals(images, 0.25)
    np.testing.assert_allclose(mixed, 0.75 * blurred + 0.25 * images, atol=1e-6)
    np.testing.assert_allclose(pggan.shrink(images, 8), halved(images), atol=1e-6)


# The schedule -------------------------------------------------------------------------------------


def test_the_papers_schedule():
    paper = Schedule(1024)
    assert paper.phases == 17
    assert [paper.start(p) for p in range(5)] == [0, 800_000, 1_600_000, 2_400_000, 3_200_000]
    assert [paper.side(p) for p in range(5)] == [4, 8, 8, 16, 16] and paper.side(16) == 1024
    assert paper.phase(799_999) == 0 and paper.phase(800_000) == 1 and paper.phase(10**9) == 16
    at = {0: 2, 800_000: 2, 1_000_000: 2.25, 1_600_000: 3, 2_800_000: 3.5, 10**9: 10}
    for images, level in at.items():
        assert float(paper.level(images)) == pytest.approx(level)


def test_impossible_schedules_are_refused():
    with pytest.raises(ValueError, match="at least one"):
        Schedule(fading=0)
    with pytest.raises(ValueError, match="power of two"):
        Schedule(60)
    with pytest.raises(ValueError, match="different resolutions"):
        pggan.ProgressiveGAN(*networks(8), Schedule(16), 8)


# Growing ------------------------------------------------------------------------------------------


class Diary(keras.callbacks.Callback):
    """What each step left behind."""

    def __init__(self):
        super().__init__()
        self.rows = []

    def on_train_batch_end(self, batch, logs=None):
        gan = self.model
        alphas = [float(x.alpha) for x in gan.ema_generator.layers if isinstance(x, pggan.Fade)]
        row = dict(phase=int(gan.phase), side=gan.side, alphas=alphas)
        row["iterations"] = int(gan.g_optimizer.iterations), int(gan.d_optimizer.iterations)
        row["blocks"] = values(gan.generator.get_layer(f"conv0_{s}").weight for s in (8, 16))
        self.rows.append(row)


@pytest.fixture(scope="module")
def grown():
    """4x4 to 8x8 to 16x16 in ten steps of four pictures, and what was seen on the way."""
    gan, diary = tiny(), Diary()
    diary.before = values(gan.generator.get_layer(f"conv0_{s}").weight for s in (8, 16))
    history = gan.fit(batches(), verbose=0, callbacks=[diary]).history
    return gan, diary, history


def test_a_run_goes_through_every_phase(grown):
    gan, diary, history = grown
    assert [row["phase"] for row in diary.rows] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert [row["side"] for row in diary.rows] == [4, 4, 8, 8, 8, 8, 16, 16, 16, 16]
    alphas = [row["alphas"] for row in diary.rows]
    assert alphas == [[0, 0]] * 3 + [[0.5, 0]] + [[1, 0]] * 3 + [[1, 0.5]] + [[1, 1]] * 2
    assert int(gan.images) == 40 and int(gan.step) == 10
    assert np.isfinite([v for curve in history.values() for v in curve]).all()


def test_the_optimizers_forget_at_the_start_of_each_phase(grown):
    rows = grown[1].rows
    assert [row["iterations"] for row in rows] == [(1, 1), (2, 2)] * 5


def test_adam_forgets_everything_but_the_rate():
    gan = tiny()
    variables = gan.discriminator.trainable_variables
    gan.d_optimizer.apply([tf.ones(v.shape) for v in variables], variables)
    pggan._forget(gan.d_optimizer)
    kept = [v for v in gan.d_optimizer.variables if np.any(np.asarray(v))]
    assert [v.name for v in kept] == ["learning_rate"] and float(kept[0]) == pytest.approx(1e-3)


def test_layers_wait_for_their_phase_and_keep_their_weights(grown):
    _, diary, _ = grown
    moved = [
        [not np.array_equal(a, b) for a, b in zip(row["blocks"], diary.before, strict=True)]
        for row in diary.rows
    ]
    # At alpha = 0, the first step of a fade, a block has no gradient yet.
    assert moved == [[False, False]] * 3 + [[True, False]] * 4 + [[True, True]] * 3
    steps = [
        np.abs(after["blocks"][0] - before["blocks"][0]).max()
        for before, after in zip(diary.rows, diary.rows[1:], strict=False)
    ]
    assert max(steps) < 0.02  # Adam's own steps; a block made anew would jump by 1


def test_new_layers_can_begin_with_the_old_pictures():
    def pictures(level):
        set_level(network, level)
        return np.asarray(network(z))

    keras.utils.set_random_seed(1)
    network = pggan.generator(16, 8, cap=24)
    z = np.random.default_rng(2).normal(size=(64, 8)).astype("float32")
    below, random = pictures(3), pictures(4)
    pggan.start_like_below(network, 16, np.random.default_rng(3).normal(size=(256, 8)))
    carried = pictures(4)
    np.testing.assert_array_equal(pictures(3), below)
    left = [np.mean((x - below) ** 2) / np.var(below) for x in (random, carried)]
    assert left[1] < 0.1 < 0.5 < left[0]
    with pytest.raises(ValueError, match="takes six"):
        pggan.start_like_below(pggan.generator(8, 8, cap=5), 8, Z)


def test_a_fitted_run_does_so_once_a_size_and_in_both_generators(monkeypatch):
    begun = []
    start = pggan.start_like_below
    monkeypatch.setattr(
        pggan, "start_like_below", lambda g, side, z: (begun.append((g, side)), start(g, side, z))
    )
    gan = tiny(fitted=True)
    gan.fit(batches(), verbose=0)
    nets = [gan.generator, gan.ema_generator]
    assert begun == [(net, side) for side in (8, 16) for net in nets]
    assert pggan.ProgressiveGAN.from_config(gan.get_config()).fitted


def test_pictures_have_the_full_size_from_the_start():
    pictures = tiny().sample(2)
    assert pictures.shape == (2, 16, 16, 3)
    np.testing.assert_array_equal(pictures, np.repeat(np.repeat(pictures[:, ::4, ::4], 4, 1), 4, 2))


def everything(gan):
    optimizers = [*gan.g_optimizer.variables, *gan.d_optimizer.variables]
    return values([*gan.weights, *optimizers, *gan._random_states()])


def test_resumed_in_a_fade_equals_uninterrupted(tmp_path):
    """Saved at 16 pictures, where 8x8 is half faded in."""

    class Save(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                self.model.save(tmp_path / "gan.keras")

    straight = tiny(Schedule(8, fading=16, stable=8))
    straight.fit(batches(2), epochs=4, verbose=0, callbacks=[Save()])
    resumed = keras.models.load_model(tmp_path / "gan.keras")
    assert resumed.schedule == straight.schedule
    assert int(resumed.images) == 16 and int(resumed.phase) == 1 and resumed.side == 8
    alpha = float(resumed.ema_generator.get_layer("fade_8").alpha)
    assert alpha == 0.25  # of the last step, which began at 12 pictures
    resumed.fit(batches(2), initial_epoch=2, epochs=4, verbose=0)
    assert int(resumed.phase) == 2
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
    gan = tiny(Schedule(8, fading=8, stable=4), jit_compile=True)
    gan.images.assign(8)
    gan.grow()
    logs = gan.train_on_batch(IMAGES[:4], return_dict=True)
    assert np.isfinite(list(logs.values())).all()
    assert gan.side == 8 and float(gan.generator.get_layer("fade_8").alpha) == 0.5


def test_a_grown_generator_ships_as_any_other(tmp_path):
    generator, _ = networks(8)
    path = checkpoints.save_generator(generator, "pggan8", {}, tmp_path)
    pictures = checkpoints.load_generator(path).sample(2)
    assert pictures.shape == (2, 8, 8, 3) and np.isfinite(pictures).all()


def radford(resolution=8):
    parts = dict(cap=10, blocks="radford")
    return pggan.generator(resolution, 8, **parts), pggan.discriminator(resolution, **parts)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_radfords_blocks_grow_too(jit_compile):
    schedule = Schedule(8, fading=8, stable=8)
    gan = pggan.ProgressiveGAN(*radford(), schedule, latent_dim=8, fitted=True)
    gan.compile(loss=losses.NonSaturating(), penalties=(), jit_compile=jit_compile)
    norms = [x for x in gan.discriminator.layers if isinstance(x, keras.layers.BatchNormalization)]
    assert [norm.name for norm in norms] == ["norm_8"]
    images = tf.data.Dataset.from_tensor_slices((IMAGES[:16, ::2, ::2],)).batch(4)
    before = values(gan.discriminator.trainable_variables)
    gan.fit(images, epochs=2, verbose=0)
    moved = zip(before, values(gan.discriminator.trainable_variables), strict=True)
    assert all(np.abs(old - new).max() > 0 for old, new in moved)
    gan.generator.get_layer("to_rgb_8").bias.assign([5.0] * 3)
    for side in (4, 8):
        assert np.abs(pggan.generator_at(gan.generator, side)(Z)).max() <= 1


@pytest.mark.parametrize(("level", "side"), [(3.0, 8), (3.5, 16)])
def test_radfords_discriminator_fades_without_a_jump(level, side):
    _, network = radford(16)
    set_level(network, level)
    part = pggan.discriminator_at(network, side)
    reals = pggan.shrink(tf.constant(IMAGES[:4]), side)
    np.testing.assert_allclose(network(IMAGES[:4]), part(reals), atol=1e-5)


def test_unknown_blocks_are_refused():
    for network in (pggan.generator, pggan.discriminator):
        with pytest.raises(ValueError, match='"karras" or "radford"'):
            network(8, blocks="resnet")


def test_new_radford_layers_carry_the_old_pictures():
    generator, _ = radford(16)
    z = np.random.default_rng(2).normal(size=(64, 8)).astype("float32")
    for _ in range(60):
        generator(z, training=True)  # a trained network knows its averages
    pggan.start_like_below(generator, 16, z)
    old, new = values(keras.Model(generator.input, generator.get_layer("fade_16").input)(z))
    assert np.mean((old - new) ** 2) < 0.06 * np.var(old)


def test_growing_may_begin_at_another_size():
    schedule = Schedule(64, fading=10, stable=20, first=16)
    assert schedule.phases == 5 and [schedule.side(p) for p in range(5)] == [16, 32, 32, 64, 64]
    assert [float(schedule.level(n)) for n in (0, 19, 25, 30, 60)] == [4, 4, 4.5, 5, 6]
    with pytest.raises(ValueError, match="first is one of"):
        Schedule(64, first=12)


@pytest.fixture(scope="module")
def finished():
    """A DCGAN with averages that are not those of new layers."""
    keras.utils.set_random_seed(0)
    generator = dcgan.generator_64(8, 2, dcgan.Parts(up="nearest", kernel_size=3))
    discriminator = dcgan.discriminator_64(2, parts=dcgan.Parts(kernel_size=4))
    for _ in range(60):
        generator(np.random.default_rng(3).normal(size=(32, 8)), training=True)
    return generator, discriminator


PARTS = dict(width=1 / 256, cap=16, blocks="radford")  # 16, 8, 4 and 2 channels up to 32x32


def test_a_trunk_draws_what_the_finished_dcgan_drew(finished):
    generator = pggan.generator(64, 8, **PARTS)
    pggan.take_trunk(generator, finished[0])
    small = np.asarray(pggan.shrink(finished[0](Z), 32))
    drawn = np.asarray(pggan.generator_at(generator, 32)(Z))
    assert np.mean((drawn - small) ** 2) < 0.5 * np.var(small)
    features = keras.Model(generator.input, generator.get_layer("norm_8").output)(Z)
    layers = [layer for layer in finished[0].layers if layer.weights]
    expected = keras.Model(finished[0].input, layers[3].output)(Z)
    np.testing.assert_allclose(features, expected, atol=1e-5)


def test_a_head_believes_what_the_finished_dcgan_believed(finished):
    """From 32x32 features on the same logit, whatever the deviation of the group."""
    discriminator = pggan.discriminator(64, **PARTS)
    pggan.take_head(discriminator, finished[1])
    x = y = np.random.default_rng(4).normal(size=(4, 32, 32, 2)).astype("float32")
    there = {layer.name: layer for layer in discriminator.layers}
    for side in (32, 16, 8):
        x = keras.ops.leaky_relu(there[f"norm_{side}"](there[f"conv_{side}"](x)), 0.2)
    deviation = np.full((4, 4, 4, 1), 7.0, "float32")
    logits = there["logit"](np.concatenate([x, deviation], -1).reshape(4, -1))
    _, _, _, *rest = finished[1].layers  # after the pictures, a convolution and its activation
    for layer in rest:
        y = layer(y)
    np.testing.assert_allclose(logits, y, atol=1e-5)
