"""SinGANs that the course trained, each on one picture, and the pictures.

`dogan train singan_china --ship` trains one of them anew, in minutes on two cores.
"""

import time
from pathlib import Path

import numpy as np
from PIL import Image

from dogan_lib import runtime
from dogan_lib.checkpoints import data_dir
from dogan_lib.models.singan import SinGAN
from dogan_lib.models.singan_uses import super_resolution_gan
from dogan_lib.runtime import write_atomically

PICTURES = ("china", "flower", "doodle")

# name -> (picture, how the SinGAN is made). The coarsest scale of singan_china_n3 and _n4 is
# larger, so that 3 and 4 scales are enough instead of 6.
PYRAMIDS = {
    "singan_china": ("china", lambda seed: SinGAN(max_size=96, seed=seed)),
    "singan_china_sr": ("china", lambda seed: super_resolution_gan(seed, max_size=64)),
    "singan_doodle": ("doodle", lambda seed: SinGAN(max_size=64, seed=seed)),
    "singan_china_n3": ("china", lambda seed: SinGAN(max_size=96, min_size=60, seed=seed)),
    "singan_china_n4": ("china", lambda seed: SinGAN(max_size=96, min_size=44, seed=seed)),
    "singan_flower": ("flower", lambda seed: SinGAN(max_size=64, seed=seed)),
}


def example(name: str = "china") -> Image.Image:
    """A picture to learn from: two photographs that scikit-learn brings along, and a doodle.

    Raises:
        ValueError: there is no such picture.
        ModuleNotFoundError: scikit-learn is not installed.
    """
    if name not in PICTURES:
        raise ValueError(f"no example {name!r}; there is {', '.join(PICTURES)}")
    if name == "doodle":
        from dogan_lib.dogs import load_dogs

        return Image.fromarray(load_dogs(size=128, source="doodle", limit=8, seed=4).images[0])
    try:
        from sklearn.datasets import load_sample_image
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "the photographs come with scikit-learn: pip install scikit-learn, or fit a SinGAN on "
            "a picture of yours"
        ) from None
    return Image.fromarray(np.ascontiguousarray(load_sample_image(f"{name}.jpg")))


def load(name: str) -> SinGAN:
    """A trained SinGAN by name.

    Raises:
        FileNotFoundError: there is none; the message lists those there are.
    """
    path = data_dir() / "checkpoints" / f"{name}.npz"
    if not path.exists():
        there = sorted(file.stem for file in path.parent.glob("singan_*.npz"))
        raise FileNotFoundError(f"no pyramid {name!r}; there is {', '.join(there) or 'none'}")
    return SinGAN.load(path)


def train(name: str, out: str | Path | None = None, seed: int = 0, ship: bool = False) -> Path:
    """Train one of `PYRAMIDS`; started again it goes on with the next scale.

    Args:
        out: folder for `gan.npz` and a picture of 8 samples; `runs/NAME`.
        ship: copy the finished pyramid to `data/checkpoints`.
    """
    picture, make = PYRAMIDS[name]
    out = Path(out or Path("runs") / name)
    out.mkdir(parents=True, exist_ok=True)
    print(f"{name}: {runtime.setup(seed, small=True)}")
    path = out / "gan.npz"
    gan = SinGAN.load(path) if path.exists() else make(seed)
    start = time.perf_counter()
    gan.fit(example(picture), callbacks=[lambda now: now.done and gan.save(path)])
    print(f"{gan} in {time.perf_counter() - start:.0f} s")
    _draw(gan, out / "samples.png")
    if ship:
        print(gan.save(data_dir() / "checkpoints" / f"{name}.npz"))
    return out


def _draw(gan, path):
    """The picture, its reconstruction and six samples, side by side."""
    from dogan_lib import plots

    shown = np.concatenate([gan.real()[None], gan.reconstruct(), gan.sample(6)])
    with write_atomically(path) as temporary:
        Image.fromarray(plots.tile(shown, 4)).save(temporary, format="png")
