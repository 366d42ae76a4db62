import itertools
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from dogan_lib.classroom import originals
from dogan_lib.dogs import cropping
from dogan_lib.dogs.cropping import cut, square, usable_boxes


@pytest.mark.parametrize(
    "box, expected",
    [
        ((10, 40, 50, 60), (10, 30, 50, 70)),  # grown around its centre
        ((10, 0, 50, 20), (10, 0, 50, 40)),  # moved down, since it would leave at the top
        ((90, 10, 100, 60), (50, 10, 100, 60)),  # moved left
        ((0, 0, 100, 20), (10, 0, 90, 80)),  # the largest square around the centre
        ((0, 0, 100, 80), (10, 0, 90, 80)),
        ((99, 79, 100, 80), (99, 79, 100, 80)),  # one pixel in the corner
    ],
)
def test_square_inside_a_picture_of_100x80(box, expected):
    assert square(box, 100, 80) == expected


def test_every_square_lies_inside_and_has_the_boxes_longer_side():
    for x0, x1 in itertools.combinations(range(8), 2):
        for y0, y1 in itertools.combinations(range(6), 2):
            left, top, right, bottom = square((x0, y0, x1, y1), 7, 5)
            assert 0 <= left and 0 <= top and right <= 7 and bottom <= 5
            assert right - left == bottom - top == min(max(x1 - x0, y1 - y0), 5)


@pytest.mark.parametrize(
    "box, expected",
    [
        ((-5, -5, 200, 200), (0, 0, 100, 80)),
        ((50, 50, 50, 60), None),
        ((60, 50, 50, 60), None),
        ((100, 0, 120, 20), None),
        ((-20, 0, 0, 20), None),
    ],
)
def test_boxes_are_clipped_and_the_empty_ones_left_out(box, expected):
    (kept, *more), _ = usable_boxes([box, (1, 2, 3, 4)], 100, 80)
    assert [kept, *more] == [expected, (1, 2, 3, 4)][expected is None :]


def test_each_box_gives_the_pixels_in_it(build):
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:, :30], pixels[:, 30:] = (200, 0, 0), (0, 0, 200)
    result = cut(build.encode(pixels, "PNG"), [(5, 5, 20, 20), (40, 5, 50, 30)], 8)
    assert [i.shape for i in result.images] == [(8, 8, 3)] * 2
    np.testing.assert_array_equal(result.images[0].reshape(-1, 3), [(200, 0, 0)] * 64)
    # The second box grows to 25x25 from x = 32 on: blue, but for what the filter sees beyond.
    np.testing.assert_allclose(result.images[1].reshape(-1, 3), [(0, 0, 200)] * 64, atol=20)
    assert result.boxes == [(5, 5, 20, 20), (40, 5, 50, 30)] and not result.problems


def test_modes(build):
    ramp = np.repeat(np.arange(60, dtype=np.uint8)[None, :, None] * 4, 40, 0).repeat(3, 2)
    data, box = build.encode(ramp, "PNG"), [(20, 10, 40, 20), (0, 0, 5, 5)]
    square_, stretched, whole = (cut(data, box, 10, mode) for mode in cropping.MODES)
    assert len(square_.images) == len(stretched.images) == 2 and len(whole.images) == 1
    np.testing.assert_allclose(square_.images[0][0, :, 0], 4 * np.arange(20.5, 40, 2), atol=3)
    np.testing.assert_array_equal(square_.images[0], stretched.images[0])  # a horizontal ramp
    np.testing.assert_allclose(whole.images[0][0, 1:-1, 0], 4 * np.arange(8.5, 51, 6), atol=3)
    assert whole.boxes == [(20, 10, 40, 20)]


def test_resizing_is_antialiased(build):
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 255
    small = cut(build.encode(stripes, "PNG"), [], 8).images[0]
    assert np.abs(small.astype(int) - 127).max() < 12


def test_decoding_smaller_stays_close_and_does_not_move(build, monkeypatch):
    """375 rows halved are 187.5, stored as 188: taking the ratio would shift everything."""
    soft = Image.fromarray(np.random.default_rng(0).integers(0, 256, (38, 50, 3), np.uint8))
    data = build.encode(soft.resize((501, 375), Image.Resampling.BICUBIC), quality=95)
    boxes = [(200, 125, 500, 375), (0, 0, 250, 250)]
    fast = np.stack(cut(data, boxes, 64).images).astype(float)
    monkeypatch.setattr(cropping, "PIXELS_TO_SPARE", 1e9)
    exact = np.stack(cut(data, boxes, 64).images).astype(float)
    assert (fast != exact).any()
    assert np.sqrt(((fast - exact) ** 2).mean()) < 2


