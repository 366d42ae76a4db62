# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

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
    smoke=dict(images=160, archive=24, statistics=160),
    cpu=dict(images=2000, archive=120, statistics=2000),
    gpu=dict(images=20580, archive=120, statistics=20580),
)
cfg

# %% slideshow={"slide_type": "-"}
import tempfile
import textwrap
import xml.etree.ElementTree as ET
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from dogan_lib import exercises, plots
from dogan_lib.dogs import cropping, doodle, load_dogs, stanford
from dogan_lib.plots import PALETTE

dogs = load_dogs(size=64, limit=cfg.images)
dogs

# %% [markdown] slideshow={"slide_type": "-"}
# The line above says which dogs these are and why. `load_dogs` takes **Stanford Dogs** if they are on your disk (`DOGAN_STANFORD_DIR`, or once downloaded
# with `load_dogs(source="stanford")`, 815 MB); otherwise it draws **doodles**, dogs that a program makes up, with truthful labels, boxes and captions.

# %% slideshow={"slide_type": "slide"}
figure = plots.grid(dogs.images[:48], columns=12, scale=0.75, title=f"48 dogs: {dogs.source}")
plots.show(figure, "Forty-eight square pictures of dogs of many breeds, poses and backgrounds.")

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
# 10,000 generated 64×64 dogs, and were punished for copying.
#
# So that everything below runs anywhere, the next cell lets the doodles write themselves out as **the same two files**.

# %% slideshow={"slide_type": "-"}
archive = stanford.find()
if archive is None:
    folder = doodle.write_archive(Path(tempfile.mkdtemp()) / "dogs", n=cfg.archive, size=200)
    archive = stanford.find(folder)
print("the archive of this chapter:", archive)
with archive.open() as files:
    names = sorted(files.names)
print(len(names), "pictures, for example", names[0])

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One annotation, read by hand
#
# The slide's $x_1, x_2, x_3, x_4$ are `xmin, ymin, xmax, ymax` in pixels, from the top left corner. A picture may hold several dogs: one `<object>` each.

# %% slideshow={"slide_type": "-"}
XML = """<annotation>
  <folder>%s</folder><filename>%s</filename>
  <size><width>500</width><height>375</height><depth>3</depth></size>
  <object><name>Pug</name><bndbox><xmin>95</xmin><ymin>60</ymin><xmax>330</xmax><ymax>350</ymax></bndbox></object>
  <object><name>Pug</name><bndbox><xmin>310</xmin><ymin>120</ymin><xmax>520</xmax><ymax>370</ymax></bndbox></object>
</annotation>"""


def read_boxes(xml):
    """All boxes of an annotation, as (xmin, ymin, xmax, ymax)."""
    corners = ("xmin", "ymin", "xmax", "ymax")
    return [
        tuple(int(box.find(c).text) for c in corners) for box in ET.fromstring(xml).iter("bndbox")
    ]


print(read_boxes(XML))
assert read_boxes(XML) == [tuple(box) for box in stanford.parse(XML.encode()).boxes]

# %% [markdown] slideshow={"slide_type": "-"}
# This one shows two oddities of the real files: the name fields hold a literal `%s` (so go by the path), and the second box leaves the picture
# on the right (so clip it). The library counts whatever it meets and says so in its summary line.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Original, and its box

# %% slideshow={"slide_type": "-"}
cut = load_dogs(size=64, source=f"stanford:{archive.images.parent}", limit=min(cfg.archive, 120))
originals = cut.originals(5)
figure, axes = plt.subplots(1, 5, figsize=(12, 2.6))
for ax, original in zip(axes, originals, strict=True):
    ax.imshow(original.image)
    for xmin, ymin, xmax, ymax in original.boxes:
        ax.add_patch(
            plt.Rectangle(
                (xmin, ymin), xmax - xmin, ymax - ymin, fill=False, ec=PALETTE["accent"], lw=2
            )
        )
    ax.set_title(original.breed, fontsize=9)
    ax.axis("off")
