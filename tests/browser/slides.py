"""Every slide of a chapter in a real browser, as `dogan present` shows it, measured.

    python -m tests.browser.slides 04 07 --pictures DIR

prints one line a slide: height and width in pixels (1280x720 is what a projector shows), the
smallest text, the lines of code, and what is wrong with it. Committed outputs are shown; nothing is
executed. It exits with 1 where a slide does not fit.
"""

import argparse
import contextlib
import dataclasses
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from docs import lab as deck

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
OVERFLOW = Path(__file__).with_name("overflow.json")
WIDTH, HEIGHT = 1280, 720
SMALLEST_TEXT = 18  # pixels; what the last row reads
FLAGS = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync
--disable-background-networking --disable-component-update""".split()
MINUTES = 60_000  # for Playwright, in milliseconds

# Without a kernel, outputs are looked at, not made.
OPEN = """async ([path, kernel]) => {
    const app = window.jupyterapp;
    const preference = kernel ? {name: "python3"} : {shouldStart: false, canStart: false};
    for (const widget of [...app.shell.widgets("main")]) {
        if (widget.context) widget.context.model.dirty = false;  // or it asks whether to save
        widget.close();
    }
    const panel = await app.commands.execute("docmanager:open",
        {path, factory: "Notebook", kernelPreference: preference});
    await panel.context.ready; await panel.revealed;
    if (kernel) await panel.sessionContext.ready;
    await app.commands.execute("deck:start");
}"""
START = """() => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.activeCellIndex = 0;
    notebook.activeCell.node.focus();
}"""
# One press of the space bar, and two frames for the browser to draw it.
GO = """async () => {
    await window.jupyterapp.commands.execute(
        "deck:go", {direction: "down", alternate: "forward"});
    const frame = () => new Promise(done => requestAnimationFrame(() => done()));
    await frame(); await frame();
}"""
READY = """() => {
    const panel = window.jupyterapp.shell.currentWidget;
    if (!panel || !panel.content || !panel.node.classList.contains("jp-Deck")) return false;
    const cells = panel.content.widgets;
    return cells.length > 1 && cells[panel.content.activeCellIndex].hasClass("jp-deck-mod-visible")
        && cells.every(cell => cell.model.type !== "markdown" || !cell.rendered ||
            cell.node.querySelector(".jp-RenderedMarkdown")?.childElementCount);
}"""
MEASURE = """() => {
    const panel = window.jupyterapp.shell.currentWidget, notebook = panel.content;
    const cells = notebook.widgets.filter(cell => cell.hasClass("jp-deck-mod-onscreen"));
    const boxes = cells.map(cell => cell.node.getBoundingClientRect());
    let width = 0, text = 99, smallest = "", code = 0;
    for (const cell of cells) {
        for (const part of cell.node.querySelectorAll(
                ".cm-scroller, .jp-OutputArea-output, .jp-RenderedMarkdown, img, table, pre"))
            if (part.offsetParent)
                width = Math.max(width, part.getBoundingClientRect().left + part.scrollWidth,
                    part.getBoundingClientRect().right);
        const editor = cell.model.type === "code" && cell.node.querySelector(".cm-content");
        if (editor && editor.offsetParent)
            code += cell.model.sharedModel.source.split("\\n").length;
        const walker = document.createTreeWalker(cell.node, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const parent = walker.currentNode.parentElement;
            if (!walker.currentNode.data.trim() || !parent.offsetParent) continue;
            if (parent.closest("mjx-container, sub, sup, .jp-Collapser, .jp-cell-toolbar, style"))
                continue;
            const size = parseFloat(getComputedStyle(parent).fontSize);
            if (size < text) [text, smallest] = [size, walker.currentNode.data.trim().slice(0, 30)];
        }
    }
    const active = notebook.activeCell.model;
    const height = boxes.reduce((sum, box) => sum + box.height, 0);
    return {height: Math.round(height), width: Math.round(width), text, smallest, code,
        active: notebook.activeCellIndex, source: active.sharedModel.source,
        opens: ["slide", "subslide"].includes(active.metadata.slideshow?.slide_type),
        visible: notebook.widgets.flatMap(
            (cell, i) => cell.hasClass("jp-deck-mod-visible") ? [i] : [])};
}"""
STEP = f"async () => {{ await ({GO})(); return ({MEASURE})(); }}"
MEASURES = ("height", "width", "text", "smallest", "code")
PICTURES = """() => Promise.all([...document.querySelectorAll(".jp-Deck img")]
    .map(image => image.decode().catch(() => {})))"""


@dataclasses.dataclass
class Slide:
    """One screen of the deck with all its fragments shown."""

    heading: str
    height: int
    width: int
    text: float
    smallest: str
    code: int

    @property
    def faults(self) -> list[str]:
        """What a person in the last row would not see; empty where the slide fits."""
        found = []
        if self.height > HEIGHT:
            found.append(f"{self.height - HEIGHT} px too high")
        if self.width > WIDTH:
            found.append(f"{self.width - WIDTH} px too wide")
        if self.text < SMALLEST_TEXT:
            found.append(f"text of {self.text:.0f} px: {self.smallest!r}")
        return found

    def __str__(self):
        size = f"{self.height:5d} {self.width:5d} {self.text:5.0f} {self.code:4d}"
        return f"{size}  {self.heading[:48]:48s} {'; '.join(self.faults)}".rstrip()


def why_not() -> str:
    """The reason why there can be no browser test here; empty where there can."""
    for module in ("playwright", "jupyterlab", "jupyterlab_slideshow"):
        if importlib.util.find_spec(module) is None:
            return f"{module} is not installed"
    return "" if chromium() else "there is no Chromium: apt-get install chromium"


def chromium() -> str | None:
    """Debian's Chromium, or what else there is."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@contextlib.contextmanager
