# %% [markdown] slideshow={"slide_type": "slide"}
# # 03 · The dogs — 진짜 개를 모으다
#
# **한국어 요약**
#
# - 데이터 수집: Stanford Dogs는 120 견종, 20,580장의 사진에 견종 라벨과 경계 상자(bounding box)를 함께 준다.
# - 전처리: 주석(annotation)의 네 수 $x_1, x_2, x_3, x_4$로 개만 잘라 32×32, 64×64로 줄인다.
# - 상자를 정사각형으로 넓힐 것인가, 늘릴 것인가, 사진 전체를 쓸 것인가에 따라 개의 모양이 달라진다.
# - 축소할 때 앨리어싱(aliasing)을 막지 않으면 털이 가짜 무늬로 변하고, 생성자는 그 무늬까지 배운다.
# - 인터넷이 없어도 된다: 프로그램이 그린 낙서 개(doodle)가 같은 파이프라인을 똑같이 지나간다.

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
    from dogan_lib import colab

    colab.prepare(KEEP_ON_DRIVE)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What you will learn
#
# 1. What Stanford Dogs is, how it is stored, and under which terms.
# 2. To read an annotation and to cut the dog out, in a dozen lines of your own.
# 3. What each way of cropping and of shrinking does to a dog.
# 4. To look at a data set before training on it: sizes, shapes, colours, oddities.
# 5. To train on your own photographs.

# %% slideshow={"slide_type": "slide"}
from dogan_lib.presets import preset

cfg = preset(
    smoke=dict(images=160, archive=24),
    cpu=dict(images=2000, archive=120),
    gpu=dict(images=20580, archive=120),
)
cfg

# %%
import collections
import re
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from dogan_lib import plots
from dogan_lib.classroom import exercises
from dogan_lib.dogs import archives, collection, cropping, load_dogs, stanford
from dogan_lib.doodles import painter as doodle
from dogan_lib.doodles.archive import write_archive
from dogan_lib.plots import PALETTE

dogs = load_dogs(size=64, limit=cfg.images)
drawn = load_dogs(size=64, source="doodle", limit=160)
dogs

# %% [markdown] slideshow={"slide_type": "slide"}
# The first line says which dogs these are and why. `load_dogs` takes **Stanford Dogs** if they are on your disk; otherwise it draws **doodles**,
# dogs that a program makes up, with truthful labels, boxes and captions. Two ways to the real ones:
#
# - `load_dogs(source="stanford")` downloads 815 MB once, and checks it;
# - `DOGAN_STANFORD_DIR=/a/folder`, where you have put `images.tar` and `annotation.tar`.

# %%
if dogs.source == "doodle":
    figure = plots.grid(dogs.images[:48], columns=12, scale=0.75, title="48 doodles")
else:
    figure = plots.beside(dogs.images[:48], drawn.images[:48], titles=(dogs.source, "doodles"))
