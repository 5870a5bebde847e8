"""Textbook and published problems of other fields as problem documents, with their known optima and where they stand.

`least`: what is spent at least, as an outside line worth 1 a pound leaves the most money; `most`: the most benefit.
"""

from typing import Any, NamedTuple

from services.allocation.tests.core.problems import (
    SOURCED,
    YEAR,
    make_limit,
    make_line,
    make_mode,
    make_payer,
    make_problem,
    make_purse,
    spend_on,
)

WINSTON = "W. L. Winston: Operations Research, Applications and Algorithms, 4th ed."
MONEY = 1_000_000
LEFT = {"key": "left", "label": "money left", "slope": 1.0, "provenance": SOURCED}


class Case(NamedTuple):
    source: str
    problem: dict[str, Any]
    most: float | None = None
    least: float | None = None
    prices: dict[str, float] = {}
    """Benefit per unit of loosening, by limit."""


def activity(*lines: str, times: float = 1.0) -> dict[str, Any]:
    return {"select": {"lines": list(lines)}, "measure": "activity", "coefficient": float(times)}


def cases(key: str, *terms: dict[str, Any], **bounds: Any) -> dict[str, Any]:
    return make_limit(key, *terms, unit="unit", **bounds)


def made(key: str, cost: float, worth: float = 0.0, **changed: Any) -> dict[str, Any]:
    """A line of cases that cost and are worth so much each."""
    return make_line(key, {}, None, modes=[make_mode("unit", float(cost)) | {"benefit": float(worth)}], **changed)


def programme(
    lines: list[dict[str, Any]], limits: list[dict[str, Any]], gbp: int = MONEY, **more: Any
) -> dict[str, Any]:
    purses = [make_purse("money", gbp)]
    return make_problem(purses=purses, lines=lines, limits=limits, curves=[], discount_rate=0.0) | more


def resource(key: str, supply: float, **uses: float) -> dict[str, Any]:
    taken = [{"select": {"lines": [line]}, "per_case": float(amount)} for line, amount in uses.items() if amount]
    return {"key": key, "name": key, "unit": "hour", "supply": {YEAR: supply}, "uses": taken, "source": "a test"}


def option(key: str, gbp: int, benefit: float = 0.0, **more: Any) -> dict[str, Any]:
    named = {"key": key, "name": key, "line": "projects", "non_recurrent_gbp": gbp, "benefit": float(benefit)}
    return named | {"provenance": SOURCED} | more


PROJECTS = make_line("projects", {}, None)


def wyndor() -> dict[str, Any]:
    limits = [
        cases("plant-1", activity("doors"), at_most=4),
        cases("plant-2", activity("windows", times=2), at_most=12),
        cases("plant-3", activity("doors", times=3), activity("windows", times=2), at_most=18),
    ]
    return programme([made("doors", 0, 3), made("windows", 0, 5)], limits)


def dakota() -> dict[str, Any]:
    worth = {"desks": 60, "tables": 30, "chairs": 20}
    hours = {"lumber": (48, 8, 6, 1), "finishing": (20, 4, 2, 1.5), "carpentry": (8, 2, 1.5, 0.5)}
    resources = [resource(key, has, **dict(zip(worth, uses, strict=True))) for key, (has, *uses) in hours.items()]
    lines = [made(key, 0, each) for key, each in worth.items()]
    return programme(lines, [cases("tables", activity("tables"), at_most=5)], resources=resources)


FOODS = {
    "wheat-flour": (44.7, 1411, 2, 365, 0, 55.4, 33.3, 441, 0),
    "evaporated-milk": (8.4, 422, 15.1, 9, 26, 3, 23.5, 11, 60),
    "liver": (2.2, 333, 0.2, 139, 169.2, 6.4, 50.8, 316, 525), "cabbage": (2.6, 125, 4, 36, 7.2, 9, 4.5, 26, 5369),
    "spinach": (1.1, 106, 0, 138, 918.4, 5.7, 13.8, 33, 2755),
    "lima-beans": (17.4, 1055, 3.7, 459, 5.1, 26.9, 38.2, 93, 0),
    "navy-beans": (26.9, 1691, 11.4, 792, 0, 38.4, 24.6, 217, 0), "sugar": (34.9, 0, 0, 0, 0, 0, 0, 0, 0),
}  # fmt: skip
"""Nutrients for a dollar: the five foods of the optimum of all 77, and three more."""
A_DAY = (3, 70, 0.8, 12, 5, 1.8, 2.7, 18, 75)


