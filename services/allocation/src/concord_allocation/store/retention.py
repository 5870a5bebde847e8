"""Queries of retention: what is held, taking scenarios out, and the tombstones that stay."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, case, delete, func, insert, or_, select

from concord_allocation.retention import Held
from concord_allocation.store.citations import CITATIONS
from concord_allocation.store.scenarios import PARTIES, SCENARIOS
from concord_allocation.tables import Base
from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading, Writing

TOMBSTONES: Table = Base.metadata.tables["scenario_tombstones"]


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What stays of a scenario; `parties` are those who could read it."""

    id: str
    seq: int
    made_for: str | None
    parties: frozenset[str]
    created_at: datetime
    removed_at: datetime
    rule: str
    years: int
    problem_digest: str
    answer_digest: str


def held(tx: Reading) -> list[Held]:
    """Every scenario, without its problem and answer, with when it was last touched."""
    child = SCENARIOS.alias("child")
    built_on = (
        select(child.c.parent.label("id"), func.max(child.c.created_at).label("at"))
        .where(child.c.parent.is_not(None))
        .group_by(child.c.parent)
        .subquery()
    )
    ended = case((CITATIONS.c.recorded_to < FOREVER_AT, CITATIONS.c.recorded_to), else_=CITATIONS.c.recorded_from)
    cited = (
        select(
            CITATIONS.c.scenario.label("id"),
            func.max(ended).label("at"),
            func.max(case((CITATIONS.c.recorded_to == FOREVER_AT, 1), else_=0)).label("now"),
        )
        .group_by(CITATIONS.c.scenario)
        .subquery()
    )
    own = [SCENARIOS.c[name] for name in ("id", "seq", "parent", "title", "created_at")]
    digests = (SCENARIOS.c.problem_digest, SCENARIOS.c.answer_digest)
    joined = SCENARIOS.outerjoin(built_on, built_on.c.id == SCENARIOS.c.id).outerjoin(
        cited, cited.c.id == SCENARIOS.c.id
    )
    query = select(
        *own, SCENARIOS.c.acting_for.label("made_for"), *digests,
        built_on.c.at.label("built_on_at"), cited.c.at.label("cited_at"), cited.c.now.label("cited_now"),
    ).select_from(joined)  # fmt: skip
    return [
        Held(
            id=row.id,
            seq=row.seq,
            parent=row.parent,
            title=row.title,
            made_for=row.made_for,
            created_at=row.created_at,
            touched_at=max(at for at in (row.created_at, row.built_on_at, row.cited_at) if at is not None),
            problem_digest=row.problem_digest,
            answer_digest=row.answer_digest,
            cited=bool(row.cited_now),
        )
        for row in tx.connection.execute(query)
    ]


def remove(tx: Writing, going: Sequence[Held], rule: str, years: int) -> list[Tombstone]:
    """Take these out, those built on others first, and leave a tombstone of each."""
    ids = [one.id for one in going]
    rows = tx.connection.execute(select(PARTIES.c.scenario, PARTIES.c.body).where(PARTIES.c.scenario.in_(ids))).all()
    parties: dict[str, set[str]] = {one.id: set() for one in going}
    for scenario, body in rows:
        parties[scenario].add(body)
    left = [
        Tombstone(
            id=one.id,
            seq=one.seq,
            made_for=one.made_for,
            parties=frozenset(parties[one.id]),
            created_at=one.created_at,
            removed_at=tx.at,
            rule=rule,
            years=years,
            problem_digest=one.problem_digest,
            answer_digest=one.answer_digest,
        )
        for one in going
    ]
    tx.connection.execute(delete(PARTIES).where(PARTIES.c.scenario.in_(ids)))
    for one in going:
        tx.connection.execute(delete(SCENARIOS).where(SCENARIOS.c.id == one.id))
    if left:
        tx.connection.execute(insert(TOMBSTONES), [_columns(one) for one in left])
    return left


def find_tombstone(tx: Reading, scenario: str) -> Tombstone | None:
    """What stays of a scenario that was removed."""
    row = tx.connection.execute(select(TOMBSTONES).where(TOMBSTONES.c.id == scenario)).one_or_none()
    return None if row is None else _tombstone(row._mapping)


def list_tombstones(
    tx: Reading, *, body: str | None, known_at: datetime, before: int | None, limit: int
) -> list[Tombstone]:
    """Those of scenarios made last, first; those that a body made or could read, or all for None."""
    wanted = select(TOMBSTONES).where(TOMBSTONES.c.removed_at <= known_at)
    if body is not None:
        # A body's id stands in the list in quotation marks, which no id contains.
        named = TOMBSTONES.c.parties.contains(json.dumps(body), autoescape=True)
        wanted = wanted.where(or_(TOMBSTONES.c.made_for == body, named))
    if before is not None:
        wanted = wanted.where(TOMBSTONES.c.seq < before)
    rows = tx.connection.execute(wanted.order_by(TOMBSTONES.c.seq.desc()).limit(limit)).all()
    return [_tombstone(row._mapping) for row in rows]


def _columns(one: Tombstone) -> dict[str, object]:
    values = {name: getattr(one, name) for name in Tombstone.__dataclass_fields__}
    return values | {"parties": json.dumps(sorted(one.parties))}


def _tombstone(row: object) -> Tombstone:
    values = dict(row)  # type: ignore[call-overload]
    return Tombstone(**{**values, "parties": frozenset(json.loads(values["parties"]))})
