"""What each ring-fence costs at the margin: what the owner's dearest other pound is worth more than the fenced one.

A purse is fenced where its scope is narrower than what its owner may pay for, by law or by an arrangement, or where it
says so itself. A purse that holds nothing in a year is no alternative in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from concord_allocation.core.eligibility import rights
from concord_allocation.core.problem import EVERYTHING, ProblemTables
from concord_allocation.core.results import BindingLimit, RingFence, Sentence
from concord_allocation.core.words import amount_of

FENCE = "ring_fence"
"""Kind of a purse that says itself that it is fenced."""

TOLD = 12
"""Ring-fences told in sentences, dearest first; the table holds all of them."""

NAMED = 3
"""Purses named where several stand alone at one price."""

type Price = Mapping[tuple[str | None, str], float]
"""Benefit per GBP more, by (year, purse); what is not in it is nothing."""


def shut_out(tables: ProblemTables) -> dict[int, int]:
    """Fenced purses (positions), and how many lines their owners may pay for that their scopes leave out."""
    if all(purse.scope == EVERYTHING and purse.kind != FENCE for purse in tables.purses):
        return {}
    wide = [replace(purse, scope=EVERYTHING) for purse in tables.purses]
    found = rights(len(tables.years), wide, tables.lines, tables.mechanisms, tables.funds, tables.bars)
    open_to: dict[int, set[int]] = {}
    for right in found:
        open_to.setdefault(right.purse, set()).add(right.line)
    for purse, line in zip(tables.cells.purse.tolist(), tables.cells.line.tolist(), strict=True):
        open_to[purse].discard(line)
    left_out = {u: len(open_to.get(u, ())) for u in range(len(tables.purses))}
    return {u: lines for u, lines in left_out.items() if lines or tables.purses[u].kind == FENCE}


def ring_fences(tables: ProblemTables, binding: Sequence[BindingLimit]) -> tuple[RingFence, ...]:
    """The marginal price of each, by year, for purses that hold money then; `binding`: every limit with a price."""
    price = {(limit.year, limit.limit): limit.price_more or 0.0 for limit in binding if limit.kind == "purse"}
    fenced = shut_out(tables)
    return tuple(
        _ring_fence(tables, price, t, u, lines)
        for t in range(len(tables.years))
        for u, lines in fenced.items()
        if tables.purses[u].amount[t]
    )


def _ring_fence(tables: ProblemTables, price: Price, t: int, u: int, lines: int) -> RingFence:
    year, fenced, unit = tables.years[t], tables.purses[u], tables.benefit_unit
    worth = price.get((year, fenced.key), 0.0)
    name = tables.name_of_purse(u)
    others = [k for k, purse in enumerate(tables.purses) if purse.owner == fenced.owner and k != u and purse.amount[t]]
    if not others:
        owner = f"{tables.name_of_payer(fenced.owner)}'s"
        words = _alone_words([name], owner, year, worth, lines, unit)
        return RingFence(year, fenced.key, None, None, worth, lines, words)
    # Of equals a purse for everything stands for the owner, then the last by key.
    other = max(
        others, key=lambda k: (price.get((year, tables.purses[k].key), 0.0), tables.purses[k].kind == "general")
    )
    more = price.get((year, tables.purses[other].key), 0.0) - worth
    dearest = tables.name_of_purse(other)
    beyond = f"buys {amount_of(abs(more) * 100_000, unit)} per GBP 100,000 more than that of"
    free = f"In {year} the ring-fence of {name} costs nothing at the margin"
    if more > 0:
        words = f"In {year} money of {dearest} {beyond} {name}"
    else:
        words = f"{free}: its money {beyond} {dearest}" if more < 0 else free
    return RingFence(year, fenced.key, tables.purses[other].key, more, worth, lines, words)


def _alone_words(names: Sequence[str], owner: str, year: str, worth: float, lines: int, unit: str) -> str:
    """Purses with nothing of their owners' beside them: what they would buy is all that can be said."""
    named = "; ".join(names[:NAMED]) + (f"; and {len(names) - NAMED} more, each" if len(names) > NAMED else "")
    buys = f"buys {amount_of(worth * 100_000, unit)}" if worth else "buys nothing"
    beyond = (
        "one line that the owner may pay for lies" if lines == 1 else f"{lines} lines that the owner may pay for lie"
    )
    left_out = f"; {beyond} outside of its scope" if lines else ""
    return (
        f"In {year} GBP 100,000 more of {named} {buys}; nothing else of {owner} is in the plan to weigh it by{left_out}"
    )


def fences_told(tables: ProblemTables, fences: Sequence[RingFence]) -> Iterator[Sentence]:
    """The dearest first, then purses that stand alone, those of one price together."""
    names = {purse.key: tables.name_of_purse(u) for u, purse in enumerate(tables.purses)}
    weighed = sorted((f for f in fences if f.price_per_gbp is not None), key=lambda f: -(f.price_per_gbp or 0.0))
    alike: dict[tuple[str, str, int], list[RingFence]] = {}
    for fence in fences:
        if fence.price_per_gbp is None:
            alike.setdefault((fence.year, f"{fence.purse_price:.6g}", fence.lines_left_out), []).append(fence)
    told = [fence.words for fence in weighed]
    for same in alike.values():
        first = same[0]
        told.append(
            first.words
            if len(same) == 1
            else _alone_words(
                [names[fence.purse] for fence in same],
                "their owners'",
                first.year,
                first.purse_price,
                first.lines_left_out,
                tables.benefit_unit,
            )
        )
    for words in told[:TOLD]:
        yield Sentence("ring_fence", words)
    if len(told) > TOLD:
        yield Sentence("ring_fence", f"{len(told) - TOLD} more of this kind are in the table")
