# %% [markdown] slideshow={"slide_type": "slide"}
# # 07 · C-GAN — 견종을 고르면 그 개를 그린다
#
# **한국어 요약**
#
# - 무작위 입력 z에 레이블(label) y를 더하면, 출력의 종류를 고를 수 있다: 조건부 GAN(conditional GAN).
# - Mirza의 방법은 y를 벡터로 바꾸어 두 신경망에 이어 붙인다(concatenation).
# - Miyato의 방법은 생성자에 조건부 배치 정규화(conditional batch normalisation), 판별자에 내적 투영(projection)을 쓴다.
# - 털색과 귀를 고르는 작은 GAN을 직접 학습시키고, 말을 듣는지를 우연의 수준(chance)과 나란히 잰다. 털색과 귀 가운데 어느 부탁을 먼저 들어줄까?
# - 실제 개 120종은 `projected128`에게 부탁한다.

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
    from dogan_lib.classroom import colab

    colab.prepare(KEEP_ON_DRIVE)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇을 배우나 · What you will learn
#
# 레이블을 두 망에 넣고, 말을 듣는지 숫자로 잰다.
#
# 1. To tell G *which* dog: beside z, or inside every normalisation.
# 2. To make D check it: by concatenation, or by one inner product, and where that product comes from.
# 3. To build Miyato's two networks, with spectral normalisation in every layer of D.
# 4. To measure whether a label is obeyed, and which numbers do *not* show it.

# %% slideshow={"slide_type": "skip"}
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(dogs=256, epochs=2, batch=32, width=4, rate=1e-3, film=1, judged=48),
    cpu=dict(dogs=6000, epochs=11, batch=32, width=8, rate=1e-3, film=3, judged=480),
    gpu=dict(dogs=6000, epochs=60, batch=32, width=32, rate=4e-4, film=10, judged=2400),
)
cfg

# %% slideshow={"slide_type": "skip"}
import keras
import numpy as np
from keras import layers, ops

from dogan_lib import checkpoints, losses, plots, runtime
from dogan_lib.callbacks import Film, LivePlot
from dogan_lib.classroom import diagram, exercises, leaderboard, portraits
from dogan_lib.classroom.widgets import ChooseABreed
from dogan_lib.dogs import load_dogs
from dogan_lib.gan import GAN
from dogan_lib.generator import Generator, latents
from dogan_lib.layers import (
    ConditionalBatchNormalization,
    PooledConv2D,
    SpectralNormalization,
    UpsampledConv2D,
)
from dogan_lib.models import conditional, dcgan, sagan

print(runtime.setup(seed=0))
dogs = load_dogs(size=32, source="portraits", limit=cfg.dogs)
kinds = portraits.labels(dogs)
classes = len(portraits.KINDS)
dogs

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 이 장에서 바뀌는 것 · What this chapter changes
#
# 두 신경망이 레이블 y를 함께 받는다. 게임은 레이블마다 하나씩이다.
#
# **볼 것 · What to see.** y enters twice. G has to draw *that* dog, and D refuses a perfect dog under the wrong label.

