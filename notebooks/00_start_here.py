# %% [markdown] slideshow={"slide_type": "slide"}
# # 00 · Start here — 찐개만, 여기서 시작하기
#
# **한국어 요약**
#
# - 먼저 내 컴퓨터를 점검한다: 장치, 정밀도, 프리셋(preset), 데이터, 버전을 표 하나로 본다.
# - 판별 모델(discriminative model)은 두 종류의 개를 가르는 경계를 배우고, 생성 모델(generative model)은 개의 분포를 배운다.
# - 같은 데이터에 두 모델을 손으로 짜서 맞춰 보고, 분포에서는 새 개를 뽑을 수 있지만 경계에서는 뽑을 수 없음을 확인한다.
# - 작은 GAN을 직접 돌려 생성자(generator)와 판별자(discriminator)가 서로 견제하는 모습을 그림 한 장에 담는다.
# - 2014년의 GAN부터 2019년의 SinGAN까지, 이 강의가 가는 길을 표로 본다.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["colab"]
# [![Open in Colab](../docs/colab.svg)](https://colab.research.google.com/github/OWNER/dogan/blob/main/notebooks/00_start_here.ipynb)
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
# 1. Whether your machine is ready, and which numbers it will use.
# 2. The difference between telling dogs apart and knowing how dogs are distributed, on the same points.
# 3. Why one of the two can make new dogs and the other cannot.
# 4. What a GAN is, in one picture that a running GAN draws.
# 5. Where the course goes, and how to use it.

# %% slideshow={"slide_type": "slide"}
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(dogs=400, steps=300, gan_epochs=(0, 2, 10), samples=8),
    cpu=dict(dogs=2000, steps=1000, gan_epochs=(0, 4, 120), samples=10),
    gpu=dict(dogs=2000, steps=1000, gan_epochs=(0, 4, 120), samples=10),
)
cfg

# %%
import base64
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML
from keras import layers
from matplotlib.colors import LinearSegmentedColormap

import dogan_lib
from dogan_lib import checkpoints, losses, plots, runtime
from dogan_lib.classroom import exercises
from dogan_lib.dogs import load_dogs
from dogan_lib.gan import GAN
from dogan_lib.plots import PALETTE

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The machine check
#
# Every chapter begins with a table like the one above. The marked column is in force: `smoke` only checks that everything runs, `cpu` teaches on a laptop,
# `gpu` trains on all of Stanford Dogs. To choose another one, set the environment variable `DOGAN_PRESET` before you start Jupyter.
#
# Now one table with all that decides how fast this course runs for you, and on which dogs. All is well if there is no error and you see a device.
# Without a GPU everything here still works: the chapters show the effect in minutes on two cores.
# *precision* (정밀도) is what the machine computes fastest in; the library chose it.


# %%
def table(rows, head=()):
    """Rows of cells as an HTML table that reads from the left."""

    def line(cells, tag):
        return "".join(f'<{tag} style="text-align:left">{cell}</{tag}>' for cell in cells)

    rows = [line(head, "th")] * bool(head) + [line(row, "td") for row in rows]
    return HTML("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")


runtime.setup(seed=0)
dogs = load_dogs(size=32, limit=64)
source = {"doodle": "doodles, drawn by a program (chapter 03 says how to get real dogs)"}
facts = runtime.report() | {"dogs": source.get(dogs.source, dogs.source)}
table(facts.items())

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Two questions to the same dogs
#
# The deck begins with two kinds of model and one question for each:
#
# | | the deck asks | in English |
# |---|---|---|
# | **Discriminative model** (판별 모델) | 무엇을 차이를 기준으로 어떻게 구별할 것인가? | By which difference, and how, shall we tell them apart? |
# | **Generative model** (생성 모델) | 데이터가 어떻게 분포 되어 있는가? | How is the data distributed? |
#
# Let us put both to the same dogs: two kinds, each dog measured twice. The numbers are invented, so that a whole distribution fits into one picture.


# %%
KINDS = ("terrier", "hound")


def measured_dogs(n, seed):
    """Weight (kg) and ear length (cm) of n invented dogs, (n, 2), and their kind, 0 or 1."""
    random = np.random.default_rng(seed)
    kind = random.integers(2, size=n)
    weight = np.array([13, 19])[kind] + np.array([3.0, 3.5])[kind] * random.normal(size=n)
    ear = np.array([5, 12])[kind] + 0.5 * (weight - np.array([13, 19])[kind])
    return np.stack([weight, ear + 0.9 * random.normal(size=n)], axis=1), kind


