"""An allocation answer as tables: who pays what, what binds at what price, what the next GBP 100k would do."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from concord_client.show.page import add, figure, percent, pounds, say, shortened, table, thousands
from concord_client.show.parts import show_parts
from concord_client.show.scenarios import show_standing
from concord_contracts.allocation import (
    Answer,
    Assembly,
    BindingLimit,
    Candidate,
    Difference,
    DifferenceRow,
    Exit,
    LimitName,
    Outcome,
    Refusal,
    Relaxation,
    Scenario,
    SplitRow,
)

BINDING_SHOWN = 5
CANDIDATES_SHOWN = 3
ROWS_SHOWN = 12
CONFLICT_SHOWN = 8
RELAXATIONS_SHOWN = 6
PER_GBP = 100_000
PER_CASES = 10
PROVED = "re-solved"


def show_scenario(console: Console, scenario: Scenario) -> None:
    """A scenario with where its facts come from, then its outcome."""
    say(console, scenario.title, "bold")
    read = "; ".join(f"{each.service} at position {each.seq}" for each in scenario.dependencies if each.seq is not None)
    say(
        console,
        f"scenario {scenario.id}, responsibilities as of {scenario.as_of}" + (f", {read}" if read else ""),
        "dim",
    )
    show_standing(console, scenario)
    if scenario.assembly is not None:
        show_assembly(console, scenario.assembly)
    show_outcome(console, scenario.outcome)


def show_assembly(console: Console, told: Assembly) -> None:
    """What became of each contract that the registry holds, and how baselines were built up from outturn."""
    if told.contracts:
        counts = Counter(one.entered for one in told.contracts)
        say(
            console,
            f"Contracts of the registry: {counts['whole']} as they stand, {counts['part']} with an assumed part, "
            f"{counts['not']} not in this plan.",
        )
    for one in told.contracts:
        say(console, f"  {one.words}", "yellow" if one.entered == "not" else "")
    for built in told.baselines:
        say(console, built.words)


def show_outcome(console: Console, outcome: Outcome) -> None:
    if isinstance(outcome, Refusal):
        show_refusal(console, outcome)
    else:
        show_answer(console, outcome)


def show_answer(console: Console, answer: Answer) -> None:
    """The plan: totals, splits, what binds, candidates, assumptions, check."""
    show_totals(console, answer)
    compared = answer.totals.reference_gbp > 0
    console.print(split_table("By payer", answer.splits.payer, compared=compared))
    console.print(split_table("By stage", answer.splits.stage, compared=compared))
    show_reasons(console, answer)


def show_reasons(console: Console, answer: Answer) -> None:
    """What binds and its price, candidate investments and releases, assumptions and the check."""
    unit = answer.totals.benefit_unit
    console.print(binding_table(answer.binding, unit))
    console.print(candidates_table("What the next money would buy", answer.candidate_investments, unit))
    console.print(candidates_table("What a release would lose", answer.candidate_releases, unit))
    show_parts(console, answer)
    show_exits(console, answer)
    show_assumptions(console, answer)
    show_ties(console, answer)
    show_check(console, answer)


def show_totals(console: Console, answer: Answer) -> None:
    totals = answer.totals
    unit = totals.benefit_unit
    words = f"{pounds(totals.spend_gbp)} spent of {pounds(totals.available_gbp)}; {figure(totals.benefit)} {unit}"
    if totals.reference_gbp:
        words += f" (reference split {figure(totals.reference_benefit)}); "
        words += f"{pounds(totals.moved_gbp)} differs from the reference"
    say(console, words)
    if answer.status != "optimal":
        say(
            console,
            "Not proven best: the time limit came first. The bound below says how much better it could be.",
            "yellow",
        )


def split_table(title: str, rows: Sequence[SplitRow], *, compared: bool = True) -> Table:
    """Rows that change against the reference, a pair of columns a year; the others as one line; then the total."""
    years = list(dict.fromkeys(row.year for row in rows))
    if not compared:
        return _plain_table(title, rows, years)
    made = table(f"{title}, GBP thousand", "Who or what", ">Reference", *_year_headings(years))
    parties = pivot(rows)
    same = {key: by_year for key, by_year in parties.items() if not any(row.change_gbp for row in by_year.values())}
    for key, by_year in parties.items():
        if key not in same:
            first = next(iter(by_year.values()))
            cells = [cell for year in years for cell in _planned(by_year.get(year))]
            add(made, spoken(first.name), thousands(first.reference_gbp), *cells)
    if same:
        add(made, f"{len(same)} without change", *_sums(list(same.values()), years))
    add(made, "Total", *_sums(list(parties.values()), years), style="bold")
    return made


SMALL_GBP = 1_000_000
"""Below it a plan of somebody's own is told in pounds."""


