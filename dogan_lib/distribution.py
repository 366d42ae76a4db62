"""One training on several devices or machines, through the same `fit`.

    dogan train biggan64 --strategy mirrored                            # all GPUs of this machine

    export TF_CONFIG='{"cluster": {"worker": ["10.0.0.1:2222", "10.0.0.2:2222"]},
                       "task": {"type": "worker", "index": 0}}'         # 1 on the other machine
    dogan train biggan64 --strategy multiworker --out /shared/biggan64  # on both

Every device, a *replica*, has a copy of the networks and works on an equal share of each batch;
their gradients are added up, so all copies stay the same. The batch size is that of the whole
batch. On networks that look at one picture at a time the losses are those of one device, up to
rounding. Two kinds of layers look at the batch, and see only their replica's share of it:

- batch normalisation: means and variances are noisier, those of batch 32 on four devices are of 8
  pictures each; the moving averages that pictures are drawn with are the mean over the replicas;
- the minibatch standard deviation: its groups never span two replicas. Keep at least four pictures
  (one group) a replica.

Random numbers inside layers and augmentations (dropout, shifts) are the same on all replicas, each
applied to other pictures; latents differ.

TensorFlow's server, which `multiworker` starts, listens on all of the machine's network interfaces
and asks for no password: use it in a network that you trust.

Reference: https://www.tensorflow.org/guide/distributed_training
"""

import json
import os

import keras
import tensorflow as tf

STRATEGIES = ("mirrored", "multiworker")


def strategy(name: str | None = None):
    """The `tf.distribute.Strategy` to train under: build and load networks inside its `scope()`.

    Args:
        name: "mirrored" for all devices of this machine, "multiworker" for the machines that
            `$TF_CONFIG` names, None for one device. Ask before TensorFlow computes anything.

    Raises:
        ValueError: there is no such strategy, or no machines are named.
    """
    if name is None:
        return tf.distribute.get_strategy()
    if name == "mirrored":
        devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
        return tf.distribute.MirroredStrategy([device.name for device in devices])
    if name != "multiworker":
        raise ValueError(f"no strategy {name!r}; there is {', '.join(STRATEGIES)}")
    workers = _cluster().get("cluster", {}).get("worker", [])
    if not workers:
        raise ValueError(
            "multiworker needs $TF_CONFIG, which names all machines and this one's place among "
            "them; see `python -c 'import dogan_lib.distribution as d; help(d)'`"
        )
    return tf.distribute.MultiWorkerMirroredStrategy()


def is_chief() -> bool:
    """Does this process write the files? All do, unless `$TF_CONFIG` says it is a later worker."""
    return _cluster().get("task", {}).get("index", 0) == 0


def check(replicas: int, batch_size: int) -> None:
    """Refuse a batch that cannot be shared equally.

    Raises:
        ValueError: with the numbers of devices that can.
    """
    if batch_size % replicas:
        fit = ", ".join(str(n) for n in range(1, batch_size) if batch_size % n == 0)
        raise ValueError(
            f"{replicas} devices cannot share a batch of {batch_size} equally; {fit} can. Hide "
            "some with CUDA_VISIBLE_DEVICES"
        )


def _cluster() -> dict:
    text = os.environ.get("TF_CONFIG") or "{}"
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"$TF_CONFIG is not JSON: {error}") from None


# What one training step has to know of it ---------------------------------------------------------


def replicas() -> int:
    """Devices that share a step. Keras sums their gradients; a loss over all is their mean."""
    return tf.distribute.get_strategy().num_replicas_in_sync


def share(loss):
    """This replica's part of the mean loss over all replicas."""
    return loss / replicas()


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
    """A model whose networks and optimizers are built from the start: `fit` builds nothing."""

    def _maybe_symbolic_build(self, *args, **kwargs):
        """Nothing.

        Keras would reduce a batch over all workers to build by, which fails for tuples (Keras 3.13
        to 3.15), and would move the data's epochs on by one. It has no public way to say no.
        """
