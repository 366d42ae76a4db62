"""Pictures of chapter 03: how a photograph becomes a batch, and how far apart two heaps lie."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from dogan_lib import plots
from dogan_lib.classroom.originals import originals
from dogan_lib.dogs import Dogs, cropping
from dogan_lib.dogs.archives import open_archive
from dogan_lib.dogs.collection import Collection
from dogan_lib.metrics import extract, fid, kid
from dogan_lib.plots import PALETTE

WIDE = 13.5  # inches: a slide's width


def row(pictures, titles, height: float = 4.5):
    """Pictures of any size beside each other; returns the figure and its axes."""
    figure, axes = plt.subplots(1, len(pictures), figsize=(WIDE, height))
    for ax, picture, title in zip(axes, pictures, titles, strict=True):
        ax.imshow(picture, interpolation="nearest")
        ax.set_title(title, fontsize=15)
        ax.axis("off")
    figure.tight_layout()
    return figure, axes


def frame(ax, box, colour: str = "accent", lw: float = 3, ls: str = "-") -> None:
    """A rectangle around a box (xmin, ymin, xmax, ymax)."""
    (xmin, ymin), sides = box[:2], np.subtract(box[2:], box[:2])
    style = dict(fill=False, ec=PALETTE[colour], lw=lw, ls=ls)
    ax.add_patch(plt.Rectangle((xmin, ymin), *sides, **style))


def steps(dogs: Dogs):
    """One dog on its way: photograph, square, 64 and 32 pixels, numbers in [-1, 1]."""
    (original,), box = originals(dogs, 1), dogs.boxes[0]
    photo = Image.fromarray(original.image)
    square = photo.crop(cropping.square(box, *photo.size))
    small = [square.resize((size, size), Image.Resampling.LANCZOS) for size in (64, 32)]
    red = np.asarray(small[1], "float32")[..., 0] / 127.5 - 1
    titles = ["photo and box", f"square, {square.width} px", "64×64", "32×32", "red, −1 to 1"]
    figure, axes = row([photo, square, *small, red], titles)
    frame(axes[0], box)
    axes[4].images[0].set(cmap="gray", clim=(-1, 1))
    return figure


def three_ways(dogs: Dogs):
    """The widest and the tallest box, each cut in the three ways; the square is blue."""
    sides = dogs.boxes[:, 2:] - dogs.boxes[:, :2]
    shape = sides[:, 0] / sides[:, 1]
    figure, axes = plt.subplots(2, 4, figsize=(WIDE * 0.85, 5.2))
    for line, (what, i) in enumerate((("widest", shape.argmax()), ("tallest", shape.argmin()))):
        (original,), box = originals(dogs.subset([i]), 1), dogs.boxes[i]
        photo = Image.fromarray(original.image)
        regions = {mode: cropping.region(box, *photo.size, mode) for mode in cropping.MODES}
        crops = [photo.resize((64, 64), box=region) for region in regions.values()]
        for ax, picture, title in zip(axes[line], [photo, *crops], [what, *regions], strict=True):
            ax.imshow(picture, interpolation="nearest")
            ax.set_title(title, fontsize=15)
            ax.axis("off")
        frame(axes[line, 0], box)
        frame(axes[line, 0], regions["square"], "real")
    figure.tight_layout()
    return figure


def shrinking(dogs: Dogs):
    """A dog's coat and fine stripes, shrunk with a filter, and by taking every n-th pixel."""

    def shrunk(picture, filtered):
        way = Image.Resampling.LANCZOS if filtered else Image.Resampling.NEAREST
        return np.asarray(picture.resize((32, 32), way))

    def harm(picture):
        good, bad = (shrunk(picture, way).astype(float) for way in (True, False))
        return np.abs(good - bad)[8:24, 8:24].mean()

    photos = zip(originals(dogs, 40), dogs.boxes[:40], strict=True)
    squares = [
        Image.fromarray(o.image).crop(cropping.square(box, *o.image.shape[1::-1]))
        for o, box in photos
    ]
    stripes = np.indices((256, 256)).sum(0) // 5 % 2 * 120 + 60
    stripes = Image.fromarray(np.stack([stripes] * 3, axis=-1).astype("uint8"))
    figure, axes = plt.subplots(2, 3, figsize=(WIDE * 0.6, 5.4))
    for line, picture in zip(axes, (max(squares, key=harm), stripes), strict=True):
        titles = (f"{picture.width} px", "32, filtered", "32, every n-th pixel")
        images = (picture, shrunk(picture, True), shrunk(picture, False))
        for ax, image, title in zip(line, images, titles, strict=True):
            ax.imshow(image, interpolation="nearest")
            ax.set_title(title, fontsize=15)
            ax.axis("off")
    figure.tight_layout()
    return figure


