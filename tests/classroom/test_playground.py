"""The playground: data that can be counted, a game that learns and starts anew, live widgets."""

import io
import time

import ipywidgets as widgets
import numpy as np
import pytest
from PIL import Image

from dogan_lib.classroom import plane, points, scene, stills
from dogan_lib.classroom.plane import Game
from dogan_lib.classroom.playground import Playground

WANTED = 10  # pictures a second


@pytest.fixture(scope="module")
def shared():
    """One playground for the tests that leave it as they find it, since compiling takes a while."""
    return Playground(Game("ring", batch=32))


@pytest.fixture
def ground(shared):
    shared.data.value, shared.loss.value = "ring", "non-saturating"
    shared.rounds.value, shared.d_steps.value = 2, 1
    shared.restart()
    return shared


def picture(ground):
    return np.asarray(Image.open(io.BytesIO(ground.image.value)).convert("RGB"))


# Data ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", points.SHAPES)
def test_data_stays_in_the_picture_and_repeats(name):
    drawn = points.sample(name, 2000, seed=3)
    assert drawn.shape == (2000, 2) and drawn.dtype == np.float32
    assert np.abs(drawn).max() < scene.EDGE and np.ptp(drawn, axis=0).min() > 1.5
    np.testing.assert_array_equal(drawn, points.sample(name, 2000, seed=3))


def test_unknown_data_is_named():
    with pytest.raises(ValueError, match="ring, grid, spiral, two moons, dog"):
        points.sample("cat", 3)


@pytest.mark.parametrize("name, modes", [("ring", 8), ("grid", 25)])
def test_modes_are_counted(name, modes):
    where = points.CENTRES[name]
    full = points.modes_covered(points.sample(name, 4000), where)
    assert len(full) == modes and full.min() > 0 and full.sum() > 0.99 * 4000
    one = points.modes_covered(np.tile(where[3], (50, 1)), where)
    assert one[3] == 50 and one.sum() == 50
    assert points.modes_covered(np.array([[0.5, 0.5]]), points.CENTRES["grid"]).sum() == 0


def test_the_dog_has_four_corners_of_air():
    dog = points.silhouette()
    assert 0.15 < dog.mean() < 0.5 and not dog[::199, ::199].any()


# Game ------------------------------------------------------------------------------------------


def test_each_update_moves_one_player():
    game = Game(batch=16)
    x, z = points.sample("ring", 16), game.z[:16]
    players = game.discriminator, game.generator

    def moved(update, *inputs):
        before = [player.get_weights() for player in players]
        update(*inputs)
        pairs = zip(before, players, strict=True)
        return [
            any((a != b).any() for a, b in zip(old, player.get_weights(), strict=True))
            for old, player in pairs
        ]

    loss = plane.LOSSES["non-saturating"]
    d = plane.update_discriminator, *players, game.d_optimizer, loss, x, z
    g = plane.update_generator, *players, game.g_optimizer, loss, z
    assert moved(*d) == [True, False]
    assert moved(*g) == [False, True]


def test_learning_covers_the_ring():
    game = Game("ring", g_rate=5e-4, d_rate=2e-3)
    assert game.modes()[0] < 8
    game.train(1500)
    assert game.modes() == (8, 8)
    assert -1.6 < game.values[-1] < -0.9


def test_reset_repeats_everything_but_the_rates(ground):
    game = ground.game
    game.train(5), game.train(5)
    first, fake = list(game.values), game.fake()
    game.reset()
    assert game.steps == [] and game.values == []
    game.train(5), game.train(5)
    np.testing.assert_array_equal(game.values, first)
    np.testing.assert_array_equal(game.fake(), fake)
    game.g_rate = 0.004
    game.reset()
    assert game.g_rate == pytest.approx(0.004)
    game.g_rate = 1e-3


def test_the_pull_lowers_the_loss_of_g(ground):
    """A small step along an arrow makes D doubt; minimax pulls weakly where D is sure."""
    game = ground.game
    game.train(50)
    now = game.scene()

    def doubt(where):
        return game.discriminator(where, training=False).numpy()[:, 0]

    better = doubt(now.fake + 1e-3 * now.pull) >= doubt(now.fake)
    assert better.mean() > 0.97  # D is made of flat pieces: a step may cross an edge
    game.loss = "minimax"
    weak = game.scene().pull
    game.loss = "non-saturating"
    # Their ratio is D / (1 - D), chapter 01's two gradients.
    d = 1 / (1 + np.exp(-doubt(now.fake)))
    np.testing.assert_allclose(weak * (1 - d)[:, None], now.pull * d[:, None], atol=1e-5)


def test_own_networks_play_too():
    from dogan_lib.models import vanilla

    game = Game("dog", vanilla.generator(5, 2, (8,), "linear"), vanilla.discriminator(2, (8,)))
    game.train(2)
    assert game.latent_dim == 5 and game.fake().shape == (1000, 2) and game.modes() is None


