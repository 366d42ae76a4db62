"""The layers that several papers share: ordinary Keras layers, one module an idea."""

from dogan_lib.layers.attention import SelfAttention
from dogan_lib.layers.conditional import ConditionalBatchNormalization
from dogan_lib.layers.fast import (
    FusedBatchNormalization,
    PooledConv2D,
    UpsampledConv2D,
    UpsampledConv2DTranspose,
)
from dogan_lib.layers.spectral import SpectralNormalization
