"""Which limits conflict: a set that cannot hold together and could without any one of its members.

HiGHS proposes a set; each member is then proved by deletion. Arithmetic and the signs of variables are named with it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from concord_allocation.core.families import KINDS, PRICED, Row
from concord_allocation.core.problem import Ints
from concord_allocation.core.refusal import can_relax, elastic_matrix
from concord_allocation.core.results_of_refusals import ConflictMember
from concord_allocation.core.solver import Live, Status, Unanswered


def find_conflict(live: Live) -> tuple[tuple[ConflictMember, ...], bool]:
    """(an irreducible conflict, whether statutory limits and arithmetic conflict by themselves)."""
    matrix = live.matrix
    live.minimise(np.zeros(matrix.columns.count))
    everything = np.arange(len(matrix.rows))
    firm = np.array([k for k, row in enumerate(matrix.rows) if not can_relax(row)], dtype=np.int64)
    statutory_alone = not is_feasible(live, firm)
    rows = _irreducible(live, firm if statutory_alone else everything)
    members = [_member(matrix.rows[k]) for k in rows]
    return (*members, *_signs(live, rows)), statutory_alone


def is_feasible(live: Live, rows: Ints | Sequence[int]) -> bool:
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
    is_feasible(live, rows)
    if live.matrix.whole.any():  # neither an IIS nor duals speak of whole options
        start = _conflict_without_options(live, rows) or halved(live, rows.tolist())
    else:
        proposal = live.conflicting_rows()
        start = proposal if proposal and not is_feasible(live, proposal) else _farkas_rows(live, rows)
    return deleted(live, start)


def deleted(live: Live, start: Sequence[int]) -> list[int]:
    """What is left of conflicting rows when each that is not needed for the conflict is taken out, one by one."""
    # Arithmetic is tried last: what is left over should be what people decided.
    order = sorted(start, key=lambda k: (not can_relax(live.matrix.rows[k]), live.matrix.rows[k].key))
    kept = list(order)
    for candidate in order:
        fewer = [k for k in kept if k != candidate]
        if not is_feasible(live, fewer):
            kept = fewer
    return sorted(kept, key=lambda k: (live.matrix.rows[k].family not in PRICED, live.matrix.rows[k].key))


def _conflict_without_options(live: Live, rows: Ints) -> list[int]:
    """Rows that conflict even if options could be had in parts: found fast; empty where only whole options conflict."""
    parts = Live(replace(live.matrix, whole=np.zeros_like(live.matrix.whole)), live.time_limit_seconds)
    parts.minimise(np.zeros(live.matrix.columns.count))
    return [] if is_feasible(parts, rows) else _irreducible(parts, rows)


def halved(live: Live, rows: list[int]) -> list[int]:
    """Fewer rows that still conflict: runs of them are left out as long as the rest does, in ever shorter runs."""
    size = len(rows) // 2
    while size >= 1:
        kept: list[int] = []
        for start in range(0, len(rows), size):
            rest = kept + rows[start + size :]
            if is_feasible(live, rest):
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
        if is_feasible(live, rows):
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


def conflict_words(members: Sequence[ConflictMember], *, statutory_alone: bool) -> str:
    """The refusal in a sentence or two."""
    told = "; ".join(member.words for member in members if member.kind not in ("balance", "sign"))
    if statutory_alone:
        return f"Limits set by law conflict by themselves, and law is not loosened here: {told}"
    return f"No plan keeps all of these, and one would exist without any one of them: {told}"
