"""What the later parts of a problem came to, as tables: missed limits, options, years, capacity, patients, fairness."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from concord_client.show.page import add, percent, pounds, say, table
from concord_contracts.allocation import Answer, BridgeRow, ObjectiveResult

SHOWN = 15
FEW = 30
"""Rows of cases that a person reads; of more, the workbook has them."""

NOISE = 1e-9


def show_parts(console: Console, answer: Answer) -> None:
    """Nothing for an answer whose problem has no such part."""
    show_missed(console, answer)
    show_options(console, answer)
    show_activity(console, answer)
    show_fairness(console, answer)
    show_years(console, answer)
    show_bridges(console, answer.bridges)
    for one in answer.objectives:
        show_sacrifice(console, one)


def show_missed(console: Console, answer: Answer) -> None:
    if answer.missed:
        made = table("Soft limits that are missed", "Limit", ">Priority", ">Missed by", "Unit", ">Weighted GBP")
        for row in answer.missed[:SHOWN]:
            add(made, row.label, row.priority, f"{row.amount:,.1f}", row.unit, f"{row.weighted_gbp:,.0f}")
        _further(made, len(answer.missed), 5)
        console.print(made)


def show_options(console: Console, answer: Answer) -> None:
    if answer.options:
        unit = answer.totals.benefit_unit
        made = table("Options", "Option", "Supported from", ">Cost over the plan", f">{unit}")
        for row in answer.options[:SHOWN]:
            add(made, row.name, row.starts or "not supported", pounds(row.cost_gbp), f"{row.benefit:,.1f}")
        _further(made, len(answer.options), 4)
        console.print(made)
        if not answer.options_unique:
            say(console, "Another set of options may be exactly as good: not proven unique.", "yellow")


def show_activity(console: Console, answer: Answer) -> None:
    done = [row for row in answer.activity if row.cases]
    if 0 < len(done) <= FEW:
        made = table("Cases", "Line", "Delivered as", "Year", ">Cases", "Unit")
        for one in done:
            add(made, one.line, one.mode, one.year, f"{one.cases:,.2f}".removesuffix(".00"), one.unit)
        console.print(made)
    if answer.resources:
        made = table("Capacity and workforce", "What", "Year", ">Used", ">There", ">Bought", ">GBP", "Unit")
        for row in answer.resources[:SHOWN]:
            there = row.supply + row.bought
            full = "full" if there and row.used >= there * (1 - NOISE) else ""
            used = f"{row.used:,.1f} {full}".strip()
            add(
                made,
                row.name,
                row.year,
                used,
                f"{there:,.1f}",
                f"{row.bought:,.1f}",
                f"{row.bought_gbp:,.0f}",
                row.unit,
            )
        _further(made, len(answer.resources), 7)
        console.print(made)
    if answer.demands:
        made = table("Patients", "Demand", "Year", ">Came", ">Treated", ">Waiting", "Unit")
        for demand in answer.demands[:SHOWN]:
            waiting = "" if demand.waiting is None else f"{demand.waiting:,.1f}"
            came, treated = f"{demand.came:,.1f}", f"{demand.treated:,.1f}"
            add(made, demand.demand, demand.year, came, treated, waiting, demand.unit)
        _further(made, len(answer.demands), 6)
        console.print(made)


def show_fairness(console: Console, answer: Answer) -> None:
    if answer.equity:
        made = table("Per weighted head", "What", "Year", "Group", ">In all", ">Per head", "Unit")
        for row in answer.equity[:SHOWN]:
            least = "least" if row.is_least else ""
            amount, per_head = f"{row.amount:,.1f}", f"{row.per_head:,.4g} {least}".strip()
            add(made, row.equity, row.year or "all", row.name, amount, per_head, row.unit)
        _further(made, len(answer.equity), 6)
        console.print(made)


def show_years(console: Console, answer: Answer) -> None:
    """Carried, overspent, left outside, committed, saved, held back, moved: each in its words."""
    told = [
        *(row.words for row in answer.carried),
        *(row.words for row in answer.contracts if row.committed_gbp),
        *(row.words for row in answer.savings),
        *(row.words for row in answer.rules),
        *(row.words for row in answer.transfers),
    ]
    if told:
        made = table("Over the years", "What the plan carries, commits, saves and holds back")
        for words in told[:SHOWN]:
            add(made, words)
        _further(made, len(told), 1)
        console.print(made)
    if answer.totals.elsewhere_benefit:
        unit = answer.totals.benefit_unit
        say(console, f"Money left or overspent counts {answer.totals.elsewhere_benefit:+,.1f} {unit} elsewhere.")


def show_bridges(console: Console, bridges: Sequence[BridgeRow]) -> None:
    """From outturn to baseline by payer: the first table of a governing-body paper."""
    if not bridges:
        return
    made = table(
        "From outturn to baseline, GBP", "Payer", ">Outturn", ">Non-recurrent", ">Full-year", ">Tariff", ">Efficiency",
        ">Growth", ">QIPP", ">Baseline",
    )  # fmt: skip
    for payer in sorted({row.payer for row in bridges}):
        mine = [row for row in bridges if row.payer == payer]
        sums = [
            sum(row.outturn_gbp for row in mine),
            -sum(row.non_recurrent_gbp for row in mine),
            sum(row.full_year_effect_gbp for row in mine),
            sum(row.tariff_uplift_gbp for row in mine),
            -sum(row.efficiency_gbp for row in mine),
            sum(row.growth_gbp for row in mine),
            -sum(row.qipp_gbp for row in mine),
            sum(row.baseline_gbp for row in mine),
        ]
        add(made, payer, *(f"{gbp:,}" for gbp in sums))
    console.print(made)


def show_sacrifice(console: Console, one: ObjectiveResult) -> None:
    if one.sacrifice and one.best is not None:
        what = one.objective.replace("_", " ")
        lost = abs(one.best - one.value)
        say(
            console,
            f"{what}: {lost:,.4g} {one.unit} given up of {abs(one.best):,.4g}; {percent(one.sacrifice)} allowed.",
        )


def _further(made: Table, rows: int, columns: int) -> None:
    if rows > SHOWN:
        add(made, f"and {rows - SHOWN} more", *[""] * (columns - 1))
