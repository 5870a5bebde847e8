"""The independent check of a plan: every rule and limit recomputed from the tables.

Imports nothing but `problem` and what is derived from it alone: it knows no solver, no matrix and no constraint family,
so that a mistake there shows.
A plan is given by names, so that a payment nobody was allowed to make cannot hide behind a position.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from concord_allocation.core.curves import benefit_of_spend
from concord_allocation.core.picking import Picker, line_chosen
from concord_allocation.core.problem import DIRECT, Floats, ProblemTables
from concord_allocation.core.recount import Rule, Space, all_rules

ABSOLUTE_TOLERANCE = 1e-4
"""GBP (or cases) by which an unrounded plan may miss a limit."""

RELATIVE_TOLERANCE = 1e-8
"""Share of sum |a x| by which it may miss instead, where that is more."""

PARTNERSHIP_KINDS = frozenset({"s75_pool", "s75_lead", "s14Z3", "delegation"})


@dataclass(frozen=True)
class Plan:
    """Amounts by name. GBP by (year, line, purse, fund or None), cases by (year, line, mode), others by key."""

    payments: Mapping[tuple[str, str, str, str | None], float]
    contributions: Mapping[tuple[str, str, str], float]
    cases: Mapping[tuple[str, str, str], float]
    more: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Violation:
    """A limit missed by `amount` of its unit, and how much missing the kind of check tolerates."""

    limit: str
    label: str
    amount: float
    unit: str
    allowed: float

    @property
    def counts(self) -> bool:
        return self.amount > self.allowed


@dataclass(frozen=True)
class CheckResult:
    """`worst` is the largest miss even where tolerated; `violations` hold what is not tolerated."""

    limits_checked: int
    worst: Violation | None
    violations: tuple[Violation, ...]
    tolerated: tuple[Violation, ...]

    @property
    def passed(self) -> bool:
        return not self.violations


def check_plan(tables: ProblemTables, plan: Plan, picker: Picker | None = None) -> CheckResult:
    """Unrounded plan: a miss of max(GBP 0.0001, 1e-8 * sum |a x|) is tolerated, per limit.

    A `picker` may be shared between checks of the same tables: it remembers what selections mean.
    """
    return _result(list(_Recount(tables, plan, picker, whole_pounds=False).everything()))


def check_whole_pounds(tables: ProblemTables, plan: Plan, picker: Picker | None = None) -> CheckResult:
    """Rounded plan: sums of pounds are exact; ratios and cases may miss by the sum of |coefficient| of one unit."""
    return _result(list(_Recount(tables, plan, picker, whole_pounds=True).everything()))


def _result(found: list[Violation]) -> CheckResult:
    missed = sorted((v for v in found if v.amount > 0), key=lambda v: (-v.amount, v.limit))
    return CheckResult(
        limits_checked=len(found),
        worst=missed[0] if missed else None,
        violations=tuple(v for v in missed if v.counts),
        tolerated=tuple(v for v in missed if not v.counts),
    )


class _Recount:
    """One pass over everything a plan must keep."""

    def __init__(self, tables: ProblemTables, plan: Plan, picker: Picker | None, *, whole_pounds: bool) -> None:
        self.tables, self.plan, self.whole = tables, plan, whole_pounds
        self.space = Space(tables, picker or Picker(tables))
        self.amounts = np.concatenate(
            [
                _aligned(plan.payments, _payment_names(tables)),
                _aligned(plan.contributions, _contribution_names(tables)),
                _aligned(plan.cases, _case_names(tables)),
                _aligned(plan.more, [column.key for column in tables.more]),
            ]
        )
        self._benefit: dict[tuple[int, int], float] = {}

    def everything(self) -> Iterator[Violation]:
        yield from self.rights()
        yield from self.signs()
        for rule in all_rules(self.space):
            yield from self.rule(rule)

    def _missed(self, rule: Rule, over: float, weight: float) -> Violation:
        if self.whole:
            over, tolerance = over - rule.free, rule.slack or (0.0 if rule.unit == "GBP" else ABSOLUTE_TOLERANCE)
        else:
            tolerance = max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * weight)
        return Violation(rule.name, rule.label, max(0.0, float(over)), rule.unit, np.inf if rule.soft else tolerance)

    def rule(self, rule: Rule) -> Iterator[Violation]:
        parts = rule.coefficients * self.amounts[rule.columns]
        value, weight = float(parts.sum()), float(np.abs(parts).sum())
        for t, i, share in rule.benefit:
            gained = share * self.benefit(t, i)
            value, weight = value + gained, weight + abs(gained)
        if np.isfinite(rule.lower) and rule.lower == rule.upper:
            yield self._missed(rule, abs(value - rule.lower), weight)
        elif np.isfinite(rule.lower):
            yield self._missed(rule, rule.lower - value, weight)
        elif np.isfinite(rule.upper):
            yield self._missed(rule, value - rule.upper, weight)

    def benefit(self, t: int, i: int) -> float:
        """Discounted benefit of what is spent on a line in a year, beside what lies on no curve."""
        if (t, i) not in self._benefit:
            line = self.tables.lines[i]
            spent = float(self.amounts[self.space.paid(t, i)].sum())
            spent -= sum(cost * float(self.amounts[j]) for j, cost in self.space.aside(t, i))
            self._benefit[t, i] = self.tables.discount[t] * benefit_of_spend(line.widths[t], line.slopes[t], spent)
        return self._benefit[t, i]

    def rights(self) -> Iterator[Violation]:
        """Nobody pays who has no right to: by statute or mechanism in force, inside the purse's scope, not barred."""
        possible = set(_payment_names(self.tables))
        for name, gbp in self.plan.payments.items():
            if gbp > 0:
                reason = _no_right(self.tables, *name) or (None if name in possible else "no such payment")
                if reason:
                    yield Violation("/".join(str(part) for part in name), reason, gbp, "GBP", 0.0)
        known = set(_contribution_names(self.tables))
        for place, gbp in self.plan.contributions.items():
            if gbp > 0 and place not in known:
                yield Violation("/".join(place), "no such contribution", gbp, "GBP", 0.0)
        for key, amount in self.plan.more.items():
            if amount and key not in self.tables.more_at:
                yield Violation(key, "no such variable", abs(amount), "", 0.0)

    def signs(self) -> Iterator[Violation]:
        """Nothing is negative or beyond its own bound, and options are supported whole or not at all."""
        lowest = float(min(self.amounts.min(initial=0.0), 0.0))
        whole = Rule("signs", "signs", "No payment and no number of cases is negative", NONE, NONE_AT_ALL, 0.0, 0.0)
        yield self._missed(whole, -lowest, 0.0)
        for position, column in enumerate(self.tables.more):
            amount = float(self.amounts[self.space.more + position])
            over = amount - column.upper
            if column.block == "option":
                over = max(over, abs(amount - round(amount)))
            if np.isfinite(column.upper):
                label = f"{column.key} is within its bounds"
                bound = Rule(column.key, column.key, label, NONE, NONE_AT_ALL, 0.0, 0.0, free=1.0 * (over < 1.0))
                yield self._missed(bound if column.block == "idle" else bound._replace(free=0.0), over, abs(amount))


