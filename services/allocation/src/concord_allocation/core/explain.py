"""Reasons in words, generated from numbers: what binds and its price, why a line got nothing, who pays more or less."""

from collections.abc import Iterator, Sequence

import numpy as np

from concord_allocation.core.families import Row
from concord_allocation.core.matrix import Matrix
from concord_allocation.core.prices import Price
from concord_allocation.core.problem import Ints, ProblemTables
from concord_allocation.core.results import (
    Answer,
    Assumptions,
    BindingLimit,
    Check,
    Exit,
    Sentence,
    SplitRow,
    Ties,
)
from concord_allocation.core.weighing import weighed
from concord_allocation.core.words import amount_of, per_pound, pounds, share

LINES_NAMED = 20
"""Sentences about lines without money; further ones are counted."""

BINDING_NAMED = 10
"""Prices told in sentences; the table holds all of them."""

ALIKE_NAMED = 3
"""Limits named where several have the same price."""


def binding_limits(matrix: Matrix, prices: Sequence[Price], *, options_held: bool = False) -> tuple[BindingLimit, ...]:
    """Prices with their limits' names and words, dearest first; `options_held`: they change nothing about options."""
    return tuple(_binding(matrix, matrix.rows[price.row], price, options_held) for price in prices)


def _binding(matrix: Matrix, row: Row, price: Price, options_held: bool) -> BindingLimit:
    bound = row.upper if np.isfinite(row.upper) else row.lower
    return BindingLimit(
        key=row.key,
        limit=row.limit,
        label=row.label,
        kind=row.family,
        year=None if row.year is None else matrix.tables.years[row.year],
        bound=float(bound),
        unit=row.unit,
        price_more=price.more,
        price_less=price.less,
        proof="re-solved" if price.proven else "one valid price",
        statutory=row.statutory,
        source=row.source,
        words=_price_words(row, price, matrix.tables.benefit_unit) + (" (options held)" if options_held else ""),
        options_held=options_held,
    )


def _price_words(row: Row, price: Price, unit: str) -> str:
    return f"{row.label}: {price_phrase(row.family, row.unit, price.more, price.less, unit)}"


def price_phrase(family: str, limit_unit: str, more: float | None, less: float | None, unit: str) -> str:
    """What a pair of prices says, without naming the limit."""
    if family == "equal":
        right = "cannot be asked" if more is None else f"changes benefit by {amount_of(more, unit)}"
        left = "cannot be asked" if less is None else f"changes it by {amount_of(-less, unit)}"
        return f"one {limit_unit} more {right}, one less {left}"
    looser = _one_price(limit_unit, more, unit, "loosened, it gains", "loosening it gains nothing")
    if less is None:
        return f"{looser}; it cannot be tightened at all"
    if more == less:
        return f"{looser}, and loses as much tightened"
    return f"{looser}; {_one_price(limit_unit, less, unit, 'tightened, it loses', 'tightening it loses nothing')}"


def _one_price(limit_unit: str, price: float | None, unit: str, words: str, nothing: str) -> str:
    if not price:
        return nothing
    if limit_unit == "GBP":
        return f"{words} {per_pound(price, unit)}"
    return f"{words} {amount_of(price, unit)} per {limit_unit}"


def exits(tables: ProblemTables, cells: Ints) -> tuple[Exit, ...]:
    """Non-recurrent money that pays for a line in one year and is smaller in the next."""
    spend = np.zeros((len(tables.years), len(tables.lines)), dtype=np.int64)
    np.add.at(spend, (tables.cells.year, tables.cells.line), cells)
    paid: dict[tuple[int, int, int], int] = {}
    columns = (tables.cells.year, tables.cells.purse, tables.cells.line, cells)
    for t, u, i, gbp in zip(*(column.tolist() for column in columns), strict=True):
        paid[t, u, i] = paid.get((t, u, i), 0) + gbp
    return tuple(
        _exit(tables, spend, t, u, i, gbp)
        for (t, u, i), gbp in sorted(paid.items())
        if gbp > 0
        and not tables.purses[u].recurrent
        and t + 1 < len(tables.years)
        and tables.purses[u].amount[t + 1] < tables.purses[u].amount[t]
    )


def _exit(tables: ProblemTables, spend: Ints, t: int, u: int, i: int, gbp: int) -> Exit:
    line, year, following = tables.lines[i], tables.years[t], tables.years[t + 1]
    has, then = int(spend[t, i]), int(spend[t + 1, i])
    return Exit(
        purse=tables.purses[u].key,
        line=line.key,
        year=year,
        gbp=gbp,
        next_year=following,
        line_gbp=has,
        line_next_gbp=then,
        words=(
            f"{pounds(gbp)} of {line.name} in {year} is non-recurrent ({tables.name_of_purse(u)}): the line has "
            f"{pounds(has)} in {year} and {pounds(then)} in {following}, when that money has ended"
        ),
    )


