"""Every chapter as `dogan present` shows it: nothing is lost, and no new slide overflows."""

import nbformat
import pytest

from tests.browser import slides

PAGES = sorted(slides.NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
LIVE = ("01", "02", "11")
# Presses a key on the first thing on this slide that a person can move.
PARTS = ".noUi-handle, .jupyter-button"
HANDLES = f".jp-deck-mod-visible :is({PARTS})"
SHOWN = """() => [...document.querySelectorAll(".jp-deck-mod-visible .jp-OutputArea-output")]
    .map(output => output.innerText + [...output.querySelectorAll("img")]
        .map(image => image.src).join()).join()"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page():
    """A browser at 1280x720 that presents."""
    reason = slides.why_not()
    if reason:
        pytest.skip(reason)
    with slides.presenting(PAGES[0]) as page:
        yield page


def shown_in_a_deck(path) -> set[int]:
    """The cells that are meant to be seen."""
    kinds = [
        cell.metadata.get("slideshow", {}).get("slide_type")
        for cell in nbformat.read(path, as_version=4).cells
    ]
    return {i for i, kind in enumerate(kinds) if kind not in ("skip", "notes")}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_cell_is_on_a_slide_and_no_new_slide_overflows(page, path):
    slides.show(page, path)
    walked, seen = slides.walk(page)
    wanted = shown_in_a_deck(path)
    print(f"{path.stem}: {len(seen & wanted)} of {len(wanted)} cells on {len(walked)} slides")
    assert seen == wanted
    known = slides.known_overflow().get(path.stem, [])
    new = [str(slide) for slide in walked if slide.faults and slide.heading not in known]
    assert not new, "these do not fit 1280x720:\n" + "\n".join(new)
    gone = set(known) - {slide.heading for slide in walked if slide.faults}
    assert not gone, f"python -m tests.browser.slides {path.stem[:2]} --shrink takes out {gone}"


def test_a_deck_opens_at_its_first_cell_in_large_letters(page):
    slides.show(page, PAGES[1])
    facts = page.evaluate(slides.MEASURE)
    assert facts["active"] == 0 and 0 in facts["visible"]
    sizes = page.evaluate(
        """() => [".jp-RenderedMarkdown li", ".cm-content"].map(kind =>
        parseFloat(getComputedStyle(document.querySelector(".jp-Deck " + kind)).fontSize))"""
    )
    assert sizes == [22, 18]


def test_leaving_the_deck_leaves_an_ordinary_lab(page):
    slides.show(page, PAGES[1])
    page.keyboard.press("Escape")
    page.wait_for_function("() => !document.querySelector('.jp-Deck')")
    assert page.locator("#jp-menu-panel").is_visible()
    heights = page.evaluate(
        "() => [...document.querySelectorAll('.jp-Notebook .jp-Cell')].slice(0, 3)"
        ".map(cell => cell.offsetHeight)"
    )
    assert all(heights)


@pytest.mark.parametrize("number", LIVE)
def test_widgets_appear_in_the_deck_and_answer(page, number):
    (path,) = slides.NOTEBOOKS.glob(f"{number}_*.ipynb")
    slides.show(page, path, kernel=True)
    page.evaluate(
        """async () => {
            const {commands, shell} = window.jupyterapp;
            await shell.currentWidget.sessionContext.session.kernel.info;
            await commands.execute("notebook:clear-all-cell-outputs");
            await commands.execute("notebook:run-all-cells");
        }"""
    )
    page.wait_for_selector(f".jp-Notebook :is({PARTS})", state="attached")
    page.wait_for_timeout(2000)  # the page draws the widgets one after the other
    page.evaluate(slides.START)  # to run all cells goes to the last one
    last, answered = None, False
    while not answered and (active := page.evaluate(f"({slides.MEASURE})().active")) != last:
        handle = page.locator(HANDLES).first
        if handle.count():
            answered = _answers(page, handle)
        last = active
        page.evaluate(slides.GO)
    assert answered, "no slide has a widget that answers"


def _answers(page, handle) -> bool:
    """Whether anything on the slide changes; a slider may stand at one of its ends."""
    slider = "noUi-handle" in handle.get_attribute("class")
    before = page.evaluate(SHOWN)
    for key in ("ArrowLeft", "ArrowRight") if slider else ("Enter",):
        handle.focus()
        page.keyboard.press(key)
        for _ in range(20):
            page.wait_for_timeout(500)
            if page.evaluate(SHOWN) != before:
                return True
    return False
