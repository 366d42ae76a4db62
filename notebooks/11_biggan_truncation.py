# %% [markdown] slideshow={"slide_type": "slide"}
# # 11 · BigGAN — 잘린 잠재 벡터: 품질과 다양성의 교환
#
# **한국어 요약**
#
# - BigGAN은 새 아이디어 하나가 아니라, 조건부 GAN을 크게 키워도 무너지지 않게 하는 여러 부품의 합이다. 하나씩 직접 쓰고 확인한다.
# - z를 조각내어 모든 블록에 넣고(hierarchical z), 견종 임베딩은 모든 블록이 나누어 쓴다(shared embedding).
# - 절단 기법(truncation trick): |z|가 문턱값(threshold) τ를 넘으면 **다시 뽑는다**. 줄이거나(scaling) 자르는(clipping) 것이 아니다.
# - τ를 낮추면 품질(fidelity)은 오르고 다양성(variety)은 줄어든다. 이 교환을 아홉 개의 τ에서 곡선으로 잰다.
# - 밀도가 낮은 영역(low-density region)의 z는 나쁜 그림이 된다. 좋은 그림과 나쁜 그림을 순위로 늘어놓고 본다.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["colab"]
# [![Open in Colab](../docs/colab.svg)](https://colab.research.google.com/github/OWNER/dogan/blob/main/notebooks/11_biggan_truncation.ipynb)
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
# 1. The parts that let a conditional GAN grow: written by you in a few lines each, held against the library on the same input.
# 2. The truncation trick, why it means *drawing again*, and what scaling and clipping do instead.
# 3. Why every threshold needs batch statistics of its own.
# 4. To measure a trade-off: what truncation buys, what it costs, and where our own generator agrees with the paper.

# %% slideshow={"slide_type": "slide"}
from dogan_lib.presets import preset

# `passes` batches of `stand` pictures for the statistics of a threshold, `judged` pictures to
# measure each; `every` second, third ... of the nine thresholds.
four = [f"doodle-{name}" for name in ("dalmatian", "rottweiler", "shiba", "husky")]
few = dict(source="doodle", breeds=four, side=32)
cfg = preset(
    smoke=dict(
        **few, every=4, images=96, epochs=1, batch=16, ch=2, passes=2, stand=8, judged=24, drawn=60
    ),
    cpu=dict(
        **few,
        every=1,
        images=1500,
        epochs=16,
        batch=32,
        ch=8,
        passes=4,
        stand=64,
        judged=240,
        drawn=600,
    ),
    gpu=dict(
        source="auto",
        breeds=None,
        side=64,
        every=1,
        images=None,
        epochs=30,
        batch=64,
        ch=16,
        passes=16,
        stand=128,
        judged=2000,
        drawn=3000,
    ),
)
cfg

# %%
import itertools
import math

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops

from dogan_lib import checkpoints, losses, plots, runtime
from dogan_lib.augment import DiffAugment
from dogan_lib.callbacks import LivePlot
from dogan_lib.classroom import exercises, growth
from dogan_lib.classroom.widgets import Truncate
from dogan_lib.dogs import load_dogs
from dogan_lib.dogs.dataset import plain
from dogan_lib.generator import latents
from dogan_lib.layers import ConditionalBatchNormalization, SpectralNormalization
from dogan_lib.metrics.breeds import probabilities, recognise
from dogan_lib.metrics.features import extract
from dogan_lib.metrics.reference import real_dogs
from dogan_lib.metrics.truncation import spread, truncation_curve
from dogan_lib.models import biggan
from dogan_lib.plots import PALETTE

# Two ways to the same number are compared below: all digits, please.
print(runtime.setup(seed=0, precision="float32"))
dogs = load_dogs(size=cfg.side, source=cfg.source, breeds=cfg.breeds, limit=cfg.images)
dogs

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The idea in one picture
#
# The conditional GAN of chapter 07 hears its label at every layer. BigGAN (Brock 2018) gives every layer **a piece of z** as well: the first piece makes the 4×4 features,
# each other one goes, beside an embedding of the breed that all blocks share (공유 임베딩), into one block's conditional normalisations.

# %%
colours = [PALETTE[name] for name in ("neutral", "real", "fake", "d", "g")]
figure, ax = plt.subplots(figsize=(9.5, 3.3))


def box(x, y, wide, high, colour, text):
    ax.add_patch(plt.Rectangle((x, y), wide, high, fc=colour, ec="black", alpha=0.55))
    ax.text(x + wide / 2, y + high / 2, text, ha="center", va="center", fontsize=9)


box(0, 2.3, 9, 0.5, PALETTE["accent"], "the breed's embedding, 128 numbers: every block reads it")
for k, (colour, side) in enumerate(zip(colours, (4, 8, 16, 32, 64), strict=True)):
    box(1.85 * k, 3.2, 1.6, 0.5, colour, f"z, piece {k + 1}: 20")
    box(1.85 * k, 0.4, 1.6, 1.1, colour, "dense\n4×4" if k == 0 else f"block\n→ {side}×{side}")
    down = dict(arrowstyle="->", lw=1.5, color=colour)
    ax.annotate("", (1.85 * k + 0.3, 1.5), (1.85 * k + 0.3, 3.2), arrowprops=down)
    if k:
        ax.annotate("", (1.85 * k + 1, 1.5), (1.85 * k + 1, 2.3), arrowprops=dict(arrowstyle="->"))
        ax.annotate("", (1.85 * k, 0.95), (1.85 * k - 0.25, 0.95), arrowprops=dict(arrowstyle="->"))
