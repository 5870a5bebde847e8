"""What-ifs about who takes part and when things begin: put off, new money only, a payer comes in, joins, leaves."""

from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from concord_allocation.core.changes import apply
from concord_allocation.core.changes.told import told
from concord_allocation.core.problem import InvalidProblem
from concord_allocation.core.results import Answer
from concord_allocation.core.results_of_refusals import Refusal
from concord_allocation.core.solve import solve, what_if
from concord_allocation.translate import problem_digest
from concord_contracts.allocation import Change, Problem
from services.allocation.tests.core.generated import problems
from services.allocation.tests.core.problems import (
    document,
    make_curve,
    make_limit,
    make_line,
    make_payer,
    make_problem,
    make_purse,
    spend,
    tables,
)
from services.allocation.tests.core.test_changes import SEVERAL
from services.allocation.tests.core.test_options import kit, option

FIRST, SECOND, THIRD = YEARS = ("2014-15", "2015-16", "2016-17")
seldom = settings(max_examples=8, deadline=None, derandomize=True, database=None)


def typed(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    asked: list[Change] = SEVERAL.validate_python(list(changes))
    return [change.model_dump(mode="json") for change in asked]


def changed(problem: dict[str, Any], *changes: dict[str, Any]) -> dict[str, Any]:
    after = apply(document(problem), typed(*changes))
    Problem.model_validate(after)
    return after


def asked(problem: dict[str, Any], *changes: dict[str, Any]) -> Answer:
    _, found = what_if(document(problem), typed(*changes))
    assert isinstance(found, Answer), found
    assert found.check.passed
    return found


def faults(problem: dict[str, Any], *changes: dict[str, Any]) -> set[tuple[str, str]]:
    with pytest.raises(InvalidProblem) as wrong:
        apply(document(problem), typed(*changes))
    return {(fault.pointer, fault.kind) for fault in wrong.value.faults}


def digest(problem: dict[str, Any]) -> str:
    return problem_digest(Problem.model_validate(problem))


def words(problem: dict[str, Any], *changes: dict[str, Any]) -> list[str]:
    before = solve(tables(problem), prices=False)
    assert isinstance(before, Answer)
    return told(document(problem), typed(*changes), before, asked(problem, *changes))


def three_years(**more: Any) -> dict[str, Any]:
    """GBP 100 a year; `care` runs at 60, `new` is better and not there yet, `planned` begins with the second year."""
    return make_problem(
        years=[{"key": year} for year in YEARS],
        discount_rate=0.0,
        purses=[make_purse("money", dict.fromkeys(YEARS, 100))],
        lines=[
            make_line("care", {"money": 60}, "care"),
            make_line("new", None, "new"),
            make_line("planned", None, "planned")
            | {"reference": [{"purse": "money", "gbp": 20, "year": year} for year in (SECOND, THIRD)]},
        ],
        curves=[make_curve("care", (100, 1)), make_curve("new", (30, 3)), make_curve("planned", (20, 2))],
        **more,
    )


def delay(**said: Any) -> dict[str, Any]:
    return {"kind": "delay"} | said


NEW = {"lines": ["new"]}


def test_a_line_that_is_not_there_yet_gets_nothing_before_it_begins() -> None:
    assert [spend(asked(three_years(), delay(select=NEW, by_years=2)), year)["new"] for year in YEARS] == [0, 0, 30]
    beyond = asked(three_years(), delay(select=NEW, by_years=5))
    assert [spend(beyond, year)["new"] for year in YEARS] == [0, 0, 0]
    assert any("put off beyond the plan: new" in limit.label for limit in beyond.binding)


def test_to_a_day_is_to_the_first_year_that_begins_no_earlier() -> None:
    for day, first in (("2015-04-01", 1), ("2015-04-02", 2), ("2014-04-01", 0), ("2001-01-01", 0), ("2030-01-01", 3)):
        found = asked(three_years(), delay(select=NEW, until=day))
        assert [spend(found, year)["new"] for year in YEARS] == [0] * first + [30] * (3 - first), day


def test_a_line_that_runs_does_not_stop_and_grows_no_further() -> None:
    found = asked(three_years(), delay(select={"lines": ["care"]}, by_years=1))
    assert [spend(found, year)["care"] for year in YEARS] == [50, 50, 50]
    held = asked(three_years(), delay(select={"lines": ["care", "new"]}, by_years=1))
    assert (spend(held, FIRST)["care"], spend(held, FIRST)["new"]) == (60, 0)
    assert spend(held, SECOND) == {"care": 50, "new": 30, "planned": 20}


def test_a_line_that_runs_gets_nothing_in_a_year_without_reference_before_its_start() -> None:
    pilot = {"reference": [{"purse": "money", "gbp": 10, "year": FIRST}]}
    lines = [make_line("care", {"money": 60}, "care"), make_line("new", None, "new") | pilot]
    problem = three_years() | {"lines": lines}
    found = asked(problem, delay(select=NEW, by_years=2))
    assert [spend(found, year)["new"] for year in YEARS] == [10, 0, 30]


def test_a_line_planned_for_later_waits_from_there() -> None:
    found = asked(three_years(), delay(select={"lines": ["planned"]}, by_years=1))
    assert [spend(found, year)["planned"] for year in YEARS] == [0, 0, 20]


def two_options(**more: Any) -> dict[str, Any]:
    return kit(options=[option("a", 60, 100), option("b", 30, 20)], **more)


def test_an_option_begins_later_or_not_in_this_plan() -> None:
    scanner = option("a", 60, 100, starts=[FIRST, SECOND])
    problem = kit(options=[scanner]) | {"years": [{"key": year} for year in YEARS]}
    moved = changed(problem, delay(options=["a"], by_years=1))
    assert moved["options"][0]["starts"] == [SECOND, THIRD]
    assert changed(problem, delay(options=["a"], until="2015-04-01"))["options"][0]["starts"] == [SECOND]
    assert changed(problem, delay(options=["a"], by_years=2))["options"][0]["starts"] == [THIRD]
    never = asked(problem, delay(options=["a"], by_years=9))
    assert [row.starts for row in never.options] == [None]
    assert words(problem, delay(options=["a"], by_years=9)) == ["option a: started in 2014-15 before, not started now."]


def test_a_rule_that_needs_an_option_put_off_beyond_the_plan_is_named() -> None:
    rule = {"key": "one", "label": "one of both", "kind": "exactly", "options": ["a"], "count": 1, "source": "a test"}
    _, found = what_if(document(two_options(option_rules=[rule])), typed(delay(options=["a"], by_years=1)))
    assert isinstance(found, Refusal)
    assert {member.label.split(":")[0] for member in found.conflict} >= {"put off beyond the plan"}


@seldom
@given(problems(), st.sampled_from(["bronchoscopy", "imaging"]))
def test_delay_of_nothing_changes_nothing(problem: dict[str, Any], line: str) -> None:
    for none in ({"by_years": 0}, {"until": "2014-04-01"}):
        assert digest(changed(problem, delay(select={"lines": [line]}, **none))) == digest(document(problem))
    with_options = two_options()
    assert digest(changed(with_options, delay(options=["a", "b"], by_years=0))) == digest(document(with_options))


def test_what_cannot_be_put_off_is_refused_at_its_place() -> None:
    assert faults(
        three_years(),
        delay(options=["scanner"], by_years=1),
        delay(select={"stages": ["x-ray"]}, by_years=1),
        delay(select=NEW, by_years=1),
        delay(select={"lines": ["planned"]}, by_years=1),
    ) == {
        ("/changes/0/options/0", "unknown-key"),
        ("/changes/1/select/stages/0", "unknown-key"),
        ("/changes/1/select", "selects-nothing"),
        ("/changes/3/key", "duplicate"),
    }
    for wrong in ({}, {"select": NEW}, {"by_years": 1}, {"select": NEW, "by_years": 1, "until": "2015-04-01"}):
        with pytest.raises(ValueError, match=r"put off|either"):
            SEVERAL.validate_python([delay(**wrong)])


GROWTH = {"kind": "new_money_only"}


def test_new_money_only_decides_the_growth_and_nothing_else() -> None:
    """All of `care` would go: the new line and the planned one are better. With GBP 130 the growth is GBP 70 or 50."""
    problem = three_years() | {"purses": [make_purse("money", dict.fromkeys(YEARS, 130))]}
    problem["curves"][1] = make_curve("new", (90, 3))
    assert spend(asked(problem), FIRST)["care"] < 60
    found = asked(problem, GROWTH)
    assert [spend(found, year) for year in (FIRST, SECOND)] == [
        {"care": 60, "new": 70, "planned": 0},
        {"care": 60, "new": 50, "planned": 20},
    ]
    (said,) = words(problem, GROWTH)
    assert said == "GBP 220 of today's money stays where it is; the plan decides GBP 170 beyond it."


@seldom
@given(problems())
def test_new_money_only_never_lowers_a_line_below_its_baseline(problem: dict[str, Any]) -> None:
    """With limits that no floor can break: ceilings and shares are left out, and there is money enough."""
    keep = {"keep_payers": len(problem["lines"]) % 2 == 0}
    problem["limits"], problem["pace_of_change"] = [], []
    for purse in problem["purses"]:
        purse["amount_gbp"] = {year: gbp + 2000 for year, gbp in purse["amount_gbp"].items()}
    assume(any(payment["gbp"] for line in problem["lines"] for payment in line["reference"]))
    _, found = what_if(document(problem), typed(GROWTH | keep))
    assume(isinstance(found, Answer))
    assert isinstance(found, Answer)
    assert all(row.gbp >= row.reference_gbp for row in found.lines)
    if keep["keep_payers"]:
        paid: dict[tuple[str, str, str], int] = {}
        for cell in found.cells:
            key = (cell.year, cell.line, cell.purse)
            paid[key] = paid.get(key, 0) + cell.gbp - cell.reference_gbp
        assert all(more >= 0 for more in paid.values())


def test_new_money_may_take_the_place_of_old_unless_payers_are_kept() -> None:
    gift = {"key": "gift", "kind": "grant", "payers": ["council"], "lines": {}, "citation": "a grant"}
    problem = make_problem(
        payers=[make_payer("ccg"), make_payer("council")],
        purses=[make_purse("money", 60), make_purse("grant", 40, owner="council")],
        lines=[make_line("joint", {"money": 50}, "joint"), make_line("own", {}, "own")],
        curves=[make_curve("joint", (90, 1)), make_curve("own", (100, 3))],
        mechanisms=[gift | {"lines": {"lines": ["joint"]}}],
    )
    free, kept = asked(problem, GROWTH), asked(problem, GROWTH | {"keep_payers": True})
    assert spend(free) == {"joint": 50, "own": 50}, "the council pays 40 of it, the CCG's money goes elsewhere"
    assert spend(kept) == {"joint": 90, "own": 10}


def test_nothing_to_protect_is_refused() -> None:
    assert faults(three_years(), GROWTH | {"select": NEW, "years": ["1999-00"]}) == {
        ("/changes/0/select", "nothing-to-protect"),
        ("/changes/0/years/0", "unknown-key"),
    }
    assert faults(three_years(), GROWTH, GROWTH) == {("/changes/1/key", "duplicate")}


COUNCIL = {"kind": "new_payer", "payer": make_payer("council"), "purses": [make_purse("grant", 40, owner="council")]}
GIFT = {"key": "gift", "kind": "grant", "payers": ["council"], "lines": {"lines": ["poor"]}, "citation": "a grant"}


def pool(*payers: str, **more: Any) -> dict[str, Any]:
    """Each payer has GBP 50 and a line of its own; in the pool each may pay for any of them."""
    worth = dict(zip(payers, (3, 2, 1), strict=False))
    return make_problem(
        payers=[make_payer(payer) for payer in payers],
        purses=[make_purse(f"{payer}-money", 50, owner=payer) for payer in payers],
        lines=[make_line(f"{payer}-line", {f"{payer}-money": 50}, payer, payer) for payer in payers],
        curves=[make_curve(payer, (120, slope)) for payer, slope in worth.items()],
        mechanisms=[{"key": "s75", "kind": "s75_pool", "payers": list(payers), "lines": {}, "citation": "s.75"}],
        funds=[
            {
                "key": "pot",
                "name": "the pot",
                "mechanism": "s75",
                "contributors": [{"purse": f"{payer}-money"} for payer in payers],
                "source": "a test",
            }
        ],
        **more,
    )


def test_a_new_payer_pays_for_what_its_arrangement_reaches() -> None:
    found = asked(make_problem(), COUNCIL | {"mechanism": GIFT})
    assert spend(found) == {"rich": 80, "poor": 50}
    assert {cell.line for cell in found.cells if cell.payer == "council" and cell.gbp} == {"poor"}
    (said,) = words(make_problem(), COUNCIL | {"mechanism": GIFT})
    paid = sum(cell.gbp for cell in found.cells if cell.payer == "council")
    assert said == f"Body council pays GBP {paid} on line poor, which has as much as before."


def test_a_new_payer_becomes_responsible_or_joins_a_pool() -> None:
    moved = asked(
        make_problem(), COUNCIL | {"responsible_for": {"select": {"lines": ["poor"]}, "citation": "a new Act"}}
    )
    assert spend(moved) == {"rich": 80, "poor": 40}
    share = {"fund": "pot", "purse": "grant", "at_most_gbp": 30}
    joined = asked(pool("a", "b"), COUNCIL | {"joins": [{"mechanism": "s75", "contributions": [share]}]})
    assert [(row.purse, row.gbp) for row in joined.contributions if row.payer == "council"] == [("grant", 30)]
    assert sum(spend(joined).values()) == 130


def test_each_change_is_told_as_those_before_it_left_the_problem() -> None:
    gift = COUNCIL | {"mechanism": GIFT}
    share = {"fund": "pot", "purse": "grant", "at_most_gbp": 30}
    join = {"kind": "join_pool", "payer": "council", "mechanism": "s75", "contributions": [share]}
    problem = pool("ccg", "poor")
    problem["lines"][1]["key"] = "poor"
    brought, joined, left = words(problem, gift, join, {"kind": "leave_pool", "payer": "council"})
    assert brought == joined == "Body council pays GBP 40 on line poor, which has GBP 40 more than before."
    assert left == "Body council leaves the pot and takes along GBP 0; GBP 50 remains in it."


def test_a_new_payer_is_validated_as_a_whole() -> None:
    stranger = COUNCIL | {
        "payer": make_payer("ccg"),
        "purses": [make_purse("money", 1, owner="someone")],
        "mechanism": GIFT | {"payers": ["nobody"]},
        "fund": {
            "key": "pot",
            "name": "pot",
            "mechanism": "other",
            "contributors": [{"purse": "money"}],
            "source": "a test",
        },
        "joins": [{"mechanism": "none"}],
        "responsible_for": {"select": {"stages": ["x-ray"]}, "citation": "a new Act"},
    }
    assert faults(make_problem(), stranger) == {
        ("/changes/0/payer/key", "duplicate"),
        ("/changes/0/purses/0/key", "duplicate"),
        ("/changes/0/purses/0/owner", "not-its-own"),
        ("/changes/0/mechanism/payers", "not-a-partner"),
        ("/changes/0/fund/mechanism", "unknown-key"),
        ("/changes/0/joins/0/mechanism", "unknown-key"),
        ("/changes/0/responsible_for/select/stages/0", "unknown-key"),
        ("/changes/0/responsible_for/select", "selects-nothing"),
    }
    narrow = COUNCIL | {"purses": [make_purse("grant", 40, owner="council", scope={"lines": ["rich"]})]}
    assert faults(make_problem(), narrow | {"mechanism": GIFT}) == {("/changes/0/purses", "pays-for-nothing")}
    pooled = GIFT | {"kind": "s75_pool", "payers": ["ccg", "council"]}
    assert faults(make_problem(), COUNCIL | {"mechanism": pooled}) == {("/changes/0/purses", "pays-for-nothing")}
    for wrong in ({}, {"fund": stranger["fund"], "joins": [{"mechanism": "s75"}]}):
        with pytest.raises(ValueError, match=r"lets it pay|rests on"):
            SEVERAL.validate_python([COUNCIL | wrong])


def test_who_leaves_takes_its_money_and_its_lines_fall_back() -> None:
    """a's line is worth most, so everybody pays for it; without a the pool turns to b's."""
    problem = pool("a", "b", "c")
    assert spend(asked(problem)) == {"a-line": 120, "b-line": 30, "c-line": 0}
    left = asked(problem, {"kind": "leave_pool", "payer": "a"})
    assert spend(left) == {"a-line": 50, "b-line": 100, "c-line": 0}
    put = sum(row.gbp for row in asked(problem).contributions if row.payer == "a")
    stays = sum(row.gbp for row in left.contributions)
    assert words(problem, {"kind": "leave_pool", "payer": "a"}) == [
        f"Body a leaves the pot and takes along GBP {put}; GBP {stays} remains in it.",
        "Line a-line of its own that partners helped to pay for lost GBP 70: nobody fills it; it has GBP 70 less "
        "than before.",
    ]
    without_b = asked(problem, {"kind": "leave_pool", "payer": "b"})
    assert spend(without_b) == {"a-line": 100, "b-line": 50, "c-line": 0}


def test_who_must_fill_is_told_with_the_pounds() -> None:
    """c helps a with GBP 20; without it a fills them itself, from its own spare line."""
    problem = pool("a", "b", "c")
    problem["purses"] = [
        make_purse("a-money", 70, owner="a"),
        make_purse("b-money", 0, owner="b"),
        make_purse("c-money", 20, owner="c"),
    ]
    problem["lines"] = [
        make_line("a-line", {}, "a", "a"),
        make_line("a-spare", {}, "spare", "a"),
        make_line("b-line", {}, "b", "b"),
        make_line("c-line", {}, "c", "c"),
    ]
    problem["curves"] = [
        make_curve("a", (70, 3)),
        make_curve("spare", (100, 2)),
        make_curve("b", (9, 0.1)),
        make_curve("c", (9, 0.1)),
    ]
    before, after = asked(problem), asked(problem, {"kind": "leave_pool", "payer": "c"})
    assert (sum(spend(before).values()), spend(after)["a-line"], spend(after)["a-spare"]) == (90, 70, 0)
    first, second = words(problem, {"kind": "leave_pool", "payer": "c"})
    put = sum(row.gbp for row in before.contributions if row.payer == "c")
    stays = sum(row.gbp for row in after.contributions)
    assert first == f"Body c leaves the pot and takes along GBP {put}; GBP {stays} remains in it."
    assert second == "Line a-line that it helped to pay for lost GBP 20: Body a GBP 20 more; it has as much as before."


def test_an_arrangement_that_reaches_nobody_ends_with_its_funds() -> None:
    problem = pool("a", "b")
    problem["mechanisms"][0]["lines"] = {"lines": ["a-line"]}
    ended = changed(problem, {"kind": "leave_pool", "payer": "a", "mechanisms": ["s75"]})
    assert (ended["mechanisms"], ended["funds"]) == ([], [])
    problem["lines"][0]["reference"] = [{"purse": "b-money", "gbp": 5, "fund": "pot"}]
    assert faults(problem, {"kind": "leave_pool", "payer": "a"}) == {("/changes/0/payer", "in-use")}


def test_what_was_signed_goes_with_who_leaves() -> None:
    def signed(payer: str, **more: Any) -> dict[str, Any]:
        into = {"select": {"purses": [f"{payer}-money"], "funds": ["pot"]}, "measure": "contribution"}
        return make_limit(f"signed-{payer}", into, at_least=20, **more)

    problem = pool("a", "b", "c", limits=[signed("b"), signed("c")])
    left = asked(problem, {"kind": "leave_pool", "payer": "b"})
    assert {row.payer: row.gbp >= 20 for row in left.contributions} == {"a": False, "c": True}
    of_payer = make_limit(
        "of-b", {"select": {"payers": ["b"], "funds": ["pot"]}, "measure": "contribution"}, at_least=9
    )
    of_all = make_limit("of-all", {"select": {"funds": ["pot"]}, "measure": "contribution"}, at_least=9)
    kept = changed(problem | {"limits": [of_payer, of_all]}, {"kind": "leave_pool", "payer": "b"})
    assert [limit["key"] for limit in kept["limits"]] == ["of-all"]
    two = pool("a", "b", limits=[signed("a"), signed("b")])
    two["mechanisms"][0]["lines"] = {"lines": ["a-line"]}
    assert changed(two, {"kind": "leave_pool", "payer": "a"})["limits"] == []
    law = pool("a", "b", "c", limits=[signed("b", statutory=True)])
    assert faults(law, {"kind": "leave_pool", "payer": "b"}) == {("/changes/0/payer", "statutory-limit")}


def test_nonsense_about_pools_is_refused_at_its_place() -> None:
    problem = pool("a", "b")
    problem["mechanisms"].append(GIFT | {"payers": ["a"], "lines": {}})
    own = {"fund": "pot", "purse": "a-money", "at_least_gbp": 9, "at_most_gbp": 3}
    assert faults(
        problem,
        {"kind": "leave_pool", "payer": "nobody"},
        {"kind": "leave_pool", "payer": "a", "mechanisms": ["gift", "none"]},
        {"kind": "join_pool", "payer": "b", "mechanism": "s75", "contributions": [own, own | {"fund": "none"}]},
        {"kind": "join_pool", "payer": "nobody", "mechanism": "none"},
        {"kind": "leave_pool", "payer": "b"},
        {"kind": "leave_pool", "payer": "b"},
        {"kind": "leave_pool", "payer": "b", "mechanisms": ["s75"]},
    ) == {
        ("/changes/0/payer", "unknown-key"),
        ("/changes/1/mechanisms/0", "not-pooled"),
        ("/changes/1/mechanisms/1", "unknown-key"),
        ("/changes/2/mechanism", "duplicate"),
        ("/changes/2/contributions/0/purse", "not-its-own"),
        ("/changes/2/contributions/0/purse", "duplicate"),
        ("/changes/2/contributions/0/at_least_gbp", "reversed-bounds"),
        ("/changes/2/contributions/1/purse", "not-its-own"),
        ("/changes/2/contributions/1/at_least_gbp", "reversed-bounds"),
        ("/changes/2/contributions/1/fund", "unknown-key"),
        ("/changes/3/payer", "unknown-key"),
        ("/changes/3/mechanism", "unknown-key"),
        ("/changes/5/payer", "selects-nothing"),
        ("/changes/6/mechanisms/0", "not-a-partner"),
    }


@settings(max_examples=15, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 40), st.integers(40, 90), st.sampled_from("abc"))
def test_to_leave_and_join_again_changes_nothing(least: int, most: int, payer: str) -> None:
    problem = pool("a", "b", "c")
    terms = {"purse": f"{payer}-money", "at_least_gbp": least, "at_most_gbp": most}
    contributors = problem["funds"][0]["contributors"]
    contributors[:] = [terms if each["purse"] == terms["purse"] else each for each in contributors]
    back = {"kind": "join_pool", "payer": payer, "mechanism": "s75", "contributions": [terms | {"fund": "pot"}]}
    again = changed(problem, {"kind": "leave_pool", "payer": payer}, back)
    assert digest(again) == digest(document(problem))


