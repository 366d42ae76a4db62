"""From arrays to a tf.data.Dataset whose every epoch can be had again."""

import itertools
from collections.abc import Callable, Sequence

import numpy as np


def batches(
    arrays: Sequence[np.ndarray] | Callable[[int], Sequence[np.ndarray]],
    batch_size: int,
    mirror: bool,
    shuffle: bool,
    seed: int,
    start_epoch: int,
):
    """A finite dataset of tuples; the first array holds uint8 pictures and comes out in [-1, 1].

    The k-th time that the dataset is iterated over is epoch `start_epoch + k`, and what an epoch
    holds depends on its number and on `seed` only. So a training that was killed goes on with the
    batches that it would have seen. A last, smaller batch is dropped.

    The pictures stay uint8 in memory, a quarter of the float32 that leaves here.

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
