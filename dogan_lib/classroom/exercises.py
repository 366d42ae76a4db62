"""Exercises that answer back: `check` says *right* or gives a hint, `solution` shows the way.

A checker is a small function that takes the student's answer and returns a hint, or None where the
answer is right. It may assume the right kind of thing: whatever it raises becomes a hint too, so
nothing that a student types can break the notebook.
"""

import dataclasses
import re
import textwrap
from collections.abc import Callable
from fractions import Fraction

import numpy as np


@dataclasses.dataclass(frozen=True)
class Exercise:
    """How to look at an answer, and the worked solution."""

    hint_for: Callable[[object], str | None]
    solution: str


EXERCISES: dict[str, Exercise] = {}


def exercise(name: str, solution: str):
    """Register the decorated checker under `name`, with its worked solution."""

    def register(checker):
        EXERCISES[name] = Exercise(checker, textwrap.dedent(solution).strip())
        return checker

    return register


def check(name: str, answer) -> None:
    """Print whether the answer is right, or a hint. Never raises."""
    found = EXERCISES.get(str(name))
    if found is None:
        print(f"There is no exercise {name!r}; there is {', '.join(sorted(EXERCISES))}.")
    elif answer is None:
        print(f"{name}: put your answer in place of None and run this cell again.")
    else:
        hint = _hint(found, answer)
        print(f"{name}: {'right!' if hint is None else 'not yet. ' + hint}")


def _hint(found: Exercise, answer) -> str | None:
    try:
        return found.hint_for(answer)
    except Exception as error:
        return f"Your answer could not be read ({type(error).__name__}: {error})."


def solution(name: str) -> None:
    """Print the worked solution."""
    found = EXERCISES.get(str(name))
    print(found.solution if found else f"There is no exercise {name!r}.")


def is_close(answer, value: float, tolerance: float = 1e-6) -> bool:
    """Whether a number, or a string such as "0.75", "3/4" or "4,096", is within a tolerance."""
    number = float(Fraction(str(answer).replace(",", "").strip()))
    return bool(np.isclose(number, value, rtol=tolerance))


# 00 Start here ---------------------------------------------------------------------------------


@exercise(
    "00-bayes",
    """
    Weigh each density with its prior: 3/4 * 0.02 = 0.015 for terriers, 1/4 * 0.06 = 0.015 for
    hounds. The hounds' share is 0.015 / (0.015 + 0.015) = 1/2: they are three times as dense here,
    and three times as rare.
    """,
)
def _(answer):
    if is_close(answer, 0.75):
        return "That would be so if both kinds were equally frequent. Use the prior."
    if is_close(answer, 0.015):
        return "That is p(hound) p(x | hound). Divide by the sum over both kinds."
    if not is_close(answer, 0.5):
        return "p(hound) p(x | hound), divided by the same for both kinds together."


@exercise(
    "00-draw",
    """
    def draw_one_kind(mean, std, n):
        return np.array(mean) + np.array(std) * np.random.default_rng().normal(size=(n, 2))

    Every Gaussian is a standard one, stretched by its standard deviation and moved to its mean.
    """,
)
def _(answer):
    if not callable(answer):
        return "Give the function itself: exercises.check('00-draw', draw_one_kind)."
    drawn = np.asarray(answer(np.array([9.0, 7.0]), np.array([2.0, 0.5]), 4000), "float64")
    if drawn.shape != (4000, 2):
        return f"n = 4000 should give the shape (4000, 2), not {drawn.shape}."
    # Five standard errors: one right answer in a million fails.
    if (np.abs(drawn.mean(axis=0) - [9, 7]) > 5 * np.array([2, 0.5]) / 4000**0.5).any():
        return f"The means should be about 9 and 7, not {drawn.mean(axis=0).round(2).tolist()}."
    if not np.allclose(drawn.std(axis=0) / [2, 0.5], 1, atol=0.06):
        spread = drawn.std(axis=0).round(2).tolist()
        return f"The standard deviations should be about 2 and 0.5, not {spread}."


@exercise(
    "00-only-the-density",
    """
    B and C. To draw, and to call something unusual, you must know where dogs are. Both models
    answer A and D: the density through Bayes' rule, with a line where both are equally likely.
    """,
)
def _(answer):
    # Whole words of these letters only: "B and C" has an A and a D in its "and".
    letters = set("".join(re.findall(r"\b[A-D]+\b", str(answer).upper())))
    if letters & {"A", "D"}:
        return "A and D are what a boundary is for."
    if letters != {"B", "C"}:
        return "Which ones need to know where dogs are, and how many?"


@exercise(
    "00-judge",
    """
    Of the 40 points there, 30 are real: D = 30 / (30 + 10) = 3/4. This is Bayes' rule with equal
    priors, and in chapter 01 it becomes D*(x) = p(x) / (p(x) + q(x)).
    """,
)
def _(answer):
    if not is_close(answer, 0.75):
        return "D is the probability that a point from this patch is real."