def best_by_hand(amounts: dict[str, int], in_the_pool: str, worth: dict[str, int], width: int) -> int:
    """The best benefit in tens of pounds: every way in which money can go to the lines its payer may pay for."""
    ways = []
    for payer, gbp in amounts.items():
        open_to = list(in_the_pool) if payer in in_the_pool else [payer]
        tens = range(gbp // 10 + 1)
        ways.append(
            [
                dict(zip(open_to, each, strict=True))
                for each in product(tens, repeat=len(open_to))
                if sum(each) <= gbp // 10
            ]
        )
    best = 0
    for plan in product(*ways):
        spent = {payer: 10 * sum(way.get(payer, 0) for way in plan) for payer in amounts}
        best = max(best, sum(worth[payer] * min(spent[payer], width) for payer in amounts))
    return best


@settings(max_examples=6, deadline=None, derandomize=True, database=None)
@given(st.lists(st.integers(0, 3), min_size=3, max_size=3), st.sampled_from("abc"))
def test_leaving_agrees_with_every_way_to_spend(tens: list[int], payer: str) -> None:
    problem = pool("a", "b", "c")
    amounts = {key: 10 * ten for key, ten in zip("abc", tens, strict=True)}
    problem["purses"] = [make_purse(f"{key}-money", gbp, owner=key) for key, gbp in amounts.items()]
    problem["curves"] = [make_curve(key, (40, worth)) for key, worth in WORTH.items()]
    found = asked(problem, {"kind": "leave_pool", "payer": payer})
    rest = "".join(key for key in "abc" if key != payer)
    assert found.totals.benefit == pytest.approx(best_by_hand(amounts, rest, WORTH, 40))


WORTH = {"a": 3, "b": 2, "c": 1}


@settings(max_examples=6, deadline=None, derandomize=True, database=None)
@given(st.lists(st.integers(0, 3), min_size=3, max_size=3), st.integers(0, 3))
def test_a_payer_that_joins_agrees_with_every_way_to_spend(tens: list[int], most: int) -> None:
    """c comes in with its money and may put so much of it into the pool of a and b."""
    problem = pool("a", "b")
    amounts = {key: 10 * ten for key, ten in zip("abc", tens, strict=True)}
    problem["purses"] = [make_purse(f"{key}-money", amounts[key], owner=key) for key in "ab"]
    problem["curves"] = [make_curve(key, (40, WORTH[key])) for key in "ab"]
    share = {"fund": "pot", "purse": "c-money", "at_most_gbp": 10 * most}
    comes = {
        "kind": "new_payer",
        "payer": make_payer("c"),
        "purses": [make_purse("c-money", amounts["c"], owner="c")],
        "joins": [{"mechanism": "s75", "contributions": [share]}],
    }
    found = asked(problem, comes)
    into = amounts | {"c": min(amounts["c"], 10 * most)}
    assert found.totals.benefit == pytest.approx(best_by_hand(into, "abc", WORTH | {"c": 0}, 40))


@settings(max_examples=8, deadline=None, derandomize=True, database=None)
@given(st.integers(4, 12), st.integers(0, 3), st.booleans())
def test_put_off_and_new_money_only_agree_with_every_way_to_spend(tens: int, wait: int, protected: bool) -> None:
    """Year by year, in tens of pounds: `new` waits, and what runs may be protected; GBP 20 of `planned` come later."""
    problem = three_years() | {"purses": [make_purse("money", dict.fromkeys(YEARS, 10 * tens))]}
    changes = [delay(select=NEW, by_years=wait), *([GROWTH] if protected else [])]
    best = 0.0
    for t in range(3):
        floor = {"care": 60, "new": 0, "planned": 20 if t else 0} if protected else dict.fromkeys(("care", "new"), 0)
        ways = [
            min(care, 100) + 3 * min(new, 30) + 2 * min(planned, 20)
            for care, new, planned in product(range(0, 10 * tens + 10, 10), repeat=3)
            if care + new + planned <= 10 * tens
            and (new == 0 or t >= wait)
            and care >= floor["care"]
            and planned >= floor.get("planned", 0)
        ]
        best = best + max(ways) if ways else float("nan")
    _, found = what_if(document(problem), typed(*changes))
    if best != best:
        assert isinstance(found, Refusal)
    else:
        assert isinstance(found, Answer)
        assert found.totals.benefit == pytest.approx(best)
