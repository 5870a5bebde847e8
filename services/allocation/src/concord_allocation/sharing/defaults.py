"""The divisions that come first: as planned, by outturn, by activity, by people, and by what somebody states."""

from collections.abc import Iterator

from concord_allocation.core.share.divisions import by_key
from concord_allocation.sharing.asked import Asked
from concord_allocation.sharing.divided import Dividing, Figures
from concord_allocation.sharing.people import headcounts
from concord_contracts.allocation.sharing import Division

ASSUMPTION = "assumption"


def defaults(asked: Asked, dividing: Dividing) -> Iterator[Division]:
    """Rules by which nobody would pay anything are left out."""
    total, parties, money = asked.money.total, asked.found.parties, asked.money
    as_planned = "the plan's own payments: the least change from the reference split"
    yield dividing.division("least_change", "As planned", as_planned, money.paid)
    for key, name, words, weights in (
        ("outturn", "By outturn", "in proportion to what each pays in the reference split", money.before),
        ("activity", "By activity", "in proportion to the cost of the cases of its lines", money.activity),
    ):
        amounts = by_key(total, weights, parties)
        if amounts is not None:
            yield dividing.division(key, name, words, amounts)
    for count in headcounts(asked.problem, asked.found):
        amounts = by_key(total, count.weights, parties)
        if amounts is not None and count.missing is None:
            whose: Figures = "registry" if asked.assembled else "stated"
            words = count.words if asked.assembled else f"{count.words}, as the problem states them"
            yield dividing.division(count.key, count.name, words, amounts, assumption=count.assumed, figures=whose)
    for stated in asked.question.keys:
        amounts = by_key(total, stated.weights, parties)
        if amounts is not None:
            said = stated.provenance.source or f"assumption: {stated.provenance.note}"
            yield dividing.division(
                stated.key,
                stated.name,
                f"in proportion to the weights stated with the question ({said})",
                amounts,
                assumption=stated.provenance.basis == ASSUMPTION,
                figures="stated",
            )
