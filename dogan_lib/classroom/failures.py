"""Five ways in which a DCGAN 64 fails, each a few lines that somebody has written in earnest.

`FAILURES["D wins"].build()` is ready to fit; `recorded()` holds the curves of such runs on real
dogs, made by `data/make/failures.py`.
"""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import keras

from dogan_lib import checkpoints, losses
from dogan_lib.classroom import radford
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
    return checkpoints.data_dir() / "failures.json"


def recorded() -> dict[str, list[dict[str, list[float]]]]:
    """For each failure the histories of its recorded runs, one a seed."""
    return json.loads(path().read_text())["runs"]
