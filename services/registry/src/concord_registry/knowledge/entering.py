"""Entering, correcting and ending a record: each function is one transaction's work.

A record is entered by a body whose matter it is, or by a data steward. The body that entered it keeps it, and so do
those that succeeded that body: what an ended body held must not be out of everybody's reach.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from uuid_utils import uuid7

from concord_contracts.problems import Fault
from concord_contracts.registry import RecordEnd, RecordIn
from concord_kit.database import Reading, Writing
from concord_kit.problems import Problem
from concord_registry.knowledge import authorities
from concord_registry.knowledge.topics import Held, Topic, concerned, content_of, references, terms
from concord_registry.knowledge.under_mandate import committed, require_lent
from concord_registry.knowledge.writer import Writer
from concord_registry.reading import LAST_DAY
from concord_registry.refusals import Expect, refuse
from concord_registry.store import people, records
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import ANY, Reference


def enter(tx: Writing, read: ReferenceReader, topic: Topic, sent: RecordIn, by: Writer) -> Held:
    """A new record, of what was sent."""
    require_lent(tx, topic, by)
    reference = read.read(tx, min(sent.valid_from, LAST_DAY), tx.head_at)
    content = content_of(sent)
    refuse(checked(tx, reference, topic, content, by))
    held = Held(topic.name, str(uuid7()), 1, reference.payer(by.me), sent.valid_from, sent.valid_to, content)
    refuse_twin(tx, held)
    followed = _predecessor(tx, reference, topic, held, sent.succeeds, by) if sent.succeeds is not None else None
    refuse_overlap(tx, held, [followed[1]] if followed else [])
    held = committed(tx, reference, None, held, by, [followed] if followed else [])
    if followed is not None and followed[0] != followed[1]:
        before, ended = followed
        records.write(tx, [(ended, records.terms_of(tx, before.id))])
    return _written(tx, reference, topic, held)


def correct(
    tx: Writing, read: ReferenceReader, topic: Topic, record: str, sent: RecordIn, by: Writer, expect: Expect
) -> Held:
    """The next version of a record: all of it, as we know it now. The same again changes nothing."""
    before = _kept_by(tx, read, topic, record, by)
    expect(before.version)
    reference = read.read(tx, min(sent.valid_from, LAST_DAY), tx.head_at)
    content = content_of(sent)
    if content.get("succeeds") not in (None, before.content.get("succeeds")):
        words = "a record succeeds another from its beginning on, or not at all"
        raise Problem("invalid-request", errors=[Fault(pointer="/succeeds", detail=words, type="refused")])
    content |= {"succeeds": before.content["succeeds"]} if "succeeds" in before.content else {}
    refuse(checked(tx, reference, topic, content, by, before))
    after = replace(
        before, version=before.version + 1, content=content, valid_from=sent.valid_from, valid_to=sent.valid_to
    )
    if replace(after, version=before.version) == before:
        tx.unchanged()
        return before
    refuse_twin(tx, after)
    refuse_overlap(tx, after)
    return _written(tx, reference, topic, committed(tx, reference, before, after, by))


def end(
    tx: Writing, read: ReferenceReader, topic: Topic, record: str, sent: RecordEnd, by: Writer, expect: Expect
) -> Held:
    """From a day on the record no longer holds; ended on its first day, it never did."""
    before = _kept_by(tx, read, topic, record, by)
    expect(before.version)
    return _written(tx, None, topic, _ended(before, sent.on or by.today))


def _ended(before: Held, on: date, pointer: str = "/on") -> Held:
    if not before.valid_from <= on < before.valid_to:
        words = f"{before.id} holds from {before.valid_from} until before {before.valid_to}"
        raise Problem("invalid-request", errors=[Fault(pointer=pointer, detail=words, type="outside")])
    return replace(before, version=before.version + 1, valid_to=on)


def _written(tx: Writing, reference: Reference | None, topic: Topic, held: Held) -> Held:
    """`reference` None: what it refers to has not changed."""
    refers = terms(reference, topic, held.content) if reference else records.terms_of(tx, held.id)
    records.write(tx, [(held, refers)])
    tx.concerns(f"{topic.name}:{held.id}")
    return replace(held, recorded_from=tx.at)


def _kept_by(tx: Reading, read: ReferenceReader, topic: Topic, record: str, by: Writer) -> Held:
    """The present version, if the writer may change it."""
    require_lent(tx, topic, by)
    before = records.present(tx, topic.name, record)
    if before is None:
        raise Problem("not-found", f"There is no record {record} among {topic.name}.")
    reference = read.read(tx, by.today, tx.head_at)
    keepers = {before.owner, *successors(reference, before.owner, by.today)}
    if not by.steward and reference.payer(by.me) not in keepers:
        raise Problem(
            "not-allowed",
            f"{before.owner} entered this record and keeps it.",
            action=topic.write,
            acting_for=by.me,
            roles_needed=sorted(keepers),
        )
    return before


def successors(reference: Reference, body: str, day: date) -> frozenset[str]:
    """Everybody who had followed a body by a day, over any number of steps."""
    found: set[str] = set()
    waiting = [body]
    while waiting:
        last = waiting.pop()
        for event in reference.succession:
            if event.predecessor == last and event.on <= day and event.successor not in found:
                found.add(event.successor)
                waiting.append(event.successor)
    return frozenset(found - {body})


def checked(
    tx: Reading, reference: Reference, topic: Topic, content: dict[str, Any], by: Writer, before: Held | None = None
) -> Iterator[Fault]:
    """Codes that the map does not hold on the record's first day, and a matter that is not the writer's.

    Whoever keeps a record (`before`) may also correct it as a matter of the bodies whose matter it was: of those that
    the keeper succeeded, or for whom a steward entered it.
    """
    if by.me not in reference.bodies:
        yield Fault(
            parameter="header:X-Acting-For", detail=f"unknown organisation {by.me}", type="unknown-organisation"
        )
    named = list(references(topic, content))
    known_people = people.find(tx, [value for _, kind, value in named if kind == "person"])
    for pointer, kind, value in named:
        fault = _unknown(tx, reference, kind, value)
        if kind == "person" and (value not in known_people or known_people[value].erased):
            fault = f"unknown person {value}", "unknown-person"
        if fault is not None:
            yield Fault(pointer=pointer, detail=fault[0], type=fault[1])
    matter_of = concerned(reference, topic, content)
    standing = {reference.payer(by.me)} | (concerned(reference, topic, before.content) if before else frozenset())
    if not by.steward and standing.isdisjoint(matter_of):
        words = f"is a matter of {', '.join(sorted(matter_of)) or 'nobody named'}, not of {by.me}"
        yield Fault(pointer=f"/{topic.about[0].partition('.')[0]}", detail=words, type="not-yours")


def _unknown(tx: Reading, reference: Reference, kind: str, value: str) -> tuple[str, str] | None:
    """What is wrong with a name, in words and as a kind."""
    match kind:
        case "organisation":
            known = value in reference.bodies
            if known and not reference.bodies[value].in_being(reference.as_of):
                return f"{reference.name(value)} ({value}) is not in being on {reference.as_of}", "not-in-being"
        case "place":
            known = value in reference.places
        case "stage":
            known = value == ANY or value in reference.stages
        case "pathway":
            known = value == ANY or value in reference.pathways
        case "record":
            known = records.exists(tx, value)
        case _:
            return None
    return None if known else (f"unknown {kind} {value} on {reference.as_of}", f"unknown-{kind}")


def refuse_twin(tx: Reading, held: Held) -> None:
    """The same said twice of the same days would be counted twice."""
    other = twin(held, records.twins(tx, held.topic, held.owner, held.content))
    if other is not None:
        raise Problem("conflict", f"{words_of_twin(other)}.", record=other.id)


def refuse_overlap(tx: Reading, held: Held, changed: Sequence[Held] = ()) -> None:
    """Two limits of one office on a day leave open which counts. `changed`: records as this transaction leaves them."""
    if held.topic != authorities.TOPIC:
        return
    as_left = {one.id: one for one in [*limits_like(tx, held), *changed]}
    others = authorities.overlapping(held, as_left.values())
    if others:
        words = authorities.words_of_overlap(held, others)
        raise Problem(
            authorities.SLUG,
            f"{words[0].upper()}{words[1:]}.",
            asked=authorities.told(held),
            recorded=[authorities.told(one) for one in others],
        )


def limits_like(tx: Reading, held: Held) -> list[Held]:
    """Limits of authority of the same body, office and decision that are known now, of whatever days."""
    body, role, decision = authorities.matter(held)
    named = {"organisation": [body], "role": [role], "decision": [decision]}
    return records.listed(tx, [authorities.TOPIC], records.Days(), tx.head_at, terms=named)


def twin(held: Held, same: Iterable[Held]) -> Held | None:
    """Of records of a body that say the same the first other one that holds on a day of this one."""
    return next((one for one in same if one.id != held.id and one.meets(held)), None)


def words_of_twin(other: Held) -> str:
    return f"{other.id} says the same from {other.valid_from}: correct or end that one"


def _predecessor(
    tx: Reading, reference: Reference, topic: Topic, held: Held, earlier: str, by: Writer
) -> tuple[Held, Held]:
    """The record that a new one succeeds, as it is and as it ends then."""
    before = records.present(tx, topic.name, earlier)
    if before is None:
        detail = f"unknown record {earlier} among {topic.name}"
        raise Problem("unknown-code", errors=[Fault(pointer="/succeeds", detail=detail, type="unknown-record")])
    keepers = {before.owner, *successors(reference, before.owner, held.valid_from)}
    if not by.steward and held.owner not in keepers:
        raise Problem("not-allowed", f"{before.owner} entered {earlier} and keeps it.", roles_needed=sorted(keepers))
    if before.valid_to == held.valid_from:
        return before, before
    return before, _ended(before, held.valid_from, "/valid_from")
