"""SinGAN: a pyramid of small GANs learns the patches of one picture, from coarse to fine.

gan = SinGAN().fit("trees.png")
gan.sample(4, shape=(64, 160), seed=1)      # any shape
gan.sample(4, start_scale=2)                # the large structure of the picture, new details
gan.save("trees.npz")

Index 0 is the coarsest scale. All numbers follow the authors' code; its training loop is in
`dogan_lib.models.singan_training`.

Reference: Shaham et al. 2019, https://arxiv.org/abs/1905.01164
"""

import dataclasses
import io
import json
import math
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image, ImageOps

from dogan_lib.models.singan_training import (
    BORDER,
    EPSILON,
    SIGNALS,
    SLOPE,
    Pace,
    Schedule,
    discriminator,
    generator,
    named,
    trainer,
)
from dogan_lib.plots import Picture, to_png, to_uint8
from dogan_lib.runtime import best_precision, write_atomically

__all__ = ["Scale", "Schedule", "SinGAN", "Status", "Watch", "discriminator", "generator"]

LARGEST = 10_000  # pixels a side of what is read; phones take half of that
WHOLE = 2**18  # pixels that go through a scale in one piece
FORMAT = "dogan-singan-1"


# ---------------------------------------------------------------------------- pictures


def as_picture(image) -> np.ndarray:
    """Any picture as uint8 (H, W, 3).

    Args:
        image: a path, a `PIL.Image` of any mode (transparency becomes white), or an array
            (H, W), (H, W, 1), (H, W, 3) or (H, W, 4): uint8, or float in [-1, 1].

    Raises:
        ValueError: an array of another shape.
    """
    if isinstance(image, str | Path):
        with Image.open(image) as opened:
            return as_picture(ImageOps.exif_transpose(opened))
    if not isinstance(image, Image.Image):
        image = _from_array(np.asarray(image))
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image, "uint16") // 257).astype("uint8"))
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return np.asarray(Image.alpha_composite(white, image).convert("RGB"))


def _from_array(array):
    if array.ndim == 3 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[-1] not in (3, 4)):
        raise ValueError(f"a picture is (H, W), (H, W, 3) or (H, W, 4), not {array.shape}")
    return Image.fromarray(to_uint8(array))


def as_float(picture: np.ndarray) -> np.ndarray:
    """uint8 [0, 255] -> float32 [-1, 1]."""
    return picture.astype("float32") / 127.5 - 1


def resize(pictures, shape: tuple[int, int]) -> tf.Tensor:
    """Float pictures (n, H, W, 3) as (n, *shape, 3), clipped to [-1, 1]; antialiased bicubic."""
    pictures = tf.clip_by_value(tf.convert_to_tensor(pictures), -1, 1)
    if tuple(pictures.shape[1:3]) != tuple(shape):
        pictures = tf.image.resize(pictures, shape, "bicubic", antialias=True)
    return tf.clip_by_value(pictures, -1, 1)  # a cubic overshoots at edges


def pyramid(
    shape: tuple[int, int], min_size: int = 25, ratio: float = 0.75
) -> tuple[list[tuple[int, int]], float]:
    """The shapes of all scales, coarsest first, and the exact ratio of two neighbours.

    The last index is N = ceil(log_ratio(min_size / short side)) + 1, and the exact ratio
    (min_size / short side)^(1/N) makes the coarsest short side `min_size`: 250x250 has 11 scales,
    128x128 eight, 64x64 six.

    Raises:
        ValueError: the short side is not longer than `min_size`.
    """
    short = min(shape)
    if short <= min_size:
        raise ValueError(
            f"a picture of {shape[1]}x{shape[0]} pixels is too small: its short side must be "
            f"longer than the coarsest scale's {min_size}. Take a larger picture, crop a long one "
            f"to a squarer shape, or lower min_size to, for example, {max(2 * short // 3, 1)}."
        )
    last = math.ceil(round(math.log(min_size / short, ratio), 6)) + 1
    exact = (min_size / short) ** (1 / last)
    sides = [[math.ceil(round(s * exact ** (last - k), 6)) for s in shape] for k in range(last + 1)]
    return [tuple(pair) for pair in sides], exact


# ---------------------------------------------------------------------------- one scale


