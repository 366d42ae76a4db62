"""Does it matter? Studies of small networks, trained again and again with one thing exchanged.

`load("heuristics")` reads a committed study, and the rest shows it. `data/make/ablations.py` and
`data/make/comparisons.py` recorded them.
"""

import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import ticker
from scipy import stats

from dogan_lib import plots
from dogan_lib.runtime import data_dir


def folder() -> Path:
    """Where the committed studies lie."""
    return data_dir() / "ablations"


def load(name: str) -> dict:
    """The committed results of a study.

    Raises:
        FileNotFoundError: it is not there; says how to make it.
    """
    path = folder() / f"{name}.json"
    if not path.exists():
        there = ", ".join(sorted(file.stem for file in folder().glob("*.json"))) or "none"
        raise FileNotFoundError(f"no {path}; there is {there} (see data/README.md)")
    return json.loads(path.read_text())


def by_variant(facts: dict, score: str = "KID") -> dict[str, np.ndarray]:
    """The score's values over the seeds, in the study's order; NaN where it was not measured."""
    order = facts.get("instead") or [run["variant"] for run in facts["runs"]]
    found: dict[str, list] = {variant: [] for variant in order}
    for run in facts["runs"]:
        found[run["variant"]].append(run.get(score, np.nan))
    return {variant: np.array(values) for variant, values in found.items() if values}


def table(facts: dict) -> str:
    """One line a network: median, and least to greatest over the seeds; lower is better."""
    heads = f"{'without':<19}{'instead':<34}{'KID x 1000 (least..most)':>26}{'FID':>7}"
    lines, fids = [heads, "-" * len(heads)], by_variant(facts, "FID")
    for name, values in by_variant(facts).items():
        kids = 1000 * values
        spread = f"{np.median(kids):.1f}  ({kids.min():.1f}..{kids.max():.1f})"
        instead, fid = facts["instead"][name], np.median(fids[name])
        lines.append(f"{name:<19}{instead:<34}{spread:>26}{fid:>7.1f}")
    return "\n".join(lines)


