"""The one training step of the course: any G, any D, any loss, any condition.

gan = GAN(dcgan.generator_32(), dcgan.discriminator_32(), latent_dim=100)
gan.compile(loss=losses.NonSaturating(), ema=0.999)
gan.fit(dogs.batches(64), epochs=60)
gan.sample(16, seed=1)
"""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

# augment and penalties register their classes: without them a saved GAN could not be read back.
from dogan_lib import augment as _augment  # noqa: F401
from dogan_lib import penalties as _penalties  # noqa: F401
from dogan_lib.diagnosis import SIGNALS, variety
from dogan_lib.layers import fast_path
from dogan_lib.losses import AdversarialLoss, NonSaturating


def latents(n: int, dim: int, seed: int = 0, truncation: float | None = None) -> np.ndarray:
    """n draws of z ~ N(0, I), float32 (n, dim), the same for the same seed.

    Args:
        truncation: redraw every number whose magnitude is above it (BigGAN's truncation trick).
    """
    random = np.random.default_rng(seed)
    z = random.standard_normal((n, dim), dtype="float32")
    if truncation is not None:
        if truncation <= 0:
            raise ValueError(f"truncation is a positive threshold on |z|, not {truncation}")
        while (outside := np.abs(z) > truncation).any():
            z[outside] = random.standard_normal(outside.sum(), dtype="float32")
    return z


def default_optimizer() -> keras.optimizers.Optimizer:
    """Adam as in DCGAN: 2e-4, beta_1 0.5."""
    return keras.optimizers.Adam(2e-4, beta_1=0.5)


