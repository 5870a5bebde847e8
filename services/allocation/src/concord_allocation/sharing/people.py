"""How many people each party is responsible for in a plan, from the figures that the problem carries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from concord_allocation.sharing.parties import Parties
from concord_contracts.allocation import People, Problem

COUNTED_AS = {"provider": "registered"}
"""Lines that count a provider's patients are for the people registered in the place."""

WEIGHTED = "weighted"

RULES = (
    ("people_served", "By people", "in proportion to the people of the places whose lines it must pay for"),
    ("weighted_people", "By weighted people", "in proportion to the weighted people of the places it must pay for"),
)


@dataclass(frozen=True, slots=True)
class Headcount:
    """Weights by party with where they come from; `missing` says whose people nobody counted, and there are none."""

    key: str
    name: str
    words: str
    weights: Mapping[str, float]
    assumed: bool
    missing: str | None = None


def headcounts(problem: Problem, found: Parties) -> Iterator[Headcount]:
    """By people as each line counts them, and by weighted people; nothing where the problem carries no such figures.

    A place counts once for a party, however many of its lines are there; a party without lines counts nobody.
    """
    figures = {(each.place, each.basis): each for each in problem.people}
    for key, name, words in RULES:
        weighted = key == "weighted_people"
        if not any((each.basis == WEIGHTED) == weighted for each in problem.people):
            continue
        served: dict[str, set[tuple[str, str]]] = {party.key: set() for party in found.parties}
        party_of = found.of_payer
        for line in problem.lines:
            if line.statutory_payer in party_of:
                basis = WEIGHTED if weighted else COUNTED_AS.get(line.population_basis, line.population_basis)
                served[party_of[line.statutory_payer]].add((line.place, basis))
        asked = {each for places in served.values() for each in places}
        unknown = sorted(asked - figures.keys())
        if unknown:
            place, basis = unknown[0]
            more = f" and {len(unknown) - 1} more places" if len(unknown) > 1 else ""
            yield Headcount(key, name, words, {}, False, f"nobody counted the {basis} people of {place}{more}")
            continue
        used = [figures[each] for each in sorted(asked)]
        weights = {party: float(sum(figures[each].persons for each in places)) for party, places in served.items()}
        assumed = _assumed(used) if weighted else ""
        resting = any(each.provenance.basis == "assumption" for each in used)
        yield Headcount(key, name, f"{words} ({_said(used)}{assumed})", weights, resting)


def _assumed(used: list[People]) -> str:
    """What weights rest on where nobody published them: how each sort of place was weighed, as the notes begin."""
    notes = {(each.provenance.note or "").partition(";")[0] for each in used if each.provenance.basis == "assumption"}
    found = sorted(notes - {""})
    return f"; assumption: {', '.join(found[:SORTS])}" if found else ""


def _said(used: list[People]) -> str:
    """Where the figures come from, each source once, and of which years."""
    sources = sorted({each.provenance.source or each.provenance.note or "" for each in used} - {""})
    more = [f"{len(sources) - NAMED} more sources"] if len(sources) > NAMED else []
    years = sorted({each.year for each in used if each.year})
    return "; ".join([*sources[:NAMED], *more, ", ".join(years)] if years else [*sources[:NAMED], *more])


SORTS = 3
"""Notes named."""

NAMED = 2
"""Sources named; the problem has all of them."""
