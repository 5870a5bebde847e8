"""Reference lists: tables that a service keeps as they are printed, dated, and shows; it reckons nothing from them.

A service names its lists with a line of words each, gives them a table (`list_table`), reads them from its folder of
reference data (`read_lists`), records them with its load (`changes`, `write`) and shows them (`lists_router`).
"""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, cast

from fastapi import Depends, Query
from fastapi import Path as PathParameter
from pydantic import BaseModel, Field
from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text, func, insert, select, update
from starlette.responses import Response

from concord_contracts.identifiers import Day, digest_of
from concord_contracts.lists import ListPage, ListSummary, ReferenceLists
from concord_kit.calls import Call, Result, allowed
from concord_kit.clock import FOREVER_AT
from concord_kit.columns import UtcDateTime
from concord_kit.database import Reading, Writing
from concord_kit.paging import Cursor, Limit, decode_cursor, encode_cursor, next_link
from concord_kit.positions import Instant, in_utc, resolve
from concord_kit.problems import Problem, problem_responses
from concord_kit.routing import Routes
from concord_kit.sheets import CSV_TYPE, FaultySheetsError, Line, SheetFault, read

ROWS_AT_ONCE = 500

type Words = Mapping[str, str]
"""Name of a list (its file's, without `.csv`) -> what it holds, in a line."""
type Lists = Mapping[str, Sequence[Line]]
type Rows = list[dict[str, str]]
"""Rows as they are shown: cells by column."""