def diet(days: int = 365) -> dict[str, Any]:
    limits = [
        cases(
            f"nutrient-{n}",
            *(activity(food, times=has[n]) for food, has in FOODS.items() if has[n]),
            at_least=needed * days,
        )
        for n, needed in enumerate(A_DAY)
    ]
    return programme([made(food, 1) for food in FOODS], limits, outside=[LEFT])


def shipping(cost: list[list[int]], supply: list[int], demand: list[int]) -> dict[str, Any]:
    lines = [
        made(f"{o}-{d}", each, pathway=f"from-{o}", place=f"to-{d}")
        for o, row in enumerate(cost)
        for d, each in enumerate(row)
    ]
    limits = [
        cases(f"supply-{o}", {"select": {"pathways": [f"from-{o}"]}, "measure": "activity"}, at_most=most)
        for o, most in enumerate(supply)
    ] + [
        cases(f"demand-{d}", {"select": {"places": [f"to-{d}"]}, "measure": "activity"}, at_least=least)
        for d, least in enumerate(demand)
    ]
    return programme(lines, limits, outside=[LEFT])


def kilroy() -> dict[str, Any]:
    near = {1: (1, 2), 2: (1, 2, 6), 3: (3, 4), 4: (3, 4, 5), 5: (4, 5, 6), 6: (2, 5, 6)}
    limits = [
        make_limit(f"reach-{city}", *({"column": f"option/{YEAR}/city-{k}"} for k in by), at_least=1, unit="station")
        for city, by in near.items()
    ]
    return programme([PROJECTS], limits, options=[option(f"city-{city}", 1) for city in near], outside=[LEFT])


def gandhi() -> dict[str, Any]:
    made_of = {"shirts": (3, 4, 12, 6, 200, 40), "shorts": (2, 3, 8, 4, 150, 53), "trousers": (6, 4, 15, 8, 100, 25)}
    limits = [
        cases("labour", *(activity(key, times=one[0]) for key, one in made_of.items()), at_most=150),
        cases("cloth", *(activity(key, times=one[1]) for key, one in made_of.items()), at_most=160),
    ]
    options = [
        option(f"rent-{key}", one[4], volumes=[{"select": {"lines": [key]}, "at_most": float(one[5])}])
        for key, one in made_of.items()
    ]
    lines = [PROJECTS, *(made(key, one[3], one[2]) for key, one in made_of.items())]
    return programme(lines, limits, 1000, options=options, outside=[LEFT])


QUARTERS = ["2014-15", "2015-16", "2016-17", "2017-18"]
OVER_TIME: dict[str, Any] = {"years": [{"key": year} for year in QUARTERS], "base_year": QUARTERS[0], "outside": [LEFT]}


def sailco() -> dict[str, Any]:
    """Boats made in regular hours or overtime, kept over from quarter to quarter: each balance names its variables."""
    boats = make_line("boats", {}, None, modes=[make_mode("regular", 400.0), make_mode("overtime", 450.0)])
    limits = [cases("regular", {"select": {"modes": ["regular"]}, "measure": "activity"}, at_most=40)]
    for t, wanted in enumerate((40 - 10, 60, 75, 25)):
        year = QUARTERS[t]
        balance = [{"column": f"case/{year}/boats/{mode}"} for mode in ("regular", "overtime")]
        balance.append({"column": f"case/{year}/kept/unit", "coefficient": -1.0})
        if t:
            balance.append({"column": f"case/{QUARTERS[t - 1]}/kept/unit"})
        limits.append(make_limit(f"balance-{t}", *balance, equal=wanted, unit="boat"))
    purses = [make_purse("money", dict.fromkeys(QUARTERS, 100_000))]
    return programme([boats, made("kept", 20)], limits) | OVER_TIME | {"purses": purses}


