"""Does it matter? The same small DCGAN 64, trained again and again with one thing exchanged.

`dogan train --ablation heuristics` runs a study, `STUDIES` lists them, `load("heuristics")` reads
the committed one.
"""

import concurrent.futures
import dataclasses
import json
import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from dogan_lib import checkpoints, losses, metrics, plots, runtime
from dogan_lib.diagnosis import MINIMUM, Recorder, diagnose
from dogan_lib.dogs import load_dogs
from dogan_lib.gan import GAN, default_optimizer, latents
from dogan_lib.models import dcgan
from dogan_lib.models.dcgan import Parts


class UniformLatents(GAN):
    """z ~ U[-1, 1], as in the code of the DCGAN paper, in place of N(0, I)."""

    def _draw(self, n):
        return keras.random.uniform((n, self.latent_dim), -1, 1, seed=self.random)


def uniform(n: int, dim: int, seed: int) -> np.ndarray:
    """n latents for a G that was trained with `UniformLatents`, float32 (n, dim)."""
    return np.random.default_rng(seed).uniform(-1, 1, (n, dim)).astype("float32")


class MixedBatches(GAN):
    """D learns from real and fake in one batch, with common batch statistics.

    In G's step it judges the fakes alone, as in the common code that mixes.
    """

    def _judge_both(self, real, fake, conditions):
        both = tf.concat([real, tf.cast(fake, real.dtype)], axis=0)
        return tf.split(self._judge(both, [tf.tile(c, (2,)) for c in conditions]), 2)


def sgd(rate: float) -> Callable[[], keras.optimizers.Optimizer]:
    return lambda: keras.optimizers.SGD(rate, momentum=0.5)


@dataclasses.dataclass(frozen=True)
class Variant:
    """One network of a study: what stands in for what, and how to build and train it."""

    instead: str
    parts: Parts = dcgan.RADFORD
    kind: type[GAN] = GAN
    optimizer: Callable[[], keras.optimizers.Optimizer] = default_optimizer
    loss: Callable[[], losses.AdversarialLoss] = losses.NonSaturating
    latents: Callable[[int, int, int], np.ndarray] = latents

    def build(self, width: int, seed: int) -> GAN:
        gan = self.kind(
            dcgan.generator_64(width=width, parts=self.parts),
            dcgan.discriminator_64(width=width, parts=self.parts),
            seed=seed,
        )
        gan.compile(self.loss(), self.optimizer(), self.optimizer(), ema=0)
        return gan


BASE = "all eight"
RATE = 0.01  # of SGD: the best KID of the study "sgd" at 400 steps, one seed

STUDIES = {
    "heuristics": {
        BASE: Variant("Radford's network"),
        "strided conv down": Variant("max pooling", Parts(down="max")),
        "strided conv up": Variant("nearest upsampling + convolution", Parts(up="nearest")),
        "LeakyReLU": Variant("ReLU", Parts(d_activation="relu")),
        "batch norm": Variant("no normalisation", Parts(norm="none")),
        "Gaussian init": Variant("Glorot uniform", Parts(init="glorot")),
        "Adam": Variant(f"SGD, rate {RATE}", optimizer=sgd(RATE)),
        "Gaussian latent": Variant("uniform latent", kind=UniformLatents, latents=uniform),
        "separate batches": Variant("real and fake mixed", kind=MixedBatches),
    },
    "sgd": {
        f"SGD {rate}": Variant(f"rate {rate}", optimizer=sgd(rate))
        for rate in (0.003, 0.01, 0.03, 0.1)
    },
    "losses": {
        "log loss": Variant("non-saturating"),
        "LSGAN (0, 1, 1)": Variant("the official code's targets", loss=losses.LeastSquares),
        "LSGAN (-1, 1, 0)": Variant(
            "the theorem's targets", loss=lambda: losses.LeastSquares(-1.0, 1.0, 0.0)
        ),
    },
}


@dataclasses.dataclass(frozen=True)
class Budget:
    """What every network of a study gets alike.

    Args:
        steps: of 64 real and 64 generated pictures.
        width: of both networks.
        data: source of `load_dogs`.
        limit: train on so many dogs; all where not given.
        samples: pictures that are scored, against as many real ones; FID needs 512.
        batch_size: real pictures a step.
    """

    steps: int = 1500
    width: int = 16
    data: str = "auto"
    limit: int | None = None
    samples: int = 1000
    batch_size: int = 64

    def __post_init__(self):
        if self.steps < MINIMUM:
            raise ValueError(f"{self.steps} steps show nothing: give at least {MINIMUM}")


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
        `{"study", "budget", "machine", "runs": [{"variant", "seed", "FID", "KID", ...}]}`.

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


def describe(run: dict) -> str:
    """One line about one run."""
    scores = ", ".join(f"{name} {run[name]:.4g}" for name in ("KID", "FID") if name in run)
    name = f"{run['variant']}, seed {run['seed']}"
    return f"{name}: {scores}, {run['diagnosis']}, {run['seconds']} s"


def _resume(path: Path, name: str, budget: Budget) -> dict:
    wanted = dataclasses.asdict(budget) | {"data": Path(budget.data).name}
    if not path.exists():
        machine = f"{runtime.device()}, {runtime.best_precision()}"
        return {"study": name, "budget": wanted, "machine": machine, "runs": []}
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


