"""Personal data: kept, changed and erased. Records and the journal hold a person's id, and nothing else of them."""

from dataclasses import replace

from uuid_utils import uuid7

from concord_contracts.registry import Person, PersonIn, PersonKept, Shown
from concord_kit.database import Reading, Writing
from concord_kit.problems import Problem
from concord_registry.knowledge.entering import successors
from concord_registry.knowledge.writer import Writer
from concord_registry.refusals import Expect
from concord_registry.store import people
from concord_registry.store.people import PersonHeld
from concord_registry.store.reference import ReferenceReader


def keep(tx: Writing, read: ReferenceReader, sent: PersonIn, by: Writer) -> PersonHeld:
    """A new person, of the body acted for."""
    owner = read.read(tx, by.today, tx.head_at).payer(by.me)
    person = PersonHeld(str(uuid7()), 1, owner, sent.shown.value, sent.name, sent.email, sent.telephone)
    people.add(tx, person)
    tx.concerns(f"person:{person.id}")
    return person


def change(tx: Writing, read: ReferenceReader, person: str, sent: PersonIn, by: Writer, expect: Expect) -> PersonHeld:
    """The person's details as they are now; what they were is not kept."""
    before = _kept_by(tx, read, person, by)
    expect(before.version)
    if before.erased:
        raise Problem("conflict", f"The details of {person} were erased; enter the person anew.")
    after = replace(
        before,
        version=before.version + 1,
        shown=sent.shown.value,
        name=sent.name,
        email=sent.email,
        telephone=sent.telephone,
    )
    people.overwrite(tx, after)
    return after


def erase(tx: Writing, read: ReferenceReader, person: str, by: Writer, expect: Expect) -> PersonHeld:
    """Nothing of the person is left but the id that roles point at. Erasing again changes nothing."""
    before = _kept_by(tx, read, person, by)
    expect(before.version)
    if before.erased:
        tx.unchanged()
        return before
    after = PersonHeld(before.id, before.version + 1, before.owner, Shown.NOTHING.value, erased=True)
    people.overwrite(tx, after)
    return after


def _kept_by(tx: Reading, read: ReferenceReader, person: str, by: Writer) -> PersonHeld:
    before = people.find(tx, [person]).get(person)
    if before is None:
        raise Problem("not-found", f"There is no person {person}.")
    reference = read.read(tx, by.today, tx.head_at)
    keepers = {before.owner, *successors(reference, before.owner, by.today)}
    if not by.steward and reference.payer(by.me) not in keepers:
        raise Problem("not-allowed", f"{before.owner} keeps this person's details.", roles_needed=sorted(keepers))
    return before


def kept(person: PersonHeld) -> PersonKept:
    """That there are details, and none of them."""
    return PersonKept(
        id=person.id, version=person.version, owner=person.owner, shown=Shown(person.shown), erased=person.erased
    )


def seen(person: PersonHeld, *, signed_in: bool) -> Person:
    """A person as the caller may see them."""
    about = kept(person).model_dump()
    names = signed_in or person.shown != Shown.NOTHING
    contact = signed_in or person.shown == Shown.CONTACT
    return Person(
        **about,
        name=person.name if names else None,
        email=person.email if contact else None,
        telephone=person.telephone if contact else None,
    )
