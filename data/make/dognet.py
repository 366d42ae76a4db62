"""DogNet, the course's first ruler: a ResNet with 256 pooled features, and how it is trained.

46 epochs of 10,800 dogs and 1,600 doodles took 25 minutes on two cores:

    python -m data.make.dognet --data stanford_dogs_64_train.tar --out runs/dognet

Started again with the same `--out` it goes on where it stopped.
"""

import argparse
import dataclasses
import io
import json
import math
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from data.make.shipping import save_float16, write_card
from dogan_lib.metrics.breeds import DOODLE
from dogan_lib.runtime import data_dir, device, setup, write_atomically

HELD_OUT = 10  # the last ones of each breed, by file name
SIZE = 64
VERSION = "dognet-1"  # stands in every result; other weights, another number


# ---------------------------------------------------------------------------- the network


def dognet(
    classes: int,
    widths: tuple[int, ...] = (32, 64, 128, 256),
    blocks: tuple[int, ...] = (1, 1, 2, 1),
    size: int | None = SIZE,
    dropout: float = 0.2,
) -> keras.Model:
    """Pictures (batch, size, size, 3) in [-1, 1] -> logits (batch, classes).

    The layer `features` before the logits is what distances are measured in: the last block's
    outputs, which are not negative, averaged over the picture; float32 (batch, widths[-1]).

    Args:
        widths: channels of each stage; the picture is halved once by the stem and once between
            stages.
        blocks: residual blocks in each stage.
        size: side of the input; None takes any.
        dropout: between the features and the logits.
    """
    images = keras.Input((size, size, 3), name="images")
    x = _convolved(images, widths[0], 3, 2)
    for stage, (width, depth) in enumerate(zip(widths, blocks, strict=True)):
        for block in range(depth):
            x = _residual(x, width, 2 if stage > 0 and block == 0 else 1)
    features = layers.GlobalAveragePooling2D(dtype="float32", name="features")(x)
    x = layers.Dropout(dropout, dtype="float32")(features)
    logits = layers.Dense(classes, dtype="float32", name="logits")(x)
    return keras.Model(images, logits, name="dognet")


def _convolved(x, width, kernel, strides, relu=True, gamma="ones"):
    x = layers.Conv2D(
        width, kernel, strides, padding="same", use_bias=False, kernel_initializer="he_normal"
    )(x)
    x = layers.BatchNormalization(momentum=0.9, gamma_initializer=gamma)(x)
    return layers.Activation("relu")(x) if relu else x


def _residual(x, width, strides):
    """relu(x + conv(conv(x))); the shortcut shrinks by averaging, so that no pixel is skipped."""
    y = _convolved(x, width, 3, strides)
    # A block starts as the identity: its last gain is 0.
    y = _convolved(y, width, 3, 1, relu=False, gamma="zeros")
    if strides > 1:
        x = layers.AveragePooling2D(strides)(x)
    if x.shape[-1] != width:
        x = _convolved(x, width, 1, 1, relu=False)
    return layers.Activation("relu")(layers.Add()([x, y]))


# ---------------------------------------------------------------------------- the pictures


@dataclasses.dataclass(frozen=True)
class Examples:
    """uint8 pictures (N, 64, 64, 3), int32 labels (N,), and which of them nobody trains on.

    `names` are the breeds', `files` the pictures' own.
    """

    images: np.ndarray
    labels: np.ndarray
    held_out: np.ndarray
    names: list[str]
    files: list[str]


def read_breeds(path: str | Path, held_out: int = HELD_OUT) -> Examples:
    """The pictures of a tar of `breed/name.jpg`; the last `held_out` names of each are marked."""
    from PIL import Image

    breeds: dict[str, dict[str, np.ndarray]] = {}
    with tarfile.open(path) as archive:
        for member in archive:
            parts = Path(member.name).parts
            if member.isfile() and member.name.lower().endswith((".jpg", ".jpeg", ".png")):
                picture = Image.open(io.BytesIO(archive.extractfile(member).read()))
                picture = picture.convert("RGB").resize((SIZE, SIZE), Image.Resampling.LANCZOS)
                breeds.setdefault(parts[-2], {})[parts[-1]] = np.asarray(picture)
    images, labels, held, names = [], [], [], []
    for label, breed in enumerate(sorted(breeds)):
        files = sorted(breeds[breed])
        images += [breeds[breed][file] for file in files]
        labels += [label] * len(files)
        held += [place >= len(files) - held_out for place in range(len(files))]
        names += files
    return Examples(
        np.array(images), np.array(labels, "int32"), np.array(held), sorted(breeds), names
    )


