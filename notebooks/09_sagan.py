# %% [markdown] slideshow={"slide_type": "slide"}
# # 09 · SAGAN — 멀리 떨어진 곳을 함께 본다
#
# **한국어 요약**
#
# - 합성곱(convolution)은 가까운 곳만 본다. 출력 화소 하나의 기울기(gradient)를 그려 보면 그 좁은 수용 영역(receptive field)이 그대로 보인다.
# - 자기 주의(self-attention)는 모든 곳이 모든 곳을 보게 한다. 공식 코드의 블록을 직접 쓰고, 라이브러리와 같은 숫자인지 확인한다.
# - γ는 0에서 시작하므로, 새로 끼워 넣은 층은 처음에는 아무것도 바꾸지 않는다.
# - 스펙트럼 정규화(spectral normalisation), 힌지 손실(hinge loss), 두 가지 학습 속도(two time scales)가 SAGAN의 나머지 부품이다.
# - 생성된 개의 한 점을 누르면, 그 점이 어디를 보는지 주의 지도(attention map)로 그려 준다.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["colab"]
# [![Open in Colab](../docs/colab.svg)](https://colab.research.google.com/github/OWNER/dogan/blob/main/notebooks/09_sagan.ipynb)
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
# 1. To *see* that a convolution is local: the gradient of one output pixel.
# 2. To write the self-attention block of the official code, and why inserting it changes nothing at first.
# 3. Miyato's spectral normalisation by hand, what its gradient does, and what Keras' own layer does instead.
# 4. The hinge loss beside the log loss, and two learning rates in place of many steps of D.
# 5. To ask a trained generator where each place of its picture looks, and to check whether that matters.

# %% slideshow={"slide_type": "slide"}
from dogan_lib.presets import preset

tiny = dict(source="doodle", batch=16, rate=5e-4)  # 16 or 32 pixels, a few hundred steps
cfg = preset(
    smoke=dict(**tiny, size=16, ch=8, images=64, steps=5, judged=40, seeds=1, looked=4),
    cpu=dict(**tiny, size=32, ch=8, images=2000, steps=700, judged=1000, seeds=2, looked=60),
    gpu=dict(
        source="auto",
        batch=64,
        rate=1e-4,
        size=64,
        ch=32,
        images=None,
        steps=6000,
        judged=4000,
        seeds=2,
        looked=200,
    ),
)
cfg

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from matplotlib.colors import LogNorm

from dogan_lib import checkpoints, losses, metrics, plots, runtime
from dogan_lib.augment import DiffAugment
from dogan_lib.callbacks import LivePlot
from dogan_lib.classroom import exercises, growth
from dogan_lib.classroom.heat import heat_over
from dogan_lib.classroom.widgets import AttentionMap
from dogan_lib.dogs import load_dogs
from dogan_lib.gan import GAN
from dogan_lib.generator import latents
from dogan_lib.layers import SelfAttention, SpectralNormalization
from dogan_lib.models import sagan
from dogan_lib.plots import PALETTE

print(runtime.setup(seed=0))
dogs = load_dogs(size=cfg.size, source=cfg.source, limit=cfg.images)
random = np.random.default_rng(0)
dogs

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The idea in one picture
#
# A left ear should match the right one, half a picture away. A 3×3 convolution sees one pixel in each direction; three of them in a row see three.
# Which inputs does one output pixel depend on at all? Its **gradient** by the input features answers: where it is zero, nothing that happens there can be noticed.
#
# Two networks on 32×32 features, the *same* three convolutions; the second has one attention layer between the first two.

# %%
places = keras.Input((32, 32, 16))
options = dict(padding="same", activation="relu", dtype="float32")
first, second, third = (layers.Conv2D(16, 3, **options) for _ in range(3))
attention = SelfAttention(dtype="float32")
local = keras.Model(places, third(second(first(places))))
looking = keras.Model(places, third(second(attention(first(places)))))
features = tf.constant(random.normal(size=(8, 32, 32, 16)), "float32")


