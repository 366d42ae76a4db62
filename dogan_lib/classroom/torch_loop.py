"""The deck's PyTorch loop on the course's Keras networks, in a process of its own.

Keras chooses its backend once, at import, so a TensorFlow notebook cannot hold torch networks:

    missing() or play([Job("corrected", ...)], weights)          # here, TensorFlow
    python -m dogan_lib.classroom.torch_loop FOLDER              # the same file; torch

On the torch backend a Keras model *is* a `torch.nn.Module`: `D.parameters()` and `loss.backward()`
work on it as on any other.
"""

import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

PYTHON = "DOGAN_TORCH_PYTHON"
ROOT = Path(__file__).resolve().parents[2]


class Job(NamedTuple):
    """One training by a `loop`, `"slide"` or `"corrected"`; `rate` is Adam's, for both players.

    `real` are batches, float32 (steps, batch, size), with a size of 784 on the slide; `noise` is
    float32 (steps, batch, 100), and as on the slide, both players of a step see the same.
    """

    loop: str
    real: np.ndarray
    noise: np.ndarray
    rate: float = 2e-4


def missing() -> str | None:
    """Why the comparison cannot run here; None where it can."""
    if os.environ.get(PYTHON) or importlib.util.find_spec("torch"):
        return None
    return f'PyTorch is not installed: pip install -e ".[torch]", or let {PYTHON} name a Python'


def play(jobs: list[Job], g_weights, d_weights) -> list[np.ndarray]:
    """Train from the same weights in each job: the losses of D and G of each, (steps, 2).

    Args:
        g_weights, d_weights: `get_weights()` of `models.vanilla` networks, G's with the default
            activation; the sizes are read from them.

    Raises:
        RuntimeError: the other process failed; the message ends with what it said.
    """
    python = os.environ.get(PYTHON) or sys.executable
    # The CPU, since a GPU multiplies in another order and with fewer digits. One thread, since
    # torch's threads wait for each other in busy loops, which a busy machine turns into minutes.
    torch = dict(KERAS_BACKEND="torch", CUDA_VISIBLE_DEVICES="", OMP_NUM_THREADS="1")
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder, "g.npz"), *g_weights)
        np.savez(Path(folder, "d.npz"), *d_weights)
        for i, job in enumerate(jobs):
            np.savez(Path(folder, f"job{i}.npz"), *job)
        command = [python, "-m", "dogan_lib.classroom.torch_loop", folder]
        options = dict(cwd=ROOT, env=os.environ | torch, capture_output=True, text=True)
        done = subprocess.run(command, **options)
        if done.returncode:
            raise RuntimeError(f"the torch process failed:\n{done.stderr[-1500:]}")
        return [np.load(Path(folder, f"played{i}.npy")) for i in range(len(jobs))]


def _arrays(folder: str, name: str) -> list[np.ndarray]:
    """What `np.savez` was given, in its order."""
    with np.load(Path(folder, f"{name}.npz")) as file:
        return list(file.values())


# In the other process ----------------------------------------------------------------------------


def slide_loop(D, G, d_optimizer, g_optimizer, criterion, batches):
    """The deck's loop with the least that lets it run and end.

    The optimizers stand before the loop, `criterion` exists, the targets are tensors and the
    batches change. What it does to the gradients is as on the slide.
    """
    import torch

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


def corrected_loop(D, G, d_optimizer, g_optimizer, criterion, batches):
    """The same with `zero_grad` and `detach`: each player learns from its own loss alone."""
    import torch

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


def main(folder: str) -> None:
    """Do the jobs of a folder, and write beside each what came of it."""
    import torch

    from dogan_lib.models import vanilla

    g, d = _arrays(folder, "g"), _arrays(folder, "d")
    criterion = torch.nn.functional.binary_cross_entropy_with_logits
    for i in range(len(list(Path(folder).glob("job*.npz")))):
        job = Job(*_arrays(folder, f"job{i}"))
        D = vanilla.discriminator(len(d[0]), [bias.size for bias in d[1:-2:2]])
        G = vanilla.generator(len(g[0]), g[-1].size, [bias.size for bias in g[1:-2:2]])
        D.set_weights(d)
        G.set_weights(g)
        adams = [torch.optim.Adam(player.parameters(), lr=float(job.rate)) for player in (D, G)]
        batches = zip(torch.from_numpy(job.real), torch.from_numpy(job.noise), strict=True)
        losses = list(LOOPS[str(job.loop)](D, G, *adams, criterion, batches))
        np.save(Path(folder, f"played{i}.npy"), np.array(losses, "float32"))


if __name__ == "__main__":
    main(*sys.argv[1:])
