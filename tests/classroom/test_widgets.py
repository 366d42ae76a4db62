"""Widgets by setting `.value`, as a hand on the slider would."""

import datetime
import io

import numpy as np
import pytest
from PIL import Image

from data.make.shipping import save_generator
from dogan_lib.checkpoints import Generator
from dogan_lib.classroom import text_encoder, truncation
from dogan_lib.classroom.heat import AttentionMap, attention_maps
from dogan_lib.classroom.photos import Cropper, PaintToPhoto
from dogan_lib.classroom.singan_uses import paint_to_image
from dogan_lib.classroom.stills import WIDGET_VIEW
from dogan_lib.classroom.widgets import AskForDogs, ChooseABreed, LatentWalk, Truncate
from dogan_lib.dogs import cropping, load_dogs
from dogan_lib.generator import latents
from dogan_lib.models import biggan, conditional, dcgan, sagan, text
from dogan_lib.models.singan import Scale, SinGAN, generator


def picture(walk):
    return np.asarray(Image.open(io.BytesIO(walk.picture.value)))


def test_the_slider_moves_the_middle_dog_and_the_seeds_the_outer_ones():
    walk = LatentWalk(Generator(dcgan.generator_32(16, width=16)), zoom=1)
    first = picture(walk)
    assert first.shape == (32, 3 * 32 + 2 * 2, 3)
    walk.way.value = 1.0
    second = picture(walk)
    np.testing.assert_array_equal(first[:, :32], second[:, :32])
    assert not np.array_equal(first[:, 34:66], second[:, 34:66])
    np.testing.assert_array_equal(second[:, 34:66], second[:, 68:])
    walk.start.value = 7
    assert not np.array_equal(second[:, :32], picture(walk)[:, :32])


def test_latents_on_the_way_are_as_long_as_at_the_ends():
    walk = LatentWalk(Generator(dcgan.generator_32(100, width=16)))
    lengths = []
    for walk.way.value in (0.0, 0.5, 1.0):
        lengths.append(np.linalg.norm(walk.latent()))
    assert min(lengths[0], lengths[2]) * 0.999 <= lengths[1] <= max(lengths[0], lengths[2]) * 1.001


@pytest.fixture
def cropper(tmp_path):
    image = np.random.default_rng(0).integers(0, 256, (60, 100, 3), "uint8")
    return Cropper(image, box=(70, 5, 95, 45), folder=tmp_path / "mine")


def upload(height, width):
    """A file as ipywidgets 8 hands it over."""
    image = Image.fromarray(np.zeros((height, width, 4), "uint8"))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    file = {
        "name": "a.png",
        "type": "image/png",
        "size": 1,
        "content": memoryview(buffer.getvalue()),
    }
    return file | {"last_modified": datetime.datetime.now(datetime.UTC)}


def test_sliders_move_the_box_and_every_crop_follows(cropper):
    assert cropper.box == (70, 5, 95, 45)
    before = picture(cropper)
    cropper.across.value = (0, 30)
    assert cropper.box == (0, 5, 30, 45)
    assert not np.array_equal(before, picture(cropper))
    assert {cropper.crop(mode).shape for mode in cropping.MODES} == {(64, 64, 3)}
    whole = Image.fromarray(cropper.image).resize((64, 64), Image.Resampling.LANCZOS)
    np.testing.assert_array_equal(cropper.crop("none"), np.asarray(whole))


def test_a_box_without_width_is_one_pixel_wide(cropper):
    cropper.across.value, cropper.down.value = (100, 100), (60, 60)
    assert cropper.box == (99, 59, 100, 60)
    assert cropper.crop("box").shape == (64, 64, 3)


@pytest.mark.parametrize("height, width", [(20, 30), (300, 200), (1, 1)])
def test_an_uploaded_picture_takes_the_place(cropper, height, width):
    cropper.upload.value = (upload(height, width),)
    assert cropper.image.shape == (height, width, 3)
    assert (cropper.across.max, cropper.down.max) == (width, height)
    xmin, ymin, xmax, ymax = cropper.box
    assert 0 <= xmin < xmax <= width and 0 <= ymin < ymax <= height


def test_uploads_of_ipywidgets_7_and_files_that_are_no_pictures(cropper):
    file = upload(20, 30)
    cropper._on_upload({"new": {"a.png": {"metadata": {}, "content": bytes(file["content"])}}})
    assert cropper.image.shape == (20, 30, 3)
    cropper._on_upload({"new": {"b.txt": {"metadata": {}, "content": b"no picture"}}})
    assert cropper.image.shape == (20, 30, 3) and "not a picture" in cropper.said.value


