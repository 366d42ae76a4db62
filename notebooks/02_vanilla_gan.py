# %% [markdown] slideshow={"slide_type": "slide"}
# # 02 · 최초의 GAN — 두 신경망이 서로를 가르치다
#
# **한국어 요약**
#
# - 판별자(discriminator)는 진짜와 가짜를 가리고, 생성자(generator)는 잠재 벡터(latent vector) z를 데이터로 바꾼다. 둘 다 다층 퍼셉트론이다.
# - 학습 루프(training loop)는 함수 두 개, `update_discriminator`와 `update_generator`이다. 직접 쓴다.
# - 평면 위의 놀이터에서 점, 판별자의 장(field), 기울기(gradient), V가 함께 움직이는 것을 본다.
# - 같은 루프로 16×16 개 초상화를 그리고, 모드 붕괴(mode collapse)를 일부러 일으켜 알아보고 고친다.
# - 발표 자료의 PyTorch 루프에서 실수를 찾아 고치고, 두 루프의 표본을 나란히 본다. 고친 루프가 TensorFlow와 어디까지 같은지는 '더 깊이'에서 잰다.

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
    from dogan_lib.classroom import colab

    colab.prepare(KEEP_ON_DRIVE)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇을 배우나 · What you will learn
#
# GAN의 학습 루프를 직접 쓰고, 점과 개로 돌려 보고, 언제 속는지 안다.
#
# 1. What G and D each do, and to build both in a few lines.
# 2. To write the training loop of every GAN: one step of D, one step of G.
# 3. To see it work: points, D's field and G's gradients in one moving picture.
# 4. To draw dogs with dense layers alone, and to say by a number how good they are.
# 5. To produce mode collapse, to recognise it although V looks perfect, and to cure it.
# 6. To find the mistakes in a real PyTorch loop, the one on the deck's slide, and to see what they do to the samples.

# %% slideshow={"slide_type": "skip"}
import time

from dogan_lib import runtime
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(plane=300, pictures=8, dogs=256, rounds=24, judged=40, collapse=12, compared=30),
    cpu=dict(plane=3000, pictures=60, dogs=6000, rounds=3000, judged=500, collapse=60, compared=60),
    gpu=dict(plane=3000, pictures=60, dogs=6000, rounds=9000, judged=500, collapse=60, compared=60),
)
print(cfg, runtime.setup(seed=0, precision="float32"), sep="\n")

# %% slideshow={"slide_type": "skip"}
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops

from dogan_lib import plots
from dogan_lib.classroom import diagram, exercises, leak, plane, points
from dogan_lib.dogs import load_dogs
from dogan_lib.generator import latents
from dogan_lib.plots import PALETTE

portraits = load_dogs(size=32, source="portraits", limit=cfg.dogs).images
pixels = portraits.reshape(-1, 16, 2, 16, 2, 3).mean(axis=(2, 4))  # 2x2 pixels become their mean
pixels = (pixels / 127.5 - 1).reshape(-1, 768).astype("float32")


def as_pictures(rows):
    return np.asarray(rows).reshape(-1, 16, 16, 3)


