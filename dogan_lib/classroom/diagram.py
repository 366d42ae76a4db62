"""The picture that returns in every chapter: a GAN, the parts that the chapter changes lit.

    diagram.game(lit="loss", labels={"loss": "least squares"})     # the last line of a cell
    diagram.animate()                      # D's step, then G's, as a moving picture
    diagram.pyramid()                      # SinGAN: a G and a D a scale

The data flow from left to right, z -> G -> G(z) -> D -> logit -> loss, with the real x below; the
gradients flow back in red.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Polygon

from dogan_lib import plots
from dogan_lib.classroom.moving import play
from dogan_lib.plots import PALETTE

RED, INK = "#C00000", "#222222"
WIDE, HIGH = 128, 50  # units of the canvas: ten screen pixels each


class Part(NamedTuple):
    """A box of the diagram: its middle, its size, what is written in it and below it."""

    x: float
    y: float
    width: float
    height: float
    text: str
    below: str
    colour: str
    lean: float = 0  # how much higher its right side is: G widens, D narrows


PARTS = {
    "z": Part(8, 30, 10, 10, "$z$", "noise", PALETTE["neutral"]),
    "G": Part(28, 30, 14, 14, "$G$", "generator", PALETTE["g"], lean=6),
    "fake": Part(49, 30, 12, 12, "$G(z)$", "fake", PALETTE["fake"]),
    "D": Part(76, 24, 14, 16, "$D$", "discriminator", PALETTE["d"], lean=-6),
    "logit": Part(97, 24, 10, 10, "$\\ell$", "logit", PALETTE["neutral"]),
    "loss": Part(117, 24, 15, 10, "loss", "", PALETTE["accent"]),
    "real": Part(49, 10, 12, 12, "$x$", "real", PALETTE["real"]),
    "condition": Part(49, 45, 12, 6, "$y$", "condition", PALETTE["accent"]),
    "augment": Part(61.5, 20, 7, 22, "$T$", "augment", PALETTE["accent"]),
    "eyes": Part(61.5, 20, 7, 22, "$P$", "frozen\nfeatures", PALETTE["accent"]),
}
#: Parts that only some chapters have: drawn where they are lit or labelled.
MORE = ("condition", "augment", "eyes")
#: Where each arrow starts and ends. Those of `BACK` are the gradients.
FLOWS = {
    "z G": ((13, 30), (21, 30)),
    "G fake": ((35, 30), (43, 30)),
    "fake D": ((55, 30), (69, 25.5)),
    "real D": ((55, 10), (69, 21)),
    "D logit": ((83, 24), (92, 24)),
    "logit loss": ((102, 24), (109.5, 24)),
    "condition G": ((43, 45), (32.5, 39.5)),
    "condition D": ((55, 45), (71, 35)),
}
BACK = {
    "loss logit": ((109.5, 21.4), (102, 21.4)),
    "logit D": ((92, 21.4), (83, 21.4)),
    "D fake": ((69, 21.4), (55, 25.9)),
    "fake G": ((43, 27.4), (35, 27.4)),
}
#: Of each player's step: the parts that stand still, the arrows that it lacks, and one moment after
#: the other: where something flows, and the words for it.
STEPS = {
    "D": (
        ("G", "z"),
        ("D fake", "fake G"),
        {
            "G, standing still, draws fakes": ["z G", "G fake"],
            "D sees fakes and real pictures": ["fake D", "real D"],
            "one loss: call real real, fake fake": ["D logit", "logit loss"],
            "the gradient ends at D": ["loss logit", "logit D"],
            "D moves": [],
        },
    ),
    "G": (
        ("D", "real"),
        ("real D",),
        {
            "new noise, new fakes": ["z G", "G fake"],
            "D, standing still, judges them": ["fake D", "D logit"],
            "one loss: be called real": ["logit loss"],
            "the gradient goes through D ...": ["loss logit", "logit D"],
            "... into the picture, and into G": ["D fake", "fake G"],
            "G moves": [],
        },
    ),
}


def game(
    lit: str | Iterable[str] = (),
    grey: Iterable[str] = (),
    labels: Mapping[str, str] | None = None,
    title: str = "",
) -> plots.Picture:
    """The diagram as a picture that displays itself, with its alt text.

    Args:
        lit: parts that the chapter changes: any of z, G, fake, D, logit, loss, real; and
            condition, augment and eyes, which are only drawn where lit or labelled.
        grey: parts that do not take part.
        labels: other words below a part, such as `{"loss": "hinge"}`; a line break is kept.
        title: above the diagram.

    Raises:
        ValueError: a part that there is not.
    """
    lit, labels = [lit] if isinstance(lit, str) else list(lit), labels or {}
    if unknown := {*lit, *grey, *labels} - set(PARTS):
        raise ValueError(f"no part {', '.join(unknown)}; there is {', '.join(PARTS)}")
    alt = "Diagram of a GAN: z, G, the fake G(z), D, logit, loss; the real x enters D too."
    if lit:
        said = [f"{name} ({labels[name]})" if name in labels else name for name in lit]
        alt += f" Lit: {', '.join(said)}."
    picture = plots.to_png(_draw(title, lit, grey, labels), dpi=100)
    return plots.Picture(picture, " ".join(alt.split()))


def pyramid(let_in: str = "") -> plots.Picture:
    """SinGAN's scales 0, n and N as a picture that displays itself, and the inside of a G.

    Args:
        let_in: words for a picture that enters below scale n. It is lit; what then rests is grey.
    """
    figure, ax = _canvas()

    def box(x, y, width, text, colour="neutral", rests=False, lit=False, lean=0):
        part = Part(x, y, width, 7, text, "", PALETTE[colour], lean)
        _draw_part(ax, part, "", lit, rests)

    def arrow(start, end, rests=False, **style):
        style |= dict(arrowstyle="-|>", mutation_scale=18, lw=2.2, zorder=1)
        ax.add_patch(FancyArrowPatch(start, end, color="#DDDDDD" if rests else INK, **style))

    words = dict(fontsize=18, color=INK)
    for x, k in ((6, "0"), (51, "n"), (96, "N")):
        rests, judged = bool(let_in) and k == "0", not let_in
        box(x, 44, 8, f"$z_{k}$", rests=rests)
        box(x, 34, 5, "+", rests=rests)
        box(x + 11, 34, 9, f"$G_{k}$", "g", rests, lean=3)
        entered = ("$y$", "accent", False, True) if rests else (f"$\\hat x_{k}$", "fake")
        box(x + 26, 34, 9, *entered)
        box(x + 11, 20, 9, f"$x_{k}$", "real", not judged)
        box(x + 26, 20, 9, f"$D_{k}$", "d", not judged, lean=-3)
        arrow((x, 40.5), (x, 37.5), rests)
        arrow((x + 2.5, 34), (x + 6.5, 34), rests)
        arrow((x + 15.5, 34), (x + 21.5, 34), rests)
        arrow((x + 26, 30.5), (x + 26, 24.5), not judged)
        arrow((x + 15.5, 20), (x + 21.5, 20), not judged)
        ax.text(x + 7, 44, f"scale {k}", va="center", **words)
        if k != "N":
            arrow((x + 30.5, 34), (x + 42.5, 34))
            ax.text(x + 36.5, 35.5, "$\\uparrow$ …", ha="center", **words)
    ax.text(32.5, 40.3, let_in, ha="center", **words)
    ax.text(2, 6, "inside $G_n$", va="center", **words)
    box(32, 6, 24, "$z_n + \\uparrow\\hat x_{n-1}$")
    for x in range(53, 98, 11):
        box(x, 6, 9, "3×3", "g")
    box(108, 6, 5, "+")
    box(119, 6, 9, "$\\hat x_n$", "fake")
    for start, end in ((44, 48.5), (101.5, 105.5), (110.5, 114.5)):
        arrow((start, 6), (end, 6))
    ax.text(60, 13.4, "$\\uparrow\\hat x_{n-1}$", ha="center", **words)
    arrow((38, 9.5), (108, 9.5), connectionstyle="bar,fraction=-0.04")
    said = f"{let_in} enters below scale n." if let_in else "D_k compares it with x_k."
    alt = f"SinGAN at scales 0, n, N: z_k and the enlarged picture from below enter G_k. {said}"
    return plots.Picture(plots.to_png(figure, dpi=100), alt)


def animate() -> None:
    """Display D's step and then G's, over and over, as an animated GIF 1,000 pixels wide."""
    alt = (
        "Animation. D's step: z goes through G, fakes and real pictures go into D, its loss sends "
        "red gradients back to D, and D moves while G is grey. G's step: new z go through G and D, "
        "the red gradients flow back through the grey D into G, and G moves."
    )
    play(frames(), alt, fps=2.5, zoom=1, colours=64)


def frames(width: int = 1000) -> np.ndarray:
    """The pictures of `animate`: uint8 (n, H, width, 3)."""
    drawn = []
    for player, (still, lacking, moments) in STEPS.items():
        for words, flowing in moments.items():
            lit = [] if flowing else [player]
            for along in (0.25, 0.5, 0.75):
                title = f"{player}'s step: {words}"
                figure = _draw(title, lit, still, {}, lacking, flowing, along)
                figure.set_dpi(width * 10 / WIDE)
                canvas = FigureCanvasAgg(figure)
                canvas.draw()
                drawn.append(np.asarray(canvas.buffer_rgba())[..., :3].copy())
    return np.stack(drawn)


def _draw(title="", lit=(), grey=(), labels=None, lacking=(), flowing=None, along=0.5) -> Figure:
    """One state of the diagram. `flowing` arrows are strong and carry a dot; None: all, without."""
    labels = labels or {}
    shown = {n: p for n, p in PARTS.items() if n not in MORE or n in lit or n in labels}
    figure, ax = _canvas()
    for arrows, strong, weak in ((FLOWS, INK, "#DDDDDD"), (BACK, RED, "#F0D0D0")):
        for name, (start, end) in arrows.items():
            if name in lacking or not set(name.split()) <= set(shown):
                continue
            idle = {*name.split(), "D" if name in BACK else ""} & set(grey)
            colour = weak if (idle if flowing is None else name not in flowing) else strong
            style = dict(arrowstyle="-|>", mutation_scale=22, lw=2.6, color=colour, zorder=1)
            ax.add_patch(FancyArrowPatch(start, end, shrinkA=2, shrinkB=2, **style))
            if flowing and name in flowing:
                dot = np.add(start, np.multiply(along, np.subtract(end, start)))
                ax.plot(*dot, "o", ms=15, color=colour, zorder=5)
    for name, part in shown.items():
        _draw_part(ax, part, labels.get(name, part.below), name in lit, name in grey)
    ax.text(2, HIGH - 1, title, fontsize=20, va="top", color=INK)
    ax.text(WIDE - 2, 8, "samples →", fontsize=16, ha="right", color=INK)
    ax.text(WIDE - 2, 4, "← gradient", fontsize=16, ha="right", color=RED)
    return figure


def _canvas():
    figure = Figure(figsize=(WIDE / 10, HIGH / 10))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, WIDE), ylim=(0, HIGH))
    ax.axis("off")
    return figure, ax


def _draw_part(ax, part: Part, below: str, lit: bool, grey: bool):
    ink, edge, fill = INK, part.colour, part.colour + ("55" if lit else "1A")
    if grey:
        ink, edge, fill = "#888888", "#BBBBBB", "#EEEEEE"
    if lit:
        ax.add_patch(_shape(part, zorder=2, fc="none", ec=PALETTE["accent"] + "80", lw=14))
    ax.add_patch(_shape(part, zorder=3, fc="white", lw=0))
    ax.add_patch(_shape(part, zorder=3, fc=fill, ec=edge, lw=4 if lit else 2))
    words = dict(ha="center", color=ink, zorder=4)
    ax.text(part.x, part.y, part.text, fontsize=24, va="center", **words)
    low = part.y - (part.height + abs(part.lean)) / 2 - 1.2
    weight = "bold" if lit else "normal"
    ax.text(part.x, low, below, fontsize=16, va="top", weight=weight, **words)


def _shape(part: Part, **style):
    left, right = part.x - part.width / 2, part.x + part.width / 2
    if not part.lean:
        box = dict(boxstyle="round,pad=0,rounding_size=1.5", **style)
        return FancyBboxPatch((left, part.y - part.height / 2), part.width, part.height, **box)
    low, high = (part.height - part.lean) / 2, (part.height + part.lean) / 2
    corners = [(left, -low), (right, -high), (right, high), (left, low)]
    return Polygon(np.add(corners, (0, part.y)), joinstyle="round", **style)
