"""Amounts that several parts of a document make together: what boundary transfers move, what a baseline is built of."""

import math
from collections.abc import Mapping, Sequence

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


OF_A_PURSE = "purse/"


def added(
    document: Document, years: Sequence[str], transferred: Mapping[tuple[str, int], int]
) -> dict[tuple[str, int], int]:
    """GBP beyond what a purse is given, by (purse, year): transferred, and where its row is loosened."""
    found = dict(transferred)
    for entry in document["loosened"]:
        if entry["row"].startswith(OF_A_PURSE) and entry["side"] == "upper":
            year, _, purse = entry["row"].removeprefix(OF_A_PURSE).partition("/")
            if year in years:
                place = purse, years.index(year)
                found[place] = found.get(place, 0) + math.ceil(entry["by"])
    return found


def loosened_of(entries: Sequence[Document]) -> dict[str, tuple[float, float]]:
    """(lower bound down, upper bound up) by row, purses aside; what names the same bound twice is added."""
    found: dict[str, tuple[float, float]] = {}
    for entry in entries:
        if entry["row"].startswith(OF_A_PURSE):
            continue
        down, up = found.get(entry["row"], (0.0, 0.0))
        lower = entry["side"] == "lower"
        found[entry["row"]] = (down + entry["by"], up) if lower else (down, up + entry["by"])
    return found