# Picture ---------------------------------------------------------------------------------------


def test_the_arrow_points_where_the_pull_leads():
    corners = scene._arrows([[0.0, 0.0]], [[0.3, 0.0]])[0]
    tip, base = corners[2], corners[:2].mean(axis=0)
    assert tip[0] > base[0] and tip[1] == pytest.approx(base[1])
    long = scene._arrows([[0.0, 0.0]], [[9.0, 0.0]])[0]
    reach = scene.PANEL * scene.TWICE / (2 * scene.EDGE) * scene.LONGEST_ARROW
    assert long[2][0] - long[:2].mean(axis=0)[0] == pytest.approx(reach)


def test_points_that_fly_away_are_still_drawn():
    far = np.array([[1e9, -1e9], [0.0, 0.0]])
    drawn = scene.render(scene.Scene(far, far, far, np.full((4, 4), 0.5), [1], [float("-inf")]))
    assert drawn.size == (scene.WIDTH, scene.HEIGHT)


def test_alt_text_says_what_is_there(ground):
    ground.advance()
    assert "After 2 updates" in ground.scene.alt() and "of 8 modes" in ground.scene.alt()


# Widgets ---------------------------------------------------------------------------------------


def test_play_moves_the_picture(ground):
    before = picture(ground)
    ground.play.value = 1
    ground.play.value = 2
    assert ground.game.steps == [2, 4]
    assert (picture(ground) != before).mean() > 0.01


def test_step_stop_and_reset(ground):
    before = ground.image.value
    ground.step.click()
    assert ground.game.steps == [2] and ground.image.value != before
    ground.play.value = 5
    ground.play.value = 0  # what the stop button does
    assert ground.game.steps == [] and ground.image.value == before
    ground.step.click()
    ground.reset.click()
    assert ground.game.steps == [] and ground.image.value == before


def test_sliders_work_while_it_plays(ground):
    ground.play.value = 1
    ground.g_rate.value, ground.d_rate.value = 4e-3, 2e-4
    ground.d_steps.value, ground.rounds.value = 3, 7
    ground.play.value = 2
    game = ground.game
    assert (game.g_rate, game.d_rate) == (pytest.approx(4e-3), pytest.approx(2e-4))
    assert game.d_steps == 3 and game.steps == [2, 9]
    ground.g_rate.value = ground.d_rate.value = 1e-3


def test_menus(ground):
    ground.advance()
    ring = picture(ground)
    ground.data.value = "two moons"
    assert ground.game.data == "two moons" and ground.game.steps == []
    assert (picture(ground) != ring).mean() > 0.02
    ground.loss.value = "minimax"
    ground.advance()
    assert ground.game.loss == "minimax" and len(ground.game.steps) == 1


def test_leaves_a_still_picture_beside_the_widgets(ground, monkeypatch):
    shown = {}
    monkeypatch.setattr(
        "IPython.display.display", lambda data, **more: shown.update(data=data, **more)
    )
    ground._ipython_display_()
    data = shown["data"]
    assert data[stills.WIDGET_VIEW]["model_id"] == ground.box.model_id
    assert data["image/png"].startswith(b"\x89PNG") and len(data["image/png"]) < 120_000
    assert shown["metadata"]["image/png"]["alt"] == data["text/plain"] == ground.scene.alt()


def test_only_what_ipywidgets_7_has(ground):
    """Colab has 7.7.1: Play there has no `playing`, and Layout no such keys as `border_left`."""
    assert isinstance(ground.play, widgets.Play) and ground.play.interval <= 50
    assert set(ground.play.keys) >= {"interval", "max", "min", "show_repeat", "value"}


def test_ten_pictures_a_second(ground):
    """Of processor time, so that a busy machine does not fail it; the wall clock is reported."""
    ground.rounds.value = 10
    ground.advance(3)
    busy, wall, pictures = time.process_time(), time.perf_counter(), 30
    ground.advance(pictures)
    busy, wall = time.process_time() - busy, time.perf_counter() - wall
    print(f"{pictures / busy:.0f} pictures a second of processor time, {pictures / wall:.0f} here")
    assert pictures / busy > WANTED


def test_least_squares_plays_and_pulls_far_fakes():
    """A fake far on D's real side: the log loss has let go of it, least squares has not."""
    game = Game("ring", loss="least squares")
    game.train(20)
    now = game.scene()
    assert now.guess == -0.25 and 0 <= now.field.min() and now.field.max() <= 1
    assert np.isfinite(now.pull).all() and np.abs(now.pull).max() > 0
    logits = game.discriminator(now.fake, training=False).numpy()[:, 0]
    moved = game.discriminator(now.fake + 1e-3 * now.pull, training=False).numpy()[:, 0]
    nearer = np.abs(moved - 1) <= np.abs(logits - 1) + 1e-6
    assert nearer.mean() > 0.97
