"""Organisations: who they are, and "what are we actually responsible for?"."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response
from pydantic import Field

from concord_contracts.identifiers import BodyId, Key
from concord_contracts.registry import Organisation, OrganisationResponsibilities, Organisations, Powers, RelationTypes
from concord_kit.calls import Call, Result, allowed
from concord_kit.clock import Clock
from concord_kit.database import Reading
from concord_kit.positions import Position
from concord_kit.problems import Problem, problem_responses
from concord_registry import rolled_views, views
from concord_registry.claims import claims_by_stage
from concord_registry.coverage import places_that_matter
from concord_registry.organisations import matching, neighbours, own_responsibilities
from concord_registry.reading import RollingPage, RollingWhen, When, cursor_after, position_of, require_known, start_of
from concord_registry.rolling import Origin, bodies_rolled
from concord_registry.routes.shared import (
    PathwayKey,
    References,
    RollingQuery,
    WhenQuery,
    json_routes,
    next_page,
    re_expressed,
    reference_then,
    refusing_backwards,
)
from concord_registry.silence import kin, why_nothing
from concord_registry.store import claims
from concord_registry.store import organisations as stored
from concord_registry.store.places import of_bodies
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import ANY, Reference

router = json_routes("organisations")

OrganisationId = Annotated[BodyId, Path(examples=["ods:02A"])]


class OrganisationsQuery(RollingPage):
    q: Annotated[
        str | None, Field(min_length=2, max_length=100, description="Part of a name, or a code", examples=["Trafford"])
    ] = None
    kind: Annotated[Key | None, Field(examples=["ccg"])] = None


@router.get(
    "/organisations",
    name="list_organisations",
    response_model=Organisations,
    responses=problem_responses("bad-cursor", "known-at-too-late"),
)
async def list_organisations(
    query: Annotated[OrganisationsQuery, Query()], references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """Bodies in being on the day, by id; with `roll_to` those that stand in their place on a later one."""
    with refusing_backwards():
        page = await call.read(lambda tx: _page(tx, references, query, call.clock))
    return call.reply(Result(page, headers=next_page(call, page.next_cursor)))


def _page(tx: Reading, references: ReferenceReader, query: OrganisationsQuery, clock: Clock) -> Organisations:
    start = start_of(tx, query, clock, str)
    position = start.position
    reference = references.read(tx, position.as_of, position.known_at)
    after = start.after[0] if start.after else ""
    asked = matching(reference, query.q, query.kind)
    then = reference_then(tx, references, reference, position.known_at, query.roll_to)
    origins: dict[str, list[Origin]] = {}
    if query.roll_to is not None:
        origins = bodies_rolled(reference, asked, query.roll_to)
    found = [body for body in origins or asked if body > after]
    items = found[: query.limit]
    return Organisations(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        roll_to=query.roll_to,
        items=[
            views.organisation(then, then.body(body)).model_copy(
                update={"rolled_from": rolled_views.origins(reference, origins.get(body, ()))}
            )
            for body in items
        ],
        next_cursor=cursor_after(position, items[-1]) if len(found) > query.limit else None,
    )


@router.get(
    "/organisations/{organisation}",
    name="read_organisation",
    response_model=Organisation,
    responses=problem_responses("not-found", "known-at-too-late"),
)
async def read_organisation(
    organisation: OrganisationId,
    query: RollingQuery,
    references: References,
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """A body, in being on the day or not, with its names, codes and relations as dated facts; with `roll_to` who stood
    in its place then."""
    with refusing_backwards():
        return call.reply(await call.read(lambda tx: _organisation(tx, references, organisation, query, call.clock)))


def _at(
    tx: Reading, references: ReferenceReader, organisation: str, when: When, clock: Clock
) -> tuple[Position, Reference]:
    position = position_of(tx, when, clock)
    reference = references.read(tx, position.as_of, position.known_at)
    if organisation not in reference.bodies:
        raise Problem("not-found", f"There is no organisation {organisation}; search by name or code with `q`.")
    return position, reference


def _organisation(
    tx: Reading, references: ReferenceReader, organisation: str, query: RollingWhen, clock: Clock
) -> Organisation:
    position, reference = _at(tx, references, organisation, query, clock)
    roll_to = query.roll_to
    then = reference_then(tx, references, reference, position.known_at, roll_to)
    body = reference.bodies[organisation]
    events = sorted(reference.succession, key=lambda event: (event.on, event.predecessor, event.successor))
    return Organisation(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        body=views.named(reference, organisation),
        names=stored.dated_names(tx, organisation, position.known_at),
        codes=stored.dated_codes(tx, organisation, position.known_at),
        relations=[
            (kind, views.named(reference, other), valid_from, valid_to)
            for kind, other, valid_from, valid_to in stored.dated_relations(tx, organisation, position.known_at)
        ],
        powers=[views.power(one) for one in stored.powers(tx, position.known_at, of=(organisation, body.kind))],
        places=list(reference.places_of_body.get(organisation, ())),
        predecessors=[
            (views.named(reference, event.predecessor), event.kind, event.on, event.share)
            for event in events
            if event.successor == organisation
        ],
        successors=[
            (views.named(reference, event.successor), event.kind, event.on, event.share)
            for event in events
            if event.predecessor == organisation
        ],
        valid_from=body.valid_from,
        valid_to=body.valid_to,
        roll_to=roll_to,
        rolled=[] if roll_to is None else rolled_views.parts(reference, [organisation], roll_to, then),
    )


class PowersQuery(RollingWhen):
    organisation: Annotated[BodyId | None, Field(description="Held by it or over it", examples=["ods:02A"])] = None
    stage: Annotated[Key | None, Field(description="Over this stage, or every one", examples=["prevention"])] = None


@router.get(
    "/powers",
    name="list_powers",
    response_model=Powers,
    responses=problem_responses("unknown-code", "known-at-too-late"),
)
async def list_powers(
    query: Annotated[PowersQuery, Query()], references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """Who can advise on, refer back or veto whose plans on the day: bodies, or every body of a kind."""
    found = await call.read(lambda tx: _powers(tx, references, query, call.clock))
    return call.reply(await re_expressed(call, references, query.roll_to, found))


def _powers(tx: Reading, references: ReferenceReader, query: PowersQuery, clock: Clock) -> Powers:
    position = position_of(tx, query, clock)
    reference = references.read(tx, position.as_of, position.known_at)
    require_known(reference, organisation=query.organisation, stage=query.stage)
    of = (query.organisation, reference.body(query.organisation).kind) if query.organisation else ()
    found = stored.powers(tx, position.known_at, of=of, on_day=position.as_of)
    return Powers(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        items=[views.power(one) for one in found if query.stage is None or one.stage in (query.stage, ANY)],
    )


@router.get(
    "/relation-types",
    name="list_relation_types",
    response_model=RelationTypes,
    responses=problem_responses("known-at-too-late"),
)
async def list_relation_types(query: WhenQuery, call: Call = Depends(allowed("map.read"))) -> Response:
    """What one body can be to another, in words from both sides. Types are data."""

    def work(tx: Reading) -> RelationTypes:
        position = position_of(tx, query, call.clock)
        return RelationTypes(
            as_of=position.as_of,
            known_at=position.known_at,
            seq=position.seq,
            items=[views.relation_type(one) for one in stored.relation_types(tx, position.known_at)],
        )

    return call.reply(await call.read(work))


class OwnQuery(RollingWhen):
    pathway: PathwayKey | None = None


@router.get(
    "/organisations/{organisation}/responsibilities",
    name="read_organisation_responsibilities",
    response_model=OrganisationResponsibilities,
    responses=problem_responses("not-found", "unknown-code", "known-at-too-late"),
)
async def read_organisation_responsibilities(
    organisation: OrganisationId,
    query: Annotated[OwnQuery, Query()],
    references: References,
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """What the law makes a body responsible for in its own places, with who has the stage before and after each. Where
    a body has no place on the day, `note` says so, and what to ask instead: an empty list says nothing of it."""
    found = await call.read(lambda tx: _own(tx, references, organisation, query, call.clock))
    return call.reply(await re_expressed(call, references, query.roll_to, found))


def _own(
    tx: Reading, references: ReferenceReader, organisation: str, query: OwnQuery, clock: Clock
) -> OrganisationResponsibilities:
    position, reference = _at(tx, references, organisation, query, clock)
    require_known(reference, pathway=query.pathway)
    pathways = (query.pathway,) if query.pathway else tuple(sorted(reference.pathways))
    own = own_responsibilities(reference, organisation, pathways)
    elsewhere = [] if own else of_bodies(tx, kin(reference, organisation), position.known_at)
    around = places_that_matter(reference, sorted({one.place for one in own}))
    by_stage = claims_by_stage(claims.in_scope(tx, position.as_of, position.known_at, query.pathway, around))
    return OrganisationResponsibilities(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        body=views.named(reference, organisation),
        items=views.responsibilities(reference, own),
        note=None if own else why_nothing(reference, organisation, elsewhere),
        neighbours=[(one.stage, one.before, one.after) for one in neighbours(reference, by_stage, own)],
    )
