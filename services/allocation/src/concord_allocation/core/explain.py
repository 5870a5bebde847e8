"""Reasons in words, generated from numbers: what binds and its price, why a line got nothing, who pays more or less."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from concord_allocation.core.binding import binding_told
from concord_allocation.core.problem import ProblemTables
from concord_allocation.core.results import Answer, Assumptions, Check, Sentence, SplitRow, Ties, Totals
from concord_allocation.core.stopped import Place, Stop
from concord_allocation.core.unfunded import lines_without_money, without_money
from concord_allocation.core.weighing import Spare, weighed
from concord_allocation.core.words import amount_of, pounds, share


class Priced(NamedTuple):
    """What was asked of the model beside prices: what limits have to spare, what stops lines that got nothing."""

    spare: Spare
    stops: Mapping[Place, Stop]


def answer_sentences(tables: ProblemTables, answer: Answer, priced: Priced | None) -> tuple[Sentence, ...]:
    """`priced`: none where no prices were asked for, so that nothing is known of what holds back.

    The answer told: money, payers, what binds, what a board weighs, lines without money, exits, ties, the check."""
    return (
        *_money(answer),
        *_payers(answer.splits.payer, compared=answer.totals.reference_gbp > 0),
        *binding_told(answer.binding, tables.benefit_unit),
        *weighed(tables, answer, None if priced is None else priced.spare),
        *lines_without_money(tables, without_money(tables, answer), {} if priced is None else priced.stops),
        *_later_parts(answer),
        *(Sentence("exit", found.words) for found in answer.exits),
        *_tie(tables, answer),
        *([_assumed(answer.assumptions)] if answer.totals.spend_gbp else []),
        _checked(answer.check, fairness_first=_fairness_first(answer)),
        *_unproven(answer),
    )


TOLD = 12
"""Rows of one kind told in sentences; the tables hold all of them."""


def _later_parts(answer: Answer) -> Iterator[Sentence]:
    """What was missed, chosen, carried, used, left waiting, committed, saved; the most telling rows of each kind."""
    yield from _some(
        "missed", [row.words for row in sorted(answer.missed, key=lambda m: (m.priority, -m.weighted_gbp))]
    )
    yield from _some("option", [row.words for row in answer.options if row.starts is not None])
    yield from _some("option", [row.words for row in answer.options if row.starts is None])
    yield from _some("year", [row.words for row in answer.carried])
    full = [row for row in answer.resources if row.used >= (row.supply + row.bought) * (1 - FULL) or row.bought_gbp]
    yield from _some("activity", [row.words for row in full])
    yield from _some("activity", [row.words for row in answer.demands])
    yield from _some("fairness", [row.words for row in answer.equity if row.is_least])
    yield from _some("contract", [row.words for row in answer.contracts if row.committed_gbp])
    yield from _some("year", [row.words for row in answer.savings])
    yield from _some("year", [row.words for row in answer.rules])
    yield from _some("year", [row.words for row in answer.transfers])
    yield from _some("money", [row.words for row in answer.bridges])
    for one in answer.objectives:
        # The plan's own benefit: money on a curve fills its best stretch first, whatever the last stage left open.
        reached = answer.totals.benefit + answer.totals.elsewhere_benefit if one.objective == "benefit" else one.value
        given = abs(one.best - reached)
        if one.sacrifice and min(given, abs(one.best - one.value)) > FULL * max(1.0, abs(one.best)):
            what = one.objective.replace("_", " ")
            yield Sentence(
                "objective",
                f"For what comes after it, {what} gives up {amount_of(given, one.unit)} of "
                f"its best {amount_of(abs(one.best), one.unit)} (at most {share(one.sacrifice)} was allowed)",
            )


FULL = 1e-9
"""Relative distance that is arithmetic noise."""


def _some(about: str, words: Sequence[str]) -> Iterator[Sentence]:
    for one in words[:TOLD]:
        yield Sentence(about, one)
    if len(words) > TOLD:
        yield Sentence(about, f"{len(words) - TOLD} more of this kind are in the tables")


def _fairness_first(answer: Answer) -> bool:
    order = [one.objective for one in answer.objectives]
    return "worst_off" in order and order.index("worst_off") < order.index("benefit")


def _unproven(answer: Answer) -> Iterator[Sentence]:
    if answer.status != "optimal":
        yield Sentence(
            "check",
            f"Time ran out: this plan keeps every limit but is not proven best; the best has at most "
            f"{amount_of(max(answer.check.bound, 0.0), answer.totals.benefit_unit)}",
        )
    if not answer.options_unique:
        yield Sentence("tie", "Whether another set of options is exactly as good was not settled: not proven unique")


def _money(answer: Answer) -> Iterator[Sentence]:
    t = answer.totals
    if not t.reference_gbp:
        yield Sentence(
            "money",
            f"{pounds(t.spend_gbp)} of {pounds(t.available_gbp)} is spent over all years; benefit "
            f"{amount_of(t.benefit, t.benefit_unit)} (discounted){_elsewhere(t)}; no split is given to compare with",
        )
        return
    yield Sentence(
        "money",
        f"{pounds(t.spend_gbp)} of {pounds(t.available_gbp)} is spent over all years; {pounds(t.moved_gbp)} lies "
        f"elsewhere than in the reference split; benefit {amount_of(t.benefit, t.benefit_unit)} against "
        f"{amount_of(t.reference_benefit, t.benefit_unit)} (discounted){_elsewhere(t)}",
    )


def _elsewhere(t: Totals) -> str:
    """What the plan's aim counts beside the benefit of its lines."""
    if not t.elsewhere_benefit:
        return ""
    whole = amount_of(t.benefit + t.elsewhere_benefit, t.benefit_unit)
    return f", and {amount_of(t.elsewhere_benefit, t.benefit_unit)} of money left or overspent: {whole} in all"


