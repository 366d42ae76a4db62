"""Several devices play the game of one: two virtual CPUs, and two processes on loopback."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent
# Networks without batch statistics, on the same eight batches of eight: what each epoch lost.
GAME = """
import sys, json
import numpy as np, tensorflow as tf
from dogan_lib import runtime
from dogan_lib.gan import GAN

def networks():
    from keras import layers
    import keras
    g = keras.Sequential([keras.Input((6,)), layers.Dense(48, activation="tanh"),
                          layers.Reshape((4, 4, 3))])
    d = keras.Sequential([keras.Input((4, 4, 3)), layers.Conv2D(4, 3, activation="relu"),
                          layers.Flatten(), layers.Dense(1)])
    return g, d

def play(strategy):
    from dogan_lib import penalties
    runtime.setup(0, "float32")
    with strategy.scope():
        gan = GAN(*networks(), latent_dim=6)
        gan.compile(penalties=[penalties.R1(1.0)])
    images = np.random.default_rng(0).uniform(-1, 1, (64, 4, 4, 3)).astype("float32")
    data = tf.data.Dataset.from_tensor_slices((images,)).batch(8)
    history = gan.fit(data, epochs=2, verbose=0).history
    return {"replicas": strategy.num_replicas_in_sync, "d": history["d_loss"],
            "g": history["g_loss"], "gradient": history["g_gradient"],
            "weight": float(np.abs(gan.ema_generator.get_weights()[0]).sum())}
"""


def start(code, **environment):
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent), **environment}
    environment |= {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    return subprocess.Popen(
        [sys.executable, "-c", GAME + code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def answer(process) -> dict:
    out, error = process.communicate(timeout=300)
    assert process.returncode == 0, error[-3000:]
    return json.loads(out.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def alone():
    return answer(start("print(json.dumps(play(tf.distribute.get_strategy())))"))


def assert_same_game(one, other):
    for curve in ("d", "g"):
        np.testing.assert_allclose(one[curve], other[curve], atol=1e-4)
    assert one["weight"] == pytest.approx(other["weight"], abs=1e-3)


def test_two_virtual_devices_lose_what_one_does(alone):
    two = """
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
print(json.dumps(play(tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]))))
"""
    mirrored = answer(start(two))
    assert (alone["replicas"], mirrored["replicas"]) == (1, 2)
    assert_same_game(alone, mirrored)


def test_two_processes_lose_what_one_does(alone):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    workers = [f"127.0.0.1:{s.getsockname()[1]}" for s in sockets]
    for s in sockets:
        s.close()
    code = "print(json.dumps(play(tf.distribute.MultiWorkerMirroredStrategy())))"
    processes = [
        start(
            code,
            TF_CONFIG=json.dumps(
                {"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}}
            ),
        )
        for index in range(2)
    ]
    for result in map(answer, processes):
        assert result["replicas"] == 2
        assert_same_game(alone, result)
