"""Fragmentation, place by place."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from concord_contracts.identifiers import Key
from concord_contracts.registry import FragmentationRanking, PlaceRanked
from concord_kit import etags
from concord_kit.calls import Call, allowed
from concord_kit.clock import Clock
from concord_kit.database import Reading
from concord_kit.positions import Position
from concord_kit.problems import problem_responses
from concord_registry.coverage_cache import tag_of
from concord_registry.deriving import Deriving
from concord_registry.places import of_kind, within
from concord_registry.ranking import FORMULA, RANKED_WHERE, ranking
from concord_registry.reading import When, position_of, require_known
from concord_registry.routes.shared import PathwayKey, References, json_routes
from concord_registry.store import claims
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import ENGLAND, GROUP_KINDS, Claim, Reference

router = json_routes("findings")


class RankingQuery(When):
    pathway: PathwayKey
    kind: Annotated[
        Literal["ccg", "council"],
        Field(description="Which places are compared; ccg: those of the day's CCGs, boards or trusts"),
    ] = "ccg"
    within: Annotated[Key, Field(description="An area, a region or `england`", examples=["greater-manchester"])] = (
        ENGLAND
    )


@dataclass(frozen=True)
class _Asked:
    position: Position
    reference: Reference
    places: tuple[str, ...]
    claims: list[Claim]
    pathway: str
    tag: str

    def body(self) -> bytes:
        found = ranking(self.reference, self.claims, self.pathway, self.places)
        ranked = sum(one.rank is not None for one in found)
        answer = FragmentationRanking(
            as_of=self.position.as_of,
            known_at=self.position.known_at,
            seq=self.position.seq,
            formula=FORMULA,
            ranked_where=RANKED_WHERE,
            pathways=[self.pathway],
            items=[
                PlaceRanked(
                    rank=one.rank,
                    place=one.place,
                    place_name=self.reference.places[one.place].name,
                    pathway=self.pathway,
                    score=one.score.score,
                    hand_overs=one.score.hand_overs,
                    stages_known=one.score.stages_known,
                    stages_confirmed_locally=one.score.stages_confirmed_locally,
                    stages=one.score.stages,
                    words=one.words,
                )
                for one in found
            ],
            ranked=ranked,
            not_ranked=len(found) - ranked,
            etag=self.tag,
        )
        return answer.model_dump_json().encode()


def _deriving(request: Request) -> Deriving:
    found: Deriving = request.app.state.deriving
    return found


@router.get(
    "/fragmentation",
    name="read_fragmentation",
    response_model=FragmentationRanking,
    responses={304: {"description": "Not changed"}, **problem_responses("unknown-code", "known-at-too-late", "busy")},
)
async def read_fragmentation(
    query: Annotated[RankingQuery, Query()],
    references: References,
    deriving: Annotated[Deriving, Depends(_deriving)],
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """Places by how often responsibility changes hands along a pathway, with the formula and the rule for who may be
    ranked. Places that may not be ranked are listed without a rank, and say why."""
    held = call.request.headers.get("if-none-match")

    def find(tx: Reading) -> tuple[str, bytes | _Asked | None]:
        position, reference, tag = _question(tx, references, query, call.clock)
        if etags.matches(held, tag):
            return tag, None
        return tag, deriving.kept(tag) or _asked(tx, position, reference, query, tag)

    tag, found = await call.read(find)
    if found is None:
        return Response(status_code=304, headers={"ETag": tag})
    body = found if isinstance(found, bytes) else await deriving.body(tag, found.body)
    return Response(body, media_type="application/json", headers={"ETag": tag})


def _question(
    tx: Reading, references: ReferenceReader, query: RankingQuery, clock: Clock
) -> tuple[Position, Reference, str]:
    position = position_of(tx, query, clock)
    reference = references.read(tx, position.as_of, position.known_at)
    require_known(reference, pathway=query.pathway, within=query.within)
    return position, reference, etags.weak(tag_of(position, fragmentation=[query.pathway, query.kind, query.within]))


def _asked(tx: Reading, position: Position, reference: Reference, query: RankingQuery, tag: str) -> _Asked:
    kinds = GROUP_KINDS if query.kind == "ccg" else (query.kind,)
    places = sorted(of_kind(reference, within(reference, query.within), *kinds))
    known = claims.of_pathways(tx, position.as_of, position.known_at, [query.pathway])
    return _Asked(position, reference, tuple(places), known, query.pathway, tag)
