"""Fair comparisons of small networks on portraits: one idea exchanged, equal seconds of one core.

    python -m data.make.comparisons growth --ship

Every network trains on the same portraits, each seed on one core in a process of its own, and its
clock is the processor's: what else the machine does costs it nothing. Building a step is not
counted. At each third of its seconds it draws 500 dogs, which are scored against 500 portraits
that nobody trained on. What reads captions may be examined at the end: does it obey those of
combinations that were kept from it?
"""

import argparse
import concurrent.futures
import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from dogan_lib import losses, metrics, plots, runtime
from dogan_lib.classroom import portraits, studies, text_encoder
from dogan_lib.classroom.obedience import IN_PORTRAITS, obedience, spread
from dogan_lib.dogs import Dogs, load_dogs
from dogan_lib.doodles import captions, readers
from dogan_lib.doodles.painter import PORTRAITS
from dogan_lib.gan import GAN
from dogan_lib.generator import latents
from dogan_lib.models import biggan, conditional, dcgan, pggan, sagan, text

DRAWN, THIRDS = 500, 3
GROWTH = {4: 0.04, 8: 0.12, 16: 0.28, 32: 1.0}  # as chapter 10 shares its seconds
Stage = tuple[GAN, float, dict]  # to train, up to this share of all seconds, options of batches


def _adam(rate: float, beta_1: float = 0.5, beta_2: float = 0.999) -> keras.optimizers.Adam:
    return keras.optimizers.Adam(rate, beta_1=beta_1, beta_2=beta_2)


def _portraits(loss: losses.AdversarialLoss) -> Callable[[int, Dogs], Iterator[Stage]]:
    """Chapter 04's networks and rates, with another loss."""

    def stages(seed, dogs):
        gan = GAN(dcgan.portrait_generator(), dcgan.portrait_discriminator(), seed=seed)
        gan.compile(loss, _adam(1e-3), _adam(4e-4), ema=0.995)
        yield gan, 1.0, dict(batch_size=32)

    return stages


def _pggan(
    growth: dict[int, float], width: float = 1 / 64, cap: int = 64, rate: float = 8e-3
) -> Callable[[int, Dogs], Iterator[Stage]]:
    """PGGAN to the letter but for its width; `growth` is the share of the seconds at each size's
    end."""

    def stages(seed, dogs):
        gan, options = None, dict(width=width, cap=cap)
        for side, until in growth.items():
            networks = pggan.generator(side, 64, **options), pggan.discriminator(side, **options)
            gan = pggan.grown(gan, *networks, fading=3_000, seed=seed)
            gan.compile(None, pggan.adam(rate), pggan.adam(rate), ema=0.995)
            yield gan, until, dict(batch_size=16)

    return stages


def _sagan(attention: int | None, kinds: bool = False) -> Callable[[int, Dogs], Iterator[Stage]]:
    """SAGAN's residual networks at an eighth of the width, its hinge loss and its betas; without
    attention and with kinds as labels they are Miyato's of chapter 07, but for spectral norms in G.
    """

    def stages(seed, dogs):
        classes = len(portraits.KINDS) if kinds else None
        networks = [make(32, 8, classes, attention=attention) for make in SAGAN]
        gan = GAN(*networks, latent_dim=128, seed=seed)
        gan.compile(losses.Hinge(), _adam(1e-3, 0.0, 0.9), _adam(2e-3, 0.0, 0.9), ema=0.995)
        yield gan, 1.0, dict(batch_size=32, **(dict(condition="kinds") if kinds else {}))

    return stages


SAGAN = sagan.generator, sagan.discriminator


