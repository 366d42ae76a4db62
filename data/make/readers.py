"""Train the three networks that read for chapter 08: captions, and attributes.

    python -m data.make.readers encoder     --out runs/text_encoder   --ship
    python -m data.make.readers attributes  --out runs/attributes     --ship
    python -m data.make.readers guide       --out runs/guide          --ship

Started again with the same `--out` each goes on where it stopped.

The text encoder learns as Reed's did, by matching: of a batch of pictures and captions, which
belong together? A small network embeds the pictures, and both directions are a classification over
the batch (as in CLIP). That alone may drop what is hard to see, so heads on the embedding also
have to name every attribute that the caption says, or that it says nothing about it.

The attribute classifier is the ruler of obedience: it never sees a caption. The guide is a smaller
one that `text.TextGAN` may learn from. No generator may learn from the ruler: who is measured by
its own teacher has learnt to please the teacher.

References: Reed et al. 2016, section 4.1; Radford et al. 2021, https://arxiv.org/abs/2103.00020
"""

import argparse
import datetime
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from data.make import shipping
from data.make.dognet import dognet
from dogan_lib.callbacks import Resume
from dogan_lib.classroom import text_encoder
from dogan_lib.dogs import load_dogs
from dogan_lib.doodles import captions as language
from dogan_lib.doodles.painter import ATTRIBUTES
from dogan_lib.doodles.readers import Attributes, matched, matching_loss
from dogan_lib.runtime import data_dir, device, setup, write_atomically

SHARPNESS = 10.0  # of the match: cosines lie in [-1, 1]
BATCH = 64
EXAMINED = 2000  # doodles, for the accuracies on a card

# The text encoder -----------------------------------------------------------------------------


def matcher(encoder: keras.Model, widths=(16, 32, 64, 96)) -> keras.Model:
    """[pictures (n, 64, 64, 3), word numbers (n, MAX_WORDS)] -> what the encoder learns by.

    The outputs are a dict: "match" (n, n), cosines times `SHARPNESS`, and for each attribute the
    logits (n, values + 1) that are read off the caption's embedding; the last is "not said".
    """
    images = keras.Input((64, 64, 3), name="images")
    ids = keras.Input((language.MAX_WORDS,), dtype="int32", name="words")
    eyes = dognet(encoder.output_shape[-1], widths, blocks=(1,) * len(widths), dropout=0.0)
    seen = layers.UnitNormalization(dtype="float32")(eyes(images))
    embedding = encoder(ids)
    said = layers.UnitNormalization(dtype="float32")(embedding)
    outputs = {"match": SHARPNESS * ops.matmul(seen, ops.transpose(said))}
    for name, values in ATTRIBUTES.items():
        outputs[name] = layers.Dense(len(values) + 1, dtype="float32", name=name)(embedding)
    return keras.Model([images, ids], outputs, name="matcher")


def caption_batches(dogs, seed: int = 0, start_epoch: int = 0):
    """`((images, words), targets)`: captions worded anew each epoch, and what each of them says."""
    rows = language.rows(dogs)

    def columns(epoch):
        random = np.random.default_rng([seed, epoch, 2])
        captions = [language.read(language.worded(row, random)) for row in rows]
        ids = np.array([language.numbers(caption.words) for caption in captions], "int32")
        return [ids, language.said(captions)]

    def arranged(images, ids, said):
        targets = {name: said[:, i] for i, name in enumerate(ATTRIBUTES)}
        return (images, ids), {"match": said[:, 0], **targets}

    return dogs.batches(BATCH, columns, seed=seed, start_epoch=start_epoch).map(arranged)


def compiled_matcher(steps: int, encoder: keras.Model | None = None) -> keras.Model:
    """A new matcher, ready to fit for so many steps."""
    heads = _cross_entropies()
    model = matcher(encoder or text_encoder.encoder())
    model.compile(
        optimizer=_decaying(steps, 2e-3),
        loss={"match": matching_loss, **heads},
        metrics={"match": matched, **dict.fromkeys(heads, "accuracy")},
    )
    return model


def _cross_entropies():
    return {
        name: keras.losses.SparseCategoricalCrossentropy(from_logits=True) for name in ATTRIBUTES
    }


def _decaying(steps, rate):
    return keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(rate, steps), 1e-3)


# The attribute classifier ---------------------------------------------------------------------


