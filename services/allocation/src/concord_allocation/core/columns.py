"""The variables of the optimiser in canonical order, with their keys. All money columns are GBP before scaling.

pay     x[t,line,u], q[t,line,m,u] >= 0     the cells: GBP of a purse on a line, directly or through a fund
put     c[t,m,u] >= 0                       GBP of a purse paid into a fund
spend   s[t,line] >= 0                      GBP on a line, from whomever
case    a[t,line,d] >= 0                    cases by delivery mode
curve   y[t,line,j] in [0, width_j]         spend in segment j of the line's benefit curve
up,down in [0, band width]                  movement of a cell above or below its reference, by band

Behind them the variables that the later parts bring (`parts.Column`), found by block or by key, never by place; then,
one for each side of a soft limit, how far it is missed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from concord_allocation.core.parts import Column
from concord_allocation.core.problem import DIRECT, Floats, Ints, ProblemTables

BANDS = ((0.02, 1.0), (0.05, 2.0), (0.10, 4.0), (0.20, 8.0), (np.inf, 16.0))
"""Movement from the reference as a share of it, up to which a band reaches, and the penalty per GBP inside the band."""

NO_REFERENCE_PENALTY = 16.0
"""A pound where nothing was paid before moves in the highest band."""


@dataclass(frozen=True, slots=True)
class Block:
    """A run of columns that belong together."""

    start: int
    size: int

    @property
    def indices(self) -> Ints:
        return np.arange(self.start, self.start + self.size, dtype=np.int64)

    @property
    def slice(self) -> slice:
        return slice(self.start, self.start + self.size)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each variable stands; `*_year`, `*_line` describe the columns of their block in order."""

    pay: Block
    put: Block
    spend: Block
    case: Block
    curve: Block
    up: Block
    down: Block
    spend_year: Ints
    spend_line: Ints
    spend_at: dict[tuple[int, int], int]
    curve_year: Ints
    curve_line: Ints
    curve_segment: Ints
    curve_width: Floats
    curve_benefit: Floats
    moved_cell: Ints
    band_up: Floats
    band_down: Floats
    band_penalty: Floats
    more: dict[str, Block]
    more_start: int
    more_at: Mapping[str, int]
    keys: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.keys)

    def block(self, name: str) -> Block:
        """A block of the later parts; empty where no part has brought such variables."""
        return self.more.get(name, Block(self.more_start, 0))

    def at(self, key: str) -> int | None:
        """The column with this stable key among those of the later parts."""
        position = self.more_at.get(key)
        return None if position is None else self.more_start + position

    def by_name(self) -> dict[str, Block]:
        """All blocks with something in them, in their order."""
        first = {name: getattr(self, name) for name in ("pay", "put", "spend", "case", "curve", "up", "down")}
        return {name: block for name, block in (first | self.more).items() if block.size}