def _text(
    guide: bool = False, batches: dict | None = None, **options
) -> Callable[[int, Dogs], Iterator[Stage]]:
    """Reed's networks and game, as chapter 08 trains them, with options of `TextGAN` and of
    `text_encoder.batches`; the `guide` is the shipped one."""

    def stages(seed, dogs):
        size = dict(width=24, resolution=32)
        networks = text.generator(latent_dim=16, upsample=True, **size), text.discriminator(**size)
        reader = _enlarging(readers.load_attributes("guide").model) if guide else None
        gan = text.TextGAN(*networks, reader=reader, latent_dim=16, seed=seed, **options)
        gan.compile(g_optimizer=_adam(1e-3), d_optimizer=_adam(4e-4), ema=0.995)
        yield gan, 1.0, dict(batch_size=32, condition="captions", **(batches or {}))

    return stages


def _enlarging(reader: keras.Model) -> keras.Model:
    """A reader of 64x64 pictures for those of 32x32."""
    pictures = keras.Input((32, 32, 3))
    return keras.Model(pictures, reader(keras.layers.UpSampling2D()(pictures)))


def _biggan(everywhere: bool, orthogonal: float = 0.0) -> Callable[[int, Dogs], Iterator[Stage]]:
    """Chapter 11's networks and rates; z in all blocks, or all of it at the start."""

    def stages(seed, dogs):
        classes, numbers = len(dogs.breeds), 80
        latent_dim = numbers if everywhere else 4 * numbers
        generator = biggan.generator(32, (128, 64, 32, 16), classes, latent_dim, attention=None)
        if not everywhere:
            generator = _at_the_start(generator, numbers)
        discriminator = conditional.discriminator(classes, 32, resolution=32, kernel_size=4)
        networks = dict(generator=generator, discriminator=discriminator)
        networks |= dict(latent_dim=numbers, seed=seed)
        gan = biggan.BigGAN(**networks, orthogonal=orthogonal) if orthogonal else GAN(**networks)
        gan.compile(losses.NonSaturating(), _adam(1e-3), _adam(4e-4), ema=0.995)
        yield gan, 1.0, dict(batch_size=32, condition="labels")

    return stages


def _at_the_start(generator: keras.Model, numbers: int) -> keras.Model:
    """All numbers of z in the first of its four pieces; the pieces of the blocks are zeros."""
    z, labels = keras.Input((numbers,)), keras.Input((), dtype="int32")
    padded = keras.layers.Flatten()(keras.layers.ZeroPadding1D((0, 3))(z[:, None, :]))
    return keras.Model([z, labels], generator([padded, labels]))


KEPT_BACK = dict(examined=True)
COMPARISONS: dict[str, dict[str, Callable[[int, Dogs], Iterator[Stage]]]] = {
    "objective": {
        "log loss": _portraits(losses.NonSaturating()),
        "least squares (-1, 1, 0)": _portraits(losses.LeastSquares(-1, 1, 0)),
        "least squares (0, 1, 1)": _portraits(losses.LeastSquares()),
    },
    "growth": {
        "32x32 from the start": _pggan({32: 1.0}),
        "grown 4, 8, 16, 32": _pggan(GROWTH),
    },
    "attention": {"without attention": _sagan(None), "attention at 16x16": _sagan(16)},
    "latents": {"z at the start": _biggan(False), "z in every block": _biggan(True)},
    "chapters": {
        "04 DCGAN": _portraits(losses.NonSaturating()),
        "06 least squares": _portraits(losses.LeastSquares()),
        "07 projection": _sagan(None, kinds=True),
        "08 captions": _text(),
        "09 attention": _sagan(16),
        "10 growth": _pggan({4: 0.03, 8: 0.1, 16: 0.25, 32: 1.0}, 1 / 64, cap=16, rate=3e-3),
        "11 BigGAN": _biggan(True, orthogonal=1e-4),
    },
    "extras": {
        "Reed's game alone": _text(batches=KEPT_BACK),
        "+ near misses": _text(batches=dict(near_misses=True, **KEPT_BACK)),
        "+ mode seeking": _text(batches=KEPT_BACK, seeking=0.1),
        "+ midpoints for D": _text(batches=KEPT_BACK, midpoints=True),
        "+ guide": _text(guide=True, batches=dict(said=True, **KEPT_BACK)),
    },
}


