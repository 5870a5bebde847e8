"""Random small problems for the properties: payers with purses, lines with curves, grants, a fund, limits, a pace."""

from typing import Any

from hypothesis import strategies as st

from services.allocation.tests.core.problems import (
    make_curve,
    make_limit,
    make_line,
    make_mode,
    make_payer,
    make_problem,
    make_purse,
)

PAYERS = ("ccg-a", "ccg-b", "council")
YEARS = ("2014-15", "2015-16")
LINES = ("bronchoscopy", "imaging", "nurses", "prevention")

SLOPES = st.lists(st.integers(1, 60), min_size=1, max_size=3, unique=True).map(lambda s: sorted(s, reverse=True))
AMOUNTS = st.integers(0, 900)


@st.composite
def curves(draw: st.DrawFn, key: str) -> dict[str, Any]:
    slopes = draw(SLOPES)
    return make_curve(key, *((draw(st.integers(20, 400)), slope / 1000) for slope in slopes))


@st.composite
def lines(draw: st.DrawFn, key: str) -> dict[str, Any]:
    paid = {
        f"{payer}-money": draw(AMOUNTS) for payer in draw(st.lists(st.sampled_from(PAYERS), max_size=2, unique=True))
    }
    worth = {"benefit": draw(st.sampled_from([0.0, 0.03]))}
    modes = [make_mode("clinic", 20.0) | worth, make_mode("ward", 35.0)][: draw(st.integers(0, 2))]
    return make_line(
        key, paid, key, draw(st.sampled_from(PAYERS)), modes=modes, place=draw(st.sampled_from(["north", "south"]))
    )


@st.composite
def limits(draw: st.DrawFn, key: str, chosen: list[str]) -> dict[str, Any]:
    """A loose floor or ceiling in GBP, on a line or on everything, or a share of one line in all spend."""
    line = {"select": {"lines": [draw(st.sampled_from(chosen))]}}
    match draw(st.sampled_from(["floor", "ceiling", "share", "total"])):
        case "floor":
            return make_limit(key, line, at_least=draw(st.integers(0, 150)))
        case "ceiling":
            return make_limit(key, line, at_most=draw(st.integers(100, 900)))
        case "share":
            return make_limit(key, line, {"coefficient": -draw(st.sampled_from([0.25, 0.5]))}, at_most=0)
        case _:
            return make_limit(key, {}, at_most=draw(st.integers(300, 3000)), per_year=False)


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    """A problem that parses; it may well be infeasible."""
    years = YEARS[: draw(st.integers(1, 2))]
    chosen = list(LINES[: draw(st.integers(2, 4))])
    pooled = draw(st.booleans())
    return make_problem(
        years=[{"key": year, "cost_index": draw(st.sampled_from([1.0, 1.02]))} for year in years],
        base_year="2013-14",
        payers=[make_payer(payer) for payer in PAYERS],
        purses=[
            *(make_purse(f"{p}-money", {year: draw(AMOUNTS) for year in years}, owner=p) for p in PAYERS),
            make_purse("fenced", {years[0]: draw(AMOUNTS)}, owner="council", scope={"lines": chosen[:1]}),
        ],
        lines=[draw(lines(key)) for key in chosen],
        curves=[draw(curves(key)) for key in chosen],
        mechanisms=[
            {
                "key": "gift",
                "kind": "grant",
                "payers": ["ccg-a"],
                "lines": {"lines": draw(st.lists(st.sampled_from(chosen), min_size=1, unique=True))},
                "citation": "a test",
            },
            {
                "key": "lead",
                "kind": "s14Z3",
                "payers": list(PAYERS),
                "lines": {},
                "years": [draw(st.sampled_from(years))],
                "citation": "a test",
            },
        ],
        funds=[
            {
                "key": "pot",
                "name": "pot",
                "mechanism": "lead",
                "contributors": [{"purse": "ccg-b-money", "at_most_gbp": 300}, {"purse": "fenced"}],
                "source": "a test",
            }
        ]
        if pooled
        else [],
        limits=[draw(limits(f"limit-{n}", chosen)) for n in range(draw(st.integers(0, 3)))],
        pace_of_change=[
            {
                "key": "pace",
                "label": "pace",
                "max_up": draw(st.sampled_from([0.1, 0.5])),
                "max_down": draw(st.sampled_from([0.1, 0.9])),
                "per": draw(st.sampled_from(["line", "payer", "place"])),
                "source": "a test",
            }
        ]
        if draw(st.booleans())
        else [],
    )
