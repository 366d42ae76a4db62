# %% [markdown] slideshow={"slide_type": "slide"}
# # 12 · SinGAN — 사진 한 장이면 충분하다
#
# **한국어 요약**
#
# - 지금까지의 GAN은 사진 수천, 수만 장에서 배웠다. SinGAN(ICCV 2019 최우수 논문)은 **한 장**에서 배운다.
# - 한 장 안에도 조각(patch)은 많다. 작은 GAN이 11×11 조각의 분포를 배우고, 이런 GAN을 스케일(scale)마다 하나씩 쌓는다.
# - 가장 거친 스케일이 구도를, 가장 고운 스케일이 질감을 정한다.
# - 목적 함수는 픽셀마다의 WGAN-GP에 10·MSE(복원)를 더한 것이다. 직접 쓰고 라이브러리와 맞춰 본다.
# - 잡음이 약하면 위쪽 스케일은 거의 지어내지 않는다. 얼마나 그런지 재고, 고친다.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["colab"]
# [![Open in Colab](../docs/colab.svg)](https://colab.research.google.com/github/OWNER/dogan/blob/main/notebooks/12_singan.ipynb)
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
# 사진 한 장을 데이터로 삼아, 작은 GAN의 피라미드를 쓰고 학습시키고 잰다.
#
# 1. Why one picture is a data set: patches, and a pyramid of small GANs.
# 2. To compute the pyramid, and to write one scale's network and its objective.
# 3. To train a pyramid in two to three minutes, and to watch it draw.
# 4. What the start scale, the strength of the noise and the number of scales decide.
# 5. To measure a model of one picture: SIFID and diversity.

# %% slideshow={"slide_type": "skip"}
from dogan_lib.presets import preset

# The live training's `side` and `iterations` a scale; `judged` samples for each measurement.
cfg = preset(
    smoke=dict(side=40, iterations=4, judged=3),
    cpu=dict(side=64, iterations=1000, judged=16),
    gpu=dict(side=250, iterations=2000, judged=50),
)
cfg

# %% slideshow={"slide_type": "skip"}
import dataclasses
import math
import time

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from scipy import ndimage

from dogan_lib import plots, runtime
from dogan_lib.classroom import diagram, exercises, pyramids
from dogan_lib.classroom.single import diversity, sifid
from dogan_lib.models import singan
from dogan_lib.models.singan import Schedule, SinGAN
from dogan_lib.models.singan_training import SCHEDULES, Training
from dogan_lib.plots import PALETTE

print(runtime.setup(seed=0, small=True))
gan = pyramids.load("singan_hubble")
photo, last = gan.image, len(gan.scales) - 1
MINE = None  # "my_photo.jpg": your own, for the live training
plan = dataclasses.replace(
    SCHEDULES["fast"], iterations=cfg.iterations, block=min(50, cfg.iterations)
)


def spots(picture):
    """How many bright spots there are: connected pixels above 50 of 255."""
    return ndimage.label(plots.to_uint8(picture).mean(axis=-1) > 50)[1]


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 사진 한 장이 데이터다 · One picture is a data set
#
# 판별자는 11×11 **조각마다** 점수를 매긴다. 사진을 줄여 가며 이 일을 되풀이한다.
#
# **볼 것 · What to see.** The square is all that one score of D depends on: a seventh of the picture at scale 0, one galaxy or less at the last. (NASA's Hubble deep field: galaxies may lie anywhere, which is what SinGAN is good at.)

# %% tags=["hide-input"]
shown = range(0, last + 1, 3)
figure, axes = plt.subplots(1, len(shown), figsize=(13, 3.1))
for k, ax in zip(shown, axes, strict=True):
    ax.imshow(plots.to_uint8(gan.real(k)), interpolation="nearest")
    ax.add_patch(plt.Rectangle((6, 6), 11, 11, fill=False, color=PALETTE["fake"], lw=2))
    high, wide = gan.shapes[k]
    ax.set_title(f"scale {k}: {wide}×{high}", fontsize=14)
    ax.axis("off")
