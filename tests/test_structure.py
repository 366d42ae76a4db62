"""The library's shape: imports go one way, nothing is long, authors' programs stay outside."""

import ast
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LIBRARY = ROOT / "dogan_lib"
# From the bottom to the top: a module imports from its own line and those above it.
LEVELS = (
    ("presets",),
    ("runtime", "cards", "saving"),
    ("doodles",),
    ("dogs",),
    ("layers", "losses", "augment", "penalties"),
    ("distribution", "signals", "plots"),
    ("generator", "callbacks", "refusals"),
    ("gan",),
    ("models",),
    ("checkpoints",),
    ("metrics",),
    ("classroom",),
    ("cli",),
)
LEVEL = {name: i for i, names in enumerate(LEVELS) for name in names}
CONTENT = ("doodles", "classroom")


def name_of(path: Path) -> str:
    parts = path.relative_to(LIBRARY).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES = {name_of(path): path for path in LIBRARY.rglob("*.py")}


def imported(path: Path):
    """Every dotted name of this repository that a file imports, inside of functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: write imports in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def needs(name: str) -> set[str]:
    """The modules of the library that one of them imports."""
    found = set()
    for dotted in imported(MODULES[name]):
        first, *rest = dotted.split(".")
        while first == "dogan_lib" and rest and ".".join(rest) not in MODULES:
            rest.pop()  # a function or class of the module before it
        if first == "dogan_lib" and rest:
            found.add(".".join(rest))
    return found - {name}


def lines(paths) -> int:
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)


def test_every_module_has_a_level():
    assert {name.split(".")[0] for name in MODULES if name} == set(LEVEL)


def test_imports_go_one_way():
    wrong = [
        f"{name} imports {other}"
        for name in sorted(MODULES)
        if name
        for other in sorted(needs(name))
        if LEVEL[other.split(".")[0]] > LEVEL[name.split(".")[0]]
    ]
    assert wrong == []


def test_no_imports_run_in_a_circle():
    done, circles = set(), []

    def follow(name, trail):
        if name in trail:
            circles.append(" > ".join([*trail[trail.index(name) :], name]))
        elif name not in done:
            done.add(name)
            for other in needs(name):
                follow(other, [*trail, name])

    for name in MODULES:
        follow(name, [])
    assert circles == []


def test_the_library_never_imports_authors_programs():
    wrong = [name for name in MODULES for x in imported(MODULES[name]) if x.split(".")[0] == "data"]
    assert wrong == []


def test_layers_and_gan_use_no_private_keras():
    """The one exception says why: `distribution.BuiltModel`."""
    private = ("_nodes_by_depth", "_outbound_nodes", "_keras_history", "keras.src")
    private += ("_flatten_layers", "_maybe_symbolic_build")
    found = {
        (name, word)
        for name, path in MODULES.items()
        for word in private
        if word in path.read_text(encoding="utf-8")
    }
    assert found == {("distribution", "_maybe_symbolic_build")}


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_is_read_in_one_sitting(name):
    assert lines([MODULES[name]]) <= 300


@pytest.mark.parametrize(
    ("without", "most"),
    [(CONTENT, 6560), ((*CONTENT, "models", "metrics"), 3000), ((), 15_400)],
    ids=["library", "shared core", "with its content"],
)
def test_the_library_becomes_thinner(without, most):
    """Lower these whenever something has left."""
    kept = [path for name, path in MODULES.items() if name.split(".")[0] not in without]
    assert lines(kept) <= most


def test_contributing_counts_the_lines():
    """Within a tenth: the table is for a reader's idea of the size, not a ledger."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w/*.]+)` \|.*\| ([\d,]+) \|$", text, re.M)
    assert len(rows) == 8
    for folder, said in rows:
        pattern = folder if folder.endswith(".py") else f"{folder}/**/*.py"
        counted = lines(path for path in ROOT.glob(pattern))
        assert abs(counted - int(said.replace(",", ""))) <= 0.1 * counted, (folder, counted)


def test_the_readers_path_exists():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    path = text.partition("A reader's path")[2].partition("\n## ")[0]
    names = [name for name in re.findall(r"`([a-z]\w*(?:\.\w+)+)`", path)]
    assert 8 <= len(names) <= 12
    for name in names:
        *module, _ = name.split(".")
        while module and not (
            LIBRARY.joinpath(*module).is_dir()
            or (LIBRARY.joinpath(*module).with_suffix(".py")).exists()
        ):
            module.pop()
        found = importlib.import_module(".".join(["dogan_lib", *module]))
        for attribute in name.split(".")[len(module) :]:
            found = getattr(found, attribute)
        assert callable(found), name
