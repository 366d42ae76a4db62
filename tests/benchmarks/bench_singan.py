"""SinGAN: seconds and SIFID of the schedules on one picture, and our 3 + 3 steps beside PyTorch's.

    python tests/benchmarks/bench_singan.py                       # speed of all, quality of fast
    python tests/benchmarks/bench_singan.py --paper --seeds 3     # hours: 2000 iterations a scale
    python tests/benchmarks/bench_singan.py --size 128 --picture trees.png

Each contestant runs in a process of its own, one after the other. PyTorch takes part where it is
installed, or where DOGAN_TORCH_PYTHON names a Python that has it. Timings inform; nothing fails on
them.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path

ITERATIONS = 2000  # the paper's, for each scale
CONTESTANTS = {
    "dogan, paper's steps, auto": ("dogan", "auto"),
    "dogan, paper's steps, float32": ("dogan", "float32"),
    "dogan, fast schedule's 1 + 1 steps, auto": ("dogan_fast", "auto"),
    "PyTorch eager, float32": ("torch", "float32"),
    "PyTorch eager, bfloat16 autocast": ("torch", "bfloat16"),
}


def rate(step, seconds: float) -> float:
    """Iterations a second of `step() -> iterations`, the better of two windows, after a warm-up."""
    step()
    best = 0.0
    for _ in range(2):
        done, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds / 2:
            done += step()
        best = max(best, done / (time.perf_counter() - start))
    return best


# ---------------------------------------------------------------------------- speed


def dogan(task, schedule="paper"):
    """Iterations a second at each scale, drawing from the scales below included."""
    import dataclasses

    from dogan_lib import runtime
    from dogan_lib.models import singan
    from dogan_lib.models.singan_training import SCHEDULES, Training

    runtime.setup(task.get("seed", 0), small=True)
    plan = dataclasses.replace(SCHEDULES[schedule], block=5)
    gan = singan.SinGAN(precision=task["precision"])
    gan.take(_picture(task["picture"], task["size"]))
    rates = []
    for k in range(len(gan.shapes)):
        training = Training(gan, k, plan)

        def step(training=training):
            training.worker.train(training.inputs(plan.block, plan.learning_rate)).numpy()
            return plan.block

        rates.append(rate(step, task["seconds"]))
        gan.critic = training.worker.d.get_weights()
        gan.scales.append(singan.Scale(training.worker.g.get_weights(), training.sigma))
    return rates


def dogan_fast(task):
    return dogan(task, "fast")


def torch(task):
    """The same networks and steps as an eager loop; what comes from below is given to it."""
    import torch
    from torch import nn

    def network(width, out):
        channels = [3, *[width] * 4]
        blocks = [
            layer
            for i, o in itertools.pairwise(channels)
            for layer in (nn.Conv2d(i, o, 3), nn.BatchNorm2d(o), nn.LeakyReLU(0.2))
        ]
        net = nn.Sequential(*blocks, nn.Conv2d(width, out, 3))
        return net.to(memory_format=torch.channels_last)

    def picture(*shape):
        return torch.rand(1, 3, *shape).mul(2).sub(1).to(memory_format=torch.channels_last)

    def at_scale(width, height, broad):
        g, d = network(width, 3), network(width, 1)
        g_opt = torch.optim.Adam(g.parameters(), 5e-4, (0.5, 0.999))
        d_opt = torch.optim.Adam(d.parameters(), 5e-4, (0.5, 0.999))
        real, rec = picture(height, broad), picture(height + 10, broad + 10)

        def generate(z, up):
            return torch.tanh(g(z + up).float()) + up[:, :, 5:-5, 5:-5]

        def penalty(fake):
            alpha = torch.rand(())
            mixed = (alpha * real + (1 - alpha) * fake).requires_grad_()
            (gradient,) = torch.autograd.grad(d(mixed).float().sum(), mixed, create_graph=True)
            return 0.1 * ((gradient.norm(2, dim=1) - 1) ** 2).mean()

        def step():
            z = 0.1 * torch.randn_like(rec)
            with torch.autocast("cpu", torch.bfloat16, enabled=task["precision"] == "bfloat16"):
                for _ in range(3):
                    with torch.no_grad():
                        fake = generate(z, rec)
                    loss = d(fake).float().mean() - d(real).float().mean() + penalty(fake)
                    d_opt.zero_grad()
                    loss.backward()
                    d_opt.step()
                for _ in range(3):
                    error = ((generate(torch.zeros_like(rec), rec) - real) ** 2).mean()
                    loss = 10 * error - d(generate(z, rec)).float().mean()
                    g_opt.zero_grad()
                    loss.backward()
                    g_opt.step()
            return 1

        return rate(step, task["seconds"])

    return [at_scale(*scale) for scale in task["scales"]]


# ---------------------------------------------------------------------------- quality


def quality(task):
    """Train with a schedule; how long it took, and SIFID and diversity of 50 samples."""
    from dogan_lib import runtime
    from dogan_lib.classroom.single import diversity, sifid
    from dogan_lib.models.singan import SinGAN

    runtime.setup(task["seed"], small=True)
    picture = _picture(task["picture"], task["size"])
    start = time.perf_counter()
    gan = SinGAN(seed=task["seed"]).fit(picture, task["schedule"], verbose=False)
    seconds = time.perf_counter() - start
    samples = gan.sample(50, seed=1)
    score = sifid(gan.image, samples)
    return {
        "seconds": seconds,
        "iterations": sum(scale.facts["iterations"] for scale in gan.scales),
        "sifid": float(score),
        "layer": score.features,
        "diversity": diversity(gan.image, samples),
    }


# ---------------------------------------------------------------------------- around


def _picture(path, size):
    from PIL import Image

    from dogan_lib.models.singan import as_picture

    image = Image.fromarray(as_picture(path))
    scale = size / max(image.size)
    if scale > 1:
        raise SystemExit(f"{path} is smaller than {size} pixels")
    return image.resize([round(side * scale) for side in image.size], Image.Resampling.LANCZOS)


def run(kind: str, task: dict) -> dict | list | str:
    """One contestant in a fresh process; a reason instead of numbers where it cannot run."""
    python = os.environ.get("DOGAN_TORCH_PYTHON") if kind == "torch" else None
    command = [python or sys.executable, __file__, "--one", kind, json.dumps(task)]
    root = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "PYTHONPATH": root, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    return json.loads(done.stdout.strip().splitlines()[-1])


def default_picture(folder: Path) -> Path:
    """The paper's kind of picture where there is one, else a doodle."""
    shared = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    shared = Path(os.environ.get("DOGAN_SHARED_DATA") or shared)
    trees = shared / "singan" / "natural" / "trees3.png"
    if trees.exists():
        return trees
    from PIL import Image

    from dogan_lib.dogs import load_dogs

    doodle = load_dogs(size=256, source="doodle", limit=1).images[0]
    Image.fromarray(doodle).save(folder / "doodle.png")
    return folder / "doodle.png"


