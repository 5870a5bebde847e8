"""Limits of authority that end, or have ended, with nothing in their place. Pure."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from concord_contracts.registry import FindingKind, SigningAuthorityView
from concord_registry.found import Found
from concord_registry.knowledge.known import Knowledge
from concord_registry.knowledge.lapses import goes_on
from concord_registry.wording import day
from concord_registry.world import Reference


def lapsed_authorities(reference: Reference, knowledge: Knowledge, pathway: str, place: str) -> Iterator[Found]:
    """Of the place's body each office that may decide something no longer, or soon no longer; one that was never
    recorded is none of them: what a scheme of delegation does not say proves nothing."""
    body, today = reference.places[place].body, reference.as_of
    ever: dict[tuple[str, str], list[SigningAuthorityView]] = defaultdict(list)
    for one in knowledge.signing_authorities:
        if one.body == body and one.valid_from < one.valid_to:
            ever[one.role, one.decision].append(one)
    for (role, decision), those in sorted(ever.items()):
        begun = [one for one in those if one.valid_from <= today]
        holding = [one for one in begun if today < one.valid_to]
        if not begun or goes_on(those, holding, today, lambda _: True):
            continue
        last = max(begun, key=lambda one: (one.valid_to, one.id))
        until = day(last.valid_to - timedelta(days=1))
        what = f"{role.replace('-', ' ')} of {reference.name(last.body)} to {decision.replace('_', ' ')}"
        yield Found(
            kind=FindingKind.AUTHORITY_ENDS,
            pathway=pathway,
            place=place,
            severity="medium" if holding else "high",
            why_severity="medium: it ends within 90 days and nothing follows"
            if holding
            else "high: the office can decide it no longer, and nothing recorded says who can",
            words=f"The authority of the {what} {'runs' if holding else 'ran'} until {until}, and none follows.",
            closes_when="a limit of authority is entered for the day, with the minute that gives it",
            bodies=(last.body,),
            records=(last.id,),
        )