def with_doodles(dogs: Examples, per_breed: int = 110, seed: int = 7) -> Examples:
    """The same, and doodles as further breeds, so that the network knows both domains."""
    from dogan_lib.doodles import painter as doodle

    images = [
        doodle.draw(index, SIZE, seed, breed).image
        for breed in doodle.BREEDS
        for index in range(per_breed)
    ]
    labels = np.repeat(np.arange(len(doodle.BREEDS), dtype="int32"), per_breed)
    held = np.tile(np.arange(per_breed) >= per_breed - HELD_OUT, len(doodle.BREEDS))
    return Examples(
        np.concatenate([dogs.images, np.array(images)]),
        np.concatenate([dogs.labels, labels + len(dogs.names)]),
        np.concatenate([dogs.held_out, held]),
        dogs.names + [DOODLE + name for name in doodle.BREEDS],
        dogs.files + [f"{DOODLE}{i}" for i in range(len(images))],
    )


def augmented(images, labels, classes: int, size: int, recipe: "Recipe"):
    """One batch as the network sees it: cropped, mirrored, recoloured, and half the time CutMix."""
    images = _crops(tf.cast(images, "float32") / 127.5 - 1.0, size, recipe.smallest_crop)
    images = _recoloured(images, recipe.colour)
    targets = tf.one_hot(labels, classes)
    if recipe.cutmix:
        mixed, share = _cutmix(images, size)
        chosen = tf.random.uniform(()) < recipe.cutmix
        images = tf.where(chosen, mixed, images)
        share = tf.where(chosen, share, tf.zeros_like(share))
        targets = targets * (1 - share) + tf.reverse(targets, [0]) * share
    return images, targets * (1 - recipe.smoothing) + recipe.smoothing / classes


def _crops(images, size, smallest):
    """A random part of each picture: `smallest` to all of its area, 3:4 to 4:3, maybe mirrored."""
    n = tf.shape(images)[0]
    area = tf.random.uniform((n,), smallest, 1.0)
    stretch = tf.exp(tf.random.uniform((n,), -1.0, 1.0) * math.log(4 / 3) / 2)
    height = tf.minimum(tf.sqrt(area) * stretch, 1.0)
    width = tf.minimum(tf.sqrt(area) / stretch, 1.0)
    top = tf.random.uniform((n,)) * (1 - height)
    left = tf.random.uniform((n,)) * (1 - width)
    mirror = tf.random.uniform((n,)) < 0.5
    x1, x2 = tf.where(mirror, left + width, left), tf.where(mirror, left, left + width)
    boxes = tf.stack([top, x1, top + height, x2], axis=1)
    return tf.image.crop_and_resize(images, boxes, tf.range(n), (size, size))


def _recoloured(images, strength):
    n = tf.shape(images)[0]

    def factor():
        return 1 + tf.random.uniform((n, 1, 1, 1), -strength, strength)

    grey = tf.reduce_mean(images, axis=-1, keepdims=True)
    images = grey + (images - grey) * factor()
    mean = tf.reduce_mean(images, axis=(1, 2, 3), keepdims=True)
    return mean + (images - mean) * factor() + (factor() - 1)


def _cutmix(images, size):
    """A rectangle of each picture out of the batch's mirror image of it, and its share of area."""
    n = tf.shape(images)[0]
    side = tf.sqrt(tf.random.uniform((n, 1))) * size
    centre = tf.random.uniform((2, n, 1)) * size
    place = tf.range(size, dtype="float32")[None, :] + 0.5
    rows, columns = (tf.cast(tf.abs(place - c) < side / 2, "float32") for c in tf.unstack(centre))
    mask = rows[:, :, None] * columns[:, None, :]
    mixed = images * (1 - mask[..., None]) + tf.reverse(images, [0]) * mask[..., None]
    return mixed, tf.reduce_mean(mask, axis=(1, 2))[:, None]


