"""The reference figures: every number with what it rests on, the documents cited, and prepared questions."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Query
from starlette.responses import Response

from concord_allocation import store
from concord_allocation.desk import Desk, edition_at, the_desk
from concord_allocation.reference.catalogue import figures_of, sources_of, what_ifs_of
from concord_allocation.reference.rolling import RULE
from concord_allocation.rolled_figures import rolled_figures
from concord_allocation.routes.queries import After, FigureQuery, Page, When
from concord_allocation.store.figures import FigureFilter
from concord_allocation.store.owned import OwnedFigure
from concord_contracts.allocation.reference import AllocationReference
from concord_contracts.allocation.scenarios import FigurePage, PreparedWhatIfs, SourcePage
from concord_contracts.problems import Fault
from concord_contracts.registry import Change, Changes
from concord_kit.calls import Call, Result, allowed
from concord_kit.database import Reading
from concord_kit.journal import changes_after
from concord_kit.paging import decode_cursor, encode_cursor, next_link
from concord_kit.positions import Position, in_utc, resolve
from concord_kit.problems import Problem, problem_responses
from concord_kit.routing import Routes

router = Routes(prefix="/v1", tags=["reference"])


@router.get(
    "/reference/figures",
    summary="The figures that problems are built from, each with its source or marked as an assumption",
    response_model=FigurePage,
    responses=problem_responses(
        "nothing-loaded", "bad-cursor", "known-at-too-late", "dependency-unavailable", "dependency-refused"
    ),
)
async def list_figures(
    asked: Annotated[FigureQuery, Query()], call: Call = Depends(allowed("reference.read"))
) -> Response:
    known_at, start = _start(asked)
    if asked.roll_to is not None:
        page = await _rolled(call, asked, known_at, start[2], asked.roll_to)
        return call.reply(Result(page, headers=next_link(call.request, page.next_cursor)))

    def find(tx: Reading) -> FigurePage:
        at = resolve(tx, asked.as_of, known_at, call.clock)
        edition = edition_at(tx, at.known_at)
        wanted = FigureFilter(table=asked.table, key=asked.key, place=asked.place, pathway=asked.pathway)
        rows = store.figures.figure_rows(tx, edition.recorded_from, wanted, start[:2], asked.limit + 2)
        found = [
            (figure, position)
            for table, row, owner in rows
            for position, figure in enumerate(figures_of(table, row, owner))
            if (figure.table, figure.key) != start[:2] or position >= start[2]  # the row that the page begins in
        ]
        following = None
        if len(found) > asked.limit:
            figure, position = found[asked.limit]
            following = encode_cursor(at.known_at.isoformat(), figure.table, figure.key, position)
        return FigurePage(
            edition=edition.digest,
            as_of=at.as_of,
            known_at=at.known_at,
            items=[figure for figure, _ in found[: asked.limit]],
            next_cursor=following,
        )

    page = await call.read(find)
    return call.reply(Result(page, headers=next_link(call.request, page.next_cursor)))


async def _rolled(call: Call, asked: FigureQuery, known_at: datetime | None, start: int, roll_to: date) -> FigurePage:
    """A page of a whole table re-expressed; `start` is how many figures were shown before."""
    if asked.table is None:
        words = "name one table: figures are re-expressed a table at a time"
        raise Problem("invalid-request", errors=[Fault(parameter="query:table", detail=words, type="missing")])
    table = asked.table

    def find(tx: Reading) -> tuple[Position, str, list[OwnedFigure]]:
        at = resolve(tx, asked.as_of, known_at, call.clock)
        edition = edition_at(tx, at.known_at)
        return at, edition.digest, store.owned.owned_figures(tx, edition.recorded_from, table, asked.pathway)

    at, edition, found = await call.read(find)
    figures = await rolled_figures(call, found, roll_to, asked.place, asked.key)
    end = start + asked.limit
    more = len(figures) > end
    return FigurePage(
        edition=edition,
        as_of=at.as_of,
        known_at=at.known_at,
        roll_to=roll_to,
        rule=RULE,
        items=figures[start:end],
        next_cursor=encode_cursor(at.known_at.isoformat(), asked.table, "", end) if more else None,
    )


@router.get(
    "/reference/summary",
    summary="What the figures rest on: how many are published, derived, assumed; spend by pathway; documents cited",
    response_model=AllocationReference,
    responses=problem_responses("nothing-loaded", "known-at-too-late"),
)
async def read_reference_summary(
    asked: Annotated[When, Query()],
    call: Call = Depends(allowed("reference.read")),
    desk: Desk = Depends(the_desk),
) -> Response:
    def find(tx: Reading) -> AllocationReference:
        at = resolve(tx, asked.as_of, asked.known_at, call.clock)
        edition = edition_at(tx, at.known_at)
        basis = desk.basis_of(tx, edition)
        return AllocationReference(
            edition=edition.digest,
            as_of=at.as_of,
            known_at=at.known_at,
            tables=basis.tables,
            pounds=basis.pounds,
            sources=basis.sources,
        )

    return call.reply(await call.read(find))


@router.get(
    "/reference/sources",
    summary="The documents that figures cite",
    response_model=SourcePage,
    responses=problem_responses("nothing-loaded", "bad-cursor", "known-at-too-late"),
)
async def list_sources(asked: Annotated[Page, Query()], call: Call = Depends(allowed("reference.read"))) -> Response:
    known_at, (after, *_) = _start(asked)

    def find(tx: Reading) -> SourcePage:
        at = resolve(tx, asked.as_of, known_at, call.clock)
        edition = edition_at(tx, at.known_at)
        sources = sources_of(store.figures.rows_in_use(tx, edition.recorded_from, "sources"))
        found = [source for source in sources if source.key >= after]
        following = found[asked.limit].key if len(found) > asked.limit else None
        return SourcePage(
            edition=edition.digest,
            as_of=at.as_of,
            known_at=at.known_at,
            items=found[: asked.limit],
            next_cursor=following and encode_cursor(at.known_at.isoformat(), following, "", 0),
        )

    page = await call.read(find)
    return call.reply(Result(page, headers=next_link(call.request, page.next_cursor)))


@router.get(
    "/reference/what-ifs",
    summary="Questions with published or stated sizes, ready to be asked of a scenario",
    response_model=PreparedWhatIfs,
    responses=problem_responses("nothing-loaded", "known-at-too-late"),
)
async def list_prepared_what_ifs(
    asked: Annotated[When, Query()], call: Call = Depends(allowed("reference.read"))
) -> Response:
    def find(tx: Reading) -> PreparedWhatIfs:
        at = resolve(tx, asked.as_of, asked.known_at, call.clock)
        edition = edition_at(tx, at.known_at)
        questions = store.figures.rows_in_use(tx, edition.recorded_from, "what_ifs")
        amounts = store.figures.rows_in_use(tx, edition.recorded_from, "what_if_amounts")
        return PreparedWhatIfs(
            edition=edition.digest, as_of=at.as_of, known_at=at.known_at, items=what_ifs_of(questions, amounts)
        )

    return call.reply(await call.read(find))


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


def _start(asked: Page) -> tuple[datetime | None, tuple[str, str, int]]:
    """When a page is read and the (table, key, figure of the row) it begins at; further pages are read as the first."""
    following = decode_cursor(asked.cursor, str, str, str, int)
    if following is None:
        return asked.known_at, ("", "", 0)
    known_at, table, key, position = following
    if position < 0:
        raise Problem("bad-cursor")
    try:
        return in_utc(datetime.fromisoformat(known_at)), (table, key, position)
    except ValueError:
        raise Problem("bad-cursor") from None
