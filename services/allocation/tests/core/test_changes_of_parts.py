"""What-ifs about capacity, options, contracts, carry-over: what each changes, and what it refuses."""

from typing import Any

import pytest

from concord_allocation import translate
from concord_allocation.blame import blamed
from concord_allocation.core.changes import apply
from concord_allocation.core.problem import InvalidProblem
from concord_allocation.core.results import Answer
from concord_allocation.core.solve import what_if
from concord_contracts.allocation import Change, Problem
from services.allocation.tests.core.problems import document, spend
from services.allocation.tests.core.test_cases import FIRST, SECOND, cases, clinic, sessions
from services.allocation.tests.core.test_changes import SEVERAL
from services.allocation.tests.core.test_options import kit, option, taken
from services.allocation.tests.core.test_years import block, two_years


def asked(problem: dict[str, Any], *changes: dict[str, Any]) -> Answer:
    told: list[Change] = SEVERAL.validate_python(list(changes))
    _, found = what_if(document(problem), [change.model_dump(mode="json") for change in told])
    assert isinstance(found, Answer)
    return found


def refused(problem: dict[str, Any], *changes: dict[str, Any]) -> list[tuple[str, str]]:
    told: list[Change] = SEVERAL.validate_python(list(changes))
    with pytest.raises(InvalidProblem) as wrong:
        apply(document(problem), [change.model_dump(mode="json") for change in told])
    return [(fault.pointer, fault.kind) for fault in wrong.value.faults]


def test_capacity_is_added_scaled_and_taken_away() -> None:
    add = {"kind": "set_part", "resource": sessions()}
    half = {"kind": "scale_supply", "resources": ["sessions"], "factor": 0.5, "years": [SECOND]}
    found = asked(clinic(), add, half)
    assert (cases(found, "scopes", FIRST), cases(found, "scopes", SECOND)) == (40, 20)
    gone = asked(clinic(), add, {"kind": "remove_part", "part": "resources", "key": "sessions"})
    assert cases(gone, "scopes") == 100


def test_an_option_is_offered_and_a_contract_gets_notice() -> None:
    assert taken(asked(kit(), {"kind": "set_part", "option": option("a", 60, 100)})) == {"a"}
    noticed = block(notice_given="2014-04-01", notice_months=0)
    found = asked(two_years(second=100, contracts=[block()]), {"kind": "set_part", "contract": noticed})
    assert found.contracts[0].committed_gbp == 0


def test_purses_may_carry_over() -> None:
    rule = {"at_most_share": 0.5, "source": "a policy option"}
    found = asked(two_years(), {"kind": "set_carry", "select": {"owners": ["ccg"]}, "carry": rule})
    assert spend(found, SECOND) == {"care": 40}


def test_purses_may_overspend_at_a_penalty_and_no_more_where_that_is_taken_back() -> None:
    purses = {"select": {"owners": ["ccg"]}}
    leave = {"kind": "set_overspend", "overspend": {"at_most_gbp": 30, "penalty": 0.5, "source": "leave"}} | purses
    found = asked(two_years(second=100), leave)
    assert [(row.year, row.kind, row.gbp) for row in found.carried] == [
        (year, "overspent", 30) for year in (FIRST, SECOND)
    ]
    assert asked(two_years(second=100), leave, leave | {"overspend": None}).carried == ()
    assert refused(two_years(), leave | {"select": {"owners": ["nobody"]}}) != []


TELEPHONE = {
    "key": "telephone", "statutory_payer": "ccg", "unit": "call",
    "modes": [{"key": "call", "name": "call", "unit_cost_gbp": 10.0, "benefit": 15.0}],
}  # fmt: skip


def test_a_service_that_is_not_there_yet_competes_for_the_money() -> None:
    """A call buys 1.5 a pound: more than care's second segment, less than its first."""
    found = asked(two_years(second=100), {"kind": "add_line", "line": TELEPHONE})
    assert spend(found, FIRST) == {"care": 60, "telephone": 40}
    curve = {"key": "calls", "segments": [{"width_gbp": 10, "slope": 3}]}
    with_curve = {"key": "letters", "statutory_payer": "ccg", "curve": "calls"}
    found = asked(two_years(second=100), {"kind": "add_line", "line": with_curve, "curve": curve})
    assert spend(found, FIRST) == {"care": 90, "letters": 10}


def test_a_new_service_is_new_whole_and_known() -> None:
    there = TELEPHONE | {"key": "care"}
    assert refused(two_years(), {"kind": "add_line", "line": there}) == [("/changes/0/line/key", "duplicate")]
    paid = TELEPHONE | {"reference": [{"purse": "money", "gbp": 1}]}
    with pytest.raises(ValueError, match="no reference split"):
        SEVERAL.validate_python([{"kind": "add_line", "line": paid}])
    curve = {"key": "calls", "segments": [{"slope": 3}]}
    with pytest.raises(ValueError, match="names the curve"):
        SEVERAL.validate_python([{"kind": "add_line", "line": TELEPHONE, "curve": curve}])
    problem = Problem.model_validate(two_years())
    foreign = {"kind": "add_line", "line": TELEPHONE | {"statutory_payer": "x"}}
    changes: list[Change] = SEVERAL.validate_python([foreign])
    with pytest.raises(InvalidProblem) as wrong:
        translate.check(translate.apply(problem, changes))
    assert [fault.pointer for fault in blamed(problem, changes, wrong.value).faults] == [
        "/changes/0/line/statutory_payer"
    ]


def test_what_is_unknown_or_law_is_refused_at_its_place() -> None:
    law = clinic(resources=[sessions(statutory=True)])
    assert refused(law, {"kind": "set_part", "resource": sessions()}) == [
        ("/changes/0/resource/key", "statutory-limit")
    ]
    assert refused(clinic(), {"kind": "remove_part", "part": "options", "key": "x"}) == [
        ("/changes/0/key", "unknown-key")
    ]
    assert refused(clinic(), {"kind": "scale_supply", "resources": ["x"], "factor": 2}) == [
        ("/changes/0/resources/0", "unknown-key")
    ]
    with pytest.raises(ValueError, match="exactly one part"):
        SEVERAL.validate_python([{"kind": "set_part"}])
