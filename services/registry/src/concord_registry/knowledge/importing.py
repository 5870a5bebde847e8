"""Records and people out of tables: under the same rules as one that is entered by itself.

A record of a table is known by the body, the kind and the body's own key, so a second file corrects what the first one
said. A person's own key is personal data: it stands beside the name, and no report says what a person's cells hold.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError
from uuid_utils import uuid7

from concord_contracts.imports import RowChange
from concord_contracts.registry import PersonIn
from concord_kit.bodies import digest
from concord_kit.database import Reading, Writing
from concord_kit.fault_words import words_of
from concord_kit.sheets import SheetFault
from concord_registry.acting import lent
from concord_registry.knowledge.entering import checked, twin, words_of_twin
from concord_registry.knowledge.reported import DETAILS, person_cells, record_cells, shown
from concord_registry.knowledge.rows import PARTS, PEOPLE, RECORD_ROWS, PersonRow, RecordRow
from concord_registry.knowledge.topics import TOPICS, Held, content_of, terms
from concord_registry.knowledge.under_mandate import Over, judged
from concord_registry.knowledge.writer import Writer
from concord_registry.own_rows import SentRow
from concord_registry.reading import LAST_DAY
from concord_registry.store import people, records
from concord_registry.store.people import PersonHeld
from concord_registry.store.records import Term
from concord_registry.store.reference import ReferenceReader

LONGEST_ID = 80


@dataclass
class RecordChanges:
    """Records and people to write, and what that changes."""

    written: list[tuple[Held, Collection[Term]]] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    people_added: list[PersonHeld] = field(default_factory=list)
    people_changed: list[PersonHeld] = field(default_factory=list)
    rows: list[RowChange] = field(default_factory=list)
    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def note_person(self, key: str, kind: Any, before: PersonHeld | None, after: PersonHeld | None) -> None:
        self._note(RowChange(table=PEOPLE, key=key, kind=kind, cells=person_cells(before, after)))

    def note_record(self, table: str, key: str, kind: Any, before: Held | None, after: Held | None) -> None:
        row = RowChange(table=table, key=key, kind=kind, cells=record_cells(before, after))
        self._note(shown(row, before, after))

    def _note(self, row: RowChange) -> None:
        self.counts[row.table][row.kind] += 1
        self.rows.append(row)


def planned(
    tx: Reading, references: ReferenceReader, sent: Sequence[SentRow], by: Writer
) -> tuple[RecordChanges, list[SheetFault]]:
    """What the rows would change, and what is wrong with them."""
    found = RecordChanges()
    if not sent:
        return found, []
    me = references.read(tx, by.today, tx.head_at).payer(by.me)
    faults = [*_not_lent(tx, sent, by)]
    import_ = _Import(tx, references, replace(by, me=me), found)
    faults += import_.people([one for one in sent if one.table == PEOPLE])
    faults += import_.records([one for one in sent if one.table != PEOPLE])
    return found, faults


def _not_lent(tx: Reading, sent: Sequence[SentRow], by: Writer) -> Iterator[SheetFault]:
    """By a mandate a table is sent only where what it writes may be written without a table."""
    if by.holder is None:
        return
    first = {(one.table, _action(one)): one for one in reversed(sent)}
    for (table, action), one in first.items():
        if not lent(tx, holder=by.holder, body=by.me, action=action, today=by.today):
            words = f"no mandate of {by.me} lets {by.holder} do {action}"
            yield one.fault(None, f"{table}: {words}", "not-lent")


def _action(one: SentRow) -> str:
    if one.table == PEOPLE:
        return "people.write" if one.row else "people.erase"
    return TOPICS["contracts" if one.table in PARTS else _topic(one.table)].write


def write(tx: Writing, found: RecordChanges) -> None:
    """Record people first, then records that name them."""
    for person in found.people_added:
        people.add(tx, person)
    for person in found.people_changed:
        people.overwrite(tx, person)
    records.withdraw(tx, found.withdrawn)
    records.write(tx, found.written)


class _Import:
    """One import under way."""

    def __init__(self, tx: Reading, references: ReferenceReader, by: Writer, found: RecordChanges) -> None:
        self._tx = tx
        self._references = references
        self._by = by
        self._found = found
        self._people = people.by_own_key(tx, by.me)
        self._lines: dict[str, SentRow] = {}
        self._before: dict[str, Held | None] = {}

    def people(self, sent: Sequence[SentRow]) -> Iterator[SheetFault]:
        for one in sent:
            key = str(one.identity[0])
            held = self._people.get(key)
            if isinstance(one.row, PersonRow):
                yield from self._person(one, one.row, key, held)
            elif held is None:
                yield one.fault(
                    "person", "there is no such person of yours: nothing to withdraw", "nothing-to-withdraw"
                )
            else:
                erased = PersonHeld(held.id, held.version + 1, held.owner, "nothing", erased=True)
                self._found.people_changed.append(erased)
                self._found.note_person(held.id, "withdrawn", held, None)

    def _person(self, one: SentRow, row: PersonRow, key: str, held: PersonHeld | None) -> Iterator[SheetFault]:
        details = row.model_dump(mode="json", include=set(DETAILS))
        try:
            PersonIn.model_validate(details)
        except ValidationError as error:
            yield from _faults(one, error)
            return
        fresh = held or PersonHeld(str(uuid7()), 0, self._by.me, "nothing")
        person = replace(fresh, version=fresh.version + 1, own_key=key, **details)
        if held is None:
            self._people[key] = person
            self._found.people_added.append(person)
            self._found.note_person(person.id, "added", None, person)
        elif all(getattr(held, name) == getattr(person, name) for name in DETAILS):
            self._found.counts[PEOPLE]["unchanged"] += 1
        else:
            self._found.people_changed.append(person)
            self._found.note_person(person.id, "changed", held, person)

    def records(self, sent: Sequence[SentRow]) -> Iterator[SheetFault]:
        groups: dict[tuple[str, str], list[SentRow]] = defaultdict(list)
        for one in sent:
            groups["contracts" if one.table in PARTS else _topic(one.table), str(one.identity[0])].append(one)
        ids = {group: f"{self._by.me}~{group[0]}~{group[1]}" for group in groups}
        versions = records.last_versions(self._tx, list(ids.values()))
        for (topic, key), rows in groups.items():
            record = ids[topic, key]
            whole = [one for one in rows if one.table not in PARTS]
            if len(record) > LONGEST_ID:
                yield rows[0].fault(rows[0].table, f"{record} is longer than {LONGEST_ID} letters: shorten the key")
            elif len(whole) > 1:
                yield whole[1].fault(None, f"{key} stands twice: a record has one line", "twice")
            else:
                held = records.present(self._tx, topic, record)
                self._lines[record] = rows[0]
                yield from self._record(topic, record, held, versions.get(record, 0), whole, rows)
        yield from self._twins()
        yield from self._over_a_limit()

    def _over_a_limit(self) -> Iterator[SheetFault]:
        """What commits a body to more than the mandate lets its holder, with everything else the file commits it to."""
        written = self._found.written
        reference = self._references.read(self._tx, self._by.today, self._tx.head_at)
        versions = [(self._before[after.id], after) for after, _ in written]
        for index, one in enumerate(judged(self._tx, reference, versions, self._by)):
            after, refers = written[index]
            if isinstance(one, Over):
                yield self._lines[after.id].fault(None, one.words, "exceeds-mandate")
            else:
                written[index] = (one, refers)

    def _twins(self) -> Iterator[SheetFault]:
        """What would say the same as another record of the body, as it is or as the file leaves it."""
        written = {after.id: after for after, _ in self._found.written}
        same: dict[tuple[str, str], list[Held]] = defaultdict(list)
        for after in written.values():
            same[after.topic, digest(dict(after.content))].append(after)
        for after in written.values():
            kept = records.twins(self._tx, after.topic, after.owner, after.content)
            others = [one for one in kept if one.id not in written]
            other = twin(after, [*others, *same[after.topic, digest(dict(after.content))]])
            if other is not None:
                yield self._lines[after.id].fault(None, words_of_twin(other), "conflict")

    def _record(
        self,
        topic: str,
        record: str,
        held: Held | None,
        last_version: int,
        whole: Sequence[SentRow],
        rows: Sequence[SentRow],
    ) -> Iterator[SheetFault]:
        first = whole[0] if whole else rows[0]
        if held is None and not (whole and whole[0].row):
            yield first.fault(None, f"there is no record {record}: send its line, or nothing of it", "nothing-there")
            return
        if whole and whole[0].row is None:
            self._found.withdrawn.append(record)
            self._found.note_record(first.table, record, "withdrawn", held, None)
            return
        given = self._given(whole, held)
        for table, part in PARTS.items():
            parts = _parts(held, part, [one for one in rows if one.table == table])
            given |= {part: parts} if parts else {}
        kind = TOPICS[topic]
        try:
            sent = kind.sent.model_validate(given)
        except ValidationError as error:
            yield from _faults(first, error)
            return
        reference = self._references.read(self._tx, min(sent.valid_from, LAST_DAY), self._tx.head_at)
        content = content_of(sent)
        new = {person.id for person in self._found.people_added}
        known_content = {name: value for name, value in content.items() if name != "person" or value not in new}
        wrong = list(checked(self._tx, reference, kind, known_content, self._by, held))
        for fault in wrong:
            column = (fault.pointer or "").split("/")[1:2]
            yield first.fault(column[0] if column else None, fault.detail, fault.type)
        if wrong:
            return
        after = Held(topic, record, last_version + 1, held.owner if held else self._by.me,
                     sent.valid_from, sent.valid_to, content, line=held.line if held else None)  # fmt: skip
        self._plan(first.table, held, after, terms(reference, kind, content))

    def _given(self, whole: Sequence[SentRow], held: Held | None) -> dict[str, Any]:
        """The record as its line says it, else as it is held; a person by our own id for them."""
        if whole and isinstance(whole[0].row, RecordRow):
            given = whole[0].row.cells()
        elif held is not None:
            days = {"valid_from": held.valid_from.isoformat(), "valid_to": held.valid_to.isoformat()}
            given = {name: value for name, value in held.content.items() if name not in PARTS.values()} | days
        else:
            given = {}
        person = self._people.get(given.get("person", ""))
        return given | ({"person": person.id} if person else {})

    def _plan(self, table: str, held: Held | None, after: Held, refers: Collection[Term]) -> None:
        if held is not None and not record_cells(held, after):
            self._found.counts[table]["unchanged"] += 1
            return
        self._found.note_record(table, after.id, "changed" if held else "added", held, after)
        self._before[after.id] = held
        self._found.written.append((after, refers))


def _topic(table: str) -> str:
    model = RECORD_ROWS[table]
    if not issubclass(model, RecordRow):
        raise TypeError(f"{table} is no table of records")
    return model.topic


def _parts(held: Held | None, part: str, sent: Sequence[SentRow]) -> list[dict[str, Any]]:
    """A contract's parts: those held, with those sent in their place or beside them, without those withdrawn."""
    keys = {"associates": ("organisation",), "values": ("year", "money")}[part]
    found = {tuple(one[key] for key in keys): one for one in (held.content.get(part, ()) if held else ())}
    for row in sent:
        key = tuple(str(getattr(value, "value", value)) for value in row.identity[1:])
        if row.row is None:
            found.pop(key, None)
        else:
            found[key] = row.row.model_dump(mode="json", exclude={"contract"}, exclude_none=True)
    return [found[key] for key in sorted(found)]


def _faults(one: SentRow, error: ValidationError) -> Iterator[SheetFault]:
    for fault in error.errors(include_url=False, include_input=False):
        yield one.fault(str(fault["loc"][0]) if fault["loc"] else None, words_of(fault), fault["type"])
