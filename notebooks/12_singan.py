# %% [markdown] slideshow={"slide_type": "slide"}
# # 12 · SinGAN — 사진 한 장이면 충분하다
#
# **한국어 요약**
#
# - 지금까지의 GAN은 개 사진 수만 장이 필요했다. SinGAN(ICCV 2019 최우수 논문)은 **한 장**에서 배운다.
# - 한 장 안에도 조각(patch)은 많다. 작은 GAN이 11×11 조각의 분포를 배우고, 이런 GAN을 여러 크기(scale)로 쌓는다.
# - 가장 거친 크기가 배치를, 가장 고운 크기가 질감을 정한다. 어느 크기에서 시작하느냐에 따라 달라지는 것이 다르다.
# - 생성자는 완전 합성곱(fully convolutional)이라서 어떤 모양의 그림도 그린다.
# - 크기의 수를 줄이면 무엇이 사라지는지 보고, SIFID와 다양성으로 잰다.

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
    from dogan_lib import colab

    colab.prepare(KEEP_ON_DRIVE)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you will learn
#
# 1. Why one picture is a data set: patches, and a pyramid of small GANs.
# 2. To compute the pyramid, to build one scale's network, and to check both against the library.
# 3. To watch the pipeline at work, from noise to picture.
# 4. What the start scale, the number of scales and the shape of the noise decide.
# 5. To measure a model of one picture: SIFID and diversity.

# %% slideshow={"slide_type": "slide"}
from dogan_lib.presets import preset

# The live training's `side` and `iterations` a scale; `judged` samples for each measurement.
cfg = preset(
    smoke=dict(side=32, iterations=4, judged=3),
    cpu=dict(side=40, iterations=700, judged=20),
    gpu=dict(side=250, iterations=2000, judged=50),
)
cfg

# %%
import dataclasses
import math

import keras
import matplotlib.pyplot as plt
import numpy as np

from dogan_lib import plots, runtime
from dogan_lib.classroom import exercises, pyramids
from dogan_lib.metrics.single import diversity, sifid
from dogan_lib.models import singan, singan_training
from dogan_lib.models.singan import SinGAN
from dogan_lib.plots import PALETTE

print(runtime.setup(seed=0, small=True))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Two questions to sort all GANs of this course
#
# | | many pictures | one picture |
# |---|---|---|
# | **unconditional** (무조건): any | DCGAN, LSGAN, PGGAN: chapters 04–06, 10 | **SinGAN**: this chapter |
# | **conditional** (조건부): the one asked for | cGAN, text to image, BigGAN: 07, 08, 11 | what is *let into* SinGAN: chapter 13 |
#
# A conditional model needs much data of one kind. SinGAN needs a photograph that you took yesterday.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The idea in one picture
#
# Cut a photograph into patches of 11×11 pixels: thousands, all different, all from one distribution. A small D that sees nothing larger can be fooled only by *all patches* looking right, not by copying the whole. Do this for the photograph made small, where 11 pixels are half a tower, then larger, where they are a window, then larger.

# %%
gan = pyramids.load("singan_china")
photo = gan.image
last = len(gan.scales) - 1
print(gan)
figure, axes = plt.subplots(1, len(gan.shapes), figsize=(11, 2.1))
for k, ax in enumerate(axes):
    ax.imshow(plots.to_uint8(gan.real(k)), interpolation="nearest")
    ax.add_patch(plt.Rectangle((6, 6), 11, 11, fill=False, color=PALETTE["fake"], lw=2))
    height, width = gan.shapes[k]
    ax.set_title(f"scale {k}: {width}×{height}", fontsize=9)
    ax.axis("off")
figure.tight_layout()
plots.show(
    figure, "The photograph at all scales; a square of 11 pixels covers less and less of it."
)

# %% [markdown]
# **What to see.** The orange square is all that one score of D depends on. At scale 0 it holds a good part of the tower, at the last one a piece of a roof.
#
# ## The pyramid's arithmetic
#
# The paper fixes the short side of the coarsest scale, 25 pixels, and a ratio of about 0.75. Scales are counted so that the coarsest has *exactly* 25: N = ⌈log₀.₇₅(25 / short side)⌉ + 1, and the true ratio is (25 / short side)^(1/N). There are N + 1 networks.


# %% slideshow={"slide_type": "slide"}
def scales(short, smallest=25, ratio=0.75):
    """How many scales, and the exact ratio of two neighbours."""
    n = math.ceil(math.log(smallest / short) / math.log(ratio)) + 1
    return n + 1, (smallest / short) ** (1 / n)


