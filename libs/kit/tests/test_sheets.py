"""Tables that people send: what Excel and hand make of them, and what is refused before it does harm."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from concord_contracts.identifiers import FinancialYear
from concord_kit.sheets import CSV_TYPE, EXCEL_TYPE, FaultySheetsError, Sheet, checked, read
from concord_kit.templates import Plain, as_csv, as_markdown, as_workbook, table_words

DAY_IN_EXCEL = datetime(2014, 4, 1, tzinfo=UTC).replace(tzinfo=None)
YEAR_MADE_A_DAY = datetime(2011, 12, 1, tzinfo=UTC).replace(tzinfo=None)
"""Excel knows no time zones."""


some = settings(max_examples=40, deadline=None, derandomize=True, database=None)


class Row(BaseModel):
    key: str
    year: FinancialYear
    gbp: int
    rate: Annotated[Decimal, Field(gt=0)] | None = None
    kind: Literal["plan", "outturn"] = "plan"
    since: date | None = None
    yes: bool = False
    note: str | None = None


def workbook(*rows: list[Any], title: str = "rows") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows_of(sheet: Sheet) -> tuple[list[Row], list[tuple[int, str | None, str]]]:
    found, faults = checked(sheet, Row)
    return [row for _, row in found], [(fault.line, fault.column, fault.words) for fault in faults]


HEADER = ["key", "year", "gbp", "rate", "kind", "since", "yes", "note"]


def test_a_workbook_reads_as_what_a_person_sees() -> None:
    book = workbook(
        HEADER,
        ["a", "2013-14", 12.0, 0.1 + 0.2, "plan", DAY_IN_EXCEL, True, " a note "],
        [None] * 8,
        ["b", "2014-15", 5, None, None, None, None, None],
    )
    (sheet,) = read(EXCEL_TYPE, book, None)
    found, faults = rows_of(sheet)
    assert faults == []
    assert found == [
        Row(key="a", year="2013-14", gbp=12, rate=Decimal("0.3"), since=date(2014, 4, 1), yes=True, note="a note"),
        Row(key="b", year="2014-15", gbp=5),
    ]
    assert [line.number for line in sheet.lines] == [2, 4]


def test_a_csv_as_excel_saves_it_reads_the_same() -> None:
    text = '\ufeffkey,year,gbp,note\r\na,2013-14,12,"two\r\nlines, and é"\r\n,,,\r\n'
    (sheet,) = read(CSV_TYPE, text.encode(), "rows")
    assert rows_of(sheet) == ([Row(key="a", year="2013-14", gbp=12, note="two\r\nlines, and é")], [])


def test_what_excel_did_to_a_cell_is_said() -> None:
    book = workbook(["key", "year", "gbp"], ["a", YEAR_MADE_A_DAY, "=1+1"], ["b", "#REF!", 3])
    with pytest.raises(FaultySheetsError) as refused:
        read(EXCEL_TYPE, book, None)
    said = {(fault.pointer, fault.words.split(":")[0]) for fault in refused.value.faults}
    assert said == {
        ("/rows/2/gbp", "holds a formula without its result"),
        ("/rows/3/year", "holds an error of Excel, #REF!"),
    }
    (sheet,) = read(EXCEL_TYPE, workbook(["key", "year", "gbp"], ["a", YEAR_MADE_A_DAY, 2]), None)
    ((line, column, words),) = rows_of(sheet)[1]
    assert (line, column) == (2, "year")
    assert "Excel made a day of 2011-12" in words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 not really", "is not an Excel workbook"),
        (b"\xd0\xcf\x11\xe0 an old one", "older .xls files are saved anew"),
        (workbook(), "has no header"),
        (workbook(["key", "key"], ["a", "b"]), "stands twice in the header"),
        (workbook(["key", None, "gbp"], ["a", "b", 1]), "column 2 has no name"),
        (workbook(["key"], ["a", "lost"]), "'lost' stands in a column without a name"),
        (workbook(["key"], title="Read me"), "holds no table"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(FaultySheetsError) as refused:
        read(EXCEL_TYPE, content, None)
    assert any(words in fault.words for fault in refused.value.faults), refused.value.faults


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in range(3):
            archive.writestr(f"xl/{part}.xml", b"\0" * 40 * 1024 * 1024)
    assert len(out.getvalue()) < 200_000
    with pytest.raises(FaultySheetsError) as refused:
        read(EXCEL_TYPE, out.getvalue(), None)
    assert "unpacks to more" in refused.value.faults[0].words


@pytest.mark.parametrize("place", range(0, 40, 7))
def test_a_workbook_damaged_on_its_way_is_refused(place: int) -> None:
    whole = workbook(HEADER, *([f"k{row}", "2013-14", row] for row in range(20)))
    at = whole.index(b"xl/worksheets/sheet1.xml") + len(b"xl/worksheets/sheet1.xml") + place
    with pytest.raises(FaultySheetsError, match="Excel workbook"):
        read(EXCEL_TYPE, whole[:at] + b"\xff\x00\xff" + whole[at + 3 :], None)


def test_entities_in_a_workbook_are_not_expanded() -> None:
    book = zipfile.ZipFile(io.BytesIO(workbook(["key"], ["a"])))
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "' + b"x" * 10_000 + b'">'
    bomb += b"".join(b'<!ENTITY b%d "%s">' % (n, b"&b%s;" % (str(n - 1).encode() if n else b"") * 50) for n in range(5))
    bomb += b"]><worksheet>&b4;</worksheet>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in book.namelist():
            archive.writestr(name, bomb if name == "xl/worksheets/sheet1.xml" else book.read(name))
    with pytest.raises(FaultySheetsError):
        read(EXCEL_TYPE, out.getvalue(), None)


def test_columns_that_are_missing_or_unknown_are_named() -> None:
    (sheet,) = read(CSV_TYPE, b"key,yaer\na,2013-14\n", "rows")
    assert {(line, column, words.split(":")[0]) for line, column, words in rows_of(sheet)[1]} == {
        (1, "yaer", "is not a column of this table"),
        (1, "year", "is missing in the header"),
        (1, "gbp", "is missing in the header"),
    }


@some
@given(st.lists(st.integers(0, 9), min_size=9, max_size=9), st.sampled_from(["", " ", "-"]), st.integers(1, 9))
def test_nhs_numbers_are_refused_and_others_are_not(nine: list[int], gap: str, off: int) -> None:
    check = (11 - sum(digit * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)) % 11) % 11
    if check == 10:
        return
    for last, refused in ((check, True), ((check + off) % 10, False)):
        digits = "".join(map(str, [*nine, last]))
        cell = gap.join((digits[:3], digits[3:6], digits[6:]))
        sheet = read(CSV_TYPE, f"key,year,gbp,note\na,2013-14,9434765919,patient {cell}\n".encode(), "rows")[0]
        faults = rows_of(sheet)[1]
        assert bool(faults) is refused
        assert all("NHS number" in words for _, _, words in faults)


WORDS = table_words(
    "rows",
    Row,
    ["key"],
    Plain("some rows", "A row.", "anybody", {name: f"The {name}" for name in Row.model_fields}),
    {},
)


def test_a_form_says_how_each_cell_is_written() -> None:
    forms = {column.column: (column.form, column.required, column.one_of) for column in WORDS.columns}
    assert forms["year"] == ("a financial year, written 2013-14", True, [])
    assert forms["rate"] == ("a number, above 0", False, [])
    assert forms["kind"] == ("one of plan, outturn", False, ["plan", "outturn"])
    assert forms["since"] == ("a day, written 2014-04-01", False, [])
    assert forms["yes"] == ("one of true, false", False, ["true", "false"])
    assert "| `gbp` | yes | a whole number | The gbp |" in as_markdown(WORDS)


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp")), min_size=1, max_size=30
)


@some
@given(texts.map(str.strip).filter(bool), st.integers(-(10**12), 10**12), st.booleans())
def test_what_a_form_is_filled_with_comes_back(key: str, gbp: int, yes: bool) -> None:
    row = {"key": key, "year": "2013-14", "gbp": gbp, "yes": yes, "note": "=SUM(A1:A9)"}
    for kind, content in ((CSV_TYPE, as_csv(WORDS, [row])), (EXCEL_TYPE, as_workbook(WORDS, [row]))):
        (sheet,) = read(kind, content, "rows")
        assert dict(sheet.lines[0].cells) == {
            "key": key, "year": "2013-14", "gbp": str(gbp), "yes": "true" if yes else "false", "note": "=SUM(A1:A9)",
        }  # fmt: skip
