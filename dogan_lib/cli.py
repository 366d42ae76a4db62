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
EXTRAS = {
    "tensorflow": "cpu",
    "torch": "torch",
    "nbclient": "dev",
    "nbformat": "dev",
    "jupytext": "dev",
    "jupyterlab": "slides",
    "jupyterlab_slideshow": "slides",
    "sphinx": "site",
    "myst_nb": "site",
}


def main(argv: list[str] | None = None) -> int:
    """Run one command; a mistake of the user's is one line, `DOGAN_DEBUG=1` shows the traceback."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    arguments = _parsed(argv)
    try:
        return arguments.do(arguments) or 0
    except KeyboardInterrupt:
        print("\ndogan: stopped", file=sys.stderr)
        return 130
    except (OSError, ValueError, RuntimeError, ModuleNotFoundError) as error:
        if os.environ.get("DOGAN_DEBUG"):
            raise
        print(f"dogan: {_told(error)}", file=sys.stderr)
        return 1


def _parsed(argv):
    """The arguments; those that are not ours go to a command that has `options` to hand on."""
    arguments, others = parser().parse_known_args(argv)
    if others and not hasattr(arguments, "options"):
        parser().error(f"unrecognized arguments: {' '.join(others)}")
    if others:
        arguments.options = others
    return arguments


def parser() -> argparse.ArgumentParser:
    """The parser with every command in it."""
    top = argparse.ArgumentParser(
        prog="dogan",
        description="찐개만: GANs that make dogs.",
        epilog="DOGAN_DEBUG=1 shows the traceback of an error.",
    )
    top.add_argument("--version", action="version", version=f"dogan {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in [*_commands_of_the_clone(), *COMMANDS]:
        add(commands)
    return top


def _commands_of_the_clone() -> list:
    """Those that need what is in no wheel: the chapters, and the authors' programs."""
    path = ROOT / "docs" / "commands.py"
    return runpy.run_path(str(path))["COMMANDS"] if path.exists() else []


def _told(error: Exception) -> str:
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return str(error)
    extra = EXTRAS.get(error.name.split(".")[0])
    if extra is None:
        return str(error)
    return f'this needs {error.name}: pip install -c constraints.txt -e ".[{extra}]"'


def add_data(commands):
    command = commands.add_parser("data", help="fetch the dogs, show what they are, check them")
    command.add_argument("--source", default="auto", help="auto, stanford, doodle, or a path")
    command.add_argument("--size", type=positive, default=64, help="pixels a side (64)")
    command.add_argument("--limit", type=positive, help="only so many dogs")
    command.add_argument("--verify", action="store_true", help="look at every picture")
    command.set_defaults(do=do_data)


def do_data(arguments) -> int:
    from dogan_lib.dogs import load_dogs, stanford

    dogs = load_dogs(size=arguments.size, source=arguments.source, limit=arguments.limit)
    print(dogs)
    if not arguments.verify:
        return 0
    if dogs.source.startswith("stanford"):
        print("\n".join(stanford.origins()))
    flat = [i for i, image in enumerate(dogs.images) if (image == image[0, 0]).all()]
    first = f"{len(flat)} pictures of one colour, the first is number {flat[0]}" if flat else ""
    print(first or f"all {len(dogs)} pictures are in order")
    return bool(flat)


def add_sample(commands):
    command = commands.add_parser("sample", help="draw dogs from a trained generator")
    command.add_argument("name", nargs="?", help="a shipped one, or a .keras file; else: list them")
    command.add_argument("-n", type=positive, default=64, help="how many (64)")
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--truncation", type=float, help="keep each |z_i| below it")
    command.add_argument("--columns", type=positive, help="dogs in a row (a square)")
    command.add_argument("--zoom", type=positive, default=1, help="screen pixels for one (1)")
    command.add_argument("-o", "--out", type=Path, help="the picture (NAME.png)")
    command.set_defaults(do=do_sample)


def do_sample(arguments):
    if arguments.name is None:
        from dogan_lib import cards

        print("\n".join(cards.available()) or f"none in {cards.data_dir()}")
        return
    from PIL import Image

    import_tensorflow_quietly()
    from dogan_lib import checkpoints, plots, runtime
    from dogan_lib.classroom import truncated

    generator = truncated.standing(checkpoints.load_generator(arguments.name), arguments.truncation)
    images = generator.sample(arguments.n, seed=arguments.seed, truncation=arguments.truncation)
    out = arguments.out or Path(f"{Path(arguments.name).stem}.png")
    picture = Image.fromarray(plots.tile(images, arguments.columns or round(arguments.n**0.5)))
    size = (picture.width * arguments.zoom, picture.height * arguments.zoom)
    with runtime.write_atomically(out) as temporary:
        picture.resize(size, Image.NEAREST).save(temporary)
    print(f"{arguments.n} dogs in {out}")


def add_zoo(commands):
    command = commands.add_parser("zoo", help="the shipped generators, and what is known of them")
    command.add_argument("names", nargs="*", help="only these (all)")
    command.set_defaults(do=do_zoo)


def do_zoo(arguments):
    import_tensorflow_quietly()
    from dogan_lib.checkpoints import available, load_generator

    for name in arguments.names or available():
        print(load_generator(name).describe(), end="\n\n")


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

    fake = _pictures_or_generator(arguments.fake)
    dogs = load_dogs(size=report.size_of(fake), source=arguments.real)
    found = report.score(fake, dogs, arguments.features, arguments.n, arguments.seed)
    print(found)
    if arguments.json:
        with write_atomically(arguments.json) as temporary:
            temporary.write_text(json.dumps(found.as_dict(), indent=2) + "\n", encoding="utf-8")


def _pictures_or_generator(name: str):
    """A path as it is; what is no path is a shipped generator."""
    from dogan_lib import checkpoints

    if Path(name).exists() and not name.endswith(".keras"):
        return name
    return checkpoints.load_generator(name)


def add_submit(commands):
    command = commands.add_parser("submit", help="10,000 dogs of 64x64 in a zip, as Kaggle wanted")
    command.add_argument("fake", help="a shipped generator, a .keras, a zip or folder of pictures")
    command.add_argument("-o", "--out", type=Path, default=Path("images.zip"))
    command.add_argument("-n", type=positive, default=10_000, help="how many (10,000)")
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--enlarge", action="store_true", help="resize other sizes to 64x64")
    command.add_argument("--truncation", type=float, help="keep each |z_i| below it")
    command.add_argument(
        "--best-of", type=positive, default=1, metavar="K", help="of K pictures D's favourite"
    )
    command.add_argument("--judge", help="that D, a .keras or shipped (NAME_judge)")
    command.set_defaults(do=do_submit)


def do_submit(arguments):
    import_tensorflow_quietly()
    from dogan_lib.classroom import submission

    fake = _pictures_or_generator(arguments.fake)
    if arguments.truncation or arguments.best_of > 1:
        if not hasattr(fake, "sample"):
            raise ValueError("--truncation and --best-of are for generators, not for pictures")
        judge = arguments.judge or f"{arguments.fake}_judge"
        fake = submission.chosen(fake, arguments.truncation, judge, arguments.best_of)
    options = {"n": arguments.n, "seed": arguments.seed, "enlarge": arguments.enlarge}
    print(f"{arguments.n:,} dogs in {submission.submit(fake, arguments.out, **options)}")


def positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not a positive number")
    return value


COMMANDS = [add_data, add_sample, add_zoo, add_score, add_submit]

if __name__ == "__main__":
    sys.exit(main())
