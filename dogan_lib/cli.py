"""The command line: `dogan run | refresh | site | lab | data | train | sample | score | submit`.

A command is one function `add_<name>(commands)`, which declares its arguments, and one that does
it. To add a command write the two and name the first in `COMMANDS`. Heavy imports stay inside the
functions: `dogan --help` must not wait for TensorFlow.
"""

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from dogan_lib import __version__, distribution
from dogan_lib.presets import NAMES


def main(argv: list[str] | None = None) -> int:
    """Run one command; a mistake of the user's is one line, `DOGAN_DEBUG=1` shows the traceback."""
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
    for add in COMMANDS:
        add(commands)
    return top


def _told(error: Exception) -> str:
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return str(error)
    extra = EXTRAS.get(error.name.split(".")[0])
    if extra is None:
        return str(error)
    return f'this needs {error.name}: pip install -c constraints.txt -e ".[{extra}]"'


EXTRAS = {
    "tensorflow": "cpu",
    "torch": "torch",
    "nbclient": "dev",
    "nbformat": "dev",
    "jupytext": "dev",
    "jupyterlab": "slides",
    "sphinx": "site",
    "myst_nb": "site",
}


def _needs(*modules: str):
    """Fail before the work starts, not after the last notebook has run."""
    for name in modules:
        if importlib.util.find_spec(name) is None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def _chapters_and_preset(command):
    command.add_argument(
        "chapters", nargs="*", metavar="CHAPTER", help="such as 4, 04 or 04_dcgan_32 (all)"
    )
    command.add_argument(
        "--preset", choices=NAMES, help="how long it may take ($DOGAN_PRESET, else gpu or cpu)"
    )


def _use_preset(arguments):
    """Notebooks run in processes of their own, and read the environment."""
    if arguments.preset:
        os.environ["DOGAN_PRESET"] = arguments.preset


def add_run(commands):
    command = commands.add_parser("run", help="execute the chapters and make a web site of them")
    _chapters_and_preset(command)
    command.add_argument("--no-site", action="store_true", help="only execute")
    command.set_defaults(do=do_run)


def do_run(arguments) -> int:
    from dogan_lib import course, presets

    _needs("nbclient", *([] if arguments.no_site else ["sphinx", "myst_nb"]))
    _use_preset(arguments)
    paths = course.chapters(arguments.chapters)
    print(f"{len(paths)} chapters, preset {presets.active()}, into {course.SITE}", flush=True)
    executed = course.SITE / "executed"
    if not arguments.chapters:
        shutil.rmtree(executed, ignore_errors=True)
    results = course.run(paths, executed)
    if not arguments.no_site:
        print(f"open {course.build_site(executed)}")
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
    from dogan_lib import course

    _needs("nbclient", "jupytext")
    _use_preset(arguments)
    results = []
    for path in course.chapters(arguments.chapters):
        results.append(course.refresh(path, execute=not arguments.keep_outputs))
        print(f"{path.stem} {results[-1].error or 'ok'} ({results[-1].seconds:.1f} s)", flush=True)
    return _verdict(results)


def add_site(commands):
    command = commands.add_parser("site", help="make the web site of the notebooks as they are")
    command.set_defaults(do=do_site)


def do_site(arguments):
    from dogan_lib import course

    _needs("nbformat", "sphinx", "myst_nb")
    print(f"open {course.build_site()}")


def add_lab(commands):
    command = commands.add_parser(
        "lab",
        help="open the notebooks in JupyterLab, on this machine",
        epilog="Other options are JupyterLab's, such as --no-browser or --ServerApp.port=9000.",
    )
    command.set_defaults(do=do_lab, options=[])


def do_lab(arguments) -> int:
    from dogan_lib import course

    _needs("jupyterlab")
    course.chapters()
    # The root is the repository, since jupytext looks there for the pairing; a notebook still runs
    # in its own folder.
    place = [f"--ServerApp.root_dir={course.ROOT}", "--LabApp.default_url=/lab/tree/notebooks"]
    lab = [sys.executable, "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1"]
    return subprocess.call([*lab, *place, *arguments.options])


def add_data(commands):
    command = commands.add_parser("data", help="fetch the dogs, show what they are, check them")
    command.add_argument("--source", default="auto", help="auto, stanford, doodle, or a path")
    command.add_argument("--size", type=_positive, default=64, help="pixels a side (64)")
    command.add_argument("--limit", type=_positive, help="only so many dogs")
    command.add_argument("--verify", action="store_true", help="look at every picture")
    command.set_defaults(do=do_data)


def do_data(arguments) -> int:
    from dogan_lib.dogs import load_dogs

    dogs = load_dogs(size=arguments.size, source=arguments.source, limit=arguments.limit)
    print(dogs)
    if not arguments.verify:
        return 0
    if dogs.source.startswith("stanford"):
        print("\n".join(_origins()))
    problems = list(_problems(dogs, arguments.size))
    print("\n".join(problems) or f"all {len(dogs)} pictures are in order")
    return bool(problems)


