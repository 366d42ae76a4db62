"""What the command line says and returns; the work itself is tested where it is done."""

import sys
import types

import numpy as np
import pytest
from PIL import Image

from dogan_lib import cli, course


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
    for name in ("run", "refresh", "site", "lab", "data", "train", "sample"):
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


def test_sample_can_be_wide_and_large(generator, tmp_path):
    small, large = tmp_path / "small.png", tmp_path / "large.png"
    assert cli.main(["sample", "x", "-n", "6", "--columns", "3", "-o", str(small)]) == 0
    assert (
        cli.main(["sample", "x", "-n", "6", "--columns", "3", "--zoom", "2", "-o", str(large)]) == 0
    )
    width, height = Image.open(small).size
    assert width > height and Image.open(large).size == (2 * width, 2 * height)


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


def test_a_missing_package_names_its_extra():
    assert '".[cpu]"' in cli._told(ModuleNotFoundError("no", name="tensorflow.python"))
    assert cli._told(ModuleNotFoundError("no module typo", name="typo")) == "no module typo"


def test_run_reports_failures_and_sets_the_preset(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("DOGAN_PRESET", "cpu")
    results = [course.Result("00_a", 1.0), course.Result("01_b", 1.0, "ValueError: no dog")]
    monkeypatch.setattr(course, "chapters", lambda names: [tmp_path, tmp_path])
    monkeypatch.setattr(course, "run", lambda paths, out: results)
    assert cli.main(["run", "--no-site", "--preset", "smoke"]) == 1
    said = capsys.readouterr()
    assert "preset smoke" in said.out
    assert "1 of 2 failed: 01_b" in said.err


def test_lab_listens_on_this_machine_only(monkeypatch):
    pytest.importorskip("jupyterlab", reason="the extra `slides` is not installed")
    calls = []
    monkeypatch.setattr(cli.subprocess, "call", lambda command: calls.append(command) or 0)
    assert cli.main(["lab", "--no-browser", "--ServerApp.port=9000"]) == 0
    (command,) = calls
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert "--ServerApp.ip=127.0.0.1" in command
    assert command[-2:] == ["--no-browser", "--ServerApp.port=9000"]


def test_train_passes_on_what_was_asked(monkeypatch, tmp_path):
    from data.make import generators as recipes

    asked = {}
    monkeypatch.setattr(recipes, "train", lambda **options: asked.update(options))
    line = f"train dcgan32 --data doodle --epochs 2 --limit 64 --out {tmp_path}"
    line += " --strategy mirrored"
    assert cli.main(line.split()) == 0
    assert asked == {
        "name": "dcgan32",
        "data": "doodle",
        "epochs": 2,
        "out": tmp_path,
        "limit": 64,
        "seed": 0,
        "ship": False,
        "strategy": "mirrored",
    }


def test_train_without_a_name_lists_the_recipes(capsys):
    assert cli.main(["train"]) == 0
    assert "dcgan32" in capsys.readouterr().out.split()


def test_data_shows_and_verifies(capsys):
    assert cli.main("data --source doodle --size 16 --limit 12 --verify".split()) == 0
    assert "all 12 pictures are in order" in capsys.readouterr().out


def test_verify_tells_archives_of_stanford_from_others(shared_data, monkeypatch):
    monkeypatch.setenv("DOGAN_STANFORD_DIR", str(shared_data / "stanford_dogs_sample"))
    origins = list(cli._origins())
    assert len(origins) == 2
    assert all(line.endswith("not the published archive") for line in origins)


def test_data_names_what_is_wrong():
    from dogan_lib.dogs import Dogs

    images = np.zeros((3, 8, 8, 3), "uint8")
    images[0, 0] = 255
    labels = np.array([0, 1, 2], "int32")
    dogs = Dogs(images, labels, breeds=["a", "b"], source="test", names=["x", "y", "z"])
    labels, flat = cli._problems(dogs, 8)
    assert "labels from 0 to 2, 2 breeds" in labels
    assert flat == "2 pictures of one colour, the first is number 1"


def test_train_runs_a_study_in_place_of_a_recipe(monkeypatch, tmp_path, capsys):
    from data.make import ablations as ablation

    seen = []
    facts = {"study": "sgd", "runs": []}
    monkeypatch.setattr(ablation, "study", lambda *a: seen.append(a) or facts)
    cli.main(["train", "--ablation", "sgd", "--steps", "70", "--out", str(tmp_path)])
    name, budget, seeds, out, workers = seen[0]
    assert (name, budget.steps, seeds, out, workers) == ("sgd", 70, 3, tmp_path, None)
    assert "KID" in capsys.readouterr().out
