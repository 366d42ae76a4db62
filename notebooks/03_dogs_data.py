# %% [markdown] slideshow={"slide_type": "slide"}
# # 03 · 개를 모으고, 재다 — The dogs, and a ruler for them
#
# **한국어 요약**
#
# - Stanford Dogs는 120 견종, 사진 20,580장에 견종 이름과 경계 상자(bounding box)를 함께 준다.
# - 주석의 네 수 $x_1, x_2, x_3, x_4$로 개를 정사각형으로 잘라 64×64와 32×32로 줄인다.
# - 줄일 때 앨리어싱(aliasing)을 막지 않으면 없던 무늬가 생기고, 그것도 데이터의 일부가 된다.
# - 두 그림 묶음이 얼마나 다른지는 픽셀이 아니라 **특징**으로 잰다: 최근접 이웃, FID, KID.
# - 잰 값은 바닥(진짜와 진짜), 흐림, 잡음 옆에 놓아야 읽을 수 있다. 다음 장부터 이 자를 쓴다.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["colab"]
# [![Open in Colab](../docs/colab.svg)](https://colab.research.google.com/github/OWNER/dogan/blob/main/notebooks/03_dogs_data.ipynb)
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
# 사진 한 장이 배치가 되기까지, 그리고 그림 묶음 둘을 재는 법을 배운다.
#
# 1. What Stanford Dogs is, how it is stored, and under which terms.
# 2. To read an annotation and to cut the dog out, in a dozen lines of your own.
# 3. What cropping and shrinking do to a dog.
# 4. To look at a data set before training on it.
# 5. To measure how far two heaps of pictures are apart, with the two formulas written by yourself, and to know when not to believe the number.

# %% slideshow={"slide_type": "skip"}
import xml.etree.ElementTree as ET

from dogan_lib import runtime
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(images=160, archive=48, portraits=520, fresh=520),
    cpu=dict(images=2000, archive=800, portraits=3000, fresh=1000),
    gpu=dict(images=20580, archive=800, portraits=6000, fresh=2000),
)
print(cfg, runtime.setup(seed=0), sep="\n")

# %% slideshow={"slide_type": "skip"}
import tempfile
from pathlib import Path

import numpy as np

from dogan_lib import metrics, plots
from dogan_lib.classroom import diagram, exercises, looking
from dogan_lib.dogs import collection, cropping, load_dogs, stanford
from dogan_lib.doodles.archive import write_archive

archive = stanford.find()
if archive is None:
    folder = write_archive(Path(tempfile.mkdtemp()) / "dogs", n=cfg.archive, size=200)
    archive = stanford.find(folder)
cut = load_dogs(size=64, source=str(archive), limit=cfg.images)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 한눈에 보기 · The idea in one picture
#
# 이번 장은 그림의 아래쪽, 진짜 $x$를 만드는 법이다. 다음 장부터는 $G$가 그것을 흉내 낸다.

# %% tags=["hide-input"]
diagram.game(lit="real", labels={"real": "this chapter"}, title="Where x comes from")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 개는 어디에서 오나 · Stanford Dogs
#
# 사진은 비상업적 연구와 교육에만 쓸 수 있어서 싣지 않는다. 디스크에 있으면 그것을, 없으면 프로그램이 그린 낙서 개(doodle)를 쓴다.
#
# | categories, pictures | 120 breeds, 20,580 pictures from ImageNet, about 500×375 |
# |---|---|
# | annotations | the breed, and a bounding box around **each** dog |
# | files | `images.tar`, `annotation.tar`, 815 MB: `load_dogs(source="stanford")`, or a folder `DOGAN_STANFORD_DIR` |
# | Kaggle 2019 | *Generative Dog Images*: 10,000 generated dogs of 64×64, scored by MiFID (chapter 14) |

# %% [markdown] slideshow={"slide_type": "subslide"}
# ## 이 컴퓨터의 개들 · The dogs on this machine
#
# 진짜 사진이 없으면 낙서 개가 같은 자리를 채운다.
#
# **볼 것 · What to see.** The first line says which dogs these are, and why. Many breeds, poses, sizes and backgrounds; one dog a square.

