"""The reference figures: every number with what it rests on, the documents cited, and prepared questions."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from concord_allocation.desk import Desk, the_desk
from concord_contracts.allocation_scenarios import FigurePage, PreparedWhatIfs, SourcePage
from concord_contracts.registry import Change, Changes
from concord_kit.calls import Call, Result, allowed
from concord_kit.database import Reading
from concord_kit.journal import changes_after
from concord_kit.paging import Cursor, Limit, decode_cursor, encode_cursor, next_link
from concord_kit.positions import Position, resolve
from concord_kit.problems import problem_responses

router = APIRouter(prefix="/v1", tags=["reference"])

AsOf = Annotated[date | None, Query(description="Echoed: the tables carry their own years. Default: today in England")]
KnownAt = Annotated[datetime | None, Query(description="The edition in use then; default: the one in use now")]
TableName = Annotated[str | None, Query(max_length=80, description="Only figures of this table, such as lines")]
Contains = Annotated[str | None, Query(max_length=160, description="Only figures whose key contains this text")]


@router.get(
    "/reference/figures",
    summary="The figures that problems are built from, each with its source or marked as an assumption",
    response_model=FigurePage,
    responses=problem_responses("nothing-loaded", "bad-cursor", "known-at-too-late"),
)
async def list_figures(
    call: Call = Depends(allowed("reference.read")),
    desk: Desk = Depends(the_desk),
    table: TableName = None,
    key: Contains = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    at = await _position(call, as_of, known_at)
    catalogue = await desk.catalogue(call, at.known_at)
    chosen = [
        figure
        for figure in catalogue.figures
        if (table is None or figure.table == table) and (key is None or key in figure.key)
    ]
    start, following = _window(cursor, len(chosen), limit)
    page = FigurePage(
        edition=catalogue.digest,
        as_of=at.as_of,
        known_at=at.known_at,
        items=chosen[start : start + limit],
        next_cursor=following,
    )
    return call.reply(Result(page, headers=next_link(call.request, following)))


@router.get(
    "/reference/sources",
    summary="The documents that figures cite",
    response_model=SourcePage,
    responses=problem_responses("nothing-loaded", "bad-cursor", "known-at-too-late"),
)
async def list_sources(
    call: Call = Depends(allowed("reference.read")),
    desk: Desk = Depends(the_desk),
    as_of: AsOf = None,
    known_at: KnownAt = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    at = await _position(call, as_of, known_at)
    catalogue = await desk.catalogue(call, at.known_at)
    start, following = _window(cursor, len(catalogue.sources), limit)
    page = SourcePage(
        edition=catalogue.digest,
        as_of=at.as_of,
        known_at=at.known_at,
        items=list(catalogue.sources[start : start + limit]),
        next_cursor=following,
    )
    return call.reply(Result(page, headers=next_link(call.request, following)))


@router.get(
    "/reference/what-ifs",
    summary="Questions with published or stated sizes, ready to be asked of a scenario",
    response_model=PreparedWhatIfs,
    responses=problem_responses("nothing-loaded", "known-at-too-late"),
)
async def list_prepared_what_ifs(
    call: Call = Depends(allowed("reference.read")),
    desk: Desk = Depends(the_desk),
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> Response:
    at = await _position(call, as_of, known_at)
    catalogue = await desk.catalogue(call, at.known_at)
    return call.reply(
        PreparedWhatIfs(edition=catalogue.digest, as_of=at.as_of, known_at=at.known_at, items=list(catalogue.what_ifs))
    )


@router.get(
    "/changes",
    summary="What was recorded, in order",
    description="Ask again with `after=next_after`. Sequences have no holes.",
    response_model=Changes,
)
async def list_changes(
    call: Call = Depends(allowed("changes.read")),
    after: Annotated[int, Query(ge=0, le=2**62, description="Only records with a higher sequence")] = 0,
    limit: Limit = 100,
) -> Response:
    def find(tx: Reading) -> Changes:
        entries = changes_after(tx.session, tx.tables, after, limit)
        items = [Change.model_validate(entry, from_attributes=True) for entry in entries]
        return Changes(items=items, next_after=items[-1].seq if items else after, head_seq=tx.head_seq)

    return call.reply(await call.read(find))


async def _position(call: Call, as_of: date | None, known_at: datetime | None) -> Position:
    return await call.read(lambda tx: resolve(tx, as_of, known_at, call.clock))


def _window(cursor: str | None, length: int, limit: int) -> tuple[int, str | None]:
    """Where the page begins, and the cursor to the next one."""
    position = decode_cursor(cursor, int)
    start = max(0, position[0]) if position else 0
    return start, encode_cursor(start + limit) if start + limit < length else None
