"""Publishers' files as they come: recognised by what is in them, kept as editions, reconciled with the map."""

from collections import Counter
from datetime import date
from typing import Annotated

from anyio import to_thread
from fastapi import Depends, Path, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from concord_contracts.identifiers import Day, Key, ShortText
from concord_contracts.registry import (
    DifferenceCount,
    DifferenceKind,
    FileFormat,
    FileFormats,
    FileReport,
    Files,
    FileWithdrawal,
    FileWithdrawalIn,
    Reconciliation,
)
from concord_kit.bodies import Upload
from concord_kit.calls import Call, Result, allowed
from concord_kit.clock import Clock, today_in_england
from concord_kit.database import Reading, Writing
from concord_kit.imports import file_body
from concord_kit.paging import Cursor, Limit, decode_cursor, encode_cursor, next_link
from concord_kit.problems import Problem, problem_responses
from concord_kit.routing import Routes
from concord_kit.sheets import CSV_TYPE, EXCEL_TYPE
from concord_registry.publications import reopening, taking, withdrawing
from concord_registry.publications.formats import BY_KEY, FORMATS
from concord_registry.publications.planning import Sent
from concord_registry.publications.recognising import FileRead, UnknownFormatError, read_file
from concord_registry.publications.reconciling import differences
from concord_registry.publications.said import Asked
from concord_registry.reading import FIRST_DAY, LAST_DAY, Page, cursor_after, start_of
from concord_registry.routes.shared import next_page, without_reason
from concord_registry.store import publications as store
from concord_registry.store import reorganisations
from concord_registry.store.layers import rows_in_use, table_of
from concord_registry.store.reconciling import held_without

router = Routes(prefix="/v1", tags=["files"])

MOST_BYTES = 64 * 1024 * 1024
"""ONS's largest lookups, of all small areas of a country, are 5 to 30 MB."""
FILE_TYPES = (CSV_TYPE, EXCEL_TYPE, "text/tab-separated-values", "text/plain", "application/json",
              "application/octet-stream")  # fmt: skip
"""What a file may be sent as; what it is, its content says."""
WAITS = (
    "period,standard,commissioner_code,commissioner_name,category_1,category_2,total,within_standard,after_standard,"
    "proportion_within\n"
    "2021-07,62-DAY (ALL CANCER),02A,NHS TRAFFORD CCG,ALL CARE,ALL CANCERS,40,30,10,0.75\n"
)
REGISTER = (
    "index-entry-number\tentry-number\tentry-timestamp\tkey\tlocal-authority-eng\tlocal-authority-type\tname"
    "\tofficial-name\tstart-date\tend-date\n"
    "1\t1\t2016-10-21T16:11:20Z\tTRF\tTRF\tMD\tTrafford\tTrafford Metropolitan Borough Council\t1974-04-01\t\n"
)
FILE_BODY = file_body(
    "The file as it was published: CSV, tab-separated, an Excel workbook or JSON",
    FILE_TYPES,
    {CSV_TYPE: {"waiting-times": WAITS}, "text/tab-separated-values": {"register": REGISTER},
     "text/plain": {"register": REGISTER}},
)  # fmt: skip
LARGEST_SEQUENCE = 2**62


class FileQuery(BaseModel):
    """What the caller says of a file, and how it is taken."""

    name: Annotated[
        str | None, Field(max_length=200, description="The file's name; a day in it counts", examples=["eccg.csv"])
    ] = None
    format: Annotated[Key | None, Field(description="Take it as this format; default: as recognised")] = None
    publisher: Annotated[ShortText | None, Field(description="Who published it; default as known of the format")] = None
    licence: Annotated[ShortText | None, Field(description="Under which licence")] = None
    address: Annotated[ShortText | None, Field(description="Where it was found")] = None
    stated_on: Annotated[
        Annotated[Day, Field(ge=FIRST_DAY, le=LAST_DAY)] | None, Field(description="The day that the file is of")
    ] = None
    dry_run: Annotated[bool, Field(description="Say what would change, and change nothing")] = False
    keep_going: Annotated[bool, Field(description="Leave faulty lines out, and name them in the report")] = False
    accept_fewer: Annotated[bool, Field(description="Take it though it has far fewer lines than before")] = False
    accept_withdrawn: Annotated[bool, Field(description="Take it though it was imported before and taken back")] = False
    reason: Annotated[ShortText | None, Field(description="Why, for the record")] = None


