"""What the registry records of activations and mandates. Each function is one transaction's work.

The rules are in `activations`; here they meet what is stored. `Problem` is raised for what a caller sent
wrongly, the domain's own errors for what the record does not allow.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from uuid_utils import uuid7

from concord_contracts.problems import Fault
from concord_contracts.registry import (
    Activation,
    ActivationState,
    MandateEnd,
    MandateIn,
)
from concord_kit.calls import Result
from concord_kit.database import Reading, Writing
from concord_kit.problems import Problem
from concord_registry import activations, views
from concord_registry.reading import LAST_DAY
from concord_registry.refusals import Expect, refuse
from concord_registry.store import activations as stored_activations
from concord_registry.store import claims as stored_claims
from concord_registry.store import mandates as stored_mandates
from concord_registry.store.mandates import Mandate
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import Reference


def activate(
    tx: Writing, references: ReferenceReader, agreement: str, sent: Activation, today: date
) -> ActivationState:
    """Put an agreement's responsibilities on the map, unless what it sends is old (`activations.is_news`)."""
    held = stored_activations.held(tx, agreement)
    reference = references.read(tx, min(sent.effective_from, LAST_DAY), tx.head_at)
    if not activations.is_news(held, sent):
        tx.unchanged()
        return activation_state(tx, reference, agreement, tx.head_at, tx.head_seq, changed=False)
    refuse(
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
    refuse([*unknown, *_unknown_limits(reference, sent)])
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
        pathways=tuple(sorted(set(sent.pathways))),
        stages=tuple(sorted(set(sent.stages))),
        places=tuple(sorted(set(sent.places))),
        valid_from=sent.valid_from,
        valid_to=sent.valid_to,
    )
    stored_mandates.record(tx, mandate)
    tx.concerns(f"mandate:{mandate.id}")
    return Result(views.mandate(mandate), version=1)


def _unknown_limits(reference: Reference, sent: MandateIn) -> Iterator[Fault]:
    held = {"pathway": reference.pathways, "stage": reference.stages, "place": reference.places}
    for kind, keys in (("pathway", sent.pathways), ("stage", sent.stages), ("place", sent.places)):
        for index, key in enumerate(keys):
            if key not in held[kind]:
                yield Fault(pointer=f"/{kind}s/{index}", detail=f"unknown {kind} {key}", type=f"unknown-{kind}")


def _refuse_second_mandate(tx: Reading, sent: MandateIn, me: str) -> None:
    """Two mandates for one action at one time: ending the one would leave the other in force, unnoticed."""
    for held in stored_mandates.between(tx, holder=sent.holder, body=me):
        twice = sorted(set(held.actions) & set(sent.actions))
        apart = any(
            ours and theirs and not set(ours) & set(theirs)
            for ours, theirs in (
                (held.pathways, sent.pathways), (held.stages, sent.stages), (held.places, sent.places)
            )
        )  # fmt: skip
        if twice and not apart and held.valid_from < sent.valid_to and sent.valid_from < held.valid_to:
            raise Problem(
                "conflict",
                f"{sent.holder} has a mandate for {', '.join(twice)} from {me} already, from {held.valid_from} until "
                f"before {held.valid_to}: end mandate {held.id} first, or begin after it.",
                mandate=held.id,
            )


def end_mandate(tx: Writing, mandate: str, sent: MandateEnd, *, me: str, today: date, expect: Expect) -> Result:
    """The body takes its mandate back: one that ends on its first day never held.

    Without a day that is today, or its first day where it has not begun.
    """
    before = stored_mandates.present(tx, mandate)
    if before is None or before.body != me:
        raise Problem("not-found", f"{me} has granted no mandate {mandate}.")
    expect(before.version)
    on = sent.on or max(today, before.valid_from)
    if not before.valid_from <= on < before.valid_to:
        period = f"{before.valid_from} until before {before.valid_to}"
        fault = Fault(pointer="/on", detail=f"the mandate holds from {period}", type="outside")
        raise Problem("invalid-request", errors=[fault])
    after = replace(before, version=before.version + 1, valid_to=on)
    stored_mandates.correct(tx, after)
    return Result(views.mandate(after), version=after.version)
