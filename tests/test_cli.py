"""What the command line says and returns; the work itself is tested where it is done."""

import os
import subprocess
import sys
import types

import numpy as np
import pytest
from PIL import Image

from docs import build, lab
from dogan_lib import cli


@pytest.fixture
def generator(monkeypatch):
    """A generator that needs no training: `drawn` says what it was asked for."""
    from dogan_lib import checkpoints

    drawn = {}

    def sample(n, seed=0, truncation=None):
        drawn.update(n=n, seed=seed, truncation=truncation)
        return np.zeros((n, 8, 8, 3), "float32")

    monkeypatch.setattr(
        checkpoints, "load_generator", lambda name: types.SimpleNamespace(sample=sample)
    )
    return drawn


def test_every_command_explains_itself(capsys):
    for name in ("run", "refresh", "site", "lab", "present", "reset", "data", "sample"):
        with pytest.raises(SystemExit) as end:
            cli.main([name, "--help"])
        assert end.value.code == 0
        assert f"dogan {name}" in capsys.readouterr().out


def test_no_command_is_a_mistake(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main([])
    assert end.value.code == 2


def test_sample_draws_a_square_of_dogs(generator, tmp_path):
    out = tmp_path / "new" / "dogs.png"
    assert cli.main(["sample", "x", "-n", "9", "--seed", "4", "-o", str(out)]) == 0
    assert generator == {"n": 9, "seed": 4, "truncation": None}
    assert Image.open(out).size == (3 * 10 - 2, 3 * 10 - 2)


def test_sample_can_be_wide(generator, tmp_path):
    out = tmp_path / "wide.png"
    assert cli.main(["sample", "x", "-n", "6", "--columns", "3", "-o", str(out)]) == 0
    width, height = Image.open(out).size
    assert width > height


def test_sample_on_a_full_disk_names_the_picture_and_keeps_the_old_one(
    generator, tmp_path, monkeypatch, capsys
):
    out = tmp_path / "dogs.png"
    out.write_text("old")

    def fill_up(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", fill_up)
    assert cli.main(["sample", "x", "-o", str(out)]) == 1
    assert capsys.readouterr().err == f"dogan: [Errno 28] No space left on device: '{out}'\n"
    assert out.read_text() == "old" and list(tmp_path.iterdir()) == [out]


def test_sample_of_an_unknown_generator_is_one_line(capsys):
    assert cli.main(["sample", "no_such_generator"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("dogan: no generator 'no_such_generator'; there is")
    assert said.count("\n") == 1


@pytest.mark.parametrize("n", ["0", "-3", "many"])
def test_sample_wants_a_positive_number(n, capsys):
    with pytest.raises(SystemExit):
        cli.main(["sample", "x", "-n", n])


def test_only_lab_takes_options_it_does_not_know(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["sample", "--no-browser"])
    assert end.value.code == 2
    assert "unrecognized arguments: --no-browser" in capsys.readouterr().err


def test_debug_shows_the_traceback(monkeypatch):
    monkeypatch.setenv("DOGAN_DEBUG", "1")
    with pytest.raises(FileNotFoundError):
        cli.main(["sample", "no_such_generator"])


def test_a_missing_package_names_its_extra(monkeypatch, capsys):
    from docs import commands

    monkeypatch.setattr(commands.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r'this needs sphinx: .*"\.\[site\]"'):
        commands.needs("sphinx")
    missing = ModuleNotFoundError("No module named 'tensorflow'", name="tensorflow")
    monkeypatch.setattr("dogan_lib.cards.available", lambda: (_ for _ in ()).throw(missing))
    assert cli.main(["sample"]) == 1
    assert '".[cpu]"' in capsys.readouterr().err


def test_run_reports_failures_and_sets_the_preset(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("DOGAN_PRESET", "cpu")
    results = [build.Result("00_a", 1.0), build.Result("01_b", 1.0, "ValueError: no dog")]
    monkeypatch.setattr(build, "chapters", lambda names: [tmp_path, tmp_path])
    monkeypatch.setattr(build, "run", lambda paths, out: results)
    assert cli.main(["run", "--no-site", "--preset", "smoke"]) == 1
    said = capsys.readouterr()
    assert "preset smoke" in said.out
    assert "1 of 2 failed: 01_b" in said.err


def test_lab_listens_on_this_machine_only(monkeypatch):
    pytest.importorskip("jupyterlab", reason="the extra `slides` is not installed")
    calls = []
    monkeypatch.setattr(lab, "work_on_copies", lambda paths: [lab.MY / path.name for path in paths])
    monkeypatch.setattr(lab.subprocess, "call", lambda command: calls.append(command) or 0)
    assert cli.main(["lab", "--no-browser", "--ServerApp.port=9000"]) == 0
    (command,) = calls
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert "--ServerApp.ip=127.0.0.1" in command
    assert command[-2:] == ["--no-browser", "--ServerApp.port=9000"]


def test_train_hands_everything_to_the_authors_program(monkeypatch):
    calls = []
    monkeypatch.setattr(subprocess, "call", lambda command, env: calls.append((command, env)))
    cli.main("train dcgan32 --epochs 2 --help".split())
    ((command, environment),) = calls
    assert command[1:3] == ["-m", "data.make.generators"]
    assert command[3:] == ["dcgan32", "--epochs", "2", "--help"]
    assert str(cli.ROOT) in environment["PYTHONPATH"].split(os.pathsep)


def test_the_list_of_generators_needs_no_keras():
    code = "import sys, dogan_lib.cli as c; c.main(['sample']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "dcgan32" in done.stdout.split()
    assert not {"tensorflow", "keras", "numpy"} & set(done.stdout.split())


def test_data_shows_the_dogs(capsys):
    assert cli.main("data --source doodle --size 16 --limit 12".split()) == 0
    assert "Dogs(12 of" in capsys.readouterr().out