def dunnett(values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Variant -> its mean difference to the first one, and the ends of its interval, (3,).

    Dunnett's intervals: all of them together hold in 95 of 100 studies, however many variants are
    compared with the first. The spread of the seeds is taken to be the same for all, which few
    seeds can neither show nor refute.
    """
    control, *others = values.values()
    found = stats.dunnett(*others, control=control, random_state=0).confidence_interval(0.95)
    middles = [np.mean(each) - np.mean(control) for each in others]
    rows = np.transpose([middles, found.low, found.high])
    return dict(zip(list(values)[1:], rows, strict=True))


def ratios(facts: dict) -> dict[str, np.ndarray]:
    """How many times as large KID is without each heuristic: the ratio, and where it may lie, (3,).

    The intervals are those of `dunnett`, on the logarithm of KID.
    """
    logs = {name: np.log(values) for name, values in by_variant(facts).items()}
    return {name: np.exp(row) for name, row in dunnett(logs).items()}


def size(facts: dict) -> str:
    """How many trainings a study is, and of what."""
    networks, budget = by_variant(facts), facts["budget"]
    seeds = " or ".join(map(str, sorted({len(values) for values in networks.values()})))
    return (
        f"{len(facts['runs'])} trainings: {len(networks)} networks of width {budget['width']}, "
        f"{seeds} seeds each, {budget['steps']:,} steps, n = {budget['samples']:,}"
    )


def claims(facts: dict) -> str:
    """Which of the `ratios` stand clear of 1, on which side, and how many do not."""
    found = ratios(facts)
    worse = [name for name, (_, low, _) in found.items() if low > 1]
    better = [name for name, (*_, high) in found.items() if high < 1]
    named = {"worse": worse, "better": better}
    lines = [f"{said} without: {', '.join(names)}" for said, names in named.items() if names]
    rest = len(found) - len(worse) - len(better)
    return "\n".join([*lines, f"no claim: {rest} of {len(found)}"])


def forest(facts: dict):
    """The `ratios` as points with their intervals, a small dot a seed; 1 is the unchanged one."""
    found, seeds = ratios(facts), by_variant(facts)
    usual = np.exp(np.log(next(iter(seeds.values()))).mean())
    chart, ax = plt.subplots(figsize=(11.5, 0.5 * len(found) + 0.9))
    for row, (name, (middle, low, high)) in enumerate(found.items()):
        ax.plot(seeds[name] / usual, [row - 0.25] * len(seeds[name]), "k.", ms=5)
        told = low > 1 or high < 1
        colour = plots.PALETTE["fake" if told else "neutral"]
        ax.plot((low, high), (row, row), color=colour, lw=4 if told else 2)
        ax.plot(middle, row, "o", color=colour, ms=9)
    ax.axvline(1, color="black", lw=1, ls="--")
    ax.set_yticks(range(len(found)), [f"without {name}" for name in found], fontsize=13)
    ticks = [0.25, 0.5, 1, 2, 4, 8, 16]
    ax.set(xscale="log", ylim=(len(found) - 0.5, -0.5))
    ax.set_xticks(ticks, [f"{tick:g}×" for tick in ticks], fontsize=13)
    ax.minorticks_off()
    ax.set_xlabel("KID, as a multiple of the unchanged network's (right: worse)", fontsize=13)
    chart.tight_layout()
    return chart


def figure(facts: dict):
    """A dot a seed, beside the committed dogs of each network; the band is the base's spread."""
    kids = {name: 1000 * values for name, values in by_variant(facts).items()}
    shape = dict(figsize=(11, 0.62 * len(kids) + 0.9), width_ratios=(1, 1.05), sharey=True)
    chart, (left, right) = plt.subplots(1, 2, **shape)
    first, base = next(iter(kids.items()))
    left.axvspan(base.min(), base.max(), color=plots.PALETTE["neutral"], alpha=0.25, lw=0)
    for row, values in enumerate(kids.values()):
        left.plot(values, [row] * len(values), "o", color=plots.PALETTE["fake"], ms=6)
        left.plot(np.median(values), row, "|", color="black", ms=18)
    left.set_yticks(range(len(kids)), [f"{v}\n{_note(facts, v)}" for v in kids], fontsize=11)
    left.set(xscale="log", title="a dot a seed, | the median")
    left.set_xlabel(f"KID × 1000, log scale; grey: the range of {first}", fontsize=11)
    _plain_ticks(left.xaxis)
    strip(right, facts, len(kids))
    right.set_title("eight samples of each, none picked")
    chart.tight_layout()
    return chart


def _plain_ticks(axis) -> None:
    """Numbers that people read, on a logarithmic axis that is as long as its data."""
    low, high = axis.get_view_interval()
    steps = (1, 2, 5) if high > 10 * low else (1, 1.5, 2, 3, 4, 6)
    axis.set_major_locator(ticker.LogLocator(subs=steps))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_locator(ticker.NullLocator())


def strip(ax, facts: dict, rows: int) -> None:
    """The study's picture, eight dogs of each network, in rows 0, 1, ... from above."""
    extent = (0, 8, rows - 0.5, -0.5)
    ax.imshow(plt.imread(folder() / f"{facts['study']}.png"), extent=extent, aspect="auto")
    ax.set(xticks=[], ylim=(rows - 0.5, -0.5))
    ax.tick_params(left=False)


def _note(facts: dict, variant: str) -> str:
    """What the network has instead; in a comparison, how large it is and how much it saw."""
    if "instead" in facts:
        return facts["instead"][variant]
    seen = by_variant(facts, "pictures")[variant].mean() / 1000
    g, d = (by_variant(facts, "parameters")[variant][0][name] / 1000 for name in "GD")
    return f"G {g:,.0f}k, D {d:,.0f}k; saw {seen:,.0f}k"


def interval(values: np.ndarray) -> float:
    """Half of the 95% interval of the mean of a few values: Student's t."""
    return float(stats.t.ppf(0.975, len(values) - 1) * stats.sem(values))


def comparison(facts: dict) -> str:
    """One line a network of a comparison: its KID at the end, seed by seed, and the difference
    to the first network with its 95 % interval over the seeds (paired, Student's t)."""
    kids, seen, budget = by_variant(facts), by_variant(facts, "pictures"), facts["budget"]
    base = next(iter(kids.values()))
    lines = [
        f"KID[{facts['network']}] x 1000 of {budget['samples']} pictures after "
        f"{budget['seconds']:.0f} s of one core, {len(base)} seeds; lower is better"
    ]
    for variant, values in kids.items():
        shown = np.round(1000 * values).astype(int)
        line = f"{variant:<26}{shown!s:<16} mean {1000 * values.mean():5.0f}"
        if values is not base:
            less = 1000 * (values - base)
            line += f", difference {less.mean():+.0f} ± {interval(less):.0f}"
        lines.append(f"{line}  ({seen[variant].mean():,.0f} pictures seen)")
    return "\n".join(lines)


@plt.rc_context({"font.size": 13})
def progress(facts: dict):
    """A thin line a seed and a thick one a network: KID over seconds; beside it, eight dogs of
    each network's first seed."""
    chart, (left, right) = plt.subplots(1, 2, figsize=(11, 4), width_ratios=(1, 1.2))
    curves = by_variant(facts, "curve")
    colours = plots.PALETTE["neutral"], plots.PALETTE["accent"], "black"  # no player's
    for (variant, runs), colour in zip(curves.items(), colours, strict=False):
        seconds = [point["seconds"] for point in runs[0]]
        kids = 1000 * np.array([[point["KID"] for point in curve] for curve in runs])
        left.plot(seconds, kids.T, color=colour, lw=0.8, alpha=0.6)
        left.plot(seconds, kids.mean(0), "o-", color=colour, lw=2.5, label=variant)
    left.set(xlabel="seconds of one core", ylabel=f"KID[{facts['network']}] × 1000")
    if np.divide(*left.get_ylim()[::-1]) > 5 or left.get_ylim()[0] <= 0:
        left.set(yscale="log", ylabel=f"{left.get_ylabel()}, log scale")
        _plain_ticks(left.yaxis)
    chart.legend(fontsize=12, loc="lower center", bbox_to_anchor=(0.75, 0))  # hides no curve
    right.imshow(plt.imread(folder() / f"{facts['study']}.png"), interpolation="nearest")
    right.set_title("eight dogs of each, in the legend's order", fontsize=13)
    right.axis("off")
    chart.tight_layout()
    return chart
