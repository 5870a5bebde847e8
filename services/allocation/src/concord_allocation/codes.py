"""Whether the registry knows the codes that sent rows use: a line of a place that is not there would never be found."""

from collections.abc import Sequence
from datetime import date

from concord_allocation.reads import OnBehalf
from concord_allocation.reference.own import SentRow
from concord_allocation.reference.references import Code
from concord_allocation.registry_client import RegistryClient
from concord_kit.sheets import SheetFault

LAST_DAY_OF_BASELINE = date(2014, 3, 31)
"""Rows speak of the places of the baseline year, 2013-14: its CCGs, not today's bodies."""


async def unknown_codes(
    used: Sequence[tuple[SentRow, Code]], registry: RegistryClient, token: str | None, acting_for: str | None
) -> list[SheetFault]:
    """A fault for each code that the registry does not know. Raises DependencyUnavailable, DependencyRefused."""
    reader = OnBehalf(token, acting_for, LAST_DAY_OF_BASELINE)
    known: dict[str, set[str]] = {}
    for kind in sorted({kind for _, (_, kind, _) in used}):
        match kind:
            case "place":
                known[kind] = await registry.place_keys(reader)
            case "stage":
                known[kind] = set(await registry.stage_names(reader))
            case _:
                known[kind] = await registry.pathway_keys(reader)
    return [
        row.fault(column, f"{code} is no {kind} of the registry", f"unknown-{kind}")
        for row, (column, kind, code) in used
        if code not in known[kind]
    ]
