"""The yardstick of a what-if: HiGHS alone, given the arrays of the compiled problem and then exactly the changes of
costs, bounds and bases that our ordered objectives give it, with nothing of ours in between."""

from collections.abc import Callable
from typing import Any

import highspy
import numpy as np

from concord_allocation.core.matrix import Matrix
from concord_allocation.core.solver import OPTIONS, Live, Status
from concord_allocation.core.stages import optimise

CHANGES = frozenset({"changeColsCost", "changeColsBounds", "changeRowsBounds", "setBasis", "run"})
"""What moves the model on; everything else that `optimise` asks of it is reading."""

type Tape = list[tuple[str, tuple[Any, ...]]]


class YardstickBroken(Exception):
    """The bare solver did not do what ours did: its time would say nothing."""


class _Recorder:
    """HiGHS as `Live` uses it; notes what changes the model."""

    def __init__(self, highs: Any, tape: Tape) -> None:
        self._highs, self._tape = highs, tape

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._highs, name)
        if name not in CHANGES:
            return method

        def noted(*arguments: Any) -> Any:
            self._tape.append((name, arguments))
            return method(*arguments)

        return noted


def bare_solver(matrix: Matrix) -> Callable[[], None]:
    """What solves the matrix's stages with HiGHS alone. Raises YardstickBroken where it ends elsewhere than ours."""
    tape: Tape = []
    live = Live(matrix)
    if live.first_status != Status.OPTIMAL:
        raise YardstickBroken(f"the problem has no plan: {live.first_status}")
    live.highs = _Recorder(live.highs, tape)
    optimise(live)
    ours = live.highs.getObjectiveValue()

    def solve() -> None:
        _replay(matrix, tape)

    bare = _replay(matrix, tape).getObjectiveValue()
    if abs(bare - ours) > 1e-6 * max(1.0, abs(ours)):
        raise YardstickBroken(f"the last objective is {bare}, ours {ours}")
    return solve


def _replay(matrix: Matrix, tape: Tape) -> Any:
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in {"output_flag": False, "threads": 1, **OPTIONS}.items():
        highs.setOptionValue(name, value)
    none = np.zeros(0, dtype=np.int32)
    cost = matrix.objectives["benefit"]
    highs.addCols(matrix.columns.count, cost, matrix.col_lower, matrix.col_upper, 0, none, none, np.zeros(0))
    start, index = matrix.start[:-1].astype(np.int32), matrix.index.astype(np.int32)
    rows = len(matrix.rows)
    highs.addRows(rows, matrix.row_lower, matrix.row_upper, len(matrix.value), start, index, matrix.value)
    highs.run()
    for name, arguments in tape:
        getattr(highs, name)(*arguments)
    return highs
