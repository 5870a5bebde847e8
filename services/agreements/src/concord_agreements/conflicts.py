"""Two agreements over the same ground: the same stage, place, party and days. Found before sending and before the last
signature, so that no function is exercised by two bodies at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from concord_agreements.facts import RegistryFacts
from concord_agreements.policies.stages import EXERCISED
from concord_contracts.agreements import Content

WHOLE_PATHWAY = "*"
"""Stands for the whole pathway where a lead answers for it."""


@dataclass(frozen=True, slots=True)
class Holding:
    """The ground an agreement takes: who, what, where, when; the period is half-open.

    `cells` are (stage, place) pairs; `overlaps` says for each place which other places share ground with it; `names`
    are what people call the parties and places.
    """

    agreement: str
    title: str
    pathway: str
    parties: frozenset[str]
    cells: frozenset[tuple[str, str]]
    overlaps: dict[str, frozenset[str]]
    starts: date
    ends: date
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Conflict:
    """An overlap with one other agreement."""

    agreement: str
    title: str
    stages: tuple[str, ...]
    places: tuple[str, ...]
    parties: tuple[str, ...]
    first_day: date
    until: date
    words: str


def _words(title: str, stages: Sequence[str], places: Sequence[str], parties: Sequence[str], days: str) -> str:
    said = ["the whole pathway" if stage == WHOLE_PATHWAY else stage.replace("_", " ") for stage in stages]
    return f"'{title}' already covers {', '.join(said)} in {', '.join(places)} for {', '.join(parties)} {days}."


def holding(
    agreement: str, content: Content, facts: RegistryFacts, starts: date | None = None, ends: date | None = None
) -> Holding:
    """The ground of a text; aligned stages and those in view take none. `ends` may come earlier by notice."""
    cells = {(s.stage, place) for s in content.stages if s.handling in EXERCISED for place in s.places}
    cells |= {(WHOLE_PATHWAY, place) for place in content.leads_pathway_for}
    return Holding(
        agreement=agreement,
        title=content.title,
        pathway=content.pathway,
        parties=frozenset(party.organisation for party in content.parties),
        cells=frozenset(cells),
        overlaps={place.key: place.overlaps for place in facts.places},
        starts=starts or content.starts,
        ends=ends or content.ends,
        names={body.id: body.name for body in facts.bodies} | {place.key: place.name for place in facts.places},
    )


def find(candidate: Holding, others: Iterable[Holding]) -> list[Conflict]:
    """Every conflict of `candidate` with the others (itself left out), in a stable order."""
    found = [_between(candidate, other) for other in others if other.agreement != candidate.agreement]
    return sorted((conflict for conflict in found if conflict), key=lambda conflict: conflict.agreement)


def _between(one: Holding, other: Holding) -> Conflict | None:
    parties = one.parties & other.parties
    first, until = max(one.starts, other.starts), min(one.ends, other.ends)
    if one.pathway != other.pathway or not parties or first >= until:
        return None
    shared = {
        (stage, place)
        for stage, place in one.cells
        for its_stage, its_place in other.cells
        if stage == its_stage and _same_ground(one, place, other, its_place)
    }
    if not shared:
        return None
    stages, places = (tuple(sorted(set(values))) for values in zip(*shared, strict=True))
    whose = tuple(sorted(parties))
    words = _words(
        other.title,
        stages,
        [one.names.get(place, place) for place in places],
        [one.names.get(party, party) for party in whose],
        f"from {first.isoformat()} until {until.isoformat()}",
    )
    return Conflict(other.agreement, other.title, stages, places, whose, first, until, words)


def _same_ground(one: Holding, place: str, other: Holding, its_place: str) -> bool:
    return (
        place == its_place
        or its_place in one.overlaps.get(place, frozenset())
        or place in other.overlaps.get(its_place, frozenset())
    )
