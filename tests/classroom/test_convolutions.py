"""The pictures of chapter 04 show what Keras computes."""

import keras
import numpy as np
import pytest

from dogan_lib.classroom.convolutions import (
    KERNELS,
    SlidingKernel,
    Stamps,
    convolve,
    footprint,
    stamps,
)


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_convolve_and_stamps_are_keras_layers(stride):
    image, kernel = np.random.default_rng(0).normal(size=(2, 6, 6)).astype("float32")
    kernel = kernel[:3, :3]
    for layer, ours in (
        (keras.layers.Conv2D(1, 3, stride, use_bias=False), convolve(image, kernel, stride)),
        (keras.layers.Conv2DTranspose(1, 3, stride, use_bias=False), stamps(image, kernel, stride)),
    ):
        layer.build((None, 6, 6, 1))
        layer.set_weights([kernel[:, :, None, None]])
        theirs = np.asarray(layer(image[None, :, :, None]))[0, :, :, 0]
        # Without padding Keras crops a transposed output to nothing less than every print.
        np.testing.assert_allclose(ours, theirs[: len(ours), : len(ours)], atol=1e-5)


def test_first_prints_only():
    ones = np.ones((2, 2))
    assert stamps(ones, np.ones((1, 1)), 1, prints=3).sum() == 3


def test_the_checkerboard_switches_off():
    shown = Stamps()
    assert shown.counts() == {4, 6, 9}
    shown.way.value = Stamps.WAYS[1]
    assert len(shown.counts()) == 1
    shown.way.value, shown.kernel.value = Stamps.WAYS[0], 4
    assert len(shown.counts()) == 1


def test_sliders_redraw():
    shown = SlidingKernel(np.random.default_rng(0).integers(0, 255, (16, 16, 3), "uint8"))
    seen = {shown.picture.value}
    for control, value in ((shown.kernel, "spots"), (shown.stride, 3), (shown.place, 0.1)):
        control.value = value
        seen.add(shown.picture.value)
    assert len(seen) == 4
    assert set(shown.kernel.options) == set(KERNELS)


def test_footprint_is_the_receptive_field():
    images = keras.Input((16, 16, 3))
    x = keras.layers.Conv2D(2, 3, padding="same", name="first")(images)
    x = keras.layers.Conv2D(2, 3, padding="same", name="second")(x)
    network = keras.Model(images, x)
    pixels = np.random.default_rng(0).normal(size=(2, 16, 16, 3)).astype("float32")
    for layer, side in (("first", 3), ("second", 5)):
        rows, columns = np.nonzero(footprint(network, layer, pixels))
        assert np.ptp(rows) + 1 == np.ptp(columns) + 1 == side
