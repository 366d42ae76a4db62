"""Batch normalisation whose gain and offset are read off a condition."""

import keras
import tensorflow as tf

from dogan_lib.layers.fast import fused_norm
from dogan_lib.layers.spectral import SpectralNormalization


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
        policy, start = self.dtype_policy, self.initializer.clone()
        options = dict(use_bias=False, kernel_initializer=start, dtype=policy)
        linear = keras.layers.Dense(units, name=name, **options)
        if not self.spectral:
            return linear
        return SpectralNormalization(linear, eps=1e-6, name=f"spectral_{name}", dtype=policy)

    def call(self, inputs, training=False):
        x, condition = inputs
        gain = self.gain(condition, training=training)[:, None, None]
        offset = self.offset(condition, training=training)[:, None, None]
        if not training:
            return (1 + gain) * self.norm(x, training=False) + offset
        plain = tf.ones(x.shape[-1]), tf.zeros(x.shape[-1])
        return (1 + gain) * fused_norm(self.norm, x, *plain) + offset

    def get_config(self):
        own = {name: getattr(self, name) for name in ("momentum", "epsilon", "spectral")}
        initializer = keras.initializers.serialize(self.initializer)
        return {**super().get_config(), **own, "initializer": initializer}
