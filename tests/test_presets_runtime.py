"""Presets choose numbers; the runtime chooses precision, seeds and writes files whole."""

import copy
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from dogan_lib import presets, runtime
from dogan_lib.classroom import machine

TABLE = dict(smoke=dict(n=1), cpu=dict(n=2), gpu=dict(n=3))


@pytest.mark.parametrize("name, n", [("smoke", 1), ("cpu", 2), ("gpu", 3), (" CPU ", 2)])
def test_the_environment_chooses(monkeypatch, name, n):
    monkeypatch.setenv("DOGAN_PRESET", name)
    cfg = presets.preset(**TABLE)
    assert cfg.n == n and str(n) in repr(cfg)
    assert "<table>" in cfg._repr_html_()


def test_without_a_gpu_the_default_is_cpu(monkeypatch):
    monkeypatch.delenv("DOGAN_PRESET", raising=False)
    monkeypatch.setattr(presets, "gpus", lambda: [])
    assert presets.active() == "cpu"
    monkeypatch.setattr(presets, "gpus", lambda: ["T4"])
    assert presets.active() == "gpu"


def test_mistakes_are_explained(monkeypatch):
    monkeypatch.setenv("DOGAN_PRESET", "fast")
    with pytest.raises(ValueError, match="smoke, cpu, gpu"):
        presets.active()
    monkeypatch.setenv("DOGAN_PRESET", "cpu")
    with pytest.raises(ValueError, match="width"):
        presets.preset(smoke=dict(n=1), cpu=dict(n=1, width=2), gpu=dict(n=1))
    with pytest.raises(ValueError, match="`name` is the preset's own"):
        presets.preset(**{key: dict(name="dog") for key in TABLE})
    cfg = presets.preset(**TABLE)
    with pytest.raises(AttributeError, match="it has n"):
        _ = cfg.epochs
    assert copy.copy(cfg).n == 2


def test_small_networks_get_one_core_an_operation():
    """In a new Python; here TensorFlow has started, which is a warning."""
    script = (
        "import tensorflow as tf; from dogan_lib import runtime; runtime.setup(small=True);"
        "tf.constant(0); runtime.setup(small=True);"
        "print(tf.config.threading.get_intra_op_parallelism_threads(),"
        "tf.config.threading.get_inter_op_parallelism_threads())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.split() == ["1", str(os.cpu_count())], done.stderr
    tf.constant(0)
    with pytest.warns(UserWarning, match="restart Python"):
        runtime.setup(small=True)
    keras.config.set_dtype_policy("float32")


def test_setup_seeds_everything():
    draws = []
    for _ in range(2):
        runtime.setup(seed=7, precision="float32")
        weights = keras.initializers.RandomNormal()((3,))
        draws.append(
            (
                np.random.rand(),  # noqa: NPY002
                np.asarray(weights).tolist(),
            )
        )
    assert draws[0] == draws[1]


@pytest.mark.parametrize(
    "flags, found, policy",
    [
        ("fma avx512_bf16", [], "mixed_bfloat16"),
        ("amx_bf16", [], "mixed_bfloat16"),
        ("avx2", [], "float32"),
        ("avx2", ["T4"], "mixed_float16"),
    ],
)
def test_precision_follows_the_machine(monkeypatch, flags, found, policy):
    monkeypatch.delenv("DOGAN_PRECISION", raising=False)
    monkeypatch.setattr(runtime, "cpu", lambda field: flags)
    monkeypatch.setattr(runtime, "gpus", lambda: found)
    assert runtime.best_precision() == policy


def test_the_user_overrides_the_precision(monkeypatch):
    monkeypatch.setenv("DOGAN_PRECISION", "mixed_bfloat16")
    try:
        assert " mixed_bfloat16 " in runtime.setup()
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
    finally:
        keras.config.set_dtype_policy("float32")


def test_the_report_is_complete_and_for_people(monkeypatch):
    monkeypatch.setenv("DOGAN_PRESET", "smoke")
    facts = machine.report()
    assert facts["preset"] == "smoke"
    assert facts["Keras"].startswith(keras.__version__)
    assert facts["NumPy"] == np.__version__
    assert all(isinstance(fact, str) and fact for fact in facts.values())


def test_a_full_disk_names_the_file(tmp_path):
    path = tmp_path / "file.txt"
    with pytest.raises(OSError, match=r"No space left.*file\.txt"):
        with runtime.write_atomically(path):
            raise OSError(28, "No space left on device")
    assert not list(tmp_path.iterdir())


def test_write_atomically_replaces_whole_or_not_at_all(tmp_path):
    path = tmp_path / "new" / "file.txt"
    with runtime.write_atomically(path) as temporary:
        temporary.write_text("one")
        assert temporary.suffix == ".txt" and not path.exists()
    assert path.read_text() == "one"
    with pytest.raises(RuntimeError), runtime.write_atomically(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "one"
    assert [p.name for p in path.parent.iterdir()] == ["file.txt"]


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no umask")
@pytest.mark.parametrize("umask, mode", [(0o077, 0o600), (0o022, 0o644)])
def test_files_are_as_private_as_the_user_asks(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        with runtime.write_atomically(tmp_path / "file.txt") as temporary:
            temporary.write_text("one")
    finally:
        os.umask(before)
    assert (tmp_path / "file.txt").stat().st_mode & 0o777 == mode
