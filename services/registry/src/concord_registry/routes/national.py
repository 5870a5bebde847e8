"""The map of all England, counted."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from concord_contracts.registry import National
from concord_kit import etags
from concord_kit.calls import Call, allowed
from concord_kit.database import Reading
from concord_kit.problems import problem_responses
from concord_registry.deriving import Deriving
from concord_registry.national_answer import NationalAnswer, national_question
from concord_registry.reading import When
from concord_registry.routes.shared import PathwayKey, References, json_routes

router = json_routes("coverage")

MOST_PATHWAYS = 50


class NationalQuery(When):
    pathway: Annotated[
        list[PathwayKey],
        Field(
            max_length=MOST_PATHWAYS,
            description="Pathways, repeated; default the four most common cancers",
            examples=[["lung", "breast"]],
        ),
    ] = []


def _deriving(request: Request) -> Deriving:
    found: Deriving = request.app.state.deriving
    return found


@router.get(
    "/national",
    name="read_national",
    response_model=National,
    responses={304: {"description": "Not changed"}, **problem_responses("unknown-code", "known-at-too-late", "busy")},
)
async def read_national(
    query: Annotated[NationalQuery, Query()],
    references: References,
    deriving: Annotated[Deriving, Depends(_deriving)],
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """The findings of every CCG's and every council's map, counted by stage, region and kind; the hand-overs, the
    worst first; how many places nobody leads a whole pathway for. The weak `ETag` stands for position and scope."""
    held = call.request.headers.get("if-none-match")

    def find(tx: Reading) -> tuple[str, bytes | NationalAnswer | None]:
        question = national_question(tx, references, query, query.pathway, call.clock)
        if etags.matches(held, question.tag):
            return question.tag, None
        return question.tag, deriving.kept(question.tag) or question.read(tx)

    tag, found = await call.read(find)
    headers = {"ETag": tag}
    if found is None:
        return Response(status_code=304, headers=headers)
    body = found if isinstance(found, bytes) else await deriving.body(tag, found.body)
    return Response(body, media_type="application/json", headers=headers)