# 01 The objective function ----------------------------------------------------------------------


def squeezed(answer) -> str:
    """The words of an answer without spaces and in small letters: 'D( G(z) )' -> 'd(g(z))'."""
    return "".join(str(answer).lower().split())


@exercise(
    "01-slip-discriminator",
    """
    D(G(z)) = 0. The slide writes D(x) = 0, with x from the data; but the second term holds
    D(G(z)), and log(1 - D(G(z))) is largest, 0, where D calls every fake a fake.
    D(x) = 0 for real x would send the first term to minus infinity.
    """,
)
def _(answer):
    said = squeezed(answer)
    if "d(g(z))" not in said:
        return "D's argument in the second term is not a real x. Which term is largest then?"
    if not re.search(r"d\(g\(z\)\)(=|==|is|는|가)(0|zero|0\.0*)\.?$", said):
        return "Right argument. Which value of it makes log(1 - value) largest?"


@exercise(
    "01-slip-generator",
    """
    ("G", "minimum"): G should minimise V, and log(1 - D(G(z))) falls to its minimum (minus
    infinity) as D(G(z)) goes to 1. D's slide and G's slide share a formula, and the copy stayed.
    """,
)
def _(answer):
    who, extreme = (squeezed(part) for part in answer)
    if who.removeprefix("the") not in ("g", "generator", "생성자"):
        return "Whose slide is it? Only one of the two players minimises V."
    if not any(word in extreme for word in ("min", "low", "small", "최소")):
        return "Where does log(1 - v) go as v goes to 1: up or down?"


@exercise(
    "01-best-discriminator",
    """
    def best(p, q):
        return p / (p + 2 * q)

    At each x, D maximises p log D + 2 q log(1 - D). The derivative p / D - 2 q / (1 - D) is zero
    at D = p / (p + 2 q): D is a careful statistician that counts how many fakes it is shown.
    """,
)
def _(answer):
    if not callable(answer):
        return "Give the function itself: exercises.check('01-best-discriminator', best)."
    for p, q in ((0.3, 0.3), (0.1, 0.4), (0.5, 0.2)):
        if not is_close(answer(p, q), p / (p + 2 * q)):
            return f"At p={p}, q={q}: set the derivative of p log D + 2 q log(1 - D) to zero."


@exercise(
    "01-far-apart",
    """
    (0, log 2): D* is 1 on all real x and 0 on all fake ones, both terms are log 1 = 0, so
    V = 0 and JSD = (V + log 4) / 2 = log 2 = 0.693. It stays there however far apart they are.
    """,
)
def _(answer):
    v, jsd = (float(number) for number in answer)
    if not abs(v) <= 1e-2:
        return "D makes no mistake: what are log D(x) and log(1 - D(G(z))) then?"
    if not abs(jsd - np.log(2)) <= 1e-2:
        return "V is right. Solve V = 2 JSD - log 4 for the JSD."


@exercise(
    "01-saturation",
    """
    The slopes in the logit are -sigmoid(l) and -(1 - sigmoid(l)); their ratio is
    (1 - sigmoid(l)) / sigmoid(l) = exp(-l), at l = -5: exp(5) = 148.4.
    """,
)
def _(answer):
    if is_close(answer, np.exp(-5), 1e-2):
        return "Upside down: how many times larger is the *non-saturating* slope?"
    if not is_close(answer, np.exp(5), 1e-2):
        return "Divide 1 - sigmoid(-5) by sigmoid(-5)."


# 02 Vanilla GAN ---------------------------------------------------------------------------------


@exercise(
    "02-slide",
    """
    A, C, D, F and G.
    A: lines 22 and 23 come after a loop that never ends, and lines 13 and 19 need them.
    C: nothing calls zero_grad(), so that every backward() adds to all earlier gradients.
    D: criterion = nn.BCELoss() (or BCEWithLogitsLoss() on logits), with targets of ones and zeros
       as tensors of D's output's shape.
    F: D(G(z).detach()) in line 11. Without it G gets the gradient of D's loss, which wants fakes
       to be *recognised*; line 19 then applies it together with G's own.
    G: x and z have to be drawn inside the loop.
    Not B: both terms belong to V, and their sum is right. Not E: G wants its samples called real.
    Not H: an optimizer moves only the parameters it was given; but line 12 fills G's gradients.
    """,
)
def _(answer):
    chosen = {letter for letter in str(answer).upper() if letter in "ABCDEFGH"}
    hints = {
        "B": "B is not a mistake: V has both terms. (Two *batches*, yes, but one sum of losses.)",
        "E": "E is not a mistake: what does G want D to say?",
        "H": "H is not true: which parameters was d_optimizer given?",
    }
    for letter, hint in hints.items():
        if letter in chosen:
            return hint
    left = len(set("ACDFG") - chosen)
    if left:
        return f"No wrong ones among yours; {left} more to find. Follow one tensor at a time."


