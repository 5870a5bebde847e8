"""One plan for all that the benefit curves may be: the plan whose largest regret is least."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from concord_allocation import translate
from concord_allocation.core.columns import lay_out
from concord_allocation.core.problem import Floats
from concord_allocation.core.solver import Status, Unanswered
from concord_allocation.core.words import amount_of
from concord_allocation.questions.asking import LEAST_SECONDS, Asking, Refused, plan_found, told_elsewhere
from concord_allocation.questions.figures import Figure, figures_of, with_values
from concord_allocation.questions.model import Model
from concord_contracts.allocation import Problem, Refusal
from concord_contracts.allocation.questions import Aim, RegretAnswer, RegretQuestion, StateRegret

TOLD = 5


class _State(NamedTuple):
    """`benefit`: units of benefit by scaled column."""

    name: str
    benefit: Floats


def regret(problem: Problem, question: RegretQuestion, seconds: float) -> RegretAnswer:
    """Raises Refused, InvalidProblem, Unanswered."""
    asking = Asking(problem, seconds)
    model = Model(problem, {"benefit": Aim(measure="benefit")}, asking.seconds_left, spare=True)
    best = model.best("benefit", more=True) if model.is_feasible else None
    if best is None:
        found = asking.solve(problem)
        raise Refused(found) if isinstance(found, Refusal) else Unanswered("no plan was found")
    planned = model.live.values()
    states = _states(asking, model, problem, question)
    bests: list[float] = []
    for number, state in enumerate(states):
        try:
            asking.in_time()
            bests.append(_best(model, state))
        except Unanswered:
            asking.left_out.append(f"{len(states) - number} states: there was no time for them")
            break
    if not bests:
        raise Unanswered("there was no time for any state")
    states = states[: len(bests)]
    model.live.allow(LEAST_SECONDS)
    robust = _least_regret(model, states, bests)
    elsewhere = model.elsewhere()
    rows = [
        StateRegret(
            state=state.name,
            best=top,
            plan_regret=max(0.0, top - float(state.benefit @ planned)),
            robust_regret=max(0.0, top - float(state.benefit @ robust)),
        )
        for state, top in zip(states, bests, strict=True)
    ]
    rows.sort(key=lambda row: (-row.plan_regret, row.state))
    plan = asking.plan_near(problem, model.cells())
    asking.solves += model.solves
    unit = problem.benefit_unit
    body = {
        "benefit_unit": unit,
        "plan_benefit": best,
        "robust_benefit": float(states[0].benefit @ robust),
        "elsewhere_benefit": elsewhere,
        "plan_regret": max(row.plan_regret for row in rows),
        "robust_regret": max(row.robust_regret for row in rows),
        "states": rows,
    }
    lost = _without_noise(best - float(states[0].benefit @ robust), best)
    sentences = [
        f"Over {len(rows)} states of the benefit curves the plan falls short by up to "
        f"{amount_of(rows[0].plan_regret, unit)}: {rows[0].state}.",
        f"The robust plan never falls short by more than {amount_of(max(r.robust_regret for r in rows), unit)}; "
        f"if today's figures are right it costs {amount_of(lost, unit)}.",
        *(
            f"{row.state}: the plan misses {amount_of(row.plan_regret, unit)}, the robust plan "
            f"{amount_of(row.robust_regret, unit)}."
            for row in rows[:TOLD]
        ),
        *told_elsewhere(elsewhere, unit),
    ]
    content = body | {"states": [row.model_dump() for row in rows]}
    return RegretAnswer(**asking.head(content, sentences), **body, plan=plan_found(plan) if plan else None)


def _states(asking: Asking, model: Model, problem: Problem, question: RegretQuestion) -> list[_State]:
    """The curves as they stand, all low, all high, and each of the weightiest figures alone."""
    curves = [figure for figure in figures_of(problem) if figure.kind == "benefit curve"]
    if len(curves) > question.figures:
        asking.left_out.append(f"{len(curves) - question.figures} figures of less weight alone")
    named: list[tuple[str, Mapping[Figure, float]]] = [("the figures as they stand", {})]
    if curves:
        named.append(("all benefits at their low", {figure: figure.low for figure in curves}))
        named.append(("all benefits at their high", {figure: figure.high for figure in curves}))
    for figure in curves[: question.figures]:
        named.append((f"{figure.name} at its low", {figure: figure.low}))
        named.append((f"{figure.name} at its high", {figure: figure.high}))
    made = []
    for name, values in named:
        benefit = _benefits(model, with_values(problem, values))
        if benefit is None:
            asking.left_out.append(f"the state '{name}': its curves have other segments")
        else:
            made.append(_State(name, benefit))
    return made


def _without_noise(value: float, beside: float) -> float:
    """Nothing, where it is no more than arithmetic beside another value."""
    return 0.0 if abs(value) <= 1e-9 * max(1.0, abs(beside)) else value


def _benefits(model: Model, problem: Problem) -> Floats | None:
    """Benefit of a unit of each scaled column under the curves of `problem`; None where segments merge or vanish."""
    columns, ours = lay_out(translate.tables_of(problem)), model.matrix.columns
    if columns.keys[columns.curve.slice] != ours.keys[ours.curve.slice]:
        return None
    found = model.functions["benefit"].cost * model.functions["benefit"].scale
    found = found.copy()
    found[ours.curve.slice] = columns.curve_benefit * model.matrix.money_scale
    return found


def _best(model: Model, state: _State) -> float:
    largest = float(np.abs(state.benefit).max(initial=0.0)) or 1.0
    model.live.minimise(-state.benefit / largest)
    model.solves += 1
    if model.live.run() != Status.OPTIMAL:
        raise Unanswered("there was no time for every state")
    return float(state.benefit @ model.live.values())


def _least_regret(model: Model, states: list[_State], bests: list[float]) -> Floats:
    """Minimise R with R >= best - benefit in every state: rows and one column of their own; then the most benefit."""
    live, spare = model.live, model.spare
    scale = max(1.0, *bests)
    for state, top in zip(states, bests, strict=True):
        where = np.flatnonzero(state.benefit).astype(np.int32)
        index = np.append(where, np.int32(spare))
        value = np.append(state.benefit[where] / scale, 1.0)
        live.highs.addRow(top / scale, np.inf, len(index), index, value)
    cost = np.zeros(model.matrix.columns.count)
    cost[spare] = 1.0
    live.minimise(cost)
    model.solves += 1
    if live.run() != Status.OPTIMAL:
        raise Unanswered("the robust plan was not found")
    least = float(live.values()[spare])
    live.hold_column(spare, 0.0, least * (1 + 1e-9) + 1e-12)
    live.minimise(-states[0].benefit / (float(np.abs(states[0].benefit).max(initial=0.0)) or 1.0))
    model.solves += 1
    if live.run() != Status.OPTIMAL:
        raise Unanswered("the robust plan was not found")
    return live.values()
