"""The training step: who moves, what is saved, how it resumes, and each Keras trap."""

import os
import signal
import subprocess
import sys
import time

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from dogan_lib import losses, penalties
from dogan_lib.augment import DiffAugment
from dogan_lib.callbacks import Film, Resume, StopAfter
from dogan_lib.classroom.diagnosis import Recorder
from dogan_lib.gan import GAN
from dogan_lib.generator import latents
from dogan_lib.layers import FusedBatchNormalization, SpectralNormalization
from dogan_lib.models import dcgan
from dogan_lib.signals import SIGNALS

IMAGES = np.random.default_rng(0).uniform(-1, 1, (64, 32, 32, 3)).astype("float32")


def batches(n=8, size=8):
    return tf.data.Dataset.from_tensor_slices((IMAGES[: n * size],)).batch(size)


def tiny(seed=0, **compile_options):
    keras.utils.set_random_seed(seed)
    gan = GAN(dcgan.generator_32(16, width=16), dcgan.discriminator_32(width=4), 16, seed=seed)
    gan.compile(**compile_options)
    return gan


def values(model):
    return [np.asarray(w).copy() for w in model.weights]


def same(left, right):
    return all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))


def test_discriminators_step_moves_d_alone():
    gan = tiny()
    g, d = values(gan.generator), values(gan.discriminator)
    fake = tf.random.stateless_normal((8, 32, 32, 3), (1, 2))
    gan._update_discriminator(tf.constant(IMAGES[:8]), fake, [])
    assert same(g, values(gan.generator))
    assert not same(d, values(gan.discriminator))


def test_generators_step_moves_g_alone():
    """With D's learning rate at zero a whole step leaves D's weights where they were."""
    gan = tiny(d_optimizer=keras.optimizers.SGD(0.0))
    g, d = values(gan.generator), values(gan.discriminator)
    gan.fit(batches(1), verbose=0)
    assert same(d, values(gan.discriminator))
    assert all(
        not np.array_equal(a, b)
        for a, b in zip(g, values(gan.generator), strict=True)
        if a.size > 3
    )


def test_dropout_and_batch_norm_are_on_while_training():
    gan = tiny()
    before = values(gan.generator)
    dropout = next(x for x in gan.discriminator.layers if isinstance(x, layers.Dropout))
    states = np.asarray(dropout.seed_generator.state).copy()
    gan.fit(batches(1), verbose=0)
    moving = [i for i, w in enumerate(gan.generator.weights) if "moving" in w.path]
    assert moving and all(not np.array_equal(before[i], gan.generator.weights[i]) for i in moving)
    assert not np.array_equal(states, dropout.seed_generator.state)


def test_history_shows_the_four_curves_and_nothing_else():
    history = tiny().fit(batches(2), epochs=2, verbose=0).history
    assert set(history) == set(SIGNALS)


def test_no_phantom_optimizer():
    gan = tiny()
    assert getattr(gan, "optimizer", None) is None


@pytest.mark.parametrize("name", losses.__all__)
def test_every_loss_is_one_argument(name):
    gan = tiny(loss=getattr(losses, name)())
    history = gan.fit(batches(2), verbose=0).history
    assert np.isfinite(list(history.values())).all()


def test_penalties_and_augmentation_join_in():
    gan = tiny(
        loss=losses.Wasserstein(drift=0.001),
        penalties=[penalties.GradientPenalty(10), penalties.R1(0.1)],
        augment=DiffAugment(),
    )
    history = gan.fit(batches(2), verbose=0).history
    assert np.isfinite(list(history.values())).all()


def test_d_steps_share_the_batch():
    gan = tiny(d_steps=4)
    gan.fit(batches(2, size=16), verbose=0)
    assert int(gan.d_optimizer.iterations) == 8 and int(gan.g_optimizer.iterations) == 2
    with pytest.raises(ValueError, match="d_steps"):
        tiny(d_steps=0)


