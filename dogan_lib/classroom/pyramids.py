"""SinGANs that the course trained, each on one picture; two photographs; and a pyramid as it grows.

`dogan train singan_wood --ship` trains one of them anew (`data/make/singans.py`).
"""

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_image

from dogan_lib import plots
from dogan_lib.checkpoints import data_dir
from dogan_lib.models.singan import SinGAN, Training


def photograph(name: str = "china") -> Image.Image:
    """One of the two photographs that scikit-learn brings along, "china" or "flower", 640x427."""
    return Image.fromarray(load_sample_image(f"{name}.jpg"))


def load(name: str) -> SinGAN:
    """A trained SinGAN by name; `.image` is its picture.

    Raises:
        FileNotFoundError: there is none; the message lists those there are.
    """
    path = data_dir() / "checkpoints" / f"{name}.npz"
    if not path.exists():
        there = sorted(file.stem for file in path.parent.glob("singan_*.npz"))
        raise FileNotFoundError(f"no pyramid {name!r}; there is {', '.join(there) or 'none'}")
    return SinGAN.load(path)


class Watch:
    """Show the pyramid as it grows, in one figure that updates in place.

    SinGAN().fit(picture, callbacks=[Watch()])

    Args:
        every: blocks of iterations between two pictures; the end of a scale is always shown.
    """

    def __init__(self, every: int = 5):
        self.every = every
        self.samples: dict[int, np.ndarray] = {}  # the last one of each scale
        self._blocks, self._handle = 0, None

    def __call__(self, now: Training):
        self._blocks += 1
        if now.done or self._blocks % self.every == 0:
            self.samples[now.scale] = now.sample()[0]
            self._update(now)

    def _update(self, now):
        from IPython.display import display

        alt = f"A random sample of each scale; {now}"
        picture = plots.Picture(plots.to_png(self.figure(now)), alt)
        if self._handle is None:
            self._handle = display(picture, display_id=True)
        else:
            self._handle.update(picture)

    def figure(self, now: Training):
        """A random sample of each scale so far, and the picture itself, all enlarged alike."""
        shown = {f"scale {k}": plots.to_uint8(sample) for k, sample in self.samples.items()}
        shown["the picture"] = now.gan.image
        columns = max(3, -(-len(shown) // 2))
        figure, axes = plt.subplots(2, columns, figsize=(3.1 * columns, 5.4))
        for ax in axes.flat:
            ax.axis("off")
        for ax, (title, picture) in zip(axes.flat, shown.items(), strict=False):
            ax.imshow(picture, interpolation="nearest")
            ax.set_title(f"{title}: {picture.shape[1]}×{picture.shape[0]}", fontsize=13)
        off = 127.5 * now.signals["reconstruction"]
        figure.suptitle(f"scale {now.scale} · reconstruction off by {off:.0f} of 255", fontsize=13)
        figure.tight_layout()
        return figure
