# %% [markdown] slideshow={"slide_type": "slide"}
# # 06 · LSGAN — 로그 대신 최소 제곱
#
# **한국어 요약**
#
# - 로그 손실(log loss)은 결정 경계(decision boundary)의 올바른 쪽에 있는 가짜를 아무리 멀어도 그냥 놓아준다.
# - 최소 제곱 손실(least squares loss)은 목표값과의 거리를 재므로, 멀리 있는 가짜도 경계 쪽으로 끌어당긴다.
# - 목적 함수(objective function) 두 개를 나란히 놓고, 기울기(gradient)를 평면 위의 점으로 눈으로 확인한다.
# - 목표값 (a, b, c) = (−1, 1, 0)은 정리가 보장하고, 공식 코드의 (0, 1, 1)은 그 정리의 조건 밖이다. 숫자로 확인한다.
# - 같은 DCGAN에서 인자 하나만 바꿔 개를 그리게 하고, 시드(seed) 셋으로 비교한다. 나아지지 않으면 그렇다고 쓴다.

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
    from dogan_lib import colab

    colab.prepare(KEEP_ON_DRIVE)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you will learn
#
# 1. What the two value functions say about a fake that D already believes, and how far away it is.
# 2. To see the difference as arrows on points, with your hand on the sliders.
# 3. What the targets (a, b, c) mean, which theorem covers which, and to check it with numbers.
# 4. What changing one argument does to our dogs, measured over seeds, and why a clear gain would surprise.

# %% slideshow={"slide_type": "slide"}
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(rounds=40, steps=12, width=4, images=128, seeds=1),
    cpu=dict(rounds=600, steps=120, width=8, images=1000, seeds=1),
    gpu=dict(rounds=2000, steps=3000, width=32, images=20000, seeds=3),
)
cfg

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np

from dogan_lib import checkpoints, losses, objective, plots, runtime
from dogan_lib.classroom import exercises
from dogan_lib.classroom import studies as ablation
from dogan_lib.dogs import load_dogs
from dogan_lib.objective import LINE, normal
from dogan_lib.plots import PALETTE

print(runtime.setup(seed=0))
dogs = load_dogs(size=64, limit=cfg.images)
dogs

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The two value functions
#
# With the logit x = D(G(z)) before any sigmoid, G minimises
#
# $$\text{log loss: } \log(1 + e^{-x}) \qquad\qquad \text{least squares: } \tfrac12 (x - c)^2$$
#
# and D minimises, with targets *a* for fake and *b* for real,
#
# $$V_{LS}(D) = \tfrac12 \mathbb E_x[(D(x) - b)^2] + \tfrac12 \mathbb E_z[(D(G(z)) - a)^2].$$

# %%
x = np.linspace(-6, 8, 400)
curves = {
    "log loss": (np.logaddexp(0, -x), 1 / (1 + np.exp(x)), "d", "-"),
    "least squares, c = 1": ((x - 1) ** 2 / 2, 1 - x, "fake", "--"),
}
figure, axes = plt.subplots(1, 2, figsize=(10, 3.4))
for name, (value, pull, colour, line) in curves.items():
    axes[0].plot(x, value, line, color=PALETTE[colour], lw=2, label=name)
    axes[1].plot(x, pull, line, color=PALETTE[colour], lw=2, label=name)
for ax, title in zip(
    axes, ("G's loss for one fake", "how it is pulled: − derivative"), strict=True
):
    ax.axvspan(3, 8, color=PALETTE["neutral"], alpha=0.15, lw=0)
    ax.axhline(0, color="black", lw=0.6)
    ax.set(xlabel="D's logit for the fake", title=title)
axes[0].set_ylim(-0.5, 8)
axes[1].set_ylim(-7, 7)
axes[0].text(3.2, 7.1, "right side, but far", fontsize=9)
axes[0].legend(frameon=False)
figure.tight_layout()
plots.show(
    figure,
    "Both losses and their pulls against the logit: in the grey zone the log loss is flat, least squares pulls back.",
)

