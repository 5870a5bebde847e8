"""Scenarios: a question built from figures, map and agreements, its answer, and what-ifs from there."""

from asyncio import to_thread
from typing import Annotated

from fastapi import Depends, Query
from starlette.responses import Response

from concord_allocation import scenarios, store
from concord_allocation.assembly.assemble import assembled
from concord_allocation.core.problem import InvalidProblem
from concord_allocation.desk import Desk, the_desk
from concord_allocation.gathering import Caller, gather
from concord_allocation.questions.asking import at
from concord_allocation.routes.examples import SCENARIO_EXAMPLES, WHAT_IF_EXAMPLES
from concord_allocation.routes.queries import Known, ScenarioList
from concord_allocation.routes.readable import ScenarioId, cited_by, readable, scenario_read
from concord_allocation.routes.workbooks import AS_WORKBOOK, CREATED_AS_WORKBOOK, Form, about
from concord_allocation.scenarios import Asked
from concord_allocation.solving import difference
from concord_allocation.store.scenarios import NewScenario
from concord_contracts.allocation import Problem, Scenario, WhatIfRequest, WhatIfResult
from concord_contracts.allocation.scenarios import (
    AnyScenarioRequest,
    ScenarioPage,
    ScenarioRequest,
    StatedScenarioRequest,
)
from concord_contracts.identifiers import first_day
from concord_kit.calls import Call, Result, allowed
from concord_kit.database import Reading, Writing
from concord_kit.paging import encode_cursor, next_link
from concord_kit.positions import resolve
from concord_kit.problems import problem_responses
from concord_kit.routing import Routes

router = Routes(prefix="/v1", tags=["scenarios"])


@router.post(
    "/scenarios",
    status_code=201,
    summary="Build a problem from the reference figures, the map and the agreements in force, and solve it",
    description=(
        "The caller's token is forwarded: the map and the agreements are read as the caller may read them. Eligibility "
        "comes from there alone. A plan and a refusal are both answers: 201, and the scenario is kept with its "
        "problem. With `problem` in place of pathways, places and years the problem is stated whole, somebody else's "
        "or one written by hand: it is solved and kept as it is, says `stated`, and is for the body acted for alone."
    ),
    response_model=Scenario,
    responses={
        **CREATED_AS_WORKBOOK,
        **problem_responses(
            "not-acceptable",
            "invalid-problem",
            "known-at-too-late",
            "nothing-loaded",
            "busy",
            "not-solved",
            "dependency-unavailable",
            "dependency-refused",
        ),
    },
    openapi_extra={"requestBody": {"content": {"application/json": {"examples": SCENARIO_EXAMPLES}}}},
)
async def create_scenario(
    request: AnyScenarioRequest,
    call: Call = Depends(allowed("scenarios.create", idempotent=True)),
    desk: Desk = Depends(the_desk),
) -> Response:
    form = Form(call, desk)
    return await form.of(await _created(request, call, desk), Scenario, lambda: about(call, request.title), "scenario")


async def _created(request: ScenarioRequest | StatedScenarioRequest, call: Call, desk: Desk) -> Response:
    async with desk.one_at_a_time(call):
        again = await call.replayed()
        if again is not None:
            return again
        if isinstance(request, StatedScenarioRequest):
            asked, problem = await _stated(request, call, desk), request.problem
        else:
            asked, problem = await _built(request, call, desk)
        try:
            solved = await desk.solver.solve(problem, question="scenario", limit_seconds=request.time_limit_seconds)
        except InvalidProblem as invalid:
            raise at("/problem", invalid) if asked.stated_for else invalid from invalid
        new = scenarios.new_scenario(asked, solved)

        def record(tx: Writing) -> Result:
            return Result(_made(tx, desk, new), location=f"/v1/scenarios/{new.id}")

        return await call.write(record, subject=f"scenario:{new.id}", status=201)


async def _stated(request: StatedScenarioRequest, call: Call, desk: Desk) -> Asked:
    """Who stated a problem: nothing is read for it, so that its position is where the figures stand."""
    figures = await desk.figures_at(call, None)
    return Asked(
        title=request.title,
        note=request.note,
        author=call.actor,
        acting_for=call.acting_for,
        as_of=first_day(request.problem.years[0].key),
        known_at=await call.read(lambda tx: resolve(tx, None, None, call.clock).known_at),
        edition=figures.edition.edition,
        dependencies=[],
        stated_for=call.acting_for,
    )


async def _built(request: ScenarioRequest, call: Call, desk: Desk) -> tuple[Asked, Problem]:
    """The problem from figures, map and agreements, and the positions they were read at."""
    figures = await desk.figures_at(call, request.known_at)
    caller = Caller(call.token, call.acting_for)
    found = await gather(request, caller, figures, desk.registry, desk.agreements)
    problem, told = assembled(found.world)
    asked = Asked(
        title=request.title,
        note=request.note,
        author=call.actor,
        acting_for=call.acting_for,
        as_of=found.as_of,
        known_at=found.known_at,
        edition=figures.edition.edition,
        dependencies=found.dependencies,
        oldest=await figures.oldest(scenarios.uses_of(problem)),
        told=told,
    )
    return asked, problem


def _made(tx: Writing, desk: Desk, new: NewScenario) -> Scenario:
    """A scenario just recorded, which nobody can have cited yet."""
    stored = store.scenarios.add_scenario(tx, new)
    fresh = scenarios.fresh_of(stored, desk.changes_of(tx), tx.at)
    return scenarios.shown(stored, fresh=fresh)


