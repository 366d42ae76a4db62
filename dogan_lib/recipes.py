"""How each shipped generator is trained: `dogan train NAME` runs one of these, resumably.

A recipe is the short, honest list of what stands on the generator's card.
"""

import csv
import dataclasses
import datetime
import time
from collections.abc import Callable
from pathlib import Path

import keras

from dogan_lib import checkpoints, losses, penalties, plots, runtime
from dogan_lib.augment import DiffAugment
from dogan_lib.dogs import load_dogs
from dogan_lib.gan import GAN, Resume
from dogan_lib.metrics.report import score
from dogan_lib.models import dcgan

MEASURED = 2000  # pictures, for the scores on a card


@dataclasses.dataclass(frozen=True)
class Recipe:
    """One generator: how to build it, and the words for its card."""

    build: Callable[[], GAN]
    size: int
    tricks: tuple[str, ...]
    batch_size: int = 64
    epochs: int = 60


def _dcgan32() -> GAN:
    networks = dcgan.generator_32(dropout=0.1), dcgan.discriminator_32(dropout=0.1)
    return _stabilised(*networks, losses.NonSaturating(), g_rate=1e-4)


def _dcgan64(loss=losses.NonSaturating) -> GAN:
    generator = dcgan.generator_64(width=32, parts=dcgan.Parts(up="nearest"))
    d_parts = dcgan.Parts(kernel_size=4, norm="none")
    discriminator = dcgan.discriminator_64(width=32, dropout=0.1, parts=d_parts)
    return _stabilised(generator, discriminator, loss(), g_rate=2e-4)


def _stabilised(generator, discriminator, loss, g_rate: float) -> GAN:
    gan = GAN(generator, discriminator)
    gan.compile(
        loss=loss,
        g_optimizer=keras.optimizers.Adam(g_rate, beta_1=0.5),
        d_optimizer=keras.optimizers.Adam(4e-4, beta_1=0.5),
        augment=DiffAugment("translation"),
        penalties=[penalties.R1(0.1, fraction=0.25)],
        ema=0.999,
    )
    return gan


def _lsgan64() -> GAN:
    return _dcgan64(losses.LeastSquares)


TRICKS_64 = (
    "batch 64, Adam (0.5, 0.999): 2e-4 for G and 4e-4 for D",
    "G grows by nearest upsampling and 5x5 convolutions",
    "D with 4x4 kernels, dropout 0.1 and no batch normalisation",
    "DiffAugment (translation) in front of D",
    "R1 penalty, gamma 0.1, on a quarter of each batch",
    "EMA of the generator, 0.999",
    "mirrored pictures",
)

RECIPES = {
    "dcgan64": Recipe(
        _dcgan64,
        size=64,
        tricks=("Radford's rows, width 32", "non-saturating loss", *TRICKS_64),
    ),
    "lsgan64": Recipe(
        _lsgan64, size=64, tricks=("dcgan64 with the least-squares loss (0, 1, 1)", *TRICKS_64)
    ),
    "dcgan32": Recipe(
        _dcgan32,
        size=32,
        tricks=(
            "the deck's layers to the letter, dropout 0.1",
            "non-saturating loss, batch 64, Adam (0.5, 0.999): 1e-4 for G and 4e-4 for D",
            "DiffAugment (translation) in front of D",
            "R1 penalty, gamma 0.1, on a quarter of each batch",
            "EMA of the generator, 0.999",
            "mirrored pictures",
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

    Returns:
        The folder.
    """
    if name not in RECIPES:
        raise ValueError(f"no recipe {name!r}; there is {', '.join(RECIPES)}")
    recipe = RECIPES[name]
    epochs = epochs or recipe.epochs
    out = Path(out or Path("runs") / name)
    out.mkdir(parents=True, exist_ok=True)
    print(f"{name}: {runtime.setup(seed)}")
    dogs = load_dogs(size=recipe.size, source=data, limit=limit, seed=seed)
    gan = _revive(out / "gan.keras") or recipe.build()
    per_epoch = len(dogs) // recipe.batch_size
    done = int(gan.step) // per_epoch
    if done < epochs:
        gan.fit(
            dogs.batches(recipe.batch_size, seed=seed, start_epoch=done),
            initial_epoch=done,
            epochs=epochs,
            verbose=0,
            callbacks=[Logbook(out), Resume(out / "gan.keras")],
        )
    if ship:
        facts = _card(name, recipe, gan, dogs, epochs, seed, out)
        facts["scores"] = _scores(gan, dogs)
        print(checkpoints.save_generator(gan.ema_generator, name, facts))
    return out


def _revive(path: Path) -> GAN | None:
    if not path.exists():
        return None
    gan = keras.models.load_model(path)
    print(f"resuming {path} at step {int(gan.step):,}")
    return gan


class Logbook(keras.callbacks.Callback):
    """One line and one row an epoch, and the same 64 dogs drawn again: a run to look at."""

    def __init__(self, out: Path):
        super().__init__()
        self.out = out
        self.table = out / "history.csv"

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        seconds = time.perf_counter() - self.start
        row = {"epoch": epoch + 1, "step": int(self.model.step), "seconds": round(seconds, 1)}
        row |= {key: round(float(value), 5) for key, value in logs.items()}
        self._append(row)
        figures = ", ".join(f"{key} {value}" for key, value in row.items() if key != "epoch")
        print(f"epoch {epoch + 1}/{self.params['epochs']}: {figures}", flush=True)
        from PIL import Image

        picture = Image.fromarray(plots.tile(self.model.sample(64), 16))
        picture.save(self.out / "samples.png")

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
    report = score(gan, dogs, n=MEASURED)
    kinds = ("FID", "KID", "MiFID")
    rows = {"generated": report.rows[0], "real": report.rows[1]}
    numbers = {
        name: {kind: round(float(row.scores[kind]), 4) for kind in kinds if kind in row.scores}
        for name, row in rows.items()
    }
    reference = report.reference.partition(" (")[0]  # without the path on the trainer's disk
    return {"n": MEASURED, "reference": reference, "network": report.network.name, **numbers}


def _card(name, recipe, gan, dogs, epochs, seed, out) -> dict:
    import tensorflow as tf

    history = read_history(out / "history.csv")
    return {
        "kind": "generator",
        "model": gan.generator.name,
        "parameters": gan.generator.count_params(),
        "resolution": recipe.size,
        "latent_dim": gan.latent_dim,
        # Where it lay on the trainer's disk helps nobody.
        "data": f"{dogs.source.rpartition('/')[2]}: {len(dogs)} dogs of {len(dogs.breeds)} breeds",
        "pictures": len(dogs),
        "recipe": list(recipe.tricks),
        "epochs": epochs,
        "steps": int(gan.step),
        "pictures_seen": int(gan.step) * recipe.batch_size,
        "seed": seed,
        "seconds": round(sum(float(row["seconds"]) for row in history)),
        "machine": runtime.device(),
        "precision": keras.config.dtype_policy().name,
        "versions": {"keras": keras.__version__, "tensorflow": tf.__version__},
        "date": datetime.date.today().isoformat(),
        "command": f"dogan train {name} --data ARCHIVE --epochs {epochs} --seed {seed} --ship",
    }
