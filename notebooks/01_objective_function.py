# %% [markdown] slideshow={"slide_type": "slide"}
# # 01 · 목적 함수와 손실 함수 — 두 모델이 벌이는 하나의 게임
#
# **한국어 요약**
#
# - 목적 함수(objective function) V(D, G)는 판별자(discriminator)가 최대화하고 생성자(generator)가 최소화하는 하나의 수이다.
# - 1차원 분포에서 V를 항별로 직접 계산하고, 적분과 몬테카를로(Monte Carlo) 표본이 같은 값을 준다는 것을 확인한다.
# - 경사 상승법으로 최적의 판별자를 찾아 D* = p/(p+q) 공식 위에 겹쳐 그리고, V(D*) = 2·JSD − log 4를 소수점 여섯 자리까지 맞춰 본다.
# - 손실 함수(loss function)의 그래프와 기울기를 그려, log(1−D(G(z)))가 왜 포화(saturation)되는지 살펴본다.
# - 최종 목표는 P(Generator) = P(Data)이다. 슬라이더와 경사 하강법으로 V가 −log 4에 닿는 것을 본다.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["colab"]
# [![Open in Colab](../docs/colab.svg)](https://colab.research.google.com/github/OWNER/dogan/blob/main/notebooks/01_objective_function.ipynb)
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
# 1. To read V(D, G) term by term, and to compute it in two ways.
# 2. What D wants, what G wants, and which part of V is no business of G's.
# 3. Which D is the best, and why V then measures how far apart two distributions are.
# 4. What a loss function is, and why nobody trains G with the one that the formula gives.
# 5. When the game is over: P(Generator) = P(Data).
#
# Everything here lives on a line, where nothing has to be trained or guessed: we *know* both densities. Every cell takes at most seconds.

# %% slideshow={"slide_type": "slide"}
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(samples=10_000, ascent_steps=20_000, fit_steps=400),
    cpu=dict(samples=1_000_000, ascent_steps=20_000, fit_steps=400),
    gpu=dict(samples=1_000_000, ascent_steps=20_000, fit_steps=400),
)
cfg

# %%
import matplotlib.pyplot as plt
import numpy as np

from dogan_lib import losses, objective, plots, runtime
from dogan_lib.classroom import exercises
from dogan_lib.plots import PALETTE

print(runtime.setup(seed=0))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The idea in one picture
#
# An **objective function** (목적 함수) is "a function that states the aim of a problem, to be minimised or maximised". GANs have one function and two players:
#
# $$\min_G \max_D V(D, G) = E_{x \sim p_{data}(x)}[\log D(x)] + E_{z \sim p_z(z)}[\log(1 - D(G(z)))]$$
#
# - **x** is a sample from the real data distribution; on our line it has the density *p*.
# - **z** is a *latent code*, a sample from a Gaussian. G maps it to *G(z)*, whose density we call *q*.
# - **D(x)** is a probability (확률): how sure D is that x is real.


# %%
def D(x):
    """Some discriminator, not the best: sure of real on the left, of fake on the right."""
    return 1 / (1 + np.exp(x))


def G(z, mean=2.0, width=1.5):
    return mean + width * z


x = np.linspace(-40, 40, 8001)
p = np.exp(-0.5 * (x + 1) ** 2) / np.sqrt(2 * np.pi)
q = np.exp(-0.5 * ((x - 2) / 1.5) ** 2) / (1.5 * np.sqrt(2 * np.pi))

