"""The routes of each kind of record, alike for all: list, read with history, enter, correct, end."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Body, Depends, Path, Query, Response
from pydantic import Field, create_model

from concord_contracts.identifiers import BodyId, FinancialYear, Key, first_day
from concord_contracts.registry import RecordEnd, RecordHistory, RecordPage, RecordVersion
from concord_kit.calls import Call, Result, allowed
from concord_kit.clock import today_in_england
from concord_kit.database import Reading, Writing
from concord_kit.problems import Problem, problem_responses
from concord_kit.routing import Routes
from concord_registry.knowledge import authorities, entering
from concord_registry.knowledge.commitments import CARRY_MONEY
from concord_registry.knowledge.rolled_values import with_values
from concord_registry.knowledge.showing import shown, viewer_of
from concord_registry.knowledge.topics import TOPICS, Held, Topic
from concord_registry.knowledge.writer import Writer
from concord_registry.places import containing, within
from concord_registry.reading import RollingPage, When, cursor_after, position_of, start_of
from concord_registry.routes.shared import References, RollingQuery, json_routes, next_page, re_expressed
from concord_registry.store import records
from concord_registry.store.records import Days
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import ANY, Reference

STEWARD = "data-steward"
MOST = 100

RecordId = Annotated[Key, Path(description="A record", examples=["01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44"])]

_BY_KIND: dict[str, tuple[Any, str, list[str]]] = {
    "organisation": (BodyId, "Bodies it names, in whatever part", ["ods:02A"]),
    "place": (Key, "Places: records of a place that contains it or lies in it count too", ["ccg-02A"]),
    "stage": (Key, "Stages; a record about the whole pathway counts for each", ["imaging"]),
    "pathway": (Key, "Pathways; a record about every pathway counts for each", ["lung"]),
    "person": (Key, "People, by id", ["01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44"]),
}


class _ListQuery(RollingPage):
    """What every list of records can be asked by; a topic adds its own."""

    owner: Annotated[list[BodyId], Field(max_length=MOST, description="Bodies that entered them")] = []
    every_day: Annotated[bool, Field(description="Also records that have ended by the day, or begin after it")] = False


def _query_of(topic: Topic) -> type[_ListQuery]:
    """The query of a topic's list: the kinds of things it refers to, its own words, and for contracts a year."""
    fields: dict[str, Any] = {}
    for kind in dict.fromkeys(topic.refers.values()):
        if kind in _BY_KIND:
            item, words, example = _BY_KIND[kind]
            fields[kind] = (
                Annotated[list[item], Field(max_length=250, description=words, examples=[example])],  # type: ignore[valid-type]
                [],
            )
    for word in topic.words:
        item = BodyId if topic.refers.get(word) == "organisation" else Key
        fields[word] = (Annotated[list[item], Field(max_length=MOST)], [])  # type: ignore[valid-type]
    if topic.name == "contracts":
        words = "In force on any day of the financial year, in place of the day"
        fields["year"] = (Annotated[FinancialYear | None, Field(description=words)], None)
    name = "".join(part.capitalize() for part in topic.name.split("-"))
    return create_model(f"{name}Query", __base__=_ListQuery, **fields)


def _filters(reference: Reference, topic: Topic, query: _ListQuery) -> dict[str, Sequence[str]]:
    """What is asked for by kind, widened: places around and within, and what is said of every pathway or stage."""
    asked = {kind: getattr(query, kind, []) for kind in (*dict.fromkeys(topic.refers.values()), *topic.words)}
    if asked.get("place"):
        asked["place"] = sorted(
            {near for key in asked["place"] for near in (*containing(reference, key), *within(reference, key))}
        )
    for kind in ("pathway", "stage"):
        if asked.get(kind):
            asked[kind] = [*asked[kind], ANY]
    return asked


def _days(query: _ListQuery, start: Any) -> Days:
    year = getattr(query, "year", None)
    if year is not None:
        return Days.of_year(year)
    return Days() if query.every_day else Days.on(start.position.as_of)


def writer_of(call: Call) -> Writer:
    steward = call.grant.row.role == STEWARD
    return Writer(call.acting_for or "", steward, today_in_england(call.clock), call.grant.holder)


