# %% [markdown] slideshow={"slide_type": "slide"}
# # 13 · SinGAN의 다섯 가지 쓰임 — 사진 한 장으로 그리고, 고치고, 키우고, 움직인다
#
# **한국어 요약**
#
# - 12장의 피라미드를 다시 학습시키지 않는다. 바꾸는 것은 하나, **무엇을 어느 층(start scale)에 넣느냐**이다.
# - 그림→사진(paint to image), 편집(editing), 조화(harmonisation), 초해상도(super-resolution), 애니메이션(animation): 다섯 함수 모두 몇 줄이다.
# - 층마다 결과를 나란히 놓고 고른다: 낮은 층은 많이 지어내고, 높은 층은 거의 그대로 둔다.
# - 고전적인 방법과 비교한다: 색 옮기기(Reinhard), 화풍 옮기기(Gatys), 포아송 합성(Poisson), 바이큐빅과 란초시 보간(bicubic, Lanczos).
# - 잘되지 않는 것도 잰다: 마스크(mask) 밖은 정말 그대로인가, 왜 어떤 애니메이션은 거의 움직이지 않는가.

# %% [markdown] slideshow={"slide_type": "skip"} tags=["colab"]
# [![Open in Colab](../docs/colab.svg)](https://colab.research.google.com/github/OWNER/dogan/blob/main/notebooks/13_singan_applications.ipynb)
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
# 1. To turn one trained pyramid to five uses, by choosing what enters it and at which scale.
# 2. To choose the start scale from a sweep, and to say what is too low and what too high.
# 3. To compare fairly: each use beside the classic method for the same job, with numbers that mean something, and where SinGAN loses.
# 4. To prove that an edit leaves the rest of the picture alone, and to find out why an animation stands still.

# %% slideshow={"slide_type": "slide"}
from dogan_lib.presets import preset

# `steps` of the style transfer, `frames` of the animation, `side` of your own picture.
cfg = preset(
    smoke=dict(steps=3, frames=6, draws=4, side=48),
    cpu=dict(steps=200, frames=20, draws=16, side=96),
    gpu=dict(steps=1000, frames=40, draws=50, side=250),
)
cfg

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np
import scipy.sparse
import scipy.sparse.linalg
import tensorflow as tf
from PIL import Image, ImageDraw

from dogan_lib import plots, runtime
from dogan_lib.classroom import exercises, pyramids
from dogan_lib.classroom.widgets import PaintToPhoto
from dogan_lib.doodles import painter as doodle
from dogan_lib.metrics.single import diversity, dognet_maps, perceptual, sifid
from dogan_lib.models import singan_uses
from dogan_lib.models.singan import SinGAN, as_float, draw_noise, resize

print(runtime.setup(seed=0, small=True))

# %%
MINE = None  # "my_photo.jpg": your own; at 96 pixels this takes minutes on two cores
if MINE:
    gan = SinGAN(max_size=cfg.side).fit(MINE)
else:
    gan = pyramids.load("singan_china")
photo, (height, width) = gan.image, gan.image.shape[:2]
last = len(gan.scales) - 1
starts = range(1, last + 1)
print(gan)


def gallery(pictures, alt, columns=4, scale=2.4):
    shown = np.stack([plots.to_uint8(picture) for picture in pictures.values()])
    plots.show(plots.grid(shown, columns, titles=list(pictures), scale=scale), alt, dpi=75)


# %% [markdown] slideshow={"slide_type": "slide"}
# ## The idea in one picture
#
# Each G of the pyramid has learnt one thing: *given this photograph without its finest details, add them*. It never asks where the blurred picture comes from.
# So give it another one: a painting, a clumsy edit, a dog pasted onto it. Shrunk to a small scale a painting and a photograph look alike. Every use below is this loop.


# %%
def inject(picture, start, seed=0):
    """Let a picture in below scale `start`: shrink, then enlarge and add details, again and again."""
    random = np.random.default_rng(seed)
    x = resize(as_float(np.asarray(picture))[None], gan.shapes[start - 1])
    for k in range(start, last + 1):
        x = resize(x, gan.shapes[k])
        x = gan.scales[k](x, draw_noise(1, k, gan.shapes[k], random))
    return np.clip(x[0], -1, 1)