@router.post(
    "/files",
    name="import_file",
    status_code=201,
    response_model=FileReport,
    responses={
        200: {"model": FileReport},
        **problem_responses("faulty-table", "unknown-format", "fewer-than-before", "file-withdrawn", "unknown-code"),
    },
    openapi_extra=FILE_BODY,
)
async def import_file(
    asked: Annotated[FileQuery, Query()],
    call: Call = Depends(allowed("files.create", idempotent=True, files=FILE_TYPES)),
) -> Response:
    """Import a publisher's file as it came. What it is, is recognised by its content.

    It fills in what neither we nor a body of its own have said, and never replaces that: see its reconciliation. All
    lines or none, unless `keep_going`. 201: recorded as an edition. 200: imported before, or a dry run.
    """
    if asked.format is not None and asked.format not in BY_KEY:
        raise Problem("unknown-code", f"There is no format {asked.format}: there are {', '.join(BY_KEY)}.")
    upload = call.file()
    read = await to_thread.run_sync(lambda: _read(upload, asked))
    sent = Sent(
        read=read,
        digest=upload.digest,
        me=call.acting_for or "",
        today=today_in_england(call.clock),
        name=asked.name,
        publisher=asked.publisher,
        licence=asked.licence,
        address=asked.address,
        stated_on=asked.stated_on,
        reason=asked.reason,
        keep_going=asked.keep_going,
        accept_fewer=asked.accept_fewer,
        accept_withdrawn=asked.accept_withdrawn,
    )
    if asked.dry_run:
        return call.reply(await call.read(lambda tx: taking.looked_at(tx, sent)))

    def carry_out(tx: Writing) -> Result:
        report = taking.carried_out(tx, sent)
        if report.already:
            return Result(report, status=200)
        return Result(report, location=f"/v1/files/{report.id}")

    return await call.write(carry_out, status=201, reason=asked.reason)


def _read(upload: Upload, asked: FileQuery) -> FileRead:
    hints = {"name": asked.name} if asked.name else {}
    try:
        return read_file(upload.content, Asked(asked.stated_on, hints), asked.format)
    except UnknownFormatError as error:
        raise Problem(
            "unknown-format",
            error.words,
            nearest=error.nearest.key if error.nearest else None,
            differs=error.differs,
            formats=[f"{one.key}: {one.looked_for}" for one in FORMATS],
        ) from None


class FilesQuery(BaseModel):
    series: Annotated[Key | None, Field(description="Only editions of this series", examples=["ods-eccg"])] = None
    limit: Limit = 100
    cursor: Cursor = None


@router.get("/files", name="list_files", response_model=Files, responses=problem_responses("bad-cursor"))
async def list_files(asked: Annotated[FilesQuery, Query()], call: Call = Depends(allowed("map.read"))) -> Response:
    """Publishers' files that were imported, the latest first."""
    following = decode_cursor(asked.cursor, int)

    def find(tx: Reading) -> Files:
        before = following[0] if following else None
        found = store.listed(tx, series=asked.series, before=before, limit=asked.limit + 1)
        items = found[: asked.limit]
        more = len(found) > asked.limit
        return Files(items=items, next_cursor=encode_cursor(items[-1].id) if more else None)

    page = await call.read(find)
    return call.reply(Result(page, headers=next_link(call.request, page.next_cursor)))


@router.get("/files/formats", name="list_file_formats", response_model=FileFormats)
async def list_file_formats(call: Call = Depends(allowed("map.read"))) -> Response:
    """The formats that are recognised, and by what."""
    items = [
        FileFormat(
            format=one.key,
            title=one.title,
            looked_for=one.looked_for,
            publisher=one.publisher_name,
            licence=one.licence,
        )
        for one in FORMATS
    ]
    return call.reply(FileFormats(items=items))


FileNumber = Annotated[int, Path(ge=1, le=LARGEST_SEQUENCE, description="A file's id", examples=[12])]