def what_reaches(model, row, column):
    """Mean size of the gradient of one output pixel, at each place of the input: (32, 32)."""
    with tf.GradientTape() as tape:
        tape.watch(features)
        pixel = tf.reduce_sum(model(features)[:, row, column])
    return np.abs(tape.gradient(pixel, features)).mean(axis=(0, 3))


# %% slideshow={"slide_type": "slide"}
attention.gamma.assign(1.0)
figure, axes = plt.subplots(1, 2, figsize=(8.5, 3.8))
titles = ("three convolutions", "the same, and one attention layer")
for ax, model, title in zip(axes, (local, looking), titles, strict=True):
    reach = what_reaches(model, 20, 10)
    heat = ax.imshow(reach, norm=LogNorm(reach.max() * 1e-5, reach.max()), cmap="inferno")
    ax.set_facecolor("black")
    ax.set_title(f"{title}:\n{(reach > 0).sum()} of {reach.size} places", fontsize=10)
    figure.colorbar(heat, ax=ax, label="|gradient| of pixel (20, 10)")
figure.tight_layout()
plots.show(
    figure,
    "Left: a bright 7x7 square in the dark, all that one output pixel can see. Right: a faint glow everywhere besides.",
)

# %% [markdown]
# **What to see.** Left, a window of 7×7 and *exactly* zero outside. Right, every place counts, most of them a little (the scale is logarithmic, and nothing is trained yet).
#
# To be fair to convolutions: a G that starts from a dense layer at 4×4 plans globally there, and its early layers see far. What they cannot do is *correct* at 32×32: details that are decided late are decided apart.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The block, written out
#
# Every place x_i asks a question θ(x_i); every place j has a key φ(x_j) and something to say, g(x_j). How well question and key fit decides how much i takes from j:
#
# $$\beta_{ij} = \frac{\exp(\theta(x_i) \cdot \phi(x_j))}{\sum_k \exp(\theta(x_i) \cdot \phi(x_k))} \qquad y_i = x_i + \gamma \; o\Big(\sum_j \beta_{ij}\, g(x_j)\Big)$$
#
# θ and φ have C/8 channels and g has C/2: 1×1 convolutions, so one matrix for all places. Keys and values are halved by 2×2 max pooling: 1024 places look at 256. And the products are **not** divided by √d, as a Transformer's are. The cell after this one puts the library's weights into ours: the same numbers?


