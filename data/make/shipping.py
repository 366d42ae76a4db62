"""Write what `data/checkpoints` holds: networks with float16 weights, each beside its card."""

import io
import json
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np

from dogan_lib.runtime import data_dir, write_atomically
from dogan_lib.saving import CONFIG, WEIGHTS, in_float32

# Options of initializers and of BatchNormalization that Keras 3.13 does not know, and what they
# are where nobody asks for them.
NEW_OPTIONS = {
    "input_axes": None,
    "output_axes": None,
    "renorm": False,
    "renorm_clipping": None,
    "renorm_momentum": 0.99,
}


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
