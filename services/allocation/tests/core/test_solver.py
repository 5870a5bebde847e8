"""The solver's statuses, read before any value; and what keeps an answer from being handed out."""

from dataclasses import replace

from concord_allocation.core import solve as solving
from concord_allocation.core.columns import lay_out
from concord_allocation.core.families import all_rows
from concord_allocation.core.matrix import assemble, compile_matrix, lp_names
from concord_allocation.core.objectives import weight_of
from concord_allocation.core.results import Check, Miss
from concord_allocation.core.results_of_refusals import Refusal
from concord_allocation.core.solver import Live, Status
from services.allocation.tests.core.problems import (
    answer,
    make_curve,
    make_limit,
    make_line,
    make_mode,
    make_problem,
    make_purse,
    outcome,
    spend_on,
    tables,
)


def test_an_unbounded_model_is_told_from_an_infeasible_one() -> None:
    endless = tables(make_problem(curves=[make_curve("rich", (None, 3)), make_curve("poor", (50, 2))]))
    columns = lay_out(endless)
    no_purse = tuple(row for row in all_rows(endless, columns) if row.family != "purse")
    assert Live(assemble(endless, columns, no_purse)).first_status == Status.UNBOUNDED
    tight = compile_matrix(tables(make_problem(limits=[make_limit("f", spend_on("rich"), at_least=999)])))
    assert Live(tight).first_status == Status.INFEASIBLE


def test_a_plan_that_fails_the_independent_check_is_not_handed_out() -> None:
    live = Live(compile_matrix(tables(make_problem())))
    found = answer(make_problem())
    broken = replace(
        found,
        check=Check(False, 5, 3.0, "purse/x", (Miss("purse/x", "a purse", 3.0, "GBP"),), (), 1.0, 0.0),
    )
    outcome = solving.hand_out(live, broken)
    assert isinstance(outcome, Refusal)
    assert outcome.reason == "check_failed"
    assert "a purse" in outcome.words


def test_the_weight_of_a_key_is_fixed_for_ever() -> None:
    assert weight_of("pay/2014-15/a/b/-") == 0.05917712092490135
    assert 0 <= weight_of("") < 1


def test_names_that_look_alike_to_an_lp_reader_are_numbered() -> None:
    assert lp_names(["a-b", "a b", "a_b", "c"]) == ["a_b", "a_b__2", "a_b__3", "c"]


def test_numbers_at_the_edge_of_what_is_allowed_never_end_without_an_answer() -> None:
    """A thousand billion beside one pound, slopes of 1000 beside 1e-12: a plan that checks, or a refusal."""
    for gbp, slope, cost in ((10**12, 1000.0, 1e-3), (1, 1e-12, 1e9), (10**12, 1e-12, 5.0)):
        found = outcome(
            make_problem(
                purses=[make_purse("money", gbp), make_purse("small", 1)],
                lines=[
                    make_line("rich", {"money": 10**12, "small": 3}, "rich", modes=[make_mode("scan", cost)]),
                    make_line("poor", {"money": 1}, "poor"),
                ],
                curves=[make_curve("rich", (1e-3, slope), (1e12, slope / 10)), make_curve("poor", (1e6, 0.3))],
                limits=[make_limit("share", spend_on("poor"), {"coefficient": -1e-9}, at_least=0)],
            )
        )
        assert isinstance(found, Refusal) or found.check.passed
