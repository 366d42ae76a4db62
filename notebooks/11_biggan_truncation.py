# %% [markdown] slideshow={"slide_type": "slide"}
# # 11 · BigGAN — 잘린 잠재 벡터: 품질과 다양성의 교환
#
# **한국어 요약**
#
# - BigGAN은 조건부 GAN을 크게 키운 것이다. z를 조각내어 블록마다 하나씩 넣고, 견종 임베딩(embedding)은 모든 블록이 함께 쓴다.
# - 512 픽셀 생성자의 블록 표를 실제로 만들어 매개변수를 센다: 82,468,068개.
# - 조건부 배치 정규화(batch normalisation), 블록, 직교 정규화를 손으로 쓰고, 작은 BigGAN을 7장의 레이블(털색과 귀)로 학습시킨다.
# - 절단 기법(truncation trick)은 |z|가 문턱값 τ를 넘는 수를 **다시 뽑는다**. 정밀도, 재현율, FID가 어떻게 바뀌는지 표본 2,000장으로 본다.
# - 밀도가 낮은 곳의 z도 그 z의 통계로 그려 보고, 보이는 것만 말한다.

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
    from dogan_lib.classroom import colab

    colab.prepare(KEEP_ON_DRIVE)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇을 배우나 · What you will learn
#
# 큰 망의 부품을 하나씩 쓰고, 표본을 뽑을 때 무엇을 사고 무엇을 내는지 잰다.
#
# 1. What a block of BigGAN is: conditional batch normalisation that reads the breed *and* a piece of z.
# 2. The network for 512 px, built and counted.
# 3. To train your own small BigGAN, with orthogonal regularisation, and to see how far portraits obey coat and ears, and what each piece of z does.
# 4. The truncation trick, why it means *drawing again*, and why each threshold needs statistics of its own.
# 5. What truncation buys and costs: precision, recall, and FID, which counts both.

# %% slideshow={"slide_type": "skip"}
from dogan_lib.presets import preset

# n pictures in each of so many draws at each threshold; statistics of `stand` latents a pass.
cfg = preset(
    smoke=dict(
        dogs=64,
        epochs=1,
        batch=32,
        g=(16, 8, 8, 8),
        d=8,
        n=12,
        draws=2,
        taus=(0.5, 3.0),
        stand=12,
        passes=1,
        heaps=("longest of 8",),
        rivals=("projected64",),
    ),
    cpu=dict(
        dogs=6000,
        epochs=7,
        batch=32,
        g=(128, 64, 32, 16),
        d=32,
        n=120,
        draws=5,
        taus=(0.3, 1.0, 3.0),
        stand=120,
        passes=4,
        heaps=("shortest of 8", "longest of 8", "every |z_i| > 1"),
        rivals=("projected64", "biggan64"),
    ),
    gpu=dict(
        dogs=6000,
        epochs=40,
        batch=64,
        g=(256, 128, 64, 32),
        d=64,
        n=1000,
        draws=4,
        taus=(0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0),
        stand=240,
        passes=4,
        heaps=("shortest of 8", "longest of 8", "every |z_i| > 1"),
        rivals=("projected64", "biggan64"),
    ),
)
cfg

# %% slideshow={"slide_type": "skip"}
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops

from dogan_lib import checkpoints, losses, metrics, plots, runtime
from dogan_lib.callbacks import LivePlot
from dogan_lib.classroom import (
    diagram,
    exercises,
    leaderboard,
    portraits,
    studies,
    truncation,
)
from dogan_lib.classroom.widgets import Truncate
from dogan_lib.dogs import load_dogs
from dogan_lib.dogs.collection import plain
from dogan_lib.generator import latents
from dogan_lib.layers import (
    ConditionalBatchNormalization,
    SpectralNormalization,
    UpsampledConv2D,
)
from dogan_lib.metrics.breeds import probabilities
from dogan_lib.metrics.features import real_dogs
from dogan_lib.models import biggan, conditional

