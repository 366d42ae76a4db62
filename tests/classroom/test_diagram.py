"""The returning diagram: what is lit, whose turn it is, and that it can be read."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba

from dogan_lib.classroom import diagram


def reds(picture):
    """How many pixels are as red as the gradients."""
    return (np.abs(picture - (0xC0, 0, 0)).max(axis=-1) < 12).sum()


@pytest.mark.parametrize("part", diagram.PARTS)
def test_every_part_can_be_lit_and_is_named_to_those_who_do_not_see(part):
    picture = diagram.game(lit=part, labels={part: "the new one"})
    assert f"Lit: {part} (the new one)" in picture.alt
    assert "the new one" not in diagram.game().alt and picture.png != diagram.game().png


def test_words_are_large_enough_on_a_slide():
    figure = diagram._draw()
    pixels = [
        text.get_fontsize() / 72 * 1280 / figure.get_figwidth() for text in figure.axes[0].texts
    ]
    assert min(pixels) >= 16


def test_the_film_shows_both_steps():
    frames = diagram.frames(width=320)
    assert frames.dtype == np.uint8 and frames.shape[2:] == (320, 3) and len(frames) > 20
    assert len({frame.tobytes() for frame in frames}) >= 20


def test_the_gradients_reach_the_player_whose_turn_it_is():
    d, g = np.split(diagram.frames(width=640).astype(int), [3 * len(diagram.STEPS["D"][2])])
    width = d.shape[2]
    assert max(map(reds, d)) > 0 and not any(map(reds, d[:, :, : width // 2]))
    assert max(map(reds, g[:, :, : width // 3])) > 0


@pytest.mark.parametrize("bad", [{"lit": "H"}, {"grey": ["E"]}, {"labels": {"los": "x"}}])
def test_what_there_is_not_is_refused(bad):
    with pytest.raises(ValueError):
        diagram.game(**bad)


def test_what_flows_to_and_from_a_grey_player_is_grey():
    def red(**options):
        patches = diagram._draw(**options).axes[0].patches
        return [patch.get_edgecolor() for patch in patches].count(to_rgba(diagram.RED))

    assert red() == len(diagram.BACK) and red(grey=["real"]) == len(diagram.BACK)
    assert red(grey=["D"]) == 0
    assert red(grey=["G"]) == len(diagram.BACK) - 1


def test_the_pyramid_says_what_is_let_in():
    plain, entered = diagram.pyramid(), diagram.pyramid("a picture")
    assert plain.png != entered.png and "a picture enters below scale n" in entered.alt
