"""Disks that are full or cannot be written to, no home, two processes at once, damaged caches."""

import contextlib
import os
import pwd
import resource
import shutil
import signal
import subprocess
from pathlib import Path

from data.make import generators
from data.make.shipping import save_generator
from dogan_lib import checkpoints, cli
from dogan_lib.models import dcgan
from tests.faults.kills import DATA, Mirror, archive, fetching, loading
from tests.faults.trials import Row, chance, run

# Full, read-only, homeless ------------------------------------------------------------------------


class Disk:
    """A small disk of its own where one may be mounted, else a folder and a limit on each file.

    Args:
        room: bytes that are free on it.
    """

    def __init__(self, folder: Path, room: int):
        self.folder, self.room = folder, room

    def __enter__(self):
        self.folder.mkdir(parents=True)
        size = f"size={-(-self.room // 4096) * 4096 + 8 * 4096}"
        command = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(self.folder)]
        can = shutil.which("mount") is not None
        self.mounted = can and not subprocess.run(command, capture_output=True).returncode
        return self

    def __exit__(self, *_):
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)

    def limited(self, job):
        """The job, unable to write larger files where there is no disk of its own."""

        def inside():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.room, self.room))
            return job()

        return job if self.mounted else inside

    def refuse(self) -> bool:
        """Make it read-only; whether that can be done here."""
        if self.mounted:
            command = ["mount", "-o", "remount,ro", str(self.folder)]
            return not subprocess.run(command, capture_output=True).returncode
        self.folder.chmod(0o555)
        return os.geteuid() != 0


def disks(count: int, place: Path) -> Row:
    """One line that says where; what was there stays, nothing half is added, and then it works."""
    row, jobs = Row("full disk, read-only disk, no home"), {}
    sides = archive(place / "fake.zip", 24, 32), archive(place / "real.zip", 60, 32)
    network = place / "g.keras"
    made = run(lambda: dcgan.generator_32(8, width=16).save(network))
    if made.code != 0:
        raise RuntimeError(made.said)
    common = {"DOGAN_CACHE": place / "cache", "DOGAN_PRECISION": "float32"}

    def to(name, *arguments, command=cli.main):
        """A job that writes a file or folder of this name on the disk."""
        return lambda where: lambda: command([*map(str, arguments), str(where / name)])

    train = ("tiny", "--data", "doodle", "--limit", "24", "--epochs", "1", "--out")
    score = ("score", sides[0], "--real", sides[1], "--features", "dognet", "-n", "20", "--json")
    cached = {"DOGAN_CACHE": None}
    jobs = {  # name: the job for a place, and its environment there
        "train": (to("run", *train, command=generators.main), {}),
        "sample": (to("dogs.png", "sample", network, "-n", "64", "-o"), {}),
        "submit": (to("dogs.zip", "submit", network, "--enlarge", "-n", "12", "-o"), {}),
        "score": (to("table.json", *score), {}),
        "archive": (lambda where: _data(sides[1]), cached),
        "doodles": (lambda where: _data("doodle", "--limit", "40"), cached),
        "ship": (lambda where: _shipped(network, where), {}),
    }
    needs = {}  # bytes, as measured
    names = [f"{how} {name}" for how in ("full", "nearly", "half", "read-only") for name in jobs]
    shares = {"full": 0, "nearly": 0.8, "half": 0.4, "read-only": 0}
    for number, full in enumerate(names[:count]):
        how, name = full.split()
        (job, own), said, works = jobs[name], "", True
        if how == "full":  # with room it works; and what it needs from elsewhere is there then
            there = {key: place / "roomy" / "cache" for key in own}
            first = run(job(place / "roomy"), **common | there)
            said, works = first.said, first.code == 0
            needs[name] = sum(_listing(place / "roomy").values())
            shutil.rmtree(place / "roomy", ignore_errors=True)
        room = int(shares[how] * chance("disk", number).uniform(0.5, 1) * needs.get(name, 0))
        with Disk(place / "small" / str(number), room) as disk:
            _fill(disk, room)
            environment = common | {key: disk.folder / "cache" for key in own}
            if how == "read-only" and not disk.refuse():
                continue
            before = _listing(disk.folder)
            ended = run(disk.limited(job(disk.folder)), **environment)
            kept = _listing(disk.folder)
            named = str(disk.folder) in "".join(ended.said.strip().splitlines()[-1:])
            whole = all(kept.get(path) == size for path, size in before.items())
            halves = [path for path, size in kept.items() if "tmp" in path or not size]
            ok = ended.code == 1 and ended.polite and named and not halves
        said += f"{ended.code} {halves} {ended.said}"
        row.note(1, ok and whole and works, said, lost=not whole, name=full)
    for name in ("archive", "doodles")[: max(0, count - len(names))] or ("doodles",):
        ended = run(_homeless(jobs[name][0](place)), DOGAN_CACHE=None, HOME=None)
        row.note(
            1, ended.polite and "DOGAN_CACHE" in ended.said, ended.said, name=f"homeless {name}"
        )
    return row


