"""The slow-changing part of the map, read whole at a position and kept while no load changes it."""

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from concord_kit.database import Reading
from concord_registry import tables
from concord_registry.cited_files import file_key
from concord_registry.store.layers import Pending, rows_in_use, rows_with, table_of
from concord_registry.store.pathway_facts import read_pathway_facts
from concord_registry.succession import Succession
from concord_registry.world import (
    Body,
    Overlap,
    Pathway,
    Place,
    PopulationFigure,
    Reference,
    Relation,
    Rule,
    Source,
    Stage,
)

DAYS_KEPT = 16
ASSUMPTION = "assumption"
"""What a figure without a stated basis counts as."""


class ReferenceReader:
    """Reads `Reference` values, keeping the last few by day and load. Safe to share between threads.

    Reference data changes only by loads and imports, and one at or before a position never changes afterwards: so an
    entry can be old but never wrong.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[date, int], Reference] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, tx: Reading, as_of: date, known_at: datetime) -> Reference:
        """The reference data as of a day, known at a moment no later than the head."""
        key = (as_of, last_load(tx, known_at))
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = read_reference(tx.connection, as_of, known_at)
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > DAYS_KEPT:
                self._kept.popitem(last=False)
        return found


def last_load(tx: Reading, known_at: datetime) -> int:
    """Journal position of the last load or import, of rows or of a file, by then; 0 before the first."""
    loads, editions = table_of("loads"), table_of("editions")
    last = select(func.max(loads.c.seq)).where(loads.c.at <= known_at)
    last_file = select(func.max(editions.c.edition)).where(editions.c.at <= known_at)
    return max(tx.connection.execute(one).scalar() or 0 for one in (last, last_file))


def read_reference(
    connection: Connection, as_of: date, known_at: datetime, pending: Pending | None = None
) -> Reference:
    """One query per table; rows of relations, places, footprints and rules are those in force on the day. With
    `pending`, the map as it would be with these rows."""

    def rows(model: type[tables.Base], *, on_day: bool = False) -> Iterable[Row[Any]]:
        return rows_with(connection, str(model.__tablename__), known_at, pending, on_day=as_of if on_day else None)

    return Reference(
        as_of=as_of,
        bodies=_bodies(rows(tables.Body), rows(tables.BodyName), as_of),
        codes=_codes(rows(tables.BodyCode, on_day=True)),
        relations=tuple(Relation(row.subject, row.type, row.object) for row in rows(tables.Relation, on_day=True)),
        places={row.place: Place(row.place, row.kind, row.name, row.body) for row in rows(tables.Place, on_day=True)},
        parents=_grouped((row.child, row.parent) for row in rows(tables.PlaceParent, on_day=True)),
        overlaps=tuple(
            Overlap(row.ccg_place, row.council_place, row.part_place, row.share_of_ccg, row.share_of_council)
            for row in rows(tables.Footprint, on_day=True)
        ),
        populations=tuple(_population(row) for row in rows(tables.Population)),
        stages={row.stage: _stage(row) for row in rows(tables.Stage)},
        pathways=_pathways(rows(tables.Pathway), rows(tables.PathwayStage, on_day=True)),
        rules=tuple(_rule(row) for row in rows(tables.Rule, on_day=True)),
        succession=tuple(
            Succession(row.predecessor, row.successor, row.kind, row.on, row.share, row.basis or ASSUMPTION, row.note)
            for row in rows(tables.Succession)
        ),
        sources={row.source: _source(row) for row in rows(tables.Source)},
        withdrawn_files=_withdrawn_files(connection, known_at),
        facts=read_pathway_facts(connection, as_of, known_at, pending),
    )


def _withdrawn_files(connection: Connection, known_at: datetime) -> frozenset[str]:
    """Taking a file back counts as a load, so what is kept of earlier positions never hides it."""
    table = table_of("edition_withdrawals")
    found = connection.execute(select(table.c.edition).where(table.c.at <= known_at))
    return frozenset(file_key(row.edition) for row in found)


FIGURES: tuple[tuple[type[tables.Base], str, str], ...] = (
    (tables.Population, "persons", "people of a place in a year"),
    (tables.Footprint, "share_of_ccg, share_of_council", "where a CCG's and a council's places meet, shares 0 to 1"),
    (tables.Succession, "share", "what part of a body passed to another, 0 to 1"),
)
"""The registry's own figures; each row has a basis."""


