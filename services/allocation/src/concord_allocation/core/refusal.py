"""Refusals that help: an irreducible conflict in the users' words, and the least loosening that lets a plan exist.

*Conflict*: limits that cannot all hold, and could without any one of them. HiGHS proposes a set; each member is then
proved by deletion. *Relaxation*: minimise sum of weight * GBP loosened; ties go by least movement, then hash. Statutory
limits are never loosened; if they alone conflict, that is said and nothing is offered.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from concord_allocation.core.choose import hold
from concord_allocation.core.families import KINDS, PRICED, Row
from concord_allocation.core.matrix import Matrix
from concord_allocation.core.objectives import gbp_per_unit, weight_of
from concord_allocation.core.problem import Floats, Ints
from concord_allocation.core.relaxed import NOBODYS
from concord_allocation.core.responsible import payer_of
from concord_allocation.core.results_of_refusals import ConflictMember, Relaxation
from concord_allocation.core.solver import Live, Status, Unanswered
from concord_allocation.core.words import pounds

NEGLIGIBLE_GBP = 0.005
"""Loosening below half a penny is arithmetic noise."""


def find_conflict(live: Live) -> tuple[tuple[ConflictMember, ...], bool]:
    """(an irreducible conflict, whether statutory limits and arithmetic conflict by themselves)."""
    matrix = live.matrix
    live.minimise(np.zeros(matrix.columns.count))
    everything = np.arange(len(matrix.rows))
    firm = np.array([k for k, row in enumerate(matrix.rows) if not _can_relax(row)], dtype=np.int64)
    statutory_alone = not _feasible(live, firm)
    rows = _irreducible(live, firm if statutory_alone else everything)
    members = [_member(matrix.rows[k]) for k in rows]
    return (*members, *_signs(live, rows)), statutory_alone


def _can_relax(row: Row) -> bool:
    return row.family in PRICED and not row.statutory and row.soft is None


def _feasible(live: Live, rows: Ints | Sequence[int]) -> bool:
    """Whether these rows alone, with every column bound, leave a plan."""
    keep = np.zeros(len(live.matrix.rows), dtype=np.bool_)
    keep[np.asarray(rows, dtype=np.int64)] = True
    lower = np.where(keep, live.matrix.row_lower, -np.inf)
    upper = np.where(keep, live.matrix.row_upper, np.inf)
    live.set_rows(np.arange(len(keep)), lower, upper)
    status = live.run()
    if status == Status.TIME_LIMIT:
        raise Unanswered("there was no time to find out which of them conflict")
    if status == Status.FAILED:
        raise Unanswered("its numbers lie too far apart to find out which of them conflict")
    return status != Status.INFEASIBLE


def _irreducible(live: Live, rows: Ints) -> list[int]:
    """Rows of which each is needed for the conflict: HiGHS's proposal where it holds, then deletion one by one."""
    _feasible(live, rows)
    if live.matrix.whole.any():  # neither an IIS nor duals speak of whole options
        start = _conflict_without_options(live, rows) or _halved(live, rows.tolist())
    else:
        proposal = live.conflicting_rows()
        start = proposal if proposal and not _feasible(live, proposal) else _farkas_rows(live, rows)
    # Arithmetic is tried last: what is left over should be what people decided.
    order = sorted(start, key=lambda k: (not _can_relax(live.matrix.rows[k]), live.matrix.rows[k].key))
    kept = list(order)
    for candidate in order:
        fewer = [k for k in kept if k != candidate]
        if not _feasible(live, fewer):
            kept = fewer
    return sorted(kept, key=lambda k: (live.matrix.rows[k].family not in PRICED, live.matrix.rows[k].key))


def _conflict_without_options(live: Live, rows: Ints) -> list[int]:
    """Rows that conflict even if options could be had in parts: found fast; empty where only whole options conflict."""
    parts = Live(replace(live.matrix, whole=np.zeros_like(live.matrix.whole)), live.time_limit_seconds)
    parts.minimise(np.zeros(live.matrix.columns.count))
    return [] if _feasible(parts, rows) else _irreducible(parts, rows)


def _halved(live: Live, rows: list[int]) -> list[int]:
    """Fewer rows that still conflict: runs of them are left out as long as the rest does, in ever shorter runs."""
    size = len(rows) // 2
    while size >= 1:
        kept: list[int] = []
        for start in range(0, len(rows), size):
            rest = kept + rows[start + size :]
            if _feasible(live, rest):
                kept += rows[start : start + size]
        rows, size = kept, size // 2 if len(kept) > 2 * size else min(size // 2, len(kept) // 2)
    return rows