def _plain_table(title: str, rows: Sequence[SplitRow], years: Sequence[str]) -> Table:
    """Without a reference: what each has in each year, and the total."""
    small = sum(row.gbp for row in rows) < SMALL_GBP
    made = table(f"{title}, GBP{'' if small else ' thousand'}", "Who or what", *(f">{year}" for year in years))

    def told(gbp: int) -> str:
        return f"{gbp:,}" if small else thousands(gbp)

    parties = pivot(rows)
    paid = {key: by_year for key, by_year in parties.items() if any(row.gbp for row in by_year.values())}
    for by_year in paid.values():
        first = next(iter(by_year.values()))
        add(made, spoken(first.name), *(told(by_year[year].gbp) if year in by_year else "" for year in years))
    if nothing := len(parties) - len(paid):
        add(made, f"{nothing} with nothing", *("0" for _ in years))
    totals = [sum(by_year[year].gbp for by_year in parties.values() if year in by_year) for year in years]
    add(made, "Total", *map(told, totals), style="bold")
    return made


def _year_headings(years: Sequence[str]) -> list[str]:
    return [heading for year in years for heading in (f">{year}", ">change")]


def _sums(parties: Sequence[dict[str, SplitRow]], years: Sequence[str]) -> list[str]:
    first = [by_year[years[0]] for by_year in parties if years[0] in by_year]
    cells = [thousands(sum(row.reference_gbp for row in first))]
    for year in years:
        found = [by_year[year] for by_year in parties if year in by_year]
        cells += [thousands(sum(row.gbp for row in found)), signed(sum(row.change_gbp for row in found))]
    return cells


def _planned(row: SplitRow | None) -> tuple[str, str]:
    return (thousands(row.gbp), signed(row.change_gbp)) if row else ("", "")


def pivot[Row: (SplitRow, DifferenceRow)](rows: Iterable[Row]) -> dict[str, dict[str, Row]]:
    """Key -> year -> row, in the order given."""
    found: dict[str, dict[str, Row]] = {}
    for row in rows:
        found.setdefault(row.key, {})[row.year] = row
    return found


def binding_table(binding: Iterable[BindingLimit], unit: str) -> Table:
    """The limits that hold the plan back, limits on money first, dearest first; like ones at one price are counted."""
    made = table(f"What binds, and its price in {unit}", "Limit", ">Year", ">Loosen", ">Tighten", "Per", "Proof:9")
    groups = alike(binding)
    for group in groups[:BINDING_SHOWN]:
        first = group[0]
        label = shortened(first.label, 170) + (" [by law]" if first.statutory else "")
        label += f" (and {len(group) - 1} alike)" if len(group) > 1 else ""
        amount, words = per(first)
        loosen, tighten = price(first.price_more, amount), price(first.price_less, -amount)
        add(made, label, first.year or "all", loosen, tighten, words, first.proof)
    if len(groups) > BINDING_SHOWN:
        rest = sum(map(len, groups[BINDING_SHOWN:]))
        add(made, f"and {rest} more", "", "", "", "", "")
    return made


def alike(binding: Iterable[BindingLimit]) -> list[list[BindingLimit]]:
    """Limits of one kind, year and price together: GBP before cases, empty purses late, proved and dear ones first."""
    groups: dict[tuple[object, ...], list[BindingLimit]] = {}
    for limit in binding:
        prices = tuple(None if each is None else f"{each:.3g}" for each in (limit.price_more, limit.price_less))
        groups.setdefault((limit.kind, limit.year, limit.unit, prices), []).append(limit)
    ranked = [sorted(group, key=lambda limit: limit.proof != PROVED) for group in groups.values()]
    return sorted(
        ranked,
        key=lambda group: (
            group[0].unit != "GBP",
            not group[0].bound,
            group[0].proof != PROVED,
            -abs(group[0].price_more or 0.0),
        ),
    )


