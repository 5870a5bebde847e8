"""What keeps a problem from being assembled; every fault is collected before anybody is told."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AssemblyFault:
    """One thing wrong: where in the request (JSON pointer; none where it is not the request), what sort, words."""

    pointer: str | None
    kind: str
    words: str


class CannotAssemble(Exception):
    """The request cannot be made into a problem; carries every fault found."""

    def __init__(self, faults: Sequence[AssemblyFault]) -> None:
        super().__init__("; ".join(fault.words for fault in faults))
        self.faults = tuple(faults)
