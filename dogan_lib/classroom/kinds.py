"""The kinds of exercises, as `dogan_lib.classroom.exercises` lists them, for `chapters/chNN.py`."""

import ast
import inspect
import re
import textwrap
from collections.abc import Mapping, Sequence

import numpy as np

from dogan_lib.classroom.exercises import (
    Unreadable,
    close,
    exercise,
    read_letters,
    read_number,
    read_numbers,
)

FILLER = frozenset("a an and are by is it its of or so the them they you".split())
OTHERWISE = "Read the question again, and try a small case by hand."


def number(name, value, why, hints: Mapping = {}, otherwise=OTHERWISE, tolerance=1e-3, also=()):
    """A number; `also` are other values that are right, such as the same in per cent."""

    @exercise(name, why, right=value, wrong=list(hints.items()))
    def _(answer):
        given = read_number(answer)
        if any(close(given, good, tolerance) for good in (value, *also)):
            return None
        return next((hints[bad] for bad in hints if close(given, bad, tolerance)), otherwise)


def numbers(
    name, values, why, hints: Mapping = {}, otherwise=OTHERWISE, tolerance=1e-3, ordered=True
):
    """Several numbers; None in a hint's key stands for any number."""
    examples = [(tuple(99 if v is None else v for v in bad), hint) for bad, hint in hints.items()]

    @exercise(name, why, right=values, wrong=examples)
    def _(answer):
        given = read_numbers(answer)

        def matches(wanted):
            mine, wanted = (given, wanted) if ordered else (sorted(given), sorted(wanted))
            pairs = zip(mine, wanted, strict=False)
            same = (b is None or close(a, b, tolerance) for a, b in pairs)
            return len(mine) == len(wanted) and all(same)

        if matches(values):
            return None
        return next((hints[bad] for bad in hints if matches(bad)), otherwise)


def choices(name, right: str, among: str, why, hints: Mapping = {}, otherwise=OTHERWISE):
    """Letters to pick; a hint belongs to a letter that should not be among them."""

    @exercise(name, why, right=right, wrong=list(hints.items()))
    def _(answer):
        given = read_letters(answer, among)
        said = next((hint for bad, hint in hints.items() if bad in given), otherwise)
        return None if given == set(right) else said


def words(name, right: Sequence[str], why, wrong: Mapping[str, str] = {}, filler=()):
    """One of some words, whole and known: any other word makes the answer unreadable."""

    @exercise(name, why, right=right[0], wrong=list(wrong.items()))
    def _(answer):
        given = set(re.findall(r"\w+", str(answer).lower())) - FILLER - set(filler)
        if not given or not given <= {*right, *wrong}:
            raise Unreadable(f"Answer with one of: {', '.join([right[0], *wrong])}.")
        return next((hint for bad, hint in wrong.items() if bad in given), None)


def function(name, *cases: tuple, wrong=(), otherwise=OTHERWISE, hints: Mapping = {}):
    """A function that must return what the decorated one returns, whose docstring says why.

    Args:
        cases: the arguments of each call.
        wrong: pairs of a function that is wrong and its hint, given where all results are its.
        otherwise: the hint where nothing fits; `hints` has others for single cases, by index.
    """

    def register(reference):
        @exercise(name, _source(reference), right=reference, wrong=wrong)
        def _(answer):
            if not callable(answer):
                raise Unreadable(f"Give the function itself, such as {reference.__name__}.")
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


def target(name, why: str, at_least=None, at_most=None, unit: str = ""):
    """A training that scores itself: the decorated function measures what the student trained."""
    wanted = f"at least {at_least}" if at_most is None else f"at most {at_most}"

    def register(measure):
        def praise(trained):
            return f"{measure(trained):.4g} {unit}; wanted is {wanted}."

        @exercise(name, why, praise=praise)
        def _(trained):
            reached = measure(trained)
            good = reached >= at_least if at_most is None else reached <= at_most
            return None if good else praise(trained)

        return measure

    return register


KID = "KID[dognet-1] to 500 fresh portraits"  # the unit of


def kid_on_portraits(gan, breeds: bool = False) -> float:
    """What a `target` may measure: KID of 500 samples to as many portraits of another seed.

    Args:
        breeds: ask for all breeds alike; for a GAN that takes labels.
    """
    from dogan_lib import metrics
    from dogan_lib.dogs import load_dogs

    fresh = load_dogs(size=32, source="portraits", seed=1, limit=500, progress=False)
    labels = np.arange(500, dtype="int32") % len(fresh.breeds) if breeds else None
    return float(metrics.kid(fresh.images, gan.sample(500, seed=3, labels=labels), "dognet"))


def _source(reference) -> str:
    """The reference's code without decorator and docstring, and then the docstring."""
    lines = textwrap.dedent(inspect.getsource(reference)).splitlines()
    node = ast.parse("\n".join(lines)).body[0]
    code = lines[node.lineno - 1 : node.body[0].lineno - 1] + lines[node.body[0].end_lineno :]
    return "\n".join(code) + "\n\n" + inspect.getdoc(reference)
