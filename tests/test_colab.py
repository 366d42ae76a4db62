"""The cell that opens every notebook: nothing on your own machine, the course on Colab."""

import json
import zipfile
from pathlib import Path

import nbformat
import pytest

from dogan_lib.classroom import colab

NOTEBOOKS = sorted(Path(__file__).resolve().parent.parent.glob("notebooks/[0-9][0-9]_*.ipynb"))


def _colab_cells(path):
    return [
        cell
        for cell in nbformat.read(path, as_version=4).cells
        if "colab" in cell.metadata.get("tags", ())
    ]


@pytest.fixture
def setup_cell():
    """The code of the cell, as the first notebook has it."""
    return _colab_cells(NOTEBOOKS[0])[1].source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_opens_with_a_badge_and_the_same_setup(path, setup_cell):
    badge, setup = _colab_cells(path)
    first_code = next(
        cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"
    )
    assert f"/blob/main/notebooks/{path.name})" in badge.source
    assert "[![Open in Colab](../docs/colab.svg)]" in badge.source
    assert setup.source == setup_cell and first_code == setup
    assert badge.metadata.slideshow == setup.metadata.slideshow == {"slide_type": "skip"}


def test_elsewhere_the_cell_does_nothing(setup_cell, monkeypatch, tmp_path):
    monkeypatch.delenv("COLAB_RELEASE_TAG", raising=False)
    monkeypatch.chdir(tmp_path)
    exec(setup_cell, {})
    assert not list(tmp_path.iterdir())


def test_without_an_address_the_cell_says_so(setup_cell, monkeypatch):
    monkeypatch.setenv("COLAB_RELEASE_TAG", "test")
    monkeypatch.setenv("DOGAN_REPOSITORY", "https://github.com/OWNER/dogan")
    with pytest.raises(SystemExit, match="make repo"):
        exec(setup_cell, {})


def test_only_what_is_missing_is_installed_and_alone(monkeypatch, capsys):
    calls = []
    monkeypatch.setattr(colab.subprocess, "run", lambda command, check: calls.append(command))
    monkeypatch.setattr(colab, "_installed", lambda name: name != "h5py")
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    colab.prepare()
    assert calls[0][-1] == "h5py" and "--no-deps" in calls[0] and len(calls) == 1
    monkeypatch.setattr(colab, "_installed", lambda name: True)
    colab.prepare()
    assert len(calls) == 1
    assert colab.os.environ["PYTHONPATH"].split(colab.os.pathsep) == [str(colab.ROOT), "elsewhere"]
    assert "preset smoke" in capsys.readouterr().out


def test_shipped_networks_can_be_read_by_the_keras_of_colab():
    from data.make import shipping

    for path in (shipping.data_dir() / "checkpoints").glob("*.keras"):
        with zipfile.ZipFile(path) as archive:
            config = archive.read(shipping.CONFIG)
        assert json.loads(config) == json.loads(shipping.for_older_keras(config)), path.name
