"""The one place where questions touch the live model: a problem with named aims, each a linear function of the plan.

An aim becomes a limit of the problem without a bound, so that the core's own families count it; its row is then the
objective, or is held. Benefit of everything is what a plan maximises: that of the lines, of money left outside or at
the end, less the penalty of overspends. Soft limits are kept as well as they can be; no other objective of the problem
takes part.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from concord_allocation.core.columns import lay_out
from concord_allocation.core.families import PRICED, all_rows
from concord_allocation.core.matrix import assemble, money_scale
from concord_allocation.core.problem import Floats
from concord_allocation.core.solver import FACE_TOLERANCE, Live, Status, Unanswered
from concord_allocation.questions.aims import has_own_row, tables_with
from concord_allocation.questions.asking import unused
from concord_allocation.questions.purses import MORE, loosened, with_more
from concord_allocation.questions.rows import (
    SPARE,
    CellKey,
    benefit_row,
    cell_keys,
    counting,
    distance_rows,
    elsewhere_in,
    movement_row,
    with_distance,
    with_spare,
)
from concord_contracts.allocation import Answer, Problem
from concord_contracts.allocation.questions import Aim

SLACK = 1e-9
"""Relative room that a held value gets: the solver's own arithmetic."""

SMALLEST_SEEN = 1e-9
"""Coefficients below this are nothing to the solver, and so are reduced costs."""

PLACES = {"GBP": 5, "cases": 6}
"""Decimal places of a value by its unit; what is beyond is the solver's arithmetic."""


@dataclass(frozen=True)
class Function:
    """value = (cost @ scaled columns) * scale + constant, in `unit`."""

    row: int
    cost: Floats
    scale: float
    constant: float
    unit: str


