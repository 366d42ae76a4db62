"""The 찐 score: what `make leaderboard` measured, as a table and as a picture.

The numbers lie in `data/leaderboard.json`; README, chapter 14 and the site show them from here.
"""

import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from dogan_lib import checkpoints, plots
from dogan_lib.classroom.course_map import CHAPTERS
from dogan_lib.generator import latents
from dogan_lib.metrics.distances import cosine_distances
from dogan_lib.metrics.features import at_size
from dogan_lib.plots import PALETTE
from dogan_lib.runtime import data_dir

HEADS = (
    ("generator", ""),
    ("FID", "FID"),
    ("KID ×1000", "KID"),
    ("precision", "precision"),
    ("recall", "recall"),
    ("nearest training dog", "d"),
    ("breed asked for", "top1"),
    ("parameters", "parameters"),
    ("pictures seen", "pictures_seen"),
    ("hours", "seconds"),
    ("drawn a second", "speed"),
    ("Kaggle's rules", "rules"),
)


def path() -> Path:
    """The file that `make leaderboard` writes."""
    return data_dir() / "leaderboard.json"


def read() -> dict:
    """The whole file: network, n, reference, and "rows", best FID first, anchors among them.

    Raises:
        FileNotFoundError: it is not there.
    """
    if not path().exists():
        raise FileNotFoundError(f"no {path()}: set DOGAN_DATA, or `make leaderboard` makes it")
    return json.loads(path().read_text(encoding="utf-8"))


def cell(row: dict, key: str) -> str:
    """One number of a row as text, with its interval over the draws; – where there is none."""
    value = row.get(key)
    if value is None:
        return "–"
    if key == "rules":
        return "within" if value else "borrowed eyes"
    if key == "seconds":
        return f"{value / 3600:.1f}"
    if isinstance(value, int):
        return f"{value:,}"
    low, middle, high = value
    scale, digits = {"FID": (1, 1), "KID": (1000, 1), "top1": (100, 1)}.get(key, (1, 3))
    text = f"{middle * scale:.{digits}f}"
    wide = f" ({low * scale:.{digits}f}–{high * scale:.{digits}f})" if low < high else ""
    return text + (" %" if key == "top1" else "") + wide


def markdown(board: dict) -> str:
    """The table, and under it what was measured how."""
    lines = [[head for head, _ in HEADS]]
    for row in board["rows"]:
        if row["kind"] != "option":
            title = f"`{row['name']}`" if row["kind"] == "generator" else f"*{row['name']}*"
            lines.append([title, *(cell(row, key) for _, key in HEADS[1:])])
    table = ["| " + " | ".join(line) + " |" for line in lines]
    table.insert(1, "|---" + "|---:" * (len(HEADS) - 1) + "|")
    return "\n".join([*table, "", note(board)])


def options(board: dict) -> str:
    """What truncation and rejection by D buy and cost, as a table in plain text."""
    columns = ("FID", "KID", "precision", "recall", "top1")
    of = {row["name"]: row["name"].partition(",")[0] for row in board["rows"]}
    names = dict.fromkeys(of[row["name"]] for row in board["rows"] if row["kind"] == "option")
    lines = [[f"of {board['network']}, n={board['n']}", *columns]]
    for row in (row for name in names for row in board["rows"] if of[row["name"]] == name):
        middle = {key: [row[key][1]] * 3 if row.get(key) else None for key in columns}
        lines.append([row["name"], *(cell(middle, key) for key in columns)])
    return "\n".join(f"{name:<30}" + "".join(f"{x:>12}" for x in rest) for name, *rest in lines)


def truncated(board: dict) -> dict[str, dict[str, dict]]:
    """Generator -> "all z", "τ = 1", ... -> its row, where truncation was measured."""
    found = {row["name"]: {"all z": row} for row in board["rows"]}
    for row in sorted(board["rows"], key=lambda row: row["name"], reverse=True):
        name, _, threshold = row["name"].partition(", |z| < ")
        if threshold:
            found[name][f"τ = {threshold}"] = row
    return {name: rows for name, rows in found.items() if len(rows) > 1}


def note(board: dict) -> str:
    """What a reader has to know about the numbers, in one paragraph."""
    return (
        f"FID, KID, precision and recall [{board['network']}, n={board['n']:,}] of pictures of "
        f"64x64 against {board['reference']}; generators: the middle of {board['draws']} draws, "
        "and the smallest and largest of them. Nearest training dog: mean 1 - |cos| of the "
        f"features, MiFID's d; only below {board['threshold']}, where MiFID sees a copy, does it "
        f"differ from FID. Breed asked for: {board['network']}'s first guess of 120 (real dogs it "
        f"was not fitted to: {board['real_top1']:.0%}, chance 0.8 %). Pictures seen and hours "
        "(two CPU cores) count those of the networks that a generator started from."
    )