def statistics(dogs: Dogs):
    """Histograms: dogs of each breed, shapes and sizes of the boxes, brightness."""
    sides = dogs.boxes[:, 2:] - dogs.boxes[:, :2]
    breeds = np.sort(np.bincount(dogs.labels, minlength=len(dogs.breeds)))
    figure, axes = plt.subplots(2, 2, figsize=(WIDE * 0.85, 5.6))
    axes = axes.ravel()
    axes[0].bar(range(len(breeds)), breeds, color=PALETTE["real"])
    axes[0].set_title("dogs of each breed, rare to frequent", fontsize=14)
    panels = (
        (sides[:, 0] / sides[:, 1], "width / height of the boxes"),
        (sides.max(1), "longer side of the boxes, pixels"),
        (dogs.images.mean((1, 2, 3)), "brightness, 0 to 255"),
    )
    for ax, (values, title) in zip(axes[1:], panels, strict=True):
        ax.hist(values, bins=30, color=PALETTE["real"])
        ax.set_title(title, fontsize=14)
    axes[2].axvline(64, color=PALETTE["accent"], ls="--", lw=2)
    for ax in axes:
        ax.tick_params(labelsize=12)
    figure.tight_layout()
    return figure


def averages(dogs: Dogs):
    """The mean dog, the same with more contrast, and how much each pixel differs."""
    mean = dogs.images.mean(0) / 255
    contrast = (mean - mean.min()) / (mean.max() - mean.min())
    spread = dogs.images.std(0).mean(-1)
    titles = ("the mean dog", "with more contrast", "spread of each pixel")
    figure, axes = row([mean, contrast, spread], titles)
    axes[2].images[0].set_cmap("cividis")
    bar = figure.colorbar(axes[2].images[0], ax=axes[2], shrink=0.8)
    bar.ax.tick_params(labelsize=12)
    return figure


