"""The recipes of the shipped generators: how each GAN is built, and the words for its card.

A recipe is the short, honest list of what stands on the generator's card; `data.make.generators`
runs it.
"""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import keras
from keras import ops

from data.make import efficientnet, growth
from dogan_lib import checkpoints, losses, penalties
from dogan_lib.augment import DiffAugment
from dogan_lib.classroom import text_encoder
from dogan_lib.doodles.readers import load_attributes
from dogan_lib.gan import GAN
from dogan_lib.layers import ConditionalBatchNormalization
from dogan_lib.models import conditional, dcgan, pggan, projected, text
from dogan_lib.saving import read_network


@dataclasses.dataclass(frozen=True)
class Recipe:
    """One generator: how to build it, and the words for its card.

    Attributes:
        build: makes the GAN; with `condition="labels"` it is called with the number of breeds.
        condition: what G is told about the dog: its label, its caption, or nothing.
        start: another recipe, whose finished run lends its weights.
        growth: (side, epoch) for a GAN that grows: each side is trained up to that epoch, the last
            one to the end. `build` is then called with the smaller GAN, None at first, and a side.
    """

    build: Callable[..., GAN]
    size: int
    tricks: tuple[str, ...]
    batch_size: int = 64
    epochs: int = 60
    condition: Literal["labels", "captions"] | None = None
    start: str | None = None
    growth: tuple[tuple[int, int], ...] = ()

    def built_for(self, dogs) -> GAN:
        gan = self.build(len(dogs.breeds)) if self.condition == "labels" else self.build()
        if self.start:
            inherit(gan, finished(self.start))
        return gan

    def batches(self, dogs, seed, start_epoch):
        if self.condition == "captions":
            extras = dict(near_misses=True, said=True)
            return text_encoder.batches(
                dogs, text_encoder.load_encoder(), self.batch_size, seed, start_epoch, **extras
            )
        return dogs.batches(self.batch_size, self.condition, seed=seed, start_epoch=start_epoch)


def _dcgan32() -> GAN:
    gan = GAN(dcgan.generator_32(dropout=0.1, fast=True), dcgan.discriminator_32(dropout=0.1))
    gan.compile(
        g_optimizer=_adam(1e-4),
        d_optimizer=_adam(4e-4),
        augment=DiffAugment("translation"),
        penalties=[penalties.R1(0.1, fraction=0.25)],
    )
    return gan


def _dcgan64(loss=None) -> GAN:
    generator = dcgan.generator_64(width=32, upsample=True)
    return _balanced(GAN(generator, dcgan.discriminator_64(width=32, kernel_size=4)), loss)


def _lsgan64() -> GAN:
    return _dcgan64(losses.LeastSquares(-1, 1, 0))


def _cgan64(classes: int) -> GAN:
    generator = conditional.generator(classes, width=32, upsample=True)
    return _balanced(GAN(generator, conditional.discriminator(classes, width=32, kernel_size=4)))


def _reed64(**options) -> GAN:
    generator = text.generator(width=32, upsample=True)
    discriminator = text.discriminator(width=32)
    options = dict(seeking=0.1, midpoints=True) | options
    return _balanced(text.TextGAN(generator, discriminator, **options))


def _text64() -> GAN:
    return _reed64(reader=load_attributes("guide").model)


def _balanced(gan: GAN, loss=None) -> GAN:
    gan.compile(
        loss=loss,
        g_optimizer=_adam(2e-4),
        d_optimizer=_adam(4e-4),
        augment=DiffAugment("translation"),
    )
    return gan


def _adam(rate, beta_1=0.5):
    return keras.optimizers.Adam(rate, beta_1=beta_1)


def _sagan64(classes: int) -> GAN:
    cgan = finished("cgan64")
    networks = growth.with_attention(cgan.generator), growth.with_attention(cgan.discriminator)
    return _balanced(GAN(*networks), losses.Hinge())


def _biggan64(classes: int) -> GAN:
    gan = _sagan64(classes)
    return _balanced(GAN(growth.with_latents(gan.generator), gan.discriminator), losses.Hinge())


def _grown64(smaller: GAN | None, side: int) -> GAN:
    generator = pggan.generator(side, 128, width=1 / 16, cap=128)
    judge = projected.discriminator(side, efficientnet.NAME)
    return _projected(pggan.grown(smaller, generator, judge, fading=48_000), penalties=())


