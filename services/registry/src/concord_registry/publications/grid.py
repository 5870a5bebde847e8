"""A file as rows of text cells: encodings, line ends, delimiters and workbooks are over once this is done. Pure.

Rows are numbered as a person sees them, from 1. Nothing is taken for a header here: that is for the formats.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import islice
from typing import Any

from concord_kit.bodies import misleads
from concord_kit.sheets import FaultySheetsError, SheetFault, cell_text, holds_formulas

MOST_ROWS = 400_000
MOST_COLUMNS = 250
HEAD_ROWS = 40
"""Rows that a format may look at to recognise a file."""
DELIMITERS = (",", "\t", ";", "|")
WORKBOOK = b"PK\x03\x04"

type Row = tuple[int, Sequence[str]]


@dataclass(frozen=True)
class Grid:
    """One table of a file. `content` is the value of a JSON file, which has no rows."""

    rows: Sequence[Row]
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str | None = None
    content: Any = None

    @property
    def head(self) -> Sequence[Row]:
        return self.rows[:HEAD_ROWS]

    @property
    def as_written(self) -> str:
        """How the file is written, for a reader."""
        if self.content is not None:
            return "JSON"
        if self.sheet is not None:
            return f"workbook, sheet {self.sheet}"
        names = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}
        return f"{self.encoding}, {names[self.delimiter]}"


def grids_of(content: bytes) -> list[Grid]:
    """The tables of a file: one, or one for each sheet of a workbook. FaultySheetsError for what cannot be read."""
    _refuse_what_is_no_table(content)
    if content.startswith(WORKBOOK):
        return _of_workbook(content)
    text, encoding = decoded(content)
    if text.lstrip()[:1] in ("{", "["):
        return [_of_json(text, encoding)]
    delimiter = delimiter_of(text)
    return [Grid(list(_rows(text, delimiter)), encoding, delimiter)]


NO_TABLES = (
    (re.compile(rb"\s*\Z"), "is empty"),
    (re.compile(rb"%PDF-"), "is a PDF: ask the publisher for the table as CSV or Excel"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "is a workbook of the old kind (.xls): save it as .xlsx or CSV"),
    (re.compile(rb"\x1f\x8b"), "is compressed (gzip): unpack it first"),
    (re.compile(rb"(\xef\xbb\xbf)?\s*<(!DOCTYPE|html|\?xml)", re.IGNORECASE),
     "is a page (HTML or XML) and no table: the address may have answered with an error"),
)  # fmt: skip


def _refuse_what_is_no_table(content: bytes) -> None:
    """FaultySheetsError with what it is instead, where its first bytes say so."""
    for begins, words in NO_TABLES:
        if begins.match(content[:2000] if len(content) > 2000 else content):
            raise FaultySheetsError([SheetFault("", 0, None, words, "no-table")])
    if content.startswith(WORKBOOK) and b"xl/" not in content and b"[Content_Types].xml" not in content:
        words = "is an archive (.zip) and no workbook: unpack it, and send the files one by one"
        raise FaultySheetsError([SheetFault("", 0, None, words, "no-table")])


def decoded(content: bytes) -> tuple[str, str]:
    """The text, and the encoding it was in: as its byte order mark says, else UTF-8, else Windows-1252."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if content.startswith(mark):
            return _decoded(content, encoding), encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decoded(content, "cp1252"), "cp1252"


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        words = f"is neither UTF-8 nor Windows-1252 text: byte {error.start} is no character of {encoding}"
        raise FaultySheetsError([SheetFault("", 0, None, words, "encoding")]) from None


def delimiter_of(text: str) -> str:
    """What stands between the cells: the delimiter that makes the most columns in the most lines."""

    def columns(delimiter: str) -> tuple[int, int]:
        sample = islice(csv.reader(StringIO(text[:200_000], newline=""), delimiter=delimiter), 30)
        try:
            widths = Counter(len(row) for row in sample if row)
        except csv.Error:
            return 0, 0
        wide = [(count, width) for width, count in widths.items() if width > 1]
        return max(wide, default=(0, 0))

    return max(DELIMITERS, key=columns)


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    """Rows that hold something; FaultySheetsError with every line that cannot be read as cells."""
    csv.field_size_limit(1_000_000)
    reader = csv.reader(StringIO(text, newline=None), delimiter=delimiter, strict=True)
    started = 1
    try:
        for count, cells in enumerate(reader):
            if count >= MOST_ROWS:
                raise FaultySheetsError([SheetFault("", 0, None, f"holds more than {MOST_ROWS:,} lines", "too-long")])
            if any(cells):
                yield started, [cell.strip() for cell in cells]
            started = reader.line_num + 1
    except csv.Error as error:
        words = f"is not well-formed: {error}; the file may be cut off"
        raise FaultySheetsError([SheetFault("", started, None, words, "not-well-formed")]) from None


def _of_json(text: str, encoding: str) -> Grid:
    try:
        return Grid((), encoding, content=json.loads(text))
    except (ValueError, RecursionError) as error:
        raise FaultySheetsError([SheetFault("", 0, None, f"is not well-formed JSON: {error}")]) from None


def _of_workbook(content: bytes) -> list[Grid]:
    holds_formulas(content)  # refuses what is no archive, or unpacks to too much
    import openpyxl  # here: it is large, and a service should start without it

    try:
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
        grids = [Grid(list(_of_sheet(sheet)), sheet=str(sheet.title)) for sheet in book.worksheets]
    except FaultySheetsError:
        raise
    except Exception:  # noqa: BLE001 - the reader raises whatever a broken file makes it stumble over
        words = "is not an Excel workbook (.xlsx) that can be read"
        raise FaultySheetsError([SheetFault("", 0, None, words)]) from None
    found = [grid for grid in grids if grid.rows]
    if not found:
        raise FaultySheetsError([SheetFault("", 0, None, "the workbook holds no rows")])
    return found


def _of_sheet(sheet: Any) -> Iterator[Row]:
    sheet.reset_dimensions()  # what a file says of its own size need not be so
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1):
        if number > MOST_ROWS:
            raise FaultySheetsError([SheetFault("", 0, None, f"holds more than {MOST_ROWS:,} lines", "too-long")])
        row = [cell_text(cell) for cell in cells]
        while row and not row[-1]:
            row.pop()
        if row:
            yield number, row


def hidden_characters(rows: Sequence[Row]) -> Iterator[int]:
    """Lines with characters that hide or reorder what is read."""
    for number, cells in rows:
        if misleads("\t".join(cells)):
            yield number
