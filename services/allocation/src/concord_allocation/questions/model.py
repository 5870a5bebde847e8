"""The one place where questions touch the live model: a problem with named aims, each a linear function of the plan.

An aim becomes a limit of the problem without a bound, so that the core's own families count it; its row is then the
objective, or is held. Soft limits are kept as well as they can be; no other objective of the problem takes part.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from concord_allocation import translate
from concord_allocation.core.columns import Columns, lay_out
from concord_allocation.core.families import PRICED, Row, all_rows
from concord_allocation.core.matrix import assemble, money_scale
from concord_allocation.core.parts import NO_YEAR, Column
from concord_allocation.core.problem import DIRECT, Fault, Floats, InvalidProblem, ProblemTables
from concord_allocation.core.solver import FACE_TOLERANCE, Live, Status, Unanswered
from concord_allocation.questions.asking import unused
from concord_contracts.allocation import Problem
from concord_contracts.allocation.questions import Aim

UNBOUNDED = 1e12
SLACK = 1e-9
"""Relative room that a held value gets: the solver's own arithmetic."""

PLACES = {"GBP": 5, "cases": 6}
"""Decimal places of a value by its unit; what is beyond is the solver's arithmetic."""

type CellKey = tuple[str, str, str, str | None]


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
    ) -> None:
        """`offer`: adds the aim `distance` to it. `spare`: adds a column that stands in no row, at `self.spare`."""
        prefix = unused(problem, "aim")
        self.tables, self._heads = _tables(problem, aims, prefix)
        if offer is not None:
            self.tables = _with_distance(self.tables)
        if spare:
            self.tables = _with_spare(self.tables)
        columns = lay_out(self.tables)
        self.spare = columns.block(SPARE).start
        extra = [
            _counting(f"question/{name}", np.array([columns.at(f"least/all/{self._heads[name]}")]), np.ones(1))
            for name, aim in aims.items()
            if aim.measure == "worst_off"
        ]
        extra += [_movement_row(self.tables, columns, name) for name, aim in aims.items() if aim.measure == "movement"]
        if offer is not None:
            extra += _distance_rows(self.tables, columns, offer)
        self.matrix = assemble(self.tables, columns, (*all_rows(self.tables, columns), *extra))
        self.live = Live(self.matrix, seconds, objective=self.matrix.stages[0])
        self.solves = 1
        self.status = self.live.first_status
        self._keep_soft_limits()
        rows = self.matrix.row_position
        self.functions: dict[str, Function] = {}
        for number, (name, aim) in enumerate(aims.items()):
            unit = self._unit(aim)
            if aim.measure in UNLIMITED:
                orphans = 0.5 * sum(orphan.gbp for orphan in self.tables.orphans)
                constant = orphans if aim.measure == "movement" else 0.0
                self._name(name, rows[f"question/{name}"], constant, unit)
            else:
                self._name(name, rows[f"limit/all/{prefix}-{number}/at_least"], 0.0, unit)
        if offer is not None:
            self._name("distance", rows["question/distance"], 0.0, "GBP")

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

    def best(self, name: str, *, more: bool) -> float | None:
        """The greatest (or least) value of an aim under what is held; none where nothing keeps all of it.

        Raises Unanswered where there was no time, or the aim has no end.
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
            case Status.UNBOUNDED:
                raise Unanswered("what is asked for has no end: some money has no amount, or some curve no end")
        raise Unanswered("the numbers lie too far apart to answer the question")

    def value(self, name: str) -> float:
        """Of an aim, in the plan last found."""
        found = self.functions[name]
        value = float(found.cost @ self.live.values()) * found.scale + found.constant
        return round(value, PLACES.get(found.unit, 9)) + 0.0

    def hold(self, name: str, *, at_least: float = -np.inf, at_most: float = np.inf) -> None:
        """Bound an aim from now on, in its unit."""
        found = self.functions[name]
        slack = [SLACK * max(1.0, abs(bound)) if np.isfinite(bound) else 0.0 for bound in (at_least, at_most)]
        low, high = at_least - slack[0] - found.constant, at_most + slack[1] - found.constant
        self.live.hold_row(found.row, low / found.scale, high / found.scale)

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

    def behind(self) -> list[str]:
        """Limits that hold the last optimum back, in words, the dearest first; none are known with whole options."""
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


def cell_keys(tables: ProblemTables) -> list[CellKey]:
    """(year, line, purse, fund) of every payment that the rules allow."""
    c = tables.cells
    return [
        (tables.years[t], tables.lines[i].key, tables.purses[u].key, None if m == DIRECT else tables.funds[m].key)
        for t, i, u, m in zip(c.year.tolist(), c.line.tolist(), c.purse.tolist(), c.fund.tolist(), strict=True)
    ]


MEASURES = {"benefit": "benefit", "spend": "spend", "activity": "activity", "money": "burden"}


def terms_of(aim: Aim) -> list[dict[str, Any]]:
    """The terms of a limit that count what the aim measures."""
    return [{"select": aim.select.model_dump(exclude_none=True), "measure": MEASURES[aim.measure]}]


UNLIMITED = frozenset({"movement", "worst_off"})
"""Measures that no limit counts; they get a row of their own."""


def _tables(problem: Problem, aims: Mapping[str, Aim], prefix: str) -> tuple[ProblemTables, dict[str, str]]:
    """The tables with a limit for every aim, and the fairness entry of aims for the worst-off."""
    heads: dict[str, str] = {}
    document = problem.model_dump(mode="json")
    first = len(document["limits"])
    for number, (name, aim) in enumerate(aims.items()):
        limit: dict[str, Any] = {
            "key": f"{prefix}-{number}",
            "label": name,
            "at_least": -UNBOUNDED,
            "per_year": False,
            "unit": "GBP" if aim.measure in ("spend", "money") else "unit",
            "source": "the question",
            "terms": [{}] if aim.measure in UNLIMITED else terms_of(aim),
        }
        if aim.measure == "worst_off":
            heads[name] = _worst_off(document, aim, name, prefix)
        document["limits"].append(limit)
    whole = Problem.model_validate(document)
    try:
        return translate.tables_of(whole), heads
    except InvalidProblem as invalid:
        raise _blamed(invalid, first, list(aims)) from invalid


def _blamed(invalid: InvalidProblem, first: int, names: list[str]) -> InvalidProblem:
    """Faults of the limits that were added, told at the aim they stand for; others at /problem."""
    told = []
    for fault in invalid.faults:
        parts = fault.pointer.split("/")
        if parts[1:2] == ["limits"] and parts[2].isdigit() and int(parts[2]) >= first:
            rest = "/".join(part for part in parts[5:] if part)
            told.append(fault._replace(pointer=f"/{names[int(parts[2]) - first]}" + (f"/{rest}" if rest else "")))
        else:
            told.append(fault._replace(pointer=f"/problem{fault.pointer}"))
    return InvalidProblem(told)


def _worst_off(document: dict[str, Any], aim: Aim, name: str, prefix: str) -> str:
    """Key of the fairness entry whose least head the aim raises; written from `heads` where they are given."""
    raised = [entry for entry in document["equity"] if entry["raise_least"]]
    if aim.heads is None:
        if raised:
            return str(raised[0]["key"])
        words = "the problem says nothing of weighted heads: give `heads` by place"
        raise InvalidProblem([Fault(f"/{name}/heads", "no-worst-off", words)])
    document["equity"] = [entry for entry in document["equity"] if not entry["raise_least"]]
    document["objectives"] = [each for each in document["objectives"] if each != "worst_off"]
    document["equity"].append(
        {
            "key": f"{prefix}-heads",
            "label": "the worst-off place",
            "heads": aim.heads,
            "raise_least": True,
            "per_year": False,
            "source": "the question",
        }
    )
    return f"{prefix}-heads"


def _movement_row(tables: ProblemTables, columns: Columns, name: str) -> Row:
    """Half of all pounds that differ from the reference split."""
    new = columns.pay.start + np.flatnonzero(tables.cells.reference <= 0)
    where = np.concatenate([columns.up.indices, columns.down.indices, new]).astype(np.int64)
    return _counting(f"question/{name}", where, np.full(len(where), 0.5))


def _counting(key: str, where: Any, coefficients: Any) -> Row:
    return Row(key, "question", "", None, where, coefficients, -np.inf, np.inf, "GBP", key, "the question", False, 0.0)


APART = "apart"
"""Block of the columns that measure how far a payment lies above and below an offer, in steps of the money scale."""


def _with_distance(tables: ProblemTables) -> ProblemTables:
    made = [
        Column(f"{way}/{number}", cast(Any, APART), NO_YEAR, number, np.inf)
        for way in ("above", "below")
        for number in range(len(tables.cells))
    ]
    first = len(tables.more)
    at = dict(tables.more_at) | {column.key: first + k for k, column in enumerate(made)}
    return replace(tables, more=(*tables.more, *made), more_at=at)


SPARE = "spare"


def _with_spare(tables: ProblemTables) -> ProblemTables:
    column = Column(SPARE, cast(Any, SPARE), NO_YEAR, 0, np.inf)
    return replace(tables, more=(*tables.more, column), more_at=dict(tables.more_at) | {column.key: len(tables.more)})


def _distance_rows(tables: ProblemTables, columns: Columns, offer: Mapping[CellKey, float]) -> list[Row]:
    """x - above + below = offer for each cell; distance = sum of both."""
    scale, apart = money_scale(tables), columns.block(APART)
    count = len(tables.cells)
    rows = []
    for number, key in enumerate(cell_keys(tables)):
        above = apart.start + number
        where = np.array([columns.pay.start + number, above, above + count], dtype=np.int64)
        bound = float(offer.get(key, 0.0))
        row = _counting(f"question/offer/{number}", where, np.array([1.0, -scale, scale]))
        rows.append(row._replace(lower=bound, upper=bound))
    return [*rows, _counting("question/distance", apart.indices, np.full(apart.size, scale))]
