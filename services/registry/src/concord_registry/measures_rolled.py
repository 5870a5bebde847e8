"""Measured values of one measure and period, re-expressed for the bodies of a later day. Pure.

Numbers of people are divided by the shares that passed on and added up; shares are worked out anew from their
numerators and denominators, divided and added the same way. A rate without a denominator has nothing to weigh it by and
is refused. Totals stay as they were, to the last printed decimal.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from concord_contracts.identifiers import first_day
from concord_contracts.registry import MeasureView, RolledFrom
from concord_kit.apportion import apportion_printed
from concord_registry.rolling import parts_of
from concord_registry.succession import Part
from concord_registry.views import named
from concord_registry.world import Reference

COUNTED = frozenset({"people", "weighted people"})
"""Units that add up."""

MEASURES_RULE = (
    "Numbers of people are divided over the bodies that follow by the shares that passed to them, to the last printed "
    "decimal, and added up; a share is what its numerators and denominators, divided so, come to. A body that followed "
    "one whose value was suppressed has none. Subjects that are no bodies of the map stay as they are."
)


class NotRollableError(ValueError):
    """The measure cannot be told of other bodies; the words say why."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """What of one published value reached a successor."""

    of: MeasureView
    part: Part
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None


def rolled(reference: Reference, then: Reference, values: Iterable[MeasureView], roll_to: date) -> list[MeasureView]:
    """Values by part and successor; `reference` names the bodies that they were of, `then` those of the later day.

    Of two files that say a value the later is used. BackwardsError where the period begins after the day,
    NotRollableError where nothing tells how much each value weighs.
    """
    latest: dict[tuple[str, str], MeasureView] = {}
    for one in values:
        known = latest.get((one.subject, one.part))
        if known is None or known.file < one.file:
            latest[one.subject, one.part] = one
    stay: list[MeasureView] = []
    pieces: dict[tuple[str, str], list[_Piece]] = {}
    for one in latest.values():
        if one.subject not in reference.bodies:
            stay.append(one)
            continue
        for piece in _pieces(one, parts_of(reference, one.subject, roll_to, first_day_of(one.period))):
            pieces.setdefault((piece.part.body, one.part), []).append(piece)
    made = [_together(reference, then, body, found) for (body, _), found in pieces.items()]
    return sorted([*stay, *made], key=lambda one: (one.part, one.subject))


def first_day_of(period: str) -> date:
    """Of a day, month, quarter (2013-14 Q1), financial year or year; NotRollableError for others.

    2010-11 is taken for the financial year: it begins before November 2010, so no succession is passed over.
    """
    found = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2})| Q([1-4]))?)?", period)
    try:
        if found is not None and found[3]:
            return date.fromisoformat(period)
        if found is not None and found[2] is None:
            return date(int(found[1]), 1, 1)
        if found is not None and (int(found[1]) + 1) % 100 == int(found[2]):
            start = first_day(f"{found[1]}-{found[2]}")
            months = start.month - 1 + 3 * (int(found[4] or 1) - 1)
            return date(start.year + months // 12, months % 12 + 1, 1)
        if found is not None and found[4] is None:
            return date(int(found[1]), int(found[2]), 1)
    except ValueError:
        pass
    raise NotRollableError(f"{period} is no period with a first day to follow bodies from")


def _pieces(one: MeasureView, parts: Sequence[Part]) -> list[_Piece]:
    if len(parts) == 1 and parts[0].body == one.subject:  # nobody followed it
        return [_Piece(one, parts[0], *(_exact(n) for n in (one.value, one.numerator, one.denominator)))]
    if one.unit in COUNTED:
        values = _divided(one.value, parts)
        return [_Piece(one, part, values[part.body], None, None) for part in parts]
    if one.unit == "share" and (one.denominator is not None or one.value is None):
        above, below = _divided(one.numerator, parts), _divided(one.denominator, parts)
        return [_Piece(one, part, None, above[part.body], below[part.body]) for part in parts]
    raise NotRollableError(
        f"{one.measure} is in {one.unit}, and the file says no denominator: nothing tells how much the value of each "
        "body weighs in that of those that follow"
    )


def _exact(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value))


def _divided(value: float | None, parts: Sequence[Part]) -> dict[str, Decimal | None]:
    exact = _exact(value)
    if exact is None:
        return dict.fromkeys((part.body for part in parts), None)
    whole = exact.to_integral_value()
    return {**apportion_printed(whole if whole == exact else exact, {part.body: part.share for part in parts})}


def _together(reference: Reference, then: Reference, body: str, pieces: Sequence[_Piece]) -> MeasureView:
    first = pieces[0].of
    alone = len(pieces) == 1 and first.subject == body
    if alone and pieces[0].part.share == 1:
        return first
    above, below = _total([p.numerator for p in pieces]), _total([p.denominator for p in pieces])
    if first.unit in COUNTED:
        value = _total([p.value for p in pieces])
    elif any(p.denominator is None and p.value is not None for p in pieces):
        raise NotRollableError(
            f"{first.measure} is in {first.unit}, and the file says no denominator for every body that "
            f"{then.name(body)} followed: nothing tells how much each value weighs"
        )
    else:
        value = above / below if above is not None and below else None
    return first.model_copy(
        update={
            "subject": body,
            "name": then.name(body) if body in then.bodies else None,
            "value": None if value is None else float(value),
            "numerator": None if above is None else float(above),
            "denominator": None if below is None else float(below),
            "file": max(p.of.file for p in pieces),
            "rolled_from": [
                RolledFrom(body=named(reference, p.of.subject), share=float(p.part.share), basis=p.part.basis)
                for p in sorted(pieces, key=lambda p: p.of.subject)
            ],
        }
    )


def _total(numbers: Sequence[Decimal | None]) -> Decimal | None:
    """None where one is not known."""
    known = [number for number in numbers if number is not None]
    return sum(known, Decimal(0)) if len(known) == len(numbers) else None
