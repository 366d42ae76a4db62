import io
import sys
import types

import pytest

from dogan_lib.dogs import progress
from dogan_lib.dogs.progress import Progress


@pytest.fixture
def clock(monkeypatch):
    """Time that passes only when told; the bar waits a second before it shows."""
    now = types.SimpleNamespace(value=0.0)
    monkeypatch.setattr(progress.time, "monotonic", lambda: now.value)
    return now


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run(clock, seconds=10):
    with Progress(100, "cropping", "pictures") as bar:
        for _ in range(100):
            clock.value += seconds / 100
            bar.advance()


def test_a_terminal_is_left_clean(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    run(clock)
    text = sys.stderr.getvalue()
    assert "50/100 pictures, 5 s left" in text
    assert "\n" not in text and "\x1b" not in text
    assert text.split("\r")[-1] == "" and not text.split("\r")[-2].strip()


def test_short_jobs_and_logs_show_nothing(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    run(clock, seconds=0.9)
    assert not sys.stderr.getvalue()
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    run(clock)
    assert not sys.stderr.getvalue()


@pytest.mark.slow
def test_a_saved_notebook_holds_one_plain_line():
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    code = (
        "import time\nfrom dogan_lib.dogs.progress import Progress\n"
        "with Progress(20, 'cropping', 'pictures') as bar:\n"
        "    for _ in range(20):\n        time.sleep(0.1)\n        bar.advance()\n"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    nbclient.NotebookClient(notebook, timeout=60).execute()
    (output,) = notebook.cells[0].outputs
    assert list(output.data) == ["text/plain"]
    assert output.data["text/plain"].startswith("cropping: 20 pictures in ")
