"""Who acts, for whom, and what a mandate lets the holder say: checked again in the transaction that writes.

So a mandate that is taken back counts no more from that moment on, and one that is limited reaches no further.
"""

from dataclasses import dataclass
from datetime import date

from concord_kit.calls import Call
from concord_kit.clock import today_in_england
from concord_kit.database import Reading
from concord_kit.mandates import permits
from concord_kit.problems import Problem
from concord_registry.places import containing
from concord_registry.store import mandates
from concord_registry.store.mandates import Mandate
from concord_registry.world import ANY, Claim, Reference


@dataclass(frozen=True, slots=True)
class Acting:
    """The body acted for and the day; `holder` is the support body that acts under its mandate, if one does."""

    me: str
    action: str
    today: date
    holder: str | None = None


def acting(call: Call) -> Acting:
    """Who acts in a call."""
    return Acting(call.acting_for or "", call.grant.row.action, today_in_england(call.clock), call.grant.holder)


def covers(reference: Reference, mandate: Mandate, claim: Claim) -> bool:
    """Whether a mandate's limits hold a claim: its pathway, its stage, and a place that contains its place.

    A claim of every pathway, or of the whole pathway, is within no list of some.
    """
    if mandate.pathways and claim.pathway not in mandate.pathways:
        return False
    if mandate.stages and claim.stage not in mandate.stages:
        return False
    return not mandate.places or bool(set(mandate.places) & set(containing(reference, claim.place)))


def mandate_for(
    tx: Reading, reference: Reference, *, holder: str, body: str, action: str, claim: Claim, today: date
) -> Mandate | None:
    """The mandate in force today by which a holder may do this to this claim for the body."""
    held = mandates.in_force_on(tx, today, tx.head_at, holder=holder, body=body)
    fitting = (one for one in held if permits(frozenset(one.actions), action) and covers(reference, one, claim))
    return next(fitting, None)


def lent(tx: Reading, *, holder: str, body: str, action: str, today: date) -> bool:
    """Whether a mandate in force today lets a holder do this for the body. Limits are of claims: see `mandate_for`."""
    held = mandates.in_force_on(tx, today, tx.head_at, holder=holder, body=body)
    return any(permits(frozenset(one.actions), action) for one in held)


def require_lent(tx: Reading, reference: Reference, who: Acting, claim: Claim) -> None:
    """Refuse (403) a holder whose mandate has ended meanwhile, or does not reach this claim."""
    if who.holder is None:
        return
    found = mandate_for(tx, reference, holder=who.holder, body=who.me, action=who.action, claim=claim, today=who.today)
    if found is None:
        raise Problem("not-allowed", _words(tx, who, claim), action=who.action, acting_for=who.me, roles_needed=[])


def _words(tx: Reading, who: Acting, claim: Claim) -> str:
    held = mandates.in_force_on(tx, who.today, tx.head_at, holder=who.holder, body=who.me)
    limits = [limits_in_words(one) for one in held if permits(frozenset(one.actions), who.action)]
    stage = "the whole pathway" if claim.stage == ANY else claim.stage
    about = f"{stage} of pathway {claim.pathway} in {claim.place}"
    if not limits:
        return f"{who.me} has no mandate in force that lets {who.holder} do {who.action}."
    return f"The mandate of {who.me} to {who.holder} does not reach {about}: it holds for {' or for '.join(limits)}."


def limits_in_words(mandate: Mandate) -> str:
    """What a mandate is limited to."""
    parts = [
        f"{name} {', '.join(keys)}"
        for name, keys in (("pathways", mandate.pathways), ("stages", mandate.stages), ("places", mandate.places))
        if keys
    ]
    return "; ".join(parts) or "everything"
