"""Plain objects written into a `.keras` file, copies of networks, and weights taken over."""

import inspect

import keras
import numpy as np


class Configurable:
    """An object that is its constructor's arguments: each is kept under its own name.

    A subclass is registered by itself, so losses, penalties and augmentations travel inside a
    saved `GAN` and come back as what they were.
    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        keras.saving.register_keras_serializable("dogan")(cls)

    def get_config(self) -> dict:
        names = list(inspect.signature(type(self).__init__).parameters)[1:]
        return {name: getattr(self, name) for name in names if name not in ("args", "kwargs")}

    @classmethod
    def from_config(cls, config: dict):
        return cls(**config)

    def __repr__(self):
        arguments = ", ".join(f"{k}={v!r}" for k, v in self.get_config().items())
        return f"{type(self).__name__}({arguments})"


def take_over(model: keras.Model, source: keras.Model) -> int:
    """Give a network the weights of another one's layers, where name and shapes agree.

    What has no equal keeps what it has: new layers of a grown network, heads for other classes.

    Args:
        model: changed in place.
        source: of any size.

    Returns:
        How many layers were taken over.

    Raises:
        ValueError: none was, so that nothing would have been learnt from `source`.
    """
    there = {layer.name: layer for layer in source.layers if layer.weights}
    taken = 0
    for layer in model.layers:
        twin = there.get(layer.name)
        if twin is not None and [w.shape for w in twin.weights] == [w.shape for w in layer.weights]:
            layer.set_weights(twin.get_weights())
            taken += 1
    if not taken:
        raise ValueError(f"no layer of {source.name} fits one of {model.name} by name and shape")
    return taken


def copied(network: keras.Model, latent_dim: int) -> keras.Model:
    """The same network with the same weights, frozen, of whatever kind of Keras model.

    Args:
        network: built; functional, `Sequential` or subclassed.
        latent_dim: length of the vectors that a subclassed one takes.
    """
    if getattr(network, "outputs", None):
        twin = keras.models.clone_model(network)
    else:
        twin = type(network).from_config(network.get_config())
    if not twin.built:
        twin(np.zeros((1, latent_dim), "float32"))
    twin.set_weights(network.get_weights())  # a clone begins with random ones of its own
    twin.trainable = False
    return twin


def random_states(*parts) -> list:
    """The states of all random generators inside of networks, augmentations and penalties.

    Args:
        parts: whatever may hold some; None is passed over.
    """
    layers = [layer for part in parts if part is not None for layer in _layers(part)]
    found = [value for layer in layers for value in vars(layer).values()]
    return [seed.state for seed in found if isinstance(seed, keras.random.SeedGenerator)]


def _layers(part):
    """The part itself and all layers in it, those inside of other layers too."""
    own = getattr(part, "layers", []) or [getattr(part, "layer", None)]
    return [part, *(inner for layer in own if layer is not None for inner in _layers(layer))]
