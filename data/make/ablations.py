"""Studies recorded: every network of a study trained with several seeds, scored, and kept.

python -m data.make.ablations heuristics --ship
"""

import argparse
import concurrent.futures
import dataclasses
import json
import multiprocessing
import os
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image

from data.make.variants import STUDIES, Budget, describe, train_and_score
from dogan_lib import plots, runtime
from dogan_lib.classroom.studies import folder, table


def study(
    name: str,
    budget: Budget,
    seeds: int = 3,
    out: str | Path | None = None,
    workers: int | None = None,
) -> dict:
    """Train and score every network of a study; started again it does what is missing.

    Args:
        name: one of `STUDIES`.
        seeds: runs of each network.
        out: folder for `results.json` and eight pictures of each network; `runs/ablation_NAME`.
        workers: runs at a time, each on its share of the cores; one a core, or one on a GPU. Small
            networks train faster side by side than one after the other.

    Returns:
        `{"study", "budget", "machine", "instead", "runs": [{"variant", "seed", "KID", ...}]}`.

    Raises:
        ValueError: an unknown study, or `out` holds runs of another budget.
    """
    if name not in STUDIES:
        raise ValueError(f"no study {name!r}; there is {', '.join(STUDIES)}")
    out = Path(out or Path("runs") / f"ablation_{name}")
    facts = _resume(out / "results.json", name, budget)
    done = {(run["variant"], run["seed"]) for run in facts["runs"]}
    jobs = [(v, s) for s in range(seeds) for v in STUDIES[name] if (v, s) not in done]
    workers = workers or (1 if runtime.gpus() else os.cpu_count() or 1)
    threads = max(1, (os.cpu_count() or 1) // workers)
    for run, pictures in _scored(name, budget, jobs, workers, threads):
        facts["runs"].append(run)
        _keep(out, facts, run, pictures)
        print(f"{len(facts['runs'])}/{len(STUDIES[name]) * seeds} {describe(run)}", flush=True)
    return facts


def _resume(path: Path, name: str, budget: Budget) -> dict:
    wanted = dataclasses.asdict(budget) | {"data": Path(budget.data).name}
    if not path.exists():
        machine = f"{runtime.device()}, {runtime.best_precision()}"
        instead = {variant: network.instead for variant, network in STUDIES[name].items()}
        facts = {"study": name, "budget": wanted, "network": "dognet-1", "machine": machine}
        return facts | {"instead": instead, "runs": []}
    facts = json.loads(path.read_text())
    if facts["budget"] != wanted:
        raise ValueError(
            f"{path} holds runs of another budget, {facts['budget']}: choose another --out"
        )
    return facts


def _keep(out: Path, facts: dict, run: dict, pictures: np.ndarray):
    if run["seed"] == 0:
        with runtime.write_atomically(out / f"{run['variant']}.png") as temporary:
            temporary.write_bytes(plots.png(plots.tile(pictures, 8)))
    with runtime.write_atomically(out / "results.json") as temporary:
        temporary.write_text(json.dumps(facts, indent=1) + "\n")


def _scored(name, budget, jobs, workers, threads):
    """Each run's row and pictures as they come, from `workers` processes or from this one."""
    if workers == 1:
        yield from (train_and_score(name, variant, seed, budget) for variant, seed in jobs)
        return
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(
        workers, context, initializer=_share_cores, initargs=(threads,)
    ) as pool:
        waiting = [pool.submit(train_and_score, name, v, s, budget) for v, s in jobs]
        for future in concurrent.futures.as_completed(waiting):
            yield future.result()


def _share_cores(threads: int):
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)


def ship(facts: dict, out: Path) -> Path:
    """Copy a finished study to the committed ones: the numbers, and one strip of pictures."""
    name = facts["study"]
    strips = [np.asarray(Image.open(out / f"{variant}.png")) for variant in STUDIES[name]]
    with runtime.write_atomically(folder() / f"{name}.png") as temporary:
        temporary.write_bytes(plots.png(np.concatenate(strips)))
    path = folder() / f"{name}.json"
    with runtime.write_atomically(path) as temporary:
        temporary.write_text(json.dumps(facts, indent=1) + "\n")
    return path


def main(arguments=None):
    """Record a study; started again it does what is missing."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("study", choices=STUDIES)
    parser.add_argument("--seeds", type=int, default=3, help="runs of each network (3)")
    parser.add_argument("--out", type=Path, help="folder of the results (runs/ablation_STUDY)")
    parser.add_argument("--workers", type=int, help="runs at a time (one a core, one on a GPU)")
    parser.add_argument("--ship", action="store_true", help="copy it to the committed ones")
    for field in dataclasses.fields(Budget):
        kind = str if field.name == "data" else int
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=kind, default=field.default)
    chosen = vars(parser.parse_args(arguments))
    budget = Budget(**{field.name: chosen[field.name] for field in dataclasses.fields(Budget)})
    out = chosen["out"] or Path("runs") / f"ablation_{chosen['study']}"
    facts = study(chosen["study"], budget, chosen["seeds"], out, chosen["workers"])
    print(table(facts))
    if chosen["ship"]:
        print(ship(facts, out))


if __name__ == "__main__":
    main()
