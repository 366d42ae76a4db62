"""The course as files: find the chapters, run them, and make a web site of them.

A chapter is a pair: `NN_topic.py` (jupytext py:percent), which people edit and review, and
`NN_topic.ipynb`, which readers open and which keeps the outputs. Running the course never touches
either: the executed copies go to `_site/executed`, and the site shows the outputs that were
committed, which are better than those of a short run. Only `refresh` writes outputs back.
"""

import asyncio
import dataclasses
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
SITE = ROOT / "_site"

# All that is stored with a cell; the rest (timings, collapsed states) only makes noise in a diff.
CELL_METADATA = ("tags", "slideshow", "editable")
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
WIDGET = "application/vnd.jupyter.widget-view+json"
# TensorFlow's C++ side greets on stderr whatever its log level is.
CHATTER = re.compile(
    r"^(WARNING: All log messages before absl|\[IPKernelApp\] WARNING|[IW]\d{4} \d\d:|\d{10}\.\d+:"
    r"|E\d{4} .*oneDNN supports)"
)
NOTEBOOK_LINK = re.compile(r'href="(?:\./)?(\w+)\.ipynb"')
WIDGET_NOTE = "<p><em>▶ A widget lives here: run the notebook to move its sliders.</em></p>"


@dataclasses.dataclass(frozen=True)
class Result:
    """What became of one notebook; `error` is empty where all of it ran."""

    name: str
    seconds: float
    error: str = ""


def chapters(selection: Iterable[str] = ()) -> list[Path]:
    """The notebooks that are meant by "4", "04", "dcgan_32", "04_dcgan_32" or a path; all if empty.

    The list is that of the `.py` files; of a chapter just begun, the `.ipynb` may not be there yet.

    Raises:
        FileNotFoundError: this is no clone of the repository, or no chapter has that name.
    """
    if not NOTEBOOKS.is_dir():
        raise FileNotFoundError(
            f"there are no notebooks in {NOTEBOOKS}. The course runs from a clone of the "
            'repository, installed with pip install -e ".[cpu,dev,slides,site]".'
        )
    there = sorted(path.with_suffix(".ipynb") for path in NOTEBOOKS.glob("[0-9][0-9]_*.py"))
    return [_one_of(there, wanted) for wanted in selection] or there


def _one_of(there: list[Path], wanted: str) -> Path:
    name = Path(wanted).stem
    for path in there:
        number, topic = path.stem.split("_", 1)
        if name in (path.stem, topic) or name.zfill(2) == number:
            return path
    names = ", ".join(path.stem for path in there) or "none yet"
    raise FileNotFoundError(f"no chapter {wanted!r}; there is {names}")


def run(paths: list[Path], out: Path) -> list[Result]:
    """Execute copies of the notebooks into `out`, each in turn; a failure stops only its own.

    The preset is the active one (`DOGAN_PRESET`).
    """
    out.mkdir(parents=True, exist_ok=True)
    results = []
    for i, path in enumerate(paths, 1):
        print(f"[{i:2d}/{len(paths)}] {path.stem} ... ", end="", flush=True)
        result = _execute(path, out / path.name)
        print("failed" if result.error else "ok", f"({result.seconds:.1f} s)", flush=True)
        if result.error:
            print(_indented(result.error), flush=True)
        results.append(result)
    return results


def table(results: list[Result]) -> str:
    """What became of the chapters, one a row."""
    rows = [f"{r.name:24s} {r.seconds:8.1f}  {'FAILED' if r.error else 'ok'}" for r in results]
    total = f"{'all':24s} {sum(r.seconds for r in results):8.1f}"
    return "\n".join([f"{'chapter':24s} {'seconds':>8s}", *rows, total])