def _origins():
    """Whether the archives of Stanford Dogs on disk are the ones that Stanford published."""
    from dogan_lib.dogs import stanford

    found = stanford.find()
    for path in (found.images, found.annotation) if found else ():
        if path.name not in stanford.FILES:
            yield f"{path}: unpacked, nothing to compare with"
            continue
        with open(path, "rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == stanford.FILES[path.name][1]
        yield f"{path}: {'as published' if same else 'not the published archive'}"


def _problems(dogs, size):
    """What would spoil a training: in words, one line each."""
    if dogs.images.dtype != "uint8" or dogs.images.shape[1:] != (size, size, 3):
        yield f"pictures are {dogs.images.dtype} {dogs.images.shape[1:]}"
    if len(dogs.labels) != len(dogs) or not len(dogs):
        yield f"{len(dogs)} pictures, {len(dogs.labels)} labels"
    elif dogs.labels.min() < 0 or dogs.labels.max() >= len(dogs.breeds):
        yield f"labels from {dogs.labels.min()} to {dogs.labels.max()}, {len(dogs.breeds)} breeds"
    flat = [i for i, image in enumerate(dogs.images) if image.min() == image.max()]
    if flat:
        yield f"{len(flat)} pictures of one colour, the first is number {flat[0]}"


def add_train(commands):
    command = commands.add_parser("train", help="train one of the course's generators, resumably")
    command.add_argument("name", nargs="?", help="a recipe; without a name: list them")
    command.add_argument("--data", default="auto", help="auto, stanford, doodle, or a path")
    command.add_argument("--epochs", type=_positive, help="in total (the recipe's)")
    command.add_argument("--out", type=Path, help="folder (runs/NAME); if it holds a run, go on")
    command.add_argument("--limit", type=_positive, help="train on so many dogs")
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--ship", action="store_true", help="write the result to data/")
    command.add_argument(
        "--strategy",
        choices=distribution.STRATEGIES,
        help="all devices of this machine, or the machines in $TF_CONFIG; see "
        "dogan_lib/distribution.py",
    )
    study = command.add_argument_group("a study of many small networks in place of one recipe")
    study.add_argument("--ablation", metavar="STUDY", help="heuristics, losses or sgd")
    study.add_argument("--steps", type=_positive, default=1500, help="a network (1500)")
    study.add_argument("--width", type=_positive, default=16, help="of both networks (16)")
    study.add_argument("--seeds", type=_positive, default=3, help="runs of each network (3)")
    study.add_argument("--workers", type=_positive, help="runs at a time (one a core)")
    command.set_defaults(do=do_train)


def do_train(arguments):
    from data.make import generators as recipes
    from dogan_lib.classroom import pyramids

    if arguments.ablation:
        _ablate(arguments)
    elif arguments.name is None:
        print("\n".join([*recipes.RECIPES, *pyramids.PYRAMIDS]))
    elif arguments.name in pyramids.PYRAMIDS:  # each has its own picture and schedule
        options = {name: getattr(arguments, name) for name in ("out", "seed", "ship")}
        print(pyramids.train(arguments.name, **options))
    else:
        names = ("name", "data", "epochs", "out", "limit", "seed", "ship", "strategy")
        print(recipes.train(**{name: getattr(arguments, name) for name in names}))


def _ablate(arguments):
    from data.make import ablations

    own = {name: getattr(arguments, name) for name in ("steps", "width", "data", "limit")}
    out = arguments.out or Path("runs") / f"ablation_{arguments.ablation}"
    facts = ablations.study(
        arguments.ablation, ablations.Budget(**own), arguments.seeds, out, arguments.workers
    )
    print(ablations.table(facts))
    if arguments.ship:
        print(ablations.ship(facts, out))


def add_sample(commands):
    command = commands.add_parser("sample", help="draw dogs from a trained generator")
    command.add_argument("name", nargs="?", help="a shipped one, or a .keras file; else: list them")
    command.add_argument("-n", type=_positive, default=64, help="how many (64)")
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--truncation", type=float, help="keep each |z_i| below it")
    command.add_argument("--columns", type=_positive, help="dogs in a row (a square)")
    command.add_argument("--zoom", type=_positive, default=1, help="screen pixels for one (1)")
    command.add_argument("-o", "--out", type=Path, help="the picture (NAME.png)")
    command.set_defaults(do=do_sample)


def do_sample(arguments):
    from PIL import Image

    from dogan_lib import checkpoints, plots

    if arguments.name is None:
        print("\n".join(checkpoints.available()) or f"none in {checkpoints.data_dir()}")
        return
    generator = checkpoints.load_generator(arguments.name)
    images = generator.sample(arguments.n, seed=arguments.seed, truncation=arguments.truncation)
    out = arguments.out or Path(f"{Path(arguments.name).stem}.png")
    out.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.fromarray(plots.tile(images, arguments.columns or round(arguments.n**0.5)))
    size = (picture.width * arguments.zoom, picture.height * arguments.zoom)
    picture.resize(size, Image.NEAREST).save(out)
    print(f"{arguments.n} dogs in {out}")


def add_score(commands):
    command = commands.add_parser(
        "score", help="measure generated dogs: FID, KID, MiFID, precision, recall"
    )
    command.add_argument("fake", help="a zip or folder of pictures, a shipped generator or .keras")
    command.add_argument("--real", default="auto", help="auto, stanford, doodle, or a path")
    command.add_argument("--features", default="dognet", choices=("dognet", "inception"))
    command.add_argument("-n", type=_positive, help="pictures of each kind")
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--json", type=Path, metavar="FILE", help="write the table there too")
    command.set_defaults(do=do_score)


def do_score(arguments):
    import json

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
    command.add_argument("-n", type=_positive, default=10_000, help="how many (10,000)")
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--enlarge", action="store_true", help="resize other sizes to 64x64")
    command.set_defaults(do=do_submit)


def do_submit(arguments):
    from dogan_lib.metrics import report

    fake = _pictures_or_generator(arguments.fake)
    options = {"n": arguments.n, "seed": arguments.seed, "enlarge": arguments.enlarge}
    print(f"{arguments.n:,} dogs in {report.submit(fake, arguments.out, **options)}")


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not a positive number")
    return value


COMMANDS = [
    add_run,
    add_refresh,
    add_site,
    add_lab,
    add_data,
    add_train,
    add_sample,
    add_score,
    add_submit,
]

if __name__ == "__main__":
    sys.exit(main())
