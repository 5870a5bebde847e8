"""Money over the years: carried, overspent, saved, left outside, held back, moved, deflated, committed."""

from typing import Any

import pytest

from concord_allocation.core.contracts import commitment
from concord_allocation.core.days import day_number, days_in, months_later
from concord_allocation.core.parse_parts import equivalent_annual_cost
from concord_contracts.allocation import Contract
from services.allocation.tests.core.problems import (
    SOURCED,
    answer,
    make_curve,
    make_limit,
    make_line,
    make_mode,
    make_payer,
    make_problem,
    make_purse,
    refusal,
    spend,
)

FIRST, SECOND = "2014-15", "2015-16"
CARRY = {"at_most_share": 0.1, "source": "a test"}


def two_years(first: int = 100, second: int = 0, **changed: Any) -> dict[str, Any]:
    """GBP 100 a year on one line: the first 60 GBP of a year buy 2 each, the rest 1."""
    made = {
        "years": [{"key": FIRST}, {"key": SECOND}],
        "discount_rate": 0.0,
        "purses": [make_purse("money", {FIRST: first, SECOND: second})],
        "lines": [make_line("care", {}, "care")],
        "curves": [make_curve("care", (60, 2), (None, 1))],
    }
    return make_problem(**(made | changed))


def carrying(**rule: Any) -> dict[str, Any]:
    return {"purses": [make_purse("money", {FIRST: 100, SECOND: 0}, carry=CARRY | rule)]}


def test_money_is_carried_up_to_a_share_and_the_limit_has_a_price() -> None:
    found = answer(two_years(**carrying()))
    assert (spend(found, FIRST), spend(found, SECOND)) == ({"care": 90}, {"care": 10})
    assert [(row.kind, row.gbp, row.year) for row in found.carried] == [("carried", 10, FIRST)]
    limit = next(row for row in found.binding if row.kind == "carry_max")
    assert limit.price_more == pytest.approx(1.0)
    assert any("carries GBP 10 out of 2014-15" in one.words for one in found.sentences)
    assert found.check.gap == pytest.approx(0, abs=1e-9)


def test_without_a_rule_nothing_is_carried() -> None:
    found = answer(two_years())
    assert (spend(found, FIRST), spend(found, SECOND)) == ({"care": 100}, {"care": 0})


def test_what_is_left_at_the_end_counts_only_what_is_stated() -> None:
    poor = {"curves": [make_curve("care", (60, 2), (None, 0.5))]}
    purses = [make_purse("money", {FIRST: 100}, carry=CARRY | {"final_year_value": 1.5, "at_most_share": 1})]
    found = answer(two_years(years=[{"key": FIRST}], purses=purses, **poor))
    assert spend(found, FIRST) == {"care": 60}
    assert found.totals.elsewhere_benefit == pytest.approx(60)
    assert found.totals.benefit == pytest.approx(120)


def pooled(carry: dict[str, Any] | None) -> dict[str, Any]:
    return two_years(
        payers=[make_payer("ccg"), make_payer("council")],
        purses=[make_purse("grant", {FIRST: 100}, owner="council")],
        mechanisms=[
            {"key": "s75", "kind": "s75_pool", "payers": ["ccg", "council"], "lines": {}, "citation": "s.75"}
        ],
        funds=[
            {
                "key": "pot", "name": "pot", "mechanism": "s75", "carry": carry, "source": "a test",
                "contributors": [{"purse": "grant"}],
            }
        ],
        limits=[make_limit("later", {"select": {"funds": ["pot"]}}, at_least=20, years=[SECOND])] if carry else [],
    )  # fmt: skip


def test_a_fund_keeps_money_of_the_purse_that_paid_it_in() -> None:
    """The grant pays in this year what is spent next year: no pound loses its purse on the way."""
    purses = {"purses": [make_purse("grant", {FIRST: 100, SECOND: 1}, owner="council")]}
    found = answer(pooled(CARRY | {"at_most_share": 0.25}) | purses)
    assert spend(found, SECOND)["care"] >= 20
    assert [(row.fund, row.purse) for row in found.carried] == [("pot", "grant")]
    paid = {row.year: row.gbp for row in found.contributions}
    assert paid[FIRST] == spend(found, FIRST)["care"] + found.carried[0].gbp