def _data(*source):
    return lambda: cli.main(["data", "--size", "16", "--source", *map(str, source)])


def _shipped(network, where):
    def job():
        try:
            model = checkpoints.load_generator(network).model
            save_generator(model, "own", {}, where)
        except OSError as error:
            print(f"dogan: {error}")
            return 1

    return job


def _homeless(job):
    def without():
        def nobody(number):
            raise KeyError(number)

        pwd.getpwuid = nobody
        return job()

    return without


def _fill(disk: Disk, room: int):
    """Leave so many bytes."""
    if disk.mounted:
        with contextlib.suppress(OSError), open(disk.folder / "full", "wb", buffering=0) as file:
            while True:
                free = os.statvfs(disk.folder)
                over = free.f_bavail * free.f_frsize - room
                if over <= 0:
                    break
                file.write(bytes(min(over, 4096)))


def _listing(folder: Path) -> dict:
    return {
        str(path.relative_to(folder)): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file()
    }


# Two at once --------------------------------------------------------------------------------------


def pairs(count: int, place: Path) -> Row:
    """Two processes make the same cache, or fetch the same file, at the same time."""
    row, source = Row("two processes on one cache"), archive(place / "dogs.zip")
    alone = {s: run(loading(s), DOGAN_CACHE=place / "alone") for s in (source, "doodle")}
    with Mirror() as url:
        for number in range(count):
            cache, path = place / f"cache{number}", place / f"{number}.tar"
            kind = (source, "doodle", url)[number % 3]
            job = fetching(url, path) if kind == url else loading(kind)
            both = run(_two(job, chance("pair", number).uniform(0, 0.3)), DOGAN_CACHE=cache)
            if kind == url:
                parts = list(place.glob("*.part*"))
                same = both.code == 0 and path.read_bytes() == DATA and not parts
            else:
                right = alone[kind].said.split()[-1]
                same = both.code == 0 and both.said.split().count(right) == 2
                same &= len(list(cache.iterdir())) == 1
            row.note(1, same, both.said, lost=not same, name=f"{number} {kind}")
    return row


def _two(job, pause):
    """The job in this process and in another, which begins a little later."""

    def both():
        import time

        other = os.fork()
        if not other:
            code = 70
            try:
                time.sleep(pause)
                code = job() or 0
            finally:
                os._exit(code)
        code = job() or 0
        return code or os.waitstatus_to_exitcode(os.waitpid(other, 0)[1])

    return both


# Damaged caches -----------------------------------------------------------------------------------


def caches(count: int, place: Path) -> Row:
    """A cache that was damaged gives the right dogs: it is made anew."""
    row, sources = Row("damaged caches"), (archive(place / "dogs.zip"), "doodle")
    right = {s: run(loading(s), DOGAN_CACHE=place / f"{i}") for i, s in enumerate(sources)}
    for number in range(count):
        kind = number % 2
        cache = place / f"cache{number}"
        shutil.copytree(place / str(kind), cache)
        (file,) = cache.iterdir()
        hurt(file, chance("caches", number))
        ended = run(loading(sources[kind]), DOGAN_CACHE=cache)
        same = ended.code == 0 and ended.said.split()[-1] == right[sources[kind]].said.split()[-1]
        row.note(1, same, ended.said, lost=ended.code == 0 and not same, name=f"{number}")
        shutil.rmtree(cache)
    return row


def hurt(path: Path, random):
    """Damage the file, or lose it."""
    data = bytearray(path.read_bytes())
    at = random.randrange(len(data))
    match random.randrange(6):
        case 0:
            data[at] ^= 1 << random.randrange(8)
            path.write_bytes(data)
        case 1:
            path.write_bytes(data[:at])
        case 2:
            path.write_bytes(data + random.randbytes(random.randrange(1, 5000)))
        case 3:
            data[at : at + 512] = bytes(len(data[at : at + 512]))
            data[-1] ^= 1  # zeros may have been there
            path.write_bytes(data)
        case 4:
            path.unlink()
        case 5:
            path.unlink()
            path.symlink_to("nowhere")
