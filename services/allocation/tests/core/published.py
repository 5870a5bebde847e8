"""Published problems as problem documents, with their known optima and where they are printed."""

from typing import Any

from services.allocation.tests.core.problems import (
    SOURCED,
    YEAR,
    make_curve,
    make_limit,
    make_line,
    make_mode,
    make_problem,
    make_purse,
)

AMPL = (
    "Fourer, Gay, Kernighan: AMPL, a modeling language for mathematical programming, 2nd ed., multi.dat, multmip1.dat"
)
PETERSEN = (
    "C. C. Petersen: Computational experience with variants of the Balas algorithm applied to the selection of R&D "
    "projects, Management Science 13 (1967) 736-750; OR-Library, file mknap1"
)

ORIGINS = ("GARY", "CLEV", "PITT")
PLACES = ("FRA", "DET", "LAN", "WIN", "STL", "FRE", "LAF")
SUPPLY = {"bands": (400, 700, 800), "coils": (800, 1600, 1800), "plate": (200, 300, 300)}
DEMAND = {
    "bands": (300, 300, 100, 75, 650, 225, 250),
    "coils": (500, 750, 400, 250, 950, 850, 500),
    "plate": (100, 100, 0, 50, 200, 100, 250),
}
SHIPPING = {
    "bands": ((30, 10, 8, 10, 11, 71, 6), (22, 7, 10, 7, 21, 82, 13), (19, 11, 12, 10, 25, 83, 15)),
    "coils": ((39, 14, 11, 14, 16, 82, 8), (27, 9, 12, 9, 26, 95, 17), (24, 14, 17, 13, 28, 99, 20)),
    "plate": ((41, 15, 12, 16, 17, 86, 8), (29, 9, 13, 9, 28, 99, 18), (26, 14, 17, 13, 31, 104, 20)),
}
FIXED = (
    (3000, 1200, 1200, 1200, 2500, 3500, 2500),
    (2000, 1000, 1500, 1200, 2500, 3000, 2200),
    (2000, 1200, 1500, 1500, 2500, 3500, 2200),
)
LARGEST_SHIPMENT = 625
MONEY = 1_000_000


def transport(*, dearest: bool = False, fixed: bool = False) -> dict[str, Any]:
    """Three suppliers, three products, seven places; least cost, or the dearest way (a pound spent is worth 1).

    Least cost is most money left: an outside line worth 1 a pound. With fixed costs, a route is an option that is paid
    for whole and lets at most 625 units through.
    """
    lines, limits, options = [], [], []
    for o, origin in enumerate(ORIGINS):
        for d, place in enumerate(PLACES):
            for product, costs in SHIPPING.items():
                key = f"{origin}.{place}.{product}"
                modes = [make_mode("unit", float(costs[o][d]))]
                lines.append(
                    make_line(key, {}, "spent" if dearest else None, place=place, pathway=product, modes=modes)
                    | {"stage": origin}
                )
            route = {"places": [place], "stages": [origin]}
            if fixed:
                options.append(
                    {
                        "key": f"use-{origin}-{place}", "name": f"route {origin} to {place}", "line": "routes",
                        "non_recurrent_gbp": FIXED[o][d], "provenance": SOURCED,
                        "volumes": [{"select": route, "at_most": LARGEST_SHIPMENT}],
                    }
                )  # fmt: skip
            else:
                limits.append(cases(f"route-{origin}-{place}", route, at_most=LARGEST_SHIPMENT))
    for product, supply in SUPPLY.items():
        for origin, units in zip(ORIGINS, supply, strict=True):
            limits.append(cases(f"supply-{origin}-{product}", {"stages": [origin], "pathways": [product]}, equal=units))
        for place, units in zip(PLACES, DEMAND[product], strict=True):
            limits.append(cases(f"demand-{place}-{product}", {"places": [place], "pathways": [product]}, equal=units))
    if fixed:
        lines.append(make_line("routes", {}, None, place="none", pathway="none"))
    outside = [] if dearest else [{"key": "left", "label": "money left", "slope": 1.0, "provenance": SOURCED}]
    return make_problem(
        title=AMPL, purses=[make_purse("money", MONEY)], lines=lines, limits=limits, options=options, outside=outside,
        curves=[make_curve("spent", (None, 1.0))] if dearest else [], objectives=["benefit", "uniqueness"],
    )  # fmt: skip


def cases(key: str, select: dict[str, Any], **bounds: Any) -> dict[str, Any]:
    return make_limit(key, {"select": select, "measure": "activity"}, unit="unit", **bounds)


