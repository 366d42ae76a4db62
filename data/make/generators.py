"""Train a shipped generator: `dogan train NAME` runs a recipe, resumably, and may ship it."""

import argparse
import csv
import datetime
import json
import os
import sys
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from data.make import recipes, shipping, singans, strategies
from data.make.recipes import RECIPES
from dogan_lib import checkpoints, plots, runtime
from dogan_lib.callbacks import Resume
from dogan_lib.classroom import text_encoder
from dogan_lib.classroom.commands import positive
from dogan_lib.distribution import number
from dogan_lib.dogs import load_dogs
from dogan_lib.gan import GAN
from dogan_lib.metrics.report import score
from dogan_lib.saving import read_network

MEASURED = 2000  # pictures, for the scores on a card
STARTED = "started.json"  # in the folder of a further training
HELD_OUT = "24 of the 144 combinations of colour, pose and background"  # see captions.held_out


def train(
    name: str,
    data: str = "auto",
    epochs: int | None = None,
    out: str | Path | None = None,
    limit: int | None = None,
    seed: int = 0,
    ship: bool = False,
    strategy: str | None = None,
    further: bool = False,
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
        strategy: "mirrored" or "multiworker": see `data.make.strategies`.
        further: begin with the shipped generator of this name instead of the recipe's start.

    Returns:
        The folder.
    """
    if name not in RECIPES:
        raise ValueError(f"no recipe {name!r}; there is {', '.join(RECIPES)}")
    recipe = RECIPES[name]
    epochs = epochs or recipe.epochs
    out = Path(out or Path("runs") / name)
    _claim(out, name)
    together = strategies.strategy(strategy)  # before TensorFlow looks at its devices
    strategies.check(together.num_replicas_in_sync, recipe.batch_size)
    chief = strategy != "multiworker" or strategies.is_chief()
    print(f"{name}: {runtime.setup(seed)}")
    if strategy:
        print(f"{strategy}: {together.num_replicas_in_sync} replicas")
    dogs = load_dogs(size=recipe.size, source=data, limit=limit, seed=seed)
    if recipe.condition == "captions":
        dogs = text_encoder.trained_on(dogs)
    per_epoch = len(dogs) // recipe.batch_size
    if not per_epoch:
        raise ValueError(f"{len(dogs)} dogs are less than one batch of {recipe.batch_size}")
    gan = None
    # All replicas are the same; one of the workers writes it down.
    callbacks = [Logbook(out), Resume(out / "gan.keras")] if chief else []
    for side, until in recipe.growth or ((recipe.size, epochs),):
        with together.scope():
            gan = gan or _revive(out / "gan.keras")
            if gan is None or gan.generator.output_shape[1] < side:
                if further:
                    gan = recipes.further(name, len(dogs.breeds))
                    _keep_card(name, out)
                else:
                    gan = recipe.build(gan, side) if recipe.growth else recipe.built_for(dogs)
        done = number(gan.step) // per_epoch
        until = epochs if side == recipe.size else min(until, epochs)
        if done < until and gan.generator.output_shape[1] == side:
            gan.fit(
                recipe.batches(dogs, seed, start_epoch=done),
                initial_epoch=done,
                epochs=until,
                verbose=0,
                callbacks=callbacks,
            )
    if ship and chief:
        facts = _card(name, recipe, gan, dogs, epochs, seed, limit, out)
        if further:
            facts = _longer(json.loads((out / STARTED).read_text(encoding="utf-8")), facts)
        facts["scores"] = _scores(gan, dogs)
        print(shipping.save_generator(gan.ema_generator, name, facts))
    return out


def _claim(out: Path, name: str) -> None:
    """Mark a folder as this recipe's; another one's is refused."""
    mark = out / "recipe"
    owner = mark.read_text() if mark.exists() else ""
    if owner not in ("", name):
        raise ValueError(f"{out} holds a run of {owner!r}; give another folder as --out")
    if not owner:
        with runtime.write_atomically(mark) as temporary:
            temporary.write_text(name)


def _revive(path: Path) -> GAN | None:
    if not path.exists():
        return None
    gan = read_network(path, compile=True)
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

    def on_train_begin(self, logs=None):
        for name in ("history.csv", "samples.png", "film.png"):
            runtime.sweep(self.out / name)

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        seconds = time.perf_counter() - self.start
        row = {"epoch": epoch + 1, "step": number(self.model.step), "seconds": round(seconds, 1)}
        row |= {key: round(float(value), 5) for key, value in logs.items()}
        self._append(row)
        figures = ", ".join(f"{key} {value}" for key, value in row.items() if key != "epoch")
        print(f"epoch {epoch + 1}/{self.params['epochs']}: {figures}", flush=True)
        dogs = self.model.sample(64)
        _write_picture(plots.tile(dogs, 16), self.out / "samples.png")
        row = plots.tile(dogs[:8], 8)
        before = _read_picture(self.out / "film.png")
        # A size that grew, or a damaged film: it begins anew.
        before = row[:0] if before is None or before.shape[1] != row.shape[1] else before
        film = np.concatenate([before[: epoch * len(row)], row])
        _write_picture(film, self.out / "film.png")

    def _append(self, row):
        """Rows of epochs that a killed run did after its last checkpoint are done anew."""
        rows = read_history(self.table)
        rows = [old for old in rows if int(old["epoch"]) < row["epoch"]]
        with runtime.write_atomically(self.table) as temporary, open(temporary, "w") as file:
            writer = csv.DictWriter(file, row)
            writer.writeheader()
            writer.writerows([*rows, row])


def _write_picture(pixels: np.ndarray, path: Path) -> None:
    with runtime.write_atomically(path) as temporary, open(temporary, "wb") as file:
        Image.fromarray(pixels).save(file, "png")


def _read_picture(path: Path) -> np.ndarray | None:
    """Its pixels; None where there is none, or none that can be read."""
    try:
        return np.asarray(Image.open(path))
    except (OSError, SyntaxError, ValueError):
        return None


def read_history(path: Path) -> list[dict]:
    """The rows of a run's `history.csv`; none where there is no run yet, or none to be read."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        return [row for row in rows if int(row["epoch"]) and float(row["seconds"]) >= 0]
    except (FileNotFoundError, ValueError, KeyError, TypeError, csv.Error):
        return []


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


def _keep_card(name: str, out: Path) -> None:
    """The card that a further training starts from: shipping it twice must not count it twice."""
    with runtime.write_atomically(out / STARTED) as temporary:
        temporary.write_text(json.dumps(checkpoints.load_generator(name).card), encoding="utf-8")


def _longer(shipped: dict, facts: dict) -> dict:
    """The card of a shipped generator that was trained further: pictures and seconds add up."""
    heads = f"then {facts['pictures_seen']:,} pictures more with new heads, EMA 0.999"
    itself = shipped.get("pictures_seen_itself", shipped["pictures_seen"])
    sums = {key: shipped[key] + facts[key] for key in ("steps", "pictures_seen", "seconds")}
    return facts | {
        "recipe": [*shipped["recipe"], heads],
        **sums,
        "pictures_seen_itself": itself + facts["pictures_seen"],
        "command": facts["command"].replace(" --ship", " --further --ship"),
    }


def main(arguments=None) -> int:
    """Train one of the course's generators, resumably; without a name: list them."""
    parser = argparse.ArgumentParser(prog="dogan train", description=main.__doc__)
    parser.add_argument("name", nargs="?", help="a recipe")
    parser.add_argument("--data", default="auto", help="auto, stanford, doodle, or a path")
    parser.add_argument("--epochs", type=positive, help="in total (the recipe's)")
    parser.add_argument("--out", type=Path, help="folder (runs/NAME); if it holds a run, go on")
    parser.add_argument("--limit", type=positive, help="train on so many dogs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--further", action="store_true", help="begin with the shipped generator of this name"
    )
    parser.add_argument("--ship", action="store_true", help="write the result to data/")
    parser.add_argument(
        "--strategy",
        choices=strategies.STRATEGIES,
        help="all devices of this machine, or the machines in $TF_CONFIG",
    )
    options = vars(parser.parse_args(arguments))
    name = options["name"]
    try:
        if name is None:
            print("\n".join([*RECIPES, *singans.PROGRAMS]))
        elif name in singans.PROGRAMS:  # each has its own picture and schedule
            _claim(options["out"] or Path("runs") / name, name)
            print(singans.train(name, **{key: options[key] for key in ("out", "seed", "ship")}))
        else:
            print(train(**options))
    except KeyboardInterrupt:
        print("\ndogan: stopped; the same command goes on from what it saved last", file=sys.stderr)
        return 130
    except (OSError, ValueError, RuntimeError, FloatingPointError, tf.errors.OpError) as error:
        if os.environ.get("DOGAN_DEBUG"):
            raise
        said = error.message.splitlines()[0] if isinstance(error, tf.errors.OpError) else error
        print(f"dogan: {said}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
