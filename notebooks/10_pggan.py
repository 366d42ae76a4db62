# %% [markdown] slideshow={"slide_type": "slide"}
# # 10 · PGGAN — 4×4에서 시작하여 자라나는 신경망
#
# **한국어 요약**
#
# - 큰 그림을 한 번에 배우는 대신 4×4에서 시작하여 두 배씩 키운다: 점진적 성장(progressive growing).
# - 새 층은 서서히 섞어 넣는다(fade-in). 생성자, 판별자, 그리고 **실제 사진**까지 함께 섞어야 한다.
# - 네 가지 부품을 직접 쓴다: 균등 학습률(equalized learning rate), 픽셀 정규화(pixel norm), 미니배치 표준편차(minibatch stddev), 기울기 페널티(WGAN-GP).
# - 손실 함수 분석: 판별자 손실의 세 항을 학습 중에 재고, 자랄 때마다 튀는 이유를 계산으로 확인한다.
# - 잘 된 그림과 안 된 그림을 판별자와 지표가 각각 순위 매긴다. 두 순위는 얼마나 같은가?

# %% [markdown] slideshow={"slide_type": "skip"} tags=["colab"]
# [![Open in Colab](../docs/colab.svg)](https://colab.research.google.com/github/OWNER/dogan/blob/main/notebooks/10_pggan.ipynb)
#
# 아래 칸은 Colab에서만 강의를 내려받고, 다른 곳에서는 아무 일도 하지 않는다. · The cell below fetches the course on Colab; anywhere else it does nothing.

# %% slideshow={"slide_type": "skip"} tags=["colab"]
import os
import subprocess
import sys

KEEP_ON_DRIVE = False  # True: runs/ lies on your Google Drive, and outlives this session
if "COLAB_RELEASE_TAG" in os.environ:
    address = os.environ.get("DOGAN_REPOSITORY", "https://github.com/OWNER/dogan")
    if "/OWNER/" in address:
        raise SystemExit("The course has no address yet: `make repo REPO=owner/name` sets it.")
    if not os.path.isdir("dogan"):
        subprocess.run(["git", "clone", "--quiet", "--depth=1", address, "dogan"], check=True)
    sys.path.insert(0, os.path.abspath("dogan"))
    from dogan_lib import colab

    colab.prepare(KEEP_ON_DRIVE)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you will learn
#
# 1. Why a network that starts at 4×4 learns faster than one that starts at 64×64, and the one schedule that makes it grow.
# 2. Each of PGGAN's parts, written by you in a few lines and held against the library.
# 3. To read the three terms of D's loss (손실 함수 분석), and to compute the jump at every growth before you see it.
# 4. Which of its pictures a generator's own D believes, and whether a metric agrees.

# %% slideshow={"slide_type": "slide"}
from dogan_lib.presets import preset

# `phase`: pictures in every phase.
cfg = preset(
    smoke=dict(side=16, images=192, phase=56, epochs=2, batch=16, width=1 / 64, cap=12, judged=128),
    cpu=dict(
        side=32,
        images=2000,
        phase=6000,
        epochs=24,
        batch=32,
        width=1 / 16,
        cap=48,
        judged=1000,
    ),
    gpu=dict(
        side=64,
        images=None,
        phase=40_000,
        epochs=25,
        batch=32,
        width=1 / 8,
        cap=256,
        judged=4000,
    ),
)
cfg

# %%
import collections
import itertools
import tempfile
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import PIL.Image
import tensorflow as tf
from keras import ops
from sklearn.metrics import pairwise_distances

from dogan_lib import checkpoints, losses, metrics, penalties, plots, runtime
from dogan_lib.classroom import exercises, progressive
from dogan_lib.dogs import load_dogs
from dogan_lib.generator import latents
from dogan_lib.layers import EqualizedConv2D, MinibatchStddev, PixelNormalization
from dogan_lib.metrics.reference import real_dogs
from dogan_lib.models import pggan
from dogan_lib.plots import PALETTE

# A gradient penalty is a second derivative: it gets all the digits.
print(runtime.setup(seed=0, precision="float32"))
every = load_dogs(size=cfg.side, limit=cfg.images and cfg.images + 64)
fresh, dogs = every.subset(range(64)), every.subset(range(64, len(every)))
pictures = load_dogs(size=64, limit=64).images.astype("float32") / 127.5 - 1
dogs

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The idea in one picture: why grow?
#
# A G for 64×64 has to learn everything at once: where the dog is, its colours, its eyes, its fur. Most of that is there at 8×8 already, where a picture is
# 192 numbers and a step costs a fraction. So **grow**: learn the large things first, at small sizes, and then only ever add the next finer detail.


# %%
def enlarged(images, side):
    """(n, s, s, 3) -> (n, side, side, 3), each pixel repeated."""
    times = side // images.shape[1]
    return np.repeat(np.repeat(images, times, axis=1), times, axis=2)


shipped = checkpoints.load_generator("pggan64")
top = shipped.model.output.shape[1]
sides = [side for side in (4, 8, 16, 32, 64) if side <= top]
drawn = shipped.decode(latents(3, shipped.latent_dim, seed=5))
rows = [[pggan.shrink(image[None], side) for side in sides] for image in (pictures[3], *drawn)]
rows = [np.concatenate([enlarged(np.asarray(small), 64) for small in row]) for row in rows]
names = ["a picture, as D is shown it", *["a latent of pggan64"] * 3]
plots.show(
    plots.labelled_rows(rows, names, title=", ".join(f"{side}×{side}" for side in sides)),
    "A picture of the data and three of pggan64 at 4, 8, 16, 32 and 64 pixels a side.",
)

