"""Bodies' own figures in place of ours: forms to fill in, imports, and what each of them changed."""

from typing import Annotated

from anyio import to_thread
from fastapi import Depends, Path, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from concord_allocation import importing, store
from concord_allocation.codes import unknown_codes
from concord_allocation.desk import Desk, the_desk
from concord_allocation.importing import Asked, Sender
from concord_allocation.reference.own import rows_sent
from concord_allocation.reference.rows import cells_shown
from concord_allocation.reference.words import words_of_table, words_of_tables
from concord_allocation.routes.queries import LARGEST_SEQUENCE
from concord_contracts.identifiers import BodyId, Key
from concord_contracts.imports import ImportReport, Imports, ImportTables
from concord_kit import sheets
from concord_kit.calls import Call, Result, allowed
from concord_kit.database import Reading, Writing
from concord_kit.imports import FILE_TYPES, FORM_RESPONSES, FormType, ImportQuery, ImportsQuery, form, table_body
from concord_kit.paging import decode_cursor, encode_cursor, next_link
from concord_kit.problems import Problem, problem_responses
from concord_kit.routing import Routes

router = Routes(prefix="/v1", tags=["imports"])

STEWARD = "data-steward"


LINES = (
    "line,place,pathway,stage,population_basis,purse,baseline_gbp,kind_of_money,basis,note\n"
    "ccg-02A/lung/imaging,ccg-02A,lung,imaging,registered,ccg-programme,450000,outturn,derived,"
    "our own ledger of 2013-14\n"
)
"""A table as it is sent."""


@router.post(
    "/imports",
    status_code=201,
    summary="Use rows of a body's own in place of ours, or ours again",
    description=(
        "All rows of the file or none. 201: recorded. 200: nothing would change, or a dry run. A row is known by its "
        "table's key; rows that are not in the file stay as they are. Kept scenarios keep their answers."
    ),
    response_model=ImportReport,
    responses={200: {"model": ImportReport}, **problem_responses("faulty-table")},
    openapi_extra=table_body(lines=LINES),
)
async def import_rows(
    asked: Annotated[ImportQuery, Query()],
    call: Call = Depends(allowed("imports.create", idempotent=True, files=FILE_TYPES)),
    desk: Desk = Depends(the_desk),
) -> Response:
    upload = call.file()
    rows, faults = await to_thread.run_sync(lambda: rows_sent(sheets.read_upload(upload, asked.table), asked.action))
    new = await call.read(lambda tx: importing.new_codes(tx, rows))
    faults += await unknown_codes(new, desk.registry, call.token, call.acting_for)
    sender = Sender(call.acting_for or "", steward=call.grant.row.role == STEWARD)
    wanted = Asked(rows, faults, asked.action, sender, upload.digest, asked.reason)
    if asked.dry_run:
        return call.reply(await call.read(lambda tx: importing.looked_at(tx, wanted)))

    def carry_out(tx: Writing) -> Result:
        report = importing.carried_out(tx, wanted)
        if report.id is None:
            return Result(report, status=200)
        return Result(report, location=f"/v1/imports/{report.id}")

    return await call.write(carry_out, status=201, reason=asked.reason)


@router.get(
    "/imports",
    summary="Imports, the latest first",
    response_model=Imports,
    responses=problem_responses("bad-cursor"),
)
async def list_imports(
    asked: Annotated[ImportsQuery, Query()], call: Call = Depends(allowed("reference.read"))
) -> Response:
    following = decode_cursor(asked.cursor, int)

    def find(tx: Reading) -> Imports:
        before = following[0] if following else None
        found = store.imports.listed(tx, acting_for=asked.acting_for, before=before, limit=asked.limit + 1)
        more = len(found) > asked.limit
        items = found[: asked.limit]
        return Imports(items=items, next_cursor=encode_cursor(items[-1].id) if more else None)

    page = await call.read(find)
    return call.reply(Result(page, headers=next_link(call.request, page.next_cursor)))


@router.get("/imports/templates", summary="The tables that can be sent, in plain words", response_model=ImportTables)
async def list_import_templates(call: Call = Depends(allowed("reference.read"))) -> Response:
    return call.reply(ImportTables(items=words_of_tables()))


class FormQuery(BaseModel):
    """What a form is filled with."""

    filled: Annotated[bool, Field(description="With the rows in use, to be changed and sent back")] = False
    payer: Annotated[BodyId | None, Field(description="Only rows of this body's purses")] = None
    place: Annotated[Key | None, Field(description="Only rows of this place")] = None
    pathway: Annotated[Key | None, Field(description="Only rows of this pathway")] = None


@router.get(
    "/imports/templates/{table}.{form}",
    summary="A form to fill in, as CSV or Excel",
    description="The workbook has a second sheet that explains each column. `filled` puts the rows in use into it.",
    response_class=Response,
    responses={200: FORM_RESPONSES, **problem_responses("not-found")},
)
async def read_import_template(
    table: Annotated[str, Path(max_length=80, description="A table", examples=["lines"])],
    form_type: Annotated[FormType, Path(alias="form", description="csv or xlsx")],
    asked: Annotated[FormQuery, Query()],
    call: Call = Depends(allowed("reference.read")),
) -> Response:
    try:
        words = words_of_table(table)
    except KeyError:
        raise Problem("not-found", f"There is no table {table}.") from None
    rows: list[dict[str, str]] = []
    if asked.filled:
        rows = await call.read(
            lambda tx: [
                cells_shown(row)
                for row in store.imports.form_rows(
                    tx, table, payer=asked.payer, place=asked.place, pathway=asked.pathway
                )
            ]
        )
    if len(rows) > sheets.MOST_LINES:
        words_ = (
            f"{len(rows):,} rows are in use and a file may hold {sheets.MOST_LINES:,}: name a payer, place or pathway."
        )
        raise Problem("invalid-request", words_)
    return form(words, form_type, rows)


@router.get(
    "/imports/{number}",
    summary="What an import changed",
    response_model=ImportReport,
    responses=problem_responses("not-found"),
)
async def read_import(
    number: Annotated[int, Path(ge=1, le=LARGEST_SEQUENCE, description="An import's id")],
    call: Call = Depends(allowed("reference.read")),
) -> Response:
    found = await call.read(lambda tx: store.imports.find(tx, number))
    if found is None:
        raise Problem("not-found", f"There is no import {number}.")
    return call.reply(found)
