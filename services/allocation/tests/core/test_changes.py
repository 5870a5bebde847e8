"""What-if changes: what each does to a document, what it refuses, and that the old document stays as it was."""

import copy
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from concord_allocation.core.changes import APPLY, apply
from concord_allocation.core.parse import parse
from concord_allocation.core.problem import InvalidProblem
from concord_allocation.core.results import Answer
from concord_allocation.core.solve import what_if
from concord_contracts.allocation import Change, Problem
from services.allocation.tests.core.problems import (
    answer,
    document,
    make_curve,
    make_limit,
    make_line,
    make_mode,
    make_payer,
    make_problem,
    make_purse,
    spend,
    spend_on,
)

BOTH = ("2014-15", "2015-16")
SEVERAL: TypeAdapter[list[Any]] = TypeAdapter(list[Change])


def base() -> dict[str, Any]:
    """Two years, a CCG and a council, cases that must be met, a statutory and an ordinary limit."""
    return document(
        make_problem(
            years=[{"key": year} for year in BOTH],
            payers=[make_payer("ccg"), make_payer("council")],
            purses=[
                make_purse("grant", dict.fromkeys(BOTH, 501), owner="council", kind="ring_fence"),
                make_purse("money", {"2014-15": 1000, "2015-16": 900}),
                make_purse("reserve", {"2014-15": 2}, kind="non_recurrent", recurrent=False),
            ],
            lines=[
                make_line("ct", {"money": 600}, "ct", modes=[make_mode("scan", 10.0)]),
                make_line("quit", {"grant": 500}, "quit", "council"),
                make_line("nurse", {"money": 300}, "nurse"),
            ],
            curves=[make_curve(key, (400, 0.03), (800, 0.01)) for key in ("ct", "quit", "nurse")],
            limits=[
                make_limit(
                    "demand",
                    {"select": {"lines": ["ct"]}, "measure": "activity"},
                    at_least=40,
                    unit="scan",
                    demand_driven=True,
                ),
                make_limit("wish", spend_on("nurse"), at_least=100),
                make_limit("law", spend_on("quit"), at_least=10, statutory=True),
            ],
        )
    )


def changed(*changes: dict[str, Any]) -> dict[str, Any]:
    before = base()
    kept = copy.deepcopy(before)
    asked = [change.model_dump(mode="json") for change in SEVERAL.validate_python(list(changes))]
    after = apply(before, asked)
    assert before == kept
    Problem.model_validate(after)
    return after


def faults(*changes: dict[str, Any]) -> set[tuple[str, str]]:
    with pytest.raises(InvalidProblem) as refused:
        changed(*changes)
    return {(fault.pointer, fault.kind) for fault in refused.value.faults}


def amounts(problem: dict[str, Any], purse: str) -> dict[str, int]:
    (found,) = [p["amount_gbp"] for p in problem["purses"] if p["key"] == purse]
    return dict(found)


SHIFT = {
    "kind": "transfer",
    "from_purse": "money",
    "to_purse": "grant",
    "gbp": 150,
    "from_year": "2014-15",
    "recurrent": True,
    "service": "a boundary shift",
}


def limit_of(problem: dict[str, Any], key: str) -> dict[str, Any]:
    (found,) = [limit for limit in problem["limits"] if limit["key"] == key]
    return dict(found)


def test_every_change_of_the_contract_can_be_applied() -> None:
    kinds = {
        model.model_fields["kind"].default
        for model in get_args(get_args(Change.__value__ if hasattr(Change, "__value__") else Change)[0])
    }
    assert kinds == set(APPLY)


def test_a_cut_of_a_grant_is_exact_and_rounds_halves_up() -> None:
    cut = changed({"kind": "scale_purse", "select": {"kinds": ["ring_fence"]}, "factor": 0.938})
    assert amounts(cut, "grant") == {"2014-15": 470, "2015-16": 470}  # 501 x 0.938 = 469.938
    half = changed({"kind": "scale_purse", "select": {"purses": ["grant"]}, "factor": 0.5, "years": ["2015-16"]})
    assert amounts(half, "grant") == {"2014-15": 501, "2015-16": 251}


