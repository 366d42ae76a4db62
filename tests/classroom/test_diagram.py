"""The returning diagram: what is lit, whose turn it is, and that it can be read."""

import io

import numpy as np
import pytest
from PIL import Image

from dogan_lib.classroom import diagram


def drawn(**options):
    return np.asarray(Image.open(io.BytesIO(diagram.game(**options).png)).convert("RGB"), int)


def reds(picture):
    """How many pixels are as red as the gradients."""
    return (np.abs(picture - (0xC0, 0, 0)).max(axis=-1) < 12).sum()


def test_the_gradients_reach_the_player_whose_turn_it_is():
    d, g, both = (drawn(turn=turn) for turn in ("D", "G", None))
    assert reds(d) < reds(g) == reds(both)
    width = d.shape[1]
    assert reds(d[:, : width // 2]) == 0 < reds(g[:, : width // 3])


@pytest.mark.parametrize("part", [*diagram.PARTS, *diagram.MORE])
def test_every_part_can_be_lit_and_is_named_to_those_who_do_not_see(part):
    picture = diagram.game(lit=part, labels={part: "the new one"})
    assert f"Lit: {part} (the new one)" in picture.alt
    assert "the new one" not in diagram.game().alt and picture.png != diagram.game().png


def test_pictures_stand_in_their_boxes():
    shown = drawn(pictures={"fake": np.full((4, 4, 3), (10, 200, 10), "uint8")})
    assert (np.abs(shown - (10, 200, 10)).max(axis=-1) < 3).sum() > 5000


def test_words_are_large_enough_on_a_slide():
    figure = diagram._Scene([], [], {}, None).figure()
    pixels = [
        text.get_fontsize() / 72 * 1280 / figure.get_figwidth() for text in figure.axes[0].texts
    ]
    assert min(pixels) >= 16


def test_the_film_shows_both_steps():
    frames = diagram.frames(width=320)
    assert frames.dtype == np.uint8 and frames.shape[2:] == (320, 3) and len(frames) > 20
    assert len({frame.tobytes() for frame in frames}) >= 20
    moving = [reds(frame.astype(int)) > 0 for frame in frames]
    assert any(moving[: len(frames) // 2]) and any(moving[len(frames) // 2 :])


@pytest.mark.parametrize("bad", [{"lit": "H"}, {"turn": "E"}, {"labels": {"los": "x"}}])
def test_what_there_is_not_is_refused(bad):
    with pytest.raises(ValueError):
        diagram.game(**bad)
