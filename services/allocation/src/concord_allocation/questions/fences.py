"""What each ring-fence costs in all: the plan's best benefit once its scope is as wide as its owner's eligibility."""

from collections.abc import Collection

from concord_allocation.core.fences import shut_out
from concord_allocation.core.problem import Fault, InvalidProblem
from concord_allocation.core.solver import Unanswered
from concord_allocation.core.words import amount_of
from concord_allocation.questions.asking import Asking, Refused, told_elsewhere
from concord_allocation.questions.model import Model
from concord_contracts.allocation import LineSelection, Problem, Refusal
from concord_contracts.allocation.questions import Aim, RingFenceCost, RingFencesAnswer, RingFencesQuestion

TOLD = 10
NOISE = 1e-9
"""Benefit that is arithmetic, relative to all of it."""


def ring_fence_costs(problem: Problem, question: RingFencesQuestion, seconds: float) -> RingFencesAnswer:
    """Raises Refused, InvalidProblem, Unanswered."""
    asking = Asking(problem, seconds)
    _known(problem, question)
    model = Model(problem, {"benefit": Aim(measure="benefit")}, asking.seconds_left)
    best = model.best("benefit", more=True) if model.is_feasible else None
    if best is None:
        found = asking.solve(problem)
        raise Refused(found) if isinstance(found, Refusal) else Unanswered("no plan was found")
    asking.solves += model.solves
    elsewhere, tables = model.elsewhere(), model.tables
    fenced = {tables.purses[u].key: lines for u, lines in shut_out(tables).items()}
    held = {purse.key: sum(purse.amount) for purse in tables.purses}
    names = {purse.key: tables.name_of_purse(u) for u, purse in enumerate(tables.purses)}
    asked = list(dict.fromkeys(question.purses)) or sorted((k for k in fenced if held[k]), key=lambda k: (-held[k], k))
    if len(asked) > question.most:
        asking.left_out.append(f"{len(asked) - question.most} purses, beyond the {question.most} asked for")
        asked = asked[: question.most]
    rows: list[RingFenceCost] = []
    together: float | None = None
    try:
        for key in asked:
            lines = fenced.get(key, 0)
            cost = _cost(asking, {key}, best) if lines else 0.0
            rows.append(RingFenceCost(purse=key, name=names[key], gbp=held[key], lines_left_out=lines, cost=cost))
        together = _together(asking, rows, best)
    except Unanswered:
        late = len(asked) - len(rows)
        asking.left_out.append(f"{f'{late} purses and ' if late else ''}all at once: there was no time for them")
    rows.sort(key=lambda row: (-row.cost, row.purse))
    unit = problem.benefit_unit
    body = {"benefit": best, "elsewhere_benefit": elsewhere, "benefit_unit": unit, "fences": rows, "together": together}
    content = body | {"fences": [row.model_dump() for row in rows]}
    told = [*_words(rows, together, unit), *told_elsewhere(elsewhere, unit)]
    return RingFencesAnswer(**asking.head(content, told), **body)


def _known(problem: Problem, question: RingFencesQuestion) -> None:
    known = {purse.key for purse in problem.purses}
    faults = [
        Fault(f"/purses/{number}", "unknown-key", f"no purse {key!r} in this problem")
        for number, key in enumerate(question.purses)
        if key not in known
    ]
    if faults:
        raise InvalidProblem(faults)


def _together(asking: Asking, rows: list[RingFenceCost], best: float) -> float:
    """All of them at once; where only one leaves anything out that is its own cost."""
    narrow = [row for row in rows if row.lines_left_out]
    if len(narrow) > 1:
        return _cost(asking, {row.purse for row in narrow}, best)
    return sum(row.cost for row in narrow)


def _cost(asking: Asking, widened: Collection[str], best: float) -> float:
    """Benefit that these purses' money could bring more if it could be spent on all that their owners may pay for."""
    asking.in_time()
    purses = [
        purse.model_copy(update={"scope": LineSelection()}) if purse.key in widened else purse
        for purse in asking.problem.purses
    ]
    model = Model(
        asking.problem.model_copy(update={"purses": purses}), {"benefit": Aim(measure="benefit")}, asking.seconds_left
    )
    reached = model.best("benefit", more=True) if model.is_feasible else None
    asking.solves += model.solves
    if reached is None:
        raise Unanswered("a wider scope was not settled")
    gained = reached - best
    return gained if gained > NOISE * max(1.0, abs(best)) else 0.0


def _words(rows: list[RingFenceCost], together: float | None, unit: str) -> list[str]:
    if not rows:
        return ["No purse with money in it is ring-fenced: each may pay for all that its owner may."]
    dear = [row for row in rows if row.cost]
    free = [row for row in rows if not row.cost and row.lines_left_out]
    whole = [row for row in rows if not row.lines_left_out]
    told = [
        f"If {row.name} could be spent on all that its owner may pay for ({_lines(row)} more), the best "
        f"plan would have {amount_of(row.cost, unit)} more."
        for row in dear[:TOLD]
    ]
    if free:
        told.append(f"A wider scope would bring nothing: {_some(free)}.")
    if whole:
        told.append(f"Their owners may pay for nothing else in this plan, so nothing can be widened: {_some(whole)}.")
    if together is not None and len(dear) > 1:
        told.append(f"All of them widened at once: {amount_of(together, unit)} more.")
    return told


def _lines(row: RingFenceCost) -> str:
    return "1 line" if row.lines_left_out == 1 else f"{row.lines_left_out} lines"


def _some(rows: list[RingFenceCost]) -> str:
    more = f"; and {len(rows) - 3} more" if len(rows) > 3 else ""
    return "; ".join(row.name for row in rows[:3]) + more
