# %% [markdown] slideshow={"slide_type": "slide"}
# # 13 · SinGAN의 다섯 가지 쓰임 — 사진 한 장으로 그리고, 고치고, 키우고, 움직인다
#
# **한국어 요약**
#
# - 12장의 피라미드를 다시 학습시키지 않는다. 바꾸는 것은 하나, **무엇을 어느 스케일에 넣느냐**이다.
# - 그림→사진(paint to image), 편집(editing), 조화(harmonisation), 초해상도(super-resolution), 애니메이션(animation).
# - 스케일마다 결과를 나란히 놓고 고른다: 낮은 스케일은 많이 지어내고, 높은 스케일은 거의 그대로 둔다.
# - 고전적인 방법과 견준다: 색 옮기기(Reinhard), 화풍 옮기기(Gatys), 포아송 합성(Poisson), 바이큐빅과 란초시 보간.
# - 지는 곳은 진다고 쓰고, 숫자로 보인다.

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
    from dogan_lib.classroom import colab

    colab.prepare(KEEP_ON_DRIVE)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇을 배우나 · What you will learn
#
# 피라미드 하나를 다섯 가지로 쓰고, 고전적인 방법과 견준다.
#
# 1. To turn one trained pyramid to five uses, by choosing what enters it and at which scale.
# 2. To choose the start scale from a sweep, and to say what is too low and what too high.
# 3. To compare a use with the classic method for the same job, and to see where SinGAN loses.
# 4. To prove that an edit leaves the rest of the picture alone, and to make a film that moves.

# %% slideshow={"slide_type": "skip"}
from dogan_lib.presets import preset

# `steps` of the style transfer, `frames` of the animation, `side` of your own picture.
cfg = preset(
    smoke=dict(steps=3, frames=6, side=48),
    cpu=dict(steps=120, frames=10, side=96),
    gpu=dict(steps=1000, frames=40, side=250),
)
cfg

# %% slideshow={"slide_type": "skip"}
import numpy as np
import tensorflow as tf
from PIL import Image, ImageDraw

from dogan_lib import plots, runtime
from dogan_lib.classroom import diagram, exercises, moving, pyramids, rivals, singan_uses
from dogan_lib.classroom.photos import PaintToPhoto
from dogan_lib.classroom.single import dognet_maps, perceptual, sifid
from dogan_lib.doodles import painter
from dogan_lib.models.singan import SinGAN, as_float, draw_noise, resize

print(runtime.setup(seed=0, small=True))
MINE = None  # "my_photo.jpg": your own; at 96 pixels this takes minutes on two cores
gan = (
    SinGAN(max_size=cfg.side, widest=32, noise=1.0).fit(MINE)
    if MINE
    else pyramids.load("singan_wood")
)
photo, (height, width), last = gan.image, gan.image.shape[:2], len(gan.scales) - 1
starts = sorted({1, 2, 3, 5, 7, last} & set(range(1, last + 1)))
print(gan)


def gallery(pictures, alt, columns=3, scale=2.4):
    shown = np.stack([plots.to_uint8(picture) for picture in pictures.values()])
    figure = plots.grid(shown, columns, titles=list(pictures), scale=scale)
    for ax in figure.axes:
        ax.title.set_fontsize(13)
    figure.tight_layout()
    plots.show(figure, alt, dpi=100)


def titled(film, text):
    """Frames (n, H, W, 3) with a line of text above each."""
    line = Image.new("RGB", (film.shape[2], 12))
    ImageDraw.Draw(line).text((2, 0), text)
    above = np.broadcast_to(as_float(np.asarray(line)), (len(film), 12, film.shape[2], 3))
    return np.concatenate([above, film], axis=1)


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 한눈에 보기 · The idea in one picture
#
# G는 "세부가 빠진 이 사진에 세부를 더하라"만 배웠고, 흐린 그림이 어디서 왔는지 묻지 않는다. 그러니 다른 그림을 넣는다.

# %% tags=["hide-input"]
diagram.pyramid("any picture, shrunk")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 그림을 넣는 법 · Let a picture in
#
# 시작 스케일 바로 아래의 크기로 줄여 넣고, 그 위의 G들을 차례로 지난다.


