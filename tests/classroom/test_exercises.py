"""Right answers, wrong answers and nonsense: each gets the verdict that it deserves."""

import importlib
import math
import random
import re
import statistics
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.linear_model import LogisticRegression

from dogan_lib import losses
from dogan_lib.classroom import chapters, exercises, kinds
from dogan_lib.classroom.truncation import carried

HERE = Path(__file__).resolve().parent.parent.parent
NOTEBOOKS = sorted((HERE / "notebooks").glob("[0-9][0-9]_*.py"))
for module in sorted(Path(chapters.__file__).parent.glob("ch*.py")):
    importlib.import_module(f"{chapters.__name__}.{module.stem}")
NAMES = sorted(exercises.EXERCISES)


def shuffled(mended):
    """Chapter 07's step of D, which shuffles the pictures."""

    def step(D, G, optimizer, real, labels, z):
        order = tf.random.shuffle(tf.range(len(real)))
        real, labels = tf.gather(real, order), tf.gather(labels, order) if mended else labels
        with tf.GradientTape() as tape:
            loss = losses.Hinge().discriminator(D([real, labels]), D([G([z, labels]), labels]))
        moved = D.trainable_variables
        optimizer.apply(tape.gradient(loss, moved), moved)

    return step


def kept_apart(mended):
    """Chapter 11's penalty, downhill; with the diagonal it shrinks the weights."""

    def train(kernel, steps=400, rate=0.3):
        for _ in range(steps):
            with tf.GradientTape() as tape:
                rows = tf.transpose(tf.reshape(kernel, (-1, kernel.shape[-1])))
                products = tf.matmul(rows, rows, transpose_b=True)
                products *= 1 - tf.eye(len(rows)) if mended else 1
                loss = tf.reduce_sum(products**2) / 2
            kernel.assign_sub(rate * tape.gradient(loss, kernel))

    return train


def judged(mended):
    """Chapter 15's loss of G; without gradients where the eyes are frozen too well."""

    def loss(eyes, heads, fake):
        seen = eyes(fake if mended else tf.stop_gradient(fake))
        return losses.NonSaturating().generator(heads(seen))

    return loss


# Answers to the exercises that are not data, and to data in other words.
RIGHT = [
    (
        "00-draw",
        lambda points, n: np.random.default_rng(0).multivariate_normal(
            points.mean(axis=0), np.cov(points.T), n
        ),
    ),
    ("00-around", lambda points: np.column_stack([points**2, np.ones(len(points))])),
    ("00-repair", lambda real, fake: real.mean(axis=0) - fake.mean(axis=0)),
    ("00-only-the-density", "B, C and E"),
    ("00-only-the-density", ["b", "c", "e"]),
    ("00-judge", "3/4"),
    ("01-slip-discriminator", "D( G(z) ) is 0.0"),
    ("01-slip-discriminator", "D(G(z)) = zero."),
    ("01-slip-generator", ("the generator", "lowest")),
    ("01-slip-generator", ("생성자", "최소")),
    ("01-slip-generator", ("G should minimize V(D, G)", "Minimum when D(G(z)) = 1")),
    (
        "03-prepare",
        lambda x, flips: np.where(flips[:, None, None, None], x[:, :, ::-1], x) / 127.5 - 1,
    ),
    ("07-count", "3,072"),
    ("10-pictures", "12,800,000"),
    (
        "11-quantiles",
        lambda shape, threshold, seed: carried(
            np.random.default_rng(seed).normal(size=shape), threshold
        ),
    ),
    ("12-start", "raise it"),
    ("14-leak", lambda x, y: LogisticRegression().fit(x[::2], y[::2]).score(x[1::2], y[1::2])),
    ("07-repair", shuffled(mended=True)),
    ("11-repair", kept_apart(mended=True)),
    ("15-blind", judged(mended=True)),
]
WRONG = [
    (
        "00-draw",
        lambda points, n: (
            points.mean(axis=0) + points.std(axis=0) * np.random.default_rng(0).normal(size=(n, 2))
        ),
    ),
    ("00-repair", lambda real, fake: np.ones(3)),
    ("00-around", lambda points: np.column_stack([points, np.ones(len(points))])),
    ("00-only-the-density", "A and B"),
    ("01-slip-discriminator", "D(x) = 0"),
    ("01-slip-discriminator", "D(G(z)) = 10"),
    ("01-slip-generator", ("G", "maximum")),
    ("01-slip-generator", ("G should maximize V(D, G)", "minimum")),
    ("01-half-overlap", (float("nan"), float("nan"))),
    ("01-saturation", float("nan")),
    ("02-slide", "ACDFGH"),
    ("03-prepare", lambda images, flips: images / 127.5 - 1),
    ("03-prepare", lambda images, flips: images[:, :, ::-1] / 127.5 - 1),
    ("11-quantiles", lambda shape, threshold, seed: np.zeros(shape)),
    ("12-start", "lower"),
    ("14-leak", lambda x, y: LogisticRegression(C=1e3).fit(x, y).score(x, y)),
    ("14-leak", lambda x, y: 0.5),
    ("07-repair", shuffled(mended=False)),
    ("11-repair", kept_apart(mended=False)),
    ("15-blind", judged(mended=False)),
]
UNREADABLE = [
    ("12-start", "unknown"),
    ("12-start", "highlow"),
    ("00-only-the-density", "boundary"),
    ("00-bayes", "half"),
    ("01-best-discriminator", lambda: 1 / 0),
    ("01-slip-generator", "minimum of everything"),
]
# Of the others `right` and `wrong` are data.
WITH_ANSWERS = [name for name in NAMES if exercises.EXERCISES[name].right is not None]
CHAPTERS = "".join(
    path.read_text("utf-8") for path in Path(chapters.__file__).parent.glob("ch*.py")
)
TRAININGS = re.findall(r'@target\(\s*"([^"]+)"', CHAPTERS)  # they score themselves
OTHERS = (HERE / "tests" / name for name in ("classroom/test_repairs.py", "test_chapter_01.py"))
TOLD = {
    name for path in OTHERS for name in re.findall(r'"(\d\d-[a-z-]+)"', path.read_text("utf-8"))
}
TOLD |= {name for name, _ in RIGHT} & {name for name, _ in WRONG}


