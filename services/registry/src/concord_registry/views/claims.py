"""Claims and mandates as callers read them."""

from datetime import datetime

from concord_contracts.registry import ClaimStatus, ClaimVersion, ClaimView
from concord_contracts.registry import Mandate as MandateView
from concord_registry.rulebook import holders, said
from concord_registry.store.mandates import Mandate
from concord_registry.views.bodies import all_named, named
from concord_registry.wording import asserter, titles
from concord_registry.world import ANY, Claim, Reference


def claim(reference: Reference, one: Claim, place: str | None = None, displaced_by: str | None = None) -> ClaimView:
    """A claim as seen from a place (default: its own), whose bodies an expression then names."""
    bodies = all_named(reference, (holder.body for holder in holders(reference, one.organisation, place or one.place)))
    return ClaimView(
        id=one.id,
        version=one.version,
        role=one.role,
        organisation=bodies[0] if len(bodies) == 1 else None,
        organisations=bodies if place is not None or len(bodies) == 1 else [],
        organisation_said=said(reference, one.organisation),
        on_behalf_of=all_named(reference, one.on_behalf_of),
        stage=None if one.stage == ANY else one.stage,
        pathway=one.pathway,
        place=one.place,
        function=one.function,
        status=ClaimStatus.ENDED if one.valid_to <= reference.as_of else one.status,
        commitment=one.commitment,
        asserted_by=one.asserted_by,
        asserted_by_name=asserter(reference, one),
        authority=one.authority,
        quotation=one.quotation,
        source=titles(reference, one.source),
        stated_on=one.stated_on,
        confirmed_by=one.confirmed_by,
        confirmed_on=one.confirmed_on,
        review_by=one.review_by,
        disputed_by=one.disputed_by,
        disputed_reason=one.disputed_reason,
        interim_payer=named(reference, one.interim_payer) if one.interim_payer else None,
        interim_since=one.interim_since,
        displaces=one.displaces,
        displaced_by=displaced_by,
        succeeds=one.succeeds,
        agreement=one.agreement,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        recorded_from=one.recorded_from,
    )


def claim_version(reference: Reference, one: Claim, recorded_to: datetime) -> ClaimVersion:
    return ClaimVersion(**dict(claim(reference, one)), recorded_to=recorded_to)


def mandate(one: Mandate) -> MandateView:
    return MandateView(
        id=one.id,
        version=one.version,
        holder=one.holder,
        body=one.body,
        actions=list(one.actions),
        limit_gbp=one.limit_gbp,
        pathways=list(one.pathways),
        stages=list(one.stages),
        places=list(one.places),
        valid_from=one.valid_from,
        valid_to=one.valid_to,
    )
