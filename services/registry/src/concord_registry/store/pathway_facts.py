"""What a stage is planned for, held against and guided by, as recorded."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from concord_kit.database import Reading
from concord_registry.pathway_facts import (
    Actual,
    Comparator,
    Guidance,
    GuidanceLink,
    PathwayFacts,
    ResponsibleRule,
    Service,
    Threshold,
)
from concord_registry.pathway_versions import DatedStage
from concord_registry.store.layers import Pending, rows_in_use, rows_with, table_of


def read_pathway_facts(
    connection: Connection, as_of: date, known_at: datetime, pending: Pending | None = None
) -> PathwayFacts:
    """One query per table; services, comparators and rules are those of the day, guidance of all days. With
    `pending`, as they would be with these rows."""

    def rows(table: str, *, on_day: bool = False) -> Sequence[Row[Any]]:
        return rows_with(connection, table, known_at, pending, on_day=as_of if on_day else None)

    return PathwayFacts(
        thresholds={row.threshold: _threshold(row) for row in rows("planning_thresholds")},
        services={row.service: _service(row) for row in rows("services", on_day=True)},
        comparators={row.comparator: _comparator(row) for row in rows("comparators", on_day=True)},
        actuals=tuple(
            Actual(row.comparator, row.place, row.period, row.value, row.basis, row.source, row.note)
            for row in rows("comparator_values")
        ),
        guidance=_guidance(rows("guidance"), as_of),
        links=tuple(
            GuidanceLink(row.guidance, row.stage, row.pathway, row.organisation, row.progress, row.note)
            for row in rows("guidance_links")
        ),
        responsible_rules=tuple(_responsible_rule(row) for row in rows("responsible_rules", on_day=True)),
    )


def _keys(text: str | None) -> tuple[str, ...]:
    return tuple((text or "").split())


def _threshold(row: Row[Any]) -> Threshold:
    return Threshold(
        key=row.threshold,
        rule=row.rule,
        measure=row.measure,
        at_least=row.at_least,
        at_most=row.at_most,
        unit=row.unit,
        stages=_keys(row.stages),
        quotation=row.quotation,
        source=row.source,
        note=row.note,
    )


def _service(row: Row[Any]) -> Service:
    return Service(
        key=row.service,
        name=row.name,
        stage=row.stage,
        pathways=_keys(row.pathways),
        population_basis=row.population_basis,
        planning_population_min=row.planning_population_min,
        planning_population_max=row.planning_population_max,
        minimum_volume=row.minimum_volume,
        volume_unit=row.volume_unit,
        hospitals_max=row.hospitals_max,
        thresholds=_keys(row.threshold),
        commissioner=row.commissioner,
        citation=row.citation,
        basis=row.basis,
        source=row.source,
        note=row.note,
        low=row.low,
        high=row.high,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def _comparator(row: Row[Any]) -> Comparator:
    return Comparator(
        key=row.comparator,
        name=row.name,
        stages=_keys(row.stages),
        pathways=_keys(row.pathways),
        direction=row.direction,
        value=row.value,
        unit=row.unit,
        measured_from=row.measured_from,
        measured_to=row.measured_to,
        measured_as=_keys(row.measured_as),
        kind=row.kind,
        basis=row.basis,
        source=row.source,
        note=row.note,
        low=row.low,
        high=row.high,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def _guidance(rows: Sequence[Row[Any]], as_of: date) -> dict[str, Guidance]:
    """Each once: its row of the day, else the latest."""
    found: dict[str, Guidance] = {}
    for row in sorted(rows, key=lambda row: (row.valid_from <= as_of < row.valid_to, row.valid_from)):
        found[row.guidance] = Guidance(
            key=row.guidance,
            title=row.title,
            publisher=row.publisher,
            kind=row.kind,
            published_on=row.published_on,
            date_precision=row.date_precision,
            version=row.version,
            superseded_by=row.superseded_by,
            verified=row.mark == "V",
            address=row.address,
            source=row.source,
            note=row.note,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
    return found


def _responsible_rule(row: Row[Any]) -> ResponsibleRule:
    return ResponsibleRule(
        key=row.responsible_rule,
        population_basis=row.population_basis,
        person=row.person,
        taken_from=row.taken_from,
        words=row.words,
        citation=row.citation,
        quotation=row.quotation,
        note=row.note,
        verified=row.mark == "V",
        source=row.source,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def dated_stages(tx: Reading, pathway: str, known_at: datetime) -> list[DatedStage]:
    """A pathway's stages of all days, as known at a moment."""
    of_pathway = table_of("pathway_stages").c.pathway == pathway
    rows = rows_in_use(tx.connection, "pathway_stages", known_at, where=[of_pathway])
    return [DatedStage(row.stage, row.order, row.valid_from, row.valid_to) for row in rows]


def stages_recorded_at(tx: Reading, pathway: str, known_at: datetime) -> list[datetime]:
    """The moments at which a pathway's stages came or went in the record, until one."""
    table = table_of("pathway_stages")
    rows = tx.connection.execute(
        select(table.c.recorded_from, table.c.recorded_to).where(
            table.c.pathway == pathway, table.c.recorded_from <= known_at
        )
    )
    return sorted({moment for row in rows for moment in row if moment <= known_at})
