"""More network for a trained one, with nothing lost: the copy draws what it drew, and learns on.

Attention for sagan64, z in every block for biggan64, and 64x64 pixels grown to 128x128.
"""

import keras
import numpy as np
from keras import layers

from dogan_lib.layers import ConditionalBatchNormalization, SelfAttention


def with_attention(model: keras.Model, side: int = 32) -> keras.Model:
    """A copy of a generator or discriminator that looks around at `side` x `side` features.

    `SelfAttention` is put behind the last layer that gives features of this side. Its gamma is 0,
    so that the copy computes what the model does until it is trained further: nothing is lost.

    Args:
        model: functional, any; its weights are copied.
        side: of features with a multiple of 8 channels.

    Raises:
        ValueError: the model has no features of this side.
    """
    fit = [layer for layer in model.layers if layer.output.shape[1:3] == (side, side)]
    if not fit:
        raise ValueError(f"{model.name} has no features of {side}x{side}")

    def call(layer, *args, **kwargs):
        x = layer(*args, **kwargs)
        return SelfAttention()(x) if layer.name == fit[-1].name else x

    copy = keras.models.clone_model(model, call_function=call)
    for layer in model.layers:
        copy.get_layer(layer.name).set_weights(layer.get_weights())
    return copy


def with_latents(generator: keras.Model, sides: tuple[int, ...] = (8, 16, 32)) -> keras.Model:
    """BigGAN's two ideas put into a trained class-conditional generator, with nothing lost.

    Every conditional batch normalisation reads z beside the class, and a residual block follows
    the last features of each side. What is new starts at zero, so the copy draws the same pictures
    until it is trained further.

    Args:
        generator: [latents, labels] -> pictures, with `ConditionalBatchNormalization` on one-hot
            labels; its weights are copied.
        sides: of the features to refine.
    """
    last = {layer.output.shape[1]: layer.name for layer in generator.layers if _is_square(layer)}
    refined = {last[side] for side in sides}
    z, labels = (keras.Input(x.shape[1:], dtype=x.dtype, name=x.name) for x in generator.inputs)
    conditions = []

    def clone(layer):
        return type(layer).from_config(layer.get_config())

    def call(layer, inputs, **kwargs):
        if isinstance(layer, ConditionalBatchNormalization):
            x, classes = inputs
            conditions[:] = [layers.Concatenate(name=f"{layer.name}_reads")([classes, z])]
            inputs = [x, *conditions]
        x = layer(inputs, **kwargs)
        return _refined(x, conditions[0]) if layer.name in refined else x

    model = keras.models.clone_model(
        generator, input_tensors=[z, labels], clone_function=clone, call_function=call
    )
    for layer in generator.layers:
        for weight, source in zip(model.get_layer(layer.name).weights, layer.weights, strict=True):
            weight.assign(_lengthened(np.asarray(source), weight.shape))
    return model


def _lengthened(weight, shape):
    """With rows of zeros below, for what the conditions have become longer by."""
    if weight.shape == shape:
        return weight
    return np.concatenate([weight, np.zeros((shape[0] - len(weight), *shape[1:]), "float32")])


def _is_square(layer):
    shape = layer.output.shape
    return len(shape) == 4 and shape[1] == shape[2]


def _refined(x, condition):
    """A residual block of two 3x3 convolutions, the last of which starts at zero."""
    y, place = x, f"refined_{x.shape[1]}"  # a saved model's own names must not come twice
    for k, start in enumerate(("he_normal", "zeros")):
        y = ConditionalBatchNormalization(name=f"{place}_norm_{k}")([y, condition])
        y = layers.ReLU(name=f"{place}_relu_{k}")(y)
        options = dict(padding="same", kernel_initializer=start, name=f"{place}_conv_{k}")
        y = layers.Conv2D(x.shape[-1], 3, **options)(y)
    return layers.Add(name=place)([x, y])


def grown_to_128(
    generator: keras.Model, at_64: tuple[int, ...] = (32,), at_128: tuple[int, ...] = (24,)
) -> keras.Model:
    """A generator of 64x64 pictures, grown to 128x128: at first it draws the old ones, enlarged.

    The features that its last convolution reads pass new 3x3 convolutions at 64x64, are doubled,
    and pass new ones at 128x128, each with a batch normalisation of the generator's own kind and
    ReLU. A last convolution, which starts at zero, makes of them a picture that is added to the
    old one, bilinearly enlarged, in front of the tanh.

    Args:
        generator: functional, ending in a convolution and a tanh; its weights are copied.
        at_64, at_128: channels of the new convolutions.

    Raises:
        ValueError: it draws pictures of another size, or does not end in a tanh.
    """
    if generator.output_shape[1:3] != (64, 64):
        raise ValueError(
            f"{generator.name} draws {generator.output_shape[1:3]}, not 64x64 pictures"
        )
    made, conditions, logits = {}, [], []

    def call(layer, inputs, **kwargs):
        x = layer(inputs, **kwargs)
        made[id(x)] = x, layer, inputs  # x is kept, so that its id stays its own
        if isinstance(layer, ConditionalBatchNormalization):
            conditions.append(inputs[1])
        if getattr(layer, "activation", None) is keras.activations.tanh:
            logits.append(inputs)
        return x

    copy = keras.models.clone_model(generator, call_function=call)
    copy.set_weights(generator.get_weights())
    if not logits or id(logits[-1]) not in made:
        raise ValueError(f"{generator.name} does not end in a convolution and a tanh")
    x = made[id(logits[-1])][2]
    if id(x) in made and isinstance(made[id(x)][1], layers.UpSampling2D):
        x = made[id(x)][2]
    if x.shape[1] == 32:
        x = layers.UpSampling2D(name="doubled_64")(x)

    def refined(x, filters, place):
        options = dict(padding="same", use_bias=False, kernel_initializer="he_normal")
        x = layers.Conv2D(filters, 3, name=f"{place}_conv", **options)(x)
        if conditions:
            x = ConditionalBatchNormalization(name=f"{place}_norm")([x, conditions[-1]])
        else:
            x = layers.BatchNormalization(momentum=0.9, name=f"{place}_norm")(x)
        return layers.ReLU(name=f"{place}_relu")(x)

    for k, filters in enumerate(at_64):
        x = refined(x, filters, f"new_64_{k}")
    x = layers.UpSampling2D(name="doubled_128")(x)
    for k, filters in enumerate(at_128):
        x = refined(x, filters, f"new_128_{k}")
    options = dict(padding="same", kernel_initializer="zeros", name="to_rgb_128")
    new = layers.Conv2D(3, 3, **options)(x)
    old = layers.UpSampling2D(interpolation="bilinear", name="enlarged_128")(logits[-1])
    x = layers.Add(name="picture_128")([old, new])
    x = layers.Activation("tanh", dtype="float32", name="tanh_128")(x)
    return keras.Model(copy.inputs, x, name=f"{generator.name}_at_128")
