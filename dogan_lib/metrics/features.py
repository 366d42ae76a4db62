"""Pictures -> feature vectors: the networks in whose eyes two sets of pictures are compared.

A distance means something only together with its network, so every result carries the name:

- `"lite1"`: EfficientNet-Lite1, trained on ImageNet, its 320 features projected onto 256 axes of
  dogs (`data/make/lite1.py`). No generator of the course learns from it. Nothing to download.
- `"dognet"`: trained by the course on 64x64 dogs alone; sees colour and fur well, faces badly.
- `"inception"`: Keras' InceptionV3, 2048 features. Published FIDs come from another network, the
  one of 2015 (TensorFlow's `classify_image_graph_def`): trained otherwise, with another average
  pooling, and fed by an aliasing bilinear resize. Our numbers follow the same order but differ by
  several points: compare them among themselves only.
- any function from float32 (n, H, W, 3) in [-1, 1] to (n, d).
"""

import dataclasses
import functools
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from dogan_lib import runtime
from dogan_lib.cards import card
from dogan_lib.metrics.sources import BATCH, choose, pictures
from dogan_lib.runtime import data_dir
from dogan_lib.saving import read_network

DEFAULT = "lite1"
SHIPPED = ("lite1", "dognet")
REAL_DOGS = "real_dogs.npz"  # made by data/make/real_dogs.py
INCEPTION_THRESHOLD = 0.1  # Kaggle's, for MiFID


@dataclasses.dataclass(frozen=True)
class FeatureNetwork:
    """A named function from pictures to vectors.

    Attributes:
        name: what results are labelled with.
        run: float32 (n, size, size, 3) in [-1, 1] -> (n, d).
        size: pictures are resized to it; None leaves them as they are.
        threshold: of MiFID's distance; None where nobody has calibrated it.
        card: what is known about the network.
    """

    name: str
    run: Callable[[np.ndarray], np.ndarray]
    size: int | None = None
    threshold: float | None = None
    card: dict = dataclasses.field(default_factory=dict, compare=False, repr=False)

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """uint8 (n, H, W, 3) -> float32 (n, d)."""
        pixels = images.astype("float32") / 127.5 - 1.0
        if self.size is not None:
            pixels = resize(pixels, self.size)
        vectors = np.asarray(self.run(pixels), "float32")
        if vectors.ndim != 2 or len(vectors) != len(images):
            raise ValueError(f"{self.name} gave {vectors.shape} for {len(images)} pictures")
        return vectors


@dataclasses.dataclass(frozen=True, eq=False)
class Features:
    """The vectors of a set of pictures; every measure takes it in place of the pictures.

    Attributes:
        vectors: float32 (n, d).
        network: whose they are.
        labels: integers (n,), or None.
        text: where the pictures came from.
    """

    vectors: np.ndarray
    network: FeatureNetwork
    labels: np.ndarray | None = None
    text: str = "pictures"

    def __len__(self):
        return len(self.vectors)

    def __repr__(self):
        return (
            f"Features({len(self):,} x {self.vectors.shape[1]}, {self.network.name}, {self.text})"
        )

    def subset(self, rows) -> "Features":
        """Those at these positions (integers, a slice or a mask)."""
        labels = None if self.labels is None else self.labels[rows]
        return dataclasses.replace(self, vectors=self.vectors[rows], labels=labels)


def extract(
    source, features=DEFAULT, n: int | None = None, *, seed: int = 0, progress: bool = True
) -> Features:
    """Run the network over a source of pictures, a batch at a time.

    Args:
        source: see `dogan_lib.metrics.sources.pictures`. `Features` are returned as they are, or a
            random n of them.
        features: "lite1", "dognet", "inception", a function, or a `FeatureNetwork`.
        n: at most so many; needed for a generator.
        progress: show a bar if it takes longer than a second.
    """
    if isinstance(source, Features):
        return source.subset(choose(len(source), n, seed))
    eyes = network(features)
    images, labels, text = pictures(source, n, seed)
    vectors = []
    with runtime.progress(len(images), eyes.name, "pictures", progress) as bar:
        for start in range(0, len(images), BATCH):
            vectors.append(eyes(images[start : start + BATCH]))
            bar.update(len(vectors[-1]))
    return Features(np.concatenate(vectors), eyes, labels, text)


