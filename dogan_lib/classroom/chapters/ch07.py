"""Exercises of chapter 07."""

import numpy as np

from dogan_lib.classroom.exercises import exercise
from dogan_lib.classroom.kinds import choices, function, numbers, target

choices(
    "07-heard-first",
    "A",
    """
    The coat. It is a colour in the middle of every picture, and each filter of D can see it; ears
    are a few pixels of outline, and floppy, folded and long ones look alike at 32 pixels.
    """,
    **dict.fromkeys("BC", "How many pixels does a coat have, and how many have the ears?"),
)
numbers(
    "07-count",
    2 * 24 * 64,
    """Two tables, gain and offset, each with a row of 64 numbers for each of 24 labels:
    2 x 24 x 64 = 3,072. The moving mean and variance, 2 x 64 more, are not learnt.
    """,
    (24 * 64, "That is one table: which other number does a label have for each channel?"),
    (2 * 64, "That is a plain batch normalisation."),
    (2 * 24 * 64 + 2 * 64, "The mean and the variance are measured, not learnt."),
    otherwise="How many tables, how many rows in each, and how many numbers in a row?",
    tolerance=1e-6,
)


@function(
    "07-deaf",
    [(np.array([0.5, 0.5]),), (np.array([0.7, 0.2, 0.1]),), (np.array([1.0]),)],
    (lambda shares: 1 / len(shares), "Right where all labels are equally frequent."),
    (np.max, "That G always draws the commonest kind: this one draws by the shares."),
    otherwise="Kind k is asked for with probability p_k; how likely is it then drawn?",
)
def deaf(shares):
    """Asked for kind k in a share p_k of the cases, and drawn, whatever was asked, in a share p_k:
    both in p_k * p_k. Chance is smallest, 1/k, where all labels are equally frequent: a score on
    an uneven data set flatters.
    """
    return (shares**2).sum()


RANDOM = np.random.default_rng(0)
VECTORS = RANDOM.normal(size=4), RANDOM.normal(size=4), RANDOM.normal(size=(3, 4))


@function(
    "07-project",
    [(*VECTORS, 2), (*VECTORS, 0)],
    (
        lambda h, w, table, label: h @ table[label],
        "The part that does not depend on the label, w . h, is missing.",
    ),
    otherwise="w . h + table[label] . h",
)
def judge(h, w, table, label):
    """How real at all, plus how much like this kind: both are inner products with h."""
    return h @ w + h @ table[label]


@exercise("07-repair", function="Give your function.")
def repair(answer):
    """The pictures are shuffled and their labels are not. Real dogs then stand under other dogs'
    labels, so a label says nothing about a picture, D has nothing to learn from it, and G pays
    nothing for not listening. Shuffle both, or neither: `tf.gather(labels, order)`.
    """
    import keras
    import tensorflow as tf

    seen, weight = [], keras.Variable(0.1)

    def d(inputs, **kwargs):
        pictures, labels = inputs
        seen.extend(zip(pictures[:, 0].numpy(), np.asarray(labels), strict=True))
        return pictures * weight

    def g(inputs, **kwargs):
        return 100.0 + tf.cast(inputs[1], "float32")[:, None]

    d.trainable_variables = [weight]
    labels = tf.range(64)
    real = tf.cast(labels, "float32")[:, None]
    answer(d, g, keras.optimizers.SGD(0.1), real, labels, tf.zeros((64, 4)))
    pictures, under = np.array(seen).reshape(-1, 2).T
    fake = pictures >= 100
    if fake.all() or not fake.any():
        return "D has to see real pictures and fakes."
    if (pictures % 100 != under).any():
        return "A label and its picture do not always belong together."


@target("07-obey", at_least=0.85, unit="of 480 portraits with the coat and the ears asked for")
def both_obeyed(gan):
    """
    D's loss says where to begin: a hinge loss near 2 is a D that tells nothing apart, and ears are
    the finest thing that it has to tell. Chapter 04's D tells more: `dcgan.shrink(images, 32,
    kernel_size=4)`, then `conditional.project`. With `biggan.generator(32, 8, 24, 80,
    attention=None)`, the log loss, Adam (0.5, 0.999) at 1e-3 for G and 4e-4 for D, and 55,000
    portraits seen, both were right in 0.95.
    """
    from dogan_lib.classroom import portraits

    asked = np.arange(480) % len(portraits.KINDS)
    return float(portraits.obeyed(gan.sample(480, seed=3, labels=asked), asked)["both"].mean())