def _execute(path: Path, target: Path) -> Result:
    """Run a notebook in its own kernel and folder; `target` gets what was done, also on failure."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    if not path.exists():
        return Result(path.stem, 0.0, f"there is no {path.name} yet: `make format` makes it")
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["kernelspec"] = KERNEL
    place = {"metadata": {"path": str(path.parent)}}
    os.environ.setdefault("TQDM_DISABLE", "1")  # a bar would stay in what is saved
    client = NotebookClient(notebook, timeout=None, resources=place, record_timing=False)
    start, error = time.perf_counter(), ""
    with tempfile.TemporaryFile("w+") as log:
        try:
            asyncio.run(_run_cells(client, stdout=log, stderr=log))
        except CellExecutionError as failure:
            error = _where(notebook, failure)
        except DeadKernelError:
            error = _last_words(log)
    nbformat.write(tidied(notebook), target)
    return Result(path.stem, time.perf_counter() - start, error)


async def _run_cells(client, **files):
    nudge = asyncio.create_task(_nudge(client))
    try:
        await client.async_execute(**files)
    finally:
        nudge.cancel()


async def _nudge(client):
    """Look at the shell socket now and then.

    nbclient answers widgets on the socket that it waits on, and such a send can swallow the wake-up
    of a reply that comes in meanwhile: without this about one `interact` in a hundred waits forever
    (github.com/jupyter/nbclient/issues/312).
    """
    while True:
        await asyncio.sleep(0.2)
        if client.kc is not None:
            await client.kc.shell_channel.socket.poll(1)


def _last_words(log) -> str:
    log.seek(0)
    lines = [line for line in log if not CHATTER.match(line)][-5:]
    return "".join(["the kernel died (out of memory?); it said last:\n", *lines])


def _where(notebook, failure) -> str:
    """The cell that failed and how, in a few lines; nbclient's own message repeats all the code."""
    for i, cell in enumerate(notebook.cells):
        if any(output["output_type"] == "error" for output in cell.get("outputs", ())):
            lines = [f"{failure.ename}: {failure.evalue}", f"in cell {i}:", ""]
            return "\n".join(lines + [f"    {line}" for line in cell.source.splitlines()[:15]])
    return f"{failure.ename}: {failure.evalue}"


def _indented(text: str) -> str:
    return "\n".join(f"        {line}".rstrip() for line in text.splitlines())


def refresh(path: Path, execute: bool = True) -> Result:
    """Bring a pair together: the text of the `.py`, and with it new (or the old) outputs.

    Outputs go with cells whose text is the same.
    """
    import jupytext
    import nbformat
    from jupytext.combine import combine_inputs_with_outputs

    notebook = jupytext.read(path.with_suffix(".py"))
    if path.exists():
        old = nbformat.read(path, as_version=4)
        notebook = combine_inputs_with_outputs(notebook, old, fmt="py:percent")
    nbformat.write(tidied(notebook), path)
    if not execute:
        return Result(path.stem, 0.0)
    return _execute(path, path)


def tidied(notebook):
    """The notebook with the metadata that the course keeps, and without TensorFlow's greetings."""
    for cell in notebook.cells:
        kept = {key: cell.metadata[key] for key in CELL_METADATA if key in cell.metadata}
        cell.metadata = type(cell.metadata)(kept)
        if "outputs" in cell:
            cell.outputs = [output for output in map(_quiet, cell.outputs) if output]
    kept = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    if "widgets" in notebook.metadata:
        kept["widgets"] = notebook.metadata["widgets"]
    notebook.metadata = type(notebook.metadata)(kept)
    return notebook


def _quiet(output):
    """The output without TensorFlow's greetings; None where nothing else was in it."""
    if output.get("name") != "stderr":
        return output
    lines = [line for line in output.text.splitlines(keepends=True) if not CHATTER.match(line)]
    output.text = "".join(lines)
    return output if output.text.strip() else None


def build_site(notebooks: Path | None = None) -> Path:
    """Make `_site/html` of the notebooks as they are, those of the course where none are given.

    Needs no network, neither to build nor to read. A site that was there before stays whole until
    the new one is. Returns the first page.
    """
    import nbformat

    pages, made, html, old = (SITE / name for name in ("pages", "new", "html", "old"))
    for left in (pages, made):
        shutil.rmtree(left, ignore_errors=True)
    shutil.copytree(ROOT / "docs", pages, ignore=shutil.ignore_patterns("__pycache__", "deck.css"))
    (pages / "notebooks").mkdir()
    shown = {
        path.stem: nbformat.read(path, as_version=4)
        for path in sorted((notebooks or NOTEBOOKS).glob("[0-9][0-9]_*.ipynb"))
    }
    _write_made_pages(pages, shown)
    for name, notebook in shown.items():
        # The page has a Colab button of its own.
        notebook.cells = [c for c in notebook.cells if "colab" not in c.metadata.get("tags", ())]
        still = with_site_links(with_alt_texts(without_widgets(notebook)), shown)
        nbformat.write(still, pages / "notebooks" / f"{name}.ipynb")
    command = [sys.executable, "-m", "sphinx", "-q", "-E", "-b", "html", pages, made]
    if subprocess.run([str(part) for part in command]).returncode:
        raise RuntimeError("the site could not be built: see the messages above")
    shutil.rmtree(old, ignore_errors=True)
    if html.exists():
        html.rename(old)
    made.rename(html)
    shutil.rmtree(old, ignore_errors=True)
    return html / "index.html"


