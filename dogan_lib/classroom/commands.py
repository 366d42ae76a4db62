"""What the command line does with dogs and with networks: `data`, `sample`, `score`, `submit`.

Heavy imports stay inside the functions: `dogan --help` must not wait for TensorFlow.
"""

import argparse
from pathlib import Path

from dogan_lib import import_tensorflow_quietly


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
    from dogan_lib.classroom.truncation import standing

    generator = standing(checkpoints.load_generator(arguments.name), arguments.truncation)
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
    from dogan_lib.metrics.sources import pictures
    from dogan_lib.runtime import write_atomically

    fake = _pictures_or_generator(arguments.fake)
    dogs = load_dogs(size=pictures(fake, 1).images.shape[1], source=arguments.real)
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


COMMANDS = [add_data, add_sample, add_score, add_submit]
