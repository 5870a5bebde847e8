"""Tables that people send: CSV or Excel as lines of text cells, checked row by row, every fault with its place. Pure.

Line 1 is the header, as a person sees it in Excel; line 0 is the sheet as a whole.
"""

import csv
import itertools
import lzma
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from concord_kit.bodies import Upload, misleads
from concord_kit.fault_words import words_of

CSV_TYPE = "text/csv"
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
READ_ME = "Read me"
"""The sheet of a workbook that is for people alone."""

MOST_LINES = 20_000
MOST_COLUMNS = 100
MOST_PARTS = 500
MOST_BYTES_UNPACKED = 100 * 1024 * 1024
"""A workbook is a zip archive: what it unpacks to is bounded before it is unpacked."""


@dataclass(frozen=True, slots=True)
class SheetFault:
    """What is wrong with a cell, a line (no column) or a sheet (line 0)."""

    table: str
    line: int
    column: str | None
    words: str
    kind: str = "invalid"

    @property
    def pointer(self) -> str:
        """Where it is, as a path: `/lines/7/baseline_gbp`; empty for the file as a whole."""
        given = (self.table, str(self.line) if self.line else "", self.column or "")
        parts = [part for part in given if part]
        return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


class FaultySheetsError(ValueError):
    """What was sent cannot be taken; `faults` names everything that is wrong with it."""

    def __init__(self, faults: Sequence[SheetFault]) -> None:
        super().__init__(f"{len(faults)} faults; the first: {faults[0]}")
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Line:
    """The cells of a line that are not empty, as text."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table as sent; empty lines are left out."""

    table: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def read(media_type: str, content: bytes, table: str | None, *, partly: bool = False) -> list[Sheet]:
    """The sheets of a file; FaultySheetsError where it is none. `table` names the one table that a CSV holds.

    `partly`: as from a form with more tables than anybody fills in; those without a line are left out.
    """
    if media_type == EXCEL_TYPE:
        sheets = _read_workbook(content)
    elif table is None:
        raise FaultySheetsError([SheetFault("", 0, None, "a CSV holds one table: name it in `table`", "table-missing")])
    else:
        sheets = [_read_csv(content, table)]
    if partly:
        sheets = [sheet for sheet in sheets if sheet.lines]
    faults = [fault for sheet in sheets for fault in _faults_of_header(sheet)]
    if faults:
        raise FaultySheetsError(faults)
    return sheets


def read_upload(upload: Upload, table: str | None, *, partly: bool = False) -> list[Sheet]:
    """`read` of a file as it was sent. It takes seconds for the largest: not for the event loop."""
    return read(upload.media_type, upload.content, table, partly=partly)


def _read_csv(content: bytes, table: str) -> Sheet:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        words = f"is not UTF-8 at byte {error.start}: save it as 'CSV UTF-8'"
        raise FaultySheetsError([SheetFault(table, 0, None, words)]) from None
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    faults: list[SheetFault] = []
    try:
        for record in reader:
            records.append((reader.line_num, record))
            if len(records) > MOST_LINES + 1:
                raise FaultySheetsError([SheetFault(table, 0, None, f"holds more than {MOST_LINES:,} lines")])
    except csv.Error as error:
        faults.append(SheetFault(table, reader.line_num, None, f"is not well-formed CSV: {error}"))
    header = records[0][1] if records else []
    if len(header) == 1 and ";" in header[0]:
        faults = [SheetFault(table, 1, None, "is one column: separate the cells by commas, not by semicolons")]
    records = _without_empty_columns(records)
    header = records[0][1] if records else []
    faults += [
        SheetFault(table, number, None, f"has {len(cells)} cells, the header {len(header)}")
        for number, cells in records[1:]
        if any(cells) and len(cells) != len(header)
    ]
    if faults:
        raise FaultySheetsError(faults)
    return _sheet(table, header, records[1:])


