"""How long the measures take with DogNet: FID of 5,000 pictures, KID of 500.

    python tests/benchmarks/bench_metrics.py           # 5,000 random pictures on each side
    python tests/benchmarks/bench_metrics.py -n 1000

Both sides are extracted anew each time, which is nearly all of the work. CPU seconds stand beside
those of the clock, since a busy machine changes the clock's only.
"""

import argparse
import time

import numpy as np

from dogan_lib.metrics import extract, fid, kid, mifid, precision_recall


def pictures(n: int, seed: int) -> np.ndarray:
    """Smooth random pictures, uint8 (n, 64, 64, 3)."""
    coarse = np.random.default_rng(seed).integers(0, 256, (n, 8, 8, 3), dtype="uint8")
    return coarse.repeat(8, 1).repeat(8, 2)


def timed(text: str, work):
    clock, cpu = time.perf_counter(), time.process_time()
    result = work()
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    print(f"{text:<42} {clock:6.1f} s, {cpu:6.1f} s of CPU", flush=True)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=5000, help="pictures a side (5,000)")
    n = parser.parse_args().n
    real, fake = pictures(n, 0), pictures(n, 1)
    timed("load DogNet, first batch", lambda: extract(real[:100]))
    timed("KID of 500 pictures", lambda: kid(real[:500], fake[:500]))
    timed(f"FID of {n:,} pictures", lambda: fid(real, fake))
    real, fake = extract(real), extract(fake)
    timed(f"KID of {n:,} features", lambda: kid(real, fake))
    timed(f"MiFID of {n:,} features", lambda: mifid(real, fake))
    timed(f"precision and recall of {n:,} features", lambda: precision_recall(real, fake))


if __name__ == "__main__":
    main()
