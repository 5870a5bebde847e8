"""Dividing a plan's cost and gain over HTTP, and paying it so."""

from typing import Any

import pytest

from concord_contracts.allocation.sharing import GameAnswer, Sharing
from services.allocation.tests.conftest import Running
from services.allocation.tests.core.problems import (
    SOURCED,
    YEAR,
    make_curve,
    make_limit,
    make_line,
    make_mode,
    make_payer,
    make_problem,
    make_purse,
    spend_on,
)

NEXT = "2015-16"
PRICE = {"gbp": 10, "provenance": {"basis": "assumption", "note": "a test"}}


def production_game() -> dict[str, Any]:
    """Owen's linear production game: products a and b sell at 68 and 52 and need (4, 6) and (5, 2) of two resources,
    of which the three owners have (4, 33), (6, 39) and (60, 0) (R package coopProductGame 2.0, example).
    """
    owners = {"p1": (4, 33), "p2": (6, 39), "p3": (60, 0)}
    needs = {"a": (4, 6), "b": (5, 2)}
    piece = [make_mode("made", 1.0)]
    resources = [
        make_limit(
            f"resource-{r}",
            *({"select": {"lines": [x]}, "measure": "activity", "coefficient": n[r]} for x, n in needs.items()),
            at_most=sum(has[r] for has in owners.values()),
            unit="unit",
        )
        for r in (0, 1)
    ]
    return {
        "problem": make_problem(
            discount_rate=0,
            payers=[make_payer(key) for key in owners],
            purses=[make_purse(f"money-{key}", 10_000, key) for key in owners],
            lines=[make_line(key, None, key, "p1", modes=piece) for key in needs],
            curves=[make_curve("a", (None, 68)), make_curve("b", (None, 52))],
            mechanisms=[
                {"key": "all", "kind": "grant", "payers": list(owners), "lines": {}, "citation": "they agreed"}
            ],
            limits=resources,
        ),
        "fallback": "nothing",
        "annex": True,
        "brought": [
            {"limit": f"resource-{r}", "by_payer": {key: has[r] for key, has in owners.items()}} for r in (0, 1)
        ],
    }


def divided(running: Running, question: dict[str, Any], path: str = "/v1/sharing") -> Sharing:
    answer = running.post(path, question)
    assert answer.status_code == 200, answer.text
    return Sharing.model_validate(answer.json())


def values(found: Sharing, key: str) -> list[float]:
    return [value.value for division in found.gain_divisions if division.key == key for value in division.values]


def amounts(found: Sharing, key: str) -> dict[str, int]:
    return {
        amount.party: amount.gbp for division in found.divisions if division.key == key for amount in division.amounts
    }


def test_owens_production_game_with_all_its_published_divisions(shared: Running) -> None:
    found = divided(shared, production_game())
    gains = {tuple(one.parties): one.gain for one in found.coalitions}
    assert gains == pytest.approx(
        {
            ("p1",): 68,
            ("p2",): 102,
            ("p3",): 0,
            ("p1", "p2"): 170,
            ("p1", "p3"): 710,
            ("p2", "p3"): 762,
            ("p1", "p2", "p3"): 992,
        },
        abs=1e-6,
    )
    assert values(found, "owen") == pytest.approx([230, 282, 480])
    assert values(found, "shapley") == pytest.approx([229, 272, 491])
    assert values(found, "nucleolus") == pytest.approx([149, 192, 651])
    assert found.gains_core is not None
    assert not found.gains_core.empty
    assert found.gains_core.superadditive


def test_a_stated_game_and_stated_claims(shared: Running) -> None:
    game = {
        "players": ["a", "b", "c"],
        "values": [
            {"coalition": list(coalition), "value": value}
            for coalition, value in (
                ("a", 68),
                ("b", 102),
                ("c", 0),
                ("ab", 170),
                ("ac", 710),
                ("bc", 762),
                ("abc", 992),
            )
        ],
    }
    answer = GameAnswer.model_validate(shared.post("/v1/games", game).json())
    found = {division.key: [value.value for value in division.values] for division in answer.divisions}
    assert found["shapley"] == pytest.approx([229, 272, 491])
    assert found["nucleolus"] == pytest.approx([149, 192, 651])
    claims = shared.post("/v1/claims-rules", {"estate": 200, "claims": {"x": 100, "y": 200, "z": 300}}).json()
    assert claims["rules"]["contested_garment"] == pytest.approx({"x": 50, "y": 75, "z": 75})