SIX_PROJECTS = (
    (100, 600, 1200, 2400, 500, 2000),
    (
        (8, 12, 13, 64, 22, 41), (8, 12, 13, 75, 22, 41), (3, 6, 4, 18, 6, 4), (5, 10, 8, 32, 6, 12),
        (5, 13, 8, 42, 6, 20), (5, 13, 8, 48, 6, 20), (0, 0, 0, 0, 8, 0), (3, 0, 4, 0, 8, 0), (3, 2, 4, 0, 8, 4),
        (3, 2, 4, 8, 8, 4),
    ),
    (80, 96, 20, 36, 44, 48, 10, 18, 22, 24),
)  # fmt: skip
"""(worth of each project, what it takes in ten years, what there is): the optimum is 3,800."""

TEN_PROJECTS = (
    (600.1, 310.5, 1800, 3850, 18.6, 198.7, 882, 4200, 402.5, 327),
    (
        (20, 5, 100, 200, 2, 4, 60, 150, 80, 40), (20, 7, 130, 280, 2, 8, 110, 210, 100, 40),
        (60, 3, 50, 100, 4, 2, 20, 40, 6, 12), (60, 8, 70, 200, 4, 6, 40, 70, 16, 20),
        (60, 13, 70, 250, 4, 10, 60, 90, 20, 24), (60, 13, 70, 280, 4, 10, 70, 105, 22, 28),
        (5, 2, 20, 100, 2, 5, 10, 60, 0, 0), (45, 14, 80, 180, 6, 10, 40, 100, 20, 0),
        (55, 14, 80, 200, 6, 10, 50, 140, 30, 40), (65, 14, 80, 220, 6, 10, 50, 180, 30, 50),
    ),
    (450, 540, 200, 360, 440, 480, 200, 360, 440, 480),
)  # fmt: skip
"""The optimum is 8,706.1."""

FIFTEEN_PROJECTS = (
    (100, 220, 90, 400, 300, 400, 205, 120, 160, 580, 400, 140, 100, 1300, 650),
    (
        (8, 24, 13, 80, 70, 80, 45, 15, 28, 90, 130, 32, 20, 120, 40),
        (8, 44, 13, 100, 100, 90, 75, 25, 28, 120, 130, 32, 40, 160, 40),
        (3, 6, 4, 20, 20, 30, 8, 3, 12, 14, 40, 6, 3, 20, 5),
        (5, 9, 6, 40, 30, 40, 16, 5, 18, 24, 60, 16, 11, 30, 25),
        (5, 11, 7, 50, 40, 40, 19, 7, 18, 29, 70, 21, 17, 30, 25),
        (5, 11, 7, 55, 40, 40, 21, 9, 18, 29, 70, 21, 17, 35, 25),
        (0, 0, 1, 10, 4, 10, 0, 6, 0, 6, 32, 3, 0, 70, 10),
        (3, 4, 5, 20, 14, 20, 6, 12, 10, 18, 42, 9, 12, 100, 20),
        (3, 6, 9, 30, 29, 20, 12, 12, 10, 30, 42, 18, 18, 110, 20),
        (3, 8, 9, 35, 29, 20, 16, 15, 10, 30, 42, 20, 18, 120, 20),
    ),
    (550, 700, 130, 240, 280, 310, 110, 205, 260, 275),
)
"""The optimum is 4,015."""

type Projects = tuple[tuple[float, ...], tuple[tuple[int, ...], ...], tuple[int, ...]]


def capital_budgeting(projects: Projects) -> dict[str, Any]:
    """Projects taken whole or not at all, each year's spending limited: options, and limits with named coefficients."""
    worth, takes, available = projects
    options = [
        {"key": f"p{n}", "name": f"project {n}", "line": "projects", "benefit": float(value), "provenance": SOURCED}
        for n, value in enumerate(worth)
    ]
    limits = [
        make_limit(
            f"year-{year}",
            *(
                {"column": f"option/{YEAR}/p{n}", "coefficient": float(taken)}
                for n, taken in enumerate(row)
                if taken
            ),
            at_most=available[year], per_year=False, unit="thousand",
        )
        for year, row in enumerate(takes)
    ]  # fmt: skip
    return make_problem(
        title=PETERSEN, lines=[make_line("projects", {}, None)], curves=[], options=options, limits=limits,
        objectives=["benefit", "uniqueness"], discount_rate=0.0,
    )  # fmt: skip


CASES: dict[str, tuple[dict[str, Any], float]] = {
    "transport, least cost": (transport(), 199_500),
    "transport, dearest": (transport(dearest=True), 225_700),
    "transport, fixed costs": (transport(fixed=True), 229_850),
}
"""Documents with the money that is spent at the optimum."""

PROJECTS: dict[str, tuple[dict[str, Any], float]] = {
    "six projects": (capital_budgeting(SIX_PROJECTS), 3800),
    "ten projects": (capital_budgeting(TEN_PROJECTS), 8706.1),
    "fifteen projects": (capital_budgeting(FIFTEEN_PROJECTS), 4015),
}
"""Documents with the benefit of the best projects."""