# %%
def inject(picture, start, seed=0):
    """Let a picture in below scale `start`: shrink, then enlarge and add details."""
    random = np.random.default_rng(seed)
    x = resize(as_float(np.asarray(picture))[None], gan.shapes[start - 1])
    for k in range(start, last + 1):
        x = resize(x, gan.shapes[k])
        x = gan.scales[k](x, draw_noise(1, k, gan.shapes[k], random))
    return np.clip(x[0], -1, 1)


# %% [markdown] slideshow={"slide_type": "slide"}
# ### 무엇이 들어가고 무엇이 나오나 · What enters, what comes out
#
# 이 숲은 프로그램이 그린 그림이다. · The wood is drawn by a program.
#
# **볼 것 · What to see.** Only the third picture entered, 34 pixels wide. What is sharper in the fourth the scales above have added, which learnt from the first. (The cell checks that the library's `sample(image=)` does the same.)

# %% tags=["hide-input"]
mirrored = photo[:, ::-1]
mine, library = inject(mirrored, 1), gan.sample(1, start_scale=1, image=mirrored)[0]
np.testing.assert_allclose(mine, library, atol=1e-4)


def as_seen(picture, start):
    """All that is left of a picture when it enters below scale `start`, enlarged to look at."""
    small = resize(as_float(picture)[None], gan.shapes[start - 1])
    return resize(small, (height, width))[0]


