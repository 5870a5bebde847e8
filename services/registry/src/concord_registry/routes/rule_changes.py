"""The rule book through time, and its changes: looked at before they are made, and made in one transaction."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request, Response

from concord_contracts.identifiers import Key
from concord_contracts.registry import RuleChangeEffect, RuleChangeIn, RuleChanges, RuleChangeView, RuleVersions
from concord_kit.calls import Call, Result, allowed
from concord_kit.database import Reading, Writing
from concord_kit.positions import Position
from concord_kit.problems import Problem, problem_responses
from concord_registry import views_of_rules
from concord_registry.deriving import Deriving
from concord_registry.reading import Page, cursor_after, require_known, start_of
from concord_registry.routes.shared import PathwayKey, References, StageKeys, json_routes, next_page
from concord_registry.rule_changes import changing
from concord_registry.rule_changes.effect import Effect, effect
from concord_registry.store import claims
from concord_registry.store import rule_changes as stored
from concord_registry.world import Claim, Reference

router = json_routes("rule book")

MOST_MAPS = 30


class VersionsQuery(Page):
    pathway: PathwayKey | None = None
    stage: StageKeys = []


@router.get(
    "/rules/versions",
    name="list_rule_versions",
    response_model=RuleVersions,
    responses=problem_responses("bad-cursor", "unknown-code", "known-at-too-late"),
)
async def list_rule_versions(
    query: Annotated[VersionsQuery, Query()], references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """Every rule for every period in the world, with when it was recorded, whether it counts and who sent it: the rule
    book on both time axes. Its version, which a change names in `If-Match`, is in the body and the `ETag`."""

    def find(tx: Reading) -> RuleVersions:
        start = start_of(tx, query, call.clock, int)
        position = start.position
        reference = references.read(tx, position.as_of, position.known_at)
        require_known(reference, pathway=query.pathway, stage=query.stage)
        rows = stored.every_row(tx, position.known_at, stages=query.stage, pathway=query.pathway)
        first = start.after[0] if start.after else 0
        shown = rows[first : first + query.limit]
        following = first + query.limit
        used = stored.in_use(tx, position.known_at)
        return RuleVersions(
            as_of=position.as_of,
            known_at=position.known_at,
            seq=position.seq,
            version=stored.version(tx, position.known_at),
            items=[views_of_rules.rule_version(reference, row, position.known_at, row.row in used) for row in shown],
            next_cursor=cursor_after(position, following) if len(rows) > following else None,
        )

    page = await call.read(find)
    return call.reply(Result(page, version=page.version, headers=next_page(call, page.next_cursor)))


def _deriving(request: Request) -> Deriving:
    found: Deriving = request.app.state.deriving
    return found


@router.post(
    "/rules/changes/preview",
    name="preview_rule_change",
    response_model=RuleChangeEffect,
    responses=problem_responses("unknown-code"),
)
async def preview_rule_change(
    change: RuleChangeIn,
    references: References,
    deriving: Annotated[Deriving, Depends(_deriving)],
    pathway: Annotated[
        list[PathwayKey],
        Query(max_length=MOST_MAPS, description="Maps looked at for findings; default the four most common cancers"),
    ] = [],  # noqa: B006 - a default of the framework
    call: Call = Depends(allowed("rules.preview")),
) -> Response:
    """What a change of the rule book would do on its first day, before it is made: stages, places and cells, who gains
    and who loses responsibility, claims and agreements it touches, findings that appear and disappear."""

    def find(tx: Reading) -> tuple[Position, int, Reference, Reference, list[Claim]]:
        day = changing.day_of(change)
        position = Position(day, tx.head_at, tx.head_seq)
        before = references.read(tx, day, tx.head_at)
        require_known(before, pathway=pathway)
        found, _ = changing.timelines(tx, before, change)
        in_force = claims.of_pathways(tx, day, tx.head_at, before.pathways)
        return position, stored.version(tx, tx.head_at), before, changing.rules_after(before, found), in_force

    position, version, before, after, in_force = await call.read(find)
    maps = sorted(set(pathway)) or sorted(key for key, one in before.pathways.items() if one.big_four)

    def derive() -> Effect:
        return effect(before, after, in_force, maps)

    found = await deriving.turn(derive)
    return call.reply(views_of_rules.effect(before, position, version, change, found, maps))


@router.post(
    "/rules/changes",
    name="change_rules",
    status_code=201,
    response_model=RuleChangeView,
    responses=problem_responses("unknown-code", "conflict"),
)
async def change_rules(
    change: RuleChangeIn,
    references: References,
    call: Call = Depends(allowed("rules.change", idempotent=True, if_match=True)),
) -> Response:
    """Change the rule book from a day on, past or to come, in one transaction. Refused where it has changed since the
    version in `If-Match`. The rules stand in place of the shipped ones, and a later load leaves them alone."""
    me = call.acting_for or ""

    def carry_out(tx: Writing) -> Result:
        made = changing.change(tx, references, change, me=me, expect=call.expect)
        return Result(made, version=made.version, location=f"/v1/rules/changes/{made.id}")

    return await call.write(carry_out, status=201, reason=change.reason)


@router.get(
    "/rules/changes",
    name="list_rule_changes",
    response_model=RuleChanges,
    responses=problem_responses("bad-cursor", "known-at-too-late"),
)
async def list_rule_changes(query: Annotated[Page, Query()], call: Call = Depends(allowed("map.read"))) -> Response:
    """Changes of the rule book that were made, the latest first."""

    def find(tx: Reading) -> RuleChanges:
        start = start_of(tx, query, call.clock, int)
        position = start.position
        before = start.after[0] if start.after else None
        found = stored.listed(tx, position.known_at, before=before, limit=query.limit + 1)
        shown = found[: query.limit]
        return RuleChanges(
            as_of=position.as_of,
            known_at=position.known_at,
            seq=position.seq,
            items=[view for _, view in shown],
            next_cursor=cursor_after(position, shown[-1][0]) if len(found) > query.limit else None,
        )

    page = await call.read(find)
    return call.reply(Result(page, headers=next_page(call, page.next_cursor)))


@router.get(
    "/rules/changes/{change}",
    name="read_rule_change",
    response_model=RuleChangeView,
    responses=problem_responses("not-found"),
)
async def read_rule_change(
    change: Annotated[Key, Path(description="A change of the rule book", examples=["0193-none"])],
    call: Call = Depends(allowed("map.read")),
) -> Response:
    """A change of the rule book that was made."""
    found = await call.read(lambda tx: stored.find(tx, change))
    if found is None:
        raise Problem("not-found", f"There is no change {change} of the rule book.")
    return call.reply(found)
