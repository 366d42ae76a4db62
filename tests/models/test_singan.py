"""SinGAN: the paper's numbers, the same results after saving and resuming."""

import math
import os
import types

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from dogan_lib.classroom.pyramids import Watch
from dogan_lib.models import (
    singan,
    singan_networks,
    singan_scales,
    singan_training,
)
from dogan_lib.models.singan import SinGAN, as_picture, pyramid
from dogan_lib.models.singan_networks import pixel_penalty, trainer
from dogan_lib.models.singan_training import Schedule, Training
from tests import tiny_singan
from tests.tiny_singan import QUICK, TINY, picture


@pytest.fixture(scope="module")
def trained():
    """The tests leave it as it is."""
    return tiny_singan.trained()


# ---------------------------------------------------------------------------- the pyramid


@pytest.mark.parametrize(("side", "scales", "ratio"), [(250, 11, 0.794), (128, 8, 0.792)])
def test_the_papers_pyramids(side, scales, ratio):
    shapes, exact = pyramid((side, side))
    assert len(shapes) == scales and round(exact, 3) == ratio
    assert shapes[0] == (25, 25) and shapes[-1] == (side, side)


def test_the_pyramid_of_64_pixels():
    shapes, exact = pyramid((64, 64))
    assert len(shapes) == 6 and round(exact, 3) == 0.829
    assert [s for s, _ in shapes] == [math.ceil(round(64 * exact**k, 6)) for k in range(5, -1, -1)]


@pytest.mark.parametrize("shape", [(40, 90), (90, 40), (26, 200)])
def test_any_aspect_ratio(shape):
    shapes, _ = pyramid(shape)
    assert min(shapes[0]) == 25 and shapes[-1] == shape
    for height, width in shapes:
        assert abs(height / width - shape[0] / shape[1]) < 0.06 * shape[0] / shape[1] + 0.01


def test_widths_double_every_four_scales_up_to_128():
    gan = SinGAN()
    assert [gan.width_at(k) for k in range(11)] == [32] * 4 + [64] * 4 + [128] * 3


# ---------------------------------------------------------------------------- the networks


def test_five_valid_convolutions():
    g, d = singan.generator(32), singan.discriminator(32)
    for net, channels in ((g, 3), (d, 1)):
        convolutions = [layer for layer in net.layers if isinstance(layer, keras.layers.Conv2D)]
        assert [layer.filters for layer in convolutions] == [32] * 4 + [channels]
        assert {(*layer.kernel_size, layer.padding) for layer in convolutions} == {(3, 3, "valid")}
    # 3->32, 3 x 32->32, 32->3, all with biases, and 4 values for each normalised channel.
    assert g.count_params() == 896 + 3 * 9248 + 867 + 4 * 4 * 32
    assert d.count_params() == g.count_params() - 867 + 289


def test_weights_start_as_normal_002():
    kernels = [w for w in singan.generator(32, seed=1).weights if "kernel" in w.path]
    assert all(abs(np.std(kernel) - 0.02) < 0.002 for kernel in kernels)
    same, other = singan.generator(4, seed=1).get_weights(), singan.generator(4, seed=2)
    np.testing.assert_array_equal(same[0], singan.generator(4, seed=1).get_weights()[0])
    assert not np.allclose(same[0], other.get_weights()[0])


def test_the_receptive_field_is_11():
    """A score depends on 11 x 11 pixels; with moving averages, no other pixel has a say."""
    images = tf.Variable(tf.random.normal((1, 25, 25, 3)))
    with tf.GradientTape() as tape:
        score = singan.discriminator(8)(images, training=False)[0, 7, 7, 0]
    seen = np.abs(tape.gradient(score, images)[0]).sum(-1) > 0
    rows, columns = np.nonzero(seen)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (7, 17, 7, 17)


