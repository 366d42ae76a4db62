"""A progress bar for terminals and notebooks that leaves no control characters behind."""

import sys
import time

WIDTH = 30


class Progress:
    """One line that says how far a long job is.

    A terminal sees a line that rewrites itself and is gone at the end. A notebook sees one output
    that is updated in place; what is saved is its last state, one line of plain text. Anywhere
    else (a log, a pipe), and for jobs under a second, nothing is shown.

    Example:
        >>> with Progress(len(pictures), "cropping", "pictures") as bar:
        ...     for picture in pictures:
        ...         bar.advance()
    """

    def __init__(self, total: int, label: str, unit: str, show: bool = True, done: int = 0):
        self.total, self.label, self.unit = total, label, unit
        self.done = self._resumed_at = done
        self._start = time.monotonic()
        self._next_draw = self._start + 1.0
        self._screen = _screen() if show else None

    def advance(self, by: int = 1):
        self.done += by
        if self._screen and time.monotonic() >= self._next_draw:
            self._next_draw = time.monotonic() + 0.25
            self._screen.draw(self.line(), self.done / max(self.total, 1))

    def line(self) -> str:
        share = min(self.done / max(self.total, 1), 1.0)
        bar = ("█" * round(WIDTH * share)).ljust(WIDTH, "·")
        return f"{self.label} {bar} {self.done:,}/{self.total:,} {self.unit}, {self._remaining()}"

    def _remaining(self) -> str:
        passed, moved = time.monotonic() - self._start, self.done - self._resumed_at
        if not moved:
            return "waiting"
        return f"{passed * max(self.total - self.done, 0) / moved:.0f} s left"

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        if self._screen:
            seconds = time.monotonic() - self._start
            self._screen.close(f"{self.label}: {self.done:,} {self.unit} in {seconds:.0f} s")


class _Terminal:
    _shown = 0

    def draw(self, line, share):
        sys.stderr.write("\r" + line.ljust(self._shown))
        sys.stderr.flush()
        self._shown = len(line)

    def close(self, line):
        if self._shown:
            sys.stderr.write("\r" + " " * self._shown + "\r")
            sys.stderr.flush()


class _Notebook:
    _handle = None

    def draw(self, line, share):
        html = f'<progress value="{share:.3f}" max="1"></progress> {line.replace("█", "")}'
        self._display({"text/plain": line, "text/html": html.replace("·", "")})

    def close(self, line):
        if self._handle:
            self._display({"text/plain": line})

    def _display(self, data):
        from IPython.display import display

        if self._handle:
            self._handle.update(data, raw=True)
        else:
            self._handle = display(data, raw=True, display_id=True)


def _screen():
    """Where to draw: a notebook's output, a terminal, or nowhere."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if hasattr(shell, "kernel"):
        return _Notebook()
    return _Terminal() if sys.stderr.isatty() else None
