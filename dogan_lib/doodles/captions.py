"""Captions of doodles: to read one and name what is odd about it, to word one, to keep some back.

reading = read("a black white dog, sitting on the mooon")
reading.said        # {"colour": ("black", "white"), "pose": ("sitting",)}
print(reading)      # names the contradiction, and "mooon" as unknown
"""

import difflib
import itertools
import re
import typing
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from dogan_lib.doodles import painter as doodle
from dogan_lib.doodles.breeds import ATTRIBUTES, COATS, KEYWORDS
from dogan_lib.doodles.breeds import caption_of as describe

MAX_WORDS = 32  # the longest caption of a doodle has 19

# Reading --------------------------------------------------------------------------------------

_COLOURS = {w for name in ("colour", "marking") for w in KEYWORDS[name].values()} - {"none"}
_EARS = {phrase.split()[0]: value for value, phrase in KEYWORDS["ears"].items()}
# "merle marbling" says one thing in two words.
_PATTERNS = {
    word: value
    for value, phrase in KEYWORDS["pattern"].items()
    for word in phrase.partition("{marking}")[2].split()
}
# Words that say what they say wherever they stand; of "under a blue sky" it is the last.
_PLAIN = {
    phrase.split()[-1]: (name, value)
    for name in ("size", "hair", "pose", "background")
    for value, phrase in KEYWORDS[name].items()
} | {"portrait": ("pose", "portrait")}
_BELONGS = {"blue": "sky", "blurred": "lights"}  # and say nothing elsewhere


def words(text: str) -> list[str]:
    """The words of a text in lower case; a hyphen joins, other signs separate."""
    return re.findall(r"[^\W_]+(?:-[^\W_]+)*", text.lower())


_FRAME = "a close-up portrait of a dog with a and"
_PHRASES = (phrase for values in KEYWORDS.values() for phrase in values.values())
_SAID = words(" ".join((_FRAME, *_PHRASES)).replace("{marking}", ""))
VOCABULARY = tuple(sorted({*_SAID} - {"none"}))


class Reading(typing.NamedTuple):
    """What was understood of a caption, and what was not."""

    words: tuple[str, ...]  # the known words in their order, at most `MAX_WORDS`
    said: dict[str, tuple[str, ...]]  # attribute -> what is asked for; two are a contradiction
    unknown: tuple[str, ...]  # words that are in no caption
    idle: tuple[str, ...]  # known, but ask for nothing where they stand: "long" without "ears"
    cut: tuple[str, ...]  # words after the first `MAX_WORDS`, which nobody reads

    @property
    def contradictions(self) -> dict[str, tuple[str, ...]]:
        """The attributes that are asked to be two things at once."""
        return {name: values for name, values in self.said.items() if len(values) > 1}

    def complaints(self) -> list[str]:
        """One sentence for each thing that is odd; empty for a caption like the doodles'."""
        found = []
        if self.unknown:
            found.append(f"unknown, so left out: {', '.join(map(_with_near, self.unknown))}")
        for name, values in self.contradictions.items():
            found.append(f"{name} cannot be {' and '.join(values)} at once")
        if self.idle:
            found.append(f"asks for nothing where it stands: {', '.join(self.idle)}")
        if self.cut:
            end = ", ..." if len(self.cut) > 5 else ""
            found.append(
                f"only the first {MAX_WORDS} words are read, not: {', '.join(self.cut[:5])}{end}"
            )
        return found

    def __str__(self):
        asked = ", ".join(f"{name} {' / '.join(values)}" for name, values in self.said.items())
        return "\n".join([f"asks for {asked or 'any dog'}", *self.complaints()])


def _with_near(word: str) -> str:
    near = difflib.get_close_matches(word, VOCABULARY, 1, 0.7)
    return f"{word!r} (did you mean {near[0]!r}?)" if near else repr(word)


def read(text: str) -> Reading:
    """Read a caption word by word.

    Raises:
        TypeError: it is no text.
        ValueError: it is empty, or none of its words is known.
    """
    if not isinstance(text, str):
        raise TypeError(f"a caption is a text, not {type(text).__name__}")
    every = words(text)
    unknown = tuple(dict.fromkeys(word for word in every if word not in VOCABULARY))
    known = [word for word in every if word in VOCABULARY]
    if not known:
        odd = f" No word is known of {', '.join(unknown[:5])}." if unknown else ""
        raise ValueError(
            f"the caption asks for nothing.{odd} Try for example 'a small brown dog with floppy "
            f"ears sitting on grass'. The words are: {', '.join(VOCABULARY)}"
        )
    kept, cut = known[:MAX_WORDS], known[MAX_WORDS:]
    found = {}
    for name, value in _meanings(kept):
        found.setdefault(name, {})[value] = None  # a dict, as a set that keeps the order
    said = {name: tuple(found[name]) for name in ATTRIBUTES if name in found}
    return Reading(tuple(kept), said, unknown, tuple(found.get("idle", ())), tuple(cut))


