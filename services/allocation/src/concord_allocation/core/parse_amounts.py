"""Amounts that several parts of a document make together: what boundary transfers move, what a baseline is built of."""

from collections.abc import Sequence

from concord_allocation.core.faults_of_keys import Document

BRIDGE_SIGNS = {
    "outturn": 1,
    "non_recurrent": -1,
    "full_year_effect": 1,
    "tariff_uplift": 1,
    "efficiency": -1,
    "growth": 1,
    "qipp": -1,
}
"""baseline = sum of sign * part."""


def moved_years(transfer: Document, years: Sequence[str]) -> tuple[int, ...]:
    """Positions of the years in which a boundary transfer moves money."""
    first = years.index(transfer["from_year"])
    return tuple(range(first, len(years))) if transfer["recurrent"] else (first,)


def moved(document: Document, years: Sequence[str]) -> dict[tuple[str, int], int]:
    """GBP that boundary transfers bring to a purse (key) in a year, negative where they take."""
    found: dict[tuple[str, int], int] = {}
    for transfer in document["transfers"]:
        for t in moved_years(transfer, years):
            for purse, sign in ((transfer["from_purse"], -1), (transfer["to_purse"], 1)):
                found[purse, t] = found.get((purse, t), 0) + sign * transfer["gbp"]
    return found
