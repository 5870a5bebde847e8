"""Contradictions in the later parts of a problem document, each with its JSON pointer."""

from collections.abc import Iterator, Mapping, Sequence

from concord_allocation.core.faults_of_keys import (
    LINE_ATTRIBUTES,
    Document,
    has_modes,
    selection_faults,
    selects,
    unknown,
    year_keys,
    year_list,
)
from concord_allocation.core.parse_amounts import BRIDGE_SIGNS, moved
from concord_allocation.core.problem import Fault

type Known = Mapping[str, set[str]]


def find_faults_of_parts(document: Document, known: Known) -> Iterator[Fault]:
    """Every contradiction of the later parts, in the order of the document."""
    yield from _indices(document, known)
    yield from _purse_rules(document, known)
    yield from _resources(document, known)
    yield from _demands(document, known)
    yield from _links(document, known)
    yield from _savings(document, known)
    yield from _equity(document, known)
    yield from _options(document, known)
    yield from _option_rules(document, known)
    yield from _contracts(document, known)
    yield from _choices_of_purses(document, known)
    yield from _transfers(document, known)
    yield from _aims(document)
    yield from _people(document, known)


def _indices(document: Document, known: Known) -> Iterator[Fault]:
    first = document["years"][0]["key"]
    for index, series in enumerate(document["price_indices"]):
        at = f"/price_indices/{index}/values"
        if not series["values"]:
            yield Fault(at, "empty", "a price index has a value for one year at least")
        for year in series["values"]:
            if year > first and year not in known["years"]:
                yield Fault(f"{at}/{year}", "unknown-key", f"no year {year!r} in this problem")


def _purse_rules(document: Document, known: Known) -> Iterator[Fault]:
    for index, purse in enumerate(document["purses"]):
        if purse["overspend"] is not None:
            yield from year_list(purse["overspend"]["years"], known, f"/purses/{index}/overspend/years")


def _cases(document: Document, known: Known, select: Document, pointer: str) -> Iterator[Fault]:
    """A selection of cases that exist."""
    found = list(selection_faults(select, known, pointer))
    yield from found
    if not found and not has_modes(document, _as_selection(select)):
        yield Fault(pointer, "no-activity", "no selected line has such a delivery mode")


def _as_selection(select: Document) -> Document:
    return {name: select.get(name) for name in (*LINE_ATTRIBUTES, "modes")}


def _resources(document: Document, known: Known) -> Iterator[Fault]:
    for index, resource in enumerate(document["resources"]):
        at = f"/resources/{index}"
        yield from year_keys(resource["supply"], known, f"{at}/supply")
        yield from year_keys(resource["extra_at_most"], known, f"{at}/extra_at_most")
        yield from unknown(resource["bought_on"], known["lines"], f"{at}/bought_on", "line")
        for place, use in enumerate(resource["uses"]):
            yield from _cases(document, known, use["select"], f"{at}/uses/{place}/select")
        if resource["extra_at_most"] and (resource["price_gbp"] is None) != (resource["bought_on"] is None):
            yield Fault(at, "no-price", "what is bought has a price and a line that pays it: give both, or neither")


def _demands(document: Document, known: Known) -> Iterator[Fault]:
    for index, demand in enumerate(document["demands"]):
        at = f"/demands/{index}"
        yield from year_keys(demand["cases"], known, f"{at}/cases")
        yield from year_keys(demand["backlog_at_most"], known, f"{at}/backlog_at_most")
        for place, met in enumerate(demand["met_by"]):
            yield from _cases(document, known, met["select"], f"{at}/met_by/{place}/select")
        for place, shift in enumerate(demand["shifts"]):
            here = f"{at}/shifts/{place}/select"
            if shift["measure"] == "activity":
                yield from _cases(document, known, shift["select"], here)
                continue
            yield from selection_faults(shift["select"], known, here)
            if shift["select"]["modes"] is not None:
                yield Fault(f"{here}/modes", "wrong-measure", "spend cannot be counted by modes")
        if not demand["waits"] and (demand["opening_backlog"] or demand["backlog_at_most"]):
            yield Fault(f"{at}/waits", "no-waiting", "a backlog belongs to a demand that waits")


def _links(document: Document, known: Known) -> Iterator[Fault]:
    for index, link in enumerate(document["links"]):
        for end in ("per", "to"):
            yield from _cases(document, known, link[end], f"/links/{index}/{end}")
        if link["lag"] >= len(document["years"]):
            yield Fault(
                f"/links/{index}/lag", "outside-the-plan", "the lag leads beyond the last year: nothing is bound"
            )


