"""Allocation's lists that are kept as printed: no plan is reckoned from them."""

from collections.abc import Mapping

LISTS: Mapping[str, str] = {
    "boundary_transfers": "Money that moved between commissioners with services in 2013-14, by body",
    "cases_by_place": "New cases and urgent referrals by place: the national figure divided by the weight of need",
    "ccg_allocations": "Each clinical commissioning group's allocation and headroom by year, as far as it was found",
    "checks": "Checks of the benefit curves against published totals, computed",
    "diagnostics": "Diagnostic tests a month in England, by test and year",
    "evidence": "The documents behind benefit curves and unit costs, by code",
    "incidence": "New cases and rates by pathway",
    "measured_values": "Waiting times, referrals, conversion and screening as measured, as printed",
    "money_national": "National spend as printed, nominal and real, by item and year",
    "public_health_grants": "Each council's public health grant by year, as far as it was found",
    "reconciliation": "How parts come to published totals, to the pound",
    "specialised_offices": "Which area team commissioned specialised services for which",
}
"""Name of the file without `.csv` -> what it holds."""
