"""How one scale of SinGAN is trained: the schedule, the 3 + 3 steps as one graph, and when to stop.

The graph does many iterations in one call and is the same for all scales of one width, since
pictures enter with any height and width. Everything random enters with them, so a run can be
repeated and resumed.
"""

import dataclasses
import functools
import math

import keras
import numpy as np
import tensorflow as tf

BORDER = 5  # five valid 3x3 convolutions take so many pixels away at each side
PENALTY = 0.1
SLOPE, MOMENTUM, EPSILON = 0.2, 0.9, 1e-5
SIGNALS = ("gap", "penalty", "reconstruction")


@dataclasses.dataclass(frozen=True)
class Schedule:
    """How long a scale trains, and on how much of the picture at a time.

    Args:
        iterations: at most so many for each scale; each is `d_steps` updates of D, then `g_steps`
            of G.
        d_steps, g_steps: 3 and 3 in the paper.
        learning_rate: of Adam(0.5, 0.999), for both.
        drop: the rate falls to a tenth after this share of the iterations.
        tolerance: a scale has converged when its reconstruction error fell by less than this
            share over `patience` iterations. The rate falls then. None trains to the end.
        patience: iterations that are compared with as many before them.
        block: iterations in one call of the graph.
        window: where the picture is larger, each iteration sees a random window with sides of so
            many pixels. Both networks are convolutional: what they compute for those pixels is
            the same, and a large picture holds more patches than an update needs. None: all.
        together: an iteration is one step of D and G at the same time, from the same weights and
            on the same fake, in place of `d_steps` and then `g_steps`.
        shared: so many iterations share one picture from the scales below, each with noise of
            its own. Only `together`.
        halved: half as many iterations at each doubling of the width, where each takes three to
            four times as long.
    """

    iterations: int = 2000
    d_steps: int = 3
    g_steps: int = 3
    learning_rate: float = 5e-4
    drop: float = 0.8
    tolerance: float | None = None
    patience: int = 60
    block: int = 20
    window: int | None = None
    together: bool = False
    shared: int = 1
    halved: bool = False

    def __post_init__(self):
        for name in ("iterations", "d_steps", "g_steps", "patience", "block", "shared"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is at least 1, not {getattr(self, name)}")
        if self.shared > 1 and not self.together:
            raise ValueError("shared goes with together=True")
        if not 0 < self.drop <= 1:
            raise ValueError(f"drop is a share of the iterations in (0, 1], not {self.drop}")
        if self.window is not None and self.window < 11:
            raise ValueError(f"a window of {self.window} is smaller than the receptive field, 11")

    @property
    def draws(self) -> int:
        """How many pictures from below an iteration takes."""
        return 1 if self.together else self.d_steps

    def steps(self) -> "Schedule":
        """The part that the graph depends on; all else is as it happens to be by default."""
        names = ("d_steps", "g_steps", "together")
        return Schedule(**{name: getattr(self, name) for name in names})

    def at(self, width: int) -> "Schedule":
        """The schedule of a scale with so many channels."""
        if not self.halved:
            return self
        return dataclasses.replace(self, iterations=max(1, self.iterations * 32 // width))


SCHEDULES = {
    "paper": Schedule(),
    # Less than half of the steps, each on new noise, at four times the rate.
    "fast": Schedule(
        iterations=2500,
        learning_rate=2e-3,
        together=True,
        shared=4,
        block=50,
        window=80,
        halved=True,
    ),
}


def named(schedule) -> Schedule:
    """The schedule of a name; a `Schedule` is returned as it is."""
    if isinstance(schedule, Schedule):
        return schedule
    if schedule not in SCHEDULES:
        raise ValueError(
            f"schedule={schedule!r}: choose {', '.join(SCHEDULES)}, or give a Schedule"
        )
    return SCHEDULES[schedule]


class Pace:
    """Where in its schedule a scale is: block after block, with what rate, until when."""

    def __init__(self, schedule: Schedule):
        self.schedule = schedule
        self.done, self.limit = 0, schedule.iterations
        self.drop = max(1, round(schedule.drop * schedule.iterations))
        self.errors: list[float] = []  # one for each iteration
        self.converged = False

    @property
    def rate(self) -> float:
        return self.schedule.learning_rate * (1.0 if self.done < self.drop else 0.1)

    def block(self) -> int:
        """Iterations of the next call, over which the rate is constant; 0 at the end."""
        border = self.drop if self.done < self.drop else self.limit
        return min(self.schedule.block, border - self.done)

    def advance(self, block: int, error: float):
        """The reconstruction error of the block that was done."""
        self.done += block
        self.errors += [error] * block
        if self.done < self.drop and self._settled():
            self.converged, self.drop = True, self.done
            self.limit = min(self.limit, math.ceil(self.done / self.schedule.drop))

    def _settled(self) -> bool:
        patience, tolerance = self.schedule.patience, self.schedule.tolerance
        if tolerance is None or self.done < 2 * patience:
            return False
        before = np.mean(self.errors[-2 * patience : -patience])
        return np.mean(self.errors[-patience:]) > (1 - tolerance) * before


# ---------------------------------------------------------------------------- the networks


def generator(width: int = 32, seed: int | None = None) -> keras.Model:
    """One scale's G: [sigma z + up, up], both padded by 5, -> tanh(net(sigma z + up)) + up.

    Pictures are (batch, H + 10, W + 10, 3); the result is (batch, H, W, 3), for any H and W.

    Args:
        width: channels of its four blocks.
        seed: of the weights, N(0, 0.02).
    """
    seeds = keras.random.SeedGenerator(seed)
    noisy, up = (keras.Input((None, None, 3), name=name) for name in ("noisy", "up"))
    x = _convolution(3, seeds)(_blocks(noisy, width, seeds))
    detail = keras.layers.Activation("tanh", dtype="float32")(x)
    cropped = keras.layers.Cropping2D(BORDER, dtype="float32")(up)
    picture = keras.layers.Add(dtype="float32")([detail, cropped])
    return keras.Model([noisy, up], picture, name="singan_generator")


def discriminator(width: int = 32, seed: int | None = None) -> keras.Model:
    """One scale's D: pictures (batch, H, W, 3) -> one score for each 11 x 11 patch,
    (batch, H - 10, W - 10, 1).

    Unlike other penalised critics it has batch normalisation: its batch is one picture.
    """
    seeds = keras.random.SeedGenerator(seed)
    images = keras.Input((None, None, 3), name="images")
    scores = _convolution(1, seeds)(_blocks(images, width, seeds))
    return keras.Model(images, scores, name="singan_discriminator")


def _blocks(x, width, seeds):
    """Head and three blocks of the body."""
    for _ in range(4):
        gain = keras.initializers.RandomNormal(1.0, 0.02, seed=seeds)
        x = _convolution(width, seeds)(x)
        x = keras.layers.BatchNormalization(
            momentum=MOMENTUM, epsilon=EPSILON, gamma_initializer=gain, dtype="float32"
        )(x)
        x = keras.layers.LeakyReLU(negative_slope=SLOPE, dtype="float32")(x)
    return x


def _convolution(filters, seeds):
    weights = keras.initializers.RandomNormal(stddev=0.02, seed=seeds)
    return keras.layers.Conv2D(filters, 3, kernel_initializer=weights, dtype="float32")


# ---------------------------------------------------------------------------- in few operations
#
# A picture of 30 pixels is so small that starting an operation takes about as long as doing it.
# What follows computes what the two Keras models above do when they train (a test holds them
# together) in half of the operations.


class Player:
    """G or D while it trains: variables, an optimizer, and a forward pass on its own averages.

    Args:
        model: `generator(width)` or `discriminator(width)`, whose weights are trained.
        dtype: of the convolutions.
    """

    def __init__(self, model: keras.Model, dtype: str):
        self.model, self.dtype = model, dtype
        weights = [weight.value for weight in model.weights]
        # A bias before a batch normalisation does nothing, and stays at 0.
        self.variables = [w for i, w in enumerate(weights) if i >= 24 or i % 6 in (0, 2, 3)]
        self.averages = [w for i, w in enumerate(weights) if i < 24 and i % 6 in (4, 5)]
        self.adam = Adam(self.variables)

    def start(self, weights):
        """With these weights, and an optimizer that remembers nothing."""
        self.model.set_weights(weights)
        self.adam.reset()

    def network(self, follow: bool = False):
        """Pictures -> what leaves the last convolution, float32, as a function on the weights now.

        Args:
            follow: whether the moving averages move.
        """
        kernels = [tf.cast(v, self.dtype) if v.shape.rank == 4 else v for v in self.variables]

        def forward(x):
            x = tf.cast(x, self.dtype)
            for i in range(4):
                kernel, gain, offset = kernels[3 * i : 3 * i + 3]
                x = tf.nn.conv2d(x, kernel, 1, "VALID")
                x, mean, variance = normalise(x, tf.identity(gain), tf.identity(offset))
                x = tf.nn.leaky_relu(x, SLOPE)
                if follow:
                    self._follow(self.averages[2 * i : 2 * i + 2], (mean, variance))
            x = tf.cast(tf.nn.conv2d(x, kernels[-2], 1, "VALID"), "float32")
            return tf.nn.bias_add(x, kernels[-1])

        return forward

    def _follow(self, averages, values):
        for average, value in zip(averages, values, strict=True):
            average.assign_sub((1 - MOMENTUM) * (average - value))

    def update(self, tape, loss, rate):
        self.adam.apply(tape.gradient(loss, self.variables), rate)


@tf.custom_gradient
def normalise(x, gain, offset):
    """Batch normalisation of (1, h, w, channels): outputs, mean and (unbiased) variance.

    The gradient of its gradient, which the penalty needs, is written out. It takes a tenth of the
    operations that TensorFlow makes of it, and is exact: `tf.nn.moments`, which Keras uses too,
    holds the mean constant inside the variance. That leaves the first derivative as it is, and
    loses a part of the second.
    """
    y, mean, variance, *saved = tf.raw_ops.FusedBatchNormV3(
        x=x, scale=gain, offset=offset, mean=[], variance=[], epsilon=EPSILON, is_training=True
    )

    def gradient(dy, *_):
        return _normalise_gradient(dy, x, gain, mean, variance, *saved)

    return (y, mean, variance), gradient


@tf.custom_gradient
def _normalise_gradient(dy, x, gain, mean, variance, *saved):
    """Gradients of `normalise` by x, gain and offset.

    With x^ = (x - mean) r and r = 1 / deviation, dx = gain r P(dy), where P takes away the mean and
    the part along x^. P is symmetric, so the gradient of <u, dx> by dy is gain r P(u) =: w.
    """

    def backwards(v):
        names = ("reserve_space_1", "reserve_space_2", "reserve_space_3")
        options = dict(zip(names, saved, strict=True), epsilon=EPSILON, is_training=True)
        return tf.raw_ops.FusedBatchNormGradV3(y_backprop=v, x=x, scale=gain, **options)[:3]

    dx, dgain, doffset = backwards(dy)

    def gradient(u, *_):
        w, along_u, _ = backwards(u)
        n = tf.cast(tf.size(x) / tf.size(gain), "float32")
        r = tf.math.rsqrt(variance * (n - 1) / n + EPSILON)
        u32, dx32, w32, x32 = (tf.cast(t, "float32") for t in (u, dx, w, x))
        overlap = tf.reduce_sum(u32 * dx32, (0, 1, 2))
        by_x = (x32 - mean) * (r * overlap / n) + dx32 * (along_u / n) + w32 * (dgain / n)
        nothing = [tf.zeros_like(t) for t in (mean, variance, *saved)]
        return w, tf.cast(-r * by_x, x.dtype), overlap / gain, *nothing

    return (dx, dgain, doffset), gradient


def pixel_penalty(critic, images):
    """Mean over all pixels of (||gradient over the channels|| - 1)², a scalar.

    WGAN-GP takes one norm for each picture. Here the critic's scores are a map, and each pixel
    has a gradient of its own: that of the sum of the scores.

    Args:
        critic: pictures (1, H, W, 3) -> scores (1, h, w, 1).
        images: between real and fake, alpha real + (1 - alpha) fake.
    """
    with tf.GradientTape() as tape:
        tape.watch(images)
        scores = critic(images)
    gradient = tape.gradient(scores, images)
    # The square root has no derivative at 0.
    norm = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=-1) + 1e-12)
    return tf.reduce_mean(tf.square(norm - 1))


class Adam:
    """Adam(0.5, 0.999) as one kernel call a variable, where Keras' makes a dozen."""

    def __init__(self, variables):
        self.variables = variables
        self.m = [tf.Variable(tf.zeros_like(v), trainable=False) for v in variables]
        self.v = [tf.Variable(tf.zeros_like(v), trainable=False) for v in variables]
        self.step = tf.Variable(0.0, trainable=False)

    def reset(self):
        for variable in (*self.m, *self.v, self.step):
            variable.assign(tf.zeros_like(variable))

    def apply(self, gradients, rate):
        step = self.step.assign_add(1.0)
        options = dict(beta1=0.5, beta2=0.999, epsilon=1e-8, lr=rate)
        options |= dict(beta1_power=tf.pow(0.5, step), beta2_power=tf.pow(0.999, step))
        groups = zip(self.variables, self.m, self.v, gradients, strict=True)
        for variable, m, v, gradient in groups:
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle, m=m.handle, v=v.handle, grad=gradient, **options
            )


