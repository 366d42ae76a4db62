"""Finding, running and showing chapters, on a throw-away course."""

import re
import shutil
import subprocess
import sys
from html import unescape
from urllib.parse import unquote

import nbformat
import pytest

from docs import build, lab

CHAPTER = """\
# %% [markdown] slideshow={"slide_type": "slide"}
# # 시험: a test

# %% slideshow={"slide_type": "fragment"} tags=["first"]
import os


def double(x):
    return 2 * x


# %% slideshow={"slide_type": "fragment"}
print(os.environ["DOGAN_PRESET"], double(21))
"""
STUMBLES = CHAPTER + '\n# %% slideshow={"slide_type": "slide"}\nraise ValueError("no dog")\n'


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (folder / "00_first.py").write_text(CHAPTER, encoding="utf-8")
    (folder / "07_stumbles.py").write_text(STUMBLES, encoding="utf-8")
    monkeypatch.setattr(build, "NOTEBOOKS", folder)
    for path in build.chapters():
        build.refresh(path, execute=False)
    return folder


@pytest.mark.parametrize("name", ["7", "07", "stumbles", "07_stumbles", "notebooks/07_stumbles.py"])
def test_chapters_by_any_name(notebooks, name):
    assert build.chapters([name]) == [notebooks / "07_stumbles.ipynb"]
    assert len(build.chapters()) == 2


def test_unknown_chapter_lists_those_there_are(notebooks):
    with pytest.raises(FileNotFoundError, match="no chapter '8'; there is 00_first, 07_stumbles"):
        build.chapters(["8"])


def test_outside_a_clone_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "NOTEBOOKS", tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match="clone"):
        build.chapters()


def test_run_leaves_the_notebooks_alone_and_goes_on_after_a_failure(notebooks, tmp_path, capsys):
    before = {path: path.read_bytes() for path in notebooks.iterdir()}
    first, stumbles = build.run(build.chapters(), tmp_path / "out")
    assert {path: path.read_bytes() for path in notebooks.iterdir()} == before
    assert not first.error and "ValueError: no dog" in stumbles.error
    done = nbformat.read(tmp_path / "out" / "00_first.ipynb", as_version=4)
    assert done.cells[-1].outputs[0].text == "smoke 42\n"
    said = capsys.readouterr().out
    assert "00_first ... ok" in said and 'raise ValueError("no dog")' in said


def test_a_dying_kernel_is_a_failure_with_its_last_words(notebooks, tmp_path):
    dies = "\n# %% slideshow={}\nimport os\nos.write(2, b'woof'); os._exit(3)\n"
    (notebooks / "00_first.py").write_text(CHAPTER + dies, encoding="utf-8")
    (path,) = build.chapters(["0"])
    build.refresh(path, execute=False)
    (result,) = build.run([path], tmp_path / "out")
    assert "the kernel died" in result.error


def test_a_chapter_without_its_notebook_is_a_failure(notebooks, tmp_path):
    (notebooks / "00_first.ipynb").unlink()
    assert "make format" in build.run(build.chapters(["0"]), tmp_path / "out")[0].error


def test_refresh_writes_clean_pairs_and_keeps_outputs(notebooks):
    (path,) = build.chapters(["0"])
    assert not build.refresh(path).error
    executed = path.read_bytes()
    build.refresh(path, execute=False)
    assert path.read_bytes() == executed
    notebook = nbformat.read(path, as_version=4)
    assert notebook.cells[-1].outputs and set(notebook.metadata) == {"kernelspec", "language_info"}
    assert [set(cell.metadata) for cell in notebook.cells[:2]] == [
        {"slideshow"},
        {"slideshow", "tags"},
    ]


