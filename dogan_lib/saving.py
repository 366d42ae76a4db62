"""What goes into a `.keras` file and comes out of one; copies of networks."""

import inspect
import json
import re
import zipfile
import zlib
from pathlib import Path

import keras

WEIGHTS, CONFIG = "model.weights.h5", "config.json"  # Keras' names inside the zip
LARGEST = 2**30  # bytes of a member, unpacked: ten times the largest GAN of the course


class Configurable:
    """An object that is its constructor's arguments, each kept under its own name.

    Losses, penalties and augmentations are, and so travel inside a saved `GAN`.
    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        # Under its own package, so that a notebook's class does not hide ours of the same name.
        package = cls.__module__.partition(".")[0].replace("dogan_lib", "dogan")
        keras.saving.register_keras_serializable(package)(cls)

    def get_config(self) -> dict:
        names = list(inspect.signature(type(self).__init__).parameters)[1:]
        return {name: getattr(self, name) for name in names if name not in ("args", "kwargs")}

    @classmethod
    def from_config(cls, config: dict):
        return cls(**config)

    def __repr__(self):
        arguments = ", ".join(f"{k}={v!r}" for k, v in self.get_config().items())
        return f"{type(self).__name__}({arguments})"


def read_network(path: str | Path, compile: bool = False) -> keras.Model:
    """The network in a `.keras` file; nothing in the file is run or unpickled.

    `compile` brings its optimizers and losses back too, to train on.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is damaged, too large once unpacked, or not written by Keras; in one line.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    _check_archive(path)
    try:
        return keras.models.load_model(path, compile=compile)
    except Exception as error:  # of zlib, HDF5, TensorFlow or any class that the file names
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        raise ValueError(f"{path} is no network that can be read: {reason}") from error


def _check_archive(path):
    """Refuse what is not Keras' zip, or unpacks into more than a network, before reading it."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            for name, size, packed in ((m.filename, m.file_size, m.compress_size) for m in members):
                if size > LARGEST or size > 2**24 + 100 * packed:  # weights hardly shrink
                    raise ValueError(f"{path} is no network: {name} unpacks into {size:,} bytes")
            if not {WEIGHTS, CONFIG} <= {member.filename for member in members}:
                raise ValueError(f"{path} is no network: it lacks {CONFIG} or {WEIGHTS}")
            config = json.loads(archive.read(CONFIG))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise ValueError(f"{path} is no .keras file, or only a part of one: {error}") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no network: its {CONFIG} is not JSON") from error
    if not isinstance(config, dict) or "class_name" not in config:
        raise ValueError(f"{path} is no network: its {CONFIG} names no class")


def parts(network) -> list:
    """Every layer and operation in a network, in order, those of networks and wrappers too."""
    wrapped = [network.layer] if isinstance(network, keras.layers.Wrapper) else []
    own = getattr(network, "operations", None) or getattr(network, "layers", wrapped)
    return [part for each in own for part in (each, *parts(each))]


def in_float32(model: keras.Model) -> keras.Model:
    """The same network without the mixed precision that it was trained in.

    A generator trained in bfloat16 would be slow on a CPU that only emulates it, and would draw
    slightly different dogs from machine to machine.
    """
    text = re.sub('"mixed_b?float16"', '"float32"', model.to_json())
    twin = keras.models.model_from_json(text)
    twin.set_weights(model.get_weights())
    return twin


def copied(network: keras.Model) -> keras.Model:
    """The same network with the same weights: functional, `Sequential` or subclassed, but built."""
    if getattr(network, "outputs", None):
        twin = keras.models.clone_model(network)
    else:
        twin = type(network).from_config(network.get_config())
    if not twin.built:
        twin.build_from_config(network.get_build_config())
    twin.set_weights(network.get_weights())  # a clone begins with random ones of its own
    return twin
