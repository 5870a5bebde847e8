"""Who commissions a stage for the people of a place: on any day, on what authority, and what is not known."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import Depends, Query, Response
from pydantic import Field

from concord_contracts.identifiers import Key
from concord_contracts.problems import Fault
from concord_contracts.registry import Commissioners, KeyOrAny, PopulationBody
from concord_kit.calls import Call, allowed
from concord_kit.clock import Clock
from concord_kit.database import Reading
from concord_kit.problems import Problem, problem_responses
from concord_registry import views
from concord_registry.claims import applying, claims_by_stage, that_apply
from concord_registry.commissioners import Answer, answer, in_words
from concord_registry.places import containing
from concord_registry.reading import RollingWhen, position_of, require_known
from concord_registry.routes.shared import References, json_routes, re_expressed
from concord_registry.store import claims
from concord_registry.store.places import days_of
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import ANY, Reference

router = json_routes("responsibilities")


class CommissionersQuery(RollingWhen):
    stage: Annotated[Key, Field(description="A stage, function or heading", examples=["radiotherapy"])]
    place: Annotated[Key, Field(description="A place that is on the map on some day", examples=["ccg-02N"])]
    pathway: Annotated[KeyOrAny, Field(description="A pathway; default what holds for every one")] = ANY


@router.get(
    "/commissioners",
    name="read_commissioners",
    response_model=Commissioners,
    responses=problem_responses("unknown-code", "known-at-too-late"),
)
async def read_commissioners(
    query: Annotated[CommissionersQuery, Query()], references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """Who commissions a stage for the people of a place on any day: the law of the day with its citation, what was
    said, and plainly what is not known. Before a place began and after it ended its people are followed, to the bodies
    that came before and after its own."""
    found = await call.read(lambda tx: _answer(tx, references, query, call.clock))
    return call.reply(await re_expressed(call, references, query.roll_to, found))


def _answer(tx: Reading, references: ReferenceReader, query: CommissionersQuery, clock: Clock) -> Commissioners:
    position = position_of(tx, query, clock)
    now = references.read(tx, position.as_of, position.known_at)
    require_known(now, stage=query.stage, pathway=None if query.pathway == ANY else query.pathway)
    read_on = _nearest(days_of(tx, query.place, position.known_at), position.as_of)
    if read_on is None:
        fault = Fault(parameter="query:place", detail=f"unknown place {query.place} on any day", type="unknown-place")
        raise Problem("unknown-code", f"{fault.detail}.", errors=[fault])
    then = now if read_on == position.as_of else references.read(tx, read_on, position.known_at)
    found = answer(then, now, query.stage, query.pathway, query.place)
    around = frozenset(containing(then, query.place))
    known = claims.of_maps(tx, position.as_of, position.as_of, position.known_at, [query.pathway], around)
    of_stage = claims_by_stage(known).get(query.stage, {})
    said = applying(then, that_apply(then, of_stage, query.pathway, query.place), query.place)
    place = then.places[query.place]
    stage = now.stages[query.stage]
    return Commissioners(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        stage=stage.key,
        stage_name=stage.name,
        pathway=query.pathway,
        place=place.key,
        place_name=place.name,
        on_the_map=read_on == position.as_of,
        place_read_on=read_on,
        bodies=_bodies(now, found),
        statutory=views.statutory(now, found.assignment),
        acting_through=found.through,
        words=in_words(now, found, place.name, stage.name),
        not_known=list(found.unknown),
        claims=[views.claim(now, one.claim, None, one.displaced_by) for one in said],
    )


def _nearest(periods: list[tuple[date, date]], on: date) -> date | None:
    """The day itself, else the first day after it or the last before it on which a place is on the map."""
    if any(start <= on < end for start, end in periods):
        return on
    days = [start for start, _ in periods if start > on]
    days += [end - timedelta(days=1) for start, end in periods if start < end <= on]
    return min(days, key=lambda one: (abs(one - on), one)) if days else None


def _bodies(now: Reference, found: Answer) -> list[PopulationBody]:
    return [
        PopulationBody(
            body=views.named(now, one.body),
            share=one.share,
            share_of="body" if one.earlier else "place",
            basis=one.basis,
            note=one.note,
        )
        for one in found.bodies
    ]