for side in (64, 128, 250):
    shapes, exact = singan.pyramid((side, side))
    assert scales(side) == (len(shapes), exact)
    print(
        f"{side}×{side}: {len(shapes)} scales, ratio {exact:.3f}:", *[shape[0] for shape in shapes]
    )

# %% [markdown]
# **What to see.** The ratio is nearer to 1 than 0.75: the "+ 1" in the formula adds a scale more than is needed.
#
# ## One scale's network
#
# Five convolutions of 3×3, stride 1, **without padding inside** ("valid"): each takes a pixel off every side, 5 in all, so the noise and the picture are padded by 5 zeros beforehand. Four blocks are convolution, batch normalisation, LeakyReLU; the fifth ends in tanh. G adds what it drew to what came from below.


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
assert mine(np.zeros((1, 40, 50, 3))).shape == (1, 30, 40, 3)
critic = singan.discriminator()
print("D of an 11×11 picture:", critic(np.zeros((1, 11, 11, 3))).shape, "- one score")

# %% [markdown]
# **What to see.** Five 3×3 convolutions see 1 + 5·2 = **11** pixels (수용 영역, receptive field). D's map of scores has one for each patch; its mean is the loss, with WGAN-GP as in chapter 10, but the penalty's gradient is measured *at each pixel*. Below four scales' width is 32, then it doubles.
#
# A whole photograph model is this small:

# %%
total = sum(w.size for scale in gan.scales for w in scale.weights)
facts = gan.card()["scales"]
seconds = sum(row["seconds"] for row in facts)
print(
    f"{len(gan.scales)} generators, {total:,} numbers in all; trained in {seconds:.0f} s on a busy core"
)
for k, row in enumerate(facts):
    print(f"scale {k}: width {gan.scales[k].width:>3}, {row['iterations']:>4} iterations,", end=" ")
    print(f"{row['seconds']:5.1f} s, noise sigma {row['sigma']:.3f}")

# %% [markdown]
# **Time and memory, honestly.** This is the library's `fast` schedule. The paper does 2000 iterations a scale, each of 3 D and 3 G steps on the same noise, at 250 pixels; its authors needed about half an hour of a GPU. `fast` asks both networks at once, from one forward pass and on new noise each time, at four times the learning rate; four iterations share one picture from below; where the networks are twice as wide it does half as many. On a photograph of 64×43 pixels, two idle cores: 72 seconds, SIFID .27 (three seeds: .28, .26, .29). The paper's schedule, the same photograph, one core: 401 seconds, SIFID .26 (two seeds: .22, .30). So what a seed changes is more than what the schedule does (`tests/benchmarks/bench_singan.py --paper` has both).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The multi-scale pipeline, drawn from the running model
#
# At each scale: enlarge what came from below, add noise of strength σ, let G add detail. Scale 0 gets nothing but noise.

# %%
drawn = [stage[0] for stage in gan.stages(1, seed=4)]
figure, axes = plt.subplots(3, len(drawn), figsize=(11, 4.6))
for k, picture in enumerate(drawn):
    below = singan.resize(drawn[k - 1][None], gan.shapes[k])[0] if k else np.zeros_like(picture)
    detail = picture - np.asarray(below)
    for row, shown in enumerate((np.asarray(below), detail, picture)):
        axes[row, k].imshow(plots.to_uint8(np.clip(shown, -1, 1)), interpolation="nearest")
        axes[row, k].set(xticks=[], yticks=[])
    axes[0, k].set_title(f"scale {k}, σ = {facts[k]['sigma']:.2f}", fontsize=9)
for row, text in enumerate(("from below", "+ what G adds", "= picture")):
    axes[row, 0].set_ylabel(text)
figure.tight_layout()
plots.show(figure, "For every scale: the enlarged picture from below, G's detail, and their sum.")

# %% [markdown]
# **What to see.** Scale 0 decides where sky, tower and trees are. From there on G only adds detail (the middle row turns grey: nearly nothing), and σ is small: there is little left to decide.
#
# ## Random samples
#
# New noise at every scale. No sample is a copy; each is made of the photograph's patches.

# %% slideshow={"slide_type": "slide"}
samples = gan.sample(11, seed=1)
alt = "The photograph and eleven samples: towers of other heights and places, all of its patches."
plots.show(plots.grid(np.concatenate([gan.real()[None], samples]), 4, scale=2.6), alt, dpi=75)

# %% [markdown]
# **What to see.** The first picture is the photograph. Towers lean, split or double: the patches are right, the architecture is nobody's business. That is the price of seeing 11 pixels at a time.
#
# ## Any shape
#
# Nothing in a convolution knows the size of the picture (완전 합성곱, fully convolutional). Draw noise of another shape at scale 0 and the pyramid draws a picture of that shape. This is also why super-resolution works in chapter 13: the last G may be applied to a picture larger than any it has seen.

