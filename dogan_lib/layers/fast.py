"""The same layers, run faster: ordinary Keras layers with the weights of the pair they replace.

    UpSampling2D, Conv2D            ->  UpsampledConv2D
    UpSampling2D, Conv2DTranspose   ->  UpsampledConv2DTranspose
    Conv2D, AveragePooling2D        ->  PooledConv2D
    BatchNormalization              ->  FusedBatchNormalization

Names, shapes and order of the weights stay, so `set_weights` moves them to and fro. Arguments are
those of the convolution, whose kernel has an odd side and stride 1.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import ops


def stamp(kernel):
    """What one input pixel of "repeat 2x2, then correlate" adds: (k + 1, k + 1, out, in).

    Upsampling by repetition turns a pixel into 2x2 equal ones, and each stamps the k x k kernel
    (k, k, in, out), k odd, turned around, onto the result. Their sum is one stamp, two apart for
    neighbouring pixels: a transposed convolution of stride 2 on the *small* picture, with 16
    instead of 36 multiplications a pixel for k = 3, and exact at the borders too.
    """
    turned = kernel[::-1, ::-1]  # `ops.flip` of Keras 3.13 takes a single axis
    return _twice(ops.transpose(turned, (0, 1, 3, 2)))


def pooled(kernel):
    """A kernel (k, k, in, out) followed by the mean of 2x2, as one window of stride 2."""
    return _twice(kernel) / 4


def _twice(kernel):
    """The sum of the kernel at the four places (0 or 1, 0 or 1) of a (k + 1) x (k + 1) field."""
    k = kernel.shape[0]
    rows = ops.cast(np.eye(k + 1, k) + np.eye(k + 1, k, -1), kernel.dtype)
    return ops.einsum("ua,vb,abxy->uvxy", rows, rows, kernel)


class _OfStrideTwo:
    """A convolution with an odd kernel, stride 1 and padding "same", run with stride 2."""

    larger = 2  # the result than the input

    def __init__(self, filters, kernel_size, **kwargs):
        super().__init__(filters, kernel_size, **{**kwargs, "padding": "same"})
        if self.strides != (1, 1) or any(side % 2 == 0 for side in self.kernel_size):
            raise ValueError(
                f"{type(self).__name__} takes odd kernels and stride 1, not {self.kernel_size} "
                f"and {self.strides}"
            )

    def compute_output_shape(self, input_shape):
        batch, *sides, _ = input_shape
        return (batch, *(int(side * self.larger) for side in sides), self.filters)


@keras.saving.register_keras_serializable("dogan")
class UpsampledConv2D(_OfStrideTwo, keras.layers.Conv2D):
    """`UpSampling2D(2)` and `Conv2D(filters, kernel_size, padding="same")` in one."""

    def convolution_op(self, inputs, kernel):
        return ops.conv_transpose(inputs, stamp(kernel), strides=2, padding="same")


@keras.saving.register_keras_serializable("dogan")
class UpsampledConv2DTranspose(_OfStrideTwo, keras.layers.Conv2DTranspose):
    """`UpSampling2D(2)` and `Conv2DTranspose(filters, kernel_size, padding="same")` in one."""

    def call(self, inputs):
        # A transposed convolution stamps its kernel as it is.
        kernel = _twice(ops.convert_to_tensor(self.kernel))
        x = ops.conv_transpose(inputs, kernel, strides=2, padding="same")
        return self.activation(ops.add(x, self.bias) if self.use_bias else x)


@keras.saving.register_keras_serializable("dogan")
class PooledConv2D(_OfStrideTwo, keras.layers.Conv2D):
    """`Conv2D(filters, kernel_size, padding="same")` and `AveragePooling2D(2)` in one.

    There is no activation between the two, and the sides of the picture are even.
    """

    larger = 0.5

    def convolution_op(self, inputs, kernel):
        return ops.conv(inputs, pooled(kernel), strides=2, padding="same")


@keras.saving.register_keras_serializable("dogan")
class FusedBatchNormalization(keras.layers.BatchNormalization):
    """`BatchNormalization` over the last axis, run by TensorFlow's fused kernel while training.

    Keras casts to float32 and back and takes the moments one by one; the fused kernel reads
    bfloat16 once. Its moving variance divides by n - 1 where Keras' divides by n.
    """

    def call(self, inputs, training=None, mask=None):
        last = self.axis in (-1, len(inputs.shape) - 1)
        if not (training and last and self.center and self.scale):
            return super().call(inputs, training=training, mask=mask)
        return fused_norm(self, inputs, self.gamma, self.beta)


def fused_norm(norm, inputs, gain, offset):
    """(inputs - mean) / deviation * gain + offset in one kernel; moves the averages of `norm`.

    Args:
        norm: a built `BatchNormalization`, for its epsilon, momentum and averages.
        inputs: (batch, H, W, channels) or (batch, channels); gain, offset: (channels,).
    """
    flat = len(inputs.shape) == 2
    y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=inputs[:, None, None] if flat else inputs,
        scale=tf.cast(tf.convert_to_tensor(gain), "float32"),
        offset=tf.cast(tf.convert_to_tensor(offset), "float32"),
        mean=tf.zeros([0]),
        variance=tf.zeros([0]),
        epsilon=norm.epsilon,
        is_training=True,
    )
    for average, value in ((norm.moving_mean, mean), (norm.moving_variance, variance)):
        average.assign(norm.momentum * average + (1 - norm.momentum) * value)
    return y[:, 0, 0] if flat else y
