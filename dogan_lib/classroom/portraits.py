"""Portraits labelled by coat and ears, for chapters 07 and 11: to ask for, and to see if drawn."""

import matplotlib.pyplot as plt
import numpy as np

from dogan_lib import plots
from dogan_lib.doodles.painter import ATTRIBUTES
from dogan_lib.doodles.readers import load_attributes

COATS, EARS = ATTRIBUTES["colour"], ATTRIBUTES["ears"]
KINDS = [f"{coat}, {ears} ears" for coat in COATS for ears in EARS]  # label -> its words
CHANCE = {"coat": 1 / len(COATS), "ears": 1 / len(EARS), "both": 1 / len(KINDS)}


def labels(dogs) -> np.ndarray:
    """The kind of each portrait, int32 (n,): its place in `KINDS`."""
    pairs = zip(dogs.attributes["colour"], dogs.attributes["ears"], strict=True)
    return np.array([KINDS.index(f"{coat}, {ears} ears") for coat, ears in pairs], "int32")


def obeyed(pictures, asked) -> dict[str, np.ndarray]:
    """Where a reader of pictures sees what was asked for: "coat", "ears" and "both", bools (n,).

    Args:
        pictures: (n, H, W, 3), uint8 or in [-1, 1].
        asked: kinds, (n,).
    """
    read, (coat, ears) = load_attributes().read(pictures), np.divmod(asked, len(EARS))
    coat, ears = read["colour"] == np.array(COATS)[coat], read["ears"] == np.array(EARS)[ears]
    return {"coat": coat, "ears": ears, "both": coat & ears}


def shares(**answers) -> str:
    """The shares that are right in each of some answers of `obeyed`, beside chance: a table."""
    columns = {"chance": CHANCE, **answers}
    lines = ["    " + "".join(f"{name:>9}" for name in columns)]
    for part in CHANCE:
        cells = (f"{np.mean(right[part]):9.1%}" for right in columns.values())
        lines.append(f"{part:<4}" + "".join(cells))
    return "\n".join(lines)


def table(pictures, title: str = ""):
    """A figure of one picture of each kind, in the order of `KINDS`: coats across, ears down."""
    n, side = len(EARS), pictures.shape[2] + 2
    ordered = np.concatenate([pictures[ears::n] for ears in range(n)])
    figure, ax = plt.subplots(figsize=(8.4, 5.2))
    ax.imshow(plots.tile(ordered, len(COATS)), interpolation="nearest")
    ax.set_xticks(side * (np.arange(len(COATS)) + 0.5), COATS, fontsize=14)
    ax.set_yticks(side * (np.arange(n) + 0.5), EARS, fontsize=14)
    ax.tick_params(length=0, labeltop=True, labelbottom=False)
    ax.spines[:].set_visible(False)
    ax.set_title(title, fontsize=13)
    figure.tight_layout()
    return figure
