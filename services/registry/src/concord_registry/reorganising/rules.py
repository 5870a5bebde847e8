"""What is wrong with a reorganisation: every fault at once, each with its pointer. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from concord_contracts.problems import Fault
from concord_contracts.registry import (
    Closes,
    ClosesPlace,
    Merges,
    Opens,
    OpensPlace,
    PassesPlace,
    Renames,
    ReorganisationIn,
    Splits,
    Transfers,
)
from concord_registry import postcodes
from concord_registry.world import GROUND_KINDS, Reference


@dataclass
class Named:
    """Where a reorganisation names what: pointer of each first mention, by body or place."""

    opened: dict[str, str] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    going_on: dict[str, str] = field(default_factory=dict)
    """Bodies that pass on a part and stay."""
    following: list[tuple[str, str]] = field(default_factory=list)
    """(pointer, body) of those that something passes to."""
    renamed: dict[str, str] = field(default_factory=dict)
    codes: dict[tuple[str, str], str] = field(default_factory=dict)
    opened_places: dict[str, str] = field(default_factory=dict)
    changed_places: dict[str, str] = field(default_factory=dict)
    twice: list[Fault] = field(default_factory=list)

    def once(self, where: dict[str, str], key: str, pointer: str) -> None:
        """Note a mention that may be made once."""
        if key in where:
            self.twice.append(Fault(pointer=pointer, detail=f"{key} is named at {where[key]} already", type="twice"))
        else:
            where[key] = pointer


def named(sent: ReorganisationIn) -> Named:
    """What the events name."""
    found = Named()
    for index, event in enumerate(sent.events):
        at = f"/events/{index}"
        match event:
            case Opens():
                found.once(found.opened, event.body, f"{at}/body")
            case Merges():
                for number, body in enumerate(event.predecessors):
                    found.once(found.ended, body, f"{at}/predecessors/{number}")
                found.following.append((f"{at}/successor", event.successor))
                if event.place is not None:
                    found.once(found.opened_places, event.place.key, f"{at}/place/key")
            case Splits():
                kept = found.going_on if event.goes_on else found.ended
                found.once(kept, event.predecessor, f"{at}/predecessor")
                found.following += [
                    (f"{at}/successors/{number}/body", one.body) for number, one in enumerate(event.successors)
                ]
            case Transfers():
                found.once(found.ended, event.predecessor, f"{at}/predecessor")
                found.following.append((f"{at}/successor", event.successor))
            case Closes():
                found.once(found.ended, event.body, f"{at}/body")
            case Renames():
                found.once(found.renamed, event.body, f"{at}/body")
            case OpensPlace():
                found.once(found.opened_places, event.place, f"{at}/place")
            case PassesPlace() | ClosesPlace():
                found.once(found.changed_places, event.place, f"{at}/place")
    return found


def faults(
    before: Reference,
    on: Reference,
    sent: ReorganisationIn,
    kinds: frozenset[str],
    codes: Mapping[tuple[str, str], str],
) -> list[Fault]:
    """Everything wrong. `before` is the map of the day before, `on` that of the day; `codes` are all there ever were,
    with whose they are."""
    all_named = named(sent)
    return [
        *all_named.twice,
        *_ending(before, all_named, sent),
        *_following(on, all_named, sent),
        *_opening(on, sent, kinds, codes),
        *_splits(sent),
        *_renames(on, all_named, sent, codes),
        *_places(before, on, all_named, sent),
        *([] if sent.source is None or sent.source in on.sources else [_unknown("/source", "source", sent.source)]),
    ]


def _unknown(pointer: str, kind: str, key: str) -> Fault:
    return Fault(pointer=pointer, detail=f"unknown {kind} {key}", type=f"unknown-{kind}")


def _ending(before: Reference, found: Named, sent: ReorganisationIn) -> Iterator[Fault]:
    """Those that end or pass on a part are known, in being on the day before, and not passed on by another event."""
    for body, pointer in [*found.ended.items(), *found.going_on.items()]:
        if body in found.opened:
            words = f"{body} is opened at {found.opened[body]}: it cannot begin and pass on at once"
            yield Fault(pointer=pointer, detail=words, type="contradiction")
        elif body not in before.bodies:
            yield _unknown(pointer, "organisation", body)
        elif not before.bodies[body].in_being(before.as_of):
            own = before.bodies[body]
            words = f"{own.name} ({body}) is in being from {own.valid_from} until before {own.valid_to}, "
            yield Fault(pointer=pointer, detail=f"{words}not on {before.as_of}", type="not-in-being")
        else:
            later = [event.on for event in before.succession if event.predecessor == body and event.on >= sent.on]
            ends_later = before.bodies[body].valid_to
            if later:
                words = f"{before.name(body)} ({body}) is passed on on {min(later)} already"
                yield Fault(pointer=pointer, detail=words, type="already-passed-on")
            elif ends_later == sent.on and body in found.ended:
                words = f"{before.name(body)} ({body}) ends on {sent.on} already"
                yield Fault(pointer=pointer, detail=words, type="already-ended")
        if body in found.going_on and body in found.ended:
            yield Fault(pointer=pointer, detail=f"{body} ends at {found.ended[body]}: it cannot go on", type="twice")


def _following(on: Reference, found: Named, sent: ReorganisationIn) -> Iterator[Fault]:
    """Those that follow are in being on the day or opened here, and do not end on it."""
    for pointer, body in found.following:
        if body in found.ended:
            yield Fault(pointer=pointer, detail=f"{body} ends at {found.ended[body]}", type="ends-here")
        elif body not in found.opened:
            if body not in on.bodies:
                yield _unknown(pointer, "organisation", body)
            elif not on.bodies[body].in_being(sent.on):
                words = f"{on.name(body)} ({body}) is not in being on {sent.on}"
                yield Fault(pointer=pointer, detail=words, type="not-in-being")


def _opening(
    on: Reference, sent: ReorganisationIn, kinds: frozenset[str], codes: Mapping[tuple[str, str], str]
) -> Iterator[Fault]:
    taken = dict(codes)
    opened = {event.body for event in sent.events if isinstance(event, Opens)}
    for index, event in enumerate(sent.events):
        at = f"/events/{index}"
        if not isinstance(event, Opens):
            continue
        if event.body in on.bodies:
            words = f"there is {on.name(event.body)} ({event.body}) already; a code is never used again"
            yield Fault(pointer=f"{at}/body", detail=words, type="taken")
        if event.kind not in kinds:
            words = f"unknown kind of body {event.kind}; there are {', '.join(sorted(kinds))}"
            yield Fault(pointer=f"{at}/kind", detail=words, type="unknown-kind")
        for number, code in enumerate(event.codes):
            if code.scheme == postcodes.SCHEME:
                continue  # bodies may share a seat
            whose = taken.setdefault((code.scheme, code.code), event.body)
            if whose != event.body:
                words = f"{code.scheme} {code.code} is the code of {whose}"
                yield Fault(pointer=f"{at}/codes/{number}", detail=words, type="taken")
        for number, relation in enumerate(event.relations):
            if relation.object not in on.bodies and relation.object not in opened:
                yield _unknown(f"{at}/relations/{number}/object", "organisation", relation.object)


def _splits(sent: ReorganisationIn) -> Iterator[Fault]:
    """Shares come to 1, or to less where the body goes on; nobody follows twice, or itself."""
    for index, event in enumerate(sent.events):
        at = f"/events/{index}"
        if not isinstance(event, Splits):
            if isinstance(event, Merges) and event.successor in event.predecessors:
                yield Fault(pointer=f"{at}/successor", detail=f"{event.successor} would follow itself", type="cycle")
            if isinstance(event, Transfers) and event.successor == event.predecessor:
                yield Fault(pointer=f"{at}/successor", detail=f"{event.successor} would follow itself", type="cycle")
            continue
        total = sum((one.share for one in event.successors), Decimal(0))
        if event.goes_on and total >= 1:
            words = f"the shares come to {total}: what goes on keeps a part, so they come to less than 1"
            yield Fault(pointer=f"{at}/successors", detail=words, type="shares")
        if not event.goes_on and abs(total - 1) > Decimal("0.000001"):
            words = f"the shares come to {total}, not 1; a body that keeps the rest goes on (`goes_on`)"
            yield Fault(pointer=f"{at}/successors", detail=words, type="shares")
        if event.basis == "published" and sent.source is None:
            words = "published shares name their document: give `source`"
            yield Fault(pointer=f"{at}/basis", detail=words, type="no-source")
        bodies = [one.body for one in event.successors]
        for number, body in enumerate(bodies):
            if body == event.predecessor:
                words = f"{body} would follow itself; a body that keeps a part goes on (`goes_on`)"
                yield Fault(pointer=f"{at}/successors/{number}/body", detail=words, type="cycle")
            if body in bodies[:number]:
                yield Fault(pointer=f"{at}/successors/{number}/body", detail=f"{body} follows twice", type="twice")


def _renames(
    on: Reference, found: Named, sent: ReorganisationIn, codes: Mapping[tuple[str, str], str]
) -> Iterator[Fault]:
    for index, event in enumerate(sent.events):
        if not isinstance(event, Renames):
            continue
        pointer = f"/events/{index}/body"
        if event.body in found.opened or event.body in found.ended:
            other = found.opened.get(event.body) or found.ended.get(event.body)
            yield Fault(pointer=pointer, detail=f"{event.body} begins or ends at {other}", type="contradiction")
        elif event.body not in on.bodies:
            yield _unknown(pointer, "organisation", event.body)
        elif not on.bodies[event.body].in_being(sent.on - timedelta(days=1)):
            words = f"{on.name(event.body)} ({event.body}) is not in being before {sent.on}"
            yield Fault(pointer=pointer, detail=words, type="not-in-being")
        elif on.name(event.body) == event.name and event.code is None:
            yield Fault(pointer=f"/events/{index}/name", detail=f"{event.name} is its name already", type="unchanged")
        if event.code is not None:
            whose = codes.get((event.code.scheme, event.code.code), event.body)
            if whose != event.body:
                words = f"{event.code.scheme} {event.code.code} is the code of {whose}"
                yield Fault(pointer=f"/events/{index}/code", detail=words, type="taken")


def _places(before: Reference, on: Reference, found: Named, sent: ReorganisationIn) -> Iterator[Fault]:
    def known(pointer: str, key: str) -> Iterator[Fault]:
        if key not in on.places and key not in found.opened_places:
            yield _unknown(pointer, "place", key)

    for key, pointer in found.opened_places.items():
        if key in on.places or key in before.places:
            yield Fault(pointer=pointer, detail=f"there is a place {key} already", type="taken")
    for index, event in enumerate(sent.events):
        at = f"/events/{index}"
        if isinstance(event, PassesPlace | ClosesPlace) and event.place not in before.places:
            yield _unknown(f"{at}/place", "place", event.place)
        elif isinstance(event, PassesPlace) and event.place not in on.places:
            words = f"{event.place} ends on {sent.on} already"
            yield Fault(pointer=f"{at}/place", detail=words, type="already-ended")
        if isinstance(event, PassesPlace | OpensPlace) and event.body is not None:
            if event.body in found.ended:
                yield Fault(
                    pointer=f"{at}/body", detail=f"{event.body} ends at {found.ended[event.body]}", type="ends-here"
                )
            elif event.body not in on.bodies and event.body not in found.opened:
                yield _unknown(f"{at}/body", "organisation", event.body)
        if isinstance(event, OpensPlace):
            for name, keys in (("parents", event.parents), ("members", event.members)):
                for number, key in enumerate(keys):
                    yield from known(f"{at}/{name}/{number}", key)
            if event.kind in GROUND_KINDS and on.overlaps and not event.footprint:
                words = f"the place of a {event.kind} says where it lies"
                yield Fault(pointer=f"{at}/footprint", detail=words, type="no-footprint")
            for number, one in enumerate(event.footprint):
                yield from known(f"{at}/footprint/{number}/with_place", one.with_place)
        if isinstance(event, Merges) and event.place is not None:
            for number, body in enumerate(event.predecessors):
                if body in before.bodies and not _ground(before, body):
                    words = f"{body} has no place with a footprint to merge"
                    yield Fault(pointer=f"{at}/predecessors/{number}", detail=words, type="no-footprint")


def _ground(reference: Reference, body: str) -> list[str]:
    return [key for key in reference.places_of_body.get(body, ()) if reference.overlaps_by_place.get(key)]
