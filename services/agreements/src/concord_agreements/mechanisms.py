"""From agreements in force to the ways in which a payer may lawfully pay for a line that is not its own."""

from collections import defaultdict
from datetime import date

from concord_agreements.policies.parties import principal
from concord_agreements.policies.stages import EXERCISED
from concord_contracts.agreements import Content, Mechanism, PartyRole


def mechanisms_of(
    *, agreement: str, content: Content, text_digest: str, kind: str, citation: str, period: tuple[date, date]
) -> list[Mechanism]:
    """One mechanism for each set of places that stages of the text share; none where nothing is pooled or delegated.

    Aligned stages and those in view are nobody else's to pay, so they do not appear. Associates do not pay.
    """
    stages: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for scope in content.stages:
        if scope.handling in EXERCISED:
            stages[tuple(sorted(scope.places))].append(scope.stage)
    starts, ends = period
    return [
        Mechanism(
            agreement=agreement,
            kind=kind,
            digest=text_digest,
            payers=sorted(p.organisation for p in content.parties if p.role is not PartyRole.ASSOCIATE),
            lead=principal(content),
            pathway=content.pathway,
            stages=sorted(keys),
            places=list(places),
            contributions=content.contributions,
            valid_from=starts,
            valid_to=ends,
            citation=citation,
        )
        for places, keys in sorted(stages.items())
    ]
