"""What every source of dogs comes as, and how it becomes batches."""

import dataclasses
import itertools
from collections.abc import Callable, Sequence

import numpy as np

from dogan_lib.dogs.collection import Collection


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
        condition: str | np.ndarray | Callable[[int], Sequence[np.ndarray]] | None = None,
        mirror: bool = True,
        shuffle: bool = True,
        seed: int = 0,
        start_epoch: int = 0,
    ):
        """One epoch of batches, a `tf.data.Dataset` of `(images,)` or `(images, condition)`.

        Images are float32 (batch_size, S, S, 3) in [-1, 1]. Order and mirroring depend on `seed`
        and on the number of the epoch only: the k-th iteration over the dataset is epoch
        `start_epoch + k`, so a training that was killed goes on with the batches that it would have
        seen. What does not fill a last batch is left out (other dogs each epoch).

        Args:
            condition: None, "labels" (int32), "captions" (strings), an array with a row for each
                dog, or a function of the epoch's number that gives several such arrays.
            mirror: flip each picture with probability 1/2. Dogs do not care about left and right.

        Raises:
            ValueError: there are fewer dogs than `batch_size`, or no such condition.
        """
        import tensorflow as tf

        if not 1 <= batch_size <= len(self):
            raise ValueError(
                f"batch_size={batch_size}, but there are {len(self)} dogs: an epoch would have no "
                f"batch. Choose 1 to {len(self)}, or load more dogs."
            )
        fixed = [] if condition is None or callable(condition) else [self._column(condition)]
        conditions = condition if callable(condition) else lambda epoch: fixed
        epochs, steps = itertools.count(start_epoch), len(self) // batch_size

        def one_epoch():
            epoch = next(epochs)
            columns, rng = conditions(epoch), np.random.default_rng([seed, epoch])
            # Both are always drawn, so that the order is the same with and without mirroring.
            order, flips = rng.permutation(len(self)), rng.random(len(self)) < 0.5
            order = order if shuffle else np.arange(len(self))
            for start in range(0, steps * batch_size, batch_size):
                rows, flipped = (a[start : start + batch_size] for a in (order, flips & mirror))
                images = self.images[rows]  # uint8 in memory: a quarter of what leaves here
                images[flipped] = images[flipped, :, ::-1]
                yield (images, *(column[rows] for column in columns))

        def scaled(images, *columns):
            return (tf.cast(images, tf.float32) / 127.5 - 1.0, *columns)

        signature = tuple(
            tf.TensorSpec((batch_size, *a.shape[1:]), tf.string if a.dtype == object else a.dtype)
            for a in (self.images, *conditions(start_epoch))
        )
        data = tf.data.Dataset.from_generator(one_epoch, output_signature=signature)
        data = data.map(scaled, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
        return data.apply(tf.data.experimental.assert_cardinality(steps)).prefetch(tf.data.AUTOTUNE)

    def _column(self, condition) -> np.ndarray:
        """Labels, captions or an array of one's own, a row for each dog."""
        if isinstance(condition, str):
            known = {"labels": self.labels, "captions": self.captions}
            if known.get(condition) is None:
                there = ", ".join(repr(k) for k, v in known.items() if v is not None)
                raise ValueError(f"no {condition!r} for {self.source} dogs; there is {there}")
            condition = known[condition]
        column = np.asarray(condition)
        if len(column) != len(self):
            raise ValueError(f"condition has {len(column)} rows for {len(self)} dogs")
        return column.astype(object) if column.dtype.kind == "U" else column


def count(n: int, noun: str) -> str:
    """`count(1, "breed")` -> "1 breed", `count(1200, "breed")` -> "1,200 breeds"."""
    return f"{n:,} {noun}" + ("" if n == 1 else "s")
