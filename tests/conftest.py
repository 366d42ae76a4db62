"""What every test gets: the smallest preset, a cache of its own, and the real dogs if there are."""

import os
import shutil
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


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real dogs: `$DOGAN_SHARED_DATA`, else `shared/data` beside the repository."""
    path = Path(os.environ.get("DOGAN_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not path.is_dir():
        pytest.skip(f"no real dogs in {path}: set DOGAN_SHARED_DATA")
    return path
