"""Exercises that answer back: `check` says *right* or gives a hint, `solution` folds out the way.

A chapter's exercises are in `classroom/chapters/chNN.py`. Some are data (`classroom.kinds`):

    numbers("10-jump", 5.625, "WHY", (2.5, "That is one doubling."), otherwise="HINT")
    numbers("09-sigma", (1, 0.5, 0.25), "WHY", ((1, 1, 1), "..."))  # None matches any number
    choices("08-order", "B", "WHY", A="HINT", C="HINT")             # what is wrong with A and C
    words("12-start", ("raise", "higher"), "WHY", lower="HINT")

The others are functions, and their docstring is the solution:

    @function("05-ema", [(1.0, 3.0, 0.9)], (lambda old, new, decay: new, "HINT"))
    def ema(old, new, decay): "WHY"; return ...            # what the student's must return
    @target("02-modes", at_least=8, unit="modes")
    def modes(game): "WHY"; return game.modes()[0]         # a training that scores itself
    @exercise("00-draw", function="Give your function.")
    def draw(answer): "SOLUTION"; return "a hint" or None  # anything else

`Unreadable` is raised for an answer of the wrong kind. It is neither right nor wrong: an answer
that a checker stumbles over has not been rejected.
"""

import dataclasses
import html
import importlib.util
import inspect
import re
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np


class Unreadable(ValueError):
    """The answer is not of the kind that was asked for; the message says what is."""


class Right(str):
    """What a checker may return in place of None: it is right, and this is added to *right!*."""


@dataclasses.dataclass(frozen=True)
class Exercise:
    """How to look at an answer, and the worked solution.

    Attributes:
        hint_for: answer -> a hint, or None or `Right` where it is right.
        right: an answer that is right, where one can be written down.
        wrong: answers that are wrong, each with the hint that it gets.
        function: what to say of an answer that is no function, where one is asked for.
    """

    hint_for: Callable[[object], str | None]
    solution: str
    right: object = None
    wrong: Sequence[tuple[object, str]] = ()
    function: str = ""


EXERCISES: dict[str, Exercise] = {}


def exercise(name: str, solution: str = "", **more):
    """Register the decorated checker, and its docstring where no `solution` is given.

    Args:
        more: fields of `Exercise`.
    """

    def register(checker):
        text = inspect.cleandoc(solution or checker.__doc__ or "")
        EXERCISES[name] = Exercise(checker, text, **more)
        return checker

    return register


def check(name: str, answer) -> None:
    """Print whether the answer is right, or a hint. Never raises."""
    state, said = verdict(str(name), answer)
    print(f"{name}: {state} {said}".strip() if state else said)


def verdict(name: str, answer) -> tuple[str, str]:
    """`"right!"`, `"not yet."`, `"could not be read."`, `"open."` or `""`, and what to say."""
    found = find(name)
    if found is None:
        return "", f"There is no exercise {name!r}; there is {', '.join(sorted(EXERCISES))}."
    if answer is None:
        return "open.", "Put your answer in place of None and run this cell again."
    if found.function and not callable(answer):
        return "could not be read.", found.function
    try:
        said = found.hint_for(answer)
        right = said is None or isinstance(said, Right)
        return "right!" if right else "not yet.", said or ""
    except Exception as error:
        said = str(error) if isinstance(error, Unreadable) else f"{type(error).__name__}: {error}"
        return "could not be read.", said


def solution(name: str) -> None:
    """Show the worked solution, folded away; a terminal prints it."""
    import IPython
    from IPython.display import display

    found = find(str(name))
    text = found.solution if found else f"There is no exercise {name!r}."
    if IPython.get_ipython() is None:
        print(text)
        return
    page = f"<summary>해답 · Solution: {html.escape(str(name))}</summary>"
    page = f"<details>{page}<pre>{html.escape(text)}</pre></details>"
    display({"text/html": page, "text/plain": "a solution, folded away"}, raw=True)


def find(name: str) -> Exercise | None:
    """An exercise by its name; reads its chapter's module when first asked."""
    module = f"{__package__}.chapters.ch{name[:2]}"
    if re.fullmatch(r"\d\d-[a-z0-9-]+", name) and importlib.util.find_spec(module):
        importlib.import_module(module)
    return EXERCISES.get(name)


# Reading ----------------------------------------------------------------------------------------


def read_number(answer) -> float:
    """A number, or a string such as "0.75", "3/4", "4,096" or "0.83 %"."""
    text = str(answer).replace(",", "").strip()
    try:
        return float(Fraction(text.removesuffix("%").strip())) / (100 if text[-1:] == "%" else 1)
    except (ValueError, ZeroDivisionError, OverflowError):
        try:
            return float(answer)
        except (TypeError, ValueError, OverflowError):
            raise Unreadable("Give a number.") from None


def read_numbers(answer) -> list[float]:
    """A sequence of numbers, or a string with some in it."""
    if isinstance(answer, str):
        answer = re.findall(r"-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?:/\d+)?", answer)
    if not np.iterable(answer):
        raise Unreadable("Give several numbers, such as (1, 2).")
    return [read_number(part) for part in answer]


def read_letters(answer, among: str) -> set[str]:
    """The letters of "B and C", "bc" or ["b", "c"]; any other word is refused."""
    words = re.findall(r"\w+", str(answer).upper())
    found = set("".join(word for word in words if word not in ("AND", "OR")))
    if not found <= set(among):
        raise Unreadable(f"Give letters of {among}, such as {among[:1]!r}.")
    if not found:
        raise Unreadable(f"Give letters of {among}.")
    return found


def close(a, b, tolerance: float = 1e-3) -> bool:
    """Whether two numbers or arrays are the same, shape and all, but for rounding."""
    a, b = np.asarray(a, "float64"), np.asarray(b, "float64")
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=tolerance, atol=1e-6))
