# %% [markdown] slideshow={"slide_type": "slide"}
# # 04 · DCGAN 32×32 — 합성곱으로 개를 그리다
#
# **한국어 요약**
#
# - 합성곱(convolution)은 그림을 줄이며 특징을 모으고, 전치 합성곱(transposed convolution)은 특징을 펼쳐 그림을 만든다.
# - 발표 자료의 판별자(discriminator)와 생성자(generator) 표를 한 줄씩 쌓고, 매개변수 수를 한 줄씩 맞춰 본다.
# - 직접 학습시켜 손실과 표본이 함께 움직이는 모습을 보고, 미리 학습된 생성자의 개와 견주어 본다.
# - 잠재 공간(latent space)을 걸어 다니며 보간(interpolation)과 벡터 산술을 해 본다.
# - 바둑판 무늬(checkerboard)가 왜 생기는지 세어 보고, 없애는 방법을 확인한다.

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
    from dogan_lib import colab

    colab.prepare(KEEP_ON_DRIVE)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you will learn
#
# 1. What a convolution with a stride takes away, and what a transposed convolution gives back, counted on one dog.
# 2. To build the deck's two networks so exactly that every row of its tables agrees.
# 3. To train them with one `fit`, and to read the samples and the two losses together.
# 4. To walk through the latent space: from one dog to another, and "darker" as a direction.
# 5. Where the checkerboard comes from, and why this generator has little of it.

# %% slideshow={"slide_type": "slide"}
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(images=192, epochs=1, batch=32, g_width=32, d_width=8, dogs_shown=16),
    cpu=dict(images=3000, epochs=5, batch=64, g_width=256, d_width=64, dogs_shown=64),
    gpu=dict(images=20580, epochs=60, batch=64, g_width=256, d_width=64, dogs_shown=64),
)
cfg

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

from dogan_lib import checkpoints, losses, plots, runtime
from dogan_lib.augment import DiffAugment
from dogan_lib.callbacks import LivePlot
from dogan_lib.classroom import exercises
from dogan_lib.dogs import load_dogs
from dogan_lib.gan import GAN
from dogan_lib.models import dcgan
from dogan_lib.plots import PALETTE

print(runtime.setup(seed=0))
dogs = load_dogs(size=32, limit=cfg.images)
dogs

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The idea in one picture
#
# In chapter 02 a *dense* layer looked at all 784 pixels at once: it has to learn anew, for every place, that an ear is an ear.
# A **convolution** (합성곱) learns one small pattern and looks for it everywhere. With stride 2 it also halves the picture.
# Stack a few, and one number at the end has seen a whole dog. How much of it, exactly? Each layer widens the **receptive field** (수용 영역)
# by (kernel − 1) × the distance between its neighbours in the picture.


# %%
def receptive_fields(convolutions):
    """Side of the window, in pixels, that one output of each layer sees."""
    field, jump, fields = 1, 1, []
    for kernel, stride in convolutions:
        field += (kernel - 1) * jump
        jump *= stride
        fields.append(field)
    return fields


fields = receptive_fields([(5, 2), (5, 2), (5, 2), (5, 1)])
fields

# %% slideshow={"slide_type": "fragment"}
figure, axes = plt.subplots(1, 4, figsize=(10, 2.9))
for ax, field, side in zip(axes, fields, (16, 8, 4, 4), strict=True):
    ax.imshow(dogs.images[0], extent=(0, 32, 32, 0))
    corner = 16 - field / 2
    window = plt.Rectangle((corner, corner), field, field, fill=False, lw=2.5, ec=PALETTE["fake"])
    ax.add_patch(window)
    ax.set(xlim=(-16, 48), ylim=(48, -16), xticks=[], yticks=[])
    ax.set_title(f"one of {side}×{side} outputs\nsees {field}×{field} pixels", fontsize=9)
figure.tight_layout()
plots.show(
    figure,
    "A dog with the window that one output of D's four convolutions sees: 5, 13, 29 and 61 pixels wide.",
)

