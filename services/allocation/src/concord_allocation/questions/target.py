"""The smallest budget for a target: least money of chosen purses at which an aim reaches what is asked.

Of the plans that spend so little, one that needs the least beyond what the chosen purses hold now: its needs are told.
"""

import math
from collections.abc import Mapping

from concord_allocation.core.solver import Unanswered
from concord_allocation.core.words import amount_of, pounds
from concord_allocation.questions.aims import terms_of
from concord_allocation.questions.asking import Asking, Refused, changed, plan_found, unused
from concord_allocation.questions.model import Model
from concord_allocation.questions.rows import CellKey
from concord_contracts.allocation import AddLimit, AddMoney, Answer, Change, Problem, PurseSelection, Refusal
from concord_contracts.allocation.problem import Limit, Purse
from concord_contracts.allocation.questions import Aim, PurseNeed, TargetAnswer, TargetQuestion

MOST_GBP = 10**12
"""What a purse can be said to hold; a target that needs more is told, and cannot be asked again as a what-if."""

ROUNDING = 1e-6
"""GBP that are the solver's arithmetic."""

ARITHMETIC = 1e-14
"""The same as a share of an amount: beyond GBP 100m the last digits of a number count for more."""


def target(problem: Problem, question: TargetQuestion, seconds: float) -> TargetAnswer:
    """Raises Refused where no plan exists whatever the purses hold, InvalidProblem, Unanswered."""
    asking = Asking(problem, seconds)
    chosen = [purse for purse in sorted(problem.purses, key=lambda each: each.key) if _is_chosen(purse, question)]
    years = [year.key for year in problem.years]
    money = Aim.model_validate({"measure": "money", "select": {"purses": [purse.key for purse in chosen]}})
    model = Model(
        problem,
        {"aim": question.aim, "purses": money},
        asking.seconds_left,
        more_gbp=dict.fromkeys((purse.key for purse in chosen), math.inf),
        as_limits=True,
    )
    greatest = model.best("aim", more=True, endless=True)
    if greatest is None:
        raise _without_any_plan(asking, problem, chosen)
    unit, wanted = model.functions["aim"].unit, question.at_least
    least = _least(model, wanted)
    available = sum(purse.amount_gbp.get(year, 0) for purse in chosen for year in years)
    if least is None:
        asking.solves += model.solves
        proven = not model.loses_figures_of("aim")
        return _unreached(asking, question, unit, greatest, available, proven)
    noise = ROUNDING + ARITHMETIC * least
    budget = max(0, math.ceil(least - noise))
    model.hold("purses", at_most=max(least, budget) + noise, exactly=True)
    lacking = math.ceil((model.best("more", more=False) or 0.0) - ROUNDING)
    cells = model.cells()
    needs = _needs(chosen, years, cells, model.more_gbp())
    model.free("aim")
    model.hold("purses", at_most=budget - 1, exactly=True)
    below = model.best("aim", more=True) if budget else None
    asking.solves += model.solves
    can_be_stated = max(budget, *(need.needed_gbp for need in needs), 0) <= MOST_GBP
    changes = _changes(problem, question, needs, budget) if can_be_stated else []
    whole = _planned(asking, changes, needs, cells) if can_be_stated else None
    proven = (below is None or below < wanted) and not model.loses_figures_of("aim")
    reached = _reached(whole, question) if whole is not None else None
    sentences = [
        f"At least {amount_of(wanted, unit)} {_what(question.aim)} needs {pounds(budget)} of the chosen purses over "
        f"all years; they hold {pounds(available)}.",
        "With GBP 1 less no plan exists that keeps every limit."
        if below is None
        else f"With GBP 1 less the best that can be reached is {below:,.6f}, which is {wanted - below:.3g} short.",
    ]
    if lacking > 0:
        sentences.append(f"At that budget no plan needs less than {pounds(lacking)} beyond what they hold by year.")
    sentences += [
        f"{need.name} needs {pounds(need.more_gbp)} more in {need.year}." for need in needs if need.more_gbp > 0
    ]
    if not can_be_stated:
        sentences.append(f"No plan is made of it: a purse can be said to hold {pounds(MOST_GBP)} at most.")
    elif whole is None:
        sentences.append("A plan exists in fractions of a pound, but none was found in whole pounds at this budget.")
    elif reached is not None and reached < wanted - ROUNDING * max(1.0, abs(wanted)):
        short = f"{amount_of(reached, unit)}, {wanted - reached:.3g} short"
        sentences.append(f"In whole pounds the plan reaches {short}.")
    body = {
        "unit": unit,
        "at_least": wanted,
        "reached": reached,
        "greatest": None if math.isinf(greatest) else greatest,
        "budget_gbp": budget,
        "available_gbp": available,
        "best_with_one_pound_less": below,
        "proven": proven,
        "needs": [need.model_dump() for need in needs],
    }
    plan = plan_found(whole) if whole is not None else None
    content = body | {"plan": plan.digest if plan else None}
    return TargetAnswer(**asking.head(content, sentences), **body, plan=plan, changes=changes)


def _least(model: Model, wanted: float) -> float | None:
    """The least money at which the aim is reached; with no room at all, unless only arithmetic is in its way."""
    for exactly in (True, False):
        model.hold("aim", at_least=wanted, exactly=exactly)
        least = model.best("purses", more=False)
        if least is not None:
            return least
    return None