def test_new_money_is_split_in_proportion_to_the_pound() -> None:
    added = changed({"kind": "add_money", "select": {"owners": ["ccg"]}, "gbp": 100, "years": ["2014-15"]})
    assert amounts(added, "money") == {"2014-15": 1100, "2015-16": 900}
    assert amounts(added, "reserve") == {"2014-15": 2}
    equal = changed({"kind": "add_money", "select": {}, "gbp": 100, "split": "equally", "years": ["2015-16"]})
    assert [amounts(equal, p).get("2015-16", 0) for p in ("grant", "money", "reserve")] == [501 + 34, 933, 33]


def test_more_money_than_a_purse_holds_cannot_be_taken_out() -> None:
    assert faults({"kind": "add_money", "select": {"purses": ["reserve"]}, "gbp": -3, "years": ["2014-15"]}) == {
        ("/changes/0/gbp", "negative-money")
    }


def test_a_recurrent_transfer_moves_money_in_every_later_year_and_makes_none() -> None:
    moved = changed(SHIFT)
    assert {purse.key: purse.amount for purse in parse(moved).purses} == {
        "money": (850, 750),
        "grant": (651, 651),
        "reserve": (2, 0),
    }
    assert amounts(moved, "money") == {"2014-15": 1000, "2015-16": 900}, "amounts of the document are before it"


def test_a_transfer_leaves_a_record_that_the_answer_shows() -> None:
    """Twice: each its own row; nothing is moved twice, and nobody gives what an earlier transfer took."""
    dated = SHIFT | {"day": "2014-06-01", "note": "the office moves", "gbp": 50, "recurrent": False}
    found = answer(changed(SHIFT, dated))
    assert {(row.transfer, row.year, row.gbp) for row in found.transfers} == {
        ("what-if-1", "2014-15", 150),
        ("what-if-1", "2015-16", 150),
        ("what-if-2", "2014-15", 50),
    }
    told = [row.words for row in found.transfers]
    assert any("on 2014-04-01 (recurrent)" in words for words in told)
    assert any("GBP 50 moved" in words and "on 2014-06-01 (non-recurrent)" in words for words in told)
    assert set(told) <= {sentence.words for sentence in found.sentences}
    held = [payer.gbp for payer in found.splits.payer if payer.year == "2014-15"]
    assert sum(held) <= 1000 + 501 + 2
    assert faults(SHIFT | {"gbp": 600}, SHIFT | {"gbp": 400}) == {("/changes/1/gbp", "negative-money")}


def test_more_demand_widens_curves_and_raises_what_must_be_met() -> None:
    more = changed({"kind": "scale_demand", "select": {"stages": ["ct"]}, "factor": 1.1})
    (line,) = [line for line in more["lines"] if line["key"] == "ct"]
    assert line["demand_factor"] == pytest.approx(1.1)
    assert limit_of(more, "demand")["at_least"] == pytest.approx(44)
    assert "times 1.1" in limit_of(more, "demand")["label"]
    other = changed({"kind": "scale_demand", "select": {"stages": ["nurse"]}, "factor": 1.1})
    assert limit_of(other, "demand")["at_least"] == 40


def test_limits_are_set_scaled_added_removed_and_paces_too() -> None:
    assert limit_of(changed({"kind": "scale_limit", "limits": ["wish"], "factor": 2}), "wish")["at_least"] == 200
    replaced = limit_of(changed({"kind": "set_limit", "limit": "wish", "at_most": 7}), "wish")
    assert (replaced["at_least"], replaced["at_most"]) == (None, 7)
    assert len(changed({"kind": "add_limit", "limit": make_limit("new", {}, at_most=5)})["limits"]) == 4
    assert len(changed({"kind": "remove_limit", "limit": "wish"})["limits"]) == 2
    pace = {"key": "slow", "label": "slow", "max_up": 0.1, "source": "a test"}
    kept = changed({"kind": "set_pace", "pace": pace}, {"kind": "set_pace", "pace": pace | {"max_up": 0.2}})
    assert [p["max_up"] for p in kept["pace_of_change"]] == [0.2]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "remove_limit", "limit": "law"},
        {"kind": "set_limit", "limit": "law", "at_least": 0},
        {"kind": "scale_limit", "limits": ["law"], "factor": 0.5},
    ],
)
def test_a_what_if_does_not_change_law(change: dict[str, Any]) -> None:
    assert {kind for _, kind in faults(change)} == {"statutory-limit"}


