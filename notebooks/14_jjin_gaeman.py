# %% [markdown] slideshow={"slide_type": "slide"}
# # 14 · 찐 점수 — The 찐 score
#
# **한국어 요약**
#
# - 지금까지 만든 모든 생성자를 같은 개, 같은 자, 같은 장수로 재어 한 표에 놓는다.
# - 바닥(진짜와 진짜)과 기준점(32픽셀, 16픽셀, 흐림)이 있어야 점수를 읽을 수 있다.
# - 숫자만으로는 부족하다: 베낀 것은 아닌지(최근접 이웃), 사람의 눈에는 어떤지(블라인드 테스트)도 본다.
# - Kaggle에 낼 `images.zip`을 만들고 검사한다.
# - 끝으로 발표 자료의 다섯 문장, 확산 모델, 딥페이크와 그 탐지를 이야기한다.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["colab"]
# [![Open in Colab](../docs/colab.svg)](https://colab.research.google.com/github/OWNER/dogan/blob/main/notebooks/14_jjin_gaeman.ipynb)
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
# 점수를 매기고, 그 점수를 의심하는 법을 배운다.
#
# 1. To compare generators on equal terms, and to say how sure the comparison is.
# 2. To read a score between its floor and its anchors.
# 3. To look for copies, and to test your own eyes without fooling yourself.
# 4. To catch a generator with a detector, and to see whom it accuses wrongly.
# 5. What of the course's beginning, P(G) = P(data), has been reached.

# %% slideshow={"slide_type": "skip"}
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(judged=512, rivals=("projected64",), row=2, caught=8, zipped=16, truncation=None),
    cpu=dict(
        judged=1000,
        rivals=("biggan64", "projected64"),
        row=9,
        caught=600,
        zipped=400,
        truncation=1.0,
    ),
    gpu=dict(
        judged=2000,
        rivals=("biggan64", "projected64"),
        row=9,
        caught=1200,
        zipped=10000,
        truncation=1.0,
    ),
)
cfg

# %% slideshow={"slide_type": "skip"}
import functools
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from IPython.display import Markdown
from sklearn.linear_model import LogisticRegression

from dogan_lib import checkpoints, metrics, plots, runtime
from dogan_lib.classroom import blind_test, diagram, exercises, leaderboard, studies, submission
from dogan_lib.metrics.breeds import recognise
from dogan_lib.metrics.features import real_dogs

load = functools.cache(checkpoints.load_generator)  # each file is read once
print(runtime.setup(seed=0))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 한눈에 보기 · The idea in one picture
#
# $G$의 그림 더미와 진짜 더미를 나란히 놓고 거리를 잰다. $D$는 이제 쉰다.
#
# **볼 것 · What to see.** Two heaps are lit; $D$, its loss and the gradients are grey: the game is over. The score is a distance between the heaps, measured by a network that is not in this picture.

