"""What a file says as rows of the registry's tables: which body a code is, from when until when, whose place. Pure.

A publisher's row has the columns of its table (`file_rows`) and is checked by the same model as ours.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from concord_contracts.identifiers import FOREVER
from concord_kit.sheets import SheetFault
from concord_registry import postcodes
from concord_registry.file_rows import FILES, FileRow
from concord_registry.publications.said import (
    BEGUN,
    ENDED,
    AgesSaid,
    BodySaid,
    LeftOutSaid,
    MeasureSaid,
    PopulationSaid,
    RelationSaid,
    Said,
    SeatSaid,
    SuccessionSaid,
    TermSaid,
    end_of,
)

PLACE_OF = {"ccg": "ccg-{code}", "council": "la-{code}"}
"""Kinds of body that have a place of their own, and its key."""


@dataclass(frozen=True)
class Known:
    """What the map holds already, of every day: codes of bodies, bodies with their periods, places by body."""

    bodies: Mapping[str, Sequence[tuple[str, date, date]]] = field(default_factory=dict)
    """Body -> (kind, from, until)."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """`scheme:code` -> the body that has or had it."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Body -> its place."""


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row that a line says. `told`: the file itself says from which day; else it was merely there on that day."""

    line: int
    table: str
    row: FileRow
    told: bool = True
    closed: bool = False
    """Whether the file itself says that it ended; else it was open as far as the file knows."""


@dataclass
class Placed:
    """All that a file says, placed."""

    rows: list[PlacedRow] = field(default_factory=list)
    measures: list[MeasureSaid] = field(default_factory=list)
    terms: list[TermSaid] = field(default_factory=list)
    faults: list[SheetFault] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    """Codes that are of no body we know, by what they were to be: subjects of measures, parts of successions."""
    not_kept: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """What was left out without a fault, in words, with the lines it is on."""


def placed(said: Iterable[Said], known: Known, stated_on: date) -> Placed:
    """Rows of what is said by a file of a day."""
    work = _Placing(known, stated_on, list(said))
    return work.done()


class _Placing:
    def __init__(self, known: Known, stated_on: date, said: Sequence[Said]) -> None:
        self.known = known
        self.stated_on = stated_on
        self.said = said
        self.found = Placed()
        self.own: dict[str, str] = {}
        self.periods: dict[str, list[tuple[date, date]]] = defaultdict(list)
        self.seen: set[tuple[Any, ...]] = set()
        for one in said:
            if isinstance(one, BodySaid):
                body = self._body(one.body)
                for other in one.also:
                    self.own.setdefault(other, body)

    def _body(self, named: str) -> str:
        """The body that a code is of: as this file says, as a code we hold says, else the code itself."""
        return self.own.get(named) or self.known.codes.get(named) or named

    def done(self) -> Placed:
        for one in self.said:
            if isinstance(one, BodySaid):
                self._place_body(one)
        shares = self._shares()
        for one in self.said:
            match one:
                case SeatSaid():
                    self._place_seat(one)
                case RelationSaid():
                    self._place_relation(one)
                case SuccessionSaid():
                    self._place_succession(one, shares)
                case PopulationSaid():
                    self._place_population(one)
                case AgesSaid():
                    self._place_ages(one)
                case LeftOutSaid():
                    self.found.not_kept[one.words].append(one.line)
                case MeasureSaid():
                    self._place_measure(one)
                case TermSaid():
                    self.found.terms.append(one)
        return self.found

    def _add(self, line: int, table: str, told: bool = True, closed: bool = False, **values: Any) -> None:
        model = FILES[f"{table}.csv"]
        key = (table, *(values[column] for column in model.identity), values.get("valid_from"))
        if key in self.seen:
            return  # the same thing on two lines, as in a lookup
        try:
            row = model.model_validate({name: value for name, value in values.items() if value is not None})
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                column = str(fault["loc"][0]) if fault["loc"] else None
                words = f"{fault['msg'].removeprefix('Value error, ')} (found {str(fault['input'])[:80]!r})"
                self.found.faults.append(SheetFault("", line, column, words, fault["type"]))
            return
        self.seen.add(key)
        self.found.rows.append(PlacedRow(line, table, row, told, closed))

    def _place_body(self, one: BodySaid) -> None:
        body = self._body(one.body)
        told = one.opened is not None
        start = one.opened or one.seen or self.stated_on
        end = end_of(one.kind, one.closed)
        begun = BEGUN.get(one.kind)
        if not told and begun and start < begun < end:
            start = begun
        if not told:
            start, end = self._as_known(body, one.kind) or (start, end)
        if end <= start:
            # listed as of a day on which the law knew no such body any more: it was there until the day before
            start, end = (start, one.closed) if one.closed and one.closed > start else (end - timedelta(days=1), end)
        self.periods[body].append((start, end))
        period: dict[str, Any] = {"valid_from": start, "valid_to": end}
        legal = bool(one.legal_person)
        self._add(
            one.line, "bodies", told, one.closed is not None, body=body, kind=one.kind, legal_person=legal, **period
        )
        if one.name:
            self._add(one.line, "body_names", told, body=body, name=one.name, **period)
        for code in (one.body, *one.also):
            scheme, _, text = code.partition(":")
            self._add(one.line, "body_codes", told, body=body, scheme=scheme, code=text, **period)
        if one.place and one.kind in PLACE_OF and body not in self.known.places:
            key = PLACE_OF[one.kind].format(code=body.partition(":")[2])
            name = one.name or body
            self._add(one.line, "places", told, place=key, kind=one.kind, name=name, body=body, **period)
            self._add(one.line, "place_parents", told, child=key, parent="england", **period)

    def _place_seat(self, one: SeatSaid) -> None:
        """The postcode of what the list names last under the code, for its days: before, the seat was another body's.
        A list does not say since when a seat is where it is; a later list of the publisher cuts the days."""
        body, postcode = self._body(one.body), postcodes.written(one.postcode)
        if postcode is None:
            self.found.not_kept["postcodes that are none are not kept"].append(one.line)
            return
        start, end = max(self.periods[body], key=lambda period: period[1])
        self._add(
            one.line, "body_codes", False, body=body, scheme=postcodes.SCHEME, code=postcode, valid_from=start,
            valid_to=end,
        )  # fmt: skip

    def _as_known(self, body: str, kind: str) -> tuple[date, date] | None:
        """The days that the map knows of a body, for a list that says none."""
        known = self.known.bodies.get(body, ())
        alike = [one for one in known if one[0] == kind]
        if not alike and (kind in BEGUN or kind in ENDED):
            return None  # by law a body of another kind
        periods = alike or known
        return (min(one[1] for one in periods), max(one[2] for one in periods)) if periods else None

    def _period(self, body: str) -> tuple[date, date]:
        """When a body is there at all, as this file or the map knows."""
        periods = self.periods.get(body) or [(start, end) for _, start, end in self.known.bodies.get(body, ())]
        if not periods:
            return date.min, FOREVER
        return min(start for start, _ in periods), max(end for _, end in periods)

    def _place_relation(self, one: RelationSaid) -> None:
        subject, target = self._body(one.subject), self._body(one.object)
        (first, last), (other_first, other_last) = self._period(subject), self._period(target)
        start = max(one.valid_from or self.stated_on, first, other_first)
        end = min(one.valid_to or FOREVER, last, other_last)
        if start >= end:
            return  # one of the two was gone before the other came: the list names who has its area now
        self._add(
            one.line, "relations", one.valid_from is not None, subject=subject, type=one.type, object=target,
            valid_from=start, valid_to=end,
        )  # fmt: skip

    def _shares(self) -> Mapping[tuple[str, date], int]:
        """How many successors of a body and day no share is said of."""
        found: dict[tuple[str, date], set[str]] = defaultdict(set)
        for one in self.said:
            if isinstance(one, SuccessionSaid) and one.share is None:
                found[self._body(one.predecessor), one.on].add(self._body(one.successor))
        return {key: len(successors) for key, successors in found.items()}

    def _place_succession(self, one: SuccessionSaid, shares: Mapping[tuple[str, date], int]) -> None:
        predecessor, successor = self._body(one.predecessor), self._body(one.successor)
        self._count_unknown("successions", predecessor, successor)
        if predecessor == successor:
            return
        several = shares.get((predecessor, one.on), 1)
        share = one.share if one.share is not None else round(1 / several, 6)
        note = f"no shares are published: divided equally between {several}" if several > 1 else None
        self._add(
            one.line, "succession", predecessor=predecessor, successor=successor, on=one.on, share=share,
            kind="split" if several > 1 else one.kind, basis="assumption" if note else "published", note=note,
        )  # fmt: skip

    def _place_population(self, one: PopulationSaid) -> None:
        body = self._body(one.body)
        place = self.known.places.get(body)
        if place is not None:
            self._add(
                one.line, "populations", place=place, year=one.year, population_basis=one.basis, persons=one.persons,
                basis="published",
            )  # fmt: skip

    def _place_ages(self, one: AgesSaid) -> None:
        body = self._body(one.body)
        if body in self.known.places:
            self._add(
                one.line, "population_ages", body=body, on=one.on, population_basis=one.basis, age_from=one.age_from,
                age_to=one.age_to, persons=one.persons, basis="published",
            )  # fmt: skip

    def _place_measure(self, one: MeasureSaid) -> None:
        subject = self._body(one.subject) if ":" in one.subject else one.subject
        part = self._body(one.part) if one.part.startswith(("ods:", "gss:")) else one.part
        self._count_unknown("measures", subject)
        self.found.measures.append(
            MeasureSaid(
                one.line, subject, one.measure, one.period, one.value, one.unit, part, one.numerator, one.denominator,
                one.name,
            )
        )  # fmt: skip

    def _count_unknown(self, what: str, *bodies: str) -> None:
        for body in bodies:
            if body not in self.known.bodies and body not in self.periods:
                self.found.unknown[f"{what}|{body}"] = 1