@dataclass(frozen=True, slots=True)
class Basis:
    """How the rows of one table of figures rest, and the documents they cite with how many rows cite each."""

    table: str
    columns: str
    words: str
    rows: Mapping[str, int]
    cited: Mapping[str, int]


def bases(tx: Reading, known_at: datetime) -> list[Basis]:
    """What the figures known at a moment rest on, whatever day they are for."""
    return [_basis(tx, model, columns, words, known_at) for model, columns, words in FIGURES]


def _basis(tx: Reading, model: type[tables.Base], columns: str, words: str, known_at: datetime) -> Basis:
    name = str(model.__tablename__)
    rows: Counter[str] = Counter()
    cited: Counter[str] = Counter()
    for row in rows_in_use(tx.connection, name, known_at):
        rows[row.basis or ASSUMPTION] += 1
        cited.update((row.source or "").split())
    return Basis(name, columns, words, rows, cited)


def _bodies(bodies: Iterable[Row[Any]], names: Iterable[Row[Any]], as_of: date) -> dict[str, Body]:
    """Each body once: its period that holds the day, else the last before it, else its first.

    A body may cease and begin again, and a code go on as something else: a CCG's as that of a part of a board.
    """

    def nearness(row: Row[Any]) -> tuple[bool, bool, int]:
        begun = row.valid_from <= as_of
        return begun and as_of < row.valid_to, begun, row.valid_from.toordinal() * (1 if begun else -1)

    best: dict[str, tuple[tuple[bool, bool, int], str]] = {}
    for row in names:
        rank = (nearness(row), row.name)
        best[row.body] = max(best.get(row.body, rank), rank)
    found: dict[str, Body] = {}
    for row in sorted(bodies, key=nearness):
        name = best[row.body][1] if row.body in best else row.body
        found[row.body] = Body(row.body, row.kind, name, bool(row.legal_person), row.valid_from, row.valid_to)
    return found


def _codes(rows: Iterable[Row[Any]]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Body -> its (scheme, code) pairs on the day."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        found.setdefault(row.body, []).append((row.scheme, row.code))
    return {body: tuple(sorted(codes)) for body, codes in found.items()}


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, value in sorted(pairs):
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}


def _population(row: Row[Any]) -> PopulationFigure:
    assumed = row.note or "an assumption without a note" if row.basis == "assumption" else None
    return PopulationFigure(row.place, row.year, row.population_basis, row.persons, row.source, assumed)


def _source(row: Row[Any]) -> Source:
    return Source(
        title=row.title,
        publisher=row.publisher,
        date=row.date,
        date_precision=row.date_precision,
        licence=row.licence,
        address=row.address,
        taken=row.taken,
        limits=row.limits,
    )


def _stage(row: Row[Any]) -> Stage:
    return Stage(
        key=row.stage,
        name=row.name,
        kind=row.kind,
        order=row.order,
        allocation_stage=row.allocation_stage,
        planning_population_min=row.planning_population_min,
        planning_note=row.planning_note,
        planning_population_max=row.planning_population_max,
        source=row.source,
    )


def _pathways(pathways: Iterable[Row[Any]], members: Iterable[Row[Any]]) -> dict[str, Pathway]:
    stages = _grouped_in_order((row.pathway, row.order, row.stage) for row in members)
    return {
        row.pathway: Pathway(
            key=row.pathway,
            name=row.name,
            tumour_group=row.tumour_group,
            icd10=tuple(row.icd10.split()),
            big_four=bool(row.big_four),
            stages=stages.get(row.pathway, ()),
        )
        for row in pathways
    }


def _grouped_in_order(members: Iterator[tuple[str, int, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for pathway, _, stage in sorted(members):
        found.setdefault(pathway, []).append(stage)
    return {pathway: tuple(stages) for pathway, stages in found.items()}


def _rule(row: Row[Any]) -> Rule:
    return Rule(
        key=row.rule,
        stage=row.stage,
        pathway=row.pathway,
        commissioner=row.commissioner,
        office=row.office,
        office_default=row.office_default,
        population_basis=row.population_basis,
        procedure_class=row.procedure_class,
        naming=row.naming,
        citation=row.citation,
        quotation=row.quotation,
        note=row.note,
        verified=row.mark == "V",
        source=row.source,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
