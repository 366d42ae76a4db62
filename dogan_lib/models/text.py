"""Text to image: Reed's GAN-INT-CLS.

    encoder = text_encoder.load_encoder()  # of dogan_lib.classroom
    gan = TextGAN(generator(), discriminator())
    gan.compile()
    gan.fit(text_encoder.batches(dogs, encoder, 64), epochs=20)
    gan.sample(4, captions="a small brown dog sitting on grass")

The networks take any embedding of the caption, (batch, embedding_dim).

Reference: Reed et al. 2016, https://arxiv.org/abs/1605.05396, code reedscot/icml2016
"""

import keras
import tensorflow as tf
from keras import layers

from dogan_lib.doodles.painter import ATTRIBUTES
from dogan_lib.gan import GAN
from dogan_lib.models import dcgan
from dogan_lib.models.conditional import judge_together

EMBEDDING = 128  # numbers in a caption's embedding; Reed's has 1024

# The networks -------------------------------------------------------------------------------


def _project(embeddings, projected, norm=False):
    """The caption in few numbers, as large as those of z beside it; D normalises them."""
    x = layers.Dense(projected, kernel_initializer="he_normal")(embeddings)
    x = dcgan.batch_norm(x) if norm else x
    return layers.LeakyReLU(negative_slope=0.2)(x)


def refine(x, narrow, activate):
    """activate(x + bottleneck(x)): 1x1 to few channels, 3x3, and 3x3 back, at the same size."""

    def convolved(y, filters, kernel):
        small = keras.initializers.RandomNormal(stddev=0.02)
        options = dict(padding="same", use_bias=False, kernel_initializer=small)
        return dcgan.batch_norm(layers.Conv2D(filters, kernel, **options)(y))

    y = activate(convolved(x, narrow, 1))
    y = activate(convolved(y, narrow, 3))
    return activate(layers.Add()([x, convolved(y, x.shape[-1], 3)]))


