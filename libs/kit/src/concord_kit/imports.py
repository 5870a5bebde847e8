"""What routes that take tables share: their query, their body in OpenAPI, faults as a problem, forms as files."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from starlette.responses import Response

from concord_contracts.identifiers import BodyId, ShortText
from concord_contracts.imports import ImportAction, TableWords
from concord_contracts.problems import Fault
from concord_kit.paging import Cursor, Limit
from concord_kit.problems import Problem
from concord_kit.sheets import CSV_TYPE, EXCEL_TYPE, MOST_LINES, FaultySheetsError, SheetFault
from concord_kit.templates import as_csv, as_workbook

FILE_TYPES = (CSV_TYPE, EXCEL_TYPE)
MOST_BYTES = 8 * 1024 * 1024
MOST_FAULTS = MOST_LINES
"""Every fault is named: a person mends a file once, not two hundred faults at a time."""

type FormType = Literal["csv", "xlsx"]
MEDIA_TYPES: dict[FormType, str] = {"csv": CSV_TYPE, "xlsx": EXCEL_TYPE}


class ImportQuery(BaseModel):
    """How a file is taken."""

    table: Annotated[
        str | None, Field(max_length=80, description="The table that a CSV holds; a workbook's sheets are named so")
    ] = None
    action: Annotated[
        ImportAction,
        Field(description="replace: use these rows in place of ours; withdraw: use ours again, key columns suffice"),
    ] = "replace"
    dry_run: Annotated[bool, Field(description="Say what would change, and change nothing")] = False
    reason: Annotated[ShortText | None, Field(description="Why, for the record")] = None


class ImportsQuery(BaseModel):
    """Which imports."""

    acting_for: Annotated[BodyId | None, Field(description="Only those of this body")] = None
    limit: Limit = 100
    cursor: Cursor = None


PLAIN_FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


def file_body(words: str, types: Sequence[str], examples: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """For `openapi_extra` of a route that takes a file: what it is, as what it may be sent, and texts of such files by
    media type and name."""
    content = {kind: dict(PLAIN_FILE) for kind in types}
    for kind, texts in examples.items():
        content[kind]["examples"] = {name: {"value": text} for name, text in texts.items()}
    return {"requestBody": {"required": True, "description": words, "content": content}}


def table_body(**tables: str) -> dict[str, Any]:
    """For `openapi_extra` of a route that takes tables; the text of a CSV by the table that it holds."""
    words = "The file as it is: a CSV of one table, or a workbook whose sheets are named as the tables are"
    return file_body(words, FILE_TYPES, {CSV_TYPE: tables})


FORM_RESPONSES: dict[str, Any] = {
    "description": "The form",
    "content": dict.fromkeys(FILE_TYPES, PLAIN_FILE),
}
"""For `responses` of a route that answers with a form."""


def faulty(error: FaultySheetsError) -> Problem:
    """Everything that is wrong with what was sent, each at its table, line and column."""
    words = (
        f"Nothing was taken: {len(error.faults)} fault{'s' if len(error.faults) > 1 else ''}, each named in `errors`."
    )
    return Problem("faulty-table", words, errors=[_fault(one) for one in error.faults], most_errors=MOST_FAULTS)


def _fault(one: SheetFault) -> Fault:
    where = ", ".join(part for part in (one.table, f"line {one.line}" if one.line else "") if part) or "the file"
    return Fault(
        pointer=one.pointer or None,
        detail=f"{where}{f', {one.column}' if one.column else ''}: {one.words}",
        type=one.kind,
    )


def form(table: TableWords, kind: FormType, rows: Sequence[dict[str, str]]) -> Response:
    """A form as a file to save."""
    content = as_csv(table, rows) if kind == "csv" else as_workbook(table, rows)
    name = f'attachment; filename="{table.table}.{kind}"'
    return Response(content, media_type=MEDIA_TYPES[kind], headers={"Content-Disposition": name})
