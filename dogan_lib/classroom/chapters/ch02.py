"""Exercises of chapter 02."""

import numpy as np

from dogan_lib.classroom.exercises import exercise
from dogan_lib.classroom.kinds import choices, numbers, target

choices(
    "02-slide",
    "ACDFG",
    """A, C, D, F and G.
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
    B="B is not a mistake: V has both terms. (Two *batches*, yes, but one sum of losses.)",
    E="E is not a mistake: what does G want D to say?",
    H="H is not true: which parameters was d_optimizer given?",
    otherwise="No wrong ones among yours, but there are more. Follow one tensor at a time.",
)
LOG_4, LOG_2 = np.log(4), np.log(2)
numbers(
    "02-equilibrium",
    (LOG_4, LOG_2),
    """(log 4, log 2) = (1.386, 0.693). D says 1/2 everywhere: its loss is
    -log(1/2) - log(1 - 1/2) = 2 log 2, and G's -log D(G(z)) = -log(1/2).
    """,
    ((-LOG_4, None), "That is V. D minimises -V."),
    ((LOG_4, None), "D's is right. G's is -log D(G(z))."),
    otherwise="What does the best D answer where p = q? Put it into both terms.",
    tolerance=1e-2,
)
numbers(
    "02-collapsed-v",
    np.log(1 / 9) / 8 + np.log(8 / 9),
    """At the crowded mode D* = (1/8) / (1/8 + 1) = 1/9, at the other seven D* = 1. So
    V = 1/8 log(1/9) + 7/8 log 1 + log(1 - 1/9) = -0.275 - 0.118 = -0.392.
    A best D would have seen the collapse at once, far above -log 4 = -1.386. The D of the
    collapsed game stayed near -log 4: it is far from best, and V told us about D, not about G.
    """,
    (-LOG_4, "That is what the weak D said. What is the best D at the other seven modes?"),
    (np.log(1 / 9) / 8, "That is the first term. The fakes, too, are judged with D* = 1/9."),
    otherwise="E over real x: 1/8 of them lie where D* = 1/9. E over fakes: all of them do.",
    tolerance=1e-2,
)
choices(
    "02-shuffled",
    "B",
    """
    B. A dense layer has one weight for each pair of a pixel and a unit, and no weight knows where
    its pixel lies. Shuffled inputs with weights shuffled in the same way are the same network, so
    the game is the same game, and what is put back in order is as good as before.
    """,
    A="Which of D's weights knows that pixel 300 lies beside pixel 301?",
    C="What in the two networks could have become better by shuffling?",
)


@exercise("02-repair", function="Give your function.")
def repair(answer):
    """`tape.gradient(d, D.trainable_variables)` and `tape.gradient(g, G.trainable_variables)`.
    In the sum, the fakes' part of D's loss, which pushes their logits down, meets G's loss, which
    pushes the same logits up: D is told to believe the fakes that it should expose, and G to
    expose itself. Where D(G(z)) = 1/2 the two cancel to nothing.
    """
    import keras
    import tensorflow as tf

    from dogan_lib import losses

    start = keras.initializers.GlorotUniform(seed=0)  # and the student's own luck stays as it is
    g = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, kernel_initializer=start)])
    d = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, kernel_initializer=start)])
    random, loss, rate = np.random.default_rng(0), losses.NonSaturating(), 0.1
    x, z = (random.normal(size=(16, k)).astype("float32") for k in (4, 3))

    def step(player, value):
        with tf.GradientTape() as tape:
            lost = value()
        slopes = tape.gradient(lost, player.trainable_variables)
        return [np.asarray(w - rate * s) for w, s in zip(player.weights, slopes, strict=True)]

    def same(player, wanted):
        pairs = zip(player.weights, wanted, strict=True)
        return all(np.allclose(weight, new, atol=1e-5) for weight, new in pairs)

    start = d.get_weights()
    d_wanted = step(d, lambda: loss.discriminator(d(x), d(g(z))))
    g_wanted = [step(g, lambda: loss.generator(d(g(z))))]
    d.set_weights(d_wanted)
    g_wanted.append(step(g, lambda: loss.generator(d(g(z)))))
    d.set_weights(start)
    answer(d, g, keras.optimizers.SGD(rate), keras.optimizers.SGD(rate), x, z)
    if not same(d, d_wanted):
        return "D did not follow the gradient of its own loss alone."
    if not any(same(g, wanted) for wanted in g_wanted):
        return "D is right. G did not follow the gradient of its own loss alone."


@target(
    "02-eight-modes",
    at_most=500,
    unit="updates of G until 8 modes, median of three seeds",
    function="Give a function of the seed that returns a Game.",
)
def updates_until_all_modes(make) -> float:
    """
    D has to be ahead, and both fast: `Game("ring", g_rate=2e-3, d_rate=8e-3, seed=seed)` took 360
    updates, and g_rate=1e-3, d_rate=4e-3 with d_steps=3 took 300; at 1e-3 for both it is 1,000.
    Faster for both is sooner only until G outruns D again. V at -log 4 says nothing
    about it; the modes are counted.
    """
    needed = []
    for seed in range(3):
        game = make(seed)
        while not game.steps or (game.modes()[0] < 8 and game.steps[-1] < 3000):
            game.train(20)
        needed.append(game.steps[-1])
    return float(np.median(needed))
