"""The least loosening as what a question can be asked with: sums per payer, amounts rounded outwards, looser tables."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from concord_allocation.core.matrix import Matrix
from concord_allocation.core.problem import ProblemTables
from concord_allocation.core.results_of_refusals import PayerLoosening, Relaxation

NOBODYS = "not one payer's"

MARGINS_GBP = (0, 1, 10, 100)
"""Pounds beyond the next whole one, tried in turn: sums of bounds with pence may need a few for a plan in whole pounds.
Amounts that are not money get the same number of ten-thousandths more."""

FIGURES = 6
"""Significant figures that an amount which is not money is rounded up to."""

NOISE = 1e-7
"""Scaled amount that the solver itself takes for nothing."""


def by_payer(relaxation: Sequence[Relaxation]) -> tuple[PayerLoosening, ...]:
    """Sums of GBP, the largest first; what is nobody's alone comes last."""
    sums: dict[str | None, tuple[str, float, float]] = {}
    for one in relaxation:
        _, gbp, weighted = sums.get(one.payer, ("", 0.0, 0.0))
        sums[one.payer] = (one.payer_name, gbp + one.by_gbp, weighted + one.by_gbp * one.weight)
    rows = [PayerLoosening(payer, *found) for payer, found in sums.items()]
    return tuple(sorted(rows, key=lambda row: (row.payer is None, -row.gbp, row.payer or "")))


def attempts(matrix: Matrix, relaxation: Sequence[Relaxation]) -> Iterator[tuple[ProblemTables, dict[str, Any]]]:
    """(looser tables, the change that makes them so), each a little looser than the one before."""
    for margin in MARGINS_GBP:
        rows = [
            {
                "row": one.key,
                "side": one.side,
                "by": _outwards(one, matrix.row_scale[matrix.row_position[one.key]], margin),
            }
            for one in relaxation
        ]
        yield _looser(matrix.tables, rows), {"kind": "loosen", "rows": rows, "note": None}


def _outwards(one: Relaxation, scale: float, margin: int) -> float:
    if one.unit == "GBP":
        return float(max(1, math.ceil(one.by - NOISE * scale)) + margin)
    places = FIGURES - 1 - math.floor(math.log10(one.by))
    steps = math.ceil(one.by * (1.0 + 1e-4 * margin) * 10.0**places - 1e-2)
    return float(round(steps * 10.0**-places, max(0, places)))


def _looser(tables: ProblemTables, rows: Sequence[dict[str, Any]]) -> ProblemTables:
    loosened, money = dict(tables.loosened), dict[tuple[str, str], int]()
    for row in rows:
        kind, _, rest = row["row"].partition("/")
        if kind == "purse":
            year, _, purse = rest.partition("/")
            money[purse, year] = int(row["by"])
            continue
        down, up = loosened.get(row["row"], (0.0, 0.0))
        loosened[row["row"]] = (down + row["by"], up) if row["side"] == "lower" else (down, up + row["by"])
    purses = tuple(
        replace(
            purse,
            amount=tuple(
                gbp + money.get((purse.key, year), 0) for year, gbp in zip(tables.years, purse.amount, strict=True)
            ),
        )
        for purse in tables.purses
    )
    return replace(tables, purses=purses, loosened=loosened)
