"""Cases: capacity and workforce, waiting, induced and saved demand, nested services, substitutes."""

from typing import Any

import pytest

from services.allocation.tests.core.problems import (
    answer,
    make_curve,
    make_line,
    make_mode,
    make_problem,
    make_purse,
    refusal,
    spend,
)

FIRST, SECOND, THIRD = "2014-15", "2015-16", "2016-17"


def clinic(**changed: Any) -> dict[str, Any]:
    """Scopes at GBP 10 and operations at GBP 50 a case; a pound on either is worth 1."""
    made = {
        "years": [{"key": FIRST}, {"key": SECOND}],
        "discount_rate": 0.0,
        "purses": [make_purse("money", {FIRST: 1000, SECOND: 1000})],
        "lines": [
            make_line("scopes", {}, "scopes", modes=[make_mode("scope", 10.0)]),
            make_line("surgery", {}, "surgery", modes=[make_mode("operation", 50.0)]),
            make_line("capacity", {}, None),
        ],
        "curves": [make_curve("scopes", (None, 1)), make_curve("surgery", (None, 0.9))],
    }
    return make_problem(**(made | changed))


def sessions(**changed: Any) -> dict[str, Any]:
    return {
        "key": "sessions", "name": "endoscopy sessions", "unit": "session", "supply": {FIRST: 10, SECOND: 10},
        "uses": [{"select": {"lines": ["scopes"]}, "per_case": 0.25}], "source": "a test",
    } | changed  # fmt: skip


def cases(found: Any, line: str, year: str = FIRST) -> float:
    return float(next(row.cases for row in found.activity if (row.line, row.year) == (line, year)))


def test_cases_use_no_more_of_a_resource_than_there_is_and_it_has_a_price() -> None:
    found = answer(clinic(resources=[sessions()]))
    assert cases(found, "scopes") == 40
    limit = next(row for row in found.binding if row.kind == "resource")
    assert limit.price_more == pytest.approx(4 * 10 * (1 - 0.9))
    assert [(row.used, row.supply) for row in found.resources] == [(10, 10), (10, 10)]
    assert any("10 of 10 session are used" in one.words for one in found.sentences)


def test_a_case_may_need_several_resources() -> None:
    nurses = sessions(key="nurses", name="nurses", unit="WTE", supply={FIRST: 1, SECOND: 1},
                      uses=[{"per_case": 0.05}])  # fmt: skip
    found = answer(clinic(resources=[sessions(), nurses]))
    assert cases(found, "scopes") + cases(found, "surgery") == pytest.approx(20)


def test_more_of_a_resource_is_bought_where_it_pays_and_stays_if_it_lasts() -> None:
    """A session costs GBP 8 and lets four scopes move GBP 40 from 0.9 to 1: worth it only if it lasts two years."""
    bought = {"extra_at_most": {FIRST: 100}, "bought_on": "capacity"}
    once = answer(clinic(resources=[sessions(price_gbp=3.7, **bought)]))
    assert once.resources[0].bought > 0
    dear = answer(clinic(resources=[sessions(price_gbp=4.6, **bought)]))
    assert dear.resources[0].bought == 0
    lasts = answer(clinic(resources=[sessions(price_gbp=4.6, lasting=True, **bought)]))
    assert lasts.resources[1].bought == lasts.resources[0].bought > 0
    assert spend(lasts)["capacity"] == pytest.approx(lasts.resources[0].bought_gbp, abs=1)


def test_a_workforce_grows_no_faster_than_it_can() -> None:
    grown = sessions(
        supply={FIRST: 10, SECOND: 10}, extra_at_most={FIRST: 0, SECOND: 50}, price_gbp=0.5, bought_on="capacity",
        max_growth=0.2,
    )  # fmt: skip
    found = answer(clinic(resources=[grown]))
    assert found.resources[1].bought == pytest.approx(2)
    assert any(row.kind == "growth_max" for row in found.binding)


def waiting(**changed: Any) -> dict[str, Any]:
    return {
        "key": "wait", "label": "surgery", "unit": "patient", "cases": {FIRST: 12, SECOND: 12},
        "met_by": [{"select": {"lines": ["surgery"]}}], "waits": True, "opening_backlog": 3, "source": "a test",
    } | changed  # fmt: skip


def test_who_is_not_treated_waits_and_the_backlog_may_be_bounded() -> None:
    found = answer(clinic(demands=[waiting(backlog_at_most={SECOND: 5})]))
    assert [(row.came, row.waiting) for row in found.demands] == [
        (12, pytest.approx(15 - found.demands[0].treated)),
        (12, 5),
    ]
    assert sum(row.treated for row in found.demands) == pytest.approx(22)
    assert {row.kind for row in found.binding} >= {"backlog_max"}


def test_no_more_are_treated_than_come() -> None:
    found = answer(
        clinic(demands=[waiting(waits=False, opening_backlog=0, met_by=[{"select": {"lines": ["scopes"]}}])])
    )
    assert cases(found, "scopes") == 12