@router.post(
    "/scenarios/{scenario}/what-if",
    status_code=201,
    summary="Change a scenario's problem, solve it again, and see the difference",
    description=(
        "Changes are applied in order; one that selects nothing is refused. The answer is kept as a scenario of its "
        "own, so that an agreement can cite it. Where the changed problem has no plan the answer says which limits "
        "conflict and the least loosening; there is no difference then."
    ),
    response_model=WhatIfResult,
    responses={
        **CREATED_AS_WORKBOOK,
        **problem_responses(
            "not-acceptable", "not-found", "removed", "invalid-problem", "busy", "not-solved", "dependency-unavailable"
        ),
    },
    openapi_extra={"requestBody": {"content": {"application/json": {"examples": WHAT_IF_EXAMPLES}}}},
)
async def ask_what_if(
    scenario: ScenarioId,
    question: WhatIfRequest,
    call: Call = Depends(allowed("scenarios.what-if", idempotent=True)),
    desk: Desk = Depends(the_desk),
) -> Response:
    form = Form(call, desk)
    answer = await _what_if_asked(scenario, question, call, desk)
    return await form.of(answer, WhatIfResult, lambda: about(call, "What if"), "what-if")


async def _what_if_asked(scenario: str, question: WhatIfRequest, call: Call, desk: Desk) -> Response:
    async with desk.one_at_a_time(call):
        base = await call.read(lambda tx: readable(tx, call, scenario, None))
        again = await call.replayed()
        if again is not None:
            return again
        solved = await desk.solver.what_if(
            scenarios.text_of(base), question.changes, limit_seconds=question.time_limit_seconds
        )
        known, built = scenarios.shown(base), scenarios.built_of(base)
        title = question.title
        if title is None:
            title = await to_thread(scenarios.default_title, base, question.changes)
        asked = Asked(
            title=title,
            note=question.note,
            author=call.actor,
            acting_for=call.acting_for,
            as_of=known.as_of,
            known_at=known.known_at,
            edition=base.row.edition,
            dependencies=known.dependencies,
            parent=base.row.id,
            changes=question.changes,
            oldest=(built.oldest_edition, built.oldest_at),
            stated_for=scenarios.stated_for(base),
        )
        new = scenarios.new_scenario(asked, solved)
        changed = await to_thread(difference, known.outcome, solved.outcome, scenarios.text_of(base), question.changes)

        def record(tx: Writing) -> Result:
            readable(tx, call, scenario, None)
            body = WhatIfResult(base=base.row.id, scenario=_made(tx, desk, new), difference=changed)
            return Result(body, location=f"/v1/scenarios/{new.id}")

        return await call.write(record, subject=f"scenario:{new.id}", status=201)


@router.get(
    "/scenarios",
    summary="Scenarios that the caller's money is in, newest first",
    description=(
        "Auditors see all. `digest`: only those whose problem or answer has it, as papers and agreements quote them; a "
        "scenario of other bodies' money is not found by it either."
    ),
    response_model=ScenarioPage,
    responses=problem_responses("bad-cursor", "known-at-too-late", "dependency-unavailable"),
)
async def list_scenarios(
    asked: Annotated[ScenarioList, Query()],
    call: Call = Depends(allowed("scenarios.read")),
    desk: Desk = Depends(the_desk),
) -> Response:
    before = asked.before

    def find(tx: Reading) -> ScenarioPage:
        at = resolve(tx, None, asked.known_at, call.clock)
        found = store.scenarios.list_scenarios(
            tx,
            party=call.visible_party(),
            author=call.actor,
            known_at=at.known_at,
            before=before,
            limit=asked.limit + 1,
            digest=asked.digest,
        )
        following = encode_cursor(found[asked.limit - 1].seq) if len(found) > asked.limit else None
        shown = found[: asked.limit]
        citing = cited_by(tx, call, shown, at.known_at)
        changes = desk.changes_of(tx)
        items = [scenarios.listed(one, citing[one.id], scenarios.fresh_of(one, changes, at.known_at)) for one in shown]
        return ScenarioPage(known_at=at.known_at, items=items, next_cursor=following)

    page = await call.read(find)
    return call.reply(Result(page, headers=next_link(call.request, page.next_cursor)))


@router.get(
    "/scenarios/{scenario}",
    summary="A scenario with its answer",
    description=(
        "Its problem is at `/problem`. The question and its answer never change; `cited_by` is what agreements say "
        "of it, `freshness` whether its figures were replaced since, so the ETag is a weak one."
    ),
    response_model=Scenario,
    responses={
        **AS_WORKBOOK,
        **problem_responses("not-acceptable", "not-found", "removed", "known-at-too-late", "dependency-unavailable"),
    },
)
async def read_scenario(
    scenario: ScenarioId,
    asked: Annotated[Known, Query()],
    call: Call = Depends(allowed("scenarios.read")),
    desk: Desk = Depends(the_desk),
) -> Response:
    form = Form(call, desk)
    found = await call.read(lambda tx: scenario_read(tx, call, desk, scenario, asked.known_at))
    answer = call.reply(Result(found, weak=scenarios.tag(found)))
    return await form.of(answer, Scenario, lambda: about(call, found.title), f"scenario-{scenario}")


@router.get(
    "/scenarios/{scenario}/problem",
    summary="The problem a scenario solved, complete: `POST /v1/solve` gives the same answer to it",
    response_model=Problem,
    responses=problem_responses("not-found", "removed", "known-at-too-late", "dependency-unavailable"),
)
async def read_problem(
    scenario: ScenarioId, asked: Annotated[Known, Query()], call: Call = Depends(allowed("scenarios.read"))
) -> Response:
    found = await call.read(lambda tx: readable(tx, call, scenario, asked.known_at))
    return Response(
        scenarios.text_of(found), media_type="application/json", headers={"ETag": f'"{found.row.problem_digest}"'}
    )
