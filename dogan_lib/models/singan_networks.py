"""SinGAN's two networks, and the steps that train them.

The objective of one scale, where D's mean is over the patches of a picture (lambda .1, alpha 10):

    min_G max_D  mean D(x) - mean D(G(z)) - lambda penalty(D) + alpha MSE(G(z_rec), x)

Everything random enters the graph with the pictures, so a run can be repeated and resumed.
"""

import functools

import keras
import tensorflow as tf

from dogan_lib.models.singan_scales import BORDER, EPSILON, SLOPE

PENALTY, MOMENTUM = 0.1, 0.9
SIGNALS = ("gap", "penalty", "reconstruction")


class BatchNormalization(keras.layers.BatchNormalization):
    """Keras' layer with an exact second derivative, which the gradient penalty needs.

    `tf.nn.moments`, which Keras calls, holds the mean constant inside the variance. The first
    derivative is the same without that; of the second a part is lost.
    """

    def call(self, inputs, training=None, mask=None):
        if not training:
            return super().call(inputs, training=False)
        x = tf.cast(inputs, "float32")
        mean = tf.reduce_mean(x, (0, 1, 2))
        centred = x - mean
        variance = tf.reduce_mean(tf.square(centred), (0, 1, 2))
        for average, value in ((self.moving_mean, mean), (self.moving_variance, variance)):
            average.assign(average + (1 - self.momentum) * (value - average))
        y = centred * (self.gamma * tf.math.rsqrt(variance + self.epsilon)) + self.beta
        return tf.cast(y, self.compute_dtype)


def generator(width: int = 32, seed: int | None = None, dtype: str = "float32") -> keras.Model:
    """One scale's G: [sigma z + up, up], both padded by 5, -> tanh(net(sigma z + up)) + up.

    Pictures are (batch, H + 10, W + 10, 3); the result is (batch, H, W, 3), for any H and W.

    Args:
        width: channels of its four blocks.
        seed: of the weights, N(0, 0.02).
        dtype: the policy of the convolutions, "float32" or "mixed_bfloat16".
    """
    seeds = keras.random.SeedGenerator(seed)
    noisy, up = (keras.Input((None, None, 3), name=name) for name in ("noisy", "up"))
    x = _convolution(3, seeds, dtype)(_blocks(noisy, width, seeds, dtype))
    detail = keras.layers.Activation("tanh", dtype="float32")(x)
    cropped = keras.layers.Cropping2D(BORDER, dtype="float32")(up)
    picture = keras.layers.Add(dtype="float32")([detail, cropped])
    return keras.Model([noisy, up], picture, name="singan_generator")


def discriminator(width: int = 32, seed: int | None = None, dtype: str = "float32") -> keras.Model:
    """One scale's D: pictures (batch, H, W, 3) -> one score for each 11 x 11 patch,
    (batch, H - 10, W - 10, 1).

    Unlike other penalised critics it has batch normalisation: its batch is one picture.
    """
    seeds = keras.random.SeedGenerator(seed)
    images = keras.Input((None, None, 3), name="images")
    scores = _convolution(1, seeds, dtype)(_blocks(images, width, seeds, dtype))
    scores = keras.layers.Activation("linear", dtype="float32")(scores)
    return keras.Model(images, scores, name="singan_discriminator")


def _blocks(x, width, seeds, dtype):
    """Head and three blocks of the body."""
    for _ in range(4):
        gain = keras.initializers.RandomNormal(1.0, 0.02, seed=seeds)
        convolution = _convolution(width, seeds, dtype)
        x = BatchNormalization(
            momentum=MOMENTUM, epsilon=EPSILON, gamma_initializer=gain, dtype=dtype
        )(convolution(x))
        x = keras.layers.LeakyReLU(negative_slope=SLOPE, dtype=dtype)(x)
        convolution.bias.trainable = False  # the normalisation takes it away: it stays at 0
    return x


def _convolution(filters, seeds, dtype):
    weights = keras.initializers.RandomNormal(stddev=0.02, seed=seeds)
    return keras.layers.Conv2D(filters, 3, kernel_initializer=weights, dtype=dtype)


def pixel_penalty(critic, images) -> tf.Tensor:
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


# ---------------------------------------------------------------------------- iterations


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