@exercise(
    "02-equilibrium",
    """
    (log 4, log 2) = (1.386, 0.693). D says 1/2 everywhere: its loss is
    -log(1/2) - log(1 - 1/2) = 2 log 2, and G's -log D(G(z)) = -log(1/2).
    """,
)
def _(answer):
    d, g = (float(number) for number in answer)
    if abs(d + np.log(4)) < 1e-2:
        return "That is V. D minimises -V."
    if abs(d - np.log(4)) > 1e-2:
        return "What does the best D answer where p = q? Put it into both terms."
    if abs(g - np.log(2)) > 1e-2:
        return "D's is right. G's is -log D(G(z))."


@exercise(
    "02-collapsed-v",
    """
    At the crowded mode D* = (1/8) / (1/8 + 1) = 1/9, at the other seven D* = 1. So
    V = 1/8 log(1/9) + 7/8 log 1 + log(1 - 1/9) = -0.275 - 0.118 = -0.392.
    A best D would have seen the collapse at once, far above -log 4 = -1.386. The D of the
    collapsed game was at about -1.35: it is far from best, and V told us about D, not about G.
    """,
)
def _(answer):
    v = float(answer)
    if abs(v + np.log(4)) < 0.06:
        return "That is what the weak D said. With the best D, what is D* at the other seven modes?"
    if abs(v - np.log(1 / 9) / 8) < 5e-3:
        return "That is the first term. The fakes, too, are all judged with D* = 1/9."
    if abs(v - (np.log(1 / 9) / 8 + np.log(8 / 9))) > 5e-3:
        return "E over real x: 1/8 of them lie where D* = 1/9. E over fakes: all of them do."


@exercise(
    "02-covered",
    """
    def covered(fake, centres, radius):
        distance = np.linalg.norm(fake[:, None] - centres[None], axis=-1)
        return (distance <= radius).any(axis=0).sum()

    distance is (n, m): one row for each fake point, one column for each centre.
    """,
)
def _(answer):
    if not callable(answer):
        return "Give the function itself: exercises.check('02-covered', covered)."
    centres = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 3.0]])
    cases = [
        ([[0.1, 0.0], [0.0, -0.1], [3.0, 0.2]], 2, "Two points at one centre are one mode."),
        ([[1.5, 0.0]], 0, "A point between the modes belongs to none."),
        ([[0.3, 0.4]], 1, "Distance is Euclidean; 'within' includes the radius itself."),
    ]
    for fake, right, hint in cases:
        got = answer(np.array(fake), centres, 0.5)
        if got is None:
            return "It still returns None. Start with the distances, (n, m)."
        if not is_close(got, right):
            return hint


# 03 The dogs -----------------------------------------------------------------------------------


@exercise(
    "03-square",
    """
    The longer side is 40, so the square is 40 x 40 around the centre (30, 50): (10, 30, 50, 70).
    """,
)
def _(answer):
    if tuple(int(n) for n in answer) != (10, 30, 50, 70):
        return "The side is the longer one of the box; the centre stays where it is."


@exercise(
    "03-edge",
    """
    The longer side is 99. Around the box's centre the square would reach from column 125 to 224,
    but the picture ends at 200: moved left by 24 it is (101, 20, 200, 119). Moving keeps the dog's
    shape and all of the dog; filling the rest with black would teach G black rims.
    """,
)
def _(answer):
    square = tuple(int(n) for n in answer)
    if square == (125, 20, 224, 119):
        return "Columns 200 to 223 are not there. Move the square, do not cut it."
    if square == (125, 20, 200, 119):
        return "That is 75 wide and 99 high: no square any more. Move it instead of cutting it."
    if square != (101, 20, 200, 119):
        return "First the square around the centre, as if there were no edge; then move it inside."


@exercise(
    "03-scale",
    """
    def scale(pixels):
        return pixels.astype("float32") / 127.5 - 1

    Half of 255 is 127.5: dividing by 128 would leave white a little grey.
    """,
)
def _(answer):
    if not callable(answer):
        return "Give the function itself: exercises.check('03-scale', scale)."
    pixels = np.array([0, 51, 255], "uint8")
    given = answer(pixels)
    if given is None:
        return "It still returns None. What do you divide by, to get from 0...255 to 0...2?"
    given = np.asarray(given, "float64")
    if not np.allclose(given, answer(pixels.astype("float32")), atol=1e-6):
        return (
            "uint8 answers otherwise than float32: it starts again at 0 after 255. Convert first."
        )
    if not np.allclose(given, [-1, -0.6, 1], atol=1e-6):
        return f"0, 51 and 255 should become -1, -0.6 and 1, not {np.round(given, 3).tolist()}."