def _colour(row: dict):
    own = "fake" if row.get("rules", True) else "accent"
    return PALETTE[own if row["kind"] == "generator" else "neutral"]


def figure(board: dict):
    """FID of all rows as bars with their intervals, the anchors grey."""
    rows = [row for row in board["rows"][::-1] if row["kind"] != "option"]
    low, middle, high = np.array([row["FID"] for row in rows]).T
    drawn, ax = plt.subplots(figsize=(10, 0.38 * len(rows) + 1.2))
    colours = [_colour(row) for row in rows]
    bars = ax.barh(range(len(rows)), middle, color=colours, xerr=(middle - low, high - middle))
    ax.bar_label(bars, [f"  {x:.1f}" for x in middle], fontsize=11)
    ax.set_yticks(range(len(rows)), [row["name"] for row in rows], fontsize=12)
    ax.set_xlabel(f"FID[{board['network']}, n={board['n']:,}], lower is better", fontsize=12)
    ax.margins(x=0.1)
    drawn.tight_layout()
    return drawn


def scatter(board: dict):
    """Precision over recall, one point a row; options hang on their generator.

    The generators of little recall lie in a heap: their names stand beside it, one below the other.
    """
    drawn, ax = plt.subplots(figsize=(10, 5.6))
    middle = {row["name"]: (row["recall"][1], row["precision"][1]) for row in board["rows"]}
    heap = [r["name"] for r in board["rows"] if r["kind"] == "generator" and r["recall"][1] < 0.15]
    heap.sort(key=lambda name: -middle[name][1])
    heights = dict(zip(heap, np.linspace(0.79, 0.52, len(heap)), strict=True))
    line = dict(arrowstyle="-", color="0.8", shrinkB=5)
    for row in board["rows"]:
        name, (x, y) = row["name"], middle[row["name"]]
        if row["kind"] == "option":
            name, _, text = name.partition(", ")
            ax.annotate("", (x, y), middle[name], arrowprops={"arrowstyle": "->", "color": "0.6"})
            if name not in heights:
                ax.text(x, y, f"{text} ", fontsize=11, color="0.4", ha="right", va="center")
            continue
        ax.plot(x, y, "o", ms=9, color=_colour(row))
        if name in heights:
            at = (0.15, heights[name])
            ax.annotate(name, (x, y), at, fontsize=11, va="center", arrowprops=line)
        else:
            ax.text(x, y, f"  {name}", fontsize=11, va="bottom")
    ax.set_xlabel(f"recall[{board['network']}, n={board['n']:,}]: variety", fontsize=12)
    ax.set_ylabel("precision: dogs that look real", fontsize=12)
    ax.margins(0.12)
    ax.set_xlim(left=-0.015)  # a point at 0 is whole
    return drawn


def one_latent_each(names: list[str], seed: int = 0):
    """The same eight latents, and the same breeds, through every generator.

    Returns:
        Rows of uint8 pictures (8, 64, 64, 3), and (name, year of the paper) for each.
    """
    years = {name: chapter.year for chapter in CHAPTERS for name in chapter.draws}
    rows, labels = [], []
    for name in names:
        generator = checkpoints.load_generator(name)
        breeds = np.arange(8) * generator.classes // 8 if generator.classes else None
        images = generator.decode(latents(8, generator.latent_dim, seed), breeds)
        rows.append(at_size(plots.to_uint8(images), 64))
        labels.append((name, years.get(name, "")))
    return rows, labels


def copies(board: dict, real, fake, name: str):
    """Histograms of the distance to the nearest real dog: of fakes, and of other real dogs.

    Args:
        real, fake: `metrics.Features`; half of the real ones are looked up among the others.
    """
    known, fresh = real.vectors[::2], real.vectors[1::2]
    drawn, ax = plt.subplots(figsize=(10, 4.6))
    sides = ((fresh, "other real dogs", "real"), (fake.vectors, name, "fake"))
    for vectors, label, colour in sides:
        nearest = cosine_distances(vectors, known).min(axis=1)
        text = f"{label}: mean {nearest.mean():.2f}, smallest {nearest.min():.2f}"
        ax.hist(nearest, 40, density=True, alpha=0.55, label=text, color=PALETTE[colour])
    ax.axvline(board["threshold"], color="black", ls="--", label="MiFID's threshold for the mean")
    ax.set(xlim=(0, None), ylim=(0, 1.4 * ax.get_ylim()[1]), yticks=[])  # room for the legend
    label = f"1 - |cos| to the nearest of {len(known)} real dogs, {board['network']}"
    ax.set_xlabel(label, fontsize=12)
    ax.legend(frameon=False, fontsize=11)
    return drawn