def finco() -> dict[str, Any]:
    """Investments that pay back later are savings; what is not invested earns 8% in the market."""
    returns = {"A": (0, (0.5, 1.0)), "B": (1, (0.5, 1.0)), "C": (0, (1.2,)), "D": (0, (0, 0, 1.9)), "E": (2, (1.5,))}
    savings = [
        {
            "key": f"{key}-{lag}", "label": key, "lines": [key], "rate": rate, "lag": lag, "to_purse": "money",
            "provenance": SOURCED,
        }
        for key, (_, rates) in (returns | {"market": (0, (1.08,))}).items()
        for lag, rate in enumerate(rates, 1)
        if rate
    ]  # fmt: skip
    limits = [
        make_limit(f"{key}-{year}", spend_on(key), at_most=75_000 if QUARTERS[t] == year else 0, years=[year])
        for key, (t, _) in returns.items()
        for year in QUARTERS
    ]
    lines = [make_line(key, {}, None) for key in (*returns, "market")]
    kept = OVER_TIME | {"outside": [LEFT | {"years": [QUARTERS[3]]}]}
    return (
        programme(lines, limits) | kept | {"savings": savings, "purses": [make_purse("money", {QUARTERS[0]: 100_000})]}
    )


def burnit() -> dict[str, Any]:
    """Three audiences as soft limits, first things first."""
    goals = {"HIM": (7, 3, 40), "HIP": (10, 5, 60), "HIW": (5, 4, 35)}
    limits = [
        cases(
            key, activity("football", times=a), activity("soap", times=b), at_least=least, hard=False, priority=number
        )
        for number, (key, (a, b, least)) in enumerate(goals.items(), 1)
    ]
    return programme([made("football", 100), made("soap", 60)], limits, 600)


NEEDS = {
    "antenatal": (0.4, 2.5, 40, 5, 900), "counselling": (0.05, 0, 30, 0, 1600),
    "hiv-treatment": (2.1, 110, 60, 30, 380),
    "bed-nets": (0.09, 3.2, 5, 0, 3500), "caesarean": (6.0, 60, 180, 120, 90),
    "caesarean-trained": (6.5, 45, 240, 60, 90),
    "hypertension": (0.12, 18, 25, 20, 1800),
}  # fmt: skip
"""Health gained by a case, its drugs, minutes of a nurse and of a doctor, and how many can be reached at most."""


def benefit_package(drugs: int = 20_000) -> dict[str, Any]:
    """Drugs are money, staff are resources, two ways to one operation substitute, counselling comes inside a visit."""
    lines = [made(key, one[1], one[0]) for key, one in NEEDS.items()]
    resources = [
        resource("nurse", 150_000, **{key: one[2] for key, one in NEEDS.items()}),
        resource("doctor", 30_000, **{key: one[3] for key, one in NEEDS.items()}),
    ]
    reached: dict[str, list[str]] = {}
    for key in NEEDS:
        reached.setdefault(key.removesuffix("-trained"), []).append(key)
    demands = [
        {"key": key, "label": key, "unit": "patient", "cases": {YEAR: NEEDS[key][4]}, "source": "a test",
         "met_by": [{"select": {"lines": [line]}} for line in lines_of]}
        for key, lines_of in reached.items()
    ]  # fmt: skip
    nested = {
        "key": "inside", "label": "one visit in two has counselling", "kind": "nested", "rate": 0.5, "source": "a test",
        "per": {"lines": ["antenatal"]}, "to": {"lines": ["counselling"]},
    }  # fmt: skip
    return programme(
        lines, [], drugs, resources=resources, demands=demands, links=[nested], benefit_unit="DALY averted"
    )


