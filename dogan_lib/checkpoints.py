"""The generators that the course trained, and yours: small files, each with a card.

A shipped generator is an ordinary `.keras` file whose weights are stored as float16, beside a
`.json` card: data, steps, seed, time, machine, versions. Nothing in it is unpickled.
"""

import difflib
import io
import json
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np

from dogan_lib.cards import available, data_dir, read_card
from dogan_lib.cards import card as card
from dogan_lib.dogs.dataset import plain
from dogan_lib.gan import latents
from dogan_lib.runtime import write_atomically
from dogan_lib.saving import take_over as take_over

WEIGHTS, CONFIG = "model.weights.h5", "config.json"  # Keras' names inside the zip
# Options of initializers and of BatchNormalization that Keras 3.13 does not know, and what they
# are where nobody asks for them.
NEW_OPTIONS = {
    "input_axes": None,
    "output_axes": None,
    "renorm": False,
    "renorm_clipping": None,
    "renorm_momentum": 0.99,
}


def load_generator(name: str | Path) -> "Generator":
    """A shipped generator by its name, or any saved generator or GAN by its path.

    Raises:
        FileNotFoundError: there is none; the message lists those there are.
    """
    path = Path(name)
    if path.suffix != ".keras":
        path = data_dir() / "checkpoints" / f"{name}.keras"
    if not path.exists():
        there = ", ".join(available()) or f"none in {data_dir() / 'checkpoints'}"
        raise FileNotFoundError(
            f"no generator {str(name)!r}; there is {there}. Give one of these names, the path of "
            "a .keras file, or set DOGAN_DATA to the folder that holds checkpoints/."
        )
    # A whole GAN can be revived only where its class is known.
    from dogan_lib.models import biggan, pggan, text  # noqa: F401

    model = keras.models.load_model(path, compile=False)
    model = getattr(model, "ema_generator", model)
    return Generator(in_float32(model), read_card(path.with_suffix(".json")))


def in_float32(model: keras.Model) -> keras.Model:
    """The same network without the mixed precision that it was trained in.

    A generator trained in bfloat16 would be slow on a CPU that only emulates it, and would draw
    slightly different dogs from machine to machine.
    """

    def plain(config):
        if isinstance(config, dict):
            if config.get("class_name") == "DTypePolicy":
                return {**config, "config": {"name": "float32"}}
            return {key: plain(value) for key, value in config.items()}
        return [plain(value) for value in config] if isinstance(config, list) else config

    twin = type(model).from_config(plain(model.get_config()))
    twin.set_weights(model.get_weights())
    return twin