def batches(
    dogs: Dogs,
    seed: int,
    batch_size: int,
    condition: str | None = None,
    examined: bool = False,
    **options,
):
    """One epoch after the other; captions as chapter 08 gives them, with wrong ones beside.

    Who will be `examined` does not see the combinations that are kept for it.
    """
    if condition == "captions":
        dogs = text_encoder.trained_on(dogs) if examined else dogs
        encoder = text_encoder.load_encoder()
        return text_encoder.batches(dogs, encoder, batch_size, seed, variants=2, **options)
    return dogs.batches(batch_size, labels_of(dogs, condition), seed=seed)


def labels_of(dogs: Dogs, condition: str | None) -> np.ndarray | None:
    """What G and D are told beside z: breeds, chapter 07's kinds, or nothing."""
    if condition == "kinds":
        return portraits.labels(dogs)
    return dogs.labels if condition == "labels" else None


def drawn(gan: GAN, like: Dogs, seed: int, condition: str | None = None) -> np.ndarray:
    """As many pictures as `like` holds, uint8, of its labels or captions where G takes them."""
    inputs = [latents(len(like), gan.latent_dim, seed)]
    if (labels := labels_of(like, condition)) is not None:
        inputs.append(labels)
    if condition == "captions":
        inputs.append(text_encoder.load_encoder()(like.captions, warn=False))
    return plots.to_uint8(gan.ema_generator.predict(inputs, 100, verbose=0))


def examination(gan: GAN, n: int = DRAWN) -> dict:
    """What is obeyed of n captions of combinations that nobody trained on, as shares of pictures
    attribute by attribute and in the mean; and how much forty dogs of one caption differ."""
    asked = captions.questions(n, only=PORTRAITS)
    found = obedience(gan, readers.load_attributes(), asked, IN_PORTRAITS)
    shares = {"obedience": found.obeyed, "chance": found.chance, "ceiling": found.ceiling}
    means = {name: round(float(np.mean([*each.values()])), 4) for name, each in shares.items()}
    obeyed = {name: round(share, 4) for name, share in found.obeyed.items()}
    forty = gan.sample(40, seed=8, captions="a close-up of a dog")
    return {**means, "obeyed": obeyed, "spread": round(spread(forty), 4)}


class Clock(keras.callbacks.Callback):
    """Seconds of the processor spent on steps but each stage's first; ends a `fit` at `until`."""

    def __init__(self):
        super().__init__()
        self.seconds, self.pictures, self.until = 0.0, 0, 0.0

    def on_train_begin(self, logs=None):
        self.begun = None

    def on_train_batch_end(self, batch, logs=None):
        now = time.process_time()
        self.seconds += 0 if self.begun is None else now - self.begun
        self.begun = now
        self.pictures += self.batch_size
        if self.seconds > self.until:
            self.model.stop_training = True


def trained(name: str, variant: str, seed: int, seconds: float) -> tuple[dict, np.ndarray]:
    """One run: its row of the results, and eight pictures uint8 (8, 32, 32, 3)."""
    runtime.setup(seed)
    dogs = load_dogs(32, "portraits", progress=False)
    fresh = load_dogs(32, "portraits", limit=DRAWN, seed=1, progress=False)
    real, clock, scores = metrics.extract(fresh, "dognet", progress=False), Clock(), []
    for gan, share, options in COMPARISONS[name][variant](seed, dogs):
        clock.batch_size = options["batch_size"]
        marks = [seconds * k / THIRDS for k in range(1, THIRDS + 1)]
        for until in sorted({seconds * share, *(m for m in marks if m <= seconds * share)}):
            if clock.seconds > until:
                continue
            clock.until = until
            forever = batches(dogs, seed, **options).repeat()
            gan.fit(forever, steps_per_epoch=10**9, verbose=0, callbacks=[clock])
            if until in marks:
                pictures = drawn(gan, fresh, 1000 + seed, options.get("condition"))
                fake = metrics.extract(_to_size(pictures, 32), "dognet", progress=False)
                scores.append(
                    {
                        "seconds": round(clock.seconds),
                        "pictures": clock.pictures,
                        "KID": round(float(metrics.kid(real, fake)), 5),
                    }
                )
    sizes = dict(G=gan.generator.count_params(), D=gan.discriminator.count_params())
    row = {"variant": variant, "seed": seed, "parameters": sizes, "curve": scores, **scores[-1]}
    row |= examination(gan) if options.get("examined") else {}
    return row, pictures[:8]