# %%
height, width = photo.shape[:2]
shapes = {
    "as learnt": (height, width),
    "twice as wide": (height, 2 * width),
    "tall": (2 * height, width),
    "large": (2 * height, 2 * width),
}
figure, axes = plt.subplots(1, 4, figsize=(12, 3.6), width_ratios=[1, 2, 1, 2])
for ax, (name, shape) in zip(axes, shapes.items(), strict=True):
    ax.imshow(plots.to_uint8(gan.sample(1, shape=shape, seed=7)[0]))
    ax.set_title(f"{name}: {shape[1]}×{shape[0]}", fontsize=9)
    ax.axis("off")
figure.tight_layout()
plots.show(figure, "One pyramid draws pictures of four shapes.", dpi=75)

# %% [markdown]
# **What to see.** More room gives more towers and trees, not stretched ones: size in pixels is what each scale has learnt.
#
# ## Generation from different start scales
#
# Scales below the start show the photograph itself, from there on new noise is drawn.

# %% slideshow={"slide_type": "slide"}
starts = range(last + 1)
by_start = {s: gan.sample(cfg.judged, start_scale=s, seed=2) for s in starts}
rows = [by_start[s][:3] for s in (0, 1, 2, last)]
labels = [f"from scale {s}" for s in (0, 1, 2, last)]
alt = (
    "Three samples from each of four start scales: from scale 0 all differs, from the last nothing."
)
plots.show(plots.labelled_rows(rows, labels), alt, dpi=75)

# %%
quality = [sifid(photo, by_start[s]) for s in starts]
variety = [diversity(photo, by_start[s]) for s in starts]
figure, axes = plt.subplots(1, 2, figsize=(10, 3))
axes[0].errorbar(starts, [float(q) for q in quality], [q.error for q in quality], marker="o")
axes[0].set(xlabel="start scale", ylabel="SIFID", title="are the patches right? (less is better)")
axes[1].plot(starts, variety, "s-", color=PALETTE["g"])
axes[1].set(xlabel="start scale", ylabel="diversity", title="do the samples differ?")
figure.tight_layout()
print(quality[0])
for s in starts:
    print(f"from scale {s}: SIFID {float(quality[s]):.3f}, diversity {variety[s]:.3f}")
plots.show(figure, "SIFID and diversity over the start scale.")

# %% [markdown]
# **How to read it.** SIFID is the Fréchet distance between the features of *one* real and *one* fake picture, position by position. Its features here are DogNet's, a network that this course trained; the paper's are Inception's. Numbers of different layers never compare, not even in order of magnitude.
#
# Diversity is the deviation of a pixel over the samples, relative to the photograph's own contrast. The paper's generators reach about .5 from the coarsest scale and .35 from the next. Ours falls much faster, with the paper's schedule too: of a small photograph the second scale is already half as large as the last, and only details are left to vary. At 250 pixels it is a fifth.
#
# ## The effect of the number of scales
#
# The same photograph with a coarsest scale that is already large: then 11 pixels never see more than a texture.

# %% slideshow={"slide_type": "slide"}
models = {3: pyramids.load("singan_china_n3"), 4: pyramids.load("singan_china_n4"), 6: gan}
rows = [model.sample(cfg.judged, seed=3) for model in models.values()]
labels = []
for (count, model), drawn in zip(models.items(), rows, strict=True):
    share = 11 / model.shapes[0][0]
    labels.append(f"{count} scales: 11 pixels are {share:.0%} of the coarsest height")
    print(f"{count} scales: SIFID {float(sifid(photo, drawn)):.3f}", end=", ")
    print(f"diversity {diversity(photo, drawn):.3f}")
plots.show(
    plots.labelled_rows([drawn[:3] for drawn in rows], labels),
    "Samples with 3, 4 and 6 scales: from mere texture to towers under a sky.",
    dpi=75,
)

# %% [markdown]
# **What to see.** With few scales there are leaves and sky, and nowhere a tower. The number that tells is the share of the coarsest picture that D can see at once.
#
# ## Reconstruction: the one noise that means the photograph
#
# G also learns that one fixed noise z\* at scale 0, and zeros above, give the photograph back. σ of each scale comes from it: the error that is left when the picture from below is enlarged says how much detail there is to invent. And it is what chapter 13 starts from.

