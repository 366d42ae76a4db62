# %% [markdown] slideshow={"slide_type": "slide"}
# # 06 · LSGAN — 로그 대신 최소 제곱
#
# **한국어 요약**
#
# - 로그 손실은 가짜가 결정 경계의 어느 쪽에 있는지를 묻고, 얼마나 먼지는 거의 묻지 않는다.
# - 최소 제곱(least squares) 손실은 목표값과의 거리를 재므로, 멀리 있는 가짜도 데이터 쪽으로 끌어당긴다.
# - 두 손실을 언덕으로 그리고, 그 위로 가짜를 50걸음 굴린다.
# - 목표값 (a, b, c) = (−1, 1, 0)은 정리가 보장하고, 공식 코드의 (0, 1, 1)은 그 정리의 조건 밖이다. 숫자로 확인한다.
# - 같은 DCGAN에서 손실만 바꿔 개를 그리고, 같은 시간과 시드(seed) 셋으로 비교한다. 초상화에서는 나아지지 않았다.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["colab"]
# [![Open in Colab](../docs/colab.svg)](https://colab.research.google.com/github/OWNER/dogan/blob/main/notebooks/06_lsgan.ipynb)
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
# 로그 손실과 최소 제곱 손실이 먼 가짜를 어떻게 다루는지 보고, 재고, 공평하게 견준다.
#
# 1. What the two losses say about a fake that D already believes, and how far away it is.
# 2. To see the difference as points that roll on two hills.
# 3. What the targets (a, b, c) mean, which theorem covers which, and to check it with numbers.
# 4. To train dogs with either loss, and to compare them fairly: equal time, three seeds, an interval.

# %% slideshow={"slide_type": "skip"}
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(seconds=2, dogs=256, width=8, judged=40, pictures=4, rounds=40),
    cpu=dict(seconds=80, dogs=6000, width=32, judged=500, pictures=60, rounds=600),
    gpu=dict(seconds=80, dogs=6000, width=64, judged=500, pictures=60, rounds=2000),
)
cfg

# %% slideshow={"slide_type": "skip"}
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops

from dogan_lib import checkpoints, losses, metrics, plots, runtime
from dogan_lib.callbacks import LivePlot, StopAfter
from dogan_lib.classroom import diagram, exercises, hills, objective, studies
from dogan_lib.classroom.objective import LINE, normal
from dogan_lib.classroom.plane import Game
from dogan_lib.classroom.playground import Playground
from dogan_lib.dogs import load_dogs
from dogan_lib.gan import GAN
from dogan_lib.models import dcgan
from dogan_lib.plots import PALETTE

print(runtime.setup(seed=0))
dogs = load_dogs(size=32, source="portraits", limit=cfg.dogs)
fresh = load_dogs(size=32, source="portraits", seed=1, limit=cfg.judged, progress=False)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 이 장에서 바뀌는 것 · What this chapter changes
#
# 손실 하나만 바뀐다. 망도, 데이터도, 학습 루프도 그대로다.
#
# **볼 것 · What to see.** D's number is no longer read as the logit of a probability. It is compared with a target.

# %% tags=["hide-input"]
diagram.game(lit="loss", labels={"logit": "a number", "loss": "least squares"}, title="LSGAN")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 두 손실 · Two losses
#
# D의 목표는 가짜에 a, 진짜에 b이고, G의 목표는 c이다. 로그는 어느 쪽인지를, 제곱은 얼마나 먼지를 묻는다.
#
# $$L_D = \tfrac12 E[(D(x) - b)^2] + \tfrac12 E[(D(G(z)) - a)^2], \qquad L_G = \tfrac12 E[(D(G(z)) - c)^2]$$
#
# (a, b, c) = (0, 1, 1) are the targets of the paper's official code.
#
# **예측 · Predict first (exercise 1).** D가 진짜라고 믿는 먼 가짜가 로그 손실을 50걸음 따라가면? · A far fake that D believes follows the log loss for fifty steps: it **A** 데이터로 돌아온다 · comes back to the data, **B** 거의 그 자리에 있다 · stays about where it is, **C** 곧 두 배로 멀어진다 · is soon twice as far away? Set `prediction` below.


# %%
def ls_d_loss(real, fake, a=0.0, b=1.0):
    return ops.mean((real - b) ** 2) / 2 + ops.mean((fake - a) ** 2) / 2