print("pixels:", pixels.shape, f"from {pixels.min():.2f} to {pixels.max():.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 두 걸음 · D's step, then G's
#
# 두 신경망이 번갈아 한 걸음씩 간다. 한쪽이 움직일 때 다른 쪽은 서 있다.
#
# **볼 것 · What to see.** In D's step the red gradient ends at D. In G's step it goes *through* D, which stands still, into the picture and on into G. G never sees real data: all it learns, it learns from D.

# %% tags=["hide-input"]
diagram.animate()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 생성자 · The generator
#
# 생성자 G는 난수 z를 받아 표본 G(z)를 낸다. 2014년 논문의 숫자와 얼굴은 전결합층만으로 그린 것이다.
#
# Two numbers in and a point of the plane out, or 100 numbers in and a picture out: the same function. `norm` is batch normalisation, of 2015; only the dogs use it. `he` gives He's first weights, times `scale`.


# %%
def he(scale=1.0):
    return keras.initializers.VarianceScaling(2 * scale**2)


def my_generator(latent_dim, outputs, widths, activation, norm=False, start=1.0):
    z = x = keras.Input((latent_dim,))
    for width in widths:
        x = layers.Dense(width, kernel_initializer=he())(x)
        x = layers.BatchNormalization(momentum=0.9)(x) if norm else x
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Dense(outputs, activation=activation, kernel_initializer=he(start))(x)
    return keras.Model(z, x)


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 판별자 · The discriminator
#
# 판별자 D는 표본을 받아 로짓(logit) ℓ 하나를 낸다. 진짜일 확률은 D(x) = σ(ℓ)이다.
#
# No sigmoid at the end: the next slide says why. Through its first layer D tells G how to change each pixel. Where that layer begins as large noise it asks for noise, so for pictures `start` is small. (Goodfellow's D began ten times smaller than his G.)


# %%
def my_discriminator(inputs, widths, dropout=0.0, start=1.0):
    samples = x = keras.Input((inputs,))
    for i, width in enumerate(widths):
        first = he(start) if i == 0 else he()  # only the layer that touches the pixels
        x = layers.Dense(width, kernel_initializer=first)(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
        x = layers.Dropout(dropout)(x)
    return keras.Model(samples, layers.Dense(1)(x))


# %% [markdown] slideshow={"slide_type": "slide"}
# ## V에서 두 손실로 · From V to two losses
#
# D는 V를 최대화하므로 D의 손실은 −V이다. G의 손실은 둘 중에서 고를 수 있다.
#
# $$V = E[\log \sigma(\ell_{real})] + E[\log(1 - \sigma(\ell_{fake}))], \qquad -\log\sigma(\ell) = \log(1 + e^{-\ell}) = \mathrm{softplus}(-\ell)$$
#
# Softplus takes the logit as it is: it never overflows and never takes log 0. So D returns logits.


# %%
def d_loss(real, fake):  # -V
    return ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(fake))


def g_loss_minimax(fake):  # log(1 - D(G(z))): the second term of V
    return -ops.mean(ops.softplus(fake))


def g_loss_non_saturating(fake):  # -log D(G(z)): the same goal, strong where D is sure
    return ops.mean(ops.softplus(-fake))


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 한 걸음씩 · One step of D, one step of G
#
# D의 걸음에서는 D의 변수만, G의 걸음에서는 G의 변수만 움직인다. 기울기는 손실에서 D를 지나 G로 흐른다.
#
# `tf.GradientTape` writes down what is computed under it, so that it can be differentiated afterwards, in the variables that are asked for: the other player is on the tape, and gets nothing. No real sample appears in G's step: "G is independent of this part", E[log D(x)], as the deck says. Every GAN of this course, up to BigGAN, is these two functions in turns.


# %%
def update_discriminator(D, G, optimizer, x, z):
    with tf.GradientTape() as tape:
        value = d_loss(D(x, training=True), D(G(z, training=True), training=True))
    optimizer.apply(tape.gradient(value, D.trainable_variables), D.trainable_variables)
    return value


def update_generator(D, G, optimizer, z):
    with tf.GradientTape() as tape:
        value = g_loss_non_saturating(D(G(z, training=True), training=True))
    optimizer.apply(tape.gradient(value, G.trainable_variables), G.trainable_variables)
    return value


# %% slideshow={"slide_type": "skip"}
from dogan_lib import losses

G, D = my_generator(2, 2, (64, 64), "linear"), my_discriminator(2, (64, 64))
assert G.count_params() == plane.small_generator().count_params()
assert D.count_params() == plane.small_discriminator().count_params()
print(f"G: z (batch, 2) -> points (batch, 2), {G.count_params():,} parameters")
print(f"D: points (batch, 2) -> logits (batch, 1), {D.count_params():,} parameters")

# The formula with its sigmoids, ours, and the library's.
real, fake = np.float32([[2.0], [-1.0]]), np.float32([[-3.0], [0.5]])
V = np.mean(np.log(1 / (1 + np.exp(-real)))) + np.mean(np.log(1 - 1 / (1 + np.exp(-fake))))
minimax, non_saturating = losses.Minimax(), losses.NonSaturating()
assert np.isclose(d_loss(real, fake), -V)
assert np.isclose(d_loss(real, fake), minimax.discriminator(real, fake))
assert np.isclose(g_loss_minimax(fake), minimax.generator(fake))
assert np.isclose(g_loss_non_saturating(fake), non_saturating.generator(fake))
print(f"V = {V:.4f}, D's loss = {float(d_loss(real, fake)):.4f}: formula and library agree")


def one_round(update_d, update_g, *loss):
    """Both updates from a common start: both losses, and who moved in D's step."""
    players = plane.small_discriminator(seed=1), plane.small_generator(seed=2)
    adams = keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3)
    before = [player.get_weights()[0].copy() for player in players]
    x, z = points.sample("ring", 64), latents(64, 2)
    d = float(update_d(*players, adams[0], *loss, x, z))
    pairs = zip(players, before, strict=True)
    moved = [(player.get_weights()[0] != old).any() for player, old in pairs]
    return d, float(update_g(*players, adams[1], *loss, z)), moved