# ---------------------------------------------------------------------------- iterations


class Trainer:
    """The two networks of one width, and the graph that trains them.

    Use `trainer(...)`, which keeps one for each width: tracing takes seconds.
    """

    def __init__(self, width: int, plan: Schedule, dtype: str):
        self.plan = plan
        self.g = Player(generator(width), dtype)
        self.d = Player(discriminator(width), dtype)
        self.train = tf.function(self._train, autograph=False, input_signature=[_INPUTS])

    def _train(self, inputs):
        """A block of iterations; the means of `SIGNALS`, float32 (3,)."""
        iteration = self._together if self.plan.together else self._in_turn
        return _mean(functools.partial(iteration, inputs), 0, tf.shape(inputs["noise"])[0], 3)

    def _in_turn(self, inputs, i):
        views, alpha = _windows(inputs, i), inputs["alpha"][i]
        weight, rate = inputs["weight"], inputs["rate"]
        critic = _mean(lambda j: self._d_step(views, j, alpha[j], rate), 0, self.plan.d_steps)
        error = _mean(lambda _: self._g_step(views, weight, rate), 0, self.plan.g_steps, 1)
        return tf.concat([critic, error], 0)

    def _together(self, inputs, i):
        """Both play for the gap, D(real) - D(fake): one backward pass serves them."""
        views, alpha, rate = _windows(inputs, i), inputs["alpha"][i, 0], inputs["rate"]
        with tf.GradientTape() as tape:
            critic, network = self.d.network(), self.g.network(follow=True)
            rec = _added(network(views["rec_noise"] + views["rec"]), views["rec"])
            error = tf.reduce_mean(tf.square(rec - views["real"]))
            fake = _generate(network, views, 0)
            gap = tf.reduce_mean(critic(views["real"])) - tf.reduce_mean(critic(fake))
            loss = inputs["weight"] * error + gap
        by_g, by_d = tape.gradient(loss, (self.g.variables, self.d.variables))
        # Nothing of G's waits for this: two cores share the work.
        with tf.GradientTape() as tape:
            mixed = alpha * views["real"] + (1 - alpha) * tf.stop_gradient(fake)
            extra = PENALTY * pixel_penalty(self.d.network(), mixed)
        # The last bias has no part in it.
        zero = tf.UnconnectedGradients.ZERO
        slopes = tape.gradient(extra, self.d.variables, unconnected_gradients=zero)
        self.g.adam.apply(by_g, rate)
        self.d.adam.apply([slope - g for slope, g in zip(slopes, by_d, strict=True)], rate)
        return tf.stack([gap, extra, error])

    def _d_step(self, views, j, alpha, rate):
        """-D(real) + D(fake) + penalty; -> gap D(real) - D(fake), and the penalty's share."""
        real, fake = views["real"], tf.stop_gradient(_generate(self.g.network(), views, j))
        with tf.GradientTape() as tape:
            critic = self.d.network()
            gap = tf.reduce_mean(critic(real)) - tf.reduce_mean(critic(fake))
            extra = PENALTY * pixel_penalty(critic, alpha * real + (1 - alpha) * fake)
            loss = extra - gap
        self.d.update(tape, loss, rate)
        return tf.stack([gap, extra])

    def _g_step(self, views, weight, rate):
        """-D(fake) + weight x MSE(reconstruction, real); -> the MSE."""
        critic = self.d.network()
        with tf.GradientTape() as tape:
            network = self.g.network(follow=True)
            rec = _added(network(views["rec_noise"] + views["rec"]), views["rec"])
            error = tf.reduce_mean(tf.square(rec - views["real"]))
            fake = _generate(network, views, self.plan.d_steps - 1)
            loss = weight * error - tf.reduce_mean(critic(fake))
        self.g.update(tape, loss, rate)
        return error[None]


