# %% [markdown] slideshow={"slide_type": "slide"}
# # 02 · 최초의 GAN — 두 신경망이 서로를 가르치다
#
# **한국어 요약**
#
# - 판별자(discriminator)는 진짜와 가짜를 가리고, 생성자(generator)는 잠재 벡터(latent vector) z를 데이터로 바꾼다. 둘을 다층 퍼셉트론으로 만든다.
# - 학습 루프(training loop)는 함수 두 개, `update_discriminator`와 `update_generator`이다. `fit` 없이 직접 쓴다.
# - 평면 위의 놀이터(playground)에서 점, 판별자의 장(field), 기울기(gradient), V가 함께 움직이는 것을 본다.
# - 같은 루프로 28×28 흑백 개를 그려 보고, 모드 붕괴(mode collapse)를 일부러 일으켜 알아보고 고친다.
# - 발표 자료의 PyTorch 루프에서 실수를 찾고, 고친 루프가 TensorFlow와 같은 손실을 내는지 확인한다.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["colab"]
# [![Open in Colab](../docs/colab.svg)](https://colab.research.google.com/github/OWNER/dogan/blob/main/notebooks/02_vanilla_gan.ipynb)
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
# 1. What G and D each do, and to build both in a few lines.
# 2. To write the training loop of every GAN: one update of D, one of G.
# 3. To *see* it work: points, D's field and G's gradients in one moving picture.
# 4. What this first GAN makes of dogs, and why it is so noisy.
# 5. To produce mode collapse, to recognise it although V looks perfect, and to cure it.
# 6. To find the mistakes in a real PyTorch loop: the one on the deck's slide.

# %% slideshow={"slide_type": "slide"}
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(
        plane_steps=300, pictures=8, images=192, epochs=3, collapse_rounds=12, torch_steps=12
    ),
    cpu=dict(
        plane_steps=3000, pictures=100, images=3000, epochs=120, collapse_rounds=60, torch_steps=60
    ),
    gpu=dict(
        plane_steps=3000, pictures=100, images=20580, epochs=200, collapse_rounds=60, torch_steps=60
    ),
)
cfg

# %%
import inspect

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from IPython.display import Code
from keras import layers, ops

from dogan_lib import losses, plots, runtime
from dogan_lib.classroom import exercises, playground, points, scene, torch_loop
from dogan_lib.classroom.playground import Game, Playground
from dogan_lib.dogs import load_dogs
from dogan_lib.gan import GAN
from dogan_lib.generator import latents
from dogan_lib.models import vanilla
from dogan_lib.plots import PALETTE

print(runtime.setup(seed=0, precision="float32"))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The idea in one picture
#
# The deck says it in one line: *"what if two models kept each other in check in order to learn?"*
#
# - The **generator** (생성자) G takes *z*, a few random numbers, and maps it to a sample G(z). It never sees the data.
# - The **discriminator** (판별자) D takes a sample and answers with one number, the probability that it is real. It sees both kinds.
# - All that G ever learns, it learns from D: *in which direction should I move this sample so that you would believe it more?*
#
# Below, everything is a point in the plane, so all of that fits in one picture. Nothing is trained yet.


# %%
def dots(ax, where, kind):
    ax.scatter(*where.T, s=9, color=PALETTE[kind], marker="o" if kind == "real" else "D")


first = Game("ring")
seen = first.scene()
figure, axes = plt.subplots(1, 3, figsize=(10.5, 3.2), layout="constrained")
dots(axes[0], first.z[:200], "neutral")
axes[0].set_title("z: simple and random")
for ax, title in ((axes[1], "x and G(z)"), (axes[2], "what D believes")):
    dots(ax, seen.real, "real")
    dots(ax, seen.fake, "fake")
    ax.set_title(title)