# %% [markdown]
# **What to see.** In the grey zone D believes the fake. The log loss is content: no pull. Least squares says "you are too *far*": a fake with logit 6 is not like
# a real dog with logit 1 either. On the left both push; least squares pushes the harder, the farther.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The deck's picture: a boundary and points on both sides
#
# The simplest judge there is: one straight boundary, fitted to real points and to two kinds of fakes. The upper ones lie on the real side, far beyond the data.
# The arrows show where each loss pulls each fake, all drawn to one scale.


# %%
def fit_boundary(loss, real, fake, steps=400):
    """Train a linear D with a loss's D part; returns its weights (2,) and bias."""
    dense = keras.layers.Dense(1, kernel_initializer="zeros", dtype="float32")
    dense.build((None, 2))
    optimizer = keras.optimizers.Adam(0.05)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            value = loss.discriminator(dense(real), dense(fake))
        variables = dense.trainable_variables
        optimizer.apply(tape.gradient(value, variables), variables)
    return dense


def pulls(loss, dense, fake):
    """Minus the gradient of each fake's own loss, (n, 2)."""
    points = tf.constant(fake)
    with tf.GradientTape() as tape:
        tape.watch(points)
        value = loss.generator(dense(points)) * len(fake)
    return -tape.gradient(value, points).numpy()


# %% slideshow={"slide_type": "fragment"}
import tensorflow as tf

random = np.random.default_rng(0)
real = random.normal((1.0, 0.0), 0.35, (200, 2)).astype("float32")
near = random.normal((-0.8, 0.0), 0.35, (25, 2)).astype("float32")
far = random.normal((4.5, 1.5), 0.35, (25, 2)).astype("float32")
fake = np.concatenate([near, far])
figure, axes = plt.subplots(1, 2, figsize=(11, 3.6), sharey=True)
for ax, (name, loss) in zip(
    axes,
    {"log loss": losses.NonSaturating(), "least squares": losses.LeastSquares()}.items(),
    strict=True,
):
    dense = fit_boundary(loss, real, near)
    arrows = pulls(loss, dense, fake)
    (wx, wy), bias = dense.kernel.numpy().ravel(), float(dense.bias.numpy()[0])
    level = 0.0 if name == "log loss" else 0.5
    ys = np.array([-1.5, 3.0])
    ax.plot((level - bias - wy * ys) / wx, ys, color="black", lw=1.5, label="boundary")
    ax.scatter(*real.T, s=6, color=PALETTE["real"], label="real")
    ax.scatter(*fake.T, s=10, marker="D", color=PALETTE["fake"], label="fake")
    ax.quiver(
        *fake.T,
        *arrows.T,
        color=PALETTE["g"],
        angles="xy",
        scale_units="xy",
        scale=1.0,
        width=0.004,
    )
    ax.set(
        title=f"{name}: mean pull on the far fakes {np.linalg.norm(arrows[25:], axis=1).mean():.3f}",
        xlim=(-2.5, 6),
        ylim=(-1.5, 3),
    )
axes[0].legend(frameon=False, fontsize=8, loc="upper left")
figure.tight_layout()
plots.show(
    figure,
    "A straight boundary with real points and two groups of fakes; under least squares arrows pull the far group back, under the log loss there are none.",
)

# %% [markdown]
# **What to see.** Both judges put the boundary between the blue points and the near fakes. The far fakes stand on the right side of it, and under the log loss
# that is the end of their story. Least squares draws them back towards the data.
#
# One honest word: this D was *not* shown the far fakes. A D that sees them learns to call them fake, and then the log loss pulls too. The picture is about the moment in between,
# and about a D that has no room for them.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Points in the plane, live
#
# Chapter 02's playground with a third loss. Press play, change **G's loss**, and watch the arrows on the fakes that have overshot the data.

# %%
from dogan_lib.classroom.playground import Game, Playground

ground = Playground(Game("ring", loss="least squares"))
ground

