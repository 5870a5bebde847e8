"""What the registry records of claims. Each function is one transaction's work.

The rules are in `claim_changes`; here they meet what is stored. `Problem` is raised for what a caller sent wrongly,
the domain's own errors for what the record does not allow.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from uuid_utils import uuid7

from concord_contracts.problems import Fault
from concord_contracts.registry import (
    ClaimCorrection,
    ClaimDecision,
    ClaimDispute,
    ClaimIn,
    ClaimView,
    InterimPayment,
)
from concord_kit.calls import Result
from concord_kit.database import Reading, Writing
from concord_kit.problems import Problem
from concord_registry import claim_changes as changes
from concord_registry import views
from concord_registry.acting import Acting, require_lent
from concord_registry.cited_files import cited_files, file_key
from concord_registry.claim_changes import ClaimRefusedError, bodies_concerned
from concord_registry.reading import LAST_DAY
from concord_registry.refusals import Expect, refuse
from concord_registry.store import claims as stored
from concord_registry.store import publications
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import ANY, Claim, Reference


def assert_claim(tx: Writing, references: ReferenceReader, sent: ClaimIn, who: Acting) -> Result:
    """Record what a body says, as of the first day it is said of. A claim that succeeds another ends it on that day."""
    reference = references.read(tx, min(sent.valid_from, LAST_DAY), tx.head_at)
    refuse(unknown_in_claim(tx, reference, sent, who.me, who.today))
    claim = changes.asserted(reference, claim_of(sent, reference.payer(who.me), who.today))
    require_lent(tx, reference, who, claim)
    ending = [one for one in (ended_by(tx, reference, claim),) if one is not None]
    for one in ending:
        require_lent(tx, reference, who, one)
    refuse_second_claim(tx, claim, ending)
    record_new(tx, [claim], ending)
    tx.concerns(f"claim:{claim.id}")
    return _claim_result(tx, references, claim, created=True)


def record_new(tx: Writing, said: Iterable[Claim], changed: Iterable[Claim]) -> None:
    """Write claims that may be said, and the next versions of others: of those that they succeed, above all."""
    for one in changed:
        stored.correct(tx, one)
    stored.record(tx, said)


def claim_of(sent: ClaimIn, me: str, today: date) -> Claim:
    """What is sent, as a claim of the body's under an id of its own."""
    return Claim(
        id=str(uuid7()),
        version=1,
        role=sent.role,
        organisation=sent.organisation,
        on_behalf_of=tuple(sorted(set(sent.on_behalf_of))),
        stage=sent.stage or ANY,
        pathway=sent.pathway,
        place=sent.place,
        function=sent.function.value,
        status=sent.status,
        asserted_by=me,
        authority=sent.authority,
        quotation=sent.quotation,
        source=sent.source,
        stated_on=sent.stated_on or today,
        disputed_reason=sent.reason if sent.status.value == "disputed" else None,
        review_by=sent.review_by,
        displaces=sent.displaces,
        succeeds=sent.succeeds,
        valid_from=sent.valid_from,
        valid_to=sent.valid_to,
    )