@exercise(
    "03-nyquist",
    """
    One new pixel covers 256 / 32 = 8 old ones, and a stripe needs two new pixels, one light and one
    dark: 16 pixels of the original. Stripes of period 10 must become grey.
    """,
)
def _(answer):
    if is_close(answer, 8):
        return "That is one new pixel. A period needs a light and a dark one."
    if not is_close(answer, 16):
        return "How many old pixels does a new one cover, and how many new ones has a period?"


# 04 DCGAN 32x32 --------------------------------------------------------------------------------


@exercise(
    "04-parameters",
    """
    Each of the 256 filters has 5 x 5 x 128 weights and one bias:
    (5 * 5 * 128 + 1) * 256 = 819,456, the third convolution of the deck's discriminator.
    """,
)
def _(answer):
    if is_close(answer, 5 * 5 * 128 * 256):
        return "You left out the biases: one for each output channel."
    if not is_close(answer, 819_456):
        return "(k * k * channels in + 1) * channels out."


@exercise(
    "04-receptive-field",
    """
    A layer widens the field by (kernel - 1) times the distance between its neighbours, and the
    distance doubles with each stride of 2: 1 + 4 * 1 + 4 * 2 + 4 * 4 + 4 * 8 = 61.
    The stride of the *last* layer does not matter: it moves the window and does not widen it.
    """,
)
def _(answer):
    if not is_close(answer, 61):
        return "Call receptive_fields with four times (5, 2), and look at the last number."


@exercise(
    "04-even-prints",
    """
    def even(kernel, stride):
        return kernel % stride == 0

    Each pixel gets kernel / stride prints along each axis where that is a whole number; otherwise
    some get one more than others. That is why 4x4 kernels with stride 2 became popular.
    """,
)
def _(answer):
    if not callable(answer):
        return "Give the function itself: exercises.check('04-even-prints', even)."
    cases = [(k, s) for k in range(1, 9) for s in (1, 2, 3) if k >= s]
    wrong = [(k, s) for k, s in cases if bool(answer(k, s)) != (k % s == 0)]
    if wrong:
        return f"Count the prints for kernel {wrong[0][0]} and stride {wrong[0][1]} with `stamp`."


@exercise(
    "04-not-trainable",
    """
    The moving mean and the moving variance of each batch normalisation: two numbers for each of
    16384 + 128 + 64 + 32 = 16,608 channels, 33,216 in all. They are averaged, not learned.
    """,
)
def _(answer):
    words = str(answer).lower()
    if "moving" in words or "running" in words or "statist" in words or "통계" in words:
        return None
    if "batch" in words or "배치" in words:
        return "Right layer. Which two of its four vectors does no gradient move?"
    return "Look at `generator.non_trainable_weights`."


# 05 DCGAN 64x64 --------------------------------------------------------------------------------


@exercise(
    "05-deck-breaks",
    """
    2 and 4. Its generator grows by UpSampling2D and stride-1 convolutions instead of strided
    transposed ones, and its discriminator has no batch normalisation (it has dropout instead).
    """,
)
def _(answer):
    numbers = {int(n) for n in re.findall(r"\d+", str(answer))}
    if numbers == {2, 4}:
        return None
    if numbers & {1, 3, 5, 6, 7, 8}:
        return "At least one of yours it keeps: look at both tables of chapter 04 again."
    return "There are two. How does its generator grow, and what is missing in its discriminator?"


@exercise(
    "05-rescue",
    """
    (1 - sigmoid(-10)) / sigmoid(-10) = exp(10) = 22,026: the odds that the picture is fake.
    """,
)
def _(answer):
    if not abs(float(answer) - np.exp(10)) < 0.01 * np.exp(10):
        return "The ratio is (1 - s) / s with s = sigmoid(-10). It simplifies."


@exercise(
    "05-ema",
    """
    def ema(old, new, decay):
        return decay * old + (1 - decay) * new

    With decay 0.999 a step counts 1/1000, and the average remembers about the last 1000 steps.
    """,
)
def _(answer):
    if not callable(answer):
        return "Give the function itself: exercises.check('05-ema', ema)."
    given = answer(1.0, 3.0, 0.9)
    if is_close(given, 2.8):
        return "Decay is the weight of the *old* value: at 0.999 the average hardly moves."
    if not is_close(given, 1.2):
        return "decay of the old value, and what is left of 1 of the new one."


@exercise(
    "05-better",
    """
    No. B's runs lie inside A's spread: 110 to 125 against 100 to 160. The means, 130 and 118,
    differ by less than A's seeds do. What three seeds may hint at is that B varies less.
    """,
)
def _(answer):
    if "yes" in str(answer).lower() or "네" in str(answer):
        return "A's best run is better than B's best. How far do A's own seeds lie apart?"
    if "no" not in str(answer).lower() and "아니" not in str(answer):
        return 'Answer "yes" or "no".'


# 06 LSGAN --------------------------------------------------------------------------------------


