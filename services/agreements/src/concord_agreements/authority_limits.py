"""Who may commit a body, up to which whole-life value: a board's scheme of delegation as dated values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from concord_agreements.amounts import in_words

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
    """The limits of a body on a day, by role; its own rows before those of its kind, the last of its own rows first:
    what it publishes in the registry is given after what this service was loaded with."""
    rows = [r for r in limits if r.decision == decision and r.valid_from <= on < r.valid_to]
    general = {r.role: r for r in rows if r.body == "*" and r.body_kind == kind}
    return general | {r.role: r for r in rows if r.body == organisation}


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
