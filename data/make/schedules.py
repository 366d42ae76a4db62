"""SinGAN's schedules on pictures of the paper: what each start scale varies, and what it costs.

    taskset -c 0 python -m data.make.schedules trees3.png balloons.png birds.png

Chapter 12 prints `data/ablations/schedules.json`. What is there already is kept, so that a run
which was stopped goes on with the next training.
"""

import argparse
import json
import time
from pathlib import Path

from dogan_lib import runtime
from dogan_lib.classroom.single import diversity, sifid
from dogan_lib.classroom.studies import folder
from dogan_lib.models.singan import SinGAN

SAMPLES = 50
# The paper's noise is .1 of what the scale below lacks.
VARIANTS = {
    "paper, noise .1": ("paper", {"noise": 0.1}),
    "fast, noise .1": ("fast", {"noise": 0.1}),
    "fast, noise 1": ("fast", {"noise": 1.0}),
}


def measure(path: Path, variant: str, size: int) -> dict:
    """Train one pyramid to the end: its cost, and the scores of samples from each start scale."""
    schedule, settings = VARIANTS[variant]
    begun = time.process_time()
    gan = SinGAN(max_size=size, seed=0, **settings).fit(path, schedule, verbose=False)
    cost = time.process_time() - begun
    drawn = [gan.sample(SAMPLES, start_scale=k, seed=1) for k in range(len(gan.shapes))]
    scores = [sifid(gan.image, each) for each in drawn]
    return {
        "picture": path.stem,
        "variant": variant,
        "size": list(gan.image.shape[1::-1]),
        "processor_seconds": round(cost),
        "diversity": [round(diversity(gan.image, each), 4) for each in drawn],
        "SIFID": [round(float(score), 4) for score in scores],
        "features": scores[0].features,
    }


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m data.make.schedules", description=__doc__)
    parser.add_argument("pictures", nargs="+", type=Path)
    parser.add_argument("--size", type=int, default=64, help="long side in pixels (64)")
    parser.add_argument("--out", type=Path, default=folder() / "schedules.json")
    args = parser.parse_args(arguments)
    runtime.setup(0, small=True)
    facts = {
        "study": "schedules",
        "samples": SAMPLES,
        "machine": f"{runtime.device()}, one core",
        "runs": [],
    }
    if args.out.exists():
        facts = json.loads(args.out.read_text(encoding="utf-8"))
    known = {(run["picture"], run["variant"], max(run["size"])) for run in facts["runs"]}
    for path in args.pictures:
        for variant in VARIANTS:
            if (path.stem, variant, args.size) not in known:
                facts["runs"].append(measure(path, variant, args.size))
                print(facts["runs"][-1], flush=True)
                with runtime.write_atomically(args.out) as temporary:
                    temporary.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
