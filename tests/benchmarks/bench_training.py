"""Pictures a second of the deck's DCGAN 32 training step, batch 64: ours and what you would pick.

    python tests/benchmarks/bench_training.py [--seconds 4] [--rounds 5] [--against OLD_CHECKOUT]

Every contestant trains the same two networks on the same random pictures with Adam: one update of
D on a real and a fake batch, one of G. Each has a process of its own and waits while another one
runs; they take turns in rounds, so that a machine that slows down slows all of them down. Median
and range are printed. PyTorch takes part where it is installed. `--against` lets another checkout
of this repository, such as an older commit, join in. Timings inform; nothing fails on them.
"""

import argparse
import inspect
import os
import statistics
import subprocess
import sys
import time

BATCH = 64
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONTESTANTS = {
    "dogan, auto precision": ("dogan", "auto"),
    "dogan, float32": ("dogan", "float32"),
    "dogan, DCGAN 64, auto precision": ("dogan_64", "auto"),
    "keras-io style train_step, float32": ("keras_io", "float32"),
    "PyTorch eager, float32": ("torch", "float32"),
    "PyTorch eager, bfloat16 autocast": ("torch", "bfloat16"),
}


def dogan(precision):
    from dogan_lib.models import dcgan

    # Older checkouts choose fast layers by themselves.
    fast = {"fast": True} if "fast" in inspect.signature(dcgan.generator_32).parameters else {}
    return trained(precision, lambda: (dcgan.generator_32(**fast), dcgan.discriminator_32()), 32)


def dogan_64(precision):
    """Radford's networks at the width of the course, as the paper draws them."""
    from dogan_lib.models import dcgan

    def networks():
        return dcgan.generator_64(width=32), dcgan.discriminator_64(width=32)

    return trained(precision, networks, 64)


def trained(precision, networks, side):
    """One step of `GAN.train_step`, and how many pictures it takes."""
    import tensorflow as tf

    from dogan_lib import runtime
    from dogan_lib.gan import GAN

    runtime.setup(precision=precision)
    gan = GAN(*networks())
    gan.compile()
    images = tf.random.uniform((BATCH, side, side, 3), -1, 1)
    step = tf.function(lambda: gan.train_step((images,)), autograph=False)
    return lambda: step()["d_loss"].numpy(), BATCH


def keras_io(precision):
    """The train_step that Keras' own GAN examples teach, in its default float32."""
    import keras
    import tensorflow as tf

    from dogan_lib.models import dcgan

    class Plain(keras.Model):
        def __init__(self):
            super().__init__()
            self.g, self.d = dcgan.generator_32(), dcgan.discriminator_32()

        def compile(self):
            super().compile()
            self.g_opt = keras.optimizers.Adam(2e-4, beta_1=0.5)
            self.d_opt = keras.optimizers.Adam(2e-4, beta_1=0.5)
            self.loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)

        def train_step(self, real):
            fake = self.g(tf.random.normal((BATCH, 100)), training=True)
            combined = tf.concat([fake, real], axis=0)
            labels = tf.concat([tf.ones((BATCH, 1)), tf.zeros((BATCH, 1))], axis=0)
            with tf.GradientTape() as tape:
                d_loss = self.loss_fn(labels, self.d(combined, training=True))
            grads = tape.gradient(d_loss, self.d.trainable_weights)
            self.d_opt.apply_gradients(zip(grads, self.d.trainable_weights, strict=True))
            z = tf.random.normal((BATCH, 100))
            with tf.GradientTape() as tape:
                fake_logits = self.d(self.g(z, training=True), training=True)
                g_loss = self.loss_fn(tf.zeros((BATCH, 1)), fake_logits)
            grads = tape.gradient(g_loss, self.g.trainable_weights)
            self.g_opt.apply_gradients(zip(grads, self.g.trainable_weights, strict=True))
            return {"d_loss": d_loss, "g_loss": g_loss}

    model = Plain()
    model.compile()
    images = tf.random.uniform((BATCH, 32, 32, 3), -1, 1)
    data = tf.data.Dataset.from_tensors(images).repeat(4)
    return lambda: model.fit(data, verbose=0), 4 * BATCH


