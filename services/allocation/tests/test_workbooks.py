"""Every answer as a workbook: all that it says is there, and its formulas add up to what was answered."""

import warnings
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import BaseModel

from concord_allocation import translate
from concord_allocation.core.problem import InvalidProblem
from concord_allocation.documents.programme import solve_programme
from concord_allocation.documents.workbook.kinds import KINDS, book_of
from concord_allocation.documents.workbook.sheets import MOST_CELLS, About, Book, Sheet, TooLargeForAWorkbookError
from concord_allocation.documents.writing import MOST_TEXT, Formula, Page, written
from concord_allocation.questions import kinds
from concord_allocation.questions.appraisal import appraisal
from concord_allocation.routes.question_examples import QUESTION_EXAMPLES
from concord_allocation.sharing.answer import share
from concord_allocation.sharing.stated import divide_estate, divide_game
from concord_contracts.allocation import EXAMPLE_PROBLEM, Answer, Problem, ProblemWhatIf, Refusal, Scenario
from concord_contracts.allocation.answers import DifferenceRow, SplitRow
from concord_contracts.allocation.questions import Move, PayerMove
from concord_contracts.allocation.questions.appraisal import Appraisal, PayerPosition
from concord_contracts.allocation.sharing import ClaimsRequest, GameRequest, SharingQuestion
from services.allocation.tests import filled
from services.allocation.tests.core.generated_parts import later_problems
from services.allocation.tests.core.problems import make_limit, make_problem
from services.allocation.tests.reckoning import Reckoned

ABOUT = About("A title", "concord allocation 1.2.3", as_of="2014-01-15", known_at="2014-02-01T00:00:00Z")

ELSEWHERE = {
    (Scenario, "problem"): "a file of its own",
    (ProblemWhatIf, "problem"): "a file of its own",
    (Appraisal, "markdown"): "the same tables again",
}
WORKED = {
    (SplitRow, "change_gbp"),
    (SplitRow, "reference_gbp"),
    (DifferenceRow, "change_gbp"),
    (Move, "change_gbp"),
    (PayerMove, "change_gbp"),
    (PayerPosition, "change_gbp"),
}
"""Formulas over other fields of the same row: what they come to is held against real answers below."""


def test_every_kind_of_question_has_its_sheets() -> None:
    assert {kind.found for kind in kinds.KINDS} <= KINDS.keys()


def lines_of(answer: BaseModel) -> list[Any]:
    return [list(map(list, page.lines)) for page in book_of(answer, ABOUT).pages]


@pytest.mark.parametrize("model", KINDS, ids=lambda model: model.__name__)
def test_every_field_of_every_answer_is_on_a_sheet(model: type[BaseModel]) -> None:
    answer = filled.filled(model, ELSEWHERE.keys())
    before = lines_of(answer)
    lost = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # values are of no sense: pydantic says so where a change is written as JSON
        for field in filled.fields(answer, KINDS.keys()):
            named = (field.model, field.name)
            other = filled.changed(answer, field)
            if other is None or named in ELSEWHERE or named in WORKED:
                continue
            after = lines_of(other[0])
            number = isinstance(other[1], int | float) and not isinstance(other[1], bool)
            is_there = not number or any(one == other[1] for page in after for line in page for one in line)
            if after == before or not (is_there or "changes" in field.way):
                lost.append(".".join(map(str, field.way)))
    assert not lost, f"{model.__name__}: put these on a sheet, or say where they are instead: {lost}"


@cache
def example() -> Problem:
    return Problem.model_validate(EXAMPLE_PROBLEM)


@cache
def plans() -> tuple[Answer, Answer]:
    """The plan of the documented problem, and of it with more money."""
    more = example().model_copy(deep=True)
    purse = more.purses[0]
    purse.amount_gbp = {year: amount + 50_000 for year, amount in purse.amount_gbp.items()}
    first, second = translate.solve(example()), translate.solve(more)
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    return first, second


@cache
def answers() -> dict[str, BaseModel]:
    """A real answer of each kind that needs no service."""
    first, second = plans()
    refused = translate.solve(Problem.model_validate(make_problem(limits=[make_limit("much", {}, at_least=1000)])))
    told: dict[str, BaseModel] = {"plan": first, "refusal": refused, "difference": translate.difference(first, second)}
    for kind in kinds.KINDS:
        asked = next(iter(QUESTION_EXAMPLES[kind.path].values()))["value"]
        told[kind.path] = kind.answer(example(), kind.question.model_validate(asked), 20.0)
    told["sharing"] = share(example(), SharingQuestion(annex=True), first, limit_seconds=20.0)
    game = [(["a"], 0.0), (["b"], 0.0), (["a", "b"], 10.0)]
    values = [{"coalition": coalition, "value": value} for coalition, value in game]
    told["game"] = divide_game(GameRequest.model_validate({"players": ["a", "b"], "values": values}))
    told["claims"] = divide_estate(ClaimsRequest(estate=200, claims={"a": 100, "b": 200, "c": 300}))
    options = [(name, "id", name, plan) for name, plan in zip("abc", (first, first, second), strict=True)]
    told["programme"] = solve_programme(
        "Minimize\n o: 2 x + 3 y\nSubject To\n c: x + y >= 4\nEnd\n", "lp", limit_seconds=5
    )
    told["appraisal"] = appraisal(example(), options)
    return told


