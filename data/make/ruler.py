"""Is the ruler straight, and does it see shape? Real dogs are harmed more and more.

Some harms destroy texture and leave the dog where it was (blur, noise, JPEG); others leave every
pixel's surroundings alone and destroy the dog (shuffled patches, moved heads). Networks' distances
have no common unit, so each is divided by what the same network gives for real dogs that went
through 32 pixels.

    python -m data.make.ruler --data stanford_dogs_64_train.tar --out docs/ruler.png
"""

import argparse
import dataclasses
import io
from collections.abc import Callable

import numpy as np

from dogan_lib.metrics.distances import frechet_distance, gaussian, polynomial_mmd
from dogan_lib.metrics.features import SHIPPED, Features, at_size, extract
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


def shuffled(images: np.ndarray, cuts: float) -> np.ndarray:
    """Each picture cut into cuts x cuts patches, which change places."""
    cuts = int(cuts)
    if cuts < 2:
        return images
    random, side = np.random.default_rng(0), images.shape[1] // cuts
    patches = images.reshape(len(images), cuts, side, cuts, side, 3).swapaxes(2, 3)
    patches = patches.reshape(len(images), cuts * cuts, side, side, 3)
    patches = np.stack([each[random.permutation(cuts * cuts)] for each in patches])
    patches = patches.reshape(len(images), cuts, cuts, side, side, 3).swapaxes(2, 3)
    return patches.reshape(images.shape)


def _head(images: np.ndarray) -> tuple[slice, slice]:
    """Where most heads are in a square crop of a dog: the upper middle, half a side each way."""
    side = images.shape[1]
    return slice(side // 8, side * 5 // 8), slice(side // 4, side * 3 // 4)


def faceless(images: np.ndarray, sigma: float) -> np.ndarray:
    """The upper middle blurred, the rest as it was."""
    out, (rows, columns) = images.copy(), _head(images)
    out[:, rows, columns] = blurred(images[:, rows, columns], sigma)
    return out


def exchanged(images: np.ndarray, percent: float) -> np.ndarray:
    """So many of the dogs with the upper middle of another dog, the next in a random order."""
    out, (rows, columns) = images.copy(), _head(images)
    chosen = np.random.default_rng(0).permutation(len(images))
    chosen = chosen[: round(len(images) * percent / 100)]
    out[chosen, rows, columns] = images[np.roll(chosen, 1), rows, columns]
    return out


def reduced(images: np.ndarray, factor: float) -> np.ndarray:
    """Shrunk by the factor and enlarged again, antialiased bicubic."""
    if factor <= 1:
        return images
    return at_size(at_size(images, round(images.shape[1] / factor)), images.shape[1])


DAMAGES = (
    Damage("blur", "σ, pixels", (0, 0.5, 1, 2, 4), blurred),
    Damage("shrunk and enlarged", "times", (1, 1.33, 2, 4, 8), reduced),
    Damage("noise", "σ, grey values", (0, 8, 16, 32, 64), noised),
    Damage("JPEG", "100 - quality", (0, 60, 80, 90, 97), compressed),
    Damage("colour shift", "grey values", (0, 10, 20, 40, 80), tinted),
    Damage("crop shift", "pixels", (0, 8, 16, 24, 32), shifted),
    Damage("pure noise mixed in", "% of pictures", (0, 2, 5, 10, 25), mixed),
)
SHAPE_DAMAGES = (
    Damage("patches shuffled", "cuts a side", (1, 2, 4, 8), shuffled),
    Damage("upper middle blurred", "σ, pixels", (0, 1, 2, 4), faceless),
    Damage("another dog's upper middle", "% of pictures", (0, 25, 50, 100), exchanged),
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


def unit(reference: Features, images: np.ndarray) -> float:
    """The network's FID for pictures through half their size; others are divided by it."""
    return _step(reference, reduced(images, 2), reference.network)[0]


def figure(curves: dict[str, list[Curve]], units: dict[str, float], samples: np.ndarray | None):
    """FID of each damage by each network, in its unit, and one picture at each level above.

    Args:
        curves: network -> its curves, the same damages in the same order.
        units: network -> `unit`.
        samples: uint8 pictures (n, H, W, 3); the first is shown damaged.
    """
    import matplotlib.pyplot as plt

    from dogan_lib.plots import PALETTE, tile

    panels = list(zip(*curves.values(), strict=True))
    columns = 4
    rows = -(-len(panels) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(14, 3.5 * rows), squeeze=False)
    damages = {damage.name: damage for damage in (*DAMAGES, *SHAPE_DAMAGES)}
    for ax in axes.flat[len(panels) :]:
        ax.axis("off")
    for ax, panel in zip(axes.flat, panels, strict=False):
        highest = 0
        for (name, per), curve, colour in zip(units.items(), panel, ("real", "fake"), strict=False):
            heights = np.array(curve.fid) / per
            highest = max(highest, heights.max())
            ax.plot(curve.levels, heights, "o-", color=PALETTE[colour], label=f"FID[{name}]")
        shape = any(damage.name == panel[0].name for damage in SHAPE_DAMAGES)
        title = f"{panel[0].name}, n={panel[0].n}"
        ax.set_title(f"SHAPE: {title}" if shape else title, fontsize=10)
        ax.set_xlabel(panel[0].unit)
        ax.axhline(1, color="0.6", lw=0.8, ls=":")
        ax.set_ylim(0, 1.55 * highest)
        ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, 0.72), fontsize=8)
        if samples is not None and panel[0].name in damages:
            inset = ax.inset_axes([0.02, 0.72, 0.96, 0.27])
            shown = _levels(damages[panel[0].name], samples)
            inset.imshow(tile(shown, len(panel[0].levels)))
            inset.axis("off")
    figure.suptitle("Fréchet distances to real dogs; 1 = real dogs through 32 pixels, same network")
    figure.tight_layout()
    return figure