def _generate(network, views, j):
    """A fake on the j-th picture from below, or on the only one."""
    up = views["ups"][tf.minimum(j, tf.shape(views["ups"])[0] - 1)][None]
    return _added(network(views["noise"] + up), up)


def _added(detail, up):
    return tf.tanh(detail) + up[:, BORDER:-BORDER, BORDER:-BORDER]


_PICTURE = tf.TensorSpec((1, None, None, 3))
_INPUTS = {
    "real": _PICTURE,
    "rec": _PICTURE,  # what z* makes of the scales below, enlarged; padded as all that follow
    "rec_noise": _PICTURE,  # z* at the coarsest scale, else 0
    # Pictures from below: (iterations or fewer, draws, H + 10, W + 10, 3).
    "ups": tf.TensorSpec((None, None, None, None, 3)),
    "noise": tf.TensorSpec((None, None, None, 3)),  # sigma z
    "alpha": tf.TensorSpec((None, None)),  # where between real and fake the penalty looks
    "corner": tf.TensorSpec((None, 2), "int32"),
    "window": tf.TensorSpec((2,), "int32"),
    "rate": tf.TensorSpec(()),
    "weight": tf.TensorSpec(()),  # of the reconstruction
}


def _windows(inputs, i):
    """The i-th iteration's window of everything; all but the real one keep their border."""
    (y, x), (height, width) = (tf.unstack(t) for t in (inputs["corner"][i], inputs["window"]))
    padded = {name: inputs[name] for name in ("rec", "rec_noise")}
    padded |= {
        "noise": inputs["noise"][i][None],
        "ups": inputs["ups"][i % tf.shape(inputs["ups"])[0]],
    }
    height_10, width_10 = height + 2 * BORDER, width + 2 * BORDER
    views = {name: t[:, y : y + height_10, x : x + width_10] for name, t in padded.items()}
    return {"real": inputs["real"][:, y : y + height, x : x + width], **views}


def _mean(step, start, stop, signals=2):
    """Do step(start) ... step(stop - 1), traced once; the mean of the signals they return."""

    def body(i, total):
        return i + 1, total + step(i)

    _, total = tf.while_loop(
        lambda i, _: i < stop, body, (start, tf.zeros(signals)), parallel_iterations=1
    )
    return total / tf.cast(tf.maximum(stop - start, 1), "float32")


@functools.lru_cache(maxsize=8)
def trainer(width: int, plan: Schedule, dtype: str) -> Trainer:
    """The one `Trainer` of this kind; whoever uses it starts both players first."""
    return Trainer(width, plan, dtype)