def unknown_in_claim(tx: Reading, reference: Reference, sent: ClaimIn, me: str, today: date) -> Iterable[Fault]:
    """Codes that the map does not hold on the first day of the claim, and bodies that are not in being then."""
    day = reference.as_of
    if me not in reference.bodies:
        yield Fault(parameter="header:X-Acting-For", detail=f"unknown organisation {me}", type="unknown-organisation")
    named = [("/organisation", sent.organisation)] if sent.organisation else []
    named += [(f"/on_behalf_of/{index}", body) for index, body in enumerate(sent.on_behalf_of)]
    for pointer, body in named:
        if body not in reference.bodies:
            yield Fault(pointer=pointer, detail=f"unknown organisation {body}", type="unknown-organisation")
        elif not reference.bodies[body].in_being(day):
            words = f"{reference.name(body)} ({body}) is not in being on {day}"
            yield Fault(pointer=pointer, detail=words, type="not-in-being")
    if sent.stage is not None and sent.stage not in reference.stages:
        yield Fault(pointer="/stage", detail=f"unknown stage {sent.stage}", type="unknown-stage")
    if sent.pathway != ANY and sent.pathway not in reference.pathways:
        yield Fault(pointer="/pathway", detail=f"unknown pathway {sent.pathway}", type="unknown-pathway")
    if sent.place not in reference.places:
        yield Fault(pointer="/place", detail=f"unknown place {sent.place} on {day}", type="unknown-place")
    for pointer, claim in (("/displaces", sent.displaces), ("/succeeds", sent.succeeds)):
        if claim is not None and stored.present(tx, claim) is None:
            yield Fault(pointer=pointer, detail=f"unknown claim {claim}", type="unknown-claim")
    for number in cited_files(sent.source):
        key = file_key(number)
        if key in reference.withdrawn_files:
            words = f"{key} was taken back: what it said is not known any more; cite what the claim rests on now"
            yield Fault(pointer="/source", detail=words, type="file-withdrawn")
        elif publications.find(tx, number) is None:
            yield Fault(pointer="/source", detail=f"unknown file {key}", type="unknown-file")
    if sent.stated_on is not None and sent.stated_on > today:
        yield Fault(pointer="/stated_on", detail=f"lies after today, {today}", type="in-the-future")


def refuse_second_claim(tx: Reading, claim: Claim, beside: Iterable[Claim] = ()) -> None:
    """The same body saying the same of the same days twice would only crowd the map.

    `beside`: claims and versions that are not recorded yet.
    """
    cell = cell_of(claim)
    stage, pathway, place = cell
    recorded = stored.present_of(tx, asserted_by=claim.asserted_by, stage=stage, pathway=pathway, place=place)
    unrecorded = {one.id: one for one in beside if cell_of(one) == cell}
    for held in (*(one for one in recorded if one.id not in unrecorded), *unrecorded.values()):
        if held.id == claim.id:
            continue
        same = replace(held, **{name: getattr(claim, name) for name in _INCIDENTAL}) == claim
        if same and held.valid_from < claim.valid_to and claim.valid_from < held.valid_to:
            words = f"claim {held.id} says the same from {held.valid_from}: confirm, dispute or end that one"
            raise Problem("conflict", f"{words}.", claim=held.id)


def cell_of(claim: Claim) -> tuple[str, str, str]:
    """The stage, pathway and place that it is about."""
    return claim.stage, claim.pathway, claim.place


_INCIDENTAL = (
    "id", "version", "status", "authority", "quotation", "source", "stated_on", "confirmed_by", "confirmed_on",
    "review_by", "disputed_by", "disputed_reason", "interim_payer", "interim_since", "displaces", "succeeds",
    "valid_from", "valid_to", "recorded_from",
)  # fmt: skip
"""What two claims may differ in and still say the same: who does what, of which stage, for whom, where."""


def ended_by(tx: Reading, reference: Reference, claim: Claim) -> Claim | None:
    """The last version of the claim that this one succeeds; None where it succeeds none.

    Whoever ends a claim so must be concerned by it, as if it were ended by itself: a mandate too is to reach it.
    """
    if claim.succeeds is None:
        return None
    before = stored.present(tx, claim.succeeds)
    if before is None:  # named as a fault before, and no other writer is at work
        raise Problem("unknown-code", f"unknown claim {claim.succeeds}")
    if claim.asserted_by not in bodies_concerned(reference, before) | {before.asserted_by}:
        raise Problem(
            "not-allowed", f"{claim.asserted_by} is not concerned by claim {before.id} and cannot succeed it."
        )
    return changes.succeeded(before, claim)


