"""Queries of scenarios. Functions take a transaction of the kit and give plain values; the boundary commits."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, select

from concord_allocation.tables import Base, Scenario, ScenarioParty
from concord_kit.database import Reading, Writing

_tables = Base.metadata.tables
SCENARIOS: Table = _tables["scenarios"]
PARTIES: Table = _tables["scenario_parties"]


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
    assembly: str | None
    parties: Sequence[str]


@dataclass(frozen=True, slots=True)
class StoredScenario:
    """A scenario as it was recorded, and who may read it because its money is in it."""

    row: Scenario
    parties: frozenset[str]


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
        assembly=new.assembly,
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
    edition: int
    known_at: datetime
    summary: dict[str, Any]


def list_scenarios(
    tx: Reading,
    *,
    party: str | None,
    author: str | None,
    known_at: datetime,
    before: int | None,
    limit: int,
    digest: str | None = None,
) -> list[ListedScenario]:
    """Newest first, those recorded before position `before`; of one party or author, or all where both are None.

    `digest`: hex, how the digest of the problem or of the answer begins.
    """
    columns = [SCENARIOS.c[name] for name in ListedScenario.__dataclass_fields__]
    wanted = select(*columns).where(SCENARIOS.c.created_at <= known_at)
    if party is not None:
        of_party = select(PARTIES.c.scenario).where(PARTIES.c.body == party)
        wanted = wanted.where(SCENARIOS.c.id.in_(of_party) | (SCENARIOS.c.author == author))
    if before is not None:
        wanted = wanted.where(SCENARIOS.c.seq < before)
    if digest is not None:
        wanted = wanted.where(_begins(SCENARIOS.c.problem_digest, digest) | _begins(SCENARIOS.c.answer_digest, digest))
    found = tx.session.execute(wanted.order_by(SCENARIOS.c.seq.desc()).limit(limit)).all()
    return [ListedScenario(**{**row._mapping, "summary": json.loads(row.summary)}) for row in found]


def _begins(column: ColumnElement[str], digest: str) -> ColumnElement[bool]:
    """Hex digits that begin so: as a range, which an index of text answers in any collation of plain digits."""
    return column.between(digest, digest + "f" * (DIGEST_LENGTH - len(digest)))


DIGEST_LENGTH = 64


def count_built_on(tx: Reading, cells: Collection[tuple[str | None, str | None]]) -> int:
    """Scenarios with a pathway and a place among (pathway, place); None stands for every one, as in national tables."""
    if not cells:
        return 0
    summaries = tx.session.execute(select(SCENARIOS.c.summary)).scalars()
    return sum(_touches(json.loads(summary), cells) for summary in summaries)


def _touches(summary: dict[str, list[str]], cells: Collection[tuple[str | None, str | None]]) -> bool:
    return any(
        (pathway, place) in cells for pathway in (*summary["pathways"], None) for place in (*summary["places"], None)
    )