# %% [markdown]
# After three convolutions one number sees almost the whole 32×32 dog, after the fourth all of it and the padding around.
# That is enough for the judge. The forger has the opposite job: from one number to many pixels.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A transposed convolution is a stamp
#
# A convolution *gathers*: one output reads a window of inputs. Its transpose *stamps*: each input number multiplies the kernel
# and prints it onto the output, `stride` pixels further for each step; where prints overlap, they add up.
# Here it is by hand, and the check that Keras does the same.


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


numbers, kernel = np.random.default_rng(0).normal(size=(2, 5, 5)).astype("float32")
layer = layers.Conv2DTranspose(1, 5, strides=2, use_bias=False, dtype="float32")
layer.build((None, 5, 5, 1))
layer.set_weights([kernel[:, :, None, None]])
np.testing.assert_allclose(
    layer(numbers[None, :, :, None])[0, :, :, 0], stamp(numbers, kernel, 2), atol=1e-5
)
print(
    "stamping 5×5 numbers with stride 2 gives",
    stamp(numbers, kernel, 2).shape,
    "- and Keras agrees",
)

# %% [markdown]
# `padding="same"` cuts the rim off so that the output is exactly `stride` times as large: 16 → 32, not 16 → 35.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How many prints does each pixel get?
#
# Print a picture of ones with a kernel of ones and count. With stride 2 and an odd kernel, neighbours get **different** numbers
# of prints: a checkerboard before anything is learned. `UpSampling2D` followed by a stride-1 convolution, which is what the deck's
# generator does, prints evenly.

# %%
ones, five = np.ones((8, 8), "float32"), np.ones((5, 5), "float32")
strided = stamp(ones, five, stride=2)[2:-2, 2:-2]
even = stamp(np.kron(ones, np.ones((2, 2))), five, stride=1)[2:-2, 2:-2]
figure, axes = plt.subplots(1, 2, figsize=(7, 3.3))
for ax, counts, title in zip(
    axes, (strided, even), ("Conv2DTranspose, stride 2", "UpSampling2D, then stride 1"), strict=True
):
    shown = ax.imshow(counts[:15, :15], cmap="cividis")
    ax.set(title=title, xticks=[], yticks=[])
    figure.colorbar(shown, ax=ax, label="prints per pixel", shrink=0.8)
figure.tight_layout()
for name, counts in (("stride 2", strided), ("upsampled", even)):
    print(f"prints on an inner pixel, {name}:", sorted({int(n) for n in counts[4:-4, 4:-4].flat}))
