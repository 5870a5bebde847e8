"""What the next GBP 100k would buy, and what releasing GBP 100k would lose: the form in which a board meets a price.

For a line: along its own benefit curve from what it has, shown only where the limits allow the line to take or give the
money. For a purse: the best use of more, or the least loss from less, by solving again. Asked of the benefit stage.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from concord_allocation.core.columns import Columns
from concord_allocation.core.curves import benefit_of_line
from concord_allocation.core.families import PRICED
from concord_allocation.core.families.rows import grouped
from concord_allocation.core.matrix import Matrix
from concord_allocation.core.prices import Price
from concord_allocation.core.problem import Floats, Ints, ProblemTables
from concord_allocation.core.results import Candidate, CandidateLine
from concord_allocation.core.solver import Live, Status
from concord_allocation.core.stages import Optimum
from concord_allocation.core.words import amount_of, pounds

STEP_GBP = 100_000
"""The amount a governing body discusses."""

PURSES_PER_KIND = 2
"""Purses of each kind and year that are solved again: where the price promises most, or costs least."""

LEAST_GBP = 10_000
"""Less room than this is not worth a governing body's time."""

TRIES = 2
"""Lines of a stage that are tried against all limits together, best first, before the stage is left out."""

NEARLY_ALL = 1e-9
"""Part of all benefit that is the solver's own inexactness."""

NEARLY = 0.01
"""Part of a change by which the whole may bring less than the line's own curve: plans are in whole pounds."""

SMALLEST = 1e-9
"""Benefit below this is none."""


@dataclass(frozen=True)
class _Option:
    """A line in a year that could take or give `gbp`, with the change of benefit on its curve."""

    year: int
    line: int
    purse: int
    gbp: int
    change: float


def find_candidates(
    live: Live, optimum: Optimum, cells: Ints, prices: Sequence[Price]
) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
    """(investments, releases), best first: most benefit per GBP gained, least per GBP lost.

    `cells` GBP of the rounded plan. The model must stand at the benefit stage, and does so afterwards.
    """
    gains, losses = _options(live.matrix, cells)
    spend = _spend(live.matrix.tables, cells)
    investments = [
        *(_line_words(live, option) for option in _possible(live, optimum, spend, gains)),
        *_purse_candidates(live, optimum, _by_price(live, prices, most_first=True), STEP_GBP),
    ]
    releases = [
        *(_line_words(live, option) for option in _possible(live, optimum, spend, losses)),
        *_purse_candidates(live, optimum, _by_price(live, prices, most_first=False), -STEP_GBP),
    ]
    useful = [candidate for candidate in investments if candidate.benefit_change > SMALLEST]
    return (
        tuple(sorted(useful, key=lambda c: (-c.benefit_change / c.amount_gbp, c.kind, c.key, c.year))),
        tuple(sorted(releases, key=lambda c: (-c.benefit_change / c.amount_gbp, c.kind, c.key, c.year))),
    )


def _spend(tables: ProblemTables, cells: Ints) -> Ints:
    """(years, lines) GBP."""
    spend = np.zeros((len(tables.years), len(tables.lines)), dtype=np.int64)
    np.add.at(spend, (tables.cells.year, tables.cells.line), cells)
    return spend


def _options(matrix: Matrix, cells: Ints) -> tuple[list[list[_Option]], list[list[_Option]]]:
    """Per (year, stage) the lines that could take, and that could give, in order of merit."""
    tables, spend = matrix.tables, _spend(matrix.tables, cells)
    lowest, highest = _own_limits(matrix)
    gains: dict[tuple[int, str], list[_Option]] = {}
    losses: dict[tuple[int, str], list[_Option]] = {}
    for (t, i), (purse, paid) in _main_purse(tables, cells).items():
        line, has = tables.lines[i], float(spend[t, i])
        now = _benefit(tables, t, i, has)
        take = int(min(STEP_GBP, highest[t, i] - has))
        more = _benefit(tables, t, i, has + take) - now if take >= LEAST_GBP else 0.0
        if more > SMALLEST:
            gains.setdefault((t, line.stage), []).append(_Option(t, i, purse, take, more))
        give = int(min(STEP_GBP, paid, has - lowest[t, i]))
        if give >= LEAST_GBP:
            less = _benefit(tables, t, i, has - give) - now
            losses.setdefault((t, line.stage), []).append(_Option(t, i, purse, -give, less))

    def merit(option: _Option) -> tuple[float, str]:
        return -option.change / abs(option.gbp), tables.lines[option.line].key

    return (
        [sorted(group, key=merit) for _, group in sorted(gains.items())],
        [sorted(group, key=merit) for _, group in sorted(losses.items())],
    )