def _farkas_rows(live: Live, rows: Ints) -> list[int]:
    """Rows with a price in the least sum of misses: they conflict by themselves (Farkas). For an empty proposal."""
    elastic = elastic_matrix(live.matrix, frozenset(rows.tolist()), by_gbp=False)
    dropped = [k for k in range(len(live.matrix.rows)) if k not in set(rows.tolist())]
    again = Live(elastic, objective="relaxation")
    again.set_rows(np.array(dropped, dtype=np.int64), np.full(len(dropped), -np.inf), np.full(len(dropped), np.inf))
    again.run()
    return np.flatnonzero(np.abs(again.solution().dual[: len(live.matrix.rows)]) > 1e-9).tolist()


def _signs(live: Live, rows: Sequence[int]) -> list[ConflictMember]:
    """Signs of payments, contributions and cases that the conflict needs: column bounds have a named source too."""
    found = []
    for name, block in live.matrix.columns.by_name().items():
        key, words = SIGNS.get(name, (name, ""))
        if not words:
            continue
        indices = block.indices
        live.set_columns(indices, np.full(len(indices), -np.inf), np.full(len(indices), np.inf))
        if _feasible(live, rows):
            found.append(ConflictMember(f"sign/{key}", None, words, "sign", 0.0, "", False, "arithmetic", words))
        live.set_columns(indices, live.matrix.col_lower[indices], live.matrix.col_upper[indices])
    return found


SIGNS = {
    "pay": ("payments", "No payment is negative"),
    "put": ("contributions", "No payment into a fund is negative"),
    "spend": ("spend", "No spend on a line is negative"),
    "case": ("cases", "No number of cases is negative"),
    "curve": ("curve", "No stretch of a benefit curve holds less than nothing or more than its width"),
    "carry": ("carry", "No carried amount is negative"),
    "keep": ("keep", "Nothing negative is kept in a fund"),
    "over": ("over", "No overspend is negative"),
    "outside": ("outside", "Nothing negative is left to the outside"),
    "idle": ("idle", "What a contract holds back is not negative, and no more than it commits"),
    "extra": ("extra", "No negative amount of a resource is bought, nor more than may be"),
    "waiting": ("waiting", "No negative number of patients waits"),
    "option": ("option", "An option is supported whole or not at all, and once"),
    "least": ("least", "No group gets less than nothing"),
    "greatest": ("greatest", "No group gets less than nothing"),
}
"""Bounds of variables in words; movements and misses have none that a conflict could need."""


def _member(row: Row) -> ConflictMember:
    bound = row.upper if np.isfinite(row.upper) else row.lower
    kind = KINDS.get(row.family, "balance")
    beyond = " (set by law)" if row.statutory else ""
    return ConflictMember(
        key=row.key,
        limit=row.limit or None,
        label=row.label,
        kind=kind,
        bound=float(bound),
        unit=row.unit,
        statutory=row.statutory,
        source=row.source,
        words=row.label + beyond + _nothing_counts(row),
    )


def _nothing_counts(row: Row) -> str:
    if len(row.columns) or row.family not in PRICED:
        return ""
    if row.family == "growth_max":
        return "; what is stated to be there grows by more"
    return "; nothing can count towards it, because nobody has the right to pay for what it selects"


def least_relaxation(matrix: Matrix) -> tuple[tuple[Relaxation, ...], float] | None:
    """(loosenings, weighted GBP); None where no loosening of limits that may be loosened makes room for a plan."""
    loose = frozenset(k for k, row in enumerate(matrix.rows) if _can_relax(row))
    elastic = elastic_matrix(matrix, loose, by_gbp=True)
    live = Live(elastic, objective="relaxation")
    if live.first_status != Status.OPTIMAL:
        return None
    total = live.solution().objective * elastic.money_scale
    if matrix.whole.any():  # the options of the least loosening are held; then everything is as without options
        options = matrix.columns.block("option").slice
        held = hold(elastic, np.round(live.values()[options]).astype(np.int64))
        live = Live(held, objective="relaxation")
        if live.first_status != Status.OPTIMAL:
            return None
    live.fix_optimal_face()
    for objective in ("least_movement", "uniqueness"):
        if objective in elastic.objectives:
            live.minimise(elastic.objectives[objective])
            if live.run() != Status.OPTIMAL:
                break
            live.fix_optimal_face()
    return tuple(_relaxations(elastic, live.solution().values, matrix.columns.count)), total


