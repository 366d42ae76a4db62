"""How one scale of SinGAN is trained: the schedule, and what enters each block of iterations."""

import dataclasses
import functools
import math
import time
from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from dogan_lib.models.singan_networks import SIGNALS, discriminator, generator, trainer
from dogan_lib.models.singan_scales import Scale, climb, draw_noise, padded, resize
from dogan_lib.runtime import best_precision


@dataclasses.dataclass(frozen=True)
class Schedule:
    """How long a scale trains, and on how much of the picture at a time.

    Args:
        iterations: for each scale; each is `d_steps` updates of D, then `g_steps` of G.
        d_steps, g_steps: 3 and 3 in the paper.
        learning_rate: of Adam(0.5, 0.999), for both.
        drop: the rate falls to a tenth after this share of the iterations.
        block: iterations in one call of the graph.
        window: where the picture is larger, each iteration sees a random window with sides of so
            many pixels. Both networks are convolutional: what they compute for those pixels is
            the same, and a large picture holds more patches than an update needs. None: all.
        together: an iteration is one step of D and G at the same time, from the same weights and
            on the same fake, in place of `d_steps` and then `g_steps`.
        shared: so many iterations share one picture from the scales below, each with noise of
            its own. Only `together`.
        halved: half as many iterations at each doubling of the width, where each takes three to
            four times as long.
    """

    iterations: int = 2000
    d_steps: int = 3
    g_steps: int = 3
    learning_rate: float = 5e-4
    drop: float = 0.8
    block: int = 20
    window: int | None = None
    together: bool = False
    shared: int = 1
    halved: bool = False

    def __post_init__(self):
        for name in ("iterations", "d_steps", "g_steps", "block", "shared"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is at least 1, not {getattr(self, name)}")
        if self.shared > 1 and not self.together:
            raise ValueError("shared goes with together=True")
        if not 0 < self.drop <= 1:
            raise ValueError(f"drop is a share of the iterations in (0, 1], not {self.drop}")
        if self.window is not None and self.window < 11:
            raise ValueError(f"a window of {self.window} is smaller than the receptive field, 11")

    def at(self, width: int) -> "Schedule":
        """The schedule of a scale with so many channels."""
        if not self.halved:
            return self
        return dataclasses.replace(self, iterations=max(1, self.iterations * 32 // width))

    def blocks(self) -> Iterator[tuple[int, float]]:
        """Iterations and learning rate of each call of the graph."""
        drop = max(1, round(self.drop * self.iterations))
        high, low = self.learning_rate, 0.1 * self.learning_rate
        for start, stop, rate in ((0, drop, high), (drop, self.iterations, low)):
            for done in range(start, stop, self.block):
                yield min(self.block, stop - done), rate


SCHEDULES = {
    "paper": Schedule(),
    # Less than half of the steps, each on new noise, at four times the rate.
    "fast": Schedule(
        iterations=2500,
        learning_rate=2e-3,
        together=True,
        shared=4,
        block=50,
        window=80,
        halved=True,
    ),
}


# ---------------------------------------------------------------------------- one scale


class Training:
    """Scale k of a SinGAN while it trains; a callback of `SinGAN.fit` is told it after each block.

    Attributes:
        gan: the SinGAN; its `scales` hold those that are finished.
        scale, scales: the index of the one in training, and how many there will be.
        iteration, iterations: done in this scale, and in all.
        signals: means of the last block: `gap` D(real) - D(fake), `penalty`, and `reconstruction`,
            the root of the mean squared error.
        seconds: spent on this scale.
        done: whether this scale is finished, and in `gan.scales`.
    """

    def __init__(self, gan, k: int, plan: Schedule):
        width = gan.width_at(k)
        self.gan, self.scale, self.scales = gan, k, len(gan.shapes)
        self.plan, self.shape = plan.at(width), gan.shapes[k]
        self.began, self.iteration, self.iterations = time.perf_counter(), 0, self.plan.iterations
        self.random = gan.random(k, "training")
        self.real = gan.real(k)[None]
        self.rec, self.sigma = self._reconstruction()
        self.window = [min(side, plan.window or side) for side in self.shape]
        self._worker = trainer(
            width, plan.d_steps, plan.g_steps, plan.together, _policy(gan.precision, width)
        )
        self._worker.start(*self._first_weights(width))
        self._worker.owner = self

    def __str__(self):
        height, width = self.shape
        return (
            f"scale {self.scale + 1}/{self.scales} · {width}x{height} · {self.iteration} of "
            f"{self.iterations} iterations · {self.seconds:.1f} s · reconstruction off by "
            f"{self.signals['reconstruction']:.3f}"
        )

    @property
    def worker(self):
        """The networks, which all scales of one width share."""
        if self._worker.owner is not self:
            raise RuntimeError("another scale of this width has begun in the same networks since")
        return self._worker

    @property
    def done(self) -> bool:
        return self.iteration == self.iterations

    def run(self, callbacks=()):
        """Train to the end; the scale and its D are then the SinGAN's."""
        for block, rate in self.plan.blocks():
            self.step(block, rate)
            if self.done:
                self.gan.scales.append(self.current())
                last = len(self.gan.scales) == self.scales
                self.gan.critic = None if last else rounded(self.worker.d.get_weights())
            for callback in callbacks:
                callback(self)

    def sample(self, n: int = 1, seed: int = 0) -> np.ndarray:
        """What the pyramid makes now, float32 (n, h, w, 3) at the size of this scale."""
        scales = [*self.gan.scales[: self.scale], self.current()]
        return self.gan.stages(n, seed=seed, scales=scales)[-1]

    def current(self) -> Scale:
        """The scale as it is now."""
        signals = {name: round(value, 5) for name, value in self.signals.items()}
        facts = {"iterations": self.iteration, "seconds": round(self.seconds, 2), **signals}
        return Scale(rounded(self.worker.g.get_weights()), self.sigma, facts)

    def _reconstruction(self):
        """What z* makes of the scales below, enlarged, and sigma, which it decides."""
        if self.scale == 0:
            return tf.zeros((1, *self.shape, 3)), 1.0
        rec = resize(self.gan.reconstruct(self.scale - 1), self.shape)
        error = float(np.sqrt(np.mean((rec - self.real) ** 2)))
        return rec, self.gan.settings["noise"] * error

    def _first_weights(self, width):
        """Those of the scale below where the widths are equal, else new ones: G's and D's."""
        if self.scale and self.gan.width_at(self.scale - 1) == width:
            return self.gan.scales[self.scale - 1].weights, self.gan.critic
        seeds = self.gan.random(self.scale, "weights").integers(2**31, size=2)
        builders = (generator, discriminator)
        return tuple(b(width, int(s)).get_weights() for b, s in zip(builders, seeds, strict=True))

    def step(self, block: int, rate: float):
        """Train so many iterations.

        Raises:
            FloatingPointError: a loss stopped being a number.
        """
        means = self.worker.train(self.inputs(block, rate)).numpy()
        self.signals = dict(zip(SIGNALS, map(float, means), strict=True))
        bad = [name for name, value in self.signals.items() if not np.isfinite(value)]
        if bad:
            raise FloatingPointError(
                f"training stopped: {' and '.join(bad)} of scale {self.scale} after iteration "
                f"{self.iteration} is not a number. The scales below are kept; lower the learning "
                'rate and call fit again, or try precision="float32".'
            )
        self.signals["reconstruction"] **= 0.5
        self.iteration += block
        self.seconds = time.perf_counter() - self.began

    def inputs(self, iterations: int, rate: float) -> dict:
        """Those of `Trainer.train`, with everything random that the iterations need."""
        plan, random = self.plan, self.random
        z = draw_noise(iterations, self.scale, self.shape, random)
        drawn, draws = math.ceil(iterations / plan.shared), 1 if plan.together else plan.d_steps
        ups = padded(self._from_below(drawn * draws))
        free = [s - w + 1 for s, w in zip(self.shape, self.window, strict=True)]
        return {
            "real": self.real,
            "rec": padded(self.rec),
            "rec_noise": padded(self.sigma * self.gan.rec_noise(self.scale)),
            "ups": tf.reshape(ups, (drawn, draws, *ups.shape[1:])),
            "noise": padded(self.sigma * z),
            "alpha": random.random((iterations, draws), "float32"),
            "corner": random.integers(free, size=(iterations, 2)).astype("int32"),
            "window": np.asarray(self.window, "int32"),
            "rate": np.float32(rate),
            "weight": np.float32(self.gan.settings["reconstruction"]),
        }

    def _from_below(self, n):
        """n random pictures of the scales below, enlarged to this one."""
        up, shapes = tf.zeros((n, *self.gan.shapes[0], 3)), self.gan.shapes
        if self.scale == 0:
            return up
        noise = functools.partial(draw_noise, n, random=self.random)
        *_, last = climb(self.gan.scales[: self.scale], shapes, up, noise)
        return resize(last, self.shape)


def _policy(precision, width):
    """Of the convolutions; 32 channels are too few for bfloat16 to win anywhere."""
    fast = width >= 64 and best_precision() == "mixed_bfloat16"
    half = fast if precision == "auto" else precision == "bfloat16"
    return "mixed_bfloat16" if half else "float32"


def rounded(weights) -> list[np.ndarray]:
    """As a file keeps them."""
    return [np.asarray(w, "float16").astype("float32") for w in weights]
