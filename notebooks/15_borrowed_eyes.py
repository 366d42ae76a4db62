# %% [markdown] slideshow={"slide_type": "slide"}
# # 15 · 빌린 눈 — 미리 배운 눈으로 보는 판별자
#
# **한국어 요약**
#
# - 개 사진 12,000장만 본 판별자(discriminator)는 색과 자세는 읽어도 귀 모양은 잘 모른다.
# - Projected GAN은 판별자에게 이미 세상을 배운 망의 **특징(features)** 을 빌려준다. 그 망은 얼려 두고, 작은 머리(head) 네 개만 학습한다.
# - 다 배운 생성자(generator)를 넓혀 빌린 눈으로 더 오래 학습하니 얼굴이 보이는 개가 많아졌다.
# - 대가도 있다. 눈과 코가 겹쳐 그려지고, Kaggle 규칙에 어긋나고, ImageNet 특징으로 재는 FID는 후할 수 있다.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["colab"]
# [![Open in Colab](../docs/colab.svg)](https://colab.research.google.com/github/OWNER/dogan/blob/main/notebooks/15_borrowed_eyes.ipynb)
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
# 판별자에게 사전 학습된 눈을 빌려주고, 얻는 것과 잃는 것을 본다.
#
# 1. What a D that has seen nothing but 12,000 dogs does not know of dogs.
# 2. What pretrained features see, at four scales.
# 3. Why they are mixed at random before D's heads look at them.
# 4. To make a Projected GAN of any GAN of this course: one argument.
# 5. What goes wrong with it, what it costs, and where it is not allowed.

# %% slideshow={"slide_type": "skip"}
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(dogs=256, batch=16, width=8, probe=300, seconds=2, shown=16, n=64),
    cpu=dict(dogs=6000, batch=32, width=32, probe=3000, seconds=60, shown=64, n=500),
    gpu=dict(dogs=6000, batch=32, width=64, probe=6000, seconds=180, shown=64, n=500),
)
cfg

# %% slideshow={"slide_type": "skip"}
import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import RidgeClassifier

from dogan_lib import checkpoints, metrics, plots, runtime
from dogan_lib.callbacks import StopAfter
from dogan_lib.classroom import diagram, exercises, leaderboard
from dogan_lib.classroom.heat import heat_over
from dogan_lib.dogs import load_dogs
from dogan_lib.gan import GAN
from dogan_lib.metrics.features import resize
from dogan_lib.models import dcgan, pggan, projected
from dogan_lib.saving import read_network

print(runtime.setup(seed=0))
dogs = load_dogs(size=32, source="portraits", limit=cfg.dogs)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 이 장에서 바뀌는 것 · What this chapter changes
#
# 판별자 앞에 얼린 눈이 하나 생긴다. 나머지는 그대로다.
#
# **볼 것 · What to see.** Pictures reach D through a network that is never trained. Gradients flow back *through* it, to G.