@keras.saving.register_keras_serializable("dogan")
class GAN(keras.Model):
    """A generator and a discriminator that train each other through `fit`.

    The data decides what is conditional: batches are tuples `(images, *conditions)`, G is called
    with `[z, *conditions]` and D with `[images, *conditions]`.

    Args:
        generator: latents (and conditions) -> images (batch, H, W, 3) in [-1, 1].
        discriminator: images (and conditions) -> logits (batch, 1).
        latent_dim: numbers in one z.
        seed: of the latents drawn while training.
    """

    def __init__(self, generator, discriminator, latent_dim: int = 100, seed: int = 0, **kwargs):
        super().__init__(**kwargs)
        self.generator = generator
        self.discriminator = discriminator
        self.latent_dim = latent_dim
        self.seed = seed
        self.random = keras.random.SeedGenerator(seed)
        # The average starts as a copy; clone_model alone would leave fresh random weights.
        self.ema_generator = keras.models.clone_model(generator)
        self.ema_generator.set_weights(generator.get_weights())
        self.ema_generator.trainable = False
        self._make_counters()
        self.built = True

    def _make_counters(self):
        def counter(name, start):
            return self.add_weight(
                name=name,
                shape=(),
                dtype="int64",
                initializer=keras.initializers.Constant(start),
                trainable=False,
                aggregation="only_first_replica",
            )

        self.step = counter("step", 0)
        self.bad_step = counter("bad_step", -1)

    def compile(
        self,
        loss: AdversarialLoss | None = None,
        g_optimizer: keras.optimizers.Optimizer | None = None,
        d_optimizer: keras.optimizers.Optimizer | None = None,
        augment=None,
        penalties: Sequence = (),
        d_steps: int = 1,
        ema: float = 0.999,
        **kwargs,
    ):
        """Choose how to train.

        Args:
            loss: one of `dogan_lib.losses`; `NonSaturating()` where none is given.
            g_optimizer, d_optimizer: Adam(2e-4, beta_1=0.5) where none is given.
            augment: applied to real and fake in front of D, in both steps: `DiffAugment(...)`.
            penalties: from `dogan_lib.penalties`, added to D's loss.
            d_steps: D updates before one G update. Each takes its own share of the batch, so
                hand in batches that are `d_steps` times as large.
            ema: decay of the averaged generator, reached after a warm-up; 0 turns it off.
            **kwargs: `jit_compile`, `steps_per_execution`, `run_eagerly` of `keras.Model.compile`.
        """
        if not 0 <= ema < 1:
            raise ValueError(f"ema is a decay in [0, 1), not {ema}")
        if d_steps < 1:
            raise ValueError(f"d_steps is at least 1, not {d_steps}")
        # Without optimizer=None Keras adds an RMSprop of its own.
        super().compile(optimizer=None, **kwargs)
        self.adversarial_loss = loss or NonSaturating()
        self.augment = augment
        self.penalties = tuple(penalties)
        self.d_steps, self.ema = d_steps, ema
        self.g_optimizer = self._prepare(g_optimizer, self.generator)
        self.d_optimizer = self._prepare(d_optimizer, self.discriminator)
        self._compiled_with = kwargs
        self._means = {name: keras.metrics.Mean(name=name) for name in SIGNALS}
        # Same layers and variables as the two networks; hidden from Keras, which would save them
        # twice.
        object.__setattr__(self, "_fast_generator", fast_path(self.generator))
        object.__setattr__(self, "_fast_discriminator", fast_path(self.discriminator))

    @staticmethod
    def _prepare(optimizer, model):
        """Scale for float16 and build now: an unbuilt optimizer loses its state on load."""
        optimizer = optimizer or default_optimizer()
        scaled = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        if keras.config.dtype_policy().name == "mixed_float16" and not scaled:
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        optimizer.build(model.trainable_variables)
        return optimizer

    @property
    def metrics(self):
        return list(self._means.values()) if self.compiled else []

    def call(self, inputs, training=False):
        """What the trained model is for: the averaged generator."""
        return self.ema_generator(inputs, training=training)

    def _maybe_symbolic_build(self, *args, **kwargs):
        """Nothing: networks and optimizers are built from the start.

        Under a distribution strategy Keras would first draw a batch to build by, which moves the
        data's epochs on by one, and which fails with several workers.
        """

    # One step ----------------------------------------------------------------------------------

    def train_step(self, data):
        """`d_steps` updates of D, then one of G, on one batch `(images, *conditions)`."""
        parts = data if isinstance(data, tuple) else (data,)
        # `train_on_batch` pads the tuple with None for targets and weights.
        shares = [tf.split(part, self.d_steps) for part in parts if part is not None]
        *early, (real, *conditions) = zip(*shares, strict=True)
        for early_real, *early_conditions in early:
            early_fake = self._generate(early_real, early_conditions)
            self._update_discriminator(early_real, early_fake, early_conditions)

        # One forward pass of G serves both players: D learns from these fakes as constants, and
        # then judges the same ones for G.
        with tf.GradientTape() as tape:
            fake = self._generate(real, conditions)
        d_loss, real_logits, fake_logits = self._update_discriminator(
            real, tf.stop_gradient(fake), conditions
        )
        with tape:
            g_loss = self._generator_loss(real, fake, conditions)
            scaled = self.g_optimizer.scale_loss(g_loss / replicas())
        variables = self._fast_generator.trainable_variables
        gradients = tape.gradient(scaled, variables)
        self.g_optimizer.apply(gradients, variables)
        self._follow()
        scale = self.g_optimizer.scale_loss(tf.ones(()) / replicas())
        return self._record(
            d_loss=d_loss,
            g_loss=g_loss,
            real_score=tf.reduce_mean(real_logits),
            fake_score=tf.reduce_mean(fake_logits),
            g_gradient=tf.linalg.global_norm(gradients) / scale,
            variety=variety(real, fake),
        )

    def _draw(self, n):
        """n latents for one step: this replica's share of what one device would draw for all."""
        z = keras.random.normal((replicas() * n, self.latent_dim), seed=self.random)
        if replicas() == 1:
            return z
        first = tf.distribute.get_replica_context().replica_id_in_sync_group * n
        return z[first : first + n]

    def _generate(self, images, conditions):
        z = self._draw(tf.shape(images)[0])
        return self._fast_generator(_join(z, conditions), training=True)

    def _judge(self, images, conditions):
        if self.augment is not None:
            images = self.augment(images)
        return self._fast_discriminator(_join(images, conditions), training=True)

    def _update_discriminator(self, real, fake, conditions):
        """Move D, and D alone."""
        with tf.GradientTape() as tape:
            real_logits, fake_logits = self._judge_both(real, fake, conditions)
            loss = self.adversarial_loss.discriminator(real_logits, fake_logits)
            total = loss
            for penalty in self.penalties:
                total += penalty(self._critic(conditions), real, fake)
            scaled = self.d_optimizer.scale_loss(total / replicas())
        variables = self._fast_discriminator.trainable_variables
        self.d_optimizer.apply(tape.gradient(scaled, variables), variables)
        return total, real_logits, fake_logits

    def _judge_both(self, real, fake, conditions):
        """Real and fake pass through D apart, each with its own batch statistics."""
        return self._judge(real, conditions), self._judge(fake, conditions)

    def _critic(self, conditions):
        """D as a function of pictures alone; a penalty may look at the first few of a batch."""
        return lambda images: self._judge(images, [c[: tf.shape(images)[0]] for c in conditions])

    def _generator_loss(self, real, fake, conditions):
        real_logits = self._judge(real, conditions) if self.adversarial_loss.needs_real else None
        return self.adversarial_loss.generator(self._judge(fake, conditions), real_logits)

    def _follow(self):
        """Move the average of *all* weights, batch statistics too, towards the generator."""
        self.step.assign_add(1)
        step = tf.cast(self.step, "float32")
        # A decay of 0.999 remembers the random start for thousands of steps: warm up.
        decay = tf.minimum(self.ema, (1 + step) / (10 + step)) if self.ema else 0.0
        for mean, weight in zip(self.ema_generator.weights, self.generator.weights, strict=True):
            rate = tf.cast(1 - decay, mean.dtype)
            mean.assign(mean + rate * (tf.convert_to_tensor(weight) - mean))

    def _record(self, **signals):
        finite = tf.math.is_finite(signals["d_loss"]) & tf.math.is_finite(signals["g_loss"])
        first = ~finite & (tf.convert_to_tensor(self.bad_step) < 0)
        self.bad_step.assign(tf.where(first, self.step, self.bad_step))
        for name, value in signals.items():
            self._means[name].update_state(value)
        logs = {mean.name: mean.result() for mean in self.metrics}
        if isinstance(tf.distribute.get_strategy(), tf.distribute.MultiWorkerMirroredStrategy):
            # There Keras takes the mean over an axis that a scalar does not have.
            logs = {name: value[None] for name, value in logs.items()}
        return logs

    # Around the step ---------------------------------------------------------------------------

    def fit(self, x=None, callbacks=None, shuffle=False, **kwargs):
        """`keras.Model.fit`, stopped by a clear error at the first loss that is not a number."""
        # Last, so that the others have seen the step that it stops at.
        callbacks = [*(callbacks or []), StopOnNaN()]
        return super().fit(x, callbacks=callbacks, shuffle=shuffle, **kwargs)

    def sample(self, n, seed=0, truncation=None, labels=None, captions=None, ema=True):
        """n pictures, float32 (n, H, W, 3) in [-1, 1]; see `checkpoints.Generator.sample`."""
        from dogan_lib.checkpoints import Generator

        model = self.ema_generator if ema and self.ema else self.generator
        return Generator(model).sample(n, seed, truncation, labels, captions)

    # Saving ------------------------------------------------------------------------------------

    def get_config(self):
        return {
            "generator": keras.saving.serialize_keras_object(self.generator),
            "discriminator": keras.saving.serialize_keras_object(self.discriminator),
            "latent_dim": self.latent_dim,
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config):
        networks = ("generator", "discriminator")
        revived = {name: keras.saving.deserialize_keras_object(config[name]) for name in networks}
        return cls(**{**config, **revived})

    def get_compile_config(self):
        parts = {
            "loss": self.adversarial_loss,
            "g_optimizer": self.g_optimizer,
            "d_optimizer": self.d_optimizer,
            "augment": self.augment,
            "penalties": list(self.penalties),
        }
        revivable = {k: keras.saving.serialize_keras_object(v) for k, v in parts.items()}
        return {**revivable, "d_steps": self.d_steps, "ema": self.ema, **self._compiled_with}

    def compile_from_config(self, config):
        revived = {k: keras.saving.deserialize_keras_object(v) for k, v in config.items()}
        self.compile(**revived)

    def _random_states(self):
        """Every generator of random numbers in play: latents, dropout, augmentation, penalties."""
        layers = [self.generator, self.discriminator]
        found = [seed for net in layers for sub in net._flatten_layers() for seed in _seeds(sub)]
        objects = [self.augment, *self.penalties] if self.compiled else []
        found += [o.random for o in objects if hasattr(o, "random")]
        return [self.random.state, *(seed.state for seed in found)]

    def save_own_variables(self, store):
        super().save_own_variables(store)
        # Keras leaves random states out; without them a resumed run is another run.
        for i, state in enumerate(self._random_states()):
            store[f"random_{i}"] = np.asarray(state)

    def load_own_variables(self, store):
        states = {key: store[key] for key in store.keys() if key.startswith("random_")}
        own = {key: store[key] for key in store.keys() if key not in states}
        super().load_own_variables(own)
        for i, state in enumerate(self._random_states()):
            if f"random_{i}" in states:
                state.assign(states[f"random_{i}"])


