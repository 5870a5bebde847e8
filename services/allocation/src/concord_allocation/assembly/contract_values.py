"""What contracts come to on the lines of a plan, year by year, in whole pounds.

Only money that is owed counts: the contract's value, or else what is planned for it. A forecast or an outturn is no
commitment, and the kinds of money are never put together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from concord_allocation.assembly.contract_scope import Scope
from concord_allocation.core.whole_pounds import in_proportion
from concord_contracts.allocation import Line
from concord_contracts.identifiers import first_day
from concord_contracts.registry import ContractView, Money

type OnLines = Mapping[str, Mapping[str, int]]
"""Line -> planning year -> GBP."""


@dataclass(frozen=True, slots=True)
class Values:
    """GBP by planning year of the days that a contract is in force on; `carried`: of years without a value of theirs,
    the year whose value stands for them."""

    money: Literal["contract-value", "plan"]
    gbp: Mapping[str, int]
    carried: Mapping[str, str]


def values_of(contract: ContractView, years: Sequence[str]) -> Values | None:
    """None where neither a contract value nor a plan is stated."""
    for money in (Money.CONTRACT_VALUE, Money.PLAN):
        stated = {one.year: one.value_gbp for one in contract.values if one.money is money}
        if stated:
            return _by_year(contract, years, stated, "plan" if money is Money.PLAN else "contract-value")
    return None


def _by_year(
    contract: ContractView, years: Sequence[str], stated: Mapping[str, int], money: Literal["contract-value", "plan"]
) -> Values:
    """A year's own value is of its days in force; another year's is of a whole year, of which the days' share."""
    gbp: dict[str, int] = {}
    carried: dict[str, str] = {}
    for year in years:
        share = in_force(contract, year)
        if share <= 0:
            continue
        if year in stated:
            gbp[year] = stated[year]
        else:
            carried[year] = max((y for y in stated if y < year), default=min(stated))
            whole = in_force(contract, carried[year]) or 1.0
            gbp[year] = round(stated[carried[year]] * share / whole)
    return Values(money, gbp, carried)


def in_force(contract: ContractView, year: str) -> float:
    """The share of a financial year's days on which a contract is in force."""
    first = first_day(year)
    end = first.replace(year=first.year + 1)
    days = min(end, contract.valid_to) - max(first, contract.valid_from)
    return max(timedelta(0), days) / (end - first)


def divided(scopes: Sequence[tuple[Scope, Values]], years: Sequence[str]) -> list[OnLines]:
    """What each contract comes to on its lines.

    One that is for the plan alone divides its value by payer's share, and each payer's part by the lines' baselines.
    What such contracts leave of a line's baseline is what the others there, which are for more than the plan, have of
    it: in proportion to their values, and together no more than a contract comes to.
    """
    found: list[dict[str, dict[str, int]]] = [{} for _ in scopes]
    for year in years:
        taken: dict[str, int] = {}
        for on, (scope, values) in zip(found, scopes, strict=True):
            if not scope.beyond and year in values.gbp:
                for line, gbp in _whole(scope, values.gbp[year]).items():
                    on.setdefault(line, {})[year] = gbp
                    taken[line] = taken.get(line, 0) + gbp
        wider = [(on, scope, values) for on, (scope, values) in zip(found, scopes, strict=True) if scope.beyond]
        for on, scope, values in wider:
            if year in values.gbp:
                rivals = [(s, v.gbp[year]) for _, s, v in wider if v.gbp.get(year)]
                for line, gbp in _part(scope, values.gbp[year], rivals, taken).items():
                    on.setdefault(line, {})[year] = gbp
    return list(found)


def _whole(scope: Scope, gbp: int) -> dict[str, int]:
    if scope.shares is None:
        return by_weight(gbp, baselines(scope))
    found: dict[str, int] = {}
    for payer, share in scope.shares.items():
        mine = {line.key: baseline_of(line) for line in scope.lines if line.statutory_payer == payer}
        found |= by_weight(round(gbp * share), mine) if mine else {}
    return found


def _part(scope: Scope, gbp: int, rivals: Sequence[tuple[Scope, int]], taken: Mapping[str, int]) -> dict[str, int]:
    """Of each line what is left of its baseline, shared with the rivals there; at most what the contract comes to."""
    wanted: dict[str, int] = {}
    for line in scope.lines:
        there = sum(value for other, value in rivals if any(each.key == line.key for each in other.lines))
        left = max(0, baseline_of(line) - taken.get(line.key, 0))
        wanted[line.key] = left * gbp // there if there else 0
    return wanted if sum(wanted.values()) <= gbp else by_weight(gbp, wanted)


def baselines(scope: Scope) -> dict[str, int]:
    return {line.key: baseline_of(line) for line in scope.lines}


def baseline_of(line: Line) -> int:
    """GBP a year, by whatever purse."""
    return sum(payment.gbp for payment in line.reference)


def by_weight(gbp: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Whole pounds in proportion; equally where nothing has a weight."""
    keys = sorted(weights)
    shares = [weights[key] for key in keys]
    return dict(zip(keys, in_proportion(gbp, shares if any(shares) else [1] * len(keys)), strict=True))