def test_a_price_shock_multiplies_unit_costs_by_year() -> None:
    dearer = changed(
        {"kind": "price_shock", "select": {"stages": ["ct"]}, "factor": 1.2, "years": ["2015-16"]},
        {"kind": "price_shock", "select": {"stages": ["ct"]}, "factor": 1.5},
    )
    (line,) = [line for line in dearer["lines"] if line["key"] == "ct"]
    assert line["cost_factor"] == pytest.approx({"2014-15": 1.5, "2015-16": 1.8})


def test_mechanisms_funds_bars_and_lines_change_hands() -> None:
    lead = {"key": "lead", "kind": "s14Z3", "payers": ["ccg"], "lines": {}, "citation": "s.14Z3"}
    fund = {"key": "pot", "name": "pot", "mechanism": "lead", "contributors": [{"purse": "money"}], "source": "x"}
    both = ({"kind": "set_mechanism", "mechanism": lead}, {"kind": "set_fund", "fund": fund})
    assert len(changed(*both)["funds"]) == 1
    assert faults(*both, {"kind": "remove_mechanism", "mechanism": "lead"}) == {("/changes/2/mechanism", "in-use")}
    ended = changed(*both, {"kind": "remove_fund", "fund": "pot"}, {"kind": "remove_mechanism", "mechanism": "lead"})
    assert (ended["funds"], ended["mechanisms"]) == ([], [])
    bar = {"key": "no", "payers": ["ccg"], "lines": {"stages": ["ct"]}, "reason": "a test"}
    assert len(changed({"kind": "remove_eligibility", "bar": bar})["bars"]) == 1
    moved = changed(
        {"kind": "reassign_lines", "select": {"stages": ["ct"]}, "payer": "council", "citation": "a new Act"}
    )
    assert {line["statutory_payer"] for line in moved["lines"] if line["stage"] == "ct"} == {"council"}


def test_held_lines_stay_as_they_are() -> None:
    _, found = what_if(
        base(),
        [
            c.model_dump(mode="json")
            for c in SEVERAL.validate_python(
                [{"kind": "hold_lines", "key": "hold", "select": {"lines": ["ct", "nurse"]}}]
            )
        ],
    )
    assert isinstance(found, Answer)
    for year in BOTH:
        assert (spend(found, year)["ct"], spend(found, year)["nurse"]) == (600, 300)


def test_every_fault_of_every_change_is_reported_at_once() -> None:
    assert faults(
        {"kind": "scale_purse", "select": {"purses": ["gold"]}, "factor": 1, "years": ["1999-00"]},
        {
            "kind": "transfer",
            "from_purse": "gold",
            "to_purse": "gold",
            "gbp": 1,
            "from_year": "1999-00",
            "recurrent": False,
            "service": "x",
        },
        {"kind": "scale_demand", "select": {"stages": ["x-ray"]}, "factor": 2},
        {"kind": "remove_limit", "limit": "nothing"},
        {"kind": "add_limit", "limit": make_limit("wish", {}, at_most=1)},
        {"kind": "set_limit", "limit": "wish"},
        {"kind": "add_purse", "purse": make_purse("money", 1)},
    ) == {
        ("/changes/0/years/0", "unknown-key"),
        ("/changes/0/select/purses/0", "unknown-key"),
        ("/changes/0/select", "selects-nothing"),
        ("/changes/1/from_purse", "unknown-key"),
        ("/changes/1/to_purse", "unknown-key"),
        ("/changes/1/to_purse", "same-purse"),
        ("/changes/1/from_year", "unknown-key"),
        ("/changes/2/select/stages/0", "unknown-key"),
        ("/changes/2/select", "selects-nothing"),
        ("/changes/3/limit", "unknown-key"),
        ("/changes/4/limit/key", "duplicate"),
        ("/changes/5", "empty-limit"),
        ("/changes/6/purse/key", "duplicate"),
    }
