"""Bodies' own figures as they are sent: which rows, whose they are, and what is wrong with them. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from concord_allocation.reference.files import TABLES
from concord_allocation.reference.rows import ActivityRow, Row
from concord_contracts.imports import ImportAction
from concord_kit.sheets import Sheet, SheetFault, checked, key_of

SMALL_COUNT = 5
"""Counts of 1 to 5 are suppressed in hospital statistics: people can be told apart (rule until September 2018)."""


@dataclass(frozen=True, slots=True)
class SentRow:
    """A row as sent; `row` is None where the row is to be withdrawn, with all that has the same `cover`."""

    table: str
    line: int
    key: str
    cover: str
    row: Row | None

    def fault(self, column: str | None, words: str, kind: str = "invalid") -> SheetFault:
        return SheetFault(self.table, self.line, column, words, kind)


def rows_sent(sheets: Sequence[Sheet], action: ImportAction) -> tuple[list[SentRow], list[SheetFault]]:
    """The rows of the sheets that are well-formed, and the faults of all others. A key may stand once."""
    rows: list[SentRow] = []
    faults: list[SheetFault] = []
    for sheet in sheets:
        model = TABLES.get(sheet.table)
        if model is None:
            words = f"{sheet.table or 'a sheet without a name'} is no table: there are {', '.join(TABLES)}"
            faults.append(SheetFault(sheet.table, 0, None, words, "unknown-table"))
            continue
        wanted: type[BaseModel] = model if action == "replace" else key_of(model, model.KEY)
        found, wrong = checked(sheet, wanted, list(model.model_fields))
        faults += wrong
        seen: dict[str, int] = {}
        for line, row in found:
            key = "|".join(str(getattr(row, column)) for column in model.KEY)
            sent = SentRow(sheet.table, line, key, model.cover_of(row), row if isinstance(row, Row) else None)
            if key in seen:
                faults.append(sent.fault(None, f"{key} stands in line {seen[key]} already", "twice"))
            seen.setdefault(key, line)
            faults += _small_counts(sent)
            rows.append(sent)
    return rows, faults


def _small_counts(sent: SentRow) -> Iterator[SheetFault]:
    row = sent.row
    if isinstance(row, ActivityRow) and row.basis != "assumption" and 0 < row.cases <= SMALL_COUNT:
        words = f"counts of 1 to {SMALL_COUNT} are not taken: send a larger place, a longer period, or an assumption"
        yield sent.fault("cases", words, "small-count")
