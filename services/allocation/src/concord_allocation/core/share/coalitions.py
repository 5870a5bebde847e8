"""What each coalition of parties could have: from a problem to a game.

Gains: w(S) = best benefit when the parties in S plan their purses anew and everybody else stays at the fallback plan,
minus the benefit of the fallback plan itself. What stands before benefit in the plan stands before it for every
coalition too: it misses soft limits by as little as it can, priority by priority, and only then seeks benefit. Without
such aims w is never negative and never falls when a party joins, because the fallback is feasible; with them a
coalition may give benefit up. What payers bring of a limit (`brought`: limit -> payer -> amount of its upper bound) is
there for the coalitions that they are in, and what the fallback plan needs of it for all.

Costs: c(S) = what the lines of S cost in the agreed plan if S ran them alone: the fixed part of a line whole for
whoever uses it, the rest by use.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from concord_allocation.core.conflicts import find_conflict
from concord_allocation.core.matrix import Matrix
from concord_allocation.core.problem import Floats, Ints, ProblemTables
from concord_allocation.core.share.game import EXACT_PLAYERS, Game
from concord_allocation.core.solver import Live, Status, Unanswered
from concord_allocation.core.stages import keep_least, release

ROUND_OFF = 1e-9
"""Scaled gains below nothing by this little are nothing."""

ROOM = 1e-8
"""The same where something is held before benefit, per unit held: the row that holds it leaves a little room."""


class Party(NamedTuple):
    """Payers that act as one, under a name the users gave them."""

    key: str
    name: str
    payers: frozenset[str]


class FallbackFails(Exception):
    """The fallback plan breaks limits (labels), so it is not what would happen otherwise."""

    def __init__(self, limits: Sequence[str]) -> None:
        super().__init__("; ".join(limits))
        self.limits = tuple(limits)


class TooManyParties(Exception):
    """More parties than all coalitions can be looked at for."""


@dataclass(frozen=True, slots=True)
class Fallback:
    """What everybody pays if nothing is agreed: GBP by cell, in the order of `tables.cells`; words for readers."""

    cells: Floats
    words: str


def last_year(tables: ProblemTables) -> Fallback:
    """The reference split, as it is paid today."""
    return Fallback(tables.cells.reference.astype(np.float64), "the reference split, as paid today")


def nothing(tables: ProblemTables) -> Fallback:
    """Nobody pays anything."""
    return Fallback(np.zeros(len(tables.cells)), "nobody pays anything")


class Coalitions:
    """Asks an open model for the best benefit of coalition after coalition. Not to be shared between threads."""

    def __init__(
        self,
        matrix: Matrix,
        parties: Sequence[Party],
        fallback: Fallback,
        brought: Mapping[str, Mapping[str, float]],
        *,
        time_limit_seconds: float | None = None,
    ) -> None:
        self.matrix, self.parties, self.fallback = matrix, tuple(parties), fallback
        self.live = Live(matrix, time_limit_seconds, objective="benefit")
        self.party_of_cell = _party_of_cell(matrix.tables, self.parties)
        self.columns = matrix.columns.pay.indices
        self.fixed = fallback.cells / matrix.col_scale[matrix.columns.pay.slice]
        self.brought = _brought(matrix, self.parties, brought)
        self.needed = np.full(len(self.brought.rows), np.inf)
        self.first = matrix.stages[: matrix.stages.index("benefit")]
        self.missed: dict[int, float] = {}
        self._room = 0.0
        stays = self._run(0)
        if stays is None:
            raise FallbackFails(self._broken())
        self.stays = stays
        self.needed = self.live.solution().activity[self.brought.rows]

    def _broken(self) -> list[str]:
        """Limits that cannot hold while everybody pays what the fallback plan says: one irreducible set of them."""
        members, _ = find_conflict(self.live)
        stated = [member.label for member in members if member.kind not in ("balance", "sign")]
        return stated or [member.label for member in members]

    @property
    def benefit_of_fallback(self) -> float:
        return -self.stays * self.matrix.benefit_scale

    def gain(self, coalition: int) -> float:
        """w(S) in units of benefit."""
        best = self._run(coalition)
        if best is None:
            raise Unanswered("a coalition has no plan although the fallback plan is one: the numbers lie too far apart")
        gained = self.stays - best
        noise = max(ROUND_OFF, self._room)
        return float(0.0 if abs(gained) <= noise else gained) * self.matrix.benefit_scale

    def _run(self, coalition: int) -> float | None:
        """Best scaled objective with everybody outside the coalition held at the fallback; None: infeasible.

        `missed` has the weighted GBP by which it then misses soft limits, all priorities together.
        """
        free = (coalition >> self.party_of_cell) & 1 & (self.party_of_cell >= 0)
        pay = self.matrix.columns.pay.slice
        lower = np.where(free, self.matrix.col_lower[pay], self.fixed)
        upper = np.where(free, self.matrix.col_upper[pay], self.fixed)
        self.live.set_columns(self.columns, lower, upper)
        self._bring(coalition)
        if not self._keep_what_comes_first(coalition):
            return None
        return self.live.objective if self._is_solved() else None

    def _keep_what_comes_first(self, coalition: int) -> bool:
        """Bring what stands before benefit to its best for this coalition, and hold it there; false: infeasible."""
        for objective in self.first:
            release(self.live, objective)
        missed = 0.0
        for objective in self.first:
            self.live.minimise(self.matrix.objectives[objective])
            if not self._is_solved():
                return False
            if objective.startswith("soft/"):
                missed += max(0.0, self.live.objective) * self.matrix.money_scale
            self._room = max(self._room, ROOM * max(1.0, abs(self.live.objective)))
            keep_least(self.live, objective)
        if self.first:
            self.live.minimise(self.matrix.objectives["benefit"])
        self.missed[coalition] = missed
        return True

    def _is_solved(self) -> bool:
        """Whether what is in the model now has an optimum; false: nothing keeps every limit."""
        match self.live.run():
            case Status.OPTIMAL:
                return True
            case Status.INFEASIBLE:
                return False
            case Status.TIME_LIMIT:
                raise Unanswered("there was no time to look at every coalition")
        raise Unanswered("the numbers lie too far apart to value every coalition")

    def _bring(self, coalition: int) -> None:
        """Upper bounds of what parties bring: the members' parts, at least what the fallback plan needs."""
        found = self.brought
        members = (coalition >> np.arange(len(self.parties))) & 1
        have = np.maximum(found.common + found.by_party @ members, self.needed)
        most = self.matrix.row_upper[found.rows]
        self.live.set_rows(found.rows, self.matrix.row_lower[found.rows], np.minimum(have, most))


