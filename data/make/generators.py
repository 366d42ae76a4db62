"""How each shipped generator is trained: `dogan train NAME` runs one of these, resumably.

A recipe is the short, honest list of what stands on the generator's card.
"""

import argparse
import csv
import dataclasses
import datetime
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import keras
import numpy as np

from data.make import singans
from dogan_lib import checkpoints, distribution, losses, penalties, plots, runtime
from dogan_lib.augment import DiffAugment
from dogan_lib.callbacks import Resume
from dogan_lib.distribution import number
from dogan_lib.dogs import load_dogs
from dogan_lib.doodles.readers import load_attributes
from dogan_lib.gan import GAN
from dogan_lib.layers import ConditionalBatchNormalization
from dogan_lib.metrics.report import score
from dogan_lib.models import biggan, conditional, dcgan, pggan, sagan, text

MEASURED = 2000  # pictures, for the scores on a card
HELD_OUT = "24 of the 144 combinations of colour, pose and background"  # see captions.held_out


@dataclasses.dataclass(frozen=True)
class Recipe:
    """One generator: how to build it, and the words for its card.

    Attributes:
        build: makes the GAN; with `condition="labels"` it is called with the number of breeds.
        condition: what G is told about the dog: its label, its caption, or nothing.
        start: another recipe, whose finished run lends its weights.
        judge: ship D too, as NAME_judge: chapter 10 asks it which pictures it believes.
    """

    build: Callable[..., GAN]
    size: int
    tricks: tuple[str, ...]
    batch_size: int = 64
    epochs: int = 60
    condition: Literal["labels", "captions"] | None = None
    start: str | None = None
    judge: bool = False

    def built_for(self, dogs) -> GAN:
        gan = self.build(len(dogs.breeds)) if self.condition == "labels" else self.build()
        if self.start:
            _inherit(gan, _finished(self.start))
        return gan

    def batches(self, dogs, seed, start_epoch):
        if self.condition == "captions":
            encoder, said = text.load_encoder(), True
            return text.batches(dogs, encoder, self.batch_size, seed, start_epoch, said=said)
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
    cgan = _finished("cgan64")
    networks = sagan.with_attention(cgan.generator), sagan.with_attention(cgan.discriminator)
    return _balanced(GAN(*networks), losses.Hinge())


def _biggan64(classes: int) -> GAN:
    gan = _sagan64(classes)
    return _balanced(GAN(biggan.grown(gan.generator), gan.discriminator), losses.Hinge())


