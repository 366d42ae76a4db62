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
            "them; see data/make/strategies.py"
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
