"""The ruler: what ships is small, honest about itself, and calibrated."""

import numpy as np
import pytest

from data.make import lite1 as module
from data.make.dognet import Examples
from dogan_lib import checkpoints
from dogan_lib.metrics.features import classifier


def test_the_shipped_card():
    path = checkpoints.data_dir() / "checkpoints" / "lite1.keras"
    card = checkpoints.card("lite1")
    assert path.stat().st_size < 8e6 and card["features"] <= 256
    assert card["held_out_top1"] > 0.5 and card["variance_kept"] > 0.95
    copied = max(card["mifid_distances_copied"].values())
    assert copied < card["mifid_threshold"] < card["mifid_distance_fresh"]
    assert "Apache-2.0" in card["weights"]


def test_the_network_is_lite1():
    """Its published size, without batch normalisation's statistics and the head."""
    trunk = module.lite1(64)
    assert trunk.output_shape == (None, 320)
    shipped = classifier("lite1")
    kept = {layer.name: layer for layer in shipped.layers}
    for layer in trunk.layers:
        if layer.weights:
            assert [w.shape for w in layer.weights] == [w.shape for w in kept[layer.name].weights]


def test_one_number_divides_all_features():
    """Projection and variance by hand, on made-up vectors."""
    random = np.random.default_rng(0)
    vectors = random.normal(size=(700, 300)) * np.linspace(5, 0.1, 300)
    labels = np.arange(700, dtype="int32") % 2
    examples = Examples(None, labels, np.zeros(700, bool), ["a", "b"], [])
    (kernel, bias), _, kept = module.fitted(vectors, examples)
    seen = vectors @ kernel + bias
    assert seen.shape == (700, 256) and 0.95 < kept < 1
    assert seen.mean() == pytest.approx(0, abs=1e-9) and seen.std() == pytest.approx(1)
    shares = seen.var(axis=0)
    assert shares[0] > 10 * shares[-1], "nothing is whitened"


@pytest.mark.slow
def test_the_shipped_weights_are_those_of_the_package():
    pytest.importorskip("torch")
    pytest.importorskip(module.PACKAGE)
    trunk = module.lite1()
    module.read_weights(trunk)
    for layer in trunk.layers:
        if layer.weights:
            shipped = classifier("lite1").get_layer(layer.name).get_weights()
            for a, b in zip(shipped, layer.get_weights(), strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4)
