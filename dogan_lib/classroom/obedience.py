"""Do the pictures show what their captions ask for? Attribute by attribute, by a classifier.

print(obedience(load_generator("text64"), load_attributes(), captions.questions(500)))
print(extras(studies.load("extras")))
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
from scipy import stats

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
    order = dict.fromkeys(run["variant"] for run in facts["runs"])
    return {
        score: {
            name: unit * np.array([r[score] for r in facts["runs"] if r["variant"] == name])
            for name in order
        }
        for score, (unit, *_) in SCORES.items()
    }


def differences(values: dict[str, np.ndarray]) -> dict[str, tuple[float, float]]:
    """Variant -> its difference to the first one, and half the width of its 95 % interval.

    Dunnett's intervals: all of a score together hold in 95 of 100 comparisons.
    """
    control, *others = values.values()
    found = stats.dunnett(*others, control=control, random_state=0).confidence_interval(0.95)
    middles = [np.mean(each) - np.mean(control) for each in others]
    widths = (found.high - found.low) / 2
    names = list(values)[1:]
    return {n: (float(m), float(w)) for n, m, w in zip(names, middles, widths, strict=True)}


def extras(facts: dict) -> str:
    """The scores of Reed's game alone; a line an extra with its differences to them, starred where
    their interval does not contain 0; and what was told apart."""
    values, budget, runs = scored(facts), facts["budget"], facts["runs"]
    apart = {score: differences(each) for score, each in values.items()}
    first, *others = values["KID"]
    known = {name: 100 * np.mean([run[name] for run in runs]) for name in ("chance", "ceiling")}
    lines = [
        f"{budget['seconds']:.0f} s of one core, {len(values['KID'][first])} seeds, "
        f"KID[{facts['network']}]; obedience: chance {known['chance']:.0f} %, ceiling "
        f"{known['ceiling']:.0f} %",
        f"{'':<18}"
        + "".join(f"{head:>17}" for _, head, _ in SCORES.values())
        + f"{'pictures':>11}",
    ]
    clear = []
    for name in (first, *others):
        cells = [f"{each[name].mean():.1f}  " for each in values.values()]
        if name != first:
            told = {score: each[name] for score, each in apart.items()}
            stars = {score: "*" if abs(d) > width else " " for score, (d, width) in told.items()}
            cells = [f"{d:+.1f} ± {w:.1f} {stars[score]}" for score, (d, w) in told.items()]
            clear += [f"{name} in {score}" for score, star in stars.items() if star == "*"]
        seen = np.mean([run["pictures"] for run in runs if run["variant"] == name])
        lines.append(f"{name:<18}" + "".join(f"{c:>17}" for c in cells) + f"{seen:>11,.0f}")
    return "\n".join([*lines, f"told apart: {', '.join(clear) or 'nothing'}"])


def figure_of_extras(facts: dict):
    """A dot a seed for each score, | the mean; beside them eight dogs of each network.

    Raises:
        FileNotFoundError: the comparison's picture is not among the committed ones.
    """
    import matplotlib.pyplot as plt

    from dogan_lib.classroom.studies import folder
    from dogan_lib.plots import PALETTE

    values = scored(facts)
    names = list(values["KID"])
    drawn, (*axes, strip) = plt.subplots(
        1, 4, figsize=(13, 3.1), width_ratios=(1, 1, 1, 2.1), sharey=True
    )
    for ax, (score, each) in zip(axes, values.items(), strict=True):
        for row, points in enumerate(each.values()):
            colour = PALETTE["fake" if row else "real"]
            ax.plot(points, [row] * len(points), "o", color=colour, ms=8)
            ax.plot(points.mean(), row, "|", color="black", ms=20)
        ax.axvline(each[names[0]].mean(), color="black", lw=1, ls=":")
        ax.set_title(SCORES[score][1], fontsize=13)
        ax.set_xlabel(SCORES[score][2], fontsize=13)
        ax.tick_params(labelsize=12)
    axes[0].set_yticks(range(len(names)), names, fontsize=13)
    strip.imshow(
        plt.imread(folder() / f"{facts['study']}.png"),
        extent=(0, 8, len(names) - 0.5, -0.5),
        aspect="auto",
    )
    strip.set_title("eight captions, one dog each", fontsize=13)
    strip.set_xticks([])
    strip.tick_params(left=False)
    strip.set_ylim(len(names) - 0.5, -0.5)
    drawn.tight_layout()
    return drawn
