"""Personal data, in the one table that holds any. A change overwrites; erasing leaves the id."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update

from concord_kit.database import Reading, Writing
from concord_registry import tables

PEOPLE = tables.Base.metadata.tables["people"]
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PersonHeld:
    """A person as kept; `own_key` is the owner's own key out of a form, personal data too."""

    id: str
    version: int
    owner: str
    shown: str
    name: str | None = None
    email: str | None = None
    telephone: str | None = None
    own_key: str | None = None
    erased: bool = False


def find(tx: Reading, ids: Collection[str]) -> dict[str, PersonHeld]:
    """Of these people those there are, by id."""
    found: dict[str, PersonHeld] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), AT_ONCE):
        query = select(PEOPLE).where(PEOPLE.c.person.in_(wanted[start : start + AT_ONCE]))
        found |= {row.person: _person(row) for row in tx.connection.execute(query)}
    return found


def by_own_key(tx: Reading, owner: str) -> dict[str, PersonHeld]:
    """A body's people that came out of a form, by its own keys."""
    query = select(PEOPLE).where(PEOPLE.c.owner == owner, PEOPLE.c.own_key.is_not(None))
    return {row.own_key: _person(row) for row in tx.connection.execute(query)}


def listed(tx: Reading, *, owner: str | None, after: str | None, limit: int) -> list[PersonHeld]:
    """People by id, after one; of one body, or of all."""
    query = select(PEOPLE).order_by(PEOPLE.c.person).limit(limit)
    if owner is not None:
        query = query.where(PEOPLE.c.owner == owner)
    if after is not None:
        query = query.where(PEOPLE.c.person > after)
    return [_person(row) for row in tx.connection.execute(query)]


def of_owner(tx: Reading, owner: str) -> list[PersonHeld]:
    """Everybody whose details a body keeps, without those who were erased; by id."""
    query = select(PEOPLE).where(PEOPLE.c.owner == owner, PEOPLE.c.erased_at.is_(None)).order_by(PEOPLE.c.person)
    return [_person(row) for row in tx.connection.execute(query)]


def erased(tx: Reading) -> frozenset[str]:
    """The ids of everybody whose details were erased."""
    return frozenset(tx.connection.execute(select(PEOPLE.c.person).where(PEOPLE.c.erased_at.is_not(None))).scalars())


def add(tx: Writing, person: PersonHeld) -> None:
    tx.connection.execute(insert(PEOPLE).values(person=person.id, changed_at=tx.at, **_columns(person)))


def overwrite(tx: Writing, person: PersonHeld) -> None:
    """The person as they are now, in place of what was kept."""
    stamp = {"changed_at": tx.at} | ({"erased_at": tx.at} if person.erased else {})
    tx.connection.execute(update(PEOPLE).where(PEOPLE.c.person == person.id).values(**_columns(person), **stamp))


def _columns(person: PersonHeld) -> dict[str, Any]:
    names = ("version", "owner", "own_key", "name", "email", "telephone", "shown")
    return {name: getattr(person, name) for name in names}


def _person(row: Row[Any]) -> PersonHeld:
    return PersonHeld(
        id=row.person,
        version=row.version,
        owner=row.owner,
        shown=row.shown,
        name=row.name,
        email=row.email,
        telephone=row.telephone,
        own_key=row.own_key,
        erased=row.erased_at is not None,
    )
