"""A refusal's changes, sent back, give a plan; each payer's part of the loosening adds up; law stays where it is."""

from typing import Any

import pytest
from hypothesis import given, settings

from concord_allocation.core.problem import InvalidProblem
from concord_allocation.core.results import Answer
from concord_allocation.core.results_of_refusals import Refusal
from concord_allocation.core.solve import solve, what_if
from services.allocation.tests.core.clashing import CLASHING
from services.allocation.tests.core.generated import problems
from services.allocation.tests.core.problems import (
    YEAR,
    document,
    make_limit,
    make_line,
    make_payer,
    make_problem,
    make_purse,
    refusal,
    spend_on,
    tables,
)


def asked_again(problem: dict[str, Any], found: Refusal) -> tuple[dict[str, Any], Answer]:
    changed, outcome = what_if(document(problem), found.changes, prices=False)
    assert isinstance(outcome, Answer), outcome
    assert outcome.check.passed
    return changed, outcome


@pytest.mark.parametrize("cause", CLASHING)
def test_the_changes_of_a_refusal_give_a_plan_and_sums_per_payer_add_up(cause: str) -> None:
    problem = CLASHING[cause][0]
    found = refusal(problem)
    asked_again(problem, found)
    assert found.relaxation_gbp == pytest.approx(sum(row.weighted_gbp for row in found.relaxation_by_payer), abs=0.01)
    assert {row.payer for row in found.relaxation_by_payer} == {one.payer for one in found.relaxation}
    (change,) = found.changes
    for one, row in zip(found.relaxation, change["rows"], strict=True):
        assert one.by - 1e-6 <= row["by"] <= one.by + 1.0


@settings(max_examples=6, deadline=None, derandomize=True, database=None)
@given(problems())
def test_whatever_is_refused_the_changes_give_a_plan(problem: dict[str, Any]) -> None:
    too_much = make_limit("too-much", {}, at_least=1_000_000.5, per_year=False)  # more than any purse holds
    tightened = problem | {"limits": [*problem["limits"], too_much]}
    asked_again(tightened, refusal(tightened))


def two_payers(**changed: Any) -> dict[str, Any]:
    """A floor on `care`, which the council answers for, above its grant; one on `rich` above the group's money."""
    return (
        make_problem(
            payers=[make_payer("ccg"), make_payer("council")],
            purses=[make_purse("money", 100), make_purse("grant", 50, "council")],
            lines=[
                make_line("rich", curve="rich"),
                make_line("poor", curve="poor"),
                make_line("care", payer="council"),
            ],
            limits=[
                make_limit("a", spend_on("rich"), at_least=130, relaxation_weight=9),
                make_limit("b", spend_on("care"), at_least=70, relaxation_weight=0.5),
            ],
        )
        | changed
    )


def test_each_payer_is_told_what_it_would_have_to_give_or_find() -> None:
    found = refusal(two_payers())
    assert {(one.limit, one.payer, one.side) for one in found.relaxation} == {
        ("money", "ccg", "upper"),
        ("b", "council", "lower"),
    }
    sums = [(row.payer, row.name, round(row.gbp), round(row.weighted_gbp)) for row in found.relaxation_by_payer]
    assert sums == [("ccg", "Body ccg", 30, 30), ("council", "Body council", 20, 10)]
    assert found.relaxation_gbp == pytest.approx(40)


def test_a_limit_over_several_payers_lines_is_nobodys_alone() -> None:
    both = make_limit("both", spend_on("rich", "care"), at_least=200, relaxation_weight=0.5)
    (one,) = refusal(two_payers(limits=[both])).relaxation
    assert (one.limit, one.payer, one.payer_name) == ("both", None, "not one payer's")


def test_money_is_rounded_outwards_to_whole_pounds_and_the_purse_holds_it() -> None:
    problem = make_problem(limits=[make_limit("a", spend_on("rich"), at_least=120.4, relaxation_weight=9)])
    found = refusal(problem)
    (change,) = found.changes
    assert change["rows"] == [{"row": f"purse/{YEAR}/money", "side": "upper", "by": 21.0}]
    changed, plan = asked_again(problem, found)
    assert changed["purses"][0]["amount_gbp"] == {YEAR: 121}
    assert plan.totals.available_gbp == 121


def test_floors_with_pence_get_the_pounds_that_a_plan_in_whole_pounds_needs() -> None:
    """The least is 20 pence more for 60.10 twice; in whole pounds 61 twice are 122, two more than there is."""
    floors = [make_limit(line, spend_on(line), at_least=60.1) for line in ("rich", "poor")]
    problem = make_problem(limits=floors, purses=[make_purse("money", 120)])
    found = refusal(problem)
    assert found.relaxation_gbp == pytest.approx(0.2)
    (change,) = found.changes
    assert sum(row["by"] for row in change["rows"]) <= 4
    asked_again(problem, found)


