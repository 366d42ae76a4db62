# %% [markdown] slideshow={"slide_type": "slide"}
# # 09 · SAGAN — 멀리 떨어진 곳을 함께 본다
#
# **한국어 요약**
#
# - 합성곱(convolution)은 가까운 곳만 본다. 출력 픽셀 하나의 기울기를 그리면 좁은 수용 영역(receptive field)이 보인다.
# - 자기 주의(self-attention)는 모든 곳이 모든 곳을 보게 한다. 공식 코드의 블록을 직접 쓴다.
# - 스펙트럼 정규화, 힌지 손실, 잔차 블록까지 논문의 망을 좁은 폭으로 짓는다.
# - 자기 주의가 있는 망과 없는 망을 나란히 학습시켜 견준다. 이 예산에서는 어느 쪽이 나은지 가리지 못한다.
# - 주의 지도를 **하나의 눈금**으로 그리고, 옆에 엔트로피를 적는다.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["colab"]
# [![Open in Colab](../docs/colab.svg)](https://colab.research.google.com/github/OWNER/dogan/blob/main/notebooks/09_sagan.ipynb)
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
# 멀리 보는 층을 직접 쓰고, 그것이 도움이 되는지 잰다.
#
# 1. To *see* that a convolution is local: the gradient of one output pixel.
# 2. To write the self-attention block of the official code, and why it changes nothing at first.
# 3. Spectral normalisation by hand, the hinge loss, and the paper's residual block.
# 4. To train the paper's network, and to read a fair comparison of it with and without attention.
# 5. To ask a generator where it looks, on one scale, and whether that matters.

# %% slideshow={"slide_type": "skip"}
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(dogs=96, epochs=1, batch=32, ch=8, rate=4e-4, film=1, shown=32, n=64, looked=4),
    cpu=dict(dogs=6000, epochs=5, batch=32, ch=16, rate=1e-3, film=1, shown=64, n=500, looked=60),
    gpu=dict(dogs=6000, epochs=40, batch=32, ch=64, rate=2e-4, film=8, shown=64, n=500, looked=200),
)
cfg

# %% slideshow={"slide_type": "skip"}
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from matplotlib.colors import LogNorm
from scipy.special import softmax

from dogan_lib import checkpoints, losses, metrics, plots, runtime
from dogan_lib.callbacks import Film, LivePlot
from dogan_lib.classroom import diagram, exercises, studies
from dogan_lib.classroom.heat import AttentionMap, attention_maps, looked, places
from dogan_lib.dogs import load_dogs
from dogan_lib.gan import GAN
from dogan_lib.generator import Generator, latents
from dogan_lib.layers import SelfAttention, SpectralNormalization
from dogan_lib.models import sagan
from dogan_lib.plots import PALETTE

print(runtime.setup(seed=0))
dogs = load_dogs(size=32, source="portraits", limit=cfg.dogs)
fresh = load_dogs(size=32, source="portraits", seed=1, limit=2 * cfg.n)
random = np.random.default_rng(0)


