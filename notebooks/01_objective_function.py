# %% [markdown] slideshow={"slide_type": "slide"}
# # 01 · 목적 함수와 손실 함수 — 두 모델이 벌이는 하나의 게임
#
# **한국어 요약**
#
# - 목적 함수(objective function) V(D, G)는 판별자(discriminator)가 최대화하고 생성자(generator)가 최소화하는 하나의 수이다.
# - 1차원 분포에서 V를 항별로 직접 계산하고, 적분과 몬테카를로(Monte Carlo) 표본이 같은 값을 준다는 것을 확인한다.
# - 경사 상승법으로 최적의 판별자를 찾아 D* = p/(p+q) 공식 위에 겹쳐 그리고, V(D*) = 2·JSD − log 4를 소수점 여섯 자리까지 맞춰 본다.
# - 슬라이더로 손실 함수(loss function)의 그래프와 기울기(gradient)를 움직여, log(1−D(G(z)))가 왜 포화(saturation)되는지 본다.
# - 최종 목표는 P(Generator) = P(Data)이다. 경사 하강법으로 V가 −log 4에 닿는 것을 보고, '더 깊이'에서는 개 그림 사이의 JSD가 적어도 얼마인지 잰다.

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
    from dogan_lib.classroom import colab

    colab.prepare(KEEP_ON_DRIVE)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇을 배우나 · What you will learn
#
# 두 선수가 다투는 수 하나를 읽고, 계산하고, 끝까지 내려가 본다.
#
# 1. To read V(D, G) term by term, and to compute it in two ways.
# 2. What D wants, what G wants, and which part of V is no business of G's.
# 3. Which D is the best, and why V then measures how far apart two distributions are.
# 4. What a loss function is, and why G is rarely trained with the one that the formula gives.
# 5. When the game is over: P(Generator) = P(Data).
#
# We stay on a line, where both densities are *known*: each sentence of the deck becomes a number that can be checked. The last part, "Going deeper", bounds the same number for pictures of dogs.

# %% slideshow={"slide_type": "skip"}
import matplotlib.pyplot as plt

from dogan_lib import runtime
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(samples=10_000, ascent_steps=20_000, fit_steps=400, dogs=100),
    cpu=dict(samples=1_000_000, ascent_steps=20_000, fit_steps=400, dogs=800),
    gpu=dict(samples=1_000_000, ascent_steps=20_000, fit_steps=400, dogs=800),
)
print(runtime.setup(seed=0))
plt.rcParams["font.size"] = 14

# %% slideshow={"slide_type": "skip"}
import numpy as np
import tensorflow as tf
from scipy.special import expit as sigmoid  # 1 / (1 + exp(-logit)), without overflow

from dogan_lib import losses, plots
from dogan_lib.classroom import diagram, exercises, objective
from dogan_lib.classroom.objective import safe_log as log  # log 0 is large and finite
from dogan_lib.classroom.sliders import LossGraphs, ObjectiveOnALine
from dogan_lib.plots import PALETTE

x = objective.LINE
p = objective.normal(-1, 1, x)  # the data's density
q = objective.normal(2, 1.5, x)  # the generator's

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 이 장의 자리 · What this chapter is about
#
# 두 선수의 점수를 매기는 마지막 상자, V(D, G) 하나를 끝까지 들여다본다.
#
# **볼 것 · What to see.** D pulls the number in the last box up, G pulls it down. Networks come in chapter 02; here G and D are formulas.

# %% tags=["hide-input"]
diagram.game(lit="loss", labels={"loss": "V(D, G)"}, title="One score, two players")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 목적 함수 · The objective function
#
# "문제의 목적을 나타내는, 최소화하거나 최대화할 함수": GAN에서는 함수 하나에 선수가 둘이다.
#
# $$\min_G \max_D V(D, G) = E_{x \sim p_{data}(x)}[\log D(x)] + E_{z \sim p_z(z)}[\log(1 - D(G(z)))]$$
#
# "Discriminator: 목적 함수를 최대화. Generator: 목적 함수를 최소화." 파란 언덕에서 D는 1을, 주황 언덕에서는 0을 말해야 한다.
#
# **볼 것 · What to see.** D(x) = 1 / (1 + eˣ) is right at both ends and undecided in the middle, where the hills overlap.


