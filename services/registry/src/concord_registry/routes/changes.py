"""The feed of changes: the journal, read in order, as pages or as a stream."""

import math
from typing import Annotated

from fastapi import Depends, Header, Query, Request, Response
from fastapi.sse import EventSourceResponse
from pydantic import BaseModel, ConfigDict, Field

from concord_contracts.identifiers import BodyId, Key
from concord_contracts.registry import Changes
from concord_kit.calls import Call, allowed
from concord_kit.problems import Problem, problem_responses
from concord_kit.routing import Routes
from concord_registry.feed.filters import Wanted
from concord_registry.feed.reading import page
from concord_registry.feed.stream import events
from concord_registry.feed.watching import Watch
from concord_registry.routes.shared import json_routes
from concord_registry.settings import RegistrySettings

router = json_routes("changes")
streaming = Routes(prefix="/v1", tags=["changes"])

SECONDS_TO_COME_BACK = 10
Sequence = Annotated[int, Field(ge=0, le=2**62, description="The last sequence already read")]
Part = Annotated[str, Field(min_length=1, max_length=120)]


class WantedQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    after: Sequence = 0
    action: Annotated[
        list[Part],
        Field(max_length=20, description="What was done, or a family of it", examples=[["claims"], ["claims.confirm"]]),
    ] = []
    subject: Annotated[
        list[Part], Field(max_length=100, description="A record, or a kind of them", examples=[["claim"]])
    ] = []
    body: Annotated[
        list[BodyId],
        Field(max_length=100, description="Acted for, or named in it", examples=[["ods:02A"]]),
    ] = []
    place: Annotated[list[Key], Field(max_length=100, description="Named in it", examples=[["ccg-02A"]])] = []

    @property
    def wanted(self) -> Wanted:
        return Wanted(tuple(self.action), tuple(self.subject), tuple(self.body), tuple(self.place))


class ChangesQuery(WantedQuery):
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


@router.get("/changes", name="list_changes", response_model=Changes)
async def list_changes(
    query: Annotated[ChangesQuery, Query()], call: Call = Depends(allowed("changes.read"))
) -> Response:
    """Every recorded change after a sequence, oldest first, without holes, from the first on; or those that fit the
    filters. Each says which records it touched and where to read them. The public sees no actor, reason or digest."""
    public = call.principal is None
    return call.reply(await call.read(lambda tx: page(tx, query.wanted, query.after, query.limit, public=public)))


@streaming.get(
    "/changes/stream",
    name="stream_changes",
    response_model=None,
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "Events until closed"},
        **problem_responses("busy"),
    },
)
async def stream_changes(
    request: Request,
    query: Annotated[WantedQuery, Query()],
    last_event_id: Annotated[
        str | None,
        Header(alias="Last-Event-ID", pattern=r"^[0-9]{1,18}$", description="Sent by browsers that come back"),
    ] = None,
    call: Call = Depends(allowed("changes.read")),
) -> Response:
    """The same as server-sent events: `change` with its sequence as id, `position` where others were passed by, and a
    comment while nothing happens. It ends with the token it was opened with. Come back with `Last-Event-ID`, or
    `after`, and nothing is missed or repeated."""
    watch: Watch = request.app.state.watch
    settings: RegistrySettings = request.app.state.settings
    if watch.full:
        words = "As many streams are open as this process takes; use /v1/changes, or come back."
        raise Problem("busy", words, headers={"Retry-After": str(SECONDS_TO_COME_BACK)})
    after = int(last_event_id) if last_event_id is not None else query.after
    seconds_left = call.principal.seconds_left() if call.principal else math.inf
    made = events(
        watch,
        query.wanted,
        after,
        public=call.principal is None,
        heartbeat_seconds=settings.heartbeat_seconds,
        longest_seconds=min(settings.longest_stream_seconds, seconds_left),
    )
    return EventSourceResponse(made, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