def torch(precision):
    import torch
    from torch import nn

    def down(i, o, stride):
        return [nn.Conv2d(i, o, 5, stride, 2), nn.LeakyReLU(0.2), nn.Dropout(0.25)]

    def up(i, o, grow):
        head = [nn.Upsample(scale_factor=2)] if grow else []
        return [*head, nn.ConvTranspose2d(i, o, 5, 1, 2), nn.BatchNorm2d(o), nn.ReLU()]

    convs = [down(3, 64, 2), down(64, 128, 2), down(128, 256, 2), down(256, 512, 1)]
    d = nn.Sequential(
        *(layer for block in convs for layer in block), nn.Flatten(), nn.Linear(8192, 1)
    )
    g = nn.Sequential(
        *[nn.Linear(100, 16384), nn.BatchNorm1d(16384), nn.ReLU()],
        *[nn.Unflatten(1, (256, 8, 8)), nn.Dropout(0.25)],
        *[*up(256, 128, True), *up(128, 64, True), *up(64, 32, False)],
        *[nn.ConvTranspose2d(32, 3, 5, 1, 2), nn.Tanh()],
    )
    # Channels last is PyTorch's fast layout for convolutions on a CPU.
    d, g = d.to(memory_format=torch.channels_last), g.to(memory_format=torch.channels_last)
    d_opt = torch.optim.Adam(d.parameters(), 2e-4, (0.5, 0.999))
    g_opt = torch.optim.Adam(g.parameters(), 2e-4, (0.5, 0.999))
    real = torch.rand(BATCH, 3, 32, 32).mul(2).sub(1).to(memory_format=torch.channels_last)
    softplus = nn.functional.softplus

    def step():
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"):
            fake = g(torch.randn(BATCH, 100))
            d_loss = softplus(-d(real)).mean() + softplus(d(fake.detach())).mean()
        d_opt.zero_grad()
        d_loss.backward()
        d_opt.step()
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"):
            g_loss = softplus(-d(fake)).mean()
        g_opt.zero_grad()
        g_loss.backward()
        g_opt.step()

    return step, BATCH


def take_turns(kind: str, precision: str, seconds: float) -> None:
    """In a contestant's process: warm up, then answer every line with pictures a second."""
    step, pictures = globals()[kind](precision)
    for _ in range(3):
        step()
    print("ready", flush=True)
    for _ in sys.stdin:
        done, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            step()
            done += pictures
        print(done / (time.perf_counter() - start), flush=True)


class Contestant:
    """A process that trains when it is asked to."""

    def __init__(self, kind: str, precision: str, seconds: float, root: str = ROOT):
        command = [sys.executable, os.path.abspath(__file__), "--one", kind, precision]
        self.process = subprocess.Popen(
            [*command, "--seconds", str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": root},
        )
        self.rates: list[float] = []
        self.trouble = None
        if self.process.stdout.readline().strip() != "ready":
            self.trouble = self.process.communicate()[1].strip().splitlines()[-1]

    def run(self) -> None:
        """One window."""
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        self.rates.append(float(self.process.stdout.readline()))

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=4.0, help="of one window")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--against", metavar="OLD_CHECKOUT", help="its dogan_lib joins in")
    parser.add_argument("--only", metavar="TEXT", default="", help="of the contestants' names")
    parser.add_argument("--one", nargs=2, metavar=("KIND", "PRECISION"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        take_turns(*args.one, args.seconds)
        return
    from dogan_lib import runtime

    print(f"deck's DCGAN 32, batch {BATCH}, on {runtime.device()} ({runtime.best_precision()})\n")
    print(f"| {'training step':<36} | pictures/s (range) | ours is |\n|{'-' * 38}|---:|---:|")
    entries = {}
    for name, what in CONTESTANTS.items():
        if args.only in name:
            entries[name] = Contestant(*what, args.seconds)
            if args.against and name.startswith("dogan"):
                entries[f"{name}, there"] = Contestant(*what, args.seconds, args.against)
    for _ in range(args.rounds):
        for entry in entries.values():
            if entry.trouble is None:
                entry.run()
    ours = statistics.median(next(iter(entries.values())).rates)
    for name, entry in entries.items():
        entry.stop()
        if entry.trouble:
            print(f"| {name:<36} | - | {entry.trouble}")
            continue
        middle, low, high = statistics.median(entry.rates), min(entry.rates), max(entry.rates)
        shown = f"{middle:.0f} ({low:.0f} to {high:.0f})"
        print(f"| {name:<36} | {shown:>18} | {ours / middle:>6.2f}x |")


if __name__ == "__main__":
    main()
