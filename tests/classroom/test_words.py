"""One voice: the glossary's terms in every notebook, and one table of chapters."""

from pathlib import Path

import jupytext
import pytest
import yaml

from dogan_lib.classroom import course_map

ROOT = Path(__file__).resolve().parent.parent.parent
GLOSSARY = yaml.safe_load((ROOT / "docs" / "glossary.yml").read_text("utf-8"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.py"))


def test_the_glossary_is_consistent():
    korean = [term["ko"] for term in GLOSSARY]
    assert len(korean) == len(set(korean)) >= 40
    for term in GLOSSARY:
        assert term["en"] and isinstance(term["not"], list)
        for forbidden in term["not"]:
            clashes = [good for good in korean if forbidden in good]
            assert not clashes, f"{forbidden} is forbidden, and part of {clashes}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_use_the_terms_of_the_glossary(path):
    cells = jupytext.read(path).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    slips = {
        forbidden: term["ko"]
        for term in GLOSSARY
        for forbidden in term["not"]
        if forbidden in prose
    }
    assert not slips


def test_the_table_of_chapters_names_the_notebooks_that_are_there():
    slugs = [chapter.slug for chapter in course_map.CHAPTERS]
    assert slugs == sorted(slugs) and len(set(slugs)) == len(slugs)
    assert {path.stem for path in NOTEBOOKS} == {c.slug for c in course_map.chapters()}
    for chapter in course_map.chapters():
        title = chapter.notebook.with_suffix(".py").read_text("utf-8")
        assert f"# # {chapter.number} · " in title
