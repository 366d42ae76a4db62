# %% [markdown] slideshow={"slide_type": "slide"}
# # 04 · DCGAN 32×32 — 합성곱으로 개를 그리다
#
# **한국어 요약**
#
# - 합성곱(convolution)은 그림을 줄이며 특징을 모으고, 전치 합성곱(transposed convolution)은 특징을 펼쳐 그림을 만든다.
# - 발표 자료의 판별자(discriminator)와 생성자(generator) 표를 한 줄씩 쌓고, 매개변수 수를 한 줄씩 맞춰 본다.
# - 작은 DCGAN을 직접 학습시킨다. 몇 분 안에 눈과 귀가 있는 개 얼굴이 나타난다.
# - 미리 학습된 `dcgan32`의 잠재 공간(latent space)을 걸어 다닌다.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["colab"]
# [![Open in Colab](../docs/colab.svg)](https://colab.research.google.com/github/OWNER/dogan/blob/main/notebooks/04_dcgan_32.ipynb)
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
# 합성곱으로 판별자와 생성자를 쌓고, 학습시키고, 그 잠재 공간을 걷는다.
#
# 1. What a convolution with a stride takes away, and what a transposed convolution gives back.
# 2. To build the deck's two networks so exactly that every row of its tables agrees.
# 3. To train a DCGAN with one `fit`, and to read samples and losses together.
# 4. To walk through the latent space, from one dog to another.
# 5. Where the checkerboard comes from, and how to switch it off.

# %% slideshow={"slide_type": "skip"}
import random

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

from dogan_lib import checkpoints, losses, metrics, plots, runtime
from dogan_lib.callbacks import Film, LivePlot
from dogan_lib.classroom import convolutions, diagram, exercises
from dogan_lib.classroom.card import described
from dogan_lib.classroom.diagnosis import Recorder, diagnose
from dogan_lib.dogs import load_dogs
from dogan_lib.gan import GAN
from dogan_lib.generator import latents
from dogan_lib.models import dcgan
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(dogs=256, epochs=2, film=1, batch=32, width=8),
    cpu=dict(dogs=6000, epochs=14, film=3, batch=32, width=32),
    gpu=dict(dogs=6000, epochs=60, film=15, batch=32, width=64),
)
print(runtime.setup(seed=0))
dogs = load_dogs(size=32, source="portraits", limit=cfg.dogs)
cfg

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 이 장에서 바뀌는 것 · What this chapter changes
#
# 생성자와 판별자의 속이 합성곱으로 바뀐다. 게임의 규칙은 그대로다.
#
# **볼 것 · What to see.** Chapter 02's *dense* layer learns anew, for every place, that an ear is an ear. A convolution learns one small pattern and looks for it everywhere.

