"""What a training step has to know of other devices: on one, every answer is the simple one.

`GAN` is built and fitted inside the `scope()` of any `tf.distribute.Strategy`: each device, a
*replica*, works on an equal share of the batch, and Keras adds up their gradients.
"""

import keras
import tensorflow as tf


def replicas() -> int:
    """Devices that share a step."""
    return tf.distribute.get_strategy().num_replicas_in_sync


def draw(n, dim: int, random: keras.random.SeedGenerator):
    """n latents for one step: this replica's share of what one device would draw for all."""
    z = keras.random.normal((replicas() * n, dim), seed=random)
    if replicas() == 1:
        return z
    first = tf.distribute.get_replica_context().replica_id_in_sync_group * n
    return z[first : first + n]


def logs(means: dict) -> dict:
    """A step's logs as `fit` wants them."""
    if isinstance(tf.distribute.get_strategy(), tf.distribute.MultiWorkerMirroredStrategy):
        # There Keras takes the mean over an axis that a scalar does not have.
        return {name: value[None] for name, value in means.items()}
    return means


def number(counter) -> int:
    """A counter's value, also where a distribution strategy keeps a copy on each device."""
    return int(tf.convert_to_tensor(counter))


class BuiltModel(keras.Model):
    """A model whose networks and optimizers are built from the start: `fit` builds nothing.

    Keras would reduce a batch over all workers to build by, which fails for tuples (Keras 3.13 to
    3.15), and would move the data's epochs on by one. It has no public way to say no.
    """

    def _maybe_symbolic_build(self, *args, **kwargs):
        pass
