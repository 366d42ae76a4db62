# %% [markdown] slideshow={"slide_type": "slide"}
# # 00 · 여기서 시작하기 — 세상에 없던 개들
#
# **한국어 요약**
#
# - 이 강의가 그린 가장 좋은 개들을 먼저 보고, 내 컴퓨터가 준비되었는지 점검한다.
# - 판별 모델(discriminative model)은 두 종류의 개를 가르는 경계를 배우고, 생성 모델(generative model)은 개의 분포를 배운다.
# - 분포에서는 새 개를 뽑을 수 있지만 경계에서는 뽑을 수 없음을, 같은 데이터에서 확인한다.
# - 작은 GAN을 돌려 생성자(generator)와 판별자(discriminator)가 서로 견제하는 모습을 보고, 첫 개를 직접 학습시켜 그린다.
# - 2014년의 GAN부터 Projected GAN까지, 이 강의가 가는 길을 표로 본다.

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
    from dogan_lib.classroom import colab

    colab.prepare(KEEP_ON_DRIVE)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇을 배우나 · What you will learn
#
# 판별 모델과 생성 모델이 어떻게 다른지, GAN이 둘을 어떻게 잇는지 배운다.
#
# 1. Whether your machine is ready, and which numbers it will use.
# 2. The difference between telling dogs apart and knowing how dogs are distributed, on the same points.
# 3. Why one of the two can make new dogs and the other cannot.
# 4. What a GAN is: in one diagram, on points in a plane, and on dogs: your first ones, trained while you wait.
# 5. Where the course goes, and how to use it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 컴퓨터 점검 · The machine check
#
# 아래 칸이 오류 없이 돌고 장치(device)를 말하면 된다. GPU가 없어도 한 장은 몇 분, 길어야 10분쯤이다.
#
# - *preset*: `smoke` only checks that everything runs, `cpu` teaches in minutes, `gpu` trains longer. Set `DOGAN_PRESET` before you start Jupyter to choose.
# - *precision* (정밀도) is what this machine computes fastest in.
# - *device*: where it computes.

# %% slideshow={"slide_type": "skip"}
import matplotlib.pyplot as plt

from dogan_lib import runtime
from dogan_lib.classroom import machine
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(points=400, steps=300, moments=(0, 2, 10), dogs=256, width=8, epochs=2, film=1),
    cpu=dict(points=2000, steps=1000, moments=(0, 4, 120), dogs=6000, width=32, epochs=10, film=2),
    gpu=dict(points=2000, steps=1000, moments=(0, 4, 120), dogs=6000, width=64, epochs=30, film=6),
)
runtime.setup(seed=0)
for name, value in machine.report().items():
    print(f"{name:<12} {value}")

# %% slideshow={"slide_type": "skip"}
import keras
import numpy as np
from keras import layers

from dogan_lib import checkpoints, plots
from dogan_lib.callbacks import Film
from dogan_lib.classroom import course_map, diagram, exercises
from dogan_lib.classroom.points import measured_dogs, show_kinds
from dogan_lib.dogs import load_dogs
from dogan_lib.gan import GAN
from dogan_lib.models import dcgan
from dogan_lib.plots import PALETTE

dogs = load_dogs(size=32, source="portraits", limit=cfg.dogs)
points, kind = measured_dogs(cfg.points, seed=0)
plt.rcParams["font.size"] = 13


def network(outputs):
    """Two numbers in; G gives two, a point, and D gives one: the larger, the more it looks real."""
    hidden = [layers.Dense(48, activation="leaky_relu", dtype="float32") for _ in range(2)]
    return keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(outputs, dtype="float32")])


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 세상에 없던 개들 · Dogs that never lived
#
# 이 강의의 마지막 생성자가 그린 개들이다. 고르지 않았다.
#
# **볼 것 · What to see.** One dog each of 36 breeds, none picked: coats, muzzles, eyes. At the right of the last two rows two heads share a body; a few have no face. In chapter 15 you will know how they were made, and what it cost.

