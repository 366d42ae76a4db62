"""The picture that returns in every chapter: a GAN, the parts that the chapter changes lit.

    diagram.game(lit="loss", labels={"loss": "least squares"})     # the last line of a cell
    diagram.game(turn="D")                 # D's step: G stands still, and is grey
    diagram.animate()                      # D's step, then G's, as a moving picture

The data flow from left to right, z -> G -> G(z) -> D -> logit -> loss, with the real x below; the
gradients flow back in red, to the player whose turn it is.
"""

import dataclasses
from collections.abc import Iterable, Mapping

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Polygon

from dogan_lib import plots
from dogan_lib.classroom.moving import play
from dogan_lib.plots import PALETTE

RED, PALE, INK = "#C00000", "#BBBBBB", "#222222"
WIDE, HIGH = 128, 50  # units of the canvas: ten screen pixels each


@dataclasses.dataclass(frozen=True)
class Part:
    """A box of the diagram: its middle, its size, what is written in it and below it."""

    x: float
    y: float
    width: float
    height: float
    text: str
    below: str
    colour: str
    lean: float = 0  # how much higher its right side is: G widens, D narrows

    def corners(self) -> list[tuple[float, float]]:
        """Of a box that leans: lower left, lower right, upper right, upper left."""
        left, right = self.x - self.width / 2, self.x + self.width / 2
        low, high = (self.height - self.lean) / 2, (self.height + self.lean) / 2
        y = self.y
        return [(left, y - low), (right, y - high), (right, y + high), (left, y + low)]


PARTS = {
    "z": Part(8, 30, 10, 10, "$z$", "noise", PALETTE["neutral"]),
    "G": Part(28, 30, 14, 14, "$G$", "generator", PALETTE["g"], lean=6),
    "fake": Part(49, 30, 12, 12, "$G(z)$", "fake", PALETTE["fake"]),
    "D": Part(76, 24, 14, 16, "$D$", "discriminator", PALETTE["d"], lean=-6),
    "logit": Part(97, 24, 10, 10, "$\\ell$", "logit", PALETTE["neutral"]),
    "loss": Part(117, 24, 15, 10, "loss", "", PALETTE["accent"]),
    "real": Part(49, 10, 12, 12, "$x$", "real", PALETTE["real"]),
}
# Parts that only some chapters have: drawn where they are lit or labelled.
MORE = {
    "condition": Part(49, 45, 12, 6, "$y$", "condition", PALETTE["accent"]),
    "augment": Part(61.5, 20, 7, 22, "$T$", "augment", PALETTE["accent"]),
    "eyes": Part(61.5, 20, 7, 22, "$P$", "frozen\nfeatures", PALETTE["accent"]),
}
# Arrows that do not go from side to side.
WAYS = {
    ("condition", "G"): ((43, 45), (32.5, 39.5)),
    ("condition", "D"): ((55, 45), (71, 35)),
}
FLOWS = [
    ("z", "G"),
    ("G", "fake"),
    ("fake", "D"),
    ("real", "D"),
    ("D", "logit"),
    ("logit", "loss"),
]
BACK = [("loss", "logit"), ("logit", "D"), ("D", "fake"), ("fake", "G")]
STILL = {"D": ("G", "z"), "G": ("D", "real"), None: ()}


def game(
    lit: str | Iterable[str] = (),
    grey: str | Iterable[str] = (),
    labels: Mapping[str, str] | None = None,
    turn: str | None = None,
    pictures: Mapping[str, np.ndarray] | None = None,
    title: str = "",
) -> plots.Picture:
    """The diagram as a picture that displays itself, with its alt text.

    Args:
        lit: parts that the chapter changes: any of z, G, fake, D, logit, loss, real; and
            condition, augment and eyes, which are only drawn where lit or labelled.
        grey: parts that do not take part.
        labels: other words below a part, such as `{"loss": "hinge"}`; a line break is kept.
        turn: `"D"` or `"G"`: gradients flow to that player only, and the other one is grey.
        pictures: (H, W, 3) for `"fake"` and `"real"`, shown in their boxes.
        title: above the diagram.

    Raises:
        ValueError: a part or a turn that there is not.
    """
    still = _names(grey) + list(STILL.get(turn, ()))
    shown = dict(pictures=pictures or {}, title=title)
    scene = _Scene(_names(lit), still, labels or {}, turn, **shown)
    figure = scene.figure()
    FigureCanvasAgg(figure)
    return plots.Picture(plots.to_png(figure, dpi=100), scene.alt())


