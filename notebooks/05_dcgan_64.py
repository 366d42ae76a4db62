# %% [markdown] slideshow={"slide_type": "slide"}
# # 05 · DCGAN 64×64 — 실패에서 배우는 안정적인 학습
#
# **한국어 요약**
#
# - 발표 자료의 64×64 학습은 실패했고, 손실(loss)을 읽어 그 원인을 찾았다. 여기서는 그 실패를 32×32 초상화에서 직접 만든다.
# - 같은 신경망, 같은 그림, 같은 횟수에서 **한 번에 하나만** 바꾸어 무엇이 고치는지 잰다: 둘은 눈앞에서, 다섯은 미리 잰 값으로.
# - 2014년 논문(1장)의 식 log(1 − D)에서 기울기가 사라지는 모습을 한 그림에서 본다.
# - 안정적인 GAN을 위한 여덟 가지 경험 법칙(heuristics)을, 여덟 번 비교했다는 사실까지 셈에 넣어 평가한다.

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
    from dogan_lib.classroom import colab

    colab.prepare(KEEP_ON_DRIVE)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇을 배우나 · What you will learn
#
# 실패를 만들고, 읽고, 하나씩 바꾸어 고치고, 그 값을 잰다.
#
# 1. To make a GAN fail, and to read the failure in its curves.
# 2. To change one thing at a time on the same networks, and to score what it did.
# 3. How G's gradient vanishes with the 2014 paper's loss log(1 − D) (chapter 01).
# 4. What R1 is, as a formula and as code, and what it does to D.
# 5. What eight heuristics are worth when eight comparisons are counted as eight.

# %% slideshow={"slide_type": "skip"}
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from dogan_lib import checkpoints, losses, metrics, penalties, plots, runtime
from dogan_lib.augment import DiffAugment
from dogan_lib.callbacks import LivePlot
from dogan_lib.classroom import cures, diagram, exercises, studies
from dogan_lib.classroom.diagnosis import Recorder, late
from dogan_lib.dogs import load_dogs
from dogan_lib.gan import GAN
from dogan_lib.models import dcgan
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(dogs=256, epochs=1, long=2, batch=16, width=4, judged=32),
    cpu=dict(dogs=6000, epochs=4, long=9, batch=32, width=16, judged=500),
    gpu=dict(dogs=6000, epochs=8, long=60, batch=32, width=32, judged=500),
)
print(runtime.setup(seed=0))
dogs = load_dogs(size=32, source="portraits", limit=cfg.dogs)
fresh = load_dogs(size=32, source="portraits", seed=1, limit=cfg.judged)
seen = metrics.extract(fresh.images, "dognet", progress=False)  # through DogNet, once for all KIDs
cfg

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 이 장에서 바뀌는 것 · What this chapter changes
#
# 게임은 그대로다. 판별자가 얼마나 빨리, 얼마나 가파르게 배우는지만 바뀐다.
#
# **볼 것 · What to see.** All that G learns comes back through D along the red arrows. A D that is sure of everything sends back little that helps.

