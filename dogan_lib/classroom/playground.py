"""A GAN in the plane that plays while you watch, in the spirit of GAN Lab.

    playground = Playground("ring")
    playground          # in a notebook: play, pause, step, stop; every slider works while it plays

`Game` trains and `scene` draws; `Playground` is the widgets around them. Only what ipywidgets 7.7
and 8 both have is used, so it plays in JupyterLab, the classic notebook and Colab.

Reference: Kahng et al. 2018, GAN Lab, https://poloclub.github.io/ganlab/
"""

from pathlib import Path

import ipywidgets as widgets
import keras
import numpy as np
import tensorflow as tf

from dogan_lib import losses
from dogan_lib.classroom import points, scene, stills
from dogan_lib.models import vanilla
from dogan_lib.runtime import write_atomically

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


def plane_generator(seed: int | None = None) -> keras.Model:
    """Latents (batch, 2) -> points (batch, 2), through two layers of 64."""
    return vanilla.generator(2, 2, (64, 64), "linear", last_scale=1.0, seed=seed)


def plane_discriminator(seed: int | None = None) -> keras.Model:
    """Points (batch, 2) -> logits (batch, 1), through two layers of 64."""
    return vanilla.discriminator(2, (64, 64), first_scale=1.0, seed=seed)


class Game:
    """Two small networks that play V(D, G) on points in the plane.

    Args:
        data: one of `points.SHAPES`.
        generator: latents -> points (batch, 2); `plane_generator()` where none is given.
        discriminator: points (batch, 2) -> logits (batch, 1); `plane_discriminator()`.
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
        self.generator = generator or plane_generator(seed)
        self.discriminator = discriminator or plane_discriminator(seed + 100)
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
            return fake, -tape.gradient(value, fake), loss.opinion(logits)

        return look


class Playground:
    """The game as widgets: displays itself as the last line of a cell.

    Args:
        game: a `Game`, or the name of its data.

    Attributes:
        play: `widgets.Play`; each new `.value` is one picture. The browser counts, and waits for
            the kernel, so nothing blocks and nothing piles up. Its stop button starts anew.
        step, reset: buttons.
        data, loss: menus.
        g_rate, d_rate, d_steps, rounds: sliders; `rounds` are the updates of G for each picture.
        image: `widgets.Image` with the picture.
        box: the widget that holds them all.
    """

    def __init__(self, game: Game | str = "ring"):
        self.game = Game(game) if isinstance(game, str) else game
        self._make_controls()
        self._listen()
        first = widgets.HBox([self.data, self.loss, self.play, self.step, self.reset])
        second = widgets.HBox([self.g_rate, self.d_rate])
        third = widgets.HBox([self.d_steps, self.rounds])
        self.image = widgets.Image(format="jpeg", width=scene.WIDTH, height=scene.HEIGHT)
        self.box = widgets.VBox([first, second, third, self.image])
        self.draw()

    def _make_controls(self):
        game = self.game
        short = widgets.Layout(width="215px")
        self.data = _menu("data", points.SHAPES, game.data)
        self.loss = _menu("G's loss", LOSSES, game.loss)
        self.play = widgets.Play(min=0, max=1_000_000, interval=40, show_repeat=False)
        self.step = widgets.Button(description="step", layout=widgets.Layout(width="70px"))
        self.reset = widgets.Button(description="reset", layout=widgets.Layout(width="70px"))
        self.g_rate = _rate("lr of G", game.g_rate)
        self.d_rate = _rate("lr of D", game.d_rate)
        self.d_steps = _count("D steps", game.d_steps, 10)
        self.rounds = _count("speed", 10, 50)
        for menu in (self.data, self.loss):
            menu.layout = short

    def _listen(self):
        self.play.observe(self._on_play, "value")
        self.step.on_click(lambda _: self.advance())
        self.reset.on_click(lambda _: self.restart())
        self.data.observe(self._on_data, "value")
        self.loss.observe(self._on_loss, "value")
        for name in ("g_rate", "d_rate", "d_steps"):
            slider = getattr(self, name)
            slider.observe(lambda change, name=name: setattr(self.game, name, change.new), "value")

    def _on_play(self, change):
        if change.new == self.play.min:  # the stop button
            self.restart()
        else:
            self.advance()

    def _on_data(self, change):
        self.game.choose(change.new)
        self.draw()

    def _on_loss(self, change):
        self.game.loss = change.new
        self.draw()

    def advance(self, pictures: int = 1) -> None:
        """Train and draw, so many times: what play does at each tick."""
        for _ in range(pictures):
            self.game.train(self.rounds.value)
            self.draw()

    def restart(self) -> None:
        """The untrained networks again; data, loss and sliders stay."""
        self.game.reset()
        self.draw()

    def draw(self) -> None:
        """Bring the picture up to date."""
        self.scene = self.game.scene()
        self.image.value = scene.encoded(scene.render(self.scene))

    def _ipython_display_(self):
        """Widgets where a page can run them; a still picture where it cannot, as on GitHub."""
        png = scene.encoded(scene.render(self.scene), "png")
        stills.show(self.box, png, self.scene.alt())


def _menu(label, options, value):
    return widgets.Dropdown(description=label, options=list(options), value=value)


def _rate(label, value):
    layout = widgets.Layout(width="440px")
    return widgets.FloatLogSlider(
        value, description=label, min=-5, max=-1, step=0.1, readout_format=".1e", layout=layout
    )


def _count(label, value, largest):
    layout = widgets.Layout(width="440px")
    return widgets.IntSlider(value, 1, largest, description=label, layout=layout)


def record(path: str | Path, data: str = "ring", pictures: int = 60, rounds: int = 25) -> Path:
    """Play for a while and write an animated WebP; the README's is `docs/playground.webp`.

    Args:
        pictures: how many; the last one stays for three seconds.
        rounds: updates of G between two pictures.
    """
    game = Game(data)
    frames = [scene.render(game.scene())]
    for _ in range(pictures - 1):
        game.train(rounds)
        frames.append(scene.render(game.scene()))
    times = [100] * (pictures - 1) + [3000]
    rest = dict(append_images=frames[1:], duration=times, loop=0, quality=60, method=4)
    with write_atomically(path) as temporary:
        frames[0].save(temporary, "webp", save_all=True, **rest)
    return Path(path)