def test_conditions_reach_both_networks():
    z, image, label = keras.Input((4,)), keras.Input((32, 32, 3)), keras.Input((), dtype="int32")
    embedded = layers.Embedding(3, 4)(label)
    g = layers.Reshape((32, 32, 3))(layers.Dense(3072)(layers.Concatenate()([z, embedded])))
    pooled = layers.GlobalAveragePooling2D()(image)
    d = layers.Dense(1)(layers.Concatenate()([pooled, layers.Embedding(3, 4)(label)]))
    gan = GAN(keras.Model([z, label], g), keras.Model([image, label], d), latent_dim=4)
    gan.compile()
    labels = np.arange(64, dtype="int32") % 3
    before = values(gan)
    gan.fit(tf.data.Dataset.from_tensor_slices((IMAGES, labels)).batch(8), verbose=0)
    embeddings = [i for i, w in enumerate(gan.weights) if "embedding" in w.path and w.trainable]
    assert len(embeddings) == 2
    assert all(not np.array_equal(before[i], gan.weights[i]) for i in embeddings)


# The averaged generator ------------------------------------------------------------------------


def test_the_average_starts_as_a_copy():
    gan = tiny()
    assert same(values(gan.generator), values(gan.ema_generator))


def test_the_average_follows_batch_statistics_and_warms_up():
    gan = tiny(ema=0.999)
    start = values(gan.generator)
    gan.fit(batches(4), verbose=0)
    end = values(gan.generator)
    # Four steps at 0.999 would stay within 0.4 % of the start; warmed up it covers most of the way.
    for mean, a, b, w in zip(
        values(gan.ema_generator), start, end, gan.generator.weights, strict=True
    ):
        if "moving" in w.path:
            assert np.abs(mean - a).sum() > 0.3 * np.abs(b - a).sum()


def test_the_first_steps_of_the_average_by_hand():
    gan = tiny(ema=0.999)
    weight, mean = gan.generator.weights[0], gan.ema_generator.weights[0]
    expected = np.asarray(mean).copy()
    for step in (1, 2):
        gan.fit(batches(1), verbose=0)
        decay = (1 + step) / (10 + step)
        expected = decay * expected + (1 - decay) * np.asarray(weight).copy()
    np.testing.assert_allclose(mean, expected, rtol=1e-4, atol=1e-6)


# Save, load, resume ----------------------------------------------------------------------------


def full():
    return tiny(loss=losses.LeastSquares(-1, 1, 0), augment=DiffAugment(), ema=0.9)


def everything(gan):
    optimizers = [*gan.g_optimizer.variables, *gan.d_optimizer.variables]
    states = [np.asarray(s) for s in gan._random_states()]
    return values(gan) + [np.asarray(v).copy() for v in optimizers] + states


def test_save_and_load_give_back_everything(tmp_path):
    gan = full()
    gan.fit(batches(3), verbose=0)
    gan.save(tmp_path / "gan.keras")
    revived = keras.models.load_model(tmp_path / "gan.keras")
    assert same(everything(gan), everything(revived))
    assert revived.adversarial_loss.get_config() == {"a": -1, "b": 1, "c": 0}
    assert revived.augment.policy == gan.augment.policy and revived.ema == 0.9


