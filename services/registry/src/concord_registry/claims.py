"""Claims: which of them apply to a cell of the map, and whom they name there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from concord_contracts.registry import ClaimStatus, Commitment, Role
from concord_registry.places import containing
from concord_registry.remembering import remembered
from concord_registry.rulebook import holders
from concord_registry.world import ANY, LOCAL_KINDS, Claim, Reference

SERVICE_STANDS_FROM = frozenset({Commitment.CONTRACTED, Commitment.MOBILISED})
"""Commitments at which a service reaches patients; before, an agreement has a lead and money but no contract."""


ANSWERING: Mapping[str, frozenset[Role]] = {
    "stage": frozenset({Role.COMMISSIONS}),
    "function": frozenset(
        {Role.COMMISSIONS, Role.ACCOUNTABLE, Role.LEADS, Role.COORDINATES, Role.SCRUTINISES, Role.PROVIDES}
    ),
}
"""Roles that fill a cell. A stage needs a commissioner; a function beside the pathway is often nobody's to buy."""


FIRM = frozenset({ClaimStatus.STATED, ClaimStatus.CONFIRMED})
"""What is said outright, not merely assumed or disputed."""


GIVING = frozenset({Role.COMMISSIONS, Role.FUNDS, Role.LEADS, Role.ACCOUNTABLE})
"""Roles that say a matter is taken care of: to say so outright takes more than one's own name."""

SUPPORT_KINDS = frozenset({"csu"})
"""Bodies that act for others under a mandate. What they are said to commission stays their commissioners' to do: a CCG
cannot delegate its statutory responsibility (2020health, 2012)."""


@dataclass(frozen=True, slots=True)
class Applying:
    """A claim seen from one cell: the legal persons it names there, and whether another claim silences it."""

    claim: Claim
    bodies: frozenset[str]
    local: bool
    displaced_by: str | None = None

    @property
    def stands(self) -> bool:
        """Whether it says that somebody does it: stated or confirmed, not displaced, contracted if by agreement."""
        claim = self.claim
        return (
            self.displaced_by is None
            and claim.status in FIRM
            and bool(self.bodies)
            and (claim.commitment is None or claim.commitment in SERVICE_STANDS_FROM)
        )

    @property
    def confirmed(self) -> bool:
        return self.displaced_by is None and self.claim.status is ClaimStatus.CONFIRMED and bool(self.bodies)


type OfStage = Mapping[tuple[str, str], Sequence[Claim]]
"""(place, pathway or `*`) -> claims of one stage."""

type ByStage = Mapping[str, OfStage]
"""Stage, or `*` for the whole pathway -> its claims. So a cell looks at its own claims, however many there are."""


def claims_by_stage(claims: Iterable[Claim]) -> ByStage:
    found: dict[str, dict[tuple[str, str], list[Claim]]] = {}
    for claim in claims:
        found.setdefault(claim.stage, {}).setdefault((claim.place, claim.pathway), []).append(claim)
    return found


def that_apply(reference: Reference, of_stage: OfStage, pathway: str, place: str) -> list[Claim]:
    """A claim applies to a cell if its place is the cell's place or contains it, its pathway is equal or `*`, and its
    stage is equal; a whole-pathway claim has stage `*` and applies to `*` only. By id.
    """
    pathways = {pathway: None, ANY: None}
    around = containing(reference, place)
    here = [claim for near in around for one in pathways for claim in of_stage.get((near, one), ())]
    return sorted(here, key=lambda claim: claim.id)


def applying(reference: Reference, here: Iterable[Claim], place: str) -> list[Applying]:
    """The claims that apply to a cell of a place (`that_apply`), in reading order.

    A specific claim never silences a general one; only an explicit `displaces` does, and only in the cells that the
    displacing claim itself applies to. A claim that is disputed or merely assumed silences nothing.
    """
    here = list(here)
    silenced = {claim.displaces: claim.id for claim in here if claim.displaces and claim.status in FIRM}
    found = [
        Applying(
            claim=claim,
            bodies=_named_by(reference, claim.organisation, claim.role in GIVING, place),
            local=is_local(reference, claim, place),
            displaced_by=silenced.get(claim.id),
        )
        for claim in here
    ]
    return sorted(found, key=_reading_order)


def is_local(reference: Reference, claim: Claim, place: str) -> bool:
    """Whether a claim speaks at the place's own level: of the place itself, or of a CCG, council or part around it."""
    own = reference.places.get(claim.place)
    return claim.place == place or (own is not None and own.kind in LOCAL_KINDS)


def _reading_order(one: Applying) -> tuple[bool, str, date, str]:
    return (not one.local, one.claim.role.value, one.claim.valid_from, one.claim.id)


@remembered
def _named_by(reference: Reference, organisation: str | None, giving: bool, place: str) -> frozenset[str]:
    """The legal persons a claim names in a place; a support unit is given nothing by it."""
    named = {holder.body for holder in holders(reference, organisation, place)}
    if giving:
        named = {body for body in named if reference.body(body).kind not in SUPPORT_KINDS}
    return frozenset(reference.payer(body) for body in named)
