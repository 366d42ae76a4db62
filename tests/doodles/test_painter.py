"""The drawn dogs: the same dog always, what the caption says, and archives like Stanford's."""

import io
import subprocess
import sys
import tarfile
import textwrap
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from dogan_lib.doodles import painter as doodle
from dogan_lib.doodles.archive import folder_name, write_archive
from dogan_lib.doodles.breeds import PROPORTIONS, choose_attributes


@pytest.fixture(scope="module")
def many():
    return doodle.make(120, size=32, seed=3)


def test_at_least_twelve_breeds_with_readable_names():
    assert len(doodle.BREEDS) == len(set(doodle.BREEDS)) >= 12
    assert all(name.startswith("doodle-") for name in doodle.BREEDS)


def test_a_dog_is_the_same_every_time():
    first, again = doodle.draw(7, seed=2), doodle.draw(7, seed=2)
    np.testing.assert_array_equal(first.image, again.image)
    assert first[1:] == again[1:]


def test_dogs_in_the_cache_are_the_dogs_that_are_drawn():
    """Whoever changes drawings or captions raises `FORMAT`, and writes here what is new."""
    drawings = [doodle.draw(index, 32) for index in range(6)]
    means = [drawing.image.mean() for drawing in drawings]
    np.testing.assert_allclose(means, [112.8, 75.7, 158.5, 151.5, 113.8, 118.7], atol=0.5)
    assert drawings[1].caption == "a big short-haired black dog standing on grass, with long ears"
    assert doodle.FORMAT == 1


def test_index_and_seed_change_the_dog():
    pictures = [doodle.draw(i, 32, s).image for i in (0, 1) for s in (0, 1)]
    differences = [
        np.abs(a.astype(int) - b).mean() for a in pictures for b in pictures if a is not b
    ]
    assert min(differences) > 5


def test_the_set_does_not_depend_on_how_many_are_drawn(many):
    few = doodle.make(5, size=32, seed=3)
    np.testing.assert_array_equal(few["images"], many["images"][:5])
    np.testing.assert_array_equal(few["boxes"], many["boxes"][:5])
    assert few["captions"] == many["captions"][:5]


def test_make_gives_what_draw_gives(many):
    drawing = doodle.draw(4, 32, 3)
    np.testing.assert_array_equal(drawing.image, many["images"][4])
    assert drawing.label == many["labels"][4]
    assert drawing.box == tuple(many["boxes"][4])
    assert drawing.attributes == {name: v[4] for name, v in many["attributes"].items()}
    assert drawing.caption == many["captions"][4]


def test_portraits_have_only_the_values_that_they_may_have():
    drawn = doodle.make(60, size=32, only=doodle.PORTRAITS)
    for name, allowed in doodle.PORTRAITS.items():
        assert set(drawn["attributes"][name]) == set(allowed)
    assert len(set(drawn["attributes"]["ears"])) == 4 and len(set(drawn["labels"])) > 10
    drawing = doodle.draw(5, 32, breed=doodle.BREEDS[drawn["labels"][5]], only=doodle.PORTRAITS)
    np.testing.assert_array_equal(drawing.image, drawn["images"][5])
    with pytest.raises(ValueError, match="pose is one of"):
        doodle.draw(0, only={"pose": ("flying",)})


def test_the_set_does_not_depend_on_the_processes():
    alone, together = (doodle.make(70, size=16, workers=workers) for workers in (1, 2))
    np.testing.assert_array_equal(alone["images"], together["images"])
    assert alone["captions"] == together["captions"]


