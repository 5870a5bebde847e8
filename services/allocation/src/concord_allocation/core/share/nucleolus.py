"""The nucleolus: the division whose largest complaint is least, then the next largest, and so on until one is left.

A sequence of linear programmes (Maschler, Peleg and Shapley, 1979). At each level only coalitions that complain as
much in every optimum are fixed: those with a positive dual. What the fixed ones determine is dropped; with n
independent ones the division is found.
"""

from dataclasses import dataclass

import numpy as np
import pulp

from concord_allocation.core.problem import Floats, Ints
from concord_allocation.core.share.game import Game, membership, sizes

POSITIVE = 1e-7
"""Duals above this (they sum to 1 at each level) are not zero."""

RANK = 1e-9
"""Part of a coalition's indicator outside the span of the fixed ones, below which it is determined by them."""


class UndeterminedError(Exception):
    """The programmes did not single out one division: the numbers lie too far apart."""


@dataclass(frozen=True, slots=True)
class LeastCore:
    """The least largest complaint any division can have, and the coalitions that hold it there."""

    complaint: float
    coalitions: tuple[tuple[str, ...], ...]


def nucleolus(game: Game, *, per_capita: bool = False) -> Floats:
    """The nucleolus, or with complaints counted per head of the coalition.

    Nobody is given less than it has alone where that is possible. Raises UndeterminedError.
    """
    return _Levels(game, per_capita=per_capita).run()


def least_core(game: Game) -> LeastCore | None:
    """How much the most aggrieved coalition must at least complain; below or at 0 the core is not empty.

    None where there is no proper coalition.
    """
    if len(game.players) < 2:
        return None
    level = _Levels(game, per_capita=False, individually=False)
    _, complaint, tight = level.solve()
    return LeastCore(complaint * level.unit, tuple(game.names(int(level.masks[k])) for k in tight))


class _Levels:
    """The rows still open, and the span of those already fixed. All values are divided by the largest of the game."""

    def __init__(self, game: Game, *, per_capita: bool, individually: bool = True) -> None:
        n = len(game.players)
        self.game, self.n, self.unit = game, n, game.scale
        self.values = game.values / self.unit
        self.masks: Ints = np.arange(1, game.everybody)
        self.members = membership(n)
        heads = sizes(n)[self.masks].astype(np.float64)
        self.weight: Floats = heads if per_capita else np.ones(len(self.masks))
        self.open = np.ones(len(self.masks), dtype=np.bool_)
        self.fixed: list[tuple[Floats, float]] = [(np.ones(n), float(self.values[-1]))]
        alone = game.alone / self.unit
        possible = individually and float(alone.sum()) <= float(self.values[-1]) + 1e-12
        self.floor: Floats | None = alone if possible else None

    def run(self) -> Floats:
        for _ in range(self.n + 1):
            if len(self.fixed) == self.n:
                break
            division, complaint, tight = self.solve()
            before = len(self.fixed)
            for k in tight:
                self._fix(self.members[self.masks[k]], float(self.values[self.masks[k]]) - complaint * self.weight[k])
            for player in self.held:
                self._fix(np.eye(self.n)[player], float(division[player]))
            self._close()
            if len(self.fixed) == before:
                raise UndeterminedError
        if len(self.fixed) < self.n:
            raise UndeterminedError
        rows = np.array([row for row, _ in self.fixed])
        return np.linalg.solve(rows, np.array([value for _, value in self.fixed])) * self.unit

    def solve(self) -> tuple[Floats, float, list[int]]:
        """Least t with values[S] - x(S) <= t * weight[S] for the open S: (x, t, open rows with a positive dual)."""
        problem = pulp.LpProblem("level", pulp.LpMinimize)
        x = [problem.add_variable(f"x{k}") for k in range(self.n)]
        most = problem.add_variable("t")
        problem.setObjective(most * 1)
        for k, (row, value) in enumerate(self.fixed):
            problem.addConstraint(_sum(x, row) == value, f"fixed{k}")
        rows = np.flatnonzero(self.open).tolist()
        for k in rows:
            mask = self.masks[k]
            left = _sum(x, self.members[mask]) + most * float(self.weight[k])
            problem.addConstraint(left >= float(self.values[mask]), f"s{k}")
        if self.floor is not None:
            for player, alone in enumerate(self.floor.tolist()):
                problem.addConstraint(x[player] * 1 >= alone, f"alone{player}")
        solver = pulp.HiGHS(msg=False, threads=1, random_seed=0, presolve="off")
        if problem.solve(solver).status != pulp.const.LpSolveStatus.Optimal:
            raise UndeterminedError
        duals = {constraint.name: constraint.pi for constraint in problem.constraints()}
        self.held = [
            player
            for player in range(self.n)
            if self.floor is not None and abs(duals[f"alone{player}"] or 0.0) > POSITIVE
        ]
        tight = [k for k in rows if abs(duals[f"s{k}"] or 0.0) > POSITIVE]
        return np.array([pulp.value(one) for one in x]), float(pulp.value(most) or 0.0), tight

    def _fix(self, row: Floats, value: float) -> None:
        if not self._determined(row[None, :])[0]:
            self.fixed.append((row, value))

    def _determined(self, rows: Floats) -> np.ndarray:
        """Which rows lie in the span of the fixed ones."""
        basis, _ = np.linalg.qr(np.array([row for row, _ in self.fixed]).T)
        rest = rows - (rows @ basis) @ basis.T
        found: np.ndarray = np.abs(rest).max(axis=1) <= RANK
        return found

    def _close(self) -> None:
        still = np.flatnonzero(self.open)
        self.open[still[self._determined(self.members[self.masks[still]])]] = False


def _sum(variables: list[pulp.LpVariable], coefficients: Floats) -> pulp.LpAffineExpression:
    return pulp.lpSum_vars_coefs(
        [(variables[k], float(coefficients[k])) for k in np.flatnonzero(coefficients).tolist()]
    )
