"""Pictures keep their pixels, carry alt text, and the live view works outside a notebook too."""

import io

import matplotlib
import numpy as np
import pytest
from PIL import Image

from dogan_lib import plots
from dogan_lib.callbacks import LivePlot
from dogan_lib.classroom import moving
from dogan_lib.doodles import painter as doodle

matplotlib.use("agg")


def test_to_uint8_covers_the_whole_range():
    np.testing.assert_array_equal(plots.to_uint8([-1.0, 0.0, 1.0, 3.0]), [0, 128, 255, 255])
    np.testing.assert_array_equal(plots.to_uint8([0, 7, 255, 300]), [0, 7, 255, 255])
    same = np.arange(5, dtype="uint8")
    assert plots.to_uint8(same) is same


def test_tile_puts_every_picture_where_it_belongs():
    images = np.arange(5, dtype="uint8")[:, None, None, None] * np.ones((1, 4, 6, 3), "uint8")
    canvas = plots.tile(images, columns=3, gap=1)
    assert canvas.shape == (9, 20, 3)
    assert canvas[0, 0, 0] == 0 and canvas[0, 14, 0] == 2 and canvas[5, 7, 0] == 4
    assert canvas[5, 14, 0] == 255


def test_no_pictures_are_an_error_that_says_so():
    for shown in (plots.tile, plots.grid):
        with pytest.raises(ValueError, match="no pictures to show"):
            shown(np.zeros((0, 8, 8, 3)))


@pytest.mark.parametrize("titles", [None, ["a", "b", "c"]])
def test_grid_renders(titles):
    figure = plots.grid(np.zeros((3, 8, 8, 3)), columns=2, title="dogs", titles=titles)
    assert Image.open(io.BytesIO(plots.to_png(figure))).size[0] > 50


def test_what_stands_still_in_a_gif_does_not_flicker():
    frames = np.stack([doodle.draw(0, 32).image] * 3)
    frames[1, :8, :8] = 0
    with Image.open(io.BytesIO(moving.gif(frames))) as gif:
        shown = []
        for k in range(gif.n_frames):
            gif.seek(k)
            shown.append(np.asarray(gif.convert("RGB")).astype(int))
    assert len(shown) == 3 and (shown[1][:8, :8] < 16).all()
    np.testing.assert_array_equal(shown[0][9:], shown[1][9:])
    assert np.abs(shown[0] - frames[0]).mean() < 8


def test_a_moving_picture_carries_its_alt_text(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    frames = np.stack([doodle.draw(k, 16).image for k in range(2)])
    moving.play(frames, 'a dog that says "woof"', zoom=3)
    assert (
        'alt="a dog that says &quot;woof&quot;"' in shown[0].data and 'width="48"' in shown[0].data
    )


def test_a_picture_carries_its_alt_text():
    picture = plots.Picture(b"png", "sixteen dogs")
    data, metadata = picture._repr_mimebundle_()
    assert data["text/plain"] == "sixteen dogs"
    assert metadata["image/png"]["alt"] == "sixteen dogs"


def test_photographs_become_small_jpegs_that_look_the_same():
    dogs = np.stack([doodle.draw(i, size=128).image for i in range(12)])
    png = plots.png(plots.tile(dogs, 4))
    assert len(png) > plots.Picture.LARGE
    data, metadata = plots.Picture(png, "dogs")._repr_mimebundle_()
    assert metadata == {"image/jpeg": {"alt": "dogs"}}
    assert len(data["image/jpeg"]) < 0.6 * len(png)
    before, after = (
        np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), "int16")
        for content in (png, data["image/jpeg"])
    )
    assert np.abs(before - after).mean() < 4.5  # of 255


class Sampler:
    stop_training = False

    def sample(self, n, seed=0):
        return np.zeros((n, 8, 8, 3), "float32")


def test_live_plot_records_each_epoch_and_draws_every_second():
    live = LivePlot(every=2, samples=4, guess=1.386)
    live.set_model(Sampler())
    live.set_params({"epochs": 3})
    drawn = []
    live._do = drawn.append
    for epoch in range(3):
        live.on_epoch_end(epoch, {"d_loss": 1.0 - epoch, "g_loss": 0.5})
    assert drawn == [2, 3]
    assert [row["d_loss"] for row in live.history] == [1.0, 0.0, -1.0]
    figure = live.figure()
    said = [text.get_text() for text in figure.axes[1].get_legend().get_texts()]
    assert said == ["D", "G", "guessing"]
    assert Image.open(io.BytesIO(plots.to_png(figure))).size[0] > 300


def test_the_epoch_that_a_clock_ends_is_drawn_too():
    live = LivePlot(every=3)
    live.set_model(Sampler())
    live.set_params({"epochs": 1000})
    drawn = []
    live._do = drawn.append
    for epoch in range(5):
        live.model.stop_training = epoch == 4
        live.on_epoch_end(epoch, {"d_loss": 1.0, "g_loss": 1.0})
    assert drawn == [3, 5]


def test_rows_have_their_labels_beside_them():
    rows = np.zeros((2, 3, 8, 8, 3), "uint8")
    figure = plots.labelled_rows([rows[0], *rows], ["", "a small dog " * 8, "b"], title="dogs")
    texts = [ax.texts[0].get_text() for ax in figure.axes[::2]]
    assert texts[0] == "" and "\n" in texts[1] and texts[2] == "b"
    assert figure.axes[1].images[0].get_array().shape == (8, 3 * 8 + 2 * 2, 3)
