"""JupyterLab for students and for speakers: `dogan lab`, `dogan reset` and `dogan present`.

Nobody works on the tracked notebooks: a student's copies lie in `my/`, a speaker's in `my/slides/`,
and git ignores both. Settings come as defaults from a temporary folder, so that those of the user
stay as they are.
"""

import itertools
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
MY = ROOT / "my"
SLIDES = MY / "slides"

QUIET = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}
DECK = {"jupyterlab-slideshow:plugin": {"active": True}}
DECK_STYLE = ROOT / "docs" / "deck.css"


def work_on_copies(notebooks: Iterable[Path], renew: bool = False) -> list[Path]:
    """The student's copies of these notebooks in `my/`, made where they are not there yet.

    Args:
        renew: replace a copy by the notebook as the course has it; the old one goes to `my/old/`.
    """
    MY.mkdir(exist_ok=True)
    copies = []
    for path in notebooks:
        copy = MY / path.name
        if renew and copy.exists() and copy.read_text("utf-8", "replace") != _folded(path):
            (MY / "old").mkdir(exist_ok=True)
            copy.replace(_free(MY / "old" / path.name))
        if not copy.exists():
            copy.write_text(_folded(path), "utf-8")
        copies.append(copy)
    return copies


def _free(path: Path) -> Path:
    """The path, or the first of stem-2, stem-3, ... that there is not yet."""
    others = (path.with_stem(f"{path.stem}-{n}") for n in itertools.count(2))
    return next(each for each in itertools.chain([path], others) if not each.exists())


def _folded(path: Path) -> str:
    """The notebook's text, with the code of `hide-input` cells folded; a click unfolds it."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if "hide-input" in cell.metadata.get("tags", ()):
            cell.metadata["jupyter"] = {"source_hidden": True}
    return nbformat.writes(notebook) + "\n"


def lab(notebooks: list[Path], options: Iterable[str] = ()) -> int:
    """JupyterLab on the student's copies, opened at the first of these notebooks."""
    first, *_ = work_on_copies(notebooks)
    with tempfile.TemporaryDirectory(prefix="dogan-lab-") as folder:
        return subprocess.call(command(first, Path(folder), QUIET) + list(options))


def present(notebook: Path, options: Iterable[str] = ()) -> int:
    """JupyterLab with this chapter as a live deck, at its first slide, as the course has it."""
    with tempfile.TemporaryDirectory(prefix="dogan-present-") as folder:
        return subprocess.call(deck_command(slides_of(notebook), Path(folder)) + list(options))


def slides_of(notebook: Path) -> Path:
    """The speaker's copy, made anew."""
    SLIDES.mkdir(parents=True, exist_ok=True)
    (SLIDES / notebook.name).write_text(_folded(notebook), "utf-8")
    return SLIDES / notebook.name


def deck_command(notebook: Path, folder: Path) -> list[str]:
    """The command of a JupyterLab that presents; what the deck remembers, it writes to `folder`."""
    own = [f"--LabApp.{name}_dir={folder / name}" for name in ("user_settings", "workspaces")]
    styles = folder / "custom"
    styles.mkdir()
    shutil.copy(DECK_STYLE, styles / "custom.css")
    own += ["--LabApp.custom_css=True"]
    own += [f"--ServerApp.tornado_settings={{'static_custom_path': [{str(styles)!r}]}}"]
    return command(notebook, folder, QUIET | DECK) + own


def command(notebook: Path, folder: Path, defaults: dict) -> list[str]:
    """The command of a JupyterLab for this machine only, opened at a notebook.

    The root is the repository, so that a notebook finds its neighbours.
    """
    settings = folder / "app_settings"
    shutil.rmtree(settings, ignore_errors=True)
    settings.mkdir(parents=True)
    (settings / "overrides.json").write_text(json.dumps(defaults), encoding="utf-8")
    where = notebook.relative_to(ROOT).as_posix()
    return [
        *(sys.executable, "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1"),
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.app_settings_dir={settings}",
        f"--LabApp.default_url=/lab/tree/{where}",
    ]
