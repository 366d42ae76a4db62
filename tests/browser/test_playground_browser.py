"""The playground in JupyterLab, in a real browser: play plays, sliders move, pictures change."""

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
FLAGS = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync
--disable-background-networking --disable-component-update""".split()
MINUTES = 60_000  # for Playwright, in milliseconds
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
def chromium():
    for module in ("playwright", "jupyterlab"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("there is no Chromium: apt-get install chromium")
    return path


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    """The address of a JupyterLab that holds one notebook, `play.ipynb`."""
    folder = tmp_path_factory.mktemp("lab")
    cells = [nbformat.v4.new_code_cell(text) for text in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "play.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
    ]
    command += ["--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    # Nothing of the user's: no settings, no extensions of a home directory.
    homes = {
        name: str(folder / "home") for name in ("JUPYTER_CONFIG_DIR", "JUPYTERLAB_SETTINGS_DIR")
    }
    homes["JUPYTERLAB_WORKSPACES_DIR"] = str(folder / "home")
    environment = {**os.environ, **homes, "PYTHONPATH": str(ROOT)}
    log = (folder / "lab.log").open("w")
    with subprocess.Popen(command, env=environment, stdout=log, stderr=log) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/api", server, folder / "lab.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait_for(address, server, log, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=5)
            return
        time.sleep(0.5)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def page(chromium, lab):
    """The notebook, its first cell run."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(4 * MINUTES)
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