def pool(x):
    """Max pooling over 2x2 places."""
    n, h, w, c = x.shape
    return x.reshape(n, h // 2, 2, w // 2, 2, c).max(axis=(2, 4))


def adam(rate):
    """No momentum against an opponent who moves."""
    return keras.optimizers.Adam(rate, beta_1=0.0, beta_2=0.9)


dogs

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 이 장에서 바뀌는 것 · What this chapter changes
#
# 두 망이 한 번씩 그림 전체를 둘러본다. 손실은 힌지, 모든 층에 스펙트럼 정규화가 있다.
#
# **볼 것 · What to see.** G and D look around once, at 16×16 features; D's loss is the hinge.

# %% tags=["hide-input"]
diagram.game(
    lit=("G", "D", "loss"),
    labels={"G": "residual blocks\nand attention", "D": "the same, halving", "loss": "hinge"},
    title="SAGAN",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 합성곱은 가까이만 본다 · A convolution sees what is near
#
# 왼쪽 귀는 그림 반대편에 있는 오른쪽 귀와 닮아야 한다. 출력 픽셀 하나는 어디까지 볼까?
#
# **볼 것 · What to see.** Left, a window of 7×7, and exactly zero outside. Right, every place counts, most of them a little (the scale is logarithmic; nothing is trained yet).

# %% tags=["hide-input"]
inputs = keras.Input((32, 32, 16))
options = dict(padding="same", activation="relu", dtype="float32")
first, second, third = (layers.Conv2D(16, 3, **options) for _ in range(3))
attention = SelfAttention(dtype="float32")
local = keras.Model(inputs, third(second(first(inputs))))
looking = keras.Model(inputs, third(second(attention(first(inputs)))))
features = tf.constant(random.normal(size=(8, 32, 32, 16)), "float32")


def what_reaches(model, row, column):
    """Mean size of the gradient of one output pixel, at each place of the input: (32, 32)."""
    with tf.GradientTape() as tape:
        tape.watch(features)
        pixel = tf.reduce_sum(model(features)[:, row, column])
    return np.abs(tape.gradient(pixel, features)).mean(axis=(0, 3))


attention.gamma.assign(1.0)
figure, axes = plt.subplots(1, 2, figsize=(10.5, 4.6))
titles = ("three convolutions", "the same, and one attention layer")
for ax, model, title in zip(axes, (local, looking), titles, strict=True):
    reach = what_reaches(model, 20, 10)
    heat = ax.imshow(reach, norm=LogNorm(reach.max() * 1e-5, reach.max()), cmap="inferno")
    ax.set_facecolor("black")
    ax.set_title(f"{title}:\n{(reach > 0).sum()} of {reach.size} places", fontsize=13)
    figure.colorbar(heat, ax=ax, label="|gradient| of pixel (20, 10)")
figure.tight_layout()
plots.show(
    figure,
    "Left: a bright 7x7 square in the dark, all that one output pixel sees. Right: a faint glow everywhere besides.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 자기 주의 블록 · The block, written out
#
# $$\beta_{ij} = \frac{\exp(\theta(x_i) \cdot \phi(x_j))}{\sum_k \exp(\theta(x_i) \cdot \phi(x_k))} \qquad y_i = x_i + \gamma \; o\Big(\sum_j \beta_{ij}\, g(x_j)\Big)$$
#
# 자리 i가 질문 θ를 하고, 모든 자리 j가 열쇠 φ와 할 말 g를 갖는다. 맞을수록 많이 가져온다.
#
# **볼 것 · What to see.** Keys and values are pooled: 1024 places look at 256. The products are *not* divided by √d, as a Transformer's are. (The authors' code; the paper's text has no pooling, and C/8 channels for g, too.)


# %%
def self_attention(x, theta, phi, g, o, gamma):
    """Features (n, h, w, c) and four matrices -> features, and maps (n, h w, h w / 4)."""
    n, h, w, _ = x.shape
    queries = (x @ theta).reshape(n, h * w, -1)
    keys = pool(x @ phi).reshape(n, h * w // 4, -1)
    values = pool(x @ g).reshape(n, h * w // 4, -1)
    maps = softmax(queries @ keys.swapaxes(1, 2), axis=-1)
    return x + gamma * (maps @ values).reshape(n, h, w, -1) @ o, maps


# %% [markdown] slideshow={"slide_type": "slide"}
# ## γ는 0에서 시작한다 · γ starts at 0
#
# 아직 배우지 않은 주의는 특징을 뒤섞는다. 그래서 γ = 0에서 시작하여 아무것도 바꾸지 않는다.
#
# **예측 · Predict first (exercise 1).** γ = 0에서 기울기를 받는 것은 어느 가중치인가? · At γ = 0, which weights get a gradient?

# %%
prediction = None  # exercise 1: "A", "B" or "C", before you run this cell
attention.gamma.assign(0.0)
np.testing.assert_array_equal(looking(features), local(features))
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(looking(features) ** 2)
variables = attention.trainable_variables
for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
    name = variable.path.removesuffix("/kernel").split("/")[-1]
    print(f"|gradient| of {name:<8}{np.linalg.norm(gradient):.2e}")

# %% [markdown]
# **볼 것 · What to see.** With and without attention the same to the last bit. γ alone gets a gradient, the four kernels get none; from the second step on everything learns.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 스펙트럼 정규화 · Spectral normalisation
#
# 커널 W를 가장 많이 늘리는 정도, 곧 가장 큰 특잇값 σ(W)로 나눈다. 거듭제곱법(power iteration)은 곱셈만으로 σ를 찾는다.
#
# **볼 것 · What to see.** One iteration is a poor guess. But W changes little from step to step: keep u, and one iteration a training step is enough. SAGAN normalises D **and** G so.


# %%
def unit(vector):
    return vector / np.linalg.norm(vector)


W = random.normal(size=(144, 32))  # a kernel 3×3×16 -> 32, as a matrix
u = unit(random.normal(size=32))
for step in range(1, 51):
    v = unit(W @ u)
    u = unit(W.T @ v)
    if step in (1, 2, 5, 10, 50):
        print(f"after {step:>2} iterations: {v @ W @ u:.4f}")
print(f"        by the SVD: {np.linalg.svd(W, compute_uv=False)[0]:.4f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 힌지 손실 · The hinge loss
#
# $$L_D = \mathbb E\,[1 - D(x)]_+ + \mathbb E\,[1 + D(G(z))]_+ \qquad\qquad L_G = -\mathbb E\, D(G(z))$$
#
# 판별자는 여유 1이면 만족한다. 로그 손실은 끝없이 더 바란다.
#
# **볼 것 · What to see.** Beyond the margin D's hinge is flat: only dogs of which D is *not yet* sure move it. G's is a straight line: the same pull everywhere.

# %% tags=["hide-input"]
logit = np.linspace(-4, 4, 161)
curves = {
    "log loss": (np.logaddexp(0, -logit), np.logaddexp(0, logit), np.logaddexp(0, -logit)),
    "hinge": (np.maximum(0, 1 - logit), np.maximum(0, 1 + logit), -logit),
}
figure, axes = plt.subplots(1, 3, figsize=(12, 3.8), sharey=True)
for (name, values), colour, line in zip(curves.items(), ("real", "fake"), ("-", "--"), strict=True):
    for ax, value in zip(axes, values, strict=True):
        ax.plot(logit, value, line, color=PALETTE[colour], lw=2.5, label=name)
for ax, title in zip(axes, ("D, a real dog", "D, a fake", "G, its fake"), strict=True):
    ax.axhline(0, color="black", lw=0.6)
    ax.set(title=title, xlabel="D's logit")
axes[0].set_ylabel("loss")
axes[0].legend(frameon=False, fontsize=13)
real, fake = (tf.constant([[a], [b]]) for a, b in ((2.0, 0.3), (-1.5, 0.4)))
by_hand = (0 + 0.7) / 2 + (0 + 1.4) / 2
np.testing.assert_allclose(losses.Hinge().discriminator(real, fake), by_hand, rtol=1e-5)
plots.show(
    figure,
    "Log loss and hinge over the logit: for D the hinge is flat at zero beyond the margin 1; for G it is a straight line.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 잔차 블록 · The residual block
#
# 합성곱 두 번을 지나는 길과 곧은 길을 더한다. 4×4에서 시작하여 블록마다 두 배가 된다.


# %%
def up_block(x, filters):
    """(n, s, s, c) -> (n, 2s, 2s, filters)."""
    y = layers.UpSampling2D()(layers.ReLU()(layers.BatchNormalization(epsilon=1e-5)(x)))
    y = SpectralNormalization(layers.Conv2D(filters, 3, padding="same"))(y)
    y = layers.ReLU()(layers.BatchNormalization(epsilon=1e-5)(y))
    y = SpectralNormalization(layers.Conv2D(filters, 3, padding="same"))(y)
    straight = SpectralNormalization(layers.Conv2D(filters, 1))
    return y + straight(layers.UpSampling2D()(x))


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 학습: 주의와 함께 · Train, with attention
#
# 두 망이 16×16에서 한 번씩 둘러본다. D의 학습률은 G의 두 배이다(TTUR, Heusel 2017).
#
# **볼 것 · What to see.** Heads, then ears, then eyes and a nose.

# %%
G, D = (f(32, cfg.ch, None, attention=16) for f in (sagan.generator, sagan.discriminator))
gan = GAN(G, D, latent_dim=128)
gan.compile(losses.Hinge(), adam(cfg.rate), adam(2 * cfg.rate), ema=0.995)
live, film = LivePlot(samples=16, guess=2.0), Film(samples=12, every=cfg.film)
_ = gan.fit(dogs.batches(cfg.batch), epochs=cfg.epochs, verbose=0, callbacks=[live, film])

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 학습의 영화 · The film of this run
#
# 같은 z 열두 개를 따라간다. 줄마다 걸린 시간이 적혀 있다.
#
# **볼 것 · What to see.** First stripes and blots under a sky; heads with ears by the third row; eyes and a nose in most of the last two. Coats and backgrounds settle early.

# %% tags=["hide-input"]
plots.show(film.figure(), "Twelve latents while both networks learn: blots, heads, then faces.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 고르지 않은 개들 · Dogs, none picked
#
# 학습하지 않은 초상화와 나란히 놓고, KID로 잰다.
#
# **볼 것 · What to see.** Ears, eyes and a nose in many; some heads have no face, and beside many the sky is speckled. The last line: γ began at 0, and both networks took some.

# %% tags=["hide-input"]
drawn = gan.sample(max(cfg.n, cfg.shown), seed=1)
pair = fresh.images[cfg.n :][: cfg.shown], drawn[: cfg.shown]
figure = plots.beside(*pair, titles=("other portraits", "attention at 16×16"), scale=0.5)
plots.show(
    figure, "Portraits that nobody trained on beside samples of the live SAGAN, none picked."
)
real = fresh.images[: cfg.n]
print("other portraits", metrics.kid(real, fresh.images[cfg.n :], "dognet"))
print(f"{G.count_params():,} numbers in G,", metrics.kid(real, drawn[: cfg.n], "dognet"))
gammas = [float(x.gamma) for n in (G, D) for x in n.layers if isinstance(x, SelfAttention)]
print("γ in G and in D:", ", ".join(f"{gamma:+.3f}" for gamma in gammas))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 주의는 제값을 하나 · Is attention worth its seconds?
#
# 같은 초, 시드 셋으로 미리 재어 둔 비교다.
#
# **볼 것 · What to see.** Networks half as wide as the live one. This study does not show that attention helps: in equal *seconds* it sees fewer pictures, and the interval of the difference (last line) contains 0.

# %% tags=["hide-input"]
facts = studies.load("attention")
plots.show(studies.progress(facts), "KID over equal seconds without attention and with it.")
print(studies.comparison(facts))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 어디를 보나 · Where does it look?
#
# β의 한 줄이 한 자리의 주의 지도다. 어느 자리에서 물어도 거의 같은 곳을 본다. 눈금은 모두 같다: 빛이 없는 회색 그림은 0, 가장 밝은 것은 고르게 볼 때의 네 배.
#
# **볼 것 · What to see.** The live G's, above, are not quite even (48 of 64 places), but the four maps of a dog are much alike: most places look at the same few spots, whichever asks (a map differs from the picture's mean map by 10%). The keys decide nearly alone, as the slide "What went wrong" says. `sagan64`'s, below (two dogs with faces, picked · 골랐다), are nearly even, 249 of 256 in all: they would look like structure only if each were scaled to its own maximum.

# %% tags=["hide-input"]
mine = gan.ema_generator
rows = looked(mine, latents(2, 128, seed=1))
shipped = checkpoints.load_generator("sagan64")
breeds = np.array([shipped.breeds.index(breed) for breed in ("Samoyed", "golden retriever")])
picked = latents(11, shipped.latent_dim, seed=11)[[9, 3]]
real_rows = looked(shipped.model, picked, breeds, zoom=2)
figure, axes = plt.subplots(2, 10, figsize=(13.2, 4))
for ax, picture, title in zip(
    axes.flat, rows[0] + real_rows[0], rows[1] + real_rows[1], strict=True
):
    ax.imshow(picture)
    ax.set_title(title, fontsize=14)
    ax.axis("off")
figure.tight_layout()
plots.show(figure, "Dogs of the live G above and of sagan64 below, each with four maps, one scale.")
asked = {
    "live, 16×16": attention_maps(mine, latents(cfg.looked, 128)),
    "sagan64, 32×32": attention_maps(
        shipped.model, latents(cfg.looked, shipped.latent_dim), np.arange(cfg.looked) % 120
    ),
}
for name, maps in asked.items():
    alike = maps.mean(axis=(1, 2), keepdims=True)  # where the picture's places look on average
    apart = np.abs(maps - alike).sum((3, 4)).mean() / 2
    spread = places(maps)
    print(f"{name:<15} spread over {spread.mean():5.1f} of {maps[0, 0, 0].size} places", end="")
    print(f" (10% of maps: under {np.quantile(spread, 0.1):5.1f})", end="")
    print(f"; a map differs from the picture's mean map by {apart:.1%}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 눌러 보기 · Click
#
# 방금 학습한 G의 개다. 왼쪽 개의 귀, 눈, 배경을 눌러 본다. 밝기의 눈금은 앞과 같다.

# %%
AttentionMap(Generator(mine, card={}), seed=1, zoom=10)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 선을 끊어 보기 · Cut the wire
#
# 아름다운 지도가 아무 일도 하지 않는 층의 것일 수 있다. γ를 0으로 두면 그림이 달라지는가?
#
# **볼 것 · What to see.** The dogs stay the same: a pixel changes by 0.9% in the mean, by 1.2% in `sagan64` (ten dogs each). What attention did *while they learnt*, cutting it afterwards does not say.

# %% tags=["hide-input"]


def cut(model, inputs):
    """Pictures as trained, and with every gamma 0."""
    looks = [layer for layer in model.layers if isinstance(layer, SelfAttention)]
    gammas, whole = [float(x.gamma) for x in looks], model(inputs, training=False)
    for layer in looks:
        layer.gamma.assign(0.0)
    without = model(inputs, training=False)
    for layer, gamma in zip(looks, gammas, strict=True):
        layer.gamma.assign(gamma)
    return np.asarray(whole), np.asarray(without)


own = cut(mine, latents(10, 128, seed=1))
z = latents(10, shipped.latent_dim, seed=11)
theirs = cut(shipped.model, [z, np.arange(10) * 12])
rows = [part for pair in (own, theirs) for part in pair]
labels = ["live, as trained", "γ = 0", "sagan64, as trained", "γ = 0"]
rows[:2] = [row.repeat(2, 1).repeat(2, 2) for row in rows[:2]]
plots.show(plots.labelled_rows(rows, labels), "Ten dogs as trained and with attention off, twice.")
for name, (whole, without) in (("live", own), ("sagan64", theirs)):
    change = np.abs(whole - without).mean() / 2
    print(f"{name:<8} mean change of a pixel: {change:.1%} of the range from black to white")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇이 잘못되나 · What went wrong, and how to tell
#
# 주의 지도는 쉽게 그럴듯해 보인다: γ와 눈금부터 확인한다.
#
# | you see | likely | try |
# |---|---|---|
# | γ stays near 0 | the layer is not needed, or not yet | train longer; attention at a larger size |
# | all places look at the same spots | the keys decide alone | compare rows of maps; smaller rates |
# | maps that look like structure | each is scaled to its own maximum | one scale; print the entropy |
# | D's loss sits at 0 | every picture is beyond the margin | data augmentation; is σ near 1? |
# | one spot, weight 1, everywhere | large scores saturate the softmax | spectral normalisation on θ, φ |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 연습 문제 · Exercises
#
# 답을 `None` 자리에 쓰고 칸을 실행한다. · Put your answer in place of `None` and run the cell.
#
# 1. **예측 · Predict.** (슬라이드 "γ는 0에서 시작한다"의 질문) · (before that slide) At γ = 0, which weights of the block get a gradient: **A** all, **B** γ alone, **C** none? Set `prediction` there.
# 2. **세기 · Count.** 한 모서리가 반대 모서리를 보려면 3×3 합성곱이 몇 층 필요한가? · How many 3×3 convolutions (stride 1) in a row until one corner of 32×32 features sees the opposite one?
# 3. **유도 · Derive.** 정규화한 뒤의 특잇값은? · A kernel has the singular values 4, 2 and 1. Which has it after spectral normalisation?
# 4. **고치기 · Repair.** `broken_attend`의 모양은 맞고 숫자는 틀리다. 고쳐라. · `broken_attend`: (n, d), (m, d), (m, c) → (n, c). What it returns has the right shape and the wrong numbers.
# 5. **바꾸고 학습하기 · Change and train.** 3분 안에 더 나은 SAGAN을 학습시킨다. · Start with γ = 1, or look around at 8×8: bring KID[dognet-1] to 0.12 or less in at most three minutes.


# %% tags=["exercise"] slideshow={"slide_type": "skip"}
def broken_attend(queries, keys, values):
    """Attention of one picture, as the authors' code has it. Mend it."""
    powers = np.exp(queries @ keys.T)
    return powers / powers.sum(axis=0, keepdims=True) @ values


exercises.check("09-attend", broken_attend)
exercises.check("09-better", None)  # your own GAN, trained for at most three minutes
exercises.check("09-first-step", prediction)
exercises.check("09-corner", None)
exercises.check("09-sigma", None)
for name in ("09-corner", "09-sigma", "09-attend"):
    exercises.solution(name)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 요약 · Summary
#
# 주의는 먼 곳을 보게 하지만, 도움이 되는지는 재어 보아야 안다.
#
# - One output pixel of a few convolutions depends on a small window and on nothing else.
# - Self-attention lets every place take from every other what fits its question. γ = 0 at first: inserting it is safe.
# - Spectral normalisation divides each kernel by its largest singular value; the hinge leaves alone what D is sure of.
# - A map is evidence only on a common scale, with its entropy, and after the wire has been cut.
# - Cut the wire, and the dogs stay: a pixel changes by about a percent in the mean (ten dogs). Over three seeds and equal seconds it was not shown to help.

# %% [markdown] slideshow={"slide_type": "skip"}
# ## References
#
# - Zhang, Goodfellow, Metaxas, Odena 2018, *Self-attention generative adversarial networks*, [arXiv:1805.08318](https://arxiv.org/abs/1805.08318); the authors' code, [brain-research/self-attention-gan](https://github.com/brain-research/self-attention-gan)
# - Miyato, Kataoka, Koyama, Yoshida 2018, *Spectral normalization for GANs*, [arXiv:1802.05957](https://arxiv.org/abs/1802.05957)
# - Heusel et al. 2017, *GANs trained by a two time-scale update rule*, [arXiv:1706.08500](https://arxiv.org/abs/1706.08500)
# - Lim, Ye 2017, *Geometric GAN* (hinge), [arXiv:1705.02894](https://arxiv.org/abs/1705.02894)
# - Wang et al. 2018, *Non-local neural networks*, [arXiv:1711.07971](https://arxiv.org/abs/1711.07971)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: held against the library
#
# 손으로 쓴 주의 블록과 잔차 블록을 라이브러리의 것과 견준다.

# %% slideshow={"slide_type": "skip"}
attention.gamma.assign(0.5)
parts = (attention.theta, attention.phi, attention.g, attention.o)
matrices = [np.asarray(part.normalized_kernel())[0, 0] for part in parts]
y, maps = self_attention(features.numpy(), *matrices, gamma=0.5)
np.testing.assert_allclose(attention(features), y, atol=1e-4)
np.testing.assert_allclose(attention.attention(features), maps, atol=1e-4)
for name, matrix in zip(("theta", "phi", "g", "o"), matrices, strict=True):
    print(f"{name:<6}{matrix.shape[0]:>3} -> {matrix.shape[1]:>2} channels")
print("maps", maps.shape, "· rows sum to", maps.sum(axis=-1).mean().round(6), "· same numbers")

# %% slideshow={"slide_type": "skip"}
small = sagan.generator(8, ch=8, classes=None, latent_dim=4, attention=None)  # one block
z = keras.Input((4,))
x = SpectralNormalization(layers.Dense(4 * 4 * 8))(z)
x = up_block(layers.Reshape((4, 4, 8))(x), 8)
x = layers.ReLU()(layers.BatchNormalization(epsilon=1e-5)(x))
x = SpectralNormalization(layers.Conv2D(3, 3, padding="same"))(x)
mine = keras.Model(z, layers.Activation("tanh", dtype="float32")(x))
assert mine.count_params() == small.count_params()
print(f"{mine.count_params():,} parameters, as the library's; at the paper's size:")
for make in (sagan.generator, sagan.discriminator):
    print(f"{make.__name__:<14}{make(128, 64, 1000, attention=32).count_params():>12,}")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: the gradient goes through σ
#
# D's output depends on W/σ(W), so D's step is the derivative of *that*. If A is the gradient by the normalised matrix, then with ∂σ/∂W = v uᵀ
#
# $$\frac{\partial L}{\partial W} = \frac{1}{\sigma}\Big(A - \langle A, \tfrac{W}{\sigma} \rangle \, v u^\top\Big), \qquad \Big\langle \frac{\partial L}{\partial W}, W \Big\rangle = 0:$$
#
# making W longer changes nothing, so no step asks for it. Keras' own layer *overwrites* the kernel with W/σ and differentiates as if nothing had happened.


# %% slideshow={"slide_type": "skip"}
def gradient_of(wrapper, W):
    """Gradient of sum(direction * output) by a 48 -> 32 kernel, after 100 settling calls."""
    dense = layers.Dense(32, use_bias=False, dtype="float32")
    layer = wrapper(dense, dtype="float32")
    layer.build(given.shape)
    dense.kernel.assign(W)
    for _ in range(100):
        layer(given, training=True)
    before = dense.kernel.numpy()
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(direction * layer(given, training=True))
    return before, tape.gradient(loss, dense.kernel).numpy()


dense_W = random.normal(size=(48, 32)).astype("float32")
given = tf.constant(random.normal(size=(8, 48)), "float32")
direction = given @ dense_W  # a loss that is moved most by making W longer
A = given.numpy().T @ direction.numpy()


# %% slideshow={"slide_type": "skip"}
def through_sigma(A, W):
    left, singular, right = np.linalg.svd(W)
    v, sigma, u = left[:, 0], singular[0], right[0]
    return (A - (A * W / sigma).sum() * np.outer(v, u)) / sigma


for name, wrapper in (("ours", SpectralNormalization), ("keras", layers.SpectralNormalization)):
    after, gradient = gradient_of(wrapper, dense_W)
    print(name)
    print("  left the kernel alone:       ", np.array_equal(after, dense_W))
    along = (gradient * after).sum() / np.linalg.norm(gradient) / np.linalg.norm(after)
    print(f"  cosine of gradient and W:     {along:+.4f}")
    formulas = {"the formula's gradient": through_sigma(A, after), "A, without sigma": A}
    for what, other in formulas.items():
        gap = np.abs(gradient - other).max() / np.abs(other).max()
        print(f"  from {what + ':':<24} {gap:.2%} away")

# %% [markdown] slideshow={"slide_type": "skip"}
# Both keep σ near 1. With ours the optimizer sees the function that D really is; with Keras' a step may be spent on growing W, which the next call divides away.
