# %% [markdown] slideshow={"slide_type": "slide"}
# # 10 · PGGAN — 4×4에서 시작하여 자라나는 신경망
#
# **한국어 요약**
#
# - 큰 그림을 한 번에 배우는 대신 4×4에서 시작하여 두 배씩 키운다: 점진적 성장(progressive growing).
# - 네 가지 부품을 직접 쓴다: 균등 학습률, 픽셀 정규화, 미니배치 표준편차, 기울기 페널티(WGAN-GP).
# - 새 층은 서서히 섞어 넣는다. 생성자, 판별자, 그리고 **실제 그림**까지 함께 섞는다.
# - 4 → 8 → 16 → 32픽셀로 자라는 과정을 직접 학습시키고 영화로 본다. 자라서 더 빨리 배웠는지는 시드(seed) 셋으로 잰다.
# - 판별자의 손실을 세 항으로 나누어 읽고, 1024픽셀까지 가는 길을 표로 센다.

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
    from dogan_lib.classroom import colab

    colab.prepare(KEEP_ON_DRIVE)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇을 배우나 · What you will learn
#
# 부품을 쓰고, 망을 키우고, 손실을 읽고, 자란 값을 잰다.
#
# 1. PGGAN's parts, each in a few lines, and one block assembled from them.
# 2. To grow both networks from 4×4 to 32×32 in a loop over sizes.
# 3. To read D's loss: three terms, and what each growth does to them.
# 4. What the way to 1024 pixels costs, counted on the real networks.
# 5. Which pictures D ranks first and last, and by what.

# %% slideshow={"slide_type": "skip"}
from dogan_lib.presets import preset

# `growth`: real pictures at each size; a new size fades in over the first `fade` of them.
cfg = preset(
    smoke=dict(
        growth={4: 64, 8: 64},
        fade=32,
        batch=16,
        rate=3e-3,
        width=1 / 512,
        cap=8,
        dogs=256,
        judged=64,
    ),
    cpu=dict(
        growth={4: 3000, 8: 6000, 16: 10_000, 32: 30_000},
        fade=3000,
        batch=16,
        rate=8e-3,
        width=1 / 64,
        cap=64,
        dogs=6000,
        judged=500,
    ),
    gpu=dict(
        growth={4: 60_000, 8: 90_000, 16: 120_000, 32: 200_000},
        fade=30_000,
        batch=16,
        rate=2e-3,
        width=1 / 8,
        cap=256,
        dogs=6000,
        judged=500,
    ),
)
cfg

# %% slideshow={"slide_type": "skip"}
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops

from dogan_lib import checkpoints, metrics, penalties, plots, runtime
from dogan_lib.classroom import diagram, exercises, progressive, studies, truncation
from dogan_lib.dogs import load_dogs
from dogan_lib.generator import latents
from dogan_lib.models import pggan
from dogan_lib.models.pggan_layers import EqualizedConv2D, MinibatchStddev, PixelNormalization

# A gradient penalty is a second derivative: it gets all the digits.
print(runtime.setup(seed=0, precision="float32", small=True))
dogs = load_dogs(size=32, source="portraits", limit=cfg.dogs)
fresh = load_dogs(size=32, source="portraits", seed=1, limit=cfg.judged)
pictures = fresh.images.astype("float32") / 127.5 - 1
dogs

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 이 장에서 바뀌는 것 · What this chapter changes
#
# 두 망과 실제 그림이 함께 자란다. 판별자의 출력은 확률이 아니라 점수다.
#
# **볼 것 · What to see.** Four parts are lit: G, D, the real pictures, which are as small as G's, and the loss.

