"""PGGAN taken apart for chapter 10: any size of a grown network, and how a growth went.

A network of the full size can draw its smaller pictures. How far it has come is one number, its
level: 2 for 4x4 (2^2), 2.5 for halfway from 4x4 to 8x8, 6 for 64x64.
"""

import math
import time

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops

from dogan_lib import penalties, plots
from dogan_lib.distribution import number
from dogan_lib.generator import latents
from dogan_lib.models import pggan

TERMS = {
    "difference": ("D(G(z)) − D(x)", "d", "-"),
    "penalty": ("10 × gradient penalty", "accent", "--"),
    "drift": ("0.001 × D(x)²", "neutral", ":"),
}


def set_level(network: keras.Model, level) -> None:
    """Let a network work at this level: log2 of the side, with the fraction as alpha.

    Layers above the level have no say: the generator still draws pictures of its full size, but
    they are enlarged small ones, and the discriminator looks at its pictures made smaller.
    """
    for layer in network.layers:
        if isinstance(layer, pggan.Fade):
            layer.alpha.assign(np.clip(level - math.log2(layer.resolution) + 1, 0, 1))


def discriminator_at(network: keras.Model, resolution: int) -> keras.Model:
    """The part of a discriminator that looks at smaller pictures, on the same weights."""
    parts = {layer.name: layer for layer in network.layers}
    return pggan.wired(parts, resolution, f"at_{resolution}")


def slope(critic, images) -> float:
    """Mean length of a critic's gradient by its pictures (n, s, s, 3): how steep it is."""
    images = tf.Variable(images, dtype="float32")
    with tf.GradientTape() as tape:
        scores = critic(images)
    gradient = tape.gradient(scores, images)
    return float(tf.reduce_mean(tf.sqrt(tf.reduce_sum(gradient**2, axis=(1, 2, 3)))))


class Growing(keras.callbacks.Callback):
    """One picture that lives through all fits of a growing GAN, its film, and D's loss in terms.

    Args:
        images: uint8 (n, S, S, 3) that nobody trains on; S is the last size.
        every: steps between two measurements; the first step of a size is measured too.
        frame: measurements between two frames.

    Attributes:
        rows: a dict a measurement: `images` seen, `side`, `alpha`, and of D's loss `difference`,
            `penalty`, `drift`.
        frames: (eight pictures, enlarged to S; what they are) a frame.
    """

    def __init__(self, images, every: int = 40, frame: int = 5):
        super().__init__()
        self.images = tf.constant(images.astype("float32") / 127.5 - 1)
        self.every, self.frame = every, frame
        self.rows: list[dict] = []
        self.frames: list[tuple[np.ndarray, str]] = []
        self.penalty = penalties.GradientPenalty(10.0, seed=1)  # not the run's own random numbers
        self.start, self._handle = time.monotonic(), None

    def on_train_batch_end(self, batch, logs=None):
        gan = self.model
        if number(gan.step) % self.every == 0 or number(gan.g_optimizer.iterations) == 1:
            self.rows.append(self.measured(gan))
            if len(self.rows) % self.frame == 0:
                self._show()

    def on_train_end(self, logs=None):
        self._show()

    def measured(self, gan) -> dict:
        """The terms now, on pictures as small as the networks and as sharp as alpha says."""
        real, alpha = pggan.shrink(self.images, gan.side), gan.alpha()
        real = pggan.fade_reals(real, alpha) if gan.side > pggan.FIRST else real
        fake = gan.generator(latents(len(real), gan.latent_dim, seed=len(self.rows)))
        x, y = gan.discriminator(real), gan.discriminator(fake)
        difference = ops.mean(y) - ops.mean(x)
        drift = gan.adversarial_loss.discriminator(x, y) - difference
        terms = dict(difference=difference, drift=drift, alpha=alpha)
        terms["penalty"] = self.penalty(gan.discriminator, real, fake)
        seen = dict(images=number(gan.images), side=gan.side)
        return seen | {name: float(value) for name, value in terms.items()}

    def _show(self):
        from IPython.display import display

        gan, times = self.model, self.images.shape[1] // self.model.side
        pictures = plots.to_uint8(gan.sample(16, seed=3)).repeat(times, 1).repeat(times, 2)
        said = f"{gan.side}×{gan.side}, α = {float(gan.alpha()):.2f}"
        seconds = f"{time.monotonic() - self.start:.0f} s, {number(gan.images):,} pictures"
        self.frames.append((pictures[:10], f"{said}\n{seconds}"))
        figure, (left, right) = plt.subplots(1, 2, figsize=(10.5, 4), width_ratios=(1, 1.25))
        left.imshow(plots.tile(pictures, 4), interpolation="nearest")
        left.set_title(f"{said}: {seconds}", fontsize=11)
        left.axis("off")
        self.curves(right)
        figure.tight_layout()
        picture = plots.Picture(plots.to_png(figure), f"Sixteen dogs and D's loss at {said}.")
        if self._handle is None:
            self._handle = display(picture, display_id=True)
        else:
            self._handle.update(picture)

    def curves(self, ax) -> None:
        """Terms of D's loss over the pictures seen, fades in grey."""
        seen = [row["images"] for row in self.rows]
        for name, (label, colour, line) in TERMS.items():
            values = [row[name] for row in self.rows]
            ax.plot(seen, values, line, color=plots.PALETTE[colour], lw=1.8, label=label)
        for side in sorted({row["side"] for row in self.rows}):
            own = [row for row in self.rows if row["side"] == side]
            faded = [row["images"] for row in own if row["alpha"] < 1]
            if faded:
                ax.axvspan(faded[0], faded[-1], color="0.9", lw=0)
            ax.axvline(own[0]["images"], color="0.7", lw=0.8)
            at = dict(transform=ax.get_xaxis_transform(), va="bottom", fontsize=13)
            ax.text(own[0]["images"], 1.01, str(side), **at)
        ax.axhline(0, color="0.3", lw=0.8)
        ax.set(xlabel="real pictures seen (grey: a size, in pixels, fades in)", ylabel="D's loss")
        ax.legend(frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.17))

    def film(self, rows: int = 9):
        """Ten latents over the whole growth, a row a moment."""
        kept = np.linspace(0, len(self.frames) - 1, min(rows, len(self.frames))).round()
        chosen = [self.frames[int(i)] for i in kept]
        return plots.labelled_rows(*zip(*chosen, strict=True), fontsize=17)

    def table(self) -> str:
        """Means of the terms over each phase."""
        lines = [f"{'':<18}" + "".join(f"{label:>22}" for label, *_ in TERMS.values())]
        phases: dict[str, list[dict]] = {}
        for row in self.rows:
            fading = "fading in" if row["alpha"] < 1 else "stable"
            phases.setdefault(f"{row['side']} px, {fading}", []).append(row)
        for phase, own in phases.items():
            means = (np.mean([row[name] for row in own]) for name in TERMS)
            lines.append(f"{phase:<18}" + "".join(f"{mean:>22.3f}" for mean in means))
        return "\n".join(lines)