def _own_limits(matrix: Matrix) -> tuple[Floats, Floats]:
    """(years, lines) GBP between which limits that concern one line alone keep its spend; the rest is asked of all."""
    columns, tables = matrix.columns, matrix.tables
    lowest = np.zeros((len(tables.years), len(tables.lines)))
    highest = np.full_like(lowest, np.inf)
    paying = {place: set(cells) for place, cells in grouped(tables.cells.year, tables.cells.line).items()}
    for row in matrix.rows:
        if row.family not in PRICED or row.unit != "GBP" or not len(row.columns) or not (row.coefficients == 1).all():
            continue
        place = _only_line(columns, tables, row.columns, paying)
        if place is not None:
            lowest[place] = max(lowest[place], row.lower)
            highest[place] = min(highest[place], row.upper)
    return lowest, highest


def _only_line(
    columns: Columns, tables: ProblemTables, chosen: Ints, paying: dict[tuple[int, ...], set[int]]
) -> tuple[int, ...] | None:
    """(year, line) whose whole spend these columns are; None for anything else."""
    first = int(chosen[0])
    if len(chosen) == 1 and columns.spend.start <= first < columns.spend.start + columns.spend.size:
        k = first - columns.spend.start
        return int(columns.spend_year[k]), int(columns.spend_line[k])
    if int(chosen.max()) >= columns.pay.start + columns.pay.size:
        return None
    place = int(tables.cells.year[first]), int(tables.cells.line[first])
    return place if set(chosen.tolist()) == paying[place] else None


def _benefit(tables: ProblemTables, t: int, i: int, spend: float) -> float:
    return tables.discount[t] * benefit_of_line(tables.lines[i], t, spend)


