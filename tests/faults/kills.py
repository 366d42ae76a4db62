"""SIGKILL at random moments: what was begun goes on, and what was there before is still there."""

import hashlib
import http.server
import io
import json
import os
import shutil
import threading
import zipfile
from pathlib import Path

import h5py
import keras
import nbformat
import numpy as np
from keras import layers
from PIL import Image

from data.make import generators, recipes
from docs import build
from dogan_lib import cli
from dogan_lib.dogs import load_dogs, stanford
from dogan_lib.gan import GAN
from tests.faults.trials import Row, chance, run

EPOCHS = 8
CHAIN = 5  # kills of one run before it may end


def _tiny() -> GAN:
    """Small, and with all that a checkpoint must hold: batch statistics, dropout, two Adams."""
    z, picture = keras.Input((8,), name="latents"), keras.Input((32, 32, 3))
    x = layers.BatchNormalization()(layers.Dense(16)(z))
    generator = keras.Model(z, layers.Reshape((32, 32, 3))(layers.Dense(3072, "tanh")(x)))
    x = layers.Dropout(0.1)(layers.Flatten()(picture))
    gan = GAN(generator, keras.Model(picture, layers.Dense(1)(x)), latent_dim=8)
    gan.compile(jit_compile=False)
    return gan


recipes.RECIPES["tiny"] = recipes.Recipe(_tiny, size=32, tricks=("tiny",), batch_size=8)

# Training -----------------------------------------------------------------------------------------


def training(count: int, place: Path) -> Row:
    """A run killed five times ends with the weights, to the bit, of one that was not."""
    row = Row("`dogan train` killed")
    straight = _train(place / "straight")
    if straight.code != 0:
        raise RuntimeError(straight.said)
    whole, number = _run_of(place / "straight"), 0
    while row.tried < count:
        out, number, kills, said = place / f"run{number}", number + 1, 0, ""
        while True:
            again = row.tried + kills < count and kills < CHAIN
            moment = chance("train", number, kills).uniform(0, straight.seconds)
            ended = _train(out, kill=moment if again else None)
            said += ended.said
            kills += ended.killed
            if not ended.killed:
                break
        equal = ended.code == 0 and _run_of(out) == whole and not _epochs_lost(said)
        row.note(kills, equal, said, lost=not equal, name=f"run {number}")
        shutil.rmtree(out, ignore_errors=True)
    return row


def _train(out: Path, kill: float | None = None):
    asked = f"tiny --data doodle --limit 24 --epochs {EPOCHS} --out {out}".split()

    def job():
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.experimental.enable_op_determinism()
        return generators.main(asked)

    return run(job, kill, DOGAN_CACHE=out.parent / "cache", DOGAN_PRECISION="float32")


def _run_of(out: Path) -> dict:
    """All that a run leaves, but for the seconds that it took, as digests."""
    found = {path.name: "" for path in out.iterdir()}
    with zipfile.ZipFile(out / "gan.keras") as file:
        weights = h5py.File(io.BytesIO(file.read("model.weights.h5")))
    digest = hashlib.sha256()
    weights.visititems(
        lambda name, item: (
            isinstance(item, h5py.Dataset)
            and digest.update(name.encode() + np.asarray(item).tobytes())
        )
    )
    rows = generators.read_history(out / "history.csv")
    pictures = {name: np.asarray(Image.open(out / name)) for name in ("film.png", "samples.png")}
    return {
        **found,
        "gan.keras": digest.hexdigest(),
        "history.csv": [{k: v for k, v in row.items() if k != "seconds"} for row in rows],
        **{name: hashlib.sha256(p.tobytes()).hexdigest() for name, p in pictures.items()},
    }


def _epochs_lost(said: str) -> bool:
    """Whether a start went on from before the last epoch but one that was reported."""
    reported = 0
    for line in said.splitlines():
        if line.startswith("epoch "):
            reported = int(line.split()[1].partition("/")[0])
        elif line.startswith("resuming "):
            if int(line.split()[-1].replace(",", "")) // 3 < reported - 1:
                return True
    return False


# The cache ----------------------------------------------------------------------------------------


