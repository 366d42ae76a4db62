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

from dogan_lib.cards import read_card
from dogan_lib.doodles import captions as language
from dogan_lib.doodles.breeds import ATTRIBUTES
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
    entropy = functools.partial(
        keras.losses.sparse_categorical_crossentropy, right, from_logits=True
    )
    return (entropy(scores) + entropy(ops.transpose(scores))) / 2


@keras.saving.register_keras_serializable("dogan")
def matched(targets, scores):
    """Share of the pictures whose own caption fits best among the batch's."""
    right = ops.arange(ops.shape(scores)[0])
    return ops.cast(ops.equal(ops.argmax(scores, axis=1), right), "float32")


class Encoder:
    """Sentences to embeddings, by a `keras.Model` of word numbers."""

    def __init__(self, model: keras.Model):
        self.model = model

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
        embedded = [self.model(part, training=False) for part in _parts(ids, 1024)]
        return np.concatenate(embedded).astype("float32")[places.reshape(-1)]


class Attributes:
    """What a trained classifier, a `keras.Model`, sees in pictures."""

    def __init__(self, model: keras.Model):
        self.model = model

    def read(self, images) -> dict[str, np.ndarray]:
        """Pictures (n, 64, 64, 3), uint8 or in [-1, 1] -> attribute -> likeliest values (n,).

        Pictures of 32 or 16 pixels a side are enlarged.
        """
        images = np.asarray(images)
        if images.shape[1:3] not in ((16, 16), (32, 32), (64, 64)):
            raise ValueError(f"pictures are of 16, 32 or 64 pixels a side, not {images.shape[1:3]}")
        images = images.repeat(64 // images.shape[1], 1).repeat(64 // images.shape[2], 2)
        found = []
        for part in _parts(images, 256):
            part = part / np.float32(127.5) - 1 if part.dtype == np.uint8 else part
            found.append(self.model(part, training=False))
        return {
            name: np.array(values)[np.concatenate([part[name] for part in found]).argmax(-1)]
            for name, values in ATTRIBUTES.items()
        }


def _parts(rows: np.ndarray, size: int) -> list[np.ndarray]:
    return np.split(rows, range(size, len(rows), size))


def load_encoder(name: str | Path = "text_encoder") -> Encoder:
    """The shipped encoder, or one by the path of its `.keras` file; read once.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it was trained on another vocabulary than this program's.
    """
    path = _file(name, "encoder")
    return _load_encoder(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=2)
def _load_encoder(path: Path, changed: int) -> Encoder:
    known = read_card(path.with_suffix(".json")).get("words")
    if known and tuple(known) != language.VOCABULARY:
        raise ValueError(f"{path.name} was trained on other words; train it anew")
    return Encoder(read_network(path))


def load_attributes(name: str | Path = "attributes") -> Attributes:
    """The shipped classifier, or one by the path of its `.keras` file."""
    return Attributes(read_network(_file(name, "attributes")))


def _file(name: str | Path, reader: str) -> Path:
    """Where the shipped reader of this name lies, or the path as it is."""
    path = Path(name)
    if path.suffix != ".keras":
        path = data_dir() / "checkpoints" / f"{name}.keras"
    if not path.exists():
        command = f"python -m data.make.readers {reader}"
        raise FileNotFoundError(f"there is no {path}; train one with `{command}`")
    return path
