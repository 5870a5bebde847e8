"""Claims: which of them apply to a cell of the map, and how one changes when a body confirms, disputes or ends it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from concord_contracts.registry import ClaimStatus, Commitment, Role
from concord_registry.places import containing
from concord_registry.rulebook import ONE_BODY, assignment, holders
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


class ClaimRefusedError(Exception):
    """A change that a claim does not allow; `words` say why and what to do instead."""

    def __init__(self, pointer: str, words: str) -> None:
        super().__init__(words)
        self.pointer = pointer
        self.words = words


class ClaimEndedError(Exception):
    """The claim had ended by the day of the decision: it is history."""


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
            bodies=frozenset(reference.payer(holder.body) for holder in holders(reference, claim.organisation, place)),
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


def bodies_concerned(reference: Reference, claim: Claim) -> frozenset[str]:
    """Legal persons with a say in a claim: those it names, those they act for, whose place it is, whom the law names.

    A national claim that speaks through an expression ("the CCG of the place") names no single body: nobody confirms
    it for everyone; each body says its own by a claim for its own place.
    """
    found = set(claim.on_behalf_of)
    named = ONE_BODY.get(claim.organisation or "", claim.organisation)
    if named is not None and ":" in named:
        found.add(reference.payer(named))
    return frozenset(found) | bodies_of_place(reference, claim)


def bodies_of_place(reference: Reference, claim: Claim) -> frozenset[str]:
    """Whose place a claim is about, and whom the rule book names for its stage there; nobody above the local level."""
    place = reference.places.get(claim.place)
    if place is None or place.kind not in LOCAL_KINDS:
        return frozenset()
    found = {place.body} if place.body is not None else set()
    for pathway in [claim.pathway] if claim.pathway != ANY else sorted(reference.pathways):
        statutory = assignment(reference, claim.stage, pathway, claim.place)
        found |= statutory.bodies if statutory else frozenset()
    return frozenset(found)


GIVING = frozenset({Role.COMMISSIONS, Role.FUNDS, Role.LEADS, Role.ACCOUNTABLE})
"""Roles that say a matter is taken care of: to say so outright takes more than one's own name."""


def may_speak_for(reference: Reference, me: str, claim: Claim) -> bool:
    """Whether a body may say outright what a stage's position in a place is.

    It may where the rule book names it, and where the place is its own or its offices', lies in such a place, or shares
    ground with it. Elsewhere its word is an assumption, and an agreement says the rest.
    """
    if me in bodies_of_place(reference, claim):
        return True
    offices = [office for office, person in reference.legal_person_of.items() if person == me]
    own = {place for body in (me, *offices) for place in reference.places_of_body.get(body, ())}
    around = set(containing(reference, claim.place))
    for overlap in reference.overlaps_by_place.get(claim.place, ()):
        around |= {overlap.ccg_place, overlap.council_place}
    if own & around:
        return True
    pathways = [claim.pathway] if claim.pathway != ANY else sorted(reference.pathways)
    statutory = [assignment(reference, claim.stage, pathway, claim.place) for pathway in pathways]
    return all(one is not None and one.bodies == {me} for one in statutory)


def asserted(reference: Reference, claim: Claim) -> Claim:
    """The first version of a body's claim, or ClaimRefusedError.

    A body states or confirms what is its own; what it believes of another is `assumed`, so that two bodies pointing at
    each other show as a gap. To displace another claim it must say so outright, and the place or the law be its own:
    nobody silences others by naming itself.
    """
    me = claim.asserted_by
    own = {me} if claim.organisation is None else {reference.payer(claim.organisation), *claim.on_behalf_of}
    if claim.status is ClaimStatus.ENDED:
        raise ClaimRefusedError("/status", "a claim does not begin as ended; give it a valid_to instead")
    if claim.status in FIRM and me not in own:
        raise ClaimRefusedError(
            "/status",
            f"{reference.name(me)} can state or confirm only its own responsibility; "
            f"what it believes of {reference.name(claim.organisation or '')} is recorded as assumed",
        )
    needs_place = claim.role in GIVING or _answers_for_function(reference, claim)
    if claim.status in FIRM and needs_place and not may_speak_for(reference, me, claim):
        raise ClaimRefusedError(
            "/place",
            f"{reference.name(me)} can say this outright only of its own place, or where the rule book names it; "
            "for other places record it as assumed, or let an agreement say it",
        )
    if claim.status is ClaimStatus.CONFIRMED and claim.names_nobody:
        raise ClaimRefusedError("/organisation", "a confirmed claim names who it is")
    if claim.review_by is not None and claim.review_by <= max(claim.valid_from, claim.stated_on or claim.valid_from):
        raise ClaimRefusedError("/review_by", "the review must lie after the claim begins and after it was said")
    if claim.displaces and (claim.status not in FIRM or me not in bodies_of_place(reference, claim)):
        raise ClaimRefusedError(
            "/displaces",
            "a claim is displaced by a stated or confirmed one of the body whose place it is, or of the statutory "
            f"commissioner there; {reference.name(me)} has {claim.status.value} it",
        )
    if claim.status is ClaimStatus.CONFIRMED:
        return replace(claim, confirmed_by=me, confirmed_on=claim.stated_on)
    return replace(claim, disputed_by=me) if claim.status is ClaimStatus.DISPUTED else claim


def _answers_for_function(reference: Reference, claim: Claim) -> bool:
    stage = reference.stages.get(claim.stage)
    return stage is not None and claim.role in ANSWERING[stage.kind]


def confirmed(claim: Claim, *, by: str, on: date, review_by: date | None) -> Claim:
    _refuse_agreements(claim)
    _refuse_ended(claim, on)
    if claim.names_nobody:
        raise ClaimRefusedError("", "the claim says that nobody is named: state who it is by a claim of your own")
    if review_by is not None and review_by <= on:
        raise ClaimRefusedError("/review_by", "the review must lie after the day of confirmation")
    return replace(
        claim,
        version=claim.version + 1,
        status=ClaimStatus.CONFIRMED,
        confirmed_by=by,
        confirmed_on=on,
        review_by=review_by or claim.review_by,
        disputed_by=None,
        disputed_reason=None,
    )


def disputed(claim: Claim, *, by: str, on: date, reason: str) -> Claim:
    _refuse_agreements(claim)
    _refuse_ended(claim, on)
    return replace(
        claim, version=claim.version + 1, status=ClaimStatus.DISPUTED, disputed_by=by, disputed_reason=reason
    )


def ended(claim: Claim, *, on: date) -> Claim:
    """The world changed: the claim held until `on`, exclusive. Ending it on its first day withdraws it altogether."""
    _refuse_agreements(claim)
    _refuse_ended(claim, on)
    if on < claim.valid_from:
        raise ClaimRefusedError("/on", f"the claim begins on {claim.valid_from}: it cannot end on {on}")
    return replace(claim, version=claim.version + 1, valid_to=on)


def _refuse_ended(claim: Claim, on: date) -> None:
    if on >= claim.valid_to:
        raise ClaimEndedError(f"claim {claim.id} ended on {claim.valid_to}; assert a new one")


def _refuse_agreements(claim: Claim) -> None:
    if claim.agreement is not None:
        raise ClaimRefusedError("", f"the claim comes from agreement {claim.agreement} and changes only with it")
