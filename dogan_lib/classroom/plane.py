"""A GAN in the plane: two small networks, each one's update, and the game that they play.

`playground.Playground` is the widgets around a `Game`, and `scene` draws it.
"""

import keras
import numpy as np
import tensorflow as tf

from dogan_lib import losses
from dogan_lib.classroom import points, scene
from dogan_lib.classroom.diagnosis import believed
from dogan_lib.models import vanilla

LOSSES = {
    "non-saturating": losses.NonSaturating(),
    "minimax": losses.Minimax(),
    "least squares": losses.LeastSquares(),
}
LOG_4 = (-scene.LOG_4, "-log 4")
#: V where D can only guess, and its name in the picture.
GUESSES = {"non-saturating": LOG_4, "minimax": LOG_4, "least squares": (-0.25, "-1/4")}
POOL = 8_000  # real points to draw batches from
SHOWN = 200  # points of each kind in the picture


def update_discriminator(D, G, optimizer, loss, x, z):
    """Move D, and D alone, by one step; returns its loss, which is -V(D, G) for the log losses.

    Args:
        loss: one of `dogan_lib.losses`.
        x: real samples (batch, size).
        z: latents (batch, latent_dim).
    """
    with tf.GradientTape() as tape:
        fake = G(z, training=True)
        value = loss.discriminator(D(x, training=True), D(fake, training=True))
    # G took part in the sum, but only D's variables get a gradient.
    optimizer.apply(tape.gradient(value, D.trainable_variables), D.trainable_variables)
    return value


def update_generator(D, G, optimizer, loss, z):
    """Move G, and G alone, by one step; returns its loss."""
    with tf.GradientTape() as tape:
        value = loss.generator(D(G(z, training=True), training=True))
    optimizer.apply(tape.gradient(value, G.trainable_variables), G.trainable_variables)
    return value


def small_generator(seed: int | None = None) -> keras.Model:
    """Latents (batch, 2) -> points (batch, 2), through two layers of 64."""
    return vanilla.generator(2, 2, (64, 64), "linear", last_scale=1.0, seed=seed)


def small_discriminator(seed: int | None = None) -> keras.Model:
    """Points (batch, 2) -> logits (batch, 1), through two layers of 64."""
    return vanilla.discriminator(2, (64, 64), first_scale=1.0, seed=seed)