figure.tight_layout()
plots.show(figure, "Five uncropped pictures, each dog framed by its annotated box.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 이미지 크롭 · Three ways to make it square
#
# A generator draws squares; boxes are not. Three choices:
#
# - **square**: grow the box to a square around its centre, and move it where it would leave the picture. The dog keeps its shape; some background comes in.
# - **box**: stretch the box. No background, but a dachshund gets tall.
# - **none**: the whole picture. Small dogs stay small.
#
# Write the first one yourself:


# %% slideshow={"slide_type": "-"}
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
    assert square_crop(box, width, height) == tuple(cropping.square(box, width, height))
print("1,000 random boxes: the same squares as dogan_lib.dogs.cropping")

# %% slideshow={"slide_type": "slide"}
long_and_tall = sorted(originals, key=lambda o: np.divide(*(o.boxes[0, 2:] - o.boxes[0, :2])))
figure, axes = plt.subplots(2, 4, figsize=(8, 4))
for row, original in zip(axes, (long_and_tall[-1], long_and_tall[0]), strict=True):
    image, (height, width) = Image.fromarray(original.image), original.image.shape[:2]
    row[0].imshow(image)
    for ax, mode in zip(row[1:], ("square", "box", "none"), strict=True):
        region = cropping.region(original.boxes[0], width, height, mode)
        ax.imshow(image.resize((64, 64), Image.LANCZOS, box=tuple(map(int, region))))
        ax.set_title(mode, fontsize=9)
for ax in axes.flat:
    ax.axis("off")
axes[0, 0].set_title("original", fontsize=9)
figure.tight_layout()
plots.show(
    figure,
    "A long and a tall dog: square keeps their shape, box stretches them, none keeps the whole picture.",
)

# %% [markdown] slideshow={"slide_type": "-"}
# The course uses **square** from here on. G learns what it is shown: from stretched dogs it would learn stretched dogs.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 64×64, 32×32, and why shrinking needs a filter
#
# To halve a picture, do not take every second pixel. What is finer than the new pixels does not disappear: it comes back as a coarse pattern that
# was never there (**aliasing**). A filter that averages first (`LANCZOS`) removes it. Watch the coat.

# %% slideshow={"slide_type": "-"}
stripes = np.indices((256, 256)).sum(0) // 5 % 2 * 120 + 60
coat = np.stack([stripes] * 3, axis=-1).astype("uint8")
figure, axes = plt.subplots(2, 4, figsize=(8.4, 4.3))
for row, picture in zip(
    axes, (Image.fromarray(originals[1].image), Image.fromarray(coat)), strict=True
):
    row[0].imshow(picture)
    row[1].imshow(picture.resize((64, 64), Image.LANCZOS))
    row[2].imshow(picture.resize((32, 32), Image.LANCZOS))
    row[3].imshow(picture.resize((32, 32), Image.NEAREST))
for ax, text in zip(
    axes[0], ("original", "64, filtered", "32, filtered", "32, every n-th pixel"), strict=True
):
    ax.set_title(text, fontsize=9)
for ax in axes.flat:
    ax.axis("off")
figure.tight_layout()
plots.show(
    figure,
    "A dog and a fine striped pattern shrunk with and without a filter: without it the stripes turn into a false coarse pattern.",
)

# %% [markdown] slideshow={"slide_type": "-"}
# The filtered stripes become an even grey, which is the truth: they are too fine for 32 pixels. Without the filter they become broad stripes that no dog wears.
# The same choice moves FID by several points, so the whole course shrinks in one way only.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Look at the data set before you train on it
#
# How many of each breed, how wide, how large, how bright? One figure.

# %% slideshow={"slide_type": "-"}
sample = dogs.subset(np.arange(min(cfg.statistics, len(dogs))))
per_breed = np.bincount(sample.labels, minlength=len(sample.breeds))
sides = cut.boxes[:, 2:] - cut.boxes[:, :2]
brightness = sample.images.mean(axis=(1, 2, 3))
figure, axes = plt.subplots(1, 4, figsize=(12, 2.7))
axes[0].hist(per_breed, color=PALETTE["real"])
axes[0].set(title="pictures per breed", xlabel="pictures", ylabel="breeds")
axes[1].hist(sides[:, 0] / sides[:, 1], bins=20, color=PALETTE["real"])
axes[1].set(title="shape of the boxes", xlabel="width / height")
axes[2].hist(sides.max(axis=1), bins=20, color=PALETTE["real"])
axes[2].set(title="size of the boxes", xlabel="longer side, pixels")
axes[3].hist(brightness, bins=20, color=PALETTE["real"])
axes[3].set(title="brightness", xlabel="mean of a picture, 0 to 255")
figure.tight_layout()
plots.show(
    figure,
    "Histograms: pictures per breed, aspect ratio of boxes, size of boxes, mean brightness of pictures.",
)
print(f"boxes whose longer side is under 64 pixels: {(sides.max(axis=1) < 64).mean():.0%}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The average dog
#
# The mean of all pictures is what a generator that knows *nothing but averages* would draw: something in the middle, ground below, light above.
# The spread shows where dogs differ most.

# %% slideshow={"slide_type": "-"}
mean = sample.images.mean(axis=0)
spread = sample.images.std(axis=0).mean(axis=2)
figure, axes = plt.subplots(1, 3, figsize=(8.4, 2.7))
axes[0].imshow(mean / 255)
axes[0].set_title("mean dog")
shown = axes[1].imshow(spread, cmap="cividis")
axes[1].set_title("spread of each pixel")
figure.colorbar(shown, ax=axes[1], shrink=0.8)
for channel, colour in enumerate(("#D55E00", "#009E73", "#0072B2")):
    counts, edges = np.histogram(sample.images[..., channel], bins=64, range=(0, 255), density=True)
    axes[2].plot(
        edges[:-1], counts, color=colour, label="RGB"[channel], ls=("-", "--", ":")[channel]
    )
axes[2].set(title="colours", xlabel="value", yticks=[])
axes[2].legend(frameon=False)
for ax in axes[:2]:
    ax.axis("off")
figure.tight_layout()
plots.show(
    figure,
    "The blurred mean of all dogs, the spread of each pixel, and the histogram of each colour channel.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What the networks get: batches
#
# Three steps between the file and the network: shuffle, mirror half of them (a dog looking left is as real as one looking right), and scale from 0…255 to
# [−1, 1], where G's `tanh` lives. A batch (미니배치) is a tuple: pictures, and a condition if you ask for one.

# %% slideshow={"slide_type": "-"}
batches = dogs.batches(16, condition="labels", seed=0)
images, labels = next(iter(batches))
print(
    f"{len(batches)} batches of pictures {tuple(images.shape)} {images.dtype.name}, from {float(images.numpy().min()):.2f} to {float(images.numpy().max()):.2f}"
)
print("labels:", labels.numpy())
print("the first one is a", dogs.breeds[int(labels[0])])
again, _ = next(iter(dogs.batches(16, condition="labels", seed=0)))
assert np.array_equal(images, again), "the same seed and epoch give the same batch"

# %% [markdown] slideshow={"slide_type": "-"}
# The order depends on the seed and the epoch alone. That is why a training that was killed can go on as if nothing had happened.
# Doodles also know what they show; chapter 08 learns from such sentences:

# %% slideshow={"slide_type": "-"}
drawn = load_dogs(size=64, source="doodle", limit=160)
figure = plots.grid(
    drawn.images[:4],
    columns=4,
    scale=2.4,
    titles=[textwrap.fill(caption, 26) for caption in drawn.captions[:4]],
)
plots.show(figure, "Four doodles, each above with its caption: " + "; ".join(drawn.captions[:4]))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Your own photographs
#
# A folder is enough; sub-folders become classes. RGBA, grey, palette and CMYK pictures are converted, unreadable ones are named and left out.
# Here is a small folder made on the spot, one file of which is broken on purpose:

# %% slideshow={"slide_type": "-"}
mine = Path(tempfile.mkdtemp())
for i, breed in enumerate(("balou", "nala") * 4):
    (mine / breed).mkdir(exist_ok=True)
    Image.fromarray(doodle.draw(i, size=96, seed=9).image).save(mine / breed / f"{i}.png")
(mine / "nala" / "broken.jpg").write_bytes(b"not a picture")
my_dogs = load_dogs(size=64, source=mine)
print(my_dogs, my_dogs.breeds)
figure = plots.grid(my_dogs.images, columns=8, scale=0.9)
plots.show(figure, "Eight pictures from a folder of one's own.")

# %% [markdown] slideshow={"slide_type": "-"}
# Replace `mine` with your folder, a `.zip` or a `.tar`. On Colab, upload a zip through the file panel on the left and give its path.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What went wrong, and how to tell
#
# - **Stretched dogs**: `crop="box"`. The shape histogram above would have shown a peak far from 1.
# - **A false pattern in every coat**: shrunk without a filter.
# - **Wrong breed on every picture**: names taken from the XML's `%s` fields instead of the path.
# - **Everything dark, or G stuck at grey**: pictures left in 0…255, while `tanh` ends at 1. Print the range of a batch, always.
# - **One breed many times**: look at the first histogram; `limit` in `load_dogs` takes the same number of each breed.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Exercises
#
# **1.** A dog's box is (10, 40, 50, 60) in a picture of 100×80. Which square is cut out? Give `(left, top, right, bottom)`.

# %% slideshow={"slide_type": "-"} tags=["exercise"]
exercises.check("03-square", None)

# %% [markdown] slideshow={"slide_type": "-"}
# **2.** Write `scale(pixels)` that takes uint8 pixels to [−1, 1], with 0 → −1 and 255 → 1.

# %% slideshow={"slide_type": "-"} tags=["exercise"]
exercises.check("03-scale", None)

# %% [markdown] slideshow={"slide_type": "-"}
# **3.** A stripe pattern repeats every 10 pixels. The picture shrinks from 256 to 32 pixels. Can the stripes survive? Answer with the smallest period, in pixels of the *original*, that can.

# %% slideshow={"slide_type": "-"} tags=["exercise"]
exercises.check("03-nyquist", None)

# %% slideshow={"slide_type": "-"}
exercises.solution("03-nyquist")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - 120 breeds, 20,580 pictures, one box for each dog; the course downloads nothing unless you ask.
# - Crop to a square around the dog, shrink with a filter, scale to [−1, 1], mirror half.
# - Look before you train: shapes, sizes, colours, a batch's range.
# - Where there are no photographs, doodles go through the very same pipeline.
#
# ## References
#
# - Khosla et al. 2011, *Novel dataset for fine-grained image categorization: Stanford Dogs*, [vision.stanford.edu/aditya86/ImageNetDogs](http://vision.stanford.edu/aditya86/ImageNetDogs/)
# - Kaggle 2019, *Generative Dog Images*, [kaggle.com/c/generative-dog-images](https://www.kaggle.com/c/generative-dog-images)
# - Parmar, Zhang, Zhu 2022, *On aliased resizing and surprising subtleties in GAN evaluation* (clean-fid), [arXiv:2104.11222](https://arxiv.org/abs/2104.11222)
