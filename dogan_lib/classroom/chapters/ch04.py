"""Exercises of chapter 04."""

from dogan_lib.classroom.exercises import exercise
from dogan_lib.classroom.kinds import KID, choices, function, kid_on_portraits, numbers, target

choices(
    "04-first-seen",
    "B",
    """
    Colours of the background come first: D tells a grey picture from a blue one with its very first
    filters, and G's last bias alone can answer. Eyes, two pixels wide, come last.
    """,
    A="Look at the first row of the film: are there eyes?",
    C="Look at the first row of the film: what is right before any outline is?",
)
numbers(
    "04-receptive-field",
    61,
    """A layer widens the field by (kernel - 1) times the distance between its neighbours, and the
    distance doubles with each stride of 2: 1 + 4 * 1 + 4 * 2 + 4 * 4 + 4 * 8 = 61.
    The stride of the *last* layer does not matter: it moves the window and does not widen it.
    """,
    (29, "That is three layers."),
    otherwise="A layer widens the field by (kernel - 1) x the distance between its neighbours.",
)


@function(
    "04-even-prints",
    [(k, s) for k in range(1, 9) for s in (1, 2, 3) if k >= s],
    (lambda kernel, stride: kernel % 2 == 0, "Try kernel 3 and stride 3 with `stamp`."),
    otherwise="Count the prints with `stamp`, for kernel 3 and stride 2 and for kernel 4.",
)
def even(kernel, stride):
    """Each pixel gets kernel / stride prints along each axis where that is a whole number;
    otherwise some get one more than others. That is why 4x4 kernels with stride 2 became popular.
    """
    return kernel % stride == 0


@exercise("04-repair", function="Give your function.")
def repair(answer):
    """`moved = D.trainable_variables`, and nothing else: the tape also knows G's variables, and D's
    loss falls if G's fakes become *worse*. `tf.stop_gradient(fake)` saves G's backward pass too.
    """
    import keras
    import numpy as np

    def dense(units, seed):  # of its own: a check leaves everyone's random state alone
        return keras.layers.Dense(units, kernel_initializer=keras.initializers.GlorotUniform(seed))

    g = keras.Sequential([keras.Input((4,)), dense(8, seed=0)])
    d = keras.Sequential([keras.Input((8,)), dense(1, seed=1)])
    real = np.ones((16, 8), "float32")
    z = np.random.default_rng(0).normal(size=(16, 4)).astype("float32")

    def ahead():
        return float(keras.ops.mean(d(real)) - keras.ops.mean(d(g(z))))

    weights, start = [*g.weights, *d.weights], ahead()
    before = [np.asarray(w).copy() for w in weights]
    answer(d, g, keras.optimizers.SGD(0.1), real, z)
    moved = [not np.array_equal(w, old) for w, old in zip(weights, before, strict=True)]
    if any(moved[: len(g.weights)]):
        return "G has moved too. Which variables get a gradient?"
    if not all(moved[len(g.weights) :]):
        return "D stands still."
    if ahead() < start:
        return "D has learnt the wrong way round: real pictures should score higher."


@target("04-better", at_most=0.07, unit=KID)
def better(gan):
    """Go on as before, whatever the losses say:

    gan.fit(dogs.batches(32, start_epoch=14), initial_epoch=14, epochs=20)

    Three runs of 19 or 20 epochs in all ended between 0.060 and 0.065 (width 32). D's loss goes on
    falling meanwhile, and the dogs get better: it is a score in a game. Lower rates, a larger batch
    or a longer average may do more.
    """
    return kid_on_portraits(gan)
