"""Exercises of chapter 15."""

from dogan_lib.classroom.exercises import exercise
from dogan_lib.classroom.kinds import KID, choices, kid_on_portraits, numbers, target

choices(
    "15-ahead",
    "B",
    """B, by far in the saved run, though its G has seen fewer pictures and draws blurred dogs.
    KID[dognet-1] looks through DogNet, and so did D: who trains against the ruler pleases it.
    Ask a network that no G was trained with, or your eyes.
    """,
    A="Which network measures, and through which one did D look?",
)
numbers(
    "15-numbers",
    24 * 24 * 32 + 12 * 12 * 64 + 6 * 6 * 128 + 3 * 3 * 256,
    """96 / 4 = 24 positions a side, then 12, 6 and 3:
    24^2 * 32 + 12^2 * 64 + 6^2 * 128 + 3^2 * 256 = 18,432 + 9,216 + 4,608 + 2,304 = 34,560,
    more than the picture's own 96 * 96 * 3 = 27,648.
    """,
    (96 * 96 * 3, "That is the picture itself."),
    (480, "Those are the channels alone."),
    otherwise="positions x positions x channels, added up over the four scales.",
    tolerance=1e-6,
)


@exercise("15-blind", function="Give your function.")
def blind(answer):
    """Frozen means that the eyes' *weights* get no gradient. The picture has to get one, or nothing
    reaches G: `features = eyes(fake)`.
    """
    import numpy as np
    import tensorflow as tf

    weights = tf.constant([[1.0], [-2.0], [0.5]])
    pictures = tf.constant(np.random.default_rng(0).normal(size=(4, 3)), "float32")
    with tf.GradientTape() as tape:
        tape.watch(pictures)
        loss = answer(lambda x: x * 2, lambda f: f @ weights, pictures)
    right = tf.reduce_mean(tf.nn.softplus(-(pictures * 2) @ weights))
    if abs(float(loss) - float(right)) > 1e-4:
        return "The loss itself was right before: only the gradient was missing."
    if tape.gradient(loss, pictures) is None:
        return "No gradient reaches the picture."


@target("15-target", at_most=0.02, unit=KID)
def with_eyes(gan):
    """
    Twice the time does most: `trained(projected.discriminator(32, "dognet", channels=(16, 32, 64,
    128)), seconds=120)`. The eyes take more of a step than heads of this width: narrower ones win
    little.
    """
    return kid_on_portraits(gan)