def extract_both(real, fake, features=DEFAULT, n=None, **options) -> tuple[Features, Features]:
    """Both sides in the eyes of one network; that of a side that is `Features` already.

    Raises:
        ValueError: they are seen by two networks.
    """
    for side in (real, fake):
        if isinstance(side, Features):
            features = side.network
    real, fake = (extract(side, features, n, **options) for side in (real, fake))
    if real.network != fake.network:
        raise ValueError(
            f"real is seen by {real.network.name}, fake by {fake.network.name}: they cannot be "
            "compared"
        )
    return real, fake


def network(features) -> FeatureNetwork:
    """The network behind a name; a function becomes one under its own name."""
    if isinstance(features, FeatureNetwork):
        return features
    if callable(features):
        return FeatureNetwork(getattr(features, "__name__", type(features).__name__), features)
    if features == "inception":
        return inception()
    return shipped(features)


@functools.cache
def classifier(name: str):
    """A shipped feature network whole, down to the breeds that its card lists under "classes".

    Raises:
        ValueError: none of this name is shipped.
        FileNotFoundError: the course's data folder is not there.
    """
    if name not in SHIPPED:
        raise ValueError(f"features={name!r}: choose {', '.join(SHIPPED)}; measures take inception")
    path = data_dir() / "checkpoints" / f"{name}.keras"
    if not path.exists():
        raise FileNotFoundError(f"no {path}: set DOGAN_DATA to the course's data folder")
    return read_network(path)


@functools.cache
def shipped(name: str) -> FeatureNetwork:
    """The part of `classifier(name)` down to its layer `features`."""
    model, facts = classifier(name), card(name)
    eyes = keras.Model(model.input, model.get_layer("features").output)
    # Compiled, and half the time of a plain call.
    run, size = eyes.predict_on_batch, model.input_shape[1]
    return FeatureNetwork(facts["version"], run, size, facts["mifid_threshold"], facts)


@functools.cache
def inception() -> FeatureNetwork:
    """Keras' InceptionV3 up to its last pooling: 2048 features, pictures enlarged to 299 x 299.

    Raises:
        RuntimeError: the weights, 88 MB that Keras downloads once, cannot be had.
    """
    try:
        model = keras.applications.InceptionV3(
            include_top=False, pooling="avg", weights="imagenet", input_shape=(299, 299, 3)
        )
    except Exception as error:  # Keras lets any kind through: URLError, socket, checksum
        raise RuntimeError(
            "InceptionV3's ImageNet weights could not be fetched (88 MB, once, into ~/.keras): "
            f"{error}. Go online and try again, or use another network, which needs no download."
        ) from error
    return FeatureNetwork("inception-v3", model.predict_on_batch, 299, INCEPTION_THRESHOLD)


def real_dogs(features: str = DEFAULT) -> Features:
    """The vectors of 1,200 real dogs, ten of each breed, that no feature network was fitted to.

    Every measure takes them in place of pictures. A generator of the course may have seen these
    dogs; the network has not, so they lie in its eyes where any new dog would.

    Args:
        features: "lite1" or "dognet".

    Raises:
        FileNotFoundError: the course's data folder is not there.
    """
    eyes, path = shipped(features), data_dir() / REAL_DOGS
    if not path.exists():
        raise FileNotFoundError(f"no {path}: set DOGAN_DATA to the course's data folder")
    with np.load(path) as kept:
        vectors, labels = kept[features].astype("float32"), kept["labels"].astype("int32")
    return Features(vectors, eyes, labels, text=f"{len(vectors):,} real dogs")


def resize(images: np.ndarray, size: int) -> np.ndarray:
    """float (n, H, W, 3) -> float32 (n, size, size, 3) by an antialiased bicubic filter.

    A filter that skips pixels instead of averaging them changes FID by several points (Parmar et
    al. 2022, https://arxiv.org/abs/2104.11222), so there is no other choice here.
    """
    if images.shape[1:3] == (size, size):
        return images.astype("float32", copy=False)
    return tf.image.resize(images, (size, size), "bicubic", antialias=True).numpy()


def at_size(images: np.ndarray, size: int) -> np.ndarray:
    """uint8 pictures of any size -> of `size` pixels a side, antialiased bicubic."""
    if images.shape[1:3] == (size, size):
        return images
    return np.clip(resize(images.astype("float32"), size) + 0.5, 0, 255).astype("uint8")
