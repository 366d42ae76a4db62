# %% [markdown] slideshow={"slide_type": "slide"}
# # 08 · 텍스트에서 그림으로 — 말로 부탁하면 개를 그린다
#
# **한국어 요약**
#
# - 설명문(caption)을 텍스트 부호기(text encoder) φ가 숫자 128개로 바꾸고, 생성자(generator)는 그 숫자와 z를 함께 받아 그린다.
# - 판별자(discriminator)는 세 가지 짝을 가린다: 진짜와 맞는 말, 진짜와 틀린 말, 가짜와 그 말 (GAN-INT-CLS, Reed 2016).
# - 설명문 사이를 보간(interpolation)한 말로도 생성자를 가르친다.
# - 작은 망을 직접 학습시키고, 한 번도 보지 못한 조합을 부탁해 말을 얼마나 듣는지(obedience) 잰다.
# - 논문의 게임만으로는 z가 거의 쓰이지 않는다: 설명문 하나에 개 한 마리. 항 하나를 더해 한 설명문의 개들을 서로 다르게 한다 (mode seeking).

# %% [markdown] slideshow={"slide_type": "skip"} tags=["colab"]
# [![Open in Colab](../docs/colab.svg)](https://colab.research.google.com/github/OWNER/dogan/blob/main/notebooks/08_text_to_image.ipynb)
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
# 말을 숫자로 바꾸고, D에게 읽기를 가르치고, G가 말을 듣는지 잰다.
#
# 1. How a sentence becomes numbers, and why the order of its words matters.
# 2. Why D has to see *real* dogs with *wrong* captions, and its loss with three terms.
# 3. To ask for dogs in your own words, and to be told what was not understood.
# 4. To *measure* whether G does what it is asked, on combinations it has never seen.
# 5. What is left for z when the caption says the rest, and one term that makes G use it.

# %% slideshow={"slide_type": "skip"}
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(dogs=256, epochs=2, batch=32, width=4, z=8, film=1, asked=24, style_steps=3),
    cpu=dict(dogs=6000, epochs=10, batch=32, width=24, z=16, film=3, asked=300, style_steps=240),
    gpu=dict(dogs=6000, epochs=60, batch=32, width=64, z=16, film=10, asked=1000, style_steps=4000),
)
cfg

# %% slideshow={"slide_type": "skip"}
import textwrap

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops

from dogan_lib import checkpoints, losses, metrics, plots, runtime
from dogan_lib.callbacks import Film, LivePlot
from dogan_lib.classroom import diagram, exercises, studies, text_encoder
from dogan_lib.classroom.obedience import (
    IN_PORTRAITS,
    extras,
    figure_of_extras,
    obedience,
    spread,
)
from dogan_lib.classroom.obedience import figure as figure_of_obedience
from dogan_lib.classroom.widgets import AskForDogs
from dogan_lib.dogs import load_dogs
from dogan_lib.doodles import captions, readers
from dogan_lib.doodles.painter import PORTRAITS
from dogan_lib.generator import Generator, latents
from dogan_lib.models import dcgan, text

print(runtime.setup(seed=0))
dogs = load_dogs(size=32, source="portraits", limit=cfg.dogs)
dogs

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 이 장에서 바뀌는 것 · What this chapter changes
#
# 조건이 견종 번호가 아니라 문장이다. D의 손실 함수에는 항이 하나 더 있다.
#
# **볼 것 · What to see.** The caption enters both players, as the label did in chapter 07. New is how D is *taught to read*.

