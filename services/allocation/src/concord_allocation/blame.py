"""Which change of a what-if broke the problem: callers know their changes, not the document they were applied to."""

from collections.abc import Sequence

from concord_allocation import translate
from concord_allocation.core.changes import PARTS
from concord_allocation.core.problem import Fault, InvalidProblem
from concord_contracts.allocation import Change, NewPayer, Problem
from concord_contracts.identifiers import Request

CARRIED = {
    "limits": "limit",
    "pace_of_change": "pace",
    "mechanisms": "mechanism",
    "funds": "fund",
    "purses": "purse",
    "bars": "bar",
    "lines": "line",
    "curves": "curve",
} | {part: field for field, part in PARTS.items()}
"""Part of the problem -> the field of a change that puts something new there."""


def blamed(problem: Problem, changes: Sequence[Change], found: InvalidProblem) -> InvalidProblem:
    """The same refusal with its faults at `/changes/<number>`: at the first change after which the problem is at fault.

    Faults that name a change already are left as they are.
    """
    if all(fault.pointer.startswith("/changes") for fault in found.faults):
        return found
    held = len(problem.purses)
    for number, change in enumerate(changes):
        try:
            changed = translate.apply(problem, changes[: number + 1])
            translate.check(changed)
        except InvalidProblem as broken:
            return InvalidProblem(_at_change(number, change, broken.faults, held))
        held = len(changed.purses)
    return found


def _at_change(number: int, change: Change, faults: Sequence[Fault], held: int) -> list[Fault]:
    """Faults in what the change carries, each at its place in it; of the rest one, told at the change itself.

    `held`: how many purses there were before it; those that a new payer brings come after them.
    """
    at = f"/changes/{number}"
    inside: list[Fault] = []
    elsewhere: list[Fault] = []
    for fault in faults:
        _, part, *rest = fault.pointer.split("/")
        field = CARRIED.get(part)
        if fault.pointer.startswith(at):
            inside.append(fault)
        elif part == "purses" and isinstance(change, NewPayer) and rest and int(rest[0]) >= held:
            inside.append(fault._replace(pointer="/".join((at, part, str(int(rest[0]) - held), *rest[1:]))))
        elif field is not None and isinstance(getattr(change, field, None), Request) and rest:
            inside.append(fault._replace(pointer="/".join((at, field, *rest[1:]))))
        else:
            elsewhere.append(fault)
    if elsewhere:
        first, more = elsewhere[0], len(elsewhere) - 1
        told = f"makes a problem that cannot be: {first.pointer} {first.detail}" + (
            f", and {more} more" if more else ""
        )
        inside.append(Fault(at, first.kind, told))
    return inside
