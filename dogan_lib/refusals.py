"""What `GAN` refuses, and says so, before it would train for an hour on a mistake."""

import keras
import numpy as np
import tensorflow as tf

from dogan_lib import losses
from dogan_lib.distribution import number
from dogan_lib.penalties import GradientPenalty
from dogan_lib.saving import parts

SCALE = "and GANs train on float32 in [-1, 1]: x / 127.5 - 1, as `dogs.batches()` does"


def check_networks(generator, discriminator, latent_dim: int | None) -> int:
    """Build what has no weights yet; how many numbers z has. Refuses a D of several tensors."""
    inputs = getattr(generator, "inputs", None)  # a subclassed G does not say
    own = inputs[0].shape[-1] if inputs else latent_dim or 100
    if latent_dim not in (None, own):
        raise ValueError(f"latent_dim={latent_dim}, and {generator.name} takes z of {own} numbers")
    logits = _outputs(discriminator, _outputs(generator, np.zeros((1, own), "float32")))
    if isinstance(logits, tuple | list | dict):
        raise ValueError(f"D returns {len(logits)} tensors; join them: one (batch, k) of logits")
    return own


def _outputs(network, inputs):
    """Outputs for one picture or z; where the network says their shape, zeros instead."""
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


def check_players(discriminator, loss, g_optimizer, d_optimizer, penalties) -> None:
    """Refuse what is no loss, a D without logits, one optimizer for two, penalties on features."""
    if not (hasattr(loss, "discriminator") and hasattr(loss, "generator")):
        raise ValueError(
            f"a loss has methods discriminator and generator; {loss!r} has not. There are "
            f"{', '.join(losses.__all__)} in dogan_lib.losses"
        )
    if isinstance(g_optimizer, keras.optimizers.Optimizer) and g_optimizer is d_optimizer:
        raise ValueError("G and D need an optimizer each: one cannot keep the state of both")
    if penalties and hasattr(discriminator, "features") and hasattr(discriminator, "heads"):
        raise ValueError(
            "penalties bound D's gradient at pictures, and this D sees features: leave them out"
        )
    inside = [discriminator, *parts(discriminator)]
    normed = any("BatchNormalization" in type(part).__name__ for part in inside)
    if normed and any(isinstance(penalty, GradientPenalty) for penalty in penalties):
        raise ValueError("GradientPenalty needs a D without batch normalisation: take it out of D")
    last = inside[-1]  # of a subclassed one, the layer that was made last
    ends = getattr(last, "activation", None)
    if ends is keras.activations.sigmoid or "Sigmoid" in (type(ends).__name__, type(last).__name__):
        raise ValueError("D ends in a sigmoid, and losses take logits: let it end without one")


def made(part):
    """What a class makes by itself, as in Keras; anything else as it is."""
    return part() if isinstance(part, type) else part


def check_pictures(images) -> None:
    """Refuse integers, such as uint8 pictures in [0, 255], and say how to scale them."""
    if isinstance(images, tuple | list):
        raise ValueError("give fit(images, labels), or a dataset of tuples (images, labels)")
    if not tf.as_dtype(images.dtype).is_floating:
        raise ValueError(f"pictures are {images.dtype.name}, {SCALE}")


def brightness(images):
    """The largest magnitude in pictures, float32, NaN where a pixel is; 0 for points (batch, d)."""
    pictures = images.shape.rank == 4
    largest = tf.cast(tf.reduce_max(tf.abs(images)), "float32") if pictures else tf.zeros(())
    # Whether a maximum keeps NaN depends on the device.
    missing = tf.reduce_any(tf.math.is_nan(images))
    return tf.where(missing, tf.constant(float("nan")), largest)


class StopOnNaN(keras.callbacks.Callback):
    """End the run at the first loss that is not finite or picture not in [-1, 1], and say where."""

    def on_train_begin(self, logs=None):
        self.model.brightest.assign(0.0)  # of the data of another `fit`, perhaps
        self.model.bad_step.assign(-1)

    def on_train_batch_end(self, batch, logs=None):
        brightest = float(tf.convert_to_tensor(self.model.brightest))
        if np.isnan(brightest):
            raise FloatingPointError(
                f"training stopped: a picture of step {number(self.model.bad_step)} holds NaN. "
                "Look for it in the data; the learning rates are not to blame"
            )
        if brightest > 2:
            raise ValueError(f"training stopped: pictures reach {brightest:.0f}, {SCALE}")
        bad = {k: v for k, v in (logs or {}).items() if k.endswith("_loss") and not np.isfinite(v)}
        if bad:
            named = " and ".join(f"{name} = {float(value)}" for name, value in bad.items())
            raise FloatingPointError(
                f"training stopped: {named} at step {number(self.model.bad_step)}. What was saved "
                "before is untouched; lower the learning rates, or add a penalty or "
                "normalisation to D, and resume from it."
            )
