"""Does a picture show the breed that was asked for? DogNet answers.

labels = np.arange(1200) % generator.classes
print(recognise(generator.sample(1200, labels=labels), labels, generator.card["breeds"]))
"""

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np

from dogan_lib.dogs.dataset import plain
from dogan_lib.metrics.features import resize


@dataclasses.dataclass(frozen=True)
class Recognised:
    """How far down DogNet's list the asked breed stands, picture by picture.

    Attributes:
        breeds: the breeds that DogNet chose among.
        labels: the breed that was asked for, positions in `breeds`, (n,).
        ranks: its place among DogNet's guesses, (n,); 0 is the first.
    """

    breeds: list[str]
    labels: np.ndarray
    ranks: np.ndarray

    @property
    def chance(self) -> float:
        """The accuracy of a generator that does not listen."""
        return 1 / len(self.breeds)

    def accuracy(self, k: int = 1) -> float:
        """Share of the pictures whose breed is among the first k guesses."""
        return float((self.ranks < k).mean())

    def by_breed(self, k: int = 1) -> dict[str, float]:
        """The same for each breed that was asked for, best first."""
        asked = np.unique(self.labels)
        shares = {self.breeds[i]: float((self.ranks[self.labels == i] < k).mean()) for i in asked}
        return dict(sorted(shares.items(), key=lambda item: -item[1]))

    def __str__(self):
        five = f", among the first five: {self.accuracy(5):.1%}" if len(self.breeds) > 10 else ""
        return (
            f"first guess right: {self.accuracy():.1%}{five} of {len(self.ranks):,} pictures; "
            f"chance: {self.chance:.1%}"
        )


def recognise(images, labels, breeds: Sequence[str]) -> Recognised:
    """Show pictures to DogNet and let it choose among `breeds`.

    Args:
        images: (n, H, W, 3), uint8 or float in [-1, 1].
        labels: the breeds that were asked for, (n,) positions in `breeds`.
        breeds: names as `load_dogs` gives them, of Stanford Dogs or of the doodles.

    Raises:
        ValueError: DogNet does not know a breed, or there are not as many labels as pictures.
    """
    labels = np.asarray(labels)
    if len(labels) != len(images):
        raise ValueError(f"{len(labels)} labels for {len(images)} pictures")
    logits = _logits(images, breeds)
    own = np.take_along_axis(logits, labels[:, None], axis=1)
    return Recognised(list(breeds), labels, (logits > own).sum(axis=1))


def probabilities(images, breeds: Sequence[str]) -> np.ndarray:
    """What DogNet believes a picture shows, were there no other breeds: (n, len(breeds)), rows sum
    to 1. Arguments and errors as for `recognise`."""
    logits = _logits(images, breeds).astype("float64")
    likelihood = np.exp(logits - logits.max(axis=1, keepdims=True))
    return likelihood / likelihood.sum(axis=1, keepdims=True)


def breed_score(beliefs: np.ndarray) -> float:
    """The inception score with DogNet's breeds in place of ImageNet's classes.

    exp of the mean KL(p(y|x) || p(y)): 1 where every picture is believed to show the same mixture
    of breeds, at most the number of breeds. High where each picture is one clear breed and all
    breeds occur. No real dog takes part, so it sees neither copies nor what is missing within a
    breed. With few pictures it is too small, since p(y) is fitted to them: compare at one n.

    Args:
        beliefs: `probabilities(images, breeds)`.

    Reference: Salimans et al. 2016, https://arxiv.org/abs/1606.03498
    """
    together = beliefs.mean(axis=0)
    ratio = np.log(np.maximum(beliefs, 1e-12)) - np.log(np.maximum(together, 1e-12))
    return float(np.exp((beliefs * ratio).sum(axis=1).mean()))


def _logits(images, breeds):
    """DogNet's outputs for these breeds, (n, len(breeds))."""
    from dogan_lib.plots import to_uint8

    model, columns = _dognet()
    unknown = [breed for breed in breeds if plain(breed) not in columns]
    if unknown:
        raise ValueError(
            f"DogNet does not know {', '.join(unknown[:3])}: it knows the 120 breeds of Stanford "
            "Dogs and those of the doodles"
        )
    pixels = resize(to_uint8(images), model.input_shape[1]).astype("float32") / 127.5 - 1
    logits = model.predict(pixels, batch_size=128, verbose=0)
    return logits[:, [columns[plain(breed)] for breed in breeds]]


@functools.cache
def _dognet():
    """The classifier, and the column of each breed by its plain name."""
    import keras

    from dogan_lib.checkpoints import card, data_dir
    from dogan_lib.models.dognet import DOODLE

    model = keras.models.load_model(data_dir() / "checkpoints" / "dognet.keras", compile=False)
    names = [name.removeprefix(DOODLE) for name in card("dognet")["classes"]]
    return model, {plain(name): column for column, name in enumerate(names)}