def earmarked() -> dict[str, Any]:
    """A donor's money is for malaria alone: what is left of it cannot treat HIV."""
    lines = [
        made("nets", 5, 0.1, payer="state", pathway="malaria"),
        made("drugs", 100, 3, payer="state", pathway="hiv"),
    ]
    fenced = {"scope": {"pathways": ["malaria"]}, "kind": "ring_fence"}
    return programme(
        lines, [cases("nets", activity("nets"), at_most=60)],
        payers=[make_payer("state"), make_payer("donor")],
        purses=[make_purse("general", 1000, "state"), make_purse("malaria", 500, "donor", **fenced)],
        mechanisms=[{"key": "grant", "kind": "grant", "payers": ["donor"], "lines": {"pathways": ["malaria"]},
                     "citation": "a grant"}],
    )  # fmt: skip


def dispatch() -> dict[str, Any]:
    """Power for two hours from coal, gas and wind that costs nothing, under a cap on CO2."""
    each = {"coal": (20, 1.0), "gas": (50, 0.4), "wind": (0, 0.0)}
    lines, limits = [], []
    for hour, (wanted, wind) in enumerate(((100, 60), (80, 20))):
        lines += [made(f"{plant}-{hour}", cost) for plant, (cost, _) in each.items()]
        limits.append(cases(f"load-{hour}", activity(*(f"{plant}-{hour}" for plant in each)), equal=wanted))
        limits.append(cases(f"wind-{hour}", activity(f"wind-{hour}"), at_most=wind))
    emitted = (activity(f"{plant}-{hour}", times=co2) for plant, (_, co2) in each.items() if co2 for hour in range(2))
    limits.append(cases("co2", *emitted, at_most=70))
    return programme(lines, limits, outside=[LEFT])


CASES: dict[str, Case] = {
    "two products, three plants": Case(
        "Hillier, Lieberman: Introduction to Operations Research, 3.1", wyndor(), most=36
    ),
    "desks, tables, chairs": Case(
        f"{WINSTON}, 6.1, 6.8", dakota(), most=280, prices={"finishing": 10, "carpentry": 10}
    ),
    "a year's diet": Case(
        "Stigler, Journal of Farm Economics 27 (1945) 303-314; optimum: Dantzig, Interfaces 20 (1990) 43-47, USD 39.66",
        diet(), least=39.6617315,
    ),
    "three power plants, four cities": Case(
        f"{WINSTON}, 7.1", shipping([[8, 6, 10, 9], [9, 12, 13, 7], [14, 9, 16, 5]], [35, 50, 40], [45, 20, 30, 30]),
        least=1020,
    ),
    "four machines, four jobs": Case(
        f"{WINSTON}, 7.5", shipping([[14, 5, 8, 7], [2, 12, 6, 5], [7, 8, 3, 9], [2, 4, 6, 10]], [1] * 4, [1] * 4),
        least=15,
    ),
    "four investments": Case(
        f"{WINSTON}, 9.2",
        programme([PROJECTS], [], 14, options=[option(f"i{n}", *one) for n, one in enumerate(
            ((5, 16), (7, 22), (4, 12), (3, 8)))]),
        most=42,
    ),
    "fire stations for six cities": Case(f"{WINSTON}, 9.2", kilroy(), least=2),
    "clothes on rented machines": Case(f"{WINSTON}, 9.2", gandhi(), most=75),
    "boats over four quarters": Case(f"{WINSTON}, 3.10", sailco(), least=78_450),
    "investments over four years": Case(f"{WINSTON}, 3.11", finco(), most=218_500),
    "a benefit package": Case(
        "the form of Mohan et al., Health Economics 32 (2023) 1244-1255; figures made up, optimum by scipy's linprog",
        benefit_package(), most=1330.2272727272727,
    ),
    "earmarked money": Case("the same; by hand: 60 nets and 10 treatments", earmarked(), most=36),
    "power under a cap on CO2": Case(
        "the form of PyPSA's CO2 limit; by hand: 50 of coal and 50 of gas beside the wind", dispatch(), least=3500,
        prices={"co2": 50},
    ),
}  # fmt: skip
