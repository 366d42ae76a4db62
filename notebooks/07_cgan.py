# %% [markdown] slideshow={"slide_type": "slide"}
# # 07 · C-GAN — 견종을 고르면 그 개를 그린다
#
# **한국어 요약**
#
# - 무작위 입력 z에 레이블(label) y를 더하면, 출력의 종류를 고를 수 있다: 조건부 GAN(conditional GAN).
# - Mirza의 방법은 y를 벡터로 바꾸어 두 신경망에 이어 붙인다(concatenation).
# - Miyato의 방법은 생성자에 조건부 배치 정규화(conditional batch normalisation), 판별자에 내적 투영(projection)을 쓴다.
# - 말을 듣는지는 견종 분류기(DogNet)의 정확도로 잰다. 우연의 수준(chance)과 나란히 놓고, 견종마다 본다.
# - 실제 개 120종으로 학습한 `cgan64`에 견종, 시드(seed), 절단(truncation)을 골라 그리게 한다.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["colab"]
# [![Open in Colab](../docs/colab.svg)](https://colab.research.google.com/github/OWNER/dogan/blob/main/notebooks/07_cgan.ipynb)
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
# 1. To tell G *which* dog, in two ways: beside z, or inside every normalisation.
# 2. To make D check it, in two ways: by concatenation, or by one inner product, and where that product comes from.
# 3. To measure whether the label is obeyed: the same z under many labels, and a classifier's accuracy, breed by breed.
# 4. How a generator that ignores its label looks, and which numbers do *not* show it.

# %% slideshow={"slide_type": "slide"}
from dogan_lib.presets import preset

# Few breeds and a small network learn something in a minute; all 120 take a GPU.
FOUR = [f"doodle-{name}" for name in ("dalmatian", "rottweiler", "shiba", "husky")]
few = dict(source="doodle", breeds=FOUR, batch=16)
cfg = preset(
    smoke=dict(**few, images=128, epochs=1, width=4, judged=64, asked=120),
    cpu=dict(**few, images=1500, epochs=14, width=16, judged=800, asked=1200),
    gpu=dict(
        source="auto",
        breeds=None,
        batch=64,
        images=None,
        epochs=40,
        width=64,
        judged=4000,
        asked=6000,
    ),
)
cfg

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from dogan_lib import checkpoints, plots, runtime
from dogan_lib.augment import DiffAugment
from dogan_lib.callbacks import LivePlot
from dogan_lib.classroom import exercises
from dogan_lib.classroom.widgets import ChooseABreed
from dogan_lib.dogs import load_dogs
from dogan_lib.dogs.dataset import plain
from dogan_lib.gan import GAN
from dogan_lib.generator import latents
from dogan_lib.layers import ConditionalBatchNormalization
from dogan_lib.metrics.breeds import recognise
from dogan_lib.models import conditional, dcgan
from dogan_lib.plots import PALETTE

print(runtime.setup(seed=0))
dogs = load_dogs(size=64, source=cfg.source, breeds=cfg.breeds, limit=cfg.images)
classes = len(dogs.breeds)
dogs

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The idea in one picture
#
# Until now G answered with *some* dog. The objective becomes a game for each label y,
#
# $$\min_G \max_D \; \mathbb E_{x,y}[\log D(x \mid y)] + \mathbb E_{z,y}[\log(1 - D(G(z \mid y) \mid y))]$$
#
# and D asks two questions in one: is this a real dog, **and** is it a dog of breed y? A perfect Chihuahua under the label *husky* is a fake.

# %%
shown = [dogs.images[dogs.labels == label][:8] for label in range(4)]
names = [plain(breed) for breed in dogs.breeds[:4]]
enough = min(len(row) for row in shown)
plots.show(
    plots.labelled_rows([row[:enough] for row in shown], names),
    "Four breeds, a row each: what a row has in common is what y stands for, how its dogs differ is left to z.",
)

