"""The files around the course agree with each other."""

import os
import re
import stat
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
COLABS = re.compile(r"colab\.research\.google\.com/github/([^/]+/[^/]+)/blob")
CLONES = re.compile(r"git clone\b.*?github\.com/([\w.-]+/[\w-]+)")


def _requirements():
    listed = PROJECT["dependencies"] + [line for extra in EXTRAS.values() for line in extra]
    return [Requirement(line) for line in listed]


def _constraints():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def _name(requirement):
    return re.sub(r"[-_.]+", "-", requirement.name).lower()


def _conda():
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def _pip_lines():
    return next(entry for entry in _conda()["dependencies"] if isinstance(entry, dict))["pip"]


def _makefile_extras():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return re.search(r"^EXTRAS \?= (\S+)$", text, re.M)[1]


def test_constraints_pin_what_pyproject_asks_for():
    tested = {_name(line): str(line.specifier).removeprefix("==") for line in _constraints()}
    for requirement in _requirements():
        assert _name(requirement) in tested, f"constraints.txt does not name {requirement.name}"
        version = tested[_name(requirement)]
        assert requirement.specifier.contains(version), f"{requirement} excludes {version}"


def test_constraints_are_exact_versions_from_nowhere_in_particular():
    for line in _constraints():
        assert line.url is None and [s.operator for s in line.specifier] == ["=="], str(line)


def test_conda_installs_what_make_installs():
    assert f'-e ".[{_makefile_extras()}]"' in _pip_lines()
    assert "-c constraints.txt" in _pip_lines()


def test_conda_has_nothing_that_pyproject_does_not_know():
    others = [entry for entry in _conda()["dependencies"] if isinstance(entry, str)]
    assert [entry.split("=")[0] for entry in others] == ["python", "pip"]
    python = next(entry for entry in others if entry.startswith("python=")).split("=")[1]
    requires = Requirement(f"python{PROJECT['requires-python']}").specifier
    assert requires.contains(f"{python}.0")


def test_extras_that_are_installed_exist():
    assert set(_makefile_extras().split(",")) <= set(EXTRAS)


@pytest.mark.parametrize("platform", [("linux", "x86_64"), ("win32", "AMD64"), ("darwin", "arm64")])
def test_one_tensorflow_on_every_platform(platform):
    environment = dict(zip(("sys_platform", "platform_machine"), platform, strict=True))
    wanted = [Requirement(line) for line in EXTRAS["cpu"]]
    names = [_name(line) for line in wanted if line.marker.evaluate(environment)]
    assert names == ["tensorflow" if platform[0] == "darwin" else "tensorflow-cpu"]


def test_base_install_leaves_tensorflow_to_the_extras():
    names = {_name(Requirement(line)) for line in PROJECT["dependencies"]}
    assert not {name for name in names if name.startswith(("tensorflow", "torch"))}


def test_links_to_the_repository_agree():
    """The one place to change is [project.urls] in pyproject.toml."""
    here = PROJECT["urls"]["Repository"].removeprefix("https://github.com/")
    texts = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("notebooks/*.py")]
    texts += [ROOT / "CITATION.cff"]
    for path in texts:
        text = path.read_text(encoding="utf-8")
        places = set(COLABS.findall(text)) | set(CLONES.findall(text))
        assert places <= {here}, f"{path.name} links to {places}, pyproject.toml says {here}"


def test_readme_links_to_every_chapter_there_is():
    linked = re.findall(r"\]\(notebooks/(\w+)\.ipynb\)", (ROOT / "README.md").read_text("utf-8"))
    there = [path.stem for path in ROOT.glob("notebooks/[0-9][0-9]_*.ipynb")]
    assert sorted(linked) == sorted(there), "the chapter map in README.md is out of date"


def test_readme_names_chapters_as_the_table_does():
    from dogan_lib.classroom.course_map import chapters

    text = (ROOT / "README.md").read_text("utf-8")
    for chapter in chapters():
        assert f"[{chapter.title}](notebooks/{chapter.slug}.ipynb)" in text


def test_ci_does_what_make_test_does():
    script = ROOT / ".ci" / "run"
    assert os.stat(script).st_mode & stat.S_IXUSR
    assert script.read_text(encoding="utf-8").splitlines()[-1] == "exec make test"


def test_makefile_explains_each_target():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    text = text.replace("\\\n", "")  # lines that go on
    targets = re.search(r"^\.PHONY: (.*)$", text, re.M)[1].split()
    explained = re.findall(r"^([a-z-]+):.*## ", text, re.M)
    assert sorted(targets) == sorted(explained)