print(runtime.setup(seed=0))
dogs = load_dogs(size=32, source="portraits", limit=cfg.dogs)
fresh = load_dogs(size=32, source="portraits", seed=1, limit=1000 if cfg.n > 100 else 120)
dogs

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 이 장에서 바뀌는 것 · What this chapter changes
#
# z가 첫 층에만 들어가지 않는다. 조각나서 모든 블록에 들어가고, 뽑을 때는 잘린다.
#
# **볼 것 · What to see.** Lit: z is cut into pieces, G is a stack of blocks that read them, and the breed goes into both networks as in chapter 07.

# %% tags=["hide-input"]
diagram.game(
    lit=("z", "G", "condition"),
    labels={"z": "in pieces,\ntruncated", "G": "a piece for\neach block", "condition": "breed"},
    title="BigGAN",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 512 픽셀의 블록 표 · The table of 512 pixels
#
# 논문의 망을 짓고 센다. z의 조각 하나는 4×4 특징을 만들고, 나머지는 블록마다 하나씩, 견종 임베딩과 함께 들어간다.
#
# **볼 것 · What to see.** Eight pieces of z for eight rows. Most parameters sit where pictures are *small*.

# %%
paper = dict(resolution=512, ch=96, num_classes=1000)
largest_G = truncation.without_numbers(lambda: biggan.generator(**paper))
largest_D = truncation.without_numbers(lambda: biggan.discriminator(**paper))
counts = [sum(int(np.prod(w.shape)) for w in x.trainable_weights) for x in (largest_G, largest_D)]
print(f"G {counts[0]:,}, D {counts[1]:,} parameters")
truncation.pieces(largest_G)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 조건부 배치 정규화 · Conditional batch normalisation
#
# c는 견종 임베딩과 z의 조각을 이어 붙인 것이다. 두 행렬이 이득과 편향을 만든다.
#
# $$y = (1 + W_g c)\cdot\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + W_b c$$


# %%
def conditional_norm(x, c, gain, offset):
    """x (batch, n, n, channels), c (batch, d), both matrices (d, channels)."""
    mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
    normal = (x - mean) / np.sqrt(variance + 1e-5)
    return (1 + c @ gain)[:, None, None] * normal + (c @ offset)[:, None, None]


random = np.random.default_rng(0)
x, c = random.normal(size=(6, 4, 4, 5)).astype("f"), random.normal(size=(6, 148)).astype("f")
norm = ConditionalBatchNormalization(spectral=True, initializer="orthogonal", dtype="float32")
theirs = np.asarray(norm([x, c], training=True))
gain, offset = (np.asarray(part.normalized_kernel()) for part in (norm.gain, norm.offset))
np.testing.assert_allclose(conditional_norm(x, c, gain, offset), theirs, atol=1e-4)
print("the library's layer, its two matrices spectrally normalised: the same numbers")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 블록 하나 · One block
#
# 정규화하고, 키우고, 합성곱하기를 두 번. 옆길(shortcut)이 더해진다. 커널은 모두 스펙트럼 정규화한다.


# %%
def convolved(x, width, size=3, kind=layers.Conv2D):
    convolution = kind(width, size, padding="same", kernel_initializer="orthogonal")
    return SpectralNormalization(convolution, eps=1e-6)(x)


def block(x, width, c):
    """(batch, n, n, channels) and the condition (batch, 148) -> (batch, 2n, 2n, width)"""
    norms = [ConditionalBatchNormalization(spectral=True, initializer="orthogonal") for _ in "ab"]
    y = convolved(layers.ReLU()(norms[0]([x, c])), width, kind=UpsampledConv2D)
    y = convolved(layers.ReLU()(norms[1]([y, c])), width)
    return y + layers.UpSampling2D()(convolved(x, width, 1))


# %% slideshow={"slide_type": "skip"}
def my_generator(widths, classes):
    z = keras.Input((20 * len(widths),), name="latents")
    breed = keras.Input((), dtype="int32", name="labels")
    first, *pieces = ops.split(z, len(widths), axis=1)
    shared = layers.Embedding(classes, 128, "orthogonal", name="shared")(breed)
    dense = layers.Dense(16 * widths[0], kernel_initializer="orthogonal")
    x = layers.Reshape((4, 4, widths[0]))(SpectralNormalization(dense, eps=1e-6)(first))
    for width, piece in zip(widths[1:], pieces, strict=True):
        x = block(x, width, layers.Concatenate()([shared, piece]))
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x))
    return keras.Model([z, breed], layers.Activation("tanh", dtype="float32")(convolved(x, 3)))


