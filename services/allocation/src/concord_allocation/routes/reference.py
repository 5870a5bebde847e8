"""The reference figures: every number with what it rests on, the documents cited, and prepared questions."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from concord_allocation.desk import Desk, the_desk
from concord_allocation.routes.queries import LARGEST_SEQUENCE, After, FigureQuery, Page, When
from concord_contracts.allocation.scenarios import FigurePage, PreparedWhatIfs, SourcePage
from concord_contracts.registry import Change, Changes
from concord_kit.calls import Call, Result, allowed
from concord_kit.database import Reading
from concord_kit.journal import changes_after
from concord_kit.paging import decode_cursor, encode_cursor, next_link
from concord_kit.positions import Position, in_utc, resolve
from concord_kit.problems import Problem, problem_responses

router = APIRouter(prefix="/v1", tags=["reference"])


@router.get(
    "/reference/figures",
    summary="The figures that problems are built from, each with its source or marked as an assumption",
    response_model=FigurePage,
    responses=problem_responses("nothing-loaded", "bad-cursor", "known-at-too-late"),
)
async def list_figures(
    asked: Annotated[FigureQuery, Query()],
    call: Call = Depends(allowed("reference.read")),
    desk: Desk = Depends(the_desk),
) -> Response:
    at, start = await _start(call, asked)
    catalogue = await desk.catalogue(call, at.known_at)
    chosen = [
        figure
        for figure in catalogue.figures
        if (asked.table is None or figure.table == asked.table) and (asked.key is None or asked.key in figure.key)
    ]
    following = _next(at, start + asked.limit, len(chosen))
    page = FigurePage(
        edition=catalogue.digest,
        as_of=at.as_of,
        known_at=at.known_at,
        items=chosen[start : start + asked.limit],
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
    asked: Annotated[Page, Query()],
    call: Call = Depends(allowed("reference.read")),
    desk: Desk = Depends(the_desk),
) -> Response:
    at, start = await _start(call, asked)
    catalogue = await desk.catalogue(call, at.known_at)
    following = _next(at, start + asked.limit, len(catalogue.sources))
    page = SourcePage(
        edition=catalogue.digest,
        as_of=at.as_of,
        known_at=at.known_at,
        items=list(catalogue.sources[start : start + asked.limit]),
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
    asked: Annotated[When, Query()],
    call: Call = Depends(allowed("reference.read")),
    desk: Desk = Depends(the_desk),
) -> Response:
    at = await _position(call, asked.as_of, asked.known_at)
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
async def list_changes(asked: Annotated[After, Query()], call: Call = Depends(allowed("changes.read"))) -> Response:
    def find(tx: Reading) -> Changes:
        entries = changes_after(tx.session, tx.tables, asked.after, asked.limit)
        items = [Change.model_validate(entry, from_attributes=True) for entry in entries]
        return Changes(items=items, next_after=items[-1].seq if items else asked.after, head_seq=tx.head_seq)

    return call.reply(await call.read(find))


async def _position(call: Call, as_of: date | None, known_at: datetime | None) -> Position:
    return await call.read(lambda tx: resolve(tx, as_of, known_at, call.clock))


async def _start(call: Call, asked: Page) -> tuple[Position, int]:
    """Where a page is read and begins; further pages are read where the first was."""
    following = decode_cursor(asked.cursor, str, int)
    if following is None:
        return await _position(call, asked.as_of, asked.known_at), 0
    known_at, start = following
    try:
        instant = in_utc(datetime.fromisoformat(known_at))
    except ValueError:
        raise Problem("bad-cursor") from None
    if not 0 <= start <= LARGEST_SEQUENCE:
        raise Problem("bad-cursor")
    return await _position(call, asked.as_of, instant), start


def _next(at: Position, start: int, length: int) -> str | None:
    """The cursor to the page that begins at `start`; none after the last."""
    return encode_cursor(at.known_at.isoformat(), start) if start < length else None