@dataclasses.dataclass(frozen=True, eq=False)
class Scale:
    """A trained scale.

    Attributes:
        weights: those of `generator(width)`, rounded to float16: what a file holds is exactly what
            the scales above were trained on.
        sigma: how strong its noise is.
        facts: iterations, seconds, the reconstruction's error ...
    """

    weights: list[np.ndarray]
    sigma: float
    facts: dict = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        # At inference a batch normalisation is a gain and an offset: part of the convolution.
        object.__setattr__(self, "_folded", list(_fold(self.weights)))

    @property
    def width(self) -> int:
        """Channels of each block."""
        return self.weights[0].shape[-1]

    def __call__(self, up, z) -> tf.Tensor:
        """G: the picture from below, enlarged, and unit noise, both (n, H, W, 3) -> the same."""
        up, z = _padded(up), _padded(z)
        return self._in_pieces(self.sigma * z + up, up)

    def _in_pieces(self, noisy, up):
        """Halves of what is too large for the memory; a piece sees a border of its neighbours."""
        n, height, width = noisy.shape[:3]
        if n * height * width <= WHOLE or (n == 1 and height < 8 * BORDER):
            return self._network(noisy, up)
        if n > 1:
            pieces = [slice(n // 2), slice(n // 2, n)]
            return tf.concat([self._in_pieces(noisy[p], up[p]) for p in pieces], 0)
        half = (height - 2 * BORDER) // 2
        pieces = [slice(half + 2 * BORDER), slice(half, height)]
        return tf.concat([self._in_pieces(noisy[:, p], up[:, p]) for p in pieces], 1)

    def _network(self, noisy, up):
        x = noisy
        for kernel, bias in self._folded[:-1]:
            x = tf.nn.leaky_relu(tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "VALID"), bias), SLOPE)
        kernel, bias = self._folded[-1]
        x = tf.tanh(tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "VALID"), bias))
        return x + up[:, BORDER:-BORDER, BORDER:-BORDER]


def _fold(weights):
    """(kernel, bias) of five convolutions that do what G does with its moving averages."""
    *blocks, kernel, bias = weights
    for i in range(0, len(blocks), 6):
        block_kernel, block_bias, gain, offset, mean, variance = blocks[i : i + 6]
        gain = gain / np.sqrt(variance + EPSILON)
        yield tf.constant(block_kernel * gain), tf.constant((block_bias - mean) * gain + offset)
    yield tf.constant(kernel), tf.constant(bias)


def _rounded(weights) -> list[np.ndarray]:
    """As a file keeps them."""
    return [np.asarray(w, "float16").astype("float32") for w in weights]


@dataclasses.dataclass(frozen=True, eq=False)
class Status:
    """What a callback of `SinGAN.fit` is told after each block of iterations.

    Attributes:
        gan: the SinGAN; its `scales` hold those that are finished.
        scale, scales: the index of the one in training, and how many there will be.
        iteration, iterations: done in this scale, and at most.
        signals: means of the block: `gap` D(real) - D(fake), `penalty`, and `reconstruction`, the
            root of the mean squared error.
        seconds: spent on this scale.
        done: whether this scale is finished, and in `gan.scales`.
    """

    gan: "SinGAN"
    scale: int
    scales: int
    iteration: int
    iterations: int
    signals: dict[str, float]
    seconds: float
    done: bool
    _current: Callable[[], Scale]

    def sample(self, n: int = 1, seed: int = 0) -> np.ndarray:
        """What the pyramid makes now, float32 (n, h, w, 3) at the size of this scale."""
        return self.gan._sample([*self.gan.scales[: self.scale], self._current()], n, seed=seed)

    def __str__(self):
        height, width = self.gan.shapes[self.scale]
        return (
            f"scale {self.scale + 1}/{self.scales} · {width}x{height} · {self.iteration} of at "
            f"most {self.iterations} iterations · {self.seconds:.1f} s · reconstruction off by "
            f"{self.signals['reconstruction']:.3f}"
        )


# ---------------------------------------------------------------------------- the pyramid