def test_an_overspend_is_made_where_it_is_worth_its_penalty() -> None:
    def asked(penalty: float) -> dict[str, Any]:
        over = {"at_most_gbp": 30, "penalty": penalty, "source": "a test"}
        return two_years(first=40, purses=[make_purse("money", {FIRST: 40, SECOND: 0}, overspend=over)])

    worth_it, not_worth_it = answer(asked(1.5)), answer(asked(2.5))
    assert spend(worth_it, FIRST) == {"care": 60}
    assert [(row.kind, row.gbp) for row in worth_it.carried if row.year == FIRST] == [("overspent", 20)]
    assert worth_it.totals.elsewhere_benefit == pytest.approx(-1.5 * (20 + 30))
    (told,) = [one.words for one in worth_it.sentences if one.about == "money"]
    assert "benefit 180 QALY (discounted), and -75 QALY of money left or overspent: 105 QALY in all" in told
    assert spend(not_worth_it, FIRST) == {"care": 40}


def test_an_outside_line_takes_what_buys_less_here() -> None:
    outside = [{"key": "else", "label": "elsewhere", "slope": 1.2, "provenance": SOURCED}]
    found = answer(two_years(outside=outside))
    assert spend(found, FIRST) == {"care": 60}
    assert found.totals.elsewhere_benefit == pytest.approx(40 * 1.2)
    assert [(row.kind, row.gbp) for row in found.carried] == [("outside", 40)]
    assert found.check.bound == pytest.approx(120 + 48)


def test_spend_saves_money_later() -> None:
    """GBP 1 on prevention frees GBP 1.5 a year later: it is worth more than the benefit it shows."""
    found = answer(
        two_years(
            lines=[make_line("care", {}, "care"), make_line("prevention", {}, "prevention")],
            curves=[make_curve("care", (60, 2), (None, 1)), make_curve("prevention", (50, 0.1))],
            savings=[
                {"key": "save", "label": "prevention saves", "lines": ["prevention"], "rate": 1.5, "lag": 1,
                 "to_purse": "money", "provenance": SOURCED}
            ],
        )
    )  # fmt: skip
    assert spend(found, FIRST)["prevention"] == 40
    assert spend(found, SECOND)["care"] == 60
    assert [(row.year, row.gbp) for row in found.savings] == [(SECOND, 60)]
    assert found.check.gap == pytest.approx(0, abs=1e-9)


def rule(kind: str, share: float, **changed: Any) -> dict[str, Any]:
    return {"key": kind, "label": kind, "kind": kind, "share": share, "source": "business rules 2013-14"} | changed


def test_surplus_and_contingency_are_held_back_together_unless_waived() -> None:
    held = answer(two_years(business_rules=[rule("surplus", 0.01), rule("contingency", 0.005)]))
    assert spend(held, FIRST) == {"care": 98}  # 1.5 of 100 are held back, whole pounds upwards
    assert any(limit.kind == "held_back" for limit in held.binding)
    waived = answer(two_years(business_rules=[rule("surplus", 0.01, waived_by="the area team")]))
    assert spend(waived, FIRST) == {"care": 100}
    assert "waived by the area team" in waived.rules[0].words


def test_a_share_is_kept_for_what_does_not_recur() -> None:
    lines = [make_line("care", {}, "care"), make_line("once", {}, "once", non_recurrent=True)]
    curves = [make_curve("care", (None, 2)), make_curve("once", (None, 1))]
    found = answer(two_years(lines=lines, curves=curves, business_rules=[rule("non_recurrent", 0.02)]))
    assert spend(found, FIRST) == {"care": 98, "once": 2}