def test_g_adds_to_what_comes_from_below():
    g = singan.generator(4, seed=0)
    up = np.random.default_rng(0).normal(size=(2, 30, 27, 3)).astype("float32")
    out = g([np.zeros_like(up), up])
    assert out.shape == (2, 20, 17, 3)
    assert np.abs(out - up[:, 5:-5, 5:-5]).max() <= 1  # tanh


# ---------------------------------------------------------------------------- the training pass


def _plain(weights):
    """The pass of a network that trains, in single operations, from all of its weights."""

    def forward(x):
        for i in range(0, 24, 6):
            kernel, bias, gain, offset = weights[i : i + 4]
            x = tf.nn.conv2d(x, kernel, 1, "VALID") + bias
            x -= tf.reduce_mean(x, (0, 1, 2))
            x *= tf.math.rsqrt(tf.reduce_mean(x**2, (0, 1, 2)) + 1e-5)
            x = tf.nn.leaky_relu(x * gain + offset, 0.2)
        return tf.nn.conv2d(x, weights[-2], 1, "VALID") + weights[-1]

    return forward


def _images(*shape, seed=0):
    return tf.constant(np.random.default_rng(seed).normal(0, 0.5, shape), "float32")


def test_the_networks_by_hand():
    d, g = singan.discriminator(8, seed=1), singan.generator(8, seed=1)
    x, up = _images(1, 15, 16, 3), _images(1, 15, 16, 3, seed=1)
    np.testing.assert_allclose(d(x, training=True), _plain(d.weights)(x), atol=1e-5)
    expected = tf.tanh(_plain(g.weights)(x)) + up[:, 5:-5, 5:-5]
    np.testing.assert_allclose(g([x, up], training=True), expected, atol=1e-5)


def test_moving_averages_follow():
    d, x = singan.discriminator(8, seed=1), _images(1, 15, 16, 3)
    d(x, training=True)
    y = tf.nn.conv2d(x, d.weights[0].value, 1, "VALID")
    np.testing.assert_allclose(d.weights[4], 0.1 * np.mean(y, (0, 1, 2)), atol=1e-6)
    np.testing.assert_allclose(d.weights[5], 0.9 + 0.1 * np.var(y, (0, 1, 2)), rtol=1e-5)


def test_a_bias_that_does_nothing_does_not_train():
    g = singan.generator(8)
    assert len(g.weights) == 26 and len(g.trainable_variables) == 14


def test_folded_weights_are_the_keras_model_at_inference(trained):
    scale = trained.scales[0]
    model = singan.generator(4)
    model.set_weights(scale.weights)
    up, z = _images(2, 20, 22, 3), _images(2, 20, 22, 3, seed=1)
    pad = [[0, 0], [5, 5], [5, 5], [0, 0]]
    expected = model([tf.pad(up + scale.sigma * z, pad), tf.pad(up, pad)], training=False)
    np.testing.assert_allclose(scale(up, z), expected, atol=1e-5)


def test_the_penalty_by_hand():
    """Scores are sums over 3x3 windows of a x_r + b x_g: by hand, each pixel's gradient is that
    vector times the number of windows that hold the pixel."""
    kernel = np.zeros((3, 3, 3, 1), "float32")
    kernel[:, :, 0], kernel[:, :, 1] = 0.3, 0.4
    penalty = pixel_penalty(lambda x: tf.nn.conv2d(x, kernel, 1, "VALID"), _images(1, 5, 4, 3))
    windows = np.outer([1, 2, 3, 2, 1], [1, 2, 2, 1])
    np.testing.assert_allclose(penalty, np.mean((0.5 * windows - 1) ** 2), rtol=1e-5)


