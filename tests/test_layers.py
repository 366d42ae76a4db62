"""Spectral normalisation is Miyato's, PGGAN's layers are Karras'; fast layers change nothing."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dogan_lib.layers import (
    ConditionalBatchNormalization,
    FusedBatchNormalization,
    PooledConv2D,
    SelfAttention,
    SpectralNormalization,
    UpsampledConv2D,
    UpsampledConv2DTranspose,
)
from dogan_lib.models import dcgan
from dogan_lib.models.pggan_layers import (
    EqualizedConv2D,
    EqualizedDense,
    MinibatchStddev,
    PixelNormalization,
)


@pytest.mark.parametrize("layer", [keras.layers.Dense(5), keras.layers.Conv2D(4, 3)])
def test_sigma_becomes_one(layer):
    normalised = SpectralNormalization(layer)
    x = np.random.default_rng(0).normal(size=(2, 6, 6, 3)).astype("float32")
    x = x if isinstance(layer, keras.layers.Conv2D) else x[:, 0, 0]
    for _ in range(300):
        normalised(x, training=True)
    kernel = np.asarray(normalised.normalized_kernel())
    sigma = np.linalg.svd(kernel.reshape(-1, kernel.shape[-1]), compute_uv=False)[0]
    assert sigma == pytest.approx(1, abs=1e-3)


def test_spectral_norm_lets_the_gradient_through_sigma():
    """f(W) = sum(W / sigma(W)) does not change when W is scaled, so <grad, W> = 0."""
    layer = SpectralNormalization(keras.layers.Dense(4, use_bias=False))
    layer.build((None, 3))
    for _ in range(50):
        layer.normalized_kernel(training=True)
    kernel = layer.layer.kernel.value
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(layer.normalized_kernel())
    gradient = tape.gradient(total, kernel)
    assert float(tf.norm(gradient)) > 0.1
    assert float(tf.reduce_sum(gradient * kernel)) == pytest.approx(0, abs=1e-4)


def test_spectral_norm_leaves_the_kernel_alone_and_is_still_at_inference():
    layer = SpectralNormalization(keras.layers.Dense(4))
    x = np.ones((2, 3), "float32")
    layer(x)
    kernel, u = np.asarray(layer.layer.kernel).copy(), np.asarray(layer.u).copy()
    layer(x, training=False)
    np.testing.assert_array_equal(u, layer.u)
    layer(x, training=True)
    np.testing.assert_array_equal(kernel, layer.layer.kernel)
    assert not np.array_equal(u, layer.u)


def test_spectral_norm_survives_saving(tmp_path):
    x = keras.Input((8, 8, 3))
    model = keras.Model(x, SpectralNormalization(keras.layers.Conv2D(4, 3), eps=1e-6)(x))
    model.save(tmp_path / "sn.keras")
    images = np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype("float32")
    revived = keras.models.load_model(tmp_path / "sn.keras")
    np.testing.assert_allclose(model(images), revived(images), atol=1e-6)


def test_spectral_norm_takes_dense_and_convolutions_alone():
    for layer in (keras.layers.Conv2DTranspose(4, 3), keras.layers.DepthwiseConv2D(3)):
        with pytest.raises(ValueError, match="no Dense or Conv2D"):
            SpectralNormalization(layer)


def test_files_that_name_the_power_iterations_are_read():
    config = SpectralNormalization(keras.layers.Dense(4), eps=1e-6).get_config()
    assert SpectralNormalization.from_config({**config, "iterations": 1}).eps == 1e-6


# Fast layers: the same weights, outputs and gradients as the pair they replace ------------------

UP, POOL = keras.layers.UpSampling2D, keras.layers.AveragePooling2D


def network(*parts, shape=(6, 8, 3)):
    return keras.Sequential([keras.Input(shape), *parts])


def check_equal(plain, fast, training=False, close=2e-5):
    """Weights move over by order; outputs and all gradients agree."""
    fast.set_weights(
        [w + 0.1 * np.random.default_rng(1).random(w.shape) for w in plain.get_weights()]
    )
    plain.set_weights(fast.get_weights())
    assert [w.name for w in plain.weights] == [w.name for w in fast.weights]
    x = tf.random.stateless_normal((40, *plain.input_shape[1:]), (1, 2), 0.2)
    results = []
    for model in (plain, fast):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = model(x, training=training)
            loss = tf.reduce_mean(y**3 + y**2)
        results.append([y, *tape.gradient(loss, [x, *model.trainable_variables])])
        results[-1] += model.get_weights()
    assert plain.compute_output_shape((None, 6, 8, 3)) == fast.compute_output_shape((None, 6, 8, 3))
    for left, right in zip(*results, strict=True):
        np.testing.assert_allclose(left, right, rtol=close, atol=close)


@pytest.mark.parametrize("size", [1, 3, 5])
@pytest.mark.parametrize("kind", ["plain", "transposed", "spectral", "equalized"])
def test_upsampling_and_convolution_in_one(kind, size):
    options = dict(padding="same", bias_initializer="normal", activation="tanh")
    slow, fast = {
        "plain": (keras.layers.Conv2D, UpsampledConv2D),
        "transposed": (keras.layers.Conv2DTranspose, UpsampledConv2DTranspose),
        "spectral": (
            lambda *a, **k: SpectralNormalization(keras.layers.Conv2D(*a, **k)),
            lambda *a, **k: SpectralNormalization(UpsampledConv2D(*a, **k)),
        ),
        "equalized": (
            lambda *a, **k: EqualizedConv2D(*a),
            lambda *a, **k: EqualizedConv2D(*a, resample="up"),
        ),
    }[kind]
    check_equal(network(UP(), slow(4, size, **options)), network(fast(4, size, **options)))


@pytest.mark.parametrize("size", [1, 3, 5])
@pytest.mark.parametrize("kind", ["plain", "spectral", "equalized"])
def test_convolution_and_pooling_in_one(kind, size):
    slow, fast = {
        "plain": (keras.layers.Conv2D(4, size, padding="same"), PooledConv2D(4, size)),
        "spectral": (
            SpectralNormalization(keras.layers.Conv2D(4, size, padding="same")),
            SpectralNormalization(PooledConv2D(4, size)),
        ),
        "equalized": (EqualizedConv2D(4, size), EqualizedConv2D(4, size, resample="down")),
    }[kind]
    check_equal(network(slow, POOL(2)), network(fast))


def test_fast_convolutions_say_what_they_need():
    for layer in (UpsampledConv2D, UpsampledConv2DTranspose, PooledConv2D):
        with pytest.raises(ValueError, match="odd kernels"):
            layer(4, 4)
        with pytest.raises(ValueError, match="stride 1"):
            layer(4, 3, strides=2)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("flat", [True, False])
def test_fused_batch_normalisation_is_batch_normalisation(flat, training):
    options = dict(momentum=0.9)
    first = [keras.layers.Flatten()] if flat else []
    slow = network(*first, keras.layers.BatchNormalization(**options))
    fast = network(*first, FusedBatchNormalization(**options))
    # TensorFlow's running variance divides by n - 1, Keras' by n: here at least 40.
    check_equal(slow, fast, training, close=3e-3)


def test_fused_batch_normalisation_over_another_axis_is_keras():
    slow, fast = (
        network(kind(axis=1)) for kind in (keras.layers.BatchNormalization, FusedBatchNormalization)
    )
    check_equal(slow, fast, training=True)


def test_fast_layers_survive_saving(tmp_path):
    fast = [UpsampledConv2D(4, 3), UpsampledConv2DTranspose(4, 5), PooledConv2D(2, 3)]
    model = network(*fast, FusedBatchNormalization())
    model.save(tmp_path / "fast.keras")
    x = np.random.default_rng(0).normal(size=(2, 6, 8, 3)).astype("float32")
    revived = keras.models.load_model(tmp_path / "fast.keras")
    np.testing.assert_allclose(model(x), revived(x), atol=1e-6)


def test_the_decks_generator_and_its_fast_twin_exchange_weights():
    slow, fast = dcgan.generator_32(width=16), dcgan.generator_32(width=16, fast=True)
    fast.set_weights(slow.get_weights())
    z = np.random.default_rng(0).normal(size=(3, 100)).astype("float32")
    np.testing.assert_allclose(slow(z), fast(z), atol=1e-5)
    assert not any(isinstance(layer, UP) for layer in fast.layers)


def test_an_averaged_u_of_another_length_is_the_same_direction():
    """An average over training is a mean of unit vectors, and shorter than 1."""
    layer = SpectralNormalization(keras.layers.Dense(4, use_bias=False))
    layer.build((None, 3))
    kernel = np.asarray(layer.normalized_kernel())
    layer.u.assign(0.5 * layer.u)
    np.testing.assert_allclose(layer.normalized_kernel(), kernel, rtol=1e-5)


# Layers of PGGAN ---------------------------------------------------------------------------------


def test_pixel_normalization_by_hand():
    x = np.array([[[[3.0, 4.0]]], [[[0.0, 2.0]]]], "float32")
    expected = [[[[3 / 12.5**0.5, 4 / 12.5**0.5]]], [[[0, 2**0.5]]]]
    np.testing.assert_allclose(PixelNormalization()(x), expected, rtol=1e-6)
    assert np.isfinite(PixelNormalization()(np.zeros((1, 4), "float32"))).all()


@pytest.mark.parametrize(("size", "groups"), [(8, 2), (4, 1), (3, 1), (6, 1), (1, 1)])
def test_minibatch_stddev_by_hand(size, groups):
    """Samples i, i + groups, ... belong together; one number for all of a group."""
    x = np.random.default_rng(0).normal(size=(size, 2, 3, 5)).astype("float32")
    y = np.asarray(MinibatchStddev()(x))
    np.testing.assert_array_equal(y[..., :5], x)
    for i in range(size):
        spread = x[i % groups :: groups].std(axis=0).mean()
        np.testing.assert_allclose(y[i, ..., 5], max(spread, 1e-4), rtol=1e-4)


def test_equalized_layers_scale_at_run_time():
    dense, conv = EqualizedDense(5), EqualizedConv2D(7, 3, gain=1.0)
    x = np.random.default_rng(0).normal(size=(2, 6, 6, 400)).astype("float32")
    y, z = dense(x[:, 0, 0]), conv(x)
    for layer, scale in ((dense, (2 / 400) ** 0.5), (conv, (1 / 3600) ** 0.5)):
        assert np.asarray(layer.weight).std() == pytest.approx(1, abs=0.05)
        layer.bias.assign(np.arange(layer.bias.shape[0]))
        np.testing.assert_allclose(layer.kernel, scale * np.asarray(layer.weight), rtol=1e-5)
    expected = x[:, 0, 0] @ np.asarray(dense.weight) * (2 / 400) ** 0.5 + np.arange(5)
    np.testing.assert_allclose(dense(x[:, 0, 0]), expected, atol=1e-4)
    plain = keras.ops.conv(x, conv.weight, padding="same") / 60 + np.arange(7.0, dtype="float32")
    np.testing.assert_allclose(conv(x), plain, atol=1e-4)
    assert y.shape == (2, 5) and z.shape == (2, 6, 6, 7)


def test_equalized_dense_takes_a_shape_and_has_one_bias_a_channel():
    layer = EqualizedDense((4, 4, 3))
    assert layer(np.ones((2, 6), "float32")).shape == (2, 4, 4, 3)
    assert layer.count_params() == 6 * 48 + 3


def test_layers_of_pggan_survive_saving(tmp_path):
    z = keras.Input((6,))
    x = MinibatchStddev(2)(EqualizedDense((4, 4, 3), gain=0.5)(PixelNormalization(1e-3)(z)))
    model = keras.Model(z, EqualizedConv2D(2, 1, gain=1.0)(x))
    model.save(tmp_path / "pggan.keras")
    revived = keras.models.load_model(tmp_path / "pggan.keras")
    latents = np.random.default_rng(0).normal(size=(4, 6)).astype("float32")
    np.testing.assert_allclose(model(latents), revived(latents), atol=1e-6)


def conditional_norm():
    norm = ConditionalBatchNormalization(momentum=0.5, epsilon=1e-5)
    norm.build([(None, 3, 3, 2), (None, 2)])
    norm.gain.kernel.assign([[1.0, 0.0], [0.0, -0.5]])
    norm.offset.kernel.assign([[0.0, 2.0], [1.0, 0.0]])
    return norm


def test_conditional_normalisation_by_hand():
    norm = conditional_norm()
    x = np.random.default_rng(0).normal(3, 2, (4, 3, 3, 2)).astype("float32")
    c = np.eye(2, dtype="float32")[[0, 1, 1, 0]]
    gain = 1 + (c @ np.asarray(norm.gain.kernel))[:, None, None]
    offset = (c @ np.asarray(norm.offset.kernel))[:, None, None]
    mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
    want = gain * (x - mean) / np.sqrt(variance + 1e-5) + offset
    np.testing.assert_allclose(norm([x, c], training=True), want, atol=1e-5)
    # The averages went half of the way from 0 and 1; TensorFlow's variance divides by n - 1.
    moving = 0.5 + 0.5 * variance * 36 / 35
    want = gain * (x - mean / 2) / np.sqrt(moving + 1e-5) + offset
    np.testing.assert_allclose(norm([x, c], training=False), want, atol=1e-4)


def test_attention_by_hand():
    layer = SelfAttention()
    x = np.random.default_rng(0).normal(size=(2, 4, 4, 8)).astype("float32")
    np.testing.assert_array_equal(layer(x), x)  # gamma starts at 0
    layer.gamma.assign(1.0)
    theta, phi, g, o = (
        np.asarray(part.normalized_kernel())[0, 0]
        for part in (layer.theta, layer.phi, layer.g, layer.o)
    )

    def pooled(y):
        return y.reshape(2, 2, 2, 2, 2, -1).max(axis=(2, 4)).reshape(2, 4, -1)

    scores = (x @ theta).reshape(2, 16, -1) @ pooled(x @ phi).swapaxes(1, 2)  # not divided
    maps = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    np.testing.assert_allclose(layer.attention(x), maps, rtol=1e-4)
    want = x + (maps @ pooled(x @ g)).reshape(2, 4, 4, -1) @ o
    np.testing.assert_allclose(layer(x), want, atol=1e-5)


def test_a_layers_own_precision_reaches_its_parts():
    """A float32 network in a session of mixed precision, as every shipped generator is."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        x = np.ones((2, 4, 4, 8), "float32")
        assert SelfAttention(dtype="float32")(x).dtype == "float32"
        norm = ConditionalBatchNormalization(spectral=True, dtype="float32")
        assert norm([x, np.eye(2, dtype="float32")]).dtype == "float32"
    finally:
        keras.config.set_dtype_policy(before)


def test_attention_says_what_it_needs():
    with pytest.raises(ValueError, match="multiple of 8 channels"):
        SelfAttention()(np.zeros((1, 4, 4, 12), "float32"))
    with pytest.raises(ValueError, match="even sides"):
        SelfAttention()(np.zeros((1, 5, 4, 8), "float32"))
