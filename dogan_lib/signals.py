"""What `GAN` reports of every step, and how alike its pictures are."""

import tensorflow as tf

SIGNALS = ("d_loss", "g_loss", "real_score", "fake_score", "g_gradient", "variety")


def variety(real, fake):
    """How far fakes lie apart: mean distance to the nearest fellow, as a share of the real ones'.

    About 1 where G draws as many different pictures as there are; 0 where all are one picture.
    `real` and `fake` are float batches (n, ...) of the same shape, the result a float32 scalar.
    """
    return _spacing(fake) / (_spacing(real) + 1e-12)


def _spacing(batch):
    flat = tf.cast(tf.reshape(batch, (tf.shape(batch)[0], -1)), "float32")
    length = tf.reduce_sum(tf.square(flat), axis=1)
    squared = length[:, None] + length - 2 * tf.matmul(flat, flat, transpose_b=True)
    squared = tf.linalg.set_diag(squared, tf.fill([tf.shape(flat)[0]], squared.dtype.max))
    return tf.reduce_mean(tf.sqrt(tf.maximum(tf.reduce_min(squared, axis=1), 0)))