def test_the_penaltys_gradient_is_exact():
    """Against central differences in float64 of the penalty, along a random direction."""
    d, x = singan.discriminator(4, seed=1), _images(1, 14, 13, 3)
    variables = d.trainable_variables[:-1]
    with tf.GradientTape() as tape:
        penalty = pixel_penalty(lambda images: d(images, training=True), x)
    gradients = tape.gradient(penalty, variables)
    random = np.random.default_rng(0)
    ways = [random.normal(0, 1, v.shape) for v in variables]
    start = [v.numpy().astype("float64") for v in variables]

    def value(step):
        moved = [tf.constant(s + step * w) for s, w in zip(start, ways, strict=True)]
        for i in range(4):
            moved.insert(6 * i + 1, tf.zeros(4, "float64"))
            moved[6 * i + 4 : 6 * i + 4] = [None, None]
        critic = _plain([*moved, tf.zeros(1, "float64")])
        return float(pixel_penalty(critic, tf.cast(x, "float64")))

    along = sum(np.sum(g.numpy() * w) for g, w in zip(gradients, ways, strict=True))
    assert along == pytest.approx((value(1e-6) - value(-1e-6)) / 2e-6, rel=1e-3)


def _one_iteration(d_steps=3, g_steps=3, together=False):
    """Its worker with the weights of before, what entered, and D's and G's weights after it."""
    worker = trainer(4, d_steps, g_steps, together, "float32")
    start = singan.generator(4, seed=3).get_weights(), singan.discriminator(4, seed=4).get_weights()
    worker.start(*start)
    inputs = {
        "real": _images(1, 16, 18, 3),
        "rec": _images(1, 26, 28, 3, seed=1),
        "rec_noise": _images(1, 26, 28, 3, seed=2),
        "ups": _images(1, 1 if together else d_steps, 26, 28, 3, seed=3),
        "noise": _images(1, 26, 28, 3, seed=4),
        "alpha": np.array([[0.2, 0.7]], "float32"),
        "corner": np.zeros((1, 2), "int32"),
        "window": np.array([16, 18], "int32"),
        "rate": np.float32(5e-4),
        "weight": np.float32(10),
    }
    worker.train(inputs)
    after = worker.d.get_weights(), worker.g.get_weights()
    worker.start(*start)
    for optimizer in (worker.d_optimizer, worker.g_optimizer):
        optimizer.learning_rate.assign(5e-4)
    return worker, inputs, after


def _drawn(worker, z, up):
    return tf.tanh(_plain(worker.g.weights)(z + up)) + up[:, 5:-5, 5:-5]


def _off(worker, inputs):
    rec = _drawn(worker, inputs["rec_noise"], inputs["rec"])
    return tf.reduce_mean((rec - inputs["real"]) ** 2)


def _update(model, optimizer, tape, loss):
    variables = model.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)


def _same_weights(worker, after):
    """All that trains; D's last bias only shifts all scores, so that its gradient is rounding."""
    for model, weights in zip((worker.d, worker.g), after, strict=True):
        for mine, variable in zip(weights[:-1], model.weights[:-1], strict=True):
            if variable.trainable:
                np.testing.assert_allclose(mine, variable, atol=1e-4)


def test_a_scale_whose_networks_another_has_taken_says_so():
    plan = Schedule(iterations=2, block=1, d_steps=1, g_steps=1)
    gans = [SinGAN(**TINY, seed=seed) for seed in (1, 2)]
    for gan in gans:
        gan.take(picture())
    first = Training(gans[0], 0, plan)
    first.step(1, 5e-4)
    Training(gans[1], 0, plan).step(1, 5e-4)
    for use in (lambda: first.step(1, 5e-4), first.current):
        with pytest.raises(RuntimeError, match="another scale of this width has begun"):
            use()


def test_one_iteration_in_turn_by_hand():
    """2 D steps and 2 G steps against the losses of the paper, written out."""
    worker, inputs, after = _one_iteration(2, 2)
    critic, ups = _plain(worker.d.weights), inputs["ups"][0]
    real, noise = inputs["real"], inputs["noise"]
    for j, alpha in enumerate((0.2, 0.7)):
        fake = _drawn(worker, noise, ups[j : j + 1])
        with tf.GradientTape() as tape:
            penalty = pixel_penalty(critic, alpha * real + (1 - alpha) * fake)
            loss = tf.reduce_mean(critic(fake)) - tf.reduce_mean(critic(real)) + 0.1 * penalty
        _update(worker.d, worker.d_optimizer, tape, loss)
        critic = _plain(worker.d.weights)
    for _ in range(2):
        with tf.GradientTape() as tape:
            fake = _drawn(worker, noise, ups[1:])
            loss = 10 * _off(worker, inputs) - tf.reduce_mean(critic(fake))
        _update(worker.g, worker.g_optimizer, tape, loss)
    _same_weights(worker, after)