# %% [markdown]
# **What to see.** Four times four pixels say where the dog is and what it stands on. Each doubling adds one kind of detail to a picture whose large parts are settled. (Here the *finished* pictures are made smaller; what G itself draws at each size comes below.)
#
# Four parts make it work: weights that all learn at one speed, pixels of one loudness, a D that notices when all dogs are the same, and new layers that come in slowly. One after the other.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Equalized learning rate (균등 학습률)
#
# The usual start (He's) gives a layer weights of spread √2/√fan_in: small where a unit has many inputs. Here **every weight starts as N(0, 1)**, and the factor √2/√fan_in is applied each time that the layer is *used*.


# %%
def kernel_of(weight, gain=2**0.5):
    """The kernel that a layer works with: its N(0, 1) weights, scaled."""
    fan_in = int(np.prod(weight.shape[:-1]))
    return weight * (gain / fan_in**0.5)


x = np.random.default_rng(0).normal(size=(2, 8, 8, 16)).astype("float32")
layer = EqualizedConv2D(5)
theirs = layer(x)
mine = ops.conv(x, kernel_of(np.asarray(layer.weight)), padding="same") + layer.bias
np.testing.assert_allclose(mine, theirs, atol=1e-5)
print(f"weights: spread {np.std(layer.weight):.2f}, kernel: spread {np.std(layer.kernel):.3f}")

# %% [markdown]
# The output is the same as with He's start. So why? Because of **Adam**: it divides a gradient by its own size, and every weight moves by about the learning rate, 0.001 here. For a weight of size 1 that is little; for one of size 0.02 it is a lot. One step on three layers of PGGAN, in both ways:

# %%
random = np.random.default_rng(0)
shapes = {
    "from RGB, 1×1 × 3": (1, 1, 3, 64),
    "3×3 × 512": (3, 3, 512, 64),
    "dense, 8192": (8192, 64),
}
for name, shape in shapes.items():
    steps = []
    for spread in ((2 / np.prod(shape[:-1])) ** 0.5, 1.0):
        start = random.normal(size=shape).astype("float32") * spread
        weight = keras.Variable(start)
        pggan.adam().apply([random.normal(size=shape).astype("float32")], [weight])
        steps.append(np.linalg.norm(weight - start) / np.linalg.norm(start))
    print(f"{name:<20} He: {steps[0]:>6.2%} of its length in one step, equalized: {steps[1]:.2%}")

# %% [markdown]
# **What to see.** With He's start one learning rate is slow for one layer and wild for the other; with run-time scaling all are changed by the same share.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Pixel normalisation (픽셀 정규화), after the activation
#
# G has no batch normalisation. Instead each pixel's vector of features is divided by its own length, nothing learnt and no other picture looked at: x / √(mean over channels of x² + 10⁻⁸). It comes **after** the LeakyReLU: then what the next layer reads has length 1, whatever happened before.


# %%
def pixel_norm(x):
    return x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + 1e-8)


def leaky(x):
    return np.maximum(x, 0.2 * x)


np.testing.assert_allclose(pixel_norm(x), PixelNormalization()(x), atol=1e-5)
for order, y in (("after", pixel_norm(leaky(x))), ("before", leaky(pixel_norm(x)))):
    power = (y**2).mean(axis=-1)
    print(f"norm {order:<6} the activation: a pixel's power {power.min():.2f} to {power.max():.2f}")
kinds = [type(layer).__name__ for layer in pggan.generator(8, 16, cap=8).layers[2:8]]
print("the library's first rows:", ", ".join(kinds))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Minibatch standard deviation (미니배치 표준편차)
#
# A G that draws one perfect dog again and again gives D nothing to object to, as long as D looks at one picture at a time. So D is told **how much the pictures of a group of four differ**: the deviation of each feature over the group, averaged to a single number, as one more channel.


# %%
def spread(group):
    """One number for a group (n, H, W, C): how much do its members differ?"""
    return np.sqrt(((group - group.mean(axis=0)) ** 2).mean(axis=0) + 1e-8).mean()


def told(batch):
    """What D is told about each group of four: samples i, i + M, i + 2M, i + 3M."""
    m = len(batch) // 4
    channel = np.asarray(MinibatchStddev(group=4)(batch))[:, 0, 0, -1]
    np.testing.assert_allclose(channel[:m], [spread(batch[i::m]) for i in range(m)], atol=1e-5)
    return channel[:m].mean()


few = pictures[random.integers(0, 2, 16)]
batches = {"16 pictures": pictures[:16], "2 of them": few, "1 of them": pictures[[0] * 16]}
titles = [f"{name}: {told(batch):.2f}" for name, batch in batches.items()]
tiles = np.stack([plots.tile(batch, 8) for batch in batches.values()])
plots.show(
    plots.grid(tiles, columns=3, titles=titles, scale=2.8),
    "Three batches: sixteen different pictures, two of them repeated, one repeated; the number D is told falls to zero.",
)

# %% [markdown]
# **What to see.** The collapsed batch is as good as any, picture by picture, and its number is 0 (the 10⁻⁸ apart). Few different pictures give a small one. (In D it sits at 4×4, on learnt features; here it looks at pixels.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Fade-in (서서히 섞기), in three places
#
# A fresh block draws noise. Switched on at once, it would ruin what the smaller network knows. So a number α goes from 0 to 1, and what counts is (1 − α)·old + α·new:
#
# - in **G**, old and new RGB pictures, the old one enlarged;
# - in **D**, old and new *features*, the old ones from the picture made half as large;
# - in the **real pictures**, blurred and sharp.


# %%
def fade(old, new, alpha):
    """old (n, s, s, c) enlarged, and new (n, 2s, 2s, c), mixed."""
    return (1 - alpha) * enlarged(old, new.shape[1]) + alpha * new


