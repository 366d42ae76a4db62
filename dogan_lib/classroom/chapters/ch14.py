"""Exercises of chapter 14."""

import numpy as np

from dogan_lib.classroom.exercises import exercise
from dogan_lib.classroom.kinds import choices, function, numbers, target

numbers(
    "14-mifid",
    600.0,
    """
    0.05 is below the threshold, so d_thr = d = 0.05 and MiFID = 30 / 0.05 = 600: twenty times the
    FID. With d = 0.12 it would have been 30 / 1 = 30.
    """,
    (30.0, "That is its FID: is 0.05 on the safe side of the threshold?"),
    (1.5, "Divide, do not multiply."),
    (300.0, "Divide by d itself, not by the threshold."),
    otherwise="MiFID = FID / d_thr, and d_thr is d where d is below the threshold, else 1.",
)
choices(
    "14-first",
    "A",
    """A, by lite1: 26.9 against 29.8 in the table, and in KID by a factor of two. What 32 pixels
    cannot hold, eyes and fur, is missing from every picture of B, though each is a real dog.
    Samples of projected64 are sharp, and now and then a leg is missing. That does not make them
    the better dogs: a distance between heaps says what the two heaps differ in, not whether one
    picture would pass.
    """,
    B="Look at the two bars: every picture of B lacks the same thing.",
)


@function(
    "14-validate",
    [
        ([("a.png", (64, 64, 3), 1), ("b.png", (64, 64, 3), 2)], 2),
        ([("a.png", (64, 64, 3), 1), ("b.png", (64, 64, 3), 1)], 2),
        ([("a.png", (64, 64, 3), 1)], 2),
        ([("a.png", (64, 64), 1), ("b.png", (64, 64, 3), 2)], 2),
        ([("a.png", (64, 64, 3), 1), ("a.png", (64, 64, 3), 2)], 2),
    ],
    (lambda files, n: len(files) == n, "Counted; now look at each picture's shape."),
    (
        lambda files, n: len(files) == n and all(shape == (64, 64, 3) for _, shape, _ in files),
        "Two pictures with the same digest are one picture, sent twice.",
    ),
    otherwise="Number, shapes, names and digests: True only where all four are in order.",
    hints={4: "The same name twice: unpacking would keep one of them."},
)
def valid(files, n):
    """One fault is enough. The library's `check_submission` says which, and opens each PNG."""
    names, shapes, digests = zip(*files, strict=True)
    whole = all(shape == (64, 64, 3) for shape in shapes)
    return len(files) == len(set(names)) == len(set(digests)) == n and whole


@exercise("14-leak", function="Give your function.")
def leak(answer):
    """Fit on one half, score on the other:
    `detector.fit(vectors[::2], labels[::2]).score(vectors[1::2], labels[1::2])`.
    On noise it is then right half of the time, as it should be. A detector, a discriminator and a
    leaderboard are all examined on pictures that they have not seen.
    """
    random = np.random.default_rng(0)
    labels = np.arange(300) % 2
    noise = random.normal(size=(300, 200))
    lucky = float(answer(noise, random.permutation(labels)))
    if lucky > 0.65:
        return (
            f"Labels drawn by lot, and it is right in {lucky:.0%} of the cases: it is examined on "
            "what it has learnt by heart."
        )
    order = random.permutation(300)
    found = float(answer((noise + 4 * labels[:, None])[order], labels[order]))
    return None if found > 0.9 else f"Two heaps that lie far apart, and it is right in {found:.0%}."


@target("14-cheat", at_least=0.9, unit="precision[lite1-dogs] at a recall under 0.05")
def cheated(pictures):
    """The same few good samples again and again: each lies among real dogs, so precision is 1, and
    they cover next to nothing. `np.repeat(best, 40, axis=0)` does it, where `best` are the eight
    samples whose nearest real dog is nearest. Precision without recall is no score.
    """
    from dogan_lib.metrics import precision_recall
    from dogan_lib.metrics.features import real_dogs

    precision, recall = precision_recall(real_dogs(), pictures, progress=False)
    return precision.value if recall.value < 0.05 else 0.0


@target(
    "14-truncate",
    at_least=0.03,
    unit="more precision[lite1-dogs, n=600] than untruncated",
    function="Give a function of n that returns n pictures.",
)
def truncated(sample):
    """
    A smaller threshold draws more typical dogs, which are better one by one: precision rises. Where
    variety is lost recall falls, and FID, which wants both, tells whether it was worth it.
    """
    from dogan_lib.checkpoints import load_generator
    from dogan_lib.metrics import precision_recall
    from dogan_lib.metrics.features import real_dogs

    real, labels = real_dogs(), np.arange(600) % 120
    plain = load_generator("projected64").sample(600, seed=77, labels=labels)
    precision = [
        precision_recall(real, each, progress=False).precision for each in (plain, sample(600))
    ]
    return precision[1].value - precision[0].value
