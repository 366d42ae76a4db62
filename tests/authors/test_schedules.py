"""The comparison of SinGAN's schedules is kept after each run, and goes on where it stopped."""

import json

import numpy as np
from PIL import Image

from data.make import schedules
from dogan_lib.models.singan import Schedule

SHORT = {"paper": (Schedule(iterations=2, d_steps=1, g_steps=1), {"max_size": 40, "width": 8})}


def test_each_start_scale_is_measured_and_what_is_known_is_kept(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 255, (30, 40, 3), "uint8")
    pictures = [str(tmp_path / f"{name}.png") for name in ("trees", "birds")]
    for picture in pictures:
        Image.fromarray(pixels).save(picture)
    path = tmp_path / "schedules.json"
    first = schedules.study(pictures[:1], path, SHORT, n=2)["trees"]["paper"]
    assert first["size"] == [40, 30] and len(first["diversity"]) == len(first["sifid"]) > 1
    path.write_text(path.read_text().replace(f'"seconds": {first["seconds"]}', '"seconds": 77'))
    both = schedules.study(pictures, path, SHORT, n=2)
    assert both["trees"]["paper"]["seconds"] == 77  # not trained again
    assert json.loads(path.read_text()) == {"n": 2, "runs": both}