# ---------------------------------------------------------------------------- the training


@dataclasses.dataclass(frozen=True)
class Recipe:
    """The numbers of the training; they go onto the card."""

    epochs: int = 46
    batch_size: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    warmup: int = 3  # epochs
    small_until: float = 0.63  # of the epochs are trained at `small`, the rest at 64x64
    small: int = 48
    smallest_crop: float = 0.35  # of the area
    colour: float = 0.3
    cutmix: float = 0.5  # chance of a batch
    smoothing: float = 0.1
    ema: float = 0.998
    seed: int = 0

    def rate(self, step: int, per_epoch: int) -> float:
        """Linear warm-up, then half a cosine to 0."""
        warm, total = self.warmup * per_epoch, self.epochs * per_epoch
        if step < warm:
            return self.learning_rate * (step + 1) / warm
        return self.learning_rate * 0.5 * (1 + math.cos(math.pi * (step - warm) / (total - warm)))

    def size(self, epoch: int) -> int:
        return self.small if epoch < self.small_until * self.epochs else SIZE


class Trainer:
    """The network in training, its running average, and the optimizer: what a resume needs."""

    def __init__(self, classes: int, recipe: Recipe, **shape):
        self.recipe, self.classes, self.shape = recipe, classes, shape
        self.model = dognet(classes, size=None, **shape)
        self.average = dognet(classes, size=None, **shape)
        self.average.set_weights(self.model.get_weights())
        self.optimizer = keras.optimizers.AdamW(
            recipe.learning_rate, weight_decay=recipe.weight_decay
        )
        self.optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
        self.optimizer.build(self.model.trainable_variables)
        self.step = tf.function(self._step, reduce_retracing=True)
        self.logits = tf.function(lambda images: self.average(images, training=False))

    def _step(self, images, targets, decay):
        with tf.GradientTape() as tape:
            logits = self.model(images, training=True)
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(targets, logits))
        weights = self.model.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        # The statistics of the batch normalisations are averaged too, or they fit no weights.
        for slow, new in zip(self.average.variables, self.model.variables, strict=True):
            if slow.dtype == "float32":
                slow.assign(decay * slow + (1 - decay) * new)
        return loss

    def epoch(self, epoch: int, examples: Examples) -> float:
        """One pass over what is not held out; returns the mean loss."""
        recipe, losses = self.recipe, []
        batches = batches_of(examples, self.classes, epoch, recipe)
        per_epoch = int((~examples.held_out).sum()) // recipe.batch_size
        for k, (images, targets) in enumerate(batches):
            step = epoch * per_epoch + k
            self.optimizer.learning_rate.assign(recipe.rate(step, per_epoch))
            # A short average while the weights still move fast.
            decay = min(recipe.ema, (1 + step) / (10 + step))
            losses.append(self.step(images, targets, tf.constant(decay, tf.float32)))
        return float(tf.reduce_mean(losses))

    def held_out(self, examples: Examples, classes: int = 120) -> tuple[float, float]:
        """Top-1 and top-5 of the averaged weights on the held-out pictures of the real breeds."""
        chosen = examples.held_out & (examples.labels < classes)
        return accuracy(self.logits, examples.images[chosen], examples.labels[chosen])

    def save(self, path: Path, **facts):
        groups = {"model": self.model, "average": self.average, "optimizer": self.optimizer}
        arrays = {
            f"{group}_{i}": np.asarray(v)
            for group, owner in groups.items()
            for i, v in enumerate(owner.variables)
        }
        with write_atomically(path) as temporary:
            np.savez(temporary, facts=json.dumps(facts), **arrays)

    def load(self, path: Path) -> dict:
        with np.load(path) as file:
            for group in ("model", "average", "optimizer"):
                for i, variable in enumerate(getattr(self, group).variables):
                    variable.assign(file[f"{group}_{i}"])
            return json.loads(str(file["facts"]))


