"""The one training step of the course: any G, any D, any loss, any condition.

gan = GAN(dcgan.generator_32(), dcgan.discriminator_32(), latent_dim=100)
gan.compile(loss=losses.NonSaturating(), ema=0.999)
gan.fit(dogs.batches(64), epochs=60)
"""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

import dogan_lib.augment  # noqa: F401 (registers its class, which a saved GAN may name)
from dogan_lib import distribution, losses, refusals
from dogan_lib.generator import Generator
from dogan_lib.saving import copied
from dogan_lib.signals import SIGNALS, variety


@keras.saving.register_keras_serializable("dogan")
class GAN(distribution.BuiltModel):
    """A generator and a discriminator that train each other through `fit`.

    The data decides what is conditional: batches are tuples `(images, *conditions)`, G is called
    with `[z, *conditions]` and D with `[images, *conditions]`.

    A D that looks through a frozen network has it as `features`, and the part that learns as
    `heads` (`models.projected`): each picture passes the frozen part once a step.

    Args:
        generator: latents (and conditions) -> images (batch, H, W, 3) in [-1, 1].
        discriminator: images (and conditions) -> logits (batch, k); losses average over them.
        latent_dim: numbers in one z; G says it, unless it is subclassed: then 100.
        seed: of the latents drawn while training.
    """

    def __init__(
        self, generator: keras.Model, discriminator: keras.Model, latent_dim=None, seed=0, **kwargs
    ):
        super().__init__(**kwargs)
        self.generator, self.discriminator, self.seed = generator, discriminator, seed
        self.latent_dim = refusals.check_networks(generator, discriminator, latent_dim)
        self._projected = all(hasattr(discriminator, part) for part in ("features", "heads"))
        self.ema = True  # until `compile` says otherwise; the average is a copy still
        self.random = keras.random.SeedGenerator(seed)
        self.ema_generator = copied(generator)
        self.ema_generator.trainable = False
        self.step = self._counter("step", 0)
        self.born = 0  # the step at which the average began; `pggan` begins it anew at each size
        self.bad_step = self._counter("bad_step", -1)
        self.signals = self._counter("signals", 0, (len(SIGNALS),), "float32")  # of the last step
        self.brightest = self._counter("brightest", 0, (), "float32")
        self.built = True

    def _counter(self, name, start, shape=(), dtype="int64"):
        start = keras.initializers.Constant(start)
        options = dict(trainable=False, aggregation="only_first_replica", autocast=False)
        return self.add_weight(name=name, shape=shape, dtype=dtype, initializer=start, **options)

    def compile(
        self,
        loss: losses.AdversarialLoss | None = None,
        g_optimizer: keras.optimizers.Optimizer | str | None = None,
        d_optimizer: keras.optimizers.Optimizer | str | None = None,
        augment=None,
        penalties: Sequence = (),
        d_steps: int = 1,
        ema: float = 0.999,
        **kwargs,
    ):
        """Choose how to train.

        Args:
            loss: of `dogan_lib.losses`; `NonSaturating()` if not given.
            g_optimizer, d_optimizer: of Keras, or their names; Adam as in DCGAN else.
            augment: applied to real and fake in front of D, in both steps: `DiffAugment(...)`.
            penalties: from `dogan_lib.penalties`, one or several, added to D's loss.
            d_steps: D updates before one G update. Each takes its own share of the batch, so
                hand in batches that are `d_steps` times as large.
            ema: decay of the averaged generator, reached after a warm-up; 0 turns it off.
            **kwargs: `jit_compile`, `steps_per_execution`, `run_eagerly` of `keras.Model.compile`.
        """
        if not 0 <= ema < 1:
            raise ValueError(f"ema is a decay in [0, 1), not {ema}")
        if d_steps < 1:
            raise ValueError(f"d_steps is at least 1, not {d_steps}")
        penalties = tuple(map(refusals.made, keras.tree.flatten(penalties)))
        loss = refusals.made(loss or losses.NonSaturating)
        refusals.check_players(self.discriminator, loss, g_optimizer, d_optimizer, penalties)
        # Without optimizer=None Keras adds an RMSprop of its own.
        super().compile(optimizer=None, **kwargs)
        self.adversarial_loss, self.augment = loss, refusals.made(augment)
        self.penalties, self.d_steps, self.ema = penalties, d_steps, ema
        self.g_optimizer = self._prepare(g_optimizer, self.generator)
        self.d_optimizer = self._prepare(d_optimizer, self.discriminator)
        self._compiled_with = kwargs
        self._means = {name: keras.metrics.Mean(name=name) for name in SIGNALS}

    @staticmethod
    def _prepare(optimizer, model):
        """Scale for float16 and build now: an unbuilt optimizer loses its state on load."""
        optimizer = refusals.made(optimizer) or keras.optimizers.Adam(2e-4, beta_1=0.5)
        optimizer = keras.optimizers.get(optimizer)
        scaled = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        if keras.config.dtype_policy().name == "mixed_float16" and not scaled:
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        optimizer.build(model.trainable_variables)
        return optimizer

    @property
    def metrics(self):
        return list(self._means.values()) if self.compiled else []

    # One step ----------------------------------------------------------------------------------

    def train_step(self, data):
        """As Goodfellow's algorithm 1, on `(images, *conditions)`: `d_steps` of D, one of G."""
        for real, *conditions in self._shares(data):
            with tf.GradientTape() as tape:  # of G, whose loss comes last
                fake = self._generate(real, conditions)
                fake_seen = self._look(fake)
            real_seen = self._look(real)
            d_loss, *logits = self._update_discriminator(real_seen, fake_seen, conditions)
        # D has learnt from these fakes as constants, and judges them for G; the paper draws others.
        with tape:
            g_loss = self._generator_loss(real_seen, fake_seen, conditions)
        g_gradient = self._descend(tape, g_loss, self.generator, self.g_optimizer)
        self._follow()
        return self._record(
            real,
            d_loss=d_loss,
            g_loss=g_loss,
            real_score=tf.reduce_mean(logits[0]),
            fake_score=tf.reduce_mean(logits[1]),
            g_gradient=g_gradient,
            variety=variety(real, fake[: tf.shape(real)[0]]),  # `TextGAN` draws more
        )

    def _update_discriminator(self, real, fake, conditions):
        """Move D, and D alone; `real` and `fake` are what `_look` returned."""
        real, fake = tf.nest.map_structure(tf.stop_gradient, (real, fake))
        with tf.GradientTape() as tape:
            real_logits, fake_logits = self._judge_both(real, fake, conditions)
            loss = self.adversarial_loss.discriminator(real_logits, fake_logits)
            for penalty in self.penalties:
                loss += penalty(self._critic(conditions), real, fake)
        self._descend(tape, loss, self.discriminator, self.d_optimizer)
        return loss, real_logits, fake_logits

    def _generator_loss(self, real, fake, conditions):
        """How far D is from taking the fakes for real; both are what `_look` returned."""
        real_logits = self._judge(real, conditions) if self.adversarial_loss.needs_real else None
        return self.adversarial_loss.generator(self._judge(fake, conditions), real_logits)

    @staticmethod
    def _descend(tape, loss, player, optimizer):
        """Move one player down its loss; how long the gradient was."""
        # Float16 needs larger losses, and of several devices each adds its share.
        scale = optimizer.scale_loss(tf.ones(())) / distribution.replicas()
        with tape:
            scaled = scale * loss
        gradients = tape.gradient(scaled, player.trainable_variables)
        optimizer.apply(gradients, player.trainable_variables)
        return tf.linalg.global_norm(gradients) / scale

    # What the players see ----------------------------------------------------------------------

    def _shares(self, data):
        """The batch in `d_steps` equal shares, each `[images, *conditions]`."""
        parts = data if isinstance(data, tuple) else (data,)
        refusals.check_pictures(parts[0])
        # `train_on_batch` pads the tuple with None for targets and weights.
        shares = [tf.split(part, self.d_steps) for part in parts if part is not None]
        return list(zip(*shares, strict=True))

    def _draw(self, n):
        """n latents for one step."""
        return distribution.draw(n, self.latent_dim, self.random)

    def _generate(self, images, conditions):
        """As many fakes as there are real pictures, for the same conditions."""
        z = self._draw(tf.shape(images)[0])
        return self.generator(_join(z, conditions), training=True)

    def _look(self, images):
        """What D is handed of pictures: augmented, and through its frozen features if it has any.

        Fakes are looked at once; D's update and G's judge the same view of them.
        """
        if self.augment is not None:
            images = self.augment(images)
        return self.discriminator.features(images) if self._projected else images

    def _judge(self, seen, conditions):
        """D's logits of what `_look` returned."""
        learning = self.discriminator.heads if self._projected else self.discriminator
        return learning(_join(seen, conditions), training=True)

    def _judge_both(self, real, fake, conditions):
        """Real and fake pass through D apart, each with its own batch statistics."""
        return self._judge(real, conditions), self._judge(fake, conditions)

    def _critic(self, conditions):
        """D as a function of what it sees; a penalty may look at the first few of a batch."""
        return lambda seen: self._judge(seen, [c[: tf.shape(seen)[0]] for c in conditions])

    def _follow(self):
        """Move the average of *all* weights, batch statistics too, towards the generator."""
        self.step.assign_add(1)
        step = tf.cast(self.step - self.born, "float32")
        # A decay of 0.999 remembers the random start for thousands of steps: warm up.
        decay = tf.minimum(self.ema, (1 + step) / (10 + step)) if self.ema else 0.0
        for mean, weight in zip(self.ema_generator.weights, self.generator.weights, strict=True):
            rate = tf.cast(1 - decay, mean.dtype)
            mean.assign(mean + rate * (tf.convert_to_tensor(weight) - mean))

    def _record(self, real, **signals):
        """Keep what `StopOnNaN` and `Recorder` read, and what `fit` reports."""
        # A step that float16's loss scale skips has no gradient: that of the step before stays.
        norm, place = signals["g_gradient"], SIGNALS.index("g_gradient")
        before = tf.convert_to_tensor(self.signals)[place]
        signals["g_gradient"] = tf.where(tf.math.is_finite(norm), norm, before)
        self.brightest.assign(tf.maximum(self.brightest, refusals.brightness(real)))
        finite = tf.math.is_finite(signals["d_loss"]) & tf.math.is_finite(signals["g_loss"])
        first = ~finite & (tf.convert_to_tensor(self.bad_step) < 0)
        self.bad_step.assign(tf.where(first, self.step, self.bad_step))
        self.signals.assign(tf.stack([tf.cast(signals[name], "float32") for name in SIGNALS]))
        for name, value in signals.items():
            self._means[name].update_state(value)
        return distribution.logs({mean.name: mean.result() for mean in self.metrics})

    # Around the step ---------------------------------------------------------------------------

    def fit(self, x=None, *args, callbacks=None, shuffle=False, **kwargs):
        """`keras.Model.fit`, stopped by a clear error at the first loss that is not a number."""
        # Last, so that the others have seen the step that it stops at.
        callbacks = [*keras.tree.flatten(callbacks or []), refusals.StopOnNaN()]
        return super().fit(x, *args, callbacks=callbacks, shuffle=shuffle, **kwargs)

    def sample(self, n, seed=0, truncation=None, labels=None, captions=None, ema=True):
        """n pictures, float32 (n, H, W, 3) in [-1, 1]; see `generator.Generator.sample`."""
        model = self.ema_generator if ema and self.ema else self.generator
        return Generator(model, None, self.latent_dim).sample(n, seed, truncation, labels, captions)

    # Saving ------------------------------------------------------------------------------------

    def get_config(self):
        players = {"generator": self.generator, "discriminator": self.discriminator}
        revivable = {k: keras.saving.serialize_keras_object(v) for k, v in players.items()}
        return {**revivable, "latent_dim": self.latent_dim, "seed": self.seed}

    @classmethod
    def from_config(cls, config):
        return cls(**{k: keras.saving.deserialize_keras_object(v) for k, v in config.items()})

    def get_compile_config(self):
        names = ("g_optimizer", "d_optimizer", "augment", "penalties")
        parts = {"loss": self.adversarial_loss, **{name: getattr(self, name) for name in names}}
        revivable = {k: keras.saving.serialize_keras_object(v) for k, v in parts.items()}
        return {**revivable, "d_steps": self.d_steps, "ema": self.ema, **self._compiled_with}

    def compile_from_config(self, config):
        self.compile(**{k: keras.saving.deserialize_keras_object(v) for k, v in config.items()})

    def _random_states(self):
        """Every generator of random numbers in play: latents, dropout, augmentation, penalties."""
        states = [v for v in self.variables if v.name == "seed_generator_state"]
        parts = [self.augment, *self.penalties] if self.compiled else []
        kept = [value for part in parts if part is not None for value in vars(part).values()]
        return states + [x.state for x in kept if isinstance(x, keras.random.SeedGenerator)]

    def save_own_variables(self, store):
        super().save_own_variables(store)
        # Keras leaves random states out; without them a resumed run is another run.
        for i, state in enumerate(self._random_states()):
            store[f"random_{i}"] = np.asarray(state)

    def load_own_variables(self, store):
        random = [key for key in store.keys() if key.startswith("random_")]
        super().load_own_variables({k: store[k] for k in store.keys() if k not in random})
        for i, state in enumerate(self._random_states()[: len(random)]):
            state.assign(store[f"random_{i}"])


def _join(first, conditions):
    parts = [*tf.nest.flatten(first), *conditions]
    return parts if len(parts) > 1 else parts[0]