# %% [markdown]
# What the pictures of one row share is what y stands for. How they differ, pose, place and light, is left to z.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Mirza's way: put the label beside the input
#
# A number from 0 to 119 is no good as an input: breed 7 is not "between" 6 and 8. So each breed gets a learnt vector (임베딩, embedding), a row of a table. G reads it behind z;
# D finds it repeated at each of the 4×4 positions of its last features, where a 1×1 convolution compares the two.


# %%
def mirza_generator(classes, width):
    z = keras.Input((100,), name="latents")
    y = keras.Input((), dtype="int32", name="labels")
    both = layers.Concatenate()([z, layers.Embedding(classes, 50)(y)])
    return keras.Model([z, y], dcgan.grow(both, width))


def mirza_discriminator(classes, width):
    images = keras.Input((64, 64, 3), name="images")
    y = keras.Input((), dtype="int32", name="labels")
    features = dcgan.shrink(images, width)
    everywhere = layers.RepeatVector(16)(layers.Embedding(classes, 50)(y))
    x = layers.Concatenate()([features, layers.Reshape((4, 4, 50))(everywhere)])
    x = layers.LeakyReLU(negative_slope=0.2)(layers.Conv2D(8 * width, 1)(x))
    return keras.Model([images, y], layers.Dense(1, dtype="float32")(layers.Flatten()(x)))


# %% slideshow={"slide_type": "fragment"}
def same_rows(mine, library):
    """The same shapes of weights in the same order."""
    shapes = [[tuple(w.shape) for w in model.weights] for model in (mine, library)]
    assert shapes[0] == shapes[1]
    print(f"{library.name:<40}{mine.count_params():>12,} parameters, row by row the same")


way = dict(width=cfg.width, way="concatenate")
same_rows(mirza_generator(classes, cfg.width), conditional.generator(classes, **way))
same_rows(mirza_discriminator(classes, cfg.width), conditional.discriminator(classes, **way))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Miyato's way, G: conditional batch normalisation
#
# A batch normalisation ends with a gain and an offset for each channel. Let **each breed have its own**: y = (1 + W c)·x̂ + V c with c one-hot.
# The convolutions are shared by all breeds; the label turns channels up and down, at every layer instead of only at the door.

# %%
norm = ConditionalBatchNormalization()
x, c = np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype("float32"), np.eye(2)[[0, 1]]
norm.build([x.shape, c.shape])
norm.gain.kernel.assign([[0.0, 0.0, 0.0], [2.0, -1.0, 0.0]])
norm.offset.kernel.assign([[0.0, 0.0, 0.0], [0.0, 0.0, 3.0]])
y = np.asarray(norm([x, c.astype("float32")], training=True))
for breed in range(2):
    print(f"breed {breed}: spread of channels {y[breed].std(axis=(0, 1)).round(2)}", end="")
    print(f", mean {y[breed].mean(axis=(0, 1)).round(2)}")

# %% [markdown]
# **What to see.** Breed 0 has the plain normalisation. For breed 1 the first channel is three times as loud, the second is silent, the third is lifted by 3.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Miyato's way, D: a projection
#
# The best D has the logit log p(x, y) − log q(x, y), and by Bayes' rule it falls apart into
#
# $$\underbrace{\log \frac{p(x)}{q(x)}}_{\text{is it real?}} + \underbrace{\log p(y \mid x) - \log q(y \mid x)}_{\text{is it a } y?}$$
#
# If both classifiers are softmaxes of linear maps of features h(x), their difference is linear in h with a vector for each y (the normalisers go into the first part). So: **w·h + v_y·h**.


# %%
def projected(h, y, w, table):
    """Logits (n,) of features h (n, d): real at all, plus real as breed y."""
    return h @ w + (table[y] * h).sum(axis=1)