# %% slideshow={"slide_type": "fragment"}
for name in ("non-saturating", "least squares"):
    covered = []
    for seed in range(3):
        game = Game("ring", loss=name, seed=seed)
        for _ in range(cfg.rounds // 20):
            game.train(20)
        covered.append(game.modes()[0])
    print(f"{name:<16} modes of 8 after {cfg.rounds} updates, three seeds: {covered}")

# %% [markdown]
# **What to see.** Compare the spread of each row before you compare the rows. At the short presets few modes are found by either, and three seeds decide nothing.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Targets and theorems: (a, b, c)
#
# For fixed densities p of the data and q of G, the best D is the mean of its two targets, weighted by the densities: D*(x) = (b p + a q) / (p + q).
# Check it: no other D may have a lower loss.


# %%
def d_loss(d, p, q, a, b):
    integrand = p * (d - b) ** 2 / 2 + q * (d - a) ** 2 / 2
    return np.trapezoid(integrand, LINE)


def best(p, q, a, b):
    total = np.maximum(p + q, objective.TINY)
    return np.where(p + q > objective.TINY, (b * p + a * q) / total, (a + b) / 2)


p, q = normal(-1, 1), normal(2, 1.5)
star = best(p, q, -1, 1)
others = [star + 0.1 * np.sin(k * LINE + k) for k in range(1, 6)]
print(f"loss of D*: {d_loss(star, p, q, -1, 1):.4f}")
print("of five others:", [round(float(d_loss(d, p, q, -1, 1)), 4) for d in others])

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What G then minimises
#
# The paper adds ½E_p[(D − c)²] to G's objective. G cannot change it, so no gradient changes; but now the sum at D* can be read:
# **if b − c = 1 and b − a = 2, then 2C(G) is the Pearson χ² between p + q and 2q**, which is 0 only where q = p. (−1, 1, 0) fulfils both conditions.
# The official code's (0, 1, 1) has b − c = 0: *this theorem says nothing about it*. What do the numbers say?


# %%
def g_objective(p, q, a, b, c):
    d = best(p, q, a, b)
    return np.trapezoid((p + q) * (d - c) ** 2, LINE) / 2


def pearson(p, q):
    return np.trapezoid((2 * q - (p + q)) ** 2 / np.maximum(p + q, objective.TINY), LINE)


means = np.linspace(-6, 4, 41)
chi2 = np.array([pearson(p, normal(m, 1)) for m in means])
covered = np.array([2 * g_objective(p, normal(m, 1), -1, 1, 0) for m in means])
official = np.array([2 * g_objective(p, normal(m, 1), 0, 1, 1) for m in means])
print(
    f"(-1, 1, 0): largest gap between 2C and Pearson's chi-square: {np.abs(covered - chi2).max():.1e}"
)
print(f"( 0, 1, 1): largest gap: {np.abs(official - chi2).max():.2f}")
print(f"            to (chi-square + 2) / 4: {np.abs(official - (chi2 + 2) / 4).max():.1e}")

# %% slideshow={"slide_type": "fragment"}
figure, ax = plt.subplots(figsize=(7, 3.2))
ax.plot(means, chi2, color=PALETTE["neutral"], lw=5, alpha=0.4, label="Pearson χ²(p + q, 2q)")
ax.plot(means, covered, "-", color=PALETTE["d"], label="2C for (−1, 1, 0)")
ax.plot(means, official, "--", color=PALETTE["fake"], label="2C for (0, 1, 1)")
ax.axvline(-1, color="black", lw=0.6)
ax.set(xlabel="mean of q (p's is −1)", ylabel="2C(G)", title="what G minimises, against the best D")
ax.legend(frameon=False)
plots.show(
    figure,
    "2C for (-1, 1, 0) lies on Pearson's chi-square; for (0, 1, 1) it is a flatter curve with its minimum at the same place.",
)

# %% [markdown]
# **What to see.** (−1, 1, 0) *is* the χ². (0, 1, 1) is not, as the theorem warned; but with the same added term it comes out as (χ² + 2) / 4, to rounding:
# another height and slope, the same minimum at q = p. Not being covered by a theorem is not the same as being wrong. (All of this against the *best* D, which no training has.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Dogs: one argument changed
#
# The network, the dogs, the steps and the seeds are chapter 05's base; `loss=` is the only difference. First live, at a small budget:

# %%
budget = ablation.Budget(
    steps=cfg.steps, width=cfg.width, limit=cfg.images, samples=300, batch_size=32
)
for name in ("log loss", "LSGAN (0, 1, 1)"):
    for seed in range(cfg.seeds):
        run, pictures = ablation.train_and_score("losses", name, seed, budget)
        print(ablation.describe(run))
    plots.show(
        plots.grid(pictures, columns=8, scale=1.0),
        f"Eight samples of the network trained with {name}",
        dpi=60,
    )

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The comparison that counts
#
# Three losses, three seeds each, on real dogs (`dogan train --ablation losses`).

# %%
study = ablation.load("losses")
print(study["machine"], "·", study["budget"], "\n")
print(ablation.table(study))

# %% slideshow={"slide_type": "slide"}
plots.show(
    ablation.figure(study),
    "KID of the log loss and of least squares with two codings, three seeds each, beside eight samples of each.",
)

# %% [markdown]
# **What three seeds of each say.** It is *not* better. With the official targets (0, 1, 1) all three runs are worse than all three with the log loss, by a factor of about three in KID.
# With (−1, 1, 0) the runs lie across the log loss's spread: no claim either way. The coding mattered more here than the choice between log and square; why, these runs do not tell. (The log loss's three runs are chapter 05's "all eight": the same network, budget and seeds.)
# The budget is small (1500 steps, width 16, no augmentation), and at another one the order may change.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The two shipped generators
#
# `lsgan64` is `dcgan64` of chapter 05 with that one argument changed, to the coding that did better above. Same dogs, same epochs, same seed; one run each.

# %%
shipped = {name: checkpoints.load_generator(name) for name in ("dcgan64", "lsgan64")}
for generator in shipped.values():
    print(generator.describe(), "\n")

# %% slideshow={"slide_type": "slide"}
figure = plots.beside(
    *(generator.sample(64, seed=0) for generator in shipped.values()),
    titles=[f"{name}: 64 samples, none picked" for name in shipped],
)
plots.show(figure, "64 dogs drawn by the shipped DCGAN 64 beside 64 drawn by the shipped LSGAN 64.")

# %% [markdown]
# **What to see.** Two sets of dogs of the same kind, and scores a few per cent apart: far less than the spread of three seeds in the table above. One argument made no visible difference, at sixty epochs as at a few.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What went wrong, and how to tell
#
# - **The scores have no sigmoid.** D(x) is the logit itself; a `sigmoid` left at D's end squeezes least squares into [0, 1] and brings the flat tails back.
# - **D's loss reads differently.** A D that can only guess has loss ¼ with (0, 1, 1), not log 4. `diagnose(history, loss)` takes it into account.
# - **A better loss is a claim like any other.** Published comparisons go both ways: a study with one code base for all (StudioGAN, CIFAR-10) has FID 67.2 for LSGAN and 50.3 for its DCGAN.
# - **Why no miracle?** A guess, not tested here: the non-saturating loss is flat only for fakes that D *believes*, and a D that keeps learning soon stops believing them.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Exercises
#
# **1.** D's logit for a fake is 10, and c = 1. How strongly does least squares pull (absolute value of the derivative)? Compare with the log loss.

# %% tags=["exercise"]
exercises.check("06-pull", None)

# %% [markdown]
# **2.** Write `best(p, q, a, b)`, the best discriminator for densities p and q.

# %% tags=["exercise"]
exercises.check("06-best-discriminator", None)

# %% [markdown]
# **3.** Which of (0, 1, 1) and (−1, 1, 0) does the Pearson theorem cover? Give `(a, b, c)`.

# %% tags=["exercise"]
exercises.check("06-covered", None)

# %%
exercises.solution("06-pull")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - The log loss asks on which side of the boundary a fake is; least squares asks how far from its target.
# - Far fakes on the right side get no gradient from the first and a strong one from the second.
# - D* is the weighted mean of its targets. (−1, 1, 0) gives Pearson's χ², (0, 1, 1) something with the same minimum.
# - On our dogs the table above is the answer, with its spread.
#
# ## References
#
# - Mao et al. 2017, *Least squares generative adversarial networks*, [arXiv:1611.04076](https://arxiv.org/abs/1611.04076)
# - Kang, Shin, Park 2022, *StudioGAN: a taxonomy and benchmark of GANs*, [arXiv:2206.09479](https://arxiv.org/abs/2206.09479)
# - Mescheder, Geiger, Nowozin 2018, [arXiv:1801.04406](https://arxiv.org/abs/1801.04406)