def test_resumed_training_equals_uninterrupted_training(tmp_path):
    straight = full()
    straight.fit(batches(3), epochs=4, verbose=0)
    first = full()
    first.fit(batches(3), epochs=2, verbose=0, callbacks=[Resume(tmp_path / "gan.keras")])
    second = keras.models.load_model(tmp_path / "gan.keras")
    second.fit(batches(3), initial_epoch=2, epochs=4, verbose=0)
    for a, b in zip(everything(straight), everything(second), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


KILLED = """
import sys, pathlib
sys.path.insert(0, {tests!r})
import keras, test_gan
path = pathlib.Path({path!r})
gan = keras.models.load_model(path) if path.exists() else test_gan.full()
done = int(gan.step) // 8
class Tell(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        print("epoch", epoch, flush=True)
    def on_train_batch_end(self, batch, logs=None):
        if {slow} and self.model.step > 20:
            import time; time.sleep(60)
gan.fit(test_gan.batches(8), initial_epoch=done, epochs=4, verbose=0,
        callbacks=[Tell(), test_gan.Resume(path)])
"""


def test_sigkill_in_the_middle_loses_nothing_but_the_epoch(tmp_path):
    path = tmp_path / "gan.keras"
    code = KILLED.format(tests=os.path.dirname(__file__), path=str(path), slow=True)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if line.strip() == "epoch 2":
            break
    time.sleep(1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert int(keras.models.load_model(path).step) == 16
    code = KILLED.format(tests=os.path.dirname(__file__), path=str(path), slow=False)
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    straight = full()
    straight.fit(batches(8), epochs=4, verbose=0)
    resumed = keras.models.load_model(path)
    assert int(resumed.step) == 32
    for a, b in zip(everything(straight), everything(resumed), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


# Traps -----------------------------------------------------------------------------------------


def test_nan_stops_with_the_step_and_the_loss():
    broken = IMAGES.copy()
    broken[17, 0, 0, 0] = np.nan  # in the third batch of eight
    data = tf.data.Dataset.from_tensor_slices((broken,)).batch(8)
    with pytest.raises(FloatingPointError, match="a picture of step 3 holds NaN"):
        tiny().fit(data, verbose=0)


class Explode(keras.callbacks.Callback):
    """As too high a learning rate does, after so many batches."""

    def __init__(self, after):
        super().__init__()
        self.after = after

    def on_train_batch_end(self, batch, logs=None):
        if batch + 1 == self.after:
            weight = self.model.generator.trainable_weights[0]
            weight.assign(weight * np.inf)


def test_a_loss_that_is_not_finite_stops_with_its_name_and_step():
    with pytest.raises(FloatingPointError, match=r"_loss = (nan|inf).* at step 3"):
        tiny().fit(batches(4), verbose=0, callbacks=[Explode(2)])


def test_weights_that_are_not_finite_are_never_saved(tmp_path):
    """The last step of an epoch poisons G while its own losses are still finite."""
    path, gan = tmp_path / "gan.keras", tiny()
    gan.fit(batches(2), verbose=0, callbacks=[Resume(path)])
    good = path.read_bytes()
    with pytest.raises(FloatingPointError, match=r"gan\.keras still holds the last good state"):
        gan.fit(batches(2), verbose=0, callbacks=[Explode(2), Resume(path)])
    assert path.read_bytes() == good and os.listdir(tmp_path) == ["gan.keras"]


def test_what_a_killed_save_left_is_swept(tmp_path):
    left, other = tmp_path / ".gan.x1.tmp.keras", tmp_path / ".other.x1.tmp.keras"
    for file in (left, other):
        file.touch()
    tiny().fit(batches(1), verbose=0, callbacks=[Resume(tmp_path / "gan.keras")])
    assert sorted(os.listdir(tmp_path)) == [".other.x1.tmp.keras", "gan.keras"]


def test_the_recorder_keeps_every_step_and_fit_their_mean():
    gan, recorder = tiny(), Recorder()
    history = gan.fit(batches(3), epochs=2, verbose=0, callbacks=[recorder]).history
    for name in SIGNALS:
        assert len(recorder.history[name]) == 6
        steps = np.reshape(recorder.history[name], (2, 3))
        np.testing.assert_allclose(steps.mean(axis=1), history[name], rtol=1e-4, atol=1e-6)


def test_nan_is_located_inside_several_steps_of_one_execution():
    broken = IMAGES.copy()
    broken[17, 0, 0, 0] = np.nan
    data = tf.data.Dataset.from_tensor_slices((broken,)).batch(8)
    with pytest.raises(FloatingPointError, match="of step 3"):
        tiny(steps_per_execution=4).fit(data, verbose=0)


def test_steps_per_execution_counts_every_step():
    gan = tiny(steps_per_execution=4)
    gan.fit(batches(8), verbose=0)
    assert int(gan.step) == 8


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_ends_in_float32_and_scales_float16(policy, tmp_path):
    keras.config.set_dtype_policy(policy)
    try:
        gan = tiny()
        assert gan.generator.output.dtype == "float32"
        assert gan.discriminator.output.dtype == "float32"
        scaled = isinstance(gan.g_optimizer, keras.optimizers.LossScaleOptimizer)
        assert scaled == (policy == "mixed_float16")
        before = values(gan.generator)
        gan.fit(batches(2), verbose=0)
        assert not same(before, values(gan.generator))
        gan.save(tmp_path / "gan.keras")
        assert same(everything(gan), everything(keras.models.load_model(tmp_path / "gan.keras")))
    finally:
        keras.config.set_dtype_policy("float32")


def test_a_step_that_float16_skips_leaves_nothing_that_is_not_finite(tmp_path):
    keras.config.set_dtype_policy("mixed_float16")
    path, adam = tmp_path / "gan.keras", keras.optimizers.Adam()
    gan = tiny(g_optimizer=keras.optimizers.LossScaleOptimizer(adam, initial_scale=2.0**60))
    before = values(gan.generator)
    logs = gan.fit(batches(1), verbose=0, callbacks=[Resume(path)]).history
    trained = [i for i, w in enumerate(gan.generator.weights) if w.trainable]
    assert all(np.array_equal(before[i], gan.generator.weights[i]) for i in trained)
    assert path.exists() and np.isfinite(gan.signals).all() and np.isfinite(logs["g_gradient"][0])


def test_trains_under_a_distribution_strategy(tmp_path):
    """Two virtual CPUs; in a process of its own, since devices are fixed at first use."""
    code = f"""
import sys
sys.path.insert(0, {os.path.dirname(__file__)!r})
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
with strategy.scope():
    import test_gan
    gan = test_gan.tiny()
gan.fit(test_gan.batches(2), verbose=0)
assert int(gan.step.value.numpy()) == 2
print("trained on", strategy.num_replicas_in_sync)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "trained on 2" in done.stdout, done.stderr[-2000:]


@keras.saving.register_keras_serializable("test_gan")
class OwnPlayer(keras.Model):
    """A student's: no functional graph, weights only after the first call."""

    def __init__(self, draws=True, activation=None, twice=False, **kwargs):
        super().__init__(**kwargs)
        self.draws, self.twice = draws, twice
        self.shape_it = layers.Reshape((32, 32, 3)) if draws else layers.Flatten()
        self.last = layers.Dense(3072 if draws else 1, activation=activation)

    def call(self, x, training=False):
        if self.draws:
            return self.shape_it(keras.ops.tanh(self.last(x)))
        logits = self.last(self.shape_it(x))
        return (logits, logits) if self.twice else logits

    def get_config(self):
        return {**super().get_config(), "draws": self.draws}


def sequential(inputs):
    """With batch normalisation, and with or without its input named."""
    first = ([keras.Input((16,))], [keras.Input((32, 32, 3))]) if inputs else ([], [])
    g = [layers.Dense(3072), layers.BatchNormalization(), layers.Reshape((32, 32, 3))]
    d = [layers.Conv2D(4, 4, 4), layers.BatchNormalization(), layers.Flatten(), layers.Dense(1)]
    return keras.Sequential(first[0] + g), keras.Sequential(first[1] + d)


PLAYERS = {
    "sequential": lambda: sequential(True),
    "sequential, no inputs": lambda: sequential(False),
    "subclassed": lambda: (OwnPlayer(), OwnPlayer(draws=False)),
}


@pytest.mark.parametrize("kind", PLAYERS)
def test_every_kind_of_keras_model_trains_samples_and_is_saved(kind, tmp_path):
    gan = GAN(*PLAYERS[kind](), latent_dim=16)
    assert gan.sample(2).shape == (2, 32, 32, 3)  # before compile, too
    gan.compile()
    before = values(gan)
    gan.fit(batches(2), verbose=0, callbacks=[Resume(tmp_path / "gan.keras")])
    moved = [not np.array_equal(a, b) for a, b in zip(before, values(gan), strict=True)]
    assert sum(moved) > 0.7 * len(moved)
    revived = keras.models.load_model(tmp_path / "gan.keras")
    np.testing.assert_allclose(gan.sample(2, seed=1), revived.sample(2, seed=1), atol=1e-6)


@pytest.mark.parametrize("name", ["features", "heads"])
def test_a_d_may_call_its_parts_as_it_likes(name):
    """A Projected GAN's has both `features` and `heads`."""
    discriminator = OwnPlayer(draws=False)
    setattr(discriminator, name, layers.Dense(5))
    gan = GAN(OwnPlayer(), discriminator, latent_dim=16)
    gan.compile(penalties=penalties.R1())
    assert np.isfinite(gan.fit(batches(1), verbose=0).history["d_loss"]).all()


@pytest.mark.parametrize("eagerly", [False, True])
def test_arrays_and_single_callbacks_do_as_in_keras(eagerly):
    gan, labels = tiny(run_eagerly=eagerly), np.zeros(16, "int32")
    gan.generator = gan.discriminator = None  # what enters is seen, and nothing trained
    seen = []
    gan.train_step = lambda data: seen.append(gan._shares(data)) or {"d_loss": 0.0}
    gan.fit(IMAGES[:16], labels, batch_size=8, verbose=0, callbacks=StopAfter(60))
    (share,) = seen[-1]
    assert [part.shape[1:] for part in share] == [(32, 32, 3), ()]
    gan = tiny(run_eagerly=eagerly)
    assert np.isfinite(gan.train_on_batch(IMAGES[:8], return_dict=True)["d_loss"])
    with pytest.raises(ValueError, match=r"fit\(images, labels\)"):
        gan.fit((IMAGES[:16], labels), batch_size=8, verbose=0)


def test_one_class_makes_an_optimizer_for_each():
    gan = tiny(g_optimizer=keras.optimizers.SGD, d_optimizer=keras.optimizers.SGD)
    assert gan.g_optimizer is not gan.d_optimizer


def test_short_forms_do_what_they_say():
    gan = tiny(loss=losses.Hinge(), g_optimizer="sgd", penalties=penalties.R1())
    assert isinstance(gan.adversarial_loss, losses.Hinge)
    assert isinstance(gan.g_optimizer, keras.optimizers.SGD)
    assert len(gan.penalties) == 1 and isinstance(gan.penalties[0], penalties.R1)
    assert isinstance(tiny(loss=losses.Relativistic).adversarial_loss, losses.Relativistic)
    gan = tiny(penalties=penalties.R1, augment=DiffAugment, g_optimizer=keras.optimizers.Adam)
    assert isinstance(gan.penalties[0], penalties.R1) and isinstance(gan.augment, DiffAugment)
    assert isinstance(gan.g_optimizer, keras.optimizers.Adam)


def test_what_cannot_be_trained_is_refused_in_a_sentence():
    adam = keras.optimizers.Adam()
    for options, sentence in (
        (dict(loss="hinge"), r"'hinge' has not\. There are Hinge, .* in dogan_lib\.losses"),
        (dict(g_optimizer=adam, d_optimizer=adam), "an optimizer each"),
        (dict(loss=3), "has methods discriminator and generator"),
    ):
        with pytest.raises(ValueError, match=sentence):
            tiny(**options)
    with pytest.raises(ValueError, match="every is a number of epochs"):
        Film(every=0)
    g, d = dcgan.generator_32(16, width=16), dcgan.discriminator_32(4, activation="sigmoid")
    plain = dcgan.discriminator_32(4)
    ends = [layers.Flatten(), layers.Dense(1, activation="sigmoid")]
    for with_sigmoid in (
        d,
        keras.Sequential([plain, layers.Activation("sigmoid")]),
        keras.Model(plain.input, keras.ops.sigmoid(plain.output)),
        keras.Sequential([keras.Input((32, 32, 3)), keras.Sequential(ends)]),
        OwnPlayer(draws=False, activation="sigmoid"),
        keras.Sequential([plain, SpectralNormalization(layers.Dense(1, activation="sigmoid"))]),
    ):
        with pytest.raises(ValueError, match="ends in a sigmoid"):
            GAN(g, with_sigmoid, 16).compile()
    normed = keras.Sequential([plain.input, keras.Sequential([FusedBatchNormalization()]), plain])
    with pytest.raises(ValueError, match="without batch normalisation"):
        GAN(g, normed, 16).compile(penalties=penalties.GradientPenalty)
    GAN(g, normed, 16).compile(penalties=penalties.R1)  # as in chapter 05
    with pytest.raises(ValueError, match="returns 2 tensors"):
        GAN(g, OwnPlayer(draws=False, twice=True), 16)
    with pytest.raises(ValueError, match="returns 2 tensors"):
        GAN(g, keras.Model(d.input, [d.output, d.output]), 16).compile()
    with pytest.raises(ValueError, match=r"latent_dim=100, and .* takes z of 16 numbers"):
        GAN(g, plain, 100)
    assert GAN(g, plain).latent_dim == 16
    with pytest.raises(ValueError, match="cannot be called on"):
        GAN(keras.Sequential([layers.Reshape((5, 5, 3)), layers.Dense(3)]), d, 16)


@pytest.mark.parametrize(
    ("pictures", "sentence"),
    [
        ((127.5 * (IMAGES + 1)).astype("uint8"), "pictures are uint8"),
        (127.5 * (IMAGES + 1), r"pictures reach 25\d"),
    ],
)
def test_pictures_out_of_range_are_refused_at_the_first_batch(pictures, sentence):
    data = tf.data.Dataset.from_tensor_slices((pictures,)).batch(8)
    gan = tiny()
    with pytest.raises(ValueError, match=sentence):
        gan.fit(data, verbose=0)
    assert int(gan.step) <= 1


class Integers(keras.utils.PyDataset):
    def __len__(self):
        return 2

    def __getitem__(self, i):
        return (np.full((8, 32, 32, 3), 200, "uint8"),)


def test_integers_are_refused_wherever_they_come_from():
    data = Integers()
    for options in (dict(x=data), dict(x=(data[0] for _ in range(3)), steps_per_epoch=2)):
        with pytest.raises(ValueError, match=r"^pictures are uint8, .* float32 in \[-1, 1\]"):
            tiny().fit(verbose=0, **options)


def test_d_may_have_several_logits():
    images = keras.Input((32, 32, 3))
    d = keras.Model(images, layers.Dense(4)(layers.Flatten()(images)))
    gan = GAN(dcgan.generator_32(16, width=16), d, 16)
    gan.compile()
    assert np.isfinite(gan.fit(batches(1), verbose=0).history["d_loss"]).all()


def test_ema_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="decay"):
        tiny(ema=1.0)


# Latents ---------------------------------------------------------------------------------------


def test_latents_repeat_and_truncate():
    assert np.array_equal(latents(5, 7, seed=3), latents(5, 7, seed=3))
    z = latents(2000, 10, truncation=0.5)
    assert np.abs(z).max() <= 0.5
    # Redrawing keeps the bell's shape: the variance of N(0,1) cut at 0.5 is 0.0805, not 0.25 / 3.
    assert z.var() == pytest.approx(0.0805, rel=0.02)
    with pytest.raises(ValueError, match="truncation"):
        latents(1, 1, truncation=0)


def test_samples_come_from_the_average_and_repeat():
    gan = tiny()
    gan.fit(batches(2), verbose=0)
    np.testing.assert_array_equal(gan.sample(3, seed=1), gan.sample(3, seed=1))
    assert not np.allclose(gan.sample(3, seed=1), gan.sample(3, seed=1, ema=False))
    assert gan.sample(0).shape == (0, 32, 32, 3)
