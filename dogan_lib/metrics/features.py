"""Pictures -> feature vectors: the networks in whose eyes two sets of pictures are compared.

A distance means something only together with its network, so every result carries the name:

- `"dognet"`: ours (`dogan_lib.models.dognet`), 256 features that are not negative, no download.
- `"inception"`: Keras' InceptionV3, 2048 features. Published FIDs come from another network, the
  one of 2015 (TensorFlow's `classify_image_graph_def`): trained otherwise, with another average
  pooling, and fed by an aliasing bilinear resize. Our numbers follow the same order but differ by
  several points: compare them among themselves only.
- any function from float32 (n, H, W, 3) in [-1, 1] to (n, d).
"""

import dataclasses
import functools
from collections.abc import Callable

import numpy as np

from dogan_lib import runtime
from dogan_lib.metrics.sources import BATCH, choose, stream

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
        classes: names of the labels, or None.
        text: where the pictures came from.
    """

    vectors: np.ndarray
    network: FeatureNetwork
    labels: np.ndarray | None = None
    classes: list[str] | None = None
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
    source,
    features="dognet",
    n: int | None = None,
    *,
    batch_size: int = BATCH,
    seed: int = 0,
    progress: bool = True,
) -> Features:
    """Run the network over a source of pictures, a batch at a time.

    Args:
        source: see `dogan_lib.metrics.sources.stream`. `Features` are returned as they are, or a
            random n of them.
        features: "dognet", "inception", a function, or a `FeatureNetwork`.
        n: at most so many; needed for a generator.
        progress: show a bar if it takes longer than a second.
    """
    if isinstance(source, Features):
        return source if n is None else source.subset(choose(len(source), n, seed))
    feature_network = network(features)
    pictures = stream(source, n, batch_size, seed)
    vectors, labels = [], []
    with runtime.progress(pictures.total, feature_network.name, "pictures", progress) as bar:
        for images, own in pictures.batches:
            vectors.append(feature_network(images))
            labels.append(own)
            bar.update(len(images))
    if not vectors:
        raise ValueError(f"{pictures.text} holds no pictures")
    labelled = all(own is not None for own in labels)
    return Features(
        np.concatenate(vectors),
        feature_network,
        np.concatenate(labels) if labelled else None,
        pictures.classes,
        pictures.text,
    )


def extract_both(real, fake, features="dognet", n=None, **options) -> tuple[Features, Features]:
    """Both sides in the eyes of one network; that of a side that is `Features` already."""
    for side in (real, fake):
        if isinstance(side, Features):
            features = side.network
    real, fake = (extract(side, features, n, **options) for side in (real, fake))
    check_same_network(real, fake)
    return real, fake


def check_same_network(real: Features, fake: Features):
    """Raise ValueError where two sets of features come from two networks."""
    if real.network != fake.network:
        raise ValueError(
            f"real is seen by {real.network.name}, fake by {fake.network.name}: they cannot be "
            "compared"
        )


def network(features) -> FeatureNetwork:
    """The network behind a name; a function becomes one under its own name."""
    if isinstance(features, FeatureNetwork):
        return features
    known = {"dognet": dognet, "inception": inception}
    if callable(features):
        return FeatureNetwork(getattr(features, "__name__", type(features).__name__), features)
    if features not in known:
        raise ValueError(f"features={features!r}: choose {', '.join(known)}, or give a function")
    return known[features]()


@functools.cache
def dognet() -> FeatureNetwork:
    """The course's own network, from `data/checkpoints/dognet.keras`."""
    import keras

    from dogan_lib.checkpoints import card, data_dir

    path = data_dir() / "checkpoints" / "dognet.keras"
    if not path.exists():
        raise FileNotFoundError(
            f"no DogNet in {path.parent}: set DOGAN_DATA to the course's data folder, or use "
            'features="inception"'
        )
    facts = card("dognet")
    model = keras.models.load_model(path, compile=False)
    return FeatureNetwork(
        facts.get("version", "dognet"),
        pooled(model),
        model.input_shape[1],
        facts.get("mifid_threshold"),
        facts,
    )


def pooled(model) -> Callable[[np.ndarray], np.ndarray]:
    """The outputs of a network's layer `features`, as a function on arrays."""
    import keras

    network = keras.Model(model.input, model.get_layer("features").output)
    # Compiled, and half the time of a plain call.
    return network.predict_on_batch


@functools.cache
def inception(weights: str | None = "imagenet") -> FeatureNetwork:
    """Keras' InceptionV3 up to its last pooling: 2048 features, pictures enlarged to 299 x 299.

    Args:
        weights: "imagenet" (88 MB, downloaded once by Keras), the path of a weights file, or None
            for random ones (to test the path without a network; the name says so).

    Raises:
        RuntimeError: the weights cannot be had.
    """
    import keras

    try:
        model = keras.applications.InceptionV3(
            include_top=False, pooling="avg", weights=weights, input_shape=(299, 299, 3)
        )
    except Exception as error:  # Keras lets any kind through: URLError, socket, checksum
        raise RuntimeError(
            "InceptionV3's ImageNet weights could not be fetched (88 MB, once, into ~/.keras): "
            f'{error}. Go online and try again, or use features="dognet", which needs no download.'
        ) from error
    name = "inception-v3" if weights == "imagenet" else f"inception-v3 ({weights or 'random'})"
    threshold = INCEPTION_THRESHOLD if weights == "imagenet" else None
    return FeatureNetwork(name, model.predict_on_batch, 299, threshold)


def resize(images: np.ndarray, size: int) -> np.ndarray:
    """float (n, H, W, 3) -> float32 (n, size, size, 3) by an antialiased bicubic filter.

    The same as Pillow's BICUBIC, but without rounding to 8 bits. A filter that skips pixels
    instead of averaging them changes FID by several points (Parmar et al. 2022,
    https://arxiv.org/abs/2104.11222), so there is no other choice here.
    """
    if images.shape[1:3] == (size, size):
        return images.astype("float32", copy=False)
    n, height, width, channels = images.shape
    tall = _bicubic(height, size) @ images.reshape(n, height, width * channels)
    lines = tall.reshape(n * size, width, channels).transpose(0, 2, 1).reshape(-1, width)
    wide = (lines @ _bicubic(width, size).T).reshape(n, size, channels, size)
    return np.ascontiguousarray(wide.transpose(0, 1, 3, 2), "float32")


@functools.lru_cache(maxsize=16)
def _bicubic(old: int, new: int) -> np.ndarray:
    """Matrix (new, old) of Keys' cubic kernel (a = -1/2), widened where the picture shrinks."""
    scale = old / new
    support = max(scale, 1.0)
    centres = (np.arange(new) + 0.5) * scale
    x = np.abs((np.arange(old)[None, :] + 0.5 - centres[:, None]) / support)
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    weights = np.where(x < 1, near, np.where(x < 2, far, 0.0))
    return (weights / weights.sum(axis=1, keepdims=True)).astype("float32")