ALPHAS = (0, 0.25, 0.5, 1)
generator, critic = pggan.generator(16, 32, cap=32), pggan.discriminator(16, cap=32)
z16, x16 = latents(4, 32, seed=1), np.asarray(pggan.shrink(pictures[:4], 16))
small = np.asarray(progressive.generator_at(generator, 8)(z16))
large = np.asarray(keras.Model(generator.input, generator.get_layer("to_rgb_16").output)(z16))
drawn = {}
for alpha in ALPHAS:
    progressive.set_level(generator, 3 + alpha)  # 2³ = 8 pixels a side, and alpha of the way to 16
    drawn[alpha] = np.asarray(generator(z16))
    np.testing.assert_allclose(drawn[alpha], fade(small, large, alpha), atol=1e-5)

# %%
mixing = critic.get_layer("fade_16")
features = keras.Model(critic.input, [*mixing.input, mixing.output])
reals, maps = {}, {}
for alpha in ALPHAS:
    reals[alpha] = np.asarray(pggan.fade_reals(x16, alpha))
    half = np.asarray(pggan.shrink(x16, 8))
    np.testing.assert_allclose(reals[alpha], fade(half, x16, alpha), atol=1e-5)
    progressive.set_level(critic, 3 + alpha)
    old, new, maps[alpha] = (np.asarray(part) for part in features(reals[alpha]))
    np.testing.assert_allclose(maps[alpha], (1 - alpha) * old + alpha * new, atol=1e-5)
print("G, D and the real pictures: the same numbers as the library's")

# %% slideshow={"slide_type": "slide"}
figure, axes = plt.subplots(3, 4, figsize=(8, 6))
for column, alpha in zip(axes.T, ALPHAS, strict=True):
    column[0].imshow(plots.to_uint8(reals[alpha][3]), interpolation="nearest")
    column[0].set_title(f"α = {alpha}")
    column[1].imshow(plots.to_uint8(drawn[alpha][0] / 3), interpolation="nearest")
    column[2].imshow(maps[alpha][3, :, :, 0], cmap="cividis", interpolation="nearest")
for row, text in zip(axes, ("real picture", "a fresh G (paled)", "a feature of D"), strict=True):
    row[0].set_ylabel(text)
    for ax in row:
        ax.set(xticks=[], yticks=[])
figure.tight_layout()
plots.show(
    figure, "At alpha 0, .25, .5 and 1: a real picture sharpens, G's grows finer, D's map changes."
)

# %% [markdown]
# Why the real pictures? At α = 0 a fake is an enlarged 8×8 picture, without any fine detail. Sharp real pictures would be told apart by that alone, and D would win without looking at dogs:


# %%
def detail(images):
    """How far a picture is from its own blur: root of the mean square."""
    return np.sqrt(np.mean((images - np.asarray(pggan.fade_reals(images, 0.0))) ** 2))