# %% tags=["hide-input"]
diagram.game(
    lit=("G", "D"),
    labels={"G": "transposed convolutions", "D": "strided convolutions"},
    title="DCGAN",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 합성곱은 모은다 · A convolution gathers
#
# 커널 하나가 그림 위를 미끄러지며 창마다 숫자 하나를 읽는다.
#
# **볼 것 · What to see.** Move `how far`: each position reads 3×3 pixels and writes one number. `stride` 2 quarters the feature map.

# %%
convolutions.SlidingKernel(dogs.images[7])

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 전치 합성곱은 찍는다 · A transposed convolution stamps
#
# 입력 하나가 커널에 곱해져 도장처럼 찍히고, 겹치는 곳은 더해진다.
#
# Five lines of NumPy, which are held below against Keras' own layer.


# %%
def stamp(image, kernel, stride):
    """Transposed convolution of (H, W) with (k, k): every input prints one scaled kernel."""
    k = len(kernel)
    height, width = ((n - 1) * stride + k for n in image.shape)
    canvas = np.zeros((height, width), "float32")
    for row, column in np.ndindex(*image.shape):
        y, x = row * stride, column * stride
        canvas[y : y + k, x : x + k] += image[row, column] * kernel
    return canvas


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 바둑판 무늬 · The checkerboard, on and off
#
# 커널과 스트라이드(stride)에 따라 픽셀마다 찍히는 횟수가 달라지기도 한다. 어떤 커널과 스트라이드에서 고르게 찍힐까? (연습 문제 3)
#
# **볼 것 · What to see.** Kernel 5, stride 2: pixels get 4, 6 or 9 prints before anything is learnt. Kernel 4 prints evenly, and so does *upsample, then stride 1*: the deck's generator.

# %%
shown = convolutions.Stamps()
shown

# %% slideshow={"slide_type": "skip"}
numbers, kernel = np.random.default_rng(0).normal(size=(2, 5, 5)).astype("float32")
layer = layers.Conv2DTranspose(1, 5, strides=2, use_bias=False, dtype="float32")
layer.build((None, 5, 5, 1))
layer.set_weights([kernel[:, :, None, None]])
np.testing.assert_allclose(
    layer(numbers[None, :, :, None])[0, :, :, 0], stamp(numbers, kernel, 2), atol=1e-5
)
print("stamping 5×5 with stride 2 gives", stamp(numbers, kernel, 2).shape, "- and Keras agrees")

SLIDE_D = [4864, 0, 0, 204928, 0, 0, 819456, 0, 0, 3277312, 0, 0, 0, 8193, 0]
SLIDE_G = [1654784, 65536, 0, 0, 0, 0, 819328, 512, 0, 0, 204864, 256, 0, 51232, 128, 0, 2403, 0]


def compare(mine, library, slide):
    """Print each row with parameters beside the slide's number; stop at the first difference."""
    for layer, twin, expected in zip(mine.layers[1:], library.layers[1:], slide, strict=True):
        kind, shape = type(layer).__name__, tuple(layer.output.shape[1:])
        if expected or layer.count_params():
            print(f"{kind:<20}{shape!s:<16}{layer.count_params():>11,}  the slide: {expected:,}")
        assert layer.count_params() == twin.count_params() == expected
        assert (kind, shape) == (type(twin).__name__, tuple(twin.output.shape[1:]))
    print(f"{'total':<36}{mine.count_params():>11,}  and dogan_lib.models.dcgan agrees")


def same(build, twin):
    """With the weights of the library's network, mine returns the same numbers."""
    state = random.getstate()
    mine, library = build(cfg.width), twin(width=cfg.width)
    random.setstate(state)  # building draws seeds: the training starts as if nothing were built
    mine.set_weights(library.get_weights())
    x = np.random.default_rng(0).normal(size=(4, *library.input.shape[1:])).astype("float32")
    gap = np.abs(np.asarray(mine(x) - library(x), "float32")).max()
    assert mine.count_params() == library.count_params() and gap < 0.05
    print(f"{mine.name}: {mine.count_params():,} parameters, as the library's;", end=" ")
    print(f"with its weights the outputs differ by at most {gap:.0e}")


def normalised(x):
    """Batch normalisation and ReLU, after every layer of G but the last."""
    return layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(x))


def transposed(x, filters):
    return layers.Conv2DTranspose(filters, 5, padding="same")(x)


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 판별자, 한 줄씩 · The deck's discriminator, row by row
#
# 5×5 합성곱 네 개가 32×32 그림을 숫자 하나로 줄인다. k×k 합성곱의 매개변수는 (k·k·c_in + 1)·c_out개다. +1은 편향(bias)이다.
#
# LeakyReLU keeps every unit alive; dropout is there to keep D from learning the dogs by heart. Slope 0.2 and the rate are our choice.


