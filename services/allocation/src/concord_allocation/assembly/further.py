"""Parts of a problem that are filled in from the figures on request: price indices, fairness, rules of the year.

None of them is in a plan that does not ask for it: they change what the plan is about, and each rests on judgements
that whoever asks should know of.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from concord_allocation.assembly.faults import AssemblyFault
from concord_allocation.assembly.keys import joined_key
from concord_allocation.assembly.lines import REFERENCE_YEAR
from concord_allocation.assembly.provenance import cited, joined, provenance_of
from concord_allocation.assembly.world import World
from concord_allocation.reference.rows_for_plans import BusinessRuleRow, NeedWeightRow
from concord_contracts.allocation import BusinessRule, CaseSelection, Equity, Line, PriceIndex, Purse
from concord_contracts.allocation.scenarios import FilledIn

GROUP = "ccg"
"""The kind of place that fairness is between."""

FAIRNESS = "benefit-per-weighted-head"

RULE_KINDS: Mapping[str, Literal["surplus", "contingency", "non_recurrent"]] = {
    "surplus": "surplus",
    "contingency": "contingency",
    "non-recurrent headroom": "non_recurrent",
}
"""Rules of the figures -> how the optimiser keeps them."""

OF_ALLOCATION = "share of allocation"

MOST_TIMES = 100
"""No price index of a problem lies above it, and nobody's prices do."""


def build_indices(world: World, faults: list[AssemblyFault]) -> list[PriceIndex]:
    """Every series of prices of the figures, 1 in the reference year; a year after the last has the last's value.

    Of vintages that have the reference year and a planned one the latest is taken: indices of two have no common base.
    """
    if "price_indices" not in world.request.fill_in:
        return []
    series = sorted({row.series for row in world.figures.deflators})
    before = len(faults)
    found = [index for name in series if (index := _index(world, name, faults)) is not None]
    if not found and len(faults) == before:
        faults.append(_nothing(world, "price_indices", f"no price index has a value for {REFERENCE_YEAR}"))
    return found


def _index(world: World, series: str, faults: list[AssemblyFault]) -> PriceIndex | None:
    """values[t] = index[t] / index[reference year], both of one vintage."""
    told = [row for row in world.figures.deflators if row.series == series]
    for vintage in sorted({row.vintage for row in told}, reverse=True):
        rows = {row.year: row for row in told if row.vintage == vintage}
        base = rows.get(REFERENCE_YEAR)
        used = [rows[year] for year in world.years if year in rows]
        if base is not None and used:
            values = {row.year: float(row.index / base.index) for row in used}
            if max(values.values()) > MOST_TIMES:
                words = f"{series} ({vintage}) rises to more than {MOST_TIMES} times its value of {REFERENCE_YEAR}"
                faults.append(_unfit(world, "price_indices", words))
                return None
            return PriceIndex(
                key=series,
                name=f"{series} ({vintage}), {REFERENCE_YEAR} = 1"[:300],
                values=values,
                provenance=joined([provenance_of(row) for row in used]).model_copy(update={"low": None, "high": None}),
            )
    return None


def build_equity(world: World, lines: Sequence[Line], faults: list[AssemblyFault]) -> list[Equity]:
    """Benefit per weighted head of each group's place over all years, the least of which `worst_off` raises.

    heads(place) = people of all chosen places x weight(place) / sum of weights.
    """
    if "equity" not in world.request.fill_in:
        return []
    lung = set(world.request.pathways) == {"lung"}
    groups = {line.place for line in lines if world.place_of[line.place].kind == GROUP}
    chosen = sorted((row for row in world.need_weights if row.place in groups), key=lambda row: row.place)
    if len(chosen) < 2:
        words = "fairness is between groups' places: fewer than two of the chosen places have a weight of need"
        faults.append(_nothing(world, "equity", words))
        return []
    return [
        Equity(
            key=FAIRNESS,
            label=f"benefit per weighted head ({'lung' if lung else 'all cancers'}), over all years",
            measure="benefit",
            select=CaseSelection(places=[row.place for row in chosen]),
            per="place",
            heads=_heads(chosen),
            raise_least=True,
            per_year=False,
            source=cited(chosen[0]),
        )
    ]


def _heads(rows: Sequence[NeedWeightRow]) -> dict[str, float]:
    people, weight = sum(row.persons for row in rows), sum((Fraction(row.weight_share) for row in rows), Fraction(0))
    return {row.place: round(float(people * Fraction(row.weight_share) / weight), 3) for row in rows}


def build_rules(world: World, purses: Sequence[Purse], faults: list[AssemblyFault]) -> list[BusinessRule]:
    """What groups hold back of their programme money by the rules of the year.

    A year that has no rule yet takes the latest one before it, and says so.
    """
    if "business_rules" not in world.request.fill_in:
        return []
    groups = {view.body for view in world.places if view.kind == GROUP}
    held = sorted(
        purse.key for purse in purses if purse.owner in groups and purse.recurrent and purse.kind == "general"
    )
    before = len(faults)
    found = list(_rules(world, held, faults)) if held else []
    if not found and len(faults) == before:
        words = "no rule of the year concerns the chosen places' money" if held else "no group's money is in the plan"
        faults.append(_nothing(world, "business_rules", words))
    return found


def _rules(world: World, purses: list[str], faults: list[AssemblyFault]) -> Iterator[BusinessRule]:
    for name, kind in RULE_KINDS.items():
        rows = {row.year: row for row in world.figures.business_rules if row.rule == name and row.unit == OF_ALLOCATION}
        for year in world.years:
            latest = max((known for known in rows if known <= year), default=None)
            if latest is None or rows[latest].value == Decimal(0):
                continue
            row = rows[latest]
            if row.value > 1:
                words = f"{name} of {row.year} is {row.value:f} of the allocation: a share is 1 at most"
                faults.append(_unfit(world, "business_rules", words))
                continue
            yield BusinessRule(
                key=joined_key(name.replace(" ", "-"), year),
                label=f"{name} of {float(row.value):.1%} of groups' programme money in {year}",
                kind=kind,
                share=float(row.value),
                years=[year],
                purses=purses,
                source=_carried_on(row, year),
            )


def _carried_on(row: BusinessRuleRow, year: str) -> str:
    return cited(row) if row.year == year else f"assumed to go on from {row.year}: {cited(row)}"[:300]


def _nothing(world: World, part: FilledIn, words: str) -> AssemblyFault:
    return AssemblyFault(world.filling(part), "nothing-to-fill-in", words)


def _unfit(world: World, part: FilledIn, words: str) -> AssemblyFault:
    return AssemblyFault(world.filling(part), "figures-do-not-fit", words)
