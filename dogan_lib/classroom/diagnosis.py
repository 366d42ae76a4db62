"""What is wrong with this run? A name, measured signs and a remedy, from the curves alone.

recorder = Recorder()
gan.fit(dogs.batches(64), epochs=20, callbacks=[recorder])
print(diagnose(recorder.history))
"""

import dataclasses
from collections.abc import Mapping

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from dogan_lib.losses import AdversarialLoss, LeastSquares, NonSaturating
from dogan_lib.signals import SIGNALS


@dataclasses.dataclass(frozen=True)
class Diagnosis:
    """The name of the failure (or "healthy"), the measured signs and what to try."""

    name: str
    signs: tuple[str, ...]
    advice: str

    def __str__(self):
        return "\n".join([self.name, *(f"  · {sign}" for sign in self.signs), f"  → {self.advice}"])


class Recorder(keras.callbacks.Callback):
    """Every step's signals, where `fit` itself reports means since the epoch began.

    `history` maps each name in `SIGNALS` to a list of floats, one a step (the last of each
    `steps_per_execution` steps), and survives a run that is stopped by a NaN.
    """

    def __init__(self):
        super().__init__()
        self.history: dict[str, list[float]] = {name: [] for name in SIGNALS}

    def on_train_batch_end(self, batch, logs=None):
        for name, value in zip(SIGNALS, tf.convert_to_tensor(self.model.signals), strict=True):
            self.history[name].append(float(value))


ADVICE = {
    "NaN": "lower the learning rates; bound the critic with a penalty or spectral normalisation",
    "mode collapse": "slow G down or speed D up, check z's size, real and fake batches apart",
    "vanishing gradient": "let G maximise log D(G(z)), or take least squares; weaken D",
    "D wins": "slow D down or regularise it: R1, DiffAugment, dropout, more pictures",
    "oscillation": "lower both learning rates, beta_1 to 0.5 or 0, average G's weights (EMA)",
    "healthy": "go on, and look at the pictures",
}


MINIMUM = 12  # values without which nothing is said


def diagnose(history: Mapping[str, list[float]], loss: AdversarialLoss | None = None) -> Diagnosis:
    """Name what is wrong with a run from its recorded signals.

    The last third of the run is looked at. The checks go from the most to the least specific, so a
    collapsed G whose D wins in the end is called "mode collapse".

    Args:
        history: `Recorder().history`.
        loss: the run's loss, which says what D's loss is when D can only guess; `NonSaturating()`.

    Raises:
        ValueError: a signal is missing, or fewer than 12 values were recorded.
    """
    if missing := [name for name in SIGNALS if name not in history]:
        raise ValueError(f"the history lacks {', '.join(missing)}: record it with Recorder()")
    curves = {name: np.asarray(history[name], "float64") for name in SIGNALS}
    for name in ("d_loss", "g_loss"):
        bad = np.flatnonzero(~np.isfinite(curves[name]))
        if bad.size:
            sign = f"{name} is {curves[name][bad[0]]} at value {bad[0] + 1} of {len(curves[name])}"
            return Diagnosis("NaN", (sign,), ADVICE["NaN"])
    if (n := len(curves["d_loss"])) < MINIMUM:
        raise ValueError(f"{n} recorded values say nothing yet: train for at least {MINIMUM}")
    loss = loss or NonSaturating()
    for name, check in CHECKS.items():  # the last one always finds something
        if signs := check(curves, loss):
            return Diagnosis(name, signs, ADVICE[name])


def guessing_loss(loss: AdversarialLoss) -> float:
    """D's least loss where it gives every picture the same score: 2 log 2 for the log losses."""
    scores = np.linspace(-2, 2, 101, dtype="float32")
    return min(float(loss.discriminator(np.array([c]), np.array([c]))) for c in scores)


def least_loss(loss: AdversarialLoss) -> float:
    """D's loss where it is never wrong: 0 for the log losses, and more with smoothed labels."""
    scores = np.linspace(-20, 20, 161, dtype="float32")[:, None]
    real = min(scores, key=lambda c: float(loss.discriminator(c, scores[80])))
    return min(float(loss.discriminator(real, c)) for c in scores)


def winning_loss(loss: AdversarialLoss) -> float:
    """Below it D wins: much nearer to the loss of a D that is never wrong than to a guess."""
    guess, least = guessing_loss(loss), least_loss(loss)
    return min(guess / 2, least + 0.15 * (guess - least)) if guess > 0 else -np.inf