def _savings(document: Document, known: Known) -> Iterator[Fault]:
    for index, saving in enumerate(document["savings"]):
        at = f"/savings/{index}"
        for place, line in enumerate(saving["lines"]):
            yield from unknown(line, known["lines"], f"{at}/lines/{place}", "line")
        yield from unknown(saving["to_purse"], known["purses"], f"{at}/to_purse", "purse")
        if saving["lag"] >= len(document["years"]):
            yield Fault(
                f"{at}/lag", "outside-the-plan", "the lag leads beyond the last year: nothing is saved in the plan"
            )


def _equity(document: Document, known: Known) -> Iterator[Fault]:
    raised = []
    for index, equity in enumerate(document["equity"]):
        at = f"/equity/{index}"
        yield from selection_faults(equity["select"], known, f"{at}/select")
        yield from year_list(equity["years"], known, f"{at}/years")
        groups = {line[equity["per"]] for line in document["lines"] if selects(equity["select"], line)}
        for group in equity["heads"]:
            if group not in groups:
                yield Fault(f"{at}/heads/{group}", "unknown-key", f"no selected line lies in {equity['per']} {group!r}")
        if equity["select"]["modes"] is not None and equity["measure"] != "activity":
            yield Fault(f"{at}/select/modes", "wrong-measure", f"{equity['measure']} cannot be counted by modes")
        if equity["measure"] == "activity" and not has_modes(document, _as_selection(equity["select"])):
            yield Fault(f"{at}/select", "no-activity", "no selected line has such a delivery mode")
        if equity["raise_least"]:
            raised.append(index)
    if len(raised) > 1:
        yield Fault(f"/equity/{raised[1]}/raise_least", "duplicate", "one entry says who the worst-off is")
    if "worst_off" in document["objectives"] and not raised:
        yield Fault(
            "/objectives", "no-worst-off", "worst_off needs an equity entry with raise_least: who, by which heads"
        )


def _options(document: Document, known: Known) -> Iterator[Fault]:
    for index, option in enumerate(document["options"]):
        at = f"/options/{index}"
        yield from unknown(option["line"], known["lines"], f"{at}/line", "line")
        yield from year_list(option["starts"], known, f"{at}/starts")
        for name in ("uses", "supplies"):
            for key in option[name]:
                yield from unknown(key, known["resources"], f"{at}/{name}/{key}", "resource")
        for place, volume in enumerate(option["volumes"]):
            here = f"{at}/volumes/{place}"
            yield from _cases(document, known, volume["select"], f"{here}/select")
            if volume["at_most"] is not None and volume["at_least"] > volume["at_most"]:
                yield Fault(f"{here}/at_least", "reversed-bounds", "at_least lies above at_most")


def _option_rules(document: Document, known: Known) -> Iterator[Fault]:
    for index, rule in enumerate(document["option_rules"]):
        at = f"/option_rules/{index}/options"
        for place, key in enumerate(rule["options"]):
            yield from unknown(key, known["options"], f"{at}/{place}", "option")
            if key in rule["options"][:place]:
                yield Fault(f"{at}/{place}", "duplicate", f"option {key!r} is named twice")
        if rule["kind"] == "requires" and len(rule["options"]) < 2:
            yield Fault(at, "empty", "name the option, then what it requires")


def _contracts(document: Document, known: Known) -> Iterator[Fault]:
    for index, contract in enumerate(document["contracts"]):
        yield from unknown(contract["line"], known["lines"], f"/contracts/{index}/line", "line")
        for year in contract["values_gbp"]:
            yield from unknown(year, known["years"], f"/contracts/{index}/values_gbp/{year}", "year")


def _choices_of_purses(document: Document, known: Known) -> Iterator[Fault]:
    owners = {purse["key"]: purse["owner"] for purse in document["purses"]}
    for part in ("business_rules", "outside"):
        for index, item in enumerate(document[part]):
            at = f"/{part}/{index}"
            yield from year_list(item["years"], known, f"{at}/years")
            for name in ("payers", "purses"):
                for place, key in enumerate(item[name] or ()):
                    yield from unknown(key, known[name], f"{at}/{name}/{place}", name.rstrip("s"))
            if not any(
                (item["purses"] is None or purse in item["purses"])
                and (item["payers"] is None or owner in item["payers"])
                for purse, owner in owners.items()
            ):
                yield Fault(at, "selects-nothing", "no purse is chosen")
    held: dict[str, float] = {}
    for index, rule in enumerate(document["business_rules"]):
        if rule["kind"] != "non_recurrent" and not rule["waived_by"]:
            held["all"] = held.get("all", 0.0) + rule["share"]
            if held["all"] > 1 and rule["purses"] is None and rule["payers"] is None:
                yield Fault(f"/business_rules/{index}/share", "reversed-bounds", "more than everything is held back")


