"""What the rule of retention lets go, its removal by a person, and what stays to be seen of it."""

from typing import Annotated

from fastapi import Depends, Query, Request
from starlette.responses import Response

from concord_allocation import retention, store
from concord_allocation.removing import removed, shown_tombstone
from concord_allocation.routes.queries import KnownPage
from concord_contracts.allocation.retention import Removal, RemovalIn, RemovedPage, RetentionDue
from concord_kit.authority import Relation
from concord_kit.calls import Call, Result, allowed
from concord_kit.database import Reading, Writing
from concord_kit.paging import encode_cursor, next_link
from concord_kit.positions import resolve
from concord_kit.problems import problem_responses
from concord_kit.routing import Routes

router = Routes(prefix="/v1/retention", tags=["retention"])


REMOVAL_EXAMPLES = {
    "nothing": {
        "summary": "The list on which nothing is due",
        "value": {"digest": retention.digest([]), "reason": "yearly review of records"},
    }
}


def years_of(request: Request) -> int:
    """The setting of the application that answers."""
    years: int = request.app.state.retention_years
    return years


def _whose(call: Call) -> list[str | None] | None:
    """A body's own scenarios; an auditor sees everybody's."""
    return None if call.grant.row.relation is Relation.AUDITOR else [call.acting_for]


@router.get(
    "/due",
    summary="Scenarios that the rule would remove",
    description=(
        "Those made for the body acted for; an auditor sees all. Nothing goes by itself: a removal quotes `digest`. "
        "Cited scenarios, and what kept ones were built on, are never due."
    ),
    response_model=RetentionDue,
    responses=problem_responses("dependency-unavailable"),
)
async def list_due(call: Call = Depends(allowed("retention.read")), years: int = Depends(years_of)) -> Response:
    now = call.clock()

    def find(tx: Reading) -> RetentionDue:
        rule = retention.rule(now, years)
        found = retention.due(store.retention.held(tx), rule.untouched_since, _whose(call))
        items = found[: retention.MOST_AT_ONCE]
        return RetentionDue(
            known_at=tx.head_at,
            rule=rule,
            digest=retention.digest(items),
            items=[retention.shown(one) for one in items],
            more=len(found) > len(items),
        )

    return call.reply(await call.read(find))


@router.post(
    "/removals",
    summary="Remove what is due, exactly as it was read",
    description=(
        "Problems and answers go for good; a tombstone stays of each. 409 where the list is no longer the one whose "
        "digest is quoted: an agreement cites one meanwhile, or somebody built on one."
    ),
    response_model=Removal,
    responses=problem_responses("conflict", "dependency-unavailable"),
    openapi_extra={"requestBody": {"content": {"application/json": {"examples": REMOVAL_EXAMPLES}}}},
)
async def remove_due(
    wanted: RemovalIn,
    call: Call = Depends(allowed("retention.remove", idempotent=True)),
    years: int = Depends(years_of),
) -> Response:
    def take_out(tx: Writing) -> Removal:
        left = removed(tx, years, _whose(call), wanted.digest)
        return Removal(removed=[shown_tombstone(one) for one in left])

    return await call.write(take_out, subject=f"retention:{wanted.digest[:12]}", reason=wanted.reason)


@router.get(
    "/removed",
    summary="What was removed: ids, digests, when and by which rule",
    description=(
        "Of scenarios that the body's money was in or that were made for it; an auditor sees all. For whoever may read "
        "scenarios, and for the records manager, who may have removed them."
    ),
    response_model=RemovedPage,
    responses=problem_responses("bad-cursor", "known-at-too-late", "dependency-unavailable"),
)
async def list_removed(
    asked: Annotated[KnownPage, Query()], call: Call = Depends(allowed("scenarios.read-removed"))
) -> Response:
    before = asked.before

    def find(tx: Reading) -> RemovedPage:
        at = resolve(tx, None, asked.known_at, call.clock)
        found = store.retention.list_tombstones(
            tx,
            body=call.visible_party(),
            known_at=at.known_at,
            before=before,
            limit=asked.limit + 1,
        )
        following = encode_cursor(found[asked.limit - 1].seq) if len(found) > asked.limit else None
        items = [shown_tombstone(one) for one in found[: asked.limit]]
        return RemovedPage(known_at=at.known_at, items=items, next_cursor=following)

    page = await call.read(find)
    return call.reply(Result(page, headers=next_link(call.request, page.next_cursor)))