def _pggan64() -> GAN:
    width = {"width": 1 / 16, "cap": 256, "blocks": "radford"}
    networks = pggan.generator(64, 100, **width), pggan.discriminator(64, **width)
    schedule = pggan.Schedule(64, fading=24_000, stable=24_000, first=32)
    gan = pggan.ProgressiveGAN(*networks, schedule, latent_dim=100, fitted=True)
    gan.compile(
        loss=losses.Hinge(),
        g_optimizer=_adam(2e-4),
        d_optimizer=_adam(4e-4),
        penalties=(),
        augment=DiffAugment("translation"),
    )
    dcgan64 = _finished("dcgan64")
    pggan.take_trunk(gan.generator, dcgan64.generator)
    pggan.take_trunk(gan.ema_generator, dcgan64.ema_generator)
    pggan.take_head(gan.discriminator, dcgan64.discriminator)
    return gan


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
    "pggan64": Recipe(
        _pggan64,
        size=64,
        batch_size=32,
        epochs=48,
        judge=True,
        tricks=(
            "starts from the layers of the finished dcgan64 up to 32x32, in both networks",
            "24,000 pictures at 32x32, 24,000 while 64x64 fades in, the rest at 64x64",
            "new layers of G begin with the pictures of the old ones",
            "DCGAN's blocks: one convolution a size, batch normalisation, tanh",
            "hinge loss",
            "batch 32, Adam (0.5, 0.999), forgotten at each phase: 2e-4 for G and 4e-4 for D",
            *AROUND,
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


def train(
    name: str,
    data: str = "auto",
    epochs: int | None = None,
    out: str | Path | None = None,
    limit: int | None = None,
    seed: int = 0,
    ship: bool = False,
    strategy: str | None = None,
) -> Path:
    """Run a recipe; started again with the same `out` it goes on where it stopped.

    Args:
        name: one of `RECIPES`.
        data: a source for `load_dogs`: "auto", "stanford", "doodle" or a folder, tar or zip.
        epochs: in total, resumed ones included; the recipe's own where not given.
        out: folder for `gan.keras`, `history.csv` and a picture an epoch; `runs/NAME`.
        limit: train on so many dogs.
        seed: of weights, latents and batches. A resumed run keeps its own.
        ship: write the averaged generator and its card to `data/checkpoints`.
        strategy: "mirrored" or "multiworker": see `dogan_lib.distribution`.

    Returns:
        The folder.
    """
    if name not in RECIPES:
        raise ValueError(f"no recipe {name!r}; there is {', '.join(RECIPES)}")
    recipe = RECIPES[name]
    epochs = epochs or recipe.epochs
    out = Path(out or Path("runs") / name)
    out.mkdir(parents=True, exist_ok=True)
    together = distribution.strategy(strategy)  # before TensorFlow looks at its devices
    distribution.check(together.num_replicas_in_sync, recipe.batch_size)
    chief = strategy != "multiworker" or distribution.is_chief()
    print(f"{name}: {runtime.setup(seed)}")
    if strategy:
        print(f"{strategy}: {together.num_replicas_in_sync} replicas")
    dogs = load_dogs(size=recipe.size, source=data, limit=limit, seed=seed)
    if recipe.condition == "captions":
        dogs = text.trained_on(dogs)
    with together.scope():
        gan = _revive(out / "gan.keras") or recipe.built_for(dogs)
    per_epoch = len(dogs) // recipe.batch_size
    done = number(gan.step) // per_epoch
    if done < epochs:
        gan.fit(
            recipe.batches(dogs, seed, start_epoch=done),
            initial_epoch=done,
            epochs=epochs,
            verbose=0,
            # All replicas are the same; one of the workers writes it down.
            callbacks=[Logbook(out), Resume(out / "gan.keras")] if chief else [],
        )
    if ship and chief:
        facts = _card(name, recipe, gan, dogs, epochs, seed, limit, out)
        facts["scores"] = _scores(gan, dogs)
        print(checkpoints.save_generator(gan.ema_generator, name, facts))
        if recipe.judge:
            facts = {**facts, "kind": "discriminator", "model": gan.discriminator.name}
            facts["parameters"] = gan.discriminator.count_params()
            print(checkpoints.save_generator(gan.discriminator, f"{name}_judge", facts))
    return out


def _finished(name: str) -> GAN:
    """The GAN that another recipe trained, to start from."""
    path = Path("runs") / name / "gan.keras"
    if not path.exists():
        raise FileNotFoundError(f"this recipe starts from {path}: train {name} first")
    return keras.models.load_model(path)


def _inherit(gan: GAN, trained: GAN):
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
                layer.start_as(source)
            elif [w.shape for w in layer.weights] == [w.shape for w in source.weights]:
                layer.set_weights(source.get_weights())


def _weighted(model):
    return [layer for layer in model.layers if layer.weights]


def _revive(path: Path) -> GAN | None:
    if not path.exists():
        return None
    gan = keras.models.load_model(path)
    print(f"resuming {path} at step {number(gan.step):,}")
    return gan


class Logbook(keras.callbacks.Callback):
    """One line and one row an epoch, and the same 64 dogs drawn again: a run to look at.

    `samples.png` shows the last 64; `film.png` grows by a row of eight of them every epoch.
    """

    def __init__(self, out: Path):
        super().__init__()
        self.out = out
        self.table = out / "history.csv"

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        seconds = time.perf_counter() - self.start
        row = {"epoch": epoch + 1, "step": number(self.model.step), "seconds": round(seconds, 1)}
        row |= {key: round(float(value), 5) for key, value in logs.items()}
        self._append(row)
        figures = ", ".join(f"{key} {value}" for key, value in row.items() if key != "epoch")
        print(f"epoch {epoch + 1}/{self.params['epochs']}: {figures}", flush=True)
        from PIL import Image

        dogs = self.model.sample(64)
        Image.fromarray(plots.tile(dogs, 16)).save(self.out / "samples.png")
        film, row = self.out / "film.png", plots.tile(dogs[:8], 8)
        before = np.asarray(Image.open(film)) if film.exists() else row[:0]
        Image.fromarray(np.concatenate([before[: epoch * len(row)], row])).save(film)

    def _append(self, row):
        """Rows of epochs that a killed run did after its last checkpoint are done anew."""
        rows = read_history(self.table)
        rows = [old for old in rows if int(old["epoch"]) < row["epoch"]]
        with runtime.write_atomically(self.table) as temporary, open(temporary, "w") as file:
            writer = csv.DictWriter(file, row)
            writer.writeheader()
            writer.writerows([*rows, row])


def read_history(path: Path) -> list[dict]:
    """The rows of a run's `history.csv`; none where there is no run yet."""
    if not path.exists():
        return []
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def _scores(gan, dogs) -> dict:
    """FID, KID and MiFID of 2,000 pictures, beside those of real dogs: the floor."""
    if len(dogs) < 2 * MEASURED:
        return {}  # too few dogs to split into a reference and a floor
    report = score(checkpoints.Generator(gan.ema_generator), dogs, n=MEASURED)
    kinds = ("FID", "KID", "MiFID")
    rows = {"generated": report.rows[0], "real": report.rows[1]}
    numbers = {
        name: {kind: round(float(row.scores[kind]), 4) for kind in kinds if kind in row.scores}
        for name, row in rows.items()
    }
    reference = report.reference.partition(" (")[0]  # without the path on the trainer's disk
    if dogs.captions:  # MiFID's threshold was found on photographs
        reference = reference.replace("real dogs", "doodles")
        numbers = {
            name: {k: v for k, v in row.items() if k != "MiFID"} for name, row in numbers.items()
        }
    return {"n": MEASURED, "reference": reference, "network": report.network.name, **numbers}


def _card(name, recipe, gan, dogs, epochs, seed, limit, out) -> dict:
    import tensorflow as tf

    history = read_history(out / "history.csv")
    conditions = {
        None: {},
        "labels": {"classes": len(dogs.breeds), "breeds": dogs.breeds},
        "captions": {"encoder": "text_encoder", "held_out": HELD_OUT},
    }
    data = "doodle" if dogs.source.startswith("doodle") else "ARCHIVE"
    few = f" --limit {limit}" if limit else ""
    return {
        "kind": "generator",
        "model": gan.generator.name,
        "parameters": gan.generator.count_params(),
        "resolution": recipe.size,
        "latent_dim": gan.latent_dim,
        **conditions[recipe.condition],
        # Where it lay on the trainer's disk helps nobody.
        "data": f"{dogs.source.rpartition('/')[2]}: {len(dogs)} dogs of {len(dogs.breeds)} breeds",
        "pictures": len(dogs),
        "recipe": list(recipe.tricks),
        "epochs": epochs,
        "steps": number(gan.step),
        "pictures_seen": number(gan.step) * recipe.batch_size,
        "seed": seed,
        "seconds": round(sum(float(row["seconds"]) for row in history)),
        "machine": runtime.device(),
        "precision": keras.config.dtype_policy().name,
        "versions": {"keras": keras.__version__, "tensorflow": tf.__version__},
        "date": datetime.date.today().isoformat(),
        "command": f"dogan train {name} --data {data}{few} --epochs {epochs} --seed {seed} --ship",
    }


def main(arguments=None) -> int:
    """Train one of the course's generators, resumably; without a name: list them."""
    parser = argparse.ArgumentParser(prog="dogan train", description=main.__doc__)
    parser.add_argument("name", nargs="?", help="a recipe")
    parser.add_argument("--data", default="auto", help="auto, stanford, doodle, or a path")
    parser.add_argument("--epochs", type=int, help="in total (the recipe's)")
    parser.add_argument("--out", type=Path, help="folder (runs/NAME); if it holds a run, go on")
    parser.add_argument("--limit", type=int, help="train on so many dogs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--ship", action="store_true", help="write the result to data/")
    parser.add_argument(
        "--strategy",
        choices=distribution.STRATEGIES,
        help="all devices of this machine, or the machines in $TF_CONFIG",
    )
    options = vars(parser.parse_args(arguments))
    name = options["name"]
    try:
        if name is None:
            print("\n".join([*RECIPES, *singans.PROGRAMS]))
        elif name in singans.PROGRAMS:  # each has its own picture and schedule
            print(singans.train(name, **{key: options[key] for key in ("out", "seed", "ship")}))
        else:
            print(train(**options))
    except (OSError, ValueError, RuntimeError) as error:
        print(f"dogan: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
