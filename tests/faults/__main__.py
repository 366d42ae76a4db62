"""Provoke what goes wrong, and count what survives it: `make faults`.

python -m tests.faults                     every fault; writes data/faults.json and README's table
python -m tests.faults --only train site   some of them
python -m tests.faults --short             a few of each kind, as in `make test`
"""

import argparse
import dataclasses
import json
import os
import resource
import sys
import tempfile
import time
import traceback
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["CUDA_VISIBLE_DEVICES"] = ""
for name in ("DOGAN_SOURCE", "DOGAN_STANFORD_DIR", "DOGAN_STANFORD_MIRROR", "DOGAN_DEBUG"):
    os.environ.pop(name, None)

from tests.faults import disks, inputs, kills, table  # noqa: E402 (TensorFlow reads these)

# name: the function, how many, how many in the short form
ROWS = {
    "train": (kills.training, 20, 2),
    "cache": (kills.caching, 20, 4),
    "download": (kills.downloading, 20, 3),
    "score": (kills.scoring, 20, 1),
    "site": (kills.building, 20, 0),
    "inputs": (inputs.fuzzing, 200, 20),
    "networks": (inputs.networks, len(inputs.HOSTILE), 6),
    "disks": (disks.disks, 30, 3),
    "pairs": (disks.pairs, 12, 2),
    "caches": (disks.caches, 60, 6),
}


LANES = (
    ["train", "score", "download", "networks", "disks"],
    ["site", "inputs", "cache", "pairs", "caches"],
)


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--only", nargs="+", choices=ROWS)
    parser.add_argument("--count", type=int, help="of each kind")
    parser.add_argument("--json", type=Path, help="write the rows there too")
    options = parser.parse_args(arguments)
    if not (options.short or options.only or options.count):
        return _everything()
    rows = {}
    for name in options.only or ROWS:
        function, many, few = ROWS[name]
        if not (count := options.count or (few if options.short else many)):
            continue
        with tempfile.TemporaryDirectory(prefix="dogan-faults-") as place:
            begun = time.monotonic()
            row = rows[name] = function(count, Path(place))
        print(f"{row.line()}  {time.monotonic() - begun:4.0f} s", flush=True)
    if options.json:
        options.json.write_text(json.dumps({k: dataclasses.asdict(row) for k, row in rows.items()}))
    return not all(row.whole for row in rows.values())


def _everything() -> int:
    """Two lanes, for two cores; then the table."""
    start, rows = time.monotonic(), {}
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / str(i) for i in range(len(LANES))]
        lanes = [_lane(*lane) for lane in zip(LANES, files, strict=True)]
        codes = [os.waitstatus_to_exitcode(os.waitpid(lane, 0)[1]) for lane in lanes]
        for file in files:
            rows |= json.loads(file.read_text())
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    table.write(
        [rows[name] for name in ROWS], time.monotonic() - start, spent.ru_utime + spent.ru_stime
    )
    return any(codes)


def _lane(names, file) -> int:
    """Start some of the rows in a process of their own."""
    child = os.fork()
    if not child:
        code = 70
        try:
            code = main(["--only", *names, "--json", str(file)])
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return child


if __name__ == "__main__":
    sys.exit(main())
