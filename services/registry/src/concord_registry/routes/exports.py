"""The map for other systems: its tables, on a day, as JSON or CSV."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response

from concord_contracts.identifiers import Key
from concord_contracts.registry import ExportedTable, ExportedTables, ExportPage
from concord_kit.calls import Call, Result, allowed
from concord_kit.clock import Clock
from concord_kit.database import Reading
from concord_kit.problems import Problem, problem_responses
from concord_kit.routing import Routes
from concord_registry.exports.exported_tables import EXPORTED, columns_of, key_of, written
from concord_registry.reading import Page, cursor_after, start_of
from concord_registry.representation import CSV_TYPE, as_csv, chosen
from concord_registry.routes.shared import next_page
from concord_registry.store.exports import rows_on

router = Routes(prefix="/v1", tags=["exports"])


@router.get("/exports", name="list_exports", response_model=ExportedTables)
async def list_exports(call: Call = Depends(allowed("map.read"))) -> Response:
    """The tables that are exported."""
    items = [ExportedTable(table=name, words=words, columns=columns_of(name)) for name, words in EXPORTED.items()]
    return call.reply(ExportedTables(items=items))


@router.get(
    "/exports/{table}",
    name="read_export",
    response_model=ExportPage,
    responses={
        200: {"content": {CSV_TYPE: {"schema": {"type": "string"}}}},
        **problem_responses("not-found", "bad-cursor", "not-acceptable", "known-at-too-late"),
    },
)
async def read_export(
    table: Annotated[Key, Path(description="A table", examples=["bodies"])],
    query: Annotated[Page, Query()],
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """Rows of a table as they are in use on the day, by key; JSON, or CSV where `Accept` prefers it."""
    form = chosen(call.request.headers.get("accept"))
    if table not in EXPORTED:
        raise Problem("not-found", f"There is no table {table} that is exported: there are {', '.join(EXPORTED)}.")
    page = await call.read(lambda tx: _page(tx, table, query, call.clock))
    headers = next_page(call, page.next_cursor) | {"Vary": "Accept"}
    if form == CSV_TYPE:
        headers |= {"Concord-As-Of": page.as_of.isoformat(), "Concord-Known-At": page.known_at.isoformat()}
        content = as_csv(page.columns, page.items)
        return Response(content, media_type=f"{CSV_TYPE}; charset=utf-8; header=present", headers=headers)
    return call.reply(Result(page, headers=headers))


def _page(tx: Reading, table: str, query: Page, clock: Clock) -> ExportPage:
    start = start_of(tx, query, clock, str)
    position = start.position
    key = key_of(table)
    after = start.after[0] if start.after else None
    rows = sorted(rows_on(tx, table, position.as_of, position.known_at), key=key)
    wanted = [row for row in rows if after is None or key(row) > after]
    items = wanted[: query.limit]
    more = len(wanted) > query.limit
    return ExportPage(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        table=table,
        columns=columns_of(table),
        items=[written(table, row) for row in items],
        next_cursor=cursor_after(position, key(items[-1])) if more else None,
    )