class Game:
    """Two small networks that play V(D, G) on points in the plane.

    Args:
        data: one of `points.SHAPES`.
        generator: latents -> points (batch, 2); `small_generator()` where none is given.
        discriminator: points (batch, 2) -> logits (batch, 1); `small_discriminator()`.
        loss: `"non-saturating"`, `"minimax"` or `"least squares"` with the targets (0, 1, 1), whose
            D(x) is the logit itself and V the negative of D's loss.
        g_rate, d_rate: Adam's learning rates; may be changed at any time.
        d_steps: updates of D before each one of G; may be changed at any time.
        batch: points in one batch.
        seed: of the weights, the batches and z.

    Attributes:
        steps, values: how many updates of G were made when, and V(D, G) then.
    """

    def __init__(
        self,
        data: str = "ring",
        generator: keras.Model | None = None,
        discriminator: keras.Model | None = None,
        loss: str = "non-saturating",
        g_rate: float = 1e-3,
        d_rate: float = 1e-3,
        d_steps: int = 1,
        batch: int = 128,
        seed: int = 0,
    ):
        self.generator = generator or small_generator(seed)
        self.discriminator = discriminator or small_discriminator(seed + 100)
        self.g_optimizer = self._optimizer(g_rate, self.generator)
        self.d_optimizer = self._optimizer(d_rate, self.discriminator)
        self.loss, self.d_steps, self.batch = loss, d_steps, batch
        self.random = keras.random.SeedGenerator(seed)
        self._start = [variable.numpy() for variable in self._variables()]
        self._compiled = {}
        self.z = np.random.default_rng(seed).standard_normal((1000, self.latent_dim), "float32")
        self.choose(data)

    @staticmethod
    def _optimizer(rate, model):
        optimizer = keras.optimizers.Adam(rate, beta_1=0.5)
        optimizer.build(model.trainable_variables)
        return optimizer

    def _variables(self):
        parts = (self.generator, self.discriminator, self.g_optimizer, self.d_optimizer)
        return [v for part in parts for v in part.variables] + [self.random.state]

    @property
    def latent_dim(self) -> int:
        return self.generator.input_shape[-1]

    @property
    def g_rate(self) -> float:
        return float(self.g_optimizer.learning_rate)

    @g_rate.setter
    def g_rate(self, rate: float):
        self.g_optimizer.learning_rate = rate

    @property
    def d_rate(self) -> float:
        return float(self.d_optimizer.learning_rate)

    @d_rate.setter
    def d_rate(self, rate: float):
        self.d_optimizer.learning_rate = rate

    def choose(self, data: str) -> None:
        """Play on other data, from the start."""
        self.data = data
        self.real = points.sample(data, POOL, seed=1)
        self._pool = tf.constant(self.real)
        self.reset()

    def reset(self) -> None:
        """The first weights again, and the same luck; the learning rates stay as they are."""
        rates = self.g_rate, self.d_rate
        for variable, value in zip(self._variables(), self._start, strict=True):
            variable.assign(value)
        self.g_rate, self.d_rate = rates
        self.steps: list[int] = []
        self.values: list[float] = []

    # Training ----------------------------------------------------------------------------------

    def train(self, rounds: int = 10) -> float:
        """`rounds` times: `d_steps` updates of D, one of G. Returns the V(D, G) that D saw last."""
        if self.loss not in self._compiled:
            self._compiled[self.loss] = tf.function(self._rounds(LOSSES[self.loss]))
        # Tensors, since a Python number would be compiled into the graph anew each time.
        play = self._compiled[self.loss]
        value = float(play(self._pool, tf.constant(rounds), tf.constant(self.d_steps)))
        self.steps.append((self.steps[-1] if self.steps else 0) + rounds)
        self.values.append(value)
        return value

    def _rounds(self, loss):
        D, G = self.discriminator, self.generator

        def play(pool, rounds, d_steps):
            value = tf.constant(0.0)
            for _ in tf.range(rounds):
                for _ in tf.range(d_steps):
                    x, z = self._batch(pool), self._latents()
                    value = -update_discriminator(D, G, self.d_optimizer, loss, x, z)
                update_generator(D, G, self.g_optimizer, loss, self._latents())
            return value

        return play

    def _latents(self):
        return keras.random.normal((self.batch, self.latent_dim), seed=self.random)

    def _batch(self, pool):
        rows = keras.random.randint((self.batch,), 0, POOL, seed=self.random)
        return tf.gather(pool, rows)

    # Looking -----------------------------------------------------------------------------------

    def fake(self) -> np.ndarray:
        """What G makes of the same 1,000 latents each time, (1000, 2)."""
        return np.asarray(self.generator(self.z, training=False))

    def modes(self) -> tuple[int, int] | None:
        """Modes with at least a quarter of their share of fake points, and modes there are."""
        where = points.centres(self.data)
        if where is None:
            return None
        fake = self.fake()
        there = points.modes_covered(fake, where) >= len(fake) / len(where) / 4
        return int(there.sum()), len(where)

    def scene(self) -> scene.Scene:
        """Everything that the picture shows, as it is now."""
        look = f"look at {self.loss}"
        if look not in self._compiled:
            self._compiled[look] = tf.function(self._look(LOSSES[self.loss]))
        fake, pull, field = self._compiled[look](
            tf.constant(self.z[:SHOWN]), tf.constant(scene.mesh())
        )
        side = round(len(field) ** 0.5)
        counted = self.modes()
        note = f"{counted[0]} of {counted[1]} modes" if counted else ""
        field = field.numpy().reshape(side, side)
        shown = self.real[:SHOWN], fake.numpy(), pull.numpy(), field
        return scene.Scene(*shown, self.steps, self.values, note, *GUESSES[self.loss])

    def _look(self, loss):
        def look(z, mesh):
            fake = self.generator(z, training=False)
            with tf.GradientTape() as tape:
                tape.watch(fake)
                # The mean of n losses has gradients n times smaller than each point's own.
                value = loss.generator(self.discriminator(fake, training=False)) * len(z)
            logits = self.discriminator(mesh, training=False)
            return fake, -tape.gradient(value, fake), believed(loss, logits)

        return look