def _write_made_pages(folder: Path, notebooks: dict) -> None:
    """Home, gallery, leaderboard, glossary, API, references, and the pictures on the cards."""
    spec = importlib.util.spec_from_file_location("docs.pages", ROOT / "docs" / "pages.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    texts = {
        "index": made.home(),
        "gallery": made.gallery(),
        "leaderboard": made.scores(),
        "glossary": made.glossary(),
        "api": made.api(),
        "references": made.references(notebooks),
    }
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    (folder / "extra" / "cards").mkdir(parents=True)
    for chapter in made.chapters():
        if chapter.slug in notebooks:
            picture = made.card_picture(chapter, notebooks[chapter.slug])
            picture.save(folder / "extra" / "cards" / f"{chapter.slug}.webp", quality=85)


def with_site_links(notebook, there):
    """The notebook whose HTML outputs link to pages where they linked to notebooks."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if (page := output.get("data", {}).get("text/html")) is not None:
                output.data["text/html"] = NOTEBOOK_LINK.sub(
                    lambda link: f'href="{link[1]}.html"' if link[1] in there else link[0], page
                )
    return notebook


def move(repository: str, root: Path = ROOT) -> list[Path]:
    """Write the repository's address, `owner/name`, into every link; the files that changed.

    Raises:
        ValueError: that is no `owner/name`.
    """
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise ValueError(f"{repository!r} is not owner/name")
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    old = project["urls"]["Repository"].removeprefix("https://github.com/")
    address = re.compile(rf"(github(?:\.com)?/){re.escape(old)}(?![\w-])")
    folders = ((".", ("*.toml", "*.md", "*.cff")), ("notebooks", ("*.py", "*.ipynb")))
    paths = [
        path for where, kinds in folders for kind in kinds for path in (root / where).glob(kind)
    ]
    changed = []
    for path in sorted(paths):
        before = path.read_text(encoding="utf-8")
        after = address.sub(lambda link: link[1] + repository, before)
        if after != before:
            path.write_text(after, encoding="utf-8")
            changed.append(path)
    return changed


def with_alt_texts(notebook):
    """The notebook with the alt texts of its pictures where myst-nb looks: one for each cell."""
    for cell in notebook.cells:
        metadata = [output.get("metadata", {}) for output in cell.get("outputs", ())]
        kinds = [kind for entry in metadata for kind in entry.values() if isinstance(kind, dict)]
        alts = [kind.get("alt") for kind in kinds]
        if any(alts):
            cell.metadata["mystnb"] = {"image": {"alt": "; ".join(filter(None, alts))}}
    return notebook


def without_widgets(notebook):
    """The notebook for a static page: a note in place of each widget, and the pictures in it.

    Live widgets would need scripts from the net; what they showed last is in the widget state.
    """
    states = notebook.metadata.get("widgets", {}).get("application/vnd.jupyter.widget-state+json")
    states = (states or {}).get("state", {})
    for cell in notebook.cells:
        outputs = []
        for output in cell.get("outputs", ()):
            if WIDGET in output.get("data", {}):
                outputs += _still(output["data"].pop(WIDGET)["model_id"], states)
                if any(kind.startswith("image/") for kind in output["data"]):
                    outputs.append(output)  # the widget brought a still picture of itself
            else:
                outputs.append(output)
        if "outputs" in cell:
            cell.outputs = outputs
    notebook.metadata.pop("widgets", None)
    return notebook


def _still(model_id: str, states: dict) -> list:
    import nbformat

    note = nbformat.v4.new_output("display_data", data={"text/html": WIDGET_NOTE})
    return [note, *(nbformat.from_dict(output) for output in _shown(model_id, states))]


def _shown(model_id: str, states: dict) -> list[dict]:
    """The outputs inside a widget and its children."""
    state = states.get(model_id, {}).get("state", {})
    found = list(state.get("outputs", ()))
    for child in state.get("children", ()):
        found += _shown(child.removeprefix("IPY_MODEL_"), states)
    return found
