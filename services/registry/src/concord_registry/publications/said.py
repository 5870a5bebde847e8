"""What a line of a publisher's file says, as plain values. Bodies are named `scheme:code`, as the file names them:
`ods:02N`, `gss:E38000001`, `la-register:BKM`. Which body of ours that is, is looked up later (`placing`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from concord_contracts.identifiers import FOREVER

ODS, GSS, LA_REGISTER = "ods", "gss", "la-register"


@dataclass(frozen=True, slots=True)
class BodySaid:
    """That there is a body, of a kind, under a name, in a period; None where the file does not say.

    `names_from`: the day its kind and name hold from, where that is later than `opened`.
    """

    line: int
    body: str
    kind: str
    name: str | None = None
    opened: date | None = None
    closed: date | None = None
    """The first day on which it is gone."""
    also: tuple[str, ...] = ()
    """Other codes of the same body, `scheme:code`."""
    legal_person: bool | None = None
    seen: date | None = None
    """Where no first day is said: the day it was there, of a file that is of a year; else that of the edition."""
    place: bool = False
    """Whether somebody is responsible for its population: it has a place of its own."""


@dataclass(frozen=True, slots=True)
class SeatSaid:
    """Where a body has its seat: its postcode as the list has it, well written or not."""

    line: int
    body: str
    postcode: str


@dataclass(frozen=True, slots=True)
class RelationSaid:
    line: int
    subject: str
    type: str
    object: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class SuccessionSaid:
    """`share` None: not said; shares of the successors of one day are then equal, and marked as assumed."""

    line: int
    predecessor: str
    successor: str
    on: date
    kind: str = "merger"
    share: float | None = None


@dataclass(frozen=True, slots=True)
class PopulationSaid:
    line: int
    body: str
    year: str
    basis: Literal["registered", "resident"]
    persons: int


@dataclass(frozen=True, slots=True)
class AgesSaid:
    """People of a body's area on a day, of an age band; `age_to` is inclusive, None: and over."""

    line: int
    body: str
    on: date
    age_from: int
    age_to: int | None
    persons: int
    basis: Literal["registered", "resident"] = "resident"


@dataclass(frozen=True, slots=True)
class LeftOutSaid:
    """What is not taken from a line though nothing is wrong with it, in words for the caller."""

    line: int
    words: str


@dataclass(frozen=True, slots=True)
class MeasureSaid:
    """A measured value: of whom, what, which part of it, when. Shares are 0..1, all else is in `unit`."""

    line: int
    subject: str
    measure: str
    period: str
    value: float | None
    unit: str
    part: str = ""
    numerator: float | None = None
    denominator: float | None = None
    name: str | None = None
    """The subject's name in the file, kept where no body is known under its code."""


@dataclass(frozen=True, slots=True)
class TermSaid:
    """What a code of a scheme stands for: a role, a tumour group of a diagnosis."""

    line: int
    scheme: str
    code: str
    name: str


type Said = (
    BodySaid
    | SeatSaid
    | RelationSaid
    | SuccessionSaid
    | PopulationSaid
    | AgesSaid
    | MeasureSaid
    | TermSaid
    | LeftOutSaid
)


@dataclass(frozen=True, slots=True)
class Edition:
    """What a file says of itself, or what is known of its format: which list, of when, whose."""

    series: str
    """Editions of one series follow each other: a file with far fewer lines than the one before may be cut off."""
    title: str
    stated_on: date | None = None
    period: str | None = None
    at_least: bool = False
    """Whether `stated_on` is only the latest day that the file speaks of: it is of that day or a later one."""
    later: int = 0
    """Added to the format's order: files that know bodies by one code alone come after those that know both."""


@dataclass
class Asked:
    """What the caller says of the file; it goes before what the file says."""

    stated_on: date | None = None
    hints: Mapping[str, str] = field(default_factory=dict)


ENDED: Mapping[str, date] = {"ccg": date(2022, 7, 1), "stp": date(2022, 7, 1), "pct": date(2013, 4, 1),
                             "sha": date(2013, 4, 1)}  # fmt: skip
"""The first day on which the law knew no such body: Health and Care Act 2022; Health and Social Care Act 2012."""
BEGUN: Mapping[str, date] = {"ccg": date(2013, 4, 1), "icb": date(2022, 7, 1), "sub_icb_location": date(2022, 7, 1)}
"""The first day on which it did, by the same acts."""


def end_of(kind: str, closed: date | None) -> date:
    """The first day on which a body of the kind is gone: as listed, else when the law ended its kind."""
    return min(closed or FOREVER, ENDED.get(kind, FOREVER))