def answer_sentences(tables: ProblemTables, answer: Answer, *, priced: bool) -> tuple[Sentence, ...]:
    """The answer told: money, payers, what binds, what a board weighs, lines without money, exits, ties, the check."""
    return (
        *_money(answer),
        *_payers(answer.splits.payer, compared=answer.totals.reference_gbp > 0),
        *_binding_told(answer.binding, tables.benefit_unit),
        *weighed(tables, answer, priced=priced),
        *_unfunded(tables, answer),
        *_later_parts(answer),
        *(Sentence("exit", found.words) for found in answer.exits),
        *_tie(answer),
        _assumed(answer.assumptions),
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
        if one.sacrifice and abs(one.best - one.value) > FULL * abs(one.best):
            what = one.objective.replace("_", " ")
            yield Sentence(
                "objective",
                f"For what comes after it, {what} gives up {amount_of(abs(one.best - one.value), one.unit)} of "
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


def _binding_told(binding: Sequence[BindingLimit], unit: str) -> Iterator[Sentence]:
    """Limits of one kind with one price are told together: dearest first."""
    alike: dict[str, list[str]] = {}
    for limit in binding:
        phrase = price_phrase(limit.kind, limit.unit, limit.price_more, limit.price_less, unit)
        alike.setdefault(phrase, []).append(limit.label)
    for phrase, labels in list(alike.items())[:BINDING_NAMED]:
        others = f"; and {len(labels) - ALIKE_NAMED} more, each" if len(labels) > ALIKE_NAMED else ""
        yield Sentence("binding", f"{'; '.join(labels[:ALIKE_NAMED])}{others}: {phrase}")


def _money(answer: Answer) -> Iterator[Sentence]:
    t = answer.totals
    if not t.reference_gbp:
        yield Sentence(
            "money",
            f"{pounds(t.spend_gbp)} of {pounds(t.available_gbp)} is spent over all years; benefit "
            f"{amount_of(t.benefit, t.benefit_unit)} (discounted); no split is given to compare with",
        )
        return
    yield Sentence(
        "money",
        f"{pounds(t.spend_gbp)} of {pounds(t.available_gbp)} is spent over all years; {pounds(t.moved_gbp)} lies "
        f"elsewhere than in the reference split; benefit {amount_of(t.benefit, t.benefit_unit)} against "
        f"{amount_of(t.reference_benefit, t.benefit_unit)} (discounted)",
    )


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


def _unfunded(tables: ProblemTables, answer: Answer) -> Iterator[Sentence]:
    """Why lines got nothing; lines of a stage with the same reason are told together.

    A line whose cases are done at no cost here has not got nothing.
    """
    done = {(row.year, row.line) for row in answer.activity if row.cases > 0}
    lines = {line.key: position for position, line in enumerate(tables.lines)}
    alike: dict[tuple[str, str, str], list[str]] = {}
    for row in answer.lines:
        if row.gbp == 0 and (row.year, row.line) not in done:
            line = tables.lines[lines[row.line]]
            reason = _why_nothing(tables, lines[row.line], row.year, row.next_gbp, proven=answer.status == "optimal")
            alike.setdefault((row.year, line.stage, reason), []).append(line.name)
    for (year, stage, reason), names in list(alike.items())[:LINES_NAMED]:
        what = tables.names.get(stage, stage)
        who = f"{names[0]} gets" if len(names) == 1 else f"{len(names)} lines of {what} ({names[0]}, ...) get"
        yield Sentence("line", f"{who} nothing in {year}: {reason}")
    if len(alike) > LINES_NAMED:
        rest = sum(len(names) for names in list(alike.values())[LINES_NAMED:])
        yield Sentence("line", f"{rest} further lines get nothing")


def _why_nothing(tables: ProblemTables, i: int, year: str, next_gbp: float, *, proven: bool) -> str:
    """Nobody may pay, no money is there, no benefit is measured, or in the best plan a pound buys more elsewhere."""
    line, t = tables.lines[i], tables.years.index(year)
    able = set(tables.cells.purse[(tables.cells.line == i) & (tables.cells.year == t)].tolist())
    if not able:
        responsible = tables.name_of_payer(line.statutory_payer)
        return f"no purse may pay; {responsible} is responsible ({line.citation}) and has none that covers it"
    if not any(tables.purses[u].amount[t] for u in able):
        return "the purses that may pay hold nothing"
    if next_gbp <= 0:
        return "no benefit of money here is measured, and every limit is kept without it"
    worth = f"the first pound would buy {per_pound(next_gbp, tables.benefit_unit)}"
    if not proven:
        return f"{worth}, and time ran out before a plan was proven best"
    return f"{worth}; the purses that may pay buy at least as much elsewhere, or are held there by a limit"


def _tie(answer: Answer) -> Iterator[Sentence]:
    """Whether other plans are as good; nothing is said of that where time ran out before the last objective."""
    if all(stage.proven for stage in answer.objectives):
        yield _tied(answer.ties, settled=answer.options_unique)


def _tied(ties: Ties, *, settled: bool) -> Sentence:
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
    decided = ", ".join(f"{t.payer} {pounds(t.decided_gbp)}" for t in ties.payers if t.decided_gbp)
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