# %%
def pool(x):
    n, h, w, c = x.shape
    return x.reshape(n, h // 2, 2, w // 2, 2, c).max(axis=(2, 4))


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def self_attention(x, theta, phi, g, o, gamma):
    n, h, w, _ = x.shape
    queries = (x @ theta).reshape(n, h * w, -1)
    keys = pool(x @ phi).reshape(n, h * w // 4, -1)
    values = pool(x @ g).reshape(n, h * w // 4, -1)
    maps = softmax(queries @ keys.swapaxes(1, 2))
    return x + gamma * (maps @ values).reshape(n, h, w, -1) @ o, maps


# %% slideshow={"slide_type": "fragment"}
attention.gamma.assign(0.5)
parts = (attention.theta, attention.phi, attention.g, attention.o)
matrices = [np.asarray(part.normalized_kernel())[0, 0] for part in parts]
x = features.numpy()
y, maps = self_attention(x, *matrices, gamma=0.5)
np.testing.assert_allclose(attention(features), y, atol=1e-4)
np.testing.assert_allclose(attention.attention(features), maps, atol=1e-4)
for name, matrix in zip(("theta", "phi", "g", "o"), matrices, strict=True):
    print(f"{name:<6}{matrix.shape[0]:>3} -> {matrix.shape[1]:>2} channels")
print("maps", maps.shape, "· rows sum to", maps.sum(axis=-1).mean().round(6), "· same numbers")

# %% [markdown]
# **Where code and paper differ.** We follow the authors' code. The paper's text gives *all* of θ, φ and g C/8 channels and does not mention the pooling. (And its Adam has β₂ = 0.9, while the code leaves TensorFlow's 0.999, which is what ours uses too.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## γ starts at 0
#
# A fresh attention layer is random: it would stir the features with noise. So its output comes with a factor γ that starts at 0, and the network grows into it, "local first". Is it *exactly* nothing? And if it is nothing, how does it ever begin to learn?

# %%
attention.gamma.assign(0.0)
np.testing.assert_array_equal(looking(features), local(features))
print("gamma = 0: with and without attention, the same to the last bit")
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(looking(features) ** 2)
variables = attention.trainable_variables
for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
    name = variable.path.removesuffix("/kernel").split("/")[-1]
    print(f"|gradient| of {name:<8}{np.linalg.norm(gradient):.2e}")

# %% [markdown]
# **What to see.** The four kernels get no gradient at all, γ alone does. The first step moves γ off zero, from the second on everything learns.
#
# So attention can be put into a network that is *finished*. Here is chapter 07's `cgan64`, as shipped, with a layer inserted at 32×32:

# %% slideshow={"slide_type": "fragment"}
cgan = checkpoints.load_generator("cgan64")
inserted = checkpoints.Generator(
    checkpoints.in_float32(growth.with_attention(cgan.model)), cgan.card
)
before, after = (generator.sample(4, seed=1, labels="pug") for generator in (cgan, inserted))
np.testing.assert_array_equal(before, after)
added = inserted.model.count_params() - cgan.model.count_params()
print(f"{added:,} parameters more, and every pixel of four pugs the same")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Spectral normalisation (스펙트럼 정규화)
#
# R1 (chapter 05) charges D for being steep. Miyato's way makes steepness impossible layer by layer: divide each kernel, read as a matrix W of (everything × outputs), by the most that it can stretch a vector, its largest singular value (특잇값) σ(W).
#
# An SVD at every step would be slow. **Power iteration** (거듭제곱법) gets σ from products alone: a vector that goes through W and back turns towards the direction that is stretched most.


# %%
def unit(vector):
    return vector / np.linalg.norm(vector)


kernel = random.normal(size=(3, 3, 16, 32)).astype("float32")
W = kernel.reshape(-1, 32)
largest = np.linalg.svd(W, compute_uv=False)[0]
u, estimates = unit(random.normal(size=32)), []
for _ in range(50):
    v = unit(W @ u)
    u = unit(W.T @ v)
    estimates.append(v @ W @ u)
for step in (1, 2, 5, 10, 50):
    print(f"after {step:>2} iterations: {estimates[step - 1]:.4f}")
print(f"        by the SVD: {largest:.4f}")

# %% [markdown]
# One iteration is a poor guess. But W changes little from one training step to the next, so it is enough to **keep u** and do one iteration a step. That is what the layer does: the largest singular value of the kernel that it really uses, after so many training calls:

# %% slideshow={"slide_type": "fragment"}
layer = SpectralNormalization(layers.Conv2D(32, 3, dtype="float32"), dtype="float32")
layer.build((None, 8, 8, 16))
layer.layer.kernel.assign(kernel)
for call in range(1, 51):
    used = np.asarray(layer.normalized_kernel(training=True))
    if call in (1, 5, 10, 50):
        sigma = np.linalg.svd(used.reshape(-1, 32), compute_uv=False)[0]
        print(f"after {call:>2} training calls: sigma of the used kernel {sigma:.4f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The gradient goes through σ
#
# D's output depends on W/σ(W), so the step that D needs is the derivative of *that*. If A is the gradient by the normalised matrix, then with ∂σ/∂W = v uᵀ
#
# $$\frac{\partial L}{\partial W} = \frac{1}{\sigma}\Big(A - \langle A, \tfrac{W}{\sigma} \rangle \, v u^\top\Big), \qquad \text{and therefore} \qquad \Big\langle \frac{\partial L}{\partial W}, W \Big\rangle = 0:$$
#
# making W longer changes nothing, so no step asks for it. Keras' own layer is built otherwise: it *overwrites* the kernel with W/σ and differentiates as if nothing had happened.


# %%
def gradient_of(wrapper, W):
    """Gradient of sum(direction * output) by a 48 -> 32 kernel, after 300 settling calls."""
    dense = layers.Dense(32, use_bias=False, dtype="float32")
    layer = wrapper(dense, dtype="float32")
    layer.build(inputs.shape)
    dense.kernel.assign(W)
    for _ in range(300):
        layer(inputs, training=True)
    before = dense.kernel.numpy()
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(direction * layer(inputs, training=True))
    return before, tape.gradient(loss, dense.kernel).numpy()


dense_W = random.normal(size=(48, 32)).astype("float32")
inputs = tf.constant(random.normal(size=(8, 48)), "float32")
direction = inputs @ dense_W  # a loss that is moved most by making W longer
A = inputs.numpy().T @ direction.numpy()


# %% slideshow={"slide_type": "fragment"}
def through_sigma(A, W):
    left, singular, right = np.linalg.svd(W)
    v, sigma, u = left[:, 0], singular[0], right[0]
    return (A - (A * W / sigma).sum() * np.outer(v, u)) / sigma


for name, wrapper in (("ours", SpectralNormalization), ("keras", layers.SpectralNormalization)):
    after, gradient = gradient_of(wrapper, dense_W)
    print(name)
    print("  left the kernel alone:       ", np.array_equal(after, dense_W))
    along = (gradient * after).sum() / np.linalg.norm(gradient) / np.linalg.norm(after)
    print(f"  cosine of gradient and W:     {along:+.4f}")
    formulas = {"the formula's gradient": through_sigma(A, after), "A, without sigma": A}
    for what, other in formulas.items():
        gap = np.abs(gradient - other).max() / np.abs(other).max()
        print(f"  from {what + ':':<24} {gap:.2%} away")

# %% [markdown]
# Both keep σ near 1. With ours the optimizer sees the function that D really is; with Keras' a step may be spent on growing W, which the next call divides away, and the kernel in the file is no longer the one that the optimizer moved.
#
# SAGAN normalises D **and** G in this way.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The hinge loss (힌지 손실)
#
# $$L_D = \mathbb E\,[1 - D(x)]_+ + \mathbb E\,[1 + D(G(z))]_+ \qquad\qquad L_G = -\mathbb E\, D(G(z))$$
#
# D's answer is the logit itself. The log loss never stops asking D for more; the hinge is content with a margin of 1.

# %%
logit = np.linspace(-4, 4, 161)
curves = {
    "log loss": (np.logaddexp(0, -logit), np.logaddexp(0, logit), np.logaddexp(0, -logit)),
    "hinge": (np.maximum(0, 1 - logit), np.maximum(0, 1 + logit), -logit),
}
figure, axes = plt.subplots(1, 3, figsize=(11, 3), sharey=True)
for (name, losses_), colour, line in zip(curves.items(), ("d", "fake"), ("-", "--"), strict=True):
    for ax, values in zip(axes, losses_, strict=True):
        ax.plot(logit, values, line, color=PALETTE[colour], lw=2, label=name)
for ax, title in zip(axes, ("D, a real dog", "D, a fake", "G, its fake"), strict=True):
    ax.axhline(0, color="black", lw=0.6)
    ax.set(title=title, xlabel="D's logit")
axes[0].set_ylabel("loss")
axes[0].legend(frameon=False)
real, fake = (tf.constant([[a], [b]]) for a, b in ((2.0, 0.3), (-1.5, 0.4)))
by_library = float(losses.Hinge().discriminator(real, fake))
print(f"library, D: {by_library:.2f} · by hand: {(0 + 0.7) / 2 + (0 + 1.4) / 2:.2f}")
plots.show(
    figure,
    "Log loss and hinge over the logit: for D the hinge is flat at zero beyond the margin 1; for G it is a straight line.",
)

# %% [markdown]
# **What to see.** Beyond the margin D's hinge is flat: only dogs that D is *not yet* sure about move it, like the support vectors of an SVM. G's is a straight line: the same pull wherever the fake stands, never saturated. (Nothing bounds it either: that is the normalisation's job.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Two time scales (TTUR)
#
# G's gradient is right only in front of a D that has caught up. A regularised D learns slowly, the paper says, and was given several steps for each of G's, such as five. Its proposal (after Heusel et al.): one step each, but at **four times the rate**, 4e-4 for D and 1e-4 for G. Instead of five steps of D one is paid for.
#
# In this course both rates were different before (`cgan64`: 2e-4 and 4e-4). β₁ is 0 here: no momentum against an opponent who moves.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## With and without, at equal budget
#
# The same dogs, steps, rates and seeds; the attention layer in both networks, at half of the side, is the only difference. Breeds are left out (`classes=None`), and at these sizes the rates are higher than the paper's, at its ratio.


# %%
def run(attention, seed):
    keras.utils.set_random_seed(seed)
    network = dict(resolution=cfg.size, ch=cfg.ch, classes=None, attention=attention)
    gan = GAN(sagan.generator(**network), sagan.discriminator(**network), latent_dim=128, seed=seed)
    adams = [keras.optimizers.Adam(rate, beta_1=0.0) for rate in (cfg.rate, 4 * cfg.rate)]
    gan.compile(losses.Hinge(), *adams, augment=DiffAugment("translation"), ema=0.99)
    title = f"{'with' if attention else 'without'} attention, seed {seed},"
    live = [LivePlot(title=title)] if seed == 0 else []
    data = dogs.batches(cfg.batch, seed=seed).repeat()
    gan.fit(data, steps_per_epoch=cfg.steps // 5, epochs=5, verbose=0, callbacks=live)
    return gan


runs = {
    name: [run(attention, seed) for seed in range(cfg.seeds)]
    for name, attention in (("without", None), ("with", cfg.size // 2))
}

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 어텐션이 있을 때와 없을 때 · Without attention and with it
#
# 같은 시간, 씨앗마다 점 하나.

# %% tags=["hide-input"]
reference = metrics.extract(dogs, "dognet", cfg.judged, progress=False)
figure, ax = plt.subplots(figsize=(5.5, 2.6))
for place, (name, gans) in enumerate(runs.items()):
    makers = [checkpoints.Generator(gan.ema_generator) for gan in gans]
    sides = [metrics.extract(maker, "dognet", cfg.judged, progress=False) for maker in makers]
    scores = [metrics.kid(reference, side) for side in sides]
    ax.errorbar([float(s) for s in scores], [place] * len(scores), fmt="o", color=PALETTE["g"])
    print(f"{name:<8} KID", ", ".join(score.number for score in scores), end="   ")
    print(f"{gans[0].generator.count_params():,} parameters in G")
for gan in runs["with"]:
    found = [layer for net in (gan.generator, gan.discriminator) for layer in net.layers]
    gammas = [float(layer.gamma) for layer in found if isinstance(layer, SelfAttention)]
    print("gamma in G, in D:", ", ".join(f"{gamma:+.3f}" for gamma in gammas))
ax.set(yticks=(0, 1), yticklabels=list(runs), ylim=(-0.5, 1.5), xlabel="KID, lower is better")
figure.tight_layout()
plots.show(figure, "KID of the runs without attention and with it, a dot for each seed.")

# %% [markdown]
# **What to see.** First the spread within a row, one dot for each seed, then the rows. Even where all dots of one row lie left of the other's: with two seeds each, chance alone puts one row wholly ahead in one case of three. A hint, then, no ranking. γ shows how far the layer has been switched on by then (its sign means nothing: o can turn it around).
#
# The paper's own comparison is on ImageNet, after weeks on four GPUs: FID 22.98 with attention at 8×8, where it has little to add to a convolution, and 18.28 with attention at 32×32.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The shipped generator: 120 breeds, attention at 32×32
#
# `sagan64` is what you have just seen, trained on: the finished `cgan64` with an attention layer in G and in D, γ = 0 at first, and then the hinge loss. Spectral normalisation is in the attention blocks alone; the other rows are chapter 07's and not the paper's residual blocks.
#
# The two cards side by side do *not* say what attention is worth: `sagan64` has all of `cgan64`'s training and its own.

# %%
shipped = checkpoints.load_generator("sagan64")
print(cgan.describe(), "\n")
print(shipped.describe(), "\n")
looks = [layer for layer in shipped.model.layers if isinstance(layer, SelfAttention)]
for layer in looks:
    print(f"self-attention on features {layer.input.shape[1:]}, gamma {float(layer.gamma):+.3f}")

# %% slideshow={"slide_type": "slide"}
wanted = ["Samoyed", "Rottweiler", "golden retriever", "Blenheim spaniel", "Irish setter", "pug"]
rows = [shipped.sample(8, seed=11, labels=breed) for breed in wanted]
plots.show(
    plots.labelled_rows(rows, wanted),
    "Six breeds, a row each, drawn by sagan64 with the same eight latents in every row.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Where does it look?
#
# The same matrix β that you wrote above, taken out of the trained generator: one row of it, drawn over the dog, is the **attention map** (주의 지도) of one place. The cross is the place; what glows is where it looks.

# %%
labels = [shipped.breeds.index(breed) for breed in wanted[:4]]
z = latents(4, shipped.latent_dim, seed=11)
pictures = shipped.decode(z, labels=np.array(labels))
maps = sagan.attention_maps(shipped.model, z, np.array(labels))
rows, scale = maps.shape[1], pictures.shape[1] // maps.shape[1]
points = {"centre": (0.5, 0.5), "above": (0.3, 0.5), "below": (0.8, 0.5), "corner": (0.1, 0.1)}
drawn = []
for picture, own in zip(pictures, maps, strict=True):
    drawn.append(heat_over(picture, zoom=2))
    for row, column in ((int(down * rows), int(right * rows)) for down, right in points.values()):
        at = (row * scale, column * scale)
        drawn.append(heat_over(picture, own[row, column], at, zoom=2))
titles = [f"{breed}, {p}" for breed in wanted[:4] for p in ("the dog", *points)]
plots.show(
    plots.grid(np.stack(drawn), columns=5, titles=titles, scale=1.7),
    "Four generated dogs, a row each; beside each its attention maps for four places.",
)

# %% [markdown]
# **How to read it.** Each map is scaled to its own maximum. Compare along a row: do different places of one dog look at different things? Compare down a column: does the same place look elsewhere when the dog is another?
#
# In numbers, below: how far a place looks; on how few places half of its attention lies; and the share of it that would have to move to look where the picture's places look *on average*. At 0 % all look at the same spots, and the map says nothing about the point that you chose.

# %% slideshow={"slide_type": "slide"}
asked = np.arange(cfg.looked) % shipped.classes
maps = sagan.attention_maps(shipped.model, latents(cfg.looked, shipped.latent_dim), asked)
n, h, w, *_ = maps.shape
here = np.stack(np.indices((h, w)), -1)[:, :, None, None]
there = np.stack(np.indices((h // 2, w // 2)), -1) * 2 + 0.5
distance = np.linalg.norm(here - there, axis=-1)
strongest = np.sort(maps.reshape(n, h * w, -1), axis=-1)[..., ::-1].cumsum(axis=-1)
common = maps.mean(axis=(1, 2), keepdims=True)
print(f"of {cfg.looked} dogs, all places of each:           looking evenly would give")
print(f"mean distance looked, in features: {(maps * distance).sum((3, 4)).mean():8.2f}", end="")
print(f"{distance.mean():12.2f}")
print(f"places that get half of it:        {1 + (strongest < 0.5).sum(-1).mean():8.1f}", end="")
print(f"{maps.shape[3] * maps.shape[4] / 2:12.1f}")
apart = np.abs(maps - common).sum((3, 4)).mean() / 2
print(f"unlike the picture's other places: {apart:8.1%}{0:12.1%}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Click
#
# The dog on the left is a field of invisible buttons. Click on an ear, an eye, the grass. The sliders reach every place, also without a mouse.

# %%
AttentionMap(shipped, breed=shipped.breeds.index("Samoyed"), seed=11)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What went wrong, and how to tell
#
# Beautiful maps can belong to a layer that does nothing. The test is to cut the wire: the same generator, the same z, with γ set to 0.

# %%
trained = [float(layer.gamma) for layer in looks]
z = latents(8, shipped.latent_dim, seed=11)
breeds = np.arange(8) * shipped.classes // 8
with_it = shipped.decode(z, labels=breeds)
for layer in looks:
    layer.gamma.assign(0.0)
cut = shipped.decode(z, labels=breeds)
for layer, gamma in zip(looks, trained, strict=True):
    layer.gamma.assign(gamma)
change = np.abs(with_it - cut)
print(f"mean change of a pixel: {change.mean() / 2:.1%} of the range from black to white")
plots.show(
    plots.labelled_rows(
        [with_it, cut, 4 * change - 1], ["as trained", "gamma = 0", "difference, times four"]
    ),
    "Eight dogs as trained, the same with attention switched off, and the difference, black where there is none.",
)

# %% [markdown]
# | you see | likely | try |
# |---|---|---|
# | γ stays near 0 | the layer is not needed, or not yet | train longer; attention where the picture is larger |
# | all places look at the same spots | the keys decide alone; queries are ignored | compare rows of maps, as above; smaller rates |
# | D's loss sits at 0 under the hinge | every picture is beyond the margin: no gradient for D | DiffAugment; is σ really near 1? |
# | one spot, weight 1, everywhere | large scores saturate the softmax: there is no 1/√d | spectral normalisation on θ and φ |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Exercises
#
# Put your answer in place of `None`.
#
# **1.** How many 3×3 convolutions (stride 1) in a row until one corner of 32×32 features can see the opposite corner?

# %% tags=["exercise"]
exercises.check("09-corner", None)

# %% [markdown]
# **2.** Write `attend(queries, keys, values)` for one picture, in NumPy: (n, d), (m, d), (m, c) → (n, c).

# %% tags=["exercise"]
exercises.check("09-attend", None)

# %% [markdown]
# **3.** A kernel has the singular values 4, 2 and 1. Which has it after spectral normalisation?

# %% tags=["exercise"]
exercises.check("09-sigma", None)

# %% [markdown]
# **4.** D's logits are 2 and 0.5 for two real dogs, −3 and 0.2 for two fakes. D's hinge loss?

# %% tags=["exercise"]
exercises.check("09-hinge", None)

# %%
exercises.solution("09-attend")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - One output pixel of a few convolutions depends on a small window, and on nothing else: its gradient shows it.
# - Self-attention lets every place take from every other what fits its question. γ = 0 at first: inserting it is safe.
# - Spectral normalisation divides each kernel by its largest singular value; the gradient has to go through it.
# - The hinge leaves alone what D is sure of; two rates replace several steps of D.
# - A map shows where a place looks. Whether that matters is seen by cutting the wire.
#
# ## References
#
# - Zhang, Goodfellow, Metaxas, Odena 2018, *Self-attention generative adversarial networks*, [arXiv:1805.08318](https://arxiv.org/abs/1805.08318)
# - the authors' code, [brain-research/self-attention-gan](https://github.com/brain-research/self-attention-gan)
# - Miyato, Kataoka, Koyama, Yoshida 2018, *Spectral normalization for GANs*, [arXiv:1802.05957](https://arxiv.org/abs/1802.05957)
# - Heusel et al. 2017, *GANs trained by a two time-scale update rule*, [arXiv:1706.08500](https://arxiv.org/abs/1706.08500)
# - Lim, Ye 2017, *Geometric GAN* (hinge), [arXiv:1705.02894](https://arxiv.org/abs/1705.02894)
# - Wang et al. 2018, *Non-local neural networks*, [arXiv:1711.07971](https://arxiv.org/abs/1711.07971)