def archive(path: Path, count: int = 80, size: int = 200) -> Path:
    """A zip of JPEGs in four folders."""
    random = np.random.default_rng(0)
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as file:
        for i in range(count):
            stream = io.BytesIO()
            pixels = random.integers(0, 256, (size // 8, size // 6, 3), np.uint8)
            Image.fromarray(pixels).resize((size, size)).save(stream, "JPEG")
            file.writestr(f"breed{i % 4}/{i}.jpg", stream.getvalue())
    return path


def digest_of(dogs) -> str:
    """Of pictures, labels and names."""
    facts = repr((dogs.labels.tolist(), dogs.names, dogs.captions)).encode()
    return hashlib.sha256(np.ascontiguousarray(dogs.images).tobytes() + facts).hexdigest()


def loading(source, size=24, limit=16):
    """A job that prints the digest of what `load_dogs` gives."""

    def job():
        print(digest_of(load_dogs(size, source, limit=limit, progress=False)))

    return job


def caching(count: int, place: Path) -> Row:
    """After a kill the next call gives the same dogs, and what the killed one left goes."""
    row, sources = Row("`load_dogs` killed"), (archive(place / "dogs.zip"), "portraits")
    first = {source: run(loading(source), DOGAN_CACHE=place / "once") for source in sources}
    for number in range(count):
        source = sources[number % len(sources)]
        cache, once = place / f"cache{number}", first[source]
        killed = run(
            loading(source),
            chance("cache", number).uniform(0, once.seconds),
            DOGAN_CACHE=cache,
        )
        for left in cache.glob(".*") if cache.exists() else ():
            os.utime(left, (0, 0))  # an hour later
        again = run(loading(source), DOGAN_CACHE=cache)
        same = again.code == 0 and again.said.split()[-1] == once.said.split()[-1]
        clean = len(list(cache.iterdir())) == 1
        row.note(1, same and clean, killed.said + again.said, lost=not same, name=f"{number}")
        shutil.rmtree(cache)
    return row


# A download ---------------------------------------------------------------------------------------

DATA = np.random.default_rng(1).bytes(4_000_000)
SHA = hashlib.sha256(DATA).hexdigest()


class Server(http.server.BaseHTTPRequestHandler):
    """Serves `DATA`, from any byte on, slowly."""

    def do_GET(self):
        wanted = self.headers.get("Range")
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        self.send_response(206 if wanted else 200)
        if wanted:
            self.send_header("Content-Range", f"bytes {start}-{len(DATA) - 1}/{len(DATA)}")
        self.send_header("Content-Length", str(len(DATA) - start))
        self.end_headers()
        try:
            for at in range(start, len(DATA), 100_000):
                self.wfile.write(DATA[at : at + 100_000])
                threading.Event().wait(0.01)
        except OSError:
            pass  # the other side was killed

    def log_message(self, *_):
        pass


class Mirror:
    """The server, in a process of its own: a context manager that gives its address."""

    def __enter__(self) -> str:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
        self.pid = os.fork()
        if not self.pid:
            try:
                server.serve_forever()
            finally:
                os._exit(0)
        server.server_close()
        return f"http://127.0.0.1:{server.server_port}/images.tar"

    def __exit__(self, *_):
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)


def fetching(url: str, path: Path):
    return lambda: print(stanford.download(url, path, len(DATA), SHA, show=False, pause=0.01)) or 0


def downloading(count: int, place: Path) -> Row:
    """A download that is killed goes on where it stopped, and ends whole."""
    row, number = Row("a download killed"), 0
    with Mirror() as url:
        while row.tried < count:
            path, number, kills, said = place / f"{number}.tar", number + 1, 0, ""
            while True:
                again = row.tried + kills < count and kills < CHAIN
                moment = chance("download", number, kills).uniform(0, 0.5)
                part = path.with_name(f"{path.name}.part")
                before = part.stat().st_size if part.exists() else 0
                ended = run(fetching(url, path), moment if again else None)
                after = part.stat().st_size if part.exists() else len(DATA)
                kills, said = kills + ended.killed, said + ended.said
                if not ended.killed or after < before:
                    break
            whole = ended.code == 0 and path.read_bytes() == DATA and not part.exists()
            row.note(kills, whole, said, lost=not whole, name=path.name)
    return row


# A table of scores --------------------------------------------------------------------------------


def scoring(count: int, place: Path) -> Row:
    """The table that was there stays until the new one is whole, and that is always the same."""
    row, out = Row("`dogan score` killed"), place / "table.json"
    sides = archive(place / "fake.zip", 24, 32), archive(place / "real.zip", 60, 32)
    asked = ["score", str(sides[0]), "--real", str(sides[1]), "--features", "dognet"]
    asked += ["-n", "20", "--json", str(out)]

    def score(kill=None):
        return run(lambda: cli.main(asked), kill, DOGAN_CACHE=place / "cache")

    once = score()
    if once.code != 0:
        raise RuntimeError(once.said)
    new, old, number = out.read_text(), json.dumps({"old": True}), 0
    while row.tried < count:
        out.write_text(old)
        said, kills, number = "", 0, number + 1
        for i in range(min(CHAIN, count - row.tried)):
            killed = score(chance("score", number, i).uniform(0, once.seconds))
            said, kills = said + killed.said, kills + killed.killed
            if out.read_text() not in (old, new):
                break
        torn = out.read_text() not in (old, new)
        last = score()
        whole = not torn and last.code == 0 and out.read_text() == new
        row.note(kills, whole, said + last.said, lost=torn, name="a table")
    return row


# The site -----------------------------------------------------------------------------------------


def building(count: int, place: Path) -> Row:
    """A site that was there stays whole until the new one is."""
    row, course = Row("`dogan site` killed"), place / "course"
    folder = build.ROOT / "_site" / "faults"  # Sphinx looks for the repository around it
    shutil.rmtree(folder, ignore_errors=True)
    course.mkdir(parents=True)
    cells = [nbformat.v4.new_markdown_cell("# 시험: a test"), nbformat.v4.new_code_cell("print(1)")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = build.KERNEL
    nbformat.write(notebook, course / "00_first.ipynb")

    def site(kill=None):
        def job():
            build.SITE = folder
            build.build_site(course)

        return run(job, kill, limit=300)

    once = site()
    if once.code != 0:
        raise RuntimeError(once.said)
    html = folder / "html"
    whole, number = _pages(html), 0
    while row.tried < count:
        said, kills, torn, number = "", 0, False, number + 1
        for i in range(min(CHAIN, count - row.tried)):
            killed = site(chance("site", number, i).uniform(0, once.seconds))
            said, kills = said + killed.said, kills + killed.killed
            torn |= _pages(html) != whole
        last = site() if row.tried + kills >= count else None  # one more at the end is enough
        good = not torn and (last is None or (last.code == 0 and _pages(html) == whole))
        row.note(kills, good, said, lost=torn, name="a site")
    left = {"new", "old"} & {path.name for path in folder.iterdir()}
    row.odd += [f"left behind: {left}"] if left else []
    shutil.rmtree(folder)
    return row


def _pages(html: Path) -> dict:
    return {
        str(path.relative_to(html)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(html.rglob("*.html"))
    }
