"""Rules that users state, as frozen tables: what is counted, between which bounds, in which years."""

import math
from dataclasses import dataclass
from typing import Literal

from concord_allocation.core.selection import EVERYTHING as EVERYTHING
from concord_allocation.core.selection import Selection as Selection

type MeasureName = Literal[
    "spend",
    "direct_spend",
    "contribution",
    "burden",
    "activity",
    "benefit",
    "carry",
    "overspend",
    "outside",
    "extra",
    "waiting",
    "option",
]


type GroupName = Literal["line", "purse", "payer", "place", "stage", "pathway", "total"]


@dataclass(frozen=True, slots=True)
class Term:
    """`column`: the stable key of one variable, in place of a selection."""

    select: Selection
    measure: MeasureName
    coefficient: float
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """lower <= sum of terms <= upper in each of `years`, or over them together; None: no bound on that side.

    `soft`: the priority of a limit that may be missed; None: hard.
    """

    key: str
    label: str
    terms: tuple[Term, ...]
    lower: float | None
    upper: float | None
    years: tuple[int, ...]
    per_year: bool
    unit: str
    source: str
    statutory: bool
    weight: float
    soft: int | None = None

    @property
    def is_equality(self) -> bool:
        return self.lower is not None and self.lower == self.upper


NOISE = 1e-6
"""GBP: a share of a baseline this close to a whole pound is that pound; the rest is arithmetic."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Spend of each group between (1 - down) and (1 + up) times its reference in each of `years`, to the pound.

    The shares are rounded outwards to whole pounds: plans are made and signed in whole pounds, and one that keeps a
    share only in fractions of a pound could neither be written down nor asked about again. `index`: prices by year that
    the reference rises with, for a floor in real terms.
    """

    key: str
    label: str
    select: Selection
    per: GroupName
    up: float | None
    down: float | None
    new_at_most: int | None
    years: tuple[int, ...]
    source: str
    statutory: bool
    weight: float
    index: tuple[float, ...] | None = None
    soft: int | None = None

    def bounds(self, reference: float, year: int) -> tuple[float, float]:
        """GBP between which a group with this reference stays; infinite where nothing is said."""
        if self.index is not None:
            reference *= self.index[year]
        if reference <= 0:
            return float("-inf"), float("inf") if self.new_at_most is None else float(self.new_at_most)
        return (
            float("-inf") if self.down is None else math.floor((1.0 - self.down) * reference + NOISE),
            float("inf") if self.up is None else math.ceil((1.0 + self.up) * reference - NOISE),
        )


@dataclass(frozen=True, slots=True)
class Bar:
    key: str
    payers: frozenset[str]
    lines: Selection
    reason: str
