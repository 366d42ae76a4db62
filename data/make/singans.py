"""SinGANs of chapters 12 and 13, each on one picture: `dogan train singan_wood --ship`.

One picture is drawn here, of what SinGAN likes: many small things, texture everywhere.
"""

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from dogan_lib import plots, runtime
from dogan_lib.checkpoints import data_dir
from dogan_lib.classroom.pyramids import photograph
from dogan_lib.classroom.singan_uses import super_resolution_gan
from dogan_lib.models.singan import Schedule, SinGAN
from dogan_lib.models.singan_training import SCHEDULES
from dogan_lib.runtime import write_atomically

SIZE = (640, 480)  # at which scenes are drawn, before they are shrunk

# ---------------------------------------------------------------------------- pictures


def wood(seed: int = 0) -> Image.Image:
    """Trees in autumn before a pale sky, fallen leaves on the ground."""
    random, (width, height) = np.random.default_rng(seed), SIZE
    image = Image.new("RGB", SIZE, "#cfe0ea")
    pen, ground = ImageDraw.Draw(image), 0.68 * height
    greens, leaves = ("#51652a", "#6c7a30", "#43562a"), ("#c8401e", "#e0791f", "#f0b429", "#9c2a1c")
    pen.rectangle((0, ground, width, height), fill="#5c4a2a")
    _strokes(pen, random, (0, ground), SIZE, 5200, greens + leaves[1:3], 5)
    for depth in np.sort(random.uniform(0, 1, 15)):
        x, foot = random.uniform(0, width), ground + depth * 0.22 * height
        tall, colour = (0.42 + 0.4 * depth) * height, random.integers(4)
        thick = 4 + 9 * depth
        pen.polygon(
            [
                (x - thick, foot),
                (x - thick / 3, foot - tall),
                (x + thick / 3, foot - tall),
                (x + thick, foot),
            ],
            fill=("#4a3424", "#5b4532", "#3a2a20")[random.integers(3)],
        )
        for _ in range(int(260 + 300 * depth)):
            angle, far = random.uniform(0, 2 * np.pi), np.sqrt(random.random())
            at = (
                x + 0.3 * tall * far * np.cos(angle),
                foot - 0.72 * tall + 0.34 * tall * far * np.sin(angle),
            )
            shade = leaves[colour] if random.random() < 0.6 else leaves[random.integers(4)]
            _dab(pen, random, *at, 3 + 3 * depth, shade)
    return image


def _strokes(pen, random, start, stop, n, colours, size):
    for x, y in random.uniform(start, stop, (n, 2)):
        _dab(pen, random, x, y, size, colours[random.integers(len(colours))])


def _dab(pen, random, x, y, size, colour):
    a, b = size * random.uniform(0.5, 1.2, 2)
    pen.ellipse((x - a, y - b / 2, x + a, y + b / 2), fill=colour)


def hubble() -> Image.Image:
    """A part of NASA's Hubble Deep Field, from scikit-image: public domain."""
    from skimage import data

    return Image.fromarray(data.hubble_deep_field()[150:630, 180:820])


# ---------------------------------------------------------------------------- programs

FAST = (SCHEDULES["fast"], SCHEDULES["fast"])
# Coarse scales are cheap, and decide on the layout: they train longer.
_coarse = dataclasses.replace(SCHEDULES["fast"], iterations=2000, window=64, shared=8)
COARSE_FIRST = (_coarse, dataclasses.replace(_coarse, iterations=700))
# What a normalisation learns on small windows does not hold for a sky that is black without noise.
WIDER = (_coarse, dataclasses.replace(_coarse, iterations=500, window=128))


@dataclasses.dataclass(frozen=True)
class Program:
    """One shipped SinGAN: its picture, how it is made, and the schedules of its training.

    Attributes:
        schedules: that of the three coarsest scales, and that of the others.
    """

    picture: Callable[[], Image.Image]
    make: Callable[..., SinGAN]
    schedules: tuple[Schedule, Schedule] = COARSE_FIRST

    def fit(self, gan: SinGAN, callbacks=()) -> SinGAN:
        gan.take(self.picture())
        coarse, fine = self.schedules
        gan.fit(schedule=coarse, callbacks=callbacks, scales=max(3, len(gan.scales)))
        return gan.fit(schedule=fine, callbacks=callbacks)


def _small(**settings) -> Callable[..., SinGAN]:
    """Narrow, with noise as strong as what the scale below lacks: see chapter 12."""
    return lambda seed: SinGAN(
        **{"max_size": 250, "widest": 32, "noise": 1.0, **settings}, seed=seed
    )


PROGRAMS = {
    "singan_hubble": Program(hubble, _small(), WIDER),
    # What noise does, on a smaller picture.
    "singan_hubble_128": Program(hubble, _small(max_size=128)),
    "singan_hubble_paper": Program(hubble, _small(max_size=128, noise=0.1)),
    "singan_wood": Program(wood, _small()),
    # A larger coarsest scale: 3 and 4 scales are enough in place of 6.
    "singan_china": Program(photograph, lambda seed: SinGAN(max_size=96, seed=seed), FAST),
    "singan_china_n3": Program(
        photograph, lambda seed: SinGAN(max_size=96, min_size=60, seed=seed), FAST
    ),
    "singan_china_n4": Program(
        photograph, lambda seed: SinGAN(max_size=96, min_size=44, seed=seed), FAST
    ),
    "singan_china_sr": Program(
        photograph, lambda seed: super_resolution_gan(seed, max_size=64), FAST
    ),
}


def train(name: str, out: str | Path | None = None, seed: int = 0, ship: bool = False) -> Path:
    """Train one of `PROGRAMS`; started again it goes on with the next scale.

    Args:
        out: folder for `gan.npz` and a picture of samples from each start scale; `runs/NAME`.
        ship: copy the finished pyramid to `data/checkpoints`.
    """
    program, out = PROGRAMS[name], Path(out or Path("runs") / name)
    out.mkdir(parents=True, exist_ok=True)
    print(f"{name}: {runtime.setup(seed, small=True)}")
    path = out / "gan.npz"
    runtime.sweep(path)
    gan = SinGAN.load(path) if path.exists() else program.make(seed)
    start = time.perf_counter()
    program.fit(gan, [lambda now: now.done and gan.save(path)])
    print(f"{gan} in {time.perf_counter() - start:.0f} s")
    _draw(gan, out / "samples.png")
    if ship:
        print(gan.save(data_dir() / "checkpoints" / f"{name}.npz"))
    return out


def _draw(gan, path):
    """The picture, its reconstruction and two samples; then four from each start scale."""
    starts = range(len(gan.scales) - 1)
    rows = [gan.real()[None], gan.reconstruct(), gan.sample(2, seed=9)]
    shown = np.concatenate([*rows, *(gan.sample(4, start_scale=k) for k in starts)])
    with write_atomically(path) as temporary:
        Image.fromarray(plots.tile(shown, 4)).save(temporary, format="png")