def odd_archive(archive: Collection, folder: Path) -> str:
    """Six pictures, five of them bad in ways that real archives know; the name to load them by."""
    with open_archive(archive.annotation) as notes, open_archive(archive.images) as photos:
        name = min(notes.names, key=notes.sizes.get)
        stem = Path(name).stem
        note = notes.read(name)
        photo = photos.read(next(n for n in photos.names if Path(n).stem == stem))
    odd = {
        "fine": (photo, note),
        "cut_off": (photo[: len(photo) // 2], note),
        "nameless": (photo, re.sub(b"<filename>.*<", b"<filename>%s<", note)),
        "box_outside": (photo, note.replace(b"<xmax>", b"<xmax>9")),
        "no_annotation": (photo, None),
        "no_picture": (None, note),
    }
    for name, contents in odd.items():
        places = (f"Images/n1-dog/{name}.jpg", f"Annotation/n1-dog/{name}")
        for place, content in zip(places, contents, strict=True):
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            if content is not None:
                (folder / place).write_bytes(content)
    return f"stanford:{folder}"


def flat(images: np.ndarray) -> np.ndarray:
    """Pictures as rows of pixels around 0, float32."""
    return images.reshape(len(images), -1).astype("float32") - 127.5


def nearest(queries: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Position of the nearest row of `known` for each query, by the angle between them."""
    queries, known = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (queries, known))
    return np.argmax(queries @ known.T, axis=1)


def neighbours(dogs: Dogs, queries: Dogs, found: dict[str, np.ndarray], n: int = 8):
    """Dogs that were never seen in the first row; below them who is nearest to each.

    Args:
        found: what the distance is taken between -> positions in `dogs`, one for each query.
    """
    rows = [queries.images[:n], *(dogs.images[place[:n]] for place in found.values())]
    figure, axes = plt.subplots(len(rows), 1, figsize=(WIDE * 0.8, 1.3 * len(rows)))
    for ax, images, title in zip(axes, rows, ("a new dog", *found), strict=True):
        ax.imshow(plots.tile(images, n), interpolation="nearest")
        ax.set_ylabel(title.replace(" ", "\n"), fontsize=14, rotation=0, ha="right", va="center")
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
    figure.tight_layout()
    return figure


def blurred(images: np.ndarray, sigma: float) -> np.ndarray:
    """uint8 (n, H, W, 3) through a Gaussian of `sigma` pixels."""
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(images, (0, sigma, sigma, 0), output="float32").round().astype("uint8")


def noisy(images: np.ndarray, sigma: float, seed: int = 0) -> np.ndarray:
    """uint8 (n, H, W, 3) plus noise of `sigma` grey levels."""
    noise = np.random.default_rng(seed).normal(0, sigma, images.shape)
    return np.clip(images + noise, 0, 255).round().astype("uint8")


def repeated(images: np.ndarray, different: int) -> np.ndarray:
    """As many pictures, but only `different` ones: a generator whose modes have collapsed."""
    return images[np.arange(len(images)) % different]


DAMAGES = {
    "blur, pixels": (blurred, (0.5, 0.75, 1, 1.5)),
    "noise, grey levels": (noisy, (8, 16, 32, 48)),
    "different dogs": (repeated, (100, 30, 10, 3)),
}


def damage(real: np.ndarray, fresh: np.ndarray, features: str = "dognet") -> dict:
    """FID and KID of fresh dogs to real ones, and of the same dogs ever more damaged.

    Returns:
        {"floor": (FID, KID)} and for each of `DAMAGES` a list of (strength, FID, KID).
    """
    reference = extract(real, features, progress=False)

    def scores(images):
        seen = extract(images, features, progress=False)
        return fid(reference, seen).value, kid(reference, seen).value

    found = {"floor": scores(fresh)}
    for what, (harm, strengths) in DAMAGES.items():
        found[what] = [(s, *scores(harm(fresh, s))) for s in strengths]
    return found


def damages(found: dict, picture: np.ndarray, network: str):
    """Both measures over the damage, logarithmic, with the floor; below, one dog at each step."""
    figure = plt.figure(figsize=(WIDE, 6))
    grid = figure.add_gridspec(2, 3, height_ratios=(2.6, 1), hspace=0.2)
    for k, (what, (harm, strengths)) in enumerate(DAMAGES.items()):
        ax = figure.add_subplot(grid[0, k])
        _, fids, kids = zip(*found[what], strict=True)
        for values, name, colour in ((fids, "FID", "d"), (kids, "KID", "g")):
            ax.semilogy(range(len(values)), values, "o-", color=PALETTE[colour], lw=2, label=name)
        for value, colour in zip(found["floor"], "dg", strict=True):
            ax.axhline(max(value, 1e-4), color=PALETTE[colour], ls=":", lw=2)
        ax.set_xticks(range(len(strengths)), strengths)
        ax.set(title=what, ylim=(5e-5, 300), xlim=(-0.4, len(strengths) - 0.6))
        ax.title.set_fontsize(15)
        ax.tick_params(labelsize=12)
        if k == 0:
            ax.legend(fontsize=13, frameon=False, loc="center left", bbox_to_anchor=(0, 0.55))
            ax.set_ylabel(f"{network}; dotted: the floor", fontsize=12)
        below = figure.add_subplot(grid[1, k])
        if harm is not repeated:
            below.imshow(
                plots.tile(np.concatenate([harm(picture[None], s) for s in strengths]), 4, gap=6)
            )
        below.axis("off")
    return figure
