"""Claims as recorded: reading them at a position, writing the next version of one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, func, insert, select, update

from concord_contracts.registry import ClaimStatus, Commitment, Role
from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading, Writing
from concord_registry import tables
from concord_registry.store.periods import in_force, known
from concord_registry.world import ANY, Claim

CLAIMS: Table = tables.Base.metadata.tables["claims"]
MOST_PLACES_NAMED = 500
"""Beyond this many places the whole table is read: naming them would cost more than it saves."""


def in_scope(
    tx: Reading, as_of: date, known_at: datetime, pathway: str | None, places: Collection[str] | None
) -> list[Claim]:
    """Claims in force that can apply to a pathway (None: any) in places (None, or very many: any)."""
    where = [known(CLAIMS, known_at), in_force(CLAIMS, as_of)]
    if pathway is not None:
        where.append(CLAIMS.c.pathway.in_((pathway, ANY)))
    if places is not None and len(places) <= MOST_PLACES_NAMED:
        where.append(CLAIMS.c.place.in_(sorted(places)))
    return _read(tx, where)


def of_maps(
    tx: Reading, first: date, last: date, known_at: datetime, pathways: Collection[str], places: Collection[str]
) -> list[Claim]:
    """Claims in force on any day from `first` to `last`, both included, of some pathways in some places."""
    of_them = CLAIMS.c.pathway.in_([*sorted(pathways), ANY])
    where = [known(CLAIMS, known_at), CLAIMS.c.valid_from <= last, CLAIMS.c.valid_to > first, of_them]
    if len(places) <= MOST_PLACES_NAMED:
        where.append(CLAIMS.c.place.in_(sorted(places)))
    return _read(tx, where)


def of_pathways(tx: Reading, as_of: date, known_at: datetime, pathways: Collection[str]) -> list[Claim]:
    """Claims in force of some pathways, wherever they are."""
    of_them = CLAIMS.c.pathway.in_([*sorted(pathways), ANY])
    return _read(tx, [known(CLAIMS, known_at), in_force(CLAIMS, as_of), of_them])


def listed(
    tx: Reading,
    as_of: date,
    known_at: datetime,
    *,
    filters: Mapping[str, Sequence[str]],
    after: str | None,
    limit: int,
) -> list[Claim]:
    """Claims in force, by id, after one; `filters` names columns and the values allowed in each."""
    where = [known(CLAIMS, known_at), in_force(CLAIMS, as_of)]
    where += [CLAIMS.c[column].in_(list(values)) for column, values in filters.items() if values]
    if after is not None:
        where.append(CLAIMS.c.claim > after)
    query = select(CLAIMS).where(*where).order_by(CLAIMS.c.claim).limit(limit)
    return [_claim(row) for row in tx.connection.execute(query)]


def versions(tx: Reading, claim: str, known_at: datetime) -> list[tuple[Claim, datetime]]:
    """Every version recorded by then, oldest first, each with the end of its recorded period."""
    query = select(CLAIMS).where(CLAIMS.c.claim == claim, CLAIMS.c.recorded_from <= known_at)
    rows = tx.connection.execute(query.order_by(CLAIMS.c.version))
    # what was recorded later than asked is not known yet, so neither is the correction it brought
    return [(_claim(row), row.recorded_to if row.recorded_to <= known_at else FOREVER_AT) for row in rows]


def present(tx: Reading, claim: str) -> Claim | None:
    """The version known now; None for an unknown or a withdrawn claim."""
    found = _read(tx, [CLAIMS.c.claim == claim, CLAIMS.c.recorded_to == FOREVER_AT])
    return found[0] if found else None


def present_ones(tx: Reading, claims: Iterable[str]) -> dict[str, Claim]:
    """The versions known now, of those that there are."""
    ids = sorted(set(claims))
    found: dict[str, Claim] = {}
    for start in range(0, len(ids), MOST_PLACES_NAMED):
        some = CLAIMS.c.claim.in_(ids[start : start + MOST_PLACES_NAMED])
        found |= {claim.id: claim for claim in _read(tx, [some, CLAIMS.c.recorded_to == FOREVER_AT])}
    return found


def successors(tx: Reading, claim: str) -> list[Claim]:
    """Claims known now that follow this one."""
    return _read(tx, [CLAIMS.c.succeeds == claim, CLAIMS.c.recorded_to == FOREVER_AT])


def replaced_at(tx: Reading, claim: str, at: datetime) -> Claim | None:
    """The version that stopped being known at exactly this moment; None where none did."""
    found = _read(tx, [CLAIMS.c.claim == claim, CLAIMS.c.recorded_to == at])
    return found[0] if found else None


def first_recorded(tx: Reading, claim: str) -> datetime | None:
    """When anything was first recorded of a claim."""
    return tx.connection.execute(select(func.min(CLAIMS.c.recorded_from)).where(CLAIMS.c.claim == claim)).scalar()


def present_of(tx: Reading, *, asserted_by: str, stage: str, pathway: str, place: str) -> list[Claim]:
    """What a body says now of a stage of a pathway in a place, whatever day it is for."""
    return _read(
        tx,
        [
            CLAIMS.c.asserted_by == asserted_by,
            CLAIMS.c.stage == stage,
            CLAIMS.c.pathway == pathway,
            CLAIMS.c.place == place,
            CLAIMS.c.recorded_to == FOREVER_AT,
        ],
    )


def of_agreement(tx: Reading, agreement: str, known_at: datetime) -> list[Claim]:
    """An agreement's claims as known at a moment, whatever day they are for."""
    return _read(tx, [CLAIMS.c.agreement == agreement, known(CLAIMS, known_at)])


