"""A pathway's versions: its ordered stages between the days on which they change. Pure."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class DatedStage:
    stage: str
    order: int
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Version:
    """`[valid_from, valid_to)`; numbered from 1 in the order of time."""

    number: int
    valid_from: date
    valid_to: date
    stages: tuple[str, ...]
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()


def versions(rows: Iterable[DatedStage]) -> list[Version]:
    """Periods in which the ordered stages are the same; days without any stage belong to no version."""
    rows = list(rows)
    days = sorted({day for row in rows for day in (row.valid_from, row.valid_to)})
    found: list[Version] = []
    for start, end in itertools.pairwise(days):
        held = sorted((row.order, row.stage) for row in rows if row.valid_from <= start < row.valid_to)
        stages = tuple(stage for _, stage in held)
        last = found[-1] if found else None
        if last is not None and last.valid_to == start and last.stages == stages:
            found[-1] = replace(last, valid_to=end)
        elif stages:
            before = last.stages if last is not None else ()
            found.append(_version(len(found) + 1, start, end, stages, before))
    return found


def on_day(found: Sequence[Version], day: date) -> Version | None:
    return next((one for one in found if one.valid_from <= day < one.valid_to), None)


def _version(number: int, start: date, end: date, stages: tuple[str, ...], before: tuple[str, ...]) -> Version:
    if not before:
        return Version(number, start, end, stages)
    now = [stage for stage in stages if stage in before]
    then = [stage for stage in before if stage in stages]
    return Version(
        number=number,
        valid_from=start,
        valid_to=end,
        stages=stages,
        added=tuple(stage for stage in stages if stage not in before),
        removed=tuple(stage for stage in before if stage not in stages),
        moved=tuple(one for one, other in zip(now, then, strict=True) if one != other),
    )