class SinGAN:
    """A generative model of one picture.

    Args:
        min_size: short side of the coarsest scale, pixels.
        max_size: pictures with a longer side are shrunk to it, as in the paper.
        ratio: of two scales, about; `pyramid` says how exactly.
        width: channels of the first four scales; they double every four scales, up to 128.
        reconstruction: weight of the reconstruction's error in G's loss; 100 for super-resolution.
        noise: sigma of a scale, over the error of what comes from below.
        seed: of everything random while training.
        precision: of the convolutions while training, "float32" or "bfloat16"; "auto" is bfloat16
            where the CPU is fast with it.

    Attributes:
        image: the picture that it learns, uint8 (H, W, 3).
        shapes: of all scales, coarsest first.
        scales: those that are trained.
        z_star: the fixed noise of the reconstruction, float32 (h, w, 1) at the coarsest scale.
    """

    def __init__(
        self,
        min_size: int = 25,
        max_size: int = 250,
        ratio: float = 0.75,
        width: int = 32,
        reconstruction: float = 10.0,
        noise: float = 0.1,
        seed: int = 0,
        precision: str = "auto",
    ):
        if not 0.3 <= ratio <= 0.95:
            raise ValueError(f"ratio is the size of a scale over the next one's, not {ratio}")
        if min_size < 12:
            raise ValueError(f"D looks at 11x11 pixels: min_size is at least 12, not {min_size}")
        self.settings = dict(
            min_size=min_size,
            max_size=max_size,
            ratio=ratio,
            width=width,
            reconstruction=reconstruction,
            noise=noise,
            seed=seed,
        )
        self.precision = precision
        self.image: np.ndarray | None = None
        self.shapes: list[tuple[int, int]] = []
        self.scales: list[Scale] = []
        self.exact_ratio = ratio
        self._critic: list[np.ndarray] | None = None  # D of the last trained scale

    def __repr__(self):
        if self.image is None:
            return "SinGAN(untrained)"
        height, width = self.image.shape[:2]
        return f"SinGAN({width}x{height}, {len(self.scales)} of {len(self.shapes)} scales trained)"

    def width_at(self, scale: int) -> int:
        """Channels: min(32 · 2^⌊scale/4⌋, 128)."""
        width = self.settings["width"]
        return min(width * 2 ** (scale // 4), 4 * width)

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
            callbacks: functions of a `Status`, called after each block of iterations and at the
                end of each scale: `lambda now: now.done and gan.save("trees.npz")`.
            scales: stop after so many; all where not given.
            verbose: print a line for each scale.

        Raises:
            ValueError: the picture is too small or too large, or another one than before.
            FloatingPointError: a loss stopped being a number.
        """
        self._take(image)
        last = len(self.shapes) if scales is None else min(scales, len(self.shapes))
        plan = named(schedule)
        while len(self.scales) < last:
            state = self._train_scale(len(self.scales), plan, callbacks)
            if verbose:
                print(state, flush=True)
        return self

    def _take(self, image):
        """Prepare the pyramid of the picture, or check that it is the one we know."""
        if image is None:
            if self.image is None:
                raise ValueError("which picture? fit(image) takes a path, a PIL image or an array")
            return
        picture = _shrunk(as_picture(image), self.settings["max_size"])
        if self.image is None:
            self._look_at(picture)
        elif not np.array_equal(picture, self.image):
            raise ValueError("this SinGAN knows another picture: make a new SinGAN() for this one")

    def _look_at(self, picture):
        settings = self.settings
        shape = picture.shape[:2]
        self.shapes, self.exact_ratio = pyramid(shape, settings["min_size"], settings["ratio"])
        self.image = picture
        z = self._random(0, "z*").standard_normal((*self.shapes[0], 1))
        self.z_star = z.astype("float16").astype("float32")

    def _random(self, scale, purpose):
        """The same numbers for the same scale, whatever was drawn before: a run can be resumed."""
        purposes = ("z*", "weights", "training")
        return np.random.default_rng([self.settings["seed"], scale, purposes.index(purpose)])

    def real(self, scale: int = -1) -> np.ndarray:
        """The picture itself at a scale, float32 (h, w, 3) in [-1, 1]."""
        return resize(as_float(self.image)[None], self.shapes[scale]).numpy()[0]

    def _train_scale(self, k, plan: Schedule, callbacks) -> Status:
        training = _Training(self, k, plan)
        while training.pace.block():
            training.step()
            if not training.pace.block():
                self.scales.append(training.scale())
                self._critic = _rounded(training.worker.d.model.get_weights())
            status = training.status()
            for callback in callbacks:
                callback(status)
        return status

    def _first_weights(self, k, width):
        """Those of the scale below where the widths are equal, else new ones: G's and D's."""
        if k and self.width_at(k - 1) == width:
            return self.scales[-1].weights, self._critic
        seeds = self._random(k, "weights").integers(2**31, size=2)
        builders = (generator, discriminator)
        return tuple(
            build(width, int(seed)).get_weights()
            for build, seed in zip(builders, seeds, strict=True)
        )

    def _dtype(self, width) -> str:
        """32 channels are too few for bfloat16 to win anywhere."""
        if self.precision != "auto":
            return self.precision
        fast = width >= 64 and best_precision() == "mixed_bfloat16"
        return "bfloat16" if fast else "float32"

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
        return self._sample(self.scales, n, shape, start_scale, seed, image)

    def stages(self, n: int = 1, shape=None, start_scale=0, seed=0, image=None) -> list[np.ndarray]:
        """As `sample`, but what comes out of each scale from `start_scale` on."""
        climb = self._climb(self.scales, n, shape, start_scale, seed, image)
        return [picture.numpy() for picture in climb]

    def reconstruct(self, scale: int = -1) -> np.ndarray:
        """The training picture as the pyramid makes it from z*, float32 (1, h, w, 3)."""
        shapes = self._shapes(self.scales, None)
        scales = self.scales[: range(len(shapes))[scale] + 1]
        start = tf.zeros((1, *shapes[0], 3))
        *_, last = climb(scales, shapes, start, self.rec_noise)
        return last.numpy()

    def rec_noise(self, scale: int, shape: tuple[int, int] | None = None) -> np.ndarray:
        """The noise of the reconstruction: z* at the coarsest scale, 0 above; (1, h, w, 3)."""
        if scale == 0:
            return np.repeat(self.z_star[None], 3, axis=-1)
        return np.zeros((1, *(shape or self.shapes[scale]), 3), "float32")

    def _sample(self, *arguments, **options):
        *_, last = self._climb(*arguments, **options)
        return last.numpy()

    def _climb(self, scales, n, shape=None, start_scale=0, seed=0, image=None):
        shapes = self._shapes(scales, shape)
        random = np.random.default_rng(seed)
        up = tf.repeat(self._start(scales, shapes, start_scale, image), n, axis=0)
        return climb(
            scales, shapes, up, lambda k, size: draw_noise(n, k, size, random), start_scale
        )

    def _start(self, scales, shapes, start_scale, image):
        """What enters the first scale that draws, (1, h, w, 3)."""
        if not 0 <= start_scale < len(scales):
            raise ValueError(f"start_scale is 0 to {len(scales) - 1}, not {start_scale}")
        if start_scale == 0:
            if image is not None:
                raise ValueError("an image starts at scale 1 or above; scale 0 makes all new")
            return tf.zeros((1, *shapes[0], 3))
        if image is None:
            below = self.reconstruct(start_scale - 1)
        else:
            below = as_float(as_picture(image))[None]
        return resize(resize(below, shapes[start_scale - 1]), shapes[start_scale])

    def _shapes(self, scales, shape):
        """The size of the picture at each scale, for a result of this shape."""
        if not scales:
            raise ValueError("nothing is trained yet: call fit(image) first")
        own = self.shapes[: len(scales)]
        if shape is None:
            return own
        height, width = (int(side) for side in shape)
        if height < 1 or width < 1:
            raise ValueError(f"shape is (height, width) in pixels, not {shape}")
        y, x = height / own[-1][0], width / own[-1][1]
        return [
            *((max(1, round(h * y)), max(1, round(w * x))) for h, w in own[:-1]),
            (height, width),
        ]

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
        arrays = {
            f"g{k}_{i}": w for k, s in enumerate(self.scales) for i, w in enumerate(s.weights)
        }
        if self._critic is not None and len(self.scales) < len(self.shapes):
            arrays |= {f"d_{i}": w for i, w in enumerate(self._critic)}
        arrays = {name: w.astype("float16") for name, w in arrays.items()}
        card = json.dumps({"format": FORMAT, **self.card()}, ensure_ascii=False).encode()
        with write_atomically(path) as temporary:
            np.savez_compressed(
                temporary,
                card=np.frombuffer(card, "uint8"),
                image=np.frombuffer(_png(self.image), "uint8"),
                z_star=self.z_star.astype("float16"),
                **arrays,
            )
        return path

    def card(self) -> dict:
        """The settings, and what happened at each scale."""
        scales = [{"sigma": scale.sigma, **scale.facts} for scale in self.scales]
        return {"settings": self.settings, "scales": scales}

    @classmethod
    def load(cls, path: str | Path, precision: str = "auto") -> "SinGAN":
        """What `save` wrote; nothing in the file is executed.

        Raises:
            ValueError: it is no SinGAN file.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            card = json.loads(arrays["card"].tobytes())
            if card["format"] != FORMAT:
                raise ValueError(card["format"])
        except (ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
            raise ValueError(f"{path} is not a file of SinGAN.save ({error})") from error
        gan = cls(**card["settings"], precision=precision)
        gan._look_at(as_picture(Image.open(io.BytesIO(arrays["image"].tobytes()))))
        gan.z_star = arrays["z_star"].astype("float32")
        for k, facts in enumerate(card["scales"]):
            sigma = facts.pop("sigma")
            gan.scales.append(Scale(_stored(arrays, f"g{k}_"), sigma, facts))
        gan._critic = _stored(arrays, "d_") or None
        return gan


def climb(scales, shapes, up, noise, start: int = 0) -> Iterator[tf.Tensor]:
    """The heart of it: from scale to scale, each picture enlarged and given new detail.

    Args:
        up: what enters scale `start`, (n, h, w, 3).
        noise: (scale, shape) -> unit noise (n, h, w, 3).

    Yields:
        The picture that leaves each scale, (n, h, w, 3) in [-1, 1].
    """
    for k in range(start, len(scales)):
        picture = tf.clip_by_value(scales[k](up, noise(k, shapes[k])), -1, 1)
        yield picture
        if k + 1 < len(scales):
            up = resize(picture, shapes[k + 1])


def draw_noise(n: int, scale: int, shape: tuple[int, int], random) -> np.ndarray:
    """Unit noise (n, h, w, 3); at the coarsest scale one channel stands in all three."""
    z = random.standard_normal((n, *shape, 3 if scale else 1), dtype="float32")
    return z if scale else np.repeat(z, 3, axis=-1)


class _Training:
    """One scale while it trains."""

    def __init__(self, gan: SinGAN, k: int, plan: Schedule):
        plan = plan.at(gan.width_at(k))
        self.gan, self.k, self.plan, self.shape = gan, k, plan, gan.shapes[k]
        self.began = time.perf_counter()
        self.pace, self.random = Pace(plan), gan._random(k, "training")
        self.real = gan.real(k)[None]
        self.rec, self.sigma = self._reconstruction()
        self.window = [min(side, plan.window or side) for side in self.shape]
        width = gan.width_at(k)
        self.worker = trainer(width, plan.steps(), gan._dtype(width))
        g_weights, d_weights = gan._first_weights(k, width)
        self.worker.g.start(g_weights)
        self.worker.d.start(d_weights)

    def _reconstruction(self):
        """What z* makes of the scales below, enlarged, and sigma, which it decides."""
        if self.k == 0:
            return tf.zeros((1, *self.shape, 3)), 1.0
        rec = resize(self.gan.reconstruct(self.k - 1), self.shape)
        error = float(np.sqrt(np.mean((rec - self.real) ** 2)))
        return rec, self.gan.settings["noise"] * error

    def step(self):
        """Train a block of iterations."""
        block = self.pace.block()
        means = self.worker.train(self.inputs(block)).numpy()
        self.signals = dict(zip(SIGNALS, map(float, means), strict=True))
        _check_finite(self.signals, self.k, self.pace.done)
        self.signals["reconstruction"] **= 0.5
        self.pace.advance(block, self.signals["reconstruction"])
        self.seconds = time.perf_counter() - self.began

    def scale(self) -> Scale:
        """As it is now."""
        facts = {
            "iterations": self.pace.done,
            "converged": self.pace.converged,
            "seconds": round(self.seconds, 2),
            **{name: round(value, 5) for name, value in self.signals.items()},
        }
        return Scale(_rounded(self.worker.g.model.get_weights()), self.sigma, facts)

    def status(self) -> Status:
        return Status(
            gan=self.gan,
            scale=self.k,
            scales=len(self.gan.shapes),
            iteration=self.pace.done,
            iterations=self.pace.limit,
            signals=self.signals,
            seconds=self.seconds,
            done=not self.pace.block(),
            _current=self.scale,
        )

    def inputs(self, iterations: int) -> dict:
        """Those of `Trainer.train`, with everything random that the iterations need."""
        plan, random = self.plan, self.random
        z = draw_noise(iterations, self.k, self.shape, random)
        drawn = math.ceil(iterations / plan.shared)
        ups = _padded(self._from_below(drawn * plan.draws))
        free = [s - w + 1 for s, w in zip(self.shape, self.window, strict=True)]
        return {
            "real": self.real,
            "rec": _padded(self.rec),
            "rec_noise": _padded(self.sigma * self.gan.rec_noise(self.k)),
            "ups": tf.reshape(ups, (drawn, plan.draws, *ups.shape[1:])),
            "noise": _padded(self.sigma * z),
            "alpha": random.random((iterations, plan.draws), "float32"),
            "corner": random.integers(free, size=(iterations, 2)).astype("int32"),
            "window": np.asarray(self.window, "int32"),
            "rate": np.float32(self.pace.rate),
            "weight": np.float32(self.gan.settings["reconstruction"]),
        }

    def _from_below(self, n):
        """n random pictures of the scales below, enlarged to this one."""
        if self.k == 0:
            return tf.zeros((n, *self.shape, 3))
        gan, random = self.gan, self.random
        up = tf.zeros((n, *gan.shapes[0], 3))
        noise = lambda k, shape: draw_noise(n, k, shape, random)  # noqa: E731
        *_, last = climb(gan.scales[: self.k], gan.shapes, up, noise)
        return resize(last, self.shape)


def _padded(pictures):
    return tf.pad(pictures, [[0, 0], [BORDER] * 2, [BORDER] * 2, [0, 0]])


def _shrunk(picture, max_size):
    """The long side at most `max_size`, rounded to 8 bits, so that a PNG holds it."""
    height, width = picture.shape[:2]
    if max(height, width) > LARGEST:
        raise ValueError(
            f"a picture of {width}x{height} pixels is too large to be read here: at most "
            f"{LARGEST} a side. Shrink it first, for example with "
            f"PIL.Image.open(path).thumbnail(({max_size}, {max_size})); SinGAN learns at most "
            f"max_size={max_size} pixels a side anyway."
        )
    scale = max_size / max(height, width)
    if scale >= 1:
        return picture
    shape = max(1, round(height * scale)), max(1, round(width * scale))
    return to_uint8(resize(as_float(picture)[None], shape).numpy()[0])


def _check_finite(signals, k, iteration):
    bad = [name for name, value in signals.items() if not np.isfinite(value)]
    if bad:
        raise FloatingPointError(
            f"training stopped: {' and '.join(bad)} of scale {k} after iteration {iteration} is "
            "not a number. The scales below are kept; lower the learning rate and call fit again, "
            'or try precision="float32".'
        )


def _png(picture) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", optimize=True)
    return file.getvalue()


def _stored(arrays, prefix) -> list[np.ndarray]:
    names = sorted((n for n in arrays if n.startswith(prefix)), key=lambda n: int(n[len(prefix) :]))
    return [arrays[name].astype("float32") for name in names]


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

    def __call__(self, now: Status):
        self._blocks += 1
        if now.done or self._blocks % self.every == 0:
            self.samples[now.scale] = now.sample()[0]
            self._update(now)

    def _update(self, now):
        from IPython.display import display

        picture = Picture(to_png(self.figure(now)), f"A random sample of each scale; {now}")
        if self._handle is None:
            self._handle = display(picture, display_id=True)
        else:
            self._handle.update(picture)

    def figure(self, now: Status):
        """A random sample of each scale so far, and the picture itself, all enlarged alike."""
        import matplotlib.pyplot as plt

        shown = {f"scale {k + 1}": to_uint8(sample) for k, sample in self.samples.items()}
        shown["the picture"] = now.gan.image
        figure, axes = plt.subplots(1, len(shown), figsize=(1.6 * len(shown), 2.2), squeeze=False)
        for ax, (title, picture) in zip(axes[0], shown.items(), strict=True):
            ax.imshow(picture, interpolation="nearest")
            ax.set_title(f"{title}\n{picture.shape[1]}x{picture.shape[0]}", fontsize=8)
            ax.axis("off")
        figure.suptitle(str(now), fontsize=9)
        figure.tight_layout()
        return figure
