"""Spectral normalisation, with the gradient through sigma."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("dogan")
class SpectralNormalization(keras.layers.Wrapper):
    """Divide a layer's kernel by its largest singular value, with the gradient through it.

    sigma is estimated by power iteration on the kernel as a matrix (everything but the output
    channels, output channels): one iteration a training call carries u along. Unlike
    `keras.layers.SpectralNormalization` the kernel variable itself is left alone and the gradient
    flows through sigma, as in the paper.

    Args:
        layer: Dense or Conv2D, or a layer made from them.
        eps: added to norms; 1e-12 in the paper's code, 1e-6 in BigGAN's.

    Reference: Miyato et al. 2018, https://arxiv.org/abs/1802.05957
    """

    def __init__(self, layer, eps: float = 1e-12, **kwargs):
        kwargs.pop("iterations", None)  # of files from before: always 1
        super().__init__(layer, **kwargs)
        self.eps = eps
        if not (isinstance(layer, keras.layers.Dense) or hasattr(layer, "convolution_op")):
            raise ValueError(f"{layer.name} is a {type(layer).__name__}, no Dense or Conv2D")

    def build(self, input_shape=None):
        super().build(input_shape)
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
        if training:
            u = self._unit(ops.matmul(v, still))
            v = self._unit(ops.matmul(u, ops.transpose(still)))
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

    def get_config(self):
        return {**super().get_config(), "eps": self.eps}
