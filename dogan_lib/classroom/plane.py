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
from dogan_lib.plots import PALETTE

LOSSES = {
    "non-saturating": losses.NonSaturating(),
    "minimax": losses.Minimax(),
    "least squares": losses.LeastSquares(),
}
#: V where D can only guess, and its name in the picture, where they are not -log 4.
GUESSES = {"least squares": (-0.25, "-1/4")}
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


def adam(rate: float, player: keras.Model) -> keras.optimizers.Adam:
    """Adam with DCGAN's beta_1 = 0.5, its variables made: a `tf.function` may not make them."""
    optimizer = keras.optimizers.Adam(rate, beta_1=0.5)
    optimizer.build(player.trainable_variables)
    return optimizer


def follower(G: keras.Model, decay: float = 0.995):
    """A copy of G that follows the mean of its last weights, and the function that moves it."""
    averaged = keras.models.clone_model(G)
    averaged.set_weights(G.get_weights())

    @tf.function
    def follow():
        for mean, weight in zip(averaged.weights, G.weights, strict=True):
            mean.assign(decay * mean + (1 - decay) * weight)

    return averaged, follow


def show_points(ax, fake: np.ndarray, step: int) -> None:
    """The ring and the first 400 fakes; the title counts the modes that all of them find."""
    for cloud, who, marker in (
        (points.sample("ring", 400), "real", "o"),
        (fake[:400], "fake", "D"),
    ):
        ax.scatter(*cloud.T, s=9, color=PALETTE[who], marker=marker)
    modes = points.modes_found(fake, points.CENTRES["ring"])
    ax.set(xlim=(-3, 3), ylim=(-3, 3), xticks=[], yticks=[], aspect="equal")
    ax.set_title(f"update {step}\n{modes} of 8 modes", fontsize=13)


class Game:
    """Two small networks that play V(D, G) on points in the plane.

    Args:
        data: one of `points.SHAPES`.
        generator: latents -> points (batch, 2); `small_generator()` where none is given.
        discriminator: points (batch, 2) -> logits (batch, 1); `small_discriminator()`.
        loss: `"non-saturating"`, `"minimax"` or `"least squares"` with the targets (0, 1, 1), whose
            D(x) is the logit itself and V the negative of D's loss.
        g_rate, d_rate: Adam's learning rates; may be changed at any time, as may `loss`.
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
        self.g_optimizer = adam(g_rate, self.generator)
        self.d_optimizer = adam(d_rate, self.discriminator)
        self.g_rate, self.d_rate, self.d_steps = g_rate, d_rate, d_steps
        self.loss, self.batch = loss, batch
        self.random = keras.random.SeedGenerator(seed)
        self.latent_dim = self.generator.input_shape[-1]
        self.z = np.random.default_rng(seed).standard_normal((1000, self.latent_dim), "float32")
        parts = (self.generator, self.discriminator, self.g_optimizer, self.d_optimizer)
        state = [v for part in parts for v in part.variables] + [self.random.state]
        self._start = [(variable, variable.numpy()) for variable in state]
        self.choose(data)

    def choose(self, data: str) -> None:
        """Play on other data, from the start."""
        self.data = data
        self.real = points.sample(data, POOL, seed=1)
        self.reset()

    def reset(self) -> None:
        """The first weights again, and the same luck; the learning rates stay as they are."""
        for variable, value in self._start:
            variable.assign(value)
        self.steps: list[int] = []
        self.values: list[float] = []

    def train(self, rounds: int = 10) -> float:
        """`rounds` times: `d_steps` updates of D, one of G. Returns the V(D, G) that D saw last."""
        self.g_optimizer.learning_rate, self.d_optimizer.learning_rate = self.g_rate, self.d_rate
        # Tensors, since a Python number would be compiled into the graph anew each time.
        counts = tf.constant(rounds), tf.constant(self.d_steps)
        self.values.append(float(self._play(self.loss, self.real, *counts)))
        self.steps.append(rounds + (self.steps[-1] if self.steps else 0))
        return self.values[-1]

    @tf.function  # one graph for each name of a loss
    def _play(self, loss, real, rounds, d_steps):
        players, loss, value = (self.discriminator, self.generator), LOSSES[loss], tf.constant(0.0)
        for _ in tf.range(rounds):
            for _ in tf.range(d_steps):
                rows = keras.random.randint((self.batch,), 0, POOL, seed=self.random)
                x, z = tf.gather(real, rows), self._latents()
                value = -update_discriminator(*players, self.d_optimizer, loss, x, z)
            update_generator(*players, self.g_optimizer, loss, self._latents())
        return value

    def _latents(self):
        return keras.random.normal((self.batch, self.latent_dim), seed=self.random)

    def fake(self) -> np.ndarray:
        """What G makes of the same 1,000 latents each time, (1000, 2)."""
        return np.asarray(self.generator(self.z, training=False))

    def modes(self) -> tuple[int, int] | None:
        """Modes with at least a quarter of their share of fake points, and modes there are."""
        where = points.CENTRES.get(self.data)
        return None if where is None else (points.modes_found(self.fake(), where), len(where))

    def scene(self) -> scene.Scene:
        """Everything that the picture shows, as it is now."""
        counted = self.modes()
        return scene.Scene(
            self.real[:SHOWN],
            *(value.numpy() for value in self._look(self.loss)),
            self.steps,
            self.values,
            "{} of {} modes".format(*counted) if counted else "",
            *GUESSES.get(self.loss, ()),
        )

    @tf.function
    def _look(self, loss):
        """Fakes (SHOWN, 2), what pulls them (SHOWN, 2), and D's field as a square."""
        loss, mesh = LOSSES[loss], scene.mesh()
        fake = self.generator(self.z[:SHOWN], training=False)
        with tf.GradientTape() as tape:
            tape.watch(fake)
            # The mean of n losses has gradients n times smaller than each point's own.
            value = loss.generator(self.discriminator(fake, training=False)) * SHOWN
        field = believed(loss, self.discriminator(mesh, training=False))
        side = round(len(mesh) ** 0.5)
        return fake, -tape.gradient(value, fake), tf.reshape(field, (side, side))
