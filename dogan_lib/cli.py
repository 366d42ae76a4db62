"""The command line; `dogan --help` lists it.

A command is one function `add_<name>(commands)`, which declares its arguments, and one that does
it. To add a command write the two and name the first in `COMMANDS`. Heavy imports stay inside the
functions: `dogan --help` must not wait for TensorFlow. What needs a clone of the course, its
notebooks or its authors' programs, lies in `docs/commands.py`.
"""

import argparse
import os
import runpy
import sys
from pathlib import Path

from dogan_lib import __version__, import_tensorflow_quietly

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


def positive(text: str) -> int:
    """An argument's type: a whole number above 0."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not a positive number")
    return value


def add_data(commands):
    command = commands.add_parser("data", help="fetch the dogs, and show what they are")
    command.add_argument("--source", default="auto", help="auto, stanford, doodle, or a path")
    command.add_argument("--size", type=positive, default=64, help="pixels a side (64)")
    command.add_argument("--limit", type=positive, help="only so many dogs")
    command.set_defaults(do=do_data)


def do_data(arguments):
    from dogan_lib.dogs import load_dogs

    print(load_dogs(size=arguments.size, source=arguments.source, limit=arguments.limit))


def add_sample(commands):
    command = commands.add_parser("sample", help="draw dogs from a trained generator")
    command.add_argument("name", nargs="?", help="a shipped one, or a .keras file; else: list them")
    command.add_argument("-n", type=positive, default=64, help="how many (64)")
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--truncation", type=float, help="keep each |z_i| below it")
    command.add_argument("--columns", type=positive, help="dogs in a row (a square)")
    command.add_argument("-o", "--out", type=Path, help="the picture (NAME.png)")
    command.set_defaults(do=do_sample)


def do_sample(arguments):
    if arguments.name is None:
        from dogan_lib import cards

        print("\n".join(cards.available()) or f"none in {cards.data_dir()}")
        return
    import_tensorflow_quietly()
    from dogan_lib import checkpoints, plots, runtime
    from dogan_lib.models import biggan

    generator = biggan.standing(checkpoints.load_generator(arguments.name), arguments.truncation)
    images = generator.sample(arguments.n, seed=arguments.seed, truncation=arguments.truncation)
    out = arguments.out or Path(f"{Path(arguments.name).stem}.png")
    picture = plots.tile(images, arguments.columns or round(arguments.n**0.5))
    with runtime.write_atomically(out) as temporary:
        plots.Image.fromarray(picture).save(temporary)
    print(f"{arguments.n} dogs in {out}")


def add_score(commands):
    command = commands.add_parser(
        "score", help="measure generated dogs: FID, KID, MiFID, precision, recall"
    )
    command.add_argument("fake", help="a zip or folder of pictures, a shipped generator or .keras")
    command.add_argument("--real", default="auto", help="auto, stanford, doodle, or a path")
    command.add_argument("--features", default="lite1", choices=("lite1", "dognet", "inception"))
    command.add_argument("-n", type=positive, help="pictures of each kind")
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--json", type=Path, metavar="FILE", help="write the table there too")
    command.set_defaults(do=do_score)


def do_score(arguments):
    import json

    import_tensorflow_quietly()
    from dogan_lib.dogs import load_dogs
    from dogan_lib.metrics import report
    from dogan_lib.runtime import write_atomically

    fake = pictures_or_generator(arguments.fake)
    dogs = load_dogs(size=report.size_of(fake), source=arguments.real)
    found = report.score(fake, dogs, arguments.features, arguments.n, arguments.seed)
    print(found)
    if arguments.json:
        with write_atomically(arguments.json) as temporary:
            temporary.write_text(json.dumps(found.as_dict(), indent=2) + "\n", encoding="utf-8")


def pictures_or_generator(name: str):
    """A path as it is; what is no path is a shipped generator."""
    from dogan_lib import checkpoints

    if Path(name).exists() and not name.endswith(".keras"):
        return name
    return checkpoints.load_generator(name)


COMMANDS = [add_data, add_sample, add_score]

if __name__ == "__main__":
    sys.exit(main())
