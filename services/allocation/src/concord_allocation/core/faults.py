"""Contradictions inside a problem document, all of them at once, each with its JSON pointer.

Types, spelling of fields and ranges of single values are the contract's business; here the parts are held against each
other. Works on the raw document, so that a pointer leads to what the caller wrote.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from concord_allocation.core.eligibility import PARTNERSHIPS, POOLING
from concord_allocation.core.faults_of_keys import (
    LINE_ATTRIBUTES,
    Document,
    has_modes,
    repeated,
    selection_faults,
    selects,
    unknown,
    year_keys,
    year_list,
)
from concord_allocation.core.faults_of_parts import (
    benefit_faults,
    bridge_faults,
    column_faults,
    find_faults_of_parts,
)
from concord_allocation.core.problem import Fault
from concord_allocation.core.units import unit_faults

KEYED_PARTS = (
    "price_indices",
    "resources",
    "demands",
    "links",
    "savings",
    "equity",
    "options",
    "option_rules",
    "contracts",
    "business_rules",
    "transfers",
    "outside",
)

LARGEST = 1e12
"""Largest magnitude of any number: beyond it, sums of pounds are no longer exact in the solver's arithmetic."""

SMALLEST = 1e-15
"""Smallest magnitude of any number but zero: below it, what numbers are multiplied to or divided by may come to nothing
or to infinity, and the plan means nothing long before."""


def find_faults(document: Document) -> list[Fault]:
    """Every contradiction, in the order of the document's parts; empty when the document is consistent."""
    numbers = list(_numbers(document, ""))
    if numbers:
        return numbers
    known = _known_values(document)
    return [
        *_duplicates(document),
        *_years(document),
        *_purses(document, known),
        *_lines(document, known),
        *_curves(document),
        *_mechanisms(document, known),
        *_funds(document, known),
        *_limits(document, known),
        *unit_faults(document),
        *_paces(document, known),
        *_bars(document, known),
        *_objectives(document),
        *find_faults_of_parts(document, known),
    ]


