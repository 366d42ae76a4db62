"""Layers that several papers share, and one way to run a slow pair of layers fast."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops


@keras.saving.register_keras_serializable("dogan")
class SpectralNormalization(keras.layers.Wrapper):
    """Divide a layer's kernel by its largest singular value, with the gradient through it.

    sigma is estimated by power iteration on the kernel as a matrix (everything but the output
    channels, output channels): one iteration a training call carries u along. Unlike
    `keras.layers.SpectralNormalization` the kernel variable itself is left alone and the gradient
    flows through sigma, as in the paper.

    Args:
        layer: a layer with a `kernel` whose last axis is its output: Dense, Conv2D, Embedding-like.
        iterations: power iterations a training call.
        eps: added to norms; 1e-12 in the paper's code, 1e-6 in BigGAN's.

    Reference: Miyato et al. 2018, https://arxiv.org/abs/1802.05957
    """

    def __init__(self, layer, iterations: int = 1, eps: float = 1e-12, **kwargs):
        super().__init__(layer, **kwargs)
        self.iterations, self.eps = iterations, eps

    def build(self, input_shape=None):
        super().build(input_shape)
        if not hasattr(self.layer, "kernel"):
            raise ValueError(f"{self.layer.name} has no kernel to normalise")
        self.u = self.add_weight(
            shape=(1, self.layer.kernel.shape[-1]),
            initializer=keras.initializers.RandomNormal(),
            trainable=False,
            dtype="float32",
            name="u",
        )
        self.u.assign(self._unit(self.u))

    def _unit(self, vector):
        return vector / (ops.norm(vector) + self.eps)

    def normalized_kernel(self, training=False):
        """kernel / sigma, shape of the kernel; moves u where `training`."""
        kernel = ops.cast(ops.convert_to_tensor(self.layer.kernel), "float32")
        matrix = ops.reshape(kernel, (-1, kernel.shape[-1]))
        still = ops.stop_gradient(matrix)  # u and v are constants of the gradient, sigma is not
        u = ops.cast(ops.convert_to_tensor(self.u), "float32")
        v = self._unit(ops.matmul(u, ops.transpose(still)))
        for _ in range(self.iterations if training else 0):
            u = self._unit(ops.matmul(v, still))
            v = self._unit(ops.matmul(u, ops.transpose(still)))
        if training:
            self.u.assign(u)
        sigma = ops.sum(ops.matmul(v, matrix) * u)
        return kernel / sigma

    def call(self, inputs, training=False):
        kernel = ops.cast(self.normalized_kernel(training), self.compute_dtype)
        if isinstance(self.layer, keras.layers.Dense):
            outputs = ops.matmul(inputs, kernel)
        else:
            outputs = self.layer.convolution_op(inputs, kernel)
        if getattr(self.layer, "bias", None) is not None:
            outputs = ops.add(outputs, ops.cast(self.layer.bias, outputs.dtype))
        return self.layer.activation(outputs)

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)

    def get_config(self):
        return {**super().get_config(), "iterations": self.iterations, "eps": self.eps}


class UpsampledConvolution(keras.layers.Layer):
    """`UpSampling2D(2)` and a stride-1 convolution in one, on the convolution's own weights.

    After nearest-neighbour upsampling a k x k window covers only (k+1)/2 distinct pixels a side,
    and which taps fall on one pixel depends on whether the output row and column are even or odd.
    Adding up those taps gives four kernels of (k+1)/2 a side, one for each parity, that read the
    *small* picture: 4 x 9 instead of 4 x 25 multiplications for k = 5, borders included.

    Args:
        convolution: a built Conv2D or Conv2DTranspose, stride 1, padding "same", odd kernel.
    """

    def __init__(self, convolution, **kwargs):
        super().__init__(dtype=convolution.dtype_policy, **kwargs)
        self.convolution = convolution
        k = convolution.kernel_size[0]
        reach, self.taps = k // 2, (k + 1) // 2
        self.margin = (reach + 1) // 2
        # merge[p, u, a] = 1 where tap a of an output of parity p reads the u-th small pixel.
        self.merge = np.zeros((2, self.taps, k), "float32")
        for p in range(2):
            for a in range(k):
                self.merge[p, (p + a - reach) // 2 - (p - reach) // 2, a] = 1
        self.shift = reach % 2  # odd reach: parity 1 starts one small pixel later
        self.built = True

    def _kernel(self):
        kernel = ops.convert_to_tensor(self.convolution.kernel)
        if isinstance(self.convolution, keras.layers.Conv2DTranspose):
            kernel = ops.transpose(ops.flip(kernel, (0, 1)), (0, 1, 3, 2))
        merge = ops.cast(self.merge, kernel.dtype)
        phases = ops.einsum("pua,qvb,abio->uvipqo", merge, merge, kernel)
        return ops.reshape(phases, (self.taps, self.taps, kernel.shape[2], -1))

    def call(self, inputs):
        height, width = inputs.shape[1:3]
        m, s, channels = self.margin, self.shift, self.convolution.filters
        padded = ops.pad(inputs, ((0, 0), (m, m), (m, m), (0, 0)))
        x = ops.conv(padded, self._kernel(), padding="valid")
        x = ops.reshape(x, (-1, height + s, width + s, 2, 2, channels))
        if s:
            x = self._realigned(x, height, width)
        x = ops.transpose(x, (0, 1, 3, 2, 4, 5))
        x = ops.reshape(x, (-1, 2 * height, 2 * width, channels))
        if self.convolution.use_bias:
            x = ops.add(x, ops.cast(self.convolution.bias, x.dtype))
        return self.convolution.activation(x)

    def _realigned(self, x, height, width):
        """Parity 1 starts one pixel later: cut each of the four pictures out at its own corner."""
        rows = [
            ops.stack([x[:, p : p + height, q : q + width, p, q] for q in range(2)], axis=3)
            for p in range(2)
        ]
        return ops.stack(rows, axis=3)


class FusedBatchNormalization(keras.layers.Layer):
    """A `BatchNormalization` run by TensorFlow's fused kernel, on the layer's own variables.

    Keras casts to float32 and back and takes the moments one by one; the fused kernel reads
    bfloat16 once. Its moving variance divides by n - 1 where Keras' divides by n.

    Args:
        norm: a built BatchNormalization over the last axis, with gain and offset.
    """

    def __init__(self, norm, **kwargs):
        super().__init__(dtype=norm.dtype_policy, **kwargs)
        self.norm = norm
        self.built = True

    def call(self, inputs, training=False, mask=None):
        if not training:
            return self.norm(inputs, training=False)
        norm, flat = self.norm, len(inputs.shape) == 2
        y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs[:, None, None] if flat else inputs,
            scale=tf.cast(norm.gamma.value, "float32"),
            offset=tf.cast(norm.beta.value, "float32"),
            mean=tf.zeros([0]),
            variance=tf.zeros([0]),
            epsilon=norm.epsilon,
            is_training=True,
        )
        for average, value in ((norm.moving_mean, mean), (norm.moving_variance, variance)):
            average.assign(norm.momentum * average + (1 - norm.momentum) * value)
        return y[:, 0, 0] if flat else y


def fast_path(model: keras.Model) -> keras.Model:
    """The same functional model on the same weights, with slow layers run another way.

    Every `UpSampling2D(2)` whose one consumer is a stride-1 "same" convolution with an odd kernel
    becomes one `UpsampledConvolution`, and every plain batch normalisation a
    `FusedBatchNormalization`. Outputs and gradients are equal up to rounding; the layers, rows and
    variables stay those of `model`, so it is `model` that is saved and shown.
    """
    upsampled = dict(_upsampled_convolutions(model))
    swapped = {conv: UpsampledConvolution(conv) for conv in upsampled.values()}
    swapped |= {
        layer: FusedBatchNormalization(layer) for layer in model.layers if _is_plain_norm(layer)
    }

    def call(layer, *args, **kwargs):
        if layer in upsampled:
            return args[0]  # the convolution that follows does both
        return swapped.get(layer, layer)(*args, **kwargs)

    if not swapped:
        return model
    return keras.models.clone_model(model, clone_function=lambda layer: layer, call_function=call)


def _is_plain_norm(layer):
    return (
        type(layer) is keras.layers.BatchNormalization
        and layer.axis in (-1, len(layer.output.shape) - 1)
        and len(layer.output.shape) in (2, 4)
        and layer.center
        and layer.scale
        and not layer.synchronized
    )


def _upsampled_convolutions(model):
    for layer in model.layers:
        if isinstance(layer, keras.layers.UpSampling2D) and _doubles(layer):
            consumers = layer._outbound_nodes
            if len(consumers) == 1 and _is_fusable(consumers[0].operation):
                yield layer, consumers[0].operation


def _doubles(layer):
    return tuple(layer.size) == (2, 2) and layer.interpolation == "nearest"


def _is_fusable(layer):
    return (
        type(layer) in (keras.layers.Conv2D, keras.layers.Conv2DTranspose)
        and tuple(layer.strides) == (1, 1)
        and tuple(layer.dilation_rate) == (1, 1)
        and layer.padding == "same"
        and layer.kernel_size[0] == layer.kernel_size[1]
        and layer.kernel_size[0] % 2 == 1
        and getattr(layer, "groups", 1) == 1
    )