class Trainer:
    """The two networks of one width, their optimizers, and the graph that trains them.

    Args:
        width: channels of both.
        d_steps, g_steps, together: see `Schedule`.
        dtype: policy of the convolutions.
    """

    def __init__(self, width: int, d_steps: int, g_steps: int, together: bool, dtype: str):
        self.d_steps, self.g_steps = d_steps, g_steps
        self.g, self.d = generator(width, dtype=dtype), discriminator(width, dtype=dtype)
        self.g_optimizer, self.d_optimizer = _adam(self.g), _adam(self.d)
        self.iteration = self._together if together else self._in_turn
        self.train = tf.function(self._train, input_signature=[_INPUTS])
        self.owner = None  # the `Training` that began last: the networks are its own

    def start(self, g_weights, d_weights):
        """With these weights, and optimizers that remember nothing."""
        self.g.set_weights(g_weights)
        self.d.set_weights(d_weights)
        for optimizer in (self.g_optimizer, self.d_optimizer):
            for variable in optimizer.variables:
                variable.assign(tf.zeros_like(variable))

    def _train(self, inputs):
        """A block of iterations; the means of `SIGNALS`, float32 (3,)."""
        self.g_optimizer.learning_rate.assign(inputs["rate"])
        self.d_optimizer.learning_rate.assign(inputs["rate"])
        total, iterations = tf.zeros(3), tf.shape(inputs["noise"])[0]
        for i in tf.range(iterations):
            total += self.iteration(_windows(inputs, i), inputs["alpha"][i], inputs["weight"])
        return total / tf.cast(iterations, "float32")

    def _in_turn(self, views, alpha, weight):
        """The paper's: D's steps, each on another picture from below, then G's on the last one."""
        critic, error = tf.zeros(2), tf.zeros(())
        for j in tf.range(self.d_steps):
            critic += self._d_step(views, j, alpha[j])
        for _ in tf.range(self.g_steps):
            error += self._g_step(views, weight)
        return tf.concat([critic / self.d_steps, [error / self.g_steps]], 0)

    def _d_step(self, views, j, alpha):
        """-D(real) + D(fake) + penalty; -> gap D(real) - D(fake), and the penalty's share."""
        real, fake = views["real"], self._fake(views, j)
        with tf.GradientTape() as tape:
            gap = self._score(real) - self._score(fake)
            penalty = PENALTY * pixel_penalty(self._critic, alpha * real + (1 - alpha) * fake)
            loss = penalty - gap
        weights = self.d.trainable_variables
        self.d_optimizer.apply(tape.gradient(loss, weights), weights)
        return tf.stack([gap, penalty])

    def _g_step(self, views, weight):
        """-D(fake) + weight x MSE(reconstruction, real); -> the MSE."""
        with tf.GradientTape() as tape:
            error = self._error(views)
            loss = weight * error - self._score(self._fake(views, self.d_steps - 1))
        weights = self.g.trainable_variables
        self.g_optimizer.apply(tape.gradient(loss, weights), weights)
        return error

    def _together(self, views, alpha, weight):
        """Both play for the gap, D(real) - D(fake): one backward pass serves them."""
        real, players = views["real"], (self.g.trainable_variables, self.d.trainable_variables)
        with tf.GradientTape() as tape:
            error, fake = self._error(views), self._fake(views, 0)
            gap = self._score(real) - self._score(fake)
            loss = weight * error + gap
        by_g, by_d = tape.gradient(loss, players)
        with tf.GradientTape() as tape:
            mixed = alpha[0] * real + (1 - alpha[0]) * fake
            penalty = PENALTY * pixel_penalty(self._critic, mixed)
        slopes = tape.gradient(penalty, players[1])
        slopes[-1] = tf.zeros_like(by_d[-1])  # the last bias has no part in the penalty
        self.g_optimizer.apply(by_g, players[0])
        self.d_optimizer.apply([s - g for s, g in zip(slopes, by_d, strict=True)], players[1])
        return tf.stack([gap, penalty, error])

    def _fake(self, views, j):
        """A fake on the j-th picture from below."""
        up = views["ups"][j][None]
        return self.g([views["noise"] + up, up], training=True)

    def _error(self, views):
        rec = self.g([views["rec_noise"] + views["rec"], views["rec"]], training=True)
        return tf.reduce_mean(tf.square(rec - views["real"]))

    def _critic(self, images):
        return self.d(images, training=True)

    def _score(self, images):
        return tf.reduce_mean(self._critic(images))


def _adam(model):
    optimizer = keras.optimizers.Adam(beta_1=0.5, beta_2=0.999, epsilon=1e-8)
    optimizer.build(model.trainable_variables)
    return optimizer


def _windows(inputs, i):
    """The i-th iteration's window of everything; all but the real one keep their border."""
    (y, x), (height, width) = (tf.unstack(t) for t in (inputs["corner"][i], inputs["window"]))
    wide = {name: inputs[name] for name in ("rec", "rec_noise")}
    wide["noise"] = inputs["noise"][i][None]
    wide["ups"] = inputs["ups"][i % tf.shape(inputs["ups"])[0]]
    bottom, right = y + height + 2 * BORDER, x + width + 2 * BORDER
    views = {name: t[:, y:bottom, x:right] for name, t in wide.items()}
    return {"real": inputs["real"][:, y : y + height, x : x + width], **views}


# Tracing takes seconds, so there is one of each kind; whoever uses it starts it.
trainer = functools.lru_cache(maxsize=8)(Trainer)
