"""Who may commit a body, up to which whole-life value: a board's scheme of delegation as dated values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from concord_agreements.amounts import in_words
from concord_contracts.identifiers import FOREVER

DECISION = "enter_agreement"
"""The decision type of the reference data that entering an agreement is."""


@dataclass(frozen=True, slots=True)
class AuthorityLimit:
    """A role may take a decision up to `limit_pence` (None: without limit), perhaps only jointly with another role.

    `body` is one body, or `*` for every body of the kind; a row for the body itself takes precedence.
    """

    body_kind: str
    body: str
    role: str
    decision: str
    limit_pence: int | None
    jointly_with: str | None
    valid_from: date
    valid_to: date
    note: str = ""
    record: str | None = None
    """The registry's record of it; None: this service's own table."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A body's own limits as the registry published them for the day of a decision. `known_at` None: it was silent."""

    known_at: datetime | None
    limits: tuple[AuthorityLimit, ...] = ()


class Standing(StrEnum):
    """What one approval amounts to."""

    SUFFICIENT = "sufficient"
    NEEDS_OTHER = "needs-other"
    EXCEEDS = "exceeds"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a role could commit its body, with the figures a program can use and the words a person reads."""

    standing: Standing
    words: str
    limit_pence: int | None = None
    needs: tuple[str, ...] = ()


def limits_for(
    limits: Iterable[AuthorityLimit], organisation: str, kind: str, on: date, decision: str = DECISION
) -> dict[str, AuthorityLimit]:
    """The limits of a body on a day, by role: what it publishes in the registry before its rows that were loaded here,
    and these before those of its kind. A role with several of one source is left out: see `several_for`."""
    told = _by_role(limits, organisation, kind, on, decision)
    return {role: rows[0] for role, rows in told.items() if len(rows) == 1}


def several_for(
    limits: Iterable[AuthorityLimit], organisation: str, kind: str, on: date, decision: str = DECISION
) -> dict[str, list[AuthorityLimit]]:
    """Roles of which one source tells several limits for a day. Which counts is the body's to say, nobody's to pick."""
    told = _by_role(limits, organisation, kind, on, decision)
    return {role: rows for role, rows in told.items() if len(rows) > 1}


def _by_role(
    limits: Iterable[AuthorityLimit], organisation: str, kind: str, on: date, decision: str
) -> dict[str, list[AuthorityLimit]]:
    """Per role the limits of the source that comes first, of which there should be one."""
    sources: list[dict[str, list[AuthorityLimit]]] = [{}, {}, {}]
    for row in limits:
        if row.decision != decision or not row.valid_from <= on < row.valid_to:
            continue
        if row.body == organisation:
            sources[2 if row.record else 1].setdefault(row.role, []).append(row)
        elif row.body == "*" and row.body_kind == kind:
            sources[0].setdefault(row.role, []).append(row)
    return sources[0] | sources[1] | sources[2]


def judge(role: str, whole_life_pence: int, limits: dict[str, AuthorityLimit]) -> Judgement:
    """Whether `role` may commit its body to `whole_life_pence`, by the body's limits (from `limits_for`, not empty)."""
    able = tuple(sorted(r for r, row in limits.items() if _reaches(row, whole_life_pence)))
    limit = limits.get(role)
    if limit is None:
        known = ", ".join(map(_spoken, sorted(limits)))
        return Judgement(
            Standing.NONE,
            f"No authority to enter agreements is recorded for the {_spoken(role)}: only for {known}.",
            0,
            able,
        )
    if not _reaches(limit, whole_life_pence):
        words = (
            f"Whole-life {in_words(whole_life_pence)} exceeds the {_spoken(role)}'s limit of "
            f"{in_words(limit.limit_pence or 0)}: {_needs(able)}."
        )
        return Judgement(Standing.EXCEEDS, words, limit.limit_pence, able)
    if limit.jointly_with:
        words = f"The {_spoken(role)} decides jointly with the {_spoken(limit.jointly_with)}."
        return Judgement(Standing.NEEDS_OTHER, words, limit.limit_pence, (limit.jointly_with,))
    return Judgement(Standing.SUFFICIENT, f"Within the {_spoken(role)}'s authority.", limit.limit_pence)


def committed(approved_by: Mapping[str, dict[str, AuthorityLimit]], whole_life_pence: int) -> bool:
    """Whether the roles that approved are together enough to commit their body, each by the limits of its own day."""
    for role, limits in approved_by.items():
        judgement = judge(role, whole_life_pence, limits)
        if judgement.standing is Standing.SUFFICIENT:
            return True
        if judgement.standing is Standing.NEEDS_OTHER and set(judgement.needs) <= approved_by.keys():
            return True
    return False


def in_a_line(limit: AuthorityLimit) -> str:
    """A limit's height, days and record."""
    height = "without limit" if limit.limit_pence is None else f"up to {in_words(limit.limit_pence)}"
    other = f" with the {_spoken(limit.jointly_with)}" if limit.jointly_with else ""
    until = "" if limit.valid_to == FOREVER else f" until before {limit.valid_to}"
    return f"{height}{other} from {limit.valid_from}{until} ({limit.record or 'loaded here'})"


def _reaches(limit: AuthorityLimit, pence: int) -> bool:
    return limit.limit_pence is None or pence <= limit.limit_pence


def _spoken(role: str) -> str:
    return role.replace("_", " ").replace("-", " ")


_DECISION_WORDS = {
    "governing-body": "a governing-body minute",
    "cabinet": "a cabinet decision",
    "board": "a board minute",
}


def _needs(able: tuple[str, ...]) -> str:
    if not able:
        return "no role of this body may commit it to so much"
    return "needs " + " or ".join(_DECISION_WORDS.get(r.replace("_", "-"), f"the {_spoken(r)}") for r in able)
