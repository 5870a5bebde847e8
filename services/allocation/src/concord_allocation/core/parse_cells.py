"""Who may pay for what in which year, as parallel arrays: cells, contributions, cases, and the reference split."""

from collections.abc import Mapping, Sequence

import numpy as np

from concord_allocation.core.eligibility import rights
from concord_allocation.core.faults_of_keys import Document
from concord_allocation.core.problem import (
    DIRECT,
    Activities,
    Cells,
    Contributions,
    Fund,
    Line,
    Mechanism,
    OrphanReference,
    Purse,
)
from concord_allocation.core.rules import Bar

type Place = tuple[int, int, int, int]


def reference_of(
    document: Document,
    years: Sequence[str],
    lines: Sequence[Line],
    purses: Sequence[Purse],
    funds: Sequence[Fund],
) -> dict[Place, int]:
    """GBP of the reference split by (year, line, purse, fund)."""
    line_at = {line.key: i for i, line in enumerate(lines)}
    purse_at = {purse.key: i for i, purse in enumerate(purses)}
    fund_at = {None: DIRECT} | {fund.key: i for i, fund in enumerate(funds)}
    return {
        (t, line_at[line["key"]], purse_at[payment["purse"]], fund_at[payment["fund"]]): payment["gbp"]
        for line in document["lines"]
        for payment in line["reference"]
        for t, year in enumerate(years)
        if payment["year"] in (None, year)
    }


def cells_of(
    years: Sequence[str],
    purses: Sequence[Purse],
    lines: Sequence[Line],
    mechanisms: Sequence[Mechanism],
    funds: Sequence[Fund],
    bars: Sequence[Bar],
    reference: Mapping[Place, int],
) -> Cells:
    found = rights(len(years), purses, lines, mechanisms, funds, bars)
    places = np.array([right[:4] for right in found], dtype=np.int64).reshape(-1, 4)
    return Cells(
        year=places[:, 0],
        line=places[:, 1],
        purse=places[:, 2],
        fund=places[:, 3],
        reference=np.array([reference.get(right[:4], 0) for right in found], dtype=np.int64),
        because=tuple(right.because for right in found),
    )


def orphans_of(cells: Cells, reference: Mapping[Place, int]) -> tuple[OrphanReference, ...]:
    payable = set(zip(*(a.tolist() for a in (cells.year, cells.line, cells.purse, cells.fund)), strict=True))
    return tuple(
        OrphanReference(*place, gbp) for place, gbp in sorted(reference.items()) if gbp and place not in payable
    )


def contributions_of(
    cells: Cells, funds: Sequence[Fund], purses: Sequence[Purse], mechanisms: Sequence[Mechanism]
) -> Contributions:
    """One row per (year, fund, purse) that reaches a line, and per promised minimum even where it reaches none.

    Where a party left, what was promised to a fund that reaches nothing any more falls away, and so does its own.
    """
    purse_at = {purse.key: i for i, purse in enumerate(purses)}
    by_key = {mechanism.key: mechanism for mechanism in mechanisms}
    terms = {(m, purse_at[c.purse]): c for m, fund in enumerate(funds) for c in fund.contributors}
    pooled = cells.fund != DIRECT
    places = set(zip(*(a[pooled].tolist() for a in (cells.year, cells.fund, cells.purse)), strict=True))
    alive = {place[:2] for place in places}
    for (fund, purse), contribution in terms.items():
        mechanism = by_key[funds[fund].mechanism]
        for t, valid in enumerate(mechanism.years):
            parties = mechanism.parties(t)
            whole = parties == mechanism.payers
            if (
                contribution.at_least > 0
                and valid
                and (whole or (purses[purse].owner in parties and (t, fund) in alive))
            ):
                places.add((t, fund, purse))
    ordered = sorted(places)
    return Contributions(
        year=np.array([p[0] for p in ordered], dtype=np.int64),
        fund=np.array([p[1] for p in ordered], dtype=np.int64),
        purse=np.array([p[2] for p in ordered], dtype=np.int64),
        at_least=np.array([terms[p[1:]].at_least for p in ordered], dtype=np.float64),
        at_most=np.array([_or_infinity(terms[p[1:]].at_most) for p in ordered], dtype=np.float64),
    )


def _or_infinity(bound: int | None) -> float:
    return float("inf") if bound is None else float(bound)


def activities_of(years: Sequence[str], lines: Sequence[Line]) -> Activities:
    places = [(t, i, d) for t in range(len(years)) for i, line in enumerate(lines) for d in range(len(line.modes))]
    return Activities(
        year=np.array([p[0] for p in places], dtype=np.int64),
        line=np.array([p[1] for p in places], dtype=np.int64),
        mode=np.array([p[2] for p in places], dtype=np.int64),
        unit_cost=np.array([lines[i].modes[d].unit_cost[t] for t, i, d in places], dtype=np.float64),
        benefit=np.array([lines[i].modes[d].benefit for _, i, d in places], dtype=np.float64),
    )
