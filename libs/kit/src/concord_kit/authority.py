"""Who may do what: one table per service, the source of enforcement, of its tests and of its documentation.

A row allows an action to holders of a role in a relation to the matter. What no row allows is refused, and no switch
turns this off.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from concord_kit.mandates import MandateSource, permits
from concord_kit.problems import Problem
from concord_kit.tokens import SERVICE, Principal, unauthenticated


class Relation(StrEnum):
    """How the caller stands to the matter."""

    SELF = "self"
    """holds the role at the body acted for"""
    MANDATE = "mandate"
    """holds the role at a support body with a mandate in force from the body acted for"""
    PARTY = "party"
    """holds the role at the body acted for, which the service finds to be a party to the record"""
    PARTY_BY_MANDATE = "party-by-mandate"
    """holds the role at a support body with a mandate from a party to the record"""
    SERVICE = "service"
    """is the service named, by a token of its own, with the role"""
    AUDITOR = "auditor"
    """holds the role anywhere; sees everything"""
    ANYONE = "anyone"
    """anybody: without a token where the service's reads are public, else with any"""


@dataclass(frozen=True, slots=True)
class Row:
    """`role` holders in `relation` may do `action`. `service` names the one service of a SERVICE row."""

    action: str
    role: str
    relation: Relation
    service: str | None = None

    def __post_init__(self) -> None:
        if (self.relation is Relation.SERVICE) != (self.service is not None):
            raise ValueError(f"{self}: a row by service names the service, and no other row does")

    def __str__(self) -> str:
        who = f"{SERVICE}{self.service}" if self.service else self.relation.value
        return f"{self.role} ({who})"


@dataclass(frozen=True, slots=True)
class Grant:
    """Why a call is allowed: the row, the body acted for and, by mandate, the support body that acts."""

    row: Row
    acting_for: str | None
    holder: str | None = None


class Authority:
    """The table of one service."""

    def __init__(self, rows: Iterable[Row], *, public_reads: bool = True) -> None:
        self.rows = tuple(rows)
        self.public_reads = public_reads
        self.actions = frozenset(row.action for row in self.rows)
        self.public_actions = frozenset(
            row.action for row in self.rows if public_reads and row.relation is Relation.ANYONE
        )

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    async def grant(
        self,
        action: str,
        principal: Principal | None,
        acting_for: str | None,
        mandates: MandateSource,
        on: date,
    ) -> Grant:
        """Why `principal` (None: no token) may do `action`, else a 400, 401 or 403 problem."""
        rows = [row for row in self.rows if row.action == action]
        if principal is None:
            return self._grant_to_anyone(rows)
        found = (
            _by_service(rows, principal)
            or _by_own_role(rows, principal, acting_for)
            or await _by_mandate(rows, principal, acting_for, mandates, on)
            or _by_office(rows, principal, acting_for)
        )
        if found is None:
            raise _refusal(action, rows, principal, acting_for)
        return found

    def _grant_to_anyone(self, rows: list[Row]) -> Grant:
        if self.public_reads:
            for row in rows:
                if row.relation is Relation.ANYONE:
                    return Grant(row, None)
        raise unauthenticated("missing", "Send `Authorization: Bearer <token>`.")


_OWN = (Relation.SELF, Relation.PARTY)
_LENT = (Relation.MANDATE, Relation.PARTY_BY_MANDATE)


def _by_service(rows: list[Row], principal: Principal) -> Grant | None:
    for row in rows:
        named = row.service is not None and principal.subject == SERVICE + row.service
        if named and principal.holds(row.role, principal.subject):
            return Grant(row, None)
    return None


def _by_own_role(rows: list[Row], principal: Principal, acting_for: str | None) -> Grant | None:
    held = {
        body: row
        for row in reversed(rows)
        if row.relation in _OWN
        for body in principal.organisations(row.role)
        if acting_for in (None, body)
    }
    if len(held) > 1 and _by_office(rows, principal, None) is None:
        raise _which(sorted(held))
    if len(held) != 1:
        return None
    ((body, row),) = held.items()
    return Grant(row, body)


async def _by_mandate(
    rows: list[Row], principal: Principal, acting_for: str | None, mandates: MandateSource, on: date
) -> Grant | None:
    holders = [(row, body) for row in rows if row.relation in _LENT for body in principal.organisations(row.role)]
    if acting_for is None:
        if holders and _by_office(rows, principal, None) is None:
            raise _which(sorted({body for _, body in holders}), by_mandate=True)
        return None
    for row, holder in holders:
        if permits(await mandates.in_force(holder, acting_for, on), row.action):
            return Grant(row, acting_for, holder)
    return None


def _by_office(rows: list[Row], principal: Principal, acting_for: str | None) -> Grant | None:
    """Auditors, and what anyone may do: the body acted for plays no part beyond being one's own."""
    if acting_for is not None and acting_for not in principal.roles:
        return None
    for row in rows:
        if row.relation is Relation.ANYONE or (row.relation is Relation.AUDITOR and principal.organisations(row.role)):
            return Grant(row, acting_for)
    return None


def _which(bodies: list[str], *, by_mandate: bool = False) -> Problem:
    words = "Name in `X-Acting-For` the body you act for"
    words += f" under a mandate to {', '.join(bodies)}." if by_mandate else f": one of {', '.join(bodies)}."
    return Problem("acting-for-required", words, bodies=bodies)


def _refusal(action: str, rows: list[Row], principal: Principal, acting_for: str | None) -> Problem:
    if not rows:
        words = "Nobody may do this."
    elif all(row.relation is Relation.SERVICE for row in rows):
        words = f"Only {' and '.join(sorted(f'{row.service}' for row in rows))} may do this, by its own key."
    elif acting_for is None:
        words = "You hold no role that allows this."
    else:
        words = f"You hold no role at {acting_for} that allows this, and no mandate from it does."
    needed = [str(row) for row in rows]
    return Problem("not-allowed", words, action=action, acting_for=acting_for, roles_needed=needed)