# %% slideshow={"slide_type": "fragment"}
figure, ax = plt.subplots(figsize=(8, 3.2))
ax.fill_between(x, p, color=PALETTE["real"], alpha=0.45, label="p, density of real x")
ax.fill_between(x, q, color=PALETTE["fake"], alpha=0.45, label="q, density of G(z)")
ax.plot(x, D(x), color=PALETTE["d"], lw=2.5, label="D(x), a probability")
ax.set(xlim=(-7, 9), xlabel="x", ylabel="density, and D", title="two densities and a judge")
ax.legend(frameon=False)
plots.show(
    figure,
    "The data's density on the left, the generator's wider one on the right, and a D that falls from 1 to 0 between them.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# Where the blue hill stands alone, D should say 1; where the orange one does, 0. How well does this D do? V is its mark.
#
# ## V, term by term
#
# E means *average*. Over a known density an average is an integral: weigh log D(x) with how often x occurs, and sum up.
# The second average runs over z; but its G(z) is spread with density q, so we may integrate over x again.


# %%
def average(density, values):
    return np.trapezoid(density * values, x)


def log(probability):
    """log 0 is minus infinity; 1e-300 keeps it finite where no density cares."""
    return np.log(np.maximum(probability, 1e-300))


def V(p, q, d):
    return average(p, log(d)) + average(q, log(1 - d))


print(f"both densities integrate to {average(p, 1):.6f} and {average(q, 1):.6f}")
print(f"first term,  E[log D(x)]          {average(p, log(D(x))):.6f}")
print(f"second term, E[log(1 - D(G(z)))]  {average(q, log(1 - D(x))):.6f}")
print(f"V(D, G)                           {V(p, q, D(x)):.6f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The same number from samples
#
# Logarithms of probabilities are negative, so V is too: the closer to 0, the better D is.
# Nobody knows the density of dogs; we only have samples of it. So a GAN replaces each average by the **mean of a batch**: draw real x, draw z, push it through G.
# That is a Monte Carlo (몬테카를로) estimate. How far off is it for a batch of 64, or of a million?

# %%
rng = np.random.default_rng(0)
real, z = rng.normal(-1, 1, cfg.samples), rng.normal(size=cfg.samples)
scores = np.log(D(real)) + np.log(1 - D(G(z)))
counts = np.unique(np.geomspace(4, cfg.samples, 200).astype(int))
estimates = np.cumsum(scores)[counts - 1] / counts
error = scores.std() / np.sqrt(counts)
figure, ax = plt.subplots(figsize=(8, 3))
ax.fill_between(counts, -2 * error, 2 * error, color=PALETTE["neutral"], alpha=0.25)
ax.semilogx(counts, estimates - V(p, q, D(x)), color=PALETTE["d"])
ax.axvline(64, color=PALETTE["neutral"], ls=":")
ax.set(xlabel="samples", ylabel="estimate - integral", title="V from samples (dotted: 64)")
print(f"integral {V(p, q, D(x)):.5f}, {cfg.samples:,} samples {estimates[-1]:.5f}")
assert abs(estimates[-1] - V(p, q, D(x))) < 4 * error[-1]
plots.show(
    figure, "The error of the sampled V shrinks inside a grey band of two standard errors, to zero."
)

# %% [markdown] slideshow={"slide_type": "slide"}
# The grey band is two standard errors and narrows with 1/√n. With a batch of 64, every step of a GAN sees a noisy V: one reason why its loss curves never are smooth.
#
# ## D maximises V
#
# "D should **maximize** V(D, G)." D may choose its answer at every x. What would it like to answer? Take one real x and one G(z), and try every probability.

# %%
v = np.linspace(0.001, 0.999, 999)
figure, axes = plt.subplots(1, 2, figsize=(9, 3), sharey=True)
terms = (("D(x)", "log D(x)", np.log(v)), ("D(G(z))", "log(1 - D(G(z)))", np.log(1 - v)))
for ax, (answer, name, term), colour in zip(axes, terms, ("real", "fake"), strict=True):
    ax.plot(v, term, color=PALETTE[colour], lw=2.5)
    ax.plot(v[term.argmax()], term.max(), "o", color=PALETTE["d"], ms=10)
    ax.set(xlabel=answer, ylim=(-5, 0.4))
    ax.set_title(f"{name}: largest at {v[term.argmax()]:.3f}")
axes[0].set_ylabel("term of V")
figure.tight_layout()
plots.show(
    figure,
    "log D(x) rises to 0 at D(x) = 1; log(1 - D(G(z))) falls from 0 at D(G(z)) = 0 without end.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# So the first term is largest at **D(x) = 1**, the second at **D(G(z)) = 0**: call the real real and the fake fake. Each is then log 1 = 0, and V cannot exceed 0.
# (One of the two conditions is misprinted on the slide. Exercise 1.)
#
# But D sees only x, not where it came from. Where p and q overlap, both wishes cannot come true. What is the best compromise?
# We do not look it up. We let D **climb**: one free logit for each of 61 points, D = σ(logit), and V's slope in it,
# ∂V/∂logit = p·(1 − D) − q·D, times a step size.


# %%
def sigmoid(logit):
    return 1 / (1 + np.exp(-logit))


points = np.linspace(-6, 8, 61)
p_at, q_at = np.interp(points, x, p), np.interp(points, x, q)
logits, climbed = np.zeros(61), {}
for step in range(cfg.ascent_steps + 1):
    d = sigmoid(logits)
    if step in (0, 10, 100, cfg.ascent_steps):
        climbed[step] = d
    logits += 10 * (p_at * (1 - d) - q_at * d)
often = p_at + q_at > 0.02
formula = p_at / (p_at + q_at)
gap = np.abs(climbed[cfg.ascent_steps] - formula)[often].max()
print(f"largest gap to p / (p + q), where samples are common: {gap:.1e}")
assert gap < 1e-3

# %% slideshow={"slide_type": "fragment"}
figure, ax = plt.subplots(figsize=(8, 3.4))
ax.plot(x, p / (p + q), color=PALETTE["d"], lw=7, alpha=0.35, label="formula: p / (p + q)")
shades = ("#BBBBBB", "#888888", "#555555", "black")
for (step, d), shade in zip(climbed.items(), shades, strict=True):
    marker = "o" if step == cfg.ascent_steps else None
    ax.plot(points, d, color=shade, marker=marker, ms=3, lw=1.2, label=f"after {step:,} steps")
ax.set(xlim=(-6, 8), xlabel="x", ylabel="D(x)", title="D climbs V and arrives at a formula")
ax.legend(frameon=False, fontsize=8)
plots.show(
    figure,
    "D starts at one half everywhere and climbs to the curve p / (p + q); last at the rim, where samples are rare.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# **D\*(x) = p(x) / (p(x) + q(x))**: set the slope p·(1 − D) − q·D to zero and solve for D. Answers come first where samples are many, and late at the rim:
# there, nobody ever asks D.
#
# ## G minimises V
#
# "G is independent of this part": the slide crosses out log D(x). G cannot change what D says about real dogs. Move q and watch both terms, D held still.

# %%
means = np.linspace(-6, 6, 61)
moved = [objective.normal(mean, 1.5, x) for mean in means]
first = np.array([average(p, log(D(x))) for _ in moved])
second = np.array([average(q_moved, log(1 - D(x))) for q_moved in moved])
figure, ax = plt.subplots(figsize=(8, 3))
ax.plot(means, first, color=PALETTE["real"], lw=2.5, label="E[log D(x)]: flat")
ax.plot(means, second, color=PALETTE["fake"], lw=2.5, label="E[log(1 - D(G(z)))]")
ax.plot(means, first + second, "--", color="black", lw=1, label="V")
ax.set(xlabel="mean of G(z)", ylabel="value", title="only one term moves with G")
ax.legend(frameon=False)
print("slope of the first term in G's mean, at most:", np.abs(np.gradient(first, means)).max())
print(f"log(1 - v) is lowest on our grid at v = D(G(z)) = {v[np.log(1 - v).argmin()]:.3f}")
plots.show(
    figure, "The first term is a flat line; the second falls as G moves to where D says real."
)

# %% [markdown] slideshow={"slide_type": "slide"}
# G's term falls as G moves left, to where D says "real": its lowest point is at **D(G(z)) = 1**. (Two words on that slide are wrong. Exercise 2.)
# Had D stayed like this, G would run off to the left for ever, far past the data. D has to answer: that is the *game*.
#
# ## With the best D, V is a distance
#
# Put D* into V, and take 2 out of each denominator, with the average m = (p + q)/2:
#
# $$V(D^*, G) = E_p\!\left[\log \tfrac{p}{p+q}\right] + E_q\!\left[\log \tfrac{q}{p+q}\right] = KL(p\,\|\,m) + KL(q\,\|\,m) - 2\log 2 = 2\,JSD(p, q) - \log 4$$
#
# KL is the Kullback–Leibler divergence (쿨백-라이블러 발산), **JSD** the Jensen–Shannon divergence (젠슨-섀넌 발산): 0 if p = q, and positive otherwise.


# %%
def KL(p, q):
    return average(p, log(p) - log(q))


def JSD(p, q):
    return (KL(p, (p + q) / 2) + KL(q, (p + q) / 2)) / 2


print("mean  width     V(D*)       JSD   |V - (2 JSD - log 4)|")
for mean, width in [(2, 1.5), (4, 1), (0, 1), (-1, 2), (-1, 1)]:
    q_here = objective.normal(mean, width, x)
    best = p / (p + q_here + 1e-300)
    gap = abs(V(p, q_here, best) - (2 * JSD(p, q_here) - np.log(4)))
    print(f"{mean:4} {width:6} {V(p, q_here, best):10.6f} {JSD(p, q_here):9.6f}   {gap:.0e}")
    assert gap < 1e-6
print(f"-log 4 = {-np.log(4):.6f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# Five generators, one identity, to six digits and more. The last row is the data itself: JSD = 0 and V = **−log 4 = −1.386**, the lowest value that G can force on a perfect D. Then D* = ½ everywhere: it can only toss a coin.
#
# **Move q yourself.** Drag *mean* and *width*. Watch D* follow, and the orange valley change its depth. Where is V = −log 4?
# The library's `objective.value`, `best_discriminator` and `jensen_shannon` are what you have just written; the first line holds them to it.

# %%
from dogan_lib.classroom.widgets import ObjectiveOnALine

best = objective.best_discriminator(p, q)
np.testing.assert_allclose(objective.value(p, q, best, x), V(p, q, p / (p + q)), atol=1e-9)
np.testing.assert_allclose(objective.jensen_shannon(p, q, x), JSD(p, q), atol=1e-9)
ObjectiveOnALine(real=(-1, 1), fake=(2, 1.5))

# %% [markdown] slideshow={"slide_type": "slide"}
# On paper nothing moves, so here are three positions of the slider *mean*, side by side. Follow the green curve: a cliff while q is far away,
# then a gentle slope, and a flat line at ½ when there is nothing left to tell apart.

# %%
figure, axes = plt.subplots(1, 3, figsize=(12, 3.4), sharey=True)
for ax, mean in zip(axes, (4, 1, -1), strict=True):
    still = ObjectiveOnALine(real=(-1, 1), fake=(mean, 1))
    still.draw_densities(ax)
    v_best, jsd = still.numbers()
    ax.set_title(f"mean {mean:g}: V = {v_best:.3f}, JSD = {jsd:.3f}")
    ax.get_legend().remove()
axes[0].legend(frameon=False, fontsize=8, loc="upper left")
figure.tight_layout()
plots.show(
    figure,
    "Three positions of q: far from p, D* is a cliff from 1 to 0; nearer, a slope; on p, the flat line one half.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Loss function
#
# A **loss function** (손실 함수) is "a function that sets the size of the penalty for an error". Optimisers go downhill, so D's loss is −V.
# For a real sample the label is v = 1, and what is left of D's loss is −log D(x): no penalty for 1, a mild one for ½, an unbounded one for 0.
#
# G's loss by the formula is log(1 − D(G(z))). The same paper advises another: **−log D(G(z))**, the *non-saturating* loss. Both want D(G(z)) = 1.

# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 3.2))
axes[0].plot(v, -np.log(v), color=PALETTE["real"], lw=2.5, label="real, v = 1: -log D(x)")
axes[0].plot(v, -np.log(1 - v), ":", color="black", lw=2, label="fake, v = 0: -log(1 - D(G(z)))")
axes[1].plot(v, np.log(1 - v), color=PALETTE["fake"], lw=2.5, label="log(1 - D(G(z)))")
axes[1].plot(v, -np.log(v), "--", color=PALETTE["d"], lw=2.5, label="-log D(G(z))")
axes[0].set(title="D's loss", xlabel="D's answer", ylabel="loss")
axes[1].set(title="G's loss, two ways", xlabel="D(G(z))", ylabel="loss")
for ax in axes:
    ax.legend(frameon=False, fontsize=9)
figure.tight_layout()
plots.show(
    figure,
    "D's loss for a real sample falls to 0 at D = 1, for a fake one it is mirrored. G's two losses both fall with D(G(z)), one steeply at 1, the other at 0.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# G's dashed curve is D's blue one: with −log D(G(z)), G simply learns with the label v = 1, as if its pictures were real.
#
# Both of G's losses fall all the way to D(G(z)) = 1. So what is the difference? Look at the **gradient** (기울기), the slope in D's logit, which is what backpropagation hands on.

# %%
logit = np.linspace(-8, 8, 321)
figure, axes = plt.subplots(1, 2, figsize=(10, 3.2), sharey=True)
axes[0].plot(logit, sigmoid(logit) - 1, color=PALETTE["real"], lw=2.5, label="real: -(1 - D)")
axes[0].plot(logit, sigmoid(logit), ":", color="black", lw=2, label="fake: D")
axes[1].plot(logit, -sigmoid(logit), color=PALETTE["fake"], lw=2.5, label="of log(1 - D): -D")
axes[1].plot(
    logit, sigmoid(logit) - 1, "--", color=PALETTE["d"], lw=2.5, label="of -log D: -(1 - D)"
)
axes[1].axvspan(-8, -3, color=PALETTE["accent"], alpha=0.2)
axes[0].set(title="slope of D's loss", xlabel="logit of D's answer", ylabel="d loss / d logit")
axes[1].set(title="slope of G's loss", xlabel="logit of D(G(z))")
for ax in axes:
    ax.legend(frameon=False, fontsize=9, loc="upper left")
figure.tight_layout()
plots.show(
    figure,
    "D's slopes are largest where D is wrong. Of G's two, where D is sure of a fake, shaded, that of log(1 - D) is 0 and that of -log D is -1.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# Left: D is pushed hard where it is wrong, and left in peace where it is right, as a good loss should do.
# Right: read the orange band, where D is sure that G's picture is fake: the start of training, when G's pictures are still noise.
#
# | | slope in the logit | D sure of "fake" | D fooled |
# |---|---|---|---|
# | log(1 − D(G(z))) | −D | **→ 0: saturated (포화), G learns nothing** | → −1 |
# | −log D(G(z)) | −(1 − D) | **→ −1: a full push** | → 0 |
#
# Same wish, same direction, but the push comes when it is needed. The library's `losses.Minimax` and `losses.NonSaturating` are these formulas on logits. The same numbers, and the same slopes?

# %%
import tensorflow as tf

real_logit, fake_logit = rng.normal(1, 2, (64, 1)), rng.normal(-1, 2, (64, 1))
dr, df = sigmoid(real_logit), sigmoid(fake_logit)
by_hand = {
    losses.Minimax(): (np.mean(np.log(1 - df)), -df / 64),
    losses.NonSaturating(): (np.mean(-np.log(df)), (df - 1) / 64),
}
for loss, (g_loss, slope) in by_hand.items():
    fake = tf.Variable(fake_logit)
    with tf.GradientTape() as tape:
        g = loss.generator(fake)
    d = float(loss.discriminator(tf.constant(real_logit), fake))
    np.testing.assert_allclose(d, -np.mean(np.log(dr)) - np.mean(np.log(1 - df)), atol=1e-6)
    np.testing.assert_allclose([float(g)], [g_loss], atol=1e-6)
    np.testing.assert_allclose(tape.gradient(g, fake), slope, atol=1e-6)
    print(f"{type(loss).__name__:14} D: {d:.6f} = -V   G: {float(g):+.6f}   slopes agree")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Final goal: P(Generator) = P(Data)
#
# "How do we minimise the JSD?" (The slide reads JSN; the Jensen–Shannon divergence is meant.) By playing: D answers with D*, and G goes a small step downhill through that D. Let G(z) = mean + width·z learn both numbers.
# By the chain rule, the slope in the mean is the average of d loss/dx over G's samples, and the slope in the width is the average of z·d loss/dx.


# %%
def fit(mean, width, g_loss, steps=cfg.fit_steps, rate=0.3):
    """Rows of (mean, width, V) while G follows its loss through the best D."""
    path = []
    for _ in range(steps):
        q = objective.normal(mean, width, x)
        best = objective.best_discriminator(p, q)
        path.append((mean, width, V(p, q, best)))
        slope = np.gradient(g_loss(best), x)
        z = (x - mean) / width
        mean = mean - rate * average(q, slope)
        width = max(0.2, width - rate * average(q, z * slope))
    return np.array(path)


def saturating(d):
    return log(1 - d)


def non_saturating(d):
    return -log(d)


mean, width, reached = fit(2.0, 1.5, saturating)[-1]
print(f"G ends at mean {mean:.4f}, width {width:.4f} (the data: -1 and 1)")
print(f"V ends at {reached:.6f}, and -log 4 = {-np.log(4):.6f}")
assert abs(reached + np.log(4)) < 1e-6

# %% [markdown] slideshow={"slide_type": "slide"}
# P(Generator) = P(Data), V = −log 4, JSD = 0. The game is over, and nobody told G where the data are: it only ever asked D.
#
# ## What went wrong, and how to tell
#
# Start farther away, at mean 6 with width 1, and compare the two losses of G. V near **0** is the alarm: D makes no mistakes, and the JSD sits on its ceiling log 2, where it is flat.

# %%
starts = {"near": (2.0, 1.5), "far": (6.0, 1.0)}
g_losses = {"log(1 - D)": saturating, "-log D": non_saturating}
paths = {
    (start, name): fit(*starts[start], g_loss)[:, 2]
    for start in starts
    for name, g_loss in g_losses.items()
}
for (start, name), path in paths.items():
    print(f"{start:4} {name:10}: V < -1.3 at step {np.argmax(path < -1.3) + 1}")
    assert path[-1] < -1.3

# %% slideshow={"slide_type": "fragment"}
figure, axes = plt.subplots(1, 2, figsize=(10, 3.2), sharey=True)
look = {"log(1 - D)": {"color": PALETTE["fake"]}, "-log D": {"color": PALETTE["d"], "ls": "--"}}
for ax, start in zip(axes, starts, strict=True):
    for name in g_losses:
        ax.semilogx(np.arange(1, cfg.fit_steps + 1), paths[start, name], lw=2.5, **look[name])
    ax.axhline(-np.log(4), color=PALETTE["neutral"], ls=":")
    ax.set(title=f"G starts {start}, at mean {starts[start][0]:g}", xlabel="step of G")
axes[0].set_ylabel("V(D*, G)")
axes[0].legend(["G's loss: log(1 - D)", "G's loss: -log D", "-log 4"], frameon=False)
figure.tight_layout()
plots.show(
    figure,
    "From a near start both losses reach -log 4; from a far one log(1 - D) stays at 0 for long while -log D goes at once.",
)

# %% [markdown]
# From far away, log(1 − D) waits at V = 0 for a long time and −log D leaves at once; the printed steps say by how much. Real networks are seldom that patient.
# Near by, the dashed curve is faster too. Its push is not V's own slope: each fake is pushed the same way as before, but the ones that D recognises are pushed
# hardest, where log(1 − D) pushes hardest the ones that already pass. Both end where p = q.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Exercises
#
# Put your answers in place of `None`. `exercises.check` says *right* or gives a hint; `exercises.solution` shows the way.
#
# 1. On D's slide stands "Maximum when D(x) = 1" and "Maximum when D(x) = 0". The second is a slip: what should it say? (a string such as `"D(x) = 0"`)
# 2. On G's slide stands "D should minimize V(D, G)" and "Maximum when D(G(z)) = 1". Two words are slips. Who should minimise, and what is it at D(G(z)) = 1? (a pair of strings)
# 3. D is shown *twice as many* fakes: V = E_p[log D] + 2 E_q[log(1 − D)]. Write the new best D as a function `best(p, q)`.
# 4. p and q do not overlap at all. What are V(D\*) and the JSD? (a pair; try it with the slider)
# 5. D's logit for a fake is −5. How many times larger is the slope of the non-saturating loss?

# %% tags=["exercise"]
exercises.check("01-slip-discriminator", None)
exercises.check("01-slip-generator", None)
exercises.check("01-best-discriminator", None)
exercises.check("01-far-apart", None)
exercises.check("01-saturation", None)

# %%
exercises.solution("01-slip-discriminator")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - One function, two players: D maximises V (D(x) = 1, D(G(z)) = 0), G minimises its second term (D(G(z)) = 1).
# - The best D is p / (p + q). With it, V = 2 JSD − log 4, which is lowest, −log 4, exactly where P(Generator) = P(Data).
# - A loss sets the size of the penalty. log(1 − D(G(z))) has no slope where D is sure; −log D(G(z)) has one.
# - Here we knew p and had D* for free. In chapter 02 both have to be learned, from samples, in turns.
#
# ## References
#
# - Goodfellow et al. 2014, *Generative adversarial nets*, sections 3 and 4, [arXiv:1406.2661](https://arxiv.org/abs/1406.2661)
# - Arjovsky, Bottou 2017, *Towards principled methods for training GANs* (why a perfect D leaves G without a gradient), [arXiv:1701.04862](https://arxiv.org/abs/1701.04862)
# - Kahng et al. 2018, *GAN Lab*, [poloclub.github.io/ganlab](https://poloclub.github.io/ganlab/)
# - 쉽게 씌어진 GAN, [dreamgonfly.github.io](https://dreamgonfly.github.io/2018/03/17/gan-explained.html)
