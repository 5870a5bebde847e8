"""A linear programme while it is read: names, bounds, entries, and what is wrong with the text, line by line. Pure.

Readers of the formats that are lenient drop what they do not understand and answer another question than was asked.
"""

import math
import re
from dataclasses import dataclass, field
from enum import IntEnum

LARGEST = 1e15
"""Beyond it a coefficient is refused: the solver would."""

SMALLEST = 1e-12
"""Below it a coefficient is taken as nothing, and said so: the solver drops it."""

INFINITE = 1e20
"""From here on a bound or a right-hand side is none, as the formats have it."""

MOST_FAULTS = 20

NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?"
_SIGNED = re.compile(rf"[+-]?(?:{NUMBER}|inf(?:inity)?)", re.IGNORECASE)


class Kind(IntEnum):
    """What values a variable takes; the numbers are the solver's."""

    CONTINUOUS = 0
    INTEGER = 1
    SEMI_CONTINUOUS = 2
    SEMI_INTEGER = 3


class NotReadable(Exception):
    """The text is no linear programme that is read here; the words say why, line by line."""


@dataclass(slots=True)
class Variable:
    """A column. `lower` none: not said, so 0; `upper` none: not said."""

    name: str
    kind: Kind = Kind.CONTINUOUS
    lower: float | None = None
    upper: float | None = None
    cost: float = 0.0


@dataclass(slots=True)
class Row:
    name: str
    lower: float
    upper: float
    entries: dict[int, float] = field(default_factory=dict)


@dataclass
class Draft:
    """The programme as far as it is read."""

    maximise: bool = False
    offset: float = 0.0
    variables: list[Variable] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    column_at: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    dropped: int = 0

    def wrong(self, line: int, words: str) -> None:
        self.faults.append(f"line {line}: {words}" if line else words)

    def variable(self, name: str) -> int:
        """The column of this name, new where it is met for the first time."""
        if name not in self.column_at:
            self.column_at[name] = len(self.variables)
            self.variables.append(Variable(name))
        return self.column_at[name]

    def coefficient(self, line: int, value: float) -> float:
        """A coefficient that can be reckoned with; 0 where it is too small, with a note at the end."""
        if abs(value) > LARGEST:
            self.wrong(line, f"{value:g} is too large for a coefficient: at most {LARGEST:g}")
            return 0.0
        if value and abs(value) < SMALLEST:
            self.dropped += 1
            return 0.0
        return value

    def finished(self) -> "Draft":
        """Itself. Raises NotReadable with what is wrong."""
        if not self.faults and not self.variables:
            self.wrong(0, "there are no variables")
        if self.faults:
            more = len(self.faults) - MOST_FAULTS
            told = [*self.faults[:MOST_FAULTS], *([f"and {more} more"] if more > 0 else [])]
            raise NotReadable("; ".join(told))
        if self.dropped:
            self.notes.append(f"{self.dropped} coefficients below {SMALLEST:g} are taken as 0")
        return self


def number(text: str) -> float | None:
    """A number as the formats write it, endless ones and Fortran's exponents too; none where it is not one."""
    if not _SIGNED.fullmatch(text):
        return None
    value = float(re.sub("[dD]", "e", text) if "inf" not in text.lower() else text)
    return math.copysign(math.inf, value) if abs(value) >= INFINITE else value