SAVING = {
    "key": "fewer-beds",
    "label": "fewer beds",
    "lines": ["care"],
    "rate": 0.5,
    "lag": 1,
    "to_purse": "money",
    "provenance": SOURCED,
}
OVERSPEND = {"at_most_gbp": 50, "penalty": 0.01, "source": "a test"}
FURTHER_MONEY: dict[str, dict[str, Any]] = {
    "saved": {"savings": [SAVING], "purses": [make_purse("money", {FIRST: 100, SECOND: 100})]},
    "overspent": {"purses": [make_purse("money", {FIRST: 100, SECOND: 0}, overspend=OVERSPEND)]},
    "carried": {
        "purses": [make_purse("money", {FIRST: 100, SECOND: 0}, carry=CARRY | {"at_most_share": 1.0})],
        "limits": [make_limit("slow", {}, at_most=50, years=[FIRST])],
    },
    "kept in a fund": {
        "payers": [make_payer("ccg"), make_payer("council")],
        "purses": [make_purse("money", {FIRST: 100, SECOND: 0})],
        "mechanisms": [
            {"key": "s75", "kind": "s75_pool", "payers": ["ccg", "council"], "lines": {}, "citation": "s.75"}
        ],
        "funds": [
            {
                "key": "pool",
                "name": "pool",
                "mechanism": "s75",
                "contributors": [{"purse": "money"}],
                "source": "a test",
                "carry": {"at_most_share": 1.0, "source": "a test"},
            }
        ],
        "limits": [make_limit("slow", {}, at_most=50, years=[FIRST])],
    },
}


@pytest.mark.parametrize("kind", ["surplus", "contingency", "non_recurrent"])
@pytest.mark.parametrize("further", FURTHER_MONEY)
def test_a_rule_of_no_share_changes_nothing_whatever_money_there_is_beyond_the_amounts(kind: str, further: str) -> None:
    nothing = {"key": "rule", "label": "a rule", "kind": kind, "share": 0.0, "source": "a test"}
    free = answer(two_years(**FURTHER_MONEY[further]))
    ruled = answer(two_years(**FURTHER_MONEY[further], business_rules=[nothing]))
    amounts = FURTHER_MONEY[further]["purses"][0]["amount_gbp"]
    assert any(spend(free, year)["care"] > amount for year, amount in amounts.items())
    assert ruled.totals.benefit == pytest.approx(free.totals.benefit)
    assert ruled.check.gap == pytest.approx(0, abs=1e-9)


def test_money_that_ends_pays_for_nothing_that_recurs() -> None:
    purses = [make_purse("headroom", {FIRST: 50}, only_non_recurrent=True)]
    lines = [make_line("care", {}, "care"), make_line("once", {}, "once", non_recurrent=True)]
    found = answer(
        two_years(purses=purses, lines=lines, curves=[make_curve("care", (None, 2)), make_curve("once", (None, 1))])
    )
    assert spend(found, FIRST) == {"care": 0, "once": 50}


def test_boundary_transfers_move_amounts_and_are_shown() -> None:
    transfer = {
        "key": "boundary", "from_purse": "money", "to_purse": "special", "service": "specialised surgery",
        "day": "2014-04-01", "from_year": FIRST, "recurrent": True, "gbp": 30, "source": "a test",
    }  # fmt: skip
    asked = two_years(
        second=100,
        payers=[make_payer("ccg"), make_payer("nhse")],
        purses=[make_purse("money", {FIRST: 100, SECOND: 100}), make_purse("special", 0, owner="nhse")],
        transfers=[transfer],
    )
    found = answer(asked)
    assert {(row.year, row.key): row.available_gbp for row in found.splits.purse}[SECOND, "special"] == 30
    assert [row.year for row in found.transfers] == [FIRST, SECOND]
    assert "specialised surgery" in found.transfers[0].words


def test_a_baseline_is_built_up_from_its_outturn_and_must_add_up() -> None:
    bridge = {"outturn_gbp": 100, "non_recurrent_gbp": 10, "tariff_uplift_gbp": -2, "growth_gbp": 3, "qipp_gbp": 1,
              "source": "month 12"}  # fmt: skip
    line = make_line("care", {}, "care") | {
        "reference": [{"purse": "money", "gbp": 90, "built_from": bridge, "year": FIRST}]
    }
    found = answer(two_years(lines=[line]))
    assert [(row.outturn_gbp, row.baseline_gbp) for row in found.bridges] == [(100, 90)]
    assert "outturn GBP 100, less non-recurrent -GBP 10" in found.bridges[0].words


