"""A new version of a pathway, looked at and carried out: each function is one transaction's work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from concord_contracts.identifiers import FOREVER
from concord_contracts.problems import Fault
from concord_contracts.registry import PathwayVersionIn
from concord_kit.database import Reading, Writing
from concord_kit.problems import Problem
from concord_kit.sheets import FaultySheetsError, SheetFault
from concord_registry import importing, pathway_versions
from concord_registry.importing import Asked, Plan
from concord_registry.own_rows import SentRow, grouped, rests_on_nothing
from concord_registry.pathway_changes.lines import COMPARATORS, SERVICES, STAGES, InUse, Lines, faults_of
from concord_registry.pathway_versions import DatedStage, Version
from concord_registry.reading import FIRST_DAY, LAST_DAY
from concord_registry.refusals import Expect, refuse
from concord_registry.store import claims as stored_claims
from concord_registry.store import pathway_changes as stored
from concord_registry.store.reference import ReferenceReader, read_reference
from concord_registry.world import Claim, Reference


@dataclass(frozen=True, slots=True)
class Looked:
    """What a version writes, and what its effect is worked out from."""

    pathway: str
    known_at: datetime
    seq: int
    record_version: int
    version: Version
    plan: Plan
    before: Reference
    after: Reference
    claims: Sequence[Claim]


def look(
    tx: Reading,
    references: ReferenceReader,
    pathway: str,
    sent: PathwayVersionIn,
    *,
    me: str,
    today: date,
    expect: Expect,
) -> Looked:
    """The version as it would be, unless the pathway's record is at another version. 422 with every fault at once."""
    day = sent.valid_from
    if not FIRST_DAY <= day <= LAST_DAY:
        refuse([Fault(pointer="/valid_from", detail=f"outside of {FIRST_DAY} to {LAST_DAY}", type="out_of_range")])
    before = references.read(tx, day, tx.head_at)
    if pathway not in before.pathways:
        raise Problem("not-found", f"There is no pathway {pathway}.")
    number = stored.record_version(tx, pathway, tx.head_at)
    expect(number)
    used = stored.in_use(tx, pathway)
    made = Lines(pathway, sent, used, _until(used, day))
    refuse([*faults_of(pathway, sent, used, before.functions, before.stages), *made.faults])
    refuse(_as_fault(fault, sent) for row in made.rows if row.line for fault in rests_on_nothing(row))
    plan = _planned(tx, references, made.rows, sent, me, today)
    if not plan.writes:
        raise Problem("conflict", "The pathway is exactly this from that day on already.")
    pending: dict[str, dict[tuple[Any, ...], list[Any]]] = {}
    for (table, identity), several in grouped(made.rows).items():
        pending.setdefault(table, {})[identity] = [one.row for one in several if one.row is not None]
    after = read_reference(tx.connection, day, tx.head_at, pending)
    in_force = stored_claims.in_scope(tx, day, tx.head_at, pathway, None)
    version = pathway_versions.on_day(_versions_then(used, made.rows), day)
    if version is None:
        raise AssertionError(f"{pathway} has stages on its first day")
    return Looked(pathway, tx.head_at, tx.head_seq, number, version, plan, before, after, in_force)


def carry_out(
    tx: Writing,
    references: ReferenceReader,
    pathway: str,
    sent: PathwayVersionIn,
    *,
    me: str,
    today: date,
    expect: Expect,
) -> Looked:
    """The version, recorded. A later load does not undo it: its lines are the body's own."""
    looked = look(tx, references, pathway, sent, me=me, today=today, expect=expect)
    importing.write(tx, looked.plan)
    stored.record(tx, sent, me)
    tx.concerns(f"pathway:{pathway}")
    return looked


def _until(used: InUse, day: date) -> date:
    """When the next version that is recorded already begins."""
    begins = (row.valid_from for rows in used.stages.values() for row in rows)
    ends = (row.valid_to for rows in used.stages.values() for row in rows)
    return min((one for one in (*begins, *ends) if one > day), default=FOREVER)


def _versions_then(used: InUse, sent: Iterable[SentRow]) -> list[Version]:
    written = {identity[-1]: rows for (table, identity), rows in grouped(list(sent)).items() if table == STAGES}
    kept = [row for stage, rows in used.stages.items() if stage not in written for row in rows]
    new: list[Any] = [one.row for rows in written.values() for one in rows if one.row is not None]
    return pathway_versions.versions(
        DatedStage(row.stage, row.order, row.valid_from, row.valid_to) for row in [*kept, *new]
    )


def _planned(
    tx: Reading,
    references: ReferenceReader,
    rows: Sequence[SentRow],
    sent: PathwayVersionIn,
    me: str,
    today: date,
) -> Plan:
    """Held to what every import is held to."""
    asked = Asked(rows, (), "replace", me, steward=True, file_digest="", reason=sent.reason, today=today)
    try:
        return importing.plan(tx, references, asked)
    except FaultySheetsError as error:
        refuse(_as_fault(fault, sent) for fault in error.faults)
        raise


def _as_fault(fault: SheetFault, sent: PathwayVersionIn) -> Fault:
    """Where in what was sent a line's fault is; what the sender says of all stages stands beside them."""
    at = {STAGES: "/stages", SERVICES: "/services", COMPARATORS: "/comparators"}.get(fault.table, "")
    if fault.table == STAGES and fault.column == "source" and sent.source:
        at = "/source"
    elif fault.line:
        at = f"{at}/{fault.line - 1}"
        if fault.column and fault.table != STAGES:
            names = {"threshold": "thresholds", "service": "key", "comparator": "key"}
            at = f"{at}/{names.get(fault.column, fault.column)}"
    return Fault(pointer=at, detail=fault.words, type=fault.kind)
