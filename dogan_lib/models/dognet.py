"""DogNet: a small network for 64x64 pictures that names 120 breeds of dog and those of the doodles.

A ResNet whose 256 pooled features were the course's first ruler. `data/make/dognet.py` trained it.
"""

import keras
from keras import layers

SIZE = 64
DOODLE = "doodle "  # before the names of the drawn breeds


def dognet(
    classes: int,
    widths: tuple[int, ...] = (32, 64, 128, 256),
    blocks: tuple[int, ...] = (1, 1, 2, 1),
    size: int | None = SIZE,
    dropout: float = 0.2,
) -> keras.Model:
    """Pictures (batch, size, size, 3) in [-1, 1] -> logits (batch, classes).

    The layer `features` before the logits is what distances are measured in: the last block's
    outputs, which are not negative, averaged over the picture; float32 (batch, widths[-1]).

    Args:
        widths: channels of each stage; the picture is halved once by the stem and once between
            stages.
        blocks: residual blocks in each stage.
        size: side of the input; None takes any.
        dropout: between the features and the logits.
    """
    images = keras.Input((size, size, 3), name="images")
    x = _convolved(images, widths[0], 3, 2)
    for stage, (width, depth) in enumerate(zip(widths, blocks, strict=True)):
        for block in range(depth):
            x = _residual(x, width, 2 if stage > 0 and block == 0 else 1)
    features = layers.GlobalAveragePooling2D(dtype="float32", name="features")(x)
    x = layers.Dropout(dropout, dtype="float32")(features)
    logits = layers.Dense(classes, dtype="float32", name="logits")(x)
    return keras.Model(images, logits, name="dognet")


def _convolved(x, width, kernel, strides, relu=True, gamma="ones"):
    x = layers.Conv2D(
        width, kernel, strides, padding="same", use_bias=False, kernel_initializer="he_normal"
    )(x)
    x = layers.BatchNormalization(momentum=0.9, gamma_initializer=gamma)(x)
    return layers.Activation("relu")(x) if relu else x


def _residual(x, width, strides):
    """relu(x + conv(conv(x))); the shortcut shrinks by averaging, so that no pixel is skipped."""
    y = _convolved(x, width, 3, strides)
    # A block starts as the identity: its last gain is 0.
    y = _convolved(y, width, 3, 1, relu=False, gamma="zeros")
    if strides > 1:
        x = layers.AveragePooling2D(strides)(x)
    if x.shape[-1] != width:
        x = _convolved(x, width, 1, 1, relu=False)
    return layers.Activation("relu")(layers.Add()([x, y]))
