"""The responsibility matrix of a pathway in places: one letter for each part that a body has in a stage. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from concord_contracts.registry import ClaimStatus, Role
from concord_registry.cells import cells, whole_pathway
from concord_registry.claims import SERVICE_STANDS_FROM, Applying, claims_by_stage
from concord_registry.rulebook import holders
from concord_registry.world import ANY, Claim, Reference

BY_LAW = "R"
ON_BEHALF = "B"
LETTERS: Mapping[Role, str] = {
    Role.ACCOUNTABLE: "A",
    Role.COMMISSIONS: "C",
    Role.FUNDS: "F",
    Role.LEADS: "L",
    Role.SUPPORTS: "S",
    Role.ADVISES: "V",
    Role.COORDINATES: "O",
    Role.SCRUTINISES: "Z",
    Role.PROVIDES: "P",
}

LEGEND: Sequence[tuple[str, str]] = (
    (BY_LAW, "responsible by the rule book"),
    ("A", "accountable"),
    ("C", "commissions"),
    ("F", "funds"),
    ("L", "leads"),
    ("S", "supports; carries no responsibility"),
    ("V", "advises"),
    ("O", "coordinates"),
    ("Z", "scrutinises"),
    ("P", "provides"),
    (ON_BEHALF, "another body acts on its behalf"),
    ("+", "after a letter: confirmed"),
    ("~", "after a letter: only assumed"),
    ("?", "after a letter: disputed"),
    (">", "after a letter: agreed, still to be contracted"),
    ("no mark", "stated, not confirmed"),
)
"""Every letter and mark, in the order they stand in."""

_ORDER = {letter: rank for rank, (letter, _) in enumerate(LEGEND)}
_MARK_ORDER = ("+", "", ">", "~", "?")


@dataclass
class Part:
    """What one body has to do with one stage; `letters` with their marks."""

    letters: set[str] = field(default_factory=set)
    roles: set[Role] = field(default_factory=set)
    claims: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)

    @property
    def by_law(self) -> bool:
        return BY_LAW in self.letters

    @property
    def written(self) -> str:
        """The firmest mark of each letter, in the legend's order: a statement says no more beside a confirmation."""
        best: dict[str, str] = {}
        for one in sorted(self.letters, key=lambda one: _MARK_ORDER.index(one[1:])):
            best.setdefault(one[0], one)
        return " ".join(best[letter] for letter in sorted(best, key=_ORDER.__getitem__))


type Parts = dict[tuple[str, str], Part]
"""(body, stage or `*`) -> its part."""


def matrix(reference: Reference, claims: Iterable[Claim], pathway: str, places: Sequence[str]) -> Parts:
    """Every part that the rule book or a live claim gives a body in any of the places."""
    by_stage = claims_by_stage(claims)
    found: Parts = {}
    for place in places:
        for one in whole_pathway(reference, by_stage, pathway, place):
            _enter(reference, found, ANY, place, one)
        for cell in cells(reference, by_stage, pathway, place):
            for body in cell.statutory:
                part = found.setdefault((body, cell.stage.key), Part())
                part.letters.add(BY_LAW)
                part.places.add(place)
            for one in cell.live:
                _enter(reference, found, cell.stage.key, place, one)
    return found


def _enter(reference: Reference, found: Parts, stage: str, place: str, one: Applying) -> None:
    claim, mark = one.claim, _mark(one)
    # a support unit is shown by the role it has, though it is given no responsibility by it
    named = {reference.payer(holder.body) for holder in holders(reference, claim.organisation, place)}
    bodies = one.bodies or (named if claim.role is Role.SUPPORTS else frozenset())
    entries = [(body, LETTERS[claim.role]) for body in bodies]
    entries += [(reference.payer(body), ON_BEHALF) for body in claim.on_behalf_of]
    for body, letter in entries:
        part = found.setdefault((body, stage), Part())
        part.letters.add(letter + mark)
        part.claims.add(claim.id)
        part.places.add(place)
        if letter != ON_BEHALF:
            part.roles.add(claim.role)


def _mark(one: Applying) -> str:
    claim = one.claim
    if claim.status is ClaimStatus.CONFIRMED and claim.commitment not in (None, *SERVICE_STANDS_FROM):
        return ">"
    return {ClaimStatus.CONFIRMED: "+", ClaimStatus.ASSUMED: "~", ClaimStatus.DISPUTED: "?"}.get(claim.status, "")


def rolled(found: Parts, followers: Callable[[str], Iterable[str]]) -> Parts:
    """The parts as those of the bodies that follow: each has whatever part any has that it stands for."""
    made: Parts = {}
    for (body, stage), part in found.items():
        for follower in followers(body):
            own = made.setdefault((follower, stage), Part())
            own.letters |= part.letters
            own.roles |= part.roles
            own.claims |= part.claims
            own.places |= part.places
    return made


def rows(reference: Reference, found: Parts) -> list[str]:
    """The bodies of a matrix, by kind and name."""
    bodies = {body for body, _ in found}
    return sorted(bodies, key=lambda body: (reference.body(body).kind, reference.name(body), body))


def columns(reference: Reference, pathway: str) -> list[str]:
    """The whole pathway, its stages, the functions beside it."""
    return [ANY, *reference.cells_of(pathway)]
