"""SinGAN: a pyramid of small GANs learns the patches of one picture, from coarse to fine.

gan = SinGAN().fit("trees.png")
gan.sample(4, shape=(64, 160), seed=1)      # any shape
gan.sample(4, start_scale=2)                # the large structure of the picture, new details
gan.save("trees.npz")

Index 0 is the coarsest scale. How a scale draws is in `singan_scales`, its networks and their
steps are in `singan_networks`, its training is in `singan_training`.

Reference: Shaham et al. 2019, https://arxiv.org/abs/1905.01164
"""

import functools
import io
import json
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image

from dogan_lib.models.singan_networks import discriminator, generator
from dogan_lib.models.singan_scales import (
    Scale,
    as_float,
    as_picture,
    climb,
    draw_noise,
    pyramid,
    resize,
    shrunk,
)
from dogan_lib.models.singan_training import SCHEDULES, Schedule, Training
from dogan_lib.plots import png
from dogan_lib.runtime import write_atomically

__all__ = ["Scale", "Schedule", "SinGAN", "Training", "discriminator", "generator", "pyramid"]

FORMAT = "dogan-singan-1"


class SinGAN:
    """A generative model of one picture.

    Args:
        min_size: short side of the coarsest scale, pixels.
        max_size: pictures with a longer side are shrunk to it, as in the paper.
        ratio: of two scales, about; `pyramid` says how exactly.
        width: channels of the first four scales; they double every four scales.
        widest: channels at most; 4 x width where not given, as in the paper.
        reconstruction: weight of the reconstruction's error in G's loss; 100 for super-resolution.
        noise: sigma of a scale, over the error of what comes from below. The paper's .1 leaves
            little to vary above the coarsest scale; more makes each scale invent more.
        seed: of everything random while training.
        precision: of its convolutions, "float32", "bfloat16", or "auto": what is fast here.

    Attributes:
        image: the picture that it learns, uint8 (H, W, 3).
        shapes: of all scales, coarsest first.
        scales: those that are trained.
        z_star: the fixed noise of the reconstruction, float32 (h, w, 1) at the coarsest scale.
        critic: weights of the last trained scale's D; None where all scales are trained.
    """

    def __init__(
        self,
        min_size: int = 25,
        max_size: int = 250,
        ratio: float = 0.75,
        width: int = 32,
        widest: int | None = None,
        reconstruction: float = 10.0,
        noise: float = 0.1,
        seed: int = 0,
        precision: str = "auto",
    ):
        if not 0.3 <= ratio <= 0.95:
            raise ValueError(f"ratio is the size of a scale over the next one's, not {ratio}")
        if precision not in ("auto", "float32", "bfloat16"):
            raise ValueError(f'precision is "auto", "float32" or "bfloat16", not {precision!r}')
        if min_size < 12:
            raise ValueError(f"D looks at 11x11 pixels: min_size is at least 12, not {min_size}")
        self.settings = dict(min_size=min_size, max_size=max_size, ratio=ratio, width=width)
        widest = widest or 4 * width
        self.settings |= dict(widest=widest, reconstruction=reconstruction, noise=noise, seed=seed)
        self.precision = precision
        self.image: np.ndarray | None = None
        self.shapes: list[tuple[int, int]] = []
        self.scales: list[Scale] = []
        self.critic: list[np.ndarray] | None = None

    def __repr__(self):
        if self.image is None:
            return "SinGAN(untrained)"
        height, width = self.image.shape[:2]
        return f"SinGAN({width}x{height}, {len(self.scales)} of {len(self.shapes)} scales trained)"

    def width_at(self, scale: int) -> int:
        """Channels: min(width · 2^⌊scale/4⌋, widest)."""
        return min(self.settings["width"] * 2 ** (scale // 4), self.settings["widest"])

    def random(self, scale: int, purpose: str) -> np.random.Generator:
        """The same numbers for the same scale, whatever was drawn before: a run can be resumed."""
        purposes = ("z*", "weights", "training")
        return np.random.default_rng([self.settings["seed"], scale, purposes.index(purpose)])

    # Training ----------------------------------------------------------------------------------

    def fit(
        self,
        image=None,
        schedule: str | Schedule = "fast",
        callbacks=(),
        scales: int | None = None,
        verbose: bool = True,
    ) -> "SinGAN":
        """Train scale after scale; one that has scales already goes on with the next.

        Args:
            image: see `as_picture`. Not needed to go on.
            schedule: "fast", "paper" (2000 iterations a scale), or a `Schedule`.
            callbacks: functions of the scale's `Training`, called after each block of iterations:
                `lambda now: now.done and gan.save("trees.npz")`.
            scales: stop after so many; all where not given.
            verbose: print a line for each scale.

        Raises:
            ValueError: the picture is too small or too large, or another one than before.
            FloatingPointError: a loss stopped being a number.
        """
        self.take(image)
        plan = schedule if isinstance(schedule, Schedule) else SCHEDULES.get(schedule)
        if plan is None:
            names = ", ".join(SCHEDULES)
            raise ValueError(f"schedule={schedule!r}: choose {names}, or give a Schedule")
        for k in range(len(self.scales), min(scales or len(self.shapes), len(self.shapes))):
            training = Training(self, k, plan)
            training.run(callbacks)
            if verbose:
                print(training, flush=True)
        return self

    def take(self, image):
        """Prepare the pyramid of the picture, or check that it is the one we know."""
        if image is None and self.image is None:
            raise ValueError("which picture? fit(image) takes a path, a PIL image or an array")
        if image is None:
            return
        picture = shrunk(as_picture(image), self.settings["max_size"])
        if self.image is not None and not np.array_equal(picture, self.image):
            raise ValueError("this SinGAN knows another picture: make a new SinGAN() for this one")
        settings = self.settings
        self.shapes, _ = pyramid(picture.shape[:2], settings["min_size"], settings["ratio"])
        self.image = picture
        z = self.random(0, "z*").standard_normal((*self.shapes[0], 1))
        self.z_star = z.astype("float16").astype("float32")

    def real(self, scale: int = -1) -> np.ndarray:
        """The picture itself at a scale, float32 (h, w, 3) in [-1, 1]."""
        return resize(as_float(self.image)[None], self.shapes[scale]).numpy()[0]

    # Drawing -----------------------------------------------------------------------------------

    def sample(
        self,
        n: int = 1,
        shape: tuple[int, int] | None = None,
        start_scale: int = 0,
        seed: int = 0,
        image=None,
    ) -> np.ndarray:
        """n pictures, float32 (n, H, W, 3) in [-1, 1]; the same seed gives the same ones.

        Args:
            shape: (H, W) of the result; that of the training picture where not given.
            start_scale: scales below it do not draw: they show the training picture
                (`reconstruct`), or `image`. 0 makes everything new.
            image: a picture that is shrunk to the scale below `start_scale`, and goes on from
                there: what it shows stays, what it is made of becomes that of the training
                picture.
        """
        return self.stages(n, shape, start_scale, seed, image)[-1]

    def stages(
        self, n: int = 1, shape=None, start_scale=0, seed=0, image=None, scales=None
    ) -> list[np.ndarray]:
        """As `sample`, but what comes out of each scale from `start_scale` on.

        Args:
            scales: these in place of its own.
        """
        scales = scales or self.scales
        if not scales:
            raise ValueError("nothing is trained yet: call fit(image) first")
        if not 0 <= start_scale < len(scales):
            raise ValueError(f"start_scale is 0 to {len(scales) - 1}, not {start_scale}")
        shapes = self._shapes(len(scales), shape)
        random = np.random.default_rng(seed)
        up = tf.repeat(self._start(shapes, start_scale, image), n, axis=0)
        noise = functools.partial(draw_noise, n, random=random)
        return [picture.numpy() for picture in climb(scales, shapes, up, noise, start_scale)]

    def _start(self, shapes, start_scale, image):
        """What enters the first scale that draws, (1, h, w, 3)."""
        if start_scale == 0:
            if image is not None:
                raise ValueError("an image starts at scale 1 or above; scale 0 makes all new")
            return tf.zeros((1, *shapes[0], 3))
        if image is None:
            below = self.reconstruct(start_scale - 1)
        else:
            below = as_float(as_picture(image))[None]
        return resize(resize(below, shapes[start_scale - 1]), shapes[start_scale])

    def _shapes(self, count, shape):
        """The size of the picture at each of the first scales, for a result of this shape."""
        own = self.shapes[:count]
        if shape is None:
            return own
        height, width = (int(side) for side in shape)
        y, x = height / own[-1][0], width / own[-1][1]
        below = [(max(1, round(h * y)), max(1, round(w * x))) for h, w in own[:-1]]
        return [*below, (height, width)]

    def reconstruct(self, scale: int = -1) -> np.ndarray:
        """The training picture as the pyramid makes it from z*, float32 (1, h, w, 3)."""
        if not self.scales:
            raise ValueError("nothing is trained yet: call fit(image) first")
        scales = self.scales[: range(len(self.scales))[scale] + 1]
        *_, last = climb(scales, self.shapes, tf.zeros((1, *self.shapes[0], 3)), self.rec_noise)
        return last.numpy()

    def rec_noise(self, scale: int, shape: tuple[int, int] | None = None) -> np.ndarray:
        """The noise of the reconstruction: z* at the coarsest scale, 0 above; (1, h, w, 3)."""
        still = np.zeros((1, *(shape or self.shapes[scale]), 3), "float32")
        return still if scale else still + self.z_star

    # Files -------------------------------------------------------------------------------------

    def save(self, path: str | Path) -> Path:
        """Write everything into one `.npz` file, whole or not at all.

        It holds the picture itself, and weights as float16. A SinGAN that is not finished yet also
        keeps its last D, and goes on after `load` as if it had never stopped.
        """
        if self.image is None:
            raise ValueError("nothing to save yet: call fit(image) first")
        path = Path(path)
        if path.suffix != ".npz":
            raise ValueError(f"the file's name ends in .npz, unlike {path.name}")
        card = json.dumps({"format": FORMAT, **self.card()}, ensure_ascii=False).encode()
        files = {"card": np.frombuffer(card, "uint8"), "z_star": self.z_star.astype("float16")}
        files["image"] = np.frombuffer(png(self.image), "uint8")
        players = {f"g{k}": scale.weights for k, scale in enumerate(self.scales)}
        for player, weights in (players | {"d": self.critic or []}).items():
            files |= {f"{player}_{i}": w.astype("float16") for i, w in enumerate(weights)}
        with write_atomically(path) as temporary:
            np.savez_compressed(temporary, **files)
        return path

    def card(self) -> dict:
        """The settings, and what happened at each scale."""
        rows = [{"sigma": scale.sigma, **scale.facts} for scale in self.scales]
        return {"settings": self.settings, "scales": rows}

    @classmethod
    def load(cls, path: str | Path, precision: str = "auto") -> "SinGAN":
        """What `save` wrote; nothing in the file is executed.

        Raises:
            ValueError: it is no SinGAN file.
        """
        cls(precision=precision)  # a wrong one is no fault of the file
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            card = json.loads(arrays["card"].tobytes())
            if card["format"] != FORMAT:
                raise ValueError(card["format"])
            gan = cls(**card["settings"], precision=precision)
            gan.take(Image.open(io.BytesIO(arrays["image"].tobytes())))
            gan.z_star = arrays["z_star"].astype("float32")
            for k, facts in enumerate(card["scales"]):
                sigma = facts.pop("sigma")
                gan.scales.append(Scale(_stored(arrays, f"g{k}_"), sigma, facts))
        except FileNotFoundError:
            raise
        except Exception as error:  # of zlib, the zip, NumPy, JSON or Pillow
            raise ValueError(f"{path} is not a file of SinGAN.save ({error})") from error
        gan.critic = _stored(arrays, "d_") or None
        return gan


def _stored(arrays, prefix) -> list[np.ndarray]:
    names = sorted((n for n in arrays if n.startswith(prefix)), key=lambda n: int(n[len(prefix) :]))
    return [arrays[name].astype("float32") for name in names]
