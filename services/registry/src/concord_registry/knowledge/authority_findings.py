"""Limits of authority that end, or have ended, with nothing in their place; and two that hold at once. Pure."""

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
    today = reference.as_of
    for (role, decision), those in _by_office(reference, knowledge, place):
        begun = [one for one in those if one.valid_from <= today]
        holding = [one for one in begun if today < one.valid_to]
        if not begun or goes_on(those, holding, today, lambda _: True):
            continue
        last = max(begun, key=lambda one: (one.valid_to, one.id))
        until = day(last.valid_to - timedelta(days=1))
        what = _spoken(reference, last.body, role, decision)
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


def overlapping_authorities(reference: Reference, knowledge: Knowledge, pathway: str, place: str) -> Iterator[Found]:
    """Of the place's body each office of which several limits hold on the day for one kind of decision. None can be
    entered any more; what was recorded before that was refused is found."""
    for (role, decision), those in _by_office(reference, knowledge, place):
        holding = [one for one in those if one.valid_from <= reference.as_of < one.valid_to]
        if len(holding) < 2:
            continue
        body = holding[0].body
        limits = "; ".join(_height(one) for one in sorted(holding, key=lambda one: one.id))
        yield Found(
            kind=FindingKind.AUTHORITIES_OVERLAP,
            pathway=pathway,
            place=place,
            severity="high",
            why_severity="high: which limit counts is open, so no approval by this office is accepted",
            words=f"Several limits of the {_spoken(reference, body, role, decision)} hold at once: {limits}.",
            closes_when="all but one are ended or corrected",
            bodies=(body,),
            records=tuple(sorted(one.id for one in holding)),
        )


def _by_office(
    reference: Reference, knowledge: Knowledge, place: str
) -> list[tuple[tuple[str, str], list[SigningAuthorityView]]]:
    """The limits of the place's body that ever held, by office and kind of decision."""
    body = reference.places[place].body
    ever: dict[tuple[str, str], list[SigningAuthorityView]] = defaultdict(list)
    for one in knowledge.signing_authorities:
        if one.body == body and one.valid_from < one.valid_to:
            ever[one.role, one.decision].append(one)
    return sorted(ever.items())


def _spoken(reference: Reference, body: str, role: str, decision: str) -> str:
    return f"{role.replace('-', ' ')} of {reference.name(body)} to {decision.replace('_', ' ')}"


def _height(one: SigningAuthorityView) -> str:
    other = f" with the {one.jointly_with}" if one.jointly_with else ""
    return f"{'without limit' if one.limit_gbp is None else f'up to GBP {one.limit_gbp:,}'}{other}"
