"""What a stated step of a budget or limit brings: solved again with the options free, and with them held."""

from typing import Literal

import numpy as np

from concord_allocation.core.families import PRICED
from concord_allocation.core.solver import Unanswered
from concord_allocation.core.words import amount_of, pounds
from concord_allocation.questions.asking import Asking, Refused, told_elsewhere
from concord_allocation.questions.model import Model
from concord_allocation.questions.ranges import bound_of, known_limits
from concord_contracts.allocation import Problem, Refusal
from concord_contracts.allocation.questions import Aim, StepPrice, StepsAnswer, StepsQuestion

TOLD = 10
NO_PRICE = 1e-9
NOISE = 1e-9
"""Benefit that is arithmetic, relative to all of it."""

type Way = Literal["more", "less"]
type Reached = dict[tuple[int, Way], tuple[float | None, frozenset[str]]]
"""(row, way) -> (best benefit, options started)."""


def steps(problem: Problem, question: StepsQuestion, seconds: float) -> StepsAnswer:
    """Raises Refused, InvalidProblem, Unanswered."""
    asking = Asking(problem, seconds)
    known_limits(problem, question.limits)
    model = Model(problem, {"benefit": Aim(measure="benefit")}, asking.seconds_left)
    best = model.best("benefit", more=True) if model.is_feasible else None
    if best is None:
        found = asking.solve(problem)
        raise Refused(found) if isinstance(found, Refusal) else Unanswered("no plan was found")
    elsewhere, chosen = model.elsewhere(), model.options()
    held = _held(asking) if problem.options else model
    rows = _rows(held, question)
    if len(rows) > question.most:
        asking.left_out.append(f"{len(rows) - question.most} limits, beyond the {question.most} asked for")
        rows = rows[: question.most]
    made: list[StepPrice] = []
    for number, k in enumerate(rows):
        try:
            asking.in_time()
            made.append(_step(model, held, k, question, best, chosen))
        except Unanswered:
            asking.left_out.append(f"{len(rows) - number} limits: there was no time for them")
            break
    asking.solves += model.solves + (0 if held is model else held.solves)
    if not question.limits:
        made.sort(key=lambda row: (-(row.more or 0.0) / row.step, row.key))
    unit = problem.benefit_unit
    body = {"benefit": best, "elsewhere_benefit": elsewhere, "benefit_unit": unit, "options": sorted(chosen)}
    content = body | {"steps": [row.model_dump() for row in made]}
    told = [*(_words(row, problem) for row in made[:TOLD]), *told_elsewhere(elsewhere, unit)]
    return StepsAnswer(**asking.head(content, told), **body, steps=made)


def _held(asking: Asking) -> Model:
    """Another model of the problem, its options held as the plan has them."""
    held = Model(asking.problem, {"benefit": Aim(measure="benefit")}, asking.seconds_left)
    held.best("benefit", more=True)
    held.hold_options()
    held.best("benefit", more=True)
    return held


def _rows(held: Model, question: StepsQuestion) -> list[int]:
    """Those named; else what has a price with the options held and, where there are options, purses with money."""
    dual, rows = held.live.solution().dual, held.matrix.rows
    optional = bool(held.tables.parts.options)
    wanted = {key: number for number, key in enumerate(dict.fromkeys(question.limits))}
    chosen = [
        k
        for k, row in enumerate(rows)
        if row.family in PRICED
        and row.soft is None
        and np.isfinite(bound_of(row))
        and (
            row.limit in wanted
            if wanted
            else abs(dual[k]) > NO_PRICE or (optional and row.family == "purse" and row.upper > 0)
        )
    ]
    return sorted(chosen, key=lambda k: (wanted.get(rows[k].limit, 0), -abs(dual[k]), rows[k].key))


def _step(model: Model, held: Model, k: int, question: StepsQuestion, best: float, chosen: frozenset[str]) -> StepPrice:
    row = model.matrix.rows[k]
    step = float(question.step_gbp) if row.unit == "GBP" else question.step_units
    back = min(step, row.upper) if row.family == "purse" else step
    sign = 1.0 if np.isfinite(row.upper) else -1.0
    gains: dict[str, float | None] = {}
    otherwise: dict[str, list[str]] = {}
    for way, by in (("more", sign * step), ("less", -sign * back)):
        reached, options = _moved(model, k, by) if by else (None, chosen)
        held_at = reached if held is model or not by else _moved(held, k, by)[0]
        turn = 1.0 if way == "more" or row.family == "equal" else -1.0
        gains[way] = _change(reached, best, turn)
        gains[f"held_{way}"] = _change(held_at, best, turn)
        otherwise[f"options_{way}"] = sorted(options ^ chosen) if reached is not None else []
    return StepPrice(
        key=row.key,
        limit=row.limit,
        label=row.label,
        kind=row.family,
        year=None if row.year is None else model.tables.years[row.year],
        unit=row.unit,
        bound=bound_of(row),
        step=step,
        back=back,
        **gains,
        **otherwise,
    )


def _moved(model: Model, k: int, by: float) -> tuple[float | None, frozenset[str]]:
    """(best benefit with the row's bounds moved, options started then); the row is put back."""
    m = model.matrix
    shift = by / float(m.row_scale[k])
    model.live.hold_row(k, float(m.row_lower[k]) + shift, float(m.row_upper[k]) + shift)
    try:
        reached = model.best("benefit", more=True)
        return reached, frozenset() if reached is None else model.options()
    finally:
        model.live.hold_row(k, float(m.row_lower[k]), float(m.row_upper[k]))


def _change(reached: float | None, best: float, turn: float) -> float | None:
    if reached is None:
        return None
    change = (reached - best) * turn
    return change if abs(change) > NOISE * max(1.0, abs(best)) else 0.0


def _words(row: StepPrice, problem: Problem) -> str:
    unit = problem.benefit_unit
    names = {option.key: option.name for option in problem.options}
    changes = ("more of it changes benefit by", "less of it changes benefit by")
    up, down = changes if row.kind == "equal" else ("looser gains", "tighter loses")
    parts = []
    for way, change, held, others, by in (
        (up, row.more, row.held_more, row.options_more, row.step),
        (down, row.less, row.held_less, row.options_less, row.back),
    ):
        if not by:
            continue
        told = _side(change, by, row, unit, way)
        if names:
            then = f", {', '.join(names[key] for key in others)} otherwise then" if others else ""
            told += f" with the options free{then}; {_amount(held, unit)} with the options as chosen"
        parts.append(told)
    return f"{row.label}: {'. '.join(parts)}."


def _side(change: float | None, by: float, row: StepPrice, unit: str, words: str) -> str:
    amount = pounds(by) if row.unit == "GBP" else amount_of(by, row.unit)
    if change is None:
        return f"{amount} {words.split()[0]}: no plan is left"
    by_itself = by == (100_000 if row.unit == "GBP" else 1)
    each = f" ({_each(change / by, row, unit)})" if change and not by_itself else ""
    return f"{amount} {words} {_amount(change, unit)}{each}"


def _amount(change: float | None, unit: str) -> str:
    if change is None:
        return "no plan is left"
    return f"-{amount_of(-change, unit)}" if change < 0 else amount_of(change, unit)


def _each(per: float, row: StepPrice, unit: str) -> str:
    step = 100_000 if row.unit == "GBP" else 1
    of = pounds(step) if row.unit == "GBP" else row.unit
    return f"{_amount(per * step, unit)} per {of}"
