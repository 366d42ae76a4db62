"""The pictures of chapter 05, on a GAN that has hardly been trained."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from dogan_lib import plots
from dogan_lib.classroom import cures
from dogan_lib.classroom.diagnosis import Recorder, late
from dogan_lib.gan import GAN
from dogan_lib.models import dcgan

DOGS = np.random.default_rng(0).integers(0, 256, (16, 32, 32, 3)).astype("uint8")


@pytest.fixture(scope="module")
def run():
    gan, recorder = (
        GAN(dcgan.portrait_generator(8, 2), dcgan.portrait_discriminator(2), 8),
        Recorder(),
    )
    gan.compile()
    batches = [(DOGS[:8].astype("float32") / 127.5 - 1,)] * 12
    recorder.set_model(gan)
    for step, batch in enumerate(batches):
        gan.train_on_batch(*batch)
        recorder.on_train_batch_end(step)
    return cures.Run(gan, recorder.history)


def test_smooth_keeps_the_mean_and_the_course():
    curve = np.arange(1000.0)
    assert len(cures.smooth(curve)) == 100
    assert cures.smooth(curve).mean() == pytest.approx(curve.mean())
    assert late([9, 9, 1, 2, 3, 9]) == 6


def test_every_picture_is_drawn(run):
    notes = {"one": cures.Note(0.5, "D wins"), "two": cures.Note(0.1, "healthy")}
    runs = dict.fromkeys(notes, run)
    for figure in (
        cures.rows(runs, notes, columns=3),
        cures.side_by_side(runs, notes, columns=2),
        cures.curves(run),
        cures.agreement(notes),
        cures.agreement(notes, ["two"]),
        cures.bars({"a": 1.0, "b": 2.0}),
        cures.gradients(runs),
        cures.slopes(run, n=8),
        cures.ways(runs, DOGS, n=2),
    ):
        figure.canvas.draw()
        plt.close(figure)


def test_the_better_run_stands_above():
    figure = cures.agreement({"bad": cures.Note(0.9, "D wins"), "good": cures.Note(0.1, "healthy")})
    (ax,) = figure.axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["good", "bad"]
    assert [text.get_text() for text in ax.texts] == [
        "KID 0.10 · no sign found",
        "KID 0.90 · D wins",
    ]
    grey = plots.PALETTE["neutral"]
    assert to_hex(ax.patches[0].get_facecolor()).upper() == grey, "no sign is no praise: not green"
    plt.close(figure)
