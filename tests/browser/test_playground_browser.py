"""The playground in JupyterLab, in a real browser: play plays, sliders move, pictures change."""

import sys
import time

import nbformat
import pytest

from tests.browser import slides

CELLS = [
    "from dogan_lib.classroom.playground import Playground\n"
    "playground = Playground('ring')\nplayground",
    "print('seen', playground.game.d_steps, playground.rounds.value, len(playground.game.steps))",
]
# Counts how often the browser shows another picture.
COUNT = """image => { window.pictures = 0;
    new MutationObserver(() => window.pictures++).observe(image, {attributeFilter: ["src"]}); }"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab that holds one notebook, `play.ipynb`."""
    reason = slides.why_not()
    if reason:
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("lab")
    cells = [nbformat.v4.new_code_cell(text) for text in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "play.ipynb")
    command = [sys.executable, "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1"]
    command += [f"--ServerApp.root_dir={folder}"]
    command += [
        f"--LabApp.{name}_dir={folder / 'home'}" for name in ("user_settings", "workspaces")
    ]
    with slides.serving(command, folder) as address:
        yield address


@pytest.fixture(scope="module")
def page(lab):
    """The notebook, its first cell run."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=slides.chromium(), args=slides.FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(4 * slides.MINUTES)
        page.goto(f"{lab}/lab/tree/play.ipynb")
        page.locator(".jp-Notebook .jp-CodeCell").nth(0).locator(".cm-content").click()
        page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
        page.keyboard.press("Shift+Enter")
        page.locator("img.widget-image").wait_for()
        yield page
        browser.close()


def _shown(page) -> bytes:
    """The picture as it is on the screen."""
    return page.locator("img.widget-image").screenshot()


def _ask_kernel(page) -> list[int]:
    """D steps, speed and the number of pictures, as the kernel has them."""
    page.locator(".jp-Notebook .jp-CodeCell").nth(1).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    answer = page.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea-output pre")
    answer.filter(has_text="seen").wait_for()
    return [int(word) for word in answer.inner_text().split()[1:]]


def _move(page, label, presses):
    slider = page.locator(".widget-slider", has_text=label)
    slider.locator(".noUi-handle").focus()
    for _ in range(presses):
        page.keyboard.press("ArrowRight")


def test_a_person_plays(page):
    image = page.locator("img.widget-image")
    start = _shown(page)
    _move(page, "D steps", 2)
    page.locator(".widget-slider", has_text="D steps").get_by_text("3", exact=True).wait_for()

    image.evaluate(COUNT)
    play = page.locator(".widget-play button, .jupyter-widget-play button").first
    play.click()
    page.wait_for_function("window.pictures > 20")
    since = time.perf_counter(), page.evaluate("window.pictures")
    _move(page, "speed", 5)  # while it plays
    page.wait_for_function(f"window.pictures > {since[1] + 30}")
    rate = (page.evaluate("window.pictures") - since[1]) / (time.perf_counter() - since[0])
    print(f"{rate:.1f} pictures a second in the browser")
    assert _shown(page) != start

    play.click()  # pause
    page.wait_for_timeout(3000)
    paused = _shown(page)
    d_steps, speed, pictures = _ask_kernel(page)
    assert (d_steps, speed) == (3, 15) and pictures > 50
    page.wait_for_timeout(1500)
    assert _shown(page) == paused, "it goes on after pause"

    page.get_by_role("button", name="step", exact=True).click()
    page.wait_for_function(f"window.pictures > {page.evaluate('window.pictures')}")
    page.get_by_role("button", name="reset", exact=True).click()
    page.wait_for_timeout(2000)
    assert _shown(page) == start
