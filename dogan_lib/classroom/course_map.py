"""The chapters of the course in one table: chapter 00, README and site are made from it."""

import dataclasses
import html
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Chapter:
    """One chapter.

    Attributes:
        slug: the name of its notebook, `NN_topic`.
        ko, en: its title.
        year: of the paper; empty where there is none.
        idea_ko, idea_en: what it is about, in one line each.
        draws: names of the shipped generators that it is about.
    """

    slug: str
    ko: str
    en: str
    year: str
    idea_ko: str
    idea_en: str
    draws: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """Its two digits."""
        return self.slug[:2]

    @property
    def title(self) -> str:
        """In both languages; once where they say the same."""
        return self.ko if self.ko == self.en else f"{self.ko} · {self.en}"

    @property
    def notebook(self) -> Path:
        """Where it lies in a clone of the course; it may not be there yet."""
        return Path(__file__).resolve().parents[2] / "notebooks" / f"{self.slug}.ipynb"


# Slug, Korean title and idea, generators; year, English title and idea.
ROWS = """
00_start_here | 여기서 시작하기 | 가르는 모델과 그리는 모델 |
    - | Start here | telling apart and generating, on the same points
01_objective_function | 목적 함수와 손실 함수 | min max V(D, G): 게임 하나, 수식 하나 |
    2014 | The objective function | min max V(D, G), term by term, until P(G) = P(data)
02_vanilla_gan | 최초의 GAN | 서로 견제하는 두 신경망과 첫 학습 루프 |
    2014 | Vanilla GAN | two networks keep each other in check: the first training loop
03_dogs_data | 개 데이터 | 사진, 상자, 자르기, 32와 64픽셀, 그리고 재는 법 |
    2011 | The dogs | picture, box, crop, 32 and 64 pixels; how pictures are measured
04_dcgan_32 | DCGAN 32×32 | 합성곱으로 줄이고, 합성곱으로 키운다 | dcgan32
    2015 | DCGAN 32×32 | convolutions down and up; the deck's two tables, to the parameter
05_dcgan_64 | DCGAN 64×64 | 실패한 학습을 읽고, 한 번에 하나씩 고친다 | dcgan64
    2015 | DCGAN 64×64 | a run that fails, its curves read, and its cures one by one
06_lsgan | LSGAN | 로그 대신 최소 제곱 | lsgan64
    2016 | LSGAN | least squares instead of the log loss
07_cgan | 조건부 GAN | 견종을 고르면 그 개를 그린다 | cgan64
    2014 | Conditional GAN | choose the breed, and measure whether it is heard
08_text_to_image | 텍스트에서 그림으로 | 말로 부탁하면 개를 그린다 | text64
    2016 | Text to image | describe the dog in your words; obedience, attribute by attribute
09_sagan | SAGAN | 자기 주의: 멀리 떨어진 곳을 함께 본다 | sagan64
    2018 | SAGAN | self-attention looks at the whole dog
10_pggan | PGGAN | 작은 그림에서 큰 그림으로 자라난다 | pggan64
    2017 | PGGAN | growing from small pictures to large ones
11_biggan_truncation | BigGAN | 절단 기법: 품질과 다양성의 교환 | biggan64
    2018 | BigGAN | the truncation trick: fidelity against variety
12_singan | SinGAN | 사진 한 장이면 충분하다 |
    2019 | SinGAN | one picture is enough: a pyramid of small GANs
13_singan_applications | SinGAN의 다섯 가지 쓰임 | 그리고, 고치고, 어울리게 하고, 키우고, 움직인다 |
    2019 | SinGAN's five uses | paint, edit, harmonise, enlarge, animate
14_jjin_gaeman | 찐 점수 | 모든 모델을 한 표에서 겨룬다 |
    - | 찐 score | one leaderboard for all of them
15_borrowed_eyes | 빌린 눈 | 미리 배운 눈으로 보는 판별자 | projected128 projected64
    2021 | Borrowed eyes | Projected GAN: a discriminator looks through pretrained features
"""


def _chapters():
    lines = [[cell.strip() for cell in line.split("|")] for line in ROWS.strip().splitlines()]
    pairs = zip(lines[::2], lines[1::2], strict=True)
    for (slug, ko, idea_ko, draws), (year, en, idea_en) in pairs:
        yield Chapter(slug, ko, en, year.strip("-"), idea_ko, idea_en, tuple(draws.split()))


CHAPTERS = tuple(_chapters())


def chapters() -> tuple[Chapter, ...]:
    """Those whose notebook is there, in order."""
    return tuple(chapter for chapter in CHAPTERS if chapter.notebook.exists())


class Table:
    """Some chapters as a table with links, for a notebook: `Table("00", "07")`."""

    def __init__(self, first: str = "00", last: str = "99"):
        self.chapters = [c for c in chapters() if first <= c.number <= last]

    def __repr__(self):
        return "\n".join(f"{c.number} {c.title} {c.year}".strip() for c in self.chapters)

    def _repr_html_(self):
        td = '<td style="text-align:left">'
        rows = [("", "장 · chapter", "해 · year", "무엇을 · idea")]
        for c in self.chapters:
            link = f'<a href="{c.slug}.ipynb">{c.number}</a>'
            idea = f"{html.escape(c.idea_ko)}<br>{html.escape(c.idea_en)}"
            rows.append((link, html.escape(c.title), c.year, idea))
        lines = ("".join(f"{td}{cell}</td>" for cell in row) for row in rows)
        return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"