def test_one_iteration_together_by_hand():
    """Both steps from the same weights."""
    worker, inputs, after = _one_iteration(together=True)
    critic, real = _plain(worker.d.weights), inputs["real"]
    with tf.GradientTape(persistent=True) as tape:
        fake = _drawn(worker, inputs["noise"], inputs["ups"][0])
        mixed = 0.2 * real + 0.8 * tf.stop_gradient(fake)
        penalty = 0.1 * pixel_penalty(critic, mixed)
        gap = tf.reduce_mean(critic(real)) - tf.reduce_mean(critic(tf.stop_gradient(fake)))
        d_loss = penalty - gap
        g_loss = 10 * _off(worker, inputs) - tf.reduce_mean(critic(fake))
    by_d = tape.gradient(d_loss, worker.d.trainable_variables)
    _update(worker.g, worker.g_optimizer, tape, g_loss)
    worker.d_optimizer.apply(by_d, worker.d.trainable_variables)
    _same_weights(worker, after)


def test_iterations_may_share_a_picture_from_below():
    """4 iterations on 2 pictures: the first again in the third."""
    plan = Schedule(together=True, shared=2)
    half = SinGAN(**TINY).fit(picture(), QUICK, scales=1, verbose=False)
    inputs = Training(half, 1, plan).inputs(4, 5e-4)
    assert inputs["ups"].shape[0] == 2 and inputs["noise"].shape[0] == 4
    seen = [singan_networks._windows(inputs, i)["ups"].numpy() for i in range(4)]
    np.testing.assert_array_equal(seen[0], seen[2])
    assert np.abs(seen[0] - seen[1]).max() > 0


def test_wide_scales_may_get_fewer_iterations():
    plan = Schedule(iterations=1000, halved=True)
    assert [plan.at(width).iterations for width in (32, 64, 128)] == [1000, 500, 250]
    assert Schedule(iterations=1, halved=True).at(128).iterations == 1
    assert Schedule(iterations=1000).at(128).iterations == 1000  # the paper's


def test_windows_train(trained):
    plan = Schedule(iterations=2, together=True, shared=2, window=20)
    gan = SinGAN(**TINY).fit(picture(), plan, scales=1, verbose=False)
    assert np.isfinite(gan.sample()).all() and gan.scales[0].facts["penalty"] > 0


# ---------------------------------------------------------------------------- the schedule


def test_the_papers_schedule():
    rates = [rate for block, rate in Schedule().blocks() for _ in range(block)]
    assert len(rates) == 2000 and rates[1599] == 5e-4
    assert rates[1600] == pytest.approx(5e-5)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (dict(iterations=0), "iterations is at least 1"),
        (dict(shared=2), "together=True"),
        (dict(window=8), "receptive field"),
        (dict(drop=0), "drop"),
    ],
)
def test_impossible_schedules(wrong, message):
    with pytest.raises(ValueError, match=message):
        Schedule(**wrong)


def test_unknown_schedules():
    with pytest.raises(ValueError, match="choose paper, fast"):
        SinGAN(**TINY).fit(picture(), "slow")


# ---------------------------------------------------------------------------- fit


def test_sigma_is_a_tenth_of_what_the_reconstruction_lacks(trained):
    assert trained.scales[0].sigma == 1.0
    below = singan.resize(trained.reconstruct(0), trained.shapes[1])
    rmse = np.sqrt(np.mean((below - trained.real(1)[None]) ** 2))
    assert trained.scales[1].sigma == pytest.approx(0.1 * rmse, rel=1e-5)


