"""The deck's PyTorch loop on the course's Keras networks, in a process of its own.

Keras chooses its backend once, at import, so a TensorFlow notebook cannot hold torch networks:

    missing() or play([Job("corrected", ...)], weights)          # here, TensorFlow
    python -m dogan_lib.classroom.torch_loop jobs.npz losses.npz   # KERAS_BACKEND=torch

On the torch backend a Keras model *is* a `torch.nn.Module`: `D.parameters()` and `loss.backward()`
work on it as on any other.
"""

import dataclasses
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

PYTHON = "DOGAN_TORCH_PYTHON"


@dataclasses.dataclass(frozen=True)
class Job:
    """One training.

    Attributes:
        loop: `"slide"` or `"corrected"`.
        real: batches, float32 (steps, batch, size); 784 on the slide.
        noise: float32 (steps, batch, 100); as on the slide, both players of a step see the same.
        rate, epsilon: of Adam, for both players.
    """

    loop: str
    real: np.ndarray
    noise: np.ndarray
    rate: float = 2e-4
    epsilon: float = 1e-8


@dataclasses.dataclass(frozen=True)
class Played:
    """What came of a job: the losses of D and G, float32 (steps, 2), and G's last weights."""

    losses: np.ndarray
    generator: list[np.ndarray]


def missing() -> str | None:
    """Why the comparison cannot run here; None where it can."""
    if os.environ.get(PYTHON) or importlib.util.find_spec("torch"):
        return None
    return f'PyTorch is not installed: pip install -e ".[torch]", or let {PYTHON} name a Python'


def play(jobs: list[Job], g_weights, d_weights) -> list[Played]:
    """Train from the same weights in each job.

    Args:
        g_weights, d_weights: `get_weights()` of `models.vanilla` networks, G's with the default
            activation; the sizes are read from them.

    Raises:
        RuntimeError: the other process failed; the message ends with what it said.
    """
    arrays = {f"g{i}": value for i, value in enumerate(g_weights)}
    arrays |= {f"d{i}": value for i, value in enumerate(d_weights)}
    for i, job in enumerate(jobs):
        arrays |= {f"{name}_{i}": value for name, value in dataclasses.asdict(job).items()}
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "jobs.npz", Path(folder) / "losses.npz"
        np.savez(given, jobs=len(jobs), **arrays)
        _run(given, made)
        with np.load(made) as results:
            n = len(g_weights)
            return [
                Played(results[f"losses_{i}"], [results[f"g{k}_{i}"] for k in range(n)])
                for i in range(len(jobs))
            ]


def _run(given: Path, made: Path) -> None:
    # The CPU, since a GPU multiplies in another order and with fewer digits. One thread, since
    # torch's threads wait for each other in busy loops, which a busy machine turns into minutes.
    environment = {**os.environ, "KERAS_BACKEND": "torch", "CUDA_VISIBLE_DEVICES": ""}
    environment["OMP_NUM_THREADS"] = "1"
    root = str(Path(__file__).resolve().parent.parent.parent)
    paths = [root, os.environ.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    python = os.environ.get(PYTHON) or sys.executable
    command = [python, "-m", "dogan_lib.classroom.torch_loop", str(given), str(made)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the torch process failed:\n{done.stderr[-1500:]}")


# In the other process ----------------------------------------------------------------------------


def slide_loop(D, G, batches, lr, eps):
    """The deck's loop with the least that lets it run and end.

    The optimizers stand before the loop, `criterion` exists, the targets are tensors and the
    batches change. What it does to the gradients is as on the slide.
    """
    import torch

    criterion = torch.nn.functional.binary_cross_entropy_with_logits
    d_optimizer = torch.optim.Adam(D.parameters(), lr=lr, eps=eps)
    g_optimizer = torch.optim.Adam(G.parameters(), lr=lr, eps=eps)
    for x, z in batches:
        one, zero = torch.ones(len(x), 1), torch.zeros(len(x), 1)

        # train D
        d_loss = criterion(D(x), one) + criterion(D(G(z)), zero)
        d_loss.backward()
        d_optimizer.step()

        # train G
        g_loss = criterion(D(G(z)), one)
        g_loss.backward()
        g_optimizer.step()
        yield d_loss.item(), g_loss.item()


def corrected_loop(D, G, batches, lr, eps):
    """The same with `zero_grad` and `detach`: each player learns from its own loss alone."""
    import torch

    criterion = torch.nn.functional.binary_cross_entropy_with_logits
    d_optimizer = torch.optim.Adam(D.parameters(), lr=lr, eps=eps)
    g_optimizer = torch.optim.Adam(G.parameters(), lr=lr, eps=eps)
    for x, z in batches:
        one, zero = torch.ones(len(x), 1), torch.zeros(len(x), 1)

        # train D
        d_optimizer.zero_grad()
        d_loss = criterion(D(x), one) + criterion(D(G(z).detach()), zero)
        d_loss.backward()
        d_optimizer.step()

        # train G
        g_optimizer.zero_grad()
        g_loss = criterion(D(G(z)), one)
        g_loss.backward()
        g_optimizer.step()
        yield d_loss.item(), g_loss.item()


LOOPS = {"slide": slide_loop, "corrected": corrected_loop}


def main(given: str, made: str) -> None:
    """Do the jobs of one file and write their losses into another."""
    import torch

    with np.load(given) as file:
        jobs = dict(file)
    results = {}
    for i in range(int(jobs["jobs"])):
        D, G = _networks(jobs)
        pairs = zip(jobs[f"real_{i}"], jobs[f"noise_{i}"], strict=True)
        batches = ((torch.from_numpy(x), torch.from_numpy(z)) for x, z in pairs)
        loop, lr, eps = (jobs[f"{name}_{i}"].item() for name in ("loop", "rate", "epsilon"))
        losses = list(LOOPS[loop](D, G, batches, lr, eps))
        results[f"losses_{i}"] = np.array(losses, "float32")
        results |= {f"g{k}_{i}": weight for k, weight in enumerate(G.get_weights())}
    np.savez(made, **results)


def _networks(jobs: dict):
    """D and G as they were in the other process, weights and all."""
    from dogan_lib.models import vanilla

    def weights(player):
        return [jobs[f"{player}{i}"] for i in range(sum(k[0] == player for k in _numbered(jobs)))]

    g, d = weights("g"), weights("d")
    generator = vanilla.generator(len(g[0]), g[-1].size, [bias.size for bias in g[1:-2:2]])
    discriminator = vanilla.discriminator(len(d[0]), [bias.size for bias in d[1:-2:2]])
    generator.set_weights(g)
    discriminator.set_weights(d)
    return discriminator, generator


def _numbered(jobs: dict) -> list[str]:
    return [key for key in jobs if key[0] in "gd" and key[1:].isdigit()]


if __name__ == "__main__":
    main(*sys.argv[1:])