def numbers(value: Any) -> Iterator[float]:
    """Every number of an answer's JSON."""
    if isinstance(value, dict):
        for one in value.values():
            yield from numbers(one)
    elif isinstance(value, list):
        for one in value:
            yield from numbers(one)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


def reckoned(answer: BaseModel) -> Reckoned:
    return Reckoned(written(book_of(answer, ABOUT).pages))


def agrees(book: Reckoned) -> int:
    """How many checks a workbook holds; each gives TRUE."""
    checked = book.columns("Checks", "agrees") if "Checks" in book.book.sheetnames else []
    assert all(one is True for one in checked), [line for line in book.rows("Checks") if line[4] is False]
    return len(checked)


def test_every_number_that_was_answered_is_what_the_workbook_shows_and_adds_up_to() -> None:
    held = {}
    for name, answer in answers().items():
        book = reckoned(answer)
        shown = sorted(one for one in book.everything if isinstance(one, int | float) and not isinstance(one, bool))
        lost = {one for one in numbers(answer.model_dump(mode="json", exclude={"changes"})) if not _among(one, shown)}
        assert not lost, (name, lost)
        held[name] = agrees(book)
    nothing_to_add = {"game", "programme", "frontier", "ranges", "ring-fences", "steps", "tornado", "alternatives"}
    assert {name for name, count in held.items() if not count} <= nothing_to_add
    assert held["plan"] >= 15


def _among(number: float, shown: list[float]) -> bool:
    place = bisect_left(shown, number - 1e-9)
    return place < len(shown) and shown[place] <= number + 1e-9 + 1e-12 * abs(number)


def test_a_changed_number_is_seen() -> None:
    plan = plans()[0].model_copy(deep=True)
    plan.cells[0].gbp += 1
    book = reckoned(plan)
    assert not all(book.columns("Checks", "agrees"))
    summary = dict(line[:2] for line in book.rows("Summary"))
    assert summary["everything adds up"] is False


def test_totals_are_formulas_over_their_rows() -> None:
    for name, answer in answers().items():
        for sheet in book_of(answer, ABOUT).sheets:
            assert all(isinstance(one, Formula) for one in sheet.totals[1:] if one is not None), (name, sheet.name)
            if sheet.totals:
                assert sheet.totals[0] == "total"


@settings(max_examples=6, deadline=None, derandomize=True, database=None)
@given(later_problems())
def test_whatever_a_plan_has_its_workbook_adds_up(problem: dict[str, Any]) -> None:
    try:
        outcome = translate.solve(Problem.model_validate(problem), prices=False)
    except InvalidProblem:
        return
    agrees(reckoned(outcome))


def test_every_sheet_says_units_day_digests_and_version() -> None:
    plan = plans()[0]
    book = reckoned(plan)
    for sheet in book.book.sheetnames:
        words, line = (book.value(sheet, row, 1) for row in (1, 2))
        assert words.endswith(".")
        told = ["GBP", plan.totals.benefit_unit, "2014-01-15", plan.digest, plan.problem_digest, "allocation 1.2.3"]
        assert all(one in line for one in told), line


def test_sheets_of_what_a_problem_does_not_have_are_left_out() -> None:
    names = {sheet.name for sheet in book_of(plans()[0], ABOUT).sheets}
    assert {"Payments", "By payer", "Lines", "Checks", "Summary"} <= names
    assert not {"Contracts", "Equity", "Carried money"} & names


def test_a_text_that_looks_like_a_formula_is_a_text() -> None:
    lines = [["a"], ["=cmd|' /C calc'!A0"], ["#N/A"], ["\x00bell\x07"], ["x" * 40_000], ["="], ["+1"], ["@SUM(A1)"]]
    sheet = Reckoned(written([Page("One", lines)])).book["One"]
    cells = [sheet.cell(row, 1) for row in range(2, 9)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert cells[0].value == lines[1][0]
    assert len(cells[3].value) == MOST_TEXT


def test_names_of_payers_that_look_like_formulas_stay_names() -> None:
    problem = make_problem(title="=1+1", payers=[{"key": "ccg", "name": "=A1-B1"}])
    plan = translate.solve(Problem.model_validate(problem), prices=False)
    book = reckoned(plan)
    assert "=A1-B1" in book.columns("By payer", "name")
    agrees(book)


def test_years_that_look_like_months_and_keys_in_two_cases_are_told_apart() -> None:
    sheet = Sheet(
        "One", "Words.", ["year", "key", "gbp"], [["2010-11", "a", 1], ["2010-11", "A", 2], ["2010-11", "*", 4]]
    )
    one = Sheet("Two", "Words.", ["sum"], [[Formula("=" + sheet.sum_where("gbp", year='"2010-11"', key='"a"'))]])
    book = Reckoned(written([sheet.page("line"), one.page("line")]))
    assert book.columns("Two", "sum") == [1]


def test_more_cells_than_a_workbook_holds_are_refused() -> None:
    with pytest.raises(TooLargeForAWorkbookError, match="Long"):
        Book(ABOUT).add(Sheet("Long", "Words.", ["a", "b"], [[1, 2]] * (MOST_CELLS // 2 + 1)))


def test_a_refusal_says_what_conflicts_and_adds_its_loosening_up() -> None:
    refusal = answers()["refusal"]
    assert isinstance(refusal, Refusal)
    book = reckoned(refusal)
    assert book.columns("Conflict", "words")
    assert agrees(book) == 1
