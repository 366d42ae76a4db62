# %% [markdown] slideshow={"slide_type": "slide"}
# # 05 · DCGAN 64×64 — 실패에서 배우는 안정적인 학습
#
# **한국어 요약**
#
# - 발표 자료에서 가장 정직한 장이다: 32×32에서 되던 것이 64×64에서는 실패하고, 손실(loss)을 읽어 그 원인을 찾는다.
# - 판별자(discriminator)가 이기면 생성자(generator)는 배울 것이 없다. 네 가지 신호를 재어 실패에 이름을 붙인다.
# - DiffAugment, R1 페널티(penalty), EMA 세 가지로 같은 신경망을 다시 학습시킨다.
# - 안정적인 GAN을 위한 여덟 가지 경험 법칙(heuristics)을 하나씩 끄고, 같은 예산과 같은 데이터로 점수를 잰다.
# - 무엇이 정말 도움이 되는지는 믿지 말고 재어 본다. 시드(seed)마다 흔들리는 폭도 함께 본다.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["colab"]
# [![Open in Colab](../docs/colab.svg)](https://colab.research.google.com/github/OWNER/dogan/blob/main/notebooks/05_dcgan_64.ipynb)
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
# 1. To build Radford's 64×64 networks, and to watch them fail with settings that look harmless.
# 2. To read four curves of a run, and to name what is wrong: D wins, vanishing gradient, mode collapse, oscillation, NaN.
# 3. What DiffAugment, R1 and EMA do, each seen in a picture or a number, and the run that works.
# 4. Which of the slide's eight heuristics matter *here*: an ablation with three seeds each, and its spread.

# %% slideshow={"slide_type": "slide"}
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(images=256, fail_epochs=2, epochs=2, batch=16, width=4, networks=1, steps=12),
    cpu=dict(images=2000, fail_epochs=4, epochs=5, batch=32, width=16, networks=3, steps=120),
    gpu=dict(images=20000, fail_epochs=4, epochs=40, batch=64, width=64, networks=9, steps=600),
)
cfg

# %%

import keras
import matplotlib.pyplot as plt
import numpy as np

from dogan_lib import checkpoints, losses, penalties, plots, runtime
from dogan_lib.augment import DiffAugment
from dogan_lib.callbacks import LivePlot, Recorder
from dogan_lib.classroom import diagnosis, exercises, failures
from dogan_lib.classroom import studies as ablation
from dogan_lib.classroom.diagnosis import diagnose
from dogan_lib.dogs import load_dogs
from dogan_lib.gan import GAN
from dogan_lib.models import dcgan
from dogan_lib.plots import PALETTE

print(runtime.setup(seed=0))
every = load_dogs(size=64, limit=cfg.images + 256)
order = np.random.default_rng(0).permutation(len(every))
dogs, fresh = every.subset(order[256:]), every.subset(order[:256])
dogs

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The idea in one picture
#
# Twice the side is four times the pixels, and all of the new ones are *detail*: fur, whiskers, the edge of an ear. A judge who sees fur needs no
# understanding of dogs: "no fur, so it is fake" may be enough to win. The deck's 32×32 run worked, its 64×64 run did not.

# %%
big = dogs.images[3].astype("float32")
small = big.reshape(32, 2, 32, 2, 3).mean(axis=(1, 3)).repeat(2, axis=0).repeat(2, axis=1)
figure, axes = plt.subplots(1, 3, figsize=(9, 3.2))
titles = ("64×64: 12,288 numbers", "32×32: 3,072 numbers", "what only the 64×64 judge sees")
for ax, picture, title in zip(axes, (big, small, big - small + 128), titles, strict=True):
    ax.imshow(picture.clip(0, 255).astype("uint8"), interpolation="nearest")
    ax.set_title(title, fontsize=10)
    ax.axis("off")