def pool(**changed: Any) -> dict[str, Any]:
    """A CCG and a council with a pool for two lines; the council's prevention buys more than the CCG's clinic."""
    made = make_problem(
        payers=[make_payer("ccg"), make_payer("council")],
        purses=[make_purse("ccg-money", 100, "ccg"), make_purse("council-money", 40, "council")],
        lines=[
            make_line("clinic", {"ccg-money": 100}, "clinic", "ccg"),
            make_line("prevention", {"council-money": 40}, "prevention", "council"),
        ],
        curves=[make_curve("clinic", (50, 2), (50, 1)), make_curve("prevention", (80, 3), (80, 0.5))],
        mechanisms=[{"key": "s75", "kind": "s75_pool", "payers": ["ccg", "council"], "lines": {}, "citation": "s.75"}],
        funds=[
            {
                "key": "pool",
                "name": "The pool",
                "mechanism": "s75",
                "contributors": [{"purse": "ccg-money"}, {"purse": "council-money"}],
                "source": "a test",
            }
        ],
    )
    return {"problem": made | changed}


def test_a_division_that_can_be_paid_comes_with_its_payments(shared: Running) -> None:
    found = divided(shared, pool() | {"benefit_price": PRICE, "annex": True})
    assert (found.cost_gbp, found.fallback_benefit) == (140, 270)
    assert found.gain == pytest.approx(80)  # GBP 40 from the clinic's second stretch (1) to prevention (3)
    assert amounts(found, "outturn") == {"ccg": 100, "council": 40}
    planned = next(division for division in found.divisions if division.key == "outturn")
    assert planned.realisation is not None
    assert planned.realisation.possible
    schedule = planned.realisation.schedule
    assert sum(row.contribution.amount_pence for row in schedule) == 14_000
    assert {row.fund for row in schedule} == {None, "pool"}
    assert {row.contribution.party for row in schedule} == {"ccg", "council"}
    for division in found.divisions:
        assert sum(amount.gbp for amount in division.amounts) == 140
    # the CCG's money alone makes the gain, by the pool; its clinic loses 40 and the council's line gains 120 of it,
    # so at GBP 10 a unit of benefit the council would owe all that its line gained
    assert values(found, "shapley") == pytest.approx([80, 0])
    assert amounts(found, "gains_shapley") == {"ccg": -1100, "council": 1240}


def test_what_is_paid_as_planned_is_told_by_the_name_of_its_line(shared: Running) -> None:
    """Without the pool a group that has more can put it into the clinic alone, which needs no more."""
    purses = [make_purse("ccg-money", 200, "ccg"), make_purse("council-money", 40, "council")]
    question = pool(mechanisms=[], funds=[], purses=purses)
    for line in question["problem"]["lines"]:
        line["name"] = f"The {line['key']}"
    much = {"key": "much", "name": "Six parts", "weights": {"ccg": 6, "council": 1}, "provenance": SOURCED}
    (division,) = [one for one in divided(shared, question | {"keys": [much]}).divisions if one.key == "much"]
    assert division.realisation is not None
    told = [member.words for member in division.realisation.conflict if "as planned" in member.words]
    assert told
    assert all(words.startswith("The ") for words in told)


def test_a_division_that_cannot_be_paid_names_what_stands_in_its_way(shared: Running) -> None:
    proposed = {
        "key": "proposed",
        "name": "Half each",
        "weights": {"ccg": 1, "council": 1},
        "provenance": {"basis": "assumption", "note": "a proposal"},
    }
    found = divided(shared, pool() | {"keys": [proposed]})
    division = next(division for division in found.divisions if division.key == "proposed")
    assert {amount.party: amount.gbp for amount in division.amounts} == {"ccg": 70, "council": 70}
    assert division.assumption
    assert division.realisation is not None
    assert not division.realisation.possible
    assert any("council" in member.words and "40" in member.words for member in division.realisation.conflict)
    assert division.realisation.relaxation
    assert any(words.startswith("Half each cannot be paid") for words in found.sentences)


