"""Progressive growing: pixel norm, minibatch deviation, equalized learning rates.

Keras reads shapes off `call`, and keeps plain arguments for a saved file by itself.
"""

from typing import Literal

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from dogan_lib.layers.fast import pooled, stamp


@keras.saving.register_keras_serializable("dogan")
class PixelNormalization(keras.layers.Layer):
    """Give every pixel's feature vector length sqrt(channels): x / sqrt(mean_c(x^2) + epsilon).

    Nothing is learnt and no other picture or pixel is looked at. On latents (batch, d) it puts z
    on a sphere.

    Reference: Karras et al. 2017, section 4.2, https://arxiv.org/abs/1710.10196
    """

    def __init__(self, epsilon: float = 1e-8, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def call(self, x):
        # In float16 the epsilon would be 0.
        power = ops.mean(ops.square(ops.cast(x, "float32")), axis=-1, keepdims=True)
        return x * ops.cast(ops.rsqrt(power + self.epsilon), x.dtype)


@keras.saving.register_keras_serializable("dogan")
class MinibatchStddev(keras.layers.Layer):
    """Append one channel that says how much the pictures of a group differ.

    The deviation of every feature at every position over a group of pictures, averaged to one
    number a group: D sees a G that draws the same dog again and again. Samples i, i + M, i + 2M
    ... form one of the M groups, as in the authors' code. A batch that is no multiple of the group
    size is one group.

    Args:
        group: pictures a group.

    Call arguments:
        x: (batch, H, W, C); the result is (batch, H, W, C + 1).

    Reference: Karras et al. 2017, section 3, https://arxiv.org/abs/1710.10196
    """

    def __init__(self, group: int = 4, **kwargs):
        super().__init__(**kwargs)
        self.group = group

    def call(self, x):
        size = tf.shape(x)[0]
        group = tf.where(size % self.group == 0, self.group, size)
        grouped = tf.reshape(tf.cast(x, "float32"), (group, -1, *x.shape[1:]))
        variance = tf.reduce_mean((grouped - tf.reduce_mean(grouped, 0)) ** 2, 0)
        spread = tf.reduce_mean(tf.sqrt(variance + 1e-8), (1, 2, 3))
        channel = tf.tile(tf.cast(spread, x.dtype), [group])[:, None, None, None]
        return tf.concat([x, channel * tf.ones_like(x[..., :1])], axis=-1)


class _Equalized(keras.layers.Layer):
    """Weights from N(0, 1), scaled by gain / sqrt(fan_in) each time that they are used.

    Adam's steps are as large as its rate, whatever the gradient's size. With He's deviation in the
    variable a layer with a small one would learn faster than its neighbours; scaled at run time
    all variables are of size 1, and so are all speeds.
    """

    def _add(self, shape, channels):
        self.scale = self.gain / float(np.prod(shape[:-1])) ** 0.5
        normal = keras.initializers.RandomNormal(stddev=1.0)
        options = dict(initializer=normal, name="weight", autocast=False)
        self.weight = self.add_weight(shape=shape, **options)
        self.bias = self.add_weight(shape=(channels,), initializer="zeros", name="bias")

    @property
    def kernel(self):
        """The scaled weights, float32."""
        return self.scale * ops.convert_to_tensor(self.weight)


@keras.saving.register_keras_serializable("dogan")
class EqualizedDense(_Equalized):
    """A dense layer with an equalized learning rate.

    Args:
        units: outputs; or a shape such as (4, 4, 512), which the result takes, with one bias for
            each of the last axis.
        gain: of the scale gain / sqrt(inputs).

    Reference: Karras et al. 2017, section 4.1, https://arxiv.org/abs/1710.10196
    """

    def __init__(self, units, gain: float = 2**0.5, **kwargs):
        super().__init__(**kwargs)
        self.gain, self.units = gain, (units,) if isinstance(units, int) else tuple(units)

    def build(self, input_shape):
        self._add((input_shape[-1], int(np.prod(self.units))), self.units[-1])

    def call(self, x):
        y = ops.matmul(x, ops.cast(self.kernel, self.compute_dtype))
        return ops.reshape(y, (-1, *self.units)) + ops.cast(self.bias, y.dtype)

    def get_config(self):
        return {**super().get_config(), "gain": self.gain, "units": list(self.units)}


@keras.saving.register_keras_serializable("dogan")
class EqualizedConv2D(_Equalized):
    """A convolution of stride 1, padding "same", with an equalized learning rate.

    Args:
        filters: output channels.
        kernel_size: an odd number.
        gain: of the scale gain / sqrt(kernel_size^2 x input channels); sqrt(2) suits a ReLU that
            follows, 1 a linear layer.
        resample: "up" enlarges the input twofold first, "down" averages 2x2 of the output, both
            in one operation with the convolution (`layers.fast`).

    Reference: Karras et al. 2017, section 4.1, https://arxiv.org/abs/1710.10196
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int = 3,
        gain: float = 2**0.5,
        resample: Literal["up", "down"] | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.filters, self.kernel_size = filters, kernel_size
        self.gain, self.resample = gain, resample

    def build(self, input_shape):
        self._add((self.kernel_size, self.kernel_size, input_shape[-1], self.filters), self.filters)

    def call(self, x):
        kernel = ops.cast(self.kernel, self.compute_dtype)
        if self.resample == "up":
            y = ops.conv_transpose(x, stamp(kernel), strides=2, padding="same")
        elif self.resample == "down":
            y = ops.conv(x, pooled(kernel), strides=2, padding="same")
        else:
            y = ops.conv(x, kernel, padding="same")
        return y + ops.cast(self.bias, y.dtype)
