"""How often responsibility changes hands along a pathway in one place."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from concord_registry.cells import Cell


@dataclass(frozen=True, slots=True)
class Fragmented:
    """score = hand-overs / (stages with a known commissioner - 1), 0..1; None with fewer than two known stages.

    Functions are left out: they run beside the pathway. `ranked` only where at least half of the stages are locally
    confirmed: else the score compares what is on paper, not places.
    """

    score: float | None
    hand_overs: int
    stages_known: int
    stages_confirmed_locally: int
    stages: int
    ranked: bool


def hand_overs(cells: Sequence[Cell]) -> Iterator[tuple[Cell, Cell]]:
    """Neighbouring stages with different commissioners; stages that nobody is known for are passed over."""
    known = [cell for cell in cells if cell.stage.kind == "stage" and cell.commissioners]
    for before, after in itertools.pairwise(known):
        if before.commissioners != after.commissioners:
            yield before, after


def fragmentation(cells: Sequence[Cell]) -> Fragmented:
    """The figures of one place, from its cells in pathway order."""
    stages = [cell for cell in cells if cell.stage.kind == "stage"]
    known = sum(1 for cell in stages if cell.commissioners)
    confirmed = sum(1 for cell in stages if cell.confirmed_locally)
    changes = sum(1 for _ in hand_overs(cells))
    return Fragmented(
        score=changes / (known - 1) if known > 1 else None,
        hand_overs=changes,
        stages_known=known,
        stages_confirmed_locally=confirmed,
        stages=len(stages),
        ranked=bool(stages) and 2 * confirmed >= len(stages),
    )
