"""Captions as numbers, for chapter 08: the text encoder phi(t), dogs batched with captions, and S.

    encoder = load_encoder()
    encoder(["a small brown dog sitting on grass"])     # float32 (1, 128)
    batches(trained_on(dogs), encoder, 32)              # (images, captions, wrong captions)

`data/make/readers.py` trains it, by matching pictures with captions as Reed et al. 2016 did.
"""

import keras
import numpy as np
from keras import layers, ops

from dogan_lib.doodles import captions as language
from dogan_lib.doodles.readers import Encoder
from dogan_lib.doodles.readers import load_encoder as load_encoder
from dogan_lib.models import dcgan
from dogan_lib.models.text import EMBEDDING


def encoder(embedding_dim: int = EMBEDDING, width: int = 128) -> keras.Model:
    """Word numbers (batch, MAX_WORDS), 0 for none -> embeddings (batch, embedding_dim).

    A convolution over three words at a time tells "white dog with black markings" from "black dog
    with white markings", which a mean of word vectors cannot; the largest answer of each filter
    over the sentence is kept, so the order of the phrases does not matter. Each embedding has mean
    0 and variance 1 over its numbers, as loud as a z ~ N(0, I).

    Args:
        width: filters of the convolution; a word's vector has half as many numbers.
    """
    ids = keras.Input((language.MAX_WORDS,), dtype="int32", name="words")
    there = ops.expand_dims(ops.cast(ops.not_equal(ids, 0), "float32"), -1)
    x = layers.Embedding(len(language.VOCABULARY) + 1, width // 2, dtype="float32")(ids) * there
    x = layers.Conv1D(width, 3, padding="same", activation="relu", dtype="float32")(x) * there
    x = layers.GlobalMaxPooling1D(dtype="float32")(x)
    x = layers.Dense(width, activation="relu", dtype="float32")(x)
    x = layers.Dense(embedding_dim, dtype="float32")(x)
    options = dict(epsilon=1e-6, center=False, scale=False)
    x = layers.LayerNormalization(**options, dtype="float32", name="phi")(x)
    return keras.Model(ids, x, name="text_encoder")


def style_encoder(latent_dim: int = 100, width: int = 32, resolution: int = 64) -> keras.Model:
    """S: pictures (batch, 64, 64, 3) -> the z (batch, latent_dim) that would draw them.

    DCGAN's discriminator with another end. It learns from a trained G by minimising
    ||z - S(G(z, phi(t)))||^2; what the caption says is none of its business, so what is left for z
    is the style: where the dog stands, how large, how it is lit.
    """
    images = keras.Input((resolution, resolution, 3), name="images")
    x = layers.Flatten()(dcgan.shrink(images, width, kernel_size=4))
    return keras.Model(images, layers.Dense(latent_dim, dtype="float32")(x), name="style_encoder")


# Batches ------------------------------------------------------------------------------------


def batches(
    dogs,
    encoder: Encoder,
    batch_size: int,
    seed: int = 0,
    start_epoch: int = 0,
    variants: int = 4,
    near_misses: bool = False,
    said: bool = False,
):
    """Batches `(images, captions, wrong)` of dogs with attributes, worded anew each epoch.

    Every wrong caption is another dog's, as Reed's.

    Args:
        dogs: doodles; see `trained_on` for which of them.
        variants: wordings of each caption that the epochs choose among.
        near_misses: one of two wrong captions is the dog's own with one lie in it. Where all are
            wrong in everything, D need not look at ears to find them out.
        said: a fourth part for a reader, what each caption says: see `captions.said`.

    Returns:
        A dataset as `Dogs.batches` gives: images in [-1, 1], embeddings float32 (batch_size, d).
    """
    random, rows = np.random.default_rng(seed), language.rows(dogs)
    true = [[language.worded(row, random) for row in rows] for _ in range(variants)]
    if any(len(set(captions)) == 1 for captions in true):
        raise ValueError("all captions are the same: there are no wrong ones to learn from")
    near = 0.5 if near_misses else 0.0

    def lie(captions, own):
        if random.random() < near:
            return language.near_miss(rows[own], random)
        while (other := captions[random.integers(len(rows))]) == captions[own]:
            pass  # other words than one's own: short captions are often the same
        return other

    texts = np.array([true, [[lie(each, own) for own in range(len(rows))] for each in true]])
    parts = [*encoder(texts.ravel(), warn=False).reshape(*texts.shape, -1)]
    if said:
        parts.append(np.stack([language.said(list(map(language.read, each))) for each in true]))

    def columns(epoch):
        variant = np.random.default_rng([seed, epoch, 1]).integers(variants, size=len(dogs))
        return [part[variant, np.arange(len(dogs))] for part in parts]

    return dogs.batches(batch_size, columns, seed=seed, start_epoch=start_epoch)


def trained_on(dogs):
    """Those of the dogs whose combination of attributes is not kept for the examination."""
    return dogs.subset(language.split(dogs)[0])