def generator(
    embedding_dim: int = EMBEDDING,
    latent_dim: int = 100,
    projected: int = 128,
    width: int = 64,
    upsample: bool = False,
    resolution: int = 64,
) -> keras.Model:
    """[latents (batch, latent_dim), captions (batch, embedding_dim)] -> (batch, S, S, 3).

    Args:
        projected: numbers that the embedding is cut down to before it is put beside z.
        width: channels before the last doubling; 128 in Reed's code.
        upsample: grow by nearest upsampling and 3x3 convolutions.
        resolution: S, 64, or 32 for portraits.
    """
    z = keras.Input((latent_dim,), name="latents")
    captions = keras.Input((embedding_dim,), name="captions")

    def refined(x, narrow):
        return refine(dcgan.batch_norm(x), narrow, lambda y: layers.ReLU()(y))

    def double(x, filters, use_bias=False):
        return dcgan.double(x, filters, upsample, use_bias, kernel_size=4)

    top = width * resolution // 8
    x = layers.Concatenate()([z, _project(captions, projected)])
    x = layers.Dense(4 * 4 * top, use_bias=False)(x)
    x = refined(layers.Reshape((4, 4, top))(x), top // 4)
    x = refined(double(x, top // 2), top // 8)
    for k in range(2, dcgan.doublings(resolution)):
        x = layers.ReLU()(dcgan.batch_norm(double(x, top // 2**k)))
    pictures = layers.Activation("tanh", dtype="float32")(double(x, 3, use_bias=True))
    return keras.Model([z, captions], pictures, name="text_generator")


def discriminator(
    embedding_dim: int = EMBEDDING, projected: int = 128, width: int = 64, resolution: int = 64
) -> keras.Model:
    """[pictures (batch, S, S, 3), captions (batch, embedding_dim)] -> logits (batch, 1).

    Does the picture look real *and* fit its caption? The caption is repeated at each of the 4x4
    positions, and a 1x1 convolution compares. As in Reed's code, both are normalised.

    The arguments are as in `generator`; Reed's width is 64.
    """
    images = keras.Input((resolution, resolution, 3), name="images")
    captions = keras.Input((embedding_dim,), name="captions")
    features = dcgan.shrink(images, width, kernel_size=4)
    leaky = layers.LeakyReLU(negative_slope=0.2)
    features = refine(features, features.shape[-1] // 4, lambda y: leaky(y))
    logits = judge_together(features, _project(captions, projected, norm=True), norm=True)
    return keras.Model([images, captions], logits, name="text_discriminator")


# The game -----------------------------------------------------------------------------------


def asked_of_g(captions):
    """Embeddings (n, d), n even, that G draws: all n, and n // 2 midpoints t = (t1 + t2) / 2.

    No picture belongs to a midpoint, and G needs none: D has learnt what fits a caption.
    """
    first, second = _halves(captions)
    return tf.concat([captions, (first + second) / 2], axis=0)


def _halves(captions):
    n = captions.shape[0]
    if n is None or n % 2:
        raise ValueError(f"captions come in batches of one even size (drop_remainder=True): {n}")
    return tf.split(captions, 2)


@keras.saving.register_keras_serializable("dogan")
class TextGAN(GAN):
    """A GAN whose D also sees real pictures with wrong captions (GAN-INT-CLS).

    D's loss has three terms, for any loss that averages over the fakes; with cross-entropy

        BCE(D(x, t), 1) + 1/2 BCE(D(x, wrong t), 0) + 1/2 BCE(D(G(z, t), t), 0).

    G draws the batch's n captions and n // 2 midpoints (`asked_of_g`), of which D sees the first n.

    Batches are `(images, captions)`, `(images, captions, wrong)` or, for a reader, `(images,
    captions, wrong, said)`: embeddings (n, d), n even, and `captions.said`. Without a wrong caption
    each picture gets its neighbour's.

    Args:
        seeking: not Reed's. With captions that belong to one picture each, little tells G to use
            z. G draws half of the captions once more and pays `seeking` / |G(z1, t) - G(z2, t)|.
        reader: not Reed's. Pictures -> dict of logits, as `readers.load_attributes` reads, trained
            before and frozen: G pays for what it does not see of a caption (`misread`).
        reading: weight of that.
        midpoints: not Reed's. Half of D's fakes are midpoints', with the caption of one end. In a
            long training G otherwise finds pictures there that fool a D which never sees them.

    References: Reed et al. 2016; mode seeking: Mao et al. 2019, https://arxiv.org/abs/1903.05628
    (whose distance is divided by |z1 - z2|, nearly the same number for every pair); a classifier
    beside D: Dash et al. 2017, TAC-GAN, https://arxiv.org/abs/1703.06412 (theirs learns with D).
    """

    def __init__(
        self,
        generator,
        discriminator,
        seeking: float = 0.0,
        reader: keras.Model | None = None,
        reading: float = 1.0,
        midpoints: bool = False,
        **kwargs,
    ):
        super().__init__(generator, discriminator, **kwargs)
        self.seeking, self.reading, self.midpoints = seeking, reading, midpoints
        self.reader = reader
        if reader is not None:
            reader.trainable = False

    def get_config(self):
        reader = self.reader and keras.saving.serialize_keras_object(self.reader)
        own = {name: getattr(self, name) for name in ("seeking", "reading", "midpoints")}
        return {**super().get_config(), **own, "reader": reader}

    def _asked(self, captions):
        again = [_halves(captions)[0]] if self.seeking else []
        return tf.concat([asked_of_g(captions), *again], axis=0)

    def _generate(self, images, conditions):
        captions = self._asked(conditions[0])
        z = self._draw(tf.shape(captions)[0])
        return self.generator([z, captions], training=True)

    def _update_discriminator(self, real, fake, conditions):
        n = conditions[0].shape[0]
        shown = fake[:n]
        if self.midpoints:
            shown = tf.concat([fake[: n // 2], fake[n : n + n // 2]], axis=0)
        loss, right, others = super()._update_discriminator(real, shown, conditions)
        return loss, right, others[n:]  # a wrong caption's score is not a fake's

    def _judge_both(self, real, fake, conditions):
        captions = drawn = conditions[0]
        wrong = conditions[1] if len(conditions) > 1 else tf.roll(captions, 1, axis=0)
        if self.midpoints:  # their own captions, which no real picture has, would give them away
            drawn = tf.concat(2 * [_halves(captions)[0]], axis=0)
        right = self._judge(real, [captions])
        # The mean over both halves is half of the one term and half of the other.
        others = tf.concat([self._judge(real, [wrong]), self._judge(fake, [drawn])], axis=0)
        return right, others

    def _critic(self, conditions):
        return super()._critic(conditions[:1])

    def _generator_loss(self, real, fake, conditions):
        captions = conditions[0]
        n = captions.shape[0]
        loss = self.adversarial_loss.generator(self._judge(fake, [self._asked(captions)]))
        if self.seeking:
            apart = tf.abs(fake[: n // 2] - fake[n + n // 2 :])
            loss += self.seeking / (tf.reduce_mean(apart) + 1e-3)
        if self.reader is None:
            return loss
        if len(conditions) < 3:
            raise ValueError("a reader needs to know what the captions say: batches(said=True)")
        return loss + self.reading * misread(self.reader(fake[:n], training=False), conditions[2])

    def compile(self, loss=None, *args, **kwargs):
        super().compile(loss, *args, **kwargs)
        if self.adversarial_loss.needs_real:
            raise ValueError(f"{loss} pairs each fake with a real picture; here the numbers differ")


def misread(seen: dict, said):
    """How far what a reader sees is from what the captions say: cross-entropies, a scalar.

    Summed over the attributes that a caption names, and averaged over the captions.

    Args:
        seen: attribute -> logits (n, values).
        said: int (n, attributes), as `captions.said` gives.
    """
    total = 0.0
    for i, (name, values) in enumerate(ATTRIBUTES.items()):
        asked = said[:, i]
        known = tf.minimum(asked, len(values) - 1)
        wrong = tf.nn.sparse_softmax_cross_entropy_with_logits(known, seen[name])
        total += tf.where(asked < len(values), wrong, 0.0)
    return tf.reduce_mean(total)