# %% tags=["hide-input"]
diagram.game(
    lit=("eyes", "D"),
    labels={"eyes": "frozen\nfeatures", "D": "four small\nheads"},
    title="Projected GAN",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 심판은 무엇을 아는가 · What does a judge know?
#
# 마지막 특징에서 귀, 자세, 색을 직선 하나로 읽는다. 판별자가 가장 모르는 것은 귀다.

# %% slideshow={"slide_type": "skip"}
doodles = load_dogs(size=64, source="doodle", limit=cfg.probe, progress=False)
train, test = np.split(np.arange(len(doodles)), [len(doodles) * 2 // 3])
pixels = doodles.images.astype("float32") / 127.5 - 1


def last_features(network, images):
    """Mean over all positions of a network's last square features, (n, channels)."""
    square = [x.output for x in network.layers if len(getattr(x.output, "shape", ())) == 4]
    read = keras.Model(network.inputs[0], keras.ops.mean(square[-1], axis=(1, 2)))
    images = resize(images, network.input_shape[1])
    parts = [read(images[i : i + 100], training=False) for i in range(0, len(images), 100)]
    return np.concatenate([np.asarray(part, "float32") for part in parts])


def linear_probe(features, name):
    """Share of held-out doodles whose attribute a linear classifier reads off the features."""
    scaled = (features - features[train].mean(0)) / (features[train].std(0) + 1e-6)
    values = doodles.attributes[name]
    reader = RidgeClassifier(alpha=10.0).fit(scaled[train], values[train])
    return reader.score(scaled[test], values[test])


# %% slideshow={"slide_type": "skip"}
fade = {"Fade": pggan.Fade}  # a layer of chapter 10
shipped = runtime.data_dir() / "checkpoints"
judge = keras.models.load_model(shipped / "pggan64_judge.keras", custom_objects=fade)
seen = {
    "pixels": pixels[:, ::4, ::4].reshape(len(pixels), -1),
    "a GAN's D": last_features(judge, pixels),
    "DogNet": last_features(read_network(shipped / "dognet.keras"), pixels),
    "ImageNet's lite1": last_features(read_network(shipped / "lite1.keras"), pixels),
}
names = ("ears", "pose", "colour")
shares = {who: [linear_probe(x, name) for name in names] for who, x in seen.items()}

# %% tags=["hide-input"]
figure, ax = plt.subplots(figsize=(10, 4.4))
colours = [plots.PALETTE[name] for name in ("neutral", "d", "accent", "real")]
for i, (who, values) in enumerate(shares.items()):
    bars = ax.bar(np.arange(3) + 0.2 * (i - 1.5), values, 0.19, label=who, color=colours[i])
    ax.bar_label(bars, [f"{value:.0%}" for value in values], fontsize=13)
counts = [np.unique(doodles.attributes[name], return_counts=True)[1].max() for name in names]
chance = np.array(counts) / len(doodles)
ax.hlines(chance, np.arange(3) - 0.4, np.arange(3) + 0.4, color="black", label="commonest")
ax.set_xticks(range(3), names, fontsize=14)
ax.set_yticks([0, 0.5, 1], ["0%", "50%", "100%"], fontsize=12)
ax.set(ylim=(0, 1.06))
ax.spines[["top", "right"]].set_visible(False)
ax.set_ylabel("read right", fontsize=13)
ax.legend(ncols=5, fontsize=12, frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.02))
plots.show(
    figure, "Share of held-out doodles whose ears, pose and colour a linear probe reads right."
)

# %% [markdown]
# **볼 것 · What to see.** The D is `pggan64`'s, trained on 12,000 real dogs. DogNet had an advantage: it learnt the names of these 16 drawn breeds, too. lite1's features come from ImageNet's photographs and had never seen a drawn dog; they read ears and pose best.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 특징은 무엇을 보는가 · What the features see
#
# 이 개에서는 얕은 층이 가장자리에, 깊은 층이 넓은 자리에 켜진다.

# %% tags=["hide-input"]
network = projected.dognet()
maps = [np.asarray(m, "float32")[0] for m in network([pixels[3:4]], training=False)]
figure, axes = plt.subplots(2, 5, figsize=(12.5, 5.2))
for ax in axes.flat:
    ax.axis("off")
axes[0, 0].imshow(doodles.images[3])
axes[0, 0].set_title("the dog", fontsize=13)
for column, m in enumerate(maps, 1):
    order = np.argsort(-m.std(axis=(0, 1)))
    for row in range(2):
        heat = m[..., order[row]] - m[..., order[row]].min()
        axes[row, column].imshow(heat_over(doodles.images[3], heat, zoom=4))
    axes[0, column].set_title(f"{m.shape[0]}×{m.shape[0]}, {m.shape[-1]} maps", fontsize=13)
figure.tight_layout()
plots.show(figure, "A dog, and the two liveliest feature maps of DogNet at four scales over it.")

# %% [markdown]
# **볼 것 · What to see.** Two maps a scale. On the left outlines and coat, on the right wide places: head, body, background. One dog only.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 섞기 · Mixing
#
# 판별자가 좋아하는 특징 몇 개에만 기대지 않도록, 무작위 합성곱으로 섞는다. 논문의 이름: cross-channel mixing (CCM), cross-scale mixing (CSM).
#
# Nothing here is trained. Each output channel at a fine scale also hears the coarse scales.


# %%
def my_mixing(maps, kernels_1x1, kernels_3x3):
    """Four maps (batch, n, n, c), large to small -> four maps, mixed across channels and scales."""
    mixed = [keras.ops.conv(m, k, padding="same") for m, k in zip(maps, kernels_1x1, strict=True)]
    outputs = [mixed[-1]]
    for m, kernel in zip(reversed(mixed[:-1]), kernels_3x3, strict=True):
        below = keras.ops.conv(outputs[0], kernel, padding="same")
        size = m.shape[1:3]
        outputs.insert(0, m + keras.ops.image.resize(below, size, data_format="channels_last"))
    return outputs


# %% slideshow={"slide_type": "skip"}
shapes = [tuple(m.shape) for m in maps]
mix = projected.mixing(shapes)
kernels = sorted((np.asarray(w) for w in mix.weights), key=lambda kernel: kernel.shape[2])
ones = [k for k in kernels if k.shape[0] == 1]
threes = [k for k in reversed(kernels) if k.shape[0] == 3]
batch = [keras.ops.convert_to_tensor(m[None]) for m in maps]
for mine, theirs in zip(my_mixing(batch, ones, threes), mix(batch), strict=True):
    theirs = np.asarray(theirs, "float32")  # in bfloat16 where the CPU has it
    np.testing.assert_allclose(mine, theirs, atol=0.03 * np.abs(theirs).max())
print("the library's mixing gives the same four maps, to the three digits of bfloat16")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 인자 하나 · One argument
#
# 같은 생성자, 같은 손실, 같은 데이터. 판별자만 다르다.


# %%
def trained(discriminator, seconds=cfg.seconds, seed=0):
    """A GAN of the portraits' G and this D, after so many seconds."""
    keras.utils.set_random_seed(seed)
    gan = GAN(dcgan.portrait_generator(width=cfg.width), discriminator, latent_dim=100)
    rates = dict(g_optimizer=1e-3, d_optimizer=4e-4)
    adams = {who: keras.optimizers.Adam(rate, beta_1=0.5) for who, rate in rates.items()}
    gan.compile(**adams, ema=0.995)
    gan.fit(dogs.batches(cfg.batch), epochs=999, verbose=0, callbacks=[StopAfter(seconds)])
    return gan


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 먼저 맞혀 보기 · Predict
#
# 같은 시간 뒤 KID[dognet-1]가 낮은 쪽은? A: 자기 판별자로 배운 생성자. B: 빌린 눈(DogNet)으로 배운 생성자.
#
# After equal seconds on portraits, which G has the lower KID[dognet-1]: **A** the one with its own D, or **B** the one with borrowed eyes, DogNet's?

# %% tags=["exercise"]
prediction = None
exercises.check("15-ahead", prediction)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ## 같은 시간 뒤에 · After equal seconds
#
# 빌린 눈의 생성자는 그림을 훨씬 적게 본다.

# %% tags=["hide-input"]
gans = {
    "its own D": trained(dcgan.portrait_discriminator(cfg.width)),
    "DogNet's eyes": trained(projected.discriminator(32, "dognet", channels=(16, 32, 64, 128))),
}
fresh = load_dogs(size=32, source="portraits", seed=1, limit=2 * cfg.n, progress=False)
figure = plots.beside(
    *(gan.sample(cfg.shown, seed=1) for gan in gans.values()), titles=tuple(gans), scale=0.53
)
plots.show(
    figure, "Portraits of the same G, trained for equal seconds by its own D and by borrowed eyes."
)
for name, gan in gans.items():
    score = metrics.kid(fresh.images[: cfg.n], gan.sample(cfg.n, seed=2), "dognet")
    print(f"{name:<14} {int(gan.step) * cfg.batch:>8,} pictures seen   {score}")

# %% [markdown]
# **볼 것 · What to see.** Right, fewer pictures seen, blurred dogs, and the *lower* KID: DogNet measures, and D looked through DogNet. To our eyes the left ones are better. One seed.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 진짜 개에서 · On real dogs
#
# `projected64`는 `biggan64`의 생성자를 이어받아 넓히고, 눈을 빌려 더 학습했다.

# %% tags=["hide-input"]
both = [checkpoints.load_generator(name) for name in ("biggan64", "projected64")]
labels = np.arange(72) * 120 // 72
figure, axes = plt.subplots(1, 2, figsize=(12.8, 5.6))
for ax, generator in zip(axes, both, strict=True):
    ax.imshow(plots.tile(generator.sample(72, seed=4, labels=labels), 9))
    ax.set_title(generator.card["name"], fontsize=14)
    ax.axis("off")
figure.tight_layout()
plots.show(
    figure, "72 breeds each, same order, none picked: biggan64 left, projected64 right.", dpi=96
)

# %% [markdown]
# **볼 것 · What to see.** Same order of breeds, none picked. Left: fur, legs, a lawn. Right: more muzzles, eyes, outlines; its G is wider, too, and was trained longer.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 128픽셀, 고르지 않은 24마리 · At 128 pixels, none picked
#
# `projected128`: 같은 방법을 두 배 크기로 키웠다. 견종도 z도 고르지 않았다.
#
# **볼 것 · What to see.** Its last block was added to the finished 64-pixel G and started at zero (chapter 10's growth).

# %% tags=["hide-input"]
large = checkpoints.load_generator("projected128")
plots.show(
    plots.grid(large.sample(24, seed=5), columns=8, scale=1.55),
    "24 dogs of 128x128 pixels drawn by projected128, none picked.",
    dpi=96,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 128픽셀, 견종마다 한 줄 · At 128 pixels, a breed a row
#
# 이름을 부르면 그 개가 오는가?
#
# **볼 것 · What to see.** Down a column, one z: most coats follow the name, poses hardly change.

# %% tags=["hide-input"]
called = ["Samoyed", "Doberman", "pug", "golden retriever"]
rows = [large.sample(6, seed=7, labels=name) for name in called]
figure, ax = plt.subplots(figsize=(10.5, 5.6))
ax.imshow(plots.tile(np.concatenate(rows), 6))
ax.set_yticks(130 * np.arange(4) + 64, called, fontsize=14)
ax.set(xticks=[], frame_on=False)
ax.tick_params(length=0)
figure.tight_layout()
plots.show(figure, "Six dogs each of four breeds at 128x128.", dpi=100)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇이 잘못되나 · What goes wrong
#
# 특징은 눈이 *있다*고 말하지, *몇 개인지*는 잘 말하지 않는다.

# %% tags=["hide-input"]
drawn = both[1].sample(120, seed=7, labels=np.arange(120))
faults = {53: "two noses", 44: "two faces", 16: "no head"}
picked = plots.grid(drawn[list(faults)], 3, titles=list(faults.values()), scale=4)
plots.show(picked, "Three of 120 dogs that projected64 drew, picked for their faults.")
board = leaderboard.read()
for row in board["rows"]:
    if row["name"] in ("real dogs through 32 px", "projected64", "biggan64"):
        shown = "".join(f"{key} {row[key][1]:6.3g}   " for key in ("FID", "precision", "recall"))
        print(f"{row['name']:<26}{shown}[{board['network']}, n={board['n']}]")

# %% [markdown]
# **볼 것 · What to see.** Picked among 120, a breed each. FID ranks `projected64` before real dogs seen through 32 pixels, of which each has the head that it had; lite1 measures, which learnt from ImageNet, too. Recall says the opposite.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇을 보고 아나 · How to tell, and what it costs
#
# 눈을 빌리면 빌린 만큼 갚아야 한다.
#
# | you see | likely | look at |
# |---|---|---|
# | eyes, noses, faces too many | D's heads take means over positions: they ask whether, hardly where or how often | pictures one by one, enlarged |
# | FID falls, pictures stay as they are | G matches ImageNet's features, and the ruler looks through them (Kynkäänniemi et al. 2022) | a network that no G was trained with; people |
# | the lowest KID, blurred dogs | ruler and D look through one network, as in the run above | the same |
# | disqualified | *Generative Dog Images* allowed no pretrained networks and no other data: `projected64` could not take part | the rules, before you train |
#
# And somebody paid before: ImageNet's eyes learnt from 1.3 million labelled photographs.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 연습 문제 · Exercises
#
# `None` 자리에 답을 쓰고 칸을 실행한다.
#
# 1. **예측 · Predict.** On the slide "Predict", before the run.
# 2. **세기 · Count.** Eyes with channels (32, 64, 128, 256) at strides 4, 8, 16, 32 look at 96×96 pixels. How many numbers do the heads get for one picture?
# 3. **고치기 · Repair.** `blind_loss` trains G through frozen eyes. G learns nothing. Why?
# 4. **바꾸고 학습하기 · Change and train.** Bring KID[dognet-1] to 0.02 or less with borrowed eyes, in two minutes at most: channels, batch, rates, average. Then look: are the dogs better to your eyes, too?
#
# `exercises.solution("15-ahead")` shows the folded answer of the first; the others are `15-numbers`, `15-blind`, `15-target`.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
import tensorflow as tf


def blind_loss(eyes, heads, fake):
    """G's non-saturating loss through frozen eyes. Mend it: G must get a gradient."""
    features = tf.stop_gradient(eyes(fake))  # the eyes are frozen
    return tf.reduce_mean(tf.nn.softplus(-heads(features)))


mine = None  # your own way
exercises.check("15-numbers", None)
exercises.check("15-blind", blind_loss)
exercises.check("15-target", mine)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 요약 · Summary
#
# 판별자는 보이는 것만 가르칠 수 있다.
#
# - D can only teach what it sees. Frozen features of a network that has seen more give it more to see from the first step.
# - Features are mixed at random, across channels and scales, so that D cannot rest on a few of them; one small head a scale judges.
# - In this course that is one argument: `projected.discriminator(...)`.
# - It is not free: doubled eyes and noses, scores that may flatter, rules.

# %% [markdown] slideshow={"slide_type": "skip"}
# ## References
#
# - Sauer, Chitta, Müller, Geiger 2021, *Projected GANs converge faster*, [arXiv:2111.01007](https://arxiv.org/abs/2111.01007)
# - Kynkäänniemi, Karras, Aittala, Aila, Lehtinen 2022, *The role of ImageNet classes in Fréchet Inception Distance*, [arXiv:2203.06026](https://arxiv.org/abs/2203.06026)
# - Tan, Le 2019, *EfficientNet*, [arXiv:1905.11946](https://arxiv.org/abs/1905.11946); the Lite variant: TensorFlow blog, March 2020

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: without mixing
#
# 깊은 스케일일수록 채널 일부가 에너지를 차지한다. 섞으면 더 고르게 퍼진다.
#
# **볼 것 · What to see.** How many channels count: of the finest scale most, of the coarsest a third, and after mixing three quarters. Whether G gains by it is not measured here.


# %% slideshow={"slide_type": "skip"}
def effective_channels(m):
    """How many channels carry a map: (sum e)^2 / sum e^2 for the energies e of the channels."""
    energy = np.square(np.asarray(m, "float32")).mean(axis=(0, 1, 2))
    return energy.sum() ** 2 / np.square(energy).sum()


some = network([pixels[:64]], training=False)
print("scale      before        after mixing")
for before, after in zip(some, mix(some), strict=True):
    n = f"{before.shape[1]}×{before.shape[1]}"
    print(f"{n:<8}{effective_channels(before):6.1f} of {before.shape[-1]:<4}", end="")
    print(f"{effective_channels(after):8.1f} of {after.shape[-1]}")