def _projected64(classes: int) -> GAN:
    return _with_eyes(_trainable("biggan64", classes), 64, classes)


def _projected128(classes: int) -> GAN:
    return _with_eyes(growth.grown_to_128(_trainable("projected64", classes)), 128, classes)


def _with_eyes(generator, size, classes, **options) -> GAN:
    judge = projected.discriminator(size, efficientnet.NAME, num_classes=classes)
    return _projected(GAN(generator, judge, generator.inputs[0].shape[-1]), **options)


def further(name: str, classes: int) -> GAN:
    """The shipped generator of a projected recipe, to train on: its judge's heads begin anew.

    The average is over half as many pictures again, as its dogs change less by now.
    """
    if not name.startswith("projected"):
        raise ValueError(f"{name}: only generators with borrowed eyes can be trained further")
    return _with_eyes(_trainable(name, classes), RECIPES[name].size, classes, ema=0.999)


def _projected(gan: GAN, ema: float = 0.9985, **options) -> GAN:
    # D learns alone for 200 steps: its heads are new, and G has something to lose.
    rate = keras.optimizers.schedules.PiecewiseConstantDecay([200], [0.0, 1e-4])
    gan.compile(
        loss=losses.NonSaturating(),
        g_optimizer=keras.optimizers.Adam(rate, beta_1=0.5, beta_2=0.99),
        d_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5, beta_2=0.99),
        augment=DiffAugment("translation"),
        ema=ema,
        **options,
    )
    return gan


def _trainable(name: str, classes: int) -> keras.Model:
    """A shipped generator to train further, in the precision of this machine."""
    shipped = checkpoints.load_generator(name)
    if shipped.classes != classes:
        raise ValueError(f"{name} knows {shipped.classes} breeds, and the data has {classes}")
    config = shipped.model.get_config()
    for layer in config["layers"]:
        own = layer["config"]
        if "dtype" in own and own.get("activation") != "tanh" and "input_dim" not in own:
            own["dtype"] = keras.config.dtype_policy().name
    model = keras.Model.from_config(config)
    model.set_weights(shipped.model.get_weights())
    model.trainable = True  # an average was saved, which does not train
    return model


