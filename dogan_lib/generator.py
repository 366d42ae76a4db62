"""A trained generator to draw from, and the latents that it draws from."""

import keras
import numpy as np

from dogan_lib.dogs.collection import positions
from dogan_lib.doodles import captions as language
from dogan_lib.doodles.readers import load_encoder
from dogan_lib.saving import parts


def latents(n: int, dim: int, seed: int = 0, truncation: float | None = None) -> np.ndarray:
    """n draws of z ~ N(0, I), float32 (n, dim), the same for the same seed.

    Args:
        truncation: redraw every number whose magnitude is above it (BigGAN's truncation trick).
    """
    random = np.random.default_rng(seed)
    z = random.standard_normal((n, dim), dtype="float32")
    if truncation is not None:
        if not truncation > 0:  # NaN is no threshold either
            raise ValueError(f"truncation is a positive threshold on |z|, not {truncation}")
        while (outside := np.abs(z) > truncation).any():
            z[outside] = random.standard_normal(outside.sum(), dtype="float32")
    return z


class Generator:
    """A trained generator to draw from.

    Attributes:
        model: the `keras.Model`; its inputs are named `latents`, then `labels` or `captions`.
        card: the dict beside the weights; empty for an unnamed file.
        latent_dim: numbers in one z; the model says it, unless it is subclassed.
    """

    def __init__(self, model: keras.Model, card: dict | None = None, latent_dim: int | None = None):
        self.model, self.card = model, card or {}
        self.inputs = {tensor.name: tensor for tensor in getattr(model, "inputs", [])}
        self.latent_dim = latent_dim or model.inputs[0].shape[-1]

    @property
    def classes(self) -> int | None:
        """How many breeds the labels choose among; None without labels."""
        if "labels" not in self.inputs:
            return None
        # Labels enter through an embedding or as one-hot vectors.
        found = (vars(p).get(k) for p in parts(self.model) for k in ("input_dim", "num_classes"))
        if not (classes := next(filter(None, found), len(self.breeds))):
            raise ValueError("how many breeds? Name them: Generator(model, {'breeds': [...]})")
        return classes

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
        return self.decode(z, self.conditions(n, seed, labels, captions))

    def decode(self, z, labels=None, captions=None) -> np.ndarray:
        """The pictures of given latents (n, latent_dim), for interpolation and the like.

        Args:
            labels, captions: for a conditional generator, integers (n,), or embeddings (n, d).
        """
        given = [np.asarray(x) for x in (labels, captions) if x is not None]
        parts, inputs = [], [np.asarray(z, "float32"), *given]
        for start in range(0, max(len(z), 1), 64):
            batch = [part[start : start + 64] for part in inputs]
            outputs = self.model(batch if given else batch[0], training=False)
            parts.append(np.asarray(outputs, "float32"))
        # PGGAN's last layer is linear, and a little outside is as bright as pixels get.
        return np.clip(np.concatenate(parts), -1, 1)

    def conditions(self, n: int, seed: int = 0, labels=None, captions=None):
        """What `decode` takes beside n latents: as asked for, or drawn; None where nothing."""
        for name, given in (("labels", labels), ("captions", captions)):
            if given is not None and name not in self.inputs:
                raise ValueError(f"this generator takes no {name}, but {', '.join(self.inputs)}")
        if "captions" in self.inputs:
            return self._embeddings(n, seed, captions)
        if "labels" not in self.inputs:
            return None
        classes = self.classes
        if labels is None:
            labels = np.random.default_rng(seed + 1).integers(classes, size=n)
        labels = np.atleast_1d(labels)
        if labels.shape not in ((1,), (n,)):
            raise ValueError(f"{len(labels)} labels for {n} pictures: give one, or {n}")
        if labels.dtype.kind == "U" and not self.breeds:
            raise ValueError("this generator's card names no breeds: give labels as numbers")
        if labels.dtype.kind == "U":
            labels = np.array(positions(labels.tolist(), self.breeds), "int32")
        if labels.dtype.kind not in "iu":
            raise ValueError(f"labels are whole numbers or names of breeds, not {labels.dtype}")
        if labels.min(initial=0) < 0 or labels.max(initial=0) >= classes:
            raise ValueError(f"labels are breeds 0 to {classes - 1}")
        return np.broadcast_to(labels, (n,)).astype("int32")

    @property
    def breeds(self) -> list[str]:
        """The names of the breeds that labels number, in their order; from the card."""
        return self.card.get("breeds", [])

    def _embeddings(self, n, seed, captions):
        """(n, d) of sentences, or as they are; of random doodles' captions where none is given."""
        captions = language.draw(n, seed) if captions is None else captions
        captions = [captions] if isinstance(captions, str) else captions
        if len(captions) not in (1, n):
            raise ValueError(f"{len(captions)} captions for {n} pictures: give one, or {n}")
        if n == 0:
            return np.zeros((0, self.inputs["captions"].shape[-1]), "float32")
        if not (isinstance(captions, np.ndarray) and captions.dtype.kind == "f"):
            captions = load_encoder(self.card.get("encoder", "text_encoder"))(captions)
        return np.broadcast_to(captions, (n, self.inputs["captions"].shape[-1]))