def _numbers(value: Any, pointer: str) -> Iterator[Fault]:
    """NaN, infinities, numbers too large to add exactly and too small to divide by."""
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        if not abs(value) <= LARGEST:  # so put, NaN is refused, and a whole number too long for a float
            yield Fault(pointer, "not-a-usable-number", f"is not a finite number within +-{LARGEST:.0e}")
        elif value and abs(value) < SMALLEST:
            yield Fault(
                pointer, "not-a-usable-number", f"{value} is too small to reckon with: give 0, or {SMALLEST:g} and more"
            )
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _numbers(inner, f"{pointer}/{key}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _numbers(inner, f"{pointer}/{index}")


def _known_values(document: Document) -> dict[str, set[str]]:
    """For every selectable attribute the values that exist, so that a misspelt one is found."""
    known = {
        attribute: {str(line[field]) for line in document["lines"] if line[field] is not None}
        for attribute, field in LINE_ATTRIBUTES.items()
    }
    known["statutory_payers"] |= {payer["key"] for payer in document["payers"]}
    known["payers"] = {payer["key"] for payer in document["payers"]}
    known["purses"] = {purse["key"] for purse in document["purses"]}
    known["funds"] = {fund["key"] for fund in document["funds"]}
    known["modes"] = {mode["key"] for line in document["lines"] for mode in line["modes"]}
    known["years"] = {year["key"] for year in document["years"]}
    known["curves"] = {curve["key"] for curve in document["curves"]}
    known["mechanisms"] = {mechanism["key"] for mechanism in document["mechanisms"]}
    for part in ("resources", "demands", "options", "price_indices"):
        known[part] = {item["key"] for item in document[part]}
    return known


def _duplicates(document: Document) -> Iterator[Fault]:
    for part in ("payers", "purses", "lines", "curves", "mechanisms", "funds", "bars", *KEYED_PARTS):
        yield from repeated(document[part], f"/{part}")
    taken: set[str] = set()
    for part in ("limits", "pace_of_change"):  # one namespace: a what-if names either by key alone
        for index, item in enumerate(document[part]):
            if item["key"] in taken:
                yield Fault(f"/{part}/{index}/key", "duplicate", f"key {item['key']!r} is used twice")
            taken.add(item["key"])
    for index, line in enumerate(document["lines"]):
        yield from repeated(line["modes"], f"/lines/{index}/modes")


def _years(document: Document) -> Iterator[Fault]:
    starts = [int(year["key"][:4]) for year in document["years"]]
    for index in range(1, len(starts)):
        if starts[index] != starts[index - 1] + 1:
            yield Fault(f"/years/{index}/key", "years-out-of-order", "years follow each other, earliest first")
    if int(document["base_year"][:4]) > starts[0]:
        yield Fault("/base_year", "years-out-of-order", "benefit is discounted to the first year or one before it")


def _purses(document: Document, known: Mapping[str, set[str]]) -> Iterator[Fault]:
    for index, purse in enumerate(document["purses"]):
        at = f"/purses/{index}"
        yield from unknown(purse["owner"], known["payers"], f"{at}/owner", "payer")
        yield from year_keys(purse["amount_gbp"], known, f"{at}/amount_gbp")
        yield from selection_faults(purse["scope"], known, f"{at}/scope")
        for year, amount in purse["amount_gbp"].items():
            if amount < 0:
                yield Fault(f"{at}/amount_gbp/{year}", "negative-money", "a purse cannot hold less than nothing")


def _lines(document: Document, known: Mapping[str, set[str]]) -> Iterator[Fault]:
    for index, line in enumerate(document["lines"]):
        at = f"/lines/{index}"
        yield from unknown(line["statutory_payer"], known["payers"], f"{at}/statutory_payer", "payer")
        yield from unknown(line["curve"], known["curves"], f"{at}/curve", "curve")
        yield from unknown(line["cost_index"], known["price_indices"], f"{at}/cost_index", "price index")
        yield from year_keys(line["cost_factor"], known, f"{at}/cost_factor")
        if line["fixed_cost_gbp"] and not line["modes"]:
            yield Fault(f"{at}/fixed_cost_gbp", "no-activity", "a fixed cost needs delivery modes beside it")
        if line["modes"] and not line["unit"]:
            yield Fault(f"{at}/unit", "no-unit", "a line with delivery modes says what a case is")
        seen: set[tuple[Any, ...]] = set()
        for place, payment in enumerate(line["reference"]):
            here = f"{at}/reference/{place}"
            yield from unknown(payment["purse"], known["purses"], f"{here}/purse", "purse")
            yield from unknown(payment["fund"], known["funds"], f"{here}/fund", "fund")
            yield from unknown(payment["year"], known["years"], f"{here}/year", "year")
            name = (payment["purse"], payment["fund"], payment["year"])
            if name in seen or ((*name[:2], None) in seen) or (name[2] is None and _any_year(seen, name)):
                yield Fault(here, "duplicate", "this purse is named twice for the same year")
            seen.add(name)
            yield from bridge_faults(payment, here)


def _any_year(seen: set[tuple[Any, ...]], name: tuple[Any, ...]) -> bool:
    return any(other[:2] == name[:2] for other in seen)


def _curves(document: Document) -> Iterator[Fault]:
    for index, curve in enumerate(document["curves"]):
        segments = curve["segments"]
        for place, segment in enumerate(segments):
            at = f"/curves/{index}/segments/{place}"
            if segment["width_gbp"] is None and place + 1 < len(segments):
                yield Fault(f"{at}/width_gbp", "endless-segment", "only the last segment may be without end")
            if place and segment["slope"] > segments[place - 1]["slope"]:
                yield Fault(
                    f"{at}/slope",
                    "rising-curve",
                    "each further pound must add no more than the one before; a rising curve needs whole options",
                )


def _mechanisms(document: Document, known: Mapping[str, set[str]]) -> Iterator[Fault]:
    for index, mechanism in enumerate(document["mechanisms"]):
        at = f"/mechanisms/{index}"
        for place, payer in enumerate(mechanism["payers"]):
            yield from unknown(payer, known["payers"], f"{at}/payers/{place}", "payer")
        yield from year_list(mechanism["years"], known, f"{at}/years")
        for payer, year in mechanism["leaving"].items():
            if payer not in mechanism["payers"]:
                yield Fault(f"{at}/leaving/{payer}", "not-a-partner", f"{payer} is no party, and cannot leave")
            yield from unknown(year, known["years"], f"{at}/leaving/{payer}", "year")
        yield from selection_faults(mechanism["lines"], known, f"{at}/lines")
        selected = [line for line in document["lines"] if selects(mechanism["lines"], line)]
        excluded = [line["key"] for line in selected if line["procedure_class"] in mechanism["excluded_classes"]]
        if excluded:
            yield Fault(
                f"{at}/lines",
                "excluded-by-law",
                f"{mechanism['kind']} may not cover {', '.join(sorted(excluded)[:5])}"
                f"{' and others' if len(excluded) > 5 else ''}: excluded class ({mechanism['citation']})",
            )
        partner = mechanism["kind"] in PARTNERSHIPS
        if not any(not partner or line["statutory_payer"] in mechanism["payers"] for line in selected):
            yield Fault(f"{at}/lines", "reaches-nothing", "no selected line is a function of one of the partners")


def _funds(document: Document, known: Mapping[str, set[str]]) -> Iterator[Fault]:
    mechanisms = {mechanism["key"]: mechanism for mechanism in document["mechanisms"]}
    owners = {purse["key"]: purse["owner"] for purse in document["purses"]}
    for index, fund in enumerate(document["funds"]):
        at = f"/funds/{index}"
        yield from selection_faults(fund["lines"], known, f"{at}/lines")
        yield from unknown(fund["mechanism"], mechanisms, f"{at}/mechanism", "mechanism")
        mechanism = mechanisms.get(fund["mechanism"])
        if mechanism and mechanism["kind"] not in POOLING:
            yield Fault(f"{at}/mechanism", "cannot-pool", f"a {mechanism['kind']} pays over money; it keeps no fund")
        seen: set[str] = set()
        for place, contribution in enumerate(fund["contributors"]):
            here = f"{at}/contributors/{place}"
            yield from unknown(contribution["purse"], known["purses"], f"{here}/purse", "purse")
            owner = owners.get(contribution["purse"])
            if mechanism and owner and owner not in mechanism["payers"]:
                yield Fault(
                    f"{here}/purse",
                    "not-a-partner",
                    f"{owner} is no party to {mechanism['key']} ({mechanism['citation']})",
                )
            if contribution["at_most_gbp"] is not None and contribution["at_least_gbp"] > contribution["at_most_gbp"]:
                yield Fault(f"{here}/at_least_gbp", "reversed-bounds", "at_least_gbp lies above at_most_gbp")
            if contribution["purse"] in seen:
                yield Fault(f"{here}/purse", "duplicate", "this purse is named twice")
            seen.add(contribution["purse"])


def _limits(document: Document, known: Mapping[str, set[str]]) -> Iterator[Fault]:
    for index, limit in enumerate(document["limits"]):
        at = f"/limits/{index}"
        yield from year_list(limit["years"], known, f"{at}/years")
        lower, upper = limit["at_least"], limit["at_most"]
        if lower is not None and upper is not None and lower > upper:
            yield Fault(f"{at}/at_least", "reversed-bounds", "at_least lies above at_most")
        for place, term in enumerate(limit["terms"]):
            here = f"{at}/terms/{place}"
            yield from selection_faults(term["select"], known, f"{here}/select")
            if term["column"] is not None:
                yield from column_faults(document, limit, term, here)
                continue
            yield from _measure(term, f"{here}/select")
            yield from benefit_faults(limit, term, here)
            if term["measure"] == "activity" and not has_modes(document, term["select"]):
                yield Fault(here, "no-activity", "no selected line has such a delivery mode")
        if all(term["coefficient"] == 0 for term in limit["terms"]):
            yield Fault(f"{at}/terms", "empty-limit", "every coefficient is zero")


def _measure(term: Document, pointer: str) -> Iterator[Fault]:
    given = {attribute for attribute, values in term["select"].items() if values is not None}
    refused = {
        "contribution": {*LINE_ATTRIBUTES, "modes"},
        "burden": {*LINE_ATTRIBUTES, "modes", "funds"},
        "activity": {"payers", "purses", "funds"},
        "spend": {"modes"},
        "direct_spend": {"modes", "funds"},
        "benefit": {"payers", "purses", "funds", "modes"},
        "carry": {*LINE_ATTRIBUTES, "modes", "funds"},
        "overspend": {*LINE_ATTRIBUTES, "modes", "funds"},
        "outside": {*LINE_ATTRIBUTES, "modes", "funds"},
        "extra": {*LINE_ATTRIBUTES, "payers", "purses", "funds", "modes"},
        "waiting": {*LINE_ATTRIBUTES, "payers", "purses", "funds", "modes"},
        "option": {"payers", "purses", "funds", "modes"},
    }[term["measure"]]
    own = {"extra": "resources", "waiting": "demands", "option": "options"}
    refused |= {"resources", "demands", "options"} - {own.get(term["measure"], "")}
    for attribute in sorted(given & refused):
        yield Fault(f"{pointer}/{attribute}", "wrong-measure", f"{term['measure']} cannot be counted by {attribute}")


def _paces(document: Document, known: Mapping[str, set[str]]) -> Iterator[Fault]:
    for index, pace in enumerate(document["pace_of_change"]):
        at = f"/pace_of_change/{index}"
        yield from year_list(pace["years"], known, f"{at}/years")
        yield from selection_faults(pace["select"], known, f"{at}/select")
        yield from _measure({"measure": "spend", "select": pace["select"]}, f"{at}/select")
        yield from unknown(pace["deflator"], known["price_indices"], f"{at}/deflator", "price index")
        if pace["max_up"] is None and pace["max_down"] is None and pace["new_at_most_gbp"] is None:
            yield Fault(at, "empty-limit", "give max_up, max_down or new_at_most_gbp")


def _bars(document: Document, known: Mapping[str, set[str]]) -> Iterator[Fault]:
    for index, bar in enumerate(document["bars"]):
        at = f"/bars/{index}"
        yield from selection_faults(bar["lines"], known, f"{at}/lines")
        for place, payer in enumerate(bar["payers"]):
            yield from unknown(payer, known["payers"], f"{at}/payers/{place}", "payer")


def _objectives(document: Document) -> Iterator[Fault]:
    objectives = list(document["objectives"])
    named = set(objectives)
    if len(named) < len(objectives) or not {"benefit", "uniqueness"} <= named or objectives[-1] != "uniqueness":
        yield Fault(
            "/objectives",
            "unknown-order",
            "an order names each objective once, benefit among them and uniqueness last; worst_off and least_movement "
            "may be left out",
        )