def test_weights_go_from_scale_to_scale_where_the_widths_are_equal(trained):
    half = SinGAN(**TINY).fit(picture(), QUICK, scales=1, verbose=False)
    weights, critic = Training(half, 1, QUICK)._first_weights(4)
    assert weights is half.scales[0].weights and critic is half.critic is not None
    fresh, _ = Training(half, 1, QUICK)._first_weights(8)
    assert fresh[0].shape == (3, 3, 3, 8)


def test_callbacks_see_every_block_and_a_sample():
    seen, gan = [], SinGAN(**TINY)

    def watch(now):
        assert set(now.signals) == set(singan_networks.SIGNALS)
        seen.append((now.iteration, now.done, now.sample().shape[1:3], str(now)))

    gan.fit(picture(), QUICK, [watch], verbose=False)
    iterations, done, shapes, texts = zip(*seen, strict=True)
    assert list(iterations) == [1, 2] * 3 and list(done) == [False, True] * 3
    assert list(shapes[::2]) == gan.shapes == [(25, 32), (29, 36), (32, 40)]
    assert "scale 3/3 · 40x32" in texts[-1]


def test_watch_draws_each_scale(trained, monkeypatch):
    shown = []
    handle = types.SimpleNamespace(update=shown.append)
    monkeypatch.setattr(
        "IPython.display.display", lambda p, display_id: (shown.append(p), handle)[1]
    )
    SinGAN(**TINY).fit(picture(), QUICK, [watch := Watch(every=100)], verbose=False)
    assert len(shown) == 3 and sorted(watch.samples) == [0, 1, 2]


def test_a_loss_that_is_no_number_stops(monkeypatch):
    broken = types.SimpleNamespace(
        train=lambda _: tf.constant([math.nan, 0.0, 1.0]), start=lambda *_: None
    )
    monkeypatch.setattr(singan_training, "trainer", lambda *_: broken)
    with pytest.raises(FloatingPointError, match="gap of scale 0"):
        SinGAN(**TINY).fit(picture(), QUICK)


def test_resumed_is_uninterrupted(trained, tmp_path):
    half = SinGAN(**TINY).fit(picture(), QUICK, scales=1, verbose=False)
    path = half.save(tmp_path / "half.npz")
    assert half.sample().shape == (1, 25, 32, 3)
    resumed = SinGAN.load(path, precision="float32").fit(schedule=QUICK, verbose=False)
    np.testing.assert_allclose(resumed.sample(2), trained.sample(2), atol=1e-4)
    assert [s.sigma for s in resumed.scales] == pytest.approx([s.sigma for s in trained.scales])


def test_a_fitted_one_is_not_trained_again(trained):
    before = trained.sample()
    trained.fit(picture(), QUICK)
    np.testing.assert_array_equal(trained.sample(), before)


# ---------------------------------------------------------------------------- drawing


def test_samples_of_any_shape(trained):
    assert trained.sample(3).shape == (3, 32, 40, 3)
    for shape in ((60, 20), (10, 100), (1, 1)):
        sample = trained.sample(2, shape, seed=1)
        assert sample.shape == (2, *shape, 3) and sample.dtype == np.float32
        assert np.abs(sample).max() <= 1
    np.testing.assert_array_equal(trained.sample(2, seed=5), trained.sample(2, seed=5))
    assert not np.array_equal(trained.sample(seed=5), trained.sample(seed=6))


def test_noise_reaches_the_picture_from_every_start_scale(trained):
    for k in range(3):
        assert trained.sample(4, start_scale=k).std(axis=0).mean() > 0


def test_stages_are_the_way_to_a_sample(trained):
    stages = trained.stages(2, seed=3)
    assert [s.shape[1:3] for s in stages] == trained.shapes
    np.testing.assert_array_equal(stages[-1], trained.sample(2, seed=3))