def classifier(widths=(32, 64, 96, 128), blocks=(1, 2, 2, 1)) -> keras.Model:
    """Pictures (batch, 64, 64, 3) in [-1, 1] -> dict of logits (batch, values), one an attribute.

    DogNet's residual blocks with one head for each attribute of a doodle.
    """
    trunk = dognet(1, widths, blocks)
    features = layers.Dropout(0.2, dtype="float32")(trunk.get_layer("features").output)
    heads = {
        name: layers.Dense(len(values), dtype="float32", name=name)(features)
        for name, values in ATTRIBUTES.items()
    }
    return keras.Model(trunk.input, heads, name="attributes")


def picture_batches(dogs, seed: int = 0, start_epoch: int = 0):
    """`(images, targets)`: mirrored, moved by up to 4 pixels and sometimes blurred a little.

    The blur is what generated dogs have; a ruler that only knows sharp ones would misread them.
    """
    columns = [_positions(dogs, name) for name in ATTRIBUTES]

    def arranged(images, *targets):
        padded = tf.pad(images, ((0, 0), (4, 4), (4, 4), (0, 0)), "REFLECT")
        images = tf.image.random_crop(padded, tf.shape(images))
        soft = tf.nn.avg_pool2d(images, 3, 1, "SAME")
        amount = tf.random.uniform((tf.shape(images)[0], 1, 1, 1), -1.0, 1.0)
        images += tf.maximum(amount, 0) * (soft - images)
        return images, dict(zip(ATTRIBUTES, targets, strict=True))

    batches = dogs.batches(BATCH, lambda _: columns, seed=seed, start_epoch=start_epoch)
    return batches.map(arranged)


def _positions(dogs, name) -> np.ndarray:
    values = list(ATTRIBUTES[name])
    return np.array([values.index(value) for value in dogs.attributes[name]], "int32")


def compiled_classifier(steps: int, **shape) -> keras.Model:
    """A new classifier, ready to fit for so many steps."""
    model = classifier(**shape)
    losses = _cross_entropies()
    metrics = dict.fromkeys(losses, "accuracy")
    model.compile(optimizer=_decaying(steps, 2e-3), loss=losses, metrics=metrics)
    return model


def compiled_guide(steps: int) -> keras.Model:
    """A narrow classifier, ready to fit for so many steps."""
    return compiled_classifier(steps, widths=(16, 32, 64, 96))


# Training and shipping ------------------------------------------------------------------------


def train(build, batches, dogs, out: str | Path, epochs: int) -> tuple[keras.Model, float]:
    """Fit `build(steps)`, or go on with what lies in `out`; a line an epoch.

    Returns:
        The model, and the seconds that all its epochs took.
    """
    out = Path(out)
    path, clock, per_epoch = out / "model.keras", out / "seconds", len(dogs) // BATCH
    out.mkdir(parents=True, exist_ok=True)
    before = float(clock.read_text()) if path.exists() and clock.exists() else 0.0
    model = keras.models.load_model(path) if path.exists() else build(epochs * per_epoch)
    done = int(model.optimizer.iterations) // per_epoch
    start = time.perf_counter()

    def note(epoch, logs):
        _line(epoch, logs)
        with write_atomically(clock) as temporary:
            temporary.write_text(str(before + time.perf_counter() - start))

    if done < epochs:
        print(f"{'resuming' if done else 'starting'} at epoch {done} of {epochs}", flush=True)
        lines = [Resume(path), keras.callbacks.LambdaCallback(on_epoch_end=note)]
        data = batches(dogs, start_epoch=done)
        model.fit(
            data, initial_epoch=done, epochs=epochs, shuffle=False, verbose=0, callbacks=lines
        )
    return model, float(clock.read_text())


def _line(epoch, logs):
    rights = ", ".join(f"{name} {share:.1%}" for name, share in _shares(logs).items())
    print(f"epoch {epoch + 1}: loss {logs['loss']:.3f}; {rights}", flush=True)


def _shares(logs) -> dict[str, float]:
    """The shares of right answers among a fit's numbers."""
    ends = ("_accuracy", "_matched")
    return {key.rpartition("_")[0]: value for key, value in logs.items() if key.endswith(ends)}