def _payers(rows: Sequence[SplitRow], *, compared: bool) -> Iterator[Sentence]:
    for row in rows:
        if row.gbp and not compared:
            yield Sentence("payer", f"{row.name} pays {pounds(row.gbp)} in {row.year}")
        elif row.change_gbp:
            way = "more" if row.change_gbp > 0 else "less"
            yield Sentence(
                "payer",
                f"{row.name} pays {pounds(row.gbp)} in {row.year}, {pounds(abs(row.change_gbp))} {way} than in the "
                f"reference split",
            )


def _tie(tables: ProblemTables, answer: Answer) -> Iterator[Sentence]:
    """Whether other plans are as good; nothing is said of that where time ran out before the last objective."""
    if all(stage.proven for stage in answer.objectives):
        yield _tied(tables, answer.ties, settled=answer.options_unique)


def _tied(tables: ProblemTables, ties: Ties, *, settled: bool) -> Sentence:
    if not ties.other_plans_as_good:
        held = "" if settled else " with these options"
        return Sentence("tie", f"No other plan{held} is as good on every objective")
    if ties.options:
        more = f" and {len(ties.options) - TOLD} more" if len(ties.options) > TOLD else ""
        return Sentence(
            "tie",
            f"Another set of options has the same benefit; the tie-break decided on {', '.join(ties.options[:TOLD])}"
            f"{more}, and {pounds(ties.decided_gbp)} with the options held",
        )
    names = {payer.key: payer.name for payer in tables.payers}
    decided = ", ".join(f"{names[t.payer]} {pounds(t.decided_gbp)}" for t in ties.payers if t.decided_gbp)
    return Sentence("tie", f"Other plans are as good; the tie-break decided {pounds(ties.decided_gbp)} ({decided})")


def _assumed(assumptions: Assumptions) -> Sentence:
    parts = ", ".join(f"{part.what} {share(part.share)}" for part in assumptions.parts)
    return Sentence(
        "assumption", f"{share(assumptions.share)} of the money rests on at least one assumption (by kind: {parts})"
    )


def _checked(check: Check, *, fairness_first: bool) -> Sentence:
    verdict = "passed" if check.passed else "FAILED"
    best = (
        "no plan can be better than this by more than"
        if not fairness_first
        else ("what is asked before benefit costs it at most")
    )
    return Sentence(
        "check",
        f"Independent check {verdict}: {check.limits_checked} rules and limits recomputed; {best} "
        f"{share(max(0.0, check.gap))}",
    )