@exercise(
    "06-pull",
    """
    Under least squares with target c = 1 the gradient is (logit - 1) = 9; under the log loss it is
    sigmoid(10) - 1 = -0.000045. The fake is on D's "real" side, but far from the boundary: least
    squares pulls it back with 9, the log loss has let go of it.
    """,
)
def _(answer):
    if is_close(answer, 10):
        return "The distance to the target, not to 0."
    if is_close(answer, 81) or is_close(answer, 40.5):
        return "That is the loss. Take its derivative by the logit."
    if not is_close(abs(float(answer)), 9):
        return "d/dx of (x - 1)^2 / 2, at x = 10."


@exercise(
    "06-best-discriminator",
    """
    def best(p, q, a, b):
        return (b * p + a * q) / (p + q)

    The integrand p (D - b)^2 / 2 + q (D - a)^2 / 2 has the derivative p (D - b) + q (D - a): zero
    at the mean of the two targets, weighted by the densities.
    """,
)
def _(answer):
    if not callable(answer):
        return "Give the function itself: exercises.check('06-best-discriminator', best)."
    p, q = np.array([1.0, 2.0, 0.5]), np.array([1.0, 0.5, 2.0])
    given = np.asarray(answer(p, q, -1.0, 1.0), "float64")
    if np.allclose(given, (q - p) / (p + q)):
        return "a is the target of the fakes (density q), b that of the real ones (density p)."
    if not np.allclose(given, (p - q) / (p + q)):
        return "Set the derivative of p (D - b)^2 / 2 + q (D - a)^2 / 2 by D to zero."


@exercise(
    "06-covered",
    """
    (-1, 1, 0): b - c = 1 and b - a = 2. For (0, 1, 1) b - c = 0: the official code's targets are
    not covered by the theorem.
    """,
)
def _(answer):
    numbers = [int(n) for n in re.findall(r"-?\d+", str(answer))]
    if numbers == [0, 1, 1]:
        return "Check b - c = 1 and b - a = 2 for it."
    if numbers != [-1, 1, 0]:
        return "Give a, b, c such as '(0, 1, 1)'."


# 07 Conditional GAN ----------------------------------------------------------------------------


@exercise(
    "07-one-hot",
    """
    120 x 256 = 30,720: a dense layer without a bias on one-hot labels is a table with one row of
    256 numbers for each breed, exactly what an embedding is.
    """,
)
def _(answer):
    if is_close(answer, 120 * 256 + 256):
        return "There is no bias here."
    if not is_close(answer, 120 * 256):
        return "One weight for each pair of a breed and a channel."


@exercise(
    "07-project",
    """
    def judge(h, w, table, label):
        return h @ w + h @ table[label]

    How real at all, plus how much like this breed: both are inner products with h.
    """,
)
def _(answer):
    if not callable(answer):
        return "Give the function itself: exercises.check('07-project', judge)."
    random = np.random.default_rng(0)
    h, w, table = random.normal(size=4), random.normal(size=4), random.normal(size=(3, 4))
    given = float(answer(h, w, table, 2))
    if is_close(given, h @ table[2]):
        return "The part that does not depend on the breed, w . h, is missing."
    if not is_close(given, h @ w + h @ table[2]):
        return "w . h + table[label] . h"


@exercise(
    "07-chance",
    """
    1/120 = 0.83 %: a generator that does not listen draws some breed, and the breed that was asked
    for is that one in one case of 120.
    """,
)
def _(answer):
    value = float(Fraction(str(answer).replace("%", "").strip()))
    if not (is_close(value, 1 / 120, 0.05) or is_close(value, 100 / 120, 0.05)):
        return "Label and picture have nothing to do with each other, and there are 120 breeds."


@exercise(
    "07-cut",
    """
    B. If G ignores the label, pictures of one z do not change with it. The pictures themselves may
    be as good as ever, so FID sees nothing, and D's loss only says that the two can be told apart.
    """,
)
def _(answer):
    if set(re.findall(r"\b[ABC]\b", str(answer).upper())) != {"B"}:
        return "Which of the three would change if G stopped listening, and only then?"


# 08 Text to image ------------------------------------------------------------------------------


@exercise(
    "08-undecided",
    """
    BCE(0, 1) + 1/2 BCE(0, 0) + 1/2 BCE(0, 0) = log 2 + log 2 = log 4 = 1.386: the half weights
    make it the same number as for a plain GAN.
    """,
)
def _(answer):
    if is_close(answer, 3 * np.log(2), 1e-2):
        return "Two of the three terms have the weight 1/2."
    if is_close(answer, np.log(2), 1e-2):
        return "That is the first term alone: log 2."
    if not is_close(answer, np.log(4), 1e-2):
        return "A logit of 0 is a probability of 1/2, and each BCE is then log 2."