def decide(
    tx: Writing,
    references: ReferenceReader,
    claim: str,
    decision: str,
    sent: ClaimDecision | InterimPayment,
    *,
    who: Acting,
    expect: Expect,
) -> Result:
    """`decision` is confirm, dispute, pay or end: the next version of the claim, if the body acting is concerned."""
    before = _present(tx, claim)
    expect(before.version)
    reference = references.read(tx, day_of_decision(before, sent.on or who.today), tx.head_at)
    after = decided(tx, reference, before, decision, sent, who=who)
    stored.correct(tx, after)
    return _claim_result(tx, references, after)


def day_of_decision(claim: Claim, on: date) -> date:
    """The day a decision is judged on: its own, within the days of the claim."""
    return min(max(on, claim.valid_from), max(claim.valid_from, claim.valid_to - timedelta(days=1)), LAST_DAY)


def decided(
    tx: Reading,
    reference: Reference,
    before: Claim,
    decision: str,
    sent: ClaimDecision | InterimPayment,
    *,
    who: Acting,
) -> Claim:
    """The next version, judged by the map of the day of the decision."""
    on = sent.on or who.today
    if decision != "end" and on > who.today:
        raise ClaimRefusedError("/on", f"{on} lies after today, {who.today}")
    me = reference.payer(who.me)
    _refuse_outsider(reference, before, decision, me)
    require_lent(tx, reference, who, before)
    match sent:
        case InterimPayment():
            return changes.paid_meanwhile(before, by=me, on=on, pays=sent.pays)
        case ClaimDispute():
            return changes.disputed(before, by=me, on=on, reason=sent.reason, pays_meanwhile=sent.pays_meanwhile)
        case _ if decision == "confirm":
            return changes.confirmed(before, by=me, on=on, review_by=sent.review_by)
    after = changes.ended(before, on=on)
    for later in stored.successors(tx, before.id):
        if on < later.valid_from:
            words = f"claim {later.id} follows it on {later.valid_from}: correct that one, or the days between are lost"
            raise ClaimRefusedError("/on", words)
    return after


def _present(tx: Reading, claim: str) -> Claim:
    found = stored.present(tx, claim)
    if found is None:
        if stored.first_recorded(tx, claim) is not None:
            raise Problem("claim-ended", f"Claim {claim} was withdrawn; assert a new one.")
        raise Problem("not-found", f"There is no claim {claim}.")
    return found


def _refuse_outsider(reference: Reference, claim: Claim, decision: str, me: str) -> None:
    """Bodies concerned may do all; the asserter may take back its support, not confirm its own word."""
    entitled = bodies_concerned(reference, claim)
    if decision != "confirm":
        entitled |= {claim.asserted_by}
    if me not in entitled:
        words = f"{reference.name(me)} may not {decision} claim {claim.id}. "
        words += (
            f"Concerned are: {', '.join(sorted(entitled))}."
            if entitled
            else "It speaks of every place at once: state your own position by a claim for your place."
        )
        raise Problem("not-allowed", words, action=f"claims.{decision}", acting_for=me, roles_needed=sorted(entitled))


def correct(
    tx: Writing, references: ReferenceReader, claim: str, sent: ClaimCorrection, *, who: Acting, expect: Expect
) -> Result:
    """The asserter meant something else: the next version of the claim, in the days past too.

    A claim that it succeeds ends when this one begins, so that neither both nor none hold on a day between.
    """
    before = _present(tx, claim)
    expect(before.version)
    reference = references.read(tx, min(sent.valid_from, LAST_DAY), tx.head_at)
    refuse(_faults_of_correction(tx, reference, before, sent, who))
    me = reference.payer(who.me)
    _refuse_another(reference, before, me, "correct")
    after = changes.corrected(reference, before, claim_of(sent, me, who.today))
    for one in (before, after):
        require_lent(tx, reference, who, one)
    if before.succeeds is not None and after.valid_from != before.valid_from:
        _move_end(tx, before.succeeds, before.valid_from, after.valid_from)
    refuse_second_claim(tx, after)
    stored.correct(tx, after)
    return _claim_result(tx, references, after)