# %% tags=["hide-input"]
diagram.game(
    lit=("condition", "G", "D"),
    labels={"condition": "label", "G": "a gain and an offset\nfor each y", "D": "real, and a y?"},
    title="C-GAN",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 고를 수 있는 것 · What one may ask for
#
# 털색 여섯 가지와 귀 모양 네 가지: 레이블은 24개다.
#
# **볼 것 · What to see.** A label says coat and ears. Background, pattern and the turn of the head are left to z.

# %% tags=["hide-input"]
first = [np.flatnonzero(kinds == kind) for kind in range(classes)]
shown = [rows[0] if len(rows) else 0 for rows in first]
plots.show(
    portraits.table(dogs.images[shown], "from the data: one dog of each kind"),
    "One portrait of each of 24 kinds: six coats across, four shapes of ears down.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 레이블마다 한 게임: Mirza · One game for each label: Mirza's way
#
# D가 묻는 것은 둘이다: 진짜인가, **그리고** y인가? Mirza는 레이블마다 배운 벡터(임베딩, embedding)를 z 뒤에 붙인다.
#
# $$\min_G \max_D \; \mathbb E_{x,y}[\log D(x \mid y)] + \mathbb E_{z,y}[\log(1 - D(G(z \mid y) \mid y))]$$
#
# A number from 0 to 23 is no good as an input: kind 7 is not between 6 and 8. So a *table* has a learnt row for each label. D gets such a row at each of its 4×4 places (going deeper); the rest is chapter 04's.


# %%
def mirza_generator(width):
    z = keras.Input((100,), name="latents")
    y = keras.Input((), dtype="int32", name="labels")
    both = layers.Concatenate()([z, layers.Embedding(classes, 50)(y)])
    return keras.Model([z, y], dcgan.grow(both, width, 32, upsample=True))


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 조건부 배치 정규화 · Conditional batch normalisation
#
# 배치 정규화의 마지막 이득과 편향을 레이블마다 따로 둔다. 합성곱은 모두가 함께 쓴다.
#
# $$\mathrm{cBN}(x, y) = (1 + \gamma_y)\,\frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta_y, \qquad \mu, \sigma^2 \text{ over the batch and all places}$$
#
# The idea is Dumoulin's and de Vries'. With both tables zero it is the plain normalisation. μ and σ are of the *whole* batch, all labels together. Going deeper shows what a gain does to a picture.


# %%
def conditional_batch_norm(x, y, gain, offset, epsilon=1e-5):
    """Features (n, h, w, d) and labels (n,); two tables (classes, d)."""
    mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
    normal = (x - mean) / np.sqrt(variance + epsilon)
    return (1 + gain[y])[:, None, None] * normal + offset[y][:, None, None]


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 내적 투영 · D's projection
#
# 로그 손실에서 가장 좋은 D의 로짓을 곱셈 법칙 p(x, y) = p(x) p(y|x)로 나누면 두 질문이 된다.
#
# $$\log\frac{p(x,y)}{q(x,y)} = \underbrace{\log \frac{p(x)}{q(x)}}_{\text{real?}} + \underbrace{\log \frac{p(y \mid x)}{q(y \mid x)}}_{\text{a } y?} \qquad\Rightarrow\qquad w^\top h(x) + v_y^\top h(x)$$
#
# h(x) are D's last features. If p(y|x) and q(y|x) are softmaxes of linear maps of h, the log of their ratio is linear in h, with one vector for each y; what normalises them goes into the first part.


# %%
def projected(h, y, w, table):
    """Logits (n,) of features h (n, d): real at all, plus real as kind y."""
    return h @ w + (table[y] * h).sum(axis=1)


# %% slideshow={"slide_type": "skip"}
def spectral(kind, *sizes, **options):
    """A layer whose kernel is divided by its largest singular value (chapter 09 derives it)."""
    layer = kind(*sizes, padding="same") if kind is not layers.Dense else kind(*sizes, **options)
    return SpectralNormalization(layer)


def adam(rate):
    return keras.optimizers.Adam(rate, beta_1=0.0, beta_2=0.9)


def down(x, filters, first=False, halve=True):
    """A residual block: two convolutions, and a shortcut of 1×1 where the shape changes."""
    y = x if first else layers.ReLU()(x)
    y = layers.ReLU()(spectral(layers.Conv2D, filters, 3)(y))
    y = spectral(PooledConv2D if halve else layers.Conv2D, filters, 3)(y)
    if halve:  # averaging and a 1×1 convolution commute: the cheap order
        x = layers.AveragePooling2D(2)(x)
    return y + (spectral(layers.Conv2D, filters, 1)(x) if halve else x)


def pictures(x):
    """The last features -> RGB in [-1, 1]."""
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    return layers.Activation("tanh", dtype="float32")(layers.Conv2D(3, 3, padding="same")(x))


# %% [markdown] slideshow={"slide_type": "slide"}
# ## Miyato의 생성자 · Miyato's generator
#
# 블록마다 조건부 배치 정규화가 두 번: 레이블은 문간에서 한 번이 아니라 모든 층에서 들어온다.
#
# **볼 것 · What to see.** z enters once, below; y in every block. Each block doubles the side; a 1×1 convolution is its shortcut.


# %%
def up(x, filters, y):
    h = x
    for convolution in (UpsampledConv2D, layers.Conv2D):
        h = layers.ReLU()(ConditionalBatchNormalization()([h, y]))
        h = convolution(filters, 3, padding="same")(h)
    return h + layers.UpSampling2D()(layers.Conv2D(filters, 1)(x))


def miyato_generator(resolution, ch, classes, latent_dim=100):
    z, y = keras.Input((latent_dim,), name="latents"), keras.Input((), dtype="int32", name="labels")
    x = layers.Reshape((4, 4, -1))(layers.Dense(2 * ch * resolution)(z))
    while (side := x.shape[1]) < resolution:
        x = up(x, ch * resolution // (2 * side), ops.one_hot(y, classes))
    return keras.Model([z, y], pictures(x))


# %% [markdown] slideshow={"slide_type": "slide"}
# ## Miyato의 판별자 · Miyato's discriminator
#
# D는 잔차 블록(residual block)으로 줄이고 **모든 층**에 스펙트럼 정규화(9장)를 쓴다. 레이블의 표도 예외가 아니다.
#
# The last lines are the projection: a table row for each y is a dense layer on one-hot labels, without a bias. The block `down`, in the cells before, halves the picture.


# %%
def miyato_discriminator(resolution, ch, classes):
    images, y = keras.Input((resolution, resolution, 3)), keras.Input((), dtype="int32")
    x = down(images, ch, first=True)
    while x.shape[1] > 4:
        x = down(x, 2 * x.shape[-1])
    x = layers.ReLU()(down(x, x.shape[-1], halve=False))
    h = ops.sum(ops.cast(x, "float32"), axis=(1, 2))
    v = spectral(layers.Dense, h.shape[-1], use_bias=False)(ops.one_hot(y, classes))
    match = ops.sum(ops.cast(v, "float32") * h, axis=-1, keepdims=True)
    logits = ops.cast(spectral(layers.Dense, 1)(h), "float32") + match
    return keras.Model([images, y], logits, name="miyato_discriminator")


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 먼저 맞혀 보기 · Predict
#
# 학습하기 전에: 어느 부탁을 먼저 들어줄까? **A** 털색, **B** 귀, **C** 둘을 함께.
#
# Which is heard first: **A** the coat, **B** the ears, **C** both at once?

# %% tags=["exercise"]
prediction = None  # exercise 1: "A", "B" or "C", before you train

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 학습: 개마다 레이블 하나 · Train: every dog with its label
#
# 데이터의 짝 `(images, labels)`이 조건을 정한다: `GAN`은 레이블을 두 신경망에 넘긴다. · Look at the dogs: heads with ears, a face in most.

# %%
G, D = (build(32, cfg.width, classes) for build in (miyato_generator, miyato_discriminator))
gan = GAN(G, D)
gan.compile(losses.Hinge(), adam(cfg.rate), adam(2 * cfg.rate), ema=0.995)
batches = dogs.batches(cfg.batch, condition=kinds)
film = Film(samples=12, every=cfg.film, labels=np.arange(12) * 2)
watch = [LivePlot(samples=25, guess=2.0), film]
history = gan.fit(batches, epochs=cfg.epochs, verbose=0, callbacks=watch)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 학습의 영화 · The film of this run
#
# 같은 z, 같은 레이블 열두 개를 따라간다. 줄마다 걸린 시간이 적혀 있다.
#
# **볼 것 · What to see.** Two columns share a coat: black, white, grey, brown, golden, red. Red coats are right in the first row, golden ones by the second, grey later, and black is hardly told from brown to the end; ears take shape next, eyes and noses last.

# %% tags=["hide-input"]
plots.show(film.figure(), "Twelve latents, each with a kind of its own, as the training goes on.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 같은 z, 다른 레이블 · One z, every label
#
# 첫 시험에는 숫자가 필요 없다. z를 붙들고 레이블만 돌린다.
#
# **볼 것 · What to see.** Along a row the coat obeys, but black and brown come out nearly alike; down a column the ears. Background and turn of the head are z's, and nearly stay.

# %% tags=["hide-input"]
drawn = Generator(gan.ema_generator, card={"breeds": portraits.KINDS})
z = latents(1, gan.latent_dim, seed=4).repeat(classes, axis=0)
plots.show(
    portraits.table(drawn.decode(z, labels=np.arange(classes)), "one z, 24 labels"),
    "The same latent under 24 labels: six coats across, four shapes of ears down.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 골라 보기 · Choose
#
# 털색과 귀를 고르면 여덟 마리를 그린다.
#
# **볼 것 · What to see.** Change the coat, then the ears: which of the two is heard? Eight z are eight dogs.

# %%
ChooseABreed(drawn, breed="golden, pricked ears", zoom=4)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 말을 듣는가, 숫자로 · Does it obey? Measured
#
# 무엇을 부탁했는지 모르는 판독기가 그림에서 털색과 귀를 읽는다. 레이블의 선을 끊으면(deaf) 어느 숫자가 알아차리는가?
#
# **볼 것 · What to see.** One run, one seed: the coat is heard more often than the ears, both far above chance. Exercise 6 asks for more. A deaf G draws pictures just like these, only under other labels: to look at them one by one does not tell.

# %%
asked = np.arange(cfg.judged) % classes
deaf = np.random.default_rng(0).permutation(asked)  # what G is told, where nobody listens
ceiling = portraits.obeyed(dogs.images[: cfg.judged], kinds[: cfg.judged])
seen = portraits.obeyed(gan.sample(cfg.judged, seed=7, labels=asked), asked)
unheard = portraits.obeyed(gan.sample(cfg.judged, seed=7, labels=deaf), asked)
print(f"n = {cfg.judged}")
print(portraits.shares(deaf=unheard, obeyed=seen, data=ceiling))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 진짜 개 120종 · Real dogs, 120 breeds
#
# 사전 학습된 눈을 가진 판별자(15장)로 학습한 `projected128`은 부탁한 견종을 그린다. `cgan64`와 `biggan64`는 거의 그러지 못한다.
#
# **볼 것 · What to see.** Coat and ears follow the breed; down a column the same z. The lines say how often a network names the breed asked for. It is a relative of the eyes of `projected64` and `projected128` (EfficientNet-Lite, ImageNet), and may flatter them. Data seen, network and D all differ: this does not say which of them counts.

# %% tags=["hide-input"]
shipped = checkpoints.load_generator("projected128")
wanted = ["Samoyed", "Rottweiler", "golden retriever", "Blenheim spaniel", "pug"]
rows = [shipped.sample(8, seed=11, labels=breed) for breed in wanted]
plots.show(plots.labelled_rows(rows, wanted), "Five breeds, a row each, with the same eight z.", 81)
board, said = leaderboard.read(), []
draws = {row["name"]: sorted(row["top1"]) for row in board["rows"] if "top1" in row}
for name in ("cgan64", "biggan64", "projected64", "projected128"):
    least, middle, most = draws[name]
    said.append(f"{name} {middle:.1%} ({100 * least:.1f}..{100 * most:.1f})")
print(f"breed right by {board['network']}, n = {board['n']:,}; median (least..most) of 3 draws:")
print(", ".join([*said, f"chance {1 / 120:.1%}, real dogs {board['real_top1']:.1%}"]))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇이 잘못되나 · What went wrong, and how to tell
#
# - 같은 z, 여러 레이블이 모두 같다 · **One z, many labels, all alike**: the label never arrived. Look at the pairs `(images, labels)`.
# - 그림은 좋은데 우연 수준 · **Good pictures, obedience at chance**: D does not punish a wrong label.
# - 레이블마다 그림이 하나 · **One picture a label**: collapse within a class, few dogs of each.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 연습 문제 · Exercises
#
# 답을 `None` 자리에 쓰고 칸을 실행한다. · Put your answer in place of `None` and run the cell.
#
# 1. **예측 · Predict.** 슬라이드 "먼저 맞혀 보기"의 답. · On the slide "Predict", before the run.
# 2. **세기 · Count.** 64채널, 레이블 24개인 조건부 배치 정규화 하나가 배우는 수는 몇 개인가? · One conditional batch normalisation of 64 channels and 24 labels: how many learnt numbers?
# 3. **유도 · Derive.** 듣지 않는 G는 얼마나 자주 맞는가? · `deaf_share(shares)`: labels are asked for as often as they occur, and G draws by the same shares without listening. How often is it right?
# 4. **쓰기 · Write.** D의 로짓을 외워서 쓴다. · `my_judge(h, w, table, label)`: D's logit for one feature vector, from memory.
# 5. **고치기 · Repair.** D는 학습하는데 G는 듣지 않는다. 왜? · `broken_update` trains D, and G never learns to listen. Why?
# 6. **바꾸고 학습하기 · Change and train.** 같은 시간 안에 털색과 귀를 함께 맞힌다. · Obey in coat *and* ears in 0.85 of 480 portraits or more, in no more time than the run above.


# %% tags=["exercise"] slideshow={"slide_type": "skip"}
def deaf_share(shares):
    """How often a G that does not listen is right; shares (k,) sum to 1."""


exercises.check("07-deaf", deaf_share)


def my_judge(h, w, table, label):
    """One logit, of h (d,), w (d,), table (classes, d) and a number."""


exercises.check("07-project", my_judge)

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
import tensorflow as tf


def broken_update(D, G, optimizer, real, labels, z):
    """One step of the discriminator, with a label for each picture. Mend it."""
    order = tf.random.shuffle(tf.range(len(real)))
    fake = tf.stop_gradient(G([z, labels]))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softplus(-D([tf.gather(real, order), labels])))
        loss += tf.reduce_mean(tf.nn.softplus(D([fake, labels])))
    gradients = tape.gradient(loss, D.trainable_variables)
    optimizer.apply_gradients(zip(gradients, D.trainable_variables, strict=True))


exercises.check("07-repair", broken_update)

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
better = gan  # your own GAN, trained no longer than the one above
exercises.check("07-obey", better if cfg.name != "smoke" else None)
exercises.check("07-heard-first", prediction)
exercises.check("07-count", None)
for name in ("07-count", "07-deaf", "07-project", "07-repair"):
    exercises.solution(name)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 요약 · Summary
#
# 레이블은 두 망에 모두 들어간다. 말을 듣는지는 부탁한 레이블과 견주어야 안다.
#
# - A label turns one game into one for each kind; D asks "real, and a y?".
# - Mirza appends a learnt vector in both networks. Miyato gives each normalisation a gain and an offset for each label, and D one inner product, as the product rule of probability suggests.
# - Obedience is measured with labels: a table of one z, and a reader's share between chance and the data's own. The slide "Measured" prints both for this run.
# - On 120 real breeds `cgan64`, which has both ideas, hardly listens; `projected128`, with another D, does, by a network that is a relative of its eyes and may flatter it.

# %% [markdown] slideshow={"slide_type": "skip"}
# ## References
#
# - Mirza, Osindero 2014, *Conditional generative adversarial nets*, [arXiv:1411.1784](https://arxiv.org/abs/1411.1784)
# - Miyato, Koyama 2018, *cGANs with projection discriminator*, [arXiv:1802.05637](https://arxiv.org/abs/1802.05637)
# - Dumoulin, Shlens, Kudlur 2017, *A learned representation for artistic style*, [arXiv:1610.07629](https://arxiv.org/abs/1610.07629)
# - de Vries et al. 2017, *Modulating early visual processing by language*, [arXiv:1707.00683](https://arxiv.org/abs/1707.00683)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: Mirza's D
#
# D는 4×4 곳마다 레이블의 벡터를 보고, 1×1 합성곱이 둘을 비교한다.


# %% slideshow={"slide_type": "skip"}
def mirza_discriminator(width):
    images, y = keras.Input((32, 32, 3)), keras.Input((), dtype="int32")
    features = dcgan.shrink(images, width, kernel_size=4)  # (4, 4, 4 width)
    everywhere = layers.RepeatVector(16)(layers.Embedding(classes, 50)(y))
    x = layers.Concatenate()([features, layers.Reshape((4, 4, 50))(everywhere)])
    x = layers.LeakyReLU(negative_slope=0.2)(layers.Conv2D(4 * width, 1)(x))
    return keras.Model([images, y], layers.Dense(1, dtype="float32")(layers.Flatten()(x)))


# %% slideshow={"slide_type": "skip"}
def same_numbers(mine, library):
    """As many numbers of every shape."""
    shapes = [sorted(tuple(w.shape) for w in model.trainable_weights) for model in (mine, library)]
    assert shapes[0] == shapes[1]
    print(f"{library.name:<38}{mine.count_params():>12,} parameters, the same shapes")


way = dict(width=16, way="concatenate", resolution=32)
same_numbers(mirza_generator(16), conditional.generator(classes, upsample=True, **way))
same_numbers(mirza_discriminator(16), conditional.discriminator(classes, kernel_size=4, **way))

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: It turns channels up and down
#
# 같은 특징에 레이블 네 개의 이득과 편향을 준다. 여기서는 빨강, 초록, 파랑이 세 채널이다.
#
# **볼 것 · What to see.** A gain near 0 silences a channel, a negative one turns it round, an offset lifts it. G has this twice in each block, for up to 64 channels here and 1,024 in the paper's size.

# %% slideshow={"slide_type": "skip"}
colours = dogs.images[:6] / np.float32(127.5) - 1
gains = np.array([[0, 0, 0], [-0.9, -0.9, 0.5], [-0.5, 0.5, -0.9], [-2, -2, -2]])
offsets = np.array([[0, 0, 0], [0, 0, 0], [0, 0, 0.8], [0, 0, 0]])
rows = [
    conditional_batch_norm(colours, np.full(6, kind), gains, offsets) * 0.45 for kind in range(4)
]
named = [
    f"1 + γ = {', '.join(f'{v:g}' for v in 1 + g)}\nβ = {', '.join(f'{v:g}' for v in b)}"
    for g, b in zip(gains, offsets, strict=True)
]
plots.show(
    plots.labelled_rows(rows, named), "Six portraits under the gains and offsets of four labels."
)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: held against the library
#
# 조건부 배치 정규화와 투영을 라이브러리의 숫자와 견준다.

# %% slideshow={"slide_type": "skip"}
random = np.random.default_rng(0)
x, c = random.normal(size=(6, 8, 8, 3)).astype("float32"), np.array([0, 1, 1, 0, 1, 0])
gain, offset = random.normal(size=(2, 2, 3)).astype("float32")
norm = ConditionalBatchNormalization(dtype="float32")
norm.build([x.shape, (6, 2)])
norm.gain.kernel.assign(gain)
norm.offset.kernel.assign(offset)
one_hot = np.eye(2, dtype="float32")[c]
np.testing.assert_allclose(
    norm([x, one_hot], training=True), conditional_batch_norm(x, c, gain, offset), atol=1e-4
)
print("the library's layer gives the same numbers")

features, label = keras.Input((4, 4, 6)), keras.Input((), dtype="int32")
judge = keras.Model([features, label], conditional.project(features, ops.one_hot(label, 3)))
v, w = judge.weights[0].numpy(), judge.weights[1].numpy()[:, 0]
h, y = random.normal(size=(5, 4, 4, 6)), np.array([0, 1, 2, 0, 1])
mine = projected(h.sum(axis=(1, 2)), y, w, v)
np.testing.assert_allclose(judge([h, y])[:, 0], mine, atol=1e-5)
print("the library's projection gives the same numbers; its table has the shape", v.shape)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: Counted
#
# 논문의 크기(128×128, ImageNet 1000종)로 세운 뒤, 라이브러리의 망과 모양별로 맞춘다.
#
# **볼 것 · What to see.** No layer of D is left out. SAGAN (chapter 09) is this network with attention, and with spectral normalisation in G too.

# %% slideshow={"slide_type": "skip"}
paper = dict(resolution=128, ch=64, classes=1000)
big_d = miyato_discriminator(**paper)
same_numbers(big_d, sagan.discriminator(**paper, attention=None))
big_g = miyato_generator(**paper, latent_dim=128)
same_numbers(big_g, sagan.generator(**paper, attention=None))
normalised = [x for x in big_d.layers if isinstance(x, SpectralNormalization)]
kernels = [w for w in big_d.trainable_weights if len(w.shape) > 1]
print(f"D: {len(kernels)} kernels, {len(normalised)} of them spectrally normalised")
table_size = int(np.prod(next(w.shape for w in kernels if w.shape[0] == 1000)))
print(f"D's table of labels: {table_size:,} = 1000 × {16 * 64}")
print(f"ours, 32×32, width {cfg.width}: G {G.count_params():,}, D {D.count_params():,}")
