"""An allocation answer as tables: who pays what, what binds at what price, what the next GBP 100k would do."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from concord_client.show.page import add, percent, pounds, say, table, thousands
from concord_contracts.allocation import (
    Answer,
    Candidate,
    Difference,
    DifferenceRow,
    Outcome,
    Refusal,
    Scenario,
    SplitRow,
)

BINDING_SHOWN = 8
CANDIDATES_SHOWN = 5
LINES_SHOWN = 12


def show_scenario(console: Console, scenario: Scenario) -> None:
    """A scenario with where its facts come from, then its outcome."""
    say(console, scenario.title, "bold")
    read = "; ".join(f"{each.service} at position {each.seq}" for each in scenario.dependencies if each.seq is not None)
    say(
        console,
        f"scenario {scenario.id}, responsibilities as of {scenario.as_of}" + (f", {read}" if read else ""),
        "dim",
    )
    show_outcome(console, scenario.outcome)


def show_outcome(console: Console, outcome: Outcome) -> None:
    if isinstance(outcome, Refusal):
        show_refusal(console, outcome)
    else:
        show_answer(console, outcome)


def show_answer(console: Console, answer: Answer) -> None:
    """The plan: totals, splits, what binds, candidates, assumptions, check."""
    show_totals(console, answer)
    console.print(split_table("By payer", answer.splits.payer))
    console.print(split_table("By stage", answer.splits.stage))
    show_reasons(console, answer)


def show_reasons(console: Console, answer: Answer) -> None:
    """What binds and its price, candidate investments and releases, assumptions and the check."""
    console.print(binding_table(answer))
    console.print(candidates_table("What the next money would buy", answer.candidate_investments))
    console.print(candidates_table("What a release would lose", answer.candidate_releases))
    for exit_ in answer.exits:
        say(console, exit_.words)
    show_assumptions(console, answer)
    show_check(console, answer)


def show_totals(console: Console, answer: Answer) -> None:
    totals = answer.totals
    unit = totals.benefit_unit
    say(
        console,
        f"{pounds(totals.spend_gbp)} spent of {pounds(totals.available_gbp)}; {totals.benefit:,.1f} {unit} "
        f"(reference split {totals.reference_benefit:,.1f}); {pounds(totals.moved_gbp)} differs from the reference",
    )
    if answer.status != "optimal":
        say(
            console,
            "Not proven best: the time limit came first. The bound below says how much better it could be.",
            "yellow",
        )


def split_table(title: str, rows: Iterable[SplitRow]) -> Table:
    made = table(f"{title}, GBP thousand", "Year", "Who or what", ">Reference", ">Plan", ">Change")
    for row in rows:
        plan, before = thousands(row.gbp), thousands(row.reference_gbp)
        add(made, row.year, row.name, before, plan, thousands(row.change_gbp, signed=True))
    return made


def binding_table(answer: Answer) -> Table:
    """The limits that hold the plan back, dearest first."""
    unit = answer.totals.benefit_unit
    made = table(
        "What binds, and its price",
        "Limit",
        ">Year",
        f">{unit} per extra 100k",
        f">{unit} lost per 100k less",
        "Proof",
        caption=f"Price: {unit} for GBP 100,000 (or 100,000 units) more or less of the limit.",
    )
    ranked = sorted(answer.binding, key=lambda limit: -abs(limit.price_more or 0.0))
    for limit in ranked[:BINDING_SHOWN]:
        law = " [by law]" if limit.statutory else ""
        add(made, limit.label + law, limit.year or "all", price(limit.price_more), price(limit.price_less), limit.proof)
    if len(ranked) > BINDING_SHOWN:
        add(made, f"and {len(ranked) - BINDING_SHOWN} more of smaller price", "", "", "", "")
    return made


def price(per_unit: float | None) -> str:
    return "-" if per_unit is None else f"{per_unit * 100_000:,.2f}"


def candidates_table(title: str, candidates: Iterable[Candidate]) -> Table:
    made = table(title, "Candidate", ">Year", ">GBP k", ">Benefit", ">GBP per unit")
    for each in list(candidates)[:CANDIDATES_SHOWN]:
        per_unit = "-" if each.gbp_per_unit is None else f"{each.gbp_per_unit:,.0f}"
        add(made, each.words, each.year, thousands(each.amount_gbp), f"{each.benefit_change:+.2f}", per_unit)
    return made


def show_assumptions(console: Console, answer: Answer) -> None:
    parts = ", ".join(f"{part.what} {percent(part.share)}" for part in answer.assumptions.parts)
    say(
        console,
        f"{percent(answer.assumptions.share)} of this money rests on at least one assumption"
        + (f" ({parts})." if parts else "."),
    )


def show_check(console: Console, answer: Answer) -> None:
    check = answer.check
    verdict = "passed" if check.passed else "FAILED"
    say(
        console,
        f"Independent check {verdict}: {check.limits_checked} limits recomputed, worst violation "
        f"{check.worst_violation:.2g}; no plan can beat {check.bound:,.1f} (gap {check.gap:.1e}). "
        f"Answer {answer.digest[:12]}.",
        "green" if check.passed else "bold red",
    )


def show_refusal(console: Console, refusal: Refusal) -> None:
    """Why no plan keeps every limit, and the least that would have to give."""
    say(console, refusal.words, "bold yellow")
    conflict = table(
        "These cannot all hold; without any one of them the rest could", "Limit", ">Bound", "Unit", "In words"
    )
    for member in refusal.conflict:
        law = " [by law]" if member.statutory else ""
        bound = "" if member.bound is None else f"{member.bound:,.0f}"
        add(conflict, member.label + law, bound, member.unit, member.words)
    console.print(conflict)
    if not refusal.relaxation:
        say(console, "No relaxation is offered.")
        return
    least = table("The least that would let a plan exist", "Loosen", ">By", "Unit", "In words")
    for step in refusal.relaxation:
        add(least, step.label, f"{step.by:,.0f}", step.unit, step.words)
    console.print(least)


def show_difference(console: Console, difference: Difference) -> None:
    """What the what-if changed, against its base."""
    unit = difference.benefit_unit
    say(
        console,
        f"Benefit {difference.benefit_before:,.1f} → {difference.benefit_after:,.1f} {unit} "
        f"({difference.benefit_change:+,.1f}); money available {pounds_signed(difference.available_change_gbp)}, "
        f"spent {pounds_signed(difference.spend_change_gbp)}",
    )
    console.print(difference_table("By payer", difference.payers))
    console.print(difference_table("By stage", difference.stages))
    for name, limits in (("Now binds", difference.binding_added), ("No longer binds", difference.binding_removed)):
        if limits:
            say(console, f"{name}: " + "; ".join(limit.label for limit in limits[:6]))


def difference_table(title: str, rows: Iterable[DifferenceRow]) -> Table:
    """Only what changed, largest first."""
    made = table(f"{title}, GBP thousand (only what changes)", "Year", "Who or what", ">Before", ">After", ">Change")
    moved = sorted((row for row in rows if row.change_gbp), key=lambda row: -abs(row.change_gbp))
    for row in moved[:LINES_SHOWN]:
        change = thousands(row.change_gbp, signed=True)
        add(made, row.year, row.name, thousands(row.before_gbp), thousands(row.after_gbp), change)
    if not moved:
        add(made, "", "nothing changes", "", "", "")
    if len(moved) > LINES_SHOWN:
        rest = sum(row.change_gbp for row in moved[LINES_SHOWN:])
        add(made, "", f"and {len(moved) - LINES_SHOWN} smaller ones", "", "", thousands(rest, signed=True))
    return made


def pounds_signed(gbp: int) -> str:
    return f"{'+' if gbp > 0 else ''}{pounds(gbp)}"
