"""The machine under the course: device, precision, seeds, and files that are written whole."""

import contextlib
import os
import platform
import re
import sys
import time
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

from dogan_lib.presets import gpus


def setup(seed: int = 0, precision: str = "auto", small: bool = False) -> str:
    """Seed everything, choose the precision that is fast on this machine, and say which.

    Args:
        seed: seeds Python, NumPy and Keras.
        precision: a Keras dtype policy (`"float32"`, `"mixed_bfloat16"`, `"mixed_float16"`), or
            `"auto"`: what `best_precision()` says.
        small: what follows are networks of few channels on few pixels, as SinGAN's. On a CPU each
            operation then gets one core and several run at once, up to twice as fast as to share
            the cores in every operation. To be said before TensorFlow's first operation.
    """
    import keras
    import tensorflow as tf

    if small and not gpus():
        try:
            tf.config.threading.set_intra_op_parallelism_threads(1)
            tf.config.threading.set_inter_op_parallelism_threads(os.cpu_count() or 1)
        except RuntimeError:
            warnings.warn(
                "TensorFlow has started already, so small networks will train at half the speed: "
                "restart Python and call setup(small=True) first",
                stacklevel=2,
            )
    # The remapper gives up on a LeakyReLU's gradient, with an error in the log; it changes nothing.
    tf.config.optimizer.set_experimental_options({"remapping": False})
    if precision == "auto":
        precision = best_precision()
    # It warns of functions that are compiled anew: in a chapter those are other GANs'.
    tf.get_logger().setLevel("ERROR")
    keras.utils.set_random_seed(seed)
    keras.config.set_dtype_policy(precision)
    return f"{device()} · {precision} · seed {seed}"


def best_precision() -> str:
    """`$DOGAN_PRECISION` if set, else the fastest Keras policy that trains a GAN well here."""
    asked = os.environ.get("DOGAN_PRECISION")
    if asked or gpus():
        return asked or "mixed_float16"
    # With these bfloat16 is 2 to 4 times faster than float32; without, emulated and slower.
    fast = {"amx_bf16", "avx512_bf16"} & set(cpu("flags").split())
    return "mixed_bfloat16" if fast else "float32"


def device() -> str:
    """One line about the hardware, for people."""
    name = cpu("model name") or platform.processor() or platform.machine()
    return ", ".join(gpus()) or f"{name}, {os.cpu_count()} cores"


def cpu(field: str) -> str:
    """What the system tells about the CPU (Linux), such as its `flags`; else nothing."""
    try:
        found = re.search(rf"^{field}\s*:(.*)", Path("/proc/cpuinfo").read_text(), re.M)
    except OSError:
        return ""
    return found[1].strip() if found else ""


def data_dir() -> Path:
    """`$DOGAN_DATA`, else the `data` folder of the repository."""
    return Path(os.environ.get("DOGAN_DATA") or Path(__file__).resolve().parent.parent / "data")


def cache_dir() -> Path:
    """Where prepared dogs are kept: `$DOGAN_CACHE`, else `~/.cache/dogan`; made, or an OSError."""
    try:
        path = Path(os.environ.get("DOGAN_CACHE") or "~/.cache/dogan").expanduser()
    except RuntimeError as error:  # of pathlib: there is no home
        raise OSError(f"{error} Set DOGAN_CACHE to a folder that may be written to.") from error
    path.mkdir(parents=True, exist_ok=True)
    return path


def progress(total: int | None, what: str, unit: str, show: bool = True):
    """A tqdm bar for a terminal or a notebook; it comes after a second, and goes at the end."""
    from tqdm.auto import tqdm

    ipython = sys.modules.get("IPython")
    notebook = hasattr(ipython.get_ipython() if ipython else None, "kernel")
    # TQDM_DISABLE is set where notebooks are executed to be saved: a bar would stay in them.
    hidden = not show or "TQDM_DISABLE" in os.environ or not (notebook or sys.stderr.isatty())
    options = dict(unit_scale=unit == "B", delay=1, leave=False, disable=hidden)
    return tqdm(total=total, desc=what, unit=unit if unit == "B" else f" {unit}", **options)


@contextlib.contextmanager
def write_atomically(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; on success it takes the place of `path` in one move.

    A reader sees the old file or the new one and never a half, whenever the process is killed. The
    temporary name keeps the suffix, since Keras and NumPy choose the format by it.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{uuid.uuid4().hex[:8]}.tmp{path.suffix}")
    temporary.touch(exist_ok=False)
    try:
        yield temporary
        with open(temporary, "r+b") as f:  # Windows flushes only what may be written to
            os.fsync(f.fileno())
        os.replace(temporary, path)
    except OSError as error:
        error.filename = error.filename or str(path)  # a full disk does not say where
        raise
    finally:
        temporary.unlink(missing_ok=True)


def sweep(path: str | Path, older: float = 0) -> None:
    """Remove what a process left of `write_atomically(path)` that died `older` seconds ago."""
    path = Path(path)
    for left in path.parent.glob(f".{path.stem}.*.tmp{path.suffix}"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime >= older:
                left.unlink()