def lay_out(tables: ProblemTables) -> Columns:
    """Columns of a problem. `curve_benefit` is discounted benefit per GBP; bands are GBP widths per moved cell."""
    spends = sorted(
        set(zip(tables.cells.year.tolist(), tables.cells.line.tolist(), strict=True))
        | set(zip(tables.activities.year.tolist(), tables.activities.line.tolist(), strict=True))
        | {(t, i) for t in range(len(tables.years)) for i in _bought_on(tables)}
    )
    segments = [
        (t, i, j) for t, i in spends if tables.lines[i].slopes[t][0] > 0 for j in range(len(tables.lines[i].slopes[t]))
    ]
    moved = np.flatnonzero(tables.cells.reference > 0)
    up, down = _bands(tables.cells.reference[moved].astype(np.float64))
    sizes = [
        len(tables.cells),
        len(tables.contributions.year),
        len(spends),
        len(tables.activities.year),
        len(segments),
        up.size,
        down.size,
    ]
    starts = np.concatenate([[0], np.cumsum(sizes)]).tolist()
    pay, put, spend, case, curve, ups, downs = (Block(starts[k], sizes[k]) for k in range(7))
    lines, discount = tables.lines, tables.discount
    return Columns(
        pay=pay,
        put=put,
        spend=spend,
        case=case,
        curve=curve,
        up=ups,
        down=downs,
        spend_year=np.array([t for t, _ in spends], dtype=np.int64),
        spend_line=np.array([i for _, i in spends], dtype=np.int64),
        spend_at={place: spend.start + k for k, place in enumerate(spends)},
        curve_year=np.array([s[0] for s in segments], dtype=np.int64),
        curve_line=np.array([s[1] for s in segments], dtype=np.int64),
        curve_segment=np.array([s[2] for s in segments], dtype=np.int64),
        curve_width=np.array([lines[i].widths[t][j] for t, i, j in segments], dtype=np.float64),
        curve_benefit=np.array([lines[i].slopes[t][j] * discount[t] for t, i, j in segments], dtype=np.float64),
        moved_cell=moved,
        band_up=up.reshape(-1),
        band_down=down.reshape(-1),
        band_penalty=np.tile([penalty for _, penalty in BANDS], len(moved)),
        more=_blocks(tables.more, starts[-1]),
        more_start=starts[-1],
        more_at=tables.more_at,
        keys=(*_keys(tables, spends, segments, moved), *(column.key for column in tables.more)),
    )


def _bought_on(tables: ProblemTables) -> set[int]:
    """Lines on which options and resources are paid for: they have spend, even where nobody may pay for them."""
    bought = {option.line for option in tables.parts.options}
    return bought | {r.bought_on for r in tables.parts.resources if r.bought_on >= 0}


def _blocks(more: Sequence[Column], start: int) -> dict[str, Block]:
    blocks: dict[str, Block] = {}
    for position, column in enumerate(more):
        begun = blocks.get(column.block, Block(start + position, 0))
        blocks[column.block] = Block(begun.start, begun.size + 1)
    return blocks


def cell_key(tables: ProblemTables, cell: int) -> str:
    """Stable name of a cell: year, line, purse and fund ("-" when direct)."""
    cells = tables.cells
    fund = cells.fund[cell]
    return "/".join(
        (
            tables.years[cells.year[cell]],
            tables.lines[cells.line[cell]].key,
            tables.purses[cells.purse[cell]].key,
            "-" if fund == DIRECT else tables.funds[fund].key,
        )
    )


def _bands(reference: Floats) -> tuple[Floats, Floats]:
    """Width in GBP of each band above and below: (cells, bands). Below, payments of nothing end the last one."""
    edges = np.array([0.0, *(edge for edge, _ in BANDS)])
    widths = np.diff(edges)
    up = reference[:, None] * widths[None, :] if len(reference) else np.zeros((0, len(BANDS)))
    return up, up.copy()


def _keys(
    tables: ProblemTables, spends: list[tuple[int, int]], segments: list[tuple[int, int, int]], moved: Ints
) -> list[str]:
    years, lines, c, a = tables.years, tables.lines, tables.contributions, tables.activities
    names = [cell_key(tables, cell) for cell in range(len(tables.cells))]
    keys = [f"pay/{name}" for name in names]
    keys += [
        f"put/{years[t]}/{tables.funds[m].key}/{tables.purses[u].key}"
        for t, m, u in zip(c.year.tolist(), c.fund.tolist(), c.purse.tolist(), strict=True)
    ]
    keys += [f"spend/{years[t]}/{lines[i].key}" for t, i in spends]
    keys += [
        f"case/{years[t]}/{lines[i].key}/{lines[i].modes[d].key}"
        for t, i, d in zip(a.year.tolist(), a.line.tolist(), a.mode.tolist(), strict=True)
    ]
    keys += [f"curve/{years[t]}/{lines[i].key}/{j}" for t, i, j in segments]
    for way in ("up", "down"):
        keys += [f"{way}/{names[cell]}/{band}" for cell in moved.tolist() for band in range(len(BANDS))]
    return keys
