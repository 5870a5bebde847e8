"""A pathway's stages, services and comparators as recorded, for a new version of it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, select

from concord_contracts.identifiers import digest_of
from concord_contracts.registry import PathwayVersionIn
from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading, Writing
from concord_registry.file_rows import PathwayStageRow
from concord_registry.pathway_changes.lines import COMPARATORS, SERVICES, STAGES, InUse
from concord_registry.pathway_facts import EVERY
from concord_registry.pathway_rows import ComparatorRow, ServiceRow
from concord_registry.row_types import DatedRow
from concord_registry.store.layers import rows_in_use, table_of
from concord_registry.store.pathway_facts import stages_recorded_at


def record_version(tx: Reading, pathway: str, known_at: datetime) -> int:
    """How many moments there were by then at which a stage, service or comparator of it came or went."""
    moments = set(stages_recorded_at(tx, pathway, known_at))
    for name in (SERVICES, COMPARATORS):
        table = table_of(name)
        rows = tx.connection.execute(select(table.c.pathways, table.c.recorded_from, table.c.recorded_to).distinct())
        for pathways, *recorded in rows:
            if {pathway, EVERY} & set(pathways.split()):
                moments.update(recorded)
    return sum(moment <= known_at for moment in moments)


def in_use(tx: Reading, pathway: str) -> InUse:
    """Its stages, and every service and comparator, of all days, as they count now."""
    of_pathway = table_of(STAGES).c.pathway == pathway
    stages: dict[str, list[PathwayStageRow]] = defaultdict(list)
    for row in rows_in_use(tx.connection, STAGES, tx.head_at, where=[of_pathway]):
        stages[row.stage].append(_as(PathwayStageRow, row))
    services, comparators = _by_key(tx, SERVICES, ServiceRow), _by_key(tx, COMPARATORS, ComparatorRow)
    return InUse(_in_order(stages), services, comparators, _shipped(tx, pathway))


def _by_key[Row: DatedRow](tx: Reading, name: str, model: type[Row]) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows_in_use(tx.connection, name, tx.head_at):
        found[getattr(row, model.identity[0])].append(_as(model, row))
    return _in_order(found)


def _as[Row: DatedRow](model: type[Row], row: object) -> Row:
    return model.model_validate({name: getattr(row, name) for name in model.model_fields})


def _in_order[Row: DatedRow](found: Mapping[str, list[Row]]) -> Mapping[str, list[Row]]:
    return {key: sorted(rows, key=lambda row: row.valid_from) for key, rows in found.items()}


def _shipped(tx: Reading, pathway: str) -> frozenset[tuple[str, str]]:
    """(table, key) of stages, services and comparators of which a line of ours is known, in use or not."""
    found: set[tuple[str, str]] = set()
    for name, column in ((STAGES, "stage"), (SERVICES, "service"), (COMPARATORS, "comparator")):
        table = table_of(name)
        where = [table.c.owner.is_(None), table.c.recorded_to == FOREVER_AT]
        where += [table.c.pathway == pathway] if name == STAGES else []
        found |= {(name, key) for key in tx.connection.execute(select(table.c[column]).where(*where)).scalars()}
    return frozenset(found)


def record(tx: Writing, sent: PathwayVersionIn, me: str) -> None:
    """That reference data changed: what is read from now on is another one."""
    digest = digest_of({"sent": sent.model_dump_json()})  # as text: comparators have fractions
    tx.connection.execute(insert(table_of("loads")).values(seq=tx.seq, at=tx.at, digest=digest, owner=me))
