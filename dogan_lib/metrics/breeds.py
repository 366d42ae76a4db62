"""Does a picture show the breed that was asked for? A feature network's last layer answers.

labels = np.arange(1200) % generator.classes
print(recognise(generator.sample(1200, labels=labels), labels, generator.card["breeds"]))
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from dogan_lib.dogs.collection import plain
from dogan_lib.metrics.features import DEFAULT, classifier, extract, shipped

DOODLE = "doodle "  # before the names of the drawn breeds, on the cards of what was trained on both


@dataclasses.dataclass(frozen=True)
class Recognised:
    """How far down the judge's list the asked breed stands, picture by picture.

    Attributes:
        breeds: the breeds that the judge chose among.
        labels: the breed that was asked for, positions in `breeds`, (n,).
        ranks: its place among the guesses, (n,); 0 is the first.
        judge: name of the network.
    """

    breeds: list[str]
    labels: np.ndarray
    ranks: np.ndarray
    judge: str

    @property
    def chance(self) -> float:
        """The accuracy of a generator that does not listen."""
        return 1 / len(self.breeds)

    def accuracy(self, k: int = 1) -> float:
        """Share of the pictures whose breed is among the first k guesses."""
        return float((self.ranks < k).mean())

    def __str__(self):
        five = f", among the first five: {self.accuracy(5):.1%}" if len(self.breeds) > 10 else ""
        return (
            f"{self.judge}'s first guess right: {self.accuracy():.1%}{five} of "
            f"{len(self.ranks):,} pictures; chance: {self.chance:.1%}"
        )


def recognise(images, labels, breeds: Sequence[str], features: str = DEFAULT) -> Recognised:
    """Show pictures to a network and let it choose among `breeds`.

    Args:
        images: (n, H, W, 3), uint8 or float in [-1, 1], or the network's `Features` of them.
        labels: the breeds that were asked for, (n,) positions in `breeds`.
        breeds: names as `load_dogs` gives them, of Stanford Dogs or of the doodles.
        features: "lite1" or "dognet".

    Raises:
        ValueError: the network does not know a breed, or there are not as many labels as pictures.
    """
    labels = np.asarray(labels)
    if len(labels) != len(images):
        raise ValueError(f"{len(labels)} labels for {len(images)} pictures")
    beliefs = _logits(images, breeds, features)
    own = np.take_along_axis(beliefs, labels[:, None], axis=1)
    ranks = (beliefs > own).sum(axis=1)
    return Recognised(list(breeds), labels, ranks, shipped(features).name)


def probabilities(images, breeds: Sequence[str], features: str = DEFAULT) -> np.ndarray:
    """What the network believes a picture shows, were there no other breeds: (n, len(breeds)),
    rows sum to 1. Arguments and errors as for `recognise`."""
    from scipy.special import softmax

    return softmax(_logits(images, breeds, features).astype("float64"), axis=1)


def _logits(images, breeds, features) -> np.ndarray:
    """The network's last layer for these breeds, (n, len(breeds))."""
    eyes = shipped(features)
    known = [plain(breed.removeprefix(DOODLE)) for breed in eyes.card["classes"]]
    unknown = [breed for breed in breeds if plain(breed) not in known]
    if unknown:
        raise ValueError(
            f"{eyes.name} does not know {', '.join(unknown[:3])}: it knows the 120 breeds of "
            "Stanford Dogs and those of the doodles"
        )
    seen = extract(images, eyes, progress=False)
    if seen.network != eyes:
        raise ValueError(f"these are {seen.network.name}'s features: {eyes.name} cannot read them")
    kernel, bias = classifier(features).get_layer("logits").get_weights()
    columns = [known.index(plain(breed)) for breed in breeds]
    return seen.vectors @ kernel[:, columns] + bias[columns]
