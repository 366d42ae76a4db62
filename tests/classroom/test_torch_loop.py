"""The deck's loop in PyTorch and the course's in TensorFlow are the same mathematics."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dogan_lib import losses
from dogan_lib.classroom import leak, points, torch_loop
from dogan_lib.classroom.plane import update_discriminator, update_generator
from dogan_lib.classroom.torch_loop import Job
from dogan_lib.models import vanilla

STEPS, BATCH = 10, 32


@pytest.fixture(scope="module")
def players():
    """With He's plain start: tiny gradients would show that the two Adams place epsilon apart."""
    D = vanilla.discriminator(widths=(128,), first_scale=1, seed=1)
    return D, vanilla.generator(widths=(128,), last_scale=1, seed=2)


@pytest.fixture(scope="module")
def batches():
    """Smooth grey blobs, as alike and as bright as dogs, and noise."""
    random = np.random.default_rng(0)
    rows, columns = np.mgrid[-1:1:28j, -1:1:28j]
    at = random.uniform(-0.4, 0.4, (2, STEPS * BATCH, 1, 1))
    blobs = 1.6 * np.exp(-3 * ((rows - at[0]) ** 2 + (columns - at[1]) ** 2)) - 0.8
    real = blobs.reshape(STEPS, BATCH, 784).astype("float32")
    return real, random.standard_normal((STEPS, BATCH, 100), dtype="float32")


@pytest.fixture(scope="module")
def played(players, batches):
    """One process does it all: corrected at two rates, and the slide's."""
    if reason := torch_loop.missing():
        pytest.skip(reason)
    D, G = players
    jobs = [
        Job("corrected", *batches),
        Job("corrected", *batches, rate=0.01),
        Job("slide", *batches),
    ]
    return torch_loop.play(jobs, G.get_weights(), D.get_weights())


def in_tensorflow(players, batches, rate):
    D, G = (keras.models.clone_model(player) for player in players)
    for copy, player in zip((D, G), players, strict=True):
        copy.set_weights(player.get_weights())
    loss = losses.NonSaturating()
    d_optimizer, g_optimizer = (keras.optimizers.Adam(rate, epsilon=1e-8) for _ in range(2))
    rows = []
    with tf.device("CPU:0"):
        for x, z in zip(*batches, strict=True):
            d_loss = update_discriminator(D, G, d_optimizer, loss, x, z)
            rows.append([float(d_loss), float(update_generator(D, G, g_optimizer, loss, z))])
    return np.array(rows)


def test_same_losses_as_tensorflow(players, batches, played):
    ours = in_tensorflow(players, batches, 2e-4)
    assert ours[-1, 0] < ours[0, 0], "D learns"
    np.testing.assert_allclose(played[0], ours, rtol=0, atol=1e-4)


def test_the_slides_rate_drifts_apart(players, batches, played):
    """Every step is as large as a weight: the losses leap, and so does any difference."""
    ours = in_tensorflow(players, batches, 0.01)
    assert played[1][0, 0] == pytest.approx(ours[0, 0], abs=1e-5), "nothing has moved yet"
    assert np.abs(played[1] - ours).max() > 1e-4


def test_the_slides_gradients_leak(played):
    corrected, _, slide = played
    assert slide[0, 0] == pytest.approx(corrected[0, 0], abs=1e-6), "the first loss is the same"
    # Adam's first step only asks for signs; from the second step on D carries G's gradient too.
    assert np.abs(slide[2:, 0] - corrected[2:, 0]).max() > 0.01


def test_tensorflow_can_leak_in_the_same_way(players, batches, played):
    D, G = (keras.models.clone_model(player) for player in players)
    for copy, player in zip((D, G), players, strict=True):
        copy.set_weights(player.get_weights())
    play_round = leak.slide(D, G, *(keras.optimizers.Adam(2e-4, epsilon=1e-8) for _ in "DG"))
    with tf.device("CPU:0"):
        losses = [[float(loss) for loss in play_round(x, z)] for x, z in zip(*batches, strict=True)]
    np.testing.assert_allclose(losses, played[2], rtol=0, atol=1e-3)


def test_only_the_corrected_loop_covers_the_ring():
    """Chapter 02's slide: the same start, batches and noise, and two lines that differ."""
    (slide, believed), (corrected, doubted) = (leak.play(loop, (0, 1500)) for loop in leak.LOOPS)
    np.testing.assert_array_equal(slide[0], corrected[0])
    modes = [
        points.modes_found(fakes[1500], points.CENTRES["ring"]) for fakes in (slide, corrected)
    ]
    assert modes[0] == 0 and modes[1] >= 7
    assert np.ptp(slide[1500], axis=0).max() < 0.5, "one spot"
    assert min(believed) > 0.9, "D says real to everything"
    assert max(doubted) < 0.7


def test_says_what_is_missing(monkeypatch):
    monkeypatch.delenv(torch_loop.PYTHON, raising=False)
    monkeypatch.setattr(torch_loop.importlib.util, "find_spec", lambda name: None)
    assert "PyTorch is not installed" in torch_loop.missing()
    monkeypatch.setenv(torch_loop.PYTHON, "/usr/bin/python3")
    assert torch_loop.missing() is None


def test_the_other_process_says_why_it_failed(players, batches, monkeypatch):
    monkeypatch.setenv(torch_loop.PYTHON, "false")
    D, G = players
    with pytest.raises(RuntimeError, match="torch process failed"):
        torch_loop.play([Job("slide", *batches)], G.get_weights(), D.get_weights())
