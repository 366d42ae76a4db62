"""Scores over pictures seen: is the training still worth its time, and does it begin to copy?

    python -m data.make.curves projected --data stanford_dogs_64_train.tar \\
        0:biggan64 66752:runs/projected64/snap_66752.keras ...

Each argument is PICTURES:GENERATOR, a shipped name or a `.keras` kept on the way. What was measured
already (`data/curves/NAME.json`) is kept. Pictures of other sizes are brought to 64x64.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from data.make.leaderboard import SIZE, reference_of, scores
from dogan_lib import checkpoints
from dogan_lib.dogs import load_dogs
from dogan_lib.metrics import extract
from dogan_lib.metrics.breeds import recognise
from dogan_lib.metrics.features import DEFAULT, at_size, network
from dogan_lib.metrics.sources import pictures
from dogan_lib.runtime import write_atomically

N = 2000  # FID depends on it
MEASURES = {
    "FID": "less is better",
    "KID": "less is better",
    "precision": "more: dogs that look real",
    "recall": "more: all kinds of dogs",
    "d": "mean distance to the nearest training dog",
    "top1": "the breed that was asked for",
}


def point(seen: int, source: str, reference, breeds: list[str], n: int = N) -> dict:
    """One point of the curve: pictures seen, and all scores of one draw."""
    generator = checkpoints.load_generator(source)
    drawn = pictures(generator, n)
    side = extract(at_size(drawn.images, SIZE), reference.network, progress=False)
    row = {key: interval[1] for key, interval in scores(reference, [side]).items()}
    if drawn.labels is not None:
        row["top1"] = round(recognise(side, drawn.labels, breeds).accuracy(), 4)
    return {"pictures": seen, "size": drawn.images.shape[1], **row}


def figure(curve: dict):
    """A panel for each measure; the floor, where there is one, is dashed."""
    import matplotlib.pyplot as plt

    from dogan_lib.plots import PALETTE

    drawn, axes = plt.subplots(2, 3, figsize=(12, 6.4), sharex=True)
    sizes = sorted({row["size"] for row in curve["points"]})
    for ax, (key, text) in zip(axes.flat, MEASURES.items(), strict=True):
        for size, colour in zip(sizes, ("fake", "d", "g"), strict=False):
            rows = [row for row in curve["points"] if row["size"] == size and key in row]
            places = [row["pictures"] / 1000 for row in rows]
            values = [row[key] for row in rows]
            ax.plot(places, values, "o-", ms=4, color=PALETTE[colour], label=f"{size} px")
        if key in curve["floor"]:
            ax.axhline(curve["floor"][key], color="0.4", ls="--", lw=1, label="real dogs")
        ax.set_title(f"{key}: {text}", fontsize=10)
        ax.set_ylim(bottom=min(0, ax.get_ylim()[0]))
    for ax in axes[1]:
        ax.set_xlabel("thousand pictures seen")
    axes[0, 0].legend(frameon=False)
    drawn.suptitle(f"{curve['name']}: {curve['network']}, n={curve['n']:,}, {curve['reference']}")
    drawn.tight_layout()
    return drawn


def measure(name: str, data: str, series: list[tuple[int, str]], n: int = N) -> dict:
    """All points, those of `data/curves/NAME.json` taken over."""
    dogs, eyes = load_dogs(size=SIZE, source=data), network(DEFAULT)
    others = np.random.default_rng(0).permutation(len(dogs))[:n]
    reference = reference_of(dogs, others, eyes)
    path = checkpoints.data_dir() / "curves" / f"{name}.json"
    terms = {"name": name, "network": eyes.name, "n": n, "reference": reference.text}
    old = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    same = all(old.get(key) == value for key, value in terms.items())
    known = {row["pictures"]: row for row in old["points"]} if same else {}
    real = extract(dogs.images[np.sort(others)], eyes)
    floor = {key: interval[1] for key, interval in scores(reference, [real]).items()}
    floor["top1"] = eyes.card["held_out_top1"]
    points = []
    for seen, source in sorted(series):
        points.append(known.get(seen) or point(seen, source, reference, dogs.breeds, n))
        print(points[-1], flush=True)
    curve = terms | {"floor": floor, "points": points}
    path.parent.mkdir(exist_ok=True)
    with write_atomically(path) as temporary:
        temporary.write_text(json.dumps(curve, indent=1) + "\n", encoding="utf-8")
    return curve


def main(arguments=None):
    from dogan_lib.plots import to_png

    parser = argparse.ArgumentParser(prog="python -m data.make.curves", description=__doc__)
    parser.add_argument("name", help="of the curve")
    parser.add_argument("series", nargs="+", metavar="PICTURES:GENERATOR")
    parser.add_argument("--data", default="stanford", help="Stanford Dogs, by path or `stanford`")
    args = parser.parse_args(arguments)
    series = [each.split(":", 1) for each in args.series]
    curve = measure(args.name, args.data, [(int(seen), source) for seen, source in series])
    path = Path(checkpoints.data_dir() / "curves" / f"{args.name}.png")
    with write_atomically(path) as temporary:
        temporary.write_bytes(to_png(figure(curve)))
    print(path)


if __name__ == "__main__":
    main()
