"""What-if changes applied to a problem document: a new document comes back, the old one stays as it was.

Changes are applied in order, each to the result of the one before. Faults point into the list of changes. Neither the
reference split nor a statutory limit can be changed; a change that selects nothing is a fault, not "no effect".
"""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from concord_allocation.core.faults_of_keys import LINE_ATTRIBUTES
from concord_allocation.core.problem import Fault, InvalidProblem

type Mutable = dict[str, Any]
type Refusing = Iterator[tuple[str, str, str]]
"""(pointer inside the change, kind, words) of everything wrong with one change; the document is changed on the way."""


def apply(document: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> Mutable:
    """The changed document. Raises InvalidProblem naming every fault of every change, at /changes/<number>/..."""
    changed: Mutable = copy.deepcopy(dict(document))
    faults: list[Fault] = []
    for number, change in enumerate(changes):
        for pointer, kind, words in APPLY[change["kind"]](changed, change):
            faults.append(Fault(f"/changes/{number}{pointer}", kind, words))
    if faults:
        raise InvalidProblem(faults)
    return changed


def _keys(items: Sequence[Mapping[str, Any]]) -> set[str]:
    return {str(item["key"]) for item in items}


def _years(document: Mutable, change: Mapping[str, Any]) -> list[str]:
    return [y["key"] for y in document["years"] if change["years"] is None or y["key"] in change["years"]]


def _unknown_years(document: Mutable, years: Sequence[str] | None) -> Refusing:
    for index, year in enumerate(years or ()):
        if year not in _keys(document["years"]):
            yield f"/years/{index}", "unknown-key", f"no year {year!r} in this problem"


def _selected_purses(document: Mutable, select: Mapping[str, Any]) -> list[Mutable]:
    wanted = (("purses", "key"), ("owners", "owner"), ("kinds", "kind"))
    return [
        purse
        for purse in sorted(document["purses"], key=lambda purse: str(purse["key"]))
        if all(select[name] is None or purse[field] in select[name] for name, field in wanted)
    ]


def _selected_lines(document: Mutable, select: Mapping[str, Any]) -> list[Mutable]:
    return [
        line
        for line in document["lines"]
        if all(select[name] is None or line[field] in select[name] for name, field in LINE_ATTRIBUTES.items())
    ]


def _misspelt(select: Mapping[str, Any], known: Mapping[str, set[str]]) -> Refusing:
    for name, values in known.items():
        for index, value in enumerate(select[name] or ()):
            if value not in values:
                yield f"/select/{name}/{index}", "unknown-key", f"no {name.rstrip('s')} {value!r} in this problem"


def _purse_faults(document: Mutable, select: Mapping[str, Any]) -> Refusing:
    purses = document["purses"]
    yield from _misspelt(
        select,
        {"purses": _keys(purses), "owners": _keys(document["payers"]), "kinds": {p["kind"] for p in purses}},
    )
    if not _selected_purses(document, select):
        yield "/select", "selects-nothing", "no purse is selected"


def _line_faults(document: Mutable, select: Mapping[str, Any]) -> Refusing:
    lines = document["lines"]
    known = {name: {line[field] for line in lines} for name, field in LINE_ATTRIBUTES.items()}
    yield from _misspelt(select, known)
    if not _selected_lines(document, select):
        yield "/select", "selects-nothing", "no line is selected"


def _scale_purse(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    yield from _unknown_years(document, change["years"])
    yield from _purse_faults(document, change["select"])
    for purse in _selected_purses(document, change["select"]):
        for year in _years(document, change):
            if year in purse["amount_gbp"]:
                purse["amount_gbp"][year] = _half_up(purse["amount_gbp"][year] * _exact(change["factor"]))


def _exact(factor: float) -> Fraction:
    """The decimal that the caller wrote: 0.938 means 938/1000, not its nearest binary number."""
    return Fraction(repr(factor))


def _half_up(amount: Fraction) -> int:
    return int(amount + Fraction(1, 2))


def _add_money(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    yield from _unknown_years(document, change["years"])
    yield from _purse_faults(document, change["select"])
    purses = _selected_purses(document, change["select"])
    for year in _years(document, change) if purses else ():
        held = [purse["amount_gbp"].get(year, 0) for purse in purses]
        parts = _parts(change["gbp"], held if change["split"] == "in_proportion" and any(held) else [1] * len(purses))
        for purse, has, part in zip(purses, held, parts, strict=True):
            if has + part < 0:
                yield "/gbp", "negative-money", f"{purse['key']} holds GBP {has:,} in {year}, less than GBP {-part:,}"
            else:
                purse["amount_gbp"][year] = has + part


def _parts(total: int, weights: Sequence[int]) -> list[int]:
    """`total` split by weights into whole pounds: largest remainder, earlier first."""
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    parts = [part.numerator // part.denominator for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda k: (-(exact[k] - parts[k]), k))
    for k in by_remainder[: total - sum(parts)]:
        parts[k] += 1
    return parts


def _add_purse(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    if change["purse"]["key"] in _keys(document["purses"]):
        yield "/purse/key", "duplicate", f"there is a purse {change['purse']['key']!r} already"
    document["purses"].append(copy.deepcopy(change["purse"]))


def _transfer(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    purses = {purse["key"]: purse for purse in document["purses"]}
    years = [year["key"] for year in document["years"]]
    for end in ("from_purse", "to_purse"):
        if change[end] not in purses:
            yield f"/{end}", "unknown-key", f"no purse {change[end]!r} in this problem"
    if change["from_year"] not in years:
        yield "/from_year", "unknown-key", f"no year {change['from_year']!r} in this problem"
    if change["from_purse"] == change["to_purse"]:
        yield "/to_purse", "same-purse", "money moves from one purse to another"
    if change["from_purse"] not in purses or change["to_purse"] not in purses or change["from_year"] not in years:
        return
    first = years.index(change["from_year"])
    source, target = purses[change["from_purse"]]["amount_gbp"], purses[change["to_purse"]]["amount_gbp"]
    for year in years[first:] if change["recurrent"] else years[first : first + 1]:
        if source.get(year, 0) < change["gbp"]:
            yield "/gbp", "negative-money", f"{change['from_purse']} holds only GBP {source.get(year, 0):,} in {year}"
        else:
            source[year] = source.get(year, 0) - change["gbp"]
            target[year] = target.get(year, 0) + change["gbp"]


def _scale_demand(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    yield from _line_faults(document, change["select"])
    chosen = _selected_lines(document, change["select"])
    keys = _keys(chosen)
    for line in chosen:
        line["demand_factor"] *= change["factor"]
    for limit in document["limits"]:
        if limit["demand_driven"] and all(_selects_only(document, term, keys) for term in limit["terms"]):
            _scale_bounds(limit, change["factor"])
    for demand in document["demands"]:
        if demand["demand_driven"] and all(_selects_only(document, met, keys) for met in demand["met_by"]):
            demand["cases"] = {year: float(cases * change["factor"]) for year, cases in demand["cases"].items()}


def _selects_only(document: Mutable, term: Mapping[str, Any], keys: set[str]) -> bool:
    counted = _keys(_selected_lines(document, term["select"]))
    return bool(counted) and counted <= keys


SIDES = ("at_least", "at_most", "equal")


def _scale_bounds(limit: Mutable, factor: float) -> None:
    """The label says so too: it is quoted in refusals, and its own figures are those of before."""
    for side in SIDES:
        if limit[side] is not None:
            limit[side] = float(limit[side] * factor)
    if factor != 1:
        limit["label"] += f" (what-if: times {factor:g})"


def _limit(document: Mutable, key: str) -> Mutable | None:
    return next((limit for limit in document["limits"] if limit["key"] == key), None)


def _changeable(limit: Mapping[str, Any] | None, key: str, pointer: str) -> Refusing:
    if limit is None:
        yield pointer, "unknown-key", f"no limit {key!r} in this problem"
    elif limit["statutory"]:
        yield pointer, "statutory-limit", f"{key!r} is set by law ({limit['source']}); a what-if does not change law"


def _scale_limit(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    for index, key in enumerate(change["limits"]):
        limit = _limit(document, key)
        yield from _changeable(limit, key, f"/limits/{index}")
        if limit is not None:
            _scale_bounds(limit, change["factor"])


def _set_limit(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    limit = _limit(document, change["limit"])
    yield from _changeable(limit, change["limit"], "/limit")
    sides = {side: change[side] for side in SIDES}
    if all(bound is None for bound in sides.values()):
        yield "", "empty-limit", "give at_least, at_most or equal; to drop a limit, remove it"
    elif sides["equal"] is not None and (sides["at_least"] is not None or sides["at_most"] is not None):
        yield "/equal", "reversed-bounds", "`equal` stands alone"
    if limit is not None:
        told = ", ".join(f"{side.replace('_', ' ')} {bound:,g}" for side, bound in sides.items() if bound is not None)
        limit.update(sides | {"label": f"{limit['label']} (what-if: {told})"})


def _add_limit(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    key = change["limit"]["key"]
    if key in _keys(document["limits"]) | _keys(document["pace_of_change"]):
        yield "/limit/key", "duplicate", f"there is a limit {key!r} already"
    document["limits"].append(copy.deepcopy(change["limit"]))


def _remove_limit(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    key = change["limit"]
    found = next((x for part in ("limits", "pace_of_change") for x in document[part] if x["key"] == key), None)
    yield from _changeable(found, key, "/limit")
    for part in ("limits", "pace_of_change"):
        document[part] = [item for item in document[part] if item["key"] != key]


def _set_pace(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    key = change["pace"]["key"]
    old = next((pace for pace in document["pace_of_change"] if pace["key"] == key), None)
    if old is not None:
        yield from _changeable(old, key, "/pace/key")
    if _limit(document, key) is not None:
        yield "/pace/key", "duplicate", f"there is a limit {key!r} already"
    _put(document["pace_of_change"], change["pace"])


def _put(items: list[Mutable], item: Mapping[str, Any]) -> None:
    """Replace the item of the same key, or add it."""
    items[:] = [other for other in items if other["key"] != item["key"]] + [copy.deepcopy(dict(item))]


def _price_shock(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    yield from _unknown_years(document, change["years"])
    yield from _line_faults(document, change["select"])
    for line in _selected_lines(document, change["select"]):
        for year in _years(document, change):
            line["cost_factor"][year] = line["cost_factor"].get(year, 1.0) * change["factor"]


def _set_mechanism(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    _put(document["mechanisms"], change["mechanism"])
    yield from ()


def _remove_mechanism(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    key = change["mechanism"]
    if key not in _keys(document["mechanisms"]):
        yield "/mechanism", "unknown-key", f"no mechanism {key!r} in this problem"
    for fund in document["funds"]:
        if fund["mechanism"] == key:
            yield "/mechanism", "in-use", f"fund {fund['key']!r} rests on it; remove the fund first"
    document["mechanisms"] = [item for item in document["mechanisms"] if item["key"] != key]


def _set_fund(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    _put(document["funds"], change["fund"])
    yield from ()


def _remove_fund(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    key = change["fund"]
    if key not in _keys(document["funds"]):
        yield "/fund", "unknown-key", f"no fund {key!r} in this problem"
    if any(payment["fund"] == key for line in document["lines"] for payment in line["reference"]):
        yield "/fund", "in-use", "the reference split has money in it, and the reference is not changed"
    document["funds"] = [item for item in document["funds"] if item["key"] != key]


def _remove_eligibility(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    if change["bar"]["key"] in _keys(document["bars"]):
        yield "/bar/key", "duplicate", f"there is a bar {change['bar']['key']!r} already"
    if not _selected_lines(document, change["bar"]["lines"]):
        yield "/bar/lines", "selects-nothing", "no line is selected"
    document["bars"].append(copy.deepcopy(change["bar"]))


def _reassign_lines(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    yield from _line_faults(document, change["select"])
    if change["payer"] not in _keys(document["payers"]):
        yield "/payer", "unknown-key", f"no payer {change['payer']!r} in this problem"
    for line in _selected_lines(document, change["select"]):
        line["statutory_payer"], line["citation"] = change["payer"], change["citation"]


def _hold_lines(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    if change["key"] in _keys(document["limits"]) | _keys(document["pace_of_change"]):
        yield "/key", "duplicate", f"there is a limit {change['key']!r} already"
    if not _selected_lines(document, change["select"]):
        yield "/select", "selects-nothing", "no line is selected"
    document["pace_of_change"].append(
        {
            "key": change["key"],
            "label": "held as they are" if not change["tolerance"] else f"held within {change['tolerance']:.1%}",
            "select": copy.deepcopy(change["select"]),
            "per": "line",
            "max_up": change["tolerance"],
            "max_down": change["tolerance"],
            "new_at_most_gbp": 0,
            "deflator": None,
            "years": None,
            "source": "what-if",
            "statutory": False,
            "relaxation_weight": 1.0,
            "hard": True,
            "priority": 1,
        }
    )


def _set_part(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    (field,) = [name for name in PARTS if change[name] is not None]
    items = document[PARTS[field]]
    yield from _by_law(items, change[field]["key"], f"/{field}/key")
    _put(items, change[field])


def _by_law(items: Sequence[Mapping[str, Any]], key: str, pointer: str) -> Refusing:
    old = next((item for item in items if item["key"] == key), None)
    if old is not None and old.get("statutory"):
        yield pointer, "statutory-limit", f"{key!r} is set by law ({old['source']}); a what-if does not change law"


def _remove_part(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    items, key = document[change["part"]], change["key"]
    if key not in _keys(items):
        yield "/key", "unknown-key", f"no {change['part'].rstrip('s').replace('_', ' ')} {key!r} in this problem"
    yield from _by_law(items, key, "/key")
    document[change["part"]] = [item for item in items if item["key"] != key]


def _scale_supply(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    yield from _unknown_years(document, change["years"])
    resources = {resource["key"]: resource for resource in document["resources"]}
    for index, key in enumerate(change["resources"]):
        if key not in resources:
            yield f"/resources/{index}", "unknown-key", f"no resource {key!r} in this problem"
            continue
        supply = resources[key]["supply"]
        for year in _years(document, change):
            if year in supply:
                supply[year] = float(supply[year] * change["factor"])


def _set_carry(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    yield from _purse_faults(document, change["select"])
    for purse in _selected_purses(document, change["select"]):
        purse["carry"] = copy.deepcopy(change["carry"])


PARTS = {
    "resource": "resources",
    "demand": "demands",
    "link": "links",
    "saving": "savings",
    "equity": "equity",
    "option": "options",
    "option_rule": "option_rules",
    "contract": "contracts",
    "business_rule": "business_rules",
    "outside": "outside",
}
"""Field of a `set_part` change -> the part of the problem it goes to."""

APPLY: dict[str, Callable[[Mutable, Mapping[str, Any]], Refusing]] = {
    "scale_purse": _scale_purse,
    "add_money": _add_money,
    "add_purse": _add_purse,
    "transfer": _transfer,
    "scale_demand": _scale_demand,
    "scale_limit": _scale_limit,
    "set_limit": _set_limit,
    "add_limit": _add_limit,
    "remove_limit": _remove_limit,
    "set_pace": _set_pace,
    "price_shock": _price_shock,
    "set_mechanism": _set_mechanism,
    "remove_mechanism": _remove_mechanism,
    "set_fund": _set_fund,
    "remove_fund": _remove_fund,
    "remove_eligibility": _remove_eligibility,
    "reassign_lines": _reassign_lines,
    "hold_lines": _hold_lines,
    "set_part": _set_part,
    "remove_part": _remove_part,
    "scale_supply": _scale_supply,
    "set_carry": _set_carry,
}
"""One function per kind of change; a test holds it against the contract's list."""
