"""The pages of the site that are made from what is there: home, gallery, scores, glossary, API.

Each function returns MyST Markdown; `build.py` writes it. Nothing here imports Keras.
"""

import ast
import base64
import html
import io
import re
from pathlib import Path

import yaml
from PIL import Image

from dogan_lib import cards
from dogan_lib.classroom import leaderboard
from dogan_lib.classroom.course_map import Chapter, chapters

ROOT = Path(__file__).resolve().parent.parent
# What more than one chapter is built from, in the order in which the course meets it.
CORE = (
    "presets",
    "dogs",
    "dogs.dataset",
    "gan",
    "losses",
    "penalties",
    "augment",
    "layers",
    "generator",
    "checkpoints",
    "callbacks",
    "plots",
    "runtime",
)
HOME = """\
# 찐개만

<p class="lead"><b>진(찐)짜 개 같이 만들어보자</b> · let's make them like real dogs</p>

2014년의 첫 GAN부터 SinGAN과 Projected GAN까지, Keras 3로 하나씩 만들고, 개로 학습시키고, 잰다.

From the first GAN of 2014 to SinGAN and Projected GAN: each built from its idea in Keras 3,
trained on dogs, and measured.

<div class="doors">
<a href="{first}">시작하기 · Start</a>
<a href="gallery.html">갤러리 · Gallery</a>
<a href="glossary.html">용어집 · Glossary</a>
<a href="api.html">API</a>
</div>

![A GAN learns a ring of eight clusters: fakes follow their gradients](playground.webp)

## 장 · Chapters

<div class="cards">
{cards}
</div>

각 쪽은 위에서 아래로 실행한 노트북이다. `make lab`으로 열어 고치고 다시 실행할 수 있다.
Each page is a notebook that was run from top to bottom; `make lab` opens it for you to change.

![Dogs that never lived, drawn by a generator of this course](dogs.jpg)

```{{toctree}}
:hidden:
:caption: 장 · Chapters
:glob:
:maxdepth: 1

notebooks/*
```

```{{toctree}}
:hidden:
:caption: 더 보기 · More
:maxdepth: 1

gallery
leaderboard
metrics
glossary
api
references
```
"""
CARD = """<a class="card" href="notebooks/{slug}.html"><img src="cards/{slug}.webp" alt="">
<b>{number} · {ko}</b><span>{under}</span><i>{idea}</i></a>"""


def home() -> str:
    """The first page: what this is, and a card a chapter."""
    there = chapters()
    shown = [
        CARD.format(
            slug=chapter.slug,
            number=chapter.number,
            ko=html.escape(chapter.ko),
            under=html.escape(_under(chapter)),
            idea=html.escape(chapter.idea_ko),
        )
        for chapter in there
    ]
    return HOME.format(first=f"notebooks/{there[0].slug}.html", cards="\n".join(shown))


def _under(chapter: Chapter) -> str:
    """The English title where it says more than the Korean one, and the year."""
    title = "" if chapter.en == chapter.ko else chapter.en
    return " · ".join(filter(None, (title, chapter.year)))


