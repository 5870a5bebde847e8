"""Between which values of a budget or limit its price holds, proved by solving again at both ends."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from concord_allocation.core.families import PRICED, Row
from concord_allocation.core.problem import Fault, InvalidProblem
from concord_allocation.core.solver import Status, Unanswered
from concord_allocation.core.words import amount_of, pounds
from concord_allocation.questions.asking import Asking, Refused, told_elsewhere
from concord_allocation.questions.model import Model
from concord_contracts.allocation import Problem, Refusal
from concord_contracts.allocation.questions import Aim, PriceRange, RangesAnswer, RangesQuestion

TOLD = 10
SAME = 1e-6
"""Relative difference of two prices that is arithmetic."""
NO_PRICE = 1e-9
STEPS = 40
"""Times that a step is doubled or halved in search of where a price ends."""
FAR = 1e9
"""Steps of this many times the bound reach no end."""


class _At(NamedTuple):
    """Benefit (scaled, minimised) and the row's dual with its bound moved to `bound` (scaled)."""

    objective: float
    dual: float


def ranges(problem: Problem, question: RangesQuestion, seconds: float) -> RangesAnswer:
    """Whole options are held as the plan has them. Raises Refused, InvalidProblem, Unanswered."""
    asking = Asking(problem, seconds)
    known_limits(problem, question.limits)
    model = Model(problem, {"benefit": Aim(measure="benefit")}, asking.seconds_left)
    best = model.best("benefit", more=True) if model.is_feasible else None
    if best is None:
        found = asking.solve(problem)
        raise Refused(found) if isinstance(found, Refusal) else Unanswered("no plan was found")
    model.hold_options()
    best = model.best("benefit", more=True) or 0.0
    elsewhere = model.elsewhere()
    solution = model.live.solution()
    wanted = set(question.limits)
    rows = [
        k
        for k, row in enumerate(model.matrix.rows)
        if row.family in PRICED
        and (row.limit in wanted if wanted else abs(solution.dual[k]) > NO_PRICE)
        and np.isfinite(bound_of(row))
    ]
    rows.sort(key=lambda k: (-abs(solution.dual[k]), model.matrix.rows[k].key))
    if len(rows) > question.most:
        asking.left_out.append(f"{len(rows) - question.most} limits, beyond the {question.most} asked for")
    made: list[PriceRange] = []
    for number, k in enumerate(rows[: question.most]):
        try:
            asking.in_time()
            made += list(_of_row(model, k))
        except Unanswered:
            asking.left_out.append(f"{min(len(rows), question.most) - number} limits: there was no time for them")
            break
    asking.solves += model.solves
    unit = problem.benefit_unit
    body = {"benefit": best, "elsewhere_benefit": elsewhere, "benefit_unit": unit, "ranges": made}
    content = body | {"ranges": [row.model_dump() for row in made]}
    told = [*(_words(row, unit) for row in made[:TOLD]), *told_elsewhere(elsewhere, unit)]
    return RangesAnswer(**asking.head(content, told), **body)


def known_limits(problem: Problem, limits: Sequence[str]) -> None:
    """Raises InvalidProblem for keys of nothing that can have a price."""
    parts = (
        problem.purses, problem.funds, problem.limits, problem.pace_of_change, problem.resources, problem.demands,
        problem.links, problem.equity, problem.option_rules, problem.contracts, problem.business_rules,
    )  # fmt: skip
    known = {part.key for each in parts for part in each}
    faults = [
        Fault(f"/limits/{number}", "unknown-key", f"no purse, limit or other rule {key!r} in this problem")
        for number, key in enumerate(limits)
        if key not in known
    ]
    if faults:
        raise InvalidProblem(faults)


def bound_of(row: Row) -> float:
    return row.upper if np.isfinite(row.upper) else row.lower


def _of_row(model: Model, k: int) -> Iterator[PriceRange]:
    """One range, or one on each side where the plan sits on a kink."""
    row, scale = model.matrix.rows[k], float(model.matrix.row_scale[k])
    here = bound_of(row) / scale
    base = _at(model, k, here)
    if base is None:
        return
    nudge = max(1.0 / scale, 1e-6 * abs(here))
    sides = [_side(model, k, here, base, sign, nudge) for sign in (1.0, -1.0)]
    _at(model, k, here)
    up, down = sides
    if up and down and abs(up[0] - down[0]) <= SAME * max(abs(up[0]), abs(down[0])) + NO_PRICE:
        yield _told(model, row, scale, up[0], (down[1], up[1]), proven=up[2] and down[2])
        return
    if down:
        yield _told(model, row, scale, down[0], (down[1], here), proven=down[2])
    if up:
        yield _told(model, row, scale, up[0], (here, up[1]), proven=up[2])


def _side(
    model: Model, k: int, here: float, base: _At, sign: float, nudge: float
) -> tuple[float, float | None, bool] | None:
    """(slope, where it ends, proven) in one direction; None where not even a nudge is feasible.

    Benefit is concave in a bound, so a slope that the chord from here has is the slope all the way.
    """
    first = _at(model, k, here + sign * nudge)
    if first is None:
        return None
    slope = sign * (first.objective - base.objective) / nudge

    def holds(distance: float) -> bool:
        found = _at(model, k, here + sign * distance)
        if found is None:
            return False
        chord = sign * (found.objective - base.objective) / distance
        return bool(abs(chord - slope) <= SAME * abs(slope) + NO_PRICE)

    good, step = nudge, nudge
    for _ in range(STEPS):
        step *= 2.0
        if not holds(step):
            break
        good = step
        if good > FAR * max(1.0, abs(here)):
            return slope, None, True
    low, high = good, step
    while high - low > max(nudge / 2, 1e-7 * high):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return slope, here + sign * low, True


def _at(model: Model, k: int, bound: float) -> _At | None:
    """None where no plan keeps that bound. Raises Unanswered."""
    row = model.matrix.rows[k]
    lower = bound if np.isfinite(row.lower) else -np.inf
    upper = bound if np.isfinite(row.upper) else np.inf
    model.live.hold_row(k, lower, upper)
    model.solves += 1
    match model.live.run():
        case Status.INFEASIBLE:
            return None
        case Status.OPTIMAL:
            pass
        case status:
            raise Unanswered(f"a price's end was not proven: {status}")
    return _At(model.live.objective, float(model.live.solution().dual[k]))


def _told(
    model: Model, row: Row, scale: float, slope: float, ends: Sequence[float | None], *, proven: bool
) -> PriceRange:
    benefit = model.functions["benefit"]
    largest = float(np.abs(benefit.cost).max(initial=0.0)) or 1.0
    low, high = (None if end is None else round(end * scale, 4) + 0.0 for end in ends)
    return PriceRange(
        key=row.key,
        limit=row.limit,
        label=row.label,
        unit=row.unit,
        bound=bound_of(row),
        price=0.0 if abs(slope) <= NO_PRICE else -slope * largest * benefit.scale / scale,
        low=low,
        high=high,
        proven=proven,
    )


def _words(row: PriceRange, unit: str) -> str:
    def spelt(value: float | None) -> str:
        if value is None:
            return "without end"
        return pounds(value) if row.unit == "GBP" else amount_of(value, row.unit)

    step = 100_000 if row.unit == "GBP" else 1
    more = amount_of(abs(row.price) * step, unit)
    way = "more" if row.price >= 0 else "less"
    each = f"GBP {step:,}" if row.unit == "GBP" else f"one {row.unit}"
    return f"{row.label}: from {spelt(row.low)} to {spelt(row.high)}, {each} more of it means {more} {way}."