def ls_g_loss(fake, c=1.0):
    return ops.mean((fake - c) ** 2) / 2


def log_g_loss(fake):  # chapter 02's
    return ops.mean(ops.softplus(-fake))


# %% slideshow={"slide_type": "skip"}
real, fake = np.float32([[2.0], [-1.0]]), np.float32([[-3.0], [0.5]])
for targets in ((0.0, 1.0, 1.0), (-1.0, 1.0, 0.0)):
    a, b, c = targets
    library = losses.LeastSquares(*targets)
    assert np.isclose(ls_d_loss(real, fake, a, b), library.discriminator(real, fake))
    assert np.isclose(ls_g_loss(fake, c), library.generator(fake))
assert np.isclose(log_g_loss(fake), losses.NonSaturating().generator(fake))
print("the three functions agree with dogan_lib.losses")
prediction = None  # exercise 1: "A", "B" or "C", before you run on

values = {"log loss": lambda x: np.logaddexp(0, -x), "least squares": lambda x: (x - 1) ** 2 / 2}
pulls = {"log loss": lambda x: 1 / (1 + np.exp(x)), "least squares": lambda x: 1 - x}
looks = {"log loss": ("neutral", "-"), "least squares": ("accent", "--")}
# The pulls are minus the derivatives of the values:
x = np.linspace(-6, 8, 401)
for name in values:
    slope = -np.gradient(values[name](x), x)
    assert np.allclose(slope[1:-1], pulls[name](x)[1:-1], atol=1e-3)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 올바른 쪽이지만 멀다 · On the right side, but far
#
# 회색 구역의 가짜는 D가 진짜라고 믿는다. 로그 손실은 만족하고, 최소 제곱은 "너무 멀다"고 말한다.
#
# **볼 것 · What to see.** At the same number from D, least squares pulls with the distance to its target, on either side. The log loss pulls one way only, never with more than 1, and hardly at all in the grey zone.

# %% tags=["hide-input"]
figure, axes = plt.subplots(1, 2, figsize=(12, 4.2))
for name, (colour, line) in looks.items():
    axes[0].plot(x, values[name](x), line, color=PALETTE[colour], lw=3, label=name)
    axes[1].plot(x, pulls[name](x), line, color=PALETTE[colour], lw=3, label=name)
for ax, title in zip(axes, ("G's loss for one fake", "its pull: minus the slope"), strict=True):
    ax.axvspan(3, 8, color=PALETTE["neutral"], alpha=0.15, lw=0)
    ax.axhline(0, color="black", lw=0.6)
    ax.set(xlabel="D's number for the fake", title=title)
axes[0].set_ylim(-0.5, 8)
axes[1].set_ylim(-7, 7)
axes[0].legend(frameon=False, loc="upper center")
figure.tight_layout()
alt = "Losses and pulls against D's number: in the grey zone log is flat, least squares pulls back."
plots.show(figure, alt)


# %% slideshow={"slide_type": "skip"}
def fit_judge(loss, guess, real, fake, steps=1500):
    """A straight D, trained: its direction w (length 1), its b, and how steep it was."""
    dense = keras.layers.Dense(1, kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((2,)), dense])
    optimizer = keras.optimizers.Adam(0.05)
    optimizer.build(model.trainable_variables)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            value = loss.discriminator(model(real), model(fake))
        gradients = tape.gradient(value, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)

    for _ in range(steps):
        step()
    w, b = (weight.numpy() for weight in dense.weights)
    steepness = np.linalg.norm(w)
    return (w[:, 0] / steepness, guess + (b[0] - guess) / steepness), steepness


random = np.random.default_rng(0)
real = random.normal((1.0, 0.0), (0.35, 0.4), (200, 2)).astype("float32")
near = random.normal((-0.8, 0.0), (0.35, 0.4), (80, 2)).astype("float32")
far = random.normal((4.5, 0.0), (0.35, 0.4), (20, 2)).astype("float32")
fake = np.concatenate([near, far])

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 발표 자료의 그림 · The deck's picture: one straight boundary
#
# 진짜 한 무리, 가짜 두 무리. D는 직선 하나이고 **모든** 가짜를 보고 배운다. 그래도 양쪽의 가짜를 모두 내칠 수는 없다.
#
# A pull is the loss's slope *times* D's steepness, and each loss makes its D as steep as it likes. To compare the losses, both D are brought to steepness 1, around the number where they guess.

