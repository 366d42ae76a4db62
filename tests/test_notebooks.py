"""Every notebook is a pair, small, executed, ready to present, and says how long it takes."""

import difflib
import os
from pathlib import Path

import jupytext
import nbformat
import pytest

from docs.build import CELL_METADATA

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
SOURCES = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.py"))
PAGES = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
MEGABYTE = 1_000_000
# None: a cell that continues its slide. Any other mark, "-" too, and the presenter drops the cell.
SLIDES = {"slide", "subslide", "fragment", "skip", "notes", None}

each = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)


def _read(path):
    return nbformat.read(path, as_version=4)


def _code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def _text(notebook):
    """What a pair has in common, as lines: kinds, texts and slide metadata, no outputs or ids."""
    lines = []
    for cell in notebook.cells:
        kept = {key: cell.metadata[key] for key in CELL_METADATA if key in cell.metadata}
        lines += [f"# --- {cell.cell_type} {sorted(kept.items())}", *cell.source.splitlines()]
    return lines


def test_every_chapter_is_a_pair():
    assert [path.stem for path in SOURCES] == [path.stem for path in PAGES]


@each
def test_pair_says_the_same(path):
    """Compares texts, never times: a fresh clone gives every file the same one."""
    source = path.with_suffix(".py")
    lines = difflib.unified_diff(
        _text(_read(path)), _text(jupytext.read(source)), path.name, source.name, lineterm="", n=1
    )
    difference = "\n".join(list(lines)[:40])
    assert not difference, f"`make format` brings the .py into the .ipynb:\n{difference}"


@each
def test_is_small(path):
    size = os.path.getsize(path)
    assert size < 1.5 * MEGABYTE, f"{size / MEGABYTE:.2f} MB: lower the dpi, or draw fewer pictures"


@each
def test_every_cell_is_a_slide_and_carries_nothing_else(path):
    for i, cell in enumerate(_read(path).cells):
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        assert kind in SLIDES, f"cell {i} has slide_type {kind!r}"
        odd = set(cell.metadata) - set(CELL_METADATA)
        assert not odd, f"cell {i} carries {sorted(odd)}: `make format` takes it out"


@each
def test_notebook_metadata(path):
    odd = set(_read(path).metadata) - {"kernelspec", "language_info", "widgets"}
    assert not odd, f"{sorted(odd)}: `make format` takes it out"


@each
def test_opens_with_its_presets(path):
    first = next(c for c in _code(_read(path)) if "colab" not in c.metadata.get("tags", ()))
    for word in ("preset(", "smoke=", "cpu=", "gpu="):
        assert word in first.source, f"the first code cell does not say {word!r}"


@each
def test_is_executed_without_errors_and_warnings(path):
    counts = []
    for i, cell in enumerate(_code(_read(path))):
        errors = [o for o in cell.outputs if o.output_type == "error"]
        assert not errors, f"code cell {i}: {errors[0].ename}: {errors[0].evalue}"
        warned = [o.text for o in cell.outputs if o.get("name") == "stderr"]
        assert not warned, f"code cell {i} warns: {warned[0][:300]}"
        counts.append(cell.execution_count)
    assert counts == list(range(1, len(counts) + 1)), "run it from top to bottom: `make refresh`"


@each
def test_korean_comes_first(path):
    opening = _read(path).cells[0]
    assert opening.cell_type == "markdown" and opening.source.startswith("# ")
    assert any("가" <= letter <= "힣" for letter in opening.source.splitlines()[0])


@each
def test_has_at_most_forty_cells_before_it_goes_deeper(path):
    cells = [c for c in _read(path).cells if "colab" not in c.metadata.get("tags", ())]
    deeper = [i for i, cell in enumerate(cells) if cell.source.startswith("## 더 깊이")]
    assert min(deeper, default=len(cells)) <= 40, "move what the idea does not need to 더 깊이"


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_the_networks_that_04_writes_are_the_librarys_in_half_precision_too(policy, monkeypatch):
    """Chapter 04's own cells, as on a GPU, or on a CPU that is fast in bfloat16."""
    monkeypatch.setenv("DOGAN_PRECISION", policy)
    monkeypatch.setenv("DOGAN_PRESET", "smoke")
    (path,) = NOTEBOOKS.glob("04_*.ipynb")
    wanted = "cfg = preset(", "import keras", "def stamp(", "def same(", "def narrow_"
    chosen = [c.source for c in _code(_read(path)) if any(word in c.source for word in wanted)]
    assert sum("same(narrow_" in source for source in chosen) == 2  # asserted by these cells
    names: dict = {}
    for source in chosen:
        exec(compile(source, path.name, "exec"), names)
    assert names["narrow_generator"](8).compute_dtype == policy.removeprefix("mixed_")
