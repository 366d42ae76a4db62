"""Pictures a second of the deck's DCGAN 32 training step, batch 64: ours and what you would pick.

    python tests/benchmarks/bench_training.py [--seconds 8]

Every contestant trains the same two networks on the same random pictures with Adam: one update of
D on a real and a fake batch, one of G. Each runs in a process of its own, one after the other.
PyTorch takes part where it is installed. Timings inform; nothing fails on them.
"""

import argparse
import json
import os
import subprocess
import sys
import time

BATCH = 64
CONTESTANTS = {
    "dogan, auto precision": ("dogan", "auto"),
    "dogan, float32": ("dogan", "float32"),
    "keras-io style train_step, float32": ("keras_io", "float32"),
    "PyTorch eager, float32": ("torch", "float32"),
    "PyTorch eager, bfloat16 autocast": ("torch", "bfloat16"),
}


def rate(step, seconds: float) -> float:
    """Pictures a second of `step()`, the better of two windows, after a warm-up."""
    for _ in range(3):
        step()
    best = 0.0
    for _ in range(2):
        done, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds / 2:
            step()
            done += BATCH
        best = max(best, done / (time.perf_counter() - start))
    return best


def dogan(precision, seconds):
    import tensorflow as tf

    from dogan_lib import runtime
    from dogan_lib.gan import GAN
    from dogan_lib.models import dcgan

    runtime.setup(precision=precision)
    gan = GAN(dcgan.generator_32(), dcgan.discriminator_32())
    gan.compile()
    images = tf.random.uniform((BATCH, 32, 32, 3), -1, 1)
    step = tf.function(lambda: gan.train_step((images,)), autograph=False)
    return rate(lambda: step()["d_loss"].numpy(), seconds)


def keras_io(precision, seconds):
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
    step = lambda: model.fit(data, verbose=0)  # noqa: E731
    return 4 * rate(step, seconds)


def torch(precision, seconds):
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

    return rate(step, seconds)


def measure(name: str, seconds: float) -> float | str:
    """One contestant in a fresh process; a reason instead of a number where it cannot run."""
    kind, precision = CONTESTANTS[name]
    command = [sys.executable, __file__, "--one", kind, precision, "--seconds", str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ})
    if done.returncode:
        return done.stderr.strip().splitlines()[-1]
    return json.loads(done.stdout.strip().splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--one", nargs=2, metavar=("KIND", "PRECISION"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        kind, precision = args.one
        print(json.dumps(globals()[kind](precision, args.seconds)))
        return
    from dogan_lib import runtime

    print(f"deck's DCGAN 32, batch {BATCH}, on {runtime.device()} ({runtime.best_precision()})\n")
    print(f"| {'training step':<36} | pictures/s | ours is |\n|{'-' * 38}|-----------:|--------:|")
    rates = {name: measure(name, args.seconds) for name in CONTESTANTS}
    ours = rates["dogan, auto precision"]
    for name, value in rates.items():
        if isinstance(value, str):
            print(f"| {name:<36} | {'-':>10} | {value}")
        else:
            print(f"| {name:<36} | {value:>10.0f} | {ours / value:>6.2f}x |")


if __name__ == "__main__":
    main()