# %% tags=["hide-input"]
diagram.game(
    lit=("G", "D", "real", "loss"),
    labels=dict(G="grows", D="grows", real="as small as G's", logit="score", loss="WGAN-GP"),
    title="PGGAN",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 왜 자라나 · Why grow
#
# 4×4에는 배경과 털색이, 8×8에는 머리의 자리가, 16×16에는 귀가, 32×32에는 눈이 있다.
#
# **볼 것 · What to see.** Each row adds one kind of detail to the row above. G gets these sizes in this order, and a step at 4×4 costs a fraction of one at 32×32.

# %% tags=["hide-input"]
sides = [4, 8, 16, 32]


def enlarged(images, side=32):
    """(n, s, s, 3) -> (n, side, side, 3), each pixel repeated."""
    times = side // images.shape[1]
    return np.repeat(np.repeat(np.asarray(images), times, axis=1), times, axis=2)


rows = [enlarged(pggan.shrink(pictures[:11], side)) for side in sides]
plots.show(
    plots.labelled_rows(rows, [f"{side}×{side}" for side in sides]),
    "Eleven portraits at 4, 8, 16 and 32 pixels a side.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 세 가지 부품 · Three parts
#
# 균등 학습률: N(0, 1)에서 시작한 가중치에, 쓸 때마다 √2 / √fan_in을 곱한다. 그러면 Adam이 모든 층을 같은 비율로 움직인다.
#
# Equalized learning rate; **pixel norm** gives every pixel's features in G a mean square of 1; **minibatch stddev** tells D in one number how much the members of a group (4, h, w, c) differ.


# %%
def equalized(x, weight, gain=2**0.5):
    fan_in = np.prod(weight.shape[:-1])
    return ops.conv(x, weight * gain / fan_in**0.5, padding="same")


def pixel_norm(x):
    return x / ops.sqrt(ops.mean(x**2, axis=-1, keepdims=True) + 1e-8)


def spread(group):
    variance = ops.mean((group - ops.mean(group, axis=0)) ** 2, axis=0)
    return ops.mean(ops.sqrt(variance + 1e-8))


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 붕괴를 보여 주는 숫자 · A number that shows collapse
#
# 미니배치 표준편차: D는 한 무리 네 장이 서로 얼마나 다른지를 숫자 하나로 받는다.
#
# **볼 것 · What to see.** A collapsed batch is as good as any, picture by picture. Its number gives it away. (In D it looks at features of 4×4, here at pixels.)

# %% tags=["hide-input"]
batches = {
    "16 portraits": pictures[:16],
    "2 of them": pictures[[0] * 8 + [1] * 8],
    "1": pictures[[0] * 16],
}
told = {name: float(np.mean([spread(b[i::4]) for i in range(4)])) for name, b in batches.items()}
titles = [f"{name}: {number:.2f}" for name, number in told.items()]
tiles = np.stack([plots.tile(batch, 4) for batch in batches.values()])
plots.show(
    plots.grid(tiles, columns=3, titles=titles, scale=3.6),
    "Sixteen different portraits, two repeated, one repeated; the number that D is told falls to 0.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 한 블록 · One block, assembled
#
# 키우고, 합성곱 두 번, RGB로. 옛 그림과 새 그림을 α로 섞는다.
#
# The whole generator is this block, once a size. At α = 0 it only enlarges the old picture; at α = 1 the old "to RGB" has no say. D's block is the mirror image, without pixel norm.


# %%
def leaky(x):
    return ops.maximum(x, 0.2 * x)


def block(x, old, weights, alpha):
    """Features (n, s, s, c) and the picture so far -> both, twice as large."""
    x = ops.repeat(ops.repeat(x, 2, axis=1), 2, axis=2)
    for weight in weights["conv0"], weights["conv1"]:
        x = pixel_norm(leaky(equalized(x, weight)))
    new = equalized(x, weights["to_rgb"], gain=1.0)
    old = ops.repeat(ops.repeat(old, 2, axis=1), 2, axis=2)
    return x, (1 - alpha) * old + alpha * new


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 서서히 섞기 · Fading in, in three places
#
# 새 층을 갑자기 켜면 배운 것이 망가진다. 그래서 α를 0에서 1로 천천히 올린다.
#
# **볼 것 · What to see.** The real pictures fade too. Otherwise D would tell sharp from blocky, and win without looking at dogs.

# %% tags=["hide-input"]
keras.utils.set_random_seed(0)
network, z = pggan.generator(16, 32, cap=32), latents(4, 32, seed=1)
ALPHAS = (0, 0.25, 0.5, 1)
critic = pggan.discriminator(16, cap=32)
mixing = keras.Model(critic.input, critic.get_layer("fade_16").output)
small = np.asarray(pggan.shrink(pictures[:4], 16))
figure, axes = plt.subplots(3, 4, figsize=(8.6, 6.2))
for column, alpha in zip(axes.T, ALPHAS, strict=True):
    for part in (network, critic):
        progressive.set_level(part, 3 + alpha)
    real = np.asarray(pggan.fade_reals(small, alpha))
    column[0].imshow(plots.to_uint8(real[0]), interpolation="nearest")
    column[1].imshow(plots.to_uint8(network(z)[0] / 3), interpolation="nearest")
    column[2].imshow(mixing(real)[0, :, :, 0], cmap="cividis", interpolation="nearest")
    column[0].set_title(f"α = {alpha}", fontsize=14)
for row, text in zip(axes, ("real picture", "G, untrained", "a feature of D"), strict=True):
    row[0].set_ylabel(text, fontsize=13)
    for ax in row:
        ax.set(xticks=[], yticks=[])
figure.tight_layout()
plots.show(figure, "At alpha 0 to 1 a real picture sharpens, G's grows finer, D's map changes.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 판별자의 손실, 세 항 · D's loss in three terms
#
# $$\begin{aligned} L_D &= \underbrace{\mathbb E[D(G(z))] - \mathbb E[D(x)]}_{\text{difference}} + \underbrace{10\,\mathbb E\big[(\lVert\nabla D(\hat x)\rVert - 1)^2\big]}_{\text{gradient penalty}} + \underbrace{0.001\,\mathbb E[D(x)^2]}_{\text{drift}} \\ L_G &= -\mathbb E[D(G(z))] \end{aligned}$$
#
# D는 진짜에 높은 점수, 가짜에 낮은 점수를 주되, 둘 사이의 점 x̂에서 기울기의 길이를 1로 지킨다.


# %%
def gradient_penalty(D, real, fake, alpha):
    """alpha (n, 1, 1, 1) from U[0, 1]: slope 1 is asked for between a real and a fake picture."""
    between = tf.convert_to_tensor(real + alpha * (fake - real))
    with tf.GradientTape() as tape:
        tape.watch(between)
        scores = D(between)
    gradient = tape.gradient(scores, between)
    length = tf.sqrt(tf.reduce_sum(gradient**2, axis=(1, 2, 3)) + 1e-12)
    return 10 * tf.reduce_mean((length - 1) ** 2)


# %% slideshow={"slide_type": "skip"}
progressive.set_level(network, 3.25)  # 2³ = 8 pixels a side, and alpha = 0.25 of the way to 16
below = keras.Model(
    network.input, [network.get_layer("conv0_16").input, network.get_layer("fade_8").output]
)
weights = {n: network.get_layer(f"{n}_16").weight for n in ("conv0", "conv1", "to_rgb")}
_, mine = block(*below(z), {n: ops.convert_to_tensor(w) for n, w in weights.items()}, 0.25)
np.testing.assert_allclose(mine, network(z), atol=1e-4)
x = np.random.default_rng(0).normal(size=(8, 4, 4, 16)).astype("float32")
np.testing.assert_allclose(pixel_norm(x), PixelNormalization()(x), atol=1e-5)
channel = np.asarray(MinibatchStddev(group=4)(x))[:2, 0, 0, -1]
np.testing.assert_allclose(channel, [spread(x[i::2]) for i in range(2)], atol=1e-5)
layer = EqualizedConv2D(5)
np.testing.assert_allclose(layer(x), equalized(x, layer.weight) + layer.bias, atol=1e-5)
print("block, pixel norm, minibatch stddev, equalized convolution: the library's numbers")

progressive.set_level(critic, 4)
library = penalties.GradientPenalty(10.0, seed=3)
drawn = keras.random.uniform((4, 1, 1, 1), seed=keras.random.SeedGenerator(3))
mine = gradient_penalty(critic, small, np.asarray(network(z)), np.asarray(drawn))
np.testing.assert_allclose(mine, library(critic, small, network(z)), rtol=1e-4)
print(f"by hand {float(mine):.4f}, and the library's number")

thin = dict(width=cfg.width, cap=cfg.cap)  # fewer channels than the paper's; at `cpu` 64 to 8


def adam():
    """The paper's (no momentum, 0.99); its rate is 1e-3, ours for the thin networks higher."""
    return pggan.adam(cfg.rate)


prediction = None  # exercise 1: "A", "B" or "C", before you run the next cell

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 자라기: 크기에 대한 반복문 · Growing is a loop over sizes
#
# 망을 만들고, 있던 층을 이름으로 넘겨받고, 학습한다. 크기마다 한 번씩, 개는 그때의 크기로 보인다.
#
# **볼 것 · What to see.** At each grey edge a new size fades in: watch the yellow line, the penalty.

# %%
growing, gan = progressive.Growing(fresh.images[:64], every=80, frame=3), None
for side, count in cfg.growth.items():
    networks = pggan.generator(side, 64, **thin), pggan.discriminator(side, **thin)
    gan = pggan.grown(gan, *networks, fading=cfg.fade)  # the smaller one's layers, by name
    gan.compile(None, adam(), adam(), ema=0.995)  # None: the paper's loss, with its penalty
    batches = dogs.batches(cfg.batch).repeat()
    gan.fit(batches, steps_per_epoch=count // cfg.batch, callbacks=[growing], verbose=0)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 성장의 영화 · The film of this run
#
# 같은 z 열 개가 4×4에서 32×32까지 자란다.
#
# **볼 것 · What to see.** 4×4 is left after a few seconds, 187 updates: its colours are no dog's yet. A darker or lighter middle comes at 8×8, heads with ears at 16×16, eyes and noses at 32×32. Rows soon after a new size may be off-colour: their new layers, random at first, have just come in.

# %% tags=["hide-input"]
plots.show(growing.film(8), "The same ten latents while both networks grow, a row a moment.", 60)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 진짜 개로, 더 오래 · On real dogs, for longer
#
# `pggan64`는 다 배운 `dcgan64`의 층을 32×32까지 넘겨받아, 거기에 64×64를 섞어 넣는다.
#
# **볼 것 · What to see.** The same eight latents: a row of 32×32, one while 64×64 fades in, four of 64×64. It began with layers that could draw dogs already, so this film does not show growth from 4×4.

# %% tags=["hide-input"]
card = checkpoints.card("pggan64")
strip = plt.imread(runtime.data_dir() / "checkpoints" / "pggan64_film.png")[..., :3]
strip = np.pad(strip, ((0, 0), (0, 2), (0, 0))).reshape(card["epochs"], 64, 8, 66, 3)
epochs = [1, 3, 6, 14, 28, 48]
rows = [2 * strip[epoch - 1].swapaxes(0, 1)[:, :, :64] - 1 for epoch in epochs]
a_pass = card["pictures_seen"] // card["epochs"]
labels = [f"{epoch * a_pass:,} pictures" for epoch in epochs]
alt = "Eight latents of pggan64, a row a moment, from blurred dogs to sharper ones."
plots.show(plots.labelled_rows(rows, labels, fontsize=15), alt, 76)
print(f"{card['seconds']:,} s, {card['machine']}; {card['recipe'][0]}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 자라면 더 빨리 배우나 · Does growing learn faster?
#
# 같은 초, 같은 망, 시드 셋: 처음부터 32×32인 것과 견준다.
#
# **볼 것 · What to see.** Growing sees a third more pictures in the same seconds. The line "difference" has the mean over the seeds and its 95% interval; the last line says what follows.

# %% tags=["hide-input"]
facts = studies.load("growth")
plots.show(studies.progress(facts), "KID over equal seconds with growth and without it.")
print(studies.comparison(facts))
whole, grows = studies.by_variant(facts).values()
ahead, half = whole - grows, studies.interval(whole - grows)
told = "the interval contains 0" if abs(ahead.mean()) < half else "the interval does not contain 0"
print(f"growing is ahead in {(ahead > 0).sum()} of {len(ahead)} seeds; {told}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 손실 함수 분석 · D's loss, measured
#
# 차이(difference)의 크기는 D가 진짜와 가짜를 얼마나 멀리 떼어 놓았는가이다.
#
# **볼 것 · What to see.** Negative nearly everywhere: D is ahead at every size. (Its unit changes with the size, so compare within one.) At each growth D looks through 2×2 means, its slope halves, and the penalty spikes (going deeper); the drift hardly counts.

# %% tags=["hide-input"]
figure, ax = plt.subplots(figsize=(11.5, 3.8))
growing.curves(ax)
figure.tight_layout()
plots.show(figure, "The three terms of D's loss over the growth, each size marked.")
print(growing.table())

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1024픽셀로 가는 길 · The way to 1024 pixels
#
# 논문의 두 망을 그대로 짓고, 크기마다 센다.
#
# **볼 것 · What to see.** Nine tenths of the parameters lie at 32×32 and below, almost all memory above. Small sizes are cheap: that is where growing begins.


# %% tags=["hide-input"]
def counted(network):
    """{side: (channels, parameters, megabytes of features a picture)} of a PGGAN network."""
    table = {}
    for layer in network.layers:
        side = int(end) if (end := layer.name.rsplit("_", 1)[-1]).isdigit() else 4
        numbers = sum(int(np.prod(w.shape)) for w in layer.trainable_weights)
        if numbers:  # D's last rows belong to 4×4
            c, p, m = table.get(side, (0, 0, 0.0))
            size = 4e-6 * np.prod(layer.output.shape[1:])
            table[side] = max(c, layer.output.shape[-1]), p + numbers, m + size
    return table


makers = pggan.generator, pggan.discriminator
tables = [counted(truncation.without_numbers(lambda make=make: make(1024))) for make in makers]
print(f"{'':>11}{'channels':>9}{'parameters':>24}{'MB of features a picture':>30}")
print(f"{'side':>11}{'':>9}{'G':>12}{'D':>12}{'G':>15}{'D':>15}")
for side in sorted(tables[0]):
    (channels, g, g_mb), (_, d, d_mb) = (table[side] for table in tables)
    print(f"{side:>5}×{side:<5}{channels:>9}{g:>12,}{d:>12,}{g_mb:>15.1f}{d_mb:>15.1f}")
totals = [[sum(row[k] for row in table.values()) for k in (1, 2)] for table in tables]
(g, g_mb), (d, d_mb) = totals
print(f"{'all':>11}{'':>9}{g:>12,}{d:>12,}{g_mb:>15.1f}{d_mb:>15.1f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 잘 된 개와 안 된 개 · Good and bad dogs, ranked by D
#
# `pggan64`의 마지막 판별자가 매긴 순위다.
#
# **볼 것 · What to see.** Neither half has the better dogs; there is more red among the last. Sharpness, contrast and brightness hardly explain D's order: for `pggan64` their correlations are at the edge of chance. For the live D read the last line: what lies outside the ± is more than chance.


# %% tags=["hide-input"]
def believed(images, judge, companies=4):
    """D's score of each picture, the mean over random batches of 64: the company counts too."""
    scores = np.zeros(len(images))
    for seed in range(companies):
        order = np.random.default_rng(seed).permutation(len(images))
        scores[order] += judge.predict(images[order], batch_size=64, verbose=0)[:, 0]
    return scores / companies


def rank_correlation(a, b):
    """Spearman's: the correlation of the two rankings."""
    return np.corrcoef(np.argsort(np.argsort(a)), np.argsort(np.argsort(b)))[0, 1]


def plain(images):
    """What is easily seen of each picture."""
    blurred = np.asarray(pggan.fade_reals(images, 0.0))
    return {
        "sharpness": np.sqrt(((images - blurred) ** 2).mean(axis=(1, 2, 3))),
        "contrast": images.std(axis=(1, 2, 3)),
        "brightness": images.mean(axis=(1, 2, 3)),
    }


shipped = checkpoints.load_generator("pggan64")
kept = checkpoints.data_dir() / "checkpoints" / "pggan64_judge.keras"
judge = keras.models.load_model(kept, compile=False)
samples = shipped.sample(max(cfg.judged, 64), seed=21)
scores = believed(samples, judge)
order = np.argsort(scores)
figure = plots.beside(
    samples[order[::-1][:32]], samples[order[:32]], titles=("first by D", "last by D"), scale=0.75
)
plots.show(figure, "32 dogs of pggan64 that its own D ranks first, and 32 that it ranks last.", 80)
grown = gan.sample(len(samples), seed=1)
print(
    f"rank correlation of D's score, n = {len(samples)}, by chance ±{2 / len(samples) ** 0.5:.2f}"
)
for name, images, by in (("pggan64", samples, judge), ("live", grown, gan.discriminator)):
    scores = believed(images, by)
    found = {what: rank_correlation(values, scores) for what, values in plain(images).items()}
    print(f"{name:<8}", ", ".join(f"{what} {value:+.2f}" for what, value in found.items()))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇이 잘못되나 · What went wrong, and how to tell
#
# 세 항을 따로 보면 무엇이 잘못되었는지 보인다.
#
# | you see | likely | try |
# |---|---|---|
# | difference and penalty grow without end | the penalty is too small | weight 10, α ~ U[0, 1] |
# | a penalty near 10 that stays | D is flat: slope 0 everywhere | is D trained at all? |
# | loss NaN at the start | √0 in the penalty | 10⁻¹² inside the root |
# | pictures stay blocks | α does not rise | print `gan.alpha()` |
# | all dogs alike | mode collapse | is minibatch stddev in D? |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 연습 문제 · Exercises
#
# 답을 `None` 자리에 쓰고 칸을 실행한다. · Put your answer in place of `None` and run the cell.
#
# 1. **예측 · Predict.** (학습 전에) 새 크기의 첫 걸음에서 기울기 페널티는? · (before the run) At the first step of a new size, does the gradient penalty **A** jump up, **B** stay, or **C** fall? Set `prediction` in the cell before "Growing is a loop".
# 2. **세기 · Count.** 1024×1024가 막 안정되었을 때 D가 본 그림은 몇 장인가? · In the paper every phase, stable or fading, lasts 800,000 pictures. How many has D seen when 1024×1024 has just become stable?
# 3. **유도 · Derive.** 한 크기를 건너뛰면 페널티는 얼마인가? · A D of slope 1 skips a size: from 8×8 straight to 32×32, α = 0. What is 10 × the gradient penalty at the first step?
# 4. **고치기 · Repair.** 섞는 도중에 D가 바로 이긴다. 고쳐라. · `broken_fade` gives D its pictures in the middle of a fade, and D wins at once. Mend it.
# 5. **바꾸고 학습하기 · Change and train.** 절반의 시간에 키운다. · A loop of your own for the impatient: KID[dognet-1] of 0.25 or less in at most 100 seconds, about half of what the run above took. Sizes, fades, batches, rates, widths.


# %% tags=["exercise"] slideshow={"slide_type": "skip"}
def broken_fade(real, old, new, alpha):
    """What D is shown, [real, fake]. `real` and `new` are (n, s, s, 3), `old` is half as large."""
    old = np.repeat(np.repeat(old, 2, axis=1), 2, axis=2)
    fake = (1 - alpha) * old + alpha * new
    return np.stack([real, fake])


exercises.check("10-fade", broken_fade)
exercises.check("10-better", None)  # your own grown GAN, trained for at most 100 seconds
exercises.check("10-penalty", prediction)
exercises.check("10-pictures", None)
exercises.check("10-jump", None)
for name in ("10-pictures", "10-jump", "10-fade"):
    exercises.solution(name)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 요약 · Summary
#
# 작은 크기는 싸다: 거기서 시작하여 한 가지씩 더 배운다.
#
# - Large things first, at small sizes; then one kind of detail more at each doubling, faded in, in G, in D and in the real pictures.
# - Equalized weights let Adam treat all layers alike; pixel norm bounds G's features; minibatch stddev shows D a collapse.
# - D's loss has three terms, and its unit changes with the size: compare within a size only.
# - Parameters lie at small sizes, memory at large ones. Whether growing is ahead in equal seconds, three seeds say on the slide "Does growing learn faster?".

# %% [markdown] slideshow={"slide_type": "skip"}
# ## References
#
# - Karras, Aila, Laine, Lehtinen 2017, *Progressive growing of GANs for improved quality, stability, and variation*, [arXiv:1710.10196](https://arxiv.org/abs/1710.10196), and its code, tkarras/progressive_growing_of_gans
# - Gulrajani et al. 2017, *Improved training of Wasserstein GANs*, [arXiv:1704.00028](https://arxiv.org/abs/1704.00028)
# - Arjovsky, Chintala, Bottou 2017, *Wasserstein GAN*, [arXiv:1701.07875](https://arxiv.org/abs/1701.07875)
# - keras-io issues [143](https://github.com/keras-team/keras-io/issues/143) and [415](https://github.com/keras-team/keras-io/issues/415): its example drew α from a normal, so that most points lay outside the segment from real to fake; corrected in 2023 ([#1463](https://github.com/keras-team/keras-io/pull/1463))

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: Adam's first step, with and without equalized weights
#
# Adam은 가중치마다 거의 학습률만큼 움직인다. 층이 다르면 같은 걸음의 무게가 다르다.
#
# **볼 것 · What to see.** Adam moves every weight by about its rate. With He's start that is little for one layer and much for another; equalized, all layers are changed by the same share.

# %% slideshow={"slide_type": "skip"}
random = np.random.default_rng(0)
shapes = {"from RGB, 1×1": (1, 1, 3, 64), "3×3 × 512": (3, 3, 512, 64), "dense": (8192, 64)}
print("Adam's first step, as a share of the weights' length:")
for name, shape in shapes.items():
    moved = []
    for deviation in ((2 / np.prod(shape[:-1])) ** 0.5, 1.0):
        start = random.normal(size=shape).astype("float32") * deviation
        weight = keras.Variable(start)
        pggan.adam().apply([random.normal(size=shape).astype("float32")], [weight])
        moved.append(np.linalg.norm(weight - start) / np.linalg.norm(start))
    print(f"{name:<16} He's start {moved[0]:7.2%}      equalized {moved[1]:7.2%}")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: What it draws now
#
# 왼쪽은 학습 데이터, 오른쪽은 방금 자란 생성자의 그림이다. 고르지 않았다.
#
# **볼 것 · What to see.** Coats, backgrounds and ears are there, eyes and a nose in many; some heads stay blurred. WGAN-GP costs a second derivative a step: the film's last row says what its pictures took. Chapter 04 prints the KID of its plain network, wider, after more pictures. One run of each.

# %% slideshow={"slide_type": "skip"}
drawn = enlarged(grown)
plots.show(
    plots.beside(dogs.images[:64], drawn[:64], titles=("real", "grown in front of you")),
    "Portraits of the data set beside samples of the generator just grown, none picked.",
)
print("this GAN:", metrics.kid(fresh.images, drawn, "dognet"))

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: Why the penalty jumps
#
# 자라는 순간 D는 2×2 평균을 통해 본다. 픽셀 넷이 영향을 1/4씩 나누면 기울기의 길이는 √(4 · (1/4)²) = 1/2이 된다.
#
# **볼 것 · What to see.** The measured jumps lie a little below the computed 2.5: one step has been made since. Each spike is one measurement wide. Nothing got worse; the unit changed.

# %% slideshow={"slide_type": "skip"}
progressive.set_level(critic, 3)  # 8×8, and 16×16 at α = 0
half = np.asarray(pggan.shrink(small, 8))
before = progressive.slope(progressive.discriminator_at(critic, 8), half)
after = progressive.slope(critic, enlarged(half, 16))
print(f"the same D, at 8×8: slope {before:.4f}; at 16×16, α = 0: {after:.4f}")
print(f"a D of slope 1 suddenly pays 10 · (1/2 − 1)² = {10 * (0.5 - 1) ** 2}")
last = {row["side"]: row["penalty"] for row in growing.rows}
first = {row["side"]: row["penalty"] for row in reversed(growing.rows)}
for old, new in zip(list(last)[:-1], list(last)[1:], strict=True):
    print(f"in the run, {old:>2} -> {new:>2} px: penalty {last[old]:.2f} -> {first[new]:.2f}")
