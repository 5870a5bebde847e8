"""Bodies' own rows as they are sent: well-formed, once each, with what their figures rest on. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from concord_contracts.imports import ImportAction
from concord_kit.sheets import Sheet, SheetFault, checked, key_of
from concord_registry.file_rows import OWN_ROWS, DatedRow, FileRow
from concord_registry.files import clashes

type Identity = tuple[Any, ...]

CLAIMS = "claims"
FIGURES = ("populations", "population_ages", "footprints", "succession", "services", "comparators", "comparator_values")
"""Tables of figures: each row says what it rests on."""


@dataclass(frozen=True, slots=True)
class SentRow:
    """A row as sent; `row` is None where all rows of the identity are to be withdrawn."""

    table: str
    line: int
    identity: Identity
    row: FileRow | None

    @property
    def key(self) -> str:
        """What the row is known by, for a reader."""
        parts = [str(part) for part in self.identity]
        if isinstance(self.row, DatedRow):
            parts.append(self.row.valid_from.isoformat())
        return "|".join(parts)

    def fault(self, column: str | None, words: str, kind: str = "invalid") -> SheetFault:
        return SheetFault(self.table, self.line, column, words, kind)


def rows_sent(sheets: Sequence[Sheet], action: ImportAction) -> tuple[list[SentRow], list[SheetFault]]:
    """The rows that are well-formed, and the faults of all others."""
    rows: list[SentRow] = []
    faults: list[SheetFault] = []
    for sheet in sheets:
        model = OWN_ROWS.get(sheet.table)
        if model is None:
            words = (
                f"{sheet.table or 'a sheet without a name'} is no table that is sent: there are {', '.join(OWN_ROWS)}"
            )
            faults.append(SheetFault(sheet.table, 0, None, words, "unknown-table"))
            continue
        found, wrong = _rows_of(sheet, model, action)
        rows += found
        faults += wrong
    return rows, faults


def _rows_of(sheet: Sheet, model: type[FileRow], action: ImportAction) -> tuple[list[SentRow], list[SheetFault]]:
    wanted: type[BaseModel] = model if action == "replace" else key_of(model, model.identity)
    found, faults = checked(sheet, wanted, list(model.model_fields))
    rows = [
        SentRow(
            sheet.table,
            line,
            tuple(getattr(row, column) for column in model.identity),
            row if isinstance(row, FileRow) else None,
        )
        for line, row in found
    ]
    by_line = {row.line: row for row in rows}
    whole = [(row.line, row.row) for row in rows if row.row is not None]
    faults += [by_line[line].fault(None, words, "twice") for line, words in clashes(whole, model)]
    faults += [fault for row in rows for fault in rests_on_nothing(row)]
    return rows, faults


def rests_on_nothing(sent: SentRow) -> Iterator[SheetFault]:
    row: Any = sent.row
    if row is None or sent.table not in FIGURES:
        return
    if row.basis is None:
        yield sent.fault("basis", "is empty: published, derived or assumption")
    elif row.basis == "published" and not row.source:
        yield sent.fault("source", "is empty: a published figure names its source")
    elif not (row.source or row.note):
        yield sent.fault("note", "is empty: a figure that is not published says how it was made")
    if sent.table == "populations":
        yield from _out_of_range(sent, row)


def _out_of_range(sent: SentRow, row: Any) -> Iterator[SheetFault]:
    if (row.low is not None and row.persons < row.low) or (row.high is not None and row.persons > row.high):
        words = f"{row.persons} lies outside its own range, {row.low} to {row.high}"
        yield sent.fault("persons", words, "outside-range")
    elif row.basis == "assumption" and (row.low is None or row.high is None):
        yield sent.fault("low", "an assumption has a range: give low and high", "no-range")
    if (int(row.year[:4]) + 1) % 100 != int(row.year[5:]):
        yield sent.fault("year", f"{row.year} is no financial year: two years that follow each other", "no-year")


def grouped(rows: Sequence[SentRow]) -> dict[tuple[str, Identity], list[SentRow]]:
    """Rows by table and identity: together they take the place of what was known of it."""
    groups: dict[tuple[str, Identity], list[SentRow]] = defaultdict(list)
    for row in rows:
        groups[row.table, row.identity].append(row)
    return groups