def test_prices_rise_with_a_named_index_and_a_floor_in_real_terms_with_them() -> None:
    index = {"key": "gdp", "name": "GDP deflator", "values": {SECOND: 1.1}, "provenance": SOURCED}
    modes = [make_mode("visit", 10.0)]
    line = make_line("care", {"money": 50}, "care", modes=modes, cost_index="gdp")
    floor = {"key": "real", "label": "in real terms", "max_down": 0.0, "deflator": "gdp", "source": "a test"}
    found = answer(
        two_years(second=100, lines=[line, make_line("rest", {}, "rest")], price_indices=[index],
                  pace_of_change=[floor | {"select": {"lines": ["care"]}}],
                  curves=[make_curve("care", (10, 0.1)), make_curve("rest", (None, 1))])
    )  # fmt: skip
    assert (spend(found, FIRST)["care"], spend(found, SECOND)["care"]) == (50, 55)
    assert {row.year: row.cases for row in found.activity} == {FIRST: 5, SECOND: 5}


def block(**changed: Any) -> dict[str, Any]:
    return {
        "key": "block", "provider": "the trust", "form": "block", "line": "care", "value_gbp": 80, "source": "a test",
    } | changed  # fmt: skip


def test_a_block_contract_releases_nothing_before_notice_expires() -> None:
    """Better use elsewhere has to wait: half of the second year is free, as notice expires on 1 October."""
    asked = two_years(
        second=100,
        lines=[make_line("care", {}, None), make_line("rest", {}, "rest")],
        curves=[make_curve("rest", (None, 1))],
        contracts=[block(notice_given="2014-10-01", notice_months=12)],
    )
    found = answer(asked)
    assert (spend(found, FIRST)["care"], spend(found, SECOND)["care"]) == (80, 40)
    assert "notice expires on 2015-10-01" in found.contracts[0].words
    assert {limit.kind for limit in found.binding} >= {"contract"}


def test_cutting_activity_under_a_block_frees_no_money_and_idle_money_buys_nothing() -> None:
    modes = [make_mode("visit", 10.0)]
    line = make_line("care", {}, "care", modes=modes)
    cut = make_limit("few", {"measure": "activity"}, at_most=3, unit="visit")
    blocked = answer(two_years(lines=[line], contracts=[block()], limits=[cut], second=100))
    assert spend(blocked, FIRST) == {"care": 80}
    assert blocked.contracts[0].idle_gbp == 50
    assert blocked.totals.benefit == pytest.approx(2 * 30 * 2)
    tariff = answer(two_years(lines=[line], contracts=[block(form="national_tariff")], limits=[cut], second=100))
    assert spend(tariff, FIRST) == {"care": 30}


def test_a_contract_nobody_can_pay_is_named_in_the_conflict() -> None:
    found = refusal(two_years(contracts=[block(value_gbp=150)]))
    assert {member.kind for member in found.conflict if member.kind not in ("balance", "sign")} == {"contract", "purse"}
    assert found.relaxation_gbp is not None


@pytest.mark.parametrize(
    ("changed", "floor"),
    [
        ({}, (80, 80)),
        ({"form": "local_price"}, (0, 0)),
        ({"notice_given": "2014-04-01", "notice_months": 12}, (80, 0)),
        ({"ends": "2014-09-30"}, (40, 0)),
        ({"form": "cost_and_volume", "releasable": [{"day": "2014-04-01", "share": 0.25}]}, (60, 60)),
        ({"begins": "2014-10-01"}, (40, 80)),
        ({"begins": "2015-04-01"}, (0, 80)),
        ({"values_gbp": {SECOND: 30}}, (80, 30)),
        ({"begins": "2014-10-01", "values_gbp": {FIRST: 30}}, (30, 80)),  # of the half year that it is in force
        (
            {
                "begins": "2014-10-01",
                "releasable": [{"day": "2015-04-01", "share": 0.5}],
                "form": "grant",
                "values_gbp": {FIRST: 30},
            },
            (30, 40),
        ),
    ],
)
def test_what_a_contract_holds_back_by_year(changed: dict[str, Any], floor: tuple[int, int]) -> None:
    made = Contract.model_validate(block(**changed)).model_dump(mode="json")
    found = commitment(made, (FIRST, SECOND), 0, "care").floor
    assert all(abs(has - asked) <= 1 for has, asked in zip(found, floor, strict=True))