def ship_encoder(model: keras.Model, examined, facts: dict) -> Path:
    """Write the encoder and its card, with what it understood of combinations kept back."""
    encoder = model.get_layer("text_encoder")
    shares = _shares(model.evaluate(caption_batches(examined), return_dict=True, verbose=0))
    scores = {name: round(float(share), 4) for name, share in shares.items()}
    match = scores.pop("match")
    card = {
        "kind": "text encoder",
        "embedding_dim": encoder.output_shape[-1],
        "parameters": encoder.count_params(),
        "words": list(language.VOCABULARY),
        "held_out_attributes": scores,
        "held_out_match": {"of": BATCH, "right": match},
        "held_out_captions": len(examined),
        **facts,
    }
    return shipping.save_generator(encoder, "text_encoder", card)


def ship_classifier(model: keras.Model, examined, facts: dict, name="attributes") -> Path:
    """Write the classifier and its card, with its accuracies on doodles that it has not seen."""
    path = shipping.save_float16(model, data_dir() / "checkpoints" / f"{name}.keras")
    read = Attributes(keras.models.load_model(path, compile=False)).read(examined.images)
    accuracy = {name: float(np.mean(read[name] == examined.attributes[name])) for name in read}
    card = {
        "kind": "attributes",
        "parameters": model.count_params(),
        "resolution": 64,
        "held_out_accuracy": {name: round(share, 4) for name, share in accuracy.items()},
        "held_out_pictures": len(examined),
        **facts,
    }
    print(", ".join(f"{name} {share:.1%}" for name, share in accuracy.items()))
    return shipping.save_generator(model, name, card)


def _facts(what, args, dogs, seconds) -> dict:
    return {
        "data": f"{len(dogs)} doodles",
        "pictures": len(dogs),
        "epochs": args.epochs,
        "steps": args.epochs * (len(dogs) // BATCH),
        "seed": args.seed,
        "seconds": round(seconds),
        "machine": device(),
        "precision": keras.config.dtype_policy().name,
        "versions": {"keras": keras.__version__, "tensorflow": tf.__version__},
        "date": datetime.date.today().isoformat(),
        "command": f"python -m data.make.readers {what} --doodles {args.doodles} "
        f"--epochs {args.epochs} --seed {args.seed} --ship",
    }


def train_encoder(args):
    """On combinations that are not kept back; examined on those that are."""
    dogs = load_dogs(size=64, source="doodle", limit=args.doodles, seed=args.seed)
    learnt, kept_back = language.split(dogs)
    learnt, kept_back = dogs.subset(learnt), dogs.subset(kept_back[:EXAMINED])
    model, seconds = train(compiled_matcher, caption_batches, learnt, args.out, args.epochs)
    if args.ship:
        print(ship_encoder(model, kept_back, _facts("encoder", args, learnt, seconds)))


def train_classifier(args):
    """On all combinations, since it is the ruler; examined on fresh doodles."""
    dogs = load_dogs(size=64, source="doodle", limit=args.doodles, seed=args.seed + 100)
    model, seconds = train(compiled_classifier, picture_batches, dogs, args.out, args.epochs)
    if args.ship:
        fresh = load_dogs(size=64, source="doodle", limit=EXAMINED, seed=args.seed + 101)
        print(ship_classifier(model, fresh, _facts("attributes", args, dogs, seconds)))


def train_guide(args):
    """On combinations that are not kept back, and other doodles than the ruler's."""
    dogs = load_dogs(size=64, source="doodle", limit=args.doodles, seed=args.seed + 200)
    learnt = text_encoder.trained_on(dogs)
    model, seconds = train(compiled_guide, picture_batches, learnt, args.out, args.epochs)
    if args.ship:
        fresh = load_dogs(size=64, source="doodle", limit=EXAMINED, seed=args.seed + 201)
        print(ship_classifier(model, fresh, _facts("guide", args, learnt, seconds), "guide"))


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m data.make.readers")
    commands = parser.add_subparsers(dest="what", required=True)
    for name, run, doodles, epochs in (
        ("encoder", train_encoder, 10_000, 10),
        ("attributes", train_classifier, 24_000, 16),
        ("guide", train_guide, 24_000, 10),
    ):
        command = commands.add_parser(name, help=run.__doc__)
        folder = "text_encoder" if name == "encoder" else name
        command.add_argument("--out", default=f"runs/{folder}")
        command.add_argument("--doodles", type=int, default=doodles)
        command.add_argument("--epochs", type=int, default=epochs)
        command.add_argument("--seed", type=int, default=0)
        command.add_argument("--ship", action="store_true", help="write to data/checkpoints")
        command.set_defaults(run=run)
    args = parser.parse_args(arguments)
    print(f"{args.what}: {setup(args.seed)}", flush=True)
    args.run(args)


if __name__ == "__main__":
    main()
