"""Portraits labelled by coat and ears, for chapter 07: what to ask for, and whether it is drawn."""

import matplotlib.pyplot as plt
import numpy as np

from dogan_lib import plots
from dogan_lib.doodles.painter import ATTRIBUTES
from dogan_lib.doodles.readers import load_attributes

COATS, EARS = ATTRIBUTES["colour"], ATTRIBUTES["ears"]
KINDS = [f"{coat}, {ears} ears" for coat in COATS for ears in EARS]  # label -> its words


def labels(dogs) -> np.ndarray:
    """The kind of each portrait, int32 (n,): its place in `KINDS`."""
    pairs = zip(dogs.attributes["colour"], dogs.attributes["ears"], strict=True)
    kinds = [COATS.index(coat) * len(EARS) + EARS.index(ears) for coat, ears in pairs]
    return np.array(kinds, "int32")


def obeyed(pictures, asked) -> dict[str, np.ndarray]:
    """Where a reader of pictures sees what was asked for: "coat", "ears" and "both", bools (n,).

    Args:
        pictures: (n, H, W, 3), uint8 or in [-1, 1].
        asked: kinds, (n,).
    """
    read, asked = load_attributes().read(pictures), np.asarray(asked)
    coat = read["colour"] == np.array(COATS)[asked // len(EARS)]
    ears = read["ears"] == np.array(EARS)[asked % len(EARS)]
    return {"coat": coat, "ears": ears, "both": coat & ears}


def table(pictures, title: str = ""):
    """A figure of one picture of each kind, in the order of `KINDS`: coats across, ears down."""
    pictures = plots.to_uint8(pictures).reshape(len(COATS), len(EARS), *pictures.shape[1:])
    ordered = pictures.swapaxes(0, 1).reshape(-1, *pictures.shape[2:])
    figure, ax = plt.subplots(figsize=(8.4, 5.2))
    ax.imshow(plots.tile(ordered, len(COATS)), interpolation="nearest")
    side = pictures.shape[2] + 2
    ax.set_xticks(side * (np.arange(len(COATS)) + 0.5), COATS, fontsize=14)
    ax.set_yticks(side * (np.arange(len(EARS)) + 0.5), EARS, fontsize=14)
    ax.tick_params(length=0, labeltop=True, labelbottom=False)
    ax.spines[:].set_visible(False)
    ax.set_title(title, fontsize=13)
    figure.tight_layout()
    return figure
