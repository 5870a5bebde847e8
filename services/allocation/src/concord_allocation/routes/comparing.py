"""Scenarios held against each other: differences, the options appraisal, one that is solved again."""

from asyncio import to_thread

from fastapi import Depends
from starlette.responses import Response

from concord_allocation import scenarios, store
from concord_allocation.desk import Desk, the_desk
from concord_allocation.questions.appraisal import appraisal, what_differs
from concord_allocation.routes.question_examples import APPRAISAL_EXAMPLES
from concord_allocation.routes.readable import ScenarioId, readable
from concord_allocation.routes.workbooks import AS_WORKBOOK, Form, about
from concord_allocation.solving import difference
from concord_allocation.store.scenarios import StoredScenario
from concord_contracts.allocation import Answer, Difference
from concord_contracts.allocation.questions.appraisal import Appraisal, AppraisalRequest
from concord_contracts.allocation.scenarios import ReproduceRequest, Reproduction
from concord_kit.calls import Call, Result, allowed
from concord_kit.database import Reading
from concord_kit.problems import Problem as Refused
from concord_kit.problems import problem_responses
from concord_kit.routing import Routes

router = Routes(prefix="/v1", tags=["scenarios"])


@router.get(
    "/scenarios/{scenario}/compare/{other}",
    summary="What differs between any two scenarios: the other minus this one",
    description="By keys of payers, stages, lines and limits. Both must have a plan.",
    response_model=Difference,
    responses={
        **AS_WORKBOOK,
        **problem_responses("not-acceptable", "not-found", "removed", "no-difference", "dependency-unavailable"),
    },
)
async def compare_scenarios(
    scenario: ScenarioId,
    other: ScenarioId,
    call: Call = Depends(allowed("scenarios.read")),
    desk: Desk = Depends(the_desk),
) -> Response:
    form = Form(call, desk)

    def find(tx: Reading) -> tuple[StoredScenario, StoredScenario]:
        return readable(tx, call, scenario, None), readable(tx, call, other, None)

    before, after = await call.read(find)
    plans = scenarios.outcome_of(before), scenarios.outcome_of(after)
    units = {plan.totals.benefit_unit for plan in plans if isinstance(plan, Answer)}
    changed = difference(*plans) if len(units) == 1 else None
    if changed is None:
        raise Refused("no-difference", "Two plans that count benefit in the same unit can be compared.")
    title = f"{after.row.title}, compared with {before.row.title}"
    return await form.of(
        call.reply(Result(changed, version=1)), Difference, lambda: about(call, title, after, before), "difference"
    )


@router.post(
    "/appraisals",
    summary="Do nothing, minimum and recommended side by side, as the governing-body paper's tables",
    description="From three scenarios with a plan each; as JSON and as Markdown. Nothing is stored.",
    response_model=Appraisal,
    responses={
        **AS_WORKBOOK,
        **problem_responses("not-acceptable", "not-found", "removed", "no-difference", "dependency-unavailable"),
    },
    openapi_extra={"requestBody": {"content": {"application/json": {"examples": APPRAISAL_EXAMPLES}}}},
)
async def appraise(
    question: AppraisalRequest, call: Call = Depends(allowed("scenarios.read")), desk: Desk = Depends(the_desk)
) -> Response:
    form = Form(call, desk)
    named = question.model_dump()

    def find(tx: Reading) -> dict[str, StoredScenario]:
        return {option: readable(tx, call, scenario, None) for option, scenario in named.items()}

    found = await call.read(find)
    problems = {option: scenarios.problem_of(stored) for option, stored in found.items()}
    if apart := what_differs(list(problems.values())):
        raise Refused("no-difference", f"The three scenarios are not of the same {apart}: nothing adds up over them.")
    options = []
    for option, stored in found.items():
        plan = scenarios.outcome_of(stored)
        if not isinstance(plan, Answer):
            raise Refused("no-difference", f"The scenario for '{option}' has no plan.")
        options.append((option.replace("_", " "), stored.row.id, stored.row.title, plan))
    answer, chosen = call.reply(appraisal(problems["recommended"], options)), found["recommended"]
    title = f"Options appraisal: {chosen.row.title}"
    return await form.of(answer, Appraisal, lambda: about(call, title, chosen), "appraisal")


@router.post(
    "/scenarios/{scenario}/reproduce",
    summary="Solve a scenario's stored problem again and hold the digests against each other",
    description="Nothing is stored. Says on which versions it was solved then and now.",
    response_model=Reproduction,
    responses={
        **AS_WORKBOOK,
        **problem_responses("not-acceptable", "not-found", "removed", "busy", "not-solved", "dependency-unavailable"),
    },
    openapi_extra={"requestBody": {"content": {"application/json": {"examples": {"again": {"value": {}}}}}}},
)
async def reproduce(
    scenario: ScenarioId,
    question: ReproduceRequest,
    call: Call = Depends(allowed("scenarios.what-if")),
    desk: Desk = Depends(the_desk),
) -> Response:
    form = Form(call, desk)
    stored = await call.read(lambda tx: readable(tx, call, scenario, None))
    solved = await desk.solver.solve(
        scenarios.problem_of(stored), question="solve", limit_seconds=question.time_limit_seconds, prices=False
    )
    answer, title = call.reply(scenarios.reproduction(stored, solved)), f"Solved again: {stored.row.title}"
    return await form.of(answer, Reproduction, lambda: about(call, title, stored), "again")


@router.get(
    "/scenarios/{scenario}/difference",
    summary="What a what-if changed against the scenario it was asked of",
    response_model=Difference,
    responses={
        **AS_WORKBOOK,
        **problem_responses("not-acceptable", "not-found", "removed", "no-difference", "dependency-unavailable"),
    },
)
async def read_difference(
    scenario: ScenarioId, call: Call = Depends(allowed("scenarios.read")), desk: Desk = Depends(the_desk)
) -> Response:
    form = Form(call, desk)

    def find(tx: Reading) -> tuple[StoredScenario, StoredScenario | None]:
        after = readable(tx, call, scenario, None)
        parent = after.row.parent
        return after, store.scenarios.find_scenario(tx, parent, tx.head_at) if parent else None

    after, before = await call.read(find)
    changed = await to_thread(scenarios.changed, before, after) if before else None
    if changed is None:
        raise Refused("no-difference")
    title = f"What changed: {after.row.title}"
    return await form.of(
        call.reply(Result(changed, version=1)), Difference, lambda: about(call, title, after, before), "difference"
    )
