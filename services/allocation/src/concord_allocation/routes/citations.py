"""What agreements cite. Only the agreements service writes here; it also asks for the digests that texts must name."""

from typing import Annotated

from fastapi import Depends, Path, Query
from starlette.responses import Response

from concord_allocation import scenarios, store
from concord_allocation.citations import is_news, misses, replaced
from concord_allocation.routes.queries import Known
from concord_allocation.routes.readable import ScenarioId, readable
from concord_contracts.allocation import Citations, CitationsState, ScenarioDigests
from concord_contracts.identifiers import Key
from concord_kit.calls import Call, Result, allowed
from concord_kit.database import Reading, Writing
from concord_kit.problems import problem_responses
from concord_kit.routing import Routes

router = Routes(prefix="/v1", tags=["citations"])

AgreementId = Annotated[Key, Path(description="An agreement", examples=["01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44"])]


@router.put(
    "/citations/{agreement}",
    summary="What an agreement cites, whole",
    description=(
        "A lower or equal sequence changes nothing; a higher one replaces what was held. A cited scenario is kept: it "
        "is not removed by any rule. What is cited but is not here is kept as said, and named in `missing`."
    ),
    response_model=CitationsState,
    responses=problem_responses("sequence-conflict"),
)
async def put_citations(
    agreement: AgreementId, incoming: Citations, call: Call = Depends(allowed("citations.put"))
) -> Response:
    def take(tx: Writing) -> CitationsState:
        held = store.citations.held(tx, agreement)
        news = is_news(held, incoming)
        if news:
            ending, beginning = replaced(store.citations.of_agreement(tx, agreement), incoming.citations)
            store.citations.keep(tx, agreement, incoming)
            store.citations.replace(tx, agreement, ending, beginning)
        else:
            tx.unchanged()
        here = store.citations.digests_here(tx, {one.scenario for one in incoming.citations})
        missing, differing = misses(incoming.citations, here)
        return CitationsState(
            agreement=agreement,
            sequence=incoming.sequence if held is None or news else held.sequence,
            digest=incoming.digest if held is None or news else held.digest,
            changed=news,
            missing=missing,
            differing=differing,
        )

    return await call.write(take, subject=f"citations:{agreement}")


@router.get(
    "/scenarios/{scenario}/digests",
    summary="What it takes to cite a scenario: its digests, what share rests on assumptions, whose money is in it",
    description="For whoever may read the scenario, and for the agreements service, which holds every citation to it.",
    response_model=ScenarioDigests,
    responses=problem_responses("not-found", "removed", "known-at-too-late", "dependency-unavailable"),
)
async def read_digests(
    scenario: ScenarioId, asked: Annotated[Known, Query()], call: Call = Depends(allowed("scenarios.read-digests"))
) -> Response:
    def find(tx: Reading) -> ScenarioDigests:
        return scenarios.digests(readable(tx, call, scenario, asked.known_at))

    return call.reply(Result(await call.read(find), version=1))