def per(limit: BindingLimit) -> tuple[int, str]:
    """How much of the limit's unit the shown price is for, and in words."""
    return (PER_GBP, "GBP 100k") if limit.unit == "GBP" else (PER_CASES, f"{PER_CASES} {shortened(limit.unit, 24)}")


def price(per_unit: float | None, amount: int) -> str:
    """The change of benefit with its sign, for `amount` of the limit's unit."""
    return "-" if per_unit is None else f"{per_unit * amount + 0.0:+,.2f}"


def candidates_table(title: str, candidates: Iterable[Candidate], unit: str) -> Table:
    """Candidates in words; those of one kind, year and price are counted."""
    groups: dict[tuple[object, ...], list[Candidate]] = {}
    for each in candidates:
        rate = None if each.gbp_per_unit is None else f"{each.gbp_per_unit:.3g}"
        groups.setdefault((each.kind, each.year, rate), []).append(each)
    made = table(title, "Candidate:72", f">GBP per {unit}")
    for group in list(groups.values())[:CANDIDATES_SHOWN]:
        first = group[0]
        others = f" (and {len(group) - 1} alike)" if len(group) > 1 else ""
        add(made, first.words + others, "-" if first.gbp_per_unit is None else figure(first.gbp_per_unit, 0))
    return made


def show_exits(console: Console, answer: Answer) -> None:
    """Non-recurrent money that ends: how much, on how many lines, what they have left, and one of them in full."""
    by_years: dict[tuple[str, str], list[Exit]] = {}
    for each in answer.exits:
        by_years.setdefault((each.year, each.next_year), []).append(each)
    for (year, after), exits in by_years.items():
        ends, had, left = (
            sum(amounts) for amounts in zip(*((e.gbp, e.line_gbp, e.line_next_gbp) for e in exits), strict=True)
        )
        say(
            console,
            f"Exit: {pounds(ends)} of {year} is non-recurrent, on {len(exits)} lines that have {pounds(had)} then and "
            f"{pounds(left)} in {after}. For instance: {exits[0].words}.",
            "bold",
        )


def show_assumptions(console: Console, answer: Answer) -> None:
    parts = ", ".join(f"{part.what} {percent(part.share)}" for part in answer.assumptions.parts)
    detail = f" ({parts})" if parts else ""
    say(console, f"{percent(answer.assumptions.share)} of this money rests on at least one assumption{detail}.")


def show_ties(console: Console, answer: Answer) -> None:
    if answer.ties.other_plans_as_good:
        decided = pounds(answer.ties.decided_gbp)
        if answer.ties.options:
            named = shortened(", ".join(answer.ties.options), 200)
            say(console, f"Another set of options has the same benefit: the tie-break decided on {named}.")
        payers = [payer for payer in answer.ties.payers if payer.decided_gbp]
        what = "of who pays" if len(payers) > 1 else "of what is paid for"
        if answer.ties.decided_gbp:
            say(console, f"Other plans are as good: the tie-break decided {decided} {what}.")


def show_check(console: Console, answer: Answer) -> None:
    check = answer.check
    verdict = "passed" if check.passed else "FAILED"
    say(
        console,
        f"Independent check {verdict}: {check.limits_checked} limits recomputed, worst violation "
        f"{check.worst_violation:.2g}; no plan can beat {figure(check.bound)} (gap {check.gap:.1e}). "
        f"Answer {answer.digest[:12]}.",
        "green" if check.passed else "bold red",
    )


