"""What Keras needs in order to write our plain objects into a `.keras` file."""

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
