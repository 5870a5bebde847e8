"""Bodies' own rows in place of ours: forms to fill in, imports, and what each of them changed."""

from typing import Annotated

from anyio import to_thread
from fastapi import Depends, Path, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from concord_contracts.identifiers import BodyId
from concord_contracts.imports import ImportReport, Imports, ImportTables
from concord_kit import sheets
from concord_kit.calls import Call, Result, allowed
from concord_kit.clock import today_in_england
from concord_kit.database import Reading, Writing
from concord_kit.imports import FILE_TYPES, FORM_RESPONSES, FormType, ImportQuery, ImportsQuery, form, table_body
from concord_kit.paging import decode_cursor, encode_cursor
from concord_kit.problems import Problem, problem_responses
from concord_kit.routing import Routes
from concord_registry import importing
from concord_registry.importing import Asked
from concord_registry.knowledge.rows import RECORD_ROWS
from concord_registry.own_rows import CLAIMS, rows_sent
from concord_registry.routes.shared import References, next_page, without_reason
from concord_registry.store import imports
from concord_registry.words import words_of_table, words_of_tables

router = Routes(prefix="/v1", tags=["imports"])

STEWARD = "data-steward"
LARGEST_SEQUENCE = 2**62
EXAMPLES = {
    "populations": "place,year,population_basis,persons,basis,note\n"
    'ccg-02A,2013-14,registered,231500,derived,"our own count of April 2013, practices that take part"\n',
    "claims": "claim,role,organisation,stage,pathway,place,authority,valid_from\n"
    "imaging,commissions,ods:02A,imaging,lung,ccg-02A,minute 12 of May 2013,2013-05-01\n",
}
"""Tables as they are sent, by name."""


@router.post(
    "/imports",
    name="import_rows",
    status_code=201,
    response_model=ImportReport,
    responses={200: {"model": ImportReport}, **problem_responses("faulty-table")},
    openapi_extra=table_body(**EXAMPLES),
)
async def import_rows(
    asked: Annotated[ImportQuery, Query()],
    references: References,
    call: Call = Depends(allowed("imports.create", idempotent=True, files=FILE_TYPES)),
) -> Response:
    """Use rows of a body's own in place of ours with the same identity, or ours again; record its claims.

    All rows of the file or none. 201: recorded. 200: nothing would change, or a dry run.
    """
    upload = call.file()
    rows, faults = await to_thread.run_sync(lambda: rows_sent(sheets.read_upload(upload, asked.table), asked.action))
    wanted = Asked(
        sent=rows,
        faults=faults,
        action=asked.action,
        me=call.acting_for or "",
        steward=call.grant.row.role == STEWARD,
        holder=call.grant.holder,
        file_digest=upload.digest,
        reason=asked.reason,
        today=today_in_england(call.clock),
    )
    if asked.dry_run:
        return call.reply(await call.read(lambda tx: importing.looked_at(tx, references, wanted)))

    def carry_out(tx: Writing) -> Result:
        report = importing.carried_out(tx, references, wanted)
        if report.id is None:
            return Result(report, status=200)
        return Result(report, location=f"/v1/imports/{report.id}")

    return await call.write(carry_out, status=201, reason=asked.reason)


@router.get("/imports", name="list_imports", response_model=Imports, responses=problem_responses("bad-cursor"))
async def list_imports(asked: Annotated[ImportsQuery, Query()], call: Call = Depends(allowed("map.read"))) -> Response:
    """Imports, the latest first."""
    following = decode_cursor(asked.cursor, int)

    def find(tx: Reading) -> Imports:
        before = following[0] if following else None
        found = imports.listed(tx, acting_for=asked.acting_for, before=before, limit=asked.limit + 1)
        more = len(found) > asked.limit
        items = [without_reason(call, one) for one in found[: asked.limit]]
        return Imports(items=items, next_cursor=encode_cursor(items[-1].id) if more else None)

    page = await call.read(find)
    return call.reply(Result(page, headers=next_page(call, page.next_cursor)))


@router.get("/imports/templates", name="list_import_templates", response_model=ImportTables)
async def list_import_templates(call: Call = Depends(allowed("map.read"))) -> Response:
    """The tables that can be sent, in plain words."""
    return call.reply(ImportTables(items=words_of_tables()))


class FormQuery(BaseModel):
    """What a form is filled with."""

    filled: Annotated[bool, Field(description="With the rows in use, to be changed and sent back")] = False
    body: Annotated[BodyId | None, Field(description="Only rows of this body and its places")] = None


@router.get(
    "/imports/templates/{table}.{form}",
    name="read_import_template",
    response_class=Response,
    responses={200: FORM_RESPONSES, **problem_responses("not-found")},
)
async def read_import_template(
    table: Annotated[str, Path(max_length=80, description="A table", examples=["populations"])],
    form_type: Annotated[FormType, Path(alias="form", description="csv or xlsx")],
    asked: Annotated[FormQuery, Query()],
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """A form to fill in, as CSV or Excel; the workbook has a second sheet that explains each column."""
    try:
        words = words_of_table(table)
    except KeyError:
        raise Problem("not-found", f"There is no table {table} that is sent.") from None
    rows: list[dict[str, str]] = []
    if asked.filled and table != CLAIMS and table not in RECORD_ROWS:
        rows = await call.read(lambda tx: imports.form_rows(tx, table, asked.body))
    return form(words, form_type, rows)


@router.get(
    "/imports/{number}", name="read_import", response_model=ImportReport, responses=problem_responses("not-found")
)
async def read_import(
    number: Annotated[int, Path(ge=1, le=LARGEST_SEQUENCE, description="An import's id", examples=[12])],
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """What an import changed."""
    found = await call.read(lambda tx: imports.find(tx, number))
    if found is None:
        raise Problem("not-found", f"There is no import {number}.")
    return call.reply(without_reason(call, found))
