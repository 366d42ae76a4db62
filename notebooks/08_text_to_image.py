# %% [markdown] slideshow={"slide_type": "slide"}
# # 08 · 텍스트에서 그림으로 — 말로 부탁하면 개를 그린다
#
# **한국어 요약**
#
# - 문장(caption)을 텍스트 부호기(text encoder) φ가 숫자 128개로 바꾸고, 생성자(generator)는 그 숫자와 z를 함께 받아 그린다.
# - 부호기는 그림과 문장을 짝짓는 문제(matching)로 직접 학습시키고, 모르는 낱말과 모순된 말은 이름을 불러 알려 준다.
# - 판별자(discriminator)는 세 가지를 가려낸다: 진짜+맞는 말, 진짜+틀린 말, 가짜+그 말 (GAN-INT-CLS, Reed 2016).
# - 문장과 문장 사이를 보간(interpolation)하고, 말은 내용을, z는 양식(style)을 맡는다는 것을 양식 전이(style transfer)로 확인한다.
# - 한 번도 보지 못한 조합을 부탁해서, 말을 얼마나 잘 듣는지(obedience) 속성마다 잰다.

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
    from dogan_lib import colab

    colab.prepare(KEEP_ON_DRIVE)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you will learn
#
# 1. How a sentence becomes numbers, why the order of its words matters, and how such an encoder is trained.
# 2. Why D has to see *real* dogs with *wrong* captions, and its loss with three terms.
# 3. To ask for dogs in your own words, and to be told what was not understood.
# 4. To *measure* whether a generator does what it is asked, on combinations it has never seen.
# 5. What is left for z when the caption says the rest: the style, and how to copy it from a picture.

# %% slideshow={"slide_type": "slide"}
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(images=160, matching=1, epochs=1, width=4, asked=24, style_steps=3),
    cpu=dict(images=2000, matching=8, epochs=8, width=16, asked=400, style_steps=500),
    gpu=dict(images=24000, matching=10, epochs=60, width=64, asked=2000, style_steps=4000),
)
cfg

# %%
import textwrap

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops

from dogan_lib import checkpoints, losses, plots, runtime
from dogan_lib.callbacks import LivePlot
from dogan_lib.classroom import exercises
from dogan_lib.dogs import load_dogs
from dogan_lib.doodles import captions, readers
from dogan_lib.metrics.obedience import figure as figure_of_obedience
from dogan_lib.metrics.obedience import obedience
from dogan_lib.models import dcgan, text
from dogan_lib.plots import PALETTE

print(runtime.setup(seed=0))
dogs = load_dogs(size=64, source="doodle", limit=cfg.images)
dogs

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Pictures with captions
#
# Breeds (chapter 07) are a list. A caption is free: it names a colour, a pose, a place, and leaves the rest open. The doodles come with captions that are true,
# because the program that draws them knows what it draws. Stanford Dogs has none, so this chapter is about doodles.