@exercise(
    "08-matching",
    """
    def matching(right, wrong, fake):
        def softplus(x):
            return np.log1p(np.exp(x))

        against = softplus(wrong).mean() + softplus(fake).mean()
        return softplus(-right).mean() + against / 2

    BCE(logit, 1) is softplus(-logit), BCE(logit, 0) is softplus(logit).
    """,
)
def _(answer):
    if not callable(answer):
        return "Give the function itself: exercises.check('08-matching', matching)."
    right, wrong, fake = np.array([2.0, 0.5]), np.array([1.0, -0.5]), np.array([-3.0, 0.0])

    def entropy(logits, target):
        return np.mean(np.logaddexp(0, -logits if target else logits))

    given = float(answer(right, wrong, fake))
    against = entropy(wrong, 0) + entropy(fake, 0)
    if is_close(given, entropy(right, 1) + against):
        return "The two terms against count one half each."
    if is_close(given, entropy(right, 1) + (entropy(wrong, 1) + entropy(fake, 0)) / 2):
        return "A real picture with a wrong caption is to be refused: its target is 0."
    if not is_close(given, entropy(right, 1) + against / 2):
        return "BCE(right, 1) + BCE(wrong, 0) / 2 + BCE(fake, 0) / 2, each a mean of softplus."


@exercise(
    "08-order",
    """
    B. Both captions of B hold the same words, so the mean of their vectors is the same: a mean
    cannot tell whether the dog or its patches are white. The captions of A differ in a word, and so
    do those of C.
    """,
)
def _(answer):
    letters = set(re.findall(r"\b[ABC]\b", str(answer).upper()))
    if letters != {"B"}:
        return "Count the words of each caption: in which pair are the counts the same?"


@exercise(
    "08-best-discriminator",
    """
    def best(right, wrong, fake):
        return right / (right + wrong / 2 + fake / 2)

    Under one caption the integrand of D's loss is -right log D - (wrong + fake)/2 log(1 - D):
    the plain GAN's with (wrong + fake)/2 in the place of the fake density.
    """,
)
def _(answer):
    if not callable(answer):
        return "Give the function itself: exercises.check('08-best-discriminator', best)."
    right, wrong, fake = np.array([0.2, 1.0]), np.array([0.4, 0.0]), np.array([0.6, 1.0])
    given = np.asarray(answer(right, wrong, fake), "float64")
    if np.allclose(given, right / (right + wrong + fake)):
        return "The two densities against count one half each."
    if np.allclose(given, right / (right + fake)):
        return "Pictures with a wrong caption are refused too."
    if not np.allclose(given, right / (right + (wrong + fake) / 2)):
        return "In D* = p / (p + q), what is the q that D refuses?"


# 09 SAGAN --------------------------------------------------------------------------------------


@exercise(
    "09-corner",
    """
    31: each 3x3 convolution sees one place further in every direction, and the corners lie 31 rows
    (and 31 columns) apart. One attention layer does it in one step.
    """,
)
def _(answer):
    if is_close(answer, 16) or is_close(answer, 15):
        return "That is enough for the middle to see every place. The corners lie farther apart."
    if is_close(answer, 32):
        return "Count the steps between the rows 0 and 31, not the rows."
    if not is_close(answer, 31):
        return "Each layer sees one place further in every direction. How many steps is it?"


@exercise(
    "09-attend",
    """
    def attend(queries, keys, values):
        powers = np.exp(queries @ keys.T)
        return powers / powers.sum(axis=1, keepdims=True) @ values

    Each row of weights belongs to one query and sums to 1 over the keys.
    """,
)
def _(answer):
    if not callable(answer):
        return "Give the function itself: exercises.check('09-attend', attend)."
    random = np.random.default_rng(0)
    queries, keys, values = (random.normal(size=shape) for shape in ((3, 4), (5, 4), (5, 2)))
    given = np.asarray(answer(queries, keys, values), "float64")
    scores = queries @ keys.T

    def weighted(scores, axis=1):
        return np.exp(scores) / np.exp(scores).sum(axis=axis, keepdims=True) @ values

    if given.shape != (3, 2):
        return f"3 queries and values of 2 numbers give (3, 2), not {given.shape}."
    if np.allclose(given, weighted(scores / 2)):
        return "This block does not divide by the root of d."
    if np.allclose(given, weighted(scores, axis=0)):
        return "The softmax runs over the keys, the second axis: each query spends 1."
    if not np.allclose(given, weighted(scores)):
        return "softmax(queries @ keys.T) over the keys, times values."


@exercise(
    "09-sigma",
    """
    (1, 0.5, 0.25): all are divided by the largest. What the kernel prefers stays as it is; only its
    strength is taken away.
    """,
)
def _(answer):
    values = np.sort(np.ravel(np.asarray(answer, "float64")))[::-1]
    if values.shape == (3,) and np.allclose(values, 1):
        return "Dividing by one number cannot make them all equal."
    if values.shape != (3,) or not np.allclose(values, [1, 0.5, 0.25]):
        return "The whole kernel is divided by its largest singular value: give three numbers."


