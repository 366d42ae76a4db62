"""The deck's loop and the corrected one on points: the same start, the same batches and noise.

`torch_loop` has both in PyTorch. Here they are in TensorFlow, which is always there: `Slide` does
to the gradients what PyTorch does where nobody calls `zero_grad` and `detach`.
"""

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from dogan_lib import losses
from dogan_lib.classroom import plane, points

LOSS = losses.NonSaturating()


class Corrected:
    """One round of x and z: each player follows its own loss alone. Returns both losses."""

    def __init__(self, D, G, d_optimizer, g_optimizer):
        self.players = D, G
        self.optimizers = d_optimizer, g_optimizer

    def __call__(self, x, z):
        d_optimizer, g_optimizer = self.optimizers
        d = plane.update_discriminator(*self.players, d_optimizer, LOSS, x, z)
        return d, plane.update_generator(*self.players, g_optimizer, LOSS, z)


class Slide(Corrected):
    """The same round as on the slide: gradients pile up, and each loss reaches both players."""

    def __init__(self, *players_and_optimizers):
        super().__init__(*players_and_optimizers)
        self.variables = [player.trainable_variables for player in self.players]
        # PyTorch's `p.grad`: `backward` adds to it, and only `zero_grad` would empty it.
        self.grads = [[tf.Variable(tf.zeros_like(v)) for v in own] for own in self.variables]

    def backward(self, tape, loss):
        for own, grads in zip(self.variables, self.grads, strict=True):
            for grad, new in zip(grads, tape.gradient(loss, own), strict=True):
                grad.assign_add(new)

    def step(self, player):
        self.optimizers[player].apply(self.grads[player], self.variables[player])

    def __call__(self, x, z):
        D, G = self.players
        with tf.GradientTape(persistent=True) as tape:
            d = LOSS.discriminator(D(x), D(G(z)))
        self.backward(tape, d)
        self.step(0)
        with tf.GradientTape(persistent=True) as tape:
            g = LOSS.generator(D(G(z)))
        self.backward(tape, g)
        self.step(1)
        return d, g


LOOPS = {"slide": Slide, "corrected": Corrected}


@dataclasses.dataclass(frozen=True)
class Played:
    """What came of a loop.

    Attributes:
        fakes: of the same 1,000 latents, round -> points (1000, 2).
        modes: round -> modes with at least a quarter of their share of these points.
        opinions: what D says in the end on average, to real points and to fakes.
    """

    fakes: dict[int, np.ndarray]
    modes: dict[int, int]
    opinions: tuple[float, float]


def play(loop: str, rounds: tuple[int, ...], batch: int = 128, seed: int = 0) -> Played:
    """Train the playground's networks on the ring, with its first rates, and look at `rounds`.

    Args:
        loop: one of `LOOPS`; all of them see the same weights, batches and noise.
        rounds: when to look, ascending; the last one ends the training.
    """
    G, D = plane.small_generator(seed), plane.small_discriminator(seed + 100)
    adams = [keras.optimizers.Adam(rate, beta_1=0.5) for rate in (2e-3, 5e-4)]
    for adam, player in zip(adams, (D, G), strict=True):
        adam.build(player.trainable_variables)
    play_round, random = LOOPS[loop](D, G, *adams), np.random.default_rng(seed)
    real = points.sample("ring", 8_000, seed=1)
    data, where = tf.constant(real), points.centres("ring")
    rows = tf.constant(random.integers(len(real), size=(rounds[-1], batch)))
    noise = tf.constant(random.standard_normal((rounds[-1], batch, 2), "float32"))
    shown = random.standard_normal((1000, 2), "float32")

    @tf.function
    def go(start, end):
        for i in tf.range(start, end):
            play_round(tf.gather(data, rows[i]), noise[i])

    fakes, modes, done = {}, {}, 0
    for end in rounds:
        go(tf.constant(done), tf.constant(end))
        fakes[end], done = G(shown).numpy(), end
        there = points.modes_covered(fakes[end], where) >= len(shown) / len(where) / 4
        modes[end] = int(there.sum())
    said = (float(tf.reduce_mean(tf.sigmoid(D(x)))) for x in (real[:1000], fakes[done]))
    return Played(fakes, modes, tuple(said))
