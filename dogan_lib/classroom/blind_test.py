"""Real or generated? One picture at a time, and what the answers say about the generators."""

import dataclasses
from pathlib import Path

import ipywidgets
import numpy as np

from dogan_lib import plots
from dogan_lib.classroom.stills import WithStill

OWN = Path("my_dogs")  # where chapter 03's cropper keeps the student's own pictures


@dataclasses.dataclass(frozen=True)
class Verdicts:
    """What a student answered.

    Attributes:
        truth: for each picture where it came from, (n,).
        said: what was answered, (n,): one of `sides`.
        sides: the two possible answers; the first is "real", or the first generator's name.
    """

    truth: list[str]
    said: list[str]
    sides: tuple[str, str]

    @property
    def right(self) -> int:
        """Answers that were true."""
        return sum(self._side(t) == s for t, s in zip(self.truth, self.said, strict=True))

    def _side(self, origin: str) -> str:
        return origin if origin == self.sides[0] else self.sides[1]

    def interval(self) -> tuple[float, float]:
        """Wilson's interval for the accuracy, 95 %: what so few answers allow to say."""
        return wilson(self.right, len(self.truth))

    def fooled(self) -> dict[str, tuple[int, int]]:
        """Generator -> (times it was taken for the first side, times it was shown), best first."""
        found = {}
        for origin, said in zip(self.truth, self.said, strict=True):
            if origin != self.sides[0]:
                taken, shown = found.get(origin, (0, 0))
                found[origin] = (taken + (said == self.sides[0]), shown + 1)
        return dict(sorted(found.items(), key=lambda item: -item[1][0] / item[1][1]))

    def __str__(self):
        if not self.truth:
            return "nothing answered yet"
        low, high = self.interval()
        lines = [
            f"{self.right} of {len(self.truth)} right: {self.right / len(self.truth):.0%}, "
            f"95 % interval {low:.0%} to {high:.0%}; guessing gives 50 %"
        ]
        lines += [
            f"{name:<14} taken for {self.sides[0]} {taken} of {shown} times"
            for name, (taken, shown) in self.fooled().items()
        ]
        return "\n".join(lines)


def wilson(right: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The interval of a share: Wilson's, which stays in [0, 1] and is fair for small n."""
    share, room = right / n, z * z / n
    middle = (share + room / 2) / (1 + room)
    half = z * np.sqrt(share * (1 - share) / n + room / (4 * n)) / (1 + room)
    return float(middle - half), float(middle + half)


class BlindTest(WithStill):
    """Shows pictures in random order, asks for each, and says at the end how it went.

    Args:
        fakes: name of a generator -> its pictures, uint8 or float (n, H, W, 3); of one size.
        real: real ones; without them the test is which of the first two generators drew it.
        each: pictures of each side (fewer where there are fewer).
        seed: of the choice and the order.
        zoom: screen pixels for one pixel.
    """

    def __init__(self, fakes: dict, real=None, each: int = 20, seed: int = 0, zoom: int = 5):
        if real is None and len(fakes) < 2:
            raise ValueError("without real pictures it takes two generators")
        if real is None:
            first, *others = fakes
            self.sides, heaps = (first, others[0]), {name: fakes[name] for name in (first, *others)}
            heaps = dict(list(heaps.items())[:2])
        else:
            self.sides, heaps = ("real", "generated"), {"real": real, **fakes}
        random = np.random.default_rng(seed)
        self.queue = _mixed(heaps, self.sides[0], each, random)
        self.said: list[str] = []
        self.zoom = zoom
        self.picture = ipywidgets.Image(format="png")
        self.buttons = [ipywidgets.Button(description=side) for side in self.sides]
        for button in self.buttons:
            button.on_click(lambda pressed: self.answer(pressed.description))
        self.text = ipywidgets.HTML()
        self._show()
        super().__init__([self.picture, ipywidgets.HBox(self.buttons), self.text])

    def answer(self, side: str) -> None:
        """What a button does: `side` is one of `sides`."""
        if side not in self.sides:
            raise ValueError(f"{side!r}: the answers are {' and '.join(self.sides)}")
        if len(self.said) < len(self.queue):
            self.said.append(side)
            self._show()

    @property
    def verdicts(self) -> Verdicts:
        """The answers so far."""
        truth = [name for name, _ in self.queue[: len(self.said)]]
        return Verdicts(truth, list(self.said), self.sides)

    def still(self) -> bytes:
        """The first ten pictures without their origins, for a page that stands still."""
        shown = plots.tile(np.stack([image for _, image in self.queue[:10]]), 5)
        return plots.png(np.kron(shown, np.ones((2, 2, 1), "uint8")))

    def alt(self) -> str:
        """What the still picture shows."""
        return f"{self.sides[0]} or {self.sides[1]}? The first ten pictures, as they will be asked."

    def _show(self):
        done = len(self.said)
        for button in self.buttons:
            button.disabled = done == len(self.queue)
        if done < len(self.queue):
            image = plots.to_uint8(self.queue[done][1][None])[0]
            self.text.value = f"{done + 1} / {len(self.queue)}"
        else:
            image = plots.tile(np.stack([image for _, image in self.queue]), 10)
            lines = str(self.verdicts).splitlines()
            self.text.value = "<br>".join(lines)
        zoom = self.zoom if done < len(self.queue) else 1
        self.picture.value = plots.png(np.kron(image, np.ones((zoom, zoom, 1), "uint8")))


def _mixed(heaps: dict, first: str, each: int, random) -> list[tuple[str, np.ndarray]]:
    """(origin, picture) in random order: as many of the first heap as of all others together."""
    others = [name for name in heaps if name != first]
    each = min(each, len(heaps[first]), sum(len(heaps[name]) for name in others))
    wanted = {first: each}
    for i, name in enumerate(others):  # as evenly as can be
        wanted[name] = (each + i) // len(others)
    chosen = [
        (name, plots.to_uint8(np.asarray(heaps[name])[k]))
        for name, n in wanted.items()
        for k in random.permutation(len(heaps[name]))[:n]
    ]
    return [chosen[i] for i in random.permutation(len(chosen))]


def real_pictures(size: int = 64, limit: int = 200) -> np.ndarray | None:
    """Photographs to test with, uint8 (n, size, size, 3): Stanford Dogs if they are on disk, else
    the student's own in `my_dogs`, else None."""
    from dogan_lib.dogs import load_dogs, stanford

    if stanford.find():
        return load_dogs(size, "stanford", limit=limit, progress=False).images
    if OWN.is_dir() and any(OWN.iterdir()):
        return load_dogs(size, f"folder:{OWN}", limit=limit, progress=False).images
    return None