def _without_any_plan(asking: Asking, problem: Problem, chosen: list[Purse]) -> Exception:
    """Nothing keeps every limit whatever the chosen purses hold: the refusal with plenty in them says why."""
    years = [year.key for year in problem.years]
    known = sum(sum(purse.amount_gbp.values()) for purse in problem.purses)
    plenty = min(MOST_GBP, 10 * max(1, known, sum(p.gbp for line in problem.lines for p in line.reference)))
    found = asking.solve(_holding(problem, {(purse.key, year): plenty for purse in chosen for year in years}))
    return Refused(found) if isinstance(found, Refusal) else Unanswered("the numbers lie too far apart to answer")


def _planned(
    asking: Asking, changes: list[Change], needs: list[PurseNeed], cells: Mapping[CellKey, float]
) -> Answer | None:
    """A plan in whole pounds at the least budget; where the usual solve has none, one near the plan found."""
    whole = asking.solve(changed(asking.problem, changes))
    if isinstance(whole, Answer):
        return whole
    held = {(need.purse, need.year): max(need.available_gbp, need.needed_gbp) for need in needs}
    return asking.plan_near(_holding(asking.problem, held), cells)


def _unreached(
    asking: Asking, question: TargetQuestion, unit: str, greatest: float, available: int, proven: bool
) -> TargetAnswer:
    words = (
        f"No money of the chosen purses reaches {amount_of(question.at_least, unit)} {_what(question.aim)}: "
        f"however much they hold, at most {amount_of(greatest, unit)} can be reached."
    )
    told = [words] if proven else [words, APART]
    body = {
        "unit": unit,
        "at_least": question.at_least,
        "reached": None,
        "greatest": None if math.isinf(greatest) else greatest,
        "budget_gbp": None,
        "available_gbp": available,
        "best_with_one_pound_less": None,
        "proven": proven,
        "needs": [],
    }
    return TargetAnswer(**asking.head(body, told), **body, plan=None, changes=[])


APART = (
    "This is not proven: the least that a pound brings is under a billionth of the most, which the solver takes for "
    "nothing."
)


def _is_chosen(purse: Purse, question: TargetQuestion) -> bool:
    wanted = question.purses
    return (wanted.purses is None or purse.key in wanted.purses) and (
        wanted.payers is None or purse.owner in wanted.payers
    )


def _holding(problem: Problem, amounts: Mapping[tuple[str, str], int]) -> Problem:
    """The problem with other amounts in some purses and years."""
    years = [year.key for year in problem.years]
    purses = [
        purse.model_copy(
            update={
                "amount_gbp": {year: amounts.get((purse.key, year), purse.amount_gbp.get(year, 0)) for year in years}
            }
        )
        for purse in problem.purses
    ]
    return problem.model_copy(update={"purses": purses})


def _needs(
    chosen: list[Purse], years: list[str], cells: Mapping[CellKey, float], more: Mapping[tuple[str, str], float]
) -> list[PurseNeed]:
    """What each purse must hold in each year of the plan found: what it spends of its own, or more than it has now."""
    spent: dict[tuple[str, str], float] = {}
    for (year, _, key, _), gbp in cells.items():
        spent[key, year] = spent.get((key, year), 0.0) + gbp
    rows = []
    for purse in chosen:
        for year in years:
            has = purse.amount_gbp.get(year, 0)
            lacks = max(0, math.ceil(more[purse.key, year] - ROUNDING))
            of_its_own = min(has, math.ceil(spent.get((purse.key, year), 0.0) - ROUNDING))
            rows.append(
                PurseNeed(
                    purse=purse.key,
                    name=purse.name,
                    year=year,
                    available_gbp=has,
                    needed_gbp=has + lacks if lacks else max(0, of_its_own),
                    more_gbp=lacks,
                )
            )
    return rows


def _changes(problem: Problem, question: TargetQuestion, needs: list[PurseNeed], budget: int) -> list[Change]:
    key = unused(problem, "target")
    chosen = sorted({need.purse for need in needs})
    money = [
        AddMoney(select=PurseSelection(purses=[need.purse]), gbp=need.more_gbp, years=[need.year])
        for need in needs
        if need.more_gbp > 0
    ]
    reach = Limit.model_validate(
        {
            "key": f"{key}-reached",
            "label": f"the target: at least {question.at_least:g}",
            "terms": terms_of(question.aim),
            "at_least": question.at_least,
            "per_year": False,
            "source": "the question",
        }
    )
    within = Limit.model_validate(
        {
            "key": f"{key}-budget",
            "label": "the chosen purses' money",
            "terms": [{"select": {"purses": chosen}, "measure": "burden"}],
            "at_most": budget,
            "per_year": False,
            "source": "the question",
        }
    )
    return [*money, AddLimit(limit=reach), AddLimit(limit=within)]


def _reached(plan: Answer, question: TargetQuestion) -> float | None:
    """What the plan in whole pounds reaches, where the aim is benefit or spend of everything."""
    if question.aim.select.model_dump(exclude_none=True):
        return None
    return {"benefit": plan.totals.benefit, "spend": float(plan.totals.spend_gbp)}.get(question.aim.measure)


def _what(aim: Aim) -> str:
    chosen = aim.select.model_dump(exclude_none=True)
    where = "; ".join(f"{name.replace('_', ' ')} {', '.join(values)}" for name, values in chosen.items())
    said = {"benefit": "of benefit", "spend": "of spend", "activity": "done", "money": "of money"}.get(aim.measure, "")
    return f"{said} ({where})" if where else said
