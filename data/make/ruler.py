"""Is the ruler straight? Harm real dogs more and more, and every step must cost more.

python -m data.make.ruler --data stanford_dogs_64_train.tar --out docs/ruler.png
"""

import argparse
import dataclasses
import io
from collections.abc import Callable

import numpy as np

from dogan_lib.metrics.distances import frechet_distance, gaussian, polynomial_mmd
from dogan_lib.metrics.features import Features, extract
from dogan_lib.metrics.report import blurred

DROPPED = (0, 10, 30, 60, 90)  # percent of the classes


@dataclasses.dataclass(frozen=True)
class Damage:
    """One way to spoil pictures: its name, unit, levels from none to much, and how."""

    name: str
    unit: str
    levels: tuple[float, ...]
    apply: Callable[[np.ndarray, float], np.ndarray]


def noised(images: np.ndarray, sigma: float) -> np.ndarray:
    """Plus Gaussian noise of `sigma` grey values out of 255."""
    noise = np.random.default_rng(0).normal(0, sigma, images.shape) if sigma else 0
    return np.clip(images + noise, 0, 255).round().astype("uint8")


def compressed(images: np.ndarray, loss: float) -> np.ndarray:
    """JPEG of quality 100 - loss; loss 0 leaves the pictures alone."""
    from PIL import Image

    def once(image):
        buffer = io.BytesIO()
        Image.fromarray(image).save(buffer, "JPEG", quality=round(100 - loss))
        return np.asarray(Image.open(buffer))

    return np.stack([once(image) for image in images]) if loss else images


def tinted(images: np.ndarray, shift: float) -> np.ndarray:
    """Red up and blue down by `shift` grey values."""
    return np.clip(images + np.array([shift, 0, -shift]), 0, 255).astype("uint8")


def shifted(images: np.ndarray, pixels: float) -> np.ndarray:
    """The crop moved right and down; what it then shows beyond the picture is its mirror image."""
    p = int(pixels)
    height, width = images.shape[1:3]
    padded = np.pad(images, ((0, 0), (0, p), (0, p), (0, 0)), mode="reflect")
    return padded[:, p : p + height, p : p + width]


def mixed(images: np.ndarray, percent: float) -> np.ndarray:
    """So many of the pictures replaced by pure noise."""
    random, out = np.random.default_rng(0), images.copy()
    rows = random.permutation(len(images))[: round(len(images) * percent / 100)]
    out[rows] = random.integers(0, 256, (len(rows), *images.shape[1:]), dtype="uint8")
    return out


DAMAGES = (
    Damage("blur", "σ, pixels", (0, 0.5, 1, 2, 4), blurred),
    Damage("noise", "σ, grey values", (0, 8, 16, 32, 64), noised),
    Damage("JPEG", "100 - quality", (0, 60, 80, 90, 97), compressed),
    Damage("colour shift", "grey values", (0, 10, 20, 40, 80), tinted),
    Damage("crop shift", "pixels", (0, 8, 16, 24, 32), shifted),
    Damage("pure noise mixed in", "% of pictures", (0, 2, 5, 10, 25), mixed),
)


@dataclasses.dataclass(frozen=True)
class Curve:
    """Distances to the reference at each level of one damage."""

    name: str
    unit: str
    levels: tuple[float, ...]
    fid: list[float]
    kid: list[float]
    n: int


def damage_curves(reference: Features, images: np.ndarray, damages=DAMAGES) -> list[Curve]:
    """Both distances between the reference and `images` (uint8), at each level of each damage."""
    curves = []
    for damage in damages:
        steps = [
            _step(reference, damage.apply(images, level), reference.network)
            for level in damage.levels
        ]
        fids, kids = zip(*steps, strict=True)
        curves.append(
            Curve(damage.name, damage.unit, damage.levels, list(fids), list(kids), len(images))
        )
    return curves


def _step(reference, images, network) -> tuple[float, float]:
    return distances(reference, extract(images, network, progress=False))


def distances(reference: Features, other: Features) -> tuple[float, float]:
    """FID and KID. FID also of few pictures: a curve at one n needs no absolute value."""
    return (
        frechet_distance(*gaussian(reference.vectors), *gaussian(other.vectors)),
        polynomial_mmd(reference.vectors, other.vectors)[0],
    )


