"""The generators that the course trained, and yours: small files, each with a card.

A shipped generator is an ordinary `.keras` file whose weights are stored as float16, beside a
`.json` card: data, steps, seed, time, machine, versions. Nothing in it is unpickled.
"""

import io
import json
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np

from dogan_lib.cards import available, read_card
from dogan_lib.cards import card as card
from dogan_lib.generator import Generator
from dogan_lib.generator import latents as latents
from dogan_lib.runtime import data_dir, write_atomically
from dogan_lib.saving import CONFIG, WEIGHTS, in_float32, read_network

# Options of initializers and of BatchNormalization that Keras 3.13 does not know, and what they
# are where nobody asks for them.
NEW_OPTIONS = {
    "input_axes": None,
    "output_axes": None,
    "renorm": False,
    "renorm_clipping": None,
    "renorm_momentum": 0.99,
}


def load_generator(name: str | Path) -> Generator:
    """A shipped generator by its name, or any saved generator or GAN by its path.

    Raises:
        FileNotFoundError: there is none; the message lists those there are.
        ValueError: the file is damaged, or holds something else.
    """
    path = Path(name)
    if path.suffix != ".keras":
        path = data_dir() / "checkpoints" / f"{name}.keras"
    if not path.is_file():
        there = ", ".join(available()) or f"none in {data_dir() / 'checkpoints'}"
        raise FileNotFoundError(
            f"no generator {str(name)!r}; there is {there}. Give one of these names, the path of "
            "a .keras file, or set DOGAN_DATA to the folder that holds checkpoints/."
        )
    # A whole GAN can be revived only where its class is known.
    from dogan_lib.models import biggan, pggan, text  # noqa: F401

    model = read_network(path)
    model = getattr(model, "ema_generator", model)
    ends = [len(end[0].shape) for end in (model.inputs, model.outputs)]
    if ends != [2, 4]:
        raise ValueError(f"{path} holds {model.name}, which does not draw pictures from latents")
    return Generator(in_float32(model), read_card(path.with_suffix(".json")))


def save_generator(model, name: str, card: dict, directory: str | Path | None = None) -> Path:
    """Write `<name>.keras` (float16) and its card `<name>.json`; each replaces the old one whole.

    Args:
        model: a functional `keras.Model`.
        card: JSON-able facts for the reader: data, steps, seed, seconds, machine, versions.
        directory: `data/checkpoints` where none is given.
    """
    directory = Path(directory) if directory else data_dir() / "checkpoints"
    path = save_float16(model, directory / f"{name}.keras")
    write_card(directory / f"{name}.json", {"name": name, **card})
    return path


def write_card(path: Path, card: dict) -> None:
    """Replace a card whole."""
    with write_atomically(path) as temporary:
        text = json.dumps(card, indent=2, ensure_ascii=False)
        temporary.write_text(text + "\n", encoding="utf-8")


def save_float16(model: keras.Model, path: str | Path) -> Path:
    """`model.save(path)` with every float32 weight stored as float16: half the size.

    `keras.models.load_model` reads it back into float32 variables.
    """
    path = Path(path)
    with write_atomically(path) as temporary:
        in_float32(model).save(temporary)
        with zipfile.ZipFile(temporary) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()}
        members[WEIGHTS] = _halved(members[WEIGHTS])
        members[CONFIG] = for_older_keras(members[CONFIG])
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
    return path


def for_older_keras(config: bytes) -> bytes:
    """The `config.json` of a model without the options that Keras 3.13, Colab's, does not know.

    They are left out where they say what happens anyway, so nothing is lost.
    """

    def known(value):
        if isinstance(value, dict):
            return {k: known(v) for k, v in value.items() if (k, v) not in NEW_OPTIONS.items()}
        return [known(item) for item in value] if isinstance(value, list) else value

    return json.dumps(known(json.loads(config))).encode()


def _halved(weights: bytes) -> bytes:
    """The same HDF5 tree with float16 in place of float32; rewritten, since HDF5 never shrinks."""
    out = io.BytesIO()
    with h5py.File(io.BytesIO(weights)) as source, h5py.File(out, "w") as target:
        target.attrs.update(source.attrs)

        def copy(name, item):
            if isinstance(item, h5py.Group):
                target.require_group(name).attrs.update(item.attrs)
                return
            small = item.dtype == np.float32
            target.create_dataset(name, data=item[()], dtype=np.float16 if small else item.dtype)

        source.visititems(copy)
    return out.getvalue()
