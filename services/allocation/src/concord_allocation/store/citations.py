"""Queries of citations: the newest word on each agreement, and who cites a scenario at a moment."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, insert, select, update

from concord_allocation.citations import Cited, Digests, Held
from concord_allocation.tables import Base
from concord_contracts.allocation import Citations, CitedIn
from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading, Writing

_tables = Base.metadata.tables
AGREEMENTS: Table = _tables["citing_agreements"]
CITATIONS: Table = _tables["citations"]
_SCENARIOS: Table = _tables["scenarios"]


def held(tx: Reading, agreement: str) -> Held | None:
    """The newest message taken of an agreement."""
    columns = (AGREEMENTS.c.agreement, AGREEMENTS.c.sequence, AGREEMENTS.c.digest)
    row = tx.connection.execute(select(*columns).where(AGREEMENTS.c.agreement == agreement)).one_or_none()
    return None if row is None else Held(*row)


def keep(tx: Writing, agreement: str, incoming: Citations) -> None:
    """Note the message itself; what it says of citations is written by `replace`."""
    values = {
        "sequence": incoming.sequence,
        "digest": incoming.digest,
        "title": incoming.title,
        "parties": json.dumps(sorted(incoming.parties)),
    }
    changed = update(AGREEMENTS).where(AGREEMENTS.c.agreement == agreement).values(**values)
    if not tx.connection.execute(changed.returning(AGREEMENTS.c.agreement)).all():
        tx.connection.execute(insert(AGREEMENTS).values(agreement=agreement, **values))


def replace(tx: Writing, agreement: str, ending: Sequence[Cited], beginning: Sequence[CitedIn]) -> None:
    """Close and open citations of an agreement."""
    if ending:
        rows = [one.row for one in ending]
        tx.connection.execute(update(CITATIONS).where(CITATIONS.c.row.in_(rows)).values(recorded_to=tx.at))
    opened = [
        {**one.model_dump(), "agreement": agreement, "recorded_from": tx.at, "recorded_to": FOREVER_AT}
        for one in beginning
    ]
    if opened:
        tx.connection.execute(insert(CITATIONS), opened)


def of_agreement(tx: Reading, agreement: str) -> list[Cited]:
    """What an agreement cites now."""
    return _cited(tx, CITATIONS.c.agreement == agreement, CITATIONS.c.recorded_to == FOREVER_AT)


def of_scenarios(tx: Reading, scenarios: Collection[str], known_at: datetime) -> dict[str, list[Cited]]:
    """Who cited each of these at a moment; scenarios that nobody did are left out."""
    known = and_(CITATIONS.c.recorded_from <= known_at, CITATIONS.c.recorded_to > known_at)
    found: dict[str, list[Cited]] = defaultdict(list)
    for one in _cited(tx, CITATIONS.c.scenario.in_(scenarios), known):
        found[one.scenario].append(one)
    return found


def digests_here(tx: Reading, scenarios: Collection[str]) -> dict[str, Digests]:
    """Of those scenarios that are here."""
    columns = (_SCENARIOS.c.id, _SCENARIOS.c.problem_digest, _SCENARIOS.c.answer_digest)
    rows = tx.connection.execute(select(*columns).where(_SCENARIOS.c.id.in_(sorted(scenarios)))).all()
    return {row.id: Digests(row.problem_digest, row.answer_digest) for row in rows}


def _cited(tx: Reading, *conditions: ColumnElement[bool]) -> list[Cited]:
    names = [name for name in Cited.__dataclass_fields__ if name not in ("title", "parties")]
    columns = [CITATIONS.c[name] for name in names]
    joined = CITATIONS.join(AGREEMENTS, CITATIONS.c.agreement == AGREEMENTS.c.agreement)
    rows = tx.connection.execute(
        select(*columns, AGREEMENTS.c.title, AGREEMENTS.c.parties)
        .select_from(joined)
        .where(*conditions)
        .order_by(CITATIONS.c.since, CITATIONS.c.agreement, CITATIONS.c.version)
    )
    return [Cited(**{**row._mapping, "parties": frozenset(json.loads(row.parties))}) for row in rows]
