"""A few faults of each kind, and the README's table beside the file that it was written from."""

import json
import os
import subprocess
import sys

import pytest

from tests.faults import table

PROMISED = {
    "`dogan train` killed": 20,
    "`load_dogs` killed": 20,
    "a download killed": 20,
    "`dogan score` killed": 20,
    "`dogan site` killed": 20,
    "fuzzed archives, folders, pictures, XML": 200,
    "damaged and hostile .keras": 30,
    "full disk, read-only disk, no home": 20,
    "two processes on one cache": 10,
    "damaged caches": 60,
}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="faults are provoked in forked processes")
def test_a_few_faults_of_each_kind_are_survived():
    """In a process of its own: TensorFlow may have computed something in this one."""
    command = [sys.executable, "-m", "tests.faults", "--short"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=table.ROOT)
    assert done.returncode == 0, done.stdout + done.stderr[-6000:]


@pytest.mark.skipif(not table.FILE.exists(), reason="`make faults` has not been run yet")
def test_everything_was_survived_and_the_readme_says_so():
    facts = json.loads(table.FILE.read_text(encoding="utf-8"))
    for row in facts["rows"]:
        assert row["survived"] == row["tried"] >= PROMISED[row["fault"]], row["fault"]
        assert row["lost"] == row["tracebacks"] == 0
    assert [row["fault"] for row in facts["rows"]] == list(PROMISED)
    assert facts["cpu_seconds"] < 2 * 600  # ten minutes of two cores
    assert table.section(facts) in table.README.read_text(encoding="utf-8")
