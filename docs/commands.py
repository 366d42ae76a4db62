"""The commands of `dogan` that need a clone: the chapters' own, and `train`.

`dogan_lib/cli.py` finds this file in a clone of the repository and adds them to its own.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from dogan_lib import presets

HERE = Path(__file__).resolve().parent


def _beside(name: str):
    """The module `docs/NAME.py`, loaded when a command is done: the library imports none of it."""
    full = f"docs.{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, HERE / f"{name}.py")
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


EXTRAS = {
    **dict.fromkeys(("nbclient", "nbformat", "jupytext"), "dev"),
    **dict.fromkeys(("jupyterlab", "jupyterlab_slideshow"), "slides"),
    **dict.fromkeys(("sphinx", "myst_nb"), "site"),
}


def needs(*modules: str):
    """Fail before the work starts, not after the last notebook has run."""
    for name in modules:
        if importlib.util.find_spec(name) is None:
            install = f'pip install -c constraints.txt -e ".[{EXTRAS[name]}]"'
            raise ModuleNotFoundError(f"this needs {name}: {install}", name=name)


def _chapters_and_preset(command):
    command.add_argument(
        "chapters", nargs="*", metavar="CHAPTER", help="such as 4, 04 or 04_dcgan_32 (all)"
    )
    command.add_argument(
        "--preset",
        choices=presets.NAMES,
        help="($DOGAN_PRESET, else gpu or cpu)",
    )


def _use_preset(arguments):
    """Notebooks run in processes of their own, and read the environment."""
    if arguments.preset:
        os.environ["DOGAN_PRESET"] = arguments.preset


def add_run(commands):
    command = commands.add_parser(
        "run", help="execute the chapters as a check, and make the web site"
    )
    _chapters_and_preset(command)
    command.add_argument("--no-site", action="store_true", help="only execute")
    command.set_defaults(do=do_run)


def do_run(arguments) -> int:
    needs("nbclient", *([] if arguments.no_site else ["sphinx", "myst_nb"]))
    _use_preset(arguments)
    build = _beside("build")
    paths = build.chapters(arguments.chapters)
    print(f"{len(paths)} chapters, preset {presets.active()}", flush=True)
    results = build.run(paths, build.SITE / "executed")
    print(build.table(results))
    if not arguments.no_site:
        print("Now the site, with the outputs that the course brings ...", flush=True)
        print(f"open {build.build_site()}")
    return _verdict(results)


def _verdict(results) -> int:
    failed = [result.name for result in results if result.error]
    if failed:
        print(
            f"dogan: {len(failed)} of {len(results)} failed: {', '.join(failed)}", file=sys.stderr
        )
    return bool(failed)


def add_refresh(commands):
    command = commands.add_parser(
        "refresh", help="for authors: .py -> .ipynb, with new outputs, in place"
    )
    _chapters_and_preset(command)
    command.add_argument(
        "--keep-outputs", action="store_true", help="bring over the text; execute nothing"
    )
    command.set_defaults(do=do_refresh)


def do_refresh(arguments) -> int:
    needs("nbclient", "jupytext")
    _use_preset(arguments)
    build, results = _beside("build"), []
    for path in build.chapters(arguments.chapters):
        results.append(build.refresh(path, execute=not arguments.keep_outputs))
        print(f"{path.stem} {results[-1].error or 'ok'} ({results[-1].seconds:.1f} s)", flush=True)
    return _verdict(results)


def add_site(commands):
    command = commands.add_parser("site", help="make the web site of the notebooks as they are")
    command.set_defaults(do=do_site)


def do_site(arguments):
    needs("nbformat", "sphinx", "myst_nb")
    print(f"open {_beside('build').build_site()}")


def add_lab(commands):
    command = commands.add_parser(
        "lab",
        help="work on your own copies of the chapters, my/NN_topic.ipynb, in JupyterLab",
        epilog="Other options are JupyterLab's, such as --no-browser or --ServerApp.port=9000.",
    )
    command.add_argument("--preset", choices=presets.NAMES, help="($DOGAN_PRESET, else gpu or cpu)")
    command.set_defaults(do=do_lab, options=[])


def do_lab(arguments) -> int:
    needs("jupyterlab")
    _use_preset(arguments)
    return _beside("lab").lab(_beside("build").chapters(), arguments.options)


def add_present(commands):
    command = commands.add_parser(
        "present",
        help="a chapter as live slides in JupyterLab: space goes on, Escape leaves the deck",
        epilog="Other options are JupyterLab's.",
    )
    command.add_argument("chapter", help="such as 4, 04 or 04_dcgan_32")
    command.add_argument("--preset", choices=presets.NAMES, help="for cells that you run on stage")
    command.set_defaults(do=do_present, options=[])


def do_present(arguments) -> int:
    needs("jupyterlab", "jupyterlab_slideshow")
    _use_preset(arguments)
    (path,) = _beside("build").chapters([arguments.chapter])
    return _beside("lab").present(path, arguments.options)


def add_reset(commands):
    command = commands.add_parser("reset", help="your copy of a chapter, as new")
    command.add_argument("chapters", nargs="+", metavar="CHAPTER", help="such as 4 or 04")
    command.set_defaults(do=do_reset)


def do_reset(arguments):
    needs("nbformat")
    lab, paths = _beside("lab"), _beside("build").chapters(arguments.chapters)
    for copy in lab.work_on_copies(paths, renew=True):
        print(f"{copy} is as the course has it; what you had changed is in {lab.MY / 'old'}")


def add_move(commands):
    command = commands.add_parser(
        "move", help="for authors: write the repository's address into every link"
    )
    command.add_argument("repository", help="owner/name")
    command.set_defaults(do=do_move)


def do_move(arguments):
    changed = _beside("build").move(arguments.repository)
    print(f"{len(changed)} files now say {arguments.repository}")


def add_train(commands):
    command = commands.add_parser(
        "train",
        add_help=False,
        help="train one of the course's generators: starts python -m data.make.generators",
    )
    command.set_defaults(do=do_train, options=[])


def do_train(arguments) -> int:
    places = [str(HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places)}
    program = [sys.executable, "-m", "data.make.generators", *arguments.options]
    return subprocess.call(program, env=environment)


COMMANDS = [
    add_run,
    add_refresh,
    add_site,
    add_lab,
    add_present,
    add_reset,
    add_move,
    add_train,
]
