"""Who may join, and in which role."""

from collections import Counter
from collections.abc import Iterator

from concord_agreements.facts import BodyFact, RegistryFacts
from concord_agreements.legal_basis import LegalBasis
from concord_contracts.agreements import BasisKey, Content, Fault, Party, PartyRole

PRINCIPAL = {BasisKey.S75_POOL: PartyRole.HOST, BasisKey.S14Z3: PartyRole.LEAD}
"""The one party that answers for the arrangement: the host of a pooled fund, the lead of the others."""

NHS_KINDS = frozenset({"ccg", "nhs_england", "nhs_trust", "icb", "pct"})
COUNCIL_KINDS = frozenset({"council"})


def principal(content: Content) -> str:
    """The lead or host; the first party while a draft names none."""
    wanted = PRINCIPAL[content.basis]
    return next((p.organisation for p in content.parties if p.role is wanted), content.parties[0].organisation)


def party_faults(content: Content, facts: RegistryFacts, basis: LegalBasis) -> list[Fault]:
    """Faults of the parties: unknown, no person in law, of a kind that may not join, roles, who is missing."""
    faults = [
        fault for index, party in enumerate(content.parties) for fault in _one(index, party, content, facts, basis)
    ]
    faults += _doubles(content, facts)
    faults += _principals(content)
    faults += _missing_kinds(content, facts, basis)
    return faults


def _one(index: int, party: Party, content: Content, facts: RegistryFacts, basis: LegalBasis) -> Iterator[Fault]:
    pointer = f"/parties/{index}/organisation"
    body = facts.body(party.organisation)
    if body is None:
        yield Fault(
            pointer=pointer, rule="party-unknown", words=f"the registry knows no {party.organisation} on that day"
        )
    elif not body.valid_from <= content.starts < body.valid_to:
        words = f"{body.name} does not exist on {content.starts.isoformat()}, the day the agreement starts"
        yield Fault(pointer=pointer, rule="party-not-in-being", words=words)
    elif not body.legal_person:
        words = f"{body.name} is not a person in law and cannot be party to an agreement"
        instead = "name the legal person it acts for as party, and this body as its office"
        yield Fault(pointer=pointer, rule="party-not-a-legal-person", words=words, instead=instead)
    elif body.kind not in basis.may_join:
        words = f"{body.name} ({_kind(body)}) may not join: {basis.name} is open to {_kinds(basis.may_join)}"
        yield Fault(pointer=pointer, rule="party-may-not-join", words=words, citation=basis.citation)


def _doubles(content: Content, facts: RegistryFacts) -> list[Fault]:
    seen = Counter(party.organisation for party in content.parties)
    return [
        Fault(pointer="/parties", rule="party-twice", words=f"{facts.name(organisation)} is named {times} times")
        for organisation, times in seen.items()
        if times > 1
    ]


def _principals(content: Content) -> list[Fault]:
    wanted = PRINCIPAL[content.basis]
    found = [party for party in content.parties if party.role is wanted]
    wrong = set(PRINCIPAL.values()) - {wanted}
    faults = [
        Fault(
            pointer=f"/parties/{i}/role",
            rule="role-for-basis",
            words=f"{p.role} is no role of this legal basis",
            instead=f"{wanted} or partner",
        )
        for i, p in enumerate(content.parties)
        if p.role in wrong
    ]
    if len(found) != 1:
        words = f"exactly one party is the {wanted}, but the text names {len(found) or 'none'}"
        faults.append(Fault(pointer="/parties", rule="one-principal", words=words))
    return faults


def _missing_kinds(content: Content, facts: RegistryFacts, basis: LegalBasis) -> list[Fault]:
    kinds = [body.kind for party in content.parties if (body := facts.body(party.organisation))]
    needs = {
        "nhs_body_and_council": (
            any(k in NHS_KINDS for k in kinds) and any(k in COUNCIL_KINDS for k in kinds),
            "at least one NHS body and at least one local authority",
        ),
        "two_ccgs": (sum(k == "ccg" for k in kinds) >= 2, "at least two clinical commissioning groups"),
        "ccg_and_nhs_england": (
            "ccg" in kinds and "nhs_england" in kinds,
            "a clinical commissioning group and NHS England",
        ),
    }
    return [
        Fault(pointer="/parties", rule="parties-required", words=f"{basis.name} needs {words}", citation=basis.citation)
        for token, (met, words) in needs.items()
        if token in basis.requires and not met
    ]


def _kind(body: BodyFact) -> str:
    return body.kind.replace("_", " ")


def _kinds(kinds: frozenset[str]) -> str:
    return ", ".join(sorted(kind.replace("_", " ") for kind in kinds)) or "nobody"