# %%
rebuilt = gan.reconstruct()
error = np.abs(rebuilt[0] - gan.real()).mean() * 127.5
pair = np.concatenate([gan.real()[None], rebuilt])
print(f"the reconstruction is off by {error:.1f} of 255 on average")
alt = "The photograph and its reconstruction."
plots.show(plots.grid(pair, 2, titles=["photograph", "G(z*)"], scale=3.2), alt, dpi=75)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Train one, live
#
# A doodled dog, small enough for minutes on two cores. Scale after scale: each trains alone, then it is frozen and the next one begins with a copy of its weights. Put your own picture in place of `None`: a path is enough.

# %%
MINE = None  # "my_photo.jpg"
learner = SinGAN(max_size=cfg.side, seed=0)
schedule = dataclasses.replace(
    singan_training.SCHEDULES["fast"], iterations=cfg.iterations, block=min(50, cfg.iterations)
)
learner.fit(
    MINE or pyramids.load("singan_doodle").image, schedule, [pyramids.Watch(every=4)], verbose=False
)
print(learner)

# %%
drawn = np.concatenate([learner.real()[None], learner.reconstruct(), learner.sample(6, seed=1)])
titles = ["the picture", "G(z*)", *["a sample"] * 6]
alt = "The doodle, its reconstruction and six samples of the pyramid that was just trained."
plots.show(plots.grid(drawn, 4, titles=titles, scale=2), alt)
for k, row in enumerate(learner.card()["scales"]):
    print(f"scale {k}: {row['iterations']} iterations in {row['seconds']:.1f} s")

# %% [markdown]
# **What to see.** A dog is a hard picture: cut into patches it comes back as spots in the right colours. Textures (woods, rocks, crowds, clouds) are what SinGAN is for. And `singan_doodle` in `data/` shows the same dog after a longer training:

# %%
dog = pyramids.load("singan_doodle")
shown = np.concatenate([dog.real()[None], dog.sample(3, seed=1), dog.sample(4, start_scale=2)])
titles = ["the picture", *["from scale 0"] * 3, *["from scale 2"] * 4]
alt = "A doodled dalmatian, three samples from scale 0 and four from scale 2."
plots.show(plots.grid(shown, 4, titles=titles, scale=2), alt)

# %% [markdown]
# Now every sample is nearly the picture itself: 11 of 25 pixels see half of the dog at once, and that half G has learnt by heart. A coarsest scale with more pixels would cut it up again; spots or a copy is the choice.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What went wrong, and how to tell
#
# | you see | likely | try |
# |---|---|---|
# | nothing but texture | too few scales: the coarsest is too large for 11 pixels | a smaller `min_size` |
# | every sample is the photograph | the reconstruction outweighs D, or a start scale too high | start scale 0; a smaller `reconstruction` |
# | colours drift from scale to scale | a scale stopped too early, and the next inherits its error | more iterations |
# | blurred surfaces | the fast schedule on a detailed photograph | `schedule="paper"`, and time |
# | a clear error about the size | shorter side under 25 pixels after shrinking to `max_size` | a squarer crop |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Exercises
#
# Put your answer in place of `None`.
#
# **1.** How many scales has a photograph of 400×300 pixels, shrunk to a long side of 250 first?

# %% tags=["exercise"]
exercises.check("12-scales", None)

# %% [markdown]
# **2.** A network has seven valid 3×3 convolutions in place of five. How many pixels does one score of D see, along one side?

# %% tags=["exercise"]
exercises.check("12-field", None)

# %% [markdown]
# **3.** You want new textures on the *same* tower, in the same place. Raise or lower the start scale?

# %% tags=["exercise"]
exercises.check("12-start", None)

# %%
exercises.solution("12-scales")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - One photograph is thousands of patches. D sees 11×11 pixels, so it judges patches and never the whole.
# - A pyramid gives these 11 pixels different meanings: layout at the bottom, texture at the top.
# - Start scale, number of scales and shape of the noise are three knobs of one trained model.
# - SIFID asks whether the patches are right, diversity whether the samples differ. Neither asks whether a tower can stand.
#
# ## References
#
# - Shaham, Dekel, Michaeli 2019, *SinGAN: learning a generative model from a single natural image*, [arXiv:1905.01164](https://arxiv.org/abs/1905.01164), and its code, tamarott/SinGAN
# - Hinz, Fisher, Wang, Wermter 2020, *Improved techniques for training single-image GANs*, [arXiv:2003.11512](https://arxiv.org/abs/2003.11512)
# - Gulrajani et al. 2017, *Improved training of Wasserstein GANs*, [arXiv:1704.00028](https://arxiv.org/abs/1704.00028)
# - The photograph is `china.jpg`, one of the two that come with scikit-learn: by danielbuechele on flickr, [CC BY 2.0](https://creativecommons.org/licenses/by/2.0/)