# %% tags=["hide-input"]
diagram.game(
    lit=("condition", "D", "loss"),
    labels={"condition": "caption", "D": "real, and does\nit fit?", "loss": "three terms"},
    title="GAN-INT-CLS",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 설명문과 시험 문제 · Captions, and what is kept for the examination
#
# **눈 위의 흰 개와 하늘 아래 붉은 개는 학습에서 한 번도 보이지 않는다.** 시험에서는 바로 그것을 부탁한다.
#
# **볼 것 · What to see.** The program that draws a doodle knows what it draws, so its caption is true; it leaves open what it does not say. White dogs and snow are both shown, but never together.

# %% tags=["hide-input"]
learnt = text_encoder.trained_on(dogs)
kept = dogs.subset(captions.split(dogs)[1])
said = zip(kept.attributes["colour"], kept.attributes["background"], strict=True)
pairs = [f"{colour}, {place}" for colour, place in said]
print(f"{len(learnt):,} to learn from, {len(kept):,} kept back:", "; ".join(sorted(set(pairs))))
first = [(learnt, i, "shown") for i in range(2)]
first += [(kept, pairs.index(pair), "kept back") for pair in sorted(set(pairs))]
figure, axes = plt.subplots(1, len(first), figsize=(13, 4.8))
for ax, (some, i, role) in zip(axes, first, strict=True):
    ax.imshow(some.images[i])
    ax.set_title(role, fontsize=16)
    ax.set_xlabel(textwrap.fill(some.captions[i], 30), fontsize=13)
    ax.set(xticks=[], yticks=[])
figure.tight_layout()
plots.show(figure, "Portraits above their captions: two to learn from, two kept back.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 텍스트 부호기 φ(t) · A text encoder
#
# 낱말 벡터의 평균은 말의 순서를 잃는다. 이웃한 낱말 셋을 함께 보는 합성곱은 잃지 않는다.
#
# "A *white* dog with *black* patches" and "a *black* dog with *white* patches" are one bag of words (단어 주머니). This encoder tells them apart (going deeper). It was trained by matching pictures with captions. Reed's convolves over *letters*, with a recurrent network on top.


# %%
def my_encoder(embedding_dim=128, width=128):
    ids = keras.Input((captions.MAX_WORDS,), dtype="int32")  # 0: no word
    there = ops.expand_dims(ops.cast(ops.not_equal(ids, 0), "float32"), -1)
    plain = dict(dtype="float32")
    x = layers.Embedding(len(captions.VOCABULARY) + 1, width // 2, **plain)(ids) * there
    x = layers.Conv1D(width, 3, padding="same", activation="relu", **plain)(x) * there
    x = layers.GlobalMaxPooling1D(**plain)(x)  # said anywhere in the sentence
    x = layers.Dense(width, activation="relu", **plain)(x)
    x = layers.Dense(embedding_dim, **plain)(x)
    norm = layers.LayerNormalization(epsilon=1e-6, center=False, scale=False, **plain)
    return keras.Model(ids, norm(x))  # mean 0, variance 1: as loud as z


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 판별자: 모든 자리에 φ · D: the caption at every place
#
# G는 φ(t)를 128개로 줄여 z에 붙인다. D는 4×4의 16곳 모두에 놓고 1×1 합성곱으로 비교한다.
#
# As in Reed's code: batch normalisation on the projected caption and after the 1×1 convolution.


# %%
def my_discriminator(width):
    leaky, norm = layers.LeakyReLU(negative_slope=0.2), dcgan.batch_norm
    images, phi = keras.Input((32, 32, 3)), keras.Input((128,))
    x = dcgan.shrink(images, width, kernel_size=4)  # (4, 4, 4 width)
    x = text.refine(x, width, leaky)  # a residual block of the same size
    said = leaky(norm(layers.Dense(128)(phi)))
    everywhere = layers.Reshape((4, 4, 128))(layers.RepeatVector(16)(said))
    x = layers.Concatenate()([x, everywhere])
    x = leaky(norm(layers.Conv2D(4 * width, 1)(x)))
    return keras.Model([images, phi], layers.Dense(1, dtype="float32")(layers.Flatten()(x)))


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 세 가지 짝 · Three kinds of pairs
#
# 진짜와 가짜만 보는 D는 말을 읽지 않아도 이긴다. 그래서 **진짜 그림에 틀린 말**을 붙여 보여 준다 (CLS).
#
# **볼 것 · What to see.** A perfect photograph of the wrong dog is no answer. The wrong caption is another dog's, as in the paper.

# %% tags=["hide-input"]
wrong, caption = learnt.captions[:2]
generator = checkpoints.load_generator("text64")
fake = generator.sample(1, seed=5, captions=caption)[0]
fake = fake.reshape(32, 2, 32, 2, 3).mean((1, 3))  # as small as the real one
pairs = (
    (learnt.images[1], caption, "real", "real, right caption: 1"),
    (learnt.images[1], wrong, "accent", "real, wrong caption: 0"),
    (plots.to_uint8(fake), caption, "fake", "fake, its caption: 0"),
)
figure, axes = plt.subplots(1, 3, figsize=(12, 4.8))
for ax, (image, sentence, colour, role) in zip(axes, pairs, strict=True):
    ax.imshow(image)
    ax.set_title(role, color=plots.PALETTE[colour], fontsize=16)
    ax.set_xlabel(textwrap.fill(sentence, 32), fontsize=13)
    ax.set(xticks=[], yticks=[])
figure.tight_layout()
plots.show(
    figure, "Three pairs that D judges: a real dog with its own and with another caption, a fake."
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 두 손실 · The two losses
#
# D의 손실은 세 항이고(t̂은 틀린 말), "아니요" 둘과 "예" 하나의 무게가 같다. G는 두 말의 가운데로도 그린다 (INT).
#
# $$\mathcal L_D = \mathrm{BCE}(D(x, t), 1) + \tfrac12\,\mathrm{BCE}(D(x, \hat t), 0) + \tfrac12\,\mathrm{BCE}(D(G(z, t), t), 0)$$
#
# $$\mathcal L_G = \mathrm{BCE}\big(D(G(z, t), t), 1\big), \quad t \in \{B \text{ captions}\} \cup \{B/2 \text{ midpoints } \tfrac12 (\varphi(t_1) + \varphi(t_2))\}$$
#
# A midpoint has no picture, and needs none: G is taught by D's verdict. D sees the fakes of the B captions only. That is all of Reed's game.


# %%
def bce(logits, target):
    return tf.reduce_mean(tf.nn.softplus(-logits if target else logits))


def three_terms(right, wrong, fake):
    return bce(right, 1) + bce(wrong, 0) / 2 + bce(fake, 0) / 2


def asked_of_g(phi):
    """B embeddings -> B + B/2: all of them, and midpoints of the two halves."""
    first, second = tf.split(phi, 2)
    return tf.concat([phi, (first + second) / 2], axis=0)


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 하나를 더한다 · One thing more: mode seeking
#
# 논문의 게임에 하나를 더한다: 한 설명문의 두 그림이 다르도록. 두 그림이 같을수록 G가 더 낸다.
#
# $$\mathcal L_G \mathrel{+}= \frac{0.1}{\mathbb E\,|G(z_1, t) - G(z_2, t)| + 0.001}$$
#
# One picture belongs to each caption, so little in Reed's game tells G to use z: alone it draws one dog a caption (the slide "One row a caption"). Mao et al. pay G for two different pictures: `TextGAN(..., seeking=0.1)`. Its default is 0, Reed's game.


# %%
def seek(one, other, weight=0.1):
    """Two pictures of each caption, of two z: what G pays where they are alike."""
    return weight / (tf.reduce_mean(tf.abs(one - other)) + 1e-3)


# %% slideshow={"slide_type": "skip"}
mine, reference = my_encoder(), text_encoder.encoder()
mine.set_weights(reference.get_weights())
ids = np.array([captions.numbers(captions.read(caption).words) for caption in dogs.captions[:8]])
np.testing.assert_allclose(mine(ids), reference(ids), atol=1e-6)
print(f"φ: {mine.count_params():,} parameters; the library's encoder says the same")
mine, reference = my_discriminator(8), text.discriminator(width=8, resolution=32)
shapes = [sorted(tuple(w.shape) for w in model.weights) for model in (mine, reference)]
assert shapes[0] == shapes[1]
print(f"D: {mine.count_params():,} parameters, the same shapes")
right, mismatched, drawn = tf.unstack(tf.random.stateless_normal((3, 16, 1), seed=(0, 2)))
library = losses.NonSaturating().discriminator(right, tf.concat([mismatched, drawn], 0))
np.testing.assert_allclose(three_terms(right, mismatched, drawn), library, rtol=1e-6)
print(f"three terms {three_terms(right, mismatched, drawn):.4f}, the library {library:.4f}")
encoder = text_encoder.load_encoder()
phi = encoder(dogs.captions[:6], warn=False)
np.testing.assert_allclose(asked_of_g(phi), text.asked_of_g(tf.constant(phi)))
print(len(phi), "captions,", len(asked_of_g(phi)), "asked of G")

prediction = None  # exercise 1: "A", "B" or "C", before you train
table = [
    "a close-up of a golden dog with floppy ears under a blue sky",
    "a close-up of a black dog with pricked ears in the snow",
    "a close-up of a grey dog with long ears under a blue sky",
    "a close-up of a white dog with pricked ears in the snow",
]
data = text_encoder.batches(learnt, encoder, cfg.batch, variants=2)
G = text.generator(width=cfg.width, latent_dim=cfg.z, resolution=32, upsample=True)
D = text.discriminator(width=cfg.width, resolution=32)
adams = [keras.optimizers.Adam(rate, beta_1=0.5) for rate in (1e-3, 4e-4)]

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 학습: 그림마다 다른 부탁 · Train: a caption for each dog
#
# 짝은 (그림, 설명문, 틀린 설명문)이고 나머지는 4장과 같다. 화면의 그림마다 부탁한 말이 다르다.
#
# **볼 것 · What to see.** Twenty-five captions, a dog each. G's loss holds what mode seeking costs, too. D's loss lies below log 4, the dotted line, where it tells the pairs apart.

# %%
gan = text.TextGAN(G, D, latent_dim=cfg.z, seeking=0.1)
gan.compile(g_optimizer=adams[0], d_optimizer=adams[1], ema=0.995)
film = Film(samples=12, every=cfg.film, captions=np.repeat(table, 3).tolist())
watch = [LivePlot(every=2, samples=25, guess=np.log(4)), film]
history = gan.fit(data, epochs=cfg.epochs, verbose=0, callbacks=watch)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 학습의 영화 · The film of this run
#
# 설명문 네 개에 z 세 개씩. 줄마다 걸린 시간이 적혀 있다.
#
# **볼 것 · What to see.** Three columns a caption: golden under the sky, black in the snow, grey under the sky, white in the snow (never shown). Background and coat come before ears. Look whether the three of a caption are one dog: mode seeking asks for three.

# %% tags=["hide-input"]
plots.show(film.figure(), "Four captions, three latents each, as the training goes on.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 한 줄에 설명문 하나 · One row a caption
#
# 줄마다 z가 여덟 개다. 숫자는 개 마흔 마리가 평균 그림에서 떨어진 거리다.
#
# **볼 것 · What to see.** The white dog in the snow was never shown. Beside each row its spread; below, that of real dogs and of forty captions, and what Reed's game alone had, recorded before: next to nothing, one dog a caption. Pictures of *many* captions hide that mode collapse; rows of one caption show it.

# %% tags=["hide-input"]
live = Generator(gan.ema_generator)
asked = [*table, "a close-up of a dog"]
rows = [live.sample(40, seed=8, captions=caption) for caption in asked]
texts = [f"{caption}\n{spread(row):.3f}" for caption, row in zip(asked, rows, strict=True)]
plots.show(
    plots.labelled_rows([row[:8] for row in rows], texts),
    "Five captions with their spread, each with eight dogs of the same eight z.",
)
real = learnt.images[:40] / np.float32(127.5) - 1
told = live.sample(40, seed=8, captions=learnt.captions[:40])
print(f"forty real dogs {spread(real):.3f}, forty captions {spread(told):.3f}")
alone, *_ = studies.by_variant(studies.load("extras"), "spread").values()
print(
    f'Reed\'s game alone, "{asked[-1]}": {alone.mean():.3f} (mean of {len(alone)} seeds, recorded)'
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 한 말에서 다른 말로 · From one caption to another
#
# 오래 학습한 `text64`(64×64, 모든 자세)로, z를 붙들고 φ(t₁)에서 다음 줄의 φ(t₂)까지 걷는다.
#
# **볼 것 · What to see.** Each row begins with its own caption and ends with the next row's, the last with the first's. The middle is a caption that nobody wrote: coat, ground and pose change on the way, not all at once. What `text64` has beside Reed's game stands in going deeper.

# %% tags=["hide-input"]
ways = [
    "a small golden dog with a black mask and floppy ears sitting on grass",
    "a big white dog with black patches and long ears standing in the snow",
    "a small black dog with white markings and pricked ears lying indoors",
]
z = np.repeat(latents(1, generator.latent_dim, seed=2), 9, axis=0)
share = np.linspace(0, 1, 9)[:, None]
rows = []
for start, end in zip(ways, ways[1:] + ways[:1], strict=True):
    one, other = encoder([start, end])
    rows.append(generator.decode(z, captions=(1 - share) * one + share * other))
plots.show(plots.labelled_rows(rows, ways), "Each row walks from its caption to the next row's.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 말을 듣는가 · Does it obey?
#
# 무엇을 부탁했는지 모르는 판독기가 그림을 읽는다: 학습에 있던 조합과, 한 번도 없던 조합.
#
# **볼 것 · What to see.** Read each bar between its own chance (dots) and ceiling (line): background, coat and ears are large areas and outlines; hair is a few pixels. Chance of a coat is high where it was never shown: two coats only. One run, one seed; numbers and intervals stand in going deeper.

# %% tags=["hide-input"]
ruler = readers.load_attributes()
result = {}
for name, unseen in (("combinations shown", False), ("never shown", True)):
    questions = captions.questions(cfg.asked, only=PORTRAITS, unseen=unseen)
    result[name] = obedience(live, ruler, questions, IN_PORTRAITS)
plots.show(figure_of_obedience(result), "Bars of obedience for six attributes, shown and unshown.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 덤 네 가지, 하나씩 · Four extras, one at a time
#
# Reed의 게임에 하나씩만 더해 같은 초, 시드(seed) 셋으로 미리 재었다. 첫 줄이 대조군(control), 곧 Reed의 게임뿐인 망이다.
#
# **볼 것 · What to see.** Captions never shown; a dot a seed. The last line names what Dunnett's 95 % intervals (chapter 05) tell apart from the first row. Mode seeking makes forty dogs of one caption differ far more, and KID falls with it; the guide makes G obey more. Of near misses and midpoints these seconds show nothing. All numbers: going deeper.

# %% tags=["hide-input"]
facts = studies.load("extras")
plots.show(
    figure_of_extras(facts), "Obedience, KID and spread of Reed's game alone and with each extra."
)
table_of_extras = extras(facts).splitlines()
print(table_of_extras[0], table_of_extras[-1], sep="\n")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 개를 부탁하기 · Ask for your dog
#
# 쓰고 Enter를 누른다. 그리는 것은 오래 학습한 `text64`다. 부호기가 모르는 말은 개 위에 나온다.
#
# **볼 것 · What to see.** Where a caption says much, eight z give nearly one dog; try "a dog". Try "a fluffy dog", too, and "a black white dog": a G that draws *something* for them would look as if it had understood. For the G just trained: `AskForDogs(live, table[0], zoom=4)`.

# %%
AskForDogs(generator, ways[0], zoom=2)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇이 잘못되나 · What went wrong, and how to tell
#
# - 개는 좋은데 말을 안 듣는다 · **Fine dogs, captions ignored**: compare D's logits for right and wrong captions (going deeper). A D that does not read cannot teach G.
# - 다 맞는데 귀만 틀리다 · **All right but the ears**: a single score hides it. Obedience goes attribute by attribute.
# - 말이 다 정하고 z는 없다 · **The caption decides all, z nothing**: the spread along a row.
# - 점수가 자기를 칭찬한다 · **The score praises itself**: measured with D, with a network that taught G, or on captions of the training, obedience may look better and means less.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 연습 문제 · Exercises
#
# 답을 `None` 자리에 쓰고 칸을 실행한다. · Put your answer in place of `None` and run the cell.
#
# 1. **예측 · Predict.** (학습 전에) 무엇을 가장 못 들을까? · (before the run) Which will be obeyed least: **A** the background, **B** the ears, **C** long or short hair? Set `prediction` above.
# 2. **세기 · Count.** 아래 1×1 합성곱의 가중치와 편향은 몇 개인가? · In Reed's D 512 channels and 128 numbers of the caption meet in a 1×1 convolution to 512. How many weights and biases?
# 3. **유도 · Derive.** 세 항에서 가장 좋은 D를 구한다. · Under one caption pictures have the density `right` among its own, `wrong` among those it is wrongly given, `fake` among G's. Write `best(right, wrong, fake)`, the D\* of the three terms.
# 4. **고치기 · Repair.** 항은 셋인데 D가 가짜를 배우지 못한다. 고쳐라. · `broken_loss` has three terms, and D hardly learns what a fake is.
# 5. **바꾸고 학습하기 · Change and train.** 말을 더 잘 듣는 G를 같은 시간 안에 학습시킨다. · A G that obeys more, in no more time than the run above: 0.75 of six attributes, on 300 captions never shown.


# %% tags=["exercise"] slideshow={"slide_type": "skip"}
def best(right, wrong, fake):
    """D*(x) in [0, 1]; three densities, arrays of one shape."""


exercises.check("08-best-discriminator", best)


# %% tags=["exercise"] slideshow={"slide_type": "skip"}
def broken_loss(D, real, fake, t):
    """D's loss; D(pictures, captions) -> logits, and fake was drawn for t. Mend it."""
    wrong = np.roll(t, 1, axis=0)

    def bce(logits, target):
        return np.logaddexp(0, -logits if target else logits).mean()

    return bce(D(real, t), 1) + bce(D(real, wrong), 0) / 2 + bce(D(fake, wrong), 0) / 2


exercises.check("08-repair", broken_loss)

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
better = None  # your own TextGAN, trained no longer than the one above
exercises.check("08-obeys", better)
exercises.check("08-least-obeyed", prediction)
exercises.check("08-count", None)
for name in ("08-count", "08-best-discriminator", "08-repair"):
    exercises.solution(name)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 요약 · Summary
#
# D가 말을 읽어야 G가 말을 듣는다.
#
# - A caption becomes an embedding that is trained to fit the picture; word order matters as soon as two colours are named.
# - D judges pairs, and real dogs with wrong captions make it read.
# - G may learn from captions that nobody wrote: midpoints.
# - Obedience is measured attribute by attribute, on combinations never shown, between chance and ceiling, by a network that G was never trained on.
# - What is added to a game is held against the game without it, trained equally long. With mode seeking the dogs of one caption differ, and KID falls; with the guide G obeys more; two other extras showed nothing.
# - What the caption leaves open should be z's. Reed's game does not ask G for that, and alone it drew one dog a caption; mode seeking asks.

# %% [markdown] slideshow={"slide_type": "skip"}
# ## References
#
# - Reed et al. 2016, *Generative adversarial text to image synthesis*, [arXiv:1605.05396](https://arxiv.org/abs/1605.05396); code [reedscot/icml2016](https://github.com/reedscot/icml2016)
# - Reed et al. 2016, *Learning deep representations of fine-grained visual descriptions*, [arXiv:1605.05395](https://arxiv.org/abs/1605.05395)
# - Mao et al. 2019, *Mode seeking generative adversarial networks*, [arXiv:1903.05628](https://arxiv.org/abs/1903.05628)
# - Dash et al. 2017, *TAC-GAN*, [arXiv:1703.06412](https://arxiv.org/abs/1703.06412)
# - Radford et al. 2021, *CLIP*, [arXiv:2103.00020](https://arxiv.org/abs/2103.00020)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: what the reader refuses
#
# 모르는 낱말과 모순된 말은 이름을 불러 알려 준다. 조용히 넘어가는 것은 없다.

# %% slideshow={"slide_type": "skip"}
for sentence in (
    "a close-up of a white dog with black markings and floppy ears",
    "a fluffy gray dog on the moon",
    "a black white dog with long pricked ears",
):
    print(sentence, captions.read(sentence), sep="\n", end="\n\n")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: how the encoder is trained
#
# 그림 n장과 설명문 n개를 섞고, 누가 누구의 것인지 묻는다. 코사인의 대각선이 행마다, 열마다 가장 커야 한다.
#
# $$\mathcal L = \tfrac12 \,\mathrm{CE}(\text{rows: which caption?}) + \tfrac12 \,\mathrm{CE}(\text{columns: which picture?})$$

# %% slideshow={"slide_type": "skip"}
card = checkpoints.card("text_encoder")
print(f"the shipped encoder: {card['data']}, {card['epochs']} epochs, {card['seconds']} s")
print("named rightly, on combinations kept back:", card["held_out_attributes"])
match = card["held_out_match"]
print(f"own caption found among {match['of']}: {match['right']:.1%}")


# %% slideshow={"slide_type": "skip"}
def matching_loss(scores):
    """Of scores (n, n), picture i with caption j: one number for each pair (n,)."""
    rows = tf.nn.log_softmax(scores, axis=1)
    columns = tf.nn.log_softmax(scores, axis=0)
    return -(tf.linalg.diag_part(rows) + tf.linalg.diag_part(columns)) / 2


# %% [markdown] slideshow={"slide_type": "skip"}
# Reed asked the same question with a hinge; the symmetric cross-entropy is CLIP's. Small heads beside it have to name what the caption says, or hair and ears are forgotten.

# %% slideshow={"slide_type": "skip"}
scores = tf.random.stateless_normal((6, 6), seed=(0, 1))
np.testing.assert_allclose(
    matching_loss(scores), readers.matching_loss(None, scores), rtol=1e-5, atol=1e-6
)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: what the encoder finds alike
#
# 우리 부호기는 색이 뒤바뀐 두 문장을 구별한다. 그러나 이 표에서 가장 비슷하다고 본다.
#
# **볼 것 · What to see.** The reversed pair A, B is below 1, where a mean of word vectors would give 1, and yet no other pair of these six scores higher.

# %% slideshow={"slide_type": "skip"}
asked = [
    "a white dog with black patches",
    "a black dog with white patches",
    "a white dog with black spots",
    "a white dog",
    "a white dog lying in the snow",
    "a red dog lying in the snow",
]
phi = encoder(asked, warn=False)
cosines = phi @ phi.T / phi.shape[1]
figure, ax = plt.subplots(figsize=(9, 4.5))
ax.imshow(cosines, cmap="Greys", vmin=-0.2, vmax=1)
for (i, j), value in np.ndenumerate(cosines):
    ink = "white" if value > 0.6 else "black"
    ax.text(j, i, f"{value:.2f}", ha="center", va="center", color=ink, fontsize=13)
ax.set_yticks(range(6), [f"{s}   {c}" for s, c in zip(asked, "ABCDEF", strict=True)], fontsize=13)
ax.set_xticks(range(6), "ABCDEF", fontsize=13)
figure.tight_layout()
plots.show(figure, "Cosines between the embeddings of six captions; 1 on the diagonal.")
apart = cosines - 2 * np.eye(6)
pair = "".join("ABCDEF"[i] for i in sorted(divmod(int(apart.argmax()), 6)))
print(f"most alike: {pair}, cosine {apart.max():.2f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: obedience in numbers, and KID
#
# 막대의 숫자와 95 % 구간, 그리고 새 초상화까지의 거리다.

# %% slideshow={"slide_type": "skip"}
for name, measured in result.items():
    print(f"{name}\n{measured}")
fresh = load_dogs(size=32, source="portraits", seed=1, limit=1000 if cfg.width > 4 else 64)
n = len(fresh) // 2
drawn = gan.sample(n, seed=2, captions=fresh.captions[:n])
print("KID to fresh portraits, this GAN ", metrics.kid(fresh.images[:n], drawn, "dognet"))
print(
    "                other portraits  ", metrics.kid(fresh.images[:n], fresh.images[n:], "dognet")
)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: does this D read?
#
# 진짜 개에 말 세 가지를 붙여 D의 로짓을 잰다.
#
# **볼 것 · What to see.** Its own caption above one lie, and one lie far above another dog's caption: this D reads, and a single lie costs little.

# %% slideshow={"slide_type": "skip"}
some = learnt.subset(slice(0, 256))
images = some.images / np.float32(127.5) - 1
random = np.random.default_rng(0)
spoken = {
    "its own caption": some.captions,
    "one lie in it": [captions.near_miss(row, random) for row in captions.rows(some)],
    "another dog's": some.captions[1:] + some.captions[:1],
}
for name, said in spoken.items():
    phi = encoder(said, warn=False)
    logits = gan.discriminator.predict([images, phi], batch_size=64, verbose=0)
    print(f"mean logit of {len(images)} real dogs with {name:<16} {logits.mean():6.2f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: content from the caption, style from a picture?
#
# 양식 부호기(style encoder) S는 방금 G가 그린 그림에서 z를 되읽는다. 오차 1.00은 아무것도 읽지 못한 것이다.
#
# $$\mathcal L_S = \mathbb E_{z, t}\, \lVert z - S(G(z, \varphi(t)))\rVert_2^2$$
#
# Reed's style transfer: S reads the style of a portrait, and G draws other captions in it. What G does not use cannot be read back; so it needs a G that uses its z.
#
# **볼 것 · What to see.** First the printed share: at 0% S has read nothing, and the columns say nothing either. Where it has read something, look down a column: what do the dogs share with the portrait on top, pose, size, light?

# %% slideshow={"slide_type": "skip"}
style = text_encoder.style_encoder(live.latent_dim, resolution=32)
optimizer = keras.optimizers.Adam(1e-3)
optimizer.build(style.trainable_variables)
every, random = encoder(learnt.captions, warn=False), np.random.default_rng(0)


def asked_at_random(n):
    z = random.standard_normal((n, live.latent_dim), dtype="float32")
    return z, every[random.integers(len(every), size=n)]


@tf.function
def style_step(z, phi):
    pictures = live.model([z, phi], training=False)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((z - style(pictures, training=True)) ** 2)
    optimizer.apply(tape.gradient(loss, style.trainable_variables), style.trainable_variables)


for _ in range(cfg.style_steps):
    style_step(*asked_at_random(64))
z, phi = asked_at_random(512)
read = style.predict(live.decode(z, captions=phi), verbose=0)
error, nothing = ((z - read) ** 2).mean(), (z**2).mean()
print(f"mean squared error of one number of z, on 512 fresh pictures: {error:.2f}")
print(f"S = 0 for every picture has {nothing:.2f}: z's own variance")
print(f"so S reads {max(0, 1 - error / nothing):.0%} of it")

# %% slideshow={"slide_type": "skip"}
chosen = learnt.images[[3, 8, 14, 21, 30, 34]]
read = style(chosen / np.float32(127.5) - 1, training=False).numpy()
rows = [live.decode(read, captions=np.repeat(encoder(caption), 6, axis=0)) for caption in table]
plots.show(
    plots.labelled_rows([chosen, *rows], ["", *table]),
    "Rows are captions; each column takes its z from the portrait on top.",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: what is not Reed's, and what it brought
#
# 모두 선택 사항이고, 기본값은 꺼짐이다. 첫 표는 슬라이드의 그림을 수로 적은 것이다: 첫 줄 아래는 첫 줄과의 차이와 Dunnett의 95 % 구간, 별은 0을 포함하지 않는다는 뜻. `text64`에는 넷이 다 들어 있어, 하나하나의 효과를 가르지 **못한다**.
#
# | option | what it does |
# |---|---|
# | `batches(near_misses=True)` | half of the wrong captions are the right one with one lie |
# | `TextGAN(seeking=0.1)` | G is paid for two different pictures of one caption |
# | `TextGAN(midpoints=True)` | half of D's fakes are midpoints' |
# | `TextGAN(reader=guide)` | a frozen classifier of 64×64 pictures tells G what it does not see of its caption |
#
# `text64`의 안내자(guide)는 20 에포크와 함께 왔다. 그래서 둘째 표는 안내자의 몫을 말해 주지 않는다.

# %% slideshow={"slide_type": "skip"}
print("\n".join(table_of_extras))

# %% slideshow={"slide_type": "skip"}
card = generator.card["obedience"]
columns = {
    "15 epochs": card["reed64_after_15_epochs"],
    "19 epochs": card["reed64"],
    "+ 20 with the guide": card["text64"],
    "ceiling": card["ceiling"],
}
print(f"{'':<12}" + "".join(f"{name:>22}" for name in columns))
for name in card["ceiling"]:
    print(f"{name:<12}" + "".join(f"{column[name]:>22.1%}" for column in columns.values()))
print(f"\n{card['n']} captions never shown; the first two columns without the guide")
asked = [*ways, "a dog"]
rows = [generator.sample(8, seed=8, captions=caption) for caption in asked]
plots.show(plots.labelled_rows(rows, asked), "Four captions, eight dogs of text64 each.")

# %% [markdown] slideshow={"slide_type": "skip"}
# Between 15 and 19 epochs, without the guide, hair and ears were still getting better. Where a caption says much, the eight z of `text64` give nearly *one* dog; only "a dog" gives different ones.

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: the guide, by hand
#
# A small classifier of attributes, trained on doodles and then frozen, reads every dog that G draws, and G pays for what the guide does not see of its caption:
#
# $$\mathcal L_{guide} = \sum_{a\ \text{named in}\ t} \mathrm{CE}\big(\text{guide}_a(G(z, t)),\ t_a\big)$$
#
# Obedience by the guide itself looks better than by the ruler, which G has never met: *when a measure becomes a target, it ceases to be a good measure* (Goodhart's law, as Strathern 1997 puts it).


# %% slideshow={"slide_type": "skip"}
def misread(seen, said):
    """Cross-entropies over the attributes that a caption names, averaged over the captions."""
    total = np.zeros(len(said))
    for scores, asked in zip(seen.values(), said.T, strict=True):
        shares = ops.convert_to_numpy(ops.softmax(scores))
        for i, value in enumerate(asked):
            if value < shares.shape[1]:  # else the caption says nothing about it
                total[i] -= np.log(shares[i, value])
    return total.mean()


guide = readers.load_attributes("guide")
questions = captions.questions(16)
said = captions.said([captions.read(question.caption) for question in questions])
pictures = generator.sample(16, captions=[question.caption for question in questions])
seen = {name: guide.model(pictures, training=False)[name] for name in card["ceiling"]}
np.testing.assert_allclose(misread(seen, said), text.misread(seen, said), rtol=1e-3)
print(f"mean loss of 16 dogs of text64 by the guide: {misread(seen, said):.2f}")
print("by the guide ", card["text64_by_its_guide"])
print("by the ruler ", card["text64"])