def test_kept_squares_are_a_folder_of_dogs(cropper):
    cropper.keep.click()
    cropper.across.value = (0, 20)
    cropper.keep.click()
    first = sorted(cropper.folder.iterdir())[0]
    left, top, right, bottom = cropping.square((70, 5, 95, 45), 100, 60)
    np.testing.assert_array_equal(
        np.asarray(Image.open(first)), cropper.image[top:bottom, left:right]
    )
    assert len(load_dogs(size=16, source=cropper.folder)) == 2


def test_keeping_overwrites_nothing(cropper):
    for _ in range(3):
        cropper.keep.click()
    (cropper.folder / "dog_000.png").unlink()
    (cropper.folder / "dog_001.png").write_text("another one")
    cropper.keep.click()
    cropper.keep.click()
    names = sorted(path.name for path in cropper.folder.iterdir())
    assert names == [f"dog_00{n}.png" for n in range(4)]
    assert (cropper.folder / "dog_001.png").read_text() == "another one"


@pytest.fixture
def asking(tmp_path, monkeypatch):
    monkeypatch.setenv("DOGAN_DATA", str(tmp_path))
    save_generator(text_encoder.encoder(8, width=8), "text_encoder", {"kind": "text encoder"})
    generator = Generator(text.generator(8, 4, projected=4, width=2))
    return AskForDogs(generator, "a red dog", dogs=2, zoom=1)


def test_a_typed_caption_draws_dogs(asking):
    first = picture(asking)
    assert first.shape == (64, 130, 3) and asking.said.value == "asks for colour red"
    asking.caption.value = "a black dog sitting"
    second = picture(asking)
    assert not np.array_equal(first, second)
    asking.seed.value = 3
    assert not np.array_equal(second, picture(asking))


def test_what_is_odd_in_it_is_named(asking):
    asking.caption.value = "a <b>fluffi</b> black white dog"
    said = asking.said.value
    assert "colour cannot be black and white at once" in said and "fluffi" in said
    assert "<b>" not in said and picture(asking).shape == (64, 130, 3)
    asking.caption.value = "a big dog " * 30
    assert "only the first 32 words" in asking.said.value


@pytest.mark.parametrize("nothing", ["", "    ", "🐕", "cat"])
def test_no_dogs_for_a_caption_that_asks_for_nothing(asking, nothing):
    asking.caption.value = nothing
    assert "asks for nothing" in asking.said.value and picture(asking).shape == (1, 1, 3)


def test_a_breed_is_chosen_from_the_menu():
    breeds = ["n02085620-Chihuahua", "n02110958-pug"]
    network = conditional.generator(2, latent_dim=4, width=4)
    generator = Generator(network, {"breeds": breeds})
    menu = ChooseABreed(generator, dogs=2, zoom=3)
    still = Image.open(io.BytesIO(menu.still()))
    assert still.size == (2 * 3 * 64 + 2, 3 * 64), "as large as on the screen"
    assert [name for name, _ in menu.breed.options] == ["Chihuahua", "pug"]
    before, picture = menu.sample(), menu.picture.value
    np.testing.assert_array_equal(before, generator.sample(2, 0, 2.0, labels=0))
    for control, value in ((menu.seed, 5), (menu.truncation, 0.3)):
        control.value = value
        assert menu.picture.value != picture
        picture = menu.picture.value
    menu.breed.value = breeds[1]
    np.testing.assert_array_equal(menu.sample(), generator.sample(2, 5, 0.3, labels="pug"))


@pytest.fixture
def canvas():
    """On a SinGAN with two scales that nobody has trained."""
    photograph = np.random.default_rng(0).integers(0, 256, (30, 40, 3), "uint8")
    gan = SinGAN(width=4)
    gan.take(photograph)
    gan.scales = [Scale(generator(4, seed=k).get_weights(), 0.1) for k in range(2)]
    gan.shapes = gan.shapes[-2:]
    return PaintToPhoto(gan, columns=8)


def test_a_click_paints_and_the_photo_follows(canvas):
    assert [len(row) for row in canvas.cells] == [8] * 6
    before = canvas.painting.copy()
    canvas.swatches[2].click()
    colour = canvas.colours[2]
    canvas.cells[1][3].click()  # a square of two cells of 5 x 5 pixels
    assert (canvas.painting[5:15, 15:25] == colour).all()
    outside = np.ones((30, 40), bool)
    outside[5:15, 15:25] = False
    np.testing.assert_array_equal(canvas.painting[outside], before[outside])
    shown = canvas.cells[2][4].style.button_color
    assert shown == canvas.colour.value == "#{:02x}{:02x}{:02x}".format(*colour)
    np.testing.assert_array_equal(canvas.photo(), paint_to_image(canvas.gan, canvas.painting, 1)[0])
    shown = np.asarray(Image.open(io.BytesIO(canvas.picture.value)).convert("RGB"), int)
    assert shown.shape == (30, 82, 3)
    assert np.abs(shown[:, :40] - canvas.painting).mean() < 8, "in a palette of 256 colours"
    canvas.again.click()
    np.testing.assert_array_equal(canvas.painting, before)