print("fakes at α = 0:             ", f"{detail(drawn[0]):.3f}")
print("real pictures, not faded:   ", f"{detail(x16):.3f}")
print("real pictures, faded, α = 0:", f"{detail(reals[0]):.3f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Both networks, counted
#
# Channels: 512 up to 32×32, then half as many at each doubling, 16 at 1024×1024. Here are the paper's networks of 1024 px, block by block.


# %%
def parameters(network):
    """Trainable numbers by the side of the block that they belong to."""
    table = collections.Counter()
    for layer in network.layers:
        side = layer.name.rsplit("_", 1)[-1]
        numbers = sum(int(np.prod(weight.shape)) for weight in layer.trainable_weights)
        table[int(side) if side.isdigit() else 4] += numbers  # D's last row belongs to 4×4
    return {side: count for side, count in table.items() if count}


tables = [parameters(build(1024)) for build in (pggan.generator, pggan.discriminator)]
print(f"{'side':>5}{'channels':>10}{'G':>13}{'D':>13}")
for side in sorted(tables[0]):
    print(f"{side:>5}{pggan.channels(side):>10}{tables[0][side]:>13,}{tables[1][side]:>13,}")
print(f"{'all':>5}{'':>10}" + "".join(f"{sum(table.values()):>13,}" for table in tables))

# %% slideshow={"slide_type": "fragment"}
for side in (1024, 64):
    counts = [sum(table[s] for s in table if s <= side) for table in tables]
    share = counts[0] / sum(tables[0].values())
    print(
        f"the paper's blocks up to {side:>4} px: G {counts[0]:>12,} ({share:.0%}), D {counts[1]:>12,}"
    )
print(f"pggan64 as shipped:           G {shipped.model.count_params():>12,}")

# %% [markdown]
# **What to see.** Nearly all the knowledge sits at 32×32 and below; the step from 64 to 1024 adds few numbers. It adds *time*: a 3×3 convolution with 16 channels at 1024×1024 reads a million places. That is where growing saves.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## When to grow: one schedule
#
# All of the growing is one question, "how many real pictures have been seen?", and one object that answers it. **Stable** phases train what is there, **fading** phases bring in the next size. At each new size Adam forgets its averages: they belong to other layers.

# %%
schedule = progressive.Schedule(cfg.side, fading=cfg.phase, stable=cfg.phase)
epoch = len(dogs) // cfg.batch * cfg.batch  # pictures
starts = [schedule.start(phase) for phase in range(schedule.phases)] + [cfg.epochs * epoch]


def phases_behind(ax, names=True):
    """Fading phases in grey, each phase named by its side."""
    for phase, (start, end) in enumerate(itertools.pairwise(starts)):
        if phase % 2:
            ax.axvspan(start, end, color="0.88", lw=0)
        text = f"{schedule.side(phase)}\n{'fades in' if phase % 2 else ''}"
        at = dict(x=(start + end) / 2, y=0.98, ha="center", va="top", fontsize=7)
        if names:
            ax.text(s=text, transform=ax.get_xaxis_transform(), **at)
    ax.set(xlim=(0, starts[-1]))


# %% slideshow={"slide_type": "slide"}
seen = np.linspace(0, starts[-1], 600)
levels = np.array([float(schedule.level(images)) for images in seen])
stop = schedule.start(schedule.phases - 2) + cfg.phase // 2
figure, (upper, lower) = plt.subplots(2, 1, figsize=(9, 4.2), sharex=True, height_ratios=(1.6, 1))
upper.step(
    seen, [schedule.side(schedule.phase(int(images))) for images in seen], color=PALETTE["real"]
)
upper.set(yscale="log", ylabel="pixels a side", yticks=sides[: int(np.log2(cfg.side)) - 1])
upper.set_yticklabels([str(side) for side in upper.get_yticks()])
upper.set_ylim(3, 3 * cfg.side)
upper.minorticks_off()
lower.plot(seen, np.where(levels == levels.round(), 1, levels % 1), color=PALETTE["accent"])
lower.set(ylabel="α", xlabel="real pictures seen")
for ax in (upper, lower):
    phases_behind(ax, names=ax is upper)
    ax.axvline(stop, color=PALETTE["fake"], ls="--")
lower.text(stop, 0.1, " the run stops here, and goes on", color=PALETTE["fake"], fontsize=8)
figure.tight_layout()
plots.show(
    figure,
    "Side and alpha over the real pictures seen; fading phases in grey; a dashed line where the run stops.",
)
paper = progressive.Schedule(1024)
print(
    f"the paper: {paper.fading:,} pictures a phase, 1024×1024 is stable after {paper.start(paper.phases - 1):,}"
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Train, and take D's loss apart while it trains
#
# $$L_D = \underbrace{\mathbb E[D(G(z))] - \mathbb E[D(x)]}_{\text{critic difference}} + \underbrace{10\,\mathbb E\big[(\lVert\nabla D(\hat x)\rVert - 1)^2\big]}_{\text{gradient penalty}} + \underbrace{0.001\,\mathbb E[D(x)^2]}_{\text{drift}}, \qquad L_G = -\mathbb E[D(G(z))]$$
#
# D is a critic (비평자) here: its output is a score, not a probability. A small callback measures the three terms on pictures that nobody trains on, with the library's own loss and penalty.


# %%
class Terms(keras.callbacks.Callback):
    """The terms of D's loss after every few steps, at the present size and alpha."""

    def __init__(self, images, every=8):
        super().__init__()
        self.images = tf.constant(images.astype("float32") / 127.5 - 1)
        self.every, self.rows = every, []
        self.penalty = penalties.GradientPenalty(10.0, seed=1)  # not the run's own random numbers

    def on_train_batch_end(self, batch, logs=None):
        gan = self.model
        if int(gan.step) % self.every == 0 or int(gan.g_optimizer.iterations) == 1:
            self.rows.append({"images": int(gan.images), **self.measured(gan)})

    def measured(self, gan):
        critic, real, fake = at_present(gan, self.images)
        x, y = critic(real), critic(fake)
        total = gan.adversarial_loss.discriminator(x, y)
        difference = ops.mean(y) - ops.mean(x)
        terms = dict(difference=difference, penalty=self.penalty(critic, real, fake))
        terms |= dict(drift=total - difference, level=ops.mean(x))
        return {name: float(value) for name, value in terms.items()}


# %%
def at_present(gan, images):
    """D, real pictures and fakes as the run has them now: small, and as sharp as alpha says."""
    real = pggan.shrink(images, gan.side)
    if gan.side > pggan.FIRST:
        real = pggan.fade_reals(real, gan.alpha())
    z = latents(len(images), gan.latent_dim, seed=int(gan.step))
    return gan.discriminator, real, gan.generator(z)


class Film(keras.callbacks.Callback):
    """The same eight latents, enlarged, as often as `fit` has epochs."""

    def __init__(self):
        super().__init__()
        self.images, self.frames = [], []

    def on_epoch_end(self, epoch, logs=None):
        frame = plots.to_uint8(self.model.sample(8, seed=3))
        self.frames.append(enlarged(frame, cfg.side))
        self.images.append(int(self.model.images))


# %% [markdown]
# **Growing is a loop over the sizes**: build both networks, take over the layers that are there, by name (`pggan.grown`), compile, which gives Adam a new memory, and fit. What is not given to `compile` is the paper's: WGAN-GP with drift, Adam at 0.001 without momentum, one D step a G step, an averaged G. Where the dashed line stands, in the middle of the last fade, the run is written to a file, read back, and goes on.

# %% slideshow={"slide_type": "slide"}
terms, film = Terms(fresh.images), Film()
batches = dogs.batches(cfg.batch).repeat()


def train(gan, until):
    """On, until so many real pictures have been seen."""
    steps = max(1, round((until - int(gan.images)) / cfg.batch))
    parts = max(1, steps * cfg.batch // epoch)
    options = dict(epochs=parts, steps_per_epoch=-(-steps // parts), verbose=0)
    gan.fit(batches, callbacks=[terms, film], **options)


# %% slideshow={"slide_type": "fragment"}
gan, path = None, Path(tempfile.mkdtemp()) / "gan.keras"
for side in sides[: sides.index(cfg.side) + 1]:
    networks = (
        pggan.generator(side, 64, cfg.width, cfg.cap),
        pggan.discriminator(side, cfg.width, cfg.cap),
    )
    gan = pggan.grown(gan, *networks, fading=cfg.phase)
    gan.compile(ema=0.99)
    if side == cfg.side:
        train(gan, stop)
        gan.save(path)
        gan = keras.models.load_model(path)
        print(f"taken up after {int(gan.images):,} pictures, alpha = {float(gan.alpha()):.2f}")
    train(gan, starts[2 * sides.index(side) + 1])

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The film
#
# Eight latents, held still while the network grows around them. Below, frames from the beginning to the end; then the film itself.

# %%
shown = np.linspace(0, len(film.frames) - 1, min(len(film.frames), 7)).round().astype(int)
rows = [film.frames[i] for i in shown]
seen = [film.images[i] for i in shown]
at = [schedule.side(schedule.phase(images - 1)) for images in seen]
labels = [f"{images:,} pictures: {side}×{side}" for images, side in zip(seen, at, strict=True)]
plots.show(
    plots.labelled_rows(rows, labels),
    "Rows of the same eight latents over the training, growing finer.",
    dpi=60,
)
plots.play(
    [plots.tile(frame[:6], 6) for frame in film.frames[::2]],
    "A film of six latents while the networks grow: coarse blocks become soft shapes.",
    fps=3,
    colours=48,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## New layers that begin with the old pictures
#
# Look at the film again while a size fades in: do the colours stay? New layers start at random, so at α = 1 *their* picture is what counts, whatever colours it happens to have. The paper unlearns that over 800,000 pictures a fade. A small budget cannot wait, and need not: a new block has room to **carry** the old picture.
#
# - Three channels of each new convolution pass the old red, green and blue on, three their negatives. LeakyReLU(c) − LeakyReLU(−c) = 1.2 c, so nothing is lost in the activation. All other channels stay random.
# - The new "to RGB" is fitted to the old pictures by least squares (`progressive.fit_to_rgb`): it has 3 numbers a channel.


# %%
def one_size_more(network, carried):
    """A generator twice as large: the trained layers, and new ones at random or carrying."""
    keras.utils.set_random_seed(4)
    twin = pggan.generator(2 * cfg.side, 64, cfg.width, cfg.cap)
    for layer in network.layers:
        if layer.weights:
            twin.get_layer(layer.name).set_weights(layer.get_weights())
    if carried:
        progressive.start_like_below(twin, 2 * cfg.side, latents(256, 64, seed=5))
    return twin


z, strip = latents(64, 64, seed=6), {}
for name, carried in (("at random", False), ("carrying", True)):
    twin = one_size_more(gan.ema_generator, carried)
    for alpha in ALPHAS:
        progressive.set_level(twin, np.log2(cfg.side) + alpha)
        strip[name, alpha] = np.asarray(twin(z))
    left = np.mean((strip[name, 1] - strip[name, 0]) ** 2) / np.var(strip[name, 0])
    print(f"{name:<10} at α = 1 the error is {left:.0%} of the old pictures' variance")

# %% slideshow={"slide_type": "slide"}
figure = plots.labelled_rows(
    [
        np.concatenate([strip[name, alpha][:2] for alpha in ALPHAS])
        for name in ("at random", "carrying")
    ],
    [f"{name}:\nα = 0, 0.25, 0.5, 1\n(two latents each)" for name in ("at random", "carrying")],
)
plots.show(figure, "Fading in: random new layers change the colours, carrying ones hardly do.")

# %% [markdown]
# The carried pictures are a little softer, and as good as before; from there every step is an improvement. `pggan64` below was grown so.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 손실 함수 분석: the three terms, measured

# %%
curves = {key: np.array([row[key] for row in terms.rows]) for key in terms.rows[0]}
parts = {
    "difference": ("D(G(z)) − D(x)", PALETTE["d"], "-"),
    "penalty": ("10 × gradient penalty", PALETTE["accent"], "--"),
    "drift": ("0.001 × D(x)²", PALETTE["neutral"], ":"),
}
figure, ax = plt.subplots(figsize=(9, 3.6))
for name, (label, colour, line) in parts.items():
    ax.plot(curves["images"], curves[name], line, color=colour, lw=1.5, label=label)
phases_behind(ax)
ax.axvline(stop, color=PALETTE["fake"], ls="--", lw=1)
ax.set(xlabel="real pictures seen", ylabel="term of D's loss", yscale="symlog")
ax.legend(frameon=False, loc="lower left")
figure.tight_layout()
plots.show(
    figure,
    "The critic difference, ten times the gradient penalty and the drift over the phases of the run.",
)

# %% [markdown]
# **How to read it.**
#
# - The **difference** is what D is paid for, so it is negative; −difference is how far apart D can hold real and fake. It grows where D is ahead and shrinks where G catches up.
# - The **penalty** is what steepness costs: 0 only if a step of length 1 in the pictures changes D's score by 1, everywhere between real and fake.
# - The **drift** is small all along. It is there for one reason, the next cell.
# - At every growth, at the left edge of the grey bands, the penalty **jumps**. That is no accident and no harm: the cell after the next computes it.

# %%
x, y = tf.constant([[1.0], [2.0]]), tf.constant([[-1.0], [0.0]])
for drift in (0.0, 0.001):
    loss = losses.Wasserstein(drift)
    plain, lifted = (float(loss.discriminator(x + lift, y + lift)) for lift in (0.0, 100.0))
    print(f"drift {drift}: L_D = {plain:.3f}, with 100 added to every score {lifted:.3f}")
print(f"in the run D(x) stayed between {curves['level'].min():.1f} and {curves['level'].max():.1f}")

# %% [markdown]
# Difference and penalty do not feel a constant added to all scores. Without the third term nothing holds D's level, and it may wander off to where numbers lose their digits.
#
# ## The jump, computed before it is seen
#
# At the first step of a fade α = 0: D looks at the larger picture through a mean over 2×2 pixels, and is otherwise **the same D**. But each of the four pixels now has a quarter of the influence, and there are four of them: the gradient's length is √(4 · (1/4)²) = **1/2** of what it was.


# %%
def slope(network, side, images):
    """Mean length of D's gradient, for pictures of this side."""
    part, images = progressive.discriminator_at(network, side), tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(images)
        scores = part(images)
    gradient = tape.gradient(scores, images)
    return float(ops.mean(ops.sqrt(ops.sum(gradient**2, axis=(1, 2, 3)))))


progressive.set_level(critic, 3)  # 8×8, and 16×16 at α = 0
before, after = slope(critic, 8, half), slope(critic, 16, enlarged(half, 16))
print(
    f"the same D at 8×8: {before:.4f}, at 16×16 and α = 0: {after:.4f}, ratio {after / before:.3f}"
)
print(f"so a D of slope 1 suddenly pays 10 · (1/2 − 1)² = {10 * (0.5 - 1) ** 2}")

# %% slideshow={"slide_type": "fragment"}
for phase in range(1, schedule.phases, 2):
    past = curves["images"] <= schedule.start(phase)
    first, last = np.argmin(past), np.flatnonzero(past)[-1]
    print(
        f"growth to {schedule.side(phase):>2}: penalty {curves['penalty'][last]:.2f} -> "
        f"{curves['penalty'][first]:.2f} after one step, difference "
        f"{curves['difference'][last]:.2f} -> {curves['difference'][first]:.2f}"
    )

# %% [markdown]
# **What to see.** The measured penalty after the first step of a phase lies near the computed one (D had some penalty before, and has made one step since). To get out of it D doubles its scores' range, and with it the difference: not because G got worse, but because **the unit changed**. A picture with every pixel repeated four times is twice as far from its neighbours.
#
# ## What the Wasserstein estimate says, and what it does not
#
# If D is the best of all functions of slope 1, −difference is the Wasserstein distance: how far, on average, G's pictures have to be moved, in length of pixel differences, to become the real ones. It goes down when pictures get better, which no other loss of this course does. But:

# %%
gap = -curves["difference"]
side_then = np.array([schedule.side(schedule.phase(int(n) - 1)) for n in curves["images"]])
figure, axes = plt.subplots(1, 2, figsize=(11, 3.3))
for ax, values, title in zip(
    axes, (gap, gap / side_then), ("D(x) − D(G(z))", "the same, divided by the side"), strict=True
):
    ax.plot(curves["images"], values, color=PALETTE["d"], lw=1.2)
    phases_behind(ax)
    ax.set(xlabel="real pictures seen", title=title)
figure.tight_layout()
plots.show(
    figure, "The Wasserstein estimate over the run, and the same divided by the pictures' side."
)
for phase in range(0, schedule.phases, 2):
    own = slice(*np.searchsorted(curves["images"], starts[phase : phase + 2]))
    print(
        f"stable at {schedule.side(phase):>2}: {gap[own].mean():6.2f}, by side {gap[own].mean() / schedule.side(phase):.3f}"
    )

# %% [markdown]
# - **Not across sizes.** From 8×8 on the raw numbers rise from phase to phase while the film gets better. Divided by the side they are lengths per pixel, and comparable.
# - **Not across runs or networks.** It is what *this* D, of this width and after this many steps, can hold apart: less than the true distance if D is weak, and another number if its slope is not 1 (look at the penalty).
# - **Not to the eye.** It counts pixels. Two networks with equal estimates may draw very different dogs; that is what FID is for.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## U[0, 1], not a normal
#
# The penalty asks for slope 1 at x̂ = x + α (G(z) − x). Gulrajani's argument for it holds **between** a real and a fake picture, so α is drawn from U[0, 1]. The WGAN-GP example of keras.io drew it from a *normal* for years (keras-io issues 143 and 415), and much code copied it. Where do these points lie?

# %%
random = np.random.default_rng(0)
x = random.normal((0, 0), 0.25, (600, 2))
g = random.normal((3, 1), 0.25, (600, 2))
figure, axes = plt.subplots(1, 2, figsize=(10, 3), sharex=True, sharey=True)
draws = {"α ~ U[0, 1]": random.uniform(size=600), "α ~ N(0, 1)": random.normal(size=600)}
for ax, (name, alpha) in zip(axes, draws.items(), strict=True):
    ax.plot(*(x + alpha[:, None] * (g - x)).T, ".", color=PALETTE["neutral"], ms=3, label="x̂")
    for points, kind in ((x, "real"), (g, "fake")):
        ax.plot(*points.T, ".", color=PALETTE[kind], ms=3, label=kind)
    outside = np.mean((alpha < 0) | (alpha > 1))
    ax.set(title=f"{name}: {outside:.0%} not between real and fake", aspect="equal")
axes[0].legend(frameon=False, markerscale=3)
figure.tight_layout()
plots.show(
    figure,
    "Interpolation points of real and fake clusters: uniform ones lie between, normal ones mostly outside.",
)

# %% [markdown]
# **What to see.** Half of a normal's points lie behind the *real* picture, at negative α: pictures that neither the data nor G will ever show, where D's slope is nobody's business. It still trains (its author saw little difference in quality), but it is not the penalty of the paper, and only a third of it is where it is needed.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The shipped generator
#
# `pggan64`, on real dogs. Karras' run took four days on eight GPUs, and his blocks learn too slowly for an hour of a laptop: how they fared stands in the table below. So two things are different here, and on the card:
#
# - **The blocks are chapter 05's**: one convolution a size in place of two, batch normalisation, a tanh.
# - **It grows from a network that is there**: the layers of the finished `dcgan64` up to 32×32, in both networks. Its "to RGB" at 32×32 is fitted to the pictures of `dcgan64`, made small. From there it grows as PGGAN does: 32×32 stable, a new block fades in, 64×64 stable.

# %%
print(shipped.describe())
before = checkpoints.card("dcgan64")
print(f"\n{before['scores_dognet']['network']:<10}{'pggan64':>10}{'dcgan64':>10}")
for kind, value in before["scores_dognet"]["generated"].items():
    print(f"{kind:<10}{shipped.card['scores_dognet']['generated'][kind]:>10.4g}{value:>10.4g}")
for fact in ("pictures_seen", "parameters"):
    print(f"{fact:<14}{shipped.card[fact]:>10,}{before[fact]:>10,}")

# %% slideshow={"slide_type": "slide"}
samples = plots.beside(
    checkpoints.load_generator("dcgan64").sample(48, seed=0),
    shipped.sample(48, seed=0),
    titles=("dcgan64 (chapter 05)", "pggan64: none picked"),
)
plots.show(samples, "48 dogs of dcgan64 beside 48 of pggan64.", dpi=60)

# %% [markdown]
# Lower is better. By DogNet `pggan64` is a little ahead of `dcgan64`; by lite1, which sees shape better, it is behind (the table of chapter 14), and by eye the two are hard to tell apart. **Honestly, that says little about growing.** It began with the layers of a finished `dcgan64`, and the pictures on its card come on top of those. For a verdict on growing one would train the same networks with and without it, for as long, with several seeds.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The film of that run
#
# A row an epoch of 12,000 pictures, the same eight latents in each.

# %%
film = np.asarray(PIL.Image.open(checkpoints.data_dir() / "checkpoints" / "pggan64_film.png"))
run = progressive.Schedule(64, fading=24_000, stable=24_000, first=32)  # as the card says
epochs = np.unique(np.geomspace(1, len(film) // 64, 11).round().astype(int)) - 1
film = np.concatenate([film[64 * e : 64 * e + 64] for e in epochs])
figure, ax = plt.subplots(figsize=(5, 0.5 * len(epochs)))
ax.imshow(film, interpolation="nearest")
phases = [run.phase(12_000 * (epoch + 1) - 1) for epoch in epochs]
sizes = [f"{run.side(phase)} px, " + ("fading" if phase % 2 else "stable") for phase in phases]
ax.set(xticks=[], yticks=32 + 64 * np.arange(len(epochs)))
ax.set_yticklabels([f"epoch {e + 1}: {text}" for e, text in zip(epochs, sizes, strict=True)])
plots.show(
    figure,
    "Eight latents over the epochs, growing finer; the colours stay while a size fades in.",
    70,
)

# %% [markdown]
# **What to see.** No tint and no jump, unlike the live film above: the new size begins with the pictures of the one below, since its layers carry them. What else was tried, with FID and KID:

# %%
compared = shipped.card["compared"]
print(f"{'pictures':>8}{'FID':>7}{'KID':>7}   D's mean logits, real and fake")
for row in compared["runs"]:
    logits = f"{row['real_score']:+.1f} {row['fake_score']:+.1f}"
    print(f"{row['pictures']:>8,}{row['FID']:>7.1f}{row['KID']:>7.3f}   {logits}   {row['run']}")
print(compared["what"])

# %% [markdown]
# Read the last six rows downwards. Growth costs at first: D's new block knows nothing, its logits for real and fake nearly agree, and FID is *worse* than that of the network it began with. Then D learns to tell the two apart, and FID falls below. At last D pulls ahead, the logits drift apart, and FID *rises* again, although the loss never exploded; the third row shows the same. **Stop where the metric is best**, and keep that checkpoint. (One seed each: a difference of a few tenths of FID is a hint, not a proof.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One latent, from 4×4 to the top
#
# The grown network still holds all its smaller ones: `generator_at(network, 8)` draws 8×8. But each size has its own 1×1 "to RGB", and the features below it move on when a size above is trained. Here those of 4×4 to 16×16 are as they were fitted to `dcgan64`'s pictures; that of 32×32 was last trained when 64×64 had faded in.
# So let us also fit each of them anew: 3 × channels numbers, by least squares, so that it draws the finished picture made small. How well that works says **how much of the picture is decided at that size**.


# %%
def at_side(generator, side, z):
    """What it draws at this side, and the finished pictures made as small."""
    small = np.asarray(progressive.generator_at(generator.model, side)(z))
    return small, np.asarray(pggan.shrink(generator.model(z), side))


# %%
reader, other = checkpoints.load_generator("pggan64"), latents(64, shipped.latent_dim, seed=8)
for side in sides[:-1]:
    small, wanted = at_side(shipped, side, other)
    left = np.corrcoef(small.ravel(), wanted.ravel())[0, 1]
    z = latents(256, shipped.latent_dim, seed=9)
    progressive.fit_to_rgb(reader.model, side, z, at_side(reader, side, z)[1])
    small, wanted = at_side(reader, side, other)
    decided = 1 - np.mean((small - wanted) ** 2) / np.var(wanted)
    print(f"{side:>2}×{side:<2} as the run left it: correlation {left:+.2f}; ", end="")
    print(f"fitted anew: {decided:.0%} of the finished picture at this size")

# %% slideshow={"slide_type": "slide"}
z = latents(4, shipped.latent_dim, seed=5)
frames = []
for level in np.linspace(2, np.log2(top), 4 * (len(sides) - 1) + 1):
    progressive.set_level(reader.model, level)
    frames.append(plots.tile(reader.decode(z), 4))
plots.play(frames + frames[-1:] * 6, "Four latents of pggan64 grow from 4×4 pixels.", 4, 1.5, 64)
rows = [enlarged(at_side(g, s, z[:1])[0], 64) for g in (shipped, reader) for s in sides]
rows = np.concatenate(rows).reshape(2, len(sides), 64, 64, 3)
plots.show(
    plots.labelled_rows(rows, ["one latent, sizes as the run left them", "fitted anew"]),
    "One latent at 4 to 64 pixels: by the small sizes as the run left them, and fitted anew.",
)

# %% [markdown]
# **What to see.** In the film, and in the second row, the numbers above at work: large areas and colours are there early, and each size adds to the last. The first row shows that a grown network is *not* kept working at its old sizes: nobody has looked at them since, and the numbers are lower.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Good and bad outputs, ranked twice
#
# **By D.** The last D of the run is shipped too: what does it believe? Its minibatch statistic makes a score depend on the company, so each picture is judged in several random companies.
#
# **By a metric.** Kynkäänniemi's *realism* takes 1,200 real dogs as DogNet sees them. Each has a ball that reaches to its third neighbour; realism is the largest ratio of a ball's radius to the distance of its centre. Above 1: inside a ball, as near to a real dog as real dogs are to one another.


# %%
def believed(images, judge, companies=8):
    """D's score of each picture, the mean over random batches of 64."""
    scores = np.zeros(len(images))
    for seed in range(companies):
        order = np.random.default_rng(seed).permutation(len(images))
        scores[order] += judge.predict(images[order], batch_size=64, verbose=0)[:, 0]
    return scores / companies


def realism(fakes, reals, k=3):
    """The best ratio of a real picture's radius to its distance, for rows of features."""
    apart = pairwise_distances(reals)
    radius = np.sort(apart, axis=1)[:, k]
    kept = radius <= np.median(radius)  # as in the paper: large balls lie where there is little
    distance = pairwise_distances(fakes, reals[kept])
    return (radius[kept] / np.maximum(distance, 1e-9)).max(axis=1)


# %%
judge = keras.models.load_model(
    checkpoints.data_dir() / "checkpoints" / "pggan64_judge.keras", compile=False
)
samples = shipped.sample(cfg.judged, seed=21)
ranked = {
    "D": believed(samples, judge),
    "realism": realism(metrics.extract(samples, "dognet").vectors, real_dogs("dognet").vectors),
}
plain = {
    "sharpness": np.array([detail(image[None]) for image in samples]),
    "contrast": samples.std(axis=(1, 2, 3)),
    "brightness": samples.mean(axis=(1, 2, 3)),
}

# %% slideshow={"slide_type": "slide"}
for name, scores in ranked.items():
    order = np.argsort(scores)
    figure = plots.beside(
        samples[order[::-1][:24]],
        samples[order[:24]],
        titles=(f"best by {name}", f"worst by {name}"),
    )
    plots.show(
        figure, f"The 24 pictures that {name} ranks first, and the 24 that it ranks last.", dpi=70
    )


# %%
def rank_correlation(a, b):
    """Spearman's: the correlation of the two rankings."""
    return np.corrcoef(np.argsort(np.argsort(a)), np.argsort(np.argsort(b)))[0, 1]


print(
    f"D and realism: {rank_correlation(*ranked.values()):+.2f}  "
    f"(by chance ±{1 / np.sqrt(len(samples)):.2f})\n"
)
print(f"{'':<12}{'D':>8}{'realism':>10}")
for name, values in plain.items():
    print(f"{name:<12}" + "".join(f"{rank_correlation(values, s):>+9.2f}" for s in ranked.values()))
worst = np.argsort(ranked["realism"])[: len(samples) // 10]
share = np.mean(np.isin(worst, np.argsort(ranked["D"])[: len(samples) // 10]))
print(f"\nof realism's worst tenth, {share:.0%} are in D's worst tenth too (by chance 10%)")
print(f"inside a ball of real dogs: {np.mean(ranked['realism'] > 1):.0%} of the pictures")

# %% [markdown]
# **How to read it.** A correlation of 1 would be the same order, 0 none at all. D is not asked "is this a good dog?" but "which way should G go from here?": it was trained against this very G, and whatever it could see easily G has long removed. The second table shows what each is swayed by apart from dogs.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What went wrong, and how to tell
#
# | you see | likely | try |
# |---|---|---|
# | D wins at the first step of each fade | real pictures are not faded | `fade_reals`; print their detail beside the fakes' |
# | the critic difference grows without end, penalty too | slope unbounded: penalty too small, or α from a normal | weight 10, α ~ U[0, 1] |
# | a penalty near 10 that stays | D is flat: slope 0 everywhere | a higher rate for D; is D trained at all? |
# | loss NaN at the start | √0 in the penalty | the 10⁻¹² inside the root |
# | pictures stay blocks of the smaller size | α does not rise | print `gan.alpha()` |
# | a good small size is lost when it grows | Adam remembers, or the fade is short | compile at each size; longer `fading` |
# | all dogs alike | collapse | is the minibatch statistic in D, and the group 4? |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Exercises
#
# Put your answer in place of `None`.
#
# **1.** By what is a 3×3 convolution that reads 512 channels scaled at run time (gain √2)? Three digits are enough.

# %% tags=["exercise"]
exercises.check("10-scale", None)

# %% [markdown]
# **2.** Write `alpha(images, start, fading)`: the α of a fading phase that begins after `start` real pictures and lasts `fading`, when `images` have been seen (before, during and after it).

# %% tags=["exercise"]
exercises.check("10-alpha", None)

# %% [markdown]
# **3.** How many real pictures has the paper's schedule shown when 1024×1024 has just become stable?

# %% tags=["exercise"]
exercises.check("10-pictures", None)

# %% [markdown]
# **4.** A D of slope 1 everywhere skips a size: from 8×8 straight to 32×32, with α = 0. What is 10 × the gradient penalty at the first step?

# %% tags=["exercise"]
exercises.check("10-jump", None)

# %%
exercises.solution("10-jump")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - Large things first, at small sizes; then one detail more at each doubling, faded in, in G, in D and in the real pictures.
# - Equalized weights let Adam treat all layers alike; pixel norm keeps G's loudness; minibatch stddev shows D a collapse.
# - D's loss has three terms. The penalty jumps at growth by a number that you can compute; the critic difference is a distance in pixels, whose unit grows with the picture.
# - A D ranks its own G's pictures in another order than a metric does: print the correlation before you pick by either.
#
# ## References
#
# - Karras, Aila, Laine, Lehtinen 2017, *Progressive growing of GANs for improved quality, stability, and variation*, [arXiv:1710.10196](https://arxiv.org/abs/1710.10196), and its code, tkarras/progressive_growing_of_gans
# - Gulrajani et al. 2017, *Improved training of Wasserstein GANs*, [arXiv:1704.00028](https://arxiv.org/abs/1704.00028)
# - Arjovsky, Chintala, Bottou 2017, *Wasserstein GAN*, [arXiv:1701.07875](https://arxiv.org/abs/1701.07875)
# - Kynkäänniemi et al. 2019, *Improved precision and recall metric for assessing generative models*, [arXiv:1904.06991](https://arxiv.org/abs/1904.06991)
# - keras-io issues [143](https://github.com/keras-team/keras-io/issues/143) and [415](https://github.com/keras-team/keras-io/issues/415), on the normal α
