"""`make leaderboard`: all shipped generators of dogs on the same terms, into data/leaderboard.json.

    python -m data.make.leaderboard --data stanford_dogs_64_train.tar

A generator whose file is the one that was measured last time keeps its scores, so a run takes about
half a minute for each new one; the speeds of all are measured anew. The README's table is written
from the same file.
"""

import argparse
import hashlib
import json
import time
from pathlib import Path

import numpy as np

from data.make import shipping
from data.make.ruler import reduced
from dogan_lib import cards, checkpoints
from dogan_lib.classroom import leaderboard
from dogan_lib.classroom.submission import chosen
from dogan_lib.dogs import Dogs, load_dogs
from dogan_lib.metrics import Features, extract, fid, kid, precision_recall
from dogan_lib.metrics.breeds import recognise
from dogan_lib.metrics.distances import memorisation_distance
from dogan_lib.metrics.features import DEFAULT, at_size, network
from dogan_lib.metrics.report import BLUR, blurred
from dogan_lib.metrics.sources import pictures
from dogan_lib.runtime import cache_dir, data_dir, write_atomically

N, DRAWS, SIZE = 2000, 3, 64
README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- leaderboard: written by `make leaderboard` -->", "<!-- end of leaderboard -->"
# Whose weights a generator started from: their pictures and hours count too.
PARENTS = {
    "cgan64": "dcgan64",
    "pggan64": "dcgan64",
    "sagan64": "cgan64",
    "biggan64": "cgan64",
    "projected64": "biggan64",
    "projected128": "projected64",
}


def contestants() -> list[str]:
    """The shipped generators that learnt from real dogs; those of doodles stand elsewhere."""
    return [
        name
        for name in cards.available()
        if not cards.card(name).get("data", "").startswith(("doodle", "portraits"))
    ]


def fingerprint(name: str) -> str:
    """SHA-256 of a shipped generator's weights: a row is of the file that has it."""
    file = data_dir() / "checkpoints" / f"{name}.keras"
    return hashlib.sha256(file.read_bytes()).hexdigest()


def outdated(board: dict) -> list[str]:
    """Shipped generators of dogs that are not those that were measured."""
    measured = {row["name"]: row.get("sha256") for row in board["rows"]}
    return [name for name in contestants() if measured.get(name) != fingerprint(name)]


def measure(data: str, n: int = N, draws: int = DRAWS, anew: bool = False) -> dict:
    """All rows; those of unchanged files are taken over unless `anew`."""
    dogs, eyes = load_dogs(size=SIZE, source=data), network(DEFAULT)
    others = np.random.default_rng(0).permutation(len(dogs))[:n]
    reference = reference_of(dogs, others, eyes)
    terms = {
        "network": eyes.name,
        "n": n,
        "draws": draws,
        "reference": f"{len(reference):,} real dogs",
        "threshold": eyes.threshold,
        "real_top1": eyes.card["held_out_top1"],
    }
    old = leaderboard.read() if leaderboard.path().exists() and not anew else {"rows": []}
    if any(old.get(key) != value for key, value in terms.items()):
        old = {"rows": []}
    known = {row["name"]: row for row in old["rows"]}
    rows = []
    for name in contestants():
        kept = known.get(name, {})
        generator = checkpoints.load_generator(name)
        if kept.get("sha256") != fingerprint(name):
            kept = _generator(name, generator, reference, n, draws)
            kept |= {"sha256": fingerprint(name)}
        # The same machine is faster on one day than on another: all speeds are of one sitting.
        rows.append(kept | {"speed": _speed(generator)} | _facts(name))
        print(name, leaderboard.cell(rows[-1], "FID"), flush=True)
    images = dogs.images[np.sort(others)]
    for name, change in ANCHORS.items():
        row = known.get(name)
        if row is None:
            vectors = extract(change(images), eyes)
            row = {"name": name, "kind": "anchor", **scores(reference, [vectors])}
        rows.append(row)
        print(name, leaderboard.cell(row, "FID"), flush=True)
    for name, (of, truncation, best_of) in OPTIONS.items():
        row = known.get(name, {})
        if row.get("sha256") != fingerprint(of):
            source = chosen(checkpoints.load_generator(of), truncation, f"{of}_judge", best_of)
            row = _generator(name, source, reference, n, 1) | {"kind": "option"}
            row["sha256"] = fingerprint(of)
        rows.append(row | _facts(of))
        print(name, leaderboard.cell(row, "FID"), flush=True)
    return terms | {"rows": sorted(rows, key=lambda row: row["FID"][1])}


# What a submission may do besides: truncation, and D's favourite of several.
OPTIONS = {
    "projected64, |z| < 1": ("projected64", 1.0, 1),
    "projected64, |z| < 0.5": ("projected64", 0.5, 1),
    "biggan64, |z| < 1": ("biggan64", 1.0, 1),
    "biggan64, |z| < 0.5": ("biggan64", 0.5, 1),
    "pggan64, D's favourite of 2": ("pggan64", None, 2),
    "pggan64, D's favourite of 4": ("pggan64", None, 4),
}
ANCHORS = {
    "real dogs": lambda images: images,
    "real dogs through 32 px": lambda images: reduced(images, 2),
    "real dogs through 16 px": lambda images: reduced(images, 4),
    "real dogs, blurred": lambda images: blurred(images, BLUR),
    "doodles": lambda images: load_dogs(SIZE, "doodle", limit=len(images)).images,
}