# %% tags=["hide-input"]
diagram.game(
    lit=["fake", "real"],
    grey=["D", "logit", "loss"],
    labels={"fake": "2,000 of them", "real": "against real dogs"},
    title="The score",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 강의의 순서, 우리 개로 · In the course's order, our dogs
#
# 생성자마다 같은 시드의 $z$를 넣고 64픽셀로 줄였다. 위에서 아래로 강의의 순서이다.
#
# **볼 것 · What to see.** Fur and lawns come early, faces last. Years are the papers'; the networks are ours.

# %% tags=["hide-input"]
order = "dcgan32 dcgan64 lsgan64 cgan64 sagan64 pggan64 biggan64 projected64 projected128".split()
order = [name for name in order if name in checkpoints.available()][-cfg.row :]
rows, labels = leaderboard.one_latent_each(order, seed=14)
plots.show(
    plots.labelled_rows(rows, [f"{name}, {year}" for name, year in labels], fontsize=13),
    "Eight dogs of each generator, in the order of the chapters.",
    dpi=62,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 같은 조건 · On equal terms
#
# 점수는 자(특징 신경망), 장수 $n$, 상대가 같을 때만 비교할 수 있다.
#
# | must be the same | or else |
# |---|---|
# | the feature network, `lite1-dogs` | numbers of two networks have no common unit |
# | n | FID falls as n grows, even for one generator |
# | the dogs, their crop and size | a sharper reference is a farther one |
# | the way pictures are resized | aliasing alone moves FID by several points |
# | seconds, data and several seeds of training, if *ideas* are to be compared | the longer run wins, or the luckier seed |
#
# lite1 learnt from ImageNet, and no generator of the course was trained with it; `data/README.md` says how it was made.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 같은 초, 같은 초상화 · Equal seconds, the same portraits
#
# 장마다 그 장의 신경망을 작은 폭으로, 그 장의 손실과 학습률로, 같은 초상화에 한 코어에서 같은 초 동안 학습했다. 11장의 것만 레이블이 견종이다. 9장과 10장의 것은 그 장에서 학습하는 것보다 좁다.

# %% tags=["hide-input"]
facts = studies.load("chapters")
plots.show(
    studies.figure(facts),
    "KID of the networks of chapters 04 to 11 on portraits, a dot a seed, beside eight samples.",
    dpi=80,
)
thousand = {each: 1000 * kids for each, kids in studies.by_variant(facts).items()}
gaps = studies.dunnett(thousand)
for words, side in (("ahead of", -1), ("behind", 1)):
    names = [each for each, (_, low, high) in gaps.items() if min(side * low, side * high) > 0]
    print(f"{words} {next(iter(thousand))}:", ", ".join(names) or "none")

# %% [markdown]
# **볼 것 · What to see.** Dots are seeds: where those of two chapters mix, the order may be luck. The last line says which chapters differ from 04, all comparisons taken together (Dunnett's intervals, chapter 05; numbers: Going deeper). The networks of 09 and 10 are narrower than those that their chapters train. It is early in training: with more seconds the order may change.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 직접 재기 · Score some yourself
#
# 진짜 개 1,200마리의 특징이 함께 들어 있어서, 사진이 없어도 잴 수 있다.
#
# Each number names its network and its n, and stands beside real against real, which is not 0 either, for n is finite. These n differ from the leaderboard's: do not hold these numbers against it.

# %%
real = real_dogs()
seen = {}
for name in cfg.rivals:
    generator = load(name)
    asked = np.arange(cfg.judged) % generator.classes
    drawn = generator.sample(cfg.judged, seed=5, labels=asked)
    seen[name] = metrics.extract(drawn, progress=False)
    print(name, "\n ", metrics.fid(real, seen[name]), "\n ", metrics.kid(real, seen[name]))
    print(" ", recognise(seen[name], asked, generator.breeds))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 먼저 맞혀 보기 · Predict
#
# 어느 쪽의 FID가 더 작을까? A: `projected64`의 그림. B: 32픽셀로 줄였다가 키운 **진짜** 개.

# %% tags=["exercise"]
prediction = None
exercises.check("14-first", prediction)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 순위표 · The leaderboard
#
# 회색은 진짜 개와 낙서로 만든 기준점, 노란색은 Kaggle 규칙 밖의 빌린 눈이다.

# %% tags=["hide-input"]
board = leaderboard.read()
plots.show(leaderboard.figure(board), "FID of every generator and anchor, real dogs first.", dpi=80)

# %% [markdown]
# **볼 것 · What to see.** Where each generator stands among the anchors. The thin line is the range of three draws from one file. Each generator was trained once, some for longer: the bars rank files, not ideas.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 품질과 다양성 · Precision and recall
#
# FID 하나로는 왜 나쁜지 알 수 없다. 정밀도는 한 장 한 장의 품질, 재현율은 다양성이다.

# %% tags=["hide-input"]
plots.show(
    leaderboard.scatter(board), "Precision and recall of generators, anchors and options.", dpi=80
)

# %% [markdown]
# **볼 것 · What to see.** Up is better dogs, right is more kinds of dogs; real dogs are the corner that can be reached. Grey arrows are the same files, sampled with truncation (chapter 11) or chosen by *D*: `projected64` goes up, and to the left.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 베낀 것은 아닐까 · Is it a copy?
#
# 가장 가까운 진짜 개까지의 거리를, 처음 보는 진짜 개의 거리와 견준다. 생성자는 약 12,000마리로 배웠고 여기 있는 것은 600마리뿐이다. 나머지를 베꼈는지는 이 그림으로 알 수 없다.
#
# **볼 것 · What to see.** A copy of one of these 600 dogs would lie near 0; of the other training dogs this picture knows nothing (the table's "nearest training dog" looks at 9,754). MiFID divides FID by the mean distance d where d is under the threshold; here it is above. lite1의 문턱은 0.14, Kaggle(Inception)의 문턱은 0.1이다.

# %% tags=["hide-input"]
name = cfg.rivals[-1]
plots.show(
    leaderboard.copies(board, real, seen[name], name),
    "Distances to the nearest real dog: of generated dogs, and of other real dogs.",
    dpi=80,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 블라인드 테스트 · A blind test
#
# 한 장씩 본다. 진짜 사진이 없으면 두 생성자 중 누구의 그림인지 맞힌다.
#
# **볼 것 · What to see.** Who drew each, `biggan64` or `projected64` (with photographs at hand: real or generated)? Forty answers leave an interval of about thirty points: too wide to tell two generators of about the same quality apart.

# %%
pictures = blind_test.real_pictures(size=64, limit=4000)  # None where there are no photographs
fakes = {each: load(each).sample(20, seed=8) for each in ("biggan64", "projected64")}
test = blind_test.BlindTest(fakes, pictures, each=20, seed=1)
test

# %% [markdown] slideshow={"slide_type": "slide"}
# ## P(G) = P(data)? 탐지기로 재기 · The final goal, measured with a detector
#
# 1장의 목표: 최선의 판별자가 50%만 맞힌다면 도착한 것이다. 특징 256개 위의 선형 분류기로 잰다.
#
# In chapter 01 the best D gave $V(D^*, G) = 2\,\mathrm{JSD} - \log 4$, and JSD = 0 only where both densities agree.

# %%
n = min(len(real), len(seen[name]))
x = np.concatenate([real.vectors[:n], seen[name].vectors[:n]])
y = np.repeat([0, 1], n)  # real, generated
detector = LogisticRegression(C=0.1, max_iter=300).fit(x[::2], y[::2])  # on even rows
accuracy = detector.score(x[1::2], y[1::2])  # on odd ones
accused = detector.predict(real.vectors[1::2]).mean()
print(f"{name}: right about {accuracy:.1%} of the pictures; P(G) = P(data) would leave 50 %")
print(f"real dogs that it accuses: {accused:.1%}")

# %% [markdown]
# **볼 것 · What to see.** **Not reached**, and a line through 256 numbers suffices to see it. The second line is the price: real dogs that are accused. A detector is a discriminator that came late: who trains against it may learn to pass.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇이 잘못되나 · What goes wrong, and how to tell
#
# 점수도 속는다. 무엇을 함께 보아야 하는지 적었다.
#
# | you see | likely | look at |
# |---|---|---|
# | FID better, pictures not | another n, another crop, another resize | what the number says about itself |
# | FID better, faces not | the ruler reads texture | shuffled patches (`docs/metrics.md`) |
# | precision 1, recall 0 | a few pictures again and again | recall, duplicates |
# | everything good, too good | copies | nearest neighbours, d |
# | one seed ahead of another | noise | three draws, the interval |
# | borrowed eyes far ahead | ImageNet knows dogs; so does the ruler | another network's opinion, people |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Kaggle의 images.zip · The submission
#
# 64×64 PNG 10,000장을 압축 파일 하나로 낸다. 검사기가 한 장씩 열어 보고, 한 장만 상해도 이름을 대며 거절한다.
#
# `dogan submit biggan64 --truncation 1` writes all 10,000. Kaggle's rules of 2019 allowed no pretrained networks and no other data: `biggan64` would be in, `projected64` and `projected128` out.

# %%
folder = Path(tempfile.mkdtemp())
chosen = submission.chosen(load("biggan64"), truncation=cfg.truncation, judge="")
path = submission.submit(chosen, folder / "images.zip", n=cfg.zipped)
print(f"{path.name}: {cfg.zipped:,} PNG in order, {path.stat().st_size / 1e6:.1f} MB")
broken = folder / "broken.zip"
with zipfile.ZipFile(path) as sound, zipfile.ZipFile(broken, "w") as spoiled:
    for number, file in enumerate(sound.namelist()):
        spoiled.writestr(file, sound.read(file)[: 300 if number == 7 else None])
try:
    submission.check_submission(broken, cfg.zipped)
except ValueError as error:
    print("refused:", error)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## GAN과 확산 모델 · GANs and diffusion, seen in 2026
#
# 그림 생성의 주류는 2021년부터 확산 모델이다. GAN의 생각은 그 안에 살아 있다.
#
# - 2021: diffusion models overtake GANs on ImageNet (Dhariwal & Nichol, [2105.05233](https://arxiv.org/abs/2105.05233)).
# - Their price is many steps a picture. A GAN takes **one**: how many pictures a second the course's generators draw on two cores, the last column but one of the whole table says (below).
# - 2023: adversarial distillation makes a diffusion model draw in 1 to 4 steps with a discriminator (Sauer et al., [2311.17042](https://arxiv.org/abs/2311.17042)); GigaGAN scales a GAN to text ([2303.05511](https://arxiv.org/abs/2303.05511)).
# - 2024: R3GAN, a plain modern GAN, compares well with diffusion at small sizes (Huang et al., [2501.05441](https://arxiv.org/abs/2501.05441)).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 딥페이크, 탐지, 동의 · Deepfakes, detection, consent
#
# 개 대신 사람의 얼굴이면 문제가 달라진다. 그 사람이 동의했는지가 먼저이다.
#
# - The deck's Obama: *Synthesizing Obama* (Suwajanakorn et al. 2017) drew the mouth from the sound with a recurrent network; no GAN.
# - A detector of one generator catches its relatives too (measured at the end of this chapter); all of them draw by convolutions, which may be why. Wang et al. 2020, [1912.11035](https://arxiv.org/abs/1912.11035): *surprisingly easy to spot… for now*. Other kinds, and whoever trains against it, may pass.
# - What helps besides: signed origin (C2PA), marks in the pixels, and saying that a picture is generated.
# - Pictures of people: only with their consent, and with the law of your country. Pictures of *their* dogs: ask too.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇이 남았나 · What the project left us
#
# 발표 자료의 마지막 다섯 문장에 강의가 답한다.
#
# | the deck | the course |
# |---|---|
# | 초기 GAN의 이해는 생각만큼 어렵지 않다 | chapters 01, 02: a game on a line, and a loop of twenty lines |
# | 신경망의 발전이 곧 GAN의 발전이다 | 04 to 11: convolution, normalisation, attention; 15: pretrained eyes |
# | 주로 쓰이는 프레임워크는 케라스, 파이토치 | 02: the same loop in both |
# | 전문가도 아직 이해하지 못한 부분이 많다 | 05, 06, 10: what was measured against expectation |
# | 선생님이 얼마나 많은 내용을 가르쳐 주셨는지 깨닫게 되었다 | and now you can teach it: every chapter is also slides |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 연습 문제 · Exercises
#
# `None` 자리에 답을 쓰고 칸을 실행한다.
#
# 1. **예측 · Predict.** On the slide "Predict", before the leaderboard.
# 2. **계산 · Compute.** A generator has FID 30 and d = 0.05. Its MiFID, by Kaggle's threshold of 0.1?
# 3. **속이기 · Cheat the score.** Bring *precision* above 0.9 with 320 pictures of `projected64` whose recall is under 0.05.
# 4. **바꾸기 · Change the sampling.** Gain at least 0.03 of precision over the untruncated `projected64`: a function of n that returns n of its pictures, all breeds in turn. What does it cost in recall?
# 5. **짜기 · Write the validator.** `files` is a list of (name, shape, digest of the pixels). `valid` is True where there are n different 64×64 pictures in RGB under n different names.
# 6. **고치기 · Repair.** `examined` catches every generator, even one that draws real dogs. What is wrong with its examination?
#
# `exercises.solution("14-first")` shows the folded answer of the first, and so on.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
exercises.check("14-mifid", None)
exercises.check("14-cheat", None)  # your 320 pictures
exercises.check("14-truncate", None)  # your function of n


# %% tags=["exercise"] slideshow={"slide_type": "skip"}
def valid(files, n):
    """True or False."""
    return None


exercises.check("14-validate", valid)


# %% tags=["exercise"] slideshow={"slide_type": "skip"}
def examined(vectors, labels):
    """The accuracy of a linear detector on heaps that are told apart by labels 0 and 1."""
    linear = LogisticRegression(C=1e3, max_iter=500)
    return linear.fit(vectors, labels).score(vectors, labels)


exercises.check("14-leak", None)  # your repaired function in place of None

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 요약 · Summary
#
# 점수는 자의 이름, 장수, 바닥과 함께일 때만 점수이다.
#
# - One table, one ruler, one n, three draws; the floor and the anchors say what the numbers mean.
# - Precision and recall say *how* a generator falls short; nearest neighbours whether it copied one of the dogs that were looked at.
# - People and detectors are rulers too, with errors that can be computed.
# - P(G) = P(data) is not reached: a line through 256 features tells the heaps apart.
#
# ## 참고 문헌 · References
#
# - Heusel et al. 2017, FID, [1706.08500](https://arxiv.org/abs/1706.08500); Bińkowski et al. 2018, KID, [1801.01401](https://arxiv.org/abs/1801.01401)
# - Kynkäänniemi et al. 2019, precision and recall, [1904.06991](https://arxiv.org/abs/1904.06991); 2022, what ImageNet's classes do to FID, [2203.06026](https://arxiv.org/abs/2203.06026)
# - Kaggle 2019, *Generative Dog Images*, <https://www.kaggle.com/c/generative-dog-images>
# - Tan & Le 2019, EfficientNet, [1905.11946](https://arxiv.org/abs/1905.11946)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: equal seconds, with intervals
#
# 04장과의 차이와, 모든 비교를 한꺼번에 덮는 95 % 구간(Dunnett, 5장)이다.
#
# **볼 것 · What to see.** An interval that holds 0 may be luck.

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
print(f"KID[{facts['network']}] x 1000; lower is better", thousand["04 DCGAN"].round(), sep="\n")
for each, (middle, low, high) in gaps.items():
    print(f"{each:<20}{thousand[each].round()}  {middle:+.0f} ({low:+.0f} to {high:+.0f})")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: the whole table
#
# 순위표의 모든 열이다. 사이트와 README에 있는 표와 같다.
#
# **볼 것 · What to see.** The longest training (6.7 h) took more than five times as long as the shortest (1.2 h). No breed was asked for where there is a dash.

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
Markdown(leaderboard.markdown(board))

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: what may be done at the last minute
#
# 절단(truncation)과 $D$의 선택으로 같은 생성자의 점수를 바꿀 수 있다.
#
# **볼 것 · What to see.** Within a block the generator is the same file. Truncation redraws every $|z_i|$ above a threshold (chapter 11); D's favourite is one of several drawn for the same place.

# %% slideshow={"slide_type": "skip"}
print(leaderboard.options(board))

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: does the detector know a stranger?
#
# 탐지기는 한 생성자만 배웠다. 처음 보는 생성자의 그림도 알아볼까?
#
# **볼 것 · What to see.** The two strangers are caught as well as `projected64` (the one it learnt). Hold these shares against the real dogs that it accuses, on the slide above.

# %% slideshow={"slide_type": "skip"}
for stranger in ("pggan64", "biggan64", "projected64"):
    pictures_of = load(stranger).sample(cfg.caught, seed=9)
    vectors = metrics.extract(pictures_of, progress=False).vectors
    print(f"{stranger:<12} taken for generated: {detector.predict(vectors).mean():.1%}")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: the scores of 2019
#
# Kaggle의 점수는 Inception의 MiFID이다. 우리 표와 **다른 자**이므로 견줄 수 없다.
#
# | entry | public | private |
# |---|---|---|
# | DCGAN in Keras | 55.87 to 59.05 | 122.55 |
# | conditional ProGAN | about 30 | 82.8 |
#
# Four of the top five used BigGAN. `dogan score biggan64 --features inception` measures with Inception where its weights can be fetched.

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: AlphaFold, and Ex Machina
#
# 발표 자료의 두 장을 바로잡는다.
#
# - **AlphaFold** is DeepMind's, not Microsoft's, and no GAN. In 2020 it predicted structures of proteins of the new corona virus; AlphaFold 2 (Jumper et al. 2021) is a network of attention, AlphaFold 3 (2024) ends in a diffusion model.
# - **Ex Machina** (Garland 2014). Caleb judges whether Ava thinks, knowing that she is a machine. Ava learns from each of his judgements what he wants to see. It is a discriminator's story: whoever may be asked often enough can be learnt, and what has been maximised is his verdict, not the thing he was to judge.