def _faults_of_correction(
    tx: Reading, reference: Reference, before: Claim, sent: ClaimCorrection, who: Acting
) -> Iterator[Fault]:
    yield from unknown_in_claim(tx, reference, sent, who.me, who.today)
    displaced = list(_displaced(tx, sent.displaces))
    if before.id in displaced:
        words = "a claim does not displace itself"
        if displaced[0] != before.id:
            words = f"claim {displaced[0]} displaces this one already: neither would stand"
        yield Fault(pointer="/displaces", detail=words, type="cycle")
    for later in stored.successors(tx, before.id):
        if sent.valid_to != later.valid_from:
            words = f"claim {later.id} follows on {later.valid_from}: correct its first day, this last one follows it"
            yield Fault(pointer="/valid_to", detail=words, type="succeeded")


def _displaced(tx: Reading, claim: str | None) -> Iterator[str]:
    """A claim, the one that it displaces, and so on."""
    seen: set[str] = set()
    while claim is not None and claim not in seen:
        yield claim
        seen.add(claim)
        found = stored.present(tx, claim)
        claim = found.displaces if found else None


def _move_end(tx: Writing, earlier: str, was: date, now: date) -> None:
    """The claim that another succeeds ends where that one begins."""
    before = stored.present(tx, earlier)
    if before is None or before.valid_to != was:
        return
    if now <= before.valid_from:
        words = f"claim {earlier}, which it succeeds, begins on {before.valid_from}: begin after it"
        raise ClaimRefusedError("/valid_from", words)
    stored.correct(tx, replace(before, version=before.version + 1, valid_to=now))


def _refuse_another(reference: Reference, claim: Claim, me: str, action: str) -> None:
    if claim.agreement is not None:
        raise ClaimRefusedError("", f"the claim comes from agreement {claim.agreement} and changes only with it")
    if claim.asserted_by != me:
        words = f"Only {claim.asserted_by}, who said it, can {action} claim {claim.id}; others confirm, dispute or end."
        raise Problem("not-allowed", words, action=f"claims.{action}", acting_for=me, roles_needed=[claim.asserted_by])


def withdraw(tx: Writing, references: ReferenceReader, claim: str, *, who: Acting, expect: Expect) -> Result:
    """The asserter takes its word back: known no more from now on, as if never said.

    A claim that it succeeded holds on as it would have, unless that one has changed since.
    """
    before = _present(tx, claim)
    expect(before.version)
    reference = references.read(tx, min(before.valid_from, LAST_DAY), tx.head_at)
    _refuse_another(reference, before, reference.payer(who.me), "withdraw")
    require_lent(tx, reference, who, before)
    followers = stored.successors(tx, claim)
    if followers:
        raise ClaimRefusedError("", f"claim {followers[0].id} succeeds it: withdraw or correct that one first")
    if before.succeeds is not None:
        _reopen(tx, before)
    stored.withdraw(tx, [claim])
    return Result(views.claim(reference, before), version=before.version)


def _reopen(tx: Writing, later: Claim) -> None:
    """Take back the end that a claim put to the one before it."""
    ended = stored.present(tx, later.succeeds or "")
    began = stored.first_recorded(tx, later.id)
    if ended is None or began is None or ended.valid_to != later.valid_from:
        return
    held = stored.replaced_at(tx, ended.id, began)
    if held is not None:
        stored.correct(tx, replace(ended, version=ended.version + 1, valid_to=held.valid_to))


def _claim_result(tx: Writing, references: ReferenceReader, claim: Claim, *, created: bool = False) -> Result:
    written = replace(claim, recorded_from=tx.at)
    reference = references.read(tx, min(claim.valid_from, LAST_DAY), tx.head_at)
    view: ClaimView = views.claim(reference, written)
    return Result(view, version=claim.version, location=f"/v1/claims/{claim.id}" if created else None)
