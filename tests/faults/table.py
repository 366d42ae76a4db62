"""The table of faults: `data/faults.json`, and between two marks of the README."""

import datetime
import json
from pathlib import Path

from dogan_lib import runtime
from dogan_lib.classroom import machine

ROOT = Path(__file__).resolve().parents[2]
FILE, README = ROOT / "data" / "faults.json", ROOT / "README.md"
BEGIN, END = "<!-- faults: written by `make faults` -->", "<!-- end of faults -->"
COLUMNS = ("tried", "survived", "lost", "tracebacks")


def write(rows: list[dict], seconds: float, cpu_seconds: float) -> None:
    """Both places, from the rows of one run."""
    facts = {
        "date": datetime.date.today().isoformat(),
        "machine": runtime.device(),
        "versions": {name: machine.report()[name] for name in ("Python", "Keras", "TensorFlow")},
        "seconds": round(seconds),
        "cpu_seconds": round(cpu_seconds),
        "rows": [{"fault": row["what"]} | {name: row[name] for name in COLUMNS} for row in rows],
    }
    with runtime.write_atomically(FILE) as temporary:
        temporary.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    before, begin, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{README} has no place for the table: {BEGIN} ... {END}")
    with runtime.write_atomically(README) as temporary:
        temporary.write_text(f"{before}{section(facts)}{after}", encoding="utf-8")


def section(facts: dict) -> str:
    """The README's part, with its marks."""
    lines = [f"| fault | {' | '.join(COLUMNS)} |", "|---" + "|---:" * len(COLUMNS) + "|"]
    for row in facts["rows"]:
        lines.append(f"| {row['fault']} | {' | '.join(str(row[name]) for name in COLUMNS)} |")
    return "\n".join([BEGIN, *lines, END])
