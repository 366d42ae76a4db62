"""The curves of the failures of chapter 05, recorded on real dogs into `data/failures.json`.

python -m data.make.failures ARCHIVE
"""

import argparse
import json
from pathlib import Path

from dogan_lib import runtime
from dogan_lib.callbacks import Recorder
from dogan_lib.classroom.failures import FAILURES, path, recorded
from dogan_lib.dogs import load_dogs


def record(name: str, data: str, limit: int = 2048, seeds: int = 2) -> list[dict]:
    """Train a failure on dogs, once a seed, and keep every step's signals to four digits."""
    failure, runs = FAILURES[name], []
    for seed in range(seeds):
        print(f"{name}, {runtime.setup(seed)}", flush=True)
        dogs = load_dogs(size=64, source=data, limit=limit)
        batches = dogs.batches(32, seed=seed)
        recorder, gan = Recorder(), failure.build()
        try:
            gan.fit(batches, epochs=failure.epochs, verbose=0, callbacks=[recorder])
        except FloatingPointError as error:
            print(error)
        runs.append({k: [float(f"{v:.4g}") for v in vs] for k, vs in recorder.history.items()})
    return runs


def main(arguments=None):
    """Record some failures, or all, anew; the others' records stay."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("data", help="auto, stanford, doodle, or a path")
    parser.add_argument("names", nargs="*", default=list(FAILURES), metavar="NAME")
    chosen, limit = parser.parse_args(arguments), 2048
    runs = recorded() if path().exists() else {}
    runs |= {name: record(name, chosen.data, limit) for name in chosen.names}
    facts = {"data": f"{Path(chosen.data).name}: {limit} dogs, batch 32", "runs": runs}
    with runtime.write_atomically(path()) as temporary:
        temporary.write_text(json.dumps(facts) + "\n")


if __name__ == "__main__":
    main()
