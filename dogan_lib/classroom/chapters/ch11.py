"""Exercises of chapter 11."""

import numpy as np

from dogan_lib.classroom.exercises import Unreadable, exercise
from dogan_lib.classroom.kinds import choices, function, target

choices(
    "11-predict",
    "A",
    "ABC",
    """
    TODO
    """,
    hints={
        "B": "Look at the verdict: is the change of precision larger than its error?",
        "C": "Look at the right-hand curve: do its bars overlap from one end to the other?",
    },
)


@function(
    "11-block",
    (1536, 1536),
    (1536, 768),
    (16, 8),
    (3, 5),
    wrong=[
        (
            lambda a, b: 9 * a * b + b + 9 * b * b + b + a * b + b,
            "Those are the convolutions. Both normalisations have two matrices each.",
        ),
        (
            lambda a, b: 2 * 148 * (a + b) + 9 * a * b + b + 9 * b * b + b,
            "The shortcut has a convolution too.",
        ),
        (
            lambda a, b: 2 * 148 * (a + b) + 9 * a * b + 9 * b * b + a * b,
            "Convolutions have biases.",
        ),
        (
            lambda a, b: 2 * 148 * 2 * a + 9 * a * b + b + 9 * b * b + b + a * b + b,
            "The second normalisation comes after the first convolution: it has b channels.",
        ),
    ],
    otherwise="Two normalisations, two 3x3 convolutions, a 1x1 shortcut: count each.",
)
def block_parameters(a, b):
    """Two matrices of 148 rows for each normalisation, the first on a channels and the second on
    b; two 3x3 convolutions and a 1x1 shortcut, each with a bias. From 1,536 to 768 channels that is
    17,789,184: the row "block to 16" of the table.
    """
    matrices = 2 * 148 * (a + b)
    convolutions = (9 * a * b + b) + (9 * b * b + b) + (a * b + b)
    return matrices + convolutions


@exercise(
    "11-quantiles",
    """
    def truncated(shape, threshold, seed):
        bell = statistics.NormalDist()
        u = np.random.default_rng(seed).uniform(size=shape)
        low = bell.cdf(-threshold)
        return np.vectorize(bell.inv_cdf)(low + u * (1 - 2 * low))

    u runs over the part of the distribution function that lies inside the threshold.
    """,
)
def quantiles(answer):
    """4,000 numbers at threshold 1: inside it, not heaped up, with the right variance."""
    if not callable(answer):
        raise Unreadable("Give the function itself: exercises.check('11-quantiles', truncated).")
    z = answer((40, 100), 1.0, 3)
    if z is None:
        return "It still returns None. Start with uniform numbers of that shape."
    z = np.asarray(z, "float64")
    if z.shape != (40, 100):
        return f"The result should have the shape (40, 100), not {z.shape}."
    if np.abs(z).max() > 1 + 1e-6:
        return "Some numbers lie beyond the threshold."
    if np.isclose(np.abs(z), 1).mean() > 0.01:
        return "They heap up at the threshold: that is clipping."
    # The truncated bell's variance at 1 is 0.2911; a flat one would have 1/3.
    if not abs(z.var() - 0.2911) < 0.015:
        return f"The variance is {z.var():.3f} instead of 0.291: this is another density."
    if np.array_equal(z, np.asarray(answer((40, 100), 1.0, 4))):
        return "Another seed should give other numbers."


@exercise(
    "11-stand",
    """
    `z.clip` heaps numbers up at the threshold: draw what is outside again (`truncated_normal`).
    And a momentum of 0.9 keeps two thirds of training's statistics after four passes: with
    k / (k + 1) in pass k what is remembered is the plain mean of the passes, and nothing of before.
    """,
)
def stand(answer):
    """A linear layer and a normalisation, whose true statistics are known."""
    import keras

    if not callable(answer):
        raise Unreadable("Give the function itself.")
    keras.utils.set_random_seed(0)
    norm = keras.layers.BatchNormalization()
    model = keras.Sequential([keras.Input((50,)), keras.layers.Dense(200), norm])
    norm.moving_variance.assign(np.full(200, 9.0, "float32"))
    width = np.asarray(model.layers[0].kernel)
    answer(model, 1.0)
    found = np.asarray(norm.moving_variance) / (width**2).sum(axis=0)
    ratio = float(np.median(found))
    if ratio > 1:
        return "Training's variance, which was 9, is still in there: what does the momentum keep?"
    if ratio > 0.4:
        return (
            f"The latents' variance is {ratio:.2f}, and that of the truncated bell at 1 is 0.29: "
            "clipped numbers are not drawn again."
        )
    return None if abs(ratio - 0.2911) < 0.04 else f"Their variance is {ratio:.2f}, not 0.29."


@target(
    "11-better",
    """
    TODO
    """,
    at_most=0.05,
    unit="KID[dognet-1] to 500 fresh portraits",
)
def better(gan):
    """KID of 500 samples, all breeds alike, to portraits of another seed."""
    from dogan_lib import metrics
    from dogan_lib.dogs import load_dogs

    fresh = load_dogs(size=32, source="portraits", seed=1, limit=1000, progress=False)
    labels = np.arange(500, dtype="int32") % len(fresh.breeds)
    return float(metrics.kid(fresh.images[:500], gan.sample(500, seed=3, labels=labels), "dognet"))
