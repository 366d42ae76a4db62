"""What a drawn dog can be: its attributes, sixteen breeds, and a sentence that says it all."""

import typing
from collections.abc import Mapping, Sequence

import numpy as np

# The words of the captions: attribute -> value -> how a caption says it.
KEYWORDS: dict[str, dict[str, str]] = {
    "size": {"small": "small", "big": "big"},
    "colour": {c: c for c in ("black", "white", "grey", "brown", "golden", "red")},
    "pattern": {
        "solid": "",
        "bicolour": "with {marking} markings",
        "saddle": "with a {marking} saddle",
        "patches": "with {marking} patches",
        "spots": "with {marking} spots",
        "merle": "with {marking} merle marbling",
        "brindle": "with {marking} brindle stripes",
        "mask": "with a {marking} mask",
    },
    "marking": {m: m for m in ("none", "black", "white", "brown", "tan", "red", "grey")},
    "hair": {"short": "short-haired", "long": "long-haired"},
    "ears": {shape: f"{shape} ears" for shape in ("floppy", "pricked", "folded", "long")},
    "pose": {p: p for p in ("standing", "sitting", "lying")} | {"portrait": "close-up"},
    "background": {
        "grass": "on grass",
        "sand": "on sand",
        "snow": "in the snow",
        "indoors": "indoors",
        "sky": "under a blue sky",
        "lights": "in front of blurred lights",
    },
}
ATTRIBUTES: dict[str, tuple[str, ...]] = {name: tuple(words) for name, words in KEYWORDS.items()}

# Mean sRGB colours of coats, as photographs show them (a black dog is not 0, a white one not 255).
COAT_RGB = {
    "black": (44, 41, 42),
    "white": (236, 231, 222),
    "grey": (134, 138, 146),
    "brown": (84, 60, 47),
    "golden": (202, 170, 122),
    "red": (172, 96, 54),
    "tan": (162, 114, 74),
}


class Coat(typing.NamedTuple):
    """A main colour, a pattern on it, and the colour of the pattern (`"none"` if solid)."""

    colour: str
    pattern: str
    marking: str


def _coats(text: str) -> tuple[Coat, ...]:
    """`"black/bicolour/tan golden"` -> coats; a colour alone is solid."""
    parts = (word.split("/") for word in text.split())
    return tuple(Coat(*p) if len(p) == 3 else Coat(p[0], "solid", "none") for p in parts)


# Every coat that exists: what `draw(colour=..., pattern=...)` may ask for.
COATS = _coats(
    "black white grey brown golden red "
    "black/bicolour/white black/bicolour/tan brown/bicolour/white brown/bicolour/tan "
    "golden/bicolour/white red/bicolour/white grey/bicolour/white "
    "golden/saddle/black red/saddle/black grey/saddle/black golden/saddle/brown "
    "white/patches/black white/patches/brown white/patches/red white/patches/grey "
    "white/spots/black white/spots/brown grey/merle/black "
    "golden/brindle/black brown/brindle/black grey/brindle/black red/brindle/black "
    "golden/mask/black red/mask/black grey/mask/black golden/mask/brown white/mask/black"
)


class Breed(typing.NamedTuple):
    """Proportions, in units of a typical trunk length, and what is usual for the breed."""

    leg: float  # ground to elbow
    trunk: float  # length
    depth: float  # of the chest, top to bottom
    width: float  # of the chest
    neck: float
    head: float  # radius of the skull
    muzzle: float  # length, in skull radii
    snout: float  # thickness of the muzzle, in skull radii
    tail: str  # curl | plume | sabre | low | stump
    ears: tuple[str, ...]  # the usual ones first
    hair: tuple[str, ...]
    sizes: tuple[str, ...]
    coats: tuple[Coat, ...]
    curly: bool


def _breeds(table: str) -> dict[str, Breed]:
    """Two lines a breed: its name, numbers and words between bars, then its coats."""
    found, lines = {}, table.strip().splitlines()
    for line, coats in zip(lines[::2], lines[1::2], strict=True):
        name, numbers, tail, hair, sizes, ears, *curly = map(str.strip, line.split("|"))
        usual = (tuple(words.split()) for words in (ears, hair, sizes))
        proportions = map(float, numbers.split())
        found[f"doodle-{name}"] = Breed(*proportions, tail, *usual, _coats(coats), bool(curly))
    return found