def breed_curve(reference: Features, other: Features, percents=DROPPED) -> Curve:
    """Distances when classes are missing on the other side, always at the same n.

    Each level keeps the classes of the level after it, and takes the same number of pictures.
    """
    classes = np.random.default_rng(0).permutation(np.unique(other.labels))
    kept = [classes[: max(1, round(len(classes) * (1 - p / 100)))] for p in percents]
    n = int(np.isin(other.labels, kept[-1]).sum())
    steps = []
    for names in kept:
        rows = np.flatnonzero(np.isin(other.labels, names))
        steps.append(distances(reference, other.subset(_evenly(rows, other.labels[rows], n))))
    fids, kids = zip(*steps, strict=True)
    return Curve("breeds dropped", "% of breeds", tuple(percents), list(fids), list(kids), n)


def _evenly(rows, labels, n):
    """n of the rows, as many of each class as possible."""
    turn = np.empty(len(rows), int)
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        turn[own] = np.arange(len(own))
    return rows[np.argsort(turn, kind="stable")[:n]]


def figure(curves: list[Curve], network: str, sample: np.ndarray | None = None):
    """All curves, each FID divided by its own largest; above, one dog at each level.

    Args:
        network: the name for the title.
        sample: one uint8 picture (H, W, 3) to show the damages on.
    """
    import matplotlib.pyplot as plt

    from dogan_lib.plots import tile

    columns = 4
    rows = -(-(len(curves) + 1) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(13, 3.3 * rows), squeeze=False)
    for ax in axes.flat[len(curves) :]:
        ax.axis("off")
    axes.flat[len(curves)].text(0, 0.5, HOW_TO_READ, va="center", fontsize=10)
    damages = {damage.name: damage for damage in DAMAGES}
    for ax, curve in zip(axes.flat, curves, strict=False):
        strip = None
        if sample is not None and curve.name in damages:
            strip = tile(_levels(damages[curve.name], sample), len(curve.levels))
        _plot(ax, curve, strip)
    figure.suptitle(f"Each harm costs more the greater it is: {network}", fontsize=12)
    figure.tight_layout()
    return figure


HOW_TO_READ = """The leftmost point of each curve
is real against real: the floor.

FID and KID are divided by their
largest value, which the legend gives.
FID has a bias of its own at every n,
KID starts at 0."""


def _plot(ax, curve: Curve, strip: np.ndarray | None):
    from dogan_lib.plots import PALETTE

    for name, colour, marker, values in (
        ("FID", PALETTE["real"], "o", curve.fid),
        ("KID", PALETTE["fake"], "s", curve.kid),
    ):
        heights, label = np.array(values) / max(values), f"{name} / {max(values):.3g}"
        ax.plot(curve.levels, heights, color=colour, marker=marker, ms=4, label=label)
    ax.set_title(f"{curve.name}, n={curve.n}")
    ax.set_xlabel(curve.unit)
    ax.set_ylim(-0.08, 1.75)
    ax.set_yticks([0, 0.5, 1])
    # Curves climb from the left below, so this corner is free.
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, 0.66), fontsize=8)
    if strip is not None:
        inset = ax.inset_axes([0.02, 0.68, 0.96, 0.3])
        inset.imshow(strip)
        inset.axis("off")


def _levels(damage: Damage, sample: np.ndarray) -> np.ndarray:
    """The picture at each level; mixing turns it to noise only at the last."""
    if damage.apply is mixed:
        return np.concatenate(
            [sample[None]] * (len(damage.levels) - 1) + [mixed(sample[None], 100)]
        )
    return np.concatenate([damage.apply(sample[None], level) for level in damage.levels])


def draw(data: str, out: str, features="dognet"):
    """Split the dogs in two halves, harm one, and write the picture."""
    from dogan_lib.dogs import load_dogs
    from dogan_lib.doodles import painter as doodle
    from dogan_lib.plots import to_png
    from dogan_lib.runtime import write_atomically

    dogs = load_dogs(size=64, source=data)
    half = np.arange(len(dogs)) % 2 == 0
    reference = extract(dogs.subset(half), features)
    others = dogs.subset(~half)
    images = others.images[np.random.default_rng(0).permutation(len(others))[:1000]]
    curves = [*damage_curves(reference, images), breed_curve(reference, extract(others, features))]
    name = reference.network.name
    with write_atomically(out) as temporary:
        # A photograph may be measured, but not published: the example is a doodle.
        example = doodle.draw(3, size=dogs.images.shape[1]).image
        temporary.write_bytes(to_png(figure(curves, name, example)))
    for curve in curves:
        pairs = zip(curve.fid, curve.kid, strict=True)
        print(f"{curve.name}: {', '.join(f'{f:.3g} ({k:.2g})' for f, k in pairs)}")
    return curves


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m data.make.ruler", description=__doc__)
    parser.add_argument("--data", default="auto", help="any source of dogs")
    parser.add_argument("--out", default="docs/ruler.png")
    args = parser.parse_args(arguments)
    draw(args.data, args.out)


if __name__ == "__main__":
    main()