# %% tags=["hide-input", "card"]
best = checkpoints.load_generator("projected128")
breeds = np.arange(36) * 3
plots.show(
    plots.grid(best.sample(36, seed=1, labels=breeds), columns=9, scale=1.22),
    "36 dogs of 128x128 pixels drawn by projected128, one each of 36 breeds, none picked.",
    dpi=110,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 개에게 묻는 두 질문 · Two questions to the same dogs
#
# 이 강의가 따라가는 발표 자료 '찐개만'(the deck)은 두 모델과 두 질문으로 시작한다. 첫 문장은 조사가 겹쳐 문법에 어긋나므로 바로잡아 나란히 적는다.
#
# | | 발표 자료의 문장 · as on the slide | 바로잡은 문장 · corrected | English |
# |---|---|---|---|
# | **판별 모델** · discriminative | 무엇**을** 차이**를** 기준으로 어떻게 구별할 것인가? | 무엇**의** 차이를 기준으로 어떻게 구별할 것인가? | By the difference in *what*, and how, shall we tell them apart? |
# | **생성 모델** · generative | 데이터가 어떻게 분포 되어 있는가? | 데이터가 어떻게 분포되어 있는가? | How is the data distributed? |
#
# Both go to the same dogs: two kinds, each dog measured twice: light terriers with short ears, heavy hounds with long ones. The numbers are invented, so that a whole distribution fits into one picture.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 첫째 질문: 경계 · First question: a boundary
#
# 로지스틱 회귀(logistic regression): 직선 하나가 가른다. $D(x) = \sigma(w \cdot x + b)$는 x가 하운드일 확률이다.
#
# The line in the loop climbs the log probability of the right answers: *(truth − prediction) × input*. Nothing asks where dogs are.


# %%
def sigmoid(score):
    return 1 / (1 + np.exp(-score))


def with_one(x):  # standardised, and a constant 1, whose weight is the bias b
    return np.column_stack([(x - points.mean(axis=0)) / points.std(axis=0), np.ones(len(x))])


w, inputs = np.zeros(3), with_one(points)
for _ in range(cfg.steps):
    w += 0.5 * inputs.T @ (kind - sigmoid(inputs @ w)) / len(points)
right = np.mean((sigmoid(inputs @ w) > 0.5) == kind)
print(f"right on {right:.1%} of the {len(points):,} dogs, with w, b = {w.round(2)}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 둘째 질문: 밀도 · Second question: a density
#
# 이제 무엇이 가르는지가 아니라 개가 **어디에 있는지**를 묻는다. 가우시안 나이브 베이즈: 종류마다, 값마다 종 모양 하나.
#
# $$p(x) = \sum_k p(k)\,p(x \mid k), \qquad p(x \mid k) = \mathcal N(x_1; \mu_{k1}, \sigma_{k1}^2)\,\mathcal N(x_2; \mu_{k2}, \sigma_{k2}^2)$$
#
# To fit it means to count, to average and to square.

# %%
prior = np.array([np.mean(kind == k) for k in (0, 1)])
mu = np.stack([points[kind == k].mean(axis=0) for k in (0, 1)])
sigma = np.stack([points[kind == k].std(axis=0) for k in (0, 1)])


def joint(points):
    """p(k) p(x | k), (n, 2): one column a kind; the sum of both is p(x)."""
    z = (points[:, None] - mu) / sigma
    return prior * np.prod(np.exp(-(z**2) / 2) / (sigma * np.sqrt(2 * np.pi)), axis=2)


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 두 대답 · Two answers
#
# 왼쪽은 선 하나, 오른쪽은 개가 있는 곳과 없는 곳의 지도다. 그 언덕은 기울지 않았다: 축이 그림의 축과 나란하다.
#
# **볼 것 · What to see.** Each cloud is tilted: within a kind, heavier dogs have longer ears. The hills are not tilted: their axes are parallel to the plot's. By Bayes' rule it, too, tells the kinds apart, but less often rightly. Which of the two models could draw you a new dog?

# %% tags=["hide-input"]
hound = joint(points)[:, 1] / joint(points).sum(axis=1)  # Bayes' rule
print(f"density: right on {np.mean((hound > 0.5) == kind):.1%}, without being trained to")
xs, ys = np.meshgrid(np.linspace(0, 34, 120), np.linspace(0, 22, 120))
mesh = np.column_stack([xs.ravel(), ys.ravel()])
figure, axes = plt.subplots(1, 2, figsize=(12.5, 5))
show_kinds(axes[0], points, kind, "discriminative: a boundary")
level = sigmoid(with_one(mesh) @ w).reshape(xs.shape)
axes[0].contour(xs, ys, level, [0.5], colors=PALETTE["neutral"], linewidths=2.5)
show_kinds(axes[1], points, kind, "generative: a density p(x)")
density = joint(mesh).sum(axis=1).reshape(xs.shape)
axes[1].contour(xs, ys, density, 8, colors=PALETTE["neutral"], linewidths=1.2)
figure.tight_layout()
plots.show(
    figure,
    "The same dogs twice: left with the straight line that separates the kinds, right with the contour lines of two hills of density, whose axes are parallel to the plot's.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 새 개를 뽑기 · Draw new dogs
#
# 밀도에서는 **표본을 뽑을** 수 있다: 동전으로 종류를, 종 모양 둘로 값을. 경계에게는 "확신하는 점을 보여 달라"고 할 수밖에 없다.
#
# You can draw from a density: a coin for the kind, two bells for the numbers. A boundary can only be asked for points that it is sure of.
#
# **예측 · Predict first (exercise 1).** Points are thrown anywhere on a plane 250 kg wide and 140 cm high. Of those that the boundary is 99 % sure of, how many lie where dogs live? **A** nearly all, **B** about half, **C** hardly any.


# %%
def draw(n, seed):
    """n new dogs from the density, (n, 2), with their kinds."""
    random = np.random.default_rng(seed)
    k = (random.random(n) < prior[1]).astype(int)
    return mu[k] + sigma[k] * random.normal(size=(n, 2)), k


new_dogs, new_kinds = draw(400, seed=1)  # try other seeds
anywhere = np.random.default_rng(1).uniform((-100, -50), (150, 90), (20_000, 2))
certainty = sigmoid(with_one(anywhere) @ w)
sure = anywhere[np.abs(certainty - 0.5) > 0.49]
prediction = None  # exercise 1: "A", "B" or "C"

# %% [markdown] slideshow={"slide_type": "subslide"}
# ## 확신하는 점, 뽑은 점 · Points it is sure of, points that were drawn
#
# 경계는 개가 어디에 **있는지** 배운 적이 없다. 가르는 데는 필요 없었기 때문이다.
#
# **볼 것 · What to see.** Left: the farther from the line, the surer, even of ears of 80 cm or −40 cm. Right: new dogs where dogs are; only the tilt is lost (printed). Generating needs the distribution, and that is the harder question.

# %% tags=["hide-input"]
figure, axes = plt.subplots(1, 2, figsize=(12.5, 4.7))
sure_kinds = (sigmoid(with_one(sure) @ w) > 0.5).astype(int)
show_kinds(axes[0], sure, sure_kinds, "the boundary, at least 99 % sure")
axes[0].set(xlim=(-100, 150), ylim=(-50, 90))
axes[0].add_patch(plt.Rectangle((0, 0), 34, 22, fill=False, lw=3))
axes[0].annotate(
    "dogs live here",
    (34, 22),
    (60, 70),
    arrowprops={"arrowstyle": "->", "lw": 2},
    bbox={"fc": "white"},
)
show_kinds(axes[1], new_dogs, new_kinds, "400 new dogs from the density")
figure.tight_layout()
plots.show(
    figure,
    "Left, points that the boundary is sure of lie all over a huge plane, most of them far from the small box of real dogs; right, new points from the density lie where dogs are, in clouds without their tilt.",
)
inside = np.mean(((sure > 0) & (sure < (34, 22))).all(axis=1))
print(f"of {len(sure):,} points that the boundary is sure of, {inside:.1%} lie in the box")
print(f"{np.mean((sure < 0).any(axis=1)):.0%} have a negative weight or ear length")
for name, (x, k) in {"dogs": (points, kind), "drawn": (new_dogs, new_kinds)}.items():
    tilt = np.corrcoef(x[k == 1].T)[0, 1]
    print(f"{name:<6} correlation of a hound's weight and ears: {tilt:5.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 그림 한 장으로 보는 GAN · GAN in one picture
#
# "학습을 위해 두 모델을 서로 견제하게 만들면 어떨까?" (Goodfellow 외 2014)
#
# **볼 것 · What to see.** D is a boundary as above, with other kinds: "진짜일까, 가짜일까". G turns noise z into fakes and gets D's gradient, in red: *a discriminative model teaches a generative one.* Nobody writes down a density.

# %% tags=["hide-input"]
diagram.game(lit=("G", "D"), title="Two models keep each other in check")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 점에서 돌려 보기 · Let it run on the points
#
# 그림 대신 개의 두 숫자로 먼저 돌린다. G는 난수 둘을 점 하나로, D는 점 하나를 수 하나로 바꾼다.
#
# `fit` trains both in turns (chapter 02 writes it out). Before and between, we keep in `looks` what G draws and what D says.

# %%
gan = GAN(network(2), network(1), latent_dim=2)
g_adam, d_adam = (keras.optimizers.Adam(rate, beta_1=0.5) for rate in (5e-4, 2e-3))
gan.compile(g_optimizer=g_adam, d_optimizer=d_adam, ema=0.995, steps_per_execution=5)
z, real = np.random.default_rng(0).normal(size=(400, 2)), inputs[:, :2].astype("float32")
looks, seen = {}, 0
for epoch in cfg.moments:
    if epoch > seen:
        gan.fit(real, batch_size=100, epochs=epoch, initial_epoch=seen, verbose=0)
    said = sigmoid(np.array(gan.discriminator(with_one(mesh)[:, :2])))
    looks[epoch], seen = (np.array(gan.ema_generator(z)), said), epoch

# %% [markdown] slideshow={"slide_type": "subslide"}
# ## 구름이 기울어진다 · The cloud of fakes tilts
#
# 종 모양도, 종류도, 기울어졌다는 것도 아무도 G에게 말해 주지 않았다. 그래도 가짜 구름은 기울어진다.
#
# **볼 것 · What to see.** In the end D says about the same for real and fake. Nobody told G about bells, kinds or tilt, and the tilt came; the fake clouds are thinner than the real ones. Between the kinds it draws dogs that are neither: it bends *one* cloud of noise.

# %% tags=["hide-input"]
from matplotlib.colors import LinearSegmentedColormap

shades = LinearSegmentedColormap.from_list("D", [PALETTE["fake"], "white", PALETTE["real"]])
figure, axes = plt.subplots(1, 3, figsize=(12.8, 4.4), layout="constrained", sharey=True)
for ax, (epoch, (made, field)) in zip(axes, looks.items(), strict=True):
    fake, field = made * points.std(0) + points.mean(0), np.reshape(field, xs.shape)
    shade = ax.pcolormesh(xs, ys, field, cmap=shades, vmin=0, vmax=1, alpha=0.45, lw=0)
    ax.scatter(*points[:400].T, s=12, c=PALETTE["real"], label="real x")
    ax.scatter(*fake.T, s=20, c=PALETTE["fake"], marker="x", lw=1.2, label="fake G(z)")
    ax.set(xlim=(0, 34), ylim=(0, 22), xlabel="weight (kg)", title=f"after {epoch} epochs")
axes[0].legend(loc="upper left")
axes[0].set_ylabel("ear length (cm)")
figure.colorbar(shade, ax=axes[2], label="D: probability of real")
alt = "A small GAN at three moments: fake points start in a clump among the real ones, spread past them, and finally lie along the tilted clouds."
plots.show(figure, alt)
for name, x in {"real": points, "fake": fake}.items():
    hounds = x[sigmoid(with_one(x) @ w) > 0.5]  # the boundary from above says which ones
    said = sigmoid(np.array(gan.discriminator(with_one(x)[:, :2])))
    tilt = np.corrcoef(hounds.T)[0, 1]
    print(f"{name}: a hound's correlation {tilt:.2f}, D says on average {np.mean(said):.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 나의 첫 개 · Your first dogs
#
# 같은 게임을 그림으로: 숫자 두 개 대신 32×32×3개. 지금 이 컴퓨터에서 학습한다.
#
# The data are portraits, dogs' heads that a program draws (chapter 03); the networks are chapter 04's. `fit` is the course's training step; in chapter 02 you write it yourself. What is drawn comes from G's running average (EMA; chapter 05 says why).

# %%
first = GAN(
    dcgan.portrait_generator(width=cfg.width),
    dcgan.portrait_discriminator(width=cfg.width),
    latent_dim=100,
)
first.compile(
    g_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
    d_optimizer=keras.optimizers.Adam(4e-4, beta_1=0.5),
    ema=0.995,
)
film = Film(samples=12, every=cfg.film)
history = first.fit(dogs.batches(32), epochs=cfg.epochs, verbose=0, callbacks=[film])

# %% [markdown] slideshow={"slide_type": "subslide"}
# ## 흐린 머리, 귀, 얼굴 · Blurred heads, ears, faces
#
# 같은 z 열두 개가 학습하는 동안 어떻게 변하는지 본다. 4장은 더 오래 학습하고, 잰다.
#
# **볼 것 · What to see.** Down the rows: blurred heads before sky or snow, then ears, then faces; some stay blurred. The label says the epochs, and the seconds on the machine that ran this page. Chapter 04 trains longer, and measures.

# %% tags=["hide-input"]
plots.show(film.figure(), "The same twelve latents as the training goes on, a row a moment.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇이 잘못되나 · What went wrong, and how to tell
#
# 맞추라고 하지 **않은** 것을 재면 드러난다.
#
# | you see | why | how to tell |
# |---|---|---|
# | the drawn cloud is not tilted | **나이브 · naive**: within a kind the two numbers know nothing of each other | the correlation of weight and ears, printed under the drawn points |
# | hounds with ears of 80 cm, and the boundary is sure | it never learnt where dogs *are* | look at what it is sure of |
# | dogs between the two kinds | G bends *one* cloud of noise | look between the clouds |
#
# We chose the *form* of the density by hand, and it was wrong. For two numbers it can be mended (exercise 4). A picture of 64×64×3 is 12,288 numbers: nobody can write that form down.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 이 강의가 가는 길 (1) · Where this course goes (1)
#
# 규칙, 데이터, 개들, 조건. **볼 것 · What to see.** Dense layers draw dogs in 02, convolutions in 04; 05 fails.

# %%
course_map.Table("00", "07")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 이 강의가 가는 길 (2) · Where this course goes (2)
#
# 말, 더 큰 그림, 사진 한 장, 점수, 빌린 눈. **볼 것 · What to see.** The years: chapters follow ideas, not dates.

# %%
course_map.Table("08", "15")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 이 강의를 쓰는 법 · How to use this course
#
# 00장부터 순서대로, 칸의 수를 손으로 고쳐 가며 돌린다.
#
# - **Order.** 00 to 02 explain what a GAN is and draw the first small dogs, 03 brings the data, 04 and 05 the convolutional networks, 06 to 11 follow the models, 12 and 13 need a single picture, 14 compares all, 15 borrows eyes.
# - **Presets.** `DOGAN_PRESET=smoke`, `cpu` or `gpu`: the first code cell of a chapter names its numbers, and every one is yours to change.
# - **Exercises** stand at the end: predict, derive, repair, train. `exercises.check` answers; `exercises.solution` folds out the way.
# - **Slides.** `dogan present 04` shows a chapter as a live deck.
# - **Command line.** `dogan sample projected128 -n 64 -o dogs.png` draws; `dogan --help` lists the rest.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 연습 문제 · Exercises
#
# 마지막 둘은 돌려 보아야 안다.
#
# 1. **예측 · Predict.** You did, on the slide "Draw new dogs": `prediction` is in its cell.
# 2. **세기 · Count.** Three quarters of the dogs in a park are terriers. At a dog that you measure, $p(x \mid \text{terrier}) = 0.02$ and $p(x \mid \text{hound}) = 0.06$. What is $p(\text{hound} \mid x)$?
# 3. **세기 · Count.** In a small patch of the plane lie 30 real points and 10 fake ones, out of equally many altogether. What should the best D say there?
# 4. **유도 · Derive.** `draw_tilted(points, n)`: n new points of a Gaussian with the means *and the covariance* of these points.
# 5. **고르기 · Choose.** What can the density answer and the boundary *not*? Letters, such as `"AB"`. **A** How probable is it that this dog is a hound? **B** How heavy is the heaviest of 100 hounds, about? **C** Is a dog of 60 kg with ears of 1 cm odd? **D** On which side of the line is it? **E** Its ears are 12 cm: what may it weigh?
# 6. **고치기 · Repair.** `judge` should learn a D that tells real points from fakes. Its D says "real" to everything. Mend one sign.
# 7. **바꾸고 학습하기 · Change and train.** Of two kinds, one lies all around the other (`from dogan_lib.classroom.points import nested`; `nested(2000)`). A straight line fails. Change `features`; logistic regression then trains on them. Target: 97 % of fresh points told apart.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
exercises.check("00-sure", prediction)
exercises.check("00-bayes", None)
exercises.check("00-judge", None)
exercises.check("00-only-the-density", None)
exercises.solution("00-bayes")
exercises.solution("00-judge")


def draw_tilted(points, n):
    """n new points, (n, 2), of a Gaussian with the means and the covariance of `points`."""


exercises.check("00-draw", draw_tilted)
exercises.solution("00-draw")


# %% tags=["exercise"] slideshow={"slide_type": "skip"}
def judge(real, fake, steps=2000, rate=0.1):
    """The w of D(x) = sigmoid(x @ w), trained on real and fake inputs (n, k). Mend it."""
    w = np.zeros(real.shape[1])
    for _ in range(steps):
        at_real, at_fake = sigmoid(real @ w), sigmoid(fake @ w)
        w += rate * (real.T @ (1 - at_real) / len(real) + fake.T @ at_fake / len(fake))
    return w


exercises.check("00-repair", judge)
exercises.solution("00-repair")


# %% tags=["exercise"] slideshow={"slide_type": "skip"}
def features(points):
    """(n, k) out of points (n, 2): what a logistic regression is shown. Change it."""
    return np.column_stack([points, np.ones(len(points))])


exercises.check("00-around", features)
exercises.solution("00-around")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 요약 · Summary
#
# 분포의 식을 몰라도, 판별 모델이 가르치면 생성 모델은 새 개를 그린다.
#
# - A discriminative model learns $p(k \mid x)$: a boundary. A generative model learns $p(x)$, or at least to draw from it.
# - From the density of each kind you can draw new points, and Bayes' rule makes a boundary of them. There is no way back.
# - A density whose form is chosen by hand can be wrong in ways that you must look for. For pictures nobody knows such a form.
# - A GAN learns to draw without a form: a discriminative model, D, teaches a generative one, G.
#
# Chapter 01 says what is being optimised, chapter 02 writes the loop.

# %% [markdown] slideshow={"slide_type": "skip"}
# ## References
#
# - Goodfellow et al. 2014, *Generative adversarial nets*, [arXiv:1406.2661](https://arxiv.org/abs/1406.2661)
# - Ng, Jordan 2001, *On discriminative vs. generative classifiers: a comparison of logistic regression and naive Bayes*, NIPS 14
# - Kahng et al. 2018, *GAN Lab*, [poloclub.github.io/ganlab](https://poloclub.github.io/ganlab/)
# - Sauer et al. 2021, *Projected GANs converge faster*, [arXiv:2111.01007](https://arxiv.org/abs/2111.01007)
# - Kaggle 2019, *Generative Dog Images*, [kaggle.com/c/generative-dog-images](https://www.kaggle.com/c/generative-dog-images)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: three sentences of the deck
#
# GAN을 소개하는 슬라이드 세 장의 문장이다. 어긋난 곳을 바로잡아 나란히 적는다.
#
# | | 발표 자료의 문장 · as on the slide | 바로잡은 문장 · corrected |
# |---|---|---|
# | **What is GAN?** | 판별자가 생성자의 분포**를** 실제 데이터의 분포를 모방하도록 유도하는 모델 | 판별자가, 생성자의 분포**가** 실제 데이터의 분포를 모방하도록 유도하는 모델 |
# | **Role of Generator** | 간단한(압축된) 양보모델(GAN)의 차원 외분포 Mapping | 간단한(압축된) 분포를 데이터의 분포로 옮기기 (mapping; 글자가 깨진 문장이라 뜻으로 읽었다) |
# | **Role of Discriminator** | 진짜일까, 가짜일까 | 그대로 · as it is |
#
# In English: D leads G to imitate the distribution of the data. G maps a simple distribution to that of the data. D asks: real or fake?