mine = one_round(update_discriminator, update_generator)
library = one_round(plane.update_discriminator, plane.update_generator, non_saturating)
assert mine == library and mine[2] == [True, False]
print(f"D's loss {mine[0]:.4f}, then G's {mine[1]:.4f}; in D's step D moved and G did not")
print("the library's two functions give the same numbers")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 한 판 · One round of the game
#
# 진짜를 뽑고 z를 뽑아 D를 고치고, z를 다시 뽑아 G를 고친다. 논문의 알고리즘 1은 D를 k걸음, 그다음 G를 한 걸음 움직인다. 여기서는 k = 1이고, 평면의 점에서는 대신 D의 학습률을 G의 네 배로 한다.
#
# The paper's algorithm 1, too, draws fresh noise for G's step.
#
# Nothing here says whether x is a point or a picture: the dogs below use this very function, and so does the ring of points in the last part. What it returns plays one round and returns V.


# %%
def make_round(G, D, real, g_rate, d_rate, batch):
    g_optimizer, d_optimizer = plane.adam(g_rate, G), plane.adam(d_rate, D)
    data, shape = tf.constant(real), (batch, G.input_shape[-1])

    @tf.function  # a graph: many times faster. Take it away to use a debugger.
    def play_round():
        x = tf.gather(data, tf.random.uniform([batch], 0, len(real), tf.int32))
        value = -update_discriminator(D, G, d_optimizer, x, tf.random.normal(shape))
        update_generator(D, G, g_optimizer, tf.random.normal(shape))
        return value

    return play_round


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 놀이터 · The playground
#
# 먼저 평면에서, 점으로. *reset*을 누르면 처음부터, ▶를 누르면 이어서 배운다. 여덟 무리(모드, mode)는 어떤 순서로 채워지는가?
#
# **볼 것 · What to see.** Blue: D says real. Orange: fake. Arrows: where each fake is pulled. Beside V, how many of the eight modes the fakes have found.

# %% tags=["hide-input"]
from dogan_lib.classroom.plane import Game
from dogan_lib.classroom.playground import Playground

my_playground = Playground(Game("ring", g_rate=5e-4, d_rate=2e-3))
my_playground.rounds.value = 20  # updates a picture
my_playground.advance(cfg.pictures)
my_playground

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 이제 개를 · Now dogs: the same loop, two bigger networks
#
# 루프는 한 줄도 바뀌지 않는다. 16×16 컬러 초상화는 숫자 768개이다(슬라이드의 그림은 784개). G의 최근 가중치의 평균(지수 이동 평균)으로 그린다.
#
# `learn` trains on rows of 768 numbers and returns the averaged G and a film; `follow` moves that average, from which the film is drawn: its weights change more calmly than G's own.