classes = len(portraits.KINDS)
adams = [keras.optimizers.Adam(rate, beta_1=0.5) for rate in (1e-3, 4e-4)]
library = biggan.generator(32, ch=4, num_classes=3, attention=None)
mine = my_generator([16, 16, 16, 16], classes=3)
mine.set_weights(library.get_weights())
z, y = latents(4, 80, seed=1), np.array([0, 1, 2, 1], "int32")
np.testing.assert_allclose(mine([z, y]), library([z, y]), atol=1e-5)
print(f"the library's {len(library.weights)} weights in your network: the same pictures")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 직교 정규화 · Orthogonal regularisation
#
# W의 한 행이 출력 하나이다. 행끼리 겹치는 만큼 벌을 주고, 행의 길이는 내버려 둔다. `BigGAN`이 이것을 G의 손실에 더한다.
#
# $$R(W) = \beta\,\lVert W W^\top \odot (\mathbf{1} - I) \rVert_F^2, \qquad \nabla R = 4\beta\,(W W^\top \odot (\mathbf{1} - I))\,W$$

# %%
W = tf.Variable(random.normal(size=(4, 9)))  # the weights of an output are a row
with tf.GradientTape() as tape:
    overlap = tf.matmul(W, W, transpose_b=True) * (1 - np.eye(4))
    penalty = tf.reduce_sum(overlap**2)
by_tape = tape.gradient(penalty, W).numpy()
print("tape / formula:", np.unique((by_tape / (4 * overlap @ W).numpy()).round(6)))
print("tape / the authors' code, 2 β (W Wᵀ ⊙ (1 − I)) W:",
      np.unique((by_tape / (2 * overlap @ W).numpy()).round(6)))  # fmt: skip
print("the library on your G:", float(biggan.orthogonal_penalty(mine, strength=1e-4)))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 작은 BigGAN을 학습시킨다 · A small BigGAN learns
#
# 방금 쓴 G를 좁게 만든다. D는 4장의 것에 7장의 투영을 더한 것이고, 레이블 24개는 7장의 것이다. · **볼 것 · What to see.** Backgrounds and coats come first, then ears; faces stay rough.

# %%
G = my_generator(cfg.g, classes)
D = conditional.discriminator(classes, cfg.d, resolution=32, kernel_size=4)
gan = biggan.BigGAN(G, D, latent_dim=20 * len(cfg.g), orthogonal=1e-4)
gan.compile(losses.NonSaturating(), *adams, ema=0.995)
batches = dogs.batches(cfg.batch, condition=portraits.labels(dogs))
live = LivePlot(samples=25, guess=np.log(4))
history = gan.fit(batches, epochs=cfg.epochs, verbose=0, callbacks=[live])

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 말을 듣는가 · Does it obey?
#
# 한 줄이 한 레이블이고, 모든 줄의 z는 같다. 고르지 않았다.
#
# **볼 것 · What to see.** Down a column z stays, along a row the coat and the ears. The table is chapter 07's, read by the same reader: compare, one run each.

