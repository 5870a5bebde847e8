"""From a signed agreement to dated responsibilities on the map: the registry's PUT body, as a pure function of state.

It depends on what is stored and never on the day it is sent, so that sending twice, late or out of order is harmless.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from concord_agreements.facts import RegistryFacts
from concord_agreements.policies.parties import principal
from concord_agreements.policies.stages import EXERCISED
from concord_contracts.agreements import BasisKey, Content, Handling, StageScope
from concord_contracts.identifiers import digest_of
from concord_contracts.registry import ActivatedResponsibility, Activation, Commitment, Role


def activation(
    *,
    content: Content,
    text_digest: str,
    facts: RegistryFacts,
    commitments: Mapping[str, Commitment],
    sequence: int,
    citation: str,
    period: tuple[date, date],
) -> Activation:
    """The present state of an agreement's responsibilities.

    `facts` are those the text was sent on; `commitments` say how far each stage has come (absent: agreed); `period` is
    [first day in force, first day no longer). The digest covers everything that is sent, so that a copy that differs
    under the same sequence is found.
    """
    responsibilities = [
        *_leads(content, facts),
        *(item for scope in content.stages for item in _stage(scope, content, facts, commitments)),
    ]
    basis = f"{citation}: {content.title}"
    starts, ends = period
    said = {
        "text": text_digest,
        "basis": basis,
        "from": starts.isoformat(),
        "to": ends.isoformat(),
        "responsibilities": [item.model_dump(mode="json") for item in responsibilities],
    }
    return Activation(
        sequence=sequence,
        digest=digest_of(said),
        basis=basis[:300],
        effective_from=starts,
        effective_to=ends,
        responsibilities=responsibilities,
    )


def _leads(content: Content, facts: RegistryFacts) -> list[ActivatedResponsibility]:
    if content.basis is not BasisKey.S14Z3:
        return []
    lead = principal(content)
    return [
        ActivatedResponsibility(
            role=Role.LEADS,
            organisation=lead,
            on_behalf_of=_others([_body_of(place, facts)], lead),
            stage=None,
            pathway=content.pathway,
            place=place,
        )
        for place in sorted(content.leads_pathway_for)
    ]


def _stage(
    scope: StageScope, content: Content, facts: RegistryFacts, commitments: Mapping[str, Commitment]
) -> list[ActivatedResponsibility]:
    """Pooled and delegated stages are commissioned by the lead; aligned ones are coordinated; in view, nothing."""
    lead = principal(content)
    if scope.handling is Handling.IN_VIEW:
        return []
    exercised = scope.handling in EXERCISED
    return [
        ActivatedResponsibility(
            role=Role.COMMISSIONS if exercised else Role.COORDINATES,
            organisation=lead,
            on_behalf_of=_on_behalf_of(scope, place, content, facts, lead) if exercised else [],
            stage=scope.stage,
            pathway=content.pathway,
            place=place,
            commitment=commitments.get(scope.stage, Commitment.AGREED),
        )
        for place in sorted(scope.places)
    ]


def _on_behalf_of(scope: StageScope, place: str, content: Content, facts: RegistryFacts, lead: str) -> list[str]:
    """Those whose function the lead exercises in one place.

    A pool acts for every partner. A delegated stage is its statutory commissioner's; where the law names nobody, it is
    taken on for the body whose place it is.
    """
    parties = [party.organisation for party in content.parties]
    if scope.handling is Handling.POOLED:
        return _others(parties, lead)
    statutory = [body for cell in facts.cells_of(scope.stage, [place]) for body in cell.commissioners]
    whose: list[str | None] = [*statutory] or [_body_of(place, facts)]
    return _others([body for body in whose if body in parties], lead)


def _body_of(place: str, facts: RegistryFacts) -> str | None:
    known = facts.place(place)
    return known.body if known else None


def _others(bodies: Iterable[str | None], lead: str) -> list[str]:
    return sorted({body for body in bodies if body and body != lead})
