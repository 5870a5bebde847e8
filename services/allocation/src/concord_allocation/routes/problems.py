"""Self-contained problems: solved or checked, never stored."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from concord_allocation.core.problem import InvalidProblem
from concord_allocation.desk import Desk, the_desk
from concord_allocation.routes.examples import PROBLEM_EXAMPLES, SOLVE_EXAMPLES
from concord_contracts.allocation import Outcome, Problem, SolveRequest
from concord_contracts.allocation.scenarios import Checked
from concord_kit.calls import Call, allowed
from concord_kit.problems import problem_responses

router = APIRouter(prefix="/v1", tags=["problems"])


@router.post(
    "/solve",
    summary="Solve a problem that says everything itself",
    description=(
        "Nothing is stored, so no `Idempotency-Key` is needed. A problem that no plan can satisfy is answered with 200 "
        "and a refusal: the limits that conflict, and the least loosening that would let a plan exist. "
        "`feasible_not_proven` says that the time limit came before the proof."
    ),
    response_model=Outcome,
    responses=problem_responses("invalid-problem", "busy", "not-solved", "dependency-unavailable"),
    openapi_extra={"requestBody": {"content": {"application/json": {"examples": SOLVE_EXAMPLES}}}},
)
async def solve(
    question: SolveRequest,
    call: Call = Depends(allowed("problems.solve")),
    desk: Desk = Depends(the_desk),
) -> Response:
    try:
        solved = await desk.solver.solve(
            question.problem, question="solve", limit_seconds=question.time_limit_seconds, prices=question.prices
        )
    except InvalidProblem as invalid:
        raise InvalidProblem(
            [fault._replace(pointer=f"/problem{fault.pointer}") for fault in invalid.faults]
        ) from invalid
    return Response(solved.outcome_json, media_type="application/json")


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
