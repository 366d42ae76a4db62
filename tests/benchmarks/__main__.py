"""`make bench`: every benchmark, one after the other, each in a process of its own.

python -m tests.benchmarks [NAME ...]     for example: training loader
"""

import subprocess
import sys
from pathlib import Path


def main(names: list[str]) -> int:
    paths = Path(__file__).parent.glob("bench_*.py")
    found = {path.stem.removeprefix("bench_"): path for path in paths}
    unknown = [name for name in names if name not in found]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there is {', '.join(sorted(found))}")
        return 2
    failed = []
    for name in names or sorted(found):
        print(f"\n## {name}\n", flush=True)
        module = f"tests.benchmarks.{found[name].stem}"
        if subprocess.run([sys.executable, "-m", module]).returncode:
            failed.append(name)
    print(f"\ndid not finish: {', '.join(failed)}" if failed else "")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