NONE = np.zeros(0, dtype=np.int64)
NONE_AT_ALL = np.zeros(0)


def _aligned[Name](amounts: Mapping[Name, float], names: list[Name]) -> Floats:
    return np.array([amounts.get(name, 0.0) for name in names], dtype=np.float64)


def _payment_names(tables: ProblemTables) -> list[tuple[str, str, str, str | None]]:
    cells = tables.cells
    columns = (cells.year.tolist(), cells.line.tolist(), cells.purse.tolist(), cells.fund.tolist())
    return [
        (
            tables.years[t],
            tables.lines[i].key,
            tables.purses[u].key,
            None if m == DIRECT else tables.funds[m].key,
        )
        for t, i, u, m in zip(*columns, strict=True)
    ]


def _contribution_names(tables: ProblemTables) -> list[tuple[str, str, str]]:
    rows = tables.contributions
    return [
        (tables.years[t], tables.funds[m].key, tables.purses[u].key)
        for t, m, u in zip(rows.year.tolist(), rows.fund.tolist(), rows.purse.tolist(), strict=True)
    ]


def _case_names(tables: ProblemTables) -> list[tuple[str, str, str]]:
    rows = tables.activities
    return [
        (tables.years[t], tables.lines[i].key, tables.lines[i].modes[d].key)
        for t, i, d in zip(rows.year.tolist(), rows.line.tolist(), rows.mode.tolist(), strict=True)
    ]


def _no_right(tables: ProblemTables, year: str, line_key: str, purse_key: str, fund_key: str | None) -> str | None:
    """Why this payment is not allowed; None when it is."""
    line = next((line for line in tables.lines if line.key == line_key), None)
    purse = next((purse for purse in tables.purses if purse.key == purse_key), None)
    fund = next((fund for fund in tables.funds if fund.key == fund_key), None)
    if line is None or purse is None or year not in tables.years or (fund_key is not None and fund is None):
        return "no such year, line, purse or fund"
    if purse.only_non_recurrent and not line.non_recurrent:
        return f"{purse.name} may not pay for {line.name}: its money ends and the line recurs"
    if not line_chosen(purse.scope, line) or purse.use != line.use:
        return f"{purse.name} may not pay for {line.name}: outside its scope"
    if any(purse.owner in bar.payers and line_chosen(bar.lines, line) for bar in tables.bars):
        return f"{purse.owner} is barred from {line.name}"
    if fund is None and purse.owner == line.statutory_payer:
        return None
    if fund is not None and (
        not line_chosen(fund.lines, line) or purse.key not in {c.purse for c in fund.contributors}
    ):
        return f"{fund.name} may not spend {purse.name} on {line.name}"
    t = tables.years.index(year)
    in_force = [
        mechanism
        for mechanism in tables.mechanisms
        if mechanism.years[t]
        and (mechanism.key == fund.mechanism if fund is not None else mechanism.kind != "s75_pool")
        and purse.owner in mechanism.payers
        and mechanism.leaving.get(purse.owner, t + 1) > t
        and line_chosen(mechanism.lines, line)
        and line.procedure_class not in mechanism.excluded_classes
        and (
            mechanism.kind not in PARTNERSHIP_KINDS
            or (line.statutory_payer in mechanism.payers and mechanism.leaving.get(line.statutory_payer, t + 1) > t)
        )
    ]
    return None if in_force else f"no rule or mechanism in force lets {purse.owner} pay for {line.name}"
