"""What `GAN` refuses, and says so, before it would train for an hour on a mistake."""

import keras
import numpy as np
import tensorflow as tf


def built(network: keras.Model, inputs):
    """Build a network that has no weights yet by calling it; what its outputs look like.

    Args:
        inputs: zeros for a network that takes one input; unused where it is built.

    Returns:
        Its outputs, or zeros of their shape, for one picture or z.

    Raises:
        ValueError: it cannot be called on these alone, being conditional and subclassed.
    """
    if network.built and getattr(network, "outputs", None):
        outputs = [np.zeros((1, *end.shape[1:]), "float32") for end in network.outputs]
        return outputs if len(outputs) > 1 else outputs[0]
    try:
        return network(inputs)
    except Exception as error:
        raise ValueError(
            f"{network.name} cannot be called on {np.shape(inputs)} alone "
            f"({str(error).splitlines()[0]}): one that takes conditions too is a functional model, "
            "keras.Model(inputs, outputs)"
        ) from error


def check_players(discriminator, g_optimizer, d_optimizer, penalties) -> None:
    """Refuse a D without logits, one optimizer for two players, a penalty on frozen features.

    Raises:
        ValueError: with what to do.
    """
    if g_optimizer is not None and g_optimizer is d_optimizer and not isinstance(g_optimizer, str):
        raise ValueError("G and D need an optimizer each: one cannot keep the state of both")
    if penalties and hasattr(discriminator, "features"):
        raise ValueError(
            "penalties bound D's gradient at pictures, and this D sees features: leave them out"
        )
    last = discriminator
    while getattr(last, "layers", None):  # of a subclassed one, the layer that was made last
        last = (getattr(last, "operations", None) or last.layers)[-1]
    ends = getattr(last, "activation", None)
    if ends is keras.activations.sigmoid or "Sigmoid" in (type(ends).__name__, type(last).__name__):
        raise ValueError("D ends in a sigmoid, and losses take logits: let it end without one")


def check_logits(logits) -> None:
    """Refuse what D returns where it is several tensors. Raises ValueError."""
    if isinstance(logits, tuple | list | dict):
        raise ValueError(f"D returns {len(logits)} tensors; join them: one (batch, k) of logits")


def made(part):
    """What a class makes by itself, as in Keras; anything else as it is."""
    return part() if isinstance(part, type) else part


def check_pictures(images) -> None:
    """Refuse integers, such as uint8 pictures in [0, 255].

    Raises:
        ValueError: with how to scale them.
    """
    if not images.dtype.is_floating:
        raise ValueError(
            f"pictures are {images.dtype.name}, and GANs train on float32 in [-1, 1]: "
            "x / 127.5 - 1, as `dogs.batches()` does"
        )


def brightness(images):
    """The largest magnitude in pictures, float32, NaN where a pixel is; 0 for points (batch, d)."""
    pictures = images.shape.rank == 4
    largest = tf.cast(tf.reduce_max(tf.abs(images)), "float32") if pictures else tf.zeros(())
    # Whether a maximum keeps NaN depends on the device.
    missing = tf.reduce_any(tf.math.is_nan(images))
    return tf.where(missing, tf.constant(float("nan")), largest)
