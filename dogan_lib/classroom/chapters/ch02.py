"""Exercises of chapter 02."""

import numpy as np

from dogan_lib.classroom.kinds import choices, function, number, numbers

choices(
    "02-slide",
    "ACDFG",
    "ABCDEFGH",
    """
    A, C, D, F and G.
    A: lines 22 and 23 come after a loop that never ends, and lines 13 and 19 need them.
    C: nothing calls zero_grad(), so that every backward() adds to all earlier gradients.
    D: criterion = nn.BCELoss() (or BCEWithLogitsLoss() on logits), with targets of ones and zeros
       as tensors of D's output's shape.
    F: D(G(z).detach()) in line 11. Without it G gets the gradient of D's loss, which wants fakes
       to be *recognised*; line 19 then applies it together with G's own.
    G: x and z have to be drawn inside the loop.
    Not B: both terms belong to V, and their sum is right. Not E: G wants its samples called real.
    Not H: an optimizer moves only the parameters it was given; but line 12 fills G's gradients.
    """,
    hints={
        "B": "B is not a mistake: V has both terms. (Two *batches*, yes, but one sum of losses.)",
        "E": "E is not a mistake: what does G want D to say?",
        "H": "H is not true: which parameters was d_optimizer given?",
    },
    otherwise="No wrong ones among yours, but there are more. Follow one tensor at a time.",
)
LOG_4, LOG_2 = np.log(4), np.log(2)
numbers(
    "02-equilibrium",
    (LOG_4, LOG_2),
    """
    (log 4, log 2) = (1.386, 0.693). D says 1/2 everywhere: its loss is
    -log(1/2) - log(1 - 1/2) = 2 log 2, and G's -log D(G(z)) = -log(1/2).
    """,
    hints={
        (-LOG_4, None): "That is V. D minimises -V.",
        (LOG_4, None): "D's is right. G's is -log D(G(z)).",
    },
    otherwise="What does the best D answer where p = q? Put it into both terms.",
    tolerance=1e-2,
)
number(
    "02-collapsed-v",
    np.log(1 / 9) / 8 + np.log(8 / 9),
    """
    At the crowded mode D* = (1/8) / (1/8 + 1) = 1/9, at the other seven D* = 1. So
    V = 1/8 log(1/9) + 7/8 log 1 + log(1 - 1/9) = -0.275 - 0.118 = -0.392.
    A best D would have seen the collapse at once, far above -log 4 = -1.386. The D of the
    collapsed game was at about -1.35: it is far from best, and V told us about D, not about G.
    """,
    hints={
        -LOG_4: "That is what the weak D said. What is the best D at the other seven modes?",
        np.log(1 / 9) / 8: "That is the first term. The fakes, too, are judged with D* = 1/9.",
    },
    otherwise="E over real x: 1/8 of them lie where D* = 1/9. E over fakes: all of them do.",
    tolerance=1e-2,
)
CENTRES = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 3.0]])


@function(
    "02-covered",
    (np.array([[0.1, 0.0], [0.0, -0.1], [3.0, 0.2]]), CENTRES, 0.5),
    (np.array([[1.5, 0.0]]), CENTRES, 0.5),
    (np.array([[0.3, 0.4]]), CENTRES, 0.5),
    wrong=[(lambda fake, centres, radius: len(fake), "Count centres, not points.")],
    hints={
        0: "Two points at one centre are one mode.",
        1: "A point between the modes belongs to none.",
        2: "Distance is Euclidean; 'within' includes the radius itself.",
    },
)
def covered(fake, centres, radius):
    """distance is (n, m): one row for each fake point, one column for each centre."""
    distance = np.linalg.norm(fake[:, None] - centres[None], axis=-1)
    return (distance <= radius).any(axis=0).sum()