def replicas() -> int:
    """Devices that share a step. Keras sums their gradients; a loss over all is their mean."""
    return tf.distribute.get_strategy().num_replicas_in_sync


def number(counter) -> int:
    """A counter's value, also where a distribution strategy keeps a copy on each device."""
    return int(tf.convert_to_tensor(counter))


def _join(first, conditions):
    return [first, *conditions] if conditions else first


def _seeds(layer):
    return [v for v in vars(layer).values() if isinstance(v, keras.random.SeedGenerator)]


class StopOnNaN(keras.callbacks.Callback):
    """End the run at the first loss that is not finite, and say which and where."""

    def on_train_batch_end(self, batch, logs=None):
        bad = {k: v for k, v in (logs or {}).items() if k.endswith("_loss") and not np.isfinite(v)}
        if bad:
            losses = " and ".join(f"{name} = {float(value)}" for name, value in bad.items())
            raise FloatingPointError(
                f"training stopped: {losses} at step {number(self.model.bad_step)}. The last saved "
                "checkpoint is untouched; lower the learning rates, or add a penalty or "
                "normalisation to D, and resume from it."
            )


class Resume(keras.callbacks.Callback):
    """Write the whole GAN to one `.keras` file as it trains, whole or not at all.

    A run that is killed goes on from the file with `GAN.fit(..., initial_epoch=resume.epoch)`
    after `keras.models.load_model(path)`: optimizers, step count, average and random states are
    as they were.

    Args:
        path: the file, ending in `.keras`.
        every: epochs between two writes; the last epoch is always written.
    """

    def __init__(self, path, every: int = 1):
        super().__init__()
        self.path, self.every = path, every

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every == 0 or epoch + 1 == self.params["epochs"]:
            self.save()

    def save(self):
        from dogan_lib.runtime import write_atomically

        with write_atomically(self.path) as temporary:
            self.model.save(temporary)