# %%
def my_discriminator(width=64, dropout=0.25):
    x = images = keras.Input((32, 32, 3))
    for filters, stride in ((width, 2), (2 * width, 2), (4 * width, 2), (8 * width, 1)):
        x = layers.Conv2D(filters, 5, stride, padding="same")(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
        x = layers.Dropout(dropout)(x)
    x = layers.Dense(1)(layers.Flatten()(x))
    return keras.Model(images, layers.Activation("sigmoid")(x), name="my_discriminator")


compare(my_discriminator(), dcgan.discriminator_32(activation="sigmoid"), SLIDE_D)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 생성자, 한 줄씩 · The deck's generator, row by row
#
# 숫자 100개가 8×8×256이 되고, 두 번 커져서 32×32×3 그림이 된다. 매개변수의 절반 이상이 첫 줄에 있다.
#
# 100 numbers become 8×8×256, and in two doublings a picture. More than half of the parameters are in the first row.


# %%
def my_generator(latent_dim=100, width=256):
    z = keras.Input((latent_dim,))
    x = normalised(layers.Dense(8 * 8 * width)(z))
    x = layers.Dropout(0.25)(layers.Reshape((8, 8, width))(x))
    x = normalised(transposed(layers.UpSampling2D()(x), width // 2))
    x = normalised(transposed(layers.UpSampling2D()(x), width // 4))
    x = normalised(transposed(x, width // 8))
    return keras.Model(z, layers.Activation("tanh")(transposed(x, 3)), name="my_generator")


compare(my_generator(), dcgan.generator_32(), SLIDE_G)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 학습할 생성자 · The generator that we train: narrower
#
# 학습할 망은 표와 다르다: 더 좁고, 4×4에서 시작해 세 번 커지며, 커널은 3×3이고, 드롭아웃이 없다.
#
# The deck's network takes hours on two cores, this one minutes. Batch normalisation takes each layer's mean away, so that a bias before it would do nothing: there is none.


# %%
def narrow_generator(width):
    z = keras.Input((100,))
    x = layers.Dense(4 * 4 * 4 * width, use_bias=False)(z)
    x = normalised(layers.Reshape((4, 4, 4 * width))(x))
    for filters in (2 * width, width):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(layers.UpSampling2D()(x))
        x = normalised(x)
    x = layers.Conv2D(3, 3, padding="same")(layers.UpSampling2D()(x))
    x = layers.Activation("tanh", dtype="float32")(x)
    return keras.Model(z, x, name="narrow_generator")


same(narrow_generator, dcgan.portrait_generator)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ## 학습할 판별자 · Its opponent
#
# 학습할 판별자도 표와 다르다: 더 좁고, 4×4 합성곱 세 개이며, 배치 정규화가 있고, 드롭아웃과 시그모이드가 없다.
#
# As in Radford's paper, D has batch normalisation after every convolution but the first. It returns a logit: the loss does the rest. Both end in float32: inside, half precision is enough.


# %%
def narrow_discriminator(width):
    x = images = keras.Input((32, 32, 3))
    for filters in (width, 2 * width, 4 * width):
        first = filters == width
        x = layers.Conv2D(filters, 4, 2, padding="same", use_bias=first)(x)
        x = x if first else layers.BatchNormalization(momentum=0.9)(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Dense(1, dtype="float32")(layers.Flatten()(x))
    return keras.Model(images, x, name="narrow_discriminator")


same(narrow_discriminator, dcgan.portrait_discriminator)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 학습: `fit` 한 번 · Train: one `fit`
#
# 방금 쌓은 두 망을 학습시킨다. `dcgan`의 것은 같은 망이고, 처음 가중치가 작으며(N(0, 0.02)) 계산이 조금 빠를 뿐이다.
#
# The dogs are the drawn portraits of chapter 03. The networks are the two above; the library's start from N(0, 0.02), as Radford's, and run in fused layers. What a rate does is measured in chapter 05.
#
# **예측 · Predict first (exercise 1).** 학습이 시작되면 무엇이 먼저 나타날까? · Which appears first in the live picture: **A** 눈 · the eyes, **B** 배경의 색 · the colours of the background, **C** 귀의 모양 · the shape of the ears?

# %%
prediction = None  # exercise 1: "A", "B" or "C", before you run the next cell
gan = GAN(
    dcgan.portrait_generator(width=cfg.width),
    dcgan.portrait_discriminator(width=cfg.width),
    latent_dim=100,
)
gan.compile(
    loss=losses.NonSaturating(),
    g_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
    d_optimizer=keras.optimizers.Adam(4e-4, beta_1=0.5),
    ema=0.995,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ## 몇 분 뒤에는 개가 있다 · In a few minutes there are dogs
#
# 손실은 점수다. 그림을 보라.

# %%
film, recorder = Film(samples=12, every=cfg.film), Recorder()
watching = [LivePlot(samples=25, guess=np.log(4)), film, recorder]
history = gan.fit(dogs.batches(cfg.batch), epochs=cfg.epochs, verbose=0, callbacks=watching)

# %% [markdown]
# **볼 것 · What to see.** Look at the dogs. D's loss falls far below log 4 = 1.386, that of a guess (dotted), and G's climbs: D tells more and more fakes, and still G goes on to draw dogs. A loss here is a *score in a game*.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 학습의 영화 · The film of this run, measured
#
# 같은 z 열두 개를 세 에포크마다 본다(`cpu`). 곡선만 읽으면 D의 완승이지만 그림은 좋아진다: 둘 다 보아야 한다.
#
# Look at both. KID's floor is that of real portraits against other real ones.

# %% tags=["hide-input"]
fresh = load_dogs(size=32, source="portraits", seed=1, limit=1000 if cfg.width > 8 else 64)
n = len(fresh) // 2
real, others = fresh.images[:n], fresh.images[n:]
print("floor: other portraits", metrics.kid(real, others, "dognet"))
print("this GAN's samples    ", metrics.kid(real, gan.sample(n, seed=2), "dognet"))
found = diagnose(recorder.history)
print(f"{found.name}: {found.signs[0]}")
plots.show(film.figure(), "The same twelve latents as the training goes on.", dpi=78)

# %% [markdown]
# **볼 것 · What to see.** Backgrounds and blurred heads first, then ears and eyes; some heads melt still. Later chapters put *their* networks on these portraits.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 발표 자료의 망 그대로, 진짜 개로 · The deck's full network on real dogs
#
# `dcgan32`는 위의 표와 똑같은 망을 스탠퍼드 개로 오래 학습한 것이다: 두 코어에서 두 시간 가까이(6,872초).
#
# The networks of the deck's tables, trained for long on the Stanford dogs. **볼 것 · What to see.** Squint: coats, poses, grass and floors. Look closely: legs end in the air, faces are smears. Chapter 05 goes to 64×64, chapter 15 gets faces.

# %% tags=["hide-input"]
shipped = checkpoints.load_generator("dcgan32")
print(*described(shipped).splitlines()[:7], sep="\n")  # its scores are in chapter 14
plots.show(
    plots.grid(shipped.sample(60, seed=0), columns=12, scale=0.75), "60 dogs drawn by dcgan32."
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 잠재 공간 산책 · A walk through the latent space
#
# 한 z에서 다른 z로 아홉 걸음을 걷는다. 개가 끊김 없이 바뀐다.
#
# **볼 것 · What to see.** Above the GAN that you have just trained, below `dcgan32`: neighbours differ a little, the ends a lot. A sudden jump would hint that G has learnt single dogs by heart.


# %%
def path(first, last):
    """Nine latents from one to the other, as long as Gaussian ones are: √100."""
    z = np.linspace(first, last, 9)
    return 10 * z / np.linalg.norm(z, axis=1, keepdims=True)


mine = checkpoints.Generator(gan.ema_generator)
near = path(*latents(12, 100, seed=0)[[5, 9]])  # from a dog of the film to another
far = path(*(np.random.default_rng(seed).normal(size=100) for seed in (24, 28)))
both = np.concatenate([mine.decode(near), shipped.decode(far)])
alt = "Nine steps from one z to another, by this chapter's GAN and by dcgan32."
plots.show(plots.grid(both, columns=9, scale=1.4), alt)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ## 직접 걷기 · Walk yourself
#
# 두 시드를 고르고 슬라이더를 민다.
#
# **볼 것 · What to see.** `dcgan32`, from the left dog to the right one; in the middle, on the way: a picture that nobody has taken. Move the slider: it changes little by little.

# %%
from dogan_lib.classroom.widgets import LatentWalk

walk = LatentWalk(shipped)
walk.start.value, walk.end.value = 24, 28
walk

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇이 잘못되나 · What went wrong, and how to tell
#
# - 바둑판 무늬 · **Checkerboard**: uneven prints. Switch kernel or growth.
# - 모드 붕괴 · **Mode collapse**: all samples alike. Look at 64, not at 4.
# - D의 완승 · **D wins**: its loss goes towards 0. G *may* stop learning: look at the pictures. Chapter 05 makes it happen.
# - 암기 · **Memorising**: samples are training pictures. Look at nearest neighbours (chapter 03).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 연습 문제 · Exercises
#
# 1. **예측 · Predict.** (before the run) Which appears first: **A**, **B** or **C** of the slide "Train: one `fit`"? Set `prediction` there.
# 2. **세기 · Count.** Four 5×5 convolutions, *all four* with stride 2: how many pixels wide is the window that one output looks at, its receptive field (수용 영역)? 한 층은 창을 (커널 − 1) × 이웃 사이의 거리만큼 넓히고, 스트라이드 2는 그 거리를 두 배로 한다. 4×4 세 층이면 1 + 3 + 3·2 + 3·4: 4, 10, 22이다.
# 3. **유도 · Derive.** `even(kernel, stride)`: does every inner pixel get the same number of prints?
# 4. **고치기 · Repair.** `broken_update` should move D alone. Something else moves as well.
# 5. **바꾸고 학습하기 · Change and train.** Train the `gan` above for at most six epochs more, about 90 seconds on two cores: bring KID to 0.07 or less. Rates, batch and average are yours. Does D's falling loss mean that it is over?
#
# `exercises.solution("04-receptive-field")` shows a folded answer; so do the other names.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
exercises.check("04-first-seen", prediction)
exercises.check("04-receptive-field", None)
better = None  # your GAN: gan, trained from cfg.epochs to at most cfg.epochs + 6
exercises.check("04-better", better)


def even(kernel, stride):
    """True where every inner pixel of a transposed convolution gets equally many prints."""


exercises.check("04-even-prints", even)

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
import tensorflow as tf


def broken_update(D, G, optimizer, real, z):
    """One step of the discriminator. After it, D has moved and G has not. Mend it."""
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        fake = G(z, training=True)
        loss = bce(tf.ones((len(real), 1)), D(real)) + bce(tf.zeros((len(fake), 1)), D(fake))
    moved = D.trainable_variables + G.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, moved), moved, strict=True))


exercises.check("04-repair", broken_update)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 요약 · Summary
#
# 합성곱은 모으고 전치 합성곱은 찍는다. 좁은 DCGAN은 몇 분 만에 개를 그린다.
#
# - A strided convolution gathers and halves; a transposed convolution stamps and doubles. Uneven stamps are the checkerboard.
# - The deck's tables, 4,314,753 and 2,799,043 parameters, are two short functions, and every row agrees.
# - A narrow DCGAN learns portraits in a few minutes. Judge by samples *and* by a measure.
# - A walk in the latent space changes the picture little by little. Going deeper finds a direction in it that means something.

# %% [markdown] slideshow={"slide_type": "skip"}
# ## References
#
# - Radford, Metz, Chintala 2015, *Unsupervised representation learning with deep convolutional GANs*, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434)
# - Odena, Dumoulin, Olah 2016, *Deconvolution and checkerboard artifacts*, Distill, [doi:10.23915/distill.00003](https://doi.org/10.23915/distill.00003)
# - Dumoulin, Visin 2016, *A guide to convolution arithmetic for deep learning*, [arXiv:1603.07285](https://arxiv.org/abs/1603.07285)
# - Jaejun Yoo's Playground, *Deep Convolutional GAN (DCGAN)*, [jaejunyoo.blogspot.com](http://jaejunyoo.blogspot.com/2017/02/deep-convolutional-gan-dcgan-1.html)
# - Sualab research blog, *Generative Adversarial Networks*; dreamgonfly, *GAN explained*: the deck's own reading list

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: how far D sees
#
# 층이 깊어질수록 숫자 하나가 더 넓은 창을 본다. 그 창이 수용 영역(receptive field)이다. · Each layer widens the window by (kernel − 1) times the distance between its neighbours, and a stride of 2 doubles the distance: three 4×4 convolutions see 1 + 3, + 3·2, + 3·4 = 4, 10, 22 pixels.
#
# **볼 것 · What to see.** Where the gradient of one output reaches. Brighter inside than at the rim: a D output listens most to the middle of its window.

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
from dogan_lib.classroom.heat import heat_over

figure, axes = plt.subplots(1, 3, figsize=(12, 4.4))
seen = plots.to_uint8(dogs.images[:16]).astype("float32") / 127.5 - 1
convs = [x for x in gan.discriminator.layers if isinstance(x, layers.Conv2D)]
for ax, conv in zip(axes, convs, strict=False):
    marks = convolutions.footprint(gan.discriminator, conv.name, seen)
    ax.imshow(heat_over(dogs.images[7], marks, zoom=8))
    side = int(np.ptp(np.nonzero(marks.max(axis=0))[0])) + 1
    ax.set_title(
        f"one of {conv.output.shape[1]}×{conv.output.shape[2]} outputs: {side} pixels wide"
    )
    ax.axis("off")
figure.tight_layout()
plots.show(figure, "Which pixels move one output of D's three convolutions: wider with each layer.")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: arithmetic with dogs
#
# 밝은 개들의 평균 z에서 어두운 개들의 평균 z를 빼면 "더 밝은 한가운데"라는 방향이 된다.
#
# **볼 것 · What to see.** The means rise with every step along the direction, and three dogs follow it. Only the *middle* was measured, and mostly the coat there changes.

# %% slideshow={"slide_type": "skip"}
z = np.random.default_rng(0).normal(size=(1024, shipped.latent_dim)).astype("float32")
middle = shipped.decode(z)[:, 10:22, 10:22].mean(axis=(1, 2, 3))
order = np.argsort(middle)
direction = z[order[-256:]].mean(0) - z[order[:256]].mean(0)
amounts = np.linspace(-3, 3, 9)
steps = amounts[:, None] * direction / np.linalg.norm(direction)
rows = [shipped.decode(start + steps) for start in z[[5, 8, 13]]]
moved = [shipped.decode(z[:128] + step)[:, 10:22, 10:22].mean() for step in steps]
print("mean of the middle, 128 dogs:", *(f"{value:+.2f}" for value in moved))

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
figure = plots.grid(
    np.concatenate(rows), columns=9, scale=1.1, title="−   brightness of the middle   +"
)
plots.show(figure, "Three dogs, each moved along the direction from a dark to a bright middle.")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: the checkerboard in numbers
#
# A pattern that flips from pixel to pixel is the highest frequency that a picture can hold. The share of a picture's energy that sits there,
# for two *untrained* generators that differ only in how they grow, for the shipped one, and for the portraits:


# %% slideshow={"slide_type": "skip"}
def nyquist_share(images):
    """Share of the energy (mean removed) in the frequencies that alternate along x or y."""
    grey = np.asarray(images, "float32").mean(axis=3)
    power = np.abs(np.fft.fft2(grey - grey.mean(axis=(1, 2), keepdims=True))) ** 2
    half = power.shape[1] // 2
    return float((power[:, half].sum() + power[:, :, half].sum()) / power.sum())


def grown_by(grow):
    z = keras.Input((16,))
    x = layers.Reshape((8, 8, 32))(layers.Dense(8 * 8 * 32)(z))
    return keras.Model(z, layers.Conv2D(3, 1)(grow(grow(x))))


# %% slideshow={"slide_type": "skip"}
noise = np.random.default_rng(0).normal(size=(64, 16)).astype("float32")
strided = grown_by(lambda x: layers.Conv2DTranspose(32, 5, 2, padding="same")(x))
upsampled = grown_by(lambda x: transposed(layers.UpSampling2D()(x), 32))
for name, images in (
    ("strided, untrained", strided(noise)),
    ("upsampled, untrained", upsampled(noise)),
    ("dcgan32, trained", shipped.sample(256)),
    ("portraits", dogs.images[:256]),
):
    share = nyquist_share(images)
    print(f"{name:<22}{share:8.3%}  " + "▇" * round(share * 400))
