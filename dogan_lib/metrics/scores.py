"""A number that says what it was measured with."""

import dataclasses
import functools
from typing import NamedTuple


class Floor(NamedTuple):
    """What the same measure gives between real and real, n pictures of them."""

    value: float
    n: int


@functools.total_ordering
@dataclasses.dataclass(frozen=True, eq=False)
class Score:
    """A result that carries its network and its n, and refuses an unfair comparison.

    Example:
        >>> print(score)
        FID[lite1-dogs, n=5000] = 12.3
        >>> float(score)
        12.3

    Attributes:
        name: the measure.
        value: the number; `float(score)` gives it too.
        features: name of the network.
        n: pictures measured.
        n_real: pictures they were compared with.
        error: standard error, or None.
        floor: the same measure between real and real: nobody can expect to do better.
        details: further numbers, such as MiFID's distance.
        note: in words, after the number.
    """

    name: str
    value: float
    features: str
    n: int
    n_real: int
    error: float | None = None
    floor: Floor | None = None
    details: dict = dataclasses.field(default_factory=dict)
    note: str = ""

    def __float__(self):
        return float(self.value)

    @property
    def label(self) -> str:
        """Such as `FID[lite1-dogs, n=5000]`; the other n only where it differs."""
        real = "" if self.n_real == self.n else f", real n={self.n_real}"
        return f"{self.name}[{self.features}, n={self.n}{real}]"

    @property
    def number(self) -> str:
        """The value with four digits, and its error where there is one."""
        text = f"{self.value:.4g}"
        return text if self.error is None else f"{text} ± {self.error:.2g}"

    def __str__(self):
        remarks = [self.note] if self.note else []
        if self.floor:
            at = "" if self.floor.n == self.n else f" at n={self.floor.n}"
            remarks.append(f"real against real{at} {self.floor.value:.4g}")
        return f"{self.label} = {self.number}" + (f" ({'; '.join(remarks)})" if remarks else "")

    __repr__ = __str__

    def as_dict(self) -> dict:
        """For JSON."""
        facts = dataclasses.asdict(self)
        if self.floor:
            facts["floor"] = self.floor._asdict()
        return {key: value for key, value in facts.items() if value not in (None, "", {})}

    def __eq__(self, other):
        if isinstance(other, Score):
            return (self.label, self.value) == (other.label, other.value)
        return self.value == other

    def __lt__(self, other):
        if isinstance(other, Score) and self.label != other.label:
            raise ValueError(f"{self.label} and {other.label} cannot be compared")
        return self.value < float(other)
