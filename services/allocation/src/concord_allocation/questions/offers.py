"""Between parties: the acceptable plan nearest to an offer; gains that cost nobody anything."""

from collections.abc import Mapping

from concord_allocation import translate
from concord_allocation.core.curves import benefit_of_line
from concord_allocation.core.problem import Fault, InvalidProblem, ProblemTables
from concord_allocation.core.solver import Unanswered
from concord_allocation.core.words import amount_of, pounds
from concord_allocation.questions.asking import Asking, Refused, changed, plan_found, told_elsewhere, unused
from concord_allocation.questions.model import Model
from concord_allocation.questions.rows import CellKey, cell_keys
from concord_contracts.allocation import AddLimit, Answer, Problem, Refusal
from concord_contracts.allocation.problem import Limit
from concord_contracts.allocation.questions import (
    Aim,
    LeastChangeAnswer,
    LeastChangeQuestion,
    Move,
    NobodyWorseAnswer,
    NobodyWorseQuestion,
    PayerMove,
    PayerPosition,
)

TOLD = 10

SAME_POUNDS = 0.01
"""GBP: a plan this near to the offer is the offer."""


def least_change(problem: Problem, question: LeastChangeQuestion, seconds: float) -> LeastChangeAnswer:
    """Raises Refused where the conditions cannot be kept at all, InvalidProblem, Unanswered."""
    asking = Asking(problem, seconds)
    mine = problem.model_copy(update={"limits": [*problem.limits, *question.conditions]})
    offer = _offered(mine, question, len(problem.limits))
    model = Model(mine, {"benefit": Aim(measure="benefit")}, asking.seconds_left, offer=offer)
    bound = model.best("distance", more=False) if model.is_feasible else None
    if bound is None:
        found = asking.solve(mine)
        if isinstance(found, Refusal):
            raise Refused(found)
        raise Unanswered("no plan near the offer was found")
    model.hold("distance", at_most=bound)
    model.best("benefit", more=True)
    cells = model.cells()
    in_the_way = _in_the_way(asking, model) if bound >= SAME_POUNDS else []
    asking.solves += model.solves
    plan = asking.plan_near(mine, cells)
    moves = _moves(mine, offer, plan) if plan else []
    payers = _by_payer(mine, offer, plan) if plan else []
    distance = sum(abs(move.change_gbp) for move in moves)
    acceptable = plan is not None and distance == 0
    body = {
        "acceptable": acceptable,
        "in_the_way": in_the_way,
        "distance_gbp": distance,
        "bound": bound,
        "offered_gbp": round(sum(offer.values())),
        "moves": moves,
        "payers": payers,
    }
    sentences = ["The offer is acceptable as it stands."] if acceptable else _words(in_the_way, distance, bound, payers)
    content = body | {"moves": [move.model_dump() for move in moves], "payers": [row.model_dump() for row in payers]}
    return LeastChangeAnswer(**asking.head(content, sentences), **body, plan=plan_found(plan) if plan else None)


def _in_the_way(asking: Asking, model: Model) -> list[str]:
    """What holds the nearest plan off the offer, whole options as that plan has them."""
    model.hold_options()
    model.free("distance")
    try:
        model.best("distance", more=False)
    except Unanswered:
        asking.left_out.append("what is in the way: there was no time for it")
        return []
    return model.behind()


def _words(in_the_way: list[str], distance: int, bound: float, payers: list[PayerMove]) -> list[str]:
    told = [f"The offer cannot be accepted as it stands: {'; '.join(in_the_way[:3]) or 'whole options'}."]
    told.append(
        f"The nearest acceptable plan pays {pounds(distance)} differently, up and down together; no acceptable plan "
        f"pays less than {pounds(bound)} differently."
    )
    told += [
        f"{row.name} pays {pounds(abs(row.change_gbp))} {'more' if row.change_gbp > 0 else 'less'} than offered."
        for row in payers[:TOLD]
        if row.change_gbp
    ]
    return told


def _offered(problem: Problem, question: LeastChangeQuestion, first: int) -> dict[CellKey, float]:
    """The offer over every payment the rules allow. Raises InvalidProblem for payments that they do not."""
    try:
        tables = translate.tables_of(problem)
    except InvalidProblem as invalid:
        raise InvalidProblem([_at_condition(fault, first) for fault in invalid.faults]) from invalid
    offer = dict.fromkeys(cell_keys(tables), 0.0)
    faults = []
    for number, payment in enumerate(question.offer):
        key = (payment.year, payment.line, payment.purse, payment.fund)
        if key not in offer:
            words = f"{payment.purse} may not pay for {payment.line} in {payment.year} this way"
            faults.append(Fault(f"/offer/{number}", "not-eligible", words))
        else:
            offer[key] += payment.gbp
    if faults:
        raise InvalidProblem(faults)
    return offer


