"""Convolution shown: a kernel slides over a dog, its transpose stamps, and what D sees of it."""

import ipywidgets
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from dogan_lib import plots
from dogan_lib.classroom.looking import frame
from dogan_lib.classroom.stills import Controlled

KERNELS = {
    "edges": np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], "float32") / 4,
    "blur": np.ones((3, 3), "float32") / 9,
    "spots": np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], "float32") / 8,
}


def convolve(image, kernel, stride: int = 1) -> np.ndarray:
    """Correlate (H, W) with (k, k) where the kernel fits: ((H - k) // stride + 1, ...)."""
    windows = np.lib.stride_tricks.sliding_window_view(image, np.shape(kernel))
    return np.einsum("yxij,ij->yx", windows[::stride, ::stride], kernel)


def stamps(image, kernel, stride: int, prints: int | None = None) -> np.ndarray:
    """Transposed convolution of (h, w) with (k, k): every input adds one scaled kernel.

    Args:
        prints: only the first so many inputs, in reading order; all where not given.

    Returns:
        ((h - 1) stride + k, (w - 1) stride + k), float32.
    """
    image, kernel = np.asarray(image, "float32"), np.asarray(kernel, "float32")
    k = len(kernel)
    canvas = np.zeros([(side - 1) * stride + k for side in image.shape], "float32")
    for row, column in list(np.ndindex(*image.shape))[:prints]:
        y, x = row * stride, column * stride
        canvas[y : y + k, x : x + k] += image[row, column] * kernel
    return canvas


def _titled(figure, axes, titles):
    """The figure with a title above each of its pictures, and no ticks."""
    for ax, title in zip(axes, titles, strict=True):
        ax.set_title(title, fontsize=14)
        ax.set(xticks=[], yticks=[])
    figure.tight_layout()
    return figure


class SlidingKernel(Controlled):
    """A kernel slides over a grey picture; what it read so far is its feature map.

    Args:
        image: (H, W, 3), uint8 or float in [-1, 1].
    """

    def __init__(self, image):
        self.grey = plots.to_uint8(image).astype("float32").mean(axis=-1) / 127.5 - 1
        self.kernel = ipywidgets.Dropdown(options=list(KERNELS), description="kernel")
        self.stride = ipywidgets.IntSlider(1, min=1, max=4, description="stride")
        self.place = ipywidgets.FloatSlider(0.6, min=0, max=1, step=0.01, description="how far")
        super().__init__([self.kernel, self.stride, self.place])

    def figure(self):
        """What the sliders show, for a page that stands still."""
        kernel, stride = KERNELS[self.kernel.value], self.stride.value
        full = convolve(self.grey, kernel, stride)
        done = round(self.place.value * (full.size - 1))
        read = np.where(np.arange(full.size) <= done, full.ravel(), np.nan).reshape(full.shape)
        corner, limit = np.array(divmod(done, full.shape[1])[::-1]), np.abs(full).max()
        figure, axes = plt.subplots(1, 3, figsize=(12, 4.6), width_ratios=(1, 0.45, 1))
        axes[0].imshow(self.grey, cmap="gray")
        window = corner * stride - 0.5
        frame(axes[0], [*window, *(window + len(kernel))], "fake")
        axes[1].imshow(kernel, cmap="RdBu", vmin=-1, vmax=1)
        axes[2].imshow(read, cmap="RdBu", vmin=-limit, vmax=limit)
        frame(axes[2], [*(corner - 0.5), *(corner + 0.5)], "fake", lw=2)
        for (row, column), number in np.ndenumerate(kernel):
            axes[1].text(column, row, f"{number:.2g}", ha="center", va="center", fontsize=12)
        sizes = ["{}×{}".format(*x.shape) for x in (self.grey, full)]
        return _titled(figure, axes, (f"picture, {sizes[0]}", "kernel", f"feature map, {sizes[1]}"))


class Stamps(Controlled):
    """A transposed convolution, print by print, with the count of prints a pixel gets.

    The input is a small disc. `way` chooses what grows the picture: the stride itself, or
    repetition of each pixel followed by prints of stride 1, which land evenly.
    """

    WAYS = ("stride", "upsample, then stride 1")

    def __init__(self):
        self.image = (np.hypot(*np.mgrid[-3:4, -3:4]) < 7 / 2.2).astype("float32")
        self.kernel = ipywidgets.IntSlider(5, min=1, max=6, description="kernel")
        self.stride = ipywidgets.IntSlider(2, min=1, max=4, description="stride")
        self.way = ipywidgets.Dropdown(options=self.WAYS, description="grow by")
        self.prints = ipywidgets.FloatSlider(1, min=0, max=1, step=0.02, description="prints")
        super().__init__([self.kernel, self.stride], [self.way, self.prints])

    def grown(self, image, prints: float = 1) -> np.ndarray:
        """`image` after a share of the prints of the chosen growth, with a kernel of ones."""
        stride, kernel = self.stride.value, np.ones((self.kernel.value,) * 2)
        if self.way.value != self.WAYS[0]:
            image, stride = np.kron(image, np.ones((stride, stride))), 1
        return stamps(image, kernel, stride, round(prints * image.size))

    def counts(self) -> set[int]:
        """How many prints the inner pixels get: one number where they are even."""
        everywhere = self.grown(np.ones((12, 12), "float32"))
        return {round(n) for n in everywhere[8:-8, 8:-8].flat}

    def figure(self):
        """What the sliders show, for a page that stands still."""
        figure, axes = plt.subplots(1, 2, figsize=(11, 4.7), width_ratios=(0.6, 1))
        axes[0].imshow(self.image, cmap="cividis", vmin=0, vmax=1)
        grown = self.grown(self.image, self.prints.value)
        shown = axes[1].imshow(grown, cmap="cividis", vmin=0)
        figure.colorbar(shown, ax=axes[1], label="prints on a pixel", shrink=0.85)
        even = "even" if len(self.counts()) == 1 else f"a checkerboard of {sorted(self.counts())}"
        sizes = ["{}×{}".format(*x.shape) for x in (self.image, grown)]
        return _titled(figure, axes, (f"input, {sizes[0]}", f"output, {sizes[1]}: {even}"))


def footprint(network: keras.Model, layer: str, images) -> np.ndarray:
    """How strongly each pixel moves the middle output of a layer: mean |gradient|, (H, W).

    Args:
        network: reads pictures.
        layer: the name of a layer in it with outputs (batch, h, w, c).
        images: float (n, H, W, 3) in [-1, 1].
    """
    model = keras.Model(network.inputs, network.get_layer(layer).output)
    pixels = tf.convert_to_tensor(images, "float32")
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        features = model(pixels, training=False)
        middle = features[:, features.shape[1] // 2, features.shape[2] // 2]
    return np.abs(tape.gradient(middle, pixels)).mean(axis=(0, 3))
