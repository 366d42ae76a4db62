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
from dogan_lib.metrics.report import blurred
from dogan_lib.plots import PALETTE

WIDE = 13.5  # inches: a slide's width


def board(*rows: dict, size: tuple[float, float]):
    """Rows of title -> picture of any size, `size` in inches; the figure and its axes (r, c)."""
    figure, axes = plt.subplots(len(rows), len(rows[0]), figsize=size, squeeze=False)
    pictures = [item for row in rows for item in row.items()]
    for ax, (title, picture) in zip(axes.flat, pictures, strict=True):
        ax.imshow(picture, interpolation="nearest")
        ax.set_title(title, fontsize=15)
        ax.axis("off")
    figure.tight_layout()
    return figure, axes


def frame(ax, box, colour: str = "accent", lw: float = 3, ls: str = "-") -> None:
    """A rectangle around a box (xmin, ymin, xmax, ymax)."""
    sides, style = np.subtract(box[2:], box[:2]), dict(ec=PALETTE[colour], lw=lw, ls=ls)
    ax.add_patch(plt.Rectangle(box[:2], *sides, fill=False, **style))


def _photographs(dogs: Dogs, n: int = 1):
    """The first n dogs' originals as `PIL.Image`s, each with the dog's box."""
    found = zip(originals(dogs, n), dogs.boxes[:n], strict=True)
    return [(Image.fromarray(original.image), box) for original, box in found]


def steps(dogs: Dogs):
    """One dog on its way: photograph, square, 64 and 32 pixels, numbers in [-1, 1]."""
    ((photo, box),) = _photographs(dogs)
    square = photo.crop(cropping.square(box, *photo.size))
    small = [square.resize((size, size), Image.Resampling.LANCZOS) for size in (64, 32)]
    red = np.asarray(small[1], "float32")[..., 0] / 127.5 - 1
    titles = ("photo and box", f"square, {square.width} px", "64×64", "32×32", "red, −1 to 1")
    row = dict(zip(titles, (photo, square, *small, red), strict=True))
    figure, axes = board(row, size=(WIDE, 4.5))
    frame(axes[0, 0], box)
    axes[0, 4].images[0].set(cmap="gray", clim=(-1, 1))
    return figure


def three_ways(dogs: Dogs):
    """The widest and the tallest box, each cut in the three ways; the square is blue."""
    sides = dogs.boxes[:, 2:] - dogs.boxes[:, :2]
    shape = sides[:, 0] / sides[:, 1]
    rows, frames = [], []
    for what, i in (("widest", shape.argmax()), ("tallest", shape.argmin())):
        ((photo, box),) = _photographs(dogs.subset([i]))
        regions = {mode: cropping.region(box, *photo.size, mode) for mode in cropping.MODES}
        crops = {mode: photo.resize((64, 64), box=region) for mode, region in regions.items()}
        rows.append({what: photo, **crops})
        frames.append((box, regions["square"]))
    figure, axes = board(*rows, size=(WIDE * 0.85, 5.2))
    for ax, (box, square) in zip(axes[:, 0], frames, strict=True):
        frame(ax, box)
        frame(ax, square, "real")
    return figure


