"""Text to image: Reed's GAN-INT-CLS, and the small encoder that turns captions into numbers.

    encoder = load_encoder()
    gan = TextGAN(generator(), discriminator())
    gan.compile()
    gan.fit(batches(dogs, encoder, 64), epochs=20)
    gan.sample(4, captions="a small brown dog sitting on grass")

The networks take any embedding of the caption, (batch, embedding_dim).

Reference: Reed et al. 2016, https://arxiv.org/abs/1605.05396, code reedscot/icml2016
"""

import functools
import warnings
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from dogan_lib.cards import read_card
from dogan_lib.doodles import captions as language
from dogan_lib.doodles.painter import ATTRIBUTES
from dogan_lib.gan import GAN
from dogan_lib.models import dcgan
from dogan_lib.models.conditional import judge_together
from dogan_lib.saving import read_network

EMBEDDING = 128  # numbers in the embedding of our encoder; Reed's has 1024

# ---------------------------------------------------------------------------------------------
# The encoder phi(t)
# ---------------------------------------------------------------------------------------------


def encoder(
    embedding_dim: int = EMBEDDING, width: int = 128, words: int = len(language.VOCABULARY)
) -> keras.Model:
    """Word numbers (batch, MAX_WORDS), 0 for none -> embeddings (batch, embedding_dim).

    A convolution over three words at a time tells "white dog with black markings" from "black dog
    with white markings", which a mean of word vectors cannot; the largest answer of each filter
    over the sentence is kept, so the order of the phrases does not matter. Each embedding has mean
    0 and variance 1 over its numbers, as loud as a z ~ N(0, I).

    Args:
        width: filters of the convolution; a word's vector has half as many numbers.
        words: size of the vocabulary.
    """
    ids = keras.Input((language.MAX_WORDS,), dtype="int32", name="words")
    there = ops.expand_dims(ops.cast(ops.not_equal(ids, 0), "float32"), -1)
    x = layers.Embedding(words + 1, width // 2, dtype="float32")(ids) * there
    x = layers.Conv1D(width, 3, padding="same", activation="relu", dtype="float32")(x) * there
    x = layers.GlobalMaxPooling1D(dtype="float32")(x)
    x = layers.Dense(width, activation="relu", dtype="float32")(x)
    x = layers.Dense(embedding_dim, dtype="float32")(x)
    options = dict(epsilon=1e-6, center=False, scale=False)
    x = layers.LayerNormalization(**options, dtype="float32", name="phi")(x)
    return keras.Model(ids, x, name="text_encoder")


class Encoder:
    """Sentences to embeddings.

    Attributes:
        model: the `keras.Model`, word numbers -> embeddings.
        embedding_dim: numbers in one embedding.
    """

    def __init__(self, model: keras.Model):
        self.model = model
        self.embedding_dim = model.output_shape[-1]

    def __call__(self, captions: str | Sequence[str], warn: bool = True) -> np.ndarray:
        """One sentence or many -> float32 (n, embedding_dim).

        Args:
            warn: give a warning that names unknown words, contradictions and words that are cut.

        Raises:
            ValueError: a caption is empty or has no known word.
        """
        captions = [captions] if isinstance(captions, str) else list(captions)
        different, places = np.unique(np.array(captions, dtype=object), return_inverse=True)
        readings = [language.read(caption) for caption in different]
        for caption, reading in zip(different, readings, strict=True):
            if warn and reading.complaints():
                warnings.warn(f"{caption!r}: {'; '.join(reading.complaints())}", stacklevel=2)
        ids = np.array([language.numbers(reading.words) for reading in readings], "int32")
        return self._embed(ids)[places.reshape(-1)]

    def _embed(self, ids):
        parts = [ids[start : start + 1024] for start in range(0, len(ids), 1024)]
        embedded = [np.asarray(self.model(part, training=False), "float32") for part in parts]
        return np.concatenate(embedded)


def load_encoder(name: str | Path = "text_encoder") -> Encoder:
    """The shipped encoder, or one by the path of its `.keras` file; read once.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it was trained on another vocabulary than this program's.
    """
    from dogan_lib.checkpoints import data_dir

    path = Path(name)
    if path.suffix != ".keras":
        path = data_dir() / "checkpoints" / f"{name}.keras"
    if not path.exists():
        raise FileNotFoundError(
            f"no text encoder {path}; train one with `python -m dogan_lib.doodles.readers encoder`"
        )
    return _load_encoder(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=2)
def _load_encoder(path: Path, changed: int) -> Encoder:
    known = read_card(path.with_suffix(".json")).get("words")
    if known and tuple(known) != language.VOCABULARY:
        raise ValueError(f"{path.name} was trained on other words; train it anew")
    return Encoder(read_network(path))


# ---------------------------------------------------------------------------------------------
# The networks
# ---------------------------------------------------------------------------------------------


def _project(embeddings, projected):
    """The caption in few numbers, as large as those of z beside it."""
    x = layers.Dense(projected, kernel_initializer="he_normal")(embeddings)
    return layers.LeakyReLU(negative_slope=0.2)(x)


def _refine(x, narrow, activate):
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
) -> keras.Model:
    """[latents (batch, latent_dim), captions (batch, embedding_dim)] -> (batch, 64, 64, 3).

    Args:
        projected: numbers that the embedding is cut down to before it is put beside z.
        width: channels at 32x32; 128 in Reed's code.
        upsample: grow by nearest upsampling and 3x3 convolutions.
    """
    z = keras.Input((latent_dim,), name="latents")
    captions = keras.Input((embedding_dim,), name="captions")

    def refined(x, narrow):
        return _refine(dcgan.batch_norm(x), narrow, lambda y: layers.ReLU()(y))

    def double(x, filters, use_bias=False):
        return dcgan.double(x, filters, upsample, use_bias, kernel_size=4)

    x = layers.Concatenate()([z, _project(captions, projected)])
    x = layers.Dense(4 * 4 * 8 * width, use_bias=False)(x)
    x = refined(layers.Reshape((4, 4, 8 * width))(x), 2 * width)
    x = refined(double(x, 4 * width), width)
    for filters in (2 * width, width):
        x = layers.ReLU()(dcgan.batch_norm(double(x, filters)))
    pictures = layers.Activation("tanh", dtype="float32")(double(x, 3, use_bias=True))
    return keras.Model([z, captions], pictures, name="text_generator")


