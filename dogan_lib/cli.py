"""The command line; `dogan --help` lists it.

A command is one function `add_<name>(commands)`, which declares its arguments, and one that does
it: in `classroom/commands.py`, or in `docs/commands.py` if it needs a clone of the course, its
notebooks or its authors' programs.
"""

import argparse
import os
import runpy
import sys
from pathlib import Path

from dogan_lib import __version__
from dogan_lib.classroom.commands import COMMANDS

ROOT = Path(__file__).resolve().parent.parent


def main(argv: list[str] | None = None) -> int:
    """Run one command; a mistake of the user's is one line, `DOGAN_DEBUG=1` shows the traceback."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    arguments, others = parser().parse_known_args(argv)
    if others and not hasattr(arguments, "options"):
        parser().error(f"unrecognized arguments: {' '.join(others)}")
    if others:  # for a command that hands them on
        arguments.options = others
    try:
        return arguments.do(arguments) or 0
    except KeyboardInterrupt:
        print("\ndogan: stopped", file=sys.stderr)
        return 130
    except (OSError, ValueError, RuntimeError, ModuleNotFoundError) as error:
        if os.environ.get("DOGAN_DEBUG"):
            raise
        if isinstance(error, ModuleNotFoundError) and (error.name or "").startswith("tensorflow"):
            error = 'this needs tensorflow: pip install -c constraints.txt -e ".[cpu]"'
        print(f"dogan: {error}", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """The parser with every command in it."""
    top = argparse.ArgumentParser(
        prog="dogan",
        description="찐개만: GANs that make dogs.",
        epilog="DOGAN_DEBUG=1 shows the traceback of an error.",
    )
    top.add_argument("--version", action="version", version=f"dogan {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    path = ROOT / "docs" / "commands.py"
    of_the_clone = runpy.run_path(str(path))["COMMANDS"] if path.exists() else []
    for add in [*of_the_clone, *COMMANDS]:
        add(commands)
    return top


if __name__ == "__main__":
    sys.exit(main())