def test_rounding_to_pounds_does_not_make_the_plans_own_division_unpayable(shared: Running) -> None:
    """Nobody may pay for another: by the last split, of 100 to 40, the CCG would bear 98.57 of 138, and has 98."""
    purses = [make_purse("ccg-money", 98, "ccg"), make_purse("council-money", 40, "council")]
    question = pool(mechanisms=[], funds=[], purses=purses)
    found = divided(shared, question | {"gains": False})
    assert amounts(found, "least_change") == {"ccg": 98, "council": 40}
    assert amounts(found, "outturn") == {"ccg": 99, "council": 39}
    payments = {division.key: division.realisation for division in found.divisions}
    planned, outturn = payments["least_change"], payments["outturn"]
    assert planned is not None
    assert outturn is not None
    assert outturn.possible
    assert outturn.schedule == planned.schedule
    assert "by rounding, parts of the division differ from them by GBP 1" in outturn.words
    assert not outturn.conflict
    assert not any("cannot be paid" in words for words in found.sentences)


def test_a_schedule_tells_what_is_paid_into_a_fund_in_the_year_it_is_paid_in(shared: Running) -> None:
    """A pool that keeps money: 80 then 10 are paid in, and it spends 40 then 50."""
    (fund,) = pool()["problem"]["funds"]
    question = pool(
        years=[{"key": YEAR}, {"key": NEXT}],
        payers=[make_payer("ccg"), make_payer("council")],
        purses=[
            make_purse("ccg-money", {YEAR: 0, NEXT: 0}, "ccg"),
            make_purse("council-money", {YEAR: 80, NEXT: 10}, "council", kind="ring_fence"),
        ],
        lines=[make_line("prevention", {}, "prevention", "council", stage="prevention")],
        curves=[make_curve("prevention", (50, 3))],
        funds=[fund | {"carry": {"at_most_share": 1.0, "source": "the pool's rule"}}],
        limits=[
            make_limit("first", spend_on("prevention"), equal=40, years=[YEAR]),
            make_limit("through", spend_on("prevention", measure="direct_spend"), at_most=0),
            make_limit("all-in", {"measure": "contribution"}, equal=80, years=[YEAR]),
        ],
    )
    planned = divided(shared, question | {"gains": False}).divisions[0].realisation
    assert planned is not None
    rows = [(row.contribution, row.fund) for row in planned.schedule]
    assert [(one.year, one.purse, one.amount_pence, fund) for one, fund in rows] == [
        (YEAR, "council-money", 8_000, "pool"),
        (NEXT, "council-money", 1_000, "pool"),
    ]
    assert {(one.ring_fence, *one.for_stages) for one, _ in rows} == {("public-health-grant", "prevention")}


def test_recurrent_money_that_is_asked_for_once_is_told_as_nothing_later(shared: Running) -> None:
    question = pool(
        years=[{"key": YEAR}, {"key": NEXT}],
        purses=[
            make_purse("ccg-money", {YEAR: 100, NEXT: 100}, "ccg"),
            make_purse("council-money", {YEAR: 40, NEXT: 0}, "council"),
        ],
    )
    planned = divided(shared, question | {"gains": False}).divisions[0].realisation
    assert planned is not None
    council = [row.contribution for row in planned.schedule if row.contribution.party == "council"]
    told = [(one.year, one.amount_pence, one.ring_fence) for one in council]
    assert told == [(YEAR, 4_000, "none"), (NEXT, 0, "none")]


def test_a_joint_line_is_paid_for_by_use_and_its_fixed_cost_once(shared: Running) -> None:
    question = pool()
    question["problem"]["lines"] = [
        make_line(
            "scanner",
            {"ccg-money": 60, "council-money": 40},
            None,
            "ccg",
            modes=[make_mode("scan", 1.0)],
            fixed_cost_gbp=60,
        )
    ]
    question["problem"]["limits"] = [
        make_limit("scans", {"select": {"lines": ["scanner"]}, "measure": "activity"}, equal=40, unit="scan")
    ]
    found = divided(
        shared,
        question
        | {"uses": [{"line": "scanner", "shares": {"ccg": 0.75, "council": 0.25}}], "annex": True, "gains": False},
    )
    assert {tuple(one.parties): one.cost_gbp for one in found.coalitions} == {
        ("ccg",): 90,
        ("council",): 70,
        ("ccg", "council"): 100,
    }
    assert amounts(found, "costs_shapley") == {"ccg": 60, "council": 40}
    assert found.costs_core is not None
    assert not found.costs_core.empty
    assert "GBP 60 more" in " ".join(found.sentences)