def _levels(damage: Damage, samples: np.ndarray) -> np.ndarray:
    """The first picture at each level; where only some are harmed, as it is when it is its turn."""
    steps = [damage.apply(samples, level)[:1] for level in damage.levels]
    if damage.apply in (mixed, exchanged):
        whole = damage.apply(samples, 100)[:1]
        steps = [samples[:1] if level < damage.levels[-1] else whole for level in damage.levels]
    return np.concatenate(steps)


def draw(data: str, out: str, networks=SHIPPED, n: int = 600) -> dict[str, list[Curve]]:
    """Split the dogs in two halves, harm one, write the picture, and print the table."""
    from dogan_lib.dogs import load_dogs
    from dogan_lib.doodles import painter as doodle
    from dogan_lib.plots import to_png
    from dogan_lib.runtime import write_atomically

    dogs = load_dogs(size=64, source=data)
    half = np.arange(len(dogs)) % 2 == 0
    others = dogs.subset(~half)
    images = others.images[np.random.default_rng(0).permutation(len(others))[:n]]
    curves, units = {}, {}
    for features in networks:
        reference = extract(dogs.subset(half), features)
        name = reference.network.name
        units[name] = unit(reference, images)
        curves[name] = damage_curves(reference, images, (*DAMAGES, *SHAPE_DAMAGES))
        curves[name].append(breed_curve(reference, extract(others, features)))
        print(f"{name}: FID of real dogs through 32 pixels {units[name]:.4g}, n={n}")
        for curve in curves[name]:
            steps = zip(curve.levels, curve.fid, curve.kid, strict=True)
            cells = (f"{level:g}: {f / units[name]:.2f} ({k:.2g})" for level, f, k in steps)
            print(f"  {curve.name}, {curve.unit}: {', '.join(cells)}", flush=True)
    with write_atomically(out) as temporary:
        # Photographs may be measured, but not published: the examples are doodles.
        examples = np.stack([doodle.draw(i, size=64).image for i in (3, 8)])
        temporary.write_bytes(to_png(figure(curves, units, examples)))
    return curves


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m data.make.ruler", description=__doc__)
    parser.add_argument("--data", default="auto", help="any source of dogs")
    parser.add_argument("--out", default="docs/ruler.png")
    args = parser.parse_args(arguments)
    draw(args.data, args.out)


if __name__ == "__main__":
    main()