# %% tags=["hide-input"]
def D(x):
    """Some discriminator, not the best: sure of real on the left, of fake on the right."""
    return 1 / (1 + np.exp(x))


figure, ax = plt.subplots(figsize=(12, 4.5))
ax.fill_between(
    x,
    p,
    color=PALETTE["real"],
    alpha=0.45,
    label='p: real x, "Sample x from real data distribution"',
)
ax.fill_between(
    x,
    q,
    color=PALETTE["fake"],
    alpha=0.45,
    label='q: G(z), "Sample latent code from Gaussian distribution"',
)
ax.plot(x, D(x), color=PALETTE["d"], lw=3, label="D(x), how sure D is that x is real")
ax.set(xlim=(-7, 9), xlabel="x", ylabel="density, and D")
ax.legend(frameon=False, fontsize=12)
plots.show(
    figure,
    "The data's density on the left, the generator's wider one on the right, and a D that falls from 1 to 0 between them.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## V, 항별로 · V, term by term
#
# 밀도를 알면 평균은 적분이다. 개의 밀도는 아무도 모르므로 GAN은 **표본의 평균**으로 바꾼다: 몬테카를로(Monte Carlo).
#
# Logarithms of probabilities are negative, so V is too: the closer to 0, the better D is. The second average runs over z; as G(z) has density q, we integrate over x again.


# %%
def average(density, values):
    return np.trapezoid(density * values, x)


def V(p, q, d):
    return average(p, log(d)) + average(q, log(1 - d))


def G(z, mean=2.0, width=1.5):
    return mean + width * z


rng = np.random.default_rng(0)
real, z = rng.normal(-1, 1, cfg.samples), rng.normal(size=cfg.samples)
print(f"{average(p, log(D(x))):.5f} {average(q, log(1 - D(x))):+.5f} = {V(p, q, D(x)):.5f} = V")
print(f"{cfg.samples:,} samples: {np.mean(np.log(D(real)) + np.log(1 - D(G(z)))):.5f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## D는 올리고 G는 내린다 · D maximises V, G minimises it
#
# "D should **maximize** V(D, G)". "G is independent of this part": G의 슬라이드는 log D(x)에 줄을 긋는다. D를 σ(w·x)로 바꾸어 w와 G의 평균을 하나씩 움직여 본다.

# %% tags=["hide-input"]
v, ws, means = np.linspace(0.001, 0.999, 999), np.linspace(-4, 1, 101), np.linspace(-6, 6, 101)


def terms(w, mean):
    """Both terms of V where D(x) = sigmoid(w x) and G's points have this mean."""
    q_moved = objective.normal(mean, 1.5, x)
    return average(p, log(sigmoid(w * x))), average(q_moved, log(sigmoid(-w * x)))


panels = (
    ("D(x) or D(G(z))", v, np.stack([np.log(v), np.log(1 - v)], axis=1), "one answer v of D"),
    ("D's w", ws, np.array([terms(w, 2) for w in ws]), "G stands still, D moves"),
    ("mean of G(z)", means, np.array([terms(-1, m) for m in means]), "D stands still, G moves"),
)
names = ("E[log D(x)]", "E[log(1 - D(G(z)))]")
figure, axes = plt.subplots(1, 3, figsize=(13, 3.9))
for ax, (what, values, both, title) in zip(axes, panels, strict=True):
    for term, name, colour in zip(both.T, names, ("real", "fake"), strict=True):
        ax.plot(values, term, color=PALETTE[colour], lw=3, label=name)
    if ax is not axes[0]:
        ax.plot(values, both.sum(axis=1), "--", color="black", lw=2, label="V")
    ax.set(xlabel=what, title=title, ylim=(-2.5, 0.2) if what == "D's w" else (-5, 0.4))
top = ws[panels[1][2].sum(axis=1).argmax()]
axes[1].plot(top, sum(terms(top, 2)), "o", color=PALETTE["d"], ms=12)
for ax, now in zip(axes[1:], (-1, 2), strict=True):
    ax.axvline(now, color=PALETTE["neutral"], ls=":")
axes[0].legend(["log D(x)", "log(1 - D(G(z)))"], frameon=False, loc="lower center")
axes[1].legend(loc="lower left", fontsize=12, framealpha=1, edgecolor="white")
figure.tight_layout()
alt = "log v rises to 0, log(1 - v) falls from it; V has one highest point along D's w; as G's mean grows, the first term stays flat and the second rises."
plots.show(figure, alt)

w, mean = tf.Variable(-1.0, dtype="float64"), tf.Variable(2.0, dtype="float64")
with tf.GradientTape(persistent=True) as tape:
    averages = [
        tf.reduce_mean(tf.math.log_sigmoid(w * real)),
        tf.reduce_mean(tf.math.log_sigmoid(-w * G(z, mean))),
    ]
for name, term in zip(names, averages, strict=True):
    d_slope, g_slope = tape.gradient(term, w), tape.gradient(term, mean)
    g_slope = "none: G is not in it" if g_slope is None else f"{g_slope:+.3f}"
    print(f"{name:<20} slope in D's w {d_slope:+.3f}, in G's mean {g_slope}")
print(f"V at w = -1: {sum(terms(-1, 2)):.3f}, at the best w = {top:.2f}: {sum(terms(top, 2)):.3f}")

# %% [markdown]
# **볼 것 · What to see.** Each of D's two answers has its best end (left); one w balances both (middle; dotted: where D and G stand now). D climbs along both terms. The first has no slope in G's mean (printed: G is not in it), so G goes down the second alone (right): had D stayed like this, to the left for ever. D's slide says "Maximum when D(x) = 1" and "Maximum when D(x) = 0": one is misprinted (exercise 2). G's says "D should minimize V(D, G)" and "Maximum when D(G(z)) = 1": two words are wrong (exercise 3).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## D가 V를 오른다 · D climbs V, to the best D
#
# D(x) = σ(ℓ)이다. **로짓(logit)** ℓ은 시그모이드 앞의 수이다: 0이면 ½, 클수록 진짜. 점마다 로짓 하나를 두고, V의 기울기 ∂V/∂ℓ = p·(1 − D) − q·D를 따라 오른다.
#
# The logit is the number in front of the sigmoid. Here every point x has a logit of its own, and each climbs V.
#
# **예측 · Predict first (exercise 1).** Where does the climbing D arrive *last*: **A** where p and q cross, **B** on top of the hills, **C** at the rim, where samples are rare?

# %%
points = np.linspace(-6, 8, 61)
p_at, q_at = np.interp(points, x, p), np.interp(points, x, q)
logits, climbed = np.zeros(61), {}  # one free logit a point
for step in range(cfg.ascent_steps + 1):
    d = sigmoid(logits)
    if step in (0, 10, 100, cfg.ascent_steps):
        climbed[step] = d
    logits += 10 * (p_at * (1 - d) - q_at * d)  # the slope of V in the logit
prediction = None  # exercise 1: "A", "B" or "C"

# %% [markdown] slideshow={"slide_type": "subslide"}
# ## 가장 좋은 D · The best D
#
# p와 q가 겹치는 곳에서는 타협해야 한다. 기울기가 0인 곳은 하나이다: **D\*(x) = p(x) / (p(x) + q(x))**.
#
# **볼 것 · What to see.** No formula is looked up, and where samples are common the last curve lies on it. None of 400 D beside it has a higher V. Which points came first, and which last (exercise 1)?

# %% tags=["hide-input"]
figure, ax = plt.subplots(figsize=(12, 4.2))
ax.plot(x, p / (p + q), color=PALETTE["d"], lw=9, alpha=0.35, label="formula: p / (p + q)")
shades = ("#BBBBBB", "#888888", "#555555", "black")
for (step, d), shade in zip(climbed.items(), shades, strict=True):
    marker = "o" if step == cfg.ascent_steps else None
    ax.plot(points, d, color=shade, marker=marker, ms=4, lw=1.5, label=f"after {step:,} steps")
ax.axhline(0.5, color=PALETTE["neutral"], lw=1, ls=":")
ax.set(xlim=(-6, 8), xlabel="x", ylabel="D(x)")
ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
alt = "D starts at one half everywhere and climbs to the curve p / (p + q), point by point."
plots.show(figure, alt)

often = p_at + q_at > 0.02
gap = np.abs(climbed[cfg.ascent_steps] - p_at / (p_at + q_at))[often].max()
print(f"largest gap to p / (p + q), where samples are common: {gap:.1e}")
assert gap < 1e-3
beside, random = [], np.random.default_rng(0)
for size in [0.1, 1] * 200:
    often, shift = random.uniform(0, 3), random.uniform(0, 2 * np.pi)
    beside.append(V(p, q, sigmoid(log(p) - log(q) + size * np.sin(often * x + shift))))
below = V(p, q, p / (p + q)) - max(beside)
print(f"400 D beside it, logits up to 0.1 or 1 away: V is lower by at least {below:.1e}")
assert below > 0

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 최고의 D를 만나면 V는 차이를 잰다 · With the best D, V measures a difference
#
# D*를 V에 넣고 분모에서 2를 꺼내면, 남는 것은 p와 q가 얼마나 다른가이다. 평균을 m = (p + q)/2라고 쓰면
#
# $$V(D^*, G) = E_p\!\left[\log \tfrac{p}{p+q}\right] + E_q\!\left[\log \tfrac{q}{p+q}\right]$$
#
# $$= KL(p\,\|\,m) + KL(q\,\|\,m) - 2\log 2 = \mathbf{2\,JSD(p, q) - \log 4}$$
#
# - **KL**: Kullback–Leibler divergence (쿨백-라이블러 발산), $E_p[\log p - \log m]$.
# - **JSD**: Jensen–Shannon divergence (젠슨-섀넌 발산), the mean of both KLs: 0 if p = q, and positive otherwise (its square root is a distance). The deck writes "JSN"; this is what it means.


# %%
def KL(p, q):
    return average(p, log(p) - log(q))


def JSD(p, q):
    return (KL(p, (p + q) / 2) + KL(q, (p + q) / 2)) / 2


# %% [markdown] slideshow={"slide_type": "subslide"}
# ## 생성자 다섯, 등식 하나 · Five generators, one identity
#
# 마지막 줄은 데이터 자신이다: JSD = 0, V = **−log 4**. 완벽한 D 앞에서 G가 얻을 수 있는 가장 작은 값이다.
#
# The last column: the identity holds to six digits and more. In the last row D* = ½ everywhere: D can only toss a coin.

# %%
print("mean  width     V(D*)       JSD   |V - (2 JSD - log 4)|")
for mean, width in [(2, 1.5), (4, 1), (0, 1), (-1, 2), (-1, 1)]:
    q_here = objective.normal(mean, width, x)
    value = V(p, q_here, p / (p + q_here + 1e-300))
    gap = abs(value - (2 * JSD(p, q_here) - np.log(4)))
    print(f"{mean:4} {width:6} {value:10.6f} {JSD(p, q_here):9.6f}   {gap:.0e}")
    assert gap < 1e-6
print(f"-log 4 = {-np.log(4):.6f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## q를 직접 옮겨 보자 · Move q yourself
#
# *mean*과 *width*를 끌어 보라. D\*가 따라온다. V = −log 4가 되는 곳은 어디인가?
#
# **볼 것 · What to see.** Far away the green curve is a cliff; near the data a gentle slope; at mean −1, width 1 a flat line at ½. With the larger width q wins again at the far left.

# %%
ObjectiveOnALine(real=(-1, 1), fake=(2, 1.5))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 손실 함수: D의 그래프 · Loss function: D's graph
#
# "오차에 대해 페널티의 크기를 정하는 함수". D의 손실은 −V이고, 진짜 x(v = 1)에는 −log D(x)만 남는다.
#
# **볼 것 · What to see.** Move *logit*. A real x: no penalty at 1, a mild one at ½, without bound at 0. Right: D is pushed hard where it is wrong and hardly where it is right. Where do both arrows have the same length?

# %%
LossGraphs("D", logit=2.0)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 손실 함수: G의 그래프 · Loss function: G's graph
#
# 수식의 손실은 log(1 − D(G(z)))이고, 같은 논문은 **−log D(G(z))**, 비포화 손실을 권한다. 둘 다 D(G(z)) = 1을 원한다.
#
# **볼 것 · What to see.** Move *logit* to −6, where D is sure of a fake: one arrow is gone (**포화 · saturation**). Early on G's pictures are noise and D is that sure. The dashed curve is D's blue one of the slide before: G learns with the label v = 1, as if its pictures were real.

# %%
LossGraphs("G", logit=-4.0)


# %% slideshow={"slide_type": "skip"}
best = objective.best_discriminator(p, q)  # the library's versions of what you have just read
np.testing.assert_allclose(objective.value(p, q, best, x), V(p, q, p / (p + q)), atol=1e-9)
np.testing.assert_allclose(objective.jensen_shannon(p, q, x), JSD(p, q), atol=1e-9)
print("objective.value, best_discriminator and jensen_shannon agree")

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
    np.testing.assert_allclose(float(g), g_loss, atol=1e-6)
    np.testing.assert_allclose(tape.gradient(g, fake), slope, atol=1e-6)
    print(f"{type(loss).__name__:14} D: {d:.6f} = -V   G: {float(g):+.6f}   slopes agree")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 최종 목표: P(Generator) = P(Data) · The final goal
#
# "JSD를 어떻게 최소화하는가?" 게임으로 풀면, D는 D\*로 답하고, G는 그 D를 통해 조금씩 내려간다.
#
# By the chain rule: the slope in the mean is the average of d loss/dx over G's samples, that in the width the average of z · d loss/dx.


# %%
g_losses = {"log(1 - D)": lambda d: log(1 - d), "-log D": lambda d: -log(d)}


def fit(mean, width, g_loss, steps=cfg.fit_steps, rate=0.3):
    """Rows of (mean, width, V) while G(z) = mean + width z follows its loss."""
    path = []
    for _ in range(steps):
        q = objective.normal(mean, width, x)
        best = objective.best_discriminator(p, q)
        path.append((mean, width, V(p, q, best)))
        slope, z = np.gradient(g_loss(best), x), (x - mean) / width
        mean = mean - rate * average(q, slope)
        width = max(0.2, width - rate * average(q, z * slope))
    return np.array(path)


# %% [markdown] slideshow={"slide_type": "subslide"}
# ## G는 D에게만 물었다 · G only ever asked D
#
# 데이터가 어디 있는지 아무도 G에게 말해 주지 않았다. 그래도 q는 p 위에 앉고 V는 −log 4에 닿는다. 더 멀리, mean 6에서도 출발시킨다.
#
# Both losses of G are followed, from a near start and from a far one.

# %% tags=["hide-input"]
starts = {"near": (2.0, 1.5), "far": (6.0, 1.0)}
paths = {
    (start, name): fit(*starts[start], g_loss)
    for start in starts
    for name, g_loss in g_losses.items()
}
path = paths["near", "log(1 - D)"]
figure, axes = plt.subplots(1, 3, figsize=(13, 4.2), width_ratios=(1.2, 1, 1))
axes[0].fill_between(x, p, color=PALETTE["real"], alpha=0.35, label="p, the data")
steps = (0, 3, 10, len(path) - 1)
for step, shade in zip(steps, (0.3, 0.5, 0.7, 1), strict=True):
    there = objective.normal(*path[step, :2], x)
    axes[0].plot(x, there, color=PALETTE["fake"], alpha=shade, lw=3, label=f"q, step {step}")
axes[0].set(xlim=(-5, 7), xlabel="x", title="near start, log(1 - D)")
axes[0].legend(frameon=False, fontsize=11)
look = {"log(1 - D)": {"color": PALETTE["fake"]}, "-log D": {"color": PALETTE["g"], "ls": "--"}}
for ax, start in zip(axes[1:], starts, strict=True):
    for name in g_losses:
        ax.semilogx(np.arange(1, cfg.fit_steps + 1), paths[start, name][:, 2], lw=3, **look[name])
    ax.axhline(-np.log(4), color=PALETTE["neutral"], ls=":")
    ax.set(
        title=f"V: {start} start, mean {starts[start][0]:g}", xlabel="step of G", ylim=(-1.5, 0.1)
    )
axes[1].legend(["log(1 - D)", "-log D", "-log 4"], frameon=False, fontsize=12)
figure.tight_layout()
alt = "q moves step by step onto p. From near both losses reach -log 4; from far log(1 - D) stays at 0 for long while -log D goes at once."
plots.show(figure, alt)
mean, width, reached = path[-1]
print(
    f"G ends at mean {mean:.4f}, width {width:.4f}; V at {reached:.6f}, -log 4 = {-np.log(4):.6f}"
)
assert abs(reached + np.log(4)) < 1e-6
for (start, name), way in paths.items():
    print(f"{start:4} {name:10}: V < -1.3 at step {np.argmax(way[:, 2] < -1.3) + 1}")
    assert way[-1, 2] < -1.3

# %% [markdown]
# **볼 것 · What to see.** The last q covers p, and the printed V agrees with −log 4: JSD = 0, P(Generator) = P(Data). From far away log(1 − D) waits at V = 0, and −log D leaves at once. Both end where p = q.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇이 잘못되나 · What went wrong, and how to tell
#
# V가 **0** 근처면 경보다: D가 틀리지 않고, 수식의 손실은 기울기(gradient)를 거의 주지 않는다. **포화 · saturation**.
#
# | G's loss | slope in D's logit | D sure of "fake" (start) | D fooled |
# |---|---|---|---|
# | log(1 − D(G(z))) | −D | **→ 0: saturated (포화)** | → −1 |
# | −log D(G(z)) | −(1 − D) | **→ −1: a full push** | → 0 |
#
# | you see | likely | what helps |
# |---|---|---|
# | V near 0, and G stands still | D is never wrong, and G's loss saturates | −log D: the same wish, another push |
# | V jumps from batch to batch | a batch of 64 is a noisy judge | an average over many batches |
# | V = −log 4 | p = q, *if* D is the best one | look at the samples (chapter 02) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 연습 문제 · Exercises
#
# 1. **예측 · Predict.** You did, on the slide "D climbs V": `prediction` is in its cell.
# 2. **발표 자료의 오타 · A slip.** D's slide: "Maximum when D(x) = 1", "Maximum when D(x) = 0". What should the second one say? (a string)
# 3. **또 하나 · Another.** G's slide: "D should minimize V(D, G)", "Maximum when D(G(z)) = 1". *Who* should, and *what* is it there? (a pair of strings)
# 4. **유도 · Derive.** D is shown *twice as many* fakes: V = E_p[log D] + 2 E_q[log(1 − D)]. Write the new best D, `best(p, q)`.
# 5. **세기 · Count.** p is uniform on [0, 1], q on [½, 1½]. V(D\*) and JSD? (a pair)
# 6. **세기 · Count.** D's logit for a fake is −5. How many times larger is the slope of the non-saturating loss?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ## 고치고, 바꾸고, 학습하기 · Repair, change, train
#
# 문제 7의 루프는 NumPy 열 줄로 쓴 온전한 GAN이다: D도 G도 표본에서 배운다.
#
# 7. **고치기 · Repair.** `play` is a whole GAN on samples, in NumPy: D(x) = σ(w x + b), G(z) = mean + width · z. Its G runs away from the data. Mend one line.
# 8. **바꾸고 학습하기 · Change and train.** Mended, G finds the mean and misses the width. Which D could see a width? Target: mean *and* standard deviation of G's samples within 0.05 of the data's.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
exercises.check("01-last", prediction)
exercises.check("01-slip-discriminator", None)
exercises.check("01-slip-generator", None)


def best(p, q):
    """The D that maximises p log D + 2 q log(1 - D), at one x."""


exercises.check("01-best-discriminator", best)
exercises.check("01-half-overlap", None)
exercises.check("01-saturation", None)
exercises.solution("01-best-discriminator")
exercises.solution("01-half-overlap")


# %% tags=["exercise"] slideshow={"slide_type": "skip"}
def play(real, z, mean=4.0, width=2.0, steps=2000, rate=0.1):
    """G's samples, of the shape of z, after a game against D(x) = sigmoid(w x + b). Mend it."""
    w = b = 0.0
    for _ in range(steps):
        fake = mean + width * z
        at_real, at_fake = sigmoid(w * real + b), sigmoid(w * fake + b)
        w += rate * (np.mean((1 - at_real) * real) - np.mean(at_fake * fake))
        b += rate * (np.mean(1 - at_real) - np.mean(at_fake))
        slope = -(1 - sigmoid(w * fake + b)) * w  # of -log D(x), at each fake
        mean, width = mean + rate * np.mean(slope), width + rate * np.mean(slope * z)
    return mean + width * z


exercises.check("01-repair", play)
exercises.solution("01-repair")

wider = None  # a function as `play`, mended, with a D of your own
exercises.check("01-width", wider)
exercises.solution("01-width")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 요약 · Summary
#
# 하나의 수 V를 D는 올리고 G는 내리며, P(Generator) = P(Data)에서 끝난다.
#
# - One function, two players: D maximises V, G minimises its second term.
# - The best D is p / (p + q). With it, V = 2 JSD − log 4, which is lowest, −log 4, exactly where P(Generator) = P(Data).
# - A loss sets the size of the penalty. Where D is sure of a fake, log(1 − D(G(z))) has hardly any slope; −log D(G(z)) has one.
# - Any D that we can train says how far apart two sets of pictures are, at least: of dogs, too ("Going deeper").
# - Here we knew p and had D\* for free. In chapter 02 D and G both learn from samples, in turns.

# %% [markdown] slideshow={"slide_type": "skip"}
# ## References
#
# - Goodfellow et al. 2014, *Generative adversarial nets*, sections 3 and 4, [arXiv:1406.2661](https://arxiv.org/abs/1406.2661)
# - Arjovsky, Bottou 2017, *Towards principled methods for training GANs* (why a perfect D leaves G without a gradient), [arXiv:1701.04862](https://arxiv.org/abs/1701.04862)
# - Nowozin, Cseke, Tomioka 2016, *f-GAN* (any D bounds the divergence from below), [arXiv:1606.00709](https://arxiv.org/abs/1606.00709)
# - Kahng et al. 2018, *GAN Lab*, [poloclub.github.io/ganlab](https://poloclub.github.io/ganlab/)
# - 쉽게 씌어진 GAN, [dreamgonfly.github.io](https://dreamgonfly.github.io/2018/03/17/gan-explained.html)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: the same number from samples
#
# 표본이 늘수록 표본의 V는 적분에 다가간다.
#
# **볼 것 · What to see.** The grey band is two standard errors and narrows with 1/√n. A GAN reads V from a batch: one reason why its loss curves are never smooth.

# %% slideshow={"slide_type": "skip"}
rng = np.random.default_rng(0)
real, z = rng.normal(-1, 1, cfg.samples), rng.normal(size=cfg.samples)
scores = np.log(D(real)) + np.log(1 - D(G(z)))
counts = np.unique(np.geomspace(4, cfg.samples, 200).astype(int))
estimates = np.cumsum(scores)[counts - 1] / counts
error = scores.std() / np.sqrt(counts)
assert abs(estimates[-1] - V(p, q, D(x))) < 4 * error[-1]
figure, ax = plt.subplots(figsize=(12, 3.5))
ax.fill_between(counts, -2 * error, 2 * error, color=PALETTE["neutral"], alpha=0.25)
ax.semilogx(counts, estimates - V(p, q, D(x)), color=PALETTE["d"], lw=2)
ax.axvline(64, color=PALETTE["neutral"], ls=":")
ax.text(68, 0.4, "a batch of 64")
ax.set(xlabel="samples", ylabel="estimate - integral", ylim=(-0.6, 0.6))
plots.show(
    figure,
    "The error of the sampled V shrinks to zero, about as fast as a grey band of two standard errors.",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: the same number for pictures of dogs
#
# 밀도를 몰라도 된다. **어떤** D든 V(D) ≤ V(D\*)이므로, (V + log 4) / 2는 JSD가 적어도 얼마인지를 말해 준다.
#
# D here is one straight line in DogNet's features (chapter 03 says what they are), not the best D: the true JSD is no smaller. 맨 위 줄은 진짜로 준 초상화이고, 같은 분포에서 온 그림은 V = −log 4 = −1.386에 머문다.
#
# **볼 것 · What to see.** D cannot tell other portraits from these; half a pixel of blur it can. The largest JSD is log 2 = 0.69. The last row is no verdict on `dcgan32`: it learnt photographs, not these portraits. `dcgan32`는 초상화가 아니라 사진 속의 개를 배웠으므로, 이 값에는 그림 종류의 차이가 들어 있다.

# %% slideshow={"slide_type": "skip"}
from sklearn.linear_model import LogisticRegression

from dogan_lib import checkpoints, metrics
from dogan_lib.dogs import load_dogs
from dogan_lib.metrics.report import blurred


def value_of_a_guess(real, fake):
    """V of a logistic D on features (n, d); half of the rows train it, half measure V."""
    x = np.concatenate([real, fake])
    x = (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-6)
    is_real, held = np.arange(len(x)) < len(real), np.arange(len(x)) % 2 == 1
    judge = LogisticRegression(C=1e-3).fit(x[~held], is_real[~held])
    said = judge.predict_proba(x[held])[:, 1]
    on_real, on_fake = np.log(said[is_real[held]]), np.log(1 - said[~is_real[held]])
    error = np.sqrt(on_real.var() / len(on_real) + on_fake.var() / len(on_fake))
    return on_real.mean() + on_fake.mean(), 2 * error


portraits = load_dogs(size=32, source="portraits", limit=cfg.dogs, progress=False).images
others = load_dogs(size=32, source="portraits", seed=1, limit=cfg.dogs, progress=False).images
sides = {
    "other portraits": others,
    "blurred, 0.5 px": blurred(others, 0.5),
    "blurred, 1 px": blurred(others, 1.0),
    "dcgan32, of photographs": plots.to_uint8(
        checkpoints.load_generator("dcgan32").sample(cfg.dogs)
    ),
}
eyes = {who: metrics.extract(images, "dognet").vectors for who, images in sides.items()}
mine = metrics.extract(portraits, "dognet").vectors
found = {who: value_of_a_guess(mine, theirs) for who, theirs in eyes.items()}

labels = [f"{who}\nV = {v:.2f} ± {e:.2f}" for who, (v, e) in found.items()]
rows = [images[:9] for images in sides.values()]
figure = plots.labelled_rows([portraits[:9], *rows], ["real x", *labels])
plots.show(figure, "Portraits, and four sets of pictures that D tells from them more and more.")
print(f"logistic D[dognet-1], {cfg.dogs // 2} held-out pictures a side, one split, ± 2 SE")
for who, (v, _) in found.items():
    print(f"{who:<24} JSD at least {max(0, (v + np.log(4)) / 2):.2f} of log 2 = {np.log(2):.2f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: why the dashed curve is faster near by, too
#
# From the near start −log D also needs fewer steps. Its push is not V's own slope: each fake is pushed in the same direction as before, but those
# that D recognises are pushed hardest, where log(1 − D) pushes hardest those that already pass. In numbers, for the first step from the near start:

# %% slideshow={"slide_type": "skip"}
q_near = objective.normal(*starts["near"], x)
best_near = objective.best_discriminator(p, q_near)
for name, g_loss in g_losses.items():
    push = -np.gradient(g_loss(best_near), x)
    known = average(q_near * (best_near < 0.2), push) / average(q_near, best_near < 0.2)
    passing = average(q_near * (best_near > 0.8), push) / average(q_near, best_near > 0.8)
    print(f"{name:10} mean push on fakes with D < 0.2: {known:+.2f}, with D > 0.8: {passing:+.2f}")
