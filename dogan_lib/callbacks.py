"""What accompanies a training: checkpoints, a live picture, a film, a clock."""

import math
import time
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np

from dogan_lib import plots
from dogan_lib.runtime import sweep, write_atomically


class _Periodic(keras.callbacks.Callback):
    """Something that is done after every so many epochs, and after the last."""

    def __init__(self, every: int):
        super().__init__()
        if every < 1:
            raise ValueError(f"every is a number of epochs, at least 1, not {every}")
        self.every = every

    def on_epoch_end(self, epoch, logs=None):
        last = epoch + 1 == self.params.get("epochs") or self.model.stop_training
        if last or (epoch + 1) % self.every == 0:
            self._do(epoch + 1)


class Resume(keras.callbacks.Callback):
    """Write the whole GAN to one `.keras` file after every epoch, whole or not at all.

    A run that was killed goes on from the file: `keras.models.load_model(path)`, and `fit` from the
    `initial_epoch` that its `step` says. Optimizers, average and random states are as they were. A
    GAN whose weights are not finite is not written.
    """

    def __init__(self, path):
        super().__init__()
        self.path = Path(path)

    def on_train_begin(self, logs=None):
        sweep(self.path)

    def on_epoch_end(self, epoch, logs=None):
        bad = [w.path for w in self.model.weights if not np.all(np.isfinite(np.asarray(w)))]
        if bad:
            kept = f"{self.path} still holds the last good state" if self.path.exists() else ""
            raise FloatingPointError(
                f"training stopped: {len(bad)} weights are not finite, the first is {bad[0]}. "
                f"Lower the learning rates. {kept}".strip()
            )
        with write_atomically(self.path) as temporary:
            self.model.save(temporary)


class LivePlot(_Periodic):
    """Samples from fixed latents and both losses, in one figure that updates in place.

    Args:
        every: epochs between two pictures.
        samples: how many dogs; the same latents each time.
        title: above the figure.
        guess: the loss of a D that can only guess, drawn as a line; none where not given.
    """

    def __init__(self, every: int = 1, samples: int = 16, title="", guess: float | None = None):
        super().__init__(every)
        self.samples, self.title, self.guess = samples, title, guess
        self.history: list[dict] = []
        self._handle = None

    def on_epoch_end(self, epoch, logs=None):
        self.history.append({"epoch": epoch + 1, **(logs or {})})
        super().on_epoch_end(epoch)

    def _do(self, epoch):
        from IPython.display import display

        alt = f"{self.samples} generated dogs and both losses after epoch {epoch}"
        picture = plots.Picture(plots.to_png(self.figure()), alt)
        if self._handle is None:
            self._handle = display(picture, display_id=True)
        else:
            self._handle.update(picture)

    @plt.rc_context({"font.size": 14})
    def figure(self):
        """The current picture, also after training."""
        figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.5), width_ratios=(1, 1.5))
        side, dogs = math.ceil(self.samples**0.5), self.model.sample(self.samples, seed=0)
        left.imshow(plots.tile(dogs, side), interpolation="nearest")
        epochs = [row["epoch"] for row in self.history]
        left.set(title=f"{self.title} epoch {epochs[-1]}".strip(), xticks=[], yticks=[])
        for player, marker in (("d", "o"), ("g", "s")):  # told apart in grey, too
            style = dict(color=plots.PALETTE[player], marker=marker, ms=3, label=player.upper())
            right.plot(epochs, [row[f"{player}_loss"] for row in self.history], **style)
        if self.guess is not None:
            right.axhline(self.guess, color=plots.PALETTE["neutral"], ls=":", label="guessing")
        right.xaxis.get_major_locator().set_params(integer=True)
        right.set(xlabel="epoch", ylabel="loss", title="losses")
        right.legend(facecolor="white", edgecolor="white")  # above the dotted line
        return figure


class Film(_Periodic):
    """A row of pictures of the same latents every few epochs: how a training went, in one figure.

    Args:
        samples: pictures a row.
        every: epochs between two rows; the last epoch has one too.
        **conditions: `labels` or `captions`, as for `GAN.sample`.
    """

    def __init__(self, samples: int = 12, every: int = 1, **conditions):
        super().__init__(every)
        self.samples, self.conditions = samples, conditions
        self.rows: list[np.ndarray] = []
        self.labels: list[str] = []

    def on_train_begin(self, logs=None):
        self._start = time.monotonic()

    def _do(self, epoch):
        self.rows.append(self.model.sample(self.samples, seed=0, **self.conditions))
        self.labels.append(f"epoch {epoch}, {time.monotonic() - self._start:.0f} s")

    def figure(self):
        """The rows so far, each with its epoch and the seconds since the training began."""
        return plots.labelled_rows(self.rows, self.labels)


class StopAfter(keras.callbacks.Callback):
    """End a training after so many seconds, counted from its first step's end."""

    def __init__(self, seconds: float):
        super().__init__()
        self.seconds = seconds

    def on_train_begin(self, logs=None):
        self._start = None

    def on_train_batch_end(self, batch, logs=None):
        self._start = self._start or time.monotonic()
        self.model.stop_training |= time.monotonic() - self._start > self.seconds