def shrinking(dogs: Dogs):
    """A dog's coat and fine stripes, shrunk with a filter, and by taking every n-th pixel."""

    def shrunk(picture):
        ways = Image.Resampling.LANCZOS, Image.Resampling.NEAREST
        return [np.asarray(picture.resize((32, 32), way)) for way in ways]

    def harm(picture):
        return np.abs(np.subtract(*shrunk(picture), dtype=float))[8:24, 8:24].mean()

    squares = [p.crop(cropping.square(box, *p.size)) for p, box in _photographs(dogs, 40)]
    stripes = (np.indices((256, 256)).sum(0) // 5 % 2 * 120 + 60).astype("uint8")
    rows = []
    for picture in (max(squares, key=harm), Image.fromarray(stripes).convert("RGB")):
        titles = (f"{picture.width} px", "32, filtered", "32, every n-th pixel")
        rows.append(dict(zip(titles, (picture, *shrunk(picture)), strict=True)))
    figure, axes = board(*rows, size=(WIDE * 0.6, 5.4))
    axes[1, 0].images[0].set_interpolation("auto")  # filtered: it is drawn smaller than 256 pixels
    return figure


def statistics(dogs: Dogs):
    """Histograms: dogs of each breed, shapes and sizes of the boxes, brightness."""
    sides = dogs.boxes[:, 2:] - dogs.boxes[:, :2]
    breeds = np.sort(np.bincount(dogs.labels, minlength=len(dogs.breeds)))
    figure, axes = plt.subplots(2, 2, figsize=(WIDE * 0.85, 5.6))
    axes[0, 0].bar(range(len(breeds)), breeds, color=PALETTE["real"])
    axes[0, 0].set_title("dogs of each breed, rare to frequent", fontsize=14)
    panels = {
        "width / height of the boxes": sides[:, 0] / sides[:, 1],
        "longer side of the boxes, pixels": sides.max(1),
        "brightness, 0 to 255": dogs.images.mean((1, 2, 3)),
    }
    for ax, (title, values) in zip(axes.flat[1:], panels.items(), strict=True):
        ax.hist(values, bins=30, color=PALETTE["real"])
        ax.set_title(title, fontsize=14)
    axes[1, 0].axvline(64, color=PALETTE["accent"], ls="--", lw=2)
    for ax in axes.flat:
        ax.tick_params(labelsize=12)
    figure.tight_layout()
    return figure


def averages(dogs: Dogs):
    """The mean dog, the same with more contrast, and how much each pixel differs."""
    mean, spread = dogs.images.mean(0) / 255, dogs.images.std(0).mean(-1)
    contrast = (mean - mean.min()) / np.ptp(mean)
    row = {"the mean dog": mean, "with more contrast": contrast, "spread of each pixel": spread}
    figure, axes = board(row, size=(WIDE, 4.5))
    axes[0, 2].images[0].set_cmap("cividis")
    bar = figure.colorbar(axes[0, 2].images[0], ax=axes[0, 2], shrink=0.8)
    bar.ax.tick_params(labelsize=12)
    return figure


def odd_archive(archive: Collection, folder: Path) -> str:
    """Six pictures, five of them bad in ways that real archives know; the name to load them by."""
    with open_archive(archive.annotation) as notes, open_archive(archive.images) as photos:
        name = min(notes.names, key=notes.sizes.get)
        note = notes.read(name)
        photo = photos.read(next(n for n in photos.names if Path(n).stem == Path(name).stem))
    pictures = dict.fromkeys(["fine", "nameless", "box_outside", "no_annotation"], photo)
    pictures["cut_off"] = photo[: len(photo) // 2]
    texts = dict.fromkeys(["fine", "cut_off", "no_picture"], note)
    texts["nameless"] = re.sub(b"<filename>.*<", b"<filename>%s<", note)
    texts["box_outside"] = note.replace(b"<xmax>", b"<xmax>9")
    for place, files in (("Images/n1-dog/{}.jpg", pictures), ("Annotation/n1-dog/{}", texts)):
        (folder / place).parent.mkdir(parents=True)
        for name, content in files.items():
            (folder / place.format(name)).write_bytes(content)
    return f"stanford:{folder}"


def noisy(images: np.ndarray, sigma: float) -> np.ndarray:
    """uint8 (n, H, W, 3) plus noise of `sigma` grey levels."""
    noise = np.random.default_rng(0).normal(0, sigma, images.shape)
    return np.clip(images + noise, 0, 255).round().astype("uint8")


def repeated(images: np.ndarray, different: int) -> np.ndarray:
    """As many pictures, but only `different` ones: a generator whose modes have collapsed."""
    return np.resize(images[:different], images.shape)


DAMAGES = {
    "blur, pixels": (blurred, (0.5, 0.75, 1, 1.5)),
    "noise, grey levels": (noisy, (8, 16, 32, 48)),
    "different dogs": (repeated, (100, 30, 10, 3)),
}


def damage(real: np.ndarray, fresh: np.ndarray) -> dict:
    """DogNet's FID and KID of fresh dogs to real ones, and of the same dogs ever more damaged.

    Returns:
        {"floor": (FID, KID, its error)}, and for each of `DAMAGES` strength -> the same three.
    """
    reference = extract(real, "dognet", progress=False)

    def scores(images):
        seen = extract(images, "dognet", progress=False)
        score = kid(reference, seen)
        return fid(reference, seen).value, score.value, score.error

    found = {"floor": scores(fresh)}
    for what, (harm, strengths) in DAMAGES.items():
        found[what] = {strength: scores(harm(fresh, strength)) for strength in strengths}
    return found


def damages(found: dict, picture: np.ndarray, network: str):
    """Both measures over the damage, each beside its floor; below, one dog at each step."""
    shape = dict(height_ratios=(1.6, 1.6, 1), sharey="row", layout="constrained")
    figure, axes = plt.subplots(3, 3, figsize=(WIDE, 6.2), **shape)
    axes[0, 0].set_ylabel(f"FID [{network}]", fontsize=13)
    axes[1, 0].set_ylabel(f"KID [{network}]", fontsize=13)
    for column, (what, (harm, strengths)) in zip(axes.T, DAMAGES.items(), strict=True):
        fids, kids, errors = np.transpose([found[what][strength] for strength in strengths])
        floor_fid, floor, error = found["floor"]
        column[0].plot(fids, "o-", color=PALETTE["accent"], lw=2)
        column[0].axhline(floor_fid, color="black", ls=":", lw=2)
        column[1].errorbar(range(len(kids)), kids, errors, fmt="o-", color="#56B4E9", lw=2)
        column[1].axhline(floor, color="black", ls=":", lw=2)
        column[1].axhspan(floor - error, floor + error, color="black", alpha=0.3)
        column[0].set_title(what, fontsize=15)
        for ax in column[:2]:
            ax.set_xticks(range(len(strengths)), strengths)
            ax.set_xlim(-0.4, len(strengths) - 0.6)
            ax.tick_params(labelsize=12)
        if harm is not repeated:
            steps = [harm(picture[None], strength)[0] for strength in strengths]
            column[2].imshow(plots.tile(steps, 4, gap=6))
        column[2].axis("off")
    return figure