def _without_empty_columns(records: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Without the columns at the end that a spreadsheet writes and nobody has filled, header and all."""
    width = max((k for _, cells in records for k, cell in enumerate(cells, 1) if cell.strip()), default=0)
    return [(number, cells[:width] if len(cells) > width else cells) for number, cells in records]


def _read_workbook(content: bytes) -> list[Sheet]:
    formulas = holds_formulas(content)
    import openpyxl  # here: it is large, and a service should start without it

    try:
        values = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
        written = openpyxl.load_workbook(BytesIO(content), read_only=True) if formulas else None
        pairs = [(one, written[one.title] if written else None) for one in values.worksheets if one.title != READ_ME]
        found, faults = [], []
        for shown, as_written in pairs:
            sheet, wrong = _read_worksheet(shown, as_written)
            found.append(sheet)
            faults += wrong
    except FaultySheetsError:
        raise
    except Exception:  # noqa: BLE001 - the reader raises whatever a broken file makes it stumble over
        raise FaultySheetsError(
            [SheetFault("", 0, None, "is not an Excel workbook (.xlsx) that can be read")]
        ) from None
    if not found:
        faults.append(SheetFault("", 0, None, "the workbook holds no table"))
    if faults:
        raise FaultySheetsError(faults)
    return found


def holds_formulas(content: bytes) -> bool:
    """Whether any sheet has a formula; FaultySheetsError for what is no archive, or unpacks to too much."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES_UNPACKED:
                raise FaultySheetsError([SheetFault("", 0, None, "the workbook unpacks to more than is read")])
            sheets = [part for part in parts if part.filename.startswith("xl/worksheets/")]
            return any(_FORMULA.search(archive.read(part)) for part in sheets)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, NotImplementedError):
        words = "is not an Excel workbook (.xlsx): older .xls files are saved anew as .xlsx"
        raise FaultySheetsError([SheetFault("", 0, None, words)]) from None


_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")


def _read_worksheet(shown: Any, formulas: Any) -> tuple[Sheet, list[SheetFault]]:
    """A sheet as shown; `formulas` is the same as written, none where there is no formula in the workbook."""
    for one in (shown, formulas):
        if one is not None:
            one.reset_dimensions()  # what a file says of its own size need not be so
    name = str(shown.title)
    records: list[tuple[int, list[str]]] = []
    faults: list[SheetFault] = []
    written = formulas.iter_rows(max_col=MOST_COLUMNS) if formulas is not None else itertools.repeat(None)
    for number, (cells, as_written) in enumerate(zip(shown.iter_rows(max_col=MOST_COLUMNS), written, strict=False), 1):
        if len(records) > MOST_LINES:
            raise FaultySheetsError([SheetFault(name, 0, None, f"holds more than {MOST_LINES:,} lines")])
        record = []
        for position, cell in enumerate(cells):
            column = records[0][1][position] if records and position < len(records[0][1]) else None
            if as_written is not None and cell.value is None and as_written[position].value is not None:
                faults.append(SheetFault(name, number, column, "holds a formula without its result: paste the value"))
            elif cell.data_type == "e":
                faults.append(SheetFault(name, number, column, f"holds an error of Excel, {cell.value}"))
            record.append(cell_text(cell.value))
        if any(record):
            records.append((number, record))
    header = records[0][1] if records else []
    while header and not header[-1]:
        header.pop()
    for number, record in records[1:]:
        beyond = [cell for cell in record[len(header) :] if cell]
        if beyond:
            faults.append(SheetFault(name, number, None, f"{beyond[0][:80]!r} stands in a column without a name"))
    return _sheet(name, header, records[1:]), faults


def cell_text(value: object) -> str:
    """A cell of Excel as it would be written by hand: days as days, numbers without what only the machine knows."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 2**53 else format(value, ".15g")
        case datetime():
            return value.date().isoformat() if value.time() == time.min else value.isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value).strip()


def _sheet(table: str, header: Sequence[str], records: Sequence[tuple[int, Sequence[str]]]) -> Sheet:
    columns = tuple(name.strip() for name in header)
    lines = []
    for number, cells in records:
        given = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if cell.strip()}
        if given:
            lines.append(Line(number, given))
    return Sheet(table, columns, tuple(lines))


def _faults_of_header(sheet: Sheet) -> Iterator[SheetFault]:
    if not sheet.columns:
        yield SheetFault(sheet.table, 0, None, "has no header: the first line names the columns")
    elif not sheet.lines:
        yield SheetFault(sheet.table, 0, None, "has a header and no line below it")
    for position, name in enumerate(sheet.columns, 1):
        if not name:
            yield SheetFault(sheet.table, 1, None, f"column {position} has no name")
        elif name in sheet.columns[: position - 1]:
            yield SheetFault(sheet.table, 1, name[:80], "stands twice in the header")


def key_of(model: type[BaseModel], key: Sequence[str]) -> type[BaseModel]:
    """A model of a table's key columns alone: what it takes to name a row."""
    fields: dict[str, Any] = {}
    for name in key:
        field = model.model_fields[name]
        fields[name] = (field.rebuild_annotation(), ... if field.is_required() else field.default)
    return create_model(f"{model.__name__}Key", __config__=ConfigDict(extra="ignore"), **fields)