# %%
dogs = load_dogs(size=64, limit=cfg.images)
plots.show(plots.grid(dogs.images[:24], 8, scale=1.5), "24 square pictures of dogs.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 주석 한 장 · One annotation, read by hand
#
# 발표 자료의 $x_1, x_2, x_3, x_4$는 왼쪽 위에서 잰 `xmin, ymin, xmax, ymax`이다. 상자는 개마다 하나씩이다.
#
# Without the real archive, doodles write themselves out as **the same two files**.


# %%
def read_boxes(xml):
    """All boxes of an annotation, as (xmin, ymin, xmax, ymax)."""
    boxes = ET.fromstring(xml).iter("bndbox")
    corners = ("xmin", "ymin", "xmax", "ymax")
    return [tuple(int(box.find(corner).text) for corner in corners) for box in boxes]


with collection.archives.open_archive(archive.annotation) as files:
    notes = {name: files.read(name) for name in files.names}
    shortest = min(notes, key=lambda name: len(notes[name]))
print(shortest, read_boxes(notes[shortest]))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 이미지 크롭 · Make it square
#
# 생성자는 정사각형을 그린다. 상자를 늘리지 말고 정사각형으로 넓히면 개의 모양이 남는다. 늘어난 개에게서는 늘어난 개를 배운다.
#
# The longer side of the box decides; the square is moved where it would leave the picture.


# %%
def square_crop(box, width, height):
    """The box grown to a square inside a picture of width x height."""
    xmin, ymin, xmax, ymax = box
    side = min(max(xmax - xmin, ymax - ymin), width, height)
    left = min(max((xmin + xmax - side) // 2, 0), width - side)
    top = min(max((ymin + ymax - side) // 2, 0), height - side)
    return left, top, left + side, top + side


# %% slideshow={"slide_type": "skip"}
for xml in notes.values():
    assert tuple(read_boxes(xml)) == collection.parse(xml)[0]
print(f"{len(notes):,} annotations: the same boxes as the library reads")
print(notes[shortest].decode().expandtabs(2))

random = np.random.default_rng(0)
for _ in range(1000):
    width, height = random.integers(20, 500, size=2)
    x, y = np.sort(random.integers(0, width, 2)), np.sort(random.integers(0, height, 2))
    box = (int(x[0]), int(y[0]), int(x[1]) + 1, int(y[1]) + 1)
    assert square_crop(box, width, height) == cropping.square(box, width, height)
print("1,000 random boxes: the same squares as dogan_lib.dogs.cropping")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 줄이기 · Shrinking needs a filter
#
# $n$번째 픽셀만 고르면 없던 무늬가 생긴다(앨리어싱). 먼저 평균을 내는 필터가 그것을 막는다.
#
# **볼 것 · What to see.** On the right, jagged edges above, and below coarse stripes that the original does not have. Filtered, they become an even grey, which is the truth: they are too fine for 32 pixels.

# %% tags=["hide-input"]
plots.show(
    looking.shrinking(cut),
    "A dog and fine stripes shrunk to 32 pixels: even with a filter; without, jagged edges and coarse stripes that were not there.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 사진에서 수까지 · From the photograph to the numbers
#
# 자르고, 64로 줄이고, 32로 줄이고, $[-1, 1]$로 바꾼다. $G$의 `tanh`가 사는 범위이다.
#
# **볼 것 · What to see.** At 32×32 ears, coat and tongue are still there; an eye is two or three pixels.

# %% tags=["hide-input"]
plots.show(
    looking.steps(cut), "One dog: framed, a square, 64 and 32 pixels, its red channel.", dpi=90
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 학습하기 전에 보라 · Look before you train
#
# 견종별 수, 상자의 모양과 크기, 밝기를 한 번에 본다. 점선(64픽셀) 왼쪽의 개는 늘려야 한다.
#
# **볼 것 · What to see.** Breeds about equally often; boxes from half to twice as wide as high; the last line says where the middle half of them lies.

# %% tags=["hide-input"]
plots.show(looking.statistics(cut), "Histograms: dogs per breed, shapes and sizes of boxes, light.")
sides = cut.boxes[:, 2:] - cut.boxes[:, :2]
print(f"{len(cut):,} dogs, {(sides.max(1) < 64).sum():,} of them smaller than 64 pixels")
low, high = np.quantile(sides[:, 0] / sides[:, 1], (0.25, 0.75))
print(f"width / height: between {low:.2f} and {high:.2f} for the middle half of the boxes")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 초상화, 그리고 배치 · Portraits, and what the networks get
#
# 눈앞에서 학습할 때는 거의 모든 장이 이 작은 개 얼굴들을 쓴다. 섞고, 절반을 좌우로 뒤집고, $[-1, 1]$로 바꾼 것이 배치(batch)이다.
#
# **볼 것 · What to see.** Heads before sky or snow. Above as stored, below as a batch: a dog looking left is as real as one looking right.

# %%
portraits = load_dogs(size=32, source="portraits", limit=cfg.portraits)
fresh = load_dogs(size=32, source="portraits", limit=cfg.fresh, seed=1)  # never trained on
first = portraits.subset(np.arange(16))
(images,) = next(iter(first.batches(16, shuffle=False)))
print(tuple(images.shape), images.dtype.name, images.numpy().min(), "to", images.numpy().max())
rows = np.concatenate([plots.to_uint8(first.images[:8]), plots.to_uint8(images[:8])])
plots.show(plots.grid(rows, 8, scale=1.5), "Eight heads as stored; below, some of them mirrored.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 자가 필요하다: 특징 · A ruler: a picture becomes 256 numbers
#
# "이 개들이 더 낫다"는 말은 재지 않으면 주장일 뿐이다. 그런데 픽셀의 차이는 개의 차이가 아니다.
#
# 1. **Features** (특징). DogNet은 진짜 견종 120가지와 낙서 견종 16가지를 맞히도록 학습된 작은 신경망이고, 이름을 대기 직전의 수 256개가 특징이다. DogNet learnt to name 120 real breeds and 16 breeds of doodles; its last 256 numbers before the name are the features. Alike dogs get alike numbers.
# 2. **Distances between heaps.** Not picture by picture, for a generator shall not copy: all the fakes against all the real ones.

# %%
seen = metrics.extract(portraits, "dognet", progress=False)
new = metrics.extract(fresh, "dognet", progress=False)
print("portraits:", portraits.images.shape, "->", seen.vectors.shape, "by", seen.network.name)
assert (seen.vectors >= 0).all()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 최근접 이웃 · The nearest neighbour
#
# 처음 보는 개마다 가장 가까운 개를 찾는다. 암기한 생성자는 여기서 들킨다.
#
# **볼 것 · What to see.** Pixels find the ears, features the coat. Move the dogs by three pixels: pixels lose many of the ears, features few.

# %% tags=["hide-input"]
from sklearn.metrics import pairwise_distances_argmin


def nearest(queries, known):
    """Position of the nearest of `known` for each query, by the angle between them."""
    return pairwise_distances_argmin(queries, known, metric="cosine")


def flat(images):  # pictures as rows of pixels around 0
    return images.reshape(len(images), -1).astype("float32") - 127.5


moved = np.pad(fresh.images, ((0, 0), (3, 0), (3, 0), (0, 0)), "edge")[:, :32, :32]
moved_eyes = metrics.extract(moved, "dognet", progress=False).vectors
found = {
    "nearest in pixels": nearest(flat(fresh.images), flat(portraits.images)),
    "nearest in features": nearest(new.vectors, seen.vectors),
}
others = {
    "pixels, moved by 3": nearest(flat(moved), flat(portraits.images)),
    "features, moved by 3": nearest(moved_eyes, seen.vectors),
    "drawn at random": np.arange(len(fresh)),
}
rows = [fresh.images[:8], *(portraits.images[place[:8]] for place in found.values())]
figure = plots.labelled_rows(rows, ["a new dog", *found], fontsize=10)
alt = "Eight new dogs, and below each the nearest known one, by pixels and by features."
plots.show(figure, alt, dpi=140)
for how, place in {**found, **others}.items():
    same = [
        (fresh.attributes[name] == portraits.attributes[name][place]).mean()
        for name in ("ears", "colour", "background")
    ]
    print(f"{how:20s} same ears {same[0]:.0%}, colour {same[1]:.0%}, background {same[2]:.0%}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## FID · 프레셰 거리, two heaps as two Gaussians
#
# 두 묶음의 평균과 공분산만 견준다: $\lVert m_1-m_2\rVert^2+\mathrm{Tr}\big(C_1+C_2-2(C_1C_2)^{1/2}\big)$
#
# The trace of $(C_1C_2)^{1/2}$ is the sum of the roots of $C_1C_2$'s eigenvalues.
#
# **볼 것 · What to see.** Yours agrees with the library's, which names its network and its n.


# %%
def frechet(x, y):  # features (n, d)
    means_apart = x.mean(axis=0) - y.mean(axis=0)
    c1, c2 = np.cov(x.T), np.cov(y.T)
    eigenvalues = np.linalg.eigvals(c1 @ c2).real
    trace_of_root = np.sqrt(np.maximum(eigenvalues, 0)).sum()  # rounding makes some negative
    return means_apart @ means_apart + np.trace(c1) + np.trace(c2) - 2 * trace_of_root


x, y = seen.vectors.astype("float64"), new.vectors.astype("float64")
print(f"mine {frechet(x, y):.3f}, the library's {metrics.fid(seen, new)}")
assert abs(frechet(x, y) - metrics.fid(seen, new).value) < 0.01

# %% [markdown] slideshow={"slide_type": "slide"}
# ## KID · 커널 거리, every pair is compared
#
# 모든 쌍을 $k(x,y)=\big(\tfrac{x\cdot y}{d}+1\big)^3$로 견준다. 표본이 적어도 치우치지 않는다.
#
# Mean kernel within x, plus within y, minus twice between them. **볼 것 · What to see.** Both heaps are portraits: 0 within the printed ±.
#
# **예측 · Predict first (exercise 1).** New portraits are damaged: **A** blurred by one pixel, **B** with noise of 16 grey levels. Which is farther from the others in DogNet's eyes?


# %%
def kernel(a, b):  # of all pairs, (n, m)
    return (a @ b.T / a.shape[1] + 1) ** 3


def without_itself(k):  # the mean of a square table without its diagonal
    return (k.sum() - np.trace(k)) / (len(k) * (len(k) - 1))


def kernel_distance(x, y):
    within = without_itself(kernel(x, x)) + without_itself(kernel(y, y))
    return within - 2 * kernel(x, y).mean()


print(f"mine {kernel_distance(x, y):.5f}, the library's {metrics.kid(seen, new)}")
assert abs(kernel_distance(x, y) - metrics.kid(seen, new).value) < 1e-4
prediction = None  # exercise 1: "A" or "B"

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 눈금 읽기 · What a number means
#
# 값 하나는 뜻이 없다. 바닥(진짜와 진짜), 흐림, 잡음, 다양성 부족의 눈금 옆에 놓고 읽는다.
#
# **볼 것 · What to see.** Dotted, the floor: new dogs that nobody touched; grey, KID's ± there. Blur and noise raise both. Few dogs, repeated, raise FID much more than KID: the last line has it in numbers.

# %% tags=["hide-input"]
measured = looking.damage(portraits.images, fresh.images)
plots.show(
    looking.damages(measured, fresh.images[2], seen.network.name),
    "FID above and KID below rise with blur, with noise, and where fewer dogs are repeated; dotted, the floor.",
    dpi=80,
)
repeats, blurs = measured["different dogs"][100], measured["blur, pixels"][0.5]
times = [repeats[i] / blurs[i] for i in (0, 1)]
print(
    "100 dogs, repeated, against half a pixel of blur: FID {:.2f} times, KID {:.2f} times".format(
        *times
    )
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 자도 틀린다 · When not to believe the ruler
#
# FID는 그림이 적으면 커진다: 같은 종류의 두 묶음인데도 그렇다. KID는 치우치지 않고 0 둘레에서 흔들린다.
#
# - FID grows where pictures are few. KID has no such bias: it scatters around 0, as its ± says.
# - Compare FIDs of the same n and the same network only: KID[dognet], n. Never with a paper's Inception FID.
# - A generator that copies its data has a distance of 0. Look at the nearest neighbours too.
# - Who trains against the ruler pleases the ruler. Chapter 14 has one that no generator saw.

# %%
print("new dogs against portraits, so 0 would be right:")
for n in (100, 200, 400, len(y)):
    if n <= len(y):
        kid = metrics.kid(seen.subset(slice(n)), new.subset(slice(n)))
        scores = frechet(x[:n], y[:n]), kid.value, kid.error
        print("n = {:5,}   FID {:6.2f}   KID {:8.5f} ± {:.5f}".format(n, *scores))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇이 잘못되나 · What went wrong, and how to tell
#
# 데이터가 잘못되면 신경망은 그대로 배운다.
#
# - **Stretched dogs**: `crop="box"`. The histogram of shapes says how far from 1 the boxes are.
# - **A false pattern in every coat**: shrunk without a filter.
# - **Everything dark, or G stuck at grey**: pictures left in 0…255 while `tanh` ends at 1. Print the range of a batch, always.
# - **One breed too often**: the first histogram; `limit` takes the same number of each breed.
# - **A wonderful FID**: other n, other network, or the training set itself.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 연습 문제 · Exercises
#
# `None` 자리에 답을 쓴다. `exercises.solution("03-frechet")`처럼 부르면 접힌 풀이가 나온다.
#
# 1. **예측 · Predict.** You did, on the slide about KID: `prediction` is in its cell.
# 2. **계산 · Compute.** Two heaps of one feature each: means 0 and 3, standard deviations 1 and 2. Which FID, by hand?
# 3. **세기 · Count.** A picture shrinks from 256 to 32 pixels. Which is the smallest period of stripes, in pixels of the *original*, that can survive?
# 4. **고치기 · Repair.** From the batches of `prepare` (below), $G$ learnt nothing: `prepare` has three faults.
# 5. **골라내기 · Choose.** Of 4,000 doodles in many poses, keep 100 or more that cannot be told from portraits: KID at most 0.03. `doodles.attributes` tells pose, background, size, ... of each; `doodles.subset(mask)` keeps some.

# %% tags=["exercise"] slideshow={"slide_type": "skip"}
mine = None  # doodles = load_dogs(32, "doodle", limit=4_000); mine = doodles.subset(...)
exercises.check("03-farther", prediction)
exercises.check("03-frechet", None)
exercises.check("03-nyquist", None)
exercises.check("03-like-portraits", mine)


def prepare(images, flips):
    """uint8 (n, h, w, 3) -> float32 in [-1, 1]; those in `flips` mirrored left to right."""
    images[flips] = images[flips, ::-1]
    return (images - 1) / 127.5


exercises.check("03-prepare", prepare)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 요약 · Summary
#
# 자르고, 줄이고, 보고, 재는 네 가지가 학습보다 먼저이다.
#
# - 120 breeds, 20,580 pictures, one box for each dog; without them, doodles go through the very same pipeline.
# - A square around the dog, a filter, [−1, 1], half of them mirrored.
# - A distance between heaps of pictures is FID or KID *of a named network*, at a stated n, beside its floor.
# - Portraits are what the next chapters train on before your eyes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 참고 문헌 · References
#
# - Khosla et al. 2011, *Novel dataset for fine-grained image categorization: Stanford Dogs*, [vision.stanford.edu/aditya86/ImageNetDogs](http://vision.stanford.edu/aditya86/ImageNetDogs/)
# - Kaggle 2019, *Generative Dog Images*, [kaggle.com/c/generative-dog-images](https://www.kaggle.com/c/generative-dog-images)
# - Heusel et al. 2017, *GANs trained by a two time-scale update rule* (FID), [arXiv:1706.08500](https://arxiv.org/abs/1706.08500)
# - Bińkowski et al. 2018, *Demystifying MMD GANs* (KID), [arXiv:1801.01401](https://arxiv.org/abs/1801.01401)
# - Parmar, Zhang, Zhu 2022, *On aliased resizing and surprising subtleties in GAN evaluation*, [arXiv:2104.11222](https://arxiv.org/abs/2104.11222)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: three ways to make it square
#
# `square`는 넓히고, `box`는 늘리고, `none`은 사진 전체를 늘린다. 이 강의는 `square`를 쓴다.

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
plots.show(
    looking.three_ways(cut),
    "The widest and the tallest dog: square keeps their shape, box stretches, none shows all.",
    dpi=70,
)

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: the average dog
#
# 한 장만 그릴 수 있고 픽셀 차이의 제곱으로 벌을 받는다면, 이 그림이 가장 좋은 답이다. 그래도 개가 아니다.
#
# **볼 것 · What to see.** A blob in the middle, warmer than what surrounds it; the spread says where dogs differ.

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
plots.show(looking.averages(dogs), "The mean dog is a blob in the middle; dogs differ most there.")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: bad input
#
# 이만 장이 모두 멀쩡한 일은 없다. 여섯 장 가운데 다섯 장을 일부러 망가뜨렸다.
#
# **볼 것 · What to see.** Nothing is lost silently: the first line counts, `dogs.problems` names the files. In some of Stanford's own annotations, too, the name is literally %s: whatever wrote them never filled it in.

# %% slideshow={"slide_type": "skip"}
broken = looking.odd_archive(archive, Path(tempfile.mkdtemp()))
for problem, found in load_dogs(size=64, source=broken).problems.items():
    print(f"{problem}: {[Path(name).stem for name in found]}")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: what a number means, in numbers
#
# 눈금을 수로 적어 둔다. 다음 장의 값은 이 표 옆에서 읽는다.

# %% slideshow={"slide_type": "skip"}
print(f"{'':22s}{'FID':>8s}{'KID':>9s}   [{seen.network.name}, n={len(fresh):,}]")
print("{:22s}{:8.2f}{:9.4f}".format("floor: new dogs", *measured["floor"]))
for what in looking.DAMAGES:
    for strength, (fid, kid, _) in measured[what].items():
        print(f"{what + ' ' + str(strength):22s}{fid:8.2f}{kid:9.4f}")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: your own photographs
#
# A folder is enough; sub-folders become classes. RGBA, grey, palette and CMYK pictures are converted, photos from phones are turned upright,
# unreadable ones are named and left out. Replace `own` with your folder, a `.zip` or a `.tar`. On Colab, drag a zip into the file panel on the left.

# %% slideshow={"slide_type": "skip"}
from PIL import Image

from dogan_lib.doodles import painter

own = Path(tempfile.mkdtemp())
for i, breed in enumerate(("balou", "nala") * 4):
    (own / breed).mkdir(exist_ok=True)
    Image.fromarray(painter.draw(i, size=96, seed=9).image).save(own / breed / f"{i}.png")
my_dogs = load_dogs(size=64, source=own)
figure = plots.grid(
    my_dogs.images, columns=8, scale=0.8, titles=[my_dogs.breeds[k] for k in my_dogs.labels]
)
plots.show(
    figure, "Eight pictures from a folder of one's own, with the names of two sub-folders.", dpi=120
)

# %% [markdown] slideshow={"slide_type": "skip"}
# A photo without an annotation is cut in the middle. If your dog sits elsewhere, **be the annotator**: upload a photo, move the box (sliders $x_1, x_3$ and $x_2, x_4$),
# and press *keep*. The squares that you keep lie in the folder `my_dogs`, ready for `load_dogs(source="my_dogs")`.

# %% slideshow={"slide_type": "skip"}
from dogan_lib.classroom.originals import originals
from dogan_lib.classroom.widgets import Cropper

(photo,) = originals(cut, 1)
Cropper(photo.image, box=photo.boxes[0], folder="my_dogs")
