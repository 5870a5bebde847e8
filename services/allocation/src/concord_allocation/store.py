"""The only place with queries: editions of the reference tables, and scenarios.

Functions take a transaction of the kit and give plain values; the boundary commits.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Table, insert, select

from concord_allocation.reference.catalogue import Catalogue, parse_rows
from concord_allocation.reference.files import Edition
from concord_allocation.tables import Base, ReferenceEdition, Scenario, ScenarioParty
from concord_kit.database import Reading, Writing

ROWS_AT_ONCE = 2_000

_tables = Base.metadata.tables
EDITIONS: Table = _tables["reference_editions"]
ROWS: Table = _tables["reference_rows"]
SCENARIOS: Table = _tables["scenarios"]
PARTIES: Table = _tables["scenario_parties"]


@dataclass(frozen=True, slots=True)
class EditionName:
    """Which edition of the reference tables was known at a moment."""

    edition: int
    digest: str
    recorded_from: datetime


@dataclass(frozen=True, slots=True)
class NewScenario:
    """What is recorded of a scenario; texts are JSON of their contract models. See `tables.Scenario`."""

    id: str
    parent: str | None
    title: str
    note: str | None
    author: str
    acting_for: str | None
    as_of: date
    edition: int
    known_at: datetime
    dependencies: str
    changes: str | None
    problem: str
    problem_digest: str
    outcome: str
    answer_digest: str
    summary: str
    parties: Sequence[str]


@dataclass(frozen=True, slots=True)
class StoredScenario:
    """A scenario as it was recorded, and who may read it because its money is in it."""

    row: Scenario
    parties: frozenset[str]


def load_edition(tx: Writing, edition: Edition) -> int | None:
    """Record an edition; None, and no change, where it is the one in use already."""
    newest = edition_known_at(tx, tx.head_at)
    if newest is not None and newest.digest == edition.digest:
        tx.unchanged()
        return None
    tx.session.add(ReferenceEdition(edition=tx.seq, digest=edition.digest, recorded_from=tx.at))
    tx.session.flush()
    rows = [
        {"edition": tx.seq, "table_name": name, "position": position, "content": row.model_dump_json()}
        for name, table in edition.tables.items()
        for position, row in enumerate(table)
    ]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        tx.connection.execute(insert(ROWS), rows[start : start + ROWS_AT_ONCE])
    return tx.seq


def edition_known_at(tx: Reading, known_at: datetime) -> EditionName | None:
    """The edition in use at a moment: the last one loaded until then."""
    found = tx.session.execute(
        select(EDITIONS.c.edition, EDITIONS.c.digest, EDITIONS.c.recorded_from)
        .where(EDITIONS.c.recorded_from <= known_at)
        .order_by(EDITIONS.c.recorded_from.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else EditionName(*found)


def read_catalogue(tx: Reading, name: EditionName) -> Catalogue:
    """All rows of an edition, parsed."""
    stored = tx.session.execute(
        select(ROWS.c.table_name, ROWS.c.content)
        .where(ROWS.c.edition == name.edition)
        .order_by(ROWS.c.table_name, ROWS.c.position)
    ).all()
    rows = [(table, content) for table, content in stored]
    return Catalogue(name.edition, name.digest, name.recorded_from, parse_rows(rows))


def add_scenario(tx: Writing, new: NewScenario) -> StoredScenario:
    """Record a scenario and its parties."""
    row = Scenario(
        id=new.id,
        seq=tx.seq,
        parent=new.parent,
        title=new.title,
        note=new.note,
        author=new.author,
        acting_for=new.acting_for,
        created_at=tx.at,
        as_of=new.as_of,
        edition=new.edition,
        known_at=new.known_at,
        dependencies=new.dependencies,
        changes=new.changes,
        problem=new.problem,
        problem_digest=new.problem_digest,
        outcome=new.outcome,
        answer_digest=new.answer_digest,
        summary=new.summary,
    )
    tx.session.add(row)
    tx.session.flush()
    tx.session.add_all(ScenarioParty(scenario=new.id, body=body) for body in sorted(set(new.parties)))
    tx.session.flush()
    return StoredScenario(row, frozenset(new.parties))


def find_scenario(tx: Reading, scenario: str, known_at: datetime) -> StoredScenario | None:
    """A scenario recorded until `known_at`; None where there is none."""
    row = tx.session.get(Scenario, scenario)
    if row is None or row.created_at > known_at:
        return None
    parties = tx.session.execute(select(PARTIES.c.body).where(PARTIES.c.scenario == scenario)).scalars()
    return StoredScenario(row, frozenset(parties))


@dataclass(frozen=True, slots=True)
class ListedScenario:
    """What lists show; `summary` is parsed."""

    id: str
    seq: int
    parent: str | None
    title: str
    author: str
    acting_for: str | None
    created_at: datetime
    problem_digest: str
    answer_digest: str
    summary: dict[str, object]


def list_scenarios(
    tx: Reading, *, party: str | None, author: str | None, known_at: datetime, before: int | None, limit: int
) -> list[ListedScenario]:
    """Newest first, those recorded before position `before`; of one party or author, or all where both are None."""
    columns = [SCENARIOS.c[name] for name in ListedScenario.__dataclass_fields__]
    wanted = select(*columns).where(SCENARIOS.c.created_at <= known_at)
    if party is not None:
        of_party = select(PARTIES.c.scenario).where(PARTIES.c.body == party)
        wanted = wanted.where(SCENARIOS.c.id.in_(of_party) | (SCENARIOS.c.author == author))
    if before is not None:
        wanted = wanted.where(SCENARIOS.c.seq < before)
    found = tx.session.execute(wanted.order_by(SCENARIOS.c.seq.desc()).limit(limit)).all()
    return [ListedScenario(**{**row._mapping, "summary": json.loads(row.summary)}) for row in found]