def serving(command: list[str], folder: Path) -> Iterator[str]:
    """The address of a JupyterLab; nothing of the user's is read or written."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: str(folder / "home") for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    options = ["--no-browser", "--allow-root", f"--ServerApp.port={port}"]
    options += ["--ServerApp.port_retries=0", "--IdentityProvider.token="]
    options += ["--LabApp.expose_app_in_browser=True"]
    log = (folder / "lab.log").open("w")
    environment = {**os.environ, **own, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([*command, *options], env=environment, stdout=log, stderr=log) as server:
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
        time.sleep(0.3)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@contextlib.contextmanager
def presenting(first: Path) -> Iterator:
    """A page with the deck of a notebook, on a screen of 1280x720."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(prefix="dogan-slides-") as folder, sync_playwright() as play:
        command = deck.deck_command(deck.slides_of(first), Path(folder))
        with serving(command, Path(folder)) as address:
            browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            page.set_default_timeout(2 * MINUTES)
            page.goto(f"{address}/lab/tree/{deck.SLIDES.relative_to(ROOT).as_posix()}/{first.name}")
            page.wait_for_function(f"() => window.jupyterapp && ({READY})()")
            yield page
            browser.close()


def show(page, notebook: Path, kernel: bool = False) -> None:
    """Bring this chapter's deck on the page, at its first cell."""
    copy = deck.slides_of(notebook)
    page.evaluate(OPEN, [copy.relative_to(ROOT).as_posix(), kernel])
    page.wait_for_function(READY)
    page.evaluate(PICTURES)
    page.evaluate(START)


def walk(page, pictures: Path | None = None) -> tuple[list[Slide], set[int]]:
    """The slides of the open deck from the first to the last, and the cells that were visible.

    Args:
        pictures: a folder for a screenshot of each slide.
    """
    facts = page.evaluate(MEASURE)
    slides, seen = [], set()
    while True:
        seen |= set(facts["visible"])
        if facts["opens"] or not slides:
            slides.append(None)
            heading = (facts["source"].splitlines() or [""])[0].lstrip("# ")
        slides[-1] = Slide(heading, *(facts[key] for key in MEASURES))
        if pictures:
            page.screenshot(path=pictures / f"{len(slides):02d}.png")
        before = facts["active"]
        facts = page.evaluate(STEP)
        if facts["active"] == before:
            return slides, seen


def known_overflow() -> dict[str, list[str]]:
    """Slides that did not fit when this was last looked at, by chapter; the list only shrinks."""
    return json.loads(OVERFLOW.read_text(encoding="utf-8")) if OVERFLOW.exists() else {}


def main() -> int:
    """The command line; see above."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="+", help="such as 04")
    parser.add_argument("--pictures", type=Path, help="a folder for screenshots")
    parser.add_argument(
        "--shrink", action="store_true", help="take slides that fit now out of overflow.json"
    )
    arguments = parser.parse_args()
    paths = [next(NOTEBOOKS.glob(f"{number}_*.ipynb")) for number in arguments.chapters]
    listed, faults = known_overflow(), 0
    with presenting(paths[0]) as page:
        for path in paths:
            show(page, path)
            folder = arguments.pictures and arguments.pictures / path.stem
            if folder:
                folder.mkdir(parents=True, exist_ok=True)
            slides, _ = walk(page, folder)
            bad = [slide.heading for slide in slides if slide.faults]
            faults += len(bad)
            print(f"{path.stem}: {len(bad)} of {len(slides)} slides do not fit 1280x720")
            print("  high  wide  text code")
            print("\n".join(map(str, slides)), flush=True)
            listed[path.stem] = [name for name in listed.get(path.stem, bad) if name in bad]
    if arguments.shrink:
        listed = {chapter: bad for chapter, bad in sorted(listed.items()) if bad}
        text = json.dumps(listed, indent=1, ensure_ascii=False)
        OVERFLOW.write_text(text + "\n", encoding="utf-8")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