figure.tight_layout()
plots.show(figure, "The picture at four scales; a square of 11 pixels covers less and less of it.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 스케일마다 GAN 하나 · One GAN a scale
#
# 스케일 0은 잡음에서 시작한다. 그 위는 아래의 그림을 키워(↑) 잡음과 함께 받는다. 스케일마다 판별자가 따로 있다.
#
# **볼 것 · What to see.** Left to right: the coarsest, any, and the finest scale. Below: five convolutions, and a sum with the enlarged picture.

# %% tags=["hide-input"]
diagram.pyramid()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 피라미드의 산수 · The pyramid's arithmetic
#
# 가장 거친 스케일의 짧은 변은 25픽셀, 이웃한 스케일의 비는 .75보다 조금 크다: N = ⌈log₀.₇₅(25 / 짧은 변)⌉ + 1, 신경망은 N + 1개.


# %%
def scales(short, smallest=25, ratio=0.75):
    """How many scales, and the exact ratio of two neighbours."""
    n = math.ceil(math.log(smallest / short) / math.log(ratio)) + 1
    return n + 1, (smallest / short) ** (1 / n)


for side in (64, 128, 250):
    shapes, exact = singan.pyramid((side, side))
    assert scales(side) == (len(shapes), exact)
    print(f"{side}: {len(shapes)} scales, ratio {exact:.3f}:", *[s[0] for s in shapes])

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 스케일 하나의 신경망 · One scale's network
#
# 3×3 합성곱 다섯, 안쪽 채움 없음: 한 번에 한 픽셀씩, 모두 5픽셀을 잃는다. 그래서 0을 5픽셀 둘러 넣는다.
#
# 1 + 5·2 = **11** pixels go into each output. G is tanh(network(σz + up)) + up: it *adds detail* to what came from below. D is the same network with one channel, a score for each patch.


# %%
def network(width=32, channels=3):
    """Five valid convolutions: (batch, H + 10, W + 10, 3) -> (batch, H, W, channels)."""
    inputs = x = keras.Input((None, None, 3))
    for _ in range(4):
        x = keras.layers.Conv2D(width, 3)(x)
        x = keras.layers.LeakyReLU(negative_slope=0.2)(keras.layers.BatchNormalization()(x))
    return keras.Model(inputs, keras.layers.Conv2D(channels, 3)(x))


mine, library = network(), singan.generator()
print(f"yours {mine.count_params():,} parameters, the library's {library.count_params():,}")
assert mine.count_params() == library.count_params()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 목적 함수 · The objective
#
# 두 부분이다: 조각마다의 적대적 손실, 그리고 정해진 잡음 z\*에서 사진을 되찾는 복원 손실.
#
# $$\min_G \max_D\; \underbrace{\overline{D(x)} - \overline{D(G(z))} - 0.1\,\overline{\left(\lVert\nabla_{\hat x} \textstyle\sum D(\hat x)\rVert_2 - 1\right)^2}}_{\text{WGAN-GP, a slope for each pixel}} \;+\; \underbrace{10\,\mathrm{MSE}\bigl(G(z^*),\, x\bigr)}_{\text{reconstruction}}$$
#
# The bar is a mean over positions: D gives a map of scores, and the norm is over the three colours of *one pixel*. z\* is fixed noise at scale 0 and zero above.

# %% [markdown] slideshow={"slide_type": "slide"}
# ### D의 손실 · D's loss
#
# 진짜에는 높은 점수, 가짜에는 낮은 점수. 기울기의 길이는 픽셀마다 1에 가깝게.


# %%
def d_loss(g, d, real, fake_in, alpha):
    """D(fake) - D(real) + the penalty; `fake_in` is [noise + up, up]."""
    fake = g(fake_in, training=True)
    mixed = alpha * real + (1 - alpha) * fake
    with tf.GradientTape() as tape:
        tape.watch(mixed)
        scores = d(mixed, training=True)
    slope = tf.norm(tape.gradient(scores, mixed), axis=-1)  # one for each pixel
    penalty = 0.1 * tf.reduce_mean((slope - 1) ** 2)
    gap = tf.reduce_mean(d(real, training=True)) - tf.reduce_mean(d(fake, training=True))
    return penalty - gap


# %% [markdown] slideshow={"slide_type": "slide"}
# ### G의 손실과 한 걸음 · G's loss, and a step
#
# G는 판별자를 속이고, 정해진 잡음에서는 사진을 되찾는다.
#
# The cell after this slide does one step of D and one of G, yours and the library's, from the same weights on the same noise.


# %%
def g_loss(g, d, real, fake_in, rec_in):
    """-D(fake) + 10 MSE(reconstruction)."""
    error = tf.reduce_mean((g(rec_in, training=True) - real) ** 2)
    return 10 * error - tf.reduce_mean(d(g(fake_in, training=True), training=True))


def step(player, optimizer, loss, *inputs):
    with tf.GradientTape() as tape:
        value = loss(*inputs)
    weights = player.trainable_variables
    optimizer.apply(tape.gradient(value, weights), weights)


# %% slideshow={"slide_type": "skip"}
tiny = SinGAN(width=8, precision="float32")
tiny.take(photo)
training = Training(tiny, 0, Schedule(iterations=1, d_steps=1, g_steps=1))
theirs, given = training.worker, training.inputs(1, rate=5e-4)
g, d = singan.generator(8), singan.discriminator(8)
g.set_weights(theirs.g.get_weights())
d.set_weights(theirs.d.get_weights())
fake_in = [given["noise"] + given["ups"][0], given["ups"][0]]
rec_in = [given["rec_noise"] + given["rec"], given["rec"]]
for player, loss, more in ((d, d_loss, given["alpha"][0, 0]), (g, g_loss, rec_in)):
    adam = keras.optimizers.Adam(5e-4, 0.5, 0.999, epsilon=1e-8)
    step(player, adam, loss, g, d, given["real"], fake_in, more)
theirs.train(given)
for name, own, other in (("D", d, theirs.d), ("G", g, theirs.g)):
    pairs = zip(own.trainable_variables[:-1], other.trainable_variables[:-1], strict=True)
    apart = max(float(np.abs(np.asarray(a) - np.asarray(b)).max()) for a, b in pairs)
    print(f"{name}: weights {apart:.1e} apart after a step of 5e-04")
    assert apart < 1e-4

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 직접 학습시키기 · Train one, live
#
# `SinGAN(max_size=64).fit(사진)`: 스케일 하나를 학습시키고, 얼리고, 다음 스케일로 올라간다. 위의 `MINE`에 자기 사진을 넣어도 된다.
#
# **볼 것 · What to see.** A photograph of a pagoda, and a random sample of each scale: first patches of colour, then roofs and sky.

# %% tags=["hide-input"]
learner = SinGAN(max_size=cfg.side, widest=32, seed=0)
began = time.perf_counter()
watch = pyramids.Watch(every=10)
learner.fit(MINE or pyramids.photograph("china"), plan, [watch], verbose=False)
print(f"{learner} in {time.perf_counter() - began:.0f} s")

# %% [markdown] slideshow={"slide_type": "slide"}
# ### 무엇을 배웠나 · What it has learnt
#
# G(z\*)는 사진을 되찾고, 표본은 같은 조각으로 다른 탑을 쌓는다.
#
# **볼 것 · What to see.** Roofs, red walls and sky are the photograph's; towers stand elsewhere, in twos, or lean, for no patch holds a whole one. The pyramids below are larger, or trained longer.

# %% tags=["hide-input"]
drawn = np.concatenate([learner.real()[None], learner.reconstruct(), learner.sample(6, seed=1)])
titles = ["the picture", "G(z*)", *["a sample"] * 6]
alt = "The picture, its reconstruction and six samples of the pyramid that was just trained."
figure = plots.grid(drawn, 4, titles=titles, scale=3.1)
plots.show(figure, alt)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 잡음에서 그림까지 · From noise to picture
#
# 스케일마다: 아래에서 온 그림을 키우고, 잡음 σ를 더하고, G가 세부를 보탠다.
#
# **볼 것 · What to see.** Scale 0 has nothing but noise and decides where things are. Each later one sharpens, and adds small things of its own.

# %% tags=["hide-input"]
facts = gan.card()["scales"]
stages = [stage[0] for stage in gan.stages(1, seed=4)]
figure, axes = plt.subplots(3, len(stages), figsize=(12.5, 4.8))
for k, picture in enumerate(stages):
    below = singan.resize(stages[k - 1][None], gan.shapes[k])[0] if k else np.zeros_like(picture)
    for row, shown in enumerate((below, 2 * (picture - below), picture)):
        axes[row, k].imshow(plots.to_uint8(np.clip(shown, -1, 1)), interpolation="nearest")
        axes[row, k].set(xticks=[], yticks=[])
    axes[0, k].set_title(f"scale {k}\nσ = {facts[k]['sigma']:.2f}", fontsize=11)
for row, text in enumerate(("from below", "+ G adds (x2)", "= picture")):
    axes[row, 0].set_ylabel(text, fontsize=11)
figure.tight_layout()
plots.show(figure, "For every scale: the enlarged picture from below, G's detail, and their sum.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 표본 · Random samples
#
# 스케일마다 새 잡음을 넣는다: 구도는 사진과 달라지고, 조각은 사진의 것을 닮는다.
#
# **볼 것 · What to see.** First the picture, then three samples. Most galaxies are in new places; the largest stays at the lower right. In the wood, crowns and ground stay where crowns and ground belong; trunks stand elsewhere, and some are smeared or broken. 표본에는 희미한 별이 사진의 절반도 없다. · Faint stars are fewer than half of the picture's.

# %%
pair = {name: pyramids.load(name) for name in ("singan_hubble", "singan_wood")}
rows = [np.concatenate([one.real()[None], one.sample(3, seed=9)]) for one in pair.values()]
titles = 2 * ["the picture", *["a sample"] * 3]
alt = "Two pictures, each with three samples: galaxies in new places, woods with other trees."
plots.show(plots.grid(np.concatenate(rows), 4, titles=titles, scale=2.4), alt)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 어떤 모양으로도 · Any shape
#
# 합성곱은 그림의 크기를 모른다(완전 합성곱, fully convolutional): 다른 모양의 잡음에서는 다른 모양의 그림이 나온다.
#
# **볼 것 · What to see.** More room gives more galaxies, not stretched ones. The largest is at the lower right again.

# %% tags=["hide-input", "card"]
high, wide = photo.shape[:2]
shapes = {
    "as learnt": (high, wide),
    "three times as wide": (high, 3 * wide),
    "tall": (2 * high, wide),
}
figure, axes = plt.subplots(1, 3, figsize=(12, 3.4), width_ratios=[1, 3, 0.8])
for ax, (name, shape) in zip(axes, shapes.items(), strict=True):
    ax.imshow(plots.to_uint8(gan.sample(1, shape=shape, seed=7)[0]))
    ax.set_title(f"{name}: {shape[1]}×{shape[0]}", fontsize=11)
    ax.axis("off")
figure.tight_layout()
plots.show(figure, "One pyramid draws pictures of three shapes.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 시작 스케일 · The start scale
#
# 시작 스케일 아래는 사진 그대로, 그 위만 새로 그린다.
#
# **볼 것 · What to see.** A part of three samples for each start scale, with the diversity above it. From 0 large galaxies change too. From 1 most large ones stay and the small ones change; from the last only grain does. From 0 and 1 most faint stars are lost; from the last they are there again (the spots are counted).

# %% tags=["hide-input"]
starts = range(last + 1)
by_start = {s: gan.sample(cfg.judged, start_scale=s, seed=2) for s in starts}
varied = {s: diversity(photo, by_start[s]) for s in starts}
print(f"diversity from scale 0 to {last}:", *[f"{varied[s]:.2f}" for s in starts])
counts = [f"{spots(by_start[s][0])} from {s}" for s in (0, 1, last)]
print(f"bright spots: {spots(photo)} in the picture; in a sample", *counts)

part = (slice(None), slice(0, 80), slice(80, 240))  # to see small things
shown = np.concatenate([by_start[s][:3][part] for s in (0, 1, last)])
titles = [f"from {s}: diversity {varied[s]:.2f}" for s in (0, 1, last) for _ in range(3)]
alt = "Samples from three start scales, and their diversity, which falls with the start scale."
plots.show(plots.grid(shown, 3, titles=titles, scale=2.7), alt)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 다양성은 왜 사라지나 · Where diversity goes
#
# σₙ = (noise) × RMSE, 즉 아래 스케일이 놓친 만큼에 비례한다. 논문의 noise는 0.1, 이 피라미드는 1이다.
#
# With .1 the noise of scale 1 is .007 in pictures from −1 to 1: about one level of 255. The picture that it is added to varies anyway while G trains, so G can learn to pass it by; from the reconstruction, which never varies, little is left to differ. Noise as strong as the missing detail is harder to pass by: our reading of the numbers below.

# %%
names = {"the paper's": "singan_hubble_paper", "ours": "singan_hubble_128"}
pair = {name: pyramids.load(file) for name, file in names.items()}
print("diversity by start scale")
for name, one in pair.items():
    values = [diversity(one.image, one.sample(cfg.judged, start_scale=s)) for s in range(5)]
    noise, sigma = one.settings["noise"], one.scales[1].sigma
    print(f"{name}: noise {noise}, sigma_1 {sigma:.3f}:", *[f"{v:.3f}" for v in values])

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 스케일의 수 · The number of scales
#
# 가장 거친 스케일이 크면 11픽셀은 거의 질감만 본다.
#
# **볼 것 · What to see.** With three scales there are leaves, sky, bits of roof, and nowhere a whole tower. SIFID is DogNet's, and compares with no published number; ± is its standard error over the samples.

# %% tags=["hide-input"]
models = {n: pyramids.load(f"singan_china{end}") for n, end in ((3, "_n3"), (4, "_n4"), (6, ""))}
shown, titles = [], []
for n, model in models.items():
    drawn = model.sample(cfg.judged, seed=3)
    score, varies = sifid(model.image, drawn), diversity(model.image, drawn)
    shown += [model.real(), *drawn[:3]]
    titles += ["the picture", f"{n} scales, from {model.shapes[0][0]} px on"]
    titles += [f"SIFID {float(score):.2f} ± {score.error:.2f}", f"diversity {varies:.2f}"]
figure = plots.grid(np.stack(shown), 4, titles=titles, scale=2.4)
plt.setp([ax.title for ax in figure.axes], fontsize=13)
plots.show(figure, "The picture, and three samples each with 3, 4 and 6 scales.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇이 잘못되나 · What went wrong, and how to tell
#
# 표본이 이상하면 먼저 가장 거친 스케일과 잡음을 본다.
#
# | you see | likely | try |
# |---|---|---|
# | nothing but texture | the coarsest scale is too large for 11 pixels | a smaller `min_size` |
# | only scale 0 changes anything | noise too weak above it | `noise=1.0` |
# | every sample is the photograph | the reconstruction outweighs D | a smaller `reconstruction` |
# | leaning towers, broken trunks | no patch holds the whole thing | another picture: many small things |
# | an error about the size | short side under 25 pixels after shrinking | a squarer crop |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 연습 문제 · Exercises
#
# `None` 자리에 답을 쓰고 칸을 실행한다.
#
# 1. **세기 · Count.** 가로 600, 세로 200인 사진을 긴 변 250으로 줄이면 스케일은 몇 개인가? · 600 wide, 200 high, shrunk to a long side of 250: how many scales?
# 2. **예측 · Predict.** 같은 자리의 같은 탑에 새 질감을 입히려면 시작 스케일을 올리나, 내리나? · New texture on the *same* tower: raise or lower the start scale?
# 3. **고치기 · Repair.** 아래 `penalty`는 10장의 것이다. SinGAN의 것으로 고친다. · It lets one pixel be steep where the others are flat. Make it SinGAN's.
# 4. **바꾸고 학습하기 · Change and train.** 36픽셀 피라미드의 표본이 스케일 1부터도 스케일 0부터의 절반만큼은 다르게 한다. · Diversity from scale 1 at least 0.5 of that from scale 0, with SIFID from scale 1 under 0.25. Settings are yours (`noise`, `reconstruction`, `min_size`).
#
# `exercises.solution("12-scales")` shows a folded answer; so do `12-start`, `12-penalty` and `12-variety`.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
trained = None  # SinGAN(max_size=36, width=16, ...).fit(photo, plan)
exercises.check("12-scales", None)
exercises.check("12-start", None)
exercises.check("12-variety", trained)


# %% tags=["exercise"] slideshow={"slide_type": "skip"}
def penalty(gradient):
    """Of D's scores by the picture: (1, H, W, 3) -> a number."""
    return (np.sqrt(np.sum(gradient**2)) - 1) ** 2


exercises.check("12-penalty", penalty)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 요약 · Summary
#
# 조각의 분포를 스케일마다 배우면 사진 한 장에서도 새 그림이 나온다.
#
# - One picture is thousands of patches. D sees 11×11 pixels and judges patches, never the whole.
# - A pyramid gives these 11 pixels different meanings: layout at the coarsest scale, texture at the finest.
# - Objective: WGAN-GP at each pixel + 10·MSE of the reconstruction, scale after scale.
# - Start scale, strength of the noise and number of scales decide what may vary.
# - SIFID asks whether the patches are right, diversity whether samples differ. Neither asks whether a tower can stand.

# %% [markdown] slideshow={"slide_type": "skip"}
# ## References
#
# - Shaham, Dekel, Michaeli 2019, *SinGAN: learning a generative model from a single natural image*, [arXiv:1905.01164](https://arxiv.org/abs/1905.01164), and its code, tamarott/SinGAN
# - Hinz, Fisher, Wang, Wermter 2020, *Improved techniques for training single-image GANs*, [arXiv:2003.11512](https://arxiv.org/abs/2003.11512)
# - Gulrajani et al. 2017, *Improved training of Wasserstein GANs*, [arXiv:1704.00028](https://arxiv.org/abs/1704.00028)
# - The deep field is NASA's and ESA's, public domain, from scikit-image. The pagoda is `china.jpg` of scikit-learn, by danielbuechele on flickr, [CC BY 2.0](https://creativecommons.org/licenses/by/2.0/). The wood is drawn by `data/make/singans.py`.

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: time and memory
#
# 논문의 일정과 빠른 일정을 시간과 SIFID로 견준다. 시드가 적어 우열은 말할 수 없다.
#
# The paper trains 2000 iterations a scale, each of 3 steps of D and 3 of G, at 250 pixels: half an hour of its authors' GPU. `schedule="fast"` asks both networks at once, from one forward pass and on new noise each time, at four times the learning rate, in windows of at most 80 pixels. On a photograph of 64×43 pixels and two idle cores it took 72 seconds (SIFID of three seeds: .28, .26, .29), the paper's schedule on one core 401 seconds (two seeds: .22, .30): so few seeds do not tell the schedules apart. The deep field at 250×188, ten narrow scales in windows of at most 128 pixels, took 20 minutes of one core, beside other work. Windows have their price: with noise at every scale the samples lose most faint stars, and without noise above scale 0, as in the reconstruction, the pyramid invents some. The reconstruction of the whole sky is farther off than the windows of the training said: the last line. `tests/benchmarks/bench_singan.py` has the schedules.

# %% slideshow={"slide_type": "skip"}
total = sum(w.size for scale in gan.scales for w in scale.weights)
print(f"{len(gan.scales)} generators, {total:,} numbers in all")
for k, row in enumerate(facts):
    high, wide = gan.shapes[k]
    print(
        f"scale {k}: {wide:>3}×{high:<3} {row['iterations']} iterations, σ {row['sigma']:.3f}",
        end="",
    )
    print(f", the reconstruction is off by {127.5 * row['reconstruction']:.0f} of 255")
again = gan.reconstruct()[0]
error = 127.5 * np.sqrt(np.mean((again - gan.real()) ** 2))
print(f"the whole reconstruction is off by {error:.0f} of 255 and has {spots(again)} bright spots")
