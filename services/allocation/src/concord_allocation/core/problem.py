"""The allocation problem as frozen tables, in the order of their keys.

Money is whole GBP, widths of curves GBP, slopes benefit per GBP. Arrays called `year`, `line`, `purse` and `fund` hold
positions in the tuples `years`, `lines`, `purses` and `funds`; a fund of -1 means paid directly. No solver here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from concord_allocation.core.parts import Carry, Column, Over, Parts
from concord_allocation.core.rules import Bar, Limit, Pace
from concord_allocation.core.selection import EVERYTHING as EVERYTHING
from concord_allocation.core.selection import Selection as Selection

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

type Objective = Literal["benefit", "worst_off", "least_movement", "uniqueness"]

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
    """`years[t]`: in force in year t. `leaving`: payer -> the position of the first year in which it is no party."""

    key: str
    kind: str
    payers: frozenset[str]
    lines: Selection
    years: tuple[bool, ...]
    excluded_classes: frozenset[str]
    citation: str
    leaving: Mapping[str, int] = field(default_factory=dict)

    def parties(self, t: int) -> frozenset[str]:
        """Who may pay by it in year t, where it is in force."""
        gone = {payer for payer, left in self.leaving.items() if left <= t}
        return self.payers - gone if gone else self.payers


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
