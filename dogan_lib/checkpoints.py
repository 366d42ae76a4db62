"""The generators that the course trained, and yours: small files, each with a card.

A shipped generator is an ordinary `.keras` file whose weights are stored as float16, beside a
`.json` card: data, steps, seed, time, machine, versions. Nothing in it is unpickled.
"""

from pathlib import Path

from dogan_lib.cards import available, read_card
from dogan_lib.cards import card as card
from dogan_lib.generator import Generator
from dogan_lib.runtime import data_dir
from dogan_lib.saving import in_float32, read_network


def load_generator(name: str | Path) -> Generator:
    """A shipped generator by its name, or any saved generator or GAN by its path.

    Raises:
        FileNotFoundError: there is none; the message lists those there are.
        ValueError: the file is damaged, or holds something else.
    """
    path = Path(name)
    if path.suffix != ".keras":
        path = data_dir() / "checkpoints" / f"{name}.keras"
    if not path.is_file():
        there = ", ".join(available()) or f"none in {data_dir() / 'checkpoints'}"
        raise FileNotFoundError(
            f"no generator {str(name)!r}; there is {there}. Give one of these names, the path of "
            "a .keras file, or set DOGAN_DATA to the folder that holds checkpoints/."
        )
    from dogan_lib.models import biggan, pggan, projected, text  # noqa: F401 (a whole GAN's classes)

    model = read_network(path)
    model = getattr(model, "ema_generator", model)
    ends = [getattr(model, name, None) for name in ("inputs", "outputs")]  # none: a subclassed one
    ends = [len(end[0].shape) for end in ends if end]
    if ends != [2, 4]:
        raise ValueError(f"{path} holds {model.name}, which does not draw pictures from latents")
    return Generator(in_float32(model), read_card(path.with_suffix(".json")))