def topic_routes(topic: Topic) -> Routes:
    """`GET`, `POST /v1/{topic}`; `GET`, `PUT /v1/{topic}/{record}`; `POST /v1/{topic}/{record}/end`."""
    router = json_routes(topic.name)
    query_model, sent_model, view = _query_of(topic), topic.sent, topic.view
    spoken = topic.one.replace("_", " ")
    many = topic.name.replace("-", "_")
    over = ("exceeds-mandate",) if topic.name in CARRY_MONEY else ()
    over = (*over, authorities.SLUG) if topic.name == authorities.TOPIC else over

    @router.get(
        f"/{topic.name}",
        name=f"list_{many}",
        summary=f"List {topic.name.replace('-', ' ')}",
        response_model=RecordPage[view],  # type: ignore[valid-type]
        responses=problem_responses("bad-cursor", "known-at-too-late"),
    )
    async def list_records(
        query: Annotated[query_model, Query()],  # type: ignore[valid-type]
        references: References,
        call: Call = Depends(allowed("knowledge.read")),
    ) -> Response:
        """Records in force on the day, by id; a record must meet one value of every filter given. With `roll_to` also
        who stood on that later day in the place of each body and place; contracts with their values divided so."""
        page = await call.read(lambda tx: _page(tx, references, topic, query, call))
        year = getattr(query, "year", None)
        since = first_day(year) if year else None
        page = await re_expressed(call, references, query.roll_to, page, since, with_values)  # type: ignore[attr-defined]
        return call.reply(Result(page, headers=next_page(call, page.next_cursor)))

    @router.get(
        f"/{topic.name}/{{record}}",
        name=f"read_{topic.one}",
        summary=f"A {spoken} with its history",
        response_model=RecordHistory[view],  # type: ignore[valid-type]
        responses=problem_responses("not-found", "known-at-too-late"),
    )
    async def read_record(
        record: RecordId, query: RollingQuery, references: References, call: Call = Depends(allowed("knowledge.read"))
    ) -> Response:
        """Every version recorded by `known_at`; the `ETag` is the last one's, for `If-Match`."""
        found, version = await call.read(lambda tx: _history(tx, references, topic, record, query, call))
        return call.reply(Result(await re_expressed(call, references, query.roll_to, found), version=version))

    @router.post(
        f"/{topic.name}",
        name=f"enter_{topic.one}",
        summary=f"Enter a {spoken}",
        status_code=201,
        response_model=view,
        responses=problem_responses("unknown-code", "conflict", *over),
    )
    async def enter_record(
        sent: Annotated[sent_model, Body()],  # type: ignore[valid-type]
        references: References,
        call: Call = Depends(allowed(topic.write, idempotent=True)),
    ) -> Response:
        """Entered by a body whose matter it is, or by a data steward."""

        def work(tx: Writing) -> Result:
            held = entering.enter(tx, references, topic, sent, writer_of(call))
            return _answer(tx, references, held, call, created=True)

        return await call.write(work, reason=sent.reason, status=201)  # type: ignore[attr-defined]

    @router.put(
        f"/{topic.name}/{{record}}",
        name=f"correct_{topic.one}",
        summary=f"Correct a {spoken}",
        response_model=view,
        responses=problem_responses("not-found", "unknown-code", "conflict", *over),
    )
    async def correct_record(
        record: RecordId,
        sent: Annotated[sent_model, Body()],  # type: ignore[valid-type]
        references: References,
        call: Call = Depends(allowed(topic.write, if_match=True)),
    ) -> Response:
        """All of it as it is known now: the next version. What was known before stays readable by `known_at`."""

        def work(tx: Writing) -> Result:
            held = entering.correct(tx, references, topic, record, sent, writer_of(call), call.expect)
            return _answer(tx, references, held, call)

        return await call.write(work, subject=f"{topic.name}:{record}", reason=sent.reason)  # type: ignore[attr-defined]

    @router.post(
        f"/{topic.name}/{{record}}/end",
        name=f"end_{topic.one}",
        summary=f"End a {spoken}",
        response_model=view,
        responses=problem_responses("not-found"),
    )
    async def end_record(
        record: RecordId,
        sent: RecordEnd,
        references: References,
        call: Call = Depends(allowed(topic.write, idempotent=True, if_match=True)),
    ) -> Response:
        """The world changed: from `on` the record no longer holds; before that day it did."""

        def work(tx: Writing) -> Result:
            held = entering.end(tx, references, topic, record, sent, writer_of(call), call.expect)
            return _answer(tx, references, held, call)

        return await call.write(work, subject=f"{topic.name}:{record}", reason=sent.reason)

    return router


def _answer(tx: Writing, references: ReferenceReader, held: Held, call: Call, *, created: bool = False) -> Result:
    reference = references.read(tx, today_in_england(call.clock), tx.head_at)
    (view,) = shown(tx, reference, [held], viewer_of(tx, call, for_keeping=True))
    return Result(view, version=held.version, location=f"/v1/{held.topic}/{held.id}" if created else None)


def _page(tx: Reading, references: ReferenceReader, topic: Topic, query: _ListQuery, call: Call) -> RecordPage[Any]:
    start = start_of(tx, query, call.clock, str)
    position = start.position
    reference = references.read(tx, position.as_of, position.known_at)
    found = records.listed(
        tx,
        [topic.name],
        _days(query, start),
        position.known_at,
        terms=_filters(reference, topic, query),
        owners=query.owner,
        after=start.after[0] if start.after else None,
        limit=query.limit + 1,
    )
    items = found[: query.limit]
    return RecordPage[topic.view](  # type: ignore[name-defined]
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        items=shown(tx, reference, items, viewer_of(tx, call)),
        next_cursor=cursor_after(position, items[-1].id) if len(found) > query.limit else None,
    )


def _history(
    tx: Reading, references: ReferenceReader, topic: Topic, record: str, query: When, call: Call
) -> tuple[RecordHistory[Any], int]:
    position = position_of(tx, query, call.clock)
    found = records.versions(tx, topic.name, record, position.known_at)
    if not found:
        raise Problem("not-found", f"There is no record {record} among {topic.name}.")
    reference = references.read(tx, position.as_of, position.known_at)
    views = shown(tx, reference, [held for held, _ in found], viewer_of(tx, call))
    history = RecordHistory[topic.view](  # type: ignore[name-defined]
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        id=record,
        versions=[
            RecordVersion[topic.view](recorded_to=until, record=view)  # type: ignore[name-defined]
            for view, (_, until) in zip(views, found, strict=True)
        ],
    )
    return history, found[-1][0].version


routers = [topic_routes(topic) for topic in TOPICS.values()]