# %%
def learn(real, rounds):
    G = my_generator(100, 768, (256, 512), "tanh", norm=True, start=0.2)
    D = my_discriminator(768, (512, 256), dropout=0.3, start=0.05)
    play_round = make_round(G, D, real, g_rate=1e-3, d_rate=4e-4, batch=64)
    averaged, follow = plane.follower(G)
    film, start = {}, time.perf_counter()
    for step in range(1, rounds + 1):
        play_round()
        follow()
        if step in (rounds // 15, rounds // 5, rounds // 2, rounds):
            film[f"round {step}, {time.perf_counter() - start:.0f} s"] = averaged(latents(12, 100))
    return averaged, film


# %% [markdown] slideshow={"slide_type": "subslide"}
# ## 알갱이에서 개로 · From grain to dogs
#
# 같은 z 열두 개를 학습하는 동안 따라간다.
#
# **볼 것 · What to see.** First one face under coloured grain, then backgrounds and coats, then heads with ears and muzzles. The label says the rounds and the seconds on the machine that ran this page.

# %%
artist, film = learn(pixels, cfg.rounds)
plots.show(
    plots.labelled_rows([as_pictures(row) for row in film.values()], film),
    "The same twelve latents: one head under grain, then coats, then heads with ears.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 고르지 않은 개들, 숫자로도 · Dogs, none picked, and measured
#
# 왼쪽은 학습 데이터, 오른쪽은 방금 학습한 생성자의 그림이다. KID(3장)는 두 그림 묶음이 비슷할수록 작다.
#
# **볼 것 · What to see.** Most are dogs' heads, with ears and coats. Coloured grain covers most backgrounds, edges and eyes are blurred, and a few are blobs without a face. "Other portraits" is KID's floor, 0 within its error. One run, seed 0, 16 pixels: not to be held against 32-pixel chapters.

# %% tags=["hide-input"]
from dogan_lib import metrics

figure = plots.beside(
    as_pictures(pixels[24:72]),
    as_pictures(artist(latents(48, 100, 1))),
    titles=("what D was shown as real", "what G draws, none picked"),
    scale=0.75,
)
plots.show(figure, "48 portraits of 16 pixels beside 48 samples of the dense generator.", dpi=72)
made = artist(latents(cfg.judged, 100, 2)).numpy()
fresh = load_dogs(size=32, source="portraits", seed=1, limit=2 * cfg.judged, progress=False)
fresh = fresh.images.reshape(-1, 16, 2, 16, 2, 3).mean(axis=(2, 4)).astype("uint8")
heaps = {"other portraits": fresh[cfg.judged :], "this GAN": plots.to_uint8(as_pictures(made))}
for name, heap in heaps.items():
    print(f"{name:<16}", metrics.kid(fresh[: cfg.judged], heap, "dognet"))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 모드 붕괴 · Mode collapse, and V does not tell
#
# D가 서 있는 동안 G의 가장 좋은 답은 **한 점**이다. G가 앞서 달리면 가짜는 몇 줄기로 쏠려 이리저리 옮겨 다닌다. 그래도 V는 완벽할 때의 값, −log 4 근처에 있다!
#
# **볼 것 · What to see.** Left, the fakes lie on a few rays that turn from picture to picture, and never on all eight groups at once. Right, they sit on the groups and stay. V = 2 JSD − log 4 holds for the *best* D only: a weak judge that cannot tell has the same V as success. (One seed each.)


# %% tags=["hide-input"]
def watch(title, g_rate, d_rate, panels, curve):
    """A game on the ring: fakes at three moments, and V under them."""
    game = Game("ring", g_rate=g_rate, d_rate=d_rate)
    for i in range(1, cfg.collapse + 1):
        game.train(40)
        if i % (cfg.collapse // 3) == 0:
            plane.show_points(panels[3 * i // cfg.collapse - 1], game.fake(), game.steps[-1])
    curve.plot(game.steps, game.values, color=PALETTE["d"], lw=2)
    curve.axhline(-np.log(4), color="black", ls="--", lw=1)
    curve.set(title=f"{title}: V, dashed −log 4", xlabel="update", ylim=(-2.5, 0))
    last = np.mean(game.values[-10:])
    print(f"{title}: {game.modes()[0]} of 8 modes, V over the last ten readings {last:.2f}")


figure, axes = plt.subplot_mosaic(
    [list("abcdef"), list("VVVWWW")],
    figsize=(13.6, 4.6),
    height_ratios=(1.4, 1),
    layout="constrained",
)
watch("G 20 times faster", 4e-3, 2e-4, [axes[name] for name in "abc"], axes["V"])
watch("D 4 times faster", 5e-4, 2e-3, [axes[name] for name in "def"], axes["W"])
alt = "The fakes of a fast G lie on rays that turn, with a fast D they cover the ring; both V end near −log 4."
plots.show(figure, alt)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇이 잘못되나 · What goes wrong, and how to tell
#
# 손실이 아니라 표본을 보고, 셀 수 있으면 센다.
#
# | you see | likely | look at |
# |---|---|---|
# | samples resemble each other, all change together | 모드 붕괴 · mode collapse | many z at once; count modes; recall (chapter 14) |
# | V near 0, samples stand still | D wins; with minimax, saturation | the arrows on the fakes |
# | V near −log 4 | success, **or** a weak judge | samples |
# | single pixels stick out | dense layers | convolutions (chapter 04) |
#
# **Cures for collapse**: let D keep up (its own rate, more steps), show D several samples at once (chapter 10), a gradient that reaches farther (chapters 06, 10). None is complete.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 발표 자료의 루프 · The deck's loop, in PyTorch
#
# "간단하게 설명하기 위한 모델": 글자 그대로이다. 빈 줄과 화살표 설명만 뺐다.
#
# ```python
#  1 import torch
#  2 import torch.nn as nn
#  5 # Assum x be real images of shape(batch_size, 784)
#  6 # Assum z be random noize of shape(batch_size, 100)
#  9 while True:
# 10    # train D
# 11    loss = criterion(D(x), 1) + criterion(D(G(z)), 0)
# 12    loss.backward()
# 13    d_optimizer.step()
# 16    # train G
# 17    loss = criterion(D(G(z)), 1)
# 18    loss.backward()
# 19    g_optimizer.step()
# 22 d_optimizer = torch.optim.Adam(D.parameters(), lr=0.01)
# 23 g_optimizer = torch.optim.Adam(G.parameters(), lr=0.01)
# ```
#
# The *idea* is all there, in ten lines. It does not run, and if it ran it would train badly. Why? (Exercise 1.)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ## 실수 찾기 · Exercise 1: find the mistakes
#
# 다음 슬라이드로 가기 전에, 참인 것을 모두 고르라. PyTorch는 누가 지우기 전까지 새 기울기를 `p.grad`에 **더한다**.
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
exercises.check("02-slide", None)  # such as "ABC" in place of None

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 고친 루프 · The loop, corrected
#
# TensorFlow가 "누구의 기울기인가"를 물어서 하는 일을, PyTorch에서는 손으로 한다.
#
# Line for line the two functions of this chapter. A Keras model on the torch backend *is* a `torch.nn.Module`: under "Going deeper" this loop gets the very same weights, dogs and noise as TensorFlow's.

# %% tags=["hide-input"]
import inspect
import textwrap

from IPython.display import Code

from dogan_lib.classroom import torch_loop

source = inspect.getsource(torch_loop.corrected_loop)
Code(textwrap.dedent(source[source.index("    for x, z") :]), language="python")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 한쪽만 배운다 · Only one of them learns: both loops by their samples
#
# 고리 위의 점으로 두 루프를 나란히 돌린다. 처음 가중치, 배치, 잡음은 같고, `zero_grad`와 `detach`만 다르다.
#
# **볼 것 · What to see.** Above, the slide's loop: its fakes shrink to one spot far from all data, and D says "real" to everything, as printed. Below, the corrected loop. (TensorFlow does here what PyTorch does without the two calls; one seed.)

# %% tags=["hide-input"]
looks = [round(share * cfg.plane) for share in (0, 1 / 20, 1 / 6, 1 / 2)]
figure, axes = plt.subplots(2, 4, figsize=(10, 5.8))
for row, loop in zip(axes, ("slide", "corrected"), strict=True):
    fakes, opinions = leak.play(loop, looks)
    for ax, (step, cloud) in zip(row, fakes.items(), strict=True):
        plane.show_points(ax, cloud, step)
    row[0].set_ylabel(loop, fontsize=14)
    modes = points.modes_found(cloud, points.CENTRES["ring"])
    said = "D says on average {:.2f} to real points, {:.2f} to fakes".format(*opinions)
    print(f"{loop:<10} {modes} of 8 modes; {said}")
figure.tight_layout()
alt = "The slide's fakes shrink to one spot in the middle of the ring; the corrected loop's spread and in the end lie on the ring's groups."
plots.show(figure, alt, dpi=80)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 연습 문제 · Exercises
#
# 1. **찾기 · Find** the slide's mistakes: under "Find the mistakes", above.
# 2. **예측 · Predict.** (before the run) The pixels of all dogs are shuffled in the same way, and the same GAN is trained. Its samples, put back in order, are **A** noise, **B** dogs like the others, **C** much better dogs? Set `prediction` in "Going deeper: neighbours", the last part of this page, before you run it.
# 3. **유도 · Derive.** At P(Generator) = P(Data), against the best D: D's loss and the non-saturating G loss.
# 4. **유도 · Derive.** A collapsed G puts *all* samples on one of the ring's eight modes. V with the **best** D for that? (D* = p/(p+q); at the crowded mode p = 1/8, q = 1.)
# 5. **바꾸고 학습하기 · Change and train.** All 8 modes of the ring in at most 500 updates: return a `Game` with other rates, steps or batch.
# 6. **고치기 · Repair.** `broken_round` trains D against itself. D and G should each follow their own loss, and only that.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
exercises.check("02-equilibrium", None)  # (D's loss, G's loss)
exercises.check("02-collapsed-v", None)


def my_game(seed):
    """A game on the ring that finds all eight modes early."""
    return Game("ring", g_rate=1e-3, d_rate=1e-3, seed=seed)


exercises.check("02-eight-modes", None)  # my_game in place of None
for name in ("slide", "equilibrium", "collapsed-v", "eight-modes"):
    exercises.solution(f"02-{name}")


# %% tags=["exercise"] slideshow={"slide_type": "skip"}
def broken_round(D, G, d_optimizer, g_optimizer, x, z):
    """One step of both. Each should follow its own loss, and only that. Mend it."""
    with tf.GradientTape(persistent=True) as tape:
        fake = D(G(z))
        d, g = d_loss(D(x), fake), g_loss_non_saturating(fake)
        both = d + g
    d_optimizer.apply(tape.gradient(both, D.trainable_variables), D.trainable_variables)
    g_optimizer.apply(tape.gradient(both, G.trainable_variables), G.trainable_variables)


exercises.check("02-repair", broken_round)
exercises.solution("02-repair")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 요약 · Summary
#
# 두 신경망이 서로를 견제하며 배운다. 규칙은 두 걸음뿐이다.
#
# - G maps simple noise to samples and learns only through D's gradient; D is a classifier of real against fake.
# - The loop: one step of D on −V, one step of G on −log D(G(z)), each moving one player's variables.
# - V near −log 4 proves nothing by itself: a weak D cannot tell success from mode collapse. Look at samples, and count.
# - Dense layers can draw dogs of 16 pixels: blurred ones. What they do not know about pictures is under "Going deeper: neighbours".
# - In PyTorch: `zero_grad` before `backward`, `detach` the fakes in D's step. Without both, no mode of the ring was found.

# %% [markdown] slideshow={"slide_type": "skip"}
# ## References
#
# - Goodfellow et al. 2014, *Generative Adversarial Nets*, [arXiv:1406.2661](https://arxiv.org/abs/1406.2661); networks and rates: `mnist.yaml` of github.com/goodfeli/adversarial
# - Kahng et al. 2018, *GAN Lab*, [poloclub.github.io/ganlab](https://poloclub.github.io/ganlab/)
# - Metz et al. 2016, *Unrolled generative adversarial networks*, [arXiv:1611.02163](https://arxiv.org/abs/1611.02163), on collapse on a ring of Gaussians
# - Heusel et al. 2017, [arXiv:1706.08500](https://arxiv.org/abs/1706.08500): a learning rate for each player
# - Ioffe, Szegedy 2015, *Batch normalization*, [arXiv:1502.03167](https://arxiv.org/abs/1502.03167)
# - Zhang et al. 2023, *Dive into Deep Learning*, section "Generative adversarial networks", [d2l.ai](https://d2l.ai)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: your own loop in the plane
#
# 놀이터의 두 함수는 라이브러리의 것이다. 직접 쓴 함수로 고리 위의 여덟 무리를 배운다.
#
# **볼 것 · What to see.** V comes within about 0.1 of −log 4, its value at P(Generator) = P(Data), and is above it on nearly all rounds: D still tells some fakes, such as those between the groups; single batches fall below. It does not settle: two players chase each other, and a batch of 128 is a noisy judge.

# %% slideshow={"slide_type": "skip"}
ring = points.sample("ring", 8000)
play_round = make_round(G, D, ring, g_rate=5e-4, d_rate=2e-3, batch=128)
z = latents(400, 2)
before = G(z).numpy()
values = [float(play_round()) for _ in range(cfg.plane)]
after = G(z).numpy()
figure, axes = plt.subplots(1, 3, figsize=(12, 4), width_ratios=(1, 1, 1.3))
for ax, cloud, title in ((axes[0], before, "before"), (axes[1], after, "after")):
    ax.scatter(*ring[:400].T, s=9, color=PALETTE["real"], label="real x")
    ax.scatter(*cloud.T, s=9, color=PALETTE["fake"], marker="D", label="fake G(z)")
    ax.set(xlim=(-3, 3), ylim=(-3, 3), xticks=[], yticks=[], title=f"{title} training")
axes[0].legend(loc="lower left")
axes[2].plot(values, color=PALETTE["d"], lw=0.7)
axes[2].axhline(-np.log(4), color="black", ls="--", label="−log 4 = −1.386")
axes[2].set(xlabel="rounds", title="V(D, G)", ylim=(-2.5, 0))
axes[2].legend(frameon=False)
figure.tight_layout()
plots.show(
    figure,
    "Fakes before and after training: in the end on all eight groups, and a few between them; V is a little above −log 4 on nearly all rounds.",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: neighbours
#
# 모든 그림의 픽셀을 **똑같이** 뒤섞고 같은 GAN을 학습한 뒤, 결과를 되돌린다. 예측부터 하라(연습 문제 2).
#
# **볼 것 · What to see.** Nobody can read the first two rows, and the dense layers learnt them all the same. (Half the rounds: compare with the third row of the film above.) "Neighbours are alike" is not built in: it has to be learnt 768 times over. Chapter 04 builds it in.

# %% slideshow={"slide_type": "skip"}
prediction = None  # exercise 2: "A", "B" or "C"
order = np.random.default_rng(0).permutation(768)
blind, *_ = learn(pixels[:, order], cfg.rounds // 2)
shuffled = blind(latents(12, 100)).numpy()
restored = shuffled[:, np.argsort(order)]
figure = plots.labelled_rows(
    [as_pictures(pixels[:12, order]), as_pictures(shuffled), as_pictures(restored)],
    ["real, shuffled", "generated", "generated, put back in order"],
)
plots.show(
    figure,
    "Shuffled portraits, shuffled samples, and the same samples put back in order: blurred dogs' heads.",
)
exercises.check("02-shuffled", prediction)
exercises.solution("02-shuffled")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: is it the same mathematics?
#
# 같은 가중치, 같은 개, 같은 잡음으로 두 손실이 몇 걸음이나 같은지 센다.
#
# **볼 것 · What to see.** At 2e-4 the losses stay close, as printed, but not as close as two starts that differ in the seventh digit (dotted): the same mathematics is not the same arithmetic. One known difference is that the two Adams put their ε in different places. At the slide's 0.01 they part at once; there a step is as large as a weight, and even the nudge grows from 1e-5 to 1.

# %% slideshow={"slide_type": "skip"}
from dogan_lib.models import vanilla


def in_tensorflow(rate, nudge=0.0):
    """The two functions of this chapter from the common start, or from one a hair beside it."""
    for player, weights in zip((D, G), (d_start, g_start), strict=True):
        player.set_weights([w * np.float32(1 + nudge) for w in weights])
    adams = [keras.optimizers.Adam(rate, epsilon=1e-8) for _ in "DG"]
    for optimizer, player in zip(adams, (D, G), strict=True):
        optimizer.build(player.trainable_variables)

    @tf.function
    def play(x, z):
        d = update_discriminator(D, G, adams[0], x, z)
        return d, update_generator(D, G, adams[1], z)

    with tf.device("CPU:0"):
        pairs = zip(real, noise, strict=True)
        return np.array([play(tf.constant(x), tf.constant(z)) for x, z in pairs])


D = vanilla.discriminator(768, first_scale=1, seed=1)
G = vanilla.generator(outputs=768, last_scale=1, seed=2)
d_start, g_start = D.get_weights(), G.get_weights()
steps = cfg.compared
rows = np.random.default_rng(0).integers(len(pixels), size=(steps, 32))
real, noise = pixels[rows], latents(steps * 32, 100).reshape(steps, 32, 100)
ours = {rate: in_tensorflow(rate) for rate in (2e-4, 0.01)}
nudged = {rate: in_tensorflow(rate, nudge=1e-7) for rate in ours}
reason = torch_loop.missing()
if reason:
    print("The PyTorch cells are skipped:", reason)

# %% slideshow={"slide_type": "skip"}
if not reason:
    jobs = [torch_loop.Job("corrected", real, noise, rate) for rate in ours]
    theirs = dict(zip(ours, torch_loop.play(jobs, g_start, d_start), strict=True))
    for rate in ours:
        apart = np.abs(ours[rate] - theirs[rate]).max(axis=1)
        same = int(np.argmax(apart > 1e-4)) if (apart > 1e-4).any() else steps
        print(f"rate {rate}: within 1e-4 for {same} of {steps} steps, {apart.max():.1e} at most")

figure, ax = plt.subplots(figsize=(11, 2.8))
for rate, colour in ((0.01, "fake"), (2e-4, "real")):
    floor = np.abs(nudged[rate] - ours[rate]).max(axis=1) + 1e-9
    ax.semilogy(floor, color=PALETTE[colour], ls=":", label=f"TensorFlow nudged by 1e-7, {rate}")
    if not reason:
        apart = np.abs(ours[rate] - theirs[rate]).max(axis=1) + 1e-9
        ax.semilogy(apart, color=PALETTE[colour], label=f"PyTorch, {rate}")
ax.axhline(1e-4, color="black", lw=1)
ax.set(title="how far from TensorFlow's losses; black: 1e-4", xlabel="step")
ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
figure.tight_layout()
alt = "PyTorch's differences stay below 0.01 at rate 2e-4 and pass 1 at 0.01; those of a nudged TensorFlow lie far below them."
plots.show(figure, alt)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: the playground, by hand and by five distributions
#
# Things to try in the playground, each in under a minute:
#
# 1. *reset*, speed 1: the first 50 updates. D's field turns first, then the arrows, then the points.
# 2. Set "lr of G" to the far left: G stands still, V climbs towards 0, the arrows grow.
# 3. Now choose the *minimax* loss: the arrows almost vanish although nothing else changed. That is saturation.
# 4. Set "lr of D" to the far left: the whole cloud slides downhill together.
# 5. D steps 5: the arrows become precise, and everything slower.
#
# The widgets are ordinary Python objects: setting `.value` does what a hand would do. So the cell below plays every data set of the menu, with the cure for collapse on. Count the modes that are still missing on the grid of 25.

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
from dogan_lib.classroom import scene

tour = Playground(Game("ring", g_rate=5e-4, d_rate=2e-3))
tour.rounds.value = 50
figure, axes = plt.subplots(1, 5, figsize=(13, 2.9))
for ax, name in zip(axes, points.SHAPES, strict=True):
    tour.data.value = name
    tour.advance(cfg.pictures)
    picture = np.asarray(scene.render(tour.game.scene()))  # its left half is the plane
    ax.imshow(picture[scene.HEAD : scene.HEAD + scene.PANEL, : scene.PANEL])
    ax.set_title(f"{name} {tour.scene.note}", fontsize=11)
    ax.axis("off")
figure.tight_layout()
alt = "Real and fake points, D's field and arrows: ring, grid, spiral, two moons, dog."
plots.show(figure, alt, dpi=80)
