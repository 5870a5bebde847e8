"""Self-contained problems: solved or checked, never stored."""

from asyncio import to_thread

from fastapi import Depends
from starlette.responses import Response

from concord_allocation.core.problem import InvalidProblem
from concord_allocation.desk import Desk, the_desk
from concord_allocation.questions.asking import at
from concord_allocation.routes.examples import PROBLEM_EXAMPLES, PROBLEM_WHAT_IF_EXAMPLES, SOLVE_EXAMPLES
from concord_allocation.routes.workbooks import AS_WORKBOOK, Form, about
from concord_allocation.solving import difference
from concord_contracts.allocation import Outcome, Problem, ProblemWhatIf, ProblemWhatIfRequest, SolveRequest
from concord_contracts.allocation.scenarios import Checked
from concord_kit.calls import Call, allowed
from concord_kit.problems import problem_responses
from concord_kit.routing import Routes

router = Routes(prefix="/v1", tags=["problems"])


@router.post(
    "/solve",
    summary="Solve a problem that says everything itself",
    description=(
        "Nothing is stored, so no `Idempotency-Key` is needed. A problem that no plan can satisfy is answered with 200 "
        "and a refusal: the limits that conflict, and the least loosening that would let a plan exist. "
        "`feasible_not_proven` says that the time limit came before the proof. By `Accept` as JSON or as a "
        "workbook."
    ),
    response_model=Outcome,
    responses={
        **AS_WORKBOOK,
        **problem_responses("invalid-problem", "not-acceptable", "busy", "not-solved", "dependency-unavailable"),
    },
    openapi_extra={"requestBody": {"content": {"application/json": {"examples": SOLVE_EXAMPLES}}}},
)
async def solve(
    question: SolveRequest,
    call: Call = Depends(allowed("problems.solve")),
    desk: Desk = Depends(the_desk),
) -> Response:
    form = Form(call, desk)
    try:
        solved = await desk.solver.solve(
            question.problem, question="solve", limit_seconds=question.time_limit_seconds, prices=question.prices
        )
    except InvalidProblem as invalid:
        raise at("/problem", invalid) from invalid
    answer = Response(solved.outcome_json, media_type="application/json")
    return await form.of(answer, Outcome, lambda: about(call, question.problem.title))


@router.post(
    "/what-if",
    summary="Change a problem that says everything itself, and see the difference",
    description=(
        "As a scenario's what-if, of a problem that comes with the question: changes are applied in order, one that "
        "selects nothing is refused, and the problem is solved as it came and as changed. Nothing is stored, so no "
        "`Idempotency-Key` is needed. `difference` is none where either has no plan. By `Accept` as JSON or "
        "as a workbook."
    ),
    response_model=ProblemWhatIf,
    responses={
        **AS_WORKBOOK,
        **problem_responses("invalid-problem", "not-acceptable", "busy", "not-solved", "dependency-unavailable"),
    },
    openapi_extra={"requestBody": {"content": {"application/json": {"examples": PROBLEM_WHAT_IF_EXAMPLES}}}},
)
async def ask_what_if_of_problem(
    question: ProblemWhatIfRequest,
    call: Call = Depends(allowed("problems.solve")),
    desk: Desk = Depends(the_desk),
) -> Response:
    form = Form(call, desk)
    seconds, changes = question.time_limit_seconds, question.changes
    try:
        base = await desk.solver.solve(question.problem, question="what-if", limit_seconds=seconds)
    except InvalidProblem as invalid:
        raise at("/problem", invalid) from invalid
    changed = await desk.solver.what_if(base.problem_json, changes, limit_seconds=seconds)
    body = ProblemWhatIf(
        base_problem_digest=base.outcome.problem_digest,
        base_answer_digest=base.outcome.digest,
        base_status=base.outcome.status,
        problem=changed.problem,
        outcome=changed.outcome,
        difference=await to_thread(difference, base.outcome, changed.outcome, base.problem_json, changes),
    )
    title = f"What if: {question.problem.title}"
    return await form.of(call.reply(body), ProblemWhatIf, lambda: about(call, title), "what-if")


@router.post(
    "/problems/check",
    summary="Whether a problem is well formed and consistent",
    description="Every contradiction is named at once. Whether a plan exists is for `/v1/solve` to say.",
    responses=problem_responses("invalid-problem", "busy", "dependency-unavailable"),
    openapi_extra={"requestBody": {"content": {"application/json": {"examples": PROBLEM_EXAMPLES}}}},
)
async def check_problem(
    problem: Problem,
    call: Call = Depends(allowed("problems.solve")),
    desk: Desk = Depends(the_desk),
) -> Checked:
    return Checked(
        problem_digest=await desk.solver.check(problem),
        years=len(problem.years),
        lines=len(problem.lines),
        purses=len(problem.purses),
        limits=len(problem.limits) + len(problem.pace_of_change),
    )