def animate(pictures: Mapping[str, np.ndarray] | None = None, width: int = 1000) -> None:
    """Display D's step and then G's, over and over, as an animated GIF `width` pixels wide."""
    alt = (
        "Animation. D's step: z goes through G, fakes and real pictures go into D, its loss sends "
        "red gradients back to D, and D moves while G is grey. G's step: new z go through G and D, "
        "the red gradients flow back through the grey D into G, and G moves."
    )
    shown = frames(pictures, width)
    play(shown, alt, fps=2.5, zoom=1, colours=64)


def frames(pictures: Mapping[str, np.ndarray] | None = None, width: int = 1000) -> np.ndarray:
    """The pictures of `animate`: uint8 (n, H, width, 3)."""

    def pixels(turn, lit=(), said="", **flows):
        shown = dict(pictures=pictures or {}, title=f"{turn}'s step: {said}")
        return _Scene(list(lit), list(STILL[turn]), {}, turn, **flows, **shown).pixels(width)

    drawn = []
    for turn, moments in STEPS.items():
        for flows, back, said in moments:
            for along in (0.25, 0.5, 0.75):
                drawn.append(pixels(turn, (), said, flows=flows, back=back, along=along))
        drawn += 3 * [pixels(turn, turn, f"{turn} moves", flows=(), back=())]
    return np.stack(drawn)


#: For each player's step what flows forward, what flows back, and the words for it.
STEPS = {
    "D": [
        ([("z", "G"), ("G", "fake")], (), "G, standing still, draws fakes"),
        ([("fake", "D"), ("real", "D")], (), "D sees fakes and real pictures"),
        ([("D", "logit"), ("logit", "loss")], (), "one loss: call real real, fake fake"),
        ((), [("loss", "logit"), ("logit", "D")], "the gradient ends at D"),
    ],
    "G": [
        ([("z", "G"), ("G", "fake")], (), "new noise, new fakes"),
        ([("fake", "D"), ("D", "logit")], (), "D, standing still, judges them"),
        ([("logit", "loss")], (), "one loss: be called real"),
        ((), BACK[:2], "the gradient goes through D ..."),
        ((), BACK[2:], "... into the picture, and into G"),
    ],
}


def _names(parts: str | Iterable[str]) -> list[str]:
    parts = [parts] if isinstance(parts, str) else list(parts)
    unknown = set(parts) - set(PARTS | MORE)
    if unknown:
        raise ValueError(f"no part {', '.join(unknown)}; there is {', '.join(PARTS | MORE)}")
    return parts


