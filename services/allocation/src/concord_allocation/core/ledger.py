"""What the later parts of a problem came to in a plan: rows with their words, from the numbers and the tables alone."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from concord_allocation.core.amounts import benefits_of, spend_of
from concord_allocation.core.matrix import Matrix
from concord_allocation.core.objectives import gbp_per_unit, soft_sides
from concord_allocation.core.parts import Equity, Option
from concord_allocation.core.picking import Picker
from concord_allocation.core.problem import Floats, ProblemTables
from concord_allocation.core.results_of_parts import (
    BridgeRow,
    CarryRow,
    ContractRow,
    DemandRow,
    EquityRow,
    OptionRow,
    ResourceRow,
    RuleRow,
    SavingRow,
    SoftMiss,
    TransferRow,
)
from concord_allocation.core.rounding import Whole
from concord_allocation.core.rules import Term
from concord_allocation.core.stages import Optimum
from concord_allocation.core.words import amount_of, pounds, share

NEGLIGIBLE = 0.005
"""GBP or units: less is arithmetic noise."""


def ledger_of(matrix: Matrix, optimum: Optimum, whole: Whole, *, unique: bool) -> dict[str, Any]:
    """The fields of an answer that the later parts bring; empty ones where the problem has no such part."""
    tables = matrix.tables
    if not tables.more and tables.parts == type(tables.parts)(tables.parts.indices) and not soft_sides(matrix.rows):
        return {}
    told = _Ledger(matrix, optimum, whole)
    return {
        "carried": tuple(told.carried()),
        "resources": tuple(told.resources()),
        "demands": tuple(told.demands()),
        "options": tuple(told.options()),
        "options_unique": unique,
        "missed": tuple(told.missed()),
        "equity": tuple(told.equity()),
        "contracts": tuple(told.contracts()),
        "savings": tuple(told.savings()),
        "rules": tuple(told.rules()),
        "transfers": tuple(told.transfers()),
        "bridges": tuple(told.bridges()),
    }


class _Ledger:
    def __init__(self, matrix: Matrix, optimum: Optimum, whole: Whole) -> None:
        self.matrix, self.optimum, self.whole = matrix, optimum, whole
        self.tables: ProblemTables = matrix.tables
        self.picker = Picker(self.tables)
        self.units = np.maximum(0.0, matrix.in_units(optimum.values))
        self.cases = self.units[matrix.columns.case.slice]
        self.spend = spend_of(self.tables, whole.cells)
        self.benefit = benefits_of(self.tables, self.spend, whole.more)

    def amount(self, key: str) -> float:
        """A later variable; 0 where there is none."""
        position = self.tables.more_at.get(key)
        return 0.0 if position is None else float(self.whole.more[position])

    def carried(self) -> Iterator[CarryRow]:
        kinds = {"carry": "carried", "keep": "carried", "over": "overspent", "outside": "outside"}
        for column, gbp in zip(self.tables.more, self.whole.more.tolist(), strict=True):
            if column.block not in kinds or gbp < 1:
                continue
            fund = None
            u = column.of
            if column.block == "keep":
                put = self.tables.contributions
                fund, u = self.tables.funds[int(put.fund[column.of])], int(put.purse[column.of])
            year, name = self.tables.years[column.year], self.tables.name_of_purse(u)
            words = {
                "carry": f"{name} carries {pounds(gbp)} out of {year}",
                "keep": f"{fund.name if fund else ''} keeps {pounds(gbp)} of {name} for the year after {year}",
                "over": f"{name} overspends by {pounds(gbp)} in {year}",
                "outside": f"{name} leaves {pounds(gbp)} in {year} to what a pound does elsewhere",
            }[column.block]
            purse = self.tables.purses[u]
            yield CarryRow(
                year, purse.key, purse.owner, fund.key if fund else None, kinds[column.block], round(gbp), words
            )

    def resources(self) -> Iterator[ResourceRow]:
        for r, resource in enumerate(self.tables.parts.resources):
            for t, year in enumerate(self.tables.years):
                used = sum(
                    use.amount * float(self.cases[self.picker.cases(Term(use.select, "activity", 1.0), (t,))].sum())
                    for use in resource.uses
                )
                supply = resource.supply[t]
                for option, start in self.started():
                    if start <= t:
                        used += option.uses.get(r, 0.0)
                        supply += option.supplies.get(r, 0.0)
                bought = sum(self.amount(f"extra/{self.tables.years[s]}/{resource.key}") for s in resource.buys(t))
                now = self.amount(f"extra/{year}/{resource.key}")
                words = (
                    f"{resource.name} in {year}: {_count(used)} of {_count(supply + bought)} {resource.unit} are used"
                )
                if now > NEGLIGIBLE:
                    words += f"; {_count(now)} are bought for {pounds(now * resource.price[t])}"
                yield ResourceRow(
                    year, resource.key, resource.name, resource.unit, round(used, 4), supply, round(bought, 4),
                    round(now * resource.price[t], 2), words,
                )  # fmt: skip

    def demands(self) -> Iterator[DemandRow]:
        for demand in self.tables.parts.demands:
            for t, year in enumerate(self.tables.years):
                treated = sum(
                    met.amount * float(self.cases[self.picker.cases(Term(met.select, "activity", 1.0), (t,))].sum())
                    for met in demand.met_by
                )
                came = demand.cases[t]
                for shift in demand.shifts:
                    then = t - shift.lag
                    if then >= 0 and shift.measure == "activity":
                        chosen = self.picker.cases(Term(shift.select, "activity", 1.0), (then,))
                        came += shift.rate * float(self.cases[chosen].sum())
                    elif then >= 0:
                        came += shift.rate * float(self.spend[then, self.picker.lines(shift.select)].sum())
                waiting = self.amount(f"waiting/{year}/{demand.key}") if demand.waits else None
                words = f"{demand.label}: of {_count(came)} {demand.unit} in {year} {_count(treated)} are treated"
                if waiting is not None:
                    words += f", {_count(waiting)} wait at its end"
                yield DemandRow(
                    year, demand.key, demand.unit, round(came, 4), round(treated, 4),
                    None if waiting is None else round(waiting, 4), words,
                )  # fmt: skip

    def started(self) -> list[tuple[Option, int]]:
        """Options supported, with the year they start in."""
        return [
            (self.tables.parts.options[column.of], column.year)
            for column, taken in zip(self.tables.more, self.whole.more.tolist(), strict=True)
            if column.block == "option" and taken == 1
        ]

    def options(self) -> Iterator[OptionRow]:
        starts = {option.key: start for option, start in self.started()}
        for option in self.tables.parts.options:
            start = starts.get(option.key)
            charged = start is not None and option.life_years > len(self.tables.years) - start
            cost = 0 if start is None else sum(option.cost[start])
            benefit = 0.0 if start is None else option.benefit * sum(self.tables.discount[start:])
            line = self.tables.lines[option.line]
            if start is None:
                words = f"{option.name} is not supported"
            else:
                words = f"{option.name} is supported from {self.tables.years[start]}: {pounds(cost)} on {line.name}"
                words += " over the plan"
                if charged and option.annual_capital:
                    words += f", of which {pounds(option.annual_capital)} a year for capital that outlives it"
                if benefit:
                    words += f"; benefit {_signed(benefit, self.tables.benefit_unit)} (discounted)"
            yield OptionRow(
                option.key, option.name, line.key, None if start is None else self.tables.years[start], cost,
                option.annual_capital if charged and option.annual_capital else None, benefit, option.assumed, words,
            )  # fmt: skip

    def missed(self) -> Iterator[SoftMiss]:
        rows, columns = self.matrix.rows, self.matrix.columns
        first = columns.block("miss").start
        for k, (position, _) in enumerate(soft_sides(rows)):
            row, amount = rows[position], float(self.units[first + k])
            if amount > NEGLIGIBLE:
                plain = row._replace(columns=row.columns[row.columns < first])
                gbp = amount * row.weight * gbp_per_unit(self.tables, columns, plain)
                told = pounds(amount) if row.unit == "GBP" else amount_of(amount, row.unit)
                words = f"'{row.label}' is missed by {told} (priority {row.soft})"
                yield SoftMiss(row.key, row.limit, row.label, row.soft or 1, amount, row.unit, gbp, words)

    def equity(self) -> Iterator[EquityRow]:
        for equity in self.tables.parts.equities:
            unit = {"benefit": self.tables.benefit_unit, "spend": "GBP"}.get(equity.measure, "cases")
            for period in equity.periods():
                found = [(group, heads, self.measured(equity, group, period)) for group, heads in equity.heads]
                least = min(amount / heads for _, heads, amount in found)
                for group, heads, amount in found:
                    per, name = amount / heads, self.tables.names.get(group, group)
                    when = self.tables.years[period[0]] if equity.per_year else None
                    words = f"{equity.label}: {name} gets {amount_of(per, unit)} per weighted head" + (
                        f" in {when}" if when else ""
                    )
                    yield EquityRow(equity.key, when, group, name, heads, amount, per, unit, per == least, words)

    def measured(self, equity: Equity, group: str, years: tuple[int, ...]) -> float:
        lines = self.picker.lines(equity.select) & np.array(
            [getattr(line, equity.per) == group for line in self.tables.lines], dtype=np.bool_
        )
        if equity.measure == "activity":
            chosen = self.picker.cases(Term(equity.select, "activity", 1.0), years)
            return float(self.cases[chosen & lines[self.tables.activities.line]].sum())
        table: Floats = self.benefit if equity.measure == "benefit" else self.spend
        return float(table[np.ix_(list(years), np.flatnonzero(lines))].sum())

    def contracts(self) -> Iterator[ContractRow]:
        for contract in self.tables.parts.commitments:
            line = self.tables.lines[contract.line]
            for t, year in enumerate(self.tables.years):
                idle = self.amount(f"idle/{year}/{line.key}") if contract.floor[t] else 0.0
                value, held = contract.value[t], contract.floor[t]
                words = f"{contract.words}: {pounds(held)} of {pounds(value)} committed in {year}"
                if idle >= 1:
                    words += f"; {pounds(idle)} on the line buys no case"
                yield ContractRow(
                    year, contract.key, contract.provider, contract.form, line.key, value, held, round(idle), words,
                )  # fmt: skip

    def savings(self) -> Iterator[SavingRow]:
        for saving in self.tables.parts.savings:
            for t, year in enumerate(self.tables.years):
                first, last = t - saving.lag - saving.lasts + 1, t - saving.lag
                spent = sum(float(self.spend[s, list(saving.lines)].sum()) for s in range(max(0, first), last + 1))
                if spent > 0:
                    gbp, name = saving.rate * spent, self.tables.name_of_purse(saving.purse)
                    words = f"{saving.label}: earlier spend frees {pounds(gbp)} for {name} in {year}"
                    yield SavingRow(saving.key, year, self.tables.purses[saving.purse].key, round(gbp, 2), words)

    def rules(self) -> Iterator[RuleRow]:
        for rule in self.tables.parts.held_back:
            for t in rule.years:
                for payer in self.tables.payers:
                    mine = [u for u in rule.purses if self.tables.purses[u].owner == payer.key]
                    if not mine:
                        continue
                    gbp = round(rule.share * sum(self.tables.purses[u].amount[t] for u in mine))
                    year = self.tables.years[t]
                    words = f"{payer.name}: {rule.label} in {year}, {share(rule.share)} ({pounds(gbp)})" + (
                        f", waived by {rule.waived_by}" if rule.waived_by else ""
                    )
                    yield RuleRow(rule.key, rule.label, year, payer.key, rule.share, gbp, rule.waived_by or None, words)

    def transfers(self) -> Iterator[TransferRow]:
        purses = self.tables.purses
        for move in self.tables.parts.moves:
            for t in move.years:
                lasting = "recurrent" if move.recurrent else "non-recurrent"
                words = (
                    f"{pounds(move.gbp)} moved from {self.tables.name_of_purse(move.from_purse)} to "
                    f"{self.tables.name_of_purse(move.to_purse)} with {move.service} on {move.day} ({lasting})"
                )
                yield TransferRow(
                    move.key, self.tables.years[t], purses[move.from_purse].key, purses[move.to_purse].key, move.gbp,
                    move.recurrent, words,
                )  # fmt: skip

    def bridges(self) -> Iterator[BridgeRow]:
        for b in self.tables.parts.bridges:
            purse, line = self.tables.purses[b.purse], self.tables.lines[b.line]
            parts = (
                ("less non-recurrent", -b.non_recurrent),
                ("full-year effect", b.full_year_effect),
                ("tariff uplift", b.tariff_uplift),
                ("less efficiency", -b.efficiency),
                ("growth", b.growth),
                ("less QIPP", -b.qipp),
            )
            told = ", ".join(f"{name} {pounds(gbp)}" for name, gbp in parts if gbp)
            words = (
                f"{line.name}: outturn {pounds(b.outturn)}{', ' + told if told else ''}, baseline {pounds(b.baseline)}"
            )
            yield BridgeRow(
                purse.owner, purse.key, line.key, b.year or None, b.outturn, b.non_recurrent, b.full_year_effect,
                b.tariff_uplift, b.efficiency, b.growth, b.qipp, b.baseline, b.source, words,
            )  # fmt: skip


def _count(amount: float) -> str:
    return f"{amount:,.1f}".removesuffix(".0")


def _signed(amount: float, unit: str) -> str:
    return f"-{amount_of(-amount, unit)}" if amount < 0 else amount_of(amount, unit)
