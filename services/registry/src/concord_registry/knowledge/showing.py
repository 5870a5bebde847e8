"""Records as the contract's models, with what follows from them on a day, as far as the caller may see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from concord_contracts.registry import Person, RecordView, RoleHolderView
from concord_kit.calls import Call
from concord_kit.clock import today_in_england
from concord_kit.database import Reading
from concord_kit.mandates import permits
from concord_kit.positions import Position
from concord_registry import views
from concord_registry.knowledge import contracts, risks
from concord_registry.knowledge.entering import successors
from concord_registry.knowledge.people import kept, seen
from concord_registry.knowledge.topics import TOPICS, Held, bodies_of
from concord_registry.store import mandates, people, records
from concord_registry.store.records import Days
from concord_registry.world import Reference

SEES_EVERYTHING = ("auditor", "data-steward")
"""Whoever may correct a record must see all of it: what a correction leaves out is no longer said."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, and when: signed in for some body or not; the bodies they speak for; or whoever sees everything."""

    today: date
    signed_in: bool = False
    bodies: frozenset[str] = frozenset()
    everything: bool = False
    for_keeping: bool = False
    """The answer to a change is kept for whoever repeats it: it shows no personal data."""


def viewer_of(tx: Reading, call: Call, *, for_keeping: bool = False) -> Viewer:
    """The caller, who also speaks for bodies whose mandate in force today lets theirs write contracts."""
    principal, today = call.principal, today_in_england(call.clock)
    if principal is None or not principal.roles:
        return Viewer(today, for_keeping=for_keeping)
    own = frozenset(principal.roles)
    held = (one for body in sorted(own) for one in mandates.in_force_on(tx, today, tx.head_at, holder=body))
    write = TOPICS["contracts"].write
    lent = {one.body for one in held if permits(frozenset(one.actions), write)}
    everything = principal.is_service or any(principal.organisations(role) for role in SEES_EVERYTHING)
    return Viewer(today, True, own | lent, everything, for_keeping)


def shown(tx: Reading, reference: Reference, found: Sequence[Held], viewer: Viewer) -> list[Any]:
    """The records as views of their topics, in their order."""
    ids = [held.content["person"] for held in found if held.topic == "role-holders" and "person" in held.content]
    holders = people.find(tx, ids)
    return [_view(reference, held, viewer, holders) for held in found]


def roles_of_every_day(tx: Reading, reference: Reference, position: Position, call: Call) -> list[RoleHolderView]:
    """Every role-holder known at a position, past and to come too, as the caller may see them."""
    found = records.listed(tx, ["role-holders"], Days(), position.known_at)
    return shown(tx, reference, found, viewer_of(tx, call)) if found else []


def roles_of(
    tx: Reading, reference: Reference, position: Position, call: Call, bodies: Collection[str]
) -> list[RoleHolderView]:
    """Role-holders of bodies on the day, as the caller may see them."""
    terms = {"organisation": sorted(bodies)}
    found = records.listed(tx, ["role-holders"], Days.on(reference.as_of), position.known_at, terms=terms)
    return shown(tx, reference, found, viewer_of(tx, call)) if found else []


def _view(reference: Reference, held: Held, viewer: Viewer, holders: dict[str, people.PersonHeld]) -> RecordView:
    topic = TOPICS[held.topic]
    view = typed(held).model_copy(update={"bodies": views.all_named(reference, bodies_of(topic, held.content))})
    match held.topic:
        case "role-holders":
            person = holders.get(held.content.get("person", ""))
            return view.model_copy(update={"holder": _holder(person, viewer) if person else None})
        case "contracts":
            return contracts.on_the_day(view, reference.as_of, withheld=not _may_see_values(reference, held, viewer))  # type: ignore[arg-type]
        case "risks":
            return risks.on_the_day(view, reference.as_of)  # type: ignore[arg-type]
    return view


def typed(held: Held) -> RecordView:
    """The record as its topic's view, without anything derived."""
    own = {
        "id": held.id,
        "version": held.version,
        "owner": held.owner,
        "valid_from": held.valid_from,
        "valid_to": held.valid_to,
        "recorded_from": held.recorded_from,
        "committed_by": held.committed_by,
    }
    return TOPICS[held.topic].view.model_validate({**held.content, **own})


def people_seen(tx: Reading, ids: Collection[str], viewer: Viewer) -> dict[str, Person]:
    """People by id, as the caller may see them and as they are now."""
    return {key: _holder(person, viewer) for key, person in people.find(tx, ids).items()}


def _holder(person: people.PersonHeld, viewer: Viewer) -> Person:
    if viewer.for_keeping:
        return Person(**kept(person).model_dump())
    return seen(person, signed_in=viewer.signed_in)


def _may_see_values(reference: Reference, held: Held, viewer: Viewer) -> bool:
    """The parties, for whom their offices speak, and those that succeeded them."""
    if viewer.everything or held.content.get("values_public"):
        return True
    speaks_for = {reference.payer(body) for body in viewer.bodies}
    parties = {reference.payer(body) for body in (held.owner, *bodies_of(TOPICS["contracts"], held.content))}
    return bool(speaks_for) and (
        not speaks_for.isdisjoint(parties)
        or any(speaks_for & successors(reference, party, viewer.today) for party in parties)
    )