def compare_speed(task):
    """A table of iterations a second, and of what the paper's schedule would take."""
    from dogan_lib.models.singan import SinGAN

    gan = SinGAN()
    gan.take(_picture(task["picture"], task["size"]))
    scales = [(gan.width_at(k), *shape) for k, shape in enumerate(gan.shapes)]
    sizes = " | ".join(f"{broad}x{height}" for _, height, broad in scales)
    print("iterations a second at each scale, of 3 + 3 steps where not said\n")
    print(f"| | {sizes} | {ITERATIONS} each |")
    print("|---" + "|--:" * (len(scales) + 1) + "|")
    for name, (kind, precision) in CONTESTANTS.items():
        rates = run(kind, {**task, "precision": precision, "scales": scales})
        if isinstance(rates, str):
            print(f"| {name} | {rates} |", flush=True)
            continue
        minutes = sum(ITERATIONS / value for value in rates) / 60
        cells = " | ".join(f"{value:.1f}" for value in rates)
        print(f"| {name} | {cells} | {minutes:.1f} min |", flush=True)


def compare_quality(task, schedules, seeds):
    """A table of seconds and SIFID, one row for each run."""
    print("\n| schedule | seed | seconds | iterations | SIFID of 50 | diversity |")
    print("|---|--:|--:|--:|--:|--:|")
    layer = ""
    for schedule in schedules:
        for seed in range(seeds):
            row = run("quality", {**task, "schedule": schedule, "seed": seed})
            if isinstance(row, str):
                print(f"| {schedule} | {seed} | {row} |", flush=True)
                continue
            layer = row["layer"]
            print(
                f"| {schedule} | {seed} | {row['seconds']:.0f} | {row['iterations']} "
                f"| {row['sifid']:.3f} | {row['diversity']:.3f} |",
                flush=True,
            )
    print(f"\nSIFID in the eyes of {layer}; seconds include tracing, not the imports")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=64, help="long side in pixels (64)")
    parser.add_argument("--picture", help="a photo; trees3.png of the shared data, or a doodle")
    parser.add_argument("--seconds", type=float, default=4.0, help="for each scale (4)")
    parser.add_argument("--seeds", type=int, default=1, help="trainings with each schedule (1)")
    parser.add_argument("--paper", action="store_true", help="train the paper's schedule too")
    parser.add_argument("--speed-only", action="store_true", help="train none to the end")
    parser.add_argument("--one", nargs=2, metavar=("KIND", "TASK"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(globals()[args.one[0]](json.loads(args.one[1]))))
        return
    import tempfile

    from dogan_lib import runtime

    with tempfile.TemporaryDirectory() as folder:
        picture = str(args.picture or default_picture(Path(folder)))
        task = {"picture": picture, "size": args.size, "seconds": args.seconds}
        print(f"{Path(picture).name}, long side {args.size}, on {runtime.device()}\n")
        compare_speed(task)
        if not args.speed_only:
            schedules = ["fast", "paper"] if args.paper else ["fast"]
            compare_quality(task, schedules, args.seeds)


if __name__ == "__main__":
    main()