@dataclasses.dataclass
class _Scene:
    """One state of the diagram. `flows` and `back` of None mean all; `along` puts a dot on them."""

    lit: list[str]
    grey: list[str]
    labels: Mapping[str, str]
    turn: str | None
    flows: Iterable | None = None
    back: Iterable | None = None
    along: float | None = None
    pictures: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)
    title: str = ""

    def __post_init__(self):
        if self.turn not in STILL:
            raise ValueError(f"turn is 'D', 'G' or None, not {self.turn!r}")
        _names(self.labels)
        shown = [name for name in MORE if name in self.lit or name in self.labels]
        self.parts = PARTS | {name: MORE[name] for name in shown}

    def alt(self) -> str:
        """What there is to see, in a sentence or three."""
        said = "Diagram of a GAN: z, G, the fake G(z), D, logit, loss; the real x enters D too."
        if self.turn:
            said += f" It is {self.turn}'s turn: red gradients flow back to {self.turn}."
        if self.lit:
            lit = [f"{n} ({self.labels[n]})" if n in self.labels else n for n in self.lit]
            said += f" Lit: {', '.join(lit)}."
        return " ".join(said.split())

    def figure(self) -> Figure:
        figure = Figure(figsize=(WIDE / 10, HIGH / 10))
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, WIDE), ylim=(0, HIGH))
        ax.axis("off")
        for a, b in self._flows():
            self._arrow(ax, a, b, _on(self.flows, (a, b)), INK)
        for a, b in self._back():
            self._arrow(ax, a, b, _on(self.back, (a, b)), RED, offset=-2.6)
        for name in self.parts:
            self._part(ax, name)
        ax.text(2, HIGH - 1, self.title, fontsize=20, va="top", color=INK)
        ax.text(WIDE - 2, 8, "samples →", fontsize=16, ha="right", color=INK)
        ax.text(WIDE - 2, 4, "← gradient", fontsize=16, ha="right", color=RED)
        return figure

    def pixels(self, width: int) -> np.ndarray:
        """uint8 (H, width, 3)."""
        figure = self.figure()
        figure.set_dpi(width * 10 / WIDE)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[..., :3].copy()

    def _flows(self):
        more = [("condition", "G"), ("condition", "D")] if "condition" in self.parts else []
        return [f for f in FLOWS + more if not (self.turn == "G" and f[0] == "real")]

    def _back(self):
        return BACK[:2] if self.turn == "D" else BACK

    def _part(self, ax, name):
        part, lit, grey = self.parts[name], name in self.lit, name in self.grey
        colour = PALE if grey else part.colour
        style = dict(ec=colour, fc=colour + ("55" if lit else "1A"), lw=4 if lit else 2)
        style["fc"] = "#EEEEEE" if grey else style["fc"]
        ax.add_patch(_shape(part, zorder=3, fc="white", lw=0))
        if lit:
            ax.add_patch(_shape(part, zorder=2, fc="none", ec=PALETTE["accent"] + "80", lw=14))
        ax.add_patch(_shape(part, zorder=3, **style))
        ink = "#888888" if grey else INK
        if name in self.pictures:
            self._picture(ax, part, self.pictures[name])
        else:
            ax.text(part.x, part.y, part.text, fontsize=24, ha="center", va="center", color=ink)
            ax.texts[-1].set_zorder(4)
        words = self.labels.get(name, part.below)
        weight = "bold" if lit else "normal"
        low = min(y for _, y in part.corners()) - 1.2
        style = dict(ha="center", va="top", color=ink, weight=weight, zorder=4)
        ax.text(part.x, low, words, fontsize=16, **style)

    @staticmethod
    def _picture(ax, part, image):
        half = part.width / 2 - 0.5, part.height / 2 - 0.5
        extent = (part.x - half[0], part.x + half[0], part.y - half[1], part.y + half[1])
        ax.imshow(plots.to_uint8(image), extent=extent, zorder=4, interpolation="nearest")
        ax.set(xlim=(0, WIDE), ylim=(0, HIGH))

    def _arrow(self, ax, a, b, on, colour, offset=0.0):
        start, end = WAYS.get((a, b)) or _ends(self.parts[a], self.parts[b], offset)
        colour = colour if on else "#DDDDDD" if colour == INK else "#F0D0D0"
        style = dict(arrowstyle="-|>", mutation_scale=22, lw=2.6, color=colour, zorder=1)
        ax.add_patch(FancyArrowPatch(start, end, shrinkA=2, shrinkB=2, **style))
        if on and self.along is not None:
            dot = np.add(start, np.multiply(self.along, np.subtract(end, start)))
            ax.plot(*dot, "o", ms=15, color=colour, zorder=5)


def _on(chosen, flow) -> bool:
    return chosen is None or flow in list(chosen)


def _shape(part: Part, **style):
    if part.lean:
        return Polygon(part.corners(), closed=True, joinstyle="round", **style)
    box = "round,pad=0,rounding_size=1.5"
    corner = part.x - part.width / 2, part.y - part.height / 2
    return FancyBboxPatch(corner, part.width, part.height, boxstyle=box, **style)


def _ends(a: Part, b: Part, offset: float):
    """From the side of a that faces b to that of b, `offset` above the line of the middles."""
    right = np.sign(b.x - a.x)
    start = a.x + right * a.width / 2, a.y + offset
    # Arrows that come from above or below enter D above or below its middle.
    slope = np.clip((a.y - b.y) / 4, -3, 3)
    return start, (b.x - right * b.width / 2, b.y + slope + offset)
