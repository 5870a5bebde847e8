"""A payer leaves pooled arrangements: for the whole plan, or from a year on."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from concord_allocation.core.changes.rules import limit_years, together
from concord_allocation.core.changes.selecting import Mutable, Refusing, keys_of
from concord_allocation.core.eligibility import PARTNERSHIPS, POOLING
from concord_allocation.core.faults_of_keys import selects


def leave_pool(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    payer, named, years = change["payer"], change["mechanisms"], [year["key"] for year in document["years"]]
    start = change["from_year"]
    there = {mechanism["key"]: mechanism for mechanism in document["mechanisms"]}
    if payer not in keys_of(document["payers"]):
        yield "/payer", "unknown-key", f"no payer {payer!r} in this problem"
        return
    if start is not None and start not in years:
        yield "/from_year", "unknown-key", f"no year {start!r} in this problem"
        return
    for index, key in enumerate(named or ()):
        if key not in there:
            yield f"/mechanisms/{index}", "unknown-key", f"no mechanism {key!r} in this problem"
        elif not _is_party(there[key], payer, start):
            yield f"/mechanisms/{index}", "not-a-partner", f"{payer} is no party to {key!r}"
        elif there[key]["kind"] not in PARTNERSHIPS:
            words = f"a {there[key]['kind']} is no joint arrangement: take the mechanism away instead"
            yield f"/mechanisms/{index}", "not-pooled", words
    left = left_by(document, change)
    if named is None and not left:
        yield "/payer", "selects-nothing", f"{payer} is a party to no pooled arrangement"
    for mechanism in left:
        if start in (None, years[0]):
            yield from _leave(document, mechanism, payer)
        else:
            yield from _leave_from(document, mechanism, payer, years[years.index(start) :])


def _is_party(mechanism: Mapping[str, Any], payer: str, start: str | None) -> bool:
    """Whether a payer could leave: it is a party, and has not left by the year already."""
    left = mechanism["leaving"].get(payer)
    return payer in mechanism["payers"] and (left is None or start is None or left > start)


def left_by(document: Mapping[str, Any], change: Mapping[str, Any]) -> list[Mutable]:
    """The arrangements that a `leave_pool` takes its payer out of."""
    named, kinds = change["mechanisms"], POOLING if change["mechanisms"] is None else PARTNERSHIPS
    return [
        each
        for each in document["mechanisms"]
        if each["kind"] in kinds
        and _is_party(each, change["payer"], change["from_year"])
        and (named is None or each["key"] in named)
    ]


def _leave(document: Mutable, mechanism: Mutable, payer: str) -> Refusing:
    """A fund that nobody pays into, or that reaches no function of a partner who stays, ends; so does what is empty.

    Limits on nothing but what the payer puts into these funds, as agreements sign them, go with it.
    """
    own = {purse["key"] for purse in document["purses"] if purse["owner"] == payer}
    mechanism["payers"] = [each for each in mechanism["payers"] if each != payer]
    mechanism["leaving"].pop(payer, None)
    reached = [
        line
        for line in document["lines"]
        if selects(mechanism["lines"], line) and line["statutory_payer"] in mechanism["payers"]
    ]
    funds = [fund for fund in document["funds"] if fund["mechanism"] == mechanism["key"]]
    for fund in funds:
        fund["contributors"] = [each for each in fund["contributors"] if each["purse"] not in own]
    ended = {
        fund["key"]
        for fund in funds
        if not fund["contributors"] or not any(selects(fund["lines"], line) for line in reached)
    }
    paid = {payment["fund"] for line in document["lines"] for payment in line["reference"]}
    for key in sorted(ended & paid):
        words = "would end, but the reference split has money in it, and the reference is not changed"
        yield "/payer", "in-use", f"fund {key!r} {words}"
    gone = [
        limit
        for limit in document["limits"]
        if _is_only_of(limit, {fund["key"] for fund in funds}, payer, own) or _is_only_of(limit, ended)
    ]
    for limit in gone:
        if limit["statutory"]:
            yield "/payer", "statutory-limit", f"{limit['key']!r} is set by law ({limit['source']}) and keeps it there"
    document["limits"] = [limit for limit in document["limits"] if limit not in gone]
    document["funds"] = [fund for fund in document["funds"] if fund["key"] not in ended]
    if not reached:
        document["mechanisms"] = [each for each in document["mechanisms"] if each["key"] != mechanism["key"]]


def _leave_from(document: Mutable, mechanism: Mutable, payer: str, years: Sequence[str]) -> Refusing:
    """No party from the first of `years` on. A fund that reaches no function of who stays is empty in that year.

    Limits on nothing but what the payer puts into the funds, or on a fund that is empty, hold in the other years alone.
    """
    mechanism["leaving"][payer] = years[0]
    own = {purse["key"] for purse in document["purses"] if purse["owner"] == payer}
    owner_of = {purse["key"]: purse["owner"] for purse in document["purses"]}
    funds = [fund for fund in document["funds"] if fund["mechanism"] == mechanism["key"]]
    names = {fund["key"] for fund in funds}
    empty: dict[str, set[str]] = {}
    for year in years:
        stay = [each for each in mechanism["payers"] if mechanism["leaving"].get(each, "9") > year]
        reached = [
            line for line in document["lines"] if selects(mechanism["lines"], line) and line["statutory_payer"] in stay
        ]
        empty[year] = {
            fund["key"]
            for fund in funds
            if not any(owner_of.get(each["purse"]) in stay for each in fund["contributors"])
            or not any(selects(fund["lines"], line) for line in reached)
        }
    for limit in list(document["limits"]):
        its_own = _is_only_of(limit, names, payer, own)
        over = [year for year in years if its_own or _is_only_of(limit, empty[year])]
        ends, goes_on = limit_years(document, limit, over)
        if ends and limit["statutory"]:
            yield "/payer", "statutory-limit", f"{limit['key']!r} is set by law ({limit['source']}) and keeps it there"
        elif ends and goes_on and not limit["per_year"]:
            yield "/from_year", "years-together", together(limit, [*ends, *goes_on])
        elif ends and goes_on:
            limit["years"] = goes_on
        elif ends:
            document["limits"].remove(limit)


def _is_only_of(
    limit: Mapping[str, Any], funds: set[str], payer: str | None = None, purses: Collection[str] = ()
) -> bool:
    """Whether every term of a limit counts only money through these funds: anybody's, or that of a payer's purses."""
    return all(
        term["select"]["funds"] is not None
        and set(term["select"]["funds"]) <= funds
        and (payer is None or term["select"]["payers"] == [payer] or _within(term["select"]["purses"], purses))
        for term in limit["terms"]
    )


def _within(named: Sequence[str] | None, known: Collection[str]) -> bool:
    return named is not None and set(named) <= set(known)
