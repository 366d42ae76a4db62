"""How long until Stanford Dogs are 64x64: `load_dogs` beside the loop that one writes first.

    python tests/benchmarks/bench_loader.py            # 2,000 stand-ins for the 20,580 pictures
    python tests/benchmarks/bench_loader.py --full     # as many as there are; 0.8 GB in /tmp

The stand-ins are drawn noise in the layout, the number of pixels (500x375) and about the bytes of
the real archive. Both sides read the same two tar files and start without a cache.
"""

import argparse
import contextlib
import io
import os
import tarfile
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
from PIL import Image

from dogan_lib.dogs import load_dogs

FULL = 20_580
WIDTH, HEIGHT, SIZE = 500, 375, 64
VARIANTS = 60  # different pictures; more would only make the stand-in slower to write

ANNOTATION = """<annotation><folder>%s</folder><filename>%s</filename><object><name>dog</name>
<bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax></bndbox></object></annotation>
"""


def write_archive(folder: Path, n: int):
    """`images.tar` and `annotation.tar` with n pictures, one box each."""
    rng = np.random.default_rng(0)
    pictures = [_picture(rng) for _ in range(VARIANTS)]
    with (
        tarfile.open(folder / "images.tar", "w") as images,
        tarfile.open(folder / "annotation.tar", "w") as annotations,
    ):
        for i in range(n):
            name = f"n{i % 120:08d}-Breed_{i % 120}/n{i % 120:08d}_{i}"
            _add(images, f"Images/{name}.jpg", pictures[i % VARIANTS])
            box = ANNOTATION.format(*_box(rng)).encode()
            _add(annotations, f"Annotation/{name}", box)


def _picture(rng: np.random.Generator) -> bytes:
    """Soft shapes and a grain that JPEG turns into some 40 kB, the real archive's average."""
    soft = Image.fromarray(rng.integers(0, 256, (12, 16, 3), np.uint8))
    soft = np.asarray(soft.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC), np.float32)
    grain = rng.normal(0, 8, (HEIGHT, WIDTH, 1))
    file = io.BytesIO()
    Image.fromarray(np.clip(soft + grain, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=75)
    return file.getvalue()


def _box(rng: np.random.Generator) -> tuple[int, int, int, int]:
    """Two thirds of the picture a side, the real boxes' average."""
    width, height = rng.integers(220, 440), rng.integers(160, 340)
    left, top = rng.integers(0, WIDTH - width), rng.integers(0, HEIGHT - height)
    return left, top, left + width, top + height


def _add(tar: tarfile.TarFile, name: str, data: bytes):
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))


def plain_loop(folder: Path) -> np.ndarray:
    """One picture after the other; no unpacking to disk, which would only take longer."""
    crops = []
    with (
        tarfile.open(folder / "images.tar") as images,
        tarfile.open(folder / "annotation.tar") as annotations,
    ):
        xml = {member.name.split("/", 1)[1]: member for member in annotations}
        for member in images:
            name = member.name.split("/", 1)[1].removesuffix(".jpg")
            box = ET.parse(annotations.extractfile(xml[name])).find("object/bndbox")
            xmin, ymin, xmax, ymax = (
                int(box.find(s).text) for s in ("xmin", "ymin", "xmax", "ymax")
            )
            side = min(max(xmax - xmin, ymax - ymin), WIDTH, HEIGHT)
            left = min(max((xmin + xmax - side) // 2, 0), WIDTH - side)
            top = min(max((ymin + ymax - side) // 2, 0), HEIGHT - side)
            picture = Image.open(images.extractfile(member)).convert("RGB")
            picture = picture.crop((left, top, left + side, top + side))
            crops.append(np.asarray(picture.resize((SIZE, SIZE), Image.Resampling.LANCZOS)))
    return np.stack(crops)


def ours(folder: Path) -> np.ndarray:
    """The first load, which writes the cache."""
    with _cache() as _, contextlib.redirect_stdout(None):
        dogs = load_dogs(SIZE, folder)
    return dogs.images[np.argsort([int(n.rsplit("_", 1)[1][:-4]) for n in dogs.names])]


@contextlib.contextmanager
def _cache():
    before = os.environ.get("DOGAN_CACHE")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DOGAN_CACHE"] = folder
        try:
            yield folder
        finally:
            os.environ.pop("DOGAN_CACHE")
            if before is not None:
                os.environ["DOGAN_CACHE"] = before


def from_cache(folder: Path):
    """A second load, and what it took."""
    with _cache(), contextlib.redirect_stdout(None):
        load_dogs(SIZE, folder)
        return timed(load_dogs, SIZE, folder)


def timed(function, *arguments) -> tuple[object, tuple[float, float]]:
    """The result, and the seconds that passed and those that all threads together computed."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = function(*arguments)
    return result, (time.perf_counter() - wall, time.process_time() - cpu)


def run(n: int = 2_000, rounds: int = 3) -> dict[str, tuple[float, float]]:
    """(Seconds, CPU seconds) for n pictures: the best of some rounds, in turn. Prints a table."""
    plain_name, our_name = "plain loop, one thread", "load_dogs, first time"
    best = dict.fromkeys((plain_name, our_name), (np.inf, np.inf))
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        write_archive(folder, n)
        megabytes = (folder / "images.tar").stat().st_size / 1e6
        for _ in range(rounds):
            plain, took = timed(plain_loop, folder)
            best[plain_name] = min(best[plain_name], took)
            cut, took = timed(ours, folder)
            best[our_name] = min(best[our_name], took)
        best["load_dogs, from the cache"] = from_cache(folder)[1]
    difference = np.abs(plain.astype(int) - cut).mean()
    print(
        f"{n:,} pictures of {WIDTH}x{HEIGHT} ({megabytes:,.0f} MB) -> {SIZE}x{SIZE}, "
        f"{os.cpu_count()} cores, best of {rounds}{_load()}\n{_table(best, n)}\n"
        f"mean difference of the crops: {difference:.2f} of 255"
    )
    return best


def _load() -> str:
    """What else runs here makes the seconds longer, and two threads no faster than one."""
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0
    return f"; the machine was busy (load {busy:.0f})" if busy > os.cpu_count() else ""


def _table(best: dict[str, tuple[float, float]], n: int) -> str:
    """Markdown, so that README can hold it."""
    plain = best["plain loop, one thread"][0]
    whole = f"{FULL:,} pictures" if n == FULL else f"{FULL:,} pictures would take"
    lines = [
        f"| | seconds | CPU seconds | pictures/s | {whole} | speed-up |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, (wall, cpu) in best.items():
        lines.append(
            f"| {name} | {wall:.2f} | {cpu:.2f} | {n / wall:,.0f} | {wall * FULL / n:.0f} s "
            f"| {plain / wall:.1f}x |"
        )
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=2_000, help="pictures in the stand-in archive")
    parser.add_argument("--full", action="store_true", help=f"{FULL:,} of them, once")
    arguments = parser.parse_args()
    run(FULL, rounds=1) if arguments.full else run(arguments.n)


if __name__ == "__main__":
    main()
