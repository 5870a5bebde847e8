"""Claims: which of them apply to a cell of the map, and whom they name there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from concord_contracts.registry import ClaimStatus, Commitment, Role
from concord_registry.places import containing
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


def applies(claim: Claim, stage: str, pathway: str, places: Iterable[str]) -> bool:
    """A claim applies to a cell if its place is the cell's place or contains it (`places`), its pathway is equal or
    `*`, and its stage is equal; a whole-pathway claim has stage `*` and applies to `*` only.
    """
    return claim.stage == stage and claim.pathway in (pathway, ANY) and claim.place in places


def applying(
    reference: Reference,
    claims: Iterable[Claim],
    stage: str,
    pathway: str,
    place: str,
    around: frozenset[str] | None = None,
) -> list[Applying]:
    """The claims of one cell in a stable order, whatever order they came in.

    `around` is `containing(reference, place)` where the caller has it already.

    A specific claim never silences a general one; only an explicit `displaces` does, and only in the cells that the
    displacing claim itself applies to. A claim that is disputed or merely assumed silences nothing.
    """
    around = frozenset(containing(reference, place)) if around is None else around
    here = [claim for claim in claims if applies(claim, stage, pathway, around)]
    silenced = {claim.displaces: claim.id for claim in here if claim.displaces and claim.status in FIRM}
    found = [
        Applying(
            claim=claim,
            bodies=_named_by(reference, claim, place),
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


def _named_by(reference: Reference, claim: Claim, place: str) -> frozenset[str]:
    """The legal persons a claim names in a place; a support unit is given nothing by it."""
    named = {holder.body for holder in holders(reference, claim.organisation, place)}
    if claim.role in GIVING:
        named = {body for body in named if reference.body(body).kind not in SUPPORT_KINDS}
    return frozenset(reference.payer(body) for body in named)