gallery(
    {
        "what it has learnt": photo,
        "let in below scale 1": mirrored,
        "what is left of it there": as_seen(mirrored, 1),
        "what comes out": mine,
    },
    "The picture, its mirror image, the mirror image shrunk to scale 0, and the result.",
    columns=2,
    scale=2.7,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1 · 그림을 사진으로 · Paint to image
#
# 단색 여섯 가지로 칠한 그림이다. 낮은 스케일에 넣을수록 많이 지어낸다. (사진 대신 프로그램이 그린 숲이다.)

# %% slideshow={"slide_type": "skip"}
canvas = Image.new("RGB", (8 * width, 8 * height), "#cfe0ea")  # sky
pen = ImageDraw.Draw(canvas)


def fill(shape, corners, colour):
    """A shape with corners in hundredths of the picture's sides."""
    getattr(pen, shape)([(x * 8 * width / 100, y * 8 * height / 100) for x, y in corners], colour)


fill("rectangle", [(0, 66), (100, 100)], "#8d7f33")  # ground
for x, size, colour in ((20, 17, "#d9661f"), (52, 11, "#e8a02c"), (82, 15, "#b83a1e")):
    fill("rectangle", [(x - size / 12, 40), (x + size / 12, 60 + size)], "#4a3424")
    fill("ellipse", [(x - size, 40 - 1.7 * size), (x + size, 40 + 0.9 * size)], colour)
painting = np.asarray(canvas.resize((width, height), Image.Resampling.LANCZOS))

# %%
results = {k: singan_uses.paint_to_image(gan, painting, k)[0] for k in starts}
pictures = {"painting": painting, "the learnt picture": photo}
pictures |= {f"from {k}": results[k] for k in (*starts[:2], *starts[-2:])}
gallery(pictures, "The painting, the picture it shall look like, and four start scales' results.")

# %% [markdown]
# **볼 것 · What to see.** From low scales crowns become leaves and the ground becomes litter, where they were painted; from high ones the painting stays a painting with some grain.

# %% [markdown] slideshow={"slide_type": "slide"}
# ### 두 맞수, 누가 더 나은가 · Two rivals: who does better?
#
# 색 옮기기(Reinhard 2001)는 색을, 화풍 옮기기(Gatys 2015)는 특징의 그람 행렬을 사진의 것으로 바꾼다. 작을수록 좋다: 같은 조각인가(SIFID), 그린 것을 보여 주나(layout, 구도의 오차).


# %% tags=["hide-input"]
def judged(picture):
    """SIFID to the photograph; error of the coarsest scale's picture, in levels of 255."""
    picture = plots.to_uint8(picture)
    a, b = (resize(as_float(each)[None], gan.shapes[0]) for each in (picture, painting))
    return float(sifid(photo, picture[None])), float(127.5 * tf.reduce_mean(tf.abs(a - b)))


styled, losses = rivals.style_transfer(painting, photo, cfg.steps)
shown = {"colour transfer": rivals.colour_transfer(painting, photo), "style transfer": styled}
shown |= {f"SinGAN from {k}": results[k] for k in starts[:2]}
numbers = {name: judged(picture) for name, picture in shown.items()}
alt = "What colour transfer, style transfer and SinGAN make of it."
titles = [f"{name}\nSIFID {near:.2f}, layout {off:.1f}" for name, (near, off) in numbers.items()]
gallery(dict(zip(titles, shown.values(), strict=True)), alt, columns=2, scale=2.7)
print("SIFID {:.2f}, layout {:.1f}: the painting;".format(*judged(painting)), end=" ")
print("{:.2f}, {:.1f}: the learnt picture".format(*judged(photo)))

# %% [markdown]
# **볼 것 · What to see.** Colour transfer adds no leaf; style transfer spreads one grain everywhere; SinGAN puts leaves on crowns and litter on the ground. Mind the referee: SIFID looks through the DogNet that style transfer optimises.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2 · 편집 · Editing
#
# 가운데 나무들을 하늘색 네모로 지워, 칼로 자른 자리가 남았다. 결과는 **마스크가 밝은 곳에서만** 가져온다.
#
# **볼 것 · What to see.** From low scales the cut crowns grow leaves at their edges; the price is a haze in the sky. From the last scale the straight cut stays. Where the mask is 0 nothing changes, to one level of 255: the cell asserts it.

# %% slideshow={"slide_type": "skip"}
hole = slice(0, 68 * height // 100), slice(40 * width // 100, 62 * width // 100)
crude, mask = photo.copy(), np.zeros((height, width), bool)
crude[hole], mask[hole] = photo[0, 0], True  # the sky's colour
soft = singan_uses.soft_mask(mask, (height, width), radius=20)
white = np.repeat(2 * soft[..., None] - 1, 3, -1)


def untouched(result):
    """Whether it is the learnt picture, to one level of 255, where the soft mask is 0."""
    change = np.abs(plots.to_uint8(result).astype(int) - photo).max(axis=-1)
    return change[soft == 0].max() <= 1


# %%
edits = {k: singan_uses.edit(gan, crude, mask, k) for k in (*starts[:2], last)}
assert all(untouched(result) for result in edits.values())
pictures = {"the learnt picture": photo, "the edit": crude, "mask": white}
pictures |= {f"from {k}": result for k, result in edits.items()}
gallery(pictures, "A crude edit, its soft mask, and the result of three start scales.", scale=2.25)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3 · 조화 · Harmonisation
#
# 낯선 손님: 그린 개를 붙였다. 개는 개로 남아야 하니 시작 스케일을 높인다.

# %% slideshow={"slide_type": "skip"}
side = 46 * height // 100
dog = painter.cut_out(4, size=side, pose="sitting", background="sky")
y, x = height - side - 4, 54 * width // 100
place = slice(y, y + side), slice(x, x + side)
alpha = dog[..., 3:] / 255
source, pasted, mask = photo.copy(), photo.copy(), np.zeros((height, width), bool)
source[place] = dog[..., :3]  # with the sky behind it, for later
pasted[place] = np.rint((1 - alpha) * photo[place] + alpha * dog[..., :3])
mask[place] = alpha[..., 0] > 0.5

# %%
harmonised = {k: singan_uses.harmonize(gan, pasted, mask, k) for k in starts}
pictures = {"the learnt picture": photo, "pasted": pasted}
pictures |= {f"from {k}": harmonised[k] for k in (*starts[1:2], *starts[-3:])}
near = slice(height // 3, None), slice(width // 3, None)
pictures = {name: picture[near] for name, picture in pictures.items()}
alt = "A drawn dog pasted onto the picture, and harmonised from four start scales."
gallery(pictures, alt, scale=1.95)

# %% [markdown]
# **볼 것 · What to see.** From the last scale the dog keeps its face and takes on the picture's grain; from 7 its outline frays, from 5 it dissolves, from 2 it is no dog any more. By SIFID it does worse than plain pasting (Going deeper, beside Poisson blending).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4 · 초해상도 · Super-resolution
#
# 마지막 G는 조금 줄인 사진에 무엇이 빠졌는지 배웠다. 여섯 번 되풀이하면 4배가 된다.
#
# **볼 것 · What to see.** Interpolation is blurred and right; SinGAN is sharp, and its edges are not quite where the true ones are. `consistent` (not the paper's): back-projection after each pass. The pyramid learnt 64×43 pixels and never saw the large photograph.

# %% tags=["hide-input"]
# Scales 2^(1/3) apart, reconstruction weighted 100; `consistent` adds after each pass what the
# result, shrunk, lacks (Irani and Peleg 1991).
small_gan = pyramids.load("singan_china_sr")
small = Image.fromarray(small_gan.image)
size = 4 * small.width, 4 * small.height
truth = np.asarray(pyramids.photograph("china").resize(size, Image.Resampling.LANCZOS))
kinds = {"bicubic": Image.Resampling.BICUBIC, "Lanczos": Image.Resampling.LANCZOS}
ways = {name: np.asarray(small.resize(size, kind)) for name, kind in kinds.items()}
for name, consistent in (("SinGAN", False), ("consistent", True)):
    ways[name] = plots.to_uint8(singan_uses.super_resolution(small_gan, 4, consistent=consistent))
part = slice(size[1] // 8, 5 * size[1] // 8), slice(size[0] // 10, 6 * size[0] // 10)
given = np.asarray(small.resize(size, Image.Resampling.NEAREST))
shown = {"64×43 pixels": given} | ways | {"the truth": truth}
shown = {name: picture[part] for name, picture in shown.items()}
alt = "A part of the photograph of 64x43 pixels, enlarged in four ways, and the truth."
gallery(shown, alt, columns=3, scale=2.9)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### 네 가지 자 · Four rulers
#
# PSNR과 SSIM은 클수록, perceptual과 SIFID는 작을수록 좋다. 사진은 한 장뿐이다.
#
# **볼 것 · What to see.** PSNR and SSIM charge SinGAN for edges that are not where the true ones are. The other two look through DogNet: SIFID puts both SinGANs ahead, `perceptual` only the consistent one.


# %%
def compare(name, picture):
    psnr = float(tf.image.psnr(truth, picture, 255))
    ssim = float(tf.image.ssim(truth[None], picture[None], 255)[0])
    seen, patches = perceptual(truth, picture), float(sifid(truth, picture[None]))
    print(f"{name:<10}{psnr:>8.2f}{ssim:>8.3f}{seen:>12.3f}{patches:>8.3f}")


print(f"{'':<10}{'PSNR':>8}{'SSIM':>8}{'perceptual':>12}{'SIFID':>8}")
for name, picture in ways.items():
    compare(name, picture)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5 · 애니메이션 · Animation
#
# 필름은 잡음 속의 산책이다: 사진의 잡음 z\*에서 출발해(α로 되돌아오며) 방향을 지킨다(β).
#
# $$z_{t+1} = \alpha z^* + (1 - \alpha)\,\bigl(z_t + \beta (z_t - z_{t-1}) + (1 - \beta)\, u_t\bigr), \qquad u_t \sim \mathcal N(0, 1)$$


# %%
def next_z(z, before, z_star, u, alpha=0.1, beta=0.9):
    return alpha * z_star + (1 - alpha) * (z + beta * (z - before) + (1 - beta) * u)


u = np.random.default_rng(0).standard_normal((50, 500)).astype("float32")
before, z, path = np.zeros(500), 0.05 * u[0], []
for fresh in u[1:]:
    before, z = z, next_z(z, before, 0.0, fresh)
    path.append(z)
np.testing.assert_allclose(path, singan_uses.walk(np.zeros(500, "float32"), u, 0.1, 0.9), atol=1e-4)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### 필름 · The film
#
# 시작 스케일 0에서는 은하가 사라지고 새로 나타난다. 1과 2에서는 제자리에서 반짝인다.

# %%
sky = pyramids.load("singan_hubble")
films = {k: singan_uses.animate(sky, cfg.frames, start_scale=k) for k in (0, 1, 2)}
for k, film in films.items():
    print(f"from scale {k}: pixels stray by {127.5 * film.std(axis=0).mean():.1f} of 255")
alt = "Films from scales 0, 1 and 2: galaxies come and go; small ones flicker; the sky shimmers."
part = [titled(film[:, 70:148, 50:150], f"from {k}") for k, film in films.items()]  # of the sky
for beta in (0.8, 0.9, 0.95):
    print(f"beta {beta}: z strays {singan_uses.walk_spread(0.1, beta):.2f} from z*, a fresh z by 1")
moving.play(np.concatenate(part, axis=2), alt, zoom=2, colours=48)

# %% [markdown]
# **볼 것 · What to see.** From 0 more moves than from 1 and 2. The walk strays less from z\* than a fresh z does, and the less the larger β is; how strong the noise is, σ decides (chapter 12).


# %% [markdown] slideshow={"slide_type": "slide"}
# ## 그려 보기 · Your turn: paint
#
# 색을 고르고 칸을 누른다. 자기 그림을 올려도 된다.
#
# **볼 것 · What to see.** Left the painting, right what the pyramid makes of it. A higher start scale keeps more of the painting.

# %%
PaintToPhoto(gan, painting, start_scale=1, columns=10)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 무엇이 잘못되나 · What went wrong, and how to tell
#
# 결과가 이상하면 먼저 시작 스케일을 본다.
#
# | you see | likely | try |
# |---|---|---|
# | the painting comes back as a painting | start scale too high | one lower |
# | a picture of something else | start scale too low: the layout was lost | one higher |
# | a colour that stays flat | it does not occur in the learnt picture | pick another one |
# | a halo around an edit | mask too narrow for what the low scale changed | a larger radius |
# | contrast grows with each pass | small errors of G add up | `consistent=True` |
# | a film that does not move | σ too small above scale 0 | start scale 0; stronger noise in training (chapter 12) |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 연습 문제 · Exercises
#
# `None` 자리에 답을 쓰고 칸을 실행한다.
#
# 1. **쓰기 · Write.** `blend(real, generated, mask)`: where the mask (H, W) is 1 the generated picture (H, W, 3) shall be seen.
# 2. **세기 · Count.** Your painting has a church tower 3 pixels wide (of 250). At which of the scales 1, 4, 7 of the paper's pyramid (25, 32, 40, 50, 63, 80, 100, 126, 158, 199, 250 pixels from scale 0 on) may you let it in, if at least one pixel of it is to be left at the scale *below*?
# 3. **유도 · Derive.** Without the pull to z\* (α = 0) and without memory (β = 0) the walk is z ← z + u. How far from z\* is a component after 100 frames, as a standard deviation?
# 4. **바꾸기 · Change.** 스케일 0은 멈추고 나머지는 더 멀리, 그러나 더 매끄럽게 움직이는 필름의 (α, β)를 고른다. · z shall stray from z\* by 0.8 to 1.1, and a step between two frames be at most 0.15. Then look: `animate(sky, 10, start_scale=1, alpha=..., beta=...)`.
#
# `exercises.solution("13-blend")` shows the folded answer of the first; the others are `13-start`, `13-walk`, `13-film`.


# %% tags=["exercise"] slideshow={"slide_type": "skip"}
def blend(real, generated, mask): ...


exercises.check("13-blend", blend)
exercises.check("13-start", None)
exercises.check("13-walk", None)
exercises.check("13-film", None)  # (alpha, beta)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 요약 · Summary
#
# 무엇을 어느 스케일에 넣느냐가 쓰임을 정한다.
#
# - One pyramid, five uses: choose what is let in, and below which scale. Low scales invent, high ones obey.
# - A mask makes an edit honest: outside it nothing changes, to one level of 255.
# - Colour transfer moves colours and no texture; interpolation wins at PSNR, and at SSIM by a little. Here only SinGAN gave crowns and ground each *their* texture; by both numbers (SIFID and layout) style transfer is ahead of it.
# - A film is a walk near z\*; σ decides whether it moves.

# %% [markdown] slideshow={"slide_type": "skip"}
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
# - The wood is drawn by `data/make/singans.py`; the deep field is NASA's and ESA's, public domain, from scikit-image

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: style transfer, by Gram matrices
#
# 특징의 **그람 행렬**(어떤 특징이 함께 나타나나)은 사진과, 특징 자체는 그림과 같게 픽셀을 고친다.
#
# $$G_{ij} = \frac{1}{hw} \sum_{\text{positions}} f_i f_j, \qquad L = \sum_{\text{scales}} \frac{\lVert G - G^* \rVert^2}{\lVert G^* \rVert^2} + 0.3\, \frac{\lVert f - f^* \rVert^2}{\lVert f^* \rVert^2}$$

# %% slideshow={"slide_type": "skip"}
maps = dognet_maps()


def gram(features):
    """(1, h, w, c) -> (c, c): how strongly two features occur together, anywhere."""
    vectors = tf.reshape(features, (-1, features.shape[-1]))
    return tf.matmul(vectors, vectors, transpose_a=True) / len(vectors)


def gap(x, y):
    return tf.reduce_mean((x - y) ** 2) / tf.reduce_mean(y**2)


def loss_of(now, style, content):
    styles = [gap(gram(each), wanted) for each, wanted in zip(now, style, strict=True)]
    return tf.add_n(styles) + 0.3 * gap(now[2], content)


now = maps(as_float(painting)[None])
mine = float(loss_of(now, [gram(each) for each in maps(as_float(photo)[None])], now[2]))
np.testing.assert_allclose(mine, losses[0], rtol=1e-3)
print(f"loss {losses[0]:.3f} -> {losses[-1]:.3f} in {cfg.steps} steps")

# %% [markdown] slideshow={"slide_type": "skip"}
# ## 더 깊이 · Going deeper: harmonisation beside Poisson blending
#
# Pérez: 이웃 픽셀의 **차이**는 개의 것, 테두리의 색은 사진의 것. Δf = Δ(개)를 마스크 안에서 푼다.
#
# **볼 것 · What to see.** Poisson blending keeps the dog's edges and lets the border's colours flow into it: colour without texture. SinGAN draws texture and edges anew: from 9 the dog is still itself, from 7 its outline goes. By SIFID it does worse here than pasting, perhaps because noise as strong as this pyramid's suits a wood and not a dog that shall stay one.


# %% slideshow={"slide_type": "skip"}
def poisson(photo, source, mask, rounds=2000):
    """Inside the mask each pixel becomes the mean of its neighbours' colours and steps to them."""
    picture, source, inside = photo.astype(float), source.astype(float), mask[..., None]
    for _ in range(rounds):
        apart = picture - source  # harmonic in the end: it carries the border's colours inwards
        mean = sum(np.roll(apart, step, axis) for step in (-1, 1) for axis in (0, 1)) / 4
        picture = np.where(inside, source + mean, picture)
    return picture.round().clip(0, 255).astype("uint8")


# %% slideshow={"slide_type": "skip"}
near = slice(y - 2, y + side + 2), slice(x - 2, x + side + 2)
blended = photo.copy()
blended[near] = poisson(photo[near], source[near], mask[near])
ways = {"pasted": pasted, "Poisson": blended}
ways |= {f"SinGAN from {k}": plots.to_uint8(harmonised[k]) for k in starts[-2:]}
for name, picture in ways.items():
    patches, colour = float(sifid(photo, picture[place][None])), picture[mask].mean(axis=0)
    print(
        f"{name:<16}SIFID around the dog {patches:6.3f}   mean colour", colour.round().astype(int)
    )
parts = {name: picture[place] for name, picture in ways.items()}
gallery(parts, "The dog, four ways.", columns=4, scale=2.4)
