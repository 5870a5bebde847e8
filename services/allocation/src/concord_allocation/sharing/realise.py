"""The payments that give each party its part of a division: the planned spend of each line, paid by other purses.

Asked as a question of the optimiser, so that eligibility, purses, ring-fences and every limit hold, and a division that
cannot be paid is refused with the limits that stand in its way.
"""

from collections.abc import Mapping

from concord_allocation import translate
from concord_allocation.sharing.parties import Parties
from concord_allocation.sharing.schedule import schedule_of
from concord_contracts.allocation import AddLimit, Answer, Problem
from concord_contracts.allocation.problem import Limit, Measure, Term
from concord_contracts.allocation.quantities import Selection
from concord_contracts.allocation.sharing import Realisation

SOURCE = "the division asked about"

A_POUND = 1
"""GBP: how far rounding may set an amount off, in a plan as in a division. What lies so near the plan is the plan's."""

PAYABLE = "Every payment keeps to its purse, its rule and every limit; each line is paid as planned."
ROUNDED = f"These are the plan's own payments: by rounding, parts of the division differ from them by GBP {A_POUND}."


def realise(
    problem: Problem,
    plan: Answer,
    found: Parties,
    lines: frozenset[str],
    amounts: Mapping[str, int],
    *,
    time_limit_seconds: float | None = None,
) -> Realisation:
    """Whether and how the division `amounts` (GBP by party over all years, on `lines`) can be paid."""
    payers = frozenset(found.of_payer)
    own = _own_prefix(problem)
    asked = translate.apply(problem, [*_as_planned(problem, plan, own), *_parts(found, lines, amounts, own)])
    outcome = translate.solve(asked, time_limit_seconds=time_limit_seconds, prices=False)
    if isinstance(outcome, Answer):
        return Realisation(
            possible=True,
            words=PAYABLE,
            schedule=schedule_of(problem, outcome, payers, lines),
        )
    apart = _apart(found, plan, lines, amounts)
    if apart <= A_POUND:
        words = f"{PAYABLE} {ROUNDED}" if apart else PAYABLE
        return Realisation(possible=True, words=words, schedule=schedule_of(problem, plan, payers, lines))
    return Realisation(possible=False, words=outcome.words, conflict=outcome.conflict, relaxation=outcome.relaxation)


def _apart(found: Parties, plan: Answer, lines: frozenset[str], amounts: Mapping[str, int]) -> int:
    """GBP by which a party's part differs at most from what it pays in the plan on these lines."""
    paid = dict.fromkeys(amounts, 0)
    for cell in plan.cells:
        if cell.line in lines and cell.payer in found.of_payer:
            paid[found.of_payer[cell.payer]] += cell.gbp
    return max((abs(gbp - paid[party]) for party, gbp in amounts.items()), default=0)


def _own_prefix(problem: Problem) -> str:
    """What our limits' keys begin with: nothing that one of the problem's own begins with."""
    taken = [*(limit.key for limit in problem.limits), *(pace.key for pace in problem.pace_of_change)]
    prefix = "sharing."
    while any(key.startswith(prefix) for key in taken):
        prefix += "-"
    return prefix


def _as_planned(problem: Problem, plan: Answer, own: str) -> list[AddLimit]:
    names = {line.key: line.name or line.key for line in problem.lines}
    return [
        AddLimit(
            kind="add_limit",
            limit=Limit(
                key=f"{own}as-planned.{number}",
                label=f"{names[row.line]} has GBP {row.gbp:,} in {row.year}, as planned",
                terms=[Term(select=Selection(lines=[row.line]))],
                equal=row.gbp,
                years=[row.year],
                source=SOURCE,
            ),
        )
        for number, row in enumerate(plan.lines)
    ]


def _parts(found: Parties, lines: frozenset[str], amounts: Mapping[str, int], own: str) -> list[AddLimit]:
    return [
        AddLimit(
            kind="add_limit",
            limit=Limit(
                key=f"{own}part.{number}",
                label=f"{party.name}: GBP {amounts[party.key]:,} of the cost divided",
                terms=[Term(select=Selection(payers=sorted(party.payers), lines=sorted(lines)), measure=Measure.SPEND)],
                equal=amounts[party.key],
                per_year=False,
                source=SOURCE,
            ),
        )
        for number, party in enumerate(found.parties)
    ]
