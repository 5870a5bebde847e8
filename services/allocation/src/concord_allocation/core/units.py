"""What a stated limit is counted in: its terms' measures say so, and what a caller writes is held against them.

A term whose coefficient is 1 or -1 counts its measure as it stands; any other coefficient may turn one unit into
another (pounds a case, tonnes a pound). Money counts in whole GBP, everywhere and under that name alone.
"""

import re
from collections.abc import Iterator

from concord_allocation.core.faults_of_keys import Document, selects
from concord_allocation.core.problem import Fault

GBP = "GBP"

MONEY = frozenset({"spend", "direct_spend", "contribution", "burden", "carry", "overspend", "outside"})
"""Measures in GBP."""

OF_COLUMN = {
    **dict.fromkeys(("pay", "put", "spend", "carry", "over", "outside", "idle", "keep"), "spend"),
    "case": "activity",
}
"""The measure of a variable named by its key, where it is called otherwise."""

PLAIN = {"activity": "case", "waiting": "patient", "option": "option", "extra": "unit"}
"""What a measure counts where the problem's own parts do not say, or say more than one thing."""

_MONEY_WORD = r"(?:gbp|£|pounds?|sterling|quid|pence|penny|pounds? sterling)"
_TIMES = (
    r"(?:k|m|mn|mln|mm|bn|tn|0{2,}|1?0{3,}s?|10{2,}s?|10\^\d+|1e\d+|"
    r"hundreds?|thousands?|millions?|billions?|tens of thousands|hundreds of thousands)"
)
_ANY_MONEY = re.compile(rf"(?:{_TIMES} ?)?(?:of )?{_MONEY_WORD}(?: ?(?:in )?{_TIMES})?")


def unit_of(limit: Document, document: Document) -> str:
    """The unit of a limit: as stated, or what its measures count.

    Money makes GBP of the sum, as it stands or where everything is turned into something.
    """
    if limit["unit"] is not None:
        return str(limit["unit"])
    terms = [term for term in limit["terms"] if term["coefficient"]]
    standing = [term for term in terms if _stands(term)] or terms
    names = {_unit_of_term(term, document) for term in standing}
    if GBP in names or not names:
        return GBP
    return names.pop() if len(names) == 1 else _plain_unit({_measure(term) for term in standing})


def unit_faults(document: Document) -> Iterator[Fault]:
    """Units that contradict what they are the unit of, and multiples of GBP; but for those that are not checked."""
    unchecked = set(document["unchecked_units"])
    at = {part: {each["key"]: index for index, each in enumerate(document[part])} for part in PARTS}
    for part, one in _wrong(document):
        if f"{part}/{one['key']}" not in unchecked:
            yield Fault(f"/{part}/{at[part][one['key']]}/unit", "wrong-unit", _words(part, one, document))


PARTS = ("lines", "demands", "resources", "limits")
"""The parts of a problem that have a unit."""


def contradicted(document: Document) -> list[str]:
    """The parts (`limits/<key>`) whose unit contradicts what it is the unit of; of an earlier schema too."""
    return [f"{part}/{one['key']}" for part, one in _wrong(document)]


def _wrong(document: Document) -> Iterator[tuple[str, Document]]:
    """(part, entry) whose unit is not what it counts."""
    for line in document["lines"]:
        if line.get("modes") and line.get("unit") is not None and is_money(line["unit"]):
            yield "lines", line
    for demand in document.get("demands", ()):
        if is_money(demand["unit"]):
            yield "demands", demand
    for resource in document.get("resources", ()):
        if resource["unit"] != GBP and is_money(resource["unit"]):
            yield "resources", resource
    named = {str(line.get("unit")) for line in document["lines"] if line.get("modes")}
    for limit in document.get("limits", ()):
        if limit.get("unit") is not None and _contradicts(limit, str(document.get("benefit_unit")), named):
            yield "limits", limit


def _words(part: str, one: Document, document: Document) -> str:
    unit = one["unit"]
    match part:
        case "lines":
            return f"the unit of a line is what one of its cases is; {unit!r} is money"
        case "demands":
            return f"a demand counts patients or cases; {unit!r} is money"
        case "resources":
            return _whole_pounds(unit)
    measures = _standing(one)
    money = [measure for measure in measures if measure in MONEY]
    if money:
        return f"{_called(money[0])} is counted in GBP, not in {unit!r}: give whole pounds, and GBP or no unit"
    if not measures:
        return _whole_pounds(unit)
    own = unit_of({**one, "unit": None}, document)
    return f"{_called(measures[0])} is not counted in {unit!r}: say {own!r}, or leave the unit out"


def is_money(unit: str) -> bool:
    """Whether this is a name of money: GBP, a multiple or a part of it."""
    return _ANY_MONEY.fullmatch(_plain(unit)) is not None


def _plain(unit: str) -> str:
    return " ".join(re.sub(r"[(),.'’`\-]", "" if re.search(r"\d,\d|'\d", unit) else " ", unit.casefold()).split())


def _standing(limit: Document) -> list[str]:
    """What the terms that count as they stand measure."""
    return sorted({_measure(term) for term in limit["terms"] if _stands(term)})


def _contradicts(limit: Document, benefit: str, named: set[str]) -> bool:
    """Whether a limit's stated unit is not what it counts; `named`: what lines call their cases."""
    unit, measures = str(limit["unit"]), _standing(limit)
    money = any(measure in MONEY for measure in measures)
    if money or not measures:
        return unit != GBP if money else is_money(unit) and unit != GBP
    if unit == benefit and "benefit" in measures:
        return False
    return is_money(unit) or (unit == benefit and unit not in named) or (measures == ["benefit"] and unit in named)


def _whole_pounds(unit: str) -> str:
    return f"money is counted in whole GBP, not in {unit!r}: give whole pounds, and GBP as the unit"


def _called(measure: str) -> str:
    return {"extra": "what is bought of a resource", "waiting": "waiting patients", "option": "an option started"}.get(
        measure, measure.replace("_", " ")
    )


def _stands(term: Document) -> bool:
    return abs(float(term["coefficient"])) == 1.0


def _measure(term: Document) -> str:
    if term.get("column") is None:
        return str(term["measure"])
    kind = str(term["column"]).split("/")[0]
    return OF_COLUMN.get(kind, kind)


def _unit_of_term(term: Document, document: Document) -> str:
    measure = _measure(term)
    if measure in MONEY:
        return GBP
    if measure == "benefit":
        return str(document["benefit_unit"])
    if not _stands(term):
        return "unit"
    named = {str(unit) for unit in _named_units(term, measure, document) if unit}
    return named.pop() if len(named) == 1 else _plain_unit({measure})


def _plain_unit(measures: set[str]) -> str:
    return PLAIN.get(next(iter(measures)), "unit") if len(measures) == 1 else "unit"


def _named_units(term: Document, measure: str, document: Document) -> Iterator[str | None]:
    """What the parts of the problem that a term counts call their unit."""
    part = {"activity": "lines", "extra": "resources", "waiting": "demands"}.get(measure)
    if part is None:
        return
    if term["column"] is not None:
        keys = str(term["column"]).split("/")[2:3]
        yield from (one["unit"] for one in document[part] if one["key"] in keys)
    elif part == "lines":
        yield from (line["unit"] for line in document["lines"] if line["modes"] and selects(term["select"], line))
    else:
        wanted = term["select"][part]
        yield from (one["unit"] for one in document[part] if wanted is None or one["key"] in wanted)