features = keras.Input((4, 4, 6))
label = keras.Input((), dtype="int32")
judge = keras.Model([features, label], conditional.project(features, ops.one_hot(label, 3)))
table, w = judge.weights[0].numpy(), judge.weights[1].numpy()[:, 0]
h, y = np.random.default_rng(0).normal(size=(5, 4, 4, 6)), np.array([0, 1, 2, 0, 1])
np.testing.assert_allclose(
    judge([h, y])[:, 0], projected(h.sum(axis=(1, 2)), y, w, table), atol=1e-5
)
print("the library's projection is this line; its table has the shape", table.shape)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Train both, on the same dogs
#
# The data's tuple decides what is conditional: `dogs.batches(..., condition="labels")` gives `(images, labels)`, and `GAN` hands the labels to both players. Nothing else changes.

# %%
trained = {}
for g_way, d_way in (("concatenate", "concatenate"), ("normalise", "project")):
    keras.utils.set_random_seed(0)
    gan = GAN(
        conditional.generator(
            classes,
            width=cfg.width,
            way=g_way,
            upsample=True,
        ),
        conditional.discriminator(classes, width=cfg.width, way=d_way, kernel_size=4),
    )
    adams = [keras.optimizers.Adam(rate, beta_1=0.5) for rate in (4e-4, 4e-4)]
    gan.compile(None, *adams, augment=DiffAugment("translation"), ema=0.99)
    live = LivePlot(samples=16, title=f"{g_way} + {d_way},")
    batches = dogs.batches(cfg.batch, condition="labels")
    gan.fit(batches, epochs=cfg.epochs, verbose=0, callbacks=[live])
    trained[f"{g_way} + {d_way}"] = checkpoints.Generator(gan.ema_generator)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does it listen? One z, many labels
#
# The first test needs no numbers: hold z still and turn the label. Each row below is one z, each column one breed.

# %%
columns = np.linspace(0, classes - 1, min(classes, 8)).astype(int)
z = np.repeat(latents(3, 100, seed=4), len(columns), axis=0)
for name, generator in trained.items():
    pictures = generator.decode(z, labels=np.tile(columns, 3))
    plots.show(
        plots.grid(pictures, columns=len(columns), title=name),
        f"Three latents, a row each, under several breeds: {name}.",
    )

# %% [markdown]
# **How to read it.** Columns that look alike from row to row: the label is heard. Rows whose eight pictures are the same: it is not. Rows that share pose and place: z keeps its own job.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Does it listen? Ask a classifier
#
# DogNet (chapter 03) names breeds, those of Stanford Dogs and those of the doodles. Ask G for every breed in turn and count how often DogNet recognises it.
# Two numbers belong beside the answer: **chance**, the accuracy of a G that ignores y, and the accuracy on the dogs themselves, which no G can be expected to beat by much.

# %%
asked = np.arange(cfg.judged) % classes
results = {"the dogs themselves": recognise(dogs.images, dogs.labels, dogs.breeds, "dognet")}
for name, generator in trained.items():
    results[name] = recognise(
        generator.sample(cfg.judged, seed=7, labels=asked), asked, dogs.breeds, "dognet"
    )
for name, result in results.items():
    print(f"{name:<28}{result}")

# %% [markdown]
# One short run each, so no claim about which way is better. Above chance means that the label *starts* to be heard. In Miyato's own comparison on ImageNet (same G, 1000 classes) projection was far ahead of concatenation.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The shipped generator: 120 breeds of real dogs
#
# Its networks are chapter 05's with the label in Miyato's way.

# %%
shipped = checkpoints.load_generator("cgan64")
print(shipped.describe())

# %% slideshow={"slide_type": "slide"}
wanted = ["Samoyed", "Rottweiler", "golden retriever", "Blenheim spaniel", "Irish setter", "pug"]
rows = [shipped.sample(8, seed=11, labels=breed) for breed in wanted]
plots.show(
    plots.labelled_rows(rows, wanted),
    "Six breeds, a row each, drawn by cgan64 with the same eight latents in every row.",
)

# %% slideshow={"slide_type": "slide"}
asked = np.arange(cfg.asked) % shipped.classes
obeyed = recognise(shipped.sample(cfg.asked, seed=1, labels=asked), asked, shipped.breeds, "dognet")
ceiling = checkpoints.card("dognet")["held_out_top1"]
print(f"cgan64                {obeyed}")
print(f"real dogs, held out   first guess right: {ceiling:.1%}")

