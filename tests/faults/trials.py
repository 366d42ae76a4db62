"""One trial: a job in a process of its own, killed, starved of memory, or stopped if it hangs.

The parent has imported everything and computed nothing, so a child begins where a fresh `python`
stands after four seconds of imports; from there on it is the same program.
"""

import contextlib
import dataclasses
import os
import random
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

TRACEBACK = "Traceback (most recent call last)"


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a job ended: its exit code (None where it was killed), what it printed, how long it took.

    Attributes:
        hung: it was killed because it did not end.
    """

    code: int | None
    said: str
    seconds: float
    hung: bool = False

    @property
    def killed(self) -> bool:
        return self.code is None and not self.hung

    @property
    def polite(self) -> bool:
        """It did what was asked, or refused in a line of its own."""
        last = self.said.strip().splitlines()[-1:] or [""]
        return self.code == 0 or (self.code == 1 and last[0].startswith("dogan: "))


@dataclasses.dataclass
class Row:
    """A line of the table."""

    what: str
    tried: int = 0
    survived: int = 0
    lost: int = 0
    tracebacks: int = 0
    odd: list[str] = dataclasses.field(default_factory=list)

    @property
    def whole(self) -> bool:
        return self.tried == self.survived and not (self.lost or self.tracebacks or self.odd)

    def line(self) -> str:
        return (
            f"{self.what:44s}{self.survived:4d} of {self.tried:3d} survived, {self.lost} lost, "
            f"{self.tracebacks} tracebacks"
        )

    def note(self, tried: int, whole: bool, said: str = "", lost: bool = False, name: str = ""):
        """Count some faults, of which all or none were survived."""
        self.tried += tried
        self.survived += tried * whole
        self.lost += tried * lost
        self.tracebacks += said.count(TRACEBACK)
        if not whole or lost or TRACEBACK in said:
            self.odd.append(name)
            print(f"  {self.what}, {name}: {said[-1500:]}", file=sys.stderr, flush=True)


def run(
    job: Callable[[], int | None],
    kill: float | None = None,
    limit: float = 300,
    memory: int | None = None,
    **environment,
) -> Outcome:
    """Do a job in a child, with what it starts in its own process group.

    Args:
        kill: seconds until SIGKILL; None lets it end.
        limit: seconds until it counts as hung.
        memory: bytes of address space that it may take on top of what the parent has.
        **environment: variables of the child; None takes one away.
    """
    start, (reading, writing) = time.monotonic(), os.pipe()
    child = os.fork()
    if not child:
        _be(job, writing, memory, environment)
    os.close(writing)
    with contextlib.suppress(OSError):
        os.setpgid(child, child)  # both do it: whoever comes first
    heard: list[bytes] = []
    listener = threading.Thread(target=_listen, args=(reading, heard))
    listener.start()
    ended, status = 0, 0
    until = start + (limit if kill is None else kill)
    while not ended and time.monotonic() < until:
        time.sleep(0.002)
        ended, status = os.waitpid(child, os.WNOHANG)
    if late := not ended:
        os.killpg(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    listener.join()
    os.close(reading)
    said = b"".join(heard).decode("utf-8", "replace")
    code = os.waitstatus_to_exitcode(status)
    code = None if late and code == -signal.SIGKILL else code
    return Outcome(code, said, time.monotonic() - start, hung=code is None and kill is None)


def _listen(pipe, heard):
    while part := os.read(pipe, 2**16):
        heard.append(part)


def _be(job, log, memory, environment):
    """The child: never returns."""
    code = 70
    try:
        os.setpgid(0, 0)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for stream in (1, 2):
            os.dup2(log, stream)
        sys.stdout, sys.stderr = (os.fdopen(n, "w", buffering=1, closefd=False) for n in (1, 2))
        for name, value in environment.items():
            os.environ.pop(name, None)
            os.environ.update({name: str(value)} if value is not None else {})
        if memory:
            now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (now + memory, now + memory))
        code = job() or 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def chance(*names) -> random.Random:
    """Random numbers that are the same in every run, others for each name."""
    return random.Random(" ".join(map(str, names)))