def elastic_matrix(matrix: Matrix, loose: frozenset[int], *, by_gbp: bool) -> Matrix:
    """The matrix with a column per loose row and side that lets the row be missed, at a cost per GBP.

    Elastic columns stand behind the others, in the order of `elastic_sides`. Without `by_gbp` every unit costs 1.
    """
    sides = elastic_sides(matrix, loose)
    owner = np.array([row for row, _ in sides], dtype=np.int64)
    entries = np.array([sign for _, sign in sides])
    first = matrix.columns.count
    where = {row: [k for k, (other, _) in enumerate(sides) if other == row] for row in loose}
    index, value, start = [], [], [0]
    for row in range(len(matrix.rows)):
        run = slice(matrix.start[row], matrix.start[row + 1])
        extra = where.get(row, [])
        index += [matrix.index[run], first + np.array(extra, dtype=np.int64)]
        value += [matrix.value[run], entries[extra] if extra else np.zeros(0)]
        start.append(start[-1] + len(index[-1]) + len(index[-2]))
    grow = len(sides)
    cost = np.concatenate([np.zeros(first), _loosening_costs(matrix, owner) if by_gbp else np.ones(grow)])
    hashes = np.array([weight_of(f"loosen/{matrix.rows[row].key}/{sign:+.0f}") for row, sign in sides])
    objectives = {name: np.concatenate([c, np.zeros(grow)]) for name, c in matrix.objectives.items()}
    objectives["uniqueness"][first:] = hashes * cost[first:]
    return replace(
        matrix,
        columns=replace(matrix.columns, keys=(*matrix.columns.keys, *_elastic_keys(matrix, sides))),
        start=np.array(start, dtype=np.int64),
        index=np.concatenate(index) if index else matrix.index,
        value=np.concatenate(value) if value else matrix.value,
        col_lower=np.concatenate([matrix.col_lower, np.zeros(grow)]),
        whole=np.concatenate([matrix.whole, np.zeros(grow, dtype=np.bool_)]),
        col_upper=np.concatenate([matrix.col_upper, np.full(grow, np.inf)]),
        col_scale=np.concatenate([matrix.col_scale, matrix.row_scale[owner]]),
        objectives=objectives | {"relaxation": cost},
    )


def elastic_sides(matrix: Matrix, loose: frozenset[int]) -> list[tuple[int, float]]:
    """(row, sign of its elastic column): +1 makes up for a missed lower bound, -1 for an exceeded upper one."""
    return [
        (row, sign)
        for row in sorted(loose)
        for sign, bound in ((1.0, matrix.row_lower[row]), (-1.0, matrix.row_upper[row]))
        if np.isfinite(bound)
    ]


def _elastic_keys(matrix: Matrix, sides: Sequence[tuple[int, float]]) -> list[str]:
    return [f"loosen/{matrix.rows[row].key}/{'low' if sign > 0 else 'high'}" for row, sign in sides]


def _loosening_costs(matrix: Matrix, owner: Ints) -> Floats:
    """Weighted scaled GBP per scaled unit of each elastic column: cases count at their mean unit cost."""
    return np.array(
        [
            matrix.rows[row].weight
            * gbp_per_unit(matrix.tables, matrix.columns, matrix.rows[row])
            * matrix.row_scale[row]
            for row in owner.tolist()
        ]
    ) / (matrix.money_scale)


def _relaxations(elastic: Matrix, values: Floats, first: int) -> list[Relaxation]:
    """Loosenings in `values`; the elastic columns begin at `first`."""
    loose = frozenset(k for k, row in enumerate(elastic.rows) if _can_relax(row))
    found = []
    for k, (position, sign) in enumerate(elastic_sides(elastic, loose)):
        by = float(values[first + k] * elastic.row_scale[position])
        gbp = by * gbp_per_unit(elastic.tables, elastic.columns, elastic.rows[position])
        if gbp > NEGLIGIBLE_GBP:
            row = elastic.rows[position]
            payer = payer_of(elastic.tables, elastic.columns, row)
            name = NOBODYS if payer is None else elastic.tables.name_of_payer(payer)
            found.append(replace(_relaxation(row, sign, by, gbp), payer=payer, payer_name=name))
    return sorted(found, key=lambda relaxation: (-relaxation.by_gbp, relaxation.key))


def _relaxation(row: Row, sign: float, by: float, gbp: float) -> Relaxation:
    amount = pounds(by) if row.unit == "GBP" else f"{_figure(by)} {row.unit} ({pounds(gbp)})"
    way = "raise" if sign < 0 else "lower"
    what = "put more money into" if row.family == "purse" else f"{way} the bound of"
    return Relaxation(
        key=row.key,
        limit=row.limit,
        label=row.label,
        by=by,
        unit=row.unit,
        by_gbp=gbp,
        weight=row.weight,
        words=f"{what} '{row.label}' by {amount}",
        side="upper" if sign < 0 else "lower",
    )


def _figure(value: float) -> str:
    """Two decimals, where there are any."""
    return f"{value:,.2f}".removesuffix(".00")


def conflict_words(members: Sequence[ConflictMember], *, statutory_alone: bool) -> str:
    """The refusal in a sentence or two."""
    told = "; ".join(member.words for member in members if member.kind not in ("balance", "sign"))
    if statutory_alone:
        return f"Limits set by law conflict by themselves, and law is not loosened here: {told}"
    return f"No plan keeps all of these, and one would exist without any one of them: {told}"
