"""The allocation problem as frozen tables, in the order of their keys.

Money is whole GBP, widths of curves GBP, slopes benefit per GBP. Arrays called `year`, `line`, `purse` and `fund` hold
positions in the tuples `years`, `lines`, `purses` and `funds`; a fund of -1 means paid directly. No solver here.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from concord_allocation.core.parts import Carry, Column, Over, Parts
from concord_allocation.core.selection import EVERYTHING as EVERYTHING
from concord_allocation.core.selection import Selection as Selection

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

type Objective = Literal["benefit", "worst_off", "least_movement", "uniqueness"]
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

DIRECT = -1
"""Fund position of money paid without a fund."""


class Fault(NamedTuple):
    """One thing wrong with the input: where (JSON pointer), what sort, and in words."""

    pointer: str
    kind: str
    detail: str


class InvalidProblem(Exception):
    """The document contradicts itself; carries every fault found, not the first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults, first: {faults[0].pointer} {faults[0].detail}")
        self.faults = tuple(faults)

    def __reduce__(self) -> tuple[type["InvalidProblem"], tuple[tuple[Fault, ...]]]:
        """Its faults go along to another process."""
        return type(self), (self.faults,)


@dataclass(frozen=True, slots=True)
class Payer:
    key: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Purse:
    """`amount[t]` in GBP of year t."""

    key: str
    name: str
    owner: str
    office: str
    amount: tuple[int, ...]
    scope: Selection
    use: str
    recurrent: bool
    kind: str
    weight: float
    only_non_recurrent: bool
    carry: Carry | None
    over: Over | None
    assumed: bool
    source: str


@dataclass(frozen=True, slots=True)
class Mode:
    """`unit_cost[t]` in GBP of year t, indices and shocks included; `benefit` of a case, beside the line's curve."""

    key: str
    name: str
    unit_cost: tuple[float, ...]
    assumed: bool
    benefit: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """`widths[t]` (GBP, last infinite) and `slopes[t]` (benefit per GBP, strictly falling to 0) describe its curve."""

    key: str
    name: str
    place: str
    pathway: str
    stage: str
    purpose: str
    statutory_payer: str
    citation: str
    procedure_class: str
    use: str
    unit: str
    modes: tuple[Mode, ...]
    fixed_cost: tuple[float, ...]
    widths: tuple[tuple[float, ...], ...]
    slopes: tuple[tuple[float, ...], ...]
    assumed: bool
    curve_assumed: bool
    non_recurrent: bool
    source: str

    def case_benefit_per_gbp(self, t: int) -> float:
        """Benefit per GBP of the cases that give most; 0 where cases have none of their own, or cost nothing."""
        return max((m.benefit / m.unit_cost[t] for m in self.modes if m.unit_cost[t] > 0), default=0.0)


@dataclass(frozen=True, slots=True)
class Mechanism:
    """`years[t]`: in force in year t."""

    key: str
    kind: str
    payers: frozenset[str]
    lines: Selection
    years: tuple[bool, ...]
    excluded_classes: frozenset[str]
    citation: str


@dataclass(frozen=True, slots=True)
class Contribution:
    """Bounds on what one purse pays into a fund, GBP a year."""

    purse: str
    at_least: int
    at_most: int | None


@dataclass(frozen=True, slots=True)
class Fund:
    key: str
    name: str
    mechanism: str
    contributors: tuple[Contribution, ...]
    lines: Selection
    weight: float
    carry: Carry | None
    source: str


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


@dataclass(frozen=True, slots=True)
class Cells:
    """Every payment the rules allow: parallel arrays in the order (year, line, purse, fund), direct before funds.

    `reference` in GBP; `because` says which rule lets the payer pay.
    """

    year: Ints
    line: Ints
    purse: Ints
    fund: Ints
    reference: Ints
    because: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.because)


@dataclass(frozen=True, slots=True)
class Contributions:
    """Every payment into a fund that the rules allow, in the order (year, fund, purse); GBP, upper may be infinite."""

    year: Ints
    fund: Ints
    purse: Ints
    at_least: Floats
    at_most: Floats


@dataclass(frozen=True, slots=True)
class Activities:
    """Cases by line and delivery mode in the order (year, line, mode); `mode` is the position in `Line.modes`."""

    year: Ints
    line: Ints
    mode: Ints
    unit_cost: Floats
    benefit: Floats


class OrphanReference(NamedTuple):
    """A reference payment that nobody may make any more: it counts as movement, and cannot be kept."""

    year: int
    line: int
    purse: int
    fund: int
    gbp: int


@dataclass(frozen=True, slots=True)
class ProblemTables:
    """The whole problem. `discount[t]` = (1 + rate) ** -(year t - base year).

    `names`: words for keys of places, pathways and stages; a key without one stands for itself. `more`: the variables
    that `parts` bring, in the order of their blocks; `more_at`: their positions by key. `loosened`: by how much
    (lower bound, upper bound) of rows lie further out than their rules say, by the key of the row.
    """

    title: str
    names: Mapping[str, str]
    years: tuple[str, ...]
    discount: tuple[float, ...]
    benefit_unit: str
    objectives: tuple[Objective, ...]
    payers: tuple[Payer, ...]
    purses: tuple[Purse, ...]
    lines: tuple[Line, ...]
    mechanisms: tuple[Mechanism, ...]
    funds: tuple[Fund, ...]
    limits: tuple[Limit, ...]
    paces: tuple[Pace, ...]
    bars: tuple[Bar, ...]
    cells: Cells
    contributions: Contributions
    activities: Activities
    orphans: tuple[OrphanReference, ...]
    parts: Parts
    more: tuple[Column, ...]
    more_at: Mapping[str, int]
    sacrifices: Mapping[str, float]
    loosened: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def name_of_payer(self, key: str) -> str:
        return next(payer.name for payer in self.payers if payer.key == key)

    def name_of_purse(self, purse: int) -> str:
        """The purse as a reader knows it: its owner's name, then its own."""
        found = self.purses[purse]
        owner = self.name_of_payer(found.owner)
        return found.name if owner.lower() in found.name.lower() else f"{owner}: {found.name}"

    @property
    def payer_of_purse(self) -> Ints:
        """Position in `payers` of each purse's owner."""
        position = {payer.key: index for index, payer in enumerate(self.payers)}
        return np.array([position[purse.owner] for purse in self.purses], dtype=np.int64)


def benefit_of_spend(widths: Sequence[float], slopes: Sequence[float], spend: float) -> float:
    """Benefit of `spend` GBP on a concave curve: full segments first, then the rest of the next one."""
    total, left = 0.0, spend
    for width, slope in zip(widths, slopes, strict=True):
        if left <= 0:
            break
        total += slope * min(width, left)
        left -= width
    return total


def benefit_of_line(line: Line, t: int, spend: float) -> float:
    """Benefit of `spend` GBP on a line in year t, undiscounted, its cases done in the way that gives most per GBP."""
    on_cases = max(0.0, spend - line.fixed_cost[t]) * line.case_benefit_per_gbp(t)
    return benefit_of_spend(line.widths[t], line.slopes[t], spend) + on_cases


def slopes_around(widths: Sequence[float], slopes: Sequence[float], spend: float) -> tuple[float | None, float]:
    """Benefit per GBP of the last pound spent (None where nothing is spent) and of the next one."""
    start = 0.0
    last: float | None = None
    for width, slope in zip(widths, slopes, strict=True):
        if spend > start:
            last = slope
        if spend < start + width:
            return last, slope
        start += width
    return last, 0.0
