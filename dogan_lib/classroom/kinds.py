"""The kinds of exercises, as `dogan_lib.classroom.exercises` lists them, for `chapters/chNN.py`."""

import ast
import inspect
import re
import textwrap
from collections.abc import Mapping, Sequence

from dogan_lib.classroom.exercises import (
    Right,
    Unreadable,
    close,
    exercise,
    read_letters,
    read_number,
    read_numbers,
)

FILLER = frozenset("a an and are by is it its of or scale so start the them they you".split())
OTHERWISE = "Read the question again, and try a small case by hand."


def numbers(
    name, right, why, *wrong: tuple, otherwise=OTHERWISE, tolerance=1e-3, ordered=True, also=()
):
    """A number, or several where `right` is a tuple.

    Args:
        wrong: pairs of a wrong answer and its hint; None in the answer stands for any number.
        ordered: whether it matters which number comes first.
        also: other answers that are right.
    """
    several, order = isinstance(right, tuple), list if ordered else sorted
    examples = [([99 if v is None else v for v in bad] if several else bad, h) for bad, h in wrong]

    def matches(given, wanted):
        given, wanted = order(given), order(wanted if several else [wanted])
        same = (b is None or close(a, b, tolerance) for a, b in zip(given, wanted, strict=False))
        return len(given) == len(wanted) and all(same)

    @exercise(name, why, right=right, wrong=examples)
    def _(answer):
        given = read_numbers(answer) if several else [read_number(answer)]
        if any(matches(given, good) for good in (right, *also)):
            return None
        return next((hint for bad, hint in wrong if matches(given, bad)), otherwise)


def choices(name, right: str, why, otherwise=OTHERWISE, **hints: str):
    """Letters to pick, among those of `right` and those that are wrong, each with its hint."""
    among = "".join(sorted({*right, *hints}))

    @exercise(name, why, right=right, wrong=list(hints.items()))
    def _(answer):
        given = read_letters(answer, among)
        said = next((hint for bad, hint in hints.items() if bad in given), otherwise)
        return None if given == set(right) else said


def words(name, right: Sequence[str], why, **wrong: str):
    """One of some words, whole and known: any other word makes the answer unreadable."""

    @exercise(name, why, right=right[0], wrong=list(wrong.items()))
    def _(answer):
        given = set(re.findall(r"\w+", str(answer).lower())) - FILLER
        if not given or not given <= {*right, *wrong}:
            raise Unreadable(f"Answer with one of: {', '.join([right[0], *wrong])}.")
        return next((hint for bad, hint in wrong.items() if bad in given), None)


def function(name, cases, *wrong: tuple, otherwise=OTHERWISE, hints: Mapping = {}):
    """A function that must return what the decorated one returns, whose docstring says why.

    Args:
        cases: the arguments of each call.
        wrong: pairs of a function that is wrong and its hint, given where all results are its.
        otherwise: the hint where nothing fits; `hints` has others for single cases, by index.
    """

    def register(reference):
        ask = f"Give the function itself, such as {reference.__name__}."

        @exercise(name, _source(reference), right=reference, wrong=wrong, function=ask)
        def _(answer):
            given = [answer(*case) for case in cases]
            if any(result is None for result in given):
                return "It still returns None."
            for bad, hint in wrong:
                if all(close(r, bad(*case)) for r, case in zip(given, cases, strict=True)):
                    return hint
            for i, case in enumerate(cases):
                if not close(given[i], reference(*case)):
                    return hints.get(i, otherwise)

        return reference

    return register


def target(name, at_least=None, at_most=None, unit: str = "", **more):
    """A training that scores itself: the decorated function measures what the student trained, or
    says in words why it does not count.

    Its docstring is the solution; `more` are fields of `Exercise`.
    """
    wanted = f"at least {at_least}" if at_most is None else f"at most {at_most}"

    def register(measure):
        @exercise(name, measure.__doc__, **more)
        def _(trained):
            reached = measure(trained)
            if isinstance(reached, str):
                return reached
            good = reached >= at_least if at_most is None else reached <= at_most
            said = f"{reached:.4g} {unit}; wanted is {wanted}."
            return Right(said) if good else said

        return measure

    return register


KID = "KID[dognet-1] to 500 fresh portraits"  # the unit of


def kid_on_portraits(gan, labels=lambda dogs: None) -> float:
    """What a `target` may measure: KID of 500 samples to as many portraits of another seed.

    Args:
        labels: of those portraits, such as `portraits.labels`; the samples are asked for the same.
    """
    from dogan_lib import metrics
    from dogan_lib.dogs import load_dogs

    fresh = load_dogs(size=32, source="portraits", seed=1, limit=500, progress=False)
    drawn = gan.sample(500, seed=3, labels=labels(fresh))
    return float(metrics.kid(fresh.images, drawn, "dognet"))


def _source(reference) -> str:
    """The reference's code without decorator and docstring, and then the docstring."""
    lines = textwrap.dedent(inspect.getsource(reference)).splitlines()
    node = ast.parse("\n".join(lines)).body[0]
    code = lines[node.lineno - 1 : node.body[0].lineno - 1] + lines[node.body[0].end_lineno :]
    return "\n".join(code) + "\n\n" + inspect.getdoc(reference)
