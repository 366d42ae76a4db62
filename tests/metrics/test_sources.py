"""Every kind of source gives the same numbers, a batch at a time."""

import io
import tarfile
import zipfile

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from small_pictures import Sampler, pictures

from dogan_lib.dogs import Dogs
from dogan_lib.gan import GAN
from dogan_lib.metrics import extract, kid
from dogan_lib.metrics.sources import pictures as gathered
from dogan_lib.models import conditional


def png(image):
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


def fill(path, images, name="dog_{:04d}.png"):
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for i, image in enumerate(images):
                archive.writestr(name.format(i), png(image))
        return path
    for i, image in enumerate(images):
        file = path / name.format(i)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(png(image))
    return path


def everything(source, **options):
    return gathered(source, **options).images


def dogs_of(images):
    labels = np.arange(len(images), dtype="int32") % 2
    return Dogs(images, labels, ["a", "b"], "doodle", [str(i) for i in range(len(images))])


def test_all_sources_give_the_same_pictures(tmp_path):
    images = pictures(7)
    floats = images.astype("float32") / 127.5 - 1
    sources = {
        "uint8": images,
        "float": floats,
        "folder": fill(tmp_path / "folder", images),
        "zip": fill(tmp_path / "dogs.zip", images),
        "path as text": str(tmp_path / "dogs.zip"),
        "Dogs": dogs_of(images),
        "pair": (images, np.zeros(7, int)),
    }
    for name, source in sources.items():
        np.testing.assert_array_equal(everything(source), images, err_msg=name)


def test_a_generator_and_the_zip_of_its_pictures_score_the_same(tmp_path, tiny):
    path = fill(tmp_path / "fakes.zip", everything(Sampler(), n=60))
    real = pictures(60, seed=9)
    assert float(kid(real, Sampler(), tiny, n=60)) == float(kid(real, path, tiny))


def test_a_generator_is_asked_for_batches_with_different_seeds():
    sampler = Sampler()
    images = everything(sampler, n=250)
    assert len(images) == 250 and len(set(sampler.seeds)) == 3
    np.testing.assert_array_equal(images, everything(Sampler(), n=250))
    assert (images != everything(Sampler(), n=250, seed=1)).any()


def test_a_conditional_generator_draws_all_breeds_as_often():
    found = gathered(Sampler(classes=3), n=150)
    assert np.bincount(found.labels).tolist() == [50, 50, 50] and found.text == "sampler"


def test_so_does_a_conditional_gan():
    networks = (
        conditional.generator(3, 4, 2, resolution=32),
        conditional.discriminator(3, 1, resolution=32),
    )
    found = gathered(GAN(*networks), n=9)
    assert np.bincount(found.labels).tolist() == [3, 3, 3] and found.text == "GAN"


def test_a_generator_needs_n(tiny):
    with pytest.raises(ValueError, match="say how many"):
        extract(Sampler(), tiny)


def test_n_of_a_sorted_source_is_a_fair_selection():
    """Dogs are sorted by breed; the first n would be one breed."""
    labels = np.repeat([0, 1, 2, 3], 25)
    chosen = gathered((pictures(100), labels), n=40).labels
    assert len(chosen) == 40 and set(chosen) == {0, 1, 2, 3}


def test_sub_folders_are_classes(tmp_path):
    fill(tmp_path / "dogs", pictures(3), "beagle/{}.png")
    fill(tmp_path / "dogs", pictures(2), "pug/{}.png")
    assert gathered(tmp_path / "dogs").labels.tolist() == [0, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (np.zeros((4, 8, 8)), r"\(N, H, W, 3\)"),
        (np.zeros((0, 8, 8, 3)), "N > 0"),
        (np.zeros((4, 8, 8, 4), "uint8"), r"\(N, H, W, 3\)"),
        (np.full((4, 8, 8, 3), 255.0), r"in \[-1, 1\]; these reach from 255 to 255"),
        (np.full((4, 8, 8, 3), np.nan), "NaN"),
        (np.zeros((4, 8, 8, 3), "int64"), "not int64"),
        ((pictures(4), [1, 2]), "2 labels for 4"),
        (tf.data.Dataset.from_tensors(pictures(4)), "a dataset of batches will not"),
    ],
)
def test_what_is_no_set_of_pictures(source, message):
    with pytest.raises(ValueError, match=message):
        everything(source)


def test_pictures_in_0_to_1_are_suspected():
    with pytest.warns(UserWarning, match=r"in \[0, 1\]\?"):
        everything(np.full((4, 8, 8, 3), 0.5))


def test_an_empty_folder_and_a_missing_one(tmp_path):
    with pytest.raises(ValueError, match="holds no pictures"):
        everything(tmp_path)
    with pytest.raises(RuntimeError, match="There is no"):
        everything(tmp_path / "nowhere")


def test_pictures_of_different_sizes(tmp_path):
    fill(tmp_path, pictures(2), "a{}.png")
    fill(tmp_path, pictures(1, size=32), "b{}.png")
    with pytest.raises(ValueError, match=r"a0.png is 16x16, b0.png is 32x32"):
        everything(tmp_path)


def test_a_broken_picture_is_named(tmp_path):
    fill(tmp_path, pictures(2), "a{}.png")
    (tmp_path / "bad.png").write_bytes(b"no picture")
    with pytest.raises(ValueError, match=r"bad.png"):
        everything(tmp_path)


def test_a_tar(tmp_path):
    fill(tmp_path / "dogs", pictures(3))
    with tarfile.open(tmp_path / "dogs.tar", "w") as archive:
        archive.add(tmp_path / "dogs", "dogs")
    np.testing.assert_array_equal(everything(tmp_path / "dogs.tar"), pictures(3))


def test_a_picture_is_measured_before_it_is_decoded(tmp_path):
    for side in (14_000, 3_000):  # Pillow refuses the first, with an error of its own
        buffer = io.BytesIO()
        Image.new("1", (side, side)).save(buffer, "PNG")
        (tmp_path / "bomb.png").write_bytes(buffer.getvalue())
        with pytest.raises(ValueError, match=r"bomb\.png is no picture that can be read"):
            gathered(tmp_path)


def test_a_damaged_picture_is_named_whatever_pillow_says(tmp_path):
    whole = png(np.random.default_rng(0).integers(0, 256, (16, 16, 3), "uint8"))
    random = np.random.default_rng(1)
    for _ in range(40):
        damaged = bytearray(whole)
        for place in random.integers(len(damaged), size=4):
            damaged[place] = random.integers(256)
        (tmp_path / "a.png").write_bytes(damaged)
        try:
            gathered(tmp_path)
        except ValueError as error:
            assert "a.png is no picture that can be read" in str(error)
