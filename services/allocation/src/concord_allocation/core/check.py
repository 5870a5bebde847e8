"""The independent check of a plan: every rule and limit recomputed from the tables.

Imports nothing but `problem`: it knows no solver, no matrix and no constraint family, so that a mistake there shows.
A plan is given by names, so that a payment nobody was allowed to make cannot hide behind a position.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from concord_allocation.core.problem import (
    DIRECT,
    Floats,
    Limit,
    Line,
    Mask,
    Pace,
    ProblemTables,
    Selection,
    Term,
)

ABSOLUTE_TOLERANCE = 1e-4
"""GBP (or cases) by which an unrounded plan may miss a limit."""

RELATIVE_TOLERANCE = 1e-8
"""Share of sum |a x| by which it may miss instead, where that is more."""

PARTNERSHIP_KINDS = frozenset({"s75_pool", "s75_lead", "s14Z3", "delegation"})


@dataclass(frozen=True)
class Plan:
    """Amounts by name. GBP by (year, line, purse, fund or None), cases by (year, line, mode)."""

    payments: Mapping[tuple[str, str, str, str | None], float]
    contributions: Mapping[tuple[str, str, str], float]
    cases: Mapping[tuple[str, str, str], float]


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


def check_plan(tables: ProblemTables, plan: Plan, picker: "Picker | None" = None) -> CheckResult:
    """Unrounded plan: a miss of max(GBP 0.0001, 1e-8 * sum |a x|) is tolerated, per limit.

    A `picker` may be shared between checks of the same tables: it remembers what selections mean.
    """
    return _result(list(_Recount(tables, plan, picker, whole_pounds=False).everything()))


def check_whole_pounds(tables: ProblemTables, plan: Plan, picker: "Picker | None" = None) -> CheckResult:
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


def line_chosen(select: Selection, line: Line) -> bool:
    """Whether a line is among those a selection names."""
    wanted = (
        (select.lines, line.key),
        (select.places, line.place),
        (select.pathways, line.pathway),
        (select.stages, line.stage),
        (select.purposes, line.purpose),
        (select.statutory_payers, line.statutory_payer),
    )
    return all(values is None or value in values for values, value in wanted)


class Picker:
    """Which payments, contributions and cases a selection means, by position in the tables."""

    def __init__(self, tables: ProblemTables) -> None:
        self.tables = tables
        self._lines: dict[Selection, Mask] = {}
        self._line_at = {line.key: i for i, line in enumerate(tables.lines)}
        rows = zip(tables.activities.line.tolist(), tables.activities.mode.tolist(), strict=True)
        self._mode_keys = np.array([tables.lines[i].modes[d].key for i, d in rows], dtype=np.str_)

    def lines(self, select: Selection) -> Mask:
        if select not in self._lines:
            named = self._line_at if select.lines is None else select.lines & self._line_at.keys()
            chosen = np.zeros(len(self.tables.lines), dtype=np.bool_)
            for i in (self._line_at[key] for key in named):
                chosen[i] = line_chosen(select, self.tables.lines[i])
            self._lines[select] = chosen
        return self._lines[select]

    def purses(self, select: Selection) -> Mask:
        return np.array(
            [
                (select.purses is None or p.key in select.purses)
                and (select.payers is None or p.owner in select.payers)
                for p in self.tables.purses
            ],
            dtype=np.bool_,
        )

    def funds(self, select: Selection) -> Mask:
        """One more entry than funds: the last stands for "no fund", which DIRECT = -1 finds."""
        named = [select.funds is None or fund.key in select.funds for fund in self.tables.funds]
        return np.array([*named, select.funds is None], dtype=np.bool_)

    def covers(self, select: Selection, line: int, purse: int, fund: int) -> bool:
        """Whether one payment, by positions, is among those selected."""
        return bool(self.lines(select)[line] and self.purses(select)[purse] and self.funds(select)[fund])

    def payments(self, term: Term, years: tuple[int, ...]) -> Mask:
        cells = self.tables.cells
        if term.measure not in ("spend", "direct_spend", "burden"):
            return np.zeros(len(cells), dtype=np.bool_)
        chosen = self.lines(term.select)[cells.line] & self.purses(term.select)[cells.purse]
        chosen &= np.isin(cells.year, years)
        return chosen & (self.funds(term.select)[cells.fund] if term.measure == "spend" else cells.fund == DIRECT)

    def contributions(self, term: Term, years: tuple[int, ...]) -> Mask:
        rows = self.tables.contributions
        if term.measure not in ("contribution", "burden"):
            return np.zeros(len(rows.year), dtype=np.bool_)
        chosen = self.purses(term.select)[rows.purse] & self.funds(term.select)[rows.fund]
        return chosen & np.isin(rows.year, years)

    def cases(self, term: Term, years: tuple[int, ...]) -> Mask:
        rows = self.tables.activities
        if term.measure != "activity":
            return np.zeros(len(rows.year), dtype=np.bool_)
        chosen = self.lines(term.select)[rows.line] & np.isin(rows.year, years)
        if term.select.modes is not None:
            chosen &= np.isin(self._mode_keys, sorted(term.select.modes))
        return chosen


class _Recount:
    """One pass over everything a plan must keep."""

    def __init__(self, tables: ProblemTables, plan: Plan, picker: Picker | None, *, whole_pounds: bool) -> None:
        self.tables, self.plan, self.whole = tables, plan, whole_pounds
        self.picker = picker or Picker(tables)
        self.pay = _aligned(plan.payments, _payment_names(tables))
        self.put = _aligned(plan.contributions, _contribution_names(tables))
        self.case = _aligned(plan.cases, _case_names(tables))

    def everything(self) -> Iterator[Violation]:
        yield from self.rights()
        yield from self.signs()
        yield from self.purses()
        yield from self.funds()
        yield from self.costs()
        for limit in self.tables.limits:
            yield from self.limit(limit)
        for pace in self.tables.paces:
            yield from self.pace(pace)

    def _missed(
        self, key: str, label: str, over: float, weight: float, unit: str = "GBP", slack: float = 0.0
    ) -> Violation:
        tolerance = slack if self.whole else max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * weight)
        return Violation(key, label, max(0.0, float(over)), unit, tolerance)

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

    def signs(self) -> Iterator[Violation]:
        lowest = min((*self.plan.payments.values(), *self.plan.contributions.values(), *self.plan.cases.values(), 0.0))
        yield self._missed("signs", "No payment and no number of cases is negative", -lowest, 0.0)

    def purses(self) -> Iterator[Violation]:
        cells, rows = self.tables.cells, self.tables.contributions
        for u, purse in enumerate(self.tables.purses):
            for t, year in enumerate(self.tables.years):
                direct = (cells.purse == u) & (cells.year == t) & (cells.fund == DIRECT)
                used = self.pay[direct].sum() + self.put[(rows.purse == u) & (rows.year == t)].sum()
                yield self._missed(f"purse/{year}/{purse.key}", purse.name, used - purse.amount[t], used)

    def funds(self) -> Iterator[Violation]:
        cells, rows = self.tables.cells, self.tables.contributions
        for k, (t, m, u) in enumerate(zip(rows.year.tolist(), rows.fund.tolist(), rows.purse.tolist(), strict=True)):
            spent = self.pay[(cells.fund == m) & (cells.purse == u) & (cells.year == t)].sum()
            given = float(self.put[k])
            name = f"{self.tables.years[t]}/{self.tables.funds[m].key}/{self.tables.purses[u].key}"
            yield self._missed(f"fund/{name}", "What is paid into a fund is spent by it", abs(spent - given), given)
            yield self._missed(f"contribution/{name}", "Agreed minimum", rows.at_least[k] - given, given)
            yield self._missed(f"contribution/{name}", "Agreed maximum", given - rows.at_most[k], given)

    def costs(self) -> Iterator[Violation]:
        """Spend on a line with delivery modes = fixed cost + unit cost x cases.

        Cases are not rounded, so in whole pounds each payment may be a pound away from what they cost.
        """
        cells, rows = self.tables.cells, self.tables.activities
        for t, i in sorted(set(zip(rows.year.tolist(), rows.line.tolist(), strict=True))):
            line = self.tables.lines[i]
            paid = self.pay[(cells.line == i) & (cells.year == t)]
            mine = (rows.line == i) & (rows.year == t)
            cost = line.fixed_cost[t] + float((self.case[mine] * rows.unit_cost[mine]).sum())
            yield self._missed(
                f"case/{self.tables.years[t]}/{line.key}",
                f"Spend on {line.name} is the cost of its cases",
                abs(float(paid.sum()) - cost) - (len(paid) if self.whole else 0),
                cost,
            )

    def limit(self, limit: Limit) -> Iterator[Violation]:
        for years in [(t,) for t in limit.years] if limit.per_year else [limit.years]:
            value, weight, coefficients = self._sum(limit.terms, years)
            name = f"limit/{self.tables.years[years[0]] if limit.per_year else 'all'}/{limit.key}"
            exact = limit.unit == "GBP" and len(set(coefficients)) <= 1
            slack = 0.0 if exact else float(sum(abs(c) for c in coefficients))
            if limit.lower is not None:
                yield self._missed(name, limit.label, limit.lower - value, weight, limit.unit, slack)
            if limit.upper is not None:
                yield self._missed(name, limit.label, value - limit.upper, weight, limit.unit, slack)

    def _sum(self, terms: tuple[Term, ...], years: tuple[int, ...]) -> tuple[float, float, list[float]]:
        """(sum of terms, sum of |a x|, coefficients that are not zero)."""
        pay, put, case = np.zeros_like(self.pay), np.zeros_like(self.put), np.zeros_like(self.case)
        for term in terms:
            pay += term.coefficient * self.picker.payments(term, years)
            put += term.coefficient * self.picker.contributions(term, years)
            case += term.coefficient * self.picker.cases(term, years)
        parts = [(pay, self.pay), (put, self.put), (case, self.case)]
        value = float(sum((a * x).sum() for a, x in parts))
        weight = float(sum(np.abs(a * x).sum() for a, x in parts))
        return value, weight, [float(c) for a, _ in parts for c in a[a != 0]]

    def pace(self, pace: Pace) -> Iterator[Violation]:
        cells = self.tables.cells
        everything = Term(pace.select, "spend", 1.0)
        for t in pace.years:
            chosen = np.flatnonzero(self.picker.payments(everything, (t,)))
            spend: dict[str, float] = {}
            reference: dict[str, float] = {}
            for cell in chosen.tolist():
                name = group_of(self.tables, pace.per, int(cells.line[cell]), int(cells.purse[cell]))
                spend[name] = spend.get(name, 0.0) + float(self.pay[cell])
                reference[name] = reference.get(name, 0.0) + float(cells.reference[cell])
            for year, line, purse, fund, gbp in self.tables.orphans:
                if year == t and self.picker.covers(pace.select, line, purse, fund):
                    name = group_of(self.tables, pace.per, line, purse)
                    spend.setdefault(name, 0.0)
                    reference[name] = reference.get(name, 0.0) + gbp
            for name, paid in sorted(spend.items()):
                key, was = f"pace/{self.tables.years[t]}/{pace.key}/{name}", reference[name]
                lower, upper = pace.bounds(was)
                if np.isfinite(upper):
                    yield self._missed(key, pace.label, paid - upper, paid)
                if np.isfinite(lower):
                    yield self._missed(key, pace.label, lower - paid, paid)


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


def group_of(tables: ProblemTables, per: str, line: int, purse: int) -> str:
    """Name of the group that a pace of change counts a payment in."""
    if per == "purse":
        return tables.purses[purse].key
    if per == "payer":
        return tables.purses[purse].owner
    here = tables.lines[line]
    return {"line": here.key, "place": here.place, "stage": here.stage, "pathway": here.pathway}.get(per, "total")


def _no_right(tables: ProblemTables, year: str, line_key: str, purse_key: str, fund_key: str | None) -> str | None:
    """Why this payment is not allowed; None when it is."""
    line = next((line for line in tables.lines if line.key == line_key), None)
    purse = next((purse for purse in tables.purses if purse.key == purse_key), None)
    fund = next((fund for fund in tables.funds if fund.key == fund_key), None)
    if line is None or purse is None or year not in tables.years or (fund_key is not None and fund is None):
        return "no such year, line, purse or fund"
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
    in_force = [
        mechanism
        for mechanism in tables.mechanisms
        if mechanism.years[tables.years.index(year)]
        and (mechanism.key == fund.mechanism if fund is not None else mechanism.kind != "s75_pool")
        and purse.owner in mechanism.payers
        and line_chosen(mechanism.lines, line)
        and line.procedure_class not in mechanism.excluded_classes
        and (mechanism.kind not in PARTNERSHIP_KINDS or line.statutory_payer in mechanism.payers)
    ]
    return None if in_force else f"no rule or mechanism in force lets {purse.owner} pay for {line.name}"
