"""The deck's loop and the corrected one on points: the same start, the same batches and noise.

`torch_loop` has both in PyTorch. Here they are in TensorFlow, which is always there: `slide` does
to the gradients what PyTorch does where nobody calls `zero_grad` and `detach`. Both return one
round as a function of a batch of x and of z, which returns the losses of D and G.
"""

import itertools
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from dogan_lib import losses
from dogan_lib.classroom import plane, points

LOSS = losses.NonSaturating()


def corrected(D, G, d_optimizer, g_optimizer):
    """Each player follows its own loss alone."""

    def play_round(x, z):
        d = plane.update_discriminator(D, G, d_optimizer, LOSS, x, z)
        return d, plane.update_generator(D, G, g_optimizer, LOSS, z)

    return play_round


def slide(D, G, d_optimizer, g_optimizer):
    """As on the slide: gradients pile up, and each loss reaches both players."""
    variables = D.trainable_variables, G.trainable_variables
    # PyTorch's `p.grad`: `backward` adds to it, and only `zero_grad` would empty it.
    grads = [[tf.Variable(tf.zeros_like(v)) for v in own] for own in variables]

    def backward(tape, loss):
        for total, own in zip(grads, variables, strict=True):
            for grad, new in zip(total, tape.gradient(loss, own), strict=True):
                grad.assign_add(new)

    def play_round(x, z):
        with tf.GradientTape(persistent=True) as tape:
            d = LOSS.discriminator(D(x), D(G(z)))
        backward(tape, d)
        d_optimizer.apply(grads[0], variables[0])
        with tf.GradientTape(persistent=True) as tape:
            g = LOSS.generator(D(G(z)))
        backward(tape, g)
        g_optimizer.apply(grads[1], variables[1])
        return d, g

    return play_round


LOOPS = {"slide": slide, "corrected": corrected}


def play(loop: str, rounds: Sequence[int]) -> tuple[dict[int, np.ndarray], list[float]]:
    """Train the playground's networks on the ring, with its first rates, and look at `rounds`.

    Args:
        loop: one of `LOOPS`; all of them see the same weights, batches and noise.
        rounds: when to look, ascending; the last one ends the training.

    Returns:
        For each round looked at the fakes of the same 1,000 latents, (1000, 2); and what D says in
        the end on average, to real points and to fakes.
    """
    G, D = plane.small_generator(0), plane.small_discriminator(100)
    play_round = LOOPS[loop](D, G, plane.adam(2e-3, D), plane.adam(5e-4, G))
    real, random = points.sample("ring", 8_000, seed=1), np.random.default_rng(0)
    data = tf.constant(real)
    rows = tf.constant(random.integers(len(real), size=(rounds[-1], 128)))
    noise = tf.constant(random.standard_normal((rounds[-1], 128, 2), "float32"))
    shown = random.standard_normal((1000, 2), "float32")

    @tf.function
    def go(start, end):
        for i in tf.range(start, end):
            play_round(tf.gather(data, rows[i]), noise[i])

    fakes = {}
    for start, end in itertools.pairwise((0, *rounds)):
        go(tf.constant(start), tf.constant(end))
        fakes[end] = G(shown).numpy()
    judged = real[:1000], fakes[rounds[-1]]
    return fakes, [float(tf.reduce_mean(tf.sigmoid(D(x)))) for x in judged]
