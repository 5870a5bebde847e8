"""What the registry records: claims, decisions on them, activations, mandates. Each function is one transaction's work.

The rules are in `claims` and `activations`; here they meet what is stored. `Problem` is raised for what a caller sent
wrongly, the domain's own errors for what the record does not allow.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from uuid_utils import uuid7

from concord_contracts.problems import Fault
from concord_contracts.registry import (
    Activation,
    ActivationState,
    ClaimDecision,
    ClaimIn,
    ClaimView,
    MandateEnd,
    MandateIn,
)
from concord_kit.calls import Result
from concord_kit.database import Reading, Writing
from concord_kit.problems import Problem
from concord_registry import activations, claims, views
from concord_registry.claims import ClaimRefusedError, bodies_concerned
from concord_registry.reading import LAST_DAY
from concord_registry.store import activations as stored_activations
from concord_registry.store import claims as stored_claims
from concord_registry.store import mandates as stored_mandates
from concord_registry.store.mandates import Mandate
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import ANY, Claim, Reference

type Expect = Callable[[int], None]
"""Refuses a change that was decided on another version."""


def assert_claim(tx: Writing, references: ReferenceReader, sent: ClaimIn, me: str, today: date) -> Result:
    """Record what a body says, as of the first day it is said of. A claim that succeeds another ends it on that day."""
    reference = references.read(tx, min(sent.valid_from, LAST_DAY), tx.head_at)
    _refuse(unknown_in_claim(tx, reference, sent, me, today))
    claim = claims.asserted(reference, claim_of(sent, reference.payer(me), today))
    if sent.succeeds is not None:
        _end_predecessor(tx, reference, sent.succeeds, claim)
    refuse_second_claim(tx, claim)
    stored_claims.record(tx, [claim])
    tx.concerns(f"claim:{claim.id}")
    return _claim_result(tx, references, claim, created=True)


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
        if claim is not None and stored_claims.present(tx, claim) is None:
            yield Fault(pointer=pointer, detail=f"unknown claim {claim}", type="unknown-claim")
    if sent.stated_on is not None and sent.stated_on > today:
        yield Fault(pointer="/stated_on", detail=f"lies after today, {today}", type="in-the-future")


def _refuse(faults: Iterable[Fault]) -> None:
    """One problem for all faults: unknown-code where codes are all that is wrong."""
    found = list(faults)
    if not found:
        return
    only_codes = all(fault.type.startswith("unknown-") for fault in found)
    words = f"{found[0].detail}." if len(found) == 1 else f"{len(found)} faults, each named in `errors`."
    raise Problem("unknown-code" if only_codes else "invalid-request", words, errors=found)


def refuse_second_claim(tx: Reading, claim: Claim, beside: Iterable[Claim] = ()) -> None:
    """The same body saying the same of the same days twice would only crowd the map. `beside`: not recorded yet."""
    recorded = stored_claims.present_of(tx, asserted_by=claim.asserted_by, stage=claim.stage, place=claim.place)
    for held in (*recorded, *beside):
        same = replace(held, **{name: getattr(claim, name) for name in _INCIDENTAL}) == claim
        if same and held.valid_from < claim.valid_to and claim.valid_from < held.valid_to:
            words = f"claim {held.id} says the same from {held.valid_from}: confirm, dispute or end that one"
            raise Problem("conflict", f"{words}.", claim=held.id)


_INCIDENTAL = (
    "id", "version", "status", "authority", "quotation", "source", "stated_on", "confirmed_by", "confirmed_on",
    "review_by", "disputed_by", "disputed_reason", "displaces", "succeeds", "valid_from", "valid_to", "recorded_from",
)  # fmt: skip
"""What two claims may differ in and still say the same: who does what, of which stage, for whom, where."""


def _end_predecessor(tx: Writing, reference: Reference, earlier: str, later: Claim) -> None:
    before = stored_claims.present(tx, earlier)
    if before is None:  # refused above, and no other writer is at work
        raise Problem("unknown-code", f"unknown claim {earlier}")
    if later.asserted_by not in _may_end(reference, before):
        raise Problem("not-allowed", f"{later.asserted_by} is not concerned by claim {earlier} and cannot succeed it.")
    stored_claims.correct(tx, claims.ended(before, on=later.valid_from))


def decide(
    tx: Writing,
    references: ReferenceReader,
    claim: str,
    decision: str,
    sent: ClaimDecision,
    *,
    me: str,
    today: date,
    expect: Expect,
) -> Result:
    """`decision` is confirm, dispute or end: the next version of the claim, if the body acting is concerned by it."""
    before = stored_claims.present(tx, claim)
    if before is None:
        raise Problem("not-found", f"There is no claim {claim}.")
    expect(before.version)
    on = sent.on or today
    if decision != "end" and on > today:
        raise ClaimRefusedError("/on", f"{on} lies after today, {today}")
    day = min(max(on, before.valid_from), max(before.valid_from, before.valid_to - timedelta(days=1)), LAST_DAY)
    reference = references.read(tx, day, tx.head_at)
    me = reference.payer(me)
    _refuse_outsider(reference, before, decision, me)
    match decision:
        case "confirm":
            after = claims.confirmed(before, by=me, on=on, review_by=sent.review_by)
        case "dispute":
            after = claims.disputed(before, by=me, on=on, reason=sent.reason)
        case _:
            after = claims.ended(before, on=on)
    stored_claims.correct(tx, after)
    return _claim_result(tx, references, after)


def _refuse_outsider(reference: Reference, claim: Claim, decision: str, me: str) -> None:
    """Bodies concerned may do all three; the asserter may withdraw its support, not confirm its own word."""
    entitled = {
        "confirm": bodies_concerned(reference, claim),
        "dispute": bodies_concerned(reference, claim) | {claim.asserted_by},
        "end": _may_end(reference, claim),
    }[decision]
    if me not in entitled:
        words = f"{reference.name(me)} may not {decision} claim {claim.id}. "
        words += (
            f"Concerned are: {', '.join(sorted(entitled))}."
            if entitled
            else "It speaks of every place at once: state your own position by a claim for your place."
        )
        raise Problem("not-allowed", words, action=f"claims.{decision}", acting_for=me, roles_needed=sorted(entitled))


def _may_end(reference: Reference, claim: Claim) -> frozenset[str]:
    return bodies_concerned(reference, claim) | {claim.asserted_by}


def _claim_result(tx: Writing, references: ReferenceReader, claim: Claim, *, created: bool = False) -> Result:
    written = replace(claim, recorded_from=tx.at)
    reference = references.read(tx, min(claim.valid_from, LAST_DAY), tx.head_at)
    view: ClaimView = views.claim(reference, written)
    return Result(view, version=claim.version, location=f"/v1/claims/{claim.id}" if created else None)


def activate(
    tx: Writing, references: ReferenceReader, agreement: str, sent: Activation, today: date
) -> ActivationState:
    """Put an agreement's responsibilities on the map, unless what it sends is old (`activations.is_news`)."""
    held = stored_activations.held(tx, agreement)
    reference = references.read(tx, min(sent.effective_from, LAST_DAY), tx.head_at)
    if not activations.is_news(held, sent):
        tx.unchanged()
        return activation_state(tx, reference, agreement, tx.head_at, tx.head_seq, changed=False)
    _refuse(
        Fault(pointer=fault.pointer, detail=fault.words, type=fault.kind)
        for fault in activations.faults(reference, sent)
    )
    known = {activations.identity_of(claim): claim for claim in stored_claims.last_versions_of_agreement(tx, agreement)}
    ids = {key: claim.id for key, claim in known.items()}
    ids |= {key: str(uuid7()) for one in sent.responsibilities if (key := activations.identity(one)) not in ids}
    wanted = activations.claims_of(agreement, sent, today, ids)
    change = activations.replacement(
        present=stored_claims.of_agreement(tx, agreement, tx.at),
        wanted=wanted,
        versions={claim.id: claim.version for claim in known.values()},
    )
    stored_claims.withdraw(tx, (claim.id for claim in change.withdrawn))
    stored_claims.record(tx, change.written)
    stored_activations.record(tx, agreement, sent)
    return activation_state(tx, reference, agreement, tx.at, tx.seq, changed=True)


