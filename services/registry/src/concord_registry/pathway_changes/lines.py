"""The lines that a new version of a pathway writes: stages, services and comparators with their days. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from concord_contracts.identifiers import FOREVER
from concord_contracts.problems import Fault
from concord_contracts.registry import ComparatorIn, PathwayVersionIn, ServiceIn
from concord_registry.file_rows import PathwayStageRow
from concord_registry.own_rows import SentRow
from concord_registry.pathway_facts import EVERY
from concord_registry.pathway_rows import ComparatorRow, ServiceRow
from concord_registry.row_types import DatedRow
from concord_registry.timeline import around, changed

STAGES, SERVICES, COMPARATORS = "pathway_stages", "services", "comparators"


@dataclass(frozen=True)
class InUse:
    """Lines of all days that count now, by stage, service and comparator; `shipped`: (table, key) that we ship."""

    stages: Mapping[str, Sequence[PathwayStageRow]]
    services: Mapping[str, Sequence[ServiceRow]]
    comparators: Mapping[str, Sequence[ComparatorRow]]
    shipped: frozenset[tuple[str, str]] = frozenset()


class Lines:
    """What is written for the days from a version's first to `until`, when a later version begins; and what cannot be.

    `rows`: all lines of each stage, service and comparator that changes; `faults` point into what was sent.
    """

    def __init__(self, pathway: str, sent: PathwayVersionIn, used: InUse, until: date) -> None:
        self.rows: list[SentRow] = []
        self.faults: list[Fault] = []
        self._pathway, self._from, self._until, self._shipped = pathway, sent.valid_from, until, used.shipped
        self._stages(sent, used.stages)
        for number, service in enumerate(sent.services):
            values = _service(pathway, service)
            self._begins(SERVICES, ServiceRow, values, used.services.get(service.key, ()), number)
        for number, one in enumerate(sent.comparators):
            values = _comparator(pathway, one)
            self._begins(COMPARATORS, ComparatorRow, values, used.comparators.get(one.key, ()), number)
        for number, key in enumerate(sent.services_ended):
            self._ends(SERVICES, key, used.services.get(key, ()), number)
        for number, key in enumerate(sent.comparators_ended):
            self._ends(COMPARATORS, key, used.comparators.get(key, ()), number)

    def _stages(self, sent: PathwayVersionIn, used: Mapping[str, Sequence[PathwayStageRow]]) -> None:
        order = {stage: number for number, stage in enumerate(sent.stages)}
        for stage in sorted({*order, *used}):
            before = used.get(stage, ())
            identity = self._pathway, stage
            if stage not in order:
                kept = around(before, self._from, self._until)
                self._write(STAGES, identity, before, kept, None, "/stages")
                continue
            new = PathwayStageRow(
                pathway=self._pathway,
                stage=stage,
                order=order[stage] + 1,
                valid_from=self._from,
                valid_to=self._until,
                source=sent.source,
                note=sent.note,
            )
            after = before if _stands(before, new) else changed(before, new)
            self._write(STAGES, identity, before, after, order[stage], f"/stages/{order[stage]}")

    def _begins[Row: DatedRow](
        self, table: str, model: type[Row], values: dict[str, Any], before: Sequence[Row], number: int
    ) -> None:
        """A service or comparator from the first day until what is recorded of it for later."""
        later = [row.valid_from for row in before if row.valid_from > self._from]
        at = f"/{table}/{number}"
        try:
            new = model.model_validate(values | {"valid_from": self._from, "valid_to": min(later, default=FOREVER)})
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                name = "".join(f"/{part}" for part in fault["loc"][:1])
                self.faults.append(Fault(pointer=f"{at}{name}", detail=fault["msg"], type="invalid"))
            return
        self._write(table, (str(values[model.identity[0]]),), before, changed(before, new), number, at)

    def _ends(self, table: str, key: str, before: Sequence[DatedRow], number: int) -> None:
        kept = around(before, self._from, FOREVER)
        self._write(table, (key,), before, kept, None, f"/{table}_ended/{number}")

    def _write(
        self,
        table: str,
        identity: tuple[str, ...],
        before: Sequence[DatedRow],
        after: Sequence[DatedRow],
        number: int | None,
        at: str,
    ) -> None:
        """`number`: which of the table's in what was sent; none where it was not sent."""
        line = 0 if number is None else number + 1
        if list(before) == list(after):
            return
        if after:
            self.rows.extend(SentRow(table, line, identity, row) for row in after)
        elif (table, identity[-1]) in self._shipped:
            words = f"{identity[-1]} is shipped for these days alone: nothing that is sent can stand in its place"
            self.faults.append(Fault(pointer=at, detail=words, type="only-then"))
        else:
            self.rows.append(SentRow(table, line, identity, None))


