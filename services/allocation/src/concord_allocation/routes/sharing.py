"""Dividing what a plan costs and gains between the parties to it."""

from fastapi import Depends
from starlette.responses import Response

from concord_allocation.desk import Desk, the_desk
from concord_allocation.routes.examples import (
    CLAIMS_EXAMPLES,
    GAME_EXAMPLES,
    SCENARIO_SHARING_EXAMPLES,
    SHARING_EXAMPLES,
)
from concord_allocation.routes.readable import ScenarioId, readable
from concord_allocation.routes.workbooks import AS_WORKBOOK, Form, about
from concord_allocation.scenarios import outcome_of, text_of
from concord_allocation.sharing.stated import divide_estate
from concord_contracts.allocation.sharing import (
    ClaimsAnswer,
    ClaimsRequest,
    GameAnswer,
    GameRequest,
    SharingOutcome,
    SharingQuestion,
    SharingRequest,
)
from concord_kit.calls import Call, allowed
from concord_kit.problems import problem_responses
from concord_kit.routing import Routes

router = Routes(prefix="/v1", tags=["sharing"])

WHAT = (
    "Default divisions first (as planned, by outturn, by activity, by stated keys such as people), each in whole "
    "pounds with the coalition that would complain most and the payments by purse and year that realise it, or the "
    "limits in its way. With `annex`: Shapley value, nucleolus, Owen's division, claims rules. Nothing is stored. By "
    "`Accept` as JSON or as a workbook."
)


@router.post(
    "/sharing",
    summary="Divide the cost and gain of a self-contained problem's plan",
    description=WHAT,
    response_model=SharingOutcome,
    responses={
        **AS_WORKBOOK,
        **problem_responses("invalid-problem", "not-acceptable", "busy", "not-solved", "dependency-unavailable"),
    },
    openapi_extra={"requestBody": {"content": {"application/json": {"examples": SHARING_EXAMPLES}}}},
)
async def share_problem(
    question: SharingRequest, call: Call = Depends(allowed("problems.solve")), desk: Desk = Depends(the_desk)
) -> Response:
    form = Form(call, desk)
    found = await desk.solver.share(question.problem, question)
    answer = Response(found, media_type="application/json")
    return await form.of(answer, SharingOutcome, lambda: about(call, f"Shares: {question.problem.title}"), "shares")


@router.post(
    "/scenarios/{scenario}/sharing",
    summary="Divide the cost and gain of a scenario's plan",
    description=WHAT,
    response_model=SharingOutcome,
    responses={
        **AS_WORKBOOK,
        **problem_responses(
            "not-found", "removed", "invalid-problem", "not-acceptable", "busy", "not-solved", "dependency-unavailable"
        ),
    },
    openapi_extra={"requestBody": {"content": {"application/json": {"examples": SCENARIO_SHARING_EXAMPLES}}}},
)
async def share_scenario(
    scenario: ScenarioId,
    question: SharingQuestion,
    call: Call = Depends(allowed("scenarios.what-if")),
    desk: Desk = Depends(the_desk),
) -> Response:
    form = Form(call, desk)
    base = await call.read(lambda tx: readable(tx, call, scenario, None))
    found = await desk.solver.share(text_of(base), question, outcome_of(base))
    answer = Response(found, media_type="application/json")
    return await form.of(answer, SharingOutcome, lambda: about(call, f"Shares: {base.row.title}", base), "shares")


@router.post(
    "/games",
    summary="Divide a game that somebody else valued",
    description="Shapley value, nucleolus and nucleolus per member, the core test. Up to 12 players.",
    response_model=GameAnswer,
    responses={**AS_WORKBOOK, **problem_responses("not-acceptable", "busy", "not-solved", "dependency-unavailable")},
    openapi_extra={"requestBody": {"content": {"application/json": {"examples": GAME_EXAMPLES}}}},
)
async def divide_stated_game(
    game: GameRequest, call: Call = Depends(allowed("problems.solve")), desk: Desk = Depends(the_desk)
) -> Response:
    form = Form(call, desk)
    answer = call.reply(await desk.solver.divide_game(game))
    return await form.of(answer, GameAnswer, lambda: about(call, "A stated game"), "game")


@router.post(
    "/claims-rules",
    summary="Divide an estate between claims on it, by every rule",
    response_model=ClaimsAnswer,
    responses={**AS_WORKBOOK, **problem_responses("not-acceptable", "busy", "dependency-unavailable")},
    openapi_extra={"requestBody": {"content": {"application/json": {"examples": CLAIMS_EXAMPLES}}}},
)
async def divide_claims(
    claims: ClaimsRequest, call: Call = Depends(allowed("problems.solve")), desk: Desk = Depends(the_desk)
) -> Response:
    form = Form(call, desk)
    answer = call.reply(divide_estate(claims))
    return await form.of(answer, ClaimsAnswer, lambda: about(call, "Claims on an estate"), "claims")