def activation_state(
    tx: Reading, reference: Reference, agreement: str, known_at: datetime, seq: int, *, changed: bool
) -> ActivationState:
    """What is known at a moment of an agreement; a not-found problem where nothing had arrived."""
    held = stored_activations.held(tx, agreement, known_at)
    if held is None:
        raise Problem("not-found", f"Nothing has been activated for agreement {agreement}.")
    found = stored_claims.of_agreement(tx, agreement, known_at)
    return ActivationState(
        as_of=reference.as_of,
        known_at=known_at,
        seq=seq,
        agreement=agreement,
        sequence=held.sequence,
        digest=held.digest,
        changed=changed,
        claims=[views.claim(reference, claim) for claim in sorted(found, key=activations.identity_of)],
    )


def grant_mandate(tx: Writing, references: ReferenceReader, sent: MandateIn, me: str) -> Result:
    """A body lets another act for it. The holder must be known; the responsibility never moves."""
    reference = references.read(tx, min(sent.valid_from, LAST_DAY), tx.head_at)
    unknown = [
        Fault(pointer=pointer, parameter=parameter, detail=f"unknown organisation {body}", type="unknown-organisation")
        for pointer, parameter, body in (("/holder", None, sent.holder), (None, "header:X-Acting-For", me))
        if body not in reference.bodies
    ]
    _refuse(unknown)
    for body in (sent.holder, me):
        if not reference.bodies[body].in_being(sent.valid_from):
            words = f"{reference.name(body)} ({body}) is not in being on that day"
            raise Problem("invalid-request", errors=[Fault(pointer="/valid_from", detail=words, type="not-in-being")])
    if sent.holder == me:
        fault = Fault(pointer="/holder", detail="a body needs no mandate from itself", type="invalid")
        raise Problem("invalid-request", errors=[fault])
    _refuse_second_mandate(tx, sent, me)
    mandate = Mandate(
        id=str(uuid7()),
        version=1,
        holder=sent.holder,
        body=me,
        actions=tuple(sorted(set(sent.actions))),
        limit_gbp=sent.limit_gbp,
        valid_from=sent.valid_from,
        valid_to=sent.valid_to,
    )
    stored_mandates.record(tx, mandate)
    tx.concerns(f"mandate:{mandate.id}")
    return Result(views.mandate(mandate), version=1)