def discriminator(
    embedding_dim: int = EMBEDDING, projected: int = 128, width: int = 64
) -> keras.Model:
    """[pictures (batch, 64, 64, 3), captions (batch, embedding_dim)] -> logits (batch, 1).

    Does the picture look real *and* fit its caption? The caption is repeated at each of the 4x4
    positions, and a 1x1 convolution compares.

    The arguments are as in `generator`; Reed's width is 64.
    """
    images = keras.Input((64, 64, 3), name="images")
    captions = keras.Input((embedding_dim,), name="captions")
    features = dcgan.shrink(images, width, kernel_size=4)
    leaky = layers.LeakyReLU(negative_slope=0.2)
    features = _refine(features, 2 * width, lambda y: leaky(y))
    logits = judge_together(features, _project(captions, projected))
    return keras.Model([images, captions], logits, name="text_discriminator")


def style_encoder(latent_dim: int = 100, width: int = 32) -> keras.Model:
    """S: pictures (batch, 64, 64, 3) -> the z (batch, latent_dim) that would draw them.

    DCGAN's discriminator with another end. It learns from a trained G by minimising
    ||z - S(G(z, phi(t)))||^2; what the caption says is none of its business, so what is left for z
    is the style: where the dog stands, how large, how it is lit.
    """
    images = keras.Input((64, 64, 3), name="images")
    x = layers.Flatten()(dcgan.shrink(images, width, kernel_size=4))
    return keras.Model(images, layers.Dense(latent_dim, dtype="float32")(x), name="style_encoder")