def test_tensorflow_greetings_are_no_output():
    greeting = (
        "I0000 00:00:1795409610.619059    7756 port.cc:153] oneDNN custom operations are on.\n"
    )
    outputs = [
        nbformat.v4.new_output("stream", name="stderr", text=greeting),
        nbformat.v4.new_output("stream", name="stderr", text=greeting + "a warning\n"),
        nbformat.v4.new_output("stream", name="stdout", text=greeting),
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", outputs=outputs)])
    left = [output.text for output in build.tidied(notebook).cells[0].outputs]
    assert left == ["a warning\n", greeting]


def test_widgets_become_a_note_and_their_last_picture():
    def view(model):
        return nbformat.v4.new_output("display_data", data={build.WIDGET: {"model_id": model}})

    picture = {"output_type": "display_data", "data": {"image/png": "aGk="}, "metadata": {}}
    states = {
        "box": {"state": {"children": ["IPY_MODEL_slider", "IPY_MODEL_out"]}},
        "slider": {"state": {"value": 3}},
        "out": {"state": {"outputs": [picture]}},
    }
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    notebook.cells[0].outputs = [view("box"), view("unknown")]
    notebook.metadata["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"state": states, "version_major": 2}
    }
    still = build.without_widgets(notebook)
    kinds = [next(iter(output.data)) for output in still.cells[0].outputs]
    assert kinds == ["text/html", "image/png", "text/html"]
    nbformat.validate(still)


def test_a_widget_may_bring_its_own_still():
    """As the playground does: one output that is a widget here and a picture there."""
    view = {build.WIDGET: {"model_id": "gone"}, "image/png": "aGk=", "text/plain": "a ring"}
    outputs = [nbformat.v4.new_output("display_data", data=view)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", outputs=outputs)])
    kept = build.without_widgets(notebook).cells[0].outputs
    assert [next(iter(output.data)) for output in kept] == ["text/html", "image/png"]


def test_alt_texts_reach_the_page():
    drawn = {"image/png": {"alt": "two dogs"}}
    outputs = [
        nbformat.v4.new_output("display_data", data={"image/png": "aGk="}, metadata=metadata)
        for metadata in (drawn, {})
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", outputs=outputs)])
    told = build.with_alt_texts(notebook).cells[0].metadata
    assert told == {"mystnb": {"image": {"alt": "two dogs"}}}


@pytest.fixture(scope="module")
def site():
    """The course's own site, made in a folder of its own inside the repository."""
    pytest.importorskip("myst_nb", reason="the extra `site` is not installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "SITE", build.ROOT / "_site" / "test")
        yield build.build_site().parent
        shutil.rmtree(build.SITE)


def test_a_site_that_cannot_be_made_leaves_the_old_one_whole(notebooks, tmp_path, monkeypatch):
    monkeypatch.setattr(build, "SITE", tmp_path / "site")
    (tmp_path / "site" / "html").mkdir(parents=True)
    (tmp_path / "site" / "html" / "index.html").write_text("old")

    def half(command):
        made = build.Path(command[-1])
        made.mkdir()
        (made / "index.html").write_text("half")
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(build.subprocess, "run", half)
    with pytest.raises(RuntimeError, match="could not be built"):
        build.build_site()
    assert (tmp_path / "site" / "html" / "index.html").read_text() == "old"


def _pages(site):
    return {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))}


def test_site_needs_no_network(site):
    for path, html in _pages(site).items():
        loads = [
            part.split(">")[0]
            for tag in ("<script", "<img", "<iframe")
            for part in html.split(tag)[1:]
        ]
        loads += [
            part.split(">")[0] for part in html.split("<link")[1:] if 'rel="canonical"' not in part
        ]
        outside = [load for load in loads if "//" in load and "data:" not in load]
        assert not outside, f"{path.name} loads {outside}"


def test_site_has_no_dead_link(site):
    """Every link, picture and anchor inside the site leads to something that is there."""
    pages = _pages(site)
    ids = {path: set(re.findall(r'\bid="([^"]+)"', html)) for path, html in pages.items()}
    dead = []
    for path, html in pages.items():
        for link in re.findall(r'<(?:a|img)\b[^>]*?\b(?:href|src)="([^"]+)"', html):
            if re.match(r"[a-z]+:|//", link):
                continue
            name, _, anchor = unquote(unescape(link)).partition("#")
            target = (path.parent / name.partition("?")[0]).resolve() if name else path
            if not target.exists() or (
                anchor and target in ids and anchor not in ids[target] and path.stem != "genindex"
            ):
                dead.append(f"{path.relative_to(site)} -> {link}")
    assert not dead, "\n".join(dead[:40])


def test_site_shows_every_chapter_and_every_generator(site):
    from dogan_lib import cards
    from dogan_lib.classroom.course_map import chapters

    home = (site / "index.html").read_text(encoding="utf-8")
    for chapter in chapters():
        assert f'href="notebooks/{chapter.slug}.html"' in home
        assert (site / "notebooks" / f"{chapter.slug}.html").exists()
    gallery = (site / "gallery.html").read_text(encoding="utf-8")
    for name in cards.available():
        for part in ("", "_walk", "_truncation"):
            assert f"{name}{part}.webp" in gallery, "python -m data.make.gallery draws it"


def test_site_says_which_words_and_which_functions(site):
    assert "판별자" in (site / "glossary.html").read_text(encoding="utf-8")
    assert "load_generator" in (site / "api.html").read_text(encoding="utf-8")
    assert "arXiv" in (site / "references.html").read_text(encoding="utf-8")


def test_to_move_rewrites_every_link(tmp_path):
    (tmp_path / "notebooks").mkdir()
    url = "https://github.com/OWNER/dogan"
    (tmp_path / "pyproject.toml").write_text(f'[project.urls]\nRepository = "{url}"\n')
    links = f"{url}.git https://colab.research.google.com/github/OWNER/dogan/blob/main if '/OWNER/'"
    (tmp_path / "notebooks" / "00_a.py").write_text(links)
    (tmp_path / "README.md").write_text("nothing")
    assert len(build.move("you/dogs.course", tmp_path)) == 2
    moved = (tmp_path / "notebooks" / "00_a.py").read_text()
    assert "github.com/you/dogs.course.git" in moved and "/github/you/dogs.course/blob" in moved
    assert "if '/OWNER/'" in moved, "the setup cell still knows the placeholder"
    build.move("me/x", tmp_path)
    assert "github.com/me/x.git" in (tmp_path / "notebooks" / "00_a.py").read_text()
    with pytest.raises(ValueError, match="owner/name"):
        build.move("nonsense", tmp_path)


def test_students_work_on_copies_with_folded_plotting_code(notebooks, tmp_path, monkeypatch):
    monkeypatch.setattr(lab, "MY", tmp_path / "my")
    (path,) = build.chapters(["0"])
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].metadata["tags"] = ["hide-input"]
    nbformat.write(notebook, path)
    before = path.read_bytes()
    (copy,) = lab.work_on_copies([path])
    assert nbformat.read(copy, as_version=4).cells[1].metadata["jupyter"] == {"source_hidden": True}
    copy.write_text("mine")
    lab.work_on_copies([path])
    assert copy.read_text() == "mine" and path.read_bytes() == before
    lab.work_on_copies([path], renew=True)
    assert copy.read_text() != "mine"
    lab.work_on_copies([path], renew=True)
    old = tmp_path / "my" / "old"
    assert [each.read_text() for each in old.iterdir()] == ["mine"], "a copy that is new stays"
    for text in ("mine too", "and mine"):
        copy.write_text(text)
        lab.work_on_copies([path], renew=True)
    kept = {each.name: each.read_text() for each in old.iterdir()}
    more = {f"{path.stem}-2.ipynb": "mine too", f"{path.stem}-3.ipynb": "and mine"}
    assert kept == {path.name: "mine"} | more


def test_help_does_not_wait_for_tensorflow():
    code = "import sys, dogan_lib.cli as c; c.parser().format_help(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"tensorflow", "keras", "numpy", "matplotlib", "PIL", "nbformat", "jupytext"}
    assert not heavy & set(done.stdout.split())
