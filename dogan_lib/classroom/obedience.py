"""Do the pictures show what their captions ask for? Attribute by attribute, by a classifier.

print(obedience(load_generator("text64"), load_attributes(), captions.questions(500)))
print(extras(studies.load("extras")))
"""

import dataclasses
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import binomtest

from dogan_lib.classroom.studies import by_variant, dunnett
from dogan_lib.doodles.captions import Question
from dogan_lib.doodles.painter import ATTRIBUTES
from dogan_lib.plots import PALETTE

# What a portrait shows of the attributes.
IN_PORTRAITS = ("background", "colour", "marking", "pattern", "hair", "ears")


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
        lines = [f"{'':<12}{'chance':>8}{'obeyed (95 %)':>20}{'ceiling':>9}   of {self.n} captions"]
        for name, share in self.obeyed.items():
            low, high = binomtest(round(share * self.n), self.n).proportion_ci(method="wilson")
            said = f"{share:.1%} ({low:.0%}..{high:.0%})"
            lines.append(f"{name:<12}{self.chance[name]:>8.1%}{said:>20}{self.ceiling[name]:>9.1%}")
        return "\n".join(lines)


def obedience(
    generator, ruler, questions: Sequence[Question], names: Sequence[str] = ()
) -> Obedience:
    """Ask a generator and read its pictures.

    Args:
        generator: `.sample(n, seed=, captions=)`, as `checkpoints.load_generator` gives.
        ruler: `.read(pictures)` -> attribute -> values, as `readers.load_attributes` gives.
        questions: `captions.questions(500)`: combinations that no training has seen.
        names: the attributes that are looked at; all where none is given.
    """
    sentences = [question.caption for question in questions]
    read = ruler.read(generator.sample(len(sentences), captions=sentences))
    known = ruler.read(np.array([question.answer() for question in questions]))
    shares = {"obeyed": {}, "chance": {}, "ceiling": {}}
    for name in names or ATTRIBUTES:
        asked = np.array([question.attributes[name] for question in questions])
        shares["obeyed"][name] = float(np.mean(read[name] == asked))
        shares["chance"][name] = float(np.mean(read[name][:, None] == asked))
        shares["ceiling"][name] = float(np.mean(known[name] == asked))
    return Obedience(len(questions), **shares)


def figure(results: dict[str, Obedience]):
    """Bars of obedience, one colour a generator, each between its own chance and ceiling.

    Args:
        results: name -> what was measured, best known last: the bars are in its order.
    """
    last = list(results.values())[-1]
    names = sorted(last.obeyed, key=last.obeyed.get, reverse=True)
    place, width = np.arange(len(names)), 0.8 / len(results)
    drawn, ax = plt.subplots(figsize=(11, 4.4))
    looks = (("accent", "//"), ("fake", ""), ("d", "\\\\"), ("g", "xx"))
    for i, (label, result) in enumerate(results.items()):
        at, (colour, hatch) = place - 0.4 + (i + 0.5) * width, looks[i]
        shares = [result.obeyed[name] for name in names]
        ax.bar(at, shares, width, label=label, color=PALETTE[colour], hatch=hatch, ec="white")
        for line, style in (("ceiling", "-"), ("chance", ":")):
            heights = [getattr(result, line)[name] for name in names]
            once = None if i else line
            ax.hlines(heights, at - width / 2, at + width / 2, "black", style, label=once)
    ax.set_xticks(place, names, fontsize=14)
    ax.set_ylim(0, 1.05)
    ax.set_ylabel(f"share of {last.n} pictures", fontsize=13)
    ax.legend(frameon=False, fontsize=13, ncols=4, loc="upper center", bbox_to_anchor=(0.5, -0.1))
    return drawn


def spread(pictures) -> float:
    """Mean distance of pictures in [-1, 1] from their mean, pixel by pixel."""
    return float(np.abs(pictures - pictures.mean(axis=0)).mean())


# What is not Reed's ---------------------------------------------------------------------------

SCORES = {  # unit, head, which way
    "obedience": (100, "obedience, %", "more is better"),
    "KID": (1000, "KID x 1000", "less is better"),
    "spread": (1000, "spread x 1000", "more: z is used"),
}


def scored(facts: dict) -> dict[str, dict[str, np.ndarray]]:
    """Score -> variant -> its values over the seeds, in the units of `SCORES`; the control first.

    Args:
        facts: of the comparison `extras`, as `studies.load` gives.
    """
    return {
        score: {name: unit * values for name, values in by_variant(facts, score).items()}
        for score, (unit, *_) in SCORES.items()
    }


def extras(facts: dict) -> str:
    """The scores of Reed's game alone; a line an extra with its differences to them and half of
    their intervals (`studies.dunnett`: all of a score together hold in 95 of 100 comparisons),
    starred where the interval does not contain 0; and what was told apart."""
    values, seen, runs = scored(facts), by_variant(facts, "pictures"), facts["runs"]
    first, clear = next(iter(seen)), []
    chance, ceiling = (100 * np.mean([run[name] for run in runs]) for name in ("chance", "ceiling"))
    rows = {name: [] for name in seen}
    for score, each in values.items():
        rows[first].append(f"{each[first].mean():.1f}  ")
        for name, (middle, low, high) in dunnett(each).items():
            star = "*" if low > 0 or high < 0 else " "
            rows[name].append(f"{middle:+.1f} ± {(high - low) / 2:.1f} {star}")
            clear += [f"{name} in {score}"] if star == "*" else []
    lines = [
        f"{facts['budget']['seconds']:.0f} s of one core, {len(seen[first])} seeds, "
        f"KID[{facts['network']}]; obedience: chance {chance:.0f} %, ceiling {ceiling:.0f} %"
    ]
    rows = {"": [head for _, head, _ in SCORES.values()], **rows}
    for name, cells in rows.items():
        last = f"{seen[name].mean():,.0f}" if name else "pictures"
        lines.append(f"{name:<18}" + "".join(f"{cell:>17}" for cell in cells) + f"{last:>11}")
    return "\n".join([*lines, f"told apart: {', '.join(clear) or 'nothing'}"])


@plt.rc_context({"font.size": 14})
def figure_of_extras(facts: dict):
    """A dot a seed for each score, | the mean."""
    drawn, axes = plt.subplots(1, 3, figsize=(13, 4.9), sharey=True)
    for ax, (score, each) in zip(axes, scored(facts).items(), strict=True):
        for row, points in enumerate(each.values()):
            ax.plot(
                points, [row] * len(points), "o", color=PALETTE["fake" if row else "real"], ms=9
            )
            ax.plot(points.mean(), row, "|", color="black", ms=24)
        ax.axvline(next(iter(each.values())).mean(), color="black", lw=1, ls=":")
        ax.set(title=SCORES[score][1], xlabel=SCORES[score][2], ylim=(len(each) - 0.5, -0.5))
    axes[0].set_yticks(range(len(each)), list(each))
    drawn.tight_layout()
    return drawn
