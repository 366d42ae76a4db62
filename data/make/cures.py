"""The changes that chapter 05 shows without repeating them live: its own `train`, at `cpu`.

    python -m data.make.cures

writes `data/ablations/cures.json`, KID and reading of each run, and `cures.png`, ten pictures of
its last step. The chapter's cells are run as they stand, so its networks and settings are these.
"""

import json
import os
from pathlib import Path

import jupytext
import numpy as np

CHAPTER = Path(__file__).resolve().parents[2] / "notebooks" / "05_dcgan_64.py"
PICTURES = 10


def chapter(path: Path = CHAPTER) -> dict:
    """What the chapter has defined before its first training: `train`, `others` and the rest."""
    names: dict = {}
    for cell in jupytext.read(path).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, str(path), "exec"), names)
            if "others" in names:
                return names
    raise ValueError(f"{path} defines no `others`")


def record(train, others: dict, seen) -> tuple[dict, np.ndarray]:
    """A note a change, and its pictures side by side, a row a change."""
    from dogan_lib import plots

    notes, rows = {}, []
    for name, change in others.items():
        run = train(**change)
        kid, reading = run.note(seen)
        notes[name] = {"kid": round(kid, 5), "reading": reading}
        rows.append(plots.tile(run.gan.sample(PICTURES, seed=1, ema=False), PICTURES, gap=0))
        print(name, notes[name], flush=True)
    return notes, np.concatenate(rows)


def main():
    os.environ["DOGAN_PRESET"] = "cpu"
    from dogan_lib import plots
    from dogan_lib.classroom.studies import folder
    from dogan_lib.runtime import write_atomically

    names = chapter()
    notes, pictures = record(names["train"], names["others"], names["seen"])
    with write_atomically(folder() / "cures.png") as temporary:
        temporary.write_bytes(plots.png(pictures))
    with write_atomically(folder() / "cures.json") as temporary:
        temporary.write_text(json.dumps(notes, indent=1) + "\n")


if __name__ == "__main__":
    main()