@exercise(
    "09-hinge",
    """
    0.85: the real dogs give max(0, 1 - 2) = 0 and max(0, 1 - 0.5) = 0.5, in the mean 0.25; the
    fakes max(0, 1 - 3) = 0 and max(0, 1 + 0.2) = 1.2, in the mean 0.6.
    """,
)
def _(answer):
    if is_close(answer, 1.7):
        return "Each of the two terms is a mean over its dogs."
    if is_close(answer, 0.25) or is_close(answer, 0.6):
        return "That is one of the two terms."
    if not is_close(answer, 0.85):
        return "Mean of max(0, 1 - real) plus mean of max(0, 1 + fake)."


# 10 PGGAN --------------------------------------------------------------------------------------


@exercise(
    "10-scale",
    """
    sqrt(2) / sqrt(3 x 3 x 512) = 1.414 / 67.9 = 0.0208: a unit reads 4608 numbers.
    """,
)
def _(answer):
    if is_close(answer, (2 / 512) ** 0.5, 1e-2):
        return "A 3x3 kernel reads 512 channels at nine places."
    if is_close(answer, 1 / 4608**0.5, 1e-2):
        return "The gain is sqrt(2), not 1."
    if not is_close(answer, (2 / 4608) ** 0.5, 1e-2):
        return "gain / sqrt(fan_in), where fan_in counts every number that one unit reads."


@exercise(
    "10-alpha",
    """
    def alpha(images, start, fading):
        return np.clip((images - start) / fading, 0, 1)

    It rises evenly, by the pictures that the phase has seen, and stays where it is at both ends.
    """,
)
def _(answer):
    if not callable(answer):
        return "Give the function itself: exercises.check('10-alpha', alpha)."
    given = {seen: float(answer(seen, 1000, 400)) for seen in (900, 1000, 1100, 1400, 5000)}
    if not is_close(given[1100], 0.25):
        return "After a quarter of the phase's pictures, alpha is 1/4."
    if given[900] != 0 or given[1000] != 0:
        return "Before the phase, and at its first picture, alpha is 0."
    if given[1400] != 1 or given[5000] != 1:
        return "At the end of the phase, and ever after, alpha is 1."


@exercise(
    "10-pictures",
    """
    12,800,000. There are nine sizes, 4 to 1024. Eight of them were stable for 800,000 pictures, and
    eight were faded in over 800,000.
    """,
)
def _(answer):
    if is_close(answer, 13_600_000):
        return "1024x1024 has only just become stable: do not count that phase."
    if is_close(answer, 6_400_000):
        return "Each size above 4x4 has a fading phase and a stable one."
    if not is_close(answer, 12_800_000):
        return "Count the phases before it, of 800,000 pictures each: Schedule(1024).start(16)."


@exercise(
    "10-jump",
    """
    10 (1/4 - 1)^2 = 5.625. From 8x8 to 32x32 one pixel becomes 16, each with 1/16 of the influence:
    the gradient's length is sqrt(16 x (1/16)^2) = 1/4.
    """,
)
def _(answer):
    if is_close(answer, 2.5, 1e-3):
        return "That is one doubling. Here the side grows by four."
    if is_close(answer, 10 * (1 / 16 - 1) ** 2, 1e-3):
        return "1/16 is one pixel's influence. The length sums the squares of sixteen of them."
    if not is_close(answer, 5.625, 1e-3):
        return "The slope is 1 / (how many times the side grows). Put it into 10 (slope - 1)^2."


# 11 BigGAN and truncation ----------------------------------------------------------------------


@exercise(
    "11-pieces",
    """
    20: one piece for the dense layer and one for each of the seven blocks make eight, and
    160 / 8 = 20.
    """,
)
def _(answer):
    if is_close(answer, 160 / 7, 1e-2):
        return "The dense layer that makes the 4x4 features has a piece too."
    if not is_close(answer, 20):
        return "Count those who read z, then divide."


@exercise(
    "11-quantiles",
    """
    def truncated(shape, threshold, seed):
        bell = statistics.NormalDist()
        u = np.random.default_rng(seed).uniform(size=shape)
        low = bell.cdf(-threshold)
        return np.vectorize(bell.inv_cdf)(low + u * (1 - 2 * low))

    u runs over the part of the distribution function that lies inside the threshold.
    """,
)
def _(answer):
    if not callable(answer):
        return "Give the function itself: exercises.check('11-quantiles', truncated)."
    z = np.asarray(answer((40, 100), 1.0, 3), "float64")
    if z.shape != (40, 100):
        return f"The result should have the shape (40, 100), not {z.shape}."
    if np.abs(z).max() > 1 + 1e-6:
        return "Some numbers lie beyond the threshold."
    if np.isclose(np.abs(z), 1).mean() > 0.01:
        return "They heap up at the threshold: that is clipping."
    # The truncated bell's variance at 1 is 0.2911; a flat one would have 1/3.
    if not abs(z.var() - 0.2911) < 0.015:
        return f"The variance is {z.var():.3f} instead of 0.291: this is another density."
    if np.array_equal(z, np.asarray(answer((40, 100), 1.0, 4))):
        return "Another seed should give other numbers."