class Generator:
    """A trained generator to draw from.

    Attributes:
        model: the `keras.Model`; its inputs are named `latents`, then `labels` or `captions`.
        card: the dict beside the weights; empty for an unnamed file.
    """

    def __init__(self, model: keras.Model, card: dict | None = None):
        self.model, self.card = model, card or {}
        self.inputs = {tensor.name: tensor for tensor in model.inputs}

    def describe(self) -> str:
        """The card as a student reads it: data, budget, recipe, scores and their floor."""
        card = self.card
        lines = [
            f"{card['name']}: {card['parameters']:,} parameters, "
            f"{card['pictures_seen']:,} pictures seen in {card['epochs']} epochs of {card['data']}"
        ]
        lines += [f"  · {line}" for line in card["recipe"]]
        scores = card.get("scores", {})
        if scores:
            lines.append(f"  scores of {scores['n']:,} pictures against {scores['reference']}:")
        for kind, value in scores.get("generated", {}).items():
            lines.append(f"    {kind:<6}{value:8.4g}   floor{scores['real'][kind]:8.2g}")
        return "\n".join(lines)

    @property
    def latent_dim(self) -> int:
        return self.model.inputs[0].shape[-1]

    @property
    def classes(self) -> int | None:
        """How many breeds the labels choose among; None without labels."""
        if "labels" not in self.inputs:
            return None
        reader = self.inputs["labels"]._keras_history.operation._outbound_nodes[0].operation
        # Labels enter through an embedding or as one-hot vectors.
        return getattr(reader, "input_dim", None) or reader.num_classes

    def sample(
        self, n: int, seed: int = 0, truncation=None, labels=None, captions=None
    ) -> np.ndarray:
        """Draw n pictures, float32 (n, H, W, 3) in [-1, 1]; the same seed gives the same ones.

        Args:
            truncation: keep every |z_i| below it, by redrawing.
            labels: breeds, by number or by name, (n,) of them or one for all; drawn at random if
                not given.
            captions: sentences, one for each picture or one for all; likewise.
        """
        z = latents(n, self.latent_dim, seed, truncation)
        return self.decode(z, labels=self._conditions(n, seed, labels, captions))

    def decode(self, z, labels=None, batch_size=64, captions=None) -> np.ndarray:
        """The pictures of given latents (n, latent_dim), for interpolation and the like.

        Args:
            labels, captions: for a conditional generator, integers (n,), or embeddings (n, d).
        """
        given = labels if captions is None else captions
        inputs = [np.asarray(z, "float32")] + ([] if given is None else [np.asarray(given)])
        shape = (0, *self.model.outputs[0].shape[1:])
        parts = [np.zeros(shape, "float32")]
        for start in range(0, len(inputs[0]), batch_size):
            batch = [part[start : start + batch_size] for part in inputs]
            outputs = self.model(batch if len(batch) > 1 else batch[0], training=False)
            parts.append(np.asarray(outputs, "float32"))
        # PGGAN's last layer is linear, and a little outside is as bright as pixels get.
        return np.clip(np.concatenate(parts), -1, 1)

    def _conditions(self, n, seed, labels, captions):
        if "captions" in self.inputs:
            if labels is not None:
                raise ValueError("this generator takes captions, not labels")
            return self._embeddings(n, seed, captions)
        if captions is not None:
            raise ValueError("this generator takes no captions")
        if "labels" not in self.inputs:
            if labels is not None:
                raise ValueError("this generator takes no labels: it was trained without breeds")
            return None
        classes = self.classes
        if labels is None:
            labels = np.random.default_rng(seed + 1).integers(classes, size=n)
        labels = np.broadcast_to(np.asarray(self._numbered(labels), "int32"), (n,))
        if labels.min(initial=0) < 0 or labels.max(initial=0) >= classes:
            raise ValueError(f"labels are breeds 0 to {classes - 1}")
        return labels

    def _numbered(self, labels):
        """Names of breeds as numbers, however the archive writes them."""
        names = np.asarray(labels)
        if names.dtype.kind != "U":
            return labels
        places = {plain(breed).lower(): i for i, breed in enumerate(self.breeds)}
        for name in map(str, np.unique(names)):
            if plain(name).lower() not in places:
                close = difflib.get_close_matches(plain(name).lower(), places, cutoff=0.5)
                hint = f"; did you mean {' or '.join(close)}?" if close else ""
                raise ValueError(f"this generator knows no breed {name!r}{hint}")
        return np.vectorize(lambda name: places[plain(name).lower()])(names)

    @property
    def breeds(self) -> list[str]:
        """The names of the breeds that labels number, in their order; from the card."""
        return self.card.get("breeds", [])

    def _embeddings(self, n, seed, captions):
        """(n, d) of sentences, or as they are; of random doodles' captions where none is given."""
        from dogan_lib.doodles import captions as language
        from dogan_lib.models.text import load_encoder

        captions = language.draw(n, seed) if captions is None else captions
        if not (isinstance(captions, np.ndarray) and captions.dtype.kind == "f"):
            captions = load_encoder(self.card.get("encoder", "text_encoder"))(captions)
        if len(captions) not in (1, n):
            raise ValueError(f"{len(captions)} captions for {n} pictures: give one, or {n}")
        return np.broadcast_to(captions, (n, self.inputs["captions"].shape[-1]))


def save_generator(model, name: str, card: dict, directory: str | Path | None = None) -> Path:
    """Write `<name>.keras` (float16) and its card `<name>.json`; each replaces the old one whole.

    Args:
        model: a functional `keras.Model`.
        card: JSON-able facts for the reader: data, steps, seed, seconds, machine, versions.
        directory: `data/checkpoints` where none is given.
    """
    directory = Path(directory) if directory else data_dir() / "checkpoints"
    path = save_float16(model, directory / f"{name}.keras")
    _write_card(directory / f"{name}.json", {"name": name, **card})
    return path


def annotate(name: str, directory: str | Path | None = None, **facts) -> Path:
    """Add facts to the card of a saved generator, such as what was measured after training.

    Args:
        name: of the generator, which must have a card.
        directory: as for `save_generator`.
        facts: JSON-able; they replace those of the same name.
    """
    directory = Path(directory) if directory else data_dir() / "checkpoints"
    path = directory / f"{name}.json"
    card = {**json.loads(path.read_text(encoding="utf-8")), **facts}
    _write_card(path, card)
    return path


def _write_card(path: Path, card: dict) -> None:
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
