"""SinGAN's uses on the paper's own pictures: sheets to look at, and a table.

    python tests/benchmarks/singan_uses.py --size 128 --out runs/singan_uses

Needs the pictures of the paper (`DOGAN_SHARED_DATA`, or ../shared/data: its folder `singan`). Each
picture is trained on once and kept as a pyramid in the folder: started again, the script goes on
with the next one. Timings inform; nothing fails on them.
"""

import argparse
import os
import time
from pathlib import Path

import numpy as np
from PIL import Image

from dogan_lib import plots, runtime
from dogan_lib.classroom import singan_uses
from dogan_lib.classroom.moving import gif
from dogan_lib.classroom.single import diversity, perceptual, sifid
from dogan_lib.models.singan import SinGAN, as_picture

SAMPLED = ("trees3", "stone", "balloons", "irish_setter_01a3b064", "vizsla_2edc0a97")
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


class Gallery:
    """The pictures, a pyramid for each, and where results go."""

    def __init__(self, pictures: Path, out: Path, size: int, schedule: str):
        self.pictures, self.out, self.size, self.schedule = pictures, out, size, schedule
        out.mkdir(parents=True, exist_ok=True)

    def path(self, name) -> Path:
        found = list(self.pictures.glob(f"*/{name}.*"))
        if not found:
            raise SystemExit(f"no {name} in {self.pictures}")
        # There are two trees; the one to train on is among the natural pictures.
        return min(found, key=lambda path: path.parent.name != "natural")

    def picture(self, name, side=None):
        image = Image.fromarray(as_picture(self.path(name)))
        scale = (side or self.size) / max(image.size)
        shape = [round(length * scale) for length in image.size]
        return image.resize(shape, Image.Resampling.LANCZOS)

    def trained(self, name, image=None, gan=None) -> SinGAN:
        path = self.out / f"{name}.npz"
        if path.exists():
            return SinGAN.load(path)
        gan, start = gan or SinGAN(), time.perf_counter()
        gan.fit(image or self.picture(name), self.schedule, verbose=False)
        seconds = time.perf_counter() - start
        gan.save(path)
        scores = self.scores(gan)
        height, width = gan.image.shape[:2]
        print(f"| {name} | {width}x{height} | {seconds:.0f} | {scores} |", flush=True)
        return gan

    def scores(self, gan):
        samples = gan.sample(50, seed=1)
        score = float(sifid(gan.image, samples))
        error = np.sqrt(np.mean((gan.reconstruct()[0] - gan.real()) ** 2)) * 127.5
        return f"{score:.3f} | {diversity(gan.image, samples):.3f} | {error:.1f}"

    def sheet(self, name, pictures, columns=4):
        path = self.out / f"{name}.png"
        Image.fromarray(plots.tile(np.asarray(pictures), columns)).save(path)


def samples(gallery: Gallery, name):
    """The picture, three new ones, and one that starts at each scale."""
    gan = gallery.trained(name)
    starts = range(1, len(gan.scales))
    later = [gan.sample(1, start_scale=k, seed=2)[0] for k in starts]
    gallery.sheet(f"samples_{name}", [gan.real(), *gan.sample(3, seed=1), *later])


def paint(gallery: Gallery):
    gan, painting = gallery.trained("trees3"), gallery.path("trees1")
    drawn = [
        singan_uses.paint_to_image(gan, painting, start_scale=k)[0]
        for k in range(1, len(gan.scales))
    ]
    small = gallery.picture("trees1").resize(gan.real().shape[1::-1])
    gallery.sheet("paint", [gan.real(), np.asarray(small) / 127.5 - 1, *drawn])