def test_the_reconstruction_is_the_path_of_z_star(trained):
    """By hand through the Keras models: z* at the coarsest scale, no noise above."""
    assert trained.z_star.shape == (25, 32, 1)
    up, z = np.zeros((1, 25, 32, 3), "float32"), np.repeat(trained.z_star[None], 3, -1)
    model, pad = singan.generator(4), ((0, 0), (5, 5), (5, 5), (0, 0))
    for k, scale in enumerate(trained.scales):
        model.set_weights(scale.weights)
        out = np.asarray(model([np.pad(scale.sigma * z + up, pad), np.pad(up, pad)]))
        np.testing.assert_allclose(trained.reconstruct(k), np.clip(out, -1, 1), atol=1e-4)
        if k < 2:
            up = singan.resize(out, trained.shapes[k + 1]).numpy()
            z = np.zeros_like(up)


def test_large_pictures_in_pieces_are_the_same(trained, monkeypatch):
    whole = trained.sample(2, (120, 90))
    monkeypatch.setattr(singan_scales, "WHOLE", 3000)
    np.testing.assert_allclose(trained.sample(2, (120, 90)), whole, atol=1e-5)


@pytest.mark.parametrize("start_scale", [-1, 3])
def test_start_scales_that_do_not_exist(trained, start_scale):
    with pytest.raises(ValueError, match="start_scale is 0 to 2"):
        trained.sample(start_scale=start_scale)


def test_an_image_needs_a_scale_below(trained):
    with pytest.raises(ValueError, match="scale 1 or above"):
        trained.sample(image=picture())


def test_nothing_trained():
    for use in (SinGAN().sample, SinGAN().reconstruct, lambda: SinGAN().save("x.npz")):
        with pytest.raises(ValueError, match="fit"):
            use()


# ---------------------------------------------------------------------------- input


MODES = {
    "RGB": lambda rgb: rgb,
    "RGBA": lambda rgb: rgb.convert("RGBA"),
    "L": lambda rgb: rgb.convert("L"),
    "LA": lambda rgb: rgb.convert("LA"),
    "1": lambda rgb: rgb.convert("1"),
    "P": lambda rgb: rgb.convert("P", palette=Image.Palette.ADAPTIVE),
    "CMYK": lambda rgb: rgb.convert("CMYK"),
    "I;16": lambda rgb: Image.fromarray(np.asarray(rgb.convert("L"), "uint16") * 257),
}


@pytest.mark.parametrize("mode", MODES)
def test_pictures_of_all_modes(mode, tmp_path):
    image = MODES[mode](Image.fromarray(picture()))
    seen = as_picture(image)
    assert image.mode == mode and seen.shape == (32, 40, 3) and seen.dtype == np.uint8
    reference = (
        picture() if mode in ("RGB", "RGBA", "P", "CMYK") else as_picture(image.convert("L"))
    )
    limit = {"RGB": 0, "RGBA": 0, "L": 0, "LA": 0, "I;16": 0}.get(mode, 40)
    if mode != "I;16":
        assert np.abs(seen.astype(int) - reference).mean() <= limit
    else:
        np.testing.assert_array_equal(seen, as_picture(Image.fromarray(picture()).convert("L")))
    if mode != "CMYK":
        image.save(tmp_path / "picture.png")
        np.testing.assert_array_equal(as_picture(tmp_path / "picture.png"), seen)


def test_transparency_is_white():
    rgba = np.dstack([picture(), np.zeros((32, 40), "uint8")])
    assert (as_picture(rgba) == 255).all()


def test_arrays():
    rgb = picture()
    np.testing.assert_array_equal(as_picture(rgb), rgb)
    np.testing.assert_array_equal(as_picture(singan.as_float(rgb)), rgb)
    np.testing.assert_array_equal(as_picture(rgb[..., 0]), np.repeat(rgb[..., :1], 3, -1))
    np.testing.assert_array_equal(as_picture(rgb[..., :1]), np.repeat(rgb[..., :1], 3, -1))
    with pytest.raises(ValueError, match=r"\(4, 5, 7\)"):
        as_picture(np.zeros((4, 5, 7), "uint8"))


