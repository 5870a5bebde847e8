"""One cell of the map: a stage of a pathway in a place, with the law, the claims that apply and what follows."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from concord_contracts.registry import ClaimStatus, Commitment, Role
from concord_registry.claims import ANSWERING, FIRM, Applying, ByStage, applying, that_apply
from concord_registry.rulebook import Assignment, assignment
from concord_registry.world import ANY, Claim, Reference, Stage


@dataclass(frozen=True)
class Cell:
    """`claims` holds every claim that applies, displaced ones too, in reading order."""

    pathway: str
    stage: Stage
    place: str
    assignment: Assignment | None
    claims: tuple[Applying, ...]

    def of_pathway(self, pathway: str) -> "Cell":
        """The same cell of another pathway, with whatever was worked out of it already."""
        other = object.__new__(Cell)
        other.__dict__.update(self.__dict__, pathway=pathway)
        return other

    @cached_property
    def live(self) -> tuple[Applying, ...]:
        """Claims that no other claim displaces here."""
        return tuple(one for one in self.claims if one.displaced_by is None)

    @cached_property
    def counted(self) -> tuple[Applying, ...]:
        """Claims that say who does commission the stage: stated or confirmed, contracted if by agreement."""
        return tuple(one for one in self.live if one.stands and one.claim.role is Role.COMMISSIONS)

    @cached_property
    def answered(self) -> tuple[Applying, ...]:
        """Claims that fill the cell: a commissioner for a stage, for a function anybody who answers for it."""
        return tuple(one for one in self.live if one.stands and one.claim.role in ANSWERING[self.stage.kind])

    @cached_property
    def agreed(self) -> tuple[Applying, ...]:
        """`commissions` claims of agreements in force that are still to be contracted."""
        return tuple(
            one
            for one in self.live
            if one.claim.role is Role.COMMISSIONS
            and one.claim.commitment is not None
            and one.claim.status is not ClaimStatus.DISPUTED
            and not one.stands
        )

    @cached_property
    def assumed(self) -> tuple[Applying, ...]:
        """Claims that merely take it that somebody does it."""
        return tuple(
            one
            for one in self.live
            if one.claim.status is ClaimStatus.ASSUMED and one.bodies and one.claim.role in ANSWERING[self.stage.kind]
        )

    @cached_property
    def nobody_named(self) -> tuple[Applying, ...]:
        """Sources that say nobody is named."""
        return tuple(
            one for one in self.live if one.claim.names_nobody and one.claim.role in ANSWERING[self.stage.kind]
        )

    @cached_property
    def funders(self) -> frozenset[str]:
        """Legal persons stated, confirmed or agreed to fund the stage; an agreement's money counts from funded on."""
        found = (
            one.bodies
            for one in self.live
            if one.claim.role is Role.FUNDS
            and one.claim.status in FIRM
            and one.claim.commitment is not Commitment.AGREED
        )
        return frozenset[str]().union(*found)

    @cached_property
    def paying_meanwhile(self) -> tuple[str, ...]:
        """Who pays while a claim of the stage is disputed, without prejudice."""
        return tuple(sorted({one.claim.interim_payer for one in self.live if one.claim.interim_payer}))

    @cached_property
    def committed(self) -> tuple[Applying, ...]:
        """What agreements in force say of the stage, the furthest commitment first."""
        rank = list(Commitment).index
        found = [one for one in self.live if one.claim.commitment is not None]
        return tuple(sorted(found, key=lambda one: -rank(one.claim.commitment or Commitment.AGREED)))

    @property
    def is_gap(self) -> bool:
        return not self.answered

    @cached_property
    def confirmed_locally(self) -> tuple[Applying, ...]:
        """Confirmed claims at the place's own level that say who commissions it, or answers for a function."""
        roles = ANSWERING[self.stage.kind]
        return tuple(one for one in self.live if one.local and one.confirmed and one.claim.role in roles)

    @cached_property
    def statutory(self) -> frozenset[str]:
        """Legal persons the rule book names; empty where it names nobody."""
        return self.assignment.bodies if self.assignment else frozenset()

    @cached_property
    def commissioners(self) -> frozenset[str]:
        """Who is taken to commission the stage: confirmed locally, else the rule book, else what is stated.

        Empty where none of the three names anybody. Law comes before opinion; a local confirmation or an agreement in
        force comes before the law, because it says who acts.
        """
        local = frozenset[str]().union(*(one.bodies for one in self.confirmed_locally))
        return local or self.statutory or frozenset[str]().union(*(one.bodies for one in self.counted))


def cells(reference: Reference, by_stage: ByStage, pathway: str, place: str) -> tuple[Cell, ...]:
    """The cells of one place in pathway order: the pathway's stages, then the functions."""
    return tuple(cell(reference, by_stage, stage, pathway, place) for stage in reference.cells_of(pathway))


def cell(reference: Reference, by_stage: ByStage, stage: str, pathway: str, place: str) -> Cell:
    """One cell, from the claims about its stage."""
    here = that_apply(reference, by_stage.get(stage, {}), pathway, place)
    return cell_of(reference, here, stage, pathway, place)


def cell_of(reference: Reference, here: Iterable[Claim], stage: str, pathway: str, place: str) -> Cell:
    """One cell, from the claims that apply to it."""
    return Cell(
        pathway=pathway,
        stage=reference.stages[stage],
        place=place,
        assignment=assignment(reference, stage, pathway, place),
        claims=tuple(applying(reference, here, place)),
    )


def whole_pathway(reference: Reference, by_stage: ByStage, pathway: str, place: str) -> tuple[Applying, ...]:
    """Claims about the whole pathway (stage `*`) that apply to a place, displaced ones left out."""
    here = that_apply(reference, by_stage.get(ANY, {}), pathway, place)
    found = applying(reference, here, place)
    return tuple(one for one in found if one.displaced_by is None)