def test_shares_of_use_that_were_rounded_still_divide_all_of_a_large_cost(shared: Running) -> None:
    question = pool()
    problem = question["problem"]
    large = {"ccg": 100_000_000, "council": 40_000_000}
    problem["purses"] = [make_purse(f"{payer}-money", gbp, payer) for payer, gbp in large.items()]
    problem["curves"] = [make_curve("clinic", (10**8, 2)), make_curve("prevention", (4 * 10**7, 3))]
    for uses in ({"ccg": 0.3333335, "council": 0.6666656}, {"ccg": 0.3333335, "council": 0.6666674}):
        asked = question | {"annex": True, "gains": False, "realise": False}
        asked["uses"] = [{"line": "clinic", "shares": uses}]
        found = divided(shared, asked)
        assert {division.key for division in found.divisions} >= {"costs_shapley", "claims_proportional"}
        for division in found.divisions:
            assert sum(amount.gbp for amount in division.amounts) == found.cost_gbp, division.key


def test_a_problems_own_limits_may_be_called_anything(shared: Running) -> None:
    named = make_limit("sharing.part.0", {"select": {"lines": ["clinic"]}}, at_most=100)
    found = divided(shared, pool(limits=[named]))
    assert all(division.realisation is not None for division in found.divisions)


def test_the_stretch_of_a_curve_that_has_a_price_is_told_by_where_it_ends(shared: Running) -> None:
    question = pool() | {"annex": True, "realise": False}
    question["problem"]["curves"] = [make_curve("clinic", (None, 1)), make_curve("prevention", (20, 5), (30, 3))]
    (owen,) = [words for words in divided(shared, question).sentences if "Owen" in words]
    assert "prevention is as steep only up to GBP 20 in 2014-15" in owen
    assert "prevention is as steep only up to GBP 50 in 2014-15" in owen


def test_a_fallback_that_breaks_a_limit_is_refused_with_the_limit(shared: Running) -> None:
    floor = make_limit("floor", {"select": {"lines": ["clinic"]}}, at_least=20)
    answer = shared.post("/v1/sharing", pool(limits=[floor]) | {"fallback": "nothing"})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["type"]) == ("/fallback", "fallback-infeasible")
    assert "limit floor" in error["detail"]


def test_every_fault_of_question_and_problem_is_named_at_once(shared: Running) -> None:
    question = pool(limits=[make_limit("x", {"select": {"lines": ["nowhere"]}}, at_least=1)]) | {
        "parties": [{"key": "one", "payers": ["ccg", "nobody"]}, {"key": "two", "payers": ["ccg"]}],
        "uses": [{"line": "no-line", "shares": {"one": 1}}],
        "brought": [{"limit": "x", "by_payer": {"ccg": 1}}],
        "keys": [
            {
                "key": "outturn",
                "name": "x",
                "weights": {"stranger": 0},
                "provenance": {"basis": "assumption", "note": "x"},
            }
        ],
    }
    answer = shared.post("/v1/sharing", question)
    assert answer.status_code == 422
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert {
        "/parties/0/payers/1",
        "/parties/1/payers/0",
        "/uses/0/line",
        "/brought/0/limit",
        "/keys/0/key",
        "/keys/0/weights",
        "/keys/0/weights/stranger",
    } <= pointers
    assert any(pointer.startswith("/problem/limits/0") for pointer in pointers)


def test_no_plan_is_a_refusal_here_too(shared: Running) -> None:
    impossible = make_limit("too-much", {"select": {"lines": ["clinic"]}}, at_least=1000)
    answer = shared.post("/v1/sharing", pool(limits=[impossible]))
    assert (answer.status_code, answer.json()["outcome"]) == (200, "refusal")


def test_a_scenarios_plan_is_divided_for_its_parties_only(shared: Running) -> None:
    made = shared.scenario()
    found = divided(shared, {"gains": False}, f"/v1/scenarios/{made['id']}/sharing")
    assert found.answer_digest == made["outcome"]["digest"]
    assert found.cost_gbp == made["outcome"]["totals"]["spend_gbp"]
    stranger = shared.post(f"/v1/scenarios/{made['id']}/sharing", {}, body="ods:99Z", sub="another")
    assert stranger.status_code == 404