def test_an_equality_is_loosened_on_one_side_and_again() -> None:
    exact = make_limit("exact", spend_on("rich"), equal=120, relaxation_weight=0.5)
    problem = make_problem(limits=[exact])
    found = refusal(problem)
    (change,) = found.changes
    assert change["rows"] == [{"row": f"limit/{YEAR}/exact/equal", "side": "lower", "by": 20.0}]
    changed, plan = asked_again(problem, found)
    assert plan.totals.spend_gbp == 100
    poorer = changed | {"purses": [changed["purses"][0] | {"amount_gbp": {YEAR: 70}}]}
    again = refusal(poorer)
    (further,) = again.changes
    assert further["rows"] == [{"row": f"limit/{YEAR}/exact/equal/low", "side": "lower", "by": 30.0}]
    last, _ = asked_again(poorer, again)
    assert {line.gbp for line in solve(tables(last)).lines if line.line == "rich"} == {70}  # type: ignore[union-attr]


def test_one_group_of_a_pace_is_loosened_and_the_others_keep_it() -> None:
    slow = {"key": "slow", "label": "slow", "max_up": 0.1, "source": "a test", "relaxation_weight": 0.5}
    problem = make_problem(limits=[make_limit("a", spend_on("rich"), at_least=80)], pace_of_change=[slow])
    found = refusal(problem)
    (change,) = found.changes
    assert change["rows"] == [{"row": f"pace/{YEAR}/slow/rich/pace_up", "side": "upper", "by": 14.0}]
    _, plan = asked_again(problem, found)
    assert {row.line: row.gbp for row in plan.lines} == {"rich": 80, "poor": 20}


def test_the_rows_stand_in_a_problem_as_well_and_name_another_problem() -> None:
    problem = two_payers()
    rows = refusal(problem).changes[0]["rows"]
    assert isinstance(solve(tables(problem | {"loosened": rows}), prices=False), Answer)


LAW = make_limit("duty", spend_on("rich"), at_least=150, statutory=True)
SOFT = make_limit("wish", spend_on("poor"), at_least=500, hard=False)


@pytest.mark.parametrize(
    ("row", "side", "told"),
    [
        (f"limit/{YEAR}/duty/at_least", "lower", ("/loosened/0/row", "statutory-limit")),
        (f"limit/{YEAR}/wish/at_least", "lower", ("/loosened/0/row", "not-loosened")),
        (f"limit/{YEAR}/nothing/at_least", "lower", ("/loosened/0/row", "unknown-key")),
        (f"spend/{YEAR}/rich", "lower", ("/loosened/0/row", "not-loosened")),
        ("purse/", "upper", ("/changes/0/rows/0/row", "unknown-key")),
        (f"purse/{YEAR}/money", "lower", ("/changes/0/rows/0/side", "no-such-bound")),
        (f"limit/{YEAR}/plain/at_least", "upper", ("/loosened/0/side", "no-such-bound")),
    ],
)
def test_what_may_not_be_loosened_is_told_at_its_place(row: str, side: str, told: tuple[str, str]) -> None:
    problem = make_problem(limits=[LAW, SOFT, make_limit("plain", spend_on("poor"), at_least=1)])
    change = {"kind": "loosen", "rows": [{"row": row, "side": side, "by": 5.0}], "note": None}
    with pytest.raises(InvalidProblem) as caught:
        what_if(document(problem), [change])
    assert [(fault.pointer, fault.kind) for fault in caught.value.faults] == [told]


def test_law_is_in_no_proposal() -> None:
    rows = refusal(make_problem(limits=[LAW], purses=[make_purse("money", 100, relaxation_weight=1000)])).changes
    assert [row["row"] for row in rows[0]["rows"]] == [f"purse/{YEAR}/money"]
    against = make_limit("less", spend_on("rich"), at_most=50, statutory=True)
    assert refusal(make_problem(limits=[LAW, against])).changes == ()


def test_a_loosening_is_taken_back_by_nothing_and_goes_with_its_limit() -> None:
    problem = document(make_problem(limits=[make_limit("a", spend_on("rich"), at_least=90)]))
    row = {"row": f"limit/{YEAR}/a/at_least", "side": "lower"}

    def loosen(by: float) -> dict[str, Any]:
        return {"kind": "loosen", "rows": [row | {"by": by}], "note": None}

    looser, _ = what_if(problem, [loosen(5.0), loosen(7.0)], prices=False)
    assert looser["loosened"] == [row | {"by": 12.0}]
    back, _ = what_if(looser, [loosen(0.0)], prices=False)
    assert back == problem
    without, _ = what_if(looser, [{"kind": "remove_limit", "limit": "a", "note": None}], prices=False)
    assert without["loosened"] == []