def batches_of(examples: Examples, classes: int, epoch: int, recipe: Recipe) -> tf.data.Dataset:
    """The training pictures in the order and with the accidents of this epoch."""
    tf.random.set_seed(recipe.seed * 100_003 + epoch)
    order = np.flatnonzero(~examples.held_out)
    order = np.random.default_rng((recipe.seed, epoch)).permutation(order)
    order = order[: len(order) // recipe.batch_size * recipe.batch_size]
    places = order.reshape(-1, recipe.batch_size)

    def draw():
        for place in places:
            yield examples.images[place], examples.labels[place]

    shapes = (
        tf.TensorSpec((recipe.batch_size, SIZE, SIZE, 3), "uint8"),
        tf.TensorSpec((recipe.batch_size,), "int32"),
    )
    size = recipe.size(epoch)
    return (
        tf.data.Dataset.from_generator(draw, output_signature=shapes)
        .map(lambda images, labels: augmented(images, labels, classes, size, recipe))
        .prefetch(4)
    )


def accuracy(logits, images, labels, batch_size: int = 100) -> tuple[float, float]:
    """Shares of uint8 pictures whose breed is the first guess, and among the first five."""
    ranks = []
    for start in range(0, len(images), batch_size):
        part = slice(start, start + batch_size)
        scores = np.asarray(logits(tf.cast(images[part], "float32") / 127.5 - 1.0))
        own = np.take_along_axis(scores, labels[part, None], axis=1)
        ranks.append((scores > own).sum(axis=1))
    ranks = np.concatenate(ranks)
    return float((ranks < 1).mean()), float((ranks < 5).mean())


def train(examples: Examples, out: str | Path, recipe: Recipe, **shape) -> tuple[Trainer, dict]:
    """Train, or go on training, and leave `out/state.npz` after each epoch; prints a line for each.

    Returns:
        The trainer, and what is known: epoch, seconds, top1, top5.
    """
    out = Path(out)
    trainer = Trainer(len(examples.names), recipe, **shape)
    facts = {"epoch": 0, "seconds": 0.0}
    if (out / "state.npz").exists():
        facts = trainer.load(out / "state.npz")
        print(f"resuming after epoch {facts['epoch']}", flush=True)
    for epoch in range(facts["epoch"], recipe.epochs):
        start = time.perf_counter()
        loss = trainer.epoch(epoch, examples)
        top1, top5 = trainer.held_out(examples)
        facts["seconds"] += time.perf_counter() - start
        facts |= {"epoch": epoch + 1, "top1": top1, "top5": top5}
        print(
            f"epoch {epoch + 1}/{recipe.epochs} at {recipe.size(epoch)} px: loss {loss:.3f}, "
            f"held out top-1 {top1:.1%}, top-5 {top5:.1%}, {facts['seconds']:.0f} s in all",
            flush=True,
        )
        trainer.save(out / "state.npz", **facts)
    return trainer, facts


# ---------------------------------------------------------------------------- the shipped file


def finish(trainer: Trainer, examples: Examples, facts: dict) -> Path:
    """Write `data/checkpoints/dognet.keras`, its card, and the names of the held-out pictures."""
    directory = data_dir() / "checkpoints"
    path = save_float16(shipped(trainer), directory / "dognet.keras")
    card = _card(path, trainer, examples, facts)
    write_card(directory / "dognet.json", card)
    return path


def shipped(trainer: Trainer) -> keras.Model:
    """The averaged weights in the plain network, float32, for pictures of 64x64."""
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    model = dognet(trainer.classes, **trainer.shape)
    keras.config.set_dtype_policy(policy)
    model.set_weights(trainer.average.get_weights())
    return model


def _card(path: Path, trainer: Trainer, examples: Examples, facts: dict) -> dict:
    """What was measured on the file as it lies there, with its rounded weights."""
    model = keras.models.load_model(path, compile=False)
    breeds = sum(not name.startswith(DOODLE) for name in examples.names)
    dogs, held = examples.labels < breeds, examples.held_out
    real = accuracy(model, examples.images[held & dogs], examples.labels[held & dogs])
    drawn = held & ~dogs
    doodles = (
        accuracy(model, examples.images[drawn], examples.labels[drawn]) if drawn.any() else [0]
    )
    return {
        "name": "dognet",
        "kind": "features",
        "version": VERSION,
        "features": model.get_layer("features").output.shape[-1],
        "parameters": model.count_params(),
        "resolution": SIZE,
        "data": f"{(dogs & ~held).sum()} dogs of {breeds} breeds, Stanford Dogs' train split, "
        f"square crops; {(~dogs & ~held).sum()} doodles of {len(examples.names) - breeds} breeds",
        "held_out_top1": round(real[0], 4),
        "held_out_top5": round(real[1], 4),
        "held_out_pictures": int((held & dogs).sum()),
        "held_out_doodles_top1": round(doodles[0], 4),
        **calibrated(features_of(model), examples, dogs),
        "recipe": dataclasses.asdict(trainer.recipe),
        "schedule": facts.get("schedule", "as in the recipe"),
        "epochs": facts["epoch"],
        "steps": facts["epoch"] * (int((~held).sum()) // trainer.recipe.batch_size),
        "seed": trainer.recipe.seed,
        "seconds": round(facts["seconds"]),
        "machine": device(),
        "precision": "mixed_bfloat16 in training, float32 in use, stored as float16",
        "versions": {"keras": keras.__version__, "tensorflow": tf.__version__},
        "command": f"python -m data.make.dognet --data ARCHIVE --seed {trainer.recipe.seed}",
        "classes": examples.names,
        "held_out": [Path(examples.files[i]).stem for i in np.flatnonzero(held & dogs)],
    }


def features_of(model: keras.Model) -> Callable[[np.ndarray], np.ndarray]:
    """uint8 pictures of its size -> the outputs of its layer `features`."""
    network = keras.Model(model.input, model.get_layer("features").output)
    return lambda images: network.predict_on_batch(images.astype("float32") / 127.5 - 1)


def calibrated(eyes: Callable, examples: Examples, dogs: np.ndarray) -> dict:
    """MiFID's threshold: between fresh dogs and dogs that somebody only copied.

    d is measured to the training dogs, once from held-out dogs, once from training dogs that were
    altered as little as a generator that learnt them by heart would. The threshold is the
    geometric mean of the smallest honest d and the largest copied one.

    Args:
        eyes: a function of uint8 pictures to vectors, such as a `FeatureNetwork`.
        dogs: mask of the examples that are real dogs.
    """
    from data.make import ruler
    from dogan_lib.metrics.distances import memorisation_distance

    def vectors(images):
        starts = range(0, len(images), 100)
        return np.concatenate([eyes(images[i : i + 100]) for i in starts])

    train = examples.images[dogs & ~examples.held_out]
    reference = vectors(train)
    copied = train[:: max(1, len(train) // 1200)]
    copies = {
        "mirrored": copied[:, :, ::-1],
        "JPEG 75": ruler.compressed(copied, 25),
        "blurred, 0.5 pixels": ruler.blurred(copied, 0.5),
        "noise, 4 grey values": ruler.noised(copied, 4),
        "shifted, 2 pixels": ruler.shifted(copied, 2),
    }
    fresh = memorisation_distance(reference, vectors(examples.images[dogs & examples.held_out]))
    distances = {
        name: round(memorisation_distance(reference, vectors(images)), 5)
        for name, images in copies.items()
    }
    threshold = math.sqrt(fresh * max(distances.values()))
    return {
        "mifid_threshold": float(f"{threshold:.2g}"),
        "mifid_distance_fresh": round(fresh, 5),
        "mifid_distances_copied": distances,
        "mifid_reference": len(train),
    }


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m data.make.dognet", description=__doc__)
    parser.add_argument("--data", required=True, help="tar of breed/name.jpg")
    parser.add_argument("--out", default="runs/dognet")
    parser.add_argument("--epochs", type=int, default=Recipe.epochs)
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    args = parser.parse_args(arguments)
    recipe = Recipe(epochs=args.epochs, seed=args.seed)
    print(f"dognet: {setup(args.seed)}", flush=True)
    examples = with_doodles(read_breeds(args.data))
    trainer, facts = train(examples, args.out, recipe)
    print(finish(trainer, examples, facts))


if __name__ == "__main__":
    main()
