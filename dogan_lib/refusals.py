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
        ValueError: it cannot be called on these alone, being conditional and not built.
    """
    if network.built and getattr(network, "outputs", None):
        return np.zeros((1, *network.outputs[0].shape[1:]), "float32")
    try:
        return network(inputs)
    except Exception as error:
        raise ValueError(
            f"{network.name} has no weights yet and cannot be called on {np.shape(inputs)} alone "
            f"({str(error).splitlines()[0]}): call it once on all of its inputs, then build the GAN"
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
    outputs = getattr(discriminator, "outputs", None)
    if not outputs:  # subclassed: nobody can say what its last layer is
        return
    if len(outputs) > 1:
        raise ValueError(
            f"D returns {len(outputs)} tensors; join them: one tensor (batch, k) of logits"
        )
    if getattr(discriminator.layers[-1], "activation", None) is keras.activations.sigmoid:
        raise ValueError("D ends in a sigmoid, and losses take logits: let it end without one")


def check_pictures(data) -> None:
    """Refuse integers, such as uint8 pictures in [0, 255].

    Raises:
        ValueError: with how to scale them.
    """
    spec = data.element_spec if isinstance(data, tf.data.Dataset) else data
    first = tf.nest.flatten(spec)[0]
    if hasattr(first, "dtype") and not tf.as_dtype(first.dtype).is_floating:
        raise ValueError(
            f"pictures are {tf.as_dtype(first.dtype).name}, and GANs train on float32 in [-1, 1]: "
            "x / 127.5 - 1, as `dogs.batches()` does"
        )


def brightness(images):
    """The largest magnitude in pictures, float32, NaN where a pixel is; 0 for points (batch, d)."""
    pictures = images.shape.rank == 4
    largest = tf.cast(tf.reduce_max(tf.abs(images)), "float32") if pictures else tf.zeros(())
    # Whether a maximum keeps NaN depends on the device.
    missing = tf.reduce_any(tf.math.is_nan(images))
    return tf.where(missing, tf.constant(float("nan")), largest)
