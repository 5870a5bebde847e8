"""A plan's payments as agreements take them: what each purse pays into each fund, and directly, by year."""

from collections import defaultdict
from collections.abc import Iterator, Set
from typing import NamedTuple

from concord_contracts.agreements import RingFence
from concord_contracts.allocation import Answer, Problem, Purse
from concord_contracts.allocation.sharing import AgreementContribution, ScheduledContribution

PENCE_PER_POUND = 100
FENCED = "ring_fence"
"""The kind of a purse whose money is a ring-fenced grant."""


class _Giving(NamedTuple):
    """A purse of a payer, and the fund it pays into; none: directly."""

    payer: str
    purse: str
    fund: str | None


def schedule_of(problem: Problem, plan: Answer, payers: Set[str], lines: Set[str]) -> list[ScheduledContribution]:
    """By year, payer, purse and fund: contributions to the funds that pay for these lines, and direct payments."""
    paid: dict[_Giving, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    stages: dict[_Giving, set[str]] = defaultdict(set)
    because: dict[_Giving, set[str]] = defaultdict(set)
    for cell in plan.cells:
        if cell.gbp and cell.payer in payers:
            giving = _Giving(cell.payer, cell.purse, cell.fund)
            if cell.line in lines or cell.fund is not None:
                stages[giving].add(cell.stage)
                because[giving].add(cell.because)
            if cell.line in lines and cell.fund is None:
                paid[giving][cell.year] += cell.gbp
    paying = {cell.fund for cell in plan.cells if cell.gbp and cell.line in lines}
    for row in plan.contributions:
        if row.gbp and row.payer in payers and row.fund in paying:
            paid[_Giving(row.payer, row.purse, row.fund)][row.year] += row.gbp
    purses = {purse.key: purse for purse in problem.purses}
    grants = {payer.key for payer in problem.payers if _may_hold_the_grant(payer.key, payer.kind)}
    found = [
        (
            year,
            ScheduledContribution(
                contribution=_contribution(
                    purses[giving.purse], year, gbp, sorted(stages[giving]), fenced=giving.payer in grants
                ),
                fund=giving.fund,
                stages=sorted(stages[giving]),
                because=sorted(because[giving]),
            ),
        )
        for giving, by_year in sorted(paid.items(), key=lambda item: (item[0][:2], item[0].fund or ""))
        for year, gbp in _years(problem, by_year, recurrent=purses[giving.purse].recurrent)
    ]
    return [row for _, row in sorted(found, key=lambda item: item[0])]


def _years(problem: Problem, by_year: dict[str, int], *, recurrent: bool) -> Iterator[tuple[str, int]]:
    """(year, GBP): years in which something is paid; later ones too for recurrent money, which would run on."""
    begun = False
    for year in (year.key for year in problem.years):
        gbp = by_year.get(year, 0)
        begun = begun or gbp > 0
        if gbp or (begun and recurrent):
            yield year, gbp


def _contribution(purse: Purse, year: str, gbp: int, stages: list[str], *, fenced: bool) -> AgreementContribution:
    fenced = fenced and purse.kind == FENCED
    return AgreementContribution(
        party=purse.owner,
        purse=purse.key,
        year=year,
        amount_pence=gbp * PENCE_PER_POUND,
        recurrent=purse.recurrent,
        ring_fence=RingFence.PUBLIC_HEALTH_GRANT if fenced else RingFence.NONE,
        for_stages=stages if fenced else [],
    )


def _may_hold_the_grant(payer: str, kind: str | None) -> bool:
    """Councils alone do: by the kind that is stated, else by the code; who has neither is taken at its purse's word."""
    return kind.casefold() in ("council", "local authority") if kind else not payer.startswith("ods:")
