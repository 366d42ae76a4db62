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
    "ears": {
        "floppy": "floppy ears",
        "pricked": "pricked ears",
        "folded": "folded ears",
        "long": "long ears",
    },
    "pose": {
        "standing": "standing",
        "sitting": "sitting",
        "lying": "lying",
        "portrait": "close-up",
    },
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
    curly: bool = False


def _breed(numbers: str, tail: str, ears: str, hair: str, sizes: str, coats: str, curly=False):
    split = (ears.split(), hair.split(), sizes.split())
    return Breed(*map(float, numbers.split()), tail, *map(tuple, split), _coats(coats), curly)


# numbers: leg trunk depth width neck head muzzle snout
PROPORTIONS: dict[str, Breed] = {
    "doodle-shiba": _breed(
        ".44 .88 .44 .38 .22 .235 .62 .42", "curl", "pricked folded", "short long", "small big",
        "red/bicolour/white golden/bicolour/white black/bicolour/tan white red",
    ),
    "doodle-labrador": _breed(
        ".45 1.0 .48 .42 .24 .235 .85 .50", "sabre", "floppy folded", "short", "big small",
        "golden black brown red golden/bicolour/white",
    ),
    "doodle-dachshund": _breed(
        ".25 1.20 .38 .34 .24 .205 1.10 .38", "low", "long floppy", "short long", "small",
        "red black/bicolour/tan brown/brindle/black golden/mask/black brown",
    ),
    "doodle-corgi": _breed(
        ".27 1.08 .42 .40 .24 .235 .72 .42", "stump", "pricked folded", "long short", "small",
        "red/bicolour/white golden/bicolour/white golden/saddle/black red/saddle/black",
    ),
    "doodle-husky": _breed(
        ".50 .98 .46 .40 .24 .23 .80 .44", "curl", "pricked", "long short", "big",
        "grey/bicolour/white black/bicolour/white red/bicolour/white white grey",
    ),
    "doodle-shepherd": _breed(
        ".50 1.05 .47 .40 .27 .22 1.05 .43", "low", "pricked folded", "short long", "big",
        "golden/saddle/black red/saddle/black black grey/mask/black golden/saddle/brown",
    ),
    "doodle-dalmatian": _breed(
        ".53 .98 .44 .37 .28 .215 .92 .45", "sabre", "floppy long", "short", "big small",
        "white/spots/black white/spots/brown white/patches/black white/spots/black",
    ),
    "doodle-poodle": _breed(
        ".52 .82 .40 .38 .30 .225 .95 .36", "plume", "long floppy", "long", "small big",
        "white black grey brown red", curly=True,
    ),
    "doodle-beagle": _breed(
        ".38 .95 .45 .40 .22 .225 .80 .48", "sabre", "long floppy", "short", "small",
        "golden/saddle/black white/patches/brown red/bicolour/white white/patches/red",
    ),
    "doodle-greyhound": _breed(
        ".66 1.08 .44 .30 .36 .185 1.20 .36", "low", "folded floppy", "short", "big",
        "grey brown/brindle/black golden black/bicolour/white grey/brindle/black",
    ),
    "doodle-bulldog": _breed(
        ".28 .86 .50 .54 .15 .27 .34 .66", "stump", "folded pricked", "short", "small big",
        "golden/brindle/black white/patches/brown golden/mask/black grey white/mask/black",
    ),
    "doodle-spitz": _breed(
        ".32 .76 .48 .48 .18 .25 .52 .36", "plume", "pricked", "long", "small",
        "golden red white black grey/mask/black",
    ),
    "doodle-basset": _breed(
        ".25 1.12 .46 .44 .22 .24 .98 .52", "sabre", "long", "short", "small big",
        "white/patches/red brown/bicolour/white red/bicolour/white white/patches/brown",
    ),
    "doodle-collie": _breed(
        ".48 1.02 .46 .42 .28 .215 1.10 .38", "plume", "folded floppy", "long", "big",
        "grey/merle/black black/bicolour/white golden/bicolour/white brown/bicolour/white",
    ),
    "doodle-rottweiler": _breed(
        ".42 1.0 .54 .50 .22 .25 .66 .56", "stump", "floppy folded", "short", "big",
        "black/bicolour/tan brown/bicolour/tan black red/mask/black",
    ),
    "doodle-terrier": _breed(
        ".36 .84 .42 .38 .24 .235 .78 .52", "sabre", "folded pricked floppy", "long short", "small",
        "grey golden white/patches/black brown grey/saddle/black",
    ),
}  # fmt: skip
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


def caption_of(attributes: dict[str, str], variant: int = 0) -> str:
    """A truthful sentence; `variant` (any int >= 0) changes its order, not what it says."""
    say = {name: KEYWORDS[name][value] for name, value in attributes.items()}
    pattern = say["pattern"].format(marking=attributes["marking"])
    ears, place = say["ears"], say["background"]
    head = f"{say['size']} {say['hair']} {say['colour']} dog"
    if variant % 2:
        head = f"{say['hair']} {say['size']} {say['colour']} dog"
    traits = f"with {ears}"
    if pattern:
        traits = f"{pattern} and {ears}" if variant % 4 < 2 else f"with {ears} and {pattern[5:]}"
    if attributes["pose"] == "portrait":
        opening = "a close-up of a" if variant % 3 else "close-up portrait of a"
        return f"{opening} {head} {traits} {place}"
    if variant % 3 == 2:
        return f"a {head} {say['pose']} {place}, {traits}"
    return f"a {head} {traits} {say['pose']} {place}"