ax.set(xlim=(-0.1, 9.3), ylim=(0.2, 3.9))
ax.axis("off")
plots.show(
    figure,
    "z in five pieces: the first feeds the 4x4 features, the others a block each, together with the breed's shared embedding.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## G, written out
#
# A block normalises, activates, doubles, convolves, twice, around a shortcut. Everything with a kernel is spectrally normalised (chapter 09) and starts orthogonal; the shared embedding is neither normalised nor conditioned on.


# %%
def spectral(layer):
    return SpectralNormalization(layer, eps=1e-6)


def convolved(x, width, size=3):
    return spectral(layers.Conv2D(width, size, padding="same", kernel_initializer="orthogonal"))(x)


def block(x, width, condition):
    """(batch, n, n, c) and (batch, 128 + 20) -> (batch, 2n, 2n, width)"""
    norms = [ConditionalBatchNormalization(spectral=True) for _ in range(2)]
    y = layers.UpSampling2D()(layers.ReLU()(norms[0]([x, condition])))
    y = layers.ReLU()(norms[1]([convolved(y, width), condition]))
    return convolved(y, width) + layers.UpSampling2D()(convolved(x, width, 1))


# %% slideshow={"slide_type": "fragment"}
def my_generator(widths, classes):
    z = keras.Input((20 * len(widths),), name="latents")
    label = keras.Input((), dtype="int32", name="labels")
    first, *others = ops.split(z, len(widths), axis=1)
    shared = layers.Embedding(classes, 128)(label)
    x = layers.Reshape((4, 4, widths[0]))(spectral(layers.Dense(16 * widths[0]))(first))
    for width, piece in zip(widths[1:], others, strict=True):
        x = block(x, width, layers.Concatenate()([shared, piece]))
    x = layers.ReLU()(layers.BatchNormalization(epsilon=1e-5)(x))
    return keras.Model([z, label], ops.tanh(convolved(x, 3)))


library = biggan.generator(32, ch=4, num_classes=3, attention=None)
mine = my_generator([16, 16, 16, 16], classes=3)
mine.set_weights(library.get_weights())
z, y = latents(4, 80, seed=1), np.array([0, 1, 2, 1], "int32")
np.testing.assert_allclose(mine([z, y]), library([z, y]), atol=1e-5)
print(f"the same {len(mine.weights)} weights, the same pictures")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Inside a block: (1 + W_g c)·BN(x) + W_b c
#
# c is the shared embedding *and* the piece of z, side by side. One matrix makes gains of it, another offsets: the breed and z turn the same knobs.


# %%
def conditional_norm(x, c, gain, offset):
    """x (batch, n, n, channels), c (batch, d), both matrices (d, channels)."""
    mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
    normal = (x - mean) / np.sqrt(variance + 1e-5)
    return (1 + c @ gain)[:, None, None] * normal + (c @ offset)[:, None, None]


random = np.random.default_rng(0)
x, c = random.normal(size=(6, 4, 4, 5)).astype("float32"), random.normal(size=(6, 148)).astype("f")
norm = ConditionalBatchNormalization(spectral=True, initializer="orthogonal")
theirs = np.asarray(norm([x, c], training=True))
gain, offset = (np.asarray(part.normalized_kernel()) for part in (norm.gain, norm.offset))
np.testing.assert_allclose(conditional_norm(x, c, gain, offset), theirs, atol=1e-4)
print(f"W_g and W_b: {gain.shape}, largest singular value {np.linalg.norm(gain, 2):.3f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## D: features summed over the picture, and a projection
#
# D judges as in chapter 07: *real at all* plus *real as this breed*, w·h + b + v_y·h. New is only h: the **sum** over all positions, not their mean.

# %%
judge = biggan.discriminator(32, ch=4, num_classes=3)
last = [layer for layer in judge.layers if isinstance(layer, layers.ReLU)][-1]
pictures = random.uniform(-1, 1, (4, 32, 32, 3)).astype("float32")
h = np.asarray(keras.Model(judge.inputs, last.output)([pictures, y])).sum(axis=(1, 2))
v, w = (
    layer
    for layer in judge.layers
    if isinstance(layer, SpectralNormalization) and isinstance(layer.layer, layers.Dense)
)
logits = h @ np.asarray(w.normalized_kernel())[:, 0] + np.asarray(w.layer.bias)
logits += (np.asarray(v.normalized_kernel())[y] * h).sum(axis=1)
np.testing.assert_allclose(logits, judge([pictures, y])[:, 0], atol=1e-4)
print("h has the shape", h.shape, "- two lines, and the library's four logits")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Orthogonal weights (직교 가중치)
#
# Truncation asks G for latents that it rarely met. The paper found that this works only if G is *smooth*, and that weights whose rows stay orthogonal help: they neither stretch nor squash.
# So kernels start orthogonal, and what is off the diagonal of W Wᵀ costs: β‖W Wᵀ ⊙ (1 − I)‖². The authors' *code* adds a gradient instead of a loss, 2β (W Wᵀ ⊙ (1 − I)) W. Is it the same?

# %%
W = tf.Variable(random.normal(size=(4, 9)))  # an output's weights are a row
with tf.GradientTape() as tape:
    overlap = tf.matmul(W, W, transpose_b=True) * (1 - np.eye(4))
    penalty = tf.reduce_sum(overlap**2)
exact, code = tape.gradient(penalty, W).numpy(), (2 * overlap @ W).numpy()
print("gradient of the paper's penalty / gradient in the code:", np.unique((exact / code).round(9)))

with tf.GradientTape() as tape:
    penalty = biggan.orthogonal_penalty(library, strength=1e-4)
kernel = max(library.trainable_variables, key=lambda v: int(np.prod(v.shape)))
rows = tf.transpose(tf.reshape(kernel, (-1, kernel.shape[-1])))
by_hand = 2e-4 * (tf.matmul(rows, rows, transpose_b=True) * (1 - np.eye(len(rows)))) @ rows
by_tape = tf.transpose(tf.reshape(tape.gradient(penalty, kernel), (-1, kernel.shape[-1])))
np.testing.assert_allclose(by_hand, by_tape, atol=1e-6)
print("the library's gradient is the code's")

# %% [markdown]
# A factor of 2, which anyone loses who copies β = 1e-4 from the code into the paper's formula. The library follows the code, by charging half the paper's penalty.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How big is it?
#
# The published G at 128 px has ch = 96 and 1000 classes. Instead of building it, count: a formula that is right for the small ones is right for the large one.


# %%
def conv(c_in, c_out, size):
    return size * size * c_in * c_out + c_out


def parameters_of_g(widths, classes, attended=0):
    total = classes * 128 + (20 + 1) * 16 * widths[0]
    for a, b in itertools.pairwise(widths):
        total += 2 * (128 + 20) * (a + b)  # W_g and W_b, before each of the two convolutions
        total += conv(a, b, 3) + conv(b, b, 3) + conv(a, b, 1)
    total += 2 * attended * (attended // 8 + attended // 2) + (attended > 0)
    return total + 2 * widths[-1] + conv(widths[-1], 3, 3)


def parameters_of_d(widths, classes, attended=0):
    total = 2 * attended * (attended // 8 + attended // 2) + (attended > 0)
    for a, b in itertools.pairwise([3, *widths]):
        total += conv(a, b, 3) + conv(b, b, 3) + (a != b) * conv(a, b, 1)
    return total + (classes + 1) * widths[-1] + 1


# %% slideshow={"slide_type": "fragment"}
def trainable(model):
    return sum(int(np.prod(w.shape)) for w in model.trainable_weights)


small = dict(ch=8, num_classes=3, attention=None)
g64, d64 = biggan.generator(64, **small), biggan.discriminator(64, **small)
assert trainable(g64) == parameters_of_g([128, 128, 64, 32, 16], 3)
assert trainable(d64) == parameters_of_d([8, 16, 32, 64, 128], 3)
g = parameters_of_g([96 * k for k in biggan.G_WIDTHS[128]], 1000, attended=2 * 96)
d = parameters_of_d([96 * k for k in biggan.D_WIDTHS[128]], 1000, attended=96)
print(f"64 px, ch 8, 3 breeds:      G {trainable(g64):>12,}   D {trainable(d64):>12,}")
print(f"128 px, ch 96, 1000 kinds:  G {g:>12,}   D {d:>12,}")
assert (g, d) == (70_433_988, 87_982_370)  # as google/compare_gan counts them

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Train a tiny one
#
# The authors trained on 128 to 512 TPU cores. Here is a minute or two: the same code, a G of a few channels, four breeds of doodles. Hinge loss, two rates, augmentation as before, and the penalty above, which `BigGAN` adds to G's loss.

# %%
classes = len(dogs.breeds)
keras.utils.set_random_seed(0)
options = dict(ch=cfg.ch, num_classes=classes, attention=None)
critic = biggan.discriminator(cfg.side, **options)
tiny = biggan.generator(cfg.side, **options)
gan = biggan.BigGAN(tiny, critic, latent_dim=tiny.inputs[0].shape[-1])
rates = [keras.optimizers.Adam(rate, beta_1=0.0) for rate in (4e-4, 8e-4)]
gan.compile(losses.Hinge(), *rates, augment=DiffAugment("translation"), ema=0.99)
live = LivePlot(samples=16, title="a tiny BigGAN,")
batches = dogs.batches(cfg.batch, condition="labels")
history = gan.fit(batches, epochs=cfg.epochs, verbose=0, callbacks=[live])

# %%
trained = checkpoints.Generator(gan.ema_generator, {"breeds": dogs.breeds})
shown = range(min(classes, 4))
rows = [trained.sample(8, seed=5, labels=label) for label in shown]
plots.show(
    plots.labelled_rows(rows, [plain(dogs.breeds[label]) for label in shown]),
    "Eight samples of the tiny BigGAN for each of four breeds, the same latents in every row.",
    dpi=70,
)
asked = np.arange(cfg.judged) % classes
heard = recognise(trained.sample(cfg.judged, seed=7, labels=asked), asked, dogs.breeds, "dognet")
ceiling = recognise(dogs.images, dogs.labels, dogs.breeds, "dognet")
print(f"the tiny BigGAN    {heard}")
print(f"the dogs           {ceiling}")

# %% [markdown]
# Honestly: such a budget buys colours, a dark patch in the middle, and a label that is at best beginning to be heard (compare with chance, and the rows with one another). It shows that the code learns, not that BigGAN is better than what came before.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What does each piece of z do?
#
# Take one dog and draw **one** piece of its z anew. How much of the picture moves? And how much of that survives when 8×8 pixels are averaged: how coarse is the change?

# %%
z, label = np.repeat(latents(1, trained.latent_dim, seed=3), 8, axis=0), np.zeros(8, "int32")
rows, names, cells = [], [], cfg.side // 8
for piece in range(trained.latent_dim // 20):
    moved = z.copy()
    moved[1:, 20 * piece : 20 * piece + 20] = latents(7, 20, seed=piece)
    rows.append(trained.decode(moved, label))
    change = rows[-1][1:] - rows[-1][:1]
    coarse = change.reshape(7, cells, 8, cells, 8, 3).mean(axis=(2, 4))
    share = (coarse**2).mean() / max((change**2).mean(), 1e-12)
    names.append(f"piece {piece + 1}: " + (f"block → {4 * 2**piece}" if piece else "4×4 features"))
    print(f"{names[-1]:<26} moves a pixel by {np.abs(change).mean():.3f}, coarse {share:.0%}")
plots.show(
    plots.labelled_rows(rows, names),
    "A dog, and in each row seven dogs that differ from it in one piece of z alone.",
    dpi=70,
)

# %% [markdown]
# **How to read it.** The first column is the same dog in every row. A piece that moves little is one that G has not yet learnt to use; a small share of coarse change means that the piece paints detail.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The shipped generator: BigGAN's ideas in a small body
#
# `biggan64` does not have BigGAN's rows: they are made for large batches on hundreds of chips. It is chapter 07's `cgan64`, *grown*:
# z enters every conditional normalisation (the whole z: BigGAN-deep, the paper's second network, does not cut it either), residual blocks refine 8×8 to 32×32, attention (chapter 09) looks around. All that is new starts at zero, so nothing is lost on the first day:

# %%
cgan64 = checkpoints.load_generator("cgan64")
grown = checkpoints.Generator(growth.with_latents(cgan64.model), cgan64.card)
gap = np.abs(grown.sample(4, labels=7) - cgan64.sample(4, labels=7)).max()
print(f"cgan64 {cgan64.model.count_params():,} parameters, grown {grown.model.count_params():,}")
print(f"largest difference of their pictures: {gap:.1e}")

# %% [markdown]
# Then it was trained on 12,000 real dogs. Its card, and its scores beside those of chapters 05 and 07:

# %%
shipped = checkpoints.load_generator("biggan64")
print(shipped.describe(), "\n")
for name in ("dcgan64", "cgan64", "biggan64"):
    card = checkpoints.card(name)
    line = (
        f"{name:<10}{card['parameters']:>11,} parameters {card['pictures_seen']:>11,} pictures seen"
    )
    for kind, value in card.get("scores", {}).get("generated", {}).items():
        line += f"   {kind} {value:.4g}"
    print(line)

# %% slideshow={"slide_type": "slide"}
wanted = ["Samoyed", "Rottweiler", "golden retriever", "Blenheim spaniel", "Irish setter", "pug"]
rows = [shipped.sample(8, seed=11, labels=breed) for breed in wanted]
plots.show(
    plots.labelled_rows(rows, wanted),
    "Six breeds, a row each, drawn by biggan64 with the same eight latents in every row.",
    dpi=70,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How its recipe was found
#
# Recipes were compared over short runs before one was trained for longer. The question is what a picture seen is worth, so the axis is pictures, not minutes.

# %%
compared, runs = shipped.card["compared"], {}
for row in compared:
    points = zip(np.atleast_1d(row["pictures"]), np.atleast_1d(row["KID"]), strict=True)
    runs.setdefault(row["recipe"], []).extend(points)
figure, ax = plt.subplots(figsize=(7.5, 3.2))
for number, (recipe, points) in enumerate(runs.items()):
    seen, kid = np.array(sorted(points)).T
    ax.plot(seen, kid, "osv^Dp*Xh<"[number % 10] + "-", color=f"C{number}", label=recipe)
    print(f"KID {kid[-1]:.4f} after {seen[-1]:>9,.0f} pictures   {recipe}")
for name, line in (("cgan64", ":"), ("biggan64", "--")):
    final = checkpoints.card(name)["scores_dognet"]["generated"]["KID"]
    ax.axhline(final, color="black", ls=line, label=f"{name}, finished: {final:.4f}")
ax.set(xlabel="pictures seen", ylabel="KID[dognet-1], less is better", yscale="log")
ax.legend(frameon=False, fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))
plots.show(figure, "KID against pictures seen, a line or a point for each recipe that was tried.")

# %% [markdown]
# The dotted line is where `cgan64` already *was*. One seed each, so only large steps count; but no published row came near that line in its trial, and the budget had no room for millions of pictures. Hence: keep what is trained, and add what is new.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Who speaks in the normalisations, the breed or z?
#
# The gain of a channel is 1 + W_g c with c = [breed, z]. Over all breeds it varies by the deviation of the breeds' rows of W_g; over all z ~ N(0, I) by the length of the column of z's rows. Both in one figure, layer by layer.

# %%
norms = [x for x in shipped.model.layers if isinstance(x, ConditionalBatchNormalization)]
kernels = [np.asarray(x.gain.kernel) for x in norms]
by_breed = [kernel[: shipped.classes].std(axis=0).mean() for kernel in kernels]
by_z = [np.sqrt((kernel[shipped.classes :] ** 2).sum(axis=0)).mean() for kernel in kernels]
names = [
    f"{x.output.shape[1]}×{x.output.shape[1]}" + (", refined" if "refine" in x.name else "")
    for x in norms
]
figure, ax = plt.subplots(figsize=(7.5, 2.8))
at = np.arange(len(norms))
ax.bar(at - 0.2, by_breed, 0.4, color=PALETTE["real"], label="from the breed")
ax.bar(at + 0.2, by_z, 0.4, color=PALETTE["accent"], label="from z")
ax.set_xticks(at, names, rotation=40, ha="right", fontsize=8)
ax.set(ylabel="deviation of a gain")
ax.legend(frameon=False, ncols=2, loc="lower left", bbox_to_anchor=(0, 1))
print(f"mean over the layers: breed {np.mean(by_breed):.3f}, z {np.mean(by_z):.3f}")
plots.show(
    figure, "For each conditional normalisation, how much its gains vary with the breed and with z."
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The truncation trick (절단 기법)
#
# G was trained on z ~ N(0, I). Where z is dense it has practised a lot, in the tails hardly. So, **at sampling time only**, keep away from the tails: draw every |z_i| above a threshold τ *again*, until it lies inside.
# Inside nothing is bent: the density is the bell's own, φ(z) / (2Φ(τ) − 1).


# %%
def truncated_normal(shape, threshold, seed=0):
    random = np.random.default_rng(seed)
    z = random.standard_normal(shape, dtype="float32")
    while (outside := np.abs(z) > threshold).any():
        z[outside] = random.standard_normal(outside.sum(), dtype="float32")
    return z


def clipped(shape, threshold, seed=0):
    return np.random.default_rng(seed).standard_normal(shape, "float32").clip(-threshold, threshold)


def scaled(shape, threshold, seed=0):
    return threshold * np.random.default_rng(seed).standard_normal(shape, "float32")


same = biggan.truncated_normal((50, 100), 0.5, seed=4)
np.testing.assert_array_equal(truncated_normal((50, 100), 0.5, seed=4), same)
ways = {"drawn again": truncated_normal, "clipped": clipped, "scaled": scaled}

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Against the exact density
#
# Below, 100,000 numbers of each at τ = 1, the exact density, and the largest gap between its distribution function and theirs (Kolmogorov–Smirnov). A sample of the right density has a gap above 1.63/√n in one case of a hundred.

# %%
tau, n = 1.0, 100_000
cdf = np.vectorize(lambda x: (1 + math.erf(x / math.sqrt(2))) / 2)
inside = 2 * cdf(tau) - 1
grid = np.linspace(-tau, tau, 201)
figure, axes = plt.subplots(1, 3, figsize=(10, 2.6), sharey=True)
for ax, (name, way) in zip(axes, ways.items(), strict=True):
    z = np.sort(way((n,), tau, seed=0))
    gap = np.abs(np.arange(n) / n - ((cdf(z.clip(-tau, tau)) - cdf(-tau)) / inside)).max()
    edge, beyond = np.isclose(np.abs(z), tau).mean(), (np.abs(z) > tau + 1e-6).mean()
    print(f"{name:<12}gap {gap:.4f}   at the edge {edge:6.1%}   beyond it {beyond:6.1%}", end="")
    print(f"   variance {z.var():.3f}")
    ax.hist(z, bins=np.linspace(-2.5, 2.5, 101), density=True, color=PALETTE["fake"], alpha=0.6)
    ax.plot(grid, np.exp(-(grid**2) / 2) / math.sqrt(2 * math.pi) / inside, color="black")
    ax.set(title=name, xlim=(-2.5, 2.5), ylim=(0, 1.2), xlabel="z")
print(f"a gap that is still chance: {1.63 / math.sqrt(n):.4f}")
plots.show(
    figure,
    "Three histograms with the exact truncated density: drawn again fits, clipped has two towers at the ends, scaled has the tails of a whole bell.",
)

# %% [markdown]
# **What to see.** Clipping heaps everything from outside onto ±τ: in 100 dimensions nearly every such z sits on the wall of the cube in dozens of coordinates, where training never was. Scaling by τ = 1 changes nothing at all, and at any τ it keeps the tails that truncation was to remove.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Statistics that stand (standing statistics)
#
# Batch normalisation remembers means and variances of *training*, where z had its tails. Truncated latents have smaller features, and are then divided by deviations that are too large.
# Remedy: forget, run some passes in training mode on latents truncated **at this τ**, and keep the plain mean of their statistics. Again for every τ.


# %%
def stand(model, draw, passes):
    """The same network, with the mean of the batch statistics over `passes` training passes."""
    twin = keras.models.clone_model(model)
    twin.set_weights(model.get_weights())
    kinds = (layers.BatchNormalization, ConditionalBatchNormalization)
    norms = [getattr(x, "norm", x) for x in twin.layers if isinstance(x, kinds)]
    weights = [w for norm in norms for w in (norm.moving_mean, norm.moving_variance)]
    for norm in norms:
        norm.momentum = 0.0  # remember the last batch, and only that
    seen = []
    for k in range(passes):
        twin(draw(k), training=True)
        seen.append([w.numpy() for w in weights])
    for weight, values in zip(weights, zip(*seen, strict=True), strict=True):
        weight.assign(np.mean(values, axis=0))
    return checkpoints.Generator(twin, shipped.card)


# %% slideshow={"slide_type": "fragment"}
def draws(way, threshold):
    """For pass k: latents made in a given way, and breeds dealt out evenly."""
    labels = np.arange(cfg.stand * cfg.passes) % shipped.classes
    order = np.random.default_rng(0).permutation(labels).reshape(cfg.passes, cfg.stand)
    return lambda k: [way((cfg.stand, shipped.latent_dim), threshold, seed=100 + k), order[k]]


low = 0.5
draw = draws(truncated_normal, low)
mine = stand(shipped.model, draw, cfg.passes)
twin = keras.models.clone_model(shipped.model)
twin.set_weights(shipped.model.get_weights())
biggan.standing_statistics(twin, draw, cfg.passes)
z, labels = truncated_normal((8, shipped.latent_dim), low, seed=2), np.arange(8, dtype="int32") * 15
np.testing.assert_allclose(mine.decode(z, labels), twin([z, labels]), atol=2e-3)
print("my statistics and the library's: the same pictures")

# %% slideshow={"slide_type": "slide"}
left, right = shipped.decode(z, labels), mine.decode(z, labels)
figure = plots.labelled_rows(
    [left, right], [f"τ = {low}, statistics of training", f"τ = {low}, statistics of its own"]
)
for name, images in (("training's", left), ("its own", right)):
    print(
        f"{name:<12} contrast (deviation of a picture's pixels) {images.std(axis=(1, 2, 3)).mean():.3f}"
    )
plots.show(figure, "The same truncated latents with the statistics of training and with their own.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Drawn again, clipped, scaled: the same seeds
#
# Now the pictures, each way with standing statistics of its own. The first row is not truncated at all.

# %%
asked = np.arange(cfg.judged) % shipped.classes
columns = np.linspace(0, shipped.classes - 1, 8).astype("int32")
rows, names = [shipped.decode(latents(8, shipped.latent_dim, 9), columns)], ["all of N(0, I)"]
for name, way in ways.items():
    one = stand(shipped.model, draws(way, low), cfg.passes)
    rows.append(one.decode(way((8, shipped.latent_dim), low, seed=9), columns))
    names.append(f"{name}, τ = {low}")
    z = way((cfg.judged, shipped.latent_dim), low, seed=1)
    images = one.decode(z, asked)
    five = recognise(images, asked, shipped.breeds, "dognet").accuracy(5)
    variety = spread(extract(plots.to_uint8(images), "dognet", progress=False).vectors)
    length = np.linalg.norm(z, axis=1).mean()
    print(f"{name:<12} length of z {length:5.2f}   recognised {five:5.1%}   variety {variety:.2f}")
plots.show(
    plots.labelled_rows(rows, names),
    "Eight breeds: untruncated, truncated by drawing again, by clipping and by scaling, the same seeds.",
    dpi=70,
)

# %% [markdown]
# **What to see.** One τ means three different things: look at the lengths of z. Whoever compares "truncation 0.5" of two programs has to know which of the three it is. Only the first is what the paper measured, and only there τ is a bound.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The trade-off, measured (품질과 다양성의 교환)
#
# Nine thresholds, statistics anew for each. **Fidelity** is *precision*: the share of samples that lie among real dogs. **Variety** is *recall*: the share of real dogs that lie among samples (Kynkäänniemi 2019, chapter 03). KID and FID want both at once.
# Without real dogs there are: the mean distance of two samples (variety), how often DogNet has the asked breed among its first five (recognised), and an **inception score** with DogNet's breeds, exp E KL(p(y|x) ‖ p(y)): high if each picture is one clear breed *and* all breeds occur.
#
# The reference is `real_dogs("dognet")`: not pictures, but DogNet's features of 1,200 real dogs.

# %%
chosen = biggan.THRESHOLDS[:: cfg.every]
stands = biggan.stands(shipped, chosen, passes=cfg.passes, batch_size=cfg.stand)
measured = truncation_curve(stands, real_dogs("dognet"), n=cfg.judged, features="dognet")
head = ["precision", "recall", "kid", "is", "recognised", "variety"]
print("     τ" + "".join(f"{name:>12}" for name in head))
for row, tau in enumerate(stands):
    print(f"{tau:>6}" + "".join(f"{measured[name][row]:>12.3f}" for name in head))
print(f"{cfg.judged} pictures a threshold; chance of being recognised {5 / shipped.classes:.1%}")

# %%
styles = {
    "precision": "real", "recall": "fake", "fid": "d", "kid": "d", "is": "accent", "recognised": "g", "variety": "neutral"
}  # fmt: skip


def draw_curves(curve):
    names = [name for name in styles if name in curve and (name != "kid" or "fid" not in curve)]
    figure, axes = plt.subplots(1, len(names), figsize=(2.5 * len(names), 2.6))
    for ax, name in zip(axes, names, strict=True):
        ax.plot(curve["thresholds"], curve[name], "o-", color=PALETTE[styles[name]])
        ax.set(title=name, xscale="log", xlabel="threshold τ", xticks=[0.1, 0.3, 1, 3])
        ax.set_xticklabels(["0.1", "0.3", "1", "3"])
        ax.minorticks_off()
    figure.tight_layout()
    return figure


plots.show(
    draw_curves(measured),
    "Six measures over the threshold: precision, recall, KID, inception score, recognised, variety.",
    dpi=75,
)

# %% [markdown]
# With few pictures every one of these numbers is off (the balls of precision are large, the inception score is too low); between thresholds, at one n, they may be compared. The card holds the same curve with more pictures, and with FID:

# %% slideshow={"slide_type": "slide"}
curve = shipped.card["truncation"]
print(f"{curve['n']:,} pictures a threshold against {curve['reference']}")
plots.show(
    draw_curves(curve),
    "The curves of the card: precision, recall, FID and the others over the threshold.",
    dpi=75,
)

# %% slideshow={"slide_type": "fragment"}
best = int(np.argmin(curve["fid"]))
lowest, highest = curve["thresholds"][0], curve["thresholds"][-1]
for name, hoped in (("precision", 1), ("recall", -1), ("is", 1)):
    low_value, high_value = curve[name][0], curve[name][-1]
    agrees = hoped * (low_value - high_value) > 0
    change = f"{high_value:.3f} at τ = {highest}, {low_value:.3f} at τ = {lowest}"
    verdict = "the published direction" if agrees else "NOT the published direction"
    print(f"{name:<10} {change}, {low_value / high_value - 1:+.0%}: {verdict}")
fid, taus = curve["fid"], curve["thresholds"]
print(
    f"FID        {fid[-1]:.2f} at τ = {highest}, lowest {fid[best]:.2f} at τ = {taus[best]}, ",
    end="",
)
dips = 0 < best < len(fid) - 1
print(f"{fid[0]:.2f} at τ = {lowest}: {'it dips, then rises' if dips else 'it does NOT dip'}")

# %% [markdown]
# **Published**, for a G of 70 million parameters on ImageNet: as τ falls, IS and precision rise, recall falls, FID first dips and then rises when the missing variety weighs more than the better pictures. Where the lines above say NOT, ours differs.
# Mind the sizes, too: a dip in the second digit, or a score that rises by less than its curve above wobbles, is no evidence. And not every G bears truncation: in the paper it is the orthogonal penalty that makes G "amenable" to it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One seed, many thresholds
#
# Drawing again replaces numbers, so the dog of a seed jumps when τ changes. To *watch* truncation, carry each number to the same quantile of the truncated density: z′ = Φ⁻¹(Φ(−τ) + Φ(z)(2Φ(τ) − 1)). The same density, and every number moves smoothly to the middle.

# %%
z = latents(8, shipped.latent_dim, seed=12)
x = np.sort(biggan.carried(latents(1000, 100, seed=0), 1.0).ravel())
gap = np.abs(np.arange(n) / n - (cdf(x) - cdf(-1)) / (2 * cdf(1) - 1)).max()
print(
    f"carried to τ = 1: gap to the exact density {gap:.4f}, chance is below {1.63 / math.sqrt(n):.4f}"
)
label = np.full(8, [plain(name) for name in shipped.breeds].index("Samoyed"), "int32")
shown = list(stands)[::-2]
rows = [stands[tau].decode(biggan.carried(z, tau), label) for tau in shown]
plots.show(
    plots.labelled_rows(rows, [f"τ = {tau}" for tau in shown], title="one breed, eight seeds"),
    "Eight seeds in columns, thresholds in rows, the largest above: coats take the breed's colour, poses stay.",
    dpi=70,
)

# %% [markdown]
# **What to see.** From above to below coats and backgrounds lose what is particular, and the colours of the breed win; poses and outlines stay. In the published pictures *everything* ends at one dog a breed, that of z = 0. Why not here?
#
# ### A trap: normalisation undoes scale
#
# The first layer of `cgan64`, and so of `biggan64`, is W z without a bias, and a normalisation follows. With statistics of its own BN(W·z/10) = BN(W·z): as far as the first layer is concerned, shrinking z changes **nothing**. Only where z enters as a *condition* does its size count. Test it: scale z by 1/10, statistics anew.


# %%
def shrunk(generator, z, scale):
    """Pictures of scale * z, with the statistics of such latents."""
    return stand(generator.model, draws(scaled, scale), cfg.passes).decode(scale * z, label)


rows = []
for generator in (cgan64, shipped):
    rows += [shrunk(generator, z, scale) for scale in (1.0, 0.1)]
    moved, apart = np.abs(rows[-1] - rows[-2]).mean(), np.abs(rows[-2] - rows[-2][::-1]).mean()
    name = generator.card["name"]
    print(
        f"{name:<10}z / 10 moves a pixel by {moved:.3f}; two different dogs differ by {apart:.3f}"
    )
names = [f"{name}, {z}" for name in ("cgan64", "biggan64") for z in ("z", "z / 10")]
plots.show(
    plots.labelled_rows(rows, names),
    "cgan64 and biggan64, each for eight latents z and for a tenth of them, with own statistics.",
    dpi=70,
)

# %% [markdown]
# `cgan64` hears z in its first layer alone, and does not notice. `biggan64` notices through its conditional normalisations. BigGAN itself has a bias in its dense layer (see `my_generator`): it does not shrink with z, so that z does lose its voice as τ → 0. That is why our variety falls less than the published one.
#
# ### Truncate by hand
#
# The statistics of all thresholds are ready, so the slider moves at once.

# %%
Truncate(stands, breed=shipped.breeds[0])

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Where the density is low
#
# The slide's claim: regions of low density are drawn badly. Test it on one breed: of many z the **shortest** and the **longest** (low density of N(0, I) means long z), and a place where no training ever was: every |z_i| above 1.


# %%
def far(n, dim, seed=0):
    """Latents of the tails alone: every number inside ±1 is drawn again."""
    random = np.random.default_rng(seed)
    z = random.standard_normal((n, dim), dtype="float32")
    while (inside := np.abs(z) < 1).any():
        z[inside] = random.standard_normal(inside.sum(), dtype="float32")
    return z


many = latents(cfg.drawn, shipped.latent_dim, seed=21)
many = many[np.argsort(np.linalg.norm(many, axis=1))]
sets = {"shortest": many[:8], "longest": many[-8:], "all in the tails": far(8, many.shape[1])}
titles = [f"{name}: |z| about {np.linalg.norm(z, axis=1).mean():.1f}" for name, z in sets.items()]
plots.show(
    plots.labelled_rows([shipped.decode(z, label) for z in sets.values()], titles),
    "Samoyeds of the shortest latents, of the longest, and of latents whose every number lies in a tail.",
    dpi=70,
)

# %% slideshow={"slide_type": "fragment"}
third = cfg.drawn // 3
asked = np.arange(third).astype("int32") % shipped.classes
groups = {
    "short third": many[:third],
    "long third": many[-third:],
    "all in the tails": far(third, many.shape[1], seed=1),
}
for name, z in groups.items():
    images = plots.to_uint8(shipped.decode(z, asked))
    five = recognise(images, asked, shipped.breeds, "dognet").accuracy(5)
    variety = spread(extract(images, "dognet", progress=False).vectors)
    print(f"{name:<18} recognised {five:5.1%}   variety {variety:.2f}   of {third} pictures")

# %% [markdown]
# In 100 dimensions nearly all z are about as long as √100 = 10: short and long thirds hardly differ, in length or in what becomes of them. The tails are another matter. This is why truncation bounds *each* number and not the length.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Good and bad outputs, ranked
#
# How sure is DogNet that a picture shows the breed that was asked for? Sorted by that, from a set of untruncated samples: the first sixteen and the last.

# %%
asked = np.arange(cfg.drawn).astype("int32") % shipped.classes
z = latents(cfg.drawn, shipped.latent_dim, seed=31)
images = shipped.decode(z, asked)
sure = probabilities(images, shipped.breeds, "dognet")[np.arange(cfg.drawn), asked]
order = np.argsort(-sure)
print(
    f"belief in the asked breed: best 16 {sure[order[:16]].mean():.1%}, median {np.median(sure):.2%}"
)
link = np.corrcoef(np.linalg.norm(z, axis=1), np.log(sure + 1e-9))[0, 1]
print(f"correlation of |z| with the logarithm of that belief: {link:+.2f}")
figure = plots.beside(
    images[order[:16]],
    images[order[-16:]],
    columns=4,
    titles=("good: believed", "bad: not believed"),
)
plots.show(
    figure, "Sixteen samples that DogNet recognises best, beside the sixteen it recognises least."
)

# %% [markdown]
# A classifier's trust is not beauty: it likes a clear coat, and has never been asked whether a dog has two eyes. Count for yourself how many of the left half are better *dogs* than those on the right.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What went wrong, and how to tell
#
# | you see | likely | try |
# |---|---|---|
# | washed-out pictures at small τ | statistics of training | standing statistics for this τ |
# | saturated patches at small τ (포화) | G is not smooth | the orthogonal penalty from the first step |
# | FID gets worse at every τ | variety was short already | no truncation; report recall too |
# | a splendid IS, all dogs alike within a breed | IS cannot see within a breed | recall, mean distance of samples |
# | "truncation 0.5" of another program looks different | it scales, or clips | look at its z, not at its documentation |
#
# And the oldest mistake: truncated **scores** beside untruncated ones. τ belongs to every number.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Exercises
#
# Put your answer in place of `None`.
#
# **1.** BigGAN at 512 px has seven blocks above its 4×4 features, and 160 numbers in z. How many are in a piece?

# %% tags=["exercise"]
exercises.check("11-pieces", None)

# %% [markdown]
# **2.** Write `truncated(shape, threshold, seed)` that gives each number its truncated density **without drawing again**: with quantiles of uniform numbers. (`statistics.NormalDist().inv_cdf` and `.cdf`, `np.vectorize`.)

# %% tags=["exercise"]
exercises.check("11-quantiles", None)

# %% [markdown]
# **3.** At τ = 0.5 a normal number lies inside with probability 0.383. How often is a number drawn, on average, until it does?

# %% tags=["exercise"]
exercises.check("11-draws", None)

# %% [markdown]
# **4.** Which of these needs new standing statistics? A: another τ. B: another seed. C: another EMA of the weights. (One or more letters.)

# %% tags=["exercise"]
exercises.check("11-statistics", None)

# %%
exercises.solution("11-quantiles")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - BigGAN: a piece of z and a shared embedding for every block, spectral norm everywhere, projection, weights kept orthogonal. Each is a few lines.
# - Truncation draws tails *again*. Scaling and clipping are other densities.
# - A threshold needs statistics of its own, and a score needs its threshold.
# - The trick moves along a trade-off; it does not make G better. Precision, recall and FID together show where one stands.
#
# ## References
#
# - Brock, Donahue, Simonyan 2018, *Large scale GAN training for high fidelity natural image synthesis*, [arXiv:1809.11096](https://arxiv.org/abs/1809.11096); code: ajbrock/BigGAN-PyTorch
# - Parameter counts: google/compare_gan
# - Miyato, Koyama 2018, *cGANs with projection discriminator*, [arXiv:1802.05637](https://arxiv.org/abs/1802.05637)
# - Kynkäänniemi et al. 2019, *Improved precision and recall metric*, [arXiv:1904.06991](https://arxiv.org/abs/1904.06991)
# - Salimans et al. 2016, *Improved techniques for training GANs* (inception score), [arXiv:1606.03498](https://arxiv.org/abs/1606.03498)
