"""What a what-if is called that nobody gave a title."""

from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from concord_allocation.titles import LONGEST, WORDS, what_if_title
from concord_contracts.allocation.changes import Change, Changes
from services.allocation.tests.conftest import Running
from services.allocation.tests.core.problems import make_limit, make_line, make_payer, make_problem, make_purse

PROBLEM = make_problem(
    payers=[make_payer("ccg") | {"name": "Trafford's group"}],
    purses=[make_purse("money", 100) | {"name": "Programme money"}, make_purse("more", 1) | {"name": "Growth"}],
    lines=[make_line("rich", {}, "rich") | {"name": "Surgery"}, make_line("poor", {}, "poor") | {"name": "Advice"}],
    limits=[make_limit("floor", {"select": {"lines": ["rich"]}}, at_least=5) | {"label": "A floor for surgery"}],
)


def title(*changes: dict[str, Any], parent: str = "Lung") -> str:
    said = TypeAdapter(Changes).validate_python(list(changes))
    return what_if_title(parent, PROBLEM, TypeAdapter(Changes).dump_python(said, mode="json", exclude_none=True))


def test_every_kind_of_change_has_its_words() -> None:
    union = get_args(Change)[0]
    assert set(WORDS) == {kind.model_fields["kind"].default for kind in get_args(union)}


CUT = {"kind": "scale_purse", "select": {"purses": ["money"]}, "factor": 0.95}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([CUT], "0.95 x Programme money"),
        ([CUT | {"select": {}, "years": ["2014-15"]}], "0.95 x every purse in 2014-15"),
        ([{"kind": "add_money", "select": {"owners": ["ccg"]}, "gbp": -5000}], "GBP 5,000 less for Trafford's group"),
        (
            [{"kind": "transfer", "from_purse": "money", "to_purse": "more", "gbp": 7, "from_year": "2014-15",
              "recurrent": False, "service": "advice"}],
            "GBP 7 from Programme money to Growth from 2014-15 on",
        ),
        ([{"kind": "set_overspend", "select": {}, "overspend": None}], "no overspending of every purse"),
        ([{"kind": "leave_pool", "payer": "ccg"}], "Trafford's group leaves every pool"),
        ([{"kind": "set_limit", "limit": "floor", "at_least": 4}], "at least 4 of A floor for surgery"),
        ([{"kind": "remove_limit", "limit": "floor"}], "without A floor for surgery"),
        ([{"kind": "add_limit", "limit": PROBLEM["limits"][0]}], "A floor for surgery"),
        ([{"kind": "hold_lines", "key": "held", "select": {"lines": ["rich"]}}], "Surgery held as today"),
        (
            [{"kind": "price_shock", "select": {"lines": ["rich", "poor", "other"]}, "factor": 1.2}],
            "1.2 x prices of Surgery, Advice and 1 more",
        ),
        ([{"kind": "delay", "select": {"lines": ["poor"]}, "by_years": 1}], "Advice put off by 1 year"),
        ([{"kind": "delay", "options": ["scanner"], "until": "2015-10-01"}], "scanner put off until 2015-10-01"),
        ([{"kind": "remove_limit", "limit": "floor"}, CUT], "without A floor for surgery; 0.95 x Programme money"),
    ],
)  # fmt: skip
def test_a_title_tells_the_changes_and_what_they_were_asked_of(changes: list[dict[str, Any]], told: str) -> None:
    assert title(*changes) == f"What if {told}: Lung"


def test_a_title_has_its_bounds() -> None:
    many = [{"kind": "remove_limit", "limit": f"limit-{number}-{'x' * 50}"} for number in range(9)]
    told = title(*many, parent="p" * LONGEST)
    assert len(told) <= LONGEST
    assert " and 7 more changes: ppp" in told
    assert told.endswith("p ...")


def test_what_ifs_of_one_scenario_are_told_apart_and_a_given_title_stays(alone: Running) -> None:
    base = alone.scenario()

    def asked(**question: Any) -> str:
        answer = alone.post(f"/v1/scenarios/{base['id']}/what-if", question)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["scenario"]["title"])

    every = {"kind": "scale_purse", "select": {}}
    assert asked(changes=[every | {"factor": 0.9}]) == f"What if 0.9 x every purse: {base['title']}"
    assert asked(changes=[every | {"factor": 1.1}]) == f"What if 1.1 x every purse: {base['title']}"
    assert asked(changes=[every | {"factor": 0.9}], title="A cut") == "A cut"