def _at_condition(fault: Fault, first: int) -> Fault:
    parts = fault.pointer.split("/")
    if parts[1:2] == ["limits"] and len(parts) > 2 and parts[2].isdigit() and int(parts[2]) >= first:
        return fault._replace(pointer="/".join(["", "conditions", str(int(parts[2]) - first), *parts[3:]]))
    return fault._replace(pointer=f"/problem{fault.pointer}")


def _moves(problem: Problem, offer: Mapping[CellKey, float], plan: Answer) -> list[Move]:
    owner = {purse.key: purse.owner for purse in problem.purses}
    paid = {(c.year, c.line, c.purse, c.fund): c.gbp for c in plan.cells}
    moves = [
        Move(
            year=year,
            line=line,
            purse=purse,
            payer=owner[purse],
            fund=fund,
            offered_gbp=round(gbp),
            plan_gbp=paid.get((year, line, purse, fund), 0),
            change_gbp=paid.get((year, line, purse, fund), 0) - round(gbp),
        )
        for (year, line, purse, fund), gbp in offer.items()
        if paid.get((year, line, purse, fund), 0) != round(gbp)
    ]
    return sorted(moves, key=lambda move: (-abs(move.change_gbp), move.year, move.line, move.purse))


def _by_payer(problem: Problem, offer: Mapping[CellKey, float], plan: Answer) -> list[PayerMove]:
    owner = {purse.key: purse.owner for purse in problem.purses}
    before = {payer.key: 0 for payer in problem.payers}
    after = dict(before)
    for (_, _, purse, _), gbp in offer.items():
        before[owner[purse]] += round(gbp)
    for cell in plan.cells:
        after[cell.payer] += cell.gbp
    rows = [
        PayerMove(
            payer=payer.key,
            name=payer.name,
            offered_gbp=before[payer.key],
            plan_gbp=after[payer.key],
            change_gbp=after[payer.key] - before[payer.key],
        )
        for payer in problem.payers
    ]
    return sorted(rows, key=lambda row: (-abs(row.change_gbp), row.payer))


def nobody_worse(problem: Problem, question: NobodyWorseQuestion, seconds: float) -> NobodyWorseAnswer:
    """Raises Refused where today's positions cannot all be kept, InvalidProblem, Unanswered."""
    asking = Asking(problem, seconds)
    tables = translate.tables_of(problem)
    known = {payer.key for payer in problem.payers}
    faults = [
        Fault(f"/gainers/{number}", "unknown-key", f"no payer {key!r} in this problem")
        for number, key in enumerate(question.gainers or ())
        if key not in known
    ]
    if faults:
        raise InvalidProblem(faults)
    spent, benefit = _today(tables)
    changes = [AddLimit(limit=limit) for limit in _positions(problem, spent, benefit)]
    held = changed(problem, changes)
    gainers = sorted(question.gainers or {line.statutory_payer for line in problem.lines})
    aim = Aim.model_validate({"measure": "benefit", "select": {"statutory_payers": question.gainers or None}})
    model = Model(held, {"gain": aim, "benefit": Aim(measure="benefit")}, asking.seconds_left)
    best = model.best("gain", more=True) if model.is_feasible else None
    if best is None:
        found = asking.solve(held)
        if isinstance(found, Refusal):
            raise Refused(found)
        raise Unanswered("today's positions could not be kept")
    model.hold("gain", at_least=best)
    model.best("benefit", more=True)
    asking.solves += model.solves
    no_dearer = [change.limit for change in changes if change.limit.at_most is not None]
    plan = asking.plan_near(problem.model_copy(update={"limits": [*problem.limits, *no_dearer]}), model.cells())
    elsewhere = model.elsewhere()
    gain = best - sum(benefit.get(payer, 0.0) for payer in gainers) - (0.0 if question.gainers else elsewhere)
    rows = _position_rows(problem, plan, spent, benefit)
    unit = problem.benefit_unit
    told = [
        f"Without anybody paying more or having less than today, {amount_of(gain, unit)} more can be had"
        + (f" by {', '.join(gainers)}." if question.gainers else " in all."),
        *(_position_words(row, unit) for row in rows[:TOLD]),
        *told_elsewhere(elsewhere, unit),
    ]
    body = {"benefit_unit": unit, "greatest_gain": gain, "elsewhere_benefit": elsewhere, "payers": rows}
    content = body | {"payers": [row.model_dump() for row in rows]}
    found_plan = plan_found(plan) if plan else None
    return NobodyWorseAnswer(**asking.head(content, told), **body, plan=found_plan, changes=[*changes])


