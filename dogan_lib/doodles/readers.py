"""What reads in chapter 08: the encoder of captions, its loss, and the classifier of attributes.

The text encoder learns as Reed's did, by matching: of a batch of pictures and captions, which
belong together? The classifier never sees a caption: it is the ruler of obedience. `data.make`
trains both (`python -m data.make.readers`).

References: Reed et al. 2016, section 4.1; Radford et al. 2021, https://arxiv.org/abs/2103.00020
"""

import functools
import warnings
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
from keras import ops

from dogan_lib.cards import card, read_card
from dogan_lib.doodles import captions as language
from dogan_lib.doodles.painter import ATTRIBUTES
from dogan_lib.runtime import data_dir
from dogan_lib.saving import read_network


@keras.saving.register_keras_serializable("dogan")
def matching_loss(targets, scores):
    """Of scores (n, n), picture i with caption j, how far the diagonal is from the largest.

    The mean of the cross-entropies of the rows (which caption?) and the columns (which picture?).

    Args:
        targets: unused; what is right is the diagonal.
    """
    right = ops.arange(ops.shape(scores)[0])
    rows = keras.losses.sparse_categorical_crossentropy(right, scores, from_logits=True)
    columns = keras.losses.sparse_categorical_crossentropy(
        right, ops.transpose(scores), from_logits=True
    )
    return (rows + columns) / 2


@keras.saving.register_keras_serializable("dogan")
def matched(targets, scores):
    """Share of the pictures whose own caption fits best among the batch's."""
    right = ops.arange(ops.shape(scores)[0])
    return ops.cast(ops.equal(ops.argmax(scores, axis=1), right), "float32")


class Encoder:
    """Sentences to embeddings.

    Attributes:
        model: the `keras.Model`, word numbers -> embeddings.
        embedding_dim: numbers in one embedding.
    """

    def __init__(self, model: keras.Model):
        self.model = model
        self.embedding_dim = model.output_shape[-1]

    def __call__(self, captions: str | Sequence[str], warn: bool = True) -> np.ndarray:
        """One sentence or many -> float32 (n, embedding_dim).

        Args:
            warn: give a warning that names unknown words, contradictions and words that are cut.

        Raises:
            ValueError: a caption is empty or has no known word.
        """
        captions = [captions] if isinstance(captions, str) else list(captions)
        different, places = np.unique(np.array(captions, dtype=object), return_inverse=True)
        readings = [language.read(caption) for caption in different]
        for caption, reading in zip(different, readings, strict=True):
            if warn and reading.complaints():
                warnings.warn(f"{caption!r}: {'; '.join(reading.complaints())}", stacklevel=2)
        ids = np.array([language.numbers(reading.words) for reading in readings], "int32")
        return self._embed(ids)[places.reshape(-1)]

    def _embed(self, ids):
        parts = [ids[start : start + 1024] for start in range(0, len(ids), 1024)]
        embedded = [np.asarray(self.model(part, training=False), "float32") for part in parts]
        return np.concatenate(embedded)


def load_encoder(name: str | Path = "text_encoder") -> Encoder:
    """The shipped encoder, or one by the path of its `.keras` file; read once.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it was trained on another vocabulary than this program's.
    """
    path = _file(name, "encoder")
    return _load_encoder(path, path.stat().st_mtime_ns)


def _file(name: str | Path, reader: str) -> Path:
    """Where the shipped reader of this name lies, or the path as it is."""
    path = Path(name)
    if path.suffix != ".keras":
        path = data_dir() / "checkpoints" / f"{name}.keras"
    if not path.exists():
        raise FileNotFoundError(
            f"there is no {path}; train one with `python -m data.make.readers {reader}`"
        )
    return path


@functools.lru_cache(maxsize=2)
def _load_encoder(path: Path, changed: int) -> Encoder:
    known = read_card(path.with_suffix(".json")).get("words")
    if known and tuple(known) != language.VOCABULARY:
        raise ValueError(f"{path.name} was trained on other words; train it anew")
    return Encoder(read_network(path))


class Attributes:
    """What a trained classifier sees in pictures."""

    def __init__(self, model: keras.Model, card: dict | None = None):
        self.model, self.card = model, card or {}

    def read(self, images) -> dict[str, np.ndarray]:
        """Pictures (n, 64, 64, 3), uint8 or in [-1, 1] -> attribute -> likeliest values (n,).

        Pictures of 32 or 16 pixels a side are enlarged.
        """
        images = np.asarray(images)
        images = images.repeat(64 // images.shape[1], 1).repeat(64 // images.shape[2], 2)
        parts = []
        for start in range(0, len(images), 256):
            part = images[start : start + 256]
            part = part / np.float32(127.5) - 1 if part.dtype == np.uint8 else part
            parts.append({k: np.argmax(v, -1) for k, v in self.model(part, training=False).items()})
        return {
            name: np.array(values)[np.concatenate([part[name] for part in parts])]
            for name, values in ATTRIBUTES.items()
        }


def load_attributes(name: str | Path = "attributes") -> Attributes:
    """The shipped classifier, or one by the path of its `.keras` file."""
    path = _file(name, "attributes")
    return Attributes(read_network(path), card(path.stem))