# %% tags=["hide-input"]
diagram.game(
    lit=("D", "loss"),
    labels={"D": "how fast, how steep?", "loss": "does it still slope?"},
    title="A game that stays fair",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 망은 하나, 스위치는 여럿 · One network, several switches
#
# 기본값은 Keras가 주는 Adam 그대로(1e-3, beta_1 0.9)이고, 판별자에는 발표 자료의 표처럼 배치 정규화가 없다.
#
# **볼 것 · What to see.** `build()` is the run that fails. Every cure is the same call with *one* argument changed: the same dogs, the same seed.
#
# **예측 · Predict first (exercise 1).** 하나만 바꾼다면 무엇이 KID를 가장 많이 낮출까? · Which *one* change lowers KID most: **A** 두 학습률을 2e-4로 · rates 2e-4 for both, **B** beta_1 0.5, **C** D의 목표를 1 대신 0.9로 · labels of 0.9?


# %%
def build(rates=(1e-3, 1e-3), beta_1=0.9, upsample=False, norm=False, **options):
    z, x = keras.Input((100,)), keras.Input((32, 32, 3))
    G = keras.Model(z, dcgan.grow(z, cfg.width, 32, upsample))
    D = keras.Model(x, dcgan.judge(dcgan.shrink(x, cfg.width, kernel_size=4, norm=norm)))
    gan = GAN(G, D)
    g, d = (keras.optimizers.Adam(rate, beta_1) for rate in rates)
    gan.compile(g_optimizer=g, d_optimizer=d, **{"ema": 0.995, **options})
    return gan


# %% slideshow={"slide_type": "skip"}
prediction = None  # exercise 1: "A", "B" or "C", before you go on


def train(*watch, **change):
    """Train `build(**change)` from the same seed on the same dogs; keep every step's signals."""
    runtime.setup(seed=0)
    gan, recorder = build(**change), Recorder()
    gan.fit(dogs.batches(cfg.batch), epochs=cfg.epochs, verbose=0, callbacks=[recorder, *watch])
    return cures.Run(gan, recorder.history)


def go_on(run, *watch):
    """From `cfg.epochs` to `cfg.long`: the same GAN, and its curves continued."""
    recorder = Recorder()
    recorder.history = run.history
    batches = dogs.batches(cfg.batch, start_epoch=cfg.epochs)
    epochs = dict(initial_epoch=cfg.epochs, epochs=cfg.long)
    run.gan.fit(batches, **epochs, verbose=0, callbacks=[recorder, *watch])


def show(*names, dpi=90):
    """Of each named run samples, score and reading, and the sign that the reading rests on."""
    chosen = {name: runs[name] for name in names}
    for name in names:
        notes[name] = notes.get(name) or chosen[name].note(seen)
        print(f"{name}: {chosen[name].diagnosis.signs[0]}")
    alt = f"Samples and D's opinion of the runs: {', '.join(chosen)}."
    plots.show(cures.rows(chosen, notes), alt, dpi=dpi)


runs, notes = {}, {}
others = {
    "rates 2e-4": dict(rates=(2e-4, 2e-4)),
    "labels 0.9": dict(loss=losses.NonSaturating(smoothing=0.1)),
    "DiffAugment": dict(augment=DiffAugment("translation")),
    "upsampling in G": dict(upsample=True),
    "batch norm in D": dict(norm=True),
}

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 실패하는 학습 · The run that fails
#
# 이상한 설정은 하나도 없다. 그런데도 개가 나오지 않는다.
#
# **볼 것 · What to see.** D's loss is the lower one, far below that of a guess (dotted). For a classifier that would be success; here the pictures show no dog.

# %%
live = LivePlot(samples=25, guess=np.log(4))
runs["as it comes"] = train(live)  # build(), nothing changed

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 손실로 원인 찾기 · Reading the curves
#
# 판별자의 손실이 0에 가까우면 성공이 아니라 경보다: 판별자가 거의 틀리지 않는다.
#
# **볼 것 · What to see.** How far D's opinions of real and of fake lie apart. `diagnose` reads the *median* of the last third, which spikes do not move; it never sees a picture. 마지막 3분의 1의 중앙값이다.

# %% tags=["hide-input"]
failing = runs["as it comes"]
print(failing.diagnosis)
plots.show(
    cures.curves(failing),
    "Four curves of the failing run: D's loss, its opinions, G's gradient, variety.",
    dpi=88,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 기울기 소실 · The vanishing gradient
#
# 손실 하나만 바꾼다: 2014년 논문(1장)의 식 log(1 − D)를 글자 그대로 쓴다.
#
# **볼 것 · What to see.** One change, the loss. The axis counts in powers of ten: under log(1 − D) G's gradient falls below a thousandth of the other, and all samples are one grid.

# %%
runs["log(1 − D)"] = train(loss=losses.Minimax())
pair = {"−log D": failing, "log(1 − D)": runs["log(1 − D)"]}
ends = {name: late(run.history["g_gradient"]) for name, run in pair.items()}
print("G's gradient, last third:", *(f"{name}: {norm:.2g} " for name, norm in ends.items()))
plots.show(cures.gradients(pair), "G's gradient under both losses, and samples.", dpi=82)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 옵티마이저 · A cure at the optimizer
#
# 관성(beta_1)만 0.9에서 0.5로 줄인다. beta_1 0.9는 지난 기울기 약 10개, 0.5는 약 2개의 평균이다.
#
# **볼 것 · What to see.** With 0.5 (a mean of about two gradients, not ten) the samples differ, and D's opinions stay closer together. No dog yet. *No sign found · 징후 없음* means that the curves show none of five failures, **not** that there are dogs: 곡선이 멀쩡하다는 말이지, 그림이 좋다는 말이 아니다.

# %%
runs["beta_1 0.5"] = train(beta_1=0.5)
show("as it comes", "beta_1 0.5", dpi=78)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## R1 페널티 · R1: a price on steepness
#
# 진짜 그림에서 판별자가 가파르면 벌을 준다: $\frac{\gamma}{2}\,\mathbb{E}\,\lVert \nabla_x D(x) \rVert^2$.
#
# R1 asks for the gradient at *one* picture. With batch normalisation in D the logit of one picture depends on the others in its batch: the two exclude each other.
#
# **볼 것 · What to see.** Held against the library's, then trained with. KID falls, and still no dog.


# %%
def r1(D, x, gamma=0.1):
    with tf.GradientTape() as tape:
        tape.watch(x)
        score = tf.reduce_sum(D(x))
    slope = tf.cast(tape.gradient(score, x), "float32")
    return gamma / 2 * tf.reduce_mean(tf.reduce_sum(slope**2, axis=(1, 2, 3)))


D, x = failing.gan.discriminator, tf.constant(dogs.images[:16].astype("float32") / 127.5 - 1)
np.testing.assert_allclose(r1(D, x), penalties.R1(0.1)(D, x, None), rtol=1e-3)
runs["R1 0.1"] = train(penalties=[penalties.R1(0.1, fraction=0.25)])
show("R1 0.1", dpi=78)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## R1의 효과 · What R1 does to D
#
# 진짜 개에서 가짜까지 곧게 걸어가며 판별자의 로짓(logit)을 읽는다. 두 판별자는 같은 횟수를 배웠다.
#
# **볼 것 · What to see.** The price works: with R1 the logit falls by less on the same kind of way.

# %% tags=["hide-input"]
both = {name: runs[name] for name in ("as it comes", "R1 0.1")}
alt = "D's logit on straight ways from real dogs to fakes: the failing run and the one with R1."
plots.show(cures.ways(both, dogs.images), alt, dpi=82)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 다섯 가지 더, 하나씩 · Five more changes, one a row
#
# 같은 `train(...)`에 인자 하나씩만 바꿔 미리 돌린 결과다.
#
# rates: 두 학습률을 2e-4로 · labels 0.9: D의 목표를 진짜에 1 대신 0.9로 · DiffAugment: D가 보는 진짜와 가짜를 모두 무작위로 옮긴다 · upsampling: 전치 합성곱 대신, 키운 뒤 3×3 합성곱 · batch norm: D에 배치 정규화
#
# **볼 것 · What to see.** Six samples of the last step, none picked; dogs, seed and steps as above. Upsampling removes the grid and leaves dark and brown blobs before blue; all others leave grids or bars.

# %% tags=["hide-input"]
recorded, pictures = cures.recorded()
alt = "Six samples of each of five recorded runs."
plots.show(cures.strips(recorded, pictures[:, :6]), alt, dpi=72)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 함께 쓰면 · All together
#
# 학습률의 비율, beta_1, 업샘플링, 배치 정규화: 4장의 설정을 같은 망에 쓰고, 더 오래 학습시킨다.
#
# **볼 것 · What to see.** Dogs' heads before sky and snow, some with ears and eyes. D's loss falls here too, slowly. The live curve begins where the first part ended, at epoch 5 at `cpu`; the next slide has all of it.

# %%
change = dict(rates=(1e-3, 4e-4), beta_1=0.5, upsample=True, norm=True)
runs["cured"] = train(**change)
notes["cured"] = runs["cured"].note(seen)  # after as many pictures as the others
go_on(runs["cured"], LivePlot(samples=25, guess=np.log(4)))
go_on(failing)  # as long as the cured one: it is not for want of time

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 왼쪽은 실패, 오른쪽은 치료 · Failure left, cure right
#
# `build()` 와 `build(rates=(1e-3, 4e-4), beta_1=0.5, upsample=True, norm=True)`: 같은 개, 같은 시드, 같은 횟수.
#
# **볼 것 · What to see.** Left, D's opinions part at once. Right they part too, but slowly, and meanwhile G learns. More than twice as many pictures brought the left run from 0.77 to 0.55, and no dog. KID is against 500 portraits that neither has seen; one seed.

# %% tags=["hide-input"]
sides = {name: runs[name] for name in ("as it comes", "cured")}
long = {name: run.note(seen) for name, run in sides.items()}
plots.show(
    cures.side_by_side(sides, long),
    "The failing run left, the cured run right: samples, D's loss, D's opinion.",
    dpi=76,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 진단과 점수 · Every change, read and scored
#
# 곡선만 읽은 진단이 그림을 잰 점수와 같은 말을 하는가? 빗금은 미리 돌려 잰 값이고, 회색은 징후가 없다는 뜻일 뿐이다.
#
# **볼 것 · What to see.** In these nine runs those without a sign (grey) score better than the others, the last of them by little. But grey is no praise: of the nine only "cured" goes on to draw dogs, and chapter 04's run was read as "D wins" and had 0.07. Upsampling alone gains most; lower rates, labels of 0.9 and batch normalisation alone make it *worse*. One seed each, n = 500; log(1 − D) was not scored.

# %% tags=["hide-input"]
plots.show(
    cures.agreement(notes | recorded, recorded),
    "KID of nine runs, sorted, coloured by what their curves say; hatched: recorded earlier.",
    dpi=82,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 진짜 개, 64×64 · The shipped recipe
#
# `dcgan64`는 같은 치료를 받은 라드퍼드의 망이다: 업샘플링, beta_1 0.5, 판별자의 배치 정규화.
#
# **볼 것 · What to see.** Coats, poses, grass: dogs when you squint. Faces are smears.

# %% tags=["hide-input"]
shipped = checkpoints.load_generator("dcgan64")
recipe = [*shipped.card["recipe"], f"{shipped.card['seconds']:,} s on {shipped.card['machine']}"]
for i in range(0, len(recipe), 2):
    print(*recipe[i : i + 2], sep=" · ")
figure = plots.grid(shipped.sample(24, seed=0), columns=8, scale=1.6)
plots.show(figure, "24 dogs drawn by dcgan64.", dpi=74)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 여덟 가지 경험 법칙 · The deck's eight heuristics
#
# 법칙마다 그것만 빼고 다른 것을 넣어 학습시킨다. 왜 도움이 된다고들 하는가?
#
# | heuristic | what stands in for it | why it should help |
# |---|---|---|
# | strided conv down (D) | max pooling | D learns how to shrink |
# | strided conv up (G) | nearest upsampling + convolution | G learns how to grow |
# | LeakyReLU (D) | ReLU | a unit that is off passes on a gradient too |
# | batch norm (G and D) | no normalisation | every layer's input keeps its scale |
# | Gaussian init, N(0, 0.02) | Glorot uniform | starts small: D is sure of nothing yet |
# | Adam (2e-4, beta_1 0.5) | SGD with momentum 0.5 | each weight gets a step of its own size |
# | Gaussian latent, N(0, I) | uniform in [−1, 1] | no corners: every direction alike |
# | separate batches for D | real and fake in one batch | batch norm's mean is of one kind |
#
# **토론 · Discuss.** 발표 자료의 DCGAN 32(4장)는 둘을 어긴다: G는 `UpSampling2D`로 키우고, D에는 배치 정규화가 없다. · The deck's own DCGAN 32 breaks two of them, and `dcgan64` breaks one. Are they laws?

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 하나씩 빼면 · Each switched off alone
#
# 라드퍼드의 망, 진짜 개 64×64: 미리 기록해 둔 학습이다. 횟수와 시드의 수는 그림 위에 찍힌다.
#
# **볼 것 · What to see.** At this budget no network draws dogs: the study compares bad pictures with worse ones. One seed's, none picked.

# %% tags=["hide-input"]
study = studies.load("heuristics")
print(studies.size(study))
drawn = plt.imread(studies.folder() / "heuristics.png")  # a row a network, eight 64-pixel samples
figure, axes = plt.subplots(5, 2, figsize=(12, 5.6))
for ax in axes.T.flat:
    ax.axis("off")
for i, (ax, name) in enumerate(zip(axes.T.flat, study["instead"], strict=False)):
    ax.imshow(drawn[64 * i : 64 * (i + 1), :328])
    said = f"{name} → {study['instead'][name]}" if i else "nothing switched off"
    ax.set_title(said, fontsize=14, loc="left", pad=3)
figure.tight_layout(h_pad=0.2, w_pad=0)
plots.show(figure, "Five samples of each of nine networks.", dpi=76)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 여덟 번 비교했다 · Eight comparisons, counted as eight
#
# 여덟 번 물으면 우연한 "차이"가 나오기 쉽다. 그래서 구간을 함께 넓힌다(Dunnett, 모두 함께 95 %).
#
# **볼 것 · What to see.** Small dots are seeds. Which intervals stand clear of 1, the dashed line? They are named above the picture; for all others these runs allow no claim.
#
# 배치 정규화: 여기서는 G와 D 모두에서 끈다(Adam 2e-4, 0.5). 앞의 막대는 G는 그대로 두고 D에만 더했다(Adam 1e-3, 0.9): 다른 질문이다. · Batch norm: here *both* networks lose it; the bar above *added* it to D alone, G had it anyway, at other rates. Another question, another answer.

# %% tags=["hide-input"]
print(studies.claims(study))
plots.show(
    studies.forest(study),
    "For each heuristic the ratio of KID without it to KID with it, and its interval.",
    dpi=84,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇이 잘못되나 · What went wrong, and how to tell
#
# 곡선에서 보이는 것, 그것의 이름, 먼저 해 볼 것.
#
# | you see | `diagnose` says | try |
# |---|---|---|
# | D's loss near 0, samples stay noise | D wins | beta_1 0.5, R1, DiffAugment |
# | G's gradient near 0 | vanishing gradient | −log D, least squares (06) |
# | every sample alike | mode collapse | slow G down, larger batch |
# | D's opinion swings | oscillation | beta_1 0.5 or 0, lower rates, EMA |
# | `g_loss = nan` | NaN | lower rates, bound D (09, 10) |
# | fine samples that you know | nothing | nearest neighbours (03) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 연습 문제 · Exercises
#
# 1. **예측 · Predict.** (before the cures) **A**, **B** or **C** of the slide "One network, several switches"? Set `prediction` in the cell under it.
# 2. **유도 · Derive.** D(x) = w·x + b with ‖w‖ = 3. What does R1 with γ = 0.1 cost, whatever the pictures?
# 3. **세기 · Count.** Two networks *without* any difference, three seeds each: all of one on one side of all of the other happens by chance. In eight such comparisons, how often on average?
# 4. **쓰기 · Write.** `ema(old, new, decay)`, one step of the running average.
# 5. **고치기 · Repair.** `losses_through` should show D everything through T. It does not.
# 6. **바꾸고 학습하기 · Change and train.** Cure the run *without* batch normalisation in D: KID at most 0.15, in at most 16 epochs at `cpu`.
#
# `exercises.solution("05-price")` shows a folded answer; so do the other names.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
exercises.check("05-first-cure", prediction)
exercises.check("05-price", None)
exercises.check("05-chance", None)
mine = None  # build(norm=False, ...), trained for at most 16 epochs
exercises.check("05-without-norm", mine)


def ema(old, new, decay):
    """The average after one more step: `decay` says how much of the old one is kept."""


def losses_through(T, D, real, fake):
    """D's loss and G's (non-saturating), D seeing pictures through T only. Mend it."""
    d_loss = np.mean(np.logaddexp(0, -D(T(real)))) + np.mean(np.logaddexp(0, D(fake)))
    g_loss = np.mean(np.logaddexp(0, -D(fake)))
    return d_loss, g_loss


exercises.check("05-ema", ema)
exercises.check("05-repair", losses_through)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 요약 · Summary
#
# D의 손실이 0에 가까우면 경보이다. 한 번에 하나만 바꾸고, 여덟 번 비교했으면 여덟 번으로 센다.
#
# - A loss of D near zero is an alarm, not a success: G learns from D's doubts. Alone it proves nothing: the loss of chapter 04's D fell far below a guess's too, and G drew dogs.
# - One change at a time, on the same networks, scored: beta_1 0.5, R1, DiffAugment and upsampling each helped; rates, labels and batch normalisation alone did not. Rates, beta_1, upsampling and batch normalisation together draw dogs. One seed each.
# - log(1 − D) is flat where D is sure of a fake; −log D is not.
# - R1 prices steepness, DiffAugment takes D's easy evidence away, EMA averages G's circling.
# - Eight comparisons are eight chances to be wrong: the intervals of the deck's eight heuristics are widened together, and only what stays clear of 1 is a claim.

# %% [markdown] slideshow={"slide_type": "skip"}
# ## References
#
# - Radford, Metz, Chintala 2015, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434), and its code, Newmu/dcgan_code
# - Chintala et al. 2016, *How to train a GAN?*, soumith/ganhacks
# - Salimans et al. 2016, *Improved techniques for training GANs* (one-sided label smoothing), [arXiv:1606.03498](https://arxiv.org/abs/1606.03498)
# - Zhao et al. 2020, *Differentiable augmentation*, [arXiv:2006.10738](https://arxiv.org/abs/2006.10738)
# - Mescheder, Geiger, Nowozin 2018, *Which training methods for GANs do actually converge?*, [arXiv:1801.04406](https://arxiv.org/abs/1801.04406)
# - Yazıcı et al. 2018, *The unusual effectiveness of averaging in GAN training*, [arXiv:1806.04498](https://arxiv.org/abs/1806.04498)
# - Dunnett 1955, *A multiple comparison procedure for comparing several treatments with a control*, JASA 50
# - Jason Brownlee, *How to implement GAN hacks in Keras*, machinelearningmastery.com; FloydHub, *GANs: the story so far*: the deck's own reading list

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: the five recorded changes
#
# 미리 잰 다섯은 바로 이 호출이다. `again`에 이름을 쓰면 여기서 다시 학습한다(`cpu`에서 약 30초). · The hatched bars are these calls at the `cpu` preset. Put a name into `again`, and it is trained here and shown.

# %% slideshow={"slide_type": "skip"}
again = None  # such as "DiffAugment"
for name in others:
    print(f"{name:<17}{recorded[name]}")
if again:
    runs[again] = train(**others[again])
    show("as it comes", again)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: where the slope is
#
# The bars are the failing D's answers to G's fakes. The two losses' slopes there are σ(logit) for log(1 − D) and 1 − σ(logit) for −log D.

# %% slideshow={"slide_type": "skip"}
plots.show(
    cures.slopes(failing),
    "The slopes of G's two losses over D's logit, and where this D's logits for fakes lie.",
    dpi=60,
)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: DiffAugment, looked at
#
# Were only the *real* dogs shaken, G would learn to draw shifted dogs with grey rims. So both are, in D's step and in G's. Translation, colour, cutout, six draws each:

# %% slideshow={"slide_type": "skip"}
one = np.repeat(dogs.images[7:8].astype("float32") / 127.5 - 1, 6, axis=0)
shaken = [DiffAugment(policy)(one) for policy in ("translation", "color", "cutout")]
plots.show(
    plots.grid(np.concatenate(shaken), columns=6, scale=0.9),
    "One dog under translation, colour and cutout, six draws each.",
    dpi=84,
)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: the average of G's weights (EMA)
#
# 생성자는 목표 둘레를 맴돈다. 가중치의 이동 평균은 그 한가운데에 선다. 학습에는 끼어들지 않는다.
#
# **볼 것 · What to see.** The same z, two sets of weights, nearly the same dogs. What the average gains is the difference of the two numbers, each with its standard error.

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
cured = runs["cured"]
titles = []
for name, average in (("last step", False), ("average", True)):
    drawn = plots.to_uint8(cured.gan.sample(cfg.judged, seed=2, ema=average))
    kid = metrics.kid(seen, drawn, "dognet")
    titles.append(f"{name}: KID {kid.value:.3f} ± {kid.error:.3f}, n = {kid.n}, one seed")
pictures = [cured.gan.sample(12, seed=1, ema=average) for average in (False, True)]
plots.show(
    plots.beside(*pictures, titles=titles, columns=6, scale=0.9),
    "The same 12 latents drawn by the cured run's last generator and by its average.",
    dpi=60,
)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: why `dcgan64` has no R1
#
# R1은 판별자의 배치 정규화와 함께 쓸 수 없다. 둘 중 하나를 골라야 했고, 재어서 골랐다.
#
# **볼 것 · What to see.** From the first bar to the second *several* things change, D's norm, penalty and rate; below that one a bar; the last two are alternatives. One seed each: only large steps count.

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
compared = shipped.card["compared"]
print(compared["what"])
plots.show(
    cures.bars(compared["FID"]),
    "FID of six recipes after 30,000 pictures: with R1 the highest, with 3x3 kernels the lowest.",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: the eight heuristics in numbers
#
# The median and the range over the seeds, and the ratios of the figure above with their intervals.

# %% slideshow={"slide_type": "skip"}
print(studies.table(study), "\n")
for name, (middle, low, high) in studies.ratios(study).items():
    print(f"without {name:<18} KID {middle:4.2f} times as large ({low:.2f} to {high:.2f})")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: Radford's networks at 64×64
#
# Four strided transposed convolutions up (4 → 64), four strided convolutions down. The paper's code has width 128; `dcgan64` has 32.

# %% slideshow={"slide_type": "skip"}
for network in (dcgan.generator_64, dcgan.discriminator_64):
    model = network(width=128)
    for layer in model.layers[1:]:
        if layer.count_params():
            shape = str(layer.output.shape[1:])
            print(f"{type(layer).__name__:<26}{shape:<18}{layer.count_params():>12,}")
    print(f"{model.name:<44}{model.count_params():>12,}\n")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: does this D learn by heart?
#
# D's logits for dogs that it has trained on, and for dogs that it has never seen. Were the first much higher, D would know its training dogs by heart. In the saved run neither D does: the two means differ by far less than the spread of one kind.


# %% slideshow={"slide_type": "skip"}
def logits(gan, images):
    scaled = images.astype("float32") / 127.5 - 1
    return np.asarray(gan.discriminator(scaled, training=False), "float32").ravel()


for name in ("as it comes", "cured"):
    old, new = (logits(runs[name].gan, x.images[:500]) for x in (dogs, fresh))
    print(f"{name:<12} training dogs {old.mean():6.2f}   fresh ones {new.mean():6.2f}", end="   ")
    print(f"spread of one kind {new.std():.2f}")
