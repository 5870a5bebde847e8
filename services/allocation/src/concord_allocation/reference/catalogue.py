"""One edition of the reference tables in memory: what assembly reads, and every figure with what it rests on.

Editions never change once loaded, so a service keeps the ones in use.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from concord_allocation.assembly.world import Figures
from concord_allocation.reference.files import TABLES
from concord_allocation.reference.rows import Row, Sourced, SourceRow, WhatIfAmountRow, WhatIfRow
from concord_contracts.allocation.scenarios import Figure, PreparedWhatIf, PurseTransfer, Source


@dataclass(frozen=True)
class Catalogue:
    """All rows of an edition. `edition` is its journal position, `recorded_from` the moment it was loaded."""

    edition: int
    digest: str
    recorded_from: datetime
    tables: Mapping[str, Sequence[Row]]

    def rows(self, table: str) -> Sequence[Any]:
        return self.tables.get(table, ())

    @cached_property
    def figures_for_assembly(self) -> Figures:
        return Figures(**{name: self.rows(name) for name in Figures.__dataclass_fields__})

    @cached_property
    def figures(self) -> Sequence[Figure]:
        """Every figure in the order of tables and rows."""
        return [figure for name in sorted(self.tables) for row in self.rows(name) for figure in _figures_of(name, row)]

    @cached_property
    def sources(self) -> Sequence[Source]:
        found = sorted(cast(Sequence[SourceRow], self.rows("sources")), key=lambda row: row.source)
        return [Source(key=row.source, title=row.title, publisher=row.publisher) for row in found]

    @cached_property
    def what_ifs(self) -> Sequence[PreparedWhatIf]:
        """The prepared questions with their amounts by purse."""
        amounts: dict[str, list[PurseTransfer]] = {}
        for row in cast(Sequence[WhatIfAmountRow], self.rows("what_if_amounts")):
            part = PurseTransfer(purse=row.purse, to_purse=row.to_purse, year=row.year, gbp=row.amount_gbp)
            amounts.setdefault(row.what_if, []).append(part)
        return [_prepared(row, amounts.get(row.what_if, [])) for row in self.rows("what_ifs")]


def _figures_of(table: str, row: Row) -> Iterator[Figure]:
    if not isinstance(row, Sourced):
        return
    for column in row.FIGURES:
        value = getattr(row, column)
        if value is not None:
            yield Figure(
                table=table,
                key=row.row_key(),
                column=column,
                value=str(value),
                unit=row.unit_of(column),
                basis=row.basis,
                source=row.source,
                note=row.note,
                low=_text(row.low),
                high=_text(row.high),
            )


def _prepared(row: WhatIfRow, amounts: list[PurseTransfer]) -> PreparedWhatIf:
    return PreparedWhatIf(
        key=row.what_if,
        question=row.question,
        kind=row.kind,
        value=str(row.value),
        unit=row.unit,
        basis=row.basis,
        source=row.source,
        note=row.note,
        amounts=amounts,
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def parse_rows(stored: Sequence[tuple[str, str]]) -> dict[str, list[Row]]:
    """(table, JSON of a row) pairs, in order, as row models."""
    tables: dict[str, list[Row]] = {}
    for table, content in stored:
        tables.setdefault(table, []).append(TABLES[table].model_validate_json(content))
    return tables