def train_and_score(name: str, variant: str, seed: int, budget: Budget) -> tuple[dict, np.ndarray]:
    """One run: its row of the results, and eight pictures uint8 (8, 64, 64, 3)."""
    runtime.setup(seed)
    dogs = load_dogs(size=64, source=budget.data, limit=budget.limit)
    if len(dogs) < budget.batch_size:
        raise ValueError(f"{len(dogs)} dogs do not fill a batch of {budget.batch_size}")
    network = STUDIES[name][variant]
    gan, recorder = network.build(budget.width, seed), Recorder()
    start = time.perf_counter()
    batches = dogs.batches(budget.batch_size, seed=seed).repeat().take(budget.steps)
    try:
        gan.fit(batches, epochs=1, verbose=0, callbacks=[recorder])
    except FloatingPointError:
        pass  # a network that ends in NaN is a result too
    seconds = time.perf_counter() - start
    z = network.latents(budget.samples, gan.latent_dim, 1000 + seed)
    # G as it is now: a NaN becomes black, and is scored as what it is.
    images = plots.to_uint8(np.nan_to_num(checkpoints.Generator(gan.generator).decode(z)))
    row = {"variant": variant, "seed": seed, **_scores(dogs, images, budget.samples)}
    row |= {"diagnosis": diagnose(recorder.history, gan.adversarial_loss).name}
    return row | {"seconds": round(seconds)}, images[:8]


def _scores(dogs, images, n) -> dict[str, float]:
    real = metrics.extract(dogs, n=min(n, len(dogs)), progress=False)
    fake = metrics.extract(images, progress=False)
    scores = {"KID": round(float(metrics.kid(real, fake)), 5)}
    if min(len(real), len(fake)) >= metrics.minimum(real.vectors.shape[1]):
        scores["FID"] = round(float(metrics.fid(real, fake)), 3)
    return scores


# ------------------------------------------------------------------------------ looking at it


def folder() -> Path:
    """Where the committed studies lie."""
    return checkpoints.data_dir() / "ablations"


def load(name: str) -> dict:
    """The committed results of a study.

    Raises:
        FileNotFoundError: it is not there; says how to make it.
    """
    path = folder() / f"{name}.json"
    if not path.exists():
        raise FileNotFoundError(f"no {path}: run `dogan train --ablation {name} --ship`")
    return json.loads(path.read_text())


def ship(facts: dict, out: Path) -> Path:
    """Copy a finished study to the committed ones: the numbers, and one strip of pictures."""
    from PIL import Image

    name = facts["study"]
    strips = [np.asarray(Image.open(out / f"{variant}.png")) for variant in STUDIES[name]]
    with runtime.write_atomically(folder() / f"{name}.png") as temporary:
        temporary.write_bytes(plots.png(np.concatenate(strips)))
    path = folder() / f"{name}.json"
    with runtime.write_atomically(path) as temporary:
        temporary.write_text(json.dumps(facts, indent=1) + "\n")
    return path


def by_variant(facts: dict, score: str = "KID") -> dict[str, np.ndarray]:
    """The score's values over the seeds, in the study's order."""
    found: dict[str, list] = {variant: [] for variant in STUDIES[facts["study"]]}
    for run in facts["runs"]:
        found[run["variant"]].append(run[score])
    return {variant: np.array(values) for variant, values in found.items() if values}


def table(facts: dict) -> str:
    """One line a network: median, and least to greatest over the seeds; lower is better."""
    heads = f"{'without':<19}{'instead':<34}{'KID x 1000 (least..most)':>26}{'FID':>7}"
    lines = [heads, "-" * len(heads)]
    for name, variant in STUDIES[facts["study"]].items():
        runs = [run for run in facts["runs"] if run["variant"] == name]
        if runs:
            kids = 1000 * np.array([run["KID"] for run in runs])
            spread = f"{np.median(kids):.1f}  ({kids.min():.1f}..{kids.max():.1f})"
            fid = np.median([run.get("FID", np.nan) for run in runs])
            lines.append(f"{name:<19}{variant.instead:<34}{spread:>26}{fid:>7.1f}")
    return "\n".join(lines)


def figure(facts: dict):
    """A dot a seed, beside the committed eight dogs of each network; the band is the base's spread.

    Raises:
        FileNotFoundError: the study's picture is not among the committed ones.
    """
    strip = plt.imread(folder() / f"{facts['study']}.png")
    kids = {name: 1000 * values for name, values in by_variant(facts).items()}
    chart, (left, right) = plt.subplots(
        1, 2, figsize=(11, 0.62 * len(kids) + 0.9), width_ratios=(1, 1.05), sharey=True
    )
    base = next(iter(kids.values()))
    left.axvspan(base.min(), base.max(), color=plots.PALETTE["neutral"], alpha=0.25, lw=0)
    for row, values in enumerate(kids.values()):
        left.plot(values, [row] * len(values), "o", color=plots.PALETTE["fake"], ms=6)
        left.plot(np.median(values), row, "|", color="black", ms=18)
    labels = [f"{v}\n{STUDIES[facts['study']][v].instead}" for v in kids]
    left.set_yticks(range(len(kids)), labels, fontsize=8)
    left.set(
        xlabel="KID x 1000 (lower is better)", xscale="log", title="a dot a seed, | the median"
    )
    right.imshow(strip, extent=(0, 8, len(kids) - 0.5, -0.5), aspect="auto")
    right.set_title("eight samples of each, none picked")
    right.set_xticks([])
    right.tick_params(left=False)
    left.set_ylim(len(kids) - 0.5, -0.5)
    chart.tight_layout()
    return chart
