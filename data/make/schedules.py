"""SinGAN's schedules on pictures of the paper: diversity and SIFID by start scale, and the time.

    python -m data.make.schedules trees3.png balloons.png birds.png

Each picture, shrunk to a long side of 64 pixels, is learnt three times: with the paper's schedule,
with the fast one, and with the fast one and noise as strong as what the scale below lacks. What was
measured before (`data/ablations/schedules.json`) is kept.
"""

import argparse
import json
import time
from pathlib import Path

from dogan_lib import runtime
from dogan_lib.checkpoints import data_dir
from dogan_lib.classroom.single import diversity, sifid
from dogan_lib.models.singan import Schedule, SinGAN
from dogan_lib.models.singan_training import SCHEDULES

N = 50  # samples a start scale, as in the paper
WAYS = {
    "paper": (SCHEDULES["paper"], {}),
    "fast": (SCHEDULES["fast"], {}),
    "fast, noise 1": (SCHEDULES["fast"], {"noise": 1.0}),
}


def measure(picture, schedule: Schedule, n: int = N, **settings) -> dict:
    """Train one pyramid; its seconds, and what n samples from each start scale are worth."""
    runtime.setup(0, small=True)
    start = time.perf_counter()
    gan = SinGAN(**{"max_size": 64, **settings}).fit(picture, schedule, verbose=False)
    row = {"size": list(gan.image.shape[1::-1]), "seconds": round(time.perf_counter() - start)}
    drawn = [gan.sample(n, start_scale=k, seed=1) for k in range(len(gan.scales))]
    row["diversity"] = [round(diversity(gan.image, each), 3) for each in drawn]
    row["sifid"] = [round(float(sifid(gan.image, each)), 3) for each in drawn]
    return row


def study(pictures: list[str], path: Path, ways=WAYS, n: int = N) -> dict:
    """Every picture in every way; written after each, so that it can be stopped."""
    kept = json.loads(path.read_text(encoding="utf-8"))["runs"] if path.exists() else {}
    for picture in pictures:
        runs = kept.setdefault(Path(picture).stem, {})
        for name, (schedule, settings) in ways.items():
            if name in runs:
                continue
            runs[name] = measure(picture, schedule, n, **settings)
            print(Path(picture).stem, name, runs[name], flush=True)
            found = {"n": n, "runs": kept}
            with runtime.write_atomically(path) as temporary:
                temporary.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return kept


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m data.make.schedules", description=__doc__)
    parser.add_argument("pictures", nargs="+", help="files, by their names")
    args = parser.parse_args(arguments)
    study(args.pictures, data_dir() / "ablations" / "schedules.json")


if __name__ == "__main__":
    main()
