"""Who is statutorily responsible: the rule book's answer for stages of pathways in places."""

from itertools import islice
from typing import Annotated

from fastapi import Depends, Query, Response
from pydantic import Field

from concord_contracts.identifiers import BodyId
from concord_contracts.registry import Responsibilities
from concord_kit.calls import Call, Result, allowed
from concord_kit.clock import Clock
from concord_kit.database import Reading
from concord_kit.problems import problem_responses
from concord_kit.routing import Routes
from concord_registry import rolled_views, views
from concord_registry.reading import RollingPage, Start, cursor_after, require_known, start_of
from concord_registry.representation import CSV_TYPE, as_csv, chosen
from concord_registry.responsibilities import Responsible, Scope, responsibilities
from concord_registry.routes.shared import (
    PathwayKey,
    PlaceKeys,
    References,
    StageKeys,
    next_page,
    reference_then,
    refusing_backwards,
)
from concord_registry.silence import kin, why_no_places, why_nothing
from concord_registry.store.places import days_known, of_bodies
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import Reference

router = Routes(prefix="/v1", tags=["responsibilities"])

CSV_COLUMNS = (
    "as_of", "known_at", "place", "place_name", "pathway", "stage", "stage_name", "commissioners", "commissioner_names",
    "office", "population_basis", "procedure_class", "citation", "verified",
)  # fmt: skip


class ResponsibilitiesQuery(RollingPage):
    pathway: list[PathwayKey] = []
    stage: StageKeys = []
    place: PlaceKeys = []
    organisation: Annotated[BodyId | None, Field(examples=["ods:02A"])] = None


@router.get(
    "/responsibilities",
    name="list_responsibilities",
    response_model=Responsibilities,
    responses={
        200: {"content": {CSV_TYPE: {"schema": {"type": "string"}}}},
        **problem_responses("bad-cursor", "not-acceptable", "unknown-code", "known-at-too-late"),
    },
)
async def list_responsibilities(
    query: Annotated[ResponsibilitiesQuery, Query()],
    references: References,
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """Statutory commissioners, by place, pathway and the pathway's order; JSON, or CSV where `Accept` prefers it.

    With `roll_to` each names who stands in the commissioners' place on that later day. Without `place`: the
    organisation's own places, else every CCG's place, which hold everybody once.
    """
    form = chosen(call.request.headers.get("accept"))

    def work(tx: Reading) -> tuple[Reference, Reference, Start, list[Responsible], str | None]:
        reference, start, found = _page(tx, references, query, call.clock)
        then = reference_then(tx, references, reference, start.position.known_at, query.roll_to)
        return reference, then, start, found, None if found else _silence(tx, reference, start, query)

    with refusing_backwards():
        reference, then, start, found, note = await call.read(work)
    position = start.position
    items, more = found[: query.limit], len(found) > query.limit
    shown = rolled_views.on_responsibilities(views.responsibilities(reference, items), reference, query.roll_to, then)
    cursor = cursor_after(position, *items[-1].key) if more else None
    if form == CSV_TYPE:
        headers = next_page(call, cursor) | {
            "Concord-As-Of": position.as_of.isoformat(),
            "Concord-Known-At": position.known_at.isoformat(),
            "Vary": "Accept",
        }
        rows = [_csv_row(reference, start, one) for one in items]
        columns = CSV_COLUMNS if query.roll_to is None else (*CSV_COLUMNS, "roll_to", "rolled_to", "rolled_basis")
        rows = [row | rolled_views.csv_cells(one, query.roll_to) for row, one in zip(rows, shown, strict=True)]
        return Response(as_csv(columns, rows), media_type=f"{CSV_TYPE}; charset=utf-8; header=present", headers=headers)
    page = Responsibilities(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        roll_to=query.roll_to,
        items=shown,
        note=note,
        next_cursor=cursor,
    )
    return call.reply(Result(page, headers=next_page(call, cursor) | {"Vary": "Accept"}))


def _page(
    tx: Reading, references: ReferenceReader, query: ResponsibilitiesQuery, clock: Clock
) -> tuple[Reference, Start, list[Responsible]]:
    start = start_of(tx, query, clock, str, str, int)
    reference = references.read(tx, start.position.as_of, start.position.known_at)
    require_known(
        reference,
        days_known(tx, start.position.known_at),
        pathway=query.pathway,
        stage=query.stage,
        place=query.place,
        organisation=query.organisation,
    )
    scope = Scope(query.pathway, query.stage, query.place, query.organisation)
    cells = responsibilities(reference, scope, start.after) if start.after else responsibilities(reference, scope)
    return reference, start, list(islice(cells, query.limit + 1))


def _silence(tx: Reading, reference: Reference, start: Start, query: ResponsibilitiesQuery) -> str | None:
    """Why there is nothing, where that is for want of places and no place was asked about."""
    if query.place or start.after:
        return None
    if query.organisation is None:
        return why_no_places(reference)
    elsewhere = of_bodies(tx, kin(reference, query.organisation), start.position.known_at)
    return why_nothing(reference, query.organisation, elsewhere)


def _csv_row(reference: Reference, start: Start, one: Responsible) -> dict[str, object]:
    assigned = one.assignment
    bodies = [holder.body for holder in assigned.holders] if assigned else []
    return {
        "as_of": start.position.as_of,
        "known_at": start.position.known_at.isoformat(),
        "place": one.place,
        "place_name": reference.places[one.place].name,
        "pathway": one.pathway,
        "stage": one.stage,
        "stage_name": reference.stages[one.stage].name,
        "commissioners": " ".join(bodies),
        "commissioner_names": "; ".join(reference.name(body) for body in bodies),
        "office": assigned.office if assigned else None,
        "population_basis": assigned.rule.population_basis if assigned else None,
        "procedure_class": assigned.rule.procedure_class if assigned else None,
        "citation": assigned.rule.citation if assigned else None,
        "verified": ("yes" if assigned.rule.verified else "no") if assigned else None,
    }