believes = axes[2].imshow(
    seen.field, extent=[-3, 3, -3, 3], origin="lower", cmap="Greys_r", vmin=0, vmax=1
)
figure.colorbar(believes, label="D(x)", shrink=0.9)
plt.setp(axes, xlim=(-3, 3), ylim=(-3, 3), xticks=[], yticks=[], aspect="equal")
plots.show(
    figure,
    "Random z in the plane; real points on a ring of eight groups and untrained fake points; D's belief before training.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Build the two players
#
# In 2014 both were **multilayer perceptrons** (다층 퍼셉트론): dense layers, nothing else.
# The paper's were wide (G 1200-1200, D two maxout layers of 240) and trained with SGD; ours are smaller and use Adam.
#
# D ends in one number *without* a sigmoid. That number is the **logit** ℓ, and D(x) = σ(ℓ). You will see in a moment why nobody applies σ in the network.


# %%
def my_generator(latent_dim, outputs, widths, activation):
    z = x = keras.Input((latent_dim,))
    for width in widths:
        x = layers.Dense(width, activation="relu", kernel_initializer="he_normal")(x)
    return keras.Model(z, layers.Dense(outputs, activation=activation)(x))


def my_discriminator(inputs, widths):
    samples = x = keras.Input((inputs,))
    for width in widths:
        x = layers.Dense(width, kernel_initializer="he_normal")(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    return keras.Model(samples, layers.Dense(1)(x))


G, D = my_generator(2, 2, (64, 64), "linear"), my_discriminator(2, (64, 64))
assert G.count_params() == playground.plane_generator().count_params()
assert D.count_params() == playground.plane_discriminator().count_params()
print(f"G: z (batch, 2) -> points (batch, 2), {G.count_params():,} parameters")
print(f"D: points (batch, 2) -> logits (batch, 1), {D.count_params():,} parameters")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## From V to two losses
#
# Chapter 01: D maximises V = E[log D(x)] + E[log(1 − D(G(z)))], so D's **loss** is −V. G minimises the second term. With D = σ(ℓ):
#
# $$-\log \sigma(\ell) = \log(1 + e^{-\ell}) = \mathrm{softplus}(-\ell), \qquad -\log(1 - \sigma(\ell)) = \mathrm{softplus}(\ell)$$
#
# Softplus never overflows and never takes log 0. That is why D returns logits. And G has two losses to choose from:
#
# - **minimax**: log(1 − D(G(z))) = −softplus(ℓ), the formula's own; its gradient dies where D is sure;
# - **non-saturating** (비포화): −log D(G(z)) = softplus(−ℓ): the same goal, and strong where D is sure.


# %%
def d_loss(real, fake):
    return ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(fake))


def g_loss_minimax(fake):
    return -ops.mean(ops.softplus(fake))


def g_loss_non_saturating(fake):
    return ops.mean(ops.softplus(-fake))


real, fake = np.float32([[2.0], [-1.0]]), np.float32([[-3.0], [0.5]])
V = np.mean(np.log(1 / (1 + np.exp(-real)))) + np.mean(np.log(1 - 1 / (1 + np.exp(-fake))))
assert np.isclose(d_loss(real, fake), -V)
library = losses.Minimax(), losses.NonSaturating()
assert np.isclose(d_loss(real, fake), library[0].discriminator(real, fake))
assert np.isclose(g_loss_minimax(fake), library[0].generator(fake))
assert np.isclose(g_loss_non_saturating(fake), library[1].generator(fake))
print(f"V = {V:.4f}, D's loss = {float(d_loss(real, fake)):.4f}: the formula and the library agree")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The loop, in two functions
#
# Every GAN of this course, up to BigGAN, is these two functions taken in turns. First D: show it a batch of real samples and a batch of fakes, and move **D's variables only**.
# `tf.GradientTape` writes down what is computed under it, so that it can be differentiated afterwards.


# %%
def update_discriminator(D, G, optimizer, loss, x, z):
    """One step of D. x: real samples (batch, size), z: latents (batch, latent_dim)."""
    with tf.GradientTape() as tape:
        fake = G(z, training=True)
        value = loss.discriminator(D(x, training=True), D(fake, training=True))
    gradients = tape.gradient(value, D.trainable_variables)  # G's are not asked for
    optimizer.apply(gradients, D.trainable_variables)
    return value


# %% [markdown] slideshow={"slide_type": "subslide"}
# Then G. The gradient flows from the loss *through D* into G: D is the teacher, so it must be differentiable, but it does not move.
# No real sample appears here. G is independent of E[log D(x)], as the deck's slide says.


# %%
def update_generator(D, G, optimizer, loss, z):
    """One step of G, through a D that stands still."""
    with tf.GradientTape() as tape:
        value = loss.generator(D(G(z, training=True), training=True))
    gradients = tape.gradient(value, G.trainable_variables)  # D's are not asked for
    optimizer.apply(gradients, G.trainable_variables)
    return value


# %% [markdown] slideshow={"slide_type": "subslide"}
# Do they do what they promise? Each must move one player and leave the other alone, and must agree with the library's to the last digit.


# %%
def one_round(update_d, update_g):
    players = playground.plane_discriminator(seed=1), playground.plane_generator(seed=2)
    optimizers = keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3)
    before = [player.get_weights()[0].copy() for player in players]
    x, z, loss = points.sample("ring", 64), latents(64, 2), losses.NonSaturating()
    d = float(update_d(*players, optimizers[0], loss, x, z))
    after_d = [
        (player.get_weights()[0] != old).any() for player, old in zip(players, before, strict=True)
    ]
    return d, float(update_g(*players, optimizers[1], loss, z)), after_d