figure.tight_layout()
plots.show(figure, "One dog at 64 and at 32 pixels, and the difference: edges and fine texture.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Radford's networks
#
# Four strided transposed convolutions up (4 → 64), four strided convolutions down, and no dense layer between them except at the two ends.
# The paper's code has width 128; every row below scales with it. All parts are in one small object, so that each can be exchanged later.

# %%
for build in (dcgan.generator_64, dcgan.discriminator_64):
    model = build(width=128)
    for layer in model.layers[1:]:
        if layer.count_params():
            shape = str(layer.output.shape[1:])
            print(f"{type(layer).__name__:<22}{shape:<18}{layer.count_params():>12,}")
    print(f"{model.name:<40}{model.count_params():>12,}\n")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The run that fails
#
# Nothing exotic: the optimizer as Keras hands it out, `Adam()` with rate 1e-3 and beta_1 0.9, and a discriminator without batch normalisation,
# as in the deck's own tables. `Recorder` keeps every step's signals. The deck looked at its losses after about 2000 epochs; the story is
# over much sooner.

# %%
failure = failures.FAILURES["D wins"]
print("the mistake:", failure.mistake)
failing, recorder = failure.build(), Recorder()
live = LivePlot(samples=16, title="failing,")
history = failing.fit(
    dogs.subset(range(min(len(dogs), 2048))).batches(cfg.batch),
    epochs=cfg.fail_epochs,
    verbose=0,
    callbacks=[recorder, live],
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Reading the curves (손실로 원인 찾기)
#
# Four signals, measured at every step. What each looks like in a healthy run:
#
# | signal | healthy | here |
# |---|---|---|
# | D's loss | below log 4 = 1.386, well above 0 | near 0 most of the time: D is hardly ever wrong |
# | D(x) and D(G(z)) | near each other, crossing noise | 1 and 0, drifting apart |
# | norm of G's gradient | steady | wild: it depends on how sure D happens to be |
# | variety of the samples | grows towards 1 | stays low |

# %% slideshow={"slide_type": "slide"}
plots.show(
    diagnosis.signals(recorder.history, "the failing run"),
    "Four curves of the failing run: D's loss falls to zero, its opinions part, variety stays low.",
)

# %% [markdown]
# **What to see.** A loss of D near zero is the failure, not the success: a judge who cannot be fooled tells the forger "wrong", and not *where*.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The sigmoid saturates
#
# D(x) = σ(logit). Where the logit is far from 0, σ is flat, and a flat judge passes on little gradient through D(G(z)). Here is where this D's logits lie.


# %%
def logits_of(gan, images):
    scaled = np.asarray(images, "float32") / 127.5 - 1
    return np.asarray(gan.discriminator(scaled, training=False), "float32").ravel()


fakes = plots.to_uint8(failing.sample(256, seed=1, ema=False))
seen = {"training dogs": dogs.images[:256], "fresh dogs": fresh.images, "generated": fakes}
scores = {name: logits_of(failing, images) for name, images in seen.items()}
for name, values in scores.items():
    slope = 1 / (2 + 2 * np.cosh(np.clip(values, -50, 50)))  # σ'(x) = σ(x)(1 - σ(x))
    print(
        f"{name:<14} mean logit {values.mean():>8.1f}   flat (σ' < 0.01): {(slope < 0.01).mean():>5.0%}"
    )

# %% [markdown]
# Nearly all real dogs sit where σ is flat, few of the fakes. And the non-saturating loss, −log D(G(z)), still has a slope there, which is why G's gradient above is large instead of zero. With the
# paper's first equation, log(1 − D(G(z))), it would be gone: that is the second failure below.
#
# **Is D memorising?** Compare its scores for dogs that it has trained on with dogs that it has never seen. If the first are much higher,
# D has learnt the training dogs by heart (과적합), and what it tells G is "be one of these pictures".

# %% slideshow={"slide_type": "fragment"}
figure, ax = plt.subplots(figsize=(7, 2.8))
styles = {
    "training dogs": ("real", "-"),
    "fresh dogs": ("accent", "--"),
    "generated": ("fake", ":"),
}
for name, (colour, line) in styles.items():
    ordered = np.sort(scores[name])
    ax.plot(ordered, np.linspace(0, 1, len(ordered)), line, color=PALETTE[colour], lw=2, label=name)
ax.set(xlabel="D's logit", ylabel="share below", title="D of the failing run", xscale="symlog")
ax.legend(frameon=False)
gap = scores["training dogs"].mean() - scores["fresh dogs"].mean()
print(
    f"training dogs score {gap:+.1f} above fresh ones; spread of one group {scores['fresh dogs'].std():.1f}"
)
plots.show(
    figure, "Cumulative distributions of D's logits for training dogs, fresh dogs and fakes."
)

# %% [markdown]
# In a run as short as this the first two curves lie together: D has won *without* memorising. In a long run on few dogs they part, and
# chapter 03's nearest neighbours show it on G's side.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Give it a name
#
# `diagnose` does what you have just done: it looks at the last third of the run and names the failure with the signs that it measured.

# %%
print(diagnose(recorder.history))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Five failing runs: guess first
#
# Recorded on real dogs. Which one is mode collapse, which an oscillation, a vanishing gradient, D winning, NaN?
# Write down your guess before you run the cell after the next.

# %%
records = failures.recorded()
order = ["vanishing gradient", "oscillation", "NaN", "D wins", "mode collapse"]
for number, name in enumerate(order, 1):
    plots.show(
        diagnosis.signals(records[name][0], f"run {number}", failures.FAILURES[name].loss()),
        f"Signals of failing run {number}: D's loss, D's opinion, G's gradient norm and variety.",
        dpi=60,
    )

# %% slideshow={"slide_type": "fragment"}
for number, name in enumerate(order, 1):
    failure = failures.FAILURES[name]
    print(
        f"run {number}: {diagnose(records[name][0], failure.loss())}\n  mistake: {failure.mistake}\n"
    )

# %% [markdown] slideshow={"slide_type": "slide"}
# ## First remedy: DiffAugment
#
# A D that sees each dog shifted a little, differently each time, cannot win by "this exact picture". If only the real dogs were shifted, G would learn to draw
# shifted dogs with black rims; so real **and** fake go through the same random change, in D's step and in G's, and G gets its gradient through it.

# %%
picture = np.repeat(dogs.images[3:4].astype("float32") / 127.5 - 1, 8, axis=0)
rows = [np.asarray(DiffAugment(policy)(picture)) for policy in ("translation", "color", "cutout")]
figure = plots.grid(
    np.concatenate(rows), columns=8, title="translation, colour, cutout: one dog, eight draws each"
)
plots.show(
    figure, "One dog under DiffAugment: eight shifted, eight recoloured and eight cut-out versions."
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Second remedy: R1
#
# A D that separates two sets of pictures sharply is *steep*: a small change moves the logit far. R1 charges for steepness at the real pictures, γ/2 · E‖∇D(x)‖².
# It needs a D without batch normalisation, where each picture has a gradient of its own: the deck's D, for instance.
# Measure it: by how many logits does the failing D's answer change for each unit of distance (L2, pictures in [−1, 1]) in its worst direction?

# %%
import tensorflow as tf


def steepness(gan, images):
    """Mean norm of D's gradient at the pictures: logits per unit of L2 distance in [-1, 1]."""
    x = tf.constant(images.astype("float32") / 127.5 - 1)
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(gan.discriminator(x, training=False))
    return float(
        tf.reduce_mean(tf.norm(tf.reshape(tape.gradient(total, x), (len(images), -1)), axis=1))
    )


before = steepness(failing, dogs.images[:64])
print(f"failing run: D moves by {before:.1f} logits for each unit of distance")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Third remedy: EMA
#
# G chases a moving D and circles around where it wants to be. A running average of its weights (지수 이동 평균) stands in the middle of the circle.
# It costs nothing in training: the average never takes part in the game, it only draws the samples.
#
# ## The run that works
#
# The same pictures, the same loss. Changed: Adam at 2e-4 and 4e-4 with beta_1 0.5, DiffAugment, R1, EMA. And G grows by upsampling and
# convolution, as in the deck's own DCGAN 32: chapter 04's checkerboard counts and the ablation below say why.

# %% slideshow={"slide_type": "slide"}
gan = GAN(
    dcgan.generator_64(width=cfg.width, upsample=True),
    dcgan.discriminator_64(width=cfg.width, dropout=0.1, kernel_size=4, norm=False),
)
gan.compile(
    loss=losses.NonSaturating(),
    g_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
    d_optimizer=keras.optimizers.Adam(4e-4, beta_1=0.5),
    augment=DiffAugment("translation"),
    penalties=[penalties.R1(0.1, fraction=0.25)],
    ema=0.99,
)
good, live = Recorder(), LivePlot(samples=16, title="stable,")
history = gan.fit(dogs.batches(cfg.batch), epochs=cfg.epochs, verbose=0, callbacks=[good, live])

# %% slideshow={"slide_type": "slide"}
plots.show(
    diagnosis.signals(good.history, "the stable run"),
    "Four curves of the stable run: D's loss stays well above zero, its opinions overlap, variety grows.",
)
print(diagnose(good.history))
after = steepness(gan, dogs.images[:64])
print(f"steepness of D: {before:.1f} in the failing run, {after:.1f} here")

# %% [markdown]
# **What to see.** D's loss does not go to zero, D's opinions of real and fake stay within reach of each other, and variety climbs. (Which of the changes did it? Here all were made at once; an exercise for a free evening: undo one.) And EMA? The same weights' average, beside the last step's:

# %%
figure = plots.beside(
    gan.sample(32, seed=2, ema=False),
    gan.sample(32, seed=2),
    titles=("G after the last step", "its average (EMA)"),
)
plots.show(figure, "The same 32 latents drawn by the last generator and by the averaged one.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The shipped generator
#
# The run that works, on 12,000 real dogs and for many more steps. Its card says how, and how it scores: distances in the features of a network, named beside them (chapters 03 and 14), where
# the floor is what *other real dogs* score.

# %%
shipped = checkpoints.load_generator("dcgan64")
print(shipped.describe())

# %% [markdown]
# Where is R1? Batch normalisation in D (the slide's fourth heuristic) excludes it, and one of the two had to go. Before hours are spent, **recipes are compared** over minutes: the same dogs,
# the same 30,000 pictures seen, one change at a time. One seed each, so only the large steps count.

# %%
compared = shipped.card["compared"]
print(compared["what"])
for change, fid in compared["FID"].items():
    print(f"  {change:<52}{fid:>6.1f}")

# %% slideshow={"slide_type": "slide"}
figure = plots.beside(
    dogs.images[:64],
    shipped.sample(64, seed=0),
    titles=(f"your dogs ({dogs.source})", "dcgan64: 64 samples, none picked"),
)
plots.show(figure, "64 dogs of your data set beside 64 drawn by the shipped DCGAN 64.", dpi=70)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The eight heuristics of the slide
#
# | the slide says | switched off: | in the code |
# |---|---|---|
# | strided convolutions down | max pooling | `radford.discriminator(down="max")` |
# | strided convolutions up | nearest upsampling + convolution | `radford.generator(up="nearest")` |
# | LeakyReLU in D | ReLU | `radford.discriminator(slope=0)` |
# | batch normalisation | none, in G and D | `norm=False` in both |
# | Gaussian initialisation, N(0, 0.02) | Glorot uniform | `init="glorot"` in both |
# | Adam | SGD, its rate tuned for it | `optimizer=sgd(0.01)` |
# | Gaussian latent | uniform on [−1, 1] | `UniformLatents` |
# | real and fake batches apart | mixed in D's step (G's step judges fakes alone) | `MixedBatches` |
#
# Each is switched off **alone**, everything else stays Radford's. Same dogs, same steps, three seeds.

# %% slideshow={"slide_type": "slide"}
study = ablation.load("heuristics")
print(study["machine"], "·", study["budget"], "\n")
print(ablation.table(study))

# %% slideshow={"slide_type": "slide"}
plots.show(
    ablation.figure(study),
    "KID of nine networks, three seeds each, beside eight samples of each; the grey band is the spread of the unchanged network.",
    dpi=70,
)

# %% [markdown]
# Three seeds are few. The weakest claim that they allow: *all three* runs without a heuristic lie on one side of *all three* runs with it.

# %%
kids = ablation.by_variant(study)
base = kids.pop(ablation.BASE)
for name, values in kids.items():
    verdict = "inside the spread: no claim"
    if values.min() > base.max():
        verdict = (
            f"it helps: without it KID is {np.median(values) / np.median(base):.1f} times as large"
        )
    elif values.max() < base.min():
        verdict = (
            f"it hurts: without it KID is {np.median(values) / np.median(base):.2f} times as large"
        )
    print(f"{name:<20}{verdict}")

# %% [markdown]
# **What three seeds of each say, for this budget and this width:**
#
# - **Batch normalisation** and **separate batches** carry the network. Without the first, blurs in one or two colours; with real and fake in one batch the samples
#   stay grey. Here the slide is simply right.
# - **Strided transposed convolutions** are the one heuristic that *hurts*: all three runs with nearest upsampling beat all three without. The deck's own DCGAN 32 upsamples, and so does
#   our run that works.
# - **Max pooling, ReLU, the uniform latent** tend to the better side, **Glorot and SGD** to the worse; all of them touch the spread of the unchanged network, which is itself
#   wide. No claim. (Max pooling also costs more: its convolutions run at twice the side before they are thinned.)
#
# Heuristics are advice about *starting points*, found on other data in 2015. Nobody is to be believed without three seeds, this table included: at ten times the budget its order may change.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Run a small one yourself
#
# The same code at a fraction of the budget. With so few steps and one seed the order will differ from the table's; how much it differs is the lesson.
# On the command line: `dogan train --ablation heuristics --steps 1500 --seeds 3`.

# %%
names = [ablation.BASE, "batch norm", "Adam", *list(ablation.STUDIES["heuristics"])][: cfg.networks]
budget = ablation.Budget(steps=cfg.steps, width=8, limit=cfg.images, samples=256, batch_size=32)
for name in dict.fromkeys(names):
    run, pictures = ablation.train_and_score("heuristics", name, 0, budget)
    print(ablation.describe(run))
    plots.show(
        plots.grid(pictures, columns=8, scale=1.0),
        f"Eight samples of the network called {name}",
        dpi=80,
    )

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What went wrong, and how to tell
#
# | you see | `diagnose` says | try |
# |---|---|---|
# | D's loss at 0, samples noise | D wins | lower D's rate, R1, DiffAugment |
# | G's gradient at 0 | vanishing gradient | the non-saturating loss, least squares (chapter 06) |
# | every sample alike | mode collapse | lower G's rate, batch norm, a larger batch |
# | samples change completely from picture to picture | oscillation | beta_1 0.5 or 0, lower rates, EMA |
# | `training stopped: g_loss = nan` | NaN | lower rates, bound the critic (chapters 09, 10) |
# | samples fine, but you know them | nothing: the curves look healthy | nearest neighbours, MiFID (chapter 03) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Exercises
#
# Put your answer in place of `None`.
#
# **1.** Which of the slide's eight does the deck's *own* DCGAN 32 (chapter 04) break? Give their numbers, 1 to 8, in the order of the table above, such as `"3, 4"`.

# %% tags=["exercise"]
exercises.check("05-deck-breaks", None)

# %% [markdown]
# **2.** With the paper's first equation G's gradient is multiplied by σ(logit) of the fake; with the non-saturating loss by 1 − σ(logit). D's logit for a fake is −10. How many times larger is the second?

# %% tags=["exercise"]
exercises.check("05-rescue", None)

# %% [markdown]
# **3.** Write `ema(old, new, decay)`, one step of the running average.

# %% tags=["exercise"]
exercises.check("05-ema", None)

# %% [markdown]
# **4.** Three seeds of network A give KID 100, 130, 160; of network B 110, 120, 125. May you say that B is better? (`"yes"` or `"no"`)

# %% tags=["exercise"]
exercises.check("05-better", None)

# %%
exercises.solution("05-deck-breaks")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - At 64×64 D can win by texture. Its loss at zero is the sign, not the goal.
# - Four signals name a failure: D's loss, D's opinions, G's gradient, the variety of the samples.
# - DiffAugment is aimed at memorising, R1 at steepness, EMA at the circling. Together they gave a run that goes on.
# - A heuristic is a claim. The table says what each is worth here, at this budget, and how far three seeds lie apart.
#
# ## References
#
# - Radford, Metz, Chintala 2015, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434), and its code, Newmu/dcgan_code
# - Chintala et al. 2016, *How to train a GAN?*, soumith/ganhacks
# - Zhao et al. 2020, *Differentiable augmentation*, [arXiv:2006.10738](https://arxiv.org/abs/2006.10738)
# - Mescheder, Geiger, Nowozin 2018, *Which training methods for GANs do actually converge?*, [arXiv:1801.04406](https://arxiv.org/abs/1801.04406)
# - Yazıcı et al. 2018, *The unusual effectiveness of averaging in GAN training*, [arXiv:1806.04498](https://arxiv.org/abs/1806.04498)
# - Jason Brownlee, *How to implement GAN hacks in Keras*, machinelearningmastery.com