# %%
shares = obeyed.by_breed(k=5)
figure, ax = plt.subplots(figsize=(9, 3))
ax.bar(range(len(shares)), shares.values(), width=1.0, color=PALETTE["g"])
ax.axhline(5 * obeyed.chance, color="black", ls=":", label="chance")
ax.set(xlabel="breeds, best first", ylabel="among DogNet's first five", xlim=(-1, len(shares)))
ax.legend(frameon=False)
figure.tight_layout()
print("heard best:", ", ".join(plain(name) for name in list(shares)[:6]))
print("heard worst:", ", ".join(plain(name) for name in list(shares)[-6:]))
plots.show(figure, "Bars: for each of 120 breeds, how often DogNet has it among its first five.")

# %% [markdown]
# **What to see.** Far above chance, far below real dogs, and very uneven. What G does with the label is mostly a matter of coats: compare the rows of the six breeds above, where colours change and heads hardly do.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Choose
#
# A breed, a seed, and how far z may stray from the middle (the truncation trick of chapter 11: this G was not trained for it, and pictures fade where it is small).

# %%
ChooseABreed(shipped, breed=shipped.breeds[0])

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What went wrong, and how to tell
#
# A label that is not heard leaves no trace in the losses, and none in the look of a single picture. Cut the wire and see which measure notices: the same generator, asked for one breed, held to another.

# %%
shuffled = np.random.default_rng(0).permutation(asked)
deaf = recognise(
    shipped.sample(cfg.asked, seed=1, labels=shuffled), asked, shipped.breeds, "dognet"
)
print(f"listening:    {obeyed}")
print(f"deaf:         {deaf}")

# %% [markdown]
# Both sets hold the same kind of pictures, in another order: FID and KID could not tell them apart.
#
# | you see | likely | try |
# |---|---|---|
# | one z, many labels: all the same | G or D never got the label | the order of the tuple; `condition="labels"` |
# | accuracy near chance, good pictures | D does not punish a wrong breed | projection; more steps; wrong labels as a third term (chapter 08) |
# | one picture for each breed | collapse within a class: few dogs a breed | DiffAugment, lower rates |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Exercises
#
# Put your answer in place of `None`.
#
# **1.** 120 breeds as one-hot vectors meet a dense layer to 256 channels, without a bias. How many weights?

# %% tags=["exercise"]
exercises.check("07-one-hot", None)

# %% [markdown]
# **2.** Write `judge(h, w, table, label)`, the projection's logit for one feature vector h.

# %% tags=["exercise"]
exercises.check("07-project", None)

# %% [markdown]
# **3.** A generator of 120 breeds that ignores its label: how often is DogNet's first guess "right"?

# %% tags=["exercise"]
exercises.check("07-chance", None)

# %% [markdown]
# **4.** Which shows that G does not listen? A: FID of 10,000 pictures. B: one z under many labels. C: D's loss.

# %% tags=["exercise"]
exercises.check("07-cut", None)

# %%
exercises.solution("07-project")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - A label turns one game into one for each breed; D asks "real, and a y?".
# - Mirza appends a learnt vector in both networks; Miyato gives each normalisation a gain and an offset for each breed, and D one inner product, which is what Bayes' rule suggests.
# - Obedience is measured with labels: a grid of one z, and a classifier's accuracy between chance and the real dogs'.
#
# ## References
#
# - Mirza, Osindero 2014, *Conditional generative adversarial nets*, [arXiv:1411.1784](https://arxiv.org/abs/1411.1784)
# - Miyato, Koyama 2018, *cGANs with projection discriminator*, [arXiv:1802.05637](https://arxiv.org/abs/1802.05637)
# - Dumoulin, Shlens, Kudlur 2017, *A learned representation for artistic style*, [arXiv:1610.07629](https://arxiv.org/abs/1610.07629)
# - de Vries et al. 2017, *Modulating early visual processing by language*, [arXiv:1707.00683](https://arxiv.org/abs/1707.00683)