# ---------------------------------------------------------------------------------------------
# The game
# ---------------------------------------------------------------------------------------------


def asked_of_g(captions):
    """Embeddings (n, d), n even, that G draws: n // 2 of them twice, and n // 2 midpoints.

    A caption that is drawn from two latents shows whether z does anything. No picture belongs to a
    midpoint t = (t1 + t2) / 2, and G needs none: D has learnt what fits a caption.
    """
    if captions.shape[0] % 2:
        raise ValueError(f"captions come in pairs: {captions.shape[0]} is odd")
    first, second = tf.split(captions, 2)
    return tf.concat([first, first, (first + second) / 2], axis=0)


@keras.saving.register_keras_serializable("dogan")
class TextGAN(GAN):
    """A GAN whose D also sees real pictures with wrong captions (GAN-INT-CLS).

    D's loss has three terms, for any loss that averages over the fakes; with cross-entropy

        BCE(D(x, t), 1) + 1/2 BCE(D(x, wrong t), 0) + 1/2 BCE(D(G(z, t), t), 0).

    G draws half a batch more, of captions half way between two others (`asked_of_g`), so the
    signal `variety` compares 3/2 n fakes with n real pictures. No real picture has such a caption:
    a D that never sees what G makes of them is fooled by wild colours in the end. So half of the
    fakes that D learns from are midpoints' pictures, shown with the caption of one end. Reed's D
    does not see them.

    With many captions that belong to one picture each, nothing tells G to use z. A last term does:
    G minimises `seeking` / |G(z1, t) - G(z2, t)|, the mean distance of two pictures of one caption.

    D may know of ears and still care little for them. A reader may help: a classifier that stays as
    it is and tells G, picture by picture, whether it sees what the caption says (`misread`).

    Batches are `(images, captions)`, `(images, captions, wrong)` or, for a reader, `(images,
    captions, wrong, said)`: embeddings (n, d), n even, and `captions.said`. Without a wrong caption
    each picture gets its neighbour's.

    Args:
        seeking: weight of the mode seeking term; 0 is Reed's game.
        reader: pictures -> dict of logits, as `readers.classifier` gives; saved with the game.
        reading: weight of the reader's term.

    References: Reed et al. 2016; mode seeking: Mao et al. 2019, https://arxiv.org/abs/1903.05628
    (whose distance is divided by |z1 - z2|, nearly the same number for every pair); a classifier
    beside D: Dash et al. 2017, TAC-GAN, https://arxiv.org/abs/1703.06412 (theirs learns with D).
    """

    def __init__(
        self,
        generator,
        discriminator,
        seeking: float = 0.1,
        reader: keras.Model | None = None,
        reading: float = 1.0,
        **kwargs,
    ):
        super().__init__(generator, discriminator, **kwargs)
        self.seeking, self.reading, self.reader = seeking, reading, reader
        if reader is not None:
            reader.trainable = False

    def get_config(self):
        reader = self.reader and keras.saving.serialize_keras_object(self.reader)
        own = {"seeking": self.seeking, "reading": self.reading, "reader": reader}
        return {**super().get_config(), **own}

    @classmethod
    def from_config(cls, config):
        reader = config.get("reader")
        reader = reader and keras.saving.deserialize_keras_object(reader)
        return super().from_config({**config, "reader": reader})

    def _generate(self, images, conditions):
        captions = asked_of_g(conditions[0])
        z = self._draw(tf.shape(captions)[0])
        return self.generator([z, captions], training=True)

    def _update_discriminator(self, real, fake, conditions):
        n = conditions[0].shape[0]
        shown = tf.concat([fake[: n // 2], fake[n:]], axis=0)
        loss, right, others = super()._update_discriminator(real, shown, conditions)
        return loss, right, others[n:]  # a wrong caption's score is not a fake's

    def _judge_both(self, real, fake, conditions):
        captions = conditions[0]
        wrong = conditions[1] if len(conditions) > 1 else tf.roll(captions, 1, axis=0)
        first, _ = tf.split(captions, 2)
        drawn = tf.concat([first, first], axis=0)  # the midpoints' own would give them away
        right = self._judge(real, [captions])
        # The mean over both halves is half of the one term and half of the other.
        others = tf.concat([self._judge(real, [wrong]), self._judge(fake, [drawn])], axis=0)
        return right, others

    def _critic(self, conditions):
        return super()._critic(conditions[:1])

    def _generator_loss(self, real, fake, conditions):
        logits = self._judge(fake, [asked_of_g(conditions[0])])
        loss = self.adversarial_loss.generator(logits)
        captioned = fake[: conditions[0].shape[0]]  # each of half of the captions drawn twice
        one, other = tf.split(captioned, 2)
        loss += self.seeking / (tf.reduce_mean(tf.abs(one - other)) + 1e-3)
        if self.reader is None:
            return loss
        if len(conditions) < 3:
            raise ValueError("a reader needs to know what the captions say: batches(said=True)")
        said, _ = tf.split(conditions[2], 2)
        seen = self.reader(captioned, training=False)
        return loss + self.reading * misread(seen, tf.concat([said, said], axis=0))

    def compile(self, loss=None, **kwargs):
        if loss is not None and loss.needs_real:
            raise ValueError(f"{loss} pairs each fake with a real picture; here the numbers differ")
        super().compile(loss=loss, **kwargs)


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


# ---------------------------------------------------------------------------------------------
# The data
# ---------------------------------------------------------------------------------------------


def batches(
    dogs,
    encoder: Encoder,
    batch_size: int,
    seed: int = 0,
    start_epoch: int = 0,
    variants: int = 4,
    said: bool = False,
):
    """Batches `(images, captions, wrong)` of dogs with attributes, worded anew each epoch.

    Every wrong caption is another dog's, or (one of two) the dog's own with one lie in it: where
    all wrong captions are wrong in everything, D need not look at ears to find them out.

    Args:
        dogs: doodles; see `trained_on` for which of them.
        variants: wordings of each caption that the epochs choose among.
        said: a fourth part for a reader, what each caption says: see `captions.said`.

    Returns:
        A dataset as `Dogs.batches` gives: images in [-1, 1], embeddings float32 (batch_size, d).
    """
    from dogan_lib.dogs.batches import batches as dataset

    right, wrong, told = _wordings(dogs, encoder, seed, variants)
    row = np.arange(len(dogs))

    def columns(epoch):
        variant = np.random.default_rng([seed, epoch, 1]).integers(variants, size=len(dogs))
        columns = [dogs.images, right[row, variant], wrong[row, variant]]
        return [*columns, told[row, variant]] if said else columns

    return dataset(columns, batch_size, True, True, seed, start_epoch)


def _wordings(dogs, encoder, seed, variants):
    """Embeddings (dogs, variants, d) of true captions and of wrong ones, and what is said."""
    random = np.random.default_rng(seed)
    rows = language.rows(dogs)
    true = [[language.worded(row, random) for row in rows] for _ in range(variants)]
    if any(len(set(said)) == 1 for said in true):
        raise ValueError("all captions are the same: there are no wrong ones to learn from")
    wrong = [
        [
            language.near_miss(row, random) if random.random() < 0.5 else _other(said, i, random)
            for i, row in enumerate(rows)
        ]
        for said in true
    ]
    embedded = encoder([text for said in true + wrong for text in said], warn=False)
    embedded = embedded.reshape(2, variants, len(rows), -1)
    told = [language.said([language.read(caption) for caption in said]) for said in true]
    return embedded[0].swapaxes(0, 1), embedded[1].swapaxes(0, 1), np.stack(told, axis=1)


def _other(said, own, random):
    """Another dog's caption, and other words than one's own: short captions are often the same."""
    place = own
    while said[place] == said[own]:
        place = int(random.integers(len(said)))
    return said[place]


def trained_on(dogs):
    """Those of the dogs whose combination of attributes is not kept for the examination."""
    return dogs.subset(language.split(dogs)[0])
