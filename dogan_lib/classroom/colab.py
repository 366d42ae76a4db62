"""Colab: what the first cell of every notebook calls once it has cloned the course.

A Colab machine brings its own TensorFlow, Keras and NumPy, which fit its drivers and each other:
they are used as they are. Only packages that are missing altogether are added.
"""

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DRIVE = Path("/content/drive")


def prepare(keep_on_drive: bool = False) -> None:
    """Make this session ready and say what it has; may be called again.

    Args:
        keep_on_drive: let `runs/` lie on your Google Drive (Colab asks you), so that what you
            train outlives the session.
    """
    lacking = missing()
    if lacking:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*pip, "-c", ROOT / "constraints.txt", *lacking], check=True)
    # For programs that a notebook starts: they find the library as the notebook itself does.
    places = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([str(ROOT), *filter(None, places)]))
    if keep_on_drive:
        _runs_on_drive()
    from dogan_lib import presets, runtime

    gpus, preset = runtime.gpus(), presets.active()
    if gpus:
        print(f"Ready: {', '.join(gpus)}, preset {preset}.")
    else:
        print(
            f"Ready, without a GPU: preset {preset}. For a GPU choose Runtime > Change "
            "runtime type > T4 GPU, then run this cell again."
        )


def missing() -> list[str]:
    """The packages that the course needs and this machine lacks, whatever version it has."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.match(r"[\w.-]+", line)[0] for line in project["dependencies"]]
    return [name for name in names if not _installed(name)]


def _installed(name: str) -> bool:
    return any(importlib.metadata.distributions(name=name))


def _runs_on_drive() -> None:
    from google.colab import drive  # only there

    drive.mount(str(DRIVE))
    kept = DRIVE / "MyDrive" / "dogan" / "runs"
    kept.mkdir(parents=True, exist_ok=True)
    if not Path("runs").exists():
        Path("runs").symlink_to(kept, target_is_directory=True)
