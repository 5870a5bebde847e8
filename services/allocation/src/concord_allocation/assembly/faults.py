"""What keeps a problem from being assembled; every fault is collected before anybody is told."""

from collections.abc import Sequence
from dataclasses import dataclass

from concord_contracts.allocation.scenarios import ScenarioRequest


@dataclass(frozen=True, slots=True)
class AssemblyFault:
    """One thing wrong: where in the request (JSON pointer; none where it is not the request), what sort, words."""

    pointer: str | None
    kind: str
    words: str


class CannotAssemble(Exception):
    """The request cannot be made into a problem; carries every fault found, in the order of the request."""

    def __init__(self, faults: Sequence[AssemblyFault]) -> None:
        ordered = sorted(faults, key=lambda fault: _order(fault.pointer))
        super().__init__("; ".join(fault.words for fault in ordered))
        self.faults = tuple(ordered)


def _order(pointer: str | None) -> tuple[tuple[int, str], ...]:
    """Where in a request a pointer leads, as tuples sort; those that are no part of it come last."""
    fields = list(ScenarioRequest.model_fields)
    head, *rest = (pointer or "").strip("/").split("/")
    position = fields.index(head) if head in fields else len(fields)
    return ((position, ""), *((int(part), "") if part.isdecimal() else (0, part) for part in rest))
