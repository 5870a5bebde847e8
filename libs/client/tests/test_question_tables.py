"""Answers to questions as tables: every list has one, with its units, and nothing that a reader cannot use."""

from io import StringIO
from typing import get_args

import pytest
from pydantic import BaseModel

from concord_client.questions import KINDS
from concord_client.show.page import make_console
from concord_client.show.question_tables import ROWS, TABLES
from concord_client.show.questions import LEFT_OUT_OF_TABLES, show_question
from concord_contracts.allocation.questions import (
    FrontierAnswer,
    FrontierPoint,
    LineFunded,
    MonteCarloAnswer,
    PriceRange,
    PurseNeed,
    QuestionAnswer,
    RangesAnswer,
    TargetAnswer,
)

HEAD = {"problem_digest": "a" * 64, "digest": "b" * 64, "complete": True, "left_out": [], "solves": 1, "sentences": []}


def shown(found: QuestionAnswer) -> str:
    out = StringIO()
    show_question(make_console(out), found)
    return out.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_every_list_of_every_answer_has_a_table_of_its_own(kind: str) -> None:
    for name, field in KINDS[kind].answer.model_fields.items():
        of = next((one for one in get_args(field.annotation) if isinstance(one, type)), None)
        if of is not None and issubclass(of, BaseModel) and "list" in str(field.annotation):
            assert of in TABLES or name in LEFT_OUT_OF_TABLES, (kind, name)


def test_purses_with_nothing_are_left_out_and_what_lacks_most_comes_first() -> None:
    needs = [
        PurseNeed(purse=name, name=name, year="2014-15", available_gbp=has, needed_gbp=needs, more_gbp=more)
        for name, has, needs, more in (("empty", 0, 0, 0), ("ample", 9, 5, 0), ("short", 5, 9, 4))
    ]
    known = {"unit": "QALY", "at_least": 1, "reached": 1, "greatest": None, "budget_gbp": 14, "available_gbp": 14}
    more = {"best_with_one_pound_less": None, "proven": True, "needs": needs, "plan": None, "changes": []}
    text = shown(TargetAnswer.model_validate(HEAD | known | more))
    assert text.index("short") < text.index("ample")
    assert "empty" not in text
    assert "Not shown: 1 (purses" in text


def test_points_say_their_units() -> None:
    point = FrontierPoint(first=12.5, second=1000.0, proven=False, exchange=None, payers=[])
    known = {"first_unit": "QALY", "second_unit": "GBP", "points": [point], "dominated": 0}
    text = shown(FrontierAnswer.model_validate(HEAD | known))
    assert "First, QALY" in text
    assert "Second, GBP" in text
    assert "not proven" in text
    assert "per unit" not in text  # nothing stands below it


def test_prices_are_told_for_100k_and_an_open_end_in_words() -> None:
    row = PriceRange(
        key="k",
        limit="l",
        label="a budget",
        unit="GBP",
        bound=5000.0,
        price=0.00002,
        low=None,
        high=9000.0,
        proven=True,
    )
    text = shown(RangesAnswer.model_validate(HEAD | {"benefit": 1, "benefit_unit": "QALY", "ranges": [row]}))
    assert "QALY for 100k" in text
    assert "+2" in text
    assert "no end" in text


def test_lines_that_always_get_money_are_counted_not_listed() -> None:
    lines = [
        LineFunded(line=str(n), name=f"line {n}", funded=funded, kept=1.0, robustness="mostly")
        for n, funded in enumerate([1.0] * 3 + [0.5] * (ROWS + 2))
    ]
    known = {"seed": 0, "figures": 1, "draws": 10, "without_plan": 0, "base_benefit": 1, "benefit": None}
    text = shown(MonteCarloAnswer.model_validate(HEAD | known | {"benefit_unit": "QALY", "lines": lines, "payers": []}))
    assert "line 0" not in text
    assert "and 2 more; --json and --xlsx have all." in text
    assert "Not shown: 3 (lines that always" in text