AROUND = (
    "DiffAugment (translation) in front of D",
    "EMA of the generator, 0.999",
    "mirrored pictures",
)
TRICKS_64 = (
    "Radford's rows, width 32",
    "G grows by nearest upsampling and 3x3 convolutions, D has 4x4 kernels",
    "batch 32, Adam (0.5, 0.999): 2e-4 for G and 4e-4 for D",
    *AROUND,
)
TRICKS_TEXT = (
    "GAN-INT-CLS: matching-aware D, and for G captions half way between two others",
    "half of D's wrong captions are the right one with one lie in it",
    "D sees pictures of midpoints too, with the caption of one end",
    "mode seeking: G is paid for two different pictures of one caption",
    "non-saturating loss",
    *TRICKS_64,
)
TRICKS_PROJECTED = (
    "features at four scales, mixed by random convolutions; a head each, logits averaged",
    "features see pictures at 96x96, or at 128x128 those of 128",
    "non-saturating loss, batch 32, Adam (0.5, 0.99): 1e-4 for G, 0 for 200 steps, 2e-4 for D",
    "DiffAugment (translation) in front of D",
    "EMA of the generator, 0.9985",
    "mirrored pictures",
)
RECIPES = {
    "dcgan32": Recipe(
        _dcgan32,
        size=32,
        tricks=(
            "the deck's layers to the letter, dropout 0.1",
            "non-saturating loss, batch 64, Adam (0.5, 0.999): 1e-4 for G and 4e-4 for D",
            "R1 penalty, gamma 0.1, on a quarter of each batch",
            *AROUND,
        ),
    ),
    "dcgan64": Recipe(_dcgan64, size=64, batch_size=32, tricks=("non-saturating loss", *TRICKS_64)),
    "lsgan64": Recipe(
        _lsgan64,
        size=64,
        batch_size=32,
        tricks=("dcgan64 with the least-squares loss (-1, 1, 0)", *TRICKS_64),
    ),
    "cgan64": Recipe(
        _cgan64,
        size=64,
        batch_size=32,
        condition="labels",
        start="dcgan64",
        epochs=16,
        tricks=(
            "dcgan64 with conditional batch normalisation in G and a projection in D",
            "starts from the weights of the finished dcgan64, the same for every breed",
            "non-saturating loss",
            *TRICKS_64,
        ),
    ),
    "reed64": Recipe(
        _reed64, size=64, batch_size=32, epochs=19, condition="captions", tricks=TRICKS_TEXT
    ),
    "text64": Recipe(
        _text64,
        size=64,
        batch_size=32,
        epochs=20,
        condition="captions",
        start="reed64",
        tricks=(
            *TRICKS_TEXT,
            "starts from the weights of 19 epochs of that (recipe reed64), and goes on with",
            "a guide: a classifier of attributes that tells G what it does not see of its caption",
        ),
    ),
    "sagan64": Recipe(
        _sagan64,
        size=64,
        batch_size=32,
        condition="labels",
        epochs=16,
        tricks=(
            "cgan64 with self-attention at 32x32 in both networks, not SAGAN's residual blocks",
            "starts from the weights of the finished cgan64, with gamma = 0",
            "hinge loss",
            *TRICKS_64,
        ),
    ),
    "grown64": Recipe(
        _grown64,
        size=64,
        batch_size=32,
        epochs=60,
        growth=((8, 4), (16, 12), (32, 24), (64, 60)),
        tricks=(
            "PGGAN's G at a sixteenth of the width: equalized layers, pixel norm, linear to RGB",
            "grown from 8x8 to 64x64; at each size 48,000 pictures to fade in, in G and real ones",
            "not PGGAN's: D, its loss and Adam, which are those of projected64",
            *TRICKS_PROJECTED,
        ),
    ),
    "projected64": Recipe(
        _projected64,
        size=64,
        batch_size=32,
        condition="labels",
        epochs=60,
        tricks=(
            "Projected GAN: D looks through EfficientNet-Lite0, trained on ImageNet and frozen",
            "starts from the generator of biggan64, whose rows it has",
            *TRICKS_PROJECTED,
        ),
    ),
    "projected128": Recipe(
        _projected128,
        size=128,
        batch_size=32,
        condition="labels",
        epochs=60,
        tricks=(
            "projected64 grown to 128x128: two 3x3 convolutions more, whose picture is added to",
            "the enlarged old one and starts at zero; everything is trained",
            *TRICKS_PROJECTED,
        ),
    ),
    "biggan64": Recipe(
        _biggan64,
        size=64,
        batch_size=32,
        condition="labels",
        epochs=40,
        tricks=(
            "cgan64 with z in every conditional normalisation, residual blocks at 8 to 32 pixels",
            "and self-attention at 32x32 in both networks: BigGAN's ideas, not BigGAN's rows",
            "starts from the weights of the finished cgan64; all that is new starts at zero",
            "hinge loss",
            *TRICKS_64,
        ),
    ),
}


def finished(name: str) -> GAN:
    """The GAN that another recipe trained, to start from."""
    path = Path("runs") / name / "gan.keras"
    if not path.exists():
        raise FileNotFoundError(f"this recipe starts from {path}: train {name} first")
    return read_network(path, compile=True)


def inherit(gan: GAN, trained: GAN):
    """Take over an unconditional GAN's weights, layer by layer, where the shapes agree.

    A conditional normalisation gets the plain one's gain and offset as every breed's.
    """
    pairs = (
        (gan.generator, trained.generator),
        (gan.ema_generator, trained.ema_generator),
        (gan.discriminator, trained.discriminator),
    )
    for heir, model in pairs:
        for layer, source in zip(_weighted(heir), _weighted(model), strict=False):
            if isinstance(layer, ConditionalBatchNormalization):
                _start_as(layer, source)
            elif [w.shape for w in layer.weights] == [w.shape for w in source.weights]:
                layer.set_weights(source.get_weights())


def _start_as(norm: ConditionalBatchNormalization, plain: keras.layers.BatchNormalization):
    """Become a trained plain normalisation, with its gain and offset for every one-hot c."""
    for linear, row in ((norm.gain, plain.gamma - 1), (norm.offset, plain.beta)):
        linear.kernel.assign(ops.broadcast_to(row, linear.kernel.shape))
    norm.norm.moving_mean.assign(plain.moving_mean)
    norm.norm.moving_variance.assign(plain.moving_variance)


def _weighted(model):
    return [layer for layer in model.layers if layer.weights]