class Model:
    """Named aims on an open solver. Not to be shared between threads. Raises InvalidProblem at /<name of the aim>."""

    def __init__(
        self,
        problem: Problem,
        aims: Mapping[str, Aim],
        seconds: float,
        *,
        offer: Mapping[CellKey, float] | None = None,
        spare: bool = False,
        more_gbp: Mapping[str, float] | None = None,
        as_limits: bool = False,
    ) -> None:
        """`offer`: adds the aim `distance` to it. `spare`: adds a column that stands in no row, at `self.spare`.

        `more_gbp`: purses that may hold up to so much more in every year; adds the aim `more`, the sum of it.
        `as_limits`: benefit of everything is what a limit counts, without what money does elsewhere.
        """
        prefix = unused(problem, "aim")
        own = {name for name, aim in aims.items() if has_own_row(aim, as_limits=as_limits)}
        self.tables, self._heads = tables_with(problem, aims, prefix, own)
        if offer is not None:
            self.tables = with_distance(self.tables)
        if spare:
            self.tables = with_spare(self.tables)
        scale = money_scale(self.tables)
        if more_gbp is not None:
            self.tables = with_more(self.tables, more_gbp, scale)
        columns = lay_out(self.tables)
        self.spare = columns.block(SPARE).start
        extra = [
            counting(f"question/{name}", np.array([columns.at(f"least/all/{self._heads[name]}")]), np.ones(1))
            for name, aim in aims.items()
            if aim.measure == "worst_off"
        ]
        extra += [movement_row(self.tables, columns, name) for name, aim in aims.items() if aim.measure == "movement"]
        extra += [benefit_row(self.tables, columns, name) for name in own if aims[name].measure == "benefit"]
        if offer is not None:
            extra += distance_rows(self.tables, columns, offer)
        rows = all_rows(self.tables, columns)
        if more_gbp is not None:
            rows = [loosened(self.tables, columns, row, scale) for row in rows]
            extra.append(
                counting("question/more", columns.block(MORE).indices, np.full(columns.block(MORE).size, scale))
            )
        self.matrix = assemble(self.tables, columns, (*rows, *extra))
        self.live = Live(self.matrix, seconds, objective=self.matrix.stages[0])
        self.solves = 1
        self.status = self.live.first_status
        self._keep_soft_limits()
        at = self.matrix.row_position
        self.functions: dict[str, Function] = {}
        for number, (name, aim) in enumerate(aims.items()):
            unit = self._unit(aim)
            if name in own:
                orphans = 0.5 * sum(orphan.gbp for orphan in self.tables.orphans)
                constant = orphans if aim.measure == "movement" else 0.0
                self._name(name, at[f"question/{name}"], constant, unit)
            else:
                self._name(name, at[f"limit/all/{prefix}-{number}/at_least"], 0.0, unit)
        for name in ("distance", "more"):
            if f"question/{name}" in at and name not in aims:
                self._name(name, at[f"question/{name}"], 0.0, "GBP")

    @property
    def is_feasible(self) -> bool:
        return self.status == Status.OPTIMAL

    def _unit(self, aim: Aim) -> str:
        benefit = self.tables.benefit_unit
        named = {"benefit": benefit, "activity": "cases", "worst_off": f"{benefit} per weighted head"}
        return named.get(aim.measure, "GBP")

    def _keep_soft_limits(self) -> None:
        stages = [name for name in self.matrix.stages if name.startswith("soft/")]
        for number, name in enumerate(stages):
            if number:
                self.live.minimise(self.matrix.objectives[name])
                self._run()
            if not self.is_feasible:
                return
            reached = self.live.objective
            row = self.matrix.row_position[f"objective/{name}"]
            self.live.hold_row(row, -np.inf, reached + SLACK * max(1.0, abs(reached)))

    def _name(self, name: str, row: int, constant: float, unit: str) -> None:
        m = self.matrix
        run = slice(int(m.start[row]), int(m.start[row + 1]))
        cost = np.zeros(m.columns.count)
        cost[m.index[run]] = m.value[run]
        self.functions[name] = Function(row, cost, float(m.row_scale[row]), constant, unit)
        self.live.hold_row(row, -np.inf, np.inf)

    def _run(self) -> None:
        self.solves += 1
        self.status = self.live.run()

    def best(self, name: str, *, more: bool, endless: bool = False) -> float | None:
        """The greatest (or least) value of an aim under what is held; none where nothing keeps all of it.

        Raises Unanswered where there was no time, or the aim has no end; with `endless` that is infinity.
        """
        found = self.functions[name]
        largest = float(np.abs(found.cost).max(initial=0.0)) or 1.0
        self.live.minimise((-found.cost if more else found.cost) / largest)
        self._run()
        match self.status:
            case Status.OPTIMAL:
                return self.value(name)
            case Status.INFEASIBLE:
                return None
            case Status.TIME_LIMIT:
                raise Unanswered("there was no time to answer the question")
            case Status.UNBOUNDED if endless:
                return np.inf if more else -np.inf
            case Status.UNBOUNDED:
                raise Unanswered("what is asked for has no end: some money has no amount, or some curve no end")
        raise Unanswered("the numbers lie too far apart to answer the question")

    def value(self, name: str) -> float:
        """Of an aim, in the plan last found."""
        return self.value_at(name, self.live.values())

    def value_at(self, name: str, values: Floats) -> float:
        """Of an aim, at scaled column values."""
        found = self.functions[name]
        value = float(found.cost @ values) * found.scale + found.constant
        return round(value, PLACES.get(found.unit, 9)) + 0.0

    def elsewhere(self) -> float:
        """Benefit of money left outside or at the end less the penalty of overspends, in the plan last found."""
        return elsewhere_in(self.matrix, self.live.values())

    def more_gbp(self) -> dict[tuple[str, str], float]:
        """GBP above its present amount by (purse, year), in the plan last found."""
        columns = self.matrix.columns
        values = self.live.values()[columns.block(MORE).slice] * self.matrix.money_scale
        made = [self.tables.more[j - columns.more_start] for j in columns.block(MORE).indices.tolist()]
        return {
            (self.tables.purses[column.of].key, self.tables.years[column.year]): gbp
            for column, gbp in zip(made, values.tolist(), strict=True)
        }

    def columns_of(self, plan: Answer) -> Floats:
        """An answer's payments, contributions, spend and cases as scaled column values; other columns are nothing."""
        amounts: dict[str, float] = {}
        for cell in plan.cells:
            amounts[f"pay/{cell.year}/{cell.line}/{cell.purse}/{cell.fund or '-'}"] = cell.gbp
        amounts |= {f"put/{put.year}/{put.fund}/{put.purse}": put.gbp for put in plan.contributions}
        amounts |= {f"spend/{row.year}/{row.line}": row.gbp for row in plan.lines}
        amounts |= {f"case/{row.year}/{row.line}/{row.mode}": row.cases for row in plan.activity}
        return np.array([amounts.get(key, 0.0) for key in self.matrix.columns.keys]) / self.matrix.col_scale

    def hold(self, name: str, *, at_least: float = -np.inf, at_most: float = np.inf, exactly: bool = False) -> None:
        """Bound an aim from now on, in its unit; not `exactly`: with a little room for the solver's arithmetic."""
        found = self.functions[name]
        room = 0.0 if exactly else SLACK
        slack = [room * max(1.0, abs(bound)) if np.isfinite(bound) else 0.0 for bound in (at_least, at_most)]
        low, high = at_least - slack[0] - found.constant, at_most + slack[1] - found.constant
        self.live.hold_row(found.row, low / found.scale, high / found.scale)

    def loses_figures_of(self, name: str) -> bool:
        """Whether figures of an aim lie so far apart that the solver takes the smallest for nothing."""
        sizes = np.abs(self.functions[name].cost)
        return bool(sizes.any()) and float(sizes[sizes > 0].min()) < SMALLEST_SEEN * max(1.0, float(sizes.max()))

    def free(self, name: str) -> None:
        self.live.hold_row(self.functions[name].row, -np.inf, np.inf)

    def hold_options(self) -> None:
        """Whole options stay as the last plan has them, so that what is left is linear and has prices."""
        whole = np.flatnonzero(self.matrix.whole)
        if not len(whole):
            return
        chosen = np.round(self.live.values()[whole])
        for column, value in zip(whole.tolist(), chosen.tolist(), strict=True):
            self.live.hold_column(column, value, value)
        kinds = np.zeros(len(whole), dtype=np.uint8)
        self.live.highs.changeColsIntegrality(len(whole), whole.astype(np.int32), kinds)

    def options(self) -> frozenset[str]:
        """Keys of the options that the plan last found starts."""
        block, first = self.matrix.columns.block("option"), self.matrix.columns.more_start
        started = np.flatnonzero(np.round(self.live.values()[block.slice])) + block.start - first
        return frozenset(self.tables.parts.options[self.tables.more[j].of].key for j in started.tolist())

    def behind(self) -> list[str]:
        """Limits that hold the last optimum back, in words, the dearest first; whole options must be held."""
        dual = self.live.solution().dual
        rows = [k for k, row in enumerate(self.matrix.rows) if row.family in PRICED and abs(dual[k]) > FACE_TOLERANCE]
        return [self.matrix.rows[k].label for k in sorted(rows, key=lambda k: (-abs(dual[k]), self.matrix.rows[k].key))]

    def cells(self) -> dict[CellKey, float]:
        """GBP of every payment in the plan last found."""
        values = self.live.values()[self.matrix.columns.pay.slice] * self.matrix.money_scale
        return dict(zip(cell_keys(self.tables), np.maximum(values, 0.0).tolist(), strict=True))

    def payers(self) -> dict[str, float]:
        """GBP over all years by payer, in the plan last found; every payer."""
        paid = {payer.key: 0.0 for payer in self.tables.payers}
        owner = {purse.key: purse.owner for purse in self.tables.purses}
        for (_, _, purse, _), gbp in self.cells().items():
            paid[owner[purse]] += gbp
        return paid