def list_table(metadata: MetaData) -> Table:
    """The table of lists in a service's metadata, declared on the first call."""
    if "list_rows" in metadata.tables:
        return metadata.tables["list_rows"]
    return Table(
        "list_rows",
        metadata,
        Column("row", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
        Column("list", String(80), nullable=False),
        Column("position", Integer, nullable=False),
        Column("content", Text, nullable=False),
        Column("digest", String(64), nullable=False),
        Column("recorded_from", UtcDateTime, nullable=False),
        Column("recorded_to", UtcDateTime, nullable=False),
        Index(None, "list", "position"),
    )


def read_lists(folder: Path, words: Words) -> tuple[dict[str, Sequence[Line]], list[SheetFault]]:
    """The lists whose files are in a folder, and everything that is wrong with them. A list may be missing."""
    lists: dict[str, Sequence[Line]] = {}
    faults: list[SheetFault] = []
    for name in words:
        path = folder / f"{name}.csv"
        if path.is_file():
            try:
                (sheet,) = read(CSV_TYPE, path.read_bytes(), name)
            except FaultySheetsError as error:
                faults += error.faults
                continue
            lists[name] = sheet.lines
            faults += [fault for line in sheet.lines for fault in _rests_on_nothing(name, line, sheet.columns)]
    return lists, faults


def _rests_on_nothing(name: str, line: Line, columns: Sequence[str]) -> Iterator[SheetFault]:
    """A row of figures says what they rest on: a source, or how they were made."""
    if "basis" not in columns:
        return
    basis, source, note = (line.cells.get(column) for column in ("basis", "source", "note"))
    if basis not in ("published", "derived", "assumption"):
        yield SheetFault(name, line.number, "basis", f"is {basis!r}: published, derived or assumption")
    elif not source and (basis == "published" or not note):
        yield SheetFault(name, line.number, "source", "is empty, and nothing else says where the figure comes from")


def digest(lists: Lists) -> str:
    """SHA-256 of what the lists hold, whatever the order of their lines."""
    return digest_of({name: sorted(_digest(line) for line in lines) for name, lines in lists.items()})


def _digest(line: Line) -> str:
    return digest_of(dict(line.cells))


@dataclass(frozen=True, slots=True)
class ListChanges:
    """What bringing the record to a set of lists does: row numbers that close, rows that open; (came, went) by list."""

    closing: tuple[int, ...]
    opening: tuple[dict[str, Any], ...]
    by_list: Mapping[str, tuple[int, int]]


def changes(tx: Reading, table: Table, lists: Lists) -> ListChanges:
    """What differs from what is recorded; a list that is not in the set has no rows any more."""
    present: dict[tuple[str, str], int] = {}
    query = select(table.c.row, table.c.list, table.c.digest).where(table.c.recorded_to == FOREVER_AT)
    for row, name, row_digest in tx.connection.execute(query):
        present[name, row_digest] = row
    opening: dict[tuple[str, str], dict[str, Any]] = {}
    kept: set[tuple[str, str]] = set()
    for name, lines in lists.items():
        for line in lines:
            key = name, _digest(line)
            if key in present:
                kept.add(key)
            else:
                content = json.dumps(dict(line.cells), ensure_ascii=False)
                opening[key] = {"list": name, "position": line.number, "content": content, "digest": key[1]}
    gone = present.keys() - kept
    names = {name for name, _ in (*opening, *gone)}
    by_list = {
        name: (sum(of == name for of, _ in opening), sum(of == name for of, _ in gone)) for name in sorted(names)
    }
    return ListChanges(tuple(present[key] for key in gone), tuple(opening.values()), by_list)


def write(tx: Writing, table: Table, found: ListChanges) -> None:
    """Record the changes, known from this transaction on."""
    for start in range(0, len(found.closing), ROWS_AT_ONCE):
        some = found.closing[start : start + ROWS_AT_ONCE]
        tx.connection.execute(update(table).where(table.c.row.in_(some)).values(recorded_to=tx.at))
    if found.opening:
        stamped = [row | {"recorded_from": tx.at, "recorded_to": FOREVER_AT} for row in found.opening]
        tx.connection.execute(insert(table), stamped)


class KnownQuery(BaseModel):
    """What was recorded by a moment."""

    known_at: Annotated[
        Instant | None,
        Field(description="What was recorded by then; default and upper bound the latest record"),
    ] = None


class ListQuery(KnownQuery):
    """A page of a list."""

    limit: Limit = 100
    cursor: Cursor = None


class RolledListQuery(ListQuery):
    """A page of a list, or of what it comes to for the bodies of a later day."""

    roll_to: Annotated[
        Annotated[Day, Field(le=date(9999, 12, 30))] | None,
        Field(
            description="Re-express the rows for the bodies of this later day: mergers and splits are followed, with "
            "shares, and totals stay. A day before the rows' own is refused",
            examples=["2021-04-01"],
        ),
    ] = None


type Rolling = Callable[[Call, str, Rows, date], Awaitable[Rows]]
"""(call, list, rows, the later day) -> the rows for its bodies. It asks others, so no transaction is open."""


@dataclass(frozen=True, slots=True)
class Rolled:
    """How a service's lists are re-expressed, and the rule in words."""

    roll: Rolling
    rule: str


def lists_router(table: Table, words: Words, *, action: str, rolled: Rolled | None = None) -> Routes:
    """`GET /v1/reference/lists` and `/v1/reference/lists/{name}`, for whoever may do `action`.

    With `rolled` a list can be read for the bodies of a later day.
    """
    query_model = ListQuery if rolled is None else RolledListQuery
    dependencies = () if rolled is None else ("dependency-unavailable", "dependency-refused")
    router = Routes(prefix="/v1", tags=["reference"])

    @router.get(
        "/reference/lists",
        name="list_reference_lists",
        summary="Lists that are kept as printed, each with what it holds",
        response_model=ReferenceLists,
        responses=problem_responses("known-at-too-late"),
    )
    async def list_reference_lists(
        asked: Annotated[KnownQuery, Query()], call: Call = Depends(allowed(action))
    ) -> Response:
        """Lists that are kept as printed; nothing is reckoned from them."""

        def find(tx: Reading) -> ReferenceLists:
            at = resolve(tx, None, asked.known_at, call.clock).known_at
            query = select(table.c.list, func.count()).where(*_known(table, at)).group_by(table.c.list)
            counts: dict[str, int] = {row.list: row[1] for row in tx.connection.execute(query)}
            items = [ListSummary(name=name, words=said, rows=counts.get(name, 0)) for name, said in words.items()]
            return ReferenceLists(known_at=at, items=items)

        return call.reply(await call.read(find))

    @router.get(
        "/reference/lists/{list_name}",
        name="read_reference_list",
        summary="The rows of a list",
        response_model=ListPage,
        responses=problem_responses("not-found", "bad-cursor", "known-at-too-late", *dependencies),
    )
    async def read_reference_list(
        list_name: Annotated[str, PathParameter(max_length=80, description="A list", examples=[next(iter(words))])],
        asked: Annotated[query_model, Query()],  # type: ignore[valid-type]
        call: Call = Depends(allowed(action)),
    ) -> Response:
        """The rows of a list in the order of its file, all pages as known at the first."""
        if list_name not in words:
            raise Problem("not-found", f"There is no list {list_name}.")
        wanted = cast(ListQuery, asked)
        known_at, after = _start(wanted)
        if isinstance(wanted, RolledListQuery) and wanted.roll_to is not None:
            page = await _rolled_page(call, wanted, known_at, after[0], list_name)
            return call.reply(Result(page, headers=next_link(call.request, page.next_cursor)))

        def find(tx: Reading) -> ListPage:
            at = resolve(tx, None, known_at, call.clock).known_at
            query = (
                select(table.c.position, table.c.row, table.c.content)
                .where(table.c.list == list_name, *_known(table, at))
                .where((table.c.position > after[0]) | ((table.c.position == after[0]) & (table.c.row > after[1])))
                .order_by(table.c.position, table.c.row)
                .limit(wanted.limit + 1)
            )
            found = tx.connection.execute(query).all()
            shown, more = found[: wanted.limit], len(found) > wanted.limit
            return ListPage(
                name=list_name,
                words=words[list_name],
                known_at=at,
                items=[json.loads(row.content) for row in shown],
                next_cursor=encode_cursor(at.isoformat(), shown[-1].position, shown[-1].row) if more else None,
            )

        page = await call.read(find)
        return call.reply(Result(page, headers=next_link(call.request, page.next_cursor)))

    async def _rolled_page(
        call: Call, asked: RolledListQuery, known_at: datetime | None, start: int, name: str
    ) -> ListPage:
        """A page of the whole list re-expressed; `start` is how many rows were shown before."""
        if rolled is None or asked.roll_to is None:
            raise RuntimeError("asked for without a way to do it")

        def find(tx: Reading) -> tuple[datetime, Rows]:
            at = resolve(tx, None, known_at, call.clock).known_at
            query = select(table.c.content).where(table.c.list == name, *_known(table, at))
            rows = tx.connection.execute(query.order_by(table.c.position, table.c.row)).scalars()
            return at, [json.loads(content) for content in rows]

        at, rows = await call.read(find)
        found = await rolled.roll(call, name, rows, asked.roll_to)
        end = start + asked.limit
        return ListPage(
            name=name,
            words=words[name],
            known_at=at,
            roll_to=asked.roll_to,
            rule=rolled.rule,
            items=found[start:end],
            next_cursor=encode_cursor(at.isoformat(), end, 0) if len(found) > end else None,
        )

    return router


def _known(table: Table, at: datetime) -> tuple[Any, Any]:
    return table.c.recorded_from <= at, table.c.recorded_to > at


def _start(asked: ListQuery) -> tuple[datetime | None, tuple[int, int]]:
    """When a page is read, and the row after which it begins."""
    following = decode_cursor(asked.cursor, str, int, int)
    if following is None:
        return asked.known_at, (0, 0)
    try:
        return in_utc(datetime.fromisoformat(following[0])), (following[1], following[2])
    except ValueError:
        raise Problem("bad-cursor") from None