def said(value) -> str:
    """For the test's name; a function's own text is another one in each process."""
    return "function" if callable(value) else str(value)


@pytest.mark.parametrize("name", WITH_ANSWERS)
def test_the_written_answers_get_their_verdicts(name):
    found = exercises.EXERCISES[name]
    assert exercises.verdict(name, found.right)[0] == "right!" and found.wrong
    for answer, hint in found.wrong:
        assert exercises.verdict(name, answer) == ("not yet.", hint)


@pytest.mark.parametrize("name, answer", RIGHT, ids=said)
def test_a_right_answer_may_be_said_in_other_words(name, answer):
    assert exercises.verdict(name, answer)[0] == "right!"


@pytest.mark.parametrize("name, answer", WRONG, ids=said)
def test_almost_right_is_not_right(name, answer):
    state, hint = exercises.verdict(name, answer)
    assert state == "not yet." and len(hint) > 10


@pytest.mark.parametrize("name, answer", UNREADABLE, ids=said)
def test_what_cannot_be_understood_is_neither_right_nor_wrong(name, answer):
    assert exercises.verdict(name, answer)[0] == "could not be read."


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_a_student_types_raises(name):
    for nonsense in ("?", [], {}, 10**400, lambda: 1 / 0, object()):
        assert exercises.verdict(name, nonsense)[0] in ("not yet.", "could not be read.")
    assert exercises.verdict(name, None)[0] == "open."


@pytest.mark.parametrize("name", NAMES)
def test_an_exercise_is_told_from_others_and_solved(name):
    found = exercises.EXERCISES[name]
    assert len(found.solution) > 40
    assert name in WITH_ANSWERS or name in TRAININGS or name in TOLD


def test_a_checker_that_stumbles_has_rejected_nothing(monkeypatch):
    monkeypatch.setattr(exercises, "EXERCISES", {})
    exercises.exercise("99-broken", "why")(lambda answer: 1 / 0)
    state, said = exercises.verdict("99-broken", 3)
    assert state == "could not be read." and "ZeroDivisionError" in said


@pytest.mark.parametrize("name", ["02-repair", "04-repair"])
def test_a_check_leaves_the_students_random_numbers_alone(name):
    """These checkers build networks, which bring seeds of their own."""

    def drawn(before=lambda: None):
        keras.utils.set_random_seed(5)
        before()
        numbers = keras.random.normal(()), tf.random.normal(()), np.random.rand(), random.random()  # noqa: NPY002
        return [float(number) for number in numbers]

    assert drawn() == drawn(lambda: exercises.verdict(name, lambda *players: None))