# leg, trunk, depth, width, neck, head, muzzle, snout | tail | hair | sizes | ears
PROPORTIONS = _breeds("""
shiba     | .44  .88 .44 .38 .22 .235  .62 .42 | curl | short long| small big| pricked folded
    red/bicolour/white golden/bicolour/white black/bicolour/tan white red
labrador  | .45  1.0 .48 .42 .24 .235  .85 .50 | sabre| short     | big small| floppy folded
    golden black brown red golden/bicolour/white
dachshund | .25 1.20 .38 .34 .24 .205 1.10 .38 | low  | short long| small    | long floppy
    red black/bicolour/tan brown/brindle/black golden/mask/black brown
corgi     | .27 1.08 .42 .40 .24 .235  .72 .42 | stump| long short| small    | pricked folded
    red/bicolour/white golden/bicolour/white golden/saddle/black red/saddle/black
husky     | .50  .98 .46 .40 .24  .23  .80 .44 | curl | long short| big      | pricked
    grey/bicolour/white black/bicolour/white red/bicolour/white white grey
shepherd  | .50 1.05 .47 .40 .27  .22 1.05 .43 | low  | short long| big      | pricked folded
    golden/saddle/black red/saddle/black black grey/mask/black golden/saddle/brown
dalmatian | .53  .98 .44 .37 .28 .215  .92 .45 | sabre| short     | big small| floppy long
    white/spots/black white/spots/brown white/patches/black white/spots/black
poodle    | .52  .82 .40 .38 .30 .225  .95 .36 | plume| long      | small big| long floppy| curly
    white black grey brown red
beagle    | .38  .95 .45 .40 .22 .225  .80 .48 | sabre| short     | small    | long floppy
    golden/saddle/black white/patches/brown red/bicolour/white white/patches/red
greyhound | .66 1.08 .44 .30 .36 .185 1.20 .36 | low  | short     | big      | folded floppy
    grey brown/brindle/black golden black/bicolour/white grey/brindle/black
bulldog   | .28  .86 .50 .54 .15  .27  .34 .66 | stump| short     | small big| folded pricked
    golden/brindle/black white/patches/brown golden/mask/black grey white/mask/black
spitz     | .32  .76 .48 .48 .18  .25  .52 .36 | plume| long      | small    | pricked
    golden red white black grey/mask/black
basset    | .25 1.12 .46 .44 .22  .24  .98 .52 | sabre| short     | small big| long
    white/patches/red brown/bicolour/white red/bicolour/white white/patches/brown
collie    | .48 1.02 .46 .42 .28 .215 1.10 .38 | plume| long      | big      | folded floppy
    grey/merle/black black/bicolour/white golden/bicolour/white brown/bicolour/white
rottweiler| .42  1.0 .54 .50 .22  .25  .66 .56 | stump| short     | big      | floppy folded
    black/bicolour/tan brown/bicolour/tan black red/mask/black
terrier   | .36  .84 .42 .38 .24 .235  .78 .52 | sabre| long short| small    | folded pricked floppy
    grey golden white/patches/black brown grey/saddle/black
""")
BREEDS: tuple[str, ...] = tuple(PROPORTIONS)


# For some attributes, the values that a dog may have.
Choices = Mapping[str, Sequence[str]]

# Dogs that a small network learns in two minutes: large heads, plain coats, calm backgrounds.
PORTRAITS: Choices = {
    "size": ("big",),
    "pattern": ("solid", "bicolour", "saddle", "mask"),
    "pose": ("portrait",),
    "background": ("snow", "sky"),
}


def _likely(rng: np.random.Generator, values: Sequence, favour: float = 0.65):
    """The first value with probability `favour`, else any of the others."""
    if len(values) == 1 or rng.random() < favour:
        return values[0]
    return values[1 + int(rng.integers(len(values) - 1))]


def choose_attributes(rng: np.random.Generator, breed: Breed, only: Choices) -> dict[str, str]:
    """Attributes of one dog. All are drawn even if fixed, so fixing one leaves the others."""
    coat = _choose_coat(rng, breed, only)
    free = {
        "size": _likely(rng, breed.sizes),
        "hair": _likely(rng, breed.hair),
        # A quarter of the dogs have another breed's ears: breed and ears must not be one thing.
        "ears": _likely(rng, (*breed.ears, *ATTRIBUTES["ears"]), 0.5),
        "pose": str(rng.choice(ATTRIBUTES["pose"])),
        "background": str(rng.choice(ATTRIBUTES["background"])),
    }
    values = {**coat._asdict(), **free}
    for name, allowed in only.items():
        if values[name] not in allowed:
            values[name] = allowed[int(rng.random() * len(allowed))]
    return {name: values[name] for name in ATTRIBUTES}


def _choose_coat(rng: np.random.Generator, breed: Breed, only: Choices) -> Coat:
    wanted = {k: v for k, v in only.items() if k in Coat._fields}
    pick, stray = rng.random(), rng.random()
    pools = (COATS, breed.coats) if stray < 0.2 else (breed.coats, COATS)
    for pool in pools:
        fits = [c for c in pool if all(getattr(c, k) in v for k, v in wanted.items())]
        if fits:
            return fits[int(pick * len(fits))]
    raise ValueError(f"no coat has {wanted}; doodle.COATS lists the coats that exist")


def caption_of(attributes: Mapping[str, str], variant: int = 0) -> str:
    """A truthful sentence of the attributes that are given, be it all, some or none.

    `variant` (any int >= 0) changes its order, not what it says. A pattern and its marking are
    said together or not at all.
    """
    say = {name: KEYWORDS[name][value] for name, value in attributes.items()}
    whole = len(say) == len(KEYWORDS)
    order = ("hair", "size", "colour") if variant % 2 else ("size", "hair", "colour")
    looks = [say[name] for name in order if name in say]
    coat = say.get("pattern", "").format(marking=attributes.get("marking")).removeprefix("with ")
    ears = say.get("ears", "")
    traits = " and ".join(filter(None, (coat, ears) if variant % 4 < 2 else (ears, coat)))
    traits = traits and f"with {traits}"
    opening, pose, place = "a", say.get("pose", ""), say.get("background", "")
    if attributes.get("pose") == "portrait":
        opening = "close-up portrait of a" if whole and variant % 3 == 0 else "a close-up of a"
        pose = ""
    elif whole and variant % 3 == 2:
        return " ".join(["a", *looks, "dog", pose, f"{place},", traits])
    return " ".join(filter(None, [opening, *looks, "dog", traits, pose, place]))