@router.get("/files/{number}", name="read_file", response_model=FileReport, responses=problem_responses("not-found"))
async def read_file_report(number: FileNumber, call: Call = Depends(allowed("map.read"))) -> Response:
    """What an import of a file changed."""

    def find(tx: Reading) -> FileReport:
        found = store.report_of(tx, number)
        if found is None:
            raise Problem("not-found", f"There is no file {number}.")
        if call.principal is None:
            found = found.model_copy(update={"withdrawn_because": None})
        return without_reason(call, found)

    return call.reply(await call.read(find))


DryRun = Annotated[bool, Query(description="Say what would change, and change nothing")]


@router.post(
    "/files/{number}/withdraw",
    name="withdraw_file",
    response_model=FileWithdrawal,
    responses=problem_responses("not-found", "cannot-withdraw"),
)
async def withdraw_file(
    number: FileNumber,
    said: FileWithdrawalIn,
    dry_run: DryRun = False,
    call: Call = Depends(allowed("files.withdraw", idempotent=True)),
) -> Response:
    """Take back a file that was found to be wrong. What it changed is no longer known from now on, and what other files
    of the publisher said before and since shows again. Before, and by `known_at`, it reads as it did. Taken back
    once, it stays so; the same file is taken again only with `accept_withdrawn`."""
    asked = withdrawing.Asked(number, said.reason, call.acting_for or "")
    if dry_run:
        return call.reply(await call.read(lambda tx: withdrawing.looked_at(tx, asked)))
    return await call.write(lambda tx: Result(withdrawing.carried_out(tx, asked)), reason=said.reason)


class ReconciliationQuery(Page):
    kind: Annotated[
        DifferenceKind | None, Field(description="Only differences of this kind", examples=["open-but-succeeded"])
    ] = None


@router.get(
    "/files/{number}/reconciliation",
    name="reconcile_file",
    response_model=Reconciliation,
    responses=problem_responses("not-found", "bad-cursor", "known-at-too-late"),
)
async def reconcile_file(
    number: FileNumber,
    query: Annotated[ReconciliationQuery, Query()],
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """A file beside the map without its publisher: open and yet succeeded, missing, new, other names and days.

    Worked out when asked, so a list of successions that came later counts. Nothing is closed or renamed by it.
    """
    page = await call.read(lambda tx: _reconciled(tx, number, query, call.clock))
    return call.reply(Result(page, headers=next_page(call, page.next_cursor)))


def _reconciled(tx: Reading, number: int, query: ReconciliationQuery, clock: Clock) -> Reconciliation:
    start = start_of(tx, query, clock, int)
    position = start.position
    found = store.find(tx, number)
    if found is None or found.at > position.known_at:
        raise Problem("not-found", f"There is no file {number}, or it was not known then.")
    report = FileReport.model_validate_json(found.report)
    owner = f"publisher:{BY_KEY[report.recognised.format].publisher}"
    held = held_without(tx, owner, position.known_at)
    every, agreeing = differences(found.listed, held, found.stated_on, position.as_of)
    closings = {table: reorganisations.closings(tx, table, position.known_at) for table in taking.CLOSED}

    def shows_again(table: str, key: str, on: date) -> bool:
        where = [table_of(table).c["body" if table == "bodies" else "place"] == key]
        return bool(rows_in_use(tx.connection, table, position.known_at, on_day=on, where=where))

    listed = reopening.listed_in(found.listed)
    every = [*map(reopening.difference, reopening.conflicts(listed, closings, found.stated_on, shows_again)), *every]
    counts = Counter(one.kind for one in every)
    wanted = [one for one in every if query.kind is None or one.kind == query.kind]
    begin = start.after[0] if start.after else 0
    items = wanted[begin : begin + query.limit]
    more = begin + query.limit < len(wanted)
    return Reconciliation(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        file=number,
        recognised=report.recognised,
        stated_on=found.stated_on,
        agreeing=agreeing,
        counts=[DifferenceCount(kind=kind, count=count) for kind, count in sorted(counts.items())],
        items=items,
        next_cursor=cursor_after(position, begin + query.limit) if more else None,
    )