def card_picture(chapter: Chapter, notebook) -> Image.Image:
    """For a chapter's card: the output tagged `card`, its generator's dogs, or a plot."""
    tagged = [cell for cell in notebook.cells if "card" in cell.metadata.get("tags", ())]
    drawn = [ROOT / "docs" / "gallery" / f"{name}.webp" for name in chapter.draws]
    drawn = [path for path in drawn if path.exists()]
    if drawn and not tagged:
        with Image.open(drawn[0]) as grid:
            return grid.convert("RGB").crop((0, 0, grid.height * 16 // 9, grid.height))
    found = list(_pictures(tagged or notebook.cells)) or [Image.new("RGB", (640, 360), "white")]
    found.sort(key=lambda image: abs(image.width / image.height - 16 / 9))
    return _on_white(found[0])


def _pictures(cells):
    for cell in cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if (code := data.get("image/png") or data.get("image/jpeg")) is not None:
                image = Image.open(io.BytesIO(base64.b64decode(code))).convert("RGB")
                if image.width >= 300 and image.height >= 150:
                    yield image


def _on_white(image: Image.Image, width: int = 640, height: int = 360) -> Image.Image:
    """The whole picture in the middle of a card."""
    image = image.copy()
    image.thumbnail((width, height), Image.LANCZOS)
    card = Image.new("RGB", (width, height), "white")
    card.paste(image, ((width - image.width) // 2, (height - image.height) // 2))
    return card


def gallery() -> str:
    """Every shipped generator: dogs, film, truncation, card, scores."""
    parts = ["# 갤러리 · Gallery", "", "고르지 않고 그린 그대로이다. None of them was picked."]
    rank = [row["name"] for row in leaderboard.read()["rows"]]  # best first
    for name in sorted(cards.available(), key=lambda x: rank.index(x) if x in rank else len(rank)):
        parts += ["", f"## {name}", "", *_dogs_of(name), "", *_facts(cards.card(name))]
    parts += [
        "",
        "## SinGAN",
        "",
        "사진 한 장씩 배운 모델 · models of one picture each",
        "",
    ]
    for path in sorted((ROOT / "docs" / "gallery").glob("singan_*.webp")):
        alt = f"Six samples of {path.stem}, which saw one picture only"
        parts += [f"**{path.stem}**", "", f"![{alt}](gallery/{path.name})", ""]
    return "\n".join(parts) + "\n"


def _dogs_of(name: str):
    shown = (
        ("", "", "forty dogs, none picked"),
        ("_walk", "보간 · a walk from dog to dog", "six dogs that turn into one another"),
        (
            "_truncation",
            "절단 0.5, 0.7, 1.0, 없음 · truncated at 0.5, 0.7, 1.0, not at all",
            "ten dogs at four truncations, one a row",
        ),
    )
    for part, title, alt in shown:
        if (ROOT / "docs" / "gallery" / f"{name}{part}.webp").exists():
            yield from (title, "", f"![{name}: {alt}](gallery/{name}{part}.webp)", "")


def _pictures_seen(card: dict) -> str | None:
    """What the leaderboard counts, those of the weights it started from too; else the card's."""
    own = card.get("pictures_seen_itself", card.get("pictures_seen"))
    if own is None:
        return None
    rows = {row["name"]: row for row in leaderboard.read()["rows"]}
    total = rows.get(card["name"], {}).get("pictures_seen", own)
    return f"{own:,}" if total == own else f"{total:,}, {own:,} of them itself"


def _facts(card: dict):
    """The card as a table."""
    rows = {
        "data": card.get("data"),
        "parameters": f"{card['parameters']:,}" if "parameters" in card else None,
        "pictures seen": _pictures_seen(card),
        "time": f"{card['seconds'] / 60:.0f} minutes, {card['machine']}"
        if "seconds" in card
        else None,
        "recipe": "; ".join(card.get("recipe", ())) or None,
        "again": f"`{card['command']}`" if "command" in card else None,
    }
    scores = card.get("scores", {})
    for measure, value in scores.get("generated", {}).items():
        floor = scores.get("real", {}).get(measure)
        known = "" if floor is None else f" (real dogs: {floor:.4g})"
        rows[f"{measure} [{scores['network']}, n={scores['n']:,}]"] = f"{value:.4g}{known}"
    yield from ("| | |", "|---|---|")
    yield from (f"| {name} | {_cell(value)} |" for name, value in rows.items() if value)


def _cell(text: str) -> str:
    return str(text).replace("|", "\\|")


def scores() -> str:
    """The 찐 score: the table that README and chapter 14 show too."""
    return f"# 찐 점수 · The 찐 score\n\n{leaderboard.markdown(leaderboard.read())}\n"


def glossary() -> str:
    """The terms of the course, Korean and English."""
    terms = yaml.safe_load((ROOT / "docs" / "glossary.yml").read_text(encoding="utf-8"))
    rows = [f"| {t['ko']} | {t['en']} | {_cell(t.get('note', ''))} |" for t in terms]
    head = ["# 용어집 · Glossary", "", "| 한국어 | English | |", "|---|---|---|"]
    return "\n".join([*head, *rows]) + "\n"


def references(notebooks: dict) -> str:
    """The papers that each chapter names, from its last part.

    Args:
        notebooks: of each slug, the notebook.
    """
    parts = ["# 참고 문헌 · References"]
    for chapter in chapters():
        cells = notebooks[chapter.slug].cells if chapter.slug in notebooks else []
        found = [
            match[1].strip()
            for cell in cells
            if cell.cell_type == "markdown"
            for match in re.finditer(r"^## [^\n]*References[^\n]*\n(.*)", cell.source, re.M | re.S)
        ]
        if found:
            title = f"## [{chapter.number} · {chapter.en}](notebooks/{chapter.slug}.ipynb)"
            parts += ["", title, "", found[-1]]
    return "\n".join(parts) + "\n"


def api() -> str:
    """The shared core: public names, signatures, docstrings, read from the source."""
    parts = ["# API", "", "여러 장이 함께 쓰는 부분 · what more than one chapter is built from."]
    for module in CORE:
        path = ROOT / "dogan_lib" / Path(*module.split("."))
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if path.exists():
            parts += _module(f"dogan_lib.{module}", ast.parse(path.read_text(encoding="utf-8")))
    return "\n".join(parts) + "\n"


def _module(name: str, tree: ast.Module):
    public = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    if not public:
        return
    yield from ("", f"## {name}", "", *_text(tree))
    for node in public:
        yield from ("", f"### {node.name}", "", f"`{_signature(node)}`", "", *_text(node))
        if isinstance(node, ast.ClassDef):
            for method in node.body:
                told = isinstance(method, ast.FunctionDef) and ast.get_docstring(method)
                if told and not method.name.startswith("_"):
                    yield from ("", f"**`.{_signature(method)}`**", "", *_text(method))


def _signature(node) -> str:
    if isinstance(node, ast.ClassDef):
        made = [n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"]
        return f"{node.name}({_arguments(made[0]) if made else ''})"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{node.name}({_arguments(node)}){returns}"


def _arguments(node: ast.FunctionDef) -> str:
    return re.sub(r"^(self|cls)(, )?", "", ast.unparse(node.args))


def _text(node):
    """The docstring, as it stands in the source."""
    if (told := ast.get_docstring(node)) is not None:
        yield from ("```text", *told.splitlines(), "```")