def test_days_are_counted_as_the_calendar_has_them() -> None:
    assert day_number("2015-03-01") - day_number("2015-02-28") == 1
    assert day_number("2016-03-01") - day_number("2016-02-28") == 2
    assert (days_in(2016, 2), days_in(2015, 12)) == (29, 31)
    assert months_later("2014-08-31", 6) == "2015-02-28"


def test_the_equivalent_annual_cost_is_the_annuity() -> None:
    assert equivalent_annual_cost(1000, 0.0, 10) == 100
    assert equivalent_annual_cost(1_000_000, 0.035, 10) == 120_242  # 1e6 * 0.035 / (1 - 1.035 ** -10), upwards


def test_whole_pounds_keep_what_a_purse_holds_and_holds_back_where_earlier_spend_saves_for_it() -> None:
    """1,000 GBP and half of the 106 spent before, less one percent, in five equal parts: 208.6 each, rounded up once
    too often this would be 2 GBP more than there is."""
    lines = [make_line(key, {}, key) for key in "abcde"]
    shares = [
        make_limit(
            f"equal-{key}",
            {"select": {"lines": [key]}},
            {"select": {"lines": ["a"]}, "coefficient": -1},
            equal=0,
            years=[SECOND],
        )
        for key in "bcde"
    ]
    found = answer(
        two_years(
            purses=[
                make_purse("money", {SECOND: 1000}, scope={"lines": list("abcde")}),
                make_purse("early", {FIRST: 106}, scope={"lines": ["first"]}),
            ],
            lines=[*lines, make_line("first", {}, "first")],
            curves=[*(make_curve(key, (None, 1)) for key in "abcde"), make_curve("first", (None, 3))],
            limits=shares,
            savings=[SAVING | {"lines": ["first"], "rate": 0.5}],
            business_rules=[
                {
                    "key": "contingency", "label": "one percent", "kind": "contingency", "share": 0.01,
                    "years": [SECOND], "purses": ["money"], "source": "a test",
                }
            ],
        )
    )  # fmt: skip
    assert sum(spend(found, SECOND).values()) == 1000 + 53 - 10
    assert found.check.passed


def test_a_pound_less_is_spent_where_no_rounding_keeps_what_is_saved() -> None:
    """Half of 10.50 is saved. In the second year 12 + 5.25 pay 7.25 for visits, which their floor makes 8, and 10 for
    care: more than there is however the rest is rounded, so care gets 9.
    """
    set_up = {"select": {"lines": ["set-up"]}, "measure": "activity"}
    saved = {"key": "s", "label": "s", "lines": ["set-up"], "rate": 0.5, "lag": 1, "to_purse": "money"}
    found = answer(
        two_years(
            purses=[make_purse("money", {FIRST: 11, SECOND: 12})],
            lines=[
                make_line("care", {}, "care"),
                make_line("set-up", {}, None, modes=[make_mode("one", 10.5)]),
                make_line("visits", {}, None, modes=[make_mode("one", 7.25)]),
            ],
            savings=[saved | {"provenance": SOURCED}],
            limits=[
                make_limit("once", set_up, equal=1, years=[FIRST], unit="case"),
                make_limit("never-again", set_up, equal=0, years=[SECOND], unit="case"),
                make_limit("visit", {"select": {"lines": ["visits"]}}, at_least=7.25, years=[SECOND]),
            ],
        )
    )
    assert found.check.passed
    assert spend(found, SECOND) == {"care": 9, "set-up": 0, "visits": 8}
