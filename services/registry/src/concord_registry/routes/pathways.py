"""Stages, pathways and the rule book as such."""

from typing import Annotated

from fastapi import Depends, Query, Response

from concord_contracts.registry import Pathways, Rules, Stages
from concord_kit.calls import Call, Result, allowed
from concord_kit.clock import Clock
from concord_kit.database import Reading
from concord_kit.positions import Position
from concord_kit.problems import problem_responses
from concord_registry import views
from concord_registry.reading import Page, When, cursor_after, position_of, require_known, start_of
from concord_registry.routes.shared import PathwayKey, References, StageKeys, WhenQuery, json_routes, next_page
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import ANY, Reference

router = json_routes("pathways")


@router.get("/stages", name="list_stages", response_model=Stages, responses=problem_responses("known-at-too-late"))
async def list_stages(query: WhenQuery, references: References, call: Call = Depends(allowed("map.read"))) -> Response:
    """Every stage and function, in order."""
    position, reference = await call.read(lambda tx: _at(tx, references, query, call.clock))
    found = sorted(reference.stages.values(), key=lambda stage: (stage.order, stage.key))
    return call.reply(
        Stages(
            as_of=position.as_of,
            known_at=position.known_at,
            seq=position.seq,
            items=[views.stage(one) for one in found],
        )
    )


@router.get(
    "/pathways", name="list_pathways", response_model=Pathways, responses=problem_responses("known-at-too-late")
)
async def list_pathways(
    query: WhenQuery, references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """Every pathway with its stages in clinical order."""
    position, reference = await call.read(lambda tx: _at(tx, references, query, call.clock))
    found = sorted(reference.pathways.values(), key=lambda pathway: pathway.key)
    return call.reply(
        Pathways(
            as_of=position.as_of,
            known_at=position.known_at,
            seq=position.seq,
            items=[views.pathway(one) for one in found],
        )
    )


def _at(tx: Reading, references: ReferenceReader, when: When, clock: Clock) -> tuple[Position, Reference]:
    position = position_of(tx, when, clock)
    return position, references.read(tx, position.as_of, position.known_at)


class RulesQuery(Page):
    pathway: PathwayKey | None = None
    stage: StageKeys = []


@router.get(
    "/rules",
    name="list_rules",
    response_model=Rules,
    responses=problem_responses("bad-cursor", "unknown-code", "known-at-too-late"),
)
async def list_rules(
    query: Annotated[RulesQuery, Query()], references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """Rules in force on the day, by key; for a pathway, its own and those for every pathway."""
    page = await call.read(lambda tx: _rules(tx, references, query, call.clock))
    return call.reply(Result(page, headers=next_page(call, page.next_cursor)))


def _rules(tx: Reading, references: ReferenceReader, query: RulesQuery, clock: Clock) -> Rules:
    start = start_of(tx, query, clock, str)
    reference = references.read(tx, start.position.as_of, start.position.known_at)
    require_known(reference, pathway=query.pathway, stage=query.stage)
    found = sorted(
        (
            rule
            for rule in reference.rules
            if (query.pathway is None or rule.pathway in (query.pathway, ANY))
            and (not query.stage or rule.stage in query.stage)
            and (start.after is None or rule.key > start.after[0])
        ),
        key=lambda rule: rule.key,
    )
    items = found[: query.limit]
    return Rules(
        as_of=start.position.as_of,
        known_at=start.position.known_at,
        seq=start.position.seq,
        items=[views.rule(reference, one) for one in items],
        next_cursor=cursor_after(start.position, items[-1].key) if len(found) > query.limit else None,
    )