mine = one_round(update_discriminator, update_generator)
reference = one_round(playground.update_discriminator, playground.update_generator)
assert mine == reference and mine[2] == [True, False]
print(
    f"D's loss {mine[0]:.4f}, then G's {mine[1]:.4f}; after D's update, D moved: {mine[2][0]}, G moved: {mine[2][1]}"
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Train
#
# Now the loop itself: draw x, draw z, update D; draw z, update G; again. `tf.function` turns the round into a graph, which makes it many times faster; take it away, and you can step through with a debugger.
# We write down V, which is minus D's loss, after every round.

# %%
data = tf.constant(points.sample("ring", 8000))
loss = losses.NonSaturating()
d_optimizer = keras.optimizers.Adam(2e-3, beta_1=0.5)
g_optimizer = keras.optimizers.Adam(5e-4, beta_1=0.5)
d_optimizer.build(D.trainable_variables)
g_optimizer.build(G.trainable_variables)


@tf.function
def play_round():
    x = tf.gather(data, tf.random.uniform([128], 0, len(data), tf.int32))
    value = -update_discriminator(D, G, d_optimizer, loss, x, tf.random.normal([128, 2]))
    update_generator(D, G, g_optimizer, loss, tf.random.normal([128, 2]))
    return value


untrained = G(latents(400, 2)).numpy()
values = [float(play_round()) for _ in range(cfg.plane_steps)]

# %% slideshow={"slide_type": "subslide"}
figure, axes = plt.subplots(1, 3, figsize=(10, 3.3), width_ratios=(1, 1, 1.3))
for ax, made, title in (
    (axes[0], untrained, "before"),
    (axes[1], G(latents(400, 2)).numpy(), "after"),
):
    dots(ax, data[:400].numpy(), "real")
    dots(ax, made, "fake")
    ax.set(xlim=(-3, 3), ylim=(-3, 3), xticks=[], yticks=[], title=f"{title} training")
axes[2].plot(values, color=PALETTE["d"], lw=0.7)
axes[2].axhline(-np.log(4), color="black", ls="--", label="-log 4")
axes[2].set(xlabel="rounds", title="V(D, G)", ylim=(-2.5, 0))
axes[2].legend(frameon=False)
plots.show(
    figure,
    "Fakes before and after training on eight groups, and V moving towards the line at -log 4.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# V came close to −log 4 = −1.386, its value at P(Generator) = P(Data), and hovers around it. It does not settle: two players chase each other, and a batch of 128 is a noisy judge.
#
# ## The playground
#
# Now watch it. Press ▶; then move any slider *while it plays*. In the spirit of [GAN Lab](https://poloclub.github.io/ganlab/), everything that moves is in one picture:
#
# - blue circles are real, orange diamonds are fake;
# - the tint is D's field: blue where D(x) > ½, orange where D(x) < ½, white where it cannot tell;
# - each pink arrow is the gradient on one fake point: where G's loss would have it move;
# - on the right V against the line at −log 4. Where modes can be counted, they are.

# %%
my_playground = Playground("dog")
my_playground.advance(cfg.pictures)
my_playground

# %% [markdown] slideshow={"slide_type": "notes"}
# Things to try, each in under a minute:
#
# 1. *reset*, speed 1: the first 50 updates. D's field turns first, then the arrows, then the points.
# 2. Set "lr of G" to the far left: G stands still, V climbs towards 0, the arrows grow.
# 3. Now choose the *minimax* loss: the arrows almost vanish although nothing else changed. That is saturation.
# 4. Set "lr of D" to the far left: the whole cloud slides downhill together.
# 5. D steps 5: the arrows become precise, and everything slower.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The same two networks, five distributions
#
# The widgets are ordinary Python objects: setting `.value` does what a hand would do. So we let the playground play every data set of its menu.


# %%
def plane_of(game):
    """The left half of the playground's picture."""
    return np.asarray(scene.render(game.scene()))[
        scene.HEAD : scene.HEAD + scene.PANEL, : scene.PANEL
    ]


my_playground.rounds.value = 50
my_playground.g_rate.value, my_playground.d_rate.value = 5e-4, 2e-3
figure, axes = plt.subplots(1, 5, figsize=(13, 2.9))
for ax, name in zip(axes, points.SHAPES, strict=True):
    my_playground.data.value = name
    my_playground.advance(cfg.pictures)
    ax.imshow(plane_of(my_playground.game))
    ax.set_title(f"{name} {my_playground.scene.note}", fontsize=10)
    ax.axis("off")
figure.tight_layout()
plots.show(
    figure,
    "Real points, fake points, D's field and arrows for a ring, a grid, a spiral, two moons and a dog.",
    dpi=80,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# The curves and the filled dog are learnt well. The mixtures are harder: G is continuous, so there are always thin bridges between groups; and on the grid, count how many of the 25 groups it found. We come back to that.
#
# ## The same loop on dogs
#
# Now the slide's shapes: real images `(batch, 784)`, noise `(batch, 100)`. A 28×28 grey picture is unrolled into 784 numbers in [−1, 1]; that is all an MLP gets to know.

# %%
dogs = load_dogs(size=28, limit=cfg.images)
grey = dogs.images @ np.array([0.299, 0.587, 0.114])  # how bright red, green and blue look
pixels = (grey / 127.5 - 1).astype("float32").reshape(len(dogs), 784)
print(dogs, pixels.shape, f"from {pixels.min():.2f} to {pixels.max():.2f}")


def as_pictures(rows):
    return np.repeat(np.asarray(rows).reshape(-1, 28, 28, 1), 3, axis=3)


plots.show(
    plots.grid(as_pictures(pixels[:16]), columns=16, scale=0.6, title="real dogs, 28x28"),
    "Sixteen grey dogs of 28 by 28 pixels.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Two bigger networks, and not one new line in the loop. The library's builders are yours with one more care: D's first layer starts small.
# Through these weights D tells G how to change each pixel. Where they start as noise, D asks for noise, and G never quite gets rid of it. (Goodfellow started D ten times smaller than G.)

# %%
G, D = vanilla.generator(), vanilla.discriminator(dropout=0.3)
d_optimizer = keras.optimizers.Adam(2e-4, beta_1=0.5)
g_optimizer = keras.optimizers.Adam(2e-4, beta_1=0.5)
d_optimizer.build(D.trainable_variables)
g_optimizer.build(G.trainable_variables)
batches = (
    tf.data.Dataset.from_tensor_slices(pixels)
    .shuffle(len(pixels), seed=0)
    .batch(64, drop_remainder=True)
)


@tf.function
def play_batch(x):
    d = update_discriminator(D, G, d_optimizer, loss, x, tf.random.normal([64, 100]))
    return d, update_generator(D, G, g_optimizer, loss, tf.random.normal([64, 100]))


history = []
for _ in range(cfg.epochs):
    steps = np.array([play_batch(x) for x in batches])
    history.append(dict(d_loss=steps[:, 0].mean(), g_loss=steps[:, 1].mean()))

# %% slideshow={"slide_type": "subslide"}
made = G(latents(32, 100), training=False)
figure = plots.beside(
    as_pictures(pixels[16:48]), as_pictures(made), titles=("real", f"after {cfg.epochs} epochs")
)
plots.show(
    figure, "Real grey dogs on the left; on the right grainy blobs, dark on light or light on dark."
)
figure, ax = plt.subplots(figsize=(6, 2.6))
plots.losses_over_time(ax, range(1, cfg.epochs + 1), history)
ax.axhline(np.log(4), color=PALETTE["d"], ls="--", lw=1)
ax.axhline(np.log(2), color=PALETTE["g"], ls="--", lw=1)
plots.show(
    figure,
    "D's and G's loss by epoch; dashed, log 4 and log 2, where they would stand at P(G) = P(data).",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## An honest look
#
# Blobs of the right brightness in the right place, a light or a dark body before a background, and grain everywhere: nobody would call it a dog. How grainy? In a photograph neighbouring pixels are alike; we can measure that.


# %%
def grain(rows):
    """Mean difference between neighbours, over that between pixels chosen at random."""
    images = np.asarray(rows).reshape(-1, 28, 28)
    shuffled = np.random.default_rng(0).permutation(images.reshape(-1, 784), axis=1)
    near = np.abs(np.diff(images, axis=2)).mean()
    return near / np.abs(np.diff(shuffled, axis=1)).mean()


made = G(latents(500, 100), training=False)
print(f"grain: real dogs {grain(pixels):.2f}, generated {grain(made):.2f}, pure noise 1.00")

# %% [markdown] slideshow={"slide_type": "subslide"}
# The reason is the architecture, not the loop. To an MLP, pixel 300 and pixel 301 are as unrelated as 300 and 12: shuffle all pixels of all dogs in the same way, and it would train exactly as well. "Neighbours are alike" has to be learnt 784 times over. Chapter 04 builds it in, with convolutions.
#
# ## From now on: `fit`
#
# From here on `dogan_lib.gan.GAN` holds the two functions, and `fit` the loop. It also averages G's weights over the last steps (**EMA**, 지수 이동 평균), which calms what one batch upset. Same networks, same data:

# %%
gan = GAN(vanilla.generator(), vanilla.discriminator(dropout=0.3), latent_dim=100)
gan.compile(loss=losses.NonSaturating(), ema=0.995)
gan.fit(batches, epochs=cfg.epochs, verbose=0)
averaged = gan.sample(32, seed=0)
print(
    f"grain: our loop {grain(made):.2f}, fit with EMA {grain(gan.sample(500)):.2f}, real {grain(pixels):.2f}"
)
figure = plots.beside(
    as_pictures(made[:32]), as_pictures(averaged), titles=("our loop", "fit, averaged weights")
)
plots.show(figure, "Blobs from our loop, and smoother ones from the averaged generator.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What goes wrong: mode collapse
#
# **Mode collapse** (모드 붕괴): G makes a few kinds of sample, and forgets the rest of the data. Why would it? Look at G's update once more: D stands still. Against a D that stands still, the best answer is *one point*, the x with the largest D(x), for every z.
# So if G runs ahead of D, all fakes gather there; D notices, and takes that place back; they run on to the next. Let us do just that: G's learning rate 20 times D's. The cure turns it around: D four times as fast as G.


# %%
def watch(g_rate, d_rate, rounds=cfg.collapse_rounds):
    """Play on the ring; pictures at six moments, and the modes and V over time."""
    game, pictures, modes = Game("ring", g_rate=g_rate, d_rate=d_rate), [], []
    for i in range(rounds):
        game.train(40)
        modes.append(game.modes()[0])
        if (i + 1) % (rounds // 6) == 0:
            pictures.append((game.steps[-1], plane_of(game)))
    return game, pictures, modes


runs = {"G 20 times faster": watch(4e-3, 2e-4), "D 4 times faster": watch(5e-4, 2e-3)}
figure, axes = plt.subplots(2, 6, figsize=(13, 5))
for row, (title, (_, pictures, _)) in zip(axes, runs.items(), strict=True):
    for ax, (step, picture) in zip(row, pictures, strict=False):
        ax.imshow(picture)
        ax.set_title(f"{title}: {step}", fontsize=9)
        ax.axis("off")
figure.tight_layout()
plots.show(
    figure,
    "Six moments: with a fast G the fakes stream from a few places to others; with a fast D they cover the ring.",
    dpi=80,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Above: the fakes stream to a few places, D takes them back, they stream to others; most groups stay empty. Below: eight groups, filled one after the other and kept.
# Could you have told from the losses?

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3))
for (title, (game, _, modes)), colour, line in zip(
    runs.items(), ("fake", "real"), ("-", "--"), strict=True
):
    left.plot(game.steps, modes, color=PALETTE[colour], ls=line, label=title)
    right.plot(game.steps, game.values, color=PALETTE[colour], ls=line, label=title)
right.axhline(-np.log(4), color="black", lw=1)
left.set(title="modes covered, of 8", xlabel="updates of G", ylim=(-0.3, 8.4))
right.set(title="V(D, G); black: -log 4", xlabel="updates of G", ylim=(-2.5, 0))
left.legend(frameon=False)
plots.show(
    figure,
    "Modes covered stay low for the fast G and reach eight for the fast D; both V curves lie near -log 4.",
)
for title, (game, _, modes) in runs.items():
    print(
        f"{title}: {modes[-1]} of 8 modes, V over the last ten pictures {np.mean(game.values[-10:]):.2f}"
    )

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How to tell
#
# - **Not from V.** The collapsed game sits at −log 4, the value of perfection! V = 2 JSD − log 4 holds for the *best* D only; here D is far behind, and simply cannot tell. V at −log 4 is what success looks like, and also what a weak judge looks like.
# - **Look at many samples** at once, always from the same z: do they resemble each other? Do they all change together from one epoch to the next?
# - **Count.** On the ring we know the modes. For dogs, chapter 14 measures *recall*: how much of the real data lies near some generated dog.
#
# **Cures**: let D keep up (its own learning rate, more D steps), show D several samples at once (minibatch statistics, chapter 10), or give it a gradient that reaches everywhere (chapters 06 and 10). None is complete: look again at the grid above, where the cure was already on.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The deck's loop, in PyTorch
#
# "A model to explain it simply", as the slide has it, to the letter:
#
# ```python
#  1 import torch
#  2 import torch.nn as nn
#  3
#  4
#  5 # Assum x be real images of shape(batch_size, 784)
#  6 # Assum z be random noize of shape(batch_size, 100)
#  7
#  8
#  9 while True:
# 10    # train D
# 11    loss = criterion(D(x), 1) + criterion(D(G(z)), 0)
# 12    loss.backward()
# 13    d_optimizer.step()
# 14
# 15
# 16    # train G
# 17    loss = criterion(D(G(z)), 1)
# 18    loss.backward()
# 19    g_optimizer.step()
# 20
# 21
# 22 d_optimizer = torch.optim.Adam(D.parameters(), lr=0.01)
# 23 g_optimizer = torch.optim.Adam(G.parameters(), lr=0.01)
# ```

# %% [markdown] slideshow={"slide_type": "subslide"}
# The *idea* is all there, in ten lines. But it does not run, and if it ran it would train badly.
#
# **Exercise 1.** Which of these are true? PyTorch *adds* each new gradient to `p.grad` until someone clears it.
#
# - **A** The optimizers are made after an endless loop that already uses them.
# - **B** D's loss must not contain real and fake in one sum.
# - **C** Gradients are never set to zero, so that each step also takes all earlier ones.
# - **D** `criterion` is not defined, and its targets 1 and 0 should be tensors.
# - **E** G's loss should have the target 0, since its samples are fake.
# - **F** D's step sends gradients into G too, since nothing detaches G(z); with C they leak into G's step.
# - **G** x and z stay the same for ever: no new batch is drawn.
# - **H** `d_optimizer.step()` also moves G, since the loss contains G(z).

# %% tags=["exercise"]
answer = None  # such as "ABC"
exercises.check("02-slide", answer)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The loop, corrected
#
# `exercises.solution("02-slide")` tells. Beside the slide, this is what we run instead. It is the very loop of this chapter: `detach()` and `zero_grad()` do by hand what asking the tape for one player's gradients did for us.

# %%
Code(inspect.getsource(torch_loop.corrected_loop), language="python")

# %% [markdown] slideshow={"slide_type": "subslide"}
# Is it really the same mathematics? A Keras 3 model on the torch backend *is* a `torch.nn.Module`. So we hand the very same networks, weights, dogs and noise to PyTorch, in a process of its own with `KERAS_BACKEND=torch`, and compare the losses, step by step.


# %%
def in_tensorflow(rate, nudge=0.0):
    """The two functions of this chapter from the common start, or from one a hair beside it."""
    for player, weights in zip((D, G), (d_start, g_start), strict=True):
        player.set_weights([w * np.float32(1 + nudge) for w in weights])
    adams = [keras.optimizers.Adam(rate, epsilon=1e-8) for _ in "DG"]
    rows = []
    with tf.device("CPU:0"):
        for x, z in zip(real, noise, strict=True):
            d = update_discriminator(D, G, adams[0], loss, x, z)
            rows.append((float(d), float(update_generator(D, G, adams[1], loss, z))))
    return np.array(rows)


D, G = vanilla.discriminator(first_scale=1, seed=1), vanilla.generator(last_scale=1, seed=2)
d_start, g_start = D.get_weights(), G.get_weights()
steps = cfg.torch_steps
rows = np.random.default_rng(0).integers(len(pixels), size=(steps, 64))
real, noise = pixels[rows], latents(steps * 64, 100).reshape(steps, 64, 100)
ours = {rate: in_tensorflow(rate) for rate in (2e-4, 0.01)}

# %% slideshow={"slide_type": "subslide"}
reason = torch_loop.missing()
if reason:
    print("Skipped:", reason)
else:
    jobs = [torch_loop.Job("corrected", real, noise, rate) for rate in ours]
    jobs.append(torch_loop.Job("slide", real, noise, 2e-4))
    *theirs, slide = torch_loop.losses_of(jobs, g_start, d_start)
    theirs = dict(zip(ours, theirs, strict=True))
    for rate in ours:
        apart = np.abs(ours[rate] - theirs[rate])[:10].max()
        print(
            f"learning rate {rate}: TensorFlow and PyTorch differ by at most {apart:.1e} in 10 steps"
        )

# %% [markdown] slideshow={"slide_type": "slide"}
# At 2e-4 the two agree within 1e-4; what is left comes mostly from Adam's ε = 1e-8, which Keras adds before the bias correction and PyTorch after it. At the slide's 0.01 they drift apart. Is PyTorch to blame?
# No: TensorFlow drifts from *itself*, if it starts from weights that differ in the seventh digit. Adam's first step moves **every** weight by the learning rate, however small its gradient. Compare that with the size of a weight:

# %%
print(
    f"a weight of D's first layer is about {d_start[0].std():.3f}; Adam's first step 0.0002 or 0.01"
)
nudged = {rate: np.abs(in_tensorflow(rate, nudge=1e-7) - ours[rate]).max(axis=1) for rate in ours}
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2))
for rate, colour in ((0.01, "fake"), (2e-4, "real")):
    if not reason:
        left.semilogy(
            np.abs(ours[rate] - theirs[rate]).max(axis=1) + 1e-9,
            color=PALETTE[colour],
            label=f"PyTorch, {rate}",
        )
    left.semilogy(
        nudged[rate] + 1e-9, color=PALETTE[colour], ls=":", label=f"nudged by 1e-7, {rate}"
    )
    right.semilogy(ours[rate][:, 1], color=PALETTE[colour], label=f"{rate}")
left.set(title="how far from TensorFlow's losses", xlabel="step")
right.set(title="G's loss, by learning rate", xlabel="step")
left.legend(frameon=False, fontsize=8)
right.legend(frameon=False)
plots.show(
    figure,
    "Differences stay tiny at 2e-4 and grow at 0.01, between frameworks as within one; at 0.01 G's loss leaps above ten.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# With 0.01 a step is a sizeable part of the weight itself. All 784 inputs of a neuron shift at once, the loss leaps, and whatever was different is multiplied with it.
#
# And the slide's *gradients*? `torch_loop.slide_loop` repairs only what stops it (optimizers, criterion, targets, batches) and leaves zero_grad and detach out:

# %%
if reason:
    print("Skipped:", reason)
else:
    figure, axes = plt.subplots(1, 2, figsize=(10, 3), sharex=True)
    for ax, column, who in zip(axes, (0, 1), "DG", strict=True):
        ax.plot(theirs[2e-4][:, column], color=PALETTE["real"], label="corrected")
        ax.plot(slide[:, column], color=PALETTE["fake"], ls="--", label="the slide's gradients")
        ax.set(title=f"{who}'s loss, learning rate 0.0002", xlabel="step")
    axes[0].legend(frameon=False)
    plots.show(
        figure,
        "With the slide's gradients both losses swing up and down; corrected, they move smoothly.",
    )

# %% [markdown] slideshow={"slide_type": "slide"}
# Gradients that are never cleared push on long after their reason is gone, like a swing; and D is pushed by G's wish to fool it. D wins and loses in turn, and nobody learns.
#
# ## Exercises
#
# **Exercise 2.** At P(Generator) = P(Data), against the best D: what are D's loss and the non-saturating G loss? Give a pair.

# %% tags=["exercise"]
answer = None  # (D's loss, G's loss)
exercises.check("02-equilibrium", answer)

# %% [markdown] slideshow={"slide_type": "subslide"}
# **Exercise 3.** A collapsed G puts *all* its samples on exactly one of the ring's eight modes. What would V be with the **best** D for that? (D* = p/(p+q) from chapter 01: at the crowded mode p = 1/8 and q = 1.) Compare it with the V that you measured above.

# %% tags=["exercise"]
answer = None
exercises.check("02-collapsed-v", answer)

# %% [markdown] slideshow={"slide_type": "subslide"}
# **Exercise 4.** Write `covered(fake, centres, radius)`: how many centres have at least one fake point within `radius`? `fake` is (n, 2), `centres` (m, 2).


# %% tags=["exercise"]
def covered(fake, centres, radius):
    return None


exercises.check("02-covered", covered)

# %% [markdown] slideshow={"slide_type": "slide"}
# **Exercise 5**, with the playground and no right answer: find the *largest* learning rate of G at which the ring still gets eight modes with "lr of D" at 1e-3. Does a second D step help? Then draw two moons with the minimax loss: where does it get stuck?
#
# ## Summary
#
# - G maps simple noise to samples and learns only through D's gradient; D is a classifier of real against fake.
# - The loop: one step of D on −V, one step of G on −log D(G(z)), each moving one player's variables.
# - V near −log 4 is necessary, not sufficient: a weak D cannot tell success from mode collapse. Look at samples, and count.
# - If G outruns D, it collapses: against a D that stands still the best answer is one point.
# - An MLP does not know what a neighbour is, and its dogs are grainy blobs. Convolutions come in chapter 04.
# - In PyTorch: `zero_grad` before `backward`, `detach` the fakes in D's step.

# %% [markdown] slideshow={"slide_type": "skip"}
# ## References
#
# - Goodfellow et al. 2014, *Generative Adversarial Nets*, https://arxiv.org/abs/1406.2661; networks and learning rates: `mnist.yaml` of github.com/goodfeli/adversarial.
# - Kahng et al. 2018, *GAN Lab*, https://poloclub.github.io/ganlab/
# - Metz et al. 2016, *Unrolled Generative Adversarial Networks*, https://arxiv.org/abs/1611.02163, on collapse on a ring of Gaussians.
# - Heusel et al. 2017, https://arxiv.org/abs/1706.08500: a learning rate for each player.
# - Zhang et al. 2023, *Dive into Deep Learning*, section "Generative Adversarial Networks", https://d2l.ai