def test_soft_limits_come_first_and_the_answer_says_how_far_they_stood(shared: Running) -> None:
    """The clinic wants GBP 20 more than it has, though it is full; they come from prevention, at 3 a pound."""
    wish = make_limit("wish", {"select": {"lines": ["clinic"]}}, at_least=120, hard=False)
    found = divided(shared, pool(limits=[wish]) | {"realise": False})
    assert (found.fallback_missed_gbp, found.missed_gbp) == (pytest.approx(20), pytest.approx(0))
    assert found.gain == pytest.approx(-60)  # GBP 20 of prevention (3) go to a full clinic (0)
    missed = {tuple(one.parties): (one.gain, one.missed_gbp) for one in found.coalitions}
    assert missed["ccg",] == pytest.approx((0, 20))
    assert missed["council",] == pytest.approx((-60, 0))
    told = " ".join(found.sentences)
    assert "gives up 60 QALY" in told
    assert "the fallback misses them by GBP 20 weighted, all together by GBP 0" in told
    without = divided(shared, pool() | {"realise": False})
    assert (without.fallback_missed_gbp, without.missed_gbp) == (None, None)


PEOPLE = {"year": "2013-14", "provenance": {"basis": "source", "source": "a-count"}}


def test_people_come_from_the_registry_where_the_scenario_did_and_are_stated_where_not(shared: Running) -> None:
    made = shared.scenario()
    path = f"/v1/scenarios/{made['id']}"
    assert {(each["place"], each["persons"]) for each in shared.get(f"{path}/problem").json()["people"]} == {
        ("ccg-02A", 200_000),
        ("la-trafford", 200_000),
    }
    found = divided(shared, {"gains": False, "realise": False}, f"{path}/sharing")
    (people,) = [division for division in found.divisions if division.key == "people_served"]
    assert people.figures == "registry"
    assert len({amount.gbp // 10 for amount in people.amounts}) == 1, "each is responsible for lines of as many people"
    own = pool(
        people=[
            {"place": "place", "basis": "registered", "persons": 3000} | PEOPLE,
            {"place": "place", "basis": "weighted", "persons": 4000} | PEOPLE,
        ]
    )
    stated = {d.key: d for d in divided(shared, own | {"gains": False, "realise": False}).divisions}
    assert {stated[key].figures for key in ("people_served", "weighted_people")} == {"stated"}
    assert stated["people_served"].words.endswith("(a-count; 2013-14), as the problem states them")
    assert stated["outturn"].figures == "plan"
    assert [amount.gbp for amount in stated["people_served"].amounts] == [70, 70]


def test_people_nobody_counted_are_named_and_nonsense_is_refused(shared: Running) -> None:
    question = pool(people=[{"place": "place", "basis": "resident", "persons": 5} | PEOPLE])
    found = divided(shared, question | {"gains": False, "realise": False})
    assert "people_served" not in {division.key for division in found.divisions}
    assert "There is no division by people: nobody counted the registered people of place." in found.sentences
    twice = [{"place": "nowhere", "basis": "resident", "persons": 5} | PEOPLE] * 2
    refused = shared.post("/v1/sharing", pool(people=twice)).json()
    assert {(error["pointer"], error["type"]) for error in refused["errors"]} == {
        ("/problem/people/0/place", "unknown-key"),
        ("/problem/people/1/place", "unknown-key"),
        ("/problem/people/1", "duplicate"),
    }


def test_many_parties_are_sampled_and_the_interval_is_said(shared: Running) -> None:
    keys = [f"p{k:02d}" for k in range(14)]
    question = {
        "problem": make_problem(
            payers=[make_payer(key) for key in keys],
            purses=[make_purse(f"money-{key}", 10, key) for key in keys],
            lines=[make_line("all", {f"money-{key}": 5 for key in keys}, "all", keys[0])],
            curves=[make_curve("all", (90, 1.0), (60, 0.5))],
            mechanisms=[{"key": "g", "kind": "grant", "payers": keys, "lines": {}, "citation": "they agreed"}],
        ),
        "annex": True,
        "realise": False,
        "most_pairs": 40,
        "seed": 3,
    }
    found = divided(shared, question)
    (sampled,) = [division for division in found.gain_divisions if division.key == "shapley"]
    assert sum(value.value for value in sampled.values) == pytest.approx(found.gain)
    assert "seed 3" in sampled.words
    assert found.coalitions == []
    assert values(divided(shared, question), "shapley") == values(found, "shapley")


def test_the_year_of_a_schedule_is_a_financial_year(shared: Running) -> None:
    found = divided(shared, pool())
    assert {
        row.contribution.year for division in found.divisions for row in (division.realisation or _none()).schedule
    } == {YEAR}


def _none() -> Any:
    raise AssertionError("not realised")