def test_a_script_without_main_guard_is_not_started_twice(tmp_path):
    script = tmp_path / "homework.py"
    script.write_text(
        textwrap.dedent("""
        from dogan_lib.doodles import painter as doodle
        print("started")
        print(len(doodle.make(70, size=16, workers=2)["images"]))
        """)
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == ["started", "70"], done.stderr


def test_shapes_and_types(many):
    assert many["images"].shape == (120, 32, 32, 3)
    assert many["images"].dtype == np.uint8
    assert many["labels"].dtype == many["boxes"].dtype == np.int32
    assert many["boxes"].shape == (120, 4)
    assert len(many["captions"]) == 120
    assert set(many["attributes"]) == set(doodle.ATTRIBUTES)


def test_labels_count_in_the_breeds_asked_for():
    names = ["doodle-husky", "doodle-corgi"]
    few = doodle.make(12, size=16, breeds=names)
    assert set(few["labels"]) == {0, 1}
    label = few["labels"][3]
    np.testing.assert_array_equal(few["images"][3], doodle.draw(3, 16, breed=names[label]).image)


@pytest.mark.parametrize("size", [16, 17, 48, 64, 100, 256])
def test_any_size(size):
    drawing = doodle.draw(1, size)
    assert drawing.image.shape == (size, size, 3)
    assert drawing.image.std() > 15


def test_the_same_dog_at_two_sizes():
    small, large = doodle.draw(11, 64), doodle.draw(11, 192)
    assert small.attributes == large.attributes
    np.testing.assert_allclose(np.array(large.box) / 3, small.box, atol=3)
    reduced = Image.fromarray(large.image).resize((16, 16), Image.Resampling.BOX)
    wanted = Image.fromarray(small.image).resize((16, 16), Image.Resampling.BOX)
    assert np.corrcoef(np.ravel(reduced), np.ravel(wanted))[0, 1] > 0.9


def test_boxes_lie_inside_and_hold_a_large_part(many):
    x0, y0, x1, y1 = many["boxes"].T
    assert (many["boxes"] >= 0).all() and (x1 <= 32).all() and (y1 <= 32).all()
    assert (x1 - x0 >= 8).all() and (y1 - y0 >= 8).all()


def test_the_box_holds_the_dog(monkeypatch):
    """Against the same scene without the dog: what differs outside the box is its shadow only."""
    for index in range(12):
        with_dog = doodle.draw(index, 96)
        with monkeypatch.context() as patch:
            paint = doodle.paint_dog

            def unpainted(canvas, at, light, rng, paint=paint):
                return paint(canvas.copy(), at, light, rng)

            patch.setattr(doodle, "paint_dog", unpainted)
            without = doodle.draw(index, 96)
        changed = np.abs(with_dog.image.astype(int) - without.image).max(2) > 60
        x0, y0, x1, y1 = with_dog.box
        assert with_dog.box == without.box
        assert changed[y0:y1, x0:x1].sum() >= 0.9 * changed.sum()
        assert changed[y0:y1, x0:x1].mean() > 0.1


def test_cut_out_is_the_dog_of_the_drawing():
    drawing = doodle.draw(3, size=48, background="sky")
    cut = doodle.cut_out(3, size=48, background="sky")
    assert cut.shape == (48, 48, 4) and cut.dtype == np.uint8
    np.testing.assert_array_equal(cut[..., :3], drawing.image)
    xmin, ymin, xmax, ymax = drawing.box
    inside = np.zeros((48, 48), bool)
    inside[ymin:ymax, xmin:xmax] = True
    assert cut[..., 3][~inside].max() < 128 and (cut[..., 3] > 250).mean() > 0.05


def test_captions_say_what_the_attributes_say(many):
    for i, caption in enumerate(many["captions"]):
        a = {name: str(values[i]) for name, values in many["attributes"].items()}
        for name in ("size", "colour", "hair", "ears", "pose", "background"):
            assert doodle.KEYWORDS[name][a[name]] in caption
        pattern = doodle.KEYWORDS["pattern"][a["pattern"]].format(marking=a["marking"])
        assert pattern.removeprefix("with ") in caption
        others = [word for word in doodle.ATTRIBUTES["ears"] if word != a["ears"]]
        assert not any(f"{word} ears" in caption for word in others)
        assert "{" not in caption and "  " not in caption
    assert len(set(many["captions"])) > 100


def test_colour_is_the_word_before_dog(many):
    for caption, colour in zip(many["captions"], many["attributes"]["colour"], strict=True):
        assert f"{colour} dog" in caption


def test_every_value_occurs_and_none_is_rare():
    rng = np.random.default_rng(0)
    breeds = [PROPORTIONS[name] for name in doodle.BREEDS]
    drawn = [choose_attributes(rng, b, {}) for b in breeds * 100]
    for name in ("size", "colour", "hair", "ears", "pose", "background"):
        values, counts = np.unique([d[name] for d in drawn], return_counts=True)
        assert set(values) == set(doodle.ATTRIBUTES[name])
        assert counts.min() > 0.3 * len(drawn) / len(values)


def test_fixing_one_attribute_leaves_the_others():
    free, fixed = doodle.draw(5, 32), doodle.draw(5, 32, ears="long")
    changed = {name for name in free.attributes if free.attributes[name] != fixed.attributes[name]}
    assert changed <= {"ears"} and fixed.attributes["ears"] == "long"


def test_colour_of_the_dog_is_visible():
    """Inside the box, a black dog is darker than a white one, and a red one redder than a grey."""

    def mean(colour):
        views = [
            doodle.draw(i, 48, colour=colour, pattern="solid", pose="portrait") for i in range(6)
        ]
        return np.mean([v.image[20:28, 20:28].mean((0, 1)) for v in views], axis=0)

    black, white, red, grey = map(mean, ("black", "white", "red", "grey"))
    assert black.mean() + 60 < white.mean()
    assert red[0] - red[2] > 40 + abs(grey[0] - grey[2])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 8}, "16 to 256"),
        ({"size": 512}, "16 to 256"),
        ({"seed": -1}, "from 0"),
        ({"breed": "doodle-cat"}, "doodle-cat.*doodle-shiba"),
        ({"colour": "blue"}, "colour is one of black"),
        ({"wings": "two"}, "no attribute 'wings'"),
        ({"colour": "black", "pattern": "spots"}, "no coat"),
    ],
)
def test_bad_arguments_of_draw(arguments, message):
    with pytest.raises(ValueError, match=message):
        doodle.draw(0, **arguments)


