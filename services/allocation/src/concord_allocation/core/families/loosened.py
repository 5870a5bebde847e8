"""Rows whose bounds lie further out than their rules say: what a what-if has loosened."""

from collections.abc import Iterator, Mapping

import numpy as np

from concord_allocation.core.families.rows import Row

ONE_SIDED = {"low": "at_least", "high": "at_most"}


def loosened(row: Row, by: Mapping[str, tuple[float, float]]) -> Iterator[Row]:
    """lower - down <= sum coefficients * columns <= upper + up. An equality becomes two rows: a row has one side."""
    if row.key not in by:
        yield row
        return
    down, up = by[row.key]
    if row.lower != row.upper:
        amount = down if np.isfinite(row.lower) else up
        yield row._replace(lower=row.lower - down, upper=row.upper + up, label=_told(row, amount))
        return
    for side, lower, upper, amount in (("low", row.lower - down, np.inf, down), ("high", -np.inf, row.upper + up, up)):
        family = ONE_SIDED[side] if row.family == "equal" else row.family
        yield from loosened(
            row._replace(
                key=f"{row.key}/{side}", family=family, lower=lower, upper=upper, label=_told(row, amount, side)
            ),
            by,
        )


def _told(row: Row, amount: float, side: str = "") -> str:
    which = {"": "", "low": "; no less", "high": "; no more"}[side]
    return f"{row.label}{which}" + (f" (loosened by {amount:,.10g} {row.unit})" if amount else "")