def _refuse_second_mandate(tx: Reading, sent: MandateIn, me: str) -> None:
    """Two mandates for one action at one time: ending the one would leave the other in force, unnoticed."""
    for held in stored_mandates.between(tx, holder=sent.holder, body=me):
        twice = sorted(set(held.actions) & set(sent.actions))
        if twice and held.valid_from < sent.valid_to and sent.valid_from < held.valid_to:
            raise Problem(
                "conflict",
                f"{sent.holder} has a mandate for {', '.join(twice)} from {me} already, from {held.valid_from} until "
                f"before {held.valid_to}: end mandate {held.id} first, or begin after it.",
                mandate=held.id,
            )


def end_mandate(tx: Writing, mandate: str, sent: MandateEnd, *, me: str, today: date, expect: Expect) -> Result:
    """The body takes its mandate back; on its first day or before it, the mandate never held."""
    before = stored_mandates.present(tx, mandate)
    if before is None or before.body != me:
        raise Problem("not-found", f"{me} has granted no mandate {mandate}.")
    expect(before.version)
    on = sent.on or today
    if not before.valid_from <= on < before.valid_to:
        period = f"{before.valid_from} until before {before.valid_to}"
        fault = Fault(pointer="/on", detail=f"the mandate holds from {period}", type="outside")
        raise Problem("invalid-request", errors=[fault])
    after = replace(before, version=before.version + 1, valid_to=on)
    stored_mandates.correct(tx, after)
    return Result(views.mandate(after), version=after.version)
