"""Plain objects written into a `.keras` file, and weights taken over from another network."""

import inspect

import keras


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
