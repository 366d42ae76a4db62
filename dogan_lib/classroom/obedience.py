"""Do the pictures show what their captions ask for? Attribute by attribute, by a classifier.

print(obedience(load_generator("text64"), load_attributes(), captions.questions(500)))
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from dogan_lib.doodles.captions import Question
from dogan_lib.doodles.painter import ATTRIBUTES


@dataclasses.dataclass(frozen=True)
class Obedience:
    """Three shares in [0, 1] for each attribute.

    Attributes:
        n: captions asked, one picture each.
        obeyed: pictures in which the classifier sees the value that was asked for.
        chance: the same, where each picture is held against everybody's captions.
        ceiling: what the classifier sees in the doodles that the captions describe. Not 1: it
            errs, and some ears cannot be told at 64 pixels.
    """

    n: int
    obeyed: dict[str, float]
    chance: dict[str, float]
    ceiling: dict[str, float]

    def __str__(self):
        head = f"{'':<12}{'chance':>8}{'obeyed':>8}{'ceiling':>8}   of {self.n} captions"
        columns = (self.chance, self.obeyed, self.ceiling)
        rows = [
            f"{name:<12}" + "".join(f"{column[name]:>8.1%}" for column in columns)
            for name in self.obeyed
        ]
        return "\n".join([head, *rows])


def obedience(
    generator, ruler, questions: Sequence[Question], seed: int = 0, names: Sequence[str] = ()
) -> Obedience:
    """Ask a generator and read its pictures.

    Args:
        generator: `.sample(n, seed=, captions=)`, as `checkpoints.load_generator` gives.
        ruler: `.read(pictures)` -> attribute -> values, as `readers.load_attributes` gives.
        questions: `captions.questions(500)`: combinations that no training has seen.
        seed: of the latents.
        names: the attributes that are looked at; all where none is given.
    """
    sentences = [question.caption for question in questions]
    read = ruler.read(generator.sample(len(sentences), seed=seed, captions=sentences))
    known = ruler.read(np.array([question.answer() for question in questions]))
    asked = {
        name: np.array([q.attributes[name] for q in questions]) for name in names or ATTRIBUTES
    }
    return Obedience(
        n=len(questions),
        obeyed={name: float(np.mean(read[name] == asked[name])) for name in asked},
        chance={name: float(np.mean(read[name][:, None] == asked[name])) for name in asked},
        ceiling={name: float(np.mean(known[name] == asked[name])) for name in asked},
    )


def figure(results: dict[str, Obedience]):
    """Bars of obedience, one colour a generator, each between its own chance and ceiling.

    Args:
        results: name -> what was measured, best known last: the bars are in its order.
    """
    import matplotlib.pyplot as plt

    from dogan_lib.plots import PALETTE

    last = list(results.values())[-1]
    names = sorted(last.obeyed, key=last.obeyed.get, reverse=True)
    place, width = np.arange(len(names)), 0.8 / len(results)
    drawn, ax = plt.subplots(figsize=(9, 3.4))
    looks = (("accent", "//"), ("fake", ""), ("d", "\\\\"), ("g", "xx"))
    for i, ((label, result), (colour, hatch)) in enumerate(
        zip(results.items(), looks, strict=False)
    ):
        shares = [result.obeyed[name] for name in names]
        at = place - 0.4 + (i + 0.5) * width
        ax.bar(at, shares, width, label=label, color=PALETTE[colour], hatch=hatch, ec="white")
        lines = {"ceiling": (result.ceiling, "-"), "chance": (result.chance, ":")}
        for line, (known, style) in lines.items():
            heights, once = [known[name] for name in names], None if i else line
            ax.hlines(heights, at - width / 2, at + width / 2, "black", style, label=once)
    ax.set_xticks(place, names)
    ax.set(ylabel="share of pictures", ylim=(0, 1.05), title=f"obedience, {last.n} captions")
    ax.legend(frameon=False, fontsize=8, ncols=4, loc="upper center", bbox_to_anchor=(0.5, -0.1))
    return drawn
