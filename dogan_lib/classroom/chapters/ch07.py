"""Exercises of chapter 07."""

import numpy as np

from dogan_lib.classroom.kinds import choices, function, number

number(
    "07-one-hot",
    120 * 256,
    """
    120 x 256 = 30,720: a dense layer without a bias on one-hot labels is a table with one row of
    256 numbers for each breed, exactly what an embedding is.
    """,
    hints={120 * 256 + 256: "There is no bias here."},
    otherwise="One weight for each pair of a breed and a channel.",
    tolerance=1e-6,
)
RANDOM = np.random.default_rng(0)
VECTORS = RANDOM.normal(size=4), RANDOM.normal(size=4), RANDOM.normal(size=(3, 4))


@function(
    "07-project",
    (*VECTORS, 2),
    (*VECTORS, 0),
    wrong=[
        (
            lambda h, w, table, label: h @ table[label],
            "The part that does not depend on the breed, w . h, is missing.",
        )
    ],
    otherwise="w . h + table[label] . h",
)
def judge(h, w, table, label):
    """How real at all, plus how much like this breed: both are inner products with h."""
    return h @ w + h @ table[label]


number(
    "07-chance",
    1 / 120,
    """
    1/120 = 0.83 %: a generator that does not listen draws some breed, and the breed that was asked
    for is that one in one case of 120.
    """,
    hints={0.5: "That would be so with two breeds."},
    otherwise="Label and picture have nothing to do with each other, and there are 120 breeds.",
    tolerance=0.05,
    also=(100 / 120,),
)
choices(
    "07-cut",
    "B",
    "ABC",
    """
    B. If G ignores the label, pictures of one z do not change with it. The pictures themselves may
    be as good as ever, so FID sees nothing, and D's loss only says that the two can be told apart.
    """,
    hints=dict.fromkeys(
        "AC", "Which of the three would change if G stopped listening, and only then?"
    ),
)