def test_a_training_scores_itself(monkeypatch, capsys):
    monkeypatch.setattr(exercises, "EXERCISES", {})
    measured = []

    def modes(trained):
        measured.append(trained)
        return trained

    kinds.target("99-modes", at_least=8, unit="modes")(modes)
    kinds.target("99-kid", at_most=0.03, unit="KID")(lambda trained: trained)
    exercises.check("99-modes", 6)
    assert capsys.readouterr().out == "99-modes: not yet. 6 modes; wanted is at least 8.\n"
    exercises.check("99-modes", 8)
    assert capsys.readouterr().out == "99-modes: right! 8 modes; wanted is at least 8.\n"
    assert measured == [6, 8], "each once: a KID takes its time"
    assert exercises.verdict("99-kid", 0.04)[0] == "not yet."
    assert exercises.verdict("99-kid", 0.02)[0] == "right!"
    assert exercises.verdict("99-kid", float("nan"))[0] == "not yet."


@pytest.mark.parametrize(
    "given, values",
    [
        ("-.693, .347", [-0.693, 0.347]),
        ("1/2, 1/3", [0.5, 1 / 3]),
        ("1e+3 and 2e-3", [1000, 0.002]),
        ("(0.5, -0.25)", [0.5, -0.25]),
        ((1, "3/4"), [1, 0.75]),
    ],
)
def test_several_numbers_are_read_in_many_forms(given, values):
    assert exercises.read_numbers(given) == pytest.approx(values)


@pytest.mark.parametrize(
    "given, value",
    [("0.75", 0.75), ("3/4", 0.75), ("4,096", 4096), ("0.83 %", 0.0083), (np.float32(2), 2)],
)
def test_numbers_are_read_in_many_forms(given, value):
    assert exercises.read_number(given) == pytest.approx(value)


def test_a_solution_is_folded_in_a_notebook_and_printed_in_a_terminal(capsys, monkeypatch):
    exercises.solution("10-jump")
    assert "5.625" in capsys.readouterr().out
    shown = []
    monkeypatch.setattr("IPython.get_ipython", object)
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    exercises.solution("05-ema")
    assert capsys.readouterr().out == ""
    page, plain = shown[0]["text/html"], shown[0]["text/plain"]
    assert page.startswith("<details><summary>") and "def ema(old, new, decay):" in page
    assert "decay * old" not in plain


CODED = [name for name in NAMES if exercises.EXERCISES[name].solution.startswith("def ")]


@pytest.mark.parametrize("name", CODED)
def test_the_code_of_a_solution_runs(name):
    code = exercises.EXERCISES[name].solution.rsplit("\n\n", 1)[0]
    scope: dict = {"np": np, "math": math, "statistics": statistics}
    exec(code, scope)
    made = scope[re.match(r"def (\w+)", code)[1]]
    assert exercises.verdict(name, made)[0] == "right!"


def test_an_unknown_exercise_is_named(capsys):
    exercises.check("x", 1)
    exercises.solution("x")
    exercises.check([], 1)
    said = capsys.readouterr().out
    assert said.count("no exercise 'x'") == 2 and "no exercise '[]'" in said


@pytest.mark.parametrize("source", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_exercise_of_a_chapter_is_there(source):
    asked = re.findall(r'exercises\.(?:check|solution)\("([^"]+)"', source.read_text("utf-8"))
    assert set(asked) <= set(NAMES)
    assert len(set(asked)) >= 3


@pytest.mark.parametrize("chapter", "00 01 02 04 05 06 07 08 09 10 11 12 15".split())
def test_a_training_exercise_says_its_target(chapter):
    """In the text of the exercise: the check tells it only who has trained already."""
    checker = Path(chapters.__file__).with_name(f"ch{chapter}.py").read_text("utf-8")
    (wanted,) = re.findall(r"at_(?:most|least)=([\d.]+)", checker)
    (notebook,) = (path for path in NOTEBOOKS if path.name.startswith(chapter))
    (asked,) = re.findall(r"^# \d\. \*\*바꾸고.*$", notebook.read_text("utf-8"), re.MULTILINE)
    said = f"{wanted}|{100 * float(wanted):g} %"  # 0.97, or 97 %
    assert re.search(rf" ({said})(?=[ ,:;]|\.( |$))", asked)


def test_a_training_may_say_in_words_why_it_does_not_count():
    class Noise:
        image = np.zeros((32, 32, 3), "uint8")

        def sample(self, n, start_scale, seed):
            return np.random.default_rng(seed).uniform(-1, 1, (n, 32, 32, 3))

    result, said = exercises.verdict("12-variety", Noise())
    assert result == "not yet."
    assert "other patches than the picture's" in said and "wanted" not in said
