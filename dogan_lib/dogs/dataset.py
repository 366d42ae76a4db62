"""What every source of dogs comes as, and how it becomes batches."""

import dataclasses
import itertools
from collections.abc import Callable, Sequence

import numpy as np

from dogan_lib.dogs.collection import Collection
from dogan_lib.dogs.collection import plain as plain


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Dogs:
    """N pictures of dogs, all of one size, with what is known about them.

    Attributes:
        images: uint8 (N, S, S, 3).
        labels: int32 (N,), positions in `breeds`.
        breeds: names; also those of which this selection holds no dog.
        source: "stanford", "doodle", "portraits" or "folder:PATH".
        names: which picture of the archive (or which doodle) each one is.
        boxes: int32 (N, 4), xmin, ymin, xmax, ymax in the original picture, or None.
        captions: one sentence a picture, or None.
        attributes: name -> array of N values (colour, ears, ...), or None.
        problems: what was odd in the archive -> names of the pictures.
        origin: the archive that they were cut from, or the seed that they were drawn with.
    """

    images: np.ndarray
    labels: np.ndarray
    breeds: list[str]
    source: str
    names: list[str]
    boxes: np.ndarray | None = None
    captions: list[str] | None = None
    attributes: dict[str, np.ndarray] | None = None
    problems: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    origin: Collection | int | None = None

    def __len__(self):
        return len(self.images)

    def __repr__(self):
        size = self.images.shape[1]
        breeds = count(len(np.unique(self.labels)), "breed")
        more = ", with captions" if self.captions else ""
        return f"Dogs({len(self):,} of {breeds}, {size}x{size}, {self.source}{more})"

    def subset(self, indices) -> "Dogs":
        """The dogs at these positions (integers, a slice or a mask). Breeds keep their labels."""
        rows = np.arange(len(self))[indices]
        return dataclasses.replace(
            self,
            images=self.images[rows],
            labels=self.labels[rows],
            names=[self.names[i] for i in rows],
            boxes=None if self.boxes is None else self.boxes[rows],
            captions=self.captions and [self.captions[i] for i in rows],
            attributes=self.attributes and {k: v[rows] for k, v in self.attributes.items()},
        )

    def batches(
        self,
        batch_size: int,
        condition: str | np.ndarray | None = None,
        mirror: bool = True,
        shuffle: bool = True,
        seed: int = 0,
        start_epoch: int = 0,
    ):
        """One epoch of batches, a `tf.data.Dataset` of `(images,)` or `(images, condition)`.

        Images are float32 (batch_size, S, S, 3) in [-1, 1]. Order and mirroring depend on `seed`
        and on the number of the epoch only: the k-th iteration over the dataset is epoch
        `start_epoch + k`. What does not fill a last batch is left out (other dogs each epoch).

        Args:
            condition: None, "labels" (int32), "captions" (strings), or an array with a row for
                each dog, such as encoded captions.
            mirror: flip each picture with probability 1/2. Dogs do not care about left and right.

        Raises:
            ValueError: there are fewer dogs than `batch_size`, or no such condition.
        """
        if not 1 <= batch_size <= len(self):
            raise ValueError(
                f"batch_size={batch_size}, but there are {len(self)} dogs: an epoch would have no "
                f"batch. Choose 1 to {len(self)}, or load more dogs."
            )
        arrays = [self.images]
        if condition is not None:
            known = {"labels": self.labels, "captions": self.captions}
            known = {name: column for name, column in known.items() if column is not None}
            if isinstance(condition, str) and condition not in known:
                there = ", ".join(map(repr, known))
                raise ValueError(f"no {condition!r} for {self.source} dogs; there is {there}")
            arrays.append(np.asarray(known[condition] if isinstance(condition, str) else condition))
            if len(arrays[1]) != len(self):
                raise ValueError(f"condition has {len(arrays[1])} rows for {len(self)} dogs")
        return batches(arrays, batch_size, mirror, shuffle, seed, start_epoch)


def batches(
    arrays: Sequence[np.ndarray] | Callable[[int], Sequence[np.ndarray]],
    batch_size: int,
    mirror: bool,
    shuffle: bool,
    seed: int,
    start_epoch: int,
):
    """A finite `tf.data.Dataset` of tuples: uint8 pictures first, which come out in [-1, 1].

    As `Dogs.batches`: what an epoch holds depends on its number and on `seed` only, so a training
    that was killed goes on with the batches that it would have seen. The pictures stay uint8 in
    memory, a quarter of the float32 that leaves here.

    Args:
        arrays: of one length; or a function of the epoch's number that gives them, such as
            captions that are worded anew.
    """
    import tensorflow as tf

    epochs = itertools.count(start_epoch)

    def columns(epoch):
        found = arrays(epoch) if callable(arrays) else arrays
        return [np.array(a, dtype=object) if a.dtype.kind == "U" else a for a in found]

    def one_epoch():
        epoch = next(epochs)
        pictures, *conditions = columns(epoch)
        rng = np.random.default_rng([seed, epoch])
        # Both are always drawn, so that the order is the same with and without mirroring.
        order, flips = rng.permutation(len(pictures)), rng.random(len(pictures)) < 0.5
        order = order if shuffle else np.arange(len(pictures))
        for start in range(0, count * batch_size, batch_size):
            rows, flipped = (a[start : start + batch_size] for a in (order, flips & mirror))
            images = pictures[rows]
            images[flipped] = images[flipped, :, ::-1]
            yield (images, *(a[rows] for a in conditions))

    def scaled(images, *conditions):
        return (tf.cast(images, tf.float32) / 127.5 - 1.0, *conditions)

    first = columns(start_epoch)
    count = len(first[0]) // batch_size
    signature = tuple(
        tf.TensorSpec((batch_size, *a.shape[1:]), tf.string if a.dtype == object else a.dtype)
        for a in first
    )
    dataset = tf.data.Dataset.from_generator(one_epoch, output_signature=signature)
    dataset = dataset.map(scaled, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
    return dataset.apply(tf.data.experimental.assert_cardinality(count)).prefetch(tf.data.AUTOTUNE)


def count(n: int, noun: str) -> str:
    """`count(1, "breed")` -> "1 breed", `count(1200, "breed")` -> "1,200 breeds"."""
    return f"{n:,} {noun}" + ("" if n == 1 else "s")