@pytest.mark.parametrize(
    "mode, expected",
    [("L", None), ("P", None), ("CMYK", None), ("1", None), ("LA", None), ("I;16", None)],
)
def test_grey_palette_cmyk_become_rgb(build, mode, expected):
    rgb = Image.new("RGB", (20, 20), (180, 180, 180))
    image = (
        rgb.convert("L").point(lambda v: v * 257, "I").convert("I;16") if mode == "I;16" else rgb
    )
    image = (
        image if mode == "I;16" else image.convert(mode, **({"dither": 0} if mode == "1" else {}))
    )
    format = "TIFF" if mode == "CMYK" else "PNG"
    result = cut(build.encode(image, format), [], 4)
    assert result.problems == [cropping.NOT_RGB]
    grey = 255 if mode == "1" else 180
    np.testing.assert_allclose(result.images[0], grey, atol=4)


def test_cmyk_jpeg(build):
    red = Image.new("RGB", (20, 20), (255, 0, 0)).convert("CMYK")
    result = cut(build.encode(red), [], 4)
    assert result.problems == [cropping.NOT_RGB]
    assert result.images[0][..., 0].min() > 200 and result.images[0][..., 1:].max() < 60


def test_transparent_becomes_white_even_in_palettes(build):
    clear = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    for image, options in ((clear, {}), (clear.convert("P"), {"transparency": 0})):
        result = cut(build.encode(image, "PNG", **options), [], 4)
        np.testing.assert_array_equal(result.images[0], 255)


def test_bad_pictures_are_skipped_and_named(build):
    whole = build.picture(200, 200)
    for data in (b"", b"not a picture", whole[: len(whole) // 2], whole[:20]):
        result = cut(data, [(0, 0, 10, 10)], 8)
        assert not result.images and result.problems == [cropping.UNREADABLE]


def test_a_small_file_that_claims_a_huge_picture_is_not_decoded():
    def chunk(kind, data):
        return (
            len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
        )

    for side in (6_400, 9_100, 60_000):  # above our limits; above Pillow's own
        header = side.to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
        bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0"))
        assert cut(bomb, [], 8).problems == [cropping.TOO_LARGE]


def test_sixteen_bits_cost_no_more_than_colours(tmp_path):
    """In a process of its own, since what Pillow takes is seen from outside only."""
    code = """
import io, resource
import numpy as np
from PIL import Image
from dogan_lib.dogs.cropping import cut
file = io.BytesIO()
Image.fromarray(np.full((6_000, 6_000), 180 * 257, np.uint16)).save(file, "PNG")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert (cut(file.getvalue(), [], 8).images[0] == 180).all()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 350_000  # kB; 36 megapixels, 3 bytes each, and what they come from


def test_odd_boxes_are_cut_skipped_or_replaced_and_counted(build):
    data = build.picture(60, 40)
    outside = cut(data, [(-10, 5, 30, 30)], 8)
    assert outside.boxes == [(0, 5, 30, 30)] and outside.problems == [cropping.BOX_OUTSIDE]
    one_empty = cut(data, [(5, 5, 5, 30), (0, 0, 10, 10)], 8)
    assert len(one_empty.images) == 1 and one_empty.problems == [cropping.BOX_EMPTY]
    all_empty = cut(data, [(100, 100, 120, 120)], 8)
    assert all_empty.boxes == [(0, 0, 60, 40)]
    assert all_empty.problems == [cropping.BOX_EMPTY, cropping.NO_USABLE_BOX]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_from_phones_stand_upright(build, orientation):
    pixels = np.zeros((400, 300, 3), np.uint8)
    pixels[:200, :150] = 255  # white at the top left
    exif = Image.Exif()
    exif[0x0112] = orientation
    undo = {1: [], 2: [0], 3: [3], 4: [1], 5: [5], 6: [2], 7: [6], 8: [4]}[orientation]
    image = Image.fromarray(pixels)
    for operation in undo:
        image = image.transpose(Image.Transpose(operation))
    data = build.encode(image, exif=exif)
    small = cut(data, [], 8, "none").images[0]
    assert small[:3, :3].min() > 240 and small[5:].max() < 15 and small[:, 5:].max() < 15
    assert originals.read_rgb(data, upright=True).shape == (400, 300, 3)
