"""What every test gets: the smallest preset, a cache of its own, and the real dogs if there are."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config):
    """Before any test or notebook kernel starts, since those inherit the environment."""
    os.environ.setdefault("DOGAN_PRESET", "smoke")
    if "DOGAN_CACHE" not in os.environ:
        os.environ["DOGAN_CACHE"] = tempfile.mkdtemp(prefix="dogan-tests-")
        config.add_cleanup(lambda: shutil.rmtree(os.environ.pop("DOGAN_CACHE"), True))


@pytest.fixture(autouse=True)
def no_traces_of_the_test_before():
    """The same seeds and float32 for each test, whatever ran before it, and in whatever order."""
    if "keras" in sys.modules:
        import keras

        keras.config.set_dtype_policy("float32")
        keras.utils.set_random_seed(0)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real dogs: `$DOGAN_SHARED_DATA`, else `shared/data` beside the repository."""
    path = Path(os.environ.get("DOGAN_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not path.is_dir():
        pytest.skip(f"no real dogs in {path}: set DOGAN_SHARED_DATA")
    return path