def _stands(before: Iterable[PathwayStageRow], new: PathwayStageRow) -> bool:
    """Whether the stage has that place already, through all of the days."""
    return any(
        row.order == new.order and row.valid_from <= new.valid_from and row.valid_to >= new.valid_to for row in before
    )


def _service(pathway: str, one: ServiceIn) -> dict[str, Any]:
    values = one.model_dump(exclude={"key", "pathways", "thresholds"})
    return values | {
        "service": one.key,
        "pathways": " ".join(one.pathways) or pathway,
        "threshold": " ".join(one.thresholds) or None,
    }


def _comparator(pathway: str, one: ComparatorIn) -> dict[str, Any]:
    values = one.model_dump(exclude={"key", "pathways", "stages"})
    return values | {
        "comparator": one.key,
        "pathways": " ".join(one.pathways) or pathway,
        "stages": " ".join(one.stages),
    }


def faults_of(
    pathway: str, sent: PathwayVersionIn, used: InUse, functions: Iterable[str], stages: Iterable[str]
) -> Iterator[Fault]:
    """What is wrong with what was sent, whatever it would do."""
    known, beside = set(stages), set(functions)
    for number, stage in enumerate(sent.stages):
        at = f"/stages/{number}"
        if stage not in known:
            yield Fault(pointer=at, detail=f"unknown stage {stage}", type="unknown-stage")
        elif stage in beside:
            yield Fault(pointer=at, detail=f"{stage} is a function: it belongs to every pathway", type="function")
        if stage in sent.stages[:number]:
            yield Fault(pointer=at, detail=f"{stage} is there twice", type="twice")
    here = {*sent.stages, *beside}
    for number, service in enumerate(sent.services):
        if service.stage not in here:
            words = f"{service.stage} is no stage of this version"
            yield Fault(pointer=f"/services/{number}/stage", detail=words, type="not-in-version")
    for number, one in enumerate(sent.comparators):
        if not here.intersection(one.stages):
            words = "none of its stages is in this version"
            yield Fault(pointer=f"/comparators/{number}/stages", detail=words, type="not-in-version")
    yield from _of_parts(pathway, "services", sent.services, sent.services_ended)
    yield from _of_parts(pathway, "comparators", sent.comparators, sent.comparators_ended)
    for name, given, ended, held in (
        ("services", [one.key for one in sent.services], sent.services_ended, used.services),
        ("comparators", [one.key for one in sent.comparators], sent.comparators_ended, used.comparators),
    ):
        yield from _not_there(sent, name, ended, held)
        for number, key in enumerate(ended):
            if key in ended[:number]:
                yield Fault(pointer=f"/{name}_ended/{number}", detail=f"{key} is there twice", type="twice")
            yield from _of_others(pathway, sent.valid_from, key, held, f"/{name}_ended/{number}")
        for number, key in enumerate(given):
            yield from _of_others(pathway, sent.valid_from, key, held, f"/{name}/{number}/key")


def _of_parts(
    pathway: str, name: str, given: Sequence[ServiceIn] | Sequence[ComparatorIn], ended: Sequence[str]
) -> Iterator[Fault]:
    parts: list[ServiceIn | ComparatorIn] = [*given]
    keys = [*ended, *(one.key for one in parts)]
    for number, one in enumerate(parts):
        if keys.count(one.key) > 1:
            yield Fault(pointer=f"/{name}/{number}/key", detail=f"{one.key} is there twice", type="twice")
        if one.pathways and pathway not in one.pathways:
            yield Fault(pointer=f"/{name}/{number}/pathways", detail=f"leaves out {pathway}", type="not-of-pathway")


def _of_others(
    pathway: str, day: date, key: str, held: Mapping[str, Sequence[ServiceRow | ComparatorRow]], at: str
) -> Iterator[Fault]:
    """A key of other pathways alone, on the day or later: what this one says must not end or replace it there."""
    for row in held.get(key, ()):
        if row.valid_to > day and not {pathway, EVERY} & set(row.pathways.split()):
            words = f"{key} is of {row.pathways} alone, and not of {pathway}"
            yield Fault(pointer=at, detail=words, type="not-of-pathway")
            return


def _not_there(
    sent: PathwayVersionIn, name: str, ended: Sequence[str], held: Mapping[str, Sequence[DatedRow]]
) -> Iterator[Fault]:
    for number, key in enumerate(ended):
        if not any(row.valid_from <= sent.valid_from < row.valid_to for row in held.get(key, ())):
            words = f"{key} is not there on {sent.valid_from}"
            yield Fault(pointer=f"/{name}_ended/{number}", detail=words, type=f"unknown-{name[:-1]}")
