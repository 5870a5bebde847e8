"""Forms for tables that people fill in: CSV and Excel, with a page of plain words for each. Pure.

A form is made from the model that checks what comes back, so the two cannot disagree.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from concord_contracts.identifiers import BODY_ID, KEY
from concord_contracts.imports import ColumnWords, TableWords
from concord_kit.sheets import READ_ME

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

ROWS_CHECKED_BY_EXCEL = 2_000
"""How many lines of a form offer the values that a column may have."""


PROVENANCE = ("valid_from", "valid_to", "basis", "source", "note", "low", "high")
"""When a row holds and where it comes from stands last in every form, in this order."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A table in plain words: what a line says, what one sends it for, who may, and the words of its own columns."""

    title: str
    words: str
    sent_by: str
    columns: Mapping[str, str]


def table_words(
    table: str, model: type[BaseModel], key: Sequence[str], plain: Plain, common: Mapping[str, str]
) -> TableWords:
    """The page of a table. KeyError for a column that nobody has described."""
    schema = model.model_json_schema(mode="validation")
    return TableWords(
        table=table,
        title=plain.title,
        words=plain.words,
        sent_by=plain.sent_by,
        key=list(key),
        columns=[
            ColumnWords(
                column=name,
                words=plain.columns.get(name) or common[name],
                form=_form(schema["properties"][name], schema.get("$defs", {})),
                required=field.is_required(),
                one_of=_one_of(schema["properties"][name], schema.get("$defs", {})),
            )
            for name, field in sorted(model.model_fields.items(), key=lambda one: _place_of(one[0]))
        ],
    )


def _place_of(column: str) -> int:
    return PROVENANCE.index(column) if column in PROVENANCE else -1


def _kinds(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The alternatives of a column other than none."""
    if "$ref" in schema:
        return _kinds(defs[schema["$ref"].rpartition("/")[2]], defs)
    if "anyOf" in schema:
        return [kind for part in schema["anyOf"] for kind in _kinds(part, defs)]
    return [] if schema.get("type") == "null" else [schema]


def _one_of(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> list[str]:
    kinds = _kinds(schema, defs)
    if any(kind.get("type") == "boolean" for kind in kinds):
        return ["true", "false"]
    values = [value for kind in kinds for value in kind.get("enum", [kind["const"]] if "const" in kind else [])]
    return values if all("enum" in kind or "const" in kind for kind in kinds) else []


def _form(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    """How a cell is written, for a person."""
    choice = _one_of(schema, defs)
    if choice:
        return "one of " + ", ".join(choice)
    kinds = _kinds(schema, defs)
    by_type = {str(kind.get("type")): kind for kind in kinds}
    if "integer" in by_type:
        return "a whole number" + _bounds(by_type["integer"])
    if "number" in by_type:
        return "a number" + _bounds(by_type["number"])
    if "array" in by_type:
        return "one or more, with spaces between them; * for all"
    text = by_type.get("string", {})
    if text.get("format") == "date":
        return "a day, written 2014-04-01"
    if (text.get("examples") or [None])[0] == "2013-14" or text.get("pattern") == r"^\d{4}-\d{2}$":
        return "a financial year, written 2013-14"
    return _PATTERNS.get(str(text.get("pattern")), "text")


_PATTERNS = {BODY_ID: "scheme:code, such as ods:02A", KEY: "a key, without spaces"}


def _bounds(kind: Mapping[str, Any]) -> str:
    least = kind.get("minimum")
    above, most = kind.get("exclusiveMinimum"), kind.get("maximum")
    parts = [
        f"at least {least:,.10g}" if least is not None and abs(least) < 10**12 else "",
        f"above {above:,.10g}" if above is not None else "",
        f"at most {most:,.10g}" if most is not None and most < 10**9 else "",
    ]
    words = " and ".join(part for part in parts if part)
    return f", {words}" if words else ""


def as_csv(table: TableWords, rows: Iterable[Mapping[str, Any]] = ()) -> bytes:
    """A header and the rows; with the mark by which Excel knows UTF-8."""
    out = StringIO()
    writer = csv.DictWriter(out, [one.column for one in table.columns], lineterminator="\r\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_workbook(table: TableWords, rows: Iterable[Mapping[str, Any]] = ()) -> bytes:
    """A sheet with the header, the rows and lists of allowed values, and one that explains it. All cells are text.

    Text, because Excel makes a day of "2011-12" and a number of a code.
    """
    # Imported here: the library is large, and a service should start without it.
    from openpyxl import Workbook
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("a new workbook has a sheet")
    sheet.title = table.table
    for position, column in enumerate(table.columns, 1):
        letter = get_column_letter(position)
        head = sheet.cell(1, position, column.column)
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor="D8E4F0" if column.required else "EEEEEE")
        sheet.column_dimensions[letter].width = max(14, min(40, len(column.column) + 4))
        sheet.column_dimensions[letter].number_format = "@"
        if column.one_of and len(",".join(column.one_of)) < 250:
            choice = DataValidation(
                type="list", formula1=f'"{",".join(column.one_of)}"', allow_blank=not column.required
            )
            choice.add(f"{letter}2:{letter}{ROWS_CHECKED_BY_EXCEL}")
            sheet.add_data_validation(choice)
    names = [column.column for column in table.columns]
    for line, row in enumerate(rows, 2):
        for position, name in enumerate(names, 1):
            written = sheet.cell(line, position, _cell(row.get(name)) or None)
            written.number_format = "@"
            written.data_type = "s"  # a text that begins with "=" is a text
    sheet.freeze_panes = "A2"
    _explain(book.create_sheet(READ_ME), table)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _explain(sheet: "Worksheet", table: TableWords) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, 14
    sheet.column_dimensions["C"].width, sheet.column_dimensions["D"].width = 46, 70
    lines: list[tuple[str, ...]] = [
        (table.title,),
        (table.words,),
        (f"Sent by: {table.sent_by}",),
        (f"A line is known by: {', '.join(table.key)}",),
        (),
        ("Column", "Needed", "Written as", "What it says"),
        *((one.column, "yes" if one.required else "no", one.form, one.words) for one in table.columns),
    ]
    for number, cells in enumerate(lines, 1):
        for position, text in enumerate(cells, 1):
            cell = sheet.cell(number, position, text)
            cell.alignment = Alignment(wrap_text=len(cells) > 1, vertical="top")
            cell.font = Font(bold=number in (1, 6))


def as_markdown(table: TableWords) -> str:
    """The page of a table for documents."""
    lines = [
        f"### {table.table}: {table.title}",
        "",
        table.words,
        "",
        f"Sent by: {table.sent_by}. A line is known by {', '.join(f'`{name}`' for name in table.key)}.",
        "",
        "| column | needed | written as | what it says |",
        "|---|---|---|---|",
        *(
            f"| `{one.column}` | {'yes' if one.required else 'no'} | {one.form} | {one.words} |".replace("*", "\\*")
            for one in table.columns
        ),
    ]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case tuple() | list():
            return " ".join(str(one) for one in value)
        case _:
            return str(value)
