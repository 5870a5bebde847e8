"""From an agreement in force to the way in which a payer may lawfully pay for a line that is not its own."""

from datetime import date

from concord_agreements.policies.parties import principal
from concord_agreements.policies.stages import EXERCISED
from concord_contracts.agreements import Content, Mechanism, PartyRole


def mechanism_of(
    *, agreement: str, content: Content, text_digest: str, kind: str, citation: str, period: tuple[date, date]
) -> Mechanism | None:
    """What the text lets its parties pay; None where nothing is pooled or delegated.

    Aligned stages and those in view are nobody else's to pay, so they do not appear. Associates do not pay.
    """
    cells = sorted({(s.stage, place) for s in content.stages if s.handling in EXERCISED for place in s.places})
    if not cells:
        return None
    starts, ends = period
    return Mechanism(
        agreement=agreement,
        kind=kind,
        digest=text_digest,
        payers=sorted(p.organisation for p in content.parties if p.role is not PartyRole.ASSOCIATE),
        lead=principal(content),
        pathway=content.pathway,
        stages=sorted({stage for stage, _ in cells}),
        places=sorted({place for _, place in cells}),
        cells=cells,
        contributions=content.contributions,
        valid_from=starts,
        valid_to=ends,
        citation=citation,
    )