def test_a_waiting_time_standard_asks_for_a_share_of_the_patients() -> None:
    found = answer(clinic(demands=[waiting(waits=False, opening_backlog=0, minimum_share=0.75)]))
    assert cases(found, "surgery") == 9
    assert next(row for row in found.binding if row.kind == "demand_min").price_more == pytest.approx(50 * 0.1)


def test_a_standard_that_cannot_be_met_is_missed_least_where_it_is_soft() -> None:
    """GBP 1000 pay for 20 of the 27 operations that the standard asks for."""
    demand = waiting(cases={FIRST: 30, SECOND: 0}, waits=False, opening_backlog=0, minimum_share=0.9)
    assert refusal(clinic(demands=[demand])).reason == "conflict"
    found = answer(clinic(demands=[demand | {"hard": False}]))
    assert cases(found, "surgery") == pytest.approx(20)
    assert [(miss.amount, miss.weighted_gbp) for miss in found.missed] == [(pytest.approx(7), pytest.approx(350))]
    assert any("is missed by 7 patient" in one.words for one in found.sentences)
    assert found.objectives[0].objective == "soft/1"
    assert found.check.gap == pytest.approx(0, abs=1e-6)


def test_activity_brings_and_saves_demand_later() -> None:
    """Each scope this year finds 0.1 operations for the next, and prevention saves them."""
    shifted = waiting(
        cases={FIRST: 5, SECOND: 5}, waits=False, opening_backlog=0, minimum_share=1.0,
        shifts=[{"select": {"lines": ["scopes"]}, "rate": 0.1, "lag": 1},
                {"select": {"lines": ["capacity"]}, "measure": "spend", "rate": -0.01, "lag": 1}],
    )  # fmt: skip
    found = answer(clinic(demands=[shifted]))
    came = {row.year: row.came for row in found.demands}
    assert came[SECOND] == pytest.approx(5 + 0.1 * cases(found, "scopes") - 0.01 * spend(found)["capacity"], abs=0.02)
    assert cases(found, "surgery", SECOND) == pytest.approx(came[SECOND], abs=0.02)


def link(kind: str, rate: float, lag: int = 0) -> dict[str, Any]:
    return {
        "key": "link", "label": "operations against scopes", "kind": kind, "per": {"lines": ["scopes"]},
        "to": {"lines": ["surgery"]}, "rate": rate, "lag": lag, "source": "a test",
    }  # fmt: skip


def test_one_activity_induces_needs_or_follows_another() -> None:
    induced = answer(clinic(links=[link("induces", 0.1, 1)]))
    assert cases(induced, "surgery", SECOND) == pytest.approx(0.1 * cases(induced, "scopes"), abs=0.01)
    better = [make_curve("scopes", (None, 0.5)), make_curve("surgery", (None, 0.9))]
    nested = answer(clinic(links=[link("nested", 0.1)], curves=better))
    assert cases(nested, "surgery") == pytest.approx(0.1 * cases(nested, "scopes"), abs=0.01)
    exact = answer(clinic(links=[link("follows", 0.2)]))
    assert cases(exact, "surgery") == pytest.approx(0.2 * cases(exact, "scopes"), abs=0.01)
    assert all(found.check.gap == pytest.approx(0, abs=1e-9) for found in (induced, nested, exact))


def test_substitutes_meet_the_same_demand_by_what_each_counts() -> None:
    """A test by post counts half a patient and costs a third: it meets the demand."""
    modes = [make_mode("clinic", 30.0), make_mode("post", 10.0)]
    found = answer(
        clinic(
            lines=[make_line("tests", {}, None, modes=modes), make_line("rest", {}, "rest")],
            curves=[make_curve("rest", (None, 1))],
            demands=[
                waiting(waits=False, opening_backlog=0, minimum_share=1.0,
                        met_by=[{"select": {"modes": ["clinic"]}}, {"select": {"modes": ["post"]}, "counts": 0.5}])
            ],
        )
    )  # fmt: skip
    assert {(row.year, row.mode): row.cases for row in found.activity}[FIRST, "post"] == 24
    assert spend(found) == {"rest": 760, "tests": 240}


def test_a_backlog_runs_through_three_years() -> None:
    years = [{"key": FIRST}, {"key": SECOND}, {"key": THIRD}]
    purses = [make_purse("money", {FIRST: 500, SECOND: 500, THIRD: 500})]
    demand = waiting(cases={FIRST: 12, SECOND: 12, THIRD: 6}, backlog_at_most={THIRD: 3})
    found = answer(clinic(years=years, purses=purses, demands=[demand]))
    treated = [row.treated for row in found.demands]
    left = 3.0
    for row, come in zip(found.demands, (12, 12, 6), strict=True):
        left += come - row.treated
        assert row.waiting == pytest.approx(left)
    assert sum(treated) == pytest.approx(30)
