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
        root = Path(__file__).resolve().parent.parent.parent
        return root / "notebooks" / f"{self.slug}.ipynb"


CHAPTERS = (
    Chapter(
        "00_start_here",
        "여기서 시작하기",
        "Start here",
        "",
        "가르는 모델과 그리는 모델",
        "telling apart and generating, on the same points",
    ),
    Chapter(
        "01_objective_function",
        "목적 함수와 손실 함수",
        "The objective function",
        "2014",
        "min max V(D, G): 게임 하나, 수식 하나",
        "min max V(D, G), term by term, until P(G) = P(data)",
    ),
    Chapter(
        "02_vanilla_gan",
        "최초의 GAN",
        "Vanilla GAN",
        "2014",
        "서로 견제하는 두 신경망과 첫 학습 루프",
        "two networks keep each other in check: the first training loop",
    ),
    Chapter(
        "03_dogs_data",
        "개 데이터",
        "The dogs",
        "2011",
        "사진, 상자, 자르기, 32와 64픽셀, 그리고 재는 법",
        "picture, box, crop, 32 and 64 pixels; how pictures are measured",
    ),
    Chapter(
        "04_dcgan_32",
        "DCGAN 32×32",
        "DCGAN 32×32",
        "2015",
        "합성곱으로 줄이고, 합성곱으로 키운다",
        "convolutions down and up; the deck's two tables, to the parameter",
        ("dcgan32",),
    ),
    Chapter(
        "05_dcgan_64",
        "DCGAN 64×64",
        "DCGAN 64×64",
        "2015",
        "실패한 학습을 읽고, 한 번에 하나씩 고친다",
        "a run that fails, its curves read, and its cures one by one",
        ("dcgan64",),
    ),
    Chapter(
        "06_lsgan",
        "LSGAN",
        "LSGAN",
        "2016",
        "로그 대신 최소 제곱",
        "least squares instead of the log loss",
        ("lsgan64",),
    ),
    Chapter(
        "07_cgan",
        "조건부 GAN",
        "Conditional GAN",
        "2014",
        "견종을 고르면 그 개를 그린다",
        "choose the breed, and measure whether it is heard",
        ("cgan64",),
    ),
    Chapter(
        "08_text_to_image",
        "텍스트에서 그림으로",
        "Text to image",
        "2016",
        "말로 부탁하면 개를 그린다",
        "describe the dog in your words; obedience, attribute by attribute",
        ("text64",),
    ),
    Chapter(
        "09_sagan",
        "SAGAN",
        "SAGAN",
        "2018",
        "자기 주의: 멀리 떨어진 곳을 함께 본다",
        "self-attention looks at the whole dog",
        ("sagan64",),
    ),
    Chapter(
        "10_pggan",
        "PGGAN",
        "PGGAN",
        "2017",
        "작은 그림에서 큰 그림으로 자라난다",
        "growing from small pictures to large ones",
        ("pggan64",),
    ),
    Chapter(
        "11_biggan_truncation",
        "BigGAN",
        "BigGAN",
        "2018",
        "절단 기법: 품질과 다양성의 교환",
        "the truncation trick: fidelity against variety",
        ("biggan64",),
    ),
    Chapter(
        "12_singan",
        "SinGAN",
        "SinGAN",
        "2019",
        "사진 한 장이면 충분하다",
        "one picture is enough: a pyramid of small GANs",
    ),
    Chapter(
        "13_singan_applications",
        "SinGAN의 다섯 가지 쓰임",
        "SinGAN's five uses",
        "2019",
        "그리고, 고치고, 어울리게 하고, 키우고, 움직인다",
        "paint, edit, harmonise, enlarge, animate",
    ),
    Chapter(
        "14_jjin_gaeman",
        "찐 점수",
        "찐 score",
        "",
        "모든 모델을 한 표에서 겨룬다",
        "one leaderboard for all of them",
    ),
    Chapter(
        "15_borrowed_eyes",
        "빌린 눈",
        "Borrowed eyes",
        "2021",
        "미리 배운 눈으로 보는 판별자",
        "Projected GAN: a discriminator looks through pretrained features",
        ("projected128", "projected64"),
    ),
)


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
        rows = [("", "장 · chapter", "해 · year", "무엇을 · idea")]
        for chapter in self.chapters:
            link = f'<a href="{chapter.slug}.ipynb">{chapter.number}</a>'
            idea = f"{html.escape(chapter.idea_ko)}<br>{html.escape(chapter.idea_en)}"
            rows.append((link, html.escape(chapter.title), chapter.year, idea))
        cells = [
            "".join(f'<td style="text-align:left">{cell}</td>' for cell in row) for row in rows
        ]
        return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"
