"""The bodies of another date: bodies, and whole numbers that are bodies', re-expressed for those that follow them.

Pure. A number is divided by the largest remainder: each successor gets the whole units of its share, and what is left
goes, one unit each, to those whose share was cut most, the first by id where that ties. So each number is conserved,
and with it every total.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from concord_kit.apportion import apportion as divide
from concord_registry.succession import Part
from concord_registry.world import Reference

RULE = (
    "Each figure is divided over the bodies that follow, by the shares that passed to them, in whole units: what "
    "rounding leaves goes to those whose share was cut most, the first by id where that ties. Totals stay the same."
)


@dataclass(frozen=True, slots=True)
class Origin:
    """A body of the earlier date that another follows, and the share of it that reached that one."""

    body: str
    share: Fraction
    basis: str


class BackwardsError(ValueError):
    """The day asked for lies before the figure's own: what follows does not tell what each predecessor had."""

    def __init__(self, day: date, roll_to: date) -> None:
        super().__init__(
            f"{roll_to} lies before {day}: what a body has does not tell what each of those before it had; ask with "
            f"as_of={roll_to} for what was held then"
        )


def parts_of(reference: Reference, body: str, roll_to: date, day: date | None = None) -> tuple[Part, ...]:
    """Who stands in a body's place on a later day; `day` is when it is meant, default the reference's.

    A body that was no longer in being then is followed from its last day.
    """
    day = day or reference.as_of
    if roll_to < day:
        raise BackwardsError(day, roll_to)
    return reference.lineage.parts(body, since(reference, body, day), roll_to)


def since(reference: Reference, body: str, day: date) -> date:
    """The day from which a body is followed: the day it is meant, or its last where that was earlier."""
    gone = reference.lineage.gone_on(body)
    ends = [end for end in (reference.body(body).valid_to, gone) if end is not None and end <= day]
    return min([day, *(end - timedelta(days=1) for end in ends)])


def bodies_rolled(reference: Reference, bodies: Iterable[str], roll_to: date) -> dict[str, list[Origin]]:
    """The bodies that stand on the day in the place of these, by id, each with those it stands for."""
    found: dict[str, list[Origin]] = {}
    for body in sorted(set(bodies)):
        for part in parts_of(reference, body, roll_to):
            found.setdefault(part.body, []).append(Origin(body, part.share, part.basis))
    return dict(sorted(found.items()))


def apportion(units: int, parts: Sequence[Part]) -> dict[str, int]:
    """Whole units over the parts, by the largest remainder; they sum to `units`, which may be negative."""
    return divide(units, {part.body: part.share for part in parts})