def reference_of(dogs: Dogs, others: np.ndarray, eyes) -> Features:
    """The features of the dogs that are not the floor, kept in the cache: it takes minutes."""
    rows = np.setdiff1d(np.arange(len(dogs)), others)
    known = hashlib.sha256(dogs.images[rows].tobytes()).hexdigest()[:12]
    path = cache_dir() / f"leaderboard_{eyes.name}_{known}.npy"
    if not path.exists():
        vectors = extract(dogs.images[rows], eyes).vectors
        with write_atomically(path) as temporary, open(temporary, "wb") as file:
            np.save(file, vectors)
    return Features(np.load(path), eyes, text=f"{len(rows):,} real dogs")


def _generator(name: str, generator, reference: Features, n: int, draws: int) -> dict:
    """The scores of a row."""
    sides, shares = [], []
    for seed in range(draws):
        drawn = pictures(generator, n, seed)
        vectors = extract(at_size(drawn.images, SIZE), reference.network, progress=False)
        sides.append(vectors)
        if drawn.labels is not None:
            found = recognise(vectors, drawn.labels, generator.card["breeds"])
            shares.append(found.accuracy())
    row = {"name": name, "kind": "generator"} | scores(reference, sides)
    return row | ({"top1": _interval(shares)} if shares else {})


def scores(reference: Features, sides: list[Features]) -> dict:
    """Smallest, middle and largest of the draws, for each measure."""
    found: dict[str, list[float]] = {}
    for side in sides:
        precision, recall = precision_recall(reference, side)
        numbers = {
            "FID": fid(reference, side),
            "KID": kid(reference, side),
            "precision": precision,
            "recall": recall,
            "d": memorisation_distance(reference.vectors, side.vectors),
        }
        for key, value in numbers.items():
            found.setdefault(key, []).append(float(value))
    return {key: _interval(values) for key, values in found.items()}


def _interval(values: list[float]) -> list[float]:
    return [round(float(v), 5) for v in (min(values), np.median(values), max(values))]


def _speed(generator) -> int:
    """Pictures a second: the best of five batches of 64, since other programs may be running."""
    generator.sample(64)
    seconds = []
    for seed in range(5):
        start = time.perf_counter()
        generator.sample(64, seed)
        seconds.append(time.perf_counter() - start)
    return round(64 / min(seconds))


def _facts(name: str) -> dict:
    """From the cards: size, and what the training took, with that of the networks before it."""
    card, line = checkpoints.card(name), [name]
    while parent := checkpoints.card(line[-1]).get("starts_from", PARENTS.get(line[-1])):
        line.append(parent)
    cards = [checkpoints.card(each) for each in line]
    return {
        "parameters": card["parameters"],
        # Some cards count their parents' pictures themselves.
        "pictures_seen": sum(
            each.get("pictures_seen_itself", each.get("pictures_seen", 0)) for each in cards
        ),
        "seconds": sum(each.get("seconds", 0) for each in cards),
        "rules": not name.startswith("projected"),
    }


def onto_cards(board: dict) -> None:
    """Write each generator's scores and the floor onto its card; those by DogNet are kept apart."""
    rows = {row["name"]: row for row in board["rows"]}
    for name in contestants():
        card = checkpoints.card(name)
        old = card.get("scores", {})
        if old.get("network", board["network"]) != board["network"]:
            annotate(name, scores_dognet=old)
        measured = {
            side: {key: rows[row][key][1] for key in ("FID", "KID", "precision", "recall")}
            for side, row in (("generated", name), ("real", "real dogs"))
        }
        terms = {"n": board["n"], "reference": f"{board['reference']}, 64x64"}
        annotate(name, scores={**terms, "network": board["network"], **measured})


def annotate(name: str, **facts) -> None:
    """Add facts to the card of a shipped generator; they replace those of the same name."""
    path = checkpoints.data_dir() / "checkpoints" / f"{name}.json"
    if not path.exists():
        raise FileNotFoundError(f"there is no card {path}")
    shipping.write_card(path, {**checkpoints.card(name), **facts})


def into_readme(board: dict, readme: Path = README) -> None:
    """The table in place of what stands between the two marks.

    Raises:
        ValueError: the marks are not there.
    """
    text = readme.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{readme} has no place for the table: {BEGIN} ... {END}")
    with write_atomically(readme) as temporary:
        table = f"{before}{BEGIN}\n{leaderboard.markdown(board)}\n{END}{after}"
        temporary.write_text(table, encoding="utf-8")


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m data.make.leaderboard", description=__doc__)
    parser.add_argument("--data", default="stanford", help="Stanford Dogs, by path or `stanford`")
    parser.add_argument("--anew", action="store_true", help="measure unchanged files too")
    args = parser.parse_args(arguments)
    board = measure(args.data, anew=args.anew)
    with write_atomically(leaderboard.path()) as temporary:
        temporary.write_text(json.dumps(board, indent=1) + "\n", encoding="utf-8")
    onto_cards(board)
    into_readme(board)
    print(leaderboard.markdown(board))


if __name__ == "__main__":
    main()