def masked(gallery: Gallery, name, changed, mask, use):
    """Edit or harmonise at every start scale, and how far the rest of the picture moved."""
    gan = gallery.trained(name)
    shape, mask = gan.real().shape[:2], gallery.path(mask)
    crude = Image.fromarray(as_picture(gallery.path(changed))).resize(shape[::-1])
    starts = range(1, len(gan.scales))
    results = [use(gan, crude, mask, start_scale=k) for k in starts]
    radius = 20.0 if use is singan_uses.edit else 7.0
    outside = singan_uses.soft_mask(mask, shape, radius) == 0
    moved = max(np.abs(r - gan.real())[outside].max() for r in results) * 127.5
    print(f"{use.__name__} {name}: outside the mask the picture moved by {moved:.2f} of 255")
    gallery.sheet(f"{use.__name__}_{name}", [gan.real(), np.asarray(crude) / 127.5 - 1, *results])


def enlarge(gallery: Gallery, name="balloons", factor=4):
    """Against the truth: a quarter of the picture's size, enlarged in four ways."""
    import tensorflow as tf

    truth = gallery.picture(name, 240)
    truth = truth.crop((0, 0, *(side // factor * factor for side in truth.size)))
    low = truth.resize([side // factor for side in truth.size], Image.Resampling.BICUBIC)
    gan = gallery.trained(f"{name}_sr", low, singan_uses.super_resolution_gan())
    ways = {
        "bicubic": low.resize(truth.size, Image.Resampling.BICUBIC),
        "Lanczos": low.resize(truth.size, Image.Resampling.LANCZOS),
        "SinGAN": plots.to_uint8(singan_uses.super_resolution(gan, factor)),
        "... consistent": plots.to_uint8(
            singan_uses.super_resolution(gan, factor, consistent=True)
        ),
    }
    ways = {name: np.asarray(picture) for name, picture in ways.items()}
    truth = np.asarray(truth)
    print(f"\n| {name} x{factor} | PSNR | SSIM | perceptual | SIFID |\n|---|--:|--:|--:|--:|")
    for way, picture in ways.items():
        psnr = float(tf.image.psnr(truth, picture, 255))
        ssim = float(tf.image.ssim(truth[None], picture[None], 255)[0])
        seen, patches = perceptual(truth, picture), float(sifid(truth, picture[None]))
        print(f"| {way} | {psnr:.2f} | {ssim:.3f} | {seen:.3f} | {patches:.3f} |")
    gallery.sheet("super_resolution", [truth, *ways.values()], 3)


def move(gallery: Gallery, name="lightning1"):
    gan = gallery.trained(name)
    print()
    for start in (0, 1, 2):
        frames = singan_uses.animate(gan, 30, start_scale=start)
        step = np.abs(np.diff(frames, axis=0)).mean() * 127.5
        print(f"animation of {name} from scale {start}: frames differ by {step:.2f} of 255")
        (gallery.out / f"animation_{start}.gif").write_bytes(gif(frames))
        gallery.sheet(f"animation_{start}", frames[::4])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=128, help="long side in pixels (128)")
    parser.add_argument("--schedule", default="fast", help="fast or paper")
    parser.add_argument("--out", type=Path, default=Path("runs/singan_uses"))
    args = parser.parse_args()
    runtime.setup(small=True)
    pictures = Path(os.environ.get("DOGAN_SHARED_DATA") or SHARED) / "singan"
    if not pictures.is_dir():
        raise SystemExit(f"the paper's pictures are not in {pictures}")
    print(f"{args.schedule} schedule, long side {args.size}, on {runtime.device()}\n")
    print("| picture | size | seconds | SIFID of 50 | diversity | reconstruction, of 255 |")
    print("|---|--:|--:|--:|--:|--:|", flush=True)
    gallery = Gallery(pictures, args.out, args.size, args.schedule)
    for name in SAMPLED:
        samples(gallery, name)
    for name in ("starry_night", "tree"):
        gallery.trained(name)
    move(gallery)
    paint(gallery)
    for name in ("stone", "tree"):
        masked(gallery, name, f"{name}_edit", f"{name}_edit_mask", singan_uses.edit)
    night = ("starry_night", "starry_night_naive", "starry_night_naive_mask")
    masked(gallery, *night, singan_uses.harmonize)
    enlarge(gallery)


if __name__ == "__main__":
    main()
