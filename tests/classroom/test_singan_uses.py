"""SinGAN's five uses, and how a model of one picture is measured."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from dogan_lib.classroom import singan_uses
from dogan_lib.classroom.single import diversity, dognet_maps, perceptual, sifid
from dogan_lib.models import singan
from dogan_lib.models.singan import SinGAN, as_picture
from dogan_lib.plots import to_uint8
from tests import tiny_singan
from tests.tiny_singan import QUICK, TINY, picture


@pytest.fixture(scope="module")
def trained():
    """The tests leave it as it is."""
    return tiny_singan.trained()


def _images(*shape, seed=0):
    return tf.constant(np.random.default_rng(seed).normal(0, 0.5, shape), "float32")


def test_painting(trained):
    painting = picture(50, 60, seed=1)
    a, b = (singan_uses.paint_to_image(trained, painting, k)[0] for k in (1, 2))
    assert a.shape == b.shape == (32, 40, 3)
    wanted = singan.resize(singan.as_float(painting)[None], (32, 40))[0]
    assert np.abs(b - wanted).mean() < np.abs(b - trained.real()).mean()


@pytest.mark.parametrize("use", [singan_uses.edit, singan_uses.harmonize])
def test_outside_the_mask_nothing_changes(trained, use):
    changed = picture().copy()
    changed[8:12, 8:12] = (255, 0, 0)
    mask = np.zeros((32, 40), bool)
    mask[8:12, 8:12] = True
    for start_scale in (1, 2):
        result = use(trained, changed, mask, start_scale)
        radius = 20 if use is singan_uses.edit else 7
        soft = singan_uses.soft_mask(mask, (32, 40), radius)
        assert 0.3 < (soft == 0).mean() < 0.95
        difference = np.abs(to_uint8(result).astype(int) - trained.image)
        assert difference[soft == 0].max() == 0 and difference[soft > 0.9].max() > 1


def test_masks_are_dilated_and_blurred_in_the_pictures_scale():
    mask = np.zeros((250, 250), bool)
    mask[121:130, 121:130] = True
    soft = singan_uses.soft_mask(mask, (250, 250), 7)
    reach = np.nonzero(soft[125])[0]
    assert reach[0] == 121 - 7 - 20 and reach[-1] == 129 + 7 + 20  # 4 sigma
    assert soft[125, 125] == 1 and soft[0, 0] == 0 and soft.dtype == np.float32
    half = singan_uses.soft_mask(mask, (125, 125), 7)
    assert abs((half > 0).mean() / (soft > 0).mean() - 1) < 0.1


def test_masks_of_every_kind(tmp_path):
    mask = np.zeros((20, 30), "uint8")
    mask[5:9, 5:9] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    kinds = [mask, mask > 0, np.repeat(mask[..., None], 3, -1), tmp_path / "mask.png"]
    masks = [singan_uses.soft_mask(kind, (40, 60), 7) for kind in kinds]
    for other in masks[1:]:
        np.testing.assert_array_equal(other, masks[0])
    assert not singan_uses.soft_mask(np.zeros((20, 30), bool), (20, 30), 7).any()


def test_super_resolution():
    gan = singan_uses.super_resolution_gan(**TINY)
    assert gan.settings["reconstruction"] == 100 and gan.settings["min_size"] == 18
    gan.fit(picture(28, 32), QUICK, verbose=False)
    assert singan_uses.super_resolution(gan, 4).shape == (112, 128, 3)
    assert singan_uses.super_resolution(gan, 1.5).shape == (42, 48, 3)
    with pytest.raises(ValueError, match="above 1"):
        singan_uses.super_resolution(gan, 0.5)


def test_six_passes_make_a_factor_of_4():
    gan, seen = singan_uses.super_resolution_gan(), []
    gan.take(picture(50, 50))

    def last_scale(up, z):
        assert up.shape == z.shape
        seen.append(up.shape[1])
        return up

    gan.scales = [last_scale] * len(gan.shapes)
    assert singan_uses.super_resolution(gan, 4).shape == (200, 200, 3)
    assert seen == [63, 79, 100, 126, 159, 200]


def test_consistent_super_resolution_shrinks_to_the_picture_that_it_is_of():
    gan = singan_uses.super_resolution_gan()
    gan.take(picture(50, 50))
    gan.scales = [lambda up, z: 0.7 * up + 0.2] * len(gan.shapes)  # fades, as a poor G may

    def lacking(**options):
        large = singan_uses.super_resolution(gan, 4, **options)
        return np.abs(singan.resize(large[None], (50, 50)) - gan.real()).mean()

    assert lacking(consistent=True) < 0.1 * lacking()


def test_animation(trained):
    frames = singan_uses.animate(trained, 5, start_scale=1)
    assert frames.shape == (5, 32, 40, 3)
    near, far = np.abs(frames[1] - frames[0]).mean(), np.abs(frames[4] - frames[0]).mean()
    assert 0 < near < far
    with pytest.raises(ValueError, match="start_scale"):
        singan_uses.animate(trained, 5, start_scale=3)


@pytest.mark.parametrize(("alpha", "beta"), [(0.1, 0.9), (0.1, 0.8), (0.4, 0.5)])
def test_the_spread_of_the_walk(alpha, beta):
    u = np.random.default_rng(0).standard_normal((200, 20_000)).astype("float32")
    path = singan_uses.walk(np.ones(20_000, "float32"), u, alpha, beta)
    assert path[-1].std() == pytest.approx(singan_uses.walk_spread(alpha, beta), rel=0.03)
    assert path[-1].mean() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(
    ("natural", "changed", "mask"),
    [
        ("stone.png", "editing/stone_edit.png", "editing/stone_edit_mask.png"),
        ("tree.png", "editing/tree_edit.png", "editing/tree_edit_mask.png"),
        ("starry_night.png", "harmonization/starry_night_naive.png", "_mask.png"),
        ("starry_night.png", "harmonization/starry_night_naive.png", "_mask_dilated.png"),
        ("seascape.png", "harmonization/tree.jpg", "harmonization/tree_mask.jpg"),
    ],
)
def test_the_papers_edits(shared_data, natural, changed, mask):
    """Their own pictures: RGBA and RGB, masks of another size than the pictures."""
    folder = shared_data / "singan"
    changed = folder / changed
    mask = changed.with_name(changed.stem + mask) if mask.startswith("_") else folder / mask
    gan = SinGAN(max_size=48, **TINY).fit(folder / "natural" / natural, QUICK, verbose=False)
    for use, radius in ((singan_uses.edit, 20), (singan_uses.harmonize, 7)):
        result = to_uint8(use(gan, changed, mask, len(gan.scales) // 2)).astype(int)
        soft = singan_uses.soft_mask(mask, gan.image.shape[:2], radius)
        assert 0 < (soft == 0).mean() < 1
        assert np.abs(result - gan.image)[soft == 0].max() <= 1
        assert np.abs(result - gan.image)[soft > 0.9].max() > 20


def test_the_papers_painting(shared_data):
    folder = shared_data / "singan"
    gan = SinGAN(max_size=48, **TINY).fit(folder / "natural" / "trees3.png", QUICK, verbose=False)
    painting = folder / "paint" / "trees1.png"
    photos = [singan_uses.paint_to_image(gan, painting, k)[0] for k in range(1, len(gan.scales))]
    wanted = singan.resize(singan.as_float(as_picture(painting))[None], gan.image.shape[:2])[0]
    errors = [np.abs(photo - wanted).mean() for photo in photos]
    assert errors == sorted(errors, reverse=True)  # a higher start scale keeps more of it


# ---------------------------------------------------------------------------- metrics


def test_sifid_and_diversity(trained):
    score = sifid(trained.image, np.stack([trained.image] * 2))
    assert float(score) == pytest.approx(0, abs=1e-3)
    assert score.features == "dognet-1, 32 features at 1/2"
    noisy = np.clip(trained.image + np.random.default_rng(0).normal(0, 30, (2, 32, 40, 3)), 0, 255)
    noisy = noisy.astype("uint8")
    assert sifid(trained.image, noisy) > 1 and sifid(trained.image, noisy).error > 0
    assert np.isfinite(float(sifid(trained.image, trained.sample(1, (50, 30)))))
    assert diversity(trained.image, np.stack([trained.image] * 3)) < 1e-9
    assert diversity(trained.image, noisy) > 0
    with pytest.raises(ValueError, match="at least 2"):
        diversity(trained.image, noisy[:1])


def test_diversity_by_hand():
    real = np.zeros((2, 2, 3), "uint8")
    real[0] = 100
    fakes = np.stack([np.full((2, 2, 3), value, "uint8") for value in (0, 50)])
    assert diversity(real, fakes) == pytest.approx(0.5)


def test_perceptual_distance():
    real = picture(40, 56)
    noisy = np.clip(real + np.random.default_rng(0).normal(0, 20, real.shape), 0, 255)
    near, far = (perceptual(real, other) for other in (noisy.astype("uint8"), real[::-1]))
    assert 0 < near < far <= 4
    assert perceptual(real, singan.as_float(real)) == pytest.approx(0, abs=1e-6)
    with pytest.raises(ValueError, match="sizes differ"):
        perceptual(real, real[:20])


def test_dognet_maps_by_hand():
    maps = dognet_maps()(_images(1, 32, 48, 3))
    assert [m.shape for m in maps] == [(1, 32 // k, 48 // k, 16 * k) for k in (2, 4, 8, 16)]
    np.testing.assert_array_equal(dognet_maps(1)(_images(1, 32, 48, 3))[0], maps[0])
    odd = dognet_maps()(_images(1, 31, 47, 3))
    assert [m.shape for m in odd] == [m.shape for m in maps]