# %% tags=["hide-input"]
trained = checkpoints.Generator(gan.ema_generator)
shown = np.linspace(0, classes - 1, 5).astype(int)
rows = [trained.sample(10, seed=5, labels=int(label)) for label in shown]
plots.show(
    plots.labelled_rows(rows, [portraits.KINDS[label] for label in shown]),
    "Ten samples of the small BigGAN for each of five kinds, the same latents in every row.",
    dpi=75,
)
half = len(fresh) // 2
asked, real = portraits.labels(fresh)[:half], fresh.images[:half]
drawn = trained.sample(half, seed=8, labels=asked)
print(f"G {G.count_params():,} and D {D.count_params():,} parameters; {classes} kinds")
print("this small BigGAN", metrics.kid(real, drawn, "dognet"))
both = dict(obeyed=portraits.obeyed(drawn, asked), data=portraits.obeyed(real, asked))
print(f"n = {half}", portraits.shares(**both), sep="\n")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## z의 조각마다 하는 일 · What each piece of z does
#
# 한 마리에서 조각 **하나만** 새로 뽑는다. 첫 칸은 모든 줄에서 같은 개다.
#
# **볼 것 · What to see.** The picture of BigGAN's idea: a row changes one piece alone. Which piece makes another dog, which only a shade? The lines say how far a piece moves a pixel, and how much of that an 8×8 picture shows.

# %% tags=["hide-input"]
z, same = np.repeat(latents(1, trained.latent_dim, seed=3), 10, axis=0), np.zeros(10, "int32")
rows, names = [], []
for piece in range(len(cfg.g)):
    moved = z.copy()
    moved[1:, 20 * piece : 20 * piece + 20] = latents(9, 20, seed=piece)
    rows.append(trained.decode(moved, same))
    change = rows[-1][1:] - rows[-1][:1]
    names.append(f"piece {piece + 1}: " + (f"block to {4 * 2**piece}" if piece else "4×4 features"))
    coarse = change.reshape(9, 4, 8, 4, 8, 3).mean(axis=(2, 4))
    share = (coarse**2).mean() / max((change**2).mean(), 1e-12)
    print(
        f"{names[-1]:<24} moves a pixel by {np.abs(change).mean():.3f}; coarse (8×8): {share:.0%}"
    )
