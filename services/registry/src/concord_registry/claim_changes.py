"""How a claim changes: who may say, confirm, dispute, pay meanwhile, correct, end or withdraw it, and what follows."""

from dataclasses import replace
from datetime import date

from concord_contracts.registry import ClaimStatus
from concord_registry.claims import ANSWERING, FIRM, GIVING, SUPPORT_KINDS
from concord_registry.places import containing
from concord_registry.rulebook import ONE_BODY, assignment
from concord_registry.world import ANY, LOCAL_KINDS, Claim, Reference


class ClaimRefusedError(Exception):
    """A change that a claim does not allow; `words` say why and what to do instead."""

    def __init__(self, pointer: str, words: str) -> None:
        super().__init__(words)
        self.pointer = pointer
        self.words = words


class ClaimEndedError(Exception):
    """The claim had ended by the day of the decision: it is history."""


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
    _refuse_support_units(reference, claim)
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
        interim_payer=None,
        interim_since=None,
    )


def disputed(claim: Claim, *, by: str, on: date, reason: str, pays_meanwhile: bool = False) -> Claim:
    """A payment that another body makes meanwhile goes on."""
    _refuse_agreements(claim)
    _refuse_ended(claim, on)
    if pays_meanwhile:
        _refuse_second_payer(claim, by, "/pays_meanwhile")
    after = replace(
        claim, version=claim.version + 1, status=ClaimStatus.DISPUTED, disputed_by=by, disputed_reason=reason
    )
    return replace(after, interim_payer=by, interim_since=on) if pays_meanwhile else after


def paid_meanwhile(claim: Claim, *, by: str, on: date, pays: bool) -> Claim:
    """A body begins or stops to pay while the claim is disputed; one body at a time, and nothing is admitted by it."""
    _refuse_ended(claim, on)
    if claim.status is not ClaimStatus.DISPUTED:
        raise ClaimRefusedError("", "the claim is not disputed: a payment without prejudice has nothing to bridge")
    if pays:
        _refuse_second_payer(claim, by, "")
    if not pays and claim.interim_payer != by:
        raise ClaimRefusedError("/pays", f"{by} does not pay meanwhile")
    return replace(
        claim,
        version=claim.version + 1,
        interim_payer=by if pays else None,
        interim_since=on if pays else None,
    )


def ended(claim: Claim, *, on: date) -> Claim:
    """The world changed: the claim held until `on`, exclusive. Ending it on its first day withdraws it altogether."""
    _refuse_agreements(claim)
    _refuse_ended(claim, on)
    if on < claim.valid_from:
        raise ClaimRefusedError("/on", f"the claim begins on {claim.valid_from}: it cannot end on {on}")
    return replace(claim, version=claim.version + 1, valid_to=on)


def succeeded(before: Claim, later: Claim) -> Claim:
    """The last version of a claim that another follows: it ends on that one's first day."""
    if (before.stage, before.place) != (later.stage, later.place):
        words = (
            f"claim {before.id} is of {before.stage} in {before.place}: a claim follows one of its own stage and place"
        )
        raise ClaimRefusedError("/succeeds", words)
    try:
        return ended(before, on=later.valid_from)
    except ClaimRefusedError as refused:
        raise ClaimRefusedError("/succeeds", refused.words) from None


SAID_ONLY = (
    "authority", "quotation", "source", "stated_on", "review_by", "status", "version", "recorded_from", "confirmed_by",
    "confirmed_on", "disputed_by", "disputed_reason", "interim_payer", "interim_since",
)  # fmt: skip
"""What may differ between two versions that say the same of the world: evidence, review, and what others decided."""


def corrected(reference: Reference, before: Claim, meant: Claim) -> Claim:
    """The next version of a claim whose asserter meant something else, or ClaimRefusedError.

    Where it still says the same, what others decided on it stands; else they decide anew. `meant` may be of days past:
    that is what a correction is for.
    """
    _refuse_agreements(before)
    if meant.succeeds not in (None, before.succeeds):
        raise ClaimRefusedError("/succeeds", "a correction ends no other claim: assert a new one for that")
    new = asserted(reference, replace(meant, id=before.id, version=before.version + 1, succeeds=before.succeeds))
    unsaid = {name: getattr(before, name) for name in SAID_ONLY}
    if replace(new, **unsaid) != before or undecided(before):
        return new
    decided = ("status", "confirmed_by", "confirmed_on", "disputed_by", "disputed_reason")
    kept = {name: unsaid[name] for name in (*decided, "interim_payer", "interim_since")}
    return replace(new, **kept)


def undecided(claim: Claim) -> bool:
    """Whether nobody but its asserter has confirmed or disputed a claim."""
    mine = (None, claim.asserted_by)
    return claim.confirmed_by in mine and claim.disputed_by in mine


def _refuse_support_units(reference: Reference, claim: Claim) -> None:
    body = claim.organisation
    if body and claim.role in GIVING and reference.body(body).kind in SUPPORT_KINDS:
        raise ClaimRefusedError(
            "/organisation",
            f"{reference.name(body)} supports commissioners and is given no responsibility: name the commissioner it "
            "acts for, and the unit by role supports",
        )


def _refuse_second_payer(claim: Claim, by: str, pointer: str) -> None:
    if claim.interim_payer not in (None, by):
        raise ClaimRefusedError(
            pointer, f"{claim.interim_payer} pays meanwhile already; it stops before another begins"
        )


def _refuse_ended(claim: Claim, on: date) -> None:
    if on >= claim.valid_to:
        raise ClaimEndedError(f"claim {claim.id} ended on {claim.valid_to}; assert a new one")


def _refuse_agreements(claim: Claim) -> None:
    if claim.agreement is not None:
        raise ClaimRefusedError("", f"the claim comes from agreement {claim.agreement} and changes only with it")
