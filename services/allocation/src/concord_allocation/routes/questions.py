"""Questions a plan can be asked: one address for each kind, of a stored scenario and of a self-contained problem."""

from typing import Any

from fastapi import Depends
from starlette.responses import Response

from concord_allocation.desk import Desk, the_desk
from concord_allocation.questions.kinds import KINDS, Kind
from concord_allocation.routes.question_examples import QUESTION_EXAMPLES
from concord_allocation.routes.readable import ScenarioId, readable
from concord_allocation.routes.workbooks import AS_WORKBOOK, Form, about
from concord_allocation.scenarios import text_of
from concord_contracts.allocation import EXAMPLE_PROBLEM, Refusal
from concord_contracts.allocation.questions import with_problem
from concord_kit.calls import Call, allowed
from concord_kit.problems import problem_responses
from concord_kit.routing import Routes

router = Routes(prefix="/v1", tags=["questions"])

WHAT = (
    "Nothing is stored. The answer is bounded in time: `complete` and `left_out` say what there was no time for. Asked "
    "again it is the same, digest and all. A problem that no plan can satisfy is answered with its refusal. By "
    "`Accept` as JSON or as a workbook."
)
ERRORS = ("invalid-problem", "busy", "not-solved", "dependency-unavailable")


def _body(examples: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"content": {"application/json": {"examples": examples}}}}


def _add(kind: Kind[Any]) -> None:
    """Both addresses of a kind. The question's type is known only here, so it is set on the function."""

    async def of_problem(
        question: Any, call: Call = Depends(allowed("problems.solve")), desk: Desk = Depends(the_desk)
    ) -> Response:
        form = Form(call, desk)
        found = await desk.solver.ask(kind.path, question.problem, question)
        answer = Response(found, media_type="application/json")
        title = f"{kind.words}: {question.problem.title}"
        return await form.of(answer, told, lambda: about(call, title), kind.path)

    async def of_scenario(
        scenario: ScenarioId,
        question: Any,
        call: Call = Depends(allowed("scenarios.what-if")),
        desk: Desk = Depends(the_desk),
    ) -> Response:
        form = Form(call, desk)
        base = await call.read(lambda tx: readable(tx, call, scenario, None))
        found = await desk.solver.ask(kind.path, text_of(base), question)
        answer = Response(found, media_type="application/json")
        title = f"{kind.words}: {base.row.title}"
        return await form.of(answer, told, lambda: about(call, title, base), kind.path)

    told: Any = kind.found | Refusal
    name = kind.path.replace("-", "_")
    of_problem.__annotations__["question"] = with_problem(kind.question)
    of_scenario.__annotations__["question"] = kind.question
    examples = QUESTION_EXAMPLES[kind.path]
    whole = {
        key: {**example, "value": {"problem": EXAMPLE_PROBLEM, **example["value"]}} for key, example in examples.items()
    }
    router.post(
        f"/questions/{kind.path}",
        name=f"ask_{name}",
        summary=f"{kind.words}: of a self-contained problem",
        description=WHAT,
        response_model=told,
        responses={**AS_WORKBOOK, **problem_responses("not-acceptable", *ERRORS)},
        openapi_extra=_body(whole),
    )(of_problem)
    router.post(
        f"/scenarios/{{scenario}}/questions/{kind.path}",
        name=f"ask_{name}_of_scenario",
        summary=f"{kind.words}: of a scenario",
        description=WHAT,
        response_model=told,
        responses={**AS_WORKBOOK, **problem_responses("not-found", "removed", "not-acceptable", *ERRORS)},
        openapi_extra=_body(examples),
    )(of_scenario)


for each in KINDS:
    _add(each)
