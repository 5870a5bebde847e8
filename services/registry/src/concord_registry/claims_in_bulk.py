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

    said: list[tuple[Reference, Claim]] = field(default_factory=list)
    confirmed: list[Claim] = field(default_factory=list)
    claims: list[BulkEntry] = field(default_factory=list)
    confirmations: list[BulkEntry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

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
    seen: set[str] = set()
    for index, each in enumerate(sent.confirmations):
        pointer = f"/confirmations/{index}"
        if each.claim in seen:
            found.faults.append(Fault(pointer=f"{pointer}/claim", detail="stands here twice", type="twice"))
            continue
        seen.add(each.claim)
        _plan_confirmation(tx, references, found, pointer, each, sent, who)
    refuse(found.faults, most=2 * len(found.faults) or 1)
    return found


def write(tx: Writing, plan: Plan) -> None:
    """Record what was planned in the same transaction."""
    for reference, claim in plan.said:
        record_new(tx, reference, claim)
    for claim in plan.confirmed:
        stored.correct(tx, claim)


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
    claim, mandate, words = _in_whose_name(tx, reference, sent, who)
    try:
        claim = changes.asserted(reference, claim)
        require_lent(tx, reference, who, claim)
        if claim.succeeds is not None:
            _may_succeed(tx, reference, claim)
        else:
            refuse_second_claim(tx, claim, [one for _, one in found.said])
    except ClaimRefusedError as refused:
        found.faults.append(Fault(pointer=f"{pointer}{refused.pointer}", detail=refused.words, type="refused"))
        return
    except ClaimEndedError as ended:
        found.faults.append(Fault(pointer=f"{pointer}/succeeds", detail=str(ended), type="claim-ended"))
        return
    except Problem as problem:
        found.faults.append(Fault(pointer=pointer, detail=problem.detail, type=problem.kind.slug))
        return
    found.said.append((reference, claim))
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


def _may_succeed(tx: Reading, reference: Reference, claim: Claim) -> None:
    before = stored.present(tx, claim.succeeds or "")
    if before is None:
        raise ClaimRefusedError("/succeeds", f"unknown claim {claim.succeeds}")
    if claim.asserted_by not in bodies_concerned(reference, before) | {before.asserted_by}:
        raise ClaimRefusedError("/succeeds", f"{claim.asserted_by} is not concerned by claim {before.id}")
    changes.ended(before, on=claim.valid_from)


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
    except ClaimRefusedError as refused:
        return fault(refused.pointer if refused.pointer == "/review_by" else "/claim", refused.words, "refused")
    except ClaimEndedError as ended:
        return fault("/claim", str(ended), "claim-ended")
    except Problem as problem:
        return fault("/claim", problem.detail, problem.kind.slug)
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