@pytest.mark.parametrize("mode", ["RGBA", "L", "P"])
def test_fit_takes_them(mode):
    gan = SinGAN(**TINY).fit(MODES[mode](Image.fromarray(picture())), QUICK, scales=1)
    assert gan.sample().shape == (1, 25, 32, 3)


def test_a_picture_that_is_too_small():
    with pytest.raises(ValueError, match=r"40x20 pixels is too small.*longer than .* 25.*min_size"):
        SinGAN().fit(picture(20, 40))
    with pytest.raises(ValueError, match="crop a long one"):
        SinGAN().fit(picture(80, 1600))


def test_a_picture_that_is_too_large():
    with pytest.raises(ValueError, match=r"20000x30 pixels is too large.*thumbnail"):
        SinGAN().fit(np.zeros((30, 20_000, 3), "uint8"))


def test_large_pictures_are_shrunk_as_in_the_paper():
    gan = SinGAN(**TINY)
    gan.take(picture(300, 500))
    assert gan.image.shape == (150, 250, 3) and gan.shapes[-1] == (150, 250)


def test_another_picture(trained):
    with pytest.raises(ValueError, match="another picture"):
        trained.fit(picture(seed=1))


def test_no_picture():
    with pytest.raises(ValueError, match="which picture"):
        SinGAN().fit()


@pytest.mark.parametrize(
    ("wrong", "message"), [(dict(ratio=1.2), "ratio"), (dict(min_size=9), "12")]
)
def test_impossible_settings(wrong, message):
    with pytest.raises(ValueError, match=message):
        SinGAN(**wrong)


# ---------------------------------------------------------------------------- files


def test_saved_and_loaded_samples_are_equal(trained, tmp_path):
    loaded = SinGAN.load(trained.save(tmp_path / "trained.npz"))
    np.testing.assert_array_equal(
        loaded.sample(2, (50, 30), seed=2), trained.sample(2, (50, 30), seed=2)
    )
    np.testing.assert_array_equal(loaded.reconstruct(), trained.reconstruct())
    np.testing.assert_array_equal(loaded.image, trained.image)
    assert loaded.card() == trained.card() and loaded.shapes == trained.shapes
    assert repr(loaded) == "SinGAN(40x32, 3 of 3 scales trained)"
    assert os.listdir(tmp_path) == ["trained.npz"]


def test_64_pixels_stay_under_a_megabyte(tmp_path):
    gan = SinGAN()
    gan.take(picture(64, 64))
    for k in range(6):
        gan.scales.append(singan.Scale(singan.generator(gan.width_at(k)).get_weights(), 1.0))
    assert gan.save(tmp_path / "full.npz").stat().st_size < 1_000_000


def test_files_of_others(trained, tmp_path):
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    np.save(tmp_path / "array.npy", np.zeros(3))
    np.savez(tmp_path / "pickled.npz", card=np.array([{}], dtype=object))
    card = np.frombuffer(b'{"format": "dogan-singan-1", "scales": []}', "uint8")
    np.savez(tmp_path / "unset.npz", card=card)
    (tmp_path / "text.npz").write_text("no")
    (tmp_path / "zip.npz").write_bytes(b"PK\x03\x04 no")
    whole = trained.save(tmp_path / "whole.npz").read_bytes()
    for path, content in {
        "cut": whole[:-200],
        "zeros": whole.replace(whole[500:900], bytes(400)),
    }.items():
        (tmp_path / f"{path}.npz").write_bytes(content)
    (tmp_path / "whole.npz").unlink()
    for path in tmp_path.iterdir():
        with pytest.raises(ValueError, match=r"is not a file of SinGAN\.save"):
            SinGAN.load(path)
    with pytest.raises(ValueError, match="not 'mixed_bfloat16'"):
        SinGAN.load(path, precision="mixed_bfloat16")
    with pytest.raises(ValueError, match=r"ends in \.npz"):
        trained.save(tmp_path / "x.keras")