@exercise(
    "11-draws",
    """
    1 / 0.383 = 2.61: trials that succeed with probability p take 1/p on average.
    """,
)
def _(answer):
    if is_close(answer, 1.61, 0.02):
        return "Count the first draw as well."
    if not is_close(answer, 2.61, 0.02):
        return "How often is a coin thrown that falls on heads with probability p?"


@exercise(
    "11-statistics",
    """
    A and C. The statistics are means over all latents of a threshold, for given weights: another
    threshold or other weights need new ones. A seed picks from the same latents.
    """,
)
def _(answer):
    given = set(re.findall(r"\b[ABC]\b", str(answer).upper()))
    if "B" in given:
        return "A seed picks single latents; the statistics are means over all of them."
    if given != {"A", "C"}:
        return "They depend on which latents are drawn, and on who turns them into features."


# 12 SinGAN ---------------------------------------------------------------------------------------


@exercise(
    "12-scales",
    """
    10: shrunk it is 250 x 188 (187.5), and log(25 / 188) / log(0.75) = 7.01, rounded up 8. Plus 1
    is N = 9, the last index; with index 0 that makes 10 networks.
    """,
)
def _(answer):
    if is_close(answer, 9, 0.01):
        return "N is the last index. The first one is 0."
    if is_close(answer, 11, 0.01):
        return "That is a short side of 250. Shrink first: the long side becomes 250."
    if not is_close(answer, 10, 0.01):
        return "N = ceil(log(25 / short side) / log(0.75)) + 1, and there are N + 1 networks."


@exercise("12-field", "15: each 3x3 convolution adds a pixel on both sides, 1 + 7 * 2.")
def _(answer):
    if is_close(answer, 21, 0.01):
        return "They overlap: a convolution adds one pixel on both sides to what is seen."
    if not is_close(answer, 15, 0.01):
        return "Five convolutions see 11 pixels: 1 + 5 * 2."


@exercise(
    "12-start",
    """
    Raise it. Scales below the start show the photograph itself, so layout stays; only what is
    finer than the start scale is drawn anew.
    """,
)
def _(answer):
    if "low" in str(answer).lower():
        return "The low scales decide on the layout. Do you want them to draw?"
    if "rais" not in str(answer).lower() and "high" not in str(answer).lower():
        return 'Answer "raise" or "lower".'


# 13 SinGAN's five uses ---------------------------------------------------------------------------


@exercise(
    "13-blend",
    """
    def blend(real, generated, mask):
        m = mask[..., None]
        return (1 - m) * real + m * generated

    The new last axis makes one value of the mask stand for all three colours.
    """,
)
def _(answer):
    if not callable(answer):
        return "Give the function itself: exercises.check('13-blend', blend)."
    random = np.random.default_rng(0)
    real, generated = random.random((2, 3, 3, 3))
    mask = random.random((3, 3))
    given = np.asarray(answer(real, generated, mask), "float64")
    if given.shape != (3, 3, 3):
        return f"The result is a picture (H, W, 3), not {given.shape}."
    right = real + mask[..., None] * (generated - real)
    if np.allclose(given, real + mask * (generated - real)):
        return "The mask goes along the columns and the colours: it needs a last axis of 1."
    if np.allclose(given, generated + mask[..., None] * (real - generated)):
        return "The other way round: where the mask is 1 the generated picture is seen."
    if not np.allclose(given, right):
        return "(1 - m) times the real one plus m times the generated one."


@exercise(
    "13-start",
    """
    7: below it lies scale 6 with 100 pixels, where the tower is 3 * 100 / 250 = 1.2 pixels wide.
    Below 4 lies scale 3 with 50 pixels: 0.6 of a pixel, mixed with the sky around it.
    """,
)
def _(answer):
    numbers = {int(n) for n in re.findall(r"\d+", str(answer))}
    if numbers == {4, 7}:
        return "The picture is shrunk to the scale *below* the start scale."
    if numbers != {7}:
        return "3 pixels of 250 are how many where the short side has 31, 40, 50 ... pixels?"


@exercise(
    "13-walk",
    """
    10: the variances of independent steps add up, so after t frames it is sqrt(t). The film would
    leave what G knows; the pull to z* is what keeps it near the photograph.
    """,
)
def _(answer):
    if is_close(answer, 100, 0.02):
        return "That is the variance, or 100 steps in one direction; these go to and fro."
    if not is_close(answer, 10, 0.02):
        return "The variances of independent steps add up."