plots.show(
    plots.labelled_rows(rows, names),
    "A dog, and in each row nine dogs that differ from it in one piece of z alone.",
    dpi=75,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 절단 기법 · The truncation trick
#
# **표본을 뽑을 때만**, |z|가 τ를 넘는 수를 안에 들어올 때까지 다시 뽑는다.
#
# **볼 것 · What to see.** "Truncation 1.0" three times; the line is the exact density. Clipping heaps what is outside onto ±τ, in towers higher than the picture; scaling keeps the tails. "gap" is the largest distance between both distribution functions (Kolmogorov–Smirnov).


# %%
def truncated_normal(shape, threshold, seed=0):
    random = np.random.default_rng(seed)
    z = random.standard_normal(shape, dtype="float32")
    while (outside := np.abs(z) > threshold).any():
        z[outside] = random.standard_normal(outside.sum(), dtype="float32")
    return z


plots.show(truncation.ways(1.0), "Drawn again fits; clipped has towers; scaled has tails.", 70)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 먼저 맞혀 보기 · Predict
#
# τ = 0.3으로 자른 z를 **학습 때의** 통계로 그린다. 무엇이 보일까? A: 더 깨끗하고 덜 다양한 개. B: 그대로인 개. C: 개가 거의 없다.
#
# `projected64` decodes latents truncated at 0.3, with the batch statistics that training left. **A** cleaner dogs of less variety, **B** the same dogs as ever, **C** hardly a dog?

# %% tags=["exercise"]
prediction = None
exercises.check("11-statistics", prediction)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## τ마다 자기 통계 · Statistics that stand
#
# 배치 정규화는 **학습 때의** 평균과 분산을 기억한다. 잘린 z의 특징은 다르므로, τ마다 다시 모은다.


# %%
def stand(model, draw, passes):
    """A copy whose batch normalisations hold the mean of their statistics over some passes."""
    twin = keras.models.clone_model(model)
    twin.set_weights(model.get_weights())
    kinds = (layers.BatchNormalization, ConditionalBatchNormalization)
    norms = [getattr(x, "norm", x) for x in twin.layers if isinstance(x, kinds)]
    for k in range(passes):
        for norm in norms:
            norm.momentum = k / (k + 1)  # the mean of these passes, and nothing of before
        twin(draw(k), training=True)
    return twin


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 학습의 통계로 자르면 · Truncated, with training's statistics
#
# 같은 z, 같은 가중치. 다른 것은 배치 정규화가 기억하는 통계뿐이다.
#
# **볼 것 · What to see.** With training's statistics hardly a dog is left; with their own most of the same latents are dogs. The number is the deviation of a picture's pixels.

# %% tags=["hide-input"]
shipped = {name: checkpoints.load_generator(name) for name in cfg.rivals}
low, labels = min(cfg.taus), np.arange(cfg.stand, dtype="int32") % 120
model = shipped["projected64"].model


def draw(k):
    return [truncated_normal((cfg.stand, 100), low, seed=k), labels]


mine = stand(model, draw, cfg.passes)
theirs = truncation.settled(shipped["projected64"], draw, cfg.passes)
z = truncated_normal((8, 100), low, seed=2)
gap = np.abs(np.clip(mine([z, labels[:8]]), -1, 1) - theirs.decode(z, labels[:8])).mean()
assert gap < 0.02, gap
print(f"your statistics and the library's: pixels differ by {gap:.4f}")

stands = {
    name: truncation.stands(generator, cfg.taus, passes=min(3, cfg.passes), batch_size=cfg.stand)
    for name, generator in shipped.items()
}
z = truncated_normal((12, 100), low, seed=3)
breeds = np.linspace(0, 119, 12).astype("int32")
pictures = {
    "training's statistics": shipped["projected64"].decode(z, breeds),
    "its own": stands["projected64"][low].decode(z, breeds),
}
names = [f"{name}: contrast {x.std(axis=(1, 2, 3)).mean():.2f}" for name, x in pictures.items()]
plots.show(
    plots.beside(*pictures.values(), columns=4, titles=names, scale=1.5),
    f"Twelve truncated latents, τ = {low}, with the statistics of training and with their own.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 눈으로 보는 절단 · Truncation by eye
#
# `projected64`에서 τ를 낮춘다. z의 각 수는 잘린 밀도의 같은 분위로 옮겨지므로, 한 열은 같은 z에서 나온다.
#
# **볼 것 · What to see.** From above to below some coats turn whiter, as a Samoyed's is, and most outlines clearer; poses stay. Not all dogs gain: see the first and the fourth.

# %% tags=["hide-input"]
generator = stands["projected64"]
z = latents(7, 100, seed=12)
label = np.full(8, [plain(name) for name in shipped["projected64"].breeds].index("Samoyed"))
taus = sorted(cfg.taus, reverse=True)
asked = label[: len(z)].astype("int32")
rows = [generator[tau].decode(truncation.carried(z, tau), asked) for tau in taus]
plots.show(
    plots.labelled_rows(rows, [f"τ = {tau}" for tau in taus]),
    "Seven Samoyeds of projected64 in columns, thresholds in rows, the largest above.",
    dpi=max(85, 450 // len(taus)),
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ## 손으로 자르기 · Truncate by hand
#
# τ마다 통계가 준비되어 있어 바로 움직인다. 견종과 시드를 바꾸어 보라.
#
# **볼 것 · What to see.** τ를 내리면 자세는 남고 무늬와 배경이 바뀐다. · Lower τ: poses stay, coats and backgrounds change.

# %%
samoyed = shipped["projected64"].breeds[label[0]]
Truncate(stands["projected64"], breed=samoyed, dogs=6, zoom=3)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 품질과 다양성의 교환 · The trade-off, measured
#
# 정밀도(precision)는 진짜 개 사이에 있는 표본의 몫, 재현율(recall)은 표본 사이에 있는 진짜 개의 몫이다. FID는 둘을 함께 잰다. · Precision: the share of samples that lie among real dogs; recall: the share of real dogs that lie among samples.
#
# **볼 것 · What to see.** Cut further, to the left: precision for recall. The paper's finding is in FID: it falls, and rises again when more is cut.

# %% tags=["hide-input"]
board = leaderboard.read()
cut = leaderboard.truncated(board)
figure, axes = plt.subplots(1, len(cut), figsize=(13, 5))
for ax, (name, rows) in zip(axes, cut.items(), strict=True):
    fid, x, y = ([row[key][1] for row in rows.values()] for key in ("FID", "recall", "precision"))
    ax.plot(x, y, "o-", color=plots.PALETTE["fake"], ms=9)
    for *at, threshold, score in zip(x, y, rows, fid, strict=True):
        said = f"{threshold}\nFID {score:.1f}"
        ax.annotate(said, at, (8, 4), textcoords="offset points", fontsize=13)
    ax.set_xlabel("recall: variety", fontsize=14)
    ax.set_ylabel("precision: fidelity", fontsize=14)
    ax.set_title(name, fontsize=15)
    ax.margins(0.3)
    print(f"{name}: FID {', '.join(f'{score:.1f}' for score in fid)}", end="; ")
    print(f"least at {list(rows)[int(np.argmin(fid))]}")
figure.tight_layout()
plots.show(figure, "Precision over recall: all z and two thresholds, FID beside each point.", 80)
print(f"[{board['network']}, n={board['n']:,}; the thresholds in one draw]")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇이 잘못되나 · What goes wrong, and how to tell
#
# 절단한 표본이 이상하면 먼저 통계를 의심한다.
#
# | you see | likely | try |
# |---|---|---|
# | brown or washed-out pictures at small τ | statistics of training | standing statistics for this τ |
# | saturated patches at small τ | G is not smooth | orthogonal regularisation from the first step |
# | FID worse at every τ | variety was short already, or the statistics | report recall too |
# | "truncation 0.5" of another program looks different | it scales, or clips | look at its z |
# | scores of two programs disagree | one is truncated | τ belongs to every number |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 연습 문제 · Exercises
#
# `None` 자리에 답을 쓰고 칸을 실행한다.
#
# 1. **예측 · Predict.** 슬라이드 "먼저 맞혀 보기"의 답. · On the slide "Predict", before the pictures of truncated latents.
# 2. **세기 · Count.** 블록 하나의 매개변수를 센다. · `block_parameters(a, b)`: trainable numbers of the block above, from a to b channels, with a condition of 148.
# 3. **유도 · Derive.** 다시 뽑지 않고 자른다. · `by_quantile(shape, threshold, seed)`: N(0, 1) within the threshold, *without* drawing again: from uniform numbers and quantiles.
# 4. **고치기 · Repair.** 두 곳이 틀렸다. 고쳐라. · `broken_regularise` should make the outputs of a kernel orthogonal and leave their lengths about as they are. Two things are wrong.
# 5. **바꾸고 학습하기 · Change and train.** 3분 안에 더 나은 작은 BigGAN을 학습시킨다. · Your own, of the same 24 kinds, in at most three minutes: bring KID[dognet-1] to 0.09 or less.


# %% tags=["exercise"] slideshow={"slide_type": "skip"}
def block_parameters(a, b):
    """Trainable numbers of one block, from a to b channels."""


exercises.check("11-block", block_parameters)


def by_quantile(shape, threshold, seed):
    """N(0, 1) given |z| <= threshold; `statistics.NormalDist()` has cdf and inv_cdf."""


exercises.check("11-quantiles", by_quantile)


# %% tags=["exercise"] slideshow={"slide_type": "skip"}
def broken_regularise(kernel, rate=0.01, steps=300):
    """Gradient descent on the overlaps of a convolution's kernel (3, 3, in, out), in place."""
    for _ in range(steps):
        with tf.GradientTape() as tape:
            W = tf.reshape(kernel, (kernel.shape[-1], -1))
            penalty = tf.reduce_sum(tf.matmul(W, W, transpose_b=True) ** 2)
        kernel.assign_sub(rate * tape.gradient(penalty, kernel))


exercises.check("11-repair", broken_regularise)

better = None  # your own, trained for at most three minutes
exercises.check("11-better", better)
for exercise in ("statistics", "block", "quantiles", "repair", "better"):
    exercises.solution(f"11-{exercise}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 요약 · Summary
#
# 절단은 표본을 고르는 일이지 G를 좋게 만드는 일이 아니다.
#
# - BigGAN: a piece of z and a shared embedding in every block, spectral norm everywhere, the outputs of a layer pushed apart. At 512 px that is 82,468,068 parameters in G.
# - Whether z in every block pays on small portraits is measured over three seeds in going deeper.
# - Truncation draws tails *again*. Clipping and scaling are other densities.
# - A threshold needs statistics of its own: with training's, the same truncated latents fail.
# - A lower τ buys precision and costs recall. FID counts both: least at the threshold that the slide prints, and higher again when more is cut.
# - Low density, with statistics of its own: see going deeper, n = 120.
#
# ## 참고 문헌 · References
#
# - Brock, Donahue, Simonyan 2018, *Large scale GAN training for high fidelity natural image synthesis*, [1809.11096](https://arxiv.org/abs/1809.11096); code: ajbrock/BigGAN-PyTorch; counts: google/compare_gan
# - Miyato, Koyama 2018, projection, [1802.05637](https://arxiv.org/abs/1802.05637); Kynkäänniemi et al. 2019, precision and recall, [1904.06991](https://arxiv.org/abs/1904.06991)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: the trade-off with few pictures
#
# ±는 여러 번 뽑은 것에서 나온 95% 구간이다. 재현율은 n이 작으면 거의 움직이지 않는다.
#
# **볼 것 · What to see.** Recall is a share of *real* dogs, and depends on n: with 120 samples a threshold has to change much before it shows. So the slide has n = 2,000. (Welch's intervals of the change.)

# %% slideshow={"slide_type": "skip"}
real = real_dogs()
measured = {name: truncation.curve(each, real, cfg.n, cfg.draws) for name, each in stands.items()}
for name, found in measured.items():
    low, high = min(found), max(found)
    print(f"{name}, τ {high} → {low}: {truncation.changes(found[high], found[low])}")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: where the density is low
#
# 발표 자료: 밀도가 낮은 영역의 z는 나쁜 그림이 된다. z의 무리마다 **자기 통계로** 그려서 확인한다.
#
# **볼 것 · What to see.** Neither the shortest nor the longest z differ from N(0, I) by more than the interval (n = 120); eight dogs a row show nothing. The last row is a place where N(0, I) never is.

# %% slideshow={"slide_type": "skip"}
g = shipped["projected64"]
heaps = {
    "shortest of 8": truncation.by_length(100, longest=False),
    "longest of 8": truncation.by_length(100, longest=True),
    "every |z_i| > 1": truncation.tails(100),
}
heaps = {name: heaps[name] for name in cfg.heaps}
settled = {
    name: truncation.settled(g, lambda k, draw=draw: [draw(cfg.stand, k), labels], cfg.passes)
    for name, draw in heaps.items()
}
rows, names = [], []
for name, draw in heaps.items():
    z = draw(8, 21)
    rows.append(settled[name].decode(z, label.astype("int32")))
    names.append(f"{name}\n|z| about {np.linalg.norm(z, axis=1).mean():.1f}")
plots.show(
    plots.labelled_rows(rows, names),
    "Samoyeds of the shortest latents, of the longest, and of latents whose every number lies in a tail.",
    dpi=120,
)
ordinary = truncation.measure(g, lambda n, seed: latents(n, 100, seed), real, cfg.n, cfg.draws)
for name, draw in heaps.items():
    found = truncation.measure(settled[name], draw, real, cfg.n, cfg.draws)
    print(f"{name}, against N(0, I): {truncation.changes(ordinary, found)}")
print(f"[{real.network.name}], {cfg.n} pictures in each of {cfg.draws} draws; ± is a 95% interval")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: good and bad outputs
#
# 부탁한 견종이라고 분류기가 믿는 정도로 줄을 세운다. 맨 앞과 맨 뒤를 나란히 놓는다.
#
# **볼 것 · What to see.** On the left more heads from near. Count for yourself whether they are better *dogs*: nobody asked the classifier about eyes.

# %% slideshow={"slide_type": "skip"}
count = max(2 * cfg.n, 18)
asked = np.arange(count, dtype="int32") % g.classes
images = g.sample(count, seed=31, labels=asked)
sure = probabilities(images, g.breeds)[np.arange(len(asked)), asked]
order = np.argsort(-sure)
figure = plots.beside(
    images[order[:9]],
    images[order[-9:]],
    columns=3,
    titles=("good: believed", "bad: not believed"),
    scale=1.45,
)
plots.show(figure, "Nine samples that the classifier believes most, beside the last nine.")
print(f"belief in the asked breed: best {sure[order[0]]:.0%}, median {np.median(sure):.1%}")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: z in every block, does it help?
#
# 같은 초, 같은 망, 시드(seed) 셋: z의 80개 수를 처음에만 넣은 것과 네 조각을 블록마다 넣은 것.
#
# **볼 것 · What to see.** The last line says what three seeds show, on small portraits, after some seconds of one core, trained on breeds. The paper's gain is measured on ImageNet, at the end of training.

# %% slideshow={"slide_type": "skip"}
facts = studies.load("latents")
plots.show(
    studies.progress(facts), "KID over equal seconds with z at the start, and in every block."
)
print(studies.comparison(facts))
start, everywhere = studies.by_variant(facts).values()
more, half = everywhere - start, studies.interval(everywhere - start)
told = "higher" if more.mean() > half else "lower" if more.mean() < -half else "not told apart"
print(f"with z in every block KID is {told}")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: normalisation undoes scale
#
# 정규화가 뒤따르면 z의 크기는 첫 층에서 지워진다.
#
# The first layer of the shipped generators is W z without a bias, and a normalisation follows. With statistics of its own BN(W·z/10) = BN(W·z): to the first layer, shrinking z changes nothing. Only where z enters as a *condition* does its size count. BigGAN itself has a bias in its dense layer (see `my_generator`), so there z loses its voice as τ → 0, and all dogs of a breed become one.

# %% slideshow={"slide_type": "skip"}
n, passes = min(60, cfg.n), min(2, cfg.passes)
z, y = latents(n, 100, seed=12), np.full(n, int(label[0]), "int32")
for name in ("cgan64", "projected64"):
    each = checkpoints.load_generator(name)
    whole, tenth = (
        truncation.settled(each, lambda k, s=s: [s * latents(cfg.stand, 100, k), labels], passes)
        .decode(s * z, y) for s in (1.0, 0.1)
    )  # fmt: skip
    moved, apart = np.abs(tenth - whole).mean(), np.abs(whole - whole[::-1]).mean()
    print(f"{name:<12} z / 10 moves a pixel by {moved:.3f}; two dogs differ by {apart:.3f}")
