"""The README's film of the playground."""

from PIL import Image

from data.make import gallery
from dogan_lib.classroom import scene


def test_recording_is_small_and_moves(tmp_path):
    path = tmp_path / "play.webp"
    gallery.record(path, pictures=4, rounds=20)
    with Image.open(path) as film:
        assert film.n_frames == 4 and film.size == (scene.WIDTH, scene.HEIGHT)
    assert path.stat().st_size < 200_000
