"""Layers that several papers share, and one way to run slow pairs of layers fast."""

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
        # Of length 1 already, except in an averaged generator: a mean of unit vectors is shorter.
        u = self._unit(ops.cast(ops.convert_to_tensor(self.u), "float32"))
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

    Upsampling by repetition turns a pixel into 2x2 equal ones, and each of these stamps the k x k
    kernel onto the result. Their sum is one stamp of (k+1) x (k+1), and the stamps of neighbouring
    pixels lie two apart: a transposed convolution of stride 2. It reads the *small* picture, with
    16 instead of 36 multiplications a pixel for k = 3, and is exact at the borders too.

    Args:
        layer: a built Conv2D or Conv2DTranspose, stride 1, padding "same", odd kernel; such a
            Conv2D inside a `SpectralNormalization`; or an `EqualizedConv2D`.
    """

    def __init__(self, layer, **kwargs):
        super().__init__(dtype=layer.dtype_policy, **kwargs)
        self.layer, self.convolution = layer, _unwrapped(layer)
        self.merge = _merge(self.convolution)
        self.built = True

    def _stamp(self, training):
        """(k+1, k+1, out, in)"""
        kernel = ops.cast(_kernel_of(self.layer, training), self.compute_dtype)
        if not isinstance(self.convolution, keras.layers.Conv2DTranspose):
            # A convolution reads what a transposed one stamps: the kernel turned around.
            kernel = ops.transpose(kernel[::-1, ::-1], (0, 1, 3, 2))
        merge = ops.cast(self.merge, kernel.dtype)
        return ops.einsum("ua,vb,aboi->uvoi", merge, merge, kernel)

    def call(self, inputs, training=False):
        x = ops.conv_transpose(inputs, self._stamp(training), strides=2, padding="same")
        if self.convolution.use_bias:
            x = ops.add(x, ops.cast(self.convolution.bias, x.dtype))
        return self.convolution.activation(x)


class PooledConvolution(keras.layers.Layer):
    """A stride-1 convolution and `AveragePooling2D(2)` in one, on the convolution's own weights.

    The mean of 2x2 windows that lie one pixel apart is one window of (k+1) x (k+1), read at every
    second pixel: again 16 instead of 36 multiplications a pixel for k = 3, borders included.

    Args:
        layer: as in `UpsampledConvolution`, without an activation and not transposed.
    """

    def __init__(self, layer, **kwargs):
        super().__init__(dtype=layer.dtype_policy, **kwargs)
        self.layer, self.convolution = layer, _unwrapped(layer)
        self.merge = _merge(self.convolution) / 2
        self.built = True

    def call(self, inputs, training=False):
        kernel = ops.cast(_kernel_of(self.layer, training), self.compute_dtype)
        merge = ops.cast(self.merge, kernel.dtype)
        window = ops.einsum("ua,vb,abio->uvio", merge, merge, kernel)
        x = ops.conv(inputs, window, strides=2, padding="same")
        if self.convolution.use_bias:
            x = ops.add(x, ops.cast(self.convolution.bias, x.dtype))
        return x


def _unwrapped(layer):
    return layer.layer if isinstance(layer, SpectralNormalization) else layer


def _kernel_of(layer, training):
    """The kernel that a convolution, spectrally normalised or not, uses in this call."""
    if isinstance(layer, SpectralNormalization):
        return layer.normalized_kernel(training)
    return ops.convert_to_tensor(layer.kernel)


def _merge(convolution):
    """(k+1, k): row a of the kernel acts at rows a and a + 1: 1 for u - a in {0, 1}."""
    k = convolution.kernel_size[0]
    return np.eye(k + 1, k, dtype="float32") + np.eye(k + 1, k, -1, dtype="float32")


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
        return _fused_norm(self.norm, inputs, self.norm.gamma, self.norm.beta)


def _fused_norm(norm, inputs, gain, offset):
    """(inputs - mean) / deviation * gain + offset in one kernel; moves the averages of `norm`."""
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


@keras.saving.register_keras_serializable("dogan")
class ConditionalBatchNormalization(keras.layers.Layer):
    """Batch normalisation whose gain and offset are read off a condition.

    y = (1 + W_gain c) * (x - mean) / deviation + W_offset c, called with [x, c]: pictures
    (batch, H, W, channels) and vectors (batch, d). For classes c is one-hot, and the two matrices
    are tables of one gain and one offset a class; BigGAN's c is an embedding and a piece of z.

    Args:
        momentum: of the moving averages that inference uses.
        epsilon: added to the variance.
        spectral: normalise both matrices spectrally, as BigGAN does.
        initializer: of both matrices; zeros start as a plain normalisation.

    Reference: de Vries et al. 2017, https://arxiv.org/abs/1707.00683; Dumoulin et al. 2017.
    """

    def __init__(
        self,
        momentum: float = 0.9,
        epsilon: float = 1e-5,
        spectral: bool = False,
        initializer="zeros",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.momentum, self.epsilon, self.spectral = momentum, epsilon, spectral
        self.initializer = keras.initializers.get(initializer)
        self.norm = keras.layers.BatchNormalization(
            center=False, scale=False, momentum=momentum, epsilon=epsilon, dtype=self.dtype_policy
        )

    def build(self, input_shapes):
        shape, condition = input_shapes
        self.norm.build(shape)
        self.gain, self.offset = (self._linear(shape[-1], name) for name in ("gain", "offset"))
        self.gain.build(condition)
        self.offset.build(condition)

    def _linear(self, units, name):
        initializer = self.initializer.clone()
        options = dict(use_bias=False, kernel_initializer=initializer, dtype=self.dtype_policy)
        linear = keras.layers.Dense(units, name=name, **options)
        if not self.spectral:
            return linear
        policy = self.dtype_policy
        return SpectralNormalization(linear, eps=1e-6, name=f"spectral_{name}", dtype=policy)

    def call(self, inputs, training=False):
        x, condition = inputs
        gain = self.gain(condition, training=training)[:, None, None]
        offset = self.offset(condition, training=training)[:, None, None]
        return (1 + gain) * self._normalised(x, training) + offset

    def _normalised(self, x, training):
        if not training:
            return self.norm(x, training=False)
        channels = x.shape[-1]
        return _fused_norm(self.norm, x, tf.ones(channels), tf.zeros(channels))

    def start_as(self, norm: keras.layers.BatchNormalization):
        """Become a trained plain normalisation, with its gain and offset for every one-hot c."""
        for linear, row in ((self.gain, norm.gamma - 1), (self.offset, norm.beta)):
            linear.kernel.assign(ops.broadcast_to(row, linear.kernel.shape))
        self.norm.moving_mean.assign(norm.moving_mean)
        self.norm.moving_variance.assign(norm.moving_variance)

    def compute_output_shape(self, input_shapes):
        return input_shapes[0]

    def get_config(self):
        return {
            **super().get_config(),
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "spectral": self.spectral,
            "initializer": keras.initializers.serialize(self.initializer),
        }


@keras.saving.register_keras_serializable("dogan")
class SelfAttention(keras.layers.Layer):
    """Every position looks at all others: y = x + gamma * o(softmax(theta(x) phi(x)^T) g(x)).

    theta, phi (C/8 channels), g (C/2) and o (C) are spectrally normalised 1x1 convolutions without
    bias; phi and g are halved by max pooling, so 32x32 positions look at 16x16. The products are
    *not* divided by sqrt(d), and gamma starts at 0: a new layer changes nothing. This follows the
    authors' code, from which the paper's text differs.

    Args:
        eps: of the spectral normalisation.
        initializer: of the four kernels.

    Reference: Zhang et al. 2018, https://arxiv.org/abs/1805.08318
    """

    def __init__(self, eps: float = 1e-12, initializer="glorot_uniform", **kwargs):
        super().__init__(**kwargs)
        self.eps = eps
        self.initializer = keras.initializers.get(initializer)

    def build(self, input_shape):
        channels = input_shape[-1]
        if channels % 8 or input_shape[1] % 2 or input_shape[2] % 2:
            raise ValueError(
                f"attention needs a multiple of 8 channels and even sides, not {input_shape[1:]}"
            )
        self.theta = self._convolution(channels // 8, "theta", input_shape)
        self.phi = self._convolution(channels // 8, "phi", input_shape)
        self.g = self._convolution(channels // 2, "g", input_shape)
        self.o = self._convolution(channels, "o", (*input_shape[:-1], channels // 2))
        self.gamma = self.add_weight(shape=(), initializer="zeros", name="gamma")

    def _convolution(self, filters, name, input_shape):
        initializer = self.initializer.clone()
        options = dict(use_bias=False, kernel_initializer=initializer, dtype=self.dtype_policy)
        convolution = keras.layers.Conv2D(filters, 1, name=name, **options)
        options = dict(eps=self.eps, name=f"spectral_{name}", dtype=self.dtype_policy)
        layer = SpectralNormalization(convolution, **options)
        layer.build(input_shape)
        return layer

    def attention(self, x, training=False):
        """How much position i of x (batch, H, W, C) looks at j: (batch, H W, H/2 W/2), rows sum
        to 1."""
        queries = _positions(self.theta(x, training=training))
        keys = _positions(ops.max_pool(self.phi(x, training=training), 2))
        scores = ops.matmul(queries, ops.swapaxes(keys, 1, 2))
        return ops.softmax(ops.cast(scores, "float32"))

    def call(self, x, training=False):
        maps = ops.cast(self.attention(x, training), self.compute_dtype)
        values = _positions(ops.max_pool(self.g(x, training=training), 2))
        seen = ops.reshape(ops.matmul(maps, values), (-1, *x.shape[1:3], values.shape[-1]))
        return x + ops.cast(self.gamma, x.dtype) * self.o(seen, training=training)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        initializer = keras.initializers.serialize(self.initializer)
        return {**super().get_config(), "eps": self.eps, "initializer": initializer}


def _positions(x):
    """(batch, H, W, C) -> (batch, H W, C)"""
    return ops.reshape(x, (-1, x.shape[1] * x.shape[2], x.shape[3]))


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

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "epsilon": self.epsilon}


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

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + 1)

    def get_config(self):
        return {**super().get_config(), "group": self.group}


class _Equalized(keras.layers.Layer):
    """Weights from N(0, 1), scaled by gain / sqrt(fan_in) each time that they are used.

    Adam's steps are as large as its rate, whatever the gradient's size. With He's deviation in the
    variable a layer with a small one would learn faster than its neighbours; scaled at run time
    all variables are of size 1, and so are all speeds.
    """

    def __init__(self, gain: float = 2**0.5, **kwargs):
        super().__init__(**kwargs)
        self.gain = gain

    def _add(self, shape, channels):
        self.scale = self.gain / float(np.prod(shape[:-1])) ** 0.5
        normal = keras.initializers.RandomNormal(stddev=1.0)
        self.weight = self.add_weight(
            shape=shape, initializer=normal, name="weight", autocast=False
        )
        self.bias = self.add_weight(shape=(channels,), initializer="zeros", name="bias")

    @property
    def kernel(self):
        """The scaled weights, float32."""
        return self.scale * ops.convert_to_tensor(self.weight)

    def get_config(self):
        return {**super().get_config(), "gain": self.gain}


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
        super().__init__(gain, **kwargs)
        self.units = (units,) if isinstance(units, int) else tuple(units)

    def build(self, input_shape):
        self._add((input_shape[-1], int(np.prod(self.units))), self.units[-1])

    def call(self, x):
        y = ops.matmul(x, ops.cast(self.kernel, self.compute_dtype))
        return ops.reshape(y, (-1, *self.units)) + ops.cast(self.bias, y.dtype)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.units)

    def get_config(self):
        return {**super().get_config(), "units": list(self.units)}


@keras.saving.register_keras_serializable("dogan")
class EqualizedConv2D(_Equalized):
    """A convolution of stride 1, padding "same", with an equalized learning rate.

    Args:
        filters: output channels.
        kernel_size: an odd number.
        gain: of the scale gain / sqrt(kernel_size^2 x input channels); sqrt(2) suits a ReLU that
            follows, 1 a linear layer.

    Reference: Karras et al. 2017, section 4.1, https://arxiv.org/abs/1710.10196
    """

    # What it has in common with every Conv2D, for the fast path.
    strides = dilation_rate = (1, 1)
    padding, use_bias = "same", True
    activation = staticmethod(keras.activations.linear)

    def __init__(self, filters: int, kernel_size: int = 3, gain: float = 2**0.5, **kwargs):
        super().__init__(gain, **kwargs)
        self.filters, self.kernel_size = filters, (kernel_size, kernel_size)

    def build(self, input_shape):
        self._add((*self.kernel_size, input_shape[-1], self.filters), self.filters)

    def call(self, x):
        y = ops.conv(x, ops.cast(self.kernel, self.compute_dtype), padding="same")
        return y + ops.cast(self.bias, y.dtype)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.filters)

    def get_config(self):
        sizes = {"filters": self.filters, "kernel_size": self.kernel_size[0]}
        return {**super().get_config(), **sizes}


def fast_path(model: keras.Model) -> keras.Model:
    """The same functional model on the same weights, with slow layers run another way.

    Every `UpSampling2D(2)` whose one consumer is a stride-1 "same" convolution with an odd kernel,
    plain, spectrally normalised or equalized, becomes one `UpsampledConvolution`; such a
    convolution whose one consumer is an `AveragePooling2D(2)` a `PooledConvolution`; and every
    plain batch normalisation a `FusedBatchNormalization`. Outputs and gradients are equal up to
    rounding; the layers, rows and variables stay those of `model`, so it is `model` that is saved
    and shown.
    """
    upsampled = dict(_upsampled_convolutions(model))
    pooled = dict(_pooled_convolutions(model))
    swapped = {conv: PooledConvolution(conv) for conv in pooled.values()}
    swapped |= {conv: UpsampledConvolution(conv) for conv in upsampled.values()}
    swapped |= {
        layer: FusedBatchNormalization(layer) for layer in model.layers if _is_plain_norm(layer)
    }

    def call(layer, *args, **kwargs):
        if layer in upsampled or layer in pooled:
            return args[0]  # its neighbour, the convolution, does both
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
            consumers = _consumers(layer, model)
            if len(consumers) == 1 and _is_fusable(consumers[0]):
                yield layer, consumers[0]


def _pooled_convolutions(model):
    for layer in model.layers:
        if _is_fusable(layer) and _is_linear(_unwrapped(layer)):
            consumers = _consumers(layer, model)
            if len(consumers) == 1 and _halves(consumers[0]):
                yield consumers[0], layer


def _consumers(layer, model):
    """Who reads this layer's output in this model: layers, and None where it is an output."""
    inside = {id(node) for nodes in model._nodes_by_depth.values() for node in nodes}
    readers = [node.operation for node in layer._outbound_nodes if id(node) in inside]
    return readers + [None for x in model.outputs if x._keras_history.operation is layer]


def _is_linear(convolution):
    return (
        not isinstance(convolution, keras.layers.Conv2DTranspose)
        and convolution.activation is keras.activations.linear
    )


def _halves(layer):
    return (
        isinstance(layer, keras.layers.AveragePooling2D)
        and tuple(layer.pool_size) == tuple(layer.strides) == (2, 2)
        and all(side is not None and side % 2 == 0 for side in layer.input.shape[1:3])
    )


def _doubles(layer):
    return tuple(layer.size) == (2, 2) and layer.interpolation == "nearest"


def _is_fusable(layer):
    layer = _unwrapped(layer)
    return (
        type(layer) in (keras.layers.Conv2D, keras.layers.Conv2DTranspose, EqualizedConv2D)
        and tuple(layer.strides) == (1, 1)
        and tuple(layer.dilation_rate) == (1, 1)
        and layer.padding == "same"
        and layer.kernel_size[0] == layer.kernel_size[1]
        and layer.kernel_size[0] % 2 == 1
        and getattr(layer, "groups", 1) == 1
    )
