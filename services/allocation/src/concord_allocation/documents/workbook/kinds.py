"""Which sheets an answer of each kind has. Pure."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from concord_allocation.documents.workbook.appraisals import appraisal_sheets
from concord_allocation.documents.workbook.differences import (
    difference_sheets,
    problem_what_if_sheets,
    scenario_sheets,
    what_if_sheets,
)
from concord_allocation.documents.workbook.plans import plan_sheets
from concord_allocation.documents.workbook.programmes import programme_sheets, reproduction_sheets
from concord_allocation.documents.workbook.questions import SHEETS as QUESTIONS
from concord_allocation.documents.workbook.questions import question_sheets
from concord_allocation.documents.workbook.refusals import refusal_sheets
from concord_allocation.documents.workbook.shares import claims_sheets, game_sheets, sharing_sheets
from concord_allocation.documents.workbook.sheets import About, Book
from concord_allocation.documents.workbook.summary import summary
from concord_allocation.documents.writing import Value
from concord_contracts.allocation import ProblemWhatIf, Scenario, WhatIfResult
from concord_contracts.allocation.answers import Answer, Difference, Refusal
from concord_contracts.allocation.programme import ProgrammeAnswer
from concord_contracts.allocation.questions.appraisal import Appraisal
from concord_contracts.allocation.scenarios import Reproduction
from concord_contracts.allocation.sharing import ClaimsAnswer, GameAnswer, Sharing

KINDS: dict[type[BaseModel], Callable[[Book, Any], dict[str, Value]]] = {
    Answer: plan_sheets,
    Refusal: refusal_sheets,
    Scenario: scenario_sheets,
    WhatIfResult: what_if_sheets,
    ProblemWhatIf: problem_what_if_sheets,
    Difference: difference_sheets,
    Sharing: sharing_sheets,
    GameAnswer: game_sheets,
    ClaimsAnswer: claims_sheets,
    Appraisal: appraisal_sheets,
    Reproduction: reproduction_sheets,
    ProgrammeAnswer: programme_sheets,
    **dict.fromkeys(QUESTIONS, question_sheets),
}


def book_of(answer: BaseModel, about: About) -> Book:
    """An answer of any kind as sheets: the summary first, then what is checked, then its tables.

    Raises TooLargeForAWorkbookError.
    """
    about = _told(answer, about)
    book = Book(about)
    figures = KINDS[type(answer)](book, answer)
    checks = [book.checks.sheet()] if book.checks.rows else []
    return replace(book, sheets=[summary(about, figures, book.checks), *checks, *book.sheets])


def _told(answer: BaseModel, about: About) -> About:
    """What every sheet says, with what the answer itself knows of it."""
    of = answer.scenario if isinstance(answer, WhatIfResult) else answer
    if isinstance(of, Scenario):
        about = replace(about, title=of.title, as_of=of.as_of.isoformat(), known_at=of.known_at.isoformat())
    plan = the_outcome(answer)
    unit = plan.totals.benefit_unit if isinstance(plan, Answer) else getattr(plan, "benefit_unit", None)
    return replace(
        about,
        answer_digest=getattr(plan, "digest", None) or about.answer_digest,
        problem_digest=getattr(plan, "problem_digest", None) or about.problem_digest,
        benefit_unit=unit or about.benefit_unit,
    )


def the_outcome(answer: BaseModel) -> BaseModel:
    """The plan or refusal of a scenario or what-if; any other answer is its own."""
    if isinstance(answer, WhatIfResult):
        return answer.scenario.outcome
    return answer.outcome if isinstance(answer, Scenario | ProblemWhatIf) else answer
