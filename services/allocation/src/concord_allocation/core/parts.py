"""The parts of a problem beyond lines, purses, funds and limits, as frozen tables; and the variables they bring.

Money is whole GBP, `year`, `line`, `purse` and the like are positions; tuples called by year have one entry a year.
No solver here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from concord_allocation.core.selection import Selection

type BlockName = Literal[
    "carry", "keep", "over", "outside", "idle", "extra", "waiting", "option", "worth", "least", "greatest", "miss"
]

MONEY_BLOCKS = frozenset({"carry", "keep", "over", "outside", "idle"})
"""Variables in GBP: a plan has them in whole pounds."""

NO_YEAR = -1


class Column(NamedTuple):
    """One variable beyond the cells: its stable key, what it belongs to (position), bounds, benefit of one unit.

    carry[t,u]    GBP of a purse kept for the next year          keep[t,m,u]  the same in a fund (`of`: contribution)
    over[t,u]     GBP spent beyond the purse                     outside[t,u] GBP left to what a pound does elsewhere
    idle[t,line]  GBP committed beyond the cost of the cases     extra[t,r]   units of a resource bought
    waiting[t,d]  patients left waiting at the end of the year   option[t,o]  1: the option starts in year t
    worth[t,line] benefit of the cases of a line, undiscounted
    least, greatest[t|all, e]  an equity entry's extremes, per weighted head
    """

    key: str
    block: BlockName
    year: int
    of: int
    upper: float
    benefit: float = 0.0
    lower: float = 0.0


@dataclass(frozen=True, slots=True)
class Carry:
    """Share of what is held that may be carried; benefit per GBP left at the end of the last year."""

    share: float
    final_value: float
    source: str


@dataclass(frozen=True, slots=True)
class Over:
    """GBP a year by which a purse may be overspent, and the benefit that each such pound must be worth."""

    at_most: tuple[int, ...]
    penalty: float
    source: str


@dataclass(frozen=True, slots=True)
class Outside:
    key: str
    label: str
    purses: tuple[int, ...]
    years: tuple[int, ...]
    slope: float
    assumed: bool
    source: str


@dataclass(frozen=True, slots=True)
class Saving:
    """`rate` GBP come into `purse` in the years t + lag .. t + lag + lasts - 1 for each GBP on `lines` in year t."""

    key: str
    label: str
    lines: tuple[int, ...]
    rate: float
    lag: int
    lasts: int
    purse: int
    assumed: bool
    source: str


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A rule of the year: `share` of the amounts of `purses` is held back, or spent on nothing recurrent."""

    key: str
    label: str
    kind: Literal["surplus", "contingency", "non_recurrent"]
    share: float
    purses: tuple[int, ...]
    years: tuple[int, ...]
    waived_by: str
    source: str
    statutory: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Commitment:
    """GBP by year that a contract comes to, and holds back on a line whatever is bought; `words` say why."""

    key: str
    provider: str
    form: str
    line: int
    value: tuple[int, ...]
    floor: tuple[int, ...]
    words: str
    source: str
    statutory: bool
    weight: float


@dataclass(frozen=True, slots=True)
class BoundaryMove:
    """A boundary transfer as it was applied to the purses' amounts, GBP in each of `years`."""

    key: str
    from_purse: int
    to_purse: int
    service: str
    day: str
    years: tuple[int, ...]
    gbp: int
    recurrent: bool
    source: str


@dataclass(frozen=True, slots=True)
class BaselineBridge:
    """How a reference payment was built from its outturn; GBP a year, the parts add up to `baseline`."""

    line: int
    purse: int
    year: str
    outturn: int
    non_recurrent: int
    full_year_effect: int
    tariff_uplift: int
    efficiency: int
    growth: int
    qipp: int
    baseline: int
    source: str


class Use(NamedTuple):
    """Cases selected take `amount` of a resource each, or meet `amount` patients of a demand each."""

    select: Selection
    amount: float


@dataclass(frozen=True, slots=True)
class Resource:
    """`supply`, `extra_at_most` in its unit by year; `price` GBP a unit bought, paid on line `bought_on` (-1: none)."""

    key: str
    name: str
    unit: str
    supply: tuple[float, ...]
    uses: tuple[Use, ...]
    extra_at_most: tuple[float, ...]
    price: tuple[float, ...]
    bought_on: int
    lasting: bool
    max_growth: float | None
    source: str
    statutory: bool
    weight: float

    def buys(self, year: int) -> tuple[int, ...]:
        """Years whose purchases are there in `year`."""
        return tuple(range(year + 1)) if self.lasting else (year,)


class Shift(NamedTuple):
    """Patients per case, or per GBP, of what was done `lag` years before."""

    select: Selection
    measure: Literal["activity", "spend"]
    rate: float
    lag: int


@dataclass(frozen=True, slots=True)
class Demand:
    """Patients by year. `backlog_at_most` may be infinite; `soft`: priority of a least share that may be missed."""

    key: str
    label: str
    unit: str
    cases: tuple[float, ...]
    met_by: tuple[Use, ...]
    shifts: tuple[Shift, ...]
    waits: bool
    opening: float
    backlog_at_most: tuple[float, ...]
    minimum_share: float
    soft: int | None
    source: str
    statutory: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Link:
    """cases(to, t + lag) >=, <=, = rate x cases(per, t) for induces, nested, follows."""

    key: str
    label: str
    kind: Literal["induces", "nested", "follows"]
    per: Selection
    to: Selection
    rate: float
    lag: int
    source: str
    statutory: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Equity:
    """A measure per weighted head by group; `floor` and `spread` None: not asked for."""

    key: str
    label: str
    measure: Literal["benefit", "spend", "activity"]
    select: Selection
    per: Literal["place", "pathway", "stage"]
    heads: tuple[tuple[str, float], ...]
    floor: float | None
    spread: float | None
    raise_least: bool
    years: tuple[int, ...]
    per_year: bool
    soft: int | None
    source: str
    statutory: bool
    weight: float

    def periods(self) -> list[tuple[int, ...]]:
        return [(t,) for t in self.years] if self.per_year else [self.years]


class Volume(NamedTuple):
    select: Selection
    at_least: float
    at_most: float


@dataclass(frozen=True, slots=True)
class Option:
    """`cost[s][t]` GBP of year t when started in year s; `benefit` a year from the start, undiscounted."""

    key: str
    name: str
    line: int
    starts: tuple[int, ...]
    cost: tuple[tuple[int, ...], ...]
    benefit: float
    volumes: tuple[Volume, ...]
    uses: Mapping[int, float]
    supplies: Mapping[int, float]
    annual_capital: int
    life_years: int
    assumed: bool
    source: str


@dataclass(frozen=True, slots=True)
class OptionRule:
    """`options`: positions; for `requires` the first needs the others."""

    key: str
    label: str
    kind: Literal["at_most", "at_least", "exactly", "requires"]
    options: tuple[int, ...]
    count: int
    source: str
    statutory: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Parts:
    """All of them; `indices`: price indices by key and year."""

    indices: Mapping[str, tuple[float, ...]]
    resources: tuple[Resource, ...] = ()
    demands: tuple[Demand, ...] = ()
    links: tuple[Link, ...] = ()
    savings: tuple[Saving, ...] = ()
    equities: tuple[Equity, ...] = ()
    options: tuple[Option, ...] = ()
    option_rules: tuple[OptionRule, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    held_back: tuple[HeldBack, ...] = ()
    moves: tuple[BoundaryMove, ...] = ()
    outsides: tuple[Outside, ...] = ()
    bridges: tuple[BaselineBridge, ...] = ()