def _main_purse(tables: ProblemTables, cells: Ints) -> dict[tuple[int, int], tuple[int, int]]:
    """(year, line) -> (purse that pays most directly or through funds, its GBP)."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    columns = (tables.cells.year, tables.cells.line, tables.cells.purse, cells)
    for t, i, u, gbp in zip(*(column.tolist() for column in columns), strict=True):
        if (t, i) not in found or gbp > found[t, i][1]:
            found[t, i] = (u, gbp)
    return found


def _possible(live: Live, optimum: Optimum, spend: Ints, groups: Sequence[Sequence[_Option]]) -> Iterator[_Option]:
    """The best option of each group that every limit allows: the purse changes by the money, the line uses it, and
    nothing else has to lose by that."""
    for group in groups:
        for option in group[:TRIES]:
            if _is_allowed(live, optimum, int(spend[option.year, option.line]), option):
                yield option
                break


def _is_allowed(live: Live, optimum: Optimum, has: int, option: _Option) -> bool:
    m = live.matrix
    column = m.columns.spend_at[option.year, option.line]
    position = _purse_row(live, option.year, option.purse)
    wanted = (has + option.gbp) / m.money_scale
    lower, upper = (wanted, np.inf) if option.gbp > 0 else (0.0, wanted)
    live.highs.changeColBounds(column, lower, upper)
    found = _objective_with_purse(live, optimum, position, option.gbp)
    live.highs.changeColBounds(column, m.col_lower[column], m.col_upper[column])
    if found is None:
        return False
    if m.tables.sacrifices.get("benefit"):  # the plan lies below the best benefit that is known here
        return True
    change = (optimum.benefit.objective - found[0]) * m.benefit_scale
    return change >= option.change - max(
        SMALLEST, NEARLY * abs(option.change), NEARLY_ALL * abs(optimum.benefit.objective) * m.benefit_scale
    )


def _purse_row(live: Live, t: int, u: int) -> int:
    tables = live.matrix.tables
    return live.matrix.row_position[f"purse/{tables.years[t]}/{tables.purses[u].key}"]


def _objective_with_purse(live: Live, optimum: Optimum, position: int, gbp: int) -> tuple[float, Floats] | None:
    """(scaled objective, spend columns) with `gbp` more in a purse; None where nothing keeps the limits."""
    m = live.matrix
    upper = m.row_upper[position]
    live.highs.changeRowBounds(position, m.row_lower[position], upper + gbp / m.money_scale)
    solved = live.run() == Status.OPTIMAL
    found = (live.highs.getObjectiveValue(), live.values()[m.columns.spend.slice]) if solved else None
    live.highs.changeRowBounds(position, m.row_lower[position], upper)
    live.highs.setBasis(optimum.basis)
    return found


def _by_price(live: Live, prices: Sequence[Price], *, most_first: bool) -> list[int]:
    """Positions of rows of purses with money in them, the few of each kind and year with the best price."""
    rows, kinds = live.matrix.rows, {purse.key: purse.kind for purse in live.matrix.tables.purses}
    priced = {price.row: (price.more if most_first else price.less) for price in prices}
    groups: dict[tuple[int | None, str], list[tuple[float, str, int]]] = {}
    for position, row in enumerate(rows):
        price = priced.get(position, 0.0)
        if row.family == "purse" and row.upper > 0 and price is not None and (price > 0 or not most_first):
            merit = (-price if most_first else price, row.key, position)
            groups.setdefault((row.year, kinds[row.limit]), []).append(merit)
    return [position for group in groups.values() for _, _, position in sorted(group)[:PURSES_PER_KIND]]


def _purse_candidates(live: Live, optimum: Optimum, positions: Sequence[int], step: int) -> Iterator[Candidate]:
    m, tables = live.matrix, live.matrix.tables
    keys = {purse.key: position for position, purse in enumerate(tables.purses)}
    names = {line.key: line.name for line in tables.lines}
    for position in positions:
        row = m.rows[position]
        gbp = step if step > 0 else -min(-step, int(row.upper))
        found = _objective_with_purse(live, optimum, position, gbp)
        if found is None or row.year is None:
            continue
        change = (optimum.benefit.objective - found[0]) * m.benefit_scale
        before = optimum.benefit.values[m.columns.spend.slice]
        moved = _moved_lines(live, found[1] - before, row.year, gbp)
        name, year, benefit = tables.name_of_purse(keys[row.limit]), tables.years[row.year], abs(change)
        where = ", ".join(f"{names[line.line]} {pounds(abs(line.gbp))}" for line in moved)
        way = "best spent on" if gbp > 0 else "least missed from"
        words = (
            f"{pounds(gbp)} more for {name} in {year} would buy {amount_of(benefit, tables.benefit_unit)}"
            if gbp > 0
            else f"Releasing {pounds(-gbp)} from {name} in {year} would lose {amount_of(benefit, tables.benefit_unit)}"
        )
        yield Candidate(
            kind="purse",
            key=row.limit,
            year=year,
            amount_gbp=abs(gbp),
            benefit_change=change,
            gbp_per_unit=abs(gbp) / benefit if benefit > SMALLEST else None,
            lines=tuple(moved),
            words=f"{words}; {way} {where} (there may be other ways)" if where else words,
        )


def _moved_lines(live: Live, change: Floats, year: int, gbp: int) -> list[CandidateLine]:
    """The five lines of that year whose spend (scaled change) moves most in the direction of the money."""
    columns, tables = live.matrix.columns, live.matrix.tables
    moved = change * live.matrix.money_scale
    chosen = [
        (float(moved[k]), tables.lines[int(columns.spend_line[k])].key)
        for k in np.flatnonzero(columns.spend_year == year).tolist()
        if moved[k] * np.sign(gbp) >= 1.0
    ]
    ordered = sorted(chosen, key=lambda pair: (-abs(pair[0]), pair[1]))[:5]
    return [CandidateLine(line, round(amount)) for amount, line in ordered]


def _line_words(live: Live, option: _Option) -> Candidate:
    tables = live.matrix.tables
    line, year = tables.lines[option.line], tables.years[option.year]
    benefit = abs(option.change)
    unit = amount_of(benefit, tables.benefit_unit)
    words = (
        f"The next {pounds(option.gbp)} on {line.name} in {year} would buy {unit}"
        if option.gbp > 0
        else f"Releasing {pounds(-option.gbp)} from {line.name} in {year} would lose {unit}"
    )
    if option.gbp < 0 and benefit <= SMALLEST:
        words += "; no benefit is measured here, which is not to say that there is none"
    return Candidate(
        kind="line",
        key=line.key,
        year=year,
        amount_gbp=abs(option.gbp),
        benefit_change=option.change,
        gbp_per_unit=abs(option.gbp) / benefit if benefit > SMALLEST else None,
        lines=(),
        words=words,
    )
