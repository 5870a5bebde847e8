"""A new version of a pathway: looked at before it is recorded, and recorded in one transaction."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from concord_contracts.registry import PathwayVersionIn, PathwayVersionMade
from concord_kit.calls import Call, Result, allowed
from concord_kit.clock import today_in_england
from concord_kit.database import Writing
from concord_kit.problems import problem_responses
from concord_registry import views_of_pathway_changes
from concord_registry.deriving import Deriving
from concord_registry.pathway_changes import carrying_out
from concord_registry.pathway_changes.effect import effect
from concord_registry.routes.pathway_details import OnePathway
from concord_registry.routes.shared import References, json_routes

router = json_routes("pathways")


class VersionQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    dry_run: Annotated[bool, Field(description="Say what would change, and record nothing")] = False


@router.post(
    "/pathways/{pathway}/versions",
    name="change_pathway",
    status_code=201,
    response_model=PathwayVersionMade,
    responses={200: {"model": PathwayVersionMade}, **problem_responses("not-found", "unknown-code", "conflict")},
)
async def change_pathway(
    pathway: OnePathway,
    sent: PathwayVersionIn,
    query: Annotated[VersionQuery, Query()],
    references: References,
    request: Request,
    call: Call = Depends(allowed("pathways.change", idempotent=True, if_match=True)),
) -> Response:
    """The stages of a pathway in order from a day on, past or to come, with services and comparators that begin, change
    or end that day: all of it or nothing. Refused where the pathway's record has changed since the version in
    `If-Match`, which `GET` of the same address tells in its `ETag`.

    201: recorded; the days before stay as they are, and a later load leaves it alone. 200: a dry run. Both say which
    claims are about stages that leave the pathway, in which places, and which findings appear and disappear.
    """
    me, today = call.acting_for or "", today_in_england(call.clock)
    if query.dry_run:
        deriving: Deriving = request.app.state.deriving
        looked = await call.read(
            lambda tx: carrying_out.look(tx, references, pathway, sent, me=me, today=today, expect=call.expect)
        )
        seen = await deriving.turn(lambda: effect(looked.before, looked.after, looked.claims, pathway))
        return call.reply(Result(views_of_pathway_changes.made(looked, sent, seen, me), version=looked.record_version))

    def carry_out(tx: Writing) -> Result:
        done = carrying_out.carry_out(tx, references, pathway, sent, me=me, today=today, expect=call.expect)
        found = effect(done.before, done.after, done.claims, pathway)
        made = views_of_pathway_changes.made(done, sent, found, me, recorded_at=tx.at)
        return Result(made, version=made.record_version, location=f"/v1/pathways/{pathway}/versions")

    return await call.write(carry_out, status=201, reason=sent.reason)
