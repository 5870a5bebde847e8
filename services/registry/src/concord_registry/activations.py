"""What an activation does to an agreement's claims: nothing, a refusal, or one replacement of them all."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from concord_contracts.registry import ActivatedResponsibility, Activation, ClaimStatus, Role
from concord_registry.world import ANY, NOT_YET, Claim, Reference


class SequenceConflictError(Exception):
    """The same sequence was sent before with another digest: one of the two texts is not what was signed."""

    def __init__(self, agreement: str, sequence: int, held: str, sent: str) -> None:
        super().__init__(f"agreement {agreement}: sequence {sequence} is held with digest {held}, not {sent}")
        self.agreement = agreement
        self.sequence = sequence
        self.held = held
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Held:
    """The newest activation the registry has of an agreement."""

    agreement: str
    sequence: int
    digest: str
    basis: str
    effective_from: date
    effective_to: date


@dataclass(frozen=True, slots=True)
class Fault:
    """What the map does not know or allow in an activation; `kind` is a short stable word."""

    pointer: str
    words: str
    kind: str


def is_news(held: Held | None, incoming: Activation) -> bool:
    """Whether to apply it. Lower and equal sequences are old news; equal with another digest raises
    SequenceConflictError. So repeats, late arrivals and reordering are harmless.
    """
    if held is None or incoming.sequence > held.sequence:
        return True
    if incoming.sequence == held.sequence and incoming.digest != held.digest:
        raise SequenceConflictError(held.agreement, held.sequence, held.digest, incoming.digest)
    return False


def faults(reference: Reference, incoming: Activation) -> list[Fault]:
    """Everything the map does not know in an activation, each with its JSON pointer. Empty: it can be applied.

    `reference` is read as of the first day of effect: a party must be in being then, and be a legal person.
    """
    return [fault for index, one in enumerate(incoming.responsibilities) for fault in _faults(reference, index, one)]


def _faults(reference: Reference, index: int, one: ActivatedResponsibility) -> Iterator[Fault]:
    at = f"/responsibilities/{index}"
    yield from _body_faults(reference, f"{at}/organisation", one.organisation)
    for number, body in enumerate(one.on_behalf_of):
        yield from _body_faults(reference, f"{at}/on_behalf_of/{number}", body)
    if one.stage is None and one.role is not Role.LEADS:
        words = f"role {one.role.value} needs a stage; only leads may be of the whole pathway"
        yield Fault(f"{at}/stage", words, "missing")
    if one.stage is not None and one.stage not in reference.stages:
        yield Fault(f"{at}/stage", f"unknown stage {one.stage}", "unknown-stage")
    if one.pathway not in reference.pathways:
        yield Fault(f"{at}/pathway", f"unknown pathway {one.pathway}", "unknown-pathway")
    if one.place not in reference.places:
        yield Fault(f"{at}/place", f"unknown place {one.place} on {reference.as_of}", "unknown-place")


def _body_faults(reference: Reference, pointer: str, body: str) -> Iterator[Fault]:
    known = reference.bodies.get(body)
    if known is None:
        yield Fault(pointer, f"unknown organisation {body}", "unknown-organisation")
    elif not known.legal_person:
        words = f"{known.name} ({body}) is an office; name {reference.payer(body)}, the legal person it acts for"
        yield Fault(pointer, words, "not-a-legal-person")
    elif not known.in_being(reference.as_of):
        yield Fault(pointer, f"{known.name} ({body}) is not in being on {reference.as_of}", "not-in-being")


def claims_of(agreement: str, incoming: Activation, today: date, ids: Mapping[tuple[str, ...], str]) -> list[Claim]:
    """The claims an activation stands for. `ids` maps a responsibility (`identity`) to its claim's id.

    They are confirmed, because every party has signed; how far they reach is their commitment.
    """
    merged: dict[tuple[str, ...], ActivatedResponsibility] = {}
    for one in incoming.responsibilities:
        merged[identity(one)] = one
    return [
        Claim(
            id=ids[key],
            version=1,
            role=one.role,
            organisation=one.organisation,
            on_behalf_of=tuple(sorted(set(one.on_behalf_of))),
            stage=one.stage or ANY,
            pathway=one.pathway,
            place=one.place,
            status=ClaimStatus.CONFIRMED,
            commitment=one.commitment,
            asserted_by=one.organisation,
            authority=incoming.basis,
            stated_on=today,
            confirmed_by=one.organisation,
            confirmed_on=today,
            agreement=agreement,
            valid_from=incoming.effective_from,
            valid_to=incoming.effective_to,
        )
        for key, one in sorted(merged.items())
    ]


def identity(one: ActivatedResponsibility) -> tuple[str, ...]:
    """What makes a responsibility the same one from one activation to the next."""
    return one.role.value, one.organisation, one.stage or ANY, one.pathway, one.place


def identity_of(claim: Claim) -> tuple[str, ...]:
    return claim.role.value, claim.organisation or "", claim.stage, claim.pathway, claim.place


@dataclass(frozen=True, slots=True)
class Replacement:
    """What one transaction writes: claims that go, and claims that come (as the next version where they stay)."""

    withdrawn: tuple[Claim, ...]
    written: tuple[Claim, ...]


def replacement(present: Iterable[Claim], wanted: Iterable[Claim], versions: Mapping[str, int]) -> Replacement:
    """`versions` has the last version ever used of each claim. Unchanged claims are left as they are, so that "agreed
    since" and confirmation dates do not move.
    """
    old = {claim.id: claim for claim in present}
    new = {claim.id: claim for claim in wanted}
    written = {
        claim.id: replace(claim, version=versions.get(claim.id, 0) + 1)
        for claim in new.values()
        if claim.id not in old or _substance(old[claim.id]) != _substance(claim)
    }
    withdrawn = tuple(claim for claim in old.values() if claim.id not in new or claim.id in written)
    return Replacement(withdrawn, tuple(written.values()))


def _substance(claim: Claim) -> Claim:
    """A claim without what merely records when it was written."""
    return replace(claim, version=0, stated_on=None, confirmed_on=None, recorded_from=NOT_YET)