def checked[M: BaseModel](
    sheet: Sheet, model: type[M], columns: Collection[str] | None = None
) -> tuple[list[tuple[int, M]], list[SheetFault]]:
    """The rows that are as they must be, each with its line, and everything that is wrong with the others.

    A column that the table does not have (`columns`; default those of the model) is a fault: a misspelt one would be
    lost without a word.
    """
    faults = list(_faults_of_columns(sheet, model, columns or model.model_fields))
    if faults:
        return [], faults
    rows: list[tuple[int, M]] = []
    for line in sheet.lines:
        try:
            row = model.model_validate(line.cells)
        except ValidationError as error:
            faults += _faults_of_row(sheet.table, line, error)
            continue
        wrong = list(_faults_of_texts(sheet.table, line, row))
        faults += wrong
        if not wrong:
            rows.append((line.number, row))
    return rows, faults


def _faults_of_columns(sheet: Sheet, model: type[BaseModel], columns: Collection[str]) -> Iterator[SheetFault]:
    for name in sheet.columns:
        if name not in columns:
            words = f"is not a column of this table: it has {', '.join(columns)}"
            if len(sheet.columns) == 1 and (";" in name or "\t" in name):
                words = "is one column: separate the cells by commas"
            yield SheetFault(sheet.table, 1, name[:80], words, "unknown-column")
    for name, field in model.model_fields.items():
        if field.is_required() and name not in sheet.columns:
            yield SheetFault(sheet.table, 1, name, "is missing in the header", "missing")


def _faults_of_texts(table: str, line: Line, row: BaseModel) -> Iterator[SheetFault]:
    for column, cell in line.cells.items():
        if not isinstance(getattr(row, column, None), str | tuple):
            continue  # a number: GBP 9,434,765,919 is no NHS number
        if misleads(cell):
            yield SheetFault(table, line.number, column, "holds control characters")
        if any(_is_nhs_number(found) for found in _TEN_DIGITS.findall(cell)):
            words = "holds what looks like an NHS number: figures about patients as persons are never taken"
            yield SheetFault(table, line.number, column, words, "nhs-number")


_TEN_DIGITS = re.compile(r"(?<![\d/.=-])\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")


def _is_nhs_number(text: str) -> bool:
    """Whether the last digit is the check digit of the nine before it, modulo 11 (NHS data dictionary)."""
    digits = [int(one) for one in text if one.isdigit()]
    check = 11 - sum(digit * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    return check != 10 and check % 11 == digits[9]


_MONEY = re.compile(r"£?\s*\d[\d,. ]*")
_FIRST_OF_MONTH = re.compile(r"(\d{4})-(\d{2})-01")


def _faults_of_row(table: str, line: Line, error: ValidationError) -> Iterator[SheetFault]:
    for fault in error.errors(include_url=False):
        column = str(fault["loc"][0]) if fault["loc"] else None
        if fault["type"] == "missing":
            yield SheetFault(table, line.number, column, "is empty and may not be", "missing")
            continue
        found = line.cells.get(column or "", "")
        words = words_of(fault) + (f" (found {found[:80]!r})" if found else "")
        if fault["type"] == "int_parsing" and _MONEY.fullmatch(found):
            words += ": write it without £ and commas"
        turned = _FIRST_OF_MONTH.fullmatch(found)
        if turned and fault["type"] in ("string_pattern_mismatch", "value_error"):
            year, month = turned.groups()
            words += f": Excel made a day of {year}-{month}; format the column as Text and write it again"
        yield SheetFault(table, line.number, column, words, fault["type"])