mirrored = photo[:, ::-1]
mine, library = inject(mirrored, 2), gan.sample(1, start_scale=2, image=mirrored)[0]
np.testing.assert_allclose(mine, library, atol=1e-5)
print("the library does the same:", f"{np.abs(mine - library).max():.1e} apart at most")


# %% slideshow={"slide_type": "slide"}
def as_seen(picture, start):
    """All that is left of a picture when it enters below scale `start`, enlarged to look at."""
    small = resize(as_float(picture)[None], gan.shapes[start - 1])
    return resize(small, (height, width))[0]


gallery(
    {
        "what it has learnt": photo,
        "let in below scale 2": mirrored,
        "what is left of it there": as_seen(mirrored, 2),
        "what comes out": mine,
    },
    "The photograph, its mirror image, the mirror image shrunk to scale 1, and the result.",
)

# %% [markdown]
# **What to see.** Only the third picture entered. Everything sharper in the fourth was invented by the scales above, out of the photograph's patches.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1 · Paint to image (그림을 사진으로)
#
# A painting in five flat colours, all picked from the photograph: two towers where there was one. It is let in below each start scale in turn.


# %%
def pick(x, y):
    """The photograph's colour around a place, in hundredths of its width and height."""
    row, column = y * height // 100, x * width // 100
    around = photo[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
    return tuple(int(value) for value in around.mean(axis=(0, 1)))


def fill(corners, colour):
    pen.polygon([(x * width / 100, y * height / 100) for x, y in corners], fill=colour)


canvas = Image.new("RGB", (width, height), pick(70, 15))  # sky
pen = ImageDraw.Draw(canvas)

# %%
fill([(0, 54), (100, 54), (100, 100), (0, 100)], pick(62, 62))  # lake
for middle in (26, 72):
    for top, wide in ((14, 18), (34, 26), (56, 32)):
        a, b, eaves = middle - wide / 2, middle + wide / 2, top + 12
        fill([(a, eaves), (b, eaves), (b - wide / 4, top), (a + wide / 4, top)], pick(33, 22))
        below = eaves + 12
        fill([(a + 2, eaves), (b - 2, eaves), (b - 2, below), (a + 2, below)], pick(30, 48))
fill([(0, 84), (30, 76), (60, 84), (100, 74), (100, 100), (0, 100)], pick(70, 86))  # trees
painting = np.asarray(canvas)

# %% slideshow={"slide_type": "slide"}
results = [singan_uses.paint_to_image(gan, painting, k)[0] for k in starts]
pictures = {"painting": painting} | {f"enters below {k}": as_seen(painting, k) for k in starts}
pictures |= {"photograph": photo}
pictures |= {f"from {k}": result for k, result in zip(starts, results, strict=True)}
gallery(
    pictures,
    "The painting as each start scale sees it, and the photograph that comes out from each.",
    columns=last + 1,
    scale=11 / (last + 1),
)

# %% [markdown]
# **What to see.** Above, what each start scale is shown; below, what comes out. A low one sees a blur and is free to invent; from the last scale on the painting stays a painting, with a little grain. The best lies between, and where depends on how large your shapes are.
# (The authors' code can go a step further: it trains the scale where the painting enters anew, on pictures reduced to the photograph's few main colours.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### The rival of 2001: colour transfer (색 옮기기)
#
# Reinhard's five lines: in a colour space whose axes are hardly correlated (lαβ, logarithms of what the eye's cones see), give the painting the photograph's means and deviations.

# %%
LMS = np.array([[0.3811, 0.5783, 0.0402], [0.1967, 0.7244, 0.0782], [0.0241, 0.1288, 0.8444]])
LAB = np.diag([3**-0.5, 6**-0.5, 2**-0.5]) @ [[1, 1, 1], [1, 1, -2], [1, -1, 0]]


def reinhard(picture, like):
    x, y = (np.log10((each + 1.0) / 256 @ LMS.T) @ LAB.T for each in (picture, like))
    x = (x - x.mean((0, 1))) / x.std((0, 1)) * y.std((0, 1)) + y.mean((0, 1))
    rgb = 10 ** (x @ np.linalg.inv(LAB).T) @ np.linalg.inv(LMS).T
    return (256 * rgb - 1).round().clip(0, 255).astype("uint8")


assert np.abs(reinhard(photo, photo).astype(int) - photo).max() <= 1
recoloured = reinhard(painting, photo)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### The rival of 2015: style transfer (화풍 옮기기)
#
# Gatys, Ecker and Bethge change the painting's pixels until a classifier's features agree with two pictures at once: with the painting **place by place** (content), and with the photograph in their
# **Gram matrices** (style): which features occur together, no matter where. They use VGG; we ship DogNet (chapter 03), far smaller and trained on dogs, so expect less than theirs.


# %%
def gram(features):
    """(1, h, w, c) -> (c, c): how strongly two features occur together, anywhere."""
    pixels = tf.reshape(features, (-1, features.shape[-1]))
    return tf.matmul(pixels, pixels, transpose_a=True) / len(pixels)


def relative(x, y):
    return tf.reduce_mean((x - y) ** 2) / tf.reduce_mean(y**2)


maps = dognet_maps()
style = [gram(each) for each in maps(as_float(photo)[None])]
content = maps(as_float(painting)[None])[2]
pixels = keras.Variable(as_float(painting)[None])
adam = keras.optimizers.Adam(0.02)


# %%
@tf.function
def improve():
    with tf.GradientTape() as tape:
        now = maps(pixels.value)
        styles = [relative(gram(each), wanted) for each, wanted in zip(now, style, strict=True)]
        loss = tf.add_n(styles) + 0.3 * relative(now[2], content)
    adam.apply([tape.gradient(loss, pixels.value)], [pixels])
    pixels.assign(tf.clip_by_value(pixels, -1, 1))
    return loss


losses = [float(improve()) for _ in range(cfg.steps)]
styled = np.asarray(pixels)[0]
print(f"loss {losses[0]:.3f} -> {losses[-1]:.3f} in {cfg.steps} steps")

# %% [markdown] slideshow={"slide_type": "slide"}
# Two questions, a number for each. *Is it made of the photograph's patches?* SIFID (chapter 12), low is good. *Does it show what was painted?* The mean error of its coarsest version against the painting's, low is good.
# No change at all is best at the second, the photograph itself at the first. And mind the referee: SIFID and style transfer look through the same DogNet, so the first number flatters the rival that optimises for it.


# %%
def judged(picture):
    """SIFID to the photograph; error of the layout, in levels of 255."""
    picture = plots.to_uint8(picture)
    a, b = (resize(as_float(each)[None], gan.shapes[0]) for each in (picture, painting))
    return float(sifid(photo, picture[None])), float(127.5 * tf.reduce_mean(tf.abs(a - b)))


shown = {"the painting": painting, "colour transfer": recoloured, "style transfer": styled}
shown |= {f"SinGAN from {k}": result for k, result in zip(starts, results, strict=True)}
for name, picture in (shown | {"the photograph": photo}).items():
    patches, layout = judged(picture)
    print(f"{name:<18}SIFID {patches:7.3f}    layout off by {layout:5.1f}")

# %% slideshow={"slide_type": "slide"}
chosen = min(2, last)
four = ["the painting", "colour transfer", "style transfer", f"SinGAN from {chosen}"]
gallery(
    {name: shown[name] for name in four},
    "The painting, and what colour transfer, style transfer and SinGAN make of it.",
)

# %% [markdown]
# **What to see.** Colour transfer moves colours and cannot add a single tile. Style transfer adds dots and grain everywhere alike, since a Gram matrix has forgotten where what belongs; DogNet is content with them, we are not. That is why its
# SIFID says little: never judge a method with the features that it optimises. SinGAN gives roofs, trees and sky each their own kind of strokes, because its coarse scales have seen what lies beside what.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2 · Editing (편집)
#
# Cut a piece, put it elsewhere: seams, and details of the wrong size. The edit is let in at a middle scale, and what comes out is taken **only where the mask is bright**:
#
# $$\text{result} = (1 - m) \cdot \text{photograph} + m \cdot \text{generated}$$
#
# The mask m is first dilated (팽창), to have room for the seam, and then blurred.

# %%
across, down = np.array([12, 54]) * width // 100, np.array([3, 72]) * height // 100
piece = Image.fromarray(photo[down[0] : down[1], across[0] : across[1]])
piece = np.asarray(piece.resize((piece.width // 2, piece.height // 2), Image.Resampling.LANCZOS))
y, x = 38 * height // 100, 60 * width // 100
crude, mask = photo.copy(), np.zeros((height, width), bool)
place = slice(y, y + piece.shape[0]), slice(x, x + piece.shape[1])
crude[place], mask[place] = piece, True
soft = singan_uses.soft_mask(mask, (height, width), radius=20)
print(
    f"the mask: {mask.mean():.0%} of the picture; softened, it is above 0 in {(soft > 0).mean():.0%}"
)

# %% slideshow={"slide_type": "slide"}
edits = {k: singan_uses.edit(gan, crude, mask, k) for k in starts}
pictures = {"the edit": crude, "the soft mask": np.repeat(2 * soft[..., None] - 1, 3, axis=-1)}
gallery(
    pictures | {f"from {k}": result for k, result in edits.items()},
    "A crude edit, its soft mask, and the result of each start scale.",
)

# %% [markdown]
# **What to see.** From low scales the small tower is rebuilt with seams gone and with changes of its own; from high ones it stays as it was pasted, seams included.
#
# And the rest of the picture? Not "looks the same": *is* the same, to one level of 255. Believe no editor without this cell.

# %%
for k, result in edits.items():
    change = np.abs(plots.to_uint8(result).astype(int) - photo).max(axis=-1)
    assert change[soft == 0].max() <= 1
    print(f"from {k}: at most {change[soft == 0].max()} of 255 where the mask is 0,", end="")
    print(f" {change[soft > 0.5].mean():.0f} on average where it is above a half")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3 · Harmonisation (조화)
#
# Now a stranger: a dog that the program of chapter 03 drew, pasted onto the photograph. Its grain, its light and its edges give it away. The same recipe, with a higher start scale (the dog must stay a dog) and a narrower mask.

# %%
side = 58 * height // 100
dog = doodle.cut_out(4, size=side, pose="sitting", background="sky")
y, x = height - side, 42 * width // 100
place = slice(y, y + side), slice(x, x + side)
alpha = dog[..., 3:] / 255
source, pasted, mask = photo.copy(), photo.copy(), np.zeros((height, width), bool)
source[place] = dog[..., :3]  # with the sky behind it, for later
pasted[place] = np.rint((1 - alpha) * photo[place] + alpha * dog[..., :3])
mask[place] = alpha[..., 0] > 0.5

# %%
harmonised = {k: singan_uses.harmonize(gan, pasted, mask, k) for k in starts}
pictures = {"photograph": photo, "pasted": pasted}
gallery(
    pictures | {f"from {k}": result for k, result in harmonised.items()},
    "A drawn dog pasted onto the photograph, and harmonised from each start scale.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### The classic: Poisson blending (포아송 합성)
#
# Pérez, Gangnet and Blake keep the dog's *differences between neighbours* and let its colours follow from the border: solve Δf = Δ(dog) inside the mask, with f = photograph around it. One sparse system, and SciPy,
# which we have anyway, solves it; OpenCV's `seamlessClone` does the same with a large dependency. Judged by SIFID of the dog's surroundings, and by the mean colour inside the mask.


# %%
def line(n):
    """n pixels in a row: each against its neighbours."""
    ends = np.r_[1, np.full(n - 2, 2), 1]
    return scipy.sparse.diags_array([-np.ones(n - 1), ends, -np.ones(n - 1)], offsets=(-1, 0, 1))


def poisson(photo, source, mask):
    (height, width), inside, eye = mask.shape, mask.ravel(), scipy.sparse.eye_array
    rows = scipy.sparse.kron(line(height), eye(width)) + scipy.sparse.kron(eye(height), line(width))
    rows = rows.tocsr()[inside]
    around, wanted = (picture.reshape(-1, 3).astype(float) for picture in (photo, source))
    right = rows @ wanted - rows[:, ~inside] @ around[~inside]
    around[inside] = scipy.sparse.linalg.spsolve(rows[:, inside].tocsc(), right)
    return around.reshape(photo.shape).round().clip(0, 255).astype("uint8")


# %%
assert np.abs(poisson(photo, photo, mask).astype(int) - photo).max() <= 1
ways = {"pasted": pasted, "Poisson": poisson(photo, source, mask)}
ways |= {f"SinGAN from {k}": plots.to_uint8(result) for k, result in harmonised.items()}
for name, picture in ways.items():
    print(f"{name:<16}SIFID {float(sifid(photo, picture[place][None])):6.3f}   ", end="")
    print("mean colour", picture[mask].mean(axis=0).round().astype(int))
three = ["pasted", "Poisson", f"SinGAN from {max(1, round(0.75 * last))}"]
gallery(
    {name: ways[name][place] for name in three},
    "The dog as it was pasted, after Poisson blending, and after SinGAN.",
    scale=2.2,
)

# %% [markdown]
# **What to see.** Poisson blending lets the colours of the border flow into the dog and keeps every hair: colour without texture. SinGAN draws texture and edges anew in the photograph's manner; the lower the start scale, the more tower and tree it
# becomes, and the less dog. They mend different things.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4 · Super-resolution (초해상도)
#
# The last G has learnt what details a picture lacks that was shrunk a little. Photographs look alike at neighbouring sizes (자기 유사성, self-similarity), so apply it *again*: six passes of a factor 2^(1/3) make four times the size.
# This pyramid is another one: trained on a **small** version of the photograph, scales closer together, reconstruction weighted 100 instead of 10. The large version is the truth; it was never shown.
#
# Nothing in this says that the large picture, shrunk again, must be the small one, and small errors grow with each pass. `consistent=True`, which is not in the paper, adds after each pass what is lacking (back-projection, Irani and Peleg 1991).

# %%
small_gan = pyramids.load("singan_china_sr")
small = Image.fromarray(small_gan.image)
size = 4 * small.width, 4 * small.height
original = pyramids.photograph("china")
truth = np.asarray(original.resize(size, Image.Resampling.LANCZOS))
kinds = {"nearest": 0, "bicubic": Image.Resampling.BICUBIC, "Lanczos": Image.Resampling.LANCZOS}
ways = {name: np.asarray(small.resize(size, kind)) for name, kind in kinds.items()}
for name, consistent in (("SinGAN", False), ("consistent", True)):
    ways[name] = plots.to_uint8(singan_uses.super_resolution(small_gan, 4, consistent=consistent))
print(f"{small.width} x {small.height} -> {size[0]} x {size[1]}, {small_gan}")

# %% [markdown] slideshow={"slide_type": "slide"}
# Against the truth: **PSNR**, pixel by pixel, in dB; **SSIM**, structure in small windows, 1 is the same. Both like what is *cautiously blurred*: a leaf in the wrong place costs more than no leaf. **Perceptual** is the distance of features (as LPIPS, but in DogNet and without learnt weights), **SIFID** that of the patches wherever they lie; low is good.


# %%
def compare(name, picture):
    psnr = float(tf.image.psnr(truth, picture, 255))
    ssim = float(tf.image.ssim(truth[None], picture[None], 255)[0])
    seen, patches = perceptual(truth, picture), float(sifid(truth, picture[None]))
    print(f"{name:<10}{psnr:>8.2f}{ssim:>8.3f}{seen:>12.3f}{patches:>8.3f}")


print(f"{'':<10}{'PSNR':>8}{'SSIM':>8}{'perceptual':>12}{'SIFID':>8}")
for name, picture in ways.items():
    compare(name, picture)

# %% slideshow={"slide_type": "slide"}
part = slice(size[1] // 8, 5 * size[1] // 8), slice(size[0] // 10, 6 * size[0] // 10)
gallery(
    {name: picture[part] for name, picture in (ways | {"the truth": truth}).items()},
    "A part of the photograph, four times enlarged in four ways, and the true large photograph.",
    columns=3,
    scale=3.2,
)

# %% [markdown]
# **What to see.** Where every pixel counts (PSNR), interpolation stays a little ahead, and it is blurred to the eye. SinGAN invents roof edges and leaves, which are sharp and not quite where the true ones are; with back-projection it is ahead by the other three measures.
#
# **The sweep** is over the number of passes, since there is one scale only: the fewer, the larger the step that G is asked for. It has learnt the step that six make.

# %% slideshow={"slide_type": "slide"}
print(f"{'':<10}{'PSNR':>8}{'SSIM':>8}{'perceptual':>12}{'SIFID':>8}")
sweep = {}
for passes in (1, 2, 4, 6, 9):
    name = f"{passes} passes" if passes > 1 else "1 pass"
    picture = plots.to_uint8(
        singan_uses.super_resolution(small_gan, 4, passes=passes, consistent=True)
    )
    compare(name, picture)
    sweep[name] = picture[part]
gallery(sweep, "The same part with one, two, four, six and nine passes.", columns=5, scale=2.1)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5 · Animation (애니메이션)
#
# A sample is a picture for one noise z; a film is a walk through the noise. It starts at z\*, the noise of the photograph itself, keeps its direction (β), and is drawn back to z\* (α):
#
# $$z_{t+1} = \alpha z^* + (1 - \alpha)\,\bigl(z_t + \beta (z_t - z_{t-1}) + (1 - \beta)\, u_t\bigr), \qquad u_t \sim \mathcal N(0, 1)$$


# %%
def next_z(z, before, z_star, u, alpha=0.1, beta=0.9):
    return alpha * z_star + (1 - alpha) * (z + beta * (z - before) + (1 - beta) * u)


u = np.random.default_rng(0).standard_normal((200, 500)).astype("float32")
before, z, path = np.zeros(500), 0.05 * u[0], []
for fresh in u[1:]:
    before, z = z, next_z(z, before, 0.0, fresh)
    path.append(z)
np.testing.assert_allclose(path, singan_uses.walk(np.zeros(500, "float32"), u, 0.1, 0.9), atol=1e-4)
for beta in (0.8, 0.9, 0.95):
    print(f"beta {beta}: z strays {singan_uses.walk_spread(0.1, beta):.2f} from z*, a fresh z by 1")
print(f"measured at beta 0.9: {np.std(path[100:]):.2f}")

# %% slideshow={"slide_type": "slide"}
films = {k: singan_uses.animate(gan, cfg.frames, start_scale=k) for k in range(last + 1)}
strays = {k: 127.5 * film.std(axis=0).mean(axis=-1) for k, film in films.items()}
heat = plt.get_cmap("magma")
gallery(
    {
        f"from {k}: {each.mean():.1f}": heat(each / 8, bytes=True)[..., :3]
        for k, each in strays.items()
    },
    "Where the film of each start scale moves: everywhere from 0, hardly anywhere from 1 on.",
    columns=last + 1,
    scale=11 / (last + 1),
)

# %% [markdown]
# **The sweep over the start scale**: how far each pixel strays from its mean over the film, in levels of 255 (white is 8 or more). From 0 the whole picture is in motion, from the next scale on it stands nearly still. Why?

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Why it stands still
#
# Follow the noise. It enters scale k with the strength σ_k = 0.1 · RMSE (what the reconstruction of the scale below lacks); the walk makes it weaker, as above; and then G passes on more or less of it.


# %%
def passed_on(k):
    """How strongly pixels that leave scale k differ under several noises, over the noise's sigma."""
    up = tf.repeat(resize(gan.reconstruct(k - 1), gan.shapes[k]), cfg.draws, axis=0)
    z = draw_noise(cfg.draws, k, gan.shapes[k], np.random.default_rng(0))
    return np.std(np.clip(gan.scales[k](up, z), -1, 1), axis=0).mean() / gan.scales[k].sigma


print("scale   sigma of 255   G passes on   samples from here differ by   diversity")
for k in range(last + 1):
    samples = gan.sample(cfg.draws, start_scale=k, seed=1)
    gain = f"{passed_on(k):.2f}" if k else "-"
    print(f"{k:>5}{127.5 * gan.scales[k].sigma:>15.1f}{gain:>14}", end="")
    print(f"{127.5 * samples.std(axis=0).mean():>23.1f} of 255{diversity(photo, samples):>12.3f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# **What to see.** At scale 0 the noise is everything (σ = 1). Above, it is a few levels of 255, and where G passes on less than it gets (below 1) it fades before anybody can see it.
# Formula and walk are the paper's; a test holds them to it. It is G that does not use its noise, and nothing in the loss asks it to. While it trains, its inputs differ anyway, because the scales below draw anew each time; D looks at patches, and a
# G that turns each input into *one* set of convincing patches has done its work. But below the start scale of a film there is always the same picture. What helps:
#
# - **more scales**: each adds its own noise; the paper's 250 pixels have eleven;
# - **a lower start scale**, for pictures that are all texture;
# - **a pyramid for films**: the authors train one with a coarsest side of 20 pixels instead of 25 and noise up to the very border, and write films for start scales 0, 1, 2 and four values of β, to choose from.
#
# And one that is *not* in the paper: a stronger walk. G is then shown noise that it was not trained on, so watch the patches: grain that swims is not yet wind in the leaves.

# %%
for strength in (1, 2, 4, 8):
    film = singan_uses.animate(gan, cfg.frames, start_scale=1, strength=strength)
    off = 127.5 * film.std(axis=0).mean()
    patches = float(sifid(photo, film[:: max(1, cfg.frames // 6)]))
    print(f"strength {strength:>2}: pixels stray by {off:4.1f} of 255, SIFID {patches:.3f}")
alt = "Two films. Left, from scale 0: everything flows. Right, from scale 1 with a walk 8 times "
alt += "as strong: the tower stands, its surface shimmers."
plots.play(np.concatenate([films[0], film], axis=2), alt, zoom=3.5, colours=64)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Your turn: paint
#
# Click on a colour (or open the last one to mix your own), then on the cells. The photograph follows. A picture of your own can be uploaded, too: it is fitted to the canvas, and you can paint on it.

# %%
PaintToPhoto(gan, painting, start_scale=chosen, columns=10)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What went wrong, and how to tell
#
# | you see | likely | try |
# |---|---|---|
# | the painting comes back as a painting | start scale too high, or shapes too large for the photograph's textures | one lower; colours picked from the photograph |
# | a pretty picture of something else | start scale too low: the layout was lost in the shrinking | one higher |
# | a colour that stays flat | it does not occur in the photograph: G has never learnt what belongs on it | pick another one |
# | a halo around an edit | mask too narrow for what the low scale changed | a larger radius |
# | colours and contrast grow with each pass | small errors of G add up | `consistent=True`; a `super_resolution_gan`, trained longer |
# | a film that does not move | σ and G's gain, in the table above | start scale 0, `strength`, a lower β |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Exercises
#
# Put your answer in place of `None`.
#
# **1.** Write `blend(real, generated, mask)`: the mask (H, W) is 1 where the generated picture (H, W, 3) shall be seen.

# %% tags=["exercise"]
exercises.check("13-blend", None)

# %% [markdown]
# **2.** Your painting has a church tower 3 pixels wide (of 250). At which of the scales 1, 4, 7 of the paper's pyramid (scale 0 has 25 pixels, and on with 31, 40, 50, 63, 79, 100, 126, 158, 198, 250) may you let it in, if at least one pixel of it is to be left at the scale *below*?

# %% tags=["exercise"]
exercises.check("13-start", None)

# %% [markdown]
# **3.** Without the pull to z\* (α = 0) and without memory (β = 0) the walk is z ← z + u. How far from z\* is a component after 100 frames, as a standard deviation?

# %% tags=["exercise"]
exercises.check("13-walk", None)

# %%
exercises.solution("13-start")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Summary
#
# - One pyramid, five uses: choose what is let in, and below which scale. Low scales invent, high ones obey.
# - A mask makes an edit honest: outside it nothing changes, to one level of 255, and a cell proves it.
# - Each classic method wins something: colour transfer and Poisson blending at colours, interpolation at PSNR, style transfer needs no training on the photograph. SinGAN alone knows *which* texture belongs *where*.
# - A film is a walk near z\*. Whether it moves is decided by σ and by how much of it G passes on: measure both.
#
# ## References
#
# - Shaham, Dekel, Michaeli 2019, *SinGAN: learning a generative model from a single natural image*, [arXiv:1905.01164](https://arxiv.org/abs/1905.01164), and its code, tamarott/SinGAN
# - Gatys, Ecker, Bethge 2015, *A neural algorithm of artistic style*, [arXiv:1508.06576](https://arxiv.org/abs/1508.06576)
# - Reinhard, Ashikhmin, Gooch, Shirley 2001, *Color transfer between images*, IEEE Computer Graphics and Applications 21(5)
# - Pérez, Gangnet, Blake 2003, *Poisson image editing*, SIGGRAPH
# - Zhang et al. 2018, *The unreasonable effectiveness of deep features as a perceptual metric*, [arXiv:1801.03924](https://arxiv.org/abs/1801.03924)
# - Irani, Peleg 1991, *Improving resolution by image registration*, CVGIP 53(3)
# - Glasner, Bagon, Irani 2009, *Super-resolution from a single image*, ICCV
# - The photograph is `china.jpg`, one of the two that come with scikit-learn: by danielbuechele on flickr, [CC BY 2.0](https://creativecommons.org/licenses/by/2.0/)
