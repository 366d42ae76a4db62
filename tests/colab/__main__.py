"""`make test-colab`: chapters on Colab's versions, each a single notebook in an empty folder.

Run by the Python of `.venv-colab`. The setup cell clones the last commit of this repository in
place of GitHub's; everything else happens as it would there.
"""

import importlib.metadata
import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = ("01", "04", "11")
NOT_TO_BE_CHANGED = ("numpy", "tensorflow-cpu", "tensorflow", "keras", "ipywidgets")


def versions() -> dict[str, str]:
    """The packages that Colab's machine lives by, as they are installed now."""
    found = {}
    for name in NOT_TO_BE_CHANGED:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def run_all(path: Path) -> str:
    """What went wrong in a Run All of this one notebook; empty where nothing did."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory(prefix="colab-") as folder:
        place = {"metadata": {"path": folder}}
        try:
            NotebookClient(notebook, timeout=600, kernel_name="python3", resources=place).execute()
        except CellExecutionError as error:
            return str(error)
        if not Path(folder, "dogan", "dogan_lib").is_dir():
            return "the setup cell did not clone the course"
    return ""


def main(numbers: list[str]) -> int:
    """Run the chapters and tell; the number of those that failed is the exit code."""
    os.environ.update(COLAB_RELEASE_TAG="test", DOGAN_REPOSITORY=ROOT.as_uri())
    os.environ.setdefault("DOGAN_PRESET", "smoke")
    os.environ.pop("PYTHONPATH", None)
    before, failed = versions(), 0
    print(f"Python {sys.version.split()[0]}, {before}")
    for number in numbers or CHAPTERS:
        (path,) = (ROOT / "notebooks").glob(f"{number}_*.ipynb")
        start = time.perf_counter()
        error = run_all(path)
        failed += bool(error)
        print(f"{path.stem}: {error or 'ok'} ({time.perf_counter() - start:.0f} s)", flush=True)
    if versions() != before:
        print(f"the setup cell changed the machine: {versions()}")
        return failed + 1
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