@pytest.mark.parametrize("arguments", [{"n": 0}, {"n": 3, "breeds": []}, {"n": 3, "workers": 0}])
def test_bad_arguments_of_make(arguments):
    with pytest.raises(ValueError):
        doodle.make(**arguments)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return write_archive(tmp_path_factory.mktemp("doodles"), n=40, size=96)


def _files(path):
    with tarfile.open(path) as tar:
        return {m.name: tar.extractfile(m).read() for m in tar.getmembers()}


def test_archive_has_the_real_layout(archive):
    images, notes = _files(archive / "images.tar"), _files(archive / "annotation.tar")
    assert len(images) == len(notes) == 40
    for name in images:
        top, folder, file = name.split("/")
        number, breed = folder.split("-", 1)
        assert top == "Images" and breed in doodle.BREEDS
        assert number[0] == "n" and len(number) == 9 and number[1:].isdigit()
        assert file.startswith(f"{number}_") and file.endswith(".jpg")
        assert f"Annotation/{folder}/{file.removesuffix('.jpg')}" in notes


def test_archive_boxes_lie_inside_their_pictures(archive):
    images, notes = _files(archive / "images.tar"), _files(archive / "annotation.tar")
    dogs, shapes = [], set()
    for name, text in notes.items():
        note = ET.fromstring(text)
        picture = Image.open(io.BytesIO(images[f"{name.replace('Annotation', 'Images')}.jpg"]))
        width, height = (int(note.findtext(f"size/{side}")) for side in ("width", "height"))
        assert picture.size == (width, height) and picture.mode == "RGB"
        assert max(width, height) == 96
        shapes.add((width, height))
        dogs.append(len(note.findall("object")))
        for found in note.findall("object"):
            corners = [int(found.findtext(f"bndbox/{c}")) for c in ("xmin", "ymin", "xmax", "ymax")]
            x0, y0, x1, y1 = corners
            assert found.findtext("name") == name.split("/")[1].split("-", 1)[1]
            assert 0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height
    assert set(dogs) == {1, 2} and len(shapes) > 2


def test_archive_is_the_same_every_time(archive, tmp_path):
    write_archive(tmp_path / "again", n=40, size=96)
    for name in ("images.tar", "annotation.tar"):
        assert (archive / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_the_loader_reads_the_archive(archive):
    from dogan_lib.dogs import load_dogs

    dogs = load_dogs(size=32, source=archive, progress=False)
    assert len(dogs) > 40 and dogs.images.shape[1:] == (32, 32, 3)
    assert set(dogs.breeds) <= {folder_name(b) for b in doodle.BREEDS} | set(doodle.BREEDS)


def test_bad_archive_arguments(tmp_path):
    with pytest.raises(ValueError, match="32 to 256"):
        write_archive(tmp_path, n=2, size=20)
    assert not list(tmp_path.iterdir())
