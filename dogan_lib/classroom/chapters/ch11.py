"""Exercises of chapter 11."""

import numpy as np

from dogan_lib.classroom.exercises import exercise
from dogan_lib.classroom.kinds import KID, choices, function, kid_on_portraits, target

choices(
    "11-statistics",
    "C",
    """C. Batch normalisation divides by what it remembers, and training's latents had tails: what
    comes of truncated ones is too small for the next layer, and more so with every layer. A is what
    truncation does where the statistics are those of the truncated latents.
    """,
    A="That is so with statistics of their own. Which picture is the upper row?",
    B="The z are shorter, and the normalisations divide by what they remember.",
)


@function(
    "11-block",
    [(1536, 1536), (1536, 768), (16, 8), (3, 5)],
    (
        lambda a, b: 9 * a * b + b + 9 * b * b + b + a * b + b,
        "Those are the convolutions. Both normalisations have two matrices each.",
    ),
    (
        lambda a, b: 2 * 148 * (a + b) + 9 * a * b + b + 9 * b * b + b,
        "The shortcut has a convolution too.",
    ),
    (lambda a, b: 2 * 148 * (a + b) + 9 * a * b + 9 * b * b + a * b, "Convolutions have biases."),
    (
        lambda a, b: 2 * 148 * 2 * a + 9 * a * b + b + 9 * b * b + b + a * b + b,
        "The second normalisation comes after the first convolution: it has b channels.",
    ),
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
    function="Give the function itself: exercises.check('11-quantiles', by_quantile).",
)
def quantiles(answer):
    """def by_quantile(shape, threshold, seed):
        bell = statistics.NormalDist()
        u = np.random.default_rng(seed).uniform(size=shape)
        low = bell.cdf(-threshold)
        return np.vectorize(bell.inv_cdf)(low + u * (1 - 2 * low))

    u runs over the part of the distribution function that lies inside the threshold.
    """
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


@exercise("11-repair", function="Give your function.")
def regularise(answer):
    """
    `columns = tf.reshape(kernel, (-1, kernel.shape[-1]))` and W its transpose: the outputs are the
    *last* axis, and a reshape alone mixes them. And the diagonal of W Wᵀ has to go, by
    `* (1 - tf.eye(len(W)))`: it holds the squared lengths, so that every weight is pulled to zero.
    """
    import tensorflow as tf

    start = np.random.default_rng(0).normal(0, 0.1, (3, 3, 4, 6)).astype("float32")
    kernel = tf.Variable(start)
    answer(kernel)
    before, after = (x.reshape(-1, 6).T for x in (start, kernel.numpy()))
    kept = np.linalg.norm(after, axis=1) / np.linalg.norm(before, axis=1)
    rows = after / np.linalg.norm(after, axis=1, keepdims=True)
    overlap = np.abs(rows @ rows.T - np.eye(6)).max()
    if kept.min() < 0.8:
        return f"The weights have shrunk to {kept.min():.0%} of their length: what pulls at it?"
    if overlap > 0.05:
        return f"Two outputs still overlap by {overlap:.2f}. Are the rows of W the outputs?"


@target("11-better", at_most=0.09, unit=KID)
def better(gan):
    """
    More pictures in the same time help most: a narrower G, or D with half the width, and rates that
    grow with the batch. Without the orthogonal penalty a step is shorter too: half the width of
    the G above, in a plain `GAN`, came to 0.076 in 270 seconds of the processor, three minutes of
    two cores that work on nothing else (with breeds as labels). See then whether your G still
    bears truncation.
    """
    from dogan_lib.classroom import portraits

    return kid_on_portraits(gan, portraits.labels)