plots.show(figure, "Square pictures of dogs of many breeds, poses and backgrounds.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 데이터 수집 · What Stanford Dogs is
#
# | | |
# |---|---|
# | categories | 120 breeds |
# | pictures | 20,580, from ImageNet, about 500×375 |
# | annotations | the breed, and a bounding box around **each** dog |
# | files | `images.tar`, `annotation.tar`: one JPEG and one small XML each |
# | terms | ImageNet's: non-commercial research and teaching |
#
# The terms are why no photograph comes with this course. Kaggle's *Generative Dog Images* (2019) used the same pictures: contestants handed in
# 10,000 generated 64×64 dogs. They were scored by MiFID, which asks how close the fakes are to real dogs, and punishes copies (chapter 14).
#
# So that everything below runs anywhere, the doodles now write themselves out as **the same two files**, unless you have the real ones.

# %%
archive = stanford.find()
if archive is None:
    folder = write_archive(Path(tempfile.mkdtemp()) / "dogs", n=cfg.archive, size=200)
    archive = stanford.find(folder)
with archive.open() as files:
    names = sorted(files.names)
print(len(names), "pictures, for example", names[0])
cut = load_dogs(size=64, source=str(archive), limit=cfg.images)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The idea in one picture
#
# From the photograph with its box to what the discriminator sees. Each arrow is a decision, and this chapter looks at all of them.


# %%
def row(pictures, titles, width=12):
    """Pictures of any size beside each other; returns the figure and its axes."""
    figure, axes = plt.subplots(1, len(pictures), figsize=(width, width / len(pictures) + 0.3))
    for ax, picture, title in zip(axes, pictures, titles, strict=True):
        ax.imshow(picture, interpolation="nearest")
        ax.set_title(title, fontsize=9)
        ax.axis("off")
    figure.tight_layout()
    return figure, axes


def frame(ax, box, colour="accent"):
    (xmin, ymin), sides = box[:2], np.subtract(box[2:], box[:2])
    ax.add_patch(plt.Rectangle((xmin, ymin), *sides, fill=False, ec=PALETTE[colour], lw=2))


# %%
original = cut.originals(1)[0]
image, (height, width) = Image.fromarray(original.image), original.image.shape[:2]
square = image.crop(cropping.square(cut.boxes[0], width, height))
small = [square.resize((size, size), Image.LANCZOS) for size in (64, 32)]
scaled = np.asarray(small[1], "float32") / 127.5 - 1
titles = [
    "picture and box",
    f"→ square, {square.width} px",
    "→ 64×64",
    "→ 32×32",
    "→ red, in [−1, 1]",
]
figure, axes = row([image, square, *small, scaled[..., 0]], titles)
frame(axes[0], cut.boxes[0])
axes[4].images[0].set(cmap="gray", clim=(-1, 1))
figure.colorbar(axes[4].images[0], ax=axes[4], shrink=0.7, ticks=(-1, 0, 1))
plots.show(
    figure, "One dog: framed, cut to a square, shrunk to 64 and to 32 pixels, its red channel."
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One annotation, read by hand
#
# The slide's $x_1, x_2, x_3, x_4$ are `xmin, ymin, xmax, ymax` in pixels, from the top left corner. Here is the file of one picture. Where it
# shows several dogs, there are several `<object>`s. Reading them takes three lines; the library must agree with yours, on every file of the archive.

# %%
with archives.open_archive(archive.annotation) as files:
    notes = {name: files.read(name) for name in files.names}
shortest = min(notes, key=lambda name: len(notes[name]))
print(shortest)
print(notes[shortest].decode().expandtabs(2))


# %% slideshow={"slide_type": "subslide"}
def read_boxes(xml):
    """All boxes of an annotation, as (xmin, ymin, xmax, ymax)."""
    boxes = ET.fromstring(xml).iter("bndbox")
    corners = ("xmin", "ymin", "xmax", "ymax")
    return [tuple(int(box.find(corner).text) for corner in corners) for box in boxes]


print(read_boxes(notes[shortest]))
for xml in notes.values():
    assert read_boxes(xml) == list(collection.parse(xml)[0])
print(f"{len(notes):,} annotations: the same boxes as dogan_lib.dogs.stanford")

# %% slideshow={"slide_type": "fragment"}
originals = cut.originals(6)
figure, axes = row([o.image for o in originals], [o.breed for o in originals])
for ax, original in zip(axes, originals, strict=True):
    for box in original.boxes:
        frame(ax, box)
plots.show(figure, "Six uncropped pictures, each dog framed by its annotated box.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 이미지 크롭 · Three ways to make it square
#
# The frames sit tight, and each has another shape. A generator draws squares. Three choices:
#
# - **square**: grow the box to a square around its centre, and move it where it would leave the picture. The dog keeps its shape; some background comes in.
# - **box**: stretch the box. Little background, but a dachshund gets tall.
# - **none**: stretch the whole picture. Small dogs stay small.
#
# Write the first one yourself. Then look at the widest and the tallest box of the archive, each in all three ways; the square that is cut is blue.


# %%
def square_crop(box, width, height):
    """The box grown to a square inside a picture of width x height."""
    xmin, ymin, xmax, ymax = box
    side = min(max(xmax - xmin, ymax - ymin), width, height)
    left = min(max((xmin + xmax - side) // 2, 0), width - side)
    top = min(max((ymin + ymax - side) // 2, 0), height - side)
    return left, top, left + side, top + side


random = np.random.default_rng(0)
for _ in range(1000):
    width, height = random.integers(20, 500, size=2)
    x, y = np.sort(random.integers(0, width, 2)), np.sort(random.integers(0, height, 2))
    box = (int(x[0]), int(y[0]), int(x[1]) + 1, int(y[1]) + 1)
    assert square_crop(box, width, height) == cropping.square(box, width, height)
print("1,000 random boxes: the same squares as dogan_lib.dogs.cropping")

# %%
sides = cut.boxes[:, 2:] - cut.boxes[:, :2]
shape = sides[:, 0] / sides[:, 1]
for what, i in (("widest", shape.argmax()), ("tallest", shape.argmin())):
    one, box = cut.subset([i]).originals(1)[0], cut.boxes[i]
    image, (height, width) = Image.fromarray(one.image), one.image.shape[:2]
    regions = {mode: cropping.region(box, width, height, mode) for mode in cropping.MODES}
    crops = [image.resize((64, 64), Image.LANCZOS, box=region) for region in regions.values()]
    figure, axes = row([image, *crops], [f"{what}: {one.breed}", *regions], width=9)
    frame(axes[0], box)
    frame(axes[0], regions["square"], "real")
    plots.show(
        figure,
        f"The {what} dog: square keeps its shape, box stretches it, none shows the whole picture.",
    )

# %% [markdown] slideshow={"slide_type": "slide"}
# The course uses **square** from here on: G learns what it is shown, and from stretched dogs it would learn stretched dogs.
# Where the picture is too small for the square (a wide dog in a tall picture), the square gets smaller, and a nose or a tail is lost.
#
# ## 64×64, 32×32, and why shrinking needs a filter
#
# To halve a picture, do not take every second pixel. What is finer than the new pixels does not disappear: it comes back as a coarse pattern that
# was never there (**aliasing**). A filter that averages first (`LANCZOS`) removes it. Below, the dog of this archive whose coat suffers most, and a
# pattern of fine stripes.


# %%
def shrunk(picture, size, filtered):
    return picture.resize((size, size), Image.LANCZOS if filtered else Image.NEAREST)


def harm(picture):
    good, bad = (np.asarray(shrunk(picture, 32, f), "float32") for f in (True, False))
    return np.abs(good - bad)[8:24, 8:24].mean()


squares = [
    Image.fromarray(o.image).crop(cropping.square(box, *o.image.shape[1::-1]))
    for o, box in zip(cut.originals(24), cut.boxes, strict=False)
]
stripes = np.indices((256, 256)).sum(0) // 5 % 2 * 120 + 60
coat = Image.fromarray(np.stack([stripes] * 3, axis=-1).astype("uint8"))
for picture, what in ((max(squares, key=harm), "dog"), (coat, "stripes of period 10")):
    ways = [(64, True), (64, False), (32, True), (32, False)]
    titles = [f"{size}, {'filtered' if f else 'every n-th pixel'}" for size, f in ways]
    figure, _ = row(
        [picture, *(shrunk(picture, *way) for way in ways)], [f"{what}, {picture.width}", *titles]
    )
    plots.show(
        figure, f"Shrunk, {what}: with a filter, and without, where a false pattern appears."
    )

# %% [markdown] slideshow={"slide_type": "slide"}
# At 32 the filtered stripes become an even grey, which is the truth: they are too fine for 32 pixels. Without the filter they become broad stripes that no dog
# wears, and the coat above turns into speckles. FID, the measure of chapter 14, sees the difference too (Parmar et al. 2022), so the whole course shrinks in one way only.
#
# ## Look at the data set before you train on it
#
# How many of each breed, which shapes, how large, how bright? One figure.


# %%
def histogram(ax, values, title, xlabel, bins=20):
    ax.hist(values, bins=bins, color=PALETTE["real"])
    ax.set(title=title, xlabel=xlabel)


per_breed = collections.Counter(name.split("/")[-2] for name in names)
longer = sides.max(axis=1)
figure, axes = plt.subplots(1, 4, figsize=(12, 2.7))
axes[0].bar(range(len(per_breed)), sorted(per_breed.values()), color=PALETTE["real"])
axes[0].set(title="pictures per breed", xlabel="breeds, from rare to frequent")
histogram(axes[1], shape, "shape of the boxes", "width / height")
histogram(axes[2], longer, "size of the boxes", "longer side, pixels")
histogram(axes[3], dogs.images.mean(axis=(1, 2, 3)), "brightness", "mean of a picture, 0 to 255")
axes[2].axvline(64, color=PALETTE["accent"], ls="--")
figure.tight_layout()
plots.show(figure, "Histograms: pictures per breed, shapes and sizes of boxes, mean brightness.")
low, high = np.quantile(shape, (0.25, 0.75))
print(f"{len(per_breed)} breeds, {min(per_breed.values())} to {max(per_breed.values())} pictures")
print(f"half of the boxes are {low:.2f} to {high:.2f} times as wide as high")
print(f"{(longer < 64).sum()} of {len(longer):,} dogs are smaller than 64 pixels")

# %% [markdown] slideshow={"slide_type": "slide"}
# What is left of the dashed line is *enlarged* to 64 pixels, and therefore blurred. In the original archive (500×375) few dogs are so small; some Kaggle entries left them out.
# In a copy with smaller pictures the line cuts off more, and nothing at all among doodles, which are drawn large enough.
#
# ## The average dog
#
# The mean of all pictures is what a generator that knows *nothing but averages* would draw. The spread shows where dogs differ most.

# %%
sample = dogs.images[:2000]
mean = sample.mean(axis=0) / 255
stretched = (mean - mean.min()) / (mean.max() - mean.min())
spread = sample.std(axis=0).mean(axis=2)
pictures, titles = [mean, stretched, spread], ["mean dog", "the same, more contrast", "spread"]
figure, axes = plt.subplots(1, 4, figsize=(12, 2.8), width_ratios=(1, 1, 1.2, 1.4))
for ax, picture, title in zip(axes, pictures, titles, strict=False):
    shown = ax.imshow(picture, cmap="cividis")
    ax.set_title(title)
    ax.axis("off")
figure.colorbar(shown, ax=axes[2], shrink=0.8)
styles = {"color": ("#D55E00", "#009E73", "#0072B2"), "ls": ("-", ":", "-.")}
for channel in range(3):
    counts, edges = np.histogram(sample[..., channel], bins=64, range=(0, 256), density=True)
    style = {key: values[channel] for key, values in styles.items()}
    axes[3].plot(edges[:-1], counts, label="RGB"[channel], **style)
axes[3].set(title="colours", xlabel="value", yticks=[])
axes[3].legend(frameon=False)
figure.tight_layout()
plots.show(
    figure, "The blurred mean of all dogs, the spread of each pixel, histograms of R, G and B."
)

# %% [markdown] slideshow={"slide_type": "slide"}
# A blob in the middle, warmer than its surroundings: coats are brown, and the dog stands in the middle. Remember it: it is the first thing that a
# GAN draws in chapter 04. Many pixels have little blue for the same reason; the rise at 255 is white fur, snow, sky and overexposure.
#
# ## Bad input
#
# Twenty thousand files never all fit. Here are six, five of them bad in ways that the real archive, or a broken download, knows:

# %%
with archive.open() as files:
    photo = files.read(next(name for name in names if Path(name).stem == Path(shortest).name))
note = notes[shortest]
odd = {
    "fine": (photo, note),
    "cut_off": (photo[: len(photo) // 2], note),
    "nameless": (photo, re.sub(b"<filename>.*<", b"<filename>%s<", note)),
    "box_outside": (photo, note.replace(b"<xmax>", b"<xmax>9")),
    "no_annotation": (photo, None),
    "no_picture": (None, note),
}
place = Path(tempfile.mkdtemp())
for name, contents in odd.items():
    for part, suffix, content in zip(("Images", "Annotation"), (".jpg", ""), contents, strict=True):
        (place / part / "n1-dog").mkdir(parents=True, exist_ok=True)
        if content is not None:
            (place / part / "n1-dog" / (name + suffix)).write_bytes(content)
for problem, found in load_dogs(size=64, source=f"stanford:{place}").problems.items():
    print(f"  {problem}: {[Path(name).stem for name in found]}")

# %% [markdown] slideshow={"slide_type": "slide"}
# Nothing is lost silently: the summary line counts what was skipped or mended, and `dogs.problems` names the files. In many real annotations the name
# fields hold a literal `%s` (so go by the path), and a few boxes leave the picture (so cut them at its edge).
#
# ## What the networks get: batches
#
# Three steps between the file and the network: shuffle, mirror half of them (a dog looking left is as real as one looking right), and scale from 0…255 to
# [−1, 1], where G's `tanh` lives. A batch (미니배치) is a tuple: pictures, and a condition if you ask for one.

# %%
first = dogs.subset(np.arange(16))
plain, labels = next(iter(first.batches(16, condition="labels", mirror=False, shuffle=False)))
mirrored, _ = next(iter(first.batches(16, condition="labels", shuffle=False)))
low, high = float(plain.numpy().min()), float(plain.numpy().max())
print(f"pictures {tuple(plain.shape)} {plain.dtype.name}, from {low:.2f} to {high:.2f}")
print("labels:", labels.numpy(), "· the first one is a", dogs.breeds[int(labels[0])])
assert np.allclose(plain, first.images / 127.5 - 1, atol=1e-6)
flipped = [not np.array_equal(a, b) for a, b in zip(plain, mirrored, strict=True)]
figure, axes = plt.subplots(2, 1, figsize=(12, 2.2))
for ax, images, title in zip(
    axes, (plain, mirrored), ("as stored", "mirrored by chance"), strict=True
):
    ax.imshow(plots.tile(images, columns=16))
    ax.set_title(title, fontsize=9, loc="left")
    ax.axis("off")
figure.tight_layout()
plots.show(
    figure, f"Sixteen dogs as stored, and as a batch shows them: {sum(flipped)} are mirrored."
)

# %% [markdown] slideshow={"slide_type": "slide"}
# Order and mirroring depend on the seed and the number of the epoch alone. That is why a training that was killed can go on as if nothing had happened.
#
# ## Your own photographs
#
# A folder is enough; sub-folders become classes. RGBA, grey, palette and CMYK pictures are converted, photos from phones are turned upright,
# unreadable ones are named and left out. Here is a small folder made on the spot:

# %%
mine = Path(tempfile.mkdtemp())
for i, breed in enumerate(("balou", "nala") * 4):
    (mine / breed).mkdir(exist_ok=True)
    Image.fromarray(doodle.draw(i, size=96, seed=9).image).save(mine / breed / f"{i}.png")
my_dogs = load_dogs(size=64, source=mine)
figure = plots.grid(my_dogs.images, columns=8, titles=[my_dogs.breeds[k] for k in my_dogs.labels])
plots.show(figure, "Eight pictures from a folder of one's own, with the names of two sub-folders.")

# %% [markdown]
# Replace `mine` with your folder, a `.zip` or a `.tar`. On Colab, drag a zip into the file panel on the left and give its path.
#
# A photo without an annotation is cut in the middle. If your dog sits elsewhere, **be the annotator**: upload a photo, move the box (sliders $x_1, x_3$ and $x_2, x_4$),
# and press *keep*. The squares that you keep lie in the folder `my_dogs`, ready for `load_dogs(source="my_dogs")`.

# %% slideshow={"slide_type": "slide"}
from dogan_lib.classroom.widgets import Cropper

Cropper(originals[0].image, box=originals[0].boxes[0], folder="my_dogs")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What went wrong, and how to tell
#
# - **Stretched dogs**: `crop="box"`. Your shape histogram has its peak far from 1.
# - **A false pattern in every coat**: shrunk without a filter.
# - **Wrong breed on every picture**: names taken from the XML's `%s` fields instead of the path.
# - **Everything dark, or G stuck at grey**: pictures left in 0…255, while `tanh` ends at 1. Print the range of a batch, always.
# - **One breed too often**: look at the first histogram; `limit` in `load_dogs` takes the same number of each breed.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Exercises
#
# Put your answer in place of `None`. `exercises.check` says *right* or gives a hint; `exercises.solution("03-edge")` and so on show the way.
#
# **1.** A dog's box is (10, 40, 50, 60) in a picture of 100×80. Which square is cut out? Give `(left, top, right, bottom)`, by hand.
#
# **2.** And for the box (150, 20, 199, 119) in a picture of 200×120?

# %% tags=["exercise"]
inside, at_the_edge = None, None
exercises.check("03-square", inside)
exercises.check("03-edge", at_the_edge)

# %% [markdown] slideshow={"slide_type": "subslide"}
# **3.** Write `scale(pixels)` that takes uint8 pixels to [−1, 1], with 0 → −1 and 255 → 1.


# %% tags=["exercise"]
def scale(pixels):
    return None


exercises.check("03-scale", scale)

# %% [markdown] slideshow={"slide_type": "subslide"}
# **4.** A picture shrinks from 256 to 32 pixels. Which is the smallest period of stripes, in pixels of the *original*, that can survive?

# %% tags=["exercise"]
answer = None
exercises.check("03-nyquist", answer)

# %% [markdown] slideshow={"slide_type": "slide"}
# **5**, without a right answer: load the archive with `crop="none"` and look at its average dog. Is the blob smaller? Would G find it easier or harder to learn?
#
# ## Summary
#
# - 120 breeds, 20,580 pictures, one box for each dog; on the CPU presets the course downloads nothing unless you ask.
# - Crop to a square around the dog, shrink with a filter, scale to [−1, 1], mirror half.
# - Look before you train: shapes, sizes, colours, what was skipped, a batch's range.
# - Where there are no photographs, doodles go through the very same pipeline.
#
# ## References
#
# - Khosla et al. 2011, *Novel dataset for fine-grained image categorization: Stanford Dogs*, [vision.stanford.edu/aditya86/ImageNetDogs](http://vision.stanford.edu/aditya86/ImageNetDogs/)
# - Kaggle 2019, *Generative Dog Images*, [kaggle.com/c/generative-dog-images](https://www.kaggle.com/c/generative-dog-images)
# - Parmar, Zhang, Zhu 2022, *On aliased resizing and surprising subtleties in GAN evaluation* (clean-fid), [arXiv:2104.11222](https://arxiv.org/abs/2104.11222)