def show_refusal(console: Console, refusal: Refusal) -> None:
    """Why no plan keeps every limit, and the least that would have to give."""
    say(console, refusal.words, "bold yellow")
    conflict = table("These cannot all hold; without any one of them the rest could", "Limit", "Source:30")
    for member in refusal.conflict[:CONFLICT_SHOWN]:
        add(conflict, member.words + (" [by law]" if member.statutory else ""), member.source)
    if len(refusal.conflict) > CONFLICT_SHOWN:
        add(conflict, f"and {len(refusal.conflict) - CONFLICT_SHOWN} more", "")
    console.print(conflict)
    if not refusal.relaxation:
        say(console, "No relaxation is offered.")
        return
    least = table("The least that would let a plan exist", "Loosen", "Whose", ">By", "Unit")
    for step in refusal.relaxation[:RELAXATIONS_SHOWN]:
        add(least, step.label, step.payer_name, _by(step), step.unit)
    if len(refusal.relaxation) > RELAXATIONS_SHOWN:
        add(least, f"and {len(refusal.relaxation) - RELAXATIONS_SHOWN} more", "", "", "")
    console.print(least)
    if refusal.relaxation_gbp is not None:
        say(console, f"In money: {pounds(refusal.relaxation_gbp)}{_weighted(refusal)}.")
    if refusal.relaxation_by_payer:
        shares = table("Of which, by payer", "Payer", ">GBP")
        for row in refusal.relaxation_by_payer[:ROWS_SHOWN]:
            add(shares, row.name, f"{row.gbp:,.0f}")
        if rest := refusal.relaxation_by_payer[ROWS_SHOWN:]:
            add(shares, f"and {len(rest)} more", f"{sum(row.gbp for row in rest):,.0f}")
        console.print(shares)
    if refusal.changes:
        say(
            console,
            "Loosened by this much, rounded outwards, there is a plan: `concord what-if SCENARIO --as-proposed` makes "
            "it of a stored scenario, `concord solve FILE --as-proposed` of a file.",
        )


def _by(step: Relaxation) -> str:
    return f"{step.by:,.0f}" if step.unit == "GBP" or step.by >= 100 else f"{step.by:,.4g}"


def _weighted(refusal: Refusal) -> str:
    return ", each limit times its weight" if any(step.weight != 1 for step in refusal.relaxation) else ""


def show_difference(console: Console, difference: Difference) -> None:
    """What the what-if changed, against its base."""
    unit = difference.benefit_unit
    say(
        console,
        f"Benefit {difference.benefit_before:,.1f} → {difference.benefit_after:,.1f} {unit} "
        f"({difference.benefit_change:+,.1f}); money available {pounds_signed(difference.available_change_gbp)}, "
        f"spent {pounds_signed(difference.spend_change_gbp)}",
    )
    for sentence in difference.sentences:
        if sentence.about == "change":
            say(console, sentence.words)
    for title, rows in (("By payer", difference.payers), ("By stage", difference.stages)):
        if any(row.change_gbp for row in rows):
            console.print(difference_table(title, rows))
        else:
            say(console, f"{title}: nothing changes.")
    for name, limits in (("Now binds", difference.binding_added), ("No longer binds", difference.binding_removed)):
        if limits:
            say(console, f"{name}: {some(limits)}")


def difference_table(title: str, rows: Sequence[DifferenceRow]) -> Table:
    """Only what changes, largest first; a pair of columns a year: what it is now, and the change."""
    years = sorted({row.year for row in rows})
    headings = _year_headings(years)
    made = table(f"{title}, GBP thousand, only what changes", "Who or what", *headings)
    changed = [by_year for by_year in pivot(rows).values() if any(row.change_gbp for row in by_year.values())]
    changed.sort(key=lambda by_year: -max(abs(row.change_gbp) for row in by_year.values()))
    shown = [by_year for by_year in changed if any(abs(row.change_gbp) >= 500 for row in by_year.values())][:ROWS_SHOWN]
    for by_year in shown:
        first = next(iter(by_year.values()))
        cells = [cell for year in years for cell in _after(by_year.get(year))]
        add(made, spoken(first.name), *cells)
    if rest := changed[len(shown) :]:
        sums = [sum(by_year[year].change_gbp for by_year in rest if year in by_year) for year in years]
        add(made, f"and {len(rest)} smaller ones", *(cell for total in sums for cell in ("", signed(total))))
    return made


def _after(row: DifferenceRow | None) -> tuple[str, str]:
    return (thousands(row.after_gbp), signed(row.change_gbp)) if row else ("", "")


def some(limits: Sequence[LimitName], most: int = 2) -> str:
    """The first few labels, and how many more."""
    shown = "; ".join(shortened(limit.label, 180) for limit in limits[:most])
    return f"{shown}; and {len(limits) - most} more" if len(limits) > most else shown


def signed(gbp: int) -> str:
    return thousands(gbp, signed=True)


def spoken(name: str) -> str:
    """A key that stands for a name, as words."""
    return name if " " in name else name.replace("_", " ")


def pounds_signed(gbp: int) -> str:
    return f"{'+' if gbp > 0 else ''}{pounds(gbp)}"
