"""Self-attention: every position looks at all others."""

import keras
from keras import ops

from dogan_lib.layers.spectral import SpectralNormalization


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
        policy, start = self.dtype_policy, self.initializer.clone()
        options = dict(use_bias=False, kernel_initializer=start, dtype=policy)
        layer = keras.layers.Conv2D(filters, 1, name=name, **options)
        layer = SpectralNormalization(layer, eps=self.eps, name=f"spectral_{name}", dtype=policy)
        layer.build(input_shape)
        return layer

    def attention(self, x, training=False):
        """How much position i of x (batch, H, W, C) looks at j: (batch, H W, H/2 W/2)."""
        queries = _positions(self.theta(x, training=training))
        keys = _positions(ops.max_pool(self.phi(x, training=training), 2))
        scores = ops.matmul(queries, ops.swapaxes(keys, 1, 2))
        return ops.softmax(ops.cast(scores, "float32"))

    def call(self, x, training=False):
        maps = ops.cast(self.attention(x, training), self.compute_dtype)
        values = _positions(ops.max_pool(self.g(x, training=training), 2))
        seen = ops.reshape(ops.matmul(maps, values), (-1, *x.shape[1:3], values.shape[-1]))
        return x + ops.cast(self.gamma, x.dtype) * self.o(seen, training=training)

    def get_config(self):
        initializer = keras.initializers.serialize(self.initializer)
        return {**super().get_config(), "eps": self.eps, "initializer": initializer}


def _positions(x):
    """(batch, H, W, C) -> (batch, H W, C)"""
    return ops.reshape(x, (-1, x.shape[1] * x.shape[2], x.shape[3]))