# %%
judges, guesses = {}, {"log loss": 0.0, "least squares": 0.5}
for name, loss in (("log loss", losses.NonSaturating()), ("least squares", losses.LeastSquares())):
    guess = guesses[name]
    judges[name], steepness = fit_judge(loss, guess, real, fake)
    (w, b), heaps = judges[name], (real, near, far)
    print(f"{name:<14} direction ({w[0]:.2f}, {w[1]:.2f}), steepness before {steepness:.2f}")
    means = " ".join(f"{(heap @ w + b).mean():6.2f}" for heap in heaps)
    print(f"{'':<14} D's mean number for real, near and far: {means}, guess at {guess}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ## 위에서 보기 · Seen from above
#
# 직선의 왼쪽은 D가 가짜라 하고, 오른쪽은 진짜라 한다. 먼 가짜는 진짜 쪽에, 진짜보다도 더 깊이 있다.
#
# **볼 것 · What to see.** The two lines nearly agree: the losses part in what they make of the *distance*. Right of the lines D says real, and more so the farther out: for the far fakes most of all.

# %% tags=["hide-input"]
figure = hills.above(judges, guesses, real=real, near_fakes=near, far_fakes=far)
plots.show(
    figure, "Real points between near and far fakes, and the line where each D can only guess."
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 50걸음 · Fifty steps downhill
#
# D는 서 있고, 가짜마다 자기 손실의 기울기를 따라 50걸음을 간다. 방향은 늘 w이고, 세기만 손실마다 다르다.
#
# Both D call the 20 far fakes real, and more so than the real points. What will G's loss do with them?


# %%
def roll(name, points, steps=50, rate=0.1):
    """Fakes that follow the pull of one loss: (steps + 1, n, 2)."""
    (w, b), path = judges[name], [points]
    for _ in range(steps):
        pull = pulls[name](path[-1] @ w + b)  # one number a fake, along w
        path.append(path[-1] + rate * pull[:, None] * w)
    return np.stack(path)


paths = {name: roll(name, fake) for name in judges}

# %% [markdown] slideshow={"slide_type": "subslide"}
# ## 두 언덕 · Two hills: do they come back?
#
# 손실은 평면 위의 언덕이고, 가짜는 그 위를 구르는 공이다. 파란 점은 진짜이다. 먼 가짜는 돌아오는가?

# %% tags=["hide-input"]
for name, path in paths.items():
    away = np.linalg.norm(path[[0, -1]] - real.mean(0), axis=2)
    said = ", ".join(
        f"{kind} {away[0, part].mean():.2f} → {away[1, part].mean():.2f}"
        for kind, part in (("near", slice(0, 80)), ("far", slice(80, None)))
    )
    print(f"{name:<14} mean distance to the middle of the real: {said}")
hills.animate(
    {name: (values[name], judges[name], paths[name]) for name in paths},
    real,
    "Animation. On the log loss's hill the far fakes lie on a plain and stay; on the least-squares "
    "hill, a valley, they roll back from the far side while near ones come from the other.",
)

# %% [markdown]
# **볼 것 · What to see.** The log loss is a slope that ends in a plain: there the far fakes stay, a little farther out than before. Least squares is a valley: both heaps roll to D = 1, from either side.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 정리 · The theorem
#
# b − c = 1이고 b − a = 2이면, 가장 좋은 D에 대해 G가 줄이는 것은 피어슨 χ²이다.
#
# $$D^*(x) = \frac{b\,p(x) + a\,q(x)}{p(x) + q(x)}, \qquad 2\,C(G) = \chi^2_{\mathrm{Pearson}}(p + q \,\|\, 2q) = \int \frac{(2q - (p + q))^2}{p + q}\,dx$$
#
# The best D is the mean of its targets, weighted by the densities. C(G) is $L_G$ at this D plus ½E_p[(D − c)²], which G cannot change while D stands still. (−1, 1, 0) fulfils both conditions; (0, 1, 1) has b − c = 0: *the theorem says nothing about it*.


# %%
def best(p, q, a, b):
    total = np.maximum(p + q, objective.TINY)
    return np.where(p + q > objective.TINY, (b * p + a * q) / total, (a + b) / 2)


def g_objective(p, q, a, b, c):
    d = best(p, q, a, b)
    return np.trapezoid((p + q) * (d - c) ** 2, LINE) / 2


def pearson(p, q):
    return np.trapezoid((2 * q - (p + q)) ** 2 / np.maximum(p + q, objective.TINY), LINE)


# %% [markdown] slideshow={"slide_type": "subslide"}
# ## 숫자로 확인 · Checked with numbers
#
# q를 옆으로 옮기면서 두 목표의 2C를 χ²과 겹쳐 본다.
#
# **볼 것 · What to see.** (−1, 1, 0) *is* the χ². (0, 1, 1) comes out as (χ² + 2)/4: another height and slope, the same minimum at q = p. Not covered by a theorem is not the same as wrong.

# %% tags=["hide-input"]
p = normal(-1, 1)
means = np.linspace(-6, 4, 41)
chi2 = np.array([pearson(p, normal(m, 1)) for m in means])
covered = np.array([2 * g_objective(p, normal(m, 1), -1, 1, 0) for m in means])
official = np.array([2 * g_objective(p, normal(m, 1), 0, 1, 1) for m in means])
print(f"(-1, 1, 0): largest gap between 2C and chi-square {np.abs(covered - chi2).max():.1e}")
print(f"( 0, 1, 1): largest gap {np.abs(official - chi2).max():.2f},", end=" ")
print(f"to (chi-square + 2) / 4 {np.abs(official - (chi2 + 2) / 4).max():.1e}")

figure, ax = plt.subplots(figsize=(12, 4.6))
ax.plot(means, chi2, color=PALETTE["neutral"], lw=6, alpha=0.4, label="Pearson χ²(p + q, 2q)")
ax.plot(means, covered, "-", color="black", label="2C for (−1, 1, 0)")
ax.plot(means, official, "--", color=PALETTE["accent"], lw=2.5, label="2C for (0, 1, 1)")
ax.axvline(-1, color="black", lw=0.6)
ax.set(xlabel="mean of q (p's is −1)", ylabel="2C(G)")
ax.legend(frameon=False, fontsize=13)
figure.tight_layout()
plots.show(
    figure, "2C for (-1, 1, 0) lies on chi-square; for (0, 1, 1) it is flatter, same minimum."
)


# %% slideshow={"slide_type": "skip"}
def train(loss, title, guess=None):
    keras.utils.set_random_seed(0)
    gan = GAN(dcgan.portrait_generator(width=cfg.width), dcgan.portrait_discriminator(cfg.width))
    g_optimizer = keras.optimizers.Adam(1e-3, beta_1=0.5)
    d_optimizer = keras.optimizers.Adam(4e-4, beta_1=0.5)
    gan.compile(loss, g_optimizer, d_optimizer, ema=0.995)
    watch = [LivePlot(samples=25, every=3, title=title, guess=guess), StopAfter(cfg.seconds)]
    gan.fit(dogs.batches(32), epochs=1000, verbose=0, callbacks=watch)
    seen = 32 * int(gan.step.numpy())
    print(f"{title}: {seen:,} pictures seen in {cfg.seconds} s")
    print(metrics.kid(fresh.images, gan.sample(cfg.judged, seed=2), "dognet"))
    return gan


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 개: 인자 하나 · Dogs: one argument. The log loss, live
#
# 4장의 망, 같은 초상화, 같은 시드, 같은 초. `loss=`만 다르다. D의 손실도 같은 객체에서 나온다.
#
# **볼 것 · What to see.** Dogs, not the curves. A D that can only guess has log 4 = 1.386, the dotted line. The learning rates are chapter 04's, found with this loss.

# %%
gans = {"log loss": train(losses.NonSaturating(), "log loss", guess=np.log(4))}

# %% [markdown] slideshow={"slide_type": "subslide"}
# ## 최소 제곱 · Least squares, live
#
# 초와 학습률은 같고 본 그림의 수는 다르다(아래에 찍힌다). 손실의 눈금도 달라 두 곡선은 견줄 수 없다.
#
# **볼 것 · What to see.** The same 25 latents, seconds and rates, though not the same number of pictures (the counts are printed). Compare KID, not the losses, and remember: one run each. Its ± is of the drawn samples, not of the training; another seed may turn the order round.

# %%
gans["least squares"] = train(losses.LeastSquares(-1, 1, 0), "least squares")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 셋으로 재기 · Three seeds, equal seconds
#
# 한 코어에서 같은 초 동안, 시드 셋으로 기록한 비교이다. 구간에 0이 들어 있으면 결론이 없다.
#
# **볼 것 · What to see.** Least squares is *not* better here. With (−1, 1, 0) every seed is a little worse, and the interval excludes 0; with (0, 1, 1) it contains 0. One minute, one core, rates found with the log loss: at another budget the order may change.

# %% tags=["hide-input"]
facts = studies.load("objective")
print(studies.comparison(facts))
plots.show(studies.progress(facts), "KID over seconds, three seeds each, beside samples.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 진짜 개로 · On real dogs, for longer
#
# `lsgan64`는 `dcgan64`에서 손실 하나만 바꾼 것이다. 한 번씩만 학습했다.
#
# **볼 것 · What to see.** Two sets of dogs of the same kind; `dcgan64` has the lower FID. One run each, without a spread: the two numbers do not say which *loss* is better.

# %% tags=["hide-input"]
shipped = {name: checkpoints.load_generator(name) for name in ("dcgan64", "lsgan64")}
figure = plots.beside(
    *(generator.sample(24, seed=0) for generator in shipped.values()),
    titles=[f"{name}: 24 samples, none picked" for name in shipped],
    columns=6,
    scale=1.15,
)
alt = "24 dogs drawn by the shipped DCGAN 64 beside 24 drawn by the shipped LSGAN 64."
plots.show(figure, alt, dpi=88)
for name, generator in shipped.items():
    scores = generator.card["scores"]
    print(f"{name} FID[{scores['network']}, n={scores['n']}] = {scores['generated']['FID']:.1f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇이 잘못되나 · What goes wrong, and how to tell
#
# 손실을 바꾸면 숫자의 뜻도 바뀐다.
#
# - 시그모이드 · **A sigmoid left at D's end** squeezes every number into [0, 1], and the flat tails are back.
# - 눈금 · **D's loss reads differently.** A D that can only guess has loss ¼ with (0, 1, 1), not log 4.
# - 크기 · **Steepness.** A pull is the loss's slope times D's. Two losses on two D are two differences at once.
# - 주장 · **A better loss is a claim like any other.** It needs equal time, several seeds and an interval.
# - 왜 · **Why no miracle?** A guess, not tested here: the log loss is flat only for fakes that D *believes*, and a D that keeps learning soon stops believing them.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 연습 문제 · Exercises
#
# 1. **예측 · Predict.** (before the run) **A**, **B** or **C** of the slide "Two losses"? Set `prediction` below it.
# 2. **계산 · Compute.** D's number for a fake is 10, c = 1. How strong is the pull of least squares, as an absolute value?
# 3. **유도 · Derive.** P(G) = P(data), the best D, targets (−1, 1, 0): D's loss and G's loss L_G.
# 4. **유도 · Derive.** Let a = 0. Which (a, b, c) does Pearson's theorem cover?
# 5. **고치기 · Repair.** `broken_roll` should bring every point to D = 1. None of them arrives.
# 6. **바꾸고 학습하기 · Change and train.** LSGAN on portraits, at most 20 epochs, three to five minutes on two cores: bring KID[dognet-1] to 0.1 or less. Targets, rates, width and batch are yours.
#
# `exercises.solution("06-far")` shows the folded answer of the first, and so on.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
exercises.check("06-far", prediction)
exercises.check("06-pull", None)
exercises.check("06-guess", None)  # (D's loss, G's loss)
exercises.check("06-covered", None)  # (a, b, c)
exercises.check("06-better", None)  # your own GAN, such as gans["least squares"], trained longer


# %% tags=["exercise"] slideshow={"slide_type": "skip"}
def broken_roll(w, b, points, steps=200, rate=0.1):
    """Roll points (n, 2) down the least-squares hill of D(x) = w·x + b, to c = 1. Mend it."""
    points = tf.Variable(points, dtype="float32")
    for _ in range(steps):
        with tf.GradientTape() as tape:
            d = tf.sigmoid(tf.linalg.matvec(points, w) + b)
            loss = tf.reduce_sum((d - 1) ** 2) / 2
        points.assign_sub(rate * tape.gradient(loss, points))
    return points.numpy()


exercises.check("06-repair", broken_roll)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 요약 · Summary
#
# 로그는 어느 쪽인지 묻고, 최소 제곱은 얼마나 먼지 묻는다.
#
# - Far fakes on the right side get hardly any pull from the log loss, and a strong one from least squares, where both D are equally steep.
# - D* is the weighted mean of its targets. (−1, 1, 0) gives Pearson's χ², (0, 1, 1) something with the same minimum.
# - In that picture D stands still. In training D moves, and each loss makes its own.
# - On portraits, at equal seconds and over three seeds, least squares was not better.

# %% [markdown] slideshow={"slide_type": "skip"}
# ## References
#
# - Mao et al. 2017, *Least squares generative adversarial networks*, [arXiv:1611.04076](https://arxiv.org/abs/1611.04076)
# - Kang, Shin, Park 2022, *StudioGAN: a taxonomy and benchmark of GANs for image synthesis*, [arXiv:2206.09479](https://arxiv.org/abs/2206.09479)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: no other D is better
#
# On a line both densities are known, so D* needs no training. Its loss beside those of five other D, for the targets (−1, 1, 0):


# %% slideshow={"slide_type": "skip"}
def d_loss(d, p, q, a, b):
    return np.trapezoid(p * (d - b) ** 2 / 2 + q * (d - a) ** 2 / 2, LINE)


p, q = normal(-1, 1), normal(2, 1.5)
star = best(p, q, -1, 1)
others = [star + 0.1 * np.sin(k * LINE + k) for k in range(1, 6)]
print(f"loss of D*:           {d_loss(star, p, q, -1, 1):.4f}")
print("of five others:      ", *(f"{d_loss(d, p, q, -1, 1):.4f}" for d in others))

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: and if D learns too?
#
# 그림 속의 D는 서 있었다. 놀이터의 D는 굽은 경계를 배우고, 계속 배운다. · Blue is where D says real, orange fake. Where D has learnt to call far fakes fake, the log loss pulls too: change "G's loss" in the menu, and watch the arrows outside the ring.

# %% slideshow={"slide_type": "skip"}
ground = Playground(Game("ring", loss="least squares", g_rate=5e-4, d_rate=2e-3))
ground.advance(cfg.pictures)
ground

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: modes in the plane
#
# The ring of chapter 02 under both losses, same rates, three seeds of each. Look at the spread of a row before you compare the rows; three against three separate by chance once in ten, and these do not separate.

# %% slideshow={"slide_type": "skip"}
for name in ("non-saturating", "least squares"):
    found = []
    for seed in range(3):
        game = Game("ring", loss=name, g_rate=5e-4, d_rate=2e-3, seed=seed)
        game.train(cfg.rounds)
        found.append(game.modes()[0])
    print(f"{name:<16} modes of 8 after {cfg.rounds} updates, three seeds: {found}")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: an earlier study at 64 pixels
#
# Real dogs, Radford's network at a small width, 1,500 steps, no augmentation and no average, three seeds each.

# %% slideshow={"slide_type": "skip"}
study = studies.load("losses")
print(study["machine"], "·", study["budget"])
print(f"FID and KID: {study['network']}, n = {study['budget']['samples']:,}\n")
print(studies.table(study))

# %% [markdown] slideshow={"slide_type": "skip"}
# 이 표의 FID는 다른 신경망, 다른 n의 값이라 앞 슬라이드의 FID와 견줄 수 없다. · The FID here is of another network and another n than that of the slide with real dogs: not to be compared.
#
# In this table every run with (0, 1, 1) is worse than every run with the log loss, and (−1, 1, 0) lies across the log loss's spread: the other way round than with portraits. A coding that is worse at one budget need not be at another.
#
# ## 더 깊이 · Going deeper: what others measured
#
# StudioGAN (Kang, Shin, Park 2022, [arXiv:2206.09479](https://arxiv.org/abs/2206.09479)) trains LSGAN and DCGAN with one code base on CIFAR-10 and reports a higher, that is worse, FID for its LSGAN. Those are *Inception* FIDs of 32-pixel photographs of ten classes: another network, other pictures, another n. They may not be put beside any number of this course.
