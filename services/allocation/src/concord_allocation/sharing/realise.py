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
    own = _own_prefix(problem)
    asked = translate.apply(problem, [*_as_planned(problem, plan, own), *_parts(found, lines, amounts, own)])
    outcome = translate.solve(asked, time_limit_seconds=time_limit_seconds, prices=False)
    if isinstance(outcome, Answer):
        return Realisation(
            possible=True,
            words="Every payment keeps to its purse, its rule and every limit; each line is paid as planned.",
            schedule=schedule_of(problem, outcome, frozenset(found.of_payer), lines),
        )
    return Realisation(possible=False, words=outcome.words, conflict=outcome.conflict, relaxation=outcome.relaxation)


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