@dataclass(frozen=True, slots=True)
class _Brought:
    """Rows whose upper bound parties bring: scaled, what each party brings and what is there without any of them."""

    rows: Ints
    by_party: Floats
    common: Floats


def _brought(matrix: Matrix, parties: Sequence[Party], brought: Mapping[str, Mapping[str, float]]) -> _Brought:
    rows = [k for k, row in enumerate(matrix.rows) if row.limit in brought and row.family == "at_most"]
    by_party = np.zeros((len(rows), len(parties)))
    for place, k in enumerate(rows):
        by_payer = brought[matrix.rows[k].limit]
        for position, party in enumerate(parties):
            held = sum(by_payer.get(payer, 0.0) for payer in sorted(party.payers))
            by_party[place, position] = held / matrix.row_scale[k]
    index = np.array(rows, dtype=np.int64)
    return _Brought(index, by_party, matrix.row_upper[index] - by_party.sum(axis=1))


def _party_of_cell(tables: ProblemTables, parties: Sequence[Party]) -> Ints:
    """Position of the party whose purse pays the cell; -1: nobody's of these."""
    party = {payer: position for position, one in enumerate(parties) for payer in one.payers}
    owner = np.array([party.get(purse.owner, -1) for purse in tables.purses], dtype=np.int64)
    return owner[tables.cells.purse]


def gains(coalitions: Coalitions) -> Game:
    """The game of all coalitions, each solved. Raises TooManyParties."""
    parties = coalitions.parties
    if len(parties) > EXACT_PLAYERS:
        raise TooManyParties
    values = np.zeros(2 ** len(parties))
    for step in range(1, len(values)):
        mask = step ^ (step >> 1)  # Gray code: one party comes or goes at a time, so the model is nearly solved
        values[mask] = coalitions.gain(mask)
    return Game(tuple(party.key for party in parties), values)


class LineCost(NamedTuple):
    """A line's money in the agreed plan, GBP over all years, and who uses it: shares of use by party."""

    fixed: float
    other: float
    uses: Mapping[str, float]


def standing_alone(parties: Sequence[Party], lines: Sequence[LineCost]) -> Game:
    """The game of costs: c(S) = sum over lines of fixed (if anybody in S uses it) + other * share of use of S."""
    values = np.zeros(2 ** len(parties))
    masks = np.arange(len(values))
    for line in lines:
        used = np.zeros(len(values), dtype=np.bool_)
        for position, party in enumerate(parties):
            share = line.uses.get(party.key, 0.0)
            member = (masks >> position) & 1
            values += member * share * line.other
            used |= (member == 1) & (share > 0)
        values += used * line.fixed
    return Game(tuple(party.key for party in parties), values)
