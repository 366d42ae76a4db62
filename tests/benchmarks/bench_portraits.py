"""Time to a dog: seconds of training until the live portraits are as good as slightly blurred ones.

    python tests/benchmarks/bench_portraits.py [--seconds 300] [--round 3000]

Every contestant trains the same two small networks on the same 6,000 portraits, in batches of 32.
After each round of pictures it draws 500, and its clock stands still while they are scored: KID in
DogNet's eyes against 500 fresh portraits. It is done when that is below the KID of portraits
blurred by 0.75 pixels. Each runs in a process of its own, one after the other. Timings inform;
nothing fails on them.
"""

import argparse
import json
import subprocess
import sys
import time

BATCH, DRAWN, BLUR = 32, 500, 0.75
CONTESTANTS = {
    "dogan, the live recipe": ("dogan", 1e-3, 4e-4),
    "keras-io style, the same rates": ("keras_io", 1e-3, 4e-4),
    "keras-io style, its own rates": ("keras_io", 3e-4, 3e-4),
}


def adam(rate: float):
    import keras

    return keras.optimizers.Adam(rate, beta_1=0.5)


def dogan(g_rate: float, d_rate: float):
    """(model to fit, function that draws n pictures in [-1, 1])"""
    from dogan_lib import runtime
    from dogan_lib.gan import GAN
    from dogan_lib.models import dcgan

    runtime.setup()
    gan = GAN(dcgan.portrait_generator(), dcgan.portrait_discriminator())
    gan.compile(g_optimizer=adam(g_rate), d_optimizer=adam(d_rate), ema=0.995)
    return gan, lambda n: gan.sample(n, seed=1)


def keras_io(g_rate: float, d_rate: float):
    """The train_step that Keras' own GAN examples teach, in its default float32."""
    import keras
    import tensorflow as tf

    from dogan_lib.models import dcgan

    keras.utils.set_random_seed(0)

    class Plain(keras.Model):
        def __init__(self):
            super().__init__()
            self.g, self.d = dcgan.portrait_generator(), dcgan.portrait_discriminator()
            self.g_opt, self.d_opt = adam(g_rate), adam(d_rate)
            self.loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)

        def train_step(self, data):
            (real,) = data
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
    random = tf.random.Generator.from_seed(1)
    return model, lambda n: model.g(random.normal((n, 100)), training=False).numpy()


def race(name: str, seconds: float, pictures: int) -> dict:
    """Train one contestant until it is good enough, or its seconds are over."""
    from dogan_lib import metrics
    from dogan_lib.dogs import load_dogs
    from dogan_lib.metrics.report import blurred

    style, *rates = CONTESTANTS[name]
    model, draw = globals()[style](*rates)
    fresh = load_dogs(32, "portraits", limit=2 * DRAWN, seed=1, progress=False).images
    target = metrics.kid(fresh[:DRAWN], blurred(fresh[DRAWN:], BLUR), "dognet").value
    batches = load_dogs(32, "portraits", progress=False).batches(BATCH).repeat()
    clock, seen, found = 0.0, 0, []
    model.fit(batches, steps_per_epoch=2, verbose=0)  # builds the step, which is no training
    while clock < seconds and (not found or found[-1] > target):
        start = time.perf_counter()
        model.fit(batches, steps_per_epoch=pictures // BATCH, verbose=0)
        clock, seen = clock + time.perf_counter() - start, seen + pictures // BATCH * BATCH
        found.append(metrics.kid(fresh[:DRAWN], draw(DRAWN), "dognet").value)
    return {"seconds": clock, "pictures": seen, "kid": found[-1], "target": target}


def line(name: str, result: dict) -> str:
    reached = result["kid"] <= result["target"]
    after = f"{result['seconds']:6.0f} s" if reached else f"> {result['seconds']:4.0f} s"
    rate = result["pictures"] / result["seconds"]
    return f"{name:34s} {after}  {result['pictures']:8,} {rate:6,.0f}  {result['kid']:.3f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=300, help="of training, each at most")
    parser.add_argument("--round", type=int, default=3000, help="pictures between two scores")
    parser.add_argument("--contestant", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contestant:
        result = race(arguments.contestant, arguments.seconds, arguments.round)
        print(json.dumps(result))
        return
    print(f"{'':34s} time to a dog  pictures  a second  KID")
    for name in CONTESTANTS:
        options = ["--seconds", str(arguments.seconds), "--round", str(arguments.round)]
        module = [sys.executable, "-m", "tests.benchmarks.bench_portraits", "--contestant", name]
        done = subprocess.run([*module, *options], stdout=subprocess.PIPE, text=True)
        if done.returncode:
            print(f"{name:34s} did not finish")
            continue
        result = json.loads(done.stdout.splitlines()[-1])
        print(line(name, result), flush=True)
    print(
        f"a dog: KID[dognet] below that of portraits blurred by {BLUR} px, {result['target']:.3f}"
    )


if __name__ == "__main__":
    main()