def test_brush_and_colour_and_the_edge(canvas):
    canvas.brush.value, canvas.colour.value = 4, "white"
    canvas.cells[5][7].click()
    assert (canvas.painting[25:, 35:] == 255).all()
    canvas.brush.value, canvas.colour.value = 1, "#0a0b0c"
    canvas.cells[0][0].click()
    assert (canvas.painting[:5, :5] == (10, 11, 12)).all()
    assert not (canvas.painting[5:10, :5] == (10, 11, 12)).all()


def test_the_seed_changes_the_photo_and_only_scales_that_exist_can_be_chosen(canvas):
    before = canvas.photo()  # the networks are untrained: as pixels the difference is too small
    canvas.seed.value = 4
    assert not np.array_equal(canvas.photo(), before)
    assert (canvas.scale.min, canvas.scale.max) == (1, 1)


def test_an_uploaded_painting_is_fitted(canvas):
    canvas.upload.value = (upload(300, 200),)  # black and transparent: white paper
    assert canvas.painting.shape == (30, 40, 3) and (canvas.painting == 255).all()
    canvas.cells[0][0].click()
    assert (canvas.painting[20:] == 255).all() and not (canvas.painting == 255).all()


def test_uploaded_paintings_of_ipywidgets_7_and_files_that_are_no_pictures(canvas):
    content = bytes(upload(20, 30)["content"])
    canvas._on_upload({"new": {"b.txt": {"metadata": {}, "content": b"no picture"}}})
    assert "not a picture" in canvas.said.value
    canvas._on_upload({"new": {"a.png": {"metadata": {}, "content": content}}})
    assert (canvas.painting == 255).all() and canvas.said.value == ""


@pytest.mark.parametrize("classes", [2, None])
def test_a_click_on_the_dog_draws_the_map_of_that_place(classes):
    network = sagan.generator(16, 8, classes, latent_dim=4, attention=8)
    for weight in network.trainable_weights:  # at the start a breed changes nothing
        weight.assign(np.random.default_rng(0).normal(size=weight.shape))
    generator = Generator(network, {"breeds": ["a", "b"]} if classes else {})
    widget = AttentionMap(generator, seed=3, zoom=4, points=4)
    assert (widget.row.value, widget.column.value) == (4, 4) and len(widget.buttons) == 16
    before = widget.picture.value, widget.dog.value
    widget.buttons[4 * 3 + 1].click()
    assert (widget.row.value, widget.column.value) == (7, 3)
    assert widget.picture.value != before[0] and widget.dog.value != before[1]
    labels = np.array([0]) if classes else None
    maps = attention_maps(network, latents(1, 4, 3), labels)
    np.testing.assert_array_equal(widget.heat(), maps[0, 7, 3])
    assert "of 16 places" in widget.said.value
    before = widget.image
    (widget.breed if classes else widget.seed).value = 1
    assert not np.array_equal(before, widget.image)


def test_the_slider_moves_the_same_latents_through_the_statistics_of_each_threshold():
    generator = Generator(biggan.generator(32, 2, 3, attention=None), {"breeds": ["a", "b", "c"]})
    stands = truncation.stands(generator, (2.0, 0.5), passes=1, batch_size=4)
    widget = Truncate(stands, breed="b", dogs=3, zoom=1)
    assert widget.threshold.value == 2.0 and picture(widget).shape == (32, 3 * 32 + 2 * 2, 3)
    wide = picture(widget)
    widget.threshold.value = 0.5
    assert not np.array_equal(wide, picture(widget))
    z = truncation.carried(latents(3, 80, 0), 0.5)
    np.testing.assert_array_equal(widget.sample(), stands[0.5].decode(z, np.array([1, 1, 1])))
    before = picture(widget)
    widget.breed.value = "c"
    assert not np.array_equal(before, picture(widget))
    widget.seed.value, before = 3, picture(widget)
    assert not np.array_equal(before, picture(widget))


def test_a_widget_leaves_a_still_picture_in_a_saved_notebook(monkeypatch):
    shown, widget = {}, LatentWalk(Generator(dcgan.generator_32(width=8)))
    monkeypatch.setattr("IPython.display.display", lambda data, **more: shown.update(data))
    widget._ipython_display_()
    assert shown["image/png"] == widget.picture.value
    assert shown["text/plain"].startswith("Two seeds and a slider")
    assert shown[WIDGET_VIEW]["model_id"] == widget.model_id