def _transfers(document: Document, known: Known) -> Iterator[Fault]:
    sound = True
    for index, transfer in enumerate(document["transfers"]):
        at = f"/transfers/{index}"
        found = [
            *unknown(transfer["from_purse"], known["purses"], f"{at}/from_purse", "purse"),
            *unknown(transfer["to_purse"], known["purses"], f"{at}/to_purse", "purse"),
            *unknown(transfer["from_year"], known["years"], f"{at}/from_year", "year"),
        ]
        if transfer["from_purse"] == transfer["to_purse"]:
            found.append(Fault(f"{at}/to_purse", "same-purse", "money moves from one purse to another"))
        sound = sound and not found
        yield from found
    years = [year["key"] for year in document["years"]]
    for (purse, t), gbp in moved(document, years).items() if sound else ():
        held = next(p["amount_gbp"].get(years[t], 0) for p in document["purses"] if p["key"] == purse)
        if held + gbp < 0:
            told = f"transfers take GBP {-gbp:,} out of {purse!r} in {years[t]}, which holds GBP {held:,}"
            yield Fault("/transfers", "negative-money", told)


def _aims(document: Document) -> Iterator[Fault]:
    for objective, given_up in document["sacrifices"].items():
        at = f"/sacrifices/{objective}"
        if objective not in document["objectives"]:
            yield Fault(at, "unknown-key", f"{objective!r} is not among the objectives")
        elif objective == "uniqueness" and given_up:
            yield Fault(at, "wrong-measure", "nothing comes after uniqueness that it could give way to")


def bridge_faults(payment: Document, pointer: str) -> Iterator[Fault]:
    """Outturn and what was added and taken must come to the baseline."""
    bridge = payment["built_from"]
    if bridge is None:
        return
    total = sum(sign * bridge[f"{name}_gbp"] for name, sign in BRIDGE_SIGNS.items())
    if total != payment["gbp"]:
        told = f"the parts come to GBP {total:,}, the payment is GBP {payment['gbp']:,}"
        yield Fault(f"{pointer}/built_from", "does-not-add-up", told)


def benefit_faults(limit: Document, term: Document, pointer: str) -> Iterator[Fault]:
    """Benefit only as a floor: less benefit than there is could be kept by wasting money."""
    if term["measure"] == "benefit" and (
        term["coefficient"] < 0 or limit["at_most"] is not None or limit["equal"] is not None
    ):
        yield Fault(
            pointer, "not-convex", "benefit can be asked for, not limited: at_least with a positive coefficient"
        )


def column_faults(document: Document, limit: Document, term: Document, pointer: str) -> Iterator[Fault]:
    """A variable named by its key stands by itself, over all years."""
    measured = any(other["column"] is None for other in limit["terms"])
    if limit["per_year"] and measured and len(document["years"]) > 1:
        words = "a named variable has its own year: beside what is measured year by year, set per_year to false"
        yield Fault(f"{pointer}/column", "names-a-year", words)
    if any(values is not None for values in term["select"].values()):
        yield Fault(f"{pointer}/select", "wrong-measure", "give a selection or a column, not both")
    kind, *rest = str(term["column"]).split("/")
    counts: Mapping[str, Sequence[int]] = {"pay": (4,), "put": (3,), "spend": (2,), "case": (3,)} | dict.fromkeys(
        ("carry", "over", "outside", "idle", "extra", "waiting", "option"), (2,)
    ) | {"keep": (3,)}  # fmt: skip
    if len(rest) not in counts.get(kind, ()):
        told = f"a variable is {', '.join(sorted(counts))}"
        yield Fault(f"{pointer}/column", "unknown-key", f"{told}, then year and keys; {term['column']!r} is none")


def _people(document: Document, known: Known) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    for index, counted in enumerate(document["people"]):
        at = f"/people/{index}"
        yield from unknown(counted["place"], known["places"], f"{at}/place", "place")
        if (counted["place"], counted["basis"]) in seen:
            yield Fault(at, "duplicate", f"{counted['basis']} people of {counted['place']} are told twice")
        seen.add((counted["place"], counted["basis"]))
