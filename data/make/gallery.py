"""The pictures of the site's gallery, docs/gallery/: `python -m data.make.gallery [NAME ...]`.

"playground" is docs/playground.webp, the README's film.

For each shipped generator a grid of dogs, none picked; a film that walks from dog to dog; and the
same dogs at four truncations. All of them are drawn by the generators: no data set is needed.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from dogan_lib import cards, checkpoints, plots
from dogan_lib.classroom import plane, pyramids, scene, truncation
from dogan_lib.classroom.text_encoder import load_encoder
from dogan_lib.doodles import captions

OUT = Path(__file__).resolve().parents[2] / "docs" / "gallery"
COLUMNS, ROWS, SEED = 10, 4, 7
STEPS, STOPS, WALKERS = 8, 4, 6  # of the film: pictures between two dogs, dogs, at a time
TRUNCATIONS = (0.5, 0.7, 1.0, None)


def main(arguments=None) -> int:
    """Draw the generators that are named, all of them by default."""
    parser = argparse.ArgumentParser(prog="python -m data.make.gallery", description=main.__doc__)
    parser.add_argument("names", nargs="*")
    names = parser.parse_args(arguments).names or [*cards.available(), *shipped_pyramids()]
    OUT.mkdir(exist_ok=True)
    for name in names:
        print(name, flush=True)
        if name == "playground":
            record(OUT.parent / "playground.webp")
        elif name.startswith("singan_"):
            draw_pyramid(name)
        else:
            draw(name)
    return 0


def shipped_pyramids() -> list[str]:
    """The SinGANs of one picture each."""
    return sorted(path.stem for path in (cards.data_dir() / "checkpoints").glob("singan_*.npz"))


def draw(name: str) -> None:
    """Grid, film and truncation of one generator."""
    generator = checkpoints.load_generator(name)
    _save(generator.sample(COLUMNS * ROWS, seed=SEED), COLUMNS, OUT / f"{name}.webp")
    stands = truncation.stands(generator, TRUNCATIONS)
    rows = [each.sample(COLUMNS, seed=SEED, truncation=t) for t, each in stands.items()]
    _save(np.concatenate(rows), COLUMNS, OUT / f"{name}_truncation.webp")
    film = [Image.fromarray(plots.tile(pictures, WALKERS)) for pictures in walk(generator)]
    target = OUT / f"{name}_walk.webp"
    film[0].save(target, save_all=True, append_images=film[1:], duration=110, loop=0, quality=60)


def walk(generator) -> list[np.ndarray]:
    """Batches of six dogs, each on its way through the same number of latents and home again."""
    stops = np.random.default_rng(SEED).normal(size=(STOPS, WALKERS, generator.latent_dim))
    others = conditions(generator)
    film = []
    for here, there in zip(stops, np.roll(stops, -1, axis=0), strict=True):
        for t in np.arange(STEPS) / STEPS:
            z = (1 - t) * here + t * there
            # Halfway between two latents is nearer to zero than either: keep the usual length.
            z = z / np.sqrt((1 - t) ** 2 + t**2)
            film.append(generator.decode(z, **others))
    return film


def conditions(generator) -> dict[str, np.ndarray]:
    """One breed or caption a dog, the same on the whole way; empty where there are none."""
    if generator.classes:
        return {"labels": np.random.default_rng(SEED).integers(generator.classes, size=WALKERS)}
    if "captions" in generator.inputs:
        return {"captions": load_encoder()(captions.draw(WALKERS, SEED))}
    return {}


def draw_pyramid(name: str) -> None:
    """Six samples of one picture's SinGAN."""
    _save(np.asarray(pyramids.load(name).sample(6)), 3, OUT / f"{name}.webp")


def _still(pictures, columns: int) -> Image.Image:
    image = Image.fromarray(plots.tile(pictures, columns))
    zoom = 2 if pictures.shape[1] <= 64 else 1
    return image.resize((image.width * zoom, image.height * zoom), Image.NEAREST)


def _save(pictures, columns: int, path: Path) -> None:
    _still(pictures, columns).save(path, quality=85)


def record(path: Path, pictures: int = 60, rounds: int = 25) -> None:
    """A game on the ring as an animated WebP; its last picture stays for three seconds.

    Args:
        rounds: updates of G between two pictures.
    """
    game = plane.Game("ring")
    frames = [scene.render(game.scene())]
    for _ in range(pictures - 1):
        game.train(rounds)
        frames.append(scene.render(game.scene()))
    times = [100] * (pictures - 1) + [3000]
    rest = dict(append_images=frames[1:], duration=times, loop=0, quality=60, method=4)
    frames[0].save(path, "webp", save_all=True, **rest)


if __name__ == "__main__":
    sys.exit(main())
