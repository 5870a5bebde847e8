"""On which days what follows from records can change, and where: from the same dates and spans as the rules. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from concord_contracts.registry import FindingKind, RecordView
from concord_registry.found import Found
from concord_registry.knowledge.contract_findings import VERY_SOON
from concord_registry.knowledge.contracts import notice_by
from concord_registry.knowledge.known import KnownThroughout, parties
from concord_registry.knowledge.lapses import SOON
from concord_registry.places import containing, on_ground_of
from concord_registry.touched import Touched
from concord_registry.world import Reference

ONE_DAY = timedelta(days=1)


def days_of_records(
    reference: Reference, known: KnownThroughout, after: date, until: date
) -> Iterator[tuple[date, Touched]]:
    """Days in (after, until], each with what a record may change on it."""
    for topic, records in known.records.items():
        for one in records:
            days = [on for on in _days(topic, one) if after < on <= until]
            if days:
                touched = _touched(reference, topic, one)
                yield from ((on, touched) for on in days)


def _days(topic: str, one: Any) -> Iterator[date]:
    """The first day of each state that a record brings about by itself."""
    yield one.valid_from
    yield one.valid_to
    match topic:
        case "role-holders" | "signing-authorities":
            yield one.valid_to - SOON
        case "contracts":
            yield from one.renewals
            by = notice_by(one)
            if by is not None and by - SOON > date.min:
                yield from (by - SOON + ONE_DAY, by - VERY_SOON + ONE_DAY)
                yield from ((by + ONE_DAY,) if by < date.max else ())
        case "risks":
            if one.due is not None and one.due < date.max:
                yield one.due + ONE_DAY


def _touched(reference: Reference, topic: str, one: Any) -> Touched:
    """Where a record can change findings: in the places it names and all in them, or in its body's own."""
    match topic:
        case "role-holders":
            return Touched(exactly=frozenset({one.place} if one.place else ()), bodies=frozenset({one.body}))
        case "signing-authorities":
            return Touched(bodies=frozenset({one.body}))
        case "risks":
            return Touched(frozenset({one.place}))
        case "networks":
            related = _of_network(reference, one.body) if one.body else frozenset[str]()
            return Touched(frozenset(one.places), exactly=related)
        case "contracts" | "plans":
            return Touched(frozenset(one.places))
    return Touched()


def _of_network(reference: Reference, network: str) -> frozenset[str]:
    """Places of councils related to a network on the list of bodies, and all that share ground with them: what is
    entered for it takes the place of what the relation says."""
    related = reference.related.items()
    return on_ground_of(
        reference, [body for (kind, body), networks in related if kind == "network_of" and network in networks]
    )


def places_of_parties(known: KnownThroughout) -> dict[str, frozenset[str]]:
    """Each party to a contract -> the contract's places: there its end changes findings."""
    found: dict[str, frozenset[str]] = {}
    contracts: Any = known.records.get("contracts", ())
    for one in contracts:
        for body in parties(one):
            found[body] = found.get(body, frozenset()) | set(one.places)
    return found


TOPIC_OF = {
    FindingKind.VACANCY: "role-holders",
    FindingKind.NO_CLINICAL_LEAD: "role-holders",
    FindingKind.SKILL_MIX: "role-holders",
    FindingKind.NO_CONTRACT: "contracts",
    FindingKind.ROLLED_OVER: "contracts",
    FindingKind.NOTICE_COMING: "contracts",
    FindingKind.CONTRACT_WITH_ENDED_BODY: "contracts",
    FindingKind.NO_PLAN: "plans",
    FindingKind.NO_NETWORK: "networks",
    FindingKind.NO_REFERENCE_GROUP: "networks",
    FindingKind.NETWORK_OVERLAP: "networks",
    FindingKind.RISK_OVERDUE: "risks",
    FindingKind.AUTHORITY_ENDS: "signing-authorities",
    FindingKind.AUTHORITIES_OVERLAP: "signing-authorities",
}
"""Which records a finding follows from."""


def behind(reference: Reference, known: KnownThroughout, found: Found, on: date) -> tuple[list[str], list[str]]:
    """Records about what a finding is of that end and that begin on a day, by id."""
    topic = TOPIC_OF.get(found.kind)
    moving = [one for one in known.records.get(topic or "", ()) if on in (one.valid_from, one.valid_to)]
    near = [one for one in moving if _is_about(reference, topic or "", one, found)]
    ending = sorted(one.id for one in near if one.valid_to == on)
    return ending, sorted(one.id for one in near if one.valid_from == on)


def _is_about(reference: Reference, topic: str, one: RecordView, found: Found) -> bool:
    stages: list[str] = getattr(one, "stages", [])
    touched = _touched(reference, topic, one)
    here = found.place in touched.exactly or reference.places[found.place].body in touched.bodies
    here = here or not (touched.places or frozenset()).isdisjoint(containing(reference, found.place))
    return here and (found.stage is None or not stages or found.stage in stages)
