"""Five ways in which a DCGAN 64 fails, each a few lines that somebody has written in earnest.

Their curves, recorded on real dogs into `data/failures.json`, are what `diagnose` is tested with:

python -m data.make.failures ARCHIVE
"""

import argparse
import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import keras

from data.make import radford
from dogan_lib import losses, runtime
from dogan_lib.classroom.diagnosis import Recorder
from dogan_lib.dogs import load_dogs
from dogan_lib.gan import GAN


def keras_default() -> keras.optimizers.Optimizer:
    """Adam as Keras hands it out: 1e-3, beta_1 0.9."""
    return keras.optimizers.Adam()


@dataclasses.dataclass(frozen=True)
class Failure:
    """A network and how it is trained, with the mistake in one sentence."""

    mistake: str
    g_optimizer: Callable[[], keras.optimizers.Optimizer]
    d_optimizer: Callable[[], keras.optimizers.Optimizer]
    loss: Callable[[], losses.AdversarialLoss] = losses.NonSaturating
    g_norm: bool = True  # batch normalisation in G; D has none
    widths: tuple[int, int] = (8, 16)
    epochs: int = 5

    def build(self) -> GAN:
        """An untrained GAN for pictures (batch, 64, 64, 3)."""
        gan = GAN(
            radford.generator(self.widths[0], norm=self.g_norm),
            radford.discriminator(self.widths[1], norm=False),
        )
        gan.compile(self.loss(), self.g_optimizer(), self.d_optimizer(), ema=0)
        return gan


FAILURES = {
    "D wins": Failure(
        "the optimizer's defaults, and no batch normalisation in D", keras_default, keras_default
    ),
    "vanishing gradient": Failure(
        "the paper's first equation to the letter, and a fast D",
        g_optimizer=lambda: keras.optimizers.Adam(2e-4),
        d_optimizer=keras_default,
        loss=losses.Minimax,
    ),
    "mode collapse": Failure(
        "no normalisation anywhere",
        keras_default,
        keras_default,
        g_norm=False,
        widths=(16, 8),
    ),
    "oscillation": Failure(
        "G twenty times as fast as D, both with much momentum",
        g_optimizer=lambda: keras.optimizers.Adam(2e-3),
        d_optimizer=lambda: keras.optimizers.Adam(1e-4),
        widths=(16, 16),
        epochs=10,
    ),
    "NaN": Failure(
        "Wasserstein's loss without its Lipschitz bound, at rate 1",
        g_optimizer=lambda: keras.optimizers.SGD(1.0),
        d_optimizer=lambda: keras.optimizers.SGD(1.0),
        loss=losses.Wasserstein,
        widths=(8, 8),
    ),
}


def path() -> Path:
    """The file of recorded curves."""
    return runtime.data_dir() / "failures.json"


def recorded() -> dict[str, list[dict[str, list[float]]]]:
    """For each failure the histories of its recorded runs, one a seed."""
    return json.loads(path().read_text())["runs"]


def record(name: str, data: str, limit: int = 2048, seeds: int = 2) -> list[dict]:
    """Train a failure on dogs, once a seed, and keep every step's signals to four digits."""
    failure, runs = FAILURES[name], []
    for seed in range(seeds):
        print(f"{name}, {runtime.setup(seed)}", flush=True)
        dogs = load_dogs(size=64, source=data, limit=limit)
        batches = dogs.batches(32, seed=seed)
        recorder, gan = Recorder(), failure.build()
        try:
            gan.fit(batches, epochs=failure.epochs, verbose=0, callbacks=[recorder])
        except FloatingPointError as error:
            print(error)
        runs.append({k: [float(f"{v:.4g}") for v in vs] for k, vs in recorder.history.items()})
    return runs


def main(arguments=None):
    """Record some failures, or all, anew; the others' records stay."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("data", help="auto, stanford, doodle, or a path")
    parser.add_argument("names", nargs="*", default=list(FAILURES), metavar="NAME")
    chosen, limit = parser.parse_args(arguments), 2048
    runs = recorded() if path().exists() else {}
    runs |= {name: record(name, chosen.data, limit) for name in chosen.names}
    facts = {"data": f"{Path(chosen.data).name}: {limit} dogs, batch 32", "runs": runs}
    with runtime.write_atomically(path()) as temporary:
        temporary.write_text(json.dumps(facts) + "\n")


if __name__ == "__main__":
    main()