def _to_size(pictures: np.ndarray, side: int) -> np.ndarray:
    factor = side // pictures.shape[1]
    return pictures.repeat(factor, 1).repeat(factor, 2)


def compare(name: str, seconds: float, seeds: int, out: Path, workers: int) -> dict:
    """Train what is missing in `out`; see `studies.comparison` for what comes back."""
    path = out / "results.json"
    facts = {
        "study": name,
        "budget": {"seconds": seconds, "data": "portraits", "samples": DRAWN},
        "network": "dognet-1",
        "machine": f"{runtime.device()}, one core a run, {runtime.best_precision()}",
        "runs": [],
    }
    if path.exists():
        before = json.loads(path.read_text())
        if before["budget"] != facts["budget"]:
            raise ValueError(f"{path} holds runs of another budget: choose another --out")
        facts = before
    done = {(run["variant"], run["seed"]) for run in facts["runs"]}
    order = list(COMPARISONS[name])
    jobs = [(v, s) for s in range(seeds) for v in order if (v, s) not in done]
    spawn = multiprocessing.get_context("spawn")
    options = dict(mp_context=spawn, initializer=_one_core, max_tasks_per_child=1)
    with concurrent.futures.ProcessPoolExecutor(workers, **options) as pool:
        running = [pool.submit(trained, name, v, s, seconds) for v, s in jobs]
        for future in concurrent.futures.as_completed(running):
            run, pictures = future.result()
            facts["runs"].append(run)
            facts["runs"].sort(
                key=lambda r: (r["seed"], list(COMPARISONS[name]).index(r["variant"]))
            )
            _write(out / f"{run['variant']}_{run['seed']}.png", plots.png(plots.tile(pictures, 8)))
            _write(path, json.dumps(facts, indent=1).encode() + b"\n")
            print(run, flush=True)
    return facts


def _one_core():
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with runtime.write_atomically(path) as temporary:
        temporary.write_bytes(data)


def ship(facts: dict, out: Path) -> Path:
    """Copy to the committed ones: the numbers, and a row of pictures a network (its first seed)."""
    name = facts["study"]
    strips = [np.asarray(Image.open(out / f"{variant}_0.png")) for variant in COMPARISONS[name]]
    _write(studies.folder() / f"{name}.png", plots.png(np.concatenate(strips)))
    path = studies.folder() / f"{name}.json"
    _write(path, json.dumps(facts, indent=1).encode() + b"\n")
    return path


def main(arguments=None):
    """Record a comparison; started again it does what is missing."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("name", choices=COMPARISONS)
    parser.add_argument("--seconds", type=float, default=150, help="of one core, each run (150)")
    parser.add_argument("--seeds", type=int, default=3, help="runs of each network (3)")
    parser.add_argument("--out", type=Path, help="folder of the results (runs/compared_NAME)")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="runs at a time")
    parser.add_argument("--ship", action="store_true", help="copy it to the committed ones")
    chosen = parser.parse_args(arguments)
    out = chosen.out or Path("runs") / f"compared_{chosen.name}"
    facts = compare(chosen.name, chosen.seconds, chosen.seeds, out, chosen.workers)
    print(studies.comparison(facts))
    if chosen.ship:
        print(ship(facts, out))


if __name__ == "__main__":
    main()
