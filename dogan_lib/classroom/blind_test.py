"""Real or generated? One picture at a time, and what the answers say about the generators."""

from collections import Counter
from pathlib import Path

import ipywidgets
import numpy as np
from scipy.stats import binomtest

from dogan_lib import plots
from dogan_lib.classroom.stills import Controlled
from dogan_lib.dogs import load_dogs, stanford

OWN = Path("my_dogs")  # where chapter 03's cropper keeps the student's own pictures


def verdict(truth: list[str], said: list[str], first: str) -> str:
    """How many answers were right, and how often each generator was taken for the first side.

    Args:
        truth: for each picture where it came from, (n,).
        said: what was answered, (n,): the first side or the other.
        first: "real", or the first generator's name.
    """
    pairs = list(zip(truth, said, strict=True))
    right, n = sum((t == first) == (s == first) for t, s in pairs), len(pairs)
    # Wilson's interval stays in [0, 1] and is fair for few answers.
    low, high = binomtest(right, n).proportion_ci(0.95, method="wilson")
    limits = f"95 % interval {low:.0%} to {high:.0%}; guessing gives 50 %"
    lines = [f"{right} of {n} right: {right / n:.0%}, {limits}"]
    shown = Counter(t for t in truth if t != first)
    taken = Counter(t for t, s in pairs if s == first)
    for name in sorted(shown, key=lambda name: -taken[name] / shown[name]):
        lines.append(f"{name:<14} taken for {first} {taken[name]} of {shown[name]} times")
    return "\n".join(lines)


class BlindTest(Controlled):
    """Shows pictures in random order, asks for each, and says at the end how it went.

    Args:
        fakes: name of a generator -> its pictures, uint8 or float (n, H, W, 3); of one size.
        real: real ones; without them the test is which of the first two generators drew it.
        each: pictures of each side (fewer where there are fewer).
        seed: of the choice and the order.
    """

    ZOOM = 5  # screen pixels for one pixel

    def __init__(self, fakes: dict, real=None, each: int = 20, seed: int = 0):
        if real is None and len(fakes) < 2:
            raise ValueError("without real pictures it takes two generators")
        heaps = dict(list(fakes.items())[:2]) if real is None else {"real": real, **fakes}
        self.sides = tuple(heaps) if real is None else ("real", "generated")
        self.queue = _mixed(heaps, each, np.random.default_rng(seed))
        self.said: list[str] = []
        self.buttons = [ipywidgets.Button(description=side) for side in self.sides]
        for button in self.buttons:
            button.on_click(lambda pressed: self.answer(pressed.description))
        self.text = ipywidgets.HTML()
        super().__init__(self.buttons, self.text)
        self.children = [self.picture, *self.children[:-1]]

    def answer(self, side: str) -> None:
        """What a button does: `side` is one of `sides`."""
        if side not in self.sides:
            raise ValueError(f"{side!r}: the answers are {' and '.join(self.sides)}")
        if len(self.said) < len(self.queue):
            self.said.append(side)
            self._draw()

    def png(self) -> bytes:
        """The picture that is asked for; at the end all of them, and the text says how it went."""
        done, images = len(self.said), [image for _, image in self.queue]
        if done < len(images):
            self.text.value = f"{done + 1} / {len(images)}"
            return _enlarged(images[done], self.ZOOM)
        for button in self.buttons:
            button.disabled = True
        truth = [name for name, _ in self.queue]
        self.text.value = verdict(truth, self.said, self.sides[0]).replace("\n", "<br>")
        return plots.png(plots.tile(images, 10))

    def still(self) -> bytes:
        """The first ten pictures without their origins, for a page that stands still."""
        return _enlarged(plots.tile([image for _, image in self.queue[:10]], 5), 2)

    def alt(self) -> str:
        """What the still picture shows."""
        return f"{self.sides[0]} or {self.sides[1]}? The first ten pictures, as they will be asked."


def _enlarged(image, zoom) -> bytes:
    return plots.png(np.kron(image, np.ones((zoom, zoom, 1), "uint8")))


def _mixed(heaps: dict, each: int, random) -> list[tuple[str, np.ndarray]]:
    """(origin, picture) in random order: as many of the first heap as of all others together."""
    first, *others = heaps
    each = min(each, len(heaps[first]), sum(len(heaps[name]) for name in others))
    wanted = {first: each} | {name: (each + i) // len(others) for i, name in enumerate(others)}
    chosen = [
        (name, plots.to_uint8(heaps[name][k]))
        for name, n in wanted.items()
        for k in random.permutation(len(heaps[name]))[:n]
    ]
    return [chosen[i] for i in random.permutation(len(chosen))]


def real_pictures(size: int = 64, limit: int = 200) -> np.ndarray | None:
    """Photographs to test with, uint8 (n, size, size, 3): Stanford Dogs if they are on disk, else
    the student's own in `my_dogs`, else None."""
    source = "stanford" if stanford.find() else f"folder:{OWN}"
    if source == "stanford" or any(OWN.glob("*")):
        return load_dogs(size, source, limit=limit, progress=False).images
    return None
