"""Which scenarios the rule of retention lets go. Pure: what is held goes in, what is due comes out."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from concord_contracts.allocation.retention import DueScenario, RetentionRule
from concord_contracts.identifiers import digest_of

RULE = "uncited-and-untouched"
MOST_AT_ONCE = 500
"""Scenarios that one act removes: a transaction that stays short."""
BASIS = (
    "Assumption: six years, in which a claim on a simple contract can be brought (Limitation Act 1980, section 5); "
    "range 1 to 20 years, a judgement. The NHS records management code of practice has a schedule of its own, "
    "and so may the body: whichever is longer decides (ALLOCATION_RETENTION_YEARS). Nothing goes "
    "without a person's act."
)


@dataclass(frozen=True, slots=True)
class Held:
    """A scenario that is here. `touched_at`: when it was made, built on or cited, whichever was last."""

    id: str
    seq: int
    parent: str | None
    title: str
    made_for: str | None
    created_at: datetime
    touched_at: datetime
    problem_digest: str
    answer_digest: str
    cited: bool


def years_before(moment: datetime, years: int) -> datetime:
    """The same day and time so many years earlier; 1 March for a 29 February that is not there."""
    try:
        return moment.replace(year=moment.year - years)
    except ValueError:
        return moment.replace(year=moment.year - years, month=3, day=1)


def rule(known_at: datetime, years: int) -> RetentionRule:
    since = years_before(known_at, years)
    return RetentionRule(
        key=RULE,
        years=years,
        untouched_since=since,
        words=(
            f"A scenario is due when no agreement cites it, nothing that is kept was built on it, and nobody has "
            f"touched it for {years} years (since {since.date().isoformat()})."
        ),
        basis=BASIS,
    )


def due(held: Iterable[Held], before: datetime, whose: Collection[str | None] | None = None) -> list[Held]:
    """Those that may go, what was built on others first; all others' are kept where `whose` names bodies.

    What is kept keeps everything that it was built on.
    """
    known = {one.id: one for one in held}
    kept: set[str] = set()
    for one in known.values():
        mine = whose is None or one.made_for in whose
        if one.cited or one.touched_at >= before or not mine:
            up: str | None = one.id
            while up is not None and up in known and up not in kept:
                kept.add(up)
                up = known[up].parent
    return sorted((one for one in known.values() if one.id not in kept), key=lambda one: -one.seq)


def digest(items: Sequence[Held]) -> str:
    """Names exactly this list."""
    return digest_of([[one.id, one.problem_digest, one.answer_digest] for one in items])


def shown(one: Held) -> DueScenario:
    return DueScenario(
        scenario=one.id,
        title=one.title,
        made_for=one.made_for,
        created_at=one.created_at,
        touched_at=one.touched_at,
        problem_digest=one.problem_digest,
        answer_digest=one.answer_digest,
    )
