"""Plans nearly as good as the best: how far each direction can go for a stated sacrifice of benefit."""

from concord_allocation.core.solver import Unanswered
from concord_allocation.core.words import amount_of
from concord_allocation.questions.asking import Asking, told_elsewhere
from concord_allocation.questions.model import Model
from concord_contracts.allocation import Problem
from concord_contracts.allocation.questions import Aim, Alternative, AlternativesAnswer, AlternativesQuestion

TOLD = 12
"""Directions told in sentences; the rest are rows."""


def alternatives(problem: Problem, question: AlternativesQuestion, seconds: float) -> AlternativesAnswer:
    """Raises Refused, InvalidProblem, Unanswered."""
    asking = Asking(problem, seconds)
    plan = asking.base()
    named = _stated(question) if question.directions else _usual(problem)
    aims = {f"directions/{number}": aim for number, (_, aim) in enumerate(named)}
    model = Model(problem, {"benefit": Aim(measure="benefit")} | aims, asking.seconds_left)
    best = model.best("benefit", more=True)
    if best is None:
        raise Unanswered("the best benefit was not found a second time")
    elsewhere = model.elsewhere()
    kept = best - question.sacrifice * abs(best)
    held = model.columns_of(plan)
    model.hold("benefit", at_least=kept)
    rows: list[Alternative] = []
    for number, (words, _) in enumerate(named):
        name = f"directions/{number}"
        try:
            asking.in_time()
            least, greatest = model.best(name, more=False), model.best(name, more=True)
        except Unanswered:
            asking.left_out.append(f"{len(named) - number} directions, from {words} on: there was no time for them")
            break
        if least is not None and greatest is not None:
            unit = model.functions[name].unit
            is_movement = aims[name].measure == "movement"
            now = float(plan.totals.moved_gbp) if is_movement else model.value_at(name, held)
            rows.append(Alternative(words=words, unit=unit, now=now, least=least, greatest=greatest, proven=True))
    asking.solves += model.solves
    unit = problem.benefit_unit
    sentences = [
        f"Giving up at most {question.sacrifice:.1%} of {amount_of(best, unit)} keeps {amount_of(kept, unit)}.",
        *(
            f"{row.words} can then be anything between {amount_of(row.least, row.unit)} and "
            f"{amount_of(row.greatest, row.unit)}; in the plan it is {amount_of(row.now, row.unit)}."
            for row in rows[:TOLD]
        ),
        *told_elsewhere(elsewhere, unit),
    ]
    body = {
        "best_benefit": best,
        "elsewhere_benefit": elsewhere,
        "kept_benefit": kept,
        "benefit_unit": unit,
        "alternatives": rows,
    }
    content = body | {"alternatives": [row.model_dump() for row in rows]}
    return AlternativesAnswer(**asking.head(content, sentences), **body)


def _stated(question: AlternativesQuestion) -> list[tuple[str, Aim]]:
    told = []
    for aim in question.directions:
        chosen = aim.select.model_dump(exclude_none=True)
        where = "; ".join(f"{name.replace('_', ' ')} {', '.join(values)}" for name, values in chosen.items())
        said = aim.measure.replace("_", " ").capitalize()
        told.append((f"{said} ({where})" if where else said, aim))
    return told


def _usual(problem: Problem) -> list[tuple[str, Aim]]:
    """What each payer pays, and the spend of each stage."""
    payers = sorted(problem.payers, key=lambda payer: payer.key)
    stages = sorted({line.stage for line in problem.lines})
    return [
        *(
            (f"What {p.name} pays", Aim.model_validate({"measure": "spend", "select": {"payers": [p.key]}}))
            for p in payers
        ),
        *(
            (
                f"Spend on {problem.names.get(stage, stage)}",
                Aim.model_validate({"measure": "spend", "select": {"stages": [stage]}}),
            )
            for stage in stages
        ),
    ]