def late(curve) -> float:
    """The median over the last third, and nothing of how the run began; a NaN is left out."""
    return float(np.nanmedian(curve[-(len(curve) // 3) :]))


def _collapsed(curves, loss):
    """All pictures alike, or much more alike than they have already been.

    A young G's pictures are grey and lie close together too: little variety is no sign by itself.
    """
    now, best = late(curves["variety"]), np.nanquantile(curves["variety"], 0.95)
    if now < 0.02:
        return (f"samples lie {now:.1%} as far apart as real pictures: they are one picture",)
    if best > 0.2 and now < best / 3:
        return (f"samples lie {now:.0%} as far apart as real pictures, and it was {best:.0%}",)
    return ()


def _vanished(curves, loss):
    """The loss is flat where D puts the fakes, or G's gradient has all but gone."""
    where = late(curves["fake_score"])
    slope = _slope(loss, where)
    if _beaten(curves, loss) and slope < 0.01:
        return (f"G's loss has a slope of {slope:.1g} at D's score of {where:.1f} for fakes",)
    now, peak = late(curves["g_gradient"]), np.nanquantile(curves["g_gradient"], 0.9)
    if now < 1e-3 * peak:
        return (f"G's gradient norm fell from {peak:.2g} to {now:.2g}", *_gap(curves))
    return ()


def _slope(loss, score) -> float:
    """How strongly G's loss changes with D's score for a fake, in absolute value."""
    if loss.needs_real:
        return 1.0
    fake = tf.Variable([[score]], dtype="float32")
    with tf.GradientTape() as tape:
        value = loss.generator(fake)
    return abs(float(tape.gradient(value, fake)[0, 0]))


def _beaten(curves, loss):
    """D's loss lies below the `winning_loss`."""
    if (now := late(curves["d_loss"])) >= winning_loss(loss):
        return ()
    never = f"never wrong {round(least_loss(loss), 3):.2g}"
    return (
        f"D's loss is {now:.2g} (median of the last third); guessing would be "
        f"{guessing_loss(loss):.2g}, and {never}",
        *_gap(curves),
    )


def _gap(curves):
    real, fake = (late(curves[name]) for name in ("real_score", "fake_score"))
    return (f"D's mean score is {real:.1f} for real and {fake:.1f} for fake pictures",)


def _oscillates(curves, loss):
    """D believes the fakes, then it does not, then it does: nobody gets anywhere."""
    size, number = swings(np.asarray(believed(loss, curves["fake_score"])))
    if size > 0.1 and number >= 4:
        return (f"D's opinion of the fakes swings {number} times, by {size:.2f} about its mean",)
    return ()


def believed(loss: AdversarialLoss, score):
    """D's score as a number in [0, 1], where 1 is real: the sigmoid of a logit; of least squares,
    how far it is from the target for fake to that for real."""
    if isinstance(loss, LeastSquares):
        return ops.clip((score - loss.a) / (loss.b - loss.a), 0, 1)
    return ops.sigmoid(score)


def swings(curve) -> tuple[float, int]:
    """Size and number of the swings in the last three quarters of a run.

    Noise between steps is averaged away first, in windows of a fortieth of the run. The size is the
    standard deviation about the trend; the number counts how often the curve leaves a band of half
    that deviation on the side opposite to the last time.
    """
    later = curve[len(curve) // 4 :]
    window = max(1, len(curve) // 40)
    smooth = np.convolve(later, np.ones(window) / window, mode="valid")
    time = np.arange(len(smooth))
    away = smooth - np.polyval(np.polyfit(time, smooth, 1), time)
    sides = np.sign(away[np.abs(away) > np.std(away) / 2])
    return float(np.std(away)), int(np.count_nonzero(np.diff(sides)))


def _healthy(curves, loss):
    """None of the others: what may be said of the run all the same."""
    now, bound = f"D's loss is {late(curves['d_loss']):.2f}", winning_loss(loss)
    wins = f", D wins below {bound:.2f}" if np.isfinite(bound) else ""
    return (
        f"{now} (median of the last third); guessing would be {guessing_loss(loss):.2f}{wins}",
        f"samples lie {late(curves['variety']):.0%} as far apart as real pictures",
    )


CHECKS = {
    "mode collapse": _collapsed,
    "vanishing gradient": _vanished,
    "D wins": _beaten,
    "oscillation": _oscillates,
    "healthy": _healthy,
}