# %%
first = [dogs.images[i : i + 1] for i in range(5)]
plots.show(
    plots.labelled_rows(first, dogs.captions[:5]),
    "Five doodles, each beside the sentence that describes it.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Reading: words, and what they ask for
#
# Before any network: what does a sentence say? `captions.read` splits it into words and names everything odd. Nothing is ignored in silence, since a generator that draws *something* for
# "a purple dog" would look as if it had understood.

# %%
for sentence in (
    "a small white dog with black patches and floppy ears sitting on grass",
    "a fluffy gray dog on the moon",
    "a black white dog, sitting and standing, with long pricked ears",
):
    print(sentence, captions.read(sentence), sep="\n", end="\n\n")
for nothing in ("", "고양이"):
    try:
        captions.read(nothing)
    except ValueError as error:
        print(repr(nothing), "→", str(error)[:60], "...")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A text encoder φ(t)
#
# The networks want numbers. Give each word a learnt vector, then make one vector of the sentence. The obvious way, the **mean** of the word vectors, has a flaw:
# "a *white* dog with *black* patches" and "a *black* dog with *white* patches" are the same bag of words (단어 주머니), so the same mean.
#
# A convolution that looks at three neighbouring words sees "white dog" and "black patches". The largest answer of each filter anywhere in the sentence is kept: what is said counts, not where.
# (Reed's encoder has the same idea one level lower, convolutions over *letters* and a recurrent network on top.)


# %%
def my_encoder(embedding_dim=128, width=128):
    ids = keras.Input((captions.MAX_WORDS,), dtype="int32")  # 0: no word
    there = ops.expand_dims(ops.cast(ops.not_equal(ids, 0), "float32"), -1)
    words = layers.Embedding(len(captions.VOCABULARY) + 1, width // 2, dtype="float32")(ids)
    x = layers.Conv1D(width, 3, padding="same", activation="relu", dtype="float32")(words * there)
    x = layers.GlobalMaxPooling1D(dtype="float32")(x * there)
    x = layers.Dense(width, activation="relu", dtype="float32")(x)
    x = layers.Dense(embedding_dim, dtype="float32")(x)
    scaled = dict(epsilon=1e-6, center=False, scale=False, dtype="float32")
    return keras.Model(ids, layers.LayerNormalization(**scaled)(x))  # as loud as z: mean 0, var 1


mine, reference = my_encoder(), text.encoder()
mine.set_weights(reference.get_weights())
ids = np.array([captions.numbers(captions.read(caption).words) for caption in dogs.captions[:8]])
np.testing.assert_allclose(mine(ids), reference(ids), atol=1e-6)
print(f"{mine.count_params():,} parameters; the library's encoder says the same")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Trained by matching
#
# What should the numbers mean? What can be *seen*. Take n pictures and their n captions, mix them, and ask which belong together. A small network embeds the pictures; the n × n cosines should be largest
# on the diagonal, row by row (which caption fits this picture?) and column by column (which picture fits this caption?).
#
# $$\mathcal L = \tfrac12 \,\mathrm{CE}(\text{rows}) + \tfrac12 \,\mathrm{CE}(\text{columns})$$
#
# Reed's encoder was trained on the same question with a hinge; the symmetric cross-entropy is CLIP's.
#
# Matching alone may forget what is hard to see at 64 pixels. So small heads on the embedding also have to name each attribute that the caption says. One of four captions is shortened, as people shorten theirs: "a dog on sand".


# %%
def matching_loss(scores):
    rows = tf.nn.log_softmax(scores, axis=1)
    columns = tf.nn.log_softmax(scores, axis=0)
    return -(tf.linalg.diag_part(rows) + tf.linalg.diag_part(columns)) / 2


scores = tf.random.stateless_normal((6, 6), seed=(0, 1))
np.testing.assert_allclose(
    matching_loss(scores), readers.matching_loss(None, scores), rtol=1e-5, atol=1e-6
)
print("loss of random scores:", np.round(matching_loss(scores), 2))

# %% slideshow={"slide_type": "fragment"}
learnt = text.trained_on(dogs)  # without the combinations that are kept for the examination
matcher = readers.compiled_matcher(steps=cfg.matching * (len(learnt) // readers.BATCH))
history = matcher.fit(
    readers.caption_batches(learnt), epochs=cfg.matching, shuffle=False, verbose=0
).history
figure, ax = plt.subplots(figsize=(7, 3))
for key, label, colour, line in (
    ("match_matched", "own caption found among 64", "accent", "-"),
    ("background_accuracy", "background named", "d", "--"),
    ("ears_accuracy", "ears named", "g", ":"),
):
    epochs = range(1, cfg.matching + 1)
    ax.plot(epochs, history[key], line, color=PALETTE[colour], lw=2, marker="o", ms=3, label=label)
ax.axhline(1 / readers.BATCH, color=PALETTE["neutral"], lw=1, label="caption by chance")
ax.set(xlabel="epoch", ylabel="share right", ylim=(0, 1.03), title="the encoder learns to read")
ax.legend(frameon=False, fontsize=8)
plots.show(
    figure,
    "Shares of right answers over the epochs: matching, and the heads for background and ears.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The shipped encoder
#
# The same, trained on more doodles. Its card says what it understood of captions whose combination of colour, pose and background was not in its training, and the picture says what it finds similar.

# %%
encoder = text.load_encoder()
card = checkpoints.card("text_encoder")
print(f"{card['data']}, {card['epochs']} epochs, {card['seconds']} s on {card['machine']}")
print("heads, on captions kept back:", card["held_out_attributes"])
print(
    f"own caption found among {card['held_out_match']['of']}: {card['held_out_match']['right']:.1%}"
)
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

# %% slideshow={"slide_type": "fragment"}
figure, ax = plt.subplots(figsize=(6.4, 3.6))
shown = ax.imshow(cosines, cmap="Greys", vmin=-0.2, vmax=1)
for (i, j), value in np.ndenumerate(cosines):
    ax.text(
        j, i, f"{value:.2f}", ha="center", va="center", color="white" if value > 0.6 else "black"
    )
ax.set_yticks(range(len(asked)), asked)
ax.set_xticks(range(len(asked)), "ABCDEF")
ax.set_title("cosine of the embeddings")
figure.tight_layout()
plots.show(
    figure,
    "Cosines between the embeddings of six captions: 1 on the diagonal, lower where colour, pattern or place differ.",
)

# %% [markdown]
# **What to see.** The first two captions hold the same words, and a mean of word vectors would give them cosine 1. Compare the row of "a white dog" with the row of "a red dog lying in the snow":
# what is shared counts.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The networks: φ beside z, and φ at every place
#
# Both networks are Radford's with two additions. **G** cuts φ(t) down to 128 numbers (a dense layer and a LeakyReLU) and puts them beside z. **D** looks at the picture down to 4×4 places,
# puts the 128 numbers at *each* of the 16, and compares with a 1×1 convolution. Both have residual blocks: x plus a small correction.


# %%
def leaky(x):
    return layers.LeakyReLU(negative_slope=0.2)(x)


def refined(x, narrow):
    """x + bottleneck(x): few channels inside, as many outside as before."""
    y = x
    for filters, kernel in ((narrow, 1), (narrow, 3), (x.shape[-1], 3)):
        y = y if y is x else leaky(y)
        y = layers.Conv2D(filters, kernel, padding="same", use_bias=False)(y)
        y = layers.BatchNormalization(momentum=0.9)(y)
    return leaky(x + y)


def my_discriminator(width=8):
    images, phi = keras.Input((64, 64, 3)), keras.Input((128,))
    x = refined(dcgan.shrink(images, width, kernel_size=4), 2 * width)  # (4, 4, 8 width)
    everywhere = layers.Reshape((4, 4, 128))(layers.RepeatVector(16)(leaky(layers.Dense(128)(phi))))
    x = leaky(layers.Conv2D(8 * width, 1)(layers.Concatenate()([x, everywhere])))
    return keras.Model([images, phi], layers.Dense(1, dtype="float32")(layers.Flatten()(x)))


# %% slideshow={"slide_type": "fragment"}
mine, reference = my_discriminator(), text.discriminator(width=8)
by_shape = {tuple(weight.shape) for weight in reference.weights}
assert {tuple(weight.shape) for weight in mine.weights} == by_shape
assert mine.count_params() == reference.count_params()
for name, model in (
    ("G", text.generator(1024, width=128)),
    ("D", text.discriminator(1024, width=64)),
):
    print(f"{name} in the paper's size: {model.count_params():,} parameters")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The idea in one picture: three kinds of pairs
#
# A D that sees (real dog, its caption) and (fake dog, caption) can win by looking at the dog alone: real or fake? Nothing makes it read. **The matching-aware discriminator** also gets real dogs with *wrong* captions,
# and has to refuse them. A perfect photograph of the wrong dog is no answer.

# %%
caption, wrong = dogs.captions[0], dogs.captions[1]
generator = checkpoints.load_generator("text64")
fake = generator.sample(1, seed=5, captions=caption)[0]
pairs = (
    (dogs.images[0], caption, "real", "real, right caption\nD should say 1"),
    (dogs.images[0], wrong, "accent", "real, wrong caption\nD should say 0"),
    (plots.to_uint8(fake), caption, "fake", "fake, its caption\nD should say 0"),
)
figure, axes = plt.subplots(1, 3, figsize=(10, 3.9))
for ax, (image, sentence, colour, role) in zip(axes, pairs, strict=True):
    ax.imshow(image)
    ax.set_title(role, color=PALETTE[colour], fontsize=11)
    ax.set_xlabel(textwrap.fill(sentence, 38), fontsize=9)
    ax.set(xticks=[], yticks=[])
figure.tight_layout()
plots.show(
    figure,
    "Three pairs that D judges: a real dog with its caption, the same dog with another caption, and a generated dog.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The loss with three terms
#
# $$\mathcal L_D = \mathrm{BCE}(D(x, t), 1) + \tfrac12\,\mathrm{BCE}(D(x, \hat t), 0) + \tfrac12\,\mathrm{BCE}(D(G(z, t), t), 0)$$
#
# The halves keep "yes" and "no" in balance. Both terms against are means over equally many pairs, so together they are *one* mean over wrong pairs and fakes: any loss of the course can be used.


# %%
def bce(logits, target):
    return tf.reduce_mean(tf.nn.softplus(-logits if target else logits))


def three_terms(right, wrong, fake):
    return bce(right, 1) + bce(wrong, 0) / 2 + bce(fake, 0) / 2


right, mismatched, drawn = tf.unstack(tf.random.stateless_normal((3, 16, 1), seed=(0, 2)))
library = losses.NonSaturating().discriminator(right, tf.concat([mismatched, drawn], 0))
np.testing.assert_allclose(three_terms(right, mismatched, drawn), library, rtol=1e-6)
print(f"three terms: {three_terms(right, mismatched, drawn):.4f}, the library's: {library:.4f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Captions that are wrong, and captions in between
#
# **Wrong.** Reed pairs a picture with the caption of another one. That is nearly always wrong in *everything*, so D finds it out by the background and need not look at ears. We know the attributes, so every other wrong caption is
# a **near miss** (아깝게 틀린 말): the dog's own with one lie in it.
#
# **In between.** The captions of a data set are a few points of a large space. G needs no pictures, only D's judgement, and D has learnt what fits: so G also draws for t = ½(t₁ + t₂), half a batch more
# (the INT in GAN-INT-CLS). Reed's D is never shown what G makes of them. In a long training G finds pictures there that fool it, wild stripes half way from a portrait to a standing dog. Our D therefore gets half of its fakes
# from midpoints, with the caption of one end: their own caption, which no real picture has, would give them away.

# %%
row = captions.rows(dogs)[0]
print("true:     ", captions.describe(row))
random = np.random.default_rng(3)
for _ in range(4):
    print("near miss:", captions.near_miss(row, random))


def midpoints(phi):
    half = len(phi) // 2
    return (phi[:half] + phi[half : 2 * half]) / 2


np.testing.assert_allclose(text.asked_of_g(tf.constant(phi))[len(phi) :], midpoints(phi))
print(f"{len(phi)} captions, {len(midpoints(phi))} in between")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Kept for the examination
#
# To obey on captions from the training proves little: it might know them by heart. In each place and each pose *one colour is never shown*, neither to the encoder nor to G and D.
# Each colour, pose and place alone is seen often. In the examination we ask for exactly what was never shown.

# %%
from dogan_lib.doodles.painter import ATTRIBUTES

pairs = [(pose, place) for pose in ATTRIBUTES["pose"] for place in ATTRIBUTES["background"]]
kept = np.array(
    [
        [captions.held_out(dict(colour=c, pose=p, background=b)) for p, b in pairs]
        for c in ATTRIBUTES["colour"]
    ]
)
figure, ax = plt.subplots(figsize=(9, 2.9))
ax.imshow(kept, cmap="Greys", aspect="auto", vmax=1.3)
ax.set_yticks(range(6), ATTRIBUTES["colour"])
ax.set_xticks(range(24), [place for _, place in pairs], rotation=90, fontsize=8)
for i, pose in enumerate(ATTRIBUTES["pose"]):
    ax.text(6 * i + 2.5, -0.75, pose, ha="center")
    ax.axvline(6 * i - 0.5, color=PALETTE["accent"])
plots.show(
    figure,
    "Colours against poses and places: in each column one of six cells is dark, the colour that is kept back.",
)
print(f"{kept.sum()} of {kept.size} combinations are kept back")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Train
#
# `TextGAN` is chapter 04's `GAN` with the three terms and the midpoints; batches are `(pictures, captions, wrong captions)`. G grows by nearest upsampling, as all our 64×64 generators do.

# %%
gan = text.TextGAN(
    text.generator(width=cfg.width, upsample=True),
    text.discriminator(width=cfg.width),
)
gan.compile(d_optimizer=keras.optimizers.Adam(4e-4, beta_1=0.5))
data = text.batches(learnt, encoder, 32)
gan.fit(data, epochs=cfg.epochs, verbose=0, callbacks=[LivePlot(every=2, samples=16)])

# %% [markdown]
# **What to see.** Each sample has its own caption, the same one in every picture of the film; the latents stay too. What becomes right first? And does this D read? Its score for real dogs with their own caption should lie above that with one lie,
# and that above the caption of another dog:

# %%
some = learnt.subset(slice(0, 256))
images = some.images / np.float32(127.5) - 1
random = np.random.default_rng(0)
spoken = {
    "its own caption": some.captions,
    "one lie in it": [captions.near_miss(row, random) for row in captions.rows(some)],
    "another dog's": some.captions[1:] + some.captions[:1],
}
for name, sentences in spoken.items():
    phi = encoder(sentences, warn=False)
    logits = gan.discriminator.predict([images, phi], batch_size=64, verbose=0)
    print(f"D's mean logit for a real dog with {name:<16} {logits.mean():6.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The shipped generator
#
# `text64`: the same game, longer (`dogan train text64`). First the deck's table of bird captions, re-drawn with dogs: **one row a caption**, eight latents z, the same eight in each row.

# %%
print(generator.describe())

# %% slideshow={"slide_type": "slide"}
table = [
    "a small golden dog with a black mask and floppy ears sitting on grass",
    "a big white dog with black patches and long ears standing in the snow",
    "a small black dog with white markings and pricked ears lying indoors",
    "a close-up of a big red dog with folded ears under a blue sky",
    "a grey dog in front of blurred lights",
    "a dog",
]
rows = [generator.sample(8, seed=8, captions=caption) for caption in table]
plots.show(
    plots.labelled_rows(rows, table),
    "Six captions, each with a row of eight generated dogs; only the row of 'a dog' holds very different ones.",
)

# %% [markdown]
# **What to see.** Down a column the latent stays and the caption changes; along a row it is the other way round. How different are the eight dogs of a row? Reed's game does not ask for it: each training
# caption comes with *one* picture, and a G that drew the same dog for every z would lose little. `TextGAN` therefore pays G for the distance between two pictures of one caption (**mode seeking**, Mao et al. 2019);
# the card above says for which epochs. Here is how far it got:


# %%
def spread(pictures):
    """Mean distance of the pictures from their mean, pixel by pixel."""
    return float(np.abs(pictures - pictures.mean(axis=0)).mean())


among = spread(generator.sample(40, seed=8))
print(f"forty captions:      {among:.3f}")
for caption, row in zip(table, rows, strict=True):
    print(f"one caption, 8 z:    {spread(row):.3f}   {caption}")

# %% [markdown]
# Where the caption says something, far less within a row than among captions: it decides nearly everything, and z little (which of the eight look the other way?). Only "a dog" leaves so much open that z chooses.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## From one caption to another
#
# G was trained on midpoints. Here is the whole way from φ(t₁) to φ(t₂), with z held fixed.

# %%
ways = (
    (
        "a big black dog with floppy ears sitting on grass",
        "a big white dog with floppy ears sitting on grass",
    ),
    ("a red dog with pricked ears lying on sand", "a red dog with pricked ears lying in the snow"),
    (
        "a close-up of a golden dog with long ears indoors",
        "a brown dog with pricked ears standing on grass",
    ),
)
z = np.repeat(checkpoints.latents(1, generator.latent_dim, seed=2), 9, axis=0)
rows = []
for start, end in ways:
    one, other = encoder([start, end])
    share = np.linspace(0, 1, 9)[:, None]
    rows.append(generator.decode(z, captions=(1 - share) * one + share * other))
labels = [f"{start}\n→ {end}" for start, end in ways]
plots.show(
    plots.labelled_rows(rows, labels),
    "Three rows: the pictures on the way from one caption's embedding to another's.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does it obey?
#
# A classifier that has never seen a caption reads the attributes off the generated dogs. Three numbers for each attribute: **obeyed** on captions whose combination was never shown; **chance**, the same pictures against
# everybody's captions; **ceiling**, the classifier on the doodles that the captions describe. It errs too, and more where there is less to see.

# %%
ruler = readers.load_attributes()
questions = captions.questions(cfg.asked)
result = obedience(generator, ruler, questions)
print(result)
live = obedience(checkpoints.Generator(gan.ema_generator), ruler, questions)

# %% slideshow={"slide_type": "slide"}
plots.show(
    figure_of_obedience({"this notebook's training": live, "text64": result}),
    "Bars of obedience for eight attributes: the short training and text64, with chance and ceiling as lines.",
)

# %% [markdown]
# **What to see.** Compare each bar with its two lines, not with 1. Place, colour, size and pose are large things; ears, hair and markings are a few pixels. Here are dogs whose ears are not read as the caption asked.
# Judge for yourself who is wrong, G or the classifier.

# %% slideshow={"slide_type": "fragment"}
pictures = generator.sample(len(questions), captions=[q.caption for q in questions])
seen = ruler.read(pictures)
wrong = [i for i, q in enumerate(questions) if seen["ears"][i] != q.attributes["ears"]][:8]
titles = [f"{questions[i].attributes['ears']}?\n{seen['ears'][i]}" for i in wrong]
if wrong:
    plots.show(
        plots.grid(
            pictures[wrong], columns=8, titles=titles, title="asked for? / the classifier sees"
        ),
        "Generated dogs whose ears are not read as the caption asked.",
    )

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A guide for small things
#
# Reed's game alone did not get there: the card keeps what we measured before (`reed64`, 19 epochs of GAN-INT-CLS). Did its D not know about ears? It did: of real doodles it mostly preferred the true caption to the same one with a lie about the ears.
# But D gives G **one number** for everything, *real and fitting*, and ears are a whisper in it.
#
# So `text64` goes on with a third network, the **guide**: a small classifier of attributes, trained on doodles and then frozen. It reads every dog that G draws, and G also pays for what the guide does not see of its caption:
#
# $$\mathcal L_{guide} = \sum_{a\ \text{named in}\ t} \mathrm{CE}\big(\text{guide}_a(G(z, t)),\ t_a\big)$$
#
# (TAC-GAN has such a classifier inside D; AttnGAN's DAMSM is a frozen network that compares pictures with words.) By hand, and by the library:


# %%
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
said = captions.said([captions.read(q.caption) for q in questions[:16]])
logits = guide.model(pictures[:16], training=False)
seen_by_guide = {name: logits[name] for name in ATTRIBUTES}
np.testing.assert_allclose(misread(seen_by_guide, said), text.misread(logits, said), rtol=1e-3)
print(f"mean loss of 16 dogs of text64 by the guide: {misread(seen_by_guide, said):.2f}")

# %% slideshow={"slide_type": "slide"}
card = generator.card["obedience"]
columns = {
    "D knows": card["d_of_reed64_prefers_the_truth"],
    "reed64, 15 epochs": card["reed64_after_15_epochs"],
    "19 epochs": card["reed64"],
    "text64": card["text64"],
    "by its guide": card["text64_by_its_guide"],
}
print(f"{'':<12}" + "".join(f"{name:>18}" for name in columns))
for name in ATTRIBUTES:
    print(f"{name:<12}" + "".join(f"{column[name]:>18.1%}" for column in columns.values()))
print(f"\n{card['n']} captions; the first column: 600 doodles, 50 % is chance")

# %% [markdown]
# **What to see.** Reed's game was still getting better when we left it: compare its two columns, four epochs apart. So the guide is not *needed* for a G that obeys; it is the short way. Held against D's column: hair and markings, of which D itself knew little, can hardly have come from D.
#
# And the last column against the one before. The **ruler** that we measure with is another network, trained on other doodles, and G has never heard of it. Its guide G has learnt to please, so the guide thinks better of G than the ruler does.
# A score that somebody is trained on is a bad score: *when a measure becomes a target, it ceases to be a good measure* (Goodhart's law).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Content from the caption, style from a picture
#
# If the caption says *what*, then z says *how*: where the dog stands, how large it is, what the clouds look like. Then a picture's style can be carried over, if we find its z. Reed trains a **style encoder** S
# that undoes G, on pictures whose z is known because G has just drawn them:
#
# $$\mathcal L_S = \mathbb E_{z, t}\, \lVert z - S(G(z, \varphi(t)))\rVert_2^2$$
#
# How far its mean square gets below 1, z's own variance, is how much of z shows in the picture at all: what G does not use cannot be read back.

# %%
style = text.style_encoder(generator.latent_dim)
optimizer = keras.optimizers.Adam(1e-3)
optimizer.build(style.trainable_variables)


@tf.function
def style_step(z, phi):
    pictures = generator.model([z, phi], training=False)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((z - style(pictures, training=True)) ** 2)
    gradients = tape.gradient(loss, style.trainable_variables)
    optimizer.apply(gradients, style.trainable_variables)
    return loss


# %% slideshow={"slide_type": "fragment"}
every = encoder(learnt.captions)
random, errors = np.random.default_rng(0), []
for _ in range(cfg.style_steps):
    z = random.standard_normal((64, generator.latent_dim), dtype="float32")
    errors.append(float(style_step(z, every[random.integers(len(every), size=64)])))
print(
    f"mean squared error of one number of z: first {errors[0]:.2f}, last ten {np.mean(errors[-10:]):.2f}"
)
print("S = 0 for every picture has 1.00: z's own variance")

# %% slideshow={"slide_type": "slide"}
chosen = [3, 8, 14, 21, 30, 34]
styles = style(learnt.images[chosen] / np.float32(127.5) - 1, training=False).numpy()
rows = []
for caption in table[:4]:
    phi = np.repeat(encoder(caption), len(chosen), axis=0)
    rows.append(generator.decode(styles, captions=phi))
figure = plots.labelled_rows(
    rows,
    table[:4],
    top=learnt.images[chosen],
    title="style from the top row",
)
plots.show(figure, "Rows are captions, columns take their style from the doodle on top.")

# %% [markdown]
# Little, in this G: the error stays at the level of z's variance, as it must where z changes little. Is there anything at all? Draw each doodle anew from its own caption, with S(x), with the S of *another* doodle, and with a random z.
# The second is the fair rival: an S that knows nothing still gives a tame z near 0.

# %%
x = learnt.images[:128] / np.float32(127.5) - 1
phi = encoder(learnt.captions[:128])
own = style(x, training=False).numpy()
latents = {
    "z = S(x)": own,
    "z = S(another)": np.roll(own, 1, axis=0),
    "z at random": checkpoints.latents(len(x), generator.latent_dim, 1),
}
for name, z in latents.items():
    apart = np.abs(generator.decode(z, captions=phi) - x).mean()
    print(f"{name:<15} mean distance to x, pixel by pixel: {apart:.4f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Ask for your dog
#
# Type, press Enter. What the encoder does not know is named above the dogs. (A page that stands still cannot be typed into: the cell types a few captions by itself.)

# %%
from dogan_lib.classroom.widgets import AskForDogs

box = AskForDogs(generator, "a small brown dog with floppy ears sitting on grass")
for typed in ("a happy gray dog with pricked ears lying on sand", "a black white dog", ""):
    box.caption.value = typed
    print(f"{typed!r}\n  {box.answer[:150]}\n")
box.caption.value = "a grey dog with pricked ears lying on sand"
plots.show(plots.grid(box.sample()), f"Eight dogs for: {box.caption.value}.")
box

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What went wrong, and how to tell
#
# - **The dog is fine and the caption is ignored.** Same z, many captions: if the pictures do not change, compare D's scores for right and wrong captions, as above. A D that does not tell them apart cannot teach G.
# - **All is right but the ears.** The obedience table tells one attribute from another; a single score would hide it. Wrong captions that differ in everything teach nothing about ears; near misses help D, and a guide helps G.
# - **The caption says everything, z nothing.** Then a row of eight dogs is one dog eight times: look at the spread along a row. Here it is the main thing left to mend; `TextGAN(seeking=...)` from the first epoch on is what we would try next.
# - **Words that never meet in training.** The encoder knows "tan" only before "markings": "a tan dog" asks for nothing, and the reader says so.
# - **The score praises itself.** An obedience measured with D, with the guide, or with captions of the training would look better and mean less.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Exercises
#
# **1.** D is undecided: every logit is 0. What is the loss with three terms?
#
# **2.** Write `matching(right, wrong, fake)`: D's loss from three arrays of logits, in NumPy.
#
# **3.** An encoder takes the mean of the word vectors. Which pair can it not tell apart?
# A: "a dog lying on sand", "a dog sitting on sand". B: "a red dog with white markings", "a white dog with red markings". C: "a black dog", "a black dog with a black mask".
#
# **4.** For one caption, pictures have the density `right` among its own, `wrong` among those it is wrongly given, `fake` among G's. Write `best(right, wrong, fake)`, the D* of the three terms.

# %% tags=["exercise"]
exercises.check("08-undecided", None)

# %% tags=["exercise"]
exercises.check("08-matching", None)

# %% tags=["exercise"]
exercises.check("08-order", None)

# %% tags=["exercise"]
exercises.check("08-best-discriminator", None)

# %%
exercises.solution("08-best-discriminator")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - A caption becomes an embedding that is trained to fit the picture; word order matters as soon as two colours are named.
# - D judges pairs. Wrong pairs make it read, and near misses make it read to the end.
# - G may learn from captions that nobody wrote: midpoints.
# - Obedience is measured per attribute, on combinations never shown, between chance and ceiling, by a network that G was never trained on.
# - A frozen guide tells G about small things that D's one number drowns.
# - What the caption leaves open is z's, and can be copied from a picture.
#
# ## References
#
# - Reed et al. 2016, *Generative adversarial text to image synthesis*, [arXiv:1605.05396](https://arxiv.org/abs/1605.05396); code [reedscot/icml2016](https://github.com/reedscot/icml2016)
# - Reed et al. 2016, *Learning deep representations of fine-grained visual descriptions*, [arXiv:1605.05395](https://arxiv.org/abs/1605.05395)
# - Dash et al. 2017, *TAC-GAN: text conditioned auxiliary classifier GAN*, [arXiv:1703.06412](https://arxiv.org/abs/1703.06412); Xu et al. 2018, *AttnGAN*, [arXiv:1711.10485](https://arxiv.org/abs/1711.10485)
# - Radford et al. 2021, *Learning transferable visual models from natural language supervision* (CLIP), [arXiv:2103.00020](https://arxiv.org/abs/2103.00020)
