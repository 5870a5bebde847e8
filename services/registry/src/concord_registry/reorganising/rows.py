"""The rows of reference data that a reorganisation writes in place of those in use. Pure but for `InUse`.

All rows of an identity are written anew (`store.layers`): those that go on beyond the day are cut off there, what
begins is added. They are the acting body's own, so a later load of our files does not undo them. Publishers' rows that
they would stand before are written along, so nothing that was in use goes missing.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from concord_contracts.identifiers import FOREVER
from concord_contracts.registry import (
    Closes,
    ClosesPlace,
    Merges,
    NewPlaceIn,
    Opens,
    OpensPlace,
    PassesPlace,
    Renames,
    ReorganisationIn,
    Splits,
    Transfers,
)
from concord_registry.file_rows import OWN_ROWS
from concord_registry.own_rows import SentRow
from concord_registry.rolling import apportion
from concord_registry.store.layers import cover_key_of, identity_of
from concord_registry.succession import Part
from concord_registry.world import GROUND_KINDS

type InUse = Callable[[str, str, str], Sequence[Any]]
"""(table, column, value) -> the rows in use that hold the value in the column."""

MILLION = 1_000_000


class RowWriter:
    """Collects the rows of one reorganisation; a row is written once however many events touch its identity."""

    def __init__(self, in_use: InUse, sent: ReorganisationIn) -> None:
        self._in_use = in_use
        self._sent = sent
        self._on = sent.on
        self._rows: dict[tuple[str, tuple[Any, ...]], list[dict[str, Any]]] = {}
        self._event: dict[tuple[str, tuple[Any, ...]], int] = {}
        self._index = 0

    def rows(self) -> list[SentRow]:
        """All rows; `line` is the number of the event that caused them, from 1."""
        for index, event in enumerate(self._sent.events):
            self._index = index
            self._write(event)
        return [
            SentRow(table, self._event[table, identity] + 1, identity, OWN_ROWS[table].model_validate(values))
            for (table, identity), several in self._rows.items()
            for values in several
        ]

    def _write(self, event: object) -> None:
        match event:
            case Opens():
                self._open(event)
            case Merges():
                for body in event.predecessors:
                    self._end_body(body)
                    self._follow(body, event.successor, "merger", Fraction(1), "published")
                if event.place is not None:
                    self._merge_places(event, event.place)
            case Splits():
                if not event.goes_on:
                    self._end_body(event.predecessor)
                for one in event.successors:
                    share = Fraction(one.share)
                    self._follow(event.predecessor, one.body, "split", share, event.basis, event.note)
            case Transfers():
                self._end_body(event.predecessor)
                self._follow(event.predecessor, event.successor, "transfer", Fraction(1), "published")
            case Closes():
                self._end_body(event.body)
            case Renames():
                self._rename(event)
            case OpensPlace():
                self._open_place(event)
            case PassesPlace():
                self._pass_place(event)
            case ClosesPlace():
                self._close_place(event.place)

    def _group(self, table: str, identity: tuple[Any, ...]) -> list[dict[str, Any]]:
        """The rows of an identity as they will be; those in use the first time."""
        if (table, identity) not in self._rows:
            self._take(table, identity)
        return self._rows[table, identity]

    def _take(self, table: str, identity: tuple[Any, ...]) -> None:
        """The rows in use of an identity, and of all others that a row of it would stand before."""
        columns, fields = OWN_ROWS[table].identity, OWN_ROWS[table].model_fields
        of, covers = identity_of(table), cover_key_of(table)
        covered = covers(SimpleNamespace(**dict(zip(columns, identity, strict=True))))
        found: dict[tuple[Any, ...], list[dict[str, Any]]] = {identity: []}
        for row in self._in_use(table, columns[0], identity[0]):
            if covers(row) == covered:
                found.setdefault(of(row), []).append({column: getattr(row, column) for column in fields})
        for one, rows in found.items():
            if (table, one) not in self._rows:
                self._rows[table, one], self._event[table, one] = rows, self._index

    def _cut(self, table: str, identity: tuple[Any, ...]) -> list[dict[str, Any]]:
        """Cut the row of an identity that holds on the day off there, for another to take its place; as it was. What
        begins later stays: it may have been recorded before."""
        group = self._group(table, identity)
        held = [dict(row) for row in group if row["valid_from"] <= self._on < row["valid_to"]]
        for row in group:
            if row["valid_from"] < self._on < row["valid_to"]:
                row["valid_to"] = self._on
        group[:] = [row for row in group if row["valid_from"] != self._on]
        return held

    def _end(self, table: str, identity: tuple[Any, ...]) -> list[dict[str, Any]]:
        """Cut the rows of an identity off at the day; what would have begun later never does. The rows that are left
        as they were on the day before."""
        group = self._group(table, identity)
        lasting = [row for row in group if row["valid_from"] < self._on]
        ended = [dict(row) for row in lasting if row["valid_to"] > self._on]
        for row in lasting:
            row["valid_to"] = min(row["valid_to"], self._on)
        group[:] = lasting
        return ended

    def _add(self, table: str, **values: Any) -> None:
        identity = tuple(values[column] for column in OWN_ROWS[table].identity)
        dated = {"valid_from": self._on, "valid_to": FOREVER} if "valid_to" in OWN_ROWS[table].model_fields else {}
        self._group(table, identity).append(dated | {"source": self._sent.source} | values)

    def _open(self, event: Opens) -> None:
        self._add("bodies", body=event.body, kind=event.kind, legal_person=event.legal_person)
        self._add("body_names", body=event.body, name=event.name)
        scheme, code = event.body.split(":", 1)
        codes = {(one.scheme, one.code) for one in event.codes} | ({(scheme, code)} if scheme != "concord" else set())
        for scheme, code in sorted(codes):
            self._add("body_codes", body=event.body, scheme=scheme, code=code)
        for one in event.relations:
            self._add("relations", subject=event.body, type=one.type, object=one.object, note=self._sent.authority)

    def _end_body(self, body: str) -> None:
        """A body ends with its names and codes. What it holds stays, as work to reassign."""
        self._end("bodies", (body,))
        self._end("body_names", (body,))
        for row in self._in_use("body_codes", "body", body):
            if row.valid_to > self._on:
                self._end("body_codes", (body, row.scheme, row.code))

    def _rename(self, event: Renames) -> None:
        named = self._cut("body_names", (event.body,))
        self._add("body_names", body=event.body, name=event.name, valid_to=self._until("body_names", event.body, named))
        if event.code is None:
            return
        coded: list[dict[str, Any]] = []
        for row in self._in_use("body_codes", "body", event.body):
            if row.scheme == event.code.scheme and _holds(row, self._on):
                coded += self._cut("body_codes", (event.body, row.scheme, row.code))
        end = self._until("body_codes", event.body, coded, scheme=event.code.scheme)
        self._add("body_codes", body=event.body, scheme=event.code.scheme, code=event.code.code, valid_to=end)

    def _until(self, table: str, body: str, held: Sequence[dict[str, Any]], **of: str) -> date:
        """The first day without what takes the place of rows that held: theirs; where none did, that of the next row,
        or of the body."""
        until: list[date] = [row["valid_to"] for row in held]
        if until:
            return max(until)
        alike = (row for row in self._in_use(table, "body", body) if all(getattr(row, k) == v for k, v in of.items()))
        until += [row.valid_from for row in alike if row.valid_from > self._on]
        until += [row.valid_to for row in self._in_use("bodies", "body", body) if _holds(row, self._on)]
        return min(until, default=FOREVER)

    def _follow(
        self, predecessor: str, successor: str, kind: str, share: Fraction, basis: str, note: str | None = None
    ) -> None:
        self._add(
            "succession",
            predecessor=predecessor,
            successor=successor,
            kind=kind,
            on=self._on,
            share=float(share),
            basis=basis,
            note="; ".join(filter(None, (self._sent.authority, note))),
        )

    def _open_place(self, event: OpensPlace) -> None:
        self._add("places", place=event.place, kind=event.kind, name=event.name, body=event.body)
        for parent in event.parents:
            self._add("place_parents", child=event.place, parent=parent)
        for member in event.members:
            self._add("place_parents", child=member, parent=event.place)
        for one in event.footprint:
            ccg, council = (event.place, one.with_place)[:: -1 if event.kind == "council" else 1]
            self._add(
                "footprints",
                ccg_place=ccg,
                council_place=council,
                part_place=None,
                small_areas=one.small_areas,
                share_of_ccg=float(one.share_of_ccg),
                share_of_council=float(one.share_of_council),
                basis="derived",
                note=self._sent.authority,
            )

    def _pass_place(self, event: PassesPlace) -> None:
        for row in self._cut("places", (event.place,)):
            self._add("places", **(row | {"body": event.body, "valid_from": self._on, "source": self._sent.source}))

    def _close_place(self, place: str) -> None:
        self._end("places", (place,))
        for table, columns in (("place_parents", ("child", "parent")), ("footprints", ("ccg_place", "council_place"))):
            for column in columns:
                for row in self._in_use(table, column, place):
                    if row.valid_to > self._on:
                        self._end(table, tuple(getattr(row, name) for name in OWN_ROWS[table].identity))

    def _merge_places(self, event: Merges, becoming: NewPlaceIn) -> None:
        """One place out of several: their ground together, in the parents that they share; they and their parts end."""
        merging = list(self._places_of(event.predecessors))
        kind = merging[0].kind if merging else "ccg"
        own, other = ("council", "ccg") if kind == "council" else ("ccg", "council")
        ground: dict[str, list[Any]] = {}
        parents: list[set[str]] = []
        for place in (row.place for row in merging):
            for row in self._in_use("footprints", f"{own}_place", place):
                if _holds(row, self._before()):
                    ground.setdefault(getattr(row, f"{other}_place"), []).append(row)
                    if row.part_place:
                        self._close_place(row.part_place)
            rows = self._in_use("place_parents", "child", place)
            parents.append({row.parent for row in rows if _holds(row, self._before())})
            self._close_place(place)
        key = becoming.key
        self._add("places", place=key, kind=kind, name=becoming.name, body=event.successor)
        for parent in sorted(set.intersection(*parents)) if parents else ():
            self._add("place_parents", child=key, parent=parent)
        for met, share in _shares_of_merged(ground, f"share_of_{own}").items():
            values = {
                f"{own}_place": key,
                f"{other}_place": met,
                f"share_of_{own}": share,
                f"share_of_{other}": round(sum(getattr(row, f"share_of_{other}") for row in ground[met]), 6),
            }
            self._add(
                "footprints",
                **values,
                part_place=None,
                small_areas=sum(row.small_areas for row in ground[met]),
                basis="derived",
                note=f"the places merged together; {self._sent.authority}",
            )

    def _places_of(self, bodies: Sequence[str]) -> Iterator[Any]:
        for body in bodies:
            for row in self._in_use("places", "body", body):
                if row.kind in GROUND_KINDS and _holds(row, self._before()):
                    yield row

    def _before(self) -> date:
        return date.fromordinal(self._on.toordinal() - 1)


def _holds(row: Any, day: date) -> bool:
    return bool(row.valid_from <= day < row.valid_to)


def _shares_of_merged(ground: dict[str, list[Any]], share: str) -> dict[str, float]:
    """Place met -> its share of the merged place, by small areas (where those are not known each of the places merged
    counts the same); six decimals that sum to 1."""
    counted = all(row.small_areas for met in ground.values() for row in met)

    def weight(row: Any) -> Fraction:
        return Fraction(row.small_areas) if counted else Fraction(str(getattr(row, share)))

    weights = {key: sum((weight(row) for row in met), Fraction(0)) for key, met in sorted(ground.items())}
    whole = sum(weights.values(), Fraction(0))
    if not whole:
        return {}
    parts = [Part(key, each / whole, "derived") for key, each in weights.items()]
    return {key: millionths / MILLION for key, millionths in apportion(MILLION, parts).items()}
