"""Which payments, contributions and cases a selection means, worked out from the tables alone: for the check."""

import numpy as np

from concord_allocation.core.problem import DIRECT, Line, Mask, ProblemTables, Selection
from concord_allocation.core.rules import Term


def line_chosen(select: Selection, line: Line) -> bool:
    """Whether a line is among those a selection names."""
    wanted = (
        (select.lines, line.key),
        (select.places, line.place),
        (select.pathways, line.pathway),
        (select.stages, line.stage),
        (select.purposes, line.purpose),
        (select.statutory_payers, line.statutory_payer),
    )
    return all(values is None or value in values for values, value in wanted)


class Picker:
    """Which payments, contributions and cases a selection means, by position in the tables."""

    def __init__(self, tables: ProblemTables) -> None:
        self.tables = tables
        self._lines: dict[Selection, Mask] = {}
        self._line_at = {line.key: i for i, line in enumerate(tables.lines)}
        rows = zip(tables.activities.line.tolist(), tables.activities.mode.tolist(), strict=True)
        self._mode_keys = np.array([tables.lines[i].modes[d].key for i, d in rows], dtype=np.str_)

    def lines(self, select: Selection) -> Mask:
        if select not in self._lines:
            named = self._line_at if select.lines is None else select.lines & self._line_at.keys()
            chosen = np.zeros(len(self.tables.lines), dtype=np.bool_)
            for i in (self._line_at[key] for key in named):
                chosen[i] = line_chosen(select, self.tables.lines[i])
            self._lines[select] = chosen
        return self._lines[select]

    def purses(self, select: Selection) -> Mask:
        return np.array(
            [
                (select.purses is None or p.key in select.purses)
                and (select.payers is None or p.owner in select.payers)
                for p in self.tables.purses
            ],
            dtype=np.bool_,
        )

    def funds(self, select: Selection) -> Mask:
        """One more entry than funds: the last stands for "no fund", which DIRECT = -1 finds."""
        named = [select.funds is None or fund.key in select.funds for fund in self.tables.funds]
        return np.array([*named, select.funds is None], dtype=np.bool_)

    def covers(self, select: Selection, line: int, purse: int, fund: int) -> bool:
        """Whether one payment, by positions, is among those selected."""
        return bool(self.lines(select)[line] and self.purses(select)[purse] and self.funds(select)[fund])

    def payments(self, term: Term, years: tuple[int, ...]) -> Mask:
        cells = self.tables.cells
        if term.measure not in ("spend", "direct_spend", "burden"):
            return np.zeros(len(cells), dtype=np.bool_)
        chosen = self.lines(term.select)[cells.line] & self.purses(term.select)[cells.purse]
        chosen &= np.isin(cells.year, years)
        return chosen & (self.funds(term.select)[cells.fund] if term.measure == "spend" else cells.fund == DIRECT)

    def contributions(self, term: Term, years: tuple[int, ...]) -> Mask:
        rows = self.tables.contributions
        if term.measure not in ("contribution", "burden"):
            return np.zeros(len(rows.year), dtype=np.bool_)
        chosen = self.purses(term.select)[rows.purse] & self.funds(term.select)[rows.fund]
        return chosen & np.isin(rows.year, years)

    def cases(self, term: Term, years: tuple[int, ...]) -> Mask:
        rows = self.tables.activities
        if term.measure != "activity":
            return np.zeros(len(rows.year), dtype=np.bool_)
        chosen = self.lines(term.select)[rows.line] & np.isin(rows.year, years)
        if term.select.modes is not None:
            chosen &= np.isin(self._mode_keys, sorted(term.select.modes))
        return chosen


def group_of(tables: ProblemTables, per: str, line: int, purse: int) -> str:
    """Name of the group that a pace of change counts a payment in."""
    if per == "purse":
        return tables.purses[purse].key
    if per == "payer":
        return tables.purses[purse].owner
    here = tables.lines[line]
    return {"line": here.key, "place": here.place, "stage": here.stage, "pathway": here.pathway}.get(per, "total")