plots.show(
    figure,
    "Counts of overlapping prints: a checkerboard of 4, 6 and 9 with stride 2, an even field after upsampling.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The deck's discriminator, row by row
#
# 판별자: four 5×5 convolutions, three of them with stride 2, LeakyReLU instead of ReLU so that no unit goes silent,
# dropout so that it does not learn the training dogs by heart. The slide shows the rows, not the rates: a slope of 0.2 and the rate are our choice.


# %%
def my_discriminator(width=64, dropout=0.25):
    images = keras.Input((32, 32, 3))
    x = images
    for filters, stride in ((width, 2), (2 * width, 2), (4 * width, 2), (8 * width, 1)):
        x = layers.Conv2D(filters, 5, stride, padding="same")(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
        x = layers.Dropout(dropout)(x)
    x = layers.Dense(1)(layers.Flatten()(x))
    return keras.Model(images, layers.Activation("sigmoid")(x), name="my_discriminator")


# %% [markdown]
# Here are the slide's numbers. A convolution of k×k from c_in to c_out channels has (k·k·c_in + 1)·c_out of them, the +1 being the bias:
# the first row is (5·5·3 + 1)·64 = 4,864.

# %% slideshow={"slide_type": "fragment"}
SLIDE_D = [4864, 0, 0, 204928, 0, 0, 819456, 0, 0, 3277312, 0, 0, 0, 8193, 0]


def compare_with_slide(model, slide):
    """Print each row of the model beside the slide's number; stop at the first difference."""
    for layer, expected in zip(model.layers[1:], slide, strict=True):
        kind, shape = type(layer).__name__, tuple(layer.output.shape[1:])
        mark = "✓" if layer.count_params() == expected else f"✗ the slide says {expected:,}"
        print(f"{kind:<20}{shape!s:<16}{layer.count_params():>11,}  {mark}")
        assert layer.count_params() == expected
    print(f"{'total':<36}{model.count_params():>11,}")


compare_with_slide(my_discriminator(), SLIDE_D)
assert my_discriminator().count_params() == 4_314_753

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The deck's generator, row by row
#
# 생성자: 100 numbers become 8×8×256, are doubled twice, and end as 32×32×3 in [−1, 1], where `tanh` lives and where our dogs are scaled to.
# Batch normalisation (배치 정규화) keeps the numbers of every layer in a healthy range: without it, deep generators did not start to learn in 2015.


# %%
def my_generator(latent_dim=100, width=256):
    def normalised(x):
        return layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(x))

    def transposed(x, filters):
        return layers.Conv2DTranspose(filters, 5, padding="same")(x)

    z = keras.Input((latent_dim,))
    x = normalised(layers.Dense(8 * 8 * width)(z))
    x = layers.Dropout(0.25)(layers.Reshape((8, 8, width))(x))
    x = normalised(transposed(layers.UpSampling2D()(x), width // 2))
    x = normalised(transposed(layers.UpSampling2D()(x), width // 4))
    x = normalised(transposed(x, width // 8))
    return keras.Model(z, layers.Activation("tanh")(transposed(x, 3)), name="my_generator")


# %% slideshow={"slide_type": "fragment"}
SLIDE_G = [1654784, 65536, 0, 0, 0, 0, 819328, 512, 0, 0, 204864, 256, 0, 51232, 128, 0, 2403, 0]
compare_with_slide(my_generator(), SLIDE_G)
assert my_generator().count_params() == 2_799_043

# %% [markdown]
# Every row agrees. More than half of the generator sits in its first dense row: that is where 100 numbers turn into a layout.
# From here on we use the library's version. It is the same network, and this cell holds it to that:


# %%
def table(model):
    return [
        (type(x).__name__, tuple(x.output.shape[1:]), x.count_params()) for x in model.layers[1:]
    ]


assert table(dcgan.discriminator_32(activation="sigmoid")) == table(my_discriminator())
assert table(dcgan.generator_32()) == table(my_generator())
print("dogan_lib.models.dcgan has the same rows")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Train: one `fit`
#
# `GAN.fit` does what your two functions of chapter 02 did, for every batch: D sees real and fake dogs apart and moves, then G moves.
# Two things are new, and both return in chapter 05: **DiffAugment** shifts real and fake dogs a little before D sees them, so that
# D cannot memorise; **EMA** keeps a running average of G's weights, and that calmer G draws the samples.
# `NonSaturating` takes *logits*, so D ends in a linear row here; the parameters are the same.

# %%
gan = GAN(
    dcgan.generator_32(width=cfg.g_width, dropout=0.1),
    dcgan.discriminator_32(width=cfg.d_width, dropout=0.1),
    latent_dim=100,
)
gan.compile(
    loss=losses.NonSaturating(),
    g_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
    d_optimizer=keras.optimizers.Adam(4e-4, beta_1=0.5),
    augment=DiffAugment("translation"),
    ema=0.99,
)
live = LivePlot(samples=16, title="DCGAN 32,")
history = gan.fit(dogs.batches(cfg.batch), epochs=cfg.epochs, verbose=0, callbacks=[live])

# %% [markdown]
# **What to see.** First the average colour, then blobs with the layout of a picture (something in the middle, something behind it).
# D's loss would be log 4 = 1.386 if it could only guess; G's would be log 2 = 0.693. Neither curve falls to zero, and neither should:
# a loss here is a *score in a game*, not a distance to the goal. Look at the pictures.

# %% slideshow={"slide_type": "slide"}
pictures = gan.sample(cfg.dogs_shown, seed=1)
figure = plots.beside(
    dogs.images[: cfg.dogs_shown], pictures, titles=("what D was shown as real", "what G draws now")
)
plots.show(
    figure, "Training pictures beside samples of the generator that this notebook has just trained."
)

# %% [markdown]
# The number of dogs that a GAN has looked at says more than the minutes: here it is, beside the shipped generator's.

# %%
shipped = checkpoints.load_generator("dcgan32")
seen = int(gan.step) * cfg.batch
print(f"here:    {seen:,} pictures seen")
print("shipped:", shipped.describe())

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The shipped generator: the same rows, many more dogs
#
# The card above names every trick that was used on top of the deck's layers. Its training dogs were real ones (Stanford Dogs).
# Beside them stand the dogs that *you* have: doodles, unless Stanford Dogs is on your disk.

# %%
figure = plots.beside(
    dogs.images[:64],
    shipped.sample(64, seed=0),
    titles=(f"your dogs ({dogs.source})", "dcgan32: 64 samples, none picked"),
)
plots.show(
    figure,
    "64 dogs of your data set beside 64 drawn by the shipped DCGAN 32: coats, poses and backgrounds are there, faces are not sharp.",
)

# %% [markdown]
# Squint: coats, poses, grass and floors. Look closely: legs end in the air, faces are smears. 32×32 hides much of it,
# which is one reason why chapter 05 goes to 64×64.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A walk through the latent space
#
# If G had learnt its dogs by heart, the way from one z to another would jump. It changes smoothly instead: on the way lie dogs that nobody has ever photographed.


# %%
def walk(start, end, steps=10):
    """Points on the way between two latents, kept at the length that Gaussian latents have."""
    t = np.linspace(0, 1, steps)[:, None]
    straight = (1 - t) * start + t * end
    lengths = (1 - t) * np.linalg.norm(start) + t * np.linalg.norm(end)
    return straight / np.linalg.norm(straight, axis=1, keepdims=True) * lengths


corners = np.random.default_rng(3).normal(size=(4, 2, shipped.latent_dim))
rows = [shipped.decode(walk(start, end)) for start, end in corners]
figure = plots.grid(
    np.concatenate(rows), columns=10, scale=0.8, title="four walks, from left to right"
)
plots.show(
    figure,
    "Four rows of dogs, each changing smoothly from the one on the left to the one on the right.",
)

# %% [markdown]
# The same with your hand on it: choose two seeds and move between them.

# %% slideshow={"slide_type": "slide"}
from dogan_lib.classroom.widgets import LatentWalk

LatentWalk(shipped)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Arithmetic with dogs
#
# Radford et al. subtracted "man" from "man with glasses" and added "woman". We have no labels for dogs that G made up, but we can *measure*
# something of each picture: say, how bright its middle is. The mean z of the bright ones minus the mean z of the dark ones is a **direction**
# that means "brighter coat".

# %%
z = np.random.default_rng(0).normal(size=(1024, shipped.latent_dim)).astype("float32")
coat = shipped.decode(z)[:, 10:22, 10:22].mean(axis=(1, 2, 3))
order = np.argsort(coat)
direction = z[order[-256:]].mean(0) - z[order[:256]].mean(0)
amounts = np.linspace(-3, 3, 9)
steps = amounts[:, None] * direction / np.linalg.norm(direction)
rows = [shipped.decode(start + steps) for start in z[[5, 8, 13]]]
figure = plots.grid(
    np.concatenate(rows), columns=9, scale=0.8, title="− coat brightness        +", titles=None
)
plots.show(figure, "Three dogs, each moved along the direction from dark to bright coats.")

# %%
moved = [shipped.decode(z[:128] + step)[:, 10:22, 10:22].mean() for step in steps]
figure, ax = plt.subplots(figsize=(5, 2.8))
ax.plot(amounts, moved, "o-", color=PALETTE["g"])
ax.set(
    xlabel="steps along the direction",
    ylabel="mean brightness",
    title="128 dogs, moved along one direction",
)
figure.tight_layout()
print("each step makes it brighter:", bool(np.all(np.diff(moved) > 0)))
plots.show(
    figure, "Mean brightness of the middle of 128 dogs rises with each step along the direction."
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What went wrong, and how to tell
#
# **The checkerboard.** A pattern that flips from pixel to pixel is the highest frequency that a picture can hold. Measure it: the share of a picture's
# energy that sits there, for two *untrained* generators that differ only in how they grow, and for the dogs in your data set.


# %%
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


strided = grown_by(lambda x: layers.Conv2DTranspose(32, 5, 2, padding="same")(x))
upsampled = grown_by(
    lambda x: layers.Conv2DTranspose(32, 5, padding="same")(layers.UpSampling2D()(x))
)
noise = np.random.default_rng(0).normal(size=(64, 16)).astype("float32")
shares = {
    "strided, untrained": nyquist_share(strided(noise)),
    "upsampled, untrained": nyquist_share(upsampled(noise)),
}
shares |= {
    "dcgan32, trained": nyquist_share(shipped.sample(256)),
    f"your dogs ({dogs.source})": nyquist_share(dogs.images[:256]),
}
for name, share in shares.items():
    print(f"{name:<28}{share:8.3%}  " + "▇" * round(share * 400))

# %% [markdown]
# **Other signs**, each of which chapter 05 produces on purpose: all samples alike (mode collapse); D's loss at zero (G gets no gradient);
# black rims (translation leaking into the samples); samples that are training pictures (memorising, which chapter 03's nearest neighbours and MiFID show).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Exercises
#
# Put your answer in place of `None`. `exercises.check` says *right* or gives a hint; `exercises.solution` shows the way.
#
# **1.** How many parameters has a 5×5 convolution from 128 to 256 channels, with bias?

# %% tags=["exercise"]
exercises.check("04-parameters", None)

# %% [markdown]
# **2.** Four 5×5 convolutions, *all four* with stride 2: how wide is the receptive field of one output at the end?

# %% tags=["exercise"]
exercises.check("04-receptive-field", None)

# %% [markdown]
# **3.** Which kernel sizes print evenly with stride 2? Give a function `even(kernel, stride)` that returns True where every inner pixel gets the same number of prints.

# %% tags=["exercise"]
exercises.check("04-even-prints", None)

# %% [markdown]
# **4.** The generator has 33,216 parameters that no gradient moves. What are they? (one or two words)

# %% tags=["exercise"]
exercises.check("04-not-trainable", None)

# %%
exercises.solution("04-even-prints")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - A strided convolution gathers and halves; a transposed convolution stamps and doubles. Uneven stamping is the checkerboard.
# - The deck's tables, 4,314,753 and 2,799,043 parameters, are two short functions, and every row agrees.
# - A GAN's losses are scores in a game. Judge by samples now, and by a measure soon.
# - The latent space is smooth and has directions that mean something.
#
# ## References
#
# - Radford, Metz, Chintala 2015, *Unsupervised representation learning with deep convolutional GANs*, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434)
# - Odena, Dumoulin, Olah 2016, *Deconvolution and checkerboard artifacts*, Distill, [doi:10.23915/distill.00003](https://doi.org/10.23915/distill.00003)
# - Dumoulin, Visin 2016, *A guide to convolution arithmetic for deep learning*, [arXiv:1603.07285](https://arxiv.org/abs/1603.07285)
# - Zhao et al. 2020, *Differentiable augmentation for data-efficient GAN training*, [arXiv:2006.10738](https://arxiv.org/abs/2006.10738)
# - Jaejun Yoo's Playground, *Deep Convolutional GAN (DCGAN)*, [jaejunyoo.blogspot.com](http://jaejunyoo.blogspot.com/2017/02/deep-convolutional-gan-dcgan-1.html)
