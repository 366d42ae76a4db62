"""Exercises of chapter 00."""

import numpy as np

from dogan_lib.classroom.exercises import Unreadable, exercise
from dogan_lib.classroom.kinds import choices, numbers, target
from dogan_lib.classroom.points import measured_dogs, nested

choices(
    "00-sure",
    "C",
    """C. The sigmoid grows with the distance from the line, so nearly all of the plane is sure. The
    box of real dogs is 2 % of it, and the line runs through its middle, where D is least sure.
    """,
    A="D(x) depends on the distance from the line only. Where on the plane is that large?",
    B="The box is 34 by 22, the plane 250 by 140; and where in the box does the line run?",
)

numbers(
    "00-bayes",
    1 / 2,
    """Weigh each density with its prior: 3/4 * 0.02 = 0.015 for terriers, 1/4 * 0.06 = 0.015 for
    hounds. The hounds' share is 0.015 / (0.015 + 0.015) = 1/2: they are three times as dense here,
    and three times as rare.
    """,
    (0.75, "That would be so if both kinds were equally frequent. Use the prior."),
    (0.015, "That is p(hound) p(x | hound). Divide by the sum over both kinds."),
    otherwise="p(hound) p(x | hound), divided by the same for both kinds together.",
)
choices(
    "00-only-the-density",
    "BCE",
    """
    B, C and E. To draw a hundred hounds and look for the heaviest, to call a dog odd, and to fill
    in a weight, you must know where dogs are. Both models answer A and D: the density by Bayes'
    rule, with a line where both kinds are equally likely.
    """,
    **dict.fromkeys("AD", "A and D are what a boundary is for."),
    otherwise="Which ones need to know where dogs are, and how many?",
)
numbers(
    "00-judge",
    3 / 4,
    """Of the 40 points there, 30 are real: D = 30 / (30 + 10) = 3/4. This is Bayes' rule with equal
    priors, and in chapter 01 it becomes D*(x) = p(x) / (p(x) + q(x)).
    """,
    (0.25, "That is the share of the fakes."),
    otherwise="D is the probability that a point from this patch is real.",
)


@exercise("00-draw", function="Give the function itself: exercises.check('00-draw', draw_tilted).")
def draws(answer):
    """def draw_tilted(points, n):
        root = np.linalg.cholesky(np.cov(points.T))
        z = np.random.default_rng().normal(size=(n, 2))
        return points.mean(axis=0) + z @ root.T

    root @ root.T is the covariance: z has none, and z @ root.T has that of the points. With the
    naive sampler root would be diagonal.
    """
    points, kind = measured_dogs(4000, seed=5)
    hounds = points[kind == 1]
    drawn = answer(hounds, 4000)
    if drawn is None:
        return "It still returns None. Start from standard normal numbers, (n, 2)."
    drawn = np.asarray(drawn, "float64")
    if drawn.shape != (4000, 2):
        return f"n = 4000 should give the shape (4000, 2), not {drawn.shape}."
    mean, spread = hounds.mean(axis=0), hounds.std(axis=0)
    # The means within five standard errors.
    if not (np.abs(drawn.mean(axis=0) - mean) < 5 * spread / 4000**0.5).all():
        return f"The means should be {mean.round(1)}, not {drawn.mean(axis=0).round(1)}."
    if not np.allclose(drawn.std(axis=0) / spread, 1, atol=0.06):
        return f"The standard deviations should be {spread.round(2)}, not {drawn.std(0).round(2)}."
    real, mine = (np.corrcoef(x.T)[0, 1] for x in (hounds, drawn))
    if not abs(mine - real) < 0.06:
        return f"The correlation should be {real:.2f}, not {mine:.2f}: these points are not tilted."


@exercise("00-repair", function="Give the function itself.")
def repaired(answer):
    """w += rate * (real.T @ (1 - at_real) / len(real) - fake.T @ at_fake / len(fake))

    Both terms climb the log probability of the right answer, *(truth - prediction) x input*: for a
    fake, truth is 0 and the prediction at_fake, so its term is negative. Chapter 01 has this climb
    on a line, and chapter 02 makes it D's step.
    """
    real, fake = (np.random.default_rng(0).normal(at, 1, (500, 3)) for at in (1, -1))
    real[:, 2] = fake[:, 2] = 1
    w = np.asarray(answer(real, fake), "float64")
    if w.shape != (3,):
        raise Unreadable("Return w, one number for each column of the inputs.")
    p_real, p_fake = (1 / (1 + np.exp(-np.clip(x @ w, -500, 500))) for x in (real, fake))
    if not np.mean(p_fake < 0.5) > 0.9:
        return (
            f"D says {p_fake.mean():.2f} to the fakes on average. Which way does their term push?"
        )
    if not np.mean(p_real > 0.5) > 0.9:
        return f"D says {p_real.mean():.2f} to the real points on average."


@target(
    "00-around",
    at_least=0.97,
    unit="of 2,000 fresh points told apart",
    function="Give the function itself.",
)
def told_apart(features):
    """
    np.column_stack([points**2, np.ones(len(points))]): a straight line in the squares is an ellipse
    in the plane. A boundary is as good as what it is shown; chapter 04 lets D learn its features.
    """
    # Held-out accuracy of the chapter's logistic regression on these features, scaled.
    (points, kind), (fresh, truth) = nested(2000, seed=0), nested(2000, seed=1)
    x, held = (np.asarray(features(part), "float64") for part in (points, fresh))
    if x.ndim != 2 or len(x) != len(points):
        raise Unreadable(f"The features should have the shape (n, k), not {x.shape}.")
    scale = np.abs(x).max(axis=0) + 1e-12
    w = np.zeros(x.shape[1])
    for _ in range(2000):
        w += (x / scale).T @ (kind - 1 / (1 + np.exp(-np.clip(x / scale @ w, -50, 50)))) / len(x)
    return float(np.mean((held / scale @ w > 0) == truth))
