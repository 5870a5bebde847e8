"""Changes of who takes part: a payer comes in, or joins an arrangement."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from concord_allocation.core.changes.selecting import Mutable, Refusing, keys_of, line_faults, selected_lines
from concord_allocation.core.parse import parse
from concord_allocation.core.problem import InvalidProblem


def new_payer(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    """The payer, its purses and what lets it pay; all of it held against what is there, and that it may pay at all."""
    payer = change["payer"]["key"]
    faults = [
        *_taken(document["payers"], change["payer"], "/payer/key", "payer"),
        *_bring_purses(document, payer, change["purses"]),
    ]
    document["payers"].append(copy.deepcopy(change["payer"]))
    if change["mechanism"] is not None:
        faults += _bring_mechanism(document, payer, change["mechanism"], change["fund"])
    for index, join in enumerate(change["joins"]):
        faults += _join(document, payer, join, f"/joins/{index}")
    if change["responsible_for"] is not None:
        faults += _make_responsible(document, payer, change["responsible_for"])
    yield from faults
    if not faults and not _may_pay(document, payer):
        words = "could pay for nothing: no line is in its purses' scope and open to it by law or arrangement"
        yield "/purses", "pays-for-nothing", f"{payer} {words}"


def _taken(items: Sequence[Mapping[str, Any]], item: Mapping[str, Any], at: str, what: str) -> Refusing:
    if item["key"] in keys_of(items):
        yield at, "duplicate", f"there is a {what} {item['key']!r} already"


def _bring_purses(document: Mutable, payer: str, purses: Sequence[Mapping[str, Any]]) -> Refusing:
    for index, purse in enumerate(purses):
        yield from _taken(document["purses"], purse, f"/purses/{index}/key", "purse")
        if purse["owner"] != payer:
            yield f"/purses/{index}/owner", "not-its-own", f"the new payer is {payer!r}: it brings its own money only"
        document["purses"].append(copy.deepcopy(purse))


def _bring_mechanism(
    document: Mutable, payer: str, mechanism: Mapping[str, Any], fund: Mapping[str, Any] | None
) -> Refusing:
    yield from _taken(document["mechanisms"], mechanism, "/mechanism/key", "mechanism")
    if payer not in mechanism["payers"]:
        yield "/mechanism/payers", "not-a-partner", f"{payer!r} is no party to the arrangement that is to let it pay"
    document["mechanisms"].append(copy.deepcopy(mechanism))
    if fund is not None:
        yield from _taken(document["funds"], fund, "/fund/key", "fund")
        if fund["mechanism"] != mechanism["key"]:
            yield "/fund/mechanism", "unknown-key", f"the new fund rests on the new mechanism {mechanism['key']!r}"
        document["funds"].append(copy.deepcopy(fund))


def _make_responsible(document: Mutable, payer: str, becomes: Mapping[str, Any]) -> Refusing:
    yield from line_faults(document, becomes["select"], "/responsible_for/select")
    for line in selected_lines(document, becomes["select"]):
        line["statutory_payer"], line["citation"] = payer, becomes["citation"]


def _may_pay(document: Mutable, payer: str) -> bool:
    """Whether any cell is open to it; what contradicts itself is told by whoever reads the whole."""
    try:
        tables = parse(document)
    except InvalidProblem:
        return True
    return any(tables.purses[purse].owner == payer for purse in set(tables.cells.purse.tolist()))


def join_pool(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    if change["payer"] not in keys_of(document["payers"]):
        yield "/payer", "unknown-key", f"no payer {change['payer']!r} in this problem"
    yield from _join(document, change["payer"], change, "")


def _join(document: Mutable, payer: str, join: Mapping[str, Any], at: str) -> Refusing:
    mechanism = next((each for each in document["mechanisms"] if each["key"] == join["mechanism"]), None)
    if mechanism is None:
        yield f"{at}/mechanism", "unknown-key", f"no mechanism {join['mechanism']!r} in this problem"
        return
    if payer in mechanism["payers"]:
        yield f"{at}/mechanism", "duplicate", f"{payer} is a party to {mechanism['key']!r} already"
    else:
        mechanism["payers"].append(payer)
    funds = {fund["key"]: fund for fund in document["funds"] if fund["mechanism"] == mechanism["key"]}
    own = {purse["key"] for purse in document["purses"] if purse["owner"] == payer}
    for index, told in enumerate(join["contributions"]):
        here = f"{at}/contributions/{index}"
        if told["purse"] not in own:
            yield f"{here}/purse", "not-its-own", f"{payer} has no purse {told['purse']!r}"
        if told["at_most_gbp"] is not None and told["at_least_gbp"] > told["at_most_gbp"]:
            yield f"{here}/at_least_gbp", "reversed-bounds", "at_least_gbp lies above at_most_gbp"
        fund = funds.get(told["fund"])
        if fund is None:
            yield f"{here}/fund", "unknown-key", f"no fund {told['fund']!r} rests on {mechanism['key']!r}"
        elif told["purse"] in {each["purse"] for each in fund["contributors"]}:
            yield f"{here}/purse", "duplicate", f"{told['purse']} pays into {told['fund']!r} already"
        else:
            fund["contributors"].append({name: told[name] for name in ("purse", "at_least_gbp", "at_most_gbp")})
