"""Many claims and confirmations as one: planned with every fault named, then written in one transaction.

A network's word has a rule of its own (`ClaimsInBulk`): it speaks for bodies as far as they let it, and else assumes.
"""

from dataclasses import dataclass, field, replace

from concord_contracts.problems import Fault
from concord_contracts.registry import BulkConfirmation, BulkEntry, BulkOutcome, ClaimIn, ClaimsInBulk, ClaimStatus
from concord_kit.database import Reading, Writing
from concord_kit.problems import Problem
from concord_registry import claim_changes as changes
from concord_registry.acting import Acting, mandate_for, require_lent
from concord_registry.claim_changes import ClaimEndedError, ClaimRefusedError, bodies_concerned
from concord_registry.claim_recording import (
    claim_of,
    day_of_decision,
    ended_by,
    record_new,
    refuse_second_claim,
    unknown_in_claim,
)
from concord_registry.claims import FIRM
from concord_registry.network_areas import area_of
from concord_registry.reading import LAST_DAY
from concord_registry.refusals import refuse
from concord_registry.store import claims as stored
from concord_registry.store.mandates import Mandate
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import Claim, Reference


@dataclass
class Plan:
    """What would be written, with an entry for each; `faults` name everything that stands against it."""

    said: list[Claim] = field(default_factory=list)
    ending: list[Claim] = field(default_factory=list)
    """Last versions of claims that others follow."""
    confirmed: list[Claim] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    """Recorded claims that something here ends or confirms: each once, as each is judged by how it stands."""
    claims: list[BulkEntry] = field(default_factory=list)
    confirmations: list[BulkEntry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def touch(self, claim: str, pointer: str) -> bool:
        """Note a recorded claim that changes; False, and a fault, where it changes already."""
        if claim in self.touched:
            self.faults.append(Fault(pointer=pointer, detail=f"claim {claim} stands here twice", type="twice"))
            return False
        self.touched.add(claim)
        return True

    def outcome(self, *, dry_run: bool) -> BulkOutcome:
        assumed = sum(bool(one.words) and one.status is ClaimStatus.ASSUMED for one in self.claims)
        return BulkOutcome(dry_run=dry_run, claims=self.claims, confirmations=self.confirmations, assumed=assumed)


def planned(tx: Reading, references: ReferenceReader, sent: ClaimsInBulk, who: Acting) -> Plan:
    """The plan of a bulk that can be recorded; else a problem that names every fault with its pointer."""
    found = Plan()
    if not sent.claims and not sent.confirmations:
        found.faults.append(Fault(pointer="", detail="holds neither claims nor confirmations", type="empty"))
    for index, one in enumerate(sent.claims):
        _plan_claim(tx, references, found, f"/claims/{index}", one, who)
    for index, each in enumerate(sent.confirmations):
        pointer = f"/confirmations/{index}"
        if found.touch(each.claim, f"{pointer}/claim"):
            _plan_confirmation(tx, references, found, pointer, each, sent, who)
    refuse(found.faults, most=2 * len(found.faults) or 1)
    return found


def write(tx: Writing, plan: Plan) -> None:
    """Record what was planned in the same transaction."""
    record_new(tx, plan.said, [*plan.ending, *plan.confirmed])


def _plan_claim(
    tx: Reading, references: ReferenceReader, found: Plan, pointer: str, sent: ClaimIn, who: Acting
) -> None:
    reference = references.read(tx, min(sent.valid_from, LAST_DAY), tx.head_at)
    wrong = [
        fault.model_copy(update={"pointer": f"{pointer}{fault.pointer or ''}"})
        for fault in unknown_in_claim(tx, reference, sent, who.me, who.today)
    ]
    wrong += _outside(reference, f"{pointer}/place", who.me, sent.place) if not wrong else []
    if wrong:
        found.faults += wrong
        return
    if sent.succeeds is not None and not found.touch(sent.succeeds, f"{pointer}/succeeds"):
        return
    claim, mandate, words = _in_whose_name(tx, reference, sent, who)
    at = ""
    try:
        claim = changes.asserted(reference, claim)
        require_lent(tx, reference, who, claim)
        at = "/succeeds"
        ending = [one for one in (ended_by(tx, reference, claim),) if one is not None]
        for one in ending:
            _require_reached(tx, reference, who, claim, one)
        at = ""
        refuse_second_claim(tx, claim, [*found.said, *found.ending, *ending])
    except (ClaimRefusedError, ClaimEndedError, Problem) as error:
        found.faults.append(_as_fault(error, pointer, at))
        return
    found.said.append(claim)
    found.ending += ending
    found.claims.append(_entry(pointer, claim, mandate, words))


def _in_whose_name(tx: Reading, reference: Reference, sent: ClaimIn, who: Acting) -> tuple[Claim, Mandate | None, str]:
    """The claim as its body's by mandate, else the caller's own; a network's without a mandate is an assumption."""
    me = reference.payer(who.me)
    own = claim_of(sent, me, who.today)
    other = reference.payer(sent.organisation) if sent.organisation else None
    if sent.status not in FIRM or other in (None, me) or area_of(reference, who.me) is None:
        return own, None, ""
    body = other or ""
    theirs = replace(own, asserted_by=body)

    def lent(action: str) -> Mandate | None:
        return mandate_for(tx, reference, holder=who.me, body=body, action=action, claim=theirs, today=who.today)

    to_say, to_confirm = lent("claims.assert"), lent("claims.confirm")
    if to_say is None:
        words = f"{reference.name(body)} has given no mandate for it: recorded as an assumption"
        return replace(own, status=ClaimStatus.ASSUMED, displaces=None), None, words
    if sent.status is ClaimStatus.CONFIRMED and to_confirm is None:
        words = f"the mandate of {reference.name(body)} is to say, not to confirm: recorded as stated"
        return replace(theirs, status=ClaimStatus.STATED), to_say, words
    return theirs, to_say, ""


def _require_reached(tx: Reading, reference: Reference, who: Acting, claim: Claim, ending: Claim) -> None:
    """Refuse to end a claim that no mandate reaches: the caller's own, or that of the body in whose name it speaks.

    The area needs no second look: a claim follows one of its own place.
    """
    require_lent(tx, reference, who, ending)
    if claim.asserted_by != reference.payer(who.me):
        require_lent(tx, reference, Acting(claim.asserted_by, "claims.assert", who.today, holder=who.me), ending)


def _as_fault(error: ClaimRefusedError | ClaimEndedError | Problem, pointer: str, at: str) -> Fault:
    """`at`: the part of the entry that was judged, where a refusal names none."""
    match error:
        case ClaimRefusedError():
            return Fault(pointer=f"{pointer}{error.pointer or at}", detail=error.words, type="refused")
        case ClaimEndedError():
            return Fault(pointer=f"{pointer}{at}", detail=str(error), type="claim-ended")
        case Problem():
            return Fault(pointer=f"{pointer}{at}", detail=error.detail, type=error.kind.slug)


def _plan_confirmation(
    tx: Reading,
    references: ReferenceReader,
    found: Plan,
    pointer: str,
    each: BulkConfirmation,
    sent: ClaimsInBulk,
    who: Acting,
) -> None:
    def fault(at: str, words: str, kind: str) -> None:
        found.faults.append(Fault(pointer=f"{pointer}{at}", detail=words, type=kind))

    before = stored.present(tx, each.claim)
    on = sent.on or who.today
    if before is None:
        return fault("/claim", f"there is no claim {each.claim}", "unknown-claim")
    if before.version != each.version:
        return fault("/version", f"claim {each.claim} stands at version {before.version}: read it again", "stale")
    if on > who.today:
        return fault("/on", f"{on} lies after today, {who.today}", "in-the-future")
    reference = references.read(tx, day_of_decision(before, on), tx.head_at)
    outside = _outside(reference, f"{pointer}/claim", who.me, before.place)
    if outside:
        found.faults += outside
        return None
    by, mandate = _confirming(tx, reference, before, who)
    if by is None:
        concerned = ", ".join(sorted(bodies_concerned(reference, before))) or "nobody: it speaks of every place"
        return fault("/claim", f"confirmed by bodies concerned, or with their mandate: {concerned}", "not-concerned")
    try:
        require_lent(tx, reference, who, before)
        after = changes.confirmed(before, by=by, on=on, review_by=each.review_by)
    except (ClaimRefusedError, ClaimEndedError, Problem) as error:
        found.faults.append(_as_fault(error, pointer, "/claim"))
        return None
    found.confirmed.append(after)
    found.confirmations.append(_entry(pointer, after, mandate, ""))
    return None


def _confirming(tx: Reading, reference: Reference, claim: Claim, who: Acting) -> tuple[str | None, Mandate | None]:
    """Who confirms: the caller's body where it is concerned, else one that is and lets the caller."""
    me, concerned = reference.payer(who.me), bodies_concerned(reference, claim)
    if me in concerned:
        return me, None
    for body in sorted(concerned):
        lent = mandate_for(
            tx, reference, holder=who.me, body=body, action="claims.confirm", claim=claim, today=who.today
        )
        if lent is not None:
            return body, lent
    return None, None


def _outside(reference: Reference, pointer: str, me: str, place: str) -> list[Fault]:
    area = area_of(reference, me)
    if area is None or place in area:
        return []
    words = f"{place} lies outside the area of {reference.name(me)}"
    return [Fault(pointer=pointer, detail=words, type="outside-the-area")]


def _entry(pointer: str, claim: Claim, mandate: Mandate | None, words: str) -> BulkEntry:
    return BulkEntry(
        pointer=pointer,
        claim=claim.id,
        status=claim.status,
        asserted_by=claim.asserted_by,
        in_name_of=mandate.body if mandate else None,
        mandate=mandate.id if mandate else None,
        words=words,
    )