def last_versions_of_agreement(tx: Reading, agreement: str) -> list[Claim]:
    """The last version of each claim an agreement ever had, withdrawn ones too."""
    query = select(CLAIMS).where(CLAIMS.c.agreement == agreement).order_by(CLAIMS.c.claim, CLAIMS.c.version)
    return list({row.claim: _claim(row) for row in tx.connection.execute(query)}.values())


def last_versions(tx: Reading, claims: Collection[str]) -> dict[str, int]:
    """Claim -> its last version, withdrawn or not, of those that there ever was one of."""
    found: dict[str, int] = {}
    ids = sorted(claims)
    for start in range(0, len(ids), MOST_PLACES_NAMED):
        some = CLAIMS.c.claim.in_(ids[start : start + MOST_PLACES_NAMED])
        query = select(CLAIMS.c.claim, func.max(CLAIMS.c.version)).where(some).group_by(CLAIMS.c.claim)
        found |= {row[0]: row[1] for row in tx.connection.execute(query)}
    return found


def record(tx: Writing, claims: Iterable[Claim], digests: dict[str, str] | None = None) -> None:
    """Write versions, known from this transaction on. Close the versions before them first (`withdraw`)."""
    digests = digests or {}
    rows = [_columns(claim, tx.at, digests.get(claim.id)) for claim in claims]
    if rows:
        tx.connection.execute(insert(CLAIMS), rows)


def withdraw(tx: Writing, claims: Iterable[str]) -> None:
    """End what is known of claims: their open versions stop at this transaction."""
    ids = sorted(claims)
    for start in range(0, len(ids), MOST_PLACES_NAMED):
        tx.connection.execute(
            update(CLAIMS)
            .where(CLAIMS.c.claim.in_(ids[start : start + MOST_PLACES_NAMED]), CLAIMS.c.recorded_to == FOREVER_AT)
            .values(recorded_to=tx.at)
        )


def correct(tx: Writing, claim: Claim) -> None:
    """The next version of a claim in place of the present one, keeping what line of a file it came from."""
    query = select(CLAIMS.c.digest).where(CLAIMS.c.claim == claim.id, CLAIMS.c.recorded_to == FOREVER_AT)
    digest = tx.connection.execute(query).scalar()
    withdraw(tx, [claim.id])
    record(tx, [claim], {claim.id: digest} if digest else None)


_ROLES = {role.value: role for role in Role}
_STATUSES = {status.value: status for status in ClaimStatus}
_FIELDS = tuple(field.name for field in fields(Claim))
_READ = [CLAIMS.c["claim" if name == "id" else name] for name in _FIELDS]
_ROLE, _STATUS, _COMMITMENT, _ON_BEHALF_OF = map(_FIELDS.index, ("role", "status", "commitment", "on_behalf_of"))


def _read(tx: Reading, where: list[ColumnElement[bool]]) -> list[Claim]:
    """By position: a row of this table has thirty columns, and England has a hundred thousand such rows."""
    return [_claim_of(row) for row in tx.connection.execute(select(*_READ).where(*where))]


def _claim_of(row: Row[Any]) -> Claim:
    values = [*row]
    values[_ROLE] = _ROLES[values[_ROLE]]
    values[_STATUS] = _STATUSES[values[_STATUS]]
    values[_ON_BEHALF_OF] = tuple(values[_ON_BEHALF_OF].split())
    if values[_COMMITMENT]:
        values[_COMMITMENT] = Commitment(values[_COMMITMENT])
    return Claim(*values)


def _claim(row: Row[Any]) -> Claim:
    """From a row of all columns."""
    return _claim_of(row._mapping[column] for column in _READ)  # type: ignore[arg-type]


def _columns(claim: Claim, at: datetime, digest: str | None) -> dict[str, Any]:
    return {
        "claim": claim.id,
        "version": claim.version,
        "role": claim.role.value,
        "organisation": claim.organisation,
        "on_behalf_of": " ".join(claim.on_behalf_of),
        "stage": claim.stage,
        "pathway": claim.pathway,
        "place": claim.place,
        "function": claim.function,
        "status": claim.status.value,
        "commitment": claim.commitment.value if claim.commitment else None,
        "asserted_by": claim.asserted_by,
        "authority": claim.authority,
        "quotation": claim.quotation,
        "source": claim.source,
        "stated_on": claim.stated_on,
        "confirmed_by": claim.confirmed_by,
        "confirmed_on": claim.confirmed_on,
        "review_by": claim.review_by,
        "disputed_by": claim.disputed_by,
        "disputed_reason": claim.disputed_reason,
        "interim_payer": claim.interim_payer,
        "interim_since": claim.interim_since,
        "displaces": claim.displaces,
        "succeeds": claim.succeeds,
        "agreement": claim.agreement,
        "valid_from": claim.valid_from,
        "valid_to": claim.valid_to,
        "recorded_from": at,
        "recorded_to": FOREVER_AT,
        "digest": digest,
    }