def _position_words(row: PayerPosition, unit: str) -> str:
    more, dearer = row.benefit_after - row.benefit_before, row.spend_after_gbp - row.spend_before_gbp
    benefit = f"{amount_of(abs(more), unit)} {'more' if more >= 0 else 'less'}"
    return f"{row.name}: {benefit}, {pounds(abs(dearer))} {'more' if dearer > 0 else 'less'} spent."


def _today(tables: ProblemTables) -> tuple[dict[tuple[str, str], int], dict[str, float]]:
    """Reference spend by (payer, year), and discounted benefit over all years of each payer's own lines."""
    spent: dict[tuple[str, str], int] = {}
    by_line: dict[tuple[int, int], float] = {}
    owner, cells = tables.payer_of_purse, tables.cells
    for k in range(len(cells)):
        t, gbp = int(cells.year[k]), int(cells.reference[k])
        payer = tables.payers[owner[cells.purse[k]]].key
        spent[payer, tables.years[t]] = spent.get((payer, tables.years[t]), 0) + gbp
        by_line[t, int(cells.line[k])] = by_line.get((t, int(cells.line[k])), 0.0) + gbp
    benefit: dict[str, float] = {}
    for (t, i), paid in by_line.items():
        line = tables.lines[i]
        worth = benefit_of_line(line, t, paid) * tables.discount[t]
        benefit[line.statutory_payer] = benefit.get(line.statutory_payer, 0.0) + worth
    return spent, benefit


def _positions(problem: Problem, spent: Mapping[tuple[str, str], int], benefit: Mapping[str, float]) -> list[Limit]:
    key = unused(problem, "today")
    names = {payer.key: payer.name for payer in problem.payers}
    owners = {purse.owner for purse in problem.purses}
    limits = [
        {
            "key": f"{key}-spend-{number}",
            "label": f"{names[payer]} spends no more than today in {year}",
            "terms": [{"select": {"payers": [payer]}, "measure": "spend"}],
            "at_most": gbp,
            "years": [year],
        }
        for number, ((payer, year), gbp) in enumerate(sorted(spent.items()))
        if payer in owners
    ]
    limits += [
        {
            "key": f"{key}-benefit-{number}",
            "label": f"the lines of {names[payer]} bring no less benefit than today",
            "terms": [{"select": {"statutory_payers": [payer]}, "measure": "benefit"}],
            "at_least": worth * (1 - 1e-9),
            "per_year": False,
            "unit": problem.benefit_unit,
        }
        for number, (payer, worth) in enumerate(sorted(benefit.items()))
        if worth > 0
    ]
    return [Limit.model_validate(limit | {"source": "the question"}) for limit in limits]


def _position_rows(
    problem: Problem, plan: Answer | None, spent: Mapping[tuple[str, str], int], benefit: Mapping[str, float]
) -> list[PayerPosition]:
    if plan is None:
        return []
    responsible = {line.key: line.statutory_payer for line in problem.lines}
    worth: dict[str, float] = {}
    for row in plan.lines:
        worth[responsible[row.line]] = worth.get(responsible[row.line], 0.0) + row.benefit
    paid: dict[str, int] = {}
    for cell in plan.cells:
        paid[cell.payer] = paid.get(cell.payer, 0) + cell.gbp
    rows = [
        PayerPosition(
            payer=payer.key,
            name=payer.name,
            spend_before_gbp=sum(gbp for (who, _), gbp in spent.items() if who == payer.key),
            spend_after_gbp=paid.get(payer.key, 0),
            benefit_before=benefit.get(payer.key, 0.0),
            benefit_after=worth.get(payer.key, 0.0),
        )
        for payer in problem.payers
    ]
    return sorted(rows, key=lambda row: (row.benefit_before - row.benefit_after, row.payer))