points, kind = measured_dogs(cfg.dogs, seed=0)
MEAN, STD = points.mean(axis=0), points.std(axis=0)


# %% slideshow={"slide_type": "fragment"}
def scatter(ax, points, kind, title, shown=400):
    """The dogs of both kinds; colours and markers tell them apart."""
    for k, (colour, marker) in enumerate(((PALETTE["g"], "o"), (PALETTE["d"], "^"))):
        x, y = points[:shown][kind[:shown] == k].T
        ax.scatter(x, y, s=14, c=colour, marker=marker, alpha=0.7, lw=0, label=KINDS[k])
    ax.set(xlim=(0, 34), ylim=(0, 22), xlabel="weight (kg)", ylabel="ear length (cm)", title=title)
    ax.legend(loc="upper left", fontsize=8, framealpha=0.9)


figure, ax = plt.subplots(figsize=(5.5, 3.6))
scatter(ax, points, kind, f"{min(400, len(points))} dogs, measured twice")
plots.show(
    figure,
    "Two tilted clouds of points: lighter terriers with short ears, heavier hounds with long ears, touching where they meet.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## First question: a boundary
#
# Logistic regression (로지스틱 회귀) lets a straight line decide: $D(x) = \sigma(w \cdot x + b)$ is the probability that $x$ is a hound.
# It climbs the average $\log$ probability of the right answers. The gradient is short: *(truth − prediction) × input*.


# %%
def sigmoid(score):
    return 1 / (1 + np.exp(-score))


def with_one(points):
    """Standardised inputs and a constant 1, whose weight is the bias b."""
    return np.column_stack([(points - MEAN) / STD, np.ones(len(points))])


w = np.zeros(3)
for _ in range(cfg.steps):
    w += 0.5 * with_one(points).T @ (kind - sigmoid(with_one(points) @ w)) / len(points)


def p_hound(points):
    return sigmoid(with_one(points) @ w)


print(
    f"right on {np.mean((p_hound(points) > 0.5) == kind):.1%} of the dogs, with w, b = {w.round(2)}"
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Second question: a density
#
# Now we do not ask what separates the kinds, but where the dogs *are*. The simplest answer is **Gaussian naive Bayes** (가우시안 나이브 베이즈):
# for each kind one bell curve per measurement, $p(x \mid k) = \mathcal N(x_1; \mu_{k1}, \sigma_{k1})\,\mathcal N(x_2; \mu_{k2}, \sigma_{k2})$,
# and the density of all dogs is $p(x) = \sum_k p(k)\,p(x \mid k)$. To fit it means to count, average and square: no gradient at all.

# %%
prior = np.array([np.mean(kind == k) for k in (0, 1)])
mu = np.stack([points[kind == k].mean(axis=0) for k in (0, 1)])
sigma = np.stack([points[kind == k].std(axis=0) for k in (0, 1)])


def joint(points):
    """p(k) p(x | k), (n, 2): one column a kind; the sum of both is p(x)."""
    z = (points[:, None] - mu) / sigma
    return prior * np.prod(np.exp(-(z**2) / 2) / (sigma * np.sqrt(2 * np.pi)), axis=2)


def bayes(points):
    """p(hound | x), by Bayes' rule: the density can also tell kinds apart."""
    return joint(points)[:, 1] / joint(points).sum(axis=1)


print(
    f"right on {np.mean((bayes(points) > 0.5) == kind):.1%} of the dogs, without being trained to"
)

# %% slideshow={"slide_type": "slide"}
xs, ys = np.meshgrid(np.linspace(0, 34, 120), np.linspace(0, 22, 120))
mesh = np.column_stack([xs.ravel(), ys.ravel()])
figure, axes = plt.subplots(1, 2, figsize=(10, 3.8))
scatter(axes[0], points, kind, "discriminative: a boundary")
axes[0].contour(xs, ys, p_hound(mesh).reshape(xs.shape), [0.5], colors="k", linewidths=2)
scatter(axes[1], points, kind, "generative: a density p(x)")
density = joint(mesh).sum(axis=1).reshape(xs.shape)
axes[1].contour(xs, ys, density, 8, colors="k", linewidths=0.9)
figure.tight_layout()
plots.show(
    figure,
    "The same dogs twice: left with the straight line that separates the kinds, right with the contour lines of two hills of density.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Draw new dogs
#
# Look at the two pictures. Left: everything that logistic regression knows is one line. Right: a map of where dogs are, and of where they are not.
#
# A density of this kind can be **sampled** (표본 추출): throw a coin for the kind, then two bell curves for the measurements.
# Run the cell with another `seed`, and you meet dogs that nobody has measured.
#
# And the boundary? It gives no recipe. The best we can ask of it is: *show me points that you are sure of.*


# %%
def draw(n, seed):
    """n new dogs from the density, (n, 2), with their kinds."""
    random = np.random.default_rng(seed)
    k = (random.random(n) < prior[1]).astype(int)
    return mu[k] + sigma[k] * random.normal(size=(n, 2)), k


new_dogs, new_kinds = draw(400, seed=1)  # try other seeds
anywhere = np.random.default_rng(1).uniform((-100, -50), (150, 90), (20_000, 2))
certainty = p_hound(anywhere)
sure = anywhere[np.abs(certainty - 0.5) > 0.49][:400]
sure_kinds = (p_hound(sure) > 0.5).astype(int)

# %% slideshow={"slide_type": "fragment"}
figure, axes = plt.subplots(1, 2, figsize=(10, 3.8))
scatter(axes[0], sure, sure_kinds, "the boundary, at least 99 % sure")
axes[0].set(xlim=(-100, 150), ylim=(-50, 90))
axes[0].add_patch(plt.Rectangle((0, 0), 34, 22, fill=False, lw=2))
axes[0].annotate("dogs live\nhere", (34, 22), (60, 60), fontsize=9, arrowprops={"arrowstyle": "->"})
scatter(axes[1], new_dogs, new_kinds, "400 new dogs from the density")
figure.tight_layout()
plots.show(
    figure,
    "Left, points that the boundary is sure of lie all over a huge plane, most of them far from the small box of real dogs; right, new points from the density look like dogs.",
)
odd = np.mean((sure < 0).any(axis=1))
print(f"{odd:.0%} of the points that the boundary is sure of have a negative weight or ear length")

# %% [markdown]
# **What to see.** The farther from the line, the surer the boundary: a hound with ears of 80 cm, a terrier with ears of −40 cm. It never learnt where dogs *are*,
# because telling them apart did not need it. Generating needs the distribution, and that is the harder question.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What went wrong, and how to tell
#
# Compare our density with the dogs again: heavier hounds have longer ears, so their cloud is tilted, yet the drawn cloud is upright. *Naive* means:
# within a kind, the measurements know nothing of each other. How to tell? Measure something that the model was not asked to match:

# %%
for name, (x, k) in {"dogs": (points, kind), "drawn": (new_dogs, new_kinds)}.items():
    tilt = np.corrcoef(x[k == 1].T)[0, 1]
    print(f"{name:<6} correlation of a hound's weight and ears: {tilt:5.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## GAN in one picture
#
# We chose the *form* of the density by hand, and it was wrong. For two measurements we could repair it. A picture of 64×64×3 is 12,288 measurements:
# nobody can write that form down. Could a model find the distribution without being told its form?
#
# The deck asks: *학습을 위해 두 모델을 서로 견제하게 만들면 어떨까?* What if two models kept each other in check while they learn? (Goodfellow et al. 2014)
#
# - The **generator** $G$ (생성자) turns simple noise $z$ into points $G(z)$. It has no formula for the density.
# - The **discriminator** $D$ (판별자) is a boundary as above, with other kinds: *진짜일까, 가짜일까*, real or fake?
# - $D$ learns to tell them apart, and $G$ learns to move its points to where $D$ says "real". **A discriminative model teaches a generative one.**
#
# Both are tiny here. `GAN.fit` is the course's training step; in chapter 02 you write it yourself.


# %%
def network(name):
    """Two numbers in; G gives two numbers, a point, and D gives one, a logit."""
    x = inputs = keras.Input((2,))
    for _ in range(2):
        x = layers.LeakyReLU(0.2, dtype="float32")(layers.Dense(48, dtype="float32")(x))
    return keras.Model(inputs, layers.Dense(2 if name == "G" else 1, dtype="float32")(x), name=name)


G, D = network("G"), network("D")
gan = GAN(G, D, latent_dim=2)
gan.compile(
    loss=losses.NonSaturating(),
    g_optimizer=keras.optimizers.Adam(5e-4, beta_1=0.5),
    d_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
    ema=0.995,
    steps_per_execution=5,
)

# %%
real = ((points - MEAN) / STD).astype("float32")
z = np.random.default_rng(0).normal(size=(400, 2)).astype("float32")
plane = ((mesh - MEAN) / STD).astype("float32")
moments, seen = [], 0
for epoch in cfg.gan_epochs:
    if epoch > seen:
        gan.fit(real, batch_size=100, epochs=epoch, initial_epoch=seen, verbose=0)
    fake = np.asarray(gan.ema_generator(z)) * STD + MEAN
    moments.append((epoch, fake, np.asarray(keras.ops.sigmoid(D(plane)))))
    seen = epoch

# %% slideshow={"slide_type": "slide"}
field_colours = LinearSegmentedColormap.from_list("D", [PALETTE["fake"], "white", PALETTE["real"]])
figure, axes = plt.subplots(1, 4, figsize=(13, 3.5), layout="constrained")
axes[0].scatter(*z.T, s=8, c=PALETTE["neutral"])
axes[0].set(title="z, the noise that G is given", xlabel="$z_1$", ylabel="$z_2$")
for ax, (epoch, fake, judged) in zip(axes[1:], moments, strict=True):
    field = judged.reshape(xs.shape)
    shade = ax.pcolormesh(xs, ys, field, cmap=field_colours, vmin=0, vmax=1, alpha=0.45, lw=0)
    ax.scatter(*points[:400].T, s=8, c=PALETTE["real"], label="real x")
    ax.scatter(*fake.T, s=12, c=PALETTE["fake"], marker="x", lw=0.9, label="fake G(z)")
    ax.set(xlim=(0, 34), ylim=(0, 22), xlabel="weight (kg)", title=f"after {epoch} epochs")
axes[1].legend(loc="upper left", fontsize=8)
axes[1].set_ylabel("ear length (cm)")
figure.colorbar(shade, ax=axes[3], label="D: probability of real")
plots.show(
    figure,
    "Noise, then a small GAN at three moments: fake points start in a clump among the real ones, spread past them, and finally cover both tilted clouds.",
)

# %% slideshow={"slide_type": "fragment"}
fake = moments[-1][1]
for name, x in {"real": points, "fake": fake}.items():
    hounds = x[p_hound(x) > 0.5]  # the boundary from above says which ones are hounds
    print(f"{name}: correlation of a hound's weight and ears {np.corrcoef(hounds.T)[0, 1]:.2f}")
at_real, at_fake = (
    keras.ops.mean(keras.ops.sigmoid(D(((x - MEAN) / STD).astype("float32"))))
    for x in (points, fake)
)
print(
    f"D says on average {float(at_real):.2f} for real dogs and {float(at_fake):.2f} for fake ones"
)

# %% [markdown]
# **What to see.** The fakes wander to where $D$ is blue; there they make $D$ change its mind, and so on. (The fakes are those of $G$'s running average, EMA; chapter 04 says why.) In the end $D$ can hardly tell them apart
# and says about ½ nearly everywhere that dogs are. Nobody told $G$ about bells, kinds or tilt, and it found the tilt. It is no miracle either: where the
# kinds nearly touch it draws dogs in between, because it bends *one* cloud of noise. Chapter 01 says what is being optimised, chapter 02 what can go wrong.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Where this course goes
#
# A chapter that is here has a link, and a generator that is shipped shows a dog that it drew.
#
# From Goodfellow's first GAN to SinGAN took five years. The deck shows them as faces, each year's better than the last year's. Here the same years draw dogs.


# %%
COURSE = """00|–|Start here|telling apart and generating|
01|2014|Objective function (목적 함수)|min max V(D, G): the game has a formula|
02|2014|GAN, Goodfellow et al.|two networks keep each other in check|
03|2011|Stanford Dogs|120 breeds, boxes, 32 and 64 pixels|
04|2015|DCGAN, Radford et al.|convolutions down and up|dcgan32
05|2015|DCGAN at 64×64|a run that fails, and what makes GANs stable|dcgan64
06|2016|LSGAN, Mao et al.|squares instead of logs|lsgan
07|2014|Conditional GAN, Mirza and Osindero|choose the breed|cgan
08|2016|Text to image, Reed et al.|describe the dog|text
09|2018|SAGAN, Zhang et al.|self-attention: look at the whole dog|sagan
10|2017|PGGAN, Karras et al.|grow from small to large pictures|pggan
11|2018|BigGAN, Brock et al.|large batches, and the truncation trick|biggan
12|2019|SinGAN, Shaham et al.|learn from one single picture|singan
13|2019|SinGAN's uses|paint, edit, harmonise, enlarge, animate|
14|–|찐 score|one leaderboard for all of them|"""
course = [line.split("|") for line in COURSE.splitlines()]


# %% slideshow={"slide_type": "slide"}
def chapter_link(number):
    """A link to the chapter, or that it is still to come."""
    folder = Path(dogan_lib.__file__).resolve().parent.parent / "notebooks"
    found = sorted(folder.glob(f"{number}_*.py"))
    return f'<a href="{found[0].stem}.ipynb">{number}</a>' if found else f"{number} (coming)"


def picture(image, alt):
    """An HTML image of one picture, inside the page."""
    code = base64.b64encode(plots.png(plots.to_uint8(image))).decode()
    return f'<img alt="{alt}" width="64" src="data:image/png;base64,{code}">'


drawn = {n: checkpoints.load_generator(n).sample(cfg.samples) for n in checkpoints.available()}
rows = []
for number, year, model, idea, start in course:
    shown = [name for name in drawn if start and name.startswith(start)]
    dogs_drawn = "".join(picture(drawn[name][0], f"a dog drawn by {name}") for name in shown)
    rows.append((year, model, idea, chapter_link(number), dogs_drawn))
table(rows, head=("year", "model", "idea", "chapter", "it drew"))

# %% slideshow={"slide_type": "slide"}
if drawn:
    figure, axes = plt.subplots(len(drawn), figsize=(9, 1.25 * len(drawn)), squeeze=False)
    for ax, (name, images) in zip(axes.flat, drawn.items(), strict=True):
        ax.imshow(plots.tile(images, cfg.samples), interpolation="nearest")
        ax.set_title(f"{name}: {len(images)} samples, none picked", fontsize=10)
        ax.axis("off")
    figure.tight_layout()
    plots.show(figure, f"A row of dogs from each shipped generator: {', '.join(drawn)}.")
else:
    print("No generator is shipped yet: chapters train their own.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How to use this course
#
# The dogs above are the first samples, not the best ones. Come back after each chapter: its row will mean more.
#
# - **Order.** 00 to 02 explain what a GAN is, 03 to 05 make the first dogs, 06 to 11 follow the models, 12 and 13 need a single picture, 14 compares them all.
# - **Presets.** `DOGAN_PRESET=smoke`, `cpu` or `gpu`, as in the first table. Every number in it is yours to change.
# - **Exercises** stand at the end: replace `None`, run the cell, read the hint. `exercises.solution(...)` shows the way when you want it.
# - **Slides.** Each notebook is also a deck: its cells carry slide marks, and the README says how to present it.
# - **Command line.** `dogan sample dcgan32 -n 64 -o dogs.png` draws from a shipped generator; `dogan --help` lists the rest.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Exercises
#
# **1.** Three quarters of the dogs in a park are terriers. At a dog that you measure, the densities are $p(x \mid \text{terrier}) = 0.02$ and
# $p(x \mid \text{hound}) = 0.06$. What is $p(\text{hound} \mid x)$?
#
# **2.** Which of these can the density answer and the boundary *not*? Give the letters, such as `"AB"`.
# **A** Is this dog rather a terrier or a hound? **B** Draw me a new terrier. **C** Is a dog of 60 kg with ears of 1 cm unusual?
# **D** On which side of the line is it?
#
# **3.** In a small patch of the plane you find 30 real points and 10 fake ones, out of equally many real and fake points altogether.
# What should the best possible $D$ say there?

# %% tags=["exercise"]
exercises.check("00-bayes", None)
exercises.check("00-only-the-density", None)
exercises.check("00-judge", None)

# %% [markdown] slideshow={"slide_type": "subslide"}
# **4.** Write the sampler again, for one kind: a function `draw_one_kind(mean, std, n)` that returns n new points, shape (n, 2), with these means
# and standard deviations (two numbers each). Give `check` the function itself.

# %% tags=["exercise"]
exercises.check("00-draw", None)

# %%
exercises.solution("00-bayes")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - A discriminative model learns $p(k \mid x)$: a boundary. A generative model learns $p(x)$, or at least to draw from it.
# - From a density you can draw new points, and Bayes' rule turns it into a boundary. The way back does not exist.
# - A density whose form is written by hand is wrong in ways that you must look for. For pictures there is no such form.
# - A GAN learns to draw without a form: a discriminative model, $D$, teaches a generative one, $G$.
#
# ## References
#
# - Goodfellow et al. 2014, *Generative adversarial nets*, [arXiv:1406.2661](https://arxiv.org/abs/1406.2661)
# - Ng, Jordan 2001, *On discriminative vs. generative classifiers: a comparison of logistic regression and naive Bayes*, NIPS 14
# - Kahng et al. 2018, *GAN Lab*, [poloclub.github.io/ganlab](https://poloclub.github.io/ganlab/)
# - Shaham et al. 2019, *SinGAN*, [arXiv:1905.01164](https://arxiv.org/abs/1905.01164)