def _meanings(known: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(attribute, value) for each word that describes, ("idle", word) if not where it stands."""
    for i, word in enumerate(known):
        if word in _PLAIN:
            yield _PLAIN[word]
        elif word in _PATTERNS:
            yield "pattern", _PATTERNS[word]
        elif word in _COLOURS:
            name = "marking" if _next(known, i, _COLOURS) in _PATTERNS else "colour"
            yield name if word in ATTRIBUTES[name] else "idle", word
        elif word in _EARS:
            has_ears = _next(known, i, _EARS) == "ears"
            yield ("ears", _EARS[word]) if has_ears else ("idle", word)
        elif word == "ears" and not {*known[max(i - 1, 0) : i]} & {*_EARS}:
            yield "idle", word
        elif word in _BELONGS and _next(known, i, _BELONGS) != _BELONGS[word]:
            yield "idle", word


def _next(known: Sequence[str], i: int, skipped) -> str | None:
    """The word that the adjectives from position i on belong to: "black and white *markings*"."""
    rest = (word for word in known[i + 1 :] if word not in skipped and word != "and")
    return next(rest, None)


# Numbers for the networks ---------------------------------------------------------------------

_NUMBERS = {word: i + 1 for i, word in enumerate(VOCABULARY)}


def numbers(known: Sequence[str]) -> list[int]:
    """Known words as `MAX_WORDS` numbers: 1 is the first of `VOCABULARY`, 0 fills up."""
    ids = [_NUMBERS[word] for word in known[:MAX_WORDS]]
    return ids + [0] * (MAX_WORDS - len(ids))


# Wording --------------------------------------------------------------------------------------

VARIANTS = 12  # orders in which `doodle.caption_of` says the same
# How often a near miss lies about what.
LIES = {"ears": 0.3, "colour": 0.2, "pose": 0.15, "hair": 0.15, "size": 0.1, "background": 0.1}
SHORTENED = 0.25  # of the captions that networks learn from leave things out, as people do


def said(readings: Sequence[Reading]) -> np.ndarray:
    """What captions say, int32 (n, attributes): positions in `ATTRIBUTES`' values.

    One past the last value stands for an attribute of which a caption says nothing.
    """
    every = [(name, (*values, None)) for name, values in ATTRIBUTES.items()]
    rows = [[v.index(each.said.get(name, [None])[0]) for name, v in every] for each in readings]
    return np.array(rows, "int32")


def worded(attributes: Mapping[str, str], random: np.random.Generator) -> str:
    """A truthful caption in a random order, one of four with half of the attributes left out."""
    return describe(_some(attributes, random), int(random.integers(VARIANTS)))


def near_miss(attributes: Mapping[str, str], random: np.random.Generator) -> str:
    """A caption with one lie, about ears more often than about what is easy to see.

    The lie is in one attribute, or in the whole coat.
    """
    name = str(random.choice(list(LIES), p=list(LIES.values())))
    others = [value for value in ATTRIBUTES[name] if value != attributes[name]]
    lie = {name: str(random.choice(others))}
    if name == "colour":
        coats = [coat for coat in COATS if coat.colour == lie["colour"]]
        lie = coats[int(random.integers(len(coats)))]._asdict()
    some = _some({**attributes, **lie}, random)
    return describe({**some, **lie}, int(random.integers(VARIANTS)))


def _some(attributes: Mapping[str, str], random: np.random.Generator) -> dict[str, str]:
    if random.random() >= SHORTENED:
        return dict(attributes)
    kept = {name: value for name, value in attributes.items() if random.random() < 0.5}
    if "pattern" in kept or "marking" in kept:
        kept |= {name: attributes[name] for name in ("pattern", "marking")}
    return kept


def rows(dogs) -> list[dict[str, str]]:
    """The attributes of each dog of a `Dogs`, one dict a dog.

    Raises:
        ValueError: these dogs have none; doodles have.
    """
    if dogs.attributes is None:
        raise ValueError(f"{dogs.source} dogs have no captions: take load_dogs(source='doodle')")
    columns = (map(str, dogs.attributes[name]) for name in ATTRIBUTES)
    return [dict(zip(ATTRIBUTES, row, strict=True)) for row in zip(*columns, strict=True)]


# Kept back ------------------------------------------------------------------------------------


def held_out(attributes: Mapping[str, str]) -> bool:
    """Whether this colour, pose and background together are kept from training.

    In each place and each pose one of the six colours is: 24 of the 144 combinations, in which
    each single value, and each pair, is seen with others.
    """
    places = (ATTRIBUTES[name].index(attributes[name]) for name in ("colour", "pose", "background"))
    return sum(places) % len(ATTRIBUTES["colour"]) == 0


def split(dogs) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the dogs to train on, and of those with a combination that is kept back."""
    kept_back = np.array([held_out(row) for row in rows(dogs)])
    return np.flatnonzero(~kept_back), np.flatnonzero(kept_back)


class Question(typing.NamedTuple):
    """A caption to ask a generator, what it asks for, and which doodle it describes."""

    caption: str
    attributes: dict[str, str]
    index: int
    seed: int
    only: Mapping | None = None

    def answer(self, size: int = 64) -> np.ndarray:
        """The doodle itself, uint8 (size, size, 3)."""
        return doodle.draw(self.index, size, self.seed, only=self.only).image


def questions(n: int, seed: int = 0, only=None, unseen: bool = True) -> list[Question]:
    """n captions whose combinations no training has seen (or all have), in doodles' proportions.

    `only` is as for `painter.draw`, such as `painter.PORTRAITS`.
    """
    seed += 1_000_000
    dogs = ((i, doodle.traits(i, seed, only=only)[1]) for i in itertools.count())
    asked = (
        Question(describe(dog, i % VARIANTS), dog, i, seed, only)
        for i, dog in dogs
        if held_out(dog) == unseen
    )
    return list(itertools.islice(asked, n))


def draw(n: int, seed: int = 0) -> list[str]:
    """Captions of n random doodles."""
    dogs = (doodle.traits(index, seed=2_000_000 + seed)[1] for index in range(n))
    return [describe(attributes, i % VARIANTS) for i, attributes in enumerate(dogs)]
