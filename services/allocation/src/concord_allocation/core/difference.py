"""What a what-if changed: two answers side by side, after minus before."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from concord_allocation.core.results import Answer, BindingLimit, Sentence, SplitRow
from concord_allocation.core.results_of_differences import Difference, DifferenceRow, LimitName, PriceChange
from concord_allocation.core.words import amount_of, pounds

SAME_PRICE = 1e-6
"""Relative change of a price that is arithmetic noise."""

PAYERS_NAMED = 12
STAGES_NAMED = 8


def compare(before: Answer, after: Answer, told: Sequence[str] = ()) -> Difference:
    """Rows only where pounds differ; limits by key, so that one that binds in both is neither added nor removed.

    `told`: what the changes themselves came to, said first.
    """
    b, a = before.totals, after.totals
    payers = _rows(before.splits.payer, after.splits.payer)
    stages = _rows(before.splits.stage, after.splits.stage)
    was, now = _by_key(before.binding), _by_key(after.binding)
    difference = Difference(
        benefit_before=b.benefit,
        benefit_after=a.benefit,
        benefit_change=a.benefit - b.benefit,
        benefit_unit=a.benefit_unit,
        spend_change_gbp=a.spend_gbp - b.spend_gbp,
        available_change_gbp=a.available_gbp - b.available_gbp,
        payers=payers,
        purses=_rows(before.splits.purse, after.splits.purse),
        stages=stages,
        lines=_rows(_line_rows(before), _line_rows(after)),
        binding_added=tuple(LimitName(key, now[key].label) for key in sorted(now.keys() - was.keys())),
        binding_removed=tuple(LimitName(key, was[key].label) for key in sorted(was.keys() - now.keys())),
        prices_changed=tuple(_price_changes(was, now)),
        sentences=(),
    )
    return _with_sentences(difference, told)


def _rows(before: Sequence[SplitRow], after: Sequence[SplitRow]) -> tuple[DifferenceRow, ...]:
    names = {(row.year, row.key): row.name for row in (*before, *after)}
    was = {(row.year, row.key): row.gbp for row in before}
    now = {(row.year, row.key): row.gbp for row in after}
    return tuple(
        DifferenceRow(year, key, name, was.get((year, key), 0), now.get((year, key), 0), change)
        for (year, key), name in sorted(names.items())
        if (change := now.get((year, key), 0) - was.get((year, key), 0))
    )


def _line_rows(answer: Answer) -> list[SplitRow]:
    return [
        SplitRow(row.year, row.line, row.line, row.gbp, row.reference_gbp, row.gbp - row.reference_gbp)
        for row in answer.lines
    ]


def _by_key(limits: Sequence[BindingLimit]) -> dict[str, BindingLimit]:
    return {limit.key: limit for limit in limits}


def _price_changes(was: dict[str, BindingLimit], now: dict[str, BindingLimit]) -> Iterator[PriceChange]:
    for key in sorted(was.keys() & now.keys()):
        before, after = was[key].price_more, now[key].price_more
        if before is None or after is None:
            changed = before is not after
        else:
            changed = abs(after - before) > SAME_PRICE * max(abs(before), abs(after))
        if changed:
            yield PriceChange(key, now[key].label, before, after)


def _with_sentences(d: Difference, first: Sequence[str]) -> Difference:
    told = [
        *(Sentence("change", words) for words in first),
        Sentence("difference", f"Benefit changes by {_signed(d.benefit_change, d.benefit_unit)} (discounted)"),
        Sentence("difference", f"Spend changes by {pounds(d.spend_change_gbp)}"),
        *_most_changed("pays", d.payers, PAYERS_NAMED),
        *_most_changed("receives", d.stages, STAGES_NAMED),
        *(Sentence("difference", f"Binds now: {limit.label}") for limit in d.binding_added[:5]),
        *(Sentence("difference", f"Binds no longer: {limit.label}") for limit in d.binding_removed[:5]),
    ]
    return replace(d, sentences=tuple(told))


def _signed(change: float, unit: str) -> str:
    return f"-{amount_of(-change, unit)}" if change < 0 else amount_of(change, unit)


def _most_changed(verb: str, rows: Sequence[DifferenceRow], most: int) -> Iterator[Sentence]:
    for row in sorted(rows, key=lambda r: (-abs(r.change_gbp), r.key, r.year))[:most]:
        way = "more" if row.change_gbp > 0 else "less"
        yield Sentence("difference", f"{row.name} {verb} {pounds(abs(row.change_gbp))} {way} in {row.year}")
